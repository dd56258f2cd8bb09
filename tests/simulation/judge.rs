//! A judge that accepts nearly everything: the way of the product's judge, without its rules.

use gemba::domain::fact::Position;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::{JudgeVerdict, Judgement, StationFact};
use gemba::domain::stream::Subject;
use gemba::server::store::stations::Station;
use gemba::sync::protocol::PageOutcome;

use super::disk::{Disk, Sealing};
use super::recovery::{Onto, Tail, witness};
use super::replica::Replica;
use super::server::Honest;

/// Its directory.
#[derive(Debug, Clone)]
pub(super) struct Judge {
    pub(super) disk: Disk,
    looked: u64,
    feed_epoch: u32,
    begun: bool,
    /// Another machine's directory, as it was when that one judged last.
    pub(super) older: Option<Box<Judge>>,
}

impl Judge {
    pub(super) fn new() -> Self {
        let disk = Disk::new(200, "SRV");
        Self { disk, looked: 0, feed_epoch: 1, begun: false, older: None }
    }

    pub(super) fn station(&self) -> Station {
        Replica::introduced(&self.disk, &[])
    }

    /// Its process starts.
    pub(super) fn begins(&mut self) {
        self.begun = false;
    }

    /// Begins in an epoch of its own at each start and after each restore of the server.
    fn renew(&mut self, honest: &mut Honest) {
        let starts = !std::mem::replace(&mut self.begun, true);
        let handed_in = self.disk.at_server.get(&self.disk.epoch).copied().unwrap_or(0);
        let (ledger, epoch) = (self.disk.ledger.clone(), self.disk.epoch);
        if starts
            && handed_in > 0
            && honest.any().id_of(&ledger, (epoch, handed_in)).unwrap().is_none()
        {
            let seen = honest.any().feed_epoch().unwrap();
            honest.open_feeds_anew(seen);
        }
        let feed_epoch = honest.any().feed_epoch().unwrap();
        let restored = feed_epoch != self.feed_epoch;
        if !starts && !restored {
            return;
        }
        // What this disk has newer than the store goes back first.
        self.hand_in(honest);
        let (witnessed, _) = witness(honest.any(), &self.disk);
        let skip = honest.skip();
        assert!(self.disk.recover(&witnessed, &Onto::Same { skip }, Tail::SaidAgain));
        self.hand_in(honest);
        if restored {
            self.looked = 0;
        }
        self.feed_epoch = feed_epoch;
    }

    /// Hands in what the store does not have; false where it takes nothing of it.
    fn hand_in(&mut self, honest: &mut Honest) -> bool {
        let (witnessed, _) = witness(honest.any(), &self.disk);
        let mut at = witnessed.common;
        while let Some(page) = self.disk.page(at, (50, Sealing::All)) {
            at = (page.epoch, page.seal.last_seq);
            if honest.ingest(&page).outcome != PageOutcome::Stored {
                return false;
            }
            self.disk.at_server.insert(at.0, at.1);
        }
        true
    }

    /// Judges what came; every seventh fact is not accepted. Tells whether it did.
    pub(super) fn round(&mut self, honest: &mut Honest) -> bool {
        self.renew(honest);
        let (facts, looked) = honest.any().to_judge(self.looked, 7).unwrap();
        let moved = looked > self.looked;
        self.looked = looked;
        let follows = |a: &Position, b: &Position| a.plus(1) == *b;
        let facts: Vec<_> = facts.into_iter().map(|unjudged| unjudged.fact).collect();
        let runs = facts.chunk_by(|a, b| follows(&a.head.position, &b.head.position));
        for run in runs {
            let (first, last) = (&run[0].head.position, &run[run.len() - 1].head.position);
            let rejected = |at: &Position| Judgement {
                fact: at.clone(),
                verdict: JudgeVerdict::Rejected,
                reasons: vec!["seventh".to_owned()],
                units: Vec::new(),
            };
            let positions = run.iter().map(|fact| &fact.head.position);
            let exceptions = positions.filter(|at| at.seq % 7 == 0).map(rejected).collect();
            let judged = StationFact::PageJudged {
                from: first.clone(),
                to_seq: last.seq,
                exceptions,
                unread: Vec::new(),
            };
            let code = honest.any().stations().unwrap();
            let code = code.into_iter().find(|station| station.ledger == first.ledger).unwrap();
            let subject = Subject::Station(code.code);
            self.disk.append_after(Vec::new(), (subject, FactBody::Station(judged)));
        }
        if !self.hand_in(honest) {
            // Another one judged meanwhile.
            self.begun = false;
        }
        moved
    }
}
