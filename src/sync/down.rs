//! The feeds of a station on their way down, as a state machine without input or output.
//!
//! Each feed is pulled from the position after its cursor, up to where all of them reached in one moment;
//! the station's own after those of its work centers, so that no judgement is here before the holds that it
//! names. A page is applied together with the cursor after it, where its rows lead from the one rolling hash
//! to the other; a page that does not begin right there is never applied. Own facts are only named, unless
//! that does not lead there. Blobs are fetched after the facts that name them.

use std::collections::BTreeSet;

use crate::domain::feeds::{Cursor, Feed, FeedPage};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;

use super::protocol::{FeedHead, PAGE_FACTS_MAX, PullAnswer, PullRequest};
use super::retry::{Failure, PageSize, Pause, Stop, failed_again};

/// How often in a row a page may not fit before there is a pause.
const MISFITS_MAX: u32 = 3;

/// What happened since the last action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Begin, or begin again.
    Start,
    /// The station's feeds with their heads.
    Feeds(Vec<FeedHead>),
    /// The subscriptions are stored; these are the cursors.
    Cursors(Vec<Cursor>),
    /// A pull was answered.
    Pulled(PullAnswer),
    /// The page was applied with its cursor, or not.
    Applied(Fit),
    /// The blobs that facts name and that are not here.
    BlobsWanted(Vec<Hash>),
    /// The blob is here, or the server does not have it yet.
    BlobFetched,
    /// No usable answer came.
    Failed(Failure),
    /// The pause is over.
    Waited,
}

/// Whether a page fits to what is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It was applied with the cursor after it.
    Applied,
    /// It does not begin after the cursor.
    Elsewhere,
    /// What it names is not here, or its rows do not lead to its rolling hash.
    Differs,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Ask which feeds there are for this station.
    AskFeeds,
    /// Subscribe to these and read all cursors.
    Subscribe(Vec<Feed>),
    /// Begin a feed anew, from this cursor, and read all cursors.
    Restart(Cursor),
    /// Ask for the rows after a cursor.
    Pull(PullRequest),
    /// Apply a page and the cursor after it in one transaction.
    Apply(FeedPage),
    /// List the blobs that are named and missing.
    ListBlobs,
    /// Fetch a blob and keep it.
    FetchBlob(Hash),
    /// Wait.
    Wait(Pause),
    /// Keep waiting for what was asked; this came late.
    Nothing,
    /// Every feed is applied up to its head.
    Done,
    /// A person has to look.
    Stop(Stop),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    AskingFeeds,
    Subscribing,
    Pulling(Cursor),
    Applying { before: Cursor, after: Cursor },
    ListingBlobs,
    FetchingBlob(Vec<Hash>),
    Waiting,
}

/// Where a feed stands among those of a station; the last is pulled first. A station's own has the
/// judgements, and those of its work centers have the holds that these name.
const fn rank(feed: Option<&Feed>) -> u8 {
    match feed {
        None | Some(Feed::Catalog) => 0,
        Some(Feed::Station(_)) => 1,
        Some(Feed::Site(_) | Feed::Area(_) | Feed::WorkCenter(_)) => 2,
    }
}

/// The way down.
#[derive(Debug, Clone)]
pub struct Down {
    state: State,
    /// How far the feeds reached when it began; the last is pulled first.
    heads: Vec<FeedHead>,
    /// Feeds that are behind, with the cursor to go on from; the last is pulled first.
    behind: Vec<Cursor>,
    /// The ledger of which it is enough to name facts; none any more once one was not here.
    has: Option<LedgerId>,
    size: PageSize,
    failures: u32,
    misfits: u32,
    /// Feeds that were fetched once more because both sides disagreed.
    refetched: BTreeSet<String>,
}

impl Down {
    /// Before its first question; facts of a ledger that is here whole are only named.
    pub fn new(has: Option<LedgerId>) -> Self {
        Self {
            state: State::Idle,
            heads: Vec::new(),
            behind: Vec::new(),
            has,
            size: PageSize::LARGEST,
            failures: 0,
            misfits: 0,
            refetched: BTreeSet::new(),
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
            (State::Waiting, Event::Waited) | (_, Event::Start) => self.ask_feeds(),
            (_, Event::Failed(failure)) => self.failed(failure),
            (State::AskingFeeds, Event::Feeds(heads)) => self.feeds(heads),
            (State::Subscribing, Event::Cursors(cursors)) => self.cursors(cursors),
            (State::Pulling(cursor), Event::Pulled(answer)) => self.pulled(cursor, answer),
            (State::Applying { before, after }, Event::Applied(fit)) => match fit {
                Fit::Applied => self.applied(after),
                Fit::Elsewhere => self.misfit(),
                Fit::Differs => self.differs(before),
            },
            (State::ListingBlobs, Event::BlobsWanted(blobs)) => self.fetch(blobs),
            (State::FetchingBlob(left), Event::BlobFetched) => self.fetch(left),
            (state, _late) => {
                self.state = state;
                Action::Nothing
            }
        }
    }

    fn ask_feeds(&mut self) -> Action {
        self.state = State::AskingFeeds;
        Action::AskFeeds
    }

    fn feeds(&mut self, mut heads: Vec<FeedHead>) -> Action {
        // A feed of a form that only newer versions know is left alone.
        let feeds: BTreeSet<Feed> = heads.iter().filter_map(FeedHead::parse).collect();
        heads.sort_by_key(|head| rank(head.parse().as_ref()));
        self.heads = heads;
        self.state = State::Subscribing;
        Action::Subscribe(feeds.into_iter().collect())
    }

