//! Every statement of the store about facts and feeds, written once for all databases.
//!
//! What is decided about pages and feeds is decided in the files beside this one, over [`Tx`]. The
//! SQL keeps to what PostgreSQL-compatible databases take: no advisory locks, no state of a session; the one
//! exception is `LISTEN`, a hint that no answer rests on.

use std::fmt;
use std::sync::OnceLock;

use crate::domain::fact::{LedgerHead, Position, Seal, Written};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::error::StoreError;
use super::value::{Row, Value};

/// What a database does within one transaction. Values stand in statements as `?1`, `?2`.
pub(super) trait Statements: fmt::Debug {
    /// Runs a statement; tells how many rows it changed.
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError>;
    /// Runs a statement of which nothing is asked. It may be on its way until the next question is
    /// put, in the order in which statements were given.
    fn put(&self, sql: &str, values: Vec<Value<'_>>) -> Result<(), StoreError>;
    /// Adds a row to a table. Rows of several tables may go out in another order among themselves,
    /// but never before a statement that was given before them, or after one that comes later.
    fn add(&self, to: &'static Added, values: Vec<Value<'_>>) -> Result<(), StoreError>;
    /// Runs a statement; tells its rows.
    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;
    /// Asks several questions at once; tells the rows of each.
    fn ask(&self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, StoreError>;
    /// Runs statements without values.
    fn batch(&self, sql: &str) -> Result<(), StoreError>;
    /// Tells whoever listens, with the commit, that there is news; nobody where nobody can.
    fn tell_news(&self) -> Result<(), StoreError>;
    /// Asks for the milliseconds since 1970 on the database's own clock, which all replicas share.
    fn clock_sql(&self) -> &'static str;
}

/// A statement with its values, of which rows are asked.
pub(super) type Question<'a> = (&'static str, Vec<Value<'a>>);

/// A table with the columns that are given of each row that is added to it.
#[derive(Debug)]
pub(super) struct Added {
    into: &'static str,
    /// What happens where the row is there already; else that is an error.
    known: &'static str,
    one: OnceLock<String>,
}

impl Added {
    pub(super) const fn new(into: &'static str, known: &'static str) -> Self {
        Self { into, known, one: OnceLock::new() }
    }

    fn statement(&self, rows: &str) -> String {
        format!("INSERT INTO {} {rows} {}", self.into, self.known)
    }

    /// The statement that adds one row.
    pub(super) fn one(&self) -> &str {
        self.one.get_or_init(|| {
            let places: Vec<_> = (1..=self.columns()).map(|n| format!("?{n}")).collect();
            self.statement(&format!("VALUES ({})", places.join(", ")))
        })
    }

    /// The statement that adds many, given as one array for each column; `types` are those of the
    /// columns.
    pub(super) fn many<'t>(&self, types: impl Iterator<Item = &'t str>) -> String {
        let arrays: Vec<_> = (1..).zip(types).map(|(n, kind)| format!("?{n}::{kind}[]")).collect();
        self.statement(&format!("SELECT * FROM UNNEST({})", arrays.join(", ")))
    }

    fn columns(&self) -> usize {
        self.into.split(',').count()
    }
}

static FACT: Added =
    Added::new("fact (ledger, epoch, seq, prev, bytes, id, kind, subject, received_utc)", "");
static SEAL: Added = Added::new(
    "seal (ledger, epoch, last_seq, head, signature)",
    "ON CONFLICT (ledger, epoch, last_seq) DO NOTHING",
);
static FEED_ROW: Added = Added::new("feed_row (feed, position, ledger, epoch, seq, rolling)", "");

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

/// A row of a feed, with the rolling hash after it.
#[derive(Debug)]
pub(super) struct FeedRow {
    pub(super) ledger: LedgerId,
    pub(super) epoch: u32,
    pub(super) seq: u64,
    pub(super) rolling: Hash,
    /// None where the reader has it.
    pub(super) written: Option<Written>,
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
    statements: &'a dyn Statements,
}

fn feed_head_row(row: &mut Row) -> Result<FeedHeadRow, StoreError> {
    Ok(FeedHeadRow { epoch: row.epoch(0)?, position: row.number(1)?, rolling: row.hash(2)? })
}

/// A fact's place and id, from a row that has them.
pub(super) fn key(row: &mut Row) -> Result<FactKey, StoreError> {
    let at = Position { ledger: row.ledger(0)?, epoch: row.epoch(1)?, seq: row.number(2)? };
    Ok(FactKey { at, id: row.hash(3)? })
}

/// What is wrong with a feed that names what is not there.
pub(super) fn lost(feed: &str) -> StoreError {
    StoreError::damaged(format!("feed {feed} names a fact that is not there"))
}

/// A ledger, or what is none.
fn ledger_or_none(of: Option<&LedgerId>) -> Value<'_> {
    of.map_or("", LedgerId::as_str).into()
}

