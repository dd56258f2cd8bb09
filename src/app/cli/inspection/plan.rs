//! `gemba inspection plan`: a plan, its operating characteristic and its two points.

use clap::Args;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use crate::app::cli::Console;
use crate::app::fault::{Exit, Fault};
use crate::domain::inspection::aql::{Aql, NoSuchAql};
use crate::domain::inspection::curve::{Basis, Point, accepted, consumer_point, quality_at};
use crate::domain::inspection::letter::{Letter, Level};
use crate::domain::inspection::plan::{Asked, SinglePlan};
use crate::domain::inspection::scheme::{Scheme, Severity};
use crate::domain::inspection::zero::{NoZeroPlan, ZeroPlan};

/// The probabilities of acceptance of which the table shows the quality.
const PROBABILITIES: [f64; 9] = [0.99, 0.95, 0.90, 0.75, 0.50, 0.25, 0.10, 0.05, 0.01];
/// A good lot is accepted so often at the producer's point, a bad one at the consumer's.
const PRODUCER: f64 = 0.95;
const CONSUMER: f64 = 0.10;

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Pieces in the lot; without it, --zero counts for a stream without end
    #[arg(long, value_name = "N", required_unless_present = "zero",
          value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    lot: Option<u32>,
    /// Inspection level: I, II, III, S-1, S-2, S-3 or S-4
    #[arg(long, value_name = "LEVEL", default_value = "II", value_parser = level,
          conflicts_with = "zero")]
    level: Level,
    /// Acceptance quality limit: 0.010 to 10 per cent nonconforming, to 1000 per 100 pieces
    #[arg(long, value_name = "AQL", value_parser = aql, required_unless_present = "zero",
          conflicts_with = "zero")]
    aql: Option<Aql>,
    /// normal, tightened or reduced
    #[arg(long, value_name = "SEVERITY", default_value = "normal", value_parser = severity,
          conflicts_with = "zero")]
    severity: Severity,
    /// ISO 2859-1:1999 or MIL-STD-105E
    #[arg(long, value_name = "SCHEME", default_value = "ISO 2859-1:1999", value_parser = scheme,
          conflicts_with = "zero")]
    scheme: Scheme,
    /// Accept with no nonconforming piece only: confidence/quality in per cent, as 95/5
    #[arg(long, value_name = "C/Q", value_parser = zero)]
    zero: Option<ZeroPlan>,
    /// The lot stands alone: its curve is hypergeometric
    #[arg(long, requires = "lot", conflicts_with = "count")]
    alone: bool,
    /// What is counted are nonconformities, not pieces: the curve is Poisson
    #[arg(long, conflicts_with = "zero")]
    count: bool,
}

fn level(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| "a level is I, II, III, S-1, S-2, S-3 or S-4".to_owned())
}

fn aql(text: &str) -> Result<Aql, NoSuchAql> {
    Aql::parse(text)
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "say normal, tightened or reduced".to_owned())
}

fn scheme(text: &str) -> Result<Scheme, String> {
    Scheme::parse(text)
        .ok_or_else(|| "a scheme is named with its edition: ISO 2859-1:1999 or MIL-STD-105E".into())
}

fn zero(text: &str) -> Result<ZeroPlan, NoZeroPlan> {
    ZeroPlan::parse(text)
}

/// A plan as it is printed.
struct Told {
    plan: SinglePlan,
    letter: Option<Letter>,
    whole: bool,
    basis: Basis,
    heading: String,
    note: Option<&'static str>,
}

/// Prints a plan.
pub fn run(console: &Console, args: &PlanArgs) -> Result<Exit, Fault> {
    let told = match (args.zero, args.aql, args.lot) {
        (Some(zero), _, lot) => by_zero(zero, lot),
        (None, Some(aql), Some(lot)) => by_aql(args, aql, lot)?,
        (None, _, _) => return Err(Fault::usage("no plan is named", "it has an AQL or --zero")),
    };
    if console.printer.is_json() {
        console.printer.value(&as_json(args, &told));
        return Ok(Exit::Done);
    }
    print(console, args, &told);
    Ok(Exit::Done)
}

