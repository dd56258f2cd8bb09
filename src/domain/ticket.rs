//! A signed ticket with which a unit crosses from a station that has no line: what it says, and its
//! text.
//!
//! The text has capital letters and digits alone, so that a scanner which types like a keyboard brings
//! it whole; Y and Z, which a German keyboard swaps, and I and O, which are read as digits, are not among
//! them. It is short enough for a picture that a terminal of 24 rows can show. What the one who reads it
//! knows as well (the plant, the station, texts) is named by the beginning of its hash; the signature is
//! over the whole names.

use jiff::Timestamp;

use crate::domain::words::Words;
use crate::domain::words::words;

use super::fact::Position;
use super::hash::Hash;
use super::ids::{ID_CHARS_MAX, LedgerId, SiteId, StationId};
use super::stream::TravelerId;

/// What every ticket begins with, whatever its version.
const MARK: &str = "GT";
/// The version that is written.
const VERSION: char = '1';
/// The letters and digits of the text, five bits each.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRSTUVWX";
/// What names are packed from, three characters in two bytes; 0 stands for none.
const NAMES: &[u8; 39] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./";
/// The most characters of a text.
const CHARS_MAX: usize = 1_000;
/// The most operations of a ticket.
const OPERATIONS_MAX: usize = 60;
/// How many bytes of a station's signature.
pub const SIGNATURE_BYTES: usize = 64;
/// How many bytes at the end tell a text that was read wrong.
const SUM_BYTES: usize = 2;
/// Whether it is a lot.
const HAS_PIECES: u8 = 1;
/// Whether there is a specification.
const HAS_SPECIFICATION: u8 = 2;
/// Set in the length of a name that is not packed.
const PLAIN: u8 = 0x80;

/// The beginning of the hash of a compiled definition: enough to tell it from the others of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag(pub [u8; 3]);

/// An operation of the unit's route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketOperation {
    /// Its number.
    pub operation: u32,
    /// Whether every step of it is closed.
    pub closed: bool,
    /// The text by which it is worked.
    pub text: Tag,
}

/// What a station says of a unit that goes on where its facts cannot come yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The beginning of the hash of the site's id.
    pub plant: [u8; 3],
    /// The unit or lot; it was on no hold, and none of its deviations was open.
    pub unit: TravelerId,
    /// How many pieces of a lot went on; absent for a single unit.
    pub pieces: Option<u32>,
    /// The specification that it is measured by.
    pub specification: Option<Tag>,
    /// Every operation of its route, in ascending order.
    pub operations: Vec<TicketOperation>,
    /// The beginning of the station's ledger id.
    pub station: [u8; 4],
    /// The epoch of the ledger.
    pub epoch: u32,
    /// The number of the station's last fact about the unit: it speaks for all up to there.
    pub seq: u64,
    /// The beginning of that fact's id.
    pub fact: [u8; 6],
    /// When it was drawn, by the station's clock, in seconds since 1970.
    pub drawn_s: u32,
    /// The station's signature.
    pub signature: [u8; SIGNATURE_BYTES],
}

/// Why a text is no ticket that can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub enum TicketError {
    /// More characters than a ticket has.
    TooLong,
    /// Cut, misread or mistyped.
    Misread,
    /// Of a version that is not known here.
    Newer,
}

impl TicketError {
    /// Why, in words.
    pub fn words(self) -> Words {
        match self {
            Self::TooLong => words!("a ticket has at most {most} characters", most = CHARS_MAX),
            Self::Misread => words!("it was not read whole, or not as it was drawn"),
            Self::Newer => words!("it was drawn by a newer gemba"),
        }
    }
}

/// Whose ticket it is, as far as that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawnBy {
    /// A station of another plant.
    OtherPlant,
    /// No station that was ever announced here.
    Unknown,
    /// The signature is not that of the station which it names.
    Forged(StationId),
    /// This station itself.
    Itself,
    /// A station of this plant, which signed it.
    Station(StationId, LedgerId),
    /// A station that signed it, and was revoked at some moment.
    Revoked {
        /// Its code.
        station: StationId,
        /// Since when.
        since: Timestamp,
    },
}

impl Tag {
    /// The beginning of a hash.
    pub fn of(hash: &Hash) -> Self {
        let [a, b, c, ..] = hash.0;
        Self([a, b, c])
    }
}

