//! `gemba record`: one value, or the readings of a file as one act.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::session::Performer;
use super::signer::SignerArgs;
use super::step::{StepArgs, require_not_ended, step_at};
use super::traveler::{view, view_at};
use super::unit::traveler_id;
use super::{Console, rows_told};
use crate::app::fault::{Exit, Fault};
use crate::app::readings::{self, FILE_BYTES_MAX};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::gauge::GaugeDescription;
use crate::domain::ids::{GaugeId, PartId};
use crate::domain::instruction::{Ask, EnterForm, Measure, Step};
use crate::domain::refusal::Refusal;
use crate::domain::scan::{self, Separators, pick};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::state::{Attempt, Reading, RecordedWhat};
use crate::domain::traveler::typed;
use crate::domain::unit::Unit;
use crate::views::traveler::TravelerView;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gemba record WO-1881/0007 24.8 --gauge TW-07 --place ASM-1 \
                        --badge B-2107\n  gemba record WO-1881/0007 yes --step clean --badge \
                        B-2107\n  gemba record WO-1884/L-22 --from rings.csv --column diameter \
                        --gauge MIC-4 --badge B-3052\n\nWithout a step and ask, the next open ask \
                        is meant. A check takes yes or no, a wait takes begin.\nA value outside \
                        its limits holds the unit: type what the gauge shows again with --retype. \
                        The same value opens a deviation, another one is your correction.\nJSON: \
                        saved, facts, waiting, value, verdict, held, deviation, permits \
                        (those that fit), permit (by which it goes on), to_retype (sample, value, of each that waits), permitted (sample, value, \
                        permit), suspects, implausible, \
                        finer_than_gauge (each value that is); with --from also rows, pass, \
                        fail, on_limit, failing, by_permit (sample, permits)")]
pub struct RecordArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// The value
    #[arg(required_unless_present_any = ["from"], conflicts_with = "from", allow_hyphen_values = true)]
    value: Option<String>,
    #[command(flatten)]
    step: StepArgs,
    /// The ask's number within the step
    #[arg(long, value_name = "N")]
    ask: Option<u16>,
    /// Which reading of the ask
    #[arg(long, value_name = "N")]
    sample: Option<u16>,
    /// The gauge it was measured with
    #[arg(long)]
    gauge: Option<GaugeId>,
    /// Type a failing reading again
    #[arg(long, conflicts_with_all = ["from", "step", "operation", "ask", "sample"])]
    retype: bool,
    /// Readings from a file with a head line, one reading a line
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The column of the file that holds the values
    #[arg(long, requires = "from")]
    column: Option<String>,
    /// With --from: say what would be recorded, and record nothing
    #[arg(long, requires = "from")]
    plan: bool,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Records.
pub fn run(console: &Console, args: RecordArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let view = view_at(console, (&station, &args.signer), &args.traveler)?;
    require_not_ended(&view)?;
    match (&args.from, &args.value) {
        (Some(file), _) => record_file(console, &mut station, (&view, file), &args),
        (None, Some(text)) if args.retype => retype(console, &mut station, (&view, text), &args),
        (None, Some(text)) => record_one(console, &mut station, (&view, text), &args),
        (None, None) => Err(Fault::usage("no value is given", "").next("gemba record --help")),
    }
}

fn record_one(
    console: &Console,
    station: &mut Station,
    (view, text): (&TravelerView, &str),
    args: &RecordArgs,
) -> Result<Exit, Fault> {
    let (at, step) = step_at(view, args.step.named())?;
    let (number, sample, ask) = ask_at(view, (&at, step), args)?;
    let known = gauge_known(station, args.gauge.as_ref())?;
    let at_hand = known.and_then(|known| known.unit);
    let today = station.moment().utc.to_zoned(station.zone().clone()).date();
    let scans = (console.config.separators(), today);
    let asked = (ask, &view.order.part);
    let entry = entry(asked, text, (args.gauge.clone(), at_hand), scans)?;
    let performer = Performer::of(console, station, &args.signer)?;
    let words = match &entry {
        Entry::Reading { value, .. } => shown(value),
        Entry::Text(text) => text.trim().to_owned(),
        Entry::Answer(_) | Entry::AnswerWith { .. } | Entry::BeginWait => text.trim().to_owned(),
    };
    let what = format!("{} step {} ask {number}: {words}", args.traveler, at.step);
    let command = TravelerCommand::Record { at, ask: number, sample, entry };
    let command = Command::Traveler(args.traveler.clone(), command);
    let saved = station.transact(&performer.acting, command)?;
    say(console, station, &args.traveler, (&what, &saved))
}

