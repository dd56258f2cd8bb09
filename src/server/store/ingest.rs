//! Takes pages of stations' facts: identity first, then everything else, in one transaction.
//!
//! A page is believed only where its chain leads to a head that the station sealed. What comes
//! twice is a success; another fact under a known number is a fork, which freezes the epoch.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::fact::{Fact, LedgerHead, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::kinds::FactBody;
use crate::domain::station::StationFact;
use crate::server::seals;
use crate::sync::protocol::{HeadAnswer, PageAnswer, PageOutcome, PageUp};

use super::arrived::Arrived;
use super::error::StoreError;
use super::routing::Routing;
use super::tables::Tables;
use super::tx::{EpochRow, FactRow, Question, Tx};
use super::value::Row;
use super::{Plant, Store, judged};

/// Where a page stands against what is stored.
enum Standing {
    /// Its facts after the first `known` are new.
    Follows { known: usize },
    /// It is answered without storing anything.
    Answered(PageOutcome),
    /// It contradicts what is stored from this number on.
    Forks { seq: u64 },
}

impl Store {
    /// How far a ledger is stored.
    pub fn head(&self, ledger: &LedgerId) -> Result<HeadAnswer, StoreError> {
        let row = self.read(|tx| tx.newest_epoch(ledger))?;
        let none = LedgerHead { epoch: 1, last_seq: 0, last_id: Hash::ZERO };
        Ok(row.map_or(HeadAnswer { head: none, frozen: false }, |row| HeadAnswer {
            head: row.head,
            frozen: row.frozen,
        }))
    }

    /// Stores the longest valid run of a page and says why it stopped. The answer holds only after
    /// the commit that this call makes.
    pub fn ingest(&self, page: &PageUp, received: Timestamp) -> Result<PageAnswer, StoreError> {
        let arrived = Arrived::read(page, received);
        self.write(|tx| {
            let mut taking = Taking::begin(tx, &self.plant, std::slice::from_ref(&arrived))?;
            let answer = taking.take(&arrived)?;
            taking.finish()?;
            Ok(answer)
        })
    }

    /// Stores several pages in one transaction, each as if it came alone. The answers hold only
    /// after the commit that this call makes.
    pub fn ingest_all(
        &self,
        pages: &[(PageUp, Timestamp)],
    ) -> Result<Vec<Result<PageAnswer, StoreError>>, StoreError> {
        let arrived = pages.iter().map(|(page, received)| Arrived::read(page, *received));
        let arrived: Vec<_> = arrived.collect();
        let together = self.write(|tx| {
            let mut taking = Taking::begin(tx, &self.plant, &arrived)?;
            let answers = arrived.iter().map(|arrived| taking.take(arrived).map(Ok)).collect();
            taking.finish()?;
            answers
        });
        match together {
            // One of them may be what cannot be stored; the others come alone then.
            Err(StoreError::Damaged { .. } | StoreError::Failed { .. }) if pages.len() > 1 => {
                Ok(pages.iter().map(|(page, received)| self.ingest(page, *received)).collect())
            }
            answers => answers,
        }
    }
}

/// What is known of a ledger that a page came from.
#[derive(Debug, Default)]
struct Known {
    /// None of a ledger that belongs to no station.
    public_key: Option<String>,
    newest: Option<EpochRow>,
    /// Up to which number an epoch is judged, by whichever was asked last.
    judged: Option<(u32, u64)>,
    /// The ids of what is stored, among the numbers of the pages.
    ids: BTreeMap<(u32, u64), Hash>,
}

/// Pages on their way into the store, in one transaction.
#[derive(Debug)]
struct Taking<'a> {
    tx: &'a Tx<'a>,
    routing: Routing<'a>,
    tables: Tables<'a>,
    ledgers: BTreeMap<LedgerId, Known>,
}

