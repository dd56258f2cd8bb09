//! Where screens draw: cells of a buffer, by role and symbol; all text is made safe on its way.

use std::borrow::Cow;
use std::sync::Arc;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::domain::text::sanitize_line;
use crate::ui::symbols::{Mark, spelled_out};
use crate::ui::theme::{Role, Theme};
use crate::views::dots::{Dots, Whole};

use super::placeholder;

/// From dark to light, as ink on a dark ground.
const SHADES: [&str; 10] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"];

/// How much ink stands for two dots, by how bright the eye sees them (ITU-R BT.601).
fn shade(one: [u8; 3], other: [u8; 3]) -> &'static str {
    let bright =
        |[r, g, b]: [u8; 3]| (299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b)) / 1000;
    let mean = u32::midpoint(bright(one), bright(other));
    let steps = SHADES.len() - 1;
    let at = usize::try_from(mean).unwrap_or(0) * steps / 255;
    SHADES.get(at).copied().unwrap_or(" ")
}

/// Below this width nothing stands beside something else.
const TWO_COLUMNS_MIN: u16 = 80;

/// A cell: column and row, from 0.
pub type At = (u16, u16);

/// How what is drawn reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// As it is laid out.
    LaidOut,
    /// Line by line.
    InLines,
}

/// A buffer with the theme and the symbols to draw with.
#[derive(Debug)]
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
    /// Where the hardware cursor goes.
    pub cursor: Option<At>,
    /// Whether what is typed there is a secret.
    pub secret: bool,
    /// Whether nothing of it is answered before all of it was shown.
    pub read_first: bool,
    setting: Setting,
    picture: Option<Arc<Whole>>,
    lost: Vec<String>,
    cut: Vec<Cut>,
    dropped: Vec<&'static str>,
}

/// A text of which not all was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// All of it.
    pub text: String,
    /// Its beginning, as it was drawn, with the mark that it goes on.
    pub shown: String,
}

/// What came of drawing.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    /// Where the hardware cursor goes.
    pub cursor: Option<At>,
    /// The picture that the terminal shows in cells of it.
    pub picture: Option<Arc<Whole>>,
    /// Texts for which there was no cell at all, so that not even a mark says that they are missing.
    pub lost: Vec<String>,
    /// Texts that end with a mark that they go on.
    pub cut: Vec<Cut>,
    /// Keys that matter now for which the last line had no room.
    pub dropped: Vec<&'static str>,
}

impl<'a> Canvas<'a> {
    /// A canvas over a whole buffer.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme, ascii: bool) -> Self {
        Self {
            buffer,
            theme,
            ascii,
            cursor: None,
            secret: false,
            read_first: false,
            setting: Setting::LaidOut,
            picture: None,
            lost: Vec::new(),
            cut: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// The same, of which nothing stands beside something else.
    pub fn in_lines(buffer: &'a mut Buffer, theme: &'a Theme, ascii: bool) -> Self {
        Self { setting: Setting::InLines, ..Self::new(buffer, theme, ascii) }
    }

    /// Whether it is read line by line.
    pub fn is_in_lines(&self) -> bool {
        self.setting == Setting::InLines
    }

    /// What came of drawing on it.
    pub fn drawn(self) -> Drawn {
        let Self { cursor, picture, lost, cut, dropped, .. } = self;
        Drawn { cursor, picture, lost, cut, dropped }
    }

    /// Notes what was not drawn of a part of it that was drawn elsewhere.
    pub fn lacks(&mut self, part: Drawn) {
        self.lost.extend(part.lost);
        self.cut.extend(part.cut);
    }

    /// Notes that there was no room for a key.
    pub fn drops(&mut self, key: &'static str) {
        self.dropped.push(key);
    }

    /// The same canvas in another theme, for as long as it is drawn on.
    pub fn in_theme<'b>(&'b mut self, theme: &'b Theme) -> Canvas<'b> {
        Canvas::new(self.buffer, theme, self.ascii)
    }

    /// How many columns there are.
    pub fn width(&self) -> u16 {
        self.buffer.area.width
    }

    /// How many rows there are.
    pub fn height(&self) -> u16 {
        self.buffer.area.height
    }

    /// Whether one thing stands below the other: there is no room beside it, or nobody looks.
    pub fn is_one_column(&self) -> bool {
        self.is_in_lines() || self.width() < TWO_COLUMNS_MIN
    }

    /// The last row of the body: below it are the rule, what happened last, and the keys.
    pub fn body_end(&self) -> u16 {
        self.height().saturating_sub(2)
    }

    /// The text as this canvas shows it.
    pub fn safe<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let safe = sanitize_line(text);
        if self.ascii && !safe.is_ascii() { Cow::Owned(spelled_out(&safe)) } else { safe }
    }

