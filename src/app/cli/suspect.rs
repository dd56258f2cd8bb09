//! `gemba suspect`: what failed checks make suspect; list, show, sort, release (R16).

use clap::{ArgGroup, Args, Subcommand};

use super::record::{bad_value, gauge_known, say};
use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::GaugeId;
use crate::domain::instruction::Ask;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::typed;
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;
use crate::views::suspect::{SuspectRange, SuspectUnit};

#[derive(Debug, Subcommand)]
pub enum SuspectCommand {
    /// List what failed checks make suspect
    #[command(
        after_help = "Example: gemba suspect list --all\n\nJSON, one range a line: failed, unit, \
            name, value, place, counter, since, good_by, good_at, units \
            [{traveler, hold, standing (untouched, raised, cleared, sorted, decided), deviation, \
            ended, finished, operation, last_place, shipped}]"
    )]
    List {
        /// Those of which nothing is held any more as well
        #[arg(long)]
        all: bool,
    },
    /// Show every unit that the failed check of one unit makes suspect
    #[command(after_help = "Example: gemba suspect show WO-1881/0011\n\nJSON: as of suspect list")]
    Show {
        /// The unit whose check failed: ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        unit: TravelerId,
    },
    /// Measure a suspect unit, of a lot one piece after the other
    #[command(after_help = "Example: gemba suspect sort WO-1881/0003 0.03 --gauge FG-2 --place \
                            QA-1 --badge B-3052\n\nJSON: verdict, held, saved, facts, waiting")]
    Sort(SortArgs),
    /// Let suspect units go on without measuring them, as who may accept what is outside
    #[command(after_help = "Example: gemba suspect release WO-1881/0011 --units \
                            WO-1881/0003,WO-1881/0004 --reason 'gap is reworked at packing' \
                            --badge B-5020\n\nJSON: saved, facts, waiting")]
    Release(ReleaseArgs),
}

#[derive(Debug, Args)]
pub struct SortArgs {
    /// The suspect unit: ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    unit: TravelerId,
    /// What the gauge shows, in the unit of the limits; good or bad where nothing is a number
    value: String,
    /// The gauge
    #[arg(long)]
    gauge: Option<GaugeId>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["units", "all"])))]
