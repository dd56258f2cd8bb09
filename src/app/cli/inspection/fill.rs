//! `gemba inspection fill`: the values of many pieces from a file, as one act.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::lots::{LotArgs, asks, lot_of};
use crate::app::cli::signer::SignerArgs;
use crate::app::cli::{Console, acts, record, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::readings;
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::GaugeId;
use crate::domain::inspection::asks::PieceAsk;
use crate::domain::inspection::block::{self, Into, values};
use crate::domain::inspection::by_cell::{CellValue, Taken};
use crate::domain::inspection::decide::InspectionCommand as Asked;
use crate::domain::quantity::Verdict;
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::fact::GaugeUsed;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::record::judge;
use crate::domain::unit::Unit;
use crate::views::inspection::LotView;
use crate::views::query::{Answer, Query};
use crate::views::register::GaugeRow;

#[derive(Debug, Args)]
pub struct FillArgs {
    #[command(flatten)]
    lot: LotArgs,
    /// A table: a head with the names of what is asked, a line a piece; a column named piece says
    /// which, else they are those that remain, in order
    file: PathBuf,
    /// The gauges of the readings, one of each class that is asked for
    #[arg(long)]
    gauge: Vec<GaugeId>,
    /// Say what would be recorded, and record nothing
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Records the values of a file: all of them or none.
pub fn run(console: &Console, args: FillArgs) -> Result<Exit, Fault> {
    let id = args.lot.series.id()?;
    let lot = args.lot.lot.lot.clone();
    let mut station = console.station()?;
    let known = lot_of(&station, &id, &lot)?;
    let asks = asks(&station, &known)?;
    let gauges = gauges(&station, &args.gauge)?;
    require_wanted(&asks, &gauges)?;
    let text = record::read_bounded(&args.file)?;
    let table = readings::rows(&text, &args.file)?;
    if let Some(line) = block::gap(&text).filter(|_| !block::names_pieces(&table)) {
        let what = format!("{} cannot be recorded", args.file.display());
        let why = format!("line {line}: {}", block::GAP);
        return Err(Fault::refused(what, why).next("mend it; nothing was recorded"));
    }
    let into = Into { asks: &asks, pieces: &known.remaining, column: 0 };
    let values = values(&table, into, |_, ask| gauge_of(ask, &gauges)).map_err(|why| {
        let what = format!("{} cannot be recorded", args.file.display());
        Fault::refused(what, why).next("mend it; nothing was recorded")
    })?;
    let what = words(&values);
    if args.plan {
        let used = used(&station, &gauges)?;
        say_planned(console, (&values, &what), (&asks, &known, &used));
        return Ok(Exit::Done);
    }
    let acting = args.signer.prove(console, &mut station)?.acting;
    let command = Asked::Cells { lot: lot.clone(), values, taken: Taken::Together };
    let saved = station.transact(&acting, Command::Series(id.clone(), command))?;
    let view = lot_of(&station, &id, &lot)?;
    let what = format!("{what}; {}", view.found());
    acts::say_saved_with(console, &station, (&what, &saved), json!({ "lot": view }));
    Ok(Exit::Done)
}

/// Each gauge is the one of its class, and its class is asked for: another one would be named and not
/// used.
fn require_wanted(asks: &[PieceAsk], gauges: &[GaugeRow]) -> Result<(), Fault> {
    for (rank, row) in gauges.iter().enumerate() {
        let what = format!("{} would not be used", row.gauge);
        let mut wanted = asks.iter().filter_map(|ask| ask.gauge.as_ref());
        if !wanted.any(|class| class.as_str() == row.class) {
            let why = format!("nothing is asked of a piece that is read on a {}", row.class);
            return Err(Fault::refused(what, why).next("leave it out; nothing was recorded"));
        }
        if let Some(first) = gauges.iter().take(rank).find(|other| other.class == row.class) {
            let why = format!("{} is a {} as well", first.gauge, row.class);
            return Err(Fault::refused(what, why)
                .next("name one gauge of each class; nothing was recorded"));
        }
    }
    Ok(())
}

/// The gauges as readings would name them, by which values are judged; none where one was never
/// calibrated.
fn used(station: &Station, gauges: &[GaugeRow]) -> Result<Vec<GaugeUsed>, Fault> {
    let mut used = Vec::new();
    for GaugeRow { gauge, .. } in gauges {
        let folded = station.ledger.stream(&Subject::Gauge(gauge.clone()))?;
        let StreamState::Gauge(state) = folded.stream.state else { continue };
        let known = state.described.as_ref().zip(state.due);
        used.extend(known.map(|(described, due)| GaugeUsed::of(gauge, described, due)));
    }
    Ok(used)
}

/// Says what would be recorded in which cell, and how it would be judged.
fn say_planned(
    console: &Console,
    (values, what): (&[CellValue], &str),
    (asks, lot, used): (&[PieceAsk], &LotView, &[GaugeUsed]),
) {
    let planned = values.iter().filter_map(|cell| {
        let ask = asks.get(usize::from(cell.ask).checked_sub(1)?)?;
        let with = used.iter().find(|used| Some(&used.gauge) == cell.gauge.as_ref());
        let judged = judge(&ask.kind, &cell.value, with);
        let verdict = judged.ok().and_then(|(verdict, _)| verdict);
        Some((cell, ask, verdict))
    });
    let planned: Vec<(&CellValue, &PieceAsk, Option<Verdict>)> = planned.collect();
    let fails = planned.iter().filter(|(.., verdict)| *verdict == Some(Verdict::Fail)).count();
    let gauge = |cell: &CellValue| cell.gauge.as_ref().map(ToString::to_string);
    let cells = planned.iter().map(|(cell, ask, verdict)| {
        json!({
            "piece": cell.piece, "ask": cell.ask, "name": ask.name, "value": shown(&cell.value),
            "gauge": gauge(cell), "verdict": verdict.map(Verdict::word),
        })
    });
    let cells: Vec<_> = cells.collect();
    console.printer.value(&json!({ "planned": values.len(), "fails": fails, "cells": cells }));
    console.printer.line(format!("would record {what} of {}, {fails} outside limits", lot.name()));
    let row = |(cell, ask, verdict): &(&CellValue, &PieceAsk, Option<Verdict>)| {
        let verdict = rows::or_dash(verdict.map(Verdict::word));
        let (gauge, value) = (rows::or_dash(gauge(cell)), shown(&cell.value));
        vec![cell.piece.to_string(), ask.name.clone(), value, gauge, verdict]
    };
    let table: Vec<Vec<String>> = planned.iter().map(row).collect();
    console.printer.table(&["piece", "value of", "value", "gauge", "verdict"], &table);
}

fn words(values: &[CellValue]) -> String {
    let mut pieces: Vec<u32> = values.iter().map(|value| value.piece).collect();
    pieces.dedup();
    format!("{} values of {} pieces", values.len(), pieces.len())
}

/// The gauges that were named, as known here.
pub(super) fn gauges(station: &Station, named: &[GaugeId]) -> Result<Vec<GaugeRow>, Fault> {
    let Answer::Gauges(known) = station.answer(&Query::Gauges { class: None })? else {
        return Err(rows::mixed_up());
    };
    let found = named.iter().map(|id| {
        known.iter().find(|row| row.gauge == *id).cloned().ok_or_else(|| {
            Fault::refused(format!("{id} is no gauge that is known here"), "nothing is recorded")
                .next("gemba gauge list")
        })
    });
    found.collect()
}

/// The gauge of the class that is asked for, and the unit that it shows.
fn gauge_of(ask: &PieceAsk, gauges: &[GaugeRow]) -> (Option<GaugeId>, Option<Unit>) {
    let class = ask.gauge.as_ref();
    let row = gauges.iter().find(|row| class.is_some_and(|class| class.as_str() == row.class));
    let unit = row.and_then(|row| row.unit.as_deref()).and_then(Unit::parse);
    (row.map(|row| row.gauge.clone()), unit)
}
