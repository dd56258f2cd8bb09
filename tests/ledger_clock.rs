//! R15: a wall clock that is set while the machine runs leaves a fact, and the record shows it.

use gemba::domain::decide::Command;
use gemba::domain::effectivity::Effectivity;
use gemba::domain::fact::Acting;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::instruction::Instruction;
use gemba::domain::moment::Moment;
use gemba::domain::people::PersonCommand;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::station::StationCommand;
use gemba::domain::stream::{StreamState, Subject};
use gemba::ledger::desk::SyncOutcome;
use gemba::ledger::verify::verify;
use gemba::views::packet::{ClockStep, Packet, PacketStanding};
use gemba::views::query::{Answer, Query};
use jiff::SignedDuration;

use crate::support::bench::{Bench, UNIT, id, instruction, moment, torque, traveler};

const DAY_S: i64 = 86_400;

/// A moment after everything of the bench, with the wall clock set by so many milliseconds.
fn set_by(seconds: i64, ms: i64) -> Moment {
    let right = moment(10_000 + seconds);
    Moment { utc: right.utc + SignedDuration::from_millis(ms), ..right }
}

fn beat(bench: &mut Bench, now: &Moment) -> usize {
    let acting = Acting { actor: None, ..bench.acting() };
    let before = bench.head_seq();
    let command = Command::Station(id("ASM1"), StationCommand::Beat);
    let saved = bench.ledger.transact(&acting, now, command).unwrap();
    assert_eq!(saved.facts.len(), 1, "what was asked for, and nothing else, is told");
    usize::try_from(bench.head_seq() - before).unwrap()
}

/// By how much the clock was set, as far as facts say.
fn steps(bench: &Bench) -> Vec<i64> {
    let folded = bench.ledger.stream(&Subject::Station(id("ASM1"))).unwrap();
    let StreamState::Station(state) = folded.stream.state else { panic!("no station") };
    state.clock_steps.iter().map(|(.., by_ms)| *by_ms).collect()
}

fn packet(bench: &Bench, now: &Moment) -> Packet {
    let Answer::Sync(sync) = bench.ledger.answer(&Query::Sync, now).unwrap() else {
        panic!("no sync")
    };
    *sync.packet
}

#[test]
fn r15_a_clock_that_is_set_by_more_than_ten_seconds_leaves_one_fact_either_way() {
    let mut bench = Bench::started();
    assert_eq!(beat(&mut bench, &set_by(0, 0)), 1);
    for within in [10_000, -10_000, 0] {
        assert_eq!(beat(&mut bench, &set_by(1, within)), 1, "{within} ms");
    }
    assert_eq!(beat(&mut bench, &set_by(2, 10_001)), 2);
    assert_eq!(beat(&mut bench, &set_by(3, 10_001)), 1, "told once");
    assert_eq!(beat(&mut bench, &set_by(4, -7_200_000)), 2);
    assert_eq!(beat(&mut bench, &set_by(5, 0)), 2, "and when it is put right");
    assert_eq!(steps(&bench), [10_001, -7_210_001, 7_200_000]);
    // Nobody did it, as far as anybody knows; it stands before what was done next.
    let facts = bench.own_facts();
    let written = |kind: &str| facts.iter().rposition(|w| w.bytes.contains(kind)).unwrap();
    let (step, next) = (written("ClockStepped"), written("Heartbeat"));
    assert_eq!(step + 1, next);
    assert!(facts[step].bytes.contains("\"actor\":null"), "{}", facts[step].bytes);
    assert_eq!(verify(bench.path()).unwrap().findings, []);
}

#[test]
fn r15_across_a_start_of_the_machine_nothing_is_claimed() {
    let mut bench = Bench::started();
    beat(&mut bench, &set_by(0, 0));
    let other = Moment { boot: id("boot-2"), mono_ms: 5, ..set_by(60, 3_600_000) };
    assert_eq!(beat(&mut bench, &other), 1);
    let later = Moment { mono_ms: 1_005, utc: other.utc + SignedDuration::from_secs(31), ..other };
    assert_eq!(beat(&mut bench, &later), 2, "from then on it is known again");
    assert_eq!(steps(&bench), [30_000]);
}

