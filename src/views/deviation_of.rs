//! How a deviation is shown, from what is known of it and of its units.

use std::collections::BTreeSet;

use crate::domain::deviation_state::{DeviationState, Disposed};
use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;

use super::deviation::{
    ConcernedView, DeviationStanding, DeviationView, DisposedStanding, DisposedView,
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
    /// What those who reviewed it are called, in their order.
    pub reviewers: Vec<String>,
    /// Whether its facts are at the server.
    pub at_server: bool,
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
    let reviews = state.reviews.iter().zip(&around.reviewers);
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
        reviews: reviews.map(|(review, by)| format!("{by}: {}", review.note)).collect(),
        containments: state.containments.clone(),
        dispositions: disposed.collect(),
        standing: standing(state),
        at_server: around.at_server,
    })
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
