//! The way back of a store whose positions were given away twice: restored from a backup, or put to
//! work on two machines. Nothing that was saved is lost, and one history goes on.
//!
//! What the server has of the own ledger comes back. What was saved here at the same positions is set
//! aside as it was written, and said again in a new epoch, which the server's last fact witnesses.

use std::collections::BTreeSet;
use std::fmt;

use ed25519_dalek::SigningKey;
use rusqlite::Connection;

use crate::domain::carried::{Carried, Carrying, Run};
use crate::domain::fact::{Acting, Fact, Head, LedgerHead, Position, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, SiteId, StationId, TerminalId};
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::station::StationFact;
use crate::domain::stream::Subject;

use super::append::{epochs, from_sql, head_of, id_at, insert, key, to_sql};
use super::error::LedgerError;
use super::models::Touched;
use super::models::tables::Models;
use super::seals::{at_server_key, put_seal};
use super::store::{Ledger, put_meta};
use super::streams::stored;
use super::{long, schema, station_key, stub};

/// What the facts of a recovery name as their terminal.
const TERMINAL: &str = "recover";

/// What the server knows of the own ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// The last fact that is durable there.
    pub head: LedgerHead,
    /// The epoch and the number in it up to which both have the same facts.
    pub common: (u32, u64),
    /// Every fact that it has after that one, in order, of that epoch and those after it.
    pub missing: Vec<Written>,
    /// The epochs after this one that it has.
    pub epochs: Vec<u32>,
}

/// Where the store goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onto {
    /// In an epoch after the server's last, as the same station; further ones are skipped.
    NextEpoch {
        /// How many are skipped.
        skip: u32,
    },
    /// In a ledger of its own, as another station.
    NewStation(Box<NewStation>),
}

/// Who a store is from now on.
#[derive(Clone, PartialEq, Eq)]
pub struct NewStation {
    /// The secret of its Ed25519 key.
    pub key: [u8; 32],
    /// Its short code.
    pub station: StationId,
    /// Its site.
    pub site: SiteId,
}

impl fmt::Debug for NewStation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewStation").field("station", &self.station).finish_non_exhaustive()
    }
}

/// What a recovery did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The epoch that was opened.
    pub epoch: u32,
    /// Facts that came back from the server.
    pub came_back: u64,
    /// Facts saved here that are said again in the new epoch.
    pub carried: u64,
    /// Numbers that people know and that were given anew: before and now.
    pub renamed: Vec<(String, String)>,
}

impl Ledger {
    /// The own fact at a number of an epoch: its id, where it is here.
    pub fn own_id(&self, epoch: u32, seq: u64) -> Result<Option<Hash>, LedgerError> {
        let ledger = self.identity.ledger.clone();
        id_at(&self.connection, &Position { ledger, epoch, seq })
    }

