//! What can be asked for on a traveler.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::deviation::Raise;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{GaugeId, StepId};
use crate::domain::instruction::Ask;
use crate::domain::signature::Signer;
use crate::domain::stream::TravelerId;
use crate::domain::ticket::Ticket;
use crate::domain::traced::Traced;
use crate::domain::translation::LanguageCode;

use super::component::Becomes;
use super::fact::ReadingValue;
use super::lot::Pieces;
use super::permitted::Use as PermitUse;
use super::split::Split;

/// A step of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAt {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
}

impl StepAt {
    /// Reads `20#torque`.
    pub fn parse(text: &str) -> Option<Self> {
        let (operation, step) = text.trim().split_once('#')?;
        Some(Self { operation: operation.trim().parse().ok()?, step: StepId::parse(step).ok()? })
    }
}

/// What is asked for on a traveler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TravelerCommand {
    /// Begin: pin the definitions in effect.
    Start,
    /// Record what an ask wants; begins the attempt where it has not begun.
    Record {
        /// The step.
        at: StepAt,
        /// The ask's number, from 1.
        ask: u16,
        /// Which reading of the ask, from 1; 1 for what is not a reading.
        sample: u16,
        /// What was entered.
        entry: Entry,
    },
    /// Record readings from a file as one act: all saved, one hold, one deviation.
    RecordRows {
        /// The step.
        at: StepAt,
        /// The ask's number.
        ask: u16,
        /// The gauge.
        gauge: Option<GaugeId>,
        /// Sample and value, in order.
        rows: Vec<(u16, ReadingValue)>,
    },
    /// Type a failing reading again (R4).
    Retype {
        /// The reading.
        reading: Position,
        /// What the gauge shows now.
        value: ReadingValue,
    },
    /// Let a failing reading go on by a permit, once it was typed again (R4).
    UsePermit(Box<PermitUse>),
    /// Measure again what failed, as the instruction allows (R4).
    Remeasure {
        /// The failing reading.
        reading: Position,
        /// The new value.
        value: ReadingValue,
        /// The gauge.
        gauge: Option<GaugeId>,
        /// Why.
        reason: String,
    },
    /// Correct a reading (R3).
    Correct {
        /// The reading.
        reading: Position,
        /// The right value.
        value: ReadingValue,
        /// Why.
        reason: String,
    },
    /// Take back an answer within its step (R3).
    CorrectAnswer {
        /// The answer.
        answer: Position,
        /// The right one.
        yes: bool,
        /// Why.
        reason: String,
    },
    /// Put right what was typed or scanned, or which component was built in (R3).
    CorrectEntry {
        /// The entry.
        entry: Position,
        /// The right text, or the component's serial or lot.
        text: String,
        /// Why.
        reason: String,
    },
    /// Take a component out; it counts as built in until then.
    RemoveComponent {
        /// The fact that built it in.
        entry: Position,
        /// What becomes of it.
        becomes: Becomes,
        /// Why.
        reason: String,
    },
    /// Finish the step; begins the attempt where it asks for nothing.
    CompleteStep {
        /// The step.
        at: StepAt,
        /// The released translation in which it was read; none where it was read as it is written.
        read_in: Option<LanguageCode>,
    },
    /// Leave the step out (R2).
    SkipStep {
        /// The step.
        at: StepAt,
        /// Why.
        reason: String,
    },
    /// Accept a wait that cannot be proven (R11).
    AcceptWait {
        /// The step.
        at: StepAt,
        /// Why.
        reason: String,
    },
    /// Stop the working clock.
    Pause {
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume {
        /// What is noted with it.
        note: Option<String>,
    },
    /// Let later work go on though an operation is not known to be done here.
    AcceptUpstream {
        /// The operation.
        operation: u32,
        /// By what it is known to be done.
        evidence: String,
    },
    /// Let later work go on by a ticket of the station where earlier work was done.
    AcceptTicket(Box<Ticket>),
    /// Sign what a step asks; the actor is the signer.
    Sign {
        /// The step.
        at: StepAt,
        /// The ask's number.
        ask: u16,
        /// How the signer is known.
        by: Signer,
    },
    /// Report what became of pieces at the step that counts them.
    ReportPieces {
        /// The step.
        at: StepAt,
        /// How many of which.
        pieces: Pieces,
        /// Why there is scrap or rework.
        reason: String,
    },
    /// Put a report of pieces right (R3).
    CorrectCount {
        /// The report.
        report: Position,
        /// How many of which, from now on.
        pieces: Pieces,
        /// Why.
        reason: String,
    },
    /// Split pieces off to a lot of their own.
    SplitLot(Split),
    /// Raise a deviation by hand.
    RaiseDeviation {
        /// The step.
        at: StepAt,
        /// What is wrong, and with what besides.
        raise: Box<Raise>,
    },
    /// Let a held unit go on, where neither a deviation nor the judge holds it.
    ReleaseHold {
        /// The hold.
        hold: Position,
        /// Why.
        reason: String,
    },
    /// Measure a suspect unit, of a lot each piece (R16).
    Sort {
        /// The hold because it is suspect.
        hold: Position,
        /// Which reading of the check, of a lot which piece, from 1.
        sample: u16,
        /// The value.
        value: ReadingValue,
        /// The gauge.
        gauge: Option<GaugeId>,
    },
    /// Hold for a gauge that was found out of tolerance (R10).
    HoldForGauge {
        /// The gauge.
        gauge: GaugeId,
        /// The fact that says so.
        failed: Position,
    },
    /// Hold because of what it is, contains or was touched by.
    HoldForRecall {
        /// What is called back.
        of: Traced,
        /// The fact by which it reached the unit.
        fact: Position,
        /// Why it is called back.
        reason: String,
    },
    /// Finish by the pinned revisions, though newer ones are in effect (R1).
    KeepRevision {
        /// The compiled blobs of the newer revisions, as they were shown.
        shown: BTreeSet<Hash>,
        /// Why.
        reason: String,
    },
    /// Move what is not closed to the newer revisions (R1).
    MoveToRevision {
        /// The compiled blobs of the newer revisions, as they were shown.
        shown: BTreeSet<Hash>,
        /// Why.
        reason: String,
    },
    /// Hold because of a definition, until somebody in charge lets it go on.
    HoldForDefinition {
        /// Why.
        reason: String,
    },
    /// Release to ship, by a signature over everything recorded (R17).
    Ship {
        /// The digest of the list of exceptions that was shown.
        shown: Hash,
        /// Every unit that is released by the same act; empty where it is one.
        set: Vec<TravelerId>,
        /// Who signs.
        by: Signer,
    },
    /// Say that a shipped unit is here again.
    TakeBack {
        /// Why.
        reason: String,
    },
    /// Hold, on behalf of the judge.
    HoldForJudge {
        /// The fact that was not accepted.
        fact: Position,
        /// The judge's reasons.
        reasons: Vec<String>,
    },
}

