//! A new station begins by a snapshot: all that it needs, without the orders that are over.

use std::sync::Arc;

use gemba::domain::feeds::Cursor;
use gemba::domain::people::Role;
use gemba::domain::stream::Subject;
use gemba::ledger::store::Ledger;
use gemba::ledger::verify::verify;
use gemba::server::by_file::seed;
use gemba::sync::client::error::SyncError;
use gemba::sync::client::seed::by_file;
use gemba::sync::parcel::ParcelError;
use gemba::sync::protocol::{PullAnswer, PullRequest};

use crate::support::counts;
use crate::support::pen::{Pen, hold, unit};
use crate::support::plant::{PlantBench, StationBench, moment, settle};

/// Facts of one unit: it began, and was on hold ten times.
const OF_UNIT: usize = 21;
const UNITS: usize = 10;

fn known(station: &StationBench, subject: &Subject) -> usize {
    let folded = station.ledger().stream(subject).unwrap();
    assert!(folded.waiting.is_empty(), "{subject} waits");
    folded.count
}

fn is_clean(station: &StationBench) {
    assert_eq!(verify(&station.dir).unwrap().findings, vec![]);
    assert_eq!(station.ledger().check(&mut |_| {}).unwrap().models, vec![]);
}

/// A plant where ten orders are over, two are open, and one is closed with a unit on hold.
async fn plant() -> (PlantBench, StationBench) {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Operator);
    let mut pen = Pen::of(&asm.dir);
    (pen.begins, pen.units, pen.of_unit) = (true, UNITS, OF_UNIT);
    for n in 1..=10 {
        pen.order(&format!("WO-{n}"), true);
    }
    pen.order("WO-11", false);
    pen.order("WO-12", false);
    let last = pen.order("WO-13", true);
    pen.write(&unit("WO-13", "0010"), std::slice::from_ref(&last), hold(&last));
    pen.put_into(&asm.dir);
    settle(&bench, &[&asm]).await;
    (bench, asm)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_station_begins_with_what_is_open_and_gets_the_rest_when_it_matters() {
    let (bench, asm) = plant().await;
    let new = bench.enroll("ASM2", &["ASM"]).await;
    new.client().sync_once().await.unwrap();
    settle(&bench, &[&asm, &new]).await;
    assert_eq!(new.ledger().left_out().unwrap(), 10 * (UNITS as u64 + 1));
    assert_eq!(known(&new, &unit("WO-3", "0001")), 0);
    let whole = known(&asm, &unit("WO-11", "0001"));
    assert!(whole >= OF_UNIT);
    assert_eq!(known(&new, &unit("WO-11", "0001")), whole, "open orders come whole");
    let held = unit("WO-13", "0010");
    assert_eq!(known(&new, &held), known(&asm, &held), "a closed order with a hold is not over");
    assert_eq!(known(&new, &Subject::Person("P-2".parse().unwrap())), 1);
    let cursors = |station: &StationBench| {
        let all = station.ledger().cursors().unwrap().into_iter();
        all.filter(|cursor| !cursor.feed.starts_with("station/")).collect::<Vec<_>>()
    };
    assert_eq!(cursors(&new), cursors(&asm), "as if all had been pulled");
    assert!(!new.dir.join("snapshot").exists(), "chunks are taken away");
    is_clean(&new);

    // A fact comes late to an order that was left out: its streams come whole.
    let late = unit("WO-3", "0001");
    let mut pen = Pen::of(&asm.dir);
    let last = asm.ledger().stream(&late).unwrap().stream.heads.last().unwrap().clone();
    pen.write(&late, std::slice::from_ref(&last), hold(&last));
    pen.put_into(&asm.dir);
    settle(&bench, &[&asm, &new]).await;
    assert_eq!(known(&new, &late), known(&asm, &late));
    assert_eq!(known(&new, &unit("WO-3", "0007")), known(&asm, &unit("WO-3", "0007")));
    assert_eq!(new.ledger().left_out().unwrap(), 9 * (UNITS as u64 + 1));
    is_clean(&new);

    // Somebody asks for one.
    let asked = "WO-5".parse().unwrap();
    let came = new.client().bring_order(&asked).await.unwrap();
    assert!(came.is_some_and(|facts| facts >= (UNITS * OF_UNIT) as u64));
    assert_eq!(known(&new, &unit("WO-5", "0002")), known(&asm, &unit("WO-5", "0002")));
    assert_eq!(new.client().bring_order(&"WO-77".parse().unwrap()).await.unwrap(), None);
    is_clean(&new);
    counts::add("late_facts_completed", 1);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_from_a_file_for_that_station_alone_and_once() {
    let (bench, asm) = plant().await;
    let new = bench.enroll("ASM2", &["ASM"]).await;
    let other = bench.enroll("ASM3", &["ASM"]).await;
    let file = bench.dir_of("seed.parcel");
    let clock: Arc<dyn Fn() -> _ + Send + Sync> = Arc::new(|| moment(700_000));
    let of = "ASM2".parse().unwrap();
    let facts = seed(&bench.dir_of("server"), (&of, &file), &clock).unwrap();
    let elsewhere = by_file(&other.dir, &file).unwrap_err();
    assert!(matches!(elsewhere, SyncError::Parcel(ParcelError::Another)), "{elsewhere}");
    assert_eq!(by_file(&new.dir, &file).unwrap(), facts);
    assert_eq!(known(&new, &unit("WO-12", "0010")), known(&asm, &unit("WO-12", "0010")));
    is_clean(&new);
    let twice = by_file(&new.dir, &file).unwrap_err();
    assert!(twice.to_string().contains("nothing was changed"), "{twice}");
    settle(&bench, &[&asm, &new]).await;
    is_clean(&new);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_was_left_out_comes_when_asked_and_is_said_to_be_missing_until_it_is_here()
{
    let (bench, asm) = plant().await;
    let new = bench.enroll("ASM2", &["ASM"]).await;
    settle(&bench, &[&asm, &new]).await;
    let mut ledger = new.ledger();
    let left_out = ledger.left_out().unwrap();
    assert_eq!(ledger.begin_whole().unwrap(), left_out);

    // It dies after the first page of a feed.
    let office = bench.office();
    let own = ledger.identity().ledger.clone();
    let feeds = office.store().station_of(&own).unwrap().unwrap().feeds();
    let of_orders = |feed: &str| feed.starts_with("work-center/");
    let begins = |ledger: &Ledger| {
        ledger.cursors().unwrap().into_iter().find(|cursor| of_orders(&cursor.feed)).unwrap()
    };
    let Cursor { feed, epoch, position, rolling } = begins(&ledger);
    assert_eq!(position, 0);
    let (after, bytes_max, has, up_to) = (0, 64 * 1024, None, None);
    let request = PullRequest { feed, epoch, after, rolling, bytes_max, has, up_to };
    let answer = office.store().pull(&feeds, &request).unwrap();
    let PullAnswer::Page { page, head } = answer else { panic!("{answer:?}") };
    let after = page.rows.len() as u64;
    assert!(after < head, "one page is not all");
    assert!(ledger.apply(&page).unwrap().new > 0);
    ledger.end_whole().unwrap();
    assert_eq!(ledger.left_out().unwrap(), left_out, "it is not all here");
    assert!(ledger.is_fetching_whole().unwrap());

    // Asked once more, it goes on from there.
    assert_eq!(ledger.begin_whole().unwrap(), left_out);
    assert_eq!(begins(&ledger).position, after);
    settle(&bench, &[&asm, &new]).await;
    assert_eq!(ledger.left_out().unwrap(), 0);
    assert!(!ledger.is_fetching_whole().unwrap());
    for order in ["WO-1", "WO-5", "WO-10", "WO-13"] {
        let last = unit(order, "0010");
        assert_eq!(known(&new, &last), known(&asm, &last), "{order}");
    }
    assert_eq!(ledger.begin_whole().unwrap(), 0, "then there is nothing to fetch");
    assert!(!ledger.is_fetching_whole().unwrap());
    is_clean(&new);
    bench.running.shutdown().await;
}
