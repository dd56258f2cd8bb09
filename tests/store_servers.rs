//! Several servers of one plant on one database.

use gemba::domain::people::Role;
use gemba::domain::stream::Subject;
use gemba::ledger::verify::verify;
use gemba::server::office::Office;
use gemba::server::store::lease::{Holder, Lease};

use crate::support::patience::Patience;
use crate::support::plant::{PlantBench, StationBench};
use crate::support::postgres;
use crate::support::waiting::waits;

/// Waits until the judge has seen everything, by asking stations that follow it.
async fn settle(office: &Office, stations: &[&StationBench]) {
    let patience = Patience::begins();
    loop {
        for station in stations {
            station.client().sync_once().await.unwrap();
        }
        let store = office.store();
        let (left, _) = store.to_judge(0, 500).unwrap();
        if left.is_empty() && store.unannounced().unwrap().is_empty() {
            break;
        }
        waits(&patience, || left.len()).await;
    }
    for station in stations {
        station.client().sync_once().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_one_server_is_judged_by_another_and_read_from_both() {
    let bench = PlantBench::start_on(postgres::shared().database()).await;
    let other = bench.another_server().await;
    assert!(bench.running.may_judge() && other.may_judge());
    let asm = bench.enroll_at(&other.url(), "ASM1", &["ASM"]).await;
    let inc = bench.enroll("INC1", &["INC", "ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.open_order("WO-1");
    asm.admit("P-2", Role::Operator);
    settle(&bench.office(), &[&asm, &inc]).await;
    let mine = asm.ledger().identity().ledger.clone();
    let of_asm = |station: &StationBench| {
        let ledger = station.ledger();
        let ids = (1..=2).map(|seq| {
            let at = gemba::domain::fact::Position { ledger: mine.clone(), epoch: 1, seq };
            ledger.written(&at).unwrap().map(|fact| fact.bytes)
        });
        ids.collect::<Vec<_>>()
    };
    assert_eq!(of_asm(&inc), of_asm(&asm));
    assert!(of_asm(&asm).iter().all(Option::is_some));
    other.shutdown().await;
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_judges_with_a_ledger_made_anew_when_the_one_that_judged_is_gone() {
    let database = postgres::shared().database();
    let bench = PlantBench::start_on(database.clone()).await;
    let other = bench.another_server().await;
    let asm = bench.enroll_at(&other.url(), "ASM1", &["ASM"]).await;
    let inc = bench.enroll_at(&other.url(), "INC1", &["INC", "ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Operator);
    settle(&bench.office(), &[&asm, &inc]).await;
    let office = bench.office();
    let epochs = || office.store().epochs_of(&office.store().plant().judge).unwrap();
    let before = epochs();

    // The machine that judged is gone, with the judge's ledger.
    bench.running.shutdown().await;
    asm.admit("P-3", Role::Operator);
    settle(&office, &[&asm, &inc]).await;
    let person = Subject::Person("P-3".parse().unwrap());
    assert!(inc.ledger().stream(&person).unwrap().count > 0, "it was judged accepted");
    assert!(epochs().len() > before.len(), "{before:?} and {:?}", epochs());
    for station in [&asm, &inc] {
        assert_eq!(verify(&station.dir).unwrap().findings, vec![]);
    }
    other.shutdown().await;
}

/// A server that ends gives the lease back; one that is gone loses it when its time is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_leaves_judging_to_the_next() {
    let database = postgres::shared().database();
    let bench = PlantBench::start_on(database.clone()).await;
    let next = Holder::new([7; 32]);
    let lease = |bench: &PlantBench| bench.office().store().judge_lease(&next, false).unwrap();
    assert_eq!(lease(&bench), Lease::Elsewhere);
    // The one that judges may move the end on in between.
    let mut taken = Lease::Elsewhere;
    while taken == Lease::Elsewhere {
        postgres::shared().psql(&postgres::name(&database), "UPDATE lease SET until_ms = 0");
        taken = lease(&bench);
    }
    assert_eq!(taken, Lease::Taken);
    bench.office().store().end_judge_lease(&next).unwrap();
    let bench = bench.restart().await;
    assert_eq!(lease(&bench), Lease::Elsewhere);
    bench.running.shutdown().await;
}
