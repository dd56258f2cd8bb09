//! Small terminals: what is asked and what is warned of is seen before it is answered, every unit
//! of a signature is named, names that differ at their ends stay apart.

use gemba::domain::decide::Command;
use gemba::domain::instruction::{
    Ask, Block, CalloutLevel, Instruction, Look, SignAsk, Span, Step, StepRules,
};
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::people::Role;
use gemba::domain::signature::Meaning;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::ui::parts::canvas::fit_name;
use gemba::views::queue::{Queue, QueueRow, QueueState};
use insta::assert_snapshot;

use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_answers::{queue, unit};
use crate::support::shop::Shop;
use crate::support::shop_plan::id;
use crate::support::shop_route::{ORDER, coated_order, coating, packing, says};
use crate::support::shop_sampling::ORDERS;

const SIZES: [(u16, u16); 2] = [(80, 24), (60, 20)];
const LONG: &str = "Is the cable of the left door guided behind the bracket, free of kinks, and \
    clear of the hinge";

fn step(text: Vec<Block>, asks: Vec<Ask>) -> Instruction {
    let title = "Look at the unit".to_owned();
    let step = Step { id: id("look"), title, text, asks, rules: StepRules::default() };
    Instruction { steps: vec![step], ..coating() }
}

fn spans(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), look: Look::Plain }]
}

/// A warning and a long text, before so many checks.
fn checks(questions: impl Iterator<Item = String>) -> Instruction {
    let warning = "High voltage. Switch off and lock out before the cover is taken off.";
    let warning = Block::Callout { level: CalloutLevel::Warning, text: spans(warning) };
    let text = "Go around the unit and answer what is asked. ".repeat(9);
    let check = |question| Ask::Check { question, gauge: None, setting: None };
    step(vec![Block::Paragraph(spans(&text)), warning], questions.map(check).collect())
}

fn twenty() -> Instruction {
    checks((1..=20).map(|n| format!("Point {n} in order?")))
}

fn nine() -> Instruction {
    checks((1..=9).map(|n| format!("{LONG} at point {n}?")))
}

/// A plant of that instruction; its orders have so many units.
pub(crate) fn plant_of(instruction: &Instruction, orders: &[&str], units: usize) -> Shop {
    let mut shop = Shop::open();
    shop.release(instruction);
    shop.release(&packing());
    for order in orders {
        let serials = (1..=units).map(|n| id(&format!("{n:04}"))).collect();
        let opened = OrderOpened { units: Units::Serials(serials), ..coated_order() };
        shop.does("plan", Command::Order(id(order), OrderCommand::Open(opened)));
    }
    shop.traveler.order = id(ORDER);
    shop.share();
    shop
}

/// The unit open at its checks, so many of them answered.
fn looking(instruction: &Instruction, answered: u16, size: (u16, u16)) -> Screen {
    let mut shop = plant_of(instruction, &[ORDER], 1);
    shop.does("novak", TravelerCommand::Start);
    for n in 1..=answered {
        shop.does("novak", says("look", n, true));
    }
    let mut screen = Screen::new(shop, Looks { size, ..USUAL });
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("WO-R/0001");
    screen
}

/// What a screen shows; at the usual size in each way.
fn shown(screen: &mut Screen, size: (u16, u16)) -> String {
    if size == USUAL.size { screen.golden() } else { screen.text() }
}

#[test]
fn of_twenty_checks_the_one_that_is_asked_is_on_the_screen() {
    for size in SIZES {
        let mut screen = looking(&twenty(), 17, size);
        screen.shows("Point 18 in order?").shows("1 yes   2 no").shows("rows above");
        screen.shows("page 1 of").shows("WARNING");
        assert_snapshot!(format!("pane_twenty_{}", size.0), shown(&mut screen, size));
    }
}

#[test]
fn of_nine_long_checks_the_one_that_is_asked_is_whole_and_the_warning_stays_on_every_page() {
    for size in SIZES {
        let mut screen = looking(&nine(), 0, size);
        screen.shows("point 1?").shows("rows below");
        assert_snapshot!(format!("pane_nine_{}", size.0), shown(&mut screen, size));
        screen.shows("page 1 of").shows("! WARNING").shows("High voltage");
        screen.key(Key::PageDown).shows("page 2 of");
        screen.shows("! WARNING").shows("High voltage").shows("point 1?");
        for _ in 0..9 {
            screen.key(Key::PageUp);
        }
        screen.shows("page 1 of");
    }
}

