//! The server's store on SQLite: connections, transactions and every statement.
//!
//! What is decided about pages and feeds is decided in the files beside this one, over [`Tx`]; a
//! second database needs these statements again and nothing else. They keep to what
//! PostgreSQL-compatible databases take.

use std::path::Path;
use std::time::Duration;

use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Params, Row, Transaction, TransactionBehavior,
};

use crate::domain::fact::{LedgerHead, Position, Seal, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::error::StoreError;
use super::schema::{APPLICATION_ID, MIGRATIONS};

/// How long a writer waits for another one.
const BUSY_MAX: Duration = Duration::from_secs(10);

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::damaged(error.to_string())
            }
            _ => Self::Failed { what: error.to_string() },
        }
    }
}

/// One connection to the store.
#[derive(Debug)]
pub(super) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(super) fn open(file: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(file)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Self::ready(connection)
    }

    pub(super) fn in_memory() -> Result<Self, StoreError> {
        Self::ready(Connection::open_in_memory()?)
    }

    fn ready(connection: Connection) -> Result<Self, StoreError> {
        let migrate = |tx: &Tx<'_>| tx.migrate();
        connection.busy_timeout(BUSY_MAX)?;
        connection.set_prepared_statement_cache_capacity(64);
        let store = Self { connection };
        store.write(migrate)?;
        Ok(store)
    }

    /// Does the work in one durable write transaction, or not at all.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let behavior = TransactionBehavior::Immediate;
        let tx = Tx { transaction: Transaction::new_unchecked(&self.connection, behavior)? };
        let done = work(&tx)?;
        tx.transaction.commit()?;
        Ok(done)
    }

    /// Reads at one moment.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let behavior = TransactionBehavior::Deferred;
        work(&Tx { transaction: Transaction::new_unchecked(&self.connection, behavior)? })
    }
}

/// A ledger's epoch as stored.
#[derive(Debug)]
pub(super) struct EpochRow {
    pub(super) head: LedgerHead,
    pub(super) frozen: bool,
}

/// A feed's head as stored.
#[derive(Debug)]
pub(super) struct FeedHeadRow {
    pub(super) epoch: u32,
    pub(super) position: u64,
    pub(super) rolling: Hash,
}

/// A fact's place and id, for a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FactKey {
    pub(super) at: Position,
    pub(super) id: Hash,
}

/// A fact on its way into the store.
#[derive(Debug)]
pub(super) struct FactRow<'a> {
    pub(super) key: &'a FactKey,
    pub(super) written: &'a Written,
    pub(super) kind: &'a str,
    pub(super) subject: &'a str,
    pub(super) received_utc: &'a str,
}

/// One transaction.
#[derive(Debug)]
pub(super) struct Tx<'a> {
    transaction: Transaction<'a>,
}

/// Numbers in the store are signed; ours are not.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn hash(text: &str) -> Result<Hash, StoreError> {
    Hash::parse(text).ok_or_else(|| StoreError::damaged(format!("{text:?} is no hash")))
}

fn ledger(text: &str) -> Result<LedgerId, StoreError> {
    LedgerId::parse(text).map_err(|error| StoreError::damaged(error.to_string()))
}

type KeyRow = (String, u32, i64, String);

fn key_row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn key((text, epoch, seq, id): KeyRow) -> Result<FactKey, StoreError> {
    let at = Position { ledger: ledger(&text)?, epoch, seq: unsigned(seq) };
    Ok(FactKey { at, id: hash(&id)? })
}

