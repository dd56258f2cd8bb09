//! Each command's plain case, and how it ends when it is refused.

use crate::support::counts;
use crate::support::program::{
    ENGINEER, INSPECTOR, OPERATOR, PLANNER, QUALITY, SUPERVISOR, SamplePlant, gemba, gemba_at,
};

const COMMANDS: [&[&str]; 106] = [
    &["demo"],
    &["host"],
    &["serve"],
    &["serve", "assign"],
    &["serve", "backup"],
    &["serve", "erase"],
    &["serve", "init"],
    &["serve", "restore"],
    &["serve", "revoke"],
    &["serve", "code"],
    &["serve", "copy"],
    &["serve", "take"],
    &["serve", "seed"],
    &["station", "enroll"],
    &["station", "recover"],
    &["station", "seed"],
    &["station", "show"],
    &["sync"],
    &["check"],
    &["fmt"],
    &["diff"],
    &["release"],
    &["sign"],
    &["session", "open"],
    &["session", "close"],
    &["order", "open"],
    &["order", "list"],
    &["order", "close"],
    &["order", "reopen"],
    &["person", "add"],
    &["person", "list"],
    &["person", "pin"],
    &["person", "qualify"],
    &["person", "revoke"],
    &["gauge", "add"],
    &["gauge", "import"],
    &["gauge", "release"],
    &["person", "show"],
    &["person", "import"],
    &["order", "import"],
    &["gauge", "calibrate"],
    &["gauge", "failed"],
    &["gauge", "trace"],
    &["specification", "readings"],
    &["gauge", "hold"],
    &["gauge", "list"],
    &["person", "unqualify"],
    &["place", "setup"],
    &["place", "tool"],
    &["place", "material"],
    &["place", "list"],
    &["traveler", "start"],
    &["traveler", "complete"],
    &["traveler", "report"],
    &["traveler", "split"],
    &["instruction", "users"],
    &["traveler", "show"],
    &["traveler", "list"],
    &["set", "start"],
    &["set", "wait"],
    &["set", "check"],
    &["set", "complete"],
    &["set", "sign"],
    &["set", "waits"],
    &["record"],
    &["deviation", "raise"],
    &["deviation", "list"],
    &["deviation", "add"],
    &["deviation", "show"],
    &["deviation", "review"],
    &["deviation", "contain"],
    &["deviation", "dispose"],
    &["deviation", "approve"],
    &["deviation", "close"],
    &["review", "list"],
    &["review", "answer"],
    &["board"],
    &["ticket"],
    &["scan"],
    &["find"],
    &["trace"],
    &["recall"],
    &["ship", "list"],
    &["ship", "review"],
    &["ship", "release"],
    &["ship", "back"],
    &["certificate"],
    &["audit", "verify"],
    &["store", "rebuild"],
    &["store", "check"],
    &["store", "prune"],
    &["store", "backup"],
    &["doctor"],
    &["inspection", "plan"],
    &["inspection", "open"],
    &["inspection", "record"],
    &["inspection", "fill"],
    &["inspection", "accept"],
    &["inspection", "reject"],
    &["inspection", "dispose"],
    &["inspection", "choose"],
    &["inspection", "show"],
    &["inspection", "first-article"],
    &["inspection", "list"],
    &["inspection", "to-open"],
    &["inspection", "series"],
];

#[test]
fn every_command_shows_how_it_is_used_with_an_example() {
    for command in COMMANDS {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let ran = gemba(&arguments).exits(0);
        assert!(ran.out.contains("Example"), "{command:?}: {}", ran.out);
        counts::add("commands_with_help", 1);
    }
}

#[test]
fn what_is_not_understood_ends_with_two() {
    gemba(&["nonsense"]).exits(2);
    gemba(&["order", "open", "WO-1"]).exits(2);
    gemba(&["traveler", "show", "no-slash"]).exits(2).says("ORDER/UNIT");
    gemba(&["demo", "--headless"]).exits(2);
    gemba(&[]).exits(2).says("there is no terminal");
    gemba(&["check", "/nowhere/at/all.md"]).exits(2).says("cannot be read");
}

#[test]
fn without_a_store_a_command_says_what_to_do_and_ends_with_five() {
    gemba(&["board"]).exits(5).says("no store").says("gemba demo");
    gemba(&["audit", "verify"]).exits(5);
    gemba(&["serve"]).exits(5).says("gemba serve init");
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    gemba(&["audit", "bundle"]).exits(1).says("X01");
    gemba(&["store", "backup", "/tmp/nowhere.db"]).exits(1).says("X01");
    gemba(&["serve", "--database", "mysql://db/gemba"]).exits(1).says("X01");
}

