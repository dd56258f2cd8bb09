//! The line of the gauges where one process serves many terminals: its values go to whoever is signed in at
//! its place, and to nobody where several are.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::ids::PlaceId;
use crate::ui::input::{GaugeSaid, Input};
use crate::ui::message::Message;

/// Who sits where; clones are the same bench.
#[derive(Debug, Clone, Default)]
pub struct GaugeBench(Arc<Mutex<Bench>>);

#[derive(Debug, Default)]
struct Bench {
    /// The place of the line; none where there is no line.
    place: Option<PlaceId>,
    sits: Vec<Sits>,
    counted: u64,
    /// What is wrong with the line; whoever sits down there is told.
    trouble: Option<GaugeSaid>,
}

#[derive(Debug)]
struct Sits {
    number: u64,
    place: Option<PlaceId>,
    /// Whether somebody is signed in there; nobody else records a value.
    works: bool,
    inbox: Sender<Message>,
}

impl Sits {
    fn hears(&self, said: GaugeSaid) {
        // One that is over is about to leave.
        self.inbox.send(Message::Input(Input::Gauge(said))).unwrap_or_default();
    }
}

/// A terminal that may be at the place of the line, until it is dropped.
#[derive(Debug)]
pub struct AtBench {
    bench: GaugeBench,
    number: u64,
}

impl GaugeBench {
    /// The bench at the place to which a line of gauges belongs.
    pub fn at(place: PlaceId) -> Self {
        let bench = Self::default();
        bench.bench().place = Some(place);
        bench
    }

    fn bench(&self) -> MutexGuard<'_, Bench> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A terminal that stands somewhere.
    pub fn sits(&self, place: Option<PlaceId>, inbox: Sender<Message>) -> AtBench {
        let mut bench = self.bench();
        bench.counted += 1;
        let number = bench.counted;
        bench.sits.push(Sits { number, place, works: false, inbox });
        bench.tells_trouble(number);
        AtBench { bench: self.clone(), number }
    }

    /// Passes on what the line said to the terminals at its place, a value to the one where somebody works.
    /// A value is measured on one unit: where several work, it is told to all of them and nobody's.
    pub fn said(&self, said: GaugeSaid) {
        let mut bench = self.bench();
        bench.trouble = match &said {
            GaugeSaid::Trouble(_) => Some(said.clone()),
            GaugeSaid::Back(_) | GaugeSaid::Value { .. } | GaugeSaid::Nobodys { .. } => None,
        };
        let GaugeSaid::Value { shown, .. } = &said else {
            return bench.there().for_each(|sits| sits.hears(said.clone()));
        };
        let work: Vec<&Sits> = bench.there().filter(|sits| sits.works).collect();
        let nobodys = GaugeSaid::Nobodys { number: shown.number.to_string(), work: work.len() };
        match work[..] {
            [one] => one.hears(said),
            [] | [_, ..] => work.iter().for_each(|sits| sits.hears(nobodys.clone())),
        }
    }
}

impl Bench {
    /// The terminals at the place of the line.
    fn there(&self) -> impl Iterator<Item = &Sits> {
        self.sits.iter().filter(|sits| sits.place == self.place)
    }

    fn own(&mut self, number: u64) -> Option<&mut Sits> {
        self.sits.iter_mut().find(|sits| sits.number == number)
    }

    /// Tells a terminal at the place of the line what is wrong with it.
    fn tells_trouble(&self, number: u64) {
        let Some(trouble) = &self.trouble else { return };
        let there = |sits: &&Sits| sits.number == number && sits.place == self.place;
        if let Some(there) = self.sits.iter().find(there) {
            there.hears(trouble.clone());
        }
    }
}

impl AtBench {
    /// It stands somewhere else from now on.
    pub fn moves(&self, place: PlaceId) {
        let mut bench = self.bench.bench();
        if let Some(sits) = bench.own(self.number) {
            sits.place = Some(place);
        }
        bench.tells_trouble(self.number);
    }

    /// From now on somebody is signed in at it, or nobody.
    pub fn works(&self, works: bool) {
        if let Some(sits) = self.bench.bench().own(self.number) {
            sits.works = works;
        }
    }
}

impl Drop for AtBench {
    fn drop(&mut self) {
        self.bench.bench().sits.retain(|sits| sits.number != self.number);
    }
}
