//! What is signed, page by page, and below its last page badge and PIN: nobody signs what was not
//! shown to them.

use crate::ui::effect::Pin;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged::Pages;
use crate::ui::parts::prose::Line;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::proof::{ASK, Proof};

/// The first row of what is signed.
const TOP: u16 = 4;
/// Rows for what is asked of the signer, and for a message that takes three.
const BELOW: u16 = 8;
const READ_ON: &str = "The signature comes after the last page: PgDn turns";

/// What is signed, with badge and PIN.
#[derive(Debug)]
pub(super) struct ToSign {
    pages: Pages,
    /// Badge and PIN.
    pub(super) proof: Proof,
}

fn rows(height: u16) -> u16 {
    height.saturating_sub(TOP + BELOW).max(1)
}

impl ToSign {
    /// Nothing shown, nothing typed.
    pub(super) fn new() -> Self {
        Self { pages: Pages::default(), proof: Proof::empty() }
    }

    /// Whether every page of it was shown.
    pub(super) fn is_read(&self, lines: &[Line], world: &World) -> bool {
        self.pages.is_read(lines, rows(world.size.1))
    }

    /// What a character does.
    pub(super) fn focus(&self, lines: &[Line], world: &World) -> Focus {
        if self.is_read(lines, world) { Focus::Text } else { Focus::Choice }
    }

    /// What can be done now.
    pub(super) fn acts(&self, lines: &[Line], world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.is_read(lines, world) {
            acts.push(if self.proof.at_pin { Act::Sign } else { Act::Next });
        }
        if Pages::are_several(lines, rows(world.size.1)) {
            acts.push(Act::Turn);
        }
        acts
    }

    /// Turns the page, or takes badge and PIN; tells both once they are there.
    pub(super) fn act(
        &mut self,
        act: Act,
        lines: Vec<Line>,
        world: &World,
    ) -> Option<(Option<String>, Pin)> {
        if act == Act::Turn {
            self.pages.turn(lines, rows(world.size.1));
            return None;
        }
        self.is_read(&lines, world).then(|| self.proof.enter()).flatten()
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: Key, lines: &[Line], world: &mut World) {
        if key == Key::PageUp {
            self.pages.back();
        } else if self.is_read(lines, world) {
            self.proof.key(key);
        } else {
            world.say(say!("read to the last page first: PgDn turns"), Role::Warn);
        }
    }

    /// Draws the page, and badge and PIN where every page was shown.
    pub(super) fn view(&self, lines: &[Line], world: &World, canvas: &mut Canvas<'_>) {
        canvas.read_first = true;
        let rows = rows(canvas.height());
        self.pages.view(lines, (TOP, rows), canvas);
        let shown = u16::try_from(lines.len()).unwrap_or(rows).min(rows);
        let y = TOP + shown;
        if !self.is_read(lines, world) {
            canvas.put((3, y + 1), say!(READ_ON), Role::Accent);
            canvas.cursor = Some((3, y + 1));
            return;
        }
        canvas.put((3, y + 1), say!(ASK), Role::Title);
        // An empty row between, where there is room.
        let proof = if shown + 2 < rows { y + 3 } else { y + 2 };
        self.proof.view(canvas, (3, proof));
    }

    /// The page of it with every line, for a screen that signs nothing now.
    pub(super) fn view_all(&self, lines: &[Line], canvas: &mut Canvas<'_>) {
        self.pages.view(lines, (TOP, rows(canvas.height())), canvas);
    }
}
