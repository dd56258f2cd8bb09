//! What the server's judge says of lots that were split off: what is said of the lot that their pieces were
//! of, and what they wait for in vain.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Raise, Share};
use gemba::domain::fact::Acting;
use gemba::domain::signature::Signer;
use gemba::domain::stream::TravelerId;
use gemba::domain::ticket::Ticket;
use gemba::domain::traveler::command::TravelerCommand;

use crate::judge_pieces::{deburrs, does, lot, plant};
use crate::judge_work::{at_bench, forges, objected};
use crate::support::lots::{counted, splits, splits_into};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::support::shop_plan::{answer, at, complete};
use crate::support::shop_route::accepts;
use crate::support::tickets::{is_held, state_of, told};
use crate::sync_judge::{judged, reviews};

const SPLIT: &str = "L-22-ASM2-1";

/// Does something on a lot of the order, packing.
fn does_on(station: &StationBench, (unit, ms): (&str, i64), command: TravelerCommand) {
    let acting = Acting { place: Some("INC-1".parse().unwrap()), ..acting("P-1") };
    let unit = TravelerId { unit: unit.parse().unwrap(), ..lot() };
    let command = Command::Traveler(unit, command);
    station.ledger().transact(&acting, &moment(ms), command).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_what_pieces_take_over_of_the_lot_that_they_were_of_stood_there_when_they_left() {
    let (bench, one, _two) = plant().await;
    deburrs(&one);
    does(&one, ("INC-1", 1_500), splits(10));
    assert_eq!(objected(&bench, &one).await, [], "it stood so");
    let step = "\"operation\":20,\"step\":\"deburr\"";
    let other_step = "\"operation\":30,\"step\":\"box\"";
    let (performed, first) = ("\"performers\":[\"P-1\"]", "\"first_pass\":true");
    let (nobody, both) = ("\"performers\":[]", "\"performers\":[\"P-1\",\"P-2\"]");
    let accepted = format!("{first},\"accepted\":[{{\"operation\":30,\"evidence\":\"seen\"}}]");
    let closed = state_of(&one, "L-22-ASM1-1").lot.closed;
    let deburred = closed.values().find(|closed| closed.step.as_str() == "deburr").unwrap();
    let by = format!("\"by\":\"{}\"", deburred.by);
    let another = format!("\"by\":\"{}.1.1\"", deburred.by.ledger);
    let lies = [
        (performed, nobody, "P-1 performed step deburr of operation 20 and is not named"),
        (performed, both, "P-2 is named for step deburr of operation 20 and did nothing there"),
        (
            "\"attempts\":1",
            "\"attempts\":2",
            "step deburr had been attempted in another way than the record says",
        ),
        (step, other_step, "step box of operation 30 was open when the pieces left"),
        (&*by, &*another, " did not close step deburr of operation 20"),
        (
            "\"quantity\":10",
            "\"quantity\":12",
            " did not take 12 pieces off WO-2/L-22 for this lot",
        ),
        (first, &*accepted, "what is said of WO-2/L-22 is not how it stood when the pieces left"),
        ("\"split\":\"", "\"split\":\"another-", ", which is not here"),
    ];
    for (n, (from, to, said)) in (2..).zip(lies) {
        does(&one, ("INC-1", 1_500 + n), splits(10));
        forges(&one, from, to);
        judged(&bench, &one).await;
        let told = told(&one).pop().unwrap();
        assert!(told.ends_with(said), "{told}");
        assert!(is_held(&one, &format!("L-22-ASM1-{n}")), "until somebody looked: {said}");
        assert!(!is_held(&one, "L-22"), "it is no lie of theirs");
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_who_performed_a_step_is_named_where_the_records_of_the_lot_close_it() {
    let (bench, one, two) = plant().await;
    deburrs(&one);
    let ticket = one.ledger().draw_ticket(&lot(), &moment(1_500)).unwrap();
    does(&two, ("INC-1", 2_000), takes(&ticket));
    for ms in [2_050, 2_060] {
        does(&two, ("INC-1", ms), splits(40));
    }
    assert_eq!(objected(&bench, &one).await, []);
    assert_eq!(objected(&bench, &two).await, []);
    for (lot, from, to, said) in [
        (
            SPLIT,
            "\"performers\":[\"P-1\"]",
            "\"performers\":[\"P-2\"]",
            "P-1 performed step deburr of operation 20 and is not named",
        ),
        (
            "L-22-ASM2-2",
            "\"attempts\":1",
            "\"attempts\":0",
            "step deburr had been attempted in another way than the record says",
        ),
    ] {
        does_on(&two, (lot, 2_200), accepts(20));
        forges(&two, from, to);
        judged(&bench, &two).await;
        assert_eq!(told(&two).pop().as_deref(), Some(said));
        assert!(is_held(&two, lot));
    }
    bench.running.shutdown().await;
}

fn takes(ticket: &Ticket) -> TravelerCommand {
    TravelerCommand::AcceptTicket(Box::new(ticket.clone()))
}

/// A lot went on by a ticket at the second station and forty pieces were split off it; what the first one
/// recorded has not come.
async fn gone_on() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    deburrs(&one);
    let ticket = one.ledger().draw_ticket(&lot(), &moment(1_500)).unwrap();
    does(&two, ("INC-1", 2_000), takes(&ticket));
    does(&two, ("INC-1", 2_050), splits(40));
    (bench, one, two)
}

const IN_VAIN: &str = ": ASM1 was revoked, and what it recorded has not come";

#[tokio::test(flavor = "multi_thread")]
async fn r17_pieces_that_wait_in_vain_are_held_also_where_the_lot_that_they_were_of_is_over() {
    let (bench, one, two) = gone_on().await;
    does_on(&two, (SPLIT, 2_060), splits_into(Some("L-9"), 10));
    let raise = Box::new(Raise::noted("crushed"));
    does(&two, ("INC-1", 2_100), TravelerCommand::RaiseDeviation { at: at("box"), raise });
    let (shares, by) = (Share::all(Disposition::Scrap), Signer::by_badge("P-1"));
    let dispose = DeviationCommand::Dispose { shares, reason: "crushed".to_owned(), by };
    let dispose = Command::Deviation("NCR-ASM2-0001".parse().unwrap(), dispose);
    two.ledger().transact(&at_bench("P-1"), &moment(2_200), dispose).unwrap();
    assert!(state_of(&two, "L-22").ended.is_some());
    assert_eq!(objected(&bench, &two).await, [], "its records may come");
    assert!(bench.office().revoke_station(&one.station).unwrap());
    two.beat(1);
    judged(&bench, &two).await;
    let held = ["L-22", SPLIT, "L-9"].map(|unit| is_held(&two, unit));
    assert_eq!(held, [false, true, true]);
    let review = reviews(&two).remove(0);
    assert!(review.reasons[0].ends_with(IN_VAIN), "{review:?}");
    assert_eq!(review.units.len(), 2, "whoever answers lets both go: {review:?}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_pieces_that_are_heard_of_late_are_held_also_where_their_lot_was_done_again() {
    let (bench, one, two) = plant().await;
    deburrs(&one);
    let ticket = one.ledger().draw_ticket(&lot(), &moment(1_500)).unwrap();
    does(&two, ("INC-1", 2_000), takes(&ticket));
    judged(&bench, &two).await;
    let three = bench.enroll("ASM3", &["ASM", "INC"]).await;
    judged(&bench, &three).await;
    does(&three, ("INC-1", 2_050), splits(40));
    // The second one does it itself.
    does(&two, ("ASM-1", 2_100), answer("deburr", 1, true));
    does(&two, ("ASM-1", 2_200), complete("deburr"));
    does(&two, ("ASM-1", 2_300), counted("count", "97/3", "dent"));
    does(&two, ("ASM-1", 2_400), complete("count"));
    assert_eq!(objected(&bench, &two).await, []);
    assert!(bench.office().revoke_station(&one.station).unwrap());
    two.beat(1);
    assert_eq!(objected(&bench, &two).await, [], "it waits for nothing");
    judged(&bench, &three).await;
    let told = told(&three);
    assert!(told.iter().any(|why| why.ends_with(IN_VAIN)), "{told:?}");
    assert_eq!(["L-22", "L-22-ASM3-1"].map(|unit| is_held(&three, unit)), [false, true]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_pieces_of_pieces_that_were_split_off_unseen_after_a_hold_are_held_too() {
    let (bench, one, two) = gone_on().await;
    assert_eq!(objected(&bench, &two).await, [], "its records may come");
    let three = bench.enroll("ASM3", &["ASM", "INC"]).await;
    judged(&bench, &three).await;
    assert!(bench.office().revoke_station(&one.station).unwrap());
    two.beat(1);
    judged(&bench, &two).await;
    assert_eq!(["L-22", SPLIT].map(|unit| is_held(&two, unit)), [true, true]);
    // The station has not heard of it.
    does_on(&three, (SPLIT, 2_100), splits_into(Some("L-9"), 10));
    judged(&bench, &three).await;
    assert!(is_held(&three, "L-9"));
    bench.running.shutdown().await;
}
