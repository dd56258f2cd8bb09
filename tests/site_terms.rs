//! What a site calls things otherwise: in our sentences, and in nothing that somebody wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gemba::domain::decide::Command;
use gemba::domain::language::Language;
use gemba::domain::place::{Policy, SiteRules};
use gemba::domain::refusal::Reason;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::terms::{Term, TermChange, Terms};
use gemba::ui::input::Key;
use gemba::ui::message::Message;
use gemba::ui::speech::{sentence, speak, tell};
use gemba::views::link::Link;

use crate::screens_traveler::reaching;
use crate::support::program::{OPERATOR, PLANNER, SamplePlant};
use crate::support::screen::Screen;
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::id;

/// Terms as they are kept.
pub(crate) fn terms(text: &str) -> Terms {
    serde_json::from_str(text).unwrap()
}

fn by_word(word: &str) -> Terms {
    let mut rules = SiteRules::default();
    rules.deviations.word = Some(word.to_owned());
    Terms::of(&rules)
}

fn catalog() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/locales/de");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path| -> BTreeMap<String, String> {
        toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    files.flat_map(read).collect()
}

#[test]
fn a_term_stands_in_the_place_of_whole_words_with_their_case_and_the_right_article() {
    let ours = terms(
        r#"{"en": {"deviation": ["NCR", "NCRs"], "order": ["job", "jobs"], "lot": ["batch", "batches"],
            "hold": ["quarantine", "quarantines"], "unit": ["assembly", "assemblies"]}}"#,
    );
    for (sentence, said) in [
        ("Raise a deviation", "Raise an NCR"),
        ("Deviations", "NCRs"),
        (
            "An order has 1 to {most} units, this one {found}.",
            "A job has 1 to {most} assemblies, this one {found}.",
        ),
        ("ON HOLD", "ON QUARANTINE"),
        ("Hold the unit", "Hold the assembly"),
        ("A lot that is inspected", "A batch that is inspected"),
        ("{deviation} holds the lot {lot}", "{deviation} holds the batch {lot}"),
        (
            "look again: gemba deviation show {deviation}",
            "look again: gemba deviation show {deviation}",
        ),
        (
            "accept it (gemba lot split), or hold the lot",
            "accept it (gemba lot split), or hold the batch",
        ),
        ("name it as ORDER/LOT", "name it as JOB/BATCH"),
        ("a deviation permit", "a deviation permit"),
        ("one value for each ask, in order", "one value for each ask, in order"),
        ("unknown unit {named}", "unknown unit {named}"),
        ("close it all the same: --with-open-units", "close it all the same: --with-open-units"),
        ("change|order", "order"),
        ("allotted units", "allotted assemblies"),
    ] {
        assert_eq!(ours.said(Language::English, sentence), said);
        assert_eq!(
            ours.said(Language::German, sentence),
            Terms::default().said(Language::German, sentence)
        );
    }
}

