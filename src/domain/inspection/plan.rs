//! A single sampling plan by code letter, AQL and severity, computed instead of looked up.
//!
//! Along a diagonal of the tables, letter and AQL one step apart each, the acceptance number is the
//! same; so it is a function of the sum of their places. Where a cell has no plan of its own, an
//! arrow leads to the next letter that has one, and the sample size goes with it.

use serde::{Deserialize, Serialize};

use super::aql::Aql;
use super::letter::{Letter, Level};
use super::scheme::{Scheme, Severity};

/// Sample sizes by letter; the last is of the letter S, to which tightened plans alone lead.
const SIZES: [u32; 17] =
    [2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150];

/// The sum of places at which the zero plans lie, and where those with numbers begin.
const ZERO_NORMAL: u32 = 14;
const ZERO_TIGHTENED: u32 = 15;
const ZERO_REDUCED: u32 = 14;
const NUMBERS_NORMAL: (u32, [u32; 10]) = (17, [1, 2, 3, 5, 7, 10, 14, 21, 30, 44]);
const NUMBERS_TIGHTENED: (u32, [u32; 9]) = (18, [1, 2, 3, 5, 8, 12, 18, 27, 41]);
/// Accept up to the first, reject from the second on.
const NUMBERS_REDUCED: (u32, [(u32, u32); 11]) = (
    17,
    [
        (0, 2),
        (1, 3),
        (1, 4),
        (2, 5),
        (3, 6),
        (5, 8),
        (7, 10),
        (10, 13),
        (14, 17),
        (21, 24),
        (30, 31),
    ],
);
/// The letter B has only two pieces of reduced samples to judge by, and closes the gap sooner.
const NUMBERS_REDUCED_B: (u32, [(u32, u32); 10]) =
    (17, [(0, 2), (1, 3), (2, 4), (3, 5), (5, 6), (7, 8), (10, 11), (14, 15), (21, 22), (30, 31)]);
/// The letters whose columns go on to the largest numbers: A to E.
const SMALL_LETTERS: u32 = 4;

/// How many pieces are inspected and how many of them may be nonconforming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinglePlan {
    /// The sample size.
    #[serde(rename = "sample")]
    pub size: u32,
    /// Ac: up to so many nonconforming pieces the lot is accepted.
    pub accept: u32,
    /// Re: from so many on it is not.
    pub reject: u32,
}

/// What a count of nonconforming pieces says about a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// At most Ac.
    Accepted,
    /// Between Ac and Re, which only the reduced plans of MIL-STD-105E have: the lot is accepted,
    /// and inspection goes back to normal.
    AcceptedInGap,
    /// At least Re.
    NotAccepted,
}

impl SinglePlan {
    /// What so many nonconforming pieces say.
    pub fn outcome(self, nonconforming: u32) -> Outcome {
        if nonconforming >= self.reject {
            Outcome::NotAccepted
        } else if nonconforming > self.accept {
            Outcome::AcceptedInGap
        } else {
            Outcome::Accepted
        }
    }

    /// The most nonconforming pieces with which a lot is still accepted.
    pub fn most(self) -> u32 {
        self.reject.saturating_sub(1)
    }
}

/// What the standard's tables give for one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The code letter by lot size and level.
    pub letter: Letter,
    /// Sample size and numbers, after arrows; never more pieces than the lot has.
    pub plan: SinglePlan,
    /// Every piece of the lot is inspected.
    pub whole: bool,
}

/// What is asked of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which tables.
    pub scheme: Scheme,
    /// The inspection level.
    pub level: Level,
    /// The acceptance quality limit.
    pub aql: Aql,
}

impl Asked {
    /// The plan for a lot of so many pieces; where the sample is no smaller, all of it.
    pub fn for_lot(self, lot: u32, severity: Severity) -> Found {
        let letter = Letter::of_lot(lot, self.level);
        let plan = single(letter, self.aql, severity, self.scheme);
        let whole = plan.size >= lot;
        Found { letter, plan: SinglePlan { size: plan.size.min(lot), ..plan }, whole }
    }
}

