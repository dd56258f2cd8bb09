//! The asks of a step as rows: what is recorded, what is asked now, what comes after.

use crate::domain::instruction::{Ask, InstallBy, Measure, Step, Wait};
use crate::domain::moment::Elapsed;
use crate::domain::quantity::{Limits, Verdict};
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::{Attempt, Reading, RecordedWhat};
use crate::ui::parts::limit_bar::OnBar;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::{clock, span, verdict_mark};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::traveler::TravelerView;

use super::entry::reading_unit;
use super::is_attribute;
use super::now::{Now, wait_of};
use super::view::line;

/// One row of the right side.
#[derive(Debug)]
pub(super) enum Row<'a> {
    Text(Line),
    /// A line with something at the right edge.
    Ends(Line, String),
    /// Limits, a value on them, and words after the bar.
    Bar(&'a Limits, Option<OnBar<'a>>, Line),
    /// A label, the field, and words after the field.
    Field(String, String),
    /// A line that has the cursor.
    Cursor(Line),
}

/// World, width and whether only ASCII is drawn.
pub(super) type Around<'a> = (&'a World, u16, bool);

/// How many readings of a step are taken, of how many.
pub(super) fn readings(attempt: &Attempt, step: &Step) -> (usize, usize) {
    let mut sum = (0, 0);
    for (number, ask) in (1_u16..).zip(&step.asks) {
        if let Ask::Measure(measure) = ask {
            let taken = |sample: &u16| attempt.entry(number, *sample).is_some();
            sum.0 += (1..=measure.count).filter(taken).count();
            sum.1 += usize::from(measure.count);
        }
    }
    sum
}

/// The rows of a step's asks.
pub(super) fn rows<'a>(
    view: &'a TravelerView,
    now: Now<'a>,
    current: Current<'a>,
    around: Around<'_>,
) -> Vec<Row<'a>> {
    let attempt = view.state.standing_attempt(current.operation.operation, &current.step.id);
    let open = match now {
        Now::Ask { number, sample, .. } => Some((number, sample)),
        _ => None,
    };
    let mut out = Vec::new();
    if let Some(attempt) = attempt
        && attempt.rank > 1
    {
        out.push(line(format!("attempt {}", attempt.rank), Role::Warn));
    }
    for (number, ask) in (1_u16..).zip(&current.step.asks) {
        let sample = open.filter(|(n, _)| *n == number).map(|(_, sample)| sample);
        let place = Place { attempt, number, sample };
        match ask {
            Ask::Measure(measure) => out.extend(measure_rows(measure, place, around)),
            Ask::Wait(wait) => out.extend(wait_rows(view, current, (wait, place), around)),
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Enter { .. }
            | Ask::Sign(_) => out.extend(plain_rows(ask, place, around)),
        }
    }
    if open.is_none() {
        out.push(line("", Role::Plain));
        let mark = Mark::Now.glyph(around.2);
        out.push(Row::Cursor(Line::of(format!("{mark} Enter: step done"), Role::Focus)));
    }
    out
}

/// Where an ask stands: its attempt, its number, and the sample that is open now.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    attempt: Option<&'a Attempt>,
    number: u16,
    sample: Option<u16>,
}

impl<'a> Place<'a> {
    fn recorded(self, sample: u16) -> Option<&'a RecordedWhat> {
        self.attempt?.entry(self.number, sample).map(|entry| &entry.what)
    }
}

/// Asks of one entry: what they are called, and what was recorded.
fn plain_rows(ask: &Ask, place: Place<'_>, (_, cells, ascii): Around<'_>) -> Vec<Row<'static>> {
    let name = match ask {
        Ask::Scan { label, .. } | Ask::Enter { label, .. } => label.clone(),
        Ask::Install { name, part, by } => {
            let by = match by {
                InstallBy::Serial => "serial",
                InstallBy::Lot => "lot",
            };
            format!("{name}  {part}  {by}")
        }
        Ask::Check { question } => question.clone(),
        Ask::Sign(sign) => {
            format!("{} signs: {}", capital(sign.role.word()), sign.meaning.word())
        }
        Ask::Measure(_) | Ask::Wait(_) => String::new(),
    };
    let unit = match ask {
        Ask::Enter { form: crate::domain::instruction::EnterForm::Number(unit), .. } => {
            unit.to_string()
        }
        _ => String::new(),
    };
    let now = place.sample.is_some();
    let (mark, role) = match (now, place.recorded(1)) {
        (true, _) => (Mark::Now, Role::Focus),
        (false, Some(RecordedWhat::Answer(false))) => (Mark::Fail, Role::Fail),
        (false, Some(_)) => (Mark::Pass, Role::Ok),
        (false, None) => (Mark::Open, Role::Muted),
    };
    let lead = (format!("{} ", mark.glyph(ascii)), role);
    if now && matches!(ask, Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. }) {
        return vec![Row::Field(format!("{}{name}", lead.0), unit)];
    }
    let text = match place.recorded(1) {
        Some(what) if !now => format!("{name}  {}", recorded(what)),
        _ => name,
    };
    let text_role = if now { Role::Title } else { Role::Plain };
    let mut out: Vec<Row<'static>> = Vec::new();
    for (n, mut line) in
        wrapped(&text, usize::from(cells.saturating_sub(2)), text_role).into_iter().enumerate()
    {
        let lead = if n == 0 { lead.clone() } else { ("  ".to_owned(), Role::Plain) };
        line.0.insert(0, lead);
        out.push(Row::Text(line));
    }
    if now {
        if place.recorded(1) == Some(&RecordedWhat::Answer(false)) {
            out.push(line("  answered no: put it right and answer again", Role::Warn));
        }
        let what = match ask {
            Ask::Sign(_) => "  Enter: badge and PIN of the signer",
            _ => "  1 yes   2 no",
        };
        out.push(Row::Cursor(Line::of(what, Role::Focus)));
    }
    out
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn recorded(what: &RecordedWhat) -> String {
    match what {
        RecordedWhat::Answer(true) => "yes".to_owned(),
        RecordedWhat::Answer(false) => "no".to_owned(),
        RecordedWhat::Reading(reading) => shown(reading.value()),
        RecordedWhat::Text(text) => text.clone(),
        RecordedWhat::Component { identity, .. } => identity.clone(),
        RecordedWhat::WaitBegan => "began".to_owned(),
        RecordedWhat::Signature(signature) => signature.printed_name.clone(),
    }
}

