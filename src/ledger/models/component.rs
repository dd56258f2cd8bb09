//! Rows of components: what is built into which unit, what was taken out, and lots of material.

use rusqlite::Connection;

use crate::domain::ids::{PersonId, PlaceId};
use crate::domain::instruction::InstallBy;
use crate::domain::material::{MaterialId, MaterialState};
use crate::domain::stream::Subject;
use crate::domain::traveler::state::{Recorded, RecordedWhat, TravelerState};
use crate::ledger::error::LedgerError;

use super::Touched;
use super::tables::Models;

impl Models {
    /// A row a component that counts, built in or taken out.
    pub(super) fn put_components(
        self,
        connection: &Connection,
        subject: &str,
        state: &TravelerState,
        touched: &Touched,
    ) -> Result<(), LedgerError> {
        let is_component = |at| {
            let entries = state.attempt_of(at).into_iter().flat_map(|attempt| &attempt.entries);
            let mut found = entries.filter(|entry| entry.at == *at);
            found.any(|entry| matches!(entry.what, RecordedWhat::Component { .. }))
        };
        let changed = match touched {
            Touched::All => true,
            Touched::Readings(positions) => positions.iter().any(is_component),
        };
        if !changed {
            return Ok(());
        }
        self.run(connection, "DELETE FROM {component_row} WHERE subject = ?1", [subject])?;
        let sql = "INSERT INTO {component_row}
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
        for built in state.components() {
            let removed = built.entry.removed.as_ref();
            let row = rusqlite::params![
                subject,
                built.entry.at.to_string(),
                built.part.as_str(),
                built.identity,
                built.by == InstallBy::Lot,
                built.pieces(),
                built.attempt.operation,
                built.attempt.step.as_str(),
                built.entry.by.as_ref().map(PersonId::as_str),
                built.entry.place.as_ref().map(PlaceId::as_str),
                built.entry.moment.effective().as_millisecond(),
                removed
                    .map(|removed| serde_json::to_string(&removed.becomes))
                    .transpose()
                    .map_err(|error| LedgerError::Fault { what: error.to_string() })?,
                removed.map(|removed| removed.moment.effective().as_millisecond()),
                made_subject(built.entry),
            ];
            self.run(connection, sql, row)?;
        }
        Ok(())
    }

    pub(super) fn put_material(
        self,
        connection: &Connection,
        id: &MaterialId,
        state: &MaterialState,
    ) -> Result<(), LedgerError> {
        let Some(received) = &state.received else { return Ok(()) };
        let row = rusqlite::params![
            id.part.as_str(),
            id.lot.as_str(),
            received.supplier,
            received.quantity,
            received.expires.map(|day| day.to_string()),
            received.certificate,
            state.blocked().map(|block| block.reason.as_str()),
            state.came.as_ref().map(|moment| moment.effective().as_millisecond()),
        ];
        let sql = "INSERT OR REPLACE INTO {material_row} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.run(connection, sql, row)
    }
}

/// The stream of the unit of this plant that a component is.
fn made_subject(entry: &Recorded) -> Option<String> {
    let made = entry.basis.as_ref()?.made.clone()?;
    Some(Subject::Traveler(made).to_string())
}
