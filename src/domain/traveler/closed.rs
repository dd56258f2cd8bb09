//! What stays possible on a unit of a closed order: nothing is performed any more, and what was
//! recorded is put right, held and let go as ever (R3, R8).

use crate::domain::context::Context;
use crate::domain::refusal::Reason;
use crate::domain::stream::TravelerId;

use super::command::TravelerCommand;

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
            | Self::HoldForJudge { .. } => false,
        }
    }
}

/// Why no work on a unit goes on: its order is closed.
pub(super) fn closed(id: &TravelerId, context: &Context) -> Option<Reason> {
    let order = context.order.as_ref()?;
    order.closed.then(|| Reason::OrderClosed { order: id.order.clone() })
}
