//! What the judge checks of orders: that what they name was known (O10–O13).
//!
//! By what was accepted before the order came in, whether or not it was withdrawn or replaced since:
//! a station that was away for weeks could not know that. What it knew itself came in before its
//! order did, and what others released it had from here.

use crate::domain::hash::Hash;
use crate::domain::ids::InstructionId;
use crate::domain::order::{OrderFact, OrderOpened};
use crate::domain::people::Action;
use crate::domain::revision::RevisionStanding;

use super::known::Known;
use super::rules::Case;

/// What the texts of an order's route say of its part.
#[derive(Debug, Default)]
struct Route {
    /// Some text is not at hand, so that nothing follows from the others.
    unread: bool,
    /// Some instruction makes the part.
    makes: bool,
    /// Some instruction measures against the specification, in every revision.
    measures: bool,
}

impl Known {
    /// The texts of an instruction that were ever released.
    pub(super) fn released_texts(&self, id: &InstructionId) -> Vec<Hash> {
        let list = self.instruction(id).map_or(&[][..], |revisions| &revisions.list);
        let released = |known: &&crate::domain::revision::RevisionState| {
            matches!(known.standing, RevisionStanding::Released(_))
        };
        list.iter().filter(released).map(|known| known.submitted.hash).collect()
    }
}

impl Case<'_> {
    pub(super) fn order(&mut self, body: &OrderFact) {
        self.require(&[Action::Plan]);
        match body {
            OrderFact::OrderOpened(opened) => self.opened(opened),
            OrderFact::OrderClosed { .. } | OrderFact::OrderReopened { .. } => {}
        }
    }

    fn opened(&mut self, opened: &OrderOpened) {
        let part = &opened.part;
        let mut route = Route::default();
        for operation in &opened.route {
            let center = &operation.work_center;
            if !self.known.history.has_place(center) {
                self.reject(format!("the server knows no place of the work center {center}"));
            }
            self.follow(&operation.instruction, opened, &mut route);
        }
        if route.unread {
            return;
        }
        let specified = self.known.specification(part).is_some_and(|known| !known.list.is_empty());
        if !specified && !route.makes {
            self.reject(format!("the server knows nothing of the part {part}"));
        } else if !specified && route.measures {
            self.reject(format!("the server knows no specification of {part}"));
        }
    }

    /// Looks at one instruction of the route.
    fn follow(&mut self, id: &InstructionId, opened: &OrderOpened, route: &mut Route) {
        if self.known.instruction(id).is_none_or(|known| known.list.is_empty()) {
            return self.reject(format!("the server does not know the instruction {id}"));
        }
        let hashes = self.known.released_texts(id);
        if hashes.is_empty() {
            return self.reject(format!("no revision of {id} is released"));
        }
        let texts: Vec<_> = hashes.iter().filter_map(|hash| self.texts.get(hash)).collect();
        route.unread |= texts.len() < hashes.len();
        let makes = texts.iter().any(|text| text.part == opened.part);
        route.measures |= texts.iter().all(|text| text.specification.is_some());
        route.makes |= makes;
        if !makes && texts.len() == hashes.len() {
            self.reject(format!("{id} does not make the part {}", opened.part));
        }
    }
}
