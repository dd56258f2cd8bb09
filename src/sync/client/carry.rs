//! Drives the two machines: the ledger here, requests there, never both at once.

use std::path::Path;

use tokio::runtime::Handle;

use crate::domain::backed_up::BackedUp;
use crate::domain::feeds::{Cursor, Feed};
use crate::domain::hash::Hash;
use crate::domain::offset::Offset;
use crate::ledger::blobs::blobs_of;
use crate::ledger::cards::Card;
use crate::ledger::error::{ApplyError, LedgerError};
use crate::ledger::store::Ledger;
use crate::sync::protocol::{
    KnownFact, MissingAnswer, MissingRequest, OfferRequest, Offered, PAGE_BYTES_MAX,
    PAGE_FACTS_MAX, PageUp, PullRequest,
};
use crate::sync::retry::{Failure, PageSize, Pause};
use crate::sync::{down, up};

use super::error::SyncError;
use super::http::Http;
use super::seed;
use super::{Clock, Exchanged};

/// The first version whose servers compare.
const COMPARED_SINCE: u16 = 2;
/// The settings of how large a page may be on this line, either way.
const SIZE_UP: &str = "sync.page_bytes_up";
const SIZE_DOWN: &str = "sync.page_bytes_down";

/// One exchange of one store.
pub(super) struct Carrier<'a> {
    pub(super) ledger: &'a mut Ledger,
    pub(super) http: &'a Http,
    pub(super) runtime: &'a Handle,
    pub(super) clock: &'a Clock,
    dir: &'a Path,
    received: u64,
    failure: Failure,
}

impl<'a> Carrier<'a> {
    pub(super) fn new(
        ledger: &'a mut Ledger,
        (http, runtime): (&'a Http, &'a Handle),
        (dir, clock): (&'a Path, &'a Clock),
    ) -> Self {
        Self { ledger, http, runtime, clock, dir, received: 0, failure: Failure::Unreachable }
    }

    /// Both ways, each to its end; a way that fails does not keep the other from its end.
    pub(super) fn exchange(mut self) -> Result<Exchanged, SyncError> {
        self.ledger.note_attempt(&(self.clock)())?;
        self.measure()?;
        let before = self.ledger.at_server()?;
        let sent = self.send();
        let received = self.receive();
        let cards = self.refresh_cards();
        sent?;
        received?;
        cards?;
        // The first version had no such question.
        if self.http.version() >= COMPARED_SINCE {
            self.compare()?;
        }
        let at_server = self.ledger.at_server()?;
        Ok(Exchanged {
            sent: at_server.saturating_sub(before),
            received: self.received,
            at_server,
            waiting: self.ledger.waiting()?,
        })
    }

    fn measure(&mut self) -> Result<(), SyncError> {
        let before = (self.clock)();
        let answer = self.runtime.block_on(self.http.time())?;
        let after = (self.clock)();
        if let Some(offset) = Offset::measure(&before, answer.utc, &after) {
            self.ledger.put_server_offset(&offset)?;
        }
        Ok(())
    }

    fn refresh_cards(&mut self) -> Result<(), SyncError> {
        let answer = self.runtime.block_on(self.http.credentials())?;
        let card = |row: crate::sync::protocol::CardRow| Card {
            person: row.person,
            name: row.name,
            badge: row.badge,
            language: row.language,
            pin_verifier: row.pin_verifier,
        };
        let cards: Vec<Card> = answer.cards.into_iter().map(card).collect();
        Ok(self.ledger.put_cards(&cards)?)
    }

    fn later(&self, pause: Pause) -> SyncError {
        SyncError::Later { failure: self.failure.clone(), pause }
    }

    /// What is known of the line, from whichever process tried it last.
    fn size(&self, of: &str) -> Result<PageSize, SyncError> {
        let kept = self.ledger.setting(of)?.and_then(|bytes| bytes.parse().ok());
        Ok(kept.map_or(PageSize::LARGEST, PageSize::of))
    }

