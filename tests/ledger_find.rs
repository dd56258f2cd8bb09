//! Finding by words: what is searched, what is typed, and that the index may go at any moment.

use std::fs;

use gemba::domain::decide::Command;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::views::find::Found;
use gemba::views::query::{Answer, Query};
use proptest::prelude::*;

use crate::support::bench::{Bench, id, moment};

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
fn an_instruction_in_effect_is_found_by_the_text_of_a_step() {
    let bench = caught_up();
    let found = find(&bench, "bolts");
    let [row] = found.rows.as_slice() else { panic!("{found:?}") };
    assert_eq!(row.of.to_string(), "instruction/WI-1040/F");
    assert_eq!(row.step.as_deref(), Some("torque"));
    assert!(row.line.contains("bolts"), "{row:?}");
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
