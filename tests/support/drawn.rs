//! What holds for every picture of a screen, whatever it shows, and which screens lie below it.

use std::collections::BTreeSet;

use gemba::ui::input::Focus;
use gemba::ui::symbols::Mark;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr as _;

use super::screen::Screen;

/// Nothing that takes a terminal more than ink on its ground: no picture for a letter, none that is as
/// wide as two, and no ground of a cell's own but for a code to scan and for a picture.
pub(crate) fn is_quiet(buffer: &Buffer, text: &str) {
    let emoji = |c: char| matches!(c, '\u{1f000}'..='\u{1ffff}' | '\u{fe0f}');
    for cell in &buffer.content {
        let symbol = cell.symbol();
        assert!(!symbol.contains(emoji) && symbol.width() < 2, "{symbol:?}:\n{text}");
        let halves = matches!(symbol, "▀" | "▄" | " ");
        let code = halves && (cell.fg, cell.bg) == (Color::White, Color::Black);
        let picture = symbol == "▀" && matches!(cell.bg, Color::Rgb(..));
        assert!(cell.bg == Color::Reset || code || picture, "{symbol:?} has a ground:\n{text}");
    }
}

/// Whether the cursor stands on the marked row of a list; where none is marked, or something else has
/// the focus, on that: in a field, or on what looks as the marker does.
pub(crate) fn is_at_item(buffer: &Buffer, at: (u16, u16), (focus, ascii): (Focus, bool)) -> bool {
    let arrow = Mark::Now.glyph(ascii);
    let marked: Vec<u16> =
        (0..buffer.area.height).filter(|y| buffer[(1, *y)].symbol() == arrow).collect();
    let Some(first) = marked.first() else { return true };
    let titled = at.1 == 1;
    let looks = buffer[at].style() == buffer[(1, *first)].style();
    marked.contains(&at.1) || !titled && (focus == Focus::Text || looks)
}

/// The screens that lie one on the other, the first one first.
pub(crate) fn stack(screen: &Screen, known: &BTreeSet<String>) -> Vec<String> {
    let shell = format!("{:?}", screen.shell);
    let ends = shell.split(" {");
    let names = ends.filter_map(|part| part.rsplit(|c: char| !c.is_alphanumeric()).next());
    names.filter(|name| known.contains(*name)).map(str::to_owned).collect()
}

/// What stands before and behind words of which there was room for a beginning only.
pub(crate) fn begun_with<'a>(words: &str, line: &'a str) -> Option<(&'a str, &'a str)> {
    let cut = |n| line.split_once(&format!("{}…", words.chars().take(n).collect::<String>()));
    (12..words.chars().count()).find_map(cut)
}
