//! How the grid is drawn: only the rows and columns that fit, and what stands in a cell at its place.

use crate::domain::inspection::asks::PieceAsk;
use crate::domain::inspection::cells::CellAt;
use crate::domain::inspection::series::LotStanding;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::page_of;
use crate::ui::parts::words::{due, verdict_mark};
use crate::ui::screens::inspection::standing;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::grid::{CellView, GridView, Summary};

use super::heads::{self, COLUMN, HEADS, INSIDE, LABEL, Shape};
use super::{Asking, GridScreen, Stands};

/// Cells of a value; its verdict and what else is known of it stand behind.
const VALUE: usize = 7;
const NO_TEXT: &str = "The instruction has not come to this station yet. Sync: F9.";

impl GridScreen {
    pub(super) fn draw(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.cursor = Some((1, 1));
        let Some(grid) = &self.grid else {
            canvas.put((1, 1), say!("Lot"), Role::Title);
            canvas.rule(2);
            if self.unknown {
                canvas.put((3, 4), say!("This lot is not known at this station."), Role::Warn);
            }
            return;
        };
        self.view_title(grid, canvas);
        let Some(asks) = &grid.asks else {
            canvas.put((3, 4), say!(NO_TEXT), Role::Warn);
            return;
        };
        let shape = Shape::of((canvas.width(), canvas.height()));
        let rows = page_of(self.focus.0, shape.rows, grid.pieces.len());
        let columns = page_of(self.focus.1, shape.columns, asks.len());
        let shown = asks.iter().enumerate().take(columns.end).skip(columns.start);
        for (x, (rank, ask)) in (LABEL..).step_by(COLUMN.into()).zip(shown) {
            let number = u16::try_from(rank + 1).unwrap_or(u16::MAX);
            self.view_head((x, number), ask, world, canvas);
            for (y, row) in (shape.top..).zip(rows.clone()) {
                self.view_cell((row, rank), (x, y), (world, ask), canvas);
            }
            if let Some(summary) = grid.summaries.get(rank) {
                view_summary(summary, ask, x, canvas);
            }
        }
        for (y, row) in (shape.top..).zip(rows.clone()) {
            self.view_label(grid, row, y, canvas);
        }
        view_pages(grid, (&rows, &columns), asks.len(), canvas);
        view_progress(grid, canvas);
        self.view_here(grid, world, canvas);
    }

    fn view_title(&self, grid: &GridView, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        let lot = &grid.lot;
        let words = if lot.stands == LotStanding::Open && lot.accepts.is_none() {
            let (number, all) = (self.focus.0 + 1, grid.pieces.len());
            say!("sample {number} of {all}", number, all)
        } else {
            let (mark, _, words) = standing(lot);
            format!("{} {words}", mark.glyph(canvas.ascii))
        };
        let role = if lot.accepts == Some(false) { Role::Fail } else { Role::Plain };
        let at = end.saturating_sub(canvas.cells(&words));
        let (name, instruction, revision) = (tell(&lot.name()), &lot.instruction, &lot.revision);
        let by = say!("{name}  {instruction} rev {revision}", name, instruction, revision);
        canvas.put_name((1, 1), at.saturating_sub(2), &by, Role::Title);
        canvas.put((at, 1), &words, role);
        canvas.rule(2);
        canvas.rule(canvas.height().saturating_sub(3));
    }

    fn view_head(
        &self,
        (x, number): (u16, u16),
        ask: &PieceAsk,
        world: &World,
        canvas: &mut Canvas<'_>,
    ) {
        let focused = usize::from(number) == self.focus.1 + 1;
        let role = if focused { Role::Focus } else { Role::Title };
        canvas.put_in((x, HEADS), INSIDE, &heads::name(ask, number), role);
        let (first, second) = heads::limits(ask);
        canvas.put_in((x, HEADS + 1), INSIDE, &first, Role::Plain);
        canvas.put_in((x, HEADS + 2), INSIDE, &second, Role::Plain);
        if ask.gauge.is_none() {
            return;
        }
        let (words, role) = match self.gauge_row((number, ask), world) {
            Some(row) if row.soon_days.is_some() => (format!("! {}", row.gauge), Role::Warn),
            Some(row) => (row.gauge.to_string(), Role::Muted),
            None => (say!("F4 gauge").to_owned(), Role::Warn),
        };
        canvas.put_in((x, HEADS + 3), INSIDE, &words, role);
    }

