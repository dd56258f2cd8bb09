//! What a screen says of drafts that the store could not keep, and to whom (R13).

use std::num::NonZeroU32;

use gemba::ui::effect::Effect;
use gemba::ui::message::Message;

use crate::screens_rules::THIRD_BOLT;
use crate::screens_traveler::torquing;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_plant::plant;

#[test]
fn r13_what_is_typed_and_not_kept_is_told_once_and_once_that_it_is_again() {
    let mut screen = torquing();
    let beeps = |screen: &Screen| screen.asked.iter().filter(|e| **e == Effect::Beep).count();
    let before = beeps(&screen);
    let full = || Message::DraftsKept(Err("the disk is full".to_owned()));
    screen.type_keys("24").message(full()).shows("what you type is not kept yet");
    screen.shows("saved is safe").message(full()).message(full());
    assert_eq!(beeps(&screen), before + 1);
    screen.message(Message::DraftsKept(Ok(()))).shows("kept again").hides("not kept");
}

#[test]
fn r13_whoever_signs_in_after_somebody_whose_typing_is_not_kept_is_told_anew() {
    let looks = Looks { idle_lock_min: NonZeroU32::MIN, ..USUAL };
    let mut screen = Screen::new(plant(), looks);
    let full = || Message::DraftsKept(Err("the disk is full".to_owned()));
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("Work here");
    screen.message(full()).shows("what you type is not kept yet");
    screen.seconds_pass(1).seconds_pass(60).shows("what you typed is not kept yet");
    screen.message(full()).shows("what was typed last is not kept yet");
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("Work here").hides("not kept yet");
    screen.message(full()).shows("what you type is not kept yet");
}

#[test]
fn r13_a_lock_that_could_not_keep_what_was_typed_says_so_once_that_is_known() {
    let looks = Looks { idle_lock_min: NonZeroU32::MIN, ..USUAL };
    let mut screen = Screen::new(plant(), looks);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("Work here");
    screen.seconds_pass(1).seconds_pass(60).shows("what you typed is kept");
    let full = Message::DraftsKept(Err("the disk is full".to_owned()));
    screen.message(full).shows("what was typed last is not kept yet").hides("typed is kept");
    screen.message(Message::DraftsKept(Ok(()))).shows("what you typed is kept again");
}

#[test]
fn r13_a_draft_that_comes_after_its_person_has_left_stands_in_nobodys_field() {
    let mut screen = torquing();
    screen.seconds_pass(1).seconds_pass(601).shows("Scan your badge");
    screen.message(Message::Draft(THIRD_BOLT.to_owned(), "99".to_owned()));
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").shows("▶ 3 of 4  ▌");
}
