//! R6 and signing in: the witness is never the performer, and a wrong PIN locks whatever the clock.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::people::{PersonCommand, PersonState, Purpose, Role};
use gemba::domain::refusal::Reason;
use gemba::domain::signature::{Covers, Signature, Signer};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::state::RecordedWhat;

use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, complete, id, signs, torque};

#[test]
fn r06_the_verifier_is_not_the_performer_also_after_a_change_of_user() {
    let mut shop = Shop::reaching("torque");
    for sample in 1..=3 {
        shop.does("novak", torque(sample, "25"));
    }
    // An inspector may perform too: okafor takes the last reading at novak's terminal.
    shop.does("okafor", torque(4, "25")).does("novak", complete("torque"));
    shop.step_done("look").step_done("cure").step_done("press");
    let refused = shop.refuses("okafor", signs("release", 1));
    let same = Reason::SamePerson { person: id("okafor"), step: id("torque") };
    assert_eq!(refused, [same]);
    assert_eq!(refused[0].next(), "another person signs");
    assert_eq!(shop.codes("novak", signs("release", 1))[0], "P10");
    shop.does("ito", signs("release", 1));
    assert_eq!(shop.codes("ito", signs("release", 1)), ["T40"]);
    shop.does("novak", complete("release"));
}

#[test]
fn r06_a_witness_without_named_steps_performed_none_of_the_operation() {
    let mut shop = Shop::reaching("diameter");
    let roles = BTreeSet::from([Role::Quality, Role::Operator]);
    let admit = PersonCommand::Admit { roles, identity_verified_by: "passport".to_owned() };
    shop.does("admin", Command::Person(id("quell"), admit));
    shop.does("brandt", crate::support::shop_plan::skip("diameter"));
    assert_eq!(shop.codes("quell", signs("final", 2)), ["T12"]);
    shop.does("quell", answer("final", 1, true));
    assert_eq!(shop.codes("quell", signs("final", 2)), ["P09"]);
}

#[test]
fn r06_to_complete_a_signed_step_is_not_to_perform_it() {
    let mut shop = Shop::reaching("release");
    shop.does("okafor", signs("release", 1)).does("okafor", complete("release"));
    let state = shop.state();
    assert!(state.performers((20, &id("release"))).is_empty());
    let performers = state.performers((20, &id("torque")));
    assert_eq!(performers, BTreeSet::from([&id("novak")]));
}

#[test]
fn r06_the_performer_is_remembered_across_stations() {
    let mut shop = Shop::reaching("torque");
    for sample in 1..=4 {
        shop.at("ASM2").does("okafor", torque(sample, "25"));
    }
    shop.does("okafor", complete("torque")).share().at("ASM1");
    shop.step_done("look").step_done("cure").step_done("press");
    assert_eq!(shop.codes("okafor", signs("release", 1)), ["P09"]);
    assert_eq!(shop.codes("", signs("release", 1)), ["P01"]);
    shop.does("ito", signs("release", 1));
}

fn signature(shop: &Shop) -> Signature {
    let state = shop.state();
    let entries = state.attempts.iter().flat_map(|a| &a.entries);
    let mut signatures = entries.filter_map(|entry| {
        let RecordedWhat::Signature(signature) = &entry.what else { return None };
        Some((**signature).clone())
    });
    signatures.next().unwrap()
}

#[test]
fn a_signature_covers_every_stored_fact_and_its_digest_changes_with_any() {
    let mut shop = Shop::reaching("release");
    let before = shop.state().facts;
    shop.does("okafor", signs("release", 1));
    let signature = signature(&shop);
    assert_eq!(signature.covers, Covers::over(&before));
    let covered: BTreeSet<_> = signature.covers.facts.iter().collect();
    assert_eq!(covered, before.keys().cloned().collect());
    for position in before.keys() {
        assert!(signature.covers.facts.contains(position));
        let mut changed = before.clone();
        changed.get_mut(position).unwrap().0[31] ^= 1;
        let other = Covers::over(&changed);
        assert_ne!(other.digest, signature.covers.digest);
        changed.remove(position);
        assert_ne!(Covers::over(&changed).digest, signature.covers.digest);
    }
    let reversed = Covers::over(before.iter().rev());
    assert_eq!(reversed, signature.covers);
    assert_ne!(Covers::over(&shop.state().facts).digest, signature.covers.digest);
    assert_eq!(Covers::over([]).digest, Hash::of(&[]));
}

#[test]
fn a_signature_needs_a_printed_name_and_what_stands_before_it() {
    let mut shop = Shop::reaching("release");
    let unnamed = TravelerCommand::Sign {
        at: crate::support::shop_plan::at("release"),
        ask: 1,
        by: Signer::by_badge(" "),
    };
    assert_eq!(shop.codes("okafor", unnamed), ["R08"]);
}

fn pin(right: bool) -> Command {
    Command::Person(
        id("novak"),
        PersonCommand::SignIn { pin_right: right, purpose: Purpose::Session },
    )
}

