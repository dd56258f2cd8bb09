//! What holds of samples, whatever people do: never too many units in a row without a check.

use std::collections::BTreeMap;

use gemba::domain::fact::Position;
use gemba::domain::kinds::FactBody;
use gemba::domain::sampling::SampleDecided;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::state::TravelerState;

use super::Chance;
use crate::support::shop::Shop;
use crate::support::shop_plan::reading;

/// Some reading of a suspect unit, or of one that is none.
pub(super) fn wild_sort(
    state: &TravelerState,
    other: Position,
    chance: &mut Chance,
) -> TravelerCommand {
    let hold = state.holds.keys().next_back().cloned().unwrap_or(other);
    let (sample, value) = (u16::try_from(chance.below(4)).unwrap(), reading("0.03", "mm"));
    TravelerCommand::Sort { hold, sample, value, gauge: None }
}

/// Of the units that a station counts at a place, at most as many as the plan allows go by without
/// a check; what was decided is in the facts, not in a table.
pub(crate) fn samples_hold(shop: &Shop) {
    for station in &shop.stations {
        let own = format!("ledger-{}", station.name);
        let mut begun: Vec<_> = station
            .all_facts()
            .filter(|(fact, _)| fact.head.position.ledger.as_str() == own)
            .filter_map(|(fact, _)| {
                let FactBody::Traveler(TravelerFact::StepStarted(started)) = &fact.body else {
                    return None;
                };
                Some((fact, started))
            })
            .collect();
        begun.sort_by_key(|(fact, _)| fact.head.position.seq);
        let mut unchecked: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (fact, started) in begun {
            let place = fact.head.acting.place.as_ref().map(ToString::to_string);
            for decided in started.samples.iter().filter(|decided| decided.is_counted()) {
                let key = (place.clone().unwrap_or_default(), decided.counter.clone());
                let since = unchecked.entry(key).or_default();
                *since = if decided.sampled { 0 } else { *since + decided.pieces };
                assert!(*since < most_unchecked(decided), "{fact:?}");
            }
        }
    }
}

fn most_unchecked(decided: &SampleDecided) -> u32 {
    decided.plan.every.unwrap_or(u32::MAX)
}
