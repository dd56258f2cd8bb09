//! The store on its disk: shared, full, read-only, newer, damaged; and what is kept beside facts.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command as ProcessCommand;
use std::thread;

use gemba::domain::decide::Command;
use gemba::domain::fact::Acting;
use gemba::domain::ids::PersonId;
use gemba::domain::people::PersonCommand;
use gemba::ledger::cards::Card;
use gemba::ledger::desk::SyncOutcome;
use gemba::ledger::error::{LedgerError, TransactError};
use gemba::ledger::store::{Founding, Ledger};
use gemba::ledger::verify::verify;

use crate::support::bench::{Bench, UNIT, id, moment, torque, traveler};
use crate::support::counts;

fn raw(bench: &Bench) -> rusqlite::Connection {
    rusqlite::Connection::open(bench.path().join("station.db")).unwrap()
}

#[test]
fn triggers_refuse_to_change_or_delete_a_fact() {
    let bench = Bench::founded();
    let store = raw(&bench);
    for (sql, says) in [
        ("UPDATE fact SET kind = kind", "a fact never changes"),
        ("UPDATE fact SET bytes = '{}' WHERE seq = 1", "a fact never changes"),
        ("DELETE FROM fact WHERE seq = 1", "a fact is kept forever"),
        ("DELETE FROM fact", "a fact is kept forever"),
    ] {
        let error = store.execute(sql, ()).unwrap_err().to_string();
        assert!(error.contains(says), "{sql}: {error}");
    }
    assert_eq!(verify(bench.path()).unwrap().findings, []);
}

#[test]
fn many_writers_on_one_store_save_each_value_once() {
    let bench = Bench::founded();
    let (writers, values) = (6_u64, 12_u64);
    let before = bench.head_seq();
    thread::scope(|scope| {
        for writer in 0..writers {
            let (path, acting) = (bench.path().to_owned(), bench.acting());
            scope.spawn(move || {
                let mut ledger = Ledger::open(&path).unwrap();
                for value in 0..values {
                    let how = format!("writer {writer} value {value}");
                    let command = Command::Person(id("novak"), PersonCommand::SignOut { how });
                    let now = moment((1000 + writer * 100 + value).cast_signed());
                    ledger.transact(&acting, &now, command).unwrap();
                }
            });
        }
    });
    assert_eq!(bench.head_seq(), before + writers * values);
    let facts = bench.own_facts();
    for writer in 0..writers {
        for value in 0..values {
            let how = format!("\"writer {writer} value {value}\"");
            assert_eq!(facts.iter().filter(|f| f.bytes.contains(&how)).count(), 1, "{how}");
        }
    }
    assert_eq!(verify(bench.path()).unwrap().findings, []);
}

#[test]
fn of_two_terminals_that_record_the_same_bolt_one_is_refused() {
    let bench = Bench::started();
    let outcomes: Vec<bool> = thread::scope(|scope| {
        let racing: Vec<_> = (0..4)
            .map(|n| {
                let (path, acting) = (bench.path().to_owned(), bench.acting());
                scope.spawn(move || {
                    let mut ledger = Ledger::open(&path).unwrap();
                    let command = Command::Traveler(traveler(UNIT), torque(1, "25"));
                    match ledger.transact(&acting, &moment(500 + n), command) {
                        Ok(_) => true,
                        Err(TransactError::Refused(_)) => false,
                        Err(TransactError::Ledger(error)) => panic!("{error}"),
                    }
                })
            })
            .collect();
        racing.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|saved| **saved).count(), 1, "{outcomes:?}");
}

/// Lets the store grow by a few pages only, as a full disk does.
fn fill_disk(bench: &Bench) {
    let pages: u32 = raw(bench).pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    bench.ledger.keep_below_pages(pages + 4).unwrap();
}

