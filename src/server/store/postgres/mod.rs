//! The store in PostgreSQL, for several servers at once: one connection, its transactions.
//!
//! Every write takes the one row of `store_version` first. All facts go to the site's feed, so
//! writers would wait for one another anyway; this way they never do so crosswise, what one commits
//! is all that the next one sees, and a server that is older than the schema stops. Nothing rests
//! on a session: whatever a transaction needs it sets for itself.

mod address;
mod session;
mod values;

use std::cell::RefCell;
use std::future::poll_fn;
use std::sync::Weak;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::address::Address;
use self::session::Session;
use super::error::StoreError;
use super::schema::MIGRATIONS;
use super::tx::{Statements, Tx};

/// How long a connection may take to stand.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long a sent byte may go without an answer from the other machine.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// Durable whatever the server's settings are; waits for another writer or a sick disk, and keeps
/// others waiting, no longer than this.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL synchronous_commit TO on;
    SET LOCAL lock_timeout TO '10s';
    SET LOCAL statement_timeout TO '60s';
    SET LOCAL idle_in_transaction_session_timeout TO '30s'";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout TO '60s';
    SET LOCAL idle_in_transaction_session_timeout TO '60s'";

/// The one row that every writer takes first.
const LOCK_VERSION: &str = "SELECT version FROM store_version FOR UPDATE";
const CREATE_VERSION: &str = "CREATE TABLE IF NOT EXISTS store_version (
        one BIGINT PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL
    );
    INSERT INTO store_version (one, version) VALUES (1, 0) ON CONFLICT (one) DO NOTHING";

/// What a database must be set to, and why.
const WANTED: [(&str, &str, &str); 3] = [
    ("fsync", "on", "what was acknowledged would not survive a power cut"),
    ("full_page_writes", "on", "a power cut would tear pages that were acknowledged"),
    ("server_encoding", "UTF8", "texts would not come back as they were written"),
];

type Wrong = Box<dyn std::error::Error + Sync + Send>;

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            // What did not come from the database came from the line to it.
            return Self::Unreachable { what: told(&error) };
        };
        let code = said.code();
        let what = format!("{} ({})", said.message(), code.code());
        let waits = [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::QUERY_CANCELED,
        ];
        if waits.contains(code) {
            return Self::Busy;
        }
        // Classes 08 and 57P: the line broke, or the database stops or starts. 53: it has no room
        // for another connection or no memory now.
        // What was promoted or demoted meanwhile is found by connecting again.
        let moved = *code == SqlState::READ_ONLY_SQL_TRANSACTION;
        let gone = moved || ["08", "57P", "53"].iter().any(|class| code.code().starts_with(class));
        if gone && *code != SqlState::DISK_FULL {
            return Self::Unreachable { what };
        }
        if code.code().starts_with("XX") {
            return Self::damaged(what);
        }
        Self::Failed { what }
    }
}

/// An error with its causes, which say what it was.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

/// One connection to the store. One that broke is opened again by the next transaction.
#[derive(Debug)]
pub(super) struct Postgres {
    config: Config,
    /// Nothing where the line is plain.
    tls: Option<ClientConfig>,
    session: RefCell<Option<Session>>,
    /// Drives the connection; taken out at the end only.
    runtime: Option<Runtime>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whoever drops it may be a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Postgres {
    /// Connects, and brings the tables up to date.
    pub(super) fn open(url: &str) -> Result<Self, StoreError> {
        let wrong = |error: &dyn std::error::Error| StoreError::Failed { what: told(error) };
        let Address { mut config, tls } = Address::parse(url)?;
        config.connect_timeout(CONNECT_MAX).tcp_user_timeout(SILENCE_MAX);
        config.keepalives_idle(SILENCE_MAX).application_name("gemba");
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = Some(runtime.map_err(|error| wrong(&error))?);
        let postgres = Self { config, tls, session: RefCell::new(None), runtime };
        postgres.migrate()?;
        Ok(postgres)
    }

    fn migrate(&self) -> Result<(), StoreError> {
        let stands = "SELECT 1 WHERE to_regclass('store_version') IS NOT NULL";
        if !self.within(BEGIN_READ, |session| Tx::new(session).any(stands, &[]))? {
            // Two that begin at once meet in the catalog; the second finds the table then.
            let create = |session: &Session| session.batch(CREATE_VERSION);
            self.within(BEGIN_WRITE, create).or_else(|_| self.within(BEGIN_WRITE, create))?;
        }
        let sql = "SELECT version FROM store_version";
        let known = MIGRATIONS.len() as u64;
        if self.within(BEGIN_READ, |session| version(session, sql))? >= known {
            return Ok(());
        }
        self.within(BEGIN_WRITE, |session| {
            let found = version(session, LOCK_VERSION)?;
            // An index over all facts takes what it takes.
            session.batch("SET LOCAL statement_timeout TO 0")?;
            for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
                session.batch(&migration.postgres())?;
            }
            let sql = "UPDATE store_version SET version = ?1 WHERE version < ?1";
            session.run(sql, &[known.into()]).map(drop)
        })
    }

