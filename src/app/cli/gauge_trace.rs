//! `gemba gauge failed`, `trace`, `hold`: what was measured with a gauge that is in doubt (R10).

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::gauge::GaugeCommand;
use crate::domain::ids::GaugeId;
use crate::domain::refusal::equipment::EquipmentReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::views::gauge::{GaugePieceRow, GaugeReadingRow, GaugeTrace};
use crate::views::query::{Answer, Query};

/// What `gauge failed --help` adds.
pub const FAILED_HELP: &str = "Example: gemba gauge failed TW-07 --found '+4 %' --reason 'checked \
    against TW-09' --hold --badge B-5020\n\nJSON: what was saved, then the list as `gauge trace` \
    prints it, then with --hold what was held. Exit code 1 \
    also where the list may lack something; what was saved is saved.";
/// What `gauge trace --help` adds.
pub const TRACE_HELP: &str = "Example: gemba gauge trace TW-07 --since 2026-11-01\n\nJSON, one \
    value: gauge, name, class, due, overdue, calibrated, failure {fact, on, found, reason, over}, \
    since, readings [{traveler, operation, step, name, sample, value, margin, margin_unit, \
    verdict, place, taken, finished, shipped, ended, hold, fact}], pieces [{name_of_lot, part, \
    supplier, lot, unit, piece, name, value, margin, margin_unit, verdict, place, taken, standing, \
    ended, hold, fact}], lots, lots_to_hold, lots_held, units, to_hold, held, held_readings, \
    not_here, catalog_age_s, complete_to, silent [{place, last_contact}], link_down\n\nExit code 1 where streams of orders that are over are not at this \
    station, so that readings may be missing in the list.";