    /// Up to which number each epoch that was written here is here without a gap, the newest first.
    /// What another machine wrote may have come by a feed, in parts, and is none of them.
    pub fn own_runs(&self) -> Result<Vec<(u32, u64)>, LedgerError> {
        let sql = "SELECT epoch, min(seq) FROM standing AS f WHERE ledger = ?1 AND NOT EXISTS (
                       SELECT 1 FROM standing AS n WHERE n.ledger = f.ledger AND n.epoch = f.epoch
                       AND n.seq = f.seq + 1
                   ) GROUP BY epoch ORDER BY epoch DESC";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([self.identity.ledger.as_str()])?;
        let written_here = epochs(&self.connection, self.identity.epoch)?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let (epoch, end): (u32, u64) = (row.get(0)?, from_sql(row.get(1)?)?);
            if !written_here.contains(&epoch) {
                continue;
            }
            let begins = self.own_id(epoch, 1)?.is_some();
            runs.push((epoch, if begins { end } else { 0 }));
        }
        Ok(runs)
    }

    /// Whether the newest epoch, and every other one that the server does not have yet, goes on from the
    /// end of the one before it, as that is here. Another machine may have written there since, and what
    /// it wrote have come by a feed.
    pub fn goes_on(&self, epoch_there: u32) -> Result<bool, LedgerError> {
        let runs = self.own_runs()?;
        for (n, [(newer, _), (older, last_seq)]) in runs.array_windows().enumerate() {
            let is_there = n > 0 && *newer <= epoch_there;
            if !is_there && !self.follows(*newer, (*older, *last_seq))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether an epoch begins with naming this end of another one.
    fn follows(&self, newer: u32, (epoch, seq): (u32, u64)) -> Result<bool, LedgerError> {
        let ledger = self.identity.ledger.clone();
        let first = Position { ledger: ledger.clone(), epoch: newer, seq: 1 };
        let opening = self.written(&first)?.and_then(|written| Fact::read(&written.bytes).ok());
        let last = Position { ledger, epoch, seq };
        Ok(opening.is_some_and(|fact| {
            matches!(fact.body, FactBody::Station(StationFact::EpochOpened { last_known, .. })
                if last_known.as_ref() == Some(&last))
        }))
    }

    /// Takes back what the server has of the own ledger and opens the epoch after it, or a ledger of
    /// another station; what stood here alone is said again there. All of it happens, or nothing.
    pub fn recover(
        &mut self,
        witnessed: &Witnessed,
        onto: &Onto,
        (reason, now): (&str, &Moment),
    ) -> Result<Recovered, LedgerError> {
        self.reload_identity()?;
        let transaction = schema::begin(&self.connection)?;
        let was = self.identity.epoch;
        let tail = own_tail(&transaction, &self.identity.ledger, witnessed)?;
        let (station, first) = match onto {
            Onto::NextEpoch { skip } => {
                let epoch = witnessed.head.epoch.max(was).saturating_add(1 + skip);
                let ledger = self.identity.ledger.clone();
                (self.identity.station.clone(), Position { ledger, epoch, seq: 1 })
            }
            Onto::NewStation(new) => (
                new.station.clone(),
                Position { ledger: put_identity(&transaction, new)?, epoch: 1, seq: 1 },
            ),
        };
        let opening = Opening { station: &station, first: &first, reason, now };
        let mut done = opening.open(&transaction, &witnessed.head, &tail)?;
        let epoch = done.epoch;
        put_meta(&transaction, "epoch", &epoch.to_string())?;
        for (at, _) in &tail {
            let sql = "DELETE FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
            transaction.prepare_cached(sql)?.execute(key(at))?;
        }
        let stays = matches!(onto, Onto::NextEpoch { .. });
        if stays {
            done.came_back = take_back(&transaction, &self.identity.ledger, witnessed)?;
            for known in std::iter::once(witnessed.common.0).chain(witnessed.epochs.iter().copied())
            {
                let last = head_of(&transaction, &self.identity.ledger, known)?;
                put_meta(&transaction, &at_server_key(known), &last.last_seq.to_string())?;
                // The seal under which it was handed in may be lost; what is back is sealed anew.
                if last.last_seq > 0 {
                    put_seal(&transaction, &self.sign(&last)?)?;
                }
            }
        }
        for opened in first.epoch..=epoch {
            put_meta(&transaction, &at_server_key(opened), "0")?;
        }
        let moved = done.carried > 0 || done.came_back > 0 || !stays;
        if moved {
            // Should the power go before they are made anew, that is done when it is opened next.
            Models::doubt(&transaction)?;
            long::forget(&transaction)?;
        } else {
            let subject = Subject::Station(station);
            self.streams.borrow_mut().doubt(&subject);
            self.project(&transaction, Models::LIVE, &subject, &Touched::All)?;
        }
        transaction.commit()?;
        self.streams.borrow_mut().forget();
        self.reload_identity()?;
        if moved {
            self.rebuild(&mut |_| {})?;
        }
        Ok(done)
    }
}

/// What begins a new epoch, or a new ledger.
struct Opening<'a> {
    station: &'a StationId,
    first: &'a Position,
    reason: &'a str,
    now: &'a Moment,
}

