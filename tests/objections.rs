//! What the server objects to, read in German: all of it, or none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gemba::domain::language::Language;
use gemba::domain::objected::OBJECTIONS;
use gemba::domain::terms::Terms;
use gemba::ui::speech::{objection, speak};

use crate::support::spoken::literals;

/// As a terminal in German shows what was recorded.
fn german(recorded: &str) -> String {
    speak(Language::German, &Terms::default());
    let said = objection(recorded);
    speak(Language::English, &Terms::default());
    said
}

#[test]
fn an_objection_is_translated_where_every_piece_of_it_is_known() {
    for (recorded, said) in [
        (
            "the lot was decided before; novak is no quality",
            "über das Los war schon entschieden; novak hat nicht die Rolle Qualität",
        ),
        (
            "novak may not dispose a deviation; and 2 more",
            "novak darf nicht: über eine Abweichung entscheiden; und 2 weitere",
        ),
        (
            "This unit is on hold: a deviation was raised",
            "Diese Einheit ist gesperrt: eine Abweichung wurde gemeldet",
        ),
        ("This unit is not paused.", "Diese Einheit hat keine Pause."),
        (
            "WO-1/0002, which is built in, was not accepted: nobody was signed in",
            "WO-1/0002, darin verbaut, wurde nicht angenommen: niemand war angemeldet",
        ),
    ] {
        assert_eq!(german(recorded), said);
    }
    let decided = german(
        "two dispositions, unseen by each other: scrap at ASM-1 on 2026-11-20 07:00, use as is at \
         ASM-2 on 2026-11-21 08:00; a person says which one counts",
    );
    assert!(
        decided.starts_with("zwei Entscheide, unbemerkt: Ausschuss an ASM-1 am 2026-11-20"),
        "{decided}"
    );
    assert!(!decided.contains("use as is") && decided.ends_with("welcher zählt"), "{decided}");
}

#[test]
fn an_objection_of_which_a_piece_or_a_word_is_not_known_stays_in_english_as_a_whole() {
    for recorded in [
        "the lot was decided before; something that no version says",
        "the server does not know what the bench never told",
        "novak may not dance on the conveyor",
        "novak is no acrobat",
        "This unit is on hold: somebody typed a deviation was raised",
        "the drawer of the lot was decided before",
        "WO-1/0002, which is built in, was not accepted: for reasons",
        "work on Monday on a unit that was held at ASM-1 on 2026-11-20 07:00, unseen",
        "; ; ;",
        "",
    ] {
        assert_eq!(german(recorded), recorded);
    }
}

#[test]
fn a_full_stop_is_there_where_it_was_recorded_and_nowhere_else() {
    assert_eq!(german("The new PIN is the one before"), "Die neue PIN ist die bisherige");
    assert_eq!(german("The new PIN is the one before."), "Die neue PIN ist die bisherige.");
    assert_eq!(german("nobody was signed in."), "niemand war angemeldet.");
}

#[test]
fn in_english_by_the_sites_terms_an_objection_says_them_too() {
    let terms = crate::site_terms::terms(r#"{"en": {"lot": ["batch", "batches"]}}"#);
    speak(Language::English, &terms);
    let said =
        ["the lot was decided before", "the lot of Mr. Lot was decided before"].map(objection);
    speak(Language::English, &Terms::default());
    assert_eq!(said, ["the batch was decided before", "the lot of Mr. Lot was decided before"]);
    assert_eq!(objection("the lot was decided before"), "the lot was decided before");
}

/// What the judge says in words of other files, or with a list of its own: it stays in English.
const ELSEWHERE: [&str; 3] = [
    // A specification is known again by its name.
    "specification {} rev {} is not released",
    // The refusal of the bench, without its full stop.
    "{} is critical: no permit is given for it",
    "{} is for {}, and this is number {}{}",
];

fn bare(sentence: &str) -> String {
    let mut parts = sentence.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .fold(first, |out, part| out + "{}" + part.split_once('}').map_or(part, |(_, after)| after))
}

#[test]
fn whatever_the_judge_objects_to_is_known_again() {
    let known: BTreeSet<String> =
        OBJECTIONS.iter().map(|(sentence, _)| bare(sentence)).chain(ELSEWHERE.map(bare)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/judge");
    let (mut found, mut unknown) = (0, Vec::new());
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let source = fs::read_to_string(&path).unwrap();
        for call in ["self.reject(", "reasons.push(", "reasons\n            .push("] {
            for (at, _) in source.match_indices(call) {
                let given = source[at + call.len()..].trim_start();
                let given = given.strip_prefix("format!(").unwrap_or(given).trim_start();
                if !given.starts_with('"') {
                    continue;
                }
                found += 1;
                let given: String = given.chars().take(600).collect();
                let text = literals(&given).remove(0);
                let text = bare(text.trim_end());
                if !known.contains(&text) {
                    unknown.push(format!("{}: {text:?}", path.display()));
                }
            }
        }
    }
    assert!(found > 80, "the judge was not read: {found}");
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}
