//! A saved reading against a bare insert of the same bytes.

use std::path::Path;

use gemba::domain::decide::Command;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;

use crate::floor::Floor;
use crate::plant::{BOLTS, Plant, diameter, torque};
use crate::report::{Line, Target, Times, timed};

/// Readings taken of one unit, from its 28th fact to its 34th.
const EACH: u16 = 7;

/// Readings of units that have about thirty facts.
pub(crate) fn units(plant: &mut Plant, dir: &Path, what: &'static str, pairs: usize) -> Line {
    const { assert!(EACH < BOLTS) };
    let units = plant.open_units("WO-1001", pairs.div_ceil(usize::from(EACH)));
    for unit in &units {
        plant.begin(unit);
    }
    let readings =
        units.iter().flat_map(|unit| (2..2 + EACH).map(move |bolt| (unit, torque(bolt))));
    pairs_of(plant, (dir, what), readings.take(pairs))
}

/// Further readings of a lot that has 400 already.
pub(crate) fn lot(plant: &mut Plant, dir: &Path, what: &'static str, pairs: usize) -> Line {
    let lot = plant.open_lot("WO-1002");
    plant.inspect(&lot, 400);
    let readings = (401..).map(|piece| (&lot, diameter(piece)));
    let line = pairs_of(plant, (dir, what), readings.take(pairs));
    plant.go_to("novak", "ASM-1");
    line
}

fn pairs_of<'a>(
    plant: &mut Plant,
    (dir, what): (&Path, &'static str),
    readings: impl Iterator<Item = (&'a TravelerId, TravelerCommand)>,
) -> Line {
    let dir = tempfile::tempdir_in(dir).unwrap();
    let bare = Floor::open(dir.path());
    let (mut ours, mut floor) = (Times::default(), Times::default());
    for (unit, reading) in readings {
        let command = Command::Traveler(unit.clone(), reading);
        let (time, saved) = timed(|| plant.tell(command));
        ours.add(time);
        let [(position, ..)] = &saved.facts[..] else { panic!("one fact, not {saved:?}") };
        let written = plant.ledger.written(position).unwrap().unwrap();
        floor.add(timed(|| bare.insert(&written.bytes)).0);
    }
    Line { what, ours, floor: Some(floor), target: Target::Ratio(1.5), failures: 0 }
}
