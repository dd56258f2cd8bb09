//! Lots of seals from goods-in to their end, by commands, with the server's judge behind them.

use serde_json::{Value, json};

use crate::support::program::{ENGINEER, INSPECTOR, OPERATOR, QUALITY, SUPERVISOR, SamplePlant};

const SERIES: [&str; 2] = ["SEAL-1", "Nordic Seals"];

pub(crate) fn released() -> SamplePlant {
    let plant = SamplePlant::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/inspection/WI-2100.md");
    plant.gemba(&["check", source]).exits(0).says("1 clean");
    plant.gemba(&["fmt", "--check", source]).exits(0);
    plant
}

pub(crate) fn approve(plant: &SamplePlant) {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/inspection/WI-2100.md");
    plant.by(ENGINEER, &["release", source]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-2100", "A"];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
}

pub(crate) fn about<'a>(word: &'a str, lot: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["inspection", word][..], &SERIES, &[lot], more].concat()
}

pub(crate) fn comes_in(plant: &SamplePlant, lot: &str, quantity: &str) -> Value {
    let receive = ["material", "receive", "SEAL-1", lot, "--supplier", "Nordic Seals"];
    plant.by(QUALITY, &[&receive[..], &["--quantity", quantity]].concat()).exits(0);
    let open = about("open", lot, &["--by", "WI-2100", "--json"]);
    plant.by(INSPECTOR, &open).exits(0).values().remove(0)["lot"].clone()
}

pub(crate) fn records(plant: &SamplePlant, lot: &str, piece: &Value, cord: &str) -> Value {
    let piece = piece.to_string();
    let values = ["--piece", &piece, cord, "yes", "--gauge", "CAL-2", "--json"];
    plant.by(INSPECTOR, &about("record", lot, &values)).exits(0).values().remove(0)["lot"].clone()
}

fn shown(plant: &SamplePlant, lot: &str) -> Value {
    plant.gemba(&about("show", lot, &["--json"])).exits(0).values().remove(0)
}

fn blocked(plant: &SamplePlant, lot: &str) -> Value {
    let rows = plant.gemba(&["material", "list", "SEAL-1", "--json"]).exits(0).values();
    rows.iter().find(|row| row["lot"] == lot).unwrap()["blocked"].clone()
}

