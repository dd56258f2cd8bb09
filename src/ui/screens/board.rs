//! The shift board: what was made, what stands still, what waits for a decision.

use jiff::Timestamp;

use crate::domain::traveler::lot::Pieces;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::words::{count, span};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::{Board, BoardRow, Figures, PiecesRow, ReviewRow};
use crate::views::deviation::DeviationView;
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

/// What waits for a decision.
#[derive(Debug)]
enum Waits {
    Deviation(Box<DeviationView>),
    Review(ReviewRow),
}

impl Waits {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Deviation(one), Self::Deviation(other)) => one.id == other.id,
            (Self::Review(one), Self::Review(other)) => one.fact == other.fact,
            (Self::Deviation(_), Self::Review(_)) | (Self::Review(_), Self::Deviation(_)) => false,
        }
    }

    fn open(&self) -> Box<dyn Layer> {
        match self {
            Self::Deviation(row) => Box::new(DeviationScreen::raised(row.id.clone())),
            Self::Review(row) => Box::new(ReviewScreen::new(row.clone())),
        }
    }
}

/// The shift board.
#[derive(Debug)]
pub struct BoardScreen {
    board: Option<Board>,
    waits: List<Waits>,
    loading: Option<Ticket>,
}

impl Default for BoardScreen {
    fn default() -> Self {
        Self { board: None, waits: List::new(shape(0)), loading: None }
    }
}

/// What waits stands below so many lines of figures.
const fn shape(figures: u16) -> Shape<Waits> {
    Shape::numbered(two_lines, "").from_line(7 + figures)
}

/// How many lines the figures take: a row a place, and what was counted of lots.
fn figures_lines(board: &Board) -> u16 {
    let places = u16::try_from(board.places.len()).unwrap_or(u16::MAX);
    places.saturating_add(u16::from(!board.pieces.is_empty()))
}

impl BoardScreen {
    fn open(&self) -> Turn {
        self.waits.marked().map_or(Turn::Stay, |waits| Turn::Open(waits.open()))
    }

    /// Takes what waits for a decision out of the board, into the list.
    fn take(&mut self, mut board: Board) {
        let deviations = std::mem::take(&mut board.deviations).into_iter();
        let deviations = deviations.map(|row| Waits::Deviation(Box::new(row)));
        let reviews = std::mem::take(&mut board.reviews).into_iter().map(Waits::Review);
        self.waits.reshape(shape(figures_lines(&board)));
        self.waits.fill(deviations.chain(reviews).collect(), Waits::same);
        self.board = Some(board);
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
        if self.waits.marked().is_some() { vec![Act::Open] } else { Vec::new() }
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
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.waits.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Board(board)) = world.answer(reply) {
            self.take(board);
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

impl BoardScreen {
    fn view_waits(&self, board: &Board, (y, world): (u16, &World), canvas: &mut Canvas<'_>) {
        let title = match self.waits.count() {
            0 => "Nothing waits for a decision".to_owned(),
            waits => format!("Waits for a decision: {}", count(waits, "thing", "things")),
        };
        canvas.put((3, y), &title, Role::Title);
        let Figures { marginal, corrected, .. } = board.total;
        if marginal > 0 || corrected > 0 {
            let text = format!("readings: {marginal} marginal, {corrected} corrected");
            canvas.put_right(canvas.width().saturating_sub(1), y, &text, Role::Muted);
        }
        self.waits.view(canvas, |shown, canvas| match shown.row {
            Waits::Deviation(row) => deviations::view_row(row, shown.y, world, canvas),
            Waits::Review(row) => review::view_row(row, shown.y, world, canvas),
        });
    }
}
