//! A 2D code: a text as dark and light squares, which a scanner reads off a screen or a print.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use super::canvas::{At, Canvas};

/// How many light squares are around a code on a screen: scanners of hand get along with two.
pub const QUIET_ON_SCREEN: usize = 2;
/// How many the standard asks for around a printed one (ISO/IEC 18004).
pub const QUIET_IN_PRINT: usize = 4;

/// The squares of a code, with the light ones around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squares {
    /// How many there are in a row.
    pub across: usize,
    dark: Vec<bool>,
}

impl Squares {
    /// The code of a text, as small as it can be; none where the text is too long for any.
    pub fn of(text: &str, quiet: usize) -> Option<Self> {
        let segments = QrSegment::make_segments(text);
        let (ecc, from, to) = (QrCodeEcc::Low, Version::MIN, Version::MAX);
        let code = QrCode::encode_segments_advanced(&segments, ecc, from, to, None, true).ok()?;
        let inner = usize::try_from(code.size()).ok()?;
        let across = inner + 2 * quiet;
        let mut dark = Vec::with_capacity(across * across);
        for y in 0..across {
            for x in 0..across {
                let at = (x.checked_sub(quiet), y.checked_sub(quiet));
                let inside =
                    at.0.zip(at.1)
                        .and_then(|(x, y)| Some((i32::try_from(x).ok()?, i32::try_from(y).ok()?)));
                // What is outside of the code is light.
                dark.push(inside.is_some_and(|(x, y)| code.get_module(x, y)));
            }
        }
        Some(Self { across, dark })
    }

    /// Whether a square is dark; beside the code everything is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.across && self.dark.get(y * self.across + x).copied().unwrap_or(false)
    }

    /// How many columns and rows it takes on a screen: half a row a square, or where only ASCII is
    /// drawn two columns a square.
    pub fn cells(&self, ascii: bool) -> (usize, usize) {
        if ascii { (2 * self.across, self.across) } else { (self.across, self.across.div_ceil(2)) }
    }

    /// Draws it.
    pub fn view(&self, canvas: &mut Canvas<'_>, at: At) {
        let (columns, rows) = self.cells(canvas.ascii);
        for (row, y) in (0..rows).zip(at.1..) {
            for (column, x) in (0..columns).zip(at.0..) {
                let halves = if canvas.ascii {
                    let light = !self.is_dark(column / 2, row);
                    (light, light)
                } else {
                    (!self.is_dark(column, 2 * row), !self.is_dark(column, 2 * row + 1))
                };
                canvas.halves((x, y), halves);
            }
        }
    }

    /// Its rows as text whose blocks are the light squares, for light ink on dark.
    pub fn lines(&self, ascii: bool) -> Vec<String> {
        let (columns, rows) = self.cells(ascii);
        let cell = |column: usize, row: usize| {
            if ascii {
                return if self.is_dark(column / 2, row) { ' ' } else { '#' };
            }
            half(!self.is_dark(column, 2 * row), !self.is_dark(column, 2 * row + 1))
        };
        (0..rows).map(|row| (0..columns).map(|column| cell(column, row)).collect()).collect()
    }
}

/// The character whose ink is where it is light.
pub fn half(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}
