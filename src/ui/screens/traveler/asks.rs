//! The asks of a step as rows: what is recorded, what is asked now, what comes after.

use std::ops::Range;

use crate::domain::instruction::{Ask, EnterForm, InstallBy, Step, Wait};
use crate::domain::moment::Elapsed;
use crate::domain::quantity::Limits;
use crate::domain::sampling::SampleDecided;
use crate::domain::traveler::standing::Current;
use crate::domain::traveler::state::{Attempt, Recorded, RecordedWhat};
use crate::ui::parts::limit_bar::OnBar;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::{clock, span};
use crate::ui::screens::recording::gauge_words;
use crate::ui::screens::told;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::signature::SignatureView;
use crate::views::traveler::{Lately, TravelerView};

use super::measures::measure_rows;
use super::next::{Now, too_short, wait_of};
use super::pane;
use super::view::line;

/// One row of the right side.
#[derive(Debug)]
pub(super) enum Row<'a> {
    Text(Line),
    /// A line with something at the right edge.
    Ends(Line, String, Role),
    /// Limits, a value on them, and words after the bar.
    Bar(&'a Limits, Option<OnBar<'a>>, Line),
    /// Values one after another, for the eye alone.
    Chart(Line),
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
        if let Ask::Measure(measure) = ask
            && attempt.not_sampled(number).is_none()
        {
            let taken = |sample: &u16| attempt.entry(number, *sample).is_some();
            sum.0 += (1..=measure.count).filter(taken).count();
            sum.1 += usize::from(measure.count);
        }
    }
    sum
}

/// The rows of a step's asks, and which of them are what is asked now.
pub(super) fn rows<'a>(
    view: &'a TravelerView,
    now: Now<'a>,
    current: Current<'a>,
    around: Around<'_>,
) -> (Vec<Row<'a>>, Range<usize>) {
    let attempt = view.state.standing_attempt(current.operation.operation, &current.step.id);
    let open =
        if let Now::Ask { number, sample, .. } = now { Some((number, sample)) } else { None };
    let mut out = Vec::new();
    let mut asked = None;
    out.extend(attempt_row(view, current));
    let sorted = view.state.sorts_next();
    if let Some((_, suspected, (sample, of))) = sorted {
        let text = say!(
            "sorting {sample} of {of}: {unit} made it suspect",
            sample,
            of,
            unit = suspected.unit
        );
        out.push(line(text, Role::Accent));
    }
    for (number, ask) in (1_u16..).zip(&current.step.asks) {
        let sample = open.filter(|(n, _)| *n == number).map(|(_, sample)| sample);
        // What was counted for does not matter where each one is measured.
        let decided = view
            .sample((current.operation.operation, &current.step.id), number)
            .filter(|_| sorted.is_none());
        let lately = view.lately.get(&number).map_or(&[][..], Vec::as_slice);
        let place = Place { attempt, number, sample, decided, lately };
        let from = out.len();
        match ask {
            Ask::Measure(measure) => out.extend(measure_rows(measure, place, around)),
            Ask::Wait(wait) => out.extend(wait_rows(view, current, (wait, place), around)),
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Enter { .. }
            | Ask::Sign(_) => out.extend(plain_rows(ask, place, around)),
        }
        if sample.is_some() {
            asked = Some(from..out.len());
        }
    }
    let short = too_short(view, current, &around.0.time.moment);
    if let Now::Count { missing, .. } = now {
        out.extend(super::count::rows(view, current, missing, around.2));
    } else if open.is_none() && short {
        out.push(line("", Role::Plain));
        let mark = Mark::Open.glyph(around.2);
        out.push(Row::Cursor(Line::of(
            say!("{mark} step done, once it is over", mark),
            Role::Muted,
        )));
    } else if open.is_none() {
        out.push(line("", Role::Plain));
        let mark = Mark::Now.glyph(around.2);
        out.push(Row::Cursor(Line::of(say!("{mark} Enter: step done", mark), Role::Focus)));
    }
    let asked = asked.unwrap_or_else(|| pane::cursor(&out));
    (out, asked)
}

/// Which attempt this is, where it is not the first or where they are counted.
fn attempt_row<'a>(view: &TravelerView, current: Current<'_>) -> Option<Row<'a>> {
    let (operation, step) = (current.operation.operation, current.step);
    let begun = view.state.standing_attempt(operation, &step.id).map(|attempt| attempt.rank);
    let rank = begun.unwrap_or_else(|| view.state.attempt_number(operation, &step.id) + 1);
    match step.rules.attempts_max {
        Some(most) => {
            let role = if rank >= most { Role::Warn } else { Role::Muted };
            Some(line(say!("attempt {rank} of {most}", rank, most), role))
        }
        None if begun.is_some() && rank > 1 => Some(line(say!("attempt {rank}", rank), Role::Warn)),
        None => None,
    }
}

/// Where an ask stands: its attempt, its number, and the sample that is open now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) attempt: Option<&'a Attempt>,
    pub(super) number: u16,
    pub(super) sample: Option<u16>,
    /// Whether this unit is measured, where that is sampled.
    pub(super) decided: Option<&'a SampleDecided>,
    /// What was measured lately.
    pub(super) lately: &'a [Lately],
}

