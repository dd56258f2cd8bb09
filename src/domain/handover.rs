//! Handing a shift over: what stands here, said by one and accepted by another, each in person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::{Head, Position};
use super::hash::Hash;
use super::ids::{HandoverId, PersonId, PlaceId, WorkCenterId};
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::refusal::shift::ShiftReason;
use super::refusal::{Reason, Refusal};
use super::signature::{Covers, Meaning, Signature, Signer};
use super::stream::Subject;

/// The most rows of one list that a hand-over names; how many there are besides is said.
pub const ROWS_MAX: usize = 20;
/// The longest row, in characters.
const ROW_CHARS_MAX: usize = 160;

/// Things of one kind: how many there are, and the first of them in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// How many.
    pub count: u32,
    /// The first of them.
    pub first: Vec<String>,
}

impl Listed {
    /// A list of everything there is.
    pub fn of(rows: Vec<String>) -> Self {
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let short = |row: String| row.chars().take(ROW_CHARS_MAX).collect();
        Self { count, first: rows.into_iter().take(ROWS_MAX).map(short).collect() }
    }
}

/// What stands at a station when it is handed over, as known there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandoverContent {
    /// Up to when what is known of every place is complete.
    pub complete_to: Option<Timestamp>,
    /// Places that have been silent for long.
    pub silent: Vec<PlaceId>,
    /// Units and lots that were begun and are not finished.
    pub open: Listed,
    /// Units on hold.
    pub holds: Listed,
    /// Waits that run.
    pub waits: Listed,
    /// Calls for help that are not cleared.
    pub help: Listed,
    /// Deviations without a disposition.
    pub deviations: Listed,
    /// Gauges that are due today or were.
    pub gauges: Listed,
    /// Facts that wait to go to the server.
    pub waiting: u64,
}

/// A hand-over as given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverGiven {
    /// Where.
    pub place: PlaceId,
    /// The work centers of which it speaks.
    pub work_centers: Vec<WorkCenterId>,
    /// The shift that is handed over; absent where none was on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
    /// What stood there.
    pub content: HandoverContent,
    /// What the next shift should know besides; may be blank.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

/// What happens to a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum HandoverFact {
    /// Given.
    HandoverGiven(Box<HandoverGiven>),
    /// Accepted by another person.
    HandoverAccepted {
        /// A word; may be blank.
        note: String,
        /// Over what was given, meaning accepted.
        signature: Signature,
    },
}

/// What is asked for about a hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandoverCommand {
    /// Accept it; the actor signs.
    Accept {
        /// A word; may be blank.
        note: String,
        /// How the signer is known.
        by: Signer,
    },
}

/// A hand-over as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandoverState {
    /// As given; absent before it is known here.
    pub given: Option<Given>,
    /// Who accepted it first, and when.
    pub accepted: Option<(Signature, Moment, String)>,
}

/// How a hand-over was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What was said.
    pub body: HandoverGiven,
    /// The fact.
    pub at: Position,
    /// Its id.
    pub id: Hash,
    /// Who.
    pub by: Option<PersonId>,
    /// When.
    pub moment: Moment,
}

impl HandoverState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, id: Hash, fact: &HandoverFact) {
        match fact {
            HandoverFact::HandoverGiven(body) => {
                let given = self.given.get_or_insert_with(|| Given {
                    body: (**body).clone(),
                    at: head.position.clone(),
                    id,
                    by: head.acting.actor.clone(),
                    moment: head.moment.clone(),
                });
                // Nor can they have before, by a fact that does not say what it rests on.
                self.accepted.take_if(|(signature, ..)| given.is_by(&signature.signer));
            }
            HandoverFact::HandoverAccepted { note, signature } => {
                // Whoever gave it cannot have accepted it, whatever was written.
                let own = self.given.as_ref().is_some_and(|given| given.is_by(&signature.signer));
                if self.accepted.is_none() && !own {
                    self.accepted = Some((signature.clone(), head.moment.clone(), note.clone()));
                }
            }
        }
    }
}

impl Given {
    /// Whether a person gave it.
    pub fn is_by(&self, person: &PersonId) -> bool {
        self.by.as_ref() == Some(person)
    }
}

/// Decides on a hand-over that is to be given at a place.
pub(super) fn give(
    place: &PlaceId,
    (notes, stands): (String, HandoverContent),
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::HandOver, &mut reasons);
    if !context.places.contains_key(place) {
        reasons.push(Reason::PlaceUnknown { place: place.clone() });
    }
    if !notes.is_empty() {
        context.require_text("the note", &notes, &mut reasons);
    }
    let id = context.numbers.handover.clone();
    if id.is_none() {
        reasons.push(ShiftReason::NumberMissing.into());
    }
    Refusal::unless_empty(reasons)?;
    let Some(id) = id else { return Ok(Vec::new()) };
    let now = context.now.not_before(context.proven);
    let shift = context.shifts.as_ref().and_then(|shifts| shifts.at(now, &context.zone()));
    let given = HandoverGiven {
        place: place.clone(),
        work_centers: context.work_centers.iter().cloned().collect(),
        shift: shift.map(|shift| shift.words().to_string()),
        content: stands,
        notes,
    };
    Ok(vec![(
        Subject::Handover(id),
        FactBody::Handover(HandoverFact::HandoverGiven(Box::new(given))),
    )])
}

/// Decides what is asked for about a hand-over.
pub fn decide(
    id: &HandoverId,
    state: &HandoverState,
    HandoverCommand::Accept { note, by }: HandoverCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let unknown = || Refusal::one(ShiftReason::HandoverUnknown { handover: id.clone() }.into());
    let given = state.given.as_ref().ok_or_else(unknown)?;
    let signer = context.actor()?;
    let mut reasons = Vec::new();
    context.require_role(Action::HandOver, &mut reasons);
    context.require_signer(&by, &mut reasons);
    if !note.is_empty() {
        context.require_line("the note", &note, &mut reasons);
    }
    if given.is_by(&signer) {
        reasons.push(ShiftReason::HandoverOwn { handover: id.clone() }.into());
    }
    if let Some((before, ..)) = &state.accepted {
        let by = before.printed_name.clone();
        reasons.push(ShiftReason::HandoverAccepted { handover: id.clone(), by }.into());
    }
    Refusal::unless_empty(reasons)?;
    let roles = context.active_roles(&signer, &mut Vec::new());
    let role = Action::HandOver.roles().iter().find(|role| roles.contains(role)).copied();
    let Some(role) = role else { return Ok(Vec::new()) };
    let signature = Signature {
        signer,
        printed_name: by.printed_name,
        role,
        meaning: Meaning::Accepted,
        components: by.components,
        covers: Covers::over([(&given.at, &given.id)]),
    };
    let fact = HandoverFact::HandoverAccepted { note, signature };
    Ok(vec![(Subject::Handover(id.clone()), FactBody::Handover(fact))])
}
