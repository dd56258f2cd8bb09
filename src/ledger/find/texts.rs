//! What of each subject is searched, from read models, streams and compiled instructions.

use rusqlite::Connection;

use crate::domain::hash::Hash;
use crate::domain::ids::{DeviationId, OrderId, RevisionId};
use crate::domain::instruction::{Block, Instruction, Span, Step};
use crate::domain::stream::Subject;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

use super::index::{Index, Text};

/// Compiled instructions that are released, and whose texts are here.
const RELEASED: &str = "SELECT r.subject, r.revision, r.hash FROM revision_row r
    JOIN blob b ON b.hash = r.hash
    WHERE r.released NOT NULL AND r.subject GLOB 'instruction/*'";

const UNITS: &str = "SELECT 'unit/' || order_id || '/' || unit, unit || ' ' || order_id,
    part FROM traveler_row WHERE ";

/// Whether an instruction is here that is not in the index: its text may come after its facts.
pub(super) fn awaited(store: &Connection, index: &Index) -> Result<bool, LedgerError> {
    Ok(!missing(store, index)?.is_empty())
}

/// Instructions that are not in the index: what they are written as, and their blobs.
fn missing(store: &Connection, index: &Index) -> Result<Vec<(String, Hash)>, LedgerError> {
    let mut statement = store.prepare_cached(RELEASED)?;
    let mut rows = statement.query(())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, revision): (String, String) = (row.get(0)?, row.get(1)?);
        let traced = format!("{subject}/{revision}");
        if RevisionId::parse(&revision).is_ok() && !index.has(&traced)? {
            found.push((traced, Hash(row.get(2)?)));
        }
    }
    Ok(found)
}

impl Ledger {
    /// The steps of every instruction that came since.
    pub(super) fn instruction_texts(
        &self,
        store: &Connection,
        index: &Index,
    ) -> Result<Vec<Text>, LedgerError> {
        let mut texts = Vec::new();
        for (traced, hash) in missing(store, index)? {
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
            // Instructions are looked at by their blobs, people by their cards; the others are no
            // page to go to.
            Subject::Instruction(_)
            | Subject::Specification(_)
            | Subject::Person(_)
            | Subject::Station(_)
            | Subject::Site(_)
            | Subject::Help(_)
            | Subject::Handover(_)
            | Subject::Redline(_)
            | Subject::Series(_)
            | Subject::Permit(_)
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