fn retype(
    console: &Console,
    station: &mut Station,
    (view, text): (&TravelerView, &str),
    args: &RecordArgs,
) -> Result<Exit, Fault> {
    let nothing = || Fault::refused("no value waits to be typed again", "");
    let (_, at, reading) = view.state.to_retype().ok_or_else(nothing)?;
    require_same_gauge(reading, args)?;
    let value = value_again(text, reading)?;
    let words = shown(&value);
    let performer = Performer::of(console, station, &args.signer)?;
    let command = TravelerCommand::Retype { reading: at.clone(), value };
    let command = Command::Traveler(args.traveler.clone(), command);
    let saved = station.transact(&performer.acting, command)?;
    let what = format!("{} typed again: {words}", args.traveler);
    say(console, station, &args.traveler, (&what, &saved))
}

/// A value for a reading that was recorded; without a unit it is in that of the reading.
pub(super) fn value_again(text: &str, reading: &Reading) -> Result<ReadingValue, Fault> {
    value_in(text, reading, reading.unit())
}

/// A value for a reading that was recorded; without a unit it is in what the gauge at hand shows.
pub(super) fn value_in(
    text: &str,
    reading: &Reading,
    at_hand: Option<Unit>,
) -> Result<ReadingValue, Fault> {
    typed::value(text, &reading.taken.kind, at_hand).map_err(|why| bad_value(text, &why))
}

/// Typing again puts a slip right; a value from another gauge is another measurement.
fn require_same_gauge(reading: &Reading, args: &RecordArgs) -> Result<(), Fault> {
    let used = reading.taken.gauge.as_ref().map(|used| &used.gauge);
    let (Some(named), id) = (&args.gauge, &args.traveler) else { return Ok(()) };
    if used == Some(named) {
        return Ok(());
    }
    let used = used.map_or("no gauge".to_owned(), ToString::to_string);
    let what = format!("what waits to be typed again was measured with {used}, not with {named}");
    let next = format!("gemba reading again {id} VALUE --gauge {named} --reason …");
    let why = "with another gauge it is measured again, where the instruction allows it";
    Err(Fault::refused(what, why).next(next))
}

/// Says what became of the unit; a hold is an outcome, not a failure of the command.
pub fn say(
    console: &Console,
    station: &Station,
    id: &TravelerId,
    (what, saved): (&str, &[crate::domain::fact::Position]),
) -> Result<Exit, Fault> {
    let after = view(station, id)?;
    let readings: Vec<&Reading> = after.state.readings_of(saved).collect();
    // The worst of what was saved.
    let verdict = readings.iter().filter_map(|reading| reading.verdict()).max();
    let value = if let [reading] = readings[..] { Some(shown(reading.value())) } else { None };
    let finer: Vec<&Reading> =
        readings.into_iter().filter(|reading| reading.finer_than_gauge().is_some()).collect();
    let permit = after.state.readings_of(saved).find_map(|reading| reading.permit());
    let permit = permit.map(|by| by.what.permit.clone());
    let held = after.state.open_holds().next().is_some();
    let deviation = after.deviations.iter().find(|d| !d.is_decided()).map(|d| d.id.clone());
    let waiting = station.ledger.waiting().unwrap_or(0);
    console.printer.line(format!("saved: {what}"));
    if let Some(verdict) = verdict {
        console.printer.line(format!("{verdict:?}"));
    }
    warn_of_finer(console, &finer);
    rows_told::say_permitted(console, &after);
    if let Some(deviation) = deviation.as_ref().filter(|_| held) {
        let waits = format!("the unit is on hold: {deviation} waits for a disposition");
        console.printer.line(waits);
    }
    if held && after.state.to_retype().is_some() {
        rows_told::say_to_retype(console, &after);
    }
    let suspects = if held { after.suspects } else { 0 };
    if suspects > 0 {
        let units = if suspects == 1 { "unit is" } else { "units are" };
        console.printer.line(format!("{suspects} more {units} held with it, as suspect"));
        console.printer.line(format!("→ gemba suspect show {id}"));
    }
    let slip = after.state.to_retype().is_some_and(|(_, _, reading)| reading.implausible());
    if slip {
        console.printer.line("this looks like a slip of the finger");
    }
    let facts: Vec<String> = saved.iter().map(ToString::to_string).collect();
    console.printer.value(&json!({
        "saved": what, "facts": facts, "waiting": waiting,
        "value": value, "verdict": verdict, "held": held, "deviation": deviation,
        "to_retype": rows_told::waiting(&after), "permitted": rows_told::permitted(&after),
        "suspects": suspects, "implausible": slip, "permits": after.permits, "permit": permit,
        "finer_than_gauge": finer.iter().map(|r| shown(r.value())).collect::<Vec<_>>(),
    }));
    Ok(Exit::Done)
}

