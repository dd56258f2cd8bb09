//! Badge and PIN of whoever signs or signs in.

use crate::ui::effect::Pin;
use crate::ui::input::Key;
use crate::ui::parts::canvas::{At, Canvas};
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PIN_MAX: usize = 64;
/// What the signer is asked.
pub const ASK: &str = "The signer scans the badge or types it, then types the PIN";

const OWN_ALONE: &str = "yours, of this session";
const OWN: &str = "yours, of this session; somebody else signs: scan the badge";

/// Two fields: badge and PIN.
#[derive(Debug)]
pub struct Proof {
    badge: Field,
    pin: Field,
    /// Whether the PIN is typed now.
    pub at_pin: bool,
    /// Whether the person of the session signs, who has signed in it before: by PIN alone.
    own: bool,
    /// Whether nobody else's badge is taken.
    alone: bool,
}

impl Proof {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self {
            badge: Field::new(TEXT_MAX),
            pin: Field::hidden(PIN_MAX),
            at_pin: false,
            own: false,
            alone: false,
        }
    }

    /// Whoever is signed in, by PIN.
    pub fn of_session() -> Self {
        Self { at_pin: true, own: true, alone: true, ..Self::empty() }
    }

    /// What is done before the key that is next, as help says it.
    pub fn before_key(&self) -> &'static str {
        if self.at_pin { "type the PIN" } else { "scan the badge, or type it" }
    }

    /// The field that takes the next key.
    pub fn field(&mut self) -> &mut Field {
        if self.at_pin { &mut self.pin } else { &mut self.badge }
    }

    /// Whoever is signed in signs again in the same session: the PIN is next.
    pub fn again_by_pin(&mut self, world: &World) {
        if world.signed && self.badge.is_empty() {
            self.own = true;
            self.at_pin = true;
        }
    }

    /// A badge is known: the PIN is next.
    pub fn badge(&mut self, code: &str) {
        self.own = false;
        self.badge.fill(code);
        self.pin.clear();
        self.at_pin = !self.badge.is_empty();
    }

    /// Enter: on to the PIN, or badge and PIN once both are there. The PIN is forgotten here.
    pub fn enter(&mut self) -> Option<(Option<String>, Pin)> {
        if !self.at_pin {
            self.at_pin = !self.badge.is_empty();
            return None;
        }
        if self.pin.is_empty() {
            return None;
        }
        let pin = Pin(self.pin.text());
        self.pin.clear();
        Some(((!self.own).then(|| self.badge.text()), pin))
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
            self.own = false;
        } else {
            self.field().key(key);
        }
    }

    /// Draws both fields.
    pub fn view(&self, canvas: &mut Canvas<'_>, (x, y): At) {
        canvas.put((x, y), say!("Badge"), Role::Plain);
        canvas.put((x, y + 1), "PIN", Role::Plain);
        if self.own {
            let words = if self.alone { OWN_ALONE } else { OWN };
            canvas.put((x + 10, y), say!(words), Role::Muted);
        } else {
            self.badge.view(canvas, (x + 10, y), 30, !self.at_pin);
        }
        self.pin.view(canvas, (x + 10, y + 1), 30, self.at_pin);
    }
}
