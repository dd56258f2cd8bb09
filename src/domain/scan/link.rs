//! GS1 Digital Links: a web address whose path names a thing by GS1 identifiers.

use super::gs1::Elements;
use super::table::{self, Row};
use crate::domain::refusal::scan::ScanReason;

/// Where identifiers of a path are spelled as words, and what is unknown after the `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// As the standard has it now.
    Refused,
    /// As links of before were made.
    Taken,
}

/// Why a text was not read as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It names no thing by GS1 identifiers: any other text, or web address.
    NoLink,
    /// It does, and what it says is wrong.
    Wrong(ScanReason),
}

impl From<ScanReason> for Unread {
    fn from(error: ScanReason) -> Self {
        Self::Wrong(error)
    }
}

/// A segment of a path that names an identifier, and the one behind it.
struct Pair<'a> {
    ai: String,
    row: &'static Row,
    value: &'a str,
}

/// Reads a link.
pub fn read(text: &str, older: Older) -> Result<Elements, Unread> {
    let rest = without_scheme(text).ok_or(Unread::NoLink)?;
    let rest = rest.split('#').next().unwrap_or_default();
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = address.split_once('/').ok_or(Unread::NoLink)?;
    // A slash at the end says nothing; what it follows may say nothing either.
    let pairs = pairs(path.trim_end_matches('/'), older).or_else(|| pairs(path, older));
    let pairs = pairs.ok_or(Unread::NoLink)?;
    if !is_host(host) || !text.chars().all(is_of_address) {
        return Err(wrong("it has characters that no web address has").into());
    }
    let mut elements = Elements::default();
    let Some((key, after)) = pairs.split_first() else { return Err(Unread::NoLink) };
    add(&mut elements, (&key.ai, Some(key.row)), &key_value(key)?)?;
    if !in_order(key, after) {
        return Err(
            wrong("what follows in its path does not go with it, or not in this order").into()
        );
    }
    for pair in after {
        add(&mut elements, (&pair.ai, Some(pair.row)), &decoded(pair.value, false)?)?;
    }
    for said in query.split(['&', ';']) {
        let Some((name, value)) = said.split_once('=') else { continue };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let row = table::of(name);
        let known = row.is_some_and(|row| row.linked);
        let taken =
            known || row.is_none() && older == Older::Taken && (2..=4).contains(&name.len());
        if !taken {
            return Err(ScanReason::IdentifierUnknown { at: name.to_owned() }.into());
        }
        add(&mut elements, (name, row), &decoded(value, true)?)?;
    }
    Ok(elements)
}

fn wrong(wrong: &'static str) -> ScanReason {
    ScanReason::Link { wrong }
}

fn without_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let (front, rest) = text.split_at_checked(scheme.len())?;
        front.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

/// A name or address of a machine, with or without a port.
fn is_host(host: &str) -> bool {
    !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c))
}

fn is_of_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// The pairs of a path from the last key on; none where it has no key that is followed by pairs alone.
fn pairs(path: &str, older: Older) -> Option<Vec<Pair<'_>>> {
    let segments: Vec<&str> = path.split('/').collect();
    let mut found = Vec::new();
    for two in segments.rchunks_exact(2) {
        let &[name, value] = two else { return None };
        let spelled = || (older == Older::Taken).then(|| table::called(name)).flatten();
        let (ai, row) = match table::of(name) {
            Some(row) => (name, row),
            None => spelled()?,
        };
        let is_key = row.key.is_some();
        found.push(Pair { ai: ai.to_owned(), row, value });
        if is_key {
            found.reverse();
            return Some(found);
        }
    }
    None
}

/// Whether what follows a key may follow it, in this order.
fn in_order(key: &Pair<'_>, after: &[Pair<'_>]) -> bool {
    let fits = |order: &Vec<&str>| {
        let mut rest = order.iter();
        after.iter().all(|pair| rest.any(|ai| *ai == pair.ai))
    };
    after.is_empty() || key.row.key.as_ref().is_some_and(|orders| orders.iter().any(fits))
}

/// The value of the key: an article number of 13 digits is one of 14 with a zero before it.
fn key_value(key: &Pair<'_>) -> Result<String, ScanReason> {
    let value = decoded(key.value, false)?;
    Ok(if key.ai == "01" && value.len() == 13 { format!("0{value}") } else { value })
}

fn add(
    elements: &mut Elements,
    (ai, row): (&str, Option<&'static Row>),
    value: &str,
) -> Result<(), ScanReason> {
    if elements.value(ai).is_some() {
        return Err(ScanReason::Contradiction { ai: ai.to_owned(), other: ai.to_owned() });
    }
    // What is not known is at least as wide as what companies use among themselves.
    match row.or_else(|| table::of("99")) {
        Some(row) => elements.put(ai, row, value),
        None => elements.put_free(ai, value),
    }
}

/// A text in which `%` and two digits stand for a byte, and after the `?` a plus for a blank.
fn decoded(text: &str, query: bool) -> Result<String, ScanReason> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte.unwrap_or_default()).to_digit(16);
                let both = digit(rest.next()).zip(digit(rest.next()));
                let byte = both.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                byte.ok_or(wrong("a % is not followed by two hexadecimal digits"))?
            }
            b'+' if query => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong("what it says is no text"))
}
