//! Places and the site's policy (ISA-95 equipment hierarchy: site, area, work center, work unit).

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::deviation_rules::DeviationRules;
use super::fact::{Head, Position};
use super::failures::{FAILURES_IN_A_ROW, OperationHeld, OperationHold};
use super::help::Escalation;
use super::ids::{AreaId, InstructionId, PersonId, RevisionId, SiteId, WorkCenterId};
use super::moment::Moment;
use super::people::Role;
use super::pin::PinRules;
use super::positions::Positions;
use super::prune::KEEP_DAYS;
use super::shift::{ShiftCalendar, ShiftsReleased};
use super::site_change::SiteChange;
use super::terms::Terms;

/// What happens to a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum PlaceFact {
    /// Where it is and what it is called.
    PlaceDefined(PlaceDefined),
    /// Set up to work by an instruction.
    SetupDone {
        /// The instruction.
        instruction: InstructionId,
        /// Its revision, where it was known.
        revision: Option<RevisionId>,
        /// What was done; may be blank.
        note: String,
    },
    /// Work by another instruction began there, so the setup is no longer what it was.
    SetupEnded {
        /// What it was set up for.
        instruction: InstructionId,
        /// What was worked by instead.
        by: InstructionId,
    },
    /// Another tool, or the same one sharpened.
    ToolChanged {
        /// The tool.
        tool: String,
    },
    /// Another lot of material.
    MaterialChanged {
        /// The lot.
        lot: String,
    },
    /// How many good ones are planned there.
    PlanSet {
        /// An hour of a shift; absent where nothing is planned any more.
        per_hour: Option<u32>,
    },
    /// Units in a row failed: an operation is not begun there any more.
    OperationHeld(Box<OperationHeld>),
    /// It goes on.
    OperationReleased {
        /// The holds that end.
        holds: Positions,
        /// Why.
        reason: String,
    },
}

/// What is asked for about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceCommand {
    /// Define it, or correct its definition.
    Define(PlaceDefined),
    /// Note that it is set up for an instruction.
    SetUp {
        /// The instruction.
        instruction: InstructionId,
        /// Its revision.
        revision: Option<RevisionId>,
        /// What was done.
        note: String,
    },
    /// Note that its tool was changed.
    ChangeTool {
        /// The tool.
        tool: String,
    },
    /// Note that its material was changed.
    ChangeMaterial {
        /// The lot.
        lot: String,
    },
    /// Say how many good ones are planned there.
    SetPlan {
        /// An hour of a shift; absent where nothing is planned any more.
        per_hour: Option<u32>,
    },
    /// Let an operation go on that is held there.
    ReleaseOperation {
        /// Its instruction.
        instruction: InstructionId,
        /// Why.
        reason: String,
    },
}

/// What an instruction may ask to be noted about the place where it is worked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceAct {
    /// The place is set up for it; nothing is recorded before.
    Setup,
    /// A tool was changed.
    Tool,
    /// A lot of material was changed.
    Material,
}

impl PlaceAct {
    /// Every act with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("setup", Self::Setup), ("tool", Self::Tool), ("material", Self::Material)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, act)| *act)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, act)| *act == self).map_or("", |(word, _)| word)
    }
}

/// A place in its hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceDefined {
    /// What people call it.
    pub name: String,
    /// The site.
    pub site: SiteId,
    /// The area.
    pub area: AreaId,
    /// The work center.
    pub work_center: WorkCenterId,
}

/// A place as known here; absent before it is defined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceState {
    /// The last definition.
    pub defined: Option<PlaceDefined>,
    /// What it is set up for; absent before the first setup, and once other work was done there.
    pub setup: Option<InstructionId>,
    /// The last setup, with what it was for.
    pub last_setup: Option<PlaceActed>,
    /// The last change of tool.
    pub last_tool: Option<PlaceActed>,
    /// The last change of material.
    pub last_material: Option<PlaceActed>,
    /// How many good ones are planned an hour.
    pub per_hour: Option<u32>,
    /// Every hold of an operation there, in fold order.
    pub operation_holds: Vec<OperationHold>,
}

/// Something done at a place that starts its sample counters anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceActed {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// Who.
    pub by: Option<PersonId>,
    /// What: the instruction, the tool, the lot.
    pub what: String,
}

