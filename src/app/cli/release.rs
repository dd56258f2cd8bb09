//! `gemba release`: hands checked sources in for approval.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, check, instruction, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::release::HandedIn;
use crate::app::sources::{self, Sources};
use crate::app::station::Station;
use crate::authoring::check::{Definition, translates};
use crate::authoring::finding::Sound;
use crate::domain::effectivity::Effectivity;
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, OrderId, RedlineId, UnitId};
use crate::domain::instruction::Picture;
use crate::views::definition::languages_words;
use crate::views::query::{Answer, Query};
use crate::views::redline::RedlineRow;
use crate::views::register::UserRow;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba release CP-40.csv WI-1040.md --badge B-5003\n\nWhat `gemba \
                        check` refuses is refused. A translation beside an instruction, such as \
                        WI-1040.de.md, goes along with it. The revision is frozen once everybody whom the \
                        site asks has approved it: gemba sign --meaning approved WI-1040 C\n\
                        JSON, one definition a line: what, id, revision, hash, facts, effectivity {from_date, \
                        from_order, from_serial}, users (of a standard step), answers (the redlines that it does), languages (into which it is \
                        translated), \
                        redlines_left (accepted, not among them), redlines_unknown (here)"
)]
pub struct ReleaseArgs {
    /// Instructions (.md) and specifications (.csv)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The revision is run from this day on, site time
    #[arg(long, value_name = "DATE")]
    effective_from: Option<Date>,
    /// The revision is run from this order on, such as WO-1881: orders WO-… with a higher number
    #[arg(long, value_name = "ORDER")]
    effective_from_order: Option<OrderId>,
    /// The revision is run from this serial or lot on
    #[arg(long, value_name = "SERIAL")]
    effective_from_serial: Option<UnitId>,
    /// Refuse warnings too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Hands sources in.
pub fn run(console: &Console, args: ReleaseArgs) -> Result<Exit, Fault> {
    let sources = Sources::read(&args.files)?;
    let checked = check::checked(console, &sources)?;
    if check::print_findings(console, &checked).refuses(args.strict) {
        return Err(Fault::refused("nothing was handed in", "the sources have findings")
            .next("mend them, then hand in again; `gemba check --explain CODE` says more"));
    }
    let effectivity = Effectivity {
        from_date: args.effective_from,
        from_order: args.effective_from_order,
        from_serial: args.effective_from_serial,
    };
    let mut handed_in = Vec::new();
    for ((file, _), sound) in sources.named.iter().zip(checked) {
        let Ok(Sound { definition, .. }) = sound else { continue };
        // Words go along with what they translate; alone they are refused.
        let goes_along = sources.named.iter().any(|(other, _)| translates(file, other));
        if goes_along && matches!(definition, Definition::Translation(_)) {
            continue;
        }
        let read = |picture: &Picture| read_picture(console, file, picture);
        handed_in.push(HandedIn::compile(definition, &effectivity, read)?);
    }
    let mut station = console.station()?;
    let signer = args.signer.prove(console, &mut station)?;
    for definition in handed_in {
        let HandedIn { what, id, revision, hash, answers, languages, .. } = &definition;
        let (what, id, revision, hash) = (what.clone(), id.clone(), revision.clone(), *hash);
        let (answers, languages) = (answers.clone(), languages.clone());
        let saved = definition.submit(&mut station, &signer.acting)?;
        console.printer.line(format!("handed in: {what} rev {revision}  {hash}"));
        if let Some(words) = languages_words(&languages) {
            console.printer.line(words);
        }
        if !effectivity.is_at_once() {
            console.printer.line(format!("takes effect {}", effectivity.words()));
        }
        console
            .printer
            .line(format!("→ gemba sign --meaning approved {id} {revision} --badge BADGE"));
        let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
        let users = users(&station, &id)?;
        for user in &users {
            let words = instruction::row(user);
            console.printer.line(format!("used by {}", words.join("  ")));
        }
        let redlines = redlines(&station, &id, &answers)?;
        for line in redlines.words() {
            console.printer.line(line);
        }
        console.printer.value(&json!({
            "what": what, "id": id, "revision": revision, "hash": hash, "facts": facts,
            "effectivity": effectivity,
            "users": users,
            "answers": answers,
            "languages": languages,
            "redlines_left": redlines.left,
            "redlines_unknown": redlines.unknown,
        }));
    }
    Ok(Exit::Done)
}

/// A picture from its file, or by its hash from this station's store: a standard step brings its own.
fn read_picture(console: &Console, source: &str, picture: &Picture) -> Result<Vec<u8>, Fault> {
    let beside = sources::read_picture(source, &picture.file);
    if let Ok(bytes) = &beside
        && Hash::of(&[bytes]) == picture.blob
    {
        return beside.map_err(|_| rows::mixed_up());
    }
    let query = Query::Blob { hash: picture.blob };
    let Answer::Blob(Some(bytes)) = rows::ask(console, &query)? else {
        let what = format!("{} cannot be read", picture.file);
        return Err(Fault::refused(what, "nothing was handed in")
            .next("put it beside the source; where a standard step shows it, sync this station"));
    };
    Ok(bytes)
}

/// Who includes what was handed in, where it is a standard step.
fn users(station: &Station, id: &str) -> Result<Vec<UserRow>, Fault> {
    let Ok(standard) = InstructionId::parse(id) else { return Ok(Vec::new()) };
    let Answer::Users(users) = station.answer(&Query::Users { standard })? else {
        return Err(rows::mixed_up());
    };
    Ok(users)
}

/// What the answers of a text leave open.
#[derive(Debug, Default)]
struct Redlines {
    /// Accepted, and done by no text, this one included.
    left: Vec<RedlineRow>,
    /// Named in the text, and not known here of this instruction.
    unknown: Vec<RedlineId>,
}

impl Redlines {
    fn words(&self) -> Vec<String> {
        let left = self.left.iter().map(|row| {
            format!(
                "not done yet: {} #{}: {}  ({})",
                row.redline,
                row.step,
                row.text,
                row.standing()
            )
        });
        let unknown = self.unknown.iter().map(|redline| {
            format!("answers {redline}, which is not known here for this instruction")
        });
        left.chain(unknown).collect()
    }
}

/// Compares the redlines of an instruction with what its text says it does.
fn redlines(station: &Station, id: &str, answers: &[RedlineId]) -> Result<Redlines, Fault> {
    let Ok(instruction) = InstructionId::parse(id) else { return Ok(Redlines::default()) };
    let query = Query::Redlines { instruction: Some(instruction), answered: true };
    let Answer::Redlines(known) = station.answer(&query)? else {
        return Err(rows::mixed_up());
    };
    let is_known = |redline: &&RedlineId| known.iter().any(|row| row.redline == **redline);
    let unknown = answers.iter().filter(|redline| !is_known(redline)).cloned().collect();
    let left = |row: &RedlineRow| row.waits_for_text() && !answers.contains(&row.redline);
    Ok(Redlines { left: known.into_iter().filter(left).collect(), unknown })
}
