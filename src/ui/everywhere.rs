//! What every screen can do: the numbered menu, and the palette that finds an act or a place by name.

use crate::domain::stream::TravelerId;

use super::input::Key;
use super::keys::Act;
use super::may;
use super::screens::palette::PaletteScreen;
use super::shell::Shell;

/// What every screen of a person who is signed in can do, as the menu numbers it after its own.
const EVERYWHERE: [Act; 26] = [
    Act::ChangePerson,
    Act::CallHelp,
    Act::Help,
    Act::Board,
    Act::Deviations,
    Act::Instructions,
    Act::Places,
    Act::Sync,
    Act::SignOut,
    Act::Quit,
    Act::Waits,
    Act::Gauges,
    Act::Calls,
    Act::Handovers,
    Act::Redlines,
    Act::ChangePin,
    Act::Suspects,
    Act::Permits,
    Act::Inspections,
    Act::Ships,
    Act::Trace,
    Act::Scanner,
    Act::Palette,
    Act::Tour,
    Act::Look,
    Act::Language,
];
const BEFORE_SIGN_IN: [Act; 7] =
    [Act::Help, Act::Places, Act::Sync, Act::Quit, Act::ChangePin, Act::Scanner, Act::Language];

impl Shell {
    /// The key that is meant: the keypad's star in numeric mode is the menu, but within words.
    pub(super) fn meant(&self, key: Key) -> Key {
        let words = self.layers.last().is_some_and(|top| top.has_words());
        if key == Key::Char('*') && !words { Key::Menu } else { key }
    }

    /// Whether a key opens the palette: the colon, where it is no character of a text.
    pub(super) fn opens_palette(&self, key: Key) -> bool {
        let wanted = self.layers.last().is_some_and(|top| top.leaves_colon(&self.world));
        key == Key::Char(':') && wanted && self.world.person.is_some()
    }

    /// Every act of the screen on top, then those of every screen.
    pub(super) fn menu_acts(&self) -> Vec<Act> {
        let Some(top) = self.layers.last() else { return Vec::new() };
        let own = top.acts(&self.world);
        let everywhere: &[Act] =
            if self.world.person.is_some() { &EVERYWHERE } else { &BEFORE_SIGN_IN };
        let mut acts: Vec<Act> = own.into_iter().filter(|act| act.in_menu()).collect();
        let more: Vec<Act> = everywhere.iter().copied().filter(|act| !acts.contains(act)).collect();
        acts.extend(more);
        // To mark has a key of its own, and not every unit has components; neither moves a number.
        for moves_none in [Act::Mark, Act::Components] {
            if let Some(at) = acts.iter().position(|act| *act == moves_none) {
                let act = acts.remove(at);
                acts.push(act);
            }
        }
        acts
    }

    /// The palette over the screen on top; what only lies over it, such as the menu, makes room.
    pub(super) fn palette(&mut self) -> PaletteScreen {
        while self.layers.len() > 1 && self.layers.last().is_some_and(|top| top.overlay()) {
            self.layers.pop();
        }
        let allowed = |act: &Act| may::refused(may::takes(*act), &self.world).is_none();
        let acts = self.menu_acts().into_iter().filter(|act| act.in_palette()).filter(allowed);
        let here = self.layers.last().and_then(|top| top.about());
        PaletteScreen::new(acts.collect(), here.as_ref(), &self.world)
    }

    /// The unit that somebody has before them.
    pub(super) fn traveler(&self) -> Option<TravelerId> {
        self.layers.iter().rev().find_map(|layer| layer.traveler().cloned())
    }
}
