//! Draws the traveler: what it is, its steps at the left, what is to be done at the right.

use crate::domain::instruction::{Block, CalloutLevel, Instruction, Step};
use crate::domain::traveler::standing::{Current, StepStanding};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, lines, wrapped};
use crate::ui::parts::words::count;
use crate::ui::screens::told;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::judged;
use crate::views::traveler::TravelerView;

use super::TravelerScreen;
use super::asks::{self, Row};
use super::next::Now;
use super::pane::{self, Pane};
use super::raise;
use super::special;

/// The column of the border between steps and step.
const SPLIT: u16 = 23;
const TOP: u16 = 3;
/// Cells that a field has at least, however long what stands before it.
const FIELD_MIN: u16 = 8;
/// Warnings are held on the screen as long as so many rows are left for the text and its note.
const TEXT_ROWS_MIN: usize = 5;

impl TravelerScreen {
    pub(super) fn draw(&self, world: &World, canvas: &mut Canvas<'_>) {
        let bottom = canvas.height().saturating_sub(3);
        canvas.rule(2);
        canvas.rule(bottom);
        let Some(view) = &self.view else {
            let text =
                if self.unknown { say!("This unit is not known at this station.") } else { "" };
            canvas.put((1, 1), &self.id.to_string(), Role::Title);
            canvas.put((1, 4), text, Role::Warn);
            return;
        };
        let mut left = 1;
        if !canvas.is_one_column() {
            left = SPLIT + 2;
            canvas.mark((SPLIT, 2), Mark::Tee, Role::Muted);
            canvas.mark((SPLIT, bottom), Mark::Foot, Role::Muted);
            for y in TOP..bottom {
                canvas.mark((SPLIT, y), Mark::Side, Role::Muted);
            }
        }
        let shown = shown(view, self.now(), self.current());
        self.view_head((view, shown), world, canvas);
        if let Some((operation, instruction, step)) = shown
            && left > 1
        {
            steps(view, (operation, instruction, step), (TOP, bottom), canvas);
        }
        let cells = canvas.width().saturating_sub(left + 1);
        self.view_right(view, world, (left, cells), canvas);
    }