impl<'a> Taking<'a> {
    /// Asks the store at once for what all the pages need.
    fn begin(tx: &'a Tx<'a>, plant: &'a Plant, pages: &[Arrived<'_>]) -> Result<Self, StoreError> {
        let (mut routing, mut tables) = (Routing::new(tx, plant), Tables::new(tx));
        let mut ledgers: BTreeMap<LedgerId, Known> = BTreeMap::new();
        let names: BTreeSet<&LedgerId> = pages.iter().map(|arrived| &arrived.page.ledger).collect();
        let facts = || pages.iter().flat_map(Arrived::acceptable);
        let (subjects, attempts) = (Routing::wanted(facts()), Tables::wanted(facts()));
        let stands = names.iter().map(|name| (STANDS, vec![(*name).into()]));
        let stored = pages.iter().map(stored);
        let of_subjects = subjects.iter().map(|subject| Routing::question(subject));
        let of_attempts = attempts.iter().map(Tables::question);
        let questions: Vec<_> =
            stands.chain(stored).chain(of_subjects).chain(of_attempts).collect();
        let mut answers = tx.ask(&questions)?.into_iter();
        for (name, rows) in names.into_iter().zip(&mut answers) {
            ledgers.insert(name.clone(), Known::read(rows)?);
        }
        for (Arrived { page, .. }, rows) in pages.iter().zip(&mut answers) {
            let Some(known) = ledgers.get_mut(&page.ledger) else { continue };
            for mut row in rows {
                known.ids.insert((page.epoch, row.number(0)?), row.hash(1)?);
            }
        }
        for (subject, rows) in subjects.into_iter().zip(&mut answers) {
            routing.know(subject, rows)?;
        }
        for (attempt, rows) in attempts.into_iter().zip(&mut answers) {
            tables.know(attempt, rows)?;
        }
        routing.know_feeds()?;
        Ok(Self { tx, routing, tables, ledgers })
    }

    fn finish(self) -> Result<(), StoreError> {
        self.routing.finish()?;
        self.tables.finish()
    }

    fn take(&mut self, arrived: &Arrived<'_>) -> Result<PageAnswer, StoreError> {
        let page = arrived.page;
        let nothing = Known::default();
        let known = self.ledgers.get(&page.ledger).unwrap_or(&nothing);
        let first = LedgerHead { epoch: page.epoch, last_seq: 0, last_id: Hash::ZERO };
        let newest = known.newest.as_ref();
        let (head, frozen) = newest.map_or((first, false), |row| (row.head.clone(), row.frozen));
        if let Some(why) = arrived.wrong.or_else(|| unbelievable(arrived, known)) {
            let outcome = PageOutcome::Refused { seq: page.from, why: why.to_owned() };
            return Ok(PageAnswer { head, outcome });
        }
        if frozen && head.epoch == page.epoch {
            let outcome = PageOutcome::Fork { seq: page.from };
            return Ok(PageAnswer { head, outcome });
        }
        match standing(arrived, &head, known) {
            Standing::Answered(outcome) => Ok(PageAnswer { head, outcome }),
            Standing::Forks { seq } => {
                let outcome = self.quarantine(arrived, seq)?;
                Ok(PageAnswer { head, outcome })
            }
            Standing::Follows { known } => self.append(arrived, known),
        }
    }

    /// Keeps a page that contradicts what is stored, and freezes its epoch.
    fn quarantine(&mut self, arrived: &Arrived<'_>, seq: u64) -> Result<PageOutcome, StoreError> {
        let Arrived { page, received, .. } = arrived;
        let at = Position { ledger: page.ledger.clone(), epoch: page.epoch, seq };
        let text = serde_json::to_string(page)
            .map_err(|error| StoreError::Failed { what: error.to_string() })?;
        self.tx.quarantine(&at, received, &text)?;
        if let Some(known) = self.ledgers.get_mut(&page.ledger) {
            known.newest = self.tx.newest_epoch(&page.ledger)?;
        }
        Ok(PageOutcome::Fork { seq })
    }

    /// Up to which number the epoch of a page is judged: of a server that was restored, perhaps further
    /// than it is stored.
    fn judged_to(&self, arrived: &Arrived<'_>) -> Result<u64, StoreError> {
        let Arrived { page, .. } = arrived;
        let known = self.ledgers.get(&page.ledger).and_then(|known| known.judged);
        match known {
            Some((epoch, judged_to)) if epoch == page.epoch => Ok(judged_to),
            Some(_) | None => {
                let (ledger, epoch) = (page.ledger.clone(), page.epoch);
                judged::judged_to(self.tx, &Position { ledger, epoch, seq: page.from })
            }
        }
    }

    fn append(&mut self, arrived: &Arrived<'_>, known: usize) -> Result<PageAnswer, StoreError> {
        let Arrived { page, received, .. } = arrived;
        let mut outcome = PageOutcome::Stored;
        let mut reached = None;
        let judged_to = self.judged_to(arrived)?;
        for ((key, fact), written) in arrived.facts.iter().zip(&page.facts).skip(known) {
            let fact = match fact {
                Ok(fact) => fact,
                Err(why) => {
                    outcome = PageOutcome::Refused { seq: key.at.seq, why: why.clone() };
                    break;
                }
            };
            let ids = &mut self.ledgers.entry(page.ledger.clone()).or_default().ids;
            // Somebody may have offered it back to a restored server.
            match ids.insert((key.at.epoch, key.at.seq), key.id) {
                Some(known) if known == key.id => {
                    reached = Some(key);
                    continue;
                }
                Some(known) => {
                    ids.insert((key.at.epoch, key.at.seq), known);
                    outcome = self.quarantine(arrived, key.at.seq)?;
                    break;
                }
                None => {}
            }
            let (subject, kind) = (fact.subject.to_string(), fact.body.kind());
            let (subject, received_utc) = (subject.as_str(), received.as_str());
            self.tx.insert_fact(&FactRow { key, written, kind, subject, received_utc })?;
            if key.at.seq <= judged_to {
                self.tx.note_unjudged(&key.at)?;
            }
            self.routing.route(fact, key)?;
            self.tables.fill(fact, received)?;
            reached = Some(key);
        }
        let reached = reached.map(|key| LedgerHead {
            epoch: page.epoch,
            last_seq: key.at.seq,
            last_id: key.id,
        });
        if let Some(reached) = &reached {
            self.tx.set_head(&page.ledger, reached)?;
            let known = self.ledgers.entry(page.ledger.clone()).or_default();
            let newest = known.newest.as_ref();
            let frozen = newest.is_some_and(|row| row.frozen && row.head.epoch == page.epoch);
            known.newest = Some(EpochRow { head: reached.clone(), frozen });
            known.judged = Some((page.epoch, judged_to));
        }
        if outcome == PageOutcome::Stored {
            self.tx.insert_seal(&page.seal)?;
            page.seals.iter().try_for_each(|seal| self.tx.insert_seal(seal))?;
        }
        let none = LedgerHead { epoch: page.epoch, last_seq: 0, last_id: Hash::ZERO };
        let newest = self.ledgers.get(&page.ledger).and_then(|known| known.newest.as_ref());
        let head = reached.or_else(|| newest.map(|row| row.head.clone()));
        Ok(PageAnswer { head: head.unwrap_or(none), outcome })
    }
}