#[test]
fn r12_a_lot_is_opened_inspected_accepted_and_another_one_rejected_by_commands() {
    let plant = released();
    let server = plant.server();
    approve(&plant);
    let lot = comes_in(&plant, "L-1", "8");
    let plan = [&lot["letter"], &lot["sample"], &lot["accept"], &lot["reject"]];
    assert_eq!(json!(plan), json!(["A", 8, 0, 1]));
    assert_eq!((&lot["severity"], &lot["why"]), (&json!("normal"), &json!("the series begins")));
    assert_eq!(blocked(&plant, "L-1"), json!("it is being inspected"));
    plant.gemba(&["inspection", "list"]).exits(0).says("L-1").says("letter A, inspect 8 of 8");
    plant.by(INSPECTOR, &about("accept", "L-1", &["--json"])).refuses(&["J20"]);
    let gauge = about("record", "L-1", &["--piece", "1", "3.5", "yes", "--json"]);
    plant.by(INSPECTOR, &gauge).refuses(&["G01"]);
    for piece in lot["remaining"].as_array().unwrap() {
        records(&plant, "L-1", piece, "3.52");
    }
    plant.by(OPERATOR, &about("accept", "L-1", &["--json"])).refuses(&["P04"]);
    plant.by(INSPECTOR, &about("accept", "L-1", &[])).exits(0).says("L-1 of Nordic Seals accepted");
    assert_eq!(blocked(&plant, "L-1"), json!(null));
    plant.gemba(&about("show", "L-1", &[])).says("accepted by M. Okafor").says("8 inspected");

    let lot = comes_in(&plant, "L-2", "5");
    let first = lot["remaining"][0].clone();
    let bad = records(&plant, "L-2", &first, "3.61");
    assert_eq!(bad["nonconforming"], json!([first]));
    plant.by(INSPECTOR, &about("accept", "L-2", &["--json"])).refuses(&["J21"]);
    plant.by(INSPECTOR, &about("reject", "L-2", &[])).exits(0).says("L-2 of Nordic Seals rejected");
    let held = blocked(&plant, "L-2");
    let why =
        held.as_str().is_some_and(|why| why.starts_with("rejected: 1 nonconforming, Re 1; NCR-"));
    assert!(why, "{held}");
    let release = ["material", "release", "SEAL-1", "L-2", "--reason", "in a hurry", "--json"];
    plant.by(QUALITY, &release).refuses(&["J32"]);
    let sort = about("dispose", "L-2", &["sort", "--reason", "the bad ones can be seen"]);
    plant.by(SUPERVISOR, &sort).exits(0);
    let again = about("open", "L-2", &["--by", "WI-2100", "--size", "4", "--json"]);
    let again = plant.by(INSPECTOR, &again).exits(0).values().remove(0)["lot"].clone();
    assert_eq!((&again["again"], &again["severity"]), (&json!(true), &json!("tightened")));
    assert_eq!(shown(&plant, "L-2")["standing"], "open");
    let series = [&["inspection", "series"][..], &SERIES].concat();
    plant.gemba(&series).exits(0).says("rejected, to be sorted").says("switching score 0");
    // The judge has nothing to say against any of it.
    plant.gemba(&["sync"]).exits(0);
    assert!(plant.gemba(&["review", "list", "--json"]).exits(0).values().is_empty());
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn r04_a_file_of_many_pieces_is_one_act_and_one_deviation_names_every_failing_value() {
    let plant = released();
    let server = plant.server();
    approve(&plant);
    comes_in(&plant, "L-3", "5");
    let table = plant.home().join("cords.csv");
    let fill = |text: &str, more: &[&str]| {
        std::fs::write(&table, text).unwrap();
        let args = [&[table.to_str().unwrap(), "--gauge", "CAL-2"][..], more].concat();
        plant.by(INSPECTOR, &about("fill", "L-3", &args))
    };
    // What is wrong in one line keeps all of them out, and is told by its line.
    fill("Cord;Is the seam without flash?\n3.52;yes\n3.5x;yes\n", &[])
        .exits(1)
        .says("line 3: Cord");
    fill("Cord,Corde\n3.52,yes\n", &[]).exits(1).says("nothing is called");
    fill("Cord\n3.52\n3.51\n3.5\n3.5\n3.5\n3.5\n", &[]).exits(1).says("more lines than pieces");
    let good = "piece,Cord,Is the seam without flash?\n5,3.71,yes\n1,3.52,yes\n2,3.51,no\n";
    fill(good, &["--plan"]).exits(0).says("would record 6 values of 3 pieces");
    assert!(shown(&plant, "L-3")["records"].as_array().unwrap().is_empty());
    fill(good, &[]).exits(0).says("6 values of 3 pieces").says("2 nonconforming of 3 inspected");
    let lot = shown(&plant, "L-3");
    assert_eq!((&lot["nonconforming"], &lot["begun"]), (&json!([2, 5]), &json!([])));
    let row = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    let found = row.iter().find(|row| row["found"].as_str().unwrap_or("").contains("piece 5"));
    assert!(found.is_some(), "{row:?}");
    fill(good, &["--json"]).refuses(&["J18"; 6]);
    plant.by(INSPECTOR, &about("reject", "L-3", &[])).exits(0).says("rejected");
    plant.gemba(&["sync"]).exits(0);
    let reviews = plant.gemba(&["review", "list", "--json"]).exits(0).values();
    assert!(reviews.is_empty(), "{reviews:?}");
    drop(server);
}

const SHAFTS: [&str; 2] = ["CP-41", "Nordic Steel"];

fn shafts<'a>(word: &'a str, lot: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["inspection", word][..], &SHAFTS, &[lot], more].concat()
}

/// Shafts came in, and a text asks for two of their eight characteristics.
fn shafts_come_in(plant: &SamplePlant, lot: &str) {
    // Its limits are copied from the specification beside it.
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let source = plant.home().join("WI-2300.md");
    std::fs::copy(fixtures.join("inspection/WI-2300.md"), &source).unwrap();
    std::fs::copy(fixtures.join("plant/CP-41.csv"), plant.home().join("CP-41.csv")).unwrap();
    let source = source.to_str().unwrap();
    plant.gemba(&["fmt", "--check", source]).exits(0);
    plant.by(ENGINEER, &["release", source]).exits(0);
    let approve = ["sign", "--meaning", "approved", "WI-2300", "A"];
    plant.by(ENGINEER, &approve).exits(0);
    plant.by(QUALITY, &approve).exits(0).says("is in effect");
    let receive = ["material", "receive", "CP-41", lot, "--supplier", "Nordic Steel"];
    plant.by(QUALITY, &[&receive[..], &["--quantity", "2"]].concat()).exits(0);
}

