//! Lots of rings to measure: many values, each at a place of its own that it is found at again.

use std::collections::BTreeMap;

use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::hold::shown;
use gemba::domain::traveler::state::Attempt;
use gemba::ledger::store::Ledger;

use super::program::{INSPECTOR, PLANNER, Post, SamplePlant};
use crate::cli_record::plant_with_rings;

/// How many rings a lot has.
pub(crate) const RINGS: u32 = 200;

/// The sample plant with as many lots as so many rings need, each begun; nothing of it runs.
pub(crate) fn plant_for(rings: u32) -> SamplePlant {
    let plant = plant_with_rings();
    for lot in 1..rings.div_ceil(RINGS) {
        let order = order(lot);
        let open = ["order", "open", &order, "--part", "RING", "--lot", "L-1", "--quantity", "200"];
        plant.by(PLANNER, &[&open[..], &["--operation", "10:WI-9:INC"]].concat()).exits(0);
        let lot = format!("{order}/L-1");
        plant.by(INSPECTOR, &["traveler", "start", &lot, "--place", "INC-1"]).exits(0);
    }
    plant
}

fn order(lot: u32) -> String {
    if lot == 0 { "WO-9".to_owned() } else { format!("WO-9{lot}") }
}

/// The lot of a ring, by its number from 0.
pub(crate) fn lot_of(ring: u32) -> String {
    format!("{}/L-1", order(ring / RINGS))
}

/// What a ring measures, within the limits: a unit on hold would take no more.
pub(crate) fn value_of(ring: u32) -> String {
    format!("{}.{:03}", 73 + (980 + ring % 40) / 1000, (980 + ring % 40) % 1000)
}

/// The command that records a ring.
pub(crate) fn record(ring: u32) -> Vec<String> {
    let (lot, value, sample) = (lot_of(ring), value_of(ring), (ring % RINGS + 1).to_string());
    let all = ["record", &lot, &value, "--gauge", "BG-1", "--place", "INC-1", "--sample", &sample];
    all.map(str::to_owned).to_vec()
}

/// The values of a lot's readings, by sample.
pub(crate) fn readings(plant: &Post, lot: &str) -> BTreeMap<u32, Vec<String>> {
    let lot = Subject::Traveler(TravelerId::parse(lot).unwrap());
    let folded = Ledger::open_reader(&plant.home()).unwrap().stream(&lot).unwrap();
    let StreamState::Traveler(state) = folded.stream.state else { panic!("not a traveler") };
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (_, reading) in state.attempts.iter().flat_map(Attempt::readings) {
        found.entry(reading.taken.sample.into()).or_default().push(shown(reading.value()));
    }
    found
}

/// How many rings are recorded.
pub(crate) fn how_many(plant: &Post, rings: u32) -> u32 {
    let lots = 0..rings.div_ceil(RINGS);
    let counts = lots.map(|lot| readings(plant, &lot_of(lot * RINGS)).len());
    u32::try_from(counts.sum::<usize>()).unwrap()
}

/// Every ring that was called saved is there once, and no ring is there twice; tells how many of
/// those called saved are there, as the store has them.
pub(crate) fn each_is_there_once(plant: &Post, rings: u32, called_saved: &[u32]) -> u64 {
    let mut found = BTreeMap::new();
    for lot in 0..rings.div_ceil(RINGS) {
        for (sample, values) in readings(plant, &lot_of(lot * RINGS)) {
            found.insert(lot * RINGS + sample - 1, values);
        }
    }
    let is_there =
        |ring: &&u32| found.get(*ring) == Some(&vec![format!("{} mm", value_of(**ring))]);
    let missing: Vec<&u32> = called_saved.iter().filter(|ring| !is_there(ring)).collect();
    assert!(missing.is_empty(), "not there as saved: {missing:?} of {found:?}");
    assert!(found.values().all(|values| values.len() == 1), "doubled: {found:?}");
    called_saved.iter().filter(is_there).count() as u64
}
