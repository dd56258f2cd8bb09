//! `gemba traveler correct`: what was recorded, put right with the reason; what follows is told first.

use clap::Args;
use serde_json::{Value, json};

use super::Console;
use super::record::{bad_value, say, value_again};
use super::session::Performer;
use super::signer::SignerArgs;
use super::step::StepArgs;
use super::traveler::view;
use super::unit::traveler_id;
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::StepId;
use crate::domain::instruction::Ask;
use crate::domain::quantity::Verdict;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::correction::{Consequences, consequences, uncovered_with};
use crate::domain::traveler::entry::entry_consequences;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::{Attempt, Recorded, RecordedWhat};
use crate::domain::traveler::step::ask_name;
use crate::domain::traveler::typed;
use crate::views::signature::words_of_uncovered;
use crate::views::traveler::TravelerView;

/// What `--help` says besides.
pub const HELP: &str = "Examples:\n  gemba traveler correct WO-1881/0007 25.3 --step torque --sample 2 \
    --reason 'read it wrong' --place ASM-1 --badge B-2107\n  gemba traveler correct WO-1881/0007 no \
    --step clean --reason 'wrong key' --place ASM-1 --badge B-2107\n  gemba traveler correct \
    WO-1881/0007 H-4412 --step parts --ask 1 --reason 'scanned the old housing' --place ASM-1 --badge \
    B-2107\n\nA reading, a text and a component are corrected after their step as well, by their author, a \
    supervisor or quality; an answer within its step. What follows is told before it is saved; \
    --dry-run saves nothing. A count of pieces is corrected by `gemba traveler recount`.\nJSON: first \
    fact, operation, step, ask, sample, name, from, to (value, verdict), holds, uncovered (operation, \
    step, signature, meaning), downstream (operation, name), steps (operation, step, needed, done); then \
    as `gemba record`";

#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// What is right: a number, yes or no, a text, a component's serial or lot
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    step: StepArgs,
    /// The ask's number within the step, where several are recorded
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

/// What is corrected, with what it is called.
#[derive(Debug)]
struct Meant<'a> {
    operation: u32,
    step: &'a StepId,
    entry: &'a Recorded,
    name: String,
}

/// What it becomes: the command, the value in words, what follows.
struct Right {
    command: TravelerCommand,
    from: String,
    to: String,
    told: Consequences,
}

/// Corrects; what was recorded first stays in the record.
pub fn run(console: &Console, args: CorrectArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let id = args.traveler.clone();
    let view = view(&station, &id)?;
    let meant = meant(&view, &args)?;
    let right = right(&view, &meant, &args)?;
    tell(console, &meant, &right);
    if args.dry_run {
        // Nobody acts yet: what is asked of a person is left out, everything else counts.
        let acting = args.signer.acting(console, &station)?;
        let command = Command::Traveler(id, right.command);
        let refused = station.ledger.rehearse(&acting, &station.moment(), vec![command])?;
        let of_person = |reason: &Reason| reason.code().starts_with('P') || reason.code() == "R02";
        let reasons = refused.into_iter().flat_map(|refusal| refusal.reasons);
        let reasons: Vec<Reason> = reasons.filter(|reason| !of_person(reason)).collect();
        Refusal::unless_empty(reasons)?;
        return Ok(Exit::Done);
    }
    let what = format!("{id} step {} ask {} corrected: {}", meant.step, meant.entry.ask, right.to);
    let Performer { acting } = Performer::of(console, &mut station, &args.signer)?;
    let saved = station.transact(&acting, Command::Traveler(id.clone(), right.command))?;
    say(console, &station, &id, (&what, &saved))
}

/// What is recorded at the step and ask that are named, and counts.
fn meant<'a>(view: &'a TravelerView, args: &CorrectArgs) -> Result<Meant<'a>, Fault> {
    let named = args.step.named();
    let next = view.state.at_hand(&view.instructions).first().map(|c| c.step.id.clone());
    let fits = |attempt: &&Attempt| match (named.step, named.operation, &next) {
        (None, None, Some(next)) => attempt.step == *next,
        (_, _, _) => named.fits(attempt.operation, &attempt.step),
    };
    let attempts: Vec<&Attempt> = view.state.attempts.iter().rev().filter(fits).collect();
    let mut found: Vec<Meant<'a>> = Vec::new();
    for attempt in attempts {
        let entries = attempt.entries.iter().filter(|entry| {
            args.ask.is_none_or(|ask| ask == entry.ask)
                && (entry.reading().is_none() || entry.sample == args.sample)
                && attempt.counts(&entry.at)
        });
        let correctable = entries.filter(|entry| {
            !matches!(entry.what, RecordedWhat::WaitBegan | RecordedWhat::Signature(_))
        });
        for entry in correctable {
            let name = ask_of(view, attempt, entry.ask).map(ask_name).unwrap_or_default();
            found.push(Meant { operation: attempt.operation, step: &attempt.step, entry, name });
        }
    }
    let list = || format!("gemba trace {} says what is recorded", args.traveler);
    match found.len() {
        0 => {
            let ask = args.ask.map(|ask| format!(" at ask {ask}")).unwrap_or_default();
            let step = named.step.map(|step| format!(" of step {step}")).unwrap_or_default();
            let what = format!("nothing{step} is recorded{ask} that could be corrected");
            Err(Fault::refused(what, "waits and signatures are not").next(list()))
        }
        1 => found.pop().ok_or_else(|| Fault::refused("nothing is recorded", "").next(list())),
        _ => {
            let all = found.iter().map(|meant| {
                let Meant { operation, step, entry, name } = meant;
                format!("{operation} {step} ask {}: {name}", entry.ask)
            });
            let all: Vec<String> = all.collect();
            Err(Fault::usage("several records may be meant", all.join("; "))
                .next("say which with --step, --operation and --ask"))
        }
    }
}

