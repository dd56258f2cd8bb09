//! What the store behind the screens tells of a unit, fact by fact.

use gemba::domain::fact::Fact;
use gemba::domain::hash::Hash;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::views::trace::{Trace, TraceLine, definitions, standing};

use super::screen_answers::BADGES;
use super::shop::Shop;

/// The facts of a unit, each in a line.
pub(crate) fn trace(unit: &TravelerId, shop: &Shop) -> Trace {
    let subject = Subject::Traveler(unit.clone());
    let StreamState::Traveler(state) = shop.stream(&subject).state else {
        panic!("a traveler's stream holds a traveler");
    };
    let line = |(fact, id): &(Fact, Hash)| {
        let actor = fact.head.acting.actor.as_ref().map_or("station", |actor| actor.as_str());
        let name = BADGES.iter().find(|(_, person, ..)| *person == actor);
        let who = name.map_or(actor, |(_, _, name, _)| name).to_owned();
        TraceLine::of(&state, (fact, *id), who, false)
    };
    Trace {
        traveler: unit.clone(),
        part: "CP-40".to_owned(),
        definitions: definitions(&state),
        standing: standing(&state, &shop.instructions),
        first_pass: state.first_pass(),
        lines: shop.stations[0].facts_of(&subject).iter().map(line).collect(),
        deviations: Vec::new(),
        waiting: 0,
        clock_steps: Vec::new(),
    }
}
