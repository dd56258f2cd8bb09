//! What was made by the hour of a shift, and what was planned of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::PlaceId;
use crate::domain::shift_time::Shift;
use crate::domain::stream::StreamState;
use crate::ledger::contact;
use crate::ledger::error::LedgerError;
use crate::views::board::HourRow;

use super::{Asked, get};

/// A shift is no longer than a day, and an hour more where clocks go back.
const HOURS_MAX: i64 = 25;
const HOUR_MS: i64 = 3_600_000;

/// Made at a place by hours since a moment: single units where their last step was done, pieces of
/// lots where they were reported, single units thrown away where they were last worked on.
const MADE: &str = "SELECT hour, sum(good) AS good, sum(scrap) AS scrap FROM (
        SELECT (finished_ms - ?2) / 3600000 AS hour, 1 AS good, 0 AS scrap FROM traveler_row
            WHERE finished_ms >= ?2 AND finished_ms < ?3 AND finished_place = ?1
            AND quantity IS NULL
        UNION ALL SELECT (last_ms - ?2) / 3600000, 0, 1 FROM traveler_row
            WHERE ended NOT NULL AND last_ms >= ?2 AND last_ms < ?3 AND last_place = ?1
            AND quantity IS NULL
        UNION ALL SELECT (utc_ms - ?2) / 3600000, good, scrap FROM pieces_row
            WHERE utc_ms >= ?2 AND utc_ms < ?3 AND place = ?1)
    GROUP BY hour ORDER BY hour";

/// How many good ones are planned up to a moment of a shift, or to its end.
pub(super) fn planned(per_hour: u32, shift: &Shift, now: Timestamp) -> Option<u32> {
    let to = now.clamp(shift.from, shift.to);
    let minutes = to.duration_since(shift.from).as_secs() / 60;
    u32::try_from(i64::from(per_hour) * minutes / 60).ok()
}

impl Asked<'_> {
    /// The shift that is on now, by a clock that was not set back.
    pub(super) fn shift_now(self) -> Result<Option<Shift>, LedgerError> {
        let Some(site) = self.ledger.site(self.connection, None)? else { return Ok(None) };
        let StreamState::Site(state) = &site.stream.state else { return Ok(None) };
        let proven = contact::proven(self.connection, &self.ledger.identity.ledger)?;
        let (now, zone) = (self.now.not_before(proven), self.zone()?);
        Ok(state.calendar().and_then(|calendar| calendar.at(now, &zone)))
    }

    /// The hours from a moment up to now or to another moment, each with what was made.
    pub(super) fn hours(
        self,
        place: &PlaceId,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<HourRow>, LedgerError> {
        let key = (place.as_str(), since.as_millisecond(), until.as_millisecond());
        let made: BTreeMap<i64, (u32, u32)> = self
            .rows(MADE, key, |row| {
                Ok((get(row, "hour")?, (get(row, "good")?, get(row, "scrap")?)))
            })?
            .into_iter()
            .collect();
        let end = self.now.effective().min(until);
        let over = end.as_millisecond().saturating_sub(since.as_millisecond());
        // An hour that has begun is one; what a clock ahead of ours wrote is not left out.
        let begun = over.div_euclid(HOUR_MS) + i64::from(over.rem_euclid(HOUR_MS) > 0);
        let last = made.keys().next_back().map_or(0, |hour| hour + 1);
        let hours = begun.max(last).clamp(0, HOURS_MAX);
        let rows = (0..hours).map(|hour| {
            let (good, scrap) = made.get(&hour).copied().unwrap_or_default();
            let from = since.checked_add(SignedDuration::from_hours(hour)).ok();
            HourRow { from, good, scrap }
        });
        Ok(rows.collect())
    }

    /// How many good ones are planned of a place an hour.
    pub(super) fn per_hour(self, place: &PlaceId) -> Result<Option<u32>, LedgerError> {
        let sql = "SELECT per_hour FROM place_row WHERE place = ?1";
        let found = self.rows(sql, [place.as_str()], |row| get(row, "per_hour"))?;
        Ok(found.into_iter().next().flatten())
    }
}
