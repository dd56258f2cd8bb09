//! The units of an order that were worked on at a place, or stand there.

use crate::domain::ids::PlaceId;
use crate::domain::traced::Traced;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::screens::record::RecordScreen;
use crate::ui::speech::{say, tell};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board_place::{OrderHere, PlaceBoard, UnitHere};
use crate::views::query::{Answer, Query};

use super::figures;
use super::place::{head, view_counts};

const PURPOSE: &str = "The units of an order that were worked on at this place, or stand there. \
    Enter opens everything that was recorded about one.";
const NONE: &str = "No unit of it was worked on here, and none stands here.";

/// One order at one place.
#[derive(Debug)]
pub(super) struct OrderScreen {
    place: PlaceId,
    order: OrderHere,
    units: List<UnitHere>,
    /// The place as the figures are known, without its orders.
    board: Option<Box<PlaceBoard>>,
    loading: Option<Ticket>,
}

impl OrderScreen {
    /// Of an order as the screen before showed it.
    pub(super) fn new(place: PlaceId, order: OrderHere) -> Self {
        let units = List::new(Shape::numbered(two_lines, NONE));
        let mut screen = Self { place, order, units, board: None, loading: None };
        screen.fill();
        screen
    }

    fn fill(&mut self) {
        let units = std::mem::take(&mut self.order.units);
        self.units.fill(units, |one, other| one.traveler == other.traveler);
    }

    fn open(&self) -> Turn {
        let Some(unit) = self.units.marked() else { return Turn::Stay };
        Turn::Open(Box::new(RecordScreen::new(unit.traveler.clone())))
    }
}

impl Layer for OrderScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.units.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn about(&self) -> Option<Traced> {
        Some(Traced::Order(self.order.order.clone()))
    }

    fn shown(&mut self, world: &mut World) {
        let query = Query::PlaceBoard { place: self.place.clone(), shift: None };
        self.loading = Some(world.load(query));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.units.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::PlaceBoard(Some(mut board))) = world.answer(reply) {
            let orders = std::mem::take(&mut board.orders);
            let now = orders.into_iter().find(|order| order.order == self.order.order);
            self.order.units = now.map(|order| order.units).unwrap_or_default();
            self.fill();
            self.board = Some(board);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let title = say!(
            "{order}  {part} at {place}",
            order = self.order.order,
            part = self.order.part,
            place = self.place
        );
        let x = canvas.put((1, 1), &title, Role::Title);
        canvas.rule(2);
        if let Some(board) = &self.board {
            let row = std::slice::from_ref(&board.row);
            let (text, role) = figures::complete_to(&board.time, row, world);
            canvas.put_in((x + 2, 1), canvas.width().saturating_sub(x + 3), &text, role);
        }
        canvas.cursor = Some((1, 1));
        let left_out = self.board.as_ref().map_or(0, |board| board.left_out);
        head("unit", left_out, 3, canvas);
        self.units.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            canvas.put_name((6, y), 18, row.traveler.unit.as_str(), Role::Title);
            if let Some(last) = row.last {
                canvas.put((25, y), &world.site_time(last), Role::Muted);
            }
            let counts =
                [row.good, row.scrap, row.failing, u32::from(row.on_hold), u32::from(row.begun)];
            view_counts(counts, y, canvas);
            let role = if row.on_hold { Role::Hold } else { Role::Plain };
            let cells = canvas.width().saturating_sub(9);
            canvas.put_start((8, y + 1), cells, &tell(&row.standing), role);
        });
    }
}
