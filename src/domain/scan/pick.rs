//! Which value of a code an ask takes.

use jiff::civil::Date;

use crate::domain::instruction::{Ask, InstallBy, ScanMatch};
use crate::domain::refusal::Reason;
use crate::domain::refusal::component::ComponentReason;

use super::Content;
use super::names::Names;
use crate::domain::refusal::scan::ScanReason;

/// The text that an ask records of a code.
///
/// A component is its serial or its lot, as the ask says, and is not past its date; a unit is its
/// serial, or its lot where it is one. Where anything goes, the whole code is recorded in one line.
pub fn text(ask: &Ask, content: &Content, today: Date) -> Result<String, Reason> {
    if let Content::Plain(text) = content {
        return Ok(text.clone());
    }
    let names = Names::of(content);
    let picked = match ask {
        Ask::Install { by: InstallBy::Lot, .. } => one("lot", &names.lots, content),
        Ask::Scan { matches: ScanMatch::Unit, .. } if names.serials.is_empty() => {
            one("serial number or lot", &names.lots, content)
        }
        Ask::Install { by: InstallBy::Serial, .. } | Ask::Scan { matches: ScanMatch::Unit, .. } => {
            one("serial number", &names.serials, content)
        }
        Ask::Scan { matches: ScanMatch::Part, .. } => first("part", &names.parts, content),
        Ask::Scan { matches: ScanMatch::Place, .. } => first("place", &names.assets, content),
        Ask::Scan { matches: ScanMatch::Order, .. } => Err(missing("order", content)),
        Ask::Scan { matches: ScanMatch::Any, .. }
        | Ask::Enter { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Wait(_)
        | Ask::Sign(_) => Ok(content.line()),
    };
    let picked = picked.map_err(Reason::from)?;
    let expires = names.expires(today).filter(|expires| *expires < today);
    match (ask, expires) {
        (Ask::Install { .. }, Some(expires)) => {
            Err(ComponentReason::Expired { identity: picked, expires }.into())
        }
        _ => Ok(picked),
    }
}

fn missing(what: &'static str, content: &Content) -> ScanReason {
    ScanReason::Missing { what, holds: content.line() }
}

fn one(what: &'static str, values: &[String], content: &Content) -> Result<String, ScanReason> {
    match values {
        [] => Err(missing(what, content)),
        [one] => Ok(one.clone()),
        several => Err(ScanReason::Several { what, values: several.to_vec() }),
    }
}

fn first(what: &'static str, values: &[String], content: &Content) -> Result<String, ScanReason> {
    values.first().cloned().ok_or_else(|| missing(what, content))
}
