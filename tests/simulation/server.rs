//! The server of the simulation: the real store, once or in two replicas, with a backup to go back to.

use gemba::domain::fact::{Position, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::server::store::database::Database;
use gemba::server::store::stations::Station;
use gemba::server::store::{Plant, Store};
use gemba::sync::protocol::{
    FeedHead, HeadAnswer, KnownFact, Offered, PAGE_BYTES_MAX, PageAnswer, PageUp, PullAnswer,
    PullRequest,
};
use tempfile::TempDir;

use super::judge::Judge;

/// What stations ask of a server.
pub(super) trait Server {
    fn honest(&mut self) -> &mut Honest;

    fn head(&mut self, ledger: &LedgerId) -> HeadAnswer {
        self.honest().any().head(ledger).unwrap()
    }

    fn page(&mut self, page: &PageUp) -> PageAnswer {
        self.honest().ingest(page)
    }

    fn feeds(&mut self, station: &Station) -> Vec<FeedHead> {
        self.honest().any().feed_heads(&station.feeds()).unwrap()
    }

    fn pull(&mut self, station: &Station, request: &PullRequest) -> PullAnswer {
        let honest = self.honest();
        let answer = honest.any().pull(&station.feeds(), request).unwrap();
        // A station that has more than there is tells that the server was restored.
        if let PullAnswer::EpochChanged { epoch } = answer
            && epoch == request.epoch
        {
            return PullAnswer::EpochChanged { epoch: honest.open_feeds_anew(epoch) };
        }
        answer
    }

    fn missing(&mut self, facts: &[KnownFact]) -> Vec<Position> {
        self.honest().any().missing(facts).unwrap()
    }

    /// Tells how many were taken.
    fn offer(&mut self, facts: &[Offered]) -> usize {
        self.honest().take_offers(facts, false)
    }

    /// The process stops and starts.
    fn stop(&mut self) {}

    /// The machine is put back to its backup.
    fn restore(&mut self, judge_too: bool) {
        self.honest().restore(judge_too);
    }

    /// What durably arrived after a position of the site's feed.
    fn arrived(&mut self, after: (u64, Hash)) -> Vec<Written> {
        self.honest().site_rows(after)
    }
}

fn received() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_100_000).unwrap()
}

/// What the store took, to be told once more to a restored one.
#[derive(Debug, Clone)]
enum Taken {
    Admitted(Box<Station>),
    Page(Box<PageUp>),
    Offers(Vec<Offered>, bool),
    FeedsAnew(u32),
}

/// The real store.
#[derive(Debug)]
pub(super) struct Honest {
    /// Connections to the one store: a request goes to either.
    replicas: Vec<Store>,
    folder: Option<TempDir>,
    asked: usize,
    judge: Judge,
    log: Vec<Taken>,
    /// What the backup has: so much of the log, and the judge's disk.
    backup: Option<(usize, Judge)>,
    /// A wrong server: it never opens a new epoch of its feeds.
    pub(super) keeps_feed_epoch: bool,
}

impl Server for Honest {
    fn honest(&mut self) -> &mut Self {
        self
    }
}

impl Honest {
    /// One server with its store in memory.
    pub(super) fn new() -> Self {
        Self::begin(false)
    }

    /// Two servers on one store in a file.
    pub(super) fn two() -> Self {
        Self::begin(true)
    }

    fn begin(two: bool) -> Self {
        let judge = Judge::new();
        let folder = two.then(|| TempDir::new().unwrap());
        let replicas = stores(&judge, folder.as_ref());
        let station = judge.station();
        let mut honest = Self {
            replicas,
            folder,
            asked: 0,
            judge,
            log: Vec::new(),
            backup: None,
            keeps_feed_epoch: false,
        };
        honest.admit(station);
        honest
    }

    /// The store, by way of the one or the other server.
    pub(super) fn any(&mut self) -> &Store {
        self.asked += 1;
        &self.replicas[self.asked * 7 / 3 % self.replicas.len()]
    }

    pub(super) fn admit(&mut self, station: Station) {
        self.any().admit(&station, None).unwrap();
        self.log.push(Taken::Admitted(Box::new(station)));
    }

