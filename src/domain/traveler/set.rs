//! Sets: several units that one operator takes through one step together. A set has no stream of
//! its own: an act on it is one command for each of its units, performed as one act.

use crate::domain::hash::Hash;
use crate::domain::ids::GaugeId;
use crate::domain::refusal::set::SetReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::signature::Signer;
use crate::domain::stream::TravelerId;
use crate::domain::translation::LanguageCode;

use super::command::{Entry, StepAt, TravelerCommand};
use super::standing::Instructions;
use super::state::TravelerState;

/// The most units of one set: an oven load.
pub const SET_UNITS_MAX: usize = 50;

/// What is asked for on a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetCommand {
    /// Begin the work on each.
    Start,
    /// The wait begins now, for all.
    BeginWait {
        /// The step.
        at: StepAt,
        /// The ask's number.
        ask: u16,
    },
    /// Answer a check for all.
    Answer {
        /// The step.
        at: StepAt,
        /// The ask's number.
        ask: u16,
        /// The answer.
        yes: bool,
        /// What it is checked with, where the check names a class of gauge.
        gauge: Option<GaugeId>,
    },
    /// Finish the step on all.
    Complete {
        /// The step.
        at: StepAt,
        /// The released translation in which it was read; none where it was read as it is written.
        read_in: Option<LanguageCode>,
    },
    /// Accept a wait that cannot be proven, for all (R11).
    AcceptWait {
        /// The step.
        at: StepAt,
        /// Why.
        reason: String,
    },
    /// One signature that names every unit; the actor is the signer.
    Sign {
        /// The step.
        at: StepAt,
        /// The ask's number.
        ask: u16,
        /// How the signer is known.
        by: Signer,
    },
}

/// An act on a set: on every unit named, or on none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAct {
    /// The units.
    pub units: Vec<TravelerId>,
    /// What is asked for.
    pub command: SetCommand,
}

impl SetCommand {
    /// The step that is meant; none before the work begins.
    pub fn at(&self) -> Option<&StepAt> {
        match self {
            Self::Start => None,
            Self::BeginWait { at, .. }
            | Self::Answer { at, .. }
            | Self::Complete { at, .. }
            | Self::AcceptWait { at, .. }
            | Self::Sign { at, .. } => Some(at),
        }
    }

    /// The same for one unit.
    fn for_one(&self) -> TravelerCommand {
        let record = |at: &StepAt, ask: u16, entry| TravelerCommand::Record {
            at: at.clone(),
            ask,
            sample: 1,
            entry,
        };
        match self {
            Self::Start => TravelerCommand::Start,
            Self::BeginWait { at, ask } => record(at, *ask, Entry::BeginWait),
            Self::Answer { at, ask, yes, gauge: None } => record(at, *ask, Entry::Answer(*yes)),
            Self::Answer { at, ask, yes, gauge: Some(gauge) } => {
                record(at, *ask, Entry::AnswerWith { yes: *yes, gauge: gauge.clone() })
            }
            Self::Complete { at, read_in } => {
                TravelerCommand::CompleteStep { at: at.clone(), read_in: *read_in }
            }
            Self::AcceptWait { at, reason } => {
                TravelerCommand::AcceptWait { at: at.clone(), reason: reason.clone() }
            }
            Self::Sign { at, ask, by } => {
                TravelerCommand::Sign { at: at.clone(), ask: *ask, by: by.clone() }
            }
        }
    }
}

impl SetAct {
    /// The commands of its units, in the order in which they were named; how many they may be and
    /// that each is named once is checked here.
    pub fn commands(&self) -> Result<Vec<(TravelerId, TravelerCommand)>, Refusal> {
        countable(&self.units)?;
        Ok(self.units.iter().map(|unit| (unit.clone(), self.command.for_one())).collect())
    }

    /// One signature by whoever proved to be this, on the units, at the ask and over what was shown.
    #[must_use]
    pub fn signed_by(mut self, signer: &Signer) -> Self {
        if let SetCommand::Sign { by, .. } = &mut self.command {
            let shown = std::mem::take(&mut by.shown);
            *by = signer.clone().having_seen(shown);
        }
        self
    }

