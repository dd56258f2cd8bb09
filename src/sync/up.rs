//! A station's own facts on their way up, as a state machine without input or output.
//!
//! The owner performs each [`Action`] and comes back with an [`Event`]. An answer that comes late
//! or twice does no harm: every step starts from what the server says it has, and facts count as
//! at the server only where the last id is the station's own.

use std::collections::BTreeSet;

use crate::domain::fact::LedgerHead;
use crate::domain::hash::Hash;

use super::protocol::{HeadAnswer, PAGE_FACTS_MAX, PageAnswer, PageOutcome, PageUp};
use super::retry::{Failure, PageSize, Pause, Stop, failed_again};

/// How often in a row the server may expect another number before there is a pause.
const GAPS_MAX: u32 = 3;

/// What happened since the last action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Begin, or begin again.
    Start,
    /// The server told how far it has the ledger.
    Head(HeadAnswer),
    /// Whether the head is this ledger's own and was noted.
    Noted(bool),
    /// What follows in the ledger, and the blobs that it names; nothing when all is sent.
    Read(Option<(PageUp, Vec<Hash>)>),
    /// Whether the server has the blob.
    BlobThere(bool),
    /// The blob is at the server, or is not here to be sent.
    BlobSent,
    /// The page was answered.
    Page(PageAnswer),
    /// No usable answer came.
    Failed(Failure),
    /// The pause is over.
    Waited,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Ask the server how far it has the ledger.
    AskHead,
    /// Note facts as at the server up to this head, if its id is the ledger's own.
    Note(LedgerHead),
    /// Read what follows in the ledger, with a seal over its end: of this epoch, or of the next one
    /// where it has no more.
    Read {
        /// The epoch.
        epoch: u32,
        /// The last number of it that the server has.
        after_seq: u64,
        /// The most bytes.
        bytes_max: usize,
        /// The most facts.
        facts_max: usize,
    },
    /// Ask whether the server has a blob.
    AskBlob(Hash),
    /// Send a blob.
    SendBlob(Hash),
    /// Send a page.
    SendPage(PageUp),
    /// Wait.
    Wait(Pause),
    /// Keep waiting for what was asked; this came late.
    Nothing,
    /// Everything is at the server.
    Done,
    /// A person has to look.
    Stop(Stop),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    AskingHead,
    Noting { head: LedgerHead },
    Reading,
    AskingBlob { page: PageUp, left: Vec<Hash>, blob: Hash },
    SendingBlob { page: PageUp, left: Vec<Hash>, blob: Hash },
    SendingPage { epoch: u32, last_seq: u64 },
    Waiting,
}

/// The way up.
#[derive(Debug, Clone)]
pub struct Up {
    epoch: u32,
    state: State,
    size: PageSize,
    failures: u32,
    gaps: u32,
    blobs_there: BTreeSet<Hash>,
}

impl Up {
    /// For a ledger that stands in this epoch.
    pub fn new(epoch: u32) -> Self {
        Self {
            epoch,
            state: State::Idle,
            size: PageSize::LARGEST,
            failures: 0,
            gaps: 0,
            blobs_there: BTreeSet::new(),
        }
    }

    /// On a line of which this is known.
    #[must_use]
    pub fn sized(self, size: PageSize) -> Self {
        Self { size, ..self }
    }

    /// What is known of the line now.
    pub fn size(&self) -> PageSize {
        self.size
    }

