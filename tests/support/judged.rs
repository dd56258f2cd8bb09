//! What stations wrote, looked at once more as the server does it.

use std::collections::BTreeMap;

use gemba::domain::as_of::Pasts;
use gemba::domain::fact::{Fact, Head};
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::second_look::{misjudged, objections, spot};
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::collision::{Clash, clash, side};
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::sequence::{Then, out_of_sequence};
use gemba::domain::traveler::state::TravelerState;
use gemba::domain::traveler::taken_over::NotSo;

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
        objected
            .extend(of_lots_before(shop, unit, fact).map(|why| format!("{at} {body:?}: {why}")));
        let here = side(fact, then).unwrap();
        for other in as_of.unseen.iter().filter_map(|other| side(other, &now)) {
            clashes.extend(clash(here, other, &now).map(|(clash, _)| clash));
        }
        pasts.go_on(fact, *id);
    }
    (objected, clashes)
}

/// What is not so of what a fact says of the lots that pieces were of.
fn of_lots_before(shop: &Shop, unit: &TravelerId, fact: &Fact) -> impl Iterator<Item = NotSo> {
    let mut found = Vec::new();
    if let FactBody::Traveler(TravelerFact::SplitOff(origin)) = &fact.body {
        let mut pasts = pasts_of(shop, &origin.from);
        let split = pasts.facts().find(|fact| fact.head.position == origin.split).unwrap().clone();
        let FactBody::Traveler(body) = &split.body else { panic!("{split:?}") };
        let as_of = pasts.as_of(&split).unwrap();
        found = origin.not_so(unit, (body, as_of.unit().unwrap()));
    }
    if let FactBody::Traveler(TravelerFact::UpstreamAccepted { closed, .. }) = &fact.body {
        for step in closed {
            let has = |(_, facts): &(TravelerId, Vec<(Fact, Hash)>)| {
                facts.iter().any(|(fact, _)| fact.head.position == step.by)
            };
            let (lot, _) = units(shop).into_iter().find(has).unwrap();
            let now = shop.here().stream(&Subject::Traveler(lot.clone())).state;
            let gemba::domain::stream::StreamState::Traveler(now) = now else { panic!("{now:?}") };
            let after = vec![step.by.clone()];
            let knowing = Fact { head: Head { after, ..fact.head.clone() }, ..fact.clone() };
            let mut pasts = pasts_of(shop, &lot);
            let knew = pasts.as_of(&knowing).unwrap().unit().unwrap();
            found.extend(step.not_so(knew, &now));
        }
    }
    found.into_iter()
}

fn pasts_of(shop: &Shop, lot: &TravelerId) -> Pasts {
    let mut pasts = Pasts::new(Subject::Traveler(lot.clone()));
    for (fact, id) in units(shop).remove(lot).unwrap_or_default() {
        pasts.arrive(fact, id);
    }
    pasts
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
