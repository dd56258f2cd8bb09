//! A store proves itself, and any change to it is named by the fact in which it stands.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::fact::Written;
use gemba::domain::feeds::Feed;
use gemba::domain::people::{PersonCommand, RevisionRead};
use gemba::domain::signature::Covers;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ledger::verify::{VerifyReport, verify};

use crate::support::bench::{Bench, id};

/// A store with facts of every sort, sealed a little before its end.
fn store() -> Bench {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    bench.sign_in("sato");
    bench.dispose(&deviation, Disposition::Rework { step: id("torque") });
    bench.sign_in("novak");
    for bolt in 1..=4 {
        bench.record(bolt, "25").unwrap();
    }
    bench.complete("torque");
    bench.ledger.seal().unwrap();
    bench.sign("ilves", "release");
    bench.complete("release");
    bench
}

/// Changes the file as somebody with a tool for SQLite would.
fn tamper(bench: &Bench, sql: &str, params: impl rusqlite::Params) -> usize {
    let store = rusqlite::Connection::open(bench.path().join("station.db")).unwrap();
    store
        .execute_batch(
            "DROP TRIGGER IF EXISTS fact_never_changes; DROP TRIGGER IF EXISTS fact_never_goes;",
        )
        .unwrap();
    store.execute(sql, params).unwrap()
}

fn audit(bench: &Bench) -> VerifyReport {
    verify(bench.path()).unwrap()
}

#[test]
fn a_whole_store_verifies_and_says_how_far_its_seal_reaches() {
    let bench = store();
    let report = audit(&bench);
    assert_eq!(report.findings, []);
    assert_eq!(report.facts, bench.head_seq());
    assert_eq!((report.seals, report.seals_without_key), (1, 0));
    // Four approvals, one disposition, one verification.
    assert_eq!((report.signatures, report.signatures_partly_here), (6, 0));
    assert_eq!(report.blobs, 3);
    let [chain] = report.chains.as_slice() else { panic!("{report:?}") };
    assert!(chain.own);
    assert_eq!((chain.last_seq, chain.runs), (bench.head_seq(), 1));
    assert_eq!(chain.sealed_to, Some(bench.head_seq() - 3));
    let by_file = verify(&bench.path().join("station.db")).unwrap();
    assert_eq!(by_file, report);
}

#[test]
fn any_changed_byte_of_any_fact_is_named() {
    let bench = store();
    let facts = bench.own_facts();
    for (seq, written) in (1_u64..).zip(&facts) {
        // Another byte of each fact; over all facts they fall everywhere.
        let at = (usize::try_from(seq).unwrap() * 31) % written.bytes.len();
        let mut bytes = written.bytes.clone().into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        tamper(&bench, "UPDATE fact SET bytes = ?1 WHERE seq = ?2", (&changed, seq.cast_signed()));
        let report = audit(&bench);
        let name = bench.own(seq).to_string();
        assert!(report.findings.iter().any(|f| f.at == name), "{name}: {:?}", report.findings);
        let back = (&written.bytes, seq.cast_signed());
        tamper(&bench, "UPDATE fact SET bytes = ?1 WHERE seq = ?2", back);
    }
    assert_eq!(audit(&bench).findings, []);
}

#[test]
fn every_byte_of_one_fact_counts() {
    let bench = Bench::started();
    let seq = bench.head_seq();
    let written = bench.own_facts().pop().unwrap();
    let name = bench.own(seq).to_string();
    for at in 0..written.bytes.len() {
        let mut bytes = written.bytes.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8(bytes).unwrap();
        tamper(&bench, "UPDATE fact SET bytes = ?1 WHERE seq = ?2", (&changed, seq.cast_signed()));
        let report = audit(&bench);
        assert!(report.findings.iter().any(|f| f.at == name), "byte {at}");
    }
}

#[test]
fn a_fact_rewritten_with_a_fitting_id_breaks_the_chain_or_the_seal() {
    let bench = store();
    let facts = bench.own_facts();
    let rewrite = |seq: u64| {
        let mut written = facts[usize::try_from(seq).unwrap() - 1].clone();
        written.bytes = written.bytes.replacen("ASM-1", "ASM-9", 1).replacen("tty-1", "tty-2", 1);
        let row = (&written.bytes, written.id().0, seq.cast_signed());
        tamper(&bench, "UPDATE fact SET bytes = ?1, id = ?2 WHERE seq = ?3", row);
        audit(&bench).findings
    };
    let sealed = audit(&bench).chains[0].sealed_to.unwrap();
    let findings = rewrite(sealed);
    assert!(findings.iter().any(|f| f.at == bench.own(sealed).to_string()), "{findings:?}");
    assert!(findings.iter().any(|f| f.at == bench.own(sealed + 1).to_string()), "{findings:?}");
}

