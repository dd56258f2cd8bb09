//! What changed between two revisions, step by step and characteristic by characteristic.

use std::fmt;

use serde::Serialize;

use crate::domain::words::words;

use super::condition;
use super::ids::{CharacteristicId, StepId};
use super::instruction::{
    Ask, Block, EnterForm, InstallBy, Instruction, InstructionRules, Measure, OnFail, ScanMatch,
    Span, StandardStep, Step, StepRules, WaitClock,
};
use super::quantity::{Limits, Number, Rounding, Verdict};
use super::sampling::Sampling;
use super::specification::{Characteristic, CharacteristicKind, Specification};
use super::translation_difference::diff_translations;
use super::traveler::record::judge;
use super::traveler::state::{Reading, TravelerState};
use super::words::Words;

/// One change; without `old` it is new, without `new` it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The step in which it is, by its permanent id.
    pub step: Option<StepId>,
    /// The characteristic that it is about.
    pub characteristic: Option<CharacteristicId>,
    /// What changed, in words.
    pub what: Words,
    /// As it was.
    pub old: Option<String>,
    /// As it is.
    pub new: Option<String>,
    /// What was recorded of it, where a unit is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
}

/// Readings of a characteristic whose limits change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// How many there are.
    pub readings: usize,
    /// How many of them would fail by the new limits.
    pub would_fail: usize,
}

impl Recorded {
    /// It in words.
    fn said(self) -> Words {
        let Self { readings, would_fail } = self;
        match (readings, would_fail) {
            (1, 0) => words!("your reading would pass"),
            (1, _) => words!("your reading would now fail"),
            (all, 0) => words!("your {all} readings would pass", all),
            (all, fail) => words!("{fail} of your {all} readings would now fail", fail, all),
        }
    }
}

