//! The table of GS1 application identifiers: what follows each of them, and what goes with it.

use std::sync::LazyLock;

use super::checks::{CHECKS, Check};

/// The identifiers, a line each; the form is told at its head.
const IDENTIFIERS: &str = include_str!("../../../fixtures/gs1/identifiers.txt");

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| lines().filter_map(row).collect());

/// What characters a part may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// 0 to 9.
    Digits,
    /// The 82 characters that a value may have at all.
    Text,
    /// Digits, capitals, `#`, `-` and `/`.
    Capitals,
    /// Base64 for URIs, filled up with `=` or not.
    Base64,
}

/// One part of a value.
#[derive(Debug)]
pub struct Part {
    /// Its characters.
    pub alphabet: Alphabet,
    /// The fewest of them.
    pub least: usize,
    /// The most of them.
    pub most: usize,
    /// Whether it may be left out.
    pub optional: bool,
    /// What else holds for it.
    pub checks: Vec<&'static Check>,
}

/// An identifier, or several that differ in their last digit.
#[derive(Debug)]
pub struct Row {
    first: &'static str,
    last: &'static str,
    /// Whether its length is known, so that no separator has to follow.
    pub fixed: bool,
    /// The parts of its value.
    pub parts: Vec<Part>,
    /// Whether it may stand after the `?` of a link.
    pub linked: bool,
    /// Where it names a thing by itself in a link: what may come after it, in one of these orders.
    pub key: Option<Vec<Vec<&'static str>>>,
    /// With which others it goes, by alternatives.
    pub with: Vec<Vec<&'static str>>,
    /// With which others it does not.
    pub never: Vec<&'static str>,
    /// What older links call it.
    pub name: Option<&'static str>,
    /// What it is called.
    pub title: &'static str,
}

impl Row {
    /// The most characters of its value.
    pub fn most(&self) -> usize {
        self.parts.iter().map(|part| part.most).sum()
    }

    fn is(&self, ai: &str) -> bool {
        ai.len() == self.first.len() && self.first <= ai && ai <= self.last
    }

    /// Whether another identifier is one with which it does not go; it never excludes itself.
    pub fn excludes(&self, own: &str, other: &str) -> bool {
        own != other && self.never.iter().any(|pattern| matches(pattern, other))
    }
}

/// Whether an identifier is of a pattern, in which `n` is any digit.
pub fn matches(pattern: &str, ai: &str) -> bool {
    let same = |(p, c): (u8, u8)| p == c || p == b'n' && c.is_ascii_digit();
    pattern.len() == ai.len() && pattern.bytes().zip(ai.bytes()).all(same)
}

/// The row of an identifier.
pub fn of(ai: &str) -> Option<&'static Row> {
    if !ai.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    ROWS.iter().find(|row| row.is(ai))
}

/// The row of what an older link calls a thing, and its identifier.
pub fn called(name: &str) -> Option<(&'static str, &'static Row)> {
    ROWS.iter().find(|row| row.name == Some(name)).map(|row| (row.first, row))
}

/// The identifier that a text begins with, with its row.
pub fn at_front(text: &str) -> Option<(&str, &'static Row)> {
    (2..=4).find_map(|length| {
        let ai = text.get(..length)?;
        of(ai).map(|row| (ai, row))
    })
}

fn lines() -> impl Iterator<Item = &'static str> {
    IDENTIFIERS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Reads a line of the table; none where it is not of its form, which a test looks for.
fn row(line: &'static str) -> Option<Row> {
    let (facts, title) = line.split_once(';')?;
    let mut words = facts.split_ascii_whitespace();
    let (ais, fixed, parts) = (words.next()?, words.next()?, words.next()?);
    let (first, last) = ais.split_once('-').unwrap_or((ais, ais));
    let parts: Option<Vec<Part>> = parts.split('+').map(part).collect();
    let mut row = Row {
        first,
        last,
        fixed: match fixed {
            "fixed" => true,
            "ended" => false,
            _ => return None,
        },
        parts: parts?,
        linked: false,
        key: None,
        with: Vec::new(),
        never: Vec::new(),
        name: None,
        title: title.trim(),
    };
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("linked", "") => row.linked = true,
            ("key", "") => row.key = Some(Vec::new()),
            ("key", orders) => {
                row.key = Some(orders.split('|').map(|order| order.split(',').collect()).collect());
            }
            ("with", groups) => {
                row.with = groups.split(',').map(|group| group.split('+').collect()).collect();
            }
            ("never", others) => row.never = others.split(',').collect(),
            ("name", name) => row.name = Some(name),
            _ => return None,
        }
    }
    Some(row)
}

fn part(text: &'static str) -> Option<Part> {
    let (text, optional) = text.strip_suffix('?').map_or((text, false), |text| (text, true));
    let mut pieces = text.split(':');
    let form = pieces.next()?;
    let alphabet = match form.get(..1)? {
        "n" => Alphabet::Digits,
        "x" => Alphabet::Text,
        "y" => Alphabet::Capitals,
        "z" => Alphabet::Base64,
        _ => return None,
    };
    let length = form.get(1..)?;
    let (least, most) = length.split_once('-').unwrap_or((length, length));
    let named = |name: &str| CHECKS.iter().find(|check| check.name == name);
    let checks: Option<Vec<&'static Check>> = pieces.map(named).collect();
    let (least, most) = (least.parse().ok()?, most.parse().ok()?);
    Some(Part { alphabet, least, most, optional, checks: checks? })
}

impl Alphabet {
    /// Whether a character is of it.
    pub fn has(self, c: char) -> bool {
        match self {
            Self::Digits => c.is_ascii_digit(),
            Self::Text => c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(c),
            Self::Capitals => c.is_ascii_uppercase() || c.is_ascii_digit() || "#-/".contains(c),
            Self::Base64 => c.is_ascii_alphanumeric() || "-_=".contains(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let unread: Vec<&str> = lines().filter(|line| row(line).is_none()).collect();
        assert!(unread.is_empty(), "{unread:#?}");
        assert_eq!(ROWS.len(), lines().count());
    }

    #[test]
    fn no_identifier_is_the_beginning_of_another() {
        let all: Vec<String> = (0..10_000)
            .flat_map(|n| [format!("{n:02}"), format!("{n:03}"), format!("{n:04}")])
            .filter(|ai| of(ai).is_some())
            .collect();
        for ai in &all {
            let shorter = (2..ai.len()).find(|length| of(&ai[..*length]).is_some());
            assert_eq!(shorter, None, "{ai}");
        }
    }
}
