//! One definition: its revisions, who uses it, and who has received what was said of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::difference::{kind_words, rule_words, sample_words};
use crate::domain::effectivity::Use;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{PersonId, RevisionId, StationId, WorkCenterId};
use crate::domain::people::Role;
use crate::domain::revision::{RevisionStanding, RevisionState, Revisions};
use crate::domain::specification::{Characteristic, CharacteristicKind, Specification};
use crate::domain::translation::LanguageCode;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::redline::RedlineRow;
use super::signature::SignatureView;

/// What is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefinitionKind {
    /// How an operation is done.
    Instruction,
    /// A step that instructions include.
    StandardStep,
    /// What is made.
    Specification,
    /// Its text is not at this station yet.
    Unknown,
}

impl DefinitionKind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Instruction => "instruction",
            Self::StandardStep => "standard step",
            Self::Specification => "specification",
            Self::Unknown => "definition",
        }
    }
}

/// A definition with everything that is known of it here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionView {
    /// What it is.
    pub kind: DefinitionKind,
    /// Its id: of the instruction, of the standard step, of the part.
    pub id: String,
    /// The title of its newest revision.
    pub title: String,
    /// Its revisions, newest first.
    pub revisions: Vec<RevisionRow>,
    /// Who uses it.
    pub users: Vec<DefinitionUserRow>,
    /// Changes that the floor proposed, open ones first.
    pub redlines: Vec<RedlineRow>,
}

/// One revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionRow {
    /// The revision.
    pub revision: RevisionId,
    /// The compiled blob.
    pub hash: Hash,
    /// `submitted`, `released`, `in effect`, `later`, `superseded` or `withdrawn`.
    pub standing: String,
    /// The revision in effect that superseded it.
    pub superseded_by: Option<RevisionId>,
    /// From when it is run, in words; none where at once.
    pub from: Option<String>,
    /// How it was taken back.
    pub withdrawn: Option<WithdrawnRow>,
    /// Who handed it in.
    pub handed_in_by: Option<String>,
    /// Who approved it.
    pub approvals: Vec<SignatureView>,
    /// Roles whose approval is missing.
    pub approvals_open: Vec<String>,
    /// Whether its text and pictures are here.
    pub complete: bool,
    /// The compiled blob of the revision that was released before it.
    pub before: Option<(RevisionId, Hash)>,
    /// What it says, where it is a specification and its text is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specification: Option<Specification>,
    /// The languages into which it is translated, where its text is here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<LanguageCode>,
}

/// What a specification says of one characteristic: for the head of its row, and below it.
pub fn characteristic_words(found: &Characteristic) -> (Words, Words) {
    let Characteristic { balloon, name, requirement, class, .. } = found;
    let head = words!(
        "{balloon}  {name}: {requirement}, {class}",
        balloon,
        name,
        requirement,
        class => class.word()
    );
    let kind = match &found.kind {
        CharacteristicKind::Measured(_) => Words::given(kind_words(&found.kind)),
        CharacteristicKind::Reference(limits) => {
            let limits = kind_words(&CharacteristicKind::Measured(limits.clone()));
            words!("reference {limits}", limits)
        }
        CharacteristicKind::Attribute => words!("yes or no"),
    };
    let gauge = found.gauge.as_ref().map(|gauge| words!("with {gauge}", gauge));
    let location = Some(&found.location).filter(|at| !at.is_empty());
    let more = [Some(kind), rule_words(&found.kind).map(Words::given), gauge]
        .into_iter()
        .flatten()
        .chain([sample_words(found.sampling)])
        .chain(location.map(|location| words!("drawn at {location}", location)))
        .chain([Words::given(&found.id)]);
    (head, Words::listed(more, "{these}, {one}"))
}

/// In which languages its words are released besides that of the text; none where in no other.
pub fn languages_words(languages: &[LanguageCode]) -> Option<Words> {
    let codes: Vec<String> = languages.iter().map(ToString::to_string).collect();
    let codes = codes.join(", ");
    (!codes.is_empty()).then(|| words!("with its words in {codes}", codes))
}

/// Who uses a definition, counted by what they are: `2 instructions, 1 open unit`.
pub fn users_words(users: &[DefinitionUserRow]) -> Words {
    let units = users.iter().filter(|user| user.kind == "traveler").count();
    let instructions = match users.len() - units {
        0 => None,
        1 => Some(words!("1 instruction")),
        many => Some(words!("{many} instructions", many)),
    };
    let units = match units {
        0 => None,
        1 => Some(words!("1 open unit")),
        many => Some(words!("{many} open units", many)),
    };
    match (instructions, units) {
        (None, None) => words!("nobody"),
        (instructions, units) => {
            Words::listed(instructions.into_iter().chain(units), "{these}, {one}")
        }
    }
}

/// How a revision was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithdrawnRow {
    /// Why.
    pub reason: String,
    /// Whether work by it stops.
    pub stop_work: bool,
    /// When.
    pub at: Timestamp,
}

