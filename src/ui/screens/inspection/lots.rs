//! The lots that wait for an inspector, or for a word on what becomes of them.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::LotView;
use crate::views::query::{Answer, Query};

use super::lot::LotScreen;
use super::open::OpenLotsScreen;
use super::series::SeriesScreen;
use super::view_row;

const PURPOSE: &str = "Lots that are being inspected, and rejected ones that wait for what becomes of \
    them. Enter opens one; F2 opens a lot that came in; F7 shows the history of its series.";
const NONE: &str = "No lot waits. F2 opens one that came in.";

/// The list of lots.
#[derive(Debug)]
pub struct LotsScreen {
    rows: List<LotView>,
    loading: Option<Ticket>,
}

impl Default for LotsScreen {
    fn default() -> Self {
        Self { rows: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

impl LotsScreen {
    fn open(&self) -> Turn {
        let marked = self.rows.marked().and_then(|lot| Some((lot.series()?, lot.opened.clone())));
        let Some((series, opened)) = marked else { return Turn::Stay };
        Turn::Open(Box::new(LotScreen::new(series, opened)))
    }
}

impl Layer for LotsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.rows.marked().is_some() {
            acts.push(Act::Open);
        }
        acts.push(Act::OpenLot);
        if self.rows.marked().is_some() {
            acts.push(Act::Series);
        }
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Inspections { decided: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open {
            return self.open();
        }
        if act == Act::OpenLot {
            return Turn::Open(Box::new(OpenLotsScreen::default()));
        }
        let series = self.rows.marked().and_then(LotView::series).filter(|_| act == Act::Series);
        series.map_or(Turn::Back, |series| Turn::Open(Box::new(SeriesScreen::new(series))))
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.rows.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Inspections(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.opened == before.opened);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Lots to inspect"), Role::Title);
        if self.rows.is_loaded() {
            let lots = count(self.rows.count(), "lot waits", "lots wait");
            canvas.put_right(canvas.width().saturating_sub(1), 1, &lots, Role::Plain);
        }
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
    }
}