/// The single plan of a letter and an AQL, whatever the size of the lot.
pub fn single(letter: Letter, aql: Aql, severity: Severity, scheme: Scheme) -> SinglePlan {
    let found = walk(letter.index(), aql.index(), severity);
    match (scheme, severity) {
        // A reduced plan with a gap would accept what the named scheme does not.
        (Scheme::Iso2859, Severity::Reduced) => SinglePlan { reject: found.accept + 1, ..found },
        (_, _) => found,
    }
}

/// Whether a lot would have been accepted with the AQL one step stricter; only of a normal plan
/// with Ac of two and more, whose cell one step stricter has the same sample size.
pub fn accepted_one_stricter(plan: SinglePlan, nonconforming: u32) -> bool {
    let (_, numbers) = NUMBERS_NORMAL;
    let stricter = numbers.iter().rev().find(|number| **number < plan.accept);
    stricter.is_some_and(|number| nonconforming <= *number)
}

/// What one cell of a table holds.
enum Cell {
    Plan(SinglePlan),
    /// To the next letter, a larger sample.
    Down,
    /// To the letter before, a smaller sample.
    Up,
}

/// Follows the arrows from a cell; one that leads out of the table turns around.
fn walk(letter: u32, aql: u32, severity: Severity) -> SinglePlan {
    let last = if severity == Severity::Tightened { 16 } else { 15 };
    let (mut at, mut upward) = (letter, false);
    loop {
        match cell(at, aql, severity) {
            Cell::Plan(plan) => return plan,
            Cell::Down if at < last && !upward => at += 1,
            Cell::Down | Cell::Up if at > 0 => {
                upward = true;
                at -= 1;
            }
            // No column is without a plan; every piece would have to be good.
            Cell::Down | Cell::Up => return SinglePlan { size: u32::MAX, accept: 0, reject: 1 },
        }
    }
}

fn cell(letter: u32, aql: u32, severity: Severity) -> Cell {
    let sum = letter + aql;
    let small = letter <= SMALL_LETTERS;
    let plan =
        |accept, reject| Cell::Plan(SinglePlan { size: size(letter, severity), accept, reject });
    let (zero, first) = match severity {
        Severity::Normal => (ZERO_NORMAL, NUMBERS_NORMAL.0),
        Severity::Tightened => (ZERO_TIGHTENED, NUMBERS_TIGHTENED.0),
        Severity::Reduced => (ZERO_REDUCED, NUMBERS_REDUCED.0),
    };
    if sum == zero && aql <= ZERO_NORMAL {
        return plan(0, 1);
    }
    if sum >= first {
        let numbers =
            usize::try_from(sum - first).ok().and_then(|at| numbers(letter, at, severity));
        return match numbers {
            Some((accept, reject)) if small || accept <= most_of_large(severity) => {
                plan(accept, reject)
            }
            Some(_) | None => Cell::Up,
        };
    }
    // One beside the zero plan, the smaller sample is near enough; elsewhere the larger one is taken.
    let near = sum == zero + 1 && severity != Severity::Tightened && aql <= ZERO_NORMAL;
    if near { Cell::Up } else { Cell::Down }
}

/// Ac and Re so many steps after the first diagonal that has numbers.
fn numbers(letter: u32, step: usize, severity: Severity) -> Option<(u32, u32)> {
    let simple = |accept: &u32| (*accept, *accept + 1);
    match (severity, letter) {
        // Two pieces are inspected by the letter A, normal or reduced.
        (Severity::Normal, _) | (Severity::Reduced, 0) => NUMBERS_NORMAL.1.get(step).map(simple),
        (Severity::Tightened, _) => NUMBERS_TIGHTENED.1.get(step).map(simple),
        (Severity::Reduced, 1) => NUMBERS_REDUCED_B.1.get(step).copied(),
        (Severity::Reduced, 2) => NUMBERS_REDUCED.1.get(step).copied(),
        (Severity::Reduced, _) => NUMBERS_REDUCED.1[..10].get(step).copied(),
    }
}

/// The largest Ac of the letters from F on.
fn most_of_large(severity: Severity) -> u32 {
    match severity {
        Severity::Normal => 21,
        Severity::Tightened => 18,
        Severity::Reduced => 10,
    }
}

fn size(letter: u32, severity: Severity) -> u32 {
    let at = if severity == Severity::Reduced { letter.saturating_sub(2) } else { letter };
    usize::try_from(at).ok().and_then(|at| SIZES.get(at)).copied().unwrap_or(u32::MAX)
}
