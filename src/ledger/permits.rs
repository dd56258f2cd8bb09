//! Loading what a decision about permits looks at.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::Command;
use crate::domain::effectivity::Use;
use crate::domain::fact::{Acting, Position};
use crate::domain::fold::Folded;
use crate::domain::ids::{PartId, PermitId, RevisionId};
use crate::domain::moment::Moment;
use crate::domain::permit::{PermitState, PermitsWanted};
use crate::domain::specification::Specification;
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::rows::rows_by_permit;
use crate::views::permit::{PermitOffer, RowPermits};

use super::append::head_of;
use super::effective::note_effective;
use super::error::LedgerError;
use super::models::tables::Models;
use super::store::Ledger;

impl Ledger {
    /// Fills in the permits that are wanted, or what one is proposed against.
    pub(super) fn surround_permits(
        &self,
        connection: &Connection,
        (stream, wanted): (&Folded, &PermitsWanted),
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        match wanted {
            PermitsWanted::None => Ok(()),
            PermitsWanted::Proposal(only) => {
                context.permits.next = self.next_permit(connection)?;
                surround_proposal(connection, (stream, only.as_ref()), context)
            }
            PermitsWanted::OfUnit(named) => {
                if let StreamState::Traveler(state) = &stream.stream.state
                    && let Some(started) = &state.started
                {
                    let permits = self.permits_of(connection, &started.part)?;
                    context.permits.permits.extend(permits);
                }
                if let Some(id) = named
                    && let Some(permit) = self.permit(connection, id)?
                {
                    context.permits.permits.insert(id.clone(), permit);
                }
                Ok(())
            }
        }
    }

    /// The failing rows of a file that permits would let go on, were it recorded now.
    pub fn rows_by_permit(
        &self,
        (acting, now): (&Acting, &Moment),
        command: &Command,
    ) -> Result<Vec<RowPermits>, LedgerError> {
        let Command::Traveler(id, TravelerCommand::RecordRows { at, ask, gauge, rows }) = command
        else {
            return Ok(Vec::new());
        };
        let folded = self.load(&self.connection, &command.subject())?;
        let head = head_of(&self.connection, &self.identity.ledger, self.identity.epoch)?;
        let (ledger, seq) = (self.identity.ledger.clone(), head.last_seq + 1);
        let next = Position { ledger, epoch: head.epoch, seq };
        let mut context = Context::new(now.clone(), acting.clone(), next);
        self.note_contact(&self.connection, &mut context)?;
        self.surround(&self.connection, command, &folded, &mut context)?;
        let StreamState::Traveler(state) = &folded.stream.state else { return Ok(Vec::new()) };
        let fits = rows_by_permit((id, state), (at, *ask), (gauge.as_ref(), rows), &context);
        let offer = |id: &PermitId| PermitOffer::of(id, context.permits.permits.get(id)?);
        let row = |(sample, permits): (u16, Vec<PermitId>)| RowPermits {
            sample,
            permits: permits.iter().filter_map(offer).collect(),
        };
        Ok(fits.into_iter().map(row).collect())
    }

    /// Every permit of a part.
    pub(super) fn permits_of(
        &self,
        connection: &Connection,
        part: &PartId,
    ) -> Result<Vec<(PermitId, PermitState)>, LedgerError> {
        let sql = Models::LIVE.name("SELECT permit FROM {permit_row} WHERE part = ?1");
        let mut statement = connection.prepare_cached(&sql)?;
        let ids = statement.query_map([part.as_str()], |row| row.get::<_, String>(0))?;
        let mut permits = Vec::new();
        for id in ids {
            let wrong = |error| LedgerError::damaged(format!("permit: {error}"));
            let id = PermitId::parse(&id?).map_err(wrong)?;
            if let Some(permit) = self.permit(connection, &id)? {
                permits.push((id, permit));
            }
        }
        Ok(permits)
    }

    /// A permit, where anything is known of it.
    pub(super) fn permit(
        &self,
        connection: &Connection,
        id: &PermitId,
    ) -> Result<Option<PermitState>, LedgerError> {
        let folded = self.load(connection, &Subject::Permit(id.clone()))?;
        let StreamState::Permit(state) = &folded.stream.state else { return Ok(None) };
        Ok(state.proposed.is_some().then(|| state.clone()))
    }
}

/// The specification as compiled: of the revision named, else of the one in effect.
fn surround_proposal(
    connection: &Connection,
    (stream, only): (&Folded, Option<&RevisionId>),
    context: &mut Context,
) -> Result<(), LedgerError> {
    let StreamState::Specification(known) = &stream.stream.state else { return Ok(()) };
    let mut judged = BTreeSet::new();
    note_effective(connection, &known.revisions, &mut judged)?;
    let wanted = Use { today: context.today(), traveler: None };
    let found = match only {
        Some(revision) => known.revisions.find(revision).filter(|r| r.released(&judged)),
        None => known.revisions.in_effect(&wanted, &judged),
    };
    let Some(found) = found else { return Ok(()) };
    let bytes = super::blobs::read(connection, &found.submitted.hash)?;
    let read = |bytes: Vec<u8>| serde_json::from_slice::<Specification>(&bytes).ok();
    context.permits.specification = bytes.and_then(read);
    Ok(())
}
