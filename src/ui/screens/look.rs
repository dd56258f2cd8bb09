//! The look of the screen: every theme that there is here, each shown in itself.
//! Invariant: what is chosen is for the person alone, and nothing waits until it is kept.

use crate::ui::effect::Effect;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::{At, Canvas};
use crate::ui::parts::list::{List, Shape, two_lines};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::{Ground, Role};
use crate::ui::world::World;

/// Under which key it is kept of a person what they chose.
pub const LOOK: &str = "look";

const PURPOSE: &str = "How the screen looks to you. Each theme is shown in its own colors; its number or \
    Enter takes it, and it comes back whenever you sign in at this station.";
const TITLE: &str = "Look of the screen";
const NONE: &str = "There is no theme here.";
const NO_COLORS: &str = "This terminal shows no colors and stays as it is; others show yours.";
/// What is shown of a theme: a symbol and a word in each role that says how something stands.
const SAMPLE: [(Mark, &str, Role); 6] = [
    (Mark::Pass, "look|pass", Role::Ok),
    (Mark::Warn, "look|near", Role::Warn),
    (Mark::Fail, "look|fail", Role::Fail),
    (Mark::Hold, "look|hold", Role::Hold),
    (Mark::Now, "look|now", Role::Focus),
    (Mark::Open, "look|later", Role::Muted),
];

/// The list of themes, by their names.
#[derive(Debug)]
pub struct LookScreen {
    names: List<String>,
}

impl Default for LookScreen {
    fn default() -> Self {
        Self { names: List::new(Shape::numbered(two_lines, NONE).leaving(1)) }
    }
}

impl LookScreen {
    fn take(&self, world: &mut World) -> Turn {
        let Some(name) = self.names.marked().cloned() else { return Turn::Stay };
        world.look(Some(&name));
        world.ask(Effect::KeepDraft(LOOK.to_owned(), name.clone()));
        if let Some(person) = &mut world.person {
            person.look = Some(name.clone());
        }
        world.announce(say!("the screen looks as by {name}", name), Role::Ok);
        Turn::Back
    }
}

impl Layer for LookScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose, Act::Menu, Act::Help, Act::Back]
    }

    fn shown(&mut self, world: &mut World) {
        let names = world.themes.all().iter().map(|theme| theme.name.clone());
        self.names.fill(names.collect(), |name, before| name == before);
        let chosen = world.person.as_ref().and_then(|person| person.look.as_ref());
        let chosen = chosen.unwrap_or(&world.theme.name);
        self.names.mark_where(|name| name == chosen);
    }

    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Choose { self.take(world) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let chosen = self.names.key(key, world.size.1);
        if chosen { self.take(world) } else { Turn::Stay }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!(TITLE), Role::Title);
        canvas.rule(2);
        if world.themes.are_without_colors() {
            let y = canvas.height().saturating_sub(3);
            canvas.put((3, y), say!(NO_COLORS), Role::Warn);
        }
        self.names.view(canvas, |shown, canvas| {
            let Some(theme) = world.themes.named(shown.row) else { return };
            let ground = match theme.ground {
                Ground::Black => "for a dark ground",
                Ground::White => "for a light ground",
                Ground::Any => "without colors",
            };
            let x = canvas.put((6, shown.y), &theme.name, Role::Title);
            let x = canvas.put((x + 2, shown.y), say!(ground), Role::Muted);
            if world.theme.name == theme.name {
                canvas.put((x + 2, shown.y), say!("now"), Role::Accent);
            }
            view_sample((6, shown.y + 1), &mut canvas.in_theme(theme));
        });
    }
}

fn view_sample((x, y): At, canvas: &mut Canvas<'_>) {
    let mut x = x;
    for (mark, word, role) in SAMPLE {
        let text = format!("{} {}", mark.glyph(canvas.ascii), say!(word));
        if x + canvas.cells(&text) < canvas.width() {
            x = canvas.put((x, y), &text, role) + 2;
        }
    }
}
