//! Finding by words: what is searched, what is typed, and that the index may go at any moment.

use std::fs;

use gemba::domain::decide::Command;
use gemba::domain::floor::FloorCommand;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::language::Language;
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::redline::{RedlineAnswer, RedlineCommand, RedlineProposed};
use gemba::domain::signature::Signer;
use gemba::domain::traced::Traced;
use gemba::ui::speech::tell_in;
use gemba::views::find::Found;
use gemba::views::query::{Answer, Query};
use proptest::prelude::*;
use serde_json::json;

use crate::support::bench::{Bench, UNIT, id, moment, specification, traveler};
use crate::support::shop_permits::{PERMIT, wanted};

fn caught_up() -> Bench {
    let bench = Bench::founded();
    catch_up(&bench);
    bench
}

fn catch_up(bench: &Bench) {
    while bench.ledger.catch_up_find().unwrap() > 0 {}
}

fn find(bench: &Bench, words: &str) -> Found {
    let query = Query::Find { words: words.to_owned(), limit: 50 };
    let Answer::Found(found) = bench.ledger.answer(&query, &moment(100)).unwrap() else {
        panic!("another answer")
    };
    found
}

fn names(bench: &Bench, words: &str) -> Vec<String> {
    find(bench, words).rows.iter().map(|row| row.of.to_string()).collect()
}

#[test]
fn units_orders_gauges_places_and_people_are_found_by_the_beginning_of_a_word() {
    let bench = caught_up();
    assert_eq!(names(&bench, "0007 wo"), ["unit/WO-1881/0007"]);
    assert!(names(&bench, "wo-1881").contains(&"order/WO-1881".to_owned()));
    assert_eq!(names(&bench, "TORQUE wre 7"), ["gauge/TW-07"]);
    assert_eq!(names(&bench, "tw-07"), ["gauge/TW-07"]);
    assert_eq!(names(&bench, "quality"), ["person/quade"]);
    assert!(names(&bench, "asm-1").contains(&"place/ASM-1".to_owned()));
    assert_eq!(names(&bench, "nosuchword"), Vec::<String>::new());
}

#[test]
fn a_lot_is_found_by_its_number_its_supplier_its_certificate_and_why_it_is_blocked() {
    let mut bench = Bench::founded();
    let material = MaterialId { part: id("SEAL"), lot: id("L-7") };
    let received = MaterialReceived {
        supplier: "Nordic Rubber".to_owned(),
        certificate: "EN-10204-88".to_owned(),
        quantity: Some(40),
        expires: None,
        corrects: None,
    };
    let receive = MaterialCommand::Receive(received);
    bench.sign_in("quade").tell(Command::Material(material.clone(), receive));
    let opened: OrderOpened = serde_json::from_value(json!({
        "part": "CP-40",
        "units": {"lot": {"lot": "L-22", "quantity": 50}},
        "route": [{"operation": 20, "instruction": "WI-1040", "work_center": "ASM"}],
        "due": "2026-12-01",
        "priority": 2,
    }))
    .unwrap();
    bench.sign_in("plank").tell(Command::Order(id("WO-1884"), OrderCommand::Open(opened)));
    catch_up(&bench);
    let lot = "material/SEAL/L-7".to_owned();
    for words in ["l-7", "seal l-7", "nordic", "en-10204 rubber"] {
        assert_eq!(names(&bench, words), std::slice::from_ref(&lot), "{words}");
    }
    assert_eq!(names(&bench, "l-22"), ["unit/WO-1884/L-22"], "a lot that is made");
    assert_eq!(names(&bench, "porous"), Vec::<String>::new());
    let block = MaterialCommand::Block { reason: "porous".to_owned() };
    bench.sign_in("quade").tell(Command::Material(material, block));
    catch_up(&bench);
    assert_eq!(names(&bench, "porous"), [lot]);
}

#[test]
fn an_instruction_in_effect_is_found_by_the_text_of_a_step() {
    let bench = caught_up();
    let found = find(&bench, "bolts");
    let [row] = found.rows.as_slice() else { panic!("{found:?}") };
    assert_eq!(row.of.to_string(), "instruction/WI-1040/F");
    assert_eq!(row.step.as_deref(), Some("torque"));
    assert!(row.line.contains("bolts"), "{row:?}");
}

