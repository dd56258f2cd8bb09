//! The text of the work in the person's language, where it was released in it.

use gemba::domain::fact::Fact;
use gemba::domain::kinds::FactBody;
use gemba::domain::language::Language;
use gemba::domain::translation::LanguageCode;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::screen_plant::{plant, plant_in_german};
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, at, complete, text};

/// The pump before its cover is set down.
fn reaching_cover(mut shop: Shop) -> Shop {
    shop.does("novak", TravelerCommand::Start);
    shop.does("novak", text("pump", 1, "0007")).does("novak", complete("pump"));
    shop.does("novak", text("parts", 1, "H-2209")).does("novak", text("parts", 2, "LOT-7"));
    shop.does("novak", complete("parts")).does("novak", answer("clean", 1, true));
    shop.does("novak", complete("clean"));
    shop
}

/// The unit on the screen of somebody who reads this language.
fn read_in(shop: Shop, language: Language) -> Screen {
    let mut screen = Screen::new(shop, USUAL);
    screen.language = Some(language);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007");
    screen
}

/// In which language the last completed step was read, as its fact says.
fn completed_in(shop: &Shop) -> Option<LanguageCode> {
    let facts = shop.stations[0].written.iter().rev();
    let bodies = facts.map(|sent| Fact::read(&sent.written.bytes).unwrap().body);
    let mut found = bodies.filter_map(|body| {
        let FactBody::Traveler(TravelerFact::StepCompleted { read_in, .. }) = body else {
            return None;
        };
        Some(read_in)
    });
    found.next().expect("a completed step")
}

#[test]
fn a_step_is_read_in_the_language_of_the_person_and_the_record_says_so() {
    let mut screen = read_in(reaching_cover(plant_in_german()), Language::German);
    assert_snapshot!("a_step_in_german", screen.text());
    screen.type_keys("1\n");
    assert_eq!(completed_in(&screen.shop), LanguageCode::parse("de"));
}

#[test]
fn whoever_reads_english_gets_the_text_as_it_is_written() {
    let mut screen = read_in(reaching_cover(plant_in_german()), Language::English);
    screen.shows("Does the cover sit flat on both dowels?").shows("WI-1040 rev C  step 4 of 8");
    screen.type_keys("1\n");
    assert_eq!(completed_in(&screen.shop), None);
}

#[test]
fn a_text_that_was_not_released_in_the_language_is_shown_as_it_is_written_and_told() {
    let mut screen = read_in(reaching_cover(plant()), Language::German);
    screen.shows("WI-1040 Rev. C, nur en").shows("Does the cover sit flat on both dowels?");
    screen.type_keys("1\n");
    assert_eq!(completed_in(&screen.shop), None);
}

#[test]
fn the_reader_turns_to_each_language_of_a_revision() {
    let mut screen = read_in(reaching_cover(plant_in_german()), Language::German);
    screen.key(Key::F(7));
    assert_snapshot!("the_reader_in_german", screen.text());
    screen.key(Key::Tab).shows("Place the cover").shows("Text in en, freigegeben auch in de");
    screen.key(Key::Tab).shows("Deckel aufsetzen");
}

#[test]
fn who_approves_reads_title_and_operation_of_each_language_on_the_first_page() {
    let mut screen = read_in(reaching_cover(plant_in_german()), Language::German);
    screen.key(Key::F(7)).hides("AG 20 Montage");
    screen.key(Key::Up).key(Key::Up).key(Key::Up).shows("AG 20 Montage");
    screen.key(Key::Tab).shows("AG 20 Assembly").shows("Fit and torque the pump cover");
}

#[test]
fn r02_what_was_not_released_was_read_by_nobody() {
    let mut shop = reaching_cover(plant_in_german());
    shop.does("novak", answer("cover", 1, true));
    let read_in = LanguageCode::parse("fr");
    shop.does("novak", TravelerCommand::CompleteStep { at: at("cover"), read_in });
    assert_eq!(completed_in(&shop), None);
}
