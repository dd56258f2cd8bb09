//! R1, R5, R7: what may be run, by whom, where and with what; a refusal names every reason.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::hash::Hash;
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::place::Policy;
use gemba::domain::refusal::equipment::EquipmentReason;
use gemba::domain::refusal::{Reason, Refusal};
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{
    answer, approval, assembly, at, calibrated, complete, gauge_registered, id, inspection,
    measured, order, signs, submission, text, torque,
};

#[test]
fn r01_a_unit_keeps_the_revisions_that_it_started_with() {
    let mut shop = Shop::reaching("clean");
    let before = shop.state().started.unwrap();
    let mut newer = assembly();
    newer.revision = id("D");
    newer.steps.remove(1);
    let hash = shop.release(&newer);
    shop.does("novak", answer("clean", 1, true)).does("novak", complete("clean"));
    assert_eq!(shop.state().started.unwrap(), before);
    shop.unit("0002").does("novak", TravelerCommand::Start);
    assert_eq!(shop.state().started.unwrap().operations[0].hash, hash);
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["T06"]);
}

#[test]
fn r01_only_a_released_revision_is_run_and_only_once_it_was_judged() {
    let mut shop = Shop::open();
    shop.judged = false;
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["D02", "D02"]);
    shop.judged = true;
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["T01"]);
}

#[test]
fn r01_an_instruction_runs_against_the_specification_it_names_and_makes_the_part() {
    let mut shop = Shop::open();
    let mut other = assembly();
    (other.revision, other.specification, other.part) = (id("D"), Some(id("G")), id("CP-41"));
    shop.release(&other);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["D09", "D08"]);
}

#[test]
fn r01_without_a_specification_in_effect_nothing_that_measures_against_one_starts() {
    let mut shop = Shop::open();
    let (mut first, mut second) = (assembly(), inspection());
    (first.id, first.part) = (id("WI-3"), id("CP-41"));
    (second.id, second.part, second.specification) = (id("WI-4"), id("CP-41"), None);
    shop.release(&first);
    shop.release(&second);
    let mut opened = order();
    opened.part = id("CP-41");
    (opened.route[0].instruction, opened.route[1].instruction) = (id("WI-3"), id("WI-4"));
    let open = Command::Order(id("WO-3"), OrderCommand::Open(opened));
    assert_eq!(shop.codes("plan", open.clone()), ["O12"]);
    // The order comes from a station that knows a specification, which has not come here yet.
    shop.share().at("ASM2");
    let submit = submission("F", Hash::of(&[b"CP-41"]));
    shop.does("lind", Command::Specification(id("CP-41"), submit));
    for who in ["lind", "quell"] {
        shop.does(who, Command::Specification(id("CP-41"), approval("F", who)));
    }
    shop.does("plan", open);
    let order = shop.here().written.last().unwrap().written.clone();
    shop.at("ASM1").station().take(&order);
    shop.traveler.order = id("WO-3");
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["D03"]);
}

#[test]
fn r01_a_definition_whose_blob_is_missing_is_not_started() {
    let mut shop = Shop::open();
    let hash = Hash::of(&[&serde_json::to_vec(&inspection()).unwrap()]);
    shop.blobs_missing = BTreeSet::from([hash]);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["D04"]);
    let mut shop = Shop::reaching("clean");
    shop.blobs_missing = shop.instructions.keys().copied().collect();
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["D04"]);
}

