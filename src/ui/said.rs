//! What was said last, above the keys, and how long it stays: the one rule about messages.
//!
//! A message belongs to the page on which it was said, or to the page that comes up with it, and
//! goes when that page goes. What was saved, who signed in and what rings is no matter of a page:
//! it stays until something else is said.

use super::theme::Role;

/// A message above the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In words.
    pub text: String,
    /// How it looks.
    pub role: Role,
    /// Whether it goes along when the page turns.
    travels: bool,
    /// Whether it was said by what is being done now: then it belongs to the page that comes up.
    fresh: bool,
}

impl Said {
    /// Said about a page; that something is done (in the role of what is saved) goes along.
    pub fn on_page(text: String, role: Role) -> Self {
        Self { text, role, travels: role == Role::Ok, fresh: true }
    }

    /// Said about something beside the page.
    pub fn beside(text: String, role: Role) -> Self {
        Self { text, role, travels: true, fresh: true }
    }

    /// Something else is done now.
    pub fn grows_old(&mut self) {
        self.fresh = false;
    }

    /// Whether it is still said once the page turned.
    pub fn outlives_page(&self) -> bool {
        self.travels || self.fresh
    }
}