#[test]
fn no_check_is_answered_that_is_not_on_the_screen() {
    for (instruction, count, end) in [(twenty(), 20, " in order?"), (nine(), 9, "?")] {
        for size in SIZES {
            let mut screen = looking(&instruction, 0, size);
            for n in 1..=count {
                let lead = if count == 20 { "Point" } else { "point" };
                screen.shows(&format!("{lead} {n}{end}")).shows("1 yes   2 no");
                screen.recorded();
                screen.key(Key::Char('1'));
                let asked = screen.recorded();
                assert!(
                    matches!(
                        asked.as_slice(),
                        [Command::Traveler(_, TravelerCommand::Record { ask, .. })] if *ask == n
                    ),
                    "{asked:?}"
                );
            }
            screen.shows("Enter: step done");
        }
    }
}

#[test]
fn a_question_longer_than_the_screen_is_paged_from_its_beginning() {
    let question = format!("Begins here: {} ends there?", LONG.repeat(9));
    let mut screen = looking(&checks(std::iter::once(question)), 0, (60, 20));
    screen.shows("Begins here").shows("page 1 of").shows("1 yes   2 no");
    screen.key(Key::PageDown).shows("ends there?").shows("1 yes   2 no");
}

/// Every unit of the orders is marked and their set is opened.
fn together(instruction: &Instruction, orders: &[&str], units: usize, size: (u16, u16)) -> Screen {
    let mut screen = Screen::new(plant_of(instruction, orders, units), Looks { size, ..USUAL });
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    let row = queue().here.remove(1);
    let all = orders.iter().flat_map(|order| (1..=units).map(move |n| format!("{order}/{n:04}")));
    let named =
        |name: String| QueueRow { traveler: unit(&name), state: QueueState::Ready, ..row.clone() };
    let here: Vec<QueueRow> = all.map(named).collect();
    let count = here.len();
    screen.answers.queue = Some(Queue { here, today: row.due, ..Queue::default() });
    screen.message(Message::News);
    for _ in 0..count {
        screen.key(Key::Up);
    }
    for _ in 0..count {
        screen.key(Key::Char(' '));
    }
    screen.key(Key::Enter).shows("start work on").key(Key::Enter);
    screen
}

#[test]
fn a_set_shows_the_warning_and_the_whole_question_with_the_unit_and_its_order() {
    for size in SIZES {
        let mut screen = together(&nine(), &[ORDER, ORDERS[0]], 2, size);
        screen.shows("High voltage").shows("point 1?").shows("2 no for WO-R/0001");
        assert_snapshot!(format!("pane_set_{}", size.0), shown(&mut screen, size));
    }
}

#[test]
fn a_signature_names_every_unit_with_its_order_on_pages_that_turn() {
    let role = Role::Operator;
    let sign = SignAsk { role, meaning: Meaning::Verified, not_same_person_as: Vec::new() };
    let orders = [ORDER, ORDERS[0]];
    let signed = step(Vec::new(), vec![Ask::Sign(sign)]);
    let mut screen = together(&signed, &orders, 13, (60, 20));
    screen.shows("once for 26 units").key(Key::Enter).shows("26: WO-R/0001, WO-R/0002");
    assert_snapshot!("pane_sign", screen.text());
    let mut seen = screen.text();
    for _ in 0..5 {
        seen.push_str(&screen.key(Key::PageDown).text());
    }
    for order in orders {
        for n in 1..=13 {
            let name = format!("{order}/{n:04}");
            assert!(seen.contains(&name), "{name} is nowhere in {seen}");
        }
    }
    let mut one = together(&signed, &[ORDER], 2, (60, 20));
    one.key(Key::Enter).shows("2: 0001, 0002").hides("PgDn");
}

#[test]
fn names_that_differ_at_their_ends_stay_apart_in_a_narrow_column() {
    assert_eq!(fit_name("N1-HP1-1", 5, "…"), "N1…-1");
    assert_eq!(fit_name("N1-HP1-2", 5, "…"), "N1…-2");
    assert_eq!(fit_name("0007", 5, "…"), "0007");
    assert_eq!(fit_name("N1-HP1-12", 5, ".."), "N..12");
}

#[test]
fn the_queue_keeps_units_apart_whose_names_differ_at_their_ends() {
    let mut screen = Screen::new(plant_of(&twenty(), &[ORDER], 1), USUAL);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    let row = queue().here.remove(1);
    let named = |name: &str| QueueRow { traveler: unit(name), ..row.clone() };
    let here = vec![named("WO-2026-11/N1-HP1-1"), named("WO-2026-12/N1-HP1-2")];
    screen.answers.queue = Some(Queue { here, today: row.due, ..Queue::default() });
    screen.message(Message::News);
    screen.shows(" WO-2026-11 N1-HP1-1 ").shows(" WO-2026-12 N1-HP1-2 ");
    // Longer ones give way in their middle, and the operation stays.
    let long = |n: u32| named(&format!("WO-2026-HARBOR-00{n}/LOT-2026-11-23-HP1-{n}"));
    screen.answers.queue =
        Some(Queue { here: vec![long(1), long(2)], today: row.due, ..Queue::default() });
    screen.message(Message::News);
    assert_snapshot!(screen.golden());
}