impl Opening<'_> {
    /// Opens an epoch for each run of the tail, and one where there is none; says each run again.
    fn open(
        &self,
        transaction: &Connection,
        witnessed: &LedgerHead,
        tail: &[(Position, Written)],
    ) -> Result<Recovered, LedgerError> {
        let mut runs: Vec<&[(Position, Written)]> =
            tail.chunk_by(|(at, _), (next, _)| at.plus(1) == *next).collect();
        if runs.is_empty() {
            runs.push(&[]);
        }
        let epochs = self.first.epoch..;
        let run = |(epoch, run): (u32, &&[(Position, Written)])| {
            let ((from, _), (to, _)) = (run.first()?, run.last()?);
            let onto = Position { epoch, ..self.first.plus(1) };
            Some(Run { from: from.clone(), to_seq: to.seq, onto })
        };
        let mut carrying = Carrying::new(epochs.clone().zip(&runs).filter_map(run).collect());
        // A ledger of its own has nothing before it.
        let follows = witnessed.last_seq > 0 && self.first.epoch > 1;
        let last = Position { epoch: witnessed.epoch, ..self.first.clone() };
        let mut last_known = follows.then_some(Position { seq: witnessed.last_seq, ..last });
        let mut epoch = self.first.epoch;
        for (number, run) in epochs.zip(runs) {
            epoch = number;
            let first = Position { epoch, ..self.first.clone() };
            let opened = self.write(transaction, (&first, last_known.take()), run)?;
            say_again(transaction, (self, opened), run, &mut carrying)?;
            last_known = Some(first.plus(run.len() as u64));
        }
        let renamed = carrying.renamed.into_iter().collect();
        Ok(Recovered { epoch, came_back: 0, carried: tail.len() as u64, renamed })
    }

    /// Writes the fact that says what the server knew, and what follows of this store.
    fn write(
        &self,
        transaction: &Connection,
        (first, last_known): (&Position, Option<Position>),
        run: &[(Position, Written)],
    ) -> Result<Hash, LedgerError> {
        let ids: Vec<Hash> = run.iter().map(|(_, written)| written.id()).collect();
        let ids: Vec<&[u8]> = ids.iter().map(|id| &id.0[..]).collect();
        let carried = run.first().map(|(from, _)| Carried {
            from: from.clone(),
            to_seq: from.seq + run.len() as u64 - 1,
            digest: Hash::of(&ids),
        });
        let reason = self.reason.to_owned();
        let opened = StationFact::EpochOpened { last_known, reason, carried };
        let terminal = TerminalId::parse(TERMINAL)
            .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
        // It stands alone: what else is known of the station here may be set aside.
        let head = Head {
            position: first.clone(),
            after: Vec::new(),
            moment: self.now.clone(),
            catalog_age_s: None,
            acting: Acting { place: None, terminal, session: None, actor: None },
        };
        let subject = Subject::Station(self.station.clone());
        let fact = Fact { head, subject, body: FactBody::Station(opened) };
        put(transaction, &fact, Hash::ZERO)
    }
}

