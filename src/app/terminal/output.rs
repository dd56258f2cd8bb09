//! Composes frames for a terminal: few bytes, one write a frame, nothing for nothing.

use std::io::{self, Write};
use std::sync::Arc;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr as _;

use crate::app::terminal::glyph;
use crate::app::terminal::motion::{self, Place};
use crate::app::terminal::pen::Pen;
use crate::app::terminal::pictures::{Pictures, QUESTION};
use crate::ui::parts::placeholder;
use crate::ui::terminal_kind::{self, TerminalKind};
use crate::views::dots::Whole;

const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";
const CURSOR_SHOWN: &[u8] = b"\x1b[?25h";
const CURSOR_HIDDEN: &[u8] = b"\x1b[?25l";

/// From this many blanks on, erasing is shorter than writing them: `ESC [ K`.
const ERASED_TO_END_MIN: usize = 4;
/// The same in the middle of a row: `ESC [ n X`, and a move past them.
const ERASED_WITHIN_MIN: usize = 12;
/// Up to so many unchanged characters are cheaper to write again than to move past.
const BRIDGED_MAX: u16 = 3;
/// A longer frame that is not shown at once hides the cursor, which would be seen running about.
const CURSOR_VISIBLE_BYTES_MAX: usize = 160;

/// What we know of a cell of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Ascii(u8, Pen),
    /// The first cell of a character that takes two.
    Wide,
    Other,
}

/// A ratatui backend that remembers where it left the cursor, pen and visibility.
#[derive(Debug)]
pub struct Output<W: Write> {
    writer: W,
    kind: TerminalKind,
    /// What the frame under way has drawn.
    frame: Vec<u8>,
    place: Place,
    /// The terminal's pen; none when it is not known.
    pen: Option<Pen>,
    /// Whether the terminal shows its cursor; none when it is not known.
    cursor_shown: Option<bool>,
    cursor_wanted: Option<Position>,
    cursor_last: Position,
    /// What stands on the terminal, row by row.
    standing: Vec<Standing>,
    pictures: Pictures,
}

impl<W: Write> Output<W> {
    pub fn new(writer: W, kind: TerminalKind) -> Self {
        let mut frame = Vec::with_capacity(4096);
        if kind.pictures == terminal_kind::Pictures::Auto {
            frame.extend_from_slice(QUESTION);
        }
        Self {
            writer,
            kind,
            frame,
            place: Place::Unknown,
            pen: None,
            cursor_shown: None,
            cursor_wanted: None,
            cursor_last: Position::ORIGIN,
            standing: blank(kind),
            pictures: Pictures::default(),
        }
    }

    /// Where frames go.
    pub fn writer(&mut self) -> &mut W {
        &mut self.writer
    }

    pub fn kind(&self) -> &TerminalKind {
        &self.kind
    }

