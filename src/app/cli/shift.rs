//! `gemba shift`: the shift calendar of the site, and the shifts that it gives.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::signer::SignerArgs;
use super::{Console, acts, definition, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::import::shift;
use crate::app::import::table::FILE_BYTES_MAX;
use crate::app::station::Station;
use crate::domain::context::site_zone;
use crate::domain::decide::Command;
use crate::domain::shift::{ShiftCalendar, ShiftException, ShiftPattern};
use crate::domain::shift_time::Shift;
use crate::domain::site_change::SiteCommand;
use crate::views::signature::minute;

#[derive(Debug, Subcommand)]
pub enum ShiftCommand {
    /// Release a shift calendar: it takes the place of the one before as a whole
    #[command(
        after_help = "Example: gemba shift set shifts.csv --badge B-6001\n\nColumns: shift, \
            starts, ends, days (mon-fri, sun-thu, \"sat,sun\", daily); weeks and from (one week in \
            so many, counted from the week of a day); date and note for a day that is otherwise: \
            with a shift and times the shift is worked so on that day, without times it is not \
            worked, without a shift none is. A shift that ends before it begins ends on the next \
            day; it belongs to the day on which it began.\n\nJSON: saved, facts, waiting; where \
            the file is refused: file, problems (line, column, code, what, next)"
    )]
    Set(SetArgs),
    /// Show the calendar that counts
    #[command(
        after_help = "Example: gemba shift show\n\nJSON: released (fact, at, by; null where \
                            only beginnings of shifts are set), time_zone, patterns (shift, \
                            starts, ends, days, weeks, from), exceptions (date, shift, starts, \
                            ends, note), now (date, name, number, began, from, to; null where none \
                            is on)"
    )]
    Show,
    /// List the shifts of some days, by the clock on the wall
    #[command(after_help = "Example: gemba shift list --from 2026-03-28 --days 3\n\nJSON, one \
                            shift a line: date, name, number, began, from, to, minutes")]
    List(ListArgs),
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// The file: CSV in UTF-8, with a head
    file: PathBuf,
    /// Say what the calendar would be, and release nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// The first day; today where none is named
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// How many days
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i32).range(1..=400))]
    days: i32,
}

/// Runs a command about the shift calendar.
pub fn run(console: &Console, command: ShiftCommand) -> Result<Exit, Fault> {
    match command {
        ShiftCommand::Set(args) => set(console, args),
        ShiftCommand::Show => show(console),
        ShiftCommand::List(args) => list(console, &args),
    }
}

fn set(console: &Console, args: SetArgs) -> Result<Exit, Fault> {
    let calendar = match shift::read(&read(&args.file)?) {
        Ok(calendar) => calendar,
        Err(problems) => {
            let file = args.file.display().to_string();
            console.printer.value(&json!({ "file": file, "problems": problems }));
            for problem in &problems {
                console.printer.line(problem);
            }
            console.printer.line("nothing was released");
            return Ok(Exit::Refused);
        }
    };
    if args.dry_run {
        print(console, &calendar);
        console.printer.line("nothing was released: --dry-run");
        return Ok(Exit::Done);
    }
    let (site, _) = definition::policy(&console.station()?)?;
    let names = calendar.names().join(", ");
    let what = format!("the shift calendar of {site}: {names}");
    let asked = SiteCommand::SetShifts(Box::new(calendar));
    acts::act(console, &args.signer, &what, |_| Command::Site(site, asked))
}

fn read(file: &Path) -> Result<Vec<u8>, Fault> {
    let name = file.display();
    let unreadable = |error: std::io::Error| {
        Fault::usage(format!("{name} cannot be read"), error).next("check its name")
    };
    if fs::metadata(file).map_err(unreadable)?.len() > FILE_BYTES_MAX {
        let why = format!("at most {FILE_BYTES_MAX} bytes are read");
        return Err(Fault::refused(format!("{name} is too large"), why).next("name another file"));
    }
    fs::read(file).map_err(unreadable)
}

/// The calendar that counts, with the site's time zone.
pub fn known(station: &Station) -> Result<(ShiftCalendar, TimeZone), Fault> {
    let (_, state) = definition::policy(station)?;
    let calendar = state.calendar().ok_or_else(|| {
        Fault::refused("the site says nothing of shifts", "no calendar is released")
            .next("gemba shift set FILE --badge B")
    })?;
    Ok((calendar, site_zone(state.policy.as_ref())))
}

