//! A new PIN, typed twice: where the one before has grown too old, and whenever its holder wants.

use crate::ui::effect::{NewPin, Pin};
use crate::ui::parts::canvas::{At, Canvas};
use crate::ui::parts::field::Field;
use crate::ui::speech::say;
use crate::ui::theme::Role;

const FIELD_MAX: usize = 64;
/// What is said where the two are not one.
pub const DIFFER: &str = "these were not the same: type the new PIN twice";
/// What is said once the server has it.
pub const CHANGED: &str = "saved: your PIN is changed; signed in: ";

/// Two fields: the new PIN, and the same again.
#[derive(Debug)]
pub struct NewPinForm {
    before: Pin,
    why: String,
    new: Field,
    again: Field,
    /// Whether it is typed for the second time now.
    pub at_again: bool,
}

/// What Enter came to.
#[derive(Debug)]
pub enum Entered {
    /// Something is still to be typed.
    NotYet,
    /// Both were not the same: both are typed anew.
    Differ,
    /// Both are the same.
    Twice(NewPin),
}

impl NewPinForm {
    /// Asks for a new PIN by whoever has just typed the one before.
    pub fn new(before: Pin, why: String) -> Self {
        let (new, again) = (Field::hidden(FIELD_MAX), Field::hidden(FIELD_MAX));
        Self { before, why, new, again, at_again: false }
    }

    /// The field that takes the next key.
    pub fn field(&mut self) -> &mut Field {
        if self.at_again { &mut self.again } else { &mut self.new }
    }

    /// Nothing was changed: both are typed anew.
    pub fn anew(&mut self) {
        self.new.clear();
        self.again.clear();
        self.at_again = false;
    }

    /// Enter: on to the second field, or both.
    pub fn enter(&mut self) -> Entered {
        if !self.at_again {
            self.at_again = !self.new.is_empty();
            return Entered::NotYet;
        }
        if self.again.is_empty() {
            return Entered::NotYet;
        }
        let (new, again) = (Pin(self.new.text()), Pin(self.again.text()));
        self.anew();
        if new == again {
            Entered::Twice(NewPin { before: self.before.clone(), new })
        } else {
            Entered::Differ
        }
    }

    /// Draws both fields, and why they are asked for.
    pub fn view(&self, canvas: &mut Canvas<'_>, (x, y): At) {
        canvas.put((x, y), say!("New PIN"), Role::Plain);
        canvas.put((x, y + 1), say!("Again"), Role::Plain);
        self.new.view(canvas, (x + 10, y), 30, !self.at_again);
        self.again.view(canvas, (x + 10, y + 1), 30, self.at_again);
        canvas.put((x, y + 3), &self.why, Role::Muted);
    }
}
