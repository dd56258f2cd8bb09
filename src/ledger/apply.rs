//! Applying pages of feeds: a page and the cursor after it are one transaction.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use crate::domain::fact::{Fact, Position, Written};
use crate::domain::feeds::{Cursor, Feed, FeedPage, NamedRows};
use crate::domain::hash::Hash;
use crate::domain::kinds::FactBody;
use crate::domain::revision::{InstructionFact, SpecificationFact};
use crate::domain::stream::Subject;

use super::append::{epochs, from_sql, id_at, ids_from, insert, key, to_sql};
use super::desk::put_setting;
use super::error::{ApplyError, LedgerError};
use super::models::Touched;
use super::models::noted::Noted;
use super::models::tables::Models;
use super::offers::TO_OFFER;
use super::schema;
use super::seals::{at_server, at_server_key, put_seal};
use super::store::{Ledger, put_meta};
use super::streams::Stored;
use super::{stub, whole};

/// What a page brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Facts that were not here.
    pub new: usize,
    /// Facts that were here already, by another feed or as own ones.
    pub known: usize,
    /// The streams that changed.
    pub subjects: BTreeSet<Subject>,
}

/// Facts that came together.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    noted: Noted,
    /// In the order of their arrival.
    streams: BTreeMap<Subject, Vec<Stored>>,
    /// Streams of which something came back that was pruned.
    filled: BTreeSet<Subject>,
}

impl Ledger {
    /// How far each followed feed was applied.
    pub fn cursors(&self) -> Result<Vec<Cursor>, LedgerError> {
        let sql = "SELECT feed, epoch, position, rolling FROM cursor ORDER BY feed";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        let mut cursors = Vec::new();
        while let Some(row) = rows.next()? {
            cursors.push(Cursor {
                feed: row.get(0)?,
                epoch: row.get(1)?,
                position: from_sql(row.get(2)?)?,
                rolling: Hash(row.get(3)?),
            });
        }
        Ok(cursors)
    }

    /// Follows these feeds from now on; cursors of known ones stay, others are dropped.
    pub fn set_feeds(&mut self, feeds: &[Feed]) -> Result<(), LedgerError> {
        let followed: BTreeSet<String> = feeds.iter().map(Feed::to_string).collect();
        let known: BTreeSet<String> = self.cursors()?.into_iter().map(|c| c.feed).collect();
        let transaction = schema::begin(&self.connection)?;
        for feed in known.difference(&followed) {
            transaction.execute("DELETE FROM cursor WHERE feed = ?1", [feed])?;
        }
        for feed in feeds.iter().filter(|feed| !known.contains(&feed.to_string())) {
            put_cursor(&transaction, &Cursor::beginning(feed, 1))?;
        }
        Ok(transaction.commit()?)
    }

