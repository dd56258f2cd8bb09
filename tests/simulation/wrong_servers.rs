//! Servers that are wrong on purpose, each in a way that somebody's product once was.

use gemba::domain::fact::{LedgerHead, Written};
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::server::store::stations::Station;
use gemba::sync::protocol::{
    HeadAnswer, Offered, PageAnswer, PageOutcome, PageUp, PullAnswer, PullRequest,
};

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
        let whole = PullRequest { has: None, ..request.clone() };
        let mut answer = Server::pull(&mut self.honest, station, &whole);
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

/// Goes on in the old epoch of its feeds after it was put back to its backup.
pub(super) struct KeepsFeedEpoch(Honest);

impl KeepsFeedEpoch {
    pub(super) fn new() -> Self {
        let mut honest = Honest::new();
        honest.keeps_feed_epoch = true;
        Self(honest)
    }
}

impl Server for KeepsFeedEpoch {
    fn honest(&mut self) -> &mut Honest {
        &mut self.0
    }
}

/// Takes what is offered by anybody's word, without a seal.
pub(super) struct BelievesOffers(Honest);

impl BelievesOffers {
    pub(super) fn new() -> Self {
        Self(Honest::new())
    }
}

impl Server for BelievesOffers {
    fn honest(&mut self) -> &mut Honest {
        &mut self.0
    }

    fn offer(&mut self, facts: &[Offered]) -> usize {
        self.0.take_offers(facts, true)
    }
}

/// Takes nothing back of what it lost: what only others still have of it is gone.
pub(super) struct TakesNoOffers(Honest);

impl TakesNoOffers {
    pub(super) fn new() -> Self {
        Self(Honest::new())
    }
}

impl Server for TakesNoOffers {
    fn honest(&mut self) -> &mut Honest {
        &mut self.0
    }

    fn offer(&mut self, _facts: &[Offered]) -> usize {
        0
    }
}
