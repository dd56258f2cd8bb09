//! `gemba recall`: every unit that something reached, where it is, and the holds that follow.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, acts, rows, thread};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::ids::RevisionId;
use crate::domain::traced::Traced;
use crate::views::link::not_here_words;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;
use crate::views::thread::{Recall, RecallRow, Span};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gemba recall material/SEAL-1/L-4711 --csv\n  gemba recall \
                        ASM-2 --from 2026-11-20T06:00 --until 2026-11-20T14:00\n  gemba recall \
                        L-4711 --hold --reason 'wrong hardness' --badge B-5020\n\nEvery unit is \
                        listed that is, contains (at any depth) or was split off what was reached. \
                        A gauge is followed since it was last good. What was taken out again is \
                        listed and not held.\n\nJSON, one value: of, what, from, until, revision, \
                        units (traveler, part, depth, why, by, taken_out, standing, place, \
                        operation, finished, ended, shipped, hold, at, fact), to_hold, shipped, \
                        alike, not_here, catalog_age_s; with --hold then: saved, facts, waiting, held. \
                        CSV: the columns of the head.\n\nExit code 1 where streams of orders that are \
                        over are not at this station, so that units may be missing in the list.")]
pub struct RecallArgs {
    /// What is called back, as for `gemba trace`
    id: String,
    /// Only what was touched from then on: a day or a time of the site, or with an offset
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only what was touched until then
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only what was made by this revision of the specification; for a characteristic
    #[arg(long, value_name = "REV")]
    revision: Option<RevisionId>,
    /// Print the list as CSV
    #[arg(long, conflicts_with = "hold")]
    csv: bool,
    /// Hold every unit of the list that can be held, as one act
    #[arg(long, requires = "reason")]
    hold: bool,
    /// Why it is called back
    #[arg(long, requires = "hold")]
    reason: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Lists what a thing reached, and holds it where that is asked for.
pub fn run(console: &Console, args: RecallArgs) -> Result<Exit, Fault> {
    if args.hold {
        let mut station = console.station()?;
        let signer = args.signer.prove(console, &mut station)?;
        // Listed after the proof, so that what is held is what is shown.
        let recall = list(console, &station, &args)?;
        print(console, &recall);
        let commands = recall.holds(args.reason.as_deref().unwrap_or_default());
        if commands.is_empty() {
            console.printer.line("nothing to hold");
            return Ok(rows::whole_or_not(recall.not_here));
        }
        let held: Vec<String> =
            recall.to_hold.iter().chain(&recall.shipped).map(ToString::to_string).collect();
        let saved = station.transact_all(&signer.acting, commands)?;
        let what = format!("on hold: {}", held.join(", "));
        acts::say_saved_with(console, &station, (&what, &saved), json!({ "held": held }));
        return Ok(rows::whole_or_not(recall.not_here));
    }
    let station = console.reader()?;
    let recall = list(console, &station, &args)?;
    if args.csv {
        print_csv(console, &recall);
    } else {
        print(console, &recall);
    }
    Ok(rows::whole_or_not(recall.not_here))
}

fn list(console: &Console, station: &Station, args: &RecallArgs) -> Result<Recall, Fault> {
    let of = thread::meant(console, station, ("recall", &args.id))?;
    if args.revision.is_some() && !matches!(of, Traced::Characteristic(..)) {
        return Err(Fault::usage("--revision is of a characteristic's", of.words())
            .next("name the revision itself: gemba recall specification/PART/REV"));
    }
    let zone = station.zone();
    let time = |text: &Option<String>, end: bool| {
        text.as_deref().map(|text| read_time(text, end, &zone)).transpose()
    };
    let (from, until) = (time(&args.from, false)?, time(&args.until, true)?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        let why = "nothing was made between --from and --until";
        return Err(
            Fault::usage("--until is before --from", why).next("write the earlier one as --from")
        );
    }
    let span = Span { from, until, revision: args.revision.clone() };
    let Answer::Recall(found) = station.answer(&Query::Recall { of, span })? else {
        return Err(rows::mixed_up());
    };
    found.map(|recall| *recall).ok_or_else(rows::mixed_up)
}

/// A day, a time of the site, or a time with its offset.
fn read_time(text: &str, end: bool, zone: &TimeZone) -> Result<Timestamp, Fault> {
    let local = |at: DateTime| at.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    let day = |day: Date| {
        let at = if end { day.at(23, 59, 59, 999_999_999) } else { day.at(0, 0, 0, 0) };
        local(at)
    };
    let read = text.parse::<Timestamp>().ok();
    let read =
        read.or_else(|| text.contains('T').then(|| text.parse().ok()).flatten().and_then(local));
    let read = read.or_else(|| text.parse::<Date>().ok().and_then(day));
    read.ok_or_else(|| {
        Fault::usage(format!("{text} is no time"), "it says from or until when")
            .next("write a day, 2026-11-20, or a time of the site, 2026-11-20T06:00")
    })
}

const HEAD: [&str; 10] =
    ["unit", "part", "depth", "how", "stands", "at", "op", "hold", "when (UTC)", "fact"];

fn print(console: &Console, recall: &Recall) {
    console.printer.value(recall);
    let Recall { of, what, units, to_hold, shipped, .. } = recall;
    console.printer.line(format!("{}  {what}", of.words()));
    if recall.from.is_some() || recall.until.is_some() {
        let (from, until) = (recall.from.map(minute), recall.until.map(minute));
        let (from, until) = (rows::or_dash(from), rows::or_dash(until));
        console.printer.line(format!("from {from} until {until} (UTC)"));
    }
    console.printer.line(format!("units: {}", units.len()));
    if !units.is_empty() {
        let table: Vec<Vec<String>> = units.iter().map(cells).collect();
        console.printer.table(&HEAD, &table);
    }
    let out = units.iter().filter(|row| row.taken_out).count();
    if out > 0 {
        console.printer.line(format!("taken out again, and not held for it: {out}"));
    }
    if !shipped.is_empty() {
        let names: Vec<String> = shipped.iter().map(ToString::to_string).collect();
        console.printer.line(format!("shipped, out of reach here: {}", names.join(", ")));
    }
    if !to_hold.is_empty() {
        let count = to_hold.len();
        console.printer.line(format!("{count} to hold: gemba recall {of} --hold --reason …"));
    }
    for of in &recall.alike {
        let words = "built in under a number that only capitals tell from this one, and not listed";
        console.printer.line(format!("! {words}: gemba recall {of}"));
    }
    rows::say_not_here(console, recall.not_here);
    if let Some(age_s) = recall.catalog_age_s {
        console.printer.line(format!("as known here {} min after the last contact", age_s / 60));
    }
}

fn cells(row: &RecallRow) -> Vec<String> {
    vec![
        row.traveler.to_string(),
        rows::or_dash(row.part.as_ref()),
        row.depth.to_string(),
        row.why.to_string(),
        row.standing.to_string(),
        rows::or_dash(row.place.as_ref()),
        rows::or_dash(row.operation),
        rows::or_dash(row.hold.as_ref()),
        minute(row.at),
        row.fact.to_string(),
    ]
}

/// The list as RFC 4180 says: quoted where it must be. In JSON mode it is JSON as ever.
fn print_csv(console: &Console, recall: &Recall) {
    console.printer.value(recall);
    console.printer.line(rows::csv_line(&HEAD.map(str::to_owned)));
    for row in &recall.units {
        console.printer.line(rows::csv_line(&cells(row)));
    }
    if let Some(words) = not_here_words(recall.not_here) {
        console.printer.remark(format!("! {words}"));
    }
}
