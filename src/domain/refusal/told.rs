//! A refusal as people read it: persons go by their printed names.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::ids::PersonId;
use crate::domain::words::Words;

use super::definition::DefinitionReason;
use super::deviation::DeviationReason;
use super::equipment::EquipmentReason;
use super::reading::ReadingReason;
use super::set::SetReason;
use super::signing::SigningReason;
use super::{Reason, Refusal};

/// A reason in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The code, stable for scripts and documents.
    pub code: &'static str,
    /// What stands in the way.
    pub what: Words,
    /// What to do next.
    pub next: Words,
}

impl Refusal {
    /// Every reason in words.
    pub fn told(&self) -> Vec<Told> {
        self.reasons.iter().map(|reason| reason.told(&self.names)).collect()
    }
}

impl Reason {
    /// It in words; who is called something goes by that.
    pub fn told(&self, names: &BTreeMap<PersonId, String>) -> Told {
        let mut what = self.what();
        if let Some((person, name)) = self.person().and_then(|id| names.get_key_value(id)) {
            what.with_given(&|text| named(text, person.as_str(), name));
        }
        Told { code: self.code(), what, next: self.next() }
    }

    /// The person it speaks of.
    pub fn person(&self) -> Option<&PersonId> {
        if let Self::PersonUnknown { person }
        | Self::PersonRevoked { person }
        | Self::RoleMissing { person, .. }
        | Self::RolesMissing { person }
        | Self::LockedOut { person, .. }
        | Self::QualificationMissing { person, .. }
        | Self::QualificationEnded { person, .. }
        | Self::SamePerson { person, .. }
        | Self::SignRoleMissing { person, .. }
        | Self::RevokesSelf { person }
        | Self::ApprovedAlready { person }
        | Self::ApprovalRoleMissing { person, .. }
        | Self::NotAuthor { author: person }
        | Self::Reading(ReadingReason::NotAuthorOrReviewer { author: Some(person), .. })
        | Self::Definition(
            DefinitionReason::SubmitterApproves { person }
            | DefinitionReason::ReadByAnother { person },
        )
        | Self::Signing(
            SigningReason::BadgeNeeded { person }
            | SigningReason::VerifiedHere { person, .. }
            | SigningReason::SessionOfAnother { person }
            | SigningReason::PinAged { person, .. },
        )
        | Self::Deviation(
            DeviationReason::AskedOfOther { by: person }
            | DeviationReason::AskedByOther { by: Some(person) }
            | DeviationReason::VerifiedByOwner { person }
            | DeviationReason::CheckedByOwner { person },
        )
        | Self::Equipment(EquipmentReason::QualificationNotHeld { person, .. }) = self
        {
            return Some(person);
        }
        if let Self::Set(SetReason::OfUnit { reason, .. }) = self { reason.person() } else { None }
    }
}

/// A text with a name in place of an id, wherever that stands as a word of its own.
fn named(text: &str, id: &str, name: &str) -> String {
    let of_id = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let mut out = String::with_capacity(text.len() + name.len());
    let mut rest = text;
    while let Some(at) = rest.find(id) {
        let (before, found) = rest.split_at(at);
        let after = &found[id.len()..];
        let alone = !before.ends_with(of_id) && !after.starts_with(of_id);
        out.push_str(before);
        out.push_str(if alone { name } else { id });
        rest = after;
    }
    out + rest
}
