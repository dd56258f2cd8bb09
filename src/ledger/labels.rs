//! What the text of a label names at this station.

use rusqlite::Connection;

use crate::domain::ids::{GaugeId, OrderId, PlaceId};
use crate::domain::label::Label;

use super::error::LedgerError;

/// What a text is the label of: a badge, a place, an order or a gauge that is known here.
pub(super) fn label(connection: &Connection, text: &str) -> Result<Option<Label>, LedgerError> {
    let has =
        |sql| -> Result<bool, LedgerError> { Ok(connection.prepare_cached(sql)?.exists([text])?) };
    if has("SELECT 1 FROM card WHERE badge = ?1")? {
        return Ok(Some(Label::Badge));
    }
    if let Ok(place) = PlaceId::parse(text)
        && has("SELECT 1 FROM place_row WHERE place = ?1")?
    {
        return Ok(Some(Label::Place(place)));
    }
    if let Ok(order) = OrderId::parse(text)
        && has("SELECT 1 FROM order_row WHERE order_id = ?1")?
    {
        return Ok(Some(Label::Order(order)));
    }
    if let Ok(gauge) = GaugeId::parse(text)
        && has("SELECT 1 FROM gauge_row WHERE gauge = ?1")?
    {
        return Ok(Some(Label::Gauge(gauge)));
    }
    Ok(None)
}
