//! Every request and answer between a station and the server, as plain data with its limits.
//!
//! What a page meets at the server (stored, gap, fork, fenced) is an answer and not an error: the
//! errors are [`Fault`], for what never became a question.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::fact::{LedgerHead, Position, Seal, Written};
use crate::domain::feeds::{Feed, FeedPage};
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, PersonId, SiteId, StationId, WorkCenterId};
use crate::domain::snapshot::Snapshot;

use super::retry::Stop;

/// The version of these shapes. The first had no packed bodies, no seals within pages, and no way back.
pub const PROTOCOL_VERSION: u16 = 2;
/// The oldest version that is still spoken: a plant updates its server and its stations one by one.
pub const PROTOCOL_OLDEST: u16 = PROTOCOL_VERSION - 1;
/// The most bytes of facts in a page, either way; the first fact always fits.
pub const PAGE_BYTES_MAX: usize = 256 * 1024;
/// The fewest bytes of facts that a page is halved to on a slow line; of a blob, that a part is.
pub const PAGE_BYTES_MIN: usize = 8 * 1024;
/// The most facts in a page, either way.
pub const PAGE_FACTS_MAX: usize = 500;
/// Feeds with fewer facts together are pulled by a new station as by any other.
pub const SNAPSHOT_FACTS_MIN: u64 = 1_000;
/// The most bytes that a chunk of a snapshot unpacks to.
pub const CHUNK_BYTES_MAX: usize = 4 * BLOB_BYTES_MAX;
/// The most bytes of a request that is not a blob: a page whose quotes are all escaped, and more.
pub const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// The most bytes of a blob.
pub const BLOB_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most bytes of a blob, an answer or a page that a station reads from a server.
pub const ANSWER_BYTES_MAX: usize = BLOB_BYTES_MAX;
/// How often a stream of news says that it is alive.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream of news may be silent before it is given up.
pub const SILENCE_MAX: Duration = Duration::from_secs(45);
/// The most enrollment-code characters that are looked at.
pub const CODE_CHARS_MAX: usize = 64;

/// A new station introduces itself with a one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollRequest {
    /// [`PROTOCOL_VERSION`] of the station.
    pub version: u16,
    /// The code, as the administrator read it out.
    pub code: String,
    /// The ledger that the station will write.
    pub ledger: LedgerId,
    /// The station's Ed25519 public key, hexadecimal.
    pub public_key: String,
    /// Whether the store is marked as a demonstration.
    pub demo: bool,
}

/// What became of an enrollment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnrollAnswer {
    /// The station may write and read from now on.
    Enrolled(Enrolled),
    /// No such code.
    CodeUnknown,
    /// The code enrolled another station already.
    CodeUsed,
    /// The code was not used in time.
    CodeExpired,
    /// The ledger belongs to another station, or came with another key before.
    LedgerTaken,
    /// A demonstration store never enrolls at a real plant, nor the other way round.
    DemoMismatch,
    /// The key is not an Ed25519 public key.
    KeyUnusable,
}

/// What a station gets to know when it is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Its short code.
    pub station: StationId,
    /// Its site.
    pub site: SiteId,
    /// The bearer token; the server keeps only its SHA-256.
    pub token: String,
    /// The work centers it serves.
    pub work_centers: Vec<WorkCenterId>,
    /// The feeds it reads, in their written form.
    pub feeds: Vec<String>,
}

/// How far the server has a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadAnswer {
    /// The last fact that is durable at the server.
    pub head: LedgerHead,
    /// Whether the epoch is frozen after a fork.
    pub frozen: bool,
}

/// Own facts that a station asks back, in the order of one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAnswer {
    /// The facts as written, from the number after the one that was named.
    pub facts: Vec<Written>,
    /// The last fact of that epoch that is durable at the server.
    pub last: LedgerHead,
}

/// What a station holds of an epoch of its ledger, up to a number that is at the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnKnown {
    /// The fact at that number.
    pub head: LedgerHead,
    /// How many facts there are up to it.
    pub facts: u64,
}

