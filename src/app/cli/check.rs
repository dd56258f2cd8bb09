//! `gemba check`, `gemba fmt`, `gemba diff`: sources; a store gives only standard steps.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::sources::Sources;
use crate::app::standards;
use crate::authoring::check::Definition;
use crate::authoring::code::Code;
use crate::authoring::finding::{Checked, Level, Source};
use crate::authoring::{format, keys};
use crate::domain::difference::{
    diff_instructions, diff_specifications, diff_standard_steps, whole_instruction,
    whole_standard_step,
};
use crate::views::query::{Answer, Query};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gemba check WI-1040.md CP-40.csv\n  gemba check --explain \
                        E0107\n\nEach finding is FILE:LINE:COLUMN CODE what: why; what to do. Exit \
                        code 1 if there is any; warnings refuse only by --strict. A translation beside an \
                        instruction, such as WI-1040.de.md, is checked with it. Standard steps \
                        are looked for beside the files, then in this station's \
                        store.\nJSON, one finding a line: file, line, column, \
                        code, level (error, warning), what, why, next; one key a line: key, stands, must, what, example")]
pub struct CheckArgs {
    /// Instructions (.md) and specifications (.csv)
    #[arg(required_unless_present = "explain")]
    files: Vec<PathBuf>,
    /// Say what a code, a key or a block means, with an example; `keys` lists every key
    #[arg(long, value_name = "CODE|KEY")]
    explain: Option<String>,
    /// Refuse warnings too
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba fmt WI-1040.md\n\nExit code 1 with --check if a file would \
                        change."
)]
pub struct FmtArgs {
    /// Instructions (.md) and specifications (.csv)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Change nothing; say which files would change
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: gemba diff old/WI-1040.md WI-1040.md\n         gemba diff \
                        WI-1040@B WI-1040@C   of this station's store\n         gemba diff \
                        WI-1040@A   all that it says, in every language\n\nExit code 0 also where \
                        something changed.\nJSON, one change a line: step, characteristic, what, \
                        old, new")]
pub struct DiffArgs {
    /// The source before, or ID@REVISION
    pub old: PathBuf,
    /// The source after, or ID@REVISION; without it, all that the one says is told as new
    pub new: Option<PathBuf>,
}

/// Checks sources, or explains a code.
pub fn check(console: &Console, args: CheckArgs) -> Result<Exit, Fault> {
    if let Some(name) = args.explain {
        return explain(console, &name);
    }
    let sources = Sources::read(&args.files)?;
    let told = print_findings(console, &checked(console, &sources)?);
    console.printer.line(told.words(args.files.len(), args.strict));
    Ok(if told.refuses(args.strict) { Exit::Refused } else { Exit::Done })
}

/// What reading sources gives, beside the standard steps of this station.
pub fn checked(console: &Console, sources: &Sources) -> Result<Vec<Checked<Definition>>, Fault> {
    let standards = if sources.include() {
        standards::released(&console.config, &console.clock)?
    } else {
        Vec::new()
    };
    Ok(sources.check(&standards))
}

/// How much was found.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    errors: usize,
    warnings: usize,
}

impl Told {
    /// Whether it refuses: errors do, warnings only where somebody is strict.
    pub fn refuses(self, strict: bool) -> bool {
        self.errors > 0 || strict && self.warnings > 0
    }

    fn words(self, files: usize, strict: bool) -> String {
        let Self { errors, warnings } = self;
        let more = "gemba check --explain CODE says more";
        match (errors, warnings) {
            (0, 0) => format!("{files} clean"),
            (0, _) if strict => format!("{warnings} warnings, refused by --strict; {more}"),
            (0, _) => format!("{files} without errors, {warnings} warnings; {more}"),
            (_, 0) => format!("{errors} findings; {more}"),
            (..) => format!("{errors} findings, {warnings} warnings; {more}"),
        }
    }
}

/// Says what a code means, a key wherever it stands, or all keys of a block.
fn explain(console: &Console, name: &str) -> Result<Exit, Fault> {
    if let Some(known) = Code::parse(name) {
        console.printer.text(known.explain());
        console.printer.value(&serde_json::json!({ "code": known, "text": known.explain() }));
        return Ok(Exit::Done);
    }
    let known = if name == "keys" { keys::all().collect() } else { keys::named(name) };
    if known.is_empty() {
        return Err(Fault::usage(format!("{name} is no code and no key"), "")
            .next("codes look like E0107; gemba check --explain keys lists the keys"));
    }
    for (stands, key) in known {
        console.printer.text(keys::explain(stands, key));
        console.printer.value(&serde_json::json!({
            "key": key.key, "stands": stands, "must": key.must,
            "what": key.what, "example": key.example,
        }));
    }
    Ok(Exit::Done)
}

/// Prints every finding; tells how many there are.
pub fn print_findings(console: &Console, checked: &[Checked<Definition>]) -> Told {
    let mut told = Told { errors: 0, warnings: 0 };
    for one in checked {
        let findings = one.as_ref().map_or_else(|findings| findings, |sound| &sound.warnings);
        for finding in findings {
            console.printer.line(finding);
            console.printer.value(finding);
            match finding.level {
                Level::Error => told.errors += 1,
                Level::Warning => told.warnings += 1,
            }
        }
    }
    told
}

