//! The waits that run at this station, each with its number; a digit or Enter opens its units.

use crate::domain::stream::TravelerId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::pager::Pager;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::waits::left;
use crate::ui::world::World;

use super::set::SetScreen;
use super::traveler::TravelerScreen;

const PURPOSE: &str = "What waits at this station, what has to be looked at first on top; Enter \
    opens the units of the marked wait.";
const TITLE: &str = "Running waits";
const NOTHING: &str = "Nothing waits at this station.";
const TOP: u16 = 4;

/// The list of waits.
#[derive(Debug, Default)]
pub struct WaitsScreen {
    pager: Pager,
}

/// The units of each load, in the order shown.
fn loads(world: &World) -> Vec<Vec<TravelerId>> {
    let loads = world.waits.loads(&world.time.moment);
    loads.iter().map(|load| load.units.iter().map(|unit| (*unit).clone()).collect()).collect()
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

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        if loads(world).is_empty() { Vec::new() } else { vec![Act::Open] }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.pager.keep_within(loads(world).len());
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Open {
            return Turn::Back;
        }
        let loads = loads(world);
        loads.get(self.pager.selected).map_or(Turn::Stay, |units| open(units))
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let loads = loads(world);
        if let Some(number) = key.digit()
            && let Some(units) = number.checked_sub(1).and_then(|at| loads.get(at))
        {
            return open(units);
        }
        self.pager.key(key, loads.len(), rows(world.size.1));
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), TITLE, Role::Title);
        canvas.rule(2);
        let loads = world.waits.loads(&world.time.moment);
        if loads.is_empty() {
            canvas.put((3, TOP), NOTHING, Role::Muted);
            return;
        }
        let page = self.pager.page(loads.len(), rows(canvas.height()));
        for (y, row) in (TOP..).step_by(2).zip(page) {
            let load = &loads[row];
            let marked = row == self.pager.selected;
            if marked {
                canvas.mark((1, y), Mark::Now, Role::Focus);
            }
            canvas.put((3, y), &(row + 1).to_string(), Role::Accent);
            let (words, role) = left(load.first.standing(&world.time.moment));
            let title = format!("op {} {}", load.first.operation, load.first.title);
            canvas.put_in((6, y), 34, &title, if marked { Role::Title } else { Role::Plain });
            canvas.put((42, y), &words, role);
            let units: Vec<String> = load.units.iter().map(ToString::to_string).collect();
            let cells = canvas.width().saturating_sub(8);
            canvas.put_in((6, y + 1), cells, &units.join(", "), Role::Muted);
        }
    }
}

/// How many waits are on a page, two rows each.
fn rows(height: u16) -> usize {
    usize::from(height.saturating_sub(TOP + 3) / 2)
}
