//! A sampled gap fails at one of two stations, of which the other is without the network for three days:
//! what was made since the last good check is held, sorted, two of it dispositioned, and the order is
//! released to ship with a permit. Benches by keys, the office by commands (R4, R8, R16, R17).

use serde_json::Value;

use crate::support::counts;
use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant,
};

const PERMIT: &str = "DP-HP1-0001";

/// A plant that presses and packs sixteen seats; two of them may gape a little more.
fn plant_with_seats() -> SamplePlant {
    let plant = SamplePlant::new();
    let server = plant.server();
    let file = |name: &str| format!("{}/fixtures/story/{name}", env!("CARGO_MANIFEST_DIR"));
    let sources = ["CP-50.csv", "WI-3010.md", "WI-3020.md"].map(file);
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    plant.by(ENGINEER, &[&["release"], &sources[..]].concat()).exits(0);
    for id in ["CP-50", "WI-3010", "WI-3020"] {
        let approve = ["sign", "--meaning", "approved", id, "A"];
        plant.by(ENGINEER, &approve).exits(0);
        plant.by(QUALITY, &approve).exits(0).says("is in effect");
    }
    let serials: Vec<String> = (1..=16).map(|n| format!("S-{n:02}")).collect();
    let open = ["order", "open", "WO-3000", "--part", "CP-50", "--serials", &serials.join(",")];
    let route = ["--operation", "10:WI-3010:ASM", "--operation", "20:WI-3020:INC"];
    plant.by(PLANNER, &[&open[..], &route].concat()).exits(0);
    let through = "2099-12-31";
    let propose = ["permit", "propose", "CP-50", "c-seat", "--upper", "0.06", "--units-max", "2"];
    let why = ["--through", through, "--reason", "seats of lot 9"];
    plant.by(ENGINEER, &[&propose[..], &why].concat()).exits(0);
    plant.by(QUALITY, &["permit", "grant", PERMIT]).exits(0);
    drop(server);
    plant
}

#[test]
fn r16_r17_a_sampled_gap_fails_and_the_order_is_sorted_disposed_and_shipped_with_a_permit() {
    let plant = plant_with_seats();
    let ran = plant.play_fixture("story/seats.keys").exits(0);
    let summary: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    counts::add("expectations_met_by_scripts", summary["expected"].as_u64().unwrap());
    let range = plant.gemba(&["suspect", "show", "WO-3000/S-16", "--json"]).exits(0).values();
    assert_eq!(range[0]["units"].as_array().unwrap().len(), 14);

    let server = plant.server();
    let at = |who, arguments: &[&str], place| {
        plant.by(who, &[arguments, &["--place", place]].concat()).exits(0)
    };
    let dispose = ["deviation", "dispose", "NCR-HP1-0002", "scrap", "--reason", "gapes"];
    at(SUPERVISOR, &dispose, "ASM-1");
    let dispose = ["deviation", "dispose", "NCR-HP1-0003", "rework", "--step", "press"];
    at(SUPERVISOR, &[&dispose[..], &["--reason", "press it again"]].concat(), "ASM-1");
    at(OPERATOR, &["record", "WO-3000/S-09", "0.03", "--gauge", "FG-2"], "ASM-1");
    at(OPERATOR, &["traveler", "complete", "WO-3000/S-09", "press"], "ASM-1");
    for n in 5..=16 {
        let unit = format!("WO-3000/S-{n:02}");
        at(INSPECTOR, &["record", &unit, "yes"], "INC-1");
        at(INSPECTOR, &["traveler", "complete", &unit, "pack"], "INC-1");
    }
    let ready = ["ship", "review", "--order", "WO-3000", "--json"];
    let reviewed = || plant.gemba(&ready).values();
    let not_ready = |unit: &Value| unit["ready"] == false;
    assert!(reviewed().iter().any(not_ready), "two deviations are open");
    for number in ["NCR-HP1-0002", "NCR-HP1-0003"] {
        plant.by(QUALITY, &["deviation", "close", number, "seen"]).exits(0);
    }
    for _ in 0..500 {
        plant.gemba(&["sync"]).exits(0);
        if !reviewed().iter().any(not_ready) {
            break;
        }
    }
    assert_eq!(reviewed().len(), 15, "one was scrapped");
    let release = ["ship", "release", "--order", "WO-3000"];
    let shipped = at(QUALITY, &release, "INC-1");
    assert_eq!(shipped.out.matches(": certificate ").count(), 15);
    let certificate = plant.gemba(&["certificate", "WO-3000/S-16"]).exits(0);
    certificate.says("valid, as known here").says(&format!("Fail, permit {PERMIT}"));
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}
