//! `gemba instruction`: who uses a standard step.

use clap::Subcommand;

use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::InstructionId;
use crate::views::query::{Answer, Query};
use crate::views::register::UserRow;

#[derive(Debug, Subcommand)]
pub enum InstructionCommand {
    /// List the instructions that include a standard step, and by which revision
    #[command(
        after_help = "Example: gemba instruction users STD-CLEAN\n\nJSON, one instruction a \
                            line: instruction, revision, title, standing, step, includes, newest"
    )]
    Users {
        /// The standard step
        standard: InstructionId,
    },
}

/// Runs a command about instructions.
pub fn run(console: &Console, command: InstructionCommand) -> Result<Exit, Fault> {
    let InstructionCommand::Users { standard } = command;
    let Answer::Users(found) = rows::ask(console, &Query::Users { standard })? else {
        return Err(rows::mixed_up());
    };
    let head = ["instruction", "revision", "standing", "step", "includes rev", "newest"];
    rows::print(console, &head, &found, row);
    Ok(Exit::Done)
}

/// One user as printed.
pub fn row(user: &UserRow) -> Vec<String> {
    let newest = if user.newest { "yes" } else { "no: hand in a revision with the new one" };
    vec![
        user.instruction.to_string(),
        user.revision.to_string(),
        user.standing.clone(),
        user.step.to_string(),
        user.includes.to_string(),
        newest.to_owned(),
    ]
}
