//! Words of ours that come back as text: recorded in a fact, kept in a table, sent by a server.
//! Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::deviation_share::HOW;
use crate::domain::objected::ACTIONS;
use crate::domain::people::Role;
use crate::domain::words::{Value, Words, words};

/// A sentence by which a text is understood, and which of its values are words of ours too.
pub type Said = (&'static str, &'static [&'static str]);

/// The one of some sentences that a text is, with its values; a text that is none stays as it is.
pub fn understood(text: &str, said: &'static [Said]) -> Words {
    by(text, said).unwrap_or_else(|| Words::given(text))
}

/// The same; none where it is none of them.
pub fn by(text: &str, said: &'static [Said]) -> Option<Words> {
    said.iter().find_map(|(sentence, ours)| {
        let values = values(sentence, text)?;
        let value = |(name, text): (&'static str, &str)| {
            let value = if matches!(name, "role" | "roles" | "accepts") {
                Value::Words(roles(text))
            } else if name == "of" {
                Value::Words(understood(text, TRACED))
            } else if matches!(name, "reasons" | "objection") {
                Value::Objection(text.to_owned())
            } else if name == "action" {
                Value::Words(understood(text, ACTIONS))
            } else if name == "ended" || name == "how" && !ours.contains(&name) {
                Value::Words(understood(text, BECOMES))
            } else if matches!(name, "here" | "there" | "when") {
                Value::Words(understood(text, WHEN))
            } else if ours.contains(&name) {
                Value::Words(understood(text, said))
            } else {
                Value::Given(text.to_owned())
            };
            (name, value)
        };
        Some(Words { sentence, values: values.into_iter().map(value).collect() })
    })
}

/// What stands in the places of a sentence, where a text is that sentence.
pub fn values<'a>(sentence: &'static str, text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut parts = sentence.split('{');
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let (name, after) = part.split_once('}')?;
        let at = match parts.peek() {
            None => rest.strip_suffix(after)?.len(),
            Some(_) => rest.find(after)?,
        };
        values.push((name, &rest[..at]));
        rest = &rest[at + after.len()..];
    }
    let whole = rest.is_empty() && values.iter().all(|(_, value)| !value.is_empty());
    whole.then_some(values)
}

/// Roles put together as `quality or engineer`.
pub(super) fn roles(text: &str) -> Words {
    let word = |text: &str| match Role::WORDS.iter().find(|(word, _)| *word == text) {
        Some((word, _)) => Words::plain(word),
        None => Words::given(text),
    };
    let by = |between, put| {
        let all: Vec<Words> = text.split(between).map(word).collect();
        (all.len() > 1).then(|| Words::listed(all, put))
    };
    let several = by(" or ", "{these} or {one}").or_else(|| by(" and ", "{these} and {one}"));
    several.unwrap_or_else(|| word(text))
}

/// Why a unit is on hold.
pub const HELD: &[Said] = &[
    ("a reading is outside its limits", &[]),
    ("a deviation was raised", &[]),
    ("the lot is being inspected", &[]),
    ("it is being inspected", &[]),
    ("recall of {of}: {reason}", &[]),
    ("the server did not accept a record: {reasons}", &[]),
    ("suspect: made at {place} {since}; {unit} was found at {value}", &["since"]),
    ("since the last good check of {name} ({unit}: {value})", &[]),
    ("where no check of {name} was good yet", &[]),
    ("a record of {lot}, which it was split off, was corrected", &[]),
    ("{lot}, which it was split off, is on hold for it too", &[]),
    ("{gauge} was found out of tolerance", &[]),
    ("{gauge} was found out of tolerance: {found}", &[]),
    ("{name} failed on {count} units in a row: {units}", &[]),
    ("{newer} is in effect: {reason}", &[]),
];

/// Why a certificate is not valid.
pub fn not_valid(text: &str) -> Words {
    if let Some(why) = text.strip_prefix("on hold: ") {
        return words!("on hold: {why}", why => understood(why, HELD));
    }
    // Else it is what a release would be refused for.
    by(text, NOT_VALID).unwrap_or_else(|| Words::objection(text))
}

const NOT_VALID: &[Said] =
    &[("ended: {how}", &[]), ("taken back by {at}: {reason}", &[]), ("does not cover {at}", &[])];

