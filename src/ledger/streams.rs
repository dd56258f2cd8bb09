//! Folded streams, kept while nobody else wrote to them.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;

use crate::domain::fact::{Fact, Position};
use crate::domain::fold::{Folded, fold};
use crate::domain::hash::Hash;
use crate::domain::stream::{Stream, StreamState, Subject};

use super::error::LedgerError;
use super::long;
use super::store::{Ledger, meta, version};

/// The most facts of streams that are kept folded; one takes up to a kilobyte.
const KEPT_FACTS_MAX: usize = 6_000;
/// The most of them that a single stream counts for.
const STREAM_SHARE_MAX: usize = KEPT_FACTS_MAX / 4;

/// A stream as folded up to a fact's arrival.
#[derive(Debug, Clone)]
struct Kept {
    arrival: i64,
    /// The store's version at which nothing had arrived since; none once something may have.
    checked: Option<i64>,
    folded: Arc<Folded>,
    /// When it was asked for last, as a count of what was asked.
    asked: u64,
}

/// Folded streams by subject. What is kept is checked against the last arrival of its stream
/// whenever another process wrote to the store, so that its facts are seen.
#[derive(Debug, Default)]
pub(super) struct Streams {
    kept: HashMap<Subject, Kept>,
    facts: usize,
    asked: u64,
    /// The store's version as last seen, and the ledger and epoch that it was written in then.
    seen: Option<(i64, String)>,
}

/// A fact as it lies in the store.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The number of its arrival here.
    pub arrival: i64,
    /// The fact.
    pub fact: Fact,
    /// Its id.
    pub id: Hash,
}

impl Ledger {
    /// The facts of a subject that arrived here after another, in order of arrival.
    pub fn arrived(&self, subject: &Subject, after: i64) -> Result<Vec<Stored>, LedgerError> {
        stored(&self.connection, subject, after)
    }
}

impl Streams {
    /// Forgets everything: after a transaction that was rolled back.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.facts = 0;
    }

    /// A fact of this subject was stored by this process without being folded.
    pub(super) fn doubt(&mut self, subject: &Subject) {
        if let Some(kept) = self.kept.get_mut(subject) {
            kept.checked = None;
        }
    }

    /// The stream of a subject with all facts that are in the store.
    pub(super) fn load(
        &mut self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<Arc<Folded>, LedgerError> {
        let now = version(connection)?;
        self.see(connection, now)?;
        let version = Some(now);
        self.asked += 1;
        let asked = self.asked;
        if let Some(kept) = self.kept.get_mut(subject)
            && kept.checked == version
        {
            kept.asked = asked;
            return Ok(Arc::clone(&kept.folded));
        }
        let last = last_arrival(connection, subject)?;
        let kept = self.kept.remove(subject).filter(|kept| kept.arrival <= last);
        let kept = match kept {
            Some(kept) if kept.arrival == last => Kept { checked: version, asked, ..kept },
            Some(kept) => {
                self.facts = self.facts.saturating_sub(weight(&kept.folded));
                let news = stored(connection, subject, kept.arrival)?;
                let folded = catch_up(connection, subject, kept.folded, &news)?;
                self.facts += weight(&folded);
                Kept { arrival: last, checked: version, folded, asked }
            }
            None => {
                let folded = read(connection, subject)?;
                self.facts += weight(&folded);
                Kept { arrival: last, checked: version, folded, asked }
            }
        };
        let folded = Arc::clone(&kept.folded);
        self.keep(subject, kept);
        Ok(folded)
    }

    fn keep(&mut self, subject: &Subject, kept: Kept) {
        if self.facts > KEPT_FACTS_MAX {
            self.forget_oldest();
        }
        self.kept.insert(subject.clone(), kept);
    }

    /// Folds facts of a subject that lie in the store and are at hand, where nothing else of it is to
    /// be read: all of its facts, or those after what is kept.
    pub(super) fn arrive(
        &mut self,
        connection: &Connection,
        subject: &Subject,
        news: Vec<Stored>,
    ) -> Result<(), LedgerError> {
        let (Some(first), Some(last)) = (news.first(), news.last()) else { return Ok(()) };
        let (first, arrival) = (first.arrival, last.arrival);
        let now = version(connection)?;
        self.see(connection, now)?;
        let sql = "SELECT coalesce(max(arrival), 0) FROM fact WHERE subject = ?1 AND arrival < ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let before: i64 = statement.query_row((subject.to_string(), first), |row| row.get(0))?;
        let kept = self.kept.remove(subject);
        self.facts = self.facts.saturating_sub(kept.as_ref().map_or(0, |k| weight(&k.folded)));
        let folded = match kept {
            Some(kept) if kept.arrival == before => {
                catch_up(connection, subject, kept.folded, &news)?
            }
            _ if before == 0 => {
                let facts: Vec<_> = news.into_iter().map(|s| (s.fact, s.id)).collect();
                Arc::new(fold(subject, &facts))
            }
            // It is read when somebody asks for it.
            _ => return Ok(()),
        };
        self.asked += 1;
        self.facts += weight(&folded);
        let asked = self.asked;
        self.keep(subject, Kept { arrival, checked: Some(now), folded, asked });
        Ok(())
    }

    /// A store that was brought back has other facts than those that were folded.
    fn see(&mut self, connection: &Connection, version: i64) -> Result<(), LedgerError> {
        if self.seen.as_ref().is_some_and(|(seen, _)| *seen == version) {
            return Ok(());
        }
        let now = written_in(connection)?;
        if self.seen.as_ref().is_some_and(|(_, before)| *before != now) {
            self.forget();
        }
        self.seen = Some((version, now));
        Ok(())
    }

    /// Forgets what was not asked for the longest, a quarter at a time: to look for it takes a while.
    fn forget_oldest(&mut self) {
        let mut oldest: Vec<_> =
            self.kept.iter().map(|(subject, kept)| (kept.asked, subject.clone())).collect();
        oldest.sort_unstable_by_key(|(asked, _)| *asked);
        for (_, subject) in oldest {
            if self.facts <= KEPT_FACTS_MAX / 4 * 3 {
                return;
            }
            let gone = self.kept.remove(&subject);
            let weight = gone.map_or(0, |kept| weight(&kept.folded));
            self.facts = self.facts.saturating_sub(weight);
        }
    }

    /// Takes one more own fact of a stream that was loaded in the same transaction, decided there.
    pub(super) fn append(&mut self, stored: Stored) {
        let Some(kept) = self.kept.remove(&stored.fact.subject) else { return };
        self.facts = self.facts.saturating_sub(weight(&kept.folded));
        let subject = stored.fact.subject.clone();
        let arrival = stored.arrival;
        let mut folded = Arc::clone(&kept.folded);
        // What stands alone among others is folded with all of them when it is asked for.
        if stored.fact.head.after.is_empty() && !folded.is_empty() {
            return;
        }
        // Decided on all heads, it comes after everything folded; what waits, waits on.
        take(Arc::make_mut(&mut folded), &stored);
        self.facts += weight(&folded);
        let Kept { checked, asked, .. } = kept;
        self.kept.insert(subject, Kept { arrival, checked, folded, asked });
    }
}

