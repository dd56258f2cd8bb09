//! A lot from its first count to its last, by keys alone; what was made stands on the board.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::counts;
use crate::support::program::{ENGINEER, PLANNER, QUALITY, SamplePlant};

/// The most keys that a count takes.
const KEYS_MAX: usize = 4;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A plant that deburrs rings, with a lot of a hundred.
fn plant_with_rings() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    let reasons = ["--scrap-reason", "dent", "--scrap-reason", "bent"];
    plant.by(PLANNER, &[&["site", "set"], &reasons[..]].concat()).exits(0);
    let source = fixture("lot/WI-7.md");
    plant.by(ENGINEER, &["release", source.to_str().unwrap()]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-7", "A"];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
    let open = ["order", "open", "WO-7", "--part", "RING", "--lot", "L-7", "--quantity", "100"];
    plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-7:ASM"]].concat()).exits(0);
    drop(server);
    plant
}

/// The keys of each count of a script: what stands between a line that promises their number and
/// the next that looks at the screen and says that it is saved.
fn counts_of(script: &str) -> Vec<(usize, usize)> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    for line in script.lines() {
        if let Some(promised) = line.strip_prefix("# count ") {
            let promised = promised.split_whitespace().next().unwrap().parse().unwrap();
            counts.push((promised, 0));
            open = true;
        } else if line.starts_with("expect saved") {
            open = false;
        } else if let Some((_, pressed)) = counts.last_mut().filter(|_| open) {
            *pressed += match line.split_once(' ') {
                Some(("type", text)) => text.chars().count(),
                Some(("key", _)) => 1,
                _ => 0,
            };
        }
    }
    counts
}

#[test]
fn a_lot_is_counted_split_put_right_and_finished_by_keys_alone() {
    let plant = plant_with_rings();
    let script = fs::read_to_string(fixture("lot.keys")).unwrap();
    for (promised, pressed) in counts_of(&script) {
        assert!(pressed <= KEYS_MAX, "a count takes {pressed} keys");
        assert_eq!(promised, pressed);
    }
    assert_eq!(counts_of(&script).len(), 3);
    let ran = plant.play(&script).exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    let shown =
        plant.gemba(&["traveler", "show", "WO-7/L-7", "--json"]).exits(0).values().remove(0);
    let first = &shown["lot"]["counts"][0];
    assert_eq!(
        (&first["first"]["good"], &first["corrections"][0]["good"]),
        (&json!(60), &json!(59))
    );
    assert_eq!(shown["standing"], "finished");
    let board = plant.gemba(&["board", "--json"]).exits(0).values().remove(0);
    let made = json!([{"place": "ASM-1", "operation": 10, "good": 97, "scrap": 3, "rework": 0}]);
    assert_eq!(board["pieces"], made);
    plant.gemba(&["store", "check"]).exits(0);
}
