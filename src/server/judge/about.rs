//! What a fact is about, as the judge's ledger has it: its unit, its deviation, the texts of its order.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deviation::DeviationFact;
use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::Fact;
use crate::domain::ids::LedgerId;
use crate::domain::kinds::FactBody;
use crate::domain::order::OrderOpened;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::state::TravelerState;
use crate::server::store::judged::Unjudged;

use super::{Judge, JudgeError};

/// Who wrote a fact.
pub(super) fn ledger_of(unjudged: &Unjudged) -> &LedgerId {
    &unjudged.fact.head.position.ledger
}

/// The unit that a fact is about.
pub(super) fn traveler_of<'a>(
    fact: &'a Fact,
    deviation: Option<&'a DeviationState>,
) -> Option<&'a TravelerId> {
    if let Subject::Traveler(traveler) = &fact.subject {
        return Some(traveler);
    }
    let Subject::Deviation(_) = &fact.subject else { return None };
    let first = || deviation.and_then(|state| state.units.first()).map(|named| &named.unit);
    let body = if let FactBody::Deviation(body) = &fact.body { Some(body) } else { None };
    let named = body.and_then(DeviationFact::unit);
    named.or_else(first).map(|unit| &unit.traveler)
}

impl Judge {
    /// The deviation of a fact, or by whose disposition it ends a hold, with whatever came since.
    pub(super) fn deviation(&self, fact: &Fact) -> Result<Option<DeviationState>, JudgeError> {
        let subject = match (&fact.subject, &fact.body) {
            (Subject::Deviation(_), _) => fact.subject.clone(),
            (_, FactBody::Traveler(TravelerFact::HoldReleased { hold, .. })) => {
                let StreamState::Traveler(unit) = self.ledger.stream(&fact.subject)?.stream.state
                else {
                    return Ok(None);
                };
                let hold = unit.holds.get(hold);
                let Some(deviation) = hold.and_then(|hold| hold.placed.deviation.clone()) else {
                    return Ok(None);
                };
                Subject::Deviation(deviation)
            }
            (_, _) => return Ok(None),
        };
        let folded = self.ledger.stream(&subject)?;
        let StreamState::Deviation(state) = folded.stream.state else { return Ok(None) };
        Ok(Some(state))
    }

    /// A unit as folded here, with whatever came after the fact that is judged.
    pub(super) fn unit<'u>(
        &self,
        traveler: &TravelerId,
        units: &'u mut BTreeMap<TravelerId, TravelerState>,
    ) -> Result<Option<&'u TravelerState>, JudgeError> {
        let subject = Subject::Traveler(traveler.clone());
        if !units.contains_key(traveler)
            && let StreamState::Traveler(state) = self.ledger.stream(&subject)?.stream.state
        {
            units.insert(traveler.clone(), state);
        }
        Ok(units.get(traveler))
    }

    /// Reads every text that an order's route was ever released with; tells those that are not here.
    pub(super) fn texts_of(
        &mut self,
        opened: &OrderOpened,
    ) -> Result<BTreeSet<String>, JudgeError> {
        let mut unread = BTreeSet::new();
        for operation in &opened.route {
            let instruction = &operation.instruction;
            let hashes = self.known.released_texts(instruction).into_iter();
            let named = hashes.map(|hash| (hash, instruction.clone())).collect();
            unread.extend(self.texts.fetch(named, &self.store)?);
        }
        Ok(unread)
    }
}
