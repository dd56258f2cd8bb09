//! A unit on the command line: ORDER/UNIT, or a code that names one, as the screens take it.

use std::error::Error;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};

use super::{Console, rows};
use crate::app::fault::Fault;
use crate::domain::refusal::Refusal;
use crate::domain::scan::{self, Content};
use crate::domain::stream::TravelerId;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

/// How a unit is written.
#[derive(Debug, thiserror::Error)]
#[error("write it as ORDER/UNIT, such as WO-1881/0007, or scan its label")]
pub struct NoUnit;

/// Reads `ORDER/UNIT`.
pub fn traveler_id(text: &str) -> Result<TravelerId, NoUnit> {
    TravelerId::parse(text).ok_or(NoUnit)
}

/// The arguments with the unit in the place of the code that names it; none where what was said of them
/// is about something else, or where the code is none that this station knows.
pub fn with_unit(
    console: &Console,
    said: &clap::Error,
    arguments: &[OsString],
) -> Result<Option<Vec<OsString>>, Fault> {
    let about_unit = said.source().is_some_and(<dyn Error>::is::<NoUnit>);
    let Some(ContextValue::String(code)) = said.get(ContextKind::InvalidValue) else {
        return Ok(None);
    };
    let at = arguments.iter().position(|argument| argument.to_str() == Some(code.as_str()));
    let Some(at) = at.filter(|_| about_unit) else { return Ok(None) };
    let Some(unit) = named(console, code)? else { return Ok(None) };
    let mut arguments = arguments.to_vec();
    if let Some(argument) = arguments.get_mut(at) {
        *argument = unit.to_string().into();
    }
    Ok(Some(arguments))
}

/// The unit that a code names here, looked up as a scan on a screen is.
fn named(console: &Console, code: &str) -> Result<Option<TravelerId>, Fault> {
    let read = scan::read(code, console.config.separators());
    let content = read.map_err(|reason| Refusal::one(reason.into()))?;
    let plain = matches!(content, Content::Plain(_));
    let texts = content.known_by().map_err(|reason| Refusal::one(reason.into()))?;
    let station = match console.reader() {
        Ok(station) => station,
        // Without a store nothing is known that a text could name; what is wrong with it is said.
        Err(_) if plain => return Ok(None),
        Err(fault) => return Err(fault),
    };
    for code in texts {
        let Answer::Scan(meaning) = station.answer(&Query::Scan { code: code.clone() })? else {
            return Err(rows::mixed_up());
        };
        match meaning {
            ScanMeaning::Traveler(id) => return Ok(Some(id)),
            ScanMeaning::Travelers(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                let several = Fault::refused(format!("several units have the number {code}"), "");
                return Err(several.next(format!("name one of them: {}", ids.join(", "))));
            }
            ScanMeaning::LeftOut(_)
            | ScanMeaning::Badge
            | ScanMeaning::Card(_)
            | ScanMeaning::Place(_)
            | ScanMeaning::Order(_)
            | ScanMeaning::Gauge(_)
            | ScanMeaning::Part(_)
            | ScanMeaning::Deviation(_)
            | ScanMeaning::Permit(_)
            | ScanMeaning::Unknown => {}
        }
    }
    // A text of one value that names nothing was rather written wrongly.
    if plain {
        return Ok(None);
    }
    let what = format!("{} names no unit that is known here", content.line());
    Err(Fault::refused(what, "").next("check the label, or fetch what is new: gemba sync"))
}
