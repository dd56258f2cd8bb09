//! `gemba reading`: list what was measured, correct it, measure again what failed.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Console;
use super::record::{say, value_again};
use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::{traveler_id, view};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::{GaugeId, StepId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::correction::{Consequences, consequences};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::Reading;
use crate::views::signature::words_of_uncovered;
use crate::views::traveler::TravelerView;

#[derive(Debug, Subcommand)]
pub enum ReadingCommand {
    /// List the readings of a unit or lot, corrected ones with their first value
    #[command(
        after_help = "Example: gemba reading list WO-1881/0007\n\nJSON, one reading a line: \
                            reading, operation, step, ask, sample, name, value, first_value, \
                            verdict, counts, retry (reason or null), corrections (value, verdict, \
                            reason)"
    )]
    List {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
    },
    /// Correct a value that was recorded; the first one stays in the record
    #[command(
        after_help = "Example: gemba reading correct WO-1881/0007 25.3 --step torque --sample \
                            2 --reason 'read it wrong' --badge B-2107\n\nWhat follows is told before \
                            it is saved; --dry-run saves nothing.\nJSON: first reading, name, from, \
                            to (value, verdict), holds, uncovered (operation, step, signature, meaning), \
                            downstream (operation, name), steps (operation, step, needed, done); \
                            then as `gemba record`"
    )]
    Correct(CorrectArgs),
    /// Measure again what failed, where the instruction allows it; the failing reading stays
    #[command(after_help = "Example: gemba reading again WO-1881/0007 25.1 --reason 'the socket \
                            slipped' --gauge TW-07 --badge B-2107\n\nJSON: as `gemba record`")]
    Again {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
        /// The new value
        #[arg(allow_hyphen_values = true)]
        value: String,
        /// Why it was measured again
        #[arg(long)]
        reason: String,
        /// The gauge it was measured with
        #[arg(long)]
        gauge: Option<GaugeId>,
        #[command(flatten)]
        signer: SignerArgs,
    },
}

#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// The right value
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// The step of the reading
    #[arg(long)]
    step: StepId,
    /// The number of the ask in the step
    #[arg(long, value_name = "N")]
    ask: Option<u16>,
    /// Which reading of the ask
    #[arg(long, value_name = "N", default_value_t = 1)]
    sample: u16,
    /// Why
    #[arg(long)]
    reason: String,
    /// Say what would follow, and save nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about readings.
pub fn run(console: &Console, command: ReadingCommand) -> Result<Exit, Fault> {
    match command {
        ReadingCommand::List { traveler } => list(console, &traveler),
        ReadingCommand::Correct(args) => correct(console, &args),
        ReadingCommand::Again { traveler, value, reason, gauge, signer } => {
            again(console, &traveler, (&value, reason, gauge), &signer)
        }
    }
}

fn list(console: &Console, id: &TravelerId) -> Result<Exit, Fault> {
    let view = view(&console.reader()?, id)?;
    let mut table = Vec::new();
    for attempt in &view.state.attempts {
        for (entry, reading) in attempt.readings() {
            let (first, now) = (shown(&reading.taken.value), shown(reading.value()));
            let corrections: Vec<Value> = reading
                .corrections
                .iter()
                .map(|made| {
                    let value = shown(&made.value);
                    json!({ "value": value, "verdict": made.verdict, "reason": made.reason })
                })
                .collect();
            let counts = attempt.counts(&entry.at);
            console.printer.value(&json!({
                "reading": entry.at.to_string(), "operation": attempt.operation,
                "step": attempt.step, "ask": entry.ask, "sample": entry.sample,
                "name": reading.taken.name, "value": now, "first_value": first,
                "verdict": reading.verdict(), "counts": counts,
                "retry": reading.taken.retry.as_ref().map(|retry| &retry.reason),
                "corrections": corrections,
            }));
            let verdict = reading.verdict().map_or("-".to_owned(), |v| format!("{v:?}"));
            let made = reading.corrections.last();
            let why = made.map_or_else(String::new, |made| format!("was {first}: {}", made.reason));
            let why = if counts { why } else { "counts no more".to_owned() };
            let sample = format!("{}.{}", entry.ask, entry.sample);
            let step = format!("{} {}", attempt.operation, attempt.step);
            table.push(vec![step, sample, reading.taken.name.clone(), now, verdict, why]);
        }
    }
    if table.is_empty() {
        console.printer.line("no readings");
    } else {
        console.printer.table(&["step", "ask", "name", "value", "verdict", ""], &table);
    }
    Ok(Exit::Done)
}

