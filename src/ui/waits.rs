//! The waits that run at this station: what of them is left, and which rings were heard here.

use std::collections::BTreeSet;

use crate::domain::fact::Position;
use crate::domain::moment::Moment;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::wait::{Ring, RunningWait, WaitStanding};
use crate::ui::parts::words::{minutes, span};
use crate::ui::speech::say;
use crate::ui::theme::Role;

/// So long before a ring or a change the clock ticks by the second, so that it is neither heard nor
/// seen a minute late.
const NEAR_MS: i64 = 61_000;
/// How many loads are named; the others are counted.
const NAMED_MAX: usize = 2;
/// How much of a step's title is shown beside its wait.
const TITLE_MAX: usize = 26;

/// The waits that run.
#[derive(Debug, Default)]
pub struct Waits {
    running: Vec<RunningWait>,
    /// Rings that were heard, by the fact that began the wait.
    heard: BTreeSet<(Position, Ring)>,
    /// Whether they ring with the terminal's bell.
    pub aloud: bool,
}

/// Units that wait together.
#[derive(Debug)]
pub struct Load<'a> {
    /// The one whose wait stands for all.
    pub first: &'a RunningWait,
    /// Every unit of it that still waits.
    pub units: Vec<&'a TravelerId>,
}

impl Waits {
    /// None yet.
    pub fn new(aloud: bool) -> Self {
        Self { aloud, ..Self::default() }
    }

    /// Takes what runs now. What should have rung before it was seen here does not ring late, but
    /// for a `max` that is about to pass.
    pub fn take(&mut self, running: Vec<RunningWait>, now: &Moment) {
        let known = |wait: &RunningWait| self.running.iter().any(|other| other.at == wait.at);
        let mut late = Vec::new();
        for wait in running.iter().filter(|wait| !known(wait)) {
            let rings = wait.rings(now).into_iter().filter(|ring| *ring != Ring::MaxSoon);
            late.extend(rings.map(|ring| (wait.at.clone(), ring)));
        }
        self.heard.extend(late);
        self.heard.retain(|(at, _)| running.iter().any(|wait| wait.at == *at));
        self.running = running;
    }

    /// The loads, the one that somebody has to look at first before others.
    pub fn loads(&self, now: &Moment) -> Vec<Load<'_>> {
        let mut loads: Vec<Load<'_>> = Vec::new();
        for wait in &self.running {
            match loads.iter_mut().find(|load| load.first.same_load(wait)) {
                Some(load) => load.units.push(&wait.traveler),
                None => loads.push(Load { first: wait, units: vec![&wait.traveler] }),
            }
        }
        loads.sort_by_key(|load| urgency(load.first.standing(now)));
        loads
    }

    /// Whether something rings or stands otherwise within a minute.
    pub fn change_is_near(&self, now: &Moment) -> bool {
        self.running.iter().any(|wait| {
            let ring = wait.next_ring_ms(now).is_some_and(|ms| ms <= NEAR_MS);
            ring || match wait.standing(now) {
                WaitStanding::ToGo { ms } => ms <= NEAR_MS,
                WaitStanding::LongEnough { left_ms } => left_ms.is_some_and(|ms| ms <= NEAR_MS),
                WaitStanding::TooLong { .. } | WaitStanding::Unproven => false,
            }
        })
    }

    /// What rings now and was not heard here: in words, once for whatever comes at once.
    pub fn ring(&mut self, now: &Moment) -> Option<String> {
        let mut words = None;
        for load in self.loads(now) {
            let heard = |ring: &Ring| self.heard.contains(&(load.first.at.clone(), *ring));
            let last = load.first.rings(now).into_iter().rfind(|ring| !heard(ring));
            if last.is_some() {
                words.get_or_insert_with(|| load.words(now).0);
            }
        }
        let rung = self.running.iter();
        let rung = rung.flat_map(|w| w.rings(now).into_iter().map(|ring| (w.at.clone(), ring)));
        let rung: Vec<_> = rung.collect();
        self.heard.extend(rung);
        words
    }

    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// The waits in a line, with how it stands with the first. Where not all of it fits, what is left of
    /// the first stays, and the name of its step and the other units go.
    pub fn line(&self, now: &Moment, fits: impl Fn(&str) -> bool) -> (String, Role) {
        let loads = self.loads(now);
        let Some(first) = loads.first() else { return (String::new(), Role::Plain) };
        let named = |count: usize| {
            let more = loads.len().saturating_sub(count);
            let more = (more > 0).then(|| say!("{more} more", more));
            let words = loads.iter().take(count).map(|load| load.words(now).0);
            words.chain(more).collect::<Vec<_>>().join(" | ")
        };
        let all = if loads.len() == 1 {
            let title: String = first.first.title.chars().take(TITLE_MAX).collect();
            format!("{}: {}", title.trim(), named(1))
        } else {
            named(NAMED_MAX)
        };
        let text = if fits(&all) { all } else { named(1) };
        (text, first.words(now).1)
    }
}

impl Load<'_> {
    /// What it is, how many units, and what is left.
    pub fn words(&self, now: &Moment) -> (String, Role) {
        let what = match self.units.as_slice() {
            [one] => one.to_string(),
            units => format!("{} +{}", units[0], units.len() - 1),
        };
        let (left, role) = left(self.first.standing(now));
        (format!("{what} {left}"), role)
    }
}

/// What is left of a wait, in minutes.
pub fn left(standing: WaitStanding) -> (String, Role) {
    match standing {
        WaitStanding::ToGo { ms } => (say!("{time} to go", time = minutes(ms)), Role::Accent),
        WaitStanding::LongEnough { left_ms: None } => (say!("wait|done").to_owned(), Role::Ok),
        WaitStanding::LongEnough { left_ms: Some(ms) } => {
            (say!("done, {time} left", time = minutes(ms)), Role::Ok)
        }
        WaitStanding::TooLong { ms } => {
            (say!("{time} too long", time = span(ms / 1000)), Role::Fail)
        }
        WaitStanding::Unproven => (say!("not proven").to_owned(), Role::Warn),
    }
}

/// What has to be looked at first: too long, not proven, then by what is left.
const fn urgency(standing: WaitStanding) -> (u8, i64) {
    match standing {
        WaitStanding::TooLong { ms } => (0, -ms),
        WaitStanding::Unproven => (1, 0),
        WaitStanding::LongEnough { left_ms: Some(ms) } | WaitStanding::ToGo { ms } => (2, ms),
        WaitStanding::LongEnough { left_ms: None } => (3, 0),
    }
}
