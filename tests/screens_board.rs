//! From a figure on the board down to the reading, and the board on a wall.

use gemba::domain::deviation::CodeChosen;
use gemba::domain::deviation_rules::Severity;
use gemba::domain::ids::PlaceId;
use gemba::domain::language::Language;
use gemba::domain::people::Role;
use gemba::domain::signature::Meaning;
use gemba::domain::stream::Subject;
use gemba::domain::traveler::to_sign::StepToSign;
use gemba::ui::effect::Effect;
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::views::board::BoardRow;
use gemba::views::deviation::DeviationView;
use gemba::views::for_me::{ForMe, ForMeRow, ToSign};
use gemba::views::query::Query;
use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screens_others::supervisor;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_answers::unit;
use crate::support::screen_board::board;
use crate::support::screen_deviations::deviations;
use crate::support::shop_plan::id;

#[test]
fn a_figure_leads_to_the_place_the_order_the_unit_and_its_readings() {
    let mut screen = supervisor();
    screen.menu("4").shows("Tab places").key(Key::Tab).shows("Tab what waits");
    assert_snapshot!("board_with_a_place_marked", screen.golden());
    screen.key(Key::Down).key(Key::Up).key(Key::Enter);
    assert_snapshot!("place_board", screen.golden());
    screen.type_keys("1");
    assert_snapshot!("place_board_order", screen.golden());
    screen.type_keys("2").shows("WO-1881/0007");
    assert_snapshot!("record_of_a_unit", screen.golden());
    for _ in 0..3 {
        screen.key(Key::Esc);
    }
    screen.shows("Tab what waits").key(Key::Tab).type_keys("1");
    screen.shows("NCR-ASM1-0001").hides("Tab what waits");
}

#[test]
fn a_digit_opens_what_waits_also_while_a_place_is_marked() {
    let mut screen = supervisor();
    screen.menu("4").key(Key::Tab).shows("Tab what waits").type_keys("1").hides("Tab what waits");
}

#[test]
fn the_board_is_read_from_a_wall_by_people_who_are_not_signed_in() {
    let mut screen = Screen::new(supervisor().shop, USUAL);
    screen.show_wall().shows("FIRST PASS").shows("complete to");
    for name in ["Novak", "novak", "haas", "Brandt"] {
        screen.hides(name);
    }
    assert_snapshot!("wall", screen.golden());
    let mut large = Screen::new(supervisor().shop, Looks { size: (160, 50), ..USUAL });
    large.show_wall();
    assert_snapshot!("wall_large", large.text());
    screen.key(Key::Esc).shows("Badge");
}

#[test]
fn the_wall_says_which_place_is_silent_before_any_figure() {
    let mut screen = supervisor();
    screen.menu("4").choose("Board for a wall");
    let text = screen.text();
    assert!(text.lines().next().unwrap().contains("LEAK-1 silent since"), "{text}");
}

#[test]
fn a_wall_is_a_wall_again_after_nobody_touched_it() {
    let mut screen = Screen::new(supervisor().shop, USUAL);
    screen.show_wall().key(Key::Esc).shows("Badge");
    screen.seconds_pass(60).shows("Badge").seconds_pass(600).shows("FIRST PASS");
    screen.type_keys("x").shows("Badge");
}

#[test]
fn a_wall_that_was_opened_from_the_menu_names_nobody_and_stays_when_they_are_locked_out() {
    let mut screen = supervisor();
    screen.menu("4").choose("Board for a wall").shows("FIRST PASS").hides("Brandt");
    screen.asked.clear();
    screen.seconds_pass(60).seconds_pass(600).shows("FIRST PASS");
    assert!(screen.asked.iter().any(|effect| matches!(effect, Effect::SignOut(_))));
    screen.type_keys("x").shows("Badge");
    // It is no wall for ever: whoever signs in next is locked out to the first screen.
    screen.seconds_pass(660).shows("Badge");
}

#[test]
fn every_station_is_listed_with_when_it_was_heard_of_last() {
    let mut screen = supervisor();
    screen.menu("4").choose("Stations").shows("LEAK1").shows("41 min ago").shows("12 waiting");
    assert_snapshot!("stations", screen.golden());
    screen.key(Key::Esc).shows("Tab places");
}

#[test]
fn deviations_are_told_apart_where_their_numbers_differ_at_their_ends() {
    let mut screen = supervisor();
    let one = deviations(&screen.shop).remove(0);
    let of =
        |number: u32| DeviationView { id: id(&format!("NCR-PRESS12-{number:04}")), ..one.clone() };
    screen.answers.deviations = Some((1..=2).map(of).collect());
    screen.menu("5").shows("-0001 ").shows("-0002 ");
}

