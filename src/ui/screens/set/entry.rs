//! Makes commands of what was typed or scanned for one unit of a set.

use crate::domain::instruction::{Ask, EnterForm, Measure};
use crate::domain::quantity::Number;
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::command::{Entry, TravelerCommand};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::ui::keys::Act;
use crate::ui::layer::Turn;
use crate::ui::screens::gauge::{GaugeScreen, choose};
use crate::ui::screens::traveler::entry::reading_unit;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::register::GaugeRow;

use super::SetScreen;
use super::now::Now;

impl SetScreen {
    /// Takes an answer or a value for the unit that has the focus.
    pub(super) fn enter(&mut self, act: Act, world: &mut World) -> Turn {
        match (act, self.now()) {
            (Act::Good | Act::Bad, Now::Retype { row, at, .. }) => {
                let value = ReadingValue::Conforms(act == Act::Good);
                let command = TravelerCommand::Retype { reading: at.clone(), value };
                self.record((row, command), "saved".to_owned(), world);
            }
            (Act::Good | Act::Bad, Now::Each { ask: Ask::Measure(measure), .. }) => {
                let measure = measure.clone();
                return self.reading(ReadingValue::Conforms(act == Act::Good), &measure, world);
            }
            (Act::No, _) => self.record_entry(Entry::Answer(false), "saved no", world),
            (Act::Gauge, Now::Each { ask: Ask::Measure(measure), .. }) => {
                if let Some(class) = measure.gauge.clone() {
                    return Turn::Open(Box::new(GaugeScreen::new(class)));
                }
                world.say("no gauge is asked for here", Role::Muted);
            }
            (Act::Gauge, _) => world.say("no gauge is asked for here", Role::Muted),
            (Act::Record, _) => return self.record_field(world),
            _ => {}
        }
        Turn::Stay
    }

    fn record_entry(&mut self, entry: Entry, saved: &str, world: &mut World) {
        let Now::Each { row, here, number, sample, .. } = self.now() else { return };
        let command = TravelerCommand::Record { at: here.at(), ask: number, sample, entry };
        self.record((row, command), saved.to_owned(), world);
    }

    /// Records what stands in the field.
    fn record_field(&mut self, world: &mut World) -> Turn {
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            return Turn::Stay;
        }
        match self.now() {
            Now::Retype { row, at, reading } => {
                let (ReadingValue::Number { unit, .. }, reading) =
                    (&reading.taken.value, at.clone())
                else {
                    return Turn::Stay;
                };
                let unit = *unit;
                let Some(number) = self.number(&text, world) else { return Turn::Stay };
                let value = ReadingValue::Number { number, unit };
                let saved = format!("saved {}", shown(&value));
                self.record((row, TravelerCommand::Retype { reading, value }), saved, world);
            }
            Now::Each { ask: Ask::Measure(measure), .. } => {
                let measure = measure.clone();
                let (CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits)) =
                    &measure.kind
                else {
                    return Turn::Stay;
                };
                let unit = reading_unit(measure.gauge.as_ref(), limits.unit, world);
                let Some(number) = self.number(&text, world) else { return Turn::Stay };
                return self.reading(ReadingValue::Number { number, unit }, &measure, world);
            }
            Now::Each { ask: Ask::Enter { form: EnterForm::Number(unit), .. }, .. } => {
                let saved = format!("saved {text} {unit}");
                if self.number(&text, world).is_some() {
                    self.record_entry(Entry::Text(text), &saved, world);
                }
            }
            Now::Each {
                ask: Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. }, ..
            } => {
                let saved = format!("saved {text}");
                self.record_entry(Entry::Text(text), &saved, world);
            }
            Now::Each { .. }
            | Now::Loading
            | Now::Start(_)
            | Now::All { .. }
            | Now::Complete { .. }
            | Now::Nobody => {}
        }
        Turn::Stay
    }

    /// The number typed; what is none is typed anew.
    fn number(&mut self, text: &str, world: &mut World) -> Option<Number> {
        match Number::parse(text) {
            Ok(number) => Some(number),
            Err(error) => {
                self.field.refuse();
                world.warn(format!("not saved: {error}"));
                None
            }
        }
    }

    /// Records a reading with the gauge of the session; asks for one where none is chosen.
    fn reading(&mut self, value: ReadingValue, measure: &Measure, world: &mut World) -> Turn {
        let mut gauge = None;
        if let Some(class) = &measure.gauge {
            let Some(row) = world.gauges.get(class) else {
                world.warn(format!("not saved yet: choose a {class} first"));
                return Turn::Open(Box::new(GaugeScreen::new(class.clone())));
            };
            gauge = Some(row.gauge.clone());
        }
        let saved = format!("saved {}", shown(&value));
        self.record_entry(Entry::Reading { value, gauge }, &saved, world);
        Turn::Stay
    }

    /// Takes the gauge that was scanned, once the list of gauges is here.
    pub(super) fn take_gauge(&mut self, rows: Vec<GaugeRow>, world: &mut World) -> Turn {
        let Some((_, id)) = self.gauges.take() else { return Turn::Stay };
        let wanted = match self.now() {
            Now::Each { ask: Ask::Measure(measure), .. } => measure.gauge.clone(),
            Now::Each { .. }
            | Now::Loading
            | Now::Start(_)
            | Now::Retype { .. }
            | Now::All { .. }
            | Now::Complete { .. }
            | Now::Nobody => None,
        };
        match rows.into_iter().find(|row| row.gauge.as_str() == id) {
            Some(row) => choose(row, wanted.as_ref(), world),
            None => world.warn(format!("gauge {id} is not known here")),
        }
        Turn::Stay
    }
}
