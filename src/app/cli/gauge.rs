//! `gemba gauge`: add, calibrate, list.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::import::plan::Register;
use crate::domain::decide::Command;
use crate::domain::expiry;
use crate::domain::gauge::{AsFound, GaugeCommand as Asked, GaugeDescription, GaugeRange};
use crate::domain::ids::{GaugeClassId, GaugeId};
use crate::domain::interval::Interval;
use crate::domain::quantity::Number;
use crate::domain::unit::Unit;
use crate::views::query::{Answer, Query};
use crate::views::register::{GaugeRow, LastUse};

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
        /// Good through the end of this day; by the gauge's interval where it is left out
        #[arg(long)]
        due: Option<Date>,
        /// The certificate's number
        #[arg(long)]
        certificate: String,
        /// How it was found: in or out (of tolerance); out is a failure as well
        #[arg(long, value_name = "IN|OUT", value_parser = in_tolerance)]
        as_found: Option<bool>,
        /// The error found
        #[arg(long, requires = "as_found")]
        error: Option<String>,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Say that a gauge was found out of tolerance; it is refused until it is calibrated again
    #[command(after_help = super::gauge_trace::FAILED_HELP)]
    Failed(super::gauge_trace::FailedArgs),
    /// List everything measured with a gauge since it was last good
    #[command(after_help = super::gauge_trace::TRACE_HELP)]
    Trace(super::gauge_trace::TraceArgs),
    /// Hold every unit that a failed gauge puts in doubt, as one act
    #[command(
        after_help = "Example: gemba gauge hold TW-07 --badge B-5020\n\nExit code 1 also where \
                            what was held may lack something"
    )]
    Hold {
        /// The gauge
        gauge: GaugeId,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Let every unit go on that is held for a failed gauge, as one act
    #[command(after_help = "Example: gemba gauge release TW-07 --reason 'measured again with \
                            TW-09' --badge B-5020\n\nJSON: what was saved, then released")]
    Release {
        /// The gauge
        gauge: GaugeId,
        /// Why they may go on
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Take gauges with their last calibration from a file; shows a plan first
    #[command(after_help = super::import::GAUGE_HELP)]
    Import(super::import::ImportArgs),
    /// List gauges
    #[command(after_help = "Example: gemba gauge list --class torque-wrench\n\nJSON, one gauge a \
                            line: gauge, name, class, unit, resolution, due, overdue, range, \
                            interval, calibrated, failed, soon_days, last_used (traveler, \
                            place, at)")]
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
    /// What it can show, in that unit, such as 5..50
    #[arg(long, value_name = "LEAST..MOST", value_parser = range, requires = "unit")]
    range: Option<(Number, Number)>,
    /// How long a calibration is good: days, or such as '12 months'
    #[arg(long, value_name = "DAYS|MONTHS", value_parser = interval)]
    interval: Option<Interval>,
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

/// Reads a range such as `5..50`.
pub fn range(text: &str) -> Result<(Number, Number), String> {
    let (lower, upper) = text.split_once("..").ok_or("write it such as 5..50")?;
    Ok((number(lower)?, number(upper)?))
}

fn interval(text: &str) -> Result<Interval, String> {
    Interval::parse(text).map_err(|error| error.to_string())
}

fn in_tolerance(text: &str) -> Result<bool, String> {
    match text {
        "in" => Ok(true),
        "out" => Ok(false),
        _ => Err("write in or out".to_owned()),
    }
}

/// Runs a command about gauges.
pub fn run(console: &Console, command: GaugeCommand) -> Result<Exit, Fault> {
    match command {
        GaugeCommand::Add(args) => {
            let what = format!("gauge {} registered", args.gauge);
            let asked = Asked::Register(GaugeDescription {
                name: args.name,
                class: args.class,
                unit: args.unit,
                resolution: args.resolution,
                uncertainty: args.uncertainty,
                range: args.range.zip(args.unit).map(|((lower, upper), unit)| GaugeRange {
                    lower,
                    upper,
                    unit,
                }),
                interval: args.interval,
            });
            acts::act(console, &args.signer, &what, |_| Command::Gauge(args.gauge, asked))
        }
        GaugeCommand::Calibrate { gauge, on, due, certificate, as_found, error, signer } => {
            let what = format!("gauge {gauge} calibrated on {on}");
            let as_found = as_found.map(|in_tolerance| AsFound { in_tolerance, error });
            let asked = Asked::Calibrate { on, due, certificate, as_found };
            let command = Command::Gauge(gauge, asked);
            acts::act(console, &signer, &what, |_| command)
        }
        GaugeCommand::Failed(args) => super::gauge_trace::failed(console, args),
        GaugeCommand::Trace(args) => super::gauge_trace::trace(console, &args),
        GaugeCommand::Hold { gauge, signer } => super::gauge_trace::hold(console, &gauge, &signer),
        GaugeCommand::Import(args) => super::import::run(console, Register::Gauges, (&args, None)),
        GaugeCommand::Release { gauge, reason, signer } => {
            super::gauge_trace::release(console, &gauge, (&reason, &signer))
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
        &["gauge", "name", "class", "unit", "resolution", "due", "", "last used"],
        &found,
        |row| {
            vec![
                row.gauge.to_string(),
                row.name.clone(),
                row.class.clone(),
                rows::or_dash(row.unit.as_ref()),
                rows::or_dash(row.resolution.as_ref()),
                rows::or_dash(row.due),
                standing(row),
                row.last_used.as_ref().map_or_else(String::new, last_used),
            ]
        },
    );
    Ok(Exit::Done)
}

/// Failed, overdue, or due soon; text with a sign, so that no color is needed.
fn standing(row: &GaugeRow) -> String {
    match (&row.failed, row.soon_days) {
        (Some(found), _) => format!("X failed: {found}"),
        (None, _) if row.overdue => "X overdue".to_owned(),
        (None, Some(days)) => format!("! {}", expiry::words(days)),
        (None, None) => String::new(),
    }
}

fn last_used(last: &LastUse) -> String {
    let place = last.place.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
    format!("{}{place}", last.traveler)
}
