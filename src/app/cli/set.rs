//! `gemba set`: several units through one step together; every act is on all of them or on none.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde_json::json;

use super::session::Performer;
use super::signer::SignerArgs;
use super::unit::traveler_id;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::GaugeId;
use crate::domain::instruction::Ask;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::Signer;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::set::{Member, Membership, SetAct, SetCommand, SetStanding, of_unit};
use crate::domain::traveler::wait::WaitStanding;
use crate::views::query::{Answer, Query};
use crate::views::traveler::TravelerView;

/// Which units, and who acts.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// ORDER/UNIT, once for each unit of the set
    #[command(flatten)]
    units: UnitsArgs,
    #[command(flatten)]
    signer: SignerArgs,
}

/// As [`SetArgs`], with a gauge.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    set: SetArgs,
    /// What it is checked with, where the check names a class of gauge
    #[arg(long)]
    gauge: Option<GaugeId>,
}

/// As [`SetArgs`], with a reason.
#[derive(Debug, Args)]
pub struct ReasonArgs {
    #[command(flatten)]
    set: SetArgs,
    /// Why
    #[arg(long)]
    reason: String,
}

/// The units of a set, to be looked at.
#[derive(Debug, Args)]
pub struct UnitsArgs {
    /// ORDER/UNIT, once for each unit of the set
    #[arg(long = "traveler", value_name = "ORDER/UNIT", value_parser = traveler_id, required = true)]
    travelers: Vec<TravelerId>,
}

#[derive(Debug, Subcommand)]
pub enum SetSubcommand {
    /// Begin work on each of the units
    #[command(after_help = "Example: gemba set start --traveler WO-1881/0007 --traveler \
                            WO-1881/0008 --place ASM-1 --badge B-2107")]
    Start(SetArgs),
    /// Start one wait for all of them, such as an oven load
    #[command(after_help = "Example: gemba set wait --traveler WO-1881/0007 --traveler \
                            WO-1881/0008 --place ASM-1 --badge B-2107")]
    Wait(SetArgs),
    /// Answer the open check of the step with yes, for all of them
    #[command(after_help = "Example: gemba set check --traveler WO-1881/0007 --traveler \
                            WO-1881/0008 --place ASM-1 --badge B-2107")]
    Check(CheckArgs),
    /// Accept a wait that cannot be proven after a restart, for all of them; a supervisor
    #[command(after_help = "Example: gemba set accept-wait --traveler WO-1881/0007 --traveler \
                            WO-1881/0008 --reason 'oven log' --place ASM-1 --badge B-4011")]
    AcceptWait(ReasonArgs),
    /// Complete the step on all of them
    #[command(after_help = "Example: gemba set complete --traveler WO-1881/0007 --traveler \
                            WO-1881/0008 --place ASM-1 --badge B-2107")]
    Complete(SetArgs),
    /// Sign once for all of them; always asks for the PIN
    #[command(after_help = "Example: gemba set sign --traveler WO-1881/0007 --traveler \
                            WO-1881/0008 --place ASM-1 --badge B-3052")]
    Sign(SetArgs),
    /// Show which units go on together, at which step, and why the others do not
    #[command(after_help = "Example: gemba set show --traveler WO-1881/0007 --traveler \
                            WO-1881/0008\n\nJSON, one unit a line: traveler, operation, step, \
                            standing (goes-on, not-begun, types-again, left), reason (code, what, \
                            next; null where it goes on)")]
    Show(UnitsArgs),
    /// The waits that were begun at this station and run
    #[command(after_help = "Example: gemba set waits\n\nJSON, one wait a line: units, operation, \
                            step, title, place, standing (to-go, long-enough, too-long, \
                            unproven), seconds")]
    Waits,
}

/// What is done on the set.
#[derive(Debug, Clone)]
enum Act {
    Wait,
    Check(Option<GaugeId>),
    AcceptWait(String),
    Complete,
    Sign,
}

/// Runs a command about sets.
pub fn run(console: &Console, command: SetSubcommand) -> Result<Exit, Fault> {
    match command {
        SetSubcommand::Start(args) => {
            let act = SetAct { units: args.units.travelers, command: SetCommand::Start };
            perform(console, &args.signer, "begun", act)
        }
        SetSubcommand::Wait(args) => on_step(console, args, &Act::Wait),
        SetSubcommand::Check(CheckArgs { set, gauge }) => on_step(console, set, &Act::Check(gauge)),
        SetSubcommand::AcceptWait(ReasonArgs { set, reason }) => {
            on_step(console, set, &Act::AcceptWait(reason))
        }
        SetSubcommand::Complete(args) => on_step(console, args, &Act::Complete),
        SetSubcommand::Sign(args) => on_step(console, args, &Act::Sign),
        SetSubcommand::Show(args) => show(console, &args.travelers),
        SetSubcommand::Waits => waits(console),
    }
}

