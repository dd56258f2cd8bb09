//! What can be worked at a place, and why not the rest.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rusqlite::Row;

use crate::domain::decide::Needs;
use crate::domain::effectivity::Use;
use crate::domain::ids::{DeviationId, OrderId, PersonId, PlaceId, WorkCenterId};
use crate::domain::natural::natural;
use crate::domain::people::Action;
use crate::domain::refusal::told::Told;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::eligibility::{is_done_first, why_not};
use crate::domain::traveler::hold;
use crate::ledger::error::LedgerError;
use crate::ledger::models::way::OpenOperation;
use crate::views::queue::{Queue, QueueRow, QueueState};

use super::{Asked, get, id_in, parsed, some_id};

/// The most units that a queue lists.
const QUEUE_ROWS_MAX: u32 = 2_000;

const SQL: &str = "SELECT * FROM traveler_row
    WHERE order_open AND finished_ms IS NULL AND ended IS NULL
        AND instr(route, ' ' || ?1 || ' ') > 0
    ORDER BY started_ms IS NULL, priority, due IS NULL, due, subject LIMIT ?2";

/// What the work on a unit that is not begun is called.
#[derive(Debug, Clone, Default)]
struct Named {
    title: String,
    operation: String,
}

/// A unit with what decides where in the queue it stands.
#[derive(Debug)]
struct Found {
    /// As it stands at the operation that is next.
    row: QueueRow,
    instruction: Option<String>,
    route: String,
    begun: bool,
    /// Why it is held, and the deviation of that.
    hold: Option<(String, Option<DeviationId>)>,
    /// Where it was last worked on.
    last_place: Option<String>,
    /// Every operation that may be worked on, where there is more than one.
    several: Vec<OpenOperation>,
}

