//! Read models: rows that answer queries, each a pure projection of folded streams and blobs.
//! Written in the transaction of the facts they come from, or anew by a rebuild into shadow tables.
//! Invariant: rebuilt rows equal the ones kept along the way; nothing is in them alone.

mod component;
pub(in crate::ledger) mod counting;
mod definition;
mod floor;
mod inspection;
pub(in crate::ledger) mod link;
pub(in crate::ledger) mod noted;
mod permit;
mod recall;
mod register;
pub(in crate::ledger) mod sample;
pub(in crate::ledger) mod suspect;
pub mod tables;
pub(in crate::ledger) mod traveler;
pub(in crate::ledger) mod way;

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::domain::fact::{Fact, Position};
use crate::domain::fold::Folded;
use crate::domain::hash::Hash;
use crate::domain::kinds::FactBody;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::TravelerFact;

use super::error::LedgerError;
use super::long;
use super::store::Ledger;
use tables::Models;

/// Which rows of a traveler's readings may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touched {
    /// All of them.
    All,
    /// Those of these facts.
    Readings(BTreeSet<Position>),
}

impl Touched {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self::Readings(BTreeSet::new())
    }

    /// Adds what one more fact, folded last, may change.
    pub(super) fn add(&mut self, fact: &Fact) {
        let Self::Readings(readings) = self else { return };
        let FactBody::Traveler(body) = &fact.body else { return };
        match body {
            TravelerFact::ReadingTaken(_)
            | TravelerFact::ComponentInstalled { .. }
            | TravelerFact::Checked { with: Some(_), .. } => {
                readings.insert(fact.head.position.clone());
            }
            TravelerFact::ReadingConfirmed { reading, .. }
            | TravelerFact::ReadingCorrected { reading, .. } => {
                readings.insert(reading.clone());
            }
            TravelerFact::ComponentRemoved(removed) => {
                readings.insert(removed.entry.clone());
            }
            TravelerFact::TravelerStarted(_)
            | TravelerFact::StepStarted(_)
            | TravelerFact::Checked { with: None, .. }
            | TravelerFact::EntryMade { .. }
            | TravelerFact::WaitStarted { .. }
            | TravelerFact::WaitAccepted { .. }
            | TravelerFact::StepCompleted { .. }
            | TravelerFact::StepSkipped { .. }
            | TravelerFact::Paused { .. }
            | TravelerFact::QuantityReported(_)
            | TravelerFact::QuantityCorrected(_)
            | TravelerFact::LotSplit(_)
            | TravelerFact::SplitOff(_)
            | TravelerFact::ConditionDecided(_)
            | TravelerFact::UpstreamAccepted { .. }
            | TravelerFact::Resumed { .. }
            | TravelerFact::Signed { .. }
            | TravelerFact::RevisionKept(_)
            | TravelerFact::MovedToRevision(_)
            | TravelerFact::HoldPlaced(_)
            | TravelerFact::HoldReleased { .. }
            | TravelerFact::ProductReleased(_)
            | TravelerFact::ProductTakenBack(_) => {}
        }
    }
}

