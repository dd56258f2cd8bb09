//! Acts on sets in a shop, as the ledger does them.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::refusal::Refusal;
use gemba::domain::traveler::set::{SetAct, of_unit};

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
        Err(Refusal { reasons })
    }
}