#[test]
fn settings_that_mean_nothing_are_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let with = |settings: &str| {
        std::fs::write(home.path().join("gemba.toml"), settings).unwrap();
        gemba_at(home.path(), &["board"])
    };
    with("language = \"fr\"\n").exits(2).says("`fr`").says("`de`");
    with("idle-lock-min = 0\n").exits(2).says("idle-lock-min");
    with("idle-lock = 5\n").exits(2).says("idle-lock");
    with("idle-lock-min = 5\n").exits(5).says("no store");
}

#[test]
fn registers_are_kept_by_those_who_may_and_listed_as_rows() {
    let plant = SamplePlant::new();
    let open = [
        "order",
        "open",
        "WO-1900",
        "--part",
        "CP-40",
        "--serials",
        "0001..0003",
        "--operation",
        "20:WI-1040:ASM",
        "--due",
        "2030-01-31",
    ];
    plant.by(OPERATOR, &open).exits(1).says("open or close orders");
    plant.by(PLANNER, &open).exits(0).says("saved: order WO-1900 opened");
    plant.by(PLANNER, &open).exits(1).says("WO-1900");
    let listed = plant.gemba(&["order", "list", "--json"]).exits(0).values();
    assert!(listed.iter().any(|row| row["order"] == "WO-1900" && row["units"] == 3));
    let backwards = ["order", "open", "WO-1901", "--part", "CP-40", "--serials", "3..1"];
    let backwards = [&backwards[..], &["--operation", "20:WI-1040:ASM"]].concat();
    plant.by(PLANNER, &backwards).exits(2).says("0001..0020");
    plant.by(PLANNER, &["order", "close", "WO-1900", "--reason", "not wanted"]).exits(0);

    let add = ["gauge", "add", "TW-11", "--name", "Wrench", "--class", "torque-wrench"];
    plant.by(QUALITY, &add).exits(0);
    let dates = ["--on", "2026-01-01", "--due", "2031-01-01", "--certificate", "C-1"];
    let calibrate = [&["gauge", "calibrate", "TW-11"][..], &dates].concat();
    plant.by(QUALITY, &calibrate).exits(0);
    let gauges = plant.gemba(&["gauge", "list", "--class", "torque-wrench", "--json"]).values();
    assert!(gauges.iter().any(|row| row["gauge"] == "TW-11" && row["overdue"] == false));
    assert!(gauges.iter().any(|row| row["gauge"] == "TW-03" && row["overdue"] == true));

    let admit = ["person", "add", "p-mayer", "--role", "operator", "--verified-by", "passport"];
    plant.by(PLANNER, &admit).exits(0);
    let qualify = ["person", "qualify", "p-mayer", "torque-1", "--until", "2031-01-01"];
    plant.by(PLANNER, &qualify).exits(0);
    plant.by(PLANNER, &["person", "revoke", "p-mayer", "--reason", "left"]).exits(0);
    let people = plant.gemba(&["person", "list", "--json"]).exits(0).values();
    assert!(people.iter().any(|row| row["person"] == "p-mayer" && row["revoked"] == true));
}

#[test]
fn an_unknown_badge_and_a_wrong_pin_get_the_same_words() {
    let plant = SamplePlant::new();
    let start = ["traveler", "start", "WO-1881/0007", "--place", "ASM-1"];
    let unknown = plant.by(("B-9999", "482913"), &start).exits(1);
    let wrong = plant.by((OPERATOR.0, "000000"), &start).exits(1);
    assert_eq!(unknown.err, wrong.err);
    plant.gemba(&start).exits(2).says("--badge");
}

#[test]
fn a_unit_is_worked_held_and_disposed_from_the_command_line() {
    let plant = SamplePlant::new();
    let unit = "WO-1881/0007";
    let at = ["--place", "ASM-1"];
    let by = |who, arguments: &[&str]| plant.by(who, &[arguments, &at].concat());
    by(OPERATOR, &["traveler", "start", unit]).exits(0);
    by(OPERATOR, &["record", unit, "0007"]).exits(0);
    by(OPERATOR, &["traveler", "complete", unit]).exits(0);
    for identity in ["H-1", "L-0815"] {
        by(OPERATOR, &["record", unit, identity]).exits(0);
    }
    by(OPERATOR, &["traveler", "complete", unit, "parts"]).exits(0);
    for step in ["clean", "cover"] {
        by(OPERATOR, &["record", unit, "yes", "--step", step]).exits(0);
        by(OPERATOR, &["traveler", "complete", unit, step]).exits(0);
    }
    by(OPERATOR, &["record", unit, "24.8 Nm", "--gauge", "TW-03"]).exits(1).says("TW-03");
    by(OPERATOR, &["record", unit, "24.8 Nm", "--gauge", "TW-07"]).exits(0).says("Pass");
    by(OPERATOR, &["record", unit, "27.3", "--gauge", "TW-07"]).exits(0).says("--retype");
    by(OPERATOR, &["record", unit, "25.0", "--gauge", "TW-07"]).exits(1);
    let raised = by(OPERATOR, &["record", unit, "27.3", "--retype", "--json"]).exits(0).values();
    let deviation = raised[0]["deviation"].as_str().unwrap().to_owned();
    assert_eq!(raised[0]["held"], true);

    let listed = plant.gemba(&["deviation", "list", "--json"]).exits(0).values();
    assert!(
        listed
            .iter()
            .any(|row| row["id"] == *deviation && row["units"][0]["traveler"]["unit"] == "0007")
    );
    let dispose = ["deviation", "dispose", &deviation, "rework", "--step", "torque"];
    let dispose = [&dispose[..], &["--reason", "wrench slipped"]].concat();
    plant.by(OPERATOR, &dispose).exits(1);
    plant.by(SUPERVISOR, &dispose).exits(0).says("rework");
    let shown = plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values();
    assert_eq!(shown[0]["standing"], "begun");
    assert_eq!(shown[0]["first_pass"], false);

    plant.gemba(&["trace", unit]).exits(0).says("27.3").says("A. Novak").says("saved");
    let board = plant.gemba(&["board", "--json"]).exits(0).values();
    assert_eq!(board[0]["total"]["failing"], 2);
    by(INSPECTOR, &["sign", "--meaning", "verified", unit, "signoff"]).exits(1);
}

