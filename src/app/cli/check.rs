//! `gemba check`, `gemba fmt`, `gemba diff`: sources, without a store.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::{Console, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::sources::Sources;
use crate::authoring::check::Definition;
use crate::authoring::code::Code;
use crate::authoring::finding::{Finding, Source};
use crate::authoring::format;
use crate::domain::difference::{diff_instructions, diff_specifications, diff_standard_steps};
use crate::views::query::{Answer, Query};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gemba check WI-1040.md CP-40.csv\n  gemba check --explain \
                        E0107\n\nEach finding is FILE:LINE:COLUMN CODE what: why; what to do. Exit \
                        code 1 if there is any.\nJSON, one finding a line: file, line, column, \
                        code, what, why, next")]
pub struct CheckArgs {
    /// Instructions (.md) and specifications (.csv)
    #[arg(required_unless_present = "explain")]
    files: Vec<PathBuf>,
    /// Say what a code means, with an example
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
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
                        WI-1040@B WI-1040@C   of this station's store\n\nExit code 0 also where \
                        something changed.\nJSON, one change a line: step, characteristic, what, \
                        old, new")]
pub struct DiffArgs {
    /// The source before, or ID@REVISION
    pub old: PathBuf,
    /// The source after, or ID@REVISION
    pub new: PathBuf,
}

/// Checks sources, or explains a code.
pub fn check(console: &Console, args: CheckArgs) -> Result<Exit, Fault> {
    if let Some(code) = args.explain {
        let known = Code::parse(&code).ok_or_else(|| {
            Fault::usage(format!("{code} is no code"), "").next("codes look like E0107")
        })?;
        console.printer.text(known.explain());
        console.printer.value(&serde_json::json!({ "code": known, "text": known.explain() }));
        return Ok(Exit::Done);
    }
    let sources = Sources::read(&args.files)?;
    let found = print_findings(console, &sources.check());
    if found > 0 {
        console.printer.line(format!("{found} findings; gemba check --explain CODE says more"));
        return Ok(Exit::Refused);
    }
    console.printer.line(format!("{} clean", args.files.len()));
    Ok(Exit::Done)
}

/// Prints every finding; tells how many there are.
pub fn print_findings(console: &Console, checked: &[Result<Definition, Vec<Finding>>]) -> usize {
    let findings = || checked.iter().filter_map(|one| one.as_ref().err()).flatten();
    for finding in findings() {
        console.printer.line(finding);
        console.printer.value(finding);
    }
    findings().count()
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
    let (old, new) = (one(console, args.old)?, one(console, args.new)?);
    let changes = match (&old, &new) {
        (Definition::Specification(old), Definition::Specification(new)) => {
            diff_specifications(old, new)
        }
        (Definition::Instruction(old), Definition::Instruction(new)) => diff_instructions(old, new),
        (Definition::StandardStep(old), Definition::StandardStep(new)) => {
            diff_standard_steps(old, new)
        }
        (_, _) => {
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
    let checked = Sources::read(&[file])?.check();
    if print_findings(console, &checked) > 0 {
        return Err(Fault::refused(format!("{name} has findings"), "it cannot be compared"));
    }
    let definition = checked.into_iter().next().and_then(Result::ok);
    definition.ok_or_else(|| Fault::refused(format!("{name} defines nothing"), ""))
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
    let row = rows.into_iter().find(|row| row.id == id && row.revision.as_str() == revision);
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
