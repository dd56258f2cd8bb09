//! Redlines: those that wait for an answer, and those of an instruction.

use crate::domain::ids::{InstructionId, RedlineId, RevisionId};
use crate::domain::revision::RevisionStanding;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::LedgerError;
use crate::views::redline::{AnswerView, RedlineRow};

use super::{Asked, id_in};

/// The most redlines that are listed.
const ROWS_MAX: u32 = 1_000;

impl Asked<'_> {
    /// Open ones first, oldest first; of one instruction or of all.
    pub(super) fn redlines(
        self,
        instruction: Option<&InstructionId>,
        answered: bool,
    ) -> Result<Vec<RedlineRow>, LedgerError> {
        let sql = "SELECT redline FROM redline_row
                   WHERE (?1 IS NULL OR instruction = ?1) AND (?2 OR NOT answered)
                   ORDER BY answered, utc_ms, redline LIMIT ?3";
        let key = (instruction.map(InstructionId::as_str), answered, ROWS_MAX);
        let ids: Vec<RedlineId> = self.rows(sql, key, |row| id_in(row, "redline"))?;
        let rows = ids.iter().map(|id| self.redline(id));
        rows.filter_map(Result::transpose).collect()
    }

    /// One redline; none where it is not known here.
    pub(super) fn redline(self, id: &RedlineId) -> Result<Option<RedlineRow>, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Redline(id.clone()))?;
        let StreamState::Redline(state) = &folded.stream.state else { return Ok(None) };
        let Some(proposed) = &state.proposed else { return Ok(None) };
        let answer = state.answered.as_ref().map(|(answer, by, moment)| {
            Ok::<_, LedgerError>(AnswerView {
                accepted: answer.accepted,
                revision: answer.revision.clone(),
                reason: answer.reason.clone(),
                by: self.name(by.as_ref())?,
                at: moment.effective(),
            })
        });
        let body = &proposed.body;
        Ok(Some(RedlineRow {
            redline: id.clone(),
            instruction: body.instruction.clone(),
            revision: body.revision.clone(),
            step: body.step.clone(),
            text: body.text.clone(),
            characteristic: body.characteristic.as_ref().map(ToString::to_string),
            reading: body.reading.as_ref().map(ToString::to_string),
            unit: body.traveler.as_ref().map(ToString::to_string),
            by: self.name(proposed.by.as_ref())?,
            place: proposed.place.clone(),
            at: proposed.moment.effective(),
            answer: answer.transpose()?,
            done_in: self.done_in(id, &body.instruction)?,
        }))
    }

    /// The newest released revision whose text says that it does a redline, as far as texts are here.
    fn done_in(
        self,
        redline: &RedlineId,
        instruction: &InstructionId,
    ) -> Result<Option<RevisionId>, LedgerError> {
        let folded =
            self.ledger.load(self.connection, &Subject::Instruction(instruction.clone()))?;
        let StreamState::Instruction(known) = &folded.stream.state else { return Ok(None) };
        for revision in known.revisions.list.iter().rev() {
            let RevisionStanding::Released(_) = revision.standing else { continue };
            let text = self.ledger.instruction(self.connection, &revision.submitted.hash)?;
            if text.is_some_and(|text| text.rules.answers.contains(redline)) {
                return Ok(Some(revision.submitted.revision.clone()));
            }
        }
        Ok(None)
    }
}
