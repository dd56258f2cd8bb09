//! What follows in the shop from a check that fails, as the ledger and the judge do it (R16).

use std::collections::BTreeSet;

use gemba::domain::fact::Position;
use gemba::domain::ids::PlaceId;
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::suspect::is_open;
use gemba::domain::traveler::counting::Counting;
use gemba::domain::traveler::state::{Attempt, TravelerState};
use gemba::domain::traveler::suspect::{Held, may_change};

use super::shop::Shop;

impl Shop {
    /// Every unit that the station at hand knows.
    pub(crate) fn units(&self) -> Vec<(TravelerId, TravelerState)> {
        let units = self.here().streams().filter_map(|(subject, stream)| {
            let (Subject::Traveler(id), StreamState::Traveler(state)) = (subject, &stream.state)
            else {
                return None;
            };
            Some((id.clone(), state.clone()))
        });
        units.collect()
    }

    /// All that the station at hand knows of one count at one place.
    pub(crate) fn counting(&self, place: &PlaceId, counter: &str) -> Counting {
        let mut counting = Counting::default();
        for (id, state) in self.units() {
            let made = state.made(&id).into_iter();
            let here = made.filter(|(at, of, _)| *at == place && *of == counter);
            counting.made.extend(here.map(|(_, _, made)| made));
            let held = state.held_suspect(&id).into_iter();
            let of_it = held
                .filter(|held| held.suspected.place == *place && held.suspected.counter == counter);
            counting.held.extend(of_it);
            for (origin, departed) in state.lot.origins.iter().zip(state.departed(&id)) {
                let splits = counting.splits.entry(origin.what.from.clone()).or_default();
                splits.push(departed);
            }
            if state.ended.is_some() {
                counting.ended.insert(id);
            }
        }
        counting
    }

    /// Whether a check of the station at hand failed at its place, and none was good since.
    pub(crate) fn last_failed(&self, counter: &str) -> bool {
        let Some(place) = &self.here().place else { return false };
        let own = super::shop_plan::id(&format!("ledger-{}", self.here().name));
        is_open(&self.counting(place, counter).made, &own)
    }

    /// Every place and counter of a unit, and of the lots that its pieces were of.
    fn counts_of(&self, unit: &TravelerId) -> BTreeSet<(PlaceId, String)> {
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(unit.clone())).state
        else {
            panic!("a traveler's stream holds a traveler");
        };
        let made = state.made(unit);
        let made = made.into_iter().map(|(place, counter, _)| (place.clone(), counter.to_owned()));
        let held = state.held_suspect(unit).into_iter().map(|held| held.suspected);
        let own = made.chain(held.map(|suspected| (suspected.place, suspected.counter)));
        let origins = state.lot.origins.iter().flat_map(|origin| self.counts_of(&origin.what.from));
        own.chain(origins).collect()
    }

    /// What follows from facts, in the same transaction.
    pub(crate) fn follows(&self, facts: &[(Subject, FactBody)]) -> Vec<(Subject, FactBody)> {
        let mut counts = BTreeSet::new();
        for (subject, body) in facts {
            if let (Subject::Traveler(unit), FactBody::Traveler(fact)) = (subject, body)
                && may_change(fact)
            {
                counts.extend(self.counts_of(unit));
            }
        }
        let follow = |(place, counter): (PlaceId, String)| {
            self.counting(&place, &counter).follow((&place, &counter))
        };
        counts.into_iter().flat_map(follow).collect()
    }

    /// The station at hand looks at everything that it has, as the judge does; tells what it wrote.
    pub(crate) fn looks_again(&mut self) -> usize {
        let mut counts = BTreeSet::new();
        for (unit, _) in self.units() {
            counts.extend(self.counts_of(&unit));
        }
        let follow = |(place, counter): (PlaceId, String)| {
            self.counting(&place, &counter).follow((&place, &counter))
        };
        let facts: Vec<_> = counts.into_iter().flat_map(follow).collect();
        self.writes(&facts)
    }

    /// The units that are held because they are suspect, by their numbers.
    pub(crate) fn suspects(&self) -> Vec<String> {
        let held = self.units().into_iter().filter(|(id, state)| {
            state.held_suspect(id).iter().any(|held| held.standing.is_open())
        });
        held.map(|(id, _)| id.to_string()).collect()
    }

    /// The holds of one unit because it is suspect.
    pub(crate) fn held(&self, unit: &str) -> Vec<Held> {
        let id = TravelerId { unit: super::shop_plan::id(unit), ..self.traveler.clone() };
        let StreamState::Traveler(state) = self.stream(&Subject::Traveler(id.clone())).state else {
            panic!("a traveler's stream holds a traveler");
        };
        state.held_suspect(&id)
    }

    /// The last reading of the unit at hand.
    pub(crate) fn last_reading(&self) -> Position {
        let state = self.state();
        let readings = state.attempts.iter().flat_map(Attempt::readings);
        readings.last().unwrap().0.at.clone()
    }
}
