//! Signatures: who, when, and what it means, over named facts (21 CFR 11.50, 11.70).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::deviation::DeviationFact;
use super::fact::Position;
use super::handover::HandoverFact;
use super::hash::Hash;
use super::ids::PersonId;
use super::inspection::fact::InspectionFact;
use super::kinds::FactBody;
use super::people::Role;
use super::permit::PermitFact;
use super::positions::Positions;
use super::refusal::Reason;
use super::refusal::signing::SigningReason;
use super::revision::{InstructionFact, SpecificationFact};
use super::stream::TravelerId;
use super::traveler::fact::TravelerFact;

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
    /// I take this over, or this lot is good.
    Accepted,
    /// This lot is not good.
    Rejected,
}

impl Meaning {
    /// Every meaning that is asked for by its word.
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
        // What is taken over, and lots that are judged: no step asks for that by a word.
        let unasked = if self == Self::Rejected { "rejected" } else { "accepted" };
        let word = Self::WORDS.iter().find(|(_, meaning)| *meaning == self);
        word.map_or(unasked, |(word, _)| word)
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
    /// What the signer gave for it.
    #[serde(default, skip_serializing_if = "Components::are_both")]
    pub components: Components,
    /// The facts under it.
    pub covers: Covers,
}

/// What a signer gives to be known as the signer (21 CFR 11.200(a)(1)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Components {
    /// Both: always enough.
    #[default]
    BadgeAndPin,
    /// The PIN alone: enough after a first signature in the same session.
    Pin,
}

impl Components {
    /// What it was, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BadgeAndPin => "badge and PIN",
            Self::Pin => "PIN",
        }
    }

    /// Whether badge and PIN were given.
    pub fn are_both(&self) -> bool {
        *self == Self::BadgeAndPin
    }
}

/// Who signs, as proven outside: the name on the card, and what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The name as it will be printed (11.50).
    pub printed_name: String,
    /// What was given.
    pub components: Components,
    /// How many facts of each unit the signer had before them; a unit that is not named was not
    /// shown on a page.
    pub shown: BTreeMap<TravelerId, usize>,
}

impl Signer {
    /// One who gave badge and PIN.
    pub fn by_badge(printed_name: impl Into<String>) -> Self {
        Self::new(printed_name, Components::BadgeAndPin)
    }

    /// One who gave the PIN, in a session of their own.
    pub fn by_pin(printed_name: impl Into<String>) -> Self {
        Self::new(printed_name, Components::Pin)
    }

    fn new(printed_name: impl Into<String>, components: Components) -> Self {
        Self { printed_name: printed_name.into(), components, shown: BTreeMap::new() }
    }

    /// The same, who had so many facts of each unit before them.
    #[must_use]
    pub fn having_seen(self, shown: impl IntoIterator<Item = (TravelerId, usize)>) -> Self {
        Self { shown: shown.into_iter().collect(), ..self }
    }
}

impl FactBody {
    /// The signature that a fact carries.
    pub fn signature(&self) -> Option<&Signature> {
        match self {
            Self::Traveler(TravelerFact::Signed { signature, .. })
            | Self::Deviation(DeviationFact::DispositionApproved { signature, .. })
            | Self::Handover(HandoverFact::HandoverAccepted { signature, .. })
            | Self::Permit(
                PermitFact::PermitProposed { signature, .. }
                | PermitFact::PermitGranted { signature },
            ) => Some(signature),
            Self::Permit(PermitFact::PermitUsed(used)) => Some(&used.signature),
            Self::Inspection(InspectionFact::LotDecided(decided)) => Some(&decided.signature),
            Self::Inspection(InspectionFact::LotDisposed(disposed)) => Some(&disposed.signature),
            Self::Deviation(DeviationFact::Dispositioned(disposed)) => Some(&disposed.signature),
            Self::Traveler(TravelerFact::ProductReleased(released)) => Some(&released.signature),
            Self::Instruction(InstructionFact::Signed(signed))
            | Self::Specification(SpecificationFact::Signed(signed)) => Some(&signed.signature),
            Self::Traveler(_)
            | Self::Order(_)
            | Self::Instruction(_)
            | Self::Specification(_)
            | Self::Gauge(_)
            | Self::Material(_)
            | Self::Person(_)
            | Self::Deviation(_)
            | Self::Place(_)
            | Self::Station(_)
            | Self::Site(_)
            | Self::Help(_)
            | Self::Handover(_)
            | Self::Inspection(_)
            | Self::Redline(_)
            | Self::Permit(PermitFact::PermitWithdrawn { .. })
            | Self::Newer { .. } => None,
        }
    }
}

impl Context {
    /// Adds the reasons why the actor may not sign like this: no name, the session of somebody
    /// else, or less than a first signature of a session takes.
    pub fn require_signer(&self, signer: &Signer, reasons: &mut Vec<Reason>) {
        self.require_line("the printed name", &signer.printed_name, reasons);
        let Some(person) = self.acting.actor.clone() else { return };
        let own = self.acting.session.as_ref().map(|session| {
            self.people.get(&person).is_some_and(|known| known.sessions.contains(session))
        });
        match (own, signer.components) {
            (Some(false), _) => reasons.push(SigningReason::SessionOfAnother { person }.into()),
            (None, Components::Pin) => reasons.push(SigningReason::BadgeNeeded { person }.into()),
            (Some(true), Components::Pin) if !self.signed_before => {
                reasons.push(SigningReason::BadgeNeeded { person }.into());
            }
            (None | Some(true), Components::BadgeAndPin) | (Some(true), Components::Pin) => {}
        }
    }
}
