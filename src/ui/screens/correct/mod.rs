//! Correcting a value or a count: which, the right one, why, and what follows before it is saved (R3).
//! `rows` lists what may be corrected, `follows` tells what comes of it.
//! Invariant: what follows is on the screen before anything is saved.

mod follows;
mod rows;

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::traveler::TravelerView;

use follows::told;
use rows::{Row, What, rows};

const PURPOSE: &str = "Correct what you recorded: a value, a count, an answer, a text or a scan. The first one stays in the \
    record, with your reason. Before anything is saved you see what follows.";
const NONE: &str = "Nothing to correct: you recorded no value that counts here.";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Which,
    Value,
    Why,
    /// What follows is listed; Enter saves.
    Sure,
}

/// The form.
#[derive(Debug)]
pub struct CorrectScreen {
    id: TravelerId,
    rows: List<Row>,
    /// The unit as it stands, to tell what follows.
    known: Option<Box<TravelerView>>,
    follows: Vec<(String, Role)>,
    stage: Stage,
    /// The row for which something is typed.
    chosen: Option<Position>,
    value: Field,
    reason: Field,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
}

impl CorrectScreen {
    /// Corrects values of a unit.
    pub fn new(id: TravelerId) -> Self {
        Self {
            id,
            rows: List::new(Shape::numbered(one_line, NONE)),
            known: None,
            follows: Vec::new(),
            stage: Stage::Which,
            chosen: None,
            value: Field::new(TEXT_MAX),
            reason: Field::new(TEXT_MAX),
            loading: None,
            pending: None,
        }
    }

    fn marked(&self) -> Option<&Row> {
        self.rows.marked()
    }

    fn field(&mut self) -> Option<&mut Field> {
        match self.stage {
            Stage::Which | Stage::Sure => None,
            Stage::Value => Some(&mut self.value),
            Stage::Why => Some(&mut self.reason),
        }
    }

    /// Where one comes from to the reason: what has two sides is not typed.
    fn before_why(&self) -> Stage {
        let typed = self.marked().is_some_and(|row| row.what.is_typed());
        if typed { Stage::Value } else { Stage::Which }
    }

    /// The right value as typed.
    fn typed(&mut self, world: &mut World) -> Option<What> {
        let corrected = self.marked()?.what.corrected(&self.value.text());
        match corrected {
            Ok(value) => Some(value),
            Err(why) => {
                self.value.refuse();
                world.warn(say!("not saved: {why}", why));
                None
            }
        }
    }

    fn enter(&mut self, world: &mut World) {
        match self.stage {
            Stage::Which => {
                let Some(row) = self.marked() else { return };
                let (at, typed) = (row.at.clone(), row.what.is_typed());
                // What was typed for another row is nothing for this one.
                if self.chosen.replace(at.clone()).is_some_and(|before| before != at) {
                    self.value.clear();
                    self.reason.clear();
                }
                self.stage = if typed { Stage::Value } else { Stage::Why };
            }
            Stage::Value => {
                if self.typed(world).is_some() {
                    self.stage = Stage::Why;
                    world.said = None;
                }
            }
            Stage::Why => {
                let reason = self.reason.text().trim().to_owned();
                if reason.is_empty() {
                    world.say(say!("type a reason first"), Role::Warn);
                    return;
                }
                let Some(value) = self.typed(world) else { return };
                let Some(row) = self.marked() else { return };
                let Some(view) = &self.known else { return };
                match told(view, &row.at, &value) {
                    Ok(told) => {
                        self.follows = told;
                        self.stage = Stage::Sure;
                    }
                    Err(why) => world.warn(say!("not saved: {why}", why)),
                }
            }
            Stage::Sure => {
                let reason = self.reason.text().trim().to_owned();
                let Some(value) = self.typed(world) else { return };
                let Some(at) = self.marked().map(|row| row.at.clone()) else { return };
                let command = match value {
                    What::Reading(value) => TravelerCommand::Correct { reading: at, value, reason },
                    What::Count(pieces) => {
                        TravelerCommand::CorrectCount { report: at, pieces, reason }
                    }
                    What::Answer(yes) => TravelerCommand::CorrectAnswer { answer: at, yes, reason },
                    What::Text(text) => TravelerCommand::CorrectEntry { entry: at, text, reason },
                };
                self.pending = Some(world.record(Command::Traveler(self.id.clone(), command)));
            }
        }
    }
}