/// Says a run again after the fact that opened, and keeps it as it was.
fn say_again(
    transaction: &Connection,
    (opening, opened): (&Opening<'_>, Hash),
    run: &[(Position, Written)],
    carrying: &mut Carrying,
) -> Result<(), LedgerError> {
    let letter = super::numbers::letter(opening.first.epoch);
    let mut prev = opened;
    for (at, written) in run {
        let damaged = |error: &dyn fmt::Display| {
            LedgerError::damaged(format!("fact {at} cannot be said again: {error}"))
        };
        let fact = Fact::read(&written.bytes).map_err(|error| damaged(&error))?;
        // Only a number that was given here is given anew, where its stream begins here.
        let begun = stored(transaction, &fact.subject, 0)?;
        if begun.first().is_some_and(|first| first.id == written.id()) {
            carrying.renumber(&fact, (opening.station.as_str(), &letter));
        }
        let id_of = |at: &Position| id_at(transaction, at).ok().flatten();
        let again = carrying.carry(&written.bytes, &id_of).map_err(|error| damaged(&error))?;
        set_aside(transaction, (at, written), &again.head.position)?;
        prev = put(transaction, &again, prev)?;
    }
    Ok(())
}

/// The store is another station's from now on; tells its ledger.
fn put_identity(transaction: &Connection, new: &NewStation) -> Result<LedgerId, LedgerError> {
    let public_key = SigningKey::from_bytes(&new.key).verifying_key().to_bytes();
    let fault = || LedgerError::Fault { what: "the key has no ledger id".to_owned() };
    let ledger = station_key::ledger_of(&public_key).ok_or_else(fault)?;
    for (key, value) in [
        ("station", new.station.as_str()),
        ("site", new.site.as_str()),
        ("ledger", ledger.as_str()),
        ("epoch", "1"),
        ("public_key", station_key::hex(&public_key).as_str()),
    ] {
        put_meta(transaction, key, value)?;
    }
    transaction.execute("DELETE FROM meta WHERE key LIKE 'at_server.%'", ())?;
    // Whose feeds it reads is told anew.
    transaction.execute("DELETE FROM cursor", ())?;
    Ok(ledger)
}

fn put(connection: &Connection, fact: &Fact, prev: Hash) -> Result<Hash, LedgerError> {
    let fault = |error: &dyn fmt::Display| LedgerError::Fault { what: error.to_string() };
    let bytes = fact.write().map_err(|error| fault(&error))?;
    let written = Written { prev, bytes };
    let id = written.id();
    insert(connection, &written, fact, &id)?;
    Ok(id)
}

fn set_aside(
    connection: &Connection,
    (at, written): (&Position, &Written),
    now: &Position,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO set_aside
               (ledger, epoch, seq, prev, bytes, id, now_ledger, now_epoch, now_seq)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let ((ledger, epoch, seq), (now_ledger, now_epoch, now_seq)) = (key(at), key(now));
    let (prev, id) = (written.prev.0, written.id().0);
    let row = (ledger, epoch, seq, prev, &written.bytes, id, now_ledger, now_epoch, now_seq);
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Own facts after what both have, over all epochs, without those that the server has too.
fn own_tail(
    connection: &Connection,
    ledger: &LedgerId,
    witnessed: &Witnessed,
) -> Result<Vec<(Position, Written)>, LedgerError> {
    // Of other lives of a server parts may be here, which are nobody's to say again.
    let writes = super::store::identity(connection)?.epoch;
    let written_here = epochs(connection, writes)?;
    let there: BTreeSet<Hash> = witnessed.missing.iter().map(Written::id).collect();
    let sql = "SELECT epoch, seq, prev, bytes FROM fact
               WHERE ledger = ?1 AND (epoch > ?2 OR epoch = ?2 AND seq > ?3) ORDER BY epoch, seq";
    let mut statement = connection.prepare_cached(sql)?;
    let (epoch, after) = witnessed.common;
    let common = Position { ledger: ledger.clone(), epoch, seq: after };
    if stub::any_after(connection, &common)? {
        return Err(stub::lost(&common));
    }
    let mut rows = statement.query((ledger.as_str(), epoch, to_sql(after)))?;
    let mut tail = Vec::new();
    while let Some(row) = rows.next()? {
        let (epoch, seq) = (row.get(0)?, from_sql(row.get(1)?)?);
        let written = Written { prev: Hash(row.get(2)?), bytes: row.get(3)? };
        if written_here.contains(&epoch) && !there.contains(&written.id()) {
            tail.push((Position { ledger: ledger.clone(), epoch, seq }, written));
        }
    }
    Ok(tail)
}

/// Stores what the server has of the own ledger, checked as a chain that ends where it says; tells how
/// many facts came.
fn take_back(
    connection: &Connection,
    ledger: &LedgerId,
    witnessed: &Witnessed,
) -> Result<u64, LedgerError> {
    let wrong = |what: String| LedgerError::CannotWrite {
        why: format!("what the server sent of this station's facts is not whole: {what}"),
        next: "try again; if it stays so, ask for help with this message",
    };
    let mut came = 0;
    for written in &witnessed.missing {
        let fact = Fact::read(&written.bytes).map_err(|error| wrong(error.to_string()))?;
        let (at, id) = (&fact.head.position, written.id());
        let before = match at.seq {
            0 | 1 => Some(Hash::ZERO),
            seq => id_at(connection, &Position { seq: seq - 1, ..at.clone() })?,
        };
        if at.ledger != *ledger || before != Some(written.prev) {
            return Err(wrong(format!("{at} does not follow")));
        }
        // A part of it may have come by a feed.
        match id_at(connection, at)? {
            Some(known) if known == id => continue,
            Some(_) => return Err(wrong(format!("{at} is another fact"))),
            None => {}
        }
        insert(connection, written, &fact, &id)?;
        came += 1;
    }
    let LedgerHead { epoch, last_seq, last_id } = witnessed.head;
    let last = Position { ledger: ledger.clone(), epoch, seq: last_seq };
    let found = if last_seq == 0 { Some(Hash::ZERO) } else { id_at(connection, &last)? };
    if found != Some(last_id) {
        return Err(wrong(format!("it does not end at {last}")));
    }
    Ok(came)
}
