//! A translation by commands: checked, released and compared with its instruction.

use serde_json::json;

use crate::support::program::{ENGINEER, QUALITY, SamplePlant};

const ENGLISH: &str = "---\nid: WI-8\ntitle: Press the ring\npart: RING\nrev: A\n\
    operation: 10 Pressing\nwork-center: ASM\n---\n\n## Press {#press}\n> [!WARNING]\n\
    > Keep your hands out.\n\nPress it for 5 s.\n\n\
    ```measure\nname: Force\nspec: 25 ±2 N\ncount: 2\n```\n";
const GERMAN: &str = "---\ntitle: Ring einpressen\nrev: A\noperation: 10 Pressen\n---\n\n\
    ## Einpressen {#press}\n> [!WARNING]\n> Nicht hineingreifen.\n\n5 s lang pressen.\n\n\
    ```measure\nname: Kraft\n```\n";

#[test]
fn r01_a_translation_is_released_with_its_instruction_and_a_changed_one_is_a_new_revision() {
    let plant = SamplePlant::new();
    let _server = plant.server();
    let english = plant.file("WI-8.md", ENGLISH);
    let german = plant.file("WI-8.de.md", GERMAN.replace("5 s", "50 s"));
    let checked = plant.gemba(&["check", &english]).exits(1);
    assert!(
        checked.out.contains("WI-8.de.md:11:1 E0318 50 s where the original has 5 s"),
        "{}",
        checked.out
    );
    plant.by(ENGINEER, &["release", &english]).exits(1);
    let german_again = plant.file("WI-8.de.md", GERMAN);
    plant.gemba(&["check", &english, &german_again]).exits(0).says("2 clean");
    plant.by(ENGINEER, &["release", &german]).exits(1).says("released with what they translate");
    let released = plant.by(ENGINEER, &["release", &english, &german, "--json"]).exits(0).values();
    assert_eq!((released.len(), &released[0]["languages"]), (1, &json!(["de"])));
    let approve = |revision: &str| {
        let sign = ["sign", "--meaning", "approved", "WI-8", revision];
        let words = format!("gemba diff WI-8@{revision} says every word");
        plant.by(ENGINEER, &sign).exits(0).says(&words);
        plant.by(QUALITY, &sign).exits(0).says("is in effect");
    };
    approve("A");
    plant.gemba(&["instruction", "show", "WI-8"]).exits(0).says("with its words in de");
    // Who approves a first revision reads all of it, in each language.
    let whole = plant.gemba(&["diff", "WI-8@A"]).exits(0);
    whole
        .says("press: text added: Press it for 5 s.")
        .says("press: de text added: Warning: Nicht hineingreifen.")
        .says("press: de ask 1 added: Kraft");
    // The same number with other words is another text, and refused.
    plant.file("WI-8.de.md", GERMAN.replace("Nicht hineingreifen", "Hände weg"));
    plant.by(ENGINEER, &["release", &english]).exits(1);
    let english = plant.file("WI-8.md", ENGLISH.replace("rev: A", "rev: B"));
    let stale = plant.by(ENGINEER, &["release", &english]).exits(1);
    assert!(stale.out.contains("E0312"), "{}", stale.out);
    let next = GERMAN.replace("Nicht hineingreifen", "Hände weg").replace("rev: A", "rev: B");
    plant.file("WI-8.de.md", next);
    plant.by(ENGINEER, &["release", &english]).exits(0).says("with its words in de");
    approve("B");
    let changes = plant.gemba(&["diff", "WI-8@A", "WI-8@B"]).exits(0);
    changes.says("press: de text Warning: Nicht hineingreifen. → Warning: Hände weg.");
}

#[test]
fn a_translation_belongs_to_its_instruction_however_folder_and_ending_are_spelled() {
    let plant = SamplePlant::new();
    let english = plant.file("WI-8.md", ENGLISH);
    let german = plant.file("WI-8.de.md", GERMAN);
    let (folder, _) = english.rsplit_once('/').unwrap();
    let (_, name) = folder.rsplit_once('/').unwrap();
    let detour = |file: &str| format!("{folder}/../{name}/./{file}");
    let other = plant.file("WI-9.md", ENGLISH.replace("id: WI-8", "id: WI-9"));
    plant.gemba(&["check", &english, &detour("WI-8.de.md")]).exits(0).says("2 clean");
    plant.gemba(&["check", &other, &detour("WI-8.md")]).exits(0).says("2 clean");
    plant.file("WI-8.de.md", GERMAN.replace("5 s", "50 s"));
    for files in [[detour("WI-8.md"), german.clone()], [english.clone(), detour("WI-8.de.md")]] {
        let checked = plant.gemba(&["check", &files[0], &files[1]]).exits(1);
        assert_eq!(checked.out.matches("E0318").count(), 1, "{}", checked.out);
    }
    std::fs::rename(&german, german.replace(".md", ".MD")).unwrap();
    plant.gemba(&["check", &english]).exits(1).says("WI-8.de.MD:11:1 E0318");
    plant.file("WI-8.de.MD", GERMAN);
    plant.gemba(&["check", &english]).exits(0).says("1 clean");
    plant.file("WI-8.bk.md", GERMAN);
    plant.gemba(&["check", &english]).exits(1).says("\"bk\", which is no language");
}

#[test]
fn a_translation_that_cannot_be_read_is_not_left_out() {
    let plant = SamplePlant::new();
    let english = plant.file("WI-8.md", ENGLISH);
    std::fs::create_dir(english.replace(".md", ".de.md")).unwrap();
    plant.gemba(&["check", &english]).exits(2).says("WI-8.de.md cannot be read");
}
