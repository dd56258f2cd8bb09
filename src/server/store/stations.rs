//! Stations of the plant: codes to enroll with, tokens, keys. Of a secret only its SHA-256 is kept.

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, StationId, WorkCenterId};

use super::Store;
use super::error::StoreError;
use super::sqlite::Tx;

/// A station as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Its ledger.
    pub ledger: LedgerId,
    /// Its public key, hexadecimal.
    pub public_key: String,
    /// Its short code.
    pub code: StationId,
    /// The work centers that it serves.
    pub work_centers: Vec<WorkCenterId>,
    /// Whether it may still write and read.
    pub revoked: bool,
}

/// A one-time code as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentCode {
    /// SHA-256 of the code.
    pub code_sha256: Hash,
    /// The short code that the station gets.
    pub station: StationId,
    /// The work centers that it will serve.
    pub work_centers: Vec<WorkCenterId>,
    /// Not accepted after this moment.
    pub expires: Timestamp,
}

/// A station that wants to enroll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// SHA-256 of the code it knows.
    pub code_sha256: Hash,
    /// Its ledger.
    pub ledger: LedgerId,
    /// Its public key, hexadecimal.
    pub public_key: String,
    /// SHA-256 of the token that it will get.
    pub token_sha256: Hash,
}

/// What became of an enrollment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrollment {
    /// It belongs to the plant now.
    Done(Station),
    /// No such code.
    CodeUnknown,
    /// The code enrolled another ledger already.
    CodeUsed,
    /// The code was not used in time.
    CodeExpired,
    /// The ledger, or the short code, belongs to another station.
    Taken,
}

const COLUMNS: &str = "SELECT ledger, public_key, code, work_centers, revoked FROM station";

type StationRow = (String, String, String, String, bool);

fn row(row: &Row<'_>) -> rusqlite::Result<StationRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn station(
    (ledger, public_key, code, centers, revoked): StationRow,
) -> Result<Station, StoreError> {
    let wrong = |error: crate::domain::ids::IdError| StoreError::damaged(error.to_string());
    Ok(Station {
        ledger: LedgerId::parse(&ledger).map_err(wrong)?,
        public_key,
        code: StationId::parse(&code).map_err(wrong)?,
        work_centers: work_centers(&centers)?,
        revoked,
    })
}

fn work_centers(text: &str) -> Result<Vec<WorkCenterId>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::damaged(error.to_string()))
}

fn text_of(work_centers: &[WorkCenterId]) -> Result<String, StoreError> {
    serde_json::to_string(work_centers).map_err(|e| StoreError::Failed { what: e.to_string() })
}

/// The key that a ledger is sealed with.
pub(super) fn public_key(tx: &Tx<'_>, ledger: &LedgerId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT public_key FROM station WHERE ledger = ?1";
    tx.one(sql, [ledger.as_str()], |row| row.get(0))
}

impl Store {
    /// Keeps a code that a station may enroll with once.
    pub fn add_code(&self, code: &EnrollmentCode) -> Result<(), StoreError> {
        let sql = "INSERT INTO enrollment_code (code_sha256, station, work_centers, expires_utc)
                   VALUES (?1, ?2, ?3, ?4)";
        let centers = text_of(&code.work_centers)?;
        let (hash, expires) = (code.code_sha256.to_string(), code.expires.to_string());
        self.sqlite
            .write(|tx| tx.run(sql, (hash, code.station.as_str(), centers, expires)).map(drop))
    }

