//! `gemba trace`: where whatever a record names came from and went.

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::{Console, board, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::traced::Traced;
use crate::views::link::{WHOLE_NEXT, not_here};
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;
use crate::views::thread::{NamedRow, Thread, ThreadRow};
use crate::views::trace::Trace;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gemba trace WO-1881/0007\n  gemba trace TW-07\n  gemba trace \
                        material/SEAL-1/L-4711\n  gemba trace 'instruction/WI-1040/C'\n\nID is what \
                        stands on the label; where that names several things, each is listed by the \
                        text that names it alone: unit/ORDER/UNIT, order/ID, material/PART/LOT, \
                        component/PART/NUMBER, gauge/ID, person/ID, place/ID, instruction/ID[/REV], \
                        specification/PART[/REV], characteristic/PART/ID, deviation/ID, permit/ID, \
                        redline/ID.\n\nJSON, one value: thread (of, what, back, forward, both with depth, relation, traced, \
                        what, standing, at, fact; back_count, forward_count, skipped, \
                        not_here, catalog_age_s); of a unit besides: traveler, part, definitions, standing, \
                        first_pass, lines (position, id, at, who, place, kind, step, what, verdict, \
                        permit, signature (fact, signer, printed_name, role, meaning, at, components, \
                        covers, covering, uncovered_by; null where the fact is none), gauge, \
                        at_server), deviations, waiting, clock_steps (fact, at, by_ms). Where ID is \
                        ambiguous: found (traced, what), nearest."
)]
pub struct TraceArgs {
    /// Whatever a record names: a unit, order, lot, serial, gauge, person, place, revision,
    /// characteristic, deviation, permit or redline
    id: String,
    /// How many rows of each way are shown at most
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
    /// How many rows of each way are left out before the first
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: usize,
}

/// What is printed of a thing.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    trace: Option<Trace>,
    thread: Thread,
}

/// Prints where a thing came from and went; of a unit everything recorded besides.
pub fn trace(console: &Console, args: &TraceArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let of = meant(console, &station, ("trace", &args.id))?;
    let query = Query::Thread { of: of.clone(), skip: args.skip, limit: args.limit };
    let Answer::Thread(Some(thread)) = station.answer(&query)? else {
        return Err(rows::mixed_up());
    };
    let trace = if let Traced::Unit(id) = &of {
        let Answer::Trace(found) = station.answer(&Query::Trace { id: id.clone() })? else {
            return Err(rows::mixed_up());
        };
        found.map(|trace| *trace)
    } else {
        None
    };
    if let Some(trace) = &trace {
        board::print_trace(console, trace);
    } else {
        let words = if let Traced::Deviation(id) = &of {
            format!("{} {id}", console.called("deviation"))
        } else {
            of.words()
        };
        console.printer.line(format!("{words}  {}", thread.what));
    }
    print(console, &thread, args.limit);
    console.printer.value(&Told { trace, thread: *thread });
    Ok(Exit::Done)
}

/// The one thing that a text means; every one that it may mean is listed where there are several.
pub(super) fn meant(
    console: &Console,
    station: &Station,
    (command, text): (&str, &str),
) -> Result<Traced, Fault> {
    let Answer::Named(named) = station.answer(&Query::Named { text: text.to_owned() })? else {
        return Err(rows::mixed_up());
    };
    match named.found.as_slice() {
        [one] => Ok(one.traced.clone()),
        [] => {
            let next = named.nearest.as_ref().map_or_else(
                || "check the number, or sync this station".to_owned(),
                |near| format!("did you mean {near}? Else check the number, or sync this station"),
            );
            // What names it may be in what is not here.
            let (why, next) = match not_here(station.ledger.left_out()?) {
                Some(what) => (format!("nothing here names it; {what}"), WHOLE_NEXT.to_owned()),
                None => ("nothing recorded names it".to_owned(), next),
            };
            Err(Fault::refused(format!("{text} is not known here"), why).next(next))
        }
        [first, ..] => {
            console.printer.value(&json!({ "found": named.found, "nearest": named.nearest }));
            let cells = |row: &NamedRow| vec![row.traced.to_string(), row.what.to_string()];
            let table: Vec<Vec<String>> = named.found.iter().map(cells).collect();
            console.printer.table(&["which", "what it is"], &table);
            let count = named.found.len();
            Err(Fault::refused(format!("{text} may mean {count} things"), "it names each of them")
                .next(format!("say which one, such as gemba {command} {}", first.traced)))
        }
    }
}

fn print(console: &Console, thread: &Thread, limit: usize) {
    let ways = [
        ("back", &thread.back, thread.back_count),
        ("forward", &thread.forward, thread.forward_count),
    ];
    for (way, rows, count) in ways {
        let (from, to) = (thread.skipped + 1, thread.skipped + rows.len());
        let line = match (count, rows.len()) {
            (0, _) => format!("{way}: nothing is known here"),
            (_, shown) if shown == count => format!("{way}: {count}"),
            (_, 0) => format!("{way}: none after the first {} of {count}", thread.skipped),
            (_, _) => format!("{way}: {from} to {to} of {count}"),
        };
        console.printer.line(line);
        if !rows.is_empty() {
            let table: Vec<Vec<String>> = rows.iter().map(cells).collect();
            let head = ["", "", "what", "", "stands", "when (UTC)", "fact"];
            console.printer.table(&head, &table);
        }
    }
    if thread.back_count.max(thread.forward_count) > thread.skipped + limit {
        let (of, next) = (&thread.of, thread.skipped + limit);
        console.printer.line(format!("more: gemba trace {of} --skip {next}"));
    }
    rows::say_not_here(console, thread.not_here);
    if let Some(age_s) = thread.catalog_age_s {
        console.printer.line(format!("as known here {} min after the last contact", age_s / 60));
    }
}

fn cells(row: &ThreadRow) -> Vec<String> {
    vec![
        row.depth.to_string(),
        row.relation.to_string(),
        row.traced.to_string(),
        row.what.to_string(),
        rows::or_dash(row.standing.as_ref()),
        rows::or_dash(row.at.map(minute)),
        row.fact.clone(),
    ]
}
