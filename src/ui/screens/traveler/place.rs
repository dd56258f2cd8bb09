//! What is noted about the place where a unit is worked on, where its instruction asks for it.

use crate::domain::decide::Command;
use crate::domain::place::{PlaceAct, PlaceCommand};
use crate::ui::keys::Act;
use crate::ui::layer::Turn;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::super::note::NoteFor;
use super::TravelerScreen;

impl TravelerScreen {
    /// The acts that the instruction of the step that is shown asks for.
    pub(super) fn place_acts(&self) -> Vec<Act> {
        let asked = self.current().map_or(&[][..], |current| &current.instruction.rules.place_acts);
        let act = |act: &PlaceAct| match act {
            PlaceAct::Setup => Act::SetupDone,
            PlaceAct::Tool => Act::ToolChanged,
            PlaceAct::Material => Act::MaterialChanged,
        };
        asked.iter().map(act).collect()
    }

    /// Notes that the place is set up, with one key; a tool or a lot is typed or scanned.
    pub(super) fn act_on_place(&mut self, act: Act, world: &mut World) -> Turn {
        let Some(place) = world.place.clone() else {
            world.say(say!("no place yet: scan its label"), Role::Warn);
            return Turn::Stay;
        };
        if act == Act::ToolChanged {
            return self.open_note(NoteFor::Tool(place));
        }
        if act == Act::MaterialChanged {
            return self.open_note(NoteFor::Material(place));
        }
        let Some(current) = self.current() else { return Turn::Stay };
        let instruction = current.instruction.id.clone();
        let saved = say!("saved: {place} is set up for {instruction}", place, instruction);
        let revision = Some(current.instruction.revision.clone());
        let asked = PlaceCommand::SetUp { instruction, revision, note: String::new() };
        let ticket = world.record(Command::Place(place, asked));
        self.recording.sent_beside(ticket, saved);
        Turn::Stay
    }
}
