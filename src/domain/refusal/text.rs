//! What each reason of a refusal says, and what to do next: the text that operators read.

use crate::domain::ids::QualificationId;
use crate::domain::people::Role;

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
    pub fn what(&self) -> String {
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
            Self::NobodySignedIn => "Nobody is signed in.".to_owned(),
            Self::PersonUnknown { person } => format!("{person} is not known at this station."),
            Self::PersonRevoked { person } => format!("{person} was revoked."),
            Self::RoleMissing { person, action } => {
                format!("{person} has no role that may {}.", action.words())
            }
            Self::RolesMissing { person } => format!("{person} would be admitted without a role."),
            Self::LockedOut { person, seconds } => {
                format!("Sign-in of {person} is locked for {seconds} s after wrong PINs.")
            }
            Self::QualificationMissing { person, qualification } => {
                format!("{person} is not qualified for {qualification}.")
            }
            Self::QualificationEnded { person, qualification, until } => {
                format!("The qualification {qualification} of {person} ended on {until}.")
            }
            Self::SamePerson { person, step } => {
                format!("{person} performed step {step} and cannot verify or witness it.")
            }
            Self::SignRoleMissing { person, role } => {
                format!("{person} is not {}, as this signature asks.", role.word())
            }
            Self::RevokesSelf { person } => format!("{person} would revoke themselves."),
            Self::ApprovedAlready { person } => format!("{person} approved already."),
            Self::ApprovalRoleMissing { person, open } => {
                format!("{person} has none of the roles whose approval is open: {}.", words(open))
            }
            Self::PlaceUnbound => "This session is at no place.".to_owned(),
            Self::PlaceUnknown { place } => {
                format!("The place {place} is not known at this station.")
            }
            Self::WrongPlace { place, work_center } => format!(
                "{place} does not belong to work center {work_center}, where this operation is done."
            ),
            Self::OrderUnknown { order } => {
                format!("The order {order} is not known at this station.")
            }
            Self::OrderExists { order } => format!("The order {order} exists already."),
            Self::OrderClosed { order } => format!("The order {order} is closed."),
            Self::UnitNotOnOrder { order, unit } => {
                format!("The unit {unit} is not on order {order}.")
            }
            Self::UnitCount { found, most } => {
                format!("An order has 1 to {most} units, this one {found}.")
            }
            Self::UnitTwice { unit } => format!("The unit {unit} is listed twice."),
            Self::LotEmpty => "A lot has at least one piece.".to_owned(),
            Self::RouteNotAscending => {
                "A route has at least one operation, with ascending numbers.".to_owned()
            }
            Self::TravelerStartedAlready => "This unit was started already.".to_owned(),
            Self::TravelerNotStarted => "This unit was not started.".to_owned(),
            Self::TravelerEnded { how } => format!("This unit has ended: {how}."),
            Self::OperationUnknown { operation } => {
                format!("The route has no operation {operation}.")
            }
            Self::StepUnknown { step } => format!("The instruction has no step {step}."),
            Self::AskUnknown { ask, sample } => {
                format!("The step has no ask {ask} with sample {sample}.")
            }
            Self::AskMismatch { wanted } => format!("This asks for {wanted}."),
            Self::UpstreamOpen { operation, name, at } => {
                format!("{operation} {name} is open at {at}.")
            }
            Self::StepOutOfOrder { step, current } => {
                format!("Step {step} is not next; {current} is.")
            }
            Self::StepDone { step } => format!("Step {step} is done."),
            Self::CheckSaysNo { what, .. } => format!("\"{what}\" was answered with no."),
            Self::AlreadyRecorded { ask, sample } => {
                format!("Ask {ask}, sample {sample} is recorded already.")
            }
            Self::Paused { reason } => format!("This unit is paused: {reason}."),
            Self::NotPaused => "This unit is not paused.".to_owned(),
            Self::OnHold { why, .. } => format!("This unit is on hold: {why}."),
            Self::NoSuchHold => "There is no such open hold.".to_owned(),
            Self::RetypeFirst => "A failing value waits to be typed again.".to_owned(),
            Self::NothingToRetype => "No value waits to be typed again.".to_owned(),
            Self::ReadingUnknown => "There is no such record on this unit.".to_owned(),
            Self::NotAuthor { author } => format!("This value was recorded by {author}."),
            Self::SameValue => "The value is the same.".to_owned(),
            Self::BadNumber { error } => format!("{}.", sentence(&error.to_string())),
            Self::UnitMismatch { error } => format!("{error}."),
            Self::ScanMismatch { expected, found } => {
                format!("The scan is {found}, expected {expected}.")
            }
            Self::TextMissing { what } => format!("{} is missing.", sentence(what)),
            Self::TextTooLong { what, most } => {
                format!("{} is too long: at most {most} bytes.", sentence(what))
            }
            Self::TextUnreadable { what } => {
                format!("{} has characters that cannot be kept.", sentence(what))
            }
            Self::ComponentTwice { identity } => {
                format!("{identity} is built into this unit already.")
            }
            Self::WaitTooShort { seconds } => format!("The wait is not over: {seconds} s to go."),
            Self::WaitTooLong { seconds } => format!("The wait took {seconds} s too long."),
            Self::WaitUnproven => {
                "How long it took cannot be proven after a restart without a server clock."
                    .to_owned()
            }
            Self::WaitRunning { .. } => "The wait is running already.".to_owned(),
            Self::RevisionUnknown { what, revision } => {
                format!("{what} has no revision {revision} here.")
            }
            Self::InstructionNotReleased { instruction } => {
                format!("No released revision of {instruction} is in effect here.")
            }
            Self::SpecificationNotReleased { part } => {
                format!("No released specification of {part} is in effect here.")
            }
            Self::BlobMissing { what } => format!("A part of {what} is not at this station yet."),
            Self::AlreadyReleased { what, revision } => {
                format!("{what} revision {revision} is released.")
            }
            Self::ReleasedContentChanged { what, revision } => {
                format!("{what} revision {revision} is released with other content.")
            }
            Self::NoApprovalPolicy => {
                "The site's policy does not say who approves a definition.".to_owned()
            }
            Self::SpecificationMismatch { instruction, revision } => format!(
                "{instruction} asks for specification revision {revision}, which is not the one in effect."
            ),
            Self::InstructionForOtherPart { instruction, part } => {
                format!("{instruction} does not make {part}.")
            }
            Self::TimeZoneUnknown { zone } => format!("There is no time zone {zone:?}."),
            Self::DeviationUnknown { deviation } => {
                format!("The deviation {deviation} is not known at this station.")
            }
            Self::DeviationDisposed { deviation } => {
                format!("The deviation {deviation} has a disposition already.")
            }
            Self::DeviationNotDisposed { deviation } => {
                format!("The deviation {deviation} has no disposition.")
            }
            Self::DeviationClosed { deviation } => format!("The deviation {deviation} is closed."),
            Self::ReworkStepUnknown { step } => {
                format!(
                    "Rework cannot go back to {step}: it is no step of that operation up to the deviation."
                )
            }
            Self::DeviationNumberMissing => {
                "This station has no code to number deviations with.".to_owned()
            }
            Self::NothingToReview { fact } => format!("The fact {fact} is not up for review."),
            Self::NewerKind { kind } => format!("A newer version of gemba wrote {kind} here."),
            Self::FactTooLarge { bytes } => {
                format!("This is too large for one record ({bytes} bytes).")
            }
            Self::StreamMismatch => "The command does not fit what it is addressed to.".to_owned(),
            Self::NotBuilt { what } => format!("This version cannot do it yet: {what}."),
        }
    }

    /// What to do next.
    #[expect(
        clippy::too_many_lines,
        clippy::match_same_arms,
        reason = "one table, a line a reason"
    )]
    pub fn next(&self) -> String {
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
            Self::NobodySignedIn => "sign in with badge and PIN".to_owned(),
            Self::PersonUnknown { .. } => {
                "ask an administrator to admit the person, then sync".to_owned()
            }
            Self::PersonRevoked { .. } => "a person who is admitted takes over".to_owned(),
            Self::RoleMissing { action, .. } => format!("call one of: {}", words(action.roles())),
            Self::RolesMissing { .. } => "name at least one role".to_owned(),
            Self::LockedOut { .. } => "wait, or ask an administrator to reset the PIN".to_owned(),
            Self::QualificationMissing { qualification, .. } => trained(qualification, "grants"),
            Self::QualificationEnded { qualification, .. } => trained(qualification, "renews"),
            Self::SamePerson { .. } => "another person signs".to_owned(),
            Self::SignRoleMissing { .. } => "a person with that role signs".to_owned(),
            Self::ApprovedAlready { .. } => "another person approves".to_owned(),
            Self::ApprovalRoleMissing { .. } => "a person with an open role approves".to_owned(),
            Self::PlaceUnbound => "scan the label of the place".to_owned(),
            Self::PlaceUnknown { .. } => "scan the label of a known place".to_owned(),
            Self::WrongPlace { work_center, .. } => {
                format!("work on it at a place of {work_center}")
            }
            Self::OrderUnknown { .. } => "check the number, or sync".to_owned(),
            Self::OrderExists { .. } => "choose another number".to_owned(),
            Self::OrderClosed { order } => format!(
                "a planner or supervisor opens it again (gemba order reopen {order}) where there is \
                 more to do"
            ),
            Self::UnitNotOnOrder { .. } => "check the label".to_owned(),
            Self::UnitCount { .. } => "split it, or run it as a lot".to_owned(),
            Self::UnitTwice { .. } => "list each unit once".to_owned(),
            Self::RouteNotAscending => "mend the route".to_owned(),
            Self::LotEmpty => "give its quantity".to_owned(),
            Self::TravelerStartedAlready => "open it and go on".to_owned(),
            Self::TravelerNotStarted => "start it from the queue".to_owned(),
            Self::TravelerEnded { .. } => "take the next unit".to_owned(),
            Self::OperationUnknown { .. } => "check the number".to_owned(),
            Self::StepUnknown { .. } => "check the step".to_owned(),
            Self::AskUnknown { .. } => "check the number".to_owned(),
            Self::AskMismatch { wanted } => format!("enter {wanted}"),
            Self::UpstreamOpen { .. } => {
                "finish it, have it accepted, or split off the pieces of a lot that are ready"
                    .to_owned()
            }
            Self::StepOutOfOrder { current, .. } => format!("do {current} first"),
            Self::StepDone { .. } => "raise a deviation if it must be done again".to_owned(),
            Self::CheckSaysNo { .. } => {
                "put it right and answer again, or raise a deviation".to_owned()
            }
            Self::AlreadyRecorded { .. } => "correct it with a reason instead".to_owned(),
            Self::Paused { .. } => "resume it".to_owned(),
            Self::NotPaused => "go on".to_owned(),
            Self::OnHold { next, .. } => next.clone(),
            Self::NoSuchHold => "look at the unit again".to_owned(),
            Self::RetypeFirst => "type what the gauge shows now".to_owned(),
            Self::NothingToRetype => "go on".to_owned(),
            Self::ReadingUnknown => "look at the unit again".to_owned(),
            Self::NotAuthor { .. } => {
                "its author corrects it; if it waits to be typed again, the same value opens the \
                 deviation"
                    .to_owned()
            }
            Self::SameValue => "type the right value, or go back".to_owned(),
            Self::BadNumber { .. } => "type the value again".to_owned(),
            Self::UnitMismatch { .. } => "use a gauge that shows the right unit".to_owned(),
            Self::ScanMismatch { .. } => "scan the right label".to_owned(),
            Self::TextMissing { what } => format!("type {what}"),
            Self::TextTooLong { .. } => "shorten it".to_owned(),
            Self::TextUnreadable { .. } => "scan or type it again".to_owned(),
            Self::ComponentTwice { .. } => "scan another one".to_owned(),
            Self::RevokesSelf { .. } => "another administrator does it".to_owned(),
            Self::WaitTooShort { .. } => "wait".to_owned(),
            Self::WaitTooLong { .. } => "raise a deviation".to_owned(),
            Self::WaitUnproven => "a supervisor accepts the wait with a reason".to_owned(),
            Self::WaitRunning { splits: false } => "wait".to_owned(),
            Self::WaitRunning { splits: true } => "finish the step, then split".to_owned(),
            Self::RevisionUnknown { .. } => "submit it first, or sync".to_owned(),
            Self::InstructionNotReleased { .. } => {
                "ask engineering to release it, then sync".to_owned()
            }
            Self::SpecificationNotReleased { .. } => {
                "ask engineering to release it, then sync".to_owned()
            }
            Self::BlobMissing { .. } => "sync".to_owned(),
            Self::AlreadyReleased { .. } => "nothing to do".to_owned(),
            Self::ReleasedContentChanged { .. } => "give the change a new revision".to_owned(),
            Self::NoApprovalPolicy => "ask an administrator to set it".to_owned(),
            Self::SpecificationMismatch { .. } => "ask engineering".to_owned(),
            Self::InstructionForOtherPart { .. } => "ask the planner to mend the route".to_owned(),
            Self::TimeZoneUnknown { .. } => "name one such as Europe/Berlin".to_owned(),
            Self::DeviationUnknown { .. } => "check the number, or sync".to_owned(),
            Self::DeviationDisposed { .. } => "raise another deviation on the unit".to_owned(),
            Self::DeviationNotDisposed { .. } => "dispose it first".to_owned(),
            Self::DeviationClosed { .. } => "nothing to do".to_owned(),
            Self::ReworkStepUnknown { .. } => {
                "name a step of the operation where it was found, up to there".to_owned()
            }
            Self::DeviationNumberMissing => "enroll the station".to_owned(),
            Self::NothingToReview { .. } => "look at the list again".to_owned(),
            Self::NewerKind { .. } => "update this station".to_owned(),
            Self::FactTooLarge { .. } => "split it".to_owned(),
            Self::StreamMismatch => "report this to engineering".to_owned(),
            Self::NotBuilt { .. } => "do it on paper and tell engineering".to_owned(),
        }
    }
}

fn words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ")
}

fn trained(qualification: &QualificationId, how: &str) -> String {
    format!(
        "take another unit, or somebody qualified takes over (scan their badge); an administrator \
         {how} {qualification}: gemba person qualify"
    )
}

/// With a capital letter, as sentences begin.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
