//! Which streams name which person, place, gauge, characteristic and definition, each pair once with
//! the fact that did so first: so that one of many million facts is found by who and what it names.

use crate::domain::fact::Fact;
use crate::domain::inspection::fact::InspectionFact;
use crate::domain::kinds::FactBody;
use crate::domain::traveler::fact::{HoldOutcome, TravelerFact, TravelerStarted};

/// What a fact names: the kind of thing and its id.
pub(in crate::ledger) fn named_by(fact: &Fact) -> Vec<(&'static str, String)> {
    let acting = &fact.head.acting;
    let mut named = Vec::new();
    named.extend(acting.actor.iter().map(|actor| ("person", actor.to_string())));
    named.extend(acting.place.iter().map(|place| ("place", place.to_string())));
    if let FactBody::Inspection(InspectionFact::PieceInspected(what)) = &fact.body {
        for reading in &what.readings {
            let characteristic = reading.characteristic.iter();
            named.extend(characteristic.map(|c| ("characteristic", c.to_string())));
            named.extend(reading.gauge.iter().map(|used| ("gauge", used.gauge.to_string())));
        }
    }
    let FactBody::Traveler(body) = &fact.body else { return named };
    match body {
        TravelerFact::ReadingTaken(taken) => {
            named.extend(taken.characteristic.iter().map(|c| ("characteristic", c.to_string())));
            named.extend(taken.gauge.iter().map(|used| ("gauge", used.gauge.to_string())));
        }
        TravelerFact::Checked { with: Some(with), .. } => {
            named.push(("gauge", with.gauge.gauge.to_string()));
        }
        TravelerFact::TravelerStarted(started) => named.extend(definitions(started)),
        TravelerFact::SplitOff(origin) => named.extend(definitions(&origin.started)),
        TravelerFact::HoldReleased { outcome, .. } => {
            if let HoldOutcome::Permitted(permitted) = outcome {
                named.push(("permit", permitted.permit.to_string()));
            }
        }
        TravelerFact::MovedToRevision(moved) => {
            let specification = moved.specification.iter().map(|pinned| pinned.hash);
            let pinned = specification.chain([moved.to.hash]);
            named.extend(pinned.map(|hash| ("definition", hash.to_string())));
        }
        TravelerFact::StepStarted(_)
        | TravelerFact::Checked { with: None, .. }
        | TravelerFact::ReadingConfirmed { .. }
        | TravelerFact::ReadingCorrected { .. }
        | TravelerFact::EntryMade { .. }
        | TravelerFact::ComponentInstalled { .. }
        | TravelerFact::ComponentRemoved(_)
        | TravelerFact::WaitStarted { .. }
        | TravelerFact::WaitAccepted { .. }
        | TravelerFact::StepCompleted { .. }
        | TravelerFact::StepSkipped { .. }
        | TravelerFact::ConditionDecided(_)
        | TravelerFact::UpstreamAccepted { .. }
        | TravelerFact::Paused { .. }
        | TravelerFact::Resumed { .. }
        | TravelerFact::QuantityReported(_)
        | TravelerFact::QuantityCorrected(_)
        | TravelerFact::LotSplit(_)
        | TravelerFact::Signed { .. }
        | TravelerFact::RevisionKept(_)
        | TravelerFact::HoldPlaced(_)
        | TravelerFact::ProductReleased(_)
        | TravelerFact::ProductTakenBack(_) => {}
    }
    named
}

/// The compiled blobs by which a unit is begun.
fn definitions(started: &TravelerStarted) -> impl Iterator<Item = (&'static str, String)> {
    let operations = started.operations.iter().map(|operation| operation.hash);
    let pinned = started.specification.iter().map(|pinned| pinned.hash).chain(operations);
    pinned.map(|hash| ("definition", hash.to_string()))
}
