//! What stations wrote, looked at once more as the server does it.

use std::collections::BTreeMap;

use gemba::domain::as_of::Pasts;
use gemba::domain::fact::Fact;
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::second_look::{misjudged, objections, spot};
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::collision::{Clash, clash, side};
use gemba::domain::traveler::sequence::{Then, out_of_sequence};
use gemba::domain::traveler::state::TravelerState;

use super::shop::Shop;
use super::shop_permits::against_permit;

/// Every stream of a unit at the station at hand, in order of arrival.
fn units(shop: &Shop) -> BTreeMap<TravelerId, Vec<(Fact, Hash)>> {
    let mut units: BTreeMap<TravelerId, Vec<(Fact, Hash)>> = BTreeMap::new();
    for (fact, id) in shop.here().all_facts() {
        if let Subject::Traveler(unit) = &fact.subject {
            units.entry(unit.clone()).or_default().push((fact.clone(), *id));
        }
    }
    units
}

/// What the server would tell of the facts of a unit at the station at hand: against what its writer
/// knew, and of what its writer did not know.
pub(crate) fn told(shop: &Shop, unit: &TravelerId) -> (Vec<String>, Vec<Clash>) {
    let facts = units(shop).remove(unit).unwrap_or_default();
    of_unit(shop, unit, &facts)
}

fn of_unit(shop: &Shop, unit: &TravelerId, facts: &[(Fact, Hash)]) -> (Vec<String>, Vec<Clash>) {
    let subject = Subject::Traveler(unit.clone());
    let now = shop.here().stream(&subject).state;
    let gemba::domain::stream::StreamState::Traveler(now) = now else { panic!("{now:?}") };
    let mut pasts = Pasts::new(subject);
    let (mut objected, mut clashes) = (Vec::new(), Vec::new());
    for (fact, id) in facts {
        pasts.arrive(fact.clone(), *id);
        let as_of = pasts.as_of(fact).unwrap();
        let then = as_of.unit().unwrap();
        let FactBody::Traveler(body) = &fact.body else { continue };
        let at = &fact.head.position;
        objected
            .extend(against(shop, (unit, fact), then).map(|why| format!("{at} {body:?}: {why}")));
        let here = side(fact, then).unwrap();
        for other in as_of.unseen.iter().filter_map(|other| side(other, &now)) {
            clashes.extend(clash(here, other, &now).map(|(clash, _)| clash));
        }
        pasts.go_on(fact, *id);
    }
    (objected, clashes)
}

fn against<'a>(
    shop: &'a Shop,
    (unit, fact): (&'a TravelerId, &'a Fact),
    then: &'a TravelerState,
) -> impl Iterator<Item = String> + use<'a> {
    let FactBody::Traveler(body) = &fact.body else { panic!("{fact:?}") };
    let by_permit = against_permit(shop, (unit, fact), then);
    let texts = &shop.instructions;
    let by_text = spot(body, then).map(|spot| objections(body, &spot, then, texts));
    let then = Then { id: unit, head: &fact.head, state: then, texts };
    let all = out_of_sequence(body, then).into_iter().chain(misjudged(body, then.state));
    let all = all.chain(by_text.into_iter().flatten()).map(|objection| objection.to_string());
    all.chain(by_permit)
}

/// Nothing that any station wrote is objected to, whatever the others did meanwhile.
pub(crate) fn nothing_is_objected_to(shop: &mut Shop) {
    let stations: Vec<&str> = shop.stations.iter().map(|station| station.name).collect();
    for station in stations {
        shop.at(station);
        for (unit, facts) in units(shop) {
            let (objected, _) = of_unit(shop, &unit, &facts);
            assert_eq!(objected, Vec::<String>::new(), "{unit} at {station}");
        }
    }
}
