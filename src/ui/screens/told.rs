//! What the domain holds and tells, as this terminal says it: values, answers, counts, why a unit is
//! held or sampled. Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::expiry;
use crate::domain::sampling::SampleDecided;
use crate::domain::traveler::correction::{Turned, Uncovered};
use crate::domain::traveler::fact::{HoldReason, ReadingValue};
use crate::domain::traveler::hold::shown;
use crate::domain::traveler::lot::Pieces;
use crate::domain::understood::{BECOMES, HELD, Said, understood};
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::views::register::EndingRow;
use crate::views::signature::words_of_uncovered;

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
const NOT_VALID: &[Said] = &[("taken back by {at}: {reason}", &[]), ("does not cover {at}", &[])];

/// A value as people read it.
pub(super) fn value(value: &ReadingValue) -> String {
    match value {
        ReadingValue::Number { .. } => shown(value),
        ReadingValue::Conforms(true) => say!("conforms").to_owned(),
        ReadingValue::Conforms(false) => say!("does not conform").to_owned(),
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

/// Why a certificate is not valid.
pub(super) fn not_valid(why: &str) -> String {
    if let Some(why) = why.strip_prefix("on hold: ") {
        return say!("on hold: {why}", why = tell(&understood(why, HELD)));
    }
    match why.strip_prefix("ended: ") {
        Some(how) => say!("ended: {how}", how = becomes(how)),
        None => tell(&understood(why, NOT_VALID)),
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
