//! The reading thread of a store: answers questions, and tells sessions what is new.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use crate::app::station::Station;
use crate::app::store_handle::{Answers, Job};
use crate::domain::traveler::wait::RunningWait;
use crate::ui::message::Message;

/// For so long nobody asks anything before what is new is made searchable.
const QUIET: Duration = Duration::from_secs(1);

/// What the reading thread owns.
#[derive(Debug)]
pub struct Desk {
    /// What it reads.
    pub station: Station,
    listeners: Vec<Answers>,
    /// The waits as last told.
    waits: Vec<RunningWait>,
    version: Option<i64>,
    /// The store's version at which everything could be searched.
    searched: Option<i64>,
    /// The hour in which the sessions were last told: what ends by time alone changes with it.
    hour: i64,
}

impl Desk {
    /// Reads from a station, and has told nobody anything yet.
    pub fn new(station: Station) -> Self {
        Self {
            station,
            listeners: Vec::new(),
            waits: Vec::new(),
            version: None,
            searched: None,
            hour: 0,
        }
    }

    /// Tells a session what is new from now on.
    pub fn listens(&mut self, answers: Answers) {
        self.listeners.push(answers);
    }

    /// Does what is asked until nobody can ask any more.
    pub fn work(mut self, jobs: &Receiver<Job<Self>>) {
        self.version = self.station.ledger.version().ok();
        loop {
            // Whatever news made sessions ask is answered before they are told more: with hundreds of
            // them, each word would otherwise bring more questions than can be answered.
            match jobs.try_recv() {
                Ok(job) => {
                    job(&mut self);
                    continue;
                }
                Err(TryRecvError::Empty) => self.tell_news(),
                Err(TryRecvError::Disconnected) => return,
            }
            // Whoever watches the store asks for nothing whenever it was written to.
            let waited = if self.searched == self.version {
                jobs.recv().map_err(RecvTimeoutError::from)
            } else {
                jobs.recv_timeout(QUIET)
            };
            match waited {
                Ok(job) => job(&mut self),
                // Nobody asks anything: what came since can be searched from now on.
                Err(RecvTimeoutError::Timeout) => self.catch_up_find(jobs),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Catches the text search up, and answers whoever asks meanwhile. Where it cannot be written, such as
    /// on a full disk, there is less to be found and nothing else is held up.
    fn catch_up_find(&mut self, jobs: &Receiver<Job<Self>>) {
        let version = self.station.ledger.version().ok();
        if std::mem::replace(&mut self.searched, version) == version {
            return;
        }
        while let Ok(1..) = self.station.ledger.catch_up_find() {
            // Whoever asks is answered first.
            while let Ok(job) = jobs.try_recv() {
                job(self);
                self.tell_news();
            }
        }
    }

    /// Tells the sessions when anybody wrote to the store, this process's writer included, and when
    /// another hour has begun.
    fn tell_news(&mut self) {
        let Ok(version) = self.station.ledger.version() else { return };
        let hour = self.station.hour();
        let told_in = std::mem::replace(&mut self.hour, hour);
        let same = self.version.replace(version) == Some(version) && told_in == hour;
        if same || self.listeners.is_empty() {
            return;
        }
        let (link, waits) = (self.station.link(), self.station.waits());
        let other_waits = waits != self.waits;
        self.waits.clone_from(&waits);
        let told = |answers: &Answers| {
            let link = Message::Link(link.clone());
            let waits = || answers.send(Message::Waits(waits.clone())).is_ok();
            answers.send(link).is_ok()
                && (!other_waits || waits())
                && answers.send(Message::News).is_ok()
        };
        self.listeners.retain(told);
    }
}
