//! `gemba traveler news|keep|move|hold`: what is newer for a unit, and the choice about it.

use clap::Args;
use serde_json::json;

use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::difference::told;
use crate::domain::news::shown;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand as Asked;
use crate::views::query::{Answer, Query};

#[derive(Debug, Args)]
pub struct ChoiceArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    pub traveler: TravelerId,
    /// Why
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// What is chosen for a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Finish by what it was begun with.
    Keep,
    /// Go on by the newest.
    Move,
    /// Hold until somebody in charge lets it go on.
    Hold,
}

/// Records the choice, about exactly the news of this moment.
pub fn choose(console: &Console, choice: Choice, args: ChoiceArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, &args.signer)?;
    let mut news = view(&station, &args.traveler)?.news;
    let (traveler, reason) = (args.traveler, args.reason);
    let (what, asked) = match choice {
        Choice::Keep => {
            news.retain(|item| !item.kept);
            let shown = shown(&news);
            ("is finished by what it was begun with", Asked::KeepRevision { shown, reason })
        }
        Choice::Move => {
            ("goes on by the newest", Asked::MoveToRevision { shown: shown(&news), reason })
        }
        Choice::Hold => ("is on hold", Asked::HoldForDefinition { reason }),
    };
    let what = format!("{traveler} {what}");
    let saved = station.transact(&acting, Command::Traveler(traveler, asked))?;
    acts::say_saved(console, &station, &what, &saved);
    Ok(Exit::Done)
}

/// Prints what is newer for a unit, and what that changes.
pub fn print(console: &Console, id: &TravelerId) -> Result<Exit, Fault> {
    let query = Query::Differences { id: id.clone(), person: None };
    let Answer::Differences(found) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    let news = found.map(|found| found.news).unwrap_or_default();
    for difference in &news {
        let item = &difference.news;
        let changes = difference.changes.as_deref().unwrap_or_default();
        console.printer.line(format!("{} rev {} → rev {}", item.what, item.from.0, item.to.0));
        for change in told(changes) {
            console.printer.line(format!("  {change}"));
        }
        console.printer.value(&json!({
            "operation": item.operation, "what": item.what, "from": item.from.0,
            "to": item.to.0, "kept": item.kept, "again": difference.again, "changes": changes,
        }));
    }
    if news.is_empty() {
        console.printer.line("nothing newer is in effect");
    }
    Ok(Exit::Done)
}
