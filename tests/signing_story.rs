//! Who signs, and how: stories by keys and by commands on the real program.

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{INSPECTOR, OPERATOR, PLANNER, SUPERVISOR, SamplePlant};

const SCRIPT: &str = include_str!("../fixtures/signing.keys");

/// The signatures at the steps of a unit.
fn signatures(plant: &SamplePlant, unit: &str) -> Vec<Value> {
    let shown = plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values();
    shown[0]["signatures"].as_array().unwrap().clone()
}

#[test]
fn r06_a_verifier_signs_at_the_same_terminal_and_later_ones_of_a_session_take_the_pin() {
    let plant = SamplePlant::new();
    let ran = plant.play(SCRIPT).exits(0);
    counts::add("expectations_met_by_scripts", {
        let values: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
        values["expected"].as_u64().unwrap()
    });
    for (unit, components) in
        [("0007", "badge-and-pin"), ("0008", "badge-and-pin"), ("0009", "pin"), ("0010", "pin")]
    {
        let signed = signatures(&plant, &format!("WO-1881/{unit}"));
        let [signature] = signed.as_slice() else { panic!("{unit}: {signed:?}") };
        assert_eq!(signature["printed_name"], "M. Okafor", "{unit}");
        assert_eq!(signature["components"], components, "{unit}");
        assert_eq!(signature["covering"], true, "{unit}");
    }
    let by_pin = plant.gemba(&["trace", "WO-1881/0009"]).exits(0);
    by_pin.says("verified by M. Okafor as inspector").says(" UTC, by PIN, over ");
    plant.gemba(&["audit", "verify"]).exits(0);
}

#[test]
fn r06_a_second_person_signs_from_another_terminal_without_a_network() {
    let plant = SamplePlant::new();
    // Novak builds unit 0007 up to its signature, with nobody beside her.
    let built = SCRIPT.split("# The performer does not verify.").next().unwrap();
    plant.play(built).exits(0);
    let unit = "WO-1881/0007";
    // No server runs now. Okafor signs where she stands.
    let sign = ["sign", "--meaning", "verified", unit, "signoff", "--place", "ASM-1"];
    let json = |who, arguments: &[&str]| plant.by(who, &[arguments, &["--json"]].concat());
    // No inspector, and the performer of every step before.
    let all = ["P10", "P09", "P09", "P09", "P09", "P09", "P09", "P09"];
    json(OPERATOR, &sign).refuses(&all);
    json((INSPECTOR.0, OPERATOR.1), &sign).refuses(&["P31"]);
    json(SUPERVISOR, &sign).refuses(&["P10"]);
    assert_eq!(signatures(&plant, unit), Vec::<Value>::new());
    json(INSPECTOR, &sign).exits(0);
    assert_eq!(signatures(&plant, unit)[0]["printed_name"], "M. Okafor");
    plant.gemba(&["station", "show"]).exits(0);
    // Back at her terminal Novak sees it, and completes the step.
    let goes_on = "scan B-2107\ntype 482913\nkey enter\nexpect Work here\nscan WO-1881/0007\n\
        expect verified by M. Okafor as inspector\nkey enter\nexpect next unit\n";
    plant.play(goes_on).exits(0);
}

/// A plant where five wrong tries lock the station.
fn strict() -> SamplePlant {
    let plant = SamplePlant::new();
    plant.by(PLANNER, &["site", "set", "--station-tries", "5"]).exits(0);
    plant
}

#[test]
fn a_locked_badge_a_wrong_pin_and_a_badge_that_nobody_has_are_told_in_the_same_words() {
    let plant = SamplePlant::new();
    let start = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1", "--json"];
    let nobody = plant.by(("B-9999", "482913"), &start).refuses(&["P31"]);
    for _ in 0..5 {
        let wrong = plant.by((OPERATOR.0, "000000"), &start).refuses(&["P31"]);
        assert_eq!(wrong.err, nobody.err);
    }
    // Locked now: the right PIN tells no more than a wrong one.
    for pin in [OPERATOR.1, "000000"] {
        let locked = plant.by((OPERATOR.0, pin), &start).refuses(&["P31"]);
        assert_eq!(locked.err, nobody.err);
    }
    // Revoked: only who knows the PIN is told.
    let revoke = ["person", "revoke", "p-haas", "--reason", "left"];
    plant.by(PLANNER, &revoke).exits(0);
    let wrong = plant.by(("B-2114", "000000"), &start).refuses(&["P31"]);
    assert_eq!(wrong.err, nobody.err);
    plant.by(("B-2114", "730628"), &start).refuses(&["P03"]);
    // Somebody else's badge is not locked.
    plant.by(SUPERVISOR, &["traveler", "list", "--place", "ASM-1"]).exits(0);
}

#[test]
fn tries_of_any_badge_lock_the_station_which_only_a_supervisor_unlocks() {
    let plant = strict();
    let start = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1", "--json"];
    for badge in ["B-9998", OPERATOR.0, "B-9999", INSPECTOR.0, OPERATOR.0] {
        plant.by((badge, "000000"), &start).refuses(&["P31"]);
    }
    let locked = plant.by(OPERATOR, &start).refuses(&["P25"]);
    let nobody = plant.by(("B-9999", "000000"), &start).refuses(&["P25"]);
    let words = |ran: &str| ran.replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!(words(&locked.err), words(&nobody.err));
    plant.by((SUPERVISOR.0, "000000"), &start).refuses(&["P25"]);
    plant.by(SUPERVISOR, &["session", "open", "--place", "ASM-1"]).exits(0);
    plant.by(OPERATOR, &start).exits(0);
}

