//! What the judge looks at once more in the work on a unit: the text by which it was made, and what
//! its station had received.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::fact::Fact;
use crate::domain::hash::Hash;
use crate::domain::ids::InstructionId;
use crate::domain::instruction::Instruction;
use crate::domain::kinds::FactBody;
use crate::domain::second_look::{Spot, is_stopped, objections, spot};
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::state::TravelerState;
use crate::server::store::Store;
use crate::server::store::error::StoreError;

use super::rules::Case;

/// The most texts that are kept read.
const TEXTS_MAX: usize = 500;

/// Compiled instructions by their hash.
pub(super) type ReadTexts = BTreeMap<Hash, Arc<Instruction>>;

/// A unit as known to the judge, and the texts that it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit<'a> {
    pub(super) state: &'a TravelerState,
    pub(super) texts: &'a ReadTexts,
}

/// The compiled instructions that were read from the server's blobs.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) read: ReadTexts,
}

impl Texts {
    /// Reads texts of an instruction by which something may have been made; tells those that are not at the server.
    pub(super) fn fetch(
        &mut self,
        (instruction, texts): (&InstructionId, &[Hash]),
        store: &Store,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut unread = BTreeSet::new();
        for hash in texts {
            if self.read.contains_key(hash) {
                continue;
            }
            let bytes = store.blob(hash)?;
            let text = bytes.and_then(|bytes| serde_json::from_slice::<Instruction>(&bytes).ok());
            match text {
                Some(text) => {
                    if self.read.len() >= TEXTS_MAX {
                        self.read.clear();
                    }
                    self.read.insert(*hash, Arc::new(text));
                }
                None => {
                    unread.insert(format!("{instruction} {}", hash.short()));
                }
            }
        }
        Ok(unread)
    }
}

/// Where a fact of a unit belongs, where that is looked at once more.
pub(super) fn spot_of<'a>(fact: &'a Fact, state: &'a TravelerState) -> Option<Spot<'a>> {
    let FactBody::Traveler(body) = &fact.body else { return None };
    spot(body, &fact.head.position, state)
}

impl Case<'_> {
    /// Whoever verified at an operation recorded nothing there that they did not see (R6).
    fn not_both(&mut self, body: &TravelerFact, spot: &Spot<'_>, state: &TravelerState) {
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
        let Some(Unit { state, texts }) = self.unit else { return };
        let Some(spot) = spot(body, &self.fact.head.position, state) else { return };
        for objection in objections(body, &spot, state, texts) {
            self.reject(objection.to_string());
        }
        self.not_both(body, &spot, state);
        if !is_stopped(body) {
            return;
        }
        let measures = spot.texts.iter().filter_map(|hash| texts.get(hash));
        let measures = measures.into_iter().any(|text| text.specification.is_some());
        let pinned = state.started.as_ref().and_then(|started| started.specification.as_ref());
        let pinned = pinned.filter(|_| measures).map(|pinned| &pinned.hash);
        for hash in spot.texts.iter().chain(pinned) {
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
