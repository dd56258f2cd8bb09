//! Acts on sets in a shop, as the ledger does them.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::refusal::Refusal;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::set::{SetAct, of_unit};
use gemba::domain::traveler::wait::RunningWait;

use super::shop::Shop;

impl Shop {
    /// Does an act on a set, on every unit or on none; all reasons of all units are told.
    pub(crate) fn tries_set(&mut self, who: &str, act: &SetAct) -> Result<Vec<Position>, Refusal> {
        let before = self.clone();
        let (mut positions, mut reasons) = (Vec::new(), Vec::new());
        self.set = act.named();
        for (unit, command) in act.commands()? {
            match self.tries(who, Command::Traveler(unit.clone(), command)) {
                Ok(more) => positions.extend(more),
                Err(refusal) => reasons.extend(of_unit(&unit, refusal)),
            }
        }
        self.set.clear();
        if reasons.is_empty() {
            return Ok(positions);
        }
        *self = before;
        Err(Refusal::of(reasons))
    }

    /// The waits of units that run, as a station tells them.
    pub(crate) fn waits(&self, units: &[TravelerId]) -> Vec<RunningWait> {
        let waits = units.iter().flat_map(|unit| {
            let stream = self.stream(&Subject::Traveler(unit.clone())).state;
            let StreamState::Traveler(state) = stream else { panic!("{stream:?}") };
            state.running_waits(unit, &self.instructions)
        });
        waits.collect()
    }
}
