//! Whoever changes a byte of what was recorded is found out by one command.

use rusqlite::Connection;

use crate::support::program::SamplePlant;

/// A fact as it lies in the store: where it stands, and its bytes.
struct Lying {
    position: String,
    row: i64,
    bytes: String,
}

fn facts(store: &Connection) -> Vec<Lying> {
    let sql = "SELECT rowid, ledger, epoch, seq, bytes FROM fact ORDER BY rowid";
    let mut statement = store.prepare(sql).unwrap();
    let read = statement.query_map((), |row| {
        let at: (String, u32, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let position = format!("{}.{}.{}", at.0, at.1, at.2);
        Ok(Lying { position, row: row.get(0)?, bytes: row.get(4)? })
    });
    read.unwrap().map(Result::unwrap).collect()
}

#[test]
fn one_changed_byte_of_a_fact_ends_the_audit_with_one_and_names_the_fact() {
    let plant = SamplePlant::new();
    plant.gemba(&["audit", "verify"]).exits(0).says("nothing that is here was changed");
    let store = Connection::open(plant.home().join("station.db")).unwrap();
    let facts = facts(&store);
    let update = |bytes: &str, row: i64| {
        store.execute("UPDATE fact SET bytes = ?1 WHERE rowid = ?2", (bytes, row))
    };
    // The store itself refuses; whoever has the file can take that away.
    assert!(update("{}", facts[0].row).is_err());
    store.execute_batch("DROP TRIGGER fact_never_changes;").unwrap();
    for fact in [&facts[0], &facts[facts.len() / 2], &facts[facts.len() - 1]] {
        let mut changed = fact.bytes.clone().into_bytes();
        let at = changed.iter().rposition(u8::is_ascii_digit).unwrap();
        changed[at] = if changed[at] == b'7' { b'8' } else { b'7' };
        assert_eq!(update(std::str::from_utf8(&changed).unwrap(), fact.row), Ok(1));
        plant.gemba(&["audit", "verify"]).exits(1).says(&fact.position);
        assert_eq!(update(&fact.bytes, fact.row), Ok(1));
    }
    plant.gemba(&["audit", "verify"]).exits(0);
}
