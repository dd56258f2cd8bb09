//! What was built into units that were pruned is known at the bench all the same (R5, R14): a serial is
//! not free again, and a lot not full again.

use std::path::Path;

use gemba::domain::backed_up::BackedUp;
use gemba::domain::fact::Written;
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::ids::PartId;
use gemba::domain::instruction::InstallBy;
use gemba::domain::kinds::FactBody;
use gemba::domain::material::MaterialFact;
use gemba::domain::snapshot::SnapshotRow;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traced::Traced;
use gemba::domain::traveler::component::ComponentKnown;
use gemba::domain::traveler::fact::{AskAt, StepStarted, TravelerFact};
use gemba::ledger::error::LedgerError;
use gemba::ledger::store::{Founding, Ledger};
use gemba::ledger::verify::verify;
use gemba::views::query::{Answer, Query};
use gemba::views::thread::Span;

use crate::prune_store::DAYS;
use crate::support::pen::{Pen, all_written, closing, hold, scrapped, started, unit};
use crate::support::plant::moment;

fn part() -> PartId {
    "SEAL".parse().unwrap()
}

/// A unit into which a serial and a piece of a lot are built, and which is scrapped then.
fn built(pen: &mut Pen, order: &str) {
    let opened = pen.open(order);
    let unit = unit(order, "0001");
    let begun = pen.write(&unit, &[], started());
    let step = StepStarted {
        operation: 10,
        step: "fit".parse().unwrap(),
        previous: Vec::new(),
        samples: Vec::new(),
        text: None,
    };
    let attempt = pen.write(&unit, &[begun], FactBody::Traveler(TravelerFact::StepStarted(step)));
    let mut last = attempt.clone();
    for (ask, by, identity) in [(1, InstallBy::Serial, "S-1"), (2, InstallBy::Lot, "L-1")] {
        let installed = TravelerFact::ComponentInstalled {
            at: AskAt { attempt: attempt.clone(), ask },
            part: part(),
            by,
            identity: identity.to_owned(),
            corrects: None,
            basis: None,
        };
        last = pen.write(&unit, &[last], FactBody::Traveler(installed));
    }
    let held = pen.write(&unit, &[last.clone()], hold(&last));
    pen.write(&unit, std::slice::from_ref(&held), scrapped(&held));
    pen.write(&Subject::Order(order.parse().unwrap()), &[opened], closing());
}

/// A store in which a unit with components is over for long, judged, and in a backup.
fn store(dir: &Path) -> Ledger {
    let founding = Founding { station: "ASM1".parse().unwrap(), demo: false, key: [7; 32] };
    let mut ledger = Ledger::create(dir, founding).unwrap();
    ledger.set_feeds(&[Feed::parse("site/PLANT").unwrap()]).unwrap();
    let mut pen = Pen::of(dir);
    (pen.days_ago, pen.units) = (500, 1);
    built(&mut pen, "WO-1");
    let lot = Subject::parse("material/SEAL/L-1").unwrap();
    let came = serde_json::json!({
        "supplier": "Nordic", "certificate": "", "quantity": 2, "expires": null, "corrects": null,
    });
    let came = MaterialFact::MaterialReceived(serde_json::from_value(came).unwrap());
    let last = pen.write(&lot, &[], FactBody::Material(came));
    pen.put_into(dir);
    let mut judge = Pen::foreign("00000000000000000000000000000001");
    judge.judged(&last);
    judge.put_into(dir);
    ledger.note_backed_up(&BackedUp { up_to: vec![last] }).unwrap();
    ledger.rebuild(&mut |_| {}).unwrap();
    ledger
}

/// What a bench asks before it builds one of these in.
fn asked(ledger: &Ledger) -> [ComponentKnown; 3] {
    ["S-1", "s-1", "L-1"].map(|number| ledger.component(number, &part()).unwrap())
}

fn prune(ledger: &mut Ledger) -> u64 {
    ledger.prune((DAYS, &moment(0)), false, &mut |_| {}).unwrap().orders
}

