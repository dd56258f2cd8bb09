//! The exchange by file: what is not at the server goes out as a parcel, and its answer comes back as
//! one. What was brought twice, or came by the line meanwhile, does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use crate::domain::feeds::{Cursor, Feed, FeedPage};
use crate::domain::hash::Hash;
use crate::domain::moment::Moment;
use crate::ledger::desk::SyncOutcome;
use crate::ledger::store::Ledger;
use crate::sync::parcel::{
    PARCEL_VERSION, Parcel, ParcelError, ParcelHead, Record, Secret, Told, Way, Writer, write_whole,
};
use crate::sync::protocol::{PAGE_BYTES_MAX, PAGE_FACTS_MAX, PROTOCOL_VERSION, PageOutcome};
use crate::sync::retry::Stop;

use super::access::Access;
use super::carry::page;
use super::error::SyncError;
use super::lock::SyncLock;

/// What a parcel to the server holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Own facts.
    pub facts: u64,
    /// Blobs that they name.
    pub blobs: u64,
}

/// What the answer of the server brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Own facts that are known to be at the server since.
    pub at_server: u64,
    /// Facts of others that are new here.
    pub received: u64,
    /// Facts of others that had come another way meanwhile.
    pub passed_over: u64,
    /// Blobs that are new here.
    pub blobs: u64,
    /// Feeds whose rows do not follow what is here: the file was made for another state.
    pub for_another_state: Vec<String>,
    /// The number from which the server wants own facts, which it has less of than was known here.
    pub wanted_from: Option<u64>,
}

/// What an exchange by file works with, while nobody else exchanges for the store.
pub(super) fn opened(dir: &Path) -> Result<(Access, SyncLock, Ledger), SyncError> {
    let access = Access::read(dir)?;
    let lock = SyncLock::take(dir)?;
    let ledger = Ledger::open(dir)?;
    let access = access.settled(dir, &ledger.identity().ledger)?;
    Ok((access, lock, ledger))
}

/// Writes what is not at the server into a file, whole or not at all.
pub fn write(dir: &Path, file: &Path, now: &Moment) -> Result<Written, SyncError> {
    let (access, _lock, mut ledger) = opened(dir)?;
    let head = ParcelHead {
        version: PARCEL_VERSION,
        way: Way::ToServer,
        ledger: ledger.identity().ledger.clone(),
        asked: now.clone(),
        utc: now.effective(),
    };
    write_whole(file, |to| {
        let failed = |error: std::io::Error| SyncError::from(ParcelError::file(file, &error));
        let mut writer = Writer::begin(to, &head).map_err(failed)?;
        for cursor in ledger.cursors()? {
            writer.add(&Record::Cursor(cursor)).map_err(failed)?;
        }
        for hash in ledger.missing_blobs()? {
            writer.add(&Record::Wanted(hash)).map_err(failed)?;
        }
        let mut written = Written::default();
        let mut sent = BTreeSet::new();
        let mut after = ledger.handed_in_to()?;
        let most = (PAGE_BYTES_MAX, PAGE_FACTS_MAX);
        while let Some((page, blobs)) = page(&mut ledger, PROTOCOL_VERSION, after, most)? {
            after = (page.epoch, page.seal.last_seq);
            for hash in blobs.into_iter().filter(|hash| sent.insert(*hash)) {
                // What is not here cannot go along; whoever has it sends it.
                if let Some(bytes) = ledger.blob(&hash)? {
                    written.blobs += 1;
                    writer.add(&Record::Blob(bytes)).map_err(failed)?;
                }
            }
            written.facts += page.facts.len() as u64;
            writer.add(&Record::Up(Box::new(page))).map_err(failed)?;
        }
        writer.end(&Secret::of_token(&access.token)).map_err(failed)?;
        // Its answer comes to another process.
        ledger.keep_seals()?;
        Ok(written)
    })
}