/// The beginning of the hash of a site's id.
pub fn plant_tag(site: &SiteId) -> [u8; 3] {
    Tag::of(&Hash::of(&[site.as_str().as_bytes()])).0
}

/// The beginning of the id of a station's ledger.
pub fn station_tag(ledger: &LedgerId) -> [u8; 4] {
    let [a, b, c, d, ..] = Hash::of(&[ledger.as_str().as_bytes()]).0;
    [a, b, c, d]
}

/// The beginning of the id of a fact.
pub fn fact_tag(id: &Hash) -> [u8; 6] {
    let mut tag = [0; 6];
    tag.copy_from_slice(&id.0[..6]);
    tag
}

/// Whether a scan has the form of a ticket, read whole or not: the mark, the number of a version, and
/// more of the letters and digits of tickets than any name has. Everything else is a plain code.
pub fn is_ticket(code: &str) -> bool {
    let code = plain(code);
    let version = code.strip_prefix(MARK).and_then(|rest| rest.bytes().next());
    version.is_some_and(|version| version.is_ascii_digit())
        && code.bytes().all(|c| ALPHABET.contains(&c))
        && code.len() > ID_CHARS_MAX
}

/// A text without what scanners and people add to it: the symbology before it, blanks, small letters.
fn plain(code: &str) -> String {
    let code = code.trim();
    let code = match code.as_bytes() {
        [b']', letter, modifier, ..]
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            &code[3..]
        }
        _ => code,
    };
    let kept = code.chars().filter(|c| !c.is_ascii_whitespace()).take(CHARS_MAX + 1);
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

impl Ticket {
    /// Reads the text of a ticket.
    pub fn parse(code: &str) -> Result<Self, TicketError> {
        let code = plain(code);
        if code.len() > CHARS_MAX {
            return Err(TicketError::TooLong);
        }
        let rest = code.strip_prefix(MARK).ok_or(TicketError::Misread)?;
        let version = rest.chars().next().ok_or(TicketError::Misread)?;
        let bytes = unspell(rest.get(1..).unwrap_or_default());
        let bytes = bytes.filter(|bytes| bytes.len() > SUM_BYTES).ok_or(TicketError::Misread)?;
        let (said, sum) = bytes.split_at(bytes.len() - SUM_BYTES);
        if check_sum(version, said) != sum {
            return Err(TicketError::Misread);
        }
        if version != VERSION {
            return Err(TicketError::Newer);
        }
        let ticket = Reader(said).ticket().ok_or(TicketError::Misread)?;
        // One ticket has one text.
        if ticket.text() == code { Ok(ticket) } else { Err(TicketError::Misread) }
    }

    /// Its text.
    pub fn text(&self) -> String {
        let mut bytes = self.payload();
        bytes.extend(self.signature);
        bytes.extend(check_sum(VERSION, &bytes));
        format!("{MARK}{VERSION}{}", spell(&bytes))
    }

    /// What the station signs: all that the ticket says, with the whole names of ledger and site.
    pub fn message(&self, ledger: &LedgerId, site: &SiteId) -> Vec<u8> {
        let mut message = b"gemba ticket 1\0".to_vec();
        for name in [ledger.as_str(), site.as_str()] {
            message.extend(name.as_bytes());
            message.push(0);
        }
        message.extend(self.payload());
        message
    }

    /// The fact up to which it speaks.
    pub fn position(&self, ledger: &LedgerId) -> Position {
        Position { ledger: ledger.clone(), epoch: self.epoch, seq: self.seq }
    }