    fn view_label(&self, grid: &GridView, row: usize, y: u16, canvas: &mut Canvas<'_>) {
        let Some(piece) = grid.pieces.get(row) else { return };
        let role = if row == self.focus.0 {
            canvas.mark((1, y), Mark::Now, Role::Focus);
            Role::Focus
        } else {
            Role::Plain
        };
        canvas.put_right(7, y, &piece.to_string(), role);
    }

    fn view_cell(
        &self,
        place: (usize, usize),
        (x, y): (u16, u16),
        (world, ask): (&World, &PieceAsk),
        canvas: &mut Canvas<'_>,
    ) {
        let Some(at) = self.at(place) else { return };
        let focused = place == self.focus;
        let stands = self.stands(at);
        if focused && self.takes_number() && self.typing(stands) {
            let room = INSIDE.saturating_sub(1);
            let words = matches!(self.asking, Asking::Comment(_) | Asking::Block(_));
            self.recording.field.view(canvas, (x, y), room, !words);
            return;
        }
        if focused {
            canvas.cursor = Some((x, y));
        }
        let typed = world.drafts.get(&self.slot(at)).filter(|typed| !typed.is_empty());
        match (self.cell(at), typed) {
            // What is typed and not saved is never taken for a value.
            (_, Some(typed)) if !focused => {
                let x = canvas.put_in((x, y), INSIDE - 2, typed, Role::Warn);
                canvas.mark((x + 1, y), Mark::Open, Role::Warn);
            }
            (Some(cell), _) => {
                let noted = self.notes(at).is_some();
                view_value(cell, ask, (noted, focused), (x, y), canvas);
            }
            (None, _) => {
                let role = if focused { Role::Focus } else { Role::Muted };
                canvas.mark((x + 6, y), Mark::Unset, role);
            }
        }
    }

    /// Whether the field is drawn in place of what is recorded.
    fn typing(&self, stands: Stands) -> bool {
        match stands {
            Stands::Open | Stands::Corrected => true,
            // What failed stands there until something is typed.
            Stands::Again => !self.recording.field.is_empty(),
            Stands::Recorded => false,
        }
    }

    fn notes(&self, at: CellAt) -> Option<&Vec<String>> {
        self.grid.as_ref()?.notes.get(&at)
    }

    /// The value that has the focus in full, and what is wanted of it.
    fn view_here(&self, grid: &GridView, world: &World, canvas: &mut Canvas<'_>) {
        let (height, width) = (canvas.height(), canvas.width().saturating_sub(2));
        let (y, below) = (height.saturating_sub(5), height.saturating_sub(4));
        let (Some(at), Some(ask)) = (self.here(), self.ask()) else { return };
        let (piece, name, requirement) = (at.0, heads::name(ask, at.1), &ask.requirement);
        let mut words = say!("piece {piece}  {name}  {requirement}", piece, name, requirement);
        let cell = self.cell(at);
        if let Some(row) = self.gauge_row((at.1, ask), world).filter(|_| cell.is_none()) {
            let until =
                row.due.map_or(String::new(), |date| format!(" {}", due(date, world.today())));
            words = format!("{words}  {}{until}", row.gauge);
        }
        let x = canvas.put_in((1, y), width, &words, Role::Plain);
        if let Some(cell) = cell {
            let room = width.saturating_sub(x + 1);
            let role = cell.verdict.map_or(Role::Plain, |verdict| verdict_mark(verdict).1);
            canvas.put_in((x + 2, y), room, &cell_words(cell, ask), role);
        }
        let (hint, role) = self.hint(grid, at, ask);
        let x = canvas.put_in((1, below), width, &hint, role);
        if matches!(self.asking, Asking::Block(_)) {
            canvas.cursor = Some((1, below));
        }
        let room = width.saturating_sub(x + 1);
        if let Asking::Comment(field) | Asking::Reason(field) = &self.asking {
            field.view(canvas, (x + 1, below), room, true);
        } else if let Some(read) = self.recording.read_back() {
            canvas.put_in((x + 1, below), room, &read, Role::Accent);
        }
    }

