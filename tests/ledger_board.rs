//! The shift board from a store: the worst deviations first however many there are, and no place that
//! nobody ever heard of passes for one where nothing happens.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationKind, Raise};
use gemba::domain::deviation_rules::{DeviationCode, DeviationRulesChange, Severity};
use gemba::domain::fact::{Fact, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::floor::FloorCommand;
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Moment;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::views::board::{Board, BoardRow};
use gemba::views::deviation::DeviationView;
use gemba::views::query::{Answer, Query};

use crate::simulation::facts;
use crate::support::bench::{Bench, UNIT, id, moment, page_after, traveler};
use crate::support::plant::centers;
use crate::support::writer::Writer;

fn board_at(bench: &Bench, now: &Moment) -> Board {
    let Answer::Board(board) = bench.ledger.answer(&Query::Board, now).unwrap() else {
        panic!("no board")
    };
    *board
}

fn board(bench: &mut Bench) -> Board {
    let now = bench.now();
    board_at(bench, &now)
}

/// A plant whose site has a code of each severity; the operator is at the bench.
fn with_codes() -> Bench {
    let mut bench = Bench::founded();
    let codes = Severity::WORDS.map(|(word, severity)| DeviationCode {
        code: word.to_owned(),
        text: "out of size".to_owned(),
        severity,
    });
    let codes = Some(codes.to_vec());
    let deviations = DeviationRulesChange { codes, ..Default::default() };
    let change = SiteChange { deviations, ..SiteChange::default() };
    bench.sign_in("admin");
    bench.tell(Command::Site(id("PLANT"), SiteCommand::Change(Box::new(change))));
    bench.sign_in("novak");
    bench
}

/// A deviation that holds a unit, as bad as a code says, or not said yet.
fn raises(bench: &mut Bench, code: Option<&str>) {
    let raise = Raise {
        kind: DeviationKind::Product,
        code: code.map(str::to_owned),
        units: vec![traveler(UNIT)],
        ..Raise::noted("dropped")
    };
    bench.tell(Command::Floor(id("ASM-1"), FloorCommand::RaiseDeviation(Box::new(raise))));
}

fn severities(rows: &[DeviationView]) -> Vec<(Option<&str>, &str)> {
    let of = |row: &DeviationView| row.code.as_ref().map(|code| code.severity.word());
    rows.iter()
        .map(|row| (of(row), row.id.as_str()))
        .map(|(of, id)| (of, &id[id.len() - 4..]))
        .collect()
}

#[test]
fn deviations_come_by_how_bad_they_are_and_of_each_the_oldest_first() {
    let mut bench = with_codes();
    for code in [None, Some("minor"), Some("critical"), Some("major"), Some("critical"), None] {
        raises(&mut bench, code);
    }
    let wanted = [
        (Some("critical"), "0003"),
        (Some("critical"), "0005"),
        (Some("major"), "0004"),
        (Some("minor"), "0002"),
        (None, "0001"),
        (None, "0006"),
    ];
    assert_eq!(severities(&board(&mut bench).deviations), wanted);
    let now = bench.now();
    let all = bench.ledger.answer(&Query::Deviations { closed: false }, &now).unwrap();
    let Answer::Deviations(all) = all else { panic!("no deviations") };
    assert_eq!(severities(&all), wanted);
}

#[test]
fn a_critical_deviation_is_on_the_board_behind_however_many_that_are_not() {
    let mut bench = with_codes();
    for _ in 0..200 {
        raises(&mut bench, Some("minor"));
    }
    raises(&mut bench, Some("critical"));
    let board = board(&mut bench);
    assert_eq!(severities(&board.deviations)[0], (Some("critical"), "0201"));
    assert_eq!((board.deviations.len(), board.deviation_counts.open), (200, 201));
}

/// When another station says something, by the seconds of the bench.
const SAID_S: i64 = 1_795_593_600;

fn hears(bench: &mut Bench, said: Vec<Written>) {
    let page = page_after(&bench.ledger, &Feed::Catalog, said);
    bench.ledger.apply(&page).unwrap();
}

/// What a writer says of a station, behind what it said before.
fn says(writer: &mut Writer, at_s: i64, of: &Writer, fact: StationFact) -> Written {
    let said = (Subject::Station(of.station.code.clone()), FactBody::Station(fact));
    let prev = writer.facts.last().map_or(Hash::ZERO, Written::id);
    let at = writer.at(writer.facts.len() as u64 + 1);
    let written = facts::write(at, (prev, at_s), Vec::new(), said);
    writer.facts.push(written.clone());
    written
}

fn enrolled(of: &Writer, work_centers: &[&str]) -> StationFact {
    let (ledger, key) = (of.ledger().clone(), of.station.public_key.clone());
    StationFact::StationEnrolled { ledger, key, work_centers: centers(work_centers) }
}

fn incoming(board: &Board) -> &BoardRow {
    board.places.iter().find(|row| row.place == id("INC-1")).unwrap()
}

#[test]
fn a_place_whose_station_was_never_heard_is_silent() {
    let mut bench = Bench::founded();
    let (mut server, other) = (Writer::named("SRV", 9), Writer::named("INC1", 3));
    // Nobody else is there: what this station does not know did not happen.
    let quiet = board(&mut bench);
    assert!(quiet.is_whole() && incoming(&quiet).last_contact.is_none(), "{quiet:?}");
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, enrolled(&other, &["PAINT"]))]);
    assert!(board(&mut bench).is_whole(), "it serves another work center");
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, enrolled(&other, &["INC", "PAINT"]))]);
    let silent = board(&mut bench);
    assert!(incoming(&silent).silent && !silent.is_whole(), "{silent:?}");
    assert_eq!(incoming(&silent).last_contact, None);

    // A sign of life from the station says up to when nothing happened at its places.
    let heard = says(&mut other.clone(), SAID_S + 60, &other, StationFact::Heartbeat {});
    hears(&mut bench, vec![heard]);
    let now = moment(120);
    let whole = board_at(&bench, &now);
    assert!(!incoming(&whole).silent && whole.is_whole(), "{whole:?}");
    assert_eq!(whole.time.complete_to, Some(moment(60).utc));
    let long_after = board_at(&bench, &moment(60 + 31 * 60));
    assert!(incoming(&long_after).silent, "{long_after:?}");
}

