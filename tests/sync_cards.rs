//! A card comes to the server with an accepted fact that says who changed the PIN, or not at all.

use std::sync::atomic::{AtomicBool, Ordering};

use gemba::app::clock::Clock;
use gemba::app::exchange::{self, NotSet};
use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::people::{PersonCommand, Role};
use gemba::ledger::error::TransactError;
use gemba::sync::protocol::{CardChange, CardRow};
use gemba::sync::retry::{Failure, Stop};

use crate::support::front::{self, Asked, Front, Says};
use crate::support::patience::Patience;
use crate::support::plant::{Line, PlantBench, StationBench, acting, card, moment};
use crate::support::waiting::waits;

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
    let patience = Patience::begins();
    loop {
        match client.set_card(&change).await {
            Err(Failure::Busy { .. }) => waits(&patience, || fact).await,
            done => return done,
        }
    }
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

/// Sets a card as a terminal of the station does.
async fn sets(station: &StationBench, change: &CardChange) -> Result<(), NotSet> {
    let (dir, change) = (station.dir.clone(), change.clone());
    let clock = Clock::of_machine();
    let sets = tokio::task::spawn_blocking(move || exchange::set_card(&dir, &clock, &change));
    sets.await.unwrap()
}

/// A station that reaches its server at this address, where somebody has a new PIN.
async fn with_new_pin(bench: &PlantBench, url: &str) -> (StationBench, CardChange) {
    let asm = bench.enroll_at(url, "ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.admit("P-2", Role::Operator);
    let fact = pin_changed(&asm, "P-2", "P-1");
    (asm, CardChange { card: card("P-2", "B-2"), fact })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_asked_for_again_where_the_answer_is_lost_and_set_once() {
    let bench = PlantBench::start().await;
    let line = Line::to(bench.running.addr(), "PUT /v1/credentials").await;
    let (asm, change) = with_new_pin(&bench, &line.url).await;
    line.cut_next_answer();
    sets(&asm, &change).await.unwrap();
    assert!(line.asked("PUT /v1/credentials") > 1);
    let known = bench.office().store().card(&"P-2".parse().unwrap()).unwrap();
    assert_eq!(known, Some(change.card));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_as_it_was_where_the_server_says_so_and_unknown_where_it_says_no_more() {
    for (answered, is_lost) in [(403, false), (408, true)] {
        let bench = PlantBench::start().await;
        let over = AtomicBool::new(false);
        let front = Front::of(bench.running.url(), move |asked: &Asked| {
            if asked.is("PUT /v1/credentials") {
                over.store(true, Ordering::SeqCst);
                return Says::This(front::status(answered));
            }
            // From then on nobody is there.
            if over.load(Ordering::SeqCst) { Says::This(front::status(404)) } else { Says::GoOn }
        });
        let (asm, change) = with_new_pin(&bench, &front.await.url).await;
        let set = sets(&asm, &change).await;
        match set {
            Err(NotSet::Unknown(_)) => assert!(is_lost),
            Err(NotSet::AsItWas(_)) => assert!(!is_lost),
            Ok(()) => panic!("it was not set"),
        }
        bench.running.shutdown().await;
    }
}
