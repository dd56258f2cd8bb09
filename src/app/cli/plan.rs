//! `gemba plan`: how many good ones are planned of a place an hour.

use clap::{Args, Subcommand};
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::PlaceId;
use crate::domain::place::PlaceCommand;
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Say how many good ones are planned of a place in an hour of a shift
    #[command(after_help = "Example: gemba plan set --place ASM-1 --per-hour 4 --badge \
                            B-6001\n\nJSON: saved, facts, waiting")]
    Set(SetArgs),
    /// List what is planned
    #[command(after_help = "Example: gemba plan list\n\nJSON, one place a line: place, per_hour")]
    List,
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// Good ones an hour
    #[arg(long, value_name = "N", required_unless_present = "none", conflicts_with = "none",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    per_hour: Option<u32>,
    /// Nothing is planned any more
    #[arg(long)]
    none: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about what is planned.
pub fn run(console: &Console, command: PlanCommand) -> Result<Exit, Fault> {
    match command {
        PlanCommand::Set(args) => set(console, &args),
        PlanCommand::List => list(console),
    }
}

fn set(console: &Console, args: &SetArgs) -> Result<Exit, Fault> {
    let place: PlaceId = args.signer.place.clone().ok_or_else(|| {
        Fault::usage("no place is named", "a plan is of a place").next("add --place PLACE")
    })?;
    let per_hour = args.per_hour;
    let what = match per_hour {
        Some(count) => format!("{place}: {count} an hour are planned"),
        None => format!("{place}: nothing is planned"),
    };
    acts::act(console, &args.signer, &what, |_| {
        Command::Place(place, PlaceCommand::SetPlan { per_hour })
    })
}

fn list(console: &Console) -> Result<Exit, Fault> {
    let Answer::Places(places) = rows::ask(console, &Query::Places)? else {
        return Err(rows::mixed_up());
    };
    let mut table = Vec::new();
    for row in places {
        console.printer.value(&json!({ "place": row.place, "per_hour": row.per_hour }));
        table.push(vec![row.place.to_string(), rows::or_dash(row.per_hour)]);
    }
    console.printer.table(&["place", "an hour"], &table);
    Ok(Exit::Done)
}
