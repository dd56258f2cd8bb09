//! `gemba board`, and everything recorded about one unit.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::terminal::{self, For, ShownArgs};
use super::{Console, rows};
use crate::app::config::PlaceTold;
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::{PersonId, PlaceId};
use crate::domain::refusal::shift::ShiftReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::shift_time::Shift;
use crate::domain::words::Words;
use crate::views::board::{Board, Figures, HourRow, PiecesRow, ReviewRow, StationRow};
use crate::views::board_place::PlaceBoard;
use crate::views::deviation::DeviationView;
use crate::views::for_me::ForMeRow;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;
use crate::views::trace::{Trace, TraceLine};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba board --shift early --date 2026-11-27 --json\n\nJSON: since, \
        until, shift (date, name, number, began, from, to; null where none is on), complete_to, \
        link_down, places (place, work_center, held (hold, since, instruction, characteristic, name, \
        failures (unit, reading, value)), per_hour, plan, hours (from, good, scrap), figures, \
        last_contact, silent), total, both with figures (good, scrap, finished, first_pass, begun, \
        on_hold, scrapped, readings, failing, marginal, corrected), deviations, deviation_counts \
        (open, critical, major, minor, without_code, day, week, older, overdue), reviews, pieces \
        (place, operation, good, scrap, rework), help, handovers, suspects (as of suspect list), \
        redlines, causes (of, what, count), stations (station, work_centers, places, last_contact, \
        silent, waiting). With --place: the place's row, orders (order, part, units (traveler, \
        good, scrap, failing, on_hold, begun, standing, last)), left_out, causes. What is begun and on \
        hold is so now, whatever the shift; plan is up to now, or to the end of the shift. With --for, one \
        row a line: kind (disposition, step, lot, lot-as-is, permit, revision, ship), which, of, sign, \
        details, since, command."
)]
pub struct BoardArgs {
    /// A shift by its name or number; the one that is on where none is named, else since midnight
    #[arg(long, value_name = "S")]
    shift: Option<String>,
    /// One place: its orders, their units, and what fails there most
    #[arg(long, value_name = "PLACE")]
    place: Option<PlaceId>,
    /// Show it on a wall: big, without sign-in, following what happens
    #[arg(long, conflicts_with_all = ["shift", "date", "place"])]
    wall: bool,
    /// What this person could sign now at this station, each with the command that signs it
    #[arg(long = "for", value_name = "PERSON", conflicts_with_all = ["shift", "date", "place", "wall"])]
    person: Option<PersonId>,
    /// The day on which the shift began; today where none is named
    #[arg(long, value_name = "DATE", requires = "shift")]
    date: Option<Date>,
}

/// Prints the shift board.
pub fn board(console: &Console, args: BoardArgs) -> Result<Exit, Fault> {
    if args.wall {
        return terminal::run(console, None, ShownArgs::default(), For::Wall);
    }
    if let Some(person) = args.person {
        return for_person(console, person);
    }
    let shift = match args.shift {
        Some(shift) => Some(Box::new(named(console, &shift, args.date)?)),
        None => None,
    };
    if let Some(place) = args.place {
        return place_board(console, place, shift);
    }
    let query = match shift {
        Some(shift) => Query::BoardOf { shift },
        None => Query::Board,
    };
    let Answer::Board(board) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    console.printer.value(&board);
    if !console.printer.is_json() {
        print(console, &board);
    }
    rows::say_what_is_not_here(console)?;
    Ok(Exit::Done)
}

/// Something that a person could sign now.
#[derive(Debug, Serialize)]
struct ToSignRow {
    kind: &'static str,
    which: String,
    of: String,
    sign: Words,
    details: Words,
    since: Option<Timestamp>,
    command: String,
}

impl From<ForMeRow> for ToSignRow {
    fn from(row: ForMeRow) -> Self {
        let ForMeRow { what, details, since, .. } = row;
        Self {
            kind: what.kind(),
            which: what.which(),
            of: what.of(),
            sign: what.act(),
            details,
            since,
            command: what.command(),
        }
    }
}

