//! A use of a permit looked at once more: what went on by it is what was used, within it by all that
//! its writer knew.

use jiff::civil::Date;

use super::{PermitState, PermitUsed};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::permitted::Permitted;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;

/// A reading that went on by a permit, and what its writer knew.
#[derive(Debug, Clone, Copy)]
pub struct Went<'a> {
    /// The unit.
    pub unit: &'a TravelerId,
    /// What was said there.
    pub permitted: &'a Permitted,
    /// What was said in the permit's stream.
    pub used: &'a PermitUsed,
    /// The permit as its writer knew it.
    pub permit: &'a PermitState,
    /// The unit as its writer knew it.
    pub state: &'a TravelerState,
    /// The texts by which it is made.
    pub texts: &'a Instructions,
    /// The day of its moment, site time.
    pub happened: Date,
}

/// What the bench would have refused.
pub fn objections(went: Went<'_>) -> Vec<String> {
    let Went { unit, permitted, used, permit, state, texts, happened } = went;
    let (id, mut found) = (&permitted.permit, Vec::new());
    if used.traveler != *unit || used.reading != permitted.reading || used.value != permitted.value
    {
        found.push(format!("{id} was used for something else"));
    }
    if permit.permit().is_none_or(|permit| permit.widened != permitted.limits) {
        found.push(format!("{id} allows other limits"));
    }
    let Some(failing) = state.failing(unit, &permitted.reading, texts) else {
        found.push(format!("the reading that went on by {id} is not known"));
        return found;
    };
    if *failing.value != permitted.value || failing.pieces != used.pieces {
        found.push(format!("{id} was used for another value or number of pieces"));
    }
    let signer = &used.signature.signer;
    if let Some(author) = state.author(&permitted.reading).filter(|author| *author != signer) {
        found.push(format!("{signer} used {id} for a reading of {author}"));
    }
    if state.covers_reading(&permitted.reading) != used.signature.covers {
        found.push(format!("the signature for {id} does not cover the reading"));
    }
    let unfit = permit.unfit(id, failing, permitted.on);
    found.extend(unfit.iter().map(|why| why.what().to_string()));
    if permitted.on < happened {
        found.push(format!("{id} was used on a later day than is said"));
    }
    found
}
