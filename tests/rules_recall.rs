//! Units that are called back: who may, once for each thing, and who lets them go on.

use gemba::domain::deviation::Disposition;
use gemba::domain::fact::Position;
use gemba::domain::traced::Traced;
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, disposes, raises};

fn first_fact(shop: &Shop) -> Position {
    shop.state().facts.keys().next().unwrap().clone()
}

fn recalls(shop: &Shop, of: &str, reason: &str) -> TravelerCommand {
    let of = Traced::parse(of).unwrap();
    TravelerCommand::HoldForRecall { of, fact: first_fact(shop), reason: reason.to_owned() }
}

fn lets_go(shop: &Shop) -> TravelerCommand {
    let state = shop.state();
    let (hold, _) = state.open_holds().next().unwrap();
    TravelerCommand::ReleaseHold { hold: hold.clone(), reason: "tested".to_owned() }
}

#[test]
fn what_is_called_back_stands_until_quality_lets_it_go_on() {
    let mut shop = Shop::reaching("clean");
    let lot = recalls(&shop, "material/cover/L-1", "wrong hardness");
    assert_eq!(shop.codes("novak", lot.clone()), ["P04"]);
    assert_eq!(shop.codes("quell", recalls(&shop, "material/cover/L-1", "")), ["R08"]);
    shop.does("quell", lot.clone());
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["H01"]);
    assert_eq!(shop.codes("brandt", lot.clone()), ["Z01"]);
    // Another reason to call it back holds it as well, and each is let go on its own.
    shop.does("brandt", recalls(&shop, "place/ASM-1", "lamp was out"));
    assert_eq!(shop.state().open_holds().count(), 2);
    assert_eq!(shop.codes("brandt", lets_go(&shop)), ["P04"]);
    let go = lets_go(&shop);
    shop.does("quell", go);
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["H01"]);
    let go = lets_go(&shop);
    shop.does("quell", go).does("novak", answer("clean", 1, true));
    // By the same fact it is not called back again: it was looked at.
    assert_eq!(shop.codes("quell", lot), ["Z01"]);
    let facts = shop.state().facts;
    let later = facts.keys().next_back().unwrap().clone();
    let of = Traced::parse("material/cover/L-1").unwrap();
    let again = TravelerCommand::HoldForRecall { of, fact: later, reason: "more".to_owned() };
    shop.does("quell", again);
}

#[test]
fn what_ended_or_was_not_begun_is_not_called_back() {
    let mut shop = Shop::reaching("clean");
    let lot = recalls(&shop, "material/cover/L-1", "wet");
    shop.does("novak", raises("clean"));
    shop.does("quell", disposes("NCR-ASM1-0001", Disposition::Scrap));
    assert_eq!(shop.codes("quell", lot.clone()), ["T03"]);
    shop.unit("0002");
    assert_eq!(shop.codes("quell", lot), ["T02"]);
}
