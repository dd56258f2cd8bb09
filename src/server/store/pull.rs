//! Hands out feeds: which a station reads, how far they reach, the rows after a cursor.

use std::collections::BTreeMap;
use std::sync::Weak;
use std::sync::mpsc::SyncSender;

use crate::domain::feeds::{Feed, FeedPage};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::sync::protocol::{FeedHead, PAGE_BYTES_MAX, PAGE_FACTS_MAX, PullAnswer, PullRequest};

use super::error::StoreError;
use super::postgres::Listening;
use super::stations::Station;
use super::tx::{self, FeedHeadRow, Tx};
use super::{Store, feed_epoch};

/// Hears of what other servers store.
#[derive(Debug)]
pub struct News(Option<Listening>);

impl News {
    /// Whether it did hear and hears nothing any more.
    pub fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(Listening::is_over)
    }
}

/// How far all feeds reach, and which are whose.
#[derive(Debug, Default)]
pub struct Spread {
    heads: BTreeMap<String, u64>,
    feeds: BTreeMap<LedgerId, Vec<Feed>>,
}

impl Spread {
    /// How far the feeds of a station reach; none where it may read nothing.
    pub fn of(&self, ledger: &LedgerId) -> Option<Vec<(String, u64)>> {
        let feeds = self.feeds.get(ledger)?.iter().map(Feed::to_string);
        let head = |feed: String| {
            let reaches = self.heads.get(&feed).copied().unwrap_or(0);
            (feed, reaches)
        };
        Some(feeds.map(head).collect())
    }
}

impl Store {
    /// The heads of a station's feeds.
    pub fn feed_heads(&self, feeds: &[Feed]) -> Result<Vec<FeedHead>, StoreError> {
        self.read(|tx| {
            let head = |feed: &Feed| {
                let feed = feed.to_string();
                let FeedHeadRow { epoch, position, rolling } = head_or_none(tx, &feed)?;
                Ok(FeedHead { feed, epoch, position, rolling })
            };
            feeds.iter().map(head).collect()
        })
    }

    /// How far all feeds reach, and who may read which.
    pub fn spread(&self) -> Result<Spread, StoreError> {
        let heads = self.read(|tx| {
            tx.all("SELECT feed, position FROM feed_head", &[], |row| {
                Ok((row.text(0)?, row.number(1)?))
            })
        })?;
        let of = |station: Station| (station.ledger.clone(), station.feeds());
        let stations = self.stations()?.into_iter().filter(|station| !station.revoked);
        Ok(Spread { heads: heads.into_iter().collect(), feeds: stations.map(of).collect() })
    }

    /// How far the site's feed reaches, which has every fact.
    pub fn site_head(&self) -> Result<u64, StoreError> {
        let feed = Feed::Site(self.plant.site.clone()).to_string();
        Ok(self.read(|tx| tx.feed_head(&feed))?.map_or(0, |head| head.position))
    }

    /// Rings whenever another server stored something, as a hint, as long as what is given stands.
    pub fn listen(&self, bell: Weak<SyncSender<()>>) -> Result<News, StoreError> {
        Ok(News(self.connection.listen(bell)?))
    }

    /// The rows after a station's cursor, no further than it asks for.
    pub fn pull(&self, feeds: &[Feed], request: &PullRequest) -> Result<PullAnswer, StoreError> {
        let Some(feed) = Feed::parse(&request.feed).filter(|feed| feeds.contains(feed)) else {
            return Ok(PullAnswer::NotYours);
        };
        let (feed, catalog) = (feed.to_string(), Feed::Catalog.to_string());
        self.read(|tx| {
            let head = head_or_none(tx, &feed)?;
            let begun = request.after > 0;
            if begun && (request.epoch != head.epoch || request.after > head.position) {
                return Ok(PullAnswer::EpochChanged { epoch: head.epoch });
            }
            let rolling = if begun { tx.rolling_at(&feed, request.after)? } else { None };
            if rolling.unwrap_or(Hash::ZERO) != request.rolling {
                return Ok(PullAnswer::Diverged);
            }
            let mut page = FeedPage {
                feed: feed.clone(),
                epoch: head.epoch,
                from: request.after.saturating_add(1),
                rows: Vec::new(),
                named: Vec::new(),
                rolling: request.rolling,
                seals: Vec::new(),
            };
            let limits = (facts_max(request), request.bytes_max.min(PAGE_BYTES_MAX));
            // What the catalog releases is taken from its facts, also by who wrote them.
            let has = request.has.as_ref().filter(|_| feed != catalog);
            for row in tx.rows_after((&feed, request.after), has, limits)? {
                page.rolling = row.rolling;
                match row.written {
                    Some(written) => page.rows.push(written),
                    None if has == Some(&row.ledger) => page.name(row.epoch, row.seq),
                    None => return Err(tx::lost(&feed)),
                }
            }
            page.seals = tx.seals_of((&feed, request.after), has, page.count())?;
            Ok(PullAnswer::Page { page, head: head.position })
        })
    }
}

/// The most rows that a page may have.
fn facts_max(request: &PullRequest) -> usize {
    let wanted = request.up_to.map(|up_to| up_to.saturating_sub(request.after));
    let wanted = wanted.and_then(|wanted| usize::try_from(wanted).ok());
    wanted.map_or(PAGE_FACTS_MAX, |wanted| wanted.min(PAGE_FACTS_MAX))
}

fn head_or_none(tx: &Tx<'_>, feed: &str) -> Result<FeedHeadRow, StoreError> {
    let Some(head) = tx.feed_head(feed)? else {
        return Ok(FeedHeadRow { epoch: feed_epoch(tx)?, position: 0, rolling: Hash::ZERO });
    };
    Ok(head)
}

impl Station {
    /// The feeds that a station reads, computed from its enrollment.
    pub fn feeds(&self) -> Vec<Feed> {
        let centers = self.work_centers.iter().cloned().map(Feed::WorkCenter);
        [Feed::Catalog, Feed::Station(self.code.clone())].into_iter().chain(centers).collect()
    }
}