    fn cursors(&mut self, cursors: Vec<Cursor>) -> Action {
        self.behind.clear();
        for head in &self.heads {
            let Some(cursor) = cursors.iter().find(|c| c.feed == head.feed) else { continue };
            let mut cursor = cursor.clone();
            if cursor.position > 0 && cursor.epoch != head.epoch {
                return self.restart(cursor, head.epoch);
            }
            if cursor.position == 0 {
                // Nothing was applied, so any epoch will do.
                cursor.epoch = head.epoch;
            }
            let level = cursor.position == head.position && cursor.epoch == head.epoch;
            if level && cursor.rolling != head.rolling {
                return self.diverged(cursor);
            }
            if !level {
                self.behind.push(cursor);
            }
        }
        self.pull_next()
    }

    /// Both sides say something else of the same feed: neither is right by itself. What is there comes
    /// once more, and what is here of others is offered; if that does not mend it, people look.
    fn diverged(&mut self, cursor: Cursor) -> Action {
        if !self.refetched.insert(cursor.feed.clone()) {
            let Cursor { feed, position, .. } = cursor;
            return Action::Stop(Stop::Diverged { feed, position });
        }
        let epoch = cursor.epoch;
        self.restart(cursor, epoch)
    }

    /// The server was restored: everything comes once more, and is told from what is here by its id.
    fn restart(&mut self, cursor: Cursor, epoch: u32) -> Action {
        self.state = State::Subscribing;
        Action::Restart(Cursor { epoch, position: 0, rolling: Hash::ZERO, ..cursor })
    }

    fn pull_next(&mut self) -> Action {
        let Some(cursor) = self.behind.pop() else {
            self.state = State::ListingBlobs;
            return Action::ListBlobs;
        };
        self.pull(cursor)
    }

    /// How far a feed is pulled; what came since comes with what it rests on, in the next exchange.
    fn reaches(&self, feed: &str) -> u64 {
        self.heads.iter().find(|head| head.feed == feed).map_or(0, |head| head.position)
    }

    fn pull(&mut self, cursor: Cursor) -> Action {
        let request = PullRequest {
            feed: cursor.feed.clone(),
            epoch: cursor.epoch,
            after: cursor.position,
            rolling: cursor.rolling,
            bytes_max: self.size.bytes(),
            has: self.has.clone(),
            up_to: Some(self.reaches(&cursor.feed)),
        };
        self.state = State::Pulling(cursor);
        Action::Pull(request)
    }

    fn pulled(&mut self, cursor: Cursor, answer: PullAnswer) -> Action {
        let page = match answer {
            PullAnswer::Page { page, .. } => page,
            PullAnswer::EpochChanged { epoch } if epoch > cursor.epoch => {
                return self.restart(cursor, epoch);
            }
            PullAnswer::Diverged => return self.diverged(cursor),
            // It claims less than it had, and opened no epoch: it will when it hears of this again. Or
            // the enrollment changed meanwhile: ask for the feeds anew.
            PullAnswer::EpochChanged { .. } | PullAnswer::NotYours => return self.misfit(),
        };
        if page.count() > PAGE_FACTS_MAX as u64 {
            return Action::Stop(Stop::Nonsense(
                "a page has more rows than any page may".to_owned(),
            ));
        }
        let unasked = self.has.is_none() && !page.named.is_empty();
        let late = page.epoch < cursor.epoch || unasked;
        if late || page.feed != cursor.feed || page.from != cursor.position + 1 {
            // Late, or for another feed: never applied. The answer to the question may still come.
            self.state = State::Pulling(cursor);
            return Action::Nothing;
        }
        if page.epoch > cursor.epoch {
            // The server was restored after it told of its feeds, and nothing was applied of this one.
            return self.misfit();
        }
        if page.count() == 0 {
            return self.pull_next();
        }
        let position = cursor.position.saturating_add(page.count());
        let after = Cursor { position, rolling: page.rolling, ..cursor.clone() };
        self.failures = 0;
        self.size = self.size.doubled();
        self.state = State::Applying { before: cursor, after };
        Action::Apply(page)
    }

    fn applied(&mut self, after: Cursor) -> Action {
        self.misfits = 0;
        if after.position < self.reaches(&after.feed) { self.pull(after) } else { self.pull_next() }
    }

    /// What was named is not all here: it comes whole, once.
    fn differs(&mut self, before: Cursor) -> Action {
        if self.has.take().is_some() {
            return self.pull(before);
        }
        let Cursor { feed, position, .. } = before;
        Action::Stop(Stop::Diverged { feed, position })
    }

    fn misfit(&mut self) -> Action {
        self.misfits += 1;
        if self.misfits > MISFITS_MAX {
            self.misfits = 0;
            return self.failed(Failure::Busy { retry_after: None });
        }
        self.ask_feeds()
    }

    fn fetch(&mut self, mut blobs: Vec<Hash>) -> Action {
        let Some(blob) = blobs.pop() else {
            self.failures = 0;
            return Action::Done;
        };
        self.state = State::FetchingBlob(blobs);
        Action::FetchBlob(blob)
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
        self.state = State::Waiting;
        Action::Wait(Pause { failures: self.failures, retry_after })
    }
}
