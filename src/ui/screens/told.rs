//! What the domain holds and tells, as this terminal says it: values, answers, counts, why a unit is
//! held or sampled. Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::expiry;
use crate::domain::sampling::SampleDecided;
use crate::domain::traveler::correction::{Turned, Uncovered};
use crate::domain::traveler::fact::{HoldReason, ReadingValue};
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::state::{Recorded, RecordedWhat};
use crate::domain::understood::{BECOMES, Said, not_valid as why_not_valid, understood};
use crate::ui::parts::words::count;
use crate::ui::speech::{say, tell};
use crate::views::deviation::DeviationView;
use crate::views::quality_words;
use crate::views::register::EndingRow;
use crate::views::signature::{SignatureView, words_of_uncovered};

const ACCEPTED: &[Said] = &[
    ("{operation} accepted, not done: {evidence}", &[]),
    ("{operation} provisional: {evidence}", &[]),
];
const REQUIRED: &[Said] = &[("{rule}: of {size} pieces at most {most} nonconforming", &[])];

/// A value as people read it.
pub(super) fn value(value: &ReadingValue) -> String {
    tell(&value.words())
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
    tell(&pieces.words())
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
    tell(&reason.words())
}

/// What became of a unit, or becomes of it.
pub(super) fn becomes(how: &str) -> String {
    tell(&understood(how, BECOMES))
}

/// What a deviation departs from: an engineer's words, or a plan.
pub(super) fn required(text: &str) -> String {
    tell(&understood(text, REQUIRED))
}

/// What was found where something departs from that.
pub(super) fn found(text: &str) -> String {
    tell(&quality_words::found(text))
}

/// What was noted of a deviation: where nobody did, of which lot it is.
pub(super) fn noted(text: &str) -> String {
    tell(&quality_words::noted(text))
}

/// What was found, or what was noted where that is all there is.
pub(super) fn found_or_noted(view: &DeviationView) -> String {
    if view.found.is_empty() { noted(&view.note) } else { found(&view.found) }
}

/// Why a certificate is not valid.
pub(super) fn not_valid(why: &str) -> String {
    tell(&why_not_valid(why))
}

/// Whether a unit is measured, and why.
pub(super) fn sampled(decided: &SampleDecided) -> String {
    tell(&decided.words())
}

/// A signature that a correction is about to uncover.
pub(super) fn uncovered(signed: &Uncovered) -> String {
    tell(&words_of_uncovered(signed))
}

/// What becomes of a conditional step.
pub(super) fn turned(turned: &Turned) -> String {
    tell(&turned.words())
}

/// That work goes on upon evidence.
pub(super) fn accepted(words: &str) -> String {
    tell(&understood(words, ACCEPTED))
}

/// What ends and when, with the sign that goes before a warning.
pub(super) fn ending(row: &EndingRow) -> String {
    format!("! {} {}", row.what, tell(&expiry::told(row.days)))
}
