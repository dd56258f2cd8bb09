//! What was read with a gauge on pieces of lots that were inspected: in doubt where it failed, as what
//! was read on units is (R10).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::fact::Position;
use crate::domain::gauge::GaugeFailure;
use crate::domain::ids::GaugeId;
use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::series::{Lot, LotStanding, PieceRecord, SeriesId};
use crate::domain::material::{MaterialId, MaterialState};
use crate::domain::quantity::Verdict;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::kin::{KinWanted, gather, split_off_inspected};
use crate::domain::understood::{BECOMES, understood};
use crate::domain::words::{Words, words};
use crate::ledger::error::LedgerError;
use crate::views::gauge::{GaugePieceRow, lot_name};

use super::{Asked, get};

/// What was read on pieces, and what is to be done about their lots.
#[derive(Debug, Default)]
pub(in crate::ledger::query) struct OnPieces {
    pub(in crate::ledger::query) rows: Vec<GaugePieceRow>,
    /// Lots of own production that no hold names yet, with what was split off them.
    pub(super) to_hold: BTreeSet<TravelerId>,
    /// Lots of material that no block names yet.
    pub(super) lots_to_hold: BTreeSet<MaterialId>,
    /// Lots of material that are blocked for the failure.
    pub(super) lots_held: BTreeSet<MaterialId>,
    /// Lots of own production that are not at this station.
    pub(super) not_here: BTreeSet<TravelerId>,
}

/// Where a lot is now, and by which failure of the gauge it is held.
struct Stands {
    words: Words,
    ended: bool,
    /// Whether the lot of own production is at this station; nothing of it is held from elsewhere.
    is_here: bool,
    /// The lot of own production and what was split off it; none of material.
    units: Vec<TravelerId>,
    material: MaterialState,
}

/// By unit and record, whether the hold for a failure was released.
type Holds = BTreeMap<(String, String), bool>;

impl Asked<'_> {
    /// Every value that was read on a piece with a gauge in a span of time.
    pub(in crate::ledger::query) fn pieces_with(
        self,
        gauge: &GaugeId,
        (from, until): (Option<Timestamp>, Timestamp),
        failure: Option<&GaugeFailure>,
    ) -> Result<OnPieces, LedgerError> {
        let sql = "SELECT subject FROM link_row WHERE kind = 'gauge' AND id = ?1 ORDER BY subject";
        let subjects: Vec<String> = self.rows(sql, [gauge.as_str()], |row| get(row, "subject"))?;
        let holds = self.gauge_holds(failure)?;
        let mut found = OnPieces::default();
        for subject in subjects {
            let Some(Subject::Series(id)) = Subject::parse(&subject) else { continue };
            let folded = self.ledger.load(self.connection, &Subject::Series(id.clone()))?;
            let StreamState::Series(state) = &folded.stream.state else { continue };
            for lot in &state.lots {
                let in_span = |at: Timestamp| from.is_none_or(|from| at >= from) && at <= until;
                let mut read = lot.read_with(gauge);
                if read.any(|(record, _)| in_span(record.moment.effective())) {
                    let stands = self.lot_stands(&id, lot)?;
                    found.add((&id, lot, &stands), (gauge, &in_span), (failure, &holds));
                }
            }
        }
        Ok(found)
    }

    fn gauge_holds(self, failure: Option<&GaugeFailure>) -> Result<Holds, LedgerError> {
        let Some(failure) = failure else { return Ok(Holds::new()) };
        let sql = "SELECT subject, reading, released FROM gauge_hold WHERE failed = ?1";
        let rows = self.rows(sql, [failure.at.to_string()], |row| {
            let (subject, reading) = (get(row, "subject")?, get(row, "reading")?);
            Ok(((subject, reading), get::<bool>(row, "released")?))
        })?;
        Ok(rows.into_iter().collect())
    }

    fn lot_stands(self, id: &SeriesId, lot: &Lot) -> Result<Stands, LedgerError> {
        let words = Words::plain(lot.standing().words());
        let Some(unit) = &lot.opened.unit else {
            let gone = [LotEnd::Return, LotEnd::Scrap].map(LotStanding::Disposed);
            let ended = gone.contains(&lot.standing());
            let lot = MaterialId { part: id.part.clone(), lot: lot.opened.lot.clone() };
            let folded = self.ledger.load(self.connection, &Subject::Material(lot))?;
            let state = &folded.stream.state;
            let StreamState::Material(material) = state else {
                return Err(LedgerError::damaged("a lot of material is something else"));
            };
            let (is_here, units) = (true, Vec::new());
            return Ok(Stands { words, ended, is_here, units, material: material.clone() });
        };
        let sql = "SELECT ended, shipped_ms FROM traveler_row WHERE subject = ?1";
        let subject = Subject::Traveler(unit.clone()).to_string();
        let now = self.rows(sql, [subject], |row| {
            Ok((get::<Option<String>>(row, "ended")?, get::<Option<i64>>(row, "shipped_ms")?))
        })?;
        let is_here = !now.is_empty();
        let (ended, shipped) = now.into_iter().next().unwrap_or_default();
        let words = match (&ended, shipped) {
            (Some(how), _) => understood(how, BECOMES),
            (None, Some(_)) => words!("{words}, shipped", words => words),
            (None, None) => words,
        };
        let units = self.with_split_off(unit, &lot.at)?;
        let material = MaterialState::default();
        Ok(Stands { words, ended: ended.is_some(), is_here, units, material })
    }

    /// A lot and all that was split off it, at any depth, but for what has ended and for pieces that had
    /// left when its inspection was opened.
    fn with_split_off(
        self,
        unit: &TravelerId,
        opened: &Position,
    ) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = "WITH RECURSIVE of_it (subject) AS (
                SELECT ?1 UNION SELECT s.subject FROM of_it o JOIN split_row s ON s.origin = o.subject
            )
            SELECT t.subject FROM of_it JOIN traveler_row t USING (subject) WHERE t.ended IS NULL";
        let subject = Subject::Traveler(unit.clone()).to_string();
        let subjects: Vec<String> = self.rows(sql, [subject], |row| get(row, "subject"))?;
        let units = subjects.iter().filter_map(|subject| match Subject::parse(subject) {
            Some(Subject::Traveler(unit)) => Some(unit),
            Some(_) | None => None,
        });
        let mut units: Vec<TravelerId> = units.collect();
        let load = |lot: &TravelerId| self.ledger.traveler_state(self.connection, lot);
        if let Some(state) = load(unit)? {
            let kin = gather((unit, &state), KinWanted::SplitOff, load)?;
            let of_it = split_off_inspected((unit, &state), opened, &kin);
            units.retain(|known| known == unit || of_it.contains(known));
        }
        Ok(units)
    }
}

