//! `gemba traveler`: start, show, list, complete a step.

use clap::Subcommand;

use super::news::{Choice, ChoiceArgs};
use super::session::{self, Performer, place_of};
use super::signer::SignerArgs;
use super::step::{OperationArg, StepArgs, step_at};
use super::unit::traveler_id;
use super::{Console, acts, correct, hold, lot, news, route, rows, show};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::{PlaceId, StepId, UnitId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand as Asked;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::split::Split;
use crate::views::query::{Answer, Query};
use crate::views::queue::{QueueRow, QueueState};
use crate::views::traveler::TravelerView;

#[derive(Debug, Subcommand)]
pub enum TravelerCommand {
    /// Begin work on a unit or lot
    #[command(
        after_help = "Example: gemba traveler start WO-1881/0007 --place ASM-1 --badge B-2107"
    )]
    Start {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Complete a step whose asks are all recorded; without a step, the one that is next
    #[command(after_help = "Example: gemba traveler complete WO-1881/0007 clean --place ASM-1 \
                            --badge B-2107")]
    Complete {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
        /// The step
        step: Option<StepId>,
        #[command(flatten)]
        operation: OperationArg,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Report what became of pieces of a lot: good, good/scrap or good/scrap/rework
    #[command(after_help = "Example: gemba traveler report WO-1884/L-22 60/2 --reason dent \
                            --place ASM-1 --badge B-2107\n\nJSON: saved, facts, waiting, missing")]
    Report {
        /// ORDER/LOT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
        /// Such as 60, 60/2 (two scrap) or 60/2/3 (and three to rework)
        #[arg(value_parser = lot::pieces)]
        pieces: Pieces,
        #[command(flatten)]
        step: StepArgs,
        /// Why there is scrap or rework
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Correct a count of pieces; the first one stays in the record
    Recount(lot::RecountArgs),
    /// Split pieces off to a lot of their own, which goes on where this one stands
    #[command(
        after_help = "Example: gemba traveler split WO-1884/L-22 38 --reason 'a rush order' \
                            --badge B-4001\n\nJSON: saved, facts, waiting, lot"
    )]
    Split {
        /// ORDER/LOT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
        /// How many pieces
        quantity: u32,
        /// The new lot; without it, the next free name of this station
        #[arg(long)]
        into: Option<UnitId>,
        /// Why
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Correct what was recorded: a reading, an answer, a text, a component; the first one stays
    #[command(after_help = correct::HELP)]
    Correct(correct::CorrectArgs),
    /// Leave a step out: a supervisor, or whom the instruction names
    #[command(after_help = "Example: gemba traveler skip WO-1881/0007 clean --reason 'no cloth' \
                            --badge B-4011")]
    Skip(route::SkipArgs),
    /// Stop the working clock
    #[command(after_help = "Example: gemba traveler pause WO-1881/0007 --reason 'waiting for \
                            parts' --place ASM-1 --badge B-2107")]
    Pause(route::PauseArgs),
    /// Let the working clock run again
    #[command(after_help = "Example: gemba traveler resume WO-1881/0007 --note 'parts came' \
                            --place ASM-1 --badge B-2107")]
    Resume(route::ResumeArgs),
    /// Let later work begin though an operation is not known to be done here; it stays open
    #[command(after_help = "Example: gemba traveler accept-upstream WO-1881/0007 10 --evidence \
                            'paper traveler, signed' --place INC-1 --badge B-4011\n\nBy a \
                            ticket: gemba traveler accept-upstream WO-1881/0007 --ticket TEXT \
                            --place INC-1 --badge B-3052")]
    AcceptUpstream(route::AcceptUpstreamArgs),
    /// Show what is newer for a unit than what it is made by, and what that changes
    #[command(after_help = "Example: gemba traveler news WO-1881/0007\n\nJSON, one definition a \
                            line: operation (null for the specification), what, from, to, kept, \
                            again, changes (step, characteristic, what, old, new, recorded \
                            {readings, would_fail})")]
    News {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
    },
    /// Finish a unit by what it was begun with, though something newer is in effect
    #[command(after_help = "Example: gemba traveler keep WO-1881/0007 --reason 'nearly done' \
                            --badge B-2107")]
    Keep(ChoiceArgs),
    /// Move a unit to what is newest; changed steps are done again
    #[command(after_help = "Example: gemba traveler move WO-1881/0007 --reason 'safer' --badge \
                            B-4001")]
    Move(ChoiceArgs),
    /// Hold a unit because of a definition, until somebody in charge lets it go on
    #[command(after_help = "Example: gemba traveler hold WO-1881/0007 --reason 'ask engineering' \
                            --badge B-2107")]
    Hold(ChoiceArgs),
    /// Let a unit go on that was held for a gauge or a definition
    #[command(after_help = "Example: gemba traveler release WO-1881/0009 --reason 'engineering \
                            answered' --badge B-4011\n\nJSON: saved, facts, waiting")]
    Release(ChoiceArgs),
    /// Show how a unit or lot stands, step by step
    #[command(after_help = show::HELP)]
    Show {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
        /// Where it would be worked on: samples are counted there
        #[arg(long)]
        place: Option<PlaceId>,
    },
    /// List what can be worked at a place, and why not the rest
    #[command(
        after_help = "Example: gemba traveler list --place ASM-1\n\nJSON, one open operation \
                            of a unit a line: \
                            traveler, part, title, quantity, operation, operation_name, \
                            work_center, due, priority, accepted, state"
    )]
    List {
        #[command(flatten)]
        signer: SignerArgs,
    },
}

