//! A newer revision comes while units stand at the bench: one is finished by the old, another is
//! moved, a withdrawal stops a third; nobody works by the new one before reading what it changed.

use gemba::domain::decide::Command;
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::people::Role;
use gemba::domain::place::{NewsRule, Policy};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::Key;
use gemba::views::definition::ReceivedRow;
use insta::assert_snapshot;

use crate::screens_traveler::{reaching, torque};
use crate::support::screen::Screen;
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{id, number};

/// The pump's instruction with a tighter torque, as revision D.
fn tighter(shop: &Shop) -> Instruction {
    let pinned = shop.state().operation(20).unwrap().hash;
    let mut newer = Instruction::clone(&shop.instructions[&pinned]);
    newer.revision = id("D");
    let torque = newer.steps.iter_mut().find(|step| step.id.as_str() == "torque").unwrap();
    let Some(Ask::Measure(measure)) = torque.asks.first_mut() else { panic!("{torque:?}") };
    measure.requirement = "25 ±1 N·m".to_owned();
    let CharacteristicKind::Measured(limits) = &mut measure.kind else { panic!("{measure:?}") };
    (limits.lower, limits.upper) = (Some(number("24")), Some(number("26")));
    newer
}

/// Three readings taken, one of which only the old limits let pass; then revision D is released.
pub(crate) fn surprised(news: NewsRule) -> Shop {
    let mut shop = reaching("torque");
    for (sample, text) in [(1, "24.8"), (2, "26.5"), (3, "25.0")] {
        shop.does("novak", torque(sample, text));
    }
    shop.unit("0008").does("novak", TravelerCommand::Start).unit("0007");
    let newer = tighter(&shop);
    shop.release(&newer);
    let approvals = vec![Role::Engineer, Role::Quality];
    let mut policy = Policy::new("Harbor plant".to_owned(), "Europe/Berlin".to_owned(), approvals);
    policy.rules.news = news;
    shop.does("admin", Command::Site(id(SITE), policy.into()));
    shop
}

fn revision(screen: &mut Screen, unit: &str) -> String {
    screen.shop.unit(unit);
    screen.shop.state().operation(20).unwrap().revision.to_string()
}

#[test]
fn r01_the_operator_sees_what_changed_and_finishes_by_the_old_revision() {
    let mut screen = Screen::signed_in(surprised(NewsRule::Hold), "B-2107");
    screen.scan("0007").shows("WI-1040 rev D is in effect: F10 says what changed");
    screen.shows("F10 changes");
    assert_snapshot!("news_at_the_bench", screen.golden());
    screen.key(Key::Menu).shows("8  What changed").type_keys("8").shows("What changed");
    screen.key(Key::Esc).key(Key::F(10)).shows("1 of your 3 readings would").key(Key::Esc);
    screen.scan("TW-07").type_keys("25.1\n");
    screen.shows("1 of your 3 readings would");
    assert_snapshot!("what_changed", screen.golden());
    screen.type_keys("1").shows("Finish by the old revision").type_keys("nearly done");
    assert_snapshot!("finish_by_the_old", screen.golden());
    screen.type_keys("\n");
    screen.shows("finished by the old revision");
    // What was typed before is still there.
    screen.type_keys("\n").shows("saved 25.1").hides("F10 changes");
    assert_eq!(revision(&mut screen, "0007"), "C");
}

