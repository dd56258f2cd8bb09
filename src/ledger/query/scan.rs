//! What a scanned or typed code names here.

use crate::domain::ids::{GaugeId, OrderId, PartId, PlaceId};
use crate::domain::stream::{Subject, TravelerId};
use crate::ledger::error::LedgerError;
use crate::views::scan::{Card, ScanMeaning};

use super::{Asked, id_in};

/// The most units of one number that are offered.
const SAME_NUMBER_MAX: u32 = 20;

impl Asked<'_> {
    pub(super) fn scan(self, code: &str) -> Result<ScanMeaning, LedgerError> {
        let code = code.trim();
        if let Some(card) = Card::parse(code) {
            return Ok(ScanMeaning::Card(card));
        }
        if self.ledger.card_by_badge(code)?.is_some() {
            return Ok(ScanMeaning::Badge);
        }
        if let Some(id) = TravelerId::parse(code) {
            let subject = Subject::Traveler(id.clone()).to_string();
            let known = self.has("SELECT 1 FROM traveler_row WHERE subject = ?1", &subject)?;
            return Ok(if known { ScanMeaning::Traveler(id) } else { ScanMeaning::Unknown });
        }
        if self.has("SELECT 1 FROM place_row WHERE place = ?1", code)?
            && let Ok(place) = PlaceId::parse(code)
        {
            return Ok(ScanMeaning::Place(place));
        }
        if self.has("SELECT 1 FROM order_row WHERE order_id = ?1", code)?
            && let Ok(order) = OrderId::parse(code)
        {
            return Ok(ScanMeaning::Order(order));
        }
        if self.has("SELECT 1 FROM gauge_row WHERE gauge = ?1", code)?
            && let Ok(gauge) = GaugeId::parse(code)
        {
            return Ok(ScanMeaning::Gauge(gauge));
        }
        let units = self.units(code)?;
        match units.as_slice() {
            [] => {}
            [one] => return Ok(ScanMeaning::Traveler(one.clone())),
            _ => return Ok(ScanMeaning::Travelers(units)),
        }
        if self.has("SELECT 1 FROM order_row WHERE part = ?1", code)?
            && let Ok(part) = PartId::parse(code)
        {
            return Ok(ScanMeaning::Part(part));
        }
        Ok(ScanMeaning::Unknown)
    }

    fn has(self, sql: &str, code: &str) -> Result<bool, LedgerError> {
        Ok(self.connection.prepare_cached(sql)?.exists([code])?)
    }

    fn units(self, number: &str) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = "SELECT order_id, unit FROM traveler_row WHERE unit = ?1
                   ORDER BY order_open DESC, order_id LIMIT ?2";
        self.rows(sql, (number, SAME_NUMBER_MAX), |row| {
            Ok(TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? })
        })
    }
}
