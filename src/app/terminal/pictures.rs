//! Sends a terminal the picture that it shows in cells, a piece at a time, and takes it away again
//! (kitty graphics protocol, with Unicode placeholders).

use std::sync::Arc;

use crate::views::dots::Whole;

/// Asks a terminal how large its cells are, then which one it is (XTVERSION): the first is answered
/// before the second.
pub(super) const QUESTION: &[u8] = b"\x1b[16t\x1b[>q";

/// Bytes of a piece; text of a third more. The protocol takes 4,096 of these at once; a key that is
/// pressed on a line of 9,600 baud waits for one piece, which takes it two seconds.
const PIECE_BYTES: usize = 1_536;
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What a terminal has of pictures: one at most.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    held: Option<Held>,
}

/// A picture that the terminal has, or a part of it.
#[derive(Debug)]
struct Held {
    picture: Arc<Whole>,
    /// How many bytes were sent.
    sent: usize,
}

impl Held {
    fn is(&self, wanted: Option<&Arc<Whole>>) -> bool {
        wanted.is_some_and(|wanted| Arc::ptr_eq(wanted, &self.picture))
    }

    fn is_whole(&self) -> bool {
        self.sent >= self.picture.png.len()
    }

    /// The next piece; behind the last one it is told in how many cells the picture is shown, which has
    /// the terminal look for them.
    fn piece(&mut self, out: &mut Vec<u8>) {
        let Whole { name, columns, rows, png } = self.picture.as_ref();
        let end = png.len().min(self.sent + PIECE_BYTES);
        let more = u8::from(end < png.len());
        let first = if self.sent == 0 { format!("a=t,f=100,i={name},") } else { String::new() };
        let head = format!("\x1b_G{first}q=2,m={more};");
        out.extend_from_slice(head.as_bytes());
        base64(png.get(self.sent..end).unwrap_or_default(), out);
        out.extend_from_slice(b"\x1b\\");
        if more == 0 {
            let place = format!("\x1b_Ga=p,U=1,i={name},c={columns},r={rows},q=2\x1b\\");
            out.extend_from_slice(place.as_bytes());
        }
        self.sent = end;
    }
}

impl Pictures {
    /// Whether the terminal has something else than this picture, or not all of it.
    pub(super) fn lacks(&self, wanted: Option<&Arc<Whole>>) -> bool {
        match &self.held {
            None => wanted.is_some(),
            Some(held) => !held.is(wanted) || !held.is_whole(),
        }
    }

    /// Appends what brings the terminal a step nearer to have this picture, and no other. What was sent
    /// in part is given up with what is taken away.
    pub(super) fn step(&mut self, wanted: Option<&Arc<Whole>>, out: &mut Vec<u8>) {
        if let Some(held) = self.held.take_if(|held| !held.is(wanted)) {
            let gone = format!("\x1b_Ga=d,d=I,i={},q=2\x1b\\", held.picture.name);
            out.extend_from_slice(gone.as_bytes());
        }
        if self.held.is_none()
            && let Some(picture) = wanted
        {
            self.held = Some(Held { picture: Arc::clone(picture), sent: 0 });
        }
        if let Some(held) = self.held.as_mut().filter(|held| !held.is_whole()) {
            held.piece(out);
        }
    }
}

/// Bytes as text (RFC 4648, section 4).
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    for three in bytes.chunks(3) {
        let at = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for n in 0..4 {
            let letter = usize::try_from(bits >> (18 - 6 * n) & 0x3f).unwrap_or(0);
            let filled = n <= u32::try_from(three.len()).unwrap_or(0);
            out.push(if filled { LETTERS.get(letter).copied().unwrap_or(b'=') } else { b'=' });
        }
    }
}
