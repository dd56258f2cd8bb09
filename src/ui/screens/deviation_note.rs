//! A line of words about a deviation: what was done at once, a closing word.

use crate::domain::decide::Command;
use crate::domain::deviation::DeviationCommand;
use crate::domain::ids::DeviationId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::prose::wrapped;
use crate::ui::theme::Role;
use crate::ui::world::World;

/// What the words are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviationNote {
    /// Note what was done at once.
    Contain,
    /// Close it.
    Close,
}

/// What a form says.
struct Words {
    title: &'static str,
    about: &'static str,
    ask: &'static str,
    saved: &'static str,
}

impl DeviationNote {
    fn words(&self) -> Words {
        match self {
            Self::Contain => Words {
                title: "Containment",
                about: "Noted with your name and the time.",
                ask: "What was done at once?",
                saved: "saved: containment noted",
            },
            Self::Close => Words {
                title: "Close the deviation",
                about: "Nothing more is to be done about it.",
                ask: "A closing word",
                saved: "saved: deviation closed",
            },
        }
    }

    fn command(&self, text: String) -> DeviationCommand {
        match self {
            Self::Contain => DeviationCommand::Contain { action: text },
            Self::Close => DeviationCommand::Close { note: text },
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::Contain => "contain",
            Self::Close => "close",
        }
    }
}

/// The form.
#[derive(Debug)]
pub struct DeviationNoteScreen {
    id: DeviationId,
    what: DeviationNote,
    field: Field,
    pending: Option<Ticket>,
    done: bool,
}

impl DeviationNoteScreen {
    /// A form about a deviation.
    pub fn new(id: DeviationId, what: DeviationNote) -> Self {
        Self { id, what, field: Field::new(TEXT_MAX), pending: None, done: false }
    }

    fn draft_key(&self) -> String {
        format!("{} {}", self.what.key(), self.id)
    }
}

impl Layer for DeviationNoteScreen {
    fn purpose(&self) -> &'static str {
        "Type a line and press Enter to save it; Esc goes back and keeps what you typed."
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Save]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Save, Act::Menu, Act::Help, Act::Back]
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        let open = self.pending.is_none() && !self.done;
        open.then(|| (self.draft_key(), self.field.text()))
    }

    fn person_changed(&mut self) {
        self.field.clear();
    }

    fn shown(&mut self, world: &mut World) {
        if self.field.is_empty()
            && let Some(text) = world.drafts.get(&self.draft_key())
        {
            self.field.keep(text);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Save {
            return Turn::Back;
        }
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            world.say("type a few words first", Role::Warn);
        } else {
            let command = Command::Deviation(self.id.clone(), self.what.command(text));
            self.pending = Some(world.record(command));
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.field.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.field.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.field.take_back(characters);
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            self.done = true;
            world.drop_draft(&self.draft_key());
            world.outcome(outcome, self.what.words().saved);
            return Turn::Back;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let words = self.what.words();
        canvas.put((1, 1), words.title, Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, self.id.as_str(), Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(words.about, cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        canvas.put((3, y + 1), words.ask, Role::Title);
        self.field.view(canvas, (3, y + 3), cells, true);
    }
}
