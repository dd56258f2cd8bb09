//! `gemba serve erase`: what the plant knows of a person by name goes; the opaque id stays in facts.

use serde_json::json;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::PersonId;
use crate::server::error::ServerError;
use crate::server::home::Home;
use crate::server::office::Office;

/// Erases a person's card, or shows which one it would be.
pub(super) fn run(
    console: &Console,
    home: Home,
    (person, apply): (&PersonId, bool),
) -> Result<Exit, Fault> {
    let office = Office::open(home)?;
    let Some(card) = office.store().card(person).map_err(ServerError::from)? else {
        let what = format!("{person} has no card here");
        let next = "gemba person list tells who has which id; a name that was imported and has no \
                    PIN yet is at that station alone, and goes with gemba person revoke";
        return Err(Fault::refused(what, "").next(next));
    };
    let (name, badge, printer) = (&card.name, &card.badge, &console.printer);
    let erased = apply && office.store().erase_card(person).map_err(ServerError::from)?;
    if erased {
        printer.line(format!("{person} has no name, no badge and no PIN any more"));
        printer
            .line("stations forget them with their next exchange; what is recorded keeps the id");
        printer.line("→ a backup made before still has the card, and brings it back");
    } else {
        printer.line(format!("{person}: {name}, badge {badge}"));
        printer.line(format!("nothing was erased yet → gemba serve erase {person} --apply"));
    }
    printer.value(&json!({
        "person": person, "erased": erased, "name": (!erased).then_some(name),
        "badge": (!erased).then_some(badge),
    }));
    Ok(Exit::Done)
}
