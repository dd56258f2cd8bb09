//! `gemba traveler`: start, show, list, complete a step.

use clap::Subcommand;
use serde_json::{Value, json};

use super::news::{Choice, ChoiceArgs};
use super::session::{Performer, place_of};
use super::signer::SignerArgs;
use super::{Console, acts, lot, news, route, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::{PlaceId, StepId, UnitId};
use crate::domain::instruction::Step;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{StepAt, TravelerCommand as Asked};
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::split::Split;
use crate::domain::traveler::standing::{Current, StepStanding};
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
        /// The step that counts; without it, the one that is next
        #[arg(long)]
        step: Option<StepId>,
        /// Why there is scrap or rework
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
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
                            'paper traveler, signed' --place INC-1 --badge B-4011")]
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
    /// Show how a unit or lot stands, step by step
    #[command(after_help = "Example: gemba traveler show WO-1881/0007\n\nJSON: traveler, part, \
                            standing, first_pass, waiting, holds, accepted (operation, name, \
                            evidence), paused (reason, by, since), steps (operation, step, \
                            title, standing, why, attempts, attempts_max), lot (pieces, \
                            split_from, split_into, operations: operation, came, good, scrap, \
                            rework, missing; null for a single unit)")]
    Show {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
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

/// Reads `ORDER/UNIT`.
pub fn traveler_id(text: &str) -> Result<TravelerId, String> {
    TravelerId::parse(text).ok_or_else(|| "write it as ORDER/UNIT, such as WO-1881/0007".to_owned())
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
        TravelerCommand::Complete { traveler, step, signer } => {
            let mut station = console.station()?;
            let Performer { acting } = Performer::of(console, &mut station, &signer)?;
            let view = view_at(console, (&station, &signer), &traveler)?;
            let (at, found) = step_at(&view, step.as_ref())?;
            let what = format!("{traveler} step {} complete: {}", at.step, found.title);
            let command = Command::Traveler(traveler, Asked::CompleteStep { at });
            let saved = station.transact(&acting, command)?;
            acts::say_saved(console, &station, &what, &saved);
            Ok(Exit::Done)
        }
        TravelerCommand::Report { traveler, pieces, step, reason, signer } => {
            lot::report(console, traveler, (pieces, step, reason), &signer)
        }
        TravelerCommand::Split { traveler, quantity, into, reason, signer } => {
            lot::split(console, traveler, Split { into, quantity, reason }, &signer)
        }
        TravelerCommand::Skip(args) => route::skip(console, args),
        TravelerCommand::Pause(args) => route::pause(console, args),
        TravelerCommand::Resume(args) => route::resume(console, args),
        TravelerCommand::AcceptUpstream(args) => route::accept_upstream(console, args),
        TravelerCommand::News { traveler } => news::print(console, &traveler),
        TravelerCommand::Keep(args) => news::choose(console, Choice::Keep, args),
        TravelerCommand::Move(args) => news::choose(console, Choice::Move, args),
        TravelerCommand::Hold(args) => news::choose(console, Choice::Hold, args),
        TravelerCommand::Show { traveler } => show(console, &traveler),
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

fn viewed(
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

/// The step named, or the one that is next; of those that may be worked on, one of this place is
/// meant before others.
pub fn step_at<'a>(
    view: &'a TravelerView,
    named: Option<&StepId>,
) -> Result<(StepAt, &'a Step), Fault> {
    let Some(started) = &view.state.started else {
        return Err(Fault::refused(format!("{} was not begun", view.id), "nothing is pinned yet")
            .next(format!("gemba traveler start {}", view.id)));
    };
    let at_hand = view.state.at_hand(&view.instructions);
    let fits = |current: &&Current<'_>| named.is_none_or(|named| current.step.id == *named);
    let here = |current: &&Current<'_>| view.here.as_ref() == Some(&current.operation.work_center);
    let found = at_hand.iter().filter(fits).find(here).or_else(|| at_hand.iter().find(fits));
    if let Some(current) = found {
        let operation = current.operation.operation;
        return Ok((StepAt { operation, step: current.step.id.clone() }, current.step));
    }
    let Some(named) = named else {
        return Err(Fault::refused(
            format!("{} has no step left", view.id),
            "its route is finished",
        ));
    };
    // The operation that is next is meant before others with the same step.
    let now = at_hand.first().map(|current| current.operation.operation);
    let mut operations: Vec<_> = started.operations.iter().collect();
    operations.sort_by_key(|operation| Some(operation.operation) != now);
    operations
        .into_iter()
        .find_map(|pinned| {
            let step = view.instructions.get(&pinned.hash)?.step(named)?;
            Some((StepAt { operation: pinned.operation, step: step.id.clone() }, step))
        })
        .ok_or_else(|| {
            Fault::refused(
                format!("there is no step {named}"),
                "no instruction of the route has it",
            )
            .next(format!("gemba traveler show {}", view.id))
        })
}

fn show(console: &Console, id: &TravelerId) -> Result<Exit, Fault> {
    let view = view(&console.reader()?, id)?;
    let standing = standing(&view);
    let holds: Vec<String> = view
        .deviations
        .iter()
        .filter(|deviation| deviation.disposed.is_none())
        .map(|deviation| deviation.id.to_string())
        .collect();
    let mut table = Vec::new();
    let mut steps = Vec::new();
    for pinned in view.state.started.iter().flat_map(|started| &started.operations) {
        let Some(instruction) = view.instructions.get(&pinned.hash) else { continue };
        for step in &instruction.steps {
            let standing = step_words(view.state.step_standing(pinned.operation, &step.id));
            let attempts = view.state.attempts_at(pinned.operation, &step.id).count();
            let why = why(&view, pinned.operation, step);
            let most = step.rules.attempts_max.map(|most| format!(" of {most}"));
            steps.push(json!({
                "operation": pinned.operation, "step": step.id, "title": step.title,
                "standing": standing, "why": why, "attempts": attempts,
                "attempts_max": step.rules.attempts_max,
            }));
            let operation = format!("{} {}", pinned.operation, pinned.name);
            let id = step.id.to_string();
            table.push(vec![
                operation,
                id,
                step.title.clone(),
                why.map_or_else(|| standing.to_owned(), |why| format!("{standing}: {why}")),
                format!("{attempts}{}", most.unwrap_or_default()),
            ]);
        }
    }
    console.printer.line(format!("{id}  {}  {standing}", view.order.part));
    for hold in &holds {
        console.printer.line(format!("on hold: {hold} waits for a disposition"));
    }
    let (accepted, paused) = (accepted(console, &view), paused(console, &view));
    console.printer.table(&["operation", "step", "title", "standing", "attempts"], &table);
    console.printer.value(&json!({
        "traveler": id, "part": view.order.part, "standing": standing,
        "first_pass": view.state.first_pass(), "waiting": view.waiting,
        "holds": holds, "accepted": accepted, "paused": paused, "steps": steps,
        "lot": lot::value(&view),
    }));
    Ok(Exit::Done)
}

/// Why a step was left out or is not needed.
fn why(view: &TravelerView, operation: u32, step: &Step) -> Option<String> {
    match view.state.step_standing(operation, &step.id) {
        StepStanding::NotNeeded => {
            let decided = &view.state.not_needed(operation, &step.id)?.decided;
            Some(format!("{}, found {}", decided.condition, decided.found))
        }
        StepStanding::Skipped => view.state.skipped.get(&(operation, step.id.clone())).cloned(),
        StepStanding::Open | StepStanding::Begun | StepStanding::Done => None,
    }
}

/// What was accepted on evidence and is not done: said, and as JSON.
fn accepted(console: &Console, view: &TravelerView) -> Vec<Value> {
    let open = view.state.accepted_open(&view.instructions).filter_map(|op| {
        let evidence = &view.state.accepted.get(&op.operation)?.evidence;
        let (operation, name) = (op.operation, &op.name);
        console.printer.line(format!("{operation} {name} accepted, not done: {evidence}"));
        Some(json!({ "operation": operation, "name": name, "evidence": evidence }))
    });
    open.collect()
}

/// Why work stands still, who said so and since when: said, and as JSON.
fn paused(console: &Console, view: &TravelerView) -> Option<Value> {
    let pause = view.state.paused()?;
    let by = pause.by.as_ref().map(|by| view.names.get(by).map_or(by.as_str(), String::as_str));
    let since = pause.began.effective().to_string();
    let who = by.unwrap_or("somebody");
    console.printer.line(format!("paused by {who} since {since}: {}", pause.reason));
    Some(json!({ "reason": pause.reason, "by": by, "since": since }))
}

/// How a unit stands, in words.
fn standing(view: &TravelerView) -> &'static str {
    if view.state.started.is_none() {
        "not begun"
    } else if view.state.open_holds().next().is_some() {
        "on hold"
    } else if view.state.finished(&view.instructions) {
        "finished"
    } else {
        "begun"
    }
}

fn step_words(standing: StepStanding) -> &'static str {
    match standing {
        StepStanding::Open => "open",
        StepStanding::Begun => "begun",
        StepStanding::Done => "done",
        StepStanding::Skipped => "skipped",
        StepStanding::NotNeeded => "not needed",
    }
}

fn list(console: &Console, signer: &SignerArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let place = signer.acting(console, &station)?.place.ok_or_else(|| {
        Fault::usage("no place is named", "this station serves several").next("add --place PLACE")
    })?;
    let Answer::Queue(queue) = station.answer(&Query::Queue { place })? else {
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
            let reasons: Vec<&str> = reasons.iter().map(|(what, _)| what.as_str()).collect();
            format!("not yet: {}", reasons.join("; "))
        }
        QueueState::OnHold { why, deviation } => match deviation {
            Some(deviation) => format!("on hold: {deviation}"),
            None => format!("on hold: {why}"),
        },
    }
}