    /// How many cells a text takes.
    pub fn cells(&self, text: &str) -> u16 {
        u16::try_from(self.safe(text).width()).unwrap_or(u16::MAX)
    }

    /// Draws text up to the right edge; tells the column after it.
    pub fn put(&mut self, at: At, text: &str, role: Role) -> u16 {
        let room = self.width().saturating_sub(at.0);
        self.put_in(at, room, text, role)
    }

    /// Draws text in so many cells, with a mark where it goes on; tells the column after it.
    pub fn put_in(&mut self, at: At, cells: u16, text: &str, role: Role) -> u16 {
        let (x, y) = at;
        if y >= self.height() || x >= self.width() {
            if !text.trim().is_empty() {
                self.lost.push(text.to_owned());
            }
            return x;
        }
        let cells = cells.min(self.width() - x);
        let safe = self.safe(text);
        let shown = fit(&safe, cells.into(), Mark::More.glyph(self.ascii));
        if shown != safe {
            self.cut.push(Cut { text: safe.to_string(), shown: shown.to_string() });
        }
        let style = self.theme.style(role);
        self.buffer.set_stringn(x, y, shown, cells.into(), style).0
    }

    /// Draws the beginning of what is said in full elsewhere: where Enter leads, or below for the marked row.
    pub fn put_start(&mut self, at: At, cells: u16, text: &str, role: Role) -> u16 {
        let noted = self.cut.len();
        let end = self.put_in(at, cells, text, role);
        self.cut.truncate(noted);
        end
    }

    /// Draws a name in so many cells; where it is longer, its middle is left out, since names of
    /// one series differ at their ends.
    pub fn put_name(&mut self, at: At, cells: u16, name: &str, role: Role) -> u16 {
        let short = fit_name(&self.safe(name), cells.into(), Mark::More.glyph(self.ascii));
        self.put_in(at, cells, &short, role)
    }

    /// Draws cells as they are, from the left edge of a row on.
    pub fn put_cells(&mut self, y: u16, cells: &[Cell]) {
        let mut x = 0;
        for cell in cells {
            let width = u16::try_from(cell.symbol().width()).unwrap_or(1);
            if x + width > self.width() || y >= self.height() {
                return;
            }
            self.buffer[(x, y)] = cell.clone();
            x += width;
        }
    }

    /// Draws text that ends before a column.
    pub fn put_right(&mut self, end: u16, y: u16, text: &str, role: Role) {
        let x = end.saturating_sub(self.cells(text));
        self.put((x, y), text, role);
    }

    /// Draws a symbol; tells the column after it.
    pub fn mark(&mut self, at: At, mark: Mark, role: Role) -> u16 {
        self.put(at, mark.glyph(self.ascii), role)
    }

    /// Draws a cell of which each half is light or dark, whatever the theme: white on black, and light
    /// ink on dark where there is no color.
    pub fn halves(&mut self, (x, y): At, (upper, lower): (bool, bool)) {
        if x >= self.width() || y >= self.height() {
            return;
        }
        let cell = &mut self.buffer[(x, y)];
        cell.reset();
        // Turned around, a blank is light without a gap between it and the next.
        let (symbol, turned) = match (upper, lower) {
            (true, true) => (" ", Modifier::REVERSED),
            (false, false) => (" ", Modifier::empty()),
            (true, false) => ("▀", Modifier::empty()),
            (false, true) => ("▄", Modifier::empty()),
        };
        cell.set_symbol(symbol);
        cell.set_style(Style::new().fg(Color::White).bg(Color::Black).add_modifier(turned));
    }