#[test]
fn a_full_disk_refuses_with_what_to_do_and_loses_nothing() {
    let mut bench = Bench::started();
    fill_disk(&bench);
    let mut saved = bench.head_seq();
    let mut full = None;
    for n in 0..2_000 {
        let command = PersonCommand::SignOut { how: format!("{n} {}", "x".repeat(900)) };
        match bench.ask(Command::Person(id("novak"), command)) {
            Ok(_) => saved += 1,
            Err(TransactError::Ledger(error)) => {
                full = Some(error);
                break;
            }
            Err(TransactError::Refused(refusal)) => panic!("{refusal}"),
        }
    }
    let error = full.unwrap();
    assert_eq!(error.exit_code(), 5);
    let text = error.to_string();
    assert!(text.contains("full") && text.contains("free space"), "{text}");
    assert_eq!(bench.head_seq(), saved);
    assert_eq!(verify(bench.path()).unwrap().findings, []);
    bench.ledger.keep_below_pages(100_000).unwrap();
    bench.record(1, "25").unwrap();
    assert_eq!(bench.ledger.check(&mut |_| {}).unwrap().models, []);
}

/// A small disk of its own, where this user may make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(test: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let made = mount(&["-t", "tmpfs", "-o", "size=2m", "tmpfs"], disk.0.path());
        if !made {
            counts::skip(test);
        }
        made.then_some(disk)
    }

    /// The bench goes on with its store on this disk.
    fn take_store(&self, bench: &mut Bench) {
        raw(bench).query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
        for file in ["station.db", "station.key"] {
            fs::copy(bench.path().join(file), self.0.path().join(file)).unwrap();
        }
        bench.ledger = Ledger::open(self.0.path()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        ProcessCommand::new("umount").arg("-l").arg(self.0.path()).output().ok();
    }
}

fn mount(options: &[&str], at: &Path) -> bool {
    let done = ProcessCommand::new("mount").args(options).arg(at).output();
    done.is_ok_and(|output| output.status.success())
}

#[test]
fn a_disk_that_fills_up_keeps_what_was_saved() {
    let Some(disk) = SmallDisk::mount("a_disk_that_fills_up_keeps_what_was_saved") else { return };
    let mut bench = Bench::started();
    disk.take_store(&mut bench);
    let mut saved = bench.head_seq();
    let error = loop {
        let how = "x".repeat(20_000);
        let command = Command::Person(id("novak"), PersonCommand::SignOut { how });
        match bench.ask(command) {
            Ok(_) => saved += 1,
            Err(TransactError::Ledger(error)) => break error,
            Err(TransactError::Refused(refusal)) => panic!("{refusal}"),
        }
        assert!(saved < 1_000, "the disk never fills up");
    };
    assert_eq!(error.exit_code(), 5, "{error}");
    assert!(error.to_string().contains("free space"), "{error}");
    assert_eq!(bench.head_seq(), saved);
    assert!(mount(&["-o", "remount,size=16m"], disk.0.path()));
    bench.record(1, "25").unwrap();
    let report = verify(disk.0.path()).unwrap();
    assert_eq!((report.findings, report.facts), (Vec::new(), saved + 2));
}

#[test]
fn a_read_only_disk_is_audited_and_refuses_to_be_written() {
    let name = "a_read_only_disk_is_audited_and_refuses_to_be_written";
    let Some(disk) = SmallDisk::mount(name) else { return };
    let mut bench = Bench::started();
    disk.take_store(&mut bench);
    let elsewhere = Bench::blank("X", 3);
    bench.ledger = elsewhere.ledger;
    assert!(mount(&["-o", "remount,ro"], disk.0.path()));
    let report = verify(disk.0.path()).unwrap();
    assert_eq!(report.findings, []);
    assert!(report.facts > 20);
    let error = Ledger::open(disk.0.path()).unwrap_err();
    assert_eq!(error.exit_code(), 5, "{error}");
    assert!(error.to_string().contains("read-only"), "{error}");
    let founding = Founding { station: id("NEW"), demo: false, key: [3; 32] };
    let error = Ledger::create(&disk.0.path().join("new"), founding).unwrap_err();
    assert_eq!(error.exit_code(), 5, "{error}");
}

