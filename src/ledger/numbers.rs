//! The numbers that this station gives next, and what is begun under them.

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::Needs;
use crate::domain::floor::{FloorNeeds, Numbers};
use crate::domain::ids::{DeviationId, InstructionId, PermitId};
use crate::domain::stream::{StreamState, Subject};

use super::error::LedgerError;
use super::store::Ledger;

impl Ledger {
    /// Fills in the next numbers, what stands here, and the texts of which a change is proposed.
    pub(super) fn surround_floor(
        &self,
        connection: &Connection,
        needs: &Needs,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let Some(floor) = &needs.floor else { return Ok(()) };
        context.numbers = self.next_numbers(connection)?;
        match floor {
            FloorNeeds::Call => Ok(()),
            FloorNeeds::Handover => {
                let now = context.now.clone();
                context.handover = Some(self.handover_content(connection, &now)?);
                context.work_centers = self.served_centers(connection, &now)?;
                Ok(())
            }
            FloorNeeds::Redline(instruction) => {
                self.surround_texts(connection, instruction, context)
            }
        }
    }

    /// An instruction with those of its texts that are here.
    fn surround_texts(
        &self,
        connection: &Connection,
        id: &InstructionId,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let folded = self.load(connection, &Subject::Instruction(id.clone()))?;
        let StreamState::Instruction(known) = &folded.stream.state else { return Ok(()) };
        for revision in &known.revisions.list {
            let hash = revision.submitted.hash;
            if let Some(text) = self.instruction(connection, &hash)? {
                context.instructions.insert(hash, text);
            }
        }
        context.instruction_states.insert(id.clone(), known.clone());
        Ok(())
    }

    /// `NCR-ASM2-0042`, counted in this ledger's epoch; a later epoch adds a letter.
    pub(super) fn next_deviation(
        &self,
        connection: &Connection,
    ) -> Result<Option<DeviationId>, LedgerError> {
        let raised = self.numbered(connection, "DeviationRaised")?;
        let (station, letter) = (&self.identity.station, self.letter());
        Ok(DeviationId::parse(&format!("NCR-{station}-{letter}{:04}", raised + 1)).ok())
    }

    /// `DP-ASM2-0007`.
    pub(super) fn next_permit(
        &self,
        connection: &Connection,
    ) -> Result<Option<PermitId>, LedgerError> {
        let proposed = self.numbered(connection, "PermitProposed")?;
        let (station, letter) = (&self.identity.station, self.letter());
        Ok(PermitId::parse(&format!("DP-{station}-{letter}{:04}", proposed + 1)).ok())
    }

    fn next_numbers(&self, connection: &Connection) -> Result<Numbers, LedgerError> {
        let counts = (
            self.numbered(connection, "HelpCalled")?,
            self.numbered(connection, "HandoverGiven")?,
            self.numbered(connection, "RedlineProposed")?,
        );
        Ok(Numbers::after(self.identity.station.as_str(), &self.letter(), counts))
    }

    /// How many facts of a kind this ledger's epoch has; each kind that is numbered has an index.
    pub(super) fn numbered(&self, connection: &Connection, kind: &str) -> Result<u64, LedgerError> {
        let sql = format!(
            "SELECT count(*) FROM fact WHERE ledger = ?1 AND epoch = ?2 AND kind = '{kind}'"
        );
        let (ledger, epoch) = (self.identity.ledger.as_str(), self.identity.epoch);
        let count = |sql: &str| -> Result<u64, LedgerError> {
            let mut statement = connection.prepare_cached(sql)?;
            super::append::from_sql(statement.query_row((ledger, epoch), |row| row.get(0))?)
        };
        // A number that was given is never given again, also where its stream was pruned.
        Ok(count(&sql)? + count(&sql.replace("FROM fact", "FROM stub"))?)
    }

    fn letter(&self) -> String {
        letter(self.identity.epoch)
    }
}

/// What tells the numbers of a later epoch from those of the first.
pub(super) fn letter(epoch: u32) -> String {
    match epoch {
        0 | 1 => String::new(),
        later => {
            char::from_u32('A' as u32 + (later - 1) % 26).map_or_else(String::new, String::from)
        }
    }
}
