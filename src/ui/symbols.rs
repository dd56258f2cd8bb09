//! Every symbol that screens draw, with what stands for it where only ASCII is shown.

use std::cell::Cell;

use unicode_width::UnicodeWidthStr as _;

/// What stands for the symbols that people type as well, while a page is read aloud: nobody types these
/// (Unicode's private use), so that a question mark in a note stays one.
pub const WARN_ALOUD: &str = "\u{e000}";
/// The same of what is not known here.
pub const UNKNOWN_ALOUD: &str = "\u{e001}";
/// The same of what is left out.
pub const SKIPPED_ALOUD: &str = "\u{e002}";
/// The same of what is not recorded yet.
pub const UNSET_ALOUD: &str = "\u{e003}";

thread_local! {
    static ALOUD: Cell<bool> = const { Cell::new(false) };
}

/// Draws something that is read aloud.
pub fn aloud<T>(draws: impl FnOnce() -> T) -> T {
    let before = ALOUD.replace(true);
    let done = draws();
    ALOUD.set(before);
    done
}

/// A symbol; it stands beside a word, never alone for a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Passed, done.
    Pass,
    /// What is to be done now.
    Now,
    /// Failed.
    Fail,
    /// Marginal, or look twice.
    Warn,
    /// On hold.
    Hold,
    /// Open.
    Open,
    /// Partly done.
    Partly,
    /// Waiting.
    Waiting,
    /// Left out.
    Skipped,
    /// Not known here.
    Unknown,
    /// Connected; a value on a bar.
    Dot,
    /// What to do next.
    Arrow,
    /// A signature.
    Sign,
    /// Nothing recorded yet.
    Unset,
    /// Text that goes on.
    More,
    /// There is more of what is typed, to the left.
    Before,
    /// There is more of what is typed, to the right.
    After,
    /// Parts of a rule and of a limit bar.
    Line,
    /// A vertical border.
    Side,
    /// Where a border hangs from a rule.
    Tee,
    /// Where a border stands on a rule.
    Foot,
    /// The left end of a bar.
    BarLeft,
    /// The right end of a bar.
    BarRight,
    /// Where a value on a bar is marginal.
    BarMarginal,
    /// Where a value on a bar is not accepted, though it is within the limits.
    BarGuard,
}

impl Mark {
    /// What is drawn: the symbol, or its ASCII.
    pub fn glyph(self, ascii: bool) -> &'static str {
        let aloud = ALOUD.get();
        let (symbol, plain) = match self {
            Self::Warn if aloud => (WARN_ALOUD, WARN_ALOUD),
            Self::Skipped if aloud => (SKIPPED_ALOUD, SKIPPED_ALOUD),
            Self::Unknown if aloud => (UNKNOWN_ALOUD, UNKNOWN_ALOUD),
            Self::Unset if aloud => (UNSET_ALOUD, UNSET_ALOUD),
            Self::Pass => ("✓", "+"),
            Self::Now => ("▶", ">"),
            Self::Fail => ("✗", "X"),
            Self::Warn => ("!", "!"),
            Self::Hold => ("■", "#"),
            Self::Open => ("○", "o"),
            Self::Partly => ("◐", "%"),
            Self::Waiting => ("◷", "w"),
            Self::Skipped => ("~", "~"),
            Self::Unknown => ("?", "?"),
            Self::Dot => ("●", "*"),
            Self::Arrow => ("→", "->"),
            Self::Sign => ("✎", "s"),
            Self::Unset => ("·", "."),
            Self::More => ("…", ".."),
            Self::Before => ("‹", "<"),
            Self::After => ("›", ">"),
            Self::Line => ("─", "-"),
            Self::Side => ("│", "|"),
            Self::Tee => ("┬", "+"),
            Self::Foot => ("┴", "+"),
            Self::BarLeft => ("├", "["),
            Self::BarRight => ("┤", "]"),
            Self::BarMarginal => (":", ":"),
            Self::BarGuard => ("/", "/"),
        };
        if ascii { plain } else { symbol }
    }
}

/// How many cells a text takes as it is drawn.
pub fn drawn(text: &str, ascii: bool) -> usize {
    if ascii { spelled_out(text).width() } else { text.width() }
}

/// How many cells a character takes on the terminal on which it is widest: lines break alike on all.
pub fn widest(c: char) -> usize {
    let mut bytes = [0; 4];
    let text = &*c.encode_utf8(&mut bytes);
    if c.is_ascii() { text.width() } else { drawn(text, false).max(drawn(text, true)) }
}

/// Signs within texts that a plain terminal does not have, spelled out so that none changes meaning.
pub fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '±' => out.push_str("+/-"),
            'Ω' | '\u{2126}' => out.push_str("Ohm"),
            'µ' | 'μ' => out.push('u'),
            '°' => out.push_str("deg "),
            '·' => out.push('.'),
            '→' => out.push_str("->"),
            '…' => out.push_str(".."),
            '≤' => out.push_str("<="),
            '≥' => out.push_str(">="),
            '–' | '—' | '−' => out.push('-'),
            '×' => out.push('x'),
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'Ä' => out.push_str("Ae"),
            'Ö' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}