#[test]
fn a_supervisor_answers_what_the_server_did_not_accept() {
    let plant = SamplePlant::new();
    let unit = "WO-1881/0007";
    let start = ["traveler", "start", unit, "--place", "ASM-1", "--json"];
    let started = plant.by(OPERATOR, &start).exits(0).values();
    let name = started[0]["facts"][0].as_str().unwrap();
    plant.reject(name, unit);
    plant.gemba(&["review", "list"]).exits(0).says("not at this bench");
    let open = plant.gemba(&["review", "list", "--json"]).exits(0).values();
    assert_eq!(open[0]["fact"], name);
    assert_eq!(open[0]["subject"], format!("traveler/{unit}"));
    assert_eq!(open[0]["verdict"], "rejected");
    assert_eq!(open[0]["reasons"][0], "not at this bench");
    let answer = |how, reason| ["review", "answer", name, how, "--reason", reason];
    plant.by(OPERATOR, &answer("--accept", "I was")).exits(1);
    plant.by(SUPERVISOR, &answer("--accept", "")).exits(1);
    plant.by(SUPERVISOR, &["review", "answer", name, "--reason", "x"]).exits(2);
    plant.by(SUPERVISOR, &["review", "answer", "nonsense", "--accept", "--reason", "x"]).exits(2);
    plant.by(SUPERVISOR, &answer("--refuse", "ask her")).exits(0).says("does not go on");
    let held = || plant.gemba(&["traveler", "show", unit, "--json"]).exits(0).values();
    assert_eq!(held()[0]["standing"], "on hold");
    plant.by(SUPERVISOR, &answer("--accept", "she was")).exits(0).says("work goes on");
    assert_eq!(held()[0]["standing"], "begun");
    plant.gemba(&["review", "list"]).exits(0).says("none");
    plant.by(SUPERVISOR, &answer("--accept", "again")).exits(1).says(name);
}

#[test]
fn a_session_spares_recording_the_pin_and_never_a_signature() {
    let plant = SamplePlant::new();
    let start = ["traveler", "start", "WO-1881/0008"];
    plant.gemba(&start).exits(2).says("gemba session open");
    plant.by(OPERATOR, &["session", "open", "--place", "ASM-1"]).exits(0);
    plant.gemba(&start).exits(0);
    plant.gemba(&["record", "WO-1881/0008", "0008"]).exits(0);
    plant.gemba(&["sign", "--meaning", "verified", "WO-1881/0008", "signoff"]).exits(2);
    let sign = ["deviation", "dispose", "NCR-HP1-0001", "scrap", "--reason", "broken"];
    plant.gemba(&sign).exits(2).says("--badge");
    plant.gemba(&["session", "close"]).exits(0);
    plant.gemba(&["traveler", "complete", "WO-1881/0008"]).exits(2).says("--badge");
}

