//! Registers from files: a plan first, then all rows as one act, and the same file again changes
//! nothing.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::program::{OPERATOR, PLANNER, Post, QUALITY, Ran, SamplePlant};

/// As a German spreadsheet saves it: a mark, semicolons, CRLF, decimal commas, empty lines.
const GAUGES: &str = "\u{feff}Gauge;Description;Class;Unit;Resolution;Uncertainty;Range;Interval;\
    Calibrated;Calibration due;Certificate;;\r\n\
    TW-11;\"Wrench \"\"new\"\"; 5 to 50\";torque-wrench;N·m;0,1;;5..50;12 months;01.10.2026;;K-11;;\r\n\
    ;;;;;;;;;;;;\r\n\
    \r\n\
    CAL-9;Caliper;caliper;;0,01 mm;0,02 mm;0..150 mm;;2026-10-01;2027-10-01;K-12\r\n\
    PLG-7;Plug gauge M8;plug-gauge\r\n";

fn plan(post: &Post, what: &str, file: &str) -> Ran {
    post.gemba(&[what, "import", file, "--json"])
}

/// The last value says what became of the file.
fn sum(ran: &Ran) -> Value {
    ran.values().pop().unwrap()
}

#[track_caller]
fn counted(ran: &Ran, [new, changed, unchanged, refused]: [u64; 4]) {
    let sum = sum(ran);
    let count = |name: &str| sum[name].as_u64().unwrap();
    let found = [count("new"), count("changed"), count("unchanged"), count("refused")];
    assert_eq!(found, [new, changed, unchanged, refused], "{}", ran.out);
}

/// What is wrong, by line, column and code.
fn problems(ran: &Ran) -> Vec<(u64, String, String)> {
    let values = ran.values();
    let all = values.iter().flat_map(|value| value["problems"].as_array().unwrap());
    all.map(|problem| {
        let text = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        assert!(text("what").ends_with('.') && !text("next").is_empty(), "{problem}");
        (problem["line"].as_u64().unwrap(), text("column"), text("code"))
    })
    .collect()
}

#[track_caller]
fn names(found: &[(u64, String, String)], wanted: &[(u64, &str, &str)]) {
    let found: Vec<(u64, &str, &str)> =
        found.iter().map(|(line, column, code)| (*line, column.as_str(), code.as_str())).collect();
    assert_eq!(found, wanted);
}