fn on_step(console: &Console, args: SetArgs, act: &Act) -> Result<Exit, Fault> {
    let mut views = views(&console.reader()?, &args.units.travelers)?;
    let members: Vec<Member<'_>> = views.iter().map(member).collect();
    let standing = SetStanding::of(&members);
    let at = match standing.all_together(&members) {
        Ok(at) => at,
        Err(apart) => {
            let Some(at) = &standing.at else { return Err(apart.into()) };
            let going: Vec<TravelerId> =
                standing.remaining(&members).into_iter().cloned().collect();
            views.retain(|view| going.contains(&view.id));
            let Ok((_, act)) = act_at(&views, at, act) else { return Err(apart.into()) };
            return Err(with_rest(console, &args.signer, (apart, act))?.into());
        }
    };
    let (words, act) = act_at(&views, &at, act)?;
    if matches!(act.command, SetCommand::Sign { .. }) {
        sign(console, &args.signer, &words, act)
    } else {
        perform(console, &args.signer, &words, act)
    }
}

/// What keeps units out of a set, with what stands in the way of the others too (R7).
fn with_rest(
    console: &Console,
    args: &SignerArgs,
    (mut apart, act): (Refusal, SetAct),
) -> Result<Refusal, Fault> {
    let mut station = console.station()?;
    let (acting, act) = if matches!(act.command, SetCommand::Sign { .. }) {
        let signer = args.prove(console, &mut station)?;
        let act = act.signed_by(&signer.by());
        (signer.acting, act)
    } else {
        (Performer::of(console, &mut station, args)?.acting, act)
    };
    for (unit, command) in act.commands()? {
        let command = Command::Traveler(unit.clone(), command);
        let refused = station.ledger.rehearse(&acting, &station.moment(), vec![command])?;
        apart.reasons.extend(refused.into_iter().flat_map(|refusal| of_unit(&unit, refusal)));
    }
    Ok(station.ledger.with_names(apart)?)
}

/// What is asked for on units that stand together, with what it is called.
fn act_at(views: &[TravelerView], at: &StepAt, act: &Act) -> Result<(String, SetAct), Fault> {
    let units = views.iter().map(|view| view.id.clone()).collect();
    let named = format!("step {}", at.step);
    let ask = || ask_of(views, at, act);
    let (words, command) = match act {
        Act::Complete => {
            (format!("{named} complete"), SetCommand::Complete { at: at.clone(), read_in: None })
        }
        Act::Wait => {
            let ask = ask()?;
            (format!("{named}: the wait begins"), SetCommand::BeginWait { at: at.clone(), ask })
        }
        Act::AcceptWait(reason) => {
            let command = SetCommand::AcceptWait { at: at.clone(), reason: reason.clone() };
            (format!("{named}: the wait is accepted"), command)
        }
        Act::Check(gauge) => {
            let (ask, gauge) = (ask()?, gauge.clone());
            let command = SetCommand::Answer { at: at.clone(), ask, yes: true, gauge };
            (format!("{named} checked: yes"), command)
        }
        Act::Sign => {
            // Filled in once the signer has proven to be who they are.
            let seen = views.iter().map(|view| (view.id.clone(), view.state.facts.len()));
            let by = Signer::by_badge("").having_seen(seen);
            (format!("{named} signed"), SetCommand::Sign { at: at.clone(), ask: ask()?, by })
        }
    };
    Ok((words, SetAct { units, command }))
}

const fn member(view: &TravelerView) -> Member<'_> {
    Member { id: &view.id, state: &view.state, known: &view.instructions }
}

fn views(station: &Station, units: &[TravelerId]) -> Result<Vec<TravelerView>, Fault> {
    units.iter().map(|unit| super::traveler::view(station, unit)).collect()
}

