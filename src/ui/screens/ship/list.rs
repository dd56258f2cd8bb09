//! Units that are finished, and those that went out last: what is in doubt comes first.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::ship::{ShipRow, ShipStands};

use super::review::ShipScreen;
use super::told;

const PURPOSE: &str = "Units that are finished and did not go out, and the last ones that did. Open one \
    to see what stops it and every exception, and to release it. What is shipped and on hold comes first.";
const NONE: &str = "No unit is finished.";

/// The list.
#[derive(Debug)]
pub struct ShipsScreen {
    rows: List<ShipRow>,
    loading: Option<Ticket>,
}

impl Default for ShipsScreen {
    fn default() -> Self {
        Self { rows: List::new(Shape::numbered(lines, NONE)), loading: None }
    }
}

/// A row of what is in doubt says why in a second line.
fn lines(row: &ShipRow, _: Option<&ShipRow>) -> u16 {
    if row.why.is_some() { 2 } else { 1 }
}

fn look(stands: ShipStands) -> (Mark, Role) {
    match stands {
        ShipStands::ShippedInDoubt => (Mark::Fail, Role::Fail),
        ShipStands::ToShip => (Mark::Open, Role::Plain),
        ShipStands::OnHold => (Mark::Hold, Role::Hold),
        ShipStands::Shipped => (Mark::Pass, Role::Ok),
    }
}

fn view_row(row: &ShipRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let (mark, role) = look(row.stands);
    canvas.put_name((5, y), 22, &row.traveler.to_string(), Role::Title);
    canvas.put_name((28, y), 14, row.part.as_str(), Role::Plain);
    let x = canvas.mark((43, y), mark, role);
    canvas.put_in((x + 1, y), 18, say!(row.stands.words()), role);
    let when = match (row.shipped, row.finished) {
        (Some(at), _) => say!("out {time}", time = world.site_time(at)),
        (None, Some(at)) => say!("done {time}", time = world.site_time(at)),
        (None, None) => String::new(),
    };
    canvas.put_right(canvas.width().saturating_sub(1), y, &when, Role::Muted);
    if let Some(why) = &row.why {
        canvas.put_start((7, y + 1), canvas.width().saturating_sub(8), &told::in_doubt(why), role);
    }
}

impl ShipsScreen {
    fn open(&self) -> Turn {
        let unit = self.rows.marked().map(|row| row.traveler.clone());
        unit.map_or(Turn::Stay, |unit| Turn::Open(Box::new(ShipScreen::new(unit))))
    }
}

impl Layer for ShipsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Ships));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.rows.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Ships(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.traveler == before.traveler);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Release to ship"), Role::Title);
        if self.rows.is_loaded() {
            let of = |stands: ShipStands| {
                self.rows.rows().iter().filter(|row| row.stands == stands).count()
            };
            let words = say!(
                "{ready} to ship   {held} on hold   {doubtful} in doubt",
                ready = of(ShipStands::ToShip),
                held = of(ShipStands::OnHold),
                doubtful = of(ShipStands::ShippedInDoubt)
            );
            canvas.put_right(canvas.width().saturating_sub(1), 1, &words, Role::Plain);
        }
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, world, canvas));
    }
}