/// Lays sources out anew.
pub fn fmt(console: &Console, args: FmtArgs) -> Result<Exit, Fault> {
    let sources = Sources::read(&args.files)?;
    let mut laid_out = Vec::new();
    for ((name, bytes), path) in sources.named.iter().zip(&args.files) {
        match format::format(&Source { file: name, bytes }) {
            Ok(text) => laid_out.push((path, text, bytes)),
            Err(findings) => {
                print_findings(console, &[Err(findings)]);
                return Err(Fault::refused(format!("{name} cannot be laid out"), "")
                    .next("mend the findings first; no file was changed"));
            }
        }
    }
    let mut exit = Exit::Done;
    for (path, text, bytes) in laid_out {
        if text.as_bytes() == bytes.as_slice() {
            continue;
        }
        if args.check {
            console.printer.line(format!("would change {}", path.display()));
            exit = Exit::Refused;
        } else {
            write_whole(path, &text)?;
            console.printer.line(format!("changed {}", path.display()));
        }
        console.printer.value(&serde_json::json!({ "file": path, "changed": !args.check }));
    }
    Ok(exit)
}

/// Replaces a file by another that is whole.
fn write_whole(path: &std::path::Path, text: &str) -> Result<(), Fault> {
    let failed = |error: std::io::Error| {
        Fault::cannot(format!("{} cannot be written", path.display()), error)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(std::path::Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    fs::write(file.path(), text).map_err(failed)?;
    let rights = fs::metadata(path).map_err(failed)?.permissions();
    fs::set_permissions(file.path(), rights).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Says what changed between two sources.
pub fn diff(console: &Console, args: DiffArgs) -> Result<Exit, Fault> {
    let old = one(console, args.old)?;
    let new = args.new.map(|new| one(console, new)).transpose()?;
    let changes = match (&old, &new) {
        (Definition::Instruction(one), None) => whole_instruction(one),
        (Definition::StandardStep(one), None) => whole_standard_step(one),
        (Definition::Specification(_) | Definition::Translation(_), None) => {
            return Err(Fault::usage("only an instruction is told alone", "")
                .next("name two sources, the one before and the one after"));
        }
        (Definition::Specification(old), Some(Definition::Specification(new))) => {
            diff_specifications(old, new)
        }
        (Definition::Instruction(old), Some(Definition::Instruction(new))) => {
            diff_instructions(old, new)
        }
        (Definition::StandardStep(old), Some(Definition::StandardStep(new))) => {
            diff_standard_steps(old, new)
        }
        (_, Some(_)) => {
            return Err(Fault::usage("two sources of different kinds cannot be compared", "")
                .next("name two of a kind"));
        }
    };
    for change in &changes {
        console.printer.line(change);
        console.printer.value(change);
    }
    if changes.is_empty() {
        console.printer.line("nothing changed");
    }
    Ok(Exit::Done)
}

fn one(console: &Console, file: PathBuf) -> Result<Definition, Fault> {
    let name = file.display().to_string();
    if let Some((id, revision)) = name.split_once('@').filter(|_| !file.exists()) {
        return kept(console, id, revision);
    }
    let checked = checked(console, &Sources::read(&[file])?)?;
    if checked.iter().any(Result::is_err) {
        print_findings(console, &checked);
        return Err(Fault::refused(format!("{name} has findings"), "it cannot be compared"));
    }
    let sound = checked.into_iter().next().and_then(Result::ok);
    sound
        .map(|sound| sound.definition)
        .ok_or_else(|| Fault::refused(format!("{name} defines nothing"), ""))
}

/// A definition of this station's store, such as `WI-1040@C`.
fn kept(console: &Console, id: &str, revision: &str) -> Result<Definition, Fault> {
    let unknown = || {
        Fault::refused(format!("{id} rev {revision} is not here"), "it cannot be compared")
            .next("name it as WI-1040@C, or sync this station")
    };
    let Answer::Definitions(rows) = rows::ask(console, &Query::Definitions)? else {
        return Err(rows::mixed_up());
    };
    // Of two that were handed in apart by one number, the one that `gemba sign` signs.
    let row = rows.into_iter().rfind(|row| row.id == id && row.revision.as_str() == revision);
    let row = row.ok_or_else(unknown)?;
    let Answer::Blob(bytes) = rows::ask(console, &Query::Blob { hash: row.hash })? else {
        return Err(rows::mixed_up());
    };
    let bytes = bytes.ok_or_else(unknown)?;
    let standard = || serde_json::from_slice(&bytes).map(Definition::StandardStep);
    let read = match row.what.as_str() {
        "specification" => serde_json::from_slice(&bytes).map(Definition::Specification),
        _ => serde_json::from_slice(&bytes).map(Definition::Instruction).or_else(|_| standard()),
    };
    read.map_err(|error| Fault::cannot(format!("{id} rev {revision} cannot be read"), error))
}
