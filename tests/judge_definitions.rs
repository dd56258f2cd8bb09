//! What the server's judge does not accept: an approval by who was revoked, and work after a stop was
//! received.

use gemba::domain::decide::Command;
use gemba::domain::effectivity::Effectivity;
use gemba::domain::people::PersonCommand;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;

use crate::judge_work::{does, forges, looks, objected, plant, said, text, wi, withdraws};
use crate::support::plant::{StationBench, acting, moment};
use crate::sync_judge::judged;

/// Hands in and approves another revision, so many milliseconds into the shift.
fn releases_at(station: &StationBench, revision: &str, ms: i64) {
    let mut ledger = station.ledger();
    let hash = ledger.put_blob(&text(revision, "26")).unwrap();
    let named = || revision.parse().unwrap();
    let submit = RevisionCommand::Submit {
        revision: named(),
        hash,
        blobs: Vec::new(),
        title: "Fit the cover".to_owned(),
        effectivity: Effectivity::default(),
    };
    ledger.transact(&acting("P-1"), &moment(ms), wi(submit)).unwrap();
    for person in ["P-1", "P-2"] {
        let by = Signer::by_badge(person);
        let approve = RevisionCommand::Approve { revision: named(), shown: hash, by };
        ledger.transact(&acting(person), &moment(ms + 1), wi(approve)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_an_approval_by_who_was_revoked_by_then_releases_nothing() {
    let (bench, one, two) = plant().await;
    let reason = "left".to_owned();
    let revoke = Command::Person("P-2".parse().unwrap(), PersonCommand::Revoke { reason });
    one.ledger().transact(&acting("P-1"), &moment(1_000), revoke).unwrap();
    judged(&bench, &one).await;
    // The second station does not know it yet; what was signed before the revocation counts.
    releases_at(&two, "B", 2_000);
    let found = objected(&bench, &two).await;
    let [signed, (kind, reason)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(*signed, said("Signed", "P-2 was revoked"));
    assert_eq!(kind, "RevisionReleased");
    assert!(reason.starts_with("it follows ") && reason.ends_with("not accepted"), "{reason}");
    one.client().sync_once().await.unwrap();
    let subject = Subject::Instruction("WI-1".parse().unwrap());
    let StreamState::Instruction(known) = one.ledger().stream(&subject).unwrap().stream.state
    else {
        panic!("another stream");
    };
    let b = known.revisions.list.iter().find(|known| known.submitted.revision.as_str() == "B");
    assert!(b.is_none_or(|b| !b.approvals_open().is_empty()), "{b:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_an_approval_given_before_the_revocation_counts_although_it_comes_later() {
    let (bench, one, two) = plant().await;
    releases_at(&two, "B", 500);
    let reason = "left".to_owned();
    let revoke = Command::Person("P-2".parse().unwrap(), PersonCommand::Revoke { reason });
    one.ledger().transact(&acting("P-1"), &moment(1_000), revoke).unwrap();
    judged(&bench, &one).await;
    assert_eq!(objected(&bench, &two).await, []);
    bench.running.shutdown().await;
}

/// The last fact as a station writes it that knows of everything until long from now.
fn knew_all(station: &StationBench) {
    let ledger = station.ledger();
    let head = ledger.head().unwrap();
    let bytes = ledger.outgoing((1, head.last_seq - 1), (usize::MAX, 1)).unwrap().remove(0).bytes;
    drop(ledger);
    let fact: serde_json::Value = serde_json::from_str(&bytes).unwrap();
    let age = &fact["catalog_age_s"];
    assert!(age.is_number(), "{bytes}");
    forges(station, &format!("\"catalog_age_s\":{age}"), "\"catalog_age_s\":0");
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_a_record_of_a_station_that_had_received_the_stop_is_held() {
    let (bench, one, two) = plant().await;
    does(&two, "P-3", ("0001", 1_000), TravelerCommand::Start);
    judged(&bench, &two).await;
    withdraws(&one, "A", true);
    judged(&bench, &one).await;
    does(&two, "P-3", ("0001", 700_000), looks());
    knew_all(&two);
    let bench = bench.restart_at(800_000).await;
    let found = objected(&bench, &two).await;
    let [(kind, reason)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(kind, "Checked");
    assert!(reason.contains("WI-1 rev A was withdrawn, work by it stops"), "{reason}");
    assert!(reason.contains("had received it: bolts sheared"), "{reason}");
    bench.running.shutdown().await;
}
