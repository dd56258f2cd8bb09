//! A form of a few fields about a deviation: raised, reviewed, contained, its cause, an action, whether
//! it helped. Enter saves once everything that is asked for is there; Tab goes to what may be left.

use jiff::ToSpan;

use crate::domain::decide::Command;
use crate::domain::deviation::{DeviationCommand, DeviationKind, Raise};
use crate::domain::deviation_actions::{ActionAsked, ToDo};
use crate::domain::ids::{CharacteristicId, DeviationId, PersonId, PlaceId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{StepAt, TravelerCommand};
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::kept;
use crate::ui::parts::prose::wrapped;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::Offers;
use crate::views::query::{Answer, Query};
use crate::views::register::PersonRow;

use super::form_of::{Entry, Form, Kind};

/// As many as there are digits for.
const OFFERED_MAX: usize = 9;
/// Where what is typed begins.
const COLUMN: u16 = 18;
/// Before what stands until it is saved, and no longer counts then.
pub const REPLACES: &str = "In place of";
/// How to come to the other fields.
const TAB: &str = "Tab: the next field";

/// The form.
#[derive(Debug)]
pub struct FormScreen {
    what: Form,
    /// What is known already, shown above.
    known: Vec<(&'static str, String)>,
    rows: Vec<Entry>,
    at: usize,
    people: Vec<PersonRow>,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
    done: bool,
}

impl FormScreen {
    /// A form, with what a site offers.
    pub fn new(what: Form, offers: &Offers) -> Self {
        let rows = what.entries(offers);
        let (known, people) = (Vec::new(), Vec::new());
        let at = rows.iter().position(|row| row.needed).unwrap_or(0);
        Self { what, known, rows, at, people, loading: None, pending: None, done: false }
    }

    /// Fills in what is known, which may be changed.
    #[must_use]
    pub fn filled(mut self, label: &str, text: &str) -> Self {
        if let Some(row) = self.rows.iter_mut().find(|row| row.label == label) {
            row.give(text);
        }
        self
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, label: &str) -> Self {
        self.rows.retain(|row| row.label != label);
        self
    }

    /// Shows what is known already.
    #[must_use]
    pub fn knowing(mut self, known: Vec<(&'static str, String)>) -> Self {
        self.known = known;
        self
    }

    fn row(&mut self) -> Option<&mut Entry> {
        self.rows.get_mut(self.at)
    }

    fn text(&self, label: &str) -> Option<String> {
        self.rows.iter().find(|row| row.label == label)?.some()
    }

    /// Those who are known here and not revoked, that what is typed fits.
    fn people_like(&self, text: &str) -> Vec<&PersonRow> {
        let text = text.to_lowercase();
        let like = |row: &&PersonRow| {
            let name = row.name.as_deref().unwrap_or_default().to_lowercase();
            !row.revoked && (name.contains(&text) || row.person.as_str().starts_with(&text))
        };
        self.people.iter().filter(like).collect()
    }

    fn person(&self, text: &str) -> Result<PersonId, String> {
        let exact = |row: &&PersonRow| {
            row.badge.as_deref() == Some(text)
                || row.person.as_str() == text
                || row.name.as_deref() == Some(text)
        };
        let like = self.people_like(text);
        let found = self.people.iter().find(exact).or(match like[..] {
            [one] => Some(one),
            _ => None,
        });
        found.map(|row| row.person.clone()).ok_or_else(|| format!("{text} names nobody here"))
    }

    fn step(&self) -> Result<Option<StepAt>, String> {
        let Some(text) = self.text("Close by") else { return Ok(None) };
        let step = StepAt::parse(&text);
        step.map(Some).ok_or_else(|| "type operation and step, such as 20#torque".to_owned())
    }

    fn characteristic(&self) -> Result<Option<CharacteristicId>, String> {
        let about = self.text("About").map(|about| CharacteristicId::parse(&about)).transpose();
        about.map_err(|error| error.to_string())
    }

    fn kind(&self) -> Result<Option<DeviationKind>, String> {
        let Some(text) = self.text("Kind") else { return Ok(None) };
        DeviationKind::parse(&text).map(Some).ok_or_else(|| "product or process".to_owned())
    }

    /// The command, or what is wrong with what was typed.
    fn command(&self, world: &World) -> Result<Command, String> {
        let first = |label: &str| self.text(label).unwrap_or_default();
        let on = |id: &DeviationId, command| Ok(Command::Deviation(id.clone(), command));
        match &self.what {
            Form::Raise(unit, at, _) => {
                let found = match self.text("Pieces") {
                    Some(pieces) if pieces.parse::<u32>().is_ok() => format!("{pieces} pieces"),
                    Some(_) => return Err("type how many pieces".to_owned()),
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
                let by = self.text("By whom").map(|by| self.person(&by)).transpose()?;
                let place = self.text("At place").map(|place| PlaceId::parse(&place)).transpose();
                let place = place.map_err(|error| error.to_string())?;
                let to_do = Some(ToDo { by, place });
                on(id, DeviationCommand::Contain { action: first("What?"), to_do })
            }
            Form::Cause(id) => {
                let (code, text) = (self.text("Code"), first("Why?"));
                on(id, DeviationCommand::FindCause { code, text })
            }
            Form::Action(id) => {
                let (action, owner) = (first("What?"), self.person(&first("Owner"))?);
                let due = first("Due");
                let days = due
                    .parse::<u16>()
                    .ok()
                    .and_then(|days| world.today()?.checked_add(i64::from(days).days()).ok());
                let due = days.or_else(|| due.parse().ok());
                let due = due.ok_or("type a date, such as 2026-12-14, or in how many days")?;
                on(id, DeviationCommand::AskAction(ActionAsked { action, owner, due }))
            }
            Form::Check(id) => {
                let effective = match first("Helped?").as_str() {
                    "yes" => true,
                    "no" => false,
                    _ => return Err("yes or no: did it help?".to_owned()),
                };
                on(id, DeviationCommand::Check { effective, note: first("What was found?") })
            }
        }
    }

    fn save(&mut self, world: &mut World) {
        let open = self.rows.iter().position(|row| row.needed && row.some().is_none());
        match open {
            Some(open) if open == self.at => {
                let label = self.rows.get(open).map_or("", |row| row.label);
                world.say(format!("still open: {label}"), Role::Warn);
            }
            Some(open) => self.at = open,
            None => match self.command(world) {
                Ok(command) => self.pending = Some(world.record(command)),
                Err(why) => world.say(why, Role::Warn),
            },
        }
    }

    /// What a digit chooses at the marked field: what to put in, and what it stands for.
    fn offered(&self) -> Vec<(String, String)> {
        let Some(row) = self.rows.get(self.at) else { return Vec::new() };
        let mut offered = match &row.kind {
            Kind::OneOf(list) => list.clone(),
            Kind::Person => {
                let people = self.people_like(&row.text()).into_iter();
                people
                    .map(|row| {
                        let name = row.name.clone().unwrap_or_else(|| row.person.to_string());
                        (name, row.roles.join(", "))
                    })
                    .collect()
            }
            Kind::Words | Kind::Day | Kind::Step | Kind::Pieces => Vec::new(),
        };
        offered.truncate(OFFERED_MAX);
        offered
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
        let typed = self.rows.iter().filter(|row| row.is_typed());
        let fields = typed.map(|row| (row.label, row.field.text()));
        open.then(|| (self.what.draft_key(), kept::written(fields)))
    }

    fn person_changed(&mut self) {
        for row in &mut self.rows {
            row.fill_given();
        }
        self.at = 0;
    }

    fn shown(&mut self, world: &mut World) {
        let draft = world.drafts.get(&self.what.draft_key()).cloned();
        for (label, text) in draft.iter().flat_map(|draft| kept::read(draft)) {
            let is_it = |row: &&mut Entry| {
                row.label == label || label.is_empty() && row.kind == Kind::Words
            };
            let row = self.rows.iter_mut().find(is_it);
            if let Some(row) = row.filter(|row| !row.is_typed()) {
                row.field.keep(text);
            }
        }
        if self.rows.iter().any(|row| row.kind == Kind::Person) {
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
        if matches!(key, Key::Tab | Key::Down) {
            self.at = (self.at + 1) % self.rows.len().max(1);
            return Turn::Stay;
        }
        if matches!(key, Key::BackTab | Key::Up) {
            self.at = self.at.checked_sub(1).unwrap_or(self.rows.len().saturating_sub(1));
            return Turn::Stay;
        }
        let chosen = choices::chosen(key, &self.offered()).map(|(text, _)| text.clone());
        let Some(row) = self.row() else { return Turn::Stay };
        match chosen {
            Some(text) => row.field.fill(&text),
            None => drop(row.field.key(key)),
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if let Some(row) = self.row() {
            row.field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if let Some(row) = self.row() {
            row.field.take_back(characters);
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
                let mut saved = self.what.words().saved.to_owned();
                if let Some((_, before)) = self.known.iter().find(|(name, _)| *name == REPLACES) {
                    saved = format!("{saved}, in place of {before}");
                }
                world.outcome(outcome, &saved);
                return Turn::Back;
            }
            return world.outcome(outcome, "");
        }
        self.loading = None;
        if let Some(Answer::People(people)) = world.answer(reply) {
            self.people = people;
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let words = self.what.words();
        canvas.put((1, 1), &world.called(words.title), Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &self.what.of(), Role::Plain);
        canvas.rule(2);
        let cells = canvas.width().saturating_sub(6);
        let mut y = 4;
        for line in wrapped(&world.called(words.about), cells.into(), Role::Plain) {
            line.view(canvas, (3, y), cells);
            y += 1;
        }
        for (label, value) in &self.known {
            canvas.put((3, y), label, Role::Muted);
            canvas.put_in((COLUMN, y), cells.saturating_sub(COLUMN), value, Role::Plain);
            y += 1;
        }
        y += 1;
        for (n, row) in self.rows.iter().enumerate() {
            let marked = n == self.at;
            let role = if marked || row.needed { Role::Title } else { Role::Muted };
            canvas.put((3, y), row.label, role);
            let room = canvas.width().saturating_sub(COLUMN + 2);
            // Where it is said what a code stands for, that it was kept is said after that.
            let means = row.means();
            let taken = means.map_or(room, |_| canvas.cells(&row.field.text()) + 1);
            row.field.view(canvas, (COLUMN, y), taken.min(room), marked);
            if let Some(means) = means {
                let x = COLUMN + taken + 1;
                let room = canvas.width().saturating_sub(x + 1);
                let end = canvas.put_in((x, y), room, means, Role::Muted);
                if row.field.is_kept() {
                    canvas.put((end + 2, y), "kept", Role::Warn);
                }
            }
            y += 1;
        }
        let cursor = canvas.cursor;
        let offered = self.offered();
        let offered =
            offered.iter().map(|(text, about)| (text.as_str(), Role::Plain, about.as_str()));
        if choices::view(offered, (y + 1, 26), canvas) == y + 1 && self.rows.len() > 1 {
            let hint = self.rows.get(self.at).and_then(Entry::hint);
            let mut y = y + 1;
            if let Some(hint) = hint {
                canvas.put_in((3, y), cells, hint, Role::Plain);
                y += 1;
            }
            canvas.put((3, y), TAB, Role::Muted);
        }
        canvas.cursor = cursor;
    }
}
