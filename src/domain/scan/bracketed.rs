//! GS1 elements as people write them: each identifier in brackets before its value.

use super::gs1::Elements;
use super::table;
use crate::domain::refusal::scan::ScanReason;

/// Whether a text is meant as such: it begins with an identifier in brackets, known or not.
pub fn is_meant(text: &str) -> bool {
    let inside = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    inside.is_some_and(|(ai, _)| {
        (2..=4).contains(&ai.len()) && ai.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Reads them; a bracket that is part of a value has a backslash before it.
pub fn parse(text: &str) -> Result<Elements, ScanReason> {
    let mut elements = Elements::default();
    let mut rest = text;
    while !rest.is_empty() {
        let inside = rest.strip_prefix('(').ok_or(ScanReason::Brackets)?;
        let (ai, after) = inside.split_once(')').ok_or(ScanReason::Brackets)?;
        let unknown = || ScanReason::IdentifierUnknown { at: ai.to_owned() };
        let row = table::of(ai).ok_or_else(unknown)?;
        let (value, next) = value(after);
        elements.put(ai, row, &value)?;
        rest = next;
    }
    Ok(elements)
}

/// A value up to the next bracket that opens an identifier.
fn value(text: &str) -> (String, &str) {
    let mut value = String::new();
    for (at, c) in text.char_indices() {
        if c != '(' {
            value.push(c);
        } else if value.ends_with('\\') {
            value.pop();
            value.push(c);
        } else {
            return (value, &text[at..]);
        }
    }
    (value, "")
}

/// Writes them.
pub fn write(elements: &Elements) -> String {
    let one = |ai: &str, value: &str| format!("({ai}){}", value.replace('(', "\\("));
    elements.iter().map(|element| one(&element.ai, &element.value)).collect()
}
