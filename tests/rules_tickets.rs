//! Hand-off tickets: what a station says of a unit, and where that is taken (R5, R17).

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::ids::LedgerId;
use gemba::domain::refusal::Reason;
use gemba::domain::refusal::ship::ShipReason;
use gemba::domain::stream::TravelerId;
use gemba::domain::ticket::{
    DrawnBy, Tag, Ticket, TicketError, TicketOperation, is_ticket, station_tag,
};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::hand_off::{Backed, Speaker, draw, not_taken_from};
use gemba::domain::traveler::shipped::why_not_shipped;
use gemba::ui::parts::code::{QUIET_IN_PRINT, QUIET_ON_SCREEN, Squares};
use proptest::prelude::*;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{disposes, id, rework};
use crate::support::shop_route::{accepts, coat, done};
use crate::support::shop_tickets::takes;

pub(crate) fn raises(step: &str) -> TravelerCommand {
    let raise = gemba::domain::deviation::Raise::noted("a scratch");
    TravelerCommand::RaiseDeviation { at: coat(step), raise: Box::new(raise) }
}

/// Why the unit at hand cannot be shipped from the station at hand.
pub(crate) fn not_shipped(shop: &Shop) -> Vec<Reason> {
    let by = gemba::domain::signature::Signer::by_badge("R. Tanaka");
    let shown = gemba::domain::hash::Hash::ZERO;
    let command = TravelerCommand::Ship { shown, set: Vec::new(), by };
    let context = shop.context("quell", &Command::Traveler(shop.traveler.clone(), command));
    why_not_shipped(&shop.state(), &context)
}

#[test]
fn a_unit_goes_on_by_the_ticket_of_a_station_that_cannot_be_heard() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    assert_eq!(ticket.closed().collect::<Vec<_>>(), [10]);
    shop.at("ASM2");
    assert!(shop.state().started.is_none(), "nothing of the unit is known here");
    shop.does("novak", takes(&Ticket::parse(&ticket.text()).unwrap()));
    let state = shop.state();
    let accepted = &state.accepted[&10];
    assert_eq!(accepted.evidence, "ticket of ASM1, 2026-11-23 08:00");
    let words = accepted.words(state.operation(10).unwrap());
    assert_eq!(words, "10 Coating provisional: ticket of ASM1, 2026-11-23 08:00");
    shop.does("novak", done("box"));
}

#[test]
fn r01_what_is_pinned_by_a_ticket_is_what_its_station_pinned() {
    let mut shop = Shop::coated_apart();
    let (ticket, pinned) = (shop.ticket(), shop.state().started);
    shop.at("ASM2").does("novak", takes(&ticket));
    assert_eq!(shop.state().started, pinned);
    shop.does("novak", done("box")).share();
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r17_nothing_ships_by_a_ticket_until_the_facts_come() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.at("ASM2").does("novak", takes(&ticket)).does("novak", done("box"));
    let open = ShipReason::OperationOpen { operation: 10, name: "Coating".to_owned() };
    assert_eq!(not_shipped(&shop), [open.into()]);
    assert_eq!(shop.state().backs(&ticket), Backed::NotYet);
    shop.share();
    assert_eq!(not_shipped(&shop), []);
    assert_eq!(shop.state().backs(&ticket), Backed::Here);
    assert_eq!(shop.state().accepted_open(&shop.instructions).count(), 0);
    assert_eq!(shop.state().tickets_against(&shop.instructions), []);
}

#[test]
fn no_ticket_is_drawn_of_a_unit_that_is_held_or_has_an_open_deviation() {
    let mut shop = Shop::coated_apart();
    shop.place("INC-1").does("novak", raises("box"));
    assert_eq!(shop.no_ticket(), ["H01", "Z07"]);
    shop.does("quell", disposes("NCR-ASM1-0001", Disposition::UseAsIs));
    assert!(shop.no_ticket().contains(&"Z07"), "not before it is closed, whatever was decided");
}

#[test]
fn a_ticket_is_drawn_of_what_was_closed_where_something_was_recorded() {
    let mut shop = Shop::coats();
    assert_eq!(shop.no_ticket(), ["T02"]);
    shop.does("novak", TravelerCommand::Start);
    assert_eq!(shop.no_ticket(), ["U11"]);
    let mut shop = Shop::coated_apart();
    shop.share().at("ASM2");
    assert_eq!(shop.no_ticket(), ["U12"], "a station speaks for what it recorded");
    let context = shop.context("", &Command::Traveler(shop.traveler.clone(), accepts(10)));
    let by = Speaker { site: None, ledger: &context.next.ledger, revoked: None, waiting: 2 };
    let refusal = draw(&shop.traveler, &shop.state(), (&context, by)).unwrap_err();
    let codes: Vec<&str> = refusal.reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["U13", "Z06", "U12"]);
}