#[test]
fn a_newer_store_is_left_alone() {
    let bench = Bench::founded();
    let store = raw(&bench);
    store.pragma_update(None, "user_version", 900).unwrap();
    drop(store);
    let opened: [Result<(), LedgerError>; 3] = [
        Ledger::open(bench.path()).map(|_| ()),
        Ledger::open_reader(bench.path()).map(|_| ()),
        verify(bench.path()).map(|_| ()),
    ];
    for error in opened.map(Result::unwrap_err) {
        assert!(matches!(error, LedgerError::Newer { found: 900, .. }), "{error}");
        assert_eq!(error.exit_code(), 5);
        assert!(error.to_string().contains("update gemba"), "{error}");
    }
}

#[test]
fn what_is_no_store_or_no_longer_one_is_called_damaged() {
    let whole = Bench::founded();
    drop(raw(&whole).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    let bytes = fs::read(whole.path().join("station.db")).unwrap();
    let key = fs::read(whole.path().join("station.key")).unwrap();
    let half = bytes[..bytes.len() / 2].to_vec();
    let mut scratched = bytes.clone();
    for at in (4096 * 2..scratched.len()).step_by(4096) {
        scratched[at..at + 64].fill(0xff);
    }
    for (name, content) in [
        ("garbage", b"this is not a store, it is a text about one".repeat(200)),
        ("empty", Vec::new()),
        ("half", half),
        ("scratched", scratched),
        ("header", bytes[..100].to_vec()),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("station.db"), &content).unwrap();
        fs::write(dir.path().join("station.key"), &key).unwrap();
        for error in [verify(dir.path()).map(|_| ()), use_store(dir.path())] {
            let error = error.unwrap_err();
            assert_eq!(error.exit_code(), 4, "{name}: {error}");
            assert!(error.to_string().contains("restore the last backup"), "{name}: {error}");
        }
    }
    let other = tempfile::tempdir().unwrap();
    let foreign = rusqlite::Connection::open(other.path().join("station.db")).unwrap();
    foreign.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    let error = Ledger::open(other.path()).unwrap_err();
    assert_eq!(error.exit_code(), 4, "{error}");
}

/// Opens a store, reads what is in it, and writes.
fn use_store(dir: &Path) -> Result<(), LedgerError> {
    let mut ledger = Ledger::open(dir)?;
    let report = ledger.check(&mut |_| {})?;
    let what = report.integrity.join("; ");
    if what.is_empty() { Ok(()) } else { Err(LedgerError::Damaged { what }) }
}

#[test]
fn an_absent_store_says_how_to_get_one_and_a_present_one_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let error = Ledger::open(dir.path()).unwrap_err();
    assert!(matches!(error, LedgerError::Absent { .. }));
    assert!(error.to_string().contains("gemba demo"));
    assert!(!dir.path().join("station.db").exists());
    let bench = Bench::founded();
    let founding = Founding { station: id("NEW"), demo: false, key: [3; 32] };
    let error = Ledger::create(bench.path(), founding).unwrap_err();
    assert!(matches!(error, LedgerError::Present { .. }), "{error}");
    assert_eq!(verify(bench.path()).unwrap().facts, bench.head_seq());
    // Cut off between key and store: made again. A key alone belongs to a store that is elsewhere.
    let founding = || Founding { station: id("NEW"), demo: false, key: [3; 32] };
    fs::write(dir.path().join("station.key"), "ff".repeat(32)).unwrap();
    let error = Ledger::create(dir.path(), founding()).unwrap_err();
    assert!(matches!(error, LedgerError::Present { .. }), "{error}");
    fs::write(dir.path().join("station.db"), "").unwrap();
    Ledger::create(dir.path(), founding()).unwrap();
    Ledger::open(dir.path()).unwrap();
}