#[test]
fn r01_what_is_released_never_changes_and_each_approval_is_another_person() {
    let mut shop = Shop::open();
    let same = Hash::of(&[&serde_json::to_vec(&assembly()).unwrap()]);
    let wi = |command| Command::Instruction(id("WI-1"), command);
    assert_eq!(shop.codes("lind", wi(submission("C", same))), ["D05"]);
    assert_eq!(shop.codes("lind", wi(submission("C", Hash::ZERO))), ["D06"]);
    assert_eq!(shop.codes("quell", wi(approval("C", "quell"))), ["D05"]);
    assert_eq!(shop.codes("quell", wi(approval("E", "quell"))), ["D01"]);
    shop.does("lind", wi(submission("E", Hash::ZERO)));
    assert_eq!(shop.codes("novak", wi(approval("E", "novak"))), ["P12"]);
    shop.does("lind", wi(approval("E", "lind")));
    assert_eq!(shop.codes("lind", wi(approval("E", "lind"))), ["P11", "P12"]);
    assert_eq!(shop.codes("quell", wi(approval("E", " "))), ["R08"]);
    // Handed in again, it must be approved again by everyone.
    shop.does("lind", wi(submission("E", same)));
    shop.does("quell", wi(approval("E", "quell")));
    let state = shop.stream(&gemba::domain::stream::Subject::Instruction(id("WI-1"))).state;
    let gemba::domain::stream::StreamState::Instruction(state) = state else { panic!("{state:?}") };
    let revision = state.revisions.find(&id("E")).unwrap();
    assert_eq!(revision.standing, gemba::domain::revision::RevisionStanding::Submitted);
}

#[test]
fn r01_a_site_says_who_approves_before_anything_is_submitted() {
    let mut shop = Shop::open();
    let policy = |zone: &str| Policy::new("Harbor".to_owned(), zone.to_owned(), Vec::new());
    assert_eq!(shop.codes("admin", Command::Site(id(SITE), policy("Mars/Base").into())), ["L04"]);
    shop.does("admin", Command::Site(id(SITE), policy("Europe/Berlin").into()));
    let submit = Command::Instruction(id("WI-9"), submission("A", Hash::ZERO));
    assert_eq!(shop.codes("lind", submit), ["D07"]);
}

#[test]
fn r05_the_role_allows_the_action() {
    let mut shop = Shop::reaching("clean");
    for who in ["brandt", "lind", "quell", "plan", "admin"] {
        let codes = shop.codes(who, answer("clean", 1, true));
        assert_eq!(codes, ["P04", "P07"], "{who}");
    }
    assert_eq!(shop.codes("nobody", answer("clean", 1, true)), ["P02"]);
    assert_eq!(shop.codes("", answer("clean", 1, true)), ["P01"]);
    let reason = "left".to_owned();
    shop.does("admin", Command::Person(id("novak"), PersonCommand::Revoke { reason }));
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["P03"]);
    let (roles, identity_verified_by) = (BTreeSet::from([Role::Operator]), "again".to_owned());
    let admit = PersonCommand::Admit { roles, identity_verified_by };
    shop.does("admin", Command::Person(id("novak"), admit));
    shop.does("novak", answer("clean", 1, true));
}

#[test]
fn r05_a_qualification_holds_through_the_end_of_its_day_at_the_site() {
    let mut shop = Shop::reaching("clean");
    let qualify = |until: &str| {
        let until = Some(until.parse().unwrap());
        Command::Person(
            id("novak"),
            PersonCommand::Qualify { qualification: id("torque-1"), until },
        )
    };
    shop.does("admin", qualify("2026-11-22"));
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["P08"]);
    shop.does("admin", qualify("2026-11-23"));
    shop.does("novak", answer("clean", 1, false));
    assert_eq!(shop.codes("haas", answer("clean", 1, true)), ["P08"]);
    assert_eq!(shop.codes("green", answer("clean", 1, true)), ["P07"]);
    assert_eq!(shop.unit("0002").codes("green", TravelerCommand::Start), ["P07"]);
}

