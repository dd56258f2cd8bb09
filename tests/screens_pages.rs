//! What stays and what goes when a page turns: messages, half-typed words; and what is told before a
//! form is filled in.

use gemba::domain::decide::Command;
use gemba::domain::deviation::DeviationCommand;
use gemba::domain::people::Action;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key};
use gemba::ui::keys::Act;
use gemba::ui::may::takes;
use gemba::ui::message::{Message, PinStands, SignInTrouble};
use gemba::views::link::Link;
use gemba::views::queue::Queue;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::screens_review::judged;
use crate::screens_traveler::at;
use crate::support::screen::{PIN, Screen};
use crate::support::screen_answers::queue;
use crate::support::screen_plant::plant;
use crate::support::shop_plan::id;

#[test]
fn what_was_saved_is_still_said_on_the_next_page() {
    let mut screen = at("clean");
    screen.type_keys("1").shows("saved yes").key(Key::F(7)).shows("saved yes");
    screen.key(Key::Esc).shows("saved yes").key(Key::Esc).shows("Work here").shows("saved yes");
}

#[test]
fn what_was_said_about_a_page_goes_with_it() {
    let mut screen = at("torque");
    screen.scan("TW-07").type_keys("abc\n").shows("not saved");
    // The menu lies over the page, which is still there below it.
    screen.key(Key::Menu).shows("not saved").key(Key::Esc).shows("not saved");
    screen.key(Key::Esc).shows("Work here").hides("not saved");
}

#[test]
fn a_refusal_is_not_said_any_longer_once_it_was_read() {
    let mut screen = Screen::signed_in(plant(), "B-4011");
    screen.scan("0008").type_keys("\n").shows("This was not saved").shows("not saved: refused");
    screen.key(Key::Esc).hides("not saved: refused");
}

#[test]
fn half_typed_words_come_back_marked_and_are_taken_or_replaced() {
    let open = |screen: &mut Screen| {
        screen.key(Key::F(2)).shows("What is wrong?");
    };
    let mut screen = at("torque");
    open(&mut screen);
    screen.type_keys("a scratch").hides("kept").key(Key::Esc).hides("What is wrong?");
    open(&mut screen);
    screen.shows("a scratch").shows("kept: Enter or type anew");
    assert_snapshot!("kept", screen.golden());
    // What is typed next takes its place; a key that edits keeps it.
    screen.type_keys("b").hides("a scratch").hides("kept").key(Key::Backspace).type_keys("a burr");
    screen.key(Key::Esc);
    open(&mut screen);
    screen.shows("a burr").key(Key::End).hides("kept").type_keys("s").shows("a burrs");
    screen.key(Key::Esc);
    open(&mut screen);
    screen.recorded();
    screen.type_keys("\n").shows("deviation raised");
    let note = "a burrs".to_owned();
    let raised = screen.recorded();
    let [Command::Traveler(_, TravelerCommand::RaiseDeviation { raise, .. })] = raised.as_slice()
    else {
        panic!("{raised:?}")
    };
    assert_eq!(raise.note, note);
}

#[test]
fn r13_a_half_typed_value_is_never_joined_to_the_next_one() {
    let mut screen = at("torque");
    screen.scan("TW-07").type_keys("27.").key(Key::Esc).shows("Work here");
    screen.scan("0007").shows("27.").shows("kept").type_keys("25.1\n").shows("saved 25.1");
}

#[test]
fn a_scan_that_takes_back_its_first_characters_leaves_what_was_kept_as_it_was() {
    let mut screen = at("torque");
    screen.key(Key::F(2)).type_keys("a scratch").key(Key::Esc).key(Key::F(2)).shows("kept");
    screen.type_keys("TW").hides("a scratch");
    screen.message(Message::Input(Input::TakeBack(2)));
    screen.shows("a scratch").shows("kept");
}

#[test]
fn r07_who_may_not_dispose_is_told_before_the_form_and_somebody_else_signs_there() {
    let mut screen = supervisor();
    let shop = screen.shop.clone();
    screen = Screen::signed_in(shop, "B-2107");
    screen.choose("Deviations").type_keys("1").shows("NCR-ASM1-0001").type_keys("\n");
    screen.shows("A. Novak (B-2107) has no role that may dispose a deviation.").shows("P04");
    assert_snapshot!("not_for_an_operator", screen.golden());
    screen.key(Key::Esc).hides("What becomes of the unit?").type_keys("\n");
    // The supervisor comes here and signs with the own badge; the operator stays signed in.
    screen.type_keys("\n").shows("What becomes of the unit?").type_keys("21wrong part\n");
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").shows("saved: NCR-ASM1-0001 disposed");
    screen.shows("A. Novak");
}

#[test]
fn r07_what_a_role_can_never_do_is_told_when_it_is_chosen() {
    let mut screen = at("torque");
    screen.recorded();
    screen.choose("Accept the wait").shows("This is not for you to do").shows("P04");
    screen.shows("call one of: supervisor").hides("How do you know");
    assert!(screen.recorded().is_empty());
    screen.key(Key::Esc).hides("nothing was done");
}