/// Prints what a person could sign now.
fn for_person(console: &Console, person: PersonId) -> Result<Exit, Fault> {
    let Answer::People(known) = rows::ask(console, &Query::People)? else {
        return Err(rows::mixed_up());
    };
    if !known.iter().any(|row| row.person == person) {
        return Err(Refusal::one(Reason::PersonUnknown { person }).into());
    }
    let Answer::ForMe(found) = rows::ask(console, &Query::ForMe { person, place: None })? else {
        return Err(rows::mixed_up());
    };
    let list: Vec<ToSignRow> = found.rows.into_iter().map(ToSignRow::from).collect();
    let head = ["sign", "which", "of", "since", "", "command"];
    rows::print(console, &head, &list, |row| {
        let since = rows::or_dash(row.since.map(minute));
        let (sign, details) = (row.sign.to_string(), row.details.to_string());
        vec![sign, row.which.clone(), row.of.clone(), since, details, row.command.clone()]
    });
    if found.more {
        console.printer.line("and more: only the first ones of a kind are listed");
    }
    rows::say_what_is_not_here(console)?;
    Ok(Exit::Done)
}

/// Prints where the figures of a place come from.
fn place_board(
    console: &Console,
    place: PlaceId,
    shift: Option<Box<Shift>>,
) -> Result<Exit, Fault> {
    console
        .reader()?
        .require_place(&PlaceTold { place: place.clone(), by: "--place".to_owned() })?;
    let Answer::PlaceBoard(board) =
        rows::ask(console, &Query::PlaceBoard { place: place.clone(), shift })?
    else {
        return Err(rows::mixed_up());
    };
    let board = board.ok_or_else(|| {
        Fault::refused(
            format!("{place} is not on the board of this station"),
            "it is of a work center that this station does not serve",
        )
        .next("ask a station that serves it; gemba place list has the places")
    })?;
    console.printer.value(&board);
    if !console.printer.is_json() {
        print_place(console, &board);
    }
    rows::say_what_is_not_here(console)?;
    Ok(Exit::Done)
}

fn print_place(console: &Console, board: &PlaceBoard) {
    let mark = if board.row.silent { ", silent" } else { "" };
    let shift = board.time.shift.as_ref().map(|shift| format!("{}, ", shift.words()));
    let shift = shift.unwrap_or_default();
    let complete = rows::or_dash(board.time.complete_to.map(minute));
    console.printer.line(format!("{}: {shift}complete to {complete}{mark}", board.row.place));
    let mut table = Vec::new();
    for order in &board.orders {
        for unit in &order.units {
            table.push(vec![
                unit.traveler.to_string(),
                order.part.to_string(),
                unit.good.to_string(),
                unit.scrap.to_string(),
                unit.failing.to_string(),
                unit.standing.to_string(),
                rows::or_dash(unit.last.map(minute)),
            ]);
        }
    }
    let head = ["unit", "part", "good", "scrap", "failing", "how it stands", "last"];
    console.printer.table(&head, &table);
    if board.left_out > 0 {
        console.printer.line(format!("and {} units more", board.left_out));
    }
    for cause in &board.causes {
        console.printer.line(format!("most: {}", cause.words()));
    }
}

/// A shift of a day by its name or number.
fn named(console: &Console, shift: &str, date: Option<Date>) -> Result<Shift, Fault> {
    let station = console.reader()?;
    let (calendar, zone) = super::shift::known(&station)?;
    let date = date.unwrap_or_else(|| station.today());
    let known = calendar.names().into_iter().map(str::to_owned).collect();
    calendar.named(date, shift, &zone).ok_or_else(|| {
        let shift = format!("{shift} of {date}");
        Refusal::one(ShiftReason::ShiftUnknown { shift, known }.into()).into()
    })
}

