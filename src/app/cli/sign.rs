//! `gemba sign`: approve a revision, or sign what a step asks. It always asks for the PIN.

use std::collections::BTreeMap;

use clap::Args;

use super::signer::SignerArgs;
use super::step::{OperationArg, step_at};
use super::traveler::view_at;
use super::{Console, acts, rows, sync};
use crate::app::fault::{Exit, Fault};
use crate::app::identity;
use crate::app::station::Station;
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, PartId, RevisionId, StepId};
use crate::domain::instruction::Ask;
use crate::domain::signature::Meaning;
use crate::domain::stream::TravelerId;
use crate::ui::effect::Signing;
use crate::views::definition::is_released;
use crate::views::query::{Answer, Query};
use crate::views::register::DefinitionRow;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gemba sign --meaning approved WI-1040 C --badge B-5020\n  \
                        gemba sign --meaning approved CP-40 F --badge B-5020\n  \
                        gemba sign --meaning verified WO-1881/0007 signoff --place ASM-1 --badge \
                        B-3052\n\nA release takes effect when the server has judged it: without \
                        an answer the approval is saved and the exit code is 3.")]
pub struct SignArgs {
    /// performed, verified, witnessed, approved, released
    #[arg(long, value_parser = meaning)]
    meaning: Meaning,
    /// An instruction, a part (its specification), or ORDER/UNIT
    what: String,
    /// The revision, or the step of the unit
    which: Option<String>,
    #[command(flatten)]
    operation: OperationArg,
    /// The SHA-256 of the revision that you looked at, as `gemba release` printed it; refused where
    /// something else waits
    #[arg(long, value_name = "SHA256", value_parser = hash)]
    hash: Option<Hash>,
    #[command(flatten)]
    signer: SignerArgs,
}

fn meaning(text: &str) -> Result<Meaning, String> {
    let words = || Meaning::WORDS.map(|(word, _)| word).join(", ");
    Meaning::parse(text).ok_or_else(|| format!("one of {}", words()))
}

fn hash(text: &str) -> Result<Hash, String> {
    Hash::parse(text).ok_or_else(|| "64 hexadecimal digits".to_owned())
}

/// Signs.
pub fn run(console: &Console, args: SignArgs) -> Result<Exit, Fault> {
    match TravelerId::parse(&args.what) {
        Some(traveler) => sign_step(console, traveler, args),
        None => approve(console, args),
    }
}

fn sign_step(console: &Console, traveler: TravelerId, args: SignArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let view = view_at(console, (&station, &args.signer), &traveler)?;
    let named = args.which.as_deref().map(StepId::parse).transpose();
    let named = named.map_err(|error| Fault::usage("no such step", error))?;
    let (at, step) = step_at(&view, args.operation.of(named.as_ref()))?;
    let wanted = (1_u16..).zip(&step.asks).find_map(|(number, ask)| match ask {
        Ask::Sign(sign) if sign.meaning == args.meaning => Some(number),
        Ask::Sign(_)
        | Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Enter { .. }
        | Ask::Wait(_) => None,
    });
    let ask = wanted.ok_or_else(|| {
        let word = args.meaning.word();
        Fault::refused(format!("step {} asks for no signature {word}", at.step), "")
            .next(format!("gemba traveler show {traveler}"))
    })?;
    let what = format!("{traveler} step {} signed: {}", at.step, args.meaning.word());
    let seen = view.state.facts.len();
    let rows = [
        ("unit", format!("{traveler}  {}", view.order.part)),
        ("step", format!("op {} {}  {}", at.operation, at.step, step.title)),
        ("meaning", args.meaning.word().to_owned()),
        ("covers", format!("{seen} facts: gemba trace {traveler}")),
    ];
    acts::show_signed(console, &rows);
    let signing = Signing::Step { traveler, at, ask, seen };
    acts::act(console, &args.signer, &what, |signer| identity::command(signing, signer.by()))
}

