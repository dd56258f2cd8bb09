//! Figures of a text: its numbers with sign and unit, as they are read in its language.

use crate::domain::translation::LanguageCode;
use crate::domain::unit::Unit;

/// Languages that write a decimal point; the others write a comma.
const POINT: [&str; 10] = ["en", "ga", "mt", "he", "hi", "th", "zh", "ja", "ko", "ms"];
/// What stands before a number and belongs to it.
const SIGNS: [char; 8] = ['-', '\u{2212}', '+', '±', '<', '>', '≤', '≥'];
/// What ends a word and is no part of a unit.
const ENDS: [char; 12] = ['.', ',', ';', ':', '!', '?', ')', ']', '"', '”', '“', '»'];

/// A number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Figure {
    sign: Option<char>,
    /// Without marks of thousands, with a decimal point.
    number: String,
    unit: Option<Unit>,
    /// As it is written, for messages.
    written: String,
}

impl Figure {
    /// Whether a translation may say it so. A unit may be put in where the original has a word for
    /// it; one that the original has may not be lost. What is written `in` may be no unit at all.
    fn is_said_by(&self, said: &Self) -> bool {
        let unit = match (self.unit, said.unit) {
            (Some(unit), Some(said)) => unit == said,
            (Some(unit), None) => unit.symbol() == "in",
            (None, _) => true,
        };
        self.sign == said.sign && self.number == said.number && unit
    }
}

/// What is wrong with the figures of a translated text; none where they are those of the original.
pub(super) fn differ(
    (original, written_in): (&str, LanguageCode),
    (said, language): (&str, LanguageCode),
) -> Option<String> {
    let mut added = figures(said, language);
    let mut lost = figures(original, written_in);
    // Those that are the same go first, so that what is left over is what differs.
    lost.retain(|figure| !take(&mut added, |said| said == figure));
    lost.retain(|figure| !take(&mut added, |said| figure.is_said_by(said)));
    let written = |figures: &[Figure]| {
        let written: Vec<&str> = figures.iter().map(|figure| figure.written.as_str()).collect();
        written.join(", ")
    };
    match (lost.is_empty(), added.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{} of the original is not here", written(&lost))),
        (true, false) => Some(format!("{} is not in the original", written(&added))),
        (false, false) => {
            Some(format!("{} where the original has {}", written(&added), written(&lost)))
        }
    }
}

/// Takes the first figure of this kind out; whether there was one.
fn take(figures: &mut Vec<Figure>, is: impl Fn(&Figure) -> bool) -> bool {
    let found = figures.iter().position(is);
    found.map(|at| figures.remove(at)).is_some()
}

fn figures(text: &str, language: LanguageCode) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(char::is_numeric) {
        let (before, from) = rest.split_at(at);
        let end = end_of(from);
        let (token, after) = from.split_at(end);
        let word = after.trim_start().split(char::is_whitespace).next().unwrap_or_default();
        let unit = Unit::parse(word.trim_end_matches(ENDS)).filter(|_| !word.is_empty());
        let sign = sign_of(before);
        let written = sign.into_iter().collect::<String>() + token;
        let written = unit.map_or(written.clone(), |unit| format!("{written} {unit}"));
        // A minus is written in two ways.
        let sign = sign.map(|sign| if sign == '\u{2212}' { '-' } else { sign });
        found.push(Figure { sign, number: read(token, language), unit, written });
        rest = after;
    }
    found
}

/// Where a number ends that a text begins with: a mark belongs to it where a digit follows.
fn end_of(text: &str) -> usize {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let followed = || text.get(at + 1..).is_some_and(|rest| rest.starts_with(is_digit));
        if !(c.is_numeric() || matches!(c, '.' | ',') && followed()) {
            break;
        }
        end = chars.peek().map_or(text.len(), |(next, _)| *next);
    }
    end
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The sign before a number; a dash behind a word or another number is none.
fn sign_of(before: &str) -> Option<char> {
    let close = before.chars().next_back().filter(|c| SIGNS.contains(c))?;
    let dash = matches!(close, '-' | '\u{2212}' | '+');
    let earlier = before.chars().rev().nth(1);
    let bound = dash && earlier.is_some_and(|c| c.is_alphanumeric() || c == '/');
    (!bound).then_some(close)
}

/// A number without marks of thousands and with a decimal point. Where one mark has three digits
/// behind it, the language tells which it is: `1.250` is a thousand in German.
fn read(token: &str, language: LanguageCode) -> String {
    let point = POINT.iter().any(|code| LanguageCode::parse(code) == Some(language));
    let decimal = if point { '.' } else { ',' };
    let groups: Vec<&str> = token.split(['.', ',']).collect();
    let marks: Vec<char> = token.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let thousands = groups.iter().skip(1).all(|group| group.len() == 3);
    match (marks.as_slice(), groups.as_slice()) {
        ([mark], [whole, _]) if thousands && whole.len() <= 3 && !whole.starts_with('0') => {
            if *mark == decimal { groups.join(".") } else { groups.concat() }
        }
        ([first, .., last], [whole @ .., part]) if first != last => {
            format!("{}.{part}", whole.concat())
        }
        ([_, _, ..], _) if thousands => groups.concat(),
        (_, _) => groups.join("."),
    }
}
