//! The waits that run at this station, each with its number; a digit or Enter opens its units.

use crate::domain::stream::TravelerId;
use crate::domain::traveler::wait::RunningWait;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::waits::{Load, left};
use crate::ui::world::World;

use super::set::SetScreen;
use super::traveler::TravelerScreen;

const PURPOSE: &str = "What waits at this station, what has to be looked at first on top; Enter \
    opens the units of the marked wait.";
const TITLE: &str = "Running waits";
const NOTHING: &str = "Nothing waits at this station.";

/// The list of waits.
#[derive(Debug)]
pub struct WaitsScreen {
    waits: List<Row>,
}

impl Default for WaitsScreen {
    fn default() -> Self {
        Self { waits: List::new(Shape::numbered(two_lines, NOTHING)) }
    }
}

/// A load: what waits, and its units in the order shown.
#[derive(Debug)]
struct Row {
    wait: RunningWait,
    units: Vec<TravelerId>,
}

impl WaitsScreen {
    fn load(&mut self, world: &World) {
        let row = |load: Load<'_>| {
            let units = load.units.iter().map(|unit| (*unit).clone()).collect();
            Row { wait: load.first.clone(), units }
        };
        let loads = world.waits.loads(&world.time.moment);
        let same = |row: &Row, before: &Row| row.units == before.units;
        self.waits.fill(loads.into_iter().map(row).collect(), same);
    }

    fn open(&self) -> Turn {
        self.waits.marked().map_or(Turn::Stay, |row| open(&row.units))
    }
}

fn open(units: &[TravelerId]) -> Turn {
    match units {
        [] => Turn::Stay,
        [one] => Turn::Replace(Box::new(TravelerScreen::new(one.clone()))),
        several => Turn::Replace(Box::new(SetScreen::new(several.to_vec()))),
    }
}

impl Layer for WaitsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.waits.rows().is_empty() { Vec::new() } else { vec![Act::Open] }
    }

    fn shown(&mut self, world: &mut World) {
        self.load(world);
    }

    fn time_passed(&mut self, world: &mut World) {
        self.load(world);
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.waits.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!(TITLE), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.waits.view(canvas, |shown, canvas| {
            let (wait, y) = (&shown.row.wait, shown.y);
            let (words, role) = left(wait.standing(&world.time.moment));
            let op = say!("op {operation}", operation = wait.operation);
            let title = format!("{op} {}", wait.title);
            let named = if shown.marked { Role::Title } else { Role::Plain };
            canvas.put_in((6, y), 34, &title, named);
            canvas.put((42, y), &words, role);
            let units: Vec<String> = shown.row.units.iter().map(ToString::to_string).collect();
            let cells = canvas.width().saturating_sub(8);
            canvas.put_in((6, y + 1), cells, &units.join(", "), Role::Muted);
        });
    }
}
