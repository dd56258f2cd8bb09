//! Hand-overs, as sign-in, the board and the command line show them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::handover::{HandoverContent, Listed};
use crate::domain::ids::{HandoverId, PersonId, PlaceId};
use crate::domain::understood::{HELD, Said, understood};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::help::CALLED;
use super::signature::SignatureView;

/// Lists of what stands somewhere, as people call them.
const HELD_NOW: &str = "on hold";
const CALLS: &str = "calls for help";
/// By what a shift is understood.
const SHIFT: &[Said] = &[("{shift} of {date}", &[])];
/// By what rows of them are understood.
const ROWS: &[Said] = &[
    ("{unit}, at {place}", &[]),
    ("{number} on {unit}", &[]),
    ("{what} due today", &[]),
    ("{what} was due {until}", &[]),
];

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandoverView {
    /// Its number.
    pub handover: HandoverId,
    /// Where.
    pub place: PlaceId,
    /// The shift that was handed over.
    pub shift: Option<String>,
    /// Who gave it.
    pub by: String,
    /// The same person by id, who cannot accept it.
    pub giver: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What stood there.
    pub content: HandoverContent,
    /// What was said besides.
    pub notes: String,
    /// Who accepted it, over what was given.
    pub accepted: Option<SignatureView>,
    /// What was said then.
    pub note: String,
}

impl HandoverView {
    /// The shift that was handed over, as words that a screen says.
    pub fn shift_words(&self) -> Option<Words> {
        self.shift.as_ref().map(|shift| understood(shift, SHIFT))
    }

    /// Everything that stood there, a line a list, with how many there are.
    pub fn lines(&self) -> Vec<(&'static str, &Listed)> {
        lines(&self.content)
    }
}

/// Each list of what stands somewhere, with its name.
pub fn lines(content: &HandoverContent) -> Vec<(&'static str, &Listed)> {
    vec![
        ("open", &content.open),
        (HELD_NOW, &content.holds),
        ("waits", &content.waits),
        (CALLS, &content.help),
        ("deviations", &content.deviations),
        ("gauges due", &content.gauges),
    ]
}

/// A row of a list by its name, as words that a screen says: they were recorded as text.
pub fn row(name: &str, text: &str) -> Words {
    match (name, text.split_once(' ')) {
        (HELD_NOW, Some((unit, why))) => {
            words!("{unit} {why}", unit, why => understood(why, HELD))
        }
        (CALLS, _) => understood(text, CALLED),
        ("open" | "deviations" | "gauges due", _) => understood(text, ROWS),
        (_, _) => Words::given(text),
    }
}

/// What stands there in one line: `3 units open, 1 on hold (…)`.
pub fn summary(content: &HandoverContent) -> Words {
    let mut parts = Vec::new();
    let mut add = |listed: &Listed, one: &'static str, many: &'static str, named: bool| {
        let what = if listed.count == 1 { one } else { many };
        if listed.count == 0 {
            return;
        }
        let first = listed.first.first().filter(|_| named && listed.count == 1);
        let first =
            first.map_or(Words::plain(""), |first| words!(" ({row})", row => row(many, first)));
        parts.push(
            words!("{count} {what}{first}", count = listed.count, what => what, first => first),
        );
    };
    add(&content.open, "unit open", "units open", false);
    add(&content.holds, "on hold", "on hold", true);
    add(&content.waits, "wait runs", "waits run", false);
    add(&content.help, "call for help", "calls for help", true);
    add(&content.deviations, "deviation open", "deviations open", false);
    add(&content.gauges, "gauge due", "gauges due", true);
    if content.waiting > 0 {
        parts.push(words!("{count} not at the server", count = content.waiting));
    }
    if parts.is_empty() { words!("nothing open") } else { Words::listed(parts, "{these}, {one}") }
}
