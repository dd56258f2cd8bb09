//! Sets of positions are written as ranges, in one way only.

use std::collections::BTreeSet;

use gemba::domain::fact::Position;
use gemba::domain::positions::Positions;
use proptest::prelude::*;

fn at(ledger: &str, epoch: u32, seq: u64) -> Position {
    Position { ledger: ledger.parse().unwrap(), epoch, seq }
}

#[test]
fn ten_thousand_facts_in_a_row_are_a_few_bytes() {
    let many: Positions = (1..=10_000).map(|seq| at("asm1", 1, seq)).collect();
    let text = serde_json::to_string(&many).unwrap();
    assert_eq!(text, r#"{"asm1.1":"1-10000"}"#);
    assert_eq!(many.len(), 10_000);
}

#[test]
fn another_way_of_writing_the_same_set_is_refused() {
    let read = |ranges: &str| {
        serde_json::from_str::<Positions>(&format!(r#"{{"asm1.1":"{ranges}"}}"#)).is_ok()
    };
    assert!(read("3-40,52"));
    for wrong in
        ["", "3-", "40-3", "3-4,5", "5,3", "3-3", "03", "+3", "1-18446744073709551615", "1,,2", "x"]
    {
        assert!(!read(wrong), "{wrong}");
    }
    assert!(serde_json::from_str::<Positions>(r#"{"asm1":"3"}"#).is_err());
}

proptest! {
    #[test]
    fn a_set_of_positions_is_what_went_in(
        picked in prop::collection::btree_set((0..2_u32, 1..3_u32, 1..60_u64), 0..80)
    ) {
        let picked: BTreeSet<Position> = picked
            .into_iter()
            .map(|(ledger, epoch, seq)| at(&format!("asm{ledger}"), epoch, seq))
            .collect();
        let set: Positions = picked.iter().collect();
        prop_assert!(set.iter().eq(picked.iter().cloned()));
        prop_assert_eq!(set.len(), picked.len() as u64);
        prop_assert_eq!(set.is_empty(), picked.is_empty());
        for seq in 1..61 {
            let position = at("asm0", 1, seq);
            prop_assert_eq!(set.contains(&position), picked.contains(&position));
        }
        let text = serde_json::to_string(&set).unwrap();
        prop_assert_eq!(serde_json::from_str::<Positions>(&text).unwrap(), set);
    }
}
