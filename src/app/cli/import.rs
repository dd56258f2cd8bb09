//! `gemba person import`, `gauge import`, `order import`: a plan first, then all rows as one act.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, signer};
use crate::app::fault::{Exit, Fault};
use crate::app::import::plan::{self, Around, Plan, Planned, Register, Standing};
use crate::app::import::table::FILE_BYTES_MAX;
use crate::app::station::Station;
use crate::domain::fact::Acting;
use crate::domain::refusal::{Reason, Refusal};

/// What `person import --help` adds.
pub const PERSON_HELP: &str = "Example: gemba person import people.csv --verified-by 'HR file, \
    seen by C. Moreau'\n\nColumns, in any order: person (or id), name, badge, roles, \
    qualifications (torque-1 until 2027-06-30; torque-2), verified-by. PINs are never in a file: \
    name and badge wait here until gemba person pin. Qualifications that the file does not name \
    stay.\n\nJSON, one row a line: line, id, standing (new, changed, unchanged, older, refused), changes, \
    remarks, problems (line, column, code, what, next); then file, rows, new, changed, unchanged, \
    older, refused, problems, applied, facts, waiting";
/// What `gauge import --help` adds.
pub const GAUGE_HELP: &str = "Example: gemba gauge import gauges.csv --apply --badge B-5020\n\n\
    Columns, in any order: gauge (or id), description (or name), class, unit, resolution, \
    uncertainty (k = 2), range (5..50), interval (days, 12 months, 1 year), calibrated, due (or \
    calibration due), certificate.\n\nJSON: as gemba person import --help says";
/// What `order import --help` adds.
pub const ORDER_HELP: &str = "Example: gemba order import orders.csv\n\nColumns, in any order: \
    order (or id), part, quantity, serials (0001..0020) or lot, route (20:WI-1040:ASM, or the \
    instructions alone), place (or work center), due, priority.\n\nJSON: as gemba person import \
    --help says";
/// So many rows are listed for people; all of them with --json.
const LISTED_MAX: usize = 40;

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file: CSV in UTF-8, with a head, parted by commas, semicolons or tabs
    file: PathBuf,
    /// Write all rows as one act; without it the plan is shown and nothing is written
    #[arg(long, requires = "badge")]
    apply: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct PersonImportArgs {
    #[command(flatten)]
    import: ImportArgs,
    /// How identity was verified, where the file has no column verified-by
    #[arg(long)]
    verified_by: Option<String>,
}

/// Imports people.
pub fn people(console: &Console, args: &PersonImportArgs) -> Result<Exit, Fault> {
    run(console, Register::People, (&args.import, args.verified_by.as_deref()))
}

/// Imports gauges or orders.
pub fn run(
    console: &Console,
    register: Register,
    (args, verified_by): (&ImportArgs, Option<&str>),
) -> Result<Exit, Fault> {
    let bytes = read(args)?;
    if !args.apply {
        let station = console.reader()?;
        let acting =
            Acting { place: None, terminal: signer::terminal()?, session: None, actor: None };
        let around = Around { station: &station, verified_by };
        let plan = planned(console, register, (&bytes, around), &acting)?;
        return Ok(report(console, (register, args), &plan, None));
    }
    let mut station = console.station()?;
    let proven = args.signer.prove(console, &mut station)?;
    let person = &proven.card.person;
    let (roles, action) = (station.roles(person), register.action());
    if !action.roles().iter().any(|role| roles.contains(role)) {
        let person = person.clone();
        return Err(Refusal::one(Reason::RoleMissing { person, action }).into());
    }
    let around = Around { station: &station, verified_by };
    let mut plan = planned(console, register, (&bytes, around), &proven.acting)?;
    if !plan.is_good() {
        return Ok(report(console, (register, args), &plan, None));
    }
    let act = plan.act();
    let total = act.commands.len();
    let mut told = |n: usize| progress(console, "saving", (n, total));
    let saved = station.transact_several(&proven.acting, (act, &mut told));
    console.printer.progress_ends();
    let saved = saved?;
    Ok(report(console, (register, args), &plan, Some((&station, saved.len()))))
}

