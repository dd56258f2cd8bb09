//! R17: what may be shipped, what the reviewer signs, and what comes of it when something turns out.

use gemba::domain::decide::Command;
use gemba::domain::deviation::DeviationCommand;
use gemba::domain::fact::Position;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::order::OrderCommand;
use gemba::domain::refusal::Reason;
use gemba::domain::signature::{Meaning, Signer};
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::exceptions::{Exception, digest};
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::shipped::{Shipping, why_not_shipped};

use crate::support::judged::nothing_is_objected_to;
use crate::support::shipping::{begun, exceptions, finished, ships, takes_back};
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete, id, raises, text, torque};

fn kinds(shop: &Shop) -> Vec<&'static str> {
    exceptions(shop).iter().map(|one| one.kind).collect()
}

fn codes_with(shop: &Shop, shipping: Shipping) -> Vec<&'static str> {
    let mut context = shop.context("quell", &Command::Traveler(shop.traveler.clone(), ships(shop)));
    context.shipping = Some(shipping);
    why_not_shipped(&shop.state(), &context).iter().map(Reason::code).collect()
}

#[test]
fn r17_nothing_is_shipped_until_every_operation_is_closed_and_then_by_quality_alone() {
    let mut shop = begun();
    assert_eq!(shop.codes("quell", ships(&shop.clone())), ["Z02"]);
    shop.later(60).does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    let release = ships(&shop);
    for who in ["novak", "brandt", "lind"] {
        assert_eq!(shop.codes(who, release.clone()), ["P04"], "{who}");
    }
    shop.does("quell", release.clone());
    let state = shop.state();
    let released = state.shipped().unwrap();
    assert_eq!(released.what.signature.meaning, Meaning::Released);
    assert_eq!(released.what.signature.covers.facts.len(), state.facts.len() as u64 - 1);
    assert_eq!(state.not_valid(released), None);
    assert_eq!(shop.codes("quell", release), ["Z10"]);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_the_unit_is_shipped_as_its_facts_are_at_the_server_judged_and_accepted() {
    let shop = finished();
    let at = || Position::parse("ledger-ASM1.1.7").unwrap();
    assert_eq!(codes_with(&shop, Shipping::default()), [""; 0]);
    let shipping = Shipping {
        unsent: vec![at()],
        unjudged: vec![at()],
        rejected: vec![(at(), vec!["no role".to_owned()])],
        waiting: 1,
        doubtful: vec!["cover L-1 is blocked: wet".to_owned()],
        built_into: TravelerId::parse("WO-S/0002"),
    };
    assert_eq!(codes_with(&shop, shipping), ["Z03", "Z04", "Z05", "Z06", "Z09", "Z13"]);
}

#[test]
fn r17_a_deviation_is_closed_first_and_stands_among_the_exceptions() {
    let mut shop = begun();
    shop.does("novak", raises("deburr"));
    assert_eq!(shop.codes("quell", ships(&shop.clone())), ["Z02", "H01", "Z07"]);
    shop.used_as_is("NCR-ASM1-0001");
    shop.later(60).does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    assert_eq!(shop.codes("quell", ships(&shop.clone())), ["Z07"]);
    let close = DeviationCommand::Close { note: "seen".to_owned() };
    shop.does("quell", Command::Deviation(id("NCR-ASM1-0001"), close));
    assert_eq!(kinds(&shop), ["deviation"]);
    let release = ships(&shop);
    shop.does("quell", release);
}

#[test]
fn r17_what_came_since_the_list_was_shown_is_looked_at_first() {
    let mut shop = finished();
    let other = TravelerCommand::Ship {
        shown: Hash::ZERO,
        set: Vec::new(),
        by: Signer::by_badge("Q. Quell"),
    };
    assert_eq!(shop.codes("quell", other), ["Z12"]);
    let TravelerCommand::Ship { shown, set, by } = ships(&shop) else { panic!("another command") };
    let seen = [(shop.traveler.clone(), shop.state().facts.len() - 1)];
    let unseen = TravelerCommand::Ship { shown, set, by: by.having_seen(seen) };
    assert_eq!(shop.codes("quell", unseen), ["P41"]);
}

#[test]
fn r17_a_closed_order_ships_what_is_finished() {
    let mut shop = finished();
    let close = OrderCommand::Close { reason: "enough".to_owned(), with_open_units: true };
    shop.does("plan", Command::Order(id("WO-S"), close));
    let release = ships(&shop);
    shop.does("quell", release);
}

#[test]
fn r17_a_hold_after_the_release_makes_the_certificate_void_until_it_is_let_go() {
    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release);
    let fact = shop.state().facts.keys().next().unwrap().clone();
    let hold = TravelerCommand::HoldForJudge { fact, reasons: vec!["no role".to_owned()] };
    shop.does("", hold);
    let state = shop.state();
    let words = state.not_valid(state.shipped().unwrap()).unwrap();
    assert!(words.starts_with("on hold: the server did not accept"), "{words}");
}