impl Change {
    /// It in words.
    pub fn said(&self) -> Words {
        let what = self.what.clone();
        let change = match (&self.old, &self.new) {
            (Some(old), Some(new)) => words!("{what} {old} → {new}", what => what, old, new),
            (None, Some(new)) => words!("{what} added: {new}", what => what, new),
            (Some(old), None) => words!("{what} removed: {old}", what => what, old),
            (None, None) => what,
        };
        let change = match &self.step {
            Some(step) => words!("{step}: {change}", step, change => change),
            None => change,
        };
        match self.recorded.map(Recorded::said) {
            Some(recorded) => {
                words!("{change}; {recorded}", change => change, recorded => recorded)
            }
            None => change,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

/// Where a change is.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    pub(super) step: Option<StepId>,
    characteristic: Option<CharacteristicId>,
    list: Vec<Change>,
}

impl Changes {
    pub(super) fn compare(
        &mut self,
        what: impl Into<Words>,
        old: Option<String>,
        new: Option<String>,
    ) {
        if old != new {
            self.list.push(Change {
                step: self.step.clone(),
                characteristic: self.characteristic.clone(),
                what: what.into(),
                old,
                new,
                recorded: None,
            });
        }
    }

    pub(super) fn both(&mut self, what: impl Into<Words>, old: impl ToString, new: impl ToString) {
        self.compare(what, Some(old.to_string()), Some(new.to_string()));
    }
}

/// What changed between two specifications.
pub fn diff_specifications(old: &Specification, new: &Specification) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.both("part", &old.part, &new.part);
    changes.both("revision", &old.revision, &new.revision);
    changes.both("drawing", &old.drawing, &new.drawing);
    for was in &old.characteristics {
        changes.characteristic = Some(was.id.clone());
        match new.characteristic(&was.id) {
            Some(is) => diff_characteristic(was, is, &mut changes),
            None => changes.compare(Words::given(label(was)), Some(was.requirement.clone()), None),
        }
    }
    for is in new.characteristics.iter().filter(|c| old.characteristic(&c.id).is_none()) {
        changes.characteristic = Some(is.id.clone());
        changes.compare(Words::given(label(is)), None, Some(is.requirement.clone()));
    }
    changes.characteristic = None;
    let order = |a: &Specification, b: &Specification| {
        let kept = a.characteristics.iter().filter(|c| b.characteristic(&c.id).is_some());
        kept.map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ")
    };
    changes.both("change|order", order(old, new), order(new, old));
    changes.list
}

fn label(characteristic: &Characteristic) -> String {
    format!("{} {}", characteristic.balloon, characteristic.name)
}

fn diff_characteristic(old: &Characteristic, new: &Characteristic, changes: &mut Changes) {
    let label = label(new);
    changes.both(Words::given(&label), &old.requirement, &new.requirement);
    changes.both(words!("{label} limits", label), kind_words(&old.kind), kind_words(&new.kind));
    changes.both(words!("{label} balloon", label), &old.balloon, &new.balloon);
    changes.both(words!("{label} name", label), &old.name, &new.name);
    changes.both(words!("{label} location", label), &old.location, &new.location);
    changes.both(words!("{label} class", label), old.class.word(), new.class.word());
    let gauge = |c: &Characteristic| c.gauge.as_ref().map(ToString::to_string);
    changes.compare(words!("{label} gauge", label), gauge(old), gauge(new));
    changes.compare(words!("{label} rule", label), rule_words(&old.kind), rule_words(&new.kind));
    let sample = |c: &Characteristic| sample_words(c.sampling);
    changes.both(words!("{label} sample", label), sample(old), sample(new));
}

/// On which units something is measured.
pub fn sample_words(sampling: Option<Sampling>) -> Words {
    sampling.map_or_else(|| words!("every unit"), |sampling| sampling.words())
}

/// The decision rule of a kind, where one is stated.
pub fn rule_words(kind: &CharacteristicKind) -> Option<String> {
    Some(stated_rule(kind).trim_start_matches(", ").to_owned()).filter(|words| !words.is_empty())
}

/// What is recorded, in words: limits, or yes or no.
pub fn kind_words(kind: &CharacteristicKind) -> String {
    match kind {
        CharacteristicKind::Measured(limits) => words_of_limits(limits),
        CharacteristicKind::Reference(limits) => format!("reference {}", words_of_limits(limits)),
        CharacteristicKind::Attribute => "yes or no".to_owned(),
    }
}

fn words_of_limits(limits: &Limits) -> String {
    let text = |number: &Option<Number>| number.as_ref().map_or("", Number::text).to_owned();
    let (lower, upper, unit) = (text(&limits.lower), text(&limits.upper), limits.unit);
    let nominal = limits.nominal.as_ref().map_or_else(String::new, |n| format!(" (nominal {n})"));
    format!("{lower} .. {upper} {unit}{nominal}")
}

/// What changed between two instructions.
pub fn diff_instructions(old: &Instruction, new: &Instruction) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.both("id", &old.id, &new.id);
    changes.both("title", &old.title, &new.title);
    changes.both("part", &old.part, &new.part);
    changes.both("revision", &old.revision, &new.revision);
    let operation = |i: &Instruction| format!("{} {}", i.operation, i.operation_name);
    changes.both("operation", operation(old), operation(new));
    changes.both("work center", &old.work_center, &new.work_center);
    let specification = |i: &Instruction| i.specification.as_ref().map(ToString::to_string);
    changes.compare("specification revision", specification(old), specification(new));
    let qualification = |i: &Instruction| i.qualification.as_ref().map(ToString::to_string);
    changes.compare("qualification", qualification(old), qualification(new));
    let offline = |i: &Instruction| i.rules.offline_seconds_max.map(|s| format!("{s} s"));
    changes.compare("offline-max", offline(old), offline(new));
    let acts = |i: &Instruction| {
        let words: Vec<&str> = i.rules.place_acts.iter().map(|act| act.word()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    };
    changes.compare("place-acts", acts(old), acts(new));
    let inspect = |i: &Instruction| i.rules.inspect.map(|rule| rule.to_string());
    changes.compare("inspect", inspect(old), inspect(new));
    // Each revision answers its own: that the former one's are not named again is no change.
    let answers: Vec<String> = new.rules.answers.iter().map(ToString::to_string).collect();
    changes.compare("answers", None, (!answers.is_empty()).then(|| answers.join(", ")));
    for was in &old.steps {
        changes.step = Some(was.id.clone());
        match new.step(&was.id) {
            Some(is) => diff_step(was, is, &mut changes),
            None => changes.compare("step", Some(was.title.clone()), None),
        }
    }
    for is in new.steps.iter().filter(|step| old.step(&step.id).is_none()) {
        changes.step = Some(is.id.clone());
        changes.compare("step", None, Some(is.title.clone()));
        // All that it says and asks is new, and who approves it reads it here.
        let (text, asks, rules) = (Vec::new(), Vec::new(), StepRules::default());
        diff_step(&Step { text, asks, rules, ..is.clone() }, is, &mut changes);
    }
    changes.step = None;
    let order = |a: &Instruction, b: &Instruction| {
        let kept = a.steps.iter().filter(|step| b.step(&step.id).is_some());
        kept.map(|step| step.id.as_str()).collect::<Vec<_>>().join(", ")
    };
    changes.both("order of steps", order(old, new), order(new, old));
    let language = |i: &Instruction| i.language.map(|code| code.to_string());
    changes.compare("language", language(old), language(new));
    diff_translations(&old.translations, &new.translations, &mut changes);
    changes.list
}

/// What changed between two standard steps.
pub fn diff_standard_steps(old: &StandardStep, new: &StandardStep) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.both("id", &old.id, &new.id);
    changes.both("title", &old.title, &new.title);
    changes.both("revision", &old.revision, &new.revision);
    changes.step = Some(new.step.id.clone());
    changes.both("step", &old.step.id, &new.step.id);
    diff_step(&old.step, &new.step, &mut changes);
    changes.step = None;
    diff_translations(&old.translations, &new.translations, &mut changes);
    changes.list
}

