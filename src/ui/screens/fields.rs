//! The fields of a form: what each takes, what is typed there, which one is marked, and what a digit
//! chooses at it.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::ids::PersonId;
use crate::ui::input::Key;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::kept;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::register::PersonRow;

/// A field that is no long text.
const SHORT_MAX: usize = 60;
/// As many as there are digits for.
const OFFERED_MAX: usize = 9;
/// Where what is typed begins.
pub(super) const COLUMN: u16 = 18;
/// How to come to the other fields.
const TAB: &str = "Tab: the next field";

/// What is typed in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any words.
    Words,
    /// A code or a word, one of these with what each stands for.
    OneOf(Vec<(String, String)>),
    /// Somebody who is known here: name, badge or opaque id.
    Person,
    /// A day: a date, or in how many days.
    Day,
    /// A step, as `20#torque`.
    Step,
    /// How many pieces.
    Pieces,
    /// Something short, with how it is typed.
    Typed(&'static str),
}

/// A field.
#[derive(Debug)]
pub(super) struct Entry {
    label: &'static str,
    kind: Kind,
    needed: bool,
    field: Field,
    /// What was filled in for whoever types.
    given: String,
    /// How it is typed, where its kind does not say so.
    hint: Option<&'static str>,
}

impl Entry {
    /// A field that may be left blank.
    pub(super) fn may(label: &'static str, kind: Kind) -> Self {
        Self::new(label, kind, false)
    }

    /// A field that is asked for.
    pub(super) fn must(label: &'static str, kind: Kind) -> Self {
        Self::new(label, kind, true)
    }

    fn new(label: &'static str, kind: Kind, needed: bool) -> Self {
        let most = if kind == Kind::Words { TEXT_MAX } else { SHORT_MAX };
        Self { label, kind, needed, field: Field::new(most), given: String::new(), hint: None }
    }

    /// Says how it is typed.
    pub(super) fn hinting(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Fills in what is known, which may be changed.
    fn give(&mut self, text: &str) {
        text.clone_into(&mut self.given);
        self.fill_given();
    }

    /// What was filled in stands there again.
    fn fill_given(&mut self) {
        self.field.fill(&self.given);
        self.field.refuse();
    }

    /// Whether something else stands there than what was filled in.
    fn is_typed(&self) -> bool {
        self.field.text() != self.given
    }

    fn text(&self) -> String {
        self.field.text().trim().to_owned()
    }

    /// What the code that is typed stands for.
    fn means(&self) -> Option<&str> {
        let Kind::OneOf(list) = &self.kind else { return None };
        let text = self.text();
        let found = list.iter().find(|(code, _)| code.eq_ignore_ascii_case(&text));
        found.map(|(_, means)| means.as_str())
    }

    /// How something is typed, where that is not plain.
    fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::Step => Some("operation and step, such as 20#torque: no unit passes it before"),
            Kind::Day => Some("a date, such as 2026-12-14, or in how many days"),
            Kind::Pieces => Some("how many pieces of the lot"),
            Kind::Typed(hint) => Some(hint),
            Kind::Words | Kind::OneOf(_) | Kind::Person => self.hint,
        }
    }

    fn some(&self) -> Option<String> {
        Some(self.text()).filter(|text| !text.is_empty())
    }
}

/// The fields.
#[derive(Debug)]
pub(super) struct Fields {
    rows: Vec<Entry>,
    at: usize,
    people: Vec<PersonRow>,
}

impl Fields {
    /// Fields, of which the first that is asked for is marked.
    pub(super) fn new(rows: Vec<Entry>) -> Self {
        let at = rows.iter().position(|row| row.needed).unwrap_or(0);
        Self { rows, at, people: Vec::new() }
    }

