//! What takes more than a page is turned, and signed after its last page only: nobody signs what was not
//! shown to them.

use gemba::domain::deviation::{DeviationCommand, Disposition, Share};
use gemba::domain::permit::PermitWanted;
use gemba::domain::signature::Signer;
use gemba::ui::effect::{Effect, Signing};
use gemba::ui::input::Key;
use gemba::ui::parts::paged::Pages;
use gemba::ui::parts::prose::Line;
use gemba::ui::theme::Role;
use insta::assert_snapshot;

use crate::screens_floor::{bench, chosen, proposes};
use crate::screens_others::supervisor;
use crate::screens_traveler::reaching;
use crate::support::screen::{PIN, Screen};
use crate::support::shop_deviations::{FIRST, on};
use crate::support::shop_permits::{proposes_permit, wanted};

/// So many words, and how they end.
fn long(words: usize) -> String {
    let words: Vec<String> = (1..=words).map(|n| format!("word{n:03}")).collect();
    format!("{} the-end", words.join(" "))
}

/// Badge and PIN before the last page sign nothing; after it they do.
fn signs_after_the_last_page(screen: &mut Screen, badge: &str, saved: &str) {
    screen.shows("page 1 of 2").shows("The signature comes after the last page");
    screen.hides("the-end").hides("types the PIN");
    screen.asked.clear();
    screen.scan(badge).type_keys(PIN).type_keys("\n").shows("read to the last page first");
    assert!(!screen.asked.iter().any(|asked| matches!(asked, Effect::Sign(..))));
    screen.key(Key::PageDown).shows("page 2 of 2").shows("the-end").shows("types the PIN");
    // Looking back at what was read takes nothing away.
    screen.key(Key::PageUp).shows("page 1 of 2").shows("types the PIN");
    screen.type_keys(PIN).type_keys("\n").shows(saved);
}

#[test]
fn a_long_decision_is_approved_after_its_last_page() {
    let mut shop = supervisor().shop;
    let (shares, by) = (Share::all(Disposition::UseAsIs), Signer::by_badge("R. Tanaka"));
    let decides = DeviationCommand::Dispose { shares, reason: long(80), by };
    shop.does("quell", on(FIRST, decides)).later(300);
    let mut screen = Screen::signed_in(shop, "B-5003");
    screen.menu("5").type_keys("\n").shows("page 1 of 2").key(Key::PageDown);
    screen.shows("the-end").shows("Not signed");
    screen.key(Key::Enter);
    assert_snapshot!("approve_first_page", screen.golden());
    signs_after_the_last_page(&mut screen, "B-5003", "saved: NCR-ASM1-0001 approved");
}

#[test]
fn another_text_or_another_size_is_read_from_its_beginning() {
    let of = |count: u32| -> Vec<Line> {
        (0..count).map(|n| Line::of(n.to_string(), Role::Plain)).collect()
    };
    let (lines, mut pages) = (of(30), Pages::default());
    assert!(pages.is_read(&of(12), 12) && !pages.is_read(&lines, 12));
    pages.turn(lines.clone(), 12);
    assert!(!pages.is_read(&lines, 12), "the second of three");
    pages.turn(lines.clone(), 12);
    assert!(pages.is_read(&lines, 12));
    assert_eq!(
        (pages.page(&lines, 12), pages.page(&lines, 10), pages.page(&of(31), 12)),
        (2, 0, 0)
    );
    assert!(!pages.is_read(&lines, 10) && !pages.is_read(&of(31), 12));
    pages.turn(lines.clone(), 12);
    assert!(pages.page(&lines, 12) == 0 && pages.is_read(&lines, 12), "it stays read");
}

#[test]
fn a_long_permit_is_granted_after_its_last_page() {
    let mut shop = reaching("torque");
    let wanted = PermitWanted { reason: long(90), ..wanted() };
    shop.does("lind", proposes_permit(wanted));
    let mut screen = Screen::signed_in(shop, "B-5020");
    screen.choose("Permits").type_keys("1").shows("page 1 of 2").type_keys("\n");
    signs_after_the_last_page(&mut screen, "B-5020", "saved: DP-ASM1-0001 granted");
}

#[test]
fn long_notes_are_handed_over_and_accepted_after_their_last_page() {
    let mut screen = bench();
    chosen(&mut screen, "Hand-overs");
    screen.key(Key::F(5)).type_keys(&long(55)).type_keys("\n").shows("saved: handed over");
    screen.type_keys("1");
    signs_after_the_last_page(&mut screen, "B-4011", "accepted by S. Brandt");
}

#[test]
fn a_proposed_change_is_shown_to_its_last_word() {
    let mut screen = bench();
    proposes(&mut screen, &long(58));
    let mut engineer = Screen::signed_in(screen.shop, "B-5003");
    chosen(&mut engineer, "Redlines");
    engineer.type_keys("1").shows("the-end").type_keys("2").shows("Rejected. Why?");
}

#[test]
fn r08_a_disposition_names_the_units_that_were_shown() {
    let mut screen = supervisor();
    screen.menu("5").type_keys("\n").type_keys("\n").type_keys("4scratched\n");
    screen.shows("Unit").shows("Decision    scrap").shows("Why         scratched");
    assert_snapshot!("dispose_signs", screen.golden());
    screen.asked.clear();
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").shows("disposed");
    let shares = screen.asked.iter().find_map(|asked| {
        let Effect::Sign(_, _, _, Signing::Dispose { shares, .. }) = asked else { return None };
        Some(shares.clone())
    });
    let units: Vec<_> = shares.unwrap().into_iter().map(|share| share.unit).collect();
    assert_eq!(units, [Some(screen.shop.traveler.clone())], "none that joins meanwhile");
}

#[test]
fn r08_whose_signature_is_missing_is_said_when_use_as_is_was_signed() {
    let mut shop = supervisor().shop;
    shop.later(60);
    let mut screen = Screen::signed_in(shop, "B-5020");
    screen.menu("5").type_keys("\n").type_keys("\n").type_keys("1it fits\n");
    screen.scan("B-5020").type_keys(PIN).type_keys("\n");
    screen.shows("still held until").shows("engineer signs");
}
