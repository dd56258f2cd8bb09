//! Reasons about codes that were scanned: what is wrong with one, and what to do.

use super::Reason;
use crate::domain::ids::PartId;
use crate::domain::words::Words;
use crate::domain::words::words;

/// How much of a value is shown.
const SHOWN_MAX: usize = 100;

/// Why a code is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} → {}", self.what(), self.next())]
pub enum ScanReason {
    /// No identifier is known that it goes on with.
    IdentifierUnknown {
        /// How it goes on.
        at: String,
    },
    /// A value breaks a rule of its identifier.
    Value {
        /// The identifier.
        ai: String,
        /// The value.
        value: String,
        /// What is wrong.
        wrong: &'static str,
    },
    /// A value has a character that it may not have.
    Character {
        /// The identifier.
        ai: String,
        /// The character.
        character: char,
    },
    /// A value is cut.
    Short {
        /// The identifier.
        ai: String,
        /// The value.
        value: String,
    },
    /// A value is longer than any: a separator may be lost.
    Overrun {
        /// The identifier.
        ai: String,
        /// The most characters.
        most: usize,
    },
    /// It reads in two ways, one of which lost a separator.
    SeparatorLost {
        /// As it stands.
        read: String,
        /// As it may have been.
        other: String,
    },
    /// It has separators, and nothing says what kind of code it is.
    Unmarked,
    /// It says what it is, and holds nothing.
    Empty,
    /// Two values that do not go together.
    Contradiction {
        /// The one.
        ai: String,
        /// The other, or the same once more.
        other: String,
    },
    /// No envelope as the standard has it.
    Envelope {
        /// What is wrong.
        wrong: &'static str,
    },
    /// No article number.
    Article {
        /// How many digits it has.
        digits: usize,
    },
    /// A text as people write it, not as they write it.
    Brackets,
    /// A link that names no thing as the standard has it.
    Link {
        /// What is wrong.
        wrong: &'static str,
    },
    /// It is too long.
    TooLong {
        /// The most characters.
        most: usize,
    },
    /// What is asked for is not in it.
    Missing {
        /// What.
        what: &'static str,
        /// What is in it.
        holds: String,
    },
    /// What is asked for is in it several times.
    Several {
        /// What.
        what: &'static str,
        /// The values.
        values: Vec<String>,
    },
    /// Its end did not come.
    Cut {
        /// The key that came within it, where one did.
        by: Option<String>,
    },
    /// The scanner says that it read a kind of code that is not read here.
    Identifier {
        /// What it says.
        identifier: String,
        /// What the kind of code is called, where it is known.
        kind: &'static str,
    },
    /// The label is of another part than the one that is wanted.
    OtherPart {
        /// What it says.
        is: String,
        /// What is wanted.
        wanted: PartId,
    },
    /// The day until which it is good is not written as it should be.
    UntilUnreadable {
        /// What is written.
        value: String,
    },
    /// It says two days until which it is good.
    UntilSeveral {
        /// What is written.
        values: Vec<String>,
    },
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN_MAX).collect();
    crate::domain::text::sanitize_line(&cut).into_owned()
}

/// A character between marks, or its number where nobody would see it.
fn quoted(character: char) -> String {
    if crate::domain::text::is_deceptive(character) {
        return shown(&character.to_string());
    }
    format!("\"{character}\"")
}

fn named(ai: &str) -> String {
    match crate::domain::scan::table::of(ai) {
        Some(row) if !row.title.is_empty() => format!("({ai}) {}", row.title),
        Some(_) | None => format!("({ai})"),
    }
}

