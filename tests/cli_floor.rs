//! Calls for help, hand-overs, redlines and plans, by commands; and who is told while nobody comes.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use crate::support::loopback;
use crate::support::program::{ENGINEER, OPERATOR, PLANNER, SUPERVISOR, SamplePlant};

const AT: [&str; 2] = ["--place", "ASM-1"];

fn raise(plant: &SamplePlant, kind: &str) {
    plant.by(OPERATOR, &["call", "raise", kind, AT[0], AT[1]]).exits(0);
}

fn calls(plant: &SamplePlant) -> Vec<Value> {
    plant.gemba(&["call", "list", "--json"]).exits(0).values()
}

fn number(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap().to_owned()
}

#[test]
fn help_is_called_answered_and_cleared_by_commands() {
    let plant = SamplePlant::new();
    plant.by(OPERATOR, &["call", "raise", "tea", AT[0], AT[1], "--json"]).refuses(&["F11"]);
    let nobody = ["call", "raise", "quality", AT[0], AT[1], "--unit", "WO-1/1"];
    plant.by(OPERATOR, &nobody).exits(1).says("WO-1/1");
    raise(&plant, "maintenance");
    let row = calls(&plant)[0].clone();
    assert_eq!(
        (&row["kind"], &row["place"], &row["own"]),
        (&json!("maintenance"), &json!("ASM-1"), &json!(true))
    );
    let call = number(&row, "call");
    plant.gemba(&["call", "list"]).exits(0).says("nobody comes yet");
    plant.gemba(&["board"]).exits(0).says("maintenance at ASM-1");
    plant.by(SUPERVISOR, &["call", "answer", &call]).exits(0);
    plant.gemba(&["call", "list"]).exits(0).says("comes");
    plant.by(OPERATOR, &["call", "clear", &call, "--note", "belt"]).exits(0);
    assert!(calls(&plant).is_empty());
    plant.gemba(&["call", "list", "--all"]).exits(0).says("cleared by");
    plant.by(OPERATOR, &["call", "clear", &call, "--json"]).refuses(&["F13"]);
}

fn told(plant: &SamplePlant, row: &str, settings: &str) {
    plant.by(PLANNER, &["site", "set", "--escalation", row]).exits(0);
    fs::write(plant.home().join("gemba.toml"), settings).unwrap();
}

#[test]
fn a_command_is_told_the_call_on_standard_input_and_once() {
    let plant = SamplePlant::new();
    let heard = plant.path("heard.json");
    let settings = format!(
        "[escalation.lead]\ncommand = [\"/bin/sh\", \"-c\", \"cat >> \\\"$1\\\"\", \"sh\", {:?}]\n",
        heard.display().to_string()
    );
    told(&plant, "any,0,lead", &settings);
    let note = "$(touch /tmp/no) '; \" `id`";
    plant.by(OPERATOR, &["call", "raise", "quality", AT[0], AT[1], "--note", note]).exits(0);
    plant.gemba(&["call", "escalate"]).exits(0).says("lead was told");
    plant.gemba(&["call", "escalate"]).exits(0).says("nobody is to be told now");
    let lines = fs::read_to_string(&heard).unwrap();
    let said: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(
        (&said["kind"], &said["note"], &said["to"]),
        (&json!("quality"), &json!(note), &json!("lead"))
    );
    assert_eq!(calls(&plant)[0]["told"][0]["to"], "lead");
    plant.gemba(&["call", "list"]).exits(0).says("lead was told");
}

#[test]
fn who_cannot_be_told_is_tried_three_times_and_the_board_says_so() {
    let plant = SamplePlant::new();
    told(&plant, "quality,0,lead", "[escalation.lead]\ncommand = [\"/bin/false\"]\n");
    raise(&plant, "quality");
    for _ in 0..3 {
        plant.gemba(&["call", "escalate"]).exits(1).says("could not be told");
    }
    plant.gemba(&["call", "escalate"]).exits(0).says("nobody is to be told now");
    plant.gemba(&["board"]).exits(0).says("lead could not be told");
    let row = calls(&plant)[0].clone();
    assert_eq!(row["told"].as_array().unwrap().len(), 3);
    assert!(number(&row["told"][0], "failed").contains("exit status: 1"), "{row}");
}

