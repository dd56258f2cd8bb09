//! Holds what a failed check makes suspect, in the transaction of whatever changed it (R16).

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::fact::{Acting, Position};
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::suspect::{counted, may_change};

use super::append::head_of;
use super::error::TransactError;
use super::failures::failed;
use super::models::counting::counting;
use super::models::suspect::doubtful_counts;
use super::store::Ledger;
use super::transact::Saved;

/// The units of which something was written that may change what is suspect.
pub(super) fn changed(facts: &[(Subject, FactBody)]) -> Vec<TravelerId> {
    let mut units: Vec<TravelerId> = Vec::new();
    for (subject, body) in facts {
        if let (Subject::Traveler(unit), FactBody::Traveler(fact)) = (subject, body)
            && may_change(fact)
            && !units.contains(unit)
        {
            units.push(unit.clone());
        }
    }
    units
}

impl Ledger {
    /// Holds what the checks of these units make suspect, and lifts what they do not any more.
    pub(super) fn follow(
        &self,
        transaction: &Connection,
        (acting, now): (&Acting, &Moment),
        units: &[TravelerId],
    ) -> Result<Saved, TransactError> {
        let mut saved = Saved::default();
        let mut counts = Vec::new();
        for unit in units {
            for count in doubtful_counts(transaction, unit)? {
                if !counts.contains(&count) {
                    counts.push(count);
                }
            }
        }
        for (place, counter) in counts {
            let facts =
                counting(transaction, (&place, &counter), units)?.follow((&place, &counter));
            if facts.is_empty() {
                continue;
            }
            let head = head_of(transaction, &self.identity.ledger, self.identity.epoch)?;
            let ledger = self.identity.ledger.clone();
            let next = Position { ledger, epoch: head.epoch, seq: head.last_seq + 1 };
            let mut context = Context::new(now.clone(), acting.clone(), next);
            self.note_contact(transaction, &mut context)?;
            let more = self.append(transaction, &context, head.last_id, facts)?;
            saved.facts.extend(more.facts);
        }
        Ok(saved)
    }

    /// As in an act, for facts that came from elsewhere: what the judge does.
    pub fn follow_facts<'a>(
        &mut self,
        acting: &Acting,
        now: &Moment,
        facts: impl Iterator<Item = (&'a Subject, &'a FactBody)> + Clone,
    ) -> Result<Saved, TransactError> {
        let (units, failing) = (counted(facts.clone()), failed(facts));
        self.as_one_act(|ledger, transaction| {
            let mut saved = ledger.follow(transaction, (acting, now), &units)?;
            let more = ledger.follow_failures(transaction, (acting, now), &failing)?;
            saved.facts.extend(more.facts);
            Ok(saved)
        })
    }
}
