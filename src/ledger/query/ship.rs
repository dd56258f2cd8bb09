//! A unit as it is reviewed before it is released to ship, and its certificate (R17).

use crate::domain::decide::{Around, Needs};
use crate::domain::fact::Position;
use crate::domain::ids::OrderId;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::exceptions::{Exception, digest};
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::kin::KinWanted;
use crate::domain::traveler::shipped::{Release, why_not_shipped};
use crate::domain::traveler::state::{Attempt, Reading, Recorded, TravelerState};
use crate::ledger::error::LedgerError;
use crate::views::ship::{Certificate, ExceptionRow, ResultRow, ShipReview};
use crate::views::signature::{SignatureView, of_attempts};

use super::trace::definitions;
use super::{Asked, id_in};

impl Asked<'_> {
    /// What a reviewer looks at; none where nothing is known of the unit here.
    pub(super) fn ship_review(self, id: &TravelerId) -> Result<Option<ShipReview>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(None) };
        if folded.order.is_empty() {
            return Ok(None);
        }
        let needs = Needs {
            traveler: Some(id.clone()),
            kin: KinWanted::Origins,
            gauges: state.gauges_used(),
            around: Around::Shipping,
            ..Needs::default()
        };
        let mut context = self.nobody()?;
        self.ledger.surround_by(self.connection, (&folded, &needs), &mut context)?;
        let reasons = self.told(why_not_shipped(state, &context))?;
        let list = state.exceptions(&context.instructions);
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
        }))
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
        let deviations = state.exceptions(&self.ledger.pinned(self.connection, state)?);
        let deviations =
            deviations.into_iter().filter(|one| matches!(one.kind, "deviation" | "permit"));
        Ok(Some(Certificate {
            number: release.at.clone(),
            traveler: id.clone(),
            part: state.started.as_ref().map_or_else(String::new, |s| s.part.to_string()),
            pieces: state.started.as_ref().and_then(|s| s.pieces).map(|_| state.pieces()),
            not_valid: state.not_valid(release),
            definitions: definitions(state),
            results: results(state),
            deviations: deviations.map(|one| one.what).collect(),
            exceptions: release.what.exceptions,
            signatures: of_attempts(standing(state)),
            released: signed(release),
        }))
    }
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