#[test]
fn a_name_that_the_station_does_not_know_is_said_to_be_missing() {
    let plant = SamplePlant::new();
    told(&plant, "any,0,lead", "");
    raise(&plant, "quality");
    plant.gemba(&["call", "escalate"]).exits(1).says("no [escalation] \"lead\"");
}

/// A little mail relay: takes one letter and tells what it heard.
fn relay(listener: TcpListener) -> thread::JoinHandle<Vec<String>> {
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        take_letter(stream)
    })
}

fn take_letter(stream: TcpStream) -> Vec<String> {
    let mut answers = stream.try_clone().unwrap();
    let mut say = |text: &str| answers.write_all(text.as_bytes()).unwrap();
    say("220 relay\r\n");
    let (mut heard, mut in_letter) = (Vec::new(), false);
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap();
        heard.push(line.clone());
        match (in_letter, line.as_str()) {
            (true, ".") => {
                in_letter = false;
                say("250 taken\r\n");
            }
            (true, _) => {}
            (false, "DATA") => {
                in_letter = true;
                say("354 go on\r\n");
            }
            (false, "QUIT") => {
                say("221 bye\r\n");
                break;
            }
            (false, line) if line.starts_with("EHLO") => say("250-relay\r\n250 8BITMIME\r\n"),
            (false, _) => say("250 ok\r\n"),
        }
    }
    heard
}

#[test]
fn an_e_mail_goes_to_the_relay_of_the_plant() {
    let plant = SamplePlant::new();
    let listener = loopback::listener();
    let address = listener.local_addr().unwrap();
    let settings = format!(
        "[escalation.lead]\nemail = \"lead@plant.example\"\n\
         [smtp]\nserver = \"{address}\"\nfrom = \"gemba@plant.example\"\n"
    );
    told(&plant, "any,0,lead", &settings);
    let letter = relay(listener);
    let note = ".a dot first, then Größe";
    plant.by(OPERATOR, &["call", "raise", "material", AT[0], AT[1], "--note", note]).exits(0);
    plant.gemba(&["call", "escalate"]).exits(0).says("lead was told");
    let heard = letter.join().unwrap();
    assert_eq!(heard[1], "MAIL FROM:<gemba@plant.example>");
    assert_eq!(heard[2], "RCPT TO:<lead@plant.example>");
    assert!(heard.contains(&"Subject: Call for help: material at ASM-1".to_owned()), "{heard:?}");
    assert!(heard.contains(&"..a dot first, then Größe".to_owned()), "{heard:?}");
    assert_eq!(heard.last().unwrap(), "QUIT");
}

#[test]
fn a_webhook_gets_the_call_as_json() {
    let plant = SamplePlant::new();
    let listener = loopback::listener();
    let address = listener.local_addr().unwrap();
    let settings = format!("[escalation.lead]\nwebhook = \"http://{address}/ring\"\n");
    told(&plant, "any,0,lead", &settings);
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(told) = line.to_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        std::io::Read::read_exact(&mut reader, &mut body).unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n").unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()
    });
    raise(&plant, "material");
    plant.gemba(&["call", "escalate"]).exits(0).says("lead was told");
    assert_eq!(heard.join().unwrap()["place"], "ASM-1");
}