impl Tx<'_> {
    /// Runs a statement.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.transaction.prepare_cached(sql)?.execute(params)?)
    }

    /// Reads one row, where there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.transaction.prepare_cached(sql)?.query_row(params, read).optional()?)
    }

    /// Reads every row.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    fn migrate(&self) -> Result<(), StoreError> {
        let pragma = |name: &str| self.transaction.pragma_query_value(None, name, |r| r.get(0));
        let (mark, found): (i64, i64) = (pragma("application_id")?, pragma("user_version")?);
        let known = signed(MIGRATIONS.len() as u64);
        if mark != APPLICATION_ID && (mark != 0 || found != 0) {
            return Err(StoreError::damaged("the file is no store of a gemba server"));
        }
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            self.transaction.execute_batch(migration)?;
        }
        self.transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        self.transaction.pragma_update(None, "user_version", known)?;
        Ok(())
    }

    /// A setting of the plant.
    pub(super) fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.one("SELECT value FROM setting WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Sets it.
    pub(super) fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO setting (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.run(sql, (key, value)).map(drop)
    }

    /// The newest epoch of a ledger.
    pub(super) fn newest_epoch(&self, of: &LedgerId) -> Result<Option<EpochRow>, StoreError> {
        let sql = "SELECT epoch, last_seq, last_id, frozen FROM ledger_epoch
                   WHERE ledger = ?1 ORDER BY epoch DESC LIMIT 1";
        let row = self.one(sql, [of.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?))
        })?;
        let Some((epoch, last_seq, last_id, frozen)) = row else { return Ok(None) };
        let head = LedgerHead { epoch, last_seq: unsigned(last_seq), last_id: hash(&last_id)? };
        Ok(Some(EpochRow { head, frozen }))
    }

    /// Notes how far a ledger is stored.
    pub(super) fn set_head(&self, of: &LedgerId, head: &LedgerHead) -> Result<(), StoreError> {
        let sql = "INSERT INTO ledger_epoch (ledger, epoch, last_seq, last_id)
                   VALUES (?1, ?2, ?3, ?4) ON CONFLICT (ledger, epoch)
                   DO UPDATE SET last_seq = excluded.last_seq, last_id = excluded.last_id";
        let params = (of.as_str(), head.epoch, signed(head.last_seq), head.last_id.to_string());
        self.run(sql, params).map(drop)
    }

    /// Freezes an epoch and keeps the page that forked it.
    pub(super) fn quarantine(
        &self,
        at: &Position,
        received_utc: &str,
        page: &str,
    ) -> Result<(), StoreError> {
        let (ledger, epoch) = (at.ledger.as_str(), at.epoch);
        let sql = "UPDATE ledger_epoch SET frozen = 1 WHERE ledger = ?1 AND epoch = ?2";
        self.run(sql, (ledger, epoch))?;
        let sql = "INSERT INTO quarantine (ledger, epoch, seq, received_utc, page)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (ledger, epoch) DO NOTHING";
        self.run(sql, (ledger, epoch, signed(at.seq), received_utc, page)).map(drop)
    }

    /// The id of a stored fact.
    pub(super) fn id_at(&self, at: &Position) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT id FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        let params = (at.ledger.as_str(), at.epoch, signed(at.seq));
        let id: Option<String> = self.one(sql, params, |row| row.get(0))?;
        id.map(|id| hash(&id)).transpose()
    }

    /// The text of a stored fact.
    pub(super) fn bytes_at(&self, at: &Position) -> Result<Option<String>, StoreError> {
        let sql = "SELECT bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        self.one(sql, (at.ledger.as_str(), at.epoch, signed(at.seq)), |row| row.get(0))
    }

    /// Stores a fact; a number that is taken is an error and never passed over.
    pub(super) fn insert_fact(&self, row: &FactRow<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO fact
                   (ledger, epoch, seq, prev, bytes, id, kind, subject, received_utc)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let at = &row.key.at;
        let params = (
            at.ledger.as_str(),
            at.epoch,
            signed(at.seq),
            row.written.prev.to_string(),
            &row.written.bytes,
            row.key.id.to_string(),
            row.kind,
            row.subject,
            row.received_utc,
        );
        self.run(sql, params).map(drop)
    }

    /// Keeps a seal.
    pub(super) fn insert_seal(&self, seal: &Seal) -> Result<(), StoreError> {
        let sql = "INSERT INTO seal (ledger, epoch, last_seq, head, signature)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (ledger, epoch, last_seq) DO NOTHING";
        let (head, seq) = (seal.head.to_string(), signed(seal.last_seq));
        self.run(sql, (seal.ledger.as_str(), seal.epoch, seq, head, &seal.signature)).map(drop)
    }

    /// The seals that end at facts of so many rows of a feed after a position.
    pub(super) fn seals_of(
        &self,
        feed: &str,
        (after, rows): (u64, u64),
    ) -> Result<Vec<Seal>, StoreError> {
        let sql = "SELECT s.ledger, s.epoch, s.last_seq, s.head, s.signature FROM feed_row r
                   JOIN seal s ON s.ledger = r.ledger AND s.epoch = r.epoch AND s.last_seq = r.seq
                   WHERE r.feed = ?1 AND r.position > ?2 AND r.position <= ?3 ORDER BY r.position";
        let range = (feed, signed(after), signed(after.saturating_add(rows)));
        let found = self.all(sql, range, |row| {
            let text = |n| row.get::<_, String>(n);
            Ok((text(0)?, row.get(1)?, row.get::<_, i64>(2)?, text(3)?, text(4)?))
        })?;
        let seal = |(of, epoch, last_seq, head, signature): (String, u32, i64, String, String)| {
            let (ledger, head) = (ledger(&of)?, hash(&head)?);
            Ok(Seal { ledger, epoch, last_seq: unsigned(last_seq), head, signature })
        };
        found.into_iter().map(seal).collect()
    }

    /// How far an epoch of a ledger is stored without a gap.
    pub(super) fn head_of(&self, of: &LedgerId, epoch: u32) -> Result<LedgerHead, StoreError> {
        let sql = "SELECT last_seq, last_id FROM ledger_epoch WHERE ledger = ?1 AND epoch = ?2";
        let row = self.one(sql, (of.as_str(), epoch), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        let Some((last_seq, last_id)) = row else {
            return Ok(LedgerHead { epoch, last_seq: 0, last_id: Hash::ZERO });
        };
        Ok(LedgerHead { epoch, last_seq: unsigned(last_seq), last_id: hash(&last_id)? })
    }

    /// The head of a feed, where it has one.
    pub(super) fn feed_head(&self, feed: &str) -> Result<Option<FeedHeadRow>, StoreError> {
        let sql = "SELECT epoch, position, rolling FROM feed_head WHERE feed = ?1";
        let row =
            self.one(sql, [feed], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
        let Some((epoch, position, rolling)) = row else { return Ok(None) };
        Ok(Some(FeedHeadRow { epoch, position: unsigned(position), rolling: hash(&rolling)? }))
    }

    /// Takes so many positions of a feed; answers with the head before. Whoever comes second waits
    /// for the counter's row, so positions become visible in their order.
    pub(super) fn take_positions(
        &self,
        feed: &str,
        epoch: u32,
        count: u64,
    ) -> Result<FeedHeadRow, StoreError> {
        let sql = "INSERT INTO feed_head (feed, epoch, position, rolling)
                   VALUES (?1, ?2, 0, ?3) ON CONFLICT (feed) DO NOTHING";
        self.run(sql, (feed, epoch, Hash::ZERO.to_string()))?;
        let sql = "UPDATE feed_head SET position = position + ?2 WHERE feed = ?1
                   RETURNING epoch, position - ?2, rolling";
        let row = self.one(sql, (feed, signed(count)), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        let missing = || StoreError::damaged(format!("feed {feed} lost its head"));
        let (epoch, position, rolling) = row.ok_or_else(missing)?;
        Ok(FeedHeadRow { epoch, position: unsigned(position), rolling: hash(&rolling)? })
    }

    /// Puts a fact at a position of a feed.
    pub(super) fn insert_row(
        &self,
        feed: &str,
        position: u64,
        key: &FactKey,
        rolling: &Hash,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO feed_row (feed, position, ledger, epoch, seq, rolling)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let (at, rolling) = (&key.at, rolling.to_string());
        let (ledger, seq) = (at.ledger.as_str(), signed(at.seq));
        self.run(sql, (feed, signed(position), ledger, at.epoch, seq, rolling)).map(drop)
    }

    /// Notes the rolling hash of a feed's head.
    pub(super) fn set_rolling(&self, feed: &str, rolling: &Hash) -> Result<(), StoreError> {
        let sql = "UPDATE feed_head SET rolling = ?2 WHERE feed = ?1";
        self.run(sql, (feed, rolling.to_string())).map(drop)
    }

    /// The rolling hash at a position of a feed.
    pub(super) fn rolling_at(&self, feed: &str, position: u64) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT rolling FROM feed_row WHERE feed = ?1 AND position = ?2";
        let text: Option<String> = self.one(sql, (feed, signed(position)), |row| row.get(0))?;
        text.map(|text| hash(&text)).transpose()
    }

    /// Whether a feed has a fact.
    pub(super) fn feed_has(&self, feed: &str, at: &Position) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM feed_row
                   WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3 AND feed = ?4";
        let params = (at.ledger.as_str(), at.epoch, signed(at.seq), feed);
        Ok(self.one(sql, params, |_| Ok(()))?.is_some())
    }

    /// Whether a fact is in any other feed.
    pub(super) fn is_beyond(&self, feed: &str, at: &Position) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM feed_row
                   WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3 AND feed <> ?4 LIMIT 1";
        let params = (at.ledger.as_str(), at.epoch, signed(at.seq), feed);
        Ok(self.one(sql, params, |_| Ok(()))?.is_some())
    }

    /// Every feed that a fact is in.
    pub(super) fn feeds_of(&self, at: &Position) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT feed FROM feed_row WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3
                   ORDER BY feed";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query((at.ledger.as_str(), at.epoch, signed(at.seq)))?;
        let mut feeds = Vec::new();
        while let Some(row) = rows.next()? {
            feeds.push(row.get(0)?);
        }
        Ok(feeds)
    }

    /// The rows of a feed after a position, each with the rolling hash after it: so many facts and
    /// bytes at most, but always one where there is one.
    pub(super) fn rows_after(
        &self,
        feed: &str,
        after: u64,
        (facts_max, bytes_max): (usize, usize),
    ) -> Result<Vec<(Written, Hash)>, StoreError> {
        let sql = "SELECT f.prev, f.bytes, r.rolling FROM feed_row r JOIN fact f
                   ON f.ledger = r.ledger AND f.epoch = r.epoch AND f.seq = r.seq
                   WHERE r.feed = ?1 AND r.position > ?2 ORDER BY r.position LIMIT ?3";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query((feed, signed(after), signed(facts_max as u64)))?;
        let (mut taken, mut bytes_left) = (Vec::new(), bytes_max);
        while let Some(row) = rows.next()? {
            let (prev, bytes, rolling): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if bytes.len() > bytes_left && !taken.is_empty() {
                break;
            }
            bytes_left = bytes_left.saturating_sub(bytes.len());
            taken.push((Written { prev: hash(&prev)?, bytes }, hash(&rolling)?));
        }
        Ok(taken)
    }

    /// The orders of a subject, as far as they are known; several of a deviation.
    pub(super) fn orders_of(&self, subject: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT order_id FROM subject_order WHERE subject = ?1 ORDER BY order_id";
        self.all(sql, [subject], |row| row.get(0))
    }

    /// The facts of a subject, oldest numbers first within a ledger.
    pub(super) fn keys_of_subject(&self, subject: &str) -> Result<Vec<FactKey>, StoreError> {
        let sql = "SELECT ledger, epoch, seq, id FROM fact WHERE subject = ?1
                   ORDER BY received_utc, ledger, epoch, seq";
        self.all(sql, [subject], key_row)?.into_iter().map(key).collect()
    }

    /// The facts of an order's subjects in the order of the site's feed; those that are not in it
    /// yet, which are of one ledger, come last.
    pub(super) fn keys_of_order(
        &self,
        order: &str,
        site_feed: &str,
    ) -> Result<Vec<FactKey>, StoreError> {
        let sql = "SELECT f.ledger, f.epoch, f.seq, f.id
                   FROM subject_order s JOIN fact f ON f.subject = s.subject
                   LEFT JOIN feed_row r ON r.ledger = f.ledger AND r.epoch = f.epoch
                   AND r.seq = f.seq AND r.feed = ?2 WHERE s.order_id = ?1
                   ORDER BY r.position IS NULL, r.position, f.epoch, f.seq";
        self.all(sql, [order, site_feed], key_row)?.into_iter().map(key).collect()
    }
}
