//! What is done about a deviation, on the command line with the real program (R8).

use serde_json::Value;

use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant, gemba,
};

/// The number of the deviation of a unit.
fn raised(plant: &SamplePlant, unit: &str) -> String {
    let rows = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    let of_unit = |row: &&Value| row["units"][0]["traveler"]["unit"] == unit;
    rows.iter().find(of_unit).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn r08_a_deviation_is_contained_its_cause_found_an_action_verified_closed_and_looked_at() {
    let plant = SamplePlant::new();
    let site = ["site", "set", "--deviation-code", "DIM,major,out of size"];
    let more = ["--cause-code", "TOOL,tool worn", "--check-after", "major,30"];
    plant.by(PLANNER, &[&site[..], &more[..]].concat()).exits(0);
    plant.gemba(&["site", "show"]).exits(0).says("TOOL, tool worn").says("major, after 30 days");
    let unit = "WO-1881/0007";
    let at = |who, arguments: &[&str]| plant.by(who, &[arguments, &["--place", "ASM-1"]].concat());
    at(OPERATOR, &["traveler", "start", unit]).exits(0);
    let raise = ["deviation", "raise", unit, "--note", "thread torn", "--close-by", "20#nowhere"];
    at(OPERATOR, &[&raise[..], &["--json"]].concat()).refuses(&["T06"]);
    let raise = ["deviation", "raise", unit, "--note", "thread torn", "--code", "dim"];
    at(OPERATOR, &raise).exits(0);
    let id = &raised(&plant, "0007");
    let review = ["deviation", "review", id, "--note", "a burr", "--close-by", "20"];
    plant.by(QUALITY, &review).exits(2).says("20#torque");
    let contain = ["deviation", "contain", id, "sort bin 4", "--to-do", "--at", "ASM-1"];
    plant.by(SUPERVISOR, &contain).exits(0).says("to be contained");
    plant.by(QUALITY, &["deviation", "dispose", id, "scrap", "--reason", "torn"]).exits(0);
    let close = ["deviation", "close", id, "done"];
    plant.by(QUALITY, &[&close[..], &["--json"]].concat()).refuses(&["N25", "N26"]);
    let confirm = ["deviation", "confirm", id, "1", "--note", "2 found"];
    plant
        .by(INSPECTOR, &[&confirm[..], &["--place", "ASM-2", "--json"]].concat())
        .refuses(&["N24"]);
    at(INSPECTOR, &["deviation", "confirm", id, "7"]).exits(1).says("no number 7");
    at(INSPECTOR, &confirm).exits(0);
    let cause = ["deviation", "cause", id, "pawl worn"];
    plant.by(ENGINEER, &[&cause[..], &["--json"]].concat()).refuses(&["N28"]);
    plant.by(ENGINEER, &[&cause[..], &["--code", "tool"]].concat()).exits(0);
    let people = plant.gemba(&["person", "list", "--json"]).exits(0).values();
    let owner = people.iter().find(|person| person["badge"] == SUPERVISOR.0).unwrap();
    let owner = owner["person"].as_str().unwrap().to_owned();
    let action = ["deviation", "action", id, "check pawls", "--owner", &owner, "--due"];
    plant.by(QUALITY, &[&action[..], &["2020-01-01", "--json"]].concat()).refuses(&["N31"]);
    plant.by(QUALITY, &[&action[..], &["2099-12-31"]].concat()).exits(0);
    plant.by(QUALITY, &[&close[..], &["--json"]].concat()).refuses(&["N29"]);
    plant.by(SUPERVISOR, &["deviation", "done", id, "1", "on the card"]).exits(0);
    let verify = ["deviation", "verify", id, "1", "card seen"];
    plant.by(SUPERVISOR, &[&verify[..], &["--json"]].concat()).refuses(&["N32"]);
    plant.by(QUALITY, &verify).exits(0);
    plant.by(QUALITY, &close).exits(0);
    let shown = plant.gemba(&["deviation", "show", id]).exits(0);
    shown.says("sort bin 4: done by M. Okafor, 2 found").says("TOOL, tool worn: pawl worn");
    plant.gemba(&["deviation", "list"]).exits(0).says("to be looked at whether it helped");
    let board = plant.gemba(&["board", "--json"]).exits(0).values();
    let counts = &board[0]["deviation_counts"];
    assert_eq!((&counts["open"], &counts["major"]), (&1.into(), &0.into()), "another one is open");
    let check = ["deviation", "check", id, "--not-effective", "two more"];
    plant.by(SUPERVISOR, &[&check[..], &["--json"]].concat()).refuses(&["N34"]);
    plant.by(QUALITY, &check).exits(0).says("open again");
    let json = plant.gemba(&["deviation", "show", id, "--json"]).exits(0).values()[0].clone();
    assert_eq!(json["closings"][0]["checks"][0]["effective"], false);
    assert_eq!(json["actions"][0]["verified"]["note"], "card seen");
    assert_eq!(json["containments"][0]["to_do"]["place"], "ASM-1");
    assert_eq!(json["standing"], "disposed");
    let board = plant.gemba(&["board", "--json"]).exits(0).values();
    assert_eq!(board[0]["deviation_counts"]["major"], 1);
    plant.by(QUALITY, &[&close[..], &["--json"]].concat()).refuses(&["N35"]);
    // The tables that were kept along the way are those that a rebuild makes.
    plant.gemba(&["store", "rebuild"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn r08_no_unit_passes_the_step_by_which_its_deviation_is_to_be_closed() {
    let plant = SamplePlant::new();
    let unit = "WO-1881/0007";
    let at = |who, arguments: &[&str]| plant.by(who, &[arguments, &["--place", "ASM-1"]].concat());
    at(OPERATOR, &["traveler", "start", unit]).exits(0);
    let shown = plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values()[0].clone();
    let step = shown["steps"][0]["step"].as_str().unwrap().to_owned();
    let gate = format!("{}#{step}", shown["steps"][0]["operation"]);
    let raise = ["deviation", "raise", unit, "--kind", "process", "--note", "wrong grease"];
    at(OPERATOR, &[&raise[..], &["--close-by", &gate]].concat()).exits(0);
    at(OPERATOR, &["traveler", "complete", unit]).exits(1).says("N36");
    let id = &raised(&plant, "0007");
    plant.gemba(&["deviation", "show", id]).exits(0).says("close by");
    plant.by(QUALITY, &["deviation", "close", id, "grease is right"]).exits(0);
    let ran = at(OPERATOR, &["traveler", "complete", unit]).exits(1);
    assert!(!ran.err.contains("N36"), "{}", ran.err);
}

#[test]
fn r08_what_was_asked_for_in_error_is_withdrawn_by_number_and_a_second_cause_names_the_first() {
    let plant = SamplePlant::new();
    plant.by(PLANNER, &["site", "set", "--deviation-word", "NCR"]).exits(0);
    let units = ["WO-1881/0007", "WO-1881/0008", "WO-1881/0009"];
    let raise = [&["deviation", "raise"][..], &units, &["--note", "dropped"]].concat();
    let raise = [&raise[..], &["--place", "ASM-1"]].concat();
    plant.by(OPERATOR, &raise).exits(0).says("saved: NCR at ASM-1");
    let gate = [&raise[..], &["--close-by", "20#nowhere", "--json"]].concat();
    plant.by(OPERATOR, &gate).refuses(&["T06"]);
    let id = &raised(&plant, "0007");
    for to_do in ["sort bin 4", "sort bin 5"] {
        plant.by(SUPERVISOR, &["deviation", "contain", id, to_do, "--to-do"]).exits(0);
    }
    let withdraw = ["deviation", "withdraw", id, "--containment", "2", "wrong bin"];
    plant.by(ENGINEER, &[&withdraw[..], &["--json"]].concat()).refuses(&["N39"]);
    plant.by(ENGINEER, &withdraw).exits(1).says("S. Brandt (B-4011) asked for it.");
    plant.by(SUPERVISOR, &withdraw).exits(0).says("withdrawn: sort bin 5");
    plant.by(QUALITY, &["deviation", "withdraw", id, "--action", "1", "none"]).exits(1);
    let shown = plant.gemba(&["deviation", "show", id]).exits(0);
    shown.says("sort bin 5: withdrawn by S. Brandt, wrong bin").says("sort bin 4: to do");
    plant.by(ENGINEER, &["deviation", "cause", id, "pawl worn"]).exits(0);
    let second = plant.by(ENGINEER, &["deviation", "cause", id, "spring broken"]).exits(0);
    second.says("in place of pawl worn (J. Lindqvist)");
    let shown = plant.gemba(&["deviation", "show", id]).exits(0);
    shown.says("cause        spring broken").says("cause before pawl worn");
    let decided = ["WO-1881/0007=scrap", "--reason", "bent"];
    let dispose = [&["deviation", "dispose", id][..], &decided].concat();
    plant.by(QUALITY, &dispose).exits(0);
    let listed = plant.gemba(&["deviation", "list"]).exits(0);
    listed.says("WO-1881/0007 scrap").says("open: WO-1881/0008, WO-1881/0009");
    let parts = ["deviation", "dispose", id, "WO-1881/0008=3:scrap", "--reason", "bent"];
    let told = plant.by(QUALITY, &[&parts[..], &["--json"]].concat());
    told.refuses(&["N17"]);
    let again = ["WO-1881/0008=rework@torque", "--reason", "bent", "--json"];
    plant.by(QUALITY, &[&["deviation", "dispose", id][..], &again].concat()).refuses(&["N38"]);
    let traced = plant.gemba(&["trace", id]).exits(0);
    let traced = traced.says(&format!("NCR {id}"));
    traced.says("withdrawn: sort bin 5: wrong bin").says("cause: pawl worn; replaced since");
    plant.gemba(&["store", "rebuild"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
}

#[test]
fn a_correction_of_goods_in_says_what_was_corrected_from_what_to_what() {
    let plant = SamplePlant::new();
    let receive = ["material", "receive", "SEAL-1", "L-77", "--supplier", "Nordic"];
    plant.by(QUALITY, &[&receive[..], &["--quantity", "200"]].concat()).exits(0);
    let right = ["--quantity", "180", "--certificate", "C-7", "--correct", "counted again"];
    let said = plant.by(QUALITY, &[&receive[..], &right].concat()).exits(0);
    said.says("SEAL-1/L-77 corrected: pieces 200 to 180, certificate none to C-7");
    let traced = plant.gemba(&["trace", "material/SEAL-1/L-77"]).exits(0);
    let traced = traced.says("material received: from Nordic, 200 pieces");
    traced.says("corrected: pieces 200 to 180, certificate none to C-7: counted again");
}

#[test]
fn r08_whoever_names_nothing_of_two_is_told_that_either_will_do() {
    let withdraw = gemba(&["deviation", "withdraw", "NCR-1", "in error"]).exits(2);
    withdraw.says("<--containment <N>|--action <N>>");
    let release = gemba(&["suspect", "release", "WO-1/1", "--reason", "x"]).exits(2);
    release.says("<--units <UNITS>|--all>");
    let propose = ["permit", "propose", "P", "c", "--through", "2099-01-01", "--reason", "x"];
    gemba(&propose).exits(2).says("<--lower <LOWER>|--upper <UPPER>>");
}
