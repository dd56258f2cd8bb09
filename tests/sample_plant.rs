//! The sample plant as sources: what its files say about each other must fit.

use std::fs;
use std::path::{Path, PathBuf};

use gemba::authoring::check::is_translation;
use toml::{Table, Value};

use crate::support::counts;

const PICTURE_BYTES_MAX: u64 = 5 * 1024;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn plant() -> Table {
    fs::read_to_string(fixtures().join("plant/plant.toml")).unwrap().parse().unwrap()
}

fn rows<'a>(table: &'a Table, name: &str) -> Vec<&'a Table> {
    table[name].as_array().unwrap().iter().map(|row| row.as_table().unwrap()).collect()
}

fn text<'a>(row: &'a Table, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

/// The columns `kind` and `gauge` of every characteristic of a specification.
fn kinds_and_gauges(path: &str) -> Vec<(String, String)> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_path(fixtures().join(path)).unwrap();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record[10].to_owned(), record[11].to_owned())
        })
        .collect()
}

#[test]
fn seven_people_hold_all_roles_and_no_pin_is_easy_to_guess() {
    let plant = plant();
    let people = rows(&plant, "person");
    assert_eq!(people.len(), 7);
    let mut roles: Vec<&str> = people
        .iter()
        .flat_map(|person| person["roles"].as_array().unwrap())
        .map(|role| role.as_str().unwrap())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    let expected =
        ["administrator", "engineer", "inspector", "operator", "planner", "quality", "supervisor"];
    assert_eq!(roles, expected);

    for person in people {
        let pin = text(person, "pin").as_bytes();
        assert!(pin.len() == 6 && pin.iter().all(u8::is_ascii_digit), "{person:?}");
        let steps: Vec<i16> =
            pin.windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
        assert!(!steps.windows(2).all(|pair| pair[0] == pair[1]), "{person:?}");
    }
}

#[test]
fn every_characteristic_has_a_gauge_of_its_class_in_date() {
    let plant = plant();
    let in_date: Vec<&str> = rows(&plant, "gauge")
        .into_iter()
        .filter(|gauge| gauge["due_days"].as_integer().unwrap() >= 0)
        .map(|gauge| text(gauge, "class"))
        .collect();
    for (specification, characteristics) in [("plant/CP-40.csv", 2), ("plant/CP-41.csv", 8)] {
        let rows = kinds_and_gauges(specification);
        assert_eq!(rows.len(), characteristics, "{specification}");
        for (kind, class) in rows {
            let looked_at = kind == "attribute" && class.is_empty();
            assert!(looked_at || in_date.contains(&&*class), "{specification}: {class}");
        }
    }
    let overdue = rows(&plant, "gauge").len() - in_date.len();
    assert_eq!(overdue, 1, "one gauge is there to be refused");
}

#[test]
fn every_order_runs_a_released_instruction_at_a_work_center_that_stands() {
    let plant = plant();
    let released: Vec<&str> =
        rows(&plant, "release").iter().map(|row| text(row, "instruction")).collect();
    let centers: Vec<&str> =
        rows(&plant, "work_center").iter().map(|center| text(center, "id")).collect();
    let route = |order: &Table| order["route"].as_array().unwrap().clone();
    let operations: Vec<Value> = rows(&plant, "order").into_iter().flat_map(route).collect();
    assert_eq!(operations.len(), 3);
    for operation in operations {
        let operation = operation.as_table().unwrap();
        assert!(centers.contains(&text(operation, "work_center")), "{operation:?}");
        let source = format!("{}.md", text(operation, "instruction"));
        assert!(released.contains(&source.as_str()), "{operation:?}");
        let source = fs::read_to_string(fixtures().join("plant").join(source)).unwrap();
        let head = format!("operation: {}\n", text(operation, "operation"));
        assert!(source.contains(&head), "{operation:?}");
    }
}

#[test]
fn every_picture_is_named_by_an_instruction_and_small() {
    for folder in ["plant", "delta-stage"] {
        let folder = fixtures().join(folder);
        let sources: String = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
            // A translation shows the pictures of its instruction.
            .filter(|path| !is_translation(path.to_str().unwrap()))
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        let pictures: Vec<_> =
            fs::read_dir(folder.join("img")).unwrap().map(Result::unwrap).collect();
        for picture in &pictures {
            let name = picture.file_name().into_string().unwrap();
            assert!(sources.contains(&format!("](img/{name})")), "{name} is in no instruction");
            assert!(picture.metadata().unwrap().len() <= PICTURE_BYTES_MAX, "{name}");
        }
        assert_eq!(sources.matches("](img/").count(), pictures.len(), "{}", folder.display());
    }
}

#[test]
fn the_delta_stage_source_covers_each_step_of_the_real_page() {
    let page = "gitbuilding/openflexure-delta-stage/assembling_the_actuators.md";
    let Some(page) = counts::sample(page) else { return };
    let page = fs::read_to_string(page).unwrap();
    let real_steps: Vec<&str> =
        page.lines().filter_map(|line| line.strip_suffix(" {pagestep}")).collect();
    assert_eq!(real_steps, ["## Cut the ties", "## Assemble gear", "## Assemble actuator"]);

    let ours = fs::read_to_string(fixtures().join("delta-stage/WI-3010.md")).unwrap();
    for id in ["ties", "gears", "a-gear", "a-ring", "b-gear", "b-ring", "c-gear", "c-ring"] {
        assert!(ours.contains(&format!(" {{#{id}}}\n")), "{id}");
    }
}
