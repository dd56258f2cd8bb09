//! What the server's judge says of pieces of a lot that were counted and never came.

use gemba::domain::decide::Command;
use gemba::domain::effectivity::Effectivity;
use gemba::domain::fact::Acting;
use gemba::domain::instruction::Instruction;
use gemba::domain::order::OrderCommand;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::Signer;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;

use crate::judge_work::{forges, objected, said};
use crate::support::lots::{counted, deburring, lot_order, packing};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::support::shop_plan::{answer, complete};
use crate::support::shop_route::accepts;
use crate::sync_judge::{judged, reviews};

const EXCESS: &str = "3 more pieces than came to operation 30 were counted or split off";

fn releases(station: &StationBench, instruction: &Instruction) {
    let mut ledger = station.ledger();
    let hash = ledger.put_blob(&serde_json::to_vec(instruction).unwrap()).unwrap();
    let revision = || instruction.revision.clone();
    let submit = RevisionCommand::Submit {
        revision: revision(),
        hash,
        blobs: Vec::new(),
        title: instruction.title.clone(),
        effectivity: Effectivity::default(),
    };
    let about = |command| Command::Instruction(instruction.id.clone(), command);
    ledger.transact(&acting("P-1"), &moment(3), about(submit)).unwrap();
    for person in ["P-1", "P-2"] {
        let by = Signer::by_badge(person);
        let approve = RevisionCommand::Approve { revision: revision(), shown: hash, by };
        ledger.transact(&acting(person), &moment(4), about(approve)).unwrap();
    }
}

/// Two stations, and the order of a lot of a hundred that neither has begun.
pub(crate) async fn plant() -> (PlantBench, StationBench, StationBench) {
    let bench = PlantBench::start().await;
    let one = bench.enroll("ASM1", &["ASM", "INC"]).await;
    let two = bench.enroll("ASM2", &["ASM", "INC"]).await;
    one.client().sync_once().await.unwrap();
    one.admit("P-2", gemba::domain::people::Role::Quality);
    releases(&one, &deburring());
    releases(&one, &packing());
    judged(&bench, &one).await;
    let open = Command::Order("WO-2".parse().unwrap(), OrderCommand::Open(lot_order()));
    one.ledger().transact(&acting("P-1"), &moment(5), open).unwrap();
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    (bench, one, two)
}

pub(crate) fn lot() -> TravelerId {
    TravelerId::parse("WO-2/L-22").unwrap()
}

/// Does something on the lot at a place, so many milliseconds into the shift.
pub(crate) fn does(station: &StationBench, (place, ms): (&str, i64), command: TravelerCommand) {
    let acting = Acting { place: Some(place.parse().unwrap()), ..acting("P-1") };
    station.ledger().transact(&acting, &moment(ms), Command::Traveler(lot(), command)).unwrap();
}

/// Deburrs the lot and counts 97 pieces good.
pub(crate) fn deburrs(station: &StationBench) {
    does(station, ("ASM-1", 1_000), TravelerCommand::Start);
    goes_on_deburring(station);
}

/// The same where it was begun.
pub(crate) fn goes_on_deburring(station: &StationBench) {
    does(station, ("ASM-1", 1_100), answer("deburr", 1, true));
    does(station, ("ASM-1", 1_200), complete("deburr"));
    does(station, ("ASM-1", 1_300), counted("count", "97/3", "dent"));
    does(station, ("ASM-1", 1_400), complete("count"));
}

/// Boxes the lot and counts so many pieces.
pub(crate) fn boxes(station: &StationBench, pieces: &str) {
    does(station, ("INC-1", 2_100), answer("box", 1, true));
    does(station, ("INC-1", 2_200), complete("box"));
    does(station, ("INC-1", 2_300), counted("tally", pieces, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_what_came_is_not_objected_to_for_what_was_counted_of_it_before_it_was_known() {
    let (bench, one, two) = plant().await;
    does(&two, ("INC-1", 2_000), accepts(20));
    boxes(&two, "100");
    assert_eq!(objected(&bench, &two).await, [], "all of it went on, by the evidence");
    deburrs(&one);
    assert_eq!(objected(&bench, &one).await, []);
    assert_eq!(objected(&bench, &two).await, [said("QuantityReported", EXCESS)]);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_a_count_of_more_than_the_ticket_brought_is_held_and_the_one_that_it_rests_on_is_not() {
    let (bench, one, two) = plant().await;
    deburrs(&one);
    let ticket = one.ledger().draw_ticket(&lot(), &moment(1_500)).unwrap();
    does(&two, ("INC-1", 2_000), TravelerCommand::AcceptTicket(Box::new(ticket)));
    boxes(&two, "97");
    // A station that does not hold to what the ticket says.
    forges(&two, "\"good\":97", "\"good\":100");
    assert_eq!(objected(&bench, &two).await, [said("QuantityReported", EXCESS)]);
    let too_many = "100 pieces are reported, and 97 are left to report here";
    assert_eq!(reviews(&two)[0].reasons, [EXCESS, too_many]);
    assert_eq!(objected(&bench, &one).await, []);
    bench.running.shutdown().await;
}