impl Ledger {
    /// Brings the rows of a subject, and of what depends on it, up to its stream.
    pub(super) fn project(
        &self,
        connection: &Connection,
        models: Models,
        subject: &Subject,
        touched: &Touched,
    ) -> Result<(), LedgerError> {
        let folded = self.load(connection, subject)?;
        if *touched == Touched::All {
            // An own fact is decided on what was folded: it neither waits nor is waited for.
            models.put_waiting(connection, subject, &folded)?;
        }
        match (&folded.stream.state, subject) {
            (StreamState::Traveler(state), Subject::Traveler(id)) => {
                self.project_traveler(connection, models, (id, state), touched)
            }
            (StreamState::Order(state), Subject::Order(id)) => {
                models.put_order(connection, id, state)?;
                let units = state.opened.iter().flat_map(|opened| opened.units.ids());
                for unit in units {
                    let unit = TravelerId { order: id.clone(), unit: unit.clone() };
                    self.project_alone(connection, models, &unit)?;
                }
                // Units that were begun before their order was known here, or are not of it.
                for unit in models.units_of(connection, id)? {
                    self.project_alone(connection, models, &unit)?;
                }
                Ok(())
            }
            (StreamState::Instruction(state), _) => {
                models.put_revisions(connection, subject, &state.revisions)
            }
            (StreamState::Specification(state), _) => {
                models.put_revisions(connection, subject, &state.revisions)
            }
            (StreamState::Gauge(state), Subject::Gauge(id)) => {
                models.put_gauge(connection, id, state)
            }
            (StreamState::Material(state), Subject::Material(id)) => {
                models.put_material(connection, id, state)
            }
            (StreamState::Person(state), Subject::Person(id)) => {
                models.put_person(connection, id, state)
            }
            (StreamState::Deviation(state), Subject::Deviation(id)) => {
                models.put_deviation(connection, id, state)
            }
            (StreamState::Place(state), Subject::Place(id)) => {
                models.put_place(connection, id, state)
            }
            (StreamState::Station(state), Subject::Station(id)) => {
                models.put_reviews(connection, id, state)?;
                long::keep(connection, subject, &folded)
            }
            (StreamState::Help(state), Subject::Help(id)) => models.put_help(connection, id, state),
            (StreamState::Handover(state), Subject::Handover(id)) => {
                models.put_handover(connection, id, state)
            }
            (StreamState::Redline(state), Subject::Redline(id)) => {
                models.put_redline(connection, id, state)
            }
            (StreamState::Series(state), Subject::Series(id)) => {
                models.put_series(connection, id, state)
            }
            (StreamState::Permit(state), Subject::Permit(id)) => {
                models.put_permit(connection, id, state)
            }
            // A site's policy is read from its stream; no row is made of it.
            (_, _) => Ok(()),
        }
    }

    fn project_alone(
        &self,
        connection: &Connection,
        models: Models,
        id: &TravelerId,
    ) -> Result<(), LedgerError> {
        let folded = self.load(connection, &Subject::Traveler(id.clone()))?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(()) };
        self.project_traveler(connection, models, (id, state), &Touched::nothing())
    }

    /// Brings the travelers up that waited for a blob.
    pub(super) fn project_waiting_for(
        &self,
        connection: &Connection,
        hash: &Hash,
    ) -> Result<(), LedgerError> {
        for unit in Models::LIVE.wanting(connection, hash)? {
            self.project_alone(connection, Models::LIVE, &unit)?;
        }
        Ok(())
    }
}

impl Models {
    /// Counts the facts of a stream that wait for a parent.
    fn put_waiting(
        self,
        connection: &Connection,
        subject: &Subject,
        folded: &Folded,
    ) -> Result<(), LedgerError> {
        let subject = subject.to_string();
        self.run(connection, "DELETE FROM {orphan_row} WHERE subject = ?1", [&subject])?;
        if folded.waiting.is_empty() {
            return Ok(());
        }
        let waiting = i64::try_from(folded.waiting.len()).unwrap_or(i64::MAX);
        let sql = "INSERT INTO {orphan_row} (subject, facts) VALUES (?1, ?2)";
        self.run(connection, sql, (&subject, waiting))
    }

    /// From which place, by which ledger and when something was heard.
    pub(super) fn contact(fact: &Fact) -> (String, String, i64) {
        // A fact of no place, such as a heartbeat, is heard from its station alone.
        let place = fact.head.acting.place.as_ref().map_or("", |place| place.as_str());
        // To the minute: a board says no more, and most facts then leave the row as it is.
        let ms = fact.head.moment.effective().as_millisecond();
        let ms = ms - ms.rem_euclid(60_000);
        (place.to_owned(), fact.head.position.ledger.to_string(), ms)
    }

    /// What was heard by facts that were pruned since.
    pub(super) fn put_pruned_contacts(self, connection: &Connection) -> Result<(), LedgerError> {
        let sql = "INSERT INTO {contact_row} (place, ledger, utc_ms)
                   SELECT place, ledger, utc_ms FROM pruned_contact";
        self.run(connection, sql, ())
    }
}
