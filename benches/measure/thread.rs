//! How long it takes to trace and to call back where thousands of units were reached.

use std::path::Path;

use gemba::domain::traced::Traced;
use gemba::ledger::store::Ledger;
use gemba::views::query::{Answer, Query};
use gemba::views::thread::Span;

use crate::generator::SEALS;
use crate::plant::{Plant, moment};
use crate::report::{Line, Target, Times, timed};

/// How often each is asked.
const ASKED: usize = 10;
/// How many rows a page of a trace has.
const ROWS: usize = 200;

/// Traces and recalls on the big store, which they find as large as it is; the holds come last.
pub(crate) fn traces(big: &Path) -> Vec<Line> {
    let lot = traced(&format!("component/seal/{SEALS}"));
    let thread = |of: &Traced| Query::Thread { of: of.clone(), skip: 0, limit: ROWS };
    let recall = Query::Recall { of: lot.clone(), span: Span::default() };
    vec![
        asked(big, "trace of a unit", &thread(&traced("unit/WO-2001/0007")), 50.0),
        asked(big, "trace of a gauge: every unit", &thread(&traced("gauge/TW-07")), 1_000.0),
        asked(big, "trace of a lot: every unit", &thread(&lot), 1_000.0),
        asked(big, "recall of a lot: every unit", &recall, 2_000.0),
        asked(big, "what is finished and what went out", &Query::Ships, 100.0),
        asked(big, "the shift board", &Query::Board, 100.0),
        held(big, &recall),
    ]
}

fn traced(text: &str) -> Traced {
    Traced::parse(text).unwrap()
}

fn asked(dir: &Path, what: &'static str, query: &Query, most_ms: f64) -> Line {
    let mut ours = Times::default();
    for _ in 0..ASKED {
        let ledger = Ledger::open(dir).unwrap();
        ours.add(timed(|| ledger.answer(query, &moment(2_000_000)).unwrap()).0);
    }
    Line { what, ours, floor: None, target: Target::P99Ms(most_ms), failures: 0 }
}

/// Every unit that the lot reached is held as one act.
fn held(dir: &Path, query: &Query) -> Line {
    let mut plant = Plant::join(dir, "tty-1");
    plant.go_to("quade", "ASM-1");
    let answer = plant.ledger.answer(query, &moment(2_000_000)).unwrap();
    let Answer::Recall(Some(recall)) = answer else { panic!("{answer:?}") };
    let holds = recall.holds("wrong hardness");
    assert!(holds.len() > 1_000, "{} units", holds.len());
    let mut ours = Times::default();
    ours.add(timed(|| plant.tell_all(holds)).0);
    let target = Target::P99Ms(20_000.0);
    Line { what: "every unit of a recall held", ours, floor: None, target, failures: 0 }
}
