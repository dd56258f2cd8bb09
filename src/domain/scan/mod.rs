//! What comes from a scanner: a plain code, GS1 element strings, a GS1 Digital Link, ISO/IEC 15434.
//! Imports the rest of `domain`; its tables are files of the project, built in.
//! Invariant: what is rejected stays rejected, and what can be read in two ways is read in none.

mod ambiguity;
pub mod bracketed;
mod checks;
mod coupon;
pub mod gs1;
pub mod iso15434;
pub mod link;
pub mod names;
pub mod pick;
pub mod symbology;
pub mod table;
pub mod test_code;

use crate::domain::refusal::scan::ScanReason;
use gs1::Elements;
use iso15434::Envelope;
use link::{Older, Unread};
use names::Names;
use symbology::{Carrier, Identifier};

/// Group separator: parts elements.
pub const GS: char = '\u{1d}';
/// Record separator: parts the records of an envelope.
pub const RS: char = '\u{1e}';
/// End of transmission: ends an envelope.
pub const EOT: char = '\u{4}';
/// The most characters of a code that holds several values.
const CHARS_MAX: usize = 8_192;

/// Whether the scanners here were seen to send the separators of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separators {
    /// A code that would also read as one that lost a separator is refused.
    #[default]
    Doubted,
    /// They arrive: a code means what stands in it.
    Proven,
}

/// What a code holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// One text.
    Plain(String),
    /// The number of an article as shops scan it, with what a composite code adds.
    Article {
        /// 8 or 13 digits.
        digits: String,
        /// What stands beside it.
        more: Option<Elements>,
    },
    /// GS1 elements.
    Gs1(Elements),
    /// An ISO/IEC 15434 envelope.
    Envelope(Envelope),
}

/// Reads what a scanner sent, with the AIM identifier in front where it sends one.
pub fn read(code: &str, separators: Separators) -> Result<Content, ScanReason> {
    let (identifier, text) = Identifier::split(code);
    if code.chars().count() > CHARS_MAX {
        let plain = identifier.is_none() && !iso15434::is_meant(text);
        let too_long = Err(ScanReason::TooLong { most: CHARS_MAX });
        return if plain { Ok(Content::Plain(text.to_owned())) } else { too_long };
    }
    let Some(identifier) = identifier else { return unmarked(text) };
    match identifier.carrier() {
        Carrier::Elements => gs1::scanned(text, separators).map(Content::Gs1),
        Carrier::Article(digits) => article(text, digits, separators),
        Carrier::Escaped if text.contains('\\') => Err(unread(identifier)),
        Carrier::Text | Carrier::Escaped => several_in_text(text),
        Carrier::Unread => Err(unread(identifier)),
    }
}

fn unread(identifier: Identifier) -> ScanReason {
    ScanReason::Identifier { identifier: identifier.to_string(), kind: identifier.kind() }
}

/// A code without an identifier: it may be anything, but what looks like GS1 elements is no plain text.
fn unmarked(text: &str) -> Result<Content, ScanReason> {
    if text.is_empty() {
        return Err(ScanReason::Empty);
    }
    let content = several_in_text(text)?;
    let likely = |text: &str| text.contains(GS) || gs1::is_likely(text);
    if matches!(&content, Content::Plain(text) if likely(text)) {
        return Err(ScanReason::Unmarked);
    }
    Ok(content)
}

/// A code that says what it holds by how it begins.
fn several_in_text(text: &str) -> Result<Content, ScanReason> {
    if bracketed::is_meant(text) {
        return bracketed::parse(text).map(Content::Gs1);
    }
    if iso15434::is_meant(text) {
        return Envelope::parse(text).map(Content::Envelope);
    }
    match link::read(text, Older::Refused) {
        Ok(elements) => return Ok(Content::Gs1(elements)),
        Err(Unread::Wrong(error)) => return Err(error),
        Err(Unread::NoLink) => {}
    }
    Ok(Content::Plain(text.to_owned()))
}

/// An EAN or UPC code, alone or with the other half of a composite.
fn article(text: &str, digits: usize, separators: Separators) -> Result<Content, ScanReason> {
    let (number, beside) = match text.split_once('|') {
        Some((number, beside)) => (number, Some(beside)),
        None => (text, None),
    };
    let formed = number.len() == digits && number.bytes().all(|b| b.is_ascii_digit());
    if !formed || !checks::check_digit(number) {
        return Err(ScanReason::Article { digits });
    }
    let more = match beside.map(Identifier::split) {
        None => None,
        Some((Some(identifier), text)) if identifier.carrier() == Carrier::Elements => {
            Some(gs1::scanned(text, separators)?)
        }
        Some(_) => return Err(ScanReason::Article { digits }),
    };
    Ok(Content::Article { digits: number.to_owned(), more })
}

impl Content {
    /// Everything by which it may be known here, what names one thing alone first.
    pub fn known_by(&self) -> Result<Vec<String>, ScanReason> {
        let known_by = Names::of(self).known_by()?;
        Ok(if known_by.is_empty() { vec![self.line()] } else { known_by })
    }

    /// The whole of it in one line, as people write it.
    pub fn line(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Article { digits, more } => {
                let more = more.as_ref().map(bracketed::write).unwrap_or_default();
                format!("{digits}{more}")
            }
            Self::Gs1(elements) => bracketed::write(elements),
            Self::Envelope(envelope) => envelope.line(),
        }
    }
}
