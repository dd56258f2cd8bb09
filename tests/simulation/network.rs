//! What goes over the line, and in which order it arrives.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use gemba::sync::protocol::{FeedHead, HeadAnswer, PageAnswer, PageUp, PullAnswer, PullRequest};

pub(super) const UP: usize = 0;
pub(super) const DOWN: usize = 1;

/// A question of a station.
#[derive(Debug, Clone)]
pub(super) enum Question {
    Head,
    Page(PageUp),
    Feeds,
    Pull(PullRequest),
}

/// An answer of the server.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Head(HeadAnswer),
    Page(PageAnswer),
    Feeds(Vec<FeedHead>),
    Pulled(PullAnswer),
}

/// Something that happens at a moment.
#[derive(Debug, Clone)]
pub(super) enum Happening {
    /// A station has time: it works, or begins an exchange.
    Turn,
    /// A question arrives at the server.
    Asked { number: u64, question: Question },
    /// An answer arrives at the station.
    Answered { number: u64, answer: Answer },
    /// A question, by its number, has waited long enough.
    TimedOut { way: usize, number: u64 },
    /// A pause of a life is over.
    Waited { way: usize, life: u32 },
}

/// What is to happen, by moment and then by the order of planning.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<Reverse<(u64, u64)>, (usize, Happening)>,
    planned: u64,
}

impl Agenda {
    pub(super) fn plan(&mut self, at_ms: u64, replica: usize, what: Happening) {
        self.planned += 1;
        self.entries.insert(Reverse((at_ms, self.planned)), (replica, what));
    }

    /// The next happening with its moment.
    pub(super) fn next(&mut self) -> Option<(u64, usize, Happening)> {
        let (Reverse((at_ms, _)), (replica, what)) = self.entries.pop_last()?;
        Some((at_ms, replica, what))
    }
}