    /// Takes what happened and says what to do.
    pub fn next(&mut self, event: Event) -> Action {
        let state = std::mem::replace(&mut self.state, State::Idle);
        match (state, event) {
            (State::Waiting, Event::Waited) | (_, Event::Start) => self.ask_head(),
            (_, Event::Failed(failure)) => self.failed(failure),
            (State::AskingHead, Event::Head(answer)) => self.head(answer),
            (State::Noting { head }, Event::Noted(own)) => self.noted(&head, own),
            (State::Reading, Event::Read(None)) => Action::Done,
            (State::Reading, Event::Read(Some((page, blobs)))) => self.send(page, blobs),
            (State::AskingBlob { page, left, blob }, Event::BlobThere(false)) => {
                self.state = State::SendingBlob { page, left, blob };
                Action::SendBlob(blob)
            }
            (State::AskingBlob { page, left, blob }, Event::BlobThere(true))
            | (State::SendingBlob { page, left, blob }, Event::BlobSent) => {
                self.blobs_there.insert(blob);
                self.send(page, left)
            }
            (State::SendingPage { epoch, last_seq }, Event::Page(answer)) => {
                self.page((epoch, last_seq), answer)
            }
            (state, _late) => {
                self.state = state;
                Action::Nothing
            }
        }
    }

    fn ask_head(&mut self) -> Action {
        self.state = State::AskingHead;
        Action::AskHead
    }

    fn head(&mut self, answer: HeadAnswer) -> Action {
        if answer.frozen && answer.head.epoch == self.epoch {
            return Action::Stop(Stop::Fork { seq: answer.head.last_seq });
        }
        self.go_on_from(answer.head)
    }

    fn go_on_from(&mut self, head: LedgerHead) -> Action {
        if head.epoch > self.epoch {
            return Action::Stop(Stop::Fenced { epoch: head.epoch });
        }
        if head.last_seq == 0 {
            return self.read(head.epoch, 0);
        }
        self.state = State::Noting { head: head.clone() };
        Action::Note(head)
    }

    fn noted(&mut self, head: &LedgerHead, own: bool) -> Action {
        if own {
            self.read(head.epoch, head.last_seq)
        } else {
            Action::Stop(Stop::Fork { seq: head.last_seq })
        }
    }

    fn read(&mut self, epoch: u32, after_seq: u64) -> Action {
        self.state = State::Reading;
        Action::Read { epoch, after_seq, bytes_max: self.size.bytes(), facts_max: PAGE_FACTS_MAX }
    }

    fn send(&mut self, page: PageUp, mut blobs: Vec<Hash>) -> Action {
        while let Some(blob) = blobs.pop() {
            if !self.blobs_there.contains(&blob) {
                self.state = State::AskingBlob { page, left: blobs, blob };
                return Action::AskBlob(blob);
            }
        }
        self.state = State::SendingPage { epoch: page.epoch, last_seq: page.seal.last_seq };
        Action::SendPage(page)
    }

    fn page(&mut self, (epoch, sent_to): (u32, u64), answer: PageAnswer) -> Action {
        match answer.outcome {
            PageOutcome::Stored if answer.head.epoch == epoch => {
                self.failures = 0;
                self.gaps = 0;
                if answer.head.last_seq >= sent_to {
                    self.size = self.size.doubled();
                }
                self.go_on_from(answer.head)
            }
            PageOutcome::Stored => {
                Action::Stop(Stop::Nonsense("it stored a page in another epoch".to_owned()))
            }
            PageOutcome::Gap { .. } => {
                self.gaps += 1;
                if self.gaps > GAPS_MAX {
                    self.gaps = 0;
                    return self.failed(Failure::Busy { retry_after: None });
                }
                self.ask_head()
            }
            PageOutcome::Fork { seq } => Action::Stop(Stop::Fork { seq }),
            PageOutcome::Fenced { epoch } => Action::Stop(Stop::Fenced { epoch }),
            PageOutcome::Refused { seq, why } => Action::Stop(Stop::Refused { seq, why }),
        }
    }

    fn failed(&mut self, failure: Failure) -> Action {
        self.failures = failed_again(self.failures, &failure);
        let retry_after = match failure {
            Failure::Stopped(stop) => return Action::Stop(stop),
            Failure::Busy { retry_after } => retry_after,
            Failure::Unreachable => None,
            Failure::TimedOut => {
                self.size = self.size.halved();
                None
            }
        };
        // The server may have lost blobs with its disk; asking again is cheap.
        self.blobs_there.clear();
        self.state = State::Waiting;
        Action::Wait(Pause { failures: self.failures, retry_after })
    }
}