/// Says which values are finer than their gauge shows; of many, how many.
fn warn_of_finer(console: &Console, finer: &[&Reading]) {
    let Some(words) = finer.first().and_then(|first| first.finer_words()) else { return };
    let more = finer.len() - 1;
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    console.printer.line(format!("! {words}{more}: record what the gauge shows"));
}

/// A check that was answered with no and may be answered again.
fn said_no<'a>(attempt: &Attempt, step: &'a Step) -> Option<(u16, u16, &'a Ask)> {
    let asks = (1_u16..).zip(&step.asks);
    let no = RecordedWhat::Answer(false);
    asks.map(|(number, ask)| (number, 1, ask))
        .find(|(number, ..)| attempt.entry(*number, 1).is_some_and(|entry| entry.what == no))
}

/// The ask named, or the first one that nothing is recorded for.
fn ask_at<'a>(
    view: &TravelerView,
    (at, step): (&StepAt, &'a Step),
    args: &RecordArgs,
) -> Result<(u16, u16, &'a Ask), Fault> {
    let attempt = view.state.standing_attempt(at.operation, &at.step);
    let open = view.open_ask(at.operation, step);
    let open = open.or_else(|| said_no(attempt?, step));
    let Some(number) = args.ask else {
        let (number, sample, ask) = open.ok_or_else(|| nothing_left(view, (at, step)))?;
        return Ok((number, args.sample.unwrap_or(sample), ask));
    };
    let index = usize::from(number).checked_sub(1);
    let ask = index.and_then(|index| step.asks.get(index)).ok_or_else(|| {
        Fault::refused(format!("step {} has no ask {number}", at.step), "")
            .next(format!("it has {}", step.asks.len()))
    })?;
    let next = open.filter(|(open, ..)| *open == number).map_or(1, |(_, sample, _)| sample);
    Ok((number, args.sample.unwrap_or(next), ask))
}

/// Nothing is asked for any more: the step is completed, or its pieces are counted.
fn nothing_left(view: &TravelerView, (at, step): (&StepAt, &Step)) -> Fault {
    let (id, StepAt { operation, step: name }) = (&view.id, at);
    let missing = view.state.pieces_missing(*operation, &view.instructions);
    if step.rules.quantity.is_some() && missing > 0 {
        return Fault::refused(
            format!("step {name} counts pieces"),
            format!("{missing} are left to report"),
        )
        .next(format!("gemba traveler report {id} GOOD/SCRAP --step {name}"));
    }
    let what = format!("step {name} has nothing left to record");
    if view.state.step_closed(*operation, name) {
        let next = format!("gemba traveler correct --help, or gemba traveler show {id}");
        return Fault::refused(what, "it is closed").next(next);
    }
    Fault::refused(what, "").next(format!("gemba traveler complete {id} {name}"))
}

