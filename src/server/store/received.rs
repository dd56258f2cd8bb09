//! How far each station has the catalog, by its own pulls: who has received what was last said of a
//! definition, and who has not (R1).

use jiff::{SignedDuration, Timestamp};

use crate::domain::fact::{Fact, Position};
use crate::domain::feeds::Feed;
use crate::domain::ids::{LedgerId, RevisionId, StationId, WorkCenterId};
use crate::domain::kinds::FactBody;
use crate::domain::revision::{InstructionFact, SpecificationFact};
use crate::domain::stream::Subject;
use crate::sync::protocol::ReceivedRow;

use super::Store;
use super::error::StoreError;
use super::tx::Tx;

/// A station that asks again and again without news is noted once in so long.
const CONTACT_SECONDS: i64 = 60;

/// Up to where a station says that it has a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The station's ledger.
    pub ledger: LedgerId,
    /// The feed, in its written form.
    pub feed: String,
    /// The last position that it has applied.
    pub after: u64,
}

impl Store {
    /// Whether a pull tells more than is noted. Only the catalog is: it brings what may stop work.
    pub fn tells_more(&self, reached: &Reached, now: Timestamp) -> Result<bool, StoreError> {
        if reached.feed != Feed::Catalog.to_string() {
            return Ok(false);
        }
        let noted = self.read(|tx| noted(tx, &reached.ledger))?;
        Ok(noted.is_none_or(|(position, since)| {
            position != reached.after
                || now.duration_since(since) >= SignedDuration::from_secs(CONTACT_SECONDS)
        }))
    }

    /// Whether a station, as it says by file, has more than is noted.
    pub fn is_further(&self, reached: &Reached) -> Result<bool, StoreError> {
        if reached.feed != Feed::Catalog.to_string() {
            return Ok(false);
        }
        let noted = self.read(|tx| noted(tx, &reached.ledger))?;
        Ok(noted.is_none_or(|(position, _)| position < reached.after))
    }

    /// Notes how far a station has a feed.
    pub fn note_reached(&self, reached: &Reached, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO feed_reached (ledger, feed, position, utc) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (ledger, feed) DO UPDATE SET
                   position = excluded.position, utc = excluded.utc";
        let Reached { ledger, feed, after } = reached;
        let row = [ledger.into(), feed.into(), (*after).into(), now.to_string().into()];
        self.write(|tx| tx.run(sql, &row).map(drop))
    }

    /// How far a station had the catalog when it last asked, and when that was.
    pub(super) fn reached(
        &self,
        ledger: &LedgerId,
    ) -> Result<Option<(u64, Timestamp)>, StoreError> {
        self.read(|tx| noted(tx, ledger))
    }

    /// Who has received what was last said of a revision; none where nothing accepted says anything.
    pub fn received(
        &self,
        subject: &Subject,
        revision: &RevisionId,
    ) -> Result<Option<Vec<ReceivedRow>>, StoreError> {
        let last = self.read(|tx| last_said(tx, subject, revision))?;
        let Some((said, by)) = last else { return Ok(None) };
        let mut rows = Vec::new();
        for station in self.stations()?.into_iter().filter(|station| !station.revoked) {
            if station.ledger == self.plant.judge {
                continue;
            }
            let noted = self.read(|tx| noted(tx, &station.ledger))?;
            let reached = noted.as_ref().is_some_and(|(position, _)| *position >= said);
            rows.push(row(
                (station.code, station.work_centers),
                // Who wrote it has it.
                reached || station.ledger == by.ledger,
                noted.map(|(_, since)| since),
            ));
        }
        Ok(Some(rows))
    }
}

fn row(
    (station, work_centers): (StationId, Vec<WorkCenterId>),
    received: bool,
    last_contact: Option<Timestamp>,
) -> ReceivedRow {
    ReceivedRow { station, work_centers, received, last_contact }
}

fn noted(tx: &Tx<'_>, ledger: &LedgerId) -> Result<Option<(u64, Timestamp)>, StoreError> {
    let sql = "SELECT position, utc FROM feed_reached WHERE ledger = ?1 AND feed = ?2";
    let values = [ledger.into(), Feed::Catalog.to_string().into()];
    let found = tx.one(sql, &values, |row| Ok((row.number(0)?, row.text(1)?)))?;
    let Some((position, utc)) = found else { return Ok(None) };
    let utc = utc.parse().map_err(|_| StoreError::damaged("a contact has no moment"))?;
    Ok(Some((position, utc)))
}

/// Where in the catalog the last word about a revision stands, and which fact it is.
fn last_said(
    tx: &Tx<'_>,
    subject: &Subject,
    revision: &RevisionId,
) -> Result<Option<(u64, Position)>, StoreError> {
    let sql = "SELECT r.position, f.bytes FROM fact f JOIN feed_row r USING (ledger, epoch, seq)
               WHERE f.subject = ?1 AND r.feed = ?2 ORDER BY r.position DESC";
    let values = [subject.to_string().into(), Feed::Catalog.to_string().into()];
    let rows = tx.all(sql, &values, |row| Ok((row.number(0)?, row.text(1)?)))?;
    for (position, bytes) in rows {
        let fact = Fact::read(&bytes).map_err(|e| StoreError::damaged(e.to_string()))?;
        if about(&fact.body) == Some(revision) {
            return Ok(Some((position, fact.head.position)));
        }
    }
    Ok(None)
}

/// The revision that a fact releases or withdraws.
fn about(body: &FactBody) -> Option<&RevisionId> {
    match body {
        FactBody::Instruction(InstructionFact::RevisionReleased { revision, .. })
        | FactBody::Specification(SpecificationFact::SpecificationReleased { revision, .. }) => {
            Some(revision)
        }
        FactBody::Instruction(InstructionFact::RevisionWithdrawn(withdrawn))
        | FactBody::Specification(SpecificationFact::RevisionWithdrawn(withdrawn)) => {
            Some(&withdrawn.revision)
        }
        FactBody::Instruction(
            InstructionFact::RevisionSubmitted(_) | InstructionFact::Signed(_),
        )
        | FactBody::Specification(
            SpecificationFact::SpecificationSubmitted(_) | SpecificationFact::Signed(_),
        )
        | FactBody::Traveler(_)
        | FactBody::Order(_)
        | FactBody::Gauge(_)
        | FactBody::Material(_)
        | FactBody::Person(_)
        | FactBody::Deviation(_)
        | FactBody::Place(_)
        | FactBody::Station(_)
        | FactBody::Site(_)
        | FactBody::Help(_)
        | FactBody::Handover(_)
        | FactBody::Inspection(_)
        | FactBody::Permit(_)
        | FactBody::Redline(_)
        | FactBody::Newer { .. } => None,
    }
}
