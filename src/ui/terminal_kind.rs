//! What a terminal can show, told by what it says of itself.

use serde::Deserialize;

use crate::domain::language::Language;

/// What lies beyond is not drawn: whoever sits at a line may call any size theirs, and each cell takes
/// memory.
const COLUMNS_MAX: u16 = 400;
const ROWS_MAX: u16 = 150;
/// Where a line does not tell.
const USUAL: (u16, u16) = (80, 24);

/// Columns and rows of a window as a line tells them; none of either is as good as not told.
pub fn window(columns: u32, rows: u32) -> (u16, u16) {
    if columns == 0 || rows == 0 {
        return USUAL;
    }
    let at_most =
        |count: u32, most: u16| u16::try_from(count).map_or(most, |count| count.min(most));
    (at_most(columns, COLUMNS_MAX), at_most(rows, ROWS_MAX))
}

/// How many colors may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorLevel {
    /// None: bold, dim, underline and reverse carry everything.
    Mono,
    /// The sixteen that every color terminal has a code of its own for.
    Sixteen,
    Palette256,
}

/// What pictures of instructions are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pictures {
    /// Of their own dots, where the terminal says that it shows them so; else as `Blocks`.
    Auto,
    /// Of half-block characters, two dots a cell.
    Blocks,
}

/// One terminal: its size and what it can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalKind {
    pub columns: u16,
    pub rows: u16,
    pub colors: ColorLevel,
    /// Whether borders and symbols beyond ASCII are drawn as people expect.
    pub unicode: bool,
    /// Whether letters beyond ASCII may be sent at all.
    pub utf8: bool,
    /// Whether a frame is announced, so that the terminal shows it whole (DEC private mode 2026).
    pub synchronized: bool,
    /// What pictures are made of.
    pub pictures: Pictures,
    /// The language of its locale, where the screens speak that.
    pub language: Option<Language>,
}

/// The variables by which a terminal is told; an empty one is as good as none.
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminalVariables<'a> {
    pub term: Option<&'a str>,
    pub no_color: Option<&'a str>,
    pub colorterm: Option<&'a str>,
    pub lc_all: Option<&'a str>,
    pub lc_ctype: Option<&'a str>,
    pub lang: Option<&'a str>,
}

/// How far a family of terminals can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Glass teletypes of the eighties and what calls itself one; nothing but text and attributes.
    Plain,
    /// The Linux console: colors, but few characters beyond letters.
    Console,
    Emulator,
}

impl TerminalKind {
    /// Tells what a terminal can show, without asking it: a question might never be answered.
    ///
    /// Whether it shows pictures, one that may is asked with its first frame, and nothing waits for it.
    pub fn detect(variables: &TerminalVariables<'_>, columns: u16, rows: u16) -> Self {
        let given = |value: Option<&str>| value.is_some_and(|value| !value.is_empty());
        let term = variables.term.unwrap_or_default();
        let family = family_of(term);
        let utf8 = speaks_utf8(variables);
        let colors = if family == Family::Plain || given(variables.no_color) {
            ColorLevel::Mono
        } else if family == Family::Emulator && has_palette(term, given(variables.colorterm)) {
            ColorLevel::Palette256
        } else {
            ColorLevel::Sixteen
        };
        let in_dots = cfg!(feature = "pictures")
            && colors == ColorLevel::Palette256
            && utf8
            && may_show_pictures(term);
        Self {
            columns,
            rows,
            colors,
            unicode: utf8 && family == Family::Emulator,
            utf8,
            synchronized: family == Family::Emulator,
            pictures: if in_dots { Pictures::Auto } else { Pictures::Blocks },
            language: language_of(variables),
        }
    }
}

/// Whether it is worth asking. Others never get the question, which an old one might print; within a
/// multiplexer `TERM` is that one's, and the answer is in any case.
fn may_show_pictures(term: &str) -> bool {
    ["kitty", "ghostty"].iter().any(|name| term.contains(name))
}

/// Whether a terminal that answers with this name and version to XTVERSION shows a picture in the
/// cells where its placeholders stand, as kitty's graphics protocol has it.
pub fn shows_pictures(name: &str) -> bool {
    if let Some(version) = name.strip_prefix("kitty(") {
        let mut numbers = version.split(['.', ')']).map(|number| number.parse::<u32>().ok());
        let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
        return major.zip(minor).is_some_and(|version| version >= (0, 28));
    }
    name == "ghostty" || name.starts_with("ghostty ")
}

/// What decides of all that a locale is about decides of the language as well.
fn language_of(variables: &TerminalVariables<'_>) -> Option<Language> {
    let given = |value: &&str| !value.is_empty();
    let locale = [variables.lc_all, variables.lang].into_iter().flatten().find(given)?;
    Language::of_locale(locale)
}

fn family_of(term: &str) -> Family {
    let glass = term.strip_prefix("vt").and_then(|rest| rest.chars().next());
    if term.is_empty()
        || matches!(term, "dumb" | "unknown" | "ansi-m" | "pcansi-m")
        || glass.is_some_and(|c| c.is_ascii_digit())
        || term.ends_with("-mono")
    {
        Family::Plain
    } else if term == "linux" || term.starts_with("linux-") || matches!(term, "ansi" | "cons25") {
        Family::Console
    } else {
        Family::Emulator
    }
}

fn has_palette(term: &str, colorterm: bool) -> bool {
    // These have the palette and do not say so in their name.
    let known = ["alacritty", "foot", "ghostty", "kitty", "wezterm", "contour"];
    colorterm
        || term.contains("256color")
        || term.ends_with("-direct")
        || known.iter().any(|name| term.contains(name))
}

/// The first variable that is set decides, as in every program that follows POSIX.
fn speaks_utf8(variables: &TerminalVariables<'_>) -> bool {
    [variables.lc_all, variables.lc_ctype, variables.lang]
        .into_iter()
        .flatten()
        .find(|value| !value.is_empty())
        .map(str::to_ascii_lowercase)
        .is_some_and(|locale| locale.contains("utf-8") || locale.contains("utf8"))
}
