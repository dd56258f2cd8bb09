//! `gemba component`: what a unit is made of, against plan, and what is taken out of it.

use clap::{Args, Subcommand};

use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::{DeviationId, PartId};
use crate::domain::refusal::Refusal;
use crate::domain::refusal::component::ComponentReason;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::component::Becomes;
use crate::views::material::{AsBuiltView, BuiltRow, ComponentRow};

#[derive(Debug, Subcommand)]
pub enum ComponentCommand {
    /// List what a unit is made of, against what its instructions plan
    #[command(
        after_help = "Example: gemba component list WO-1881/0007\n\nJSON, one value: traveler, \
                            rows (operation, step, ask, name, part, by, planned, standing, \
                            components (identity, pieces, known, made, expires, by, at, fact, \
                            becomes, reason)), gaps"
    )]
    List {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
    },
    /// Say that a component was taken out, and what becomes of it; its step asks for one again
    #[command(after_help = "Examples:\n  gemba component remove WO-1881/0007 H-4412 --becomes \
                            reusable --reason 'cover cracked' --place ASM-1 --badge B-2107\n  \
                            gemba component remove WO-1881/0007 H-4412 --becomes deviation \
                            --deviation NCR-ASM1-0003 --reason 'crack in the flange' --badge \
                            B-2107\n\nJSON: saved, facts, waiting")]
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// Its serial or lot
    identity: String,
    /// Its part, where the number alone does not say which one
    #[arg(long)]
    part: Option<PartId>,
    /// What becomes of it: reusable, scrap, deviation
    #[arg(long, value_parser = ["reusable", "scrap", "deviation"])]
    becomes: String,
    /// The deviation of this unit for which it is kept
    #[arg(long, required_if_eq("becomes", "deviation"))]
    deviation: Option<DeviationId>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about components.
pub fn run(console: &Console, command: ComponentCommand) -> Result<Exit, Fault> {
    match command {
        ComponentCommand::List { traveler } => list(console, &traveler),
        ComponentCommand::Remove(args) => remove(console, args),
    }
}

fn list(console: &Console, id: &TravelerId) -> Result<Exit, Fault> {
    let view = view(&console.reader()?, id)?;
    let built = AsBuiltView::of(id, &view.state, &view.instructions);
    console.printer.value(&built);
    let table: Vec<Vec<String>> = built.rows.iter().flat_map(cells).collect();
    if table.is_empty() {
        console.printer.line("nothing is built in by its instructions");
    } else {
        let head = ["operation", "component", "part", "built in", "pieces", "known", ""];
        console.printer.table(&head, &table);
    }
    for gap in &built.gaps {
        console.printer.line(format!("not as planned: {gap}"));
    }
    Ok(Exit::Done)
}

fn cells(row: &BuiltRow) -> Vec<Vec<String>> {
    let cells = |component: Option<&ComponentRow>| {
        let becomes = component.and_then(|component| component.becomes.clone());
        vec![
            format!("{} {}", row.operation, row.step),
            row.name.clone(),
            row.part.to_string(),
            component.map_or_else(|| "-".to_owned(), |component| component.identity.clone()),
            rows::or_dash(component.map(|component| component.pieces)),
            component.map_or_else(String::new, |component| component.known.clone()),
            becomes.map_or_else(
                || row.standing.clone(),
                |becomes| format!("{}, {becomes}", row.standing),
            ),
        ]
    };
    if row.components.is_empty() {
        return vec![cells(None)];
    }
    row.components.iter().map(|component| cells(Some(component))).collect()
}

fn remove(console: &Console, args: RemoveArgs) -> Result<Exit, Fault> {
    let RemoveArgs { traveler, identity, part, becomes, deviation, reason, signer } = args;
    let becomes = match (becomes.as_str(), deviation) {
        ("reusable", _) => Becomes::Reusable,
        ("deviation", Some(deviation)) => Becomes::Deviation(deviation),
        (_, _) => Becomes::Scrap,
    };
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, &signer)?;
    let view = view(&station, &traveler)?;
    let components = view.state.components();
    let named = components.iter().filter(|built| built.stands() && built.identity == identity);
    let named: Vec<_> =
        named.filter(|built| part.as_ref().is_none_or(|part| part == built.part)).collect();
    let built = match named.as_slice() {
        [] => {
            let reason = ComponentReason::NotBuiltIn { identity };
            return Err(Refusal::one(reason.into()).into());
        }
        [one] => one,
        [first, rest @ ..] if rest.iter().all(|other| other.part == first.part) => first,
        _ => {
            let several = "components of several parts have this number";
            return Err(
                Fault::usage("which one is meant is not clear", several).next("add --part PART")
            );
        }
    };
    let entry = built.entry.at.clone();
    let what = format!("{} {identity} taken out of {traveler}, {}", built.part, becomes.words());
    let asked = TravelerCommand::RemoveComponent { entry, becomes, reason };
    let saved = station.transact(&acting, Command::Traveler(traveler, asked))?;
    acts::say_saved(console, &station, &what, &saved);
    Ok(Exit::Done)
}
