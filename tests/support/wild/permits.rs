//! Whatever comes to mind about permits.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::permit::PermitCommand;
use gemba::domain::signature::Signer;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::permitted::Use;

use super::Chance;
use crate::support::shop::Shop;
use crate::support::shop_permits::{proposes_permit, some_permit, wanted};
use crate::support::shop_plan::{id, number, reading, unit};

/// Permits proposed, and what is said of the first few of them.
pub(crate) fn on_permit(chance: &mut Chance) -> Command {
    let word = chance.pick(&["", "why", "why", "why"]).to_owned();
    let permit = id(&format!("DP-ASM1-{:04}", chance.below(6) + 1));
    match chance.below(10) {
        0..=3 => proposed(chance),
        4..=7 => {
            let by = Signer::by_badge(chance.pick(&["A. Name", "A. Name", "A. Name", ""]));
            Command::Permit(permit, PermitCommand::Grant { by })
        }
        _ => Command::Permit(permit, PermitCommand::Withdraw { reason: word }),
    }
}

fn proposed(chance: &mut Chance) -> Command {
    let mut asked = wanted();
    match chance.below(16) {
        0 => asked.upper = Some(number("26")),
        1 => asked.characteristic = id("c-x"),
        2 => asked.unit = Some(unit("mm")),
        3 => (asked.quantity, asked.units) = (None, BTreeSet::default()),
        4 => asked.quantity = Some(0),
        5 => asked.through = "2026-11-01".parse().unwrap(),
        6 => asked.only = Some(id(chance.pick(&["F", "G", "X"]))),
        7 => asked.reason = String::new(),
        8 => asked.from = Some("2026-12-20".parse().unwrap()),
        9 => asked.orders = [id("WO-2")].into(),
        10 => asked.quantity = Some(1),
        11 => asked.lower = Some(number("22")),
        12 => asked.upper = Some(number("60")),
        _ => {}
    }
    proposes_permit(asked)
}

/// What waits to be typed again goes on by a permit now and then, mostly with the value that counts.
pub(crate) fn uses(shop: &Shop, chance: &mut Chance) -> Option<(&'static str, TravelerCommand)> {
    let state = shop.state();
    let (_, at, found) = state.to_retype().filter(|_| chance.one_in(2))?;
    let value = if chance.one_in(6) { reading("27.4", "N·m") } else { found.value().clone() };
    let permit = some_permit(shop, chance.below(4));
    let by = Signer::by_badge("A. Novak");
    let wanted = Use { reading: at.clone(), value, permit, by };
    Some(("novak", TravelerCommand::UsePermit(Box::new(wanted))))
}
