//! What a reviewer sees before a unit is released to ship, and the certificate that comes of it (R17).

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::PartId;
use crate::domain::refusal::told::Told;
use crate::domain::stream::TravelerId;

use super::signature::{SignatureView, StepSignature};

/// A unit as it is reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShipReview {
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// What it is.
    pub part: String,
    /// Whether nothing stands in the way.
    pub ready: bool,
    /// Everything that stands in the way.
    pub reasons: Vec<Told>,
    /// What did not simply go as planned.
    pub exceptions: Vec<ExceptionRow>,
    /// The digest of that list; the signature names it.
    pub digest: Hash,
    /// How many facts would be signed over.
    pub facts: usize,
    /// The signature that released it; absent where it is here.
    pub released: Option<SignatureView>,
    /// Why its certificate is not valid any more.
    pub not_valid: Option<String>,
}

/// A unit that is finished or went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShipRow {
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// What it is.
    pub part: PartId,
    /// How it stands.
    pub stands: ShipStands,
    /// When it was finished.
    pub finished: Option<Timestamp>,
    /// When it was released to ship.
    pub shipped: Option<Timestamp>,
    /// Why it is on hold, or its certificate is not valid.
    pub why: Option<String>,
}

/// How a unit stands on its way out; what is wrong comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShipStands {
    /// Shipped, and its certificate does not hold.
    ShippedInDoubt,
    /// Finished, on no hold, here.
    ToShip,
    /// Finished and on hold.
    OnHold,
    /// Shipped.
    Shipped,
}

impl ShipStands {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ShippedInDoubt => "SHIPPED, IN DOUBT",
            Self::ToShip => "to ship",
            Self::OnHold => "on hold",
            Self::Shipped => "shipped",
        }
    }
}

/// Something that did not simply go as planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionRow {
    /// `corrected`, `skipped`, `retried`, `fast`, `stale`, `judged`, `wait-accepted`, `marginal`,
    /// `failing`, `deviation`, `permit`, `held`, `accepted`, `moved`, `returned`, `unseen`, `uncovered`,
    /// `taken-out`, `as-built`, `withdrawn`.
    pub kind: String,
    /// What, in words.
    pub what: String,
    /// The fact.
    pub fact: Option<Position>,
}

/// What is known of a unit that was released to ship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Its number: the fact that released the unit.
    pub number: Position,
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// What it is.
    pub part: String,
    /// The pieces of a lot.
    pub pieces: Option<u32>,
    /// Why it is not valid any more; absent where it is.
    pub not_valid: Option<String>,
    /// Pinned definitions: what, id, revision, hash.
    pub definitions: Vec<(String, String, String, String)>,
    /// What was measured, as it counts.
    pub results: Vec<ResultRow>,
    /// Each deviation and permit, and how its hold ended.
    pub deviations: Vec<String>,
    /// How many exceptions were shown to who released it.
    pub exceptions: u32,
    /// Signatures at its steps.
    pub signatures: Vec<StepSignature>,
    /// The signature that released it.
    pub released: SignatureView,
}

/// A result as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultRow {
    /// The operation.
    pub operation: u32,
    /// The characteristic, where it is one.
    pub characteristic: Option<String>,
    /// What people call it.
    pub name: String,
    /// Which of its readings.
    pub sample: u16,
    /// As required.
    pub requirement: String,
    /// As measured.
    pub value: String,
    /// The verdict.
    pub verdict: Option<String>,
    /// The gauge.
    pub gauge: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The fact.
    pub fact: Position,
}
