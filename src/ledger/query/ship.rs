//! A unit as it is reviewed before it is released to ship, and its certificate (R17).

use jiff::Timestamp;
use rusqlite::Row;

use crate::domain::context::Context;
use crate::domain::decide::{Around, Needs, Pinned};
use crate::domain::fact::Position;
use crate::domain::fold::Folded;
use crate::domain::ids::OrderId;
use crate::domain::natural::natural;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::exceptions::{Exception, digest};
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::kin::KinWanted;
use crate::domain::traveler::shipped::{Release, why_not_shipped, why_not_valid};
use crate::domain::traveler::state::{Attempt, Reading, Recorded, TravelerState};
use crate::ledger::error::LedgerError;
use crate::views::board::ShipCounts;
use crate::views::ship::{Certificate, ExceptionRow, ResultRow, ShipReview, ShipRow, ShipStands};
use crate::views::signature::{SignatureView, of_attempts};
use crate::views::trace::definitions;

use super::{Asked, get, id_in, moment_in};

/// The most units that are finished and stand here, or went out and are in doubt, in a list.
const SHIP_ROWS_MAX: u32 = 2_000;
/// The most units that went out, in a list: the last ones.
const SHIPPED_ROWS_MAX: u32 = 50;

impl Asked<'_> {
    /// What a reviewer looks at; none where nothing is known of the unit here.
    pub(super) fn ship_review(self, id: &TravelerId) -> Result<Option<ShipReview>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        if folded.is_empty() {
            return Ok(None);
        }
        let context = self.to_be_shipped(id, &folded)?;
        let reasons = self.told(why_not_shipped(state, &context))?;
        let (list, _) = state.shown_to_ship(&context);
        let row = |one: &Exception| ExceptionRow {
            kind: one.kind.to_owned(),
            what: one.what.clone(),
            fact: one.fact.clone(),
        };
        Ok(Some(ShipReview {
            traveler: id.clone(),
            part: state.started.as_ref().map_or_else(String::new, |s| s.part.to_string()),
            ready: reasons.is_empty(),
            reasons,
            exceptions: list.iter().map(row).collect(),
            digest: digest(&list),
            facts: state.facts.len(),
            released: state.shipped().map(signed),
            not_valid: state.shipped().and_then(|by| why_not_valid(state, by, &context)),
        }))
    }

    /// Everything around a unit that a release rests on, as known here.
    fn to_be_shipped(self, id: &TravelerId, folded: &Folded) -> Result<Context, LedgerError> {
        let needs = Needs {
            traveler: Some(id.clone()),
            kin: KinWanted::Origins,
            around: Around::Shipping,
            pinned: Pinned::All,
            ..Needs::default()
        };
        let mut context = self.nobody()?;
        self.ledger.surround_by(self.connection, (folded, &needs), &mut context)?;
        Ok(context)
    }

    /// Units that are finished, and those that went out last: what is wrong first.
    pub(super) fn ships(self) -> Result<Vec<ShipRow>, LedgerError> {
        let columns = "order_id, unit, part, finished_ms, shipped_ms, hold_why, not_valid";
        let sql = format!(
            "SELECT * FROM (SELECT {columns} FROM traveler_row
                 WHERE shipped_ms NOT NULL AND not_valid NOT NULL LIMIT ?1)
             UNION SELECT * FROM (SELECT {columns} FROM traveler_row
                 WHERE finished_ms NOT NULL AND shipped_ms IS NULL AND ended IS NULL
                 ORDER BY order_id, unit LIMIT ?1)
             UNION SELECT * FROM (SELECT {columns} FROM traveler_row
                 WHERE shipped_ms NOT NULL ORDER BY shipped_ms DESC LIMIT ?2)"
        );
        let mut rows = self.rows(&sql, (SHIP_ROWS_MAX, SHIPPED_ROWS_MAX), ship_row)?;
        for row in rows.iter_mut().filter(|row| row.stands == ShipStands::Shipped) {
            if let Some(why) = self.doubt(&row.traveler)? {
                (row.stands, row.why) = (ShipStands::ShippedInDoubt, Some(not_valid(&why)));
            }
        }
        rows.sort_by(|one, other| {
            let (a, b) = (&one.traveler, &other.traveler);
            let newest = other.shipped.cmp(&one.shipped);
            let by_number = natural(a.order.as_str(), b.order.as_str())
                .then_with(|| natural(a.unit.as_str(), b.unit.as_str()));
            one.stands.cmp(&other.stands).then(newest).then(by_number)
        });
        Ok(rows)
    }

    /// Why the certificate of a shipped unit is not valid, by what is known around the unit as well.
    fn doubt(self, id: &TravelerId) -> Result<Option<String>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        let Some(release) = state.shipped() else { return Ok(None) };
        Ok(why_not_valid(state, release, &self.to_be_shipped(id, &folded)?))
    }

    /// How many units are finished, went out in a span of time, and are held since.
    pub(super) fn ship_counts(
        self,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<ShipCounts, LedgerError> {
        let sql = "SELECT
            (SELECT count(*) FROM traveler_row WHERE finished_ms NOT NULL AND shipped_ms IS NULL
                AND ended IS NULL) AS finished,
            (SELECT count(*) FROM traveler_row WHERE finished_ms NOT NULL AND shipped_ms IS NULL
                AND ended IS NULL AND hold_why IS NULL) AS to_ship,
            (SELECT count(*) FROM traveler_row WHERE shipped_ms >= ?1 AND shipped_ms < ?2) AS shipped,
            (SELECT count(*) FROM traveler_row WHERE hold_why NOT NULL AND shipped_ms NOT NULL)
                AS held_after";
        let span = (since.as_millisecond(), until.as_millisecond());
        let found = self.rows(sql, span, |row| {
            Ok(ShipCounts {
                finished: get(row, "finished")?,
                to_ship: get(row, "to_ship")?,
                shipped: get(row, "shipped")?,
                held_after: get(row, "held_after")?,
            })
        })?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// The units of an order that are begun and not shipped.
    pub(super) fn to_ship(self, order: &OrderId) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = "SELECT order_id, unit FROM traveler_row WHERE order_id = ?1
                   AND started_ms NOT NULL AND shipped_ms IS NULL AND ended IS NULL";
        self.rows(sql, [order.as_str()], |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })
    }

    /// The certificate of a unit: of the release that stands, else of the last one.
    pub(super) fn certificate(self, id: &TravelerId) -> Result<Option<Certificate>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        let Some(release) = state.shipped().or_else(|| state.releases.last()) else {
            return Ok(None);
        };
        let known = self.ledger.pinned(self.connection, state)?;
        let told = state.exceptions(&known, &release.what.withdrawn).into_iter();
        let deviations = told.filter(|one| matches!(one.kind, "deviation" | "permit"));
        let context = self.to_be_shipped(id, &folded)?;
        let not_valid = why_not_valid(state, release, &context);
        Ok(Some(Certificate {
            number: release.at.clone(),
            traveler: id.clone(),
            part: state.started.as_ref().map_or_else(String::new, |s| s.part.to_string()),
            pieces: state.started.as_ref().and_then(|s| s.pieces).map(|_| state.pieces()),
            not_valid,
            definitions: definitions(state),
            results: results(state),
            deviations: deviations.map(|one| one.what).collect(),
            exceptions: release.what.exceptions,
            signatures: of_attempts(standing(state)),
            released: signed(release),
        }))
    }
}

