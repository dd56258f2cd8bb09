//! What this store holds of its own ledger and of its feeds, to be compared with the server's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::fact::LedgerHead;
use crate::domain::moment::Moment;

use super::append::{from_sql, id_at, to_sql};
use super::error::LedgerError;
use super::schema;
use super::seals::at_server;
use super::store::{Ledger, meta, put_meta};
use super::stub;

/// What was found when station and server compared what they hold.
const COMPARED: &str = "compared";
/// When an exchange was last tried.
const ATTEMPT: &str = "last_attempt";

/// How exactly it is known when an exchange was last tried.
const ATTEMPT_S: i64 = 60;

/// What came of the last comparison with the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// When.
    pub at: Timestamp,
    /// How many hand-overs were given here until then.
    pub handovers: u64,
    /// What the two hold otherwise, in words; nothing where they agree.
    pub otherwise: Vec<String>,
}

impl Ledger {
    /// Every own epoch up to what is at the server: its head there, and how many facts of it are here.
    pub fn handed_in(&self) -> Result<Vec<(LedgerHead, u64)>, LedgerError> {
        let mut own = Vec::new();
        let mut next = self.epoch_after(0)?;
        while let Some(epoch) = next {
            let last_seq = at_server(&self.connection, epoch)?;
            let ledger = self.identity.ledger.clone();
            let at = crate::domain::fact::Position { ledger, epoch, seq: last_seq };
            if let Some(last_id) = id_at(&self.connection, &at)? {
                let sql = "SELECT count(*) FROM fact
                           WHERE ledger = ?1 AND epoch = ?2 AND seq <= ?3";
                let key = (self.identity.ledger.as_str(), epoch, to_sql(last_seq));
                let facts = self.connection.prepare_cached(sql)?.query_row(key, |r| r.get(0))?;
                let ledger = &self.identity.ledger;
                let pruned = stub::count_to(&self.connection, ledger, (epoch, last_seq))?;
                own.push((LedgerHead { epoch, last_seq, last_id }, from_sql(facts)? + pruned));
            }
            next = self.epoch_after(epoch)?;
        }
        Ok(own)
    }

    /// How many hand-overs were given at this station, in the epoch that it writes.
    pub fn handovers_given(&self) -> Result<u64, LedgerError> {
        self.numbered(&self.connection, "HandoverGiven")
    }

    /// What came of the last comparison.
    pub fn compared(&self) -> Result<Option<Compared>, LedgerError> {
        let text = meta(&self.connection, COMPARED)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Keeps what came of a comparison.
    pub fn note_compared(&mut self, compared: &Compared) -> Result<(), LedgerError> {
        let text = serde_json::to_string(compared)
            .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
        let transaction = schema::begin(&self.connection)?;
        put_meta(&transaction, COMPARED, &text)?;
        Ok(transaction.commit()?)
    }

    /// Notes that an exchange is tried now; to the minute, for it costs a durable write.
    pub fn note_attempt(&mut self, now: &Moment) -> Result<(), LedgerError> {
        let proven = self.proven()?;
        if self.last_attempt()?.is_some_and(|last| now.age_s(&last, proven) < ATTEMPT_S) {
            return Ok(());
        }
        let text = serde_json::to_string(now)
            .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
        let transaction = schema::begin(&self.connection)?;
        put_meta(&transaction, ATTEMPT, &text)?;
        Ok(transaction.commit()?)
    }

    /// When an exchange was last tried.
    pub fn last_attempt(&self) -> Result<Option<Moment>, LedgerError> {
        Ok(meta(&self.connection, ATTEMPT)?.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
