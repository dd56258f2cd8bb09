//! Shares of a disposition as people type them: `36 use as is, 2 scrap, 2 rework bore`.

use super::deviation::{Disposition, Share};
use super::ids::StepId;
use super::stream::TravelerId;

/// How a share is written.
const HOW: &str = "such as: 36 use as is, 2 scrap, 2 rework STEP; or UNIT=scrap, use as is";

impl Share {
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