#[test]
fn r05_a_station_that_was_revoked_draws_no_ticket_and_none_of_its_tickets_is_taken() {
    let shop = Shop::coated_apart();
    let context = shop.context("", &Command::Traveler(shop.traveler.clone(), accepts(10)));
    let (site, told) = (id(SITE), context.now.clone());
    let ledger = &context.next.ledger;
    let by = Speaker { site: Some(&site), ledger, revoked: Some(&told), waiting: 0 };
    let refusal = draw(&shop.traveler, &shop.state(), (&context, by)).unwrap_err();
    let codes: Vec<&str> = refusal.reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["U15"]);
    let by = DrawnBy::Revoked { station: id("ASM1"), since: told.effective() };
    let reason = not_taken_from(&by).unwrap();
    assert_eq!(reason.code(), "U16");
    assert_eq!(reason.what(), "Station ASM1, which drew the ticket, was revoked.");
}

#[test]
fn r05_a_ticket_of_another_plant_station_or_hand_is_not_taken() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    assert_eq!(shop.codes("novak", takes(&ticket)), ["U04"], "scanned where it was drawn");
    shop.at("ASM2");
    let other = Ticket { plant: [0; 3], ..ticket.clone() };
    assert_eq!(shop.codes("novak", takes(&other)), ["U01"]);
    let unknown: LedgerId = id("ledger-X");
    let unknown = Ticket { station: station_tag(&unknown), ..ticket.clone() };
    assert_eq!(shop.codes("novak", takes(&unknown)), ["U02"]);
    let forged = Ticket { signature: [7; 64], ..ticket.clone() };
    assert_eq!(shop.codes("novak", takes(&forged)), ["U03"]);
    shop.unit("0002");
    assert_eq!(shop.codes("novak", takes(&ticket)), ["U05"]);
    shop.unit("0001");
    assert_eq!(shop.codes("quell", takes(&ticket)), ["P04"], "whoever works takes it");
    // A supervisor answers for what no ticket says that is known here.
    shop.does("brandt", accepts(10));
}

#[test]
fn a_ticket_of_an_order_or_a_unit_that_is_not_known_here_says_so() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.at("ASM2");
    let of = |order: &str, unit: &str| Ticket {
        unit: TravelerId { order: id(order), unit: id(unit) },
        ..ticket.clone()
    };
    let strange = of("WO-X", "0001");
    let command = Command::Traveler(strange.unit.clone(), takes(&strange));
    assert_eq!(shop.codes("novak", command), ["O01"]);
    let strange = of("WO-R", "9999");
    let command = Command::Traveler(strange.unit.clone(), takes(&strange));
    assert_eq!(shop.codes("novak", command), ["O04"]);
}

#[test]
fn r01_a_ticket_by_a_revision_or_a_route_that_is_not_known_here_is_not_taken() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.at("ASM2");
    let mut newer = ticket.clone();
    newer.operations[0].text = Tag([1, 2, 3]);
    assert_eq!(shop.codes("novak", takes(&newer)), ["U06"]);
    let specified = Ticket { specification: Some(Tag([1, 2, 3])), ..ticket.clone() };
    assert_eq!(shop.codes("novak", takes(&specified)), ["U06"]);
    let mut route = ticket.clone();
    route.operations[0].operation = 15;
    assert_eq!(shop.codes("novak", takes(&route)), ["U07"]);
    // Where the unit was begun here, too, it is by the same texts.
    shop.does("brandt", accepts(10));
    assert_eq!(shop.codes("novak", takes(&newer)), ["U07"]);
    assert_eq!(shop.codes("novak", takes(&specified)), ["U07"]);
    assert_eq!(shop.codes("novak", takes(&route)), ["U07"]);
}

#[test]
fn the_same_ticket_scanned_twice_says_when_it_was_taken() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.at("ASM2").does("novak", takes(&ticket)).later(600);
    let reasons = shop.refuses("okafor", takes(&ticket));
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].what(), "This ticket was taken before, on 2026-11-23 08:00.");
    assert_eq!(shop.codes("novak", takes(&ticket)), ["U10"]);
}

