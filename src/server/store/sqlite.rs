//! The store in one SQLite file: its connection, its pragmas, its transactions.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, Transaction, TransactionBehavior, params_from_iter};

use super::error::StoreError;
use super::schema::{APPLICATION_ID, MIGRATIONS};
use super::tx::{Added, Question, Statements, Tx};
use super::value::{Row, Value};

/// How often a writer asks again for the store, each time after a millisecond: some 10 seconds.
const BUSY_TRIES_MAX: i32 = 10_000;
/// How much of the file each connection may keep in memory, in KiB: the ends of its many indexes.
const CACHE_KIB: i64 = 16 * 1_024;
/// After how many pages the log is carried over into the file: more of them are written once only.
const CHECKPOINT_PAGES: i64 = 4_000;

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

    fn ready(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_handler(Some(wait_a_little))?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        // What is deleted, as a card, is overwritten.
        connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
        connection.set_prepared_statement_cache_capacity(96);
        let store = Self { connection };
        let transaction = store.begin(TransactionBehavior::Immediate)?;
        migrate(&transaction)?;
        transaction.commit()?;
        Ok(store)
    }

    fn begin(&self, behavior: TransactionBehavior) -> Result<Transaction<'_>, StoreError> {
        Ok(Transaction::new_unchecked(&self.connection, behavior)?)
    }

    /// Does the work in one durable write transaction, or not at all.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.begin(TransactionBehavior::Immediate)?;
        let done = work(&Tx::new(&transaction))?;
        transaction.commit()?;
        Ok(done)
    }

    /// Carries the write-ahead log over into the file and empties it, unless a reader keeps it.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?)
    }

    /// Reads at one moment.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.begin(TransactionBehavior::Deferred)?;
        work(&Tx::new(&transaction))
    }
}

/// Another writer is done within milliseconds.
fn wait_a_little(attempt: i32) -> bool {
    let again = attempt < BUSY_TRIES_MAX;
    if again {
        std::thread::sleep(Duration::from_millis(1));
    }
    again
}

fn migrate(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let pragma = |name: &str| transaction.pragma_query_value(None, name, |row| row.get(0));
    let (mark, found): (i64, i64) = (pragma("application_id")?, pragma("user_version")?);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if mark != APPLICATION_ID && (mark != 0 || found != 0) {
        return Err(StoreError::damaged("the file is no store of a gemba server"));
    }
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(&migration.sqlite())?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known)?;
    Ok(())
}

impl Statements for Transaction<'_> {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self.prepare_cached(sql)?.execute(params_from_iter(values))?;
        Ok(changed as u64)
    }

    /// At once: nothing would be won by waiting.
    fn put(&self, sql: &str, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        self.run(sql, &values).map(drop)
    }

    fn add(&self, to: &'static Added, values: Vec<Value<'_>>) -> Result<(), StoreError> {
        self.put(to.one(), values)
    }

    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let value = |column| row.get_ref(column).map_err(StoreError::from).and_then(read);
            found.push(Row((0..columns).map(value).collect::<Result<_, _>>()?));
        }
        Ok(found)
    }

    fn ask(&self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        questions.iter().map(|(sql, values)| self.rows(sql, values)).collect()
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.execute_batch(sql)?)
    }

    /// Other processes look for themselves.
    fn tell_news(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn clock_sql(&self) -> &'static str {
        "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    }
}

fn read(value: ValueRef<'_>) -> Result<Value<'static>, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(_) => return Err(StoreError::damaged("a column has a fraction")),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text);
            text.map_err(|error| StoreError::damaged(error.to_string()))?.to_owned().into()
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec().into()),
    })
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}
