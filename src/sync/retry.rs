//! When to try again: full jitter between nothing and a cap that doubles, as a pure function; and how
//! large a page may be on this line.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::protocol::{PAGE_BYTES_MAX, PAGE_BYTES_MIN};

/// The cap of the first pause.
pub const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// The cap that doubling stops at.
pub const PAUSE_MAX: Duration = Duration::from_mins(1);
/// The cap where nothing was heard of the server for so many attempts in a row.
pub const PAUSE_OFFLINE: Duration = Duration::from_mins(5);
/// How many attempts without any answer those are: some ten minutes.
pub const OFFLINE_FAILURES: u32 = 20;
/// The longest wait that a server may ask for.
pub const RETRY_AFTER_MAX: Duration = Duration::from_mins(10);

/// Why an exchange got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection, or it broke.
    Unreachable,
    /// No answer in time; pages get smaller.
    TimedOut,
    /// The server asked for patience (429, 5xx), with its Retry-After.
    Busy {
        /// How long it asked for.
        retry_after: Option<Duration>,
    },
    /// The server said no, for good.
    Stopped(Stop),
}

impl Failure {
    /// How long the server asked to wait, where it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after } => *retry_after,
            Self::Unreachable | Self::TimedOut | Self::Stopped(_) => None,
        }
    }
}

/// Why synchronizing stops until a person does something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Another history stands at the server under this station's name.
    #[error(
        "the server has another fact {seq} of this station: its disk was copied or restored → gemba station recover"
    )]
    Fork {
        /// The first number that differs, or the server's last.
        seq: u64,
    },
    /// A newer epoch of this ledger is in use.
    #[error(
        "this store was replaced: epoch {epoch} of its ledger is in use elsewhere → gemba station recover"
    )]
    Fenced {
        /// The epoch in use.
        epoch: u32,
    },
    /// The server can never store a fact.
    #[error("the server cannot store fact {seq}: {why}")]
    Refused {
        /// Its number.
        seq: u64,
        /// Why.
        why: String,
    },
    /// The server speaks only newer versions.
    #[error("this station is too old for the server; update it")]
    TooOld,
    /// The server speaks only older versions.
    #[error("the server is too old for this station; update the server")]
    ServerTooOld,
    /// The server says that it revoked this station.
    #[error(
        "the server revoked this station → an administrator takes it in again: gemba serve code, then gemba station enroll"
    )]
    Revoked,
    /// The token is not known, or does not allow what was asked.
    #[error("the server does not accept this station: {0}")]
    NotAccepted(String),
    /// Station and server disagree about what a feed said so far.
    #[error("station and server disagree about feed {feed} up to {position}")]
    Diverged {
        /// The feed.
        feed: String,
        /// The station's position.
        position: u64,
    },
    /// The answer is not what was asked for, and asking again will not mend it.
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(String),
}

/// How many attempts in a row failed after one more did: an answer of whatever kind says that the line
/// is there, so that only what is not reached at all comes to count as offline.
pub fn failed_again(failures: u32, failure: &Failure) -> u32 {
    let failures = failures.saturating_add(1);
    match failure {
        Failure::Unreachable => failures,
        Failure::TimedOut | Failure::Busy { .. } | Failure::Stopped(_) => {
            failures.min(OFFLINE_FAILURES)
        }
    }
}

/// A pause before the next attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// How many attempts in a row failed, from 1.
    pub failures: u32,
    /// What the server asked for.
    pub retry_after: Option<Duration>,
}

impl Pause {
    /// The longest that the pause may get without a wish of the server.
    pub fn cap(&self) -> Duration {
        if self.failures > OFFLINE_FAILURES {
            return PAUSE_OFFLINE;
        }
        let doublings = self.failures.saturating_sub(1).min(10);
        (PAUSE_FIRST * (1 << doublings)).min(PAUSE_MAX)
    }

    /// How long to wait, given a random number over the whole range of `u32`.
    pub fn duration(&self, random: u32) -> Duration {
        let jitter = self.cap().mul_f64(f64::from(random) / f64::from(u32::MAX));
        match self.retry_after {
            // Everybody was told the same moment: come after it, and not all at once.
            Some(wish) => wish.min(RETRY_AFTER_MAX) + jitter,
            None => jitter,
        }
    }
}

/// How long a server asks to wait: `Retry-After` in seconds, or as a date, which counts from the
/// server's own `Date`; none where neither can be read.
pub fn retry_after(wish: &str, date: Option<&str>) -> Option<Duration> {
    let wish = wish.trim();
    if let Ok(seconds) = wish.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = http_date(wish)?.duration_since(http_date(date?)?);
    // What is over need not be waited for.
    Some(Duration::try_from(wait).unwrap_or_default())
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

/// The most bytes of facts that a page has on this line: halved on a time-out, doubled on success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(usize);

impl PageSize {
    /// Where nothing is known of the line.
    pub const LARGEST: Self = Self(PAGE_BYTES_MAX);

    /// As it was kept; what no page may have is brought within the limits.
    pub fn of(bytes: usize) -> Self {
        Self(bytes.clamp(PAGE_BYTES_MIN, PAGE_BYTES_MAX))
    }

    /// How many bytes.
    pub fn bytes(self) -> usize {
        self.0
    }

    /// After a time-out.
    #[must_use]
    pub fn halved(self) -> Self {
        Self::of(self.0 / 2)
    }

    /// After a success.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self::of(self.0.saturating_mul(2))
    }
}
