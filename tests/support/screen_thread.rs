//! A thread as a store would tell it: a pump, its housing, the wrench, and a lot with many units.

use gemba::domain::traced::Traced;
use gemba::views::find::{Found, FoundRow};
use gemba::views::thread::{Named, NamedRow, Thread, ThreadRow};
use jiff::Timestamp;

/// As many units as a lot went into.
const MANY: usize = 431;

fn traced(text: &str) -> Traced {
    Traced::parse(text).unwrap()
}

/// What a text may mean: a unit's number two things, another text one, and some nothing.
pub(crate) fn named(text: &str) -> Named {
    let row = |named: &str, what: &str| NamedRow { traced: traced(named), what: what.to_owned() };
    let found = match text {
        "0007" => vec![
            row("unit/WO-1881/0007", "CP-40, finished"),
            row("unit/WO-1790/0007", "CP-40, shipped 2026-11-02 10:12"),
        ],
        "TW-07" => vec![row("gauge/TW-07", "Torque wrench, torque-wrench")],
        "c-gap" => vec![row("characteristic/CP-40/c-gap", "characteristic c-gap of CP-40")],
        "L-22" => vec![row("material/seal/L-22", "seal from Nordic, good until 2027-03-01")],
        _ => Vec::new(),
    };
    let nearest = found.is_empty().then(|| traced("gauge/TW-07"));
    Named { found, nearest }
}

fn row(relation: &str, of: &str, (depth, what, standing): (u32, &str, Option<&str>)) -> ThreadRow {
    ThreadRow {
        depth,
        relation: relation.to_owned(),
        traced: traced(of),
        what: what.to_owned(),
        standing: standing.map(ToOwned::to_owned),
        at: Some("2026-11-23T05:10:00Z".parse::<Timestamp>().unwrap()),
        fact: "ledger-HP1.1.41".to_owned(),
    }
}

/// The thread of a thing, a page of it.
pub(crate) fn thread(of: &Traced, (skip, limit): (usize, usize)) -> Thread {
    let (what, back, forward) = match of.to_string().as_str() {
        "unit/WO-1881/0007" => ("CP-40, finished", pump(), Vec::new()),
        "material/seal/L-22" => ("seal from Nordic", Vec::new(), seals()),
        _ => ("Torque wrench", wrench(), measured()),
    };
    let (back_count, forward_count) = (back.len(), forward.len());
    let page = |rows: Vec<ThreadRow>| rows.into_iter().skip(skip).take(limit).collect();
    Thread {
        of: of.clone(),
        what: what.to_owned(),
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
    vec![
        row(
            "built in",
            "unit/WO-H/HS-1",
            (1, "housing HS-1 at 20 scan of WO-1881/0007", Some("finished, on hold: a crack")),
        ),
        row("built in", "material/seal/L-22", (1, "seal L-22 at 20 scan of WO-1881/0007", None)),
        row("built in", "component/rotor/R-9", (2, "rotor R-9 at 10 fit of WO-H/HS-1", None)),
        row("measured with", "gauge/TW-07", (1, "gauge TW-07", None)),
        row("made by", "instruction/WI-1040/C", (1, "instruction WI-1040 rev C", None)),
        row("worked on by", "person/novak", (1, "A. Novak", None)),
        row("worked on at", "place/ASM-1", (1, "place ASM-1", None)),
        row("permitted by", "permit/DP-HP1-0001", (1, "permit DP-HP1-0001", None)),
        row("ordered by", "order/WO-1881", (1, "order WO-1881", None)),
    ]
}

fn wrench() -> Vec<ThreadRow> {
    vec![row("record", "gauge/TW-07", (1, "gauge calibrated: due 2026-12-01", None))]
}

fn measured() -> Vec<ThreadRow> {
    let shipped =
        "shipped 2026-11-20 14:02, then certificate ledger-HP1.1.99 not valid, on hold: recall";
    vec![
        row(
            "measured with",
            "unit/WO-1881/0007",
            (1, "measured with gauge TW-07", Some("finished")),
        ),
        row("measured with", "unit/WO-1881/0006", (1, "measured with gauge TW-07", Some(shipped))),
    ]
}

fn seals() -> Vec<ThreadRow> {
    let unit = |n: usize| {
        let of = format!("unit/WO-1881/{n:04}");
        row("built into", &of, (1, "L-22 built in at 20 scan", Some("finished")))
    };
    (1..=MANY).map(unit).collect()
}

/// What the palette can go to: over a unit also what is measured on it.
pub(crate) fn spots(here: Option<&Traced>) -> Vec<NamedRow> {
    let mut rows = vec![
        ("unit/WO-1881/0007", "CP-40, 20 Assembly"),
        ("unit/WO-1881/0008", "CP-40"),
        ("unit/WO-1884/L-22", "CP-41"),
        ("order/WO-1881", "CP-40, 12 units"),
        ("deviation/NCR-ASM1-0001", "on WO-1881/0007, major"),
        ("instruction/WI-1040/C", "Fit and torque the pump cover"),
        ("gauge/TW-07", "Torque wrench 5-50"),
        ("place/ASM-2", "Press and torque bench"),
    ];
    if matches!(here, Some(Traced::Unit(_))) {
        rows.push(("characteristic/CP-40/c-torque", "4 Bolt torque, 25 ±2 N·m"));
    }
    let row = |(name, what): (&str, &str)| NamedRow {
        traced: Traced::parse(name).unwrap(),
        what: what.to_owned(),
    };
    rows.into_iter().map(row).collect()
}

/// What is found by words: a step where they stand, what was proposed and permitted, a specification
/// and what it asks for, and nothing otherwise.
pub(crate) fn told(words: &str) -> Found {
    let row = |of: &str, step: Option<&str>, line: &str| FoundRow {
        of: traced(of),
        step: step.map(str::to_owned),
        what: "what it is".to_owned(),
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