    /// The units that the facts name: every one of a set, and none where one unit is alone.
    pub fn named(&self) -> Vec<TravelerId> {
        if self.units.len() > 1 { self.units.clone() } else { Vec::new() }
    }
}

/// Refuses no unit, too many, or one that is named twice.
pub fn countable(units: &[TravelerId]) -> Result<(), Refusal> {
    let mut reasons: Vec<Reason> = Vec::new();
    if units.is_empty() {
        reasons.push(SetReason::Empty.into());
    }
    if units.len() > SET_UNITS_MAX {
        reasons.push(SetReason::TooMany { found: units.len(), most: SET_UNITS_MAX }.into());
    }
    for (n, unit) in units.iter().enumerate() {
        let twice: Reason = SetReason::UnitTwice { unit: unit.clone() }.into();
        if units[..n].contains(unit) && !reasons.contains(&twice) {
            reasons.push(twice);
        }
    }
    Refusal::unless_empty(reasons)
}

/// The reasons of one unit, each naming it: a refusal of a set lists those of all its units (R7).
pub fn of_unit(unit: &TravelerId, refusal: Refusal) -> Vec<Reason> {
    let named = |reason: Reason| {
        // A reason about the set names the unit itself.
        if matches!(reason, Reason::Set(_)) {
            return reason;
        }
        SetReason::OfUnit { unit: unit.clone(), reason: Box::new(reason) }.into()
    };
    refusal.reasons.into_iter().map(named).collect()
}

/// A unit of a set, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Which.
    pub id: &'a TravelerId,
    /// Its folded state.
    pub state: &'a TravelerState,
    /// Its pinned instructions.
    pub known: &'a Instructions,
}

/// How one unit stands in its set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// It goes on with the others.
    Stays,
    /// Its work was not begun.
    NotBegun,
    /// A failing reading waits to be typed again; until then nobody knows whether it leaves (R4).
    TypesAgain,
    /// It left the set, or was never fit for it.
    Left(Reason),
}

/// How a set stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStanding {
    /// The step at which it stands; none where no unit of it can go on.
    pub at: Option<StepAt>,
    /// Each unit, in the order given.
    pub units: Vec<Membership>,
}

impl SetStanding {
    /// Looks at the units: the set goes on with those that can, where most of them stand (R4).
    pub fn of(members: &[Member<'_>]) -> Self {
        let stopped: Vec<Option<Membership>> = members.iter().map(|m| m.stopped()).collect();
        let free = || members.iter().zip(&stopped).filter(|(_, s)| s.is_none()).map(|(m, _)| m);
        let mut places: Vec<(StepAt, Hash, usize, TravelerId)> = Vec::new();
        for (member, at, hash) in free().filter_map(|m| m.place().map(|(at, hash)| (m, at, hash))) {
            match places.iter_mut().find(|(known, of, ..)| *known == at && *of == hash) {
                Some((_, _, count, _)) => *count += 1,
                None => places.push((at, hash, 1, member.id.clone())),
            }
        }
        // Of two that are as full, the first one named counts.
        let most = places.iter().map(|(.., count, _)| *count).max();
        let here = places.into_iter().find(|(.., count, _)| Some(*count) == most);
        let units = members.iter().zip(stopped);
        let units = units.map(|(member, stopped)| match (stopped, &here) {
            (Some(stopped), _) => stopped,
            (None, Some((at, hash, _, like))) => member.beside((at, hash), like),
            (None, None) => Membership::Left(member.nothing_open()),
        });
        Self { units: units.collect(), at: here.map(|(at, ..)| at) }
    }

    /// Which units go on.
    pub fn remaining<'a>(&self, members: &[Member<'a>]) -> Vec<&'a TravelerId> {
        let stays = |(member, unit): (&Member<'a>, &Membership)| {
            (*unit == Membership::Stays).then_some(member.id)
        };
        members.iter().zip(&self.units).filter_map(stays).collect()
    }

    /// Refuses unless every unit goes on: the step at which they stand together.
    pub fn all_together(&self, members: &[Member<'_>]) -> Result<StepAt, Refusal> {
        let ids: Vec<TravelerId> = members.iter().map(|member| member.id.clone()).collect();
        countable(&ids)?;
        let mut reasons = Vec::new();
        for (id, unit) in ids.iter().zip(&self.units) {
            let reason = match unit {
                Membership::Stays => continue,
                Membership::NotBegun => Reason::TravelerNotStarted,
                Membership::TypesAgain => Reason::RetypeFirst,
                Membership::Left(reason) => reason.clone(),
            };
            reasons.extend(of_unit(id, Refusal::one(reason)));
        }
        Refusal::unless_empty(reasons)?;
        self.at.clone().ok_or_else(|| Refusal::one(SetReason::Empty.into()))
    }
}

