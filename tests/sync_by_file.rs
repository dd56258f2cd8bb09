//! Facts out and receipts back by file, for a station that no line reaches.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gemba::domain::feeds::{Cursor, Feed};
use gemba::domain::moment::Moment;
use gemba::domain::people::Role;
use gemba::domain::stream::Subject;
use gemba::ledger::verify::verify;
use gemba::server::by_file::{Taken, take};
use gemba::server::error::ServerError;
use gemba::sync::client::by_file::{self, Brought};
use gemba::sync::client::error::SyncError;
use gemba::sync::parcel::{Parcel, ParcelError, Record};
use gemba::sync::protocol::PageOutcome;
use gemba::sync::retry::Stop;
use tempfile::TempDir;

use crate::support::copied::copy;
use crate::support::counts;
use crate::support::patience::Patience;
use crate::support::plant::{PlantBench, StationBench, moment};
use crate::support::read_back::sent_by;

fn clock(ms: i64) -> Arc<dyn Fn() -> Moment + Send + Sync> {
    Arc::new(move || moment(ms))
}

/// A stick that goes back and forth.
struct Stick(TempDir);

impl Stick {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn written_by(&self, station: &StationBench, name: &str, ms: i64) -> u64 {
        by_file::write(&station.dir, &self.file(name), &moment(ms)).unwrap().facts
    }

    fn taken_at(&self, server: &Path, name: &str) -> Result<Taken, ServerError> {
        let files = (&*self.file(name), &*self.file(&format!("{name}.answer")));
        take(server, files, &clock(700_000))
    }

    fn back_at(&self, station: &StationBench, name: &str) -> Result<Brought, SyncError> {
        by_file::take(&station.dir, &self.file(&format!("{name}.answer")))
    }

    /// There and back, all of it.
    fn trip(&self, server: &Path, station: &StationBench, name: &str) -> (Taken, Brought) {
        self.written_by(station, name, 10_000);
        let taken = self.taken_at(server, name).unwrap();
        (taken, self.back_at(station, name).unwrap())
    }
}

fn catalog(station: &StationBench) -> u64 {
    catalog_of(&station.ledger().cursors().unwrap())
}

fn catalog_of(cursors: &[Cursor]) -> u64 {
    let catalog = Feed::Catalog.to_string();
    cursors.iter().find(|cursor| cursor.feed == catalog).map_or(0, |cursor| cursor.position)
}

