//! Translations: what they may say, what they may not, and that they are part of their revision.

use std::sync::Arc;

use gemba::authoring::check::{Definition, Neighbors, check_all};
use gemba::authoring::code::Code;
use gemba::authoring::compile::{compile_instruction, read_instruction};
use gemba::authoring::finding::{Checked, Finding, Source};
use gemba::authoring::format::format;
use gemba::domain::difference::{diff_instructions, whole_instruction};
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::translation::{LanguageCode, read_by};

use crate::authoring_findings::{fixtures, read_picture};

const ENGLISH: &str = "plant/WI-1040.md";
const GERMAN: &str = "plant/WI-1040.de.md";

fn text_of(name: &str) -> String {
    std::fs::read_to_string(fixtures().join(name)).unwrap()
}

fn code(text: &str) -> LanguageCode {
    LanguageCode::parse(text).unwrap()
}

/// Checks what is named, with the plant's specification and these sources beside it.
pub(crate) fn check(named: &[(&str, &str)], beside: &[(&str, &str)]) -> Vec<Checked<Definition>> {
    let path = |name: &str| fixtures().join(name).to_str().unwrap().to_owned();
    let specification = ("plant/CP-40.csv", text_of("plant/CP-40.csv"));
    let with = |files: &[(&str, &str)]| -> Vec<(String, String)> {
        files.iter().map(|(name, text)| (path(name), (*text).to_owned())).collect()
    };
    let (named, mut beside) = (with(named), with(beside));
    beside.push((path(specification.0), specification.1));
    let sources = |files: &'_ [(String, String)]| -> Vec<(String, Vec<u8>)> {
        files.iter().map(|(file, text)| (file.clone(), text.clone().into_bytes())).collect()
    };
    let (named, beside) = (sources(&named), sources(&beside));
    let named: Vec<Source<'_>> = named.iter().map(|(file, bytes)| Source { file, bytes }).collect();
    let beside: Vec<Source<'_>> =
        beside.iter().map(|(file, bytes)| Source { file, bytes }).collect();
    check_all(&named, Neighbors { sources: &beside, standards: &[] }, &read_picture)
}

/// The pump's instruction with a German text beside it.
fn with_german(german: &str) -> Result<Instruction, Vec<Finding>> {
    match check(&[(ENGLISH, &text_of(ENGLISH))], &[(GERMAN, german)]).remove(0) {
        Ok(sound) if sound.warnings.is_empty() => {
            let Definition::Instruction(instruction) = sound.definition else { panic!("none") };
            Ok(instruction)
        }
        Ok(sound) => Err(sound.warnings),
        Err(findings) => Err(findings),
    }
}

fn codes(german: &str) -> Vec<Code> {
    with_german(german).unwrap_err().iter().map(|finding| finding.code).collect()
}

/// Without any word that people read in their language.
fn wordless(mut instruction: Instruction) -> Instruction {
    instruction.title.clear();
    instruction.operation_name.clear();
    for step in &mut instruction.steps {
        step.title.clear();
        step.text.clear();
        for ask in &mut step.asks {
            match ask {
                Ask::Scan { label: words, .. }
                | Ask::Enter { label: words, .. }
                | Ask::Install { name: words, .. }
                | Ask::Check { question: words, .. } => words.clear(),
                Ask::Measure(measure) => measure.name.clear(),
                Ask::Wait(_) | Ask::Sign(_) => {}
            }
        }
    }
    instruction.read_in = None;
    instruction
}

#[test]
fn a_translation_is_read_beside_its_instruction_and_says_nothing_but_words() {
    let english = Arc::new(with_german(&text_of(GERMAN)).unwrap());
    assert_eq!(english.languages().collect::<Vec<_>>(), [code("en"), code("de")]);
    let german = read_by(&english, code("de"));
    assert_eq!(german.title, "Pumpendeckel aufsetzen und anziehen");
    assert_eq!(german.operation_name, "Montage");
    let torque = &german.steps[4];
    assert_eq!(torque.title, "Schrauben anziehen");
    let Ask::Measure(measure) = &torque.asks[0] else { panic!("{torque:?}") };
    assert_eq!((&*measure.name, &*measure.requirement), ("Anziehdrehmoment", "25 ±2 N·m"));
    let Ask::Install { name, part, .. } = &german.steps[1].asks[1] else { panic!() };
    assert_eq!((&**name, part.as_str()), ("Deckel", "CP-40-CVR"));
    assert_eq!(wordless((*german).clone()), wordless((*english).clone()));
}

