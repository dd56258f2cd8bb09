//! Acts on sets: the command of each unit, decided one after the other in one transaction.

use std::sync::Arc;

use rusqlite::Connection;

use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::fold::Folded;
use crate::domain::moment::Moment;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::set::{Member, SetAct, of_unit, one_revision};
use crate::domain::traveler::standing::Instructions;

use super::error::{LedgerError, TransactError};
use super::store::Ledger;
use super::transact::{Around, Saved};

/// A unit with what the rules of sets look at.
type Loaded = (TravelerId, Arc<Folded>, Instructions);

impl Ledger {
    /// Decides an act on a set and saves what follows: on every unit of it, or on none. What stands
    /// in the way of any unit is refused with the reasons of all.
    pub fn transact_set(
        &mut self,
        acting: &Acting,
        now: &Moment,
        act: &SetAct,
    ) -> Result<Saved, TransactError> {
        let commands = act.commands()?;
        let around = Around { founding: false, set: act.named() };
        self.as_one_act(|ledger, transaction| {
            let mut reasons = ledger.other_revisions(transaction, act)?;
            let mut saved = Saved::default();
            for (unit, command) in commands {
                let command = Command::Traveler(unit.clone(), command);
                match ledger.act(transaction, (acting, now), command, &around) {
                    Ok(more) => saved.facts.extend(more.facts),
                    Err(TransactError::Refused(refusal)) => reasons.extend(of_unit(&unit, refusal)),
                    Err(error @ TransactError::Ledger(_)) => return Err(error),
                }
            }
            Refusal::unless_empty(reasons)?;
            Ok(saved)
        })
    }

    fn other_revisions(
        &self,
        transaction: &Connection,
        act: &SetAct,
    ) -> Result<Vec<Reason>, LedgerError> {
        let Some(at) = act.command.at() else { return Ok(Vec::new()) };
        let loaded = self.load_units(transaction, &act.units)?;
        let members: Vec<Member<'_>> = members(&loaded);
        Ok(one_revision(at, &members))
    }

    fn load_units(
        &self,
        connection: &Connection,
        units: &[TravelerId],
    ) -> Result<Vec<Loaded>, LedgerError> {
        let load = |unit: &TravelerId| {
            let folded = self.load(connection, &Subject::Traveler(unit.clone()))?;
            let mut known = Instructions::new();
            if let StreamState::Traveler(state) = &folded.stream.state {
                known = self.pinned(connection, state)?;
            }
            Ok((unit.clone(), folded, known))
        };
        units.iter().map(load).collect()
    }
}

fn members(loaded: &[Loaded]) -> Vec<Member<'_>> {
    let mut members = Vec::with_capacity(loaded.len());
    for (id, folded, known) in loaded {
        if let StreamState::Traveler(state) = &folded.stream.state {
            members.push(Member { id, state, known });
        }
    }
    members
}
