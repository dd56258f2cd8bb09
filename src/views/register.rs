//! Registers: gauges, people, places, definitions.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::expiry;
use crate::domain::fact::Position;
use crate::domain::failures::OperationHeld;
use crate::domain::hash::Hash;
use crate::domain::ids::{
    AreaId, GaugeId, InstructionId, PersonId, PlaceId, RevisionId, SiteId, StepId, WorkCenterId,
};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::signature::SignatureView;

/// One gauge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GaugeRow {
    /// The gauge.
    pub gauge: GaugeId,
    /// Name plate.
    pub name: String,
    /// Class.
    pub class: String,
    /// The unit it shows.
    pub unit: Option<String>,
    /// The smallest step it shows.
    pub resolution: Option<String>,
    /// Good through the end of this day.
    pub due: Option<Date>,
    /// Whether it is overdue or was never calibrated.
    pub overdue: bool,
    /// What it can show.
    pub range: Option<String>,
    /// How long a calibration is good, such as `365 days` or `12 months`.
    pub interval: Option<String>,
    /// The day of the last calibration.
    pub calibrated: Option<Date>,
    /// What was found, where it failed and was not calibrated since.
    pub failed: Option<String>,
    /// Days until it is due, where that is so near that it is warned of.
    pub soon_days: Option<i64>,
    /// Where it was last used, as far as that is known here.
    pub last_used: Option<LastUse>,
}

/// The last reading that was taken with a gauge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastUse {
    /// The unit.
    pub traveler: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub at: Timestamp,
}

/// Something that holds through a day which is near or over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndingRow {
    /// What.
    pub what: String,
    /// Its last day.
    pub until: Date,
    /// Days left; below zero where it is over.
    pub days: i64,
}

impl EndingRow {
    /// What ends and when, in words, with the sign that goes before a warning.
    pub fn words(&self) -> Words {
        words!("! {what} {ends}", what = self.what, ends => expiry::told(self.days))
    }
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonRow {
    /// The opaque id.
    pub person: PersonId,
    /// The name, where the card is here.
    pub name: Option<String>,
    /// The badge, where the card is here.
    pub badge: Option<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Qualifications with their last day.
    pub qualifications: Vec<(String, Option<Date>)>,
    /// Those of them that end soon or have ended.
    pub ending: Vec<EndingRow>,
    /// Whether revoked.
    pub revoked: bool,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceRow {
    /// The place.
    pub place: PlaceId,
    /// What people call it.
    pub name: String,
    /// Its site.
    pub site: SiteId,
    /// Its area.
    pub area: AreaId,
    /// Its work center.
    pub work_center: WorkCenterId,
    /// How many good ones are planned an hour.
    pub per_hour: Option<u32>,
    /// The operations that are held there.
    pub held: Vec<HeldOperation>,
}

/// An operation that is held at a place, because units in a row failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldOperation {
    /// The hold.
    pub hold: Position,
    /// Since when.
    pub since: Timestamp,
    /// What failed, on which units.
    #[serde(flatten)]
    pub held: OperationHeld,
}

impl HeldOperation {
    /// What is held and why, in words.
    pub fn words(&self) -> String {
        format!("{} is held: {}", self.held.measured.instruction, self.held.words())
    }
}

/// One revision of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionRow {
    /// `instruction` or `specification`.
    pub what: String,
    /// Its id.
    pub id: String,
    /// The revision.
    pub revision: RevisionId,
    /// Title.
    pub title: String,
    /// The compiled blob.
    pub hash: Hash,
    /// `submitted`, `released`, `in effect`, `later`, `superseded` or `withdrawn`, as of today.
    pub standing: String,
    /// The revision in effect that superseded it.
    pub superseded_by: Option<RevisionId>,
    /// From when it is run, in words; none where at once.
    pub from: Option<String>,
    /// Why it was withdrawn, and whether work by it stops.
    pub withdrawn: Option<(String, bool)>,
    /// Roles whose approval is open.
    pub approvals_open: Vec<String>,
    /// Who approved it as it stands.
    pub approvals: Vec<SignatureView>,
    /// Whether every blob is here.
    pub complete: bool,
}

/// An instruction that includes a standard step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserRow {
    /// The instruction.
    pub instruction: InstructionId,
    /// Its revision.
    pub revision: RevisionId,
    /// Its title.
    pub title: String,
    /// How far that revision has come.
    pub standing: String,
    /// The step that includes.
    pub step: StepId,
    /// The revision of the standard step that it includes.
    pub includes: RevisionId,
    /// Whether no later one is in effect, and it was not withdrawn.
    pub newest: bool,
}
