//! What the judge checks of a release to ship besides the unit's own record: its deviations, what is
//! built in, what it was made by; and a shipped unit of which a component was not accepted (R17).

use std::collections::BTreeSet;

use crate::domain::deviation::DeviationFact;
use crate::domain::fact::{Head, Position};
use crate::domain::ids::DeviationId;
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::shipped::ProductReleased;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;

use super::told::Work;
use super::{Judge, JudgeError};

/// Every reason against a release that its own record does not tell.
pub(super) fn against(work: &Work<'_>, ledger: &Ledger) -> Result<Vec<String>, LedgerError> {
    let TravelerFact::ProductReleased(released) = work.body else { return Ok(Vec::new()) };
    let mut reasons: Vec<ShipReason> = Vec::new();
    let head = &work.fact.head;
    let mut deviations: BTreeSet<DeviationId> =
        work.then.deviations().into_iter().cloned().collect();
    // One that holds nothing leaves no trace in the unit's own stream; of what another station wrote
    // whoever releases may not have heard.
    for (deviation, state) in ledger.deviations_naming(work.unit)? {
        let own = |at: &Position| {
            let number = |at: &Position| (at.epoch, at.seq);
            at.ledger == head.position.ledger && number(at) < number(&head.position)
        };
        if state.units.iter().any(|named| named.unit.traveler == *work.unit && own(&named.at)) {
            deviations.insert(deviation);
        }
    }
    for deviation in &deviations {
        let facts = ledger.arrived(&Subject::Deviation(deviation.clone()), 0)?;
        let closes = |body: &FactBody| {
            matches!(body, FactBody::Deviation(DeviationFact::DeviationClosed { .. }))
        };
        let is_over = facts
            .iter()
            .any(|stored| closes(&stored.fact.body) && may_know(head, &stored.fact.head));
        if !is_over {
            reasons.push(ShipReason::DeviationOpen { deviation: deviation.clone() });
        }
    }
    let doubtful = ledger.doubtful_inside((work.unit, work.then), work.texts)?;
    reasons.extend(doubtful.into_iter().map(|what| ShipReason::ComponentDoubtful { what }));
    let when = work.fact.head.moment.effective();
    let carriers = ledger.built_into(work.unit)?.into_iter();
    let carriers = carriers.filter(|(_, since)| *since <= when);
    reasons.extend(carriers.map(|(unit, _)| ShipReason::BuiltIn { unit }));
    let words = reasons.iter().map(|reason| reason.what().to_string());
    let words = words.map(|why| why.trim_end_matches('.').to_owned());
    Ok(words.chain(withdrawn_unsaid(work, released)).collect())
}

/// Whoever releases is shown what the unit was made by and was taken back, where the station had
/// received that.
fn withdrawn_unsaid(work: &Work<'_>, released: &ProductReleased) -> Vec<String> {
    let started = work.then.started.iter();
    let operations = started.clone().flat_map(|started| &started.operations);
    let named: BTreeSet<_> = operations.map(|operation| &operation.instruction).collect();
    let instructions = named.into_iter().filter_map(|id| Some((id, work.known.instruction(id)?)));
    let specification = started.clone().find_map(|s| work.known.specification(&s.part));
    let found = work.then.made_by_withdrawn(work.texts, instructions, specification);
    let unsaid = found.into_iter().filter(|one| {
        let said = released.withdrawn.iter().any(|said| said.hash == one.hash);
        let received = work.known.withdrawals(&one.hash);
        !said && received.into_iter().any(|known| known.was_received(&work.fact.head))
    });
    unsaid
        .map(|one| {
            format!("{} rev {} was withdrawn, which its list leaves out", one.what, one.revision)
        })
        .collect()
}

/// Whether the writer of a record may have known another one: clocks of two stations tell nothing.
fn may_know(writer: &Head, other: &Head) -> bool {
    let number = |head: &Head| (head.position.epoch, head.position.seq);
    writer.position.ledger != other.position.ledger || number(other) < number(writer)
}

impl Judge {
    /// Holds every shipped unit that has this one inside, of which something was not accepted; tells
    /// how many.
    pub(super) fn tell_carriers(
        &mut self,
        unit: &TravelerId,
        (reasons, now): (&[String], &Moment),
    ) -> Result<usize, JudgeError> {
        let why = reasons.join("; ");
        let mut seen = BTreeSet::from([unit.clone()]);
        let mut open = vec![unit.clone()];
        let mut count = 0;
        while let Some(inner) = open.pop() {
            for (carrier, _) in self.ledger.built_into(&inner)? {
                if !seen.insert(carrier.clone()) {
                    continue;
                }
                open.push(carrier.clone());
                let folded = self.ledger.stream(&Subject::Traveler(carrier.clone()))?;
                let StreamState::Traveler(state) = &folded.stream.state else { continue };
                let Some(release) = state.shipped() else { continue };
                let words = format!("{unit}, which is built in, was not accepted: {why}");
                let told = state.was_held_by_judge((&release.at, std::slice::from_ref(&words)));
                // A release that comes later is judged with what is known by then.
                if !told && self.store.is_judged(&release.at)? {
                    count += self.judge_again(&carrier, vec![(release.at.clone(), words)], now)?;
                }
            }
        }
        Ok(count)
    }
}
