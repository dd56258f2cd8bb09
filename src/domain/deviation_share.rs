//! What becomes of units in words, and shares of it as people type them: `36 use as is, 2 scrap, 2
//! rework bore`.

use crate::domain::words::words;

use super::deviation::{Decision, Disposition, Share};
use super::ids::StepId;
use super::instruction::OnFail;
use super::refusal::Reason;
use super::refusal::deviation::DeviationReason;
use super::stream::TravelerId;
use super::words::Words;

/// How a share is written.
pub const HOW: &str = "such as: 36 use as is, 2 scrap, 2 rework STEP; or UNIT=scrap, use as is";

impl Disposition {
    /// The word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::UseAsIs => "use as is",
            Self::Rework { .. } => "rework",
            Self::Repair { .. } => "repair",
            Self::Scrap => "scrap",
            Self::Return => "return",
            Self::Void => "void",
        }
    }

    /// In words for so many pieces, or for all: `2 scrap`, `rework from step torque`.
    pub fn words_for(&self, pieces: Option<u32>) -> Words {
        match (self, pieces) {
            (Self::UseAsIs, Some(pieces)) => words!("{pieces} use as is", pieces),
            (Self::Scrap, Some(pieces)) => words!("{pieces} scrap", pieces),
            (Self::Return, Some(pieces)) => words!("{pieces} return", pieces),
            (Self::Void, Some(pieces)) => words!("{pieces} void", pieces),
            (Self::Rework { step }, Some(pieces)) => {
                words!("{pieces} rework from step {step}", pieces, step)
            }
            (Self::Repair { step }, Some(pieces)) => {
                words!("{pieces} repair from step {step}", pieces, step)
            }
            (Self::Rework { step }, None) => words!("rework from step {step}", step),
            (Self::Repair { step }, None) => words!("repair from step {step}", step),
            (Self::UseAsIs | Self::Scrap | Self::Return | Self::Void, None) => {
                Words::plain(self.word())
            }
        }
    }

    /// What a deviation's form suggests.
    pub fn suggested(on_fail: &OnFail) -> Self {
        match on_fail {
            OnFail::Rework(step) => Self::Rework { step: step.clone() },
            OnFail::Repair(step) => Self::Repair { step: step.clone() },
            OnFail::UseAsIs => Self::UseAsIs,
            OnFail::Scrap => Self::Scrap,
            OnFail::Return => Self::Return,
        }
    }
}

impl Decision {
    /// In words: `use as is`, `2 scrap`, `rework from step torque`.
    pub fn words(&self) -> Words {
        self.disposition.words_for(self.pieces)
    }
}

/// Why the pieces of one lot cannot go these ways, of which there are several or one that does not
/// take all of it.
pub fn parts_refused(
    unit: &TravelerId,
    there: u32,
    parts: &[(Option<u32>, &Disposition)],
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let unit = || unit.clone();
    let pieces: Vec<u32> = parts.iter().map(|(pieces, _)| pieces.unwrap_or(0)).collect();
    let named = pieces.iter().fold(0_u32, |sum, pieces| sum.saturating_add(*pieces));
    if pieces.contains(&0) || named != there {
        reasons.push(DeviationReason::PiecesDoNotAddUp { unit: unit(), named, there }.into());
    }
    let of = |wanted: &Disposition| parts.iter().filter(|(_, way)| *way == wanted).count();
    if of(&Disposition::Void) > 0 {
        reasons.push(DeviationReason::VoidInParts { unit: unit() }.into());
    }
    if of(&Disposition::UseAsIs) > 1 {
        reasons.push(DeviationReason::AsIsTwice { unit: unit() }.into());
    }
    reasons
}

/// Whether one way takes all of a unit.
pub fn is_whole(there: u32, parts: &[(Option<u32>, &Disposition)]) -> bool {
    matches!(parts, [(pieces, _)] if pieces.is_none_or(|pieces| pieces == there))
}

impl Share {
    /// Why units cannot be shared out like this, as far as that can be told before anything is signed:
    /// by how many pieces each of those has that are open. Each share names its unit, or is of none.
    pub fn refused(shares: &[Self], open: &[(&TravelerId, u32)]) -> Vec<Reason> {
        let of_unit = |(unit, there): &(&TravelerId, u32)| {
            let mine = shares.iter().filter(|share| share.unit.as_ref() == Some(*unit));
            let parts: Vec<_> = mine.map(|share| (share.pieces, &share.disposition)).collect();
            let whole = parts.is_empty() || is_whole(*there, &parts);
            if whole { Vec::new() } else { parts_refused(unit, *there, &parts) }
        };
        let unclear = !open.is_empty() && shares.iter().any(|share| share.unit.is_none());
        let unclear = unclear.then(|| DeviationReason::PiecesOfWhich.into());
        unclear.into_iter().chain(open.iter().flat_map(of_unit)).collect()
    }

    /// Reads shares with commas between them; each `[UNIT=][PIECES] WHAT [STEP]`.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        text.split(',').map(Self::read_one).collect()
    }

    /// What is said of no unit by name is said of each that is open, and of none that joins later.
    pub fn of_each(shares: Vec<Self>, open: &[TravelerId]) -> Vec<Self> {
        let named: Vec<TravelerId> = shares.iter().filter_map(|share| share.unit.clone()).collect();
        let rest: Vec<&TravelerId> = open.iter().filter(|unit| !named.contains(unit)).collect();
        let each = |share: Self| match (&share.unit, share.pieces, rest.as_slice()) {
            (None, None, [_, ..]) | (None, Some(_), [_]) => {
                let of = |unit: &&TravelerId| Self { unit: Some((*unit).clone()), ..share.clone() };
                rest.iter().map(of).collect()
            }
            (_, _, _) => vec![share],
        };
        shares.into_iter().flat_map(each).collect()
    }

    fn read_one(text: &str) -> Result<Self, String> {
        let wrong = || format!("{:?} says nothing of the kind; {HOW}", text.trim());
        let (unit, rest) = match text.rsplit_once('=') {
            Some((unit, rest)) => (Some(TravelerId::parse(unit.trim()).ok_or_else(wrong)?), rest),
            None => (None, text),
        };
        let mut words: Vec<&str> = rest.split([' ', ':']).filter(|word| !word.is_empty()).collect();
        let first = words.first().ok_or_else(wrong)?;
        let pieces = first.parse::<u32>().ok();
        if pieces.is_some() {
            words.remove(0);
        }
        let words = words.join(" ").to_lowercase();
        let again = |word: &str| words.strip_prefix(word).map(str::trim);
        let step = |step: &str| StepId::parse(step).map_err(|_| wrong());
        let disposition = match words.as_str() {
            "use as is" | "use-as-is" => Disposition::UseAsIs,
            "scrap" => Disposition::Scrap,
            "return" => Disposition::Return,
            "void" => Disposition::Void,
            _ => match (again("rework "), again("repair ")) {
                (Some(at), _) => Disposition::Rework { step: step(at)? },
                (None, Some(at)) => Disposition::Repair { step: step(at)? },
                (None, None) => return Err(wrong()),
            },
        };
        Ok(Self { unit, pieces, disposition })
    }
}
