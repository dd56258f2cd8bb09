//! What can be worked at a place, and why not the rest.

use std::collections::BTreeMap;

use rusqlite::Row;

use crate::domain::decide::{Command, decide};
use crate::domain::effectivity::Use;
use crate::domain::ids::{OrderId, PlaceId, WorkCenterId};
use crate::domain::refusal::Reason;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::command::TravelerCommand;
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

type Reasons = Vec<(String, String)>;

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
    known: bool,
    /// Where it was last worked on.
    last_place: Option<String>,
    /// Every operation that may be worked on, where there is more than one.
    several: Vec<OpenOperation>,
}

impl Asked<'_> {
    pub(super) fn queue(self, place: &PlaceId) -> Result<Queue, LedgerError> {
        let mut queue = Queue { today: Some(self.today()?), ..Queue::default() };
        let Some(here) = self.work_center(place)? else { return Ok(queue) };
        let found = self.rows(SQL, (here.as_str(), QUEUE_ROWS_MAX), found)?;
        let mut startable: BTreeMap<OrderId, Reasons> = BTreeMap::new();
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
            let held = matches!(found.row.state, QueueState::OnHold { .. });
            let mut rows = found.at(&here);
            if rows.is_empty() {
                queue.not_yet.extend(found.later(&here));
                continue;
            }
            if held {
                // What holds the unit holds every operation of it.
                rows.truncate(1);
            }
            for (mut row, known) in rows {
                let reasons = match (held, found.begun, known) {
                    (true, ..) => {
                        queue.not_yet.push(row);
                        continue;
                    }
                    (false, true, None) => Vec::new(),
                    (false, true, Some(what)) => words(&[Reason::BlobMissing { what }]),
                    (false, false, _) => self.startable(&row.traveler, place, &mut startable)?,
                };
                if reasons.is_empty() {
                    queue.here.push(row);
                } else {
                    row.state = QueueState::NotYet { reasons };
                    queue.not_yet.push(row);
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

    /// Why no unit of an order could be started at a place now; looked up once an order.
    fn startable(
        self,
        id: &TravelerId,
        place: &PlaceId,
        known: &mut BTreeMap<OrderId, Reasons>,
    ) -> Result<Reasons, LedgerError> {
        if let Some(reasons) = known.get(&id.order) {
            return Ok(reasons.clone());
        }
        let reasons = self.why_not_start(id, place)?;
        known.insert(id.order.clone(), reasons.clone());
        Ok(reasons)
    }

    /// Every reason why a unit could not be started at a place now, whoever starts it.
    fn why_not_start(self, id: &TravelerId, place: &PlaceId) -> Result<Reasons, LedgerError> {
        let mut context = self.nobody()?;
        context.acting.place = Some(place.clone());
        // Nobody acts here, so roles are not asked for.
        context.founding = true;
        let command = Command::Traveler(id.clone(), TravelerCommand::Start);
        let stream = self.ledger.load(self.connection, &command.subject())?;
        self.ledger.surround(self.connection, &command, &stream, &mut context)?;
        let refusal = decide(&stream.stream, command, &context).err();
        Ok(refusal.map_or_else(Vec::new, |refusal| words(&refusal.reasons)))
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

impl Found {
    fn take_names(&mut self, Named { title, operation }: Named) {
        self.row.title = title;
        if self.row.operation_name.is_empty() {
            self.row.operation_name = operation;
        }
    }

    /// A row for each operation that may be worked on at a work center; with the instruction where
    /// that is not here.
    fn at(&self, here: &WorkCenterId) -> Vec<(QueueRow, Option<String>)> {
        if self.several.is_empty() {
            let missing = || self.instruction.clone().unwrap_or_default();
            let row = (self.row.clone(), (!self.known).then(missing));
            return if self.row.work_center == *here { vec![row] } else { Vec::new() };
        }
        let here = self.several.iter().filter(|open| open.work_center == *here);
        here.map(|open| self.row_of(open)).collect()
    }

    fn row_of(&self, open: &OpenOperation) -> (QueueRow, Option<String>) {
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
        (row, open.step.is_none().then(|| open.instruction.to_string()))
    }

    /// The row of a unit that will come to a work center: it waits for the last operation that may
    /// be worked on.
    fn later(&self, here: &WorkCenterId) -> Option<QueueRow> {
        let last = self.several.iter().max_by_key(|open| open.operation);
        let mut row = last.map_or_else(|| self.row.clone(), |open| self.row_of(open).0);
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
        if !matches!(row.state, QueueState::OnHold { .. }) {
            let reason = Reason::UpstreamOpen { operation: row.operation, name, at };
            row.state = QueueState::NotYet { reasons: words(&[reason]) };
        }
        Some(row)
    }
}

fn words(reasons: &[Reason]) -> Reasons {
    reasons.iter().map(|reason| (reason.what(), reason.next())).collect()
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
    let state = match (get::<Option<String>>(row, "hold_why")?, begun) {
        (Some(why), _) => QueueState::OnHold { why, deviation: some_id(row, "hold_deviation")? },
        (None, true) => QueueState::Begun {
            step: get(row, "step_rank")?,
            steps: get(row, "steps")?,
            paused: get(row, "paused")?,
        },
        (None, false) => QueueState::Ready,
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
            state,
        },
        instruction: get(row, "instruction")?,
        route: get(row, "route")?,
        begun,
        known: get::<Option<String>>(row, "step")?.is_some(),
        last_place: get(row, "last_place")?,
        several: several(row)?,
    }))
}
