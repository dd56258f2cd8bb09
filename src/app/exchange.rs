//! Exchanging facts with the plant server: once, as a service, or beside the sessions of a process.

use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::app::clock::{Clock, Monotonic};
use crate::app::fault::Fault;
use crate::app::store_handle::Wanted;
use crate::app::written;
use crate::domain::ids::{OrderId, RevisionId, StationId};
use crate::domain::stream::Subject;
use crate::ledger::recover::Recovered;
use crate::ledger::store::Ledger;
use crate::sync::client::by_file::{self, Brought, Written};
use crate::sync::client::enroll::Invitation;
use crate::sync::client::error::SyncError;
use crate::sync::client::lock::SyncLock;
use crate::sync::client::recover::Stand;
use crate::sync::client::{Client, Exchanged};
use crate::sync::parcel::ParcelError;
use crate::sync::protocol::{CardChange, ReceivedRow};
use crate::sync::retry::Failure;
use crate::views::definition;

/// How soon it is tried again where another process exchanges, or nobody is enrolled yet.
const AGAIN: Duration = Duration::from_secs(15);
/// How long an exchange may go on after those who wanted it are gone.
const EXCHANGE_MS_MAX: u64 = 20_000;
/// How long the server may take to judge that a PIN was changed: longer than it takes until another one
/// judges.
const JUDGED_MS_MAX: u64 = 60_000;

/// Enrolls the station of a home; tells its code.
pub fn enroll(
    home: &Path,
    (url, code): (&str, &str),
    authority: Option<PathBuf>,
    demo: bool,
) -> Result<StationId, Fault> {
    if !demo && Ledger::open_reader(home).is_ok_and(|ledger| ledger.identity().demo) {
        return Err(Fault::refused("a demo never enrolls elsewhere", "its facts are made up")
            .next("set GEMBA_HOME to another folder"));
    }
    let ca_pem = match &authority {
        None => None,
        Some(file) => Some(fs::read_to_string(file).map_err(|error| {
            Fault::usage(format!("{} cannot be read", file.display()), error)
                .next("name the certificate file of the plant's authority")
        })?),
    };
    let invitation = Invitation { url: url.to_owned(), code: code.to_owned(), ca_pem, demo };
    let enrolled = runtime()?.block_on(crate::sync::client::enroll::enroll(home, &invitation))?;
    Ok(enrolled.station)
}

/// Exchanges everything once, both ways; nothing is told where another process is at it.
pub fn once(home: &Path, clock: &Clock) -> Result<Option<Exchanged>, Fault> {
    let runtime = runtime()?;
    let client = client(home, clock)?;
    let done = runtime.block_on(client.sync_once());
    runtime.shutdown_background();
    match done {
        Ok(exchanged) => Ok(Some(exchanged)),
        Err(SyncError::Locked) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes what is not at the server into a file.
pub fn to_file(home: &Path, clock: &Clock, file: &Path) -> Result<Written, Fault> {
    Ok(by_file::write(home, file, &clock.moment())?)
}

/// Takes what the server answered by file.
pub fn from_file(home: &Path, file: &Path) -> Result<Brought, Fault> {
    Ok(by_file::take(home, file)?)
}

/// Fetches the whole of an order; tells how many facts are new.
pub fn bring_order(home: &Path, clock: &Clock, order: &OrderId) -> Result<u64, Fault> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    let brought = runtime.block_on(client.bring_order(order))?;
    let unknown = || {
        Fault::refused(format!("the server hands out no order {order} to this station"), "")
            .next("ask at a station that serves a place of its route")
    };
    brought.ok_or_else(unknown)
}

/// Begins a new store by a snapshot in a file; tells how many facts came.
pub fn seed(home: &Path, file: &Path) -> Result<u64, Fault> {
    Ok(crate::sync::client::seed::by_file(home, file)?)
}

/// Fails where the server does not answer now.
pub fn reach(home: &Path, clock: &Clock) -> Result<(), Fault> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    Ok(runtime.block_on(client.reach())?)
}