#[test]
fn r01_a_supervisor_moves_a_unit_and_who_works_on_reads_what_changed_first() {
    let mut screen = Screen::signed_in(surprised(NewsRule::Warn), "B-4011");
    screen.scan("0007").shows("!newer");
    let mut work = Screen::signed_in(screen.shop.clone(), "B-2107");
    screen.scan("0008");
    assert_eq!(revision(&mut screen, "0008"), "C");
    work.scan("0008").type_keys("0008\n").shows("saved");
    let mut shop = surprised(NewsRule::Warn);
    let (shown, reason) = (shop.newer(), "safer".to_owned());
    shop.does("brandt", TravelerCommand::MoveToRevision { shown, reason });
    let mut screen = Screen::signed_in(shop, "B-2107");
    // It comes up before the first work by it, and what was typed ahead does not confirm it.
    screen.store_hangs = true;
    screen.scan("0007").type_keys("25.1\n\n").store_answers();
    screen.shows("rev D instead of rev C").shows("25 ±2 N·m → 25 ±1 N·m");
    assert_snapshot!("read_first", screen.golden());
    screen.key(Key::Esc).scan("TW-07").type_keys("25.1\n").shows("not saved yet: look at what");
    screen.type_keys("\n").shows("saved: read");
    screen.type_keys("\n").shows("saved 25.1");
    screen.key(Key::Esc).scan("0007").hides("What changed");
    assert_eq!(revision(&mut screen, "0007"), "D");
}

#[test]
fn r01_a_withdrawal_with_stop_work_stops_the_unit_at_the_bench() {
    let mut shop = surprised(NewsRule::Warn);
    let (revision, reason) = (id("C"), "bolts sheared".to_owned());
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work: true };
    let command = RevisionCommand::Withdraw(withdrawn);
    shop.does("quell", Command::Instruction(id("WI-1040"), command));
    let mut screen = Screen::signed_in(shop, "B-2107");
    screen.scan("0007").scan("TW-07").type_keys("25.1\n");
    screen.shows("work stops: bolts sheared");
    assert_snapshot!("stop_work", screen.golden());
}

#[test]
fn r01_the_list_of_definitions_says_by_what_a_revision_is_superseded() {
    let mut screen = Screen::signed_in(surprised(NewsRule::Warn), "B-4011");
    screen.choose("Instructions").shows("superseded by D");
    assert_snapshot!("superseded", screen.golden());
}

#[test]
fn r01_a_definition_shows_its_revisions_approvals_users_and_who_has_not_received_a_withdrawal() {
    let mut shop = surprised(NewsRule::Warn);
    let (revision, reason) = (id("C"), "bolts sheared".to_owned());
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work: true };
    let command = RevisionCommand::Withdraw(withdrawn);
    shop.does("quell", Command::Instruction(id("WI-1040"), command));
    let mut newest = tighter(&shop);
    newest.revision = id("E");
    let hash = gemba::domain::hash::Hash([9; 32]);
    let handed_in = crate::support::shop_plan::submission("E", hash);
    shop.does("lind", Command::Instruction(id("WI-1040"), handed_in));
    let mut screen = Screen::signed_in(shop, "B-4011");
    let row = |station: &str, received, last_contact: Option<&str>| ReceivedRow {
        station: id(station),
        work_centers: vec![id("ASM")],
        received,
        last_contact: last_contact.map(|at| at.parse().unwrap()),
    };
    screen.menu("6").key(Key::Down).shows("WI-1040").type_keys("\n");
    screen.shows("the server does not answer: which stations have it is not known");
    screen.key(Key::Esc);
    let heard = Some("2026-11-23T06:40:00Z");
    let rows = vec![row("HP1", true, heard), row("INC1", false, heard), row("PK1", false, None)];
    screen.answers.received = Some(rows);
    screen.type_keys("\n").key(Key::Up).key(Key::Up).shows("still to approve: engineer, quality");
    screen.key(Key::Down).shows("approved by").key(Key::Down);
    screen.shows("bolts sheared; work by it stops");
    screen.shows("not received by INC1 (heard at 07:40), PK1 (never heard)");
    screen.shows("WO-1881/0007");
    assert_snapshot!("definition", screen.golden());
    screen.key(Key::Up).type_keys("\n").shows("rev C → rev D").shows("25 ±2 N·m → 25 ±1 N·m");
    assert_snapshot!("compared", screen.golden());
    screen.key(Key::Esc).key(Key::F(7)).shows("WI-1040 rev D  Fit and torque").shows("step 1 of");
}
