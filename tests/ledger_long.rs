//! A station's stream grows for years: it is kept as folded up to a fact, and what is kept is never more
//! than what the facts say.

use gemba::domain::decide::Command;
use gemba::domain::fact::Fact;
use gemba::domain::feeds::Feed;
use gemba::domain::fold::{Folded, fold};
use gemba::domain::kinds::FactBody;
use gemba::domain::station::{StationCommand, StationFact};
use gemba::domain::stream::{StreamState, Subject};
use gemba::ledger::store::Ledger;
use rusqlite::Connection;

use crate::support::bench::{Bench, id, page_after};
use crate::support::writer::Writer;

fn subject() -> Subject {
    Subject::Station(id("ASM1"))
}

/// So many signs of life, a page of them at a time.
fn lives_on(bench: &mut Bench, beats: usize) {
    for _ in 0..beats / 100 {
        let beat = || Command::Station(id("ASM1"), StationCommand::Beat);
        let (acting, now) = (bench.acting(), bench.now());
        bench.ledger.transact_all(&acting, &now, (0..100).map(|_| beat()).collect()).unwrap();
    }
}

/// The stream as a process sees it that begins now.
fn seen_anew(bench: &Bench) -> Folded {
    Ledger::open(bench.path()).unwrap().stream(&subject()).unwrap()
}

/// The stream as all its facts make it.
fn of_all_facts(bench: &Bench) -> Folded {
    let stored = bench.ledger.arrived(&subject(), 0).unwrap();
    let facts: Vec<_> = stored.into_iter().map(|stored| (stored.fact, stored.id)).collect();
    fold(&subject(), &facts)
}

fn store(bench: &Bench) -> Connection {
    Connection::open(bench.path().join("station.db")).unwrap()
}

/// What is kept, as far as it is.
fn kept(bench: &Bench) -> Vec<(i64, i64)> {
    let store = store(bench);
    let mut rows = store.prepare("SELECT count, arrival FROM long_stream").unwrap();
    let rows = rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_stream_that_grew_long_is_read_on_from_where_it_was_kept() {
    let mut bench = Bench::founded();
    lives_on(&mut bench, 400);
    assert_eq!(kept(&bench), [], "it is short");
    lives_on(&mut bench, 800);
    let before = kept(&bench);
    assert!(matches!(before[..], [(count, _)] if (1_000..1_200).contains(&count)), "{before:?}");
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));

    // What is kept is where it begins, and what another version kept is not looked at.
    let change = "UPDATE long_stream SET folded = replace(folded, '\"work_centers\":[]',
                  '\"work_centers\":[\"KEPT\"]')";
    assert_eq!(store(&bench).execute(change, ()).unwrap(), 1);
    let StreamState::Station(state) = seen_anew(&bench).stream.state else { panic!("no station") };
    assert_eq!(state.work_centers, [id("KEPT")]);
    store(&bench).execute("UPDATE long_stream SET version = '0'", ()).unwrap();
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));
    store(&bench).execute("UPDATE long_stream SET folded = '{', version = '32'", ()).unwrap();
    assert_eq!(seen_anew(&bench), of_all_facts(&bench));
}

#[test]
fn a_late_fact_that_belongs_before_what_is_kept_is_folded_in_its_place() {
    let mut bench = Bench::founded();
    lives_on(&mut bench, 700);
    assert_eq!(kept(&bench).len(), 1);
    let site = Feed::Site(id("PLANT"));
    bench.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    // Another ledger wrote of this station long ago, knowing nothing of what is here.
    let mut other = Writer::new(3);
    other.writes(subject(), FactBody::Station(StationFact::Heartbeat {}));
    let page = page_after(&bench.ledger, &site, other.facts.clone());
    bench.ledger.apply(&page).unwrap();
    let all = of_all_facts(&bench);
    assert_eq!(seen_anew(&bench), all);
    assert_eq!(bench.ledger.stream(&subject()).unwrap(), all);
    let late = Fact::read(&other.facts[0].bytes).unwrap().head.position;
    assert!(all.stream.heads.contains(&late), "nobody knew it");
}
