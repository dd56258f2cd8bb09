//! R17: what is inside a unit that goes out, what it was made by and was taken back since, and what two
//! stations did with it without having seen each other.

use gemba::domain::decide::Command;
use gemba::domain::ids::DeviationId;
use gemba::domain::instruction::{Ask, InstallBy};
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::collision::Clash;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::component::Becomes;

use crate::support::judged::{nothing_is_objected_to, told};
use crate::support::lots::{deburring, lot_order};
use crate::support::shipping::{exceptions, finished, ships, takes_back};
use crate::support::shop::Shop;
use crate::support::shop_plan::{complete, id, raises, text};

/// A finished unit `WO-S/0001`, and a begun one of another order into which it may be built.
fn with_carrier() -> Shop {
    let mut shop = finished();
    let mut fits = deburring();
    (fits.id, fits.part) = (id("WI-7"), id("CP-50"));
    fits.steps.truncate(1);
    fits.steps[0].asks =
        vec![Ask::Install { name: "pump".to_owned(), part: id("CP-40"), by: InstallBy::Serial }];
    shop.release_read(&fits);
    let mut route = lot_order().route[..1].to_vec();
    route[0].instruction = id("WI-7");
    let units = Units::Serials(vec![id("S-1")]);
    let opened = OrderOpened { part: id("CP-50"), units, route, ..lot_order() };
    shop.does("plan", Command::Order(id("WO-C"), OrderCommand::Open(opened)));
    carrier(&mut shop).does("novak", TravelerCommand::Start);
    shop
}

fn carrier(shop: &mut Shop) -> &mut Shop {
    shop.traveler.order = id("WO-C");
    shop.unit("S-1")
}

fn pump(shop: &mut Shop) -> &mut Shop {
    shop.traveler.order = id("WO-S");
    shop.unit("0001")
}

fn releases(shop: &mut Shop) {
    let release = ships(shop);
    shop.does("quell", release);
}

const PUMP: &str = "WO-S/0001";

