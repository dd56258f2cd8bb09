//! A route with rules of its own, from its sources to the last plate: by keys and by commands.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::counts;
use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant,
};

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    path.to_str().unwrap().to_owned()
}

/// A plant where plates are coated at one bench and packed at another.
pub(crate) fn plant_with_plates() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    for id in ["WI-7010", "WI-7020"] {
        plant.by(ENGINEER, &["release", &fixture(&format!("coated/{id}.md"))]).exits(0);
        let approve = ["sign", "--meaning", "approved", id, "A"];
        plant.by(ENGINEER, &approve).exits(0);
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    let open = ["order", "open", "WO-7000", "--part", "PL-7", "--serials", "C-1,C-2,C-3"];
    let route = ["--operation", "10:WI-7010:ASM", "--operation", "20:WI-7020:INC"];
    plant.by(PLANNER, &[&open[..], &route].concat()).exits(0);
    drop(server);
    plant
}

/// The kinds of a unit's facts, in order.
fn kinds(trace: &Value) -> Vec<&str> {
    trace["lines"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect()
}

#[test]
fn plates_go_their_way_by_keys_alone() {
    let plant = plant_with_plates();
    let script = fs::read_to_string(fixture("coated.keys")).unwrap();
    let ran = plant.play(&script).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    let trace = |unit: &str| {
        let unit = format!("WO-7000/{unit}");
        plant.gemba(&["trace", &unit, "--json"]).exits(0).values().remove(0)
    };
    let first = trace("C-1");
    let decided: Vec<&Value> = first["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["kind"] == "ConditionDecided")
        .map(|line| &line["what"])
        .collect();
    assert_eq!(
        decided,
        [
            "step polish not needed: #view.1 = yes, found no",
            "step thin not needed: #view.3 > 40 µm, found 0.03 mm",
        ]
    );
    assert!(kinds(&first).ends_with(&["StepSkipped"]), "{first:#}");
    assert!(kinds(&trace("C-2")).ends_with(&[
        "StepCompleted",
        "ConditionDecided",
        "ConditionDecided",
        "HoldPlaced"
    ]));
    let third = kinds(&trace("C-3")).join(" ");
    assert_eq!(third, "TravelerStarted UpstreamAccepted StepStarted StepCompleted");
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

#[test]
fn two_operators_work_on_one_plate_at_two_benches_at_once() {
    let plant = plant_with_plates();
    let script = fs::read_to_string(fixture("two-benches.keys")).unwrap();
    let ran = plant.play(&script).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    let shown = plant.gemba(&["traveler", "show", "WO-7000/C-1", "--json"]).exits(0).values();
    let steps = shown[0]["steps"].as_array().unwrap().iter();
    let done: Vec<&str> = steps
        .filter(|step| step["standing"] == "done")
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    assert_eq!(done, ["view", "mask", "tag", "box"]);
    let people = |kind: &str| {
        let trace = plant.gemba(&["trace", "WO-7000/C-1", "--json"]).exits(0).values();
        let lines = trace[0]["lines"].as_array().unwrap().iter();
        let of = lines.filter(|line| line["kind"] == kind);
        of.map(|line| (line["who"].clone(), line["place"].clone())).collect::<Vec<_>>()
    };
    let novak = (json!("A. Novak"), json!("ASM-1"));
    let okafor = (json!("M. Okafor"), json!("INC-1"));
    let expected = [novak.clone(), novak.clone(), okafor, novak];
    assert_eq!(people("StepCompleted"), expected);
    plant.gemba(&["store", "check"]).exits(0);
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
}

#[test]
fn plates_go_their_way_by_commands_alone() {
    let plant = plant_with_plates();
    let unit = "WO-7000/C-1";
    let at = |place: &'static str, words: &[&'static str]| [words, &["--place", place]].concat();
    let list = |place: &str| {
        plant.gemba(&["traveler", "list", "--place", place, "--json"]).exits(0).values()
    };
    let here = list("INC-1").into_iter().find(|row| row["traveler"]["unit"] == "C-1").unwrap();
    let reasons = &here["state"]["not-yet"]["reasons"];
    assert_eq!(
        reasons[0],
        json!({
            "code": "T09",
            "what": "10 Coating is open at ASM.",
            "next":
                "finish it, have it accepted, or split off the pieces of a lot that are ready"
        })
    );

    plant.by(OPERATOR, &at("ASM-1", &["traveler", "start", unit])).exits(0);
    for (step, ask, value) in
        [("view", "1", "yes"), ("view", "2", "red"), ("view", "3", "0.045 mm")]
    {
        let words = ["record", unit, "--step", step, "--ask", ask, value, "--place", "ASM-1"];
        plant.by(OPERATOR, &words).exits(0);
    }
    plant.by(OPERATOR, &at("ASM-1", &["traveler", "complete", unit, "view"])).exits(0);
    plant
        .by(INSPECTOR, &at("ASM-1", &["record", unit, "--step", "tag", "--ask", "1", "9"]))
        .exits(0);
    plant.by(OPERATOR, &at("ASM-1", &["traveler", "complete", unit, "tag"])).exits(0);
    let skip = ["traveler", "skip", unit, "mask", "--reason", "no tape"];
    plant.by(OPERATOR, &at("ASM-1", &skip)).exits(0);
    plant
        .by(OPERATOR, &at("ASM-1", &["traveler", "skip", unit, "polish", "--reason", "no cloth"]))
        .exits(1)
        .says("P04");
    let pause = ["traveler", "pause", unit, "--reason", "waiting for parts"];
    plant.by(OPERATOR, &at("ASM-1", &pause)).exits(0);
    let show = || plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values().remove(0);
    assert_eq!(show()["paused"]["reason"], "waiting for parts");
    assert_eq!(show()["paused"]["by"], "A. Novak");
    let resume = ["traveler", "resume", unit, "--note", "parts came"];
    plant.by(OPERATOR, &at("ASM-1", &resume)).exits(0);

    let accept = ["traveler", "accept-upstream", unit, "10", "--evidence", "paper traveler 17"];
    plant.by(OPERATOR, &at("INC-1", &accept)).exits(1).says("P04");
    plant.by(SUPERVISOR, &at("INC-1", &accept)).exits(0).says("accepted, not done");
    plant.by(SUPERVISOR, &at("INC-1", &accept)).exits(1).says("T22");
    let open = |place: &str| {
        let rows = list(place).into_iter().filter(|row| row["traveler"]["unit"] == "C-1");
        rows.map(|row| row["operation"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((open("ASM-1"), open("INC-1")), (vec![json!(10)], vec![json!(20)]));
    // Where no step is named, that of the operation at this place is meant.
    plant.by(OPERATOR, &at("INC-1", &["traveler", "complete", unit])).exits(0).says("step box");
    assert_eq!((open("ASM-1"), open("INC-1")), (vec![json!(10)], vec![]));

    let shown = show();
    assert_eq!(shown["standing"], "begun", "shipping waits for the coating");
    let accepted = json!([{ "operation": 10, "name": "Coating", "evidence": "paper traveler 17",
        "ticket": null }]);
    assert_eq!(shown["accepted"], accepted);
    let standing = |step: &str| {
        let steps = shown["steps"].as_array().unwrap();
        let found = steps.iter().find(|row| row["step"] == step).unwrap();
        (found["standing"].clone(), found["why"].clone(), found["attempts_max"].clone())
    };
    assert_eq!(standing("view"), (json!("done"), Value::Null, json!(2)));
    assert_eq!(standing("mask"), (json!("skipped"), json!("no tape"), Value::Null));
    assert_eq!(standing("thin"), (json!("open"), Value::Null, Value::Null));
    let row = list("ASM-1").into_iter().find(|row| row["traveler"]["unit"] == "C-1");
    assert_eq!(row.unwrap()["accepted"], "10 Coating accepted, not done: paper traveler 17");
    let board = plant.gemba(&["board", "--json"]).exits(0).values().remove(0);
    assert_eq!(board["accepted"][0][0], unit);
}
