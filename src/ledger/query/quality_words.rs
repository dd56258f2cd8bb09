//! What a fact of a deviation, a permit, a redline or a lot of material says, in a line.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deviation::DeviationFact;
use crate::domain::deviation_actions::ActionAsked;
use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::{Fact, Position};
use crate::domain::ids::PersonId;
use crate::domain::material::{MaterialFact, MaterialReceived};
use crate::domain::permit::fit::limits_words;
use crate::domain::permit::{Permit, PermitFact, PermitUsed};
use crate::domain::redline::{RedlineFact, RedlineProposed};
use crate::domain::traveler::hold::shown;
use crate::ledger::error::LedgerError;
use crate::views::material::{corrected_words, received_words};

use super::Asked;
use super::trace_words::signed_words;

/// How it begins what a correction of goods-in says.
pub(super) const CORRECTED: &str = "corrected: ";

/// What is known of a deviation besides the fact: what was asked for, which causes no longer count, and
/// what people are called.
#[derive(Debug, Default)]
pub(super) struct As {
    asked: BTreeMap<Position, String>,
    replaced: BTreeSet<Position>,
    names: BTreeMap<PersonId, String>,
}

impl As {
    /// Nothing is known besides.
    pub(super) fn bare() -> Self {
        Self::default()
    }

    fn asked(&self, at: &Position) -> String {
        self.asked.get(at).cloned().unwrap_or_else(|| at.to_string())
    }

    fn name(&self, person: &PersonId) -> String {
        self.names.get(person).cloned().unwrap_or_else(|| person.to_string())
    }

    fn is_replaced(&self, cause: &Position) -> bool {
        self.replaced.contains(cause)
    }
}

impl Asked<'_> {
    /// What is known of a deviation, to tell its facts with.
    pub(super) fn known_of(self, state: &DeviationState) -> Result<As, LedgerError> {
        let contained = state.containments.iter().map(|c| (c.at.clone(), c.action.clone()));
        let actions = state.actions.iter().map(|a| (a.at.clone(), a.asked.action.clone()));
        let before = state.causes.iter().rev().skip(1);
        let mut names = BTreeMap::new();
        for person in state.people() {
            names.insert(person.clone(), self.name(Some(person))?);
        }
        Ok(As {
            asked: contained.chain(actions).collect(),
            replaced: before.map(|cause| cause.found.at.clone()).collect(),
            names,
        })
    }
}

/// What a fact of a deviation says.
pub(super) fn of_deviation(fact: &Fact, body: &DeviationFact, known: &As) -> String {
    match body {
        DeviationFact::DeviationRaised(raised) => {
            let code = raised.code.as_ref().map(|code| format!(" {}", code.code));
            let text = if raised.found.is_empty() { &raised.note } else { &raised.found };
            format!("{} deviation{}: {text}", raised.kind.word(), code.unwrap_or_default())
        }
        DeviationFact::UnitAdded(unit) => {
            let how = if unit.hold.is_some() { ", held" } else { "" };
            format!("concerns {}{how}", unit.traveler)
        }
        DeviationFact::DeviationReviewed { as_kind, code, close_by, note } => {
            let code = code.as_ref();
            let code = code.map(|code| format!(" {}, {}", code.code, code.severity.word()));
            let by = close_by.as_ref();
            let by = by.map(|by| format!(", to be closed by {} {}", by.operation, by.step));
            let (code, by) = (code.unwrap_or_default(), by.unwrap_or_default());
            format!("reviewed: {}{code}{by}: {note}", as_kind.word())
        }
        DeviationFact::ContainmentTaken { action } => format!("done at once: {action}"),
        DeviationFact::Dispositioned(disposed) => {
            let units: BTreeSet<_> = disposed.decisions.iter().map(|d| &d.unit).collect();
            let words = disposed.decisions.iter().map(|decision| {
                let unit =
                    if units.len() > 1 { format!("{} ", decision.unit) } else { String::new() };
                format!("{unit}{}", decision.words())
            });
            let words = words.collect::<Vec<_>>().join(", ");
            format!("{words}: {}", signed_words(fact, &disposed.signature))
        }
        DeviationFact::DispositionApproved { signature, .. } => signed_words(fact, signature),
        DeviationFact::DeviationClosed { note, check_due } => {
            let due = check_due.map(|due| format!("; whether it helped is looked at by {due}"));
            format!("closed: {note}{}", due.unwrap_or_default())
        }
        DeviationFact::ContainmentAsked { action, to_do } => {
            let by = to_do.by.as_ref().map(|by| format!(" by {}", known.name(by)));
            let place = to_do.place.as_ref().map(|place| format!(" at {place}"));
            let (by, place) = (by.unwrap_or_default(), place.unwrap_or_default());
            format!("to be done at once{by}{place}: {action}")
        }
        DeviationFact::ContainmentConfirmed { containment, note } => {
            said(format!("contained: {}", known.asked(containment)), note)
        }
        DeviationFact::CauseFound { code, text } => {
            let code = code.as_ref().map(|code| format!("{}, ", code.code));
            let replaced =
                if known.is_replaced(&fact.head.position) { "; replaced since" } else { "" };
            format!("cause: {}{text}{replaced}", code.unwrap_or_default())
        }
        DeviationFact::ActionAsked(ActionAsked { action, owner, due }) => {
            format!("to be done by {} by {due}: {action}", known.name(owner))
        }
        DeviationFact::ActionDone { action, note } => {
            said(format!("done: {}", known.asked(action)), note)
        }
        DeviationFact::ActionVerified { action, note } => {
            said(format!("verified: {}", known.asked(action)), note)
        }
        DeviationFact::AskedWithdrawn { asked, reason } => {
            said(format!("withdrawn: {}", known.asked(asked)), reason)
        }
        DeviationFact::EffectivenessChecked { effective, note, .. } => {
            let how = if *effective { "effective" } else { "not effective, open again" };
            format!("{how}: {note}")
        }
    }
}

