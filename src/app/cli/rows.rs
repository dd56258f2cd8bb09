//! Rows that a store answered, printed as a table or as JSON.

use serde::Serialize;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::ledger::error::LedgerError;
use crate::views::board::Complete;
use crate::views::link::not_here_words;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

/// Asks this station's store.
pub fn ask(console: &Console, query: &Query) -> Result<Answer, Fault> {
    Ok(console.reader()?.answer(query)?)
}

/// Each row as one JSON value, or all of them as a table.
pub fn print<T: Serialize>(
    console: &Console,
    head: &[&str],
    rows: &[T],
    cells: impl Fn(&T) -> Vec<String>,
) {
    for row in rows {
        console.printer.value(row);
    }
    let table: Vec<Vec<String>> = rows.iter().map(cells).collect();
    if table.is_empty() {
        console.printer.line("none");
    } else {
        console.printer.table(head, &table);
    }
}

/// Says beside a list that it may lack something, because orders that are over are not here.
pub fn say_not_here(console: &Console, streams: u64) {
    if let Some(words) = not_here_words(streams) {
        console.printer.line(format!("! {words}"));
    }
}

/// As before, for a list of which nobody lets go on or holds by what it lacks.
pub fn say_what_is_not_here(console: &Console) -> Result<(), Fault> {
    say_not_here(console, console.reader()?.ledger.left_out()?);
    Ok(())
}

/// A list that may lack something is no answer to rely on: the exit code tells it too.
pub fn whole_or_not(not_here: u64) -> Exit {
    if not_here == 0 { Exit::Done } else { Exit::Refused }
}

/// Says up to when what is listed is complete, and which places are silent.
pub fn say_complete(console: &Console, complete: &Complete) {
    let silent: Vec<&str> = complete.silent.iter().map(|row| row.place.as_str()).collect();
    let silent =
        if silent.is_empty() { String::new() } else { format!(", silent: {}", silent.join(", ")) };
    let to = or_dash(complete.complete_to.map(minute));
    console.printer.line(format!("complete to {to}{silent}"));
}

/// A date or other value that may be absent.
pub fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The answer was to another question: a fault of ours.
pub fn mixed_up() -> Fault {
    LedgerError::Fault { what: "an answer to another question".to_owned() }.into()
}

/// Whether a spreadsheet would calculate a cell instead of showing it; a number with its sign it shows.
fn is_formula(cell: &str) -> bool {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    begins && cell.parse::<rust_decimal::Decimal>().is_err()
}

/// A line of a table as RFC 4180 says: quoted where it must be. What a spreadsheet would calculate has
/// an apostrophe before it.
pub fn csv_line(cells: &[String]) -> String {
    let quoted = |cell: &String| {
        let cell = if is_formula(cell) { format!("'{cell}") } else { cell.clone() };
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(",")
}
