//! Signatures: who, when, and what it means, over named facts (21 CFR 11.50, 11.70).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fact::Position;
use super::hash::Hash;
use super::ids::PersonId;
use super::people::Role;
use super::positions::Positions;

/// What a signature says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// I did this.
    Performed,
    /// I checked this.
    Verified,
    /// I saw this being done.
    Witnessed,
    /// I agree to this.
    Approved,
    /// I decided what becomes of this.
    Dispositioned,
    /// I let this go on.
    Released,
}

impl Meaning {
    /// Every meaning with its word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("performed", Self::Performed),
        ("verified", Self::Verified),
        ("witnessed", Self::Witnessed),
        ("approved", Self::Approved),
        ("dispositioned", Self::Dispositioned),
        ("released", Self::Released),
    ];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, meaning)| *meaning)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, meaning)| *meaning == self).map_or("", |(word, _)| word)
    }
}

/// The facts that a signature covers, by position, with a digest over their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covers {
    /// Where they stand.
    pub facts: Positions,
    /// SHA-256 over the ids of the facts, in order of position.
    pub digest: Hash,
}

impl Covers {
    /// Covers the facts given; the order in which they come has no influence.
    pub fn over<'a>(facts: impl IntoIterator<Item = (&'a Position, &'a Hash)>) -> Self {
        let sorted: BTreeMap<&Position, &Hash> = facts.into_iter().collect();
        let ids: Vec<&[u8]> = sorted.values().map(|id| &id.0[..]).collect();
        Self { digest: Hash::of(&ids), facts: sorted.into_keys().collect() }
    }
}

/// A signature as recorded. The fact's actor is the signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who signed.
    pub signer: PersonId,
    /// The name as printed (11.50); the only place where a fact carries a name.
    pub printed_name: String,
    /// The role in which the signer signed.
    pub role: Role,
    /// What it means.
    pub meaning: Meaning,
    /// The facts under it.
    pub covers: Covers,
}
