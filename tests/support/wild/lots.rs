//! What people do with lots, in their minds and sensibly.

use gemba::domain::instruction::Step;
use gemba::domain::traveler::command::{StepAt, TravelerCommand};
use gemba::domain::traveler::lot::Pieces;
use gemba::domain::traveler::split::Split;
use gemba::domain::traveler::state::TravelerState;

use super::Chance;
use crate::support::shop::Shop;
use crate::support::shop_plan::id;

/// Any report of pieces.
pub(super) fn wild_report(at: StepAt, chance: &mut Chance) -> TravelerCommand {
    let most = if chance.one_in(4) { 1 } else { 4 };
    let mut some = || u32::try_from(chance.below(most)).unwrap() * 20;
    let pieces = Pieces { good: some(), scrap: some(), rework: some() };
    let reason = chance.pick(&["", "dent"]).to_owned();
    TravelerCommand::ReportPieces { at, pieces, reason }
}

/// Any correction of a count.
pub(super) fn wild_recount(state: &TravelerState, chance: &mut Chance) -> TravelerCommand {
    let reports = &state.lot.reports;
    let unknown = state.facts.keys().next().cloned();
    let report = if reports.is_empty() { unknown } else { Some(chance.pick(reports).at) };
    let report =
        report.unwrap_or_else(|| gemba::domain::fact::Position::parse("ledger-ASM1.1.1").unwrap());
    let mut some = || u32::try_from(chance.below(4)).unwrap() * 20;
    let pieces = Pieces { good: some(), scrap: some(), rework: some() };
    let reason = chance.pick(&["", "counted wrong"]).to_owned();
    TravelerCommand::CorrectCount { report, pieces, reason }
}

/// Any split.
pub(super) fn wild_split(chance: &mut Chance) -> TravelerCommand {
    let into = chance.pick(&[None, None, Some("L-22"), Some("L-23")]).map(id);
    let quantity = u32::try_from(chance.below(6)).unwrap() * 20;
    let reason = chance.pick(&["", "a rush order"]).to_owned();
    TravelerCommand::SplitLot(Split { into, quantity, reason })
}

/// What somebody sensible does at a step of a lot, where nothing is asked for besides.
pub(super) fn sensible_lot(
    shop: &mut Shop,
    state: &TravelerState,
    (at, step): (&StepAt, &Step),
    chance: &mut Chance,
) -> Option<(&'static str, TravelerCommand)> {
    state.started.as_ref()?.pieces?;
    if chance.one_in(9) {
        // Somebody goes on with another lot of the order.
        shop.traveler.unit = chance.pick(&shop.lots());
    }
    let pinned = state.operation(at.operation)?;
    let (there, _) = state.pieces_to_split(pinned, &shop.instructions);
    if there > 1 && chance.one_in(5) {
        let quantity = 1 + u32::try_from(chance.below(u64::from(there))).unwrap();
        let reason = "a rush order".to_owned();
        let split = Split { into: None, quantity, reason };
        return Some(("brandt", TravelerCommand::SplitLot(split)));
    }
    if let Some(report) = state.lot.reports.last()
        && report.corrections.is_empty()
    {
        let (report, pieces) = (report.at.clone(), report.pieces());
        let pieces =
            Pieces { good: pieces.good.saturating_sub(1), scrap: pieces.scrap + 1, ..pieces };
        let reason = "one more is bent".to_owned();
        return Some(("brandt", TravelerCommand::CorrectCount { report, pieces, reason }));
    }
    let missing = state.pieces_missing(at.operation, &shop.instructions);
    if step.rules.quantity.is_none() || missing == 0 {
        return None;
    }
    let good = if chance.one_in(4) { missing } else { missing.div_ceil(4) };
    let scrap = if chance.one_in(4) { missing - good } else { 0 };
    let rework = u32::from(chance.one_in(4) && good + scrap < missing);
    let reason = if scrap + rework > 0 { "dent".to_owned() } else { String::new() };
    let pieces = Pieces { good, scrap, rework };
    Some(("novak", TravelerCommand::ReportPieces { at: at.clone(), pieces, reason }))
}
