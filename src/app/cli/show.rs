//! `gemba traveler show`: how a unit or lot stands, step by step.

use serde_json::{Value, json};

use super::signer::place_of;
use super::traveler::viewed;
use super::{Console, lot};
use crate::app::fault::{Exit, Fault};
use crate::domain::ids::{DeviationId, PlaceId};
use crate::domain::instruction::{Ask, Instruction, Step};
use crate::domain::permit::fit::limits_words;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::sample::{SampledAsk, sampled_asks};
use crate::domain::traveler::standing::StepStanding;
use crate::domain::traveler::state::RecordedWhat;
use crate::views::judged::{self, DoneUnseen, NotAccepted, done_unseen};
use crate::views::signature::{self, StepSignature};
use crate::views::traveler::TravelerView;

/// What `--help` says besides.
pub const HELP: &str = "Example: gemba traveler show WO-1881/0007\n\nJSON: traveler, part, standing, ended, \
    first_pass, waiting, holds, held (why, next, deviation), accepted (operation, name, evidence, ticket), paused (reason, by, since), \
    readings (slips, marginals, corrections, remeasurements, permits), steps (operation, step, title, \
    standing, why, attempts, attempts_max, samples (ask, counter, plan, sampled, why, rank, left), \
    checks (ask, question, answer, gauge, due, setting), unseen (attempt, place, done)), lot (pieces, split_from, split_into, \
    operations: operation, came, good, scrap, rework, missing; counts: fact, operation, counts, \
    first, corrections; null for a single unit), signatures (operation, step, attempt, fact, \
    signer, printed_name, role, meaning, at, components, covers, units, covering, uncovered_by), \
    not_accepted (fact, operation, step, reasons, answered, next), permits (permit, operation, step, \
    reading, name, value, limits)";

/// Shows it.
pub fn run(console: &Console, id: &TravelerId, place: Option<PlaceId>) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let place = place_of(console, &station, place)?;
    let view = viewed(&station, id, place)?;
    let standing = standing(&view);
    let goes_on = view.state.ended.is_none();
    let waiting = view.deviations.iter().filter(|deviation| goes_on && !deviation.is_decided());
    let holds: Vec<String> = waiting.map(|deviation| deviation.id.to_string()).collect();
    let held = held(&view);
    let mut table = Vec::new();
    let mut steps = Vec::new();
    let mut notes = Vec::new();
    for pinned in view.state.started.iter().flat_map(|started| &started.operations) {
        let Some(instruction) = view.instructions.get(&pinned.hash) else { continue };
        for step in &instruction.steps {
            let at = (pinned.operation, instruction.as_ref(), step);
            let (samples, checks) = (samples(&view, at, &mut notes), checks(&view, at, &mut notes));
            let standing = step_words(view.state.step_standing(pinned.operation, &step.id));
            // A lot that was split off made its first attempts with the lot that it came from.
            let before = view.state.attempt_number(pinned.operation, &step.id);
            let made = view.state.attempts_at(pinned.operation, &step.id).count();
            let attempts = made.max(usize::try_from(before).unwrap_or(made));
            let why = why(&view, pinned.operation, step);
            let unseen = unseen(&view, at, &mut notes);
            let most = step.rules.attempts_max.map(|most| format!(" of {most}"));
            steps.push(json!({
                "operation": pinned.operation, "step": step.id, "title": step.title,
                "standing": standing, "why": why, "attempts": attempts,
                "attempts_max": step.rules.attempts_max, "samples": samples, "checks": checks,
                "unseen": unseen,
            }));
            table.push(vec![
                format!("{} {}", pinned.operation, pinned.name),
                step.id.to_string(),
                step.title.clone(),
                why.map_or_else(|| standing.to_owned(), |why| format!("{standing}: {why}")),
                format!("{attempts}{}", most.unwrap_or_default()),
            ]);
        }
    }
    let how = view.state.ended.as_ref().map(|how| format!(": {how}")).unwrap_or_default();
    console.printer.line(format!("{id}  {}  {standing}{how}", view.order.part));
    lot::say_counts(console, &view);
    for (why, next, _) in &held {
        console.printer.line(format!("on hold: {why} → {next}"));
    }
    let permits = permits(console, &view);
    let (accepted, paused) = (accepted(console, &view), paused(console, &view));
    let tally = view.state.tally();
    if let Some(words) = tally.words() {
        console.printer.line(words);
    }
    console.printer.table(&["operation", "step", "title", "standing", "attempts"], &table);
    for note in notes {
        console.printer.line(note);
    }
    let signatures = signature::of_traveler(&view.state);
    let judged = not_accepted(console, &view);
    for StepSignature { operation, step, signature, .. } in &signatures {
        console.printer.line(format!("{operation} {step}: {}", signature.words_in_full()));
    }
    console.printer.value(&json!({
        "traveler": id, "part": view.order.part, "standing": standing,
        "ended": view.state.ended, "first_pass": view.state.first_pass(), "waiting": view.waiting,
        "holds": holds, "held": held.iter().map(|(why, next, deviation)| {
            json!({ "why": why, "next": next, "deviation": deviation })
        }).collect::<Vec<_>>(), "accepted": accepted, "paused": paused, "readings": tally,
        "steps": steps, "lot": lot::value(&view), "signatures": signatures,
        "not_accepted": judged, "permits": permits,
    }));
    Ok(Exit::Done)
}

