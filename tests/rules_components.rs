//! R5, R7: what may be built in and taken out, and what a unit is made of against its plan.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition};
use gemba::domain::instruction::{Ask, InstallBy, Instruction};
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::place::ComponentRule;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::component::{Becomes, ComponentSource};
use gemba::domain::traveler::standing::StepStanding;

use crate::support::lots::{deburring, lot_order, packing};
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{
    answer, assembly, at, complete, disposes, id, order, raises, rework, text,
};

fn material(part: &str, lot: &str, command: MaterialCommand) -> Command {
    Command::Material(MaterialId { part: id(part), lot: id(lot) }, command)
}

fn received(part: &str, lot: &str, quantity: Option<u32>, expires: Option<&str>) -> Command {
    let expires = expires.map(|day| day.parse().unwrap());
    let (supplier, certificate) = ("Nordic".to_owned(), String::new());
    let received = MaterialReceived { supplier, quantity, expires, certificate, corrects: None };
    material(part, lot, MaterialCommand::Receive(received))
}

/// The unit's standing component of a number is taken out.
fn takes_out(shop: &Shop, identity: &str, becomes: Becomes) -> TravelerCommand {
    let state = shop.state();
    let components = state.components();
    let built = components.iter().find(|built| built.identity == identity && built.stands());
    let entry = built.unwrap().entry.at.clone();
    TravelerCommand::RemoveComponent { entry, becomes, reason: "cracked".to_owned() }
}

fn scanning() -> Shop {
    let mut shop = Shop::reaching("scan");
    shop.does("novak", text("scan", 1, "0001"));
    shop
}

fn gaps(shop: &Shop) -> Vec<String> {
    shop.state().as_built(&shop.instructions).gaps()
}

#[test]
fn r05_a_serial_is_in_one_unit_until_somebody_takes_it_out() {
    let mut shop = scanning();
    shop.does("novak", text("scan", 2, "H-1")).does("novak", text("scan", 3, "L-1"));
    shop.does("novak", complete("scan")).unit("0002").does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", text("scan", 2, "H-1")), ["B03"]);
    shop.does("novak", text("scan", 3, "L-1"));
    shop.unit("0001");
    let out = takes_out(&shop, "H-1", Becomes::Reusable);
    assert_eq!(shop.codes("plan", out.clone()), ["P04"]);
    shop.does("novak", out);
    // Its step asks for one again, and the unit is not done without.
    assert_eq!(shop.state().step_standing(20, &id("scan")), StepStanding::Begun);
    assert_eq!(shop.codes("novak", complete("scan")), ["T12"]);
    shop.unit("0002").does("novak", text("scan", 2, "H-1"));
    shop.unit("0001");
    assert_eq!(shop.codes("novak", text("scan", 2, "H-1")), ["B03"]);
    shop.does("novak", text("scan", 2, "H-2")).does("novak", complete("scan"));
    assert_eq!(gaps(&shop), Vec::<String>::new());
}

#[test]
fn r05_what_was_taken_out_to_be_scrapped_or_for_a_deviation_is_not_built_in_again() {
    let mut shop = scanning();
    shop.does("novak", text("scan", 2, "H-1"));
    let out = takes_out(&shop, "H-1", Becomes::Scrap);
    shop.does("novak", out);
    assert_eq!(shop.codes("novak", text("scan", 2, "H-1")), ["B05"]);
    shop.does("novak", text("scan", 2, "H-2"));
    let nobody_knows = Becomes::Deviation(id("NCR-9"));
    let out = takes_out(&shop, "H-2", nobody_knows);
    assert_eq!(shop.codes("novak", out), ["B16"]);
    shop.does("novak", raises("scan"));
    let out = takes_out(&shop, "H-2", Becomes::Deviation(id("NCR-ASM1-0001")));
    shop.does("novak", out.clone());
    assert_eq!(shop.codes("novak", out), ["B15"]);
    shop.used_as_is("NCR-ASM1-0001");
    assert_eq!(shop.codes("novak", text("scan", 2, "H-2")), ["B06"]);
    let close = DeviationCommand::Close { note: "seen".to_owned() };
    shop.does("quell", Command::Deviation(id("NCR-ASM1-0001"), close));
    shop.does("novak", text("scan", 2, "H-2"));
}

