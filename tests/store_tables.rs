//! The tables that whoever asks the database itself finds there, with the real `psql`.

use std::fs;

use gemba::domain::fact::{Fact, Position};
use gemba::server::store::Store;
use gemba::server::store::database::Database;
use rusqlite::types::ValueRef;

use crate::support::postgres;
use crate::support::stores::{StoreBench, on_both};
use crate::support::writer::Writer;

/// Writes a fact of the fixtures as its own, with other positions in it.
fn copies(writer: &mut Writer, fixture: &str, replaced: &[(&str, &Position)]) -> Position {
    let mut text = fs::read_to_string(format!("fixtures/facts/{fixture}.json")).unwrap();
    for (of, by) in replaced {
        text = text.replace(&format!("\"{of}\""), &format!("\"{by}\""));
    }
    let mut fact = Fact::read(text.trim()).unwrap();
    fact.head.position = writer.at(writer.facts.len() as u64 + 1);
    fact.head.after = Vec::new();
    writer.writes_fact(&fact)
}

/// Asks the database itself; columns apart by a bar.
pub(crate) fn asked(bench: &StoreBench, sql: &str) -> String {
    let Database::File(file) = &bench.database else {
        return postgres::shared().psql(&postgres::name(&bench.database), sql);
    };
    let store = rusqlite::Connection::open(file).unwrap();
    let mut statement = store.prepare(sql).unwrap();
    let columns = 0..statement.column_count();
    let mut rows = statement.query(()).unwrap();
    let mut told = String::new();
    while let Some(row) = rows.next().unwrap() {
        let words = columns.clone().map(|column| match row.get_ref(column).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            other @ (ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_)) => {
                other.as_str().unwrap().to_owned()
            }
        });
        told += &words.collect::<Vec<_>>().join("|");
        told.push('\n');
    }
    told
}

/// A unit is begun, read, corrected, deviates, is disposed, signed for.
fn story(writer: &mut Writer) {
    copies(writer, "TravelerStarted", &[]);
    let attempt = copies(writer, "StepStarted", &[]);
    let reading = copies(writer, "ReadingTaken", &[("ledger-ASM1.1.50", &attempt)]);
    copies(writer, "ReadingCorrected", &[("ledger-ASM1.1.51", &reading)]);
    copies(writer, "DeviationRaised", &[]);
    copies(writer, "Dispositioned", &[]);
    copies(writer, "Signed", &[]);
    copies(writer, "DeviationClosed", &[]);
}

const READINGS: &str = "SELECT traveler, operation, step, characteristic, lower_limit, upper_limit,
    unit, value, value_text, verdict, first_value, first_verdict, corrections, gauge, person, place
    FROM reading";

fn shows_the_story(bench: &StoreBench) {
    assert_eq!(
        asked(bench, READINGS),
        "WO-1/0001|20|scan|c-torque|23|27|N·m|25.3|25.3|Pass|27.3|Fail|1|TW-07|novak|ASM-1\n"
    );
    let sql = "SELECT c.value, c.verdict, c.reason FROM reading r JOIN reading_correction c
               ON c.of_ledger = r.ledger AND c.of_epoch = r.epoch AND c.of_seq = r.seq";
    assert_eq!(asked(bench, sql), "25.3|Pass|typed wrong\n");
    let sql = "SELECT traveler, order_id, part, specification, pieces, started_by, place,
               shipped_by FROM traveler";
    assert_eq!(asked(bench, sql), "WO-1/0001|WO-1|CP-40|F||novak|ASM-1|\n");
    let sql = "SELECT deviation, state, kind, traveler, found, raised_by, disposition,
               dispositioned_by, closed_by FROM deviation";
    let told = "NCR-ASM1-0001|closed|product|WO-1/0001|22 N·m|novak|rework from step torque|\
                brandt|quell\n";
    assert_eq!(asked(bench, sql), told);
    let sql = "SELECT subject, signer, role, meaning FROM signature ORDER BY seq";
    assert_eq!(
        asked(bench, sql),
        "deviation/NCR-ASM1-0001|brandt|supervisor|dispositioned\n\
         traveler/WO-1/0001|okafor|inspector|verified\n"
    );
}

#[test]
fn readings_deviations_travelers_and_signatures_stand_in_tables() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        story(&mut writer);
        bench.stores(&writer);
        shows_the_story(bench);
        // The same again fills nothing twice.
        bench.stores(&writer);
        shows_the_story(bench);
    });
}

/// A correction from another station, and the beginning of an attempt, may come after or before.
#[test]
fn what_comes_in_another_order_ends_in_the_same_row() {
    on_both(|bench| {
        let (mut first, mut second) = (bench.station(1), bench.station(2));
        let attempt = copies(&mut first, "StepStarted", &[]);
        let reading = copies(&mut second, "ReadingTaken", &[("ledger-ASM1.1.50", &attempt)]);
        copies(&mut first, "ReadingCorrected", &[("ledger-ASM1.1.51", &reading)]);
        bench.takes(&first.page(1, 1));
        bench.takes(&first.page(2, 2));
        bench.stores(&second);
        let sql = "SELECT operation, step, value, first_value, corrections FROM reading";
        assert_eq!(asked(bench, sql), "20|scan|25.3|27.3|1\n");
    });
    on_both(|bench| {
        let (mut first, mut second) = (bench.station(1), bench.station(2));
        let attempt = copies(&mut first, "StepStarted", &[]);
        copies(&mut second, "ReadingTaken", &[("ledger-ASM1.1.50", &attempt)]);
        bench.stores(&second);
        assert_eq!(asked(bench, "SELECT operation, value FROM reading"), "|27.3\n");
        bench.stores(&first);
        assert_eq!(asked(bench, "SELECT operation, value FROM reading"), "20|27.3\n");
    });
}

#[test]
fn a_store_of_a_version_without_the_tables_fills_them_when_it_is_opened() {
    on_both(|bench| {
        let mut writer = bench.station(1);
        story(&mut writer);
        bench.stores(&writer);
        let forgotten = "DELETE FROM reading; DELETE FROM deviation; DELETE FROM traveler;
            DELETE FROM signature; DELETE FROM reading_correction;
            DELETE FROM setting WHERE key = 'tables_version'";
        match &bench.database {
            Database::File(file) => {
                rusqlite::Connection::open(file).unwrap().execute_batch(forgotten).unwrap();
            }
            Database::Postgres(_) => {
                asked(bench, forgotten);
            }
        }
        drop(Store::open(&bench.database).unwrap());
        shows_the_story(bench);
    });
}

/// Numbers and moments are such in PostgreSQL, so that they can be reckoned with.
#[test]
fn psql_reckons_with_values_and_moments() {
    let bench = StoreBench::found(postgres::shared().database());
    let mut writer = bench.station(1);
    story(&mut writer);
    bench.stores(&writer);
    let sql = "SELECT round(avg(value), 2), max(first_value) - max(upper_limit),
               date_trunc('day', min(taken_at) AT TIME ZONE 'Europe/Berlin') FROM reading";
    assert_eq!(asked(&bench, sql), "25.30|0.3|2026-11-23 00:00:00\n");
}
