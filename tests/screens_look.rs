//! The look of the screen: each person's own, and never in the way of work.

use gemba::ui::effect::Effect;
use gemba::ui::input::Key;
use gemba::ui::screens::look::LOOK;
use insta::assert_snapshot;
use ratatui::style::{Color, Modifier};

use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_plant::plant;

/// The color of the first line of the help page's keys, which are drawn as worth a look.
fn accent(screen: &mut Screen) -> Color {
    let row = screen.text().lines().position(|line| line.contains("Enter open")).unwrap();
    screen.cell((1, u16::try_from(row).unwrap())).fg
}

#[test]
fn each_theme_is_shown_in_itself_and_a_digit_takes_it() {
    let mut screen = Screen::signed_in(plant(), "B-2107");
    assert_eq!(accent(&mut screen), Color::Indexed(6));
    screen.choose("Look of the screen");
    assert_snapshot!(screen.golden());
    let row = |text: &str, name: &str| text.lines().position(|line| line.contains(name)).unwrap();
    let text = screen.text();
    let sample = |name: &str| (6, u16::try_from(row(&text, name)).unwrap() + 1);
    assert_eq!(screen.cell(sample("dark")).fg, Color::Indexed(2));
    assert_eq!(screen.cell(sample("color-blind")).fg, Color::Indexed(36));
    screen.asked.clear();
    screen.type_keys("4").shows("the screen looks as by color-blind");
    let kept = Effect::KeepDraft(LOOK.to_owned(), "color-blind".to_owned());
    assert!(screen.asked.contains(&kept), "{:?}", screen.asked);
    assert_eq!(accent(&mut screen), Color::Indexed(75));
}

#[test]
fn a_look_comes_with_its_person_and_goes_with_them() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.look = Some("light".to_owned());
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    assert_eq!(accent(&mut screen), Color::Indexed(25));
    // Somebody else takes over, who chose none.
    screen.look = None;
    screen.scan("B-4011").type_keys(PIN).type_keys("\n").shows("S. Brandt");
    assert_eq!(accent(&mut screen), Color::Indexed(6));
    screen.key(Key::Esc).shows("Scan your badge");
    screen.look = Some("light".to_owned());
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    assert_eq!(accent(&mut screen), Color::Indexed(25));
}

#[test]
fn a_look_that_is_not_here_any_more_is_told_and_keeps_nobody_from_work() {
    let mut screen = Screen::new(plant(), USUAL);
    screen.look = Some("harbor".to_owned());
    screen.scan("B-2107").type_keys(PIN).type_keys("\n");
    screen.shows("Work here").shows("your theme harbor is not here");
    assert_eq!(accent(&mut screen), Color::Indexed(6));
}

#[test]
fn where_there_are_no_colors_a_look_is_kept_for_other_terminals() {
    let mut screen = Screen::new(plant(), Looks { theme: "mono", ascii: true, ..USUAL });
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").choose("Look of the screen");
    screen.shows("This terminal shows no colors and stays as it is");
    assert!(!screen.has_colors());
    screen.asked.clear();
    screen.type_keys("2");
    assert!(screen.asked.contains(&Effect::KeepDraft(LOOK.to_owned(), "light".to_owned())));
    assert!(!screen.has_colors());
    assert_eq!(screen.cell((1, 1)).modifier, Modifier::BOLD);
}
