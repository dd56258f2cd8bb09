//! R4: rows of a file that fail go on by a permit like values that were typed.

use gemba::domain::traveler::command::TravelerCommand;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop_permits::{PERMIT, permitted_shop, wanted};
use crate::support::shop_plan::{at, id, reading};

fn rows(values: &[&str]) -> TravelerCommand {
    let rows = (1..).zip(values.iter().map(|value| reading(value, "N·m"))).collect();
    TravelerCommand::RecordRows { at: at("torque"), ask: 1, gauge: Some(id("TW-07")), rows }
}

#[test]
fn r04_failing_rows_that_a_permit_lets_go_on_wait_to_be_typed_again_each_for_itself() {
    let mut shop = permitted_shop(wanted());
    shop.does("novak", rows(&["27.3", "25.0", "27.4", "25.1"]));
    let state = shop.state();
    assert_eq!(state.open_holds().count(), 2);
    assert_eq!(state.all_to_retype().count(), 2, "no deviation yet");
    for (sample, value) in [(1, "27.3"), (3, "27.4")] {
        let used = shop.uses(PERMIT, sample, value);
        shop.does("novak", used);
        let state = shop.state();
        let (_, reading) = state.reading(&shop.torque_at(sample)).unwrap();
        assert_eq!(reading.permit().unwrap().what.permit, id(PERMIT), "each row says by which");
    }
    assert_eq!(shop.state().open_holds().count(), 0);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r04_rows_that_no_permit_lets_go_on_are_held_for_one_deviation_as_ever() {
    let mut shop = permitted_shop(wanted());
    shop.does("novak", rows(&["27.3", "27.9", "28.0", "25.1"]));
    let state = shop.state();
    let held: Vec<_> = state.open_holds().map(|(_, hold)| hold.placed.clone()).collect();
    assert_eq!(held.len(), 2);
    let of_deviation = held.iter().find(|placed| placed.deviation.is_some()).unwrap();
    assert_eq!(of_deviation.readings.len(), 2, "one hold, one deviation for both");
    nothing_is_objected_to(&mut shop);
}