/// Of what a recall is.
pub const TRACED: &[Said] = &[
    ("unit {id}", &[]),
    ("order {id}", &[]),
    ("material {lot} of {part}", &[]),
    ("component {number} of {part}", &[]),
    ("gauge {id}", &[]),
    ("person {id}", &[]),
    ("place {id}", &[]),
    ("instruction {id} rev {revision}", &[]),
    ("instruction {id}", &[]),
    ("specification {id} rev {revision}", &[]),
    ("specification {id}", &[]),
    ("characteristic {id} of {part}", &[]),
    ("deviation {id}", &[]),
    ("permit {id}", &[]),
    ("redline {id}", &[]),
];

/// Who ends the hold, and how.
pub const HOLD_ENDS: &[Said] = &[
    ("a {roles} disposes {deviation} (use as is: {accepts})", &[]),
    ("measure it (gemba suspect sort), or {roles} lets it go on", &[]),
    ("{roles} answers it (gemba review answer)", &[]),
    ("type again what the gauge shows", &[]),
    ("{roles} lets it go on (gemba traveler release)", &[]),
    ("open it: it says who lets it go on", &[]),
];

/// What becomes or became of a unit, or of pieces of it.
pub const BECOMES: &[Said] = &[
    ("scrap, every piece", &[]),
    ("use as is", &[]),
    ("rework from step {step}", &[]),
    ("repair from step {step}", &[]),
    ("rework", &[]),
    ("repair", &[]),
    ("scrap", &[]),
    ("return", &[]),
    ("void", &[]),
    ("{pieces} use as is", &[]),
    ("{pieces} rework from step {step}", &[]),
    ("{pieces} repair from step {step}", &[]),
    ("{pieces} scrap", &[]),
    ("{pieces} return", &[]),
];

/// Where a unit is not built as planned.
pub const GAPS: &[Said] = &[
    ("{operation} {step}: {name} ({part}) is missing", &[]),
    ("{operation} {step}: {name} is there more than once: {all}", &[]),
    ("{operation} {step}: {part} {identity} is not planned", &[]),
];

/// From when a revision is in effect, and why it is not read.
pub const EFFECT: &[Said] = &[
    ("at once", &[]),
    ("from order {order}", &[]),
    ("from serial {serial}", &[]),
    ("from {from}", &[]),
    ("waits for approval", &[]),
    ("is released, and the server has not judged it yet", &[]),
    ("was withdrawn, and work by it stops: {reason}", &[]),
    ("takes effect from {from}", &[]),
];

/// What a unit is made by.
pub const MADE_BY: &[Said] = &[
    ("the route", &[]),
    ("the specification", &[]),
    ("the specification of {part}", &[]),
    ("specification {part}", &[]),
    ("{instruction} of operation {operation}", &[]),
];

/// Why pasted lines are not taken.
pub const PASTED: &[Said] = &[
    ("line 1: nothing is called {text}", &[]),
    ("line 1: {text} is several columns", &[]),
    ("line 1: balloons or values? name one of the columns", &[]),
    ("line {number}: it has {cells} cells, and there is room for {most}", &[]),
    ("line {number}: it does not say which piece it is of", &[]),
    ("line {number}: there are more lines than pieces", &[]),
    ("line {number}: {text} is no piece", &[]),
    (
        "line {number}: nothing stands there, and nobody can tell whether a piece was left out: take \
         the line out, or name the pieces in a column \"piece\"",
        &[],
    ),
    ("line {number}: {name}: {text}: {why}", &["why"]),
    ("there is no value in it", &[]),
    ("answer go or no-go, yes or no", &[]),
    ("no value: type the number that the gauge shows", &[]),
    ("not a number: type digits with one decimal point, such as 12.5", &[]),
    ("the comma could mean thousands or decimals: type it with a point, such as 1.250", &[]),
    ("too long: at most {most} digits", &[]),
    ("unknown unit {named}: write {usual}", &[]),
];

/// Why shares of pieces are not taken.
pub const SHARED: &[Said] = &[("{text} says nothing of the kind; {how}", &["how"]), (HOW, &[])];

/// When something was, and where.
pub const WHEN: &[Said] = &[("at {place} on {when}", &[]), ("on {when}", &[])];

/// What is asked for.
pub const ASKED: &[Said] = &[("the start of the wait", &[]), ("signature", &[])];
