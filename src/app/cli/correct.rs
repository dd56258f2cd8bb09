//! `gemba traveler correct`: another value or answer for one that was recorded, with the reason.

use clap::Args;

use super::Console;
use super::record::{bad_value, say, value_again};
use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::{step_at, traveler_id, view_at};
use crate::app::fault::{Exit, Fault};
use crate::app::readings;
use crate::domain::decide::Command;
use crate::domain::ids::StepId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::RecordedWhat;

#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// The right value: a number, or yes or no
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// The step; without it, the one that is next
    #[arg(long)]
    step: Option<StepId>,
    /// The ask's number within the step
    #[arg(long, value_name = "N", default_value_t = 1)]
    ask: u16,
    /// Which reading of the ask
    #[arg(long, value_name = "N", default_value_t = 1)]
    sample: u16,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Corrects; what was recorded first stays in the record.
pub fn run(console: &Console, args: CorrectArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let view = view_at(console, (&station, &args.signer), &args.traveler)?;
    let (at, _) = step_at(&view, args.step.as_ref())?;
    let attempt = view.state.standing_attempt(at.operation, &at.step);
    let entry = attempt.and_then(|attempt| attempt.entry(args.ask, args.sample));
    let nothing = || {
        Fault::refused(format!("nothing is recorded at step {} ask {}", at.step, args.ask), "")
            .next(format!("gemba trace {} says what is", args.traveler))
    };
    let entry = entry.ok_or_else(nothing)?;
    let (text, reason) = (args.value.trim(), args.reason);
    let wrong = |why: &str| bad_value(text, why);
    let mut words = text.to_owned();
    let command = match &entry.what {
        RecordedWhat::Reading(reading) => {
            let value = value_again(text, reading)?;
            words = shown(&value);
            TravelerCommand::Correct { reading: entry.at.clone(), value, reason }
        }
        RecordedWhat::Answer(_) => {
            let yes = readings::answer(text).ok_or_else(|| wrong("answer yes or no"))?;
            TravelerCommand::CorrectAnswer { answer: entry.at.clone(), yes, reason }
        }
        RecordedWhat::Text(_)
        | RecordedWhat::Component { .. }
        | RecordedWhat::WaitBegan
        | RecordedWhat::Signature(_) => {
            return Err(wrong("only readings and answers are corrected").next("raise a deviation"));
        }
    };
    let Performer { acting } = Performer::of(console, &mut station, &args.signer)?;
    let what = format!("{} step {} ask {} corrected: {words}", args.traveler, at.step, args.ask);
    let id = args.traveler;
    let saved = station.transact(&acting, Command::Traveler(id.clone(), command))?;
    say(console, &station, &id, (&what, &saved))
}