#[test]
fn r05_a_gauge_is_good_through_23_59_59_at_the_site() {
    // Noon at UTC is another day at some sites; the site's day counts, whatever the season.
    for (zone, due, last_good) in [
        ("Europe/Berlin", "2026-11-30", "2026-11-30T22:59:59Z"),
        ("America/New_York", "2026-11-30", "2026-12-01T04:59:59Z"),
        ("Pacific/Kiritimati", "2026-11-30", "2026-11-30T09:59:59Z"),
        ("Pacific/Pago_Pago", "2026-11-30", "2026-12-01T10:59:59Z"),
        ("Asia/Kathmandu", "2026-11-30", "2026-11-30T18:14:59Z"),
        // The night on which summer time ends has 25 hours, and on which it begins 23.
        ("Europe/Berlin", "2027-10-31", "2027-10-31T22:59:59Z"),
        ("Europe/Berlin", "2027-03-28", "2027-03-28T21:59:59Z"),
        ("UTC", "2026-11-30", "2026-11-30T23:59:59Z"),
    ] {
        let mut shop = Shop::reaching("torque");
        let approvals = vec![Role::Engineer];
        let (name, time_zone) = ("Harbor".to_owned(), zone.to_owned());
        shop.does("admin", Command::Site(id(SITE), Policy::new(name, time_zone, approvals).into()));
        shop.does("quell", calibrated("TW-07", "2026-11-20", due));
        let until = PersonCommand::Qualify { qualification: id("torque-1"), until: None };
        shop.does("admin", Command::Person(id("novak"), until));
        let morning: jiff::Timestamp = crate::support::shop::MORNING.parse().unwrap();
        let last_good: jiff::Timestamp = last_good.parse().unwrap();
        shop.now_s = last_good.duration_since(morning).as_secs();
        shop.does("novak", torque(1, "24.8"));
        let overdue = shop.later(1).refuses("novak", torque(2, "24.8"));
        let due = due.parse().unwrap();
        assert_eq!(
            overdue,
            [Reason::Equipment(EquipmentReason::GaugeOverdue { gauge: id("TW-07"), due })],
            "{zone}"
        );
    }
}

#[test]
fn r05_the_measured_offset_decides_which_day_it_is() {
    let mut shop = Shop::reaching("torque");
    // The wall clock is eight days ahead, and the server has said so.
    shop.set_clock(8 * 86_400);
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["G04"]);
    shop.measure_offset().does("novak", torque(1, "24.8"));
}

#[test]
fn r05_the_last_calibration_counts_whenever_it_is_entered() {
    let mut shop = Shop::reaching("torque");
    shop.does("quell", calibrated("TW-07", "2024-01-01", "2025-01-01"));
    shop.does("novak", torque(1, "24.8"));
    shop.does("quell", calibrated("TW-07", "2026-11-21", "2026-11-22"));
    assert_eq!(shop.codes("novak", torque(2, "24.8")), ["G04"]);
}

#[test]
fn r05_the_gauge_is_of_the_class_and_in_calibration() {
    let mut shop = Shop::reaching("torque");
    for (gauge, codes) in [
        ("", &["G01"][..]),
        ("TW-99", &["G02"]),
        ("CAL-1", &["G03"]),
        ("TW-08", &["G04"]),
        ("TW-09", &["G05"]),
        ("CAL-2", &["G03", "G04"]),
    ] {
        assert_eq!(shop.codes("novak", measured("torque", 1, "24.8", gauge)), codes, "{gauge}");
    }
}

#[test]
fn r05_the_work_is_done_at_a_place_of_its_work_center() {
    let mut shop = Shop::reaching("clean");
    assert_eq!(shop.place("INC-1").codes("novak", answer("clean", 1, true)), ["L03"]);
    assert_eq!(shop.place("ASM-9").codes("novak", answer("clean", 1, true)), ["L02"]);
    assert_eq!(shop.place("").codes("novak", answer("clean", 1, true)), ["L01"]);
    shop.unit("0002");
    assert_eq!(shop.place("INC-1").codes("novak", TravelerCommand::Start), ["L03"]);
}