#[test]
fn a_shift_is_handed_over_by_one_and_accepted_by_another() {
    let plant = SamplePlant::new();
    raise(&plant, "material");
    let content = plant.gemba(&["handover", "show", "--json"]).exits(0).values()[0].clone();
    assert_eq!(content["help"]["first"][0], "material at ASM-1");
    let notes = "fixture 3 sticks";
    plant.by(OPERATOR, &["handover", "give", "--notes", notes, AT[0], AT[1]]).exits(0);
    let given = plant.gemba(&["handover", "list", "--open", "--json"]).exits(0).values()[0].clone();
    let id = number(&given, "handover");
    assert_eq!((&given["notes"], &given["accepted"]), (&json!(notes), &Value::Null));
    plant.gemba(&["board"]).exits(0).says(&format!("not accepted: {id}"));
    plant.by(OPERATOR, &["handover", "accept", &id, "--json"]).refuses(&["F21"]);
    plant.by(SUPERVISOR, &["handover", "accept", &id]).exits(0);
    plant.gemba(&["handover", "show", &id]).exits(0).says("accepted").says(notes);
    assert!(plant.gemba(&["handover", "list", "--open", "--json"]).exits(0).values().is_empty());
    plant.gemba(&["handover", "show", "HO-X-1"]).exits(1);
}

#[test]
fn a_redline_is_proposed_listed_with_its_instruction_and_answered() {
    let plant = SamplePlant::new();
    let step = ["redline", "propose", "WI-1040", "C", "torque", AT[0], AT[1], "--text", "which?"];
    plant.by(OPERATOR, &step).exits(0);
    let mut wrong = step;
    wrong[4] = "torqe";
    plant.by(OPERATOR, &[&wrong[..], &["--json"]].concat()).refuses(&["T06"]);
    let about = [&step[..], &["--characteristic", "c-gap", "--json"]].concat();
    plant.by(OPERATOR, &about).refuses(&["N37"]);
    let unit = [&step[..], &["--unit", "WO-1881/0099"]].concat();
    plant.by(OPERATOR, &unit).exits(1).says("WO-1881/0099");
    let row = plant.gemba(&["redline", "list", "--json"]).exits(0).values()[0].clone();
    let id = number(&row, "redline");
    assert_eq!((&row["step"], &row["answer"]), (&json!("torque"), &Value::Null));
    plant.gemba(&["instruction", "show", "WI-1040"]).exits(0).says("which?").says("(open)");
    plant.gemba(&["board"]).exits(0).says("redline");
    let answer = ["redline", "answer", &id, "--accept", "--revision", "D", "--reason", "named"];
    plant.by(OPERATOR, &[&answer[..], &["--json"]].concat()).refuses(&["P04"]);
    plant.by(ENGINEER, &answer).exits(0);
    plant.gemba(&["instruction", "show", "WI-1040"]).exits(0).says("accepted for rev D: named");
    assert!(plant.gemba(&["redline", "list", "--json"]).exits(0).values().is_empty());
}

#[test]
fn the_board_of_a_shift_shows_good_and_plan_by_the_hour() {
    let plant = SamplePlant::new();
    plant.gemba(&["board", "--shift", "early"]).exits(1).says("no calendar is released");
    plant.by(PLANNER, &["plan", "set", AT[0], AT[1], "--per-hour", "4"]).exits(0);
    plant.by(OPERATOR, &["plan", "set", AT[0], AT[1], "--none", "--json"]).refuses(&["P04"]);
    let file = plant.file("shifts.csv", "shift,starts,ends,days\nearly,00:00,23:59,daily\n");
    plant.by(PLANNER, &["shift", "set", &file]).exits(0);
    plant.gemba(&["board", "--shift", "late", "--json"]).refuses(&["F08"]);
    let shift = ["board", "--shift", "early", "--date", "2026-01-05", "--json"];
    let board = plant.gemba(&shift).exits(0).values()[0].clone();
    assert_eq!(board["shift"]["name"], "early");
    assert_eq!(board["until"], plant.utc("2026-01-05T23:59"));
    let rows = board["places"].as_array().unwrap();
    let place = rows.iter().find(|row| row["place"] == "ASM-1").unwrap();
    assert_eq!((&place["per_hour"], &place["plan"]), (&json!(4), &json!(95)));
    assert_eq!(place["hours"].as_array().unwrap().len(), 24);
    plant.gemba(&["plan", "list"]).exits(0).says("ASM-1");
    plant.gemba(&["board"]).exits(0).says("early of").says("complete to");
}