/// The key of a station, with the newest epoch of its ledger where there is one, and how far that is judged.
const STANDS: &str = "SELECT s.public_key, e.epoch, e.last_seq, e.last_id, e.frozen,
    coalesce(j.to_seq, 0) FROM station s LEFT JOIN ledger_epoch e ON e.ledger = s.ledger
    LEFT JOIN judged j ON j.ledger = e.ledger AND j.epoch = e.epoch
    WHERE s.ledger = ?1 ORDER BY e.epoch DESC LIMIT 1";

impl Known {
    fn read(rows: Vec<Row>) -> Result<Self, StoreError> {
        let Some(mut row) = rows.into_iter().next() else { return Ok(Self::default()) };
        let (public_key, ids) = (Some(row.text(0)?), BTreeMap::new());
        let (newest, judged) = if row.is_null(1) {
            (None, None)
        } else {
            let (epoch, last_seq, last_id) = (row.epoch(1)?, row.number(2)?, row.hash(3)?);
            let head = LedgerHead { epoch, last_seq, last_id };
            let newest = EpochRow { head, frozen: row.flag(4)? };
            (Some(newest), Some((epoch, row.number(5)?)))
        };
        Ok(Self { public_key, newest, judged, ids })
    }
}

/// Asks which facts are stored among the numbers of a page.
fn stored<'p>(arrived: &Arrived<'p>) -> Question<'p> {
    let page = arrived.page;
    let sql =
        "SELECT seq, id FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq >= ?3 AND seq < ?4";
    let end = page.from.saturating_add(page.facts.len() as u64);
    (sql, vec![(&page.ledger).into(), page.epoch.into(), page.from.into(), end.into()])
}

