//! Help for the screen below: what it is for and what can be done, from the key table.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Says what the screen below is for, what to do next on it, and \
    every key that does something there. Enter or Esc goes back to it.";
const MORE: &str = "F9 shows the others, each by its number.";
const FOOT: [&str; 4] = [
    "A scan is understood on every screen: badge, place, unit, order, gauge, card.",
    "F9 or the keypad's * opens every action by number. Esc is always back.",
    "\"saved\" is durable at this station, \"at server\" is durable there too.",
    "A scan is not understood? F9, Try a scanner, says what to set at it.",
];

/// Help on the screen.
#[derive(Debug)]
pub struct HelpScreen {
    about: &'static str,
    next: Option<Act>,
    acts: Vec<Act>,
}

impl HelpScreen {
    /// Help about a screen with these actions, of which one is the next thing to do.
    pub fn new(about: &'static str, next: Option<Act>, acts: Vec<Act>) -> Self {
        Self { about, next, acts }
    }
}

impl Layer for HelpScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Back, Act::Menu]
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::Enter { Turn::Back } else { Turn::Stay }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Help"), Role::Title);
        let cells = canvas.width().saturating_sub(2);
        let mut y = 3;
        for line in wrapped(&world.called(say!(self.about)), cells.into(), Role::Plain) {
            line.view(canvas, (1, y), cells);
            y += 1;
        }
        if let Some(row) = self.next.and_then(Act::row) {
            let x = canvas.put((1, y), say!("Next: "), Role::Title);
            let x = canvas.put((x, y), row.printed, Role::Accent);
            canvas.put((x + 2, y), &world.called(say!(row.help)), Role::Plain);
            y += 1;
        }
        y += 1;
        let last = canvas.body_end().saturating_sub(5);
        let room = usize::from((last + 1).saturating_sub(y));
        let all = self.acts.len() <= room;
        let shown = if all { room } else { room.saturating_sub(1) };
        for row in self.acts.iter().filter_map(|act| act.row()).take(shown) {
            let key = if row.key.is_some() { row.printed } else { "F9" };
            canvas.put((3, y), key, Role::Accent);
            canvas.put_in((10, y), 19, &world.called(say!(row.menu)), Role::Plain);
            canvas.put((30, y), &world.called(say!(row.help)), Role::Plain);
            y += 1;
        }
        if !all {
            canvas.put((3, y), say!(MORE), Role::Muted);
        }
        for (n, text) in (0_u16..).zip(FOOT) {
            canvas.put((1, canvas.body_end().saturating_sub(4) + n), say!(text), Role::Muted);
        }
        canvas.cursor = Some((1, 1));
    }
}