    /// What is wanted where the focus is.
    fn hint(&self, grid: &GridView, at: CellAt, ask: &PieceAsk) -> (String, Role) {
        let digits = match (ask.kind.limits().is_some(), ask.is_check()) {
            (true, _) => "",
            (false, true) => say!("1 yes   2 no"),
            (false, false) => say!("1 conforms   2 does not"),
        };
        let after = if digits.is_empty() { "" } else { ": " };
        match &self.asking {
            Asking::Comment(_) => return (say!("Comment:").to_owned(), Role::Focus),
            Asking::Reason(_) => {
                let several = self.cell(at).map_or(1, |cell| cell.all.len());
                let words = match several {
                    0 | 1 => say!("Why is it recorded again?").to_owned(),
                    several => say!("Why? It stands for all {several} values:", several),
                };
                return (words, Role::Focus);
            }
            Asking::Again(reason) => {
                let again = say!("again, ");
                return (format!("{again}{reason}{after}{digits}"), Role::Warn);
            }
            Asking::Block(block) => {
                return (format!("{}  {}", block.words, say!("1 yes   2 no")), Role::Focus);
            }
            Asking::Nothing => {}
        }
        if let Some(cell) = self.cell(at).filter(|cell| cell.all.len() > 1 && !cell.again) {
            let all: Vec<String> = cell.all.iter().map(tell).collect();
            let words = say!("recorded unseen by each other: {all}", all = all.join("; "));
            return (words, Role::Fail);
        }
        let notes = self.notes(at).map(|notes| notes.join("; "));
        match self.stands(at) {
            _ if !self.is_open() => (notes.unwrap_or_default(), Role::Muted),
            Stands::Again if digits.is_empty() => (
                say!("It is outside its limits. Type again what the gauge shows.").to_owned(),
                Role::Fail,
            ),
            Stands::Again => {
                let again = say!("It does not conform. Look again");
                (format!("{again}{after}{digits}"), Role::Fail)
            }
            _ if notes.is_some() => (notes.unwrap_or_default(), Role::Accent),
            Stands::Open if !digits.is_empty() => (digits.to_owned(), Role::Focus),
            Stands::Open | Stands::Corrected | Stands::Recorded => Self::whole_hint(grid),
        }
    }

    fn whole_hint(grid: &GridView) -> (String, Role) {
        match grid.lot.accepts.filter(|_| grid.again.is_empty()) {
            Some(true) if grid.lot.lacks_results() => {
                let words = say!("The first article lacks results: F3 ends it, rejected.");
                (words.to_owned(), Role::Warn)
            }
            Some(true) => (say!("The plan accepts the lot: F3 signs it.").to_owned(), Role::Ok),
            Some(false) => (say!("The plan rejects the lot: F3 signs it.").to_owned(), Role::Fail),
            None => (String::new(), Role::Plain),
        }
    }
}

/// A value as it is called in a table of its column.
fn in_column(value: &ReadingValue, ask: &PieceAsk) -> String {
    let text = match value {
        ReadingValue::Number { number, unit } => {
            let own = ask.kind.limits().is_some_and(|limits| limits.unit == *unit);
            if own { number.to_string() } else { format!("{number}{unit}") }
        }
        ReadingValue::Conforms(yes) => match (yes, ask.is_check()) {
            (true, true) => say!("yes").to_owned(),
            (false, true) => say!("no").to_owned(),
            (true, false) => say!("gauge|go").to_owned(),
            (false, false) => say!("gauge|no-go").to_owned(),
        },
    };
    at_point(&text, heads::decimals(ask))
}

/// A number that ends where its column's decimals end.
fn at_point(text: &str, decimals: usize) -> String {
    let short = decimals.saturating_sub(heads::places(text));
    let point = usize::from(short > 0 && short == decimals && decimals > 0);
    let padded = format!("{text}{}", " ".repeat(short + point));
    let padded = if padded.chars().count() > VALUE { text.to_owned() } else { padded };
    format!("{padded:>VALUE$}")
}

fn view_value(
    cell: &CellView,
    ask: &PieceAsk,
    (noted, focused): (bool, bool),
    (x, y): (u16, u16),
    canvas: &mut Canvas<'_>,
) {
    let (mark, role) = match cell.verdict.map(verdict_mark) {
        Some((mark, role, _)) => (mark, role),
        None => (Mark::Dot, Role::Plain),
    };
    let shade = if focused { Role::Focus } else { role };
    let shade = if shade == Role::Ok { Role::Plain } else { shade };
    let value = in_column(&cell.value, ask);
    let x = canvas.put_in((x, y), INSIDE - 2, &value, shade);
    let x = canvas.mark((x + 1, y), mark, role);
    let flag = match (cell.again, noted, cell.corrects.is_some()) {
        (true, ..) => Some(("?", Role::Fail)),
        _ if cell.all.len() > 1 => Some(("2", Role::Fail)),
        (_, true, _) => Some(("n", Role::Accent)),
        (_, _, true) => Some(("~", Role::Muted)),
        (false, false, false) => None,
    };
    if let Some((flag, role)) = flag {
        canvas.put((x, y), flag, role);
    }
}

