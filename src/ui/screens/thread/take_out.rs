//! A component is taken out: what becomes of it, and why.

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::component::Becomes;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::speech::{say, tell};
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "A digit says what becomes of it; then type why and press Enter. It counts as built \
    in until this is saved, and its step asks for another one.";
/// So many deviations of the unit are offered: a digit each.
const DEVIATIONS_MAX: usize = 7;

/// What becomes of one component.
#[derive(Debug)]
pub struct TakeOutScreen {
    unit: TravelerId,
    entry: Position,
    what: String,
    choices: Vec<Becomes>,
    becomes: Option<Becomes>,
    reason: Field,
    pending: Option<Ticket>,
}

impl TakeOutScreen {
    /// Of something that is built into a unit with these deviations.
    pub fn new(
        (unit, entry, what): (TravelerId, Position, String),
        deviations: Vec<DeviationId>,
    ) -> Self {
        let waits = deviations.into_iter().rev().take(DEVIATIONS_MAX).map(Becomes::Deviation);
        let choices = [Becomes::Reusable, Becomes::Scrap].into_iter().chain(waits).collect();
        let reason = Field::new(TEXT_MAX);
        Self { unit, entry, what, choices, becomes: None, reason, pending: None }
    }
}

/// What becomes of it, in words.
pub(super) fn becomes_words(becomes: &Becomes) -> String {
    tell(&becomes.words())
}

impl Layer for TakeOutScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.unit)
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.becomes.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn has_words(&self) -> bool {
        self.becomes.is_some() && !self.reason.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.becomes.is_some() { vec![Act::Save] } else { Vec::new() }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.reason.clear();
        self.becomes = None;
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        let Some(becomes) = self.becomes.clone() else { return Turn::Back };
        if act != Act::Save {
            self.becomes = None;
            return Turn::Stay;
        }
        let reason = self.reason.text().trim().to_owned();
        if reason.is_empty() {
            world.say(say!("type a reason first"), Role::Warn);
            return Turn::Stay;
        }
        let entry = self.entry.clone();
        let out = TravelerCommand::RemoveComponent { entry, becomes, reason };
        self.pending = Some(world.record(Command::Traveler(self.unit.clone(), out)));
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if self.becomes.is_some() {
            self.reason.key(key);
        } else {
            self.becomes = choices::chosen(key, &self.choices).cloned();
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.becomes.is_some() {
            self.reason.insert(text);
        }
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
        let turn = world.outcome(outcome, &say!("saved: {what} is taken out", what = self.what));
        if done { Turn::Back } else { turn }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Take it out"), Role::Title);
        let end = canvas.width().saturating_sub(1);
        let of = say!("{part} of {whole}", part = self.what, whole = self.unit);
        canvas.put_right(end, 1, &of, Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let Some(becomes) = &self.becomes else {
            canvas.put((3, 4), say!("What becomes of it?"), Role::Title);
            canvas.cursor = Some((3, 6));
            let words: Vec<String> = self.choices.iter().map(becomes_words).collect();
            let rows = words.iter().map(|words| (words.as_str(), Role::Plain, ""));
            choices::view(rows, (6, 40), canvas);
            return;
        };
        canvas.put((3, 4), &becomes_words(becomes), Role::Plain);
        canvas.put((3, 6), say!("Why is it taken out?"), Role::Title);
        self.reason.view(canvas, (3, 8), cells, true);
    }
}
