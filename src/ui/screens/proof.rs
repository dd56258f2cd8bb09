//! Badge and PIN of whoever signs or signs in.

use crate::ui::effect::Pin;
use crate::ui::input::Key;
use crate::ui::parts::canvas::{At, Canvas};
use crate::ui::parts::field::Field;
use crate::ui::theme::Role;

const FIELD_MAX: usize = 64;
/// What the signer is asked.
pub const ASK: &str = "The signer scans the badge or types it, then types the PIN";

/// Two fields: badge and PIN.
#[derive(Debug)]
pub struct Proof {
    badge: Field,
    pin: Field,
    /// Whether the PIN is typed now.
    pub at_pin: bool,
}

impl Proof {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self { badge: Field::new(FIELD_MAX), pin: Field::hidden(FIELD_MAX), at_pin: false }
    }

    /// The field that takes the next key.
    pub fn field(&mut self) -> &mut Field {
        if self.at_pin { &mut self.pin } else { &mut self.badge }
    }

    /// A badge is known: the PIN is next.
    pub fn badge(&mut self, code: &str) {
        self.badge.fill(code);
        self.pin.clear();
        self.at_pin = !self.badge.is_empty();
    }

    /// Enter: on to the PIN, or badge and PIN once both are there. The PIN is forgotten here.
    pub fn enter(&mut self) -> Option<(String, Pin)> {
        if !self.at_pin {
            self.at_pin = !self.badge.is_empty();
            return None;
        }
        if self.pin.is_empty() {
            return None;
        }
        let pin = Pin(self.pin.text());
        self.pin.clear();
        Some((self.badge.text(), pin))
    }

    /// The badge that was given.
    pub fn badge_text(&self) -> String {
        self.badge.text()
    }

    /// It was not accepted. The badge stays and the PIN is next: a PIN that is typed again must
    /// not land where it can be read.
    pub fn again(&mut self) {
        self.pin.clear();
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) {
        if matches!(key, Key::Tab | Key::Down) {
            self.at_pin = self.at_pin || !self.badge.is_empty();
        } else if matches!(key, Key::BackTab | Key::Up) {
            self.at_pin = false;
        } else {
            self.field().key(key);
        }
    }

    /// Draws both fields.
    pub fn view(&self, canvas: &mut Canvas<'_>, (x, y): At) {
        canvas.put((x, y), "Badge", Role::Plain);
        canvas.put((x, y + 1), "PIN", Role::Plain);
        self.badge.view(canvas, (x + 10, y), 30, !self.at_pin);
        self.pin.view(canvas, (x + 10, y + 1), 30, self.at_pin);
    }
}