/// Every hold of a unit that goes on after it: why, who ends it and how, its deviation.
fn held(view: &TravelerView) -> Vec<(String, String, Option<DeviationId>)> {
    if view.state.ended.is_some() {
        return Vec::new();
    }
    let holds = view.state.open_holds().map(|(_, hold)| {
        let deviation = hold.placed.deviation.clone();
        (hold.placed.reason.words().to_string(), hold.next(), deviation)
    });
    holds.collect()
}

/// What was decided about the sampled asks of a step, or would be now: said, and as JSON.
fn samples(
    view: &TravelerView,
    (operation, instruction, step): (u32, &Instruction, &Step),
    notes: &mut Vec<String>,
) -> Vec<Value> {
    let mut found = Vec::new();
    for SampledAsk { ask, .. } in sampled_asks(instruction, step, &view.id.order) {
        let Some(decided) = view.sample((operation, &step.id), ask) else { continue };
        notes.push(format!("{operation} {} ask {ask}: {}", step.id, decided.words()));
        found.push(json!({
            "ask": ask, "counter": decided.counter, "plan": decided.plan.to_string(),
            "sampled": decided.sampled, "why": decided.words(), "rank": decided.rank,
            "left": decided.left,
        }));
    }
    found
}

/// What checks were answered with, where they name a gauge: said, and as JSON.
fn checks(
    view: &TravelerView,
    (operation, _, step): (u32, &Instruction, &Step),
    notes: &mut Vec<String>,
) -> Vec<Value> {
    let Some(attempt) = view.state.standing_attempt(operation, &step.id) else { return Vec::new() };
    let mut found = Vec::new();
    for (number, ask) in (1_u16..).zip(&step.asks) {
        let (Ask::Check { question, .. }, Some(entry)) = (ask, attempt.entry(number, 1)) else {
            continue;
        };
        let (Some(with), RecordedWhat::Answer(yes)) = (&entry.with, &entry.what) else { continue };
        let answer = if *yes { "yes" } else { "no" };
        notes.push(format!(
            "{operation} {} ask {number}: {question} {answer}, {}",
            step.id,
            with.words()
        ));
        found.push(json!({
            "ask": number, "question": question, "answer": answer, "gauge": with.gauge.gauge,
            "due": with.gauge.due, "setting": with.setting.as_ref().map(ToString::to_string),
        }));
    }
    found
}