/// Samples in one row.
const SAMPLE_CELLS: u16 = 13;

fn measure_rows<'a>(measure: &'a Measure, place: Place<'a>, around: Around<'_>) -> Vec<Row<'a>> {
    let (world, cells, ascii) = around;
    let gauge = measure.gauge.as_ref().map_or(String::new(), |class| {
        world.gauges.get(class).map_or_else(
            || format!("no {class} yet"),
            |row| {
                let due = row
                    .due
                    .map_or(String::new(), |d| format!(" due {:02}-{:02}", d.month(), d.day()));
                format!("{}{due}", row.gauge)
            },
        )
    });
    let mut out = head_rows(measure, gauge, cells);
    out.extend(sample_rows(measure, place, (cells, ascii)));
    let last = place.attempt.and_then(|attempt| {
        attempt.readings().filter(|(entry, _)| entry.ask == place.number).last()
    });
    if let Some((_, reading)) = last {
        out.extend(correction_rows(place));
        if let Some(row) = bar(&measure.kind, reading) {
            out.push(row);
        }
    } else if let Some(limits) = limits(&measure.kind) {
        out.push(Row::Bar(limits, None, Line::default()));
    }
    if let Some(sample) = place.sample {
        let mark = Mark::Now.glyph(ascii);
        let of = if measure.count > 1 {
            format!("{sample} of {}", measure.count)
        } else {
            "value".to_owned()
        };
        if is_attribute(&measure.kind) {
            let text = format!("{mark} {of}   1 conforms   2 does not");
            out.push(Row::Cursor(Line::of(text, Role::Focus)));
        } else if let Some(limits) = limits(&measure.kind) {
            let unit = reading_unit(measure.gauge.as_ref(), limits.unit, world);
            out.push(Row::Field(format!("{mark} {of}"), unit.to_string()));
        }
    }
    out
}

/// Balloon, name, requirement, class; the gauge at the right where there is room, else below.
pub(super) fn head_rows(measure: &Measure, gauge: String, cells: u16) -> Vec<Row<'static>> {
    let balloon = measure.balloon.as_ref().map_or(String::new(), |b| format!("{b}  "));
    let class = measure.class.map_or("", |class| class.word());
    let requirement = (format!("{}   ", measure.requirement), Role::Plain);
    let head = Line(vec![
        (format!("{balloon}{}   ", measure.name), Role::Title),
        requirement,
        (class.to_owned(), Role::Muted),
    ]);
    let used: usize = head.0.iter().map(|(text, _)| text.chars().count()).sum();
    if used + gauge.chars().count() + 1 <= usize::from(cells) {
        return vec![Row::Ends(head, gauge)];
    }
    let mut rows = vec![Row::Text(head)];
    if !gauge.is_empty() {
        rows.push(line(format!("with {gauge}"), Role::Plain));
    }
    rows
}

fn sample_rows<'a>(
    measure: &Measure,
    place: Place<'_>,
    (cells, ascii): (u16, bool),
) -> Vec<Row<'a>> {
    if measure.count == 1 {
        return Vec::new();
    }
    let per_row = (cells / SAMPLE_CELLS).max(1);
    let open = place.sample.unwrap_or(1) - 1;
    let from = if measure.count <= 2 * per_row { 0 } else { open / (2 * per_row) * 2 * per_row };
    let to = (from + 2 * per_row).min(measure.count);
    let mut rows = Vec::new();
    for row in (from..to).step_by(usize::from(per_row)) {
        let mut runs = Vec::new();
        for sample in row + 1..=(row + per_row).min(to) {
            let (text, role) = sample_text(place, sample, ascii);
            let gap = usize::from(SAMPLE_CELLS).saturating_sub(text.chars().count());
            runs.push((text, role));
            runs.push((" ".repeat(gap), Role::Plain));
        }
        rows.push(Row::Text(Line(runs)));
    }
    rows
}