fn entry(
    (ask, made): (&Ask, &PartId),
    text: &str,
    (gauge, at_hand): (Option<GaugeId>, Option<Unit>),
    scans: (Separators, Date),
) -> Result<Entry, Fault> {
    let bad = |why: &str| bad_value(text, why);
    match ask {
        Ask::Check { gauge: class, .. } => {
            let answer = typed::answer(text).ok_or_else(|| bad("answer yes or no"))?;
            // A check that names no class takes the answer alone.
            Ok(match (gauge, class) {
                (Some(gauge), Some(_)) => Entry::AnswerWith { yes: answer, gauge },
                (Some(_) | None, _) => Entry::Answer(answer),
            })
        }
        Ask::Measure(measure) => {
            let value = typed::value(text, &measure.kind, at_hand).map_err(|why| bad(&why))?;
            Ok(Entry::Reading { value, gauge })
        }
        Ask::Enter { form: EnterForm::Number(_), .. } => Ok(Entry::Text(text.to_owned())),
        Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. } => {
            let read = scan::read(text, scans.0);
            let content = read.map_err(|reason| Refusal::one(reason.into()))?;
            Ok(Entry::Text(pick::text((ask, made), &content, scans.1)?))
        }
        Ask::Wait(_) if text.trim() == "begin" => Ok(Entry::BeginWait),
        Ask::Wait(_) => Err(bad("a wait takes begin")),
        Ask::Sign(_) => Err(bad("a signature is asked for").next("gemba sign --help")),
    }
}

pub(super) fn bad_value(text: &str, why: &str) -> Fault {
    // Long text would push what matters off the screen.
    let shown: String = text.chars().take(40).collect();
    Fault::refused(format!("{shown:?} cannot be recorded"), why)
}

fn record_file(
    console: &Console,
    station: &mut Station,
    (view, file): (&TravelerView, &Path),
    args: &RecordArgs,
) -> Result<Exit, Fault> {
    let (at, step) = step_at(view, args.step.named())?;
    let (number, measure) = measure_at(&at, step, args.ask)?;
    let text = read_bounded(file)?;
    let known = gauge_known(station, args.gauge.as_ref())?;
    let column = args.column.as_deref();
    let plan = readings::plan(&text, file, column, (measure, known.as_ref()))?;
    let (id, gauge, rows) = (&args.traveler, args.gauge.clone(), plan.rows.clone());
    let what = format!("{} readings on {id} step {}", rows.len(), at.step);
    let command = TravelerCommand::RecordRows { at, ask: number, gauge, rows };
    let command = Command::Traveler(id.clone(), command);
    let here = args.signer.acting(console, station)?;
    let by_permit = station.ledger.rows_by_permit((&here, &station.moment()), &command)?;
    rows_told::say_plan(console, (&plan, measure), (id, &by_permit));
    if args.plan {
        return Ok(Exit::Done);
    }
    let performer = Performer::of(console, station, &args.signer)?;
    let saved = station.transact(&performer.acting, command)?;
    say(console, station, id, (&what, &saved))
}

/// A gauge as known here: what it shows, and for limits that are guarded by it, how well.
pub(super) fn gauge_known(
    station: &Station,
    gauge: Option<&GaugeId>,
) -> Result<Option<GaugeDescription>, Fault> {
    let Some(gauge) = gauge else { return Ok(None) };
    let found = station.ledger.stream(&Subject::Gauge(gauge.clone()))?;
    let StreamState::Gauge(state) = found.stream.state else { return Ok(None) };
    Ok(state.described)
}

fn measure_at<'a>(
    at: &StepAt,
    step: &'a Step,
    named: Option<u16>,
) -> Result<(u16, &'a Measure), Fault> {
    let mut measures = (1_u16..).zip(&step.asks).filter_map(|(number, ask)| match ask {
        Ask::Measure(measure) if named.is_none_or(|named| named == number) => {
            Some((number, measure))
        }
        Ask::Measure(_)
        | Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Enter { .. }
        | Ask::Wait(_)
        | Ask::Sign(_) => None,
    });
    measures.next().ok_or_else(|| {
        Fault::refused(format!("step {} asks for no readings", at.step), "")
            .next("name the step with --step")
    })
}

pub(super) fn read_bounded(file: &Path) -> Result<String, Fault> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Fault::usage(format!("{} cannot be read", file.display()), why).next("name a CSV file")
    };
    let opened = fs::File::open(file).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::new();
    opened.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|count| count > FILE_BYTES_MAX) {
        return Err(unreadable(&"it is over 4 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable(&"it is not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}
