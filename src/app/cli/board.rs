//! `gemba board` and `gemba trace`.

use clap::Args;

use super::traveler::traveler_id;
use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::stream::TravelerId;
use crate::views::board::{Board, Figures, PiecesRow, ReviewRow};
use crate::views::deviation::DeviationView;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;
use crate::views::trace::Trace;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba board --json\n\nJSON: since, complete_to, link_down, total \
                        and places with figures (finished, first_pass, begun, on_hold, scrapped, \
                        readings, failing, marginal, corrected), deviations, reviews, pieces (place, operation, \
                        good, scrap, rework)"
)]
pub struct BoardArgs {
    /// A shift; until shift calendars are built, the board counts since the site's midnight
    #[arg(long, value_name = "S")]
    shift: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: gemba trace WO-1881/0007\n\nJSON: traveler, part, definitions, \
                        standing, first_pass, lines (position, id, at, who, place, kind, step, \
                        what, verdict, signature (fact, signer, printed_name, role, meaning, at, \
                        components, covers, covering, uncovered_by; null where the fact is \
                        none), gauge, at_server), deviations, waiting, clock_steps (fact, at, \
                        by_ms)")]
pub struct TraceArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    unit: TravelerId,
}

/// Prints the shift board.
pub fn board(console: &Console, args: BoardArgs) -> Result<Exit, Fault> {
    if let Some(shift) = args.shift {
        return Err(not_built(&format!("the board of shift {shift}")));
    }
    let Answer::Board(board) = rows::ask(console, &Query::Board)? else {
        return Err(rows::mixed_up());
    };
    console.printer.value(&board);
    if !console.printer.is_json() {
        print(console, &board);
    }
    Ok(Exit::Done)
}

/// A part that this version does not have.
pub fn not_built(what: &str) -> Fault {
    Fault::refused(format!("X01 {what} is not built yet"), "this version refuses it by name")
        .next("use a newer gemba, or do without it")
}

fn print(console: &Console, board: &Board) {
    let complete = rows::or_dash(board.complete_to);
    console.printer.line(format!("complete to {complete}"));
    if board.link_down {
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
    for deviation in &board.deviations {
        let DeviationView { id, traveler, required, found, .. } = deviation;
        console.printer.line(format!("open: {id} on {traveler}: {found}, required {required}"));
    }
    for review in &board.reviews {
        let ReviewRow { fact, subject, reasons, .. } = review;
        let reasons = reasons.join("; ");
        console.printer.line(format!("not accepted by the server: {fact} on {subject}: {reasons}"));
    }
}

/// Prints everything about one unit.
pub fn trace(console: &Console, args: TraceArgs) -> Result<Exit, Fault> {
    let id = args.unit;
    let Answer::Trace(found) = rows::ask(console, &Query::Trace { id: id.clone() })? else {
        return Err(rows::mixed_up());
    };
    let trace = found.ok_or_else(|| {
        Fault::refused(format!("{id} is not known here"), "nothing was recorded about it")
            .next("check the number, or sync this station")
    })?;
    console.printer.value(&trace);
    if !console.printer.is_json() {
        print_trace(console, &trace);
    }
    Ok(Exit::Done)
}

fn print_trace(console: &Console, trace: &Trace) {
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
                line.step.clone(),
                line.what.clone(),
                line.verdict.clone().unwrap_or_default(),
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
