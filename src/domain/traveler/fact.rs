//! What can happen to a traveler.

use serde::{Deserialize, Serialize};

use crate::domain::condition::SkipRule;
use crate::domain::fact::Position;
use crate::domain::gauge::GaugeRange;
use crate::domain::hash::Hash;
use crate::domain::ids::{
    CharacteristicId, DeviationId, GaugeClassId, GaugeId, InstructionId, PartId, RevisionId,
    StepId, WorkCenterId,
};
use crate::domain::instruction::InstallBy;
use crate::domain::judgement::Basis;
use crate::domain::moment::Elapsed;
use crate::domain::positions::Positions;
use crate::domain::quantity::{Number, Quantity, Verdict};
use crate::domain::sampling::SampleDecided;
use crate::domain::signature::Signature;
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::domain::translation::LanguageCode;
use crate::domain::unit::Unit;

use super::component::{ComponentBasis, ComponentRemoved};
use super::definitions::{MovedToRevision, RevisionKept};
use super::entry::EntryCorrected;
use super::lot::{ClosedStep, LotSplit, QuantityCorrected, QuantityReported, SplitOff};
use super::permitted::Permitted;
use super::reading::{CheckedWith, Retry};
use super::shipped::{ProductReleased, ProductTakenBack};
use super::suspect::Suspected;
use super::wait::WaitDoubt;

/// What happens to a traveler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum TravelerFact {
    /// Work begins; definitions are pinned by hash (R1).
    TravelerStarted(TravelerStarted),
    /// An attempt at a step begins; this fact is the attempt's identity.
    StepStarted(StepStarted),
    /// A check was answered.
    Checked {
        /// Which ask.
        at: AskAt,
        /// The answer.
        yes: bool,
        /// What it was done with, where that is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<Box<CheckedWith>>,
        /// The answer that it corrects (R3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<Box<EntryCorrected>>,
    },
    /// A reading with everything its judgement rested on (R2).
    ReadingTaken(Box<ReadingTaken>),
    /// A failing reading was typed again with the same value (R4).
    ReadingConfirmed {
        /// The reading.
        reading: Position,
        /// The deviation that was raised for it.
        deviation: DeviationId,
    },
    /// A reading is corrected (R3); the first value stays shown.
    ReadingCorrected {
        /// The reading.
        reading: Position,
        /// The value that counts from now on.
        value: ReadingValue,
        /// Its judgement against the same limits.
        verdict: Option<Verdict>,
        /// What the judgement rested on besides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Box<Basis>>,
        /// Why.
        reason: String,
    },
    /// Something was typed or scanned.
    EntryMade {
        /// Which ask.
        at: AskAt,
        /// The text.
        text: String,
        /// The entry that it corrects (R3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<Box<EntryCorrected>>,
    },
    /// A component was built in.
    ComponentInstalled {
        /// Which ask.
        at: AskAt,
        /// The component's part.
        part: PartId,
        /// Serial or lot.
        by: InstallBy,
        /// The serial or lot number.
        identity: String,
        /// The entry that it corrects (R3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<Box<EntryCorrected>>,
        /// What was known of it (R5).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Box<ComponentBasis>>,
    },
    /// A component was taken out.
    ComponentRemoved(Box<ComponentRemoved>),
    /// A wait begins at this fact's moment.
    WaitStarted {
        /// Which ask.
        at: AskAt,
        /// Every unit of the set in which it was done; empty outside one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        set: Vec<TravelerId>,
    },
    /// A supervisor accepts a wait that cannot be proven (R11).
    WaitAccepted {
        /// The attempt that waits.
        attempt: Position,
        /// Why.
        reason: String,
        /// What could not be proven and is accepted; all of it where nothing is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        doubts: Vec<WaitDoubt>,
    },
    /// Everything asked was recorded.
    StepCompleted {
        /// The attempt.
        attempt: Position,
        /// How long it waited, where it asked for a wait.
        waited: Option<Elapsed>,
        /// Every unit of the set in which it was done; empty outside one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        set: Vec<TravelerId>,
        /// The translation in which it was read; absent where it was read as it is written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read_in: Option<LanguageCode>,
    },
    /// Left out on purpose (R2).
    StepSkipped {
        /// The operation.
        operation: u32,
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
        /// Whom the instruction lets leave it out.
        #[serde(default, skip_serializing_if = "SkipRule::is_default")]
        rule: SkipRule,
    },
    /// Whether a step is needed, by what was recorded before it.
    ConditionDecided(ConditionDecided),
    /// Later work goes on though an operation is not known to be done here: a supervisor answers for
    /// it, or a signed ticket of the station where it was done.
    UpstreamAccepted {
        /// The operation.
        operation: u32,
        /// By what it is known to be done.
        evidence: String,
        /// The text of the ticket that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<String>,
        /// Its steps, where they stand closed on the lot that the pieces were of: it is done by that.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        closed: Vec<ClosedStep>,
    },
    /// The working clock stops.
    Paused {
        /// Why.
        reason: String,
    },
    /// The working clock runs again.
    Resumed {
        /// What was noted with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// What an operation made of the pieces.
    QuantityReported(QuantityReported),
    /// A report of pieces was put right.
    QuantityCorrected(QuantityCorrected),
    /// Pieces leave this lot for another one.
    LotSplit(LotSplit),
    /// This lot begins with pieces of another one.
    SplitOff(SplitOff),
    /// Signed (R6).
    Signed {
        /// Which ask.
        at: AskAt,
        /// The signature.
        signature: Signature,
        /// Every unit of the set in which it was done; empty outside one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        set: Vec<TravelerId>,
    },
    /// Finished by the revision it was begun with, though a newer one is in effect (R1).
    RevisionKept(RevisionKept),
    /// Goes on by another revision; nothing recorded changes (R1).
    MovedToRevision(MovedToRevision),
    /// Nothing goes on until it is released.
    HoldPlaced(HoldPlaced),
    /// A hold ends.
    HoldReleased {
        /// The hold.
        hold: Position,
        /// How it goes on.
        outcome: HoldOutcome,
        /// The disposition that ends it, where one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<Position>,
    },
    /// Released to ship (R17).
    ProductReleased(Box<ProductReleased>),
    /// Here again after it was shipped.
    ProductTakenBack(ProductTakenBack),
}

