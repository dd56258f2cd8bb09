//! The badge of whoever is signed in, scanned where nobody is asked to sign.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Your own badge was scanned where no badge is asked for. What is typed here \
    goes nowhere, so that a PIN is never taken for a value. Esc goes back.";

/// Says whose badge it is, and takes nothing that is typed.
#[derive(Debug)]
pub struct BadgeScreen {
    name: String,
}

impl BadgeScreen {
    /// For the person of this name.
    pub fn new(name: String) -> Self {
        Self { name }
    }
}

impl Layer for BadgeScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        Vec::new()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Back, Act::Menu, Act::Help]
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, _act: Act, _world: &mut World) -> Turn {
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if matches!(key, Key::Enter) {
            world.warn(say!("nothing was saved: no PIN is asked for here; Esc goes back"));
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Your badge"), Role::Title);
        canvas.rule(2);
        let x = canvas.mark((3, 4), Mark::Warn, Role::Warn);
        let text = say!("{name} is signed in here already", name = self.name);
        canvas.put((x + 1, 4), &text, Role::Title);
        canvas.put(
            (5, 6),
            say!("Nobody is asked to sign at this step, so no PIN is needed."),
            Role::Plain,
        );
        canvas.put((5, 7), say!("What you type here goes nowhere."), Role::Plain);
        canvas.put((5, 9), say!("Esc: back to where you were"), Role::Focus);
        canvas.cursor = Some((5, 9));
    }
}