/// All that an instruction says, as changes of one that says nothing: what its first revision is
/// approved by.
pub fn whole_instruction(new: &Instruction) -> Vec<Change> {
    let (steps, rules, translations) = (Vec::new(), InstructionRules::default(), Vec::new());
    diff_instructions(&Instruction { steps, rules, translations, ..new.clone() }, new)
}

/// All that a standard step says, as changes of one that says nothing.
pub fn whole_standard_step(new: &StandardStep) -> Vec<Change> {
    let (text, asks, rules) = (Vec::new(), Vec::new(), StepRules::default());
    let step = Step { text, asks, rules, ..new.step.clone() };
    diff_standard_steps(&StandardStep { step, translations: Vec::new(), ..new.clone() }, new)
}

/// Adds to the changes of an instruction what a unit recorded that they are about.
pub fn with_recorded(
    mut changes: Vec<Change>,
    new: &Instruction,
    (state, operation): (&TravelerState, u32),
) -> Vec<Change> {
    for step in &new.steps {
        let Some(attempt) = state.standing_attempt(operation, &step.id) else { continue };
        for (number, ask) in (1_u16..).zip(&step.asks) {
            let Ask::Measure(measure) = ask else { continue };
            let label = label_of(measure);
            let about = changes.iter_mut().find(|change| {
                let limits = change.what == label || change.what == format!("{label} limits");
                change.step.as_ref() == Some(&step.id)
                    && change.characteristic == measure.characteristic
                    && limits
            });
            let entries = attempt.readings().filter(|(entry, _)| entry.ask == number);
            let entries = entries.filter(|(entry, _)| attempt.counts(&entry.at));
            let verdicts: Vec<bool> =
                entries.map(|(_, reading)| would_be(measure, reading)).collect();
            if let (Some(change), false) = (about, verdicts.is_empty()) {
                let would_fail = verdicts.iter().filter(|passes| !**passes).count();
                change.recorded = Some(Recorded { readings: verdicts.len(), would_fail });
            }
        }
    }
    changes
}

/// Whether a reading would not fail by what is asked now; what cannot be judged by it fails.
fn would_be(measure: &Measure, reading: &Reading) -> bool {
    let judged = judge(&measure.kind, reading.value(), reading.taken.gauge.as_ref());
    judged.is_ok_and(|(verdict, _)| verdict != Some(Verdict::Fail))
}

