//! The block of a step's rules: whether its order is free, when it is needed, how often it may be
//! attempted, who may leave it out, what who works there is trained for.

use super::code::Code;
use super::entries::{Entries, shorten};
use super::finding::Notes;
use super::keys;
use super::requirement::{read_number, read_unit};
use crate::domain::condition::{Comparison, Condition, SkipRule, Test};
use crate::domain::ids::QualificationId;
use crate::domain::instruction::{Ask, EnterForm, Step, StepRules};
use crate::domain::nearest::suggest;
use crate::domain::quantity::Quantity;
use crate::domain::specification::CharacteristicKind;
use crate::domain::text::sanitize_line;
use crate::domain::unit::Unit;

/// The word behind the fence.
pub(super) const WORD: &str = "step";
/// Its keys in their order.
pub(super) const KEYS: [&str; 5] = keys::words(&keys::page::STEP);
/// The most attempts that may be named.
const ATTEMPTS_MAX: u32 = 99;

/// What can only be checked once every step is read; each with where it stands.
#[derive(Debug, Default)]
pub(super) struct Open<'s> {
    /// `order: free`.
    free_at: Option<usize>,
    /// `when:`, with what stands behind it.
    when: Option<(&'s str, usize)>,
    /// `skip:`, where somebody may.
    skip_at: Option<usize>,
    /// `qualification:`.
    qualification_at: Option<usize>,
}

/// Reads the block; conditions are read by [`settle`].
pub(super) fn read<'s>(entries: &Entries<'s>, notes: &mut Notes<'_>) -> (StepRules, Open<'s>) {
    entries.refuse_others(&KEYS, notes);
    let mut rules = StepRules::default();
    let mut open = Open::default();
    if let Some(entry) = entries.find("order")
        && entry.word(&[("free", ())], Code::WordUnknown, notes).is_some()
    {
        rules.free = true;
        open.free_at = Some(entry.key_at);
    }
    open.when = entries.find("when").map(|entry| (entry.value, entry.value_at));
    if let Some(entry) = entries.find("attempts-max") {
        let digits = entry.value.bytes().all(|b| b.is_ascii_digit());
        let most = entry.value.parse().ok();
        rules.attempts_max = most.filter(|n| digits && (1..=ATTEMPTS_MAX).contains(n));
        if rules.attempts_max.is_none() {
            let what = format!("attempts-max \"{}\"", shorten(entry.value));
            notes.add(entry.value_at, Code::BadAttempts, &what, "write a number from 1 to 99");
        }
    }
    if let Some(entry) = entries.find("qualification") {
        rules.qualification = entry.id(notes);
        open.qualification_at = Some(entry.value_at);
    }
    if let Some(entry) = entries.find("skip")
        && let Some(rule) = entry.word(&SkipRule::WORDS, Code::WordUnknown, notes)
    {
        rules.skip = rule;
        open.skip_at = (rule != SkipRule::Never).then_some(entry.key_at);
    }
    (rules, open)
}

