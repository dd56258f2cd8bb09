//! The facts that stations of the simulation write: of every scope, on streams that they share.

use std::collections::BTreeSet;

use gemba::domain::deviation::{DeviationFact, DeviationKind, DeviationRaised, UnitConcerned};
use gemba::domain::fact::{Acting, Fact, Head, Position, Written};
use gemba::domain::hash::Hash;
use gemba::domain::ids::{BootId, LedgerId, PersonId, StationId, TerminalId};
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Moment;
use gemba::domain::order::{OrderFact, OrderOpened, RouteOperation, Units};
use gemba::domain::people::{PersonFact, Role};
use gemba::domain::positions::Positions;
use gemba::domain::station::StationFact;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::fact::TravelerFact;

use super::chance::Chance;

const CENTERS: [&str; 3] = ["W1", "W2", "W3"];
const ORDERS: [&str; 4] = ["WO-1", "WO-2", "WO-3", "WO-4"];

/// What a station does in one act: one or two facts that belong together.
pub(crate) fn act(chance: &mut Chance, station: &StationId) -> Vec<(Subject, FactBody)> {
    let order = *chance.pick(&ORDERS);
    let traveler = TravelerId::parse(&format!("{order}/0001")).unwrap();
    let paused = TravelerFact::Paused { reason: format!("pause {}", chance.next()) };
    let pause = (Subject::Traveler(traveler.clone()), FactBody::Traveler(paused));
    match chance.between(0, 10) {
        0 => {
            vec![(Subject::Station(station.clone()), FactBody::Station(StationFact::Heartbeat {}))]
        }
        1 => vec![admitted(chance)],
        2 => vec![opened(chance, order)],
        3 => vec![pause, raised(station, traveler)],
        4 => vec![contained(chance, order)],
        5 => {
            let resumed = FactBody::Traveler(TravelerFact::Resumed { note: None });
            vec![pause, (Subject::Traveler(traveler), resumed)]
        }
        6 => vec![newer(chance)],
        _ => vec![pause],
    }
}

/// Of a stream that only a newer version keeps.
fn newer(chance: &mut Chance) -> (Subject, FactBody) {
    let subject = Subject::parse(&format!("cup/C-{}", chance.between(1, 5))).unwrap();
    let body = serde_json::json!({ "cups": chance.between(0, 9) });
    (subject, FactBody::Newer { kind: "CupFoundEmpty".to_owned(), body })
}

fn admitted(chance: &mut Chance) -> (Subject, FactBody) {
    let person = PersonId::parse(&format!("P-{}", chance.between(1, 5))).unwrap();
    let fact = PersonFact::PersonAdmitted {
        roles: BTreeSet::from([Role::Operator]),
        identity_verified_by: "passport".to_owned(),
    };
    (Subject::Person(person), FactBody::Person(fact))
}

fn opened(chance: &mut Chance, order: &str) -> (Subject, FactBody) {
    let operation = |operation, center: &str| RouteOperation {
        operation,
        instruction: "WI-1".parse().unwrap(),
        work_center: center.parse().unwrap(),
    };
    let (first, second): (&str, &str) = (*chance.pick(&CENTERS), *chance.pick(&CENTERS));
    let fact = OrderFact::OrderOpened(OrderOpened {
        part: "CP-40".parse().unwrap(),
        units: Units::Serials(vec!["0001".parse().unwrap()]),
        route: vec![operation(10, first), operation(20, second)],
        due: None,
        priority: 1,
    });
    (Subject::Order(order.parse().unwrap()), FactBody::Order(fact))
}

fn raised(station: &StationId, traveler: TravelerId) -> (Subject, FactBody) {
    let deviation = format!("NCR-{}-{station}", traveler.order);
    let fact = DeviationFact::DeviationRaised(Box::new(DeviationRaised {
        kind: DeviationKind::Product,
        unit: Some(UnitConcerned {
            traveler,
            at: None,
            attempt: None,
            hold: Some(Position { ledger: "none".parse().unwrap(), epoch: 1, seq: 1 }),
            readings: Positions::default(),
            characteristic: None,
            suggested: None,
        }),
        code: None,
        close_by: None,
        required: "25 N·m".to_owned(),
        found: "27 N·m".to_owned(),
        note: "\"quoted\" \\ and ünï".to_owned(),
    }));
    (Subject::Deviation(deviation.parse().unwrap()), FactBody::Deviation(fact))
}

/// Contains a deviation of any station, perhaps before its raising is known anywhere else.
fn contained(chance: &mut Chance, order: &str) -> (Subject, FactBody) {
    let deviation = format!("NCR-{order}-ST{}", chance.between(1, 4));
    let action = format!("set apart {}", chance.next());
    let fact = DeviationFact::ContainmentTaken { action };
    (Subject::Deviation(deviation.parse().unwrap()), FactBody::Deviation(fact))
}

/// A fact as written at a position.
pub(crate) fn write(
    at: Position,
    (prev, utc_s): (Hash, i64),
    after: Vec<Position>,
    (subject, body): (Subject, FactBody),
) -> Written {
    let boot = BootId::parse("boot-1").unwrap();
    let (offset_ms, offset_age_s) = (None, None);
    let mono_ms = i64::try_from(at.seq).unwrap();
    let utc = jiff::Timestamp::from_second(utc_s).unwrap();
    let terminal = TerminalId::parse("t1").unwrap();
    let acting = Acting { place: None, terminal, session: None, actor: None };
    let moment = Moment { utc, mono_ms, boot, offset_ms, offset_age_s };
    let head = Head { position: at, after, moment, catalog_age_s: None, acting };
    Written { prev, bytes: Fact { head, subject, body }.write().unwrap() }
}

/// The order of a fact's stream, where the fact itself tells.
pub(crate) fn order_of(fact: &Fact) -> Option<String> {
    match (&fact.subject, &fact.body) {
        (Subject::Traveler(traveler), _) => Some(traveler.order.to_string()),
        (Subject::Order(order), _) => Some(order.to_string()),
        (_, FactBody::Deviation(DeviationFact::DeviationRaised(raised))) => {
            raised.unit.as_ref().map(|unit| unit.traveler.order.to_string())
        }
        _ => None,
    }
}

/// The work centers that a fact puts on its order's route.
pub(crate) fn route_of(fact: &Fact) -> Vec<String> {
    let FactBody::Order(OrderFact::OrderOpened(opened)) = &fact.body else { return Vec::new() };
    opened.route.iter().map(|operation| operation.work_center.to_string()).collect()
}

/// A position in the first epoch.
pub(crate) fn at(ledger: &LedgerId, seq: u64) -> Position {
    Position { ledger: ledger.clone(), epoch: 1, seq }
}

/// The subject of what nobody wrote.
pub(super) fn made_up() -> Subject {
    Subject::parse("cup/C-made-up").unwrap()
}
