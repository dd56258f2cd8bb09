//! Read models: kept along the way they are what a rebuild makes of the facts.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::fact::Written;
use gemba::domain::feeds::Feed;
use gemba::domain::order::OrderCommand;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::ledger::store::Ledger;
use gemba::views::query::{Answer, Query};
use gemba::views::queue::QueueState;
use gemba::views::scan::ScanMeaning;

use crate::support::bench::{Bench, UNIT, id, moment, newton, page_after, step_at, traveler};

/// Chance that can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % sides
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }
}

/// One random act of a random person on a random unit; most are refused, some are not.
fn act(bench: &mut Bench, dice: &mut Dice) {
    let unit = traveler(dice.pick(&[UNIT, "WO-1881/0008", "WO-1881/0009"]));
    let state = bench.unit(&unit.to_string());
    let waits = state.to_retype().map(|(_, reading, _)| reading.clone());
    let open = state.open_holds().find_map(|(_, hold)| hold.placed.deviation.clone());
    bench.sign_in(dice.pick(&["novak", "okafor", "ilves", "novak"])).at("ASM-1");
    let at = step_at(dice.pick(&["clean", "torque", "release"]));
    let value = newton(dice.pick(&["25", "24.1", "26.9", "27.3", "22"]));
    let command = match dice.roll(10) {
        0 | 1 => TravelerCommand::Start,
        2 => TravelerCommand::Record { at, ask: 1, sample: 1, entry: Entry::Answer(true) },
        3 => TravelerCommand::CompleteStep { at },
        4 => TravelerCommand::Pause { reason: "break".to_owned() },
        5 => TravelerCommand::Resume,
        6 => TravelerCommand::Sign { at, ask: 1, printed_name: "I. Ilves".to_owned() },
        7 => match waits {
            Some(reading) => TravelerCommand::Retype { reading, value },
            None => TravelerCommand::RaiseDeviation { at, note: "scratched".to_owned() },
        },
        8 => match open {
            Some(deviation) => {
                bench.sign_in("sato");
                let disposition = match dice.roll(4) {
                    0 => Disposition::Scrap,
                    1 => Disposition::Void,
                    _ => Disposition::Rework { step: id("clean") },
                };
                let reason = "looked at".to_owned();
                let printed_name = "S. Sato".to_owned();
                let dispose = gemba::domain::deviation::DeviationCommand::Dispose {
                    disposition,
                    reason,
                    printed_name,
                };
                bench.ask(Command::Deviation(deviation, dispose)).ok();
                return;
            }
            None => TravelerCommand::Resume,
        },
        _ => {
            let sample = u16::try_from(dice.roll(4)).unwrap() + 1;
            let entry = Entry::Reading { value, gauge: Some(id("TW-07")) };
            TravelerCommand::Record { at, ask: 1, sample, entry }
        }
    };
    bench.ask(Command::Traveler(unit, command)).ok();
}

