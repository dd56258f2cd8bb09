//! One run: everybody works through faults, then the faults end and all has to come together.

use std::collections::BTreeMap;

use gemba::domain::fact::{LedgerHead, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::server::store::stations::Station;
use gemba::sync::protocol::{FeedHead, PAGE_BYTES_MAX, PullAnswer, PullRequest};
use gemba::sync::retry::{Failure, Pause};
use gemba::sync::{down, up};

use super::chance::Chance;
use super::disk::Disk;
use super::network::{Agenda, Answer, DOWN, Happening, Question, UP};
use super::oracle::Oracle;
use super::replica::{Apply, Habits, Mishap, Replica};
use super::server::Server;

/// How long the faults go on.
const FAULTS_MS: u64 = 50_000;
/// How long everybody has to come together afterwards; pauses of a minute are in it.
const HEALING_MS: u64 = 400_000;
const TIMEOUT_MS: u64 = 3_000;

/// What a run did: how often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen(BTreeMap<&'static str, u64>);

impl Seen {
    pub(super) fn add(&mut self, what: &'static str, times: u64) {
        *self.0.entry(what).or_default() += times;
    }

    pub(super) fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    pub(super) fn also(&mut self, other: &Self) {
        other.0.iter().for_each(|(what, times)| self.add(what, *times));
    }
}

/// What befalls a run besides a bad line, stops and full disks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Disasters {
    /// When a disk is copied and put to work beside the first.
    pub(super) copied: Option<u64>,
    /// When a disk is backed up, and when it is put back.
    pub(super) restored: Option<(u64, u64)>,
    /// When the server is backed up, and when it is put back.
    pub(super) server: Option<(u64, u64)>,
}

/// Three stations, perhaps the copy of one, and a server.
pub(super) struct World {
    pub(super) chance: Chance,
    pub(super) now_ms: u64,
    agenda: Agenda,
    pub(super) questions: u64,
    pub(super) server: Box<dyn Server>,
    pub(super) habits: Box<dyn Habits>,
    pub(super) replicas: Vec<Replica>,
    pub(super) oracle: Oracle,
    pub(super) seen: Seen,
    pub(super) disasters: Disasters,
    /// A station's backup.
    pub(super) backup: Option<(usize, Disk)>,
}

/// What is broken, in words.
pub(super) type Broken = String;

impl World {
    pub(super) fn new(seed: u64, mut server: Box<dyn Server>, habits: Box<dyn Habits>) -> Self {
        let mut replicas = Vec::new();
        for (number, centers) in [(1, &["W1", "W2"][..]), (2, &["W2", "W3"]), (3, &["W1", "W3"])] {
            let disk = habits.fresh(Disk::new(number, &format!("ST{number}")));
            let station = Replica::introduced(&disk, centers);
            server.honest().admit(station.clone());
            replicas.push(Replica::new(station, disk));
        }
        let mut chance = Chance::new(seed);
        let disasters = Disasters::of(&mut chance);
        let mut world = Self {
            chance,
            now_ms: 0,
            agenda: Agenda::default(),
            questions: 0,
            server,
            habits,
            replicas,
            oracle: Oracle::default(),
            seen: Seen::default(),
            disasters,
            backup: None,
        };
        for replica in 0..world.replicas.len() {
            world.turn_in(replica, 1, 500);
        }
        world
    }

    /// Runs to the end; tells what it saw, or which invariant broke.
    pub(super) fn run(mut self) -> Result<Seen, Broken> {
        while let Some((at_ms, replica, what)) = self.agenda.next() {
            self.now_ms = at_ms;
            if self.now_ms > FAULTS_MS + HEALING_MS {
                break;
            }
            self.disasters();
            if self.chance.percent(20) {
                self.server.honest().judge();
            }
            self.happen(replica, what)?;
        }
        while self.server.honest().judge() {}
        self.settle()?;
        self.oracle.finish(&mut *self.server, &self.replicas, &*self.habits)?;
        let (facts, found) = self.oracle.counts();
        self.seen.add("facts", facts);
        self.seen.add("facts_found", found);
        Ok(self.seen)
    }

    pub(super) fn faults(&self) -> bool {
        self.now_ms < FAULTS_MS
    }

    pub(super) fn heals(&self) -> bool {
        self.now_ms < FAULTS_MS + HEALING_MS * 3 / 4
    }