#[test]
fn r05_what_is_built_into_a_unit_that_was_pruned_is_not_free_again_and_counts_once_when_it_is_back()
{
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = store(dir.path());
    let (before, all) = (asked(&ledger), all_written(dir.path()));
    assert_eq!((before[0].serials.len(), before[2].lots[&part()]), (1, 1), "{before:?}");
    assert_eq!(prune(&mut ledger), 1);
    assert_eq!(asked(&ledger), before);
    // It is kept beside the read models, which are made of facts alone.
    ledger.rebuild(&mut |_| {}).unwrap();
    assert_eq!(asked(&ledger), before);
    assert_eq!(ledger.check(&mut |_| {}).unwrap().models, vec![]);
    assert_eq!(verify(dir.path()).unwrap().findings, vec![]);

    let of_order = |subject: &str| subject.contains("WO-1");
    let rows = all.values().filter(|(subject, ..)| of_order(subject)).map(|(_, prev, bytes)| {
        let prev = Hash(prev.as_slice().try_into().unwrap());
        SnapshotRow { written: Written { prev, bytes: bytes.clone() }, catalog: false }
    });
    let rows: Vec<SnapshotRow> = rows.collect();
    ledger.take_order(&"WO-1".parse().unwrap(), (&rows, &[])).unwrap();
    assert_eq!(asked(&ledger), before);
    assert_eq!(prune(&mut ledger), 1, "and goes once more");
    assert_eq!(asked(&ledger), before);
}

/// A store with an order that was pruned, in the shape of the first version that could: without what later
/// ones keep beside the stubs, and with read models of its own.
fn pruned_before(dir: &Path) -> Ledger {
    let mut ledger = store(dir);
    assert_eq!(prune(&mut ledger), 1);
    drop(ledger);
    let store = rusqlite::Connection::open(dir.join("station.db")).unwrap();
    store
        .execute_batch(
            "DROP TABLE pruned_component; DROP TABLE pruned_unknown; DROP TABLE long_stream;
             DROP TABLE component_row; DROP TABLE traveler_row;
             UPDATE meta SET value = '9' WHERE key = 'models_version';
             PRAGMA user_version = 9;",
        )
        .unwrap();
    drop(store);
    Ledger::open(dir).unwrap()
}

#[test]
fn r14_of_what_an_earlier_version_pruned_nothing_is_said_but_that_it_is_not_here() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = pruned_before(dir.path());
    assert_eq!(ledger.check(&mut |_| {}).unwrap().models, vec![]);
    assert_eq!(verify(dir.path()).unwrap().findings, vec![]);
    let unit = || TravelerId::parse("WO-1/0001").unwrap();
    for query in [
        Query::Traveler { id: unit(), place: None },
        Query::Trace { id: unit() },
        Query::ShipReview { id: unit() },
        Query::Certificate { id: unit() },
        Query::ToShip { order: "WO-1".parse().unwrap() },
    ] {
        let asked = ledger.answer(&query, &moment(0));
        assert!(matches!(asked, Err(LedgerError::NotHere { .. })), "{query:?}: {asked:?}");
    }
    let material = Traced::parse("material/SEAL/L-1").unwrap();
    let recall = Query::Recall { of: material, span: Span::default() };
    let Answer::Recall(Some(recall)) = ledger.answer(&recall, &moment(0)).unwrap() else {
        panic!("the lot is known")
    };
    assert!(recall.units.is_empty() && recall.not_here > 0, "{recall:?}");
    assert_eq!(prune(&mut ledger), 0, "what is gone does not go once more");
}

#[test]
fn r14_of_units_that_an_earlier_version_pruned_it_is_said_that_their_components_are_not_known() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = pruned_before(dir.path());
    assert_eq!(ledger.pruned_unknown().unwrap(), 1);
    assert_eq!(ledger.component("S-1", &part()).unwrap().serials, vec![], "it is not guessed");
}
