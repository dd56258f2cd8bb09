//! One traveler with all that its screen shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::context::Context;
use crate::domain::decide::Pinned;
use crate::domain::ids::{PersonId, PlaceId, StepId};
use crate::domain::news::{News, news};
use crate::domain::sampling::SampleDecided;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::sample::sampled_asks;
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::TravelerState;
use crate::domain::traveler::wait::RunningWait;
use crate::ledger::append::{epochs, to_sql};
use crate::ledger::error::LedgerError;
use crate::ledger::samples::surround_samples;
use crate::ledger::seals::at_server;
use crate::views::deviation::DeviationView;
use crate::views::traveler::TravelerView;

use super::Asked;

impl Asked<'_> {
    pub(super) fn traveler(
        self,
        id: &TravelerId,
        place: Option<&PlaceId>,
    ) -> Result<Option<TravelerView>, LedgerError> {
        let order = self.ledger.order(self.connection, &id.order)?;
        let Some(order) = order else { return Ok(None) };
        let Some(opened) = order.opened else { return Ok(None) };
        let subject = Subject::Traveler(id.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        if folded.is_empty() && !opened.units.ids().contains(&id.unit) {
            return Ok(None);
        }
        let instructions = self.ledger.pinned(self.connection, state)?;
        let lately = match (place, state.current(&instructions)) {
            (Some(place), Some(next)) => self.lately((&opened.part, place), (state, next))?,
            (Some(_) | None, _) => BTreeMap::new(),
        };
        Ok(Some(TravelerView {
            id: id.clone(),
            lately,
            order: opened,
            order_closed: order.closed,
            here: place.map(|place| self.work_center(place)).transpose()?.flatten(),
            instructions,
            news: self.news_for(id, state)?,
            samples: self.samples(id, state, place)?,
            deviations: self.deviations_about(id, state)?,
            permits: self.permits_for(id, state)?,
            names: self.names(state)?,
            scrap_reasons: self.scrap_reasons()?,
            pause_reasons: self.pause_reasons()?,
            offers: self.offers()?,
            suspects: self.made_suspect(state)?,
            waiting: self.waiting(&subject)?,
            state: state.clone(),
        }))
    }

    /// Several travelers, in the order given; those not known here are left out.
    pub(super) fn travelers(
        self,
        ids: &[TravelerId],
        place: Option<&PlaceId>,
    ) -> Result<Vec<TravelerView>, LedgerError> {
        ids.iter().map(|id| self.traveler(id, place)).filter_map(Result::transpose).collect()
    }

    /// What would be decided about the sampled asks of the steps that may be begun now (R16).
    fn samples(
        self,
        id: &TravelerId,
        state: &TravelerState,
        place: Option<&PlaceId>,
    ) -> Result<BTreeMap<(u32, StepId), Vec<SampleDecided>>, LedgerError> {
        let mut samples = BTreeMap::new();
        let known = self.ledger.pinned(self.connection, state)?;
        let at_hand = state.at_hand(&known);
        let begun =
            |c: &Current<'_>| state.standing_attempt(c.operation.operation, &c.step.id).is_some();
        let open = at_hand.into_iter().filter(|c| !begun(c));
        let open = open.filter(|c| sampled_asks(c.instruction, c.step, &id.order).next().is_some());
        let open: Vec<Current<'_>> = open.collect();
        let (Some(place), false) = (place, open.is_empty()) else { return Ok(samples) };
        let mut context = self.nobody()?;
        context.acting.place = Some(place.clone());
        self.ledger.surround_site(self.connection, &mut context)?;
        let here = self.ledger.load(self.connection, &Subject::Place(place.clone()))?;
        if let StreamState::Place(state) = &here.stream.state {
            context.here = Some(state.clone());
        }
        context.instructions.clone_from(&known);
        for Current { operation, instruction, step } in open {
            let at = StepAt { operation: operation.operation, step: step.id.clone() };
            surround_samples(self.connection, (id, state, &at), &mut context)?;
            let decided = state.samples_at(id, (at.operation, instruction, step), &context);
            samples.insert((at.operation, at.step), decided);
        }
        Ok(samples)
    }

    /// The waits that were begun at this station and run, those that began first before others.
    pub(super) fn waits(self) -> Result<Vec<RunningWait>, LedgerError> {
        let sql = "SELECT body FROM running_wait WHERE ledger = ?1";
        let ledger = self.ledger.identity.ledger.as_str();
        let mut waits = self.rows(sql, [ledger], |row| {
            let body: String = row.get(0)?;
            let wrong = |error| LedgerError::damaged(format!("a running wait: {error}"));
            serde_json::from_str::<RunningWait>(&body).map_err(wrong)
        })?;
        waits.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(waits)
    }

    /// The reasons that the site offers for scrap and rework.
    fn scrap_reasons(self) -> Result<Vec<String>, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        Ok(policy.map_or_else(Vec::new, |policy| policy.rules.scrap_reasons))
    }

    fn pause_reasons(self) -> Result<Vec<String>, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        Ok(policy.map(|policy| policy.rules.pause_reasons).unwrap_or_default())
    }

    /// Own facts of a stream that are not at the server.
    pub(super) fn waiting(self, subject: &Subject) -> Result<u64, LedgerError> {
        let identity = &self.ledger.identity;
        let sql = "SELECT count(*) FROM fact
                   WHERE subject = ?1 AND ledger = ?2 AND epoch = ?3 AND seq > ?4";
        let mut waiting = 0;
        for epoch in epochs(self.connection, identity.epoch)? {
            let done = to_sql(at_server(self.connection, epoch)?);
            waiting +=
                self.count(sql, (subject.to_string(), identity.ledger.as_str(), epoch, done))?;
        }
        Ok(waiting)
    }

    /// The deviations of a unit: those that hold or held it, and those of a process that concern it.
    fn deviations_about(
        self,
        id: &TravelerId,
        state: &TravelerState,
    ) -> Result<Vec<DeviationView>, LedgerError> {
        let mut views = self.deviations_on(state)?;
        let sql = "SELECT deviation FROM deviation_unit WHERE subject = ?1 ORDER BY deviation";
        let subject = Subject::Traveler(id.clone()).to_string();
        for view in self.deviations_of(sql, subject)? {
            if views.iter().all(|known| known.id != view.id) {
                views.push(view);
            }
        }
        Ok(views)
    }

    pub(super) fn deviations_on(
        self,
        state: &TravelerState,
    ) -> Result<Vec<DeviationView>, LedgerError> {
        let views = state.deviations().into_iter().map(|id| self.deviation(id));
        views.filter_map(Result::transpose).collect()
    }

    /// Pinned definitions of which a newer revision is in effect for the unit (R1).
    fn news_for(self, id: &TravelerId, state: &TravelerState) -> Result<Vec<News>, LedgerError> {
        Ok(news(id, state, &self.around(id, state)?))
    }

    /// The pinned definitions with what came after them, as a choice about them sees it.
    pub(super) fn around(
        self,
        id: &TravelerId,
        state: &TravelerState,
    ) -> Result<Context, LedgerError> {
        let mut context = self.nobody()?;
        context.site_policy = self.ledger.site_policy(self.connection, None)?;
        context.instructions = self.ledger.pinned(self.connection, state)?;
        self.ledger.surround_pinned(self.connection, (id, state), Pinned::All, &mut context)?;
        Ok(context)
    }

    fn names(self, state: &TravelerState) -> Result<BTreeMap<PersonId, String>, LedgerError> {
        let mut people: BTreeSet<&PersonId> = BTreeSet::new();
        for attempt in &state.attempts {
            people.extend(&attempt.by);
            people.extend(attempt.entries.iter().filter_map(|entry| entry.by.as_ref()));
            people.extend(attempt.completed.iter().filter_map(|(by, _)| by.as_ref()));
        }
        people.extend(state.pauses.iter().filter_map(|pause| pause.by.as_ref()));
        people.extend(state.accepted.values().filter_map(|accepted| accepted.by.as_ref()));
        let mut names = BTreeMap::new();
        for person in people {
            if let Some(card) = self.ledger.card_of(person)? {
                names.insert(person.clone(), card.name);
            }
        }
        Ok(names)
    }
}
