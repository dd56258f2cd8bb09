//! Opening and creating a station's store.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, fs};

use ed25519_dalek::SigningKey;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::domain::fact::Seal;
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, SiteId, StationId};
use crate::domain::instruction::Instruction;

use super::desk::not_revoked;
use super::error::LedgerError;
use super::find::index::Index;
use super::lasting::make_folder;
use super::models::tables::Models;
use super::streams::Streams;
use super::{schema, station_key};

/// The file of the facts within a station's directory.
pub(super) const FILE: &str = "station.db";
/// The first SQLite without the WAL fault that loses commits of several connections.
const SQLITE_MIN: i32 = 3_051_003;
/// How much of the file each connection may keep in memory, in KiB.
const CACHE_KIB: i64 = 8 * 1_024;
/// How often a writer asks again for the store, each time after 0.1 to 1.6 ms: about 17 seconds.
const BUSY_TRIES_MAX: i32 = 20_000;

/// Who this station is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its short code.
    pub station: StationId,
    /// Its ledger: the first 32 hexadecimal digits of SHA-256 over the public key.
    pub ledger: LedgerId,
    /// The epoch that it writes.
    pub epoch: u32,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// Whether it was made for a demo and can never enroll elsewhere.
    pub demo: bool,
    /// Its site, once enrolled.
    pub site: Option<SiteId>,
    /// Its server's address, once enrolled.
    pub server: Option<String>,
}

/// What a new store is made from.
#[derive(Debug)]
pub struct Founding {
    /// The station's short code.
    pub station: StationId,
    /// Whether it is for a demo.
    pub demo: bool,
    /// The secret of its Ed25519 key.
    pub key: [u8; 32],
}

/// A station's ledger, with the facts of others that it received.
#[derive(Debug)]
pub struct Ledger {
    pub(super) connection: Connection,
    pub(super) identity: Identity,
    /// The store's version at which the identity was read.
    pub(super) identity_version: Option<i64>,
    pub(super) key: Option<SigningKey>,
    /// Seals that were made and not kept yet.
    pub(super) seals: Vec<Seal>,
    pub(super) streams: RefCell<Streams>,
    pub(super) instructions: RefCell<HashMap<Hash, Arc<Instruction>>>,
    /// The index of full-text search, once it was needed.
    pub(super) find: RefCell<Option<Index>>,
}

impl Ledger {
    /// Creates a store with its key in a directory, which is made where it is not there.
    pub fn create(dir: &Path, founding: Founding) -> Result<Self, LedgerError> {
        make_folder(dir).map_err(|e| LedgerError::file(dir, &e))?;
        let present = || LedgerError::Present { dir: dir.display().to_string() };
        let left_over = station_key::path(dir).exists();
        // A key whose store is gone may still be needed, to open a backup of it.
        if left_over && !dir.join(FILE).exists() {
            return Err(present());
        }
        let key = SigningKey::from_bytes(&founding.key);
        let connection = connect(&dir.join(FILE))?;
        if !schema::is_blank(&connection)? {
            return Err(present());
        }
        if left_over {
            // A creation that was cut off before it was done; nothing was written with this key.
            fs::remove_file(station_key::path(dir)).map_err(|e| LedgerError::file(dir, &e))?;
        }
        // The key comes last: a store without one is as good as none, a key is never replaced.
        let transaction = schema::begin(&connection)?;
        schema::migrate(&transaction)?;
        Models::create_first(&transaction)?;
        let public_key = key.verifying_key().to_bytes();
        let fault = || LedgerError::Fault { what: "the key has no ledger id".to_owned() };
        let ledger = station_key::ledger_of(&public_key).ok_or_else(fault)?;
        let demo = if founding.demo { "1" } else { "0" };
        let (hex, station) = (station_key::hex(&public_key), founding.station.to_string());
        for (key, value) in [
            ("station", station.as_str()),
            ("ledger", ledger.as_str()),
            ("epoch", "1"),
            ("public_key", hex.as_str()),
            ("demo", demo),
        ] {
            put_meta(&transaction, key, value)?;
        }
        station_key::write(dir, &key)?;
        if let Err(error) = transaction.commit() {
            fs::remove_file(station_key::path(dir)).map_err(|e| LedgerError::file(dir, &e))?;
            return Err(error.into());
        }
        drop(connection);
        Self::open(dir)
    }