#[test]
fn r05_the_pin_of_who_may_unlock_a_station_is_not_guessed_while_it_is_locked() {
    let plant = strict();
    let start = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1", "--json"];
    for _ in 0..5 {
        plant.by(("B-9998", "000000"), &start).refuses(&["P31"]);
    }
    for _ in 0..10 {
        plant.by((SUPERVISOR.0, "000000"), &start).refuses(&["P25"]);
    }
    // In the same words as ever: whoever guesses does not learn that one of them was right.
    plant.by(SUPERVISOR, &start).refuses(&["P25"]);
    plant.by(SUPERVISOR, &["session", "open", "--place", "ASM-1", "--json"]).refuses(&["P25"]);
}

/// Ninety-five days later, with the server reached since.
const LATER: &str = "offline\nexpect no server\nclock +95 d\nonline\nexpect at server 0 waiting\n";

#[test]
fn an_aged_pin_is_changed_at_the_sign_in_screen_online() {
    let plant = SamplePlant::new();
    plant.by(PLANNER, &["site", "set", "--pin-age", "90"]).exits(0);
    let script = format!(
        "expect Scan your badge\n{LATER}\
         scan B-2107\ntype 000000\nkey enter\nexpect The badge or PIN is wrong\nabsent new PIN\n\
         type 482913\nkey enter\nexpect Choose a new PIN, and type it twice\nscreen pin-aged\n\
         type 482913\nkey enter\ntype 482913\nkey enter\nexpect P35\n\
         type 123456\nkey enter\ntype 123456\nkey enter\nexpect P23\nscreen pin-easy\n\
         type 604713\nkey enter\ntype 604731\nkey enter\nexpect these were not the same\n\
         offline\nexpect no server\n\
         type 604713\nkey enter\ntype 604713\nkey enter\nexpect not signed in\n\
         expect Choose a new PIN\nscreen pin-offline\n\
         online\nexpect at server\n\
         type 604713\nkey enter\ntype 604713\nkey enter\nexpect Work here\n\
         key esc\nexpect Scan your badge\n\
         scan B-2107\ntype 482913\nkey enter\nexpect The badge or PIN is wrong\n\
         type 604713\nkey enter\nexpect Work here\n"
    );
    plant.play(&script).exits(0);
}

#[test]
fn who_does_not_want_a_new_pin_now_goes_back_and_is_not_signed_in() {
    let plant = SamplePlant::new();
    plant.by(PLANNER, &["site", "set", "--pin-age", "90"]).exits(0);
    let script = format!(
        "expect Scan your badge\n{LATER}\
         scan B-2107\ntype 482913\nkey enter\nexpect Choose a new PIN\nkey esc\n\
         absent Choose a new PIN\nabsent Work here\nexpect PIN\n"
    );
    plant.play(&script).exits(0);
}

#[test]
fn r05_two_weeks_without_a_network_are_told_before_they_end() {
    let plant = SamplePlant::new();
    let script = "expect Scan your badge\noffline\nexpect no server\nclock +9 d\n\
        scan B-2107\ntype 482913\nkey enter\nexpect Work here\nkey esc\nexpect Scan your badge\n\
        clock +73 h\nexpect badges and PINs end in 1 day\nexpect 1 d left\n\
        scan B-2107\ntype 482913\nkey enter\nexpect Work here\n\
        scan WO-1881/0010\nexpect start work\nkey enter\nexpect Scan the pump\nkey esc\n\
        key menu\nexpect Sync\nkey esc\nkey esc\nexpect Scan your badge\n\
        clock +3 d\nexpect badges and PINs count no more\nexpect no sign-in\nscreen ended\n\
        scan B-2107\ntype 482913\nkey enter\nexpect K02\nexpect gemba sync\n\
        scan B-9999\ntype 482913\nkey enter\nexpect K02\n\
        online\nexpect at server\nabsent count no more\n\
        scan B-2107\ntype 482913\nkey enter\nexpect Work here\n";
    plant.play(script).exits(0);
}

#[test]
fn the_age_of_what_is_known_and_until_when_it_is_good_are_told_by_commands() {
    let plant = SamplePlant::new();
    let status = plant.gemba(&["sync", "--status", "--json"]).exits(0).values().remove(0);
    assert_eq!(status["standing"], "good");
    assert_eq!((&status["days_max"], &status["warn_days"]), (&14.into(), &4.into()));
    assert_eq!(status["days_left"], Value::Null);
    assert!(status["age_s"].as_i64().is_some_and(|age| age >= 0), "{status}");
    assert!(status["good_until"].is_string() && status["last_contact"].is_string());
    assert_eq!(status["instructions"], serde_json::json!([]), "none limits itself in this plant");
    assert_eq!(status["clock_steps"], serde_json::json!([]));
    let doctor = plant.gemba(&["doctor", "--json"]).exits(0).values().remove(0);
    assert_eq!(doctor["packet"]["standing"], "good");
    assert!(doctor["packet"]["good_until"].is_string());
    plant.gemba(&["sync", "--status"]).exits(0).says("badges and PINs are good until");
    plant.gemba(&["sync", "--status", "--watch"]).exits(2);
}
