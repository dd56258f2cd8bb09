//! Rows that a store answered, printed as a table or as JSON.

use serde::Serialize;

use super::Console;
use crate::app::fault::Fault;
use crate::ledger::error::LedgerError;
use crate::views::query::{Answer, Query};

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

/// A date or other value that may be absent.
pub fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The answer was to another question: a fault of ours.
pub fn mixed_up() -> Fault {
    LedgerError::Fault { what: "an answer to another question".to_owned() }.into()
}
