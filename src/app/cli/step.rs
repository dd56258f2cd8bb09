//! Which step of a unit a command means.

use clap::Args;

use crate::app::fault::Fault;
use crate::domain::ids::StepId;
use crate::domain::instruction::Step;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::standing::Current;
use crate::views::traveler::TravelerView;

/// A step by its name.
#[derive(Debug, Clone, Args)]
pub struct StepArgs {
    /// The step; without it, the one that is next
    #[arg(long)]
    pub step: Option<StepId>,
    #[command(flatten)]
    pub operation: OperationArg,
}

/// Which operation is meant.
#[derive(Debug, Clone, Copy, Args)]
pub struct OperationArg {
    /// The operation of the step, where several of them have one of this name
    #[arg(long, value_name = "N")]
    pub operation: Option<u32>,
}

/// What was named of a step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// The step.
    pub step: Option<&'a StepId>,
    /// Its operation.
    pub operation: Option<u32>,
}

impl StepArgs {
    /// What was named.
    pub fn named(&self) -> Named<'_> {
        self.operation.of(self.step.as_ref())
    }
}

impl OperationArg {
    /// With the step that was named besides.
    pub fn of(self, step: Option<&StepId>) -> Named<'_> {
        Named { step, operation: self.operation }
    }
}

impl Named<'_> {
    /// Whether a step of an operation may be meant.
    pub fn fits(self, operation: u32, step: &StepId) -> bool {
        self.step.is_none_or(|named| named == step)
            && self.operation.is_none_or(|named| named == operation)
    }

    fn words(self) -> String {
        match (self.step, self.operation) {
            (Some(step), Some(operation)) => format!("step {step} in operation {operation}"),
            (Some(step), None) => format!("step {step}"),
            (None, Some(operation)) => format!("open step in operation {operation}"),
            (None, None) => "step left".to_owned(),
        }
    }
}

/// The step named, or the one that is next; of those that may be worked on, one of this place is
/// meant before others.
pub fn step_at<'a>(view: &'a TravelerView, named: Named<'_>) -> Result<(StepAt, &'a Step), Fault> {
    let Some(started) = &view.state.started else {
        return Err(Fault::refused(format!("{} was not begun", view.id), "nothing is pinned yet")
            .next(format!("gemba traveler start {}", view.id)));
    };
    let at_hand = view.state.at_hand(&view.instructions);
    let fits = |current: &&Current<'_>| named.fits(current.operation.operation, &current.step.id);
    let here = |current: &&Current<'_>| view.here.as_ref() == Some(&current.operation.work_center);
    let found = at_hand.iter().filter(fits).find(here).or_else(|| at_hand.iter().find(fits));
    if let Some(current) = found {
        let operation = current.operation.operation;
        return Ok((StepAt { operation, step: current.step.id.clone() }, current.step));
    }
    // The operation that is next is meant before others with the same step.
    let now = at_hand.first().map(|current| current.operation.operation);
    let mut operations: Vec<_> = started.operations.iter().collect();
    operations.sort_by_key(|operation| Some(operation.operation) != now);
    let closed = operations.into_iter().find_map(|pinned| {
        let step = view.instructions.get(&pinned.hash)?.step(named.step?)?;
        let fits = named.fits(pinned.operation, &step.id);
        fits.then(|| (StepAt { operation: pinned.operation, step: step.id.clone() }, step))
    });
    closed.ok_or_else(|| none_found(view, named))
}

fn none_found(view: &TravelerView, named: Named<'_>) -> Fault {
    let id = &view.id;
    if let Err(ended) = require_not_ended(view) {
        return ended;
    }
    if named.step.is_none() && named.operation.is_none() {
        return Fault::refused(format!("{id} has no step left"), "its route is finished")
            .next("take the next unit");
    }
    Fault::refused(format!("{id} has no {}", named.words()), "")
        .next(format!("gemba traveler show {id}"))
}

/// A unit that has ended asks for nothing any more.
pub fn require_not_ended(view: &TravelerView) -> Result<(), Fault> {
    let Some(how) = view.state.ended.clone() else { return Ok(()) };
    Err(Fault::from(Refusal::one(Reason::TravelerEnded { how })))
}