#[test]
fn r05_a_lot_has_so_many_pieces_is_good_until_a_day_and_may_be_blocked() {
    let mut shop = scanning();
    shop.does("quell", received("cover", "L-1", Some(1), Some("2026-11-23")));
    // Good through the end of the day at the site, where it is still this day at 22:59 UTC.
    shop.later(15 * 3_600 + 59 * 60).does("novak", text("scan", 3, "L-1"));
    shop.unit("0002").does("novak", TravelerCommand::Start);
    let blocks = material("cover", "L-1", MaterialCommand::Block { reason: "wet".to_owned() });
    shop.does("quell", blocks.clone()).later(120);
    assert_eq!(shop.codes("novak", text("scan", 3, "L-1")), ["B09", "B08", "B07"]);
    assert_eq!(shop.codes("quell", blocks), ["B09"]);
    let release = |reason: &str| {
        let reason = reason.to_owned();
        material("cover", "L-1", MaterialCommand::Release { reason })
    };
    assert_eq!(shop.codes("okafor", release("")), ["P04", "R08"]);
    shop.does("quell", release("dry again"));
    assert_eq!(shop.codes("quell", release("dry again")), ["B22"]);
    let mut more = received("cover", "L-1", Some(2), Some("2026-12-31"));
    assert_eq!(shop.codes("quell", more.clone()), ["R08"], "why it is corrected");
    if let Command::Material(_, MaterialCommand::Receive(received)) = &mut more {
        received.corrects = Some("counted again".to_owned());
    }
    shop.does("quell", more).does("novak", text("scan", 3, "L-1"));
    let basis = shop.state().components()[0].entry.basis.clone().unwrap();
    assert_eq!((basis.source, basis.quantity, basis.used), (ComponentSource::Received, Some(2), 1));
    assert_eq!(basis.expires, Some("2026-12-31".parse().unwrap()));
}

#[test]
fn r05_what_is_taken_out_to_be_used_again_is_no_use_of_its_lot() {
    let mut shop = scanning();
    shop.does("quell", received("cover", "L-1", Some(1), None))
        .does("novak", text("scan", 3, "L-1"));
    let out = takes_out(&shop, "L-1", Becomes::Reusable);
    shop.does("novak", out).does("novak", text("scan", 3, "L-1"));
    let out = takes_out(&shop, "L-1", Becomes::Scrap);
    shop.does("novak", out);
    assert_eq!(shop.codes("novak", text("scan", 3, "L-1")), ["B07"]);
}

#[test]
fn r05_a_lot_is_not_noted_under_a_number_that_only_capitals_tell_from_another() {
    let mut shop = scanning();
    shop.does("quell", received("cover", "L-1", Some(2), None));
    assert_eq!(shop.codes("quell", received("cover", "l-1", Some(2), None)), ["B23"]);
    shop.does("quell", received("seal", "l-1", Some(2), None));
}

#[test]
fn goods_in_notes_what_came_and_only_what_came_is_blocked() {
    let mut shop = Shop::open();
    let none = received("cover", "L-1", Some(0), None);
    assert_eq!(shop.codes("novak", none), ["P04", "B21"]);
    let blocks = material("cover", "L-1", MaterialCommand::Block { reason: "wet".to_owned() });
    assert_eq!(shop.codes("quell", blocks), ["B20"]);
    let release = material("cover", "L-1", MaterialCommand::Release { reason: "dry".to_owned() });
    assert_eq!(shop.codes("quell", release), ["B20", "B22"]);
}