    fn view_head(
        &self,
        (view, shown): (&TravelerView, Option<Shown<'_>>),
        world: &World,
        canvas: &mut Canvas<'_>,
    ) {
        let mut right = String::new();
        let mut left = format!("{}  {}", self.id, view.order.part);
        if let Some(pieces) = view.pieces() {
            left = format!("{left}  {}", say!("{pieces} pcs", pieces));
        }
        if view.state.shipped().is_some() {
            left = format!("{left}  {}", say!("SHIPPED"));
        }
        if let Some((operation, instruction, step)) = shown {
            let rank = instruction.rank(&step.id).map_or(0, |rank| rank + 1);
            let of = instruction.steps.len();
            let (id, revision) = (&instruction.id, &instruction.revision);
            let newer = if view.news.iter().any(|item| !item.kept) { say!(" !newer") } else { "" };
            let only = world.only_in(instruction).unwrap_or_default();
            right = say!(
                "{id} rev {revision}{newer}{only}  step {rank} of {of}",
                id,
                revision,
                newer,
                only,
                rank,
                of
            );
            let name = &instruction.operation_name;
            left = say!("{left}  op {operation} {name}", left, operation, name);
        }
        let width = canvas.width().saturating_sub(1);
        let room = width.saturating_sub(canvas.cells(&right) + 2);
        canvas.put_in((1, 1), room, &left, Role::Title);
        canvas.put_right(width, 1, &right, Role::Plain);
    }

    fn view_right(
        &self,
        view: &TravelerView,
        world: &World,
        (x, cells): (u16, u16),
        canvas: &mut Canvas<'_>,
    ) {
        let bottom = canvas.height().saturating_sub(3);
        let now = self.now();
        let around = (world, cells, canvas.ascii);
        let (title, mut text, (mut rows, mut asked)) = if let Now::Ask { current, .. }
        | Now::Count { current, .. }
        | Now::Complete { current, .. } = now
        {
            let text = lines(&current.step.text, cells.into(), canvas.ascii);
            (current.step.title.clone(), text, asks::rows(view, now, current, around))
        } else {
            let (title, text, rows) = special::rows(view, now, around);
            let asked = pane::cursor(&rows);
            (title, text, (rows, asked))
        };
        let beside = self.beside(view, world);
        let room = cells.saturating_sub(canvas.cells(&beside) + 1);
        canvas.put_in((x, TOP), room, &title, Role::Title);
        canvas.put_right(x + cells, TOP, &beside, Role::Accent);
        let bottom = view_accepted(view, (x, bottom, cells), canvas);
        let mut bottom = raise::view_to_do(view, (x, bottom, cells), canvas);
        if let Some(warning) = self.ending(world) {
            bottom = bottom.saturating_sub(1);
            canvas.put_in((x, bottom), cells, &warning, Role::Warn);
        }
        let room = usize::from(bottom.saturating_sub(TOP + 1));
        let mut top = TOP + 1;
        let step = self
            .current()
            .filter(|_| matches!(now, Now::Ask { .. } | Now::Count { .. } | Now::Complete { .. }));
        let whole = text.len() + rows.len() < room;
        if let Some(current) = step.filter(|_| !whole) {
            // What is warned of stays on the screen, on whichever page its text stands.
            let (alarms, rest) = alarms(&current.step.text, usize::from(cells), canvas.ascii);
            if !alarms.is_empty() && alarms.len() + asked.len() + TEXT_ROWS_MIN <= room {
                for line in &alarms {
                    line.view(canvas, (x, top), cells);
                    top += 1;
                }
                text = rest;
            }
        }
        let room = usize::from(bottom.saturating_sub(top));
        pane::long_question(&mut text, &mut rows, &mut asked, room);
        let pane = pane::share((text.len(), self.page), (rows.len(), &asked), room);
        let y = view_text(&text, &pane, (x, top, cells), canvas);
        self.view_rows(&rows, &pane, (x, y, cells), canvas);
    }

    /// Draws the rows of asks; says how many are above and below.
    fn view_rows(
        &self,
        rows: &[Row<'_>],
        pane: &Pane,
        (x, mut y, cells): (u16, u16, u16),
        canvas: &mut Canvas<'_>,
    ) {
        let more = Mark::More.glyph(canvas.ascii);
        if pane.rows.start > 0 {
            let rows = count(pane.rows.start, "row", "rows");
            let text = say!("{more} {rows} above", more, rows);
            canvas.put_in((x, y), cells, &text, Role::Muted);
            y += 1;
        }
        for row in rows.get(pane.rows.clone()).unwrap_or_default() {
            self.view_row(row, (x, y), cells, canvas);
            y += 1;
        }
        if pane.rows.end < rows.len() {
            let rows = count(rows.len() - pane.rows.end, "row", "rows");
            canvas.put_in((x, y), cells, &say!("{more} {rows} below", more, rows), Role::Muted);
        }
    }

    /// That the qualification for the step that is next ends soon, for whoever is signed in.
    fn ending(&self, world: &World) -> Option<String> {
        let (Now::Ask { current, .. } | Now::Complete { current, .. }) = self.now() else {
            return None;
        };
        let asked = [&current.instruction.qualification, &current.step.rules.qualification];
        let named = |what: &str| asked.into_iter().flatten().any(|asked| asked.as_str() == what);
        let ending = &world.person.as_ref()?.ending;
        ending
            .iter()
            .find(|row| named(&row.what))
            .map(|row| say!("{what} for you", what = told::ending(row)))
    }

    /// Who else is at work in the step that is shown.
    fn beside(&self, view: &TravelerView, world: &World) -> String {
        let (Now::Ask { current, .. } | Now::Complete { current, .. }) = self.now() else {
            return String::new();
        };
        let me = world.person.as_ref().map(|person| &person.person);
        let here = (current.operation.operation, &current.step.id);
        let people = view.state.performers(here);
        let others = people.into_iter().filter(|person| Some(*person) != me);
        let name = |person| view.names.get(person).map_or(person.as_str(), String::as_str);
        let others: Vec<&str> = others.map(name).collect();
        if others.is_empty() {
            String::new()
        } else {
            say!("with {others}", others = others.join(", "))
        }
    }

    fn view_row(&self, row: &Row<'_>, (x, y): (u16, u16), cells: u16, canvas: &mut Canvas<'_>) {
        match row {
            Row::Chart(_) if canvas.is_in_lines() => {}
            Row::Text(line) | Row::Chart(line) => line.view(canvas, (x, y), cells),
            Row::Ends(left, right, role) => {
                let room = canvas.cells(right);
                left.view(canvas, (x, y), cells.saturating_sub(room + 1));
                canvas.put_right(x + cells, y, right, *role);
            }
            Row::Bar(limits, value, tail) => {
                let end = crate::ui::parts::limit_bar::view(canvas, (x, y), limits, *value);
                tail.view(canvas, (end + 2, y), (x + cells).saturating_sub(end + 2));
            }
            Row::Field(label, tail) => {
                let tail_cells = canvas.cells(tail);
                let label_most = cells.saturating_sub(FIELD_MIN + 2 + tail_cells);
                let end = canvas.put_in((x, y), label_most, label, Role::Focus);
                let room = (x + cells).saturating_sub(end + 2 + tail_cells);
                let room = if tail.is_empty() { room } else { room.min(18) };
                self.recording.field.view(canvas, (end + 2, y), room, true);
                let end = canvas.put((end + 2 + room, y), tail, Role::Muted);
                let room = (x + cells).saturating_sub(end + 2);
                let read = self.recording.read_back().filter(|_| self.asked().is_number());
                canvas.put_in((end + 2, y), room, &read.unwrap_or_default(), Role::Accent);
            }
            Row::Cursor(line) => {
                line.view(canvas, (x, y), cells);
                canvas.cursor = Some((x, y));
            }
        }
    }
}

/// Draws the page of the text, and where there are more a note that names what they warn of;
/// tells the row after it.
fn view_text(
    text: &[Line],
    pane: &Pane,
    (x, mut y, cells): (u16, u16, u16),
    canvas: &mut Canvas<'_>,
) -> u16 {
    for line in text.get(pane.text.clone()).unwrap_or_default() {
        line.view(canvas, (x, y), cells);
        y += 1;
    }
    if let Some((page, pages)) = pane.page {
        let note = say!("page {page} of {pages}: PgDn", page = page + 1, pages);
        let x = canvas.put_in((x, y), cells, &note, Role::Accent);
        let off = |n: usize| !pane.text.contains(&n);
        let mut others = text.iter().enumerate().filter(|(n, _)| off(*n)).map(|(_, line)| line);
        if let Some((word, role)) = others.find_map(alarm) {
            canvas.put((x + 2, y), &say!("{word} on another page", word), role);
        }
        y += 1;
    }
    y + u16::from(pane.gap)
}

/// The warnings and cautions of a text as lines, and the lines of the rest of it.
fn alarms(blocks: &[Block], cells: usize, ascii: bool) -> (Vec<Line>, Vec<Line>) {
    let alarm = |block: &Block| match block {
        Block::Callout { level, .. } => *level != CalloutLevel::Note,
        Block::Paragraph(_) | Block::List { .. } | Block::Picture(_) | Block::Table { .. } => false,
    };
    let (alarms, rest): (Vec<Block>, Vec<Block>) = blocks.iter().cloned().partition(alarm);
    let mut alarms = lines(&alarms, cells, ascii);
    alarms.retain(|line| !line.0.is_empty());
    (alarms, lines(&rest, cells, ascii))
}

/// The word of a warning or caution that begins at a line.
fn alarm(line: &Line) -> Option<(&str, Role)> {
    let (word, role) = line.0.first()?;
    (matches!(role, Role::Fail | Role::Warn) && word.starts_with("! ")).then_some((word, *role))
}

/// Says at the foot what goes on upon evidence though it is not done; tells where the rest ends.
fn view_accepted(
    view: &TravelerView,
    (x, bottom, cells): (u16, u16, u16),
    canvas: &mut Canvas<'_>,
) -> u16 {
    let Some(op) = view.state.accepted_open(&view.instructions).next() else { return bottom };
    let accepted = view.state.accepted.get(&op.operation);
    let text = accepted.map_or_else(String::new, |accepted| told::accepted(&accepted.words(op)));
    let said = wrapped(&text, cells.into(), Role::Warn);
    let top = bottom.saturating_sub(u16::try_from(said.len().min(2)).unwrap_or(1));
    for (line, y) in said.iter().zip(top..bottom) {
        line.view(canvas, (x, y), cells);
    }
    top
}

/// An operation's number, its instruction and the step that is shown.
type Shown<'a> = (u32, &'a Instruction, &'a Step);

fn shown<'a>(
    view: &'a TravelerView,
    now: Now<'a>,
    current: Option<Current<'a>>,
) -> Option<Shown<'a>> {
    if let Now::Retype { entry, .. } = now
        && let Some(attempt) = view.state.attempt_of(&entry.at)
        && let Some(operation) = view.state.operation(attempt.operation)
        && let Some(instruction) = view.instructions.get(&operation.hash)
        && let Some(step) = instruction.step(&attempt.step)
    {
        return Some((attempt.operation, instruction, step));
    }
    if let Some(current) = current {
        return Some((current.operation.operation, current.instruction, current.step));
    }
    // All is done: the last step stays visible.
    let operation = view.state.started.as_ref()?.operations.last()?;
    let instruction = view.instructions.get(&operation.hash)?;
    Some((operation.operation, instruction, instruction.steps.last()?))
}