/// The ledger and the epoch that the store is written in.
fn written_in(connection: &Connection) -> Result<String, LedgerError> {
    let ledger = meta(connection, "ledger")?.unwrap_or_default();
    Ok(format!("{ledger}.{}", meta(connection, "epoch")?.unwrap_or_default()))
}

/// How much of the room a stream takes. Of a station's only what is open stays in mind, however long it
/// is. Another long one takes no more than its share: else it would drive out all others, and they it.
fn weight(folded: &Folded) -> usize {
    if let StreamState::Station(state) = &folded.stream.state {
        return 1 + state.open_reviews.len() + state.reviewed.len() + state.unread.len();
    }
    (1 + folded.count + folded.waiting.len()).min(STREAM_SHARE_MAX)
}

/// Folds further facts. Those that come after everything folded are taken as they are; any other may
/// belong before what is folded, so the stream is folded anew.
fn catch_up(
    connection: &Connection,
    subject: &Subject,
    mut folded: Arc<Folded>,
    news: &[Stored],
) -> Result<Arc<Folded>, LedgerError> {
    let all: Vec<_> = news.iter().map(|stored| (&stored.fact, stored.id)).collect();
    if Arc::make_mut(&mut folded).fold_on(&all) {
        return Ok(folded);
    }
    for stored in news {
        if !comes_last(&folded, &stored.fact) {
            return refold(connection, subject);
        }
        take(Arc::make_mut(&mut folded), stored);
    }
    Ok(folded)
}

fn take(folded: &mut Folded, stored: &Stored) {
    folded.stream.evolve(&stored.fact, stored.id);
    folded.count += 1;
}

fn comes_last(folded: &Folded, fact: &Fact) -> bool {
    let mut after: Vec<&Position> = fact.head.after.iter().collect();
    after.sort();
    let heads = folded.stream.heads.iter();
    // A first fact beside others is concurrent with them; heads are none only before the first.
    folded.waiting.is_empty() && heads.eq(after)
}

/// Reads a stream: from where it is kept on, or the whole of it.
pub(super) fn read(connection: &Connection, subject: &Subject) -> Result<Arc<Folded>, LedgerError> {
    let Some((arrival, folded)) = long::kept(connection, subject)? else {
        return refold(connection, subject);
    };
    let news = stored(connection, subject, arrival)?;
    catch_up(connection, subject, Arc::new(folded), &news)
}

pub(super) fn refold(
    connection: &Connection,
    subject: &Subject,
) -> Result<Arc<Folded>, LedgerError> {
    let facts: Vec<(Fact, Hash)> =
        stored(connection, subject, 0)?.into_iter().map(|s| (s.fact, s.id)).collect();
    if facts.is_empty() {
        let stream = Stream::empty(subject);
        return Ok(Arc::new(Folded { stream, count: 0, waiting: Vec::new() }));
    }
    Ok(Arc::new(fold(subject, &facts)))
}

fn last_arrival(connection: &Connection, subject: &Subject) -> Result<i64, LedgerError> {
    let sql = "SELECT coalesce(max(arrival), 0) FROM fact WHERE subject = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([subject.to_string()], |row| row.get(0))?)
}

/// The facts of a subject that arrived after another, in order of arrival.
pub(super) fn stored(
    connection: &Connection,
    subject: &Subject,
    after: i64,
) -> Result<Vec<Stored>, LedgerError> {
    let sql = "SELECT arrival, bytes, id FROM fact WHERE subject = ?1 AND arrival > ?2
               ORDER BY arrival";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((subject.to_string(), after))?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let arrival: i64 = row.get(0)?;
        let bytes = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let unreadable =
            |e| LedgerError::damaged(format!("fact {arrival} of {subject} is not readable: {e}"));
        facts.push(Stored {
            arrival,
            fact: Fact::read(bytes).map_err(unreadable)?,
            id: Hash(row.get(2)?),
        });
    }
    Ok(facts)
}
