//! Help for the screen below: what it is for and what can be done, from the key table.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::said::Said;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Says what the screen below is for, what to do next on it, and \
    every key that does something there. Enter or Esc goes back to it.";
const MORE: &str = "F9 shows the others, each by its number.";
/// The columns of what is done, and of what help says of it.
const NAME_AT: u16 = 10;
const HELP_AT: u16 = 30;
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
    before: Option<&'static str>,
    next: Vec<Act>,
    acts: Vec<Act>,
    /// What was said last, where the screen below had no room for all of it.
    said: Option<Said>,
}

impl HelpScreen {
    /// Help about a screen with these actions: what is to be done on it next, in words and by which keys.
    pub fn new(
        about: &'static str,
        (before, next): (Option<&'static str>, Vec<Act>),
        acts: Vec<Act>,
    ) -> Self {
        Self { about, before, next, acts, said: None }
    }

    /// The same, with what was said last.
    #[must_use]
    pub fn telling(self, said: Option<Said>) -> Self {
        Self { said, ..self }
    }

    /// Draws what is next; tells the row after it.
    fn view_next(&self, mut y: u16, canvas: &mut Canvas<'_>) -> u16 {
        if self.before.is_none() && self.next.is_empty() {
            return y;
        }
        let x = canvas.put((1, y), say!("Next: "), Role::Title);
        if let Some(before) = self.before {
            y = beside((x, y), say!(before), canvas);
        }
        for row in self.next.iter().filter_map(|act| act.row()) {
            let end = canvas.put((x, y), row.printed, Role::Accent);
            y = beside((end + 2, y), say!(row.help), canvas);
        }
        y
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

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Help"), Role::Title);
        let cells = canvas.width().saturating_sub(2);
        let mut y = 3;
        if let Some(said) = &self.said {
            let x = canvas.put((1, y), say!("Said last: "), Role::Title);
            y = beside((x, y), &said.text, canvas) + 1;
        }
        for line in wrapped(say!(self.about), cells.into(), Role::Plain) {
            line.view(canvas, (1, y), cells);
            y += 1;
        }
        y = self.view_next(y, canvas);
        y += 1;
        let end = canvas.body_end().saturating_sub(4);
        let mut rows = self.acts.iter().filter_map(|act| act.row()).peekable();
        while let Some(row) = rows.next() {
            let at = HELP_AT.max(NAME_AT + canvas.cells(say!(row.menu)) + 2);
            let lines = told(at, say!(row.help), canvas).len();
            // A line says that there are others.
            let more = u16::from(rows.peek().is_some());
            if y + u16::try_from(lines).unwrap_or(u16::MAX) + more > end {
                canvas.put((3, y), say!(MORE), Role::Muted);
                break;
            }
            let key = if row.key.is_some() { row.printed } else { "F9" };
            canvas.put((3, y), key, Role::Accent);
            canvas.put((NAME_AT, y), say!(row.menu), Role::Plain);
            y = beside((at, y), say!(row.help), canvas);
        }
        for (n, text) in (0_u16..).zip(FOOT) {
            canvas.put((1, end + n), say!(text), Role::Muted);
        }
        canvas.cursor = Some((1, 1));
    }
}

/// A text as lines from a column on.
fn told(at: u16, text: &str, canvas: &Canvas<'_>) -> Vec<Line> {
    let cells = canvas.width().saturating_sub(at + 1);
    wrapped(text, cells.into(), Role::Plain)
}

/// Draws a text beside something, in as many lines as it needs; tells the row after it.
fn beside((x, y): (u16, u16), text: &str, canvas: &mut Canvas<'_>) -> u16 {
    let (lines, cells) = (told(x, text, canvas), canvas.width().saturating_sub(x + 1));
    let mut below = y;
    for line in lines {
        line.view(canvas, (x, below), cells);
        below += 1;
    }
    below
}