#[test]
fn a_second_ticket_about_the_same_says_that_another_one_was_taken() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.later(600);
    let again = shop.ticket();
    let mut vouched = shop.clone();
    shop.at("ASM2").does("novak", takes(&ticket));
    let reasons = shop.refuses("novak", takes(&again));
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].code(), "U14");
    let said = "Work goes on after operation 10 by another ticket, taken on 2026-11-23 08:10.";
    assert_eq!(reasons[0].what(), said);
    // What a supervisor answered for was taken by no ticket.
    vouched.at("ASM2").does("brandt", accepts(10));
    assert_eq!(vouched.codes("novak", takes(&again)), ["T22"]);
}

#[test]
fn what_is_known_here_of_a_hold_counts_more_than_a_ticket() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.share().at("ASM2").does("novak", raises("box"));
    let codes = shop.codes("novak", takes(&ticket));
    assert!(codes.contains(&"H01"), "{codes:?}");
}

#[test]
fn a_ticket_that_came_after_its_facts_says_that_all_is_known() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.share().at("ASM2");
    assert_eq!(shop.codes("novak", takes(&ticket)), ["T21"]);
}

/// A unit that was sent back to its first step after its ticket was drawn.
fn sent_back(shop: &mut Shop) {
    shop.does("novak", raises("approve"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("view")));
}

#[test]
fn a_ticket_of_before_the_unit_was_sent_back_is_not_taken() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    sent_back(&mut shop);
    shop.share().at("ASM2");
    assert_eq!(shop.codes("novak", takes(&ticket)), ["U08"]);
}

#[test]
fn r17_work_by_a_ticket_that_its_facts_do_not_bear_out_is_told() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    sent_back(&mut shop);
    shop.at("ASM2").does("novak", takes(&ticket)).does("novak", done("box"));
    shop.share();
    let against = shop.state().tickets_against(&shop.instructions);
    let words: Vec<&str> = against.iter().map(|(_, words)| words.as_str()).collect();
    let open =
        "work went on by the ticket of ASM1, 2026-11-23 08:00: operation 10 is open by its facts";
    assert_eq!(words, [open]);
    assert!(!not_shipped(&shop).is_empty());
}

#[test]
fn a_ticket_that_names_another_fact_than_its_station_wrote_is_told_of() {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    let lie = Ticket { fact: [9; 6], ..ticket.clone() };
    let mut one = shop.clone();
    one.at("ASM2").does("novak", takes(&lie)).share();
    assert_eq!(one.state().backs(&lie), Backed::OtherFact);
    assert_eq!(one.state().tickets_against(&one.instructions).len(), 1);
    assert_eq!(one.state().backs(&Ticket { seq: 2, ..ticket.clone() }), Backed::LeftOut);
    shop.share().at("ASM2");
    assert_eq!(shop.codes("novak", takes(&lie)), ["U09", "T21"]);
}

/// A ticket as large as tickets of units mostly are.
fn usual() -> Ticket {
    let mut shop = Shop::coated_apart();
    let mut ticket = shop.at("ASM1").ticket();
    ticket.unit = TravelerId { order: id("WO-1881"), unit: id("0007") };
    let operation = |operation| TicketOperation { operation, closed: true, text: Tag([1, 2, 3]) };
    ticket.operations = vec![operation(10), operation(20), operation(30), operation(40)];
    ticket.specification = Some(Tag([1, 2, 3]));
    ticket.signature = [0xa5; 64];
    ticket.seq = 60_000;
    ticket
}

#[test]
fn a_usual_ticket_fits_a_terminal_of_24_rows() {
    let text = usual().text();
    let code = Squares::of(&text, QUIET_ON_SCREEN).unwrap();
    let (columns, rows) = code.cells(false);
    assert!(rows <= 23 && columns <= 46, "{} characters: {columns} x {rows}", text.len());
}

#[test]
fn a_text_has_capitals_and_digits_alone_and_none_that_a_german_keyboard_swaps() {
    let text = usual().text();
    let kept = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() && !"IOYZ".contains(c);
    assert!(text.starts_with("GT1") && text.chars().all(kept), "{text}");
}

#[test]
fn a_scan_is_a_ticket_by_its_whole_form_also_where_it_was_cut() {
    let text = usual().text();
    assert!(is_ticket(&text) && is_ticket(&text[..60]) && is_ticket(&text.to_lowercase()));
    for other in ["GT1", "GT-0815", "WO-1881/0007", "GEMBA:NEXT", "", "]Q1"] {
        assert!(!is_ticket(other), "{other}");
    }
    // As long as a ticket or longer, in bytes at least.
    let serial = "GT-4711-".repeat(9);
    let umlauts = "GT1ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ";
    let label = "GTIN 04012345678901, cover of the pump, made in week 48";
    for other in [serial.as_str(), umlauts, label, &format!("{text}-1"), &format!("GTX{text}")] {
        assert!(!is_ticket(other), "{other}");
    }
    let scanned = format!("]Q1{} \r\n", text.to_lowercase());
    assert_eq!(Ticket::parse(&scanned), Ok(usual()), "small letters and the symbology are no harm");
    let typed: String = text.chars().flat_map(|c| [c, ' ']).collect();
    assert_eq!(Ticket::parse(&typed), Ok(usual()), "nor are blanks");
}

