//! Refusals: every reason why something may not be done, each with what to do next (R7).
//! Imports the rest of `domain`.
//! Invariant: each reason has a code that never changes, what stands in the way, and what to do.

pub mod component;
pub mod definition;
pub mod deviation;
pub mod equipment;
pub mod inspection;
mod inspection_text;
pub mod permit;
pub mod reading;
pub mod route;
pub mod scan;
pub mod set;
pub mod shift;
pub mod ship;
pub mod signing;
mod text;
pub mod ticket;
pub mod told;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::domain::fact::Position;
use crate::domain::ids::{
    DeviationId, InstructionId, OrderId, PartId, PersonId, PlaceId, QualificationId, RevisionId,
    StepId, UnitId, WorkCenterId,
};
use crate::domain::people::{Action, Role};
use crate::domain::quantity::{NumberError, UnitMismatch};

/// Why something was refused: at least one reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Every reason.
    pub reasons: Vec<Reason>,
    /// What the persons that the reasons speak of are called, where that is known.
    pub names: BTreeMap<PersonId, String>,
}

impl Refusal {
    /// A refusal for one reason.
    pub fn one(reason: Reason) -> Self {
        Self::of(vec![reason])
    }

    /// A refusal for several reasons; who they speak of is named by its id.
    pub fn of(reasons: Vec<Reason>) -> Self {
        Self { reasons, names: BTreeMap::new() }
    }

    /// Whether a badge is locked after wrong PINs.
    pub fn is_lock_out(&self) -> bool {
        self.reasons.iter().any(|reason| matches!(reason, Reason::LockedOut { .. }))
    }

    /// Refuses if there is any reason.
    pub fn unless_empty(reasons: Vec<Reason>) -> Result<(), Self> {
        if reasons.is_empty() { Ok(()) } else { Err(Self::of(reasons)) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, reason) in self.told().iter().enumerate() {
            let separator = if n == 0 { "" } else { "\n" };
            write!(f, "{separator}{} {} → {}", reason.code, reason.what, reason.next)?;
        }
        Ok(())
    }
}

