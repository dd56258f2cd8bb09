//! `gemba find`: anything at this station by words of it.

use clap::Args;

use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::views::find::FoundRow;
use crate::views::query::{Answer, Query};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gemba find cross pattern\n  gemba find lindqv\n  gemba find dichtung \
                        --limit 5\n\nEach word is a word or its beginning; case and accents count for \
                        nothing, and ae, oe, ue, ss find an umlaut too. No sign means anything else. \
                        Instructions and specifications are searched in the revision that is in \
                        effect.\n\nJSON, one value: rows (of, step, what, line), behind (facts that \
                        are not searched yet). Exit code 1 where nothing is found."
)]
pub struct FindArgs {
    /// What is looked for
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// How many are shown at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// Prints what has each of the words, once everything stored can be found.
pub fn run(console: &Console, args: &FindArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    while station.ledger.catch_up_find()? > 0 {}
    let words = args.words.join(" ");
    let query = Query::Find { words: words.clone(), limit: args.limit };
    let Answer::Found(found) = station.answer(&query)? else { return Err(rows::mixed_up()) };
    console.printer.value(&found);
    if found.rows.is_empty() {
        let what = format!("nothing here has {words:?}");
        return Err(Fault::refused(what, "each word is looked for, or one that begins so")
            .next("leave a word out, or sync this station"));
    }
    let table: Vec<Vec<String>> = found.rows.iter().map(cells).collect();
    console.printer.table(&["which", "step", "what it is", "where it stands"], &table);
    Ok(Exit::Done)
}

fn cells(row: &FoundRow) -> Vec<String> {
    let step = rows::or_dash(row.step.as_ref());
    vec![row.of.to_string(), step, row.what.to_string(), row.line.clone()]
}
