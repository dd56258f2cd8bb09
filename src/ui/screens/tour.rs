//! The tour: what to know first, in one minute, once for each person at a station.

use crate::ui::effect::Effect;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

/// What is kept of a person once the tour came up for them.
pub const TOURED: &str = "tour";

const PURPOSE: &str = "What to know first, in one minute. Enter goes on, Up goes back a page, Esc leaves \
    at any point; it comes by itself only once. F9, Show me around, shows it again.";
const TITLE: &str = "In one minute";

/// A page: its title and its lines, a key or a sign before each.
type Page = (&'static str, &'static [(&'static str, &'static str)]);

const PAGES: [Page; 5] = [
    (
        "Find your work",
        &[
            (
                "tour|scan",
                "the label of a unit, an order or a part: its page opens, wherever you are.",
            ),
            (
                "tour|arrows",
                "mark a row of the list, and Enter opens it. Type to see only what fits.",
            ),
            ("▶", "is the row or the step that Enter takes now."),
        ],
    ),
    (
        "Do a step",
        &[
            ("tour|read", "what to do stands on the right, the steps on the left."),
            ("tour|type", "the value or scan it, then Enter. It is judged at once, by its limits."),
            ("1 2", "answer yes or no. Enter on a page where nothing is open finishes the step."),
        ],
    ),
    (
        "When something is wrong",
        &[
            ("✗", "a value out of its limits holds the unit: type again what the gauge shows."),
            ("F2", "notes any other deviation. Nothing is blamed on who says so."),
            ("Ctrl-G", "calls somebody to your place; F9 has it by its number as well."),
        ],
    ),
    (
        "Find your way",
        &[
            ("Esc", "is always back, and nothing that you typed is lost."),
            ("F9", "or the keypad's * shows every action by its number; no other key is needed."),
            (":", "finds any action, unit, order, place or text by a part of its name."),
            ("F1", "says what the page before you is for, and what to do next."),
        ],
    ),
    (
        "Saved is saved",
        &[
            ("tour|saved", "it is on this station's disk. The network may be away for weeks."),
            ("tour|at server", "it is there, too. The top line says how much still waits."),
            (
                "tour|badge",
                "scan yours again, or sign out, when you go: what is recorded bears your name.",
            ),
        ],
    ),
];

/// The tour.
#[derive(Debug, Default)]
pub struct TourScreen {
    page: usize,
}

impl TourScreen {
    fn turn(&mut self) -> Turn {
        if self.page + 1 == PAGES.len() {
            return Turn::Back;
        }
        self.page += 1;
        Turn::Stay
    }
}

impl Layer for TourScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Next]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Next, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        world.ask(Effect::KeepDraft(TOURED.to_owned(), "shown".to_owned()));
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Next { self.turn() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        match key {
            Key::Down | Key::Right | Key::PageDown | Key::Char(' ') => return self.turn(),
            Key::Up | Key::Left | Key::PageUp => self.page = self.page.saturating_sub(1),
            Key::Char(_)
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Backspace
            | Key::Delete
            | Key::Home
            | Key::End
            | Key::F(_)
            | Key::Menu
            | Key::Ring
            | Key::Wipe
            | Key::Redraw
            | Key::Interrupt => {}
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!(TITLE), Role::Title);
        let count = say!("{n} of {all}", n = self.page + 1, all = PAGES.len());
        canvas.put_right(canvas.width().saturating_sub(1), 1, &count, Role::Muted);
        canvas.rule(2);
        let Some((title, lines)) = PAGES.get(self.page) else { return };
        canvas.put((3, 4), say!(*title), Role::Title);
        let (mut y, x) = (6, 15);
        let cells = canvas.width().saturating_sub(x + 3);
        for (sign, text) in *lines {
            canvas.put((3, y), sign_on(sign, canvas.ascii), Role::Accent);
            for line in wrapped(say!(*text), cells.into(), Role::Plain) {
                line.view(canvas, (x, y), cells);
                y += 1;
            }
            y += 1;
        }
        canvas.put((3, canvas.body_end().saturating_sub(2)), say!(LEAVE), Role::Muted);
        canvas.cursor = Some((3, 4));
    }
}

const LEAVE: &str = "Enter goes on. Esc leaves; F9, Show me around, brings it back.";

/// A sign as it looks on this terminal.
fn sign_on(sign: &'static str, ascii: bool) -> &'static str {
    use crate::ui::symbols::Mark;
    let marks = [Mark::Now, Mark::Fail];
    let mark = marks.iter().find(|mark| mark.glyph(false) == sign);
    mark.map_or(say!(sign), |mark| mark.glyph(ascii))
}