    /// Does the work in one durable write transaction, or not at all.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.within(BEGIN_WRITE, |session| {
            version(session, LOCK_VERSION)?;
            work(&Tx::new(session))
        })
    }

    /// Reads at one moment.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.within(BEGIN_READ, |session| work(&Tx::new(session)))
    }

    /// The connection is taken out meanwhile, and put back only where it is known that no
    /// transaction is open on it.
    fn within<T>(
        &self,
        begin: &str,
        work: impl FnOnce(&Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let session = self.begin(begin)?;
        let done = work(&session).and_then(|done| session.commit().map(|()| done));
        if done.is_ok() || session.roll_back().is_ok() {
            self.session.replace(Some(session));
        }
        done
    }

    /// Begins on the connection that stands, or on a new one: that it broke while nobody used it
    /// shows at the first word.
    fn begin(&self, begin: &str) -> Result<Session, StoreError> {
        let stood = self.session.take().filter(|session| !session.is_closed());
        if let Some(session) = stood
            && session.open(begin).is_ok()
        {
            return Ok(session);
        }
        let session = self.connect(Weak::new())?;
        session.open(begin)?;
        Ok(session)
    }

    /// A connection of its own that rings whenever another server tells of news, while it stands; none
    /// where the database tells nobody.
    pub(super) fn listen(
        &self,
        bell: Weak<SyncSender<()>>,
    ) -> Result<Option<Listening>, StoreError> {
        let session = self.connect(bell)?;
        Ok(session.listens()?.then_some(Listening(session)))
    }

    fn connect(&self, bell: Weak<SyncSender<()>>) -> Result<Session, StoreError> {
        let gone = || StoreError::Unreachable { what: "the connection ended".to_owned() };
        let Some(runtime) = &self.runtime else { return Err(gone()) };
        let (made, waited) = sync_channel(1);
        let config = self.config.clone();
        match self.tls.clone() {
            Some(tls) => {
                drop(runtime.spawn(drive(config, MakeRustlsConnect::new(tls), (made, bell))));
            }
            None => drop(runtime.spawn(drive(config, NoTls, (made, bell)))),
        }
        let client = waited.recv().map_err(|_| gone())??;
        Session::begin(client)
    }
}

type Made = SyncSender<Result<Client, tokio_postgres::Error>>;

/// A connection that hears of news.
#[derive(Debug)]
pub(super) struct Listening(Session);

impl Listening {
    /// Whether it hears nothing any more.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_closed()
    }
}

/// Connects, hands over the client, and moves its bytes until the connection ends.
async fn drive<T>(config: Config, tls: T, (made, bell): (Made, Weak<SyncSender<()>>))
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send,
{
    match config.connect(tls).await {
        Ok((client, mut connection)) => {
            made.send(Ok(client)).unwrap_or_default();
            // How it ended is told to whoever asks next.
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let (AsyncMessage::Notification(_), Some(bell)) = (message, bell.upgrade()) {
                    // A full bell was rung already.
                    bell.try_send(()).unwrap_or_default();
                }
            }
        }
        Err(error) => made.send(Err(error)).unwrap_or_default(),
    }
}

/// The schema's version, which this program must know.
fn version(session: &Session, sql: &str) -> Result<u64, StoreError> {
    let found = Tx::new(session).one(sql, &[], |row| row.number(0))?.unwrap_or(0);
    let known = MIGRATIONS.len() as u64;
    if found > known {
        let signed = |number| i64::try_from(number).unwrap_or(i64::MAX);
        return Err(StoreError::Newer { found: signed(found), known: signed(known) });
    }
    Ok(found)
}