/// The attempts at a step that two stations made unseen by each other: said, and as JSON.
fn unseen(
    view: &TravelerView,
    (operation, _, step): (u32, &Instruction, &Step),
    notes: &mut Vec<String>,
) -> Vec<DoneUnseen> {
    let Some(attempt) = view.state.standing_attempt(operation, &step.id) else { return Vec::new() };
    let found = done_unseen(&view.state, attempt);
    notes.extend(found.iter().map(|found| format!("{operation} {}: {}", step.id, found.words())));
    found
}

/// What the server did not accept: said, and as JSON.
fn not_accepted(console: &Console, view: &TravelerView) -> Vec<NotAccepted> {
    let found = judged::not_accepted(&view.state);
    for judged in &found {
        let at = judged.operation.zip(judged.step.as_ref());
        let at = at.map(|(operation, step)| format!("{operation} {step}: ")).unwrap_or_default();
        console.printer.line(format!("{at}{}", judged.words()));
    }
    found
}

/// What goes on by a permit: said, and as JSON.
fn permits(console: &Console, view: &TravelerView) -> Vec<Value> {
    let mut found = Vec::new();
    for attempt in &view.state.attempts {
        for (entry, reading) in attempt.readings() {
            let Some(by) = reading.permit() else { continue };
            let (operation, step, name) = (attempt.operation, &attempt.step, &reading.taken.name);
            let (value, words) = (shown(reading.value()), by.what.words());
            console.printer.line(format!("{operation} {step}: {name} {value} Fail, {words}"));
            found.push(json!({
                "permit": by.what.permit, "operation": operation, "step": step,
                "reading": entry.at.to_string(), "name": name, "value": value,
                "limits": limits_words(&by.what.limits),
            }));
        }
    }
    found
}

/// Why a step was left out or is not needed.
fn why(view: &TravelerView, operation: u32, step: &Step) -> Option<String> {
    match view.state.step_standing(operation, &step.id) {
        StepStanding::NotNeeded => {
            let decided = &view.state.not_needed(operation, &step.id)?.decided;
            Some(format!("{}, found {}", decided.condition, decided.found))
        }
        StepStanding::Skipped => {
            let left_out = view.state.skipped.get(&(operation, step.id.clone()));
            left_out.map(|left_out| left_out.reason.clone())
        }
        StepStanding::Open | StepStanding::Begun | StepStanding::Done => None,
    }
}

/// What was accepted on evidence and is not done: said, and as JSON.
fn accepted(console: &Console, view: &TravelerView) -> Vec<Value> {
    let open = view.state.accepted_open(&view.instructions).filter_map(|op| {
        let accepted = view.state.accepted.get(&op.operation)?;
        console.printer.line(accepted.words(op));
        let ticket = accepted.ticket.as_ref().map(|ticket| ticket.text());
        Some(json!({ "operation": op.operation, "name": op.name, "evidence": accepted.evidence,
            "ticket": ticket }))
    });
    open.collect()
}

/// Why work stands still, who said so and since when: said, and as JSON.
fn paused(console: &Console, view: &TravelerView) -> Option<Value> {
    let pause = view.state.paused()?;
    let by = pause.by.as_ref().map(|by| view.names.get(by).map_or(by.as_str(), String::as_str));
    let since = pause.began.effective().to_string();
    let who = by.unwrap_or("somebody");
    console.printer.line(format!("paused by {who} since {since}: {}", pause.reason));
    Some(json!({ "reason": pause.reason, "by": by, "since": since }))
}

/// How a unit stands, in words.
fn standing(view: &TravelerView) -> &'static str {
    if view.state.started.is_none() {
        "not begun"
    } else if view.state.ended.is_some() {
        "ended"
    } else if view.state.open_holds().next().is_some() {
        "on hold"
    } else if view.state.finished(&view.instructions) {
        "finished"
    } else {
        "begun"
    }
}

fn step_words(standing: StepStanding) -> &'static str {
    match standing {
        StepStanding::Open => "open",
        StepStanding::Begun => "begun",
        StepStanding::Done => "done",
        StepStanding::Skipped => "skipped",
        StepStanding::NotNeeded => "not needed",
    }
}