    /// Takes over a new size of the window; the next frame is drawn anew.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.kind.columns = columns;
        self.kind.rows = rows;
        self.place = Place::Unknown;
        self.standing.clear();
    }

    /// Sounds the bell with the next frame.
    pub fn beep(&mut self) {
        self.frame.push(0x07);
    }

    /// Sends a piece of this picture with the next frame, or takes away what is not wanted any more.
    pub fn picture(&mut self, wanted: Option<&Arc<Whole>>) {
        self.pictures.step(wanted, &mut self.frame);
    }

    /// Whether the terminal has another picture than this, or not all of it.
    pub fn lacks(&self, wanted: Option<&Arc<Whole>>) -> bool {
        self.pictures.lacks(wanted)
    }

    fn go(&mut self, x: u16, y: u16) {
        match self.bridge(x, y) {
            Some(characters) => self.frame.extend(characters),
            None => motion::travel(self.place, (x, y), &mut self.frame),
        }
        self.place = Place::At { x, y };
    }

    /// The characters between here and a place a little to the right, if the pen fits them.
    fn bridge(&self, to_x: u16, to_y: u16) -> Option<Vec<u8>> {
        let Place::At { x, y } = self.place else { return None };
        if y != to_y || to_x <= x || to_x - x > BRIDGED_MAX {
            return None;
        }
        let from = self.index(x, y);
        let between = self.standing.get(from..from + usize::from(to_x - x))?;
        let fitting = |cell: &Standing| match cell {
            Standing::Ascii(character, pen) => (Some(*pen) == self.pen).then_some(*character),
            Standing::Wide | Standing::Other => None,
        };
        between.iter().map(fitting).collect()
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.kind.columns) + usize::from(x)
    }

    /// Remembers what stands in a stretch of cells from now on.
    fn stands(&mut self, (x, y): (u16, u16), count: usize, cell: Standing) {
        let from = self.index(x, y);
        let end = self.standing.len().min(from.saturating_add(count));
        if let Some(stretch) = self.standing.get_mut(from..end) {
            stretch.fill(cell);
        }
    }

    fn take_pen(&mut self, next: Pen) {
        if let Some(pen) = self.pen {
            pen.change(next, &mut self.frame);
        } else {
            self.frame.extend_from_slice(b"\x1b[m");
            Pen::PLAIN.change(next, &mut self.frame);
        }
        self.pen = Some(next);
    }

    fn erase(&mut self, (x, y): (u16, u16), count: usize, sequence: &str) {
        self.go(x, y);
        self.take_pen(Pen::PLAIN);
        self.frame.extend_from_slice(sequence.as_bytes());
        self.stands((x, y), count, Standing::Ascii(b' ', Pen::PLAIN));
    }

    fn write_cell(&mut self, (x, y): (u16, u16), cell: &Cell) {
        let text = glyph::shown(cell.symbol(), self.kind);
        let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
        let last = self.index(x, y) + usize::from(width).saturating_sub(1);
        let halves = self.standing.get(last) == Some(&Standing::Wide);
        let pen = Pen::of(cell, self.kind.colors);
        self.go(x, y);
        self.take_pen(pen);
        self.frame.extend_from_slice(text.as_bytes());
        let stands = match text.as_bytes() {
            [character @ b' '..=b'~'] => Standing::Ascii(*character, pen),
            _ => Standing::Other,
        };
        self.stands((x, y), usize::from(width), stands);
        if width == 2 {
            self.stands((x, y), 1, Standing::Wide);
        }
        let right = x.saturating_add(width);
        let several = text.chars().nth(1).is_some() && !text.is_ascii();
        self.place = if several && !placeholder::is_one(&text) {
            // Terminals disagree on how wide letters with marks are.
            Place::Unknown
        } else if right >= self.kind.columns {
            Place::Brink { y }
        } else {
            Place::At { x: right, y }
        };
        if halves && right < self.kind.columns {
            // Half of a wide character is gone; how its other half looks differs by terminal.
            self.write_cell((right, y), &Cell::EMPTY);
        }
    }

    /// How many of these updates, from the first on, are blanks side by side.
    fn blanks(&self, updates: &[(u16, u16, &Cell)]) -> usize {
        let Some(&(first_x, first_y, _)) = updates.first() else { return 0 };
        updates
            .iter()
            .zip(first_x..)
            .take_while(|&(&(x, y, cell), expected_x)| {
                (x, y) == (expected_x, first_y)
                    && cell.symbol() == " "
                    && Pen::of(cell, self.kind.colors) == Pen::PLAIN
            })
            .count()
    }

    /// Puts the cursor where the frame wants it, and says which bytes show or hide it.
    fn settle_cursor(&mut self) -> &'static [u8] {
        let Some(wanted) = self.cursor_wanted else {
            return match self.cursor_shown.replace(false) {
                Some(false) => b"",
                Some(true) | None => CURSOR_HIDDEN,
            };
        };
        self.go(wanted.x, wanted.y);
        match self.cursor_shown.replace(true) {
            Some(true) => b"",
            Some(false) | None => CURSOR_SHOWN,
        }
    }
}

fn blank(kind: TerminalKind) -> Vec<Standing> {
    let cells = usize::from(kind.columns) * usize::from(kind.rows);
    vec![Standing::Ascii(b' ', Pen::PLAIN); cells]
}

impl<W: Write> Backend for Output<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let updates: Vec<(u16, u16, &Cell)> = content.collect();
        let mut rest = updates.as_slice();
        while let [(x, y, cell), after @ ..] = rest {
            let blanks = self.blanks(rest);
            let to_end = usize::from(*x) + blanks == usize::from(self.kind.columns);
            if to_end && blanks >= ERASED_TO_END_MIN {
                self.erase((*x, *y), blanks, "\x1b[K");
                rest = rest.get(blanks..).unwrap_or_default();
            } else if blanks >= ERASED_WITHIN_MIN {
                self.erase((*x, *y), blanks, &format!("\x1b[{blanks}X"));
                rest = rest.get(blanks..).unwrap_or_default();
            } else {
                self.write_cell((*x, *y), cell);
                rest = after;
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor_wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor_wanted = Some(self.cursor_last);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor_last)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor_last = position.into();
        if self.cursor_wanted.is_some() {
            self.cursor_wanted = Some(self.cursor_last);
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        let sequence: &[u8] = match region {
            ClearType::All => {
                // Somebody else may have written here: nothing that we remember counts.
                self.place = Place::Unknown;
                self.pen = None;
                self.cursor_shown = None;
                self.standing = blank(self.kind);
                b"\x1b[2J"
            }
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        };
        if region != ClearType::All {
            self.standing.clear();
            self.go(self.cursor_last.x, self.cursor_last.y);
        }
        self.take_pen(Pen::PLAIN);
        self.frame.extend_from_slice(sequence);
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(Size::new(self.kind.columns, self.kind.rows))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        let drawn = self.frame.len();
        let was_shown = self.cursor_shown == Some(true);
        let mut cursor = self.settle_cursor();
        if self.frame.is_empty() && cursor.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(self.frame.len() + 32);
        if self.kind.synchronized {
            bytes.extend_from_slice(FRAME_BEGINS);
        } else if was_shown && drawn > CURSOR_VISIBLE_BYTES_MAX {
            bytes.extend_from_slice(CURSOR_HIDDEN);
            cursor = if self.cursor_wanted.is_some() { CURSOR_SHOWN } else { b"" };
        }
        bytes.append(&mut self.frame);
        bytes.extend_from_slice(cursor);
        if self.kind.synchronized {
            bytes.extend_from_slice(FRAME_ENDS);
        }
        self.writer.write_all(&bytes)?;
        self.writer.flush()
    }
}
