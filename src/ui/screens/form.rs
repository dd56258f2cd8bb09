//! A form of a few fields about a deviation: raised, reviewed, contained, its cause, an action, whether
//! it helped. Enter saves once everything that is asked for is there; Tab goes to what may be left.

use crate::domain::decide::Command;
use crate::domain::deviation::{DeviationCommand, DeviationKind, Raise};
use crate::domain::deviation_actions::{ActionAsked, ToDo};
use crate::domain::ids::{CharacteristicId, DeviationId, PlaceId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{StepAt, TravelerCommand};
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::Offers;
use crate::views::query::{Answer, Query};

use super::fields::{COLUMN, Fields, day};
use super::form_of::Form;

/// Before what stands until it is saved, and no longer counts then.
pub const REPLACES: &str = "In place of";

/// The form.
#[derive(Debug)]
pub struct FormScreen {
    what: Form,
    /// What is known already, shown above.
    known: Vec<(&'static str, String)>,
    fields: Fields,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
    done: bool,
}

impl FormScreen {
    /// A form, with what a site offers.
    pub fn new(what: Form, offers: &Offers) -> Self {
        let fields = Fields::new(what.entries(offers));
        Self { what, known: Vec::new(), fields, loading: None, pending: None, done: false }
    }

    /// Fills in what is known, which may be changed.
    #[must_use]
    pub fn filled(mut self, label: &str, text: &str) -> Self {
        self.fields.give(label, text);
        self
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, label: &str) -> Self {
        self.fields.leave_out(label);
        self
    }

    /// Shows what is known already.
    #[must_use]
    pub fn knowing(mut self, known: Vec<(&'static str, String)>) -> Self {
        self.known = known;
        self
    }

    fn text(&self, label: &str) -> Option<String> {
        self.fields.text(label)
    }

    fn step(&self) -> Result<Option<StepAt>, String> {
        let Some(text) = self.text("Close by") else { return Ok(None) };
        let step = StepAt::parse(&text);
        step.map(Some).ok_or_else(|| say!("type operation and step, such as 20#torque").to_owned())
    }

    fn characteristic(&self) -> Result<Option<CharacteristicId>, String> {
        let about = self.text("About").map(|about| CharacteristicId::parse(&about)).transpose();
        about.map_err(|error| tell(&error.words()))
    }

    fn kind(&self) -> Result<Option<DeviationKind>, String> {
        let Some(text) = self.text("Kind") else { return Ok(None) };
        DeviationKind::parse(&text).map(Some).ok_or_else(|| say!("product or process").to_owned())
    }

    /// The command, or what is wrong with what was typed.
    fn command(&self, world: &World) -> Result<Command, String> {
        let first = |label: &str| self.text(label).unwrap_or_default();
        let on = |id: &DeviationId, command| Ok(Command::Deviation(id.clone(), command));
        match &self.what {
            Form::Raise(unit, at, _) => {
                let found = match self.text("Pieces") {
                    Some(pieces) if pieces.parse::<u32>().is_ok() => format!("{pieces} pieces"),
                    Some(_) => return Err(say!("type how many pieces").to_owned()),
                    None => String::new(),
                };
                let raise = Raise {
                    kind: self.kind()?.unwrap_or_default(),
                    code: self.text("Code"),
                    found,
                    close_by: self.step()?,
                    characteristic: self.characteristic()?,
                    ..Raise::noted(first("What is wrong?"))
                };
                let (at, raise) = (at.clone(), Box::new(raise));
                let command = TravelerCommand::RaiseDeviation { at, raise };
                Ok(Command::Traveler(unit.clone(), command))
            }
            Form::Review(id) => {
                let (kind, code, close_by) = (self.kind()?, self.text("Code"), self.step()?);
                let note = first("What is said?");
                on(id, DeviationCommand::Review { kind, code, close_by, note })
            }
            Form::AskContainment(id) => {
                let by = self.text("By whom").map(|by| self.fields.person(&by)).transpose()?;
                let place = self.text("At place").map(|place| PlaceId::parse(&place)).transpose();
                let place = place.map_err(|error| tell(&error.words()))?;
                let to_do = Some(ToDo { by, place });
                on(id, DeviationCommand::Contain { action: first("What?"), to_do })
            }
            Form::Cause(id) => {
                let (code, text) = (self.text("Code"), first("Why?"));
                on(id, DeviationCommand::FindCause { code, text })
            }
            Form::Action(id) => {
                let (action, owner) = (first("What?"), self.fields.person(&first("Owner"))?);
                let due = day(&first("Due"), world)?;
                on(id, DeviationCommand::AskAction(ActionAsked { action, owner, due }))
            }
            Form::Check(id) => {
                let effective = match first("Helped?").as_str() {
                    "yes" => true,
                    "no" => false,
                    _ => return Err(say!("yes or no: did it help?").to_owned()),
                };
                on(id, DeviationCommand::Check { effective, note: first("Finding") })
            }
        }
    }

    fn save(&mut self, world: &mut World) {
        if !self.fields.are_filled(world) {
            return;
        }
        match self.command(world) {
            Ok(command) => self.pending = Some(world.record(command)),
            Err(why) => world.say(why, Role::Warn),
        }
    }
}

impl Layer for FormScreen {
    fn purpose(&self) -> &'static str {
        "Type what is asked for. Enter saves once that is there; Tab and the arrows go to the other \
         fields, where a digit chooses what is offered."
    }

    fn traveler(&self) -> Option<&TravelerId> {
        if let Form::Raise(unit, ..) = &self.what { Some(unit) } else { None }
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn has_words(&self) -> bool {
        self.fields.has_words()
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
        open.then(|| (self.what.draft_key(), self.fields.draft()))
    }

    fn person_changed(&mut self) {
        self.fields.begin_anew();
    }

    fn shown(&mut self, world: &mut World) {
        if let Some(draft) = world.drafts.get(&self.what.draft_key()) {
            self.fields.take_draft(draft);
        }
        if self.fields.ask_for_people() {
            self.loading = Some(world.load(Query::People));
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Save {
            return Turn::Back;
        }
        self.save(world);
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.fields.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if let Some(field) = self.fields.field() {
            field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if let Some(field) = self.fields.field() {
            field.take_back(characters);
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket) || self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        if let Reply::Recorded(outcome) = reply {
            self.pending = None;
            if saved(&outcome).is_some() {
                self.done = true;
                world.drop_draft(&self.what.draft_key());
                let mut saved = say!(self.what.words().saved).to_owned();
                if let Some((_, before)) = self.known.iter().find(|(name, _)| *name == REPLACES) {
                    saved = say!("{saved}, in place of {before}", saved, before);
                }
                world.outcome(outcome, &saved);
                return Turn::Back;
            }
            return world.outcome(outcome, "");
        }
        self.loading = None;
        if let Some(Answer::People(people)) = world.answer(reply) {
            self.fields.take_people(people);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let words = self.what.words();
        canvas.put((1, 1), say!(words.title), Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &self.what.of(), Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(say!(words.about), cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        for (label, value) in &self.known {
            canvas.put_in((3, y), COLUMN - 4, say!(label), Role::Muted);
            canvas.put_in((COLUMN, y), cells.saturating_sub(COLUMN), value, Role::Plain);
            y += 1;
        }
        self.fields.view(y + 1, canvas);
    }
}