impl CorrectScreen {
    fn view_follows(&self, canvas: &mut Canvas<'_>) {
        let shown_value = self.marked().map(|row| (row.name.clone(), row.what.words()));
        let (name, first) = shown_value.unwrap_or_default();
        let now = self.marked().and_then(|row| row.what.corrected(&self.value.text()).ok());
        let now = now.map(|now| now.words()).unwrap_or_default();
        canvas.put((3, 4), &say!("{name}: {first} becomes {now}", name, first, now), Role::Title);
        canvas.put((3, 5), &say!("Why: {reason}", reason = self.reason.text()), Role::Muted);
        canvas.put((3, 7), say!("What follows"), Role::Title);
        let width = usize::from(canvas.width().saturating_sub(8));
        let mut y = 8;
        for (text, role) in &self.follows {
            for line in wrapped(text, width, *role) {
                for (run, role) in &line.0 {
                    canvas.put((5, y), run, *role);
                }
                y += 1;
            }
        }
        canvas.mark((3, y + 1), Mark::Now, Role::Focus);
        canvas.put(
            (5, y + 1),
            say!("Enter: correct it; the first value stays in the record"),
            Role::Focus,
        );
        canvas.cursor = Some((3, y + 1));
    }
}

impl Layer for CorrectScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.id)
    }

    fn focus(&self, _world: &World) -> Focus {
        match self.stage {
            Stage::Which | Stage::Sure => Focus::Choice,
            Stage::Value | Stage::Why => Focus::Text,
        }
    }

    fn has_words(&self) -> bool {
        match self.stage {
            Stage::Which | Stage::Sure => false,
            Stage::Value => {
                let text = self.marked().is_some_and(|row| matches!(row.what, What::Text(_)));
                text && !self.value.is_empty()
            }
            Stage::Why => !self.reason.is_empty(),
        }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        match self.stage {
            Stage::Which if self.rows.rows().is_empty() => Vec::new(),
            Stage::Which => vec![Act::Choose],
            Stage::Value | Stage::Why => vec![Act::Next],
            Stage::Sure => vec![Act::Save],
        }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.value.clear();
        self.reason.clear();
        self.stage = Stage::Which;
    }

    fn shown(&mut self, world: &mut World) {
        self.loading =
            Some(world.load(Query::Traveler { id: self.id.clone(), place: world.place.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Back {
            self.enter(world);
            return Turn::Stay;
        }
        match self.stage {
            Stage::Which => return Turn::Back,
            Stage::Value => self.stage = Stage::Which,
            Stage::Why => self.stage = self.before_why(),
            Stage::Sure => self.stage = Stage::Why,
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if let Some(field) = self.field() {
            field.key(key);
            return Turn::Stay;
        }
        if self.stage == Stage::Sure {
            return Turn::Stay;
        }
        // Once a row is chosen, digits are what is typed for it.
        if self.rows.key(key, world.size.1) {
            self.enter(world);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if let Some(field) = self.field() {
            field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if let Some(field) = self.field() {
            field.take_back(characters);
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        match reply {
            Reply::Recorded(outcome) => {
                self.pending = None;
                let done = saved(&outcome).is_some();
                let counted = matches!(self.marked().map(|row| &row.what), Some(What::Count(_)));
                let said = if counted {
                    say!("saved: count corrected, the first one is kept")
                } else {
                    say!("saved: value corrected, the first one is kept")
                };
                let turn = world.outcome(outcome, said);
                if done {
                    return Turn::Back;
                }
                // What was refused is looked at and typed anew.
                self.value.refuse();
                self.stage = match self.before_why() {
                    Stage::Value => Stage::Value,
                    Stage::Which | Stage::Why | Stage::Sure => Stage::Why,
                };
                turn
            }
            Reply::Loaded(_) | Reply::SignedIn(_) => {
                self.loading = None;
                if let Some(Answer::Traveler(Some(view))) = world.answer(reply)
                    && let Some(person) = &world.person
                {
                    self.rows.fill(rows(&view, person), |row, before| row.at == before.at);
                    self.known = Some(view);
                }
                Turn::Stay
            }
        }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Correct what was recorded"), Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &self.id.to_string(), Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        if self.stage == Stage::Sure {
            self.view_follows(canvas);
            return;
        }
        self.rows.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            canvas.put_in((6, y), 30, &row.name, Role::Plain);
            let cells = canvas.width().saturating_sub(39);
            canvas.put_in((38, y), cells, &row.what.words(), Role::Title);
        });
        if self.stage == Stage::Which {
            return;
        }
        let cells = canvas.width().saturating_sub(22);
        match self.marked().map(|row| &row.what) {
            Some(what) if what.is_typed() => {
                canvas.put((3, 15), say!("Right value"), Role::Plain);
                canvas.put((46, 15), what.unit(), Role::Muted);
                self.value.view(canvas, (18, 15), 26, self.stage == Stage::Value);
            }
            Some(what) => {
                let now = what.corrected("").map(|now| now.words()).unwrap_or_default();
                canvas.put((3, 15), &say!("it is {now}", now), Role::Plain);
            }
            None => {}
        }
        canvas.put((3, 17), say!("Why"), Role::Plain);
        self.reason.view(canvas, (18, 17), cells, self.stage == Stage::Why);
    }
}
