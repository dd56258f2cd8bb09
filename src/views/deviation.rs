//! Deviations as reviewed.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::deviation::Disposition;
use crate::domain::ids::{CharacteristicId, DeviationId, PartId, PlaceId, StepId};
use crate::domain::stream::TravelerId;

use super::signature::SignatureView;

/// One deviation with everything known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviationView {
    /// Its speakable number.
    pub id: DeviationId,
    /// The unit.
    pub traveler: TravelerId,
    /// What is made.
    pub part: Option<PartId>,
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// The steps of the operation up to there, to which rework may go back: id and title.
    pub steps_before: Vec<(StepId, String)>,
    /// The characteristic, where there is one.
    pub characteristic: Option<CharacteristicId>,
    /// What was required.
    pub required: String,
    /// What was found.
    pub found: String,
    /// How many failing readings it names.
    pub readings: u64,
    /// What the instruction suggests.
    pub suggested: Option<Disposition>,
    /// What the person added.
    pub note: String,
    /// Who raised it: a name where the card is here, else the id.
    pub raised_by: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// When, by the server's clock where its offset is known.
    pub raised: Timestamp,
    /// What was done at once.
    pub containments: Vec<String>,
    /// What was decided, and the unit follows.
    pub disposed: Option<DisposedView>,
    /// What was decided besides at stations that did not know of it: without effect.
    pub without_effect: Vec<DisposedView>,
    /// Whether it is closed.
    pub closed: bool,
    /// Whether its facts are at the server.
    pub at_server: bool,
}

/// What was decided of a deviation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposedView {
    /// What becomes of the unit.
    pub disposition: Disposition,
    /// Why.
    pub reason: String,
    /// Who decided, when.
    pub signature: SignatureView,
}
