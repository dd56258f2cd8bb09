//! The exchange with a station by file: takes what it wrote as if it had come over the line, and writes
//! what the line would have answered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use crate::domain::feeds::{Cursor, Feed, FeedPage};
use crate::domain::hash::Hash;
use crate::domain::ids::StationId;
use crate::domain::moment::Moment;
use crate::ledger::blobs::blobs_of;
use crate::sync::parcel::{
    PARCEL_VERSION, Parcel, ParcelError, ParcelHead, Record, Secret, Told, Way, Writer, write_whole,
};
use crate::sync::protocol::{
    HeadAnswer, PAGE_BYTES_MAX, PROTOCOL_OLDEST, PROTOCOL_VERSION, PageAnswer, PageOutcome,
    PullAnswer, PullRequest,
};

use super::error::ServerError;
use super::home::Home;
use super::judging::{Judging, Trouble};
use super::run::Clock;
use super::store::Store;
use super::store::error::StoreError;
use super::store::received::Reached;
use super::store::stations::Station;

/// What was taken from a parcel, and what its answer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The station.
    pub station: StationId,
    /// What became of its pages; where something is in the way, the last says what.
    pub told: Vec<Told>,
    /// Facts that are new at the server.
    pub new: u64,
    /// Facts of feeds in the answer.
    pub rows: u64,
    /// Blobs in the answer.
    pub blobs: u64,
    /// Whether what came was judged before the answer was written; a server that runs judges it in
    /// its own time.
    pub judged: bool,
}

/// Takes what a station wrote, and writes the answer.
pub fn take(
    home: impl Into<Home>,
    (parcel, answer): (&Path, &Path),
    clock: &Clock,
) -> Result<Taken, ServerError> {
    let home = home.into();
    let store = home.open()?;
    let source = File::open(parcel).map_err(|error| ParcelError::file(parcel, &error))?;
    let mut parcel = Parcel::open(source)?;
    match parcel.head.way {
        Way::ToServer => {}
        Way::Seed => {
            let what = "it is for a station that begins → gemba station seed";
            return Err(ParcelError::OtherWay(what).into());
        }
        Way::ToStation => {
            let what = "it is what a server answered → gemba sync --from, at the station";
            return Err(ParcelError::OtherWay(what).into());
        }
    }
    let station = store.station_of(&parcel.head.ledger)?.ok_or(ParcelError::Unproven)?;
    if station.revoked {
        return Err(ServerError::Revoked(station.code));
    }
    let secret = Secret(store.token_of(&station.ledger)?.ok_or(ParcelError::Unproven)?);
    if !parcel.is_proven(&secret) {
        return Err(ParcelError::Unproven.into());
    }
    let before = store.facts()?;
    let now = clock();
    let mut coming = Coming { store: &store, station: &station, now: &now, asks: Asks::default() };
    parcel.each(|record| coming.take(record))?;
    let mut asks = coming.asks;
    let new = store.facts()?.saturating_sub(before);
    if asks.told.is_empty() {
        asks.told.push(Told { from: None, answer: standing(store.head(&station.ledger)?) });
    }
    let judged = judge(&home, clock)?;
    let head = ParcelHead {
        version: PARCEL_VERSION,
        way: Way::ToStation,
        ledger: station.ledger.clone(),
        asked: parcel.head.asked.clone(),
        utc: clock().utc,
    };
    let (rows, blobs) = write_whole(answer, |to| {
        let failed = |error: std::io::Error| ServerError::from(ParcelError::file(answer, &error));
        let mut writer = Writer::begin(to, &head).map_err(failed)?;
        let mut put = |record: &Record| writer.add(record).map_err(failed);
        asks.told.iter().try_for_each(|told| put(&Record::Told(told.clone())))?;
        let (rows, mut blobs) = (put_feeds(&store, &station, &asks.cursors, &mut put)?, 0);
        for hash in asks.wanted.union(&rows.blobs) {
            if let Some(bytes) = store.blob(hash)? {
                put(&Record::Blob(bytes))?;
                blobs += 1;
            }
        }
        writer.end(&secret).map_err(failed)?;
        Ok::<_, ServerError>((rows.count, blobs))
    })?;
    Ok(Taken { station: station.code, told: asks.told, new, rows, blobs, judged })
}

/// Judges what came, where this is the server that judges and it does not run.
fn judge(home: &Home, clock: &Clock) -> Result<bool, ServerError> {
    if !home.judge_dir().exists() {
        return Ok(false);
    }
    let judging = Judging::begin(home, clock, &Trouble::default())?;
    judging.map_or(Ok(false), Judging::once)
}

/// What a station's parcel asks for.
#[derive(Debug, Default)]
struct Asks {
    told: Vec<Told>,
    cursors: BTreeMap<String, Cursor>,
    wanted: BTreeSet<Hash>,
}

/// A parcel on its way into the store.
struct Coming<'a> {
    store: &'a Store,
    station: &'a Station,
    now: &'a Moment,
    asks: Asks,
}

