//! The shift board: what was made, what stands still, what waits for a decision.

use jiff::Timestamp;

use crate::domain::traveler::lot::Pieces;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::pager::Pager;
use crate::ui::parts::words::{count, span};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::{Board, BoardRow, Figures, PiecesRow};
use crate::views::query::{Answer, Query};

use super::deviation::DeviationScreen;
use super::deviations;
use super::review::{self, ReviewScreen};

const PURPOSE: &str = "The figures of the day and what waits for a decision. Figures are complete \
    up to the time that stands beside them; a silent place makes them incomplete.";
/// Columns of the figures, by where each ends.
const COLUMNS: [(u16, &str); 7] = [
    (17, "done"),
    (27, "1st pass"),
    (34, "begun"),
    (40, "hold"),
    (47, "scrap"),
    (57, "readings"),
    (66, "failing"),
];

/// The shift board.
#[derive(Debug, Default)]
pub struct BoardScreen {
    board: Option<Board>,
    pager: Pager,
    loading: Option<Ticket>,
}

impl BoardScreen {
    /// What the marked row opens.
    fn marked(&self) -> Option<Box<dyn Layer>> {
        let board = self.board.as_ref()?;
        let marked = self.pager.selected;
        if let Some(deviation) = board.deviations.get(marked) {
            return Some(Box::new(DeviationScreen::raised(deviation.id.clone())));
        }
        let review = board.reviews.get(marked.checked_sub(board.deviations.len())?)?;
        Some(Box::new(ReviewScreen::new(review.clone())))
    }

    fn count(&self) -> usize {
        self.board.as_ref().map_or(0, waits)
    }

    /// How many rows of what waits fit below the figures.
    fn page(&self, body_end: u16) -> usize {
        let places = self.board.as_ref().map_or(0, |board| board.places.len());
        let pieces = self.board.as_ref().is_some_and(|board| !board.pieces.is_empty());
        let first = u16::try_from(places).unwrap_or(u16::MAX).saturating_add(8 + u16::from(pieces));
        usize::from(body_end.saturating_sub(first) / 2).clamp(1, 4)
    }
}

impl Layer for BoardScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.count() > 0 { vec![Act::Open] } else { Vec::new() }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Board));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        match (act, self.marked()) {
            (Act::Open, Some(screen)) => Turn::Open(screen),
            _ => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let count = self.count();
        if let Some(digit) = key.digit().filter(|digit| (1..=count).contains(digit)) {
            self.pager.selected = digit - 1;
        } else {
            self.pager.key(key, count, self.page(world.size.1.saturating_sub(2)));
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Board(board)) = world.answer(reply) {
            self.board = Some(board);
            let count = self.count();
            self.pager.keep_within(count);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(board) = &self.board else { return };
        let silent: Vec<&BoardRow> = board.places.iter().filter(|row| row.silent).collect();
        complete_to(board, &silent, world, canvas);
        canvas.put((3, 3), "place", Role::Muted);
        for (end, name) in COLUMNS {
            canvas.put_right(end, 3, name, Role::Muted);
        }
        canvas.put((68, 3), "last seen", Role::Muted);
        let mut y = 4;
        for row in &board.places {
            let role = if row.silent { Role::Warn } else { Role::Plain };
            let mark = if row.silent { Mark::Unknown.glyph(canvas.ascii) } else { "" };
            canvas.put_in((3, y), 9, row.place.as_str(), role);
            figures(&row.figures, (y, mark, role), canvas);
            let last = row.last_contact.map_or("never".to_owned(), |at| age(at, world));
            canvas.put((68, y), &last, role);
            y += 1;
        }
        canvas.put((3, y), "all", Role::Title);
        let mark = if silent.is_empty() { "" } else { Mark::Unknown.glyph(canvas.ascii) };
        figures(&board.total, (y, mark, Role::Title), canvas);
        y += u16::from(view_pieces(board, y + 1, canvas));
        if let Some((unit, what)) = board.accepted.first() {
            let more = board.accepted.len() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let text = format!("{unit} {what}{more}");
            canvas.put_in((3, y + 1), canvas.width().saturating_sub(4), &text, Role::Warn);
        }
        self.view_waits(board, (y + 2, world), canvas);
    }
}