    /// Opens a store to read and write.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        let connection = connect(&existing(dir)?)?;
        if schema::check(&connection)? < schema::latest() {
            let transaction = schema::begin(&connection)?;
            schema::migrate(&transaction)?;
            transaction.commit()?;
        }
        let identity = identity(&connection)?;
        let key = station_key::read(dir, &identity.public_key)?;
        let mut ledger = Self::assemble(connection, identity, Some(key));
        if !Models::are_current(&ledger.connection)? {
            ledger.rebuild(&mut |_| {})?;
        }
        Ok(ledger)
    }

    /// Opens a store to answer questions; it changes nothing.
    pub fn open_reader(dir: &Path) -> Result<Self, LedgerError> {
        let connection = connect(&existing(dir)?)?;
        let found = schema::check(&connection)?;
        if found < schema::latest() {
            return Err(LedgerError::CannotWrite {
                why: format!("its schema {found} is older than this gemba"),
                next: "open it once for writing, such as by `gemba station show`",
            });
        }
        connection.pragma_update(None, "query_only", true)?;
        let identity = identity(&connection)?;
        Ok(Self::assemble(connection, identity, None))
    }

    fn assemble(connection: Connection, identity: Identity, key: Option<SigningKey>) -> Self {
        connection.set_prepared_statement_cache_capacity(64);
        Self {
            connection,
            identity,
            identity_version: None,
            key,
            seals: Vec::new(),
            streams: RefCell::default(),
            instructions: RefCell::default(),
            find: RefCell::default(),
        }
    }

    /// Who this station is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The secret of the key that seals the ledger, where it is open for writing.
    pub fn secret(&self) -> Option<[u8; 32]> {
        self.key.as_ref().map(SigningKey::to_bytes)
    }

    /// Notes what the station was called at its enrollment, and where that was.
    pub fn set_enrolled(
        &mut self,
        station: &StationId,
        site: &SiteId,
        url: &str,
    ) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        put_meta(&transaction, "station", station.as_str())?;
        put_meta(&transaction, "site", site.as_str())?;
        put_meta(&transaction, "server", url)?;
        not_revoked(&transaction)?;
        transaction.commit()?;
        self.reload_identity()
    }

    /// Reads again what another process may have changed about the station.
    pub fn reload_identity(&mut self) -> Result<(), LedgerError> {
        self.identity = identity(&self.connection)?;
        Ok(())
    }

    /// Keeps the file below a size in pages, so that the rest of the machine has room; more is
    /// refused as a full disk is.
    pub fn keep_below_pages(&self, pages: u32) -> Result<(), LedgerError> {
        Ok(self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
    }

    /// Lets a power cut take what was written last, for a ledger whose facts are kept elsewhere as well
    /// and come back from there. What stays is whole up to some fact.
    pub fn let_the_last_go(&self) -> Result<(), LedgerError> {
        Ok(self.connection.pragma_update(None, "synchronous", "NORMAL")?)
    }

    /// Has everything that was written survive a power cut from here on.
    pub fn flush(&self) -> Result<(), LedgerError> {
        let sql = "PRAGMA wal_checkpoint(PASSIVE)";
        Ok(self.connection.query_row(sql, (), |_| Ok(()))?)
    }

    /// A number that changes when another process wrote to the store.
    pub fn version(&self) -> Result<i64, LedgerError> {
        version(&self.connection)
    }
}

/// The key of the station that the store of a directory becomes, made from a secret where there is none
/// prepared yet.
pub fn next_key(dir: &Path, secret: &[u8; 32]) -> Result<NextKey, LedgerError> {
    let key = station_key::prepare(dir, secret)?;
    let public_key = key.verifying_key().to_bytes();
    let fault = || LedgerError::Fault { what: "the key has no ledger id".to_owned() };
    let ledger = station_key::ledger_of(&public_key).ok_or_else(fault)?;
    Ok(NextKey { secret: key.to_bytes(), public_key, ledger })
}

/// The key of the station that a store becomes.
#[derive(Clone)]
pub struct NextKey {
    /// The secret of its Ed25519 key.
    pub secret: [u8; 32],
    /// Its public key.
    pub public_key: [u8; 32],
    /// The ledger that it writes.
    pub ledger: LedgerId,
}

