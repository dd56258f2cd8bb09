//! Lots that are inspected and their series, as screens and the command line show them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, LotId, PartId, RevisionId};
use crate::domain::inspection::letter::Letter;
use crate::domain::inspection::scheme::Severity;

/// A series with its lots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesView {
    /// What the lots are.
    pub part: PartId,
    /// Who delivers them.
    pub supplier: String,
    /// How the next lot is inspected, by each instruction that lots were inspected by.
    pub next: Vec<NextView>,
    /// Every opening of a lot, the oldest first.
    pub lots: Vec<LotView>,
}

/// How the next lot is inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextView {
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// The plan that it states.
    pub rule: String,
    /// How strictly.
    pub severity: Severity,
    /// Why.
    pub why: String,
    /// The switching score.
    pub score: u32,
    /// Whether reduced inspection may be approved.
    pub may_be_reduced: bool,
    /// No lot is opened until quality takes it up again.
    pub discontinued: bool,
}

/// One opening of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotView {
    /// What it is.
    pub part: PartId,
    /// Who delivered it.
    pub supplier: String,
    /// The number on its label.
    pub lot: LotId,
    /// How it stands, in words.
    pub standing: String,
    /// Whether somebody has to do something.
    pub waits: bool,
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// The compiled instruction.
    pub hash: Hash,
    /// The plan that it states.
    pub rule: String,
    /// How strictly.
    pub severity: Severity,
    /// Why.
    pub why: String,
    /// Pieces in the lot.
    pub size: u32,
    /// The code letter.
    pub letter: Option<Letter>,
    /// Pieces in the sample.
    pub sample: u32,
    /// Ac.
    pub accept: u32,
    /// Re.
    pub reject: u32,
    /// The pieces that are still to be inspected.
    pub remaining: Vec<u32>,
    /// How many were.
    pub inspected: u32,
    /// Those of them that are nonconforming.
    pub nonconforming: Vec<u32>,
    /// It came again.
    pub again: bool,
    /// It was accepted although what is known by now says otherwise.
    pub contradicted: bool,
    /// Every record of a piece.
    pub records: Vec<PieceView>,
    /// Every decision, with who signed.
    pub decided: Vec<String>,
    /// What becomes of it where it was not accepted.
    pub disposed: Option<String>,
    /// Who opened it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A record of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PieceView {
    /// Its number.
    pub piece: u32,
    /// Each value with what is asked for.
    pub values: Vec<String>,
    /// Whether a value is outside its limits.
    pub nonconforming: bool,
    /// Whether a later record corrects it.
    pub corrected: bool,
    /// Why it corrects an earlier one.
    pub reason: Option<String>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl LotView {
    /// `SEAL-1/L-4711 of Nordic`.
    pub fn name(&self) -> String {
        format!("{}/{} of {}", self.part, self.lot, self.supplier)
    }

    /// `letter J, inspect 80 of 1200, Ac 2, Re 3`.
    pub fn plan(&self) -> String {
        let letter = self.letter.map_or_else(String::new, |letter| format!("letter {letter}, "));
        let Self { sample, size, accept, reject, .. } = self;
        format!("{letter}inspect {sample} of {size}, Ac {accept}, Re {reject}")
    }
}
