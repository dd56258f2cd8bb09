//! Choosing the place where one works, where no label can be scanned.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::PlaceRow;

const PURPOSE: &str = "Say where you work: scan the label of the place, or type its \
    number. The list of work is that of the place, and what you record names it.";
const NONE: &str = "No place is known here.";

/// The list of places.
#[derive(Debug)]
pub struct PlacesScreen {
    places: List<PlaceRow>,
    loading: Option<Ticket>,
}

impl Default for PlacesScreen {
    fn default() -> Self {
        Self { places: List::new(Shape::numbered(one_line, NONE)), loading: None }
    }
}

impl PlacesScreen {
    fn take(&self, world: &mut World) -> Turn {
        let Some(row) = self.places.marked() else { return Turn::Stay };
        world.bind_place(&row.place, "chosen");
        Turn::Back
    }
}

impl Layer for PlacesScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose, Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Places));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Choose { self.take(world) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let chosen = self.places.key(key, world.size.1);
        if chosen { self.take(world) } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Places(rows)) = world.answer(reply) {
            self.places.fill(rows, |row, before| row.place == before.place);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Where do you work?"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.places.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            canvas.put_name((6, y), 11, row.place.as_str(), Role::Title);
            canvas.put_in((18, y), 34, &row.name, Role::Plain);
            canvas.put_in((53, y), 12, row.work_center.as_str(), Role::Muted);
            canvas.put((66, y), row.area.as_str(), Role::Muted);
        });
    }
}
