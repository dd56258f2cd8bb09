//! What each reason of a refusal says, and what to do next: the text that operators read.

use crate::domain::ids::QualificationId;
use crate::domain::people::Role;
use crate::domain::understood::{BECOMES, HELD, HOLD_ENDS, MADE_BY, understood};
use crate::domain::words::words;
use crate::domain::words::{Value, Words};

use super::Reason;

impl Reason {
    /// The code, stable for scripts and documents.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Definition(reason) => reason.code(),
            Self::Route(reason) => reason.code(),
            Self::Set(reason) => reason.code(),
            Self::Reading(reason) => reason.code(),
            Self::Signing(reason) => reason.code(),
            Self::Equipment(reason) => reason.code(),
            Self::Component(reason) => reason.code(),
            Self::Ship(reason) => reason.code(),
            Self::Ticket(reason) => reason.code(),
            Self::Scan(reason) => reason.code(),
            Self::Shift(reason) => reason.code(),
            Self::Inspection(reason) => reason.code(),
            Self::Permit(reason) => reason.code(),
            Self::Deviation(reason) => reason.code(),
            Self::NobodySignedIn => "P01",
            Self::PersonUnknown { .. } => "P02",
            Self::PersonRevoked { .. } => "P03",
            Self::RoleMissing { .. } => "P04",
            Self::RolesMissing { .. } => "P05",
            Self::LockedOut { .. } => "P06",
            Self::QualificationMissing { .. } => "P07",
            Self::QualificationEnded { .. } => "P08",
            Self::SamePerson { .. } => "P09",
            Self::SignRoleMissing { .. } => "P10",
            Self::ApprovedAlready { .. } => "P11",
            Self::ApprovalRoleMissing { .. } => "P12",
            Self::RevokesSelf { .. } => "P13",
            Self::PlaceUnbound => "L01",
            Self::PlaceUnknown { .. } => "L02",
            Self::WrongPlace { .. } => "L03",
            Self::OrderUnknown { .. } => "O01",
            Self::OrderExists { .. } => "O02",
            Self::OrderClosed { .. } => "O03",
            Self::UnitNotOnOrder { .. } => "O04",
            Self::UnitCount { .. } => "O05",
            Self::UnitTwice { .. } => "O06",
            Self::RouteNotAscending => "O07",
            Self::LotEmpty => "O08",
            Self::TravelerStartedAlready => "T01",
            Self::TravelerNotStarted => "T02",
            Self::TravelerEnded { .. } => "T03",
            Self::OperationUnknown { .. } => "T05",
            Self::StepUnknown { .. } => "T06",
            Self::AskUnknown { .. } => "T07",
            Self::AskMismatch { .. } => "T08",
            Self::UpstreamOpen { .. } => "T09",
            Self::StepOutOfOrder { .. } => "T10",
            Self::StepDone { .. } => "T11",
            Self::CheckSaysNo { .. } => "T13",
            Self::AlreadyRecorded { .. } => "T14",
            Self::Paused { .. } => "T15",
            Self::NotPaused => "T16",
            Self::OnHold { .. } => "H01",
            Self::NoSuchHold => "H02",
            Self::RetypeFirst => "H03",
            Self::NothingToRetype => "H04",
            Self::ReadingUnknown => "R01",
            Self::NotAuthor { .. } => "R02",
            Self::SameValue => "R04",
            Self::BadNumber { .. } => "R05",
            Self::UnitMismatch { .. } => "R06",
            Self::ScanMismatch { .. } => "R07",
            Self::TextMissing { .. } => "R08",
            Self::TextTooLong { .. } => "R09",
            Self::ComponentTwice { .. } => "R10",
            Self::TextUnreadable { .. } => "R11",
            Self::WaitTooShort { .. } => "W01",
            Self::WaitTooLong { .. } => "W02",
            Self::WaitUnproven => "W03",
            Self::WaitRunning { .. } => "W04",
            Self::RevisionUnknown { .. } => "D01",
            Self::InstructionNotReleased { .. } => "D02",
            Self::SpecificationNotReleased { .. } => "D03",
            Self::BlobMissing { .. } => "D04",
            Self::AlreadyReleased { .. } => "D05",
            Self::ReleasedContentChanged { .. } => "D06",
            Self::NoApprovalPolicy => "D07",
            Self::SpecificationMismatch { .. } => "D08",
            Self::InstructionForOtherPart { .. } => "D09",
            Self::TimeZoneUnknown { .. } => "L04",
            Self::DeviationUnknown { .. } => "N01",
            Self::DeviationDisposed { .. } => "N02",
            Self::DeviationNotDisposed { .. } => "N03",
            Self::DeviationClosed { .. } => "N04",
            Self::ReworkStepUnknown { .. } => "N05",
            Self::DeviationNumberMissing => "N06",
            Self::NothingToReview { .. } => "S01",
            Self::NewerKind { .. } => "S02",
            Self::FactTooLarge { .. } => "S03",
            Self::StreamMismatch => "S04",
            Self::NotBuilt { .. } => "X01",
        }
    }

    /// What is in the way, as a sentence.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::Definition(reason) => reason.what(),
            Self::Route(reason) => reason.what(),
            Self::Set(reason) => reason.what(),
            Self::Reading(reason) => reason.what(),
            Self::Signing(reason) => reason.what(),
            Self::Equipment(reason) => reason.what(),
            Self::Component(reason) => reason.what(),
            Self::Ship(reason) => reason.what(),
            Self::Ticket(reason) => reason.what(),
            Self::Scan(reason) => reason.what(),
            Self::Shift(reason) => reason.what(),
            Self::Inspection(reason) => reason.what(),
            Self::Permit(reason) => reason.what(),
            Self::Deviation(reason) => reason.what(),
            Self::NobodySignedIn => words!("Nobody is signed in."),
            Self::PersonUnknown { person } => {
                words!("{person} is not known at this station.", person)
            }
            Self::PersonRevoked { person } => words!("{person} was revoked.", person),
            Self::RoleMissing { person, action } => {
                words!("{person} has no role that may {action}.", person, action => action.words())
            }
            Self::RolesMissing { person } => {
                words!("{person} would be admitted without a role.", person)
            }
            Self::LockedOut { person, seconds } => {
                words!(
                    "Sign-in of {person} is locked for {seconds} s after wrong PINs.",
                    person,
                    seconds
                )
            }
            Self::QualificationMissing { person, qualification } => {
                words!("{person} is not qualified for {qualification}.", person, qualification)
            }
            Self::QualificationEnded { person, qualification, until } => {
                words!(
                    "The qualification {qualification} of {person} ended on {until}.",
                    qualification,
                    person,
                    until
                )
            }
            Self::SamePerson { person, step } => {
                words!(
                    "{person} performed step {step} and cannot verify or witness it.",
                    person,
                    step
                )
            }
            Self::SignRoleMissing { person, role } => {
                words!(
                    "{person} is not {role}, as this signature asks.",
                    person,
                    role => role.word()
                )
            }
            Self::RevokesSelf { person } => words!("{person} would revoke themselves.", person),
            Self::ApprovedAlready { person } => words!("{person} approved already.", person),
            Self::ApprovalRoleMissing { person, open } => {
                words!(
                    "{person} has none of the roles whose approval is open: {roles}.",
                    person,
                    roles => listed(open)
                )
            }
            Self::PlaceUnbound => words!("This session is at no place."),
            Self::PlaceUnknown { place } => {
                words!("The place {place} is not known at this station.", place)
            }
            Self::WrongPlace { place, work_center } => words!(
                "{place} does not belong to work center {work_center}, where this operation is done.",
                place,
                work_center
            ),
            Self::OrderUnknown { order } => {
                words!("The order {order} is not known at this station.", order)
            }
            Self::OrderExists { order } => words!("The order {order} exists already.", order),
            Self::OrderClosed { order } => words!("The order {order} is closed.", order),
            Self::UnitNotOnOrder { order, unit } => {
                words!("The unit {unit} is not on order {order}.", unit, order)
            }
            Self::UnitCount { found, most } => {
                words!("An order has 1 to {most} units, this one {found}.", most, found)
            }
            Self::UnitTwice { unit } => words!("The unit {unit} is listed twice.", unit),
            Self::LotEmpty => words!("A lot has at least one piece."),
            Self::RouteNotAscending => {
                words!("A route has at least one operation, with ascending numbers.")
            }
            Self::TravelerStartedAlready => words!("This unit was started already."),
            Self::TravelerNotStarted => words!("This unit was not started."),
            Self::TravelerEnded { how } => {
                words!("This unit has ended: {how}.", how => understood(how, BECOMES))
            }
            Self::OperationUnknown { operation } => {
                words!("The route has no operation {operation}.", operation)
            }
            Self::StepUnknown { step } => words!("The instruction has no step {step}.", step),
            Self::AskUnknown { ask, sample } => {
                words!("The step has no ask {ask} with sample {sample}.", ask, sample)
            }
            Self::AskMismatch { wanted } => words!("This asks for {wanted}.", wanted => *wanted),
            Self::UpstreamOpen { operation, name, at } => {
                words!("{operation} {name} is open at {at}.", operation, name, at)
            }
            Self::StepOutOfOrder { step, current } => {
                words!("Step {step} is not next; {current} is.", step, current)
            }
            Self::StepDone { step } => words!("Step {step} is done.", step),
            Self::CheckSaysNo { what, .. } => words!("\"{what}\" was answered with no.", what),
            Self::AlreadyRecorded { ask, sample } => {
                words!("Ask {ask}, sample {sample} is recorded already.", ask, sample)
            }
            Self::Paused { reason } => words!("This unit is paused: {reason}.", reason),
            Self::NotPaused => words!("This unit is not paused."),
            Self::OnHold { why, .. } => {
                words!("This unit is on hold: {why}.", why => understood(why, HELD))
            }
            Self::NoSuchHold => words!("There is no such open hold."),
            Self::RetypeFirst => words!("A failing value waits to be typed again."),
            Self::NothingToRetype => words!("No value waits to be typed again."),
            Self::ReadingUnknown => words!("There is no such record on this unit."),
            Self::NotAuthor { author } => words!("This value was recorded by {author}.", author),
            Self::SameValue => words!("The value is the same."),
            Self::BadNumber { error } => begun("{what}.", error.words()),
            Self::UnitMismatch { error } => words!("{error}.", error => error.words()),
            Self::ScanMismatch { expected, found } => {
                words!("The scan is {found}, expected {expected}.", found, expected)
            }
            Self::TextMissing { what } => begun("{what} is missing.", *what),
            Self::TextTooLong { what, most } => {
                begun("{what} is too long: at most {most} bytes.", *what).and("most", most)
            }
            Self::TextUnreadable { what } => {
                begun("{what} has characters that cannot be kept.", *what)
            }
            Self::ComponentTwice { identity } => {
                words!("{identity} is built into this unit already.", identity)
            }
            Self::WaitTooShort { seconds } => {
                words!("The wait is not over: {seconds} s to go.", seconds)
            }
            Self::WaitTooLong { seconds } => words!("The wait took {seconds} s too long.", seconds),
            Self::WaitUnproven => {
                words!("How long it took cannot be proven after a restart without a server clock.")
            }
            Self::WaitRunning { .. } => words!("The wait is running already."),
            Self::RevisionUnknown { what, revision } => {
                words!("{what} has no revision {revision} here.", what, revision)
            }
            Self::InstructionNotReleased { instruction } => {
                words!("No released revision of {instruction} is in effect here.", instruction)
            }
            Self::SpecificationNotReleased { part } => {
                words!("No released specification of {part} is in effect here.", part)
            }
            Self::BlobMissing { what } => {
                words!(
                    "A part of {what} is not at this station yet.",
                    what => understood(what, MADE_BY)
                )
            }
            Self::AlreadyReleased { what, revision } => {
                words!("{what} revision {revision} is released.", what, revision)
            }
            Self::ReleasedContentChanged { what, revision } => {
                words!("{what} revision {revision} is released with other content.", what, revision)
            }
            Self::NoApprovalPolicy => {
                words!("The site's policy does not say who approves a definition.")
            }
            Self::SpecificationMismatch { instruction, revision } => words!(
                "{instruction} asks for specification revision {revision}, which is not the one in effect.",
                instruction,
                revision
            ),
            Self::InstructionForOtherPart { instruction, part } => {
                words!("{instruction} does not make {part}.", instruction, part)
            }
            Self::TimeZoneUnknown { zone } => {
                words!("There is no time zone {zone}.", zone = format!("{zone:?}"))
            }
            Self::DeviationUnknown { deviation } => {
                words!("The deviation {deviation} is not known at this station.", deviation)
            }
            Self::DeviationDisposed { deviation } => {
                words!("The deviation {deviation} has a disposition already.", deviation)
            }
            Self::DeviationNotDisposed { deviation } => {
                words!("The deviation {deviation} has no disposition.", deviation)
            }
            Self::DeviationClosed { deviation } => {
                words!("The deviation {deviation} is closed.", deviation)
            }
            Self::ReworkStepUnknown { step } => {
                words!(
                    "Rework cannot go back to {step}: it is no step of that operation up to the deviation.",
                    step
                )
            }
            Self::DeviationNumberMissing => {
                words!("This station has no code to number deviations with.")
            }
            Self::NothingToReview { fact } => words!("The fact {fact} is not up for review.", fact),
            Self::NewerKind { kind } => words!("A newer version of gemba wrote {kind} here.", kind),
            Self::FactTooLarge { bytes } => {
                words!("This is too large for one record ({bytes} bytes).", bytes)
            }
            Self::StreamMismatch => words!("The command does not fit what it is addressed to."),
            Self::NotBuilt { what } => words!("This version cannot do it yet: {what}.", what),
        }
    }

    /// What to do next.
    #[expect(
        clippy::too_many_lines,
        clippy::match_same_arms,
        reason = "one table, a line a reason"
    )]
    pub fn next(&self) -> Words {
        match self {
            Self::Definition(reason) => reason.next(),
            Self::Route(reason) => reason.next(),
            Self::Set(reason) => reason.next(),
            Self::Reading(reason) => reason.next(),
            Self::Signing(reason) => reason.next(),
            Self::Equipment(reason) => reason.next(),
            Self::Component(reason) => reason.next(),
            Self::Ship(reason) => reason.next(),
            Self::Ticket(reason) => reason.next(),
            Self::Scan(reason) => reason.next(),
            Self::Shift(reason) => reason.next(),
            Self::Inspection(reason) => reason.next(),
            Self::Permit(reason) => reason.next(),
            Self::Deviation(reason) => reason.next(),
            Self::NobodySignedIn => words!("sign in with badge and PIN"),
            Self::PersonUnknown { .. } => {
                words!("ask an administrator to admit the person, then sync")
            }
            Self::PersonRevoked { .. } => words!("a person who is admitted takes over"),
            Self::RoleMissing { action, .. } => {
                words!("call one of: {roles}", roles => listed(action.roles()))
            }
            Self::RolesMissing { .. } => words!("name at least one role"),
            Self::LockedOut { .. } => words!("wait, or ask an administrator to reset the PIN"),
            Self::QualificationMissing { qualification, .. } => trained_anew(qualification),
            Self::QualificationEnded { qualification, .. } => trained_again(qualification),
            Self::SamePerson { .. } => words!("another person signs"),
            Self::SignRoleMissing { .. } => words!("a person with that role signs"),
            Self::ApprovedAlready { .. } => words!("another person approves"),
            Self::ApprovalRoleMissing { .. } => words!("a person with an open role approves"),
            Self::PlaceUnbound => words!("scan the label of the place"),
            Self::PlaceUnknown { .. } => words!("scan the label of a known place"),
            Self::WrongPlace { work_center, .. } => {
                words!("work on it at a place of {work_center}", work_center)
            }
            Self::OrderUnknown { .. } => words!("check the number, or sync"),
            Self::OrderExists { .. } => words!("choose another number"),
            Self::OrderClosed { order } => words!(
                "a planner or supervisor opens it again (gemba order reopen {order}) where there is \
                 more to do",
                order
            ),
            Self::UnitNotOnOrder { .. } => words!("check the label"),
            Self::UnitCount { .. } => words!("split it, or run it as a lot"),
            Self::UnitTwice { .. } => words!("list each unit once"),
            Self::RouteNotAscending => words!("mend the route"),
            Self::LotEmpty => words!("give its quantity"),
            Self::TravelerStartedAlready => words!("open it and go on"),
            Self::TravelerNotStarted => words!("start it from the queue"),
            Self::TravelerEnded { .. } => words!("take the next unit"),
            Self::OperationUnknown { .. } => words!("check the number"),
            Self::StepUnknown { .. } => words!("check the step"),
            Self::AskUnknown { .. } => words!("check the number"),
            Self::AskMismatch { wanted } => words!("enter {wanted}", wanted => *wanted),
            Self::UpstreamOpen { .. } => {
                words!(
                    "finish it, have it accepted, or split off the pieces of a lot that are ready"
                )
            }
            Self::StepOutOfOrder { current, .. } => words!("do {current} first", current),
            Self::StepDone { .. } => words!("raise a deviation if it must be done again"),
            Self::CheckSaysNo { .. } => {
                words!("put it right and answer again, or raise a deviation")
            }
            Self::AlreadyRecorded { .. } => words!("correct it with a reason instead"),
            Self::Paused { .. } => words!("resume it"),
            Self::NotPaused => words!("go on"),
            Self::OnHold { next, .. } => understood(next, HOLD_ENDS),
            Self::NoSuchHold => words!("look at the unit again"),
            Self::RetypeFirst => words!("type what the gauge shows now"),
            Self::NothingToRetype => words!("go on"),
            Self::ReadingUnknown => words!("look at the unit again"),
            Self::NotAuthor { .. } => {
                words!(
                    "its author corrects it; if it waits to be typed again, the same value opens the \
                 deviation"
                )
            }
            Self::SameValue => words!("type the right value, or go back"),
            Self::BadNumber { .. } => words!("type the value again"),
            Self::UnitMismatch { .. } => words!("use a gauge that shows the right unit"),
            Self::ScanMismatch { .. } => words!("scan the right label"),
            Self::TextMissing { what } => words!("type {what}", what => *what),
            Self::TextTooLong { .. } => words!("shorten it"),
            Self::TextUnreadable { .. } => words!("scan or type it again"),
            Self::ComponentTwice { .. } => words!("scan another one"),
            Self::RevokesSelf { .. } => words!("another administrator does it"),
            Self::WaitTooShort { .. } => words!("next|wait"),
            Self::WaitTooLong { .. } => words!("raise a deviation"),
            Self::WaitUnproven => words!("a supervisor accepts the wait with a reason"),
            Self::WaitRunning { splits: false } => words!("next|wait"),
            Self::WaitRunning { splits: true } => words!("finish the step, then split"),
            Self::RevisionUnknown { .. } => words!("submit it first, or sync"),
            Self::InstructionNotReleased { .. } => {
                words!("ask engineering to release it, then sync")
            }
            Self::SpecificationNotReleased { .. } => {
                words!("ask engineering to release it, then sync")
            }
            Self::BlobMissing { .. } => words!("sync"),
            Self::AlreadyReleased { .. } => words!("nothing to do"),
            Self::ReleasedContentChanged { .. } => words!("give the change a new revision"),
            Self::NoApprovalPolicy => words!("ask an administrator to set it"),
            Self::SpecificationMismatch { .. } => words!("ask engineering"),
            Self::InstructionForOtherPart { .. } => words!("ask the planner to mend the route"),
            Self::TimeZoneUnknown { .. } => words!("name one such as Europe/Berlin"),
            Self::DeviationUnknown { .. } => words!("check the number, or sync"),
            Self::DeviationDisposed { .. } => words!("raise another deviation on the unit"),
            Self::DeviationNotDisposed { .. } => words!("dispose it first"),
            Self::DeviationClosed { .. } => words!("nothing to do"),
            Self::ReworkStepUnknown { .. } => {
                words!("name a step of the operation where it was found, up to there")
            }
            Self::DeviationNumberMissing => words!("enroll the station"),
            Self::NothingToReview { .. } => words!("look at the list again"),
            Self::NewerKind { .. } => words!("update this station"),
            Self::FactTooLarge { .. } => words!("split it"),
            Self::StreamMismatch => words!("report this to engineering"),
            Self::NotBuilt { .. } => words!("do it on paper and tell engineering"),
        }
    }
}

fn listed(roles: &[Role]) -> Words {
    Words::listed(roles.iter().map(|role| role.word().into()), "{these}, {one}")
}

fn trained_anew(qualification: &QualificationId) -> Words {
    words!(
        "take another unit, or somebody qualified takes over (scan their badge); an administrator \
         grants {qualification}: gemba person qualify",
        qualification
    )
}

fn trained_again(qualification: &QualificationId) -> Words {
    words!(
        "take another unit, or somebody qualified takes over (scan their badge); an administrator \
         renews {qualification}: gemba person qualify",
        qualification
    )
}

/// With what it is about at the beginning.
fn begun(sentence: &'static str, what: impl Into<Words>) -> Words {
    Words { sentence, values: vec![("what", Value::Begin(what.into()))] }
}
