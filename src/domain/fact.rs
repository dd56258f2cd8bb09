//! A fact: one thing that happened, written once as JSON text and kept forever as written.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use super::hash::Hash;
use super::ids::{BootId, LedgerId, PersonId, PlaceId, SessionId, TerminalId};
use super::kinds::FactBody;
use super::moment::Moment;
use super::stream::Subject;

/// The most bytes of one fact; more is refused when it is made.
pub const FACT_BYTES_MAX: usize = 64 * 1024;
/// The version of the shapes, of the envelope and of each body, that this version writes.
pub const FACT_VERSION: u16 = 1;

/// Where a fact stands: dense from 1 within one epoch of one ledger.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The ledger.
    pub ledger: LedgerId,
    /// The epoch, which grows only by a witnessed act.
    pub epoch: u32,
    /// The number within the epoch, from 1.
    pub seq: u64,
}

impl Position {
    /// Reads `ledger.epoch.seq`.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, seq) = text.rsplit_once('.')?;
        let (ledger, epoch) = rest.rsplit_once('.')?;
        Some(Self {
            ledger: LedgerId::parse(ledger).ok()?,
            epoch: epoch.parse().ok()?,
            seq: seq.parse().ok()?,
        })
    }

    /// The position `n` places later in the same epoch.
    #[must_use]
    pub fn plus(&self, n: u64) -> Self {
        Self { ledger: self.ledger.clone(), epoch: self.epoch, seq: self.seq + n }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.ledger, self.epoch, self.seq)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a position is ledger.epoch.seq"))
    }
}

/// Who acts, where and at which screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// The place that the session is bound to.
    pub place: Option<PlaceId>,
    /// The screen or command line.
    pub terminal: TerminalId,
    /// The stay of the person at the terminal.
    pub session: Option<SessionId>,
    /// The person; absent where the station itself acts.
    pub actor: Option<PersonId>,
}

/// What is known around a fact when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Where it stands.
    pub position: Position,
    /// The heads of its stream that were known when deciding.
    pub after: Vec<Position>,
    /// When.
    pub moment: Moment,
    /// How old the station's knowledge of definitions, people and gauges was.
    pub catalog_age_s: Option<i64>,
    /// Who, where.
    pub acting: Acting,
}

/// A fact as read: its head, its subject and what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// When, where, by whom, after what.
    pub head: Head,
    /// The stream it belongs to.
    pub subject: Subject,
    /// What happened.
    pub body: FactBody,
}

/// A fact as stored and sent: the bytes as written, with what proves them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The id of the ledger's fact before it; [`Hash::ZERO`] for the first of an epoch's ledger.
    pub prev: Hash,
    /// The JSON text, never serialized again.
    pub bytes: String,
}

impl Written {
    /// The fact's id: SHA-256 over 0x00, `prev` and the bytes.
    pub fn id(&self) -> Hash {
        Hash::of(&[&[0], &self.prev.0, self.bytes.as_bytes()])
    }
}

/// Why a text is not a fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// More than [`FACT_BYTES_MAX`].
    #[error("a fact has at most {FACT_BYTES_MAX} bytes, this one {0}")]
    TooLarge(usize),
    /// The null character, which PostgreSQL cannot keep.
    #[error("a fact contains no U+0000")]
    NullCharacter,
    /// Not the JSON that a fact is.
    #[error("not a fact: {0}")]
    Malformed(String),
}

/// The text of a fact as it is read; what is flat in it is named here, so that nothing is read twice.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default)]
    v: u16,
    ledger: LedgerId,
    epoch: u32,
    seq: u64,
    after: Vec<Position>,
    utc: Timestamp,
    mono_ms: i64,
    boot: BootId,
    offset_ms: Option<i64>,
    offset_age_s: Option<i64>,
    catalog_age_s: Option<i64>,
    place: Option<PlaceId>,
    terminal: TerminalId,
    session: Option<SessionId>,
    actor: Option<PersonId>,
    subject: Subject,
    kind: String,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// The text of a fact as it is written; nothing is copied on the way.
#[derive(Serialize)]
struct WireRef<'a> {
    v: u16,
    ledger: &'a LedgerId,
    epoch: u32,
    seq: u64,
    after: &'a [Position],
    #[serde(flatten)]
    moment: &'a Moment,
    catalog_age_s: Option<i64>,
    #[serde(flatten)]
    acting: &'a Acting,
    subject: &'a Subject,
    #[serde(flatten)]
    body: &'a FactBody,
}

