//! Who may do what is not simply one role's: the table that the bench decides by and the server
//! judges by (R4, R5).

use super::condition::SkipRule;
use super::deviation::Disposition;
use super::inspection::fact::LotEnd;
use super::people::Action;
use super::place::NewsRule;
use super::traveler::fact::{HoldOutcome, HoldReason};
use super::traveler::lot::LotSplit;

/// What it takes to dispose a deviation; `failing` where a reading of it is outside its limits.
pub fn disposes(disposition: &Disposition, failing: bool) -> Action {
    match disposition {
        Disposition::UseAsIs => Action::UseAsIs,
        // To call a value outside its limits no deviation is to accept it (R4).
        Disposition::Void if failing => Action::UseAsIs,
        Disposition::Rework { .. }
        | Disposition::Repair { .. }
        | Disposition::Scrap
        | Disposition::Return
        | Disposition::Void => Action::Dispose,
    }
}

/// What it takes to say what becomes of a lot that was not accepted.
pub fn disposes_lot(end: LotEnd) -> Action {
    match end {
        LotEnd::UseAsIs => Action::UseAsIs,
        LotEnd::Sort | LotEnd::Return | LotEnd::Scrap => Action::Dispose,
    }
}

/// What it takes to end a hold placed for a reason, where that is known, like this; `failing` where it
/// names readings outside their limits.
pub fn ends_hold(reason: Option<&HoldReason>, outcome: &HoldOutcome, failing: bool) -> Action {
    match outcome {
        HoldOutcome::Corrected
        | HoldOutcome::Remeasured { .. }
        | HoldOutcome::Permitted(_)
        | HoldOutcome::Cleared { .. }
        | HoldOutcome::Sorted => Action::Perform,
        HoldOutcome::Resumed { as_is: true } => Action::UseAsIs,
        HoldOutcome::Resumed { as_is: false } => disposes(&Disposition::Void, failing),
        HoldOutcome::Reopened { .. } | HoldOutcome::Ended { .. } => Action::Dispose,
        HoldOutcome::Released { .. } => {
            reason.and_then(HoldReason::released_by).unwrap_or(Action::ReleaseHold)
        }
        HoldOutcome::Inspected => Action::DecideLot,
        HoldOutcome::Reviewed => Action::Review,
    }
}

/// What it takes besides, where the unit is shipped: who released it answers for it that the hold was
/// for nothing; none where the end does not say so.
pub fn ends_hold_of_shipped(outcome: &HoldOutcome) -> Option<Action> {
    match outcome {
        HoldOutcome::Released { .. } | HoldOutcome::Resumed { as_is: false } => {
            Some(Action::ReleaseProduct)
        }
        HoldOutcome::Corrected
        | HoldOutcome::Remeasured { .. }
        | HoldOutcome::Permitted(_)
        | HoldOutcome::Cleared { .. }
        | HoldOutcome::Sorted
        | HoldOutcome::Resumed { as_is: true }
        | HoldOutcome::Reopened { .. }
        | HoldOutcome::Ended { .. }
        | HoldOutcome::Inspected
        | HoldOutcome::Reviewed => None,
    }
}

/// Whether a hold placed for a reason ends in this way at all.
pub fn is_ended_by(reason: &HoldReason, outcome: &HoldOutcome) -> bool {
    match outcome {
        HoldOutcome::Corrected | HoldOutcome::Remeasured { .. } | HoldOutcome::Permitted(_) => {
            *reason == HoldReason::OutOfLimits
        }
        HoldOutcome::Resumed { .. } | HoldOutcome::Reopened { .. } | HoldOutcome::Ended { .. } => {
            matches!(reason, HoldReason::OutOfLimits | HoldReason::Raised)
        }
        HoldOutcome::Released { .. } => reason.released_by().is_some(),
        HoldOutcome::Cleared { .. } | HoldOutcome::Sorted => {
            matches!(reason, HoldReason::Suspect(_))
        }
        HoldOutcome::Inspected => matches!(reason, HoldReason::Inspection { .. }),
        HoldOutcome::Reviewed => matches!(reason, HoldReason::Judged { .. }),
    }
}

/// What it takes to take pieces off a lot: where they go another way by a disposition, what that takes.
pub fn splits(split: &LotSplit) -> Action {
    if split.deviation.is_some() { Action::Dispose } else { Action::SplitLot }
}

/// What it takes to finish a unit by the revision it was begun with, though a newer one is in
/// effect.
pub fn keeps_revision(rule: NewsRule) -> Action {
    match rule {
        NewsRule::Stop => Action::MoveRevision,
        NewsRule::Warn | NewsRule::Hold => Action::KeepRevision,
    }
}

/// What it takes to leave a step out, by its instruction: one of these; none where nobody may.
pub fn skips(rule: SkipRule) -> &'static [Action] {
    match rule {
        SkipRule::Never => &[],
        SkipRule::Operator => &[Action::Perform, Action::Overrule],
        SkipRule::Supervisor => &[Action::Overrule],
    }
}

/// What it takes to correct what somebody recorded: none where it is one's own (R3).
pub fn corrects(own: bool) -> Option<Action> {
    (!own).then_some(Action::CorrectRecord)
}

/// Who lets later work go on: a supervisor answers for it, and by a ticket whoever works on does.
pub fn accepts_upstream(by_ticket: bool) -> &'static [Action] {
    if by_ticket { &[Action::Perform, Action::Overrule] } else { &[Action::Overrule] }
}