    /// Begins a followed feed anew in an epoch that the server opened: it was restored, so that what is
    /// here of others is to be offered to it.
    pub fn restart_feed(&mut self, beginning: &Cursor) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        put_cursor(&transaction, beginning)?;
        put_setting(&transaction, TO_OFFER, "1")?;
        Ok(transaction.commit()?)
    }

    /// Follows a feed, of which nothing was applied, from a cursor.
    pub fn follow_from(&mut self, start: &Cursor) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        put_cursor(&transaction, start)?;
        Ok(transaction.commit()?)
    }

    /// Applies the next page of a feed, all of it or nothing.
    pub fn apply(&mut self, page: &FeedPage) -> Result<Applied, ApplyError> {
        let transaction = schema::begin(&self.connection)?;
        let done = self.take_page(&transaction, page);
        let done =
            done.and_then(|applied| transaction.commit().map(|()| applied).map_err(Into::into));
        if done.is_err() {
            // What was folded on the way was rolled back.
            self.streams.borrow_mut().forget();
        }
        done
    }

    fn take_page(&self, transaction: &Connection, page: &FeedPage) -> Result<Applied, ApplyError> {
        let mut cursor = next_cursor(transaction, page)?;
        let catalog = Feed::parse(&page.feed) == Some(Feed::Catalog);
        // What was pruned stays so, unless everything is asked for.
        let fetching = whole::is_fetching(transaction)?;
        if (catalog || fetching) && !page.named.is_empty() {
            // What takes effect, or fills a gap, is read from the facts themselves.
            return Err(ApplyError::Rolling);
        }
        let mut applied = Applied::default();
        let mut arrivals = Arrivals::default();
        let mut named = page.named.iter().peekable();
        for (written, row) in page.rows.iter().zip(0..) {
            while let Some(run) = named.next_if(|run| run.position == cursor.position + 1) {
                applied.known += self.pass_over(transaction, run, &mut cursor)?;
            }
            let fact =
                Fact::read(&written.bytes).map_err(|error| ApplyError::Malformed { row, error })?;
            let id = written.id();
            cursor.advance(&id);
            let is_new = self.is_new(transaction, (written, &id), &fact.head.position)?;
            let arrival = if is_new {
                self.is_at_server(transaction, &fact.head.position)?;
                Some(insert(transaction, written, &fact, &id)?)
            } else {
                None
            };
            let is_taken = is_new || fetching && stub::fill(transaction, (written, &id), &fact)?;
            if is_taken {
                applied.new += 1;
                applied.subjects.insert(fact.subject.clone());
            } else {
                applied.known += 1;
            }
            if catalog && releases(&fact.body) {
                let sql = "INSERT INTO effective (ledger, epoch, seq) VALUES (?1, ?2, ?3)
                           ON CONFLICT DO NOTHING";
                let mut statement = transaction.prepare_cached(sql)?;
                if statement.execute(key(&fact.head.position))? > 0 {
                    applied.subjects.insert(fact.subject.clone());
                }
            }
            if is_taken {
                self.note_taken(transaction, (fact, id, arrival), &mut arrivals)?;
            }
        }
        for run in named {
            applied.known += self.pass_over(transaction, run, &mut cursor)?;
        }
        if cursor.rolling != page.rolling {
            return Err(ApplyError::Rolling);
        }
        put_cursor(transaction, &cursor)?;
        // What they prove is looked at when the store is audited, by the keys that are known then.
        page.seals.iter().try_for_each(|seal| put_seal(transaction, seal))?;
        self.end_taking(transaction, arrivals)?;
        for subject in &applied.subjects {
            self.project(transaction, Models::LIVE, subject, &Touched::All)?;
        }
        Ok(applied)
    }

    /// Moves a cursor over own facts that a page only names, which must all be here; tells how many
    /// there were.
    fn pass_over(
        &self,
        connection: &Connection,
        run: &NamedRows,
        cursor: &mut Cursor,
    ) -> Result<usize, ApplyError> {
        let ids = ids_from(connection, (&self.identity.ledger, run.epoch, run.seq), run.rows)?;
        if ids.len() as u64 != run.rows {
            return Err(ApplyError::Rolling);
        }
        for id in &ids {
            cursor.advance(id);
        }
        Ok(ids.len())
    }

    /// What is made of a fact of whatever stream that came here; it has no arrival where it was pruned
    /// and came back.
    pub(super) fn note_taken(
        &self,
        connection: &Connection,
        (fact, id, arrival): (Fact, Hash, Option<i64>),
        arrivals: &mut Arrivals,
    ) -> Result<(), LedgerError> {
        self.streams.borrow_mut().doubt(&fact.subject);
        Models::LIVE.put_judged(connection, &fact)?;
        arrivals.noted.add(&fact);
        if let Some(arrival) = arrival {
            let stream = arrivals.streams.entry(fact.subject.clone()).or_default();
            stream.push(Stored { arrival, fact, id });
        } else {
            arrivals.filled.insert(fact.subject);
        }
        Ok(())
    }

    /// Ends with what is done once for all facts that came together.
    pub(super) fn end_taking(
        &self,
        connection: &Connection,
        arrivals: Arrivals,
    ) -> Result<(), LedgerError> {
        arrivals.noted.put(connection, Models::LIVE)?;
        let whole = |(subject, _): &(Subject, _)| !arrivals.filled.contains(subject);
        for (subject, news) in arrivals.streams.into_iter().filter(whole) {
            self.streams.borrow_mut().arrive(connection, &subject, news)?;
        }
        Ok(())
    }

    /// What comes back of an earlier epoch of the own ledger is at the server.
    fn is_at_server(
        &self,
        connection: &Connection,
        position: &Position,
    ) -> Result<(), LedgerError> {
        let Position { ledger, epoch, seq } = position;
        let own = *ledger == self.identity.ledger
            && epochs(connection, self.identity.epoch)?.contains(epoch);
        if own && *seq == at_server(connection, *epoch)? + 1 {
            put_meta(connection, &at_server_key(*epoch), &seq.to_string())?;
        }
        Ok(())
    }

    /// Whether a fact is not here yet; refuses one that contradicts what is here.
    pub(super) fn is_new(
        &self,
        connection: &Connection,
        (written, id): (&Written, &Hash),
        position: &Position,
    ) -> Result<bool, ApplyError> {
        match id_at(connection, position)? {
            Some(known) if known == *id => return Ok(false),
            Some(_) => return Err(ApplyError::Fork { position: position.clone() }),
            None => {}
        }
        // Of earlier epochs parts may come back that a backup of this store did not have.
        if position.ledger == self.identity.ledger && position.epoch == self.identity.epoch {
            return Err(ApplyError::OwnUnknown { position: position.clone() });
        }
        let broken = || Err(ApplyError::Chain { position: position.clone() });
        let before = match position.seq {
            0 => return broken(),
            1 => Some(Hash::ZERO),
            seq => id_at(connection, &Position { seq: seq - 1, ..position.clone() })?,
        };
        if before.is_some_and(|before| before != written.prev) {
            return broken();
        }
        let sql = "SELECT prev FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let mut statement = connection.prepare_cached(sql)?;
        let next = statement.query_row(key(&position.plus(1)), |row| Ok(Hash(row.get(0)?)));
        if next.optional()?.is_some_and(|next| next != *id) {
            return broken();
        }
        Ok(true)
    }
}

