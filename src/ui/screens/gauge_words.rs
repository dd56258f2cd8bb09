//! Words that go with an act on a gauge: what was found and how, or why its units may go on.

use crate::domain::decide::Command;
use crate::domain::gauge::GaugeCommand;
use crate::domain::ids::GaugeId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::gauge::GaugeTrace;

use super::told;

const PURPOSE: &str = "Type a line that says what was found or why, and press Enter to \
    save it. Esc goes back, and nothing is noted of the gauge then.";
const FOUND: &str = "The gauge is refused from now on, until it is calibrated again. What was \
    measured with it is listed, and held by one key.";
const RELEASE: &str = "Every unit and lot that is held for this gauge may go on. The reason stays in \
    the record of each.";

/// What the words are for.
#[derive(Debug)]
pub enum WordsFor {
    /// The gauge was found out of tolerance.
    Found,
    /// What is held for it may go on.
    Release(Box<GaugeTrace>),
}

/// The form.
#[derive(Debug)]
pub struct GaugeWordsScreen {
    gauge: GaugeId,
    what: WordsFor,
    /// What was found, once that was typed.
    found: Option<String>,
    field: Field,
    pending: Option<Ticket>,
}

impl GaugeWordsScreen {
    /// A form about a gauge.
    pub fn new(gauge: GaugeId, what: WordsFor) -> Self {
        Self { gauge, what, found: None, field: Field::new(TEXT_MAX), pending: None }
    }

    fn ask(&self) -> &'static str {
        match (&self.what, &self.found) {
            (WordsFor::Found, None) => "What was found? Such as +4 %",
            (WordsFor::Found, Some(_)) => "How did it come out?",
            (WordsFor::Release(_), _) => "Why may they go on?",
        }
    }

    fn enter(&mut self, world: &mut World) {
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            return world.say(say!("type a few words first"), Role::Warn);
        }
        let ticket = match (&self.what, self.found.take()) {
            (WordsFor::Found, None) => {
                self.found = Some(text);
                return self.field.clear();
            }
            (WordsFor::Found, Some(found)) => {
                self.found = Some(found.clone());
                let failed = GaugeCommand::Fail { found, reason: text };
                world.record(Command::Gauge(self.gauge.clone(), failed))
            }
            (WordsFor::Release(trace), _) => world.record_all(trace.releases(&text)),
        };
        self.pending = Some(ticket);
    }

    fn saved(&self) -> String {
        match &self.what {
            WordsFor::Found => say!("saved: {gauge} is refused from now on", gauge = self.gauge),
            WordsFor::Release(trace) => {
                let held = told::units_and_lots(trace.held.len(), trace.lots_held.len());
                say!("saved: {held} may go on", held = held.unwrap_or_default())
            }
        }
    }
}

impl Layer for GaugeWordsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn has_words(&self) -> bool {
        !self.field.is_empty()
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

    fn person_changed(&mut self) {
        self.field.clear();
        self.found = None;
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Save {
            return Turn::Back;
        }
        self.enter(world);
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
        let done = saved(&outcome).is_some();
        let turn = world.outcome(outcome, &self.saved());
        if done { Turn::Back } else { turn }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let (title, about) = match &self.what {
            WordsFor::Found => ("Out of tolerance", FOUND),
            WordsFor::Release(_) => ("Release all", RELEASE),
        };
        canvas.put((1, 1), say!(title), Role::Title);
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, 1, self.gauge.as_str(), Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(say!(about), cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        if let Some(found) = &self.found {
            canvas.put_in((3, y + 1), cells, found, Role::Muted);
            y += 1;
        }
        canvas.put((3, y + 1), say!(self.ask()), Role::Title);
        self.field.view(canvas, (3, y + 3), cells, true);
    }
}
