//! What a person or a scanner does at the terminal, as plain data.

use crate::domain::gauge_line::Shown;
use crate::views::dots::Cell;

/// One key press, whatever bytes the terminal sent for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A character. A numeric keypad's `*` in numeric mode is `Char('*')`: it is taken for
    /// [`Key::Menu`], but within words that are typed.
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// A function key by its number; F9 is [`Key::Menu`] and never arrives as `F(9)`.
    F(u8),
    /// F9, the keypad's `*` in application mode, or a VT220's Do key.
    Menu,
    /// Ctrl-G, which rings a bell: call for help.
    Ring,
    /// Empties the field: pressed by a whole line that takes its place, by no key.
    Wipe,
    /// Ctrl-L: draw everything anew.
    Redraw,
    /// Ctrl-C.
    Interrupt,
}

impl Key {
    /// The number of a digit.
    pub fn digit(self) -> Option<usize> {
        let Self::Char(c) = self else { return None };
        c.to_digit(10).and_then(|digit| usize::try_from(digit).ok())
    }

    /// Whether it moves or deletes within what is typed.
    pub fn edits(self) -> bool {
        matches!(
            self,
            Self::Left
                | Self::Right
                | Self::Home
                | Self::End
                | Self::Backspace
                | Self::Delete
                | Self::Wipe
        )
    }
}

/// One thing that reached the program from its terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// A line that was typed whole and ended, where there are no keys; several that were put in at once
    /// are parted by `\n`.
    Line(String),
    /// A code taken whole, without its end mark, with GS, RS and EOT inside it as data.
    ///
    /// An AIM identifier (`]C1`) stays in front, because it tells how to read the rest. A scan is
    /// routed once, whatever has focus, and never confirms anything. Typing that a slow line held
    /// back and delivered at once looks the same: text that means nothing as a code belongs into the
    /// focused field, unconfirmed.
    Scan(String),
    /// How the scan that follows ended, where it was not with Enter.
    ScanEnd(ScanEnd),
    /// The last so many characters that arrived as keys were the head of a scan, which follows:
    /// whoever took them puts back what stood before.
    TakeBack(usize),
    /// Text put in at once; lines are parted by `\n`. It neither chooses nor confirms.
    Paste(String),
    /// From a gauge that is connected by a line of its own.
    Gauge(GaugeSaid),
    Resize {
        columns: u16,
        rows: u16,
    },
    /// The terminal shows pictures in cells of this size, as it said when it was asked.
    Pictures(Cell),
    /// The terminal is gone, or the program was told to end: save drafts and leave.
    Lost,
}

/// What the line of the gauges says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GaugeSaid {
    /// A value.
    Value {
        /// As it was sent.
        shown: Shown,
        /// Whether it is recorded as it comes, as if Enter followed it.
        enters: bool,
    },
    /// The line is lost, or sent something else than a value.
    Trouble(String),
    /// The line is back.
    Back(String),
    /// A value came where several people work at the place of the line: it is taken by none of them.
    Nobodys {
        /// What was sent.
        number: String,
        /// At so many terminals somebody works there.
        work: usize,
    },
}

/// What a scanner sent behind a code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ScanEnd {
    /// CR or LF.
    #[default]
    Enter,
    /// A tab.
    Tab,
    /// ETX.
    Etx,
    /// Nothing, as by the settings it may.
    Nothing,
    /// Its end did not come, or something else came within it: what there is may be a part.
    Cut,
    /// A key came within it that a scanner may send for a separator: which, or what the terminal sent.
    Key(String),
}

/// What a character does on the screen as it stands, which the input parser has to know: a digit
/// that answers a question must not be the head of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// It is put into a field: shown at once, taken back if it turns out to begin a scan.
    Text,
    /// It acts (a menu, a yes or no): kept back for the 50 ms in which a scan would go on.
    Choice,
}