#[test]
fn what_was_cut_made_longer_or_written_by_a_newer_version_is_told_apart() {
    let text = usual().text();
    assert_eq!(Ticket::parse(&text[..text.len() - 1]), Err(TicketError::Misread));
    assert_eq!(Ticket::parse(&format!("{text}0")), Err(TicketError::Misread));
    assert_eq!(Ticket::parse(&"GT1".repeat(1_000)), Err(TicketError::TooLong));
    assert_eq!(Ticket::parse("GT"), Err(TicketError::Misread));
    assert_eq!(Ticket::parse("GTß"), Err(TicketError::Misread));
    assert_eq!(Ticket::parse(""), Err(TicketError::Misread));
}

fn any_ticket() -> impl Strategy<Value = Ticket> {
    let name = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}";
    let operations =
        proptest::collection::vec((any::<u32>(), any::<bool>(), any::<[u8; 3]>()), 0..9);
    let said = (name, name, any::<Option<u32>>(), any::<Option<[u8; 3]>>(), operations);
    let by = (any::<[u8; 3]>(), any::<[u8; 4]>(), any::<u32>(), any::<u64>(), any::<[u8; 6]>());
    (said, by, any::<u32>(), proptest::collection::vec(any::<u8>(), 64)).prop_map(
        |((order, unit, pieces, specification, operations), by, drawn_s, signature)| {
            let (plant, station, epoch, seq, fact) = by;
            let operations = operations.into_iter().map(|(operation, closed, tag)| {
                TicketOperation { operation, closed, text: Tag(tag) }
            });
            Ticket {
                plant,
                unit: TravelerId { order: id(&order), unit: id(&unit) },
                pieces,
                specification: specification.map(Tag),
                operations: operations.collect(),
                station,
                epoch,
                seq,
                fact,
                drawn_s,
                signature: signature.try_into().unwrap(),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_ticket_reads_as_it_was_drawn(ticket in any_ticket()) {
        prop_assert_eq!(Ticket::parse(&ticket.text()), Ok(ticket));
    }

    #[test]
    fn a_character_that_is_another_is_seen(ticket in any_ticket(), at in any::<prop::sample::Index>(),
        other in "[0-9A-Z]") {
        let text = ticket.text();
        let at = at.index(text.len());
        let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        prop_assume!(changed != text);
        prop_assert_ne!(Ticket::parse(&changed), Ok(ticket));
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in ".{0,300}") {
        prop_assert!(Ticket::parse(&text).is_err());
        let marked = format!("GT1{text}");
        prop_assert!(Ticket::parse(&marked).is_err());
        is_ticket(&text);
    }

    #[test]
    fn what_begins_like_a_ticket_and_has_not_its_form_is_a_plain_code(text in ".{0,300}") {
        let code = format!("GT{text}");
        let kept = code.chars().filter(|c| !c.is_ascii_whitespace());
        let kept: String = kept.map(|c| c.to_ascii_uppercase()).collect();
        let of_tickets = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() && !"IOYZ".contains(c);
        let numbered = kept[2..].starts_with(|c: char| c.is_ascii_digit());
        let formed = kept.len() > 40 && numbered && kept.chars().all(of_tickets);
        prop_assert_eq!(is_ticket(&code), formed);
    }

    #[test]
    fn a_part_of_a_ticket_is_told_apart_from_a_code_and_asked_for_again(ticket in any_ticket(),
        cut in 41..100_usize) {
        prop_assert!(is_ticket(&ticket.text()[..cut]));
        prop_assert!(Ticket::parse(&ticket.text()[..cut]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_scanner_reads_the_code_back(ticket in any_ticket()) {
        let code = Squares::of(&ticket.text(), QUIET_IN_PRINT).unwrap();
        prop_assert_eq!(read(&code), ticket.text());
    }
}

/// What a reader of 2D codes finds.
fn read(code: &Squares) -> String {
    let dots = 4;
    let side = code.across * dots;
    let light = |x: usize, y: usize| if code.is_dark(x / dots, y / dots) { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, light);
    let grids = picture.detect_grids();
    grids[0].decode().unwrap().1
}