    pub(super) fn ingest(&mut self, page: &PageUp) -> PageAnswer {
        let answer = self.any().ingest(page, received()).unwrap();
        self.log.push(Taken::Page(Box::new(page.clone())));
        answer
    }

    pub(super) fn take_offers(&mut self, facts: &[Offered], trusted: bool) -> usize {
        let taken = self.any().take_offers(facts, (received(), trusted)).unwrap();
        self.log.push(Taken::Offers(facts.to_vec(), trusted));
        taken
    }

    pub(super) fn open_feeds_anew(&mut self, seen: u32) -> u32 {
        if self.keeps_feed_epoch {
            return seen;
        }
        let epoch = self.any().open_feeds_anew(seen).unwrap();
        self.log.push(Taken::FeedsAnew(seen));
        epoch
    }

    /// As if by chance, also after a restore: no two lives of one server skip as many.
    pub(super) fn skip(&self) -> u32 {
        u32::try_from(self.asked.wrapping_mul(0x9E37_79B1) >> 7 & 0xFFFF).unwrap()
    }

    pub(super) fn back_up(&mut self) {
        self.backup = Some((self.log.len(), self.judge.clone()));
    }

    /// Goes back to the backup; the judge's directory may be another one, and stays.
    fn restore(&mut self, judge_too: bool) {
        let Some((length, judge)) = self.backup.take() else { return };
        self.replicas.clear();
        self.folder = self.folder.take().map(|_| TempDir::new().unwrap());
        self.replicas = stores(&judge, self.folder.as_ref());
        self.log.truncate(length);
        let store = &self.replicas[0];
        for taken in &self.log {
            match taken {
                Taken::Admitted(station) => store.admit(station, None).map(drop),
                Taken::Page(page) => store.ingest(page, received()).map(drop),
                Taken::Offers(facts, trusted) => {
                    store.take_offers(facts, (received(), *trusted)).map(drop)
                }
                Taken::FeedsAnew(seen) => store.open_feeds_anew(*seen).map(drop),
            }
            .unwrap();
        }
        if judge_too {
            self.judge = judge;
        }
        self.judge.begins();
    }

    pub(super) fn site_rows(&mut self, (after, rolling): (u64, Hash)) -> Vec<Written> {
        let store = self.any();
        let feed = Feed::Site(store.plant().site.clone());
        let request = PullRequest {
            feed: feed.to_string(),
            epoch: store.feed_epoch().unwrap(),
            after,
            rolling,
            bytes_max: PAGE_BYTES_MAX,
            has: None,
            up_to: None,
        };
        let answer = store.pull(&[feed], &request).unwrap();
        let PullAnswer::Page { page, .. } = answer else { panic!("the site's feed: {answer:?}") };
        page.rows
    }

    /// Judges what came; tells whether there was anything.
    pub(super) fn judge(&mut self) -> bool {
        let mut judge = std::mem::replace(&mut self.judge, Judge::new());
        let moved = judge.round(self);
        self.judge = judge;
        moved
    }

    /// Another machine judges from now on: with the directory of this one, or with an older copy.
    pub(super) fn judge_changes(&mut self, older: bool) {
        let copy = self.judge.older.take();
        let mut now = self.judge.clone();
        if let Some(copy) = copy.filter(|_| older) {
            self.judge = *copy;
        }
        now.older = None;
        self.judge.older = Some(Box::new(now));
        self.judge.begins();
    }
}

/// The founded store, by as many connections as there are servers.
fn stores(judge: &Judge, folder: Option<&TempDir>) -> Vec<Store> {
    let ledger = judge.disk.ledger.clone();
    let plant = Plant { site: "S1".parse().unwrap(), judge: ledger, demo: true };
    match folder {
        None => vec![Store::in_memory(&plant).unwrap()],
        Some(folder) => {
            let file = Database::File(folder.path().join("plant.db"));
            let first = Store::found(&file, &plant).unwrap();
            vec![first, Store::open(&file).unwrap()]
        }
    }
}
