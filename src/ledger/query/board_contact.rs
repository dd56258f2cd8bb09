//! Up to when what other stations did is known here: the last contact with each of them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::{LedgerId, PlaceId, StationId, WorkCenterId};
use crate::ledger::error::LedgerError;
use crate::ledger::seals::waiting;
use crate::views::board::{Complete, SilentPlace, StationRow};

use super::{Asked, get, id_in, moment_in};

/// Without a fact for so long, a station is called silent.
const SILENT_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// Of a station that is enrolled: what was not heard of it may still come. A revoked one is waited for no
/// more.
const STANDS: &str = "(revoked_at IS NULL OR revoked_at < coalesce(enrolled_at, ''))";

/// Where a ledger was written, and when something was heard of it last.
type Heard = (Vec<PlaceId>, Option<Timestamp>);

/// An enrolled station: its ledger, its code, and the work centers that it serves.
type Enrolled = (LedgerId, StationId, Vec<WorkCenterId>);

impl Asked<'_> {
    /// Up to when a place's figures are known, and whether its station is silent. What this station
    /// writes itself is known up to now.
    pub(super) fn contact(
        self,
        (place, work_center): (&PlaceId, &WorkCenterId),
        link_down: bool,
    ) -> Result<(Option<Timestamp>, bool), LedgerError> {
        let sql = format!(
            "SELECT ledger, (SELECT max(utc_ms) FROM contact_row o WHERE o.ledger = c.ledger)
                AS utc_ms
             FROM contact_row c WHERE place = ?1 AND (ledger = ?2 OR NOT EXISTS
                 (SELECT 1 FROM enrolled_row e WHERE e.ledger = c.ledger AND NOT {STANDS}))"
        );
        let own = self.ledger.identity.ledger.as_str();
        let contacts: Vec<(bool, Option<Timestamp>)> =
            self.rows(&sql, (place.as_str(), own), |row| {
                let own = get::<String>(row, "ledger")? == own;
                let now = self.now.effective();
                let heard = if own { Some(now) } else { moment_in(row, "utc_ms")? };
                Ok((own, heard))
            })?;
        if contacts.is_empty() {
            return self.never_heard(work_center, link_down);
        }
        let last = contacts.iter().filter_map(|(_, heard)| *heard).min();
        let foreign = contacts.iter().any(|(own, _)| !own);
        Ok((last, foreign && (link_down || self.is_long_ago(last))))
    }

    /// The same of a place of which no fact came yet: whatever other stations of its work center did there
    /// is known as far as each of them was heard, if it was at all.
    fn never_heard(
        self,
        work_center: &WorkCenterId,
        link_down: bool,
    ) -> Result<(Option<Timestamp>, bool), LedgerError> {
        let sql = format!(
            "SELECT (SELECT max(utc_ms) FROM contact_row c WHERE c.ledger = e.ledger) AS utc_ms
             FROM enrolled_row e
             WHERE ledger <> ?1 AND instr(work_centers, ' ' || ?2 || ' ') > 0 AND {STANDS}"
        );
        let key = (self.ledger.identity.ledger.as_str(), work_center.as_str());
        let heard: Vec<Option<Timestamp>> = self.rows(&sql, key, |row| moment_in(row, "utc_ms"))?;
        if heard.is_empty() {
            return Ok((None, false));
        }
        // No time before one that was never heard: none is known.
        let last = heard.into_iter().min().flatten();
        Ok((last, last.is_none() || link_down || self.is_long_ago(last)))
    }

    /// Up to when what is told of the places of the board is complete.
    pub(super) fn complete(self) -> Result<Complete, LedgerError> {
        let link_down = self.link_down()?;
        let served = self.served()?;
        let mut complete = Complete { link_down, ..Complete::default() };
        for row in self.places()? {
            if !served.is_empty() && !served.contains(&row.work_center) {
                continue;
            }
            let (last_contact, silent) = self.contact((&row.place, &row.work_center), link_down)?;
            if silent {
                complete.silent.push(SilentPlace { place: row.place, last_contact });
            } else {
                complete.heard(last_contact);
            }
        }
        Ok(complete)
    }

    /// The stations of this one's work centers, with when something was heard of each last. Facts that
    /// wait are known of this station alone.
    pub(super) fn stations(self, link_down: bool) -> Result<Vec<StationRow>, LedgerError> {
        let identity = &self.ledger.identity;
        let served = self.served()?;
        let mut heard = self.heard()?;
        let sql = format!("SELECT ledger, station, work_centers FROM enrolled_row WHERE {STANDS}");
        let mut enrolled: Vec<Enrolled> = self.rows(&sql, (), |row| {
            let centers: String = get(row, "work_centers")?;
            let centers = centers.split_whitespace().filter_map(|id| WorkCenterId::parse(id).ok());
            Ok((id_in(row, "ledger")?, id_in(row, "station")?, centers.collect()))
        })?;
        if !enrolled.iter().any(|(ledger, ..)| *ledger == identity.ledger) {
            enrolled.push((identity.ledger.clone(), identity.station.clone(), Vec::new()));
        }
        let mut stations = Vec::new();
        for (ledger, station, work_centers) in enrolled {
            let (places, last) = heard.remove(ledger.as_str()).unwrap_or_default();
            let near = served.is_empty() || work_centers.iter().any(|of| served.contains(of));
            let here = ledger == identity.ledger;
            if !here && !near && places.is_empty() {
                continue;
            }
            let last_contact = if here { Some(self.now.effective()) } else { last };
            let silent = !here && (last.is_none() || link_down || self.is_long_ago(last));
            let waiting = if here {
                Some(waiting(self.connection, (&identity.ledger, identity.epoch))?)
            } else {
                None
            };
            let row = StationRow { station, work_centers, places, last_contact, silent, waiting };
            stations.push(row);
        }
        stations.sort_by(|one, other| one.station.cmp(&other.station));
        Ok(stations)
    }

    fn heard(self) -> Result<BTreeMap<String, Heard>, LedgerError> {
        let sql = "SELECT ledger, place, utc_ms FROM contact_row ORDER BY place";
        let rows = self.rows(sql, (), |row| {
            let place: String = get(row, "place")?;
            let place = PlaceId::parse(&place).ok();
            Ok((get::<String>(row, "ledger")?, place, moment_in(row, "utc_ms")?))
        })?;
        let mut heard: BTreeMap<String, Heard> = BTreeMap::new();
        for (ledger, place, at) in rows {
            let of = heard.entry(ledger).or_default();
            of.0.extend(place);
            of.1 = of.1.max(at);
        }
        Ok(heard)
    }

    fn is_long_ago(self, last: Option<Timestamp>) -> bool {
        last.is_some_and(|last| self.now.effective().duration_since(last) > SILENT_AFTER)
    }
}