#[test]
fn r07_an_operator_is_told_at_once_that_the_server_is_answered_by_others() {
    let (mut screen, _) = judged("B-2107");
    screen.choose("Shift board").type_keys("1").shows("Does work go on?").type_keys("1");
    screen.shows("This is not for you to do").shows("call one of: supervisor");
    screen.key(Key::Esc).shows("Does work go on?");
}

/// What the page says of an act is what the rule says: whoever is told no would be refused, and
/// whoever is not told no would not be refused for their role.
#[test]
fn r07_what_is_told_of_containing_and_closing_is_what_the_rule_says() {
    for badge in ["B-2107", "B-3052", "B-4011", "B-5020"] {
        for (act, command) in [
            (
                Act::Contain,
                DeviationCommand::Contain { action: "set aside".to_owned(), to_do: None },
            ),
            (Act::CloseDeviation, DeviationCommand::Close { note: "done".to_owned() }),
        ] {
            let screen = Screen::signed_in(supervisor().shop, badge);
            let person = crate::support::screen_answers::BADGES.iter().find(|(b, ..)| *b == badge);
            let (_, who, _, role) = person.unwrap();
            let told = !takes(act).iter().any(|action: &Action| action.roles().contains(role));
            let mut shop = screen.shop;
            let deviation = Command::Deviation(id("NCR-ASM1-0001"), command);
            let refused = shop.tries(who, deviation).err();
            let for_role = refused
                .is_some_and(|refusal| refusal.reasons.iter().any(|reason| reason.code() == "P04"));
            assert_eq!(told, for_role, "{badge} {act:?}");
        }
    }
}

#[test]
fn r05_who_begins_nothing_sees_no_unit_as_ready() {
    let mut screen = Screen::signed_in(plant(), "B-4011");
    let what = "S. Brandt (B-4011) has no role that may perform steps.".into();
    let next = "call one of: operator, inspector".into();
    let looks = Some(gemba::domain::refusal::told::Told { code: "P04", what, next });
    screen.answers.queue = Some(Queue { looks, ..queue() });
    screen.message(Message::News);
    screen.shows("You only look: S. Brandt").shows("for others to do").hides("ready");
}

#[test]
fn my_pin_is_changed_from_the_menu_at_any_time() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.choose("Change my PIN");
    screen.shows("Type the PIN that you have now").shows("changed online only");
    assert_snapshot!("change_my_pin", screen.golden());
    screen.type_keys(PIN).hides(PIN).type_keys("\n").shows("Type the new PIN twice");
    screen.type_keys("604713\n604731\n").shows("these were not the same");
    screen.asked.clear();
    screen.type_keys("604713\n604713\n").shows("saved: your PIN is changed").shows("Work here");
    let changed = screen.asked.iter().any(|effect| {
        matches!(effect, Effect::ChangePin(_, badge, pin)
            if badge == "B-2107" && pin.before.0 == PIN && pin.new.0 == "604713")
    });
    assert!(changed, "the server is asked");
}

#[test]
fn a_pin_is_changed_before_anybody_is_signed_in_and_signs_in() {
    let mut screen = Screen::new(plant(), crate::support::screen::USUAL);
    screen.choose("Change my PIN").shows("Scan your badge");
    screen.scan("B-2107").type_keys(PIN).type_keys("\n604713\n604713\n");
    screen.shows("saved: your PIN is changed; signed in: A. Novak").shows("Work here");
    screen.key(Key::Esc).shows("Scan your badge, or type it");
}

#[test]
fn without_the_server_it_is_said_first_that_a_pin_is_changed_online_only() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    let link = Link { connected: false, ..Link::default() };
    screen.message(Message::Link(link));
    screen.choose("Change my PIN").shows("the server is not reached now");
    assert_snapshot!("change_my_pin_offline", screen.golden());
}

#[test]
fn a_pin_that_is_not_changed_says_so_and_asks_for_the_one_before_again() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    screen.choose("Change my PIN").type_keys("111111\n604713\n604713\n");
    screen.shows("your PIN is as it was").shows("P31").shows("Type the PIN that you have now");
    // Nobody else's is changed here.
    screen.scan("B-3052").shows("only your own PIN is changed here");
    screen.key(Key::Esc).shows("Work here").hides("your PIN is as it was");
}

#[test]
fn of_a_pin_that_may_hold_though_it_lets_nobody_in_nobody_says_that_it_is_as_it_was() {
    for (stands, said) in [
        (PinStands::Changed, "saved: your PIN is changed; sign in with it"),
        (PinStands::Unknown, "your PIN may be changed: try the new one, then the one before"),
    ] {
        let mut screen = Screen::signed_in(plant(), "B-2107");
        screen.choose("Change my PIN").type_keys(PIN).type_keys("\n");
        screen.store_hangs = true;
        screen.type_keys("604713\n604713\n").shows("changing your PIN at the server");
        let asked = screen.asked.iter().find_map(|effect| {
            let Effect::ChangePin(ticket, ..) = effect else { return None };
            Some(*ticket)
        });
        let answer = Err(SignInTrouble::Pin(stands));
        screen.message(Message::SignedIn(asked.expect("the server is asked"), answer));
        screen.shows(said).hides("as it was").shows("Type the PIN that you have now");
    }
}
