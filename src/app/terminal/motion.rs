//! The cheapest way to move a terminal's cursor.

/// Where the cursor is, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    At {
        x: u16,
        y: u16,
    },
    /// In the last column, with a line break pending; terminals differ in what moves from there.
    Brink {
        y: u16,
    },
    Unknown,
}

/// Appends the shortest bytes that move the cursor from `from` to column `x` of row `y`.
///
/// Only motions that a VT220 has; LF and BS count on raw mode, where they move and nothing else.
pub(super) fn travel(from: Place, (x, y): (u16, u16), out: &mut Vec<u8>) {
    let mut best = absolute(x, y);
    let mut consider = |way: Vec<u8>| {
        if way.len() < best.len() {
            best = way;
        }
    };
    match from {
        Place::Unknown => {}
        Place::Brink { y: from_y } => consider(by_return(from_y, x, y)),
        Place::At { x: from_x, y: from_y } => {
            if (from_x, from_y) == (x, y) {
                return;
            }
            consider(by_return(from_y, x, y));
            let mut way = vertical(from_y, y);
            way.extend(horizontal(from_x, x));
            consider(way);
        }
    }
    out.extend(best);
}

fn absolute(x: u16, y: u16) -> Vec<u8> {
    match (x, y) {
        (0, 0) => b"\x1b[H".to_vec(),
        (0, _) => format!("\x1b[{}H", y + 1).into_bytes(),
        (_, 0) => format!("\x1b[;{}H", x + 1).into_bytes(),
        (_, _) => format!("\x1b[{};{}H", y + 1, x + 1).into_bytes(),
    }
}

/// By way of the first column. From the brink, CR must come before anything that goes up or down.
fn by_return(from_y: u16, x: u16, y: u16) -> Vec<u8> {
    let mut way = b"\r".to_vec();
    way.extend(vertical(from_y, y));
    way.extend(horizontal(0, x));
    way
}

fn vertical(from: u16, to: u16) -> Vec<u8> {
    if to >= from { repeated(b'\n', b'B', to - from) } else { counted(b'A', from - to) }
}

fn horizontal(from: u16, to: u16) -> Vec<u8> {
    if to >= from { counted(b'C', to - from) } else { repeated(0x08, b'D', from - to) }
}

/// A control for each step, or one sequence with the count, whichever is shorter.
fn repeated(control: u8, sequence: u8, count: u16) -> Vec<u8> {
    let controls = vec![control; usize::from(count.min(8))];
    let sequence = counted(sequence, count);
    if usize::from(count) <= sequence.len() { controls } else { sequence }
}

fn counted(sequence: u8, count: u16) -> Vec<u8> {
    let letter = char::from(sequence);
    match count {
        0 => Vec::new(),
        1 => format!("\x1b[{letter}").into_bytes(),
        more => format!("\x1b[{more}{letter}").into_bytes(),
    }
}
