//! How the station stands with its server.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::offset::Offset;
use crate::domain::terms::Terms;
use crate::domain::understood::Said;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::packet::Packet;

/// The status shown on every screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Whether the last exchange went through.
    pub connected: bool,
    /// Facts saved here and not at the server.
    pub waiting: u64,
    /// The last exchange that went through.
    pub last_contact: Option<Timestamp>,
    /// Why the last attempt failed, in words.
    pub trouble: Option<String>,
    /// Whether syncing stopped until a person acts (fork, fenced, too old).
    pub stopped: bool,
    /// For how many seconds nobody has tried to reach the server, where facts wait and that is too long.
    pub untried_s: Option<i64>,
    /// What station and server hold otherwise, in words; nothing where they agree.
    pub otherwise: Vec<String>,
    /// For how many more days badges and PINs count, where that is not long any more; less than
    /// none once they count no more.
    pub days_left: Option<i64>,
    /// Own records that the server did not accept and nobody let go on.
    pub not_accepted: u64,
    /// Calls for help that nobody answered, in words.
    pub calls: Vec<String>,
    /// What the site calls things otherwise.
    #[serde(skip)]
    pub terms: Terms,
    /// By how many seconds the server's clock is ahead of this station's, where they are more than two
    /// minutes apart.
    pub clock_apart_s: Option<i64>,
    /// What was measured of the server's clock, for whoever shows moments.
    #[serde(skip)]
    pub offset: Option<Offset>,
}

/// The sync screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncView {
    /// The status.
    pub link: Link,
    /// The station's code.
    pub station: String,
    /// Its ledger.
    pub ledger: String,
    /// Its epoch.
    pub epoch: u32,
    /// The server's address.
    pub server: Option<String>,
    /// The last own number saved here.
    pub last_seq: u64,
    /// The last own number at the server.
    pub at_server: u64,
    /// Feeds: name and position applied.
    pub feeds: Vec<(String, u64)>,
    /// Facts that wait for a parent.
    pub orphans: u64,
    /// Blobs named and not here.
    pub blobs_missing: u64,
    /// Streams of orders that are over and are not here.
    pub not_here: u64,
    /// Server time minus station time, in milliseconds, with its age in seconds.
    pub offset_ms: Option<(i64, i64)>,
    /// How old what is known here is, and until when it is good.
    pub packet: Box<Packet>,
}

/// What fetches the orders that are over and are not here.
pub const WHOLE_NEXT: &str = "gemba sync --whole";

/// What is not at this station of orders that are over; none where nothing was left out.
pub fn not_here(streams: u64) -> Option<String> {
    said_not_here(streams).map(|words| words.to_string())
}

fn said_not_here(streams: u64) -> Option<Words> {
    match streams {
        0 => None,
        1 => Some(words!("1 stream of an order that is over is not at this station")),
        many => {
            Some(words!("{many} streams of orders that are over are not at this station", many))
        }
    }
}

/// The same beside a list, which may lack something then.
pub fn not_here_words(streams: u64) -> Option<String> {
    said_not_listed(streams).map(|words| words.to_string())
}

/// The same, to be told in any language.
pub fn said_not_listed(streams: u64) -> Option<Words> {
    let what = said_not_here(streams)?;
    Some(match streams {
        1 => words!("{what}: it is not listed → {next}", what => what, next = WHOLE_NEXT),
        _ => words!("{what}: they are not listed → {next}", what => what, next = WHOLE_NEXT),
    })
}

/// By what is understood that station and server hold otherwise.
pub const OTHERWISE: &[Said] = &[
    ("own facts of epoch {epoch} up to {last}: {here} here, {there} at the server", &[]),
    ("feed {feed} up to {position}", &[]),
];

/// What the sign-in screen tells besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignInNews {
    /// The site's name.
    pub site: String,
    /// The place's name.
    pub place: String,
    /// Lines worth knowing: open holds, gauges due, new revisions.
    pub lines: Vec<Words>,
    /// Badges and PINs to try, in a demo only: name, role, badge, PIN.
    pub demo_people: Vec<(String, String, String, String)>,
}