pub(super) fn releases(body: &FactBody) -> bool {
    matches!(
        body,
        FactBody::Instruction(InstructionFact::RevisionReleased { .. })
            | FactBody::Specification(SpecificationFact::SpecificationReleased { .. })
    )
}

/// The cursor of the page's feed, checked to stand just before the page.
fn next_cursor(connection: &Connection, page: &FeedPage) -> Result<Cursor, ApplyError> {
    let sql = "SELECT epoch, position, rolling FROM cursor WHERE feed = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([&page.feed], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?, Hash(row.get(2)?)))
    });
    let unknown = || ApplyError::UnknownFeed { feed: page.feed.clone() };
    let (epoch, position, rolling) = found.optional()?.ok_or_else(unknown)?;
    // Where nothing was applied, any epoch will do: the server may have been restored before.
    let begins = position == 0;
    if epoch != page.epoch && !begins {
        let feed = page.feed.clone();
        return Err(ApplyError::FeedEpoch { feed, known: epoch, found: page.epoch });
    }
    let position = from_sql(position)?;
    if page.from != position + 1 {
        return Err(ApplyError::Gap { expected: position + 1, found: page.from });
    }
    Ok(Cursor { feed: page.feed.clone(), epoch: page.epoch, position, rolling })
}

pub(super) fn put_cursor(connection: &Connection, cursor: &Cursor) -> Result<(), LedgerError> {
    let sql = "INSERT INTO cursor (feed, epoch, position, rolling) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (feed) DO UPDATE SET epoch = excluded.epoch,
                   position = excluded.position, rolling = excluded.rolling";
    let Cursor { feed, epoch, position, rolling } = cursor;
    connection.prepare_cached(sql)?.execute((feed, epoch, to_sql(*position), rolling.0))?;
    Ok(())
}
