//! Calls for help from a place: of a kind, answered, cleared, and told further while nobody comes.
//!
//! Who rings: the station at which the call was made, and no other, because it can without a network
//! and because one alone then rings. What it told is a fact, so that a restart tells nobody twice.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{HelpId, PersonId, PlaceId};
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::refusal::shift::ShiftReason;
use super::refusal::{Reason, Refusal};
use super::stream::{Subject, TravelerId};
use super::traveler::command::StepAt;

/// What is called for where the site does not say.
pub const KINDS: [&str; 4] = ["material", "quality", "maintenance", "supervisor"];
/// As many kinds as there are digits: a call takes two keys.
pub const KINDS_MAX: usize = 9;
/// The most rows of the table of who is told.
pub const ESCALATIONS_MAX: usize = 50;
/// The longest time before somebody is told, in minutes.
pub const MINUTES_MAX: u32 = 1_440;
/// How often somebody is tried to be told.
pub const TRIES_MAX: usize = 3;

/// Who is told of a call that nobody answered, and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Escalation {
    /// For calls of this kind; absent for every kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// After so many minutes.
    pub minutes: u32,
    /// Whom, by the name under which the station knows how to reach them.
    pub to: String,
}

/// A call as made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpCalled {
    /// What for: one of the site's kinds.
    pub kind: String,
    /// Where.
    pub place: PlaceId,
    /// The unit that was worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traveler: Option<TravelerId>,
    /// The step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepAt>,
    /// What the person adds; may be blank.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who is told and when, as the site says at that moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum HelpFact {
    /// Made.
    HelpCalled(HelpCalled),
    /// Somebody comes.
    HelpAnswered {
        /// A word; may be blank.
        note: String,
    },
    /// Nothing more is needed.
    HelpCleared {
        /// What it was; may be blank.
        note: String,
    },
    /// Somebody was told, or could not be.
    HelpEscalated {
        /// The row of the call's own table, from 0.
        row: usize,
        /// Whom.
        to: String,
        /// Why they could not be told; absent where they were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
    },
}

/// What is asked for about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpCommand {
    /// Say that one comes.
    Answer {
        /// A word; may be blank.
        note: String,
    },
    /// Say that nothing more is needed.
    Clear {
        /// What it was; may be blank.
        note: String,
    },
    /// Note that somebody was told, or could not be (the station does).
    NoteEscalation {
        /// The row of the call's own table, from 0.
        row: usize,
        /// Why they could not be told.
        failed: Option<String>,
    },
}

/// Who is called for, what for and at which step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpWanted {
    /// What for.
    pub kind: String,
    /// The unit that is worked on.
    pub traveler: Option<TravelerId>,
    /// The step.
    pub step: Option<StepAt>,
    /// What the person adds; may be blank.
    pub note: String,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
    /// What they said.
    pub note: String,
}

/// A call as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HelpState {
    /// As made; absent before it is known here.
    pub called: Option<Called>,
    /// Who came first.
    pub answered: Option<Done>,
    /// Who cleared it.
    pub cleared: Option<Done>,
    /// Who was told: the row, whom, when, and why not.
    pub told: Vec<Told>,
}

/// How a call was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// What was said.
    pub body: HelpCalled,
    /// The fact.
    pub at: Position,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
}

/// Somebody who was told of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The row of the call's own table.
    pub row: usize,
    /// Whom.
    pub to: String,
    /// When.
    pub moment: Moment,
    /// Why they could not be told.
    pub failed: Option<String>,
}

impl HelpState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &HelpFact) {
        let done = |note: &str| Done {
            by: head.acting.actor.clone(),
            moment: head.moment.clone(),
            note: note.to_owned(),
        };
        match fact {
            HelpFact::HelpCalled(body) => {
                self.called.get_or_insert_with(|| Called {
                    body: body.clone(),
                    at: head.position.clone(),
                    by: head.acting.actor.clone(),
                    moment: head.moment.clone(),
                });
            }
            HelpFact::HelpAnswered { note } => {
                self.answered.get_or_insert_with(|| done(note));
            }
            HelpFact::HelpCleared { note } => {
                self.cleared.get_or_insert_with(|| done(note));
            }
            HelpFact::HelpEscalated { row, to, failed } => self.told.push(Told {
                row: *row,
                to: to.clone(),
                moment: head.moment.clone(),
                failed: failed.clone(),
            }),
        }
    }

    /// Whether somebody is still wanted.
    pub fn is_open(&self) -> bool {
        self.called.is_some() && self.cleared.is_none()
    }

    /// Whether somebody of a row was told, or nobody will try any more.
    pub fn is_told(&self, row: usize) -> bool {
        let tries = || self.told.iter().filter(|told| told.row == row);
        tries().any(|told| told.failed.is_none()) || tries().count() >= TRIES_MAX
    }

    /// The rows of the call's own table whose time has come and of whom nobody was told.
    pub fn due(&self, context: &Context) -> Vec<(usize, Escalation)> {
        let waits = self.cleared.is_none() && self.answered.is_none();
        let Some(called) = self.called.as_ref().filter(|_| waits) else { return Vec::new() };
        let age_s = context.now.age_s(&called.moment, context.proven);
        let rows = called.body.escalations.iter().enumerate();
        rows.filter(|(row, escalation)| {
            age_s >= i64::from(escalation.minutes) * 60 && !self.is_told(*row)
        })
        .map(|(row, escalation)| (row, escalation.clone()))
        .collect()
    }
}

