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
use crate::domain::unit::Unit;
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
        console.printer.value(&json!({ "planned": values.len() }));
        console.printer.line(format!("would record {what}"));
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
