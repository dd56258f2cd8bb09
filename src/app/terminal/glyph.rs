//! Says what is sent for one cell's text: itself, or something this terminal can show.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr as _;

use crate::domain::text::is_deceptive;
use crate::ui::parts::placeholder;
use crate::ui::terminal_kind::{Pictures, TerminalKind};

/// The text to send for a cell, never wider than the cell and never a control.
///
/// Screens sanitize what they show and choose ASCII where it is needed; this is the last gate.
pub(super) fn shown(symbol: &str, kind: TerminalKind) -> Cow<'_, str> {
    if let [b' '..=b'~'] = symbol.as_bytes() {
        return Cow::Borrowed(symbol);
    }
    if symbol.is_empty() {
        return Cow::Borrowed(" ");
    }
    if kind.pictures == Pictures::Auto && placeholder::is_one(symbol) {
        return Cow::Borrowed(symbol);
    }
    let plain = kind.utf8 && (kind.unicode || symbol.chars().all(|c| !is_picture(c)));
    if plain && !symbol.chars().any(is_deceptive) {
        return Cow::Borrowed(symbol);
    }
    let stand_in = symbol.chars().next().map_or('?', |c| {
        if is_deceptive(c) || (kind.utf8 && !is_picture(c)) { '?' } else { ascii(c) }
    });
    Cow::Owned(stand_in.to_string().repeat(symbol.width().max(1)))
}

/// Arrows, borders, blocks, shapes and signs, which plain terminals do not have.
const fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The nearest ASCII character, or `?` where a near one could be taken for another meaning (±).
fn ascii(c: char) -> char {
    match c {
        ' '..='~' => c,
        '─' | '━' | '═' | '╌' | '┄' | '┈' | '–' | '—' | '−' => '-',
        '│' | '┃' | '║' | '╎' | '┆' | '┊' | '▌' | '▐' | '▅' | '▆' => '|',
        '┌'..='┐' | '┑'..='╋' | '╒'..='╰' | '✓' | '✔' => '+',
        '▁' | '▂' | '░' | '·' | '•' | '…' => '.',
        '▃' | '▄' | '▒' => ':',
        '▇' | '█' | '▓' | '■' | '▪' | '▀' => '#',
        '✗' | '✘' | '✕' => 'X',
        '×' => 'x',
        '▶' | '►' | '→' | '›' | '»' | '≥' => '>',
        '◀' | '◄' | '←' | '‹' | '«' | '≤' => '<',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '●' | '◆' => '*',
        '◐' => '%',
        '◷' => 'w',
        '‘' | '’' | '′' => '\'',
        '“' | '”' | '„' | '″' => '"',
        '\u{a0}' => ' ',
        'À'..='Å' => 'A',
        'à'..='å' => 'a',
        'È'..='Ë' => 'E',
        'è'..='ë' => 'e',
        'Ì'..='Ï' => 'I',
        'ì'..='ï' => 'i',
        'Ò'..='Ö' | 'Ø' => 'O',
        'ò'..='ö' | 'ø' | '○' | '°' => 'o',
        'Ù'..='Ü' => 'U',
        'ù'..='ü' | 'µ' | 'μ' => 'u',
        'Ç' => 'C',
        'ç' => 'c',
        'Ñ' => 'N',
        'ñ' => 'n',
        'ß' | '✎' => 's',
        _ => '?',
    }
}
