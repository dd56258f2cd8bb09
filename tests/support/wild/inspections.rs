//! Whatever comes to mind about lots that come in.

use gemba::domain::decide::Command;
use gemba::domain::inspection::fact::{Choice, LotEnd};

use super::Chance;
use crate::support::inspections::{
    by_piece, chooses, decides, ends, finds, lets_go, opens, receives,
};
use crate::support::shop::Shop;

/// Lots of one piece, which come in before anything else; the first four are looked at.
const LOTS: [&str; 6] = ["M-1", "M-2", "M-3", "M-4", "M-5", "M-6"];

/// Covers are inspected, and so many lots were rejected that nobody goes on.
pub(super) fn begin(shop: &mut Shop) {
    shop.release(&by_piece("AQL 0.65, level II, ISO 2859-1:1999", "A"));
    for lot in LOTS {
        shop.does("quell", receives(lot, 1));
    }
    for (lot, bad) in LOTS.into_iter().zip([0, 1, 1, 1]) {
        shop.does("okafor", opens(lot, None)).looks_at_all(lot, bad);
    }
    for lot in ["L-1", "L-2", "L-3", "L-4", "L-5", "L-6", "L-7"] {
        shop.whole_lot(lot, (1, 1));
    }
}

/// Lots are opened, looked at and decided.
pub(super) fn on_lots(chance: &mut Chance) -> Command {
    let lot = chance.pick(&LOTS);
    match chance.below(20) {
        0 if chance.one_in(2) => opens("M-9", None),
        0 => lets_go(lot),
        1 => decides("M-9", true),
        2..=5 => opens(lot, chance.pick(&[None, None, None, Some(2)])),
        6..=10 => {
            let correct = chance.pick(&[None, None, None, Some("slip"), Some("")]);
            let piece = chance.pick(&[1, 1, 1, 2]);
            finds(lot, piece, chance.pick(&["74.000", "74.030"]), correct)
        }
        11..=14 => decides(lot, chance.one_in(2)),
        15..=17 => ends(lot, chance.pick(&[LotEnd::Sort, LotEnd::Sort, LotEnd::UseAsIs])),
        _ => chooses(chance.pick(&[Choice::TakeUp, Choice::TakeUp, Choice::Reduce])),
    }
}