/// What is known of a recorded value.
fn cell_words(cell: &CellView, ask: &PieceAsk) -> String {
    if cell.all.len() > 1 {
        return say!("recorded {times} times", times = cell.all.len());
    }
    let value = match &cell.value {
        value @ ReadingValue::Number { .. } => shown(value),
        value @ ReadingValue::Conforms(_) => in_column(value, ask).trim().to_owned(),
    };
    let verdict =
        cell.verdict.map_or(String::new(), |verdict| format!(" {}", say!(verdict_mark(verdict).2)));
    let gauge = cell.gauge.as_ref().map_or(String::new(), |gauge| format!(", {gauge}"));
    let corrects =
        cell.corrects.as_ref().map_or(String::new(), |why| say!(", corrected: {why}", why));
    let named = cell.deviation.as_ref().map_or(String::new(), |id| format!(", {id}"));
    format!("{value}{verdict}{gauge}{named}, {}{corrects}", cell.by)
}

/// Mean, how many and how many fail.
fn view_summary(summary: &Summary, ask: &PieceAsk, x: u16, canvas: &mut Canvas<'_>) {
    let (y, below) = (canvas.height().saturating_sub(8), canvas.height().saturating_sub(7));
    if let Some(mean) = summary.mean {
        let decimals = heads::decimals(ask) + 1;
        let places = u32::try_from(decimals).unwrap_or(u32::MAX);
        let mean = mean.round_dp(places).to_string();
        canvas.put_in((x, y), INSIDE, &format!("{mean:>VALUE$}"), Role::Muted);
    }
    let end = canvas.put((x, below), &format!("{:>4}", summary.count), Role::Muted);
    let role = if summary.fails > 0 { Role::Fail } else { Role::Muted };
    let fails = format!("{:>3} {}", summary.fails, Mark::Fail.glyph(canvas.ascii));
    canvas.put((end, below), &fails, role);
}

/// Which part of the grid this is, where it has more.
fn view_pages(
    grid: &GridView,
    (rows, columns): (&std::ops::Range<usize>, &std::ops::Range<usize>),
    asks: usize,
    canvas: &mut Canvas<'_>,
) {
    let y = canvas.height().saturating_sub(3);
    let mut words = Vec::new();
    if rows.len() < grid.pieces.len() {
        let (from, to, all) = (rows.start + 1, rows.end, grid.pieces.len());
        words.push(say!("rows {from} to {to} of {all}", from, to, all));
    }
    if columns.len() < asks {
        let (from, to) = (columns.start + 1, columns.end);
        words.push(say!("columns {from} to {to} of {asks}", from, to, asks));
    }
    if !words.is_empty() {
        let text = format!(" {} ", words.join(", "));
        canvas.put_right(canvas.width().saturating_sub(1), y, &text, Role::Muted);
    }
}

/// How many may fail, how many do, and how far the sample is.
fn view_progress(grid: &GridView, canvas: &mut Canvas<'_>) {
    let height = canvas.height();
    canvas.put((1, height.saturating_sub(8)), say!("mean"), Role::Muted);
    canvas.put((1, height.saturating_sub(7)), "n", Role::Muted);
    let (lot, y, end) = (&grid.lot, height.saturating_sub(6), canvas.width().saturating_sub(1));
    let plan = match &lot.first_article {
        Some(first) => tell(&first.words()),
        None => format!("Ac {}, Re {}", lot.accept, lot.reject),
    };
    let x = canvas.put((1, y), &plan, Role::Plain);
    let bad = lot.nonconforming.len();
    let role = match (bad, lot.accepts) {
        (0, _) => Role::Plain,
        (_, Some(false)) => Role::Fail,
        (_, _) => Role::Warn,
    };
    let narrow = lot.first_article.is_some();
    let failing = if narrow { say!("{bad} fail", bad) } else { say!("{bad} failing so far", bad) };
    let x = canvas.put((x + 3, y), &failing, role);
    if !grid.again.is_empty() {
        let again = say!("{again} to type again: F2", again = grid.again.len());
        canvas.put((x + 3, y), &again, Role::Fail);
    }
    let begun = match lot.begun.len() {
        0 => String::new(),
        _ if narrow => String::new(),
        begun => say!(", {begun} begun", begun),
    };
    let (inspected, sample) = (lot.inspected, lot.sample);
    let far = say!("{inspected} of {sample} pieces{begun}", inspected, sample, begun);
    canvas.put_right(end, y, &far, Role::Plain);
}
