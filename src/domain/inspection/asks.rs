//! What is asked of each piece of a sample, as the instruction has it.

use std::collections::BTreeSet;

use super::fact::PieceReading;
use crate::domain::context::Context;
use crate::domain::ids::{CharacteristicId, GaugeClassId, GaugeId, QualificationId, StepId};
use crate::domain::instruction::{Ask, Instruction, Step};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Reason;
use crate::domain::specification::CharacteristicKind;
use crate::domain::traveler::eligibility::gauge_used;
use crate::domain::traveler::equipment::{require_dimension, require_in_range};
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::record::judge;

/// One value that is wanted of each piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceAsk {
    /// The step in which it stands; none where the specification alone asks for it, of a first article.
    pub step: Option<StepId>,
    /// The characteristic; absent for a check and an in-process value.
    pub characteristic: Option<CharacteristicId>,
    /// Its balloon on the drawing.
    pub balloon: Option<String>,
    /// What people call it.
    pub name: String,
    /// The requirement as shown.
    pub requirement: String,
    /// What is recorded, with its limits.
    pub kind: CharacteristicKind,
    /// The class of gauge to use.
    pub gauge: Option<GaugeClassId>,
}

/// Whether something is asked once of each piece and can be judged.
fn of(step: &Step, ask: &Ask) -> Option<PieceAsk> {
    match ask {
        Ask::Measure(measure) if measure.count == 1 && measure.rules.sampling.is_none() => {
            Some(PieceAsk {
                step: Some(step.id.clone()),
                characteristic: measure.characteristic.clone(),
                balloon: measure.balloon.clone(),
                name: measure.name.clone(),
                requirement: measure.requirement.clone(),
                kind: measure.kind.clone(),
                gauge: measure.gauge.clone(),
            })
        }
        Ask::Check { question, gauge, setting } => Some(PieceAsk {
            step: Some(step.id.clone()),
            characteristic: None,
            balloon: None,
            name: question.clone(),
            requirement: setting.as_ref().map_or_else(|| "yes".to_owned(), Quantity::to_string),
            kind: CharacteristicKind::Attribute,
            gauge: gauge.clone(),
        }),
        Ask::Measure(_)
        | Ask::Scan { .. }
        | Ask::Install { .. }
        | Ask::Enter { .. }
        | Ask::Wait(_)
        | Ask::Sign(_) => None,
    }
}

/// Everything that is asked of a piece, in order.
pub fn asks_of(instruction: &Instruction) -> Vec<PieceAsk> {
    let steps = instruction.steps.iter();
    steps.flat_map(|step| step.asks.iter().filter_map(|ask| of(step, ask))).collect()
}

/// For what somebody must be trained who records values of a piece: for the instruction, and for each
/// step that asks for one of them (R5).
pub fn trained_for<'a>(
    instruction: &'a Instruction,
    asks: impl IntoIterator<Item = &'a PieceAsk>,
) -> BTreeSet<&'a QualificationId> {
    let steps = asks.into_iter().filter_map(|ask| instruction.step(ask.step.as_ref()?));
    let of_steps = steps.filter_map(|step| step.rules.qualification.as_ref());
    instruction.qualification.iter().chain(of_steps).collect()
}

/// The step that asks for what cannot be asked of a piece, or depends on another one.
pub fn unfit(instruction: &Instruction) -> Option<&StepId> {
    let steps = &instruction.steps;
    let bad = steps.iter().find(|step| {
        step.rules.when.is_some()
            || step.rules.quantity.is_some()
            || step.asks.iter().any(|ask| of(step, ask).is_none())
    });
    let nothing = || steps.first().filter(|_| asks_of(instruction).is_empty());
    bad.or_else(nothing).map(|step| &step.id)
}

impl PieceAsk {
    /// Whether it is a question, answered yes or no.
    pub fn is_check(&self) -> bool {
        self.characteristic.is_none() && self.kind == CharacteristicKind::Attribute
    }

    /// The value as judged, or every reason why it cannot be.
    pub(super) fn take(
        self,
        value: &ReadingValue,
        gauge: Option<&GaugeId>,
        (context, reasons): (&Context, &mut Vec<Reason>),
    ) -> Option<PieceReading> {
        let gauge = gauge_used(gauge, self.gauge.as_ref(), context, reasons);
        let wanted = self.kind.limits().map(|limits| limits.unit);
        require_dimension(gauge.as_ref(), wanted, (context, reasons));
        require_in_range(gauge.as_ref(), value, reasons);
        match judge(&self.kind, value, gauge.as_ref()) {
            Err(reason) => {
                reasons.push(reason);
                None
            }
            Ok((verdict, basis)) => Some(PieceReading {
                characteristic: self.characteristic,
                name: self.name,
                requirement: self.requirement,
                kind: self.kind,
                value: value.clone(),
                gauge,
                verdict,
                basis,
            }),
        }
    }
}
