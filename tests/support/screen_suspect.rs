//! What failed checks make suspect, as a store would tell it.

use std::collections::BTreeMap;

use gemba::domain::fact::Position;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::suspect::{HeldStanding, RangeBegan, Suspected};
use gemba::views::suspect::{SuspectRange, SuspectUnit};

use super::screen_answers::BADGES;
use super::shop::Shop;

/// Every range of which something is held, or every one that ever was.
pub(crate) fn suspects(all: bool, shop: &Shop) -> Vec<SuspectRange> {
    let mut ranges: BTreeMap<Position, (Suspected, Vec<SuspectUnit>)> = BTreeMap::new();
    for (id, state) in shop.units() {
        for held in state.held_suspect(&id) {
            let unit = SuspectUnit {
                traveler: id.clone(),
                hold: held.hold,
                standing: held.standing,
                deviation: state
                    .hold_told()
                    .and_then(|(_, hold)| hold.placed.deviation.as_ref())
                    .map(ToString::to_string),
                ended: state.ended.clone(),
                finished: state.finished(&shop.instructions),
                shipped: state.shipped().is_some(),
                operation: state.current(&shop.instructions).map(|at| at.operation.operation),
                last_place: state.last_place.clone(),
            };
            let range = ranges.entry(held.suspected.failed.clone());
            range.or_insert_with(|| (held.suspected, Vec::new())).1.push(unit);
        }
    }
    let ranges = ranges.into_values().map(|(suspected, units)| range(suspected, units));
    ranges.filter(|range| all || range.count(HeldStanding::is_open) > 0).collect()
}

/// How many units are held for the failing readings of a unit.
pub(crate) fn made_suspect(unit: &TravelerId, shop: &Shop) -> usize {
    let ranges = suspects(false, shop).into_iter().filter(|range| range.unit == *unit);
    ranges.map(|range| range.count(HeldStanding::is_open)).sum()
}

fn range(suspected: Suspected, units: Vec<SuspectUnit>) -> SuspectRange {
    let good = match &suspected.since {
        RangeBegan::Good { by, when, .. } => {
            let name = BADGES
                .iter()
                .find(|(_, who, ..)| by.as_ref().is_some_and(|by| by.as_str() == *who));
            (name.map(|(_, _, name, _)| (*name).to_owned()), Some(*when))
        }
        RangeBegan::Never => (None, None),
    };
    SuspectRange {
        since: suspected.since.words(&suspected.name),
        failed: suspected.failed,
        unit: suspected.unit,
        name: suspected.name,
        value: suspected.value,
        place: suspected.place,
        counter: suspected.counter,
        good_by: good.0,
        good_at: good.1,
        units,
    }
}
