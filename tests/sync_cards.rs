//! A card comes to the server with an accepted fact that says who changed the PIN, or not at all.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::people::{PersonCommand, Role};
use gemba::ledger::error::TransactError;
use gemba::sync::protocol::{CardChange, CardRow};
use gemba::sync::retry::{Failure, Stop};

use crate::support::plant::{PlantBench, StationBench, acting, card, moment};

/// Says at a station that somebody's PIN was changed, by somebody.
fn pin_changed(station: &StationBench, person: &str, by: &str) -> Position {
    let command = Command::Person(person.parse().unwrap(), PersonCommand::NotePinChanged);
    let saved = station.ledger().transact(&acting(by), &moment(9), command).unwrap();
    saved.facts.into_iter().next().unwrap().0
}

/// Asks the server to take a card, for as long as the judge has not come to the fact.
async fn set(station: &StationBench, card: CardRow, fact: &Position) -> Result<(), Failure> {
    let client = station.client();
    client.sync_once().await.unwrap();
    let change = CardChange { card, fact: fact.clone() };
    for _ in 0..5_000 {
        match client.set_card(&change).await {
            Err(Failure::Busy { .. }) => tokio::task::yield_now().await,
            done => return done,
        }
    }
    panic!("the judge did not get on");
}

#[track_caller]
fn refused(done: Result<(), Failure>) {
    // The client hears a 403.
    assert!(matches!(done, Err(Failure::Stopped(Stop::NotAccepted(_)))), "{done:?}");
}

/// A plant where P-2 is an operator, and its one station at assembly.
async fn plant() -> (PlantBench, StationBench) {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Operator);
    (bench, asm)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_and_the_person_change_a_pin_once_a_fact() {
    let (bench, asm) = plant().await;
    let by_admin = pin_changed(&asm, "P-2", "P-1");
    set(&asm, card("P-2", "B-2"), &by_admin).await.unwrap();
    let known = |verifier: &str| {
        let found = bench.office().store().card(&"P-2".parse().unwrap()).unwrap();
        found.is_some_and(|card| card.pin_verifier == verifier)
    };
    assert!(known(&card("P-2", "B-2").pin_verifier));
    // An answer that got lost is asked for again; another card needs another fact.
    set(&asm, card("P-2", "B-2"), &by_admin).await.unwrap();
    let other = CardRow { pin_verifier: "$argon2id$another".to_owned(), ..card("P-2", "B-2") };
    refused(set(&asm, other.clone(), &by_admin).await);
    assert!(!known(&other.pin_verifier));
    let own = pin_changed(&asm, "P-2", "P-2");
    set(&asm, other.clone(), &own).await.unwrap();
    assert!(known(&other.pin_verifier));
    // Nobody gets the badge of another person.
    let taken = pin_changed(&asm, "P-2", "P-1");
    let taken = set(&asm, card("P-2", "B-1"), &taken).await;
    assert!(matches!(&taken, Err(Failure::Stopped(Stop::Nonsense(_)))), "{taken:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_without_an_accepted_fact_of_its_own_sets_no_card() {
    let (bench, asm) = plant().await;
    let inc = bench.enroll("INC1", &["INC"]).await;
    let by_admin = pin_changed(&asm, "P-2", "P-1");
    // A fact of another station, one that is nowhere, one about another person, one of another kind.
    asm.client().sync_once().await.unwrap();
    refused(set(&inc, card("P-2", "B-2"), &by_admin).await);
    let nowhere = Position { seq: 4_000, ..by_admin.clone() };
    refused(set(&asm, card("P-2", "B-2"), &nowhere).await);
    refused(set(&asm, card("P-1", "B-1"), &by_admin).await);
    let admitted = Position { seq: by_admin.seq - 1, ..by_admin.clone() };
    refused(set(&asm, card("P-2", "B-2"), &admitted).await);
    // An operator does not even write it for somebody else.
    let other = Command::Person("P-1".parse().unwrap(), PersonCommand::NotePinChanged);
    let written = asm.ledger().transact(&acting("P-2"), &moment(9), other);
    assert!(matches!(written, Err(TransactError::Refused(_))), "{written:?}");
    // A fact that the judge does not accept: by a stranger.
    refused(set(&asm, card("P-9", "B-9"), &pin_changed(&asm, "P-9", "P-9")).await);
    let cards = bench.office().store().cards().unwrap();
    assert_eq!(cards, [card("P-1", "B-1")]);
    bench.running.shutdown().await;
}
