//! What holds for every picture of a screen, whatever it shows, and which screens lie below it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use gemba::domain::language::Language;
use gemba::ui::input::Focus;
use gemba::ui::shell::Shell;
use gemba::ui::symbols::Mark;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr as _;

use super::cut::lost_of_ours;
use super::screen::USUAL;

/// Every type of the source that is a screen.
pub(crate) static LAYERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            let of = |line: &str| line.strip_prefix("impl Layer for ").map(str::to_owned);
            let names = text.lines().filter_map(of);
            found.extend(names.map(|name| name.trim_end_matches(" {").to_owned()));
        }
    }
    found
});

/// What is seen in a window.
pub(crate) struct Seen {
    pub(crate) text: String,
    pub(crate) buffer: Buffer,
    pub(crate) cursor: Option<(u16, u16)>,
}

/// What is seen of a shell: nothing that was to be drawn there is missing without a mark, no word of ours
/// is cut that is said in `ours`, no key that matters is left out, and in ASCII nothing has a color.
#[track_caller]
pub(crate) fn seen(
    shell: &Shell,
    (columns, rows): (u16, u16),
    ascii: bool,
    ours: Option<Language>,
) -> Seen {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    let drawn = shell.draw(&mut buffer);
    let lines = buffer.content.chunks(columns.into());
    let lines = lines.map(|row| row.iter().map(Cell::symbol).collect::<String>());
    let text = lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n");
    assert_eq!(drawn.lost, Vec::<String>::new(), "there was no room at all for these:\n{text}");
    let lost = |language| drawn.cut.iter().filter_map(move |cut| lost_of_ours(cut, language));
    let cut: Vec<String> = ours.into_iter().flat_map(lost).collect();
    assert_eq!(cut, Vec::<String>::new(), "cut:\n{text}");
    if (columns, rows) == USUAL.size {
        // Esc leads back everywhere, whether the last line has room to say so or not.
        let dropped: Vec<_> = drawn.dropped.iter().filter(|key| **key != "Esc").collect();
        assert!(dropped.is_empty(), "keys that nobody sees: {dropped:?}\n{text}");
    }
    is_quiet(&buffer, &text);
    if ascii {
        let colored = buffer.content.iter().any(|cell| cell.fg != Color::Reset);
        // But for a code to scan, which is light on dark whatever the theme.
        assert!(!colored || text.contains("Hand-off"), "a color:\n{text}");
        assert!(text.is_ascii(), "not ASCII:\n{text}");
    }
    Seen { text, buffer, cursor: drawn.cursor }
}

/// Nothing that takes a terminal more than ink on its ground: no picture for a letter, none that is as
/// wide as two, and no ground of a cell's own but for a code to scan and for a picture.
fn is_quiet(buffer: &Buffer, text: &str) {
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
pub(crate) fn stack(shell: &Shell) -> Vec<String> {
    let shell = format!("{shell:?}");
    let ends = shell.split(" {");
    let names = ends.filter_map(|part| part.rsplit(|c: char| !c.is_alphanumeric()).next());
    names.filter(|name| LAYERS.contains(*name)).map(str::to_owned).collect()
}

/// What stands before and behind words of which there was room for a beginning only.
pub(crate) fn begun_with<'a>(words: &str, line: &'a str) -> Option<(&'a str, &'a str)> {
    let cut = |n| line.split_once(&format!("{}…", words.chars().take(n).collect::<String>()));
    (12..words.chars().count()).find_map(cut)
}