/// Whether nothing of the page can be believed: it leads to no genuine seal.
fn unbelievable(arrived: &Arrived<'_>, known: &Known) -> Option<&'static str> {
    let page = arrived.page;
    let Some(public_key) = &known.public_key else {
        return Some("the ledger belongs to no station of this plant");
    };
    if !seals::is_genuine(public_key, &page.seal) {
        return Some("the seal was not made with the station's key");
    }
    for seal in &page.seals {
        let of_page = (&seal.ledger, seal.epoch) == (&page.ledger, page.epoch);
        let covers = arrived.id_of(seal.last_seq) == Some(seal.head);
        if !of_page || !covers || !seals::is_genuine(public_key, seal) {
            return Some("a seal within the page covers no fact of it");
        }
    }
    None
}

/// Compares a believable page with what is stored.
fn standing(arrived: &Arrived<'_>, head: &LedgerHead, stored: &Known) -> Standing {
    let page = arrived.page;
    if page.epoch < head.epoch {
        return Standing::Answered(PageOutcome::Fenced { epoch: head.epoch });
    }
    if page.epoch > head.epoch {
        return new_epoch(arrived, head);
    }
    if page.from > head.last_seq + 1 {
        return Standing::Answered(PageOutcome::Gap { expected: head.last_seq + 1 });
    }
    let mut known = 0;
    for (seq, (key, _)) in (page.from..=head.last_seq).zip(&arrived.facts) {
        if stored.ids.get(&(page.epoch, seq)) != Some(&key.id) {
            return Standing::Forks { seq };
        }
        known += 1;
    }
    // A first new fact that does not follow the last stored one continues another history.
    match page.facts.get(known) {
        Some(next) if next.prev != head.last_id => Standing::Forks { seq: head.last_seq },
        Some(_) | None => Standing::Follows { known },
    }
}

/// A newer epoch begins with the fact that opens it and names what the server knows before it. Epochs may
/// be skipped: one was opened and set aside again before the server saw it, and the judge skips some so
/// that no two lives of a server that was restored write the same one.
fn new_epoch(arrived: &Arrived<'_>, head: &LedgerHead) -> Standing {
    let page = arrived.page;
    let last = (head.last_seq > 0).then(|| Position {
        ledger: page.ledger.clone(),
        epoch: head.epoch,
        seq: head.last_seq,
    });
    let opens = |fact: &Fact| {
        matches!(&fact.body, FactBody::Station(StationFact::EpochOpened { last_known, .. })
            if *last_known == last)
    };
    let first = arrived.facts.first().and_then(|(_, fact)| fact.as_ref().ok());
    if page.from == 1 && first.is_some_and(opens) {
        return Standing::Follows { known: 0 };
    }
    let why = "a new epoch begins with the fact that opens it and names the last one known here";
    Standing::Answered(PageOutcome::Refused { seq: page.from, why: why.to_owned() })
}
