//! The sample plant behind the screens: its sources, an order of pumps and a lot of shafts.

use gemba::authoring::check::{Definition, Neighbors, check_all};
use gemba::authoring::finding::Source;
use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::instruction::Instruction;
use gemba::domain::order::{OrderCommand, OrderOpened, RouteOperation, Units};
use gemba::domain::people::PersonCommand;
use gemba::domain::place::{PlaceCommand, PlaceDefined};
use gemba::domain::specification::Specification;
use gemba::domain::stream::TravelerId;

use super::shop::{SITE, Shop};
use super::shop_plan::{approval, calibrated, gauge_registered, id, submission};

fn sources(part: &str, instruction: &str, beside: &[&str]) -> (Specification, Instruction) {
    let plant = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/plant/");
    let read = |name: &str| std::fs::read(format!("{plant}{name}")).unwrap();
    let (csv, md) = (read(part), read(instruction));
    let both = [Source { file: part, bytes: &csv }, Source { file: instruction, bytes: &md }];
    let picture = |_: &str, name: &str| Ok(read(name));
    let beside: Vec<Vec<u8>> = beside.iter().map(|name| read(name)).collect();
    let file = instruction.replace(".md", ".de.md");
    let beside: Vec<Source<'_>> =
        beside.iter().map(|bytes| Source { file: &file, bytes }).collect();
    let neighbors = Neighbors { sources: &beside, standards: &[] };
    let checked = check_all(&both, neighbors, &picture).into_iter();
    let mut defined = checked.map(|checked| checked.map(|sound| sound.definition));
    let Some(Ok(Definition::Specification(specification))) = defined.next() else {
        panic!("{part} is no specification")
    };
    match defined.next() {
        Some(Ok(Definition::Instruction(instruction))) => (specification, instruction),
        other => panic!("{instruction}: {other:?}"),
    }
}

/// The plant with everything released and two orders open.
pub(crate) fn plant() -> Shop {
    planted(&[])
}

/// The same with the work on the pumps translated into German.
pub(crate) fn plant_in_german() -> Shop {
    planted(&["WI-1040.de.md"])
}

fn planted(beside: &[&str]) -> Shop {
    let mut shop = Shop::bare(TravelerId { order: id("WO-1881"), unit: id("0007") });
    shop.found();
    for (gauge, class, due) in
        [("FG-02", "feeler", "2026-12-31"), ("MIC-4", "micrometer", "2027-03-01")]
    {
        shop.does("quell", gauge_registered(gauge, class));
        shop.does("quell", calibrated(gauge, "2025-11-01", due));
    }
    let qualify = PersonCommand::Qualify { qualification: id("incoming-1"), until: None };
    shop.does("admin", Command::Person(id("okafor"), qualify));
    let defined = PlaceDefined {
        name: "Torque and sealing bench".to_owned(),
        site: id(SITE),
        area: id("line-1"),
        work_center: id("ASM"),
    };
    shop.does("admin", Command::Place(id("ASM-2"), PlaceCommand::Define(defined)));
    for (csv, md) in [("CP-40.csv", "WI-1040.md"), ("CP-41.csv", "WI-2001.md")] {
        let beside = if md == "WI-1040.md" { beside } else { &[] };
        let (specification, instruction) = sources(csv, md, beside);
        shop.release(&instruction);
        let hash = Hash::of(&[&serde_json::to_vec(&specification).unwrap()]);
        let (part, revision) = (specification.part.clone(), specification.revision.as_str());
        let submit = submission(revision, hash);
        shop.does("lind", Command::Specification(part.clone(), submit));
        for who in ["lind", "quell"] {
            shop.does(who, Command::Specification(part.clone(), approval(revision, who)));
        }
    }
    for (name, opened) in orders() {
        shop.does("plan", Command::Order(id(name), OrderCommand::Open(opened)));
    }
    shop.place("ASM-2");
    shop
}

/// The pumps and the lot of shafts.
pub(crate) fn orders() -> [(&'static str, OrderOpened); 2] {
    let route = |operation, instruction: &str, work_center: &str| RouteOperation {
        operation,
        instruction: id(instruction),
        work_center: id(work_center),
    };
    let due = Some("2026-11-23".parse().unwrap());
    let pumps = OrderOpened {
        part: id("CP-40"),
        units: Units::Serials(["0007", "0008", "0009"].map(id).to_vec()),
        route: vec![route(20, "WI-1040", "ASM")],
        due,
        priority: 2,
    };
    let shafts = OrderOpened {
        part: id("CP-41"),
        units: Units::Lot { lot: id("L-22"), quantity: 50 },
        route: vec![route(10, "WI-2001", "INC")],
        due,
        priority: 3,
    };
    [("WO-1881", pumps), ("WO-1884", shafts)]
}