#[test]
fn r01_the_hash_of_a_revision_covers_its_translations() {
    let with = with_german(&text_of(GERMAN)).unwrap();
    let other = text_of(GERMAN).replace("Schrauben anziehen", "Schrauben festziehen");
    let other = with_german(&other).unwrap();
    let without = Instruction { translations: Vec::new(), ..with.clone() };
    let hash = |instruction: &Instruction| compile_instruction(instruction).unwrap().hash;
    assert_ne!(hash(&with), hash(&without));
    assert_ne!(hash(&with), hash(&other));
    // What a person reads in German is the same revision: it is never compiled.
    let read = read_by(&Arc::new(with.clone()), code("de"));
    let back = read_instruction(&compile_instruction(&with).unwrap().bytes).unwrap();
    assert_eq!(back, with);
    assert_eq!(read.read_in.as_ref().unwrap().released.as_ref(), &with);
}

#[test]
fn an_instruction_is_read_as_it_is_written_where_it_was_not_released_in_a_language() {
    let english = Arc::new(with_german(&text_of(GERMAN)).unwrap());
    assert_eq!(read_by(&english, code("fr")), english);
    let german = read_by(&english, code("de"));
    assert_eq!(german.language_read(), code("de"));
    assert_eq!(read_by(&german, code("en")), english, "and back again");
    assert_eq!(read_by(&german, code("de")), german);
}

#[test]
fn the_findings_of_a_translation_refuse_the_instruction_beside_which_it_stands() {
    let wrong = text_of(GERMAN).replace("name: Anziehdrehmoment", "count: 5");
    let found = with_german(&wrong).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    let told = found[0].to_string();
    assert!(
        told.contains("WI-1040.de.md:57:1 E0313 \"count: 5\" where the original has \"4\""),
        "{told}"
    );
    assert!(told.ends_with("write 4, or take the line out"), "{told}");
}

#[test]
fn a_translation_that_is_named_too_is_answered_for_once() {
    let (english, good) = (text_of(ENGLISH), text_of(GERMAN));
    let wrong = good.replace("Unter 20 Minuten", "Unter 30 Minuten");
    let both = |german: &str| check(&[(ENGLISH, &english), (GERMAN, german)], &[]);
    let checked = both(&good);
    assert!(matches!(&checked[0], Ok(sound) if matches!(&sound.definition,
        Definition::Instruction(instruction) if instruction.translations.len() == 1)));
    assert!(
        matches!(&checked[1], Ok(sound) if matches!(sound.definition, Definition::Translation(_)))
    );
    let checked = both(&wrong);
    assert_eq!(checked[0], Err(Vec::new()), "the instruction is not defined without its words");
    assert_eq!(checked[1].as_ref().unwrap_err()[0].code, Code::TranslationFigures);
    let alone = check(&[(GERMAN, &good)], &[(ENGLISH, &english.replace("rev: C", "rev: D"))]);
    assert_eq!(alone[0].as_ref().unwrap_err()[0].code, Code::TranslationRevision);
    let broken = check(&[(GERMAN, &good)], &[(ENGLISH, &english.replace("count: 4", "count: 0"))]);
    assert_eq!(broken[0].as_ref().unwrap_err()[0].code, Code::TranslationAlone);
}

#[test]
fn whatever_is_no_word_is_left_out_or_said_as_in_the_original() {
    let german = text_of(GERMAN);
    let front = |line: &str| german.replace("rev: C\n", &format!("rev: C\n{line}\n"));
    for same in ["id: WI-1040", "part: CP-40", "specification: CP-40  rev F", "work-center: ASM"] {
        assert!(with_german(&front(same)).is_ok(), "{same}");
    }
    for (other, code) in [
        ("qualification: torque-2", Code::TranslationDiffers),
        ("offline-max: 7 d", Code::TranslationDiffers),
        ("color: red", Code::KeyUnknown),
    ] {
        assert_eq!(codes(&front(other)), [code], "{other}");
    }
    let swap = |from: &str, to: &str| {
        assert!(german.contains(from), "{from}");
        german.replace(from, to)
    };
    let wait = "\n## Fugenspalt messen {#gap}";
    for same in
        ["```wait\nmin: 20 min\n```\n", "```wait\nmin: 20 min\nmax: 2 h\nclock: cure\n```\n"]
    {
        assert!(with_german(&swap(wait, &format!("\n{same}{wait}"))).is_ok(), "{same}");
    }
    for (from, to, expected) in [
        ("Deckel: CP-40-CVR lot", "Deckel: CP-40-CVR serial", Code::TranslationDiffers),
        ("Gehäuse: CP-40-HSG serial\n", "", Code::TranslationAsks),
        ("operation: 20 Montage", "operation: 30 Montage", Code::TranslationDiffers),
        (
            "label: Seriennummer der Pumpe",
            "label: Seriennummer\nmatch: any",
            Code::TranslationDiffers,
        ),
        (wait, "\n```wait\nmax: 3 h\n```\n\n## Fugenspalt messen {#gap}", Code::TranslationDiffers),
        (
            wait,
            "\n```step\nskip: operator\n```\n\n## Fugenspalt messen {#gap}",
            Code::TranslationAsks,
        ),
        ("{#cover}", "{#covers}", Code::TranslationSteps),
        ("(img/cover.png)", "(img/faces.png)", Code::TranslationBlocks),
        ("> [!CAUTION]", "> [!NOTE]", Code::TranslationCallouts),
    ] {
        let found = codes(&swap(from, to));
        assert!(found.contains(&expected), "{to}: {found:?}");
    }
}

