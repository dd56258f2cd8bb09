//! Sources: what they compile to, how they are laid out, what changed between two of them.

use std::fs;

use gemba::authoring::check::{Definition, Neighbors, check_all};
use gemba::authoring::compile::{
    Compiled, compile_instruction, compile_specification, compile_standard_step, read_instruction,
    read_specification, read_standard_step,
};
use gemba::authoring::finding::Source;
use gemba::authoring::format::format;
use gemba::domain::difference::{diff_instructions, diff_specifications};
use gemba::domain::instruction::{Ask, Block, CalloutLevel, Instruction, Look, Measure, OnFail};
use gemba::domain::specification::{CharacteristicKind, Specification};

use crate::authoring_findings::{fixtures, read_picture};

const REAL: [(&str, &str); 6] = [
    ("plant/CP-40.csv", "b44d69d43808e7116555e16e2e6014405a156df32686b0e30e4190b1ebbdb191"),
    ("plant/CP-41.csv", "d03a112179f8ccd113971abd5fa7a9fba15dc6df662c87f03bc7a450f2fa068b"),
    ("plant/WI-1040.md", "4f3047f64ec5bb5d93b2f5a23ed96c99d05669059b5ed4c8b619fe59dfe71281"),
    ("plant/WI-2001.md", "e23c6f90d05c9be6d86a89a8a881288431e1aa289d81fad502002bb3b707a07d"),
    ("delta-stage/DS-ACT.csv", "2f7c0a15e6657046236357cf5390910a7c5292dfc48c961fb8db71083ef1848c"),
    ("delta-stage/WI-3010.md", "6d34fd114d0d5c283ecbafb94e9cf07cf0be4c845ce336af8719ec8526a41124"),
];

pub(crate) fn real_names() -> impl Iterator<Item = &'static str> {
    REAL.iter().map(|(name, _)| *name)
}

pub(crate) fn real_text(name: &str) -> String {
    fs::read_to_string(fixtures().join(name)).unwrap()
}

