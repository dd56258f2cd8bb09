//! What records say: sentences of ours with what others wrote as values, so that every language says them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gemba::domain::fact::Fact;
use gemba::domain::language::Language;
use gemba::domain::stream::Subject;
use gemba::domain::terms::Terms;
use gemba::domain::words::{Value, Words};
use gemba::ui::speech::{sentence, speak, tell, tell_in};
use gemba::views::quality_words::found;
use gemba::views::record_words::{happened, said};
use gemba::views::trace::{TraceLine, standing};

use crate::screens_traveler::reaching;
use crate::support::shipping::{finished, ships, takes_back};
use crate::support::shop::Shop;

/// What a record of these kinds says is what somebody typed, and stays so.
const TYPED: [&str; 4] = ["EntryMade", "MaterialBlocked", "MaterialReleased", "PermitWithdrawn"];
/// Runs of letters in values that no record has: how moments and limits are written.
const WRITTEN: [&str; 3] = ["UTC", "min", "max"];

/// Every shape of a fact, with its text.
fn facts() -> Vec<(String, Fact)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/facts");
    let mut found: Vec<(String, Fact)> = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let fact = Fact::read(text.trim_end()).unwrap();
        found.push((text, fact));
    }
    found
}

/// Every sentence in words, and every value that others wrote.
fn taken_apart(words: &Words, sentences: &mut BTreeSet<&'static str>, given: &mut Vec<String>) {
    sentences.insert(words.sentence);
    for (_, value) in &words.values {
        match value {
            Value::Words(words) | Value::Begin(words) => taken_apart(words, sentences, given),
            Value::Given(text) | Value::Objection(text) => given.push(text.clone()),
        }
    }
}

fn letters(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|run| run.chars().count() > 2)
}

/// Whether a sentence has a word beside its places.
fn has_words(sentence: &str) -> bool {
    let beside = sentence.split('{').map(|part| part.split_once('}').map_or(part, |(_, at)| at));
    beside.flat_map(|part| part.split(|c: char| !c.is_alphabetic())).any(|run| run.len() > 1)
}

/// Each sentence of ours is said in German, and nothing in its places is of ours.
fn is_understood(of: &str, words: &Words, written: &str) {
    let (mut sentences, mut given) = (BTreeSet::new(), Vec::new());
    taken_apart(words, &mut sentences, &mut given);
    speak(Language::German, &Terms::default());
    let english: Vec<&str> = sentences.iter().copied().filter(|one| has_words(one)).collect();
    // That is the same word there.
    let stays = english.iter().filter(|one| sentence(one) == **one);
    let stays: Vec<_> = stays.filter(|one| **one != "PIN").collect();
    speak(Language::English, &Terms::default());
    assert_eq!(stays, Vec::<&&str>::new(), "{of} has no German: {words}");
    for run in given.iter().flat_map(|text| letters(text)) {
        let theirs = written.contains(run) || WRITTEN.contains(&run);
        assert!(theirs, "{of}: nobody wrote {run:?} in {words}");
    }
}

#[test]
fn every_shape_of_a_record_says_sentences_that_german_has_and_values_that_it_holds() {
    let mut told = 0;
    for (text, fact) in facts() {
        let kind = fact.body.kind().to_owned();
        let Some(words) = said(&fact) else { continue };
        assert!(words.sentence != "{text}" || TYPED.contains(&&*kind), "{kind}: {words}");
        is_understood(&kind, &words, &text);
        told += 1;
    }
    assert!(told > 60, "{told} shapes say something");
}

/// Whether the fact is a row of the thread of what it is about.
fn is_in_a_thread(fact: &Fact) -> bool {
    let kind = fact.body.kind();
    let of_person = kind.starts_with("Person") || kind.starts_with("Qualification");
    matches!(
        &fact.subject,
        Subject::Order(_)
            | Subject::Instruction(_)
            | Subject::Specification(_)
            | Subject::Gauge(_)
            | Subject::Material(_)
            | Subject::Deviation(_)
            | Subject::Place(_)
            | Subject::Permit(_)
            | Subject::Redline(_)
    ) || of_person
}

#[test]
fn what_happened_with_a_thing_is_told_in_german() {
    let facts = facts();
    let rows: Vec<_> = facts.iter().filter(|(_, fact)| is_in_a_thread(fact)).collect();
    assert!(rows.len() > 50, "{} rows", rows.len());
    for (text, fact) in rows {
        let words = happened(fact, said(fact));
        assert_ne!(words.sentence, "{text}", "{words}");
        is_understood(fact.body.kind(), &words, text);
        assert_ne!(tell_in(Language::German, &words), words.to_string());
    }
}

#[test]
fn the_record_of_a_unit_is_told_in_german_line_by_line_with_how_it_stands() {
    let mut shop = finished();
    let stands = |shop: &Shop| {
        let words = standing(&shop.state(), &shop.instructions);
        (words.to_string(), tell_in(Language::German, &words))
    };
    assert_eq!(stands(&shop), ("finished".to_owned(), "fertig".to_owned()));
    let release = ships(&shop);
    shop.does("quell", release);
    let (english, german) = stands(&shop);
    assert!(english.starts_with("shipped, certificate "), "{english}");
    assert!(german.starts_with("versandt, Zertifikat "), "{german}");
    shop.does("quell", takes_back("came back dented"));
    for shop in [shop, reaching("signoff")] {
        let state = shop.state();
        let facts = shop.stations[0].facts_of(&Subject::Traveler(shop.traveler.clone()));
        assert!(facts.len() > 4, "{} lines", facts.len());
        for (fact, id) in facts {
            let line = TraceLine::of(&state, (fact, *id), "A. Novak".to_owned(), true);
            assert!(!line.what.is_empty(), "{line:?}");
            is_understood(&line.kind, &line.what, &fact.write().unwrap());
        }
    }
}

#[test]
fn what_was_found_is_told_in_german_where_it_is_values_and_stays_where_somebody_typed_it() {
    let german = |text: &str| {
        speak(Language::German, &Terms::default());
        let told = tell(&found(text));
        speak(Language::English, &Terms::default());
        told
    };
    assert_eq!(german("27.3 N·m"), "27.3 N·m");
    assert_eq!(german("does not conform"), "nicht in Ordnung");
    assert_eq!(
        german("2 of 50 nonconforming: piece 3: gap does not conform; piece 4: 0.3 mm"),
        "2 von 50 fehlerhaft: Stück 3: gap nicht in Ordnung; Stück 4: 0.3 mm"
    );
    assert_eq!(german("a scratch, piece 3"), "a scratch, piece 3");
}
