//! The page of a hand-off ticket, and what is shown where one is scanned.

use gemba::domain::ticket::Ticket;
use gemba::ui::input::Key;
use insta::assert_snapshot;
use ratatui::style::{Color, Modifier};

use crate::support::screen::{Looks, Screen, USUAL};
use crate::support::shop::Shop;

/// The page of the ticket of a unit that was coated.
fn drawn(looks: Looks) -> Screen {
    let mut screen = Screen::new(Shop::coated_apart(), looks);
    screen
        .scan("B-2107")
        .type_keys("482913")
        .type_keys("\n")
        .scan("WO-R/0001")
        .choose("Hand-off ticket");
    screen
}

/// Whether each half of a cell is light, where it is a cell of a code.
fn halves(screen: &mut Screen, at: (u16, u16)) -> Option<(bool, bool)> {
    let cell = screen.cell(at);
    if (cell.fg, cell.bg) != (Color::White, Color::Black) {
        return None;
    }
    let turned = cell.modifier.contains(Modifier::REVERSED);
    Some(match cell.symbol() {
        " " => (turned, turned),
        "▀" => (true, false),
        "▄" => (false, true),
        other => panic!("{other:?} in a code"),
    })
}

/// What a reader of 2D codes finds in the first columns of the screen; `wide` squares have two.
fn read(screen: &mut Screen, (across, wide): (usize, bool)) -> String {
    let dots = 4;
    let mut light = vec![true; across * across];
    for y in 0..across {
        for x in 0..across {
            let at = if wide { (2 * x, y) } else { (x, y / 2) };
            let at = (u16::try_from(at.0).unwrap(), u16::try_from(at.1).unwrap());
            let (upper, lower) = halves(screen, at).unwrap();
            light[y * across + x] = if wide || y % 2 == 0 { upper } else { lower };
        }
    }
    let shade = |x: usize, y: usize| if light[y / dots * across + x / dots] { 255 } else { 0 };
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(across * dots, across * dots, shade);
    picture.detect_grids()[0].decode().unwrap().1
}

/// How many squares the code has in a row.
fn across(screen: &mut Screen) -> usize {
    (0..80).take_while(|x| halves(screen, (*x, 0)).is_some()).count()
}

#[test]
fn a_ticket_is_drawn_at_80_by_24_so_that_a_scanner_reads_it() {
    let mut screen = drawn(USUAL);
    let across = across(&mut screen);
    let ticket = Ticket::parse(&read(&mut screen, (across, false))).unwrap();
    assert_eq!(ticket, screen.shop.ticket());
    screen.shows("Hand-off ticket").shows("done 10 Coating").shows("Esc back");
    assert_snapshot!("hand_off_ticket", screen.golden());
    screen.key(Key::Esc).shows("WO-R/0001");
}

#[test]
fn where_only_ascii_is_drawn_a_small_terminal_says_which_command_makes_a_picture() {
    let looks = Looks { theme: "mono", ascii: true, ..USUAL };
    let mut screen = drawn(looks);
    screen.shows("gemba ticket WO-R/0001 --png FILE");
    assert!(screen.text().is_ascii());
}

#[test]
fn a_large_terminal_draws_it_in_ascii_with_two_columns_a_square() {
    let looks = Looks { theme: "mono", ascii: true, size: (132, 50), ..USUAL };
    let mut screen = drawn(looks);
    let across = (0..132).take_while(|x| halves(&mut screen, (*x, 0)).is_some()).count() / 2;
    let ticket = Ticket::parse(&read(&mut screen, (across, true))).unwrap();
    assert_eq!(ticket, screen.shop.ticket());
}

#[test]
fn a_unit_on_hold_gets_no_ticket_and_the_reasons_are_told() {
    let mut shop = Shop::coated_apart();
    shop.does("novak", crate::rules_tickets::raises("approve"));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("WO-R/0001").choose("Hand-off ticket");
    screen.shows("NCR-ASM1-0001").shows("no ticket was drawn");
}

/// A screen at the other station, with somebody signed in.
pub(crate) fn downstream(badge: &str) -> (Screen, Ticket) {
    let mut shop = Shop::coated_apart();
    let ticket = shop.ticket();
    shop.at("ASM2");
    (Screen::signed_in(shop, badge), ticket)
}

#[test]
fn a_scanned_ticket_is_shown_and_enter_takes_it() {
    let (mut screen, ticket) = downstream("B-2107");
    screen.scan(&ticket.text().to_lowercase()).shows("drawn by ASM1").shows("done 10 Coating");
    assert_snapshot!("hand_off_ticket_scanned", screen.golden());
    assert!(screen.shop.state().accepted.is_empty(), "a scan alone records nothing");
    screen.key(Key::Enter).shows("saved: taken; the next operation may begin");
    screen.shows("10 Coating provisional: ticket of ASM1").shows("op 40 Packing");
    assert_snapshot!("worked_on_by_a_ticket", screen.golden());
    screen.scan(&ticket.text()).key(Key::Enter).shows("U10").shows("taken before");
}

#[test]
fn a_ticket_that_was_not_read_whole_or_is_nobodys_is_not_taken() {
    let (mut screen, ticket) = downstream("B-2107");
    screen.scan(&ticket.text()[..90]).shows("hand-off ticket not taken").shows("scan it again");
    let forged = Ticket { signature: [7; 64], ..ticket.clone() };
    screen.scan(&forged.text()).shows("ASM1 did not sign it").shows("U03");
    screen.key(Key::Enter).hides("saved");
    assert!(screen.shop.state().accepted.is_empty());
    let mut nobody = Screen::new(screen.shop.clone(), USUAL);
    nobody.scan(&ticket.text()).shows("scan your badge first");
}
