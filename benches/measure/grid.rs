//! A value typed into a big grid: from Enter to the grid that is shown then.

use std::path::Path;

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LotId;
use gemba::domain::inspection::by_cell::{CellValue, Taken};
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::series::SeriesId;
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::stream::{StreamState, Subject};
use gemba::views::query::{Answer, Query};

use crate::plant::{COLUMNS, Plant, id, moment, number};
use crate::report::{Line, Target, Times, timed};

/// A lot of so many pieces is code letter K at level II: 125 of them are looked at.
const LOT: u32 = 2_000;
const SAMPLE: usize = 125;
/// How many of the pieces have all their values before.
const RECORDED: usize = 120;

/// A lot that is being inspected, in a series of its own.
struct Grid {
    series: SeriesId,
    lot: LotId,
    opened: Position,
    pieces: Vec<u32>,
}

/// Values of the last pieces of a grid of 125 by 50 that has 6,000 already, against the first ones of a grid
/// that is empty.
pub(crate) fn values(dir: &Path) -> Line {
    let mut plant = Plant::found(dir);
    let (full, empty) = (opened(&mut plant, "Nordic"), opened(&mut plant, "South"));
    let before = full.pieces[..RECORDED].iter().flat_map(|piece| all_of(*piece));
    tell(&mut plant, &full, before.collect());
    let (mut ours, mut floor) = (Times::default(), Times::default());
    let last = full.pieces[RECORDED..].iter().flat_map(|piece| all_of(*piece));
    let first = empty.pieces.iter().flat_map(|piece| all_of(*piece));
    for (one, other) in last.zip(first) {
        ours.add(timed(|| enters(&mut plant, &full, one)).0);
        floor.add(timed(|| enters(&mut plant, &empty, other)).0);
    }
    let what = "a value in a grid of 6,000: an empty one";
    Line { what, ours, floor: Some(floor), target: Target::Ratio(2.0), failures: 0 }
}

/// A lot comes in and is opened.
fn opened(plant: &mut Plant, supplier: &str) -> Grid {
    let material = MaterialId { part: id("CP-40"), lot: id(&format!("L-{supplier}")) };
    let received = MaterialReceived {
        supplier: supplier.to_owned(),
        certificate: String::new(),
        quantity: Some(LOT),
        expires: None,
        corrects: None,
    };
    plant.go_to("quade", "INC-1");
    plant.tell(Command::Material(material.clone(), MaterialCommand::Receive(received)));
    let series = SeriesId::new(id("CP-40"), supplier).unwrap();
    let open = InspectionCommand::Open {
        lot: material.lot.clone(),
        unit: None,
        instruction: id("WI-60"),
        size: None,
        first_article: false,
        seed: Hash::of(&[b"chance"]),
    };
    plant.tell(Command::Series(series.clone(), open));
    let folded = plant.ledger.stream(&Subject::Series(series.clone())).unwrap();
    let StreamState::Series(state) = folded.stream.state else { panic!("no series") };
    let lot = state.lot(&material.lot).unwrap();
    let pieces: Vec<u32> = lot.chosen().into_iter().collect();
    assert_eq!(pieces.len(), SAMPLE);
    Grid { series, lot: material.lot, opened: lot.at.clone(), pieces }
}

fn all_of(piece: u32) -> impl Iterator<Item = CellValue> {
    (1..=COLUMNS).map(move |ask| CellValue {
        piece,
        ask,
        value: number("142.02", "mm"),
        gauge: None,
    })
}

fn tell(plant: &mut Plant, grid: &Grid, values: Vec<CellValue>) {
    let cells = InspectionCommand::Cells { lot: grid.lot.clone(), values, taken: Taken::Typed };
    plant.tell(Command::Series(grid.series.clone(), cells));
}

/// Enter at a value, up to the grid with it.
fn enters(plant: &mut Plant, grid: &Grid, value: CellValue) {
    tell(plant, grid, vec![value]);
    let query = Query::Grid { series: grid.series.clone(), opened: grid.opened.clone() };
    let answer = plant.ledger.answer(&query, &moment(2_000_000)).unwrap();
    assert!(matches!(answer, Answer::Grid(Some(_))), "no grid");
}
