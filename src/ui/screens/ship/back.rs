//! A shipped unit is here again: its certificate ends, with a reason.

use crate::domain::decide::Command;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::prose::wrapped;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Type why the unit is here again and press Enter; Esc goes back.";
const FOLLOWS: &str =
    "Its certificate ends, and the unit can be worked on, held and released again.";

/// The reason.
#[derive(Debug)]
pub struct BackScreen {
    unit: TravelerId,
    reason: Field,
    pending: Option<Ticket>,
}

impl BackScreen {
    /// Of a shipped unit.
    pub fn new(unit: TravelerId) -> Self {
        Self { unit, reason: Field::new(TEXT_MAX), pending: None }
    }
}

impl Layer for BackScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
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

    fn person_changed(&mut self) {
        self.reason.clear();
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Save {
            return Turn::Back;
        }
        let reason = self.reason.text().trim().to_owned();
        if reason.is_empty() {
            world.say("type a reason first", Role::Warn);
            return Turn::Stay;
        }
        let back = TravelerCommand::TakeBack { reason };
        self.pending = Some(world.record(Command::Traveler(self.unit.clone(), back)));
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.reason.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.reason.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.reason.take_back(characters);
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        let done = saved(&outcome).is_some();
        let turn = world.outcome(outcome, &format!("saved: {} is here again", self.unit));
        if done { Turn::Back } else { turn }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "It is here again", Role::Title);
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, 1, &self.unit.to_string(), Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        for (y, line) in (4..).zip(wrapped(FOLLOWS, cells.into(), Role::Plain)) {
            line.view(canvas, (3, y), cells);
        }
        canvas.put((3, 7), "Why is it here again?", Role::Title);
        self.reason.view(canvas, (3, 9), cells, true);
    }
}
