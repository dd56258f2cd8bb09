//! A unit with one step, so that it is soon finished and can be shipped.

use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::signature::Signer;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::exceptions::{Exception, digest};

use super::lots::{deburring, lot_order};
use super::shop::Shop;
use super::shop_plan::{answer, complete, id};

/// A unit of an order of two that waits for its only step.
pub(crate) fn begun() -> Shop {
    let mut shop = Shop::open();
    let mut short = deburring();
    short.steps.truncate(1);
    shop.release_read(&short);
    let units = Units::Serials(vec![id("0001"), id("0002")]);
    let route = lot_order().route[..1].to_vec();
    let opened = OrderOpened { units, route, ..lot_order() };
    shop.does("plan", Command::Order(id("WO-S"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-S");
    shop.unit("0001").does("novak", TravelerCommand::Start);
    shop
}

/// The same, finished.
pub(crate) fn finished() -> Shop {
    let mut shop = begun();
    shop.later(60).does("novak", answer("deburr", 1, true));
    shop.does("novak", complete("deburr"));
    shop
}

/// The list that whoever releases the unit is shown now.
pub(crate) fn exceptions(shop: &Shop) -> Vec<Exception> {
    let (set, by) = (Vec::new(), Signer::by_badge("Q. Quell"));
    let command = TravelerCommand::Ship { shown: Hash::ZERO, set, by };
    let context = shop.context("quell", &Command::Traveler(shop.traveler.clone(), command));
    shop.state().shown_to_ship(&context).0
}

/// A release of what is there, as it was shown.
pub(crate) fn ships(shop: &Shop) -> TravelerCommand {
    let shown = digest(&exceptions(shop));
    TravelerCommand::Ship { shown, set: Vec::new(), by: Signer::by_badge("Q. Quell") }
}

pub(crate) fn takes_back(reason: &str) -> TravelerCommand {
    TravelerCommand::TakeBack { reason: reason.to_owned() }
}