    /// When it was drawn.
    pub fn drawn(&self) -> Timestamp {
        Timestamp::from_second(self.drawn_s.into()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The operations that are closed.
    pub fn closed(&self) -> impl Iterator<Item = u32> {
        self.operations.iter().filter(|op| op.closed).map(|op| op.operation)
    }

    fn payload(&self) -> Vec<u8> {
        let pieces = if self.pieces.is_some() { HAS_PIECES } else { 0 };
        let specification = if self.specification.is_some() { HAS_SPECIFICATION } else { 0 };
        let mut bytes = vec![pieces | specification];
        bytes.extend(self.plant);
        bytes.extend(self.station);
        put_number(&mut bytes, self.epoch.into());
        put_number(&mut bytes, self.seq);
        bytes.extend(self.fact);
        bytes.extend(self.drawn_s.to_be_bytes());
        put_name(&mut bytes, &self.unit.to_string());
        if let Some(pieces) = self.pieces {
            put_number(&mut bytes, pieces.into());
        }
        if let Some(Tag(tag)) = self.specification {
            bytes.extend(tag);
        }
        put_number(&mut bytes, self.operations.len() as u64);
        for TicketOperation { operation, closed, text } in &self.operations {
            put_number(&mut bytes, u64::from(*operation) << 1 | u64::from(*closed));
            bytes.extend(text.0);
        }
        bytes
    }
}

/// What tells a text that was read wrong; anybody can compute it.
fn check_sum(version: char, said: &[u8]) -> [u8; SUM_BYTES] {
    let [a, b, ..] = Hash::of(&[MARK.as_bytes(), version.to_string().as_bytes(), said]).0;
    [a, b]
}

/// Bytes as characters of five bits; the last is filled up with zeros.
fn spell(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// The bytes of a text; none where another character is in it.
fn unspell(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for c in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == c)?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// Seven bits a byte, the least first; the high bit says that more follow.
fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// A name with its length: packed where it is spelled with capitals, else as it is.
fn put_name(bytes: &mut Vec<u8>, name: &str) {
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    let digit = |c: u8| NAMES.iter().position(|known| *known == c);
    let digits: Option<Vec<usize>> = name.bytes().map(digit).collect();
    let Some(digits) = digits else {
        bytes.push(length | PLAIN);
        bytes.extend(name.as_bytes());
        return;
    };
    bytes.push(length);
    for three in digits.chunks(3) {
        let packed = (0..3).fold(0, |sum, n| sum * 40 + three.get(n).map_or(0, |digit| digit + 1));
        bytes.extend(u16::try_from(packed).unwrap_or_default().to_be_bytes());
    }
}

/// Reads what a ticket says from the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn ticket(mut self) -> Option<Ticket> {
        let [head] = self.bytes()?;
        let plant = self.bytes()?;
        let station = self.bytes()?;
        let epoch = u32::try_from(self.number()?).ok()?;
        let seq = self.number()?;
        let fact = self.bytes()?;
        let drawn_s = u32::from_be_bytes(self.bytes()?);
        let unit = TravelerId::parse(&self.name()?)?;
        let pieces = match head & HAS_PIECES {
            0 => None,
            _ => Some(u32::try_from(self.number()?).ok()?),
        };
        let specification = match head & HAS_SPECIFICATION {
            0 => None,
            _ => Some(Tag(self.bytes()?)),
        };
        let count = usize::try_from(self.number()?).ok().filter(|n| *n <= OPERATIONS_MAX)?;
        let mut operations = Vec::with_capacity(count);
        for _ in 0..count {
            let number = self.number()?;
            let operation = u32::try_from(number >> 1).ok()?;
            let text = Tag(self.bytes()?);
            operations.push(TicketOperation { operation, closed: number & 1 == 1, text });
        }
        let signature = self.bytes()?;
        let ticket = Ticket {
            plant,
            unit,
            pieces,
            specification,
            operations,
            station,
            epoch,
            seq,
            fact,
            drawn_s,
            signature,
        };
        self.0.is_empty().then_some(ticket)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_at_checked(N)?;
        self.0 = rest;
        first.try_into().ok()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.bytes()?;
            let low = u64::from(byte & 0x7f);
            if low << shift >> shift != low {
                return None;
            }
            number |= low << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn name(&mut self) -> Option<String> {
        let [length] = self.bytes()?;
        let count = usize::from(length & !PLAIN);
        if length & PLAIN != 0 {
            let (first, rest) = self.0.split_at_checked(count)?;
            self.0 = rest;
            return String::from_utf8(first.to_vec()).ok();
        }
        let mut name = String::with_capacity(count);
        while name.len() < count {
            let packed = u16::from_be_bytes(self.bytes()?);
            for digit in [packed / 1600, packed / 40 % 40, packed % 40] {
                if name.len() == count {
                    continue;
                }
                let index = usize::from(digit).checked_sub(1)?;
                name.push(char::from(*NAMES.get(index)?));
            }
        }
        Some(name)
    }
}