/// Decides on a call that is to be made at the actor's place.
pub(super) fn call(
    place: &PlaceId,
    asked: HelpWanted,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let HelpWanted { kind, traveler, step, note } = asked;
    let mut reasons = Vec::new();
    context.require_role(Action::CallHelp, &mut reasons);
    if !context.places.contains_key(place) {
        reasons.push(Reason::PlaceUnknown { place: place.clone() });
    }
    let known = context.help_kinds();
    if !known.contains(&kind) {
        reasons.push(ShiftReason::HelpKindUnknown { kind: kind.clone(), known }.into());
    }
    if !note.is_empty() {
        context.require_line("the note", &note, &mut reasons);
    }
    let id = context.numbers.help.clone();
    if id.is_none() {
        reasons.push(ShiftReason::NumberMissing.into());
    }
    Refusal::unless_empty(reasons)?;
    let Some(id) = id else { return Ok(Vec::new()) };
    let rules = context.policy().map(|policy| policy.rules.escalations.clone());
    let fits = |row: &Escalation| row.kind.as_ref().is_none_or(|wanted| *wanted == kind);
    let mut escalations = rules.unwrap_or_default();
    escalations.retain(fits);
    escalations.sort_by_key(|row| row.minutes);
    let place = place.clone();
    let called = HelpCalled { kind, place, traveler, step, note, escalations };
    Ok(vec![(Subject::Help(id), FactBody::Help(HelpFact::HelpCalled(called)))])
}

/// Decides what is asked for about a call.
pub fn decide(
    id: &HelpId,
    state: &HelpState,
    command: HelpCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let unknown = || Refusal::one(ShiftReason::HelpUnknown { call: id.clone() }.into());
    let called = state.called.as_ref().ok_or_else(unknown)?;
    let mut reasons = Vec::new();
    if state.cleared.is_some() {
        reasons.push(ShiftReason::HelpCleared { call: id.clone() }.into());
    }
    let words = |note: &str, reasons: &mut Vec<Reason>| {
        if !note.is_empty() {
            context.require_line("the note", note, reasons);
        }
    };
    let fact = match command {
        HelpCommand::Answer { note } => {
            context.require_role(Action::CallHelp, &mut reasons);
            words(&note, &mut reasons);
            if let Some(answered) = &state.answered {
                let by = answered.by.clone();
                reasons.push(ShiftReason::HelpAnswered { call: id.clone(), by }.into());
            }
            HelpFact::HelpAnswered { note }
        }
        HelpCommand::Clear { note } => {
            context.require_role(Action::CallHelp, &mut reasons);
            words(&note, &mut reasons);
            HelpFact::HelpCleared { note }
        }
        HelpCommand::NoteEscalation { row, failed } => {
            let due = state.due(context).into_iter().find(|(due, _)| *due == row);
            let own = called.at.ledger == context.next.ledger;
            if !own || due.is_none() {
                reasons.push(ShiftReason::NobodyToTell { call: id.clone() }.into());
            }
            let to = due.map(|(_, escalation)| escalation.to).unwrap_or_default();
            let failed = failed.map(|why| why.chars().take(WHY_CHARS_MAX).collect());
            HelpFact::HelpEscalated { row, to, failed }
        }
    };
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Help(id.clone()), FactBody::Help(fact))])
}

/// How much of why somebody could not be told is kept.
const WHY_CHARS_MAX: usize = 300;

impl Context {
    /// The kinds of help that may be called for.
    pub fn help_kinds(&self) -> Vec<String> {
        kinds(self.policy().map_or(&[], |policy| &policy.rules.help_kinds))
    }
}

/// The kinds that a site names, else the usual ones.
pub fn kinds(named: &[String]) -> Vec<String> {
    if named.is_empty() { KINDS.map(str::to_owned).to_vec() } else { named.to_vec() }
}
