//! What a normal unit takes: scans, values and Enter, and how many of them the README says.

use std::fs;
use std::path::{Path, PathBuf};

use gemba::app::demo::script::{Act, read};
use serde_json::Value;

use crate::support::loopback;
use crate::support::program::gemba;

/// What somebody does for one unit.
#[derive(Debug, Default, PartialEq, Eq)]
struct Pressed {
    scans: usize,
    /// Keys of values, answers and PINs.
    characters: usize,
    enters: usize,
    others: usize,
}

fn walk(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/walk").join(script)
}

fn pressed(script: &str) -> Pressed {
    let mut all = Pressed::default();
    for (line, act) in read(&walk(script)).unwrap() {
        match act {
            Act::Scan(_) => all.scans += 1,
            Act::Type(text) => all.characters += text.chars().count(),
            Act::Key(b"\r") => all.enters += 1,
            Act::Key(_) => all.others += 1,
            Act::Expect(_) | Act::Screen(_) | Act::Clock(_) => {}
            Act::Absent(_)
            | Act::Patience(_)
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

#[test]
fn the_keys_that_are_counted_finish_the_unit_at_its_first_attempt() {
    let signs_in =
        "expect Scan your badge\nscan B-2107\ntype 482913\nkey enter\nexpect Work here\n";
    let works = format!("include {} UNIT=0010\n", walk("pump.keys").display());
    let (before, after) = (played(signs_in), played(&format!("{signs_in}{works}")));
    for (of, more) in [("units_finished", 1), ("first_pass", 1), ("readings", 5), ("deviations", 0)]
    {
        assert_eq!(after[of].as_i64(), before[of].as_i64().map(|n| n + more), "{of}: {after}");
    }
}

/// What the demo says of itself once this was played.
fn played(script: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.keys");
    fs::write(&file, script).unwrap();
    let (file, listen) = (file.to_str().unwrap(), loopback::any_port());
    let play = ["--json", "demo", "--headless", "--listen", &listen, "--script", file];
    gemba(&play).exits(0).values().remove(0)
}
