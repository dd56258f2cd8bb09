//! What is done about a deviation besides its units: containment at the bench, the cause, corrective
//! actions that another person verifies, and whether they helped (ISO 9001 10.2).

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::deviation::{DeviationFact, DeviationKind, Disposition};
use super::deviation_rules::{CauseCode, DeviationRules, Severity};
use super::deviation_state::DeviationState;
use super::fact::{Head, Position};
use super::ids::{PersonId, PlaceId};
use super::moment::Moment;

/// By whom and where something is to be done; anybody and anywhere where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToDo {
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
}

/// Something that is to be done so that it does not happen again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionAsked {
    /// What.
    pub action: String,
    /// Who sees to it.
    pub owner: PersonId,
    /// Through the end of this day.
    pub due: Date,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// What is said about it.
    pub note: String,
}

/// What was done at once, or is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Containment {
    /// The fact.
    pub at: Position,
    /// Who noted or asked for it.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// What.
    pub action: String,
    /// By whom and where, where it is to be done yet.
    pub to_do: Option<ToDo>,
    /// That it was done.
    pub confirmed: Option<Done>,
    /// That it was asked for in error.
    pub withdrawn: Option<Done>,
}

/// Why it happened, as somebody found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The code of the site's list.
    pub code: Option<CauseCode>,
    /// Who said so, when, and in which words.
    pub found: Done,
}

/// A corrective action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrective {
    /// The fact.
    pub at: Position,
    /// Who asked for it.
    pub by: Option<PersonId>,
    /// What is asked for.
    pub asked: ActionAsked,
    /// That it was done.
    pub done: Option<Done>,
    /// That another person saw that it was.
    pub verified: Option<Done>,
    /// That it was asked for in error.
    pub withdrawn: Option<Done>,
}

impl Corrective {
    /// Whether it is not done, or nobody else has verified it yet.
    pub fn is_open(&self) -> bool {
        self.verified.is_none() && self.withdrawn.is_none()
    }
}

/// That a deviation was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Who, when, and the closing word.
    pub closed: Done,
    /// Until when somebody looks whether it helped.
    pub check_due: Option<Date>,
    /// What they found; of several, unseen by each other, each.
    pub checks: Vec<Check>,
}

/// Whether what was done helped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Who looked, when, and what they say.
    pub found: Done,
    /// Whether it did.
    pub effective: bool,
}

impl Containment {
    /// Whether it is to be done yet.
    pub fn is_open(&self) -> bool {
        self.to_do.is_some() && self.confirmed.is_none() && self.withdrawn.is_none()
    }
}

impl Done {
    fn new(head: &Head, note: &str) -> Self {
        Self {
            at: head.position.clone(),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
            note: note.to_owned(),
        }
    }
}

impl DeviationState {
    /// Takes one more fact about what is done.
    pub(super) fn act_on(&mut self, head: &Head, fact: &DeviationFact) {
        match fact {
            DeviationFact::ContainmentTaken { action } => self.contain(head, action, None),
            DeviationFact::ContainmentAsked { action, to_do } => {
                self.contain(head, action, Some(to_do.clone()));
            }
            DeviationFact::ContainmentConfirmed { containment, note } => {
                let mut known = self.containments.iter_mut();
                if let Some(found) = known.find(|known| known.at == *containment) {
                    found.confirmed.get_or_insert_with(|| Done::new(head, note));
                }
            }
            DeviationFact::CauseFound { code, text } => {
                self.causes.push(Cause { code: code.clone(), found: Done::new(head, text) });
            }
            DeviationFact::ActionAsked(asked) => self.actions.push(Corrective {
                at: head.position.clone(),
                by: head.acting.actor.clone(),
                asked: asked.clone(),
                done: None,
                verified: None,
                withdrawn: None,
            }),
            DeviationFact::AskedWithdrawn { asked, reason } => {
                let contained = self.containments.iter_mut().filter(|known| known.at == *asked);
                let contained = contained.map(|known| &mut known.withdrawn);
                let actions = self.actions.iter_mut().filter(|known| known.at == *asked);
                let actions = actions.map(|known| &mut known.withdrawn);
                for withdrawn in contained.chain(actions) {
                    withdrawn.get_or_insert_with(|| Done::new(head, reason));
                }
            }
            DeviationFact::ActionDone { action, note } => {
                if let Some(found) = self.actions.iter_mut().find(|known| known.at == *action) {
                    found.done.get_or_insert_with(|| Done::new(head, note));
                }
            }
            DeviationFact::ActionVerified { action, note } => {
                if let Some(found) = self.actions.iter_mut().find(|known| known.at == *action) {
                    found.verified.get_or_insert_with(|| Done::new(head, note));
                }
            }
            DeviationFact::DeviationClosed { note, check_due } => {
                self.closed = true;
                let (closed, check_due) = (Done::new(head, note), *check_due);
                self.closings.push(Closing { closed, check_due, checks: Vec::new() });
            }
            DeviationFact::EffectivenessChecked { closing, effective, note } => {
                let known = self.closings.iter_mut().find(|known| known.closed.at == *closing);
                if let Some(known) = known {
                    let (found, effective) = (Done::new(head, note), *effective);
                    known.checks.push(Check { found, effective });
                }
                if !effective {
                    self.closed = false;
                    self.failed_actions = self.actions.len();
                }
            }
            DeviationFact::DeviationRaised(_)
            | DeviationFact::UnitAdded(_)
            | DeviationFact::DeviationReviewed { .. }
            | DeviationFact::Dispositioned(_)
            | DeviationFact::DispositionApproved { .. } => {}
        }
    }

