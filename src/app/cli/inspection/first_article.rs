//! `gemba inspection first-article`: every characteristic accounted for, as AS9102 form 3 lists them.

use clap::Args;

use super::lots::{LotArgs, lot_of};
use crate::app::cli::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::views::first_article::{FirstArticleView, FormLine};
use crate::views::query::{Answer, Query};

/// The columns, in the order of the form.
const HEAD: [&str; 12] = [
    "characteristic number",
    "reference location",
    "characteristic designator",
    "name",
    "requirement",
    "lower",
    "upper",
    "unit",
    "results",
    "tooling",
    "nonconformance",
    "verdict",
];

#[derive(Debug, Args)]
pub struct FirstArticleArgs {
    #[command(flatten)]
    lot: LotArgs,
    /// Print the list as CSV
    #[arg(long)]
    csv: bool,
}

/// Lists every characteristic of a first article; what lacks a result is told by the exit code as well.
pub fn run(console: &Console, args: &FirstArticleArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let id = args.lot.series.id()?;
    let lot = lot_of(&station, &id, &args.lot.lot.lot)?;
    let Some(first) = &lot.first_article else {
        let what = format!("{} is no first article", lot.name());
        return Err(Fault::refused(what, "it was opened as any other lot")
            .next("open it as one: gemba inspection open --first-article"));
    };
    let (words, revision) = (first.words().to_string(), first.revision.clone());
    let query = Query::FirstArticle { series: id, opened: lot.opened.clone() };
    let Answer::FirstArticle(found) = station.answer(&query)? else { return Err(rows::mixed_up()) };
    let form = found.ok_or_else(|| {
        let what = format!("specification {} rev {revision} is not here", lot.part);
        Fault::refused(what, "its text has not come").next("gemba sync")
    })?;
    print(console, &form, (&words, args.csv));
    let whole = form.lines.iter().all(|line| line.missing.is_empty());
    Ok(if whole { Exit::Done } else { Exit::Refused })
}

fn print(console: &Console, form: &FirstArticleView, (words, csv): (&str, bool)) {
    let printer = &console.printer;
    printer.value(form);
    if csv {
        printer.line(rows::csv_line(&HEAD.map(str::to_owned)));
        for line in &form.lines {
            printer.line(rows::csv_line(&cells(line)));
        }
        return;
    }
    let lot = &form.lot;
    printer.line(format!("{}: {}", lot.name(), lot.standing));
    printer.line(format!("{} rev {}, drawing {}", form.part, form.revision, form.drawing));
    printer.line(words);
    let table: Vec<Vec<String>> = form.lines.iter().map(short).collect();
    let head = ["no.", "at", "designator", "characteristic", "requirement", "results", "tooling"];
    let head: Vec<&str> = head.into_iter().chain(["nonconformance", ""]).collect();
    printer.table(&head, &table);
}

fn list<T: ToString>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn cells(line: &FormLine) -> Vec<String> {
    let number = |number: &Option<_>| list(number.as_slice());
    vec![
        line.number.clone(),
        line.location.clone(),
        line.designator.to_string(),
        line.name.clone(),
        line.requirement.clone(),
        number(&line.lower),
        number(&line.upper),
        line.unit.clone().unwrap_or_default(),
        line.results_words().to_string(),
        list(&line.gauges),
        list(&line.nonconformances),
        line.standing().to_owned(),
    ]
}

/// A line for people: the limits are in the requirement.
fn short(line: &FormLine) -> Vec<String> {
    let mut row = cells(line);
    row.drain(5..8);
    row
}
