//! Stations of the plant: codes to enroll with, tokens, keys. Of a secret only its SHA-256 is kept.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, StationId, WorkCenterId};
use crate::domain::station::StationCommand;

use super::Store;
use super::error::StoreError;
use super::tx::{Question, Tx};
use super::value::Row;

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

impl Station {
    /// What every station is told of it.
    pub fn told(&self) -> (StationId, StationCommand) {
        let Self { ledger, public_key: key, code, work_centers, revoked } = self.clone();
        let told = if revoked {
            StationCommand::Revoke { ledger }
        } else {
            StationCommand::Enroll { ledger, key, work_centers }
        };
        (code, told)
    }
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

const JUDGE_KEY: &str = "judge_key";
/// Whether what waits for revoked stations in vain is still to be told.
const LEFT_BEHIND: &str = "left_behind";
const TO_TELL: &str = "to tell";
const STATION_OF: &str =
    "SELECT ledger, public_key, code, work_centers, revoked FROM station WHERE ledger = ?1";
const COLUMNS: &str = "SELECT ledger, public_key, code, work_centers, revoked FROM station";

fn station(row: &mut Row) -> Result<Station, StoreError> {
    Ok(Station {
        ledger: row.ledger(0)?,
        public_key: row.text(1)?,
        code: code(&row.text(2)?)?,
        work_centers: work_centers(&row.text(3)?)?,
        revoked: row.flag(4)?,
    })
}

fn code(text: &str) -> Result<StationId, StoreError> {
    StationId::parse(text).map_err(|error| StoreError::damaged(error.to_string()))
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
    tx.one(sql, &[ledger.into()], |row| row.text(0))
}

impl Store {
    /// Keeps a code that a station may enroll with once.
    pub fn add_code(&self, code: &EnrollmentCode) -> Result<(), StoreError> {
        let sql = "INSERT INTO enrollment_code (code_sha256, station, work_centers, expires_utc)
                   VALUES (?1, ?2, ?3, ?4)";
        let centers = text_of(&code.work_centers)?;
        let (hash, expires) = (&code.code_sha256, code.expires.to_string());
        let values = [hash.into(), code.station.as_str().into(), centers.into(), expires.into()];
        self.write(|tx| tx.run(sql, &values).map(drop))
    }

    /// Enrolls a station by a code. The same station may come again with the same code until it
    /// expires, because the answer may have been lost; it gets the newest token.
    pub fn enroll(&self, who: &Candidate, now: Timestamp) -> Result<Enrollment, StoreError> {
        self.write(|tx| {
            let sql = "SELECT station, work_centers, expires_utc, used_by FROM enrollment_code
                       WHERE code_sha256 = ?1";
            let found = tx.one(sql, &[(&who.code_sha256).into()], |row| {
                let centers = work_centers(&row.text(1)?)?;
                Ok((code(&row.text(0)?)?, centers, row.text(2)?, row.text_or_none(3)?))
            })?;
            let Some((code, work_centers, expires, used_by)) = found else {
                return Ok(Enrollment::CodeUnknown);
            };
            if used_by.as_deref().is_some_and(|ledger| ledger != who.ledger.as_str()) {
                return Ok(Enrollment::CodeUsed);
            }
            let sql = "SELECT revoked FROM station WHERE ledger = ?1";
            let revoked = tx.one(sql, &[(&who.ledger).into()], |row| row.flag(0))?;
            // A code that was used before the station was revoked takes it in no more.
            if used_by.is_some() && revoked == Some(true) {
                return Ok(Enrollment::CodeUsed);
            }
            let expires: Timestamp =
                expires.parse().map_err(|_| StoreError::damaged("a code has no expiry"))?;
            if now > expires {
                return Ok(Enrollment::CodeExpired);
            }
            let sql = "SELECT 1 FROM station WHERE (ledger = ?1 AND public_key <> ?2)
                       OR (code = ?3 AND ledger <> ?1)";
            let (ledger, public_key) = (&who.ledger, &who.public_key);
            if tx.any(sql, &[ledger.into(), public_key.into(), code.as_str().into()])? {
                return Ok(Enrollment::Taken);
            }
            let sql = "UPDATE enrollment_code SET used_by = ?2 WHERE code_sha256 = ?1";
            tx.run(sql, &[(&who.code_sha256).into(), (&who.ledger).into()])?;
            let (ledger, public_key) = (who.ledger.clone(), who.public_key.clone());
            let enrolled = Station { ledger, public_key, code, work_centers, revoked: false };
            put(tx, &enrolled, Some(&who.token_sha256))?;
            Ok(Enrollment::Done(enrolled))
        })
    }

    /// Takes a station in without a code: the judge, or a founding station.
    pub fn admit(&self, station: &Station, token_sha256: Option<&Hash>) -> Result<(), StoreError> {
        self.write(|tx| put(tx, station, token_sha256))
    }

    /// The station of a token.
    pub fn station_by_token(&self, token_sha256: &Hash) -> Result<Option<Station>, StoreError> {
        // The index is searched for a digest of the secret, so its timing tells nothing of use.
        let sql = format!("{COLUMNS} WHERE token_sha256 = ?1");
        self.read(|tx| tx.one(&sql, &[token_sha256.into()], station))
    }

    /// The station of a ledger.
    pub fn station_of(&self, ledger: &LedgerId) -> Result<Option<Station>, StoreError> {
        self.read(|tx| tx.one(STATION_OF, &[ledger.into()], station))
    }