/// The three values that a fact stands under.
pub(super) fn place(at: &Position) -> [Value<'_>; 3] {
    [(&at.ledger).into(), at.epoch.into(), at.seq.into()]
}

impl<'a> Tx<'a> {
    pub(super) fn new(statements: &'a dyn Statements) -> Self {
        Self { statements }
    }

    /// Runs a statement; tells how many rows it changed.
    pub(super) fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.statements.run(sql, values)
    }

    /// Runs a statement of which nothing is asked; that it failed is told later, before the commit.
    pub(super) fn put(&self, sql: &str, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        self.statements.put(sql, values)
    }

    /// Adds a row to a table; that it failed is told later, before the commit.
    pub(super) fn add(&self, to: &'static Added, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        self.statements.add(to, values)
    }

    /// Asks several questions at once; tells the rows of each.
    pub(super) fn ask(&self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        self.statements.ask(questions)
    }

    /// Reads one row, where there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnOnce(&mut Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let first = self.statements.rows(sql, values)?.into_iter().next();
        first.map(|mut row| read(&mut row)).transpose()
    }

    /// Whether there is any row.
    pub(super) fn any(&self, sql: &str, values: &[Value<'_>]) -> Result<bool, StoreError> {
        Ok(!self.statements.rows(sql, values)?.is_empty())
    }

    /// Reads every row.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&mut Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.statements.rows(sql, values)?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Tells other servers, with the commit, that feeds have grown. It is a hint.
    pub(super) fn tell_news(&self) -> Result<(), StoreError> {
        self.statements.tell_news()
    }

    /// Milliseconds since 1970 on the database's clock.
    pub(super) fn clock_ms(&self) -> Result<u64, StoreError> {
        let now = self.one(self.statements.clock_sql(), &[], |row| row.number(0))?;
        now.ok_or_else(|| StoreError::damaged("the database tells no time"))
    }

    /// A setting of the plant.
    pub(super) fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.one("SELECT value FROM setting WHERE key = ?1", &[key.into()], |row| row.text(0))
    }

    /// Sets it.
    pub(super) fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO setting (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.run(sql, &[key.into(), value.into()]).map(drop)
    }

    /// The newest epoch of a ledger.
    pub(super) fn newest_epoch(&self, of: &LedgerId) -> Result<Option<EpochRow>, StoreError> {
        let sql = "SELECT epoch, last_seq, last_id, frozen FROM ledger_epoch
                   WHERE ledger = ?1 ORDER BY epoch DESC LIMIT 1";
        self.one(sql, &[of.into()], |row| {
            let (epoch, last_seq, last_id) = (row.epoch(0)?, row.number(1)?, row.hash(2)?);
            let head = LedgerHead { epoch, last_seq, last_id };
            Ok(EpochRow { head, frozen: row.flag(3)? })
        })
    }

    /// Notes how far a ledger is stored.
    pub(super) fn set_head(&self, of: &LedgerId, head: &LedgerHead) -> Result<(), StoreError> {
        let sql = "INSERT INTO ledger_epoch (ledger, epoch, last_seq, last_id)
                   VALUES (?1, ?2, ?3, ?4) ON CONFLICT (ledger, epoch)
                   DO UPDATE SET last_seq = excluded.last_seq, last_id = excluded.last_id";
        let LedgerHead { epoch, last_seq, last_id } = head;
        self.put(sql, vec![of.into(), (*epoch).into(), (*last_seq).into(), last_id.into()])
    }

    /// Freezes an epoch and keeps the page that forked it.
    pub(super) fn quarantine(
        &self,
        at: &Position,
        received_utc: &str,
        page: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE ledger_epoch SET frozen = 1 WHERE ledger = ?1 AND epoch = ?2";
        self.run(sql, &[(&at.ledger).into(), at.epoch.into()])?;
        let sql = "INSERT INTO quarantine (ledger, epoch, seq, received_utc, page)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (ledger, epoch) DO NOTHING";
        let [ledger, epoch, seq] = place(at);
        self.run(sql, &[ledger, epoch, seq, received_utc.into(), page.into()]).map(drop)
    }

    /// The id of a stored fact.
    pub(super) fn id_at(&self, at: &Position) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT id FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        self.one(sql, &place(at), |row| row.hash(0))
    }

    /// The text of a stored fact.
    pub(super) fn bytes_at(&self, at: &Position) -> Result<Option<String>, StoreError> {
        let sql = "SELECT bytes FROM fact WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3";
        self.one(sql, &place(at), |row| row.text(0))
    }

    /// Stores a fact; a number that is taken is an error and never passed over.
    pub(super) fn insert_fact(&self, row: &FactRow<'_>) -> Result<(), StoreError> {
        let [ledger, epoch, seq] = place(&row.key.at);
        let values = [
            ledger,
            epoch,
            seq,
            (&row.written.prev).into(),
            (&row.written.bytes).into(),
            (&row.key.id).into(),
            row.kind.into(),
            row.subject.into(),
            row.received_utc.into(),
        ];
        self.add(&FACT, values.into())
    }

    /// Notes that a fact is to be judged though facts after it are.
    pub(super) fn note_unjudged(&self, at: &Position) -> Result<(), StoreError> {
        let sql = "INSERT INTO unjudged (ledger, epoch, seq) VALUES (?1, ?2, ?3)";
        self.put(sql, place(at).into())
    }

    /// Keeps a seal.
    pub(super) fn insert_seal(&self, seal: &Seal) -> Result<(), StoreError> {
        let Seal { ledger, epoch, last_seq, head, signature } = seal;
        let last = [ledger.into(), (*epoch).into(), (*last_seq).into()];
        let [ledger, epoch, last_seq] = last;
        self.add(&SEAL, vec![ledger, epoch, last_seq, head.into(), signature.into()])
    }

    /// The seals that end at facts of so many rows of a feed after a position, but for a ledger that
    /// the reader has.
    pub(super) fn seals_of(
        &self,
        (feed, after): (&str, u64),
        has: Option<&LedgerId>,
        rows: u64,
    ) -> Result<Vec<Seal>, StoreError> {
        let sql = "SELECT s.ledger, s.epoch, s.last_seq, s.head, s.signature FROM feed_row r
                   JOIN seal s ON s.ledger = r.ledger AND s.epoch = r.epoch AND s.last_seq = r.seq
                   WHERE r.feed = ?1 AND r.position > ?2 AND r.position <= ?3 AND r.ledger <> ?4
                   ORDER BY r.position";
        let last = after.saturating_add(rows);
        let values = [feed.into(), after.into(), last.into(), ledger_or_none(has)];
        self.all(sql, &values, |row| {
            let (ledger, epoch, last_seq) = (row.ledger(0)?, row.epoch(1)?, row.number(2)?);
            Ok(Seal { ledger, epoch, last_seq, head: row.hash(3)?, signature: row.text(4)? })
        })
    }

    /// How far an epoch of a ledger is stored without a gap.
    pub(super) fn head_of(&self, of: &LedgerId, epoch: u32) -> Result<LedgerHead, StoreError> {
        let sql = "SELECT last_seq, last_id FROM ledger_epoch WHERE ledger = ?1 AND epoch = ?2";
        let head = self.one(sql, &[of.into(), epoch.into()], |row| {
            Ok(LedgerHead { epoch, last_seq: row.number(0)?, last_id: row.hash(1)? })
        })?;
        Ok(head.unwrap_or(LedgerHead { epoch, last_seq: 0, last_id: Hash::ZERO }))
    }

    /// The head of a feed, where it has one.
    pub(super) fn feed_head(&self, feed: &str) -> Result<Option<FeedHeadRow>, StoreError> {
        let sql = "SELECT epoch, position, rolling FROM feed_head WHERE feed = ?1";
        self.one(sql, &[feed.into()], feed_head_row)
    }

    /// Takes so many positions of each feed, in this order; answers with the heads before. Whoever comes
    /// second waits for the counter's row, so positions become visible in their order.
    pub(super) fn take_positions(
        &self,
        epoch: u32,
        feeds: &[(&str, u64)],
    ) -> Result<Vec<FeedHeadRow>, StoreError> {
        let sql = "INSERT INTO feed_head (feed, epoch, position, rolling) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (feed) DO UPDATE SET position = feed_head.position + ?3
                   RETURNING epoch, position - ?3, rolling";
        let zero = Hash::ZERO;
        let questions = feeds.iter().map(|(feed, count)| {
            (sql, vec![Value::from(*feed), epoch.into(), (*count).into(), (&zero).into()])
        });
        let questions: Vec<Question<'_>> = questions.collect();
        let answers = self.ask(&questions)?.into_iter().zip(feeds);
        let head = |(rows, (feed, _)): (Vec<Row>, &(&str, u64))| {
            let lost = || StoreError::damaged(format!("feed {feed} lost its head"));
            feed_head_row(&mut rows.into_iter().next().ok_or_else(lost)?)
        };
        answers.map(head).collect()
    }

    /// Puts a fact at a position of a feed.
    pub(super) fn insert_row(
        &self,
        feed: &str,
        position: u64,
        key: &FactKey,
        rolling: &Hash,
    ) -> Result<(), StoreError> {
        let [ledger, epoch, seq] = place(&key.at);
        let values = vec![feed.into(), position.into(), ledger, epoch, seq, rolling.into()];
        self.add(&FEED_ROW, values)
    }

    /// Notes the rolling hash of a feed's head.
    pub(super) fn set_rolling(&self, feed: &str, rolling: &Hash) -> Result<(), StoreError> {
        let sql = "UPDATE feed_head SET rolling = ?2 WHERE feed = ?1";
        self.put(sql, vec![feed.into(), rolling.into()])
    }

    /// The rolling hash at a position of a feed.
    pub(super) fn rolling_at(&self, feed: &str, position: u64) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT rolling FROM feed_row WHERE feed = ?1 AND position = ?2";
        self.one(sql, &[feed.into(), position.into()], |row| row.hash(0))
    }

    /// Whether a feed has a fact.
    pub(super) fn feed_has(&self, feed: &str, at: &Position) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM feed_row
                   WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3 AND feed = ?4";
        let [ledger, epoch, seq] = place(at);
        self.any(sql, &[ledger, epoch, seq, feed.into()])
    }

    /// Whether a fact is in any other feed.
    pub(super) fn is_beyond(&self, feed: &str, at: &Position) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM feed_row
                   WHERE ledger = ?1 AND epoch = ?2 AND seq = ?3 AND feed <> ?4 LIMIT 1";
        let [ledger, epoch, seq] = place(at);
        self.any(sql, &[ledger, epoch, seq, feed.into()])
    }

    /// The rows of a feed after a position: so many facts and bytes at most, but always one where there
    /// is one. Facts of a ledger that the reader has are left out of their rows.
    pub(super) fn rows_after(
        &self,
        (feed, after): (&str, u64),
        has: Option<&LedgerId>,
        (facts_max, bytes_max): (usize, usize),
    ) -> Result<Vec<FeedRow>, StoreError> {
        // How many bytes there are up to each row is asked first, so that no more is sent than taken.
        let sql = "SELECT ledger, epoch, seq, rolling, prev, bytes FROM (
                       SELECT position, ledger, epoch, seq, rolling, prev, bytes, own,
                              sum(own) OVER (ORDER BY position) AS total
                       FROM (SELECT r.position, r.ledger, r.epoch, r.seq, r.rolling, f.prev, f.bytes,
                                    coalesce(octet_length(f.bytes), 0) AS own
                             FROM feed_row r LEFT JOIN fact f ON f.ledger = r.ledger
                             AND f.epoch = r.epoch AND f.seq = r.seq AND r.ledger <> ?5
                             WHERE r.feed = ?1 AND r.position > ?2
                             ORDER BY r.position LIMIT ?3) AS next
                   ) AS sized WHERE total <= ?4 OR total = own ORDER BY position";
        let (most, bytes_max) = (facts_max as u64, bytes_max as u64);
        let has = ledger_or_none(has);
        self.all(sql, &[feed.into(), after.into(), most.into(), bytes_max.into(), has], |row| {
            let (ledger, epoch, seq) = (row.ledger(0)?, row.epoch(1)?, row.number(2)?);
            let rolling = row.hash(3)?;
            let prev = (!row.is_null(4)).then(|| row.hash(4)).transpose()?;
            let bytes = row.text_or_none(5)?;
            let written = prev.zip(bytes).map(|(prev, bytes)| Written { prev, bytes });
            Ok(FeedRow { ledger, epoch, seq, rolling, written })
        })
    }

    /// So many facts of a feed after a position.
    pub(super) fn facts_after(
        &self,
        (feed, after): (&str, u64),
        most: usize,
    ) -> Result<Vec<Written>, StoreError> {
        let rows = self.rows_after((feed, after), None, (most, usize::MAX))?;
        rows.into_iter().map(|row| row.written.ok_or_else(|| lost(feed))).collect()
    }

    /// The facts of an order's subjects in the order of the site's feed.
    pub(super) fn keys_of_order(
        &self,
        order: &str,
        site_feed: &str,
    ) -> Result<Vec<FactKey>, StoreError> {
        let sql = "SELECT f.ledger, f.epoch, f.seq, f.id
                   FROM subject_order s JOIN fact f ON f.subject = s.subject
                   JOIN feed_row r ON r.ledger = f.ledger AND r.epoch = f.epoch
                   AND r.seq = f.seq AND r.feed = ?2 WHERE s.order_id = ?1
                   ORDER BY r.position";
        self.all(sql, &[order.into(), site_feed.into()], key)
    }
}