/// Why a card is not set, as far as that is known here.
#[derive(Debug)]
pub enum NotSet {
    /// The card before holds.
    AsItWas(Fault),
    /// The server was asked, and its answer is lost: either may hold.
    Unknown(Fault),
}

impl From<Fault> for NotSet {
    fn from(fault: Fault) -> Self {
        Self::AsItWas(fault)
    }
}

impl From<NotSet> for Fault {
    fn from(not_set: NotSet) -> Self {
        match not_set {
            NotSet::AsItWas(fault) | NotSet::Unknown(fault) => fault,
        }
    }
}

impl NotSet {
    /// After the server was asked, by whether any of its answers is lost.
    fn asked(lost: bool, fault: Fault) -> Self {
        if lost {
            return Self::Unknown(fault.next("either card may hold; try the new one first"));
        }
        Self::AsItWas(fault.next("the card before holds; do it again"))
    }
}

/// Sets a card at the server, once the fact that stands behind it is there and judged. Where an answer is
/// lost it is asked again: the same card by the same fact is set once.
pub fn set_card(home: &Path, clock: &Clock, change: &CardChange) -> Result<(), NotSet> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    let (since, mut lost) = (Monotonic::start(), false);
    loop {
        let at_server = is_at_server(home, clock, change);
        if at_server.map_err(|fault| NotSet::asked(lost, fault))? {
            match runtime.block_on(client.set_card(change)) {
                Ok(()) => return Ok(()),
                Err(Failure::Busy { .. }) => {}
                Err(Failure::Unreachable | Failure::TimedOut) => lost = true,
                Err(failure @ Failure::Stopped(_)) => {
                    return Err(NotSet::asked(lost, SyncError::from(failure).into()));
                }
            }
        }
        if since.ms() > JUDGED_MS_MAX {
            let what = if lost {
                "the server does not answer"
            } else {
                "the server has not judged the change yet"
            };
            return Err(NotSet::asked(lost, Fault::no_answer(what, "")));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Whether the fact behind a change is at the server; where another process exchanges, it may not have come
/// to that yet.
fn is_at_server(home: &Path, clock: &Clock, change: &CardChange) -> Result<bool, Fault> {
    once(home, clock)?;
    Ok(Ledger::open_reader(home)?.at_server()? >= change.fact.seq)
}

/// Tells how the store stands to what the server has of it.
pub fn stand(home: &Path, clock: &Clock) -> Result<Stand, Fault> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    Ok(runtime.block_on(client.stand())?)
}

/// This machine goes on as the station.
pub fn take_over(home: &Path, clock: &Clock, reason: &str) -> Result<Recovered, Fault> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    Ok(runtime.block_on(client.take_over(reason))?)
}

/// This machine goes on as another station.
pub fn become_new(
    home: &Path,
    clock: &Clock,
    (code, reason): (&str, &str),
) -> Result<Recovered, Fault> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    Ok(runtime.block_on(client.become_new(code, reason))?)
}

/// Asks the server which stations have what was last said of a revision.
pub fn received(
    home: &Path,
    clock: &Clock,
    (subject, revision): (&Subject, &RevisionId),
) -> Result<Option<Vec<ReceivedRow>>, Fault> {
    let (client, runtime) = (client(home, clock)?, runtime()?);
    let answer = runtime.block_on(client.received(subject, revision));
    answer.map(|answer| answer.stations).map_err(|failure| SyncError::from(failure).into())
}

/// The same as a screen shows them.
pub fn rows(rows: Vec<ReceivedRow>) -> Vec<definition::ReceivedRow> {
    let row = |row: ReceivedRow| definition::ReceivedRow {
        station: row.station,
        work_centers: row.work_centers,
        received: row.received,
        last_contact: row.last_contact,
    };
    rows.into_iter().map(row).collect()
}

