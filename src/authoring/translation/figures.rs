//! Figures of a text: its numbers with sign and unit, as they are read in its language.

use std::collections::{BTreeMap, BTreeSet};

use super::measures::{Behind, beginning, behind};
use crate::domain::translation::LanguageCode;

/// Languages that write a decimal point; the others write a comma (CLDR).
const POINT: &str = "ak am bm bn bo cy dz ee en ga gd gu gv ha he hi ig ii ja kn ko ks kw lg mg mi \
                     ml mr ms mt my nd ne om or pa rm sa sd si sn so sw ta te th ti to tw ug ur yo \
                     zh zu";
/// Languages whose words for units are known here.
const SPOKEN: [&str; 2] = ["en", "de"];
/// What stands before a number, also with a blank between, and belongs to it.
const MARKS: [(&str, char); 8] = [
    ("±", '±'),
    ("<=", '≤'),
    ("=<", '≤'),
    ("≤", '≤'),
    (">=", '≥'),
    ("≥", '≥'),
    ("<", '<'),
    (">", '>'),
];
const ARROWS: [&str; 2] = ["->", "=>"];
/// What is written for a minus.
const DASHES: [char; 5] = ['-', '\u{2010}', '\u{2011}', '\u{2212}', '–'];
/// What may stand between groups of three digits, and is no decimal mark in any language.
const GROUPING: [char; 5] = ['\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];

/// A number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Figure {
    sign: Option<char>,
    /// Without marks of thousands, with a decimal point.
    number: String,
    behind: Behind,
    /// As it is written, for messages; a word behind it is not among it.
    written: String,
    /// The word behind it.
    word: String,
}

/// How a figure of a translation stands to one of its original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Same,
    /// What may be a unit is none.
    Perhaps,
    /// A unit against a word of a language whose words for units are not known here.
    Unread,
    Other,
}

/// What is wrong with the figures of a translated text.
#[derive(Debug)]
pub(super) enum Difference {
    /// Others than the original has.
    Figures(String),
    /// The same, in another order: what was exchanged cannot be told from what was moved.
    Order(String),
    /// A unit cannot be compared, as a word says it that is not known here.
    Unread(String),
}

/// A figure of the original and that of the translation, by their ranks.
#[derive(Debug, Clone, Copy)]
struct Pair {
    of: usize,
    at: usize,
    likeness: Likeness,
}

impl Figure {
    fn likeness(&self, said: &Self, (spoken_in, spoken): (bool, bool)) -> Likeness {
        if self.sign != said.sign || self.number != said.number {
            return Likeness::Other;
        }
        let same = |is| if is { Likeness::Same } else { Likeness::Other };
        let unread = |is| if is { Likeness::Unread } else { Likeness::Other };
        match (&self.behind, &said.behind) {
            (
                Behind::Unit { symbol, .. } | Behind::Perhaps(symbol),
                Behind::Unit { symbol: said, .. } | Behind::Perhaps(said),
            ) => same(symbol == said),
            (Behind::Word | Behind::Nothing, Behind::Word | Behind::Nothing) => Likeness::Same,
            (Behind::Perhaps(_), Behind::Word | Behind::Nothing)
            | (Behind::Word | Behind::Nothing, Behind::Perhaps(_)) => Likeness::Perhaps,
            // A symbol is the same in every language; a word of another one may say anything.
            (Behind::Unit { spelled, .. }, Behind::Word) => unread(*spelled && !spoken),
            (Behind::Word, Behind::Unit { .. }) => unread(!spoken_in),
            (Behind::Unit { .. }, Behind::Nothing) | (Behind::Nothing, Behind::Unit { .. }) => {
                Likeness::Other
            }
        }
    }
}

