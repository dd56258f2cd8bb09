//! What a unit was made by and was taken back since: whoever releases the unit to ship is told (R1,
//! R17). A release carries it, so that its list of exceptions follows from the unit's record alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, PersonId, RevisionId};
use crate::domain::revision::{RevisionState, Revisions};

use super::exceptions::Exception;
use super::standing::Instructions;
use super::state::TravelerState;

/// A revision that was taken back, as it was known when the unit was released.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MadeByWithdrawn {
    /// What was taken back: an instruction, or the specification of a part.
    pub what: String,
    /// Its revision.
    pub revision: RevisionId,
    /// Its compiled blob.
    pub hash: Hash,
    /// Whether work by it stops.
    pub stop_work: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub when: Timestamp,
    /// By whom.
    pub by: Option<PersonId>,
}

impl MadeByWithdrawn {
    fn of(what: &str, known: &RevisionState) -> Option<Self> {
        let withdrawal = known.withdrawn.as_ref()?;
        Some(Self {
            what: what.to_owned(),
            revision: known.submitted.revision.clone(),
            hash: known.submitted.hash,
            stop_work: withdrawal.what.stop_work,
            reason: withdrawal.what.reason.clone(),
            when: withdrawal.moment.effective(),
            by: withdrawal.by.clone(),
        })
    }

    /// It among the exceptions.
    pub fn exception(&self) -> Exception {
        let Self { what, revision, reason, .. } = self;
        let stops = if self.stop_work { "work by it stops" } else { "work by it goes on" };
        let by = self.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let when = self.when.strftime("%Y-%m-%d %H:%M UTC");
        let what = format!("{what} rev {revision}, {when}{by}: {reason}; {stops}");
        Exception { kind: "withdrawn", what, fact: None }
    }
}

impl TravelerState {
    /// Whatever the unit was made by, as it stands: what is pinned, the older texts of steps that were
    /// not done again, standard steps.
    fn made_by_texts(&self, known: &Instructions) -> BTreeSet<Hash> {
        let started = self.started.iter();
        let pinned = started.clone().flat_map(|started| &started.operations).map(|op| op.hash);
        let standing = self.attempts.iter().filter(|attempt| !attempt.reopened);
        let older = standing.filter_map(|attempt| attempt.pinned.as_ref().map(|(_, hash)| *hash));
        let texts: BTreeSet<Hash> = pinned.chain(older).collect();
        let included = texts.iter().filter_map(|hash| known.get(hash));
        let included = included.flat_map(|text| text.included()).map(|one| one.hash);
        let measured = started.filter_map(|started| started.specification.as_ref());
        let included: Vec<Hash> = included.chain(measured.map(|pinned| pinned.hash)).collect();
        texts.into_iter().chain(included).collect()
    }

    /// Everything that the unit was made by and that was taken back, of these definitions.
    pub fn made_by_withdrawn<'a>(
        &self,
        known: &Instructions,
        instructions: impl IntoIterator<Item = (&'a InstructionId, &'a Revisions)>,
        specification: Option<&Revisions>,
    ) -> Vec<MadeByWithdrawn> {
        let hashes = self.made_by_texts(known);
        let of = |what: String, revisions: &Revisions| {
            let mine = revisions.list.iter().filter(|r| hashes.contains(&r.submitted.hash));
            mine.filter_map(|known| MadeByWithdrawn::of(&what, known)).collect::<Vec<_>>()
        };
        let instructions = instructions.into_iter();
        let mut found: Vec<_> =
            instructions.flat_map(|(id, revisions)| of(id.to_string(), revisions)).collect();
        let part = self.started.as_ref().map(|started| &started.part);
        if let (Some(part), Some(revisions)) = (part, specification) {
            found.extend(of(format!("specification {part}"), revisions));
        }
        found.sort();
        found
    }
}
