//! `gemba inspection show`, `list`, `to-open` and `series`: what is known of lots.

use super::lots::{LotArgs, SeriesArgs, lot_of, series_of, to_sign};
use crate::app::cli::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::views::inspection::{LotToOpen, LotView, PieceView};
use crate::views::query::{Answer, Query};

/// Shows a lot: its plan, why so strictly, which pieces, what was found.
pub fn show(console: &Console, args: &LotArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let view = lot_of(&station, &args.series.id()?, &args.lot.lot)?;
    console.printer.value(&view);
    let printer = &console.printer;
    printer.line(format!("{}: {}", view.name(), view.standing));
    printer.line(format!("{} rev {}: {}", view.instruction, view.revision, view.rule));
    printer.line(format!("{}: {}", view.severity, view.why));
    printer.line(view.plan());
    printer.line(view.found());
    say_remaining(console, &view);
    for line in view.decided.iter().chain(&view.disposed) {
        printer.line(line);
    }
    if let Some(deviation) = &view.deviation {
        printer.line(format!("held for {deviation}"));
    }
    if let Some(first) = &view.first_article {
        printer.line(first.words());
    }
    if let Some(words) = open_words(&view) {
        printer.line(words);
    }
    for words in &view.recorded_twice {
        printer.line(format!("! recorded more than once, unseen: {words}"));
    }
    for words in &view.unseen {
        printer.line(format!("! recorded unseen by the acceptance: {words}"));
    }
    if view.contradicted {
        printer.line("what was recorded unseen by the decision contradicts it");
    }
    if let Some(words) = to_sign(&view) {
        printer.line(words);
    }
    if let Some(why) = &view.held {
        printer.line(format!("nothing of it is built in: {why}"));
    }
    if view.to_dispose {
        printer.line("somebody says what becomes of it: gemba inspection dispose");
    }
    let row = |record: &PieceView| {
        let note = match (&record.reason, record.corrected) {
            (_, true) => "corrected since".to_owned(),
            (Some(reason), false) => format!("corrects: {reason}"),
            (None, false) => String::new(),
        };
        let values: Vec<String> =
            record.values.iter().map(|value| value.words().to_string()).collect();
        vec![record.piece.to_string(), values.join("; "), record.by.clone(), note]
    };
    let table: Vec<Vec<String>> = view.records.iter().map(row).collect();
    if !table.is_empty() {
        printer.table(&["piece", "found", "by", ""], &table);
    }
    Ok(Exit::Done)
}

/// The deviations that name values of its pieces.
pub(super) fn open_words(view: &LotView) -> Option<String> {
    let names: Vec<String> = view.deviations.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| format!("values of its pieces are named by {}", names.join(", ")))
}

/// Says which pieces are to be inspected.
pub(super) fn say_remaining(console: &Console, view: &LotView) {
    if view.remaining.is_empty() {
        return;
    }
    let pieces: Vec<String> = view.remaining.iter().map(ToString::to_string).collect();
    console.printer.text(format!("inspect pieces {}", pieces.join(", ")));
}

/// Lists what came in and can be opened.
pub fn to_open(console: &Console) -> Result<Exit, Fault> {
    let Answer::LotsToOpen(found) = rows::ask(console, &Query::LotsToOpen)? else {
        return Err(rows::mixed_up());
    };
    let row = |lot: &LotToOpen| {
        let by: Vec<String> = lot.by.iter().map(|by| by.instruction.to_string()).collect();
        let size = lot.size.map_or_else(String::new, |size| size.to_string());
        let again = match (lot.again, &lot.unit) {
            (false, _) => "",
            (true, None) => "again, sorted",
            (true, Some(_)) => "again",
        };
        let (part, lot, supplier) =
            (lot.part.to_string(), lot.lot.to_string(), lot.supplier.clone());
        vec![part, lot, supplier, size, by.join(", "), again.to_owned()]
    };
    rows::print(console, &["part", "lot", "supplier", "pieces", "by", ""], &found, row);
    Ok(Exit::Done)
}

/// Lists lots: those that wait for somebody, or all.
pub fn list(console: &Console, all: bool) -> Result<Exit, Fault> {
    let Answer::Inspections(found) = rows::ask(console, &Query::Inspections { decided: all })?
    else {
        return Err(rows::mixed_up());
    };
    let head = ["part", "lot", "supplier", "severity", "plan", "found", "remain", ""];
    rows::print(console, &head, &found, cells);
    Ok(Exit::Done)
}

fn cells(view: &LotView) -> Vec<String> {
    vec![
        view.part.to_string(),
        view.lot.to_string(),
        view.supplier.clone(),
        view.severity.to_string(),
        view.plan().to_string(),
        view.nonconforming.len().to_string(),
        view.remaining.len().to_string(),
        view.standing.clone(),
    ]
}

/// The history of a series with severities and why, and how the next lot is inspected.
pub fn series(console: &Console, args: &SeriesArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let view = series_of(&station, &args.id()?)?;
    console.printer.value(&view);
    let table: Vec<Vec<String>> = view
        .lots
        .iter()
        .map(|lot| {
            let mut row = cells(lot);
            row.drain(0..1);
            row.remove(1);
            row.push(lot.why.to_string());
            row
        })
        .collect();
    console.printer.table(&["lot", "severity", "plan", "found", "remain", "", "why"], &table);
    for next in &view.next {
        let by = format!("{} rev {}, {}", next.instruction, next.revision, next.rule);
        if next.discontinued {
            console.printer.line(format!("next by {by}: discontinued"));
        } else if let Some(lot) = &next.opened_twice {
            let next = "quality takes it up again (gemba inspection choose)";
            console
                .printer
                .line(format!("next by {by}: stopped, two stations opened {lot}; {next}"));
        } else {
            let score = format!("switching score {}", next.score);
            let earned = if next.may_be_reduced { ", reduced may be approved" } else { "" };
            let why = format!("{}: {}", next.severity, next.why);
            console.printer.line(format!("next by {by}: {why}; {score}{earned}"));
        }
    }
    Ok(Exit::Done)
}