fn age(at: Timestamp, world: &World) -> String {
    let seconds = world.time.moment.utc.duration_since(at).as_secs();
    if seconds < 60 { "now".to_owned() } else { format!("{} ago", span(seconds)) }
}

fn complete_to(board: &Board, silent: &[&BoardRow], world: &World, canvas: &mut Canvas<'_>) {
    let complete = board
        .complete_to
        .map_or("nothing known".to_owned(), |at| format!("complete up to {}", age(at, world)));
    let mut text = format!("Shift board   {complete}");
    if board.link_down {
        text.push_str(", without the server");
    }
    if !silent.is_empty() {
        let names: Vec<&str> = silent.iter().map(|row| row.place.as_str()).collect();
        text = format!("{text}; silent: {}", names.join(", "));
    }
    let role = if silent.is_empty() && !board.link_down { Role::Title } else { Role::Warn };
    canvas.put((1, 1), &text, role);
}

fn figures(figures: &Figures, (y, mark, role): (u16, &str, Role), canvas: &mut Canvas<'_>) {
    let Figures { finished, first_pass, begun, on_hold, scrapped, readings, failing, .. } =
        *figures;
    let share =
        (first_pass * 100).checked_div(finished).map_or("-".to_owned(), |p| format!("{p} %"));
    let mut texts =
        [finished, 0, begun, on_hold, scrapped, readings, failing].map(|n| n.to_string());
    texts[1] = share;
    for ((end, name), text) in COLUMNS.into_iter().zip(texts) {
        let role = if name == "hold" && on_hold > 0 { Role::Hold } else { role };
        canvas.put_right(end, y, &format!("{mark}{text}"), role);
    }
}

/// What was counted of lots, by place and operation; tells whether there is any.
fn view_pieces(board: &Board, y: u16, canvas: &mut Canvas<'_>) -> bool {
    let counted = |row: &PiecesRow| {
        let place = row.place.as_ref().map_or("-", |place| place.as_str());
        let pieces = Pieces { good: row.good, scrap: row.scrap, rework: row.rework };
        format!("{place} op {}: {}", row.operation, pieces.words())
    };
    let counted: Vec<String> = board.pieces.iter().map(counted).collect();
    if counted.is_empty() {
        return false;
    }
    let cells = canvas.width().saturating_sub(4);
    canvas.put_in((3, y), cells, &format!("pieces  {}", counted.join("; ")), Role::Plain);
    true
}

fn waits(board: &Board) -> usize {
    board.deviations.len() + board.reviews.len()
}

impl BoardScreen {
    fn view_waits(&self, board: &Board, (y, world): (u16, &World), canvas: &mut Canvas<'_>) {
        let waits = waits(board);
        let title = match waits {
            0 => "Nothing waits for a decision".to_owned(),
            _ => format!("Waits for a decision: {}", count(waits, "thing", "things")),
        };
        canvas.put((3, y), &title, Role::Title);
        let Figures { marginal, corrected, .. } = board.total;
        if marginal > 0 || corrected > 0 {
            let text = format!("readings: {marginal} marginal, {corrected} corrected");
            canvas.put_right(canvas.width().saturating_sub(1), y, &text, Role::Muted);
        }
        let page = self.page(canvas.body_end());
        let shown = self.pager.page(waits, page);
        for (y, rank) in (y + 1..).step_by(2).zip(shown.clone()) {
            let at = (y, rank == self.pager.selected);
            if let Some(row) = board.deviations.get(rank) {
                deviations::view_row(row, at, world, canvas);
            } else if let Some(row) = board.reviews.get(rank - board.deviations.len()) {
                review::view_row(row, at, world, canvas);
            }
        }
        if shown.end < waits {
            let text = format!("{} more: PgDn", waits - shown.end);
            canvas.put((3, canvas.body_end() - 1), &text, Role::Muted);
        }
    }
}
