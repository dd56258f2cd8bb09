//! What was answered, typed or scanned, put right: the first one stays in the record, with why (R3).

use serde::{Deserialize, Serialize};

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::PersonId;
use crate::domain::people::{Action, Role};
use crate::domain::refusal::reading::ReadingReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;

use super::correction::{
    Consequences, downstream, found_of, may_review, of_no_fact, require_author,
    require_correctable, turned, uncovered_with,
};
use super::eligibility::Draft;
use super::equipment::require_performer_trained;
use super::fact::{AskAt, TravelerFact};
use super::kin::hold_split_off;
use super::record::typed;
use super::route::decided_anew;
use super::standing::Instructions;
use super::state::{Attempt, Recorded, RecordedWhat, TravelerState};
use super::step::ask_name;

/// What an entry was made for instead: the first one stays, and no longer counts (R3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCorrected {
    /// The entry.
    pub entry: Position,
    /// Why.
    pub reason: String,
}

/// Takes an answer back within its step: the first one stays in the record, with the reason.
pub(super) fn correct_answer(
    id: &TravelerId,
    state: &TravelerState,
    answer: &Position,
    (yes, reason): (bool, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let (found, attempt) = found_of(state, answer, context)?;
    let entry = attempt.entries.iter().find(|entry| entry.at == *answer);
    let Some((entry, RecordedWhat::Answer(was))) = entry.map(|entry| (entry, &entry.what)) else {
        return Err(Refusal::one(Reason::ReadingUnknown));
    };
    let mut reasons = Vec::new();
    require_author(entry.by.as_ref(), context, &mut reasons);
    context.require_role(Action::Perform, &mut reasons);
    require_performer_trained(found, context, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    if attempt.completed.is_some() {
        reasons.push(Reason::StepDone { step: found.step.id.clone() });
    } else if !attempt.counts(answer) {
        reasons.push(ReadingReason::Superseded { step: found.step.id.clone() }.into());
    }
    state.require_open(id, context, &mut reasons);
    if *was == yes {
        reasons.push(Reason::SameValue);
    }
    Refusal::unless_empty(reasons)?;
    let at = AskAt { attempt: attempt.at.clone(), ask: entry.ask };
    let corrects = Some(Box::new(EntryCorrected { entry: answer.clone(), reason }));
    let mut draft = Draft::new(context);
    draft.note(id, TravelerFact::Checked { at, yes, with: entry.with.clone(), corrects });
    Ok(draft)
}

/// Puts right what was typed or scanned: by its author, after its step by who reviews too.
pub(super) fn correct_entry(
    id: &TravelerId,
    state: &TravelerState,
    at: &Position,
    (text, reason): (String, String),
    context: &Context,
) -> Result<Draft, Refusal> {
    let (found, attempt) = found_of(state, at, context)?;
    let unknown = || Refusal::one(Reason::ReadingUnknown);
    let entry = attempt.entries.iter().find(|entry| entry.at == *at).ok_or_else(unknown)?;
    let was = entry.text().ok_or_else(unknown)?;
    let index = usize::from(entry.ask).checked_sub(1).ok_or_else(unknown)?;
    let ask = found.step.asks.get(index).ok_or_else(unknown)?;
    let mut reasons = Vec::new();
    let name = ask_name(ask);
    let author = (entry.by.as_ref(), name.as_str());
    let what = (at, attempt, found);
    require_correctable(state, what, author, (context, &mut reasons));
    context.require_text("a reason", &reason, &mut reasons);
    if was == text.trim() {
        reasons.push(Reason::SameValue);
        return Err(Refusal::of(reasons));
    }
    let here = AskAt { attempt: attempt.at.clone(), ask: entry.ask };
    let mut fact = typed((id, state), here, (found, &text, ask), (context, &mut reasons));
    Refusal::unless_empty(reasons)?;
    let corrected = EntryCorrected { entry: at.clone(), reason };
    if let TravelerFact::EntryMade { corrects, .. }
    | TravelerFact::ComponentInstalled { corrects, .. } = &mut fact
    {
        *corrects = Some(Box::new(corrected.clone()));
    }
    let what = what_of(&fact);
    let mut draft = Draft::new(context);
    draft.note(id, fact);
    if !uncovered_with(state, at).is_empty() {
        hold_split_off((id, state), at, context, &mut draft);
    }
    let amend = |state: &mut TravelerState| state.amend(entry, (&context.next, what, corrected));
    for decided in decided_anew(state, found, amend) {
        draft.note(id, TravelerFact::ConditionDecided(decided));
    }
    Ok(draft)
}

/// Tells what follows if what was typed or scanned is corrected to a text.
pub fn entry_consequences(
    state: &TravelerState,
    at: &Position,
    (text, known): (&str, &Instructions),
) -> Result<Consequences, Reason> {
    let mut entries = state.attempts.iter().flat_map(|attempt| &attempt.entries);
    let entry = entries.find(|entry| entry.at == *at && entry.text().is_some());
    let entry = entry.ok_or(Reason::ReadingUnknown)?;
    let what = match &entry.what {
        RecordedWhat::Component { part, by, .. } => RecordedWhat::Component {
            part: part.clone(),
            by: *by,
            identity: text.trim().to_owned(),
        },
        RecordedWhat::Text(_)
        | RecordedWhat::Answer(_)
        | RecordedWhat::Reading(_)
        | RecordedWhat::WaitBegan
        | RecordedWhat::Signature(_) => RecordedWhat::Text(text.trim().to_owned()),
    };
    let corrected = EntryCorrected { entry: at.clone(), reason: String::new() };
    let later = of_no_fact(at);
    let amend = |state: &mut TravelerState| state.amend(entry, (&later, Some(what), corrected));
    let turned = turned(state, (at, known), amend);
    let (uncovered, downstream) = (uncovered_with(state, at), downstream(state, at));
    Ok(Consequences { from: None, to: None, uncovered, downstream, turned })
}

fn what_of(fact: &TravelerFact) -> Option<RecordedWhat> {
    if let TravelerFact::ComponentInstalled { part, by, identity, .. } = fact {
        let (part, by, identity) = (part.clone(), *by, identity.clone());
        return Some(RecordedWhat::Component { part, by, identity });
    }
    let TravelerFact::EntryMade { text, .. } = fact else { return None };
    Some(RecordedWhat::Text(text.clone()))
}

impl TravelerFact {
    /// What it was recorded for instead.
    pub fn corrects(&self) -> Option<&EntryCorrected> {
        if let Self::Checked { corrects, .. }
        | Self::EntryMade { corrects, .. }
        | Self::ComponentInstalled { corrects, .. } = self
        {
            return corrects.as_deref();
        }
        None
    }
}

impl Recorded {
    /// What was typed or scanned, or the component's serial or lot.
    pub fn text(&self) -> Option<&str> {
        match &self.what {
            RecordedWhat::Text(text) | RecordedWhat::Component { identity: text, .. } => Some(text),
            RecordedWhat::Answer(_)
            | RecordedWhat::Reading(_)
            | RecordedWhat::WaitBegan
            | RecordedWhat::Signature(_) => None,
        }
    }
}

impl TravelerState {
    /// Takes what is recorded instead of an entry.
    fn amend(
        &mut self,
        entry: &Recorded,
        (at, what, corrected): (&Position, Option<RecordedWhat>, EntryCorrected),
    ) {
        let Some(what) = what else { return };
        let of = self.attempt_of(&entry.at).map(|attempt| attempt.at.clone());
        let (corrects, at) = (Some(Box::new(corrected)), at.clone());
        self.uncover(&entry.at, &at);
        let attempt = of.and_then(|of| self.attempt_mut(&of));
        if let Some(attempt) = attempt {
            attempt.entries.push(Recorded { at, what, corrects, ..entry.clone() });
        }
    }

    /// The answers that a person may still take back, latest step first, each with its step and the
    /// number of its ask (R3).
    pub fn answers_of<'a>(&'a self, person: &PersonId) -> Vec<(&'a Attempt, &'a Recorded, bool)> {
        let mut found = Vec::new();
        for attempt in self.attempts.iter().rev().filter(|attempt| attempt.completed.is_none()) {
            for entry in attempt.entries.iter().filter(|entry| entry.by.as_ref() == Some(person)) {
                if let RecordedWhat::Answer(yes) = entry.what
                    && attempt.counts(&entry.at)
                {
                    found.push((attempt, entry, yes));
                }
            }
        }
        found
    }

    /// What a person may still put right of what was typed, scanned or built in, latest step first
    /// (R3).
    pub fn entries_of<'a>(
        &'a self,
        person: &PersonId,
        roles: &[Role],
    ) -> Vec<(&'a Attempt, &'a Recorded, &'a str)> {
        let mut found = Vec::new();
        for attempt in self.attempts.iter().rev() {
            let reviews = attempt.completed.is_some() && may_review(roles);
            for entry in &attempt.entries {
                let own = entry.by.as_ref() == Some(person);
                if let Some(text) = entry.text()
                    && (own || reviews)
                    && attempt.counts(&entry.at)
                {
                    found.push((attempt, entry, text));
                }
            }
        }
        found
    }
}