/// The first ask of the step that an act is about and that is open on any unit.
fn ask_of(views: &[TravelerView], at: &StepAt, act: &Act) -> Result<u16, Fault> {
    let fits = |ask: &Ask| match act {
        Act::Wait => matches!(ask, Ask::Wait(_)),
        Act::Check(_) => matches!(ask, Ask::Check { .. }),
        Act::Sign => matches!(ask, Ask::Sign(_)),
        Act::Complete | Act::AcceptWait(_) => false,
    };
    let open = |view: &TravelerView, number: u16| {
        let attempt = view.state.standing_attempt(at.operation, &at.step);
        attempt.is_none_or(|attempt| attempt.entry(number, 1).is_none())
    };
    let step = views.first().and_then(|view| {
        let hash = view.state.operation(at.operation)?.hash;
        view.instructions.get(&hash)?.step(&at.step)
    });
    let asks = step.into_iter().flat_map(|step| (1_u16..).zip(&step.asks));
    let fitting: Vec<u16> = asks.filter(|(_, ask)| fits(ask)).map(|(number, _)| number).collect();
    let first = fitting.iter().find(|number| views.iter().any(|view| open(view, **number)));
    // Where none is open, the refusal says so for every unit.
    first.or(fitting.first()).copied().ok_or_else(|| {
        Fault::refused(format!("step {} asks for nothing of this kind", at.step), "")
            .next("gemba traveler show ORDER/UNIT says what it asks for")
    })
}

/// Says how the units of a set stand to each other.
fn show(console: &Console, units: &[TravelerId]) -> Result<Exit, Fault> {
    let views = views(&console.reader()?, units)?;
    let members: Vec<Member<'_>> = views.iter().map(member).collect();
    let standing = SetStanding::of(&members);
    let at = standing.at.as_ref();
    let mut table = Vec::new();
    for (view, unit) in views.iter().zip(&standing.units) {
        let (word, reason) = match unit {
            Membership::Stays => ("goes-on", None),
            Membership::NotBegun => ("not-begun", Some(Reason::TravelerNotStarted)),
            Membership::TypesAgain => ("types-again", Some(Reason::RetypeFirst)),
            Membership::Left(reason) => ("left", Some(reason.clone())),
        };
        let why = reason.as_ref().map_or_else(String::new, |reason| reason.what().to_string());
        let step = rows::or_dash(at.map(|at| at.step.to_string()));
        table.push(vec![view.id.to_string(), step, word.to_owned(), why]);
        let told = |r: &Reason| r.told(&BTreeMap::new());
        console.printer.value(&json!({
            "traveler": view.id, "operation": at.map(|at| at.operation),
            "step": at.map(|at| &at.step), "standing": word, "reason": reason.as_ref().map(told),
        }));
    }
    console.printer.table(&["unit", "step", "standing", "why"], &table);
    Ok(Exit::Done)
}

fn perform(console: &Console, args: &SignerArgs, what: &str, act: SetAct) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, args)?;
    let saved = station.transact_set(&acting, &act)?;
    acts::say_saved(console, &station, &said(what, &act), &saved);
    Ok(Exit::Done)
}

fn sign(console: &Console, args: &SignerArgs, what: &str, act: SetAct) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let signer = args.prove(console, &mut station)?;
    let what = said(what, &act);
    let saved = station.transact_set(&signer.acting, &act.signed_by(&signer.by()))?;
    acts::say_saved(console, &station, &what, &saved);
    Ok(Exit::Done)
}

fn said(what: &str, act: &SetAct) -> String {
    let units: Vec<String> = act.units.iter().map(ToString::to_string).collect();
    format!("{} {what}", units.join(", "))
}

fn waits(console: &Console) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let Answer::Waits(running) = station.answer(&Query::Waits)? else {
        return Err(rows::mixed_up());
    };
    let now = station.moment();
    let mut table = Vec::new();
    let mut told: Vec<usize> = Vec::new();
    for (n, wait) in running.iter().enumerate() {
        if told.contains(&n) {
            continue;
        }
        let load = (n..running.len()).filter(|&m| m == n || wait.same_load(&running[m]));
        let load: Vec<usize> = load.collect();
        told.extend(&load);
        let units: Vec<String> = load.iter().map(|&m| running[m].traveler.to_string()).collect();
        let (standing, seconds) = match wait.standing(&now) {
            WaitStanding::ToGo { ms } => ("to-go", Some(ms / 1000)),
            WaitStanding::LongEnough { left_ms } => ("long-enough", left_ms.map(|ms| ms / 1000)),
            WaitStanding::TooLong { ms } => ("too-long", Some(ms / 1000)),
            WaitStanding::Unproven => ("unproven", None),
        };
        console.printer.value(&json!({
            "units": units, "operation": wait.operation, "step": wait.step, "title": wait.title,
            "place": wait.place, "standing": standing, "seconds": seconds,
        }));
        let left = rows::or_dash(seconds.map(|seconds| format!("{seconds} s")));
        table.push(vec![wait.title.clone(), standing.to_owned(), left, units.join(", ")]);
    }
    if table.is_empty() {
        console.printer.line("nothing waits");
    } else {
        console.printer.table(&["step", "standing", "left", "units"], &table);
    }
    Ok(Exit::Done)
}
