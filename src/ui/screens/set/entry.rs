//! Records what was typed, answered or scanned for one unit of the set.

use crate::domain::decide::Command;
use crate::ui::keys::Act;
use crate::ui::layer::Turn;
use crate::ui::screens::gauge::GaugeScreen;
use crate::ui::screens::permit_choice::choice;
use crate::ui::screens::recording::Asked;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::SetScreen;
use super::now::Now;

impl SetScreen {
    /// What is typed or answered for the unit that has the focus.
    pub(super) fn asked(&self) -> Asked {
        match self.now() {
            Now::Retype { at, reading, .. } => Asked::Again(at.clone(), reading.unit()),
            Now::Each { here, number, sample, ask, .. } => {
                Asked::Ask(here.at(), (number, sample), Box::new(ask.clone()))
            }
            Now::Loading | Now::Start(_) | Now::All { .. } | Now::Complete { .. } | Now::Nobody => {
                Asked::Nothing
            }
        }
    }

    /// Opens the gauges of the class that is asked for.
    pub(super) fn choose_gauge(&self, world: &mut World) -> Turn {
        if let Some(class) = self.asked().gauge_class() {
            return Turn::Open(Box::new(GaugeScreen::new(class.clone())));
        }
        world.say(say!("no gauge is asked for here"), Role::Muted);
        Turn::Stay
    }

    /// Takes an answer or a value for the unit that has the focus.
    pub(super) fn enter(&mut self, act: Act, world: &mut World) -> Turn {
        let asked = self.asked();
        let given = if act == Act::Record {
            self.recording.typed(asked, world)
        } else if matches!(act, Act::Good | Act::Bad) {
            asked.conforms(act == Act::Good, world)
        } else if act == Act::No {
            asked.answered(false, world)
        } else {
            return Turn::Stay;
        };
        let (command, saved) = match given {
            Ok(given) => given,
            Err(turn) => return turn,
        };
        let row = self.now().row();
        let Some(view) = row.and_then(|row| self.views.get(row)) else { return Turn::Stay };
        if let Some(turn) = choice(view, &command) {
            self.recording.field.clear();
            return turn;
        }
        let saved = format!("{}: {saved}", view.id.unit);
        let ticket = world.record(Command::Traveler(view.id.clone(), command));
        self.recording.sent(ticket, saved, row);
        Turn::Stay
    }
}