impl Coming<'_> {
    fn take(&mut self, record: Record) -> Result<(), ServerError> {
        match record {
            Record::Cursor(cursor) => {
                let (ledger, feed) = (self.station.ledger.clone(), cursor.feed.clone());
                let reached = Reached { ledger, feed, after: cursor.position };
                if self.store.is_further(&reached)? {
                    self.store.note_reached(&reached, self.now.utc)?;
                }
                self.asks.cursors.insert(cursor.feed.clone(), cursor);
            }
            Record::Wanted(hash) => {
                self.asks.wanted.insert(hash);
            }
            Record::Blob(bytes) => {
                self.store.put_blob(&bytes)?;
            }
            Record::Up(page) => {
                let stopped = |told: &Told| told.answer.outcome != PageOutcome::Stored;
                // What is behind a page that was not stored cannot follow.
                if self.asks.told.last().is_some_and(stopped) {
                    return Ok(());
                }
                if page.ledger != self.station.ledger {
                    return Err(ParcelError::Broken.into());
                }
                if !(PROTOCOL_OLDEST..=PROTOCOL_VERSION).contains(&page.version) {
                    return Err(ParcelError::Newer.into());
                }
                let from = Some(page.from);
                let answer = self.store.ingest(&page, self.now.utc)?;
                self.asks.told.push(Told { from, answer });
            }
            // Only a server writes these.
            Record::Told(_) | Record::Feed(_) | Record::Rows(_) | Record::Snapshot(_) => {}
        }
        Ok(())
    }
}

/// How a ledger stands, where no page came.
fn standing(HeadAnswer { head, frozen }: HeadAnswer) -> PageAnswer {
    let outcome =
        if frozen { PageOutcome::Fork { seq: head.last_seq } } else { PageOutcome::Stored };
    PageAnswer { head, outcome }
}

/// What the feeds of an answer hold.
#[derive(Debug, Default)]
struct Rows {
    count: u64,
    blobs: BTreeSet<Hash>,
}

/// Writes every row after the station's cursors, of the feeds that are the station's, up to where all of
/// them reached in one moment; of the last first, so that judgements come after the holds that they name.
fn put_feeds(
    store: &Store,
    station: &Station,
    cursors: &BTreeMap<String, Cursor>,
    put: &mut impl FnMut(&Record) -> Result<(), ServerError>,
) -> Result<Rows, ServerError> {
    let feeds = station.feeds();
    let mut rows = Rows::default();
    for head in store.feed_heads(&feeds)?.into_iter().rev() {
        let beginning =
            |epoch| Cursor { feed: head.feed.clone(), epoch, position: 0, rolling: Hash::ZERO };
        let mut at = cursors.get(&head.feed).cloned().unwrap_or_else(|| beginning(head.epoch));
        let (mut begun, mut up_to) = (false, Some(head.position));
        loop {
            let page = match pulled(store, &feeds, (&at, up_to))? {
                Pulled::Page(page) => page,
                Pulled::Anew { epoch } => {
                    at = beginning(epoch);
                    up_to = up_to.filter(|_| epoch == head.epoch);
                    continue;
                }
            };
            if !begun {
                at.epoch = page.epoch;
                put(&Record::Feed(at.clone()))?;
                begun = true;
            }
            if page.rows.is_empty() {
                break;
            }
            rows.count += page.rows.len() as u64;
            rows.blobs.extend(blobs_of(&page.rows));
            page.rows.iter().for_each(|row| at.advance(&row.id()));
            put(&Record::Rows(Box::new(page)))?;
        }
    }
    Ok(rows)
}

enum Pulled {
    Page(FeedPage),
    /// The feed begins anew: the server was restored, or both sides hold other rows.
    Anew {
        epoch: u32,
    },
}

fn pulled(
    store: &Store,
    feeds: &[Feed],
    (at, up_to): (&Cursor, Option<u64>),
) -> Result<Pulled, ServerError> {
    let request = PullRequest {
        feed: at.feed.clone(),
        epoch: at.epoch,
        after: at.position,
        rolling: at.rolling,
        bytes_max: PAGE_BYTES_MAX,
        has: None,
        up_to,
    };
    Ok(match store.pull(feeds, &request)? {
        PullAnswer::Page { page, .. } => Pulled::Page(page),
        // A station that has more than there is tells that the server was restored.
        PullAnswer::EpochChanged { epoch } if epoch == at.epoch => {
            Pulled::Anew { epoch: store.open_feeds_anew(epoch)? }
        }
        PullAnswer::EpochChanged { epoch } => Pulled::Anew { epoch },
        PullAnswer::Diverged | PullAnswer::NotYours => Pulled::Anew { epoch: at.epoch },
    })
}

/// Writes what a station that was enrolled begins with; tells how many facts it holds.
pub fn seed(
    home: impl Into<Home>,
    (station, file): (&StationId, &Path),
    clock: &Clock,
) -> Result<u64, ServerError> {
    let store = home.into().open()?;
    let stations = store.stations()?;
    let unknown = || ServerError::NotEnrolled(station.clone());
    let station = stations.into_iter().find(|one| one.code == *station).ok_or_else(unknown)?;
    if station.revoked {
        return Err(ServerError::Revoked(station.code));
    }
    let secret = Secret(store.token_of(&station.ledger)?.ok_or_else(unknown)?);
    let now = clock();
    let snapshot = store.snapshot(&station.feeds())?;
    let head = ParcelHead {
        version: PARCEL_VERSION,
        way: Way::Seed,
        ledger: station.ledger,
        utc: now.utc,
        asked: now,
    };
    write_whole(file, |to| {
        let failed = |error: std::io::Error| ServerError::from(ParcelError::file(file, &error));
        let mut writer = Writer::begin(to, &head).map_err(failed)?;
        writer.add(&Record::Snapshot(snapshot.clone())).map_err(failed)?;
        for hash in &snapshot.chunks {
            // A server that runs may have replaced it meanwhile; without it the file is worth nothing.
            let bytes = store.blob(hash)?.ok_or(StoreError::Busy)?;
            writer.add(&Record::Blob(bytes)).map_err(failed)?;
        }
        for hash in store.named_blobs()? {
            if let Some(bytes) = store.blob(&hash)? {
                writer.add(&Record::Blob(bytes)).map_err(failed)?;
            }
        }
        writer.end(&secret).map_err(failed)?;
        Ok::<_, ServerError>(())
    })?;
    Ok(snapshot.facts)
}
