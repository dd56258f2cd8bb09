//! What must be known to decide about a lot.

use super::decide::InspectionCommand;
use super::series::{SeriesId, SeriesState};
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, InstructionId, LotId};
use crate::domain::material::MaterialId;

/// What must be known to decide about a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionNeeds {
    /// The lot as goods-in noted it.
    pub material: Option<MaterialId>,
    /// The instruction that may be in effect, with its text.
    pub instruction: Option<InstructionId>,
    /// The text by which the lot was opened.
    pub compiled: Option<Hash>,
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
        InspectionNeeds { material, instruction, compiled }
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
