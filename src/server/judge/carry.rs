//! Brings facts between the server's store and the judge's ledger, by the machines of a station.

use crate::domain::feeds::Feed;
use crate::domain::moment::Moment;
use crate::ledger::error::ApplyError;
use crate::ledger::store::Ledger;
use crate::server::store::Store;
use crate::sync::protocol::{PROTOCOL_VERSION, PageUp};
use crate::sync::retry::Stop;
use crate::sync::{down, up};

use super::{JudgeError, anew};

/// Sends the judge's own facts up and fetches the site's feed.
/// Sends what is not sent, and goes on in a new epoch where another ledger stands at the server: the
/// directory of the judge was restored, or another server judged meanwhile.
pub(super) fn exchange_or_renew(
    store: &Store,
    ledger: &mut Ledger,
    now: &Moment,
) -> Result<(), JudgeError> {
    match exchange(store, ledger, now) {
        // Refused is an epoch that was opened here after what the other one wrote on from.
        Err(
            JudgeError::Stopped(Stop::Fork { .. } | Stop::Fenced { .. } | Stop::Refused { .. })
            | JudgeError::Apply(ApplyError::OwnUnknown { .. }),
        ) => {
            anew::bring_back(store, ledger, ("another history of it was stored", now))?;
            exchange(store, ledger, now)
        }
        done => done,
    }
}

pub(super) fn exchange(store: &Store, ledger: &mut Ledger, now: &Moment) -> Result<(), JudgeError> {
    send(store, ledger, now)?;
    fetch(store, ledger)
}

fn send(store: &Store, ledger: &mut Ledger, now: &Moment) -> Result<(), JudgeError> {
    let mut machine = up::Up::new(ledger.identity().epoch);
    let mut event = up::Event::Start;
    loop {
        event = match machine.next(event) {
            up::Action::AskHead => up::Event::Head(store.head(&ledger.identity().ledger)?),
            up::Action::Note(head) => up::Event::Noted(ledger.note_at_server(&head)?),
            up::Action::Read { epoch, after_seq, bytes_max, facts_max } => {
                up::Event::Read(page(ledger, (epoch, after_seq), (bytes_max, facts_max))?)
            }
            // The judge names no blob that the server does not have.
            up::Action::AskBlob(_) => up::Event::BlobThere(true),
            up::Action::SendBlob(_) => up::Event::BlobSent,
            up::Action::SendPage(page) => up::Event::Page(store.ingest(&page, now.utc)?),
            up::Action::Done => return Ok(()),
            up::Action::Stop(stop) => return Err(JudgeError::Stopped(stop)),
            up::Action::Wait(_) | up::Action::Nothing => {
                return Err(confused("the way up waits, and nothing can be late here"));
            }
        };
    }
}

fn page(
    ledger: &mut Ledger,
    (epoch, after_seq): (u32, u64),
    most: (usize, usize),
) -> Result<Option<(PageUp, Vec<crate::domain::hash::Hash>)>, JudgeError> {
    let facts = ledger.outgoing((epoch, after_seq), most)?;
    if facts.is_empty() {
        let next = ledger.epoch_after(epoch)?;
        return next.map_or(Ok(None), |next| page(ledger, (next, 0), most));
    }
    let seal = ledger.seal_at((epoch, after_seq + facts.len() as u64))?;
    // Stations have parts of this ledger: each fact of it proves itself.
    let seals = ledger.seals_within((epoch, after_seq), (&facts, true))?;
    let page = PageUp {
        version: PROTOCOL_VERSION,
        ledger: seal.ledger.clone(),
        epoch: seal.epoch,
        from: after_seq + 1,
        facts,
        seal,
        seals,
    };
    Ok(Some((page, Vec::new())))
}

fn fetch(store: &Store, ledger: &mut Ledger) -> Result<(), JudgeError> {
    let feeds = [Feed::Site(store.plant().site.clone())];
    let mut machine = down::Down::new(Some(ledger.identity().ledger.clone()));
    let mut event = down::Event::Start;
    loop {
        event = match machine.next(event) {
            down::Action::AskFeeds => down::Event::Feeds(store.feed_heads(&feeds)?),
            down::Action::Subscribe(feeds) => {
                ledger.set_feeds(&feeds)?;
                down::Event::Cursors(ledger.cursors()?)
            }
            down::Action::Restart(beginning) => {
                ledger.restart_feed(&beginning)?;
                down::Event::Cursors(ledger.cursors()?)
            }
            down::Action::Pull(request) => down::Event::Pulled(store.pull(&feeds, &request)?),
            down::Action::Apply(page) => match ledger.apply(&page) {
                Ok(_) => down::Event::Applied(down::Fit::Applied),
                Err(ApplyError::Gap { .. }) => down::Event::Applied(down::Fit::Elsewhere),
                Err(ApplyError::Rolling) => down::Event::Applied(down::Fit::Differs),
                Err(error) => return Err(error.into()),
            },
            down::Action::ListBlobs => down::Event::BlobsWanted(Vec::new()),
            down::Action::FetchBlob(_) => down::Event::BlobFetched,
            down::Action::Done => return Ok(()),
            down::Action::Stop(stop) => return Err(JudgeError::Stopped(stop)),
            down::Action::Wait(_) | down::Action::Nothing => {
                return Err(confused("the way down waits, and nothing can be late here"));
            }
        };
    }
}

fn confused(what: &str) -> JudgeError {
    JudgeError::Stopped(Stop::Nonsense(what.to_owned()))
}