#[test]
fn r05_a_number_of_another_part_is_refused_and_one_that_nobody_knows_where_the_site_says_so() {
    let mut shop = scanning();
    shop.does("quell", received("seal", "L-9", None, None));
    assert_eq!(shop.codes("novak", text("scan", 3, "L-9")), ["B01"]);
    shop.does("quell", received("cover", "L-9", None, None)).does("novak", text("scan", 3, "L-9"));
    let components = Some(ComponentRule::Known);
    let change = SiteChange { components, ..SiteChange::default() };
    shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))));
    assert_eq!(shop.codes("novak", text("scan", 2, "H-1")), ["B02"]);
    shop.does("quell", received("housing", "H-1", Some(1), None));
    shop.does("novak", text("scan", 2, "H-1"));
}

/// A plant that makes the housings itself, in an order of lots or single units.
fn makes_housings(units: Units) -> Shop {
    let mut shop = Shop::open();
    let mut makes = Instruction { part: id("housing"), ..deburring() };
    makes.steps.truncate(1);
    shop.release_read(&makes);
    let opened = OrderOpened { part: id("housing"), units, ..lot_order() };
    let route = opened.route[..1].to_vec();
    let opened = OrderOpened { route, ..opened };
    shop.does("plan", Command::Order(id("WO-H"), OrderCommand::Open(opened)));
    shop
}

fn of_housings(shop: &mut Shop, unit: &str) {
    shop.traveler.order = id("WO-H");
    shop.unit(unit);
}

fn of_pumps(shop: &mut Shop, unit: &str) {
    shop.traveler.order = id("WO-1");
    shop.unit(unit);
}

#[test]
fn r05_what_this_plant_makes_is_built_in_once_it_is_finished_and_not_while_it_is_held() {
    let mut shop = makes_housings(Units::Serials(vec![id("HS-1"), id("HS-2"), id("0001")]));
    of_housings(&mut shop, "HS-1");
    shop.does("novak", TravelerCommand::Start);
    of_pumps(&mut shop, "0001");
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", text("scan", 2, "HS-1")), ["B10"]);
    of_housings(&mut shop, "HS-1");
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", raises("deburr"));
    of_pumps(&mut shop, "0001");
    assert_eq!(shop.codes("novak", text("scan", 2, "HS-1")), ["B11"]);
    of_housings(&mut shop, "HS-1");
    shop.used_as_is("NCR-ASM1-0001");
    of_pumps(&mut shop, "0001");
    shop.does("novak", text("scan", 2, "HS-1"));
    let made = shop.state().components()[0].entry.basis.clone().unwrap().made;
    assert_eq!(made, TravelerId::parse("WO-H/HS-1"));
}

#[test]
fn r05_what_ended_is_not_built_in_and_nothing_into_itself() {
    let mut shop = makes_housings(Units::Serials(vec![id("HS-1")]));
    of_housings(&mut shop, "HS-1");
    shop.does("novak", TravelerCommand::Start).does("novak", raises("deburr"));
    shop.does("quell", disposes("NCR-ASM1-0001", Disposition::Scrap));
    of_pumps(&mut shop, "0001");
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", text("scan", 2, "HS-1")), ["B12"]);
    assert_eq!(shop.codes("novak", text("scan", 2, "WO-1/0001")), ["R27"]);
    let mut own = assembly();
    own.revision = id("D");
    let Ask::Install { part, .. } = &mut own.steps[0].asks[1] else { panic!("{own:?}") };
    *part = id("CP-40");
    shop.release_read(&own);
    shop.unit("0002").does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", text("scan", 2, "WO-1/0002")), ["B14"]);
}

