//! What ends soon is warned of, and what has ended is told (R5).

use gemba::domain::decide::Command;
use gemba::domain::expiry::{days_left, near_or_over, soon, words};
use gemba::domain::people::PersonCommand;
use gemba::domain::place::SiteRules;
use gemba::views::register::EndingRow;
use jiff::civil::Date;

use crate::screens_traveler::reaching;
use crate::support::screen::{Screen, USUAL};
use crate::support::shop::Shop;
use crate::support::shop_plan::{id, signs};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn r05_the_last_day_is_still_good_and_is_warned_of_as_many_days_before_as_the_site_says() {
    let today = day("2026-11-23");
    assert_eq!(SiteRules::default().warn_days(), 14);
    let on = |until: &str| soon(Some(day(until)), today, 14);
    assert_eq!(on("2026-11-22"), None, "it has ended");
    assert_eq!(on("2026-11-23"), Some(0));
    assert_eq!(on("2026-12-07"), Some(14));
    assert_eq!(on("2026-12-08"), None);
    assert_eq!(soon(None, today, 14), None, "what has no end does not end soon");
    assert_eq!(near_or_over(Some(day("2026-11-20")), today, 0), Some(-3));
    assert_eq!(days_left(day("2027-11-23"), today), 365, "not months and days");
    let said: Vec<String> = [0, 1, 3, -1, -3].into_iter().map(words).collect();
    let wanted = ["ends today", "ends tomorrow", "ends in 3 days", "ended yesterday"];
    assert_eq!(&said[..4], wanted);
    assert_eq!(said[4], "ended 3 days ago");
}

#[test]
fn r05_a_signer_is_trained_for_the_step_that_asks_for_it() {
    let mut shop = Shop::reaching("release");
    for instruction in shop.instructions.values_mut() {
        for step in &mut std::sync::Arc::make_mut(instruction).steps {
            step.rules.qualification = (step.id == id("release")).then(|| id("setter-1"));
        }
    }
    assert_eq!(shop.codes("okafor", signs("release", 1)), ["P07"]);
    let qualify = |until: Option<&str>| {
        let (qualification, until) = (id("setter-1"), until.map(day));
        Command::Person(id("okafor"), PersonCommand::Qualify { qualification, until })
    };
    shop.does("admin", qualify(Some("2026-11-22")));
    assert_eq!(shop.codes("okafor", signs("release", 1)), ["P08"]);
    shop.does("admin", qualify(Some("2026-11-23")));
    shop.does("okafor", signs("release", 1));
}

#[test]
fn r05_who_signs_in_is_told_what_ends_soon_and_the_step_tells_it_again() {
    let mut screen = Screen::new(reaching("torque"), USUAL);
    let until = day("2026-11-26");
    screen.answers.ending = vec![EndingRow { what: "torque-1".to_owned(), until, days: 3 }];
    screen.scan("B-2107").type_keys("482913\n");
    let text = screen.text();
    assert!(text.contains("signed in: A. Novak   ! torque-1 ends in 3 days"), "{text}");
    screen.type_keys("\n");
    let text = screen.text();
    assert!(text.contains("! torque-1 ends in 3 days for you"), "{text}");
}
