//! A lot goes on by a hand-off ticket: no more of it is counted than the ticket says came over (R9), and
//! what is split off it waits for the same records (R17).

use gemba::domain::refusal::ship::ShipReason;
use gemba::domain::ticket::Ticket;
use gemba::domain::traveler::lot::Pieces;

use crate::rules_tickets::not_shipped;
use crate::support::judged::nothing_is_objected_to;
use crate::support::lots::{counted, recounted, splits};
use crate::support::shop::{Sent, Shop};
use crate::support::shop_plan::{answer, complete};
use crate::support::shop_route::accepts;
use crate::support::shop_tickets::takes;

/// A lot of which 97 pieces were counted good at ASM1, and ASM2 knows that it was begun.
fn counted_apart() -> Shop {
    let mut shop = Shop::with_lot();
    shop.at("ASM2").place("INC-1").at("ASM1").place("ASM-1");
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "97/3", "dent")).does("novak", complete("count"));
    shop
}

/// As that, and ASM2 boxed what came by the ticket.
fn boxed_apart() -> (Shop, Ticket) {
    let mut shop = counted_apart();
    let ticket = shop.ticket();
    assert_eq!(ticket.pieces, Some(97));
    shop.at("ASM2").does("novak", takes(&ticket));
    shop.does("novak", answer("box", 1, true)).does("novak", complete("box"));
    (shop, ticket)
}

#[test]
fn r09_no_more_pieces_are_counted_than_the_ticket_says_came_over() {
    let (mut shop, _) = boxed_apart();
    assert_eq!(shop.codes("novak", counted("tally", "100", "")), ["Q04"]);
    shop.does("novak", counted("tally", "90/1", "crushed"));
    assert_eq!(shop.codes("novak", counted("tally", "7", "")), ["Q04"]);
    assert_eq!(shop.codes("novak", recounted(&shop, "97/1", "counted again")), ["Q04"]);
    shop.does("novak", counted("tally", "6", "")).does("novak", complete("tally"));
    shop.share();
    assert_eq!(shop.state().reported(30), Pieces { good: 96, scrap: 1, rework: 0 });
    assert_eq!(shop.state().counted_twice(&shop.instructions), None);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r09_what_is_split_off_after_a_ticket_was_taken_leaves_fewer_to_count() {
    let (mut shop, _) = boxed_apart();
    assert_eq!(shop.codes("brandt", splits(98)), ["Q05"]);
    shop.does("novak", splits(40));
    assert_eq!(shop.codes("novak", counted("tally", "58", "")), ["Q04"]);
    shop.does("novak", counted("tally", "57", "")).does("novak", complete("tally"));
    shop.share();
    assert_eq!(shop.state().counted_twice(&shop.instructions), None, "they left after the count");
    nothing_is_objected_to(&mut shop);
}

/// Forty pieces are split off the lot that came by the ticket, and counted.
fn split_apart() -> Shop {
    let (mut shop, _) = boxed_apart();
    shop.does("novak", splits(40)).unit("L-22-ASM2-1");
    shop.does("novak", counted("tally", "40", "")).does("novak", complete("tally"));
    shop
}

/// As that, and what was done at ASM1 is taken over once it came.
fn taken_over() -> Shop {
    let mut shop = split_apart();
    shop.share().does("brandt", accepts(20));
    shop
}

/// The records of a lot close an operation of pieces that were split off it, as facts.
pub(crate) fn closed_by_records() -> Vec<Sent> {
    taken_over().station().written.clone()
}

/// The operations of the lot at hand that wait for records.
fn awaited(shop: &Shop) -> Vec<u32> {
    let state = shop.state();
    state.accepted_open(&shop.instructions).map(|op| op.operation).collect()
}

fn deburring_open() -> ShipReason {
    ShipReason::OperationOpen { operation: 20, name: "Deburring".to_owned() }
}

#[test]
fn r17_pieces_that_are_split_off_go_on_by_the_ticket_of_their_lot_and_wait_for_the_same_records() {
    let mut shop = split_apart();
    assert_eq!(awaited(&shop), [20]);
    let evidence = &shop.state().accepted[&20].evidence;
    assert!(evidence.starts_with("ticket of ASM1, "), "{evidence}");
    assert_eq!(not_shipped(&shop), [deburring_open().into()]);
    assert_eq!(shop.codes("brandt", accepts(20)), ["T22"], "its records are not here");
    shop.share();
    assert_eq!(not_shipped(&shop), [deburring_open().into()], "nobody took them over");
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_the_records_of_their_lot_close_what_pieces_that_were_split_off_waited_for() {
    let mut shop = taken_over();
    assert_eq!(awaited(&shop), [0; 0]);
    assert_eq!(not_shipped(&shop), []);
    assert_eq!(shop.codes("brandt", accepts(20)), ["T21"], "it is done");
    assert_eq!(shop.state().reported(30), Pieces { good: 40, scrap: 0, rework: 0 });
    shop.share();
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_pieces_of_pieces_that_were_split_off_are_closed_by_the_first_lot_that_has_the_records() {
    let (mut shop, _) = boxed_apart();
    shop.does("novak", splits(40)).unit("L-22-ASM2-1").does("novak", splits(10));
    shop.unit("L-22-ASM2-1-1");
    assert_eq!(awaited(&shop), [20]);
    shop.share().does("brandt", accepts(20));
    assert_eq!(awaited(&shop), [0; 0]);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_what_was_done_on_the_lot_after_the_pieces_had_left_closes_nothing_of_theirs() {
    let (mut shop, _) = boxed_apart();
    shop.does("novak", splits(40)).place("ASM-1");
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "97/3", "dent")).does("novak", complete("count"));
    assert_eq!(awaited(&shop), [0; 0]);
    shop.unit("L-22-ASM2-1");
    assert_eq!(awaited(&shop), [20]);
    assert_eq!(shop.codes("brandt", accepts(20)), ["T22"]);
}

#[test]
fn r05_a_lot_that_was_split_off_crosses_by_a_ticket_where_it_is_known() {
    let mut shop = counted_apart();
    shop.does("novak", splits(40)).share();
    let lot = "L-22-ASM1-1";
    shop.at("ASM1").unit(lot);
    let ticket = shop.ticket();
    assert_eq!(ticket.pieces, Some(40));
    shop.at("ASM2");
    assert_eq!(shop.codes("novak", takes(&ticket)), ["T21"], "all of it is known here");
    let mut apart = counted_apart();
    apart.does("novak", splits(40)).unit(lot);
    let ticket = apart.ticket();
    apart.at("ASM2");
    assert_eq!(apart.codes("novak", takes(&ticket)), ["O04"], "which lot it was of is not known");
}
