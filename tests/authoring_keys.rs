//! The table of keys: what it names is read, laid out, compared and told; nothing else is.

use std::collections::BTreeSet;
use std::fs;

use gemba::authoring::check::{Definition, Neighbors, check_all};
use gemba::authoring::finding::{Finding, Source};
use gemba::authoring::format::format;
use gemba::authoring::keys::{self, Key};
use gemba::domain::difference::{
    Change, diff_instructions, diff_specifications, diff_standard_steps,
};

use crate::authoring_findings::read_picture;

const FRONT: &str = "front matter";
const STANDARD: &str = "front matter of a standard step";
const HEAD: &str = "head line of a specification";
const COLUMN: &str = "column of a specification";

/// For each key another value than the table's example, and the lines that stand beside it.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    (FRONT, "id", "WI-1041", ""),
    (FRONT, "title", "Fit the cover", ""),
    (FRONT, "part", "CP-41", ""),
    (FRONT, "rev", "D", ""),
    (FRONT, "operation", "30 Assembly", ""),
    (FRONT, "work-center", "INC", ""),
    (FRONT, "specification", "CP-40 rev G", ""),
    (FRONT, "qualification", "torque-2", ""),
    (FRONT, "offline-max", "7 d", ""),
    (FRONT, "place-acts", "setup", ""),
    (FRONT, "answers", "RL-ASM1-0004", ""),
    (FRONT, "inspect", "zero 95/5", ""),
    (FRONT, "language", "fr", ""),
    (STANDARD, "id", "STD-WIPE", ""),
    (STANDARD, "title", "Wipe the faces", ""),
    (STANDARD, "rev", "C", ""),
    // There is no other value; without it the source is an instruction.
    (STANDARD, "standard-step", "", ""),
    ("block step", "order", "", ""),
    ("block step", "when", "#look.1 = no", ""),
    ("block step", "attempts-max", "3", ""),
    ("block step", "skip", "never", ""),
    ("block step", "qualification", "torque-3", ""),
    ("block include", "step", "STD-CLEAN rev C", ""),
    ("block quantity", "label", "Pins", ""),
    ("block scan", "label", "Serial", "match: any"),
    ("block scan", "match", "order", "label: Serial"),
    ("block install", "NAME", "CP-40-CVR serial", ""),
    ("block check", "ask", "Is it clean?", ""),
    ("block check", "gauge", "feeler", "ask: Clean?"),
    ("block check", "setting", "20 N·m", "ask: Clean?\ngauge: torque-wrench"),
    ("block measure", "characteristic", "c-gap", ""),
    ("block measure", "name", "Torque", "spec: 25 ±2 N·m"),
    ("block measure", "spec", "25 ±1 N·m", "name: Torque"),
    ("block measure", "marginal", "0.5", "name: Torque\nspec: 25 ±2 N·m"),
    ("block measure", "rounding", "absolute", "name: Torque\nspec: 25 ±2 N·m"),
    ("block measure", "guard", "0.5", "name: Torque\nspec: 25 ±2 N·m"),
    ("block measure", "count", "3", "characteristic: c-torque"),
    ("block measure", "gauge", "feeler", "name: Torque\nspec: 25 ±2 N·m"),
    ("block measure", "sample", "first", "name: Torque\nspec: 25 ±2 N·m"),
    ("block measure", "retry", "1", "characteristic: c-torque"),
    ("block measure", "on-fail", "scrap", "characteristic: c-torque"),
    ("block enter", "label", "Batch", "kind: text"),
    ("block enter", "kind", "number\nunit: mm", "label: Batch"),
    ("block enter", "unit", "m", "label: Batch\nkind: number"),
    ("block wait", "min", "10 min", "clock: cure"),
    ("block wait", "max", "1 h", "clock: cure"),
    ("block wait", "clock", "working", "min: 20 min"),
    ("block wait", "ring", "1 min", "min: 20 min\nclock: cure"),
    ("block sign", "role", "quality", "meaning: verified"),
    ("block sign", "meaning", "witnessed", "role: inspector"),
    ("block sign", "not-same-person-as", "look", "role: inspector\nmeaning: verified"),
    (HEAD, "part", "CP-41", ""),
    (HEAD, "rev", "G", ""),
    (HEAD, "drawing", "D-4410 rev G", ""),
    (COLUMN, "id", "c-other", ""),
    (COLUMN, "balloon", "5", ""),
    (COLUMN, "location", "2/A1", ""),
    (COLUMN, "requirement", "see note 3", ""),
    (COLUMN, "name", "Torque", ""),
    (COLUMN, "nominal", "24", ""),
    (COLUMN, "lower", "22", ""),
    (COLUMN, "upper", "28", ""),
    (COLUMN, "unit", "kN·m", ""),
    (COLUMN, "class", "minor", ""),
    (COLUMN, "kind", "reference", ""),
    (COLUMN, "gauge", "feeler", ""),
    (COLUMN, "sample", "first", ""),
    (COLUMN, "marginal", "0.5", ""),
    (COLUMN, "rounding", "absolute", ""),
    (COLUMN, "guard", "0.5", ""),
];

