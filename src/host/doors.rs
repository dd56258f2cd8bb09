//! Who may come in: how many at once, of which key and from where, and how soon again after failing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use crate::domain::words::{Words, words};

/// For so long a failure counts.
const FAILURE_MS: u64 = 60_000;
/// Of so many addresses it is remembered that they failed.
const ADDRESSES_MAX: usize = 10_000;

/// Of so many sessions it is remembered that something of theirs is not kept.
const LOST_MAX: usize = 1_000;

/// How much the host takes on.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sessions at once.
    pub sessions: u32,
    /// Of these, by one key.
    pub sessions_a_key: u32,
    /// Of these, from one address.
    pub sessions_an_address: u32,
    /// Connections at once on which no session was opened yet.
    pub arriving: u32,
    /// Of these, from one address.
    pub arriving_an_address: u32,
    /// How long one may take to open its session.
    pub arriving_for: Duration,
    /// How often in a minute connections from one address may fail.
    pub failures_a_minute: u32,
    /// How long a client may take to read a frame.
    pub unread_for: Duration,
    /// How long a session may be without a key.
    pub idle_for: Duration,
    /// When the host stops, how long sessions may take to keep what they have.
    pub stopping_for: Duration,
}

/// Why somebody is turned away, for whoever is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// Too many connections from this address arrive at once.
    Crowded,
    /// Too many from this address failed.
    Failed,
    /// All sessions are taken.
    Full,
    /// All of this key are.
    FullOfKey,
    /// All from this address are.
    FullOfAddress,
}

impl Turned {
    /// Why, for whoever runs the host.
    pub fn why(self) -> Words {
        match self {
            Self::Crowded => words!("too many connections from this address arrive at once"),
            Self::Failed => words!("too many from this address failed"),
            Self::Full => words!("all sessions of this host are taken"),
            Self::FullOfKey => words!("all sessions of this key are taken"),
            Self::FullOfAddress => words!("all sessions from this address are taken"),
        }
    }

    /// Why, and what to do next.
    pub fn words(self) -> Words {
        let end = |setting: &str| words!("end one ({setting})", setting);
        let next = match self {
            Self::Crowded | Self::Failed => words!("try again in a minute"),
            Self::Full => end("sessions-max"),
            Self::FullOfKey => end("sessions-a-key-max"),
            Self::FullOfAddress => end("sessions-an-address-max"),
        };
        words!("{why} → {next}", why => self.why(), next => next)
    }
}

/// The doors of one host; clones are the same doors.
#[derive(Debug, Clone)]
pub struct Doors {
    limits: Arc<Limits>,
    inside: Arc<Mutex<Inside>>,
    /// Told when nothing of a session is written any more.
    written: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Inside {
    /// Connections on their way in, by their number: the first that came is the first.
    arriving: BTreeMap<u64, Waits>,
    arrived: u64,
    sessions: Counts<IpAddr>,
    keys: Counts<String>,
    /// Since when, and how often.
    failures: HashMap<IpAddr, (u64, u32)>,
    /// Whose session writes, by its number.
    writing: BTreeMap<u64, String>,
    /// Of whose session something is not kept, and why.
    lost: Vec<String>,
}

/// A connection on its way in.
#[derive(Debug)]
struct Waits {
    from: IpAddr,
    /// Told where it has to make room for another.
    gives_way: oneshot::Sender<()>,
}

impl Inside {
    fn arriving_from(&self, house: IpAddr) -> usize {
        self.arriving.values().filter(|waits| waits.from == house).count()
    }

    /// Sends away who has waited longest of the address with the most connections on their way in, if that
    /// has more of them than another.
    fn makes_room_for(&mut self, house: IpAddr) -> bool {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        for waits in self.arriving.values() {
            *counts.entry(waits.from).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or_default();
        if most <= counts.get(&house).copied().unwrap_or_default() {
            return false;
        }
        let of_most = |waits: &Waits| counts.get(&waits.from) == Some(&most);
        let first = self.arriving.iter().find(|(_, waits)| of_most(waits));
        let first = first.map(|(number, _)| *number);
        if let Some(waits) = first.and_then(|number| self.arriving.remove(&number)) {
            // One that is about to leave needs not be told.
            waits.gives_way.send(()).unwrap_or_default();
        }
        true
    }
}

/// How many of each there are, and of all.
#[derive(Debug)]
struct Counts<K> {
    of: HashMap<K, u32>,
    all: u32,
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self { of: HashMap::new(), all: 0 }
    }
}

impl<K: Hash + Eq + Clone> Counts<K> {
    fn count(&self, key: &K) -> u32 {
        self.of.get(key).copied().unwrap_or_default()
    }

    fn add(&mut self, key: &K) {
        *self.of.entry(key.clone()).or_default() += 1;
        self.all += 1;
    }