#[test]
fn missing_facts_wrong_columns_seals_and_blobs_are_found() {
    let mut cases = 0;
    for (sql, at, what) in [
        ("DELETE FROM fact WHERE seq = 5", "6", "missing"),
        ("DELETE FROM fact WHERE seq = (SELECT max(last_seq) FROM seal)", "", "missing"),
        ("UPDATE fact SET kind = 'OrderClosed' WHERE seq = 7", "7", "kind"),
        ("UPDATE fact SET subject = 'person/nobody' WHERE seq = 8", "8", "subject"),
        ("UPDATE fact SET seq = 900 WHERE seq = 9", "900", "position"),
        ("UPDATE fact SET prev = zeroblob(32) WHERE seq = 3", "3", "follow"),
        ("UPDATE fact SET id = zeroblob(32) WHERE seq = 4", "4", "id"),
        ("UPDATE fact SET bytes = '' WHERE seq = 4", "4", "not a fact"),
        ("UPDATE seal SET signature = replace(signature, 'a', 'b')", "", "signature"),
        ("UPDATE seal SET head = zeroblob(32)", "", "signature"),
        ("UPDATE blob SET bytes = x'00' WHERE rowid = 1", "", "hash"),
        ("UPDATE meta SET value = replace(value, '1', '2') WHERE key = 'public_key'", "", "key"),
    ] {
        let bench = store();
        assert!(tamper(&bench, sql, ()) > 0, "{sql}");
        let findings = audit(&bench).findings;
        let found = findings
            .iter()
            .any(|f| f.what.contains(what) && (at.is_empty() || f.at.ends_with(&format!(".{at}"))));
        assert!(found, "{sql}: {findings:?}");
        cases += 1;
    }
    assert_eq!(cases, 12);
}

#[test]
fn a_part_of_a_foreign_chain_verifies_by_its_runs() {
    let bench = store();
    let mut other = Bench::blank("INC1", 9);
    let site = Feed::Site(id("PLANT"));
    other.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let mut facts = bench.own_facts();
    facts.drain(3..6);
    let page = crate::support::bench::page_after(&other.ledger, &site, facts);
    other.ledger.apply(&page).unwrap();
    let report = audit(&other);
    assert_eq!(report.findings, []);
    let chain = &report.chains[0];
    assert!(!chain.own);
    assert_eq!((chain.runs, chain.facts), (2, bench.head_seq() - 3));
}

#[test]
fn an_end_that_was_cut_off_after_it_was_handed_to_the_server_is_named() {
    let mut bench = store();
    bench.ledger.seal().unwrap();
    let head = bench.ledger.head().unwrap();
    assert!(bench.ledger.note_at_server(&head).unwrap());
    assert_eq!(audit(&bench).findings, []);
    let cut = head.last_seq - 2;
    assert!(tamper(&bench, &format!("DELETE FROM fact WHERE seq > {cut}"), ()) > 0);
    tamper(&bench, "DELETE FROM seal", ());
    let findings = audit(&bench).findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].at.ends_with(&format!(".{}", head.last_seq)));
    assert!(findings[0].what.contains("at the server and missing"));
}

/// The server took a page, its answer was lost, and whoever sent the page ended.
#[test]
fn what_was_handed_in_by_a_process_that_ended_before_the_answer_is_under_a_seal() {
    let mut bench = store();
    let head = bench.ledger.head().unwrap();
    bench.ledger.seal_at((head.epoch, head.last_seq)).unwrap();
    bench.ledger = gemba::ledger::store::Ledger::open(bench.dir.path()).unwrap();
    assert!(bench.ledger.note_at_server(&head).unwrap());
    assert_eq!(audit(&bench).findings, []);
}

/// Rewrites the last signature on the unit with a fitting id, as somebody who knows how facts are
/// made would, and tells what the audit says of it.
fn resigned(change: impl Fn(&mut serde_json::Value)) -> Vec<String> {
    resigned_in(store(), |_, _, fact| change(fact))
}

/// As [`resigned`], for a store and with the number of the signature.
fn resigned_in(bench: Bench, change: impl Fn(&Bench, u64, &mut serde_json::Value)) -> Vec<String> {
    let facts = bench.own_facts();
    let signed = facts.iter().rposition(|w| w.bytes.contains("\"kind\":\"Signed\"")).unwrap();
    let mut written = facts[signed].clone();
    let mut value: serde_json::Value = serde_json::from_str(&written.bytes).unwrap();
    change(&bench, signed as u64 + 1, &mut value);
    written.bytes = value.to_string();
    let seq = i64::try_from(signed).unwrap() + 1;
    let row = (&written.bytes, written.id().0, seq, value["subject"].as_str().unwrap());
    tamper(&bench, "UPDATE fact SET bytes = ?1, id = ?2, subject = ?4 WHERE seq = ?3", row);
    let name = bench.own(seq.cast_unsigned()).to_string();
    let found = audit(&bench).findings.into_iter().filter(|f| f.at == name);
    found.map(|f| f.what).collect()
}

