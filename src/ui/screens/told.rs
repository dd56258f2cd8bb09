//! What the domain holds and tells, as this terminal says it: values, answers, counts, why a unit is
//! held or sampled. Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::expiry;
use crate::domain::sampling::SampleDecided;
use crate::domain::traveler::correction::{Turned, Uncovered};
use crate::domain::traveler::fact::{HoldReason, ReadingValue};
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::state::{Recorded, RecordedWhat};
use crate::domain::understood::{BECOMES, HELD, Said, by, understood, values as values_of};
use crate::ui::parts::words::count;
use crate::ui::speech::{objection, say, tell};
use crate::views::deviation::DeviationView;
use crate::views::register::EndingRow;
use crate::views::signature::{SignatureView, words_of_uncovered};

const SAMPLED: &[Said] = &[
    ("sampled: {why}", &["why"]),
    ("not sampled, {why}", &["why"]),
    ("first after other work", &[]),
    ("first, then 1 in {every} per {per}", &["per"]),
    ("first per {per}", &["per"]),
    ("1 in {every} per {per}", &["per"]),
    ("the unit before it was not measured", &[]),
    ("the last check failed", &[]),
    ("a unit begun before it is not measured yet", &[]),
    ("the step is done again", &[]),
    ("the shifts of the site are not known", &[]),
    ("no shift is on now", &[]),
    ("the next unit is", &[]),
    ("next in another {per}", &["per"]),
    ("next after a setup", &[]),
    ("next in {left}", &[]),
    ("first {anew}", &["anew"]),
    ("counted here", &[]),
    ("of the order", &[]),
    ("of the shift", &[]),
    ("after setup", &[]),
    ("after tool change", &[]),
    ("after other material", &[]),
    ("after a stop", &[]),
    ("by another plan", &[]),
    ("first", &[]),
    ("order", &[]),
    ("place", &[]),
    ("setup", &[]),
    ("shift", &[]),
];
const SIGNED: &[Said] = &[
    ("{meaning} by {name} as {role}, {time}", &["meaning", "role"]),
    ("performed", &[]),
    ("verified", &[]),
    ("witnessed", &[]),
    ("approved", &[]),
    ("dispositioned", &[]),
    ("released", &[]),
    ("accepted", &[]),
    ("rejected", &[]),
    ("operator", &[]),
    ("inspector", &[]),
    ("supervisor", &[]),
    ("quality", &[]),
    ("engineer", &[]),
    ("planner", &[]),
    ("administrator", &[]),
];
const TURNED: &[Said] = &[
    ("{operation} {step} opens: it is needed now", &[]),
    ("{operation} {step} closes: it is not needed any more", &[]),
    ("{operation} {step} was done and was not needed", &[]),
];
const ACCEPTED: &[Said] = &[
    ("{operation} accepted, not done: {evidence}", &[]),
    ("{operation} provisional: {evidence}", &[]),
];
const PERMITTED: &[Said] = &[("permit {permit}, {limits}", &[])];
const LOT_STANDS: &[Said] = &[
    ("open", &[]),
    ("accepted", &[]),
    ("accepted, and contradicted since", &[]),
    ("rejected", &[]),
    ("rejected, to be sorted", &[]),
    ("rejected, goes back", &[]),
    ("rejected, scrap", &[]),
    ("rejected, used as is", &[]),
    ("not here: hold it at {place}", &[]),
    ("not here: hold it where it was inspected", &[]),
];
const FOR_WHOM: &[Said] =
    &[("{count} units or pieces of {units}", &[]), ("{count} units or pieces", &[])];
const REQUIRED: &[Said] = &[("{rule}: of {size} pieces at most {most} nonconforming", &[])];
const NOTED: &[Said] = &[("lot {lot} of {part} from {supplier}", &[])];
const VALUES: &[Said] = &[
    ("conforms", &[]),
    ("does not conform", &[]),
    ("piece {piece}: {name} does not conform", &[]),
    ("piece {piece}: {value}", &[]),
];
const NOT_VALID: &[Said] = &[("taken back by {at}: {reason}", &[]), ("does not cover {at}", &[])];

/// A value as people read it.
pub(super) fn value(value: &ReadingValue) -> String {
    match value {
        ReadingValue::Number { .. } => shown(value),
        ReadingValue::Conforms(true) => say!("conforms").to_owned(),
        ReadingValue::Conforms(false) => say!("does not conform").to_owned(),
    }
}

/// What was recorded at an ask.
pub(super) fn recorded(entry: &Recorded) -> String {
    match &entry.what {
        RecordedWhat::Answer(yes) => answer(*yes).to_owned(),
        RecordedWhat::Reading(reading) => value(reading.value()),
        RecordedWhat::Text(text) => text.clone(),
        RecordedWhat::Component { identity, .. } => identity.clone(),
        RecordedWhat::WaitBegan => say!("began").to_owned(),
        RecordedWhat::Signature(_) => {
            SignatureView::of_entry(entry).map_or_else(String::new, |signed| tell(&signed.told()))
        }
    }
}