    fn contain(&mut self, head: &Head, action: &str, to_do: Option<ToDo>) {
        self.containments.push(Containment {
            at: head.position.clone(),
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
            action: action.to_owned(),
            to_do,
            confirmed: None,
            withdrawn: None,
        });
    }

    /// What a station had asked for before it closed the deviation, and what was not done by then.
    pub fn closed_too_early(&self, at: &Position) -> Vec<&str> {
        let before = |fact: &Position| fact.ledger == at.ledger && fact < at;
        let missing = |seen: Option<&Done>| {
            seen.is_none_or(|seen| seen.at.ledger == at.ledger && !before(&seen.at))
        };
        let contained = self.containments.iter().filter(|containment| {
            let seen = [containment.confirmed.as_ref(), containment.withdrawn.as_ref()];
            let asked = containment.to_do.is_some() && before(&containment.at);
            asked && seen.into_iter().all(missing)
        });
        let actions = self.actions.iter().filter(|action| {
            let seen = [action.verified.as_ref(), action.withdrawn.as_ref()];
            before(&action.at) && seen.into_iter().all(missing)
        });
        let contained = contained.map(|containment| containment.action.as_str());
        contained.chain(actions.map(|action| action.asked.action.as_str())).collect()
    }

    /// Everybody of whom it speaks.
    pub fn people(&self) -> BTreeSet<&PersonId> {
        let done = self.causes.iter().map(|cause| Some(&cause.found));
        let contained = self.containments.iter();
        let contained = contained.flat_map(|c| [c.confirmed.as_ref(), c.withdrawn.as_ref()]);
        let actions = self.actions.iter();
        let actions =
            actions.flat_map(|a| [a.done.as_ref(), a.verified.as_ref(), a.withdrawn.as_ref()]);
        let closed = self.closings.iter().map(|closing| Some(&closing.closed));
        let checks = self.closings.iter().flat_map(|closing| &closing.checks);
        let checks = checks.map(|check| Some(&check.found));
        let done = done.chain(contained).chain(actions).chain(closed).chain(checks).flatten();
        let mut people: BTreeSet<&PersonId> = done.filter_map(|done| done.by.as_ref()).collect();
        people.extend(self.reviews.iter().filter_map(|review| review.by.as_ref()));
        people.extend(self.actions.iter().map(|action| &action.asked.owner));
        people.extend(self.actions.iter().filter_map(|action| action.by.as_ref()));
        for known in &self.containments {
            people.extend(known.by.iter().chain(known.to_do.iter().flat_map(|to_do| &to_do.by)));
        }
        people
    }

    /// The least day through which an action, or the check whether it helped, is due.
    pub fn next_due(&self) -> Option<Date> {
        let actions = self.open_actions().map(|action| action.asked.due);
        actions.chain(self.to_check().map(|(_, due)| due)).min()
    }

    /// The cause as found last.
    pub fn cause(&self) -> Option<&Cause> {
        self.causes.last()
    }

    /// The containment that is to be done yet.
    pub fn open_containments(&self) -> impl Iterator<Item = &Containment> {
        self.containments.iter().filter(|containment| containment.is_open())
    }

    /// The closing of which nobody has looked yet whether what was done helped, and until when
    /// somebody does.
    pub fn to_check(&self) -> Option<(&Closing, Date)> {
        let last = self.closings.last().filter(|_| self.is_closed())?;
        last.check_due.filter(|_| last.checks.is_empty()).map(|due| (last, due))
    }

    /// The actions that are not done or that nobody else has verified.
    pub fn open_actions(&self) -> impl Iterator<Item = &Corrective> {
        self.actions.iter().filter(|action| action.is_open())
    }

    /// Whether something was asked for since it was found that what was done did not help.
    pub fn is_something_new_done(&self) -> bool {
        self.actions.iter().skip(self.failed_actions).any(|action| action.withdrawn.is_none())
    }

    /// Whether everything that was decided is that there was no deviation.
    fn is_void(&self) -> bool {
        let mut stand = self.dispositions.iter().filter(|d| !d.replaced && d.is_complete());
        let mut decisions = stand.clone().flat_map(|disposed| &disposed.body.decisions);
        stand.next().is_some()
            && decisions.all(|decision| decision.disposition == Disposition::Void)
    }

    fn severity(&self) -> Option<Severity> {
        self.code.as_ref().map(|code| code.severity)
    }

    /// Whether the site wants a cause before it is closed.
    pub fn wants_cause(&self, rules: &DeviationRules) -> bool {
        let bad_enough = self.severity().is_some_and(|severity| rules.cause_from.demands(severity));
        self.kind == DeviationKind::Product && bad_enough && !self.is_void()
    }
}