#[test]
fn a_check_that_is_not_translated_and_steps_in_another_order_are_found() {
    let german = text_of(GERMAN);
    let check = "```check\nask: Sind beide Flächen sauber und trocken?\n```\n";
    assert_eq!(codes(&german.replace(check, "")), [Code::TranslationAsks]);
    let at = |id: &str| german.find(&format!("## {id}")).unwrap();
    let (pump, parts, clean) = (at("Pumpe scannen"), at("Teile"), at("Dichtflächen"));
    let moved = [&german[..pump], &german[parts..clean], &german[pump..parts], &german[clean..]];
    assert_eq!(codes(&moved.concat()), [Code::TranslationSteps]);
}

#[test]
fn an_instruction_may_be_written_in_german_and_translated_into_english() {
    let german = text_of(GERMAN);
    let original = text_of(ENGLISH).replace("rev: C\n", "rev: C\nlanguage: de\n");
    let named = [(ENGLISH, original.as_str())];
    let found = check(&named, &[(GERMAN, &german)]).remove(0).unwrap_err();
    assert_eq!(found[0].code, Code::TranslationLanguage);
    // The same words, as if they were English ones.
    let found = check(&named, &[("plant/WI-1040.en.md", &german)]).remove(0).unwrap();
    let Definition::Instruction(instruction) = found.definition else { panic!() };
    assert_eq!(instruction.language_read(), code("de"));
    assert_eq!(instruction.languages().collect::<Vec<_>>(), [code("de"), code("en")]);
}

#[test]
fn what_changed_between_revisions_names_the_translation() {
    let old = with_german(&text_of(GERMAN)).unwrap();
    let other = text_of(GERMAN)
        .replace("## Schrauben anziehen", "## Schrauben festziehen")
        .replace("Handschuhe und Schutzbrille tragen", "Handschuhe tragen")
        .replace("name: Fugenspalt", "name: Spalt");
    let new = with_german(&other).unwrap();
    let told: Vec<String> = diff_instructions(&old, &new).iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("clean: de text Warning: Lösemittel IPA-70."), "{told:?}");
    assert_eq!(told[1], "torque: de title Schrauben anziehen → Schrauben festziehen");
    assert_eq!(told[2], "gap: de ask 1 Fugenspalt → Spalt");
    let without = Instruction { translations: Vec::new(), ..old.clone() };
    let told = diff_instructions(&without, &old);
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "translation de added: Pumpendeckel aufsetzen und anziehen");
    assert_eq!(told[1], "de operation added: Montage");
    // Whoever approves a language reads all of it, whatever it says.
    let said = &old.translations[0];
    for step in &said.steps {
        let of = |what: &str| {
            told.iter().filter(|t| t.starts_with(&format!("{}: de {what}", step.id))).count()
        };
        assert_eq!(of("title added"), 1, "{}", step.id);
        assert_eq!(of("text added"), step.text.len(), "{}", step.id);
        assert_eq!(of("ask"), step.asks.len(), "{}", step.id);
    }
    assert!(told.iter().any(|told| told.contains("Warning: Lösemittel IPA-70. Handschuhe")));
}

