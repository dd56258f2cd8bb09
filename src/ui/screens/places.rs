//! Choosing the place where one works, where no label can be scanned.

use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::pager::Pager;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::PlaceRow;

const PURPOSE: &str = "Say where you work: scan the label of the place, or type its number.";
const PAGE: usize = 9;

/// The list of places.
#[derive(Debug, Default)]
pub struct PlacesScreen {
    rows: Vec<PlaceRow>,
    pager: Pager,
    loading: Option<Ticket>,
}

impl PlacesScreen {
    fn take(&self, rank: usize, world: &mut World) -> Turn {
        let Some(row) = self.rows.get(rank) else { return Turn::Stay };
        world.bind_place(&row.place, "chosen");
        Turn::Back
    }
}

impl Layer for PlacesScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
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
        if act == Act::Choose { self.take(self.pager.selected, world) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if let Some(rank) = self.pager.named(key, self.rows.len(), PAGE) {
            return self.take(rank, world);
        }
        self.pager.key(key, self.rows.len(), PAGE);
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Places(rows)) = world.answer(reply) {
            self.rows = rows;
            self.pager.keep_within(self.rows.len());
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "Where do you work?", Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let page = self.pager.page(self.rows.len(), PAGE);
        for ((y, number), (rank, row)) in
            (4..).zip(1..).zip(self.rows.iter().enumerate().skip(page.start).take(PAGE))
        {
            if rank == self.pager.selected {
                canvas.mark((1, y), Mark::Now, Role::Focus);
                canvas.cursor = Some((1, y));
            }
            canvas.put((3, y), &format!("{number}"), Role::Accent);
            canvas.put_in((6, y), 11, row.place.as_str(), Role::Title);
            canvas.put_in((18, y), 34, &row.name, Role::Plain);
            canvas.put_in((53, y), 12, row.work_center.as_str(), Role::Muted);
            canvas.put((66, y), row.area.as_str(), Role::Muted);
        }
    }
}
