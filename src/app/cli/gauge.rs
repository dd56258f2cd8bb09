//! `gemba gauge`: add, calibrate, list.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::gauge::GaugeCommand as Asked;
use crate::domain::ids::{GaugeClassId, GaugeId};
use crate::domain::quantity::Number;
use crate::domain::unit::Unit;
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum GaugeCommand {
    /// Register a gauge, or correct its description
    #[command(after_help = "Example: gemba gauge add TW-11 --name 'Torque wrench 5 to 50' \
                            --class torque-wrench --unit N·m --resolution 0.1 --badge B-5020")]
    Add(AddArgs),
    /// Note a calibration with a good result
    #[command(after_help = "Example: gemba gauge calibrate TW-11 --on 2026-11-20 \
                            --due 2027-05-20 --certificate C-4711 --badge B-5020")]
    Calibrate {
        /// The gauge
        gauge: GaugeId,
        /// The day of calibration
        #[arg(long)]
        on: Date,
        /// Good through the end of this day
        #[arg(long)]
        due: Date,
        /// The certificate's number
        #[arg(long)]
        certificate: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// List gauges
    #[command(after_help = "Example: gemba gauge list --class torque-wrench\n\nJSON, one gauge a \
                            line: gauge, name, class, unit, resolution, due, overdue")]
    List {
        /// Of this class only
        #[arg(long)]
        class: Option<GaugeClassId>,
    },
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// The gauge
    gauge: GaugeId,
    /// Name plate
    #[arg(long)]
    name: String,
    /// What characteristics ask for
    #[arg(long)]
    class: GaugeClassId,
    /// The unit it shows; none for go and no-go gauges
    #[arg(long, value_parser = unit)]
    unit: Option<Unit>,
    /// The smallest step it shows
    #[arg(long, value_parser = number, requires = "unit")]
    resolution: Option<Number>,
    /// Expanded uncertainty of one reading at k = 2, in that unit
    #[arg(long, value_parser = number, requires = "unit")]
    uncertainty: Option<Number>,
    #[command(flatten)]
    signer: SignerArgs,
}

fn unit(text: &str) -> Result<Unit, String> {
    let known = || format!("known units: {}", Unit::symbols().collect::<Vec<_>>().join(" "));
    Unit::parse(text).ok_or_else(known)
}

fn number(text: &str) -> Result<Number, String> {
    Number::parse(text).map_err(|error| error.to_string())
}

/// Runs a command about gauges.
pub fn run(console: &Console, command: GaugeCommand) -> Result<Exit, Fault> {
    match command {
        GaugeCommand::Add(args) => {
            let what = format!("gauge {} registered", args.gauge);
            let asked = Asked::Register {
                name: args.name,
                class: args.class,
                unit: args.unit,
                resolution: args.resolution,
                uncertainty: args.uncertainty,
                range: None,
                interval_days: None,
            };
            acts::act(console, &args.signer, &what, |_| Command::Gauge(args.gauge, asked))
        }
        GaugeCommand::Calibrate { gauge, on, due, certificate, signer } => {
            let what = format!("gauge {gauge} calibrated, good through {due}");
            let command = Command::Gauge(
                gauge,
                Asked::Calibrate { on, due: Some(due), certificate, as_found: None },
            );
            acts::act(console, &signer, &what, |_| command)
        }
        GaugeCommand::List { class } => list(console, class),
    }
}

fn list(console: &Console, class: Option<GaugeClassId>) -> Result<Exit, Fault> {
    let Answer::Gauges(found) = rows::ask(console, &Query::Gauges { class })? else {
        return Err(rows::mixed_up());
    };
    rows::print(
        console,
        &["gauge", "name", "class", "unit", "resolution", "due", ""],
        &found,
        |row| {
            vec![
                row.gauge.to_string(),
                row.name.clone(),
                row.class.clone(),
                rows::or_dash(row.unit.as_ref()),
                rows::or_dash(row.resolution.as_ref()),
                rows::or_dash(row.due),
                if row.overdue { "overdue".to_owned() } else { String::new() },
            ]
        },
    );
    Ok(Exit::Done)
}
