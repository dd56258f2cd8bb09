//! Whether station and server hold the same of what both have: asked at each hand-over, and now and then.

use jiff::SignedDuration;

use crate::domain::fact::LedgerHead;
use crate::domain::feeds::Cursor;
use crate::ledger::compared::Compared;
use crate::sync::protocol::{CheckAnswer, CheckRequest, FeedKnown, OwnKnown};

use super::carry::Carrier;
use super::error::SyncError;

/// How long a comparison is good for while no shift is handed over.
const GOOD: SignedDuration = SignedDuration::from_hours(1);

impl Carrier<'_> {
    /// Compares, where that was not done since the last hand-over or for an hour.
    pub(super) fn compare(&mut self) -> Result<(), SyncError> {
        let now = (self.clock)().utc;
        let handovers = self.ledger.handovers_given()?;
        let last = self.ledger.compared()?;
        let is_good = |last: &Compared| {
            let age = now.duration_since(last.at);
            last.handovers == handovers
                && last.otherwise.is_empty()
                && (SignedDuration::ZERO..GOOD).contains(&age)
        };
        if last.as_ref().is_some_and(is_good) {
            return Ok(());
        }
        let own = self.ledger.handed_in()?;
        let own: Vec<OwnKnown> =
            own.into_iter().map(|(head, facts)| OwnKnown { head, facts }).collect();
        let known = |cursor: Cursor| {
            let Cursor { feed, epoch, position, rolling } = cursor;
            FeedKnown { feed, epoch, position, rolling }
        };
        let feeds = self.ledger.cursors()?.into_iter().map(known).collect();
        let request = CheckRequest { own, feeds };
        let answer = self.runtime.block_on(self.http.check(&request))?;
        let compared = Compared { at: now, handovers, otherwise: otherwise(&request, &answer) };
        Ok(self.ledger.note_compared(&compared)?)
    }
}

/// What the two hold otherwise, in words.
fn otherwise(here: &CheckRequest, there: &CheckAnswer) -> Vec<String> {
    let mut words = Vec::new();
    for one in &here.own {
        if there.own.contains(one) {
            continue;
        }
        let LedgerHead { epoch, last_seq, .. } = one.head;
        let other = there.own.iter().find(|other| other.head.epoch == epoch);
        let facts = other.map_or(0, |other| other.facts);
        words.push(format!(
            "own facts of epoch {epoch} up to {last_seq}: {} here, {facts} at the server",
            one.facts
        ));
    }
    for feed in &here.feeds {
        // A feed that begins anew is told by the exchange itself.
        let begins = feed.position == 0;
        if !begins && !there.feeds.contains(feed) {
            words.push(format!("feed {} up to {}", feed.feed, feed.position));
        }
    }
    words
}