fn is_clean(station: &StationBench) {
    assert_eq!(verify(&station.dir).unwrap().findings, vec![]);
    assert_eq!(station.ledger().check(&mut |_| {}).unwrap().models, vec![]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_that_goes_back_and_forth_twice_carries_everything_both_ways() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC", "ASM"]).await;
    let stick = Stick::new();
    let bench = bench
        .stopped(|server| {
            // First the station hears who there is; then its own facts go out.
            let (taken, brought) = stick.trip(server, &asm, "1");
            assert!(taken.judged && taken.new == 0);
            assert!(brought.received > 0 && catalog(&asm) > 0);
            asm.admit("P-2", Role::Operator);
            asm.beat(600);
            asm.open_order("WO-1");
            let (taken, brought) = stick.trip(server, &asm, "2");
            assert_eq!((taken.told.len(), brought.at_server), (2, 602));
            assert!(taken.told.iter().all(|told| told.answer.outcome == PageOutcome::Stored));
            assert_eq!(asm.ledger().waiting().unwrap(), 0);

            // Another station gets what was accepted of it, and the order of its work center.
            stick.trip(server, &inc, "3");
        })
        .await;
    let order = Subject::Order("WO-1".parse().unwrap());
    assert_eq!(inc.ledger().stream(&order).unwrap().count, 1);
    let person = Subject::Person("P-2".parse().unwrap());
    assert_eq!(inc.ledger().stream(&person).unwrap().count, 1, "judged before the answer");
    let last = asm.ledger().noted_sync().unwrap().last_contact;
    assert_eq!(last, Some(moment(10_000).utc), "what is known is as new as the question");

    // The line is back: nothing is sent or comes twice.
    let done = asm.client().sync_once().await.unwrap();
    assert_eq!((done.sent, done.waiting), (0, 0));
    // What a test wrote past the rules has no read models.
    assert_eq!(verify(&asm.dir).unwrap().findings, vec![]);
    is_clean(&inc);
    let there = sent_by(&asm.dir, &bench.dir_of("server"));
    counts::add("values_saved", 602);
    counts::add("values_found", there.len() as u64);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_used_twice_or_late_changes_nothing() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let server = bench.dir_of("server");
    let stick = Stick::new();
    asm.beat(5);
    stick.written_by(&asm, "old", 1_000);
    let first = stick.taken_at(&server, "old").unwrap();
    assert!((first.new, first.told.len()) >= (5, 1), "beside a server that runs");
    let again = stick.taken_at(&server, "old").unwrap();
    assert_eq!(again.told[0].answer.outcome, PageOutcome::Stored, "what comes twice is a success");

    // Meanwhile the line was there, and more happened.
    asm.beat(3);
    asm.client().sync_once().await.unwrap();
    let before = (asm.ledger().cursors().unwrap(), asm.ledger().at_server().unwrap());
    for _ in 0..2 {
        let late = stick.back_at(&asm, "old").unwrap();
        assert_eq!((late.at_server, late.received), (0, 0));
        assert!(late.passed_over > 0);
    }
    let after = (asm.ledger().cursors().unwrap(), asm.ledger().at_server().unwrap());
    assert_eq!(after, before);
    assert_eq!(asm.ledger().waiting().unwrap(), 0);

    // Of an answer that goes beyond what came by the line, the rest is applied.
    stick.written_by(&asm, "new", 2_000);
    let inc = bench.enroll("INC1", &["INC"]).await;
    stick.trip(&server, &inc, "inc");
    inc.admit("P-4", Role::Inspector);
    stick.trip(&server, &inc, "inc");
    let patience = Patience::begins();
    while catalog(&asm) == catalog_of(&before.0) {
        assert!(patience.left().is_some(), "{:?}", bench.running.judge_trouble());
        stick.taken_at(&server, "new").unwrap();
        stick.back_at(&asm, "new").unwrap();
    }
    is_clean(&asm);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_stations_own_file_is_taken_whole_and_from_nobody_else() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC"]).await;
    let server = bench.dir_of("server");
    let stick = Stick::new();
    asm.beat(20);
    stick.trip(&server, &asm, "1");
    let files = [stick.file("1"), stick.file("1.answer")];
    let is = |error: &SyncError, wanted: &str| {
        assert!(error.to_string().contains(wanted), "{error}");
    };

    is(&by_file::take(&inc.dir, &files[1]).unwrap_err(), "another station");
    is(&by_file::take(&asm.dir, &files[0]).unwrap_err(), "gemba serve take");
    let answer = stick.file("x");
    let turned = take(&server, (&files[1], &answer), &clock(0)).unwrap_err();
    assert!(turned.to_string().contains("gemba sync --from"), "{turned}");
    assert!(!answer.exists(), "no answer is left behind");

    // Neither end takes what was cut off, or changed in any byte.
    let before = asm.ledger().cursors().unwrap();
    for (file, from) in [(&files[0], true), (&files[1], false)] {
        let whole = fs::read(file).unwrap();
        let broken = |bytes: &[u8]| {
            let file = stick.file("broken");
            fs::write(&file, bytes).unwrap();
            if from {
                let error = take(&server, (&file, &answer), &clock(0)).unwrap_err();
                assert!(matches!(error, ServerError::Parcel(ParcelError::Broken)), "{error}");
            } else {
                let error = by_file::take(&asm.dir, &file).unwrap_err();
                assert!(matches!(error, SyncError::Parcel(ParcelError::Broken)), "{error}");
            }
            counts::add("broken_files_refused", 1);
        };
        for length in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            broken(&whole[..length]);
        }
        for at in (6..whole.len()).step_by(whole.len() / 60 + 1) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            // A bit that the packing does not use changes nothing of what is in it.
            let unpacked = |bytes: &[u8]| gemba::sync::packed::unpack(bytes, 1 << 26);
            if unpacked(&flipped).ok() != unpacked(&whole).ok() {
                broken(&flipped);
            }
        }
        let mut longer = whole.clone();
        longer.extend_from_slice(&whole);
        broken(&longer);
    }
    assert_eq!(asm.ledger().cursors().unwrap(), before);
    assert!(!answer.exists());

    // After an enrollment with another token older files prove nothing; revoked, nothing is taken.
    stick.written_by(&asm, "2", 3_000);
    bench.office().revoke_station(&asm.station).unwrap();
    let revoked = stick.taken_at(&server, "2").unwrap_err();
    assert!(matches!(revoked, ServerError::Revoked(_)), "{revoked}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_a_line_stops_a_file_and_says_so_at_the_station() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let server = bench.dir_of("server");
    let stick = Stick::new();
    asm.beat(3);
    stick.trip(&server, &asm, "1");
    let copied = bench.dir_of("copied");
    fs::create_dir_all(&copied).unwrap();
    for file in fs::read_dir(&asm.dir).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copied.join(file.file_name())).unwrap();
    }
    asm.beat(2);
    stick.trip(&server, &asm, "2");

    // The same disk on a second machine writes another history.
    let twin = StationBench { dir: copied, station: asm.station.clone() };
    twin.admit("P-9", Role::Operator);
    stick.written_by(&twin, "twin", 1_000);
    let taken = stick.taken_at(&server, "twin").unwrap();
    let outcome = &taken.told.last().unwrap().answer.outcome;
    assert!(matches!(outcome, PageOutcome::Fork { seq: 4 }), "{outcome:?}");
    let stopped = stick.back_at(&twin, "twin").unwrap_err();
    assert!(matches!(stopped, SyncError::Stopped(Stop::Fork { .. })), "{stopped}");
    let said = twin.ledger().setting(gemba::ledger::desk::SYNC_STOPPED).unwrap();
    assert!(said.unwrap().ends_with("gemba station recover"));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_server_asks_by_file_for_what_it_has_lost() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    let stick = Stick::new();
    asm.beat(3);
    let server = bench.dir_of("server");
    stick.trip(&server, &asm, "1");
    let backup = bench.dir_of("backup");
    let bench = bench.stopped(|server| copy(server, &backup)).await;
    asm.beat(4);
    stick.trip(&server, &asm, "2");
    asm.beat(1);
    let bench = bench
        .stopped(|server| {
            fs::remove_dir_all(server).unwrap();
            copy(&backup, server);
            stick.written_by(&asm, "3", 4_000);
            let taken = stick.taken_at(server, "3").unwrap();
            let outcome = &taken.told[0].answer.outcome;
            assert!(matches!(outcome, PageOutcome::Gap { expected: 4 }), "{outcome:?}");
            let brought = stick.back_at(&asm, "3").unwrap();
            assert_eq!(brought.wanted_from, Some(4));
            assert_eq!(asm.ledger().waiting().unwrap(), 5, "nothing counts as there that is not");
            let (_, brought) = stick.trip(server, &asm, "4");
            assert_eq!((brought.at_server, brought.wanted_from), (5, None));
        })
        .await;
    is_clean(&asm);
    let there = sent_by(&asm.dir, &bench.dir_of("server"));
    counts::add("values_saved", 8);
    counts::add("values_found", there.len() as u64);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_answer_judgements_come_after_the_holds_that_they_name() {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.open_order("WO-1");
    let stick = Stick::new();
    let bench = bench
        .stopped(|server| {
            stick.written_by(&asm, "1", 10_000);
            stick.taken_at(server, "1").unwrap();
        })
        .await;
    let mut feeds = Vec::new();
    let mut answer = Parcel::open(File::open(stick.file("1.answer")).unwrap()).unwrap();
    let read = answer.each(|record| {
        if let Record::Feed(start) = record {
            feeds.push(start.feed);
        }
        Ok::<_, ParcelError>(())
    });
    read.unwrap();
    assert_eq!(feeds, ["work-center/ASM", "station/ASM1", "catalog"]);
    bench.running.shutdown().await;
}