impl ScanReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IdentifierUnknown { .. } => "Y01",
            Self::Value { .. } => "Y02",
            Self::Character { .. } => "Y03",
            Self::Short { .. } => "Y04",
            Self::Overrun { .. } => "Y05",
            Self::SeparatorLost { .. } => "Y06",
            Self::Unmarked => "Y07",
            Self::Empty => "Y08",
            Self::Contradiction { .. } => "Y09",
            Self::Envelope { .. } => "Y10",
            Self::Article { .. } => "Y11",
            Self::Brackets => "Y12",
            Self::Link { .. } => "Y13",
            Self::TooLong { .. } => "Y14",
            Self::Missing { .. } => "Y15",
            Self::Several { .. } => "Y16",
            Self::Cut { .. } => "Y17",
            Self::Identifier { .. } => "Y18",
            Self::OtherPart { .. } => "Y19",
            Self::UntilUnreadable { .. } => "Y20",
            Self::UntilSeveral { .. } => "Y21",
        }
    }

    /// What stands in the way.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::IdentifierUnknown { at } => {
                words!("The code goes on with {at}, which is no identifier of GS1.", at = shown(at))
            }
            Self::Value { ai, value, wrong } => {
                words!(
                    "{ai} {value} {wrong}.",
                    ai = named(ai),
                    value = shown(value),
                    wrong => *wrong
                )
            }
            Self::Character { ai, character } => {
                words!(
                    "{ai} has {character}, which it may not have.",
                    ai = named(ai),
                    character = quoted(*character)
                )
            }
            Self::Short { ai, value } => {
                words!("{ai} {value} is cut.", ai = named(ai), value = shown(value))
            }
            Self::Overrun { ai, most } => {
                words!(
                    "{ai} has more than {most} characters: a separator is lost.",
                    ai = named(ai),
                    most
                )
            }
            Self::SeparatorLost { read, other } => words!(
                "A separator may be lost: it reads as {read} and as {other}.",
                read = shown(read),
                other = shown(other)
            ),
            Self::Unmarked => {
                words!(
                    "The code looks like GS1 elements, and the scanner does not say what kind it is."
                )
            }
            Self::Empty => words!("The code holds nothing."),
            Self::Contradiction { ai, other } if ai == other => {
                words!("{ai} is in it twice, with two values.", ai = named(ai))
            }
            Self::Contradiction { ai, other } => {
                words!("{ai} does not go with {other}.", ai = named(ai), other = named(other))
            }
            Self::Envelope { wrong } => {
                words!("The code is no whole ISO 15434 envelope: {wrong}.", wrong => *wrong)
            }
            Self::Article { digits } => {
                words!(
                    "The code is no article number of {digits} digits with a right check digit.",
                    digits
                )
            }
            Self::Brackets => words!("The text is not written as (01)… with its identifiers."),
            Self::Link { wrong } => {
                words!("The link is no GS1 Digital Link: {wrong}.", wrong => *wrong)
            }
            Self::TooLong { most } => words!("The code has more than {most} characters.", most),
            Self::Missing { what, holds } => {
                words!(
                    "The code has no {what}; it holds {holds}.",
                    what => *what,
                    holds = shown(holds)
                )
            }
            Self::Several { what, values } => {
                words!(
                    "The code has more than one {what}: {values}.",
                    what => *what,
                    values = shown(&values.join(", "))
                )
            }
            Self::Cut { by: None } => {
                words!("The end of the code did not come: a part of it is no code.")
            }
            Self::Cut { by: Some(key) } => {
                words!("{key} came within the code: a part of it is no code.", key = shown(key))
            }
            Self::Identifier { identifier, kind: "" } => {
                words!(
                    "The scanner says {identifier}, and no kind of code has that name.",
                    identifier
                )
            }
            Self::Identifier { identifier, kind } => {
                words!(
                    "The scanner says {identifier}, a form of {kind} that is not read here.",
                    identifier,
                    kind
                )
            }
            Self::OtherPart { is, wanted } => {
                words!(
                    "The label is of the part {is}, and {wanted} is asked for.",
                    is = shown(is),
                    wanted
                )
            }
            Self::UntilUnreadable { value } => {
                words!(
                    "The date until which it is good cannot be read: {value}.",
                    value = shown(value)
                )
            }
            Self::UntilSeveral { values } => {
                words!(
                    "Until when it is good is said twice: {values}.",
                    values = shown(&values.join(", "))
                )
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> Words {
        match self {
            Self::IdentifierUnknown { .. }
            | Self::Overrun { .. }
            | Self::Character { .. }
            | Self::Envelope { .. } => {
                words!("scan it again; where it stays so, try the scanner (menu, Try a scanner)")
            }
            Self::SeparatorLost { .. } => {
                words!(
                    "try the scanner (menu, Try a scanner); once it sends separators, say so with \
                 scanner-separators in the settings"
                )
            }
            Self::Unmarked => {
                words!("let the scanner send AIM identifiers (menu, Try a scanner)")
            }
            Self::Value { .. }
            | Self::Short { .. }
            | Self::Empty
            | Self::Contradiction { .. }
            | Self::Article { .. }
            | Self::UntilUnreadable { .. }
            | Self::UntilSeveral { .. }
            | Self::Link { .. } => {
                words!("scan it again; where it stays so, the label is wrong: put it aside")
            }
            Self::Brackets => words!("write each identifier in brackets before its value"),
            Self::TooLong { .. } => words!("scan the label that was asked for"),
            Self::Missing { what, .. } => {
                words!("scan the label that has the {what}, or type it", what => *what)
            }
            Self::Several { what, .. } => words!("type the {what} that is meant", what => *what),
            Self::Cut { by: Some(_) } => {
                words!(
                    "set the scanner to send separators as characters (GS is ASCII 29), not as keys \
                 (menu, Try a scanner)"
                )
            }
            Self::Identifier { .. } => {
                words!(
                    "scan it again; where it stays so, try the scanner (menu, Try a scanner): Caps Lock \
                 and case conversion change what it says"
                )
            }
            Self::OtherPart { wanted, .. } => words!(
                "scan one of {wanted}; where its maker calls {wanted} so, type what is asked for",
                wanted
            ),
            Self::Cut { by: None } => {
                words!(
                    "scan it again; where it stays so, let the scanner send CR (menu, Try a scanner)"
                )
            }
        }
    }
}

impl From<ScanReason> for Reason {
    fn from(reason: ScanReason) -> Self {
        Self::Scan(reason)
    }
}
