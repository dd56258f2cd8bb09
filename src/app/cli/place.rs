//! `gemba place`: what is noted about the place where work is done.

use clap::Subcommand;

use super::signer::{Signer, SignerArgs};
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::{InstructionId, PlaceId, RevisionId};
use crate::domain::place::PlaceCommand as Asked;
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum PlaceCommand {
    /// Note that a place is set up for an instruction
    #[command(
        after_help = "Example: gemba place setup ASM-1 WI-1040 --note 'die 4' --badge B-2107"
    )]
    Setup {
        /// The place
        #[arg(id = "at", value_name = "PLACE")]
        place: PlaceId,
        /// The instruction
        instruction: InstructionId,
        /// Its revision
        #[arg(long)]
        revision: Option<RevisionId>,
        /// What was done
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Note that the tool was changed
    #[command(after_help = "Example: gemba place tool ASM-1 D-4 --badge B-2107")]
    Tool {
        /// The place
        #[arg(id = "at", value_name = "PLACE")]
        place: PlaceId,
        /// The tool
        tool: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Note that the lot of material was changed
    #[command(after_help = "Example: gemba place material ASM-1 H-88 --badge B-2107")]
    Material {
        /// The place
        #[arg(id = "at", value_name = "PLACE")]
        place: PlaceId,
        /// The lot
        lot: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Let an operation go on that is held at a place, because units in a row failed there
    #[command(
        after_help = "Example: gemba place release ASM-1 WI-1040 --reason 'bit replaced, first \
                            unit good' --badge B-4011"
    )]
    Release {
        /// The place
        #[arg(id = "at", value_name = "PLACE")]
        place: PlaceId,
        /// The instruction
        instruction: InstructionId,
        /// Why it may go on
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// List places, with what is held there
    #[command(
        after_help = "Example: gemba place list\n\nJSON, one place a line: place, name, site, \
                            area, work_center, per_hour, held (hold, since, instruction, \
                            characteristic, name, failures (unit, reading, value))"
    )]
    List,
}

/// Runs a command about places.
pub fn run(console: &Console, command: PlaceCommand) -> Result<Exit, Fault> {
    match command {
        PlaceCommand::Setup { place, instruction, revision, note, signer } => {
            let what = format!("{place} set up for {instruction}");
            let asked = Asked::SetUp { instruction, revision, note };
            act(console, (place, signer), &what, asked)
        }
        PlaceCommand::Tool { place, tool, signer } => {
            let what = format!("{place}: tool changed, {tool}");
            act(console, (place, signer), &what, Asked::ChangeTool { tool })
        }
        PlaceCommand::Material { place, lot, signer } => {
            let what = format!("{place}: material changed, {lot}");
            act(console, (place, signer), &what, Asked::ChangeMaterial { lot })
        }
        PlaceCommand::Release { place, instruction, reason, signer } => {
            let what = format!("{instruction} goes on at {place}");
            act(console, (place, signer), &what, Asked::ReleaseOperation { instruction, reason })
        }
        PlaceCommand::List => list(console),
    }
}

/// What is noted about a place happens there.
fn act(
    console: &Console,
    (place, signer): (PlaceId, SignerArgs),
    what: &str,
    asked: Asked,
) -> Result<Exit, Fault> {
    let signer = SignerArgs { place: Some(place.clone()), ..signer };
    acts::act(console, &signer, what, |_: &Signer| Command::Place(place, asked))
}

fn list(console: &Console) -> Result<Exit, Fault> {
    let Answer::Places(found) = rows::ask(console, &Query::Places)? else {
        return Err(rows::mixed_up());
    };
    rows::print(console, &["place", "name", "site", "area", "work center"], &found, |row| {
        vec![
            row.place.to_string(),
            row.name.clone(),
            row.site.to_string(),
            row.area.to_string(),
            row.work_center.to_string(),
        ]
    });
    if !console.printer.is_json() {
        for row in &found {
            for held in &row.held {
                console.printer.line(format!("at {}: {}", row.place, held.words()));
            }
        }
    }
    Ok(Exit::Done)
}
