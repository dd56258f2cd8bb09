//! `gemba deviation`: raise, list, dispose.

use clap::{Args, Subcommand, ValueEnum};

use super::signer::SignerArgs;
use super::step::{StepArgs, step_at};
use super::traveler::{traveler_id, view_at};
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::identity;
use crate::domain::decide::Command;
use crate::domain::deviation::Disposition;
use crate::domain::ids::{DeviationId, StepId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::ui::effect::Signing;
use crate::views::deviation::{DeviationView, DisposedView};
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum DeviationCommand {
    /// Raise a deviation by hand; the unit is held
    #[command(after_help = "Example: gemba deviation raise WO-1881/0007 --note 'cover scratched' \
                            --place ASM-1 --badge B-2107")]
    Raise(RaiseArgs),
    /// List deviations: open ones first, of each the oldest first
    #[command(after_help = "Example: gemba deviation list --json\n\nJSON, one deviation a line: \
                            id, traveler, part, operation, step, characteristic, required, found, \
                            readings, note, raised_by, place, raised, disposed (disposition, reason, \
                            signature; null while it is open), closed, at_server\n\nA signature: \
                            fact, signer, printed_name, role, meaning, at, components \
                            (badge-and-pin, pin), covers, covering, uncovered_by")]
    List {
        /// Closed ones too
        #[arg(long)]
        closed: bool,
    },
    /// Sign what becomes of the unit
    #[command(after_help = "Example: gemba deviation dispose NCR-HP1-0001 rework --step torque \
                            --reason 'wrench slipped' --badge B-4011")]
    Dispose(DisposeArgs),
}

#[derive(Debug, Args)]
pub struct RaiseArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    #[command(flatten)]
    step: StepArgs,
    /// What is wrong
    #[arg(long)]
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct DisposeArgs {
    /// The deviation
    deviation: DeviationId,
    /// What becomes of the unit
    disposition: Word,
    /// The step to go back to, for rework and repair
    #[arg(long)]
    step: Option<StepId>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    UseAsIs,
    Rework,
    Repair,
    Scrap,
    Return,
    Void,
}

/// Runs a command about deviations.
pub fn run(console: &Console, command: DeviationCommand) -> Result<Exit, Fault> {
    match command {
        DeviationCommand::Raise(args) => raise(console, args),
        DeviationCommand::List { closed } => list(console, closed),
        DeviationCommand::Dispose(args) => dispose(console, args),
    }
}

fn raise(console: &Console, args: RaiseArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let view = view_at(console, (&station, &args.signer), &args.traveler)?;
    let (at, _) = step_at(&view, args.step.named())?;
    let what = format!("deviation on {} at step {}", args.traveler, at.step);
    let command = TravelerCommand::RaiseDeviation { at, note: args.note };
    acts::act(console, &args.signer, &what, |_| Command::Traveler(args.traveler, command))
}

fn dispose(console: &Console, args: DisposeArgs) -> Result<Exit, Fault> {
    let step = || {
        args.step.clone().ok_or_else(|| {
            Fault::usage("no step is named", "rework and repair go back to one").next("add --step")
        })
    };
    let disposition = match args.disposition {
        Word::UseAsIs => Disposition::UseAsIs,
        Word::Rework => Disposition::Rework { step: step()? },
        Word::Repair => Disposition::Repair { step: step()? },
        Word::Scrap => Disposition::Scrap,
        Word::Return => Disposition::Return,
        Word::Void => Disposition::Void,
    };
    let what = format!("{} disposed: {}", args.deviation, disposition.word());
    let signing = Signing::Dispose { deviation: args.deviation, disposition, reason: args.reason };
    acts::act(console, &args.signer, &what, |signer| identity::command(signing, signer.by()))
}

fn list(console: &Console, closed: bool) -> Result<Exit, Fault> {
    let Answer::Deviations(found) = rows::ask(console, &Query::Deviations { closed })? else {
        return Err(rows::mixed_up());
    };
    let head = ["deviation", "unit", "step", "required", "found", "raised by", "disposition"];
    rows::print(console, &head, &found, |row: &DeviationView| {
        let words = |disposed: &DisposedView| {
            format!("{}: {}", disposed.disposition.word(), disposed.signature.words_in_full())
        };
        let disposed = row.disposed.as_ref().map(|disposed| {
            let others = row.without_effect.iter();
            let others = others.map(|other| format!("; without effect {}", words(other)));
            words(disposed) + &others.collect::<String>()
        });
        vec![
            row.id.to_string(),
            row.traveler.to_string(),
            row.step.to_string(),
            row.required.clone(),
            row.found.clone(),
            row.raised_by.clone(),
            disposed.unwrap_or_else(|| "open".to_owned()),
        ]
    });
    Ok(Exit::Done)
}
