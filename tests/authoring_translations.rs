//! Translations: what they may say, what they may not, and that they are part of their revision.

use std::sync::Arc;

use gemba::authoring::check::{Definition, Neighbors, check_all};
use gemba::authoring::code::Code;
use gemba::authoring::compile::{compile_instruction, read_instruction};
use gemba::authoring::finding::{Checked, Finding, Source};
use gemba::authoring::format::format;
use gemba::domain::difference::diff_instructions;
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
fn check(named: &[(&str, &str)], beside: &[(&str, &str)]) -> Vec<Checked<Definition>> {
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

/// Whether a German sentence may stand for an English one.
fn says_the_same(english: &str, german: &str) -> bool {
    let page = |front: &str, text: &str| format!("---\n{front}---\n\n## A {{#a}}\n{text}\n");
    let original =
        page("id: WI-1\ntitle: A\npart: P-1\nrev: A\noperation: 10 A\nwork-center: ASM\n", english);
    let words = page("title: A\nrev: A\noperation: 10 A\n", german);
    let found = check(&[("x/WI-1.md", &original)], &[("x/WI-1.de.md", &words)]).remove(0);
    let codes: Vec<Code> = found.err().into_iter().flatten().map(|found| found.code).collect();
    assert!(codes.iter().all(|code| *code == Code::TranslationFigures), "{codes:?}");
    codes.is_empty()
}

#[test]
fn figures_are_the_same_in_every_language() {
    for (english, german) in [
        ("Torque to 12 N·m.", "Mit 12 N·m anziehen."),
        ("Torque to 12 N·m.", "Mit 12 Nm anziehen."),
        ("A gap of 0.05 mm at most.", "Höchstens 0,05 mm Spalt."),
        ("A seat of 19.000 mm.", "Ein Sitz von 19,000 mm."),
        ("At most 1,250 N.", "Höchstens 1.250 N."),
        ("At most 1,250.5 N.", "Höchstens 1.250,5 N."),
        ("First 5 N, then 12 N.", "Auf 12 N, aber zuerst auf 5 N."),
        ("Wait 20 minutes.", "20 min warten."),
        ("Put 4 in the rack.", "4 ins Regal legen."),
        ("Cool to -5 °C.", "Auf \u{2212}5 °C kühlen."),
        ("Use IPA-70 and M6.", "IPA-70 und M6 verwenden."),
        ("Type `RUN 7`.", "`RUN 7` eingeben."),
    ] {
        assert!(says_the_same(english, german), "{german}");
    }
    for (english, german) in [
        ("Torque to 12 N·m.", "Mit 21 N·m anziehen."),
        ("Torque to 12 N·m.", "Mit 12 kN·m anziehen."),
        ("Torque to 12 N·m.", "Fest anziehen."),
        ("Torque to 12 N·m.", "Mit 12 anziehen."),
        ("Torque firmly.", "Mit 12 N·m anziehen."),
        ("A gap of 0.05 mm at most.", "Höchstens 0,5 mm Spalt."),
        ("A seat of 19.000 mm.", "Ein Sitz von 19.000 mm."),
        ("At most 1,250 N.", "Höchstens 1,250 N."),
        ("Cool to -5 °C.", "Auf 5 °C kühlen."),
        ("Within ±2 mm.", "Innerhalb 2 mm."),
        ("4 bolts, then 4 nuts.", "4 Schrauben, dann Muttern."),
        ("Type `RUN 7`.", "`LAUF 7` eingeben."),
    ] {
        assert!(!says_the_same(english, german), "{german}");
    }
}

#[test]
fn items_and_cells_are_compared_with_their_own() {
    assert!(says_the_same("- 5 N\n- 12 N", "- 5 N\n- 12 N"));
    assert!(!says_the_same("- 5 N\n- 12 N", "- 12 N\n- 5 N"));
    let table = |a: &str, b: &str| format!("| a | b |\n|---|---|\n| {a} | {b} |");
    assert!(!says_the_same(&table("1 mm", "2 mm"), &table("2 mm", "1 mm")));
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
    assert_eq!(told, ["translation de added: Pumpendeckel aufsetzen und anziehen"]);
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