#[test]
fn the_key_is_for_its_owner_alone_and_no_other_will_do() {
    let bench = Bench::founded();
    let path = bench.path().join("station.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for (content, says) in [
        (Some("ff".repeat(32)), "belongs to another store"),
        (Some("not hexadecimal".to_owned()), "is not a key"),
        (None, "cannot be read"),
    ] {
        match content {
            Some(content) => fs::write(&path, content).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let error = Ledger::open(bench.path()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.exit_code(), 5);
    }
    assert!(Ledger::open_reader(bench.path()).is_ok());
}

#[test]
fn a_reader_answers_and_cannot_write() {
    let mut bench = Bench::started();
    let mut reader = Ledger::open_reader(bench.path()).unwrap();
    bench.record(1, "25").unwrap();
    assert_eq!(reader.head().unwrap().last_seq, bench.head_seq());
    let command = Command::Traveler(traveler(UNIT), torque(2, "25"));
    let refused = reader.transact(&bench.acting(), &moment(900), command);
    assert!(matches!(refused, Err(TransactError::Ledger(_))), "{refused:?}");
    assert!(reader.seal().is_err());
}

#[test]
fn a_store_is_opened_and_read_without_anything_being_written() {
    let bench = Bench::started();
    let before = bench.ledger.version().unwrap();
    Ledger::open_reader(bench.path()).unwrap().head().unwrap();
    Ledger::open(bench.path()).unwrap().head().unwrap();
    assert_eq!(bench.ledger.version().unwrap(), before);
}

#[test]
fn drafts_settings_and_cards_are_kept_beside_the_facts() {
    let mut bench = Bench::founded();
    let novak: PersonId = id("novak");
    let facts = bench.head_seq();
    let ledger = &mut bench.ledger;
    ledger.put_draft(&novak, "WO-1881/0007 torque", "2").unwrap();
    ledger.put_draft(&novak, "WO-1881/0007 torque", "24.8").unwrap();
    let draft = ledger.draft(&novak, "WO-1881/0007 torque").unwrap();
    assert_eq!(draft.as_deref(), Some("24.8"));
    ledger.drop_draft(&novak, "WO-1881/0007 torque").unwrap();
    assert_eq!(ledger.draft(&novak, "WO-1881/0007 torque").unwrap(), None);
    ledger.put_setting("page_bytes", "1024").unwrap();
    assert_eq!(ledger.setting("page_bytes").unwrap().as_deref(), Some("1024"));
    assert_eq!(ledger.setting("other").unwrap(), None);
    let card = |person: &str, badge: &str| Card {
        person: id(person),
        name: person.to_uppercase(),
        badge: badge.to_owned(),
        language: "de".to_owned(),
        pin_verifier: "$argon2id$".to_owned(),
    };
    ledger.put_cards(&[card("novak", "B1"), card("sato", "B2")]).unwrap();
    assert_eq!(ledger.card_by_badge("B2").unwrap(), Some(card("sato", "B2")));
    assert_eq!(ledger.card_of(&novak).unwrap(), Some(card("novak", "B1")));
    ledger.put_cards(&[card("sato", "B3")]).unwrap();
    assert_eq!(ledger.cards().unwrap(), [card("sato", "B3")]);
    ledger.note_sync(&SyncOutcome::Reached(moment(1))).unwrap();
    ledger.note_sync(&SyncOutcome::Failed("no route".to_owned())).unwrap();
    let noted = ledger.noted_sync().unwrap();
    assert_eq!(noted.last_contact, Some(moment(1).utc));
    assert_eq!(noted.trouble.as_deref(), Some("no route"));
    assert_eq!(bench.head_seq(), facts);
    bench.start(UNIT);
    let last = bench.own_facts().pop().unwrap();
    assert!(last.bytes.contains("\"catalog_age_s\":"), "{}", last.bytes);
    assert!(!last.bytes.contains("\"catalog_age_s\":null"), "{}", last.bytes);
}

#[test]
fn too_much_for_a_fact_or_a_blob_is_refused() {
    let mut bench = Bench::founded();
    let before = bench.head_seq();
    let acting = Acting { ..bench.acting() };
    let sign_out = |how: String| Command::Person(id("novak"), PersonCommand::SignOut { how });
    for (how, code) in [("x".repeat(70_000), "S03"), ("with \0 in it".to_owned(), "X01")] {
        let refused = bench.ledger.transact(&acting, &moment(50), sign_out(how));
        let Err(TransactError::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.reasons[0].code(), code);
    }
    assert_eq!(bench.head_seq(), before);
    let blob = vec![0; 16 * 1024 * 1024 + 1];
    assert!(matches!(bench.ledger.put_blob(&blob), Err(LedgerError::BlobTooLarge { .. })));
    assert!(bench.ledger.put_blob(&blob[1..]).is_ok());
    bench.start(UNIT);
    assert_eq!(bench.head_seq(), before + 1);
}
