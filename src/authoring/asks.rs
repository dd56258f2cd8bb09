//! Blocks of asks: what a step wants recorded.

use super::code::Code;
use super::entries::{Entries, Entry, read_id, read_word, shorten};
use super::finding::Notes;
use super::keys;
use super::requirement::{read_limits, read_quantity, read_seconds, read_unit};
use super::rule::{read_rule, read_sampling};
use crate::domain::ids::{CharacteristicId, StepId};
use crate::domain::instruction::{
    Ask, EnterForm, InstallBy, Measure, MeasureRules, OnFail, ScanMatch, SignAsk, Wait, WaitClock,
};
use crate::domain::nearest::suggest;
use crate::domain::people::Role;
use crate::domain::signature::Meaning;
use crate::domain::specification::{CharacteristicKind, Specification};

/// The most readings of one ask.
pub(super) const COUNT_MAX: u16 = 500;

/// The most often that something is measured again.
const RETRY_MAX: u16 = 9;

/// What a block of asks is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AskKind {
    Scan,
    Install,
    Check,
    Measure,
    Enter,
    Wait,
    Sign,
}

impl AskKind {
    /// Every kind with its word and its keys in their order; an install has keys of its own.
    pub(super) const WORDS: [(&'static str, Self, &'static [&'static str]); 7] = [
        ("scan", Self::Scan, &keys::words(&keys::asks::SCAN)),
        ("install", Self::Install, &[]),
        ("check", Self::Check, &keys::words(&keys::asks::CHECK)),
        ("measure", Self::Measure, &keys::words(&keys::asks::MEASURE)),
        ("enter", Self::Enter, &keys::words(&keys::asks::ENTER)),
        ("wait", Self::Wait, &keys::words(&keys::asks::WAIT)),
        ("sign", Self::Sign, &keys::words(&keys::asks::SIGN)),
    ];

    /// The kind with its keys.
    pub(super) fn parse(word: &str) -> Option<(Self, &'static [&'static str])> {
        let found = Self::WORDS.iter().find(|(known, ..)| *known == word);
        found.map(|&(_, kind, keys)| (kind, keys))
    }
}

/// The specification that measures refer to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'a> {
    /// The front matter names none.
    NotNamed,
    /// It is named, but not at hand; that has been told.
    Missing,
    /// At hand.
    Found(&'a Specification),
}

/// A word in an ask that points to a step.
#[derive(Debug)]
pub(super) struct Pointer {
    /// The step pointed to.
    pub(super) step: StepId,
    /// Where the word stands.
    pub(super) at: usize,
    /// The rank of the step in which it stands.
    pub(super) from: usize,
    /// What to note when it points nowhere.
    pub(super) code: Code,
}

/// Reads the asks of one step after another.
#[derive(Debug)]
pub(super) struct AskReader<'a> {
    pub(super) given: Given<'a>,
    /// The rank of the step that is being read.
    pub(super) step: usize,
    /// What has been pointed to so far.
    pub(super) pointers: Vec<Pointer>,
}

const MATCHES: [(&str, ScanMatch); 5] = [
    ("unit", ScanMatch::Unit),
    ("order", ScanMatch::Order),
    ("part", ScanMatch::Part),
    ("place", ScanMatch::Place),
    ("any", ScanMatch::Any),
];
const CLOCKS: [(&str, WaitClock); 2] = [("cure", WaitClock::Cure), ("working", WaitClock::Working)];

