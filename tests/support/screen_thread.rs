//! A thread as a store would tell it: a pump, its housing, the wrench, and a lot with many units.

use gemba::domain::fact::Position;
use gemba::domain::traced::Traced;
use gemba::domain::traveler::fact::HoldReason;
use gemba::domain::words::Words;
use gemba::views::find::{Found, FoundRow};
use gemba::views::thread::{Named, NamedRow, Thread, ThreadRow};
use jiff::Timestamp;

use super::ours::{listed, ours, with};

/// As many units as a lot went into.
const MANY: usize = 431;

fn traced(text: &str) -> Traced {
    Traced::parse(text).unwrap()
}

/// A unit of the pump, as it stands.
fn pump_that(stands: Words) -> Words {
    listed([Words::given("CP-40"), stands])
}

/// Where a unit went out, and its certificate.
fn shipped(sentence: &'static str, when: &str) -> Words {
    ours(sentence).and("when", when).and("certificate", "ledger-HP1.1.99")
}

fn held(way: Words, why: HoldReason) -> Words {
    with(with(ours("{way}, on hold: {why}"), "way", way), "why", why.words())
}

/// What a text may mean: a unit's number two things, another text one, and some nothing.
pub(crate) fn named(text: &str) -> Named {
    let row = |named: &str, what: Words| NamedRow { traced: traced(named), what };
    let found = match text {
        "0007" => {
            let out = shipped("shipped {when}, certificate {certificate}", "2026-11-02 10:12 UTC");
            vec![
                row("unit/WO-1881/0007", pump_that(ours("finished"))),
                row("unit/WO-1790/0007", pump_that(out)),
            ]
        }
        "TW-07" => vec![row("gauge/TW-07", Words::given("Torque wrench, torque-wrench"))],
        "TW-99" => vec![row("gauge/TW-99", Words::given("Torque wrench, torque-wrench"))],
        "c-gap" => {
            let measured = ours("measured on {units} units").and("units", 12);
            vec![row("characteristic/CP-40/c-gap", measured)]
        }
        "L-22" => {
            let good = ours("good until {date}").and("date", "2027-03-01");
            vec![row("material/seal/L-22", listed([seal(), good]))]
        }
        _ => Vec::new(),
    };
    let nearest = found.is_empty().then(|| traced("gauge/TW-07"));
    Named { found, nearest }
}

fn seal() -> Words {
    ours("{part} from {supplier}").and("part", "seal").and("supplier", "Nordic")
}

fn row(relation: &'static str, of: &str, what: Words) -> ThreadRow {
    ThreadRow {
        depth: 1,
        relation: ours(relation),
        traced: traced(of),
        what,
        standing: None,
        at: Some("2026-11-23T05:10:00Z".parse::<Timestamp>().unwrap()),
        fact: "ledger-HP1.1.41".to_owned(),
    }
}

/// A row that says what it is.
fn named_row(relation: &'static str, of: &str) -> ThreadRow {
    row(relation, of, traced(of).said())
}

/// The thread of a thing, a page of it.
pub(crate) fn thread(of: &Traced, (skip, limit): (usize, usize)) -> Thread {
    let (what, back, forward) = match of.to_string().as_str() {
        "unit/WO-1881/0007" => (pump_that(ours("finished")), pump(), Vec::new()),
        "material/seal/L-22" => (seal(), Vec::new(), seals()),
        "gauge/TW-99" => (Words::given("Torque wrench, torque-wrench"), long(), Vec::new()),
        _ => (Words::given("Torque wrench, torque-wrench"), wrench(), measured()),
    };
    let (back_count, forward_count) = (back.len(), forward.len());
    let page = |rows: Vec<ThreadRow>| rows.into_iter().skip(skip).take(limit).collect();
    Thread {
        of: of.clone(),
        what,
        back: page(back),
        forward: page(forward),
        back_count,
        forward_count,
        skipped: skip,
        not_here: 0,
        catalog_age_s: Some(2_520),
    }
}