fn other(stands: &str, key: &str) -> (&'static str, &'static str) {
    let found = OTHERS.iter().find(|(place, name, ..)| *place == stands && *name == key);
    let found = found.unwrap_or_else(|| panic!("no other value of {key} in {stands}"));
    (found.2, found.3)
}

/// The lines of a front matter, each key with its example, but for one.
fn front(keys: &[Key], instead: Option<(&str, &str)>) -> String {
    let lines = keys.iter().filter_map(|key| {
        let value = instead.filter(|(name, _)| *name == key.key).map(|(_, value)| value);
        let value = value.unwrap_or(key.example);
        (!value.is_empty()).then(|| format!("{}: {value}\n", key.key))
    });
    format!("---\n{}---\n\n", lines.collect::<String>())
}

const LOOK: &str = "## Look {#look}\nLook.\n\n```check\nask: Red?\n```\n\n";

/// A source in which a key has this value; an empty one leaves the key out.
fn source(stands: &str, key: &str, value: &str) -> (&'static str, String) {
    let line = match (key, value) {
        (_, "") => String::new(),
        ("NAME", _) => format!("cover: {value}\n"),
        _ => format!("{key}: {value}\n"),
    };
    let page = |body: &str| {
        // Where lots are inspected, not everything can be asked.
        let head = front(&keys::page::FRONT, Some(("inspect", "")));
        ("WI-1040.md", format!("{head}{LOOK}## Torque {{#torque}}\n{body}"))
    };
    match stands {
        FRONT => {
            let head = front(&keys::page::FRONT, Some((key, value)));
            // A specification is of the part that is made.
            let text = if key == "part" && value == "CP-41" {
                head.replace("specification: CP-40 rev F", "specification: CP-41 rev F")
            } else {
                head
            };
            ("WI-1040.md", format!("{text}{}\n", LOOK.trim_end()))
        }
        STANDARD => {
            let head = front(&keys::page::STANDARD, Some((key, value)));
            ("STD-X.md", format!("{head}## Look {{#look}}\nLook.\n"))
        }
        "block step" => {
            let free = "```step\norder: free\n```\n\n";
            let rest = if value.is_empty() { "attempts-max: 9\n" } else { "" };
            let last = format!("\n## Last {{#last}}\nPress.\n\n{free}");
            page(&format!("Fit.\n\n```step\n{line}{rest}```\n{last}"))
        }
        HEAD | COLUMN => ("CP-40.csv", specification(stands, key, value)),
        "block include" | "block quantity" => {
            page(&format!("```{}\n{line}```\n", stands.trim_start_matches("block ")))
        }
        _ => {
            let (_, beside) = other(stands, key);
            let beside = if beside.is_empty() { String::new() } else { format!("{beside}\n") };
            page(&format!("```{}\n{line}{beside}```\n", stands.trim_start_matches("block ")))
        }
    }
}