/// A part that this version does not have.
pub fn not_built(what: &str) -> Fault {
    Fault::refused(format!("X01 {what} is not built yet"), "this version refuses it by name")
        .next("use a newer gemba, or do without it")
}

/// Good and scrap by place and hour against what is planned. Where a place is silent its figures are
/// marked: there may be more.
fn made(console: &Console, board: &Board) {
    let mut table = Vec::new();
    for row in &board.places {
        let mark = if row.silent { "?" } else { "" };
        let hour = |hour: &HourRow| match hour.scrap {
            0 => hour.good.to_string(),
            scrap => format!("{}-{scrap}", hour.good),
        };
        let Figures { good, scrap, on_hold, .. } = row.figures;
        table.push(vec![
            row.place.to_string(),
            format!("{mark}{good}"),
            format!("{mark}{scrap}"),
            format!("{mark}{on_hold}"),
            rows::or_dash(row.plan),
            rows::or_dash(row.per_hour),
            row.hours.iter().map(hour).collect::<Vec<_>>().join(" "),
        ]);
    }
    let head = ["place", "good", "scrap", "hold", "plan", "an hour", "by the hour"];
    console.printer.table(&head, &table);
}

/// Who calls, what nobody accepted, and what is proposed.
fn print_floor(console: &Console, board: &Board) {
    for call in &board.help {
        let (id, words, standing) = (&call.call, call.words(), call.standing());
        console.printer.line(format!("call {id}: {words}, since {}: {standing}", minute(call.at)));
    }
    for handover in &board.handovers {
        let (id, by, at) = (&handover.handover, &handover.by, minute(handover.at));
        console.printer.line(format!("not accepted: {id}, given by {by}, {at}"));
    }
    for redline in &board.redlines {
        let (id, spot, by) = (&redline.redline, redline.spot(), &redline.by);
        console.printer.line(format!("redline {id} on {spot} from {by}: {}", redline.text));
    }
}