#[test]
fn the_older_word_for_a_deviation_counts_where_no_term_says_otherwise() {
    let said = |word: &str, sentence| by_word(word).said(Language::English, sentence);
    assert_eq!(said("NCR", "Deviations, a deviation"), "NCRs, an NCR");
    assert_eq!(said("Nonconformance", "A deviation is open"), "A nonconformance is open");
    assert_eq!(said("Deviation", "Deviation"), "Deviation");
    assert_eq!(by_word("NCR").said(Language::German, "Abweichungen"), "NCR");
    let mut rules = SiteRules::default();
    rules.deviations.word = Some("NCR".to_owned());
    rules.terms = terms(r#"{"en": {"deviation": ["finding", "findings"]}}"#);
    assert_eq!(Terms::of(&rules).said(Language::English, "Deviations"), "Findings");
}

#[test]
fn german_is_said_by_terms_for_german_alone_in_all_its_cases() {
    let german = terms(r#"{"de": {"lot": ["Charge", "Chargen"], "order": ["Job", "Jobs"]}}"#);
    let said = |sentence| german.said(Language::German, sentence);
    assert_eq!(
        said("Die Stückzahl des Loses {lot} ist nicht bekannt."),
        "Die Stückzahl des Charge {lot} ist nicht bekannt."
    );
    assert_eq!(said("Werte an Stücken von Losen"), "Werte an Stücken von Chargen");
    assert_eq!(said("als AUFTRAG/LOS angeben"), "als JOB/CHARGE angeben");
    assert_eq!(
        said("Schärfe der Losprüfung festlegen; was los ist"),
        "Schärfe der Losprüfung festlegen; was los ist"
    );
    assert_eq!(german.said(Language::English, "Split the lot"), "Split the lot");
    speak(Language::German, &german);
    let split = sentence("Split the lot");
    speak(Language::English, &Terms::default());
    assert_eq!((split, sentence("Split the lot")), ("Charge teilen", "Split the lot"));
}

/// What German calls the thing that a term is, in its smallest letters.
fn stem(term: Term) -> &'static [&'static str] {
    match term {
        Term::Deviation => &["abweichung"],
        Term::Hold => &["sperre", "gesperrt"],
        Term::Instruction => &["anweisung"],
        Term::Lot => &["los"],
        Term::Operation => &["arbeitsg"],
        Term::Order => &["auftr"],
        Term::Permit => &["sonderfreig"],
        Term::Place => &["platz", "plätz"],
        Term::Station => &["station"],
        Term::Traveler => &["laufkarte"],
        Term::Unit => &["einheit"],
    }
}

/// Sentences whose German leaves the thing out.
const LEFT_OUT: [&str; 8] = [
    "every action, unit, order, place and deviation by a part of its name",
    "not taken: the gauge sent {number}, {work} are signed in at its place",
    "Hold all units",
    "Sort this unit",
    "a unit begun before it is not measured yet",
    "measure a unit that is not sampled, or leave that again",
    "scrap or return the unit, have it accepted as it is, or rework from a later step",
    "enroll it again (gemba serve code), or a supervisor answers for the work where the unit goes on \
     (accept earlier work)",
];

#[test]
fn a_word_is_called_otherwise_only_where_it_means_the_thing_that_german_names() {
    let mut wrong = Vec::new();
    for (word, term) in Term::WORDS {
        let other = terms(&format!(r#"{{"en": {{"{word}": ["thing", "things"]}}}}"#));
        let plain = Terms::default();
        let mut changed = 0;
        for (english, german) in catalog() {
            let said = other.said(Language::English, &english);
            if said == plain.said(Language::English, &english) {
                continue;
            }
            changed += 1;
            let german = german.to_lowercase();
            let measured =
                term == Term::Unit && german.contains("maßeinheit") && !german.contains(" einheit");
            let named = stem(term).iter().any(|stem| german.contains(stem)) && !measured;
            if !named && !LEFT_OUT.contains(&english.as_str()) {
                wrong.push(format!("{word}: {said:?} = {german:?}"));
            }
        }
        assert!(changed > 0, "nothing is said of a {word}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_title_and_a_refusal_say_the_sites_word_and_a_note_stays_as_it_was_typed() {
    let ours = terms(
        r#"{"en": {"deviation": ["nonconformance", "nonconformances"], "order": ["job", "jobs"]}}"#,
    );
    let link = Link { connected: true, terms: ours.clone(), ..Link::default() };
    let mut bench = Screen::signed_in(reaching("torque"), "B-2107");
    bench.message(Message::Link(link.clone())).scan("0007").key(Key::F(2));
    bench.shows("Raise a nonconformance").type_keys("a deviation of this order\n");
    bench.shows("saved: nonconformance raised");
    let mut screen = Screen::signed_in(bench.shop, "B-4011");
    screen
        .message(Message::Link(link))
        .choose("Nonconformances")
        .shows("a deviation of this order");
    screen.type_keys("\n").shows("Nonconformance NCR-ASM1-0001").shows("a deviation of this order");
    speak(Language::English, &ours);
    let refused = tell(&Reason::OrderClosed { order: id("a-deviation") }.what());
    speak(Language::English, &Terms::default());
    assert_eq!(refused, "The job a-deviation is closed.");
}

fn changes(shop: &mut Shop, language: &str, word: &str, name: [&str; 2]) -> Vec<&'static str> {
    let name = Some(name.map(str::to_owned));
    let term = TermChange { language: language.to_owned(), word: word.to_owned(), name };
    let change = SiteChange { terms: vec![term], ..SiteChange::default() };
    shop.codes("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))))
}

#[test]
fn a_term_of_no_language_of_no_word_of_ours_or_that_could_not_stand_in_a_sentence_is_refused() {
    let mut shop = Shop::open();
    let policy = Policy::new("Harbor".to_owned(), "Europe/Berlin".to_owned(), Vec::new());
    shop.does("admin", Command::Site(id(SITE), policy.into()));
    assert_eq!(changes(&mut shop, "fr", "lot", ["lot", "lots"]), ["P33"]);
    assert_eq!(changes(&mut shop, "en", "widget", ["lot", "lots"]), ["P33"]);
    assert_eq!(changes(&mut shop, "en", "lot", ["", "batches"]), ["R08"]);
    assert_eq!(changes(&mut shop, "en", "lot", ["{unit}", "batches"]), ["R11"]);
    assert_eq!(changes(&mut shop, "en", "lot", ["batch\u{202e}", "batches"]), ["R11"]);
    assert_eq!(changes(&mut shop, "en", "lot", [&"x".repeat(41), "batches"]), ["P32"]);
}

#[test]
fn a_term_that_a_later_version_knows_is_kept_and_changes_nothing_here() {
    let later =
        r#"{"en":{"lot":["batch","batches"],"sprocket":["cog","cogs"]},"tlh":{"lot":["x","y"]}}"#;
    let read = terms(later);
    assert_eq!(serde_json::to_string(&read).unwrap(), later);
    assert_eq!(read.said(Language::English, "a sprocket of a lot"), "a sprocket of a batch");
    let braces = terms(r#"{"en": {"lot": ["{unit}", "{units}"]}}"#);
    assert_eq!(braces.said(Language::English, "the lot {lot}"), "the lot {lot}");
}

#[test]
fn a_site_sets_its_terms_and_takes_one_back_and_commands_say_them() {
    let plant = SamplePlant::new();
    let set = |arguments: &[&str]| {
        plant.by(PLANNER, &[&["site", "set"][..], arguments].concat()).exits(0);
    };
    set(&["--term", "en,deviation,finding,findings", "--term", "de,lot,Charge,Chargen"]);
    plant.gemba(&["site", "show"]).exits(0).says("finding, findings").says("Charge, Chargen");
    let raise = ["deviation", "raise", "WO-1881/0007", "--note", "a deviation", "--place", "ASM-1"];
    plant.by(PLANNER, &["site", "set", "--term", "en,widget,a,b"]).exits(2).says("our words");
    plant.by(OPERATOR, &raise).exits(0).says("saved: finding at ASM-1");
    set(&["--no-term", "en,deviation"]);
    plant.gemba(&["site", "show"]).exits(0).says("Charge, Chargen");
    let shop = plant.gemba(&["site", "show", "--json"]).exits(0).values();
    assert_eq!(shop[0]["settings"]["terms"]["en"], serde_json::Value::Null);
}

#[test]
fn two_people_who_name_two_things_at_once_both_have_their_way() {
    let mut shop = Shop::open();
    let policy = Policy::new("Harbor".to_owned(), "Europe/Berlin".to_owned(), Vec::new());
    shop.does("admin", Command::Site(id(SITE), policy.into()));
    for (word, name) in [("lot", "batch"), ("order", "job")] {
        let name = Some([name.to_owned(), format!("{name}s")]);
        let term = TermChange { language: "en".to_owned(), word: word.to_owned(), name };
        let change = SiteChange { terms: vec![term], ..SiteChange::default() };
        shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))));
    }
    let state = shop.stream(&Subject::Site(id(SITE))).state;
    let StreamState::Site(site) = state else { panic!("no site") };
    let terms = Terms::of(&site.policy.unwrap().rules);
    assert_eq!(terms.said(Language::English, "the lot of an order"), "the batch of a job");
}
