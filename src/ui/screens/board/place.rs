//! One place of the board: its figures, what fails there most, and the orders that they come from.

use crate::domain::ids::PlaceId;
use crate::domain::traced::Traced;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board_place::{Cause, OrderHere, PlaceBoard};
use crate::views::query::{Answer, Query};

use super::figures;
use super::order::OrderScreen;

const PURPOSE: &str = "Where the figures of a place come from: its orders, their units, and what \
    fails there most. Enter opens an order, then a unit with everything that was recorded.";
const NONE: &str = "Nothing was worked on here, and nothing stands here.";
/// Where the list of orders begins: below the figures, the causes and the head.
const TOP: u16 = 9;
/// Columns of the counts, by where each ends.
const COLUMNS: [(u16, &str); 5] = [
    (46, "good"),
    (53, "column|scrap"),
    (62, "failing"),
    (68, "column|hold"),
    (75, "column|begun"),
];

/// One place.
#[derive(Debug)]
pub struct PlaceScreen {
    place: PlaceId,
    board: Option<Box<PlaceBoard>>,
    unknown: bool,
    orders: List<OrderHere>,
    loading: Option<Ticket>,
}

impl PlaceScreen {
    /// Of a place of the board.
    pub fn new(place: PlaceId) -> Self {
        let orders = List::new(Shape::numbered(one_line, NONE).from_line(TOP));
        Self { place, board: None, unknown: false, orders, loading: None }
    }

    fn open(&self) -> Turn {
        let Some(order) = self.orders.marked() else { return Turn::Stay };
        Turn::Open(Box::new(OrderScreen::new(self.place.clone(), order.clone())))
    }
}

impl Layer for PlaceScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.orders.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn about(&self) -> Option<Traced> {
        Some(Traced::Place(self.place.clone()))
    }

    fn shown(&mut self, world: &mut World) {
        let query = Query::PlaceBoard { place: self.place.clone(), shift: None };
        self.loading = Some(world.load(query));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.orders.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        match world.answer(reply) {
            Some(Answer::PlaceBoard(Some(mut board))) => {
                self.unknown = false;
                let orders = std::mem::take(&mut board.orders);
                self.orders.fill(orders, |one, other| one.order == other.order);
                self.board = Some(board);
            }
            Some(_) => self.unknown = true,
            None => {}
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        if self.unknown {
            let text = say!("{place} is not on the board of this station", place = self.place);
            canvas.put((1, 1), &text, Role::Warn);
            return;
        }
        let Some(board) = &self.board else { return };
        let row = std::slice::from_ref(&board.row);
        let (text, role) = figures::complete_to(&board.time, row, world);
        let cells = canvas.width().saturating_sub(2);
        canvas.put_in((1, 1), cells, &format!("{}: {text}", self.place), role);
        figures::rows(row, 3, world, canvas);
        if !board.causes.is_empty() {
            view_causes(&board.causes, 6, canvas);
        } else if !board.row.silent && !board.time.link_down {
            let text = say!("no reading fails here, and no deviation was raised");
            canvas.put((3, 6), text, Role::Muted);
        }
        head("order", board.left_out, TOP - 1, canvas);
        self.orders.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            canvas.put_name((6, y), 18, row.order.as_str(), Role::Title);
            canvas.put_name((25, y), 16, row.part.as_str(), Role::Muted);
            let sums = row.sums();
            let counts = [sums.good, sums.scrap, sums.failing, sums.on_hold, sums.begun];
            view_counts(counts, y, canvas);
        });
    }
}

/// The head of the columns above a list.
pub(super) fn head(of: &'static str, left_out: usize, y: u16, canvas: &mut Canvas<'_>) {
    let x = canvas.put_in((6, y), 18, say!(of), Role::Muted);
    for (end, name) in COLUMNS {
        canvas.put_right(end, y, say!(name), Role::Muted);
    }
    if left_out > 0 {
        let text = say!("{units} not told", units = count(left_out, "unit", "units"));
        canvas.put(((x + 1).max(12), y), &text, Role::Warn);
    }
}

/// Good, scrap, failing, on hold and begun, in this order.
pub(super) fn view_counts(counts: [u32; 5], y: u16, canvas: &mut Canvas<'_>) {
    for ((end, name), many) in COLUMNS.into_iter().zip(counts) {
        let role = match (name, many) {
            (_, 0) => Role::Muted,
            ("column|hold", _) => Role::Hold,
            ("failing", _) => Role::Fail,
            _ => Role::Plain,
        };
        canvas.put_right(end, y, &many.to_string(), role);
    }
}

/// What fails most, in a line.
pub(super) fn view_causes(causes: &[Cause], y: u16, canvas: &mut Canvas<'_>) {
    let words: Vec<String> = causes.iter().map(|cause| tell(&cause.words())).collect();
    let cells = canvas.width().saturating_sub(4);
    canvas.put_in((3, y), cells, &say!("most: {causes}", causes = words.join("; ")), Role::Warn);
}
