//! How a deviation is shown, from what is known of it and of its units.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::deviation_actions::{Cause, Closing, Containment, Corrective, Done};
use crate::domain::deviation_state::{DeviationState, Disposed};
use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, PersonId};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;

use super::deviation::{
    ActionView, CauseView, CheckView, ClosingView, ConcernedView, ContainmentView,
    DeviationStanding, DeviationView, DisposedStanding, DisposedView, DoneView, Offers, ToDoView,
};
use super::signature::SignatureView;

/// What is known besides the deviation itself.
#[derive(Debug)]
pub struct Around {
    /// Every unit that it concerns, in the order in which they were named.
    pub units: Vec<(TravelerId, TravelerState)>,
    /// The texts by which they are made.
    pub texts: Instructions,
    /// What whoever raised it is called.
    pub raised_by: String,
    /// What everybody of whom it speaks is called.
    pub names: BTreeMap<PersonId, String>,
    /// Today at the site.
    pub today: Date,
    /// Whether its facts are at the server.
    pub at_server: bool,
    /// What the site offers to choose from.
    pub offers: Offers,
}

/// A deviation as it is shown; none before it is known how it was raised.
pub fn view(id: &DeviationId, state: &DeviationState, around: Around) -> Option<DeviationView> {
    let raised = state.raised.as_ref()?;
    let in_effect: BTreeSet<&Position> = around
        .units
        .iter()
        .filter_map(|(unit, known)| followed(state, (unit, known)))
        .map(|disposed| &disposed.at)
        .collect();
    let units = around.units.iter();
    let units = units.map(|(unit, known)| concerned(state, (unit, known), &around.texts));
    let disposed = state.dispositions.iter();
    let disposed = disposed.map(|d| disposed_view(d, in_effect.contains(&d.at), state));
    Some(DeviationView {
        id: id.clone(),
        kind: state.kind,
        code: state.code.clone(),
        close_by: state.close_by.clone(),
        units: units.collect(),
        required: raised.body.required.clone(),
        found: raised.body.found.clone(),
        note: raised.body.note.clone(),
        raised_by: around.raised_by.clone(),
        place: raised.place.clone(),
        raised: raised.moment.effective(),
        reviews: state
            .reviews
            .iter()
            .map(|review| format!("{}: {}", around.name(review.by.as_ref()), review.note))
            .collect(),
        containments: (1..).zip(&state.containments).map(|c| around.containment(c)).collect(),
        cause: state.cause().map(|cause| around.cause(cause)),
        causes_before: state.causes.iter().rev().skip(1).map(|c| around.cause(c)).collect(),
        actions: (1..).zip(&state.actions).map(|action| around.action(action)).collect(),
        closings: state.closings.iter().map(|closing| around.closing(state, closing)).collect(),
        dispositions: disposed.collect(),
        standing: standing(state),
        at_server: around.at_server,
        offers: around.offers.clone(),
    })
}

impl Around {
    fn name(&self, person: Option<&PersonId>) -> String {
        let Some(person) = person else { return "station".to_owned() };
        self.names.get(person).cloned().unwrap_or_else(|| person.to_string())
    }

    fn done(&self, done: &Done) -> DoneView {
        let (by, at) = (self.name(done.by.as_ref()), done.moment.effective());
        DoneView { by, at, note: done.note.clone() }
    }

    fn cause(&self, cause: &Cause) -> CauseView {
        CauseView { code: cause.code.clone(), found: self.done(&cause.found) }
    }

    fn containment(&self, (number, known): (usize, &Containment)) -> ContainmentView {
        ContainmentView {
            number,
            fact: known.at.clone(),
            action: known.action.clone(),
            by: self.name(known.by.as_ref()),
            at: known.moment.effective(),
            to_do: known.to_do.as_ref().map(|to_do| ToDoView {
                by: to_do.by.as_ref().map(|by| self.name(Some(by))),
                place: to_do.place.clone(),
            }),
            confirmed: known.confirmed.as_ref().map(|done| self.done(done)),
            withdrawn: known.withdrawn.as_ref().map(|done| self.done(done)),
        }
    }