impl Stands {
    /// How it stands; where it is not here, where it is to be held.
    fn words_of(&self, record: &PieceRecord) -> Words {
        if self.is_here {
            return self.words.clone();
        }
        match &record.place {
            Some(place) => words!("not here: hold it at {place}", place),
            None => words!("not here: hold it where it was inspected"),
        }
    }
}

impl OnPieces {
    /// Takes every value of a lot that was read with the gauge in the span.
    fn add(
        &mut self,
        (id, lot, stands): (&SeriesId, &Lot, &Stands),
        (gauge, in_span): (&GaugeId, &impl Fn(Timestamp) -> bool),
        (failure, holds): (Option<&GaugeFailure>, &Holds),
    ) {
        let material = MaterialId { part: id.part.clone(), lot: lot.opened.lot.clone() };
        let failed = failure.map(|failure| &failure.at);
        for (record, reading) in lot.read_with(gauge) {
            let taken = record.moment.effective();
            if !in_span(taken) {
                continue;
            }
            let held = failed.and_then(|failed| match &lot.opened.unit {
                None => stands.material.held_for_gauge(failed, &record.at),
                Some(unit) => is_held(holds, unit, &record.at),
            });
            // What was split off a lot that ended is there all the same.
            let unnamed = |unit: &&TravelerId| is_held(holds, unit, &record.at).is_none();
            self.to_hold.extend(stands.units.iter().filter(unnamed).cloned());
            if !stands.ended && lot.opened.unit.is_none() && held.is_none() {
                self.lots_to_hold.insert(material.clone());
            }
            if !stands.is_here {
                self.not_here.extend(lot.opened.unit.clone());
            }
            let margin = reading.margin();
            self.rows.push(GaugePieceRow {
                name_of_lot: lot_name(id, lot),
                part: id.part.clone(),
                supplier: id.supplier.clone(),
                lot: lot.opened.lot.clone(),
                unit: lot.opened.unit.clone(),
                piece: record.what.piece,
                name: reading.name.clone(),
                value: shown(&reading.value),
                margin: margin.map(|margin| margin.number.normalize().to_string()),
                margin_unit: margin.map(|margin| margin.unit),
                verdict: reading.verdict.map(Verdict::word).map(str::to_owned),
                place: record.place.clone(),
                taken,
                standing: stands.words_of(record),
                ended: stands.ended,
                hold: held.map(|held| if held { "held" } else { "released" }.to_owned()),
                fact: record.at.clone(),
            });
        }
        let blocked = |failed: &Position| !stands.material.held_for(failed).is_empty();
        if lot.opened.unit.is_none() && failed.is_some_and(blocked) {
            self.lots_held.insert(material);
        }
    }
}

/// Whether a unit is held for a record; none where no hold names it.
fn is_held(holds: &Holds, unit: &TravelerId, record: &Position) -> Option<bool> {
    let subject = Subject::Traveler(unit.clone()).to_string();
    holds.get(&(subject, record.to_string())).map(|released| !released)
}
