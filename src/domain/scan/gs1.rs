//! GS1 element strings: identifiers with their values, one behind the other.

use super::ambiguity;
use super::table::{self, Part, Row};
use super::{GS, Separators};
use crate::domain::refusal::scan::ScanReason;

/// How much of what cannot be read is named.
const UNREAD_MAX: usize = 6;

/// An identifier with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The identifier.
    pub ai: String,
    /// The value.
    pub value: String,
}

/// The elements of a code, in their order; each is as the table says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elements(Vec<Element>);

/// Reads the elements that a scanner sent, parted by GS.
pub fn scanned(text: &str, separators: Separators) -> Result<Elements, ScanReason> {
    let elements = parse(text, GS)?;
    match separators {
        Separators::Proven => Ok(elements),
        Separators::Doubted => match ambiguity::other(text, GS) {
            None => Ok(elements),
            Some(other) => Err(ScanReason::SeparatorLost {
                read: super::bracketed::write(&elements),
                other: super::bracketed::write(&other),
            }),
        },
    }
}

/// Reads elements that are parted by a separator, exactly as they stand.
pub fn parse(text: &str, separator: char) -> Result<Elements, ScanReason> {
    let mut elements = Elements::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (ai, row) = table::at_front(rest).ok_or_else(|| unknown(rest))?;
        let after = &rest[ai.len()..];
        let field = after.split(separator).next().unwrap_or_default();
        let value = if row.fixed { field.get(..row.most()).unwrap_or(field) } else { field };
        elements.put(ai, row, value)?;
        let after = &after[value.len()..];
        rest = after.strip_prefix(separator).unwrap_or(after);
    }
    if elements.0.is_empty() { Err(ScanReason::Empty) } else { Ok(elements) }
}

/// Identifiers with a check digit that labels begin with.
const FIRST: [&str; 3] = ["00", "01", "02"];

/// Whether a text that nothing tells the kind of is rather GS1 elements than one value.
pub(super) fn is_likely(text: &str) -> bool {
    let begins = FIRST.iter().any(|first| text.starts_with(first));
    begins && parse(text, GS).is_ok_and(|elements| elements.0.len() > 1)
}

fn unknown(rest: &str) -> ScanReason {
    ScanReason::IdentifierUnknown { at: rest.chars().take(UNREAD_MAX).collect() }
}

impl Elements {
    /// Every element.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.0.iter()
    }

    /// The value of an identifier.
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.0.iter().find(|element| element.ai == ai).map(|element| element.value.as_str())
    }

    /// Adds an element if it is as its row says and goes with the others.
    pub fn put(&mut self, ai: &str, row: &'static Row, value: &str) -> Result<(), ScanReason> {
        valid(ai, row, value)?;
        self.put_free(ai, value)
    }

    /// Adds an element that is looked at no further than whether it goes with the others.
    pub fn put_free(&mut self, ai: &str, value: &str) -> Result<(), ScanReason> {
        let against = self.0.iter().find(|before| contradicts(before, (ai, value)));
        if let Some(before) = against {
            return Err(ScanReason::Contradiction { ai: ai.to_owned(), other: before.ai.clone() });
        }
        self.0.push(Element { ai: ai.to_owned(), value: value.to_owned() });
        Ok(())
    }

    /// Elements that are not looked at: as a code may have been meant, whatever rule they break.
    pub(super) fn unchecked(elements: Vec<Element>) -> Self {
        Self(elements)
    }

    /// The text of a code: a separator only where one is needed.
    pub fn text(&self, separator: char) -> String {
        let mut text = String::new();
        let mut open = false;
        for Element { ai, value } in &self.0 {
            if open {
                text.push(separator);
            }
            text.push_str(ai);
            text.push_str(value);
            open = table::of(ai).is_none_or(|row| !row.fixed);
        }
        text
    }
}

/// Whether an element does not go with one that stands before it.
fn contradicts(before: &Element, (ai, value): (&str, &str)) -> bool {
    if before.ai == ai {
        return before.value != value;
    }
    let excludes =
        |one: &str, other: &str| table::of(one).is_some_and(|row| row.excludes(one, other));
    excludes(ai, &before.ai) || excludes(&before.ai, ai)
}

/// Looks at a value as its row says.
pub fn valid(ai: &str, row: &'static Row, value: &str) -> Result<(), ScanReason> {
    for (part, piece) in formed(ai, row, value)? {
        if let Some(check) = part.checks.iter().find(|check| !(check.holds)(piece)) {
            let (ai, value) = (ai.to_owned(), value.to_owned());
            return Err(ScanReason::Value { ai, value, wrong: check.wrong });
        }
    }
    Ok(())
}

/// The pieces of a value by the parts of its row, where its characters and its length are as that says.
pub(super) fn formed<'a>(
    ai: &str,
    row: &'static Row,
    value: &'a str,
) -> Result<Vec<(&'static Part, &'a str)>, ScanReason> {
    // What is no ASCII is of no alphabet, so that lengths can be counted in bytes below.
    if let Some(character) = value.chars().find(|c| !c.is_ascii() || c.is_ascii_control()) {
        return Err(ScanReason::Character { ai: ai.to_owned(), character });
    }
    let mut pieces = Vec::with_capacity(row.parts.len());
    let mut rest = value;
    for part in &row.parts {
        if part.optional && rest.is_empty() {
            break;
        }
        if rest.len() < part.least {
            return Err(ScanReason::Short { ai: ai.to_owned(), value: value.to_owned() });
        }
        let (piece, after) = rest.split_at(part.most.min(rest.len()));
        if let Some(character) = piece.chars().find(|c| !part.alphabet.has(*c)) {
            return Err(ScanReason::Character { ai: ai.to_owned(), character });
        }
        pieces.push((part, piece));
        rest = after;
    }
    if rest.is_empty() {
        Ok(pieces)
    } else {
        Err(ScanReason::Overrun { ai: ai.to_owned(), most: row.most() })
    }
}