impl fmt::Debug for NextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextKey").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

/// A number that changes when another connection wrote to the store.
pub(super) fn version(connection: &Connection) -> Result<i64, LedgerError> {
    let mut statement = connection.prepare_cached("PRAGMA data_version")?;
    Ok(statement.query_row((), |row| row.get(0))?)
}

fn existing(dir: &Path) -> Result<std::path::PathBuf, LedgerError> {
    let file = dir.join(FILE);
    match fs::metadata(&file) {
        Ok(data) if data.len() == 0 => Err(LedgerError::damaged("station.db is empty")),
        Ok(_) => Ok(file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(LedgerError::Absent { dir: dir.display().to_string() })
        }
        Err(error) => Err(LedgerError::file(&file, &error)),
    }
}

/// Connects with what every process agrees on: WAL, durable commits, short jittered waits.
fn connect(file: &Path) -> Result<Connection, LedgerError> {
    if rusqlite::version_number() < SQLITE_MIN {
        let what = format!("SQLite {} is too old", rusqlite::version());
        return Err(LedgerError::Fault { what });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_handler(Some(wait_a_little))?;
    // A new file can give room back little by little. Where it can, saying so again would be a write.
    let gives_back: i64 = connection.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
    if gives_back == 0 {
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten where nothing more is written for that.
    connection.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
    // Else a statement is planned anew, for longer than it runs, whenever a bound value changes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Connects to a store, given by its directory or its file, to read it as it lies there.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, LedgerError> {
    let file = if path.is_dir() { existing(path)? } else { path.to_path_buf() };
    if !file.exists() {
        return Err(LedgerError::Absent { dir: path.display().to_string() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&file, flags)?;
    connection.busy_handler(Some(wait_a_little))?;
    let looks = schema::check(&connection);
    let Err(LedgerError::CannotWrite { .. }) = looks else { return looks.map(|_| connection) };
    // On a medium that takes no writes there can be no other process either; but what lies in a
    // write-ahead log beside the file must not be left out.
    let mut log = file.clone().into_os_string();
    log.push("-wal");
    if fs::metadata(&log).is_ok_and(|data| data.len() > 0) {
        return looks.map(|_| connection);
    }
    let mut address = std::ffi::OsString::from("file:");
    for byte in file.as_os_str().as_encoded_bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
        let escaped = format!("%{byte:02x}");
        address.push(if plain { char::from(*byte).to_string() } else { escaped });
    }
    address.push("?immutable=1");
    Ok(Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI)?)
}

/// Waits 0.1 to 1.6 ms, differently in each process and thread, so that they do not march in step.
fn wait_a_little(attempt: i32) -> bool {
    if attempt >= BUSY_TRIES_MAX {
        return false;
    }
    let mut hasher = DefaultHasher::new();
    (attempt, std::process::id(), std::thread::current().id()).hash(&mut hasher);
    std::thread::sleep(Duration::from_micros(100 + hasher.finish() % 1_500));
    true
}

pub(super) fn put_meta(connection: &Connection, key: &str, value: &str) -> Result<(), LedgerError> {
    let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute((key, value))?;
    Ok(())
}

pub(super) fn meta(connection: &Connection, key: &str) -> Result<Option<String>, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(super) fn identity(connection: &Connection) -> Result<Identity, LedgerError> {
    let wanted = |key: &str| -> Result<String, LedgerError> {
        let missing = || LedgerError::damaged(format!("it does not say its {key}"));
        meta(connection, key)?.ok_or_else(missing)
    };
    let wrong = |key: &str| LedgerError::damaged(format!("its {key} is not readable"));
    Ok(Identity {
        station: StationId::parse(&wanted("station")?).map_err(|_| wrong("station"))?,
        ledger: LedgerId::parse(&wanted("ledger")?).map_err(|_| wrong("ledger"))?,
        epoch: wanted("epoch")?.parse().map_err(|_| wrong("epoch"))?,
        public_key: station_key::unhex(&wanted("public_key")?).ok_or_else(|| wrong("key"))?,
        demo: wanted("demo")? == "1",
        site: match meta(connection, "site")? {
            Some(site) => Some(SiteId::parse(&site).map_err(|_| wrong("site"))?),
            None => None,
        },
        server: meta(connection, "server")?,
    })
}
