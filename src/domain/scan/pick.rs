//! Which value of a code an ask takes.

use jiff::civil::Date;

use crate::domain::ids::PartId;
use crate::domain::instruction::{Ask, InstallBy, ScanMatch};
use crate::domain::refusal::component::ComponentReason;
use crate::domain::refusal::{Reason, Refusal};

use super::Content;
use super::names::Names;
use crate::domain::refusal::scan::ScanReason;

/// The text that an ask records of a code, on a unit of the part that is made.
///
/// A component is its serial or its lot, as the ask says, of the part that the ask names, and not past
/// its date; a unit is its serial, or its lot where it is one. Where anything goes, the whole code is
/// recorded in one line.
pub fn text(
    (ask, made): (&Ask, &PartId),
    content: &Content,
    today: Date,
) -> Result<String, Refusal> {
    if let Content::Plain(text) = content {
        return Ok(text.clone());
    }
    let names = Names::of(content);
    let mut reasons: Vec<Reason> = Vec::new();
    reasons.extend(other_part(ask, made, &names).map(Reason::from));
    let picked = picked(ask, content, &names).map_err(|reason| reasons.push(reason.into()));
    if let (Ask::Install { .. }, Ok(identity)) = (ask, &picked) {
        match names.expires(today) {
            Ok(Some(expires)) if expires < today => {
                let identity = identity.clone();
                reasons.push(ComponentReason::Expired { identity, expires }.into());
            }
            Ok(_) => {}
            Err(unknown) => reasons.push(unknown.into()),
        }
    }
    match picked {
        Ok(picked) if reasons.is_empty() => Ok(picked),
        Ok(_) | Err(()) => Err(Refusal::of(reasons)),
    }
}

fn picked(ask: &Ask, content: &Content, names: &Names) -> Result<String, ScanReason> {
    match ask {
        Ask::Install { by: InstallBy::Lot, .. } => one("lot", &names.lots, content),
        Ask::Scan { matches: ScanMatch::Unit, .. } if names.serials.is_empty() => {
            one("serial number or lot", &names.lots, content)
        }
        Ask::Install { by: InstallBy::Serial, .. } | Ask::Scan { matches: ScanMatch::Unit, .. } => {
            one("serial number", &names.serials, content)
        }
        // Whoever made it is this plant.
        Ask::Scan { matches: ScanMatch::Part, .. } => {
            first("part", names.made_as.iter().chain(names.parts()), content)
        }
        Ask::Scan { matches: ScanMatch::Place, .. } => first("place", &names.assets, content),
        Ask::Scan { matches: ScanMatch::Order, .. } => Err(missing("order", content)),
        Ask::Scan { matches: ScanMatch::Any, .. }
        | Ask::Enter { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Wait(_)
        | Ask::Sign(_) => Ok(content.line()),
    }
}

/// Why a label is of another part than the one that is wanted.
///
/// A component has the number by which it was bought; where its label has none, that of its maker, which
/// is this plant or one whose numbers it uses. A unit has the number of its maker, which is this plant: by
/// which its buyers know it, nobody here can tell. The number of an article (GTIN) is no plant's own.
fn other_part(ask: &Ask, made: &PartId, names: &Names) -> Option<ScanReason> {
    let (wanted, said) = match ask {
        Ask::Install { part, .. } if names.bought_as.is_empty() => (part, &names.made_as),
        Ask::Install { part, .. } => (part, &names.bought_as),
        Ask::Scan { matches: ScanMatch::Unit, .. } => (made, &names.made_as),
        Ask::Scan {
            matches: ScanMatch::Part | ScanMatch::Place | ScanMatch::Order | ScanMatch::Any,
            ..
        }
        | Ask::Enter { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Wait(_)
        | Ask::Sign(_) => return None,
    };
    let is = said.iter().find(|said| !said.trim().eq_ignore_ascii_case(wanted.as_str()))?;
    Some(ScanReason::OtherPart { is: is.clone(), wanted: wanted.clone() })
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

fn first<'a>(
    what: &'static str,
    values: impl IntoIterator<Item = &'a String>,
    content: &Content,
) -> Result<String, ScanReason> {
    values.into_iter().next().cloned().ok_or_else(|| missing(what, content))
}
