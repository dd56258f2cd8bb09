//! What the server says of an order that names what nobody knows (O10–O13), by what it knew when the
//! order came in.

use gemba::domain::decide::Command;
use gemba::domain::kinds::FactBody;
use gemba::domain::order::{OrderCommand, OrderFact, OrderOpened};
use gemba::domain::stream::Subject;
use serde_json::{Value, json};

use crate::judge_work::{objected, plant, releases_text, said, text, withdraws};
use crate::support::plant::{StationBench, acting, moment};
use crate::sync_judge::reviews;

fn order(part: &str, instruction: &str, center: &str) -> OrderOpened {
    serde_json::from_value(json!({
        "part": part, "units": {"serials": ["0001"]},
        "route": [{"operation": 20, "instruction": instruction, "work_center": center}],
        "due": null, "priority": 3,
    }))
    .unwrap()
}

/// Writes that an order was opened, as a station does that checks nothing.
fn writes(station: &StationBench, name: &str, opened: OrderOpened) {
    let subject = Subject::Order(name.parse().unwrap());
    station.writes(subject, FactBody::Order(OrderFact::OrderOpened(opened)), 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_names_what_nobody_knows_is_found_at_the_server() {
    let (bench, _one, two) = plant().await;
    writes(&two, "WO-2", order("CP-40", "WI-1", "ASM"));
    assert_eq!(objected(&bench, &two).await, [], "everything is known");
    writes(&two, "WO-3", order("CP-99", "WI-9", "PAINT"));
    objected(&bench, &two).await;
    let told = reviews(&two).pop().unwrap().reasons;
    let expected = [
        "the server knows no place of the work center PAINT",
        "the server does not know the instruction WI-9",
        "the server knows nothing of the part CP-99",
    ];
    assert_eq!(told, expected);
    writes(&two, "WO-4", order("CP-41", "WI-1", "ASM"));
    let other = said("OrderOpened", "WI-1 does not make the part CP-41");
    assert_eq!(objected(&bench, &two).await.pop(), Some(other));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_instructions_measure_against_no_specification_is_found_at_the_server() {
    let (bench, one, two) = plant().await;
    let mut measures: Value = serde_json::from_slice(&text("M", "27")).unwrap();
    measures["id"] = "WI-7".into();
    measures["part"] = "CP-77".into();
    measures["specification"] = "A".into();
    // A text of another instruction's name is no matter here: WI-1 has both texts from now on.
    releases_text(&one, "M", &serde_json::to_vec(&measures).unwrap());
    objected(&bench, &one).await;
    writes(&two, "WO-2", order("CP-77", "WI-1", "ASM"));
    assert_eq!(objected(&bench, &two).await, [], "one of its revisions measures against none");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_knew_more_or_less_than_the_server_is_not_rejected_for_it() {
    let (bench, one, two) = plant().await;
    // Withdrawn while the second station was away: it could not know that.
    withdraws(&one, "A", true);
    objected(&bench, &one).await;
    writes(&two, "WO-2", order("CP-40", "WI-1", "ASM"));
    assert_eq!(objected(&bench, &two).await, []);
    // Its own definitions come up before its order, in one page.
    let center = json!({"name": "Paint", "site": "S1", "area": "A1", "work_center": "PAINT"});
    let place = gemba::domain::place::PlaceCommand::Define(serde_json::from_value(center).unwrap());
    let place = Command::Place("PNT-1".parse().unwrap(), place);
    one.ledger().transact(&acting("P-1"), &moment(3_000), place).unwrap();
    releases_text(&one, "B", &text("B", "26"));
    writes(&one, "WO-3", order("CP-40", "WI-1", "PAINT"));
    assert_eq!(objected(&bench, &one).await, []);
    let close = OrderCommand::Close { reason: "done".to_owned(), with_open_units: false };
    let reopen = OrderCommand::Reopen { reason: "one more".to_owned() };
    for command in [close, reopen] {
        let command = Command::Order("WO-3".parse().unwrap(), command);
        one.ledger().transact(&acting("P-1"), &moment(4_000), command).unwrap();
    }
    assert_eq!(objected(&bench, &one).await, []);
    bench.running.shutdown().await;
}