    fn take(&mut self, key: &K) {
        if let Some(count) = self.of.get_mut(key) {
            *count -= 1;
            self.all -= 1;
            if *count == 0 {
                self.of.remove(key);
            }
        }
    }
}

/// A connection on its way in, until it is dropped.
#[derive(Debug)]
pub struct Arriving {
    doors: Doors,
    from: IpAddr,
    number: u64,
}

/// Says when a connection on its way in has to make room for another.
#[derive(Debug)]
pub struct GivesWay(oneshot::Receiver<()>);

impl GivesWay {
    /// Waits for it; for ever where the connection has come in.
    pub async fn told(self) {
        if self.0.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The place of a session, until it is dropped: whoever carries its frames holds it, and whoever runs it. A
/// line that is lost frees none as long as its session still takes memory and writes.
#[derive(Debug)]
pub struct Seated {
    doors: Doors,
    from: IpAddr,
    key: Option<String>,
    number: u64,
}

/// Held by whoever runs a session until nothing of it is written any more.
#[derive(Debug)]
pub struct Writes(Arc<Seated>);

/// Whom an address counts for: a line has one of IPv4, and of IPv6 a whole /56 is given to it.
pub fn house(from: IpAddr) -> IpAddr {
    let IpAddr::V6(from) = from.to_canonical() else { return from.to_canonical() };
    let [a, b, c, d, ..] = from.segments();
    Ipv6Addr::new(a, b, c, d & 0xff00, 0, 0, 0, 0).into()
}

impl Doors {
    pub fn new(limits: Limits) -> Self {
        Self { limits: Arc::new(limits), inside: Arc::default(), written: Arc::default() }
    }

    /// How much is taken on.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody is at the door. Where no more may wait there, one of the address with the most of them
    /// gives way.
    pub fn arrives(&self, from: IpAddr, now_ms: u64) -> Result<(Arriving, GivesWay), Turned> {
        let most = |max: u32| usize::try_from(max).unwrap_or(usize::MAX);
        let mut inside = self.inside();
        let failed = inside.failures.get(&house(from)).is_some_and(|(since_ms, count)| {
            now_ms.saturating_sub(*since_ms) < FAILURE_MS && *count >= self.limits.failures_a_minute
        });
        if failed {
            return Err(Turned::Failed);
        }
        let many = inside.arriving_from(house(from)) >= most(self.limits.arriving_an_address);
        let full = inside.arriving.len() >= most(self.limits.arriving);
        if many || full && !inside.makes_room_for(house(from)) {
            return Err(Turned::Crowded);
        }
        let (gives_way, told) = oneshot::channel();
        inside.arrived += 1;
        let number = inside.arrived;
        inside.arriving.insert(number, Waits { from: house(from), gives_way });
        Ok((Arriving { doors: self.clone(), from, number }, GivesWay(told)))
    }

    /// Somebody was let in and sits down; the session has a number, and words for who it is.
    pub fn seats(
        &self,
        from: IpAddr,
        key: Option<&str>,
        (number, who): (u64, String),
    ) -> Result<Seated, Turned> {
        let mut inside = self.inside();
        if inside.sessions.all >= self.limits.sessions {
            return Err(Turned::Full);
        }
        if inside.sessions.count(&house(from)) >= self.limits.sessions_an_address {
            return Err(Turned::FullOfAddress);
        }
        let key = key.map(str::to_owned);
        if let Some(key) = &key {
            if inside.keys.count(key) >= self.limits.sessions_a_key {
                return Err(Turned::FullOfKey);
            }
            inside.keys.add(key);
        }
        inside.sessions.add(&house(from));
        inside.writing.insert(number, who);
        Ok(Seated { doors: self.clone(), from, key, number })
    }

    /// The keys of which there are sessions, by their fingerprints.
    pub fn keys(&self) -> BTreeSet<String> {
        self.inside().keys.of.keys().cloned().collect()
    }

    /// Waits until no session writes any more.
    pub async fn all_written(&self) {
        loop {
            let written = self.written.notified();
            if self.inside().writing.is_empty() {
                return;
            }
            written.await;
        }
    }

    /// Of whom not everything is kept: who still writes, and who left without; each with why.
    pub fn unfinished(&self) -> Vec<String> {
        let inside = self.inside();
        let writes = inside.writing.values().map(|who| format!("{who}: it still writes"));
        inside.lost.iter().cloned().chain(writes).collect()
    }

    /// Nothing that was not kept until now is asked about.
    pub fn begins_to_stop(&self) {
        self.inside().lost.clear();
    }

    /// Somebody went away, or was sent away, without having shown a key that is let in.
    pub fn failed(&self, from: IpAddr, now_ms: u64) {
        let (mut inside, from) = (self.inside(), house(from));
        if inside.failures.len() >= ADDRESSES_MAX {
            let counts = |since_ms: u64| now_ms.saturating_sub(since_ms) < FAILURE_MS;
            inside.failures.retain(|_, (since_ms, _)| counts(*since_ms));
        }
        if inside.failures.len() >= ADDRESSES_MAX && !inside.failures.contains_key(&from) {
            return;
        }
        let (since_ms, count) = inside.failures.entry(from).or_insert((now_ms, 0));
        if now_ms.saturating_sub(*since_ms) >= FAILURE_MS {
            (*since_ms, *count) = (now_ms, 0);
        }
        *count = count.saturating_add(1);
    }
}

impl Arriving {
    /// Where it comes from.
    pub fn from(&self) -> IpAddr {
        self.from
    }
}

impl Writes {
    /// Takes the place.
    pub fn at(seated: Arc<Seated>) -> Self {
        Self(seated)
    }

    /// Notes that something of this session is not kept, and why.
    pub fn lost(&self, why: &str) {
        let mut inside = self.0.doors.inside();
        let who = inside.writing.get(&self.0.number).cloned().unwrap_or_default();
        if inside.lost.len() < LOST_MAX {
            inside.lost.push(format!("{who}: {why}"));
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.doors.inside().arriving.remove(&self.number);
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        let mut inside = self.doors.inside();
        inside.sessions.take(&house(self.from));
        if let Some(key) = &self.key {
            inside.keys.take(key);
        }
    }
}

impl Drop for Writes {
    fn drop(&mut self) {
        self.0.doors.inside().writing.remove(&self.0.number);
        self.0.doors.written.notify_waiters();
    }
}