#[test]
fn a_first_article_is_accepted_once_every_characteristic_has_a_result_on_every_piece() {
    let plant = SamplePlant::new();
    let server = plant.server();
    shafts_come_in(&plant, "L-9");
    let open = shafts("open", "L-9", &["--by", "WI-2300", "--first-article", "--json"]);
    let lot = plant.by(INSPECTOR, &open).exits(0).values().remove(0)["lot"].clone();
    let first = &lot["first_article"];
    assert_eq!((&first["of"], &first["done"]), (&json!(8), &json!(0)));
    assert_eq!((&lot["sample"], &lot["accept"], &lot["reject"]), (&json!(2), &json!(0), &json!(1)));
    // What the text asks for is not enough.
    let table = plant.home().join("shafts.csv");
    let fill = |text: &str, more: &[&str]| {
        std::fs::write(&table, text).unwrap();
        let gauges = ["--gauge", "MIC-4", "--gauge", "CAL-2", "--gauge", "DTI-1"];
        let more = [&gauges[..], &["--gauge", "SRT-1", "--gauge", "PLG-6"], more].concat();
        plant.by(
            INSPECTOR,
            &shafts("fill", "L-9", &[&[table.to_str().unwrap()][..], &more].concat()),
        )
    };
    fill("piece,Bearing seat,Appearance\n1,19.994,yes\n2,19.995,yes\n", &[]).exits(0);
    let refused = plant.by(INSPECTOR, &shafts("accept", "L-9", &["--json"]));
    refused.refuses(&["J20", "J28"]);
    let refused = plant.by(INSPECTOR, &shafts("accept", "L-9", &[])).exits(1);
    refused.says("lacks 6 of 8 characteristics: balloon 2, 3, 4, 5, 6, 7");
    let list = plant.gemba(&shafts("first-article", "L-9", &[])).exits(1);
    list.says("first article: 2 of 8 characteristics").says("D-4418 rev B");

    // Every balloon but one of one piece.
    let head = "piece,Length,Runout,Surface finish,Groove width,Chamfer,Thread\n";
    fill(&format!("{head}1,142.01,0.008,0.62,1.37,1.0,yes\n2,142.02,0.009,0.6,1.38,1.1,\n"), &[])
        .exits(0);
    plant.by(INSPECTOR, &shafts("accept", "L-9", &["--json"])).refuses(&["J20", "J28"]);
    let form =
        plant.gemba(&shafts("first-article", "L-9", &["--json"])).exits(1).values().remove(0);
    let lines = form["lines"].as_array().unwrap();
    let numbers: Vec<&str> = lines.iter().map(|line| line["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["1", "2", "3", "4", "5", "6", "7", "8"]);
    let thread = &lines[6];
    assert_eq!((&thread["missing"], &thread["verdict"]), (&json!([2]), &json!(null)));
    fill("piece,Thread\n2,yes\n", &[]).exits(0);

    let csv = plant.gemba(&shafts("first-article", "L-9", &["--csv"])).exits(0);
    let rows: Vec<&str> = csv.out.lines().collect();
    assert!(
        rows[0].starts_with("characteristic number,reference location,characteristic designator")
    );
    assert_eq!(
        rows[1],
        "1,1/B2,critical,Bearing seat,20.000 +0/-0.013,19.987,20.000,mm,\
         \"1: 19.994 mm, 2: 19.995 mm\",MIC-4,,Pass"
    );
    plant.by(INSPECTOR, &shafts("accept", "L-9", &[])).exits(0).says("accepted");
    plant.gemba(&["sync"]).exits(0);
    let reviews = plant.gemba(&["review", "list", "--json"]).exits(0).values();
    assert!(reviews.is_empty(), "{reviews:?}");
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn a_first_article_with_a_nonconforming_characteristic_is_rejected_and_its_line_says_for_what() {
    let plant = SamplePlant::new();
    let server = plant.server();
    shafts_come_in(&plant, "L-9");
    plant.by(INSPECTOR, &shafts("open", "L-9", &["--by", "WI-2300", "--first-article"])).exits(0);
    let table = plant.home().join("shafts.csv");
    std::fs::write(&table, "piece,Length\n1,142.30\n2,142.00\n").unwrap();
    let path = table.to_str().unwrap();
    plant.by(INSPECTOR, &shafts("fill", "L-9", &[path, "--gauge", "CAL-2"])).exits(0);
    plant.by(INSPECTOR, &shafts("accept", "L-9", &["--json"])).refuses(&["J21", "J28"]);
    plant.by(INSPECTOR, &shafts("reject", "L-9", &[])).exits(0);
    let form =
        plant.gemba(&shafts("first-article", "L-9", &["--json"])).exits(1).values().remove(0);
    let length = &form["lines"][1];
    assert_eq!(length["verdict"], json!("Fail"));
    assert_eq!(length["nonconformances"].as_array().unwrap().len(), 1);
    // A lot that is none has no such list.
    plant.gemba(&about("first-article", "L-1", &[])).exits(1);
    drop(server);
}

#[test]
fn a_file_says_before_it_is_recorded_which_cell_gets_what_and_names_no_gauge_too_many() {
    let plant = released();
    let server = plant.server();
    approve(&plant);
    comes_in(&plant, "L-3", "5");
    let table = plant.home().join("cords.csv");
    std::fs::write(&table, "piece,Cord\n5,3.71\n1,3.52\n").unwrap();
    let path = table.to_str().unwrap();
    let fill =
        |more: &[&str]| plant.by(INSPECTOR, &about("fill", "L-3", &[&[path][..], more].concat()));
    fill(&["--gauge", "CAL-2", "--gauge", "MIC-4"]).exits(1).says("MIC-4 would not be used");
    let planned = fill(&["--gauge", "CAL-2", "--plan", "--json"]).exits(0).values().remove(0);
    let cells = planned["cells"].as_array().unwrap();
    assert_eq!((&planned["planned"], &planned["fails"]), (&json!(2), &json!(1)));
    let first = json!({
        "piece": 5, "ask": 1, "name": "Cord", "value": "3.71 mm", "gauge": "CAL-2", "verdict": "Fail",
    });
    assert_eq!(cells[0], first);
    fill(&["--gauge", "CAL-2", "--plan"])
        .exits(0)
        .says("2 values of 2 pieces")
        .says("1 outside limits");
    assert!(shown(&plant, "L-3")["records"].as_array().unwrap().is_empty());
    drop(server);
}

#[test]
fn r10_a_gauge_that_failed_lists_and_holds_the_lots_on_whose_pieces_it_was_read() {
    let plant = released();
    let server = plant.server();
    approve(&plant);
    let lot = comes_in(&plant, "L-1", "2");
    for piece in lot["remaining"].as_array().unwrap() {
        records(&plant, "L-1", piece, "3.52");
    }
    plant.by(INSPECTOR, &about("accept", "L-1", &[])).exits(0);
    assert_eq!(blocked(&plant, "L-1"), json!(null));
    let failed =
        ["gauge", "failed", "CAL-2", "--found", "+0.05 mm", "--reason", "dropped", "--hold"];
    let said = plant.by(QUALITY, &[&failed[..], &["--json"]].concat()).exits(0).values();
    assert_eq!(said.last().unwrap()["held"], json!(["SEAL-1/L-1"]));
    assert_eq!(blocked(&plant, "L-1"), json!("CAL-2 was found out of tolerance: +0.05 mm"));
    let trace = || plant.gemba(&["gauge", "trace", "CAL-2", "--json"]).exits(0).values().remove(0);
    let found = trace();
    let pieces = found["pieces"].as_array().unwrap();
    assert_eq!((pieces.len(), &found["lots"]), (2, &json!(1)));
    let row = &pieces[0];
    assert_eq!((&row["name"], &row["value"]), (&json!("Cord"), &json!("3.52 mm")));
    assert_eq!((&row["margin"], &row["hold"]), (&json!("0.08"), &json!("held")));
    assert_eq!((&found["lots_to_hold"], &found["lots_held"]), (&json!([]), &json!(["SEAL-1/L-1"])));
    plant.gemba(&["gauge", "trace", "CAL-2"]).exits(0).says("SEAL-1/L-1 of Nordic Seals");
    plant.gemba(&["trace", "gauge/CAL-2"]).exits(0).says("SEAL-1");
    // What a person blocked besides is another matter, and stays.
    let block = ["material", "block", "SEAL-1", "L-1", "--reason", "wrong label"];
    plant.by(QUALITY, &block).exits(0);
    let release = ["gauge", "release", "CAL-2", "--reason", "measured again", "--json"];
    let said = plant.by(QUALITY, &release).exits(0).values();
    assert_eq!(said.last().unwrap()["released"], json!(["SEAL-1/L-1"]));
    assert_eq!(blocked(&plant, "L-1"), json!("wrong label"));
    assert_eq!(trace()["pieces"][0]["hold"], json!("released"));
    plant.by(QUALITY, &["gauge", "hold", "CAL-2", "--json"]).refuses(&["G13"]);
    plant.gemba(&["sync"]).exits(0);
    let reviews = plant.gemba(&["review", "list", "--json"]).exits(0).values();
    assert!(reviews.is_empty(), "{reviews:?}");
    plant.gemba(&["store", "check"]).exits(0);
    drop(server);
}

#[test]
fn a_cell_that_a_spreadsheet_would_calculate_is_text_and_a_number_stays_a_number() {
    let cells = ["=1+2", "+A1", "@now", "-cmd", "-0.05", "+12", "plain", "=a,b"];
    let line = gemba::app::cli::rows::csv_line(&cells.map(str::to_owned));
    assert_eq!(line, "'=1+2,'+A1,'@now,'-cmd,-0.05,+12,plain,\"'=a,b\"");
}
