//! `gemba redline`: changes that the floor proposes, and what engineering answers.

use clap::{Args, Subcommand};

use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use super::{Console, acts, rows, signer};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::floor::FloorCommand;
use crate::domain::ids::{CharacteristicId, InstructionId, RedlineId, RevisionId, StepId};
use crate::domain::redline::{RedlineAnswer, RedlineCommand as Asked, RedlineProposed};
use crate::domain::stream::TravelerId;
use crate::views::query::{Answer, Query};
use crate::views::redline::RedlineRow;
use crate::views::signature::minute;

#[derive(Debug, Subcommand)]
pub enum RedlineCommand {
    /// Propose a change of a step
    #[command(after_help = "Example: gemba redline propose WI-1040 C torque --text 'say which \
                            socket' --place ASM-1 --badge B-2107\n\nJSON: saved, facts, waiting")]
    Propose(ProposeArgs),
    /// List redlines, open ones first
    #[command(
        after_help = "Example: gemba redline list --instruction WI-1040 --all\n\nJSON, one redline \
            a line: redline, instruction, revision, step, text, characteristic, reading, unit, by, \
            place, at, answer (accepted, revision, reason, by, at; null where it is open), done_in"
    )]
    List {
        /// Of this instruction only
        #[arg(long)]
        instruction: Option<InstructionId>,
        /// Answered ones as well
        #[arg(long)]
        all: bool,
    },
    /// Answer a redline, with a reason
    #[command(after_help = "Example: gemba redline answer RL-ASM1-0003 --accept --revision D \
                            --reason 'socket 13 is named' --badge B-5003")]
    Answer(AnswerArgs),
}

#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// The instruction
    instruction: InstructionId,
    /// The revision that is worked by
    revision: RevisionId,
    /// The step
    step: StepId,
    /// What should be otherwise
    #[arg(long)]
    text: String,
    /// The characteristic that it is about
    #[arg(long)]
    characteristic: Option<CharacteristicId>,
    /// The reading that shows why, as LEDGER.EPOCH.NUMBER
    #[arg(long, value_parser = position)]
    reading: Option<Position>,
    /// The unit that is worked on: ORDER/UNIT
    #[arg(long, value_parser = traveler_id)]
    unit: Option<TravelerId>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The redline
    redline: RedlineId,
    /// It will be done
    #[arg(long, required_unless_present = "reject", conflicts_with = "reject")]
    accept: bool,
    /// It will not
    #[arg(long)]
    reject: bool,
    /// In which revision, where that is known
    #[arg(long)]
    revision: Option<RevisionId>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

fn position(text: &str) -> Result<Position, String> {
    Position::parse(text).ok_or_else(|| "a record is named LEDGER.EPOCH.NUMBER".to_owned())
}

/// Runs a command about redlines.
pub fn run(console: &Console, command: RedlineCommand) -> Result<Exit, Fault> {
    match command {
        RedlineCommand::Propose(args) => propose(console, args),
        RedlineCommand::List { instruction, all } => list(console, instruction, all),
        RedlineCommand::Answer(args) => {
            let AnswerArgs { redline, accept, revision, reason, signer, .. } = args;
            let how = if accept { "accepted" } else { "rejected" };
            let answer = RedlineAnswer { accepted: accept, revision, reason };
            let what = format!("{redline} {how}");
            acts::act(console, &signer, &what, |_| Command::Redline(redline, Asked::Answer(answer)))
        }
    }
}

fn propose(console: &Console, args: ProposeArgs) -> Result<Exit, Fault> {
    let ProposeArgs { signer, .. } = args;
    let place = signer::place_of(console, &console.reader()?, signer.place.clone())?;
    let place = place.ok_or_else(|| {
        Fault::usage("no place is named", "a change is proposed at a place")
            .next("add --place PLACE")
    })?;
    if let Some(unit) = &args.unit {
        // Whoever answers looks at it: a unit that nobody knows here was mistyped.
        view(&console.reader()?, unit)?;
    }
    let proposed = RedlineProposed {
        instruction: args.instruction,
        revision: args.revision,
        step: args.step,
        text: args.text,
        characteristic: args.characteristic,
        reading: args.reading,
        traveler: args.unit,
    };
    let what = format!("change of {} #{} proposed", proposed.instruction, proposed.step);
    let signer = SignerArgs { place: Some(place.clone()), ..signer };
    let asked = FloorCommand::ProposeRedline(proposed);
    acts::act(console, &signer, &what, |_| Command::Floor(place, asked))
}

/// The redlines of an instruction, or of all.
pub fn known(
    console: &Console,
    instruction: Option<InstructionId>,
    answered: bool,
) -> Result<Vec<RedlineRow>, Fault> {
    let Answer::Redlines(found) = rows::ask(console, &Query::Redlines { instruction, answered })?
    else {
        return Err(rows::mixed_up());
    };
    Ok(found)
}

fn list(console: &Console, instruction: Option<InstructionId>, all: bool) -> Result<Exit, Fault> {
    let head = ["redline", "at", "what", "by", "when", "how it stands"];
    rows::print(console, &head, &known(console, instruction, all)?, |row| {
        vec![
            row.redline.to_string(),
            row.spot(),
            row.text.clone(),
            row.by.clone(),
            minute(row.at),
            row.standing(),
        ]
    });
    Ok(Exit::Done)
}