/// Block letters mean nothing to who hears them, nor in a window that sets a screen anew.
#[test]
fn a_wall_is_read_as_words_in_lines_and_in_the_smallest_window() {
    let mut small = Screen::new(supervisor().shop, Looks { size: (40, 12), ..USUAL });
    small.show_wall().shows("GOOD ?82 of 96 planned").shows("WAITS ?2").hides("▀");
    let page = small.shell.page();
    let said = page.body.join("\n");
    assert!(said.contains("GOOD ?82 of 96 planned") && said.contains("ON HOLD ?1"), "{said}");
}

/// A supervisor before a board of so many places.
fn with_places(many: u16, looks: Looks) -> Screen {
    let mut screen = Screen::new(supervisor().shop, looks);
    let mut board = board(&screen.shop);
    let one = board.places[0].clone();
    let place = |n: u16| -> PlaceId { id(&format!("ASM-{n}")) };
    board.places = (1..=many).map(|n| BoardRow { place: place(n), ..one.clone() }).collect();
    screen.answers.board = Some(board);
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").menu("4");
    screen
}

/// Texts for which there was no cell on the screen.
fn lost(screen: &Screen, (columns, rows): (u16, u16)) -> Vec<String> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    screen.shell.draw(&mut buffer).lost
}

#[test]
fn however_many_places_there_are_what_waits_is_seen_and_the_places_page() {
    let mut screen = with_places(25, USUAL);
    assert_eq!(lost(&screen, USUAL.size), Vec::<String>::new());
    screen.shows("Waits for somebody").shows("NCR-ASM1-0001").shows("1-8 of 25");
    screen.shows("ASM-8 ").hides("ASM-9 ");
    assert_snapshot!("board_of_many_places", screen.golden());
    // What is seen is what a digit opens.
    screen.type_keys("1").hides("Waits for somebody").key(Key::Esc);
    screen.key(Key::Tab).key(Key::PageDown).shows("9-16 of 25").shows("ASM-9 ").hides("ASM-8 ");
    let (_, line) = screen.cursor();
    let text = screen.text();
    assert!(text.lines().nth(line.into()).unwrap().contains("ASM-9 "), "{text}");
    screen.key(Key::PageDown).key(Key::PageDown).shows("25-25 of 25").shows("ASM-25 ");
    screen.key(Key::PageDown).shows("25-25 of 25").key(Key::Enter).shows("ASM-25:");
    screen.key(Key::Esc).shows("25-25 of 25").key(Key::PageUp).shows("17-24 of 25");
    // Back at what waits, the places stay where they were turned to.
    screen.key(Key::Tab).shows("17-24 of 25").shows("Tab places");
}

#[test]
fn places_that_fit_do_not_page_and_every_size_keeps_what_waits() {
    with_places(7, USUAL).shows("ASM-7 ").hides("of 7").shows("NCR-ASM1-0001");
    for size in [(80, 20), (80, 24), (132, 43)] {
        let looks = Looks { size, ..USUAL };
        let mut screen = with_places(25, looks);
        assert_eq!(lost(&screen, size), Vec::<String>::new(), "{size:?}");
        screen.shows("NCR-ASM1-0001");
    }
    let german = Looks { language: Language::German, ..USUAL };
    with_places(25, german).shows("1-8 von 25").shows("NCR-ASM1-0001");
}

/// One thing of each kind that somebody could sign.
fn to_sign(now: Timestamp) -> ForMe {
    let since = |minutes| Some(now - SignedDuration::from_mins(minutes));
    let row = |what, details: &'static str, since| {
        let details = details.into();
        ForMeRow { what, details, since, elsewhere: false }
    };
    let step = StepToSign {
        operation: 20,
        step: id("signoff"),
        title: "Look at the record".to_owned(),
        ask: 1,
        role: Role::Inspector,
        meaning: Meaning::Verified,
        work_center: id("ASM"),
    };
    let units = "WO-1879/0003".to_owned();
    let ready = vec![unit("WO-1877/0001"), unit("WO-1877/0002")];
    let rows = vec![
        row(ToSign::Disposition { deviation: id("NCR-ASM1-0001"), units }, "use-as-is", since(18)),
        ForMeRow::step((unit("WO-1881/0007"), id("CP-40")), step, since(9)),
        row(
            ToSign::Permit { permit: id("DP-ASM1-0007"), part: id("CP-40") },
            "Bolt torque 23 .. 27.5 N·m instead of 23 .. 27 N·m",
            since(90),
        ),
        row(
            ToSign::Revision {
                definition: Subject::Instruction(id("WI-1040")),
                id: "WI-1040".to_owned(),
                revision: id("D"),
            },
            "Fit and torque the pump cover",
            None,
        ),
        ForMeRow::ship((id("WO-1877"), id("CP-40")), (ready, 2), since(6)),
    ];
    ForMe { rows, more: false }
}