    pub(super) fn turn_in(&mut self, replica: usize, low: u64, high: u64) {
        let at_ms = self.now_ms + self.chance.between(low, high);
        self.agenda.plan(at_ms, replica, Happening::Turn);
    }

    fn happen(&mut self, replica: usize, what: Happening) -> Result<(), Broken> {
        match what {
            Happening::Turn => self.turn(replica)?,
            Happening::Asked { number, question } if number > self.replicas[replica].born => {
                self.asked(replica, number, question);
            }
            Happening::Answered { number, answer } if number > self.replicas[replica].born => {
                // It names no feed, and over HTTP it comes to its own question alone.
                let asked = self.replicas[replica].asked[DOWN] == Some(number);
                if asked || !matches!(answer, Answer::Pulled(PullAnswer::Diverged)) {
                    self.answered(replica, answer)?;
                }
            }
            Happening::TimedOut { way, number } => {
                if self.replicas[replica].asked[way] == Some(number) {
                    self.fail(replica, way)?;
                }
            }
            Happening::Waited { way: UP, life } if life == self.replicas[replica].life => {
                self.go_up(replica, up::Event::Waited)?;
            }
            Happening::Waited { life, .. } if life == self.replicas[replica].life => {
                self.go_down(replica, down::Event::Waited)?;
            }
            Happening::Asked { .. } | Happening::Answered { .. } | Happening::Waited { .. } => {}
        }
        Oracle::watch(&self.replicas)
    }

    /// An exchange begins anew, each way that rests.
    pub(super) fn begin(&mut self, at: usize) -> Result<(), Broken> {
        if self.replicas[at].done[UP] && self.replicas[at].stopped[UP].is_none() {
            self.replicas[at].up = up::Up::new(self.replicas[at].disk.epoch);
            self.go_up(at, up::Event::Start)?;
        }
        if self.replicas[at].done[DOWN] && self.replicas[at].stopped[DOWN].is_none() {
            self.replicas[at].down = down::Down::new(Some(self.replicas[at].disk.ledger.clone()));
            self.go_down(at, down::Event::Start)?;
        }
        Ok(())
    }

    pub(super) fn stop(&mut self, at: usize) {
        self.seen.add("crashes", 1);
        self.replicas[at].stop();
    }

    /// Whether a write fails now because the disk has no room.
    pub(super) fn is_full(&mut self, at: usize) -> bool {
        let full = self.now_ms < self.replicas[at].full_until_ms;
        self.seen.add("full", u64::from(full));
        full
    }

    fn ask(&mut self, at: usize, way: usize, question: Question) {
        self.questions += 1;
        let number = self.questions;
        let replica = &mut self.replicas[at];
        replica.asked[way] = Some(number);
        replica.done[way] = false;
        let timeout = Happening::TimedOut { way, number };
        self.agenda.plan(self.now_ms + TIMEOUT_MS, at, timeout);
        self.send(at, Happening::Asked { number, question });
    }

    /// The line: loses, doubles, delays and so turns the order around.
    fn send(&mut self, at: usize, message: Happening) {
        if !self.faults() {
            let at_ms = self.now_ms + self.chance.between(1, 20);
            return self.agenda.plan(at_ms, at, message);
        }
        if self.chance.percent(12) {
            self.seen.add("lost", 1);
            return;
        }
        let doubled = self.chance.percent(12);
        self.seen.add("doubled", u64::from(doubled));
        for _ in 0..=u64::from(doubled) {
            let most = if self.chance.percent(15) { 6_000 } else { 200 };
            let at_ms = self.now_ms + self.chance.between(1, most);
            self.agenda.plan(at_ms, at, message.clone());
        }
    }

    fn asked(&mut self, at: usize, number: u64, question: Question) {
        let station = self.replicas[at].station.clone();
        let mut answer = match question {
            Question::Head => Answer::Head(self.server.head(&station.ledger)),
            Question::Page(page) => Answer::Page(self.server.page(&page)),
            Question::Feeds => Answer::Feeds(self.server.feeds(&station)),
            Question::Pull(request) => Answer::Pulled(self.server.pull(&station, &request)),
        };
        if let Answer::Pulled(PullAnswer::Page { page, .. }) = &answer {
            self.seen.add("named", page.named.iter().map(|named| named.rows).sum());
        }
        // Something on the way mixes up pages: this one comes without its first row.
        if let Answer::Pulled(PullAnswer::Page { page, .. }) = &mut answer
            && self.faults()
            && page.rows.len() > 1
            && self.chance.percent(5)
        {
            page.rows.remove(0);
            page.from += 1;
        }
        self.send(at, Happening::Answered { number, answer });
    }

