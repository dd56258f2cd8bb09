//! Deviations as screens are shown them, from what the shop knows.

use gemba::domain::ids::PersonId;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::state::TravelerState;
use gemba::views::deviation::{DeviationStanding, DeviationView, Offers};
use gemba::views::deviation_counts::DeviationCounts;
use gemba::views::deviation_of::{Around, view};
use gemba::views::register::PersonRow;

use super::shop::{SITE, Shop};
use super::shop_plan::id;

/// What the site offers to choose from.
pub(crate) fn offers(shop: &Shop) -> Offers {
    let site = shop.stations[0].stream(&Subject::Site(id(SITE))).state;
    let StreamState::Site(site) = site else { panic!("a site's stream holds a site") };
    site.policy.map_or_else(Offers::default, |policy| Offers::of(&policy.rules.deviations))
}

/// How many deviations are open.
pub(crate) fn counted(shop: &Shop) -> DeviationCounts {
    let mut counts = DeviationCounts::default();
    for view in deviations(shop) {
        counts.overdue += u32::try_from(view.overdue()).unwrap();
        if !matches!(view.standing, DeviationStanding::Closed | DeviationStanding::ToCheck) {
            let age = shop.moment().utc.duration_since(view.raised);
            counts.add(view.code.map(|code| code.severity), age.as_secs() / 86_400);
        }
    }
    counts
}

/// Those who may be asked for something.
pub(crate) fn people() -> Vec<PersonRow> {
    let row = |(who, badge, role): (&str, &str, &str)| PersonRow {
        person: id(who),
        name: Some(called(&id(who))),
        badge: Some(badge.to_owned()),
        roles: vec![role.to_owned()],
        qualifications: Vec::new(),
        ending: Vec::new(),
        revoked: false,
    };
    let people = [
        ("novak", "B-2107", "operator"),
        ("okafor", "B-3052", "inspector"),
        ("brandt", "B-4011", "supervisor"),
        ("lind", "B-5003", "engineer"),
        ("quell", "B-5020", "quality"),
    ];
    people.map(row).to_vec()
}

/// What people of the shop are called.
fn called(who: &PersonId) -> String {
    let name = match who.as_str() {
        "novak" => "A. Novak",
        "brandt" => "S. Brandt",
        "quell" => "R. Quell",
        "lind" => "J. Lind",
        "okafor" => "M. Okafor",
        other => other,
    };
    name.to_owned()
}

/// Every deviation of the first station.
pub(crate) fn deviations(shop: &Shop) -> Vec<DeviationView> {
    let here = &shop.stations[0];
    let unit = |traveler| -> TravelerState {
        let StreamState::Traveler(state) = here.stream(&Subject::Traveler(traveler)).state else {
            panic!("a traveler's stream holds a traveler");
        };
        state
    };
    let views = (1..=9).filter_map(|n| {
        let number = id(&format!("NCR-ASM1-{n:04}"));
        let StreamState::Deviation(state) =
            here.stream(&Subject::Deviation(id(&format!("NCR-ASM1-{n:04}")))).state
        else {
            return None;
        };
        let units = state.units.iter().map(|named| named.unit.traveler.clone());
        let units = units.map(|traveler| (traveler.clone(), unit(traveler)));
        let around = Around {
            units: units.collect(),
            texts: shop.instructions.clone(),
            raised_by: "A. Novak".to_owned(),
            names: state.people().into_iter().map(|who| (who.clone(), called(who))).collect(),
            today: here.moment(shop.now_s).utc.to_zoned(jiff::tz::TimeZone::UTC).date(),
            at_server: false,
            offers: offers(shop),
        };
        view(&number, &state, around)
    });
    views.map(|view| DeviationView { place: Some(id("ASM-2")), ..view }).collect()
}
