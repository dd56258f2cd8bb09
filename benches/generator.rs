//! A plausible store of any size: orders of serial units that other stations worked, received by
//! the site's feed, and lots that this station inspected itself.

use std::mem;

use gemba::domain::fact::{Acting, Fact, Head, LedgerHead, Position, Written};
use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::instruction::InstallBy;
use gemba::domain::kinds::FactBody;
use gemba::domain::order::{OrderFact, Unfinished};
use gemba::domain::positions::Positions;
use gemba::domain::quantity::Verdict;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::fact::{AskAt, ReadingTaken, StepStarted, TravelerFact};
use gemba::domain::traveler::fact::{HoldOutcome, HoldPlaced, HoldReason};
use gemba::domain::traveler::state::{RecordedWhat, TravelerState};

use super::plant::{Plant, assembly_order, id, moment, number};

/// Units of one generated order.
const UNITS: usize = 50;
/// Torques of one generated unit.
const TORQUES: u16 = 10;
/// The lot of which every unit has a piece.
pub(crate) const SEALS: &str = "SEAL-1";
/// Facts that are received at once.
const PAGE: usize = 5_000;
/// One unit in so many has a reading that failed and was typed wrong.
const SLIPS: usize = 40;

/// Fills a plant's store with further facts, at least so many.
pub(crate) fn fill(plant: &mut Plant, facts: usize) {
    let pattern = pattern(plant);
    let mut pen = Pen::new("ASM2");
    let mut order = 2_000;
    let mut received = 0;
    while received + pen.page.len() < facts * 9 / 10 {
        pen.order(order, &pattern, true);
        order += 1;
        if pen.page.len() >= PAGE {
            received += pen.page.len();
            plant.receive(&Feed::Site(id("PLANT")), mem::take(&mut pen.page));
        }
    }
    plant.receive(&Feed::Site(id("PLANT")), mem::take(&mut pen.page));
    for n in 0..facts.div_ceil(4_000) {
        let lot = plant.open_lot(&format!("WO-{}", 900_000 + n));
        plant.inspect(&lot, 400);
    }
    plant.go_to("novak", "ASM-1");
}

/// Orders of at least so many facts, of which all but the last ones are closed, to somebody else.
pub(crate) fn closed_orders(plant: &mut Plant, facts: usize, take: &mut impl FnMut(Vec<Written>)) {
    let pattern = pattern(plant);
    let mut pen = Pen::new("ASM2");
    let (mut order, mut written) = (2_000, 0);
    while written < facts {
        // One in fifty facts is of an order that is worked on.
        let closed = written < facts - facts / 50;
        pen.order(order, &pattern, closed);
        order += 1;
        written += pen.page.len();
        take(mem::take(&mut pen.page));
    }
}

/// A station that builds units of one order after another.
#[derive(Debug)]
pub(crate) struct Maker {
    pen: Pen,
    pattern: TravelerState,
    order: usize,
}

impl Maker {
    /// Goes on in this ledger where its last fact is; orders begin with a number.
    pub(crate) fn after(
        pattern: &TravelerState,
        ledger: &LedgerId,
        last: &LedgerHead,
        order: usize,
    ) -> Self {
        let mut pen = Pen::new("ASM2");
        pen.ledger.clone_from(ledger);
        (pen.seq, pen.prev) = (last.last_seq, last.last_id);
        Self { pen, pattern: pattern.clone(), order }
    }

    /// The next facts.
    pub(crate) fn next(&mut self, facts: usize) -> Vec<Written> {
        while self.pen.page.len() < facts {
            self.pen.order(self.order, &self.pattern, true);
            self.order += 1;
        }
        self.pen.page.drain(..facts).collect()
    }
}

/// A unit that is worked on, as the model of others.
pub(crate) fn pattern(plant: &mut Plant) -> TravelerState {
    let unit = plant.open_units("WO-1000", 1).remove(0);
    plant.begin(&unit);
    state(plant, &unit)
}

fn state(plant: &Plant, unit: &TravelerId) -> TravelerState {
    let folded = plant.ledger.stream(&Subject::Traveler(unit.clone())).unwrap();
    let StreamState::Traveler(state) = folded.stream.state else { panic!("no traveler") };
    state
}

/// Writes the ledger of another station.
#[derive(Debug)]
struct Pen {
    ledger: LedgerId,
    acting: Acting,
    seq: u64,
    prev: Hash,
    after: Vec<Position>,
    page: Vec<Written>,
}

impl Pen {
    fn new(station: &str) -> Self {
        let digits = Hash::of(&[station.as_bytes()]).to_string();
        let (place, actor) = (Some(id("ASM-1")), Some(id("novak")));
        Self {
            ledger: id(&digits[..32]),
            acting: Acting { place, terminal: id("tty-1"), session: None, actor },
            seq: 0,
            prev: Hash::ZERO,
            after: Vec::new(),
            page: Vec::new(),
        }
    }