#[test]
fn r17_what_is_shipped_is_not_worked_on_until_it_is_taken_back() {
    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release);
    let pause = TravelerCommand::Pause { reason: "x".to_owned() };
    assert!(shop.codes("novak", pause).contains(&"Z10"));
    assert_eq!(shop.codes("novak", takes_back("returned")), ["P04"]);
    assert_eq!(shop.codes("quell", takes_back("")), ["R08"]);
    shop.does("quell", takes_back("returned"));
    assert_eq!(shop.codes("quell", takes_back("returned")), ["Z11"]);
    let state = shop.state();
    assert_eq!(state.shipped(), None);
    assert!(state.not_valid(&state.releases[0]).unwrap().starts_with("taken back"));
    let release = ships(&shop);
    shop.does("quell", release);
    assert_eq!(shop.state().releases.len(), 2);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_work_of_another_station_that_the_reviewer_did_not_see_is_not_covered() {
    let mut shop = begun();
    shop.later(60).does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.share();
    shop.at("ASM2").does("brandt", raises("deburr"));
    shop.at("ASM1");
    let release = ships(&shop);
    shop.does("quell", release).share();
    let state = shop.state();
    let words = state.not_valid(state.shipped().unwrap()).unwrap();
    assert!(words.starts_with("on hold"), "{words}");
}

#[test]
fn r17_what_went_faster_than_it_can_be_answered_is_told_with_both_numbers() {
    let fast = |pause_s: i64| {
        let mut shop = Shop::reaching("scan");
        for (ask, number) in [(1, "0001"), (2, "H-1"), (3, "L-1")] {
            shop.later(pause_s).does("novak", text("scan", ask, number));
        }
        shop.does("novak", complete("scan"));
        kinds(&shop).contains(&"fast")
    };
    assert!(fast(0) && fast(1) && !fast(30));
}

#[test]
fn r17_several_units_go_by_one_act_and_each_names_all_of_them() {
    let mut shop = finished();
    let set = ["0001", "0002"].map(|unit| TravelerId { order: id("WO-S"), unit: id(unit) });
    let TravelerCommand::Ship { shown, by, .. } = ships(&shop) else { panic!("another command") };
    let release = TravelerCommand::Ship { shown, set: set.to_vec(), by };
    shop.does("quell", release);
    let facts = shop.here().all_facts();
    let named = facts.filter_map(|(fact, _)| {
        let FactBody::Traveler(TravelerFact::ProductReleased(released)) = &fact.body else {
            return None;
        };
        Some(released.set.clone())
    });
    assert_eq!(named.collect::<Vec<_>>(), [set.to_vec()]);
}

#[test]
fn r17_what_a_gauge_measured_that_failed_since_is_held_or_decided_first() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8"));
    assert!(!shop.codes("quell", ships(&shop.clone())).contains(&"Z08"));
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    shop.later(60).does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }));
    assert!(shop.codes("quell", ships(&shop.clone())).contains(&"Z08"));
}

#[test]
fn r17_a_list_is_signed_by_kinds_and_facts_and_not_by_its_words() {
    let one = |kind, what: &str, seq: u64| Exception {
        kind,
        what: what.to_owned(),
        fact: Position::parse(&format!("a.1.{seq}")),
    };
    let signed = digest(&[one("skipped", "20 look: dark", 3), one("stale", "30 h", 4)]);
    let said_otherwise = [one("stale", "more than a day", 4), one("skipped", "step look", 3)];
    assert_eq!(digest(&said_otherwise), signed);
    assert_ne!(digest(&[one("skipped", "20 look: dark", 3)]), signed);
    assert_ne!(digest(&[one("skipped", "20 look: dark", 3), one("stale", "30 h", 5)]), signed);
    assert_ne!(digest(&[one("skipped", "20 look: dark", 3), one("fast", "30 h", 4)]), signed);
}