#[test]
fn r05_gauges_come_from_a_german_spreadsheet_as_a_plan_then_as_one_act_and_again_as_nothing() {
    let plant = SamplePlant::new();
    let file = plant.file("gauges.csv", GAUGES);
    let planned = plan(&plant, "gauge", &file).exits(0);
    counted(&planned, [3, 0, 0, 0]);
    assert_eq!(sum(&planned)["applied"], false);
    plant.gemba(&["gauge", "import", &file]).exits(0).says("nothing was written yet");
    assert!(!plant.gemba(&["gauge", "list"]).exits(0).out.contains("TW-11"));

    let apply = ["gauge", "import", &file, "--apply"];
    plant.by(OPERATOR, &[&apply[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.gemba(&apply).exits(2);
    let applied = plant.by(QUALITY, &[&apply[..], &["--json"]].concat()).exits(0);
    let said = sum(&applied);
    assert_eq!((&said["applied"], &said["facts"]), (&true.into(), &5.into()));
    let list = plant.gemba(&["gauge", "list", "--json"]).exits(0).values();
    let row = list.iter().find(|row| row["gauge"] == "TW-11").unwrap();
    assert_eq!(row["name"], "Wrench \"new\"; 5 to 50");
    assert_eq!((&row["resolution"], &row["range"]), (&"0.1".into(), &"5 to 50 N·m".into()));
    assert_eq!((&row["calibrated"], &row["due"]), (&"2026-10-01".into(), &"2027-10-01".into()));

    counted(&plan(&plant, "gauge", &file).exits(0), [0, 0, 3, 0]);
    let again = plant.by(QUALITY, &[&apply[..], &["--json"]].concat()).exits(0);
    assert_eq!(sum(&again)["facts"], 0);
    let other = plant.file("gauges.csv", GAUGES.replace("0,02 mm", "0,03 mm"));
    let changed = plan(&plant, "gauge", &other).exits(0);
    counted(&changed, [0, 1, 2, 0]);
    let values = changed.values();
    assert_eq!(values[1]["changes"][0], "uncertainty 0.02 → 0.03");
}

#[test]
fn r05_a_register_is_known_here_already_as_its_own_file_says() {
    let plant = SamplePlant::new();
    let text = "gauge,name,class,unit,resolution,calibrated,due,certificate\n\
        TW-07,Torque wrench 5 to 50,torque-wrench,N·m,0.1,2020-01-01,2021-01-01,old\n";
    let file = plant.file("old.csv", text);
    let planned = plan(&plant, "gauge", &file).exits(0);
    counted(&planned, [0, 0, 0, 0]);
    assert_eq!(
        (&sum(&planned)["older"], &planned.values()[0]["standing"]),
        (&json!(1), &json!("older"))
    );
    assert!(planned.out.contains("a later calibration is known"), "{}", planned.out);
    let told = plant.gemba(&["gauge", "import", &file]).exits(0);
    let told = told.says("1 gauges: 0 new, 0 changed, 0 unchanged, 1 older than what is known");
    told.says("older than what is known  a later calibration is known");
}

#[test]
fn r07_every_bad_row_of_a_file_is_named_at_once_and_nothing_is_written() {
    let plant = SamplePlant::new();
    let text = "gauge,description,class,unit,resolution,range,interval,calibrated,due,certificate\n\
        G-1,Good,caliper,mm,0.01,,,,,\n\
        G 2,Blank,caliper,mm,,,,,,\n\
        G-3,,caliper,furlong,,,,,,\n\
        G-4,No unit,caliper,,0.01,,,,,\n\
        G-5,Ambiguous,caliper,mm,\"1,250\",,,,,\n\
        G-6,Days,caliper,mm,,,,31.02.2026,01/02/2027,C-1\n\
        G-7,No certificate,caliper,mm,,,,2026-10-01,2027-10-01,\n\
        G-1,Twice,caliper,mm,,,,,,\n\
        G-8,Ahead,caliper,mm,,9..1,,2026-10-01,2026-09-01,C-2\n\
        G-9,Wide,caliper,mm,,,,,,,one more\n\
        G-10,Due alone,caliper,mm,,,a while,,2027-01-01,\n";
    let file = plant.file("bad.csv", text);
    let refused = plan(&plant, "gauge", &file).exits(1);
    names(
        &problems(&refused),
        &[
            (3, "gauge", "I05"),
            (4, "description", "I04"),
            (4, "unit", "I05"),
            (5, "unit", "I04"),
            (6, "resolution", "I05"),
            (7, "calibrated", "I05"),
            (7, "due", "I05"),
            (8, "certificate", "I04"),
            (9, "", "I07"),
            (10, "", "G11"),
            (11, "", "I06"),
            (12, "interval", "I05"),
            (12, "calibrated", "I04"),
        ],
    );
    counted(&refused, [1, 0, 0, 10]);
    let apply = ["gauge", "import", &file, "--apply"];
    plant.by(QUALITY, &apply).exits(1).says("line 4, column unit").says("nothing was written");
    assert!(!plant.gemba(&["gauge", "list"]).exits(0).out.contains("G-1"));
}

#[test]
fn r07_a_file_that_is_no_table_says_what_to_do() {
    let plant = SamplePlant::new();
    let bad = |bytes: &[u8], wanted: &[(u64, &str, &str)]| {
        let file = plant.file("head.csv", bytes);
        names(&problems(&plan(&plant, "gauge", &file).exits(1)), wanted);
    };
    bad(b"", &[(1, "", "I01")]);
    bad(b"\xff\xfeg\0a\0", &[(1, "", "I01")]);
    bad(b"gauge,name,class\nW-1,Wrench f\xfcr M8,caliper\n", &[(2, "", "I01")]);
    bad(b"gauge,name,clas\n", &[(1, "clas", "I02"), (1, "", "I03")]);
    bad(b"gauge,name,class,class\n", &[(1, "class", "I03")]);
    bad(
        b"person,roles,PIN\n",
        &[
            (1, "person", "I02"),
            (1, "roles", "I02"),
            (1, "PIN", "I09"),
            (1, "", "I03"),
            (1, "", "I03"),
            (1, "", "I03"),
        ],
    );
    bad(
        b"gauge,name,class\nG-1,\"open,caliper\nG-2,x,caliper\n",
        &[(2, "description", "I06"), (2, "description", "C12"), (2, "class", "I04")],
    );
    let file = plant.file("head.csv", "sep=;\ngauge;name;clas\n");
    plan(&plant, "gauge", &file).exits(1).says("did you mean \\\"class\\\"?");
    plan(&plant, "gauge", "no-such-file.csv").exits(2).says("check its name");
}

#[test]
fn r05_people_come_with_roles_and_qualifications_and_get_their_pin_in_person() {
    let plant = SamplePlant::new();
    let text = "id,name,badge,roles,qualifications,verified-by\n\
        p-mayer,K. Mayer,B-2120,operator inspector,torque-1 until 2027-06-30; torque-2,passport\n\
        p-novak,A. Novak,B-2107,operator,torque-2:30.06.2027,\n";
    let file = plant.file("people.csv", text);
    let planned = plan(&plant, "person", &file).exits(0);
    counted(&planned, [1, 1, 0, 0]);
    assert!(planned.out.contains("has no PIN yet: gemba person pin p-mayer"), "{}", planned.out);
    let apply = ["person", "import", &file, "--apply"];
    plant.by(PLANNER, &apply).exits(0).says("saved as one act");
    counted(&plan(&plant, "person", &file).exits(0), [0, 0, 2, 0]);
    let people = plant.gemba(&["person", "list", "--json"]).exits(0).values();
    let of = |id: &str| people.iter().find(|row| row["person"] == id).unwrap();
    assert_eq!(of("p-mayer")["roles"], serde_json::json!(["operator", "inspector"]));
    let held = of("p-novak")["qualifications"].as_array().unwrap();
    assert_eq!(held.len(), 2, "what the file does not name stays: {held:?}");

    let text = "id,name,badge,roles,qualifications\n\
        p-new,N. New,B-1,operater,\n\
        p-more,M. More,B-2107,operator,torque-1 until soon\n\
        p-last,L. Last,B-7,operator,\n\
        p-novak,A. Nowak,B-9,operator,\n\
        p-two,T. Two,B-7,operator,\n";
    let file = plant.file("people.csv", text);
    let given = ["person", "import", &file, "--json", "--verified-by", "HR file"];
    let refused = plant.gemba(&given).exits(1);
    names(
        &problems(&refused),
        &[
            (2, "roles", "I05"),
            (3, "qualifications", "I05"),
            (3, "badge", "I08"),
            (5, "name", "I08"),
            (5, "badge", "I08"),
            (6, "", "I07"),
        ],
    );
    assert!(refused.out.contains("did you mean \\\"operator\\\"?"), "{}", refused.out);
    let without = plan(&plant, "person", &file).exits(1);
    assert!(problems(&without).contains(&(4, "verified-by".to_owned(), "I04".to_owned())));
    plant.by(PLANNER, &["person", "revoke", "p-mayer", "--reason", "left"]).exits(0);
    let file = plant.file("people.csv", "person,roles\np-mayer,operator\n");
    names(&problems(&plan(&plant, "person", &file).exits(1)), &[(2, "person", "I08")]);
}

#[test]
fn r01_orders_come_by_their_instructions_and_name_what_this_station_does_not_know() {
    let plant = SamplePlant::new();
    let text = "Order;Part;Qty;Serials;Lot;Instructions;Place;Due;Priority\r\n\
        WO-1901;CP-40;3;0101..0103;;WI-1040;;24.12.2026;2\r\n\
        WO-1902;CP-41;500;;L-30;10:WI-2001:INC;;;\r\n\
        WO-1903;CP-40;;A1 A2;;WI-1040;ASM-2;;\r\n";
    let file = plant.file("orders.csv", text);
    counted(&plan(&plant, "order", &file).exits(0), [3, 0, 0, 0]);
    plant.by(PLANNER, &["order", "import", &file, "--apply"]).exits(0).says("saved as one act");
    counted(&plan(&plant, "order", &file).exits(0), [0, 0, 3, 0]);
    let orders = plant.gemba(&["order", "list", "--json"]).exits(0).values();
    let of = |id: &str| orders.iter().find(|row| row["order"] == id).unwrap();
    assert_eq!((&of("WO-1901")["units"], &of("WO-1901")["due"]), (&3.into(), &"2026-12-24".into()));
    assert_eq!(of("WO-1902")["part"], "CP-41");
    plant.by(OPERATOR, &["traveler", "start", "WO-1903/A2", "--place", "ASM-2"]).exits(0);

    let text = "order,part,quantity,serials,lot,route,place,due,priority\n\
        WO-1901,CP-40,,0101,,WI-1040,,,\n\
        WO-1,CP-99,,1,,20:WI-9:PACK,,,\n\
        WO-2,CP-40,2,0001,,WI-1040,,,\n\
        WO-3,CP-40,5,,,WI-1040,,,\n\
        WO-4,CP-40,,1..9999,,WI-1040,,,\n\
        WO-5,CP-40,,1,L-1,WI-1040,,,urgent\n\
        WO-6,CP-40,,,L-1,WI-9,,,\n\
        WO-7,CP-41,,1,,WI-1040,,,\n";
    let file = plant.file("orders.csv", text);
    let refused = plan(&plant, "order", &file).exits(1);
    names(
        &problems(&refused),
        &[
            (2, "", "O02"),
            (3, "", "O13"),
            (3, "", "O11"),
            (3, "", "O10"),
            (4, "quantity", "I05"),
            (5, "serials", "I04"),
            (6, "serials", "I05"),
            (7, "lot", "I05"),
            (7, "priority", "I05"),
            (8, "quantity", "I04"),
            (8, "route", "I05"),
            (9, "", "D09"),
        ],
    );
    let one = ["order", "open", "WO-1", "--part", "CP-99", "--serials", "1"];
    let one = [&one[..], &["--operation", "20:WI-9:PACK", "--json"]].concat();
    plant.by(PLANNER, &one).refuses(&["O13", "O11", "O10"]);
}

#[test]
fn ten_thousand_rows_are_planned_and_saved_as_one_act() {
    let plant = SamplePlant::new();
    let mut text =
        "gauge,description,class,unit,resolution,calibrated,due,certificate\n".to_owned();
    for n in 0..10_000 {
        writeln!(text, "X-{n:05},Caliper {n},caliper,mm,0.01,2026-10-01,2027-10-01,C-{n}").unwrap();
    }
    let file = plant.file("many.csv", &text);
    let apply = ["gauge", "import", &file, "--apply", "--json"];
    let applied = plant.by(QUALITY, &apply).exits(0);
    counted(&applied, [10_000, 0, 0, 0]);
    assert_eq!(sum(&applied)["facts"], 20_000);
    counted(&plan(&plant, "gauge", &file).exits(0), [0, 0, 10_000, 0]);
}