#[test]
fn a_release_needs_two_people_and_an_answer_of_the_server() {
    let plant = SamplePlant::new();
    let spec = "# part: CP-40   rev: G   drawing: D-4410 rev G\n\
        id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
        c-torque,4,1/B3,25 ±2 N·m,Bolt torque,25,23,27,N·m,major,measured,torque-wrench,\n";
    let file = plant.file("CP-40.csv", spec);
    plant.by(OPERATOR, &["release", &file]).exits(1);
    plant.by(ENGINEER, &["release", &file]).exits(0).says("gemba sign --meaning approved CP-40 G");
    let approve = ["sign", "--meaning", "approved", "CP-40", "G"];
    plant.by(ENGINEER, &approve).exits(0).says("still to approve: quality");
    plant.by(ENGINEER, &approve).exits(1);
    plant.by(QUALITY, &approve).exits(3).says("the approval is saved");
    let server = plant.server();
    plant.gemba(&["sync"]).exits(0).says("0 waiting");
    drop(server);
    plant.gemba(&["sync"]).exits(3);
    let changed =
        plant.file("CP-40.csv", spec.replace("23,27", "22,27").replace("25 ±2", "22 .. 27"));
    plant.by(ENGINEER, &["release", &changed]).exits(1);
}

#[test]
fn the_station_says_what_it_is_and_how_it_stands() {
    let plant = SamplePlant::new();
    let shown = plant.gemba(&["station", "show", "--json"]).exits(0).values();
    assert_eq!(shown[0]["station"], "HP1");
    assert_eq!(shown[0]["demo"], true);
    plant.gemba(&["doctor"]).exits(0).says("station HP1");
    plant.gemba(&["store", "check"]).exits(0).says("clean");
    plant.gemba(&["store", "rebuild"]).exits(0).says("made anew");
    plant.gemba(&["audit", "verify"]).exits(0).says("nothing that is here was changed");
    let elsewhere = ["station", "enroll", "http://127.0.0.1:1", "--code", "AAAA"];
    plant.gemba(&elsewhere).exits(1).says("a demo never enrolls elsewhere");
}

#[test]
fn a_command_that_is_not_built_is_refused_by_its_code() {
    for command in ["import", "export", "convert", "report"] {
        gemba(&[command, "x.dfq", "--format", "aqdef"]).exits(1).says("X01");
    }
}

#[test]
fn an_order_says_what_it_leaves_when_it_is_closed_and_is_opened_again() {
    let plant = SamplePlant::new();
    let open = [
        "order",
        "open",
        "WO-1900",
        "--part",
        "CP-40",
        "--serials",
        "0001..0003",
        "--operation",
        "20:WI-1040:ASM",
    ];
    plant.by(PLANNER, &open).exits(0);
    let start = ["traveler", "start", "WO-1900/0001", "--place", "ASM-1"];
    plant.by(OPERATOR, &start).exits(0);
    let close = ["order", "close", "WO-1900", "--reason", "sold"];
    let told = "1 begun (0001), 0 on hold, 2 not begun";
    plant.by(PLANNER, &close).exits(1).says(told).says("--with-open-units");
    let anyway = [&close[..], &["--with-open-units", "--json"]].concat();
    let left = plant.by(PLANNER, &anyway).exits(0).values().remove(0);
    assert_eq!(left["left"]["begun"], serde_json::json!(["0001"]));
    assert_eq!(left["left"]["not_begun"], 2);
    let reopen = ["order", "reopen", "WO-1900", "--reason", "not sold"];
    let second = ["traveler", "start", "WO-1900/0002", "--place", "ASM-1"];
    plant.by(OPERATOR, &second).exits(1).says("O03").says("gemba order reopen WO-1900");
    plant.by(OPERATOR, &reopen).exits(1).says("P04");
    plant.by(PLANNER, &reopen).exits(0).says("saved: order WO-1900 open again");
    plant.by(OPERATOR, &second).exits(0);
    let anyway = [&close[..], &["--with-open-units"]].concat();
    plant.by(PLANNER, &anyway).exits(0).says("closed; not finished: 2 begun (0001, 0002)");
}

#[test]
fn units_and_orders_are_listed_in_the_order_of_their_numbers() {
    let plant = SamplePlant::new();
    for order in ["WO-20", "WO-3"] {
        let open = ["order", "open", order, "--part", "CP-40", "--serials", "1,10,11,2"];
        plant.by(PLANNER, &[&open[..], &["--operation", "20:WI-1040:ASM"]].concat()).exits(0);
    }
    let listed = |arguments: &[&str], key: &str| -> Vec<String> {
        let rows = plant.gemba(arguments).exits(0).values();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let ids = rows.iter().map(|row| match &row[key] {
            whole if whole.is_string() => text(whole),
            unit => format!("{}/{}", text(&unit["order"]), text(&unit["unit"])),
        });
        ids.filter(|id| id.starts_with("WO-20") || id.starts_with("WO-3")).collect()
    };
    let units = listed(&["traveler", "list", "--place", "ASM-1", "--json"], "traveler");
    let wanted = ["WO-3/1", "WO-3/2", "WO-3/10", "WO-3/11"];
    assert_eq!(units[..4], wanted);
    assert_eq!(units[4..], wanted.map(|unit| unit.replace("WO-3", "WO-20")));
    assert_eq!(listed(&["order", "list", "--json"], "order"), ["WO-3", "WO-20"]);
}
