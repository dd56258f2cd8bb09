//! R16: a unit that is to be measured, is begun and put aside makes the next ones measured as well.

use gemba::domain::sampling::SampleDecided;
use gemba::domain::traveler::command::{Entry, TravelerCommand};

use crate::support::shop::Shop;
use crate::support::shop_plan::{check, reading};
use crate::support::shop_sampling::{gap_at, gap_done, sampled, set_up};

const TENTH: &str = "first, then 1 in 10 per place";

/// The sampled step with a check before the measurement, by a plan, and the answer to the check.
fn parked(plan: &str) -> (Shop, TravelerCommand) {
    let mut shop = Shop::sampling("first");
    let mut two = sampled(plan, "B");
    two.steps[0].asks.insert(0, check("Clean?"));
    shop.release_read(&two);
    let entry = Entry::Answer(true);
    (shop, TravelerCommand::Record { at: gap_at(), ask: 1, sample: 1, entry })
}

/// A unit is begun and put aside after the check; tells what was decided.
fn parks(shop: &mut Shop, unit: &str, clean: &TravelerCommand) -> SampleDecided {
    shop.unit(unit).does("novak", TravelerCommand::Start).does("novak", clean.clone());
    shop.state().attempts[0].samples[0].clone()
}

fn measured(shop: &mut Shop, unit: &str) {
    let entry = Entry::Reading { value: reading("0.02", "mm"), gauge: None };
    let measured = TravelerCommand::Record { at: gap_at(), ask: 2, sample: 1, entry };
    shop.unit(unit).does("novak", measured);
}

#[test]
fn r16_until_a_first_piece_that_was_put_aside_is_measured_the_next_ones_are_as_well() {
    let (mut shop, clean) = parked(TENTH);
    assert!(parks(&mut shop, "0001", &clean).sampled);
    for unit in ["0002", "0003"] {
        let decided = parks(&mut shop, unit, &clean);
        assert_eq!(decided.words(), "sampled: a unit begun before it is not measured yet");
        measured(&mut shop, unit);
        shop.does("novak", gap_done());
    }
    measured(&mut shop, "0001");
    let decided = parks(&mut shop, "0004", &clean);
    assert_eq!((decided.sampled, decided.rank, decided.left), (false, 4, Some(7)), "as counted");
    // Another setup asks for another first piece; what waits from before it does not count for it.
    shop.notes(set_up());
    assert!(parks(&mut shop, "0005", &clean).sampled);
    shop.notes(set_up());
    assert_eq!(parks(&mut shop, "0006", &clean).words(), "sampled: first after setup");
    measured(&mut shop, "0006");
    assert!(!parks(&mut shop, "0007", &clean).sampled);
}

#[test]
fn r16_a_unit_that_is_due_and_put_aside_makes_the_next_one_measured_and_the_count_goes_on() {
    let (mut shop, clean) = parked("1 in 3 per order");
    for unit in ["0001", "0002"] {
        assert!(!parks(&mut shop, unit, &clean).sampled);
    }
    assert_eq!(parks(&mut shop, "0003", &clean).words(), "sampled: 1 in 3 per order");
    assert!(parks(&mut shop, "0004", &clean).sampled);
    // At another station and at another place nobody waits for it: each has a count of its own.
    let told = shop.counters();
    shop.share().at("ASM2").place("ASM-1");
    assert!(!parks(&mut shop, "0005", &clean).sampled);
    assert_eq!(shop.share().at("ASM1").counters(), told);
    for unit in ["0003", "0004"] {
        measured(&mut shop, unit);
    }
    assert!(!parks(&mut shop, "0006", &clean).sampled);
    assert_eq!(parks(&mut shop, "0007", &clean).words(), "sampled: 1 in 3 per order");
}
