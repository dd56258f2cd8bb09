//! Traces and recalls from the command line: what a text means, pages, CSV, holds.

use serde_json::Value;

use crate::cli_gauge::measured;
use crate::support::program::{OPERATOR, QUALITY};

#[test]
fn whatever_stands_on_a_label_is_traced_and_a_unit_tells_all_of_itself_besides() {
    let plant = measured();
    plant.gemba(&["trace", "TW-07"]).exits(0).says("gauge TW-07").says("unit/WO-1881/0007");
    let unit = plant.gemba(&["trace", "WO-1881/0007", "--json"]).exits(0).values();
    assert_eq!(unit.len(), 1);
    let of = |value: &Value, key: &str| value["thread"][key].as_array().unwrap().clone();
    assert!(unit[0]["lines"].as_array().is_some_and(|lines| !lines.is_empty()));
    let built: Vec<_> = of(&unit[0], "back")
        .into_iter()
        .filter(|row| row["relation"] == "built in")
        .map(|row| row["traced"].as_str().unwrap().to_owned())
        .collect();
    assert!(built.iter().any(|of| of.ends_with("/L-0815")), "{built:?}");
    let page = ["trace", "person/novak", "--limit", "1", "--json"];
    let none = plant.gemba(&page);
    assert_eq!(none.code, 1, "{}", none.out);
    let place = plant.gemba(&["trace", "ASM-1", "--limit", "1", "--json"]).exits(0).values();
    assert_eq!(of(&place[0], "forward").len(), 1);
    assert!(place[0]["thread"]["forward_count"].as_u64() > Some(1), "{place:?}");
    plant.gemba(&["trace", "ASM-1", "--limit", "1"]).exits(0).says("--skip 1");
    plant.gemba(&["trace", "TW-77"]).exits(1).says("did you mean gauge/TW-07?");
    plant.gemba(&["recall", "TW-77", "--json"]).exits(1).says("is not known here");
}

#[test]
fn a_recall_lists_holds_and_then_has_nothing_more_to_hold() {
    let plant = measured();
    let csv = plant.gemba(&["recall", "L-0815", "--csv"]).exits(0);
    assert!(csv.out.starts_with("unit,part,depth,how,stands,"), "{}", csv.out);
    let csv = csv.says("WO-1881/0007,").out;
    let list = plant.gemba(&["recall", "L-0815", "--json"]).exits(0).values();
    assert_eq!(list[0]["units"].as_array().unwrap().len(), csv.lines().count() - 1);
    plant.gemba(&["recall", "L-0815", "--hold"]).exits(2);
    plant.gemba(&["recall", "L-0815", "--revision", "C"]).exits(2);
    plant.gemba(&["recall", "ASM-1", "--from", "soon"]).exits(2).says("is no time");
    let turned = ["recall", "ASM-1", "--from", "2026-12-01", "--until", "2026-11-01"];
    plant.gemba(&turned).exits(2).says("--until is before --from");
    plant.gemba(&["recall", "ASM-1", "--from", "2026-01-01", "--until", "2026-01-02T06:00"]);
    let hold = ["recall", "L-0815", "--hold", "--reason", "wrong hardness"];
    plant.by(OPERATOR, &[&hold[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.by(QUALITY, &hold).exits(0).says("WO-1881/0007");
    plant.by(QUALITY, &hold).exits(0).says("nothing to hold");
    plant.gemba(&["trace", "WO-1881/0007"]).exits(0).says("wrong hardness");
    plant.gemba(&["recall", "L-0815"]).exits(0).says("held");
    plant.gemba(&["store", "check"]).exits(0);
}