/// Definitions pinned when work begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelerStarted {
    /// The part.
    pub part: PartId,
    /// The specification's revision and hash, where an instruction measures against one.
    pub specification: Option<PinnedSpecification>,
    /// The operations in ascending order.
    pub operations: Vec<PinnedOperation>,
    /// How many pieces a lot has; absent for a single unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u32>,
}

/// A specification pinned by hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedSpecification {
    /// Its revision.
    pub revision: RevisionId,
    /// Its compiled blob.
    pub hash: Hash,
}

/// An operation with its instruction pinned by hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedOperation {
    /// The number in the route.
    pub operation: u32,
    /// What people call it.
    pub name: String,
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// Its compiled blob.
    pub hash: Hash,
    /// Where.
    pub work_center: WorkCenterId,
}

/// An attempt at a step begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepStarted {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// The attempts at this step that were known; the rank is one more than the highest of theirs,
    /// so that two first attempts made unseen are both first (R9).
    pub previous: Vec<Position>,
    /// Whether this unit is measured at each ask that is sampled (R16).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<SampleDecided>,
    /// The compiled instruction by which it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Hash>,
}

/// A condition was looked at, when what it rests on was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionDecided {
    /// The operation.
    pub operation: u32,
    /// The step that is needed or not.
    pub step: StepId,
    /// The step that the condition rests on.
    pub rests_on: StepId,
    /// The attempt there; absent where that step was left out or not needed itself.
    pub attempt: Option<Position>,
    /// The condition as the instruction states it.
    pub condition: String,
    /// What was found, in words.
    pub found: String,
    /// Whether the step is needed.
    pub applies: bool,
}

/// An ask of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskAt {
    /// The attempt: the position of its `StepStarted`.
    pub attempt: Position,
    /// The ask's number in the step, from 1.
    pub ask: u16,
}

