//! `gemba call`: help is called for from a place, answered, cleared, and told further.

use clap::{Args, Subcommand};
use serde_json::json;

use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use super::{Console, acts, rows, signer};
use crate::app::escalation;
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::floor::FloorCommand;
use crate::domain::help::{HelpCommand, HelpWanted};
use crate::domain::ids::HelpId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::views::help::{HelpRow, HelpView};
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;
use crate::views::traveler::TravelerView;

#[derive(Debug, Subcommand)]
pub enum CallCommand {
    /// Call for help at a place
    #[command(
        after_help = "Example: gemba call raise maintenance --place ASM-1 --badge B-2107\n\n\
                            The kinds are those of the site: gemba site show.\n\nJSON: saved, \
                            facts, waiting"
    )]
    Raise(RaiseArgs),
    /// List the calls that are not cleared
    #[command(
        after_help = "Example: gemba call list --json\n\nJSON, one call a line: call, kind, place, \
            unit, step, note, by, at, answered (who, when; null), cleared (who, when; null), told \
            (to, at, failed), own"
    )]
    List {
        /// The last cleared ones as well
        #[arg(long)]
        all: bool,
    },
    /// Say that you come
    #[command(after_help = "Example: gemba call answer HC-ASM1-0003 --badge B-4011")]
    Answer(CallArgs),
    /// Say that nothing more is needed
    #[command(
        after_help = "Example: gemba call clear HC-ASM1-0003 --note 'belt replaced' --badge B-4011"
    )]
    Clear(CallArgs),
    /// Tell whoever is to be told of this station's calls by now, as the station does by itself
    #[command(after_help = "Example: gemba call escalate\n\nA station that runs the terminal or \
                            gemba sync --watch does this by itself. How each one is reached is in \
                            gemba.toml.\n\nJSON, one row a line: call, to, failed; exit code 5 \
                            where another process of the station is at it")]
    Escalate,
}

#[derive(Debug, Args)]
pub struct RaiseArgs {
    /// What for, such as material, quality, maintenance, supervisor
    kind: String,
    /// What is needed
    #[arg(long, default_value = "")]
    note: String,
    /// The unit that is worked on: ORDER/UNIT
    #[arg(long, value_parser = traveler_id)]
    unit: Option<TravelerId>,
    /// The operation and the step of that unit, such as 20#torque
    #[arg(long, value_parser = step_at, requires = "unit")]
    step: Option<StepAt>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct CallArgs {
    /// The call
    call: HelpId,
    /// A word
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

fn step_at(text: &str) -> Result<StepAt, String> {
    let step = StepAt::parse(text);
    step.ok_or_else(|| "an operation and a step, such as 20#torque".to_owned())
}

/// Runs a command about calls for help.
pub fn run(console: &Console, command: CallCommand) -> Result<Exit, Fault> {
    match command {
        CallCommand::Raise(args) => raise(console, args),
        CallCommand::List { all } => list(console, all),
        CallCommand::Answer(args) => {
            let what = format!("you come to {}", args.call);
            let asked = HelpCommand::Answer { note: args.note };
            acts::act(console, &args.signer, &what, |_| Command::Help(args.call, asked))
        }
        CallCommand::Clear(args) => {
            let what = format!("{} cleared", args.call);
            let asked = HelpCommand::Clear { note: args.note };
            acts::act(console, &args.signer, &what, |_| Command::Help(args.call, asked))
        }
        CallCommand::Escalate => escalate(console),
    }
}

fn raise(console: &Console, args: RaiseArgs) -> Result<Exit, Fault> {
    let RaiseArgs { kind, note, unit, step, signer } = args;
    let place = signer::place_of(console, &console.reader()?, signer.place.clone())?;
    let place = place.ok_or_else(|| {
        Fault::usage("no place is named", "help is called to a place").next("add --place PLACE")
    })?;
    if let Some(unit) = &unit {
        require_known(&view(&console.reader()?, unit)?, step.as_ref())?;
    }
    let what = format!("{kind} called to {place}");
    let wanted = HelpWanted { kind, traveler: unit, step, note };
    let asked = FloorCommand::CallHelp(wanted);
    let signer = SignerArgs { place: Some(place.clone()), ..signer };
    acts::act(console, &signer, &what, |_| Command::Floor(place, asked))
}

/// A call names a step that the unit has.
fn require_known(view: &TravelerView, step: Option<&StepAt>) -> Result<(), Fault> {
    let Some(at) = step else { return Ok(()) };
    let text = view.state.operation(at.operation).and_then(|op| view.instructions.get(&op.hash));
    if text.is_some_and(|text| text.step(&at.step).is_some()) {
        return Ok(());
    }
    let what = format!("{} has no step {}:{}", view.id, at.operation, at.step);
    Err(Fault::refused(what, "help is called at a step of its route")
        .next(format!("gemba traveler show {}", view.id)))
}

fn list(console: &Console, cleared: bool) -> Result<Exit, Fault> {
    let Answer::Help(HelpView { calls, .. }) = rows::ask(console, &Query::Help { cleared })? else {
        return Err(rows::mixed_up());
    };
    rows::print(console, &["call", "for", "at", "since", "by", "", ""], &calls, |row: &HelpRow| {
        vec![
            row.call.to_string(),
            row.kind.clone(),
            row.place.to_string(),
            minute(row.at),
            row.by.clone(),
            row.standing().to_string(),
            row.note.clone(),
        ]
    });
    Ok(Exit::Done)
}

fn escalate(console: &Console) -> Result<Exit, Fault> {
    let told = escalation::round(&console.config, &console.clock)?.ok_or_else(|| {
        Fault::cannot("another process of this station tells of calls", "one at a time does")
            .next("leave it to that process, or end it")
    })?;
    for row in &told {
        console.printer.value(&json!({ "call": row.call, "to": row.to, "failed": row.failed }));
        console.printer.line(match &row.failed {
            None => format!("{}: {} was told", row.call, row.to),
            Some(why) => format!("{}: {} could not be told: {why}", row.call, row.to),
        });
    }
    if told.is_empty() {
        console.printer.line("nobody is to be told now");
    }
    let failed = told.iter().any(|row| row.failed.is_some());
    Ok(if failed { Exit::Refused } else { Exit::Done })
}