    /// Draws a picture, two dots a cell; in shades of ink where there is no color.
    pub fn picture(&mut self, (x, y): At, dots: &Dots) {
        let colors = self.theme.has_colors() && !self.ascii;
        for row in 0..dots.down.div_ceil(2) {
            for column in 0..dots.across {
                let upper = dots.at(column, 2 * row);
                let lower = dots.at(column, 2 * row + 1);
                let (at_x, at_y) = (x + column, y + row);
                if at_x >= self.width() || at_y >= self.body_end() {
                    continue;
                }
                let Some(upper) = upper else { continue };
                if colors {
                    let rgb = |[r, g, b]: [u8; 3]| Color::Rgb(r, g, b);
                    let cell = &mut self.buffer[(at_x, at_y)];
                    cell.set_symbol("▀");
                    let below = lower.map_or(Color::Reset, rgb);
                    cell.set_style(Style::new().fg(rgb(upper)).bg(below));
                } else {
                    let shade = shade(upper, lower.unwrap_or(upper));
                    self.put_in((at_x, at_y), 1, shade, Role::Plain);
                }
            }
        }
    }

    /// Draws the cells in which the terminal shows a picture.
    pub fn whole(&mut self, (x, y): At, picture: &Arc<Whole>) {
        let columns = picture.columns.min(self.width().saturating_sub(x));
        let rows = picture.rows.min(self.body_end().saturating_sub(y));
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        for (row, column) in places {
            if let Some(symbol) = placeholder::of(row, column) {
                let cell = &mut self.buffer[(x + column, y + row)];
                cell.reset();
                cell.set_symbol(&symbol).set_fg(Color::Indexed(picture.name));
            }
        }
        self.picture = Some(Arc::clone(picture));
    }

    /// Draws a cell of which each half has a dot or not.
    pub fn dots(&mut self, at: At, halves: (bool, bool), role: Role) {
        let (symbol, plain) = match halves {
            (true, true) => ("█", "#"),
            (true, false) => ("▀", "\""),
            (false, true) => ("▄", "_"),
            (false, false) => return,
        };
        self.put_in(at, 1, if self.ascii { plain } else { symbol }, role);
    }

    /// Draws a rule across.
    pub fn rule(&mut self, y: u16) {
        for x in 0..self.width() {
            self.mark((x, y), Mark::Line, Role::Muted);
        }
    }

    /// Empties an area for something on top.
    pub fn clear(&mut self, at: At, cells: u16, rows: u16) {
        let blank = " ".repeat(cells.into());
        for y in at.1..at.1.saturating_add(rows) {
            self.put_in((at.0, y), cells, &blank, Role::Plain);
        }
    }
}

/// Shortens a text to so many cells, with a mark where it goes on.
pub fn fit<'t>(text: &'t str, cells: usize, more: &str) -> Cow<'t, str> {
    if text.width() <= cells {
        return Cow::Borrowed(text);
    }
    let room = cells.saturating_sub(more.width());
    let mut used = 0;
    let mut short = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        short.push(c);
    }
    if cells >= more.width() {
        short.push_str(more);
    }
    Cow::Owned(short)
}

/// Shortens a name to so many cells by leaving out its middle, with a mark there.
pub fn fit_name(name: &str, cells: usize, more: &str) -> String {
    let room = cells.saturating_sub(more.width());
    if name.width() <= cells || room < 2 {
        return fit(name, cells, more).into_owned();
    }
    let mut tail = String::new();
    for c in name.chars().rev() {
        if tail.width() + c.width().unwrap_or(0) > room.div_ceil(2) {
            break;
        }
        tail.insert(0, c);
    }
    let head = fit(name, room - tail.width(), "");
    format!("{head}{more}{tail}")
}
