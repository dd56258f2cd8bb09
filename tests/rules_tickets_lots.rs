//! A lot goes on by a hand-off ticket: no more of it is counted than the ticket says came over (R9).

use gemba::domain::ticket::Ticket;
use gemba::domain::traveler::lot::Pieces;

use crate::support::judged::nothing_is_objected_to;
use crate::support::lots::{counted, recounted, splits};
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete};
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
