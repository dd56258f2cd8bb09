//! Records what was typed, answered or scanned for the unit.

use crate::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use crate::domain::traveler::fact::ReadingValue;
use crate::ui::layer::Turn;
use crate::ui::screens::note::{NoteFor, NoteScreen};
use crate::ui::screens::permit_choice::choice;
use crate::ui::screens::recording::{Asked, Given, gauge_of, reading_unit};
use crate::ui::speech::say;
use crate::ui::world::World;

use super::TravelerScreen;
use super::next::{Now, measure_of};

impl TravelerScreen {
    /// What is typed or answered now.
    pub(super) fn asked(&self) -> Asked {
        match self.now() {
            Now::Retype { at, reading, .. } => Asked::Again(at.clone(), reading.unit()),
            Now::Ask { current, number, sample, ask } => {
                let (operation, step) = (current.operation.operation, current.step.id.clone());
                Asked::Ask(StepAt { operation, step }, (number, sample), Box::new(ask.clone()))
            }
            Now::Loading
            | Now::Unknown
            | Now::NotStarted
            | Now::Missing
            | Now::Ended(_)
            | Now::Shipped(_)
            | Now::Finished
            | Now::Held(_)
            | Now::Paused(_)
            | Now::Count { .. }
            | Now::Elsewhere(_)
            | Now::Complete { .. } => Asked::Nothing,
        }
    }

    /// Saves what was given, or does what has to be done first.
    pub(super) fn give(&mut self, given: Result<Given, Turn>, world: &mut World) -> Turn {
        match given {
            Ok((command, saved)) => {
                let view = self.view.as_ref();
                if let Some(turn) = view.and_then(|view| choice(view, &command)) {
                    self.recording.field.clear();
                    return turn;
                }
                self.record(self.sorted(command), saved, world);
                Turn::Stay
            }
            Err(turn) => turn,
        }
    }

    /// Records what stands in the field.
    pub(super) fn record_field(&mut self, world: &mut World) -> Turn {
        let given = self.recording.typed(self.asked(), world);
        self.give(given, world)
    }

    /// Records an entry at the ask that is open.
    pub(super) fn enter(&mut self, entry: Entry, saved: &str, world: &mut World) -> Turn {
        let given = self.asked().given(entry, saved);
        self.give(given, world)
    }

    /// What finishes the step, with the language in which it is read.
    pub(super) fn completion(&self, at: StepAt) -> TravelerCommand {
        let read_in = self.current().and_then(|now| now.instruction.translated_into());
        TravelerCommand::CompleteStep { at, read_in }
    }

    /// Asks why what failed was measured again, with the new value that stands in the field.
    pub(super) fn again(&mut self, world: &mut World) -> Turn {
        match self.measured_again(world) {
            Ok(what) => Turn::Open(Box::new(NoteScreen::new(self.id.clone(), what))),
            Err(turn) => turn,
        }
    }

    fn measured_again(&mut self, world: &mut World) -> Result<NoteFor, Turn> {
        let (text, Some(view)) = (self.recording.text(), &self.view) else {
            return Err(Turn::Stay);
        };
        let Now::Retype { at, entry, reading, .. } = self.now() else { return Err(Turn::Stay) };
        let class = measure_of(view, entry).and_then(|(_, measure)| measure.gauge.clone());
        let (unit, reading) = (reading.unit(), at.clone());
        let value = match unit {
            None => ReadingValue::Conforms(true),
            Some(_) if text.is_empty() => {
                world.warn(say!("type the new value first, then F3"));
                return Err(Turn::Stay);
            }
            Some(unit) => {
                ReadingValue::Number { number: self.recording.number(&text, world)?, unit }
            }
        };
        let gauge = gauge_of(class.as_ref(), world)?;
        if let Some(limits) = unit
            && reading_unit(class.as_ref(), limits, world) != limits
        {
            // The field says in what unit it is typed; a number by another one would be misread.
            world.warn(say!(
                "not saved: this gauge does not show {limits}; choose one that does",
                limits
            ));
            return Err(Turn::Stay);
        }
        Ok(NoteFor::Remeasure { reading, value, gauge })
    }

    /// Has a command for the unit saved.
    pub(super) fn record(
        &mut self,
        command: TravelerCommand,
        saved: impl Into<String>,
        world: &mut World,
    ) {
        let command = crate::domain::decide::Command::Traveler(self.id.clone(), command);
        let ticket = world.record(command);
        self.recording.sent(ticket, saved.into(), None);
    }
}
