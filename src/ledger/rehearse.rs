//! Deciding without saving: what an act would be refused for.

use crate::domain::context::Context;
use crate::domain::decide::{Command, decide};
use crate::domain::fact::{Acting, Fact, FactError, Head, Position, Written};
use crate::domain::fold::Folded;
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;

use super::append::head_of;
use super::error::{LedgerError, TransactError};
use super::store::Ledger;
use super::transact::too_large;

impl Ledger {
    /// Decides commands on one stream, each on what those before it would have written; nothing is
    /// saved. Where nobody acts, nobody's role is asked for.
    pub fn rehearse(
        &self,
        acting: &Acting,
        now: &Moment,
        commands: Vec<Command>,
    ) -> Result<Option<Refusal>, LedgerError> {
        let Some(first) = commands.first() else { return Ok(None) };
        let own = first.subject();
        let mut folded = (*self.load(&self.connection, &own)?).clone();
        let head = head_of(&self.connection, &self.identity.ledger, self.identity.epoch)?;
        let mut seq = head.last_seq;
        for command in commands {
            let next = self.position((head.epoch, seq + 1));
            let context = self.as_if((acting, now, next), (&command, &folded))?;
            let facts = match decide(&folded.stream, command, &context) {
                Ok(facts) => facts,
                Err(refusal) => return Ok(Some(refusal)),
            };
            for (subject, body) in facts {
                seq += 1;
                let position = Position { seq, ..context.next.clone() };
                if subject != own {
                    continue;
                }
                let after = folded.stream.heads.clone();
                let as_if = Head {
                    position,
                    after,
                    moment: now.clone(),
                    catalog_age_s: context.contact_age_s,
                    acting: acting.clone(),
                };
                let fact = Fact { head: as_if, subject, body };
                let bytes = match fact.write() {
                    Ok(bytes) => bytes,
                    Err(error) => return unwritable(error),
                };
                let id = Written { prev: head.last_id, bytes }.id();
                folded.stream.evolve(&fact, id);
            }
        }
        Ok(None)
    }
}

impl Ledger {
    /// Why a command would be refused now, on what is stored; none where it would be done.
    pub(super) fn refused(
        &self,
        acting: &Acting,
        now: &Moment,
        command: Command,
    ) -> Result<Option<Refusal>, LedgerError> {
        let stream = self.load(&self.connection, &command.subject())?;
        let head = head_of(&self.connection, &self.identity.ledger, self.identity.epoch)?;
        let next = self.position((head.epoch, head.last_seq + 1));
        let context = self.as_if((acting, now, next), (&command, &stream))?;
        Ok(decide(&stream.stream, command, &context).err())
    }

    fn position(&self, (epoch, seq): (u32, u64)) -> Position {
        Position { ledger: self.identity.ledger.clone(), epoch, seq }
    }

    /// What a command would be decided by.
    fn as_if(
        &self,
        (acting, now, next): (&Acting, &Moment, Position),
        (command, stream): (&Command, &Folded),
    ) -> Result<Context, LedgerError> {
        let mut context = Context::new(now.clone(), acting.clone(), next);
        context.founding = acting.actor.is_none();
        self.note_contact(&self.connection, &mut context)?;
        self.surround(&self.connection, command, stream, &mut context)?;
        Ok(context)
    }
}

fn unwritable(error: FactError) -> Result<Option<Refusal>, LedgerError> {
    match too_large(error) {
        TransactError::Refused(refusal) => Ok(Some(refusal)),
        TransactError::Ledger(error) => Err(error),
    }
}
