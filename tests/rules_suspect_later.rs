//! What failed later, and what another station ended, when a range is decided about (R16).

use gemba::domain::fact::Position;
use gemba::domain::traveler::command::{Entry, TravelerCommand};

use crate::support::shop::Shop;
use crate::support::shop_plan::{check, reading};
use crate::support::shop_sampling::{gap, gap_at, gap_done, sampled};

fn retype(reading_at: Position, value: &str) -> TravelerCommand {
    TravelerCommand::Retype { reading: reading_at, value: reading(value, "mm") }
}

/// A unit is measured, fails, and is typed again.
fn fails(shop: &mut Shop, unit: &str) -> Position {
    shop.unit(unit).does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let failed = shop.last_reading();
    shop.does("novak", retype(failed.clone(), "0.07"));
    failed
}

/// Quality lets a suspect unit go on for the hold that it has.
fn goes_on(shop: &mut Shop, unit: &str) {
    let all = shop.held(unit);
    let hold = all.iter().find(|held| held.standing.is_open()).unwrap().hold.clone();
    let release = TravelerCommand::ReleaseHold { hold, reason: "fits".to_owned() };
    shop.unit(unit).does("quell", release);
}

#[test]
fn r16_a_decision_about_one_failed_check_does_not_cover_one_that_fails_later() {
    let mut shop = Shop::sampling("first, then 1 in 10 per place");
    shop.measured(1..=10);
    let first = fails(&mut shop, "0011");
    assert_eq!(shop.suspects().len(), 9);
    goes_on(&mut shop, "0002");
    assert_eq!(shop.suspects().len(), 8);
    assert_eq!(shop.looks_again(), 0);
    let second = fails(&mut shop, "0012");
    let held = shop.held("0002");
    let failed: Vec<&Position> = held.iter().map(|held| &held.suspected.failed).collect();
    assert_eq!(failed, [&first, &second], "it is held once more, for the later one");
    // Both were there to be seen: one decision covers them.
    goes_on(&mut shop, "0002");
    goes_on(&mut shop, "0003");
    assert_eq!((shop.looks_again(), shop.held("0003").len()), (0, 1));
}

/// A unit is begun here and put aside; another station completes it before or after the next good
/// check here, and then one fails: the units that are suspect.
fn completed_elsewhere(before: bool) -> Vec<String> {
    let mut shop = Shop::sampling("first, then 1 in 3 per place");
    let mut two = sampled("first, then 1 in 3 per place", "B");
    two.steps[0].asks.insert(0, check("Clean?"));
    shop.release_read(&two);
    let begin = |shop: &mut Shop, unit: &str| {
        let entry = Entry::Answer(true);
        let clean = TravelerCommand::Record { at: gap_at(), ask: 1, sample: 1, entry };
        shop.unit(unit).does("novak", TravelerCommand::Start).does("novak", clean);
    };
    let measure = |shop: &mut Shop, value: &str| {
        let entry = Entry::Reading { value: reading(value, "mm"), gauge: None };
        shop.does("novak", TravelerCommand::Record { at: gap_at(), ask: 2, sample: 1, entry });
    };
    let elsewhere = |shop: &mut Shop| {
        shop.share().at("ASM2").place("ASM-1").unit("0002").does("ito", gap_done());
        shop.share().at("ASM1").later(3 * 24 * 3_600);
    };
    // Whatever is to be measured is, with a value; tells whether it was.
    let pass = |shop: &mut Shop, unit: &str, value: &str| {
        begin(shop, unit);
        let sampled = shop.state().attempts[0].samples[0].sampled;
        if sampled {
            measure(shop, value);
        }
        if !sampled || value == "0.02" {
            shop.does("novak", gap_done());
        }
        sampled
    };
    assert!(pass(&mut shop, "0001", "0.02"));
    begin(&mut shop, "0002");
    if before {
        elsewhere(&mut shop);
    }
    let good = ["0003", "0004"].map(|unit| pass(&mut shop, unit, "0.02"));
    assert!(good.contains(&true));
    if !before {
        elsewhere(&mut shop);
    }
    let mut later = 5..;
    while !pass(&mut shop, &format!("{:04}", later.next().unwrap()), "0.09") {}
    shop.suspects()
}

#[test]
fn r16_a_unit_that_another_station_completed_was_in_work_until_then() {
    let unit = "WO-S/0002".to_owned();
    assert!(completed_elsewhere(false).contains(&unit));
    assert!(!completed_elsewhere(true).contains(&unit), "days before the good one");
}