/// A reading with its limits, unit and gauge as used (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingTaken {
    /// Which ask.
    pub at: AskAt,
    /// Which of its readings, from 1.
    pub sample: u16,
    /// The characteristic; absent for an in-process value.
    pub characteristic: Option<CharacteristicId>,
    /// What people call it.
    pub name: String,
    /// The requirement as shown.
    pub requirement: String,
    /// The kind, with the limits as used.
    pub kind: CharacteristicKind,
    /// The value.
    pub value: ReadingValue,
    /// The gauge as used.
    pub gauge: Option<GaugeUsed>,
    /// The judgement; none where nothing is judged.
    pub verdict: Option<Verdict>,
    /// What the judgement rested on besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Box<Basis>>,
    /// The failing reading that this one was taken for once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// The hold of a suspect unit for which it was sorted; it is no check of what others were (R16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sorting: Option<Position>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingValue {
    /// A number in a unit.
    Number {
        /// As typed.
        number: Number,
        /// Its unit.
        unit: Unit,
    },
    /// Whether an attribute conforms.
    Conforms(bool),
}

impl ReadingValue {
    /// The unit, where it is a number.
    pub fn unit(&self) -> Option<Unit> {
        match self {
            Self::Number { unit, .. } => Some(*unit),
            Self::Conforms(_) => None,
        }
    }
}

/// A gauge as it was known when used (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaugeUsed {
    /// The gauge.
    pub gauge: GaugeId,
    /// Its class.
    pub class: GaugeClassId,
    /// Good through the end of this day.
    pub due: jiff::civil::Date,
    /// What it can show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<GaugeRange>,
    /// The smallest step it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Quantity>,
    /// Expanded uncertainty of one reading at k = 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Quantity>,
}

/// A hold begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldPlaced {
    /// Why.
    pub reason: HoldReason,
    /// The attempt it stands in, where it does.
    pub attempt: Option<Position>,
    /// The failing readings.
    pub readings: Positions,
    /// The deviation, once there is one.
    pub deviation: Option<DeviationId>,
}

/// Why a unit is on hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// A reading is outside its limits.
    OutOfLimits,
    /// A person raised a deviation.
    Raised,
    /// A gauge it was measured with was found out of tolerance (R10).
    Gauge {
        /// The gauge.
        gauge: GaugeId,
        /// The fact that says so.
        failed: Position,
    },
    /// A reading that was taken while these pieces were of another lot was corrected since (R3).
    Origin {
        /// The lot.
        lot: TravelerId,
        /// The reading.
        reading: Position,
    },
    /// It is, contains or was touched by what is called back.
    Recall {
        /// What is called back.
        of: Traced,
        /// The fact by which it reached the unit.
        fact: Position,
        /// Why it is called back.
        reason: String,
    },
    /// A newer definition than the one it is made by was released or withdrawn (R1).
    Definition {
        /// Which, in words.
        what: String,
    },
    /// It was made between two good checks of a characteristic of which one failed (R16).
    Suspect(Box<Suspected>),
    /// It is a lot that is being inspected (R12).
    Inspection {
        /// The fact that opened it.
        opened: Position,
    },
    /// The server rejected or held a fact.
    Judged {
        /// The fact.
        fact: Position,
        /// The judge's reasons.
        reasons: Vec<String>,
    },
}

/// Steps of one operation that rework opens again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneAgain {
    /// The operation.
    pub operation: u32,
    /// Its steps.
    pub steps: Vec<StepId>,
}

/// How a unit goes on after a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldOutcome {
    /// The failing value was a slip that its author corrected.
    Corrected,
    /// It was truly measured again; the failing value stays and is no first pass.
    Remeasured {
        /// The reading that counts now.
        reading: Position,
    },
    /// The value stays outside its limits, and a permit lets it go on (R4).
    Permitted(Box<Permitted>),
    /// The deviation was accepted or void; the attempt goes on.
    Resumed {
        /// Whether the value stays outside its limits by decision.
        as_is: bool,
    },
    /// Steps are done again, as another attempt each: the loop goes back and comes forward anew (R9).
    Reopened {
        /// By operation: from the step named on, then what was begun after it along the route.
        again: Vec<DoneAgain>,
    },
    /// The unit ends here.
    Ended {
        /// How: scrap or return.
        how: String,
    },
    /// It was suspect, and the check that failed is good after all.
    Cleared {
        /// The reading that had failed.
        reading: Position,
    },
    /// It was suspect, and was measured itself; what failed is held for that.
    Sorted,
    /// The lot was inspected; one that is not accepted is held for its deviation.
    Inspected,
    /// A supervisor answered what the judge held.
    Reviewed,
    /// Somebody in charge lets it go on.
    Released {
        /// Why.
        reason: String,
    },
}
