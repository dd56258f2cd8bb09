//! What a scanned or typed code names here.

use crate::domain::ids::{DeviationId, OrderId, PartId, PermitId};
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
            Some(Label::Unit(_) | Label::Ticket | Label::Card) | None => {}
        }
        if let Some(id) = TravelerId::parse(code) {
            let subject = Subject::Traveler(id.clone()).to_string();
            let known = self.has("SELECT 1 FROM traveler_row WHERE subject = ?1", &subject)?;
            return if known { Ok(ScanMeaning::Traveler(id)) } else { self.left_out(&id.order) };
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
        OrderId::parse(code).map_or(Ok(ScanMeaning::Unknown), |order| self.left_out(&order))
    }

    /// What is not known here may be over, and be fetched.
    fn left_out(self, order: &OrderId) -> Result<ScanMeaning, LedgerError> {
        let left_out = self.ledger.is_left_out(order)?;
        Ok(if left_out { ScanMeaning::LeftOut(order.clone()) } else { ScanMeaning::Unknown })
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
