//! Orders out of a file: what is made, which units, through which operations.

use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::{InstructionId, OrderId, PlaceId, UnitId, WorkCenterId};
use crate::domain::order::{OrderCommand, OrderOpened, RouteOperation, Units, serials};
use crate::domain::stream::{StreamState, Subject};

use super::cells::{Cells, several};
use super::plan::Planned;
use super::table::Column;

/// The columns of a file of orders.
pub const COLUMNS: [Column; 9] = [
    Column::required("order", &["id", "order-number"]),
    Column::required("part", &["part-number"]),
    Column::new("quantity", &["qty"]),
    Column::new("serials", &["serial", "serial-numbers"]),
    Column::new("lot", &["batch"]),
    Column::required("route", &["instructions", "instruction"]),
    Column::new("place", &["work-center"]),
    Column::new("due", &["due-date"]),
    Column::new("priority", &[]),
];

/// How urgent an order is that does not say.
const PRIORITY: u8 = 5;

/// Reads one row.
pub fn read(cells: &mut Cells<'_>, station: &Station) -> Result<Option<Planned>, Fault> {
    let Some(id) = cells.needed_id("order") else { return Ok(None) };
    let id: OrderId = id;
    let folded = station.ledger.stream(&Subject::Order(id.clone()))?;
    let StreamState::Order(known) = folded.stream.state else { return Ok(None) };
    let mut planned = Planned::about(&id, known.opened.is_some());
    let part = cells.needed_id("part");
    let units = units(cells);
    let route = route(cells, station)?;
    let due = cells.date("due");
    let priority = cells.whole("priority").unwrap_or(PRIORITY);
    let (Some(part), Some(units)) = (part, units) else { return Ok(Some(planned)) };
    let opened = OrderOpened { part, units, route, due, priority };
    if known.opened.as_ref() != Some(&opened) {
        let pieces = opened.units.pieces().map_or_else(
            || format!("{} units", opened.units.ids().len()),
            |pieces| format!("a lot of {pieces}"),
        );
        let due = due.map_or_else(String::new, |due| format!(", due {due}"));
        let what = format!("{} {pieces}{due}", opened.part);
        planned.ask(what, Command::Order(id, OrderCommand::Open(opened)));
    }
    Ok(Some(planned))
}

fn units(cells: &mut Cells<'_>) -> Option<Units> {
    let quantity: Option<u32> = cells.whole("quantity");
    let lot: Option<UnitId> = cells.id("lot");
    let serials = cells.parsed("serials", serials, "write them such as 0001..0020, or each one");
    match (cells.text("serials"), cells.text("lot")) {
        (Some(_), Some(_)) => {
            let what = "An order has single units or a lot, not both.";
            cells.unread("lot", what, "leave one of the cells empty");
            None
        }
        (None, None) => {
            let next = "name the units such as 0001..0020, or name a lot in the column lot";
            cells.empty("serials", next);
            None
        }
        (None, Some(_)) => {
            if cells.text("quantity").is_none() {
                cells.empty("quantity", "say how many pieces the lot has");
            }
            lot.zip(quantity).map(|(lot, quantity)| Units::Lot { lot, quantity })
        }
        (Some(_), None) => {
            let serials = serials?;
            let named = u32::try_from(serials.len()).unwrap_or(u32::MAX);
            if quantity.is_some_and(|quantity| quantity != named) {
                let what = format!("The column serials names {named} units.");
                cells.unread("quantity", what, "make both agree, or leave the quantity empty");
            }
            Some(Units::Serials(serials))
        }
    }
}

/// Operations such as `20:WI-1040:ASM`; or instructions alone, which say themselves which operation
/// they are and where they are done, unless the column `place` says it.
fn route(cells: &mut Cells<'_>, station: &Station) -> Result<Vec<RouteOperation>, Fault> {
    let place = work_center(cells, station)?;
    let mut route = Vec::new();
    let Some(text) = cells.needed("route") else { return Ok(route) };
    for part in several(text).flat_map(str::split_whitespace).filter(|part| *part != ">") {
        let next = "write it such as 20:WI-1040:ASM, or the instruction alone";
        if part.contains(':') {
            match crate::app::cli::order::operation(part) {
                Ok(operation) => route.push(operation),
                Err(why) => cells.unread("route", format!("{part:?}: {why}."), next),
            }
            continue;
        }
        let instruction = match InstructionId::parse(part) {
            Ok(instruction) => instruction,
            Err(why) => {
                cells.unread("route", format!("{part:?}: {why}."), next);
                continue;
            }
        };
        let Some(compiled) = station.ledger.released_instruction(&instruction)? else {
            let what = format!("{instruction} is not released at this station.");
            let next = "fetch what is new (gemba sync), or write it such as 20:WI-1040:ASM";
            cells.unread("route", what, next);
            continue;
        };
        let work_center = place.clone().unwrap_or_else(|| compiled.work_center.clone());
        route.push(RouteOperation { operation: compiled.operation, instruction, work_center });
    }
    Ok(route)
}

/// The work center that a file names, or that of the place that it names.
fn work_center(cells: &mut Cells<'_>, station: &Station) -> Result<Option<WorkCenterId>, Fault> {
    let Some(named) = cells.id("place") else { return Ok(None) };
    let named: WorkCenterId = named;
    let Ok(place) = PlaceId::parse(named.as_str()) else { return Ok(Some(named)) };
    let folded = station.ledger.stream(&Subject::Place(place))?;
    let StreamState::Place(state) = folded.stream.state else { return Ok(Some(named)) };
    Ok(Some(state.defined.map_or(named, |defined| defined.work_center)))
}
