//! What a station keeps beside its facts: half-filled steps, settings, the last exchange.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;
use crate::domain::offset::Offset;

use super::error::LedgerError;
use super::schema;
use super::store::{Ledger, meta, put_meta};

pub(super) const LAST_CONTACT: &str = "last_contact";
/// The setting that says why syncing stopped until a person acts; empty or absent when it did not.
pub const SYNC_STOPPED: &str = "sync_stopped";
/// The setting of the measured offset, as [`Offset`] in JSON.
const SERVER_OFFSET: &str = "sync.offset";
const LAST_TROUBLE: &str = "last_trouble";
/// The setting that says when the server told that it revoked this station; empty or absent when not.
const REVOKED: &str = "sync.revoked";

/// How an exchange with the server ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncOutcome {
    /// Both ways went through to their ends at this moment.
    Reached(Moment),
    /// It failed, in words; it is tried again by itself.
    Failed(String),
    /// It stopped until a person acts, in words.
    Stopped(String),
    /// The server said at this moment that it revoked this station, in words.
    Revoked(Moment, String),
}

/// How the last exchanges ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncNoted {
    /// The last that went through.
    pub last_contact: Option<Timestamp>,
    /// Why the last failed, unless one went through since.
    pub trouble: Option<String>,
}

impl Ledger {
    /// A draft of a person, by a key such as traveler and step (R13).
    pub fn draft(&self, person: &PersonId, key: &str) -> Result<Option<String>, LedgerError> {
        let sql = "SELECT text FROM draft WHERE person = ?1 AND key = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row((person.as_str(), key), |row| row.get(0)).optional()?)
    }

