//! What must be known for a command on a traveler, besides the traveler itself.

use crate::domain::decide::{Around, Needs, OpeningsOf, Pinned};
use crate::domain::ids::GaugeId;
use crate::domain::permit::PermitsWanted;
use crate::domain::stream::{Stream, StreamState, TravelerId};

use super::command::{Entry, TravelerCommand};
use super::kin::KinWanted;

/// What a text that is entered may be the label of, and the lots that a gauge is looked up in.
fn named(command: &TravelerCommand, needs: &mut Needs) {
    if matches!(command, TravelerCommand::HoldForGauge { .. }) {
        needs.kin = KinWanted::Origins;
        needs.openings = OpeningsOf::Traveler;
    }
    if let TravelerCommand::Record { entry: Entry::Text(text), .. }
    | TravelerCommand::CorrectEntry { text, .. } = command
    {
        needs.label = Some(text.trim().to_owned());
    }
}

/// What must be known for a command on a traveler, besides the traveler itself.
pub(in crate::domain) fn on_traveler(
    id: &TravelerId,
    command: &TravelerCommand,
    needs: &mut Needs,
) {
    named(command, needs);
    match command {
        TravelerCommand::Start => needs.definitions = true,
        TravelerCommand::AcceptUpstream { .. } => {
            (needs.definitions, needs.kin) = (true, KinWanted::Origins);
        }
        TravelerCommand::AcceptTicket(ticket) => {
            needs.definitions = true;
            needs.ticket = Some(ticket.clone());
        }
        TravelerCommand::Ship { .. } => {
            (needs.around, needs.kin) = (Around::Shipping, KinWanted::Origins);
        }
        TravelerCommand::Record { entry: Entry::Reading { gauge: Some(gauge), .. }, .. }
        | TravelerCommand::HoldForGauge { gauge, .. }
        | TravelerCommand::Record { entry: Entry::AnswerWith { gauge, .. }, .. }
        | TravelerCommand::Sort { gauge: Some(gauge), .. }
        | TravelerCommand::Remeasure { gauge: Some(gauge), .. } => {
            needs.gauges.insert(gauge.clone());
        }
        TravelerCommand::SkipStep { .. } => needs.kin = KinWanted::Origins,
        TravelerCommand::Correct { .. } => needs.kin = KinWanted::SplitOff,
        TravelerCommand::CorrectEntry { text, .. } => {
            needs.kin = KinWanted::SplitOff;
            needs.component = Some(text.trim().to_owned());
        }
        TravelerCommand::Record { entry: Entry::Text(text), .. } => {
            needs.component = Some(text.trim().to_owned());
        }
        TravelerCommand::RecordRows { gauge, .. } => {
            needs.gauges.extend(gauge.clone());
            needs.deviation_number = true;
            needs.permits = PermitsWanted::OfUnit(None);
        }
        TravelerCommand::Retype { .. } => {
            needs.deviation_number = true;
            needs.permits = PermitsWanted::OfUnit(None);
        }
        TravelerCommand::RaiseDeviation { raise, .. } => {
            needs.deviation_number = true;
            needs.units.extend(raise.units.iter().cloned());
        }
        TravelerCommand::UsePermit(wanted) => {
            needs.permits = PermitsWanted::OfUnit(Some(wanted.permit.clone()));
        }
        TravelerCommand::SplitLot(split) => {
            let order = || id.order.clone();
            let lot = split.into.clone();
            needs.lot = lot.map(|unit| TravelerId { order: order(), unit });
        }
        TravelerCommand::ReportPieces { .. }
        | TravelerCommand::Record { .. }
        | TravelerCommand::Remeasure { .. }
        | TravelerCommand::Sort { .. }
        | TravelerCommand::CorrectAnswer { .. }
        | TravelerCommand::CorrectCount { .. }
        | TravelerCommand::RemoveComponent { .. }
        | TravelerCommand::CompleteStep { .. }
        | TravelerCommand::AcceptWait { .. }
        | TravelerCommand::Pause { .. }
        | TravelerCommand::Resume { .. }
        | TravelerCommand::Sign { .. }
        | TravelerCommand::ReleaseHold { .. }
        | TravelerCommand::KeepRevision { .. }
        | TravelerCommand::MoveToRevision { .. }
        | TravelerCommand::HoldForDefinition { .. }
        | TravelerCommand::HoldForRecall { .. }
        | TravelerCommand::TakeBack { .. }
        | TravelerCommand::HoldForJudge { .. } => {}
    }
}

pub(in crate::domain) fn pinned(command: &TravelerCommand) -> Pinned {
    match command {
        TravelerCommand::Record { at, .. }
        | TravelerCommand::RecordRows { at, .. }
        | TravelerCommand::ReportPieces { at, .. }
        | TravelerCommand::CompleteStep { at, .. }
        | TravelerCommand::SkipStep { at, .. }
        | TravelerCommand::Sign { at, .. } => Pinned::Operation(at.operation),
        TravelerCommand::Remeasure { .. }
        | TravelerCommand::Retype { .. }
        | TravelerCommand::UsePermit(_)
        | TravelerCommand::Ship { .. }
        | TravelerCommand::KeepRevision { .. }
        | TravelerCommand::MoveToRevision { .. }
        | TravelerCommand::HoldForDefinition { .. } => Pinned::All,
        TravelerCommand::Start
        | TravelerCommand::Correct { .. }
        | TravelerCommand::CorrectAnswer { .. }
        | TravelerCommand::CorrectEntry { .. }
        | TravelerCommand::CorrectCount { .. }
        | TravelerCommand::RemoveComponent { .. }
        | TravelerCommand::AcceptWait { .. }
        | TravelerCommand::Pause { .. }
        | TravelerCommand::Resume { .. }
        | TravelerCommand::AcceptUpstream { .. }
        | TravelerCommand::AcceptTicket(_)
        | TravelerCommand::RaiseDeviation { .. }
        | TravelerCommand::SplitLot(_)
        | TravelerCommand::Sort { .. }
        | TravelerCommand::HoldForGauge { .. }
        | TravelerCommand::HoldForRecall { .. }
        | TravelerCommand::TakeBack { .. }
        | TravelerCommand::ReleaseHold { .. }
        | TravelerCommand::HoldForJudge { .. } => Pinned::None,
    }
}

/// The gauge of the reading that is typed again: it must still be good.
pub(in crate::domain) fn gauge_typed_by(
    command: &TravelerCommand,
    stream: &Stream,
) -> Option<GaugeId> {
    let reading = if let TravelerCommand::UsePermit(wanted) = command {
        &wanted.reading
    } else if let TravelerCommand::Retype { reading, .. } = command {
        reading
    } else {
        return None;
    };
    let StreamState::Traveler(state) = &stream.state else { return None };
    let (_, reading) = state.reading(reading)?;
    reading.taken.gauge.as_ref().map(|used| used.gauge.clone())
}
