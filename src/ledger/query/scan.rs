//! What a scanned or typed code names here.

use crate::domain::ids::{DeviationId, PartId, PermitId};
use crate::domain::label::Label;
use crate::domain::stream::{Subject, TravelerId};
use crate::ledger::error::LedgerError;
use crate::ledger::labels::label;
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
        match label(self.connection, code)? {
            Some(Label::Badge) => return Ok(ScanMeaning::Badge),
            Some(Label::Place(place)) => return Ok(ScanMeaning::Place(place)),
            Some(Label::Order(order)) => return Ok(ScanMeaning::Order(order)),
            Some(Label::Gauge(gauge)) => return Ok(ScanMeaning::Gauge(gauge)),
            // Which units there are is looked up below.
            Some(Label::Unit(_)) | None => {}
        }
        if let Some(id) = TravelerId::parse(code) {
            let subject = Subject::Traveler(id.clone()).to_string();
            let known = self.has("SELECT 1 FROM traveler_row WHERE subject = ?1", &subject)?;
            return Ok(if known { ScanMeaning::Traveler(id) } else { ScanMeaning::Unknown });
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
        if self.has("SELECT 1 FROM deviation_row WHERE deviation = ?1", code)?
            && let Ok(deviation) = DeviationId::parse(code)
        {
            return Ok(ScanMeaning::Deviation(deviation));
        }
        if self.has("SELECT 1 FROM permit_row WHERE permit = ?1", code)?
            && let Ok(permit) = PermitId::parse(code)
        {
            return Ok(ScanMeaning::Permit(permit));
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