fn person(shop: &Shop) -> PersonState {
    let state = shop.stream(&Subject::Person(id("novak"))).state;
    let StreamState::Person(state) = state else { panic!("{state:?}") };
    state
}

fn locked() -> Shop {
    let mut shop = Shop::open();
    for _ in 0..4 {
        shop.does("novak", pin(false)).does("novak", pin(true));
    }
    for _ in 0..5 {
        shop.does("novak", pin(false));
    }
    shop
}

fn left(shop: &mut Shop) -> i64 {
    match &shop.refuses("novak", pin(true))[..] {
        [Reason::LockedOut { seconds, .. }] => *seconds,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_fifth_wrong_pin_locks_for_a_minute_and_each_further_one_for_twice_as_long() {
    let mut shop = locked();
    let mut expected = 60;
    for _ in 0..12 {
        assert_eq!(left(&mut shop), expected);
        assert_eq!(shop.later(expected - 1).codes("novak", pin(false)), ["P06"]);
        shop.later(1).does("novak", pin(false));
        expected = (expected * 2).min(1024 * 60);
    }
    let now = shop.context("novak", &pin(true)).now;
    let right = person(&shop).locked_for_s(&id("t1"), &now);
    shop.later(right.unwrap()).does("novak", pin(true));
    let state = person(&shop);
    assert_eq!((state.wrong.failures, state.wrong.locked), (0, None));
}

#[test]
fn a_lock_out_survives_restarts_and_clocks_set_forward_or_back() {
    let year = 365 * 24 * 3600;
    for error in [year, -year] {
        let mut shop = locked();
        shop.set_clock(error);
        assert_eq!(left(&mut shop), 60, "the wall clock opens nothing");
        shop.later(10).reboot().set_clock(-error).later(5);
        assert_eq!(left(&mut shop), 55, "since the start is proven, before it is not");
        shop.later(55).does("novak", pin(true));
    }
    // An offset from before the restart and a clock set forward by a year prove nothing.
    let mut shop = Shop::open();
    shop.measure_offset();
    for _ in 0..5 {
        shop.does("novak", pin(false));
    }
    let measured = shop.station().clock.offset.clone();
    shop.later(10).reboot().set_clock(year).later(1);
    shop.station().clock.offset = measured;
    assert_eq!(left(&mut shop), 59);
}

#[test]
fn a_lock_out_of_another_station_holds_by_the_servers_time() {
    let mut shop = Shop::open();
    shop.at("ASM1").measure_offset();
    shop.at("ASM2").set_clock(-500).measure_offset();
    shop.later(86_400 * 3);
    shop.at("ASM1").measure_offset();
    shop.at("ASM2").measure_offset();
    for _ in 0..5 {
        shop.at("ASM2").does("novak", pin(false));
    }
    shop.share().at("ASM1").later(15);
    assert!((45..=56).contains(&left(&mut shop)), "however long ASM1 has been up");
}

#[test]
fn a_pin_reset_unlocks_and_only_who_is_admitted_signs_in() {
    let mut shop = locked();
    shop.does("admin", Command::Person(id("novak"), PersonCommand::NotePinChanged));
    shop.does("novak", pin(true));
    let stranger = PersonCommand::SignIn { pin_right: true, purpose: Purpose::Session };
    assert_eq!(shop.codes("x", Command::Person(id("x"), stranger)), ["P02"]);
    let reason = "left".to_owned();
    let revoke = |reason| Command::Person(id("novak"), PersonCommand::Revoke { reason });
    assert_eq!(shop.codes("brandt", revoke(String::new())), ["P04", "R08"]);
    shop.does("admin", revoke(reason));
    assert_eq!(shop.codes("novak", pin(true)), ["P03"]);
    let none = PersonCommand::Admit { roles: BTreeSet::new(), identity_verified_by: String::new() };
    assert_eq!(shop.codes("admin", Command::Person(id("novak"), none)), ["P05", "R08"]);
}

#[test]
fn a_right_pin_for_a_signature_opens_no_session_but_forgets_the_slips() {
    let mut shop = Shop::open();
    let proves = || {
        let sign_in = PersonCommand::SignIn { pin_right: true, purpose: Purpose::Act };
        Command::Person(id("novak"), sign_in)
    };
    let before = shop.station().written.len();
    shop.does("novak", proves());
    assert_eq!(shop.station().written.len(), before);
    shop.does("novak", pin(false)).does("novak", proves());
    assert_eq!(person(&shop).wrong.failures, 0);
}

#[test]
fn nobody_revokes_themselves() {
    let mut shop = Shop::open();
    let revoke =
        |who: &str| Command::Person(id(who), PersonCommand::Revoke { reason: "leaves".to_owned() });
    assert_eq!(shop.codes("admin", revoke("admin")), ["P13"]);
    shop.does("admin", revoke("novak"));
}