impl Member<'_> {
    /// What keeps the unit out of every set, before anybody asks where it stands.
    fn stopped(self) -> Option<Membership> {
        if let Some(how) = &self.state.ended {
            return Some(Membership::Left(Reason::TravelerEnded { how: how.clone() }));
        }
        if self.state.started.is_none() {
            return Some(Membership::NotBegun);
        }
        if self.state.to_retype().is_some() {
            return Some(Membership::TypesAgain);
        }
        if let Some((_, hold)) = self.state.open_holds().next() {
            return Some(Membership::Left(hold.stops()));
        }
        let pause = self.state.paused()?;
        Some(Membership::Left(Reason::Paused { reason: pause.reason.clone() }))
    }

    /// The step that is next, and the revision that asks for it.
    fn place(self) -> Option<(StepAt, Hash)> {
        let current = self.state.current(self.known)?;
        let (operation, step) = (current.operation.operation, current.step.id.clone());
        Some((StepAt { operation, step }, current.operation.hash))
    }

    fn nothing_open(self) -> Reason {
        SetReason::NothingOpen { unit: self.id.clone() }.into()
    }

    /// Whether it stands where the others do.
    fn beside(self, (at, hash): (&StepAt, &Hash), like: &TravelerId) -> Membership {
        let other_revision =
            || SetReason::OtherRevision { unit: self.id.clone(), like: like.clone() };
        let Some((here, _)) = self.place() else { return Membership::Left(self.nothing_open()) };
        let pinned = self.state.operation(at.operation).map(|op| op.hash);
        if pinned.is_none_or(|pinned| pinned != *hash) {
            return Membership::Left(other_revision().into());
        }
        // Of steps in free order, and of operations that are open beside each other, each may be
        // the one that is done together.
        let may = self.state.at_hand(self.known).iter().any(|current| {
            current.operation.operation == at.operation && current.step.id == at.step
        });
        if may {
            return Membership::Stays;
        }
        let (stands, others) = (place_words(&here), place_words(at));
        let unit = self.id.clone();
        Membership::Left(SetReason::OtherStep { unit, stands, others }.into())
    }
}

fn place_words(at: &StepAt) -> String {
    format!("{} {}", at.operation, at.step)
}

/// Refuses units of another revision than the first at the step that is meant; whether each may go
/// on at it, its own rules say.
pub fn one_revision(at: &StepAt, members: &[Member<'_>]) -> Vec<Reason> {
    let pinned = |member: &Member<'_>| member.state.operation(at.operation).map(|op| op.hash);
    let known = members.iter().filter_map(|member| pinned(member).map(|hash| (member.id, hash)));
    let Some((like, first)) = known.clone().next() else { return Vec::new() };
    let other = known.filter(|(_, hash)| *hash != first);
    let reason = |(unit, _): (&TravelerId, Hash)| {
        Reason::from(SetReason::OtherRevision { unit: unit.clone(), like: like.clone() })
    };
    other.map(reason).collect()
}