impl AskReader<'_> {
    /// Reads one block; what is wrong is noted and left out.
    pub(super) fn read(
        &mut self,
        kind: AskKind,
        keys: &[&str],
        entries: &Entries<'_>,
        notes: &mut Notes<'_>,
    ) -> Vec<Ask> {
        // An install names its components by keys.
        if kind != AskKind::Install {
            entries.refuse_others(keys, notes);
        }
        let ask = match kind {
            AskKind::Install => return install(entries, notes),
            AskKind::Scan => scan(entries, notes),
            AskKind::Check => check(entries, notes),
            AskKind::Measure => self.measure(entries, notes).map(Ask::Measure),
            AskKind::Enter => enter(entries, notes),
            AskKind::Wait => wait(entries, notes),
            AskKind::Sign => self.sign(entries, notes),
        };
        ask.into_iter().collect()
    }

    fn measure(&mut self, entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Measure> {
        let count = entries.find("count").map_or(Some(1), |entry| count(&entry, notes));
        let on_fail = match entries.find("on-fail") {
            Some(entry) => self.on_fail(&entry, notes).map(Some),
            None => Some(None),
        };
        let retry_max = match entries.find("retry") {
            Some(entry) => retry(&entry, notes).map(Some),
            None => Some(None),
        };
        let inline = ["name", "spec", "gauge", "marginal", "rounding", "guard", "sample"];
        let inline = inline.map(|key| entries.find(key));
        let measure = match entries.find("characteristic") {
            Some(entry) => {
                for other in inline.into_iter().flatten() {
                    let what = format!("\"{}:\" beside \"characteristic:\"", other.key);
                    let next = "take it out, the specification says it";
                    notes.add(other.key_at, Code::KeysExclude, &what, next);
                }
                self.by_characteristic(&entry, notes)
            }
            None if inline[0].is_none() && inline[1].is_none() => {
                entries.require("characteristic", notes);
                None
            }
            None => inline_measure(entries, notes),
        };
        let (measure, retry_max) = (measure?, retry_max?);
        let rules = MeasureRules { retry_max, ..measure.rules };
        Some(Measure { count: count?, on_fail: on_fail?, rules, ..measure })
    }

    fn by_characteristic(&self, entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<Measure> {
        let id: CharacteristicId = entry.id(notes)?;
        let specification = match self.given {
            Given::Found(specification) => specification,
            Given::Missing => return None,
            Given::NotNamed => {
                let what = format!("characteristic \"{id}\" without a specification");
                let next =
                    "add a line specification: to the front matter, or write name: and spec:";
                notes.add(entry.value_at, Code::SpecificationNotNamed, &what, next);
                return None;
            }
        };
        let Some(found) = specification.characteristic(&id) else {
            let known = specification.characteristics.iter().map(|c| c.id.as_str());
            let what = format!("characteristic \"{id}\"");
            let next = suggest(id.as_str(), known);
            notes.add(entry.value_at, Code::CharacteristicUnknown, &what, &next);
            return None;
        };
        Some(Measure {
            characteristic: Some(id),
            name: found.name.clone(),
            requirement: found.requirement.clone(),
            kind: found.kind.clone(),
            class: Some(found.class),
            balloon: Some(found.balloon.clone()),
            count: 1,
            gauge: found.gauge.clone(),
            on_fail: None,
            rules: MeasureRules { sampling: found.sampling, ..MeasureRules::default() },
        })
    }

    fn on_fail(&mut self, entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<OnFail> {
        match entry.value {
            "scrap" => return Some(OnFail::Scrap),
            "use-as-is" => return Some(OnFail::UseAsIs),
            "return" => return Some(OnFail::Return),
            _ => {}
        }
        let parts = entry.value.split_once(char::is_whitespace);
        let step = parts.and_then(|(word, step)| Some((word, step.trim().strip_prefix('#')?)));
        let Some((word @ ("rework" | "repair"), step)) = step else {
            let what = format!("on-fail \"{}\"", shorten(entry.value));
            let next = "write rework #step, repair #step, scrap, use-as-is or return";
            notes.add(entry.value_at, Code::BadOnFail, &what, next);
            return None;
        };
        let at = entry.value_at + entry.value.len() - step.len() - 1;
        let step: StepId = read_id(step, at + 1, notes)?;
        self.point(&step, at, Code::OnFailStep);
        Some(if word == "rework" { OnFail::Rework(step) } else { OnFail::Repair(step) })
    }

    fn sign(&mut self, entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Ask> {
        let role = entries.require("role", notes);
        let role = role.and_then(|entry| entry.word(&Role::WORDS, Code::RoleUnknown, notes));
        let meaning = entries.require("meaning", notes);
        let meaning =
            meaning.and_then(|entry| entry.word(&Meaning::WORDS, Code::MeaningUnknown, notes));
        let mut not_same_person_as = Vec::new();
        if let Some(entry) = entries.find("not-same-person-as") {
            let mut at = entry.value_at;
            for name in entry.value.split(',') {
                let name_at = at + (name.len() - name.trim_start().len());
                at += name.len() + 1;
                let step: StepId = read_id(name.trim().trim_start_matches('#'), name_at, notes)?;
                self.point(&step, name_at, Code::NotSameStep);
                not_same_person_as.push(step);
            }
        }
        Some(Ask::Sign(SignAsk { role: role?, meaning: meaning?, not_same_person_as }))
    }

    fn point(&mut self, step: &StepId, at: usize, code: Code) {
        self.pointers.push(Pointer { step: step.clone(), at, from: self.step, code });
    }
}

/// A value measured in process, with limits of its own.
fn inline_measure(entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Measure> {
    let name = entries.require("name", notes);
    let spec = entries.require("spec", notes);
    let gauge = match entries.find("gauge") {
        Some(entry) => entry.id(notes).map(Some),
        None => Some(None),
    };
    let limits = spec.and_then(|entry| read_limits(entry.value, entry.value_at, notes));
    let words = ["marginal", "rounding", "guard"]
        .map(|key| entries.find(key).map(|entry| (entry.value, entry.value_at)));
    let limits = limits.and_then(|limits| read_rule(words, limits, notes));
    let sampling = match entries.find("sample") {
        Some(entry) => read_sampling((entry.value, entry.value_at), notes).map(Some),
        None => Some(None),
    };
    Some(Measure {
        characteristic: None,
        name: name?.text(),
        requirement: spec?.text(),
        kind: CharacteristicKind::Measured(limits?),
        class: None,
        balloon: None,
        count: 1,
        gauge: gauge?,
        on_fail: None,
        rules: MeasureRules { sampling: sampling?, ..MeasureRules::default() },
    })
}

fn retry(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<u16> {
    let digits = entry.value.bytes().all(|b| b.is_ascii_digit());
    let most = entry.value.parse().ok().filter(|n| digits && (1..=RETRY_MAX).contains(n));
    if most.is_none() {
        let what = format!("retry \"{}\"", shorten(entry.value));
        notes.add(entry.value_at, Code::BadRetry, &what, "write a number from 1 to 9");
    }
    most
}

fn count(entry: &Entry<'_>, notes: &mut Notes<'_>) -> Option<u16> {
    let digits = entry.value.bytes().all(|b| b.is_ascii_digit());
    let count = entry.value.parse().ok().filter(|n| digits && (1..=COUNT_MAX).contains(n));
    if count.is_none() {
        let what = format!("count \"{}\"", shorten(entry.value));
        notes.add(entry.value_at, Code::BadCount, &what, "write a number from 1 to 500");
    }
    count
}

fn scan(entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Ask> {
    let label = entries.require("label", notes).map(|entry| entry.text());
    let matches = entries.require("match", notes);
    let matches = matches.and_then(|entry| entry.word(&MATCHES, Code::WordUnknown, notes));
    Some(Ask::Scan { label: label?, matches: matches? })
}

fn check(entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Ask> {
    let question = entries.require("ask", notes).map(|entry| entry.text());
    let gauge = match entries.find("gauge") {
        Some(entry) => entry.id(notes).map(Some),
        None => Some(None),
    };
    let setting = match entries.find("setting") {
        Some(entry) => read_quantity(entry.value, entry.value_at, notes).map(Some),
        None => Some(None),
    };
    if let (Some(setting), None) = (entries.find("setting"), entries.find("gauge")) {
        let next = "add gauge: with the class of what is set";
        notes.add(setting.key_at, Code::SettingWithoutGauge, "a setting of nothing", next);
        return None;
    }
    Some(Ask::Check { question: question?, gauge: gauge?, setting: setting? })
}

fn enter(entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Ask> {
    const KINDS: [(&str, bool); 2] = [("text", false), ("number", true)];
    let label = entries.require("label", notes).map(|entry| entry.text());
    let kind = entries.require("kind", notes);
    let kind = kind.and_then(|entry| entry.word(&KINDS, Code::WordUnknown, notes));
    let form = match (kind?, entries.find("unit")) {
        (false, None) => EnterForm::Text,
        (false, Some(entry)) => {
            let what = "\"unit:\" of a text";
            notes.add(entry.key_at, Code::KeysExclude, what, "take it out, or write kind: number");
            return None;
        }
        (true, Some(entry)) => EnterForm::Number(read_unit(entry.value, entry.value_at, notes)?),
        (true, None) => EnterForm::Number(read_unit("", entries.at, notes)?),
    };
    Some(Ask::Enter { label: label?, form })
}

fn wait(entries: &Entries<'_>, notes: &mut Notes<'_>) -> Option<Ask> {
    let before = notes.errors();
    let mut seconds = |key: &str| {
        let entry = entries.find(key);
        entry.and_then(|entry| read_seconds(entry.value, entry.value_at, notes))
    };
    let (seconds_min, seconds_max) = (seconds("min"), seconds("max"));
    let ring_seconds = seconds("ring");
    let clock = entries.require("clock", notes);
    let clock = clock.and_then(|entry| entry.word(&CLOCKS, Code::WordUnknown, notes));
    if notes.errors() == before && seconds_min.is_none() && seconds_max.is_none() {
        let next = "add min:, max: or both";
        notes.add(entries.at, Code::WaitUnbounded, "a wait without min and max", next);
    }
    if let (Some(min), Some(max)) = (seconds_min, seconds_max)
        && min > max
    {
        let what = format!("min of {min} s above max of {max} s");
        notes.add(entries.at, Code::WaitInverted, &what, "exchange them");
    }
    if let (Some(ring), Some(first)) = (ring_seconds, seconds_min.or(seconds_max))
        && ring >= first
    {
        let what = format!("ring of {ring} s in a wait of {first} s");
        let at = entries.find("ring").map_or(entries.at, |entry| entry.value_at);
        notes.add(at, Code::RingTooEarly, &what, "ring later: less than the wait");
    }
    Some(Ask::Wait(Wait { seconds_min, seconds_max, clock: clock?, ring_seconds }))
}

fn install(entries: &Entries<'_>, notes: &mut Notes<'_>) -> Vec<Ask> {
    const BY: [(&str, InstallBy); 2] = [("serial", InstallBy::Serial), ("lot", InstallBy::Lot)];
    let mut asks = Vec::new();
    entries.refuse_long(notes);
    for entry in entries.list.iter().filter(|entry| !entry.value.is_empty()) {
        let words: Vec<&str> = entry.value.split_whitespace().collect();
        let [part, by] = words.as_slice() else {
            let what = format!("component \"{}\"", shorten(entry.value));
            let next = "write it like cover: CP-40-CVR lot";
            notes.add(entry.value_at, Code::BadInstall, &what, next);
            continue;
        };
        let by_at = entry.value_at + entry.value.len() - by.len();
        let by = read_word((by, by_at), &BY, Code::BadInstall, notes);
        let part = read_id(part, entry.value_at, notes);
        if let (Some(part), Some(by)) = (part, by) {
            let name = crate::domain::text::sanitize_line(entry.key).into_owned();
            asks.push(Ask::Install { name, part, by });
        }
    }
    asks
}
