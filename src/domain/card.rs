//! What stands on cards and in registers: a name, a badge, in one line that everybody can read.

use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};
use super::text::is_deceptive;

/// The most characters of a name or a badge: it stands in lists and on labels.
pub const NAME_CHARS_MAX: usize = 80;

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Nothing but blanks.
    Blank,
    /// Over [`NAME_CHARS_MAX`].
    TooLong,
    /// A control, a change of writing direction, or something that takes no room.
    Hides(char),
}

/// Everything that is wrong with a name; `what` says which one it is.
pub fn faults(what: &'static str, name: &str) -> Vec<Reason> {
    let hides = name.chars().find(|c| is_deceptive(*c)).map(NameFault::Hides);
    let blank = name.trim().is_empty().then_some(NameFault::Blank);
    let long = (name.chars().count() > NAME_CHARS_MAX).then_some(NameFault::TooLong);
    let faults = [blank, long, hides].into_iter().flatten();
    faults.map(|fault| EquipmentReason::NotAName { what, fault }.into()).collect()
}

/// Refuses a card whose name or badge is none.
pub fn require(name: &str, badge: &str) -> Result<(), Refusal> {
    let mut reasons = faults("the name on the card", name);
    reasons.append(&mut faults("the badge", badge));
    Refusal::unless_empty(reasons)
}