fn print(console: &Console, board: &Board) {
    let complete = rows::or_dash(board.time.complete_to.map(minute));
    let silent: Vec<&str> =
        board.places.iter().filter(|row| row.silent).map(|row| row.place.as_str()).collect();
    let silent =
        if silent.is_empty() { String::new() } else { format!(", silent: {}", silent.join(", ")) };
    let shift = board.time.shift.as_ref().map(|shift| format!("{}, ", shift.words()));
    let shift = shift.unwrap_or_default();
    console.printer.line(format!("{shift}complete to {complete}{silent}"));
    made(console, board);
    if board.time.link_down {
        console.printer.line("the server is out of reach: what is not here is not counted");
    }
    let figures = |figures: &Figures| {
        let Figures { finished, first_pass, begun, on_hold, scrapped, .. } = figures;
        let Figures { readings, failing, marginal, corrected, .. } = figures;
        let units = [finished, first_pass, begun, on_hold, scrapped];
        let all = units.into_iter().chain([readings, failing, marginal, corrected]);
        all.map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut table = Vec::new();
    for row in &board.places {
        let mut cells = vec![row.place.to_string()];
        cells.extend(figures(&row.figures));
        cells.push(if row.silent { "silent".to_owned() } else { String::new() });
        table.push(cells);
    }
    let mut total = vec!["all".to_owned()];
    total.extend(figures(&board.total));
    table.push(total);
    let head = [
        "place",
        "finished",
        "first pass",
        "begun",
        "on hold",
        "scrapped",
        "readings",
        "failing",
        "marginal",
        "corrected",
        "",
    ];
    console.printer.table(&head, &table);
    for row in &board.pieces {
        let PiecesRow { place, operation, good, scrap, rework } = row;
        let place = rows::or_dash(place.as_ref());
        console.printer.line(format!(
            "pieces at {place}, operation {operation}: {good} good, {scrap} scrap, {rework} to rework"
        ));
    }
    if let Some((words, doubt)) = board.ships.words() {
        let doubt = doubt.map(|doubt| format!("; {doubt}")).unwrap_or_default();
        console.printer.line(format!("{words}{doubt}"));
    }
    for cause in &board.causes {
        console.printer.line(format!("most: {}", cause.words()));
    }
    print_floor(console, board);
    print_open(console, board);
    print_stations(console, board);
}

/// Each station, and when something was heard of it last.
fn print_stations(console: &Console, board: &Board) {
    let cells = |row: &StationRow| {
        let places: Vec<&str> = row.places.iter().map(PlaceId::as_str).collect();
        vec![
            row.station.to_string(),
            places.join(" "),
            rows::or_dash(row.last_contact.map(minute)),
            if row.silent { "silent".to_owned() } else { String::new() },
            row.waiting.map_or_else(String::new, |facts| format!("{facts} waiting")),
        ]
    };
    let table: Vec<Vec<String>> = board.stations.iter().map(cells).collect();
    console.printer.table(&["station", "places", "last contact", "", ""], &table);
}

/// What is held, open, and waits for somebody.
fn print_open(console: &Console, board: &Board) {
    for row in &board.places {
        for held in &row.held {
            console.printer.line(format!("at {}: {}", row.place, held.words()));
        }
    }
    if let Some(words) = board.deviation_counts.words() {
        console.printer.line(format!("{}: {words}", console.called("deviations open")));
    }
    for deviation in &board.deviations {
        let DeviationView { id, required, found, .. } = deviation;
        let traveler = deviation.units_words();
        let severity = deviation.code.as_ref().map(|code| format!(", {}", code.severity.word()));
        let severity = severity.unwrap_or_default();
        console
            .printer
            .line(format!("open: {id} on {traveler}{severity}: {found}, required {required}"));
    }
    for range in &board.suspects {
        let (unit, held) = (&range.unit, range.held_words());
        console.printer.line(format!("suspect for {unit}, {}: {held}", range.name));
    }
    for review in &board.reviews {
        let ReviewRow { fact, subject, reasons, .. } = review;
        let reasons = reasons.join("; ");
        console.printer.line(format!("not accepted by the server: {fact} on {subject}: {reasons}"));
    }
}

/// A verdict, and by which permit a failing value goes on.
fn verdict(line: &TraceLine) -> String {
    let verdict = line.verdict.clone().unwrap_or_default();
    let permit = line.permit.as_ref().map(|permit| format!(", {permit}"));
    verdict + &permit.unwrap_or_default()
}

/// Prints everything recorded about one unit.
pub(super) fn print_trace(console: &Console, trace: &Trace) {
    let Trace { traveler, part, standing, first_pass, waiting, .. } = trace;
    let first = if *first_pass { "nothing failed in first attempts" } else { "not first pass" };
    console.printer.line(format!("{traveler}  {part}  {standing}  {first}"));
    for (what, id, revision, hash) in &trace.definitions {
        console.printer.line(format!("{what} {id} rev {revision}  {hash}"));
    }
    let table: Vec<Vec<String>> = trace
        .lines
        .iter()
        .map(|line| {
            vec![
                line.at.strftime("%F %T").to_string(),
                line.who.clone(),
                line.place.clone(),
                line.step.to_string(),
                line.what.to_string(),
                verdict(line),
                line.gauge.clone().unwrap_or_default(),
                if line.at_server { "at server".to_owned() } else { "saved".to_owned() },
                line.position.clone(),
            ]
        })
        .collect();
    let head = ["when (UTC)", "who", "place", "step", "what", "verdict", "gauge", "", "fact"];
    console.printer.table(&head, &table);
    for step in &trace.clock_steps {
        let (words, at) = (step.words(), minute(step.at));
        console.printer.line(format!(
            "the wall clock was {words}, at {at}: times before and after do not compare"
        ));
    }
    if *waiting > 0 {
        console.printer.line(format!("{waiting} facts are not at the server yet"));
    }
}