#[test]
fn a_step_that_is_new_is_told_with_all_its_words_in_each_language() {
    let new = with_german(&text_of(GERMAN)).unwrap();
    let mut old = new.clone();
    old.steps.retain(|step| step.id.as_str() != "clean");
    old.translations[0].steps.retain(|step| step.id.as_str() != "clean");
    let told: Vec<String> = diff_instructions(&old, &new).iter().map(ToString::to_string).collect();
    for words in [
        "clean: step added: Clean the joint faces",
        "clean: text added: Warning: Solvent IPA-70.",
        "clean: text added: Wipe both faces",
        "clean: text added: picture img/faces.png (Both joint faces",
        "clean: ask 1 added: check Are both faces clean and dry?",
        "clean: de title added: Dichtflächen reinigen",
        "clean: de text added: Warning: Lösemittel IPA-70.",
        "clean: de text added: Beide Flächen",
        "clean: de text added: picture img/faces.png (Beide Dichtflächen",
        "clean: de ask 1 added: Sind beide Flächen sauber und trocken?",
    ] {
        assert!(told.iter().any(|told| told.starts_with(words)), "{words}: {told:#?}");
    }
    assert_eq!(told.len(), 10, "{told:#?}");
    // The first revision is told as one in which all is new.
    let whole = whole_instruction(&new);
    let whole: Vec<String> = whole.iter().map(ToString::to_string).collect();
    assert!(told.iter().all(|told| whole.contains(told)), "{whole:#?}");
}

#[test]
fn a_standard_step_brings_its_words_where_it_is_included() {
    let folder = |name: &str| (format!("findings/{name}"), text_of(&format!("findings/{name}")));
    let (standard, words) = (folder("STD-CLEAN.md"), folder("STD-CLEAN.de.md"));
    let (original, german) =
        (text_of("findings/TRANSLATED.md"), text_of("findings/E0320.ok.de.md"));
    let beside = [
        (standard.0.as_str(), standard.1.as_str()),
        (words.0.as_str(), words.1.as_str()),
        ("findings/TRANSLATED.de.md", german.as_str()),
    ];
    let found = check(&[("findings/TRANSLATED.md", &original)], &beside).remove(0).unwrap();
    let Definition::Instruction(instruction) = found.definition else { panic!() };
    let german = read_by(&Arc::new(instruction), code("de"));
    assert_eq!(german.steps[0].title, "Flächen reinigen");
    let Ask::Check { question, .. } = &german.steps[0].asks[0] else { panic!() };
    assert_eq!(question, "Sind beide Flächen trocken?");
    let left_out = check(&[("findings/TRANSLATED.md", &original)], &[beside[0], beside[2]]);
    let codes: Vec<Code> =
        left_out[0].as_ref().unwrap_err().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::TranslationIncluded]);
}

#[test]
fn a_translation_is_laid_out_like_its_original() {
    let text = text_of(GERMAN);
    let source = Source { file: GERMAN, bytes: text.as_bytes() };
    assert_eq!(format(&source).unwrap(), text);
}

#[test]
fn a_warning_without_words_is_no_translation_of_it() {
    let german = text_of(GERMAN);
    let (before, after) = german.split_once("> [!CAUTION]\n").unwrap();
    let end = after.find("\n\n").unwrap();
    let empty = format!("{before}> [!CAUTION]\n> &nbsp;{}", &after[end..]);
    assert_ne!(codes(&empty), []);
    let empty = format!("{before}> [!CAUTION]\n>{}", &after[end..]);
    assert_ne!(codes(&empty), []);
}

#[test]
fn a_language_has_one_file_beside_an_instruction() {
    let german = text_of(GERMAN);
    let beside = [(GERMAN, &*german), ("plant/WI-1040.DE.md", &*german)];
    let findings = check(&[(ENGLISH, &text_of(ENGLISH))], &beside).remove(0).unwrap_err();
    let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::TranslationLanguage], "{findings:?}");
}

#[test]
fn a_translation_in_capitals_belongs_to_its_instruction_like_any_other() {
    let (english, german) = (text_of(ENGLISH), text_of(GERMAN));
    for (of, name) in [
        (ENGLISH, "plant/WI-1040.de.MD"),
        ("plant/WI-1040.MD", GERMAN),
        (ENGLISH, "plant/WI-1040.DE.Md"),
    ] {
        let read = check(&[(of, &english)], &[(name, &german)]).remove(0).unwrap();
        let Definition::Instruction(instruction) = read.definition else { panic!("{name}") };
        assert_eq!(instruction.translations.len(), 1, "{name}");
        let wrong = german.replace("Unter 20 Minuten", "Unter 30 Minuten");
        assert!(check(&[(of, &english)], &[(name, &wrong)])[0].is_err(), "{name}");
    }
    let both = [(GERMAN, &*german), ("plant/WI-1040.de.MD", &*german)];
    let findings = check(&[(ENGLISH, &english)], &both).remove(0).unwrap_err();
    let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::TranslationLanguage], "{findings:?}");
}

