//! The shift board, from rows only.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::ids::{OrderId, PlaceId, WorkCenterId};
use crate::domain::shift_time::Shift;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::LedgerError;
use crate::views::board::{Board, BoardRow, BoardTime, Figures, PiecesRow};
use crate::views::register::PlaceRow;

use super::board_hours::planned;
use super::deviation::BY_SEVERITY;
use super::{Asked, get, some_id};

/// The most deviations that the board lists.
const DEVIATION_ROWS_MAX: u32 = 200;
/// The most units that the board lists as going on upon evidence.
const ACCEPTED_ROWS_MAX: u32 = 50;

const FIGURES: &str = "SELECT
    (SELECT count(*) FROM traveler_row WHERE finished_ms >= ?2 AND finished_ms < ?3 AND finished_place = ?1) AS finished,
    (SELECT count(*) FROM traveler_row WHERE finished_ms >= ?2 AND finished_ms < ?3 AND finished_place = ?1
        AND first_pass) AS first_pass,
    (SELECT count(*) FROM traveler_row WHERE order_open AND started_ms NOT NULL
        AND finished_ms IS NULL AND ended IS NULL AND last_place = ?1) AS begun,
    (SELECT count(*) FROM traveler_row WHERE hold_why NOT NULL AND ended IS NULL
        AND hold_place = ?1) AS on_hold,
    (SELECT count(*) FROM traveler_row WHERE ended NOT NULL AND last_ms >= ?2
        AND last_ms < ?3 AND last_place = ?1) AS scrapped,
    (SELECT count(*) FROM reading_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND +place = ?1) AS readings,
    (SELECT count(*) FROM reading_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND +place = ?1
        AND verdict = 'Fail') AS failing,
    (SELECT count(*) FROM reading_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND +place = ?1
        AND verdict = 'Marginal') AS marginal,
    (SELECT count(*) FROM reading_row WHERE utc_ms >= ?2 AND utc_ms < ?3 AND +place = ?1
        AND corrections > 0) AS corrected";

