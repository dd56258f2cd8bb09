//! Whether a code also reads as one that lost a separator.
//!
//! A scanner that types like a keyboard may swallow separators. What stood behind one then looks like
//! the end of the value before it. Where such an end looks like elements, nobody can tell: each begins
//! with an identifier that is known, and has characters and a length that its value may have. Whether
//! the value is right is not asked: an expiry that is no date, or an element that does not go with the
//! others, would be seen if its separator came, and must not pass for the end of a serial if it is lost.

use std::collections::BTreeSet;

use super::gs1::{Element, Elements, formed};
use super::table;

struct Search<'a> {
    text: &'a str,
    separator: char,
    found: Vec<Element>,
    /// From where, and whether a separator is missing before it, nothing else was found.
    dead: BTreeSet<(usize, bool)>,
}

/// Another reading of a code, in which one more separator stood or several.
pub(super) fn other(text: &str, separator: char) -> Option<Elements> {
    let mut search = Search { text, separator, found: Vec::new(), dead: BTreeSet::new() };
    search.finds(0, false).then(|| Elements::unchecked(search.found))
}

impl Search<'_> {
    /// Whether the rest from a place on reads to the end, with a separator missing there or before.
    fn finds(&mut self, at: usize, parted: bool) -> bool {
        let rest = &self.text[at..];
        if rest.is_empty() {
            return parted;
        }
        if self.dead.contains(&(at, parted)) {
            return false;
        }
        let found = self.goes_on(at, parted);
        if !found {
            self.dead.insert((at, parted));
        }
        found
    }

    fn goes_on(&mut self, at: usize, parted: bool) -> bool {
        let rest = &self.text[at..];
        let Some((ai, row)) = table::at_front(rest) else { return false };
        let begin = at + ai.len();
        let field = rest[ai.len()..].split(self.separator).next().unwrap_or_default();
        let most = row.most().min(field.len());
        let least = if row.fixed { most } else { 1 };
        for length in least..=most {
            let Some(value) = field.get(..length) else { continue };
            if formed(ai, row, value).is_err() {
                continue;
            }
            self.found.push(Element { ai: ai.to_owned(), value: value.to_owned() });
            let end = begin + length;
            let whole = row.fixed || length == field.len();
            let next = usize::from(self.text[end..].starts_with(self.separator));
            if self.finds(end + next, parted || !whole) {
                return true;
            }
            self.found.pop();
        }
        false
    }
}
