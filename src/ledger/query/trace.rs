//! One serial number from its start to now, fact by fact.

use crate::domain::fact::{Fact, Position};
use crate::domain::fold::in_order;
use crate::domain::hash::Hash;
use crate::domain::kinds::FactBody;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::state::{Reading, TravelerState};
use crate::ledger::error::LedgerError;
use crate::ledger::streams::stored;
use crate::views::judged::{self, DoneUnseen, NotAccepted};
use crate::views::packet::ClockStep;
use crate::views::signature::SignatureView;
use crate::views::trace::{Trace, TraceLine};

use super::Asked;
use super::trace_words::{reading, step_of, what};

impl Asked<'_> {
    pub(super) fn trace(self, id: &TravelerId) -> Result<Option<Trace>, LedgerError> {
        let subject = Subject::Traveler(id.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        if folded.is_empty() {
            return Ok(None);
        }
        let facts = stored(self.connection, &subject, 0)?;
        let ordered = in_order(facts.iter().map(|stored| (&stored.fact, stored.id)));
        let lines: Result<Vec<_>, _> = ordered.iter().map(|fact| self.line(state, *fact)).collect();
        let started = state.started.as_ref();
        Ok(Some(Trace {
            traveler: id.clone(),
            part: started.map_or_else(String::new, |started| started.part.to_string()),
            definitions: definitions(state),
            standing: self.how_it_stands(state)?,
            first_pass: state.first_pass(),
            lines: lines?,
            deviations: self.deviations_on(state)?,
            waiting: self.waiting(&subject)?,
            clock_steps: self.clock_steps_between(&ordered)?,
        }))
    }

    /// The times when the clock of this station was set while it wrote these facts.
    fn clock_steps_between(self, facts: &[(&Fact, Hash)]) -> Result<Vec<ClockStep>, LedgerError> {
        let own = &self.ledger.identity.ledger;
        let own: Vec<&Position> = facts
            .iter()
            .map(|(fact, _)| &fact.head.position)
            .filter(|at| at.ledger == *own)
            .collect();
        let (Some(first), Some(last)) = (own.iter().min(), own.iter().max()) else {
            return Ok(Vec::new());
        };
        let mut steps = self.clock_steps()?;
        steps.retain(|step| {
            Position::parse(&step.fact).is_some_and(|at| **first < at && at < **last)
        });
        Ok(steps)
    }

    fn line(
        self,
        state: &TravelerState,
        (fact, id): (&Fact, Hash),
    ) -> Result<TraceLine, LedgerError> {
        let Fact { head, body, .. } = fact;
        let place = head.acting.place.as_ref();
        let signature = signature(state, &head.position);
        let taken = match body {
            FactBody::Traveler(body) => reading(state, body),
            FactBody::Order(_)
            | FactBody::Instruction(_)
            | FactBody::Specification(_)
            | FactBody::Gauge(_)
            | FactBody::Material(_)
            | FactBody::Person(_)
            | FactBody::Deviation(_)
            | FactBody::Place(_)
            | FactBody::Station(_)
            | FactBody::Site(_)
            | FactBody::Help(_)
            | FactBody::Handover(_)
            | FactBody::Inspection(_)
            | FactBody::Permit(_)
            | FactBody::Redline(_)
            | FactBody::Newer { .. } => None,
        };
        let at = &head.position;
        let judged = judged::not_accepted(state).into_iter().find(|judged| judged.fact == *at);
        let step = state
            .attempts
            .iter()
            .find(|attempt| attempt.at == *at || attempt.completed_at.as_ref() == Some(at));
        let unseen = step.map_or_else(Vec::new, |attempt| judged::done_unseen(state, attempt));
        let mut said = with_cover(signature.as_ref(), what(fact));
        for more in
            unseen.iter().map(DoneUnseen::words).chain(judged.iter().map(NotAccepted::words))
        {
            said = format!("{said}; {more}");
        }
        Ok(TraceLine {
            position: head.position.to_string(),
            id: id.to_string(),
            at: head.moment.effective(),
            who: self.name(head.acting.actor.as_ref())?,
            place: place.map_or_else(String::new, ToString::to_string),
            kind: body.kind().to_owned(),
            step: step_of(state, fact),
            what: said,
            signature,
            verdict: taken.as_ref().and_then(|(verdict, _)| verdict.clone()),
            permit: permit(state, at),
            gauge: taken.and_then(|(_, gauge)| gauge),
            at_server: self.is_at_server(&head.position)?,
            not_accepted: judged,
            unseen,
        })
    }

    fn how_it_stands(self, state: &TravelerState) -> Result<String, LedgerError> {
        if let Some(how) = &state.ended {
            return Ok(how.clone());
        }
        if let Some(release) = state.shipped() {
            let shipped = format!("shipped, certificate {}", release.at);
            return Ok(state.not_valid(release).map_or(shipped, |why| {
                format!("shipped, then certificate {} not valid: {why}", release.at)
            }));
        }
        if state.open_holds().next().is_some() {
            return Ok("on hold".to_owned());
        }
        let known = self.ledger.pinned(self.connection, state)?;
        Ok(if state.finished(&known) {
            "finished".to_owned()
        } else {
            state.current(&known).map_or_else(
                || "begun".to_owned(),
                |next| format!("at operation {}, {}", next.operation.operation, next.step.title),
            )
        })
    }
}

/// By which permit the value that a fact recorded or corrected goes on.
fn permit(state: &TravelerState, at: &Position) -> Option<String> {
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

/// What a fact says; of a signature also what it does not cover any more.
fn with_cover(signature: Option<&SignatureView>, what: String) -> String {
    match signature.and_then(|signature| signature.uncovered_by.as_ref()) {
        Some(correction) => format!("{what}; no longer covers what {correction} corrected"),
        None => what,
    }
}

/// What was pinned: what, id, revision, hash.
pub(super) fn definitions(state: &TravelerState) -> Vec<(String, String, String, String)> {
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