fn read(args: &ImportArgs) -> Result<Vec<u8>, Fault> {
    let file = args.file.display();
    let unreadable = |error: std::io::Error| {
        Fault::usage(format!("{file} cannot be read"), error).next("check its name")
    };
    let found = fs::metadata(&args.file).map_err(unreadable)?;
    if found.len() > FILE_BYTES_MAX {
        let why = format!("it has {} bytes, and at most {FILE_BYTES_MAX} are read", found.len());
        return Err(
            Fault::refused(format!("{file} is too large"), why).next("split it into several files")
        );
    }
    fs::read(&args.file).map_err(unreadable)
}

fn planned(
    console: &Console,
    register: Register,
    (bytes, around): (&[u8], Around<'_>),
    acting: &Acting,
) -> Result<Plan, Fault> {
    let mut told = |n: usize, total: usize| progress(console, "checking", (n, total));
    let plan = plan::plan(bytes, register, (around, acting), &mut told);
    console.printer.progress_ends();
    plan
}

/// Each hundredth row says how far it is, where a person watches.
fn progress(console: &Console, what: &str, (n, total): (usize, usize)) {
    if n.is_multiple_of(100) {
        console.printer.progress(format!("{what} {n} of {total}"));
    }
}

/// Says what would be done, or was.
fn report(
    console: &Console,
    (register, args): (Register, &ImportArgs),
    plan: &Plan,
    applied: Option<(&Station, usize)>,
) -> Exit {
    let printer = &console.printer;
    let file = args.file.display().to_string();
    for row in &plan.rows {
        printer.value(row);
    }
    let count = |standing| plan.count(standing);
    let (new, changed) = (count(Standing::New), count(Standing::Changed));
    let (unchanged, refused) = (count(Standing::Unchanged), count(Standing::Refused));
    let older = count(Standing::Older);
    let waiting = applied.map(|(station, _)| station.ledger.waiting().unwrap_or(0));
    printer.value(&json!({
        "file": file, "rows": plan.rows.len(), "new": new, "changed": changed,
        "unchanged": unchanged, "older": older, "refused": refused, "problems": plan.problems,
        "applied": applied.is_some(), "facts": applied.map_or(0, |(_, facts)| facts),
        "waiting": waiting,
    }));
    let (rows, what) = (plan.rows.len(), register.word());
    let old = if older > 0 { format!("{older} older than what is known, ") } else { String::new() };
    printer.line(format!(
        "{file}: {rows} {what}: {new} new, {changed} changed, {unchanged} unchanged, {old}{refused} \
         refused"
    ));
    list(console, plan);
    for problem in plan.problems.iter().chain(plan.rows.iter().flat_map(|row| &row.problems)) {
        printer.line(problem);
    }
    let again = format!("gemba {} import {file} --apply --badge BADGE", command_of(register));
    match (applied, plan.is_good()) {
        (Some(_), _) => {
            let waiting = waiting.unwrap_or(0);
            printer.line(format!("saved as one act; {waiting} facts not at the server yet"));
        }
        (None, false) => printer.line("nothing was written: mend the lines named, then again"),
        (None, true) if new + changed == 0 => printer.line("nothing to write"),
        (None, true) => printer.line(format!("nothing was written yet → {again}")),
    }
    if plan.is_good() { Exit::Done } else { Exit::Refused }
}

fn list(console: &Console, plan: &Plan) {
    let news = |row: &&Planned| {
        matches!(row.standing, Standing::New | Standing::Changed | Standing::Older)
    };
    let word = |standing| match standing {
        Standing::New => "new",
        Standing::Changed => "changed",
        Standing::Unchanged => "unchanged",
        Standing::Older => "older than what is known",
        Standing::Refused => "refused",
    };
    let cells = |row: &Planned| {
        let said: Vec<&str> = row.changes.iter().chain(&row.remarks).map(String::as_str).collect();
        vec![row.line.to_string(), row.id.clone(), word(row.standing).to_owned(), said.join("; ")]
    };
    let table: Vec<Vec<String>> =
        plan.rows.iter().filter(news).take(LISTED_MAX).map(cells).collect();
    if !table.is_empty() {
        console.printer.table(&["line", "id", "", "what"], &table);
    }
    let more = plan.rows.iter().filter(news).count().saturating_sub(LISTED_MAX);
    if more > 0 {
        console.printer.line(format!("and {more} more: --json lists them all"));
    }
}

fn command_of(register: Register) -> &'static str {
    match register {
        Register::People => "person",
        Register::Gauges => "gauge",
        Register::Orders => "order",
    }
}
