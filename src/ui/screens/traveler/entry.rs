//! Makes commands of what was typed or scanned; what is no value says so and saves nothing.

use crate::domain::ids::GaugeClassId;
use crate::domain::instruction::{Ask, EnterForm, Measure};
use crate::domain::quantity::Number;
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::command::{Entry, TravelerCommand};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::hold::shown;
use crate::domain::unit::Unit;
use crate::ui::layer::Turn;
use crate::ui::world::World;
use crate::views::register::GaugeRow;

use super::TravelerScreen;
use super::next::{Now, measure_of};
use crate::ui::screens::gauge::{GaugeScreen, choose};
use crate::ui::screens::note::{NoteFor, NoteScreen};

impl TravelerScreen {
    /// Records an entry at the ask that is open.
    pub(super) fn enter(&mut self, entry: Entry, saved: &str, world: &mut World) {
        let Now::Ask { number, sample, .. } = self.now() else { return };
        let Some(at) = self.at() else { return };
        let command = TravelerCommand::Record { at, ask: number, sample, entry };
        self.record(command, saved, world);
    }

    /// Answers a check, with the gauge of the session where it names a class.
    pub(super) fn answer(&mut self, yes: bool, world: &mut World) -> Turn {
        let class = self.now().gauge_class().cloned();
        let entry = match class.as_ref().map(|class| world.gauges.get(class)) {
            None => Entry::Answer(yes),
            Some(Some(row)) => Entry::AnswerWith { yes, gauge: row.gauge.clone() },
            Some(None) => return choose_first(class, world),
        };
        self.enter(entry, if yes { "saved yes" } else { "saved no" }, world);
        Turn::Stay
    }

    /// Asks why what failed was measured again, with the new value that stands in the field.
    pub(super) fn again(&mut self, world: &mut World) -> Turn {
        let (text, Some(view)) = (self.field.text().trim().to_owned(), &self.view) else {
            return Turn::Stay;
        };
        let Now::Retype { at, entry, reading, .. } = self.now() else { return Turn::Stay };
        let class = measure_of(view, entry).and_then(|(_, measure)| measure.gauge.clone());
        let (unit, at) = (reading.taken.value.unit(), at.clone());
        let value = match unit {
            None => ReadingValue::Conforms(true),
            Some(_) if text.is_empty() => {
                world.warn("type the new value first, then F3");
                return Turn::Stay;
            }
            Some(unit) => match self.number(&text, world) {
                Some(number) => ReadingValue::Number { number, unit },
                None => return Turn::Stay,
            },
        };
        let row = class.as_ref().map(|class| world.gauges.get(class));
        if row == Some(None) {
            return choose_first(class, world);
        }
        let gauge = row.flatten().map(|row| row.gauge.clone());
        let what = NoteFor::Remeasure { reading: at, value, gauge };
        Turn::Open(Box::new(NoteScreen::new(self.id.clone(), what)))
    }

    /// Answers an attribute, for the first time or again.
    pub(super) fn conforms(&mut self, good: bool, world: &mut World) -> Turn {
        let value = ReadingValue::Conforms(good);
        if let Now::Retype { at, .. } = self.now() {
            let reading = at.clone();
            self.record(TravelerCommand::Retype { reading, value }, "saved", world);
            return Turn::Stay;
        }
        let Some(measure) = self.now().measure().cloned() else { return Turn::Stay };
        self.reading(value, &measure, world)
    }

    /// Records what stands in the field.
    pub(super) fn record_field(&mut self, world: &mut World) -> Turn {
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            return Turn::Stay;
        }
        match self.now() {
            Now::Retype { at, reading, .. } => {
                let (ReadingValue::Number { unit, .. }, reading) =
                    (&reading.taken.value, at.clone())
                else {
                    return Turn::Stay;
                };
                let unit = *unit;
                let Some(number) = self.number(&text, world) else { return Turn::Stay };
                let value = ReadingValue::Number { number, unit };
                let saved = format!("saved {}", shown(&value));
                self.record(TravelerCommand::Retype { reading, value }, saved, world);
            }
            Now::Ask { ask: Ask::Measure(measure), .. } => {
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
            Now::Ask { ask: Ask::Enter { form: EnterForm::Number(unit), .. }, .. } => {
                let saved = format!("saved {text} {unit}");
                if self.number(&text, world).is_some() {
                    self.enter(Entry::Text(text), &saved, world);
                }
            }
            Now::Ask {
                ask: Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. }, ..
            } => {
                let saved = format!("saved {text}");
                self.enter(Entry::Text(text), &saved, world);
            }
            Now::Ask { .. }
            | Now::Loading
            | Now::Unknown
            | Now::NotStarted
            | Now::Missing
            | Now::Ended(_)
            | Now::Finished
            | Now::Held(_)
            | Now::Paused(_)
            | Now::Count { .. }
            | Now::Complete { .. } => {}
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
        self.enter(Entry::Reading { value, gauge }, &saved, world);
        Turn::Stay
    }

    /// Takes the gauge that was scanned, once the list of gauges is here.
    pub(super) fn take_gauge(&mut self, rows: Vec<GaugeRow>, world: &mut World) -> Turn {
        let Some((_, id)) = self.gauges.take() else { return Turn::Stay };
        let wanted = self.now().gauge_class().cloned();
        match rows.into_iter().find(|row| row.gauge.as_str() == id) {
            Some(row) => choose(row, wanted.as_ref(), world),
            None => world.warn(format!("gauge {id} is not known here")),
        }
        Turn::Stay
    }
}

/// A gauge is chosen before what is made with it is saved.
fn choose_first(class: Option<GaugeClassId>, world: &mut World) -> Turn {
    let Some(class) = class else { return Turn::Stay };
    world.warn(format!("not saved yet: choose a {class} first"));
    Turn::Open(Box::new(GaugeScreen::new(class)))
}

/// The unit in which a reading is typed: what the chosen gauge shows, else that of the limits.
pub(in crate::ui::screens) fn reading_unit(
    class: Option<&GaugeClassId>,
    limits: Unit,
    world: &World,
) -> Unit {
    let row = class.and_then(|class| world.gauges.get(class));
    let unit = row.and_then(|row| row.unit.as_deref()).and_then(Unit::parse);
    unit.filter(|unit| unit.dimension() == limits.dimension()).unwrap_or(limits)
}