impl Asked<'_> {
    pub(super) fn queue(
        self,
        place: &PlaceId,
        person: Option<&PersonId>,
    ) -> Result<Queue, LedgerError> {
        let mut queue = Queue { today: Some(self.today()?), ..Queue::default() };
        let Some(here) = self.work_center(place)? else { return Ok(queue) };
        queue.looks = self.told(self.only_looks(person)?)?.into_iter().next();
        let person = person.filter(|_| queue.looks.is_none());
        let mut found = self.rows(SQL, (here.as_str(), QUEUE_ROWS_MAX), found)?;
        found.sort_by(|one, other| in_queue(one.as_ref(), other.as_ref()));
        let mut startable: BTreeMap<OrderId, Vec<Reason>> = BTreeMap::new();
        let mut named: BTreeMap<String, Named> = BTreeMap::new();
        for mut found in found.into_iter().flatten() {
            if let Some(instruction) = &found.instruction
                && found.row.title.is_empty()
            {
                if !named.contains_key(instruction) {
                    named.insert(instruction.clone(), self.named(instruction)?);
                }
                found.take_names(named.get(instruction).cloned().unwrap_or_default());
            }
            let rows = found.at(&here);
            if rows.is_empty()
                && let Some((row, reasons)) = found.later(&here)
            {
                queue.not_yet.push(found.stopped(row, self.told(reasons)?));
            }
            for mut row in rows {
                let reasons = match startable.get(&row.traveler.order).filter(|_| !found.begun) {
                    Some(known) => known.clone(),
                    None => self.why_not(&row, (place, person))?,
                };
                if !found.begun {
                    startable.insert(row.traveler.order.clone(), reasons.clone());
                }
                let (first, stops): (Vec<_>, Vec<_>) = reasons.into_iter().partition(is_done_first);
                row.first = self.told(first)?;
                if stops.is_empty() {
                    queue.here.push(row);
                    continue;
                }
                queue.not_yet.push(found.stopped(row, self.told(stops)?));
                if found.hold.is_some() {
                    // What holds the unit holds every operation of it.
                    break;
                }
            }
        }
        Ok(queue)
    }

    pub(super) fn work_center(self, place: &PlaceId) -> Result<Option<WorkCenterId>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Place(place.clone()))?;
        let StreamState::Place(state) = &folded.stream.state else { return Ok(None) };
        Ok(state.defined.as_ref().map(|defined| defined.work_center.clone()))
    }

    /// Why a person performs nothing, wherever; nobody is asked for where nobody acts.
    fn only_looks(self, person: Option<&PersonId>) -> Result<Vec<Reason>, LedgerError> {
        let Some(person) = person else { return Ok(Vec::new()) };
        let mut context = self.nobody()?;
        context.acting.actor = Some(person.clone());
        let subject = Subject::Person(person.clone());
        let stream = self.ledger.load(self.connection, &subject)?;
        self.ledger.surround_by(self.connection, (&stream, &Needs::default()), &mut context)?;
        let mut reasons = Vec::new();
        context.require_role(Action::Perform, &mut reasons);
        Ok(reasons)
    }

    /// Every reason why a person could not work on a unit at a place now.
    fn why_not(
        self,
        row: &QueueRow,
        (place, person): (&PlaceId, Option<&PersonId>),
    ) -> Result<Vec<Reason>, LedgerError> {
        let mut context = self.nobody()?;
        context.acting.place = Some(place.clone());
        context.acting.actor = person.cloned();
        // Where nobody acts, roles are not asked for.
        context.founding = person.is_none();
        let id = &row.traveler;
        let stream = self.ledger.load(self.connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &stream.stream.state else { return Ok(Vec::new()) };
        let needs = Needs::to_work(id, state.started.as_ref().map(|_| row.operation));
        self.ledger.surround_by(self.connection, (&stream, &needs), &mut context)?;
        Ok(why_not((id, state), row.operation, &context))
    }

    pub(super) fn told(self, reasons: Vec<Reason>) -> Result<Vec<Told>, LedgerError> {
        Ok(self.ledger.with_names(Refusal::of(reasons))?.told())
    }

    /// What the work of an instruction is called: in the revision in effect where its blob is here,
    /// else by the title of the newest revision.
    fn named(self, instruction: &str) -> Result<Named, LedgerError> {
        let mut named = Named::default();
        let subject = Subject::parse(&format!("instruction/{instruction}"));
        let Some(subject) = subject else { return Ok(named) };
        let wanted = Use { today: self.today()?, traveler: None };
        let folded = self.ledger.load(self.connection, &subject)?;
        let StreamState::Instruction(state) = &folded.stream.state else { return Ok(named) };
        if let Some(newest) = state.revisions.list.last() {
            named.title.clone_from(&newest.submitted.title);
        }
        if let Some(revision) = self.in_effect(&state.revisions, &wanted)?
            && let Some(compiled) =
                self.ledger.instruction(self.connection, &revision.submitted.hash)?
        {
            named.title.clone_from(&compiled.title);
            named.operation.clone_from(&compiled.operation_name);
        }
        Ok(named)
    }
}

/// The order of the queue: begun before ready, most urgent first, and numbers by their value.
fn in_queue(one: Option<&Found>, other: Option<&Found>) -> Ordering {
    let (Some(one), Some(other)) = (one, other) else { return one.is_some().cmp(&other.is_some()) };
    let key = |found: &Found| {
        let due = found.row.due;
        (!found.begun, found.row.priority, due.is_none(), due)
    };
    let (a, b) = (&one.row.traveler, &other.row.traveler);
    key(one)
        .cmp(&key(other))
        .then_with(|| natural(a.order.as_str(), b.order.as_str()))
        .then_with(|| natural(a.unit.as_str(), b.unit.as_str()))
}

impl Found {
    fn take_names(&mut self, Named { title, operation }: Named) {
        self.row.title = title;
        if self.row.operation_name.is_empty() {
            self.row.operation_name = operation;
        }
    }

    /// A row for each operation that may be worked on at a work center.
    fn at(&self, here: &WorkCenterId) -> Vec<QueueRow> {
        if self.several.is_empty() {
            let here = self.row.work_center == *here;
            return here.then(|| self.row.clone()).into_iter().collect();
        }
        let here = self.several.iter().filter(|open| open.work_center == *here);
        here.map(|open| self.row_of(open)).collect()
    }

