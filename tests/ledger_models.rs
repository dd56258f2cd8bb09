//! Read models: kept along the way they are what a rebuild makes of the facts.

use std::collections::BTreeMap;

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Raise, Share};
use gemba::domain::fact::{Fact, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::order::OrderCommand;
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Signer;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::hold::disposes;
use gemba::ledger::store::Ledger;
use gemba::ledger::verify::verify;
use gemba::views::query::{Answer, Query};
use gemba::views::queue::{Queue, QueueState};
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

/// One act of somebody on a random unit: mostly what is next there, sometimes anything at all.
fn act(bench: &mut Bench, dice: &mut Dice) {
    let unit = traveler(dice.pick(&[UNIT, UNIT, "WO-1881/0008", "WO-1881/0009"]));
    bench.sign_in(dice.pick(&["novak", "okafor", "novak", "ilves"])).at("ASM-1");
    let state = bench.unit(&unit.to_string());
    let open = state.open_holds().find_map(|(_, hold)| hold.placed.deviation.clone());
    if let Some(deviation) = open
        && dice.roll(3) > 0
    {
        bench.sign_in("sato");
        bench.ask(Command::Deviation(deviation, disposal(dice))).ok();
        return;
    }
    let command = if dice.roll(5) == 0 { anything(dice) } else { next(bench, &unit, dice) };
    bench.ask(Command::Traveler(unit, command)).ok();
}

fn disposal(dice: &mut Dice) -> DeviationCommand {
    let disposition = match dice.roll(8) {
        0 => Disposition::Scrap,
        1 => Disposition::Void,
        2 => Disposition::Rework { step: id("clean") },
        _ => Disposition::Rework { step: id("torque") },
    };
    let (reason, by) = ("looked at".to_owned(), Signer::by_badge("S. Sato"));
    DeviationCommand::Dispose { shares: Share::all(disposition), reason, by }
}

fn reading(dice: &mut Dice) -> Entry {
    let value = newton(dice.pick(&["25", "24.1", "26.9", "25.5", "23", "27.3"]));
    Entry::Reading { value, gauge: Some(id("TW-07")) }
}

/// What is next on a unit.
fn next(bench: &mut Bench, unit: &TravelerId, dice: &mut Dice) -> TravelerCommand {
    let query = Query::Traveler { id: unit.clone(), place: None };
    let Answer::Traveler(Some(view)) = answer(bench, query) else { panic!("no traveler") };
    if let Some((_, at, reading)) = view.state.to_retype() {
        if let Some((entry, _)) = view.state.reading(at) {
            bench.sign_in(entry.by.as_ref().unwrap().as_str());
        }
        let same = reading.value().clone();
        let value = if dice.roll(2) == 0 { same } else { newton("24.9") };
        return TravelerCommand::Retype { reading: at.clone(), value };
    }
    if view.state.paused().is_some() {
        return TravelerCommand::Resume { note: None };
    }
    let Some(current) = view.state.current(&view.instructions) else {
        return TravelerCommand::Start;
    };
    let at = step_at(current.step.id.as_str());
    let attempt = view.state.standing_attempt(20, &current.step.id);
    let slot = attempt.map_or(Some((1, 1)), |a| a.open_ask(current.step).map(|(n, s, _)| (n, s)));
    let Some((ask, sample)) = slot else {
        return TravelerCommand::CompleteStep { at, read_in: None };
    };
    match current.step.id.as_str() {
        "clean" => {
            bench.sign_in(dice.pick(&["novak", "okafor"]));
            TravelerCommand::Record { at, ask, sample, entry: Entry::Answer(true) }
        }
        "torque" => {
            bench.sign_in(dice.pick(&["novak", "okafor"]));
            TravelerCommand::Record { at, ask, sample, entry: reading(dice) }
        }
        _ => {
            bench.sign_in("ilves");
            TravelerCommand::Sign { at, ask, by: Signer::by_badge("I. Ilves") }
        }
    }
}

/// Anything at all; most of it is refused.
fn anything(dice: &mut Dice) -> TravelerCommand {
    let at = step_at(dice.pick(&["clean", "torque", "release"]));
    let sample = u16::try_from(dice.roll(4)).unwrap() + 1;
    match dice.roll(7) {
        0 => TravelerCommand::Start,
        1 => TravelerCommand::CompleteStep { at, read_in: None },
        2 => TravelerCommand::Pause { reason: "break".to_owned() },
        4 => TravelerCommand::Sign { at, ask: 1, by: Signer::by_badge("I. Ilves") },
        3 => TravelerCommand::Resume { note: None },
        5 => TravelerCommand::RaiseDeviation { at, raise: Box::new(Raise::noted("scratched")) },
        _ => TravelerCommand::Record { at, ask: 1, sample, entry: reading(dice) },
    }
}

/// Every row of the read models of a store, as text.
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
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..5 {
        let mut bench = Bench::founded();
        let mut dice = Dice(seed);
        for _ in 0..250 {
            act(&mut bench, &mut dice);
        }
        for written in bench.own_facts() {
            let kind = Fact::read(&written.bytes).unwrap().body.kind().to_owned();
            *kinds.entry(kind).or_default() += 1;
        }
        bench.sign_in("plank");
        let close = OrderCommand::Close { reason: "enough".to_owned(), with_open_units: true };
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
    // Histories in which nothing happens prove nothing.
    for kind in [
        "ReadingTaken",
        "ReadingCorrected",
        "ReadingConfirmed",
        "DeviationRaised",
        "Dispositioned",
        "HoldReleased",
        "StepCompleted",
        "Paused",
    ] {
        assert!(kinds.get(kind).is_some_and(|n| *n >= 5), "{kind}: {kinds:?}");
    }
}

/// Hands facts to a store in random order and random pages, with its blobs at a random time.
fn hand_over(facts: &[Written], from: &Ledger, to: &mut Bench, dice: &mut Dice) {
    let site = Feed::Site(id("PLANT"));
    to.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let mut left = facts.to_vec();
    let mut blobs = gemba::ledger::blobs::blobs_of(facts);
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

/// What a server hands to every station: facts in the order in which they came there.
#[derive(Default)]
struct Server {
    facts: Vec<Written>,
    sent: [u64; 2],
}

impl Server {
    fn push(&mut self, from: &Bench, n: usize, facts_max: usize) {
        let facts = from.ledger.outgoing((1, self.sent[n]), (usize::MAX, facts_max)).unwrap();
        self.sent[n] += facts.len() as u64;
        self.facts.extend(facts);
    }

    fn pull(&self, to: &mut Bench, rows_max: usize) {
        let site = Feed::Site(id("PLANT"));
        let at = usize::try_from(to.ledger.cursors().unwrap().pop().unwrap().position).unwrap();
        let rows = self.facts[at..].iter().take(rows_max).cloned().collect();
        let page = page_after(&to.ledger, &site, rows);
        to.ledger.apply(&page).unwrap();
    }
}

#[test]
fn two_stations_that_worked_apart_show_the_same_once_they_hold_the_same() {
    let mut concurrent = 0;
    for seed in 20..24 {
        let mut dice = Dice(seed);
        let mut one = Bench::founded();
        let mut other = Bench::blank("ASM2", 9);
        other.judge_catalog();
        let catalog = page_after(&other.ledger, &Feed::Catalog, one.own_facts());
        other.ledger.apply(&catalog).unwrap();
        for hash in other.ledger.missing_blobs().unwrap() {
            other.ledger.put_blob(&one.ledger.blob(&hash).unwrap().unwrap()).unwrap();
        }
        let site = Feed::Site(id("PLANT"));
        let mut server = Server::default();
        for bench in [&mut one, &mut other] {
            bench.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
        }
        for _ in 0..160 {
            let most = usize::try_from(dice.roll(30)).unwrap();
            match dice.roll(20) {
                0 => server.push(&one, 0, most),
                1 => server.push(&other, 1, most),
                2 => server.pull(&mut one, most),
                3 => server.pull(&mut other, most),
                n if n % 2 == 0 => act(&mut one, &mut dice),
                _ => act(&mut other, &mut dice),
            }
        }
        server.push(&one, 0, usize::MAX);
        server.push(&other, 1, usize::MAX);
        server.pull(&mut one, usize::MAX);
        server.pull(&mut other, usize::MAX);
        assert_eq!(rows(one.path()), rows(other.path()), "seed {seed}");
        for bench in [&mut one, &mut other] {
            assert_eq!(bench.ledger.check(&mut |_| {}).unwrap().models, [], "seed {seed}");
            assert_eq!(verify(bench.path()).unwrap().findings, [], "seed {seed}");
        }
        let units = ["WO-1881/0007", "WO-1881/0008", "WO-1881/0009"];
        concurrent += units.iter().filter(|unit| heads(&one, unit) > 1).count();
    }
    assert!(concurrent > 3, "stations must have worked on one unit unseen: {concurrent}");
}

fn heads(bench: &Bench, unit: &str) -> usize {
    let subject = gemba::domain::stream::Subject::Traveler(traveler(unit));
    bench.ledger.stream(&subject).unwrap().stream.heads.len()
}

fn answer(bench: &Bench, query: Query) -> Answer {
    bench.ledger.answer(&query, &moment(100)).unwrap()
}

fn queue_at(bench: &Bench, place: &str) -> Queue {
    let Answer::Queue(queue) = answer(bench, Query::Queue { place: id(place), person: None })
    else {
        panic!("no queue")
    };
    queue
}

#[test]
fn the_queue_says_what_can_be_worked_here_and_why_not_the_rest() {
    let mut bench = Bench::started();
    let queue = |bench: &Bench| queue_at(bench, "ASM-1");
    let now = queue(&bench);
    assert_eq!((now.here.len(), now.not_yet.len()), (3, 0));
    assert_eq!(now.here[0].state, QueueState::Begun { step: 2, steps: 3, paused: None });
    assert_eq!(now.here[0].title, "Fit and torque the pump cover");
    assert_eq!(now.here[1].state, QueueState::Ready);
    let called =
        |queue: &Queue| (queue.here[1].title.clone(), queue.here[1].operation_name.clone());
    assert_eq!(called(&now), (now.here[0].title.clone(), "Assembly".to_owned()));
    let deviation = bench.fail(1, "27.3");
    let now = queue(&bench);
    assert_eq!((now.here.len(), now.not_yet.len()), (2, 1));
    let why = "a reading is outside its limits".to_owned();
    let next = disposes(&deviation);
    let reason = Reason::OnHold { why: why.clone(), deviation: Some(deviation.clone()), next };
    let reasons = vec![reason.told(&BTreeMap::new())];
    let held = QueueState::OnHold { reasons, why, deviation: Some(deviation) };
    assert_eq!(now.not_yet[0].state, held);
    let nowhere = queue_at(&bench, "INC-1");
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
    let queue = queue_at(&other, "ASM-1");
    assert_eq!((queue.here.len(), queue.not_yet.len()), (0, 3));
    let QueueState::NotYet { reasons } = &queue.not_yet[0].state else { panic!("{queue:?}") };
    assert!(
        reasons
            .iter()
            .any(|told| told.what.to_string().contains("WI-1040") && !told.next.is_empty())
    );
}

#[test]
fn r09_the_board_counts_first_attempts_only() {
    let mut bench = Bench::founded();
    bench.start(UNIT);
    let Answer::Board(board) = answer(&bench, Query::Board) else { panic!("no board") };
    assert_eq!((board.total.begun, board.total.finished), (1, 0));
    bench.check("clean");
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
    assert_eq!(trace.deviations[0].units[0].steps_before.len(), 2);
    let reading = trace.lines.iter().find(|line| line.kind == "ReadingTaken").unwrap();
    assert_eq!(reading.what, "Bolt torque 1: 27.3 N·m (25 ±2 N·m)");
    assert_eq!(reading.verdict.as_deref(), Some("Fail"));
    assert_eq!(reading.gauge.as_deref(), Some("TW-07"));
    assert_eq!(reading.step, "20 torque");
    assert!(!reading.at_server);
    assert_eq!(trace.waiting, trace.lines.len() as u64);
}

#[test]
fn a_code_names_what_it_names_here() {
    let bench = Bench::started();
    let scan = |code: &str| {
        let Answer::Scan(meaning) = answer(&bench, Query::Scan { code: code.to_owned() }) else {
            panic!("no meaning")
        };
        meaning
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
    let Answer::Traveler(Some(view)) =
        answer(&bench, Query::Traveler { id: traveler(UNIT), place: None })
    else {
        panic!("no traveler")
    };
    assert_eq!(view.state.current(&view.instructions).unwrap().step.id, id("torque"));
}

#[test]
fn a_row_that_no_fact_gives_is_found_and_mended_by_a_rebuild() {
    let mut bench = Bench::started();
    let store = rusqlite::Connection::open(bench.path().join("station.db")).unwrap();
    store.execute("UPDATE order_row SET units = 9", ()).unwrap();
    store.execute("DELETE FROM gauge_row", ()).unwrap();
    let report = bench.ledger.check(&mut |_| {}).unwrap();
    let found: Vec<_> =
        report.models.iter().map(|(t, more, less)| (t.as_str(), *more, *less)).collect();
    assert_eq!(found, [("order_row", 1, 1), ("gauge_row", 0, 1)]);
    bench.ledger.rebuild(&mut |_| {}).unwrap();
    assert_eq!(bench.ledger.check(&mut |_| {}).unwrap().models, []);
}

#[test]
fn a_store_with_older_rows_makes_them_anew_when_it_is_opened() {
    let bench = Bench::started();
    let before = rows(bench.path());
    let store = rusqlite::Connection::open(bench.path().join("station.db")).unwrap();
    store.execute("UPDATE meta SET value = '0' WHERE key = 'models_version'", ()).unwrap();
    store.execute("DROP TABLE traveler_row", ()).unwrap();
    drop(store);
    Ledger::open(bench.path()).unwrap();
    assert_eq!(rows(bench.path()), before);
}