    fn answered(&mut self, at: usize, answer: Answer) -> Result<(), Broken> {
        // An answer is not told apart from one to an earlier question: the machines stand that.
        match answer {
            Answer::Head(answer) => self.go_up(at, up::Event::Head(answer)),
            Answer::Page(answer) => self.go_up(at, up::Event::Page(answer)),
            Answer::Feeds(heads) => self.go_down(at, down::Event::Feeds(heads)),
            Answer::Pulled(PullAnswer::Page { page, .. }) if self.habits.takes_any_page() => {
                self.habits.apply(&mut self.replicas[at].disk, &page, Mishap::None);
                self.go_down(at, down::Event::Start)
            }
            Answer::Pulled(answer) => self.go_down(at, down::Event::Pulled(answer)),
        }
    }

    fn fail(&mut self, at: usize, way: usize) -> Result<(), Broken> {
        if way == UP {
            self.go_up(at, up::Event::Failed(Failure::TimedOut))
        } else {
            self.go_down(at, down::Event::Failed(Failure::TimedOut))
        }
    }

    fn wait(&mut self, at: usize, way: usize, pause: &Pause) {
        let random = u32::try_from(self.chance.next() >> 32).unwrap();
        let ms = u64::try_from(pause.duration(random).as_millis()).unwrap();
        let replica = &mut self.replicas[at];
        replica.asked[way] = None;
        replica.done[way] = false;
        let waited = Happening::Waited { way, life: replica.life };
        self.agenda.plan(self.now_ms + 1 + ms, at, waited);
    }

    /// Whether the power fails at this seam.
    fn seam(&mut self, at: usize) -> bool {
        let stops = self.faults() && self.chance.percent(2);
        if stops {
            self.stop(at);
        }
        stops
    }

    fn go_up(&mut self, at: usize, mut event: up::Event) -> Result<(), Broken> {
        loop {
            let replica = &mut self.replicas[at];
            event = match replica.up.next(event) {
                up::Action::Nothing => return Ok(()),
                up::Action::Done => return self.rest(at, UP, None),
                up::Action::Stop(stop) => return self.rest(at, UP, Some(stop.to_string())),
                up::Action::Wait(pause) => {
                    self.wait(at, UP, &pause);
                    return Ok(());
                }
                up::Action::AskHead => {
                    self.ask(at, UP, Question::Head);
                    return Ok(());
                }
                up::Action::SendPage(page) => {
                    self.habits.sent(&mut replica.disk, &page);
                    self.ask(at, UP, Question::Page(page));
                    return Ok(());
                }
                up::Action::Note(_) if self.is_full(at) => return self.rest(at, UP, None),
                up::Action::Note(head) => {
                    let own = self.note(at, &head)?;
                    if self.seam(at) {
                        return Ok(());
                    }
                    up::Event::Noted(own)
                }
                up::Action::Read { epoch, after_seq, .. } => {
                    let most = self.chance.between(1, 6);
                    let disk = &mut self.replicas[at].disk;
                    let page = self.habits.page(disk, (epoch, after_seq), most);
                    up::Event::Read(page.map(|page| (page, Vec::new())))
                }
                up::Action::AskBlob(_) => up::Event::BlobThere(true),
                up::Action::SendBlob(_) => up::Event::BlobSent,
            };
        }
    }

    fn note(&mut self, at: usize, head: &LedgerHead) -> Result<bool, Broken> {
        let disk = &mut self.replicas[at].disk;
        let own = self.habits.note(disk, head);
        if own && !self.seen_restore() {
            let disk = &self.replicas[at].disk;
            self.oracle.at_server(&mut *self.server, disk, head.epoch)?;
        }
        Ok(own)
    }

    pub(super) fn rest(
        &mut self,
        at: usize,
        way: usize,
        stopped: Option<String>,
    ) -> Result<(), Broken> {
        let replica = &mut self.replicas[at];
        replica.asked[way] = None;
        replica.done[way] = true;
        if let Some(why) = stopped {
            self.seen.add("stops", 1);
            if !replica.suspect {
                return Err(format!("station {at} stopped: {why}"));
            }
            replica.stopped[way] = Some(why);
        }
        Ok(())
    }