#[test]
fn r05_a_number_that_several_orders_have_is_scanned_with_its_order() {
    let mut shop = makes_housings(Units::Serials(vec![id("HS-1")]));
    let again = OrderOpened {
        part: id("housing"),
        units: Units::Serials(vec![id("HS-1")]),
        route: lot_order().route[..1].to_vec(),
        ..order()
    };
    shop.does("plan", Command::Order(id("WO-I"), OrderCommand::Open(again)));
    for order in ["WO-H", "WO-I"] {
        shop.traveler.order = id(order);
        shop.unit("HS-1").does("novak", TravelerCommand::Start);
        shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    }
    of_pumps(&mut shop, "0001");
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", text("scan", 2, "HS-1")), ["B13"]);
    shop.does("novak", text("scan", 2, "WO-I/HS-1"));
}

#[test]
fn r09_work_that_is_done_again_scans_what_is_there_or_says_first_that_it_was_taken_out() {
    let mut shop = Shop::reaching("clean");
    shop.does("novak", raises("clean"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("scan")));
    assert_eq!(shop.state().components().iter().filter(|built| built.stands()).count(), 2);
    shop.does("novak", text("scan", 1, "0001"));
    assert_eq!(shop.codes("novak", text("scan", 2, "H-5")), ["B04"]);
    shop.does("novak", text("scan", 2, "H-0001"));
    let out = takes_out(&shop, "LOT-7", Becomes::Scrap);
    shop.does("novak", out).does("novak", text("scan", 3, "LOT-8"));
    shop.does("novak", complete("scan"));
    let state = shop.state();
    let built = state.as_built(&shop.instructions);
    let there: Vec<&str> =
        built.planned.iter().flat_map(|planned| &planned.built).map(|b| b.identity).collect();
    assert_eq!(there, ["H-0001", "LOT-8"]);
    assert_eq!(built.removed.len(), 1);
    assert_eq!(built.gaps(), Vec::<String>::new());
}

#[test]
fn what_two_stations_built_in_unseen_is_a_gap_that_the_last_step_waits_for() {
    let mut shop = Shop::open();
    let mut short = assembly();
    short.revision = id("D");
    short.steps.truncate(2);
    shop.release_read(&short);
    let one = OrderOpened { route: order().route[..1].to_vec(), ..order() };
    shop.does("plan", Command::Order(id("WO-9"), OrderCommand::Open(one)));
    shop.traveler.order = id("WO-9");
    shop.does("novak", TravelerCommand::Start).share();
    for (station, serial) in [("ASM1", "H-1"), ("ASM2", "H-2")] {
        shop.at(station);
        shop.does("novak", text("scan", 1, "0001")).does("novak", text("scan", 2, serial));
        shop.does("novak", text("scan", 3, "L-1")).does("novak", complete("scan"));
    }
    shop.share();
    shop.does("novak", answer("clean", 1, true));
    let codes = shop.codes("novak", complete("clean"));
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "B17"), "{codes:?}");
    assert_eq!(gaps(&shop).len(), codes.len());
}

#[test]
fn what_a_lot_takes_is_one_for_each_piece() {
    let mut shop = Shop::open();
    let mut lots = deburring();
    let install = Ask::Install { name: "seal".to_owned(), part: id("seal"), by: InstallBy::Lot };
    lots.steps[0].asks.insert(0, install);
    shop.release_read(&lots);
    shop.release_read(&packing());
    shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(lot_order())));
    shop.traveler.order = id("WO-2");
    shop.unit("L-22").does("novak", TravelerCommand::Start);
    shop.does("quell", received("seal", "S-1", Some(99), None));
    shop.does("quell", received("seal", "S-2", Some(100), None));
    let seal = |lot: &str| {
        let entry = gemba::domain::traveler::command::Entry::Text(lot.to_owned());
        TravelerCommand::Record { at: at("deburr"), ask: 1, sample: 1, entry }
    };
    assert_eq!(shop.codes("novak", seal("S-1")), ["B07"]);
    shop.does("novak", seal("S-2"));
    assert_eq!(shop.state().components()[0].pieces(), 100);
}