impl<'a> Place<'a> {
    pub(super) fn recorded(self, sample: u16) -> Option<&'a RecordedWhat> {
        self.entry(sample).map(|entry| &entry.what)
    }

    /// Whether anything is recorded at the ask.
    pub(super) fn any_recorded(self) -> bool {
        let mut entries = self.attempt.into_iter().flat_map(|attempt| &attempt.entries);
        entries.any(|entry| entry.ask == self.number)
    }

    fn entry(self, sample: u16) -> Option<&'a Recorded> {
        self.attempt?.entry(self.number, sample)
    }

    /// Signatures given here that a correction uncovered since.
    fn uncovered(self) -> impl Iterator<Item = SignatureView> {
        let entries = self.attempt.into_iter().flat_map(|attempt| &attempt.entries);
        let uncovered = entries.filter(move |e| e.ask == self.number && e.uncovered.is_some());
        uncovered.filter_map(SignatureView::of_entry)
    }
}

/// Asks of one entry: what they are called, and what was recorded.
fn plain_rows(ask: &Ask, place: Place<'_>, (world, cells, ascii): Around<'_>) -> Vec<Row<'static>> {
    let name = called(ask);
    let unit = if let Ask::Enter { form: EnterForm::Number(unit), .. } = ask {
        unit.to_string()
    } else {
        String::new()
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
    let signed = matches!(ask, Ask::Sign(_));
    let text = match place.entry(1) {
        // What it is called says no more than the signature itself.
        Some(entry) if !now && signed => told::recorded(entry),
        Some(entry) if !now && name.ends_with('?') => format!("{name} {}", told::recorded(entry)),
        Some(entry) if !now => format!("{name}: {}", told::recorded(entry)),
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
    for signature in place.uncovered() {
        let (mark, given) = (Mark::Sign.glyph(ascii), tell(&signature.told()));
        let text = say!("{mark} {given}: no longer covers what was corrected since", mark, given);
        out.extend(wrapped(&text, usize::from(cells), Role::Warn).into_iter().map(Row::Text));
    }
    if now {
        if place.recorded(1) == Some(&RecordedWhat::Answer(false)) {
            out.push(line(say!("  answered no: put it right and answer again"), Role::Warn));
        }
        if let Ask::Check { gauge, .. } = ask
            && let Some((gauge, role)) = gauge_words(gauge.as_ref(), world)
        {
            out.push(line(say!("  gauge: {gauge}", gauge), role));
        }
        let what = if signed {
            say!("  Enter: badge and PIN of the signer")
        } else {
            say!("  1 yes   2 no")
        };
        out.push(Row::Cursor(Line::of(what, Role::Focus)));
    }
    out
}

/// What an ask is called, with what is asked of it.
fn called(ask: &Ask) -> String {
    match ask {
        Ask::Scan { label, .. } | Ask::Enter { label, .. } => label.clone(),
        Ask::Install { name, part, by } => {
            let by = match by {
                InstallBy::Serial => say!("serial"),
                InstallBy::Lot => say!("lot"),
            };
            format!("{name} ({part}, {by})")
        }
        Ask::Check { question, gauge, setting } => {
            let gauge = gauge.as_ref().map(|class| format!(" ({class}"));
            let set = setting.as_ref().map(|set| say!(" at {set}", set)).unwrap_or_default();
            let with = gauge.map(|class| format!("{class}{set})")).unwrap_or_default();
            format!("{question}{with}")
        }
        Ask::Sign(sign) => {
            let (role, meaning) = (capital(say!(sign.role.word())), say!(sign.meaning.word()));
            say!("{role} signs: {meaning}", role, meaning)
        }
        Ask::Measure(_) | Ask::Wait(_) => String::new(),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn wait_rows<'a>(
    view: &'a TravelerView,
    current: Current<'a>,
    (wait, place): (&Wait, Place<'_>),
    (world, _, ascii): Around<'_>,
) -> Vec<Row<'a>> {
    let mark = Mark::Waiting.glyph(ascii);
    let min = wait.seconds_min.map(|s| say!("at least {time}", time = span(s.into())));
    let max = wait.seconds_max.map(|s| say!("at most {time}", time = span(s.into())));
    let asked: Vec<String> = min.into_iter().chain(max).collect();
    let mut rows =
        vec![line(say!("{mark} wait {asked}", mark, asked = asked.join(", ")), Role::Plain)];
    if place.sample.is_some() {
        let mark = Mark::Now.glyph(ascii);
        rows.push(Row::Cursor(Line::of(say!("{mark} Enter: the clock starts", mark), Role::Focus)));
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
    let most_ms = wait.seconds_max.map(|seconds| i64::from(seconds) * 1000);
    let (text, role) = match elapsed.at_most_ms {
        None => {
            (say!("not proven after a restart: a supervisor accepts it").to_owned(), Role::Warn)
        }
        Some(ms) if most_ms.is_some_and(|most_ms| ms > most_ms) => {
            (say!("{time} passed: too long", time = clock(passed)), Role::Fail)
        }
        Some(_) if passed < min => (
            say!("{time} passed, {left} to go", time = clock(passed), left = clock(min - passed)),
            Role::Accent,
        ),
        Some(_) => (say!("{time} passed: long enough", time = clock(passed)), Role::Ok),
    };
    line(format!("  {text}"), role)
}
