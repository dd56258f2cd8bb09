//! Lots of material on whose pieces something was read with a gauge that was found out of tolerance:
//! held, and let go again, each for that failure alone (R10).

use super::context::Context;
use super::fact::Position;
use super::ids::GaugeId;
use super::material::{MaterialFact, MaterialId, MaterialState, ReadWith};
use super::people::Action;
use super::positions::Positions;
use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};

impl MaterialState {
    /// How a record of a piece stands that a failure of its gauge puts in doubt: held for that, or
    /// released since; none where no hold names it.
    pub fn held_for_gauge(&self, failed: &Position, record: &Position) -> Option<bool> {
        let names = |read: &ReadWith| read.failed == *failed && read.records.contains(record);
        let mut placed = self.doubts.iter().filter(|(_, read)| names(read)).peekable();
        placed.peek()?;
        Some(placed.any(|(at, _)| self.blocks.iter().any(|block| block.at == *at)))
    }

    /// The blocks that stand for a failure of a gauge.
    pub fn held_for(&self, failed: &Position) -> Vec<Position> {
        let ours = self.held_by_hand().filter(|block| block.doubted.as_ref() == Some(failed));
        ours.map(|block| block.at.clone()).collect()
    }
}

/// Blocks a lot for what was read on its pieces with a gauge that failed, and that no block names yet.
pub(super) fn hold(
    id: &MaterialId,
    state: &MaterialState,
    (gauge, failed): (GaugeId, Position),
    context: &Context,
) -> Result<MaterialFact, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::HoldForGauge, &mut reasons);
    let known = context.gauges.get(&gauge).map_or(&[][..], |known| &known.failures);
    let Some(failure) = known.iter().find(|failure| failure.at == failed) else {
        reasons.push(EquipmentReason::FailureUnknown { gauge }.into());
        return Err(Refusal::of(reasons));
    };
    let zone = context.zone();
    let lots = context.inspected.iter().filter(|lot| lot.opened.lot == id.lot);
    let doubted: Vec<&Position> =
        lots.flat_map(|lot| lot.doubted((&gauge, failure), &zone)).collect();
    let new = doubted.iter().filter(|record| state.held_for_gauge(&failed, record).is_none());
    let records: Positions = new.copied().collect();
    if records.is_empty() {
        let (gauge, held) = (gauge.clone(), !doubted.is_empty());
        reasons.push(EquipmentReason::NothingToHold { gauge, held }.into());
    }
    Refusal::unless_empty(reasons)?;
    let reason = format!("{gauge} was found out of tolerance: {}", failure.found);
    let doubted = Some(Box::new(ReadWith { gauge, failed, records }));
    Ok(MaterialFact::MaterialBlocked { reason, inspection: None, doubted, ends: Vec::new() })
}

/// Lets a lot go that was blocked for a failure of a gauge; what blocks it besides stays.
pub(super) fn release(
    state: &MaterialState,
    (failed, reason): (&Position, String),
    context: &Context,
) -> Result<MaterialFact, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::ReleaseMaterial, &mut reasons);
    context.require_text("a reason", &reason, &mut reasons);
    let ends = state.held_for(failed);
    if ends.is_empty() {
        reasons.push(Reason::NoSuchHold);
    }
    Refusal::unless_empty(reasons)?;
    Ok(MaterialFact::MaterialReleased { reason, inspection: None, ends })
}
