//! `gemba instruction`: show, withdraw, received, read, and who uses a standard step.

use clap::Subcommand;

use super::definition::{WithdrawArgs, received, show_definition};
use super::read::read;
use super::signer::SignerArgs;
use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::{InstructionId, RevisionId};
use crate::domain::stream::Subject;
use crate::views::definition::standing_words;
use crate::views::query::{Answer, Query};
use crate::views::register::UserRow;

#[derive(Debug, Subcommand)]
pub enum InstructionCommand {
    /// Show an instruction or a standard step: its revisions, who approved them, who uses it
    #[command(after_help = "Example: gemba instruction show WI-1040\n\nJSON: kind, id, title, \
                            revisions [{revision, hash, standing, superseded_by, from, withdrawn {reason, \
                            stop_work, at}, handed_in_by, approvals [{fact, signer, \
                            printed_name, role, meaning, at, components, covers, units, covering, \
                            uncovered_by}], approvals_open, complete, before}], users [{kind, id, revision, uses, \
                            outdated, standing}]\nstanding is submitted, released, in effect, \
                            later, superseded or withdrawn")]
    Show {
        /// The instruction or standard step
        instruction: InstructionId,
    },
    /// List revisions of instructions: how they stand, and who approved them
    #[command(after_help = "Example: gemba instruction list\n\nJSON, one revision a line: what, \
                            id, revision, title, hash, standing, superseded_by, from, withdrawn, \
                            approvals_open, approvals (fact, signer, printed_name, role, \
                            meaning, at, components, covers, units, covering, uncovered_by), complete")]
    List,
    /// Take a released revision back: nothing is started by it any more
    #[command(
        after_help = "Example: gemba instruction withdraw WI-1040 C --reason 'wrong torque' \
                            --stop-work --badge B-5003\n\nJSON: saved, facts, waiting"
    )]
    Withdraw {
        /// The instruction
        instruction: InstructionId,
        #[command(flatten)]
        args: WithdrawArgs,
    },
    /// Say which stations have what was last said of a revision; the server must answer
    #[command(after_help = "Example: gemba instruction received WI-1040 C\n\nExit code 3 without \
                            an answer.\nJSON, one station a line: station, received, last_contact, \
                            work_centers")]
    Received {
        /// The instruction
        instruction: InstructionId,
        /// The revision
        revision: RevisionId,
    },
    /// Show what a revision changed, and note that you have read it; without one, that in effect
    #[command(after_help = "Example: gemba instruction read WI-1040 --badge B-2107\n\nJSON: the \
                            changes first, one a line: step, characteristic, what, old, new; then \
                            saved, facts, waiting")]
    Read {
        /// The instruction
        instruction: InstructionId,
        /// The revision
        revision: Option<RevisionId>,
        #[command(flatten)]
        signer: SignerArgs,
    },
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
    let standard = match command {
        InstructionCommand::List => return list(console, "instruction"),
        InstructionCommand::Users { standard } => standard,
        InstructionCommand::Show { instruction } => {
            return show_definition(console, Subject::Instruction(instruction));
        }
        InstructionCommand::Withdraw { instruction, args } => {
            return args.run(console, &Subject::Instruction(instruction));
        }
        InstructionCommand::Received { instruction, revision } => {
            return received(console, &Subject::Instruction(instruction), &revision);
        }
        InstructionCommand::Read { instruction, revision, signer } => {
            return read(console, &instruction, revision.as_ref(), &signer);
        }
    };
    let Answer::Users(found) = rows::ask(console, &Query::Users { standard })? else {
        return Err(rows::mixed_up());
    };
    let head = ["instruction", "revision", "standing", "step", "includes rev", "newest"];
    rows::print(console, &head, &found, row);
    rows::say_what_is_not_here(console)?;
    Ok(Exit::Done)
}

/// Lists the revisions of one kind of definition.
pub fn list(console: &Console, what: &str) -> Result<Exit, Fault> {
    let Answer::Definitions(mut found) = rows::ask(console, &Query::Definitions)? else {
        return Err(rows::mixed_up());
    };
    found.retain(|row| row.what == what);
    rows::print(console, &["id", "revision", "title", "standing"], &found, |row| {
        let from = row.from.as_ref().map_or_else(String::new, |from| format!(", {from}"));
        vec![
            row.id.clone(),
            row.revision.to_string(),
            row.title.clone(),
            format!("{}{from}", standing_words(&row.standing, row.superseded_by.as_ref())),
        ]
    });
    for row in &found {
        let (id, revision) = (&row.id, &row.revision);
        for signature in &row.approvals {
            console.printer.line(format!("{id} rev {revision}: {}", signature.words_in_full()));
        }
        if !row.approvals_open.is_empty() {
            let open = row.approvals_open.join(", ");
            console.printer.line(format!("{id} rev {revision}: still to approve: {open}"));
        }
    }
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