#[test]
fn r17_what_is_shipped_is_not_built_in_until_it_is_back() {
    let mut shop = with_carrier();
    releases(pump(&mut shop));
    assert_eq!(carrier(&mut shop).codes("novak", text("deburr", 1, PUMP)), ["B18"]);
    pump(&mut shop).does("quell", takes_back("returned"));
    carrier(&mut shop).does("novak", text("deburr", 1, PUMP));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_what_is_built_in_goes_out_with_what_it_is_in() {
    let mut shop = with_carrier();
    carrier(&mut shop).does("novak", text("deburr", 1, PUMP));
    shop.does("novak", complete("deburr"));
    let release = ships(pump(&mut shop));
    assert_eq!(shop.codes("quell", release), ["Z13"]);
    releases(carrier(&mut shop));
    let mut shop = with_carrier();
    carrier(&mut shop).does("novak", text("deburr", 1, PUMP));
    let entry = shop.state().components()[0].entry.at.clone();
    let (becomes, reason) = (Becomes::Reusable, "wrong one".to_owned());
    shop.does("brandt", TravelerCommand::RemoveComponent { entry, becomes, reason });
    releases(pump(&mut shop));
}

#[test]
fn r17_nothing_goes_out_with_a_component_inside_that_is_held_or_open() {
    let mut shop = with_carrier();
    carrier(&mut shop).does("novak", text("deburr", 1, PUMP));
    shop.does("novak", complete("deburr"));
    pump(&mut shop).does("brandt", raises("deburr"));
    let release = ships(carrier(&mut shop));
    assert_eq!(shop.codes("quell", release), ["Z09"]);
}

#[test]
fn r17_why_a_component_is_in_doubt_is_said() {
    let mut shop = finished();
    let unit = TravelerId::parse(PUMP).unwrap();
    let open: [DeviationId; 1] = [id("NCR-ASM1-0001")];
    let state = shop.state();
    assert_eq!(state.in_doubt(&unit, true, &[]), None);
    assert_eq!(state.in_doubt(&unit, false, &[]).unwrap(), "WO-S/0001 is not finished");
    let words = state.in_doubt(&unit, true, &open).unwrap();
    assert_eq!(words, "NCR-ASM1-0001 of WO-S/0001 is not closed");
    releases(&mut shop);
    let words = shop.state().in_doubt(&unit, true, &[]).unwrap();
    assert!(words.starts_with("WO-S/0001 is shipped by itself"), "{words}");
    let nothing = shop.unit("0002").state().in_doubt(&unit, false, &[]).unwrap();
    assert_eq!(nothing, "nothing is known here of WO-S/0001");
}

#[test]
fn r17_a_definition_that_was_taken_back_since_is_on_the_list_with_when_by_whom_and_why() {
    let mut shop = finished();
    assert_eq!(exceptions(&shop), []);
    for (stop_work, says) in [(false, "work by it goes on"), (true, "work by it stops")] {
        let (revision, reason) = (deburring().revision, "burrs were missed".to_owned());
        let withdrawn = RevisionWithdrawn { revision, reason, stop_work };
        let withdraw = RevisionCommand::Withdraw(withdrawn);
        shop.later(60).does("lind", Command::Instruction(id("WI-5"), withdraw));
        let list = exceptions(&shop);
        assert_eq!(list.len(), 1, "{list:?}");
        assert_eq!(list[0].kind, "withdrawn");
        let what = &list[0].what;
        for part in ["WI-5 rev", "by lind", "burrs were missed", says] {
            assert!(what.contains(part), "{part} in {what}");
        }
    }
    releases(&mut shop);
    let state = shop.state();
    let carried = &state.shipped().unwrap().what.withdrawn;
    assert_eq!(carried.len(), 1);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_a_definition_that_the_unit_was_not_made_by_is_not_on_the_list() {
    let mut shop = finished();
    let mut other = deburring();
    other.revision = id("Z");
    shop.release_read(&other);
    let (revision, reason) = (id("Z"), "wrong".to_owned());
    let withdraw =
        RevisionCommand::Withdraw(RevisionWithdrawn { revision, reason, stop_work: true });
    shop.does("lind", Command::Instruction(id("WI-5"), withdraw));
    assert_eq!(exceptions(&shop), []);
}

#[test]
fn r17_two_releases_of_one_unit_unseen_by_each_other_are_both_kept_and_told() {
    let mut shop = finished();
    shop.share();
    releases(&mut shop);
    shop.at("ASM2").later(60);
    releases(&mut shop);
    shop.share();
    let (objected, clashes) = told(&shop, &shop.traveler);
    assert_eq!(objected, Vec::<String>::new());
    assert_eq!(clashes, [Clash::ShippedTwice]);
    let both = |shop: &Shop| shop.state().releases.iter().map(|r| r.at.clone()).collect::<Vec<_>>();
    let there = both(&shop);
    assert_eq!(there.len(), 2);
    shop.at("ASM1");
    assert_eq!(both(&shop), there);
    shop.does("quell", takes_back("it went out once"));
    assert!(shop.state().shipped().is_some(), "the other release stands");
    shop.does("quell", takes_back("it went out once"));
    assert!(shop.state().shipped().is_none());
}

#[test]
fn r17_work_on_a_unit_that_had_been_released_elsewhere_is_told() {
    let mut shop = finished();
    shop.share();
    releases(&mut shop);
    let pause = TravelerCommand::Pause { reason: "tea".to_owned() };
    shop.at("ASM2").later(60).does("novak", pause);
    shop.share();
    let (_, clashes) = told(&shop, &shop.traveler);
    assert_eq!(clashes, [Clash::Shipped]);
}

#[test]
fn r17_a_release_of_a_unit_that_was_held_elsewhere_is_told() {
    let mut shop = finished();
    shop.share();
    shop.at("ASM2").does("brandt", raises("deburr"));
    shop.at("ASM1").later(60);
    releases(&mut shop);
    shop.share();
    let (_, clashes) = told(&shop, &shop.traveler);
    assert_eq!(clashes, [Clash::Held]);
}
