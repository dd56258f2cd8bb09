//! One line as whoever stands behind it has it: what is heard, where frames go, and who is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use russh::keys::HashAlg;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::domain::ids::{PersonId, TerminalId};
use crate::domain::line::{of_address, of_key};
use crate::domain::words::{Words, words};
use crate::host::doors::{Writes, house};
use crate::host::keys::KnownKey;

/// So many pieces are heard ahead; a client that sends more waits.
pub(super) const HEARD_MAX: usize = 4;
/// So many frames are on their way at most.
pub(super) const FRAMES_MAX: usize = 4;

/// Who is at the other end of a line, as far as SSH tells.
#[derive(Debug)]
pub struct Guest {
    /// Counted from one since the host began.
    pub number: u64,
    /// Where the line comes from.
    pub address: IpAddr,
    /// The key that was shown; none where lines without one are let in.
    pub key: Option<KnownKey>,
    /// Who proved by badge and PIN to be here.
    pub proven: Option<Proven>,
    /// What the client says of its terminal.
    pub terminal: Told,
    /// Held until nothing of the session is written any more.
    pub writes: Writes,
}

/// A badge and a PIN, as somebody typed them.
pub struct Shows {
    /// The badge.
    pub badge: String,
    /// The PIN; it is never shown, logged or stored.
    pub pin: String,
}

/// Somebody who proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The person.
    pub person: PersonId,
    /// The badge as it was typed.
    pub badge: String,
}

/// Why somebody is not let in by badge and PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotProven {
    /// They prove nobody, or nobody is taken now: in words for whoever showed them.
    Refused(String),
    /// They could not be checked: why, for whoever runs the host alone.
    Unchecked(String),
}

impl fmt::Debug for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shows(hidden)")
    }
}

impl Guest {
    /// What facts call the terminal: whoever comes again on a new line is at the same one.
    pub fn at(&self) -> TerminalId {
        match &self.key {
            Some(known) => of_key(known.key.fingerprint(HashAlg::Sha256).as_bytes()),
            None => at_address(self.address),
        }
    }
}

/// What facts call the terminal of a line on which no key is shown.
pub fn at_address(address: IpAddr) -> TerminalId {
    of_address(&house(address).to_string())
}

/// What a client says of its terminal.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The value of `TERM`.
    pub term: String,
    /// As told: nothing is certain about it.
    pub columns: u32,
    /// As told: nothing is certain about it.
    pub rows: u32,
    /// Variables that say what the terminal can show.
    pub variables: BTreeMap<String, String>,
}

/// What comes on a line.
#[derive(Debug)]
pub enum Heard {
    /// What was typed.
    Bytes(Vec<u8>),
    /// The window has another size.
    Window {
        /// As told.
        columns: u32,
        /// As told.
        rows: u32,
    },
}

/// Both ends of a line. It is over when `sending` and its clones are dropped.
#[derive(Debug)]
pub struct Line {
    /// What comes in.
    pub hearing: Hearing,
    /// Where frames go.
    pub sending: Sending,
}

/// What comes in on a line.
#[derive(Debug)]
pub struct Hearing {
    pub(super) heard: mpsc::Receiver<Heard>,
    pub(super) stops: watch::Receiver<bool>,
    /// The fingerprint of the key, where one was shown, and of those that are let in no longer.
    pub(super) key: Option<String>,
    pub(super) gone: watch::Receiver<BTreeSet<String>>,
    pub(super) idle_for: Duration,
    pub(super) idle_at: Instant,
    pub(super) why: Arc<OnceLock<Words>>,
}

impl Hearing {
    /// The next that comes; nothing more once the line is lost, the host stops, its key is let in no longer,
    /// or nobody has typed for too long. May be given up and called again.
    pub async fn hear(&mut self) -> Option<Heard> {
        let heard = tokio::select! {
            () = stopped(&mut self.stops) => return self.ends(words!("this host stops")),
            () = gone(&mut self.gone, self.key.as_deref()) => {
                return self.ends(words!("the key of this terminal is let in no longer"));
            }
            () = tokio::time::sleep_until(self.idle_at) => {
                return self.ends(words!("nobody typed here for a long time"));
            }
            heard = self.heard.recv() => heard?,
        };
        // A window that changes its size is nobody at the terminal.
        if matches!(heard, Heard::Bytes(_)) {
            self.idle_at = Instant::now() + self.idle_for;
        }
        Some(heard)
    }

    fn ends(&self, why: Words) -> Option<Heard> {
        // The first reason is the one.
        self.why.set(why).unwrap_or_default();
        None
    }
}

/// Waits until a key is let in no longer; for ever where there is none.
async fn gone(gone: &mut watch::Receiver<BTreeSet<String>>, key: Option<&str>) {
    let Some(key) = key else { return std::future::pending().await };
    gone.wait_for(|gone| gone.contains(key)).await.map(drop).unwrap_or_default();
}

/// Waits until the host is told to stop, or is gone.
pub(super) async fn stopped(stops: &mut watch::Receiver<bool>) {
    stops.wait_for(|stops| *stops).await.map(drop).unwrap_or_default();
}

/// Where frames go; never waits.
#[derive(Debug, Clone)]
pub struct Sending {
    pub(super) frames: mpsc::Sender<Vec<u8>>,
}

impl Sending {
    /// The same beside the frames.
    pub fn aside(&self) -> Aside {
        Aside { frames: self.frames.downgrade() }
    }

    /// Whether a frame can be written, with something left for what is said at the end.
    pub fn has_room(&self) -> bool {
        self.frames.capacity() > 1 || self.frames.is_closed()
    }
}

/// Where something short is written beside the frames, by somebody who does not keep the line open.
#[derive(Debug, Clone)]
pub struct Aside {
    frames: mpsc::WeakSender<Vec<u8>>,
}

impl Aside {
    /// Writes it; what finds no room, or comes when the line is over, is left out.
    pub fn write(&self, bytes: &[u8]) {
        if let Some(frames) = self.frames.upgrade() {
            frames.try_send(bytes.to_vec()).unwrap_or_default();
        }
    }
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.frames.try_send(bytes.to_vec()) {
            Ok(()) => Ok(bytes.len()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(io::ErrorKind::WouldBlock.into()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
