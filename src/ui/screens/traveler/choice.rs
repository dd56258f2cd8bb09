//! What may be done besides what is next: another step that is free, the sorting of a suspect unit,
//! a look at what it is made of, its release.

use crate::domain::traveler::command::{Entry, TravelerCommand};
use crate::domain::traveler::standing::Current;
use crate::ui::keys::Act;
use crate::ui::layer::Turn;
use crate::ui::screens::ship::review::ShipScreen;
use crate::ui::screens::thread::built::BuiltScreen;
use crate::ui::screens::ticket::draw::DrawTicketScreen;
use crate::ui::speech::say;
use crate::ui::world::World;
use crate::views::traveler::TravelerView;

use super::TravelerScreen;
use super::next::{self, Chosen, Now};
use super::special;

impl TravelerScreen {
    /// Whether more than one step may be done now.
    pub(super) fn has_choice(&self) -> bool {
        let at_work =
            matches!(self.now(), Now::Ask { .. } | Now::Count { .. } | Now::Complete { .. });
        let at_hand = |view: &TravelerView| view.state.at_hand(&view.instructions).len();
        at_work && self.view.as_ref().is_some_and(|view| at_hand(view) > 1)
    }

    /// The step that is next, by its number.
    pub(super) fn rank_words(&self) -> String {
        let rank = self.current().and_then(|current| current.instruction.rank(&current.step.id));
        rank.map_or_else(|| say!("step").to_owned(), |rank| say!("step {rank}", rank = rank + 1))
    }

    /// Goes to the next of the steps that may be done now; what was typed is kept as a draft.
    pub(super) fn other_step(&mut self, world: &mut World) {
        let (Some(view), Some(now)) = (&self.view, self.at()) else { return };
        let all = view.state.at_hand(&view.instructions);
        let shown =
            |c: &Current<'_>| c.operation.operation == now.operation && c.step.id == now.step;
        let place = all.iter().position(shown).map_or(0, |place| place + 1);
        self.chosen = all
            .get(place % all.len().max(1))
            .map(|c| Chosen { operation: c.operation.operation, step: Some(c.step.id.clone()) });
        self.recording.keep_draft(world);
        self.take_slot(world);
    }

    /// Offers to sort the unit, where it is held because it is suspect: with Enter to who may do
    /// nothing else with it.
    pub(super) fn offer_sorting(&self, acts: &mut Vec<Act>, world: &World) {
        if self.view.as_ref().is_none_or(|view| next::sorting(view).is_none()) {
            return;
        }
        if let Now::Held(hold) = self.now()
            && !special::may_release(hold, world)
        {
            acts.retain(|act| *act != Act::ReleaseHold);
            acts.insert(0, Act::SortNow);
        } else {
            acts.insert(acts.len().min(1), Act::Sort);
        }
    }

    /// Offers to look at what it is made of, to hand it off once an operation is closed, and to release
    /// it where its route is done.
    pub(super) fn offer_ship(&self, acts: &mut Vec<Act>) {
        let Some(view) = self.view.as_ref().filter(|view| view.state.started.is_some()) else {
            return;
        };
        let built = view.state.as_built(&view.instructions);
        if !(built.planned.is_empty() && built.unplanned.is_empty() && built.removed.is_empty()) {
            acts.push(Act::Components);
        }
        if view.state.shipped().is_some() || view.state.finished(&view.instructions) {
            acts.push(Act::ShipUnit);
        }
        let mut operations = view.state.started.iter().flat_map(|started| &started.operations);
        if operations.any(|op| view.state.operation_closed(op, &view.instructions)) {
            acts.push(Act::HandOff);
        }
    }

    /// What it is made of, its hand-off ticket, or its release.
    pub(super) fn open_parts(&self, act: Act) -> Turn {
        if act == Act::HandOff {
            return Turn::Open(Box::new(DrawTicketScreen::new(self.id.clone())));
        }
        if act == Act::ShipUnit {
            return Turn::Open(Box::new(ShipScreen::new(self.id.clone())));
        }
        Turn::Open(Box::new(BuiltScreen::new(self.id.clone())))
    }

    /// A reading of a suspect unit is one of its sorting.
    pub(super) fn sorted(&self, command: TravelerCommand) -> TravelerCommand {
        let state = self.view.as_ref().filter(|_| self.sorting).map(|view| &view.state);
        let next = state.and_then(|state| state.sorts_next());
        match (command, next) {
            (
                TravelerCommand::Record { entry: Entry::Reading { value, gauge }, .. },
                Some((hold, _, (sample, _))),
            ) => TravelerCommand::Sort { hold: hold.clone(), sample, value, gauge },
            (command, _) => command,
        }
    }
}
