//! The screens around the work, as they look.

use std::collections::BTreeMap;

use gemba::domain::people::Action;
use gemba::domain::refusal::signing::SigningReason;
use gemba::domain::refusal::{Reason, Refusal};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::sync::retry::Stop;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::views::link::{Link, SignInNews, SyncView};
use gemba::views::queue::Queue;
use insta::assert_snapshot;

use crate::screens_traveler::{at, reaching, torque, torquing};
use crate::support::ours::ours;
use crate::support::screen::{Looks, Screen, USUAL};
use crate::support::screen_answers::queue;
use crate::support::screen_link::offline;
use crate::support::screen_plant::plant;
use crate::support::shop_plan::id;

/// A unit with a deviation that waits, and the supervisor at the bench.
pub(crate) fn supervisor() -> Screen {
    let mut shop = reaching("torque");
    shop.does("novak", torque(1, "24.8")).does("novak", torque(2, "27.3"));
    let retype = shop.retype(2, "27.3");
    shop.does("novak", retype).later(1080);
    Screen::signed_in(shop, "B-4011")
}

fn demo() -> SignInNews {
    let person = |name: &str, role: &str, badge: &str| {
        (name.to_owned(), role.to_owned(), badge.to_owned(), "482913".to_owned())
    };
    SignInNews {
        site: "Harbor plant".to_owned(),
        place: String::new(),
        lines: vec![
            ours("1 unit is on hold"),
            ours("! calibration overdue: {names}").and("names", "TW-08"),
        ],
        demo_people: vec![
            person("A. Novak", "operator", "B-2107"),
            person("L. Haas", "operator", "B-2114"),
            person("M. Okafor", "inspector", "B-3052"),
            person("S. Brandt", "supervisor", "B-4011"),
            person("J. Lindqvist", "engineer", "B-5003"),
            person("R. Tanaka", "quality", "B-5020"),
            person("C. Moreau", "planner", "B-6001"),
        ],
    }
}

#[test]
fn sign_in_asks_for_the_badge() {
    let mut screen = Screen::new(plant(), USUAL);
    assert_snapshot!(screen.golden());
}

#[test]
fn sign_in_hides_the_pin() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.scan("B-2107").type_keys("482913");
    screen.hides("482913");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_wrong_pin_says_no_more_than_that() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.scan("B-2107").type_keys("000000\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_lock_out_says_how_long() {
    let mut screen = Screen::new(plant(), USUAL);
    let locked = SigningReason::StationLocked { seconds: 120 };
    screen.answers.sign_in_refused = Some(Refusal::one(locked.into()));
    screen.scan("B-2107").type_keys("482913\n");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_demo_says_whom_to_try() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.answers.news = demo();
    screen.message(Message::News);
    assert_snapshot!(screen.golden());
}

#[test]
fn another_person_takes_over_by_a_badge() {
    let mut screen = torquing();
    screen.scan("B-3052");
    assert_snapshot!(screen.golden());
}

#[test]
fn the_queue_says_what_is_ready_and_why_not_the_rest() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.key(Key::Down);
    assert_snapshot!(screen.golden());
}

#[test]
fn enter_on_a_stopped_unit_says_every_reason_and_opens_it_all_the_same() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    for _ in 0..5 {
        screen.key(Key::Down);
    }
    screen.type_keys("\n");
    assert_snapshot!(screen.golden());
    screen.key(Key::Esc).shows("filter");
    screen
        .key(Key::Up)
        .type_keys("\n")
        .shows("a supervisor disposes NCR-ASM2-0042 (use as is: quality or engineer)");
    screen.type_keys("\n").shows("WO-1879/0003");
}

#[test]
fn who_performs_nothing_is_told_so_once() {
    let mut screen = Screen::signed_in(plant(), "B-4011");
    let (person, action) = (id("brandt"), Action::Perform);
    let names = BTreeMap::from([(id("brandt"), "S. Brandt (B-4011)".to_owned())]);
    let looks = Reason::RoleMissing { person, action }.told(&names);
    screen.answers.queue = Some(Queue { looks: Some(looks), ..queue() });
    screen.message(Message::News);
    assert_snapshot!(screen.golden());
}

#[test]
fn the_queue_is_filtered_by_typing() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.type_keys("shaft");
    assert_snapshot!(screen.golden());
    screen.type_keys("x").shows("Nothing fits the filter");
}

#[test]
fn a_long_queue_turns_its_pages() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let mut long = queue();
    let ready = long.here[1].clone();
    for n in 100..130 {
        let mut row = ready.clone();
        row.traveler = crate::support::screen_answers::unit(&format!("WO-1881/0{n}"));
        long.here.push(row);
    }
    screen.answers.queue = Some(long);
    screen.message(Message::News).key(Key::PageDown);
    assert_snapshot!(screen.golden());
}