impl PlaceState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &PlaceFact) {
        let acted = |what: &str| {
            Some(PlaceActed {
                at: head.position.clone(),
                moment: head.moment.clone(),
                by: head.acting.actor.clone(),
                what: what.to_owned(),
            })
        };
        match fact {
            PlaceFact::PlaceDefined(defined) => self.defined = Some(defined.clone()),
            PlaceFact::SetupDone { instruction, .. } => {
                self.setup = Some(instruction.clone());
                self.last_setup = acted(instruction.as_str());
            }
            PlaceFact::SetupEnded { instruction, .. } => {
                // Set up again unseen, for something else: that stands.
                self.setup.take_if(|setup| setup == instruction);
            }
            PlaceFact::ToolChanged { tool } => self.last_tool = acted(tool),
            PlaceFact::MaterialChanged { lot } => self.last_material = acted(lot),
            PlaceFact::PlanSet { per_hour } => self.per_hour = *per_hour,
            PlaceFact::OperationHeld(_) | PlaceFact::OperationReleased { .. } => {
                self.hold_operation(head, fact);
            }
        }
    }
}

/// What happens to a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
#[expect(clippy::large_enum_variant, reason = "there are few facts of a site")]
pub enum SiteFact {
    /// The site's rules from now on.
    PolicySet(PolicySet),
    /// The site's shift calendar from now on.
    ShiftPatternSet(ShiftCalendar),
}

/// The rules as whoever set them saw them afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySet {
    /// All of them.
    #[serde(flatten)]
    pub policy: Policy,
    /// What was changed; absent where everything was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Box<SiteChange>>,
}

/// What a site decides for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What people call the site.
    pub name: String,
    /// The IANA time zone.
    pub time_zone: String,
    /// Who approves a definition before it is released; each a different person.
    pub approvals: Vec<Role>,
    /// What it decides besides; the defaults hold where nothing is said.
    #[serde(default, skip_serializing_if = "SiteRules::is_default")]
    pub rules: SiteRules,
}

/// What a site may decide differently from the defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct SiteRules {
    /// The reasons that are offered for scrap and rework; others may be typed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scrap_reasons: Vec<String>,
    /// What a PIN must be like, and how many wrong tries a station takes.
    #[serde(skip_serializing_if = "PinRules::is_default")]
    pub pin: PinRules,
    /// How long badges and PINs count without contact to the server.
    #[serde(skip_serializing_if = "CredentialRules::is_default")]
    pub credentials: CredentialRules,
    /// How many days before its end a qualification or calibration is warned of; 14 where nothing
    /// is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_days: Option<u16>,
    /// Who approves a specification, where that differs from instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specification_approvals: Option<Vec<Role>>,
    /// Whether whoever hands a definition in may not approve it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub separate_submitter: bool,
    /// What happens to units on their way when a newer definition is in effect.
    #[serde(skip_serializing_if = "NewsRule::is_warn")]
    pub news: NewsRule,
    /// Whether a serial or lot of which nothing is known may be built in.
    #[serde(skip_serializing_if = "ComponentRule::is_any")]
    pub components: ComponentRule,
    /// Why work is paused most often; the first nine are chosen by a digit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pause_reasons: Vec<String>,
    /// What may be called for; the usual kinds where nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help_kinds: Vec<String>,
    /// Who is told of a call that nobody answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// When shifts begin, in the site's time; samples are counted by them (R16).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shift_starts: Vec<Time>,
    /// After a stop longer than so many minutes sample counters begin anew; 240 where nothing is
    /// said (R16).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_stop_minutes: Option<u32>,
    /// For how many days an order that is over stays whole at stations; 400 where nothing is said (R14).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// How many units in a row hold an operation at a place, by failing the same characteristic; 0
    /// for never, 3 where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_in_a_row: Option<u8>,
    /// What deviations are called, their codes, whose word they take.
    #[serde(skip_serializing_if = "DeviationRules::is_default")]
    pub deviations: DeviationRules,
    /// What things are called otherwise on screens.
    #[serde(skip_serializing_if = "Terms::is_empty")]
    pub terms: Terms,
}

