//! What a station need not keep: orders that are over for long and lie in a backup of the server (R14).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::backed_up::Reach;
use super::fact::Position;
use super::feeds::Feed;
use super::ids::LedgerId;
use super::over::{self, Open};
use super::stream::StreamState;

/// For how many days an order that is over stays at stations, where the site does not say.
pub const KEEP_DAYS: u32 = 400;
/// The fewest and the most days that a site may say.
pub const KEEP_DAYS_BOUNDS: (u32, u32) = (1, 36_500);

/// Why an order stays whole at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kept {
    /// It is not over.
    Open(Open),
    /// A unit of it that was begun is neither shipped nor ended.
    NotShipped,
    /// It is not over for long enough.
    Recent,
    /// A fact of it waits for one that is not here.
    Waiting,
    /// A fact of it is not known here to be judged.
    NotJudged,
    /// A fact of it lies in no completed backup of the server that was told here.
    NotBackedUp,
    /// What stays here rests on it: a unit that contains one of it, a deviation of several orders.
    Referred,
    /// The server would not hand it out to this station again.
    NotFollowed,
}

impl Kept {
    /// The reason in words, after a number of orders.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open(Open::Order) => "not closed",
            Self::Open(Open::Hold) => "with a unit on hold",
            Self::Open(Open::Deviation) => "with an open deviation",
            Self::NotShipped => "with a unit that is neither shipped nor ended",
            Self::Recent => "not over for long enough",
            Self::Waiting => "with facts that wait for others",
            Self::NotJudged => "with facts that are not judged",
            Self::NotBackedUp => "not in a completed backup of the server",
            Self::Referred => "on which something rests that stays here",
            Self::NotFollowed => "of which no work center is served here any more",
        }
    }

    /// The reason as programs read it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open(Open::Order) => "not_closed",
            Self::Open(Open::Hold) => "on_hold",
            Self::Open(Open::Deviation) => "open_deviation",
            Self::NotShipped => "not_shipped",
            Self::Recent => "recent",
            Self::Waiting => "waiting",
            Self::NotJudged => "not_judged",
            Self::NotBackedUp => "not_backed_up",
            Self::Referred => "referred",
            Self::NotFollowed => "not_followed",
        }
    }
}

/// An order as known at a station: all of its streams.
#[derive(Debug, Default)]
pub struct OrderKnown<'a> {
    /// The state of each stream, the order's own among them.
    pub states: Vec<&'a StreamState>,
    /// Every fact and its moment.
    pub facts: Vec<(Position, Timestamp)>,
    /// How many facts wait for others.
    pub waiting: usize,
    /// How many things that stay here rest on it.
    pub referred: u64,
}

/// Which facts of each epoch of each ledger are judged: runs apart from each other, by their first number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JudgedRuns(BTreeMap<(LedgerId, u32), BTreeMap<u64, u64>>);

impl JudgedRuns {
    /// Adds the run from a fact up to a number.
    pub fn add(&mut self, from: &Position, to_seq: u64) {
        let runs = self.0.entry((from.ledger.clone(), from.epoch)).or_default();
        runs.insert(from.seq, to_seq);
    }

    /// Whether a fact is in a run.
    pub fn has(&self, at: &Position) -> bool {
        let runs = self.0.get(&(at.ledger.clone(), at.epoch));
        let run = runs.and_then(|runs| runs.range(..=at.seq).next_back());
        run.is_some_and(|(_, to_seq)| at.seq <= *to_seq)
    }
}

/// What is known around every order.
#[derive(Debug)]
pub struct Around {
    /// The last moment of what need not be kept.
    pub until: Timestamp,
    /// Which facts are judged.
    pub judged: JudgedRuns,
    /// The ledgers that judge, which nobody judges.
    pub judges: BTreeSet<LedgerId>,
    /// How far each ledger lies in a completed backup.
    pub backed_up: Reach,
    /// The feeds that are followed here.
    pub feeds: BTreeSet<Feed>,
}

impl Around {
    /// So many days before a moment.
    pub fn days_before(now: Timestamp, days: u32) -> Timestamp {
        let span = SignedDuration::from_hours(24 * i64::from(days));
        now.checked_sub(span).unwrap_or(Timestamp::MIN)
    }
}

/// Why an order stays; none where all of it may go.
pub fn why_kept(known: &OrderKnown<'_>, around: &Around) -> Option<Kept> {
    if let Some(open) = known.states.iter().find_map(|state| over::open(state)) {
        return Some(Kept::Open(open));
    }
    if known.states.iter().any(|state| is_here(state)) {
        return Some(Kept::NotShipped);
    }
    if known.facts.iter().any(|(_, at)| *at > around.until) {
        return Some(Kept::Recent);
    }
    if known.waiting > 0 {
        return Some(Kept::Waiting);
    }
    let is_judged = |at: &Position| around.judged.has(at) || around.judges.contains(&at.ledger);
    if !known.facts.iter().all(|(at, _)| is_judged(at)) {
        return Some(Kept::NotJudged);
    }
    if !known.facts.iter().all(|(at, _)| around.backed_up.covers(at)) {
        return Some(Kept::NotBackedUp);
    }
    if known.referred > 0 {
        return Some(Kept::Referred);
    }
    (!known.states.iter().any(|state| is_handed_out(state, &around.feeds)))
        .then_some(Kept::NotFollowed)
}

/// Whether a unit that was begun is still in the house.
fn is_here(state: &StreamState) -> bool {
    let StreamState::Traveler(unit) = state else { return false };
    unit.started.is_some() && unit.ended.is_none() && unit.shipped().is_none()
}

/// Whether a feed that is followed here has the order.
fn is_handed_out(state: &StreamState, feeds: &BTreeSet<Feed>) -> bool {
    let StreamState::Order(order) = state else { return false };
    let route = order.opened.iter().flat_map(|opened| &opened.route);
    let mut centers = route.map(|operation| Feed::WorkCenter(operation.work_center.clone()));
    feeds.iter().any(|feed| matches!(feed, Feed::Site(_)))
        || centers.any(|center| feeds.contains(&center))
}
