//! The screens in German: every sentence of ours has its translation, with the same values, once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gemba::domain::language::Language;
use gemba::domain::terms::Terms;
use gemba::ui::speech::{sentence, speak};

use crate::support::spoken::{Spoken, literals, spoken};

/// Folders whose sentences reach the screens.
const PLACES: [&str; 6] =
    ["src/ui", "src/views", "src/domain", "src/host", "src/ledger", "src/app"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.append(&mut files(&entry, ending));
        } else if entry.extension().is_some_and(|of| of == ending) {
            found.push(entry);
        }
    }
    found.sort();
    found
}

/// Every translation, by the file that it stands in.
fn catalogs() -> BTreeMap<String, BTreeMap<String, String>> {
    let of = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let read = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, read)
    };
    files(&root().join("src/ui/locales/de"), "toml").into_iter().map(of).collect()
}

/// What every source says, with the file.
fn said() -> Vec<(String, Spoken)> {
    let mut all = Vec::new();
    for path in PLACES.iter().flat_map(|place| files(&root().join(place), "rs")) {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        all.extend(spoken(&text).into_iter().map(|spoken| (name.clone(), spoken)));
    }
    all
}

/// The places of a sentence, such as `unit` in `{unit}`.
fn places(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).filter_map(|part| Some(&part[..part.find('}')?])).collect()
}

/// Whether a sentence has a word of its own, beside its values and signs such as `x` for times.
fn has_words(sentence: &str) -> bool {
    let beside =
        sentence.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
    let words = beside.flat_map(|part| part.split(|c: char| !c.is_alphabetic()));
    words.into_iter().any(|word| word.chars().count() > 1)
}

#[test]
fn every_sentence_that_is_said_has_its_german() {
    let catalogs = catalogs();
    let known: BTreeSet<&str> =
        catalogs.values().flat_map(|of| of.keys()).map(String::as_str).collect();
    let said = said();
    assert!(said.len() > 500, "the sources were not read: {}", said.len());
    let missing = said.iter().filter(|(_, spoken)| has_words(&spoken.sentence));
    let missing = missing.filter(|(_, spoken)| !known.contains(&*spoken.sentence));
    let missing: Vec<String> =
        missing.map(|(file, spoken)| format!("{file}: {:?}", spoken.sentence)).collect();
    assert!(missing.is_empty(), "{} without German:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn every_value_of_a_sentence_is_given_and_stands_in_its_german() {
    let mut wrong = Vec::new();
    for (file, spoken) in said() {
        let given: BTreeSet<&str> = spoken.values.iter().map(String::as_str).collect();
        if places(&spoken.sentence) != given {
            wrong.push(format!("{file}: {:?} is given {given:?}", spoken.sentence));
        }
    }
    for (file, catalog) in catalogs() {
        for (english, german) in &catalog {
            if places(english) != places(german) {
                wrong.push(format!("{file}: {english:?} = {german:?}"));
            }
            if german.trim().is_empty() && !english.trim().is_empty() {
                wrong.push(format!("{file}: {english:?} has no words"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_sentence_stands_in_one_catalog_and_somewhere_in_the_source() {
    let mut texts = String::new();
    for path in PLACES.iter().flat_map(|place| files(&root().join(place), "rs")) {
        texts.extend(literals(&fs::read_to_string(path).unwrap()));
    }
    let mut seen = BTreeMap::new();
    let mut wrong = Vec::new();
    for (file, catalog) in catalogs() {
        for english in catalog.into_keys() {
            if !texts.contains(&english) {
                wrong.push(format!("{file}: {english:?} is said nowhere"));
            }
            if let Some(other) = seen.insert(english.clone(), file.clone()) {
                wrong.push(format!("{english:?} stands in {other} and in {file}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_word_with_two_meanings_has_a_translation_of_each_and_a_note_has_none() {
    speak(Language::German, &Terms::default());
    assert_eq!(sentence("back"), "zurück");
    assert_eq!(sentence("nothing that the program says"), "nothing that the program says");
    speak(Language::English, &Terms::default());
    assert_eq!(sentence("back"), "back");
    assert_eq!(sentence("state|open"), "open");
}

/// A sentence of which only the words count, whatever its places are called.
fn bare(sentence: &str) -> String {
    let mut out = String::new();
    for (n, part) in sentence.split('{').enumerate() {
        let after = part.split_once('}').filter(|_| n > 0).map(|(_, after)| after);
        out.push_str(if n > 0 { "{}" } else { "" });
        out.push_str(after.unwrap_or(part));
    }
    // Several may be put into one place.
    out.replace("{} {}", "{}").replace("{}, {}", "{}")
}

#[test]
fn what_is_known_again_by_its_words_is_written_with_them_somewhere() {
    let again = ["src/domain/objected.rs", "src/domain/understood.rs", "src/ui/parts/heard.rs"];
    let of = |path: &Path| -> Vec<String> {
        let texts = literals(&fs::read_to_string(path).unwrap());
        texts.iter().map(|text| bare(text.trim_end_matches('\n'))).collect()
    };
    let mut written = BTreeSet::new();
    for path in files(&root().join("src"), "rs") {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if !again.contains(&&*name) && !name.starts_with("src/ui") {
            written.extend(of(&path));
        }
    }
    // What is put together out of two texts has a good part of it in one.
    let in_part = |sentence: &str| {
        let ends = |text: &'_ String| text.trim_matches(['{', '}']).to_owned();
        let mut parts = written.iter().map(ends);
        parts.any(|text| text.len() * 3 >= sentence.len() && sentence.contains(&text))
    };
    let sentences = again.iter().flat_map(|file| of(&root().join(file)));
    let stale: Vec<String> = sentences
        .filter(|sentence| has_words(sentence) && sentence.contains(' '))
        .filter(|sentence| !written.contains(sentence) && !in_part(sentence))
        .collect();
    assert_eq!(stale, Vec::<String>::new());
}
