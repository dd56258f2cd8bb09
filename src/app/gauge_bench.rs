//! The line of the gauges where one process serves many terminals: its values go to the terminal at its
//! place, and to no other.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::ids::PlaceId;
use crate::ui::input::{GaugeSaid, Input};
use crate::ui::message::Message;

/// Who sits where, the last one last; clones are the same bench.
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
    inbox: Sender<Message>,
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
        bench.sits.push(Sits { number, place, inbox });
        bench.tells_trouble(number);
        AtBench { bench: self.clone(), number }
    }

    /// Passes on what the line said to the terminal at its place: to the one that came last, as one
    /// value is measured on one unit. Where nobody is, it is nobody's.
    pub fn said(&self, said: GaugeSaid) {
        let mut bench = self.bench();
        match &said {
            GaugeSaid::Trouble(_) => bench.trouble = Some(said.clone()),
            GaugeSaid::Back(_) | GaugeSaid::Value { .. } => bench.trouble = None,
        }
        let there = bench.sits.iter().rev().find(|sits| sits.place == bench.place);
        if let Some(there) = there {
            // One that is over is about to leave.
            there.inbox.send(Message::Input(Input::Gauge(said))).unwrap_or_default();
        }
    }
}

impl Bench {
    /// Tells a terminal at the place of the line what is wrong with it.
    fn tells_trouble(&self, number: u64) {
        let Some(trouble) = &self.trouble else { return };
        let there = |sits: &&Sits| sits.number == number && sits.place == self.place;
        if let Some(there) = self.sits.iter().find(there) {
            let said = Message::Input(Input::Gauge(trouble.clone()));
            there.inbox.send(said).unwrap_or_default();
        }
    }
}

impl AtBench {
    /// It stands somewhere else from now on.
    pub fn moves(&self, place: PlaceId) {
        let mut bench = self.bench.bench();
        let Some(at) = bench.sits.iter().position(|sits| sits.number == self.number) else {
            return;
        };
        let mut sits = bench.sits.remove(at);
        sits.place = Some(place);
        bench.sits.push(sits);
        bench.tells_trouble(self.number);
    }
}

impl Drop for AtBench {
    fn drop(&mut self) {
        self.bench.bench().sits.retain(|sits| sits.number != self.number);
    }
}