#[test]
fn r07_four_things_wrong_give_four_reasons_each_with_its_next_step() {
    let mut shop = Shop::reaching("torque");
    let refused = shop.place("INC-1").tries("haas", measured("torque", 9, "24.8", "CAL-2"));
    assert_eq!(refused.unwrap_err().reasons.len(), 1, "an ask that is not there is said alone");
    let four = measured("torque", 2, "24.8", "CAL-2");
    let codes = shop.place("INC-1").codes("haas", four.clone());
    assert_eq!(codes, ["P08", "L03", "G03", "G04"]);
    let refusal: Refusal = shop.tries("haas", four).unwrap_err();
    insta::assert_snapshot!(refusal.to_string(), @r"
    P08 The qualification torque-1 of haas ended on 2026-11-01. → take another unit, or somebody qualified takes over (scan their badge); an administrator renews torque-1: gemba person qualify
    L03 INC-1 does not belong to work center ASM, where this operation is done. → work on it at a place of ASM
    G03 The gauge CAL-2 is not of class torque-wrench. → scan one of class torque-wrench
    G04 The gauge CAL-2 was due for calibration on 2026-11-01. → scan another one that is in date
    ");
}

#[test]
fn r07_an_order_a_hold_and_a_pause_are_told_together() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", crate::support::shop_plan::pause());
    shop.does("brandt", crate::support::shop_plan::raises("torque"));
    let reason = "wrong part".to_owned();
    let close = OrderCommand::Close { reason, with_open_units: true };
    shop.does("plan", Command::Order(id("WO-1"), close));
    assert_eq!(shop.place("").codes("novak", torque(1, "24.8")), ["O03", "L01", "T15", "H01"]);
    let at_once = shop.codes("brandt", crate::support::shop_plan::skip("torque"));
    assert_eq!(at_once, ["O03", "T15", "H01"]);
}

#[test]
fn r07_what_is_not_there_is_said() {
    let mut shop = Shop::open();
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["T02"]);
    assert_eq!(shop.codes("novak", crate::support::shop_plan::pause()), ["T02"]);
    assert_eq!(shop.unit("0009").codes("novak", TravelerCommand::Start), ["O04"]);
    shop.traveler.order = id("WO-9");
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["O01"]);
    let mut shop = Shop::reaching("clean");
    let record = |ask, sample| TravelerCommand::Record {
        at: at("clean"),
        ask,
        sample,
        entry: gemba::domain::traveler::command::Entry::Answer(true),
    };
    for (ask, sample) in [(0, 1), (2, 1), (u16::MAX, 1), (1, 0), (1, 2)] {
        assert_eq!(shop.codes("novak", record(ask, sample)), ["T07"]);
    }
    let mut nowhere = at("clean");
    nowhere.operation = 25;
    assert_eq!(
        shop.codes("novak", TravelerCommand::CompleteStep { at: nowhere, read_in: None }),
        ["T05"]
    );
    assert_eq!(shop.codes("okafor", signs("clean", 1)), ["T08"]);
    assert_eq!(shop.codes("okafor", signs("clean", 0)), ["T07"]);
    assert_eq!(shop.codes("novak", TravelerCommand::Resume { note: None }), ["T16"]);
}

#[test]
fn a_scan_names_the_unit_and_a_serial_is_built_in_once() {
    let mut shop = Shop::open();
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.codes("novak", text("scan", 1, "0002")), ["R07"]);
    assert_eq!(shop.codes("novak", text("scan", 1, "0001\u{7}")), ["R11", "R07"]);
    shop.does("novak", text("scan", 1, " WO-1/0001 "));
    assert_eq!(shop.codes("novak", text("scan", 1, "0001")), ["T14"]);
    shop.does("novak", text("scan", 2, "H-1"));
    shop.does("novak", text("scan", 3, "H-1"));

    let mut shop = Shop::open();
    let mut two = assembly();
    two.revision = id("D");
    let housing = two.steps[0].asks[1].clone();
    two.steps[0].asks.push(housing);
    shop.release_read(&two);
    shop.does("novak", TravelerCommand::Start).does("novak", text("scan", 2, "H-1"));
    assert_eq!(shop.codes("novak", text("scan", 4, "H-1")), ["R10"]);
    shop.does("novak", text("scan", 4, "H-2"));
}