impl TravelerCommand {
    /// The step that is begun by it, where it was not.
    pub fn begins(&self) -> Option<&StepAt> {
        match self {
            Self::Record { at, .. }
            | Self::RecordRows { at, .. }
            | Self::CompleteStep { at, .. }
            | Self::Sign { at, .. }
            | Self::ReportPieces { at, .. } => Some(at),
            Self::Start
            | Self::Retype { .. }
            | Self::UsePermit(_)
            | Self::Remeasure { .. }
            | Self::Correct { .. }
            | Self::CorrectAnswer { .. }
            | Self::CorrectEntry { .. }
            | Self::CorrectCount { .. }
            | Self::RemoveComponent { .. }
            | Self::SkipStep { .. }
            | Self::AcceptWait { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::AcceptUpstream { .. }
            | Self::AcceptTicket(_)
            | Self::SplitLot(_)
            | Self::RaiseDeviation { .. }
            | Self::ReleaseHold { .. }
            | Self::Sort { .. }
            | Self::HoldForGauge { .. }
            | Self::HoldForRecall { .. }
            | Self::KeepRevision { .. }
            | Self::MoveToRevision { .. }
            | Self::HoldForDefinition { .. }
            | Self::Ship { .. }
            | Self::TakeBack { .. }
            | Self::HoldForJudge { .. } => None,
        }
    }
}

/// What was entered at an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An answer to a check.
    Answer(bool),
    /// An answer to a check that names a class of gauge.
    AnswerWith {
        /// The answer.
        yes: bool,
        /// The gauge.
        gauge: GaugeId,
    },
    /// A reading with the gauge chosen.
    Reading {
        /// The value.
        value: ReadingValue,
        /// The gauge.
        gauge: Option<GaugeId>,
    },
    /// Typed text, a scan, or a component's serial or lot.
    Text(String),
    /// The wait begins now.
    BeginWait,
}

impl Entry {
    /// Tells whether an entry has the form that an ask wants.
    pub fn fits(&self, ask: &Ask) -> bool {
        match ask {
            Ask::Check { .. } => matches!(self, Self::Answer(_) | Self::AnswerWith { .. }),
            Ask::Measure(_) => matches!(self, Self::Reading { .. }),
            Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. } => {
                matches!(self, Self::Text(_))
            }
            Ask::Wait(_) => matches!(self, Self::BeginWait),
            Ask::Sign(_) => false,
        }
    }
}