    fn keep_size(&mut self, of: &str, size: PageSize) -> Result<(), SyncError> {
        if self.size(of)? != size {
            self.ledger.put_setting(of, &size.bytes().to_string())?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), SyncError> {
        let size = self.size(SIZE_UP)?;
        let mut machine = up::Up::new(self.ledger.identity().epoch).sized(size);
        let sent = self.send_all(&mut machine);
        self.keep_size(SIZE_UP, machine.size())?;
        sent
    }

    fn send_all(&mut self, machine: &mut up::Up) -> Result<(), SyncError> {
        let mut event = up::Event::Start;
        loop {
            event = match machine.next(event) {
                up::Action::Done => return Ok(()),
                up::Action::Stop(stop) => return Err(stop.into()),
                up::Action::Wait(pause) => return Err(self.later(pause)),
                // Over HTTP nothing comes late: a broken connection takes its answer along.
                up::Action::Nothing => return Err(SyncError::Ended),
                up::Action::Note(head) => up::Event::Noted(self.ledger.note_at_server(&head)?),
                up::Action::Read { epoch, after_seq, bytes_max, facts_max } => {
                    let most = (bytes_max, facts_max);
                    let version = self.http.version();
                    up::Event::Read(page(self.ledger, version, (epoch, after_seq), most)?)
                }
                up::Action::AskHead => {
                    let answer = self.runtime.block_on(self.http.head());
                    self.told(answer, up::Event::Head, up::Event::Failed)
                }
                up::Action::AskBlob(hash) => {
                    let asked = self.runtime.block_on(self.http.has_blob(&hash));
                    self.told(asked, up::Event::BlobThere, up::Event::Failed)
                }
                up::Action::SendBlob(hash) => match self.ledger.blob(&hash)? {
                    // What is not here cannot be sent; whoever has it sends it.
                    None => up::Event::BlobSent,
                    // No server takes it, and every try would cost its way up.
                    Some(bytes) if Hash::of(&[&bytes]) != hash => {
                        let what = format!("blob {hash} has other bytes than its hash says");
                        return Err(LedgerError::Damaged { what }.into());
                    }
                    Some(bytes) => {
                        let sent = self.http.send_blob(&hash, &bytes, machine.size().bytes());
                        let sent = self.runtime.block_on(sent);
                        self.told(sent, |()| up::Event::BlobSent, up::Event::Failed)
                    }
                },
                up::Action::SendPage(page) => {
                    let answer = self.runtime.block_on(self.http.page(&page));
                    self.told(answer, up::Event::Page, up::Event::Failed)
                }
            };
        }
    }

    fn receive(&mut self) -> Result<(), SyncError> {
        let size = self.size(SIZE_DOWN)?;
        let own = self.ledger.identity().ledger.clone();
        let mut machine = down::Down::new(Some(own)).sized(size);
        let received = self.receive_all(&mut machine);
        self.keep_size(SIZE_DOWN, machine.size())?;
        received
    }

    fn receive_all(&mut self, machine: &mut down::Down) -> Result<(), SyncError> {
        let mut event = down::Event::Start;
        let before = self.catalog()?;
        let mut backed_up = None;
        loop {
            event = match machine.next(event) {
                down::Action::Done => {
                    self.ledger.end_whole()?;
                    self.received += seed::complete(self.ledger, (self.http, self.runtime))?;
                    self.offer_back()?;
                    self.take_receipt(backed_up)?;
                    return self.tell_reached(before.as_ref());
                }
                down::Action::Stop(stop) => return Err(stop.into()),
                down::Action::Wait(pause) => return Err(self.later(pause)),
                down::Action::Nothing => return Err(SyncError::Ended),
                down::Action::AskFeeds => {
                    let answer = self.runtime.block_on(self.http.feeds());
                    let feeds = answer.map(|answer| {
                        backed_up = answer.backed_up;
                        answer.feeds
                    });
                    self.told(feeds, down::Event::Feeds, down::Event::Failed)
                }
                down::Action::Subscribe(feeds) => {
                    self.ledger.set_feeds(&feeds)?;
                    down::Event::Cursors(self.ledger.cursors()?)
                }
                down::Action::Restart(beginning) => {
                    self.ledger.restart_feed(&beginning)?;
                    down::Event::Cursors(self.ledger.cursors()?)
                }
                down::Action::Pull(request) => {
                    let answer = self.runtime.block_on(self.http.pull(&request));
                    self.told(answer, down::Event::Pulled, down::Event::Failed)
                }
                down::Action::Apply(page) => match self.ledger.apply(&page) {
                    Ok(applied) => {
                        self.received += applied.new as u64;
                        down::Event::Applied(down::Fit::Applied)
                    }
                    Err(ApplyError::Gap { .. }) => down::Event::Applied(down::Fit::Elsewhere),
                    Err(ApplyError::Rolling) => down::Event::Applied(down::Fit::Differs),
                    Err(error) => return Err(error.into()),
                },
                down::Action::ListBlobs => down::Event::BlobsWanted(self.ledger.missing_blobs()?),
                down::Action::FetchBlob(hash) => {
                    match self.runtime.block_on(self.http.blob(&hash, self.dir)) {
                        Ok(Some(bytes)) => {
                            self.ledger.put_blob(&bytes)?;
                            down::Event::BlobFetched
                        }
                        Ok(None) => down::Event::BlobFetched,
                        Err(failure) => self.told(
                            Err(failure),
                            |()| down::Event::BlobFetched,
                            down::Event::Failed,
                        ),
                    }
                }
            };
        }
    }

    /// Takes the receipt about another backup than the last one that was told. A server that tells of
    /// none has none.
    fn take_receipt(&mut self, told: Option<Hash>) -> Result<(), SyncError> {
        let known = self.ledger.backed_up()?;
        let known = (!known.up_to.is_empty()).then(|| known.mark());
        if told == known {
            return Ok(());
        }
        let receipt = match told {
            Some(_) => self.runtime.block_on(self.http.backed_up())?,
            None => BackedUp::default(),
        };
        Ok(self.ledger.note_backed_up(&receipt)?)
    }

    /// Offers a restored server what it has no more of others, as far as it proves itself here. What was
    /// taken proves what stands before it, which may have gone in an earlier request: so that is offered
    /// again, until nothing more is taken.
    fn offer_back(&mut self) -> Result<(), SyncError> {
        if !self.ledger.is_to_offer()? {
            return Ok(());
        }
        loop {
            let (offered, taken) = self.offer_once()?;
            if taken == 0 || taken >= offered {
                return Ok(self.ledger.note_offered()?);
            }
        }
    }

    /// Offers all that is missing there once; tells how many facts that were, and how many were taken.
    fn offer_once(&mut self) -> Result<(usize, usize), SyncError> {
        let (mut after, mut count, mut taken) = (0, 0, 0);
        loop {
            let (facts, last) = self.ledger.of_others(after, PAGE_FACTS_MAX)?;
            if facts.is_empty() {
                return Ok((count, taken));
            }
            after = last;
            let facts = facts.into_iter().map(|(at, id)| KnownFact { at, id }).collect();
            let request = MissingRequest { facts };
            let MissingAnswer { missing } = self.runtime.block_on(self.http.missing(&request))?;
            let mut offered = Vec::new();
            for at in &missing {
                if let Some((written, seal)) = self.ledger.sealed(at)? {
                    offered.push(Offered { written, seal });
                }
            }
            count += offered.len();
            // A request has room for a page; what proves itself by the fact after it goes along.
            for facts in pages(offered) {
                let answer = self.runtime.block_on(self.http.offer(&OfferRequest { facts }))?;
                taken += answer.taken;
            }
        }
    }

    fn catalog(&self) -> Result<Option<Cursor>, SyncError> {
        let catalog = Feed::Catalog.to_string();
        Ok(self.ledger.cursors()?.into_iter().find(|cursor| cursor.feed == catalog))
    }

    /// Asks once more after the catalog grew here, so that the server learns what has been received:
    /// who withdraws a revision waits for that. That it does not answer changes nothing here.
    fn tell_reached(&mut self, before: Option<&Cursor>) -> Result<(), SyncError> {
        let Some(now) = self.catalog()?.filter(|now| before != Some(now)) else { return Ok(()) };
        let Cursor { feed, epoch, position: after, rolling } = now;
        let (bytes_max, has, up_to) = (1, None, None);
        let request = PullRequest { feed, epoch, after, rolling, bytes_max, has, up_to };
        self.runtime.block_on(self.http.pull(&request)).ok();
        Ok(())
    }

    /// An answer as an event; a failure is remembered for the words on the status line.
    fn told<T, E>(
        &mut self,
        answer: Result<T, Failure>,
        event: impl FnOnce(T) -> E,
        failed: impl FnOnce(Failure) -> E,
    ) -> E {
        match answer {
            Ok(answer) => event(answer),
            Err(failure) => {
                self.failure = failure.clone();
                failed(failure)
            }
        }
    }
}

/// The next page of own facts, with the blobs that it names.
pub(super) fn page(
    ledger: &mut Ledger,
    version: u16,
    (epoch, after_seq): (u32, u64),
    most: (usize, usize),
) -> Result<Option<(PageUp, Vec<Hash>)>, SyncError> {
    let facts = ledger.outgoing((epoch, after_seq), most)?;
    if facts.is_empty() {
        let next = ledger.epoch_after(epoch)?;
        return next.map_or(Ok(None), |next| page(ledger, version, (next, 0), most));
    }
    let seal = ledger.seal_at((epoch, after_seq + facts.len() as u64))?;
    let blobs = blobs_of(&facts);
    let seals = ledger.seals_within((epoch, after_seq), (&facts, false))?;
    let page = PageUp {
        version,
        ledger: seal.ledger.clone(),
        epoch: seal.epoch,
        from: after_seq + 1,
        facts,
        seal,
        seals,
    };
    Ok(Some((page, blobs)))
}

/// Offered facts in requests that are no larger than a page.
fn pages(offered: Vec<Offered>) -> Vec<Vec<Offered>> {
    let mut pages: Vec<Vec<Offered>> = Vec::new();
    let mut room = 0;
    for one in offered {
        let size = one.written.bytes.len();
        if let Some(page) = pages.last_mut().filter(|_| size <= room) {
            page.push(one);
        } else {
            room = PAGE_BYTES_MAX;
            pages.push(vec![one]);
        }
        room = room.saturating_sub(size);
    }
    pages
}