/// What is wrong with the figures of a translated text; none where they are those of the original,
/// and those of one unit stand in its order.
pub(super) fn differ(
    (original, written_in): (&str, LanguageCode),
    (said, language): (&str, LanguageCode),
) -> Option<Difference> {
    let (wanted, found) = (figures(original, written_in), figures(said, language));
    let spoken = (is_among(SPOKEN, written_in), is_among(SPOKEN, language));
    let pairs = pairs(&wanted, &found, spoken);
    let left = |figures: &[Figure], rank: fn(&Pair) -> usize| {
        let taken = |at: &usize| pairs.iter().any(|pair| rank(pair) == *at);
        let left = figures.iter().enumerate().filter(|(at, _)| !taken(at));
        left.map(|(_, figure)| figure.written.clone()).collect::<Vec<_>>().join(", ")
    };
    let (lost, added) = (left(&wanted, |pair| pair.of), left(&found, |pair| pair.at));
    match (lost.is_empty(), added.is_empty()) {
        (true, true) => order(&wanted, &found, &pairs).or_else(|| unread(&wanted, &found, &pairs)),
        (false, true) => Some(Difference::Figures(format!("{lost} of the original is not here"))),
        (true, false) => Some(Difference::Figures(format!("{added} is not in the original"))),
        (false, false) => {
            Some(Difference::Figures(format!("{added} where the original has {lost}")))
        }
    }
}

/// Pairs each figure of the original with one of the translation, those first that are the same.
fn pairs(wanted: &[Figure], found: &[Figure], spoken: (bool, bool)) -> Vec<Pair> {
    let same = |(was, said): (&Figure, &Figure)| was.likeness(said, spoken) == Likeness::Same;
    if wanted.len() == found.len() && wanted.iter().zip(found).all(same) {
        let pair = |rank| Pair { of: rank, at: rank, likeness: Likeness::Same };
        return (0..wanted.len()).map(pair).collect();
    }
    let mut pairs: Vec<Pair> = Vec::new();
    let mut lost: BTreeSet<usize> = (0..wanted.len()).collect();
    let mut added: BTreeSet<usize> = (0..found.len()).collect();
    for likeness in [Likeness::Same, Likeness::Perhaps, Likeness::Unread] {
        for (of, figure) in wanted.iter().enumerate().filter(|(of, _)| lost.contains(of)) {
            let is = |at: &usize| {
                found.get(*at).is_some_and(|said| figure.likeness(said, spoken) == likeness)
            };
            if let Some(at) = added.iter().copied().find(is) {
                added.remove(&at);
                pairs.push(Pair { of, at, likeness });
            }
        }
        lost.retain(|of| !pairs.iter().any(|pair| pair.of == *of));
    }
    pairs.sort_by_key(|pair| pair.of);
    pairs
}

/// Figures of one unit, or of none, that stand in another order than in the original.
fn order(wanted: &[Figure], found: &[Figure], pairs: &[Pair]) -> Option<Difference> {
    let mut by_unit: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for pair in pairs {
        let mut figures = [wanted.get(pair.of), found.get(pair.at)].into_iter().flatten();
        let unit = figures.find_map(|figure| match &figure.behind {
            Behind::Unit { symbol, .. } => Some(symbol.as_str()),
            Behind::Perhaps(_) | Behind::Word | Behind::Nothing => None,
        });
        by_unit.entry(unit.unwrap_or_default()).or_default().push(pair.at);
    }
    let mut said = by_unit.into_values().find(|ranks| !ranks.is_sorted())?;
    let written = |ranks: &[usize]| {
        let figures = ranks.iter().filter_map(|at| found.get(*at));
        figures.map(|figure| figure.written.as_str()).collect::<Vec<_>>().join(", ")
    };
    let was = written(&said);
    said.sort_unstable();
    Some(Difference::Order(format!("{} where the original has {was}", written(&said))))
}

/// The first unit that a word says which is not known here.
fn unread(wanted: &[Figure], found: &[Figure], pairs: &[Pair]) -> Option<Difference> {
    let pair = pairs.iter().find(|pair| pair.likeness == Likeness::Unread)?;
    let (was, said) = wanted.get(pair.of).zip(found.get(pair.at))?;
    let full = |figure: &Figure| match &figure.behind {
        Behind::Unit { .. } => figure.written.clone(),
        Behind::Perhaps(_) | Behind::Word | Behind::Nothing => {
            format!("{} {}", figure.written, figure.word)
        }
    };
    Some(Difference::Unread(format!("{} where the original has {}", full(said), full(was))))
}