/// Checks the rules of all steps against each other, and reads the conditions.
pub(super) fn settle(
    steps: &mut [Step],
    open: &[Open<'_>],
    of_all: Option<&QualificationId>,
    notes: &mut Notes<'_>,
) {
    for (rank, open) in open.iter().enumerate() {
        let Some(step) = steps.get(rank) else { continue };
        note_repeated((step, open), of_all, notes);
        let signs = step.asks.iter().any(|ask| matches!(ask, Ask::Sign(_)));
        if let Some(at) = open.skip_at.filter(|_| signs) {
            let what = format!("\"skip:\" on step \"{}\", which asks for a signature", step.id);
            notes.add(at, Code::SkipSigned, &what, "take it out, or write skip: never");
        }
        let is_free = |rank: Option<usize>| {
            rank.and_then(|rank| steps.get(rank)).is_some_and(|step| step.rules.free)
        };
        if let Some(at) = open.free_at
            && !is_free(rank.checked_sub(1))
            && !is_free(Some(rank + 1))
        {
            let what = format!("step \"{}\" is free, and no step beside it is", step.id);
            let next = "write order: free on the step before or after it too, or take it out";
            notes.add(at, Code::FreeAlone, &what, next);
        }
        let Some(when) = open.when else { continue };
        let condition = condition(steps, rank, when, notes);
        if let Some(step) = steps.get_mut(rank) {
            step.rules.when = condition;
        }
    }
}

/// What the whole instruction asks for already, no step asks for once more.
fn note_repeated(
    (step, open): (&Step, &Open<'_>),
    of_all: Option<&QualificationId>,
    notes: &mut Notes<'_>,
) {
    let (Some(at), Some(wanted)) = (open.qualification_at, &step.rules.qualification) else {
        return;
    };
    if of_all == Some(wanted) {
        let what = format!("step \"{}\" asks for {wanted}, as the front matter does", step.id);
        notes.add(at, Code::QualificationRepeated, &what, "take it out at one of the two places");
    }
}

/// Reads `#step.ask = value` or `#step.ask fails` of the step with a rank.
fn condition(
    steps: &[Step],
    rank: usize,
    (text, at): (&str, usize),
    notes: &mut Notes<'_>,
) -> Option<Condition> {
    let Some((reference, written)) = split(text) else {
        let what = format!("condition \"{}\"", shorten(text));
        let next = "write it like #look.1 = no, #color.1 = red, #gap.2 > 0.04 mm or #gap.2 fails";
        notes.add(at, Code::BadCondition, &what, next);
        return None;
    };
    let (step, ask, sample) = basis(steps, rank, (reference, at), notes)?;
    let told = |notes: &mut Notes<'_>, code, why: &str, next: &str| {
        let what = format!("condition \"{}\"{why}", shorten(text));
        notes.add(at, code, &what, next);
    };
    let asked = usize::from(ask).checked_sub(1).and_then(|index| step.asks.get(index));
    let Some(asked) = asked else {
        let (why, next) = no_such_ask(step, (ask, sample));
        told(notes, Code::ConditionAsk, &why, &next);
        return None;
    };
    if let Some((why, next)) = not_one_value(step, (ask, asked), sample, written) {
        told(notes, Code::ConditionAsk, &why, &next);
        return None;
    }
    if matches!(asked, Ask::Measure(measure) if measure.rules.sampling.is_some()) {
        let next = "let it rest on a check or an entry, which is made on each unit";
        told(notes, Code::ConditionSampled, "", next);
        return None;
    }
    let fitted = match fitting(asked, written, at, notes) {
        Ok(fitted) => fitted?,
        Err(next) => {
            told(notes, Code::ConditionMismatch, "", &next);
            return None;
        }
    };
    Some(Condition { step: step.id.clone(), ask, sample, test: fitted })
}

/// Why a step has no ask of a number, and what to write instead.
fn no_such_ask(step: &Step, (ask, sample): (u16, Option<u16>)) -> (String, String) {
    let id = &step.id;
    match step.asks.as_slice() {
        [] => (
            format!(": step \"{id}\" records nothing"),
            "name a step that has a block such as check or measure".to_owned(),
        ),
        // Whoever counts the readings of the only ask leaves its number out.
        [Ask::Measure(only)] if sample.is_none() && (2..=only.count).contains(&ask) => (
            format!(": step \"{id}\" has one ask, with {} readings", only.count),
            format!("write #{id}.1.{ask} for its reading {ask}"),
        ),
        [_] => (format!(": step \"{id}\" has one ask"), format!("write #{id}.1")),
        asks => {
            let most = asks.len();
            let why = format!(": step \"{id}\" has {most} asks");
            (why, format!("write #{id}.1 to #{id}.{most}"))
        }
    }
}

/// Why an ask does not give the one value that a condition compares, and what to write instead.
fn not_one_value(
    step: &Step,
    (ask, asked): (u16, &Ask),
    sample: Option<u16>,
    written: Written<'_>,
) -> Option<(String, String)> {
    let (id, sample_one) = (&step.id, sample == Some(1));
    let Ask::Measure(measure) = asked else {
        let why = format!(": ask {ask} of step \"{id}\" takes no readings");
        return (sample.is_some() && !sample_one).then(|| (why, format!("write #{id}.{ask}")));
    };
    let count = measure.count;
    match sample {
        None if count > 1 && !matches!(written, Written::Fails) => Some((
            format!(": ask {ask} of step \"{id}\" takes {count} readings"),
            format!("say which one: #{id}.{ask}.1 to #{id}.{ask}.{count}"),
        )),
        Some(sample) if !(1..=count).contains(&sample) => Some((
            format!(": ask {ask} of step \"{id}\" has no reading {sample}"),
            format!("it takes {count}: write #{id}.{ask}.1 to #{id}.{ask}.{count}"),
        )),
        None | Some(_) => None,
    }
}

/// What stands behind the reference to an ask.
#[derive(Debug, Clone, Copy)]
enum Written<'t> {
    Fails,
    Compares(Comparison, &'t str),
}

/// The reference to an ask and what is said of it.
fn split(text: &str) -> Option<(&str, Written<'_>)> {
    let rest = text.strip_prefix('#')?;
    if let Some(reference) = rest.strip_suffix("fails")
        && reference.ends_with(char::is_whitespace)
        && !reference.contains(['=', '<', '>'])
    {
        return Some((reference.trim(), Written::Fails));
    }
    let from = rest.find(['=', '!', '<', '>'])?;
    let (reference, compared) = rest.split_at_checked(from)?;
    let (sign, how) = Comparison::SIGNS.iter().find(|(sign, _)| compared.starts_with(sign))?;
    let value = compared.strip_prefix(sign)?.trim();
    let whole = !reference.trim().is_empty() && !value.is_empty();
    whole.then_some((reference.trim(), Written::Compares(*how, value)))
}

/// The earlier step, the ask and the reading that a condition rests on. An id may have points in it,
/// so the longest that is one is taken.
fn basis<'a>(
    steps: &'a [Step],
    rank: usize,
    (reference, at): (&str, usize),
    notes: &mut Notes<'_>,
) -> Option<(&'a Step, u16, Option<u16>)> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    let find = |id: &str| steps.iter().position(|step| step.id.as_str() == id);
    let mut named = reference;
    let mut found = None;
    if let Some((before, last)) = reference.rsplit_once('.')
        && let Some(last) = number(last)
    {
        named = before;
        found = find(before).map(|place| (place, last, None));
        if found.is_none()
            && let Some((id, ask)) = before.rsplit_once('.')
            && let Some(ask) = number(ask)
        {
            named = id;
            found = find(id).map(|place| (place, ask, Some(last)));
        }
    } else if find(reference).is_some() {
        let what = format!("condition on step \"{}\" without an ask", shorten(reference));
        notes.add(at, Code::ConditionAsk, &what, &format!("number it, such as #{reference}.1"));
        return None;
    }
    // A free step may be done before its neighbors, so none of them is earlier.
    let before = &steps[..=rank.min(steps.len().saturating_sub(1))];
    let group = before.iter().rev().take_while(|step| step.rules.free).count().max(1);
    let from = before.len() - group;
    match found {
        Some((place, ask, sample)) if place < from => Some((steps.get(place)?, ask, sample)),
        Some((place, ..)) => {
            let (what, next) = if place < rank {
                ("may be done later, as its order is free", "name a step before the free ones")
            } else {
                ("is not done before this one", "name an earlier step")
            };
            let what = format!("step \"{}\" {what}", shorten(named));
            notes.add(at, Code::ConditionStep, &what, next);
            None
        }
        None => {
            let known = steps.iter().take(from).map(|step| step.id.as_str());
            let what = format!("no step \"{}\"", shorten(named));
            notes.add(at, Code::ConditionStep, &what, &suggest(named, known));
            None
        }
    }
}

