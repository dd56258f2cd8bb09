//! Units in a row that fail at a place, as the ledger and the judge follow them.

use gemba::domain::failures::{Measured, Tried};
use gemba::domain::ids::PlaceId;
use gemba::domain::instruction::{Ask, MeasureRules};
use gemba::domain::kinds::FactBody;
use gemba::domain::place::{PlaceFact, PlaceState, SiteRules};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::failures::may_fail;

use gemba::views::register::HeldOperation;

use super::shop::{SITE, Shop};
use super::shop_plan::{id, reading};
use super::shop_sampling::{gap, gap_done, sampled};

impl Shop {
    /// Units whose gap is measured on each of them, twice where two are wanted.
    pub(crate) fn measuring_gaps(count: u16) -> Self {
        let mut shop = Self::sampling("first, then 1 in 10 per place");
        let mut text = sampled("first, then 1 in 10 per place", "B");
        let Ask::Measure(gap) = &mut text.steps[0].asks[0] else { panic!("{text:?}") };
        (gap.rules, gap.count) = (MeasureRules::default(), count);
        shop.release_read(&text);
        shop.share();
        shop
    }

    pub(crate) fn place_state(&self, place: &str) -> PlaceState {
        let state = self.stream(&Subject::Place(id(place))).state;
        let StreamState::Place(state) = state else { panic!("{state:?}") };
        state
    }

    /// What follows from facts of units that may have failed.
    pub(crate) fn failures_of(&self, facts: &[(Subject, FactBody)]) -> Vec<(Subject, FactBody)> {
        let units = self.units();
        let tried: Vec<(PlaceId, Measured, Tried)> =
            units.iter().flat_map(|(id, state)| state.tried(id, &self.instructions)).collect();
        let concerned = |tried: &Tried| {
            facts.iter().any(|(subject, body)| {
                let FactBody::Traveler(fact) = body else { return false };
                *subject == Subject::Traveler(tried.unit.clone()) && may_fail(fact)
            })
        };
        let StreamState::Site(site) = self.stream(&Subject::Site(id(SITE))).state else {
            panic!("a site's stream holds a site");
        };
        let rules = site.policy.map_or_else(SiteRules::default, |policy| policy.rules);
        let mut held: Vec<(Subject, FactBody)> = Vec::new();
        for (place, measured, last) in &tried {
            let place_known = || held.iter().any(|(s, _)| *s == Subject::Place(place.clone()));
            if last.failed.is_none() || !concerned(last) || place_known() {
                continue;
            }
            let same =
                |(at, what, _): &&(PlaceId, Measured, Tried)| at == place && what.is(measured);
            let of_it: Vec<Tried> =
                tried.iter().filter(same).map(|(_, _, tried)| tried.clone()).collect();
            let state = self.place_state(place.as_str());
            let least = rules.failures_in_a_row();
            if let Some(found) = state.failures_in_a_row(measured, (&of_it, least)) {
                let fact = FactBody::Place(PlaceFact::OperationHeld(Box::new(found)));
                held.push((Subject::Place(place.clone()), fact));
            }
        }
        held
    }

    /// Units begin, fail, and are typed again with the same value.
    #[track_caller]
    pub(crate) fn fail(&mut self, units: std::ops::RangeInclusive<u32>) -> &mut Self {
        for unit in units {
            self.unit(&format!("{unit:04}")).does("novak", TravelerCommand::Start);
            self.fails_now("0.07");
        }
        self
    }

    /// The unit at hand is measured, fails and is typed again with the same value.
    #[track_caller]
    pub(crate) fn fails_now(&mut self, value: &str) -> &mut Self {
        self.does("novak", gap(value));
        let again = self.last_reading();
        let value = reading(value, "mm");
        self.does("novak", TravelerCommand::Retype { reading: again, value })
    }

    /// A unit is begun, good and done.
    #[track_caller]
    pub(crate) fn good(&mut self, unit: u32) -> &mut Self {
        self.unit(&format!("{unit:04}")).does("novak", TravelerCommand::Start);
        self.does("novak", gap("0.02")).does("novak", gap_done())
    }

    /// What the board is shown of a place.
    pub(crate) fn held_operations(&self, place: &str) -> Vec<HeldOperation> {
        let state = self.place_state(place);
        let held = state.open_operation_holds().map(|hold| HeldOperation {
            hold: hold.at.clone(),
            since: hold.moment.effective(),
            held: hold.held.clone(),
        });
        held.collect()
    }

    /// Whether an operation is held at a place, by the units of each hold.
    pub(crate) fn holds_at(&self, place: &str) -> Vec<Vec<String>> {
        let state = self.place_state(place);
        let units = state.open_operation_holds().map(|hold| {
            let failures = hold.held.failures.iter();
            failures.map(|failure| failure.unit.unit.to_string()).collect()
        });
        units.collect()
    }
}