#[test]
fn an_empty_queue_says_so() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.answers.queue = Some(Queue::default());
    screen.message(Message::News);
    assert_snapshot!(screen.golden());
}

#[test]
fn a_terminal_without_a_place_asks_for_one() {
    let mut shop = plant();
    shop.place("");
    let mut screen = Screen::signed_in(shop, "B-2107");
    assert_snapshot!(screen.golden());
    screen.scan("ASM-2").shows("4 units ready");
}

#[test]
fn the_menu_numbers_every_action_of_a_step() {
    let mut screen = torquing();
    screen.key(Key::Menu);
    assert_snapshot!("menu_page_1", screen.golden());
    screen.type_keys("9");
    assert_snapshot!("menu_page_2", screen.golden());
    screen.type_keys("9");
    assert_snapshot!("menu_page_3", screen.golden());
}

#[test]
fn help_lists_what_the_step_can_do() {
    let mut screen = torquing();
    screen.key(Key::F(1));
    assert_snapshot!(screen.golden());
}

#[test]
fn a_deviation_by_hand_asks_what_is_wrong() {
    let mut screen = torquing();
    screen.key(Key::F(2)).type_keys("scratch on the flange");
    assert_snapshot!(screen.golden());
    screen.type_keys("\n");
    screen.shows("NCR-ASM1-0001");
}

#[test]
fn a_value_is_corrected_with_a_reason() {
    let mut screen = torquing();
    screen.key(Key::F(5));
    assert_snapshot!("correct_which", screen.golden());
    screen.type_keys("2").type_keys("25.4\nread it wr");
    assert_snapshot!("correct_why", screen.golden());
    screen.type_keys("ong\n").hides("corrected to");
    assert_snapshot!("correct_what_follows", screen.golden());
    screen.type_keys("\n").shows("2: 25.1 N·m corrected to 25.4 N·m (read it wrong)");
}

#[test]
fn r03_what_was_scanned_is_corrected_with_a_reason() {
    let mut screen = torquing();
    screen.key(Key::F(5)).shows("LOT-7");
    let row = screen.text().lines().find(|line| line.contains("LOT-7")).map(str::to_owned).unwrap();
    let number = row.split_whitespace().find(|word| word.parse::<u8>().is_ok()).unwrap().to_owned();
    screen.type_keys(&number).type_keys("LOT-8\nwrong box\n").shows("LOT-7 becomes LOT-8");
    screen.type_keys("\n").shows("saved: value corrected, the first one is kept");
    screen.key(Key::F(5)).shows("LOT-8").hides("LOT-7");
}

#[test]
fn a_refusal_lists_every_reason() {
    let mut shop = reaching("torque");
    shop.place("INC-1");
    let mut screen = Screen::signed_in(shop, "B-2114");
    screen.key(Key::Down).key(Key::Up).type_keys("\n");
    screen.scan("TW-07").type_keys("25\n");
    assert_snapshot!(screen.golden());
    screen.key(Key::Esc).shows("1 of 4  25▌");
}

#[test]
fn the_board_names_the_silent_place() {
    let mut screen = supervisor();
    screen.menu("4");
    assert_snapshot!(screen.golden());
}

#[test]
fn the_list_of_deviations_says_what_waits() {
    let mut screen = supervisor();
    screen.menu("5");
    assert_snapshot!(screen.golden());
}

#[test]
fn a_deviation_is_disposed_with_rework_by_step_number() {
    let mut screen = supervisor();
    screen.menu("5").type_keys("\n");
    assert_snapshot!("deviation", screen.golden());
    screen.key(Key::Enter);
    assert_snapshot!("dispose_what", screen.golden());
    screen.type_keys("2");
    assert_snapshot!("dispose_from_which_step", screen.golden());
    screen.type_keys("4").type_keys("bolts overtight");
    assert_snapshot!("dispose_why", screen.golden());
    screen.type_keys("ened\n");
    // The first signature of the session takes the badge too.
    screen.scan("B-4011").type_keys("482913");
    assert_snapshot!("dispose_sign", screen.golden());
    screen.type_keys("\n");
    assert_snapshot!("disposed", screen.golden());
}

#[test]
fn a_wrong_pin_disposes_nothing() {
    let mut screen = supervisor();
    screen.menu("5").type_keys("\n").key(Key::Enter).type_keys("4too late\n");
    screen.scan("B-4011").type_keys("000000\n");
    screen.shows("not signed: The badge or PIN is wrong").shows("Decision    scrap");
}

#[test]
fn the_reader_turns_step_by_step() {
    let mut screen = torquing();
    screen.key(Key::F(7));
    assert_snapshot!(screen.golden());
    screen.key(Key::Down).shows("step 6 of 8");
}

