//! The language of the screens.
//! Invariant: what is chosen is for the person alone; where nobody signed in, for this terminal until
//! the program ends.

use crate::domain::language::Language;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::theme::Role;
use crate::ui::world::World;

/// Under which key it is kept of a person what they chose.
pub const LANGUAGE: &str = "language";

const PURPOSE: &str = "The language in which the screens speak to you. Its number or Enter takes it, and \
    it comes back whenever you sign in at this station. What is recorded stays as it was written.";
/// In every language at once: whoever looks for it may read none of the others.
const TITLE: &str = "Language / Sprache";

/// The list of languages.
#[derive(Debug)]
pub struct LanguageScreen {
    languages: List<Language>,
}

impl Default for LanguageScreen {
    fn default() -> Self {
        Self { languages: List::new(Shape::numbered(one_line, TITLE)) }
    }
}

impl LanguageScreen {
    fn take(&self, world: &mut World) -> Turn {
        let Some(language) = self.languages.marked().copied() else { return Turn::Stay };
        world.choose_language(language);
        world.announce(language.name(), Role::Ok);
        Turn::Back
    }
}

impl Layer for LanguageScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose]
    }

    fn shown(&mut self, world: &mut World) {
        self.languages.fill(Language::ALL.to_vec(), |language, before| language == before);
        self.languages.mark_where(|language| *language == world.language);
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Choose { self.take(world) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let chosen = self.languages.key(key, world.size.1);
        if chosen { self.take(world) } else { Turn::Stay }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), TITLE, Role::Title);
        canvas.rule(2);
        self.languages.view(canvas, |shown, canvas| {
            canvas.put((6, shown.y), shown.row.name(), Role::Plain);
        });
    }
}
