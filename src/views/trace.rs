//! One serial number from its start to now, for an auditor.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::fact::{Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::kinds::FactBody;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::fact::{ConditionDecided, TravelerFact};
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::{Reading, TravelerState};
use crate::domain::understood::{BECOMES, not_valid, understood};
use crate::domain::words::{Words, words};

use super::deviation::DeviationView;
use super::judged::{self, DoneUnseen, NotAccepted};
use super::packet::ClockStep;
use super::record_words::said;
use super::signature::SignatureView;

/// Everything recorded about one unit or lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The unit.
    pub traveler: TravelerId,
    /// What is made.
    pub part: String,
    /// Pinned definitions: what, id, revision, hash.
    pub definitions: Vec<(String, String, String, String)>,
    /// How it stands, in words.
    pub standing: Words,
    /// Whether nothing failed in first attempts.
    pub first_pass: bool,
    /// What happened, in fold order.
    pub lines: Vec<TraceLine>,
    /// Its deviations.
    pub deviations: Vec<DeviationView>,
    /// Facts that are not at the server.
    pub waiting: u64,
    /// When this station's clock was set between the first and the last of its facts here.
    pub clock_steps: Vec<ClockStep>,
}

/// One fact of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceLine {
    /// The fact's position.
    pub position: String,
    /// The fact's id.
    pub id: String,
    /// When, by the server's clock where its offset is known.
    pub at: Timestamp,
    /// Who: a name where the card is here, else the id.
    pub who: String,
    /// Where.
    pub place: String,
    /// The kind of fact.
    pub kind: String,
    /// The operation and step, where it belongs to one; else blank.
    pub step: Words,
    /// What, in a line.
    pub what: Words,
    /// The verdict of a reading.
    pub verdict: Option<String>,
    /// The permit by which a failing value goes on, with the limits that it allows.
    pub permit: Option<Words>,
    /// The signature, where the fact is one.
    pub signature: Option<SignatureView>,
    /// The gauge of a reading.
    pub gauge: Option<String>,
    /// Whether the fact is at the server.
    pub at_server: bool,
    /// What the server said, where it did not accept the fact.
    pub not_accepted: Option<NotAccepted>,
    /// The same step as done elsewhere, unseen, where the fact begins or completes it.
    pub unseen: Vec<DoneUnseen>,
}

impl TraceLine {
    /// A fact of a unit as the unit stands now, who did it by name, and whether it is at the server.
    pub fn of(
        state: &TravelerState,
        (fact, id): (&Fact, Hash),
        who: String,
        at_server: bool,
    ) -> Self {
        let Fact { head, body, .. } = fact;
        let (at, place) = (&head.position, head.acting.place.as_ref());
        let signature = signature(state, at);
        let (verdict, gauge) = reading(state, body).unwrap_or_default();
        let not_accepted =
            judged::not_accepted(state).into_iter().find(|judged| judged.fact == *at);
        let step = state
            .attempts
            .iter()
            .find(|attempt| attempt.at == *at || attempt.completed_at.as_ref() == Some(at));
        let unseen = step.map_or_else(Vec::new, |attempt| judged::done_unseen(state, attempt));
        // The unit knows what a signature does not cover any more.
        let what = signature.as_ref().map(SignatureView::told_in_full).or_else(|| said(fact));
        let more = unseen.iter().map(DoneUnseen::words);
        let more = more.chain(not_accepted.iter().map(NotAccepted::words));
        Self {
            position: at.to_string(),
            id: id.to_string(),
            at: head.moment.effective(),
            who,
            place: place.map_or_else(String::new, ToString::to_string),
            kind: body.kind().to_owned(),
            step: step_of(state, fact),
            what: Words::listed(what.into_iter().chain(more), "{these}; {one}"),
            verdict,
            permit: permit(state, at),
            signature,
            gauge,
            at_server,
            not_accepted,
            unseen,
        }
    }
}

/// How a unit stands, by itself.
pub fn standing(state: &TravelerState, known: &Instructions) -> Words {
    if let Some(how) = &state.ended {
        return understood(how, BECOMES);
    }
    if let Some(release) = state.shipped() {
        let certificate = &release.at;
        return match state.not_valid(release) {
            Some(why) => words!(
                "shipped, then certificate {certificate} not valid: {why}",
                certificate,
                why => not_valid(&why)
            ),
            None => words!("shipped, certificate {certificate}", certificate),
        };
    }
    if state.open_holds().next().is_some() {
        return words!("on hold");
    }
    if state.finished(known) {
        return words!("finished");
    }
    match state.current(known) {
        Some(next) => words!(
            "at operation {operation}, {step}",
            operation = next.operation.operation,
            step = next.step.title
        ),
        None => words!("begun"),
    }
}

