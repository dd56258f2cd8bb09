//! `gemba traveler report` and `split`: the pieces of a lot.

use serde_json::{Value, json};

use super::Console;
use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::{step_at, view, view_at};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::StepId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand as Asked;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::split::Split;
use crate::views::traveler::TravelerView;

/// Reads `60`, `60/2` or `60/2/3`.
pub fn pieces(text: &str) -> Result<Pieces, String> {
    Pieces::parse(text).ok_or_else(|| "write it as 60, 60/2 (scrap) or 60/2/3 (rework)".to_owned())
}

/// Reports pieces at the step that counts.
pub fn report(
    console: &Console,
    traveler: TravelerId,
    (pieces, step, reason): (Pieces, Option<StepId>, String),
    signer: &SignerArgs,
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, signer)?;
    let found = view_at(console, (&station, signer), &traveler)?;
    let (at, _) = step_at(&found, step.as_ref())?;
    let (operation, id) = (at.operation, traveler.clone());
    let Pieces { good, scrap, rework } = pieces;
    let what =
        format!("{traveler} operation {operation}: {good} good, {scrap} scrap, {rework} to rework");
    let command = Command::Traveler(traveler, Asked::ReportPieces { at, pieces, reason });
    let saved = station.transact(&acting, command)?;
    let after = view(&station, &id)?;
    let missing = after.state.pieces_missing(operation, &after.instructions);
    let waiting = station.ledger.waiting().unwrap_or(0);
    let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
    console.printer.line(format!("saved: {what}"));
    console.printer.line(format!("{missing} left to report"));
    console.printer.value(&json!({
        "saved": what, "facts": facts, "waiting": waiting, "missing": missing,
    }));
    Ok(Exit::Done)
}

/// Splits pieces off a lot.
pub fn split(
    console: &Console,
    traveler: TravelerId,
    split: Split,
    signer: &SignerArgs,
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, signer)?;
    let quantity = split.quantity;
    let command = Command::Traveler(traveler.clone(), Asked::SplitLot(split));
    let saved = station.transact(&acting, command)?;
    let after = view(&station, &traveler)?;
    let splits = after.state.lot.splits.iter();
    let into = splits.rev().find(|(at, _)| saved.contains(at)).map(|(_, split)| split.into.clone());
    let lot = into.map(|unit| TravelerId { order: traveler.order.clone(), unit }.to_string());
    let what = format!("{quantity} pieces of {traveler} are {}", lot.clone().unwrap_or_default());
    let waiting = station.ledger.waiting().unwrap_or(0);
    let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
    console.printer.line(format!("saved: {what}"));
    console.printer.value(&json!({
        "saved": what, "facts": facts, "waiting": waiting, "lot": lot,
    }));
    Ok(Exit::Done)
}

/// The pieces of a lot for scripts: how many, where from, where to, and by operation.
pub fn value(view: &TravelerView) -> Value {
    let state = &view.state;
    let started = state.started.as_ref();
    if started.is_none_or(|started| started.pieces.is_none()) {
        return Value::Null;
    }
    let from: Vec<String> =
        state.lot.origins.iter().map(|(_, origin)| origin.from.to_string()).collect();
    let order = &view.id.order;
    let into: Vec<String> =
        state.lot.splits.iter().map(|(_, split)| format!("{order}/{}", split.into)).collect();
    let operations = started.iter().flat_map(|started| &started.operations).map(|pinned| {
        let number = pinned.operation;
        let done = state.reported(number);
        let came = state.pieces_into(number, &view.instructions);
        json!({
            "operation": number, "came": came, "good": done.good, "scrap": done.scrap,
            "rework": done.rework,
            "missing": state.pieces_missing(number, &view.instructions),
        })
    });
    let operations: Vec<Value> = operations.collect();
    json!({
        "pieces": state.pieces(), "split_from": from, "split_into": into, "operations": operations,
    })
}
