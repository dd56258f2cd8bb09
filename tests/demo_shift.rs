//! Scripts played against the demo: real keys, real screens, a real server and its absence.

use crate::support::counts;
use crate::support::loopback;
use crate::support::program::{SamplePlant, gemba};

#[test]
fn a_shift_is_worked_offline_and_online_to_its_figures() {
    let shift = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shift.keys");
    let listen = loopback::any_port();
    let play = ["--json", "demo", "--headless", "--listen", &listen, "--script", shift];
    let ran = gemba(&play).exits(0);
    let summary = &ran.values()[0];
    assert_eq!(summary["units_finished"], 4);
    assert_eq!(summary["first_pass"], 3);
    assert_eq!(summary["on_hold"], 1);
    assert_eq!(summary["readings"], 23);
    assert_eq!(summary["failing"], 2);
    assert_eq!(summary["deviations"], 2);
    assert_eq!(summary["waiting"], 0);
    assert_eq!(summary["facts"], summary["at_server"]);
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

#[test]
fn a_script_that_expects_what_does_not_come_fails_and_names_its_line() {
    let plant = SamplePlant::new();
    let script = "expect Scan your badge\npatience 1 s\nabsent Scan your badge\n";
    let ran = plant.play(script).exits(1).says("line 3 of the script");
    assert!(ran.err.contains("Scan your badge"), "the screen is shown: {}", ran.err);
    plant.play("expect\n").exits(2).says("line 1");
    plant.play("jump\n").exits(2).says("jump");
    plant.play("patience\n").exits(2).says("patience 45 s");
}

#[test]
fn a_demo_listens_where_it_is_told_on_this_machine_alone() {
    let demo = |listen: &str| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shift.keys");
        gemba(&["demo", "--headless", "--script", script, "--listen", listen])
    };
    demo("192.0.2.1:7420").exits(2).says("a demo is for this machine alone");
    demo("here").exits(2).says("write it as 127.0.0.1:7420");
}

#[test]
fn a_plant_that_was_kept_is_opened_again_where_it_was_left() {
    let plant = SamplePlant::new();
    let script = "scan B-2107\ntype 482913\nkey enter\nexpect Work here\n\
        scan WO-1881/0010\nexpect start work\nkey enter\nexpect Scan the pump\n\
        type 00\nsize 100x30\nexpect Scan the pump\n";
    plant.play(script).exits(0);
    // What was typed and not recorded is a draft, and comes back with its author; what is typed
    // next takes its place.
    let again = "expect Scan your badge\nscan B-2107\ntype 482913\nkey enter\nexpect Work here\n\
        scan WO-1881/0010\nexpect 00 kept\ntype 0010\nkey enter\nexpect saved 0010\n";
    plant.play(again).exits(0);
}
