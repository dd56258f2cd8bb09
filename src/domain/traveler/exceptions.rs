//! What a reviewer looks at before a unit is released to ship: everything that did not simply go as
//! planned, from its own record and what the release carries, so that the server can tell the same
//! list (R17).

use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::moment::Elapsed;
use crate::domain::quantity::Verdict;

use super::component::ComponentSource;
use super::fact::{HoldOutcome, HoldReason};
use super::hold::shown;
use super::standing::Instructions;
use super::state::{Attempt, Hold, Recorded, RecordedWhat, TravelerState};
use super::withdrawn::MadeByWithdrawn;

/// What is asked takes at least this long to be read, done and answered, each time: what went faster
/// was perhaps not done. The reviewer is told both numbers and decides.
pub const ANSWER_MS_MIN: i64 = 2_000;

/// What a station knew of people, gauges and texts is told as old after a day without the server.
pub const STALE_SECONDS: i64 = 86_400;

/// Something that did not simply go as planned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// Which kind, in a word.
    pub kind: &'static str,
    /// What, in words.
    pub what: String,
    /// The fact that says so.
    pub fact: Option<Position>,
}

/// The digest of a list, by which a signature says that this one was shown: over kinds and facts. Words
/// are for people, and another version may choose others; what has no fact of its own follows from the
/// facts that the signature covers.
pub fn digest(list: &[Exception]) -> Hash {
    let mut lines: Vec<String> = list
        .iter()
        .map(|one| {
            let fact = one.fact.as_ref().map_or_else(String::new, ToString::to_string);
            format!("{}\u{1f}{fact}\u{1e}", one.kind)
        })
        .collect();
    lines.sort();
    let lines: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
    Hash::of(&lines)
}

impl TravelerState {
    /// Everything that a reviewer of this unit looks at, in one order; with what it was made by and was
    /// taken back since.
    pub fn exceptions(&self, known: &Instructions, since: &[MadeByWithdrawn]) -> Vec<Exception> {
        let mut list: Vec<_> = since.iter().map(MadeByWithdrawn::exception).collect();
        for attempt in &self.attempts {
            of_attempt(attempt, &mut list);
        }
        self.of_way(&mut list);
        self.of_holds(&mut list);
        let gaps = self.as_built(known);
        let out = gaps.removed.iter().map(|built| {
            let (part, number) = (built.part, built.identity);
            let removed = built.entry.removed.as_ref();
            let why = removed.map_or("", |removed| removed.reason.as_str());
            let fact = removed.map(|removed| removed.at.clone());
            Exception { kind: "taken-out", what: format!("{part} {number}: {why}"), fact }
        });
        list.extend(out);
        let as_is = self.components().into_iter().filter(|built| {
            built.stands() && built.entry.basis.as_ref().is_some_and(|basis| basis.as_is)
        });
        list.extend(as_is.map(|built| {
            let what =
                format!("{} {}: its lot was rejected, used as is", built.part, built.identity);
            Exception { kind: "as-is", what, fact: Some(built.entry.at.clone()) }
        }));
        let unknown = self.components().into_iter().filter(|built| {
            let source = built.entry.basis.as_ref().map(|basis| basis.source);
            built.stands() && source == Some(ComponentSource::Unknown)
        });
        list.extend(unknown.map(|built| {
            let what = format!("{} {}: nothing was known of it", built.part, built.identity);
            Exception { kind: "unknown", what, fact: Some(built.entry.at.clone()) }
        }));
        let gaps = gaps.gaps().into_iter();
        list.extend(gaps.map(|what| Exception { kind: "as-built", what, fact: None }));
        list.sort();
        list
    }

    /// What was left out, accepted, moved, shipped before or worked with old knowledge.
    fn of_way(&self, list: &mut Vec<Exception>) {
        for ((operation, step), left) in &self.skipped {
            let what = format!("{operation} {step}: {}", left.reason);
            list.push(Exception { kind: "skipped", what, fact: Some(left.at.clone()) });
        }
        for (operation, accepted) in &self.accepted {
            let what = format!("{operation}: {}", accepted.evidence);
            list.push(Exception { kind: "accepted", what, fact: None });
        }
        for moved in &self.moves {
            let (to, revision) = (&moved.to.instruction, &moved.to.revision);
            list.push(Exception {
                kind: "moved",
                what: format!("{to} rev {revision}"),
                fact: None,
            });
        }
        for (back, reason) in self.releases.iter().filter_map(|release| release.taken_back.as_ref())
        {
            let what = format!("was shipped, and came back: {reason}");
            list.push(Exception { kind: "returned", what, fact: Some(back.clone()) });
        }
        for (fact, age_s) in &self.stale {
            let what = format!("{} h after the last contact with the server", age_s / 3600);
            list.push(Exception { kind: "stale", what, fact: Some(fact.clone()) });
        }
    }

    /// Every hold that was ended, with how: deviations by their disposition, what the judge did not
    /// accept and a person answered, gauges, recalls.
    fn of_holds(&self, list: &mut Vec<Exception>) {
        // A lot that was inspected as it is to be is no exception.
        let inspected = |hold: &Hold| matches!(hold.released, Some((HoldOutcome::Inspected, _)));
        for (at, hold) in self.holds.iter().filter(|(_, hold)| !inspected(hold)) {
            let how = hold.released.as_ref().map_or("open", |(outcome, _)| how_ended(outcome));
            let why = hold.placed.reason.words();
            let (kind, what) = match (&hold.placed.deviation, &hold.placed.reason) {
                (Some(deviation), _) => ("deviation", format!("{deviation}: {why}: {how}")),
                (None, HoldReason::Judged { .. }) => ("judged", format!("{why}: {how}")),
                (
                    None,
                    HoldReason::OutOfLimits
                    | HoldReason::Raised
                    | HoldReason::Gauge { .. }
                    | HoldReason::Origin { .. }
                    | HoldReason::Recall { .. }
                    | HoldReason::Suspect(_)
                    | HoldReason::Inspection { .. }
                    | HoldReason::Definition { .. },
                ) => ("held", format!("{why}: {how}")),
            };
            list.push(Exception { kind, what, fact: Some(at.clone()) });
        }
    }
}

