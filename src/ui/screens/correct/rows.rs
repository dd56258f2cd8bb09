//! What a person may correct on a unit, and what stands until it is corrected.

use crate::domain::fact::Position;
use crate::domain::people::Action;
use crate::domain::quantity::{Number, NumberError};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::state::Attempt;
use crate::domain::traveler::step::ask_name;
use crate::ui::message::Person;
use crate::ui::screens::told;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::views::traveler::TravelerView;

/// What may be corrected.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) at: Position,
    pub(super) name: String,
    pub(super) what: What,
}

/// What stands until it is corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Reading(ReadingValue),
    Count(Pieces),
    Answer(bool),
    /// Typed or scanned, or the serial or lot of a component.
    Text(String),
}

impl What {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Reading(value) => told::value(value),
            Self::Count(pieces) => told::pieces(*pieces),
            Self::Answer(yes) => told::answer(*yes).to_owned(),
            Self::Text(text) => text.clone(),
        }
    }

    /// Whether the right one is typed; what has two sides is turned around.
    pub(super) const fn is_typed(&self) -> bool {
        matches!(self, Self::Reading(ReadingValue::Number { .. }) | Self::Count(_) | Self::Text(_))
    }

    /// What stands behind the field.
    pub(super) fn unit(&self) -> &'static str {
        match self {
            Self::Reading(ReadingValue::Number { unit, .. }) => unit.symbol(),
            Self::Count(_) => say!("good, or good/scrap/rework"),
            Self::Reading(ReadingValue::Conforms(_)) | Self::Answer(_) | Self::Text(_) => "",
        }
    }

    /// The right one as typed, in the unit of the first.
    pub(super) fn corrected(&self, text: &str) -> Result<Self, String> {
        let words = |error: NumberError| tell(&error.words());
        Ok(match self {
            Self::Answer(was) => Self::Answer(!was),
            Self::Text(_) => Self::Text(text.trim().to_owned()),
            Self::Reading(ReadingValue::Conforms(was)) => {
                Self::Reading(ReadingValue::Conforms(!was))
            }
            Self::Reading(ReadingValue::Number { unit, .. }) => {
                let number = Number::parse(text).map_err(words)?;
                Self::Reading(ReadingValue::Number { number, unit: *unit })
            }
            Self::Count(_) => {
                let no_count = || say!("type a number, or good/scrap such as 10/2").to_owned();
                Self::Count(Pieces::parse(text).ok_or_else(no_count)?)
            }
        })
    }
}

/// What a person may correct on a unit: counts, readings, answers of steps that go on, then what
/// was typed, scanned or built in.
pub(super) fn rows(view: &TravelerView, person: &Person) -> Vec<Row> {
    let readings = view.state.correctable(&person.person, &person.roles).into_iter();
    let readings = readings.map(|(at, reading)| Row {
        at: at.clone(),
        name: format!("{} {}", reading.taken.name, reading.taken.sample),
        what: What::Reading(reading.value().clone()),
    });
    let question = |attempt: &Attempt, number: u16| {
        let operation = view.state.operation(attempt.operation)?;
        let step = view.instructions.get(&operation.hash)?.step(&attempt.step)?;
        step.asks.get(usize::from(number).checked_sub(1)?).map(ask_name)
    };
    let answers = view.state.answers_of(&person.person).into_iter();
    let answers = answers.map(|(attempt, entry, yes)| Row {
        at: entry.at.clone(),
        name: question(attempt, entry.ask).unwrap_or_default(),
        what: What::Answer(yes),
    });
    let entries = view.state.entries_of(&person.person, &person.roles).into_iter();
    let entries = entries.map(|(attempt, entry, text)| Row {
        at: entry.at.clone(),
        name: question(attempt, entry.ask).unwrap_or_default(),
        what: What::Text(text.to_owned()),
    });
    counts(view, person).chain(readings).chain(answers).chain(entries).collect()
}

/// The counts of pieces that stand, for who made them and for who answers for the record.
fn counts<'a>(view: &'a TravelerView, person: &'a Person) -> impl Iterator<Item = Row> + 'a {
    let reviews = person.roles.iter().any(|role| Action::CorrectRecord.roles().contains(role));
    let may = move |author: Option<&_>| reviews || author == Some(&person.person);
    let reports = view.state.lot.reports.iter();
    let reports = reports.filter(|report| view.state.lot.stands(report));
    reports.filter(move |report| may(report.author())).map(|report| Row {
        at: report.at.clone(),
        name: say!("op {operation} pieces", operation = report.what.operation),
        what: What::Count(report.pieces()),
    })
}