fn pump() -> Vec<ThreadRow> {
    let built_in = |of: &str, component: &str, (operation, step, unit): (u32, &str, &str)| {
        let at = ours("{component} at {operation} {step} of {unit}").and("component", component);
        let at = at.and("operation", operation).and("step", step).and("unit", unit);
        row("built in", of, at)
    };
    let pump = (20, "scan", "WO-1881/0007");
    let housing = built_in("unit/WO-H/HS-1", "housing HS-1", pump);
    let standing = held(ours("finished"), HoldReason::Raised);
    let rotor = built_in("component/rotor/R-9", "rotor R-9", (10, "fit", "WO-H/HS-1"));
    vec![
        ThreadRow { standing: Some(standing), ..housing },
        built_in("material/seal/L-22", "seal L-22", pump),
        ThreadRow { depth: 2, ..rotor },
        named_row("measured with", "gauge/TW-07"),
        named_row("made by", "instruction/WI-1040/C"),
        row("worked on by", "person/novak", Words::given("A. Novak")),
        named_row("worked on at", "place/ASM-1"),
        named_row("permitted by", "permit/DP-HP1-0001"),
        named_row("ordered by", "order/WO-1881"),
    ]
}

fn wrench() -> Vec<ThreadRow> {
    vec![row("noun|record", "gauge/TW-07", ours("gauge calibrated"))]
}

/// A record that says a great deal.
fn long() -> Vec<ThreadRow> {
    let said: Vec<String> = (1..=80).map(|n| format!("reason-{n}")).collect();
    vec![row("noun|record", "gauge/TW-99", Words::given(said.join(" ")))]
}

fn measured() -> Vec<ThreadRow> {
    let with_it = |unit: &str, standing| {
        let said = with(Words::plain("{relation} {of}"), "relation", ours("measured with"));
        let said = with(said, "of", traced("gauge/TW-07").said());
        ThreadRow { standing: Some(standing), ..row("measured with", unit, said) }
    };
    let out =
        shipped("shipped {when}, then certificate {certificate} not valid", "2026-11-20 14:02 UTC");
    let recall = HoldReason::Recall {
        of: traced("material/seal/L-22"),
        fact: Position::parse("ledger-HP1.1.41").unwrap(),
        reason: "porous".to_owned(),
    };
    vec![
        with_it("unit/WO-1881/0007", ours("finished")),
        with_it("unit/WO-1881/0006", held(out, recall)),
    ]
}

fn seals() -> Vec<ThreadRow> {
    let unit = |n: usize| {
        let said = ours("{what} built in at {step}").and("what", "L-22").and("step", "20 scan");
        let row = row("built into", &format!("unit/WO-1881/{n:04}"), said);
        ThreadRow { standing: Some(ours("finished")), ..row }
    };
    (1..=MANY).map(unit).collect()
}

/// What the palette can go to: over a unit also what is measured on it.
pub(crate) fn spots(here: Option<&Traced>) -> Vec<NamedRow> {
    let row = |name: &str, what: Words| NamedRow { traced: traced(name), what };
    let given = |name: &str, what: &str| row(name, Words::given(what));
    let order = ours("{part}, {units} units").and("part", "CP-40").and("units", 12);
    let deviation = listed([ours("on {unit}").and("unit", "WO-1881/0007"), ours("major")]);
    let mut rows = vec![
        given("unit/WO-1881/0007", "CP-40, 20 Assembly"),
        given("unit/WO-1881/0008", "CP-40"),
        given("unit/WO-1884/L-22", "CP-41"),
        row("order/WO-1881", order),
        row("deviation/NCR-ASM1-0001", deviation),
        given("instruction/WI-1040/C", "Fit and torque the pump cover"),
        given("gauge/TW-07", "Torque wrench 5-50"),
        given("place/ASM-2", "Press and torque bench"),
    ];
    if matches!(here, Some(Traced::Unit(_))) {
        rows.push(given("characteristic/CP-40/c-torque", "4 Bolt torque, 25 ±2 N·m"));
    }
    rows
}

/// What is found by words: a step where they stand, what was proposed and permitted, a specification
/// and what it asks for, and nothing otherwise.
pub(crate) fn told(words: &str) -> Found {
    let row = |of: &str, step: Option<&str>, line: &str| FoundRow {
        of: traced(of),
        step: step.map(str::to_owned),
        what: Words::given("what it is"),
        line: line.to_owned(),
    };
    let rows = match words {
        _ if words.contains("cross") => {
            let line = "Tighten in a cross pattern, twice.";
            vec![row("instruction/WI-1040/C", Some("torque"), line)]
        }
        "socket" => vec![row("redline/RL-ASM1-0001", None, "say which socket")],
        "widened" => vec![row("permit/DP-ASM1-0001", None, "CP-40 Bolt torque c-torque")],
        "drawing" => vec![row("specification/CP-40/F", None, "D-4410 rev F")],
        "balloon" => vec![row("characteristic/CP-40/c-torque", None, "25 ±2 N·m")],
        _ => Vec::new(),
    };
    Found { rows, behind: 0 }
}
