//! `gemba ticket`: the hand-off ticket of a unit, as text, as a code and as a picture.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Console;
use super::unit::traveler_id;
use crate::app::fault::{Exit, Fault};
use crate::app::picture;
use crate::domain::stream::TravelerId;
use crate::ui::parts::code::{QUIET_IN_PRINT, QUIET_ON_SCREEN, Squares};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba ticket WO-1881/0007 --png ticket.png\n\nA unit on hold, or \
                        with an open deviation, gets no ticket. Where it goes on, scan the code on \
                        any screen, or give its text: gemba traveler accept-upstream \
                        WO-1881/0007 --ticket TEXT.\n\nJSON, one value: text, traveler, part, \
                        pieces, station, drawn, done (operation and name), against, png"
)]
pub struct TicketArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    unit: TravelerId,
    /// Write the code as a picture to this file
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
}

/// Draws the ticket of a unit.
pub fn run(console: &Console, args: &TicketArgs) -> Result<Exit, Fault> {
    let station = console.station()?;
    let view = station.draw_ticket(&args.unit)?;
    let code = |quiet| {
        let too_long = || Fault::cannot("no code can be drawn", "the ticket is too long for one");
        Squares::of(&view.text, quiet).ok_or_else(too_long)
    };
    if let Some(path) = &args.png {
        picture::write(path, &code(QUIET_IN_PRINT)?)?;
    }
    if console.printer.is_json() {
        let mut value = serde_json::to_value(&view).unwrap_or_default();
        value["png"] = json!(args.png);
        console.printer.value(&value);
        return Ok(Exit::Done);
    }
    if std::io::stdout().is_terminal() {
        console.printer.code(&code(QUIET_ON_SCREEN)?, console.config.terminal_kind(80, 24));
    }
    console.printer.line(&view.text);
    let pieces = view.pieces.map(|pieces| format!("{pieces} pieces, ")).unwrap_or_default();
    let drawn = view.drawn.to_zoned(station.zone()).strftime("%Y-%m-%d %H:%M").to_string();
    let by = view.station.as_deref().unwrap_or_default();
    let done = view.done_words().join(", ");
    let said = format!("{}  {}  {pieces}done {done}  {by}, {drawn}", view.traveler, view.part);
    console.printer.remark(said);
    if let Some(path) = &args.png {
        console.printer.remark(format!("written: {}", path.display()));
    }
    Ok(Exit::Done)
}
