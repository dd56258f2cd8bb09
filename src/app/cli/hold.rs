//! `gemba traveler release`: a unit goes on that was held for a gauge or a definition.

use super::news::ChoiceArgs;
use super::session::Performer;
use super::traveler::view;
use super::{Console, acts};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::traveler::command::TravelerCommand as Asked;
use crate::domain::traveler::state::Hold;

/// Releases every hold of a unit that somebody in charge may release, as one act.
pub fn release(console: &Console, args: ChoiceArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, &args.signer)?;
    let state = view(&station, &args.traveler)?.state;
    let releasable: Vec<&Position> =
        state.open_holds().filter(|(_, hold)| by_a_word(hold)).map(|(at, _)| at).collect();
    // Where none is, the rule itself says why the first one that is open is not.
    let holds: Vec<&Position> = match (releasable.is_empty(), state.open_holds().next()) {
        (true, Some((first, _))) => vec![first],
        (_, _) => releasable,
    };
    if holds.is_empty() {
        let what = format!("{} is not on hold", args.traveler);
        return Err(Fault::refused(what, "no hold of it is open").next("go on with it"));
    }
    let release = |hold: &&Position| {
        let asked = Asked::ReleaseHold { hold: (*hold).clone(), reason: args.reason.clone() };
        Command::Traveler(args.traveler.clone(), asked)
    };
    let commands = holds.iter().map(release).collect();
    let saved = station.transact_all(&acting, commands)?;
    acts::say_saved(console, &station, &format!("{} goes on", args.traveler), &saved);
    Ok(Exit::Done)
}

fn by_a_word(hold: &Hold) -> bool {
    hold.placed.reason.released_by().is_some()
}