fn ship_row(row: &Row<'_>) -> Result<ShipRow, LedgerError> {
    let hold: Option<String> = get(row, "hold_why")?;
    let (finished, shipped) = (moment_in(row, "finished_ms")?, moment_in(row, "shipped_ms")?);
    let void = get::<Option<String>>(row, "not_valid")?.map(|why| not_valid(&why));
    let stands = match (shipped.is_some(), void.is_some(), hold.is_some()) {
        (true, false, false) => ShipStands::Shipped,
        (true, _, _) => ShipStands::ShippedInDoubt,
        (false, _, true) => ShipStands::OnHold,
        (false, _, false) => ShipStands::ToShip,
    };
    // What went out is void for its hold, where it is on one; what is here is stopped by it.
    let why = if shipped.is_some() { void.or(hold) } else { hold.or(void) };
    let traveler = TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? };
    Ok(ShipRow { traveler, part: id_in(row, "part")?, stands, finished, shipped, why })
}

/// What is said of a unit whose certificate is void.
fn not_valid(why: &str) -> String {
    format!("certificate not valid: {why}")
}

/// The signature of a release, as it stands.
fn signed(release: &Release) -> SignatureView {
    let view = SignatureView::new(&release.at, &release.moment, &release.what.signature);
    let uncovered_by: Option<Position> = release.uncovered.clone();
    let covering = uncovered_by.is_none();
    SignatureView { covering, uncovered_by, ..view.for_units(&release.what.set) }
}

/// What counts: readings of attempts that were not sent back.
fn results(state: &TravelerState) -> Vec<ResultRow> {
    standing(state).flat_map(of_attempt).collect()
}

/// The attempts that were not sent back.
fn standing(state: &TravelerState) -> impl Iterator<Item = &Attempt> {
    state.attempts.iter().filter(|attempt| !attempt.reopened)
}

fn of_attempt(attempt: &Attempt) -> Vec<ResultRow> {
    let counts = attempt.readings().filter(|(entry, _)| {
        attempt.entry(entry.ask, entry.sample).is_some_and(|counts| counts.at == entry.at)
    });
    let row = |(entry, reading): (&Recorded, &Reading)| {
        let taken = &reading.taken;
        ResultRow {
            operation: attempt.operation,
            characteristic: taken.characteristic.as_ref().map(ToString::to_string),
            name: taken.name.clone(),
            sample: taken.sample,
            requirement: taken.requirement.clone(),
            value: shown(reading.value()),
            verdict: reading.verdict().map(|verdict| match reading.permit() {
                Some(by) => format!("{}, permit {}", verdict.word(), by.what.permit),
                None => verdict.word().to_owned(),
            }),
            gauge: taken.gauge.as_ref().map(|used| used.gauge.to_string()),
            at: entry.moment.effective(),
            fact: entry.at.clone(),
        }
    };
    counts.map(row).collect()
}