/// Something with what is said about it.
fn said(what: String, note: &str) -> String {
    if note.is_empty() { what } else { format!("{what}: {note}") }
}

/// What a fact of a permit says: limits, for whom, why, who signed, each use.
pub(super) fn of_permit(fact: &Fact, body: &PermitFact) -> String {
    match body {
        PermitFact::PermitProposed { permit, signature } => {
            let Permit { name, part, specified, widened, reason, through, .. } = &**permit;
            let limits =
                format!("{} instead of {}", limits_words(widened), limits_words(specified));
            let signed = signed_words(fact, signature);
            format!("{name} of {part}, {limits}, through {through}: {reason}; {signed}")
        }
        PermitFact::PermitGranted { signature } => signed_words(fact, signature),
        PermitFact::PermitWithdrawn { reason } => reason.clone(),
        PermitFact::PermitUsed(used) => {
            let PermitUsed { traveler, value, pieces, signature, .. } = &**used;
            let pieces = if *pieces > 1 { format!(", {pieces} pieces") } else { String::new() };
            let signed = signed_words(fact, signature);
            format!("{} of {traveler}{pieces}; {signed}", shown(value))
        }
    }
}

/// What a fact of a redline says.
pub(super) fn of_redline(body: &RedlineFact) -> String {
    match body {
        RedlineFact::RedlineProposed(proposed) => {
            let RedlineProposed { instruction, revision, step, text, .. } = proposed;
            format!("{instruction} rev {revision} #{step}: {text}")
        }
        RedlineFact::RedlineAnswered(answer) => {
            let revision = answer.revision.as_ref();
            let revision = revision.map_or_else(String::new, |rev| format!(" for rev {rev}"));
            let said = if answer.accepted { "accepted" } else { "rejected" };
            format!("{said}{revision}: {}", answer.reason)
        }
    }
}

/// What a fact of a lot of material says: of a correction, what it was corrected from.
pub(super) fn of_material(body: &MaterialFact, before: Option<&MaterialReceived>) -> String {
    match body {
        MaterialFact::MaterialReceived(received) => match (&received.corrects, before) {
            (Some(reason), Some(before)) => {
                format!("{CORRECTED}{}: {reason}", corrected_words(before, received))
            }
            (Some(reason), None) => format!("{CORRECTED}{}: {reason}", received_words(received)),
            (None, _) => received_words(received),
        },
        MaterialFact::MaterialBlocked { reason, .. }
        | MaterialFact::MaterialReleased { reason, .. } => reason.clone(),
    }
}