/// The next revision of the specification, with another name for its characteristic.
fn specified_anew(bench: &mut Bench) {
    let text = specification().replace("Bolt torque", "Screw moment");
    let text = text.replace(r#""revision":"F""#, r#""revision":"G""#);
    bench.revises(("G", &text), |command| Command::Specification(id("CP-40"), command));
}

#[test]
fn a_specification_in_effect_is_found_and_each_characteristic_by_its_number_and_name() {
    let mut bench = caught_up();
    assert_eq!(names(&bench, "d-4410"), ["specification/CP-40/F"]);
    assert_eq!(names(&bench, "cp-40 pump cover"), ["specification/CP-40/F"]);
    let found = find(&bench, "4 bolt torque");
    let [row] = found.rows.as_slice() else { panic!("{found:?}") };
    assert_eq!(row.of.to_string(), "characteristic/CP-40/c-torque");
    assert_eq!((row.step.as_deref(), &*row.what.to_string()), (None, "4 Bolt torque c-torque"));
    assert!(names(&bench, "25 n m 1 b3").contains(&row.of.to_string()), "as drawn, and where");

    specified_anew(&mut bench);
    catch_up(&bench);
    assert_eq!(names(&bench, "screw moment"), Vec::<String>::new(), "nobody judged it yet");
    bench.judge_catalog();
    catch_up(&bench);
    assert_eq!(names(&bench, "screw moment"), [row.of.to_string()]);
    assert_eq!(names(&bench, "4 bolt torque"), Vec::<String>::new());
    assert_eq!(names(&bench, "d-4410"), ["specification/CP-40/G"]);
}

fn spots(bench: &Bench, here: Option<&str>) -> Vec<String> {
    let here = here.map(|text| Traced::parse(text).unwrap());
    let query = Query::Spots { here };
    let Answer::Spots(rows) = bench.ledger.answer(&query, &moment(100)).unwrap() else {
        panic!("another answer")
    };
    rows.into_iter().map(|row| format!("{} {}", row.traced, row.what)).collect()
}

#[test]
fn what_can_be_gone_to_says_in_words_how_it_stands() {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    let Answer::Spots(rows) =
        bench.ledger.answer(&Query::Spots { here: None }, &moment(100)).unwrap()
    else {
        panic!("another answer")
    };
    let german = |name: &str| {
        let row = rows.iter().find(|row| row.traced.to_string() == name);
        tell_in(Language::German, &row.unwrap_or_else(|| panic!("{name}: {rows:?}")).what)
    };
    assert_eq!(german(&format!("unit/{UNIT}")), "CP-40, gesperrt");
    assert_eq!(german(&format!("deviation/{deviation}")), format!("an {UNIT}"));
}

#[test]
fn the_characteristics_of_the_specification_at_hand_are_places_to_go_to() {
    let mut bench = Bench::started();
    let torque = "characteristic/CP-40/c-torque 4 Bolt torque, 25 ±2 N·m".to_owned();
    assert!(!spots(&bench, None).contains(&torque));
    assert!(!spots(&bench, Some("unit/WO-1881/0008")).contains(&torque), "it is not begun");
    specified_anew(&mut bench);
    bench.judge_catalog();
    let unit = format!("unit/{UNIT}");
    for here in [unit.as_str(), "specification/CP-40/F"] {
        assert!(spots(&bench, Some(here)).contains(&torque), "{here}");
    }
    let anew = torque.replace("Bolt torque", "Screw moment");
    for here in ["specification/CP-40/G", "specification/CP-40", "characteristic/CP-40/c-torque"] {
        assert!(spots(&bench, Some(here)).contains(&anew), "{here}");
    }
}

#[test]
fn a_redline_is_found_by_its_number_its_text_and_its_answer() {
    let mut bench = Bench::started();
    let proposed = RedlineProposed {
        instruction: id("WI-1040"),
        revision: id("F"),
        step: id("torque"),
        text: "Say which socket".to_owned(),
        characteristic: Some(id("c-torque")),
        reading: None,
        traveler: Some(traveler(UNIT)),
    };
    bench.tell(Command::Floor(id("ASM-1"), FloorCommand::ProposeRedline(proposed)));
    catch_up(&bench);
    let redline = "redline/RL-ASM1-0001".to_owned();
    for words in ["rl-asm1-0001", "which socket", "socket wi-1040 torque"] {
        assert_eq!(names(&bench, words), std::slice::from_ref(&redline), "{words}");
    }
    let reason = "size 13 is named".to_owned();
    let answer = RedlineAnswer { accepted: true, revision: Some(id("G")), reason };
    let answer = RedlineCommand::Answer(answer);
    bench.sign_in("engel").tell(Command::Redline(id("RL-ASM1-0001"), answer));
    catch_up(&bench);
    assert_eq!(names(&bench, "size 13"), std::slice::from_ref(&redline));
    assert_eq!(names(&bench, "engel"), ["person/engel"], "who answered is a name");
    let query = Query::Thread { of: Traced::parse(&redline).unwrap(), skip: 0, limit: 10 };
    let Answer::Thread(Some(thread)) = bench.ledger.answer(&query, &moment(100)).unwrap() else {
        panic!("no thread")
    };
    let told: Vec<String> = thread.back.iter().map(|row| row.what.to_string()).collect();
    let wanted = [
        "redline proposed: WI-1040 rev F #torque: Say which socket",
        "redline answered: accepted for rev G: size 13 is named",
    ];
    assert_eq!(told, wanted);
    assert_eq!(thread.what, "proposed for WI-1040, answered");
}

#[test]
fn a_permit_is_found_by_its_number_its_part_its_characteristic_and_its_reason() {
    let mut bench = Bench::founded();
    let by = Signer::by_badge("ENGEL");
    bench.sign_in("engel").tell(Command::ProposePermit(id("CP-40"), Box::new(wanted()), by));
    catch_up(&bench);
    let permit = format!("permit/{PERMIT}");
    for words in [PERMIT, "lot 88", "cr-12", "cp-40 c-torque lot", "bolt torque cr"] {
        assert_eq!(names(&bench, words), std::slice::from_ref(&permit), "{words}");
    }
    assert_eq!(names(&bench, "engel"), ["person/engel"], "who signed is a name");
}

#[test]
fn a_deviation_is_found_by_its_number_and_by_what_was_found() {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    catch_up(&bench);
    let name = format!("deviation/{deviation}");
    assert_eq!(names(&bench, deviation.as_str()), std::slice::from_ref(&name));
    assert!(names(&bench, "27.3").contains(&name));
}

#[test]
fn case_accents_and_spelled_out_umlauts_find_the_same() {
    let mut bench = Bench::founded();
    let register = GaugeCommand::Register(GaugeDescription {
        name: "Prüflehre für Außendurchmesser".to_owned(),
        class: id("plug"),
        unit: None,
        resolution: None,
        uncertainty: None,
        range: None,
        interval: None,
    });
    bench.sign_in("admin").tell(Command::Gauge(id("PL-1"), register));
    catch_up(&bench);
    for text in ["prüflehre", "PRÜF", "pruef", "pruflehre", "außen", "aussen", "AUSSEN FUER"] {
        assert_eq!(names(&bench, text), ["gauge/PL-1"], "{text}");
    }
}

#[test]
fn what_came_since_is_counted_until_it_is_caught_up() {
    let mut bench = caught_up();
    assert_eq!(find(&bench, "0007").behind, 0);
    bench.start("WO-1881/0007");
    assert!(find(&bench, "0007").behind > 0);
    catch_up(&bench);
    assert_eq!(find(&bench, "0007").behind, 0);
}

#[test]
fn a_store_without_an_index_and_one_with_a_damaged_index_find_all_the_same() {
    let bench = Bench::founded();
    let none = find(&bench, "0007");
    assert!(none.rows.is_empty() && none.behind > 0, "{none:?}");
    for bytes in [&b""[..], b"no database at all, whatever it once was ........................"] {
        let mut bench = caught_up();
        drop(std::mem::replace(&mut bench.ledger, Bench::blank("OTHER", 9).ledger));
        for end in ["", "-wal", "-shm"] {
            fs::remove_file(bench.path().join(format!("find.db{end}"))).unwrap_or_default();
        }
        fs::write(bench.path().join("find.db"), bytes).unwrap();
        bench.ledger = gemba::ledger::store::Ledger::open(bench.path()).unwrap();
        catch_up(&bench);
        assert_eq!(names(&bench, "0007"), ["unit/WO-1881/0007"]);
    }
}

#[test]
fn a_rebuild_makes_the_index_anew() {
    let mut bench = caught_up();
    bench.ledger.rebuild(&mut |_| {}).unwrap();
    assert!(find(&bench, "0007").behind > 0);
    catch_up(&bench);
    assert_eq!(names(&bench, "0007"), ["unit/WO-1881/0007"]);
}

#[test]
fn a_reader_finds_what_a_reader_caught_up() {
    let bench = Bench::founded();
    let reader = gemba::ledger::store::Ledger::open_reader(bench.path()).unwrap();
    while reader.catch_up_find().unwrap() > 0 {}
    assert_eq!(names(&bench, "0007"), ["unit/WO-1881/0007"]);
}

#[test]
fn the_signs_of_a_search_language_are_plain_signs() {
    let bench = caught_up();
    for text in ["\"", "0007\"", "*", "NEAR(0007", "title:0007", "0007 ^", "-0007", "(", "0007 {"] {
        find(&bench, text);
    }
    assert_eq!(names(&bench, "\"0007\" (WO)"), ["unit/WO-1881/0007"]);
    assert_eq!(names(&bench, "0007 AND"), Vec::<String>::new(), "AND is a word like another");
    assert_eq!(names(&bench, "NOT 0007"), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn whatever_is_typed_gives_an_answer(texts in proptest::collection::vec("\\PC{0,40}", 40)) {
        let bench = caught_up();
        for text in texts {
            let query = Query::Find { words: text.clone(), limit: 5 };
            let answer = bench.ledger.answer(&query, &moment(100));
            prop_assert!(answer.is_ok(), "{text:?}: {answer:?}");
        }
        let nul = Query::Find { words: "\0 a\0b \u{feff} ½ ٣ ß".to_owned(), limit: 5 };
        prop_assert!(bench.ledger.answer(&nul, &moment(100)).is_ok());
    }
}
