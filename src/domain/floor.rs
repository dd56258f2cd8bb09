//! What is begun at a place and then goes its own way, under a number that this station gives: calls
//! for help, hand-overs, redlines, deviations of a process.

use super::context::Context;
use super::deviation::Raise;
use super::deviation_decide;
use super::handover::{self, HandoverContent};
use super::help::{self, HelpWanted};
use super::ids::{HandoverId, HelpId, InstructionId, PlaceId, RedlineId};
use super::kinds::FactBody;
use super::redline::{self, RedlineProposed};
use super::refusal::Refusal;
use super::stream::Subject;

/// What is asked for at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorCommand {
    /// Call for help.
    CallHelp(HelpWanted),
    /// Hand the shift over; what stands here is filled in.
    GiveHandover {
        /// What the next shift should know besides; may be blank.
        notes: String,
    },
    /// Propose a change of a step.
    ProposeRedline(RedlineProposed),
    /// Raise a deviation that was found on no unit.
    RaiseDeviation(Box<Raise>),
}

/// What must be known for what is begun at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorNeeds {
    /// The next number of a call.
    Call,
    /// The next number of a hand-over, and what stands at the station.
    Handover,
    /// The next number of a redline, and the instruction with its texts.
    Redline(InstructionId),
}

impl FloorCommand {
    /// What must be known to decide it.
    pub fn needs(&self) -> Option<FloorNeeds> {
        Some(match self {
            Self::CallHelp(_) => FloorNeeds::Call,
            Self::GiveHandover { .. } => FloorNeeds::Handover,
            Self::ProposeRedline(proposed) => FloorNeeds::Redline(proposed.instruction.clone()),
            Self::RaiseDeviation(_) => return None,
        })
    }
}

/// The numbers that come next, speakable and unique without a network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Of a call for help: `HC-ASM2-0007`.
    pub help: Option<HelpId>,
    /// Of a hand-over: `HO-ASM2-0007`.
    pub handover: Option<HandoverId>,
    /// Of a redline: `RL-ASM2-0007`.
    pub redline: Option<RedlineId>,
}

impl Numbers {
    /// The next ones after so many of each, in the order of the fields.
    pub fn after(station: &str, letter: &str, (help, handover, redline): (u64, u64, u64)) -> Self {
        let number = |mark: &str, n: u64| format!("{mark}-{station}-{letter}{:04}", n + 1);
        Self {
            help: HelpId::parse(&number("HC", help)).ok(),
            handover: HandoverId::parse(&number("HO", handover)).ok(),
            redline: RedlineId::parse(&number("RL", redline)).ok(),
        }
    }
}

/// Decides what is asked for at a place.
pub fn decide(
    place: &PlaceId,
    command: FloorCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    match command {
        FloorCommand::CallHelp(wanted) => help::call(place, wanted, context),
        FloorCommand::GiveHandover { notes } => {
            let stands: HandoverContent = context.handover.clone().unwrap_or_default();
            handover::give(place, (notes, stands), context)
        }
        FloorCommand::ProposeRedline(proposed) => redline::propose(proposed, context),
        FloorCommand::RaiseDeviation(raise) => deviation_decide::raise(*raise, context),
    }
}
