//! A pen that writes whole orders into a store, past the rules and in one transaction.

use std::collections::BTreeMap;
use std::path::Path;

use gemba::domain::fact::{Acting, Fact, Head, Position, Written};
use gemba::domain::hash::Hash;
use gemba::domain::ids::{OrderId, PlaceId};
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Moment;
use gemba::domain::order::{OrderFact, OrderOpened, RouteOperation, Unfinished, Units};
use gemba::domain::positions::Positions;
use gemba::domain::station::StationFact;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::fact::{
    HoldOutcome, HoldPlaced, HoldReason, TravelerFact, TravelerStarted,
};
use gemba::ledger::store::Ledger;
use jiff::SignedDuration;

use super::plant::{acting, moment};
use super::stored;

/// A pen that goes on where a ledger ends.
#[derive(Debug)]
pub(crate) struct Pen {
    at: Position,
    prev: Hash,
    written: Vec<(Fact, Written)>,
    /// How long ago everything is that it writes.
    pub(crate) days_ago: i64,
    /// How many units an order has.
    pub(crate) units: usize,
    /// How many facts a unit has; odd, so that no hold is left open.
    pub(crate) of_unit: usize,
    /// Whether units are begun.
    pub(crate) begins: bool,
}

impl Pen {
    /// Goes on in the own ledger of a store.
    pub(crate) fn of(dir: &Path) -> Self {
        let ledger = Ledger::open(dir).unwrap();
        let (head, own) = (ledger.head().unwrap(), ledger.identity().ledger.clone());
        let at = Position { ledger: own, epoch: head.epoch, seq: head.last_seq };
        Self::after(at, head.last_id)
    }

    /// Begins another ledger.
    pub(crate) fn foreign(ledger: &str) -> Self {
        Self::after(Position { ledger: ledger.parse().unwrap(), epoch: 1, seq: 0 }, Hash::ZERO)
    }

    fn after(at: Position, prev: Hash) -> Self {
        Self { at, prev, written: Vec::new(), days_ago: 0, units: 3, of_unit: 5, begins: false }
    }

    /// The last fact that it wrote.
    pub(crate) fn last(&self) -> Position {
        self.at.clone()
    }

    pub(crate) fn write(
        &mut self,
        subject: &Subject,
        after: &[Position],
        body: FactBody,
    ) -> Position {
        self.at = self.at.plus(1);
        let acting = Acting { place: PlaceId::parse("ASM-1").ok(), ..acting("P-1") };
        let moment = moment(i64::try_from(self.at.seq).unwrap());
        let utc = moment.utc - SignedDuration::from_hours(24 * self.days_ago);
        let head = Head {
            position: self.at.clone(),
            after: after.to_vec(),
            moment: Moment { utc, ..moment },
            catalog_age_s: None,
            acting,
        };
        let fact = Fact { head, subject: subject.clone(), body };
        let written = Written { prev: self.prev, bytes: fact.write().unwrap() };
        self.prev = written.id();
        self.written.push((fact, written));
        self.at.clone()
    }

    /// An order with its units, and whether it is closed; tells the last fact of the last unit.
    pub(crate) fn order(&mut self, order: &str, closed: bool) -> Position {
        let own = Subject::Order(order.parse().unwrap());
        let opened = self.open(order);
        let mut last = opened.clone();
        for n in 1..=self.units {
            let unit = unit(order, &format!("{n:04}"));
            last = if self.begins {
                self.write(&unit, &[], started())
            } else {
                self.write(&unit, &[], hold(&last))
            };
            let holds = usize::from(!self.begins);
            let mut placed = last.clone();
            for n in 1..self.of_unit + holds {
                let body = if n % 2 == holds { released(&placed) } else { hold(&last) };
                last = self.write(&unit, std::slice::from_ref(&last), body);
                placed.clone_from(&last);
            }
        }
        if closed {
            self.write(&own, &[opened], closing());
        }
        last
    }

    /// Opens an order alone.
    pub(crate) fn open(&mut self, order: &str) -> Position {
        let serials = (1..=self.units).map(|n| format!("{n:04}").parse().unwrap()).collect();
        let operation = RouteOperation {
            operation: 10,
            instruction: "WI-1".parse().unwrap(),
            work_center: "ASM".parse().unwrap(),
        };
        let opened = OrderOpened {
            part: "CP-40".parse().unwrap(),
            units: Units::Serials(serials),
            route: vec![operation],
            due: None,
            priority: 3,
        };
        let own = Subject::Order(order.parse().unwrap());
        self.write(&own, &[], FactBody::Order(OrderFact::OrderOpened(opened)))
    }

    /// Says that everything up to a fact was judged.
    pub(crate) fn judged(&mut self, to: &Position) {
        let from = Position { seq: 1, ..to.clone() };
        let (to_seq, exceptions, unread) = (to.seq, Vec::new(), Vec::new());
        let body = StationFact::PageJudged { from, to_seq, exceptions, unread };
        let judge = Subject::Station("ASM1".parse().unwrap());
        self.write(&judge, &[], FactBody::Station(body));
    }

    pub(crate) fn put_into(self, dir: &Path) {
        let mut store = rusqlite::Connection::open(dir.join("station.db")).unwrap();
        let transaction = store.transaction().unwrap();
        for (fact, written) in &self.written {
            stored::put(&transaction, fact, written);
        }
        transaction.commit().unwrap();
    }
}

pub(crate) fn started() -> FactBody {
    FactBody::Traveler(TravelerFact::TravelerStarted(TravelerStarted {
        part: "CP-40".parse().unwrap(),
        specification: None,
        operations: Vec::new(),
        pieces: None,
    }))
}

pub(crate) fn hold(of: &Position) -> FactBody {
    FactBody::Traveler(TravelerFact::HoldPlaced(HoldPlaced {
        reason: HoldReason::OutOfLimits,
        attempt: None,
        readings: Positions::one(of),
        deviation: None,
    }))
}

pub(crate) fn released(hold: &Position) -> FactBody {
    ended(hold, HoldOutcome::Resumed { as_is: true })
}

/// The hold ends, and the unit with it.
pub(crate) fn scrapped(hold: &Position) -> FactBody {
    ended(hold, HoldOutcome::Ended { how: "scrap".to_owned() })
}

fn ended(hold: &Position, outcome: HoldOutcome) -> FactBody {
    FactBody::Traveler(TravelerFact::HoldReleased { hold: hold.clone(), outcome, decision: None })
}

pub(crate) fn closing() -> FactBody {
    let (reason, left) = ("complete".to_owned(), Unfinished::default());
    FactBody::Order(OrderFact::OrderClosed { reason, left })
}

pub(crate) fn unit(order: &str, serial: &str) -> Subject {
    let (order, unit) = (order.parse().unwrap(), serial.parse().unwrap());
    Subject::Traveler(TravelerId { order, unit })
}

/// Every fact of a store as it was written, by where it stands.
pub(crate) fn all_written(dir: &Path) -> BTreeMap<String, (String, Vec<u8>, String)> {
    let store = rusqlite::Connection::open(dir.join("station.db")).unwrap();
    let sql = "SELECT ledger || '.' || epoch || '.' || seq, subject, prev, bytes FROM fact";
    let mut statement = store.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)))
    };
    statement.query_map((), row).unwrap().map(Result::unwrap).collect()
}

/// What of that belongs to an order.
pub(crate) fn is_of(order: &OrderId, subject: &str) -> bool {
    subject == format!("order/{order}") || subject.starts_with(&format!("traveler/{order}/"))
}