/// Exchanges until the program is told to end.
pub fn watch(home: &Path, clock: &Clock) -> Result<(), Fault> {
    let runtime = runtime()?;
    let client = client(home, clock)?;
    let (_now, wanted) = mpsc::channel(1);
    let heard = Arc::new(Notify::new());
    let wrote = heard.clone();
    let _watching = written::in_background(home, move || wrote.notify_one())?;
    let done = runtime.block_on(async {
        let ends = super::cli::serve::told_to_end()?;
        tokio::select! {
            ended = client.watch(wanted, heard) => ended.map_err(Fault::from),
            () = ends => Ok(()),
        }
    });
    // The program ends now; an exchange under way ends with it, and is told again next time.
    mem::forget(runtime);
    done
}

/// Exchanges beside the sessions of this process; ends when dropped.
#[derive(Debug)]
pub struct Background {
    _ends: oneshot::Sender<()>,
}

/// Starts to exchange; each message of `wanted` asks for it at once. Where another process of the
/// station exchanges, this one takes over when that ends.
pub fn in_background(home: &Path, clock: &Clock, wanted: Wanted) -> Result<Background, Fault> {
    let runtime = runtime()?;
    let (ends, ended) = oneshot::channel();
    let (home, clock) = (home.to_owned(), clock.clone());
    thread::Builder::new()
        .name("exchange".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = keep_on(&home, &clock, wanted) => {}
                    _ = ended => {}
                }
            });
            // An exchange under way needs the runtime until it is over.
            runtime.block_on(is_over(&home));
            mem::forget(runtime);
        })
        .map_err(|error| Fault::cannot("no thread could be started", error))?;
    Ok(Background { _ends: ends })
}

/// Waits until nobody exchanges any more, for as long as a request may take.
async fn is_over(home: &Path) {
    let since = Monotonic::start();
    while SyncLock::take(home).is_err() && since.ms() < EXCHANGE_MS_MAX {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn keep_on(home: &Path, clock: &Clock, mut wanted: Wanted) {
    loop {
        let (now, watched) = mpsc::channel(1);
        if let Ok(client) = Client::open(home, moments(clock)) {
            let watching = client.watch(watched, wanted.written.clone());
            tokio::pin!(watching);
            loop {
                tokio::select! {
                    ended = &mut watching => match ended {
                        Ok(()) | Err(_) => break,
                    },
                    asked = wanted.now.recv() => match asked {
                        // One that waits already says the same.
                        Some(()) => now.try_send(()).unwrap_or_default(),
                        None => return,
                    },
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            asked = wanted.now.recv() => if asked.is_none() { return },
        }
    }
}

fn client(home: &Path, clock: &Clock) -> Result<Client, Fault> {
    Ok(Client::open(home, moments(clock))?)
}

fn moments(clock: &Clock) -> crate::sync::client::Clock {
    let clock = clock.clone();
    Arc::new(move || clock.moment())
}

fn runtime() -> Result<Runtime, Fault> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::cannot("no runtime could be started", error))
}

impl From<SyncError> for Fault {
    fn from(error: SyncError) -> Self {
        let text = error.to_string();
        let (what, next) = text.split_once(" → ").unwrap_or((&text, ""));
        match error {
            SyncError::Ledger(error) => error.into(),
            SyncError::NotEnrolled | SyncError::Locked | SyncError::File { .. } => {
                Self::cannot(what, "").next(next)
            }
            // The server answered, and a person has to look.
            SyncError::Denied(_) | SyncError::Address(_) | SyncError::Stopped(_) => {
                Self::refused(what, "").next(next)
            }
            SyncError::Parcel(error) => error.into(),
            SyncError::Apply(_) => Self::cannot(what, "").next(next),
            SyncError::Later { .. } | SyncError::Ended => Self::no_answer(what, "").next(next),
        }
    }
}

impl From<ParcelError> for Fault {
    fn from(error: ParcelError) -> Self {
        let text = error.to_string();
        let (what, next) = text.split_once(" → ").unwrap_or((&text, ""));
        match error {
            ParcelError::File { .. } | ParcelError::Newer => Self::cannot(what, "").next(next),
            ParcelError::Broken
            | ParcelError::TooLarge
            | ParcelError::OtherWay(_)
            | ParcelError::Another
            | ParcelError::Unproven => Self::refused(what, "").next(next),
        }
    }
}