impl Fact {
    /// The fact as whoever received it takes it: it did not happen later than that.
    #[must_use]
    pub fn as_received(&self, received: Option<Timestamp>) -> Self {
        let mut fact = self.clone();
        if let Some(received) = received {
            fact.head.moment = fact.head.moment.not_after(received);
        }
        fact
    }

    /// Writes the fact as its one and only text.
    pub fn write(&self) -> Result<String, FactError> {
        let Head { position, after, moment, catalog_age_s, acting } = &self.head;
        let wire = WireRef {
            v: FACT_VERSION,
            ledger: &position.ledger,
            epoch: position.epoch,
            seq: position.seq,
            after,
            moment,
            catalog_age_s: *catalog_age_s,
            acting,
            subject: &self.subject,
            body: &self.body,
        };
        let bytes =
            serde_json::to_string(&wire).map_err(|e| FactError::Malformed(e.to_string()))?;
        check_bytes(&bytes)?;
        Ok(bytes)
    }

    /// Reads a fact that a station hands in: also what this version passes over must be such that every
    /// reader takes it, numbers, escapes and depth.
    pub fn read_strictly(bytes: &str) -> Result<Self, FactError> {
        let fact = Self::read(bytes)?;
        let whole = serde_json::from_str::<serde_json::Value>(bytes);
        whole.map_err(|error| FactError::Malformed(error.to_string()))?;
        Ok(fact)
    }

    /// Reads a fact from its text; a kind or a shape of a newer version is kept as it came.
    pub fn read(bytes: &str) -> Result<Self, FactError> {
        check_bytes(bytes)?;
        let malformed = |e: serde_json::Error| FactError::Malformed(e.to_string());
        let wire: Wire<'_> = serde_json::from_str(bytes).map_err(malformed)?;
        // A newer version may write a known kind in a shape of its own.
        let newer = wire.v > FACT_VERSION;
        let body = FactBody::from_parts(&wire.subject, wire.kind, (wire.body, newer));
        let body = body.map_err(malformed)?;
        let position = Position { ledger: wire.ledger, epoch: wire.epoch, seq: wire.seq };
        let Wire { utc, mono_ms, boot, offset_ms, offset_age_s, .. } = wire;
        let moment = Moment { utc, mono_ms, boot, offset_ms, offset_age_s };
        let Wire { place, terminal, session, actor, .. } = wire;
        let acting = Acting { place, terminal, session, actor };
        let Wire { after, catalog_age_s, .. } = wire;
        let head = Head { position, after, moment, catalog_age_s, acting };
        Ok(Self { head, subject: wire.subject, body })
    }
}

fn check_bytes(bytes: &str) -> Result<(), FactError> {
    if bytes.len() > FACT_BYTES_MAX {
        return Err(FactError::TooLarge(bytes.len()));
    }
    // JSON text may hide the null character behind an escape; an escaped backslash before it is text.
    let hidden = bytes
        .match_indices("\\u0000")
        .any(|(at, _)| bytes[..at].bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 0);
    if hidden || bytes.contains('\0') {
        return Err(FactError::NullCharacter);
    }
    Ok(())
}

/// The last fact of a ledger's epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// The epoch.
    pub epoch: u32,
    /// The last number; 0 for none.
    pub last_seq: u64,
    /// The last id; [`Hash::ZERO`] for none.
    pub last_id: Hash,
}

/// A station's signature over its ledger up to a head; a row, not a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The ledger.
    pub ledger: LedgerId,
    /// The epoch.
    pub epoch: u32,
    /// The last number covered.
    pub last_seq: u64,
    /// The id of that fact.
    pub head: Hash,
    /// Ed25519 over [`Seal::message`], hexadecimal.
    pub signature: String,
}

impl Seal {
    /// The bytes that are signed.
    pub fn message(ledger: &LedgerId, head: &LedgerHead) -> Vec<u8> {
        let LedgerHead { epoch, last_seq, last_id } = head;
        format!("gemba-seal-v1\n{ledger}\n{epoch}\n{last_seq}\n{last_id}\n").into_bytes()
    }
}