/// How far a feed was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedKnown {
    /// The feed, in its written form.
    pub feed: String,
    /// Its epoch.
    pub epoch: u32,
    /// The last position.
    pub position: u64,
    /// The rolling hash there.
    pub rolling: Hash,
}

/// What a station holds, to be compared at the end of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRequest {
    /// Each epoch of its ledger.
    pub own: Vec<OwnKnown>,
    /// Each of its feeds.
    pub feeds: Vec<FeedKnown>,
}

/// The same, as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// Each epoch that was named.
    pub own: Vec<OwnKnown>,
    /// Each feed that was named and is the station's.
    pub feeds: Vec<FeedKnown>,
}

/// A fact that a station has: where it stands, and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFact {
    /// Where it stands.
    pub at: Position,
    /// Its id.
    pub id: Hash,
}

/// Asks a restored server which of these facts it has no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRequest {
    /// The facts; at most [`PAGE_FACTS_MAX`].
    pub facts: Vec<KnownFact>,
}

/// Which facts the server does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingAnswer {
    /// Where they stand.
    pub missing: Vec<Position>,
}

/// A fact of whatever ledger that is offered back to a restored server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The fact as written.
    pub written: Written,
    /// A seal that ends at it, where there is one.
    pub seal: Option<Seal>,
}

/// Facts that a restored server has no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRequest {
    /// The facts, within the limits of a page.
    pub facts: Vec<Offered>,
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferAnswer {
    /// How many were taken; what proves itself by no seal is not.
    pub taken: usize,
}

/// Facts of one ledger, with a seal over the last of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageUp {
    /// [`PROTOCOL_VERSION`] of the station.
    pub version: u16,
    /// The ledger.
    pub ledger: LedgerId,
    /// The epoch.
    pub epoch: u32,
    /// The number of the first fact.
    pub from: u64,
    /// The facts as written.
    pub facts: Vec<Written>,
    /// Covers the last fact.
    pub seal: Seal,
    /// Further seals, each over a fact of the page: what others may have to prove by itself later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<Seal>,
}

/// What the server durably has after a page, and why it stopped where it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAnswer {
    /// The last fact that is durable at the server.
    pub head: LedgerHead,
    /// How the page fared.
    pub outcome: PageOutcome,
}

/// How a page fared. What comes twice is a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageOutcome {
    /// Every fact of the page is durable, whether it came now or before.
    Stored,
    /// The page begins after the next number.
    Gap {
        /// The number that comes next.
        expected: u64,
    },
    /// The same number came before with another id; the epoch is frozen and people are told.
    Fork {
        /// The first number that differs.
        seq: u64,
    },
    /// The epoch is older than the ledger's.
    Fenced {
        /// The ledger's epoch at the server.
        epoch: u32,
    },
    /// What stands at this number can never be stored; what came before it is.
    Refused {
        /// The number.
        seq: u64,
        /// Why, in words.
        why: String,
    },
}

/// A feed of the station and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHead {
    /// The feed, in its written form.
    pub feed: String,
    /// Its epoch.
    pub epoch: u32,
    /// The last position.
    pub position: u64,
    /// The rolling hash there.
    pub rolling: Hash,
}

impl FeedHead {
    /// The feed, where this version knows its form.
    pub fn parse(&self) -> Option<Feed> {
        Feed::parse(&self.feed)
    }
}

/// The feeds of a station; the station cannot widen them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedsAnswer {
    /// Every feed with its head.
    pub feeds: Vec<FeedHead>,
    /// What tells the receipt about the last completed backup from others; servers before said none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backed_up: Option<Hash>,
}

/// What a new station begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotAnswer {
    /// What there is to fetch; none where the feeds are short enough to be pulled.
    pub snapshot: Option<Snapshot>,
}

/// Asks for the rows after a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// The feed, in its written form.
    pub feed: String,
    /// The epoch of the station's cursor.
    pub epoch: u32,
    /// The last position applied.
    pub after: u64,
    /// The rolling hash there.
    pub rolling: Hash,
    /// The most bytes of facts wanted.
    pub bytes_max: usize,
    /// A ledger whose facts are here, so that it is enough to name them; a server before did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<LedgerId>,
    /// The last position wanted, as far as the feed reached when its head was told; a server before hands
    /// out what came since as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<u64>,
}