/// The steps with how each stands; the list turns its page so that the current one is on it.
fn steps(
    view: &TravelerView,
    (operation, instruction, now): Shown<'_>,
    (top, bottom): (u16, u16),
    canvas: &mut Canvas<'_>,
) {
    let page = usize::from(bottom - top).max(1);
    let rank = instruction.rank(&now.id).unwrap_or(0);
    let from = rank / page * page;
    for (y, step) in (top..bottom).zip(instruction.steps.iter().skip(from)) {
        let standing = view.state.step_standing(operation, &step.id);
        let (mark, role) = match standing {
            StepStanding::Done => (Mark::Pass, Role::Ok),
            StepStanding::Skipped => (Mark::Skipped, Role::Warn),
            StepStanding::NotNeeded => (Mark::Skipped, Role::Muted),
            StepStanding::Open | StepStanding::Begun if step.id == now.id => {
                (Mark::Now, Role::Focus)
            }
            StepStanding::Begun => (Mark::Partly, Role::Accent),
            StepStanding::Open => (Mark::Open, Role::Muted),
        };
        canvas.mark((1, y), mark, role);
        let progress = progress(view, operation, step).unwrap_or_default();
        let room = SPLIT.saturating_sub(5 + canvas.cells(&progress));
        let role = if step.id == now.id { Role::Title } else { Role::Plain };
        canvas.put_in((3, y), room, &step.title, role);
        canvas.put_right(SPLIT - 1, y, &progress, Role::Muted);
    }
}

