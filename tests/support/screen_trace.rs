//! What the store behind the screens tells of a unit, fact by fact.

use gemba::domain::fact::Fact;
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::hold::shown;
use gemba::views::trace::{Trace, TraceLine};

use super::screen_answers::BADGES;
use super::shop::Shop;

/// The facts of a unit, each in a line.
pub(crate) fn trace(unit: &TravelerId, shop: &Shop) -> Trace {
    let facts = shop.stations[0].facts_of(&Subject::Traveler(unit.clone()));
    Trace {
        traveler: unit.clone(),
        part: "CP-40".to_owned(),
        definitions: Vec::new(),
        standing: String::new(),
        first_pass: true,
        lines: facts.iter().map(|(fact, _)| line(fact)).collect(),
        deviations: Vec::new(),
        waiting: 0,
        clock_steps: Vec::new(),
    }
}

fn line(fact: &Fact) -> TraceLine {
    let actor = fact.head.acting.actor.as_ref().map_or("", |actor| actor.as_str());
    let name = BADGES.iter().find(|(_, person, ..)| *person == actor);
    TraceLine {
        position: fact.head.position.to_string(),
        id: String::new(),
        at: fact.head.moment.effective(),
        who: name.map_or(actor, |(_, _, name, _)| name).to_owned(),
        place: String::new(),
        kind: fact.body.kind().to_owned(),
        step: String::new(),
        what: what(&fact.body),
        verdict: None,
        permit: None,
        signature: None,
        gauge: None,
        at_server: false,
        not_accepted: None,
        unseen: Vec::new(),
    }
}

fn what(body: &FactBody) -> String {
    if let FactBody::Traveler(TravelerFact::ReadingCorrected { value, reason, .. }) = body {
        return format!("corrected to {}: {reason}", shown(value));
    }
    body.kind().to_owned()
}