fn sample_text(place: Place<'_>, sample: u16, ascii: bool) -> (String, Role) {
    let Some(RecordedWhat::Reading(reading)) = place.recorded(sample) else {
        return (format!("{sample}: {}", Mark::Unset.glyph(ascii)), Role::Muted);
    };
    let value = match reading.value() {
        ReadingValue::Number { number, .. } => number.text().to_owned(),
        ReadingValue::Conforms(true) => "yes".to_owned(),
        ReadingValue::Conforms(false) => "no".to_owned(),
    };
    match reading.verdict().map(verdict_mark) {
        Some((mark, Role::Ok, _)) => {
            (format!("{sample}: {value} {}", mark.glyph(ascii)), Role::Plain)
        }
        Some((mark, role, _)) => (format!("{sample}: {value} {}", mark.glyph(ascii)), role),
        None => (format!("{sample}: {value}"), Role::Plain),
    }
}

/// What was corrected stays visible with what it became (R3).
fn correction_rows(place: Place<'_>) -> Vec<Row<'static>> {
    let entries = place.attempt.into_iter().flat_map(Attempt::readings);
    let mut rows = Vec::new();
    for (entry, reading) in entries.filter(|(entry, _)| entry.ask == place.number) {
        if let Some(last) = reading.corrections.last() {
            let (first, now) = (shown(&reading.taken.value), shown(&last.value));
            let text = format!("{}: {first} corrected to {now} ({})", entry.sample, last.reason);
            rows.push(line(text, Role::Muted));
        }
    }
    rows
}

/// The limits of a kind that has them.
pub(super) fn limits(kind: &CharacteristicKind) -> Option<&Limits> {
    match kind {
        CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits) => {
            Some(limits)
        }
        CharacteristicKind::Attribute => None,
    }
}

/// The bar of a reading with its verdict in words.
pub(super) fn bar<'a>(kind: &'a CharacteristicKind, reading: &'a Reading) -> Option<Row<'a>> {
    let limits = limits(kind)?;
    let ReadingValue::Number { number, unit } = reading.value() else { return None };
    let verdict = reading.verdict();
    let tail = match verdict {
        Some(verdict) => {
            let (_, role, word) = verdict_mark(verdict);
            Line::of(format!("{number} {word}"), role)
        }
        None => Line::of(number.text(), Role::Plain),
    };
    Some(Row::Bar(limits, Some(OnBar { number, unit: *unit, verdict }), tail))
}

/// Whether a reading stands outside its limits.
pub(super) fn fails(reading: &Reading) -> bool {
    reading.verdict() == Some(Verdict::Fail)
}

fn wait_rows<'a>(
    view: &'a TravelerView,
    current: Current<'a>,
    (wait, place): (&Wait, Place<'_>),
    (world, _, ascii): Around<'_>,
) -> Vec<Row<'a>> {
    let mark = Mark::Waiting.glyph(ascii);
    let min = wait.seconds_min.map(|s| format!("at least {}", span(s.into())));
    let max = wait.seconds_max.map(|s| format!("at most {}", span(s.into())));
    let asked: Vec<String> = min.into_iter().chain(max).collect();
    let mut rows = vec![line(format!("{mark} wait {}", asked.join(", ")), Role::Plain)];
    if place.sample.is_some() {
        let now = Mark::Now.glyph(ascii);
        rows.push(Row::Cursor(Line::of(format!("{now} Enter: the clock starts"), Role::Focus)));
        return rows;
    }
    if let Some((wait, elapsed)) = wait_of(view, current, &world.time.moment) {
        rows.push(running(wait, elapsed));
    }
    rows
}

/// How long a wait has run and what is left; `min` by the lower bound, `max` by the upper (R11).
fn running(wait: &Wait, elapsed: Elapsed) -> Row<'static> {
    let passed = elapsed.at_least_ms / 1000;
    let min = wait.seconds_min.map_or(0, i64::from);
    let most = elapsed.at_most_ms.map(|ms| ms / 1000);
    let (text, role) = match most {
        None => {
            ("cannot be proven after a restart: a supervisor accepts it".to_owned(), Role::Warn)
        }
        Some(most) if wait.seconds_max.is_some_and(|max| most > i64::from(max)) => {
            (format!("{} passed: too long", clock(passed)), Role::Fail)
        }
        Some(_) if passed < min => {
            (format!("{} passed, {} to go", clock(passed), clock(min - passed)), Role::Accent)
        }
        Some(_) => (format!("{} passed: long enough", clock(passed)), Role::Ok),
    };
    line(format!("  {text}"), role)
}
