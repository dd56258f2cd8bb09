//! `gemba instruction read`: shows what a revision changed, then notes that it was read.

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::difference::told;
use crate::domain::ids::{InstructionId, RevisionId};
use crate::domain::people::{PersonCommand, RevisionRead};
use crate::domain::stream::Subject;
use crate::views::definition::{DefinitionView, RevisionRow};
use crate::views::query::{Answer, Query};

/// Shows the difference, and notes that whoever signs in has read it.
pub fn read(
    console: &Console,
    id: &InstructionId,
    revision: Option<&RevisionId>,
    signer: &SignerArgs,
) -> Result<Exit, Fault> {
    let unknown = || {
        Fault::refused(format!("{id} has no such revision here"), "nothing can be read")
            .next("check the number, or sync this station")
    };
    let query = Query::Definition { subject: Subject::Instruction(id.clone()) };
    let Answer::Definition(found) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    let row = found.and_then(|found| named(*found, revision)).ok_or_else(unknown)?;
    let (revision, hash) = (row.revision.clone(), row.hash);
    show_changes(console, id, &row)?;
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let person = signer.acting.actor.clone().ok_or_else(unknown)?;
    let what = format!("{id} rev {revision} read by {}", signer.card.name);
    let read = RevisionRead { instruction: id.clone(), revision, hash };
    let command = Command::Person(person, PersonCommand::ReadRevision(read));
    let saved = station.transact(&signer.acting, command)?;
    acts::say_saved(console, &station, &what, &saved);
    Ok(Exit::Done)
}

/// The revision that was named, else the one in effect, else the newest: that one is refused with
/// the reason why it is not read now.
fn named(found: DefinitionView, revision: Option<&RevisionId>) -> Option<RevisionRow> {
    let rows = found.revisions;
    let in_effect = rows.iter().position(|row| row.standing == "in effect");
    let at = match revision {
        Some(named) => rows.iter().position(|row| row.revision == *named)?,
        None => in_effect.unwrap_or(0),
    };
    rows.into_iter().nth(at)
}

fn show_changes(console: &Console, id: &InstructionId, row: &RevisionRow) -> Result<(), Fault> {
    let revision = &row.revision;
    let Some((before, old)) = row.before.clone() else {
        console.printer.line(format!("{id} rev {revision} is the first: nothing was changed"));
        return Ok(());
    };
    let Answer::Compared(changes) = rows::ask(console, &Query::Compared { old, new: row.hash })?
    else {
        return Err(rows::mixed_up());
    };
    let Some(changes) = changes else {
        return Err(Fault::refused(
            format!("what {id} rev {revision} changed cannot be shown"),
            format!("its text or that of rev {before} is not at this station"),
        )
        .next("fetch what is new: gemba sync"));
    };
    console.printer.line(format!("what {id} rev {revision} changed from rev {before}:"));
    for change in told(&changes) {
        console.printer.line(format!("  {change}"));
        console.printer.value(change);
    }
    Ok(())
}
