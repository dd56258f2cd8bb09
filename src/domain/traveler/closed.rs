//! What stays possible on a unit of a closed order: nothing is performed any more, and what was
//! recorded is put right, held and let go as ever (R3, R8).

use crate::domain::context::Context;
use crate::domain::refusal::Reason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::stream::TravelerId;

use super::command::TravelerCommand;
use super::fact::TravelerFact;
use super::lot::LotSplit;
use super::state::TravelerState;

impl TravelerCommand {
    /// Whether work on the unit goes on by it, for which its order must be open.
    pub fn goes_on(&self) -> bool {
        match self {
            Self::Start
            | Self::Record { .. }
            | Self::RecordRows { .. }
            | Self::Remeasure { .. }
            | Self::ReportPieces { .. }
            | Self::CompleteStep { .. }
            | Self::SkipStep { .. }
            | Self::AcceptWait { .. }
            | Self::AcceptUpstream { .. }
            | Self::AcceptTicket(_)
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::SplitLot(_)
            | Self::Sign { .. }
            | Self::KeepRevision { .. }
            | Self::MoveToRevision { .. } => true,
            Self::Retype { .. }
            | Self::UsePermit(_)
            | Self::Correct { .. }
            | Self::CorrectAnswer { .. }
            | Self::CorrectEntry { .. }
            | Self::CorrectCount { .. }
            | Self::RemoveComponent { .. }
            | Self::RaiseDeviation { .. }
            | Self::ReleaseHold { .. }
            | Self::Sort { .. }
            | Self::HoldForGauge { .. }
            | Self::HoldForRecall { .. }
            | Self::HoldForDefinition { .. }
            | Self::Ship { .. }
            | Self::TakeBack { .. }
            | Self::HoldForJudge { .. } => false,
        }
    }
}

impl TravelerFact {
    /// Whether work on the unit goes on by it, for which its order must be open.
    pub fn goes_on(&self) -> bool {
        let sorts = matches!(self, Self::ReadingTaken(taken) if taken.sorting.is_some());
        if sorts || self.corrects().is_some() {
            return false;
        }
        match self {
            Self::TravelerStarted(_)
            | Self::StepStarted(_)
            | Self::Checked { .. }
            | Self::ReadingTaken(_)
            | Self::EntryMade { .. }
            | Self::ComponentInstalled { .. }
            | Self::WaitStarted { .. }
            | Self::WaitAccepted { .. }
            | Self::StepCompleted { .. }
            | Self::StepSkipped { .. }
            | Self::UpstreamAccepted { .. }
            | Self::Paused { .. }
            | Self::Resumed { .. }
            | Self::QuantityReported(_)
            | Self::LotSplit(LotSplit { deviation: None, .. })
            | Self::RevisionKept(_)
            | Self::MovedToRevision(_)
            | Self::Signed { .. } => true,
            Self::ReadingConfirmed { .. }
            | Self::ReadingCorrected { .. }
            | Self::QuantityCorrected(_)
            | Self::ComponentRemoved(_)
            | Self::ConditionDecided(_)
            // A disposition shares a lot out whether or not its order is closed.
            | Self::LotSplit(_)
            | Self::SplitOff(_)
            | Self::HoldPlaced(_)
            | Self::HoldReleased { .. }
            | Self::ProductReleased(_)
            | Self::ProductTakenBack(_) => false,
        }
    }

    /// Whether the unit must be here for it.
    pub fn handles(&self) -> bool {
        self.goes_on() || matches!(self, Self::ComponentRemoved(_))
    }
}

/// Why nothing is done on a unit: it is shipped. What was recorded is put right and held as ever.
pub(super) fn shipped(state: &TravelerState, command: &TravelerCommand) -> Option<Reason> {
    let here =
        matches!(command, TravelerCommand::RemoveComponent { .. } | TravelerCommand::Sort { .. });
    let handles = command.goes_on() || here;
    gone(state).filter(|_| handles)
}

/// Why nobody begins or goes on with a unit: it is shipped.
pub(super) fn gone(state: &TravelerState) -> Option<Reason> {
    let release = state.shipped()?.at.clone();
    Some(ShipReason::Shipped { release }.into())
}

/// Why no work on a unit goes on: its order is closed.
pub(super) fn closed(id: &TravelerId, context: &Context) -> Option<Reason> {
    let order = context.order.as_ref()?;
    order.closed.then(|| Reason::OrderClosed { order: id.order.clone() })
}