    /// Every draft of a person: key and text.
    pub fn drafts(&self, person: &PersonId) -> Result<Vec<(String, String)>, LedgerError> {
        let sql = "SELECT key, text FROM draft WHERE person = ?1 ORDER BY key";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([person.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| row.map_err(Into::into)).collect()
    }

    /// Keeps a draft; a later one replaces it.
    pub fn put_draft(
        &mut self,
        person: &PersonId,
        key: &str,
        text: &str,
    ) -> Result<(), LedgerError> {
        let sql = "INSERT INTO draft (person, key, text) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET text = excluded.text";
        self.connection.prepare_cached(sql)?.execute((person.as_str(), key, text))?;
        Ok(())
    }

    /// Drops a draft once its value is saved.
    pub fn drop_draft(&mut self, person: &PersonId, key: &str) -> Result<(), LedgerError> {
        let sql = "DELETE FROM draft WHERE person = ?1 AND key = ?2";
        self.connection.prepare_cached(sql)?.execute((person.as_str(), key))?;
        Ok(())
    }

    /// Keeps a draft that was typed when the store had `before` of it; where it has something else by now,
    /// that is newer and stays.
    pub fn put_draft_over(
        &mut self,
        person: &PersonId,
        key: &str,
        (before, text): (Option<&str>, &str),
    ) -> Result<(), LedgerError> {
        let sql = "INSERT INTO draft (person, key, text) SELECT ?1, ?2, ?4
                   WHERE (SELECT text FROM draft WHERE person = ?1 AND key = ?2) IS ?3
                   ON CONFLICT DO UPDATE SET text = excluded.text";
        self.connection.prepare_cached(sql)?.execute((person.as_str(), key, before, text))?;
        Ok(())
    }

    /// Drops a draft of which the store had `before` when its value was saved; a newer one stays.
    pub fn drop_draft_of(
        &mut self,
        person: &PersonId,
        key: &str,
        before: Option<&str>,
    ) -> Result<(), LedgerError> {
        let sql = "DELETE FROM draft WHERE person = ?1 AND key = ?2 AND text IS ?3";
        self.connection.prepare_cached(sql)?.execute((person.as_str(), key, before))?;
        Ok(())
    }

    /// A setting of sync or app.
    pub fn setting(&self, key: &str) -> Result<Option<String>, LedgerError> {
        setting(&self.connection, key)
    }

    /// Keeps a setting of sync or app.
    pub fn put_setting(&mut self, key: &str, value: &str) -> Result<(), LedgerError> {
        put_setting(&self.connection, key, value)
    }

    /// The server's clock as last measured.
    pub fn server_offset(&self) -> Result<Option<Offset>, LedgerError> {
        let text = self.setting(SERVER_OFFSET)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// The newest moment that the station's own facts prove.
    pub fn proven(&self) -> Result<Option<Timestamp>, LedgerError> {
        super::contact::proven(&self.connection, &self.identity.ledger)
    }

    /// Keeps what was measured of the server's clock.
    pub fn put_server_offset(&mut self, offset: &Offset) -> Result<(), LedgerError> {
        let text = serde_json::to_string(offset)
            .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
        self.put_setting(SERVER_OFFSET, &text)
    }

    /// Notes how an exchange with the server ended, for the status line.
    pub fn note_sync(&mut self, outcome: &SyncOutcome) -> Result<(), LedgerError> {
        let fault = |error: serde_json::Error| LedgerError::Fault { what: error.to_string() };
        let transaction = schema::begin(&self.connection)?;
        match outcome {
            SyncOutcome::Reached(at) => {
                put_meta(&transaction, LAST_CONTACT, &serde_json::to_string(at).map_err(fault)?)?;
                put_meta(&transaction, LAST_TROUBLE, "")?;
                put_setting(&transaction, SYNC_STOPPED, "")?;
                not_revoked(&transaction)?;
            }
            SyncOutcome::Failed(why) => put_meta(&transaction, LAST_TROUBLE, why)?,
            SyncOutcome::Stopped(why) => {
                put_meta(&transaction, LAST_TROUBLE, why)?;
                put_setting(&transaction, SYNC_STOPPED, why)?;
            }
            SyncOutcome::Revoked(at, why) => {
                put_meta(&transaction, LAST_TROUBLE, why)?;
                put_setting(&transaction, SYNC_STOPPED, why)?;
                let at = serde_json::to_string(at).map_err(fault)?;
                put_setting(&transaction, REVOKED, &at)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Notes that the server answered by file what was asked at a moment: nothing stops the exchange any
    /// more, and what is known here is as new as that.
    pub fn note_answered(&mut self, asked: &Moment) -> Result<(), LedgerError> {
        let transaction = schema::begin(&self.connection)?;
        let last = super::contact::last(&transaction)?;
        if last.is_none_or(|last| last.effective() < asked.effective()) {
            let at = serde_json::to_string(asked)
                .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
            put_meta(&transaction, LAST_CONTACT, &at)?;
        }
        put_setting(&transaction, SYNC_STOPPED, "")?;
        // An answer to what was asked before it was revoked says nothing of that.
        if self.revoked()?.is_none_or(|told| told.effective() < asked.effective()) {
            not_revoked(&transaction)?;
        }
        Ok(transaction.commit()?)
    }

    /// When the server last told that it revoked this station; none once it took it in again.
    pub fn revoked(&self) -> Result<Option<Moment>, LedgerError> {
        let text = self.setting(REVOKED)?.filter(|text| !text.is_empty());
        let wrong = |error: serde_json::Error| LedgerError::damaged(format!("{REVOKED}: {error}"));
        text.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()
    }

    /// How the last exchanges ended.
    pub fn noted_sync(&self) -> Result<SyncNoted, LedgerError> {
        let at = super::contact::last(&self.connection)?;
        let trouble = meta(&self.connection, LAST_TROUBLE)?;
        Ok(SyncNoted {
            last_contact: at.map(|at| at.utc),
            trouble: trouble.filter(|text| !text.is_empty()),
        })
    }
}

/// Notes that the server takes this station's facts.
pub(super) fn not_revoked(connection: &Connection) -> Result<(), LedgerError> {
    put_setting(connection, REVOKED, "")
}

/// A setting, where there is one.
pub(super) fn setting(connection: &Connection, key: &str) -> Result<Option<String>, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(super) fn put_setting(
    connection: &Connection,
    key: &str,
    value: &str,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO setting (key, value) VALUES (?1, ?2)
               ON CONFLICT DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute((key, value))?;
    Ok(())
}
