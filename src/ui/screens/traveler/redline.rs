//! A change proposed at the step that is worked on.

use crate::domain::instruction::Ask;
use crate::domain::redline::RedlineProposed;
use crate::domain::traveler::command::StepAt;
use crate::ui::layer::Turn;
use crate::ui::screens::note::NoteFor;
use crate::ui::speech::say;
use crate::ui::world::World;

use super::TravelerScreen;
use super::next::Now;

impl TravelerScreen {
    /// The form, with everything known filled in.
    pub(super) fn propose(&self, at: &StepAt, world: &mut World) -> Turn {
        let Some(place) = world.place.clone() else {
            world.warn(say!("a change is proposed at a place: choose yours first"));
            return Turn::Stay;
        };
        let view = self.view.as_ref();
        let started = view.and_then(|view| view.state.started.as_ref());
        let pinned = started.and_then(|started| {
            started.operations.iter().find(|pinned| pinned.operation == at.operation)
        });
        let Some(pinned) = pinned else { return Turn::Stay };
        let characteristic = if let Now::Ask { ask: Ask::Measure(measure), .. } = self.now() {
            measure.characteristic.clone()
        } else {
            None
        };
        let proposed = RedlineProposed {
            instruction: pinned.instruction.clone(),
            revision: pinned.revision.clone(),
            step: at.step.clone(),
            text: String::new(),
            characteristic,
            reading: None,
            traveler: Some(self.id.clone()),
        };
        self.open_note(NoteFor::Redline(Box::new(proposed), place))
    }
}