/// What an entry was before it was corrected, and what it became.
fn corrected(attempt: &Attempt, entry: &Recorded) -> String {
    let (of, reason) = match &entry.corrects {
        Some(corrects) => (Some(&corrects.entry), corrects.reason.as_str()),
        None => (None, ""),
    };
    let first = attempt.entries.iter().find(|first| Some(&first.at) == of);
    let was = first.map_or_else(|| "an entry".to_owned(), |first| recorded(&first.what));
    format!("{was} became {}: {reason}", recorded(&entry.what))
}

fn recorded(what: &RecordedWhat) -> String {
    match what {
        RecordedWhat::Answer(true) => "yes".to_owned(),
        RecordedWhat::Answer(false) => "no".to_owned(),
        RecordedWhat::Reading(reading) => shown(reading.value()),
        RecordedWhat::Text(text) => format!("'{text}'"),
        RecordedWhat::Component { part, identity, .. } => format!("{part} {identity}"),
        RecordedWhat::WaitBegan => "a wait".to_owned(),
        RecordedWhat::Signature(_) => "a signature".to_owned(),
    }
}

/// What was corrected, measured, accepted or done again in an attempt.
fn of_attempt(attempt: &Attempt, list: &mut Vec<Exception>) {
    let at = format!("{} {}", attempt.operation, attempt.step);
    let mut add = |kind, what: String, fact: &Position| {
        list.push(Exception { kind, what: format!("{at}: {what}"), fact: Some(fact.clone()) });
    };
    if attempt.rank > 1 {
        add("retried", format!("attempt {}", attempt.rank), &attempt.at);
    }
    if !attempt.unseen.is_empty() {
        add("unseen", "done elsewhere too, unseen".to_owned(), &attempt.at);
    }
    if let Some(why) = &attempt.wait_accepted {
        add("wait-accepted", why.clone(), &attempt.at);
    }
    if let Some((took_ms, answers)) = too_fast(attempt) {
        let seconds = took_ms / 1000;
        let least = ANSWER_MS_MIN / 1000;
        let what = format!("{answers} answers in {seconds} s, under {least} s each");
        add("fast", what, &attempt.at);
    }
    for entry in &attempt.entries {
        if entry.corrects.is_some() {
            add("corrected", corrected(attempt, entry), &entry.at);
        }
        if entry.uncovered.is_some() {
            add("uncovered", "a signature that covers no more".to_owned(), &entry.at);
        }
        let Some(reading) = entry.reading() else { continue };
        let (name, sample) = (&reading.taken.name, reading.taken.sample);
        for correction in &reading.corrections {
            let what = format!(
                "{name} {sample}: {} became {}: {}",
                shown(&reading.taken.value),
                shown(&correction.value),
                correction.reason
            );
            add("corrected", what, &correction.at);
        }
        let value = shown(reading.value());
        match reading.verdict() {
            Some(Verdict::Marginal) => {
                add("marginal", format!("{name} {sample}: {value}"), &entry.at);
            }
            Some(Verdict::Fail) => match reading.permit() {
                Some(by) => {
                    let what = format!("{name} {sample}: {value}, permit {}", by.what.permit);
                    add("permit", what, &by.at);
                }
                None => add("failing", format!("{name} {sample}: {value}"), &entry.at),
            },
            Some(Verdict::Pass) | None => {}
        }
    }
}

fn how_ended(outcome: &HoldOutcome) -> &str {
    match outcome {
        HoldOutcome::Corrected => "put right by its author",
        HoldOutcome::Remeasured { .. } => "measured again",
        HoldOutcome::Resumed { as_is: true } => "used as it is",
        HoldOutcome::Resumed { as_is: false } => "void",
        HoldOutcome::Reopened { .. } => "done again",
        HoldOutcome::Ended { how } => how,
        HoldOutcome::Permitted(_) => "permitted",
        HoldOutcome::Reviewed => "answered by a person",
        HoldOutcome::Cleared { .. } => "the check that failed is good after all",
        HoldOutcome::Sorted => "measured one by one",
        HoldOutcome::Inspected => "inspected",
        HoldOutcome::Released { reason } => reason,
    }
}

/// How long a step took and for how many answers, where that is faster than they can be given. Only
/// what one clock measured without a restart is told, and units of a set share their time.
fn too_fast(attempt: &Attempt) -> Option<(i64, i64)> {
    let (_, completed) = attempt.completed.as_ref()?;
    let took = Elapsed::between(&attempt.began, completed);
    let answered = |entry: &&Recorded| !matches!(entry.what, RecordedWhat::WaitBegan);
    let answers = attempt.entries.iter().filter(answered).filter(|e| e.corrects.is_none()).count();
    let answers = i64::try_from(answers).unwrap_or(i64::MAX);
    let took_ms = took.at_most_ms?;
    // The first answer begins the step, so its own time lies before it.
    (answers > 1 && took_ms < ANSWER_MS_MIN.saturating_mul(answers - 1))
        .then_some((took_ms, answers))
}
