//! Samples on the command line: from the source to the unit that is measured, in text and JSON.

use serde_json::Value;

use crate::support::program::{ENGINEER, OPERATOR, PLANNER, QUALITY, SamplePlant};

const SPECIFICATION: &str = "# part: JOINT   rev: A   drawing: D-8 rev A\n\
    id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
    c-gap,5,1/C2,max 0.05,Joint gap,0.00,,0.05,mm,minor,measured,,\"first, then 1 in 3 per order\"\n";
const INSTRUCTION: &str = "---\nid: WI-8\ntitle: Close the joint\npart: JOINT\nrev: A\n\
    operation: 10 Closing\nwork-center: ASM\nspecification: JOINT rev A\n---\n\n\
    ## Measure the gap {#gap}\n```measure\ncharacteristic: c-gap\nretry: 1\n```\n";

/// The sample plant with an order of six joints, whose gap is measured on one in three.
pub(crate) fn plant_with_joints() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    let specification = plant.file("JOINT.csv", SPECIFICATION);
    let instruction = plant.file("WI-8.md", INSTRUCTION);
    plant.by(ENGINEER, &["release", &specification, &instruction]).exits(0);
    for (id, revision) in [("JOINT", "A"), ("WI-8", "A")] {
        let approve = ["sign", "--meaning", "approved", id, revision];
        plant.by(ENGINEER, &approve).exits(0);
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    let open = ["order", "open", "WO-8", "--part", "JOINT", "--serials", "1,2,3,4,5,6"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-8:ASM"]].concat()).exits(0);
    drop(server);
    plant
}

fn shown(plant: &SamplePlant, unit: &str) -> Value {
    let unit = format!("WO-8/{unit}");
    let arguments = ["traveler", "show", &unit, "--place", "ASM-1", "--json"];
    plant.gemba(&arguments).exits(0).values()[0].clone()
}

pub(crate) fn by_operator(plant: &SamplePlant, arguments: &[&str]) -> crate::support::program::Ran {
    plant.by(OPERATOR, &[arguments, &["--place", "ASM-1"]].concat())
}

#[test]
fn r16_from_the_source_to_the_unit_that_is_measured() {
    let plant = plant_with_joints();
    let start = |unit: &str| by_operator(&plant, &["traveler", "start", unit]).exits(0);
    let complete = |unit: &str| by_operator(&plant, &["traveler", "complete", unit]);
    start("WO-8/1");
    // Before the step is begun it is told what would be decided now.
    let sample = shown(&plant, "1")["steps"][0]["samples"][0].clone();
    assert_eq!(sample["counter"], "JOINT/c-gap of WO-8", "each order is counted for itself");
    assert_eq!(sample["plan"], "first, then 1 in 3 per order");
    assert_eq!(
        (&sample["sampled"], &sample["why"]),
        (&true.into(), &"sampled: first of the order".into())
    );
    assert_eq!(
        (&sample["ask"], &sample["rank"], &sample["left"]),
        (&1.into(), &1.into(), &3.into())
    );
    by_operator(&plant, &["traveler", "complete", "WO-8/1", "--json"]).refuses(&["T12"]);
    by_operator(&plant, &["record", "WO-8/1", "0.02"]).exits(0).says("Pass");
    complete("WO-8/1").exits(0);
    start("WO-8/2");
    plant
        .gemba(&["traveler", "show", "WO-8/2", "--place", "ASM-1"])
        .exits(0)
        .says("not sampled, next in 2");
    let nothing = by_operator(&plant, &["record", "WO-8/2", "0.02"]);
    nothing.exits(1).says("has nothing left to record");
    // Anyway, by naming the ask; the count stays as it is.
    by_operator(&plant, &["record", "WO-8/2", "0.03", "--ask", "1"]).exits(0).says("Pass");
    complete("WO-8/2").exits(0);
    start("WO-8/3");
    complete("WO-8/3").exits(0);
    start("WO-8/4");
    assert_eq!(shown(&plant, "4")["steps"][0]["samples"][0]["why"], "sampled: 1 in 3 per order");
    plant
        .gemba(&["trace", "WO-8/3"])
        .exits(0)
        .says("step begun; ask 1 not sampled, the next unit is (first, then 1 in 3 per order)");
    // A rebuild counts the same.
    plant.gemba(&["store", "rebuild"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    assert_eq!(shown(&plant, "4")["steps"][0]["samples"][0]["why"], "sampled: 1 in 3 per order");
    // Another tool begins the count anew.
    by_operator(&plant, &["place", "tool", "ASM-1", "T-9"]).exits(0);
    assert_eq!(
        shown(&plant, "4")["steps"][0]["samples"][0]["why"],
        "sampled: first after tool change"
    );
}

#[test]
fn r16_the_site_says_when_shifts_begin_and_what_a_long_stop_is() {
    let plant = SamplePlant::new();
    let set = ["site", "set", "--shift-starts", "22:00,06:00,14:00", "--long-stop", "60"];
    plant.by(PLANNER, &set).exits(0);
    plant.gemba(&["site", "show"]).exits(0).says("06:00, 14:00, 22:00").says("over 60 min");
    let rules = plant.gemba(&["site", "show", "--json"]).exits(0).values()[0]["rules"].clone();
    assert_eq!(rules["shift-starts"], serde_json::json!(["06:00:00", "14:00:00", "22:00:00"]));
    assert_eq!(rules["long-stop-minutes"], 60);
    plant.by(PLANNER, &["site", "set", "--shift-starts", "6 o'clock"]).exits(2);
    plant.by(PLANNER, &["site", "set", "--long-stop", "0"]).exits(2);
    plant.by(PLANNER, &["site", "set", "--shift-starts", "none"]).exits(0);
    plant.gemba(&["site", "show"]).exits(0).says("shifts begin              not known");
}

#[test]
fn r16_another_sampling_is_a_difference() {
    let plant = SamplePlant::new();
    let old = plant.file("old.csv", SPECIFICATION);
    let new = plant.file("new.csv", SPECIFICATION.replace("in 3 per order", "in 5 per setup"));
    let ran = plant.gemba(&["diff", &old, &new]).exits(0);
    ran.says("5 Joint gap sample").says("first, then 1 in 5 per setup");
}
