//! What a station has, as this store knows it: for the check at the end of a shift.

use crate::domain::fact::LedgerHead;
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::sync::protocol::{CheckAnswer, CheckRequest, FeedKnown, OwnKnown};

use super::Store;
use super::error::StoreError;

impl Store {
    /// The same questions that a station answered about itself, answered by this store: each epoch of
    /// its ledger up to the number that it named, each feed up to the position that it named.
    pub fn compared(
        &self,
        ledger: &LedgerId,
        asked: &CheckRequest,
    ) -> Result<CheckAnswer, StoreError> {
        self.read(|tx| {
            let mut own = Vec::new();
            for OwnKnown { head, .. } in &asked.own {
                let LedgerHead { epoch, last_seq, .. } = *head;
                let sql = "SELECT count(*) FROM fact
                           WHERE ledger = ?1 AND epoch = ?2 AND seq <= ?3";
                let values = [ledger.into(), epoch.into(), last_seq.into()];
                let facts = tx.one(sql, &values, |row| row.number(0))?.unwrap_or(0);
                let at =
                    crate::domain::fact::Position { ledger: ledger.clone(), epoch, seq: last_seq };
                let last_id = tx.id_at(&at)?.unwrap_or(Hash::ZERO);
                let head = LedgerHead { epoch, last_seq, last_id };
                own.push(OwnKnown { head, facts });
            }
            let mut feeds = Vec::new();
            for FeedKnown { feed, position, .. } in &asked.feeds {
                let epoch = tx.feed_head(feed)?.map_or(0, |head| head.epoch);
                let rolling = match position {
                    0 => Some(Hash::ZERO),
                    position => tx.rolling_at(feed, *position)?,
                };
                let rolling = rolling.unwrap_or(Hash::ZERO);
                feeds.push(FeedKnown { feed: feed.clone(), epoch, position: *position, rolling });
            }
            Ok(CheckAnswer { own, feeds })
        })
    }
}
