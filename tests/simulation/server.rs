//! The server of the simulation: the real store, and a judge that accepts nearly everything.

use gemba::domain::fact::{Position, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::{JudgeVerdict, Judgement, StationFact};
use gemba::domain::stream::Subject;
use gemba::server::store::stations::Station;
use gemba::server::store::{Plant, Store};
use gemba::sync::protocol::{
    FeedHead, HeadAnswer, PAGE_BYTES_MAX, PageAnswer, PageUp, PullAnswer, PullRequest,
};

use super::replica::Disk;

/// What stations ask of a server.
pub(super) trait Server {
    fn honest(&mut self) -> &mut Honest;

    fn head(&mut self, ledger: &LedgerId) -> HeadAnswer {
        self.honest().store.head(ledger).unwrap()
    }

    fn page(&mut self, page: &PageUp) -> PageAnswer {
        self.honest().store.ingest(page, received()).unwrap()
    }

    fn feeds(&mut self, station: &Station) -> Vec<FeedHead> {
        self.honest().store.feed_heads(&station.feeds()).unwrap()
    }

    fn pull(&mut self, station: &Station, request: &PullRequest) -> PullAnswer {
        self.honest().store.pull(&station.feeds(), request).unwrap()
    }

    /// The process stops and starts.
    fn stop(&mut self) {}

    /// What durably arrived after a position of the site's feed.
    fn arrived(&mut self, after: (u64, Hash)) -> Vec<Written> {
        self.honest().site_rows(after)
    }
}

fn received() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_100_000).unwrap()
}

/// The real store.
#[derive(Debug)]
pub(super) struct Honest {
    pub(super) store: Store,
    judge: Disk,
    looked: u64,
}

impl Server for Honest {
    fn honest(&mut self) -> &mut Self {
        self
    }
}

impl Honest {
    pub(super) fn new() -> Self {
        let judge = Disk::new(200);
        let plant = Plant { site: "S1".parse().unwrap(), judge: judge.ledger.clone(), demo: true };
        let store = Store::in_memory(&plant).unwrap();
        let station = Station {
            ledger: judge.ledger.clone(),
            public_key: judge.public_key(),
            code: "SRV".parse().unwrap(),
            work_centers: Vec::new(),
            revoked: false,
        };
        store.admit(&station, None).unwrap();
        Self { store, judge, looked: 0 }
    }

    pub(super) fn site_rows(&self, (after, rolling): (u64, Hash)) -> Vec<Written> {
        let feed = Feed::Site(self.store.plant().site.clone());
        let request = PullRequest {
            feed: feed.to_string(),
            epoch: 1,
            after,
            rolling,
            bytes_max: PAGE_BYTES_MAX,
        };
        let answer = self.store.pull(&[feed], &request).unwrap();
        let PullAnswer::Page { page, .. } = answer else { panic!("the site's feed: {answer:?}") };
        page.rows
    }

    /// Judges what came; every seventh fact of the catalog is not accepted. Tells whether it did.
    pub(super) fn judge(&mut self) -> bool {
        let (facts, looked) = self.store.to_judge(self.looked, 7).unwrap();
        let moved = looked > self.looked;
        self.looked = looked;
        let follows = |a: &Position, b: &Position| a.plus(1) == *b;
        let runs = facts.chunk_by(|(a, _), (b, _)| follows(&a.head.position, &b.head.position));
        for run in runs {
            let (first, last) = (&run[0].0.head.position, &run[run.len() - 1].0.head.position);
            let rejected = |at: &Position| Judgement {
                fact: at.clone(),
                verdict: JudgeVerdict::Rejected,
                reasons: vec!["seventh".to_owned()],
                units: Vec::new(),
            };
            let positions = run.iter().map(|(fact, _)| &fact.head.position);
            let exceptions = positions.filter(|at| at.seq % 7 == 0).map(rejected).collect();
            let judged = StationFact::PageJudged {
                from: first.clone(),
                to_seq: last.seq,
                exceptions,
                unread: Vec::new(),
            };
            let code = self.store.stations().unwrap();
            let code = code.into_iter().find(|station| station.ledger == first.ledger).unwrap();
            let subject = Subject::Station(code.code);
            self.judge.append((subject, FactBody::Station(judged)));
            let page = self.judge.page(self.judge.own_last.0 - 1, 1).unwrap();
            let answer = self.store.ingest(&page, received()).unwrap();
            assert_eq!(answer.head.last_seq, self.judge.own_last.0);
        }
        moved
    }
}
