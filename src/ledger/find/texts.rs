//! What of each subject is searched, from read models, streams and compiled definitions.

use rusqlite::Connection;

use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, OrderId, PermitId, RedlineId, RevisionId};
use crate::domain::instruction::{Block, Instruction, Span, Step};
use crate::domain::permit::PermitState;
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::LedgerError;
use crate::ledger::inspection::specification;
use crate::ledger::store::Ledger;

use super::index::{Index, Text};

/// Definitions that are released, and whose texts are here.
const RELEASED: &str = "SELECT r.subject, r.revision, r.title, r.hash FROM revision_row r
    JOIN blob b ON b.hash = r.hash WHERE r.released NOT NULL";

const UNITS: &str = "SELECT 'unit/' || order_id || '/' || unit, unit || ' ' || order_id,
    part FROM traveler_row WHERE ";

/// A definition that is not in the index.
struct Missing {
    /// What it is written as, with its revision.
    traced: String,
    title: String,
    hash: Hash,
}

/// Whether a definition is here that is not in the index: its text may come after its facts.
pub(super) fn awaited(store: &Connection, index: &Index) -> Result<bool, LedgerError> {
    Ok(!missing(store, index)?.is_empty())
}

fn missing(store: &Connection, index: &Index) -> Result<Vec<Missing>, LedgerError> {
    let mut statement = store.prepare_cached(RELEASED)?;
    let mut rows = statement.query(())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, revision): (String, String) = (row.get(0)?, row.get(1)?);
        let traced = format!("{subject}/{revision}");
        if RevisionId::parse(&revision).is_ok() && !index.has(&traced)? {
            found.push(Missing { traced, title: row.get(2)?, hash: Hash(row.get(3)?) });
        }
    }
    Ok(found)
}

impl Ledger {
    /// The steps of every instruction, and the characteristics of every specification, that came since.
    pub(super) fn definition_texts(
        &self,
        store: &Connection,
        index: &Index,
    ) -> Result<Vec<Text>, LedgerError> {
        let mut texts = Vec::new();
        for Missing { traced, title, hash } in missing(store, index)? {
            if traced.starts_with("specification/") {
                let whole = specification(store, &hash)?;
                texts.append(&mut specification_texts(&traced, &title, whole.as_ref()));
                continue;
            }
            // One row for the whole also says that it was looked at, whatever it is.
            let whole = self.instruction(store, &hash)?;
            let title = whole.as_ref().map_or(String::new(), |whole| titled(whole));
            texts.push(text(traced.clone(), "", title, String::new()));
            for step in whole.iter().flat_map(|whole| &whole.steps) {
                texts.push(text(traced.clone(), step.id.as_str(), step.title.clone(), prose(step)));
            }
        }
        Ok(texts)
    }

    /// What is searched of a subject besides.
    pub(super) fn texts_of(
        &self,
        store: &Connection,
        subject: &Subject,
    ) -> Result<Vec<Text>, LedgerError> {
        let of = |sql: &str, key: &str| rows(store, sql, key);
        match subject {
            Subject::Traveler(_) => of(&format!("{UNITS} subject = ?1"), &subject.to_string()),
            Subject::Order(id) => order_texts(store, id),
            Subject::Gauge(id) => of(
                "SELECT 'gauge/' || gauge, gauge || ' ' || name, class FROM gauge_row
                 WHERE gauge = ?1",
                id.as_str(),
            ),
            Subject::Material(id) => of(
                "SELECT 'material/' || part || '/' || lot, lot || ' ' || part,
                    supplier || ' ' || certificate || coalesce(' ' || blocked, '')
                 FROM material_row WHERE part || '/' || lot = ?1",
                &format!("{}/{}", id.part, id.lot),
            ),
            Subject::Place(id) => of(
                "SELECT 'place/' || place, place || ' ' || name, work_center || ' ' || area
                 FROM place_row WHERE place = ?1",
                id.as_str(),
            ),
            Subject::Deviation(id) => self.deviation_texts(store, id),
            Subject::Redline(id) => self.redline_texts(store, id),
            Subject::Permit(id) => self.permit_texts(store, id),
            // Definitions are looked at by their blobs, people by their cards; the others are no
            // page to go to.
            Subject::Instruction(_)
            | Subject::Specification(_)
            | Subject::Person(_)
            | Subject::Station(_)
            | Subject::Site(_)
            | Subject::Help(_)
            | Subject::Handover(_)
            | Subject::Series(_)
            | Subject::Newer(_) => Ok(Vec::new()),
        }
    }

