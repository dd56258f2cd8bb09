//! Stations with real stores: what the model does, the product's ledger does here, and the disk of the
//! model is read back from it after each step.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use gemba::domain::fact::{Fact, LedgerHead, Position, Written};
use gemba::domain::feeds::{Cursor, Feed, FeedPage};
use gemba::domain::fold::Folded;
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::Subject;
use gemba::ledger::error::ApplyError;
use gemba::ledger::recover::{self, NewStation, Witnessed};
use gemba::ledger::store::{Founding, Ledger, next_key};
use gemba::ledger::verify::verify;
use gemba::sync::protocol::{KnownFact, Offered, PROTOCOL_VERSION, PageUp};
use rusqlite::Connection;
use tempfile::TempDir;

use super::disk::Disk;
use super::recovery::Onto;
use super::replica::{Apply, Habits, Mishap};
use super::world::Broken;

/// The most bytes of a page.
const BYTES: usize = 100_000;

/// The habits of the product, by its own ledger.
pub(super) struct Real {
    root: TempDir,
    made: Cell<u32>,
    open: RefCell<BTreeMap<PathBuf, Ledger>>,
}

impl Real {
    pub(super) fn new() -> Self {
        let memory = PathBuf::from("/dev/shm");
        let root = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Self { root: root.unwrap(), made: Cell::new(0), open: RefCell::default() }
    }

    fn home(&self) -> PathBuf {
        self.made.set(self.made.get() + 1);
        self.root.path().join(self.made.get().to_string())
    }

    /// Does something with the store of a disk, then reads back what is in it.
    fn on<T>(&self, disk: &mut Disk, work: impl FnOnce(&mut Ledger) -> T) -> T {
        let mut open = self.open.borrow_mut();
        let ledger = open.get_mut(&disk.home).unwrap();
        let done = work(ledger);
        read_back(ledger, disk);
        done
    }
}

/// Makes the model's disk what the store is.
fn read_back(ledger: &Ledger, disk: &mut Disk) {
    let store = Connection::open(disk.home.join("station.db")).unwrap();
    let rows = |sql: &str| -> Vec<Written> {
        let mut statement = store.prepare(sql).unwrap();
        let read =
            |row: &rusqlite::Row<'_>| Ok(Written { prev: Hash(row.get(0)?), bytes: row.get(1)? });
        statement.query_map((), read).unwrap().map(Result::unwrap).collect()
    };
    let at = |written: &Written| Fact::read(&written.bytes).unwrap().head.position;
    let facts = rows("SELECT prev, bytes FROM fact ORDER BY arrival");
    disk.replace(facts.into_iter().map(|written| (at(&written), written)).collect());
    let (identity, head) = (ledger.identity(), ledger.head().unwrap());
    (disk.ledger, disk.code) = (identity.ledger.clone(), identity.station.clone());
    (disk.epoch, disk.last) = (identity.epoch, (head.last_seq, head.last_id));
    let numbers = |sql: &str| -> Vec<(String, String)> {
        let mut statement = store.prepare(sql).unwrap();
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        statement.query_map((), read).unwrap().map(Result::unwrap).collect()
    };
    let noted = numbers("SELECT substr(key, 11), value FROM meta WHERE key LIKE 'at_server.%'");
    let number = |(epoch, last): (String, String)| (epoch.parse().unwrap(), last.parse().unwrap());
    disk.at_server = noted.into_iter().map(number).collect();
    let named = |cursor: Cursor| (cursor.feed.clone(), cursor);
    disk.cursors = ledger.cursors().unwrap().into_iter().map(named).collect();
    disk.to_offer = ledger.is_to_offer().unwrap();
    let aside = rows("SELECT prev, bytes FROM set_aside ORDER BY ledger, epoch, seq, id");
    let now = numbers(
        "SELECT now_ledger, now_epoch || '.' || now_seq FROM set_aside
         ORDER BY ledger, epoch, seq, id",
    );
    let now = now.into_iter().map(|(ledger, rest)| Position::parse(&format!("{ledger}.{rest}")));
    disk.aside = aside.into_iter().zip(now).map(|(w, now)| (at(&w), w, now.unwrap())).collect();
}

impl Habits for Real {
    fn fresh(&self, mut disk: Disk) -> Disk {
        disk.home = self.home();
        let key = disk.key.to_bytes();
        let founding = Founding { station: disk.code.clone(), demo: true, key };
        let ledger = Ledger::create(&disk.home, founding).unwrap();
        self.open.borrow_mut().insert(disk.home.clone(), ledger);
        disk
    }