#[test]
fn r15_what_is_refused_writes_no_step_and_the_next_act_does() {
    let mut bench = Bench::started();
    beat(&mut bench, &set_by(0, 0));
    let acting = Acting { actor: Some(id("novak")), ..bench.acting() };
    let revoke = PersonCommand::Revoke { reason: "x".to_owned() };
    let now = set_by(1, 60_000);
    let before = bench.head_seq();
    bench.ledger.transact(&acting, &now, Command::Person(id("ilves"), revoke)).unwrap_err();
    assert_eq!((bench.head_seq(), steps(&bench)), (before, vec![]));
    assert_eq!(beat(&mut bench, &now), 2);
    assert_eq!(steps(&bench), [60_000]);
}

#[test]
fn r15_the_trace_of_a_unit_says_that_the_clock_was_set_between_its_facts() {
    let mut bench = Bench::started();
    beat(&mut bench, &set_by(0, 0));
    let trace = |bench: &Bench| {
        let query = Query::Trace { id: traveler(UNIT) };
        let Answer::Trace(Some(trace)) = bench.ledger.answer(&query, &set_by(9, 0)).unwrap() else {
            panic!("no trace")
        };
        trace.clock_steps
    };
    assert_eq!(trace(&bench), []);
    let now = set_by(1, -3_600_000);
    let acting = bench.acting();
    let taken = Command::Traveler(traveler(UNIT), torque(1, "25"));
    bench.ledger.transact(&acting, &now, taken).unwrap();
    let found = trace(&bench);
    let [ClockStep { by_ms: -3_600_000, at, .. }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(*at, now.utc);
    assert_eq!(found[0].words(), "set back by 60 min");
    // One after its last fact says nothing about it.
    beat(&mut bench, &set_by(2, 0));
    assert_eq!(trace(&bench).len(), 1);
    assert_eq!(packet(&bench, &set_by(3, 0)).clock_steps.len(), 2, "the station tells both");
}

#[test]
fn r05_the_packet_says_how_old_it_is_and_until_when_it_is_good() {
    let mut bench = Bench::started();
    let never = packet(&bench, &moment(10_000));
    assert_eq!((never.standing, never.good_until), (PacketStanding::NeverReached, None));
    assert_eq!(never.warning(), None);
    bench.ledger.note_sync(&SyncOutcome::Reached(moment(10_000))).unwrap();
    let after = |s: i64| packet(&bench, &moment(10_000 + s));
    let until = moment(10_000 + 14 * DAY_S).utc;
    for (s, standing, left) in [
        (0, PacketStanding::Good, None),
        (10 * DAY_S - 1, PacketStanding::Good, None),
        (10 * DAY_S, PacketStanding::EndsSoon, Some(4)),
        (13 * DAY_S, PacketStanding::EndsSoon, Some(1)),
        (14 * DAY_S, PacketStanding::EndsSoon, Some(0)),
        (14 * DAY_S + 1, PacketStanding::Ended, Some(-1)),
    ] {
        let packet = after(s);
        assert_eq!((packet.standing, packet.days_left()), (standing, left), "after {s} s");
        assert_eq!((packet.age_s, packet.good_until), (Some(s), Some(until)));
        assert_eq!(packet.warning().is_some(), left.is_some());
        let link = bench.ledger.answer(&Query::Link, &moment(10_000 + s)).unwrap();
        let Answer::Link(link) = link else { panic!("{link:?}") };
        assert_eq!(link.days_left, left);
        let news = Query::SignInNews { place: None };
        let news = bench.ledger.answer(&news, &moment(10_000 + s)).unwrap();
        let Answer::SignInNews(news) = news else { panic!("{news:?}") };
        assert_eq!(news.lines.first(), packet.warning().as_ref());
    }
    // Set back by a week it is as old as it was.
    let set = set_by(13 * DAY_S, -7 * 86_400_000);
    assert_eq!(packet(&bench, &set).age_s, Some(13 * DAY_S));
}

#[test]
fn r05_each_instruction_with_a_limit_of_its_own_says_until_when_it_may_be_begun() {
    let mut bench = Bench::founded();
    let mut limited: Instruction = serde_json::from_str(&instruction()).unwrap();
    (limited.id, limited.rules.offline_seconds_max) = (id("WI-1050"), Some(7 * 86_400));
    let hash = bench.ledger.put_blob(serde_json::to_string(&limited).unwrap().as_bytes()).unwrap();
    let of = |command| Command::Instruction(id("WI-1050"), command);
    bench.sign_in("engel").tell(of(RevisionCommand::Submit {
        revision: id("F"),
        hash,
        blobs: Vec::new(),
        title: "Press the seal".to_owned(),
        effectivity: Effectivity::default(),
    }));
    for person in ["engel", "quade"] {
        let by = Signer::by_badge(person.to_uppercase());
        bench.sign_in(person).tell(of(RevisionCommand::Approve {
            revision: id("F"),
            shown: hash,
            by,
        }));
    }
    bench.judge_catalog();
    let limits = |packet: Packet| -> Vec<_> {
        let limits = packet.instructions.into_iter();
        limits.map(|l| (l.instruction.to_string(), l.good, l.good_until)).collect()
    };
    let name = "WI-1050".to_owned();
    assert_eq!(limits(packet(&bench, &moment(9_000))), [(name.clone(), false, None)]);
    bench.ledger.note_sync(&SyncOutcome::Reached(moment(10_000))).unwrap();
    let until = Some(moment(10_000 + 7 * DAY_S).utc);
    let at = |s: i64| limits(packet(&bench, &moment(10_000 + s)));
    assert_eq!(at(7 * DAY_S), [(name.clone(), true, until)]);
    assert_eq!(at(7 * DAY_S + 1), [(name, false, until)]);
}

#[test]
fn r15_a_clock_set_back_brings_no_day_back_where_it_is_shown_or_decided() {
    let mut bench = Bench::started();
    let shown = |bench: &Bench, now: &Moment| {
        let queue = Query::Queue { place: id("ASM-1"), person: None };
        let Answer::Queue(queue) = bench.ledger.answer(&queue, now).unwrap() else { panic!() };
        queue.today.unwrap()
    };
    let right = set_by(0, 0);
    beat(&mut bench, &right);
    let today = shown(&bench, &right);
    // Nobody knows the server's clock: what the own facts prove is not undone.
    let back = |days: i64| Moment {
        offset_ms: None,
        offset_age_s: None,
        ..set_by(60, -days * DAY_S * 1000)
    };
    assert_eq!(shown(&bench, &back(3)), today);
    let on = today.yesterday().unwrap().yesterday().unwrap();
    let calibrate = GaugeCommand::Calibrate {
        on,
        due: Some(today.yesterday().unwrap()),
        certificate: "C-2".to_owned(),
        as_found: None,
    };
    bench.sign_in("quade");
    let acting = bench.acting();
    let command = Command::Gauge(id("TW-07"), calibrate);
    bench.ledger.transact(&acting, &right, command).unwrap();
    let gauges = Query::Gauges { class: None };
    let Answer::Gauges(rows) = bench.ledger.answer(&gauges, &back(3)).unwrap() else { panic!() };
    assert!(rows[0].overdue, "due yesterday, whatever the clock says: {rows:?}");
    // A measured offset says what time it is.
    let measured = Moment { offset_ms: Some(3 * DAY_S * 1000), ..set_by(60, -3 * DAY_S * 1000) };
    assert_eq!(shown(&bench, &measured), today);
}