/// The changes as somebody at the bench is told them: what goes without saying is left out.
pub fn told(changes: &[Change]) -> Vec<&Change> {
    let mut told: Vec<&Change> = Vec::new();
    for change in changes {
        let what = change.what.to_string();
        let limits = what.strip_suffix(" limits");
        let said = told.last().is_some_and(|before| {
            before.step == change.step && limits.is_some_and(|limits| before.what == limits)
        });
        let number = change.step.is_none() && change.what == "revision";
        if !said && !number {
            told.push(change);
        }
    }
    told
}

fn label_of(measure: &Measure) -> String {
    let balloon = measure.balloon.as_ref().map_or_else(String::new, |b| format!("{b} "));
    format!("{balloon}{}", measure.name)
}

fn diff_step(old: &Step, new: &Step, changes: &mut Changes) {
    changes.both("title", &old.title, &new.title);
    let included = |step: &Step| {
        let included = step.rules.included.as_ref();
        included.map(|included| format!("{} rev {}", included.id, included.revision))
    };
    changes.compare("standard step", included(old), included(new));
    let counts = |step: &Step| step.rules.quantity.as_ref().map(|rule| rule.label.clone());
    changes.compare("count of pieces", counts(old), counts(new));
    let trained = |step: &Step| step.rules.qualification.as_ref().map(ToString::to_string);
    changes.compare("qualification", trained(old), trained(new));
    let rules = condition::words(&old.rules).into_iter().zip(condition::words(&new.rules));
    for ((what, was), (_, is)) in rules {
        changes.compare(what, was, is);
    }
    for rank in 0..old.text.len().max(new.text.len()) {
        let words = |step: &Step| step.text.get(rank).map(words_of_block);
        changes.compare("text", words(old), words(new));
    }
    for rank in 0..old.asks.len().max(new.asks.len()) {
        let (was, is) = (old.asks.get(rank), new.asks.get(rank));
        if let (Some(Ask::Measure(was)), Some(Ask::Measure(is))) = (was, is)
            && was.characteristic == is.characteristic
        {
            diff_measure(was, is, changes);
            continue;
        }
        let what = words!("ask {number}", number = rank + 1);
        changes.compare(what, was.map(words_of_ask), is.map(words_of_ask));
    }
}

fn diff_measure(old: &Measure, new: &Measure, changes: &mut Changes) {
    changes.characteristic.clone_from(&new.characteristic);
    let label = label_of(new);
    changes.both(Words::given(&label), &old.requirement, &new.requirement);
    changes.both(words!("{label} limits", label), kind_words(&old.kind), kind_words(&new.kind));
    changes.both(words!("{label} name", label), &old.name, &new.name);
    changes.both(words!("{label} count", label), old.count, new.count);
    changes.compare(words!("{label} balloon", label), old.balloon.clone(), new.balloon.clone());
    let class = |m: &Measure| m.class.map(|class| class.word().to_owned());
    changes.compare(words!("{label} class", label), class(old), class(new));
    let gauge = |m: &Measure| m.gauge.as_ref().map(ToString::to_string);
    changes.compare(words!("{label} gauge", label), gauge(old), gauge(new));
    let on_fail = |m: &Measure| m.on_fail.as_ref().map(words_of_on_fail);
    changes.compare(words!("{label} on-fail", label), on_fail(old), on_fail(new));
    changes.compare(words!("{label} rule", label), rule_words(&old.kind), rule_words(&new.kind));
    let retry = |m: &Measure| m.rules.retry_max.map(|most| most.to_string());
    changes.compare(words!("{label} retry", label), retry(old), retry(new));
    let sample = |m: &Measure| sample_words(m.rules.sampling);
    changes.both(words!("{label} sample", label), sample(old), sample(new));
    changes.characteristic = None;
}

fn words_of_on_fail(on_fail: &OnFail) -> String {
    match on_fail {
        OnFail::Rework(step) => format!("rework #{step}"),
        OnFail::Repair(step) => format!("repair #{step}"),
        OnFail::UseAsIs => "use-as-is".to_owned(),
        OnFail::Scrap => "scrap".to_owned(),
        OnFail::Return => "return".to_owned(),
    }
}

