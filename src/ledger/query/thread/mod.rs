//! Genealogy: what a text names, where a thing came from and went, and what a recall reaches.
//! A file a question; each step along a thread is one look at an index, never at all facts.
//! Invariant: each row quotes the fact that says so, and what is left out is counted.

mod back;
mod forward;
mod named;
mod reach;
mod recall;
pub(super) mod unit;

use jiff::Timestamp;

use crate::domain::fact::Position;
use crate::domain::kinds::FactBody;
use crate::domain::material::{MaterialFact, MaterialReceived};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traced::Traced;
use crate::domain::words::{Words, words};
use crate::ledger::contact;
use crate::ledger::error::LedgerError;
use crate::ledger::streams::{Stored, stored};
use crate::views::quality_words::{Known, of_deviation, of_material};
use crate::views::record_words::{happened, said};
use crate::views::thread::{Thread, ThreadRow};

use super::Asked;

impl Asked<'_> {
    /// Where a thing came from and where it went; none where nothing is known of it here.
    pub(in crate::ledger::query) fn thread(
        self,
        of: &Traced,
        (skip, limit): (usize, usize),
    ) -> Result<Option<Thread>, LedgerError> {
        let Some(words) = self.known_as(of)? else { return Ok(None) };
        let (mut back, mut forward) = (self.back(of)?, self.forward(of)?);
        let order = |row: &ThreadRow| (row.depth, row.at, row.traced.clone(), row.fact.clone());
        back.sort_by_cached_key(order);
        forward.sort_by_cached_key(order);
        let (back_count, forward_count) = (back.len(), forward.len());
        // How each stands is looked up for those that are shown: there may be thousands.
        let page = |rows: Vec<ThreadRow>| -> Result<Vec<ThreadRow>, LedgerError> {
            let shown = rows.into_iter().skip(skip).take(limit);
            shown
                .map(|row| Ok(ThreadRow { standing: self.standing_of(&row.traced)?, ..row }))
                .collect()
        };
        Ok(Some(Thread {
            of: of.clone(),
            what: words,
            back: page(back)?,
            forward: page(forward)?,
            back_count,
            forward_count,
            skipped: skip,
            not_here: self.ledger.left_out()?,
            catalog_age_s: self.catalog_age_s()?,
        }))
    }

    /// How old what is known here is.
    fn catalog_age_s(self) -> Result<Option<i64>, LedgerError> {
        let proven = contact::proven(self.connection, &self.ledger.identity.ledger)?;
        let last = contact::last(self.connection)?;
        Ok(last.map(|last| self.now.age_s(&last, proven)))
    }

    /// Each fact of a thing's own stream as a row.
    fn history(
        self,
        of: &Traced,
        subject: &Subject,
        told: impl Fn(&Stored) -> bool,
    ) -> Result<Vec<ThreadRow>, LedgerError> {
        let folded = self.ledger.load(self.connection, subject)?;
        let known = if let StreamState::Deviation(state) = &folded.stream.state {
            self.known_of(state)?
        } else {
            Known::default()
        };
        let mut received: Option<MaterialReceived> = None;
        let mut rows = Vec::new();
        for stored in &stored(self.connection, subject, 0)? {
            let said = if let FactBody::Deviation(body) = &stored.fact.body {
                Some(of_deviation(&stored.fact, body, &known))
            } else if let FactBody::Material(body) = &stored.fact.body {
                let before = received.clone();
                if let MaterialFact::MaterialReceived(noted) = body {
                    received = Some(noted.clone());
                }
                Some(of_material(body, before.as_ref()))
            } else {
                said(&stored.fact)
            };
            if told(stored) {
                rows.push(note(of, stored, said));
            }
        }
        Ok(rows)
    }

    /// The first fact of a subject that arrived here.
    fn first_of(self, subject: &Subject) -> Result<Option<(Position, Timestamp)>, LedgerError> {
        let sql = "SELECT bytes FROM fact WHERE subject = ?1 ORDER BY arrival LIMIT 1";
        let found = self.rows(sql, [subject.to_string()], |row| {
            let bytes: String = row.get(0)?;
            let unreadable = |e| LedgerError::damaged(format!("{subject}: {e}"));
            crate::domain::fact::Fact::read(&bytes).map_err(unreadable)
        })?;
        let first = found.into_iter().next();
        Ok(first.map(|fact| (fact.head.position.clone(), fact.head.moment.effective())))
    }
}

/// A fact of a thing's own stream, in words.
fn note(of: &Traced, stored: &Stored, said: Option<Words>) -> ThreadRow {
    let fact = &stored.fact;
    ThreadRow {
        depth: 1,
        relation: words!("noun|record"),
        traced: of.clone(),
        what: happened(fact, said.filter(|said| !said.is_empty())),
        standing: None,
        at: Some(fact.head.moment.effective()),
        fact: fact.head.position.to_string(),
    }
}
