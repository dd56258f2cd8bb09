//! Implementations that are wrong on purpose, each in a way that somebody's product once was.

use gemba::domain::fact::{Fact, LedgerHead, Written};
use gemba::domain::feeds::FeedPage;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::kinds::FactBody;
use gemba::domain::stream::Subject;
use gemba::server::store::stations::Station;
use gemba::sync::protocol::{HeadAnswer, PageAnswer, PageOutcome, PageUp, PullAnswer, PullRequest};

use super::replica::{Apply, Disk, Habits};
use super::server::{Honest, Server};

/// Answers from memory and writes a little later: a stop in between loses what was acknowledged.
pub(super) struct AckBeforeCommit {
    honest: Honest,
    pending: Vec<PageUp>,
}

impl AckBeforeCommit {
    pub(super) fn new() -> Self {
        Self { honest: Honest::new(), pending: Vec::new() }
    }

    fn commit(&mut self) {
        for page in std::mem::take(&mut self.pending) {
            Server::page(&mut self.honest, &page);
        }
    }
}

impl Server for AckBeforeCommit {
    fn honest(&mut self) -> &mut Honest {
        &mut self.honest
    }

    fn head(&mut self, ledger: &LedgerId) -> HeadAnswer {
        self.commit();
        Server::head(&mut self.honest, ledger)
    }

    fn page(&mut self, page: &PageUp) -> PageAnswer {
        self.commit();
        self.pending.push(page.clone());
        acknowledged(page)
    }

    fn stop(&mut self) {
        self.pending.clear();
    }
}

fn acknowledged(page: &PageUp) -> PageAnswer {
    let (last_seq, last_id) = (page.seal.last_seq, page.seal.head);
    let head = LedgerHead { epoch: page.epoch, last_seq, last_id };
    PageAnswer { head, outcome: PageOutcome::Stored }
}

/// `insert … on conflict do nothing`, and a cheerful answer.
pub(super) struct NothingOnConflict(Honest);

impl NothingOnConflict {
    pub(super) fn new() -> Self {
        Self(Honest::new())
    }
}

impl Server for NothingOnConflict {
    fn honest(&mut self) -> &mut Honest {
        &mut self.0
    }

    fn page(&mut self, page: &PageUp) -> PageAnswer {
        let answer = Server::page(&mut self.0, page);
        match answer.outcome {
            PageOutcome::Fork { .. } => acknowledged(page),
            PageOutcome::Stored
            | PageOutcome::Gap { .. }
            | PageOutcome::Fenced { .. }
            | PageOutcome::Refused { .. } => answer,
        }
    }
}

/// `where id > cursor` while a row with a smaller id is not visible yet.
pub(super) struct IdOverCursor {
    honest: Honest,
    pulls: u64,
}

impl IdOverCursor {
    pub(super) fn new() -> Self {
        Self { honest: Honest::new(), pulls: 0 }
    }
}

impl Server for IdOverCursor {
    fn honest(&mut self) -> &mut Honest {
        &mut self.honest
    }

    fn pull(&mut self, station: &Station, request: &PullRequest) -> PullAnswer {
        self.pulls += 1;
        let mut answer = Server::pull(&mut self.honest, station, request);
        if let PullAnswer::Page { page, .. } = &mut answer
            && page.rows.len() > 2
            && self.pulls.is_multiple_of(5)
        {
            page.rows.remove(1);
            let roll = |rolling: Hash, row: &Written| Hash::of(&[&rolling.0, &row.id().0]);
            page.rolling = page.rows.iter().fold(request.rolling, roll);
        }
        answer
    }
}

/// Knows no duplicate: a page that comes again is appended again.
pub(super) struct StoresTwice {
    honest: Honest,
    again: Vec<Written>,
    /// How far the site's feed was told, without what is stored twice.
    told: (u64, Hash),
}

impl StoresTwice {
    pub(super) fn new() -> Self {
        Self { honest: Honest::new(), again: Vec::new(), told: (0, Hash::ZERO) }
    }
}

impl Server for StoresTwice {
    fn honest(&mut self) -> &mut Honest {
        &mut self.honest
    }