/// Defines what a text says when it stands where the real source of this name does.
pub(crate) fn define(name: &str, text: &str) -> Result<Definition, String> {
    let path = fixtures().join(name);
    let neighbors: Vec<(String, Vec<u8>)> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .map(|path| (path.to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    let neighbors: Vec<Source<'_>> =
        neighbors.iter().map(|(file, bytes)| Source { file, bytes }).collect();
    let source = Source { file: path.to_str().unwrap(), bytes: text.as_bytes() };
    let neighbors = Neighbors { sources: &neighbors, standards: &[] };
    let defined = check_all(&[source], neighbors, &read_picture).remove(0);
    defined
        .map(|sound| sound.definition)
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

pub(crate) fn compiled(definition: &Definition) -> Compiled {
    match definition {
        Definition::Specification(specification) => compile_specification(specification).unwrap(),
        Definition::Instruction(instruction) => compile_instruction(instruction).unwrap(),
        Definition::StandardStep(standard) => compile_standard_step(standard).unwrap(),
        Definition::Translation(words) => panic!("compiled with what it translates: {words:?}"),
    }
}

fn instruction(name: &str, text: &str) -> Instruction {
    match define(name, text) {
        Ok(Definition::Instruction(instruction)) => instruction,
        other => panic!("{other:?}"),
    }
}

fn specification(name: &str, text: &str) -> Specification {
    match define(name, text) {
        Ok(Definition::Specification(specification)) => specification,
        other => panic!("{other:?}"),
    }
}

fn cover() -> Instruction {
    instruction("plant/WI-1040.md", &real_text("plant/WI-1040.md"))
}

#[test]
fn the_real_sources_compile_to_the_same_bytes_as_ever() {
    for (name, hash) in REAL {
        let definition = define(name, &real_text(name)).unwrap_or_else(|found| panic!("{found}"));
        assert_eq!(compiled(&definition).hash.to_string(), hash, "{name}");
    }
}

#[test]
fn what_is_compiled_is_read_back_and_nothing_else_is() {
    for name in real_names() {
        let definition = define(name, &real_text(name)).unwrap();
        let bytes = compiled(&definition).bytes;
        let back = match definition {
            Definition::Specification(_) => {
                Definition::Specification(read_specification(&bytes).unwrap())
            }
            Definition::Instruction(_) => {
                Definition::Instruction(read_instruction(&bytes).unwrap())
            }
            Definition::StandardStep(_) => {
                Definition::StandardStep(read_standard_step(&bytes).unwrap())
            }
            Definition::Translation(words) => panic!("read with what it translates: {words:?}"),
        };
        assert_eq!(back, definition);
        assert_eq!(compiled(&back).bytes, bytes);
        let spaced = [b" ", &bytes[..]].concat();
        assert!(read_specification(&spaced).is_err() && read_instruction(&spaced).is_err());
        let cut = &bytes[..bytes.len() - 1];
        assert!(read_specification(cut).is_err() && read_instruction(cut).is_err());
    }
}

#[test]
fn the_real_sources_are_laid_out_already() {
    for name in real_names() {
        let text = real_text(name);
        let laid = format(&Source { file: name, bytes: text.as_bytes() }).unwrap();
        assert_eq!(laid, text, "{name}");
    }
}

#[test]
fn layout_keeps_remarks_and_meaning() {
    let untidy = "\u{feff}---\r\nrev:B\r\n# who asked for it\r\ntitle:   Fit\r\nid: WI-1\r\npart: P-1\r\n\
                  operation: 10 Assembly\r\nwork-center: ASM\r\n---\r\n##   Fit   {#fit}   \r\n\r\n\r\n\
                  Fit it.  \r\nPress it.   \r\n\r\n\r\n<!-- why -->\r\n- one\r\n  more \r\n- two\r\n\
                  ```measure\r\n count:2\r\n# as drawn\r\nspec: 5 ±1 mm\r\nname: Play\r\n```\r\n\
                  ## Wait {#wait}\r\n~~~wait\r\nclock: cure\r\nmin: 1 h\r\n~~~";
    let tidy = "---\nid: WI-1\n# who asked for it\ntitle: Fit\npart: P-1\nrev: B\n\
                operation: 10 Assembly\nwork-center: ASM\n---\n\n## Fit {#fit}\nFit it.  \nPress it.\n\n\
                <!-- why -->\n\n- one\n  more\n- two\n\n```measure\nname: Play\n# as drawn\n\
                spec: 5 ±1 mm\ncount: 2\n```\n\n## Wait {#wait}\n```wait\nmin: 1 h\nclock: cure\n```\n";
    let name = "findings/x.md";
    let laid = format(&Source { file: name, bytes: untidy.as_bytes() }).unwrap();
    assert_eq!(laid, tidy);
    let (before, after) = (define(name, untidy).unwrap(), define(name, tidy).unwrap());
    assert_eq!(compiled(&before), compiled(&after));
    assert_eq!(format(&Source { file: name, bytes: tidy.as_bytes() }).unwrap(), tidy);
}

#[test]
fn layout_of_a_specification_puts_columns_in_order() {
    let untidy = "# made by hand\n#part: P-9 drawing: D-9, sheet 2   rev: A\n\n\
                  balloon,id,requirement,name,nominal,lower,upper,unit,class,kind\n\
                  1, c-a ,\"max 0.05\",\"Gap, \"\"joint\"\"\",,,0.05,mm,minor,measured\n# end\n";
    let tidy = "# made by hand\n# part: P-9   rev: A   drawing: D-9, sheet 2\n\
                id,balloon,location,requirement,name,nominal,lower,upper,unit,class,kind,gauge,sample\n\
                c-a,1,,max 0.05,\"Gap, \"\"joint\"\"\",,,0.05,mm,minor,measured,,\n# end\n";
    let name = "findings/x.csv";
    let laid = format(&Source { file: name, bytes: untidy.as_bytes() }).unwrap();
    assert_eq!(laid, tidy);
    let (before, after) = (specification(name, untidy), specification(name, tidy));
    assert_eq!(before, after);
    assert_eq!(before.characteristics[0].name, "Gap, \"joint\"");
    assert_eq!(format(&Source { file: name, bytes: tidy.as_bytes() }).unwrap(), tidy);
}

#[test]
fn a_measure_takes_its_limits_from_the_specification() {
    let cover = cover();
    let step = &cover.steps[4];
    let Ask::Measure(measure) = &step.asks[0] else { panic!("{step:?}") };
    let Measure { name, requirement, kind, balloon, count, gauge, on_fail, .. } = measure;
    assert_eq!((&**name, &**requirement, *count), ("Bolt torque", "25 ±2 N·m", 4));
    assert_eq!(
        (balloon.as_deref(), gauge.as_ref().unwrap().as_str()),
        (Some("4"), "torque-wrench")
    );
    assert_eq!(on_fail, &Some(OnFail::Rework(step.id.clone())));
    let CharacteristicKind::Measured(limits) = kind else { panic!("{kind:?}") };
    assert_eq!(limits.lower.as_ref().unwrap().text(), "23");
}

#[test]
fn a_requirement_in_the_text_keeps_its_decimals() {
    let limits = |spec: &str| {
        let text = format!(
            "---\nid: WI-1\ntitle: Fit\npart: P-1\nrev: B\noperation: 10 A\nwork-center: ASM\n---\n\
             ## Fit {{#fit}}\n```measure\nname: Play\nspec: {spec}\n```\n"
        );
        let found = instruction("findings/x.md", &text);
        let Ask::Measure(measure) = &found.steps[0].asks[0] else { panic!() };
        let CharacteristicKind::Measured(limits) = measure.kind.clone() else { panic!() };
        let text = |n: Option<gemba::domain::quantity::Number>| n.map(|n| n.text().to_owned());
        let [nominal, lower, upper] = [limits.nominal, limits.lower, limits.upper].map(text);
        [nominal, lower, upper, Some(limits.unit.symbol().to_owned())]
            .map(Option::unwrap_or_default)
            .join(" ")
    };
    assert_eq!(limits("25 ±2 N·m"), "25 23 27 N·m");
    assert_eq!(limits("25 +/-0.50 Nm"), "25 24.50 25.50 N·m");
    assert_eq!(limits("0.00 .. 0.05 mm"), " 0.00 0.05 mm");
    assert_eq!(limits("19.000 +0.020/-0.010 mm"), "19.000 18.990 19.020 mm");
    assert_eq!(limits("20 -0.007/-0.020 mm"), "20 19.980 19.993 mm");
    assert_eq!(limits("-5 ±10 °C"), "-5 -15 5 °C");
    assert_eq!(limits("max 0.8 µm"), "  0.8 µm");
    assert_eq!(limits("min 5N"), " 5  N");
}

#[test]
fn text_becomes_blocks_that_need_no_markdown() {
    let text = "---\nid: WI-1\ntitle: Fit\npart: P-1\nrev: B\noperation: 10 A\nwork-center: ASM\n---\n\
                ## Fit {#fit}\nPress *gently*, **never** with `F9`.\n![Cover](img/cover.png) Then stop.\n\n\
                1. one\n2. two\n\n> [!CAUTION]\n> Hot.\n>\n> Very hot.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    let found = instruction("findings/x.md", text);
    let [first, picture, rest, list, callout, table] = found.steps[0].text.as_slice() else {
        panic!("{:#?}", found.steps[0].text)
    };
    let Block::Paragraph(spans) = first else { panic!("{first:?}") };
    let looks: Vec<(&str, Look)> = spans.iter().map(|s| (s.text.as_str(), s.look)).collect();
    let expected = [
        ("Press ", Look::Plain),
        ("gently", Look::Emphasis),
        (", ", Look::Plain),
        ("never", Look::Strong),
        (" with ", Look::Plain),
        ("F9", Look::Code),
        (".", Look::Plain),
    ];
    assert_eq!(looks, expected);
    assert!(matches!(picture, Block::Picture(p) if p.alt == "Cover" && p.file == "img/cover.png"));
    assert!(matches!(rest, Block::Paragraph(s) if s[0].text == "Then stop."));
    assert!(matches!(list, Block::List { ordered: true, items } if items.len() == 2));
    let Block::Callout { level, text } = callout else { panic!("{callout:?}") };
    assert_eq!((*level, &*text[0].text), (CalloutLevel::Caution, "Hot.\nVery hot."));
    assert!(matches!(table, Block::Table { rows } if rows.len() == 2 && rows[1][1][0].text == "2"));
}

#[test]
fn a_change_of_a_picture_changes_the_hash() {
    let mut instruction = cover();
    let before = compile_instruction(&instruction).unwrap().hash;
    assert_eq!(instruction.pictures().count(), 4);
    for block in instruction.steps.iter_mut().flat_map(|step| &mut step.text) {
        if let Block::Picture(picture) = block {
            picture.blob.0[0] ^= 1;
            break;
        }
    }
    assert_ne!(compile_instruction(&instruction).unwrap().hash, before);
}

#[test]
fn a_difference_is_told_by_step_and_characteristic() {
    let text = real_text("plant/CP-40.csv");
    let old = specification("plant/CP-40.csv", &text);
    let text = text.replace("rev: F ", "rev: G ").replace("25 ±2 N·m", "25 ±1 N·m");
    let new = specification("plant/CP-40.csv", &text.replace("25,23,27", "25,24,26"));
    let told: Vec<String> =
        diff_specifications(&old, &new).iter().map(ToString::to_string).collect();
    let expected = [
        "revision F → G",
        "4 Bolt torque 25 ±2 N·m → 25 ±1 N·m",
        "4 Bolt torque limits 23 .. 27 N·m (nominal 25) → 24 .. 26 N·m (nominal 25)",
    ];
    assert_eq!(told, expected);
    assert_eq!(diff_specifications(&old, &old), []);

    let old = cover();
    let text = real_text("plant/WI-1040.md")
        .replace("rev: C\n", "rev: D\n")
        .replace("count: 4", "count: 6")
        .replace("max: 2 h", "max: 3 h")
        .replace("## Clean the joint faces {#clean}", "## Clean the joint faces {#wipe}");
    let new = instruction("plant/WI-1040.md", &text);
    let told: Vec<String> = diff_instructions(&old, &new).iter().map(ToString::to_string).collect();
    let expected = [
        "revision C → D",
        "clean: step removed: Clean the joint faces",
        "torque: 4 Bolt torque count 4 → 6",
        "cure: ask 1 wait 1200 s .. 7200 s (cure) → wait 1200 s .. 10800 s (cure)",
        "wipe: step added: Clean the joint faces",
    ];
    assert_eq!(told[..5], expected);
    // Of a step that is new all is told.
    let words = ["text added: Warning:", "text added: Wipe", "text added: picture", "ask 1 added:"];
    assert_eq!(told.len(), 5 + words.len(), "{told:#?}");
    for (told, words) in told[5..].iter().zip(words) {
        assert!(told.starts_with(&format!("wipe: {words}")), "{told}");
    }
    assert_eq!(diff_instructions(&old, &old), []);
}