    /// The stations of ledgers, as far as they are known.
    pub fn stations_of<'l>(
        &self,
        ledgers: impl Iterator<Item = &'l LedgerId>,
    ) -> Result<BTreeMap<LedgerId, Station>, StoreError> {
        let ledgers: BTreeSet<&LedgerId> = ledgers.collect();
        let questions: Vec<Question<'_>> =
            ledgers.into_iter().map(|ledger| (STATION_OF, vec![ledger.into()])).collect();
        let rows = self.read(|tx| tx.ask(&questions))?;
        let stations = rows.into_iter().flatten().map(|mut row| station(&mut row));
        stations.map(|station| station.map(|one| (one.ledger.clone(), one))).collect()
    }

    /// The digest of the token that a station has.
    pub fn token_of(&self, ledger: &LedgerId) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT token_sha256 FROM station WHERE ledger = ?1 AND token_sha256 IS NOT NULL";
        self.read(|tx| tx.one(sql, &[ledger.into()], |row| row.hash(0)))
    }

    /// Every station.
    pub fn stations(&self) -> Result<Vec<Station>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY code");
        self.read(|tx| tx.all(&sql, &[], station))
    }

    /// Stations of which it is no fact yet that they are enrolled, or were revoked.
    pub fn unannounced(&self) -> Result<Vec<Station>, StoreError> {
        let sql = format!("{COLUMNS} WHERE announced = 0 ORDER BY code");
        self.read(|tx| tx.all(&sql, &[], station))
    }

    /// Notes that it is a fact that a station is enrolled, or was revoked; unless that changed meanwhile.
    /// What waits in vain for one that was revoked is to be told from then on.
    pub fn note_announced(&self, told: &Station) -> Result<(), StoreError> {
        let sql = "UPDATE station SET announced = 1
                   WHERE ledger = ?1 AND revoked = ?2 AND work_centers = ?3";
        let centers = text_of(&told.work_centers)?;
        let values = [(&told.ledger).into(), i64::from(told.revoked).into(), centers.into()];
        self.write(|tx| {
            if tx.run(sql, &values)? > 0 && told.revoked {
                tx.set(LEFT_BEHIND, TO_TELL)?;
            }
            Ok(())
        })
    }

    /// Whether what waits for revoked stations in vain is still to be told.
    pub fn is_left_behind_to_tell(&self) -> Result<bool, StoreError> {
        let said = self.read(|tx| tx.setting(LEFT_BEHIND))?;
        Ok(said.as_deref() == Some(TO_TELL))
    }

    /// Notes that it was told.
    pub fn note_left_behind_told(&self) -> Result<(), StoreError> {
        self.write(|tx| tx.set(LEFT_BEHIND, "told"))
    }

    /// Keeps the secret of the key that the plant's judge signs with, for another server that has to
    /// judge; what is kept stays.
    pub fn keep_judge_key(&self, secret: &[u8; 32]) -> Result<(), StoreError> {
        self.write(|tx| match tx.setting(JUDGE_KEY)? {
            Some(_) => Ok(()),
            None => tx.set(JUDGE_KEY, &Hash(*secret).to_string()),
        })
    }

    /// The secret of the key that the plant's judge signs with.
    pub fn judge_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let text = self.read(|tx| tx.setting(JUDGE_KEY))?;
        Ok(text.and_then(|text| Hash::parse(&text)).map(|key| key.0))
    }

    /// Has a station serve further work centers; which feeds it reads follows from that. Tells what
    /// it serves then; none where no such station is enrolled. None is taken away: what the station
    /// has of it would go stale there unseen.
    pub fn assign(
        &self,
        code: &StationId,
        further: &[WorkCenterId],
    ) -> Result<Option<Vec<WorkCenterId>>, StoreError> {
        self.write(|tx| {
            let sql = format!("{COLUMNS} WHERE code = ?1 AND revoked = 0");
            let Some(station) = tx.one(&sql, &[code.as_str().into()], station)? else {
                return Ok(None);
            };
            let mut serves = station.work_centers;
            for center in further {
                if !serves.contains(center) {
                    serves.push(center.clone());
                }
            }
            let sql = "UPDATE station SET work_centers = ?2, announced = 0 WHERE code = ?1";
            tx.run(sql, &[code.as_str().into(), text_of(&serves)?.into()])?;
            Ok(Some(serves))
        })
    }

    /// Which of these work centers no place of the plant belongs to.
    pub fn without_place(
        &self,
        work_centers: &[WorkCenterId],
    ) -> Result<Vec<WorkCenterId>, StoreError> {
        let sql = "SELECT 1 FROM work_center_area WHERE work_center = ?1";
        self.read(|tx| {
            let mut without = Vec::new();
            for center in work_centers {
                if !tx.any(sql, &[center.as_str().into()])? {
                    without.push(center.clone());
                }
            }
            Ok(without)
        })
    }

    /// Lets a station neither write nor read any more.
    pub fn revoke(&self, code: &StationId) -> Result<bool, StoreError> {
        let sql = "UPDATE station SET revoked = 1,
                   announced = CASE WHEN revoked = 0 THEN 0 ELSE announced END WHERE code = ?1";
        self.write(|tx| tx.run(sql, &[code.as_str().into()])).map(|changed| changed > 0)
    }
}

/// Takes a station in; one that was revoked is one of the plant again.
fn put(tx: &Tx<'_>, station: &Station, token_sha256: Option<&Hash>) -> Result<(), StoreError> {
    let sql = "INSERT INTO station (ledger, public_key, code, token_sha256, work_centers)
               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (ledger) DO UPDATE SET
               token_sha256 = excluded.token_sha256, work_centers = excluded.work_centers,
               revoked = 0, announced = 0";
    let (ledger, key, code) = (&station.ledger, &station.public_key, station.code.as_str());
    let centers = text_of(&station.work_centers)?;
    let values = [ledger.into(), key.into(), code.into(), token_sha256.into(), centers.into()];
    tx.run(sql, &values).map(drop)
}