/// The test, where it fits what the ask records; else what would fit. None where the value itself
/// is wrong, which has been told.
fn fitting(
    ask: &Ask,
    written: Written<'_>,
    at: usize,
    notes: &mut Notes<'_>,
) -> Result<Option<Test>, String> {
    let yes_or_no = |written| match written {
        Written::Compares(Comparison::Equal, "yes") => Some(true),
        Written::Compares(Comparison::Equal, "no") => Some(false),
        Written::Compares(..) | Written::Fails => None,
    };
    match ask {
        Ask::Check { .. } => match yes_or_no(written) {
            Some(yes) => Ok(Some(Test::Answered(yes))),
            None => Err("it is a check: compare it with = yes or = no".to_owned()),
        },
        Ask::Measure(measure) => match (written, &measure.kind) {
            (Written::Fails, CharacteristicKind::Reference(_)) => {
                Err("it is for reference and never fails: compare its value".to_owned())
            }
            (Written::Fails, _) => Ok(Some(Test::Fails)),
            (Written::Compares(..), CharacteristicKind::Attribute) => {
                Err("it has no value: write fails behind it".to_owned())
            }
            (
                Written::Compares(how, value),
                CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits),
            ) => compared(how, value, limits.unit, (at, notes)),
        },
        Ask::Enter { form: EnterForm::Number(unit), .. } => match written {
            Written::Compares(how, value) => compared(how, value, *unit, (at, notes)),
            Written::Fails => Err("it is not judged: compare its value".to_owned()),
        },
        Ask::Enter { form: EnterForm::Text, .. } | Ask::Scan { .. } | Ask::Install { .. } => {
            let text = |value| sanitize_line(value).into_owned();
            match written {
                Written::Compares(Comparison::Equal, value) => Ok(Some(Test::Says(text(value)))),
                Written::Compares(Comparison::NotEqual, value) => {
                    Ok(Some(Test::SaysNot(text(value))))
                }
                Written::Compares(..) | Written::Fails => {
                    Err("it is a text: compare it with = or !=".to_owned())
                }
            }
        }
        Ask::Wait(_) | Ask::Sign(_) => {
            Err("a wait or a signature answers nothing: name another ask".to_owned())
        }
    }
}

fn compared(
    how: Comparison,
    value: &str,
    recorded: Unit,
    (at, notes): (usize, &mut Notes<'_>),
) -> Result<Option<Test>, String> {
    let (text, symbol) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    let Some(number) = read_number(text, at, notes) else { return Ok(None) };
    let Some(unit) = read_unit(symbol.trim(), at, notes) else { return Ok(None) };
    if unit.dimension() != recorded.dimension() {
        return Err(format!("it is recorded in {recorded}: compare it with a value of that kind"));
    }
    Ok(Some(Test::Compares(how, Quantity { number, unit })))
}
