//! Draws a set: the step in short, a row a unit with what the step asks of it, what comes next.

use crate::domain::instruction::Ask;
use crate::domain::moment::Moment;
use crate::domain::refusal::Reason;
use crate::domain::traveler::set::Membership;
use crate::domain::traveler::state::{Attempt, RecordedWhat};
use crate::domain::traveler::step::ask_name;
use crate::domain::traveler::wait::{RunningWait, WaitStanding};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::page_of;
use crate::ui::parts::words::{clock, count, verdict_mark};
use crate::ui::screens::recording::gauge_words;
use crate::ui::screens::told;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::waits::left;
use crate::ui::world::World;
use crate::views::signature::SignatureView;
use crate::views::traveler::TravelerView;

use super::SetScreen;
use super::layout::Layout;
use super::now::{Here, Now, attempt, here, not_sampled};

/// Where what a unit was asked begins.
const CELLS: u16 = 17;
/// The narrowest column of an ask.
const COLUMN_MIN: u16 = 15;
/// A wait that ends within so many milliseconds is shown by the second.
const LAST_MINUTE_MS: i64 = 60_000;
/// Cells that a field has at least, however long what stands before it.
const FIELD_MIN: u16 = 8;

/// The wait that runs on the units that go on.
pub(super) fn running(now: &Now<'_>, views: &[TravelerView]) -> Option<RunningWait> {
    let Now::Complete { units, here } = now else { return None };
    let view = views.iter().find(|view| units.contains(&view.id))?;
    let waits = view.state.running_waits(&view.id, &view.instructions);
    waits.into_iter().find(|wait| wait.step == here.step.id)
}

/// Whether a wait runs that is known to be too short yet.
pub(super) fn too_short(now: &Now<'_>, views: &[TravelerView], moment: &Moment) -> bool {
    let wait = running(now, views);
    wait.is_some_and(|wait| matches!(wait.standing(moment), WaitStanding::ToGo { .. }))
}

/// Whether a wait is in its last minute.
pub(super) fn last_minute(now: &Now<'_>, views: &[TravelerView], moment: &Moment) -> bool {
    let wait = running(now, views);
    wait.is_some_and(|wait| match wait.standing(moment) {
        WaitStanding::ToGo { ms } => ms <= LAST_MINUTE_MS,
        WaitStanding::LongEnough { left_ms } => left_ms.is_some_and(|ms| ms <= LAST_MINUTE_MS),
        WaitStanding::TooLong { .. } | WaitStanding::Unproven => false,
    })
}

impl SetScreen {
    pub(super) fn draw(&self, world: &World, canvas: &mut Canvas<'_>) {
        let bottom = canvas.height().saturating_sub(3);
        canvas.rule(2);
        canvas.rule(bottom);
        let now = self.now();
        let standing = self.standing.as_ref();
        let here = standing.and_then(|standing| here(&self.views, standing));
        self.view_head(here, canvas);
        let layout = self.layout(&now, (canvas.width(), canvas.height()), canvas.ascii);
        if let Some(here) = here {
            view_step(here, &layout, canvas);
        }
        let page = page_of(self.row, layout.rows, self.views.len());
        let first = page.start;
        for (y, row) in (layout.top..).zip(page.clone()) {
            self.view_row(row, y, (here, now.row()), canvas);
        }
        let asked = u16::try_from(layout.question.len()).unwrap_or(0);
        let y = canvas.height().saturating_sub(4 + asked);
        let x = self.view_summary((first, page.end), y.saturating_sub(1), canvas);
        self.view_gauge(world, (x, y.saturating_sub(1)), canvas);
        for (y, line) in (y..).zip(&layout.question) {
            line.view(canvas, (3, y), canvas.width().saturating_sub(4));
        }
        self.view_next(&now, (world, &layout), canvas);
    }

    fn view_head(&self, here: Option<Here<'_>>, canvas: &mut Canvas<'_>) {
        let width = canvas.width().saturating_sub(1);
        let mut left = say!("{units} together", units = count(self.units.len(), "unit", "units"));
        let mut right = String::new();
        if let Some(here) = here {
            let instruction = here.instruction;
            let rank = instruction.rank(&here.step.id).map_or(0, |rank| rank + 1);
            let (id, revision, of) =
                (&instruction.id, &instruction.revision, instruction.steps.len());
            right = say!("{id} rev {revision}  step {rank} of {of}", id, revision, rank, of);
            let (part, name) = (&instruction.part, &instruction.operation_name);
            let operation = here.operation;
            left = say!("{left}  {part}  op {operation} {name}", left, part, operation, name);
        }
        let room = width.saturating_sub(canvas.cells(&right) + 2);
        canvas.put_in((1, 1), room, &left, Role::Title);
        canvas.put_right(width, 1, &right, Role::Plain);
    }