    /// Fills in what is known, which may be changed.
    pub(super) fn give(&mut self, label: &str, text: &str) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.label == label) {
            row.give(text);
        }
    }

    /// Marks a field.
    pub(super) fn mark(&mut self, label: &str) {
        self.at = self.rows.iter().position(|row| row.label == label).unwrap_or(self.at);
    }

    /// Leaves a field out.
    pub(super) fn leave_out(&mut self, label: &str) {
        self.rows.retain(|row| row.label != label);
    }

    /// What is typed in a field; none where that is blank.
    pub(super) fn text(&self, label: &str) -> Option<String> {
        self.rows.iter().find(|row| row.label == label)?.some()
    }

    /// Whether somebody is named in one.
    pub(super) fn ask_for_people(&self) -> bool {
        self.rows.iter().any(|row| row.kind == Kind::Person)
    }

    /// Takes those who may be named.
    pub(super) fn take_people(&mut self, people: Vec<PersonRow>) {
        self.people = people;
    }

    fn open(&self) -> Option<usize> {
        self.rows.iter().position(|row| row.needed && row.some().is_none())
    }

    /// Whether everything that is asked for is there; where it is not, goes there or says so.
    pub(super) fn are_filled(&mut self, world: &mut World) -> bool {
        match self.open() {
            Some(open) if open == self.at => {
                let label = say!(self.rows.get(open).map_or("", |row| row.label));
                world.say(say!("still open: {label}", label), Role::Warn);
            }
            Some(open) => self.at = open,
            None => return true,
        }
        false
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

    /// Who is named.
    pub(super) fn person(&self, text: &str) -> Result<PersonId, String> {
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
        found.map(|row| row.person.clone()).ok_or_else(|| say!("{text} names nobody here", text))
    }

    /// What was typed and differs from what was filled in, as a draft.
    pub(super) fn draft(&self) -> String {
        let typed = self.rows.iter().filter(|row| row.is_typed());
        kept::written(typed.map(|row| (row.label, row.field.text())))
    }

    /// Takes a draft, where nothing was typed since.
    pub(super) fn take_draft(&mut self, draft: &str) {
        for (label, text) in kept::read(draft) {
            let is_it = |row: &&mut Entry| {
                row.label == label || label.is_empty() && row.kind == Kind::Words
            };
            let row = self.rows.iter_mut().find(is_it);
            if let Some(row) = row.filter(|row| !row.is_typed()) {
                row.field.keep(text);
            }
        }
    }

    /// Another person types: what was filled in stands there again.
    pub(super) fn begin_anew(&mut self) {
        for row in &mut self.rows {
            row.fill_given();
        }
        self.at = 0;
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
            Kind::Words | Kind::Day | Kind::Step | Kind::Pieces | Kind::Typed(_) => Vec::new(),
        };
        offered.truncate(OFFERED_MAX);
        offered
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: Key) {
        if matches!(key, Key::Tab | Key::Down) {
            self.at = (self.at + 1) % self.rows.len().max(1);
            return;
        }
        if matches!(key, Key::BackTab | Key::Up) {
            self.at = self.at.checked_sub(1).unwrap_or(self.rows.len().saturating_sub(1));
            return;
        }
        let chosen = choices::chosen(key, &self.offered()).map(|(text, _)| text.clone());
        let Some(field) = self.field() else { return };
        match chosen {
            Some(text) => field.fill(&text),
            None => drop(field.key(key)),
        }
    }

    /// The field that takes the next key.
    pub(super) fn field(&mut self) -> Option<&mut Field> {
        self.rows.get_mut(self.at).map(|row| &mut row.field)
    }

    /// Whether words stand in the marked field: not where a number is typed there, or what names a step.
    pub(super) fn has_words(&self) -> bool {
        let marked = self.rows.get(self.at).filter(|row| !row.field.is_empty());
        marked.is_some_and(|row| match row.kind {
            Kind::Words | Kind::OneOf(_) | Kind::Person => true,
            Kind::Day | Kind::Pieces | Kind::Step | Kind::Typed(_) => false,
        })
    }

    /// Draws the fields from a row on, and below them what is offered at the marked one.
    pub(super) fn view(&self, mut y: u16, canvas: &mut Canvas<'_>) {
        let cells = canvas.width().saturating_sub(6);
        for (n, row) in self.rows.iter().enumerate() {
            let marked = n == self.at;
            let role = if marked || row.needed { Role::Title } else { Role::Muted };
            canvas.put_in((3, y), COLUMN - 4, say!(row.label), role);
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
                    canvas.put((end + 2, y), say!("kept"), Role::Warn);
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
                canvas.put_in((3, y), cells, say!(hint), Role::Plain);
                y += 1;
            }
            canvas.put((3, y), say!(TAB), Role::Muted);
        }
        canvas.cursor = cursor;
    }
}

/// A day as typed: a date, or in how many days.
pub(super) fn day(text: &str, world: &World) -> Result<Date, String> {
    let days = text
        .parse::<u16>()
        .ok()
        .and_then(|days| world.today()?.checked_add(i64::from(days).days()).ok());
    let day = days.or_else(|| text.parse().ok());
    day.ok_or_else(|| say!("type a date, such as 2026-12-14, or in how many days").to_owned())
}
