//! What must be known to decide about a lot.

use super::decide::InspectionCommand;
use super::series::{SeriesId, SeriesState};
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, GaugeId, InstructionId, LotId};
use crate::domain::material::MaterialId;
use crate::domain::stream::TravelerId;

/// What must be known to decide about a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionNeeds {
    /// The lot as goods-in noted it.
    pub material: Option<MaterialId>,
    /// The instruction that may be in effect, with its text.
    pub instruction: Option<InstructionId>,
    /// The text by which the lot was opened.
    pub compiled: Option<Hash>,
    /// The lot of own production.
    pub unit: Option<TravelerId>,
    /// The deviation for which it is not accepted, where there is one already.
    pub deviation: Option<DeviationId>,
    /// Whether it gets a deviation of its own.
    pub raises: bool,
}

impl InspectionCommand {
    /// What must be known to decide it.
    pub fn needs(&self, id: &SeriesId, state: &SeriesState) -> InspectionNeeds {
        let lot = self.lot();
        let material = lot.map(|lot| MaterialId { part: id.part.clone(), lot: lot.clone() });
        let instruction = match self {
            Self::Open { instruction, .. } => Some(instruction.clone()),
            Self::Record { .. }
            | Self::Decide { .. }
            | Self::Dispose { .. }
            | Self::Choose { .. } => None,
        };
        let opened = lot.and_then(|lot| state.lot(lot));
        let compiled =
            opened.filter(|_| matches!(self, Self::Record { .. })).map(|known| known.opened.hash);
        let material = material.filter(|_| !id.is_own());
        let made = opened.and_then(|known| known.opened.unit.clone());
        let unit = if let Self::Open { unit, .. } = self { unit.clone() } else { made };
        let rejects = if let Self::Decide { accept: false, deviation, .. } = self {
            Some(deviation.clone())
        } else {
            None
        };
        let (raises, deviation) = (rejects == Some(None), rejects.flatten());
        InspectionNeeds { material, instruction, compiled, unit, deviation, raises }
    }

    /// The gauges that it names.
    pub fn gauges(&self) -> impl Iterator<Item = GaugeId> + '_ {
        let values = if let Self::Record { values, .. } = self { values.as_slice() } else { &[] };
        values.iter().filter_map(|(_, gauge)| gauge.clone())
    }

    /// The lot that it is about.
    pub fn lot(&self) -> Option<&LotId> {
        match self {
            Self::Open { lot, .. }
            | Self::Record { lot, .. }
            | Self::Decide { lot, .. }
            | Self::Dispose { lot, .. } => Some(lot),
            Self::Choose { .. } => None,
        }
    }
}
