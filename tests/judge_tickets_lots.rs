//! What the server's judge says of lots that were split off a lot which went on by a hand-off ticket: what
//! closes an operation of theirs, and what does not go together with the ticket (R17).

use gemba::domain::traveler::command::TravelerCommand;

use crate::judge_pieces::{does, goes_on_deburring, plant};
use crate::judge_work::{forges, objected};
use crate::support::lots::splits;
use crate::support::plant::{PlantBench, StationBench};
use crate::support::tickets::{
    draws, is_held, state_of, taken, taken_and_split, takes, takes_over, told,
};
use crate::sync_judge::{judged, reviews};

const LEFT: &str = "L-22-ASM2-1";
const SINCE: &str = "L-22-ASM2-2";

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_is_said_to_have_closed_an_operation_on_the_lot_before_did_close_it() {
    let (bench, _one, two) = taken_and_split().await;
    for (lot, from, to, said) in [
        (
            LEFT,
            "\"step\":\"deburr\"",
            "\"step\":\"count\"",
            " did not close step count of operation 20",
        ),
        (
            SINCE,
            "\"closed\":[{\"operation\":20",
            "\"closed\":[{\"operation\":30",
            "step deburr is one of operation 30, not of 20",
        ),
    ] {
        takes_over(&two, lot, 2_200);
        forges(&two, from, to);
        judged(&bench, &two).await;
        let told = told(&two);
        assert!(told.iter().any(|why| why.ends_with(said)), "{told:?}");
        assert!(is_held(&two, lot));
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_ticket_that_closes_steps_is_not_accepted_and_closes_none() {
    let (bench, one, two, ticket) = taken().await;
    let named = format!("\"ticket\":\"{}\"", ticket.text());
    let by = format!("{}.1.1", one.ledger().identity().ledger);
    let closed = format!(
        "\"closed\":[{{\"operation\":20,\"step\":\"deburr\",\"by\":\"{by}\",\"attempts\":1,\
         \"performers\":[]}}]"
    );
    forges(&two, &named, &format!("{named},{closed}"));
    judged(&bench, &two).await;
    let told = told(&two);
    assert!(told.contains(&"a ticket closes nothing".to_owned()), "{told:?}");
    judged(&bench, &one).await;
    let state = state_of(&one, "L-22");
    assert!(state.accepted.contains_key(&20), "it has come, and is held");
    assert_eq!(state.lot.closed.len(), 0, "whoever folds it takes nothing over");
    bench.running.shutdown().await;
}

/// A lot of which ten pieces were split off before it went on by the ticket of a station, and forty since;
/// what that station recorded has not come.
async fn split_before_and_since() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    does(&one, ("ASM-1", 1_000), TravelerCommand::Start);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    does(&two, ("ASM-1", 1_050), splits(10));
    goes_on_deburring(&one);
    does(&two, ("INC-1", 2_000), takes(&draws(&one)));
    (bench, one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_was_split_off_since_a_ticket_was_taken_is_held_with_its_lot_and_what_had_left_is_not()
 {
    let (bench, one, two) = split_before_and_since().await;
    does(&two, ("INC-1", 2_050), splits(40));
    assert_eq!(objected(&bench, &two).await, [], "its records may come");
    assert!(bench.office().revoke_station(&one.station).unwrap());
    two.beat(1);
    judged(&bench, &two).await;
    let held = ["L-22", LEFT, SINCE].map(|unit| is_held(&two, unit));
    assert_eq!(held, [true, false, true]);
    let review = reviews(&two).remove(0);
    assert_eq!(review.units.len(), 2, "whoever answers lets both go: {review:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_was_split_off_unseen_after_its_lot_was_held_for_a_ticket_is_held_too() {
    let (bench, one, two) = split_before_and_since().await;
    let three = bench.enroll("ASM3", &["ASM", "INC"]).await;
    assert_eq!(objected(&bench, &two).await, [], "its records may come");
    assert!(bench.office().revoke_station(&one.station).unwrap());
    three.beat(1);
    judged(&bench, &three).await;
    // The station has not heard of it.
    does(&two, ("INC-1", 2_050), splits(40));
    judged(&bench, &two).await;
    let held = ["L-22", LEFT, SINCE].map(|unit| is_held(&two, unit));
    assert_eq!(held, [true, false, true]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_ticket_that_is_not_accepted_holds_what_was_split_off_by_then() {
    let (bench, one, two, _) = taken().await;
    does(&two, ("INC-1", 2_050), splits(40));
    assert!(bench.office().revoke_station(&one.station).unwrap());
    judged(&bench, &two).await;
    let held = ["L-22", LEFT].map(|unit| is_held(&two, unit));
    assert_eq!(held, [true, true]);
    bench.running.shutdown().await;
}
