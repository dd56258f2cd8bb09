//! What was typed, scanned or built in is put right with a reason; the first entry stays (R3, R6).

use gemba::domain::fact::Position;
use gemba::domain::ids::PersonId;
use gemba::domain::quantity::Verdict;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::entry::entry_consequences;
use gemba::domain::traveler::standing::StepStanding;
use gemba::domain::traveler::state::Attempt;

use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete, id, raises, signs, text, torque};
use crate::support::shop_route::{gap, says, types};

/// Where the entry that counts stands at an ask of a step.
fn entry(shop: &Shop, (operation, step): (u32, &str), ask: u16) -> Position {
    let state = shop.state();
    let attempt = state.standing_attempt(operation, &id(step)).unwrap();
    attempt.entry(ask, 1).unwrap().at.clone()
}

fn to(entry: Position, text: &str, reason: &str) -> TravelerCommand {
    let (text, reason) = (text.to_owned(), reason.to_owned());
    TravelerCommand::CorrectEntry { entry, text, reason }
}

/// The three entries of the first step are made: the unit, a housing by serial, a cover by lot.
fn scanned() -> Shop {
    let mut shop = Shop::reaching("scan");
    shop.does("novak", text("scan", 1, "0001")).does("novak", text("scan", 2, "H-1"));
    shop.does("novak", text("scan", 3, "LOT-7"));
    shop
}

/// What counts at an ask, and how much was ever recorded there.
fn counts(shop: &Shop, at: (u32, &str), ask: u16) -> (String, usize) {
    let state = shop.state();
    let attempt = state.standing_attempt(at.0, &id(at.1)).unwrap();
    let all = attempt.entries.iter().filter(|entry| entry.ask == ask).count();
    (attempt.entry(ask, 1).unwrap().text().unwrap().to_owned(), all)
}

#[test]
fn r03_a_component_scanned_wrong_is_put_right_by_its_author_and_both_stay() {
    let mut shop = scanned();
    let wrong = entry(&shop, (20, "scan"), 2);
    shop.does("novak", to(wrong.clone(), " H-2 ", "the label beside it"));
    assert_eq!(counts(&shop, (20, "scan"), 2), ("H-2".to_owned(), 2));
    let state = shop.state();
    let entries = &state.attempts[0].entries;
    let corrects = entries.last().unwrap().corrects.as_deref().unwrap();
    assert_eq!((&corrects.entry, corrects.reason.as_str()), (&wrong, "the label beside it"));
    assert_eq!(entries[1].text(), Some("H-1"), "the first one is as it was");
    // The wrong one counts no more, so it is not corrected again; it is free to be built in.
    assert_eq!(shop.codes("novak", to(wrong, "H-3", "again")), ["R20"]);
    let right = entry(&shop, (20, "scan"), 2);
    shop.does("novak", to(right, "H-1", "it was right"));
    shop.does("novak", complete("scan"));
}

#[test]
fn r03_after_its_step_the_author_a_supervisor_or_quality_puts_an_entry_right() {
    for who in ["novak", "brandt", "quell"] {
        let mut shop = scanned();
        shop.does("novak", complete("scan"));
        let wrong = entry(&shop, (20, "scan"), 2);
        shop.does(who, to(wrong, "H-2", "read off the housing"));
        assert_eq!(shop.state().step_standing(20, &id("scan")), StepStanding::Done);
        let state = shop.state();
        let who: PersonId = id(who);
        let people = state.performers((20, &id("scan")));
        assert!(people.contains(&who), "{who} stands for it now");
    }
    let mut shop = scanned();
    let wrong = entry(&shop, (20, "scan"), 2);
    assert_eq!(shop.codes("brandt", to(wrong.clone(), "H-2", "x")), ["R02", "P04", "P07"]);
    assert_eq!(shop.codes("ito", to(wrong.clone(), "H-2", "x")), ["R02"]);
    shop.does("novak", complete("scan"));
    assert_eq!(shop.codes("ito", to(wrong, "H-2", "x")), ["R21"]);
}