fn words_of_spans(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

pub(super) fn words_of_block(block: &Block) -> String {
    match block {
        Block::Paragraph(spans) => words_of_spans(spans),
        Block::List { ordered, items } => {
            let mark = if *ordered { "#" } else { "-" };
            let items: Vec<String> =
                items.iter().map(|item| format!("{mark} {}", words_of_spans(item))).collect();
            items.join("; ")
        }
        Block::Callout { level, text } => format!("{level:?}: {}", words_of_spans(text)),
        Block::Picture(picture) => {
            format!("picture {} ({}, {})", picture.file, picture.alt, picture.blob.short())
        }
        Block::Table { rows } => {
            let cells = |row: &Vec<Vec<Span>>| {
                row.iter().map(|cell| words_of_spans(cell)).collect::<Vec<_>>().join(" | ")
            };
            rows.iter().map(cells).collect::<Vec<_>>().join("; ")
        }
    }
}

fn words_of_ask(ask: &Ask) -> String {
    match ask {
        Ask::Scan { label, matches } => {
            let matches = match matches {
                ScanMatch::Unit => "unit",
                ScanMatch::Order => "order",
                ScanMatch::Part => "part",
                ScanMatch::Place => "place",
                ScanMatch::Any => "any",
            };
            format!("scan {label} ({matches})")
        }
        Ask::Install { name, part, by } => {
            let by = match by {
                InstallBy::Serial => "serial",
                InstallBy::Lot => "lot",
            };
            format!("install {name}: {part} {by}")
        }
        Ask::Check { question, gauge, setting } => {
            let gauge = gauge.as_ref().map(|gauge| format!(" with {gauge}")).unwrap_or_default();
            let setting = setting.as_ref().map(|set| format!(" set to {set}")).unwrap_or_default();
            format!("check {question}{gauge}{setting}")
        }
        Ask::Measure(measure) => {
            let retry = measure.rules.retry_max;
            let retry = retry.map(|most| format!(", retry {most}")).unwrap_or_default();
            let rule = stated_rule(&measure.kind);
            let sample = measure.rules.sampling;
            let sample = sample.map(|plan| format!(", {plan}")).unwrap_or_default();
            format!(
                "measure {} {} × {}{rule}{sample}{retry}",
                measure.name, measure.requirement, measure.count
            )
        }
        Ask::Enter { label, form: EnterForm::Text } => format!("enter {label}"),
        Ask::Enter { label, form: EnterForm::Number(unit) } => format!("enter {label} in {unit}"),
        Ask::Wait(wait) => {
            let seconds = |s: Option<u32>| s.map_or_else(|| "-".to_owned(), |s| format!("{s} s"));
            let clock = match wait.clock {
                WaitClock::Cure => "cure",
                WaitClock::Working => "working",
            };
            let (min, max) = (seconds(wait.seconds_min), seconds(wait.seconds_max));
            let ring =
                wait.ring_seconds.map_or_else(String::new, |s| format!(", rings {s} s before"));
            format!("wait {min} .. {max} ({clock}{ring})")
        }
        Ask::Sign(sign) => {
            let others: Vec<&str> = sign.not_same_person_as.iter().map(StepId::as_str).collect();
            let (role, meaning) = (sign.role.word(), sign.meaning.word());
            format!("sign {role} {meaning} not {}", others.join(", "))
        }
    }
}

/// The decision rule of a kind, each part behind a comma.
fn stated_rule(kind: &CharacteristicKind) -> String {
    let CharacteristicKind::Measured(limits) = kind else { return String::new() };
    let rule = &limits.rule;
    let marginal = rule.marginal.as_ref().map(|by| format!(", marginal {by} {}", limits.unit));
    let rounded = (rule.rounding == Rounding::E29).then(|| ", rounded by E29".to_owned());
    let guard = rule.guard.as_ref().map(|factor| format!(", guard {factor}"));
    marginal.into_iter().chain(rounded).chain(guard).collect()
}