/// What was pinned: what, id, revision, hash.
pub fn definitions(state: &TravelerState) -> Vec<(String, String, String, String)> {
    let Some(started) = &state.started else { return Vec::new() };
    let specification = started.specification.iter().map(|pinned| {
        let (id, revision) = (started.part.to_string(), pinned.revision.to_string());
        ("specification".to_owned(), id, revision, pinned.hash.to_string())
    });
    let instructions = started.operations.iter().map(|pinned| {
        let (id, revision) = (pinned.instruction.to_string(), pinned.revision.to_string());
        ("instruction".to_owned(), id, revision, pinned.hash.to_string())
    });
    specification.chain(instructions).collect()
}

/// By which permit the value that a fact recorded or corrected goes on.
fn permit(state: &TravelerState, at: &Position) -> Option<Words> {
    let facts = [at.clone()];
    let counts = |reading: &&Reading| reading.corrections.last().is_none_or(|made| made.at == *at);
    let reading = state.readings_of(&facts).find(counts)?;
    reading.permit().filter(|by| by.at != *at).map(|by| by.what.words())
}

/// The signature that a fact is, as its unit knows it now.
fn signature(state: &TravelerState, at: &Position) -> Option<SignatureView> {
    let mut entries = state.attempts.iter().flat_map(|attempt| &attempt.entries);
    entries.find(|entry| entry.at == *at).and_then(SignatureView::of_entry)
}

/// The verdict and the gauge of a reading or of its correction.
fn reading(state: &TravelerState, body: &FactBody) -> Option<(Option<String>, Option<String>)> {
    let FactBody::Traveler(body) = body else { return None };
    let (verdict, taken) = if let TravelerFact::ReadingTaken(taken) = body {
        (taken.verdict, &**taken)
    } else if let TravelerFact::ReadingCorrected { reading, verdict, .. } = body {
        (*verdict, &state.reading(reading)?.1.taken)
    } else {
        return None;
    };
    let gauge = taken.gauge.as_ref().map(|used| used.gauge.to_string());
    Some((verdict.map(|verdict| verdict.word().to_owned()), gauge))
}

/// The operation, step and attempt that a fact belongs to.
fn step_of(state: &TravelerState, fact: &Fact) -> Words {
    let nowhere = Words::plain("");
    let FactBody::Traveler(body) = &fact.body else { return nowhere };
    let at: Option<&Position> = match body {
        TravelerFact::StepStarted(_) => Some(&fact.head.position),
        TravelerFact::Checked { at, .. }
        | TravelerFact::EntryMade { at, .. }
        | TravelerFact::ComponentInstalled { at, .. }
        | TravelerFact::WaitStarted { at, .. }
        | TravelerFact::Signed { at, .. } => Some(&at.attempt),
        TravelerFact::ReadingTaken(taken) => Some(&taken.at.attempt),
        TravelerFact::ComponentRemoved(removed) => {
            state.attempt_of(&removed.entry).map(|attempt| &attempt.at)
        }
        TravelerFact::ReadingConfirmed { reading, .. }
        | TravelerFact::ReadingCorrected { reading, .. } => {
            state.attempt_of(reading).map(|attempt| &attempt.at)
        }
        TravelerFact::WaitAccepted { attempt, .. }
        | TravelerFact::StepCompleted { attempt, .. } => Some(attempt),
        TravelerFact::QuantityReported(reported) => Some(&reported.attempt),
        TravelerFact::QuantityCorrected(corrected) => {
            let mut reports = state.lot.reports.iter();
            reports.find(|report| report.at == corrected.report).map(|r| &r.what.attempt)
        }
        TravelerFact::HoldPlaced(placed) => placed.attempt.as_ref(),
        TravelerFact::HoldReleased { hold, .. } => {
            state.holds.get(hold).and_then(|hold| hold.placed.attempt.as_ref())
        }
        TravelerFact::StepSkipped { operation, step, .. }
        | TravelerFact::ConditionDecided(ConditionDecided { operation, rests_on: step, .. }) => {
            return Words::given(format_args!("{operation} {step}"));
        }
        TravelerFact::UpstreamAccepted { operation, .. } => return Words::given(operation),
        TravelerFact::TravelerStarted(_)
        | TravelerFact::LotSplit(_)
        | TravelerFact::SplitOff(_)
        | TravelerFact::RevisionKept(_)
        | TravelerFact::MovedToRevision(_)
        | TravelerFact::ProductReleased(_)
        | TravelerFact::ProductTakenBack(_)
        | TravelerFact::Paused { .. }
        | TravelerFact::Resumed { .. } => None,
    };
    let Some(attempt) = at.and_then(|at| state.attempt(at)) else { return nowhere };
    let step = format!("{} {}", attempt.operation, attempt.step);
    match attempt.rank {
        1 => Words::given(step),
        rank => words!("{step}, attempt {rank}", step, rank),
    }
}
