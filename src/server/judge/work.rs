//! What the judge looks at once more in the work on a unit: the text by which it was made, and what
//! its station had received.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, PartId};
use crate::domain::instruction::Instruction;
use crate::domain::second_look::{Spot, is_stopped, objections, spot};
use crate::domain::specification::Specification;
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::standing::Instructions;
use crate::domain::traveler::state::TravelerState;
use crate::server::store::Store;
use crate::server::store::error::StoreError;

use super::rules::Case;

/// The most texts that are kept read.
const TEXTS_MAX: usize = 500;

/// A unit as known to the judge, and the texts that it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit<'a> {
    /// As the writer of the fact knew it; none where the fact is of another stream, or follows one
    /// that is not here.
    pub(super) then: Option<&'a TravelerState>,
    /// With all that is here, from whoever.
    pub(super) now: &'a TravelerState,
    pub(super) texts: &'a Instructions,
}

/// The compiled instructions that were read from the server's blobs.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) read: Instructions,
    /// Compiled specifications, of which every characteristic is asked for.
    pub(super) specifications: BTreeMap<Hash, Arc<Specification>>,
}

impl Texts {
    /// Reads texts by which something may have been made; tells those that are not at the server.
    pub(super) fn fetch(
        &mut self,
        wanted: BTreeMap<Hash, InstructionId>,
        store: &Store,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut unread = BTreeSet::new();
        if self.read.len() + wanted.len() > TEXTS_MAX {
            self.read.clear();
        }
        for (hash, instruction) in wanted {
            if self.read.contains_key(&hash) {
                continue;
            }
            let bytes = store.blob(&hash)?;
            let text = bytes.and_then(|bytes| serde_json::from_slice::<Instruction>(&bytes).ok());
            match text {
                Some(text) => drop(self.read.insert(hash, Arc::new(text))),
                None => drop(unread.insert(format!("{instruction} {}", hash.short()))),
            }
        }
        Ok(unread)
    }

    /// Reads a specification by which pieces may have been inspected; tells it where it is not at the
    /// server.
    pub(super) fn fetch_specification(
        &mut self,
        wanted: Option<(Hash, PartId)>,
        store: &Store,
    ) -> Result<Option<String>, StoreError> {
        let Some((hash, part)) = wanted else { return Ok(None) };
        if self.specifications.contains_key(&hash) {
            return Ok(None);
        }
        if self.specifications.len() >= TEXTS_MAX {
            self.specifications.clear();
        }
        let bytes = store.blob(&hash)?;
        let text = bytes.and_then(|bytes| serde_json::from_slice::<Specification>(&bytes).ok());
        let Some(text) = text else { return Ok(Some(format!("{part} {}", hash.short()))) };
        self.specifications.insert(hash, Arc::new(text));
        Ok(None)
    }
}

/// The texts that a fact of a unit is looked at with: those pinned then, and that by which its attempt
/// was begun.
pub(super) fn wanted(fact: &TravelerFact, then: &TravelerState) -> BTreeMap<Hash, InstructionId> {
    let split_off =
        if let TravelerFact::SplitOff(origin) = fact { Some(&origin.started) } else { None };
    let pinned = then.started.iter().chain(split_off).flat_map(|started| &started.operations);
    let pinned = pinned.map(|operation| (operation.hash, operation.instruction.clone()));
    let spot = spot(fact, then).map(|spot| (spot.text, spot.operation.instruction.clone()));
    pinned.chain(spot).collect()
}

impl Case<'_> {
    /// Whoever verified at an operation recorded nothing there that they did not see (R6).
    fn not_both(&mut self, body: &TravelerFact, spot: &Spot<'_>) {
        let Some(Unit { now: state, .. }) = self.unit else { return };
        let (operation, at) = (spot.operation.operation, &self.fact.head.position);
        if let TravelerFact::Signed { signature, .. } = body {
            for step in state.recorded_unseen(signature, (operation, at)) {
                let signer = &signature.signer;
                self.reject(format!("{signer} recorded in step {step}, unseen by this signature"));
            }
        }
        let records = matches!(
            body,
            TravelerFact::Checked { .. }
                | TravelerFact::ReadingTaken(_)
                | TravelerFact::EntryMade { .. }
                | TravelerFact::ComponentInstalled { .. }
                | TravelerFact::WaitStarted { .. }
                | TravelerFact::QuantityReported(_)
        );
        let Some(actor) = self.fact.head.acting.actor.as_ref().filter(|_| records) else { return };
        // To put a record right uncovers what was signed over it, and is asked for again.
        if body.corrects().is_none()
            && let Some(step) = state.verified_before(actor, (operation, at))
        {
            self.reject(format!(
                "{actor} verified or witnessed in step {step}, and recorded here as well"
            ));
        }
    }

    /// The text says what was asked, and a withdrawal that had been received stops work by it.
    pub(super) fn second_look(&mut self, body: &TravelerFact) {
        let Some(Unit { then: Some(state), texts, .. }) = self.unit else { return };
        let Some(spot) = spot(body, state) else { return };
        for objection in objections(body, &spot, state, texts) {
            self.reject(objection.to_string());
        }
        self.not_both(body, &spot);
        if !is_stopped(body) {
            return;
        }
        let measures = texts.get(&spot.text).is_some_and(|text| text.specification.is_some());
        let pinned = state.started.as_ref().and_then(|started| started.specification.as_ref());
        let pinned = pinned.filter(|_| measures).map(|pinned| &pinned.hash);
        for hash in iter::once(&spot.text).chain(pinned) {
            let Some(stop) = self.known.stop_work(hash) else { continue };
            if stop.was_received(&self.fact.head) {
                let (what, revision, reason) = (&stop.what, &stop.revision, &stop.reason);
                let words = format!(
                    "{what} rev {revision} was withdrawn, work by it stops, and the station had \
                     received it: {reason}"
                );
                self.reject(words);
            }
        }
    }
}