fn figures(text: &str, language: LanguageCode) -> Vec<Figure> {
    let mut found = Vec::new();
    let (mut from, mut quotes) = (0, 0);
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(char::is_numeric)) {
        let at = from + at;
        let gap = text.get(from..at).unwrap_or_default();
        quotes += gap.matches('"').count();
        let (before, rest) = text.split_at(at);
        let (token, after) = rest.split_at(end_of(rest));
        let sign = if found.is_empty() || !is_range(gap) {
            sign_of(before)
        } else {
            gap.contains('+').then_some('+')
        };
        let (behind, length) = behind(after, quotes % 2 == 1);
        let mut written = sign.into_iter().collect::<String>() + token;
        if let Behind::Unit { symbol, .. } = &behind {
            written = format!("{written} {symbol}");
        }
        let word = beginning(after).split_whitespace().next().unwrap_or_default().to_owned();
        found.push(Figure { sign, number: read(token, language), behind, written, word });
        from = at + token.len() + length;
    }
    found
}

/// Whether what stands between two numbers is a dash or a plus alone; with a blank only before it it is a sign.
fn is_range(gap: &str) -> bool {
    let dash = gap.trim();
    let mut chars = dash.chars();
    let is_dash = chars.next().is_some_and(|c| c == '+' || DASHES.contains(&c));
    let signs = gap.starts_with(char::is_whitespace) && gap.ends_with(dash);
    is_dash && chars.next().is_none() && !signs
}

/// Where a number ends that a text begins with: a mark belongs to it where a digit follows.
fn end_of(text: &str) -> usize {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).unwrap_or_default();
        let belongs = match c {
            '.' | ',' => next.starts_with(is_digit),
            c if GROUPING.contains(&c) => next.chars().take_while(|c| is_digit(*c)).count() == 3,
            c => c.is_numeric(),
        };
        if !belongs {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The sign before a number, also with a blank between; a dash behind a word without one is none.
fn sign_of(before: &str) -> Option<char> {
    let near = before.trim_end();
    if ARROWS.iter().any(|arrow| near.ends_with(arrow)) {
        return None;
    }
    if let Some((_, mark)) = MARKS.iter().find(|(mark, _)| near.ends_with(mark)) {
        return Some(*mark);
    }
    // `+/-` and `+-`, with whichever dash.
    let plus = near.strip_suffix(DASHES).map(|plus| plus.strip_suffix('/').unwrap_or(plus));
    if plus.is_some_and(|plus| plus.ends_with('+')) {
        return Some('±');
    }
    let close = near.chars().next_back()?;
    let earlier = near.chars().rev().nth(1);
    let bound = earlier.is_some_and(|c| c.is_alphanumeric() || c == ')');
    match close {
        '⁻' => Some('-'),
        '+' => (!bound && near.len() == before.len()).then_some('+'),
        dash => (!bound && DASHES.contains(&dash)).then_some('-'),
    }
}

/// A number without marks of thousands and with a decimal point. Where one mark has three digits
/// behind it, the language tells which it is: `1.250` is a thousand in German.
fn read(token: &str, language: LanguageCode) -> String {
    let token = token.replace(GROUPING, "");
    let decimal = if is_among(POINT.split(' '), language) { '.' } else { ',' };
    let groups: Vec<&str> = token.split(['.', ',']).collect();
    let marks: Vec<char> = token.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let grouped = |groups: &[&str]| {
        let first = groups.first().is_some_and(|first| (1..=3).contains(&first.len()));
        first && groups.iter().skip(1).all(|group| group.len() == 3)
    };
    match (marks.as_slice(), groups.as_slice()) {
        ([mark], [whole, _]) if grouped(&groups) && !whole.starts_with('0') => {
            if *mark == decimal {
                groups.join(".")
            } else {
                groups.concat()
            }
        }
        ([_], _) => groups.join("."),
        ([first, others @ .., last], [whole @ .., part])
            if first != last && others.iter().all(|mark| mark == first) && grouped(whole) =>
        {
            format!("{}.{part}", whole.concat())
        }
        ([first, others @ ..], _)
            if others.iter().all(|mark| mark == first) && grouped(&groups) =>
        {
            groups.concat()
        }
        // Digits alone, a number of a section, a date, an address: as it is written.
        (_, _) => token.clone(),
    }
}

fn is_among<'a>(codes: impl IntoIterator<Item = &'a str>, language: LanguageCode) -> bool {
    let language = language.to_string();
    codes.into_iter().any(|code| code == language)
}
