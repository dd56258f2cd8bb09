//! `gemba traveler report` and `split`: the pieces of a lot.

use clap::Args;
use serde_json::{Value, json};

use super::Console;
use super::session::Performer;
use super::signer::SignerArgs;
use super::step::{StepArgs, step_at};
use super::traveler::{view, view_at};
use super::unit::traveler_id;
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand as Asked;
use crate::domain::traveler::lot::{Pieces, Reported};
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
    (pieces, step, reason): (Pieces, StepArgs, String),
    signer: &SignerArgs,
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, signer)?;
    let found = view_at(console, (&station, signer), &traveler)?;
    let (at, _) = step_at(&found, step.named())?;
    let (operation, id) = (at.operation, traveler.clone());
    let Pieces { good, scrap, rework } = pieces;
    let what =
        format!("{traveler} operation {operation}: {good} good, {scrap} scrap, {rework} to rework");
    let command = Command::Traveler(traveler, Asked::ReportPieces { at, pieces, reason });
    let saved = station.transact(&acting, command)?;
    let after = view(&station, &id)?;
    say_counted(console, &station, (&what, &saved), (&after, operation));
    Ok(Exit::Done)
}

/// Which count is put right, and how.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba traveler recount WO-1884/L-22 58/4 --reason 'two more bent' \
                        --place ASM-1 --badge B-2107\n\nJSON: saved, facts, waiting, missing"
)]
pub struct RecountArgs {
    /// ORDER/LOT
    #[arg(value_parser = traveler_id)]
    pub traveler: TravelerId,
    /// As it is right: 58, 58/4 (scrap) or 58/4/3 (rework)
    #[arg(value_parser = pieces)]
    pub pieces: Pieces,
    /// Its number in `gemba traveler show`; without it, the last one
    #[arg(long)]
    pub count: Option<usize>,
    /// Why the first count was wrong
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// Puts a count right; the first one stays in the record.
pub fn recount(console: &Console, args: RecountArgs) -> Result<Exit, Fault> {
    let RecountArgs { traveler, pieces, count, reason, signer } = args;
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, &signer)?;
    let known = view(&station, &traveler)?.state.lot.reports;
    let number = count.unwrap_or(known.len());
    let Some(report) = number.checked_sub(1).and_then(|index| known.get(index)) else {
        let what = format!("{traveler} has no count {number}");
        let why = format!("it has {} counts", known.len());
        return Err(Fault::refused(what, why).next(format!("gemba traveler show {traveler}")));
    };
    let what = format!(
        "{traveler} operation {} count {number}: {}, was {}",
        report.what.operation,
        pieces.words(),
        report.pieces().words()
    );
    let (operation, report) = (report.what.operation, report.at.clone());
    let command = Asked::CorrectCount { report, pieces, reason };
    let saved = station.transact(&acting, Command::Traveler(traveler.clone(), command))?;
    let after = view(&station, &traveler)?;
    say_counted(console, &station, (&what, &saved), (&after, operation));
    Ok(Exit::Done)
}

fn say_counted(
    console: &Console,
    station: &Station,
    (what, saved): (&str, &[Position]),
    (after, operation): (&TravelerView, u32),
) {
    let missing = after.state.pieces_missing(operation, &after.instructions);
    let waiting = station.ledger.waiting().unwrap_or(0);
    let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
    console.printer.line(format!("saved: {what}"));
    console.printer.line(format!("{missing} left to report"));
    console.printer.value(&json!({
        "saved": what, "facts": facts, "waiting": waiting, "missing": missing,
    }));
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

/// One count with its corrections.
fn count(view: &TravelerView, report: &Reported) -> Value {
    let name = |by: Option<&PersonId>| {
        let by = by?;
        Some(view.names.get(by).cloned().unwrap_or_else(|| by.to_string()))
    };
    let shown = |Pieces { good, scrap, rework }: Pieces, by, moment: &Moment, why: &str| {
        json!({
            "good": good, "scrap": scrap, "rework": rework, "reason": why, "by": name(by),
            "at": moment.effective().to_string(),
        })
    };
    let first = shown(report.what.pieces, report.by.as_ref(), &report.moment, &report.what.reason);
    let corrections = report.corrections.iter();
    let corrections: Vec<Value> = corrections
        .map(|c| shown(c.what.pieces, c.by.as_ref(), &c.moment, &c.what.reason))
        .collect();
    json!({
        "fact": report.at, "operation": report.what.operation, "counts": view.state.lot.stands(report),
        "first": first, "corrections": corrections,
    })
}

/// The counts of a lot, numbered, with what they were corrected from.
pub fn say_counts(console: &Console, view: &TravelerView) {
    for (index, report) in view.state.lot.reports.iter().enumerate() {
        let first = format!(", first {}", report.what.pieces.words());
        let was = if report.corrections.is_empty() { String::new() } else { first };
        let void = if view.state.lot.stands(report) { "" } else { ", done again since" };
        console.printer.line(format!(
            "count {}: operation {}, {}{}{void}",
            index + 1,
            report.what.operation,
            report.pieces().words(),
            was,
        ));
    }
}

/// The pieces of a lot for scripts: how many, where from, where to, and by operation.
pub fn value(view: &TravelerView) -> Value {
    let state = &view.state;
    let started = state.started.as_ref();
    if started.is_none_or(|started| started.pieces.is_none()) {
        return Value::Null;
    }
    let from: Vec<String> =
        state.lot.origins.iter().map(|origin| origin.what.from.to_string()).collect();
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
    let counts: Vec<Value> = state.lot.reports.iter().map(|r| count(view, r)).collect();
    json!({
        "counts": counts,
        "pieces": state.pieces(), "split_from": from, "split_into": into, "operations": operations,
    })
}