pub struct ReleaseArgs {
    /// The unit whose check failed: ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    unit: TravelerId,
    /// These of the suspect units
    #[arg(long, value_parser = traveler_id, value_delimiter = ',')]
    units: Vec<TravelerId>,
    /// All of them that are held
    #[arg(long)]
    all: bool,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about suspect units.
pub fn run(console: &Console, command: SuspectCommand) -> Result<Exit, Fault> {
    match command {
        SuspectCommand::List { all } => list(console, all),
        SuspectCommand::Show { unit } => show(console, &unit),
        SuspectCommand::Sort(args) => sort(console, args),
        SuspectCommand::Release(args) => release(console, args),
    }
}

fn known(console: &Console, all: bool) -> Result<Vec<SuspectRange>, Fault> {
    let Answer::Suspects(found) = rows::ask(console, &Query::Suspects { all })? else {
        return Err(rows::mixed_up());
    };
    Ok(found)
}

/// The ranges of one failing unit.
fn of_unit(console: &Console, unit: &TravelerId) -> Result<Vec<SuspectRange>, Fault> {
    let mut found = known(console, true)?;
    found.retain(|range| range.unit == *unit);
    if found.is_empty() {
        let what = format!("nothing is suspect for {unit}");
        return Err(Fault::refused(what, "no check of it failed that makes others suspect")
            .next("gemba suspect list --all says which units' checks failed"));
    }
    Ok(found)
}

fn list(console: &Console, all: bool) -> Result<Exit, Fault> {
    let head = ["failed", "what", "value", "place", "since", "units"];
    rows::print(console, &head, &known(console, all)?, |range| {
        vec![
            range.unit.to_string(),
            range.name.clone(),
            range.value.clone(),
            range.place.to_string(),
            range.since.to_string(),
            range.held_words().to_string(),
        ]
    });
    Ok(Exit::Done)
}

fn show(console: &Console, unit: &TravelerId) -> Result<Exit, Fault> {
    for range in of_unit(console, unit)? {
        console.printer.value(&range);
        let SuspectRange { unit, name, value, place, since, .. } = &range;
        console.printer.line(format!("{unit} was found at {value} ({name}, {place})"));
        let by = range.good_by.as_ref().zip(range.good_at);
        let by = by.map_or_else(String::new, |(by, at)| format!(", {by} {}", minute(at)));
        console.printer.line(format!("suspect is what was made there {since}{by}"));
        let table: Vec<Vec<String>> = range.units.iter().map(cells).collect();
        console.printer.table(&["unit", "how it stands", "where it is"], &table);
    }
    Ok(Exit::Done)
}

fn cells(unit: &SuspectUnit) -> Vec<String> {
    vec![unit.traveler.to_string(), unit.words().to_string(), unit.whereabouts().to_string()]
}

fn release(console: &Console, args: ReleaseArgs) -> Result<Exit, Fault> {
    let ReleaseArgs { unit, units, all, reason, signer } = args;
    let ranges = of_unit(console, &unit)?;
    let suspect = ranges.iter().flat_map(|range| &range.units);
    let held: Vec<&SuspectUnit> = suspect
        .filter(|one| one.standing.is_open() && one.ended.is_none())
        .filter(|one| all || units.contains(&one.traveler))
        .collect();
    let others: Vec<String> = units
        .iter()
        .filter(|unit| held.iter().all(|one| one.traveler != **unit))
        .map(ToString::to_string)
        .collect();
    if !others.is_empty() {
        let what = format!("not held for {unit}: {}", others.join(", "));
        return Err(Fault::refused(what, "only what is held can be released")
            .next(format!("gemba suspect show {unit} says which units are held")));
    }
    if held.is_empty() {
        return Err(Refusal::one(Reason::NoSuchHold).into());
    }
    let commands = held.iter().map(|one| {
        let reason = reason.clone();
        let asked = TravelerCommand::ReleaseHold { hold: one.hold.clone(), reason };
        Command::Traveler(one.traveler.clone(), asked)
    });
    let commands: Vec<Command> = commands.collect();
    let what = format!("{} suspect units go on", held.len());
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let saved = station.transact_all(&signer.acting, commands)?;
    acts::say_saved(console, &station, &what, &saved);
    Ok(Exit::Done)
}

fn sort(console: &Console, args: SortArgs) -> Result<Exit, Fault> {
    let SortArgs { unit, value, gauge, signer } = args;
    let mut station = console.station()?;
    let view = view(&station, &unit)?;
    let nothing = || {
        Fault::refused(format!("{unit} has nothing to sort"), "no open hold of it wants a reading")
            .next("gemba suspect list says what is suspect")
    };
    let (hold, suspected, (sample, of)) = view.state.sorts_next().ok_or_else(nothing)?;
    let hold = hold.clone();
    let ask = view.state.operation(suspected.operation).and_then(|pinned| {
        let step = view.instructions.get(&pinned.hash)?.step(&suspected.step)?;
        step.asks.get(usize::from(suspected.ask).checked_sub(1)?)
    });
    let Some(Ask::Measure(measure)) = ask else { return Err(nothing()) };
    let known = gauge_known(&station, gauge.as_ref())?.and_then(|gauge| gauge.unit);
    let read = typed::value(&value, &measure.kind, known);
    let value = read.map_err(|why| bad_value(&value, &why))?;
    let what = format!("{unit} sorted, {sample} of {of}: {}", shown(&value));
    let performer = Performer::of(console, &mut station, &signer)?;
    let command = TravelerCommand::Sort { hold, sample, value, gauge };
    let saved = station.transact(&performer.acting, Command::Traveler(unit.clone(), command))?;
    say(console, &station, &unit, (&what, &saved))
}