/// How long what is known of people counts without contact to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct CredentialRules {
    /// So many days: then nobody signs in until the server was reached.
    pub days_max: u32,
    /// So many days before that, screens say so.
    pub warn_days: u32,
}

impl Default for CredentialRules {
    fn default() -> Self {
        Self { days_max: 14, warn_days: 4 }
    }
}

impl CredentialRules {
    /// Whether the site says nothing special.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// For how many seconds they count.
    pub fn seconds_max(&self) -> i64 {
        i64::from(self.days_max) * 86_400
    }
}

/// How many days before its end a qualification or calibration is warned of, where the site does not
/// say.
const WARN_DAYS: u16 = 14;

/// How many minutes a stop may last before samples are counted anew, where the site does not say.
const LONG_STOP_MINUTES: u32 = 240;

/// Which serials and lots are built in (R5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentRule {
    /// Also those of which nothing is known; that is recorded, and shown at the release to ship.
    #[default]
    Any,
    /// Only those that goods-in noted or this plant made.
    Known,
}

impl ComponentRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("any", Self::Any), ("known", Self::Known)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, rule)| *rule)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, rule)| *rule == self).map_or("", |(word, _)| word)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

/// What happens to a unit on its way when a newer definition is in effect (R1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewsRule {
    /// It is shown, work goes on.
    #[default]
    Warn,
    /// Nothing is recorded until somebody chose.
    Hold,
    /// Nothing is recorded until a supervisor chose.
    Stop,
}

impl NewsRule {
    /// Every rule with its word.
    pub const WORDS: [(&'static str, Self); 3] =
        [("warn", Self::Warn), ("hold", Self::Hold), ("stop", Self::Stop)];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, rule)| *rule)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, rule)| *rule == self).map_or("", |(word, _)| word)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_warn(&self) -> bool {
        *self == Self::Warn
    }
}

impl Policy {
    /// A policy that keeps to the defaults.
    pub fn new(name: String, time_zone: String, approvals: Vec<Role>) -> Self {
        Self { name, time_zone, approvals, rules: SiteRules::default() }
    }

    /// Who approves a specification.
    pub fn specification_approvals(&self) -> &[Role] {
        self.rules.specification_approvals.as_ref().unwrap_or(&self.approvals)
    }
}

impl SiteRules {
    /// How many days before its end a qualification or calibration is warned of.
    pub fn warn_days(&self) -> u16 {
        self.warn_days.unwrap_or(WARN_DAYS)
    }

    /// How many minutes a stop may last before samples are counted anew.
    pub fn long_stop_minutes(&self) -> u32 {
        self.long_stop_minutes.unwrap_or(LONG_STOP_MINUTES)
    }

    /// For how many days an order that is over stays whole at stations.
    pub fn keep_days(&self) -> u32 {
        self.keep_days.unwrap_or(KEEP_DAYS)
    }

    /// How many units in a row hold an operation at a place; 0 for never.
    pub fn failures_in_a_row(&self) -> u8 {
        self.failures_in_a_row.unwrap_or(FAILURES_IN_A_ROW)
    }

    /// Whether nothing special is stated.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A site as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteState {
    /// The last policy.
    pub policy: Option<Policy>,
    /// Every policy that was set, the first one first; its rank from 1 is its version.
    pub versions: Vec<PolicyVersion>,
    /// The shift calendar as released, where one was.
    pub shifts: Option<ShiftsReleased>,
}

/// A policy as it was set once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// Who.
    pub by: Option<PersonId>,
    /// What was set.
    pub policy: Policy,
}

impl SiteState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &SiteFact) {
        let set = match fact {
            SiteFact::PolicySet(set) => set,
            SiteFact::ShiftPatternSet(calendar) => {
                self.shifts = Some(ShiftsReleased::new(head, calendar));
                return;
            }
        };
        // What was changed elsewhere meanwhile stays, unless it is the same thing.
        let policy = match (&set.change, self.policy.take()) {
            (Some(change), Some(mut policy)) => {
                change.apply(&mut policy);
                policy
            }
            (None, _) | (Some(_), None) => set.policy.clone(),
        };
        self.policy = Some(policy.clone());
        self.versions.push(PolicyVersion {
            at: head.position.clone(),
            moment: head.moment.clone(),
            by: head.acting.actor.clone(),
            policy,
        });
    }
}
