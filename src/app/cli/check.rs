//! `gemba check`, `gemba fmt`, `gemba diff`: sources, without a store.

use std::path::PathBuf;

use clap::Args;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::app::sources::Sources;
use crate::authoring::check::Definition;
use crate::authoring::code::Code;
use crate::authoring::finding::Finding;

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
#[command(after_help = "Example: gemba fmt WI-1040.md\n\nExit code 1 with --check if a file would \
                        change.")]
pub struct FmtArgs {
    /// Instructions (.md) and specifications (.csv)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Change nothing; say which files would change
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: gemba diff old/WI-1040.md WI-1040.md\n\nExit code 0 also where \
                        something changed.")]
pub struct DiffArgs {
    /// The source before
    pub old: PathBuf,
    /// The source after
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
