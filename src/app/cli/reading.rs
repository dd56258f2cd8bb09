//! `gemba reading`: list what was measured, measure again what failed; `gemba traveler correct`
//! corrects it.

use clap::Subcommand;
use serde_json::{Value, json};

use super::Console;
use super::record::{gauge_known, say, value_in};
use super::session::Performer;
use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::GaugeId;
use crate::domain::permit::fit::limits_words;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::hold::shown;

#[derive(Debug, Subcommand)]
pub enum ReadingCommand {
    /// List the readings of a unit or lot, corrected ones with their first value
    #[command(
        after_help = "Example: gemba reading list WO-1881/0007\n\nJSON, one reading a line: \
                            reading, operation, step, ask, sample, name, value, first_value, \
                            verdict, counts, retry (reason or null), corrections (value, verdict, \
                            reason), permit (permit, limits, fact; null where it goes on by none)"
    )]
    List {
        /// ORDER/UNIT
        #[arg(value_parser = traveler_id)]
        traveler: TravelerId,
    },
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

/// Runs a command about readings.
pub fn run(console: &Console, command: ReadingCommand) -> Result<Exit, Fault> {
    match command {
        ReadingCommand::List { traveler } => list(console, &traveler),
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
                "permit": reading.permit().map(|by| json!({
                    "permit": by.what.permit, "limits": limits_words(&by.what.limits),
                    "fact": by.at.to_string(),
                })),
            }));
            let verdict = reading.verdict().map_or("-".to_owned(), |v| format!("{v:?}"));
            let permit = reading.permit().map(|by| format!(", {}", by.what.words()));
            let verdict = verdict + &permit.unwrap_or_default();
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
    let shows = gauge_known(&station, gauge.as_ref())?.map(|gauge| gauge.unit);
    let value = value_in(text, reading, shows.unwrap_or(reading.unit()))?;
    let what = format!("{id} measured again: {}", shown(&value));
    let performer = Performer::of(console, &mut station, signer)?;
    let command = TravelerCommand::Remeasure { reading: at.clone(), value, gauge, reason };
    let saved = station.transact(&performer.acting, Command::Traveler(id.clone(), command))?;
    say(console, &station, id, (&what, &saved))
}