    fn copy(&self, disk: &Disk) -> Disk {
        let mut copy = disk.clone();
        copy.home = self.home();
        fs::create_dir_all(&copy.home).unwrap();
        for file in fs::read_dir(&disk.home).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), copy.home.join(file.file_name())).unwrap();
        }
        let ledger = Ledger::open(&copy.home).unwrap();
        self.open.borrow_mut().insert(copy.home.clone(), ledger);
        copy
    }

    fn save(&self, disk: &mut Disk, act: Vec<(Subject, FactBody)>, mishap: Mishap) {
        if mishap != Mishap::None {
            return;
        }
        let mut after = disk.clone();
        for one in act {
            after.append(one);
        }
        // What nothing decides is written beside the ledger, in one transaction.
        let mut store = Connection::open(disk.home.join("station.db")).unwrap();
        let transaction = store.transaction().unwrap();
        for (at, written) in &after.facts[disk.facts.len()..] {
            let fact = Fact::read(&written.bytes).unwrap();
            let sql = "INSERT INTO fact (ledger, epoch, seq, prev, bytes, id, kind, subject)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let (seq, id) = (i64::try_from(at.seq).unwrap(), written.id().0);
            let (kind, subject) = (fact.body.kind(), fact.subject.to_string());
            let (ledger, prev) = (at.ledger.as_str(), written.prev.0);
            let row = (ledger, at.epoch, seq, prev, &written.bytes, id, kind, subject);
            transaction.execute(sql, row).unwrap();
        }
        transaction.commit().unwrap();
        self.on(disk, |_| ());
    }

    fn note(&self, disk: &mut Disk, head: &LedgerHead) -> bool {
        self.on(disk, |ledger| ledger.note_at_server(head).unwrap())
    }

    fn page(&self, disk: &mut Disk, (epoch, after): (u32, u64), most: u64) -> Option<PageUp> {
        let most = (BYTES, usize::try_from(most).unwrap());
        let page = |ledger: &mut Ledger| {
            let mut at = (epoch, after);
            let mut facts = ledger.outgoing(at, most).unwrap();
            while facts.is_empty() {
                at = (ledger.epoch_after(at.0).unwrap()?, 0);
                facts = ledger.outgoing(at, most).unwrap();
            }
            let seal = ledger.seal_at((at.0, at.1 + facts.len() as u64)).unwrap();
            let seals = ledger.seals_within(at, (&facts, false)).unwrap();
            let (ledger, from) = (seal.ledger.clone(), at.1 + 1);
            let version = PROTOCOL_VERSION;
            Some(PageUp { version, ledger, epoch: at.0, from, facts, seal, seals })
        };
        self.on(disk, page)
    }

    fn apply(&self, disk: &mut Disk, page: &FeedPage, mishap: Mishap) -> Apply {
        match mishap {
            Mishap::Stops => return Apply::Stopped,
            Mishap::Full => return Apply::Full,
            Mishap::None => {}
        }
        self.on(disk, |ledger| match ledger.apply(page) {
            Ok(_) => Apply::Done,
            Err(ApplyError::Gap { .. }) => Apply::Misfit,
            Err(ApplyError::Rolling) => Apply::Differs,
            Err(
                ApplyError::Fork { .. } | ApplyError::Chain { .. } | ApplyError::OwnUnknown { .. },
            ) => Apply::Conflict,
            Err(error) => panic!("{error}"),
        })
    }

    fn subscribe(&self, disk: &mut Disk, feeds: &[Feed]) -> Vec<Cursor> {
        self.on(disk, |ledger| {
            ledger.set_feeds(feeds).unwrap();
            ledger.cursors().unwrap()
        })
    }

    fn restart(&self, disk: &mut Disk, beginning: Cursor) {
        self.on(disk, |ledger| ledger.restart_feed(&beginning).unwrap());
    }

    fn offers(&self, disk: &Disk) -> Vec<(KnownFact, Offered)> {
        let open = self.open.borrow();
        let ledger = &open[&disk.home];
        let (facts, _) = ledger.of_others(0, usize::MAX).unwrap();
        let offer = |(at, id): (Position, Hash)| {
            let (written, seal) = ledger.sealed(&at).unwrap().unwrap();
            (KnownFact { at, id }, Offered { written, seal })
        };
        facts.into_iter().map(offer).collect()
    }

    fn offered(&self, disk: &mut Disk) {
        self.on(disk, |ledger| ledger.note_offered().unwrap());
    }

    fn recover(&self, disk: &mut Disk, witnessed: &Witnessed, onto: &Onto) -> bool {
        let home = disk.home.clone();
        let now = crate::support::plant::moment(1);
        let onto = match onto {
            Onto::Same { skip } => recover::Onto::NextEpoch { skip: *skip },
            Onto::New { number, code } => {
                let key = next_key(&home, &[*number; 32]).unwrap().secret;
                disk.rename(*number, code);
                let (station, site) = (code.parse().unwrap(), "S1".parse().unwrap());
                recover::Onto::NewStation(Box::new(NewStation { key, station, site }))
            }
        };
        self.on(disk, |ledger| {
            let done = ledger.recover(witnessed, &onto, ("brought back", &now));
            // Opened again, the store has the new key.
            *ledger = Ledger::open(&home).unwrap();
            done.unwrap();
        });
        true
    }

    fn state(&self, disk: &Disk, subject: &Subject) -> Folded {
        self.open.borrow()[&disk.home].stream(subject).unwrap()
    }

    fn is_sound(&self, disk: &Disk) -> Result<(), Broken> {
        let findings = verify(&disk.home).unwrap().findings;
        if findings.is_empty() { Ok(()) } else { Err(format!("{}: {findings:?}", disk.code)) }
    }
}
