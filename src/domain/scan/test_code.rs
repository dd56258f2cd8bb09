//! A code whose text is known, and what a scanner made of it: what to set at the scanner.

use super::iso15434::{Datum, Envelope, Record};
use super::symbology::Identifier;
use super::{EOT, GS, RS};
use crate::domain::text::sanitize_line;
use crate::domain::words::Words;
use crate::domain::words::words;

/// What tells keyboards apart: letters that trade places, signs that move, both cases.
const LETTERS: &str = "QWAZYM-qwazym";
const SIGNS: &str = "7/&=?+:;_*#";

/// What is found of a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Everything is as it should be.
    Whole,
    /// It sends no AIM identifier.
    NoIdentifier,
    /// Separators do not arrive.
    SeparatorsLost,
    /// Another character comes in place of a separator.
    SeparatorsTurned {
        /// What comes.
        into: char,
    },
    /// The end of the code does not arrive.
    EndLost,
    /// Capitals and small letters trade places, or become one of the two.
    CaseTurned,
    /// Characters come as others: the scanner types for another keyboard.
    LayoutTurned {
        /// What is in the code, and what comes.
        pairs: Vec<(char, char)>,
    },
    /// It sends more than the code.
    Extra {
        /// What comes first.
        before: String,
        /// What comes last.
        after: String,
    },
    /// It is no test code, or not to be known as one.
    OtherCode,
}

/// The text of the test code: an ISO/IEC 15434 envelope, so that every separator is in it.
pub fn text() -> String {
    let datum = |id: &str, value: &str| Datum { id: id.to_owned(), value: value.to_owned() };
    let data = vec![datum("1T", LETTERS), datum("S", SIGNS)];
    Envelope { records: vec![Record::Data(data)] }.text()
}

/// What a scanner made of the test code.
pub fn findings(code: &str) -> Vec<Finding> {
    let wanted = text();
    let (identifier, came) = Identifier::split(code);
    let mut findings = Vec::new();
    if identifier.is_none() {
        findings.push(Finding::NoIdentifier);
    }
    if came == wanted {
        findings.push(Finding::Whole);
        return findings;
    }
    if let Some((before, after)) = came.split_once(wanted.as_str()) {
        let extra = Finding::Extra { before: before.to_owned(), after: after.to_owned() };
        findings.push(extra);
        return findings;
    }
    match turned(&wanted, came) {
        Some(found) => findings.extend(found),
        None => return vec![Finding::OtherCode],
    }
    findings
}

const fn is_separator(c: char) -> bool {
    matches!(c, GS | RS | EOT)
}

/// What became of the separators, and of the other characters; none where it is another code.
fn turned(text: &str, came: &str) -> Option<Vec<Finding>> {
    let length = came.chars().count();
    let whole = text.trim_end_matches(EOT);
    let mut findings = Vec::new();
    let pairs: Vec<(char, char)> = if text.chars().count() == length {
        text.chars().zip(came.chars()).collect()
    } else if whole.chars().count() == length {
        findings.push(Finding::EndLost);
        whole.chars().zip(came.chars()).collect()
    } else {
        let printed = |text: &str| text.chars().filter(|c| !is_separator(*c)).collect::<Vec<_>>();
        let (there, here) = (printed(text), printed(came));
        if there.len() != here.len() {
            return None;
        }
        findings.push(Finding::SeparatorsLost);
        there.into_iter().zip(here).collect()
    };
    let other: Vec<(char, char)> = pairs.into_iter().filter(|(c, came)| c != came).collect();
    let (separators, letters): (Vec<_>, Vec<_>) =
        other.into_iter().partition(|(c, _)| is_separator(*c));
    // Where hardly a character is right it is another code.
    if letters.len() > text.len() / 2 {
        return None;
    }
    let into = separators.first().map(|(_, into)| Finding::SeparatorsTurned { into: *into });
    findings.extend(into);
    findings.extend(characters(letters));
    Some(findings)
}

/// What became of letters and signs.
fn characters(other: Vec<(char, char)>) -> Vec<Finding> {
    let case = |(c, came): &(char, char)| c.eq_ignore_ascii_case(came);
    let mut findings = Vec::new();
    if other.iter().any(case) {
        findings.push(Finding::CaseTurned);
    }
    let mut pairs: Vec<(char, char)> = Vec::new();
    for pair in other.into_iter().filter(|pair| !case(pair)) {
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    if !pairs.is_empty() {
        findings.push(Finding::LayoutTurned { pairs });
    }
    findings
}

impl Finding {
    /// Whether nothing needs to be set.
    pub fn is_well(&self) -> bool {
        *self == Self::Whole
    }

    /// What was found.
    pub fn what(&self) -> Words {
        match self {
            Self::Whole => words!("every character and separator arrives"),
            Self::NoIdentifier => words!("no AIM identifier comes first"),
            Self::SeparatorsLost => words!("separators (GS, RS, EOT) are lost"),
            Self::SeparatorsTurned { into } => {
                words!("a separator comes as \"{into}\"", into = sanitize_line(&into.to_string()))
            }
            Self::EndLost => words!("the last character (EOT) is lost"),
            Self::CaseTurned => words!("capitals and small letters are changed"),
            Self::LayoutTurned { pairs } => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(c, came)| format!("{c} as {came}")).collect();
                words!("letters or signs come as others: {pairs}", pairs = pairs.join(", "))
            }
            Self::Extra { before, after } => {
                let (before, after) = (sanitize_line(before), sanitize_line(after));
                words!(
                    "more than the code comes: \"{before}\" before it, \"{after}\" after it",
                    before,
                    after
                )
            }
            Self::OtherCode => words!("not the test code"),
        }
    }

    /// What to set at the scanner.
    pub fn next(&self) -> &'static str {
        match self {
            Self::Whole | Self::OtherCode => "",
            Self::NoIdentifier => "set it to send AIM code identifiers (]C1, ]d2, ]Q3)",
            Self::SeparatorsLost => {
                "set it to send control characters (GS is ASCII 29), or use a serial interface"
            }
            Self::SeparatorsTurned { .. } => {
                "turn its substitution of GS off: GS is to come as ASCII 29 (Ctrl-])"
            }
            Self::EndLost => "turn off that it cuts the last character",
            Self::CaseTurned => "turn off its case conversion, and Caps Lock at the keyboard",
            Self::LayoutTurned { .. } => "set its keyboard country to the layout of this computer",
            Self::Extra { .. } => {
                "turn prefix and suffix off but for CR, or name the prefix in scanner-prefixes"
            }
        }
    }
}
