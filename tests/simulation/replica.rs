//! A station as a model: its disk, how it treats it, and the two real machines, which a stop forgets.

use gemba::domain::fact::{Fact, LedgerHead, Position};
use gemba::domain::feeds::{Cursor, Feed, FeedPage};
use gemba::domain::fold::{Folded, fold};
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::Subject;
use gemba::ledger::recover::Witnessed;
use gemba::server::store::stations::Station;
use gemba::sync::down::Down;
use gemba::sync::protocol::{KnownFact, Offered, PageUp};
use gemba::sync::up::Up;

use super::disk::{Disk, Sealing};
use super::recovery::{Onto, Tail};
use super::world::Broken;

/// What an apply did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apply {
    Done,
    /// The page does not follow the cursor.
    Misfit,
    /// What it names is not here, or its rows do not lead to its rolling hash.
    Differs,
    /// The page contradicts what is here: a person must look.
    Conflict,
    /// The station stopped on the way.
    Stopped,
    /// The disk had no room.
    Full,
}

/// What goes wrong in the middle of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    None,
    /// The power fails.
    Stops,
    /// There is no room for all of it.
    Full,
}

/// How a station treats its disk; the defaults are right.
pub(super) trait Habits {
    /// A new store.
    fn fresh(&self, disk: Disk) -> Disk {
        disk
    }

    /// The same store once more, as a backup or the image of a disk is.
    fn copy(&self, disk: &Disk) -> Disk {
        disk.clone()
    }

    /// Follows feeds and tells all cursors.
    fn subscribe(&self, disk: &mut Disk, feeds: &[Feed]) -> Vec<Cursor> {
        disk.subscribe(feeds)
    }

    /// What is here of others, to be offered to a server that was restored.
    fn offers(&self, disk: &Disk) -> Vec<(KnownFact, Offered)> {
        disk.offers()
    }

    /// Everything was offered.
    fn offered(&self, disk: &mut Disk) {
        disk.to_offer = false;
    }

    /// Saves an act, or nothing of it.
    fn save(&self, disk: &mut Disk, act: Vec<(Subject, FactBody)>, mishap: Mishap) {
        if mishap == Mishap::None {
            for one in act {
                disk.append(one);
            }
        }
    }

    /// Notes what the server has, if the id is its own.
    fn note(&self, disk: &mut Disk, head: &LedgerHead) -> bool {
        let own = disk.id(&disk.own(head.epoch, head.last_seq));
        if own != Some(head.last_id) {
            return false;
        }
        disk.at_server.insert(head.epoch, head.last_seq);
        true
    }

    /// What follows in the own ledger.
    fn page(&self, disk: &mut Disk, after: (u32, u64), most: u64) -> Option<PageUp> {
        disk.page(after, (most, Sealing::Ends))
    }

    /// Is told that a page went out.
    fn sent(&self, _disk: &mut Disk, _page: &PageUp) {}

    /// Whether a page is looked at that does not begin after the cursor.
    fn takes_any_page(&self) -> bool {
        false
    }

    /// Applies a page and the cursor after it, or nothing.
    fn apply(&self, disk: &mut Disk, page: &FeedPage, mishap: Mishap) -> Apply {
        let Some(cursor) = disk.cursors.get(&page.feed).cloned() else { return Apply::Misfit };
        if page.from != cursor.position + 1 {
            return Apply::Misfit;
        }
        match mishap {
            // Nothing of an open transaction is left.
            Mishap::Stops => return Apply::Stopped,
            Mishap::Full => return Apply::Full,
            Mishap::None => {}
        }
        let Some(after) = disk.after(&cursor, page) else { return Apply::Differs };
        if page.rows.iter().any(|row| disk.contradicts(row)) {
            return Apply::Conflict;
        }
        page.rows.iter().for_each(|row| disk.take(row));
        let at = |seal: &gemba::domain::fact::Seal| Position {
            ledger: seal.ledger.clone(),
            epoch: seal.epoch,
            seq: seal.last_seq,
        };
        disk.seals.extend(page.seals.iter().map(|seal| (at(seal), seal.clone())));
        disk.cursors.insert(page.feed.clone(), after);
        Apply::Done
    }

    /// Begins a feed anew, because the server was restored.
    fn restart(&self, disk: &mut Disk, beginning: Cursor) {
        disk.to_offer = true;
        disk.cursors.insert(beginning.feed.clone(), beginning);
    }

    /// Comes back after the disk was restored or copied.
    fn recover(&self, disk: &mut Disk, witnessed: &Witnessed, onto: &Onto) -> bool {
        disk.recover(witnessed, onto, Tail::SaidAgain)
    }

    /// Whether the store proves itself.
    fn is_sound(&self, _disk: &Disk) -> Result<(), Broken> {
        Ok(())
    }

    /// What the station shows of a stream.
    fn state(&self, disk: &Disk, subject: &Subject) -> Folded {
        fold(subject, disk.stream(subject))
    }
}

/// The habits of the product.
#[derive(Debug)]
pub(super) struct Honest;

impl Habits for Honest {}

/// The facts of a stream as one chain, in some order: what a fold by anything but the graph does.
pub(super) fn chained(mut facts: Vec<(Fact, Hash)>) -> Vec<(Fact, Hash)> {
    let mut before: Vec<Position> = Vec::new();
    for (fact, _) in &mut facts {
        fact.head.after = std::mem::replace(&mut before, vec![fact.head.position.clone()]);
    }
    facts
}

/// A station: its disk, its machines, and what waits for an answer.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) station: Station,
    pub(super) disk: Disk,
    pub(super) up: Up,
    pub(super) down: Down,
    /// The question that waits for an answer: up, down.
    pub(super) asked: [Option<u64>; 2],
    /// Whether a way is done for now: up, down.
    pub(super) done: [bool; 2],
    /// Why a way stopped for a person: up, down.
    pub(super) stopped: [Option<String>; 2],
    /// Grows with each stop; pauses of an earlier life do not count.
    pub(super) life: u32,
    /// Messages before this question are lost: another store stands here since.
    pub(super) born: u64,
    /// Until when the disk has no room.
    pub(super) full_until_ms: u64,
    /// What a person was told of the server, to be answered by bringing the store back.
    pub(super) witnessed: Option<Witnessed>,
    /// Whether somebody put another disk here, or a copy of this one elsewhere.
    pub(super) suspect: bool,
}

impl Replica {
    pub(super) fn new(station: Station, disk: Disk) -> Self {
        Self {
            up: Up::new(disk.epoch),
            station,
            down: Down::new(Some(disk.ledger.clone())),
            disk,
            asked: [None, None],
            done: [true, true],
            stopped: [None, None],
            life: 0,
            born: 0,
            full_until_ms: 0,
            witnessed: None,
            suspect: false,
        }
    }

    /// The power fails: everything but the disk is gone.
    pub(super) fn stop(&mut self) {
        self.up = Up::new(self.disk.epoch);
        self.down = Down::new(Some(self.disk.ledger.clone()));
        self.asked = [None, None];
        self.done = [true, true];
        self.stopped = [None, None];
        self.witnessed = None;
        self.life += 1;
    }

    /// Who the station is, as it introduces itself.
    pub(super) fn introduced(disk: &Disk, centers: &[&str]) -> Station {
        Station {
            ledger: disk.ledger.clone(),
            public_key: disk.public_key(),
            code: disk.code.clone(),
            work_centers: crate::support::plant::centers(centers),
            revoked: false,
        }
    }
}
