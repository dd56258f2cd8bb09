//! The stations of these work centers, each with when something was heard of it last.

use crate::domain::ids::PlaceId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::StationRow;
use crate::views::query::{Answer, Query};

use super::board::age;

const PURPOSE: &str = "The stations of these work centers, where each was heard to work, and when last. What \
    happened at a silent one since then is in no figure. How many facts wait is known of this one alone.";
const NONE: &str = "No station is known here.";
/// Where columns begin, below their heads.
const TOP: u16 = 4;
const PLACES: u16 = 23;
const LAST: u16 = 52;
const WAITING: u16 = 64;

/// The list of stations.
#[derive(Debug)]
pub struct StationsScreen {
    rows: List<StationRow>,
    loading: Option<Ticket>,
}

impl Default for StationsScreen {
    fn default() -> Self {
        let rows = List::new(Shape::plain(one_line, NONE).from_line(TOP));
        Self { rows, loading: None }
    }
}

fn view_row(row: &StationRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let (mark, role) = if row.silent { (Mark::Warn, Role::Warn) } else { (Mark::Dot, Role::Plain) };
    let x = canvas.mark((3, y), mark, role);
    canvas.put_name((x + 1, y), PLACES - x - 2, row.station.as_str(), Role::Title);
    let places: Vec<&str> = row.places.iter().map(PlaceId::as_str).collect();
    canvas.put_in((PLACES, y), LAST - PLACES - 1, &places.join(", "), Role::Plain);
    let last = match row.last_contact {
        Some(at) => age(at, world),
        None => say!("never").to_owned(),
    };
    canvas.put((LAST, y), &last, role);
    if let Some(facts) = row.waiting {
        canvas.put((WAITING, y), &say!("{facts} waiting", facts), Role::Muted);
    }
}

impl Layer for StationsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Board));
    }

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.rows.key(key, world.size.1);
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Board(board)) = world.answer(reply) {
            self.rows.fill(board.stations, |row, before| row.station == before.station);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Stations"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        for (x, cells, word) in [
            (5, PLACES - 6, "station"),
            (PLACES, LAST - PLACES - 1, "worked at"),
            (LAST, WAITING - LAST - 1, "last seen"),
        ] {
            canvas.put_in((x, TOP - 1), cells, say!(word), Role::Muted);
        }
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}