    fn view_row(
        &self,
        row: usize,
        y: u16,
        (here, asked): (Option<Here<'_>>, Option<usize>),
        canvas: &mut Canvas<'_>,
    ) {
        let (Some(view), Some(unit)) = (
            self.views.get(row),
            self.standing.as_ref().and_then(|standing| standing.units.get(row)),
        ) else {
            return;
        };
        let focused = asked.unwrap_or(self.row) == row;
        if focused {
            canvas.mark((1, y), Mark::Now, Role::Focus);
        }
        let role = if focused { Role::Title } else { Role::Plain };
        canvas.put_name((3, y), CELLS - 4, &view.id.to_string(), role);
        let room = canvas.width().saturating_sub(CELLS + 1);
        match unit {
            Membership::Left(reason) => {
                let x = canvas.mark((CELLS, y), Mark::Hold, Role::Hold);
                let text = say!("left: {why}", why = left_words(view, reason));
                canvas.put_in((x + 1, y), room.saturating_sub(2), &text, Role::Hold);
            }
            Membership::NotBegun => {
                let x = canvas.mark((CELLS, y), Mark::Open, Role::Plain);
                canvas.put((x + 1, y), say!("not begun"), Role::Plain);
            }
            Membership::Stays | Membership::TypesAgain => {
                if let Some(here) = here {
                    view_cells(view, here, y, canvas);
                }
                if *unit == Membership::TypesAgain {
                    canvas.put_right(canvas.width() - 1, y, say!("type it again"), Role::Fail);
                }
            }
        }
    }

    /// How many go on, who does not, and where in the list this page is; tells the column after it.
    fn view_summary(&self, (first, end): (usize, usize), y: u16, canvas: &mut Canvas<'_>) -> u16 {
        let Some(standing) = &self.standing else { return 3 };
        let left = |unit: &&Membership| matches!(unit, Membership::Left(_));
        let gone = standing.units.iter().filter(left).count();
        let goes = standing.units.len() - gone;
        let of = standing.units.len();
        let mut text = say!("{goes} of {of} go on", goes, of);
        if gone > 0 {
            text = say!("{goes} of {of} go on, {gone} left the set", goes, of, gone);
        }
        let x = canvas.put((3, y), &text, Role::Muted);
        if (first, end) != (0, standing.units.len()) {
            let page = say!("{first} to {end} of {of}: PgUp, PgDn", first = first + 1, end, of);
            canvas.put_right(canvas.width().saturating_sub(1), y, &page, Role::Muted);
        }
        x
    }

    /// The gauge with which what is asked now is measured or checked, until when it is good.
    fn view_gauge(&self, world: &World, (x, y): (u16, u16), canvas: &mut Canvas<'_>) {
        if let Some((gauge, role)) = gauge_words(self.asked().gauge_class(), world) {
            canvas.put((x + 3, y), &say!("gauge: {gauge}", gauge), role);
        }
    }

    fn view_next(
        &self,
        now: &Now<'_>,
        (world, layout): (&World, &Layout),
        canvas: &mut Canvas<'_>,
    ) {
        let y = canvas.height().saturating_sub(4);
        let unit = now.row().and_then(|row| self.views.get(row));
        let unit = unit.map_or(String::new(), |view| self.name(view));
        let text = self.next_words(now, &unit, (world, layout), canvas.ascii);
        let room = canvas.width().saturating_sub(4);
        let room = if now.takes_text() { room.saturating_sub(FIELD_MIN) } else { room };
        let x = canvas.put_in((3, y), room, &text, Role::Focus);
        if now.takes_text() {
            let read = self.recording.read_back().filter(|_| self.asked().is_number());
            let read = read.unwrap_or_default();
            let end = canvas.width().saturating_sub(2);
            let room = end.saturating_sub(x + 1);
            // Where there is no room for both, what is typed matters more.
            let beside = canvas.cells(&read) + 1;
            if read.is_empty() || room < FIELD_MIN + beside {
                self.recording.field.view(canvas, (x + 1, y), room, true);
            } else {
                self.recording.field.view(canvas, (x + 1, y), room - beside, true);
                canvas.put_right(end, y, &read, Role::Accent);
            }
        } else {
            canvas.cursor = Some((3, y));
        }
    }

    /// What is to be done next, in words.
    fn next_words(
        &self,
        now: &Now<'_>,
        unit: &str,
        (world, layout): (&World, &Layout),
        ascii: bool,
    ) -> String {
        let enter = Mark::Now.glyph(ascii);
        match now {
            Now::Loading => String::new(),
            Now::Nobody => say!("No unit of this set can go on; Enter goes back.").to_owned(),
            Now::Start(units) => {
                let units = count(units.len(), "unit", "units");
                say!("{mark} Enter: start work on {units}", mark = enter, units)
            }
            Now::Retype { .. } if now.is_attribute() => {
                say!("{unit} does not conform. Look again: 1 conforms  2 does not", unit)
            }
            Now::Retype { reading, .. } => {
                let value = told::value(reading.value());
                say!(
                    "{unit}: {value} is outside its limits. Retype what the gauge shows:",
                    unit,
                    value
                )
            }
            Now::Each { ask: Ask::Check { .. }, .. } if !layout.question.is_empty() => {
                say!("1 yes for all   2 no for {unit}", unit)
            }
            Now::Each { ask: Ask::Check { question, .. }, .. } => {
                say!("{question}  1 yes for all   2 no for {unit}", question, unit)
            }
            Now::Each { ask: Ask::Measure(measure), sample, .. } => {
                let (name, required) = (&measure.name, &measure.requirement);
                if now.is_attribute() {
                    say!("{unit} {name}  {required}:  1 conforms  2 does not", unit, name, required)
                } else if measure.count > 1 {
                    let count = measure.count;
                    say!(
                        "{unit} {name} {sample} of {count}  {required}:",
                        unit,
                        name,
                        sample,
                        count,
                        required
                    )
                } else {
                    format!("{unit} {name}  {required}:")
                }
            }
            Now::Each { ask, .. } => format!("{unit} {}:", ask_name(ask)),
            Now::All { units, ask: Ask::Sign(sign), .. } => {
                let units = count(units.len(), "unit", "units");
                let (role, meaning) = (say!(sign.role.word()), say!(sign.meaning.word()));
                say!(
                    "{mark} Enter: {role} signs {meaning}, once for {units}",
                    mark = enter,
                    role,
                    meaning,
                    units
                )
            }
            Now::All { units, .. } => {
                let units = count(units.len(), "unit", "units");
                say!("{mark} Enter: the clock starts for {units}", mark = enter, units)
            }
            Now::Complete { units, .. } => self.complete_words(now, units.len(), world, enter),
        }
    }

    /// A unit as it is called here: with its order where the set has units of several.
    fn name(&self, view: &TravelerView) -> String {
        let several = self.views.iter().any(|other| other.id.order != view.id.order);
        if several { view.id.to_string() } else { view.id.unit.to_string() }
    }

    fn complete_words(&self, now: &Now<'_>, units: usize, world: &World, enter: &str) -> String {
        let units = count(units, "unit", "units");
        let moment = &world.time.moment;
        let Some(wait) = running(now, &self.views) else {
            return say!("{mark} Enter: step done for {units}", mark = enter, units);
        };
        match wait.standing(moment) {
            WaitStanding::ToGo { ms } if ms <= LAST_MINUTE_MS => {
                say!(
                    "The wait runs for {units}: {time} to go",
                    units,
                    time = clock((ms + 999) / 1000)
                )
            }
            standing @ WaitStanding::ToGo { .. } => {
                say!("The wait runs for {units}: {left}", units, left = left(standing).0)
            }
            WaitStanding::Unproven => {
                say!("The wait cannot be proven: a supervisor accepts it for all, F9.").to_owned()
            }
            standing @ (WaitStanding::LongEnough { .. } | WaitStanding::TooLong { .. }) => {
                let left = left(standing).0;
                say!("{left}. {mark} Enter: step done for {units}", left, mark = enter, units)
            }
        }
    }
}

/// Why a unit left: what holds it with the number of its deviation, or the reason.
fn left_words(view: &TravelerView, reason: &Reason) -> String {
    let hold = view.state.hold_told().map(|(_, hold)| &hold.placed);
    match hold {
        Some(placed) => {
            let why = told::held(&placed.reason);
            placed
                .deviation
                .as_ref()
                .map_or_else(|| why.clone(), |number| format!("{number}, {why}"))
        }
        None => tell(&reason.what()),
    }
}

/// The step's title and what it warns of or begins with, and what its asks are called.
fn view_step(here: Here<'_>, layout: &Layout, canvas: &mut Canvas<'_>) {
    let cells = canvas.width().saturating_sub(4);
    canvas.put_in((3, 3), cells, &here.step.title, Role::Title);
    for (y, line) in (4..).zip(&layout.text) {
        line.view(canvas, (3, y), cells);
    }
    let y = layout.top - 1;
    canvas.put((3, y), say!("unit"), Role::Muted);
    let column = column(here, canvas);
    for (n, ask) in (0_u16..).zip(&here.step.asks) {
        let x = CELLS + n * column;
        if x + 4 >= canvas.width() {
            canvas.mark((canvas.width().saturating_sub(2), y), Mark::More, Role::Muted);
            break;
        }
        canvas.put_in((x, y), column - 1, &head(ask), Role::Muted);
    }
}

/// What the column of an ask is called.
fn head(ask: &Ask) -> String {
    match ask {
        Ask::Wait(_) => say!("wait").to_owned(),
        Ask::Sign(_) => say!("signature").to_owned(),
        Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Check { .. }
        | Ask::Measure(_)
        | Ask::Enter { .. } => ask_name(ask),
    }
}

/// How wide the column of an ask is.
fn column(here: Here<'_>, canvas: &Canvas<'_>) -> u16 {
    let room = canvas.width().saturating_sub(CELLS + 1);
    let asks = u16::try_from(here.step.asks.len().max(1)).unwrap_or(u16::MAX);
    (room / asks).max(COLUMN_MIN)
}

fn view_cells(view: &TravelerView, here: Here<'_>, y: u16, canvas: &mut Canvas<'_>) {
    let column = column(here, canvas);
    let attempt = attempt(view, here);
    for (n, ask) in (0_u16..).zip(&here.step.asks) {
        let (x, number) = (CELLS + n * column, n + 1);
        if x + 4 >= canvas.width() {
            return;
        }
        let recorded = attempt.is_some_and(|attempt| attempt.entry(number, 1).is_some());
        if not_sampled(view, here, number) && !recorded {
            canvas.put_in((x, y), column - 1, say!("not sampled"), Role::Muted);
            continue;
        }
        let samples = if let Ask::Measure(measure) = ask { measure.count } else { 1 };
        let mut at = x;
        for sample in 1..=samples {
            let end = x + column - 1;
            if at + 2 >= end {
                break;
            }
            at = view_entry((attempt, number, sample), (at, y), end - at, canvas) + 1;
        }
    }
}

fn view_entry(
    (attempt, number, sample): (Option<&Attempt>, u16, u16),
    (x, y): (u16, u16),
    cells: u16,
    canvas: &mut Canvas<'_>,
) -> u16 {
    let Some(entry) = attempt.and_then(|attempt| attempt.entry(number, sample)) else {
        return canvas.mark((x, y), Mark::Unset, Role::Muted);
    };
    let (text, mark, role) = match &entry.what {
        RecordedWhat::Reading(reading) => {
            let verdict = reading.verdict().map(verdict_mark);
            let (mark, role) =
                verdict.map_or((Mark::Dot, Role::Plain), |(mark, role, _)| (mark, role));
            (told::value(reading.value()), mark, role)
        }
        RecordedWhat::Answer(true) => (told::answer(true).to_owned(), Mark::Pass, Role::Ok),
        RecordedWhat::Answer(false) => (told::answer(false).to_owned(), Mark::Fail, Role::Fail),
        RecordedWhat::Text(text) => (text.clone(), Mark::Pass, Role::Ok),
        RecordedWhat::Component { identity, .. } => (identity.clone(), Mark::Pass, Role::Ok),
        RecordedWhat::WaitBegan => (say!("runs").to_owned(), Mark::Waiting, Role::Accent),
        RecordedWhat::Signature(_) => {
            // Whole or not at all: a name without its time and meaning is no signature (11.50).
            let words = SignatureView::of_entry(entry).map(|signed| tell(&signed.told()));
            let fits = words.filter(|words| canvas.cells(words) + 2 <= cells);
            (fits.unwrap_or_else(|| say!("signed").to_owned()), Mark::Sign, Role::Ok)
        }
    };
    let end = canvas.put_in((x, y), cells.saturating_sub(2), &text, role);
    canvas.mark((end + 1, y), mark, role)
}