impl Asked<'_> {
    pub(super) fn board(self, asked: Option<&Shift>) -> Result<Board, LedgerError> {
        let mut time = self.board_time(asked)?;
        let places = self.board_rows(&time, None)?;
        time.complete_to = places.iter().filter_map(|row| row.last_contact).min();
        let total = places.iter().fold(Figures::default(), |all, row| sum(all, row.figures));
        let span = span_of(&time);
        let sql = format!(
            "SELECT deviation FROM deviation_row WHERE NOT disposed ORDER BY {BY_SEVERITY} LIMIT ?1"
        );
        let deviations = self.deviations_of(&sql, DEVIATION_ROWS_MAX)?;
        let sql = "SELECT order_id || '/' || unit AS unit, accepted FROM traveler_row
                   WHERE accepted NOT NULL ORDER BY subject LIMIT ?1";
        let accepted = self
            .rows(sql, [ACCEPTED_ROWS_MAX], |row| Ok((get(row, "unit")?, get(row, "accepted")?)))?;
        let here: Vec<&PlaceId> = places.iter().map(|row| &row.place).collect();
        let causes = self.causes(&here, span)?;
        Ok(Board {
            stations: self.stations(time.link_down)?,
            time,
            places,
            deviations,
            deviation_counts: self.deviation_counts()?,
            reviews: self.reviews()?,
            accepted,
            total,
            pieces: self.pieces_since(span)?,
            ships: self.ship_counts(span)?,
            help: self.calls(false)?,
            handovers: self.handovers(true)?,
            suspects: self.suspects(false)?,
            redlines: self.redlines(None, false)?,
            causes,
            held_nowhere: self.held_nowhere()?,
        })
    }

    /// The time that is asked for: a shift, else the one that is on, else since midnight. Up to when it
    /// is complete is not said yet.
    pub(super) fn board_time(self, asked: Option<&Shift>) -> Result<BoardTime, LedgerError> {
        let shift = match asked {
            Some(shift) => Some(shift.clone()),
            None => self.shift_now()?,
        };
        let now = self.now.effective();
        let (since, until) = match &shift {
            Some(shift) => (shift.from, Some(shift.to).filter(|to| *to <= now)),
            None => (self.day_began()?, None),
        };
        let link_down = self.link_down()?;
        Ok(BoardTime { since: Some(since), until, shift, complete_to: None, link_down })
    }

    /// The rows of the places that this station serves, or of one of them.
    pub(super) fn board_rows(
        self,
        time: &BoardTime,
        only: Option<&PlaceId>,
    ) -> Result<Vec<BoardRow>, LedgerError> {
        let served = self.served()?;
        let places = self.places()?.into_iter();
        places
            .filter(|place| served.is_empty() || served.contains(&place.work_center))
            .filter(|place| only.is_none_or(|only| *only == place.place))
            .map(|place| self.board_row(place, time))
            .collect()
    }

    fn board_row(self, place: PlaceRow, time: &BoardTime) -> Result<BoardRow, LedgerError> {
        let PlaceRow { place, work_center, held, .. } = place;
        let span = span_of(time);
        let hours = self.hours(&place, span)?;
        let (good, scrap) =
            hours.iter().fold((0, 0), |(good, scrap), hour| (good + hour.good, scrap + hour.scrap));
        let figures = Figures { good, scrap, ..self.figures(&place, span)? };
        let per_hour = self.per_hour(&place)?;
        let now = self.now.effective();
        let plan = time.shift.as_ref().and_then(|shift| planned(per_hour?, shift, now));
        let (last_contact, silent) = self.contact((&place, &work_center), time.link_down)?;
        Ok(BoardRow {
            place,
            work_center,
            held,
            per_hour,
            plan,
            hours,
            figures,
            last_contact,
            silent,
        })
    }

    /// How many units are on hold by a hold that no place placed.
    fn held_nowhere(self) -> Result<u32, LedgerError> {
        let sql = "SELECT count(*) FROM traveler_row
                   WHERE hold_why NOT NULL AND ended IS NULL AND hold_place IS NULL";
        Ok(u32::try_from(self.count(sql, ())?).unwrap_or(u32::MAX))
    }

    fn pieces_since(
        self,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<PiecesRow>, LedgerError> {
        let sql = "SELECT place, operation, sum(good) AS good, sum(scrap) AS scrap,
                sum(rework) AS rework
            FROM pieces_row WHERE utc_ms >= ?1 AND utc_ms < ?2
            GROUP BY place, operation ORDER BY place, operation";
        self.rows(sql, (since.as_millisecond(), until.as_millisecond()), pieces)
    }

    /// What was reported of an order, by operation.
    pub(super) fn pieces_of(self, order: &OrderId) -> Result<Vec<PiecesRow>, LedgerError> {
        let sql = "SELECT NULL AS place, operation, sum(good) AS good, sum(scrap) AS scrap,
                sum(rework) AS rework
            FROM pieces_row WHERE order_id = ?1 GROUP BY operation ORDER BY operation";
        self.rows(sql, [order.as_str()], pieces)
    }

    /// Whether the last exchange with the server did not go through.
    pub(super) fn link_down(self) -> Result<bool, LedgerError> {
        let noted = self.ledger.noted_sync()?;
        let enrolled = self.ledger.identity.server.is_some();
        Ok(enrolled && (noted.trouble.is_some() || noted.last_contact.is_none()))
    }

    /// The work centers that this station serves; none before it is enrolled: then all are shown.
    pub(super) fn served(self) -> Result<BTreeSet<WorkCenterId>, LedgerError> {
        let subject = Subject::Station(self.ledger.identity.station.clone());
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Station(state) = &folded.stream.state else { return Ok(BTreeSet::new()) };
        Ok(state.work_centers.iter().cloned().collect())
    }

    fn figures(
        self,
        place: &PlaceId,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Figures, LedgerError> {
        let key = (place.as_str(), since.as_millisecond(), until.as_millisecond());
        let rows = self.rows(FIGURES, key, |row| {
            Ok(Figures {
                good: 0,
                scrap: 0,
                finished: get(row, "finished")?,
                first_pass: get(row, "first_pass")?,
                begun: get(row, "begun")?,
                on_hold: get(row, "on_hold")?,
                scrapped: get(row, "scrapped")?,
                readings: get(row, "readings")?,
                failing: get(row, "failing")?,
                marginal: get(row, "marginal")?,
                corrected: get(row, "corrected")?,
            })
        })?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}

/// From when until when figures count.
pub(super) fn span_of(time: &BoardTime) -> (Timestamp, Timestamp) {
    (time.since.unwrap_or(Timestamp::MIN), time.until.unwrap_or(Timestamp::MAX))
}

fn pieces(row: &Row<'_>) -> Result<PiecesRow, LedgerError> {
    Ok(PiecesRow {
        place: some_id(row, "place")?,
        operation: get(row, "operation")?,
        good: get(row, "good")?,
        scrap: get(row, "scrap")?,
        rework: get(row, "rework")?,
    })
}

fn sum(one: Figures, other: Figures) -> Figures {
    Figures {
        good: one.good + other.good,
        scrap: one.scrap + other.scrap,
        finished: one.finished + other.finished,
        first_pass: one.first_pass + other.first_pass,
        begun: one.begun + other.begun,
        on_hold: one.on_hold + other.on_hold,
        scrapped: one.scrapped + other.scrapped,
        readings: one.readings + other.readings,
        failing: one.failing + other.failing,
        marginal: one.marginal + other.marginal,
        corrected: one.corrected + other.corrected,
    }
}