/// An instruction or an open unit that uses a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionUserRow {
    /// `instruction` or `traveler`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The instruction's own revision; none for a unit.
    pub revision: Option<RevisionId>,
    /// The revision of the definition that it uses.
    pub uses: RevisionId,
    /// Whether a newer one is released.
    pub outdated: bool,
    /// For a unit: where it stands. For an instruction: how its revision stands, where that is known.
    pub standing: String,
}

/// Whether a station has received what was last said of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedRow {
    /// The station.
    pub station: StationId,
    /// The work centers that it serves.
    pub work_centers: Vec<WorkCenterId>,
    /// Whether it has it.
    pub received: bool,
    /// When it last asked for news of the catalog.
    pub last_contact: Option<Timestamp>,
}

/// What revisions are looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Today, for no unit in particular.
    pub wanted: &'a Use,
    /// The releases that were judged accepted.
    pub judged: &'a BTreeSet<Position>,
    /// Blobs that are named and not here.
    pub missing: &'a BTreeSet<Hash>,
}

/// The rows of a definition's revisions, newest first; `name` tells a person's name.
pub fn rows(
    revisions: &Revisions,
    seen: Seen<'_>,
    name: &dyn Fn(&PersonId) -> String,
) -> Vec<RevisionRow> {
    let all = revisions.list.iter().enumerate();
    let row = |(rank, state): (usize, &RevisionState)| {
        let submitted = &state.submitted;
        let effectivity = &submitted.effectivity;
        let approvals = state.approvals.iter();
        let mut blobs = submitted.blobs.iter().chain([&submitted.hash]);
        let before = revisions.before(&submitted.revision, submitted.hash);
        RevisionRow {
            revision: submitted.revision.clone(),
            hash: submitted.hash,
            standing: standing(revisions, rank, seen).to_owned(),
            superseded_by: superseded_by(revisions, rank, seen).cloned(),
            from: (!effectivity.is_at_once()).then(|| effectivity.words()),
            withdrawn: state.withdrawn.as_ref().map(|withdrawal| WithdrawnRow {
                reason: withdrawal.what.reason.clone(),
                stop_work: withdrawal.what.stop_work,
                at: withdrawal.moment.effective(),
            }),
            handed_in_by: state.by.as_ref().map(name),
            approvals: approvals
                .map(|a| SignatureView::new(&a.at, &a.moment, &a.signature))
                .collect(),
            approvals_open: state
                .approvals_open()
                .into_iter()
                .map(Role::word)
                .map(str::to_owned)
                .collect(),
            complete: !blobs.any(|hash| seen.missing.contains(hash)),
            before: before.map(|b| (b.submitted.revision.clone(), b.submitted.hash)),
            specification: None,
            languages: Vec::new(),
        }
    };
    let mut found: Vec<RevisionRow> = all.map(row).collect();
    found.reverse();
    found
}

/// Whether a standing of [`standing`] is that of a release which was judged accepted and stands.
pub fn is_released(standing: &str) -> bool {
    matches!(standing, "in effect" | "later" | "superseded")
}

/// How a revision stands today, for no unit in particular.
pub fn standing(revisions: &Revisions, rank: usize, seen: Seen<'_>) -> &'static str {
    let Some(state) = revisions.list.get(rank) else { return "unknown" };
    if state.withdrawn.is_some() {
        return "withdrawn";
    }
    if state.standing == RevisionStanding::Submitted {
        return "submitted";
    }
    if !state.released(seen.judged) {
        return "released";
    }
    if newest_run_after(revisions, rank, seen).is_some() {
        return "superseded";
    }
    if runs(state, seen) { "in effect" } else { "later" }
}

/// Whether a revision is run today.
fn runs(revision: &RevisionState, seen: Seen<'_>) -> bool {
    revision.released(seen.judged)
        && revision.withdrawn.is_none()
        && revision.submitted.effectivity.holds(seen.wanted)
}

fn newest_run_after<'a>(
    revisions: &'a Revisions,
    rank: usize,
    seen: Seen<'_>,
) -> Option<&'a RevisionState> {
    revisions.list.iter().skip(rank + 1).rev().find(|revision| runs(revision, seen))
}

/// The revision in effect by which another is superseded.
pub fn superseded_by<'a>(
    revisions: &'a Revisions,
    rank: usize,
    seen: Seen<'_>,
) -> Option<&'a RevisionId> {
    let by = newest_run_after(revisions, rank, seen)?;
    let superseded = standing(revisions, rank, seen) == "superseded";
    superseded.then_some(&by.submitted.revision)
}

/// How a revision stands in words: that it is superseded, and by which.
pub fn standing_words(standing: &str, superseded_by: Option<&RevisionId>) -> String {
    match superseded_by {
        Some(by) => format!("{standing} by {by}"),
        None => standing.to_owned(),
    }
}
