//! Calls for help, and who is to be told of them.

use crate::domain::help::{self, Called, Done, HelpState};
use crate::domain::ids::HelpId;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::LedgerError;
use crate::views::help::{DueRow, HelpRow, HelpView, ToldRow};

use super::{Asked, id_in};

/// The most calls that are listed.
const ROWS_MAX: u32 = 500;

impl Asked<'_> {
    /// What may be called for, and the calls: open ones, or the last ones as well.
    pub(super) fn help(self, cleared: bool) -> Result<HelpView, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        let named = policy.map(|policy| policy.rules.help_kinds).unwrap_or_default();
        Ok(HelpView { kinds: help::kinds(&named), calls: self.calls(cleared)? })
    }

    /// Those that nobody answered first, oldest first.
    pub(super) fn calls(self, cleared: bool) -> Result<Vec<HelpRow>, LedgerError> {
        let sql = "SELECT call FROM help_row WHERE ?1 OR NOT cleared
                   ORDER BY cleared, answered, CASE WHEN cleared THEN -utc_ms ELSE utc_ms END, call
                   LIMIT ?2";
        let ids: Vec<HelpId> = self.rows(sql, (cleared, ROWS_MAX), |row| id_in(row, "call"))?;
        let mut calls = Vec::new();
        for id in ids {
            let state = self.help_state(&id)?;
            if let Some(called) = &state.called {
                calls.push(self.call_row(&id, &state, called)?);
            }
        }
        Ok(calls)
    }

    /// Whom this station is to tell of its own calls now.
    pub(super) fn help_due(self) -> Result<Vec<DueRow>, LedgerError> {
        let context = self.nobody()?;
        let sql = "SELECT call FROM help_row WHERE NOT cleared AND NOT answered
                   ORDER BY utc_ms, call LIMIT ?1";
        let ids: Vec<HelpId> = self.rows(sql, [ROWS_MAX], |row| id_in(row, "call"))?;
        let mut due = Vec::new();
        for id in ids {
            let state = self.help_state(&id)?;
            let Some(called) = &state.called else { continue };
            if called.at.ledger != self.ledger.identity.ledger {
                continue;
            }
            let call = self.call_row(&id, &state, called)?;
            due.extend(state.due(&context).into_iter().map(|(row, escalation)| DueRow {
                call: call.clone(),
                row,
                to: escalation.to,
                minutes: escalation.minutes,
            }));
        }
        Ok(due)
    }

    fn help_state(self, id: &HelpId) -> Result<HelpState, LedgerError> {
        let folded = self.ledger.load(self.connection, &Subject::Help(id.clone()))?;
        let StreamState::Help(state) = &folded.stream.state else {
            return Ok(HelpState::default());
        };
        Ok(state.clone())
    }

    fn call_row(
        self,
        id: &HelpId,
        state: &HelpState,
        called: &Called,
    ) -> Result<HelpRow, LedgerError> {
        let done = |done: &Option<Done>| {
            let done = done.as_ref();
            done.map(|d| Ok::<_, LedgerError>((self.name(d.by.as_ref())?, d.moment.effective())))
                .transpose()
        };
        let told = state.told.iter().map(|told| ToldRow {
            to: told.to.clone(),
            at: told.moment.effective(),
            failed: told.failed.clone(),
        });
        let body = &called.body;
        Ok(HelpRow {
            call: id.clone(),
            kind: body.kind.clone(),
            place: body.place.clone(),
            unit: body.traveler.as_ref().map(ToString::to_string),
            step: body.step.as_ref().map(|at| format!("{} {}", at.operation, at.step)),
            note: body.note.clone(),
            by: self.name(called.by.as_ref())?,
            at: called.moment.effective(),
            answered: done(&state.answered)?,
            cleared: done(&state.cleared)?,
            told: told.collect(),
            own: called.at.ledger == self.ledger.identity.ledger,
        })
    }
}
