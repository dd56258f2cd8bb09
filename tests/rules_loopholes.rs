//! R1, R4, R5, R6, R11: ways around a rule that somebody found, each closed.

use gemba::domain::decide::Command;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::people::PersonCommand;
use gemba::domain::people::Role;
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::lots::counted;
use crate::support::shop::Shop;
use crate::support::shop_plan::{
    answer, assembly, begin_wait, check, complete, gauge_registered, id, number, raises, signs,
    skip, torque,
};

fn gauge_fails(shop: &mut Shop) {
    let (found, reason) = ("+4 %".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Fail { found, reason }));
}

fn stops_work(shop: &mut Shop) {
    let withdrawn =
        RevisionWithdrawn { revision: id("C"), reason: "wrong torque".to_owned(), stop_work: true };
    shop.does("lind", Command::Instruction(id("WI-1"), RevisionCommand::Withdraw(withdrawn)));
}

/// A person who holds two roles.
fn admits(shop: &mut Shop, who: &str, roles: &[Role]) {
    let roles = roles.iter().copied().collect();
    let admit = PersonCommand::Admit { roles, identity_verified_by: "passport".to_owned() };
    shop.does("admin", Command::Person(id(who), admit));
    let qualify = PersonCommand::Qualify { qualification: id("torque-1"), until: None };
    shop.does("admin", Command::Person(id(who), qualify));
}

#[test]
fn r02_no_gauge_has_an_uncertainty_or_a_resolution_that_is_not_above_zero() {
    let mut shop = Shop::open();
    for (resolution, uncertainty) in
        [(Some("0"), None), (None, Some("-0.5")), (Some("-1"), Some("0"))]
    {
        let mut command = gauge_registered("NG-6", "caliper");
        if let Command::Gauge(_, GaugeCommand::Register(described)) = &mut command {
            described.resolution = resolution.map(number);
            described.uncertainty = uncertainty.map(number);
        }
        let codes = shop.codes("quell", command);
        assert!(codes.iter().all(|code| *code == "G14") && !codes.is_empty(), "{codes:?}");
    }
}

#[test]
fn r04_a_use_as_is_lets_stand_what_was_recorded_and_no_later_no() {
    let mut shop = Shop::reaching("clean");
    shop.does("novak", answer("clean", 1, false)).does("novak", raises("clean"));
    shop.used_as_is("NCR-ASM1-0001");
    shop.does("novak", complete("clean"));

    let mut shop = Shop::open();
    let mut two = assembly();
    two.revision = id("D");
    two.steps[1].asks.push(check("Free of scratches?"));
    shop.release_read(&two);
    shop.does("novak", TravelerCommand::Start).reaches("clean");
    shop.does("novak", answer("clean", 1, true)).does("novak", raises("clean"));
    shop.used_as_is("NCR-ASM1-0001");
    shop.does("novak", answer("clean", 2, false));
    assert_eq!(shop.codes("novak", complete("clean")), ["T13"], "nobody had seen the scratches");
}

#[test]
fn r11_a_use_as_is_ends_no_wait_early() {
    let mut shop = Shop::reaching("cure");
    shop.does("novak", begin_wait("cure")).does("novak", raises("cure"));
    shop.used_as_is("NCR-ASM1-0001");
    assert_eq!(shop.codes("novak", complete("cure")), ["W01"]);
    assert_eq!(shop.later(7_300).codes("novak", complete("cure")), ["W02"], "nor hides a late one");
}

#[test]
fn r05_a_value_is_typed_again_only_with_a_gauge_that_is_still_good() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "28"));
    gauge_fails(&mut shop);
    let again = shop.retype(1, "25");
    assert_eq!(shop.codes("novak", again), ["G09"]);
    let confirm = shop.retype(1, "28");
    shop.does("novak", confirm);
}

#[test]
fn r01_a_value_is_typed_again_only_while_the_revision_runs() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24")).does("novak", torque(2, "28"));
    stops_work(&mut shop);
    let again = shop.retype(2, "25");
    assert_eq!(shop.codes("novak", again), ["D12"]);
}