#[test]
fn a_signature_that_was_moved_or_altered_is_found() {
    let same = resigned(|_| {});
    assert_eq!(same, Vec::<String>::new(), "written anew and unchanged it holds");
    let moved = resigned(|fact| fact["subject"] = "traveler/WO-1881/0008".into());
    assert!(moved.contains(&"its signature belongs to another record".to_owned()), "{moved:?}");
    let meaning = resigned(|fact| fact["body"]["signature"]["meaning"] = "performed".into());
    assert_eq!(meaning, ["its signature says something else than was asked for"]);
    let role = resigned(|fact| fact["body"]["signature"]["role"] = "quality".into());
    assert_eq!(role, ["its signature says something else than was asked for"]);
    let signer = resigned(|fact| fact["body"]["signature"]["signer"] = "novak".into());
    assert_eq!(signer, ["its signature is not by the person who acted"]);
    let digest = resigned(|fact| {
        fact["body"]["signature"]["covers"]["digest"] = "0".repeat(64).into();
    });
    assert_eq!(digest, ["its signature does not cover the facts that it names"]);
}

#[test]
fn r01_a_signature_is_looked_at_by_the_revision_by_which_its_attempt_was_begun() {
    let mut bench = Bench::started();
    let newer = crate::support::bench::instruction()
        .replace("\"revision\":\"F\"", "\"revision\":\"G\"")
        .replace("\"role\":\"inspector\"", "\"role\":\"quality\"");
    let of_work = |command| Command::Instruction(id("WI-1040"), command);
    let hash = bench.revises(("G", &newer), of_work);
    let facts = bench.own_facts();
    let is = |fact: &&Written| fact.bytes.contains("RevisionReleased\"");
    let released = facts.iter().rfind(is).unwrap().clone();
    let page = crate::support::bench::page_after(&bench.ledger, &Feed::Catalog, vec![released]);
    bench.ledger.apply(&page).unwrap();
    let moves = TravelerCommand::MoveToRevision { shown: [hash].into(), reason: "new".to_owned() };
    bench.sign_in("sato").on(moves).unwrap();
    let (instruction, revision) = (id("WI-1040"), id("G"));
    let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
    bench.sign_in("novak").tell(Command::Person(id("novak"), read));
    for bolt in 1..=4 {
        bench.record(bolt, "25").unwrap();
    }
    bench.complete("torque");
    bench.sign("quade", "release");
    assert_eq!(audit(&bench).findings, []);
    let role = resigned_in(bench, |_, _, fact| {
        fact["body"]["signature"]["role"] = "inspector".into();
    });
    assert_eq!(role, ["its signature says something else than was asked for"]);
}

/// Lets a signature cover other facts, with the digest that fits them.
fn cover(bench: &Bench, fact: &mut serde_json::Value, seqs: impl IntoIterator<Item = u64>) {
    let facts = bench.own_facts();
    let named: Vec<_> = seqs
        .into_iter()
        .map(|seq| (bench.own(seq), facts[usize::try_from(seq).unwrap() - 1].id()))
        .collect();
    let covers = Covers::over(named.iter().map(|(position, id)| (position, id)));
    fact["body"]["signature"]["covers"] = serde_json::to_value(covers).unwrap();
}

#[test]
fn a_signature_over_nothing_is_found() {
    let nothing = resigned_in(store(), |bench, _, fact| cover(bench, fact, []));
    assert_eq!(nothing, ["its signature covers nothing"]);
}

#[test]
fn a_signature_over_facts_that_came_after_it_is_found() {
    // The step was completed after it was signed.
    let later = resigned_in(store(), |bench, signed, fact| cover(bench, fact, [signed + 1]));
    assert_eq!(later, ["its signature covers what came after it"]);
    let itself = resigned_in(store(), |bench, signed, fact| cover(bench, fact, [signed]));
    let found = "its signature covers what came after it".to_owned();
    assert!(itself.contains(&found), "{itself:?}");
}

#[test]
fn a_signature_over_the_facts_of_another_unit_is_found() {
    let mut bench = store();
    let begun = bench.start("WO-1881/0008").facts[0].0.seq;
    bench.start("WO-1881/0009");
    let late = resigned_in(bench, |bench, _, fact| cover(bench, fact, [begun]));
    assert!(late.contains(&"its signature belongs to another record".to_owned()), "{late:?}");
    // Also where that unit was begun long before.
    let mut bench = Bench::started();
    let begun = bench.start("WO-1881/0008").facts[0].0.seq;
    for bolt in 1..=4 {
        bench.record(bolt, "25").unwrap();
    }
    bench.complete("torque");
    bench.sign("ilves", "release");
    let before = resigned_in(bench, |bench, _, fact| cover(bench, fact, [begun]));
    assert_eq!(before, ["its signature belongs to another record"]);
}

#[test]
fn a_fact_that_a_signature_covers_and_that_is_missing_is_found() {
    let bench = store();
    let signature = bench.own_facts();
    let signed = signature.iter().rposition(|w| w.bytes.contains("\"kind\":\"Signed\"")).unwrap();
    let name = bench.own(signed as u64 + 1).to_string();
    let covered = "DELETE FROM fact WHERE kind = 'StepCompleted' AND seq < ?1";
    assert!(tamper(&bench, covered, [i64::try_from(signed).unwrap()]) > 0);
    let findings = audit(&bench).findings;
    let missing = "a fact that its signature covers is missing";
    assert!(findings.iter().any(|f| f.at == name && f.what == missing), "{findings:?}");
}