fn approve(console: &Console, args: SignArgs) -> Result<Exit, Fault> {
    if args.meaning != Meaning::Approved {
        let word = args.meaning.word();
        return Err(Fault::usage(format!("{} cannot be signed {word}", args.what), "")
            .next("a revision is signed --meaning approved"));
    }
    if args.operation.operation.is_some() {
        return Err(Fault::usage("a revision has no operation", "--operation is of a step's")
            .next("leave --operation out"));
    }
    let revision = args.which.as_deref().ok_or_else(|| {
        Fault::usage("no revision is named", "an approval is for one revision")
            .next(format!("gemba sign --meaning approved {} REVISION", args.what))
    })?;
    let revision = RevisionId::parse(revision).map_err(|e| Fault::usage("no such revision", e))?;
    let mut station = console.station()?;
    let (signing, shown) = definition(&station, &args.what, &revision, args.hash)?;
    console.printer.line(format!("{} rev {revision}  {shown}", args.what));
    if matches!(signing, Signing::Instruction(..)) {
        let words = format!("gemba diff {}@{revision}", args.what);
        console.printer.line(format!("→ {words} says every word of it, in each language"));
    }
    if let Some(from) = takes_effect(&station, &args.what, &revision)? {
        console.printer.line(format!("{} rev {revision} takes effect {from}", args.what));
    }
    let signer = args.signer.prove(console, &mut station)?;
    let saved = station.transact(&signer.acting, identity::command(signing, signer.by()))?;
    let what = format!("{} rev {revision} signed: approved", args.what);
    acts::say_saved(console, &station, &what, &saved);
    drop(station);
    if saved.len() < 2 {
        let open = open_approvals(console, &args.what, &revision)?;
        console.printer.line(format!("still to approve: {}", open.join(", ")));
        return Ok(Exit::Done);
    }
    // The completing approval: the release takes effect once the server has judged it.
    sync::until(console, |station| {
        let row = row_of(station, &args.what, &revision)?;
        Ok(row.is_some_and(|row| is_released(&row.standing)))
    })?;
    let row = row_of(&console.reader()?, &args.what, &revision)?;
    let words = row.as_ref().map_or("is released", effect);
    let from = row.and_then(|row| row.from.filter(|_| row.standing == "later"));
    let from = from.map_or_else(String::new, |from| format!(" {from}"));
    console.printer.line(format!("{} rev {revision} {words}{from}", args.what));
    Ok(Exit::Done)
}

/// Whether an id names an instruction or a part, by what is known here, with what waits.
fn definition(
    station: &Station,
    id: &str,
    revision: &RevisionId,
    named: Option<Hash>,
) -> Result<(Signing, Hash), Fault> {
    let Answer::Definitions(rows) = station.answer(&Query::Definitions)? else {
        return Err(rows::mixed_up());
    };
    let this = |row: &&DefinitionRow| row.id == id && row.revision == *revision;
    let kinds: BTreeMap<&str, Hash> =
        rows.iter().filter(this).map(|row| (row.what.as_str(), row.hash)).collect();
    let usage = |error| Fault::usage("this is no id", error);
    match kinds.iter().next() {
        Some((&"specification", hash)) => {
            let (part, shown) = (PartId::parse(id).map_err(usage)?, named.unwrap_or(*hash));
            Ok((Signing::Specification(part, revision.clone(), shown), shown))
        }
        Some((_, hash)) => {
            let (id, shown) = (InstructionId::parse(id).map_err(usage)?, named.unwrap_or(*hash));
            Ok((Signing::Instruction(id, revision.clone(), shown), shown))
        }
        None => Err(Fault::refused(format!("{id} rev {revision} is not known here"), "")
            .next("hand it in first with `gemba release FILE`, or sync this station")),
    }
}

/// A revision as this station knows it.
fn row_of(
    station: &Station,
    id: &str,
    revision: &RevisionId,
) -> Result<Option<DefinitionRow>, Fault> {
    let Answer::Definitions(rows) = station.answer(&Query::Definitions)? else {
        return Err(rows::mixed_up());
    };
    Ok(rows.into_iter().find(|row| row.id == id && row.revision == *revision))
}

/// What a release that was judged accepted amounts to today.
fn effect(row: &DefinitionRow) -> &'static str {
    match row.standing.as_str() {
        "in effect" => "is in effect",
        "later" => "is released and takes effect",
        "superseded" => "is released; a later revision is in effect",
        _ => "is released",
    }
}

/// From when a revision is run, for who approves it; none where at once.
fn takes_effect(
    station: &Station,
    id: &str,
    revision: &RevisionId,
) -> Result<Option<String>, Fault> {
    let Answer::Definitions(rows) = station.answer(&Query::Definitions)? else {
        return Err(rows::mixed_up());
    };
    let this = rows.into_iter().find(|row| row.id == id && row.revision == *revision);
    Ok(this.and_then(|row| row.from))
}

fn open_approvals(
    console: &Console,
    id: &str,
    revision: &RevisionId,
) -> Result<Vec<String>, Fault> {
    let Answer::Definitions(found) = rows::ask(console, &Query::Definitions)? else {
        return Err(rows::mixed_up());
    };
    let this = found.into_iter().find(|row| row.id == id && row.revision == *revision);
    Ok(this.map(|row| row.approvals_open).unwrap_or_default())
}