/// Every row of the read models of a store, as text; contacts hold per store the same too.
fn rows(ledger_dir: &std::path::Path) -> Vec<String> {
    let store = rusqlite::Connection::open(ledger_dir.join("station.db")).unwrap();
    let mut names = store
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table'
                AND (name LIKE '%\\_row' ESCAPE '\\' OR name LIKE 'blob\\_%' ESCAPE '\\')
                ORDER BY name",
        )
        .unwrap();
    let names: Vec<String> =
        names.query_map((), |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(names.len() >= 13, "{names:?}");
    let mut all = Vec::new();
    for name in names {
        let mut statement = store.prepare(&format!("SELECT * FROM {name} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query(()).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells: Vec<String> =
                (0..columns).map(|n| format!("{:?}", row.get_ref(n).unwrap())).collect();
            all.push(format!("{name}: {}", cells.join(" | ")));
        }
    }
    all
}

#[test]
fn read_models_kept_along_the_way_equal_those_made_anew() {
    for seed in 0..6 {
        let mut bench = Bench::founded();
        let mut dice = Dice(seed);
        for _ in 0..250 {
            act(&mut bench, &mut dice);
        }
        bench.sign_in("plank");
        let close = OrderCommand::Close { reason: "enough".to_owned() };
        bench.tell(Command::Order(id("WO-1881"), close));
        let before = rows(bench.path());
        let report = bench.ledger.check(&mut |_| {}).unwrap();
        assert_eq!((report.integrity, report.models), (Vec::new(), Vec::new()), "seed {seed}");
        let mut told = 0;
        bench.ledger.rebuild(&mut |at| told = at.done).unwrap();
        assert_eq!(told, report.facts);
        assert_eq!(rows(bench.path()), before, "seed {seed}");
        act(&mut bench, &mut dice);
    }
}

/// Hands facts to a store in random order and random pages, with its blobs at a random time.
fn hand_over(facts: &[Written], from: &Ledger, to: &mut Bench, dice: &mut Dice) {
    let site = Feed::Site(id("PLANT"));
    to.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let mut left = facts.to_vec();
    let mut blobs = from.blobs_of(facts);
    while !left.is_empty() {
        // Pages hold neighbors of the chain in any order; a chain may arrive in any order too.
        let mut page = Vec::new();
        for _ in 0..=dice.roll(40) {
            if !left.is_empty() {
                let at = usize::try_from(dice.roll(left.len() as u64)).unwrap();
                page.push(left.swap_remove(at));
            }
        }
        if dice.roll(3) == 0
            && let Some(hash) = blobs.pop()
        {
            to.ledger.put_blob(&from.blob(&hash).unwrap().unwrap()).unwrap();
        }
        let page = page_after(&to.ledger, &site, page);
        to.ledger.apply(&page).unwrap();
    }
    for hash in blobs {
        to.ledger.put_blob(&from.blob(&hash).unwrap().unwrap()).unwrap();
    }
}

#[test]
fn the_same_facts_in_any_order_give_the_same_rows() {
    for seed in 10..14 {
        let mut bench = Bench::founded();
        let mut dice = Dice(seed);
        for _ in 0..150 {
            act(&mut bench, &mut dice);
        }
        let facts = bench.own_facts();
        for key in [11, 12] {
            let mut other = Bench::blank("INC1", key);
            hand_over(&facts, &bench.ledger, &mut other, &mut dice);
            assert_eq!(rows(other.path()), rows(bench.path()), "seed {seed}");
            let report = other.ledger.check(&mut |_| {}).unwrap();
            assert_eq!(report.models, Vec::new(), "seed {seed}");
        }
    }
}

fn answer(bench: &Bench, query: Query) -> Answer {
    bench.ledger.answer(&query, &moment(100)).unwrap()
}

#[test]
fn the_queue_says_what_can_be_worked_here_and_why_not_the_rest() {
    let mut bench = Bench::started();
    let queue = |bench: &Bench| match answer(bench, Query::Queue { place: id("ASM-1") }) {
        Answer::Queue(queue) => queue,
        other => panic!("{other:?}"),
    };
    let now = queue(&bench);
    assert_eq!((now.here.len(), now.not_yet.len()), (3, 0));
    assert_eq!(now.here[0].state, QueueState::Begun { step: 2, steps: 3, paused: None });
    assert_eq!(now.here[0].title, "Fit and torque the pump cover");
    assert_eq!(now.here[1].state, QueueState::Ready);
    let deviation = bench.fail(1, "27.3");
    let now = queue(&bench);
    assert_eq!((now.here.len(), now.not_yet.len()), (2, 1));
    let why = "a reading is outside its limits".to_owned();
    let held = QueueState::OnHold { why, deviation: Some(deviation) };
    assert_eq!(now.not_yet[0].state, held);
    let nowhere = match answer(&bench, Query::Queue { place: id("INC-1") }) {
        Answer::Queue(queue) => queue,
        other => panic!("{other:?}"),
    };
    assert!(nowhere.here.is_empty() && nowhere.not_yet.is_empty());
}

#[test]
fn a_unit_without_released_definitions_is_listed_with_every_reason() {
    let bench = Bench::founded();
    let mut other = Bench::blank("ASM2", 9);
    let site = Feed::Site(id("PLANT"));
    other.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let page = page_after(&other.ledger, &site, bench.own_facts());
    other.ledger.apply(&page).unwrap();
    let Answer::Queue(queue) = answer(&other, Query::Queue { place: id("ASM-1") }) else {
        panic!("no queue")
    };
    assert_eq!((queue.here.len(), queue.not_yet.len()), (0, 3));
    let QueueState::NotYet { reasons } = &queue.not_yet[0].state else { panic!("{queue:?}") };
    assert!(reasons.iter().any(|(what, next)| what.contains("WI-1040") && !next.is_empty()));
}

#[test]
fn r09_the_board_counts_first_attempts_only() {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    bench.sign_in("sato");
    bench.dispose(&deviation, Disposition::Rework { step: id("torque") });
    bench.sign_in("novak");
    for bolt in 1..=4 {
        bench.record(bolt, "25").unwrap();
    }
    bench.complete("torque");
    bench.sign("ilves", "release");
    bench.complete("release");
    let Answer::Board(board) = answer(&bench, Query::Board) else { panic!("no board") };
    assert_eq!((board.total.finished, board.total.first_pass), (1, 0));
    assert_eq!((board.total.readings, board.total.failing), (5, 1));
    assert_eq!((board.total.on_hold, board.total.begun), (0, 0));
    assert_eq!(board.places.len(), 2);
    assert!(board.deviations.is_empty());
    let Answer::Orders(orders) = answer(&bench, Query::Orders { closed: false }) else {
        panic!("no orders")
    };
    assert_eq!((orders[0].units, orders[0].begun, orders[0].finished), (3, 0, 1));
}

#[test]
fn a_trace_shows_every_fact_with_value_verdict_and_gauge() {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    let Answer::Trace(Some(trace)) = answer(&bench, Query::Trace { id: traveler(UNIT) }) else {
        panic!("no trace")
    };
    assert_eq!(trace.standing, "on hold");
    assert_eq!(trace.definitions.len(), 2);
    assert_eq!(trace.deviations[0].id, deviation);
    assert_eq!(trace.deviations[0].steps_before.len(), 2);
    let reading = trace.lines.iter().find(|line| line.kind == "ReadingTaken").unwrap();
    assert_eq!(reading.what, "Bolt torque 1: 27.3 N·m (25 ±2 N·m)");
    assert_eq!(reading.verdict.as_deref(), Some("Fail"));
    assert_eq!(reading.gauge.as_deref(), Some("TW-07"));
    assert_eq!((reading.step.as_str(), reading.at_server), ("20 torque", false));
    assert_eq!(trace.waiting, trace.lines.len() as u64);
}

#[test]
fn a_code_names_what_it_names_here() {
    let bench = Bench::started();
    let scan = |code: &str| match answer(&bench, Query::Scan { code: code.to_owned() }) {
        Answer::Scan(meaning) => meaning,
        other => panic!("{other:?}"),
    };
    assert_eq!(scan("0008"), ScanMeaning::Traveler(traveler("WO-1881/0008")));
    assert_eq!(scan(" WO-1881/0007 "), ScanMeaning::Traveler(traveler(UNIT)));
    assert_eq!(scan("WO-1881"), ScanMeaning::Order(id("WO-1881")));
    assert_eq!(scan("TW-07"), ScanMeaning::Gauge(id("TW-07")));
    assert_eq!(scan("ASM-1"), ScanMeaning::Place(id("ASM-1")));
    assert_eq!(scan("CP-40"), ScanMeaning::Part(id("CP-40")));
    for code in ["", "WO-1881/9999", "'; DROP TABLE fact", "\u{1b}[31m", "0"] {
        assert_eq!(scan(code), ScanMeaning::Unknown, "{code:?}");
    }
}

#[test]
fn registers_list_what_is_known_with_its_standing() {
    let bench = Bench::started();
    let Answer::Definitions(definitions) = answer(&bench, Query::Definitions) else {
        panic!("no definitions")
    };
    let found: Vec<_> =
        definitions.iter().map(|d| (d.what.as_str(), d.standing.as_str(), d.complete)).collect();
    assert_eq!(found, [("instruction", "in effect", true), ("specification", "in effect", true)]);
    let Answer::Gauges(gauges) = answer(&bench, Query::Gauges { class: None }) else {
        panic!("no gauges")
    };
    assert_eq!((gauges.len(), gauges[0].overdue), (1, false));
    let Answer::People(people) = answer(&bench, Query::People) else { panic!("no people") };
    assert_eq!(people.len(), 8);
    let novak = people.iter().find(|row| row.person == id("novak")).unwrap();
    assert_eq!((novak.roles.join(","), novak.qualifications.len()), ("operator".to_owned(), 1));
    let Answer::Sync(sync) = answer(&bench, Query::Sync) else { panic!("no sync") };
    assert_eq!((sync.last_seq, sync.at_server, sync.orphans), (bench.head_seq(), 0, 0));
    let Answer::Traveler(Some(view)) = answer(&bench, Query::Traveler { id: traveler(UNIT) })
    else {
        panic!("no traveler")
    };
    assert_eq!(view.state.current(&view.instructions).unwrap().step.id, id("torque"));
}