fn show(console: &Console) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let (calendar, zone) = known(&station)?;
    let (_, state) = definition::policy(&station)?;
    let released = state.shifts.as_ref().map(|released| {
        let by = released.by.as_ref().map(|by| {
            let card = station.ledger.card_of(by).ok().flatten();
            card.map_or_else(|| by.to_string(), |card| card.name)
        });
        (released.at.to_string(), released.moment.effective(), by)
    });
    match &released {
        Some((_, at, by)) => {
            let by = rows::or_dash(by.as_ref());
            console.printer.line(format!("released {} by {by}", minute(*at)));
        }
        None => console.printer.line("beginnings of shifts only: gemba site set --shift-starts"),
    }
    let time_zone = state.policy.as_ref().map(|policy| policy.time_zone.clone());
    console.printer.line(format!("time zone {}", rows::or_dash(time_zone.as_ref())));
    print(console, &calendar);
    let now = calendar.at(station.moment().effective(), &zone);
    console.printer.line(match &now {
        Some(shift) => format!("now: {}, until {}", shift.words(), clock(shift, &zone).1),
        None => "now: no shift is on".to_owned(),
    });
    let released = released.map(|(fact, at, by)| json!({ "fact": fact, "at": at, "by": by }));
    let (patterns, exceptions) = (&calendar.patterns, &calendar.exceptions);
    console.printer.value(&json!({
        "released": released, "time_zone": time_zone, "now": now,
        "patterns": patterns.iter().map(pattern_value).collect::<Vec<_>>(),
        "exceptions": exceptions.iter().map(exception_value).collect::<Vec<_>>(),
    }));
    Ok(Exit::Done)
}

fn pattern_value(pattern: &ShiftPattern) -> Value {
    let ShiftPattern { name, starts, ends, days, weeks } = pattern;
    json!({
        "shift": name, "starts": starts, "ends": ends, "days": days,
        "weeks": weeks.map(|weeks| weeks.every), "from": weeks.map(|weeks| weeks.from),
    })
}

fn exception_value(exception: &ShiftException) -> Value {
    let ShiftException { date, shift, times, note } = exception;
    json!({
        "date": date, "shift": shift, "starts": times.map(|times| times.0),
        "ends": times.map(|times| times.1), "note": note,
    })
}

fn print(console: &Console, calendar: &ShiftCalendar) {
    let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
    let mut table = Vec::new();
    for ShiftPattern { name, starts, ends, days, weeks } in &calendar.patterns {
        let ends = ends.map_or_else(|| "the next".to_owned(), time);
        let weeks = weeks.map(|weeks| format!("one week in {} from {}", weeks.every, weeks.from));
        let weeks = weeks.unwrap_or_default();
        table.push(vec![name.clone(), time(*starts), ends, days.to_string(), weeks]);
    }
    for ShiftException { date, shift, times, note } in &calendar.exceptions {
        let shift = shift.clone().unwrap_or_else(|| "every shift".to_owned());
        let (starts, ends) = times.map_or_else(
            || ("not".to_owned(), "worked".to_owned()),
            |(starts, ends)| (time(starts), time(ends)),
        );
        table.push(vec![shift, starts, ends, date.to_string(), note.clone()]);
    }
    console.printer.table(&["shift", "begins", "ends", "on", ""], &table);
}

/// Beginning and end of a shift by the clock on the wall.
fn clock(shift: &Shift, zone: &TimeZone) -> (String, String) {
    let local = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%F %H:%M").to_string();
    (local(shift.from), local(shift.to))
}

fn list(console: &Console, args: &ListArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let (calendar, zone) = known(&station)?;
    let first = args.from.unwrap_or_else(|| station.today());
    let mut table = Vec::new();
    for day in 0..args.days {
        let Ok(date) = first.checked_add(day.days()) else { break };
        for shift in calendar.of_date(date, &zone) {
            let minutes = shift.to.duration_since(shift.from).as_secs() / 60;
            let mut value = json!(shift);
            value["minutes"] = json!(minutes);
            console.printer.value(&value);
            let (from, to) = clock(&shift, &zone);
            let long = format!("{} h {:02} min", minutes / 60, minutes % 60);
            let number = shift.number.to_string();
            table.push(vec![shift.date.to_string(), number, shift.name, from, to, long]);
        }
    }
    console.printer.table(&["day", "number", "shift", "begins", "ends", ""], &table);
    Ok(Exit::Done)
}