#[test]
fn r03_a_correction_of_an_entry_is_refused_for_every_reason_at_once() {
    let mut shop = scanned();
    let (scan, housing) = (entry(&shop, (20, "scan"), 1), entry(&shop, (20, "scan"), 2));
    assert_eq!(shop.codes("novak", to(housing.clone(), "H-1 ", " ")), ["R08", "R04"]);
    assert_eq!(shop.codes("novak", to(scan, "0002", "")), ["R08", "R07"]);
    assert_eq!(shop.codes("novak", to(housing.clone(), "", "x")), ["R08"]);
    let cover = entry(&shop, (20, "scan"), 3);
    shop.does("novak", to(cover, "LOT-8", "the other rack"));
    shop.does("novak", complete("scan")).does("novak", answer("clean", 1, true));
    let checked = entry(&shop, (20, "clean"), 1);
    assert_eq!(shop.codes("novak", to(checked, "x", "x")), ["R01"], "an answer is no text");
    let unknown = Position::parse("ledger-ASM1.1.9999").unwrap();
    assert_eq!(shop.codes("novak", to(unknown, "x", "x")), ["R01"]);
}

#[test]
fn r03_while_a_unit_is_held_a_wrong_entry_is_put_right_but_not_while_a_value_is_typed_again() {
    let mut shop = Shop::reaching("clean");
    let housing = entry(&shop, (20, "scan"), 2);
    shop.does("novak", raises("clean"));
    shop.does("novak", to(housing, "H-9", "scanned the old one"));
    let mut shop = Shop::reaching("torque");
    let housing = entry(&shop, (20, "scan"), 2);
    shop.does("novak", torque(1, "27.3"));
    assert_eq!(shop.codes("novak", to(housing, "H-9", "x")), ["H03"]);
}

#[test]
fn r03_an_entry_corrected_after_it_was_signed_is_signed_again() {
    let mut shop = Shop::reaching("release");
    shop.does("okafor", signs("release", 1)).does("novak", complete("release"));
    let housing = entry(&shop, (20, "scan"), 2);
    let known = shop.instructions.clone();
    let told = entry_consequences(&shop.state(), &housing, ("H-9", &known)).unwrap();
    assert_eq!((told.from, told.to, told.holds()), (None, None, false));
    let steps: Vec<_> = told.uncovered.iter().map(|u| (u.operation, u.step.as_str())).collect();
    assert_eq!(steps, [(20, "release")]);
    shop.does("brandt", to(housing, "H-9", "read off the housing"));
    assert_eq!(shop.state().step_standing(20, &id("release")), StepStanding::Begun);
    assert_eq!(shop.codes("novak", complete("release")), ["T12"]);
    shop.does("okafor", signs("release", 1)).does("novak", complete("release"));
}

#[test]
fn r03_a_condition_that_rests_on_an_entry_is_decided_anew_when_it_is_corrected() {
    let mut shop = Shop::coating();
    let layered = |shop: &mut Shop, steps: &str| {
        shop.does("novak", says("view", 1, false)).does("novak", types("view", 2, "Red"));
        shop.does("novak", gap("0.03")).does("novak", types("view", 4, steps));
    };
    layered(&mut shop, "2");
    shop.does("novak", crate::support::shop_route::done("view"));
    let layers = entry(&shop, (10, "view"), 4);
    let known = shop.instructions.clone();
    let told = entry_consequences(&shop.state(), &layers, ("3", &known)).unwrap();
    assert_eq!(told.turned, [], "nothing rests on the layers");
    let state = shop.state();
    let (at, read) = state.attempts.iter().flat_map(Attempt::readings).next().unwrap();
    let again = (read.value(), &known);
    let told = gemba::domain::traveler::correction::consequences(&state, &at.at, again).unwrap();
    assert_eq!((told.from, told.turned), (told.to, Vec::new()), "the same value turns nothing");
    assert_eq!(shop.codes("novak", to(layers.clone(), "1,250", "x")), ["R05"]);
    shop.does("novak", to(layers, "3", "counted again"));
    let state = shop.state();
    assert_eq!(state.tally().corrections, 0, "no reading was corrected");
    assert!(
        state
            .attempts
            .iter()
            .flat_map(Attempt::readings)
            .all(|(_, r)| { r.verdict() == Some(Verdict::Pass) && r.corrections.is_empty() })
    );
}

#[test]
fn r03_two_stations_that_correct_an_entry_unseen_agree_which_one_counts() {
    let mut shop = scanned();
    shop.share();
    let wrong = entry(&shop, (20, "scan"), 2);
    shop.at("ASM1").does("novak", to(wrong.clone(), "H-2", "read again"));
    shop.at("ASM2").place("ASM-1").does("novak", to(wrong, "H-3", "read again"));
    shop.share();
    let here = shop.at("ASM1").state();
    assert_eq!(here, shop.at("ASM2").state());
    assert_eq!(counts(&shop, (20, "scan"), 2), ("H-3".to_owned(), 3));
}