    /// Enrolls a station by a code. The same station may come again with the same code until it
    /// expires, because the answer may have been lost; it gets the newest token.
    pub fn enroll(&self, who: &Candidate, now: Timestamp) -> Result<Enrollment, StoreError> {
        self.sqlite.write(|tx| {
            let sql = "SELECT station, work_centers, expires_utc, used_by FROM enrollment_code
                       WHERE code_sha256 = ?1";
            let found = tx.one(sql, [who.code_sha256.to_string()], |row| {
                let used: Option<String> = row.get(3)?;
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, String>(2)?, used))
            })?;
            let Some((code, centers, expires, used_by)) = found else {
                return Ok(Enrollment::CodeUnknown);
            };
            if used_by.as_deref().is_some_and(|ledger| ledger != who.ledger.as_str()) {
                return Ok(Enrollment::CodeUsed);
            }
            let sql = "SELECT revoked FROM station WHERE ledger = ?1";
            let revoked = tx.one(sql, [who.ledger.as_str()], |row| row.get::<_, bool>(0))?;
            // A code that was used before the station was revoked takes it in no more.
            if used_by.is_some() && revoked == Some(true) {
                return Ok(Enrollment::CodeUsed);
            }
            let expires: Timestamp =
                expires.parse().map_err(|_| StoreError::damaged("a code has no expiry"))?;
            if now > expires {
                return Ok(Enrollment::CodeExpired);
            }
            let sql = "SELECT count(*) FROM station WHERE (ledger = ?1 AND public_key <> ?2)
                       OR (code = ?3 AND ledger <> ?1)";
            let taken = tx.one(sql, (who.ledger.as_str(), &who.public_key, &code), |row| {
                row.get::<_, i64>(0)
            })?;
            if taken != Some(0) {
                return Ok(Enrollment::Taken);
            }
            let sql = "UPDATE enrollment_code SET used_by = ?2 WHERE code_sha256 = ?1";
            tx.run(sql, (who.code_sha256.to_string(), who.ledger.as_str()))?;
            let enrolled =
                station((who.ledger.to_string(), who.public_key.clone(), code, centers, false))?;
            put(tx, &enrolled, Some(&who.token_sha256))?;
            Ok(Enrollment::Done(enrolled))
        })
    }

    /// Takes a station in without a code: the judge, or a founding station.
    pub fn admit(&self, station: &Station, token_sha256: Option<&Hash>) -> Result<(), StoreError> {
        self.sqlite.write(|tx| put(tx, station, token_sha256))
    }

    /// The station of a token.
    pub fn station_by_token(&self, token_sha256: &Hash) -> Result<Option<Station>, StoreError> {
        // The index is searched for a digest of the secret, so its timing tells nothing of use.
        let sql = format!("{COLUMNS} WHERE token_sha256 = ?1");
        let found = self.sqlite.read(|tx| tx.one(&sql, [token_sha256.to_string()], row))?;
        found.map(station).transpose()
    }

    /// The station of a ledger.
    pub fn station_of(&self, ledger: &LedgerId) -> Result<Option<Station>, StoreError> {
        let sql = format!("{COLUMNS} WHERE ledger = ?1");
        let found = self.sqlite.read(|tx| tx.one(&sql, [ledger.as_str()], row))?;
        found.map(station).transpose()
    }

    /// Every station.
    pub fn stations(&self) -> Result<Vec<Station>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY code");
        let found = self.sqlite.read(|tx| tx.all(&sql, (), row))?;
        found.into_iter().map(station).collect()
    }

    /// Stations whose enrollment is not a fact yet.
    pub fn unannounced(&self) -> Result<Vec<Station>, StoreError> {
        let sql = format!("{COLUMNS} WHERE announced = 0 ORDER BY code");
        let found = self.sqlite.read(|tx| tx.all(&sql, (), row))?;
        found.into_iter().map(station).collect()
    }

    /// Notes that a station's enrollment is a fact.
    pub fn note_announced(&self, ledger: &LedgerId) -> Result<(), StoreError> {
        let sql = "UPDATE station SET announced = 1 WHERE ledger = ?1";
        self.sqlite.write(|tx| tx.run(sql, [ledger.as_str()]).map(drop))
    }

    /// Lets a station neither write nor read any more.
    pub fn revoke(&self, code: &StationId) -> Result<bool, StoreError> {
        let sql = "UPDATE station SET revoked = 1 WHERE code = ?1";
        self.sqlite.write(|tx| tx.run(sql, [code.as_str()])).map(|changed| changed > 0)
    }
}

/// Takes a station in; one that was revoked is one of the plant again.
fn put(tx: &Tx<'_>, station: &Station, token_sha256: Option<&Hash>) -> Result<(), StoreError> {
    let sql = "INSERT INTO station (ledger, public_key, code, token_sha256, work_centers)
               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (ledger) DO UPDATE SET
               token_sha256 = excluded.token_sha256, work_centers = excluded.work_centers,
               revoked = 0, announced = 0";
    let token = token_sha256.map(Hash::to_string);
    let (ledger, code) = (station.ledger.as_str(), station.code.as_str());
    let centers = text_of(&station.work_centers)?;
    tx.run(sql, (ledger, &station.public_key, code, token, centers)).map(drop)
}
