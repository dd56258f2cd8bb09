//! Whether a code also reads as one that lost a separator.
//!
//! A scanner that types like a keyboard may swallow separators. What stood behind one then looks like
//! the end of the value before it. Where such an end reads as elements, nobody can tell.

use std::collections::BTreeSet;

use super::gs1::{Elements, valid};
use super::table;

/// After so many tries it is taken for ambiguous: no label of use comes near.
const TRIES_MAX: u32 = 20_000;

struct Search<'a> {
    text: &'a str,
    separator: char,
    found: Elements,
    /// Places from which nothing reads to the end.
    dead: BTreeSet<usize>,
    tries: u32,
}

/// Another reading of a code, in which one more separator stood or several.
pub(super) fn other(text: &str, separator: char) -> Option<Elements> {
    let (found, dead) = (Elements::default(), BTreeSet::new());
    let mut search = Search { text, separator, found, dead, tries: 0 };
    matches!(search.from(0, false), Reach::Other).then_some(search.found)
}

/// What was found from a place on.
enum Reach {
    /// Another reading, which is kept.
    Other,
    /// Only readings that do not count: the code as it stands, or one that contradicts itself.
    Read,
    /// None.
    Nothing,
}

impl Search<'_> {
    fn from(&mut self, at: usize, parted: bool) -> Reach {
        self.tries += 1;
        if self.tries > TRIES_MAX {
            return Reach::Other;
        }
        let rest = &self.text[at..];
        if rest.is_empty() {
            return if parted { Reach::Other } else { Reach::Read };
        }
        if self.dead.contains(&at) {
            return Reach::Nothing;
        }
        let Some((ai, row)) = table::at_front(rest) else {
            self.dead.insert(at);
            return Reach::Nothing;
        };
        let begin = at + ai.len();
        let field = rest[ai.len()..].split(self.separator).next().unwrap_or_default();
        let most = row.most().min(field.len());
        let least = if row.fixed { most } else { 1 };
        let mut reach = Reach::Nothing;
        for length in least..=most {
            let Some(value) = field.get(..length) else { continue };
            if valid(ai, row, value).is_err() {
                continue;
            }
            if self.found.put_free(ai, value).is_err() {
                reach = Reach::Read;
                continue;
            }
            let end = begin + length;
            let whole = row.fixed || length == field.len();
            let next = usize::from(self.text[end..].starts_with(self.separator));
            match self.from(end + next, parted || !whole) {
                Reach::Other => return Reach::Other,
                Reach::Read => reach = Reach::Read,
                Reach::Nothing => {}
            }
            self.found.pop();
        }
        if matches!(reach, Reach::Nothing) {
            self.dead.insert(at);
        }
        reach
    }
}
