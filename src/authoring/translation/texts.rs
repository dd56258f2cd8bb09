//! The text of a step against that of the original: the same blocks, the same warnings, the same
//! figures, and other words.

use super::figures::{self, Difference};
use super::outline::Heading;
use crate::authoring::code::Code;
use crate::authoring::entries::shorten;
use crate::authoring::finding::Notes;
use crate::domain::instruction::{Block, CalloutLevel, Look, Span};
use crate::domain::translation::LanguageCode;

/// In which language the original is written, and in which its translation.
pub(super) type Languages = (LanguageCode, LanguageCode);

/// A text that was left as it is has at least so many words.
const LEFT_WORDS_MIN: usize = 3;
const LEVELS: [(CalloutLevel, &str); 3] = [
    (CalloutLevel::Warning, "warning"),
    (CalloutLevel::Caution, "caution"),
    (CalloutLevel::Note, "note"),
];

/// Compares the texts of a step; what is wrong is noted.
pub(super) fn compare(
    original: &[Block],
    step: &Heading<'_>,
    languages: Languages,
    notes: &mut Notes<'_>,
) {
    if note_callouts(original, step, notes) || note_blocks(original, step, notes) {
        return;
    }
    for (was, (at, said)) in original.iter().zip(&step.text) {
        for (was, said) in pieces(was).iter().zip(&pieces(said)) {
            if said.trim().is_empty() && !was.trim().is_empty() {
                let what = format!("no words where the original has \"{}\"", shorten(was));
                notes.add(*at, Code::TranslationBlocks, &what, "translate it");
                continue;
            }
            note_words((was, said), *at, languages, notes);
        }
        if literal(was) != literal(said) {
            let what = format!("{} where the original has {}", literal(said), literal(was));
            let next = "write what stands between ` ` as the original has it";
            notes.add(*at, Code::TranslationFigures, &what, next);
        }
    }
}

/// Notes figures that differ, and words that were left as they are.
pub(super) fn note_words(
    (original, said): (&str, &str),
    at: usize,
    (written_in, language): Languages,
    notes: &mut Notes<'_>,
) {
    match figures::differ((original, written_in), (said, language)) {
        Some(Difference::Figures(what)) => {
            let next = format!("write each number with its unit as in \"{}\"", shorten(original));
            notes.add(at, Code::TranslationFigures, &what, &next);
        }
        Some(Difference::Order(what)) => {
            let next =
                format!("write numbers of one unit in the order of \"{}\"", shorten(original));
            notes.add(at, Code::TranslationFigures, &what, &next);
        }
        Some(Difference::Unread(what)) => {
            let next = "write the unit's symbol; a word of this language is not compared";
            notes.add(at, Code::TranslationUnit, &what, next);
        }
        None => {}
    }
    let words = |text: &str| {
        text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count()
    };
    if original == said && words(said) >= LEFT_WORDS_MIN {
        let what = format!("\"{}\" is left as it was", shorten(said));
        notes.add(at, Code::TranslationLeft, &what, "translate it");
    }
}

/// Whether a call-out was lost or put in.
fn note_callouts(original: &[Block], step: &Heading<'_>, notes: &mut Notes<'_>) -> bool {
    let mut differs = false;
    for (level, word) in LEVELS {
        let of = |block: &Block| match block {
            Block::Callout { level: found, text } if *found == level => Some(plain(text)),
            Block::Callout { .. }
            | Block::Paragraph(_)
            | Block::List { .. }
            | Block::Picture(_)
            | Block::Table { .. } => None,
        };
        let was: Vec<String> = original.iter().filter_map(of).collect();
        let said: Vec<usize> =
            step.text.iter().filter(|(_, block)| of(block).is_some()).map(|(at, _)| *at).collect();
        if was.len() == said.len() {
            continue;
        }
        differs = true;
        let what = format!(
            "{} where the original has {}",
            counted(said.len(), word),
            counted(was.len(), word)
        );
        let quoted: Vec<String> = was.iter().map(|text| format!("\"{}\"", shorten(text))).collect();
        let next = if was.is_empty() {
            format!("write no {word} that the original does not have")
        } else {
            format!("translate each {word}: {}", quoted.join(", "))
        };
        let at = said.get(was.len()).copied().unwrap_or(step.at);
        notes.add(at, Code::TranslationCallouts, &what, &next);
    }
    differs
}

fn counted(count: usize, word: &str) -> String {
    match count {
        0 => format!("no {word}"),
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

/// Whether another block stands somewhere, or one is missing.
fn note_blocks(original: &[Block], step: &Heading<'_>, notes: &mut Notes<'_>) -> bool {
    for rank in 0..original.len().max(step.text.len()) {
        let (was, said) = (original.get(rank), step.text.get(rank));
        let (was, at, said) = (was.map(shape), said.map(|said| said.0), said.map(|s| shape(&s.1)));
        if was == said {
            continue;
        }
        let nothing = || "nothing".to_owned();
        let (said, was) = (said.unwrap_or_else(nothing), was.unwrap_or_else(nothing));
        let what = format!("{said} where the original has {was}");
        let next = "write the same paragraphs, lists, tables, call-outs and pictures in its order";
        notes.add(at.unwrap_or(step.at), Code::TranslationBlocks, &what, next);
        return true;
    }
    false
}

/// What a block is, and how large; a picture is the same file.
fn shape(block: &Block) -> String {
    match block {
        Block::Paragraph(_) => "a paragraph".to_owned(),
        Block::List { ordered, items } => {
            let kind = if *ordered { "a numbered list" } else { "a list" };
            format!("{kind} of {}", counted(items.len(), "item"))
        }
        Block::Callout { level, .. } => {
            let word = LEVELS.iter().find(|(known, _)| known == level).map_or("", |(_, w)| w);
            format!("a {word}")
        }
        Block::Picture(picture) => format!("the picture {}", picture.file),
        Block::Table { rows } => {
            let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
            let rows = counted(rows.len(), "row");
            format!("a table of {rows} and {}", counted(columns, "column"))
        }
    }
}

/// The texts of a block that are read one by one.
fn pieces(block: &Block) -> Vec<String> {
    match block {
        Block::Paragraph(spans) | Block::Callout { text: spans, .. } => vec![plain(spans)],
        Block::List { items, .. } => items.iter().map(|item| plain(item)).collect(),
        Block::Picture(picture) => vec![picture.alt.clone()],
        Block::Table { rows } => rows.iter().flatten().map(|cell| plain(cell)).collect(),
    }
}

fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// What a block wants typed or read as it stands, each between quotes.
fn literal(block: &Block) -> String {
    let spans: Vec<&Span> = match block {
        Block::Paragraph(spans) | Block::Callout { text: spans, .. } => spans.iter().collect(),
        Block::List { items, .. } => items.iter().flatten().collect(),
        Block::Picture(_) => Vec::new(),
        Block::Table { rows } => rows.iter().flatten().flatten().collect(),
    };
    let mut found: Vec<String> = spans
        .into_iter()
        .filter(|span| span.look == Look::Code)
        .map(|span| format!("`{}`", span.text))
        .collect();
    found.sort();
    if found.is_empty() { "nothing literal".to_owned() } else { found.join(", ") }
}