    /// Writes one fact; the next of the same subject comes after it.
    fn write(&mut self, subject: &Subject, body: FactBody) -> Position {
        self.seq += 1;
        let position = Position { ledger: self.ledger.clone(), epoch: 1, seq: self.seq };
        let head = Head {
            position: position.clone(),
            after: mem::replace(&mut self.after, vec![position.clone()]),
            moment: moment(i64::try_from(self.seq).unwrap()),
            catalog_age_s: Some(60),
            acting: self.acting.clone(),
        };
        let fact = Fact { head, subject: subject.clone(), body };
        let written = Written { prev: self.prev, bytes: fact.write().unwrap() };
        self.prev = written.id();
        self.page.push(written);
        position
    }

    /// An order with its units, all worked to their last torque.
    fn order(&mut self, number: usize, pattern: &TravelerState, closed: bool) {
        let serials: Vec<String> = (1..=UNITS).map(|n| format!("{n:04}")).collect();
        let order = Subject::Order(id(&format!("WO-{number}")));
        let opened = FactBody::Order(OrderFact::OrderOpened(assembly_order(&serials)));
        self.after.clear();
        let opened = self.write(&order, opened);
        for (n, serial) in serials.iter().enumerate() {
            let unit = TravelerId { order: id(&format!("WO-{number}")), unit: id(serial) };
            let slips = (number * UNITS + n).is_multiple_of(SLIPS);
            self.unit(&Subject::Traveler(unit), pattern, slips);
        }
        if !closed {
            return;
        }
        self.after = vec![opened];
        let (reason, left) = ("complete".to_owned(), Unfinished::default());
        self.write(&order, FactBody::Order(OrderFact::OrderClosed { reason, left }));
    }

    /// What one unit went through, in the steps of the pattern.
    fn unit(&mut self, subject: &Subject, pattern: &TravelerState, slips: bool) {
        self.after.clear();
        let mut note = |fact| self.write(subject, FactBody::Traveler(fact));
        note(TravelerFact::TravelerStarted(pattern.started.clone().unwrap()));
        for (n, known) in pattern.attempts.iter().enumerate() {
            let (operation, step) = (known.operation, known.step.clone());
            let samples = Vec::new();
            let text = known.pinned.as_ref().map(|(_, hash)| *hash);
            let started = StepStarted { operation, step, previous: Vec::new(), samples, text };
            let attempt = note(TravelerFact::StepStarted(started));
            let at = AskAt { attempt: attempt.clone(), ask: 1 };
            if n == 0 {
                note(seal(&attempt));
            }
            for entry in &known.entries {
                let RecordedWhat::Reading(reading) = &entry.what else {
                    note(TravelerFact::Checked {
                        at: at.clone(),
                        yes: true,
                        with: None,
                        corrects: None,
                    });
                    continue;
                };
                for sample in 1..=TORQUES {
                    let slip = slips && sample == 3;
                    let (value, verdict) =
                        if slip { ("29.9", Verdict::Fail) } else { ("25.2", Verdict::Pass) };
                    let (value, verdict) = (number(value, "N·m"), Some(verdict));
                    let taken = reading.taken.clone();
                    let taken = ReadingTaken { at: at.clone(), sample, value, verdict, ..taken };
                    let reading = note(TravelerFact::ReadingTaken(Box::new(taken)));
                    if slip {
                        correct(&mut note, &attempt, &reading);
                    }
                }
            }
            note(TravelerFact::StepCompleted {
                attempt,
                waited: None,
                set: Vec::new(),
                read_in: None,
            });
        }
    }
}

/// A seal of the one lot that goes into every unit.
fn seal(attempt: &Position) -> TravelerFact {
    TravelerFact::ComponentInstalled {
        at: AskAt { attempt: attempt.clone(), ask: 9 },
        part: id("seal"),
        by: InstallBy::Lot,
        identity: SEALS.to_owned(),
        corrects: None,
        basis: None,
    }
}

/// A hold for a reading that its author then corrects.
fn correct(
    note: &mut impl FnMut(TravelerFact) -> Position,
    attempt: &Position,
    reading: &Position,
) {
    let hold = note(TravelerFact::HoldPlaced(HoldPlaced {
        reason: HoldReason::OutOfLimits,
        attempt: Some(attempt.clone()),
        readings: Positions::one(reading),
        deviation: None,
    }));
    note(TravelerFact::ReadingCorrected {
        reading: reading.clone(),
        value: number("25.1", "N·m"),
        verdict: Some(Verdict::Pass),
        basis: None,
        reason: "typed wrong".to_owned(),
    });
    note(TravelerFact::HoldReleased { hold, outcome: HoldOutcome::Corrected, decision: None });
}