/// What stands behind a step: not needed, free, or how many readings of it are taken.
fn progress(view: &TravelerView, operation: u32, step: &Step) -> Option<String> {
    if view.state.step_standing(operation, &step.id) == StepStanding::NotNeeded {
        return Some(say!("not needed").to_owned());
    }
    let Some(attempt) = view.state.standing_attempt(operation, &step.id) else {
        let closed = view.state.step_closed(operation, &step.id);
        return (step.rules.free && !closed).then(|| say!("step|free").to_owned());
    };
    let mut judged = judged::not_accepted(&view.state).into_iter();
    if judged
        .any(|j| !j.answered && j.operation == Some(operation) && j.step.as_ref() == Some(&step.id))
    {
        return Some(say!("!server").to_owned());
    }
    if let Some(other) = judged::done_unseen(&view.state, attempt).first() {
        let place = other.place.as_ref().map_or(say!("elsewhere"), |place| place.as_str());
        return Some(say!("also {place}", place));
    }
    if attempt.completed.is_some() {
        return None;
    }
    let (taken, asked) = asks::readings(attempt, step);
    (asked > 1).then(|| format!("{taken}/{asked}"))
}

/// A line of one role.
pub(super) fn line(text: impl Into<String>, role: Role) -> Row<'static> {
    Row::Text(Line::of(text, role))
}