    fn go_down(&mut self, at: usize, mut event: down::Event) -> Result<(), Broken> {
        loop {
            let replica = &mut self.replicas[at];
            event = match replica.down.next(event) {
                down::Action::Nothing => return Ok(()),
                down::Action::Done => {
                    self.offer_back(at);
                    return self.rest(at, DOWN, None);
                }
                down::Action::Stop(stop) => return self.rest(at, DOWN, Some(stop.to_string())),
                down::Action::Wait(pause) => {
                    self.wait(at, DOWN, &pause);
                    return Ok(());
                }
                down::Action::AskFeeds => {
                    self.ask(at, DOWN, Question::Feeds);
                    return Ok(());
                }
                down::Action::Pull(mut request) => {
                    request.bytes_max = usize::try_from(self.chance.between(400, 4_000)).unwrap();
                    self.ask(at, DOWN, Question::Pull(request));
                    return Ok(());
                }
                down::Action::Subscribe(feeds) => {
                    down::Event::Cursors(self.habits.subscribe(&mut replica.disk, &feeds))
                }
                down::Action::Apply(page) => {
                    let stops = self.faults() && self.chance.percent(3);
                    let mishap = if stops { Mishap::Stops } else { Mishap::None };
                    let mishap = if self.is_full(at) { Mishap::Full } else { mishap };
                    match self.habits.apply(&mut self.replicas[at].disk, &page, mishap) {
                        Apply::Done if self.seam(at) => return Ok(()),
                        Apply::Done => down::Event::Applied(down::Fit::Applied),
                        Apply::Misfit => down::Event::Applied(down::Fit::Elsewhere),
                        Apply::Differs => {
                            self.seen.add("differed", 1);
                            down::Event::Applied(down::Fit::Differs)
                        }
                        Apply::Stopped => {
                            self.stop(at);
                            return Ok(());
                        }
                        // The exchange ends there, and is begun again later.
                        Apply::Full => return self.rest(at, DOWN, None),
                        Apply::Conflict => {
                            return self.rest(at, DOWN, Some("a fact contradicts".to_owned()));
                        }
                    }
                }
                down::Action::Restart(beginning) => {
                    let disk = &mut self.replicas[at].disk;
                    self.seen.add("feeds_anew", 1);
                    self.habits.restart(disk, beginning);
                    down::Event::Cursors(disk.cursors.values().cloned().collect())
                }
                down::Action::ListBlobs => down::Event::BlobsWanted(Vec::new()),
                down::Action::FetchBlob(_) => down::Event::BlobFetched,
            };
        }
    }

    /// After the judge's last word everybody pulls once more, on a good line; what is offered then is
    /// judged, and pulled again.
    fn settle(&mut self) -> Result<(), Broken> {
        let mut end_ms = FAULTS_MS + HEALING_MS;
        for _ in 0..6 {
            self.now_ms = end_ms;
            end_ms += HEALING_MS;
            while self.server.honest().judge() {}
            for at in 0..self.replicas.len() {
                self.replicas[at].asked = [None, None];
                self.replicas[at].done = [true, true];
                self.begin(at)?;
            }
            while let Some((at_ms, replica, what)) = self.agenda.next() {
                self.now_ms = at_ms;
                if !matches!(what, Happening::Turn) && self.now_ms < end_ms {
                    self.happen(replica, what)?;
                }
            }
        }
        Ok(())
    }
}

/// Every row of a feed as the server has it.
pub(super) fn rows_of(server: &mut dyn Server, station: &Station, head: &FeedHead) -> Vec<Written> {
    let mut request = PullRequest {
        feed: head.feed.clone(),
        epoch: head.epoch,
        after: 0,
        rolling: Hash::ZERO,
        bytes_max: PAGE_BYTES_MAX,
        has: None,
        up_to: None,
    };
    let mut rows = Vec::new();
    while request.after < head.position {
        let store = server.honest().any();
        let PullAnswer::Page { page, .. } = store.pull(&station.feeds(), &request).unwrap() else {
            break;
        };
        request.after += page.rows.len() as u64;
        request.rolling = page.rolling;
        rows.extend(page.rows);
    }
    rows
}

/// The heads of a station's feeds as the server has them.
pub(super) fn heads_of(server: &mut dyn Server, station: &Station) -> Vec<FeedHead> {
    let feeds: Vec<Feed> = station.feeds();
    server.honest().any().feed_heads(&feeds).unwrap()
}
