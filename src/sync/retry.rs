//! When to try again: full jitter between nothing and a cap that doubles, as a pure function.

use std::time::Duration;

/// The cap of the first pause.
pub const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// The cap that doubling stops at.
pub const PAUSE_MAX: Duration = Duration::from_mins(1);
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