    fn action(&self, (number, known): (usize, &Corrective)) -> ActionView {
        ActionView {
            number,
            fact: known.at.clone(),
            action: known.asked.action.clone(),
            owner: self.name(Some(&known.asked.owner)),
            due: known.asked.due,
            overdue: known.is_open() && known.asked.due < self.today,
            done: known.done.as_ref().map(|done| self.done(done)),
            verified: known.verified.as_ref().map(|done| self.done(done)),
            withdrawn: known.withdrawn.as_ref().map(|done| self.done(done)),
        }
    }

    fn closing(&self, state: &DeviationState, known: &Closing) -> ClosingView {
        let open = state.to_check().filter(|(closing, _)| closing.closed.at == known.closed.at);
        ClosingView {
            closed: self.done(&known.closed),
            check_due: known.check_due,
            overdue: open.is_some_and(|(_, due)| due < self.today),
            checks: known
                .checks
                .iter()
                .map(|check| CheckView {
                    effective: check.effective,
                    found: self.done(&check.found),
                })
                .collect(),
        }
    }
}

/// The decision that a unit follows, once it has every signature.
fn followed<'a>(
    state: &'a DeviationState,
    (id, unit): (&TravelerId, &TravelerState),
) -> Option<&'a Disposed> {
    state.dispositions_of(id, unit).into_iter().next().filter(|disposed| disposed.is_complete())
}

/// A unit, with the steps to which rework may go back.
fn concerned(
    state: &DeviationState,
    (id, unit): (&TravelerId, &TravelerState),
    texts: &Instructions,
) -> ConcernedView {
    let named = state.concerned(id);
    let at = named.and_then(|named| named.at.as_ref());
    let operation = at.and_then(|at| unit.operation(at.operation));
    let text = operation.and_then(|operation| texts.get(&operation.hash));
    let mut steps_before = Vec::new();
    if let (Some(at), Some(text)) = (at, text) {
        let steps = text.steps.iter().take(text.rank(&at.step).map_or(0, |rank| rank + 1));
        steps_before = steps.map(|step| (step.id.clone(), step.title.clone())).collect();
    }
    ConcernedView {
        traveler: id.clone(),
        part: unit.started.as_ref().map(|started| started.part.clone()),
        pieces: unit.pieces_left(),
        operation: at.map(|at| at.operation),
        step: at.map(|at| at.step.clone()),
        steps_before,
        characteristic: named.and_then(|named| named.characteristic.clone()),
        readings: state.holds_of(id).map(|held| held.readings.len()).sum(),
        suggested: named.and_then(|named| named.suggested.clone()),
        held: state.held().contains(id),
        disposed: followed(state, (id, unit)).map(|disposed| disposed.words_for(id)),
    }
}

/// How a deviation stands.
pub fn standing(state: &DeviationState) -> DeviationStanding {
    if state.to_check().is_some() {
        return DeviationStanding::ToCheck;
    }
    if state.is_closed() {
        return DeviationStanding::Closed;
    }
    let undecided = state.undecided();
    if undecided.is_empty() {
        DeviationStanding::Disposed
    } else if undecided.iter().all(|unit| state.waiting(unit).is_some()) {
        DeviationStanding::Approval
    } else {
        DeviationStanding::Open
    }
}

fn disposed_view(disposed: &Disposed, follows: bool, state: &DeviationState) -> DisposedView {
    let open = disposed.open();
    let standing = if follows {
        DisposedStanding::InEffect
    } else if disposed.replaced {
        DisposedStanding::Replaced
    } else if !open.is_empty() && state.all_waiting().any(|waits| waits.at == disposed.at) {
        DisposedStanding::Waits
    } else {
        DisposedStanding::WithoutEffect
    };
    let first = SignatureView::new(&disposed.at, &disposed.moment, &disposed.body.signature);
    let approvals = disposed
        .approvals
        .iter()
        .map(|approval| SignatureView::new(&approval.at, &approval.moment, &approval.signature));
    let covering = matches!(standing, DisposedStanding::InEffect | DisposedStanding::Waits);
    let signed = std::iter::once(first).chain(approvals);
    DisposedView {
        fact: disposed.at.clone(),
        decisions: disposed.body.decisions.clone(),
        reason: disposed.body.reason.clone(),
        signatures: signed.map(|signature| SignatureView { covering, ..signature }).collect(),
        open,
        standing,
    }
}