/// One reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nobody is signed in.
    NobodySignedIn,
    /// The person is not known here.
    PersonUnknown {
        /// The person.
        person: PersonId,
    },
    /// The person may not act any more.
    PersonRevoked {
        /// The person.
        person: PersonId,
    },
    /// The role does not allow the action (R5).
    RoleMissing {
        /// The person.
        person: PersonId,
        /// The action.
        action: Action,
    },
    /// Admitted without a role.
    RolesMissing {
        /// The person.
        person: PersonId,
    },
    /// Too many wrong PINs.
    LockedOut {
        /// The person.
        person: PersonId,
        /// In seconds.
        seconds: i64,
    },
    /// Not trained for the instruction (R5).
    QualificationMissing {
        /// The person.
        person: PersonId,
        /// The qualification.
        qualification: QualificationId,
    },
    /// The training has ended (R5).
    QualificationEnded {
        /// The person.
        person: PersonId,
        /// The qualification.
        qualification: QualificationId,
        /// Its last day.
        until: Date,
    },
    /// Performer and verifier are the same person (R6).
    SamePerson {
        /// The person.
        person: PersonId,
        /// The step.
        step: StepId,
    },
    /// The signature asks for another role.
    SignRoleMissing {
        /// The person.
        person: PersonId,
        /// The role asked for.
        role: Role,
    },
    /// Nobody revokes themselves: the last administrator would lock the plant.
    RevokesSelf {
        /// The person.
        person: PersonId,
    },
    /// One person approves once.
    ApprovedAlready {
        /// The person.
        person: PersonId,
    },
    /// No open approval fits the signer's roles.
    ApprovalRoleMissing {
        /// The person.
        person: PersonId,
        /// The roles whose approval is open.
        open: Vec<Role>,
    },
    /// The session is at no place.
    PlaceUnbound,
    /// The place is not known here.
    PlaceUnknown {
        /// The place.
        place: PlaceId,
    },
    /// The operation is done elsewhere (R5).
    WrongPlace {
        /// The place.
        place: PlaceId,
        /// The work center.
        work_center: WorkCenterId,
    },
    /// The order is not known here.
    OrderUnknown {
        /// The order.
        order: OrderId,
    },
    /// The order's number is taken.
    OrderExists {
        /// The order.
        order: OrderId,
    },
    /// The order is closed.
    OrderClosed {
        /// The order.
        order: OrderId,
    },
    /// The unit is not part of the order.
    UnitNotOnOrder {
        /// The order.
        order: OrderId,
        /// The unit.
        unit: UnitId,
    },
    /// Too few or too many units.
    UnitCount {
        /// What was found.
        found: usize,
        /// The most allowed.
        most: usize,
    },
    /// A serial number twice.
    UnitTwice {
        /// The unit.
        unit: UnitId,
    },
    /// A lot of no pieces.
    LotEmpty,
    /// The route is empty or not in ascending order.
    RouteNotAscending,
    /// The traveler was started before.
    TravelerStartedAlready,
    /// The traveler was not started.
    TravelerNotStarted,
    /// The unit was scrapped or returned.
    TravelerEnded {
        /// How it ended.
        how: String,
    },
    /// The route has no such operation.
    OperationUnknown {
        /// The operation.
        operation: u32,
    },
    /// The instruction has no such step.
    StepUnknown {
        /// The step.
        step: StepId,
    },
    /// The step has no such ask.
    AskUnknown {
        /// The ask's number.
        ask: u16,
        /// The sample.
        sample: u16,
    },
    /// The entry does not fit the ask.
    AskMismatch {
        /// What is asked for.
        wanted: &'static str,
    },
    /// An operation before is not done (R11).
    UpstreamOpen {
        /// The operation.
        operation: u32,
        /// Its name.
        name: String,
        /// The place where it was last worked on, else its work center.
        at: String,
    },
    /// Another step is next (R11).
    StepOutOfOrder {
        /// The step.
        step: StepId,
        /// The step that is next.
        current: StepId,
    },
    /// The step is done.
    StepDone {
        /// The step.
        step: StepId,
    },
    /// A check was answered with no.
    CheckSaysNo {
        /// The ask's number.
        ask: u16,
        /// What it is about.
        what: String,
    },
    /// The ask is recorded.
    AlreadyRecorded {
        /// The ask's number.
        ask: u16,
        /// The sample.
        sample: u16,
    },
    /// Work on the unit is paused.
    Paused {
        /// The reason given.
        reason: String,
    },
    /// Work on the unit is not paused.
    NotPaused,
    /// The unit is on hold (R4, R8).
    OnHold {
        /// Why.
        why: String,
        /// The deviation.
        deviation: Option<DeviationId>,
        /// Who ends it, and how.
        next: String,
    },
    /// There is no such open hold.
    NoSuchHold,
    /// A failing value must be typed again first (R4).
    RetypeFirst,
    /// No value waits to be typed again.
    NothingToRetype,
    /// There is no such reading.
    ReadingUnknown,
    /// Only the author corrects before the step ends (R3).
    NotAuthor {
        /// Who recorded it.
        author: PersonId,
    },
    /// The correction changes nothing.
    SameValue,
    /// The text is not a number.
    BadNumber {
        /// What is wrong with it.
        error: NumberError,
    },
    /// The unit does not fit.
    UnitMismatch {
        /// What is wrong with it.
        error: UnitMismatch,
    },
    /// The scan names something else.
    ScanMismatch {
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A text is missing.
    TextMissing {
        /// What it is about.
        what: &'static str,
    },
    /// A text is too long.
    TextTooLong {
        /// What it is about.
        what: &'static str,
        /// The most allowed.
        most: usize,
    },
    /// A text has characters that cannot be kept or name nothing.
    TextUnreadable {
        /// What it is about.
        what: &'static str,
    },
    /// The component is built in already.
    ComponentTwice {
        /// What it is identified by.
        identity: String,
    },
    /// The wait is not over (R11).
    WaitTooShort {
        /// In seconds.
        seconds: i64,
    },
    /// The wait took too long (R11).
    WaitTooLong {
        /// In seconds.
        seconds: i64,
    },
    /// The wait cannot be proven (R11).
    WaitUnproven,
    /// The wait was begun.
    WaitRunning {
        /// Whether pieces were to be split off meanwhile.
        splits: bool,
    },
    /// The definition has no such revision.
    RevisionUnknown {
        /// What it is about.
        what: String,
        /// The revision.
        revision: RevisionId,
    },
    /// No revision is in effect here (R1).
    InstructionNotReleased {
        /// The instruction.
        instruction: InstructionId,
    },
    /// No specification is in effect here (R1).
    SpecificationNotReleased {
        /// The part.
        part: String,
    },
    /// A picture or text of the definition is not here (R1).
    BlobMissing {
        /// What it is about.
        what: String,
    },
    /// The revision is released.
    AlreadyReleased {
        /// What it is about.
        what: String,
        /// The revision.
        revision: RevisionId,
    },
    /// A released revision never changes (R1).
    ReleasedContentChanged {
        /// What it is about.
        what: String,
        /// The revision.
        revision: RevisionId,
    },
    /// The site does not say who approves.
    NoApprovalPolicy,
    /// Instruction and specification do not belong together (R1).
    SpecificationMismatch {
        /// The instruction.
        instruction: InstructionId,
        /// The revision.
        revision: RevisionId,
    },
    /// The instruction makes another part (R1).
    InstructionForOtherPart {
        /// The instruction.
        instruction: InstructionId,
        /// The part of the order.
        part: PartId,
    },
    /// The time zone is not in the IANA database.
    TimeZoneUnknown {
        /// Its name as given.
        zone: String,
    },
    /// The deviation is not known here.
    DeviationUnknown {
        /// The deviation.
        deviation: DeviationId,
    },
    /// The deviation has a disposition.
    DeviationDisposed {
        /// The deviation.
        deviation: DeviationId,
    },
    /// The deviation has no disposition.
    DeviationNotDisposed {
        /// The deviation.
        deviation: DeviationId,
    },
    /// The deviation is closed.
    DeviationClosed {
        /// The deviation.
        deviation: DeviationId,
    },
    /// Rework names no step that was done.
    ReworkStepUnknown {
        /// The step.
        step: StepId,
    },
    /// The station has no code to number deviations.
    DeviationNumberMissing,
    /// The fact is not up for review.
    NothingToReview {
        /// The fact.
        fact: Position,
    },
    /// A newer version wrote to the stream.
    NewerKind {
        /// The kind.
        kind: String,
    },
    /// The fact would be too large.
    FactTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The command is for another kind of stream.
    StreamMismatch,
    /// About revisions and specifications.
    Definition(definition::DefinitionReason),
    /// About the way through the operations.
    Route(route::RouteReason),
    /// About units taken through a step together.
    Set(set::SetReason),
    /// About readings.
    Reading(reading::ReadingReason),
    /// About signing, PINs, credentials and the limits of working offline (R5, R6).
    Signing(signing::SigningReason),
    /// About people's training, gauges, places and setups (R5, R10).
    Equipment(equipment::EquipmentReason),
    /// About components and the material that they come from.
    Component(component::ComponentReason),
    /// About deviations.
    Deviation(deviation::DeviationReason),
    /// About shifts: calendar, hand-over, calls for help, redlines.
    Shift(shift::ShiftReason),
    /// About inspection of lots.
    Inspection(inspection::InspectionReason),
    /// About recalls and the release to ship (R17).
    Ship(ship::ShipReason),
    /// About deviation permits.
    Permit(permit::PermitReason),
    /// About hand-off tickets.
    Ticket(ticket::TicketReason),
    /// About a code that was scanned.
    Scan(scan::ScanReason),
    /// Not built yet.
    NotBuilt {
        /// What it is about.
        what: String,
    },
}