#[test]
fn looking_back_shows_what_stands_recorded_and_records_nothing() {
    let mut screen = torquing();
    screen.asked.clear();
    screen.key(Key::F(7)).shows("recorded: 24.8 N·m ✓, 25.1 N·m ✓");
    for _ in 0..4 {
        screen.key(Key::Up);
    }
    screen.shows("step 1 of 8").shows("recorded: 0007");
    for key in [Key::Enter, Key::Char('1'), Key::Char('2'), Key::Char(' '), Key::Tab, Key::F(5)] {
        screen.key(key);
    }
    screen.scan("H-9999").key(Key::Esc).key(Key::Esc);
    assert_eq!(screen.recorded(), Vec::new());
}

#[test]
fn definitions_say_what_is_complete() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.menu("6");
    assert_snapshot!(screen.golden());
    screen.type_keys("\n").shows("WI-1040").key(Key::F(7)).shows("WI-1040 rev C");
}

#[test]
fn places_are_chosen_by_a_digit() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.menu("7");
    screen.shows("Where do you work?").hides("More");
    assert_snapshot!(screen.golden());
    screen.type_keys("3").shows("INC-1  Harbor plant");
}

#[test]
fn sync_says_what_is_saved_and_what_is_at_the_server() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let sync = offline(&screen.shop);
    screen.message(Message::Link(sync.link.clone()));
    screen.answers.sync = Some(sync);
    screen.menu("8");
    assert_snapshot!(screen.golden());
}

#[test]
fn orders_that_are_over_and_not_here_are_told_with_what_fetches_them() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let sync = SyncView { not_here: 412, ..offline(&screen.shop) };
    screen.answers.sync = Some(sync);
    screen.menu("8");
    screen.shows("412 streams of orders that are over").shows("gemba sync --whole");
}

#[test]
fn a_clock_that_is_minutes_from_the_servers_is_told_with_what_to_do() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let mut sync = offline(&screen.shop);
    sync.link.clock_apart_s = Some(-181);
    screen.answers.sync = Some(sync);
    screen.menu("8");
    screen.shows("Clock off").shows("3 min from the server's → set the clock that is wrong");
}

#[test]
fn what_stopped_an_exchange_is_told_to_its_end_with_what_to_do() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let mut sync = offline(&screen.shop);
    sync.link.stopped = true;
    sync.link.trouble = Some(Stop::Fork { seq: 4_301 }.to_string());
    sync.link.otherwise = vec!["feed work-center/ASM up to 20417".to_owned()];
    screen.message(Message::Link(sync.link.clone()));
    screen.answers.sync = Some(sync);
    screen.menu("8");
    screen.shows("gemba station recover");
    assert_snapshot!(screen.golden());
}

#[test]
fn the_link_says_how_the_station_stands() {
    let mut screen = torquing();
    for (link, words) in [
        (Link { connected: true, ..Link::default() }, "● at server  0 waiting"),
        (Link { connected: true, waiting: 3, ..Link::default() }, "◐ server     3 waiting"),
        (
            Link { connected: true, clock_apart_s: Some(-181), ..Link::default() },
            "! clock off  0 waiting",
        ),
        (Link { waiting: 12, ..Link::default() }, "○ no server 12 waiting"),
        (Link { stopped: true, waiting: 12, ..Link::default() }, "✗ sync stopped  12 waiting"),
    ] {
        screen.message(Message::Link(link)).shows(words);
    }
}

#[test]
fn a_small_window_says_so_and_keeps_its_state() {
    let mut screen = Screen::new(plant(), Looks { size: (39, 24), ..USUAL });
    assert_snapshot!(screen.golden());
}

#[test]
fn the_smallest_window_still_shows_the_field_that_takes_the_value() {
    let mut screen = Screen::new(reaching("torque"), Looks { size: (60, 20), ..USUAL });
    screen.message(Message::Input(Input::Resize { columns: 60, rows: 20 }));
    screen.scan("B-2107").type_keys("482913\n").scan("0007").scan("TW-07").type_keys("24");
    assert!(screen.text().contains("24▌"), "{}", screen.text());
    assert_snapshot!(screen.text());
}

#[test]
fn where_there_are_no_colors_what_fails_stands_out() {
    let looks = Looks { theme: "mono", ascii: true, ..USUAL };
    let mut screen = Screen::new(reaching("torque"), looks);
    screen.scan("B-2107").type_keys("482913\n").scan("0007").scan("TW-07").type_keys("27.3\n");
    assert!(screen.stands_out("X This value is outside its limits"), "bold or reversed");
    assert!(!screen.has_colors());
}

#[test]
fn skipping_is_refused_to_an_operator_before_it_asks_why() {
    let mut screen = at("torque");
    screen.choose("Skip this step").hides("Why is it left out?").shows("call one of: supervisor");
    assert_snapshot!(screen.golden());
}

#[test]
fn starting_twice_is_refused_in_words() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.scan("0007");
    screen.shop.does("novak", TravelerCommand::Start);
    screen.type_keys("\n").shows("This unit was started already.");
}
