//! Signatures as shown: printed name, time and meaning always stand together (21 CFR 11.50).
//!
//! Whatever shows a signature goes through here: no screen and no command reads the printed name of
//! a fact by itself, and a test holds them to it.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::ids::{PersonId, StepId};
use crate::domain::moment::Moment;
use crate::domain::people::Role;
use crate::domain::signature::{Components, Meaning, Signature};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::correction::Uncovered;
use crate::domain::traveler::state::{Attempt, Recorded, RecordedWhat, TravelerState};
use crate::domain::words::Words;
use crate::domain::words::words;

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureView {
    /// The fact.
    pub fact: Position,
    /// Who signed.
    pub signer: PersonId,
    /// The name as printed.
    pub printed_name: String,
    /// The role in which the signer signed.
    pub role: Role,
    /// What it means.
    pub meaning: Meaning,
    /// When, by the server's clock where its offset is known.
    pub at: Timestamp,
    /// What the signer gave: `badge-and-pin`, or `pin` at a later signature of a session.
    pub components: Components,
    /// How many facts of the unit it was given for.
    pub covers: u64,
    /// Every unit, as ORDER/UNIT, for which it was given once; empty where it was for one.
    pub units: Vec<String>,
    /// Whether it still covers what counts.
    pub covering: bool,
    /// The correction that it did not know of, where that uncovered it.
    pub uncovered_by: Option<Position>,
}

/// A signature at a step of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepSignature {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The signature.
    #[serde(flatten)]
    pub signature: SignatureView,
}

impl SignatureView {
    /// A signature as recorded by a fact; it covers until something says otherwise.
    pub fn new(fact: &Position, moment: &Moment, signature: &Signature) -> Self {
        Self {
            fact: fact.clone(),
            signer: signature.signer.clone(),
            printed_name: signature.printed_name.clone(),
            role: signature.role,
            meaning: signature.meaning,
            at: moment.effective(),
            components: signature.components,
            covers: signature.covers.facts.len(),
            units: Vec::new(),
            covering: true,
            uncovered_by: None,
        }
    }

    /// A signature at a step; none where something else was recorded.
    pub fn of_entry(entry: &Recorded) -> Option<Self> {
        let RecordedWhat::Signature(signature) = &entry.what else { return None };
        let uncovered_by = entry.uncovered.clone();
        let covering = uncovered_by.is_none();
        let signed = Self::new(&entry.at, &entry.moment, signature).for_units(&entry.set);
        Some(Self { covering, uncovered_by, ..signed })
    }

    /// The same, given once for every unit of a set.
    #[must_use]
    pub fn for_units(self, set: &[TravelerId]) -> Self {
        Self { units: set.iter().map(ToString::to_string).collect(), ..self }
    }

    /// Who signed, as printed, where a list has the rest.
    pub fn who(&self) -> &str {
        &self.printed_name
    }

    /// Meaning, printed name, role and time.
    pub fn words(&self) -> String {
        self.told().to_string()
    }

    /// The same as words that a screen says.
    pub fn told(&self) -> Words {
        manifest(self.meaning, &self.printed_name, self.role, self.at)
    }

    /// As [`SignatureView::words`], with what was given, over how much, and whether it still covers.
    pub fn words_in_full(&self) -> String {
        self.told_in_full().to_string()
    }

    /// The same as words that a screen says.
    pub fn told_in_full(&self) -> Words {
        let ends = match &self.uncovered_by {
            Some(correction) => {
                words!("; no longer covers what {correction} corrected", correction)
            }
            None if self.covering => Words::plain(""),
            None => words!("; no longer covers what counts"),
        };
        let units = if self.units.is_empty() {
            Words::plain("")
        } else {
            words!(", given once for {units}", units = self.units.join(", "))
        };
        words!(
            "{signed}, by {given}, over {count} {facts}{units}{ends}",
            signed => self.told(),
            given => self.components.words(),
            count = self.covers,
            facts => if self.covers == 1 { "fact" } else { "facts" },
            units => units,
            ends => ends
        )
    }
}

/// A signature that a correction is about to uncover, in words.
pub fn words_of_uncovered(signed: &Uncovered) -> Words {
    manifest(signed.meaning, &signed.printed_name, signed.role, signed.moment.effective())
}

/// Every signature at the steps of a unit, in the order of attempts; uncovered ones too.
pub fn of_traveler(state: &TravelerState) -> Vec<StepSignature> {
    of_attempts(state.attempts.iter())
}

/// Every signature at some attempts, in their order.
pub fn of_attempts<'a>(attempts: impl Iterator<Item = &'a Attempt>) -> Vec<StepSignature> {
    let signed = attempts.flat_map(|attempt| {
        let entries = attempt.entries.iter().filter_map(SignatureView::of_entry);
        entries.map(|signature| StepSignature {
            operation: attempt.operation,
            step: attempt.step.clone(),
            attempt: attempt.rank,
            signature,
        })
    });
    signed.collect()
}

/// A moment to the minute, in the one way that no zone changes.
pub fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn manifest(meaning: Meaning, name: &str, role: Role, at: Timestamp) -> Words {
    words!(
        "{meaning} by {name} as {role}, {time}",
        meaning => meaning.word(),
        name,
        role => role.word(),
        time = minute(at)
    )
}
