//! Units that are released to ship at random, and taken back.

use gemba::domain::hash::Hash;
use gemba::domain::signature::Signer;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::exceptions::digest;
use gemba::domain::traveler::state::TravelerState;

use super::Chance;
use crate::support::shipping::exceptions;
use crate::support::shop::Shop;

/// The list is mostly the one that was shown.
fn ships(shop: &Shop, chance: &mut Chance) -> TravelerCommand {
    let shown = digest(&exceptions(shop));
    let shown = if chance.one_in(12) { Hash::ZERO } else { shown };
    TravelerCommand::Ship { shown, set: Vec::new(), by: Signer::by_badge("Q. Quell") }
}

/// Anything at all; most of it is refused.
pub(super) fn wild_ship(shop: &Shop, reason: String, chance: &mut Chance) -> TravelerCommand {
    if chance.one_in(3) {
        return TravelerCommand::TakeBack { reason };
    }
    ships(shop, chance)
}

/// A finished unit goes out, and now and then comes back.
pub(super) fn sensible_ship(
    shop: &Shop,
    state: &TravelerState,
    chance: &mut Chance,
) -> Option<TravelerCommand> {
    if state.ended.is_some() || state.started.is_none() || !state.finished(&shop.instructions) {
        return None;
    }
    if state.shipped().is_some() {
        let reason = "came back".to_owned();
        return chance.one_in(2).then_some(TravelerCommand::TakeBack { reason });
    }
    chance.one_in(2).then(|| ships(shop, chance))
}
