//! The one list: pages, the marker, digits, and what is said where rows go on.

use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::views::register::GaugeRow;

use crate::support::screen::Screen;
use crate::support::screen_answers::gauges;
use crate::support::screen_plant::plant;

/// So many torque wrenches in date, on the page of all gauges.
fn wrenches(number: usize) -> Screen {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.answers.gauges = Some(rows(1..=number));
    screen.choose("Gauges");
    screen
}

fn rows(numbers: std::ops::RangeInclusive<usize>) -> Vec<GaugeRow> {
    let known = gauges();
    let wrench = |n| {
        let gauge = gemba::domain::ids::GaugeId::parse(&format!("TW-{n:02}")).unwrap();
        GaugeRow { gauge, ..known[0].clone() }
    };
    numbers.map(wrench).collect()
}

/// The line that has the marker.
fn marked(screen: &mut Screen) -> String {
    let text = screen.text();
    let line = text.lines().find(|line| line.starts_with(" ▶")).unwrap_or_default();
    line.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_marker_moves_row_by_row_and_turns_the_page_at_its_end() {
    let mut screen = wrenches(20);
    assert_eq!(marked(&mut screen), "▶ 1 TW-01");
    screen.shows("12 more: PgDn").hides("TW-09");
    for _ in 0..8 {
        screen.key(Key::Down);
    }
    assert_eq!(marked(&mut screen), "▶ 1 TW-09");
    screen.key(Key::Up);
    assert_eq!(marked(&mut screen), "▶ 8 TW-08");
}

#[test]
fn pages_turn_to_their_first_rows_and_the_last_says_what_is_before_it() {
    let mut screen = wrenches(20);
    screen.key(Key::PageDown).key(Key::PageDown).shows("16 before these: PgUp");
    assert_eq!(marked(&mut screen), "▶ 1 TW-17");
    screen.key(Key::PageDown);
    assert_eq!(marked(&mut screen), "▶ 1 TW-17");
    screen.key(Key::Down).key(Key::PageUp);
    assert_eq!(marked(&mut screen), "▶ 1 TW-09");
}

#[test]
fn a_digit_opens_the_row_that_has_it_on_this_page() {
    let mut screen = wrenches(20);
    screen.key(Key::PageDown).type_keys("2").shows("TW-10").hides("Gauges");
    screen.key(Key::Esc).shows("Gauges");
    assert_eq!(marked(&mut screen), "▶ 2 TW-10");
    // No row has this one.
    screen.key(Key::PageDown).type_keys("9").shows("Gauges");
}

#[test]
fn the_marker_stays_on_its_row_when_news_puts_others_before_it() {
    let mut screen = wrenches(12);
    screen.key(Key::Down).key(Key::Down);
    assert_eq!(marked(&mut screen), "▶ 3 TW-03");
    let mut news = rows(20..=21);
    news.extend(rows(1..=12));
    screen.answers.gauges = Some(news);
    screen.message(Message::News);
    assert_eq!(marked(&mut screen), "▶ 5 TW-03");
}

#[test]
fn a_row_that_is_gone_leaves_the_marker_on_one_that_is_there() {
    let mut screen = wrenches(3);
    screen.key(Key::Down).key(Key::Down);
    screen.answers.gauges = Some(rows(1..=1));
    screen.message(Message::News);
    assert_eq!(marked(&mut screen), "▶ 1 TW-01");
    screen.answers.gauges = Some(Vec::new());
    screen.message(Message::News);
    screen.shows("No gauge is known here.").key(Key::Down).type_keys("1\n");
}