fn ask_of<'a>(view: &'a TravelerView, attempt: &Attempt, number: u16) -> Option<&'a Ask> {
    let pinned = view.state.operation(attempt.operation)?;
    let step = view.instructions.get(&pinned.hash)?.step(&attempt.step)?;
    step.asks.get(usize::from(number).checked_sub(1)?)
}

/// Reads what is right as what it corrects.
fn right(view: &TravelerView, meant: &Meant<'_>, args: &CorrectArgs) -> Result<Right, Fault> {
    let (text, at, reason) = (args.value.trim(), &meant.entry.at, args.reason.clone());
    let refused = |reason| Fault::from(Refusal::one(reason));
    let bad = |why: &str| bad_value(text, why);
    match &meant.entry.what {
        RecordedWhat::Reading(reading) => {
            let value = value_again(text, reading)?;
            let told = consequences(&view.state, at, (&value, &view.instructions));
            let (from, to) = (shown(reading.value()), shown(&value));
            let command = TravelerCommand::Correct { reading: at.clone(), value, reason };
            Ok(Right { command, from, to, told: told.map_err(refused)? })
        }
        RecordedWhat::Answer(was) => {
            let yes = typed::answer(text).ok_or_else(|| bad("answer yes or no"))?;
            let word = |yes| if yes { "yes" } else { "no" }.to_owned();
            let command = TravelerCommand::CorrectAnswer { answer: at.clone(), yes, reason };
            let uncovered = uncovered_with(&view.state, at);
            let told = Consequences { uncovered, ..Consequences::default() };
            Ok(Right { command, from: word(*was), to: word(yes), told })
        }
        RecordedWhat::Text(was) | RecordedWhat::Component { identity: was, .. } => {
            let told = entry_consequences(&view.state, at, (text, &view.instructions));
            let (entry, to) = (at.clone(), text.to_owned());
            let command = TravelerCommand::CorrectEntry { entry, text: to.clone(), reason };
            Ok(Right { command, from: was.clone(), to, told: told.map_err(refused)? })
        }
        RecordedWhat::WaitBegan | RecordedWhat::Signature(_) => {
            Err(bad("waits and signatures are not corrected"))
        }
    }
}

/// Says what follows from a correction.
fn tell(console: &Console, meant: &Meant<'_>, right: &Right) {
    let Right { from, to, told, .. } = right;
    let printer = &console.printer;
    printer.line(in_words(meant, right));
    if told.holds() {
        let held = "the unit is held until it is typed again or its deviation is disposed";
        printer.line(console.called(held));
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
    let Meant { operation, step, entry, name } = meant;
    let fact = Position::to_string(&entry.at);
    printer.value(&json!({
        "fact": fact, "operation": operation, "step": step, "ask": entry.ask,
        "sample": entry.sample, "name": name,
        "from": { "value": from, "verdict": told.from },
        "to": { "value": to, "verdict": told.to },
        "holds": told.holds(), "uncovered": uncovered.collect::<Vec<Value>>(),
        "downstream": downstream.collect::<Vec<Value>>(), "steps": steps.collect::<Vec<Value>>(),
    }));
}

fn in_words(Meant { entry, name, .. }: &Meant<'_>, right: &Right) -> String {
    let Right { from, to, told, .. } = right;
    let Some(reading) = entry.reading() else { return format!("{name}: {from} becomes {to}") };
    let verdict = |v: Option<Verdict>| v.map_or("not judged".to_owned(), |v| format!("{v:?}"));
    let (was, is, sample) = (verdict(told.from), verdict(told.to), reading.taken.sample);
    format!("{name} {sample}: {from} ({was}) becomes {to} ({is})")
}