#[test]
fn r11_a_supervisor_skips_what_is_next_in_a_revision_that_runs() {
    let mut shop = Shop::reaching("torque");
    assert_eq!(shop.codes("brandt", skip("cure")), ["T10"]);
    shop.place("INC-1");
    assert_eq!(shop.codes("brandt", skip("diameter")), ["T09"]);
    shop.place("ASM-1");
    stops_work(&mut shop);
    assert_eq!(shop.codes("brandt", skip("torque")), ["D12"]);
}

#[test]
fn r06_nobody_signs_over_what_was_recorded_after_the_page_was_shown() {
    let mut shop = Shop::reaching("release");
    let unit = shop.traveler.clone();
    let sign = |seen: usize| {
        let TravelerCommand::Sign { at, ask, by } = signs("release", 1) else { panic!() };
        TravelerCommand::Sign { at, ask, by: by.having_seen([(unit.clone(), seen)]) }
    };
    let before = shop.state().facts.len();
    let correct = shop.correct(1, "24.9");
    shop.does("novak", correct);
    let since = shop.state().facts.len();
    assert!(since > before);
    assert_eq!(shop.codes("okafor", sign(before)), ["P41"]);
    shop.does("okafor", sign(since));
}

#[test]
fn r06_who_corrected_a_value_does_not_verify_it() {
    let mut shop = Shop::reaching("release");
    admits(&mut shop, "duo", &[Role::Inspector, Role::Supervisor]);
    let correct = shop.correct(1, "24.9");
    shop.does("duo", correct);
    assert_eq!(shop.codes("duo", signs("release", 1)), ["P09"]);
    shop.does("okafor", signs("release", 1));
}

#[test]
fn r06_who_left_a_step_out_does_not_verify_the_rest() {
    let mut shop = Shop::open();
    admits(&mut shop, "duo", &[Role::Inspector, Role::Supervisor]);
    shop.does("novak", TravelerCommand::Start).reaches("clean").does("duo", skip("clean"));
    for step in ["torque", "look", "cure", "press"] {
        shop.step_done(step);
    }
    assert_eq!(shop.codes("duo", signs("release", 1)), ["P09"]);
    shop.does("okafor", signs("release", 1));
}

#[test]
fn r06_who_counted_some_of_the_pieces_does_not_verify_them() {
    let mut shop = crate::rules_lots::counting_before_a_release();
    shop.does("novak", counted("count", "60", "")).does("okafor", counted("count", "40", ""));
    shop.does("novak", complete("count"));
    assert_eq!(shop.codes("okafor", signs("release", 1)), ["P09"]);
    shop.does("ito", signs("release", 1));
}

#[test]
fn r06_who_verified_an_operation_records_nothing_there_afterwards() {
    let mut shop = Shop::open();
    let mut behind = assembly();
    behind.revision = id("D");
    behind.steps[6].asks.push(check("Label fixed?"));
    shop.release_read(&behind);
    shop.does("novak", TravelerCommand::Start).reaches("release");
    shop.does("okafor", signs("release", 1));
    let of = behind.id.clone();
    let hash = shop.state().started.unwrap().operations[0].hash;
    let read = gemba::domain::people::RevisionRead { instruction: of, revision: id("D"), hash };
    shop.does("okafor", Command::Person(id("okafor"), PersonCommand::ReadRevision(read)));
    assert_eq!(shop.codes("okafor", answer("release", 2, true)), ["P40"]);
    shop.does("novak", answer("release", 2, true)).does("novak", complete("release"));
}

#[test]
fn r06_who_performed_at_an_earlier_operation_does_not_verify_over_it() {
    let mut shop = crate::rules_lots::counting_before_a_release();
    admits(&mut shop, "duo", &[Role::Operator, Role::Inspector]);
    shop.does("duo", counted("count", "100", "")).does("novak", complete("count"));
    shop.does("ito", signs("release", 1)).does("ito", complete("release"));
    let mut boxed = shop.place("INC-1");
    boxed = boxed.does("novak", answer("box", 1, true)).does("novak", complete("box"));
    boxed.does("novak", counted("tally", "100", "")).does("novak", complete("tally"));
    assert_eq!(boxed.codes("duo", signs("seal", 1)), ["P09"], "its signature covers the count too");
    boxed.does("okafor", signs("seal", 1));
}