/// Takes what a server answered by file.
pub fn take(dir: &Path, file: &Path) -> Result<Brought, SyncError> {
    let (access, _lock, mut ledger) = opened(dir)?;
    let source = File::open(file).map_err(|error| ParcelError::file(file, &error))?;
    let mut parcel = Parcel::open(source)?;
    match parcel.head.way {
        Way::ToStation => {}
        Way::Seed => {
            let what = "it is for a station that begins → gemba station seed";
            return Err(ParcelError::OtherWay(what).into());
        }
        Way::ToServer => {
            let what = "it is what a station wrote → gemba serve take, at the server";
            return Err(ParcelError::OtherWay(what).into());
        }
    }
    if parcel.head.ledger != ledger.identity().ledger {
        return Err(ParcelError::Another.into());
    }
    if !parcel.is_proven(&Secret::of_token(&access.token)) {
        return Err(ParcelError::Unproven.into());
    }
    let before = ledger.waiting()?;
    let mut taking = Taking::new(&mut ledger);
    let taken = taking.all(&mut parcel);
    let Taking { mut brought, stop, .. } = taking;
    // Why nothing goes up any more matters more than what then did not come down.
    if let Some(stop) = stop {
        ledger.note_sync(&SyncOutcome::Stopped(stop.to_string()))?;
        return Err(stop.into());
    }
    taken?;
    brought.at_server = before.saturating_sub(ledger.waiting()?);
    if brought.for_another_state.is_empty() && brought.wanted_from.is_none() {
        ledger.end_whole()?;
        ledger.note_answered(&parcel.head.asked)?;
    }
    Ok(brought)
}

/// A parcel on its way into the store.
struct Taking<'a> {
    ledger: &'a mut Ledger,
    brought: Brought,
    /// From where the parcel has each feed.
    starts: BTreeMap<String, Cursor>,
    /// How far each feed of the parcel was read.
    read_to: BTreeMap<String, Cursor>,
    /// Feeds that hold other rows here than at the server.
    diverged: BTreeSet<String>,
    stop: Option<Stop>,
}

impl<'a> Taking<'a> {
    fn new(ledger: &'a mut Ledger) -> Self {
        Self {
            ledger,
            brought: Brought::default(),
            starts: BTreeMap::new(),
            read_to: BTreeMap::new(),
            diverged: BTreeSet::new(),
            stop: None,
        }
    }

    fn all(&mut self, parcel: &mut Parcel<File>) -> Result<(), SyncError> {
        parcel.each(|record| self.take(record))?;
        let again = std::mem::take(&mut self.diverged);
        if again.is_empty() {
            return Ok(());
        }
        // Both sides said something else of these: what is there comes once more, as on a line.
        self.begin_anew(again)?;
        parcel.each(|record| self.rows_again(record))
    }

    fn take(&mut self, record: Record) -> Result<(), SyncError> {
        match record {
            Record::Told(told) => self.told(&told),
            Record::Feed(start) => self.feed(start),
            Record::Rows(page) => self.rows(*page),
            Record::Blob(bytes) => {
                if self.ledger.blob(&Hash::of(&[&bytes]))?.is_none() {
                    self.ledger.put_blob(&bytes)?;
                    self.brought.blobs += 1;
                }
                Ok(())
            }
            // Only a station writes these.
            Record::Cursor(_) | Record::Wanted(_) | Record::Up(_) | Record::Snapshot(_) => Ok(()),
        }
    }

    /// Notes the receipt. An old one never takes back what is known since.
    fn told(&mut self, told: &Told) -> Result<(), SyncError> {
        let head = &told.answer.head;
        let known = self.ledger.at_server_of(head.epoch)?;
        let fork = Stop::Fork { seq: head.last_seq };
        match &told.answer.outcome {
            PageOutcome::Fork { seq } => self.stop = Some(Stop::Fork { seq: *seq }),
            PageOutcome::Fenced { epoch } => self.stop = Some(Stop::Fenced { epoch: *epoch }),
            PageOutcome::Gap { expected } => {
                // The server has less than it had, unless more came to it since this was asked.
                if told.from == Some(known + 1) {
                    self.brought.wanted_from = Some(*expected);
                    if !self.ledger.note_at_server(head)? {
                        self.stop = Some(fork);
                    }
                }
            }
            PageOutcome::Stored | PageOutcome::Refused { .. } => {
                let is_own = if head.last_seq > known {
                    self.ledger.note_at_server(head)?
                } else {
                    head.last_seq == 0
                        || self.ledger.own_id(head.epoch, head.last_seq)? == Some(head.last_id)
                };
                if !is_own {
                    self.stop = Some(fork);
                } else if let PageOutcome::Refused { seq, why } = &told.answer.outcome {
                    self.stop = Some(Stop::Refused { seq: *seq, why: why.clone() });
                }
            }
        }
        Ok(())
    }

