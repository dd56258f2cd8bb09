//! Colors and attributes: what a cell asks for, what a terminal has, and the cheapest change.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::ui::palette::{Rgb, XTERM, rgb};
use crate::ui::terminal_kind::ColorLevel;

/// A color as a terminal has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    Default,
    /// One of the sixteen with a code of its own.
    Named(u8),
    Indexed(u8),
}

/// How characters are drawn until it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    foreground: Ink,
    background: Ink,
    attributes: Modifier,
}

/// Attributes that are sent, with the codes that set and end them. Blinking and hidden are not.
const ATTRIBUTES: [(Modifier, &str, &str); 6] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

impl Pen {
    pub(super) const PLAIN: Self =
        Self { foreground: Ink::Default, background: Ink::Default, attributes: Modifier::empty() };

    pub(super) fn of(cell: &Cell, level: ColorLevel) -> Self {
        let sent = ATTRIBUTES.iter().fold(Modifier::empty(), |all, (one, ..)| all | *one);
        Self {
            foreground: ink(cell.fg, level),
            background: ink(cell.bg, level),
            attributes: cell.modifier & sent,
        }
    }

    /// Appends the shortest sequence that changes `self` to `next`.
    pub(super) fn change(self, next: Self, out: &mut Vec<u8>) {
        if self == next {
            return;
        }
        if next == Self::PLAIN {
            out.extend_from_slice(b"\x1b[m");
            return;
        }
        let mut anew = vec!["0".to_owned()];
        anew.extend(Self::PLAIN.codes_to(next));
        let anew = anew.join(";");
        let step = self.codes_to(next).join(";");
        let codes = if step.len() <= anew.len() { step } else { anew };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(codes.as_bytes());
        out.push(b'm');
    }

    fn codes_to(self, next: Self) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        let mut standing = self.attributes;
        for (attribute, _, off) in ATTRIBUTES {
            if standing.contains(attribute) && !next.attributes.contains(attribute) {
                codes.push(off.to_owned());
                // One code may end two attributes.
                for (same, _, _) in ATTRIBUTES.iter().filter(|(_, _, code)| *code == off) {
                    standing.remove(*same);
                }
            }
        }
        for (attribute, on, _) in ATTRIBUTES {
            if next.attributes.contains(attribute) && !standing.contains(attribute) {
                codes.push(on.to_owned());
            }
        }
        if self.foreground != next.foreground {
            codes.push(code(next.foreground, 30));
        }
        if self.background != next.background {
            codes.push(code(next.background, 40));
        }
        codes
    }
}

/// The code of a color; `base` is 30 for the foreground, 40 for the background.
fn code(ink: Ink, base: u8) -> String {
    match ink {
        Ink::Default => (base + 9).to_string(),
        Ink::Named(n @ 0..=7) => (base + n).to_string(),
        // Never `38;5;N` here: a terminal of sixteen colors may read the 5 as blinking.
        Ink::Named(n) => (base + 52 + n).to_string(),
        Ink::Indexed(n) => format!("{};5;{n}", base + 8),
    }
}

fn ink(color: Color, level: ColorLevel) -> Ink {
    let wanted = match color {
        Color::Reset => return Ink::Default,
        Color::Indexed(n) if n >= 16 => match level {
            ColorLevel::Mono => return Ink::Default,
            ColorLevel::Sixteen => rgb(n, &XTERM),
            ColorLevel::Palette256 => return Ink::Indexed(n),
        },
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Black => return named(0, level),
        Color::Red => return named(1, level),
        Color::Green => return named(2, level),
        Color::Yellow => return named(3, level),
        Color::Blue => return named(4, level),
        Color::Magenta => return named(5, level),
        Color::Cyan => return named(6, level),
        Color::Gray => return named(7, level),
        Color::DarkGray => return named(8, level),
        Color::LightRed => return named(9, level),
        Color::LightGreen => return named(10, level),
        Color::LightYellow => return named(11, level),
        Color::LightBlue => return named(12, level),
        Color::LightMagenta => return named(13, level),
        Color::LightCyan => return named(14, level),
        Color::White => return named(15, level),
        Color::Indexed(n) => return named(n, level),
    };
    match level {
        ColorLevel::Mono => Ink::Default,
        ColorLevel::Sixteen => Ink::Named(nearest(wanted, 0..=15)),
        ColorLevel::Palette256 => Ink::Indexed(nearest(wanted, 16..=255)),
    }
}

fn named(n: u8, level: ColorLevel) -> Ink {
    match level {
        ColorLevel::Mono => Ink::Default,
        ColorLevel::Sixteen | ColorLevel::Palette256 => Ink::Named(n),
    }
}

fn nearest(wanted: Rgb, among: std::ops::RangeInclusive<u8>) -> u8 {
    let distance = |n: &u8| -> u32 {
        let apart = rgb(*n, &XTERM).into_iter().zip(wanted).map(|(a, b)| u32::from(a.abs_diff(b)));
        apart.map(|d| d * d).sum()
    };
    among.min_by_key(distance).unwrap_or(7)
}