    /// The number of a deviation, what was found and every cause that was named.
    fn deviation_texts(
        &self,
        store: &Connection,
        id: &DeviationId,
    ) -> Result<Vec<Text>, LedgerError> {
        let Some(state) = self.deviation_state(store, id)? else { return Ok(Vec::new()) };
        let mut words = Vec::new();
        if let Some(raised) = &state.raised {
            let body = &raised.body;
            words.extend([&body.required, &body.found, &body.note].map(Clone::clone));
            words.extend(body.unit.as_ref().map(|unit| unit.traveler.to_string()));
        }
        for cause in &state.causes {
            words.extend(cause.code.as_ref().map(|code| code.text.clone()));
            words.push(cause.found.note.clone());
        }
        words.retain(|line| !line.is_empty());
        let traced = format!("deviation/{id}");
        Ok(vec![text(traced, "", id.to_string(), words.join("; "))])
    }

    /// The number of a redline, what is proposed and where, and what was answered.
    fn redline_texts(&self, store: &Connection, id: &RedlineId) -> Result<Vec<Text>, LedgerError> {
        let folded = self.load(store, &Subject::Redline(id.clone()))?;
        let StreamState::Redline(state) = &folded.stream.state else { return Ok(Vec::new()) };
        let Some(proposed) = &state.proposed else { return Ok(Vec::new()) };
        let body = &proposed.body;
        let mut words = vec![
            body.text.clone(),
            format!("{} rev {} #{}", body.instruction, body.revision, body.step),
        ];
        words.extend(body.characteristic.as_ref().map(ToString::to_string));
        words.extend(body.traveler.as_ref().map(ToString::to_string));
        words.extend(state.answered.as_ref().map(|(answer, ..)| answer.reason.clone()));
        Ok(vec![text(format!("redline/{id}"), "", id.to_string(), words.join("; "))])
    }

    /// The number of a permit, what it is for and why; who signed it is a name, and left out.
    fn permit_texts(&self, store: &Connection, id: &PermitId) -> Result<Vec<Text>, LedgerError> {
        let state = self.permit(store, id)?;
        let Some(permit) = state.as_ref().and_then(PermitState::permit) else {
            return Ok(Vec::new());
        };
        let mut words = vec![
            format!("{} {} {}", permit.part, permit.name, permit.characteristic),
            permit.reason.clone(),
        ];
        words.extend(permit.reference.clone());
        words.extend(permit.orders.iter().map(ToString::to_string));
        words.extend(permit.units.iter().map(ToString::to_string));
        Ok(vec![text(format!("permit/{id}"), "", id.to_string(), words.join("; "))])
    }
}

/// A specification as a whole, which also says that it was looked at, and each of its characteristics.
fn specification_texts(traced: &str, title: &str, whole: Option<&Specification>) -> Vec<Text> {
    let Some(whole) = whole else {
        return vec![text(traced.to_owned(), "", String::new(), String::new())];
    };
    let title = format!("{} {title}", whole.part);
    let drawing = format!("{}; rev {}", whole.drawing, whole.revision);
    let mut texts = vec![text(traced.to_owned(), "", title, drawing)];
    for asked in &whole.characteristics {
        let title = format!("{} {} {}", asked.balloon, asked.name, asked.id);
        let body = format!("{}, {} {}", asked.requirement, whole.part, asked.location);
        texts.push(text(traced.to_owned(), asked.id.as_str(), title, body));
    }
    texts
}

/// An order, and its units: of those that nobody began no stream is there.
fn order_texts(store: &Connection, id: &OrderId) -> Result<Vec<Text>, LedgerError> {
    let order = "SELECT 'order/' || order_id, order_id, part FROM order_row WHERE order_id = ?1";
    let mut texts = rows(store, order, id.as_str())?;
    texts.append(&mut rows(store, &format!("{UNITS} order_id = ?1"), id.as_str())?);
    Ok(texts)
}

fn rows(store: &Connection, sql: &str, key: &str) -> Result<Vec<Text>, LedgerError> {
    let mut statement = store.prepare_cached(sql)?;
    let found = statement
        .query_map([key], |row| Ok(text(row.get(0)?, "", row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<Text>, _>>()?;
    Ok(found)
}

fn text(traced: String, step: &str, title: String, body: String) -> Text {
    Text { traced, step: step.to_owned(), title, body }
}

fn titled(whole: &Instruction) -> String {
    format!("{} {} {}", whole.id, whole.title, whole.operation_name)
}

/// What a step says, each block a line.
fn prose(step: &Step) -> String {
    let said = |spans: &Vec<Span>| spans.iter().map(|span| span.text.as_str()).collect::<String>();
    let mut lines: Vec<String> = Vec::new();
    for block in &step.text {
        match block {
            Block::Paragraph(spans) | Block::Callout { text: spans, .. } => lines.push(said(spans)),
            Block::List { items, .. } => lines.extend(items.iter().map(said)),
            Block::Picture(picture) => lines.push(picture.alt.clone()),
            Block::Table { rows } => lines.extend(rows.iter().flatten().map(said)),
        }
    }
    lines.join(" ")
}
