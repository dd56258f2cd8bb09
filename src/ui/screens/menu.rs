//! The numbered menu: every action of the screen below, without function keys.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Every action of the screen below by its number, so that no \
    function key is needed. 9 shows more, 0 and Esc go back; a colon finds an action by its \
    name.";
const TITLE: &str = "What now?";
/// Actions on one page: 9 and 0 have a meaning of their own.
pub(super) const PAGE: usize = 8;
const CELLS: u16 = 60;

/// The menu of a screen.
#[derive(Debug)]
pub struct MenuScreen {
    acts: Vec<Act>,
    page: usize,
}

impl MenuScreen {
    /// A menu of these actions.
    pub fn new(acts: Vec<Act>) -> Self {
        Self { acts, page: 0 }
    }

    fn on_page(&self) -> impl Iterator<Item = Act> + '_ {
        self.acts.iter().copied().skip(self.page * PAGE).take(PAGE)
    }
}

impl Layer for MenuScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn overlay(&self) -> bool {
        true
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Back]
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        match key.digit() {
            Some(0) => Turn::Back,
            Some(9) if self.acts.len() > PAGE => {
                let pages = self.acts.len().div_ceil(PAGE);
                self.page = (self.page + 1) % pages;
                Turn::Stay
            }
            Some(number) => match self.on_page().nth(number - 1) {
                Some(act) => Turn::Do(act),
                None => Turn::Stay,
            },
            None => Turn::Stay,
        }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let columns = if canvas.is_one_column() { 1 } else { 2 };
        let half = u16::try_from(PAGE + 2).unwrap_or(10) / columns;
        let rows = half + 4;
        let cells = CELLS.min(canvas.width());
        let top = canvas.body_end().saturating_sub(rows);
        canvas.clear((0, top), canvas.width(), rows);
        canvas.rule(top);
        canvas.put((3, top + 1), say!(TITLE), Role::Title);
        let column = cells / columns;
        let last = u16::try_from(PAGE + 1).unwrap_or(9);
        let mut put = |number: u16, text: &str| {
            let slot = if number == 0 { last } else { number - 1 };
            let (x, y) = (3 + column * (slot / half), top + 2 + slot % half);
            let x = canvas.put((x, y), &number.to_string(), Role::Accent);
            canvas.put_in((x + 2, y), column.saturating_sub(5), text, Role::Plain);
        };
        for (number, act) in (1_u16..).zip(self.on_page()) {
            put(number, act.row().map_or("", |row| say!(row.menu)));
        }
        if self.acts.len() > PAGE {
            put(9, &format!("{} {}", say!("More"), Mark::More.glyph(false)));
        }
        put(0, say!("Back"));
        canvas.cursor = Some((3, top + 1));
    }
}