#[test]
fn a_place_at_which_somebody_worked_is_known_by_that_and_a_revoked_station_is_not_waited_for() {
    let mut bench = Bench::founded();
    let (mut server, other) = (Writer::named("SRV", 9), Writer::named("ASM2", 3));
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, enrolled(&other, &["ASM", "INC"]))]);
    assert!(incoming(&board(&mut bench)).silent);
    // What is done at this station is known here, whoever else serves the place.
    bench.on(TravelerCommand::Start).unwrap();
    let known = board(&mut bench);
    let own = known.places.iter().find(|row| row.place == id("ASM-1")).unwrap();
    assert!(own.last_contact.is_some() && !own.silent, "{known:?}");
    let revoked = StationFact::StationRevoked { ledger: other.ledger().clone() };
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, revoked)]);
    assert!(board(&mut bench).is_whole());
}

/// A sign of life that a writer gives at a place.
fn works_at(writer: &mut Writer, at_s: i64, place: &str) -> Written {
    let of = writer.clone();
    let written = says(writer, at_s, &of, StationFact::Heartbeat {});
    let mut fact = Fact::read(&written.bytes).unwrap();
    fact.head.acting.place = Some(id(place));
    let written = Written { bytes: fact.write().unwrap(), ..written };
    *writer.facts.last_mut().unwrap() = written.clone();
    written
}

#[test]
fn a_revoked_station_that_worked_at_a_place_keeps_it_silent_no_longer() {
    let mut bench = Bench::founded();
    let (mut server, mut other) = (Writer::named("SRV", 9), Writer::named("ASM2", 3));
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, enrolled(&other, &["ASM"]))]);
    hears(&mut bench, vec![works_at(&mut other, SAID_S + 60, "ASM-1")]);
    bench.on(TravelerCommand::Start).unwrap();
    let long_after = moment(60 + 31 * 60);
    let bench_of =
        |board: &Board| board.places.iter().find(|row| row.place == id("ASM-1")).cloned().unwrap();
    let silent = board_at(&bench, &long_after);
    assert!(bench_of(&silent).silent && !silent.is_whole(), "{silent:?}");
    assert_eq!(bench_of(&silent).last_contact, Some(moment(60).utc));

    // Another one took over: what the revoked one had not sent never comes.
    let revoked = StationFact::StationRevoked { ledger: other.ledger().clone() };
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, revoked)]);
    let whole = board_at(&bench, &long_after);
    assert!(!bench_of(&whole).silent && whole.is_whole(), "{whole:?}");
    assert_eq!(whole.time.complete_to, Some(long_after.utc));

    // Enrolled again, it is waited for again.
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, enrolled(&other, &["ASM"]))]);
    assert!(bench_of(&board_at(&bench, &long_after)).silent);
}

#[test]
fn the_board_lists_the_stations_with_when_each_was_heard_of_last_but_none_that_was_revoked() {
    let mut bench = Bench::founded();
    let (mut server, mut other) = (Writer::named("SRV", 9), Writer::named("INC1", 3));
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, enrolled(&other, &["INC"]))]);
    let now = moment(120);
    let other_of =
        |board: &Board| board.stations.iter().find(|row| row.station == id("INC1")).cloned();
    let never = board_at(&bench, &now);
    let row = other_of(&never).unwrap();
    assert_eq!((row.last_contact, row.silent, row.waiting), (None, true, None));
    let own = never.stations.iter().find(|row| row.waiting.is_some()).unwrap();
    assert_eq!((own.last_contact, own.silent), (Some(now.utc), false));

    hears(&mut bench, vec![works_at(&mut other, SAID_S + 60, "INC-1")]);
    let row = other_of(&board_at(&bench, &now)).unwrap();
    assert_eq!((row.last_contact, row.silent), (Some(moment(60).utc), false));
    assert_eq!((row.places, row.work_centers), (vec![id("INC-1")], centers(&["INC"])));

    let revoked = StationFact::StationRevoked { ledger: other.ledger().clone() };
    hears(&mut bench, vec![says(&mut server, SAID_S, &other, revoked)]);
    assert!(other_of(&board_at(&bench, &now)).is_none());
}
