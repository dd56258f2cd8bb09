//! Figures that are read from far away, made of half cells.

use font8x8::{BASIC_FONTS, UnicodeFonts as _};

use crate::ui::theme::Role;

use super::canvas::{At, Canvas};

/// Dots of a character, each way.
const DOTS: u16 = 8;

/// How many columns a character takes.
pub const fn columns(scale: u16) -> u16 {
    DOTS * scale
}

/// How many rows a character takes: a row has two dots.
pub const fn rows(scale: u16) -> u16 {
    DOTS * scale / 2
}

/// Draws a text, each dot so many times as big as half a cell.
pub fn put(canvas: &mut Canvas<'_>, (x, y): At, text: &str, (scale, role): (u16, Role)) {
    for (n, c) in (0_u16..).zip(text.chars()) {
        let dots = BASIC_FONTS.get(c).unwrap_or_default();
        let dot = |column: u16, half: u16| {
            let line = dots.get(usize::from(half / scale)).copied().unwrap_or_default();
            line >> (column / scale) & 1 == 1
        };
        for row in 0..rows(scale) {
            for column in 0..columns(scale) {
                let both = (dot(column, 2 * row), dot(column, 2 * row + 1));
                canvas.dots((x + n * columns(scale) + column, y + row), both, role);
            }
        }
    }
}
