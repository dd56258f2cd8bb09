//! A picture as a screen shows it, made as small as the room that is there for it.

use std::sync::Arc;

/// A picture in one of the ways in which terminals show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// By characters, two dots a cell.
    Dots(Dots),
    /// By itself, where the terminal can.
    Whole(Arc<Whole>),
}

/// Dots, line by line from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dots {
    /// How many a line has.
    pub across: u16,
    /// How many lines there are.
    pub down: u16,
    /// Red, green and blue of each.
    pub colors: Vec<[u8; 3]>,
}

/// A picture that a terminal is sent, to show it in cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// What it is called there.
    pub name: u8,
    /// How many columns of cells it takes.
    pub columns: u16,
    /// How many rows of cells it takes.
    pub rows: u16,
    /// Its bytes.
    pub png: Vec<u8>,
}

/// The room that a screen has for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Columns of cells.
    pub columns: u16,
    /// Rows of cells.
    pub rows: u16,
    /// How the terminal is sent a picture itself, if it is.
    pub whole: Option<Wanted>,
}

/// How a terminal is sent a picture itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// What it is to be called there.
    pub name: u8,
    /// The size of the terminal's cells.
    pub cell: Cell,
}

/// The size of a terminal's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Dots across.
    pub across: u16,
    /// Dots down.
    pub down: u16,
}

impl Cell {
    /// Where a terminal does not tell.
    pub const USUAL: Self = Self { across: 10, down: 20 };

    /// A cell of so many dots; none of a size that no letter has.
    pub fn of(across: u16, down: u16) -> Option<Self> {
        let likely = |side: u16| (2..=128).contains(&side);
        (likely(across) && likely(down)).then_some(Self { across, down })
    }
}

impl Dots {
    /// The color of a dot; none beyond the edges.
    pub fn at(&self, x: u16, y: u16) -> Option<[u8; 3]> {
        let inside = x < self.across && y < self.down;
        let at = usize::from(y) * usize::from(self.across) + usize::from(x);
        self.colors.get(at).copied().filter(|_| inside)
    }
}