/// An answer.
pub(super) fn answer(yes: bool) -> &'static str {
    if yes { say!("yes") } else { say!("no") }
}

/// What became of pieces.
pub(super) fn pieces(pieces: Pieces) -> String {
    let mut words = say!("{count} good", count = pieces.good);
    if pieces.scrap > 0 {
        words = format!("{words}, {}", say!("{count} scrap", count = pieces.scrap));
    }
    if pieces.rework > 0 {
        words = format!("{words}, {}", say!("{count} to rework", count = pieces.rework));
    }
    words
}

/// Units and lots, as many as there are; none where there are none.
pub(super) fn units_and_lots(units: usize, lots: usize) -> Option<String> {
    let units = (units > 0).then(|| count(units, "unit", "units"));
    let lots = (lots > 0).then(|| count(lots, "lot", "lots"));
    match (units, lots) {
        (Some(units), Some(lots)) => Some(say!("{units} and {lots}", units, lots)),
        (units, lots) => units.or(lots),
    }
}

/// Why a unit is on hold.
pub(super) fn held(reason: &HoldReason) -> String {
    tell(&understood(&reason.words(), HELD))
}

/// What became of a unit, or becomes of it.
pub(super) fn becomes(how: &str) -> String {
    tell(&understood(how, BECOMES))
}

/// How an inspection lot stands.
pub(super) fn lot_stands(words: &str) -> String {
    tell(&understood(words, LOT_STANDS))
}

/// What a deviation departs from: an engineer's words, or a plan.
pub(super) fn required(text: &str) -> String {
    tell(&understood(text, REQUIRED))
}

/// What was found where something departs from that: values, or what somebody typed, which stays as it
/// is.
pub(super) fn found(text: &str) -> String {
    let value = |one: &str| {
        let number = one.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let words = by(one, VALUES).map(|words| tell(&words));
        words.or_else(|| number.then(|| one.to_owned()))
    };
    let all = |text: &str, between: &str| -> Option<String> {
        let values = text.split(between).map(value).collect::<Option<Vec<_>>>()?;
        Some(values.join(between))
    };
    let (of, values) = match values_of("{count} of {all} nonconforming: {values}", text).as_deref()
    {
        Some([(_, count), (_, all), (_, values)]) => (Some((*count, *all)), *values),
        Some(_) | None => (None, text),
    };
    let (values, more) = match values_of("{values} and {more} more", values).as_deref() {
        Some([(_, values), (_, more)]) => (*values, Some(*more)),
        Some(_) | None => (values, None),
    };
    let Some(values) = all(values, "; ").or_else(|| all(values, ", ")) else {
        return text.to_owned();
    };
    let values = match more {
        Some(more) => say!("{values} and {more} more", values, more),
        None => values,
    };
    match of {
        Some((count, all)) => say!("{count} of {all} nonconforming: {values}", count, all, values),
        None => values,
    }
}

/// What was noted of a deviation: where nobody did, of which lot it is.
pub(super) fn noted(text: &str) -> String {
    tell(&understood(text, NOTED))
}

/// What was found, or what was noted where that is all there is.
pub(super) fn found_or_noted(view: &DeviationView) -> String {
    if view.found.is_empty() { noted(&view.note) } else { found(&view.found) }
}

/// Why a certificate is not valid.
pub(super) fn not_valid(why: &str) -> String {
    if let Some(why) = why.strip_prefix("on hold: ") {
        return say!("on hold: {why}", why = tell(&understood(why, HELD)));
    }
    match why.strip_prefix("ended: ") {
        Some(how) => say!("ended: {how}", how = becomes(how)),
        // Else it is what a release would be refused for.
        None => by(why, NOT_VALID).map_or_else(|| objection(why), |words| tell(&words)),
    }
}

/// Whether a unit is measured, and why.
pub(super) fn sampled(decided: &SampleDecided) -> String {
    tell(&understood(&decided.words(), SAMPLED))
}

/// A signature that a correction is about to uncover.
pub(super) fn uncovered(signed: &Uncovered) -> String {
    tell(&understood(&words_of_uncovered(signed), SIGNED))
}

/// What becomes of a conditional step.
pub(super) fn turned(turned: &Turned) -> String {
    tell(&understood(&turned.words(), TURNED))
}

/// That work goes on upon evidence.
pub(super) fn accepted(words: &str) -> String {
    tell(&understood(words, ACCEPTED))
}

/// By which permit a value goes on.
pub(super) fn permitted(words: &str) -> String {
    tell(&understood(words, PERMITTED))
}

/// For which units a permit is to be.
pub(super) fn for_whom(words: &str) -> String {
    tell(&understood(words, FOR_WHOM))
}

/// What ends and when, with the sign that goes before a warning.
pub(super) fn ending(row: &EndingRow) -> String {
    format!("! {} {}", row.what, tell(&expiry::told(row.days)))
}