#[test]
fn two_letters_that_are_no_language_are_refused_beside_the_instruction_and_alone() {
    let (english, german) = (text_of(ENGLISH), text_of(GERMAN));
    let named = ("plant/WI-1040.bk.md", german.as_str());
    let beside = check(&[(ENGLISH, &english)], &[named]).remove(0).unwrap_err();
    let told: Vec<String> = beside.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("E0311 a translation into \"bk\", which is no language"), "{told:?}");
    let both = check(&[(ENGLISH, &english), named], &[]);
    assert_eq!(both[0], Err(Vec::new()), "told once, of the file that it is");
    assert_eq!(both[1].as_ref().unwrap_err()[0].code, Code::TranslationLanguage);
    let front = english.replace("rev: C\n", "rev: C\nlanguage: bk\n");
    assert_eq!(check(&[(ENGLISH, &front)], &[]).remove(0).unwrap_err()[0].code, Code::BadLanguage);
}

#[test]
fn the_languages_are_those_of_iso_639_1_and_what_was_released_in_others_stays_readable() {
    let letters = || 'a'..='z';
    let pairs = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
    let known: Vec<String> = pairs.filter(|code| LanguageCode::parse(code).is_some()).collect();
    assert_eq!(known.len(), 183);
    for code in ["aa", "de", "en", "fr", "pl", "uk", "zh", "zu"] {
        assert!(known.iter().any(|known| known == code), "{code}");
    }
    for other in ["bk", "ok", "sh", "iw", "DE", "deu", "d", ""] {
        assert_eq!(LanguageCode::parse(other), None, "{other}");
    }
    let kept: LanguageCode = serde_json::from_str("\"bk\"").unwrap();
    assert_eq!(kept.to_string(), "bk");
}

/// A step that measures twice by characteristics, and these blocks of a translation.
fn measures(blocks: &str) -> Result<Vec<(u16, String)>, Vec<String>> {
    let blocks_of = |ids: [&str; 2]| {
        ids.map(|id| format!("```measure\ncharacteristic: {id}\ncount: 1\n```\n")).join("\n")
    };
    let original = format!(
        "---\nid: WI-1040\ntitle: Measure\npart: CP-40\nrev: C\noperation: 20 Assembly\n\
         work-center: ASM\nspecification: CP-40 rev F\n---\n\n## Measure {{#a}}\nMeasure both.\n\n{}",
        blocks_of(["c-torque", "c-gap"])
    );
    let german = format!(
        "---\ntitle: Messen\nrev: C\noperation: 20 Montage\n---\n\n## Messen {{#a}}\nBeides messen.\n\n{blocks}"
    );
    match check(&[(ENGLISH, &original)], &[(GERMAN, &german)]).remove(0) {
        Ok(sound) => {
            let Definition::Instruction(instruction) = sound.definition else { panic!("none") };
            Ok(instruction.translations[0].steps[0].asks.clone().into_iter().collect())
        }
        Err(findings) => Err(findings.iter().map(ToString::to_string).collect()),
    }
}

#[test]
fn words_go_to_the_measure_that_they_name_or_by_the_order_of_all_and_are_never_guessed() {
    let named = |key: &str, name: &str| format!("```measure\n{key}name: {name}\n```\n\n");
    let (torque, gap) = ("characteristic: c-torque\n", "characteristic: c-gap\n");
    let all = Ok(vec![(1, "Moment".to_owned()), (2, "Spalt".to_owned())]);
    assert_eq!(measures(&(named("", "Moment") + &named("", "Spalt"))), all);
    assert_eq!(measures(&(named(torque, "Moment") + &named(gap, "Spalt"))), all);
    assert_eq!(measures(&named(gap, "Spalt")), Ok(vec![(2, "Spalt".to_owned())]));
    assert_eq!(measures(&named(torque, "Moment")), Ok(vec![(1, "Moment".to_owned())]));
    assert_eq!(measures(""), Ok(Vec::new()));
    let found = measures(&named("", "Spalt")).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    let told = "E0315 a block \"measure\" that may be any of 2 of the original";
    assert!(found[0].contains(told), "{found:?}");
    assert!(measures(&(named(gap, "Spalt") + &named(torque, "Moment"))).is_err());
}