fn by_zero(zero: ZeroPlan, lot: Option<u32>) -> Told {
    let plan = lot.map_or_else(|| zero.for_stream(), |lot| zero.for_lot(lot));
    let (confidence, quality) = (zero.confidence(), zero.quality());
    Told {
        plan,
        letter: None,
        whole: lot.is_some_and(|lot| plan.size >= lot),
        basis: lot.map_or(Basis::Stream, Basis::Lot),
        heading: format!(
            "no nonconforming piece: {confidence} % confidence of at most {quality} %"
        ),
        note: None,
    }
}

fn by_aql(args: &PlanArgs, aql: Aql, lot: u32) -> Result<Told, Fault> {
    if !args.count && !aql.is_percentage() {
        let why = "above 10 it counts nonconformities per 100 pieces";
        return Err(Fault::usage(format!("AQL {aql} is no percentage"), why).next("add --count"));
    }
    let found = Asked { scheme: args.scheme, level: args.level, aql }.for_lot(lot, args.severity);
    let basis = match (args.count, args.alone) {
        (true, _) => Basis::Count,
        (false, true) => Basis::Lot(lot),
        (false, false) => Basis::Stream,
    };
    Ok(Told {
        plan: found.plan,
        letter: Some(found.letter),
        whole: found.whole,
        basis,
        heading: format!("{}, level {}, AQL {aql}, {}", args.scheme, args.level, args.severity),
        note: args.scheme.note(args.severity),
    })
}

fn curve(told: &Told) -> Vec<Point> {
    let mut points: Vec<Point> =
        PROBABILITIES.iter().map(|at| quality_at(told.plan, told.basis, *at)).collect();
    points.dedup_by(|one, other| one.percent.total_cmp(&other.percent).is_eq());
    points
}

fn print(console: &Console, args: &PlanArgs, told: &Told) {
    let SinglePlan { size, accept, reject } = told.plan;
    let lot = args.lot.map_or_else(String::new, |lot| format!("lot {lot}: "));
    let letter = told.letter.map_or_else(String::new, |letter| format!("letter {letter}, "));
    let printer = &console.printer;
    printer.line(&told.heading);
    let all = if told.whole { "all " } else { "" };
    printer.line(format!("{lot}{letter}inspect {all}{size}, Ac {accept}, Re {reject}"));
    if let Some(note) = told.note {
        printer.line(note);
    }
    let producer = quality_at(told.plan, told.basis, PRODUCER);
    let consumer = consumer_point(told.plan, told.basis, CONSUMER);
    printer.line(format!("producer's point: {} accepted {}", percent(producer), share(producer)));
    printer.line(format!("consumer's point: {} accepted {}", percent(consumer), share(consumer)));
    if let Some(at) = at_aql(args, told) {
        printer.line(format!("at the AQL: {} accepted {}", percent(at), share(at)));
    }
    let rows: Vec<Vec<String>> =
        curve(told).iter().map(|point| vec![percent(*point), share(*point)]).collect();
    printer.table(&["nonconforming", "accepted"], &rows);
}

fn at_aql(args: &PlanArgs, told: &Told) -> Option<Point> {
    let percent = args.aql?.value().to_f64()?;
    Some(Point { percent, accepted: accepted(told.plan, told.basis, percent) })
}

fn as_json(args: &PlanArgs, told: &Told) -> Value {
    let by_aql = args.aql.is_some();
    let point = |point: Point| json!({ "percent": point.percent, "accepted": point.accepted });
    json!({
        "scheme": by_aql.then_some(args.scheme),
        "level": by_aql.then_some(args.level),
        "aql": args.aql,
        "severity": by_aql.then_some(args.severity),
        "lot": args.lot,
        "letter": told.letter,
        "zero": args.zero,
        "sample": told.plan.size,
        "accept": told.plan.accept,
        "reject": told.plan.reject,
        "whole": told.whole,
        "basis": told.basis.word(),
        "producer": point(quality_at(told.plan, told.basis, PRODUCER)),
        "consumer": point(consumer_point(told.plan, told.basis, CONSUMER)),
        "at_aql": at_aql(args, told).map(point),
        "curve": curve(told).into_iter().map(point).collect::<Vec<Value>>(),
        "note": told.note,
    })
}

fn percent(point: Point) -> String {
    format!("{:.4} %", point.percent)
}

fn share(point: Point) -> String {
    format!("{:.2} %", point.accepted * 100.0)
}