/// What a pull gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PullAnswer {
    /// The rows that follow; none at the head.
    Page {
        /// The rows.
        page: FeedPage,
        /// The last position of the feed.
        head: u64,
    },
    /// The server was restored: its feed begins anew, or does not reach the station's cursor.
    EpochChanged {
        /// The feed's epoch now.
        epoch: u32,
    },
    /// At the station's position the feed has another rolling hash.
    Diverged,
    /// Not a feed of this station.
    NotYours,
}

/// How much of a blob the server has, where it comes in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobHad {
    /// Bytes from its beginning; all of them once it is kept.
    pub had: usize,
}

/// A person's card and PIN verifier; never a fact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardRow {
    /// The opaque id.
    pub person: PersonId,
    /// The name as printed.
    pub name: String,
    /// What the badge says when scanned.
    pub badge: String,
    /// The language of screens and instructions.
    pub language: String,
    /// Argon2id in PHC form.
    pub pin_verifier: String,
}

impl std::fmt::Debug for CardRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names, badges and verifiers stay out of logs.
        f.debug_struct("CardRow").field("person", &self.person).finish_non_exhaustive()
    }
}

/// A card to set, with the fact that says who changed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardChange {
    /// The card.
    pub card: CardRow,
    /// The person's `PinChanged`, in the ledger of the station that asks.
    pub fact: Position,
}

/// The cards of everybody in the plant: people move between stations. How long they count without
/// the server is the site's to say, and no card's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsAnswer {
    /// Every card; a person who is not among them has none any more.
    pub cards: Vec<CardRow>,
}

/// Whether a station has received what was last said of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedRow {
    /// The station.
    pub station: StationId,
    /// The work centers that it serves.
    pub work_centers: Vec<WorkCenterId>,
    /// Whether it has it.
    pub received: bool,
    /// When it last asked for news of the catalog.
    pub last_contact: Option<Timestamp>,
}

/// Who has received what was last said of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedAnswer {
    /// Every station; none where nothing accepted says anything of that revision.
    pub stations: Option<Vec<ReceivedRow>>,
}

/// A hint that feeds may have grown: the number is another one than the station knew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsAnswer {
    /// Grows with what the server takes in; begins anew with each start.
    pub number: u64,
}

/// The server's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeAnswer {
    /// Now, at the server.
    pub utc: Timestamp,
    /// [`PROTOCOL_VERSION`] of the server; the first version did not say.
    #[serde(default = "first_version")]
    pub version: u16,
    /// [`PROTOCOL_OLDEST`] of the server.
    #[serde(default = "first_version")]
    pub oldest: u16,
}

impl TimeAnswer {
    /// The newest version that server and station both speak.
    pub fn agreed(&self) -> Result<u16, Stop> {
        let both = self.version.min(PROTOCOL_VERSION);
        if both < PROTOCOL_OLDEST {
            return Err(Stop::ServerTooOld);
        }
        if both < self.oldest { Err(Stop::TooOld) } else { Ok(both) }
    }
}

fn first_version() -> u16 {
    1
}

/// Why a request got no answer of its own kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// One of [`FaultCode`].
    pub code: FaultCode,
    /// What happened and what to do, in words.
    pub message: String,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultCode {
    /// The request is not what this address takes.
    BadRequest,
    /// No token, or one that the server does not know.
    Unauthorized,
    /// The station was revoked.
    Revoked,
    /// No accepted fact stands behind what is asked.
    NotAllowed,
    /// Nothing is there.
    NotFound,
    /// More bytes than the limit.
    TooLarge,
    /// A content encoding that this version does not take.
    Encoding,
    /// The station's protocol is older than the server takes.
    TooOld,
    /// Too much at once; later again.
    Busy,
    /// The server could not do it.
    Internal,
}