#[derive(Debug, Args)]
pub struct FailedArgs {
    /// The gauge
    gauge: GaugeId,
    /// What was found, such as the error
    #[arg(long)]
    found: String,
    /// How it came out
    #[arg(long)]
    reason: String,
    /// Hold every unit and lot that it puts in doubt too
    #[arg(long)]
    hold: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct TraceArgs {
    /// The gauge
    gauge: GaugeId,
    /// From this day on, instead of the last good calibration
    #[arg(long)]
    since: Option<Date>,
}

/// Says that a gauge failed, lists what is in doubt, and holds it where that is asked for.
pub fn failed(console: &Console, args: FailedArgs) -> Result<Exit, Fault> {
    let FailedArgs { gauge, found, reason, hold, signer } = args;
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let what = format!("gauge {gauge} failed: {found}");
    let command = Command::Gauge(gauge.clone(), GaugeCommand::Fail { found, reason });
    let saved = station.transact(&signer.acting, command)?;
    acts::say_saved(console, &station, &what, &saved);
    let trace = trace_of(&station, &gauge, None)?;
    print(console, &trace);
    if hold && trace.to_hold_words().is_some() {
        place(console, &mut station, (&signer.acting, &trace))?;
    }
    Ok(rows::whole_or_not(trace.not_here))
}

/// Lists what was measured with a gauge.
pub fn trace(console: &Console, args: &TraceArgs) -> Result<Exit, Fault> {
    let trace = trace_of(&console.reader()?, &args.gauge, args.since)?;
    print(console, &trace);
    Ok(rows::whole_or_not(trace.not_here))
}

/// Holds what a failed gauge puts in doubt.
pub fn hold(console: &Console, gauge: &GaugeId, signer: &SignerArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let trace = trace_of(&station, gauge, None)?;
    if trace.failure.is_none() {
        let reason = EquipmentReason::FailureUnknown { gauge: gauge.clone() };
        return Err(Refusal::one(reason.into()).into());
    }
    rows::say_not_here(console, trace.not_here);
    if trace.to_hold_words().is_none() {
        let (gauge, held) = (gauge.clone(), trace.held_readings > 0);
        let reason = EquipmentReason::NothingToHold { gauge, held };
        return Err(Refusal::one(reason.into()).into());
    }
    place(console, &mut station, (&signer.acting, &trace))?;
    Ok(rows::whole_or_not(trace.not_here))
}

/// Lets everything go on that is held for a gauge's failure.
pub fn release(
    console: &Console,
    gauge: &GaugeId,
    (reason, signer): (&str, &SignerArgs),
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let trace = trace_of(&station, gauge, None)?;
    if trace.held_words().is_none() {
        return Err(Refusal::one(Reason::NoSuchHold).into());
    }
    let saved = station.transact_all(&signer.acting, trace.releases(reason))?;
    let units = trace.names_held();
    acts::say_saved(console, &station, &format!("released: {}", units.join(", ")), &saved);
    console.printer.value(&json!({ "released": units }));
    Ok(Exit::Done)
}

fn place(
    console: &Console,
    station: &mut Station,
    (acting, trace): (&Acting, &GaugeTrace),
) -> Result<(), Fault> {
    let saved = station.transact_all(acting, trace.holds())?;
    let units = trace.names_to_hold();
    acts::say_saved(console, station, &format!("on hold: {}", units.join(", ")), &saved);
    console.printer.value(&json!({ "held": units }));
    Ok(())
}

fn trace_of(station: &Station, gauge: &GaugeId, since: Option<Date>) -> Result<GaugeTrace, Fault> {
    let query = Query::GaugeTrace { gauge: gauge.clone(), since };
    let Answer::GaugeTrace(found) = station.answer(&query)? else { return Err(rows::mixed_up()) };
    let unknown = || {
        let reason = EquipmentReason::GaugeUnknown { gauge: gauge.clone() };
        Fault::from(Refusal::one(reason.into()))
    };
    found.map(|trace| *trace).ok_or_else(unknown)
}

fn print(console: &Console, trace: &GaugeTrace) {
    console.printer.value(trace);
    console.printer.line(format!("{} {}, {}", trace.gauge, trace.name, trace.class));
    if let Some(failure) = &trace.failure {
        let over = if failure.over { ", calibrated good since" } else { "" };
        let text = format!("failed on {}: {}{over}", failure.on, failure.found);
        console.printer.line(text);
    }
    let since = rows::or_dash(trace.since);
    let (readings, pieces) = (trace.readings.len(), trace.pieces.len());
    let on_lots = match pieces {
        0 => String::new(),
        pieces => {
            let lots = if trace.lots == 1 { "lot" } else { "lots" };
            format!(", {pieces} on pieces of {} {lots}", trace.lots)
        }
    };
    let units = trace.units;
    console.printer.line(format!("since {since}: {readings} readings, {units} units{on_lots}"));
    if let Some(more) = trace.more_since().filter(|more| *more > 0) {
        console.printer.line(format!("{more} more since the holds were placed"));
    }
    rows::say_not_here(console, trace.not_here);
    if let Some(age_s) = trace.catalog_age_s {
        console.printer.line(format!("as known here {} min after the last contact", age_s / 60));
    }
    rows::say_complete(console, &trace.complete);
    if let Some(shipped) = trace.shipped_words() {
        console.printer.line(shipped);
    }
    let head = ["unit", "op", "step", "reading", "value", "margin", "verdict", "place", "unit is"];
    let table: Vec<Vec<String>> = trace.readings.iter().map(cells).collect();
    console.printer.table(&head, &table);
    if !trace.pieces.is_empty() {
        let head = ["lot", "piece", "reading", "value", "margin", "verdict", "place", "lot is"];
        let table: Vec<Vec<String>> = trace.pieces.iter().map(piece_cells).collect();
        console.printer.table(&head, &table);
    }
    if let Some(words) = trace.to_hold_words() {
        console.printer.line(format!("{words} to hold: gemba gauge hold {}", trace.gauge));
    }
}

fn piece_cells(row: &GaugePieceRow) -> Vec<String> {
    let held = row.hold.as_ref().map_or_else(String::new, |hold| format!(", {hold}"));
    vec![
        row.name_of_lot.clone(),
        row.piece.to_string(),
        row.name.clone(),
        row.value.clone(),
        rows::or_dash(row.margin_words()),
        rows::or_dash(row.verdict.as_ref()),
        rows::or_dash(row.place.as_ref()),
        format!("{}{held}", row.standing),
    ]
}

fn cells(row: &GaugeReadingRow) -> Vec<String> {
    let standing = match (&row.hold, &row.ended, row.finished) {
        (_, Some(how), _) => how.clone(),
        (Some(hold), None, _) if row.shipped => format!("shipped, {hold}"),
        (Some(hold), None, _) => hold.clone(),
        (None, None, _) if row.shipped => "shipped".to_owned(),
        (None, None, true) => "finished".to_owned(),
        (None, None, false) => "open".to_owned(),
    };
    vec![
        row.traveler.to_string(),
        row.operation.to_string(),
        row.step.to_string(),
        format!("{} {}", row.name, row.sample),
        row.value.clone(),
        rows::or_dash(row.margin_words()),
        rows::or_dash(row.verdict.as_ref()),
        rows::or_dash(row.place.as_ref()),
        standing,
    ]
}