fn specification(stands: &str, key: &str, value: &str) -> String {
    let head = keys::specification::HEAD.iter().filter_map(|known| {
        let value = if stands == HEAD && known.key == key { value } else { known.example };
        (!value.is_empty()).then(|| format!("{}: {value}", known.key))
    });
    let head: Vec<String> = head.collect();
    let cells = keys::specification::COLUMNS.iter().map(|known| match known.key {
        name if stands == COLUMN && name == key => value,
        // What says the limits once more is left vague, so that they can change.
        "requirement" => "see note 2",
        "marginal" | "rounding" | "guard" => "",
        _ => known.example,
    });
    let cells: Vec<&str> = cells.collect();
    let names: Vec<&str> = keys::specification::COLUMNS.iter().map(|known| known.key).collect();
    format!("# {}\n{}\n{}\n", head.join("   "), names.join(","), cells.join(","))
}

/// Reads a source beside the specifications and standard steps that the examples name.
fn read((file, text): &(&str, String)) -> Result<Definition, Vec<Finding>> {
    let row = "id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
               c-torque,4,1/B3,25 ±2 N·m,Bolt torque,25,23,27,N·m,major,measured,torque-wrench,\n\
               c-gap,5,1/C2,max 0.05,Joint gap,,,0.05,mm,minor,measured,feeler,\n";
    let specification =
        |part: &str, rev: &str| format!("# part: {part}   rev: {rev}   drawing: D-1\n{row}");
    let standard = |rev: &str| {
        format!(
            "---\nid: STD-CLEAN\ntitle: Clean\nrev: {rev}\nstandard-step: yes\n---\n\n\
             ## Clean {{#clean}}\nWipe.\n"
        )
    };
    let beside = [
        ("a.csv", specification("CP-40", "F")),
        ("b.csv", specification("CP-40", "G")),
        ("c.csv", specification("CP-41", "F")),
        ("d.md", standard("B")),
        ("e.md", standard("C")),
    ];
    let neighbors: Vec<Source<'_>> =
        beside.iter().map(|(file, text)| Source { file, bytes: text.as_bytes() }).collect();
    let neighbors = Neighbors { sources: &neighbors, standards: &[] };
    let sources = [Source { file, bytes: text.as_bytes() }];
    check_all(&sources, neighbors, &read_picture).remove(0).map(|sound| sound.definition)
}

fn sound(source: &(&str, String)) -> Definition {
    read(source).unwrap_or_else(|found| panic!("{}\n{}", found[0], source.1))
}

fn changes(old: &Definition, new: &Definition) -> Vec<Change> {
    match (old, new) {
        (Definition::Instruction(old), Definition::Instruction(new)) => diff_instructions(old, new),
        (Definition::StandardStep(old), Definition::StandardStep(new)) => {
            diff_standard_steps(old, new)
        }
        (Definition::Specification(old), Definition::Specification(new)) => {
            diff_specifications(old, new)
        }
        other => panic!("{other:?}"),
    }
}

fn laid(source: &(&str, String)) -> String {
    format(&Source { file: source.0, bytes: source.1.as_bytes() }).unwrap()
}

#[test]
fn every_key_of_the_table_is_read_and_a_change_of_it_is_a_difference() {
    let mut cases = BTreeSet::new();
    for (stands, key) in keys::all() {
        let (value, _) = other(stands, key.key);
        assert!(cases.insert((stands, key.key)), "{} twice in {stands}", key.key);
        let old = sound(&source(stands, key.key, key.example));
        if key.key == "standard-step" {
            let found = read(&source(stands, key.key, value)).unwrap_err();
            assert!(found.iter().any(|found| found.what.contains("part")), "{found:?}");
            continue;
        }
        let new = sound(&source(stands, key.key, value));
        let told = changes(&old, &new);
        assert!(!told.is_empty(), "{} in {stands}: {value}", key.key);
    }
    assert_eq!(cases.len(), OTHERS.len());
}

#[test]
fn layout_keeps_every_key_and_settles_at_once() {
    for (stands, key) in keys::all() {
        let source = source(stands, key.key, key.example);
        let once = laid(&source);
        assert_eq!(laid(&(source.0, once.clone())), once, "{} in {stands}", key.key);
        let name = if key.key == "NAME" { "cover" } else { key.key };
        let line = match stands {
            COLUMN => key.example.to_owned(),
            _ => format!("{name}: {}", key.example),
        };
        assert!(once.contains(&line), "{line} in {stands} is lost:\n{once}");
        assert_eq!(sound(&(source.0, once)), sound(&source), "{line} in {stands}");
    }
}

