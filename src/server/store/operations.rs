//! What whoever operates the server wants to know of its store, cheap enough to be asked often.

use jiff::Timestamp;

use crate::domain::feeds::Feed;
use crate::domain::ids::StationId;

use super::Store;
use super::error::StoreError;

/// How far everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operations {
    /// Facts in the site's feed.
    pub site_head: u64,
    /// Facts that the judge has not come to.
    pub not_judged: u64,
    /// Ledgers in which two histories met.
    pub frozen: u64,
    /// Every station that is not revoked.
    pub stations: Vec<StationFar>,
}

/// How far a station is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationFar {
    /// Its short code.
    pub code: StationId,
    /// Facts of the catalog that it has not asked past.
    pub catalog_behind: u64,
    /// When it last asked for the catalog.
    pub last_contact: Option<Timestamp>,
}

impl Store {
    /// Whether the store answers.
    pub fn answers(&self) -> Result<(), StoreError> {
        self.read(|tx| tx.one("SELECT 1", &[], |row| row.number(0)).map(drop))
    }

    /// How far everything is.
    pub fn operations(&self) -> Result<Operations, StoreError> {
        let judge = self.plant.judge.clone();
        let (site_head, catalog, not_judged, frozen) = self.read(|tx| {
            let head = |feed: &Feed| {
                Ok::<_, StoreError>(tx.feed_head(&feed.to_string())?.map_or(0, |h| h.position))
            };
            // Judgements may come back to a restored server before what they are about.
            let sql = "SELECT coalesce(CAST(sum(e.last_seq - coalesce(j.to_seq, 0)) AS BIGINT), 0)
                       + (SELECT count(*) FROM unjudged) FROM ledger_epoch e
                       LEFT JOIN judged j ON j.ledger = e.ledger AND j.epoch = e.epoch
                       WHERE e.ledger <> ?1 AND e.last_seq > coalesce(j.to_seq, 0)";
            let not_judged = tx.one(sql, &[(&judge).into()], |row| row.number(0))?.unwrap_or(0);
            let sql = "SELECT count(*) FROM ledger_epoch WHERE frozen = 1";
            let frozen = tx.one(sql, &[], |row| row.number(0))?.unwrap_or(0);
            let site = Feed::Site(self.plant.site.clone());
            Ok((head(&site)?, head(&Feed::Catalog)?, not_judged, frozen))
        })?;
        let mut stations = Vec::new();
        for station in self.stations()?.into_iter().filter(|station| !station.revoked) {
            if station.ledger == judge {
                continue;
            }
            let noted = self.reached(&station.ledger)?;
            let position = noted.map_or(0, |(position, _)| position);
            stations.push(StationFar {
                code: station.code,
                catalog_behind: catalog.saturating_sub(position),
                last_contact: noted.map(|(_, since)| since),
            });
        }
        Ok(Operations { site_head, not_judged, frozen, stations })
    }
}