#[test]
fn a_label_of_something_else_is_no_component() {
    let mut shop = Shop::open();
    shop.does("novak", TravelerCommand::Start).does("novak", text("scan", 1, "0001"));
    let refused = shop.refuses("novak", text("scan", 2, " TW-07 "));
    let (what, next) = (refused[0].what().to_string(), refused[0].next().to_string());
    let told = (refused[0].code(), &*what, &*next);
    let what = "This is the gauge TW-07, and no housing.";
    assert_eq!(told, ("R27", what, "scan the label on the housing"));
    let ticket = format!("GT1{}", "7ABC".repeat(20));
    for other in ["ASM-1", "WO-1", "0001", "WO-1/0001", "GEMBA:YES", &ticket] {
        assert_eq!(shop.codes("novak", text("scan", 2, other)), ["R27"], "{other}");
    }
    // The number of another unit may be that of a component; a lot is looked at alike.
    shop.does("novak", text("scan", 2, "0002"));
    assert_eq!(shop.codes("novak", text("scan", 3, "TW-07")), ["R27"]);
    let entry = shop.state().attempts[0].entries[1].at.clone();
    let correct = |text: &str| {
        let (entry, reason) = (entry.clone(), "misread".to_owned());
        TravelerCommand::CorrectEntry { entry, text: text.to_owned(), reason }
    };
    assert_eq!(shop.codes("novak", correct("TW-07")), ["R27"]);
    shop.does("novak", correct("H-1"));
}

#[test]
fn an_order_has_a_route_and_each_unit_once() {
    let mut shop = Shop::open();
    let open = |change: fn(&mut OrderOpened)| {
        let mut opened = order();
        change(&mut opened);
        Command::Order(id("WO-2"), OrderCommand::Open(opened))
    };
    let none = open(|o| (o.units, o.route) = (Units::Serials(Vec::new()), Vec::new()));
    assert_eq!(shop.codes("plan", none), ["O05", "O07"]);
    let twice = open(|o| o.units = Units::Serials(["1", "2", "1"].map(id).to_vec()));
    assert_eq!(shop.codes("novak", twice), ["P04", "O06"]);
    let empty = open(|o| o.units = Units::Lot { lot: id("L-1"), quantity: 0 });
    assert_eq!(shop.codes("plan", empty), ["O08"]);
    let down = open(|o| o.route.reverse());
    assert_eq!(shop.codes("plan", down), ["O07"]);
    let taken = Command::Order(id("WO-1"), OrderCommand::Open(order()));
    assert_eq!(shop.codes("plan", taken), ["O02"]);
    let close = |order: &str| {
        let reason = "done".to_owned();
        Command::Order(id(order), OrderCommand::Close { reason, with_open_units: false })
    };
    assert_eq!(shop.codes("plan", close("WO-7")), ["O01"]);
    shop.does("plan", close("WO-1"));
    assert_eq!(shop.codes("plan", close("WO-1")), ["O03"]);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["O03"]);
}

#[test]
fn a_gauge_is_kept_by_quality() {
    let mut shop = Shop::open();
    assert_eq!(shop.codes("novak", gauge_registered("X-1", "caliper")), ["P04"]);
    assert_eq!(shop.codes("quell", calibrated("X-1", "2026-11-01", "2026-11-01")), ["G02", "G06"]);
    assert_eq!(shop.codes("quell", calibrated("TW-07", "2126-11-01", "2127-11-01")), ["G07"]);
    let blank = GaugeCommand::Calibrate {
        on: "2026-11-01".parse().unwrap(),
        due: Some("2026-12-01".parse().unwrap()),
        certificate: String::new(),
        as_found: None,
    };
    assert_eq!(shop.codes("quell", Command::Gauge(id("TW-07"), blank)), ["R08"]);
}

#[test]
fn a_command_that_is_aimed_at_another_kind_of_stream_is_refused() {
    let mut shop = Shop::open();
    let command = gauge_registered("X-1", "caliper");
    let context = shop.context("quell", &command);
    let stream = shop.stream(&gemba::domain::stream::Subject::Order(id("WO-1")));
    let refused = gemba::domain::decide::decide(&stream, command, &context).unwrap_err();
    assert_eq!(refused.reasons, [Reason::StreamMismatch]);
    assert_eq!(refused.reasons[0].code(), "S04");
    let _ = shop.station();
}
