//! What an act takes, so that whoever can never do it is told when they choose it and not after a
//! form. Who may do what stands in the domain's table; here is only which act is which action.
//!
//! What is signed by badge is not here: whoever may sign comes to the terminal of somebody else.

use crate::domain::people::Action;
use crate::domain::refusal::{Reason, Refusal};

use super::keys::Act;
use super::message::Person;
use super::world::World;

/// The actions of which one is needed; none where the act takes no role, or which one depends on
/// more than the act.
#[expect(clippy::too_many_lines, reason = "one table, a line an act")]
pub const fn takes(act: Act) -> &'static [Action] {
    match act {
        Act::Contain | Act::Contained => &[Action::RaiseDeviation],
        Act::CloseDeviation => &[Action::CloseDeviation],
        Act::AcceptWait | Act::AcceptUpstream => &[Action::Overrule],
        Act::Split => &[Action::SplitLot],
        Act::Move => &[Action::MoveRevision],
        Act::Keep => &[Action::KeepRevision, Action::MoveRevision],
        Act::HoldUnit => &[Action::KeepRevision],
        Act::GaugeFailed => &[Action::FailGauge],
        Act::HoldAll => &[Action::HoldForGauge],
        Act::ReleaseAll => &[Action::ReleaseHold],
        Act::HandOver => &[Action::HandOver],
        Act::Redline => &[Action::ProposeRedline],
        Act::Sort | Act::SortNow => &[Action::Perform],
        Act::Withdraw => &[Action::Permit],
        Act::OpenLot => &[Action::InspectLot],
        Act::TakeBack => &[Action::ReleaseProduct],
        Act::TakeOut => &[Action::RemoveComponent],
        Act::SetupDone | Act::ToolChanged | Act::MaterialChanged => &[Action::SetUp],
        Act::SignIn
        | Act::Open
        | Act::Begin
        | Act::BeginWait
        | Act::Record
        | Act::Complete
        | Act::Report
        | Act::Sign
        | Act::NextUnit
        | Act::Choose
        | Act::Save
        | Act::Next
        | Act::Yes
        | Act::No
        | Act::Good
        | Act::Bad
        | Act::Deviation
        | Act::SkipStep
        | Act::Gauge
        | Act::Correct
        | Act::Remeasure
        | Act::MeasureAnyway
        | Act::Picture
        | Act::Steps
        | Act::Pause
        | Act::Resume
        | Act::Dispose
        | Act::DisposeAnew
        | Act::Approve
        | Act::Follow
        | Act::SyncNow
        | Act::Turn
        | Act::ChangePerson
        | Act::CallHelp
        | Act::Calls
        | Act::Handovers
        | Act::Redlines
        | Act::Permits
        | Act::ProposePermit
        | Act::Mark
        | Act::Together
        | Act::OpenUnit
        | Act::Waits
        | Act::Board
        | Act::PlacesHere
        | Act::WhatWaits
        | Act::Wall
        | Act::Stations
        | Act::Characteristics
        | Act::Thread
        | Act::Apart
        | Act::Deviations
        | Act::Suspects
        | Act::Inspections
        | Act::Ships
        | Act::ShipUnit
        | Act::HandOff
        | Act::TakeTicket
        | Act::Trace
        | Act::Scanner
        | Act::Palette
        | Act::Tour
        | Act::Look
        | Act::Language
        | Act::ReadIn
        | Act::Components
        | Act::DecideLot
        | Act::Series
        | Act::Grid
        | Act::FirstArticle
        | Act::EnterGoes
        | Act::AskWhen
        | Act::NextFailing
        | Act::Comment
        | Act::Instructions
        | Act::Gauges
        | Act::Places
        | Act::Sync
        | Act::OtherStep
        | Act::Compare
        | Act::Difference
        | Act::Read
        | Act::ReleaseHold
        | Act::Help
        | Act::Menu
        | Act::Back
        | Act::Leave
        | Act::SignOut
        | Act::ChangePin
        | Act::Quit => &[],
    }
}

/// Why the person who is signed in can do none of these actions, in the words of the refusal that
/// would be met; nothing where they can do one, or where nobody is signed in.
pub fn refused(actions: &[Action], world: &World) -> Option<Refusal> {
    let (person, first) = (world.person.as_ref()?, *actions.first()?);
    if actions.iter().any(|action| may(person, *action)) {
        return None;
    }
    let who = person.person.clone();
    let mut refusal = Refusal::one(Reason::RoleMissing { person: who.clone(), action: first });
    refusal.names.insert(who, format!("{} ({})", person.name, world.badge));
    Some(refusal)
}

fn may(person: &Person, action: Action) -> bool {
    action.roles().iter().any(|role| person.roles.contains(role))
}