    fn row_of(&self, open: &OpenOperation) -> QueueRow {
        let mut row = QueueRow {
            title: open.title.clone(),
            operation: open.operation,
            operation_name: open.name.clone(),
            work_center: open.work_center.clone(),
            ..self.row.clone()
        };
        let count = |steps: usize| u16::try_from(steps).unwrap_or(u16::MAX);
        if let (QueueState::Begun { step, steps, .. }, Some(at)) = (&mut row.state, open.step) {
            (*step, *steps) = (count(at), count(open.steps));
        }
        row
    }

    /// The row of a unit that will come to a work center, with why it is not there: it waits for
    /// the last operation that may be worked on.
    fn later(&self, here: &WorkCenterId) -> Option<(QueueRow, Vec<Reason>)> {
        let last = self.several.iter().max_by_key(|open| open.operation);
        let row = last.map_or_else(|| self.row.clone(), |open| self.row_of(open));
        let place = last.map(|open| open.at.clone());
        let place = place.or_else(|| self.last_place.clone().filter(|_| self.begun));
        let at = place.unwrap_or_else(|| row.work_center.to_string());
        if !comes_later(&self.route, &row.work_center, here) {
            return None;
        }
        let name = match row.operation_name.as_str() {
            "" => row.title.clone(),
            name => name.to_owned(),
        };
        let held = |(why, deviation): (String, Option<DeviationId>)| {
            let next = deviation.as_ref().map(hold::disposes);
            let next = next.unwrap_or_else(|| "open it: it says who lets it go on".to_owned());
            Reason::OnHold { why, deviation, next }
        };
        let mut reasons: Vec<Reason> = self.hold.clone().map(held).into_iter().collect();
        reasons.push(Reason::UpstreamOpen { operation: row.operation, name, at });
        Some((row, reasons))
    }

    /// The row of a unit that is stopped.
    fn stopped(&self, row: QueueRow, reasons: Vec<Told>) -> QueueRow {
        let state = match self.hold.clone() {
            Some((why, deviation)) => QueueState::OnHold { reasons, why, deviation },
            None => QueueState::NotYet { reasons },
        };
        QueueRow { state, ..row }
    }
}

/// Whether a place's work center is still to come on a route, seen from the one that is next.
fn comes_later(route: &str, next: &WorkCenterId, here: &WorkCenterId) -> bool {
    let centers: Vec<&str> = route.split_whitespace().collect();
    let first = centers.iter().position(|center| *center == next.as_str());
    let last = centers.iter().rposition(|center| *center == here.as_str());
    matches!((first, last), (Some(first), Some(last)) if first < last)
}

fn several(row: &Row<'_>) -> Result<Vec<OpenOperation>, LedgerError> {
    let text: Option<String> = get(row, "operations")?;
    let wrong = |error| LedgerError::damaged(format!("operations: {error}"));
    text.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text).map_err(wrong))
}

fn found(row: &Row<'_>) -> Result<Option<Found>, LedgerError> {
    let (Some(operation), Some(work_center)) =
        (get::<Option<u32>>(row, "operation")?, some_id(row, "work_center")?)
    else {
        return Ok(None);
    };
    let begun = get::<Option<i64>>(row, "started_ms")?.is_some();
    let hold = match get::<Option<String>>(row, "hold_why")? {
        Some(why) => Some((why, some_id(row, "hold_deviation")?)),
        None => None,
    };
    let state = if begun {
        QueueState::Begun {
            step: get(row, "step_rank")?,
            steps: get(row, "steps")?,
            paused: get(row, "paused")?,
        }
    } else {
        QueueState::Ready
    };
    Ok(Some(Found {
        row: QueueRow {
            traveler: TravelerId { order: id_in(row, "order_id")?, unit: id_in(row, "unit")? },
            part: id_in(row, "part")?,
            title: get(row, "title")?,
            quantity: get(row, "quantity")?,
            operation,
            operation_name: get(row, "operation_name")?,
            work_center,
            due: parsed(row, "due")?,
            priority: get(row, "priority")?,
            accepted: get(row, "accepted")?,
            first: Vec::new(),
            state,
        },
        instruction: get(row, "instruction")?,
        route: get(row, "route")?,
        begun,
        hold,
        last_place: get(row, "last_place")?,
        several: several(row)?,
    }))
}