#[test]
fn layout_puts_the_keys_of_a_block_into_the_order_of_the_table() {
    for group in keys::GROUPS.iter().filter(|group| group.stands.starts_with("block ")) {
        let word = group.stands.trim_start_matches("block ");
        let lines = group.keys.iter().rev().map(|key| format!("{}: {}\n", key.key, key.example));
        let lines = lines.collect::<Vec<_>>().concat();
        let head = front(&keys::page::FRONT, None);
        let text = format!("{head}## Torque {{#torque}}\n```{word}\n{lines}```\n");
        let laid = laid(&("WI-1040.md", text));
        let at: Vec<Option<usize>> =
            group.keys.iter().map(|key| laid.rfind(&format!("\n{}: ", key.key))).collect();
        assert!(at.is_sorted() && at[0].is_some(), "{word}: {laid}");
    }
}

#[test]
fn what_a_block_must_have_is_refused_without_it_and_nothing_else_is() {
    for (stands, key) in keys::all() {
        let without = read(&source(stands, key.key, ""));
        if key.must {
            let found = without.expect_err(key.key);
            // A block of one key is empty without it.
            let told = [key.key, "no lines", "no head line"];
            let told = found.iter().any(|found| told.iter().any(|told| found.what.contains(told)));
            assert!(told || key.key == "standard-step", "{} in {stands}: {found:?}", key.key);
        } else if let Err(found) = without {
            // Where a block needs one of several, or one beside another, the finding says which.
            let told =
                ["no lines", "characteristic", "min", "name", "spec", "unit", "limit", "setting"];
            let what = format!("{found:?}");
            assert!(told.iter().any(|word| what.contains(word)), "{} in {stands}: {what}", key.key);
        }
    }
}

#[test]
fn a_key_that_is_not_in_the_table_is_refused_wherever_it_stands() {
    for group in keys::GROUPS {
        let stands = group.stands;
        // A component may have any name, and a column is told as one.
        if stands == "block install" {
            continue;
        }
        let key = &group.keys[0];
        let (file, text) = source(stands, key.key, key.example);
        let text = match stands {
            COLUMN => text.replacen(key.key, "colour", 1),
            HEAD => text.replacen("part:", "colour: x   part:", 1),
            _ => text.replacen(
                &format!("{}: {}", key.key, key.example),
                &format!("{}: {}\ncolour: red", key.key, key.example),
                1,
            ),
        };
        let found = read(&(file, text)).expect_err(stands);
        let told = found.iter().any(|found| found.what.contains("\"colour\""));
        assert!(told, "{stands}: {found:?}");
    }
}

#[test]
fn a_key_explains_itself_wherever_it_stands_and_a_block_explains_its_keys() {
    let gauges: Vec<&str> = keys::named("gauge").iter().map(|(stands, _)| *stands).collect();
    assert_eq!(gauges, ["block check", "block measure", "column of a specification"]);
    assert_eq!(keys::named("wait").len(), keys::asks::WAIT.len());
    assert_eq!(keys::named("rounding:").len(), 2);
    assert!(keys::named("colour").is_empty());
    for (stands, key) in keys::all() {
        let told = keys::explain(stands, key);
        assert!(told.contains(key.what) && told.contains(key.example) && told.contains(stands));
    }
}

#[test]
fn the_readme_tells_every_key_as_the_table_does() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let wanted: Vec<String> = keys::GROUPS.iter().flat_map(rows).collect();
    let missing: Vec<&String> = wanted.iter().filter(|row| !readme.contains(*row)).collect();
    assert!(missing.is_empty(), "README.md lacks these rows:\n{}", wanted.join("\n"));
}

/// The rows of a group, the first of which says where they stand.
fn rows(group: &keys::Group) -> Vec<String> {
    let row = |(rank, key): (usize, &Key)| {
        let stands = if rank == 0 { group.stands } else { "" };
        let name = if key.must { format!("**`{}`**", key.key) } else { format!("`{}`", key.key) };
        format!("| {stands} | {name} | {} | `{}` |", key.what, key.example)
    };
    group.keys.iter().enumerate().map(row).collect()
}