/// A board with everything of that before what waits for somebody.
fn signing(looks: Looks) -> Screen {
    let mut screen = Screen::new(supervisor().shop, looks);
    screen.answers.for_me = to_sign(screen.shop.moment().utc);
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").menu("4");
    screen
}

#[test]
fn what_waits_for_my_signature_comes_first_and_leads_to_where_it_is_signed() {
    let large = Looks { size: (80, 36), ..USUAL };
    let mut screen = signing(large);
    screen.shows("Waits: 5 for you, 2 for others");
    assert_snapshot!("board_for_me", screen.golden());
    for (digit, there) in [
        ("1", "NCR-ASM1-0001"),
        ("2", "WO-1881/0007"),
        ("3", "Permit DP-ASM1-0007"),
        ("4", "WI-1040"),
        ("5", "Release to ship"),
    ] {
        screen.type_keys(digit).shows(there).hides("for you,").key(Key::Esc);
        screen.shows("for you,");
    }
    let german = Looks { language: Language::German, ..large };
    let mut screen = signing(german);
    for whole in [
        "Wartend: 5 zu unterschreiben, 2 sonst",
        "Entscheid genehmigen",
        "unterschreiben: geprüft",
        "Sonderfreigabe erteilen",
        "Revision genehmigen",
        "zum Versand freigeben",
    ] {
        screen.shows(whole);
    }
}

#[test]
fn what_is_signed_at_another_place_says_where_and_is_not_counted_as_mine_here() {
    let mut screen = Screen::new(supervisor().shop, USUAL);
    let mut all = to_sign(screen.shop.moment().utc);
    all.rows[1].elsewhere = true;
    screen.answers.for_me = all;
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").menu("4");
    screen.shows("Waits: 4 for you, 3 for others").shows("sign it at ASM");
}

#[test]
fn where_more_waits_than_was_looked_at_the_board_says_so() {
    let mut screen = Screen::new(supervisor().shop, USUAL);
    let all = to_sign(screen.shop.moment().utc);
    screen.answers.for_me = ForMe { more: true, ..all };
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").menu("4");
    screen.shows("Waits: 5 and more for you, 2 for others");
}

/// How often it was asked what somebody could sign.
fn asked_for_me(screen: &mut Screen) -> usize {
    let asked = std::mem::take(&mut screen.asked).into_iter();
    asked.filter(|effect| matches!(effect, Effect::Load(_, Query::ForMe { .. }))).count()
}

#[test]
fn what_could_be_signed_is_asked_when_the_board_comes_up_and_then_once_a_minute_at_most() {
    let mut screen = signing(USUAL);
    assert_eq!(asked_for_me(&mut screen), 1);
    screen.message(Message::News).message(Message::News);
    assert_eq!(asked_for_me(&mut screen), 0);
    screen.answers.for_me = ForMe::default();
    screen.seconds_pass(60).hides("for you");
    assert_eq!(asked_for_me(&mut screen), 1);
    screen.seconds_pass(60).seconds_pass(60);
    assert_eq!(asked_for_me(&mut screen), 0, "nothing was saved since");
    screen.type_keys("1").key(Key::Esc);
    assert_eq!(asked_for_me(&mut screen), 1);
}

#[test]
fn each_deviation_says_how_bad_it_is() {
    let mut screen = supervisor();
    let one = deviations(&screen.shop).remove(0);
    let of = |(number, severity): (u32, Option<Severity>)| DeviationView {
        id: id(&format!("NCR-ASM1-{number:04}")),
        code: severity.map(|severity| CodeChosen {
            code: "DIM".to_owned(),
            text: "out of size".to_owned(),
            severity,
        }),
        ..one.clone()
    };
    let all = [Some(Severity::Critical), Some(Severity::Major), Some(Severity::Minor), None];
    screen.answers.deviations = Some((1..).zip(all).map(of).collect());
    screen.menu("5").shows("✗ critical").shows("! major").shows("minor");
    assert_snapshot!("deviations_by_severity", screen.golden());
}
