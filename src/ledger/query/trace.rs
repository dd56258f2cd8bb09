//! One serial number from its start to now, fact by fact.

use crate::domain::fact::{Fact, Position};
use crate::domain::fold::in_order;
use crate::domain::hash::Hash;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::LedgerError;
use crate::ledger::streams::stored;
use crate::views::packet::ClockStep;
use crate::views::trace::{Trace, TraceLine, definitions, standing};

use super::Asked;

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
            standing: standing(state, &self.ledger.pinned(self.connection, state)?),
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

    fn line(self, state: &TravelerState, fact: (&Fact, Hash)) -> Result<TraceLine, LedgerError> {
        let head = &fact.0.head;
        let who = self.name(head.acting.actor.as_ref())?;
        Ok(TraceLine::of(state, fact, who, self.is_at_server(&head.position)?))
    }
}