/// The reading that counts at a step, ask and sample.
fn reading_at<'a>(
    view: &'a TravelerView,
    args: &CorrectArgs,
) -> Result<(&'a Position, &'a Reading), Fault> {
    let attempts = view.state.attempts.iter().rev().filter(|a| a.step == args.step);
    let mut readings = attempts
        .flat_map(|attempt| attempt.readings().filter(|(entry, _)| attempt.counts(&entry.at)));
    let named = readings.find(|(entry, _)| {
        entry.sample == args.sample && args.ask.is_none_or(|ask| entry.ask == ask)
    });
    named.map(|(entry, reading)| (&entry.at, reading)).ok_or_else(|| {
        let what = format!("step {} has no reading {} that counts", args.step, args.sample);
        Fault::refused(what, "").next(format!("gemba reading list {}", args.traveler))
    })
}

fn correct(console: &Console, args: &CorrectArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let id = &args.traveler;
    let view = view(&station, id)?;
    let (at, reading) = reading_at(&view, args)?;
    let value = value_again(&args.value, reading)?;
    let words = shown(&value);
    let told = consequences(&view.state, at, (&value, &view.instructions))
        .map_err(|reason| Fault::from(crate::domain::refusal::Refusal::one(reason)))?;
    tell(console, (at, reading), &value, &told);
    if args.dry_run {
        return Ok(Exit::Done);
    }
    let performer = Performer::of(console, &mut station, &args.signer)?;
    let (reading, reason) = (at.clone(), args.reason.clone());
    let command = TravelerCommand::Correct { reading, value, reason };
    let saved = station.transact(&performer.acting, Command::Traveler(id.clone(), command))?;
    let what = format!("{id} step {} corrected: {words}", args.step);
    say(console, &station, id, (&what, &saved))
}

/// Says what follows from a correction.
fn tell(
    console: &Console,
    (at, reading): (&Position, &Reading),
    value: &ReadingValue,
    told: &Consequences,
) {
    let (name, from, to) = (&reading.taken.name, shown(reading.value()), shown(value));
    let printer = &console.printer;
    let verdict = |verdict| Option::map_or(verdict, "not judged".to_owned(), |v| format!("{v:?}"));
    let (was, is) = (verdict(told.from), verdict(told.to));
    printer.line(format!("{name} {}: {from} ({was}) becomes {to} ({is})", reading.taken.sample));
    if told.holds() {
        printer.line("the unit is held until it is typed again or its deviation is disposed");
    }
    for signed in &told.uncovered {
        let (words, step) = (words_of_uncovered(signed), &signed.step);
        let operation = signed.operation;
        printer.line(format!("no longer covers: {words}; {operation} {step} is signed again"));
    }
    for next in &told.downstream {
        printer.line(format!("{} {} was done on the old value", next.operation, next.name));
    }
    for turned in &told.turned {
        printer.line(turned.words());
    }
    let uncovered = told.uncovered.iter().map(|signed| {
        json!({ "operation": signed.operation, "step": signed.step,
                "signature": words_of_uncovered(signed), "meaning": signed.meaning.word() })
    });
    let downstream = told.downstream.iter();
    let downstream = downstream.map(|d| json!({ "operation": d.operation, "name": d.name }));
    let steps = told.turned.iter().map(|turned| {
        json!({ "operation": turned.operation, "step": turned.step,
                "needed": turned.needed, "done": turned.done })
    });
    printer.value(&json!({
        "reading": at.to_string(), "name": name,
        "from": { "value": from, "verdict": told.from },
        "to": { "value": to, "verdict": told.to },
        "holds": told.holds(), "uncovered": uncovered.collect::<Vec<_>>(),
        "downstream": downstream.collect::<Vec<_>>(), "steps": steps.collect::<Vec<_>>(),
    }));
}

fn again(
    console: &Console,
    id: &TravelerId,
    (text, reason, gauge): (&str, String, Option<GaugeId>),
    signer: &SignerArgs,
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let view = view(&station, id)?;
    let nothing = || {
        Fault::refused("no failing value waits to be typed again", "only that is measured again")
            .next(format!("gemba reading list {id}"))
    };
    let (_, at, reading) = view.state.to_retype().ok_or_else(nothing)?;
    let value = value_again(text, reading)?;
    let what = format!("{id} measured again: {}", shown(&value));
    let performer = Performer::of(console, &mut station, signer)?;
    let command = TravelerCommand::Remeasure { reading: at.clone(), value, gauge, reason };
    let saved = station.transact(&performer.acting, Command::Traveler(id.clone(), command))?;
    say(console, &station, id, (&what, &saved))
}
