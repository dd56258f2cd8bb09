//! What a normal unit takes: scans, values and Enter, and how many of them the README says.

use std::fs;
use std::path::Path;

use gemba::app::demo::script::{Act, read};

/// What somebody does for one unit.
#[derive(Debug, Default, PartialEq, Eq)]
struct Pressed {
    scans: usize,
    /// Keys of values, answers and PINs.
    characters: usize,
    enters: usize,
    others: usize,
}

fn pressed(script: &str) -> Pressed {
    let mut all = Pressed::default();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/walk").join(script);
    for (line, act) in read(&file).unwrap() {
        match act {
            Act::Scan(_) => all.scans += 1,
            Act::Type(text) => all.characters += text.chars().count(),
            Act::Key(b"\r") => all.enters += 1,
            Act::Key(_) => all.others += 1,
            Act::Expect(_) | Act::Screen(_) | Act::Clock(_) => {}
            Act::Absent(_)
            | Act::Terminal(_)
            | Act::Station(_)
            | Act::Network { .. }
            | Act::Size(..) => panic!("{script}:{line}: {act:?}"),
        }
    }
    all
}

#[test]
fn a_normal_unit_of_the_demo_takes_scans_values_and_enter_as_many_as_the_readme_says() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.unwrap();
    for (instruction, script) in [("WI-1040", "pump.keys"), ("WI-2001", "shafts.keys")] {
        let all = pressed(script);
        assert_eq!(all.others, 0, "{script} needs other keys than values and Enter");
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{instruction}`")));
        let row = row.unwrap_or_else(|| panic!("the README has no row for {instruction}"));
        let told: Vec<usize> = row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
        assert_eq!(told, [all.scans, all.characters, all.enters], "{row}");
    }
}
