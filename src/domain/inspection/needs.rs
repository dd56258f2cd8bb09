//! What must be known to decide about a lot.

use std::collections::BTreeSet;

use super::by_cell::Taken;
use super::decide::InspectionCommand;
use super::series::{SeriesId, SeriesState};
use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, GaugeId, InstructionId, LotId, PartId};
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
    /// The specification of which every characteristic is asked for.
    pub specification: Option<Hash>,
    /// The part whose specification in effect is wanted.
    pub specified: Option<PartId>,
    /// The lot of own production.
    pub unit: Option<TravelerId>,
    /// Deviations of its pieces, and the one for which it is not accepted, where there is one already.
    pub deviations: BTreeSet<DeviationId>,
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
            | Self::Cells { .. }
            | Self::Retype { .. }
            | Self::Comment { .. }
            | Self::Decide { .. }
            | Self::Dispose { .. }
            | Self::Choose { .. } => None,
        };
        let opened = lot.and_then(|lot| state.lot(lot));
        let records = matches!(
            self,
            Self::Record { .. } | Self::Cells { .. } | Self::Retype { .. } | Self::Comment { .. }
        );
        let compiled = opened.filter(|_| records).map(|known| known.opened.hash);
        let first = opened.and_then(|known| known.opened.first_article.as_ref());
        let specification = first.map(|first| first.hash);
        let opens_first = match self {
            Self::Open { first_article, .. } => *first_article || first.is_some(),
            Self::Record { .. }
            | Self::Cells { .. }
            | Self::Retype { .. }
            | Self::Comment { .. }
            | Self::Decide { .. }
            | Self::Dispose { .. }
            | Self::Choose { .. } => false,
        };
        let specified = opens_first.then(|| id.part.clone());
        let material = material.filter(|_| !id.is_own());
        let made = opened.and_then(|known| known.opened.unit.clone());
        let unit = if let Self::Open { unit, .. } = self { unit.clone() } else { made };
        let of_pieces = opened.into_iter().flat_map(|known| known.deviations_of_pieces());
        let mut deviations: BTreeSet<DeviationId> = BTreeSet::new();
        let raises = match self {
            Self::Decide { accept, deviation, .. } => {
                deviations.extend(of_pieces.chain(deviation).cloned());
                !accept && deviation.is_none()
            }
            Self::Retype { .. } => {
                deviations.extend(of_pieces.cloned());
                true
            }
            Self::Cells { taken, .. } => *taken == Taken::Together,
            Self::Open { .. }
            | Self::Record { .. }
            | Self::Comment { .. }
            | Self::Dispose { .. }
            | Self::Choose { .. } => false,
        };
        InspectionNeeds {
            material,
            instruction,
            compiled,
            specification,
            specified,
            unit,
            deviations,
            raises,
        }
    }

    /// The gauges that it names.
    pub fn gauges(&self) -> Vec<GaugeId> {
        match self {
            Self::Record { values, .. } => {
                values.iter().filter_map(|(_, gauge)| gauge.clone()).collect()
            }
            // Hundreds of values were read on a few gauges.
            Self::Cells { values, .. } => {
                let gauges: BTreeSet<GaugeId> =
                    values.iter().filter_map(|value| value.gauge.clone()).collect();
                gauges.into_iter().collect()
            }
            Self::Retype { value, .. } => value.gauge.iter().cloned().collect(),
            Self::Open { .. }
            | Self::Comment { .. }
            | Self::Decide { .. }
            | Self::Dispose { .. }
            | Self::Choose { .. } => Vec::new(),
        }
    }

    /// The lot that it is about.
    pub fn lot(&self) -> Option<&LotId> {
        match self {
            Self::Open { lot, .. }
            | Self::Record { lot, .. }
            | Self::Cells { lot, .. }
            | Self::Retype { lot, .. }
            | Self::Comment { lot, .. }
            | Self::Decide { lot, .. }
            | Self::Dispose { lot, .. } => Some(lot),
            Self::Choose { .. } => None,
        }
    }
}