    fn cursor(&self, feed: &str) -> Result<Option<Cursor>, SyncError> {
        Ok(self.ledger.cursors()?.into_iter().find(|cursor| cursor.feed == feed))
    }

    /// A feed begins: one that is new here is followed from now on.
    fn feed(&mut self, start: Cursor) -> Result<(), SyncError> {
        // A feed of a form that only newer versions know is left alone.
        let Some(feed) = Feed::parse(&start.feed) else { return Ok(()) };
        let here = if let Some(here) = self.cursor(&start.feed)? {
            here
        } else {
            let known = self.ledger.cursors()?.into_iter();
            let feeds: Vec<Feed> =
                known.filter_map(|known| Feed::parse(&known.feed)).chain([feed]).collect();
            self.ledger.set_feeds(&feeds)?;
            Cursor { feed: start.feed.clone(), epoch: 0, position: 0, rolling: Hash::ZERO }
        };
        if here.position == 0 && start.position == 0 && here.epoch != start.epoch {
            // Nothing was applied, so any epoch will do.
            self.ledger.follow_from(&start)?;
        } else if here.epoch < start.epoch && start.position == 0 {
            self.ledger.restart_feed(&start)?;
        } else if here.epoch != start.epoch || here.position < start.position {
            self.brought.for_another_state.push(start.feed);
            return Ok(());
        }
        self.starts.insert(start.feed.clone(), start.clone());
        self.read_to.insert(start.feed.clone(), start);
        Ok(())
    }

    /// Applies rows from where this store stands; what it has is only compared.
    fn rows(&mut self, mut page: FeedPage) -> Result<(), SyncError> {
        let Some(mut at) = self.read_to.remove(&page.feed) else { return Ok(()) };
        let Some(here) = self.cursor(&page.feed)? else { return Ok(()) };
        // A file can be asked nothing: all of it is written out.
        let is_next = (at.epoch, at.position + 1) == (page.epoch, page.from);
        if !is_next || !page.named.is_empty() {
            return Err(ParcelError::Broken.into());
        }
        let mut known = 0;
        for row in &page.rows {
            if at.position == here.position {
                break;
            }
            at.advance(&row.id());
            known += 1;
        }
        if at.position == here.position && at.rolling != here.rolling {
            self.differs(here);
            return Ok(());
        }
        self.brought.passed_over += known as u64;
        page.rows.drain(..known);
        page.from += known as u64;
        if !page.rows.is_empty() {
            let applied = self.ledger.apply(&page)?;
            self.brought.received += applied.new as u64;
            self.brought.passed_over += applied.known as u64;
            page.rows.iter().for_each(|row| at.advance(&row.id()));
        }
        self.read_to.insert(page.feed, at);
        Ok(())
    }
    /// Both sides say something else of a feed. Where the parcel has it from its first row on, what is
    /// at the server comes once more; else people look.
    fn differs(&mut self, here: Cursor) {
        if self.starts.get(&here.feed).is_some_and(|start| start.position == 0) {
            self.diverged.insert(here.feed);
        } else {
            self.stop = Some(Stop::Diverged { feed: here.feed, position: here.position });
        }
    }

    fn begin_anew(&mut self, feeds: BTreeSet<String>) -> Result<(), SyncError> {
        self.read_to.clear();
        for start in feeds.iter().filter_map(|feed| self.starts.remove(feed)) {
            self.ledger.restart_feed(&start)?;
            self.read_to.insert(start.feed.clone(), start);
        }
        Ok(())
    }

    fn rows_again(&mut self, record: Record) -> Result<(), SyncError> {
        match record {
            Record::Rows(page) => self.rows(*page),
            Record::Told(_)
            | Record::Feed(_)
            | Record::Blob(_)
            | Record::Cursor(_)
            | Record::Wanted(_)
            | Record::Up(_)
            | Record::Snapshot(_) => Ok(()),
        }
    }
}
