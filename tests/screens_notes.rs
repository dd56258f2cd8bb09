//! A line of words that goes with an act, as each form looks before Enter saves it.

use gemba::domain::place::{NewsRule, PlaceAct};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use insta::assert_snapshot;

use crate::screens_revisions::surprised;
use crate::screens_traveler::reaching;
use crate::support::screen::Screen;
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;
use crate::support::shop_plan::{begin_wait, id};

/// The pump open on the screen of somebody.
fn open(shop: Shop, badge: &str) -> Screen {
    let mut screen = Screen::signed_in(shop, badge);
    screen.scan("0007");
    screen
}

#[test]
fn a_supervisor_leaves_a_step_out_and_says_why() {
    let mut screen = open(reaching("torque"), "B-4011");
    screen.choose("Skip this step").shows("Why is it left out?").type_keys("done by the robot");
    assert_snapshot!("skip", screen.golden());
    screen.type_keys("\n").shows("saved: step skipped");
}

#[test]
fn a_supervisor_accepts_a_wait_and_says_how_its_length_is_known() {
    let mut shop = reaching("cure");
    shop.does("novak", begin_wait("cure")).later(1_300).reboot();
    let mut screen = open(shop, "B-4011");
    screen.choose("Accept the wait").shows("How do you know").type_keys("oven log 7");
    assert_snapshot!("accept_wait", screen.golden());
    screen.type_keys("\n").shows("saved: wait accepted");
}

#[test]
fn r01_a_unit_is_moved_or_held_for_a_newer_revision_and_let_go_on_again() {
    let mut screen = open(surprised(NewsRule::Warn), "B-4011");
    screen.key(Key::F(10)).type_keys("2").shows("Move to the new revision").type_keys("safer");
    assert_snapshot!("move_to_the_new", screen.golden());
    screen.key(Key::Esc).key(Key::F(10)).type_keys("3").type_keys("ask engineering");
    assert_snapshot!("hold_the_unit", screen.golden());
    screen.type_keys("\n").shows("saved: the unit is on hold");
    assert_snapshot!("held_for_a_revision", screen.golden());
    screen.key(Key::Enter).shows("Why may it go on?").type_keys("engineering said so");
    assert_snapshot!("release_the_hold", screen.golden());
    screen.type_keys("\n").shows("saved: released, the unit goes on");
}

#[test]
fn what_changed_at_a_place_is_noted_where_the_instruction_asks_for_it() {
    let mut shop = plant();
    let known = shop.instructions.values().find(|known| known.id == id("WI-1040"));
    let mut ruled = (**known.unwrap()).clone();
    ruled.revision = id("D");
    ruled.rules.place_acts = vec![PlaceAct::Tool, PlaceAct::Material];
    shop.release_read(&ruled);
    shop.does("novak", TravelerCommand::Start);
    let mut screen = open(shop, "B-2107");
    screen.key(Key::F(12)).shows("Which tool?").type_keys("bit 13");
    assert_snapshot!("tool_changed", screen.golden());
    screen.type_keys("\n").shows("saved: tool changed");
    screen.choose("Material changed").shows("Which lot?").type_keys("LOT-8");
    assert_snapshot!("material_changed", screen.golden());
    screen.type_keys("\n").shows("saved: material changed");
}

#[test]
fn a_change_of_the_step_is_proposed_in_a_line() {
    let mut screen = open(reaching("torque"), "B-2107");
    screen.choose("Propose a change").type_keys("say which socket");
    assert_snapshot!("propose_a_change", screen.golden());
    screen.type_keys("\n").shows("saved: proposed to engineering");
}