/// Runs a command about travelers.
pub fn run(console: &Console, command: TravelerCommand) -> Result<Exit, Fault> {
    match command {
        TravelerCommand::Start { traveler, signer } => {
            let mut station = console.station()?;
            let Performer { acting } = Performer::of(console, &mut station, &signer)?;
            let what = format!("{traveler} begun");
            let saved = station.transact(&acting, Command::Traveler(traveler, Asked::Start))?;
            acts::say_saved(console, &station, &what, &saved);
            Ok(Exit::Done)
        }
        TravelerCommand::Complete { traveler, step, operation, signer } => {
            let mut station = console.station()?;
            let Performer { acting } = Performer::of(console, &mut station, &signer)?;
            let view = view_at(console, (&station, &signer), &traveler)?;
            let (at, found) = step_at(&view, operation.of(step.as_ref()))?;
            let what = format!("{traveler} step {} complete: {}", at.step, found.title);
            let command = Command::Traveler(traveler, Asked::CompleteStep { at, read_in: None });
            let saved = station.transact(&acting, command)?;
            acts::say_saved(console, &station, &what, &saved);
            Ok(Exit::Done)
        }
        TravelerCommand::Report { traveler, pieces, step, reason, signer } => {
            lot::report(console, traveler, (pieces, step, reason), &signer)
        }
        TravelerCommand::Recount(args) => lot::recount(console, args),
        TravelerCommand::Split { traveler, quantity, into, reason, signer } => {
            lot::split(console, traveler, Split { into, quantity, reason }, &signer)
        }
        TravelerCommand::Correct(args) => correct::run(console, args),
        TravelerCommand::Skip(args) => route::skip(console, args),
        TravelerCommand::Pause(args) => route::pause(console, args),
        TravelerCommand::Resume(args) => route::resume(console, args),
        TravelerCommand::AcceptUpstream(args) => route::accept_upstream(console, args),
        TravelerCommand::News { traveler } => news::print(console, &traveler),
        TravelerCommand::Keep(args) => news::choose(console, Choice::Keep, args),
        TravelerCommand::Move(args) => news::choose(console, Choice::Move, args),
        TravelerCommand::Release(args) => hold::release(console, args),
        TravelerCommand::Hold(args) => news::choose(console, Choice::Hold, args),
        TravelerCommand::Show { traveler, place } => show::run(console, &traveler, place),
        TravelerCommand::List { signer } => list(console, &signer),
    }
}

/// Loads a traveler that must be known here.
pub fn view(station: &Station, id: &TravelerId) -> Result<TravelerView, Fault> {
    viewed(station, id, None)
}

/// As [`view`], as it is looked at where a command acts: samples are counted there, and of several
/// open operations, one of that place is meant.
pub fn view_at(
    console: &Console,
    (station, signer): (&Station, &SignerArgs),
    id: &TravelerId,
) -> Result<TravelerView, Fault> {
    viewed(station, id, place_of(console, station, signer)?)
}

/// Loads a traveler as it is looked at from a place, where samples are counted.
pub fn viewed(
    station: &Station,
    id: &TravelerId,
    place: Option<PlaceId>,
) -> Result<TravelerView, Fault> {
    let unknown = || {
        Fault::refused(format!("{id} is not known here"), "no such order, or no such unit on it")
            .next("check the number, or sync this station")
    };
    let Answer::Traveler(found) = station.answer(&Query::Traveler { id: id.clone(), place })?
    else {
        return Err(rows::mixed_up());
    };
    found.map(|view| *view).ok_or_else(unknown)
}

fn list(console: &Console, signer: &SignerArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let place = signer.acting(console, &station)?.place.ok_or_else(|| {
        Fault::usage("no place is named", "this station serves several").next("add --place PLACE")
    })?;
    let person = session::person(console, &station)?;
    let Answer::Queue(queue) = station.answer(&Query::Queue { place, person })? else {
        return Err(rows::mixed_up());
    };
    let found: Vec<QueueRow> = queue.here.into_iter().chain(queue.not_yet).collect();
    rows::print(console, &["unit", "part", "operation", "due", "state"], &found, |row| {
        vec![
            row.traveler.to_string(),
            row.part.to_string(),
            format!("{} {}", row.operation, row.operation_name),
            rows::or_dash(row.due),
            match &row.accepted {
                Some(accepted) => format!("{}; {accepted}", state(&row.state)),
                None => state(&row.state),
            },
        ]
    });
    Ok(Exit::Done)
}

fn state(state: &QueueState) -> String {
    match state {
        QueueState::Ready => "ready".to_owned(),
        QueueState::Begun { step, steps, paused: None } => format!("step {step} of {steps}"),
        QueueState::Begun { paused: Some(reason), .. } => format!("paused: {reason}"),
        QueueState::NotYet { reasons } => {
            let reasons: Vec<String> = reasons.iter().map(|told| told.what.to_string()).collect();
            format!("not yet: {}", reasons.join("; "))
        }
        QueueState::OnHold { why, deviation, .. } => match deviation {
            Some(deviation) => format!("on hold: {deviation}"),
            None => format!("on hold: {why}"),
        },
    }
}