    fn page(&mut self, page: &PageUp) -> PageAnswer {
        let before = Server::head(&mut self.honest, &page.ledger).head.last_seq;
        let known =
            page.facts.iter().take(usize::try_from(before.saturating_sub(page.from - 1)).unwrap());
        self.again.extend(known.cloned());
        Server::page(&mut self.honest, page)
    }

    fn arrived(&mut self, _after: (u64, Hash)) -> Vec<Written> {
        let mut rows = self.honest.site_rows(self.told);
        for row in &rows {
            self.told = (self.told.0 + 1, Hash::of(&[&self.told.1.0, &row.id().0]));
        }
        rows.append(&mut self.again);
        rows
    }
}

/// Two transactions for what is one: the cursor, then the page.
pub(super) struct CursorBeforeApply;

impl Habits for CursorBeforeApply {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, stops: bool) -> Apply {
        let Some(cursor) = disk.cursors.get_mut(&page.feed) else { return Apply::Misfit };
        if page.from != cursor.position + 1 {
            return Apply::Misfit;
        }
        for row in &page.rows {
            cursor.advance(&row.id());
        }
        if stops {
            return Apply::Stopped;
        }
        for row in &page.rows {
            disk.take(row);
        }
        Apply::Done
    }
}

/// Applies whatever page comes and believes its end.
pub(super) struct AppliesAGap;

impl Habits for AppliesAGap {
    fn takes_any_page(&self) -> bool {
        true
    }

    fn apply(&self, disk: &mut Disk, page: &FeedPage, _stops: bool) -> Apply {
        let Some(cursor) = disk.cursors.get_mut(&page.feed) else { return Apply::Misfit };
        let end = page.from + page.rows.len() as u64 - 1;
        if end <= cursor.position {
            return Apply::Done;
        }
        (cursor.position, cursor.rolling) = (end, page.rolling);
        for row in &page.rows {
            disk.take(row);
        }
        Apply::Done
    }
}

/// Believes the number and does not look at the id.
pub(super) struct AtServerWithoutId;

impl Habits for AtServerWithoutId {
    fn note(&self, disk: &mut Disk, head: &LedgerHead) -> bool {
        disk.at_server = disk.at_server.max(head.last_seq);
        true
    }
}

/// An outbox that forgets what it handed to the line.
pub(super) struct EmptiesOutbox;

impl Habits for EmptiesOutbox {
    fn sent(&self, disk: &mut Disk, page: &PageUp) {
        let mut facts = disk.facts.clone();
        facts.retain(|(_, written)| !page.facts.contains(written));
        disk.replace(facts);
    }
}

/// Parses facts and writes them again, with its own idea of the order of keys.
pub(super) struct SerializesAgain;

impl Habits for SerializesAgain {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, stops: bool) -> Apply {
        let mut own = disk.clone();
        let done = super::replica::Honest.apply(&mut own, page, stops);
        let mut facts = own.facts.clone();
        for (_, written) in facts.iter_mut().skip(disk.facts.len()) {
            let value: serde_json::Value = serde_json::from_str(&written.bytes).unwrap();
            written.bytes = value.to_string();
        }
        own.replace(facts);
        *disk = own;
        done
    }
}

/// Stores only what it can fold at once.
pub(super) struct DropsOrphans;

impl Habits for DropsOrphans {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, stops: bool) -> Apply {
        let mut own = disk.clone();
        let done = super::replica::Honest.apply(&mut own, page, stops);
        let mut facts = own.facts.clone();
        facts.retain(|(_, written)| {
            let fact = Fact::read(&written.bytes).unwrap();
            fact.head.after.iter().all(|parent| own.find(parent).is_some())
        });
        own.replace(facts);
        *disk = own;
        done
    }
}

/// A transaction that is left open on an error and committed with the next one.
pub(super) struct NoRollback;

impl Habits for NoRollback {
    fn save(&self, disk: &mut Disk, act: Vec<(Subject, FactBody)>, stops: Option<usize>) {
        let kept = stops.unwrap_or(act.len());
        for one in act.into_iter().take(kept) {
            disk.append(one);
        }
    }
}
