//! Places and the site's policy (ISA-95 equipment hierarchy: site, area, work center, work unit).

use serde::{Deserialize, Serialize};

use super::context::{Context, time_zone};
use super::ids::{AreaId, PlaceId, SiteId, WorkCenterId};
use super::kinds::FactBody;
use super::people::{Action, Role};
use super::pin::PinRules;
use super::refusal::{Reason, Refusal};
use super::stream::Subject;

/// What happens to a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum PlaceFact {
    /// Where it is and what it is called.
    PlaceDefined(PlaceDefined),
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
}

impl PlaceState {
    /// Takes one more fact.
    pub fn evolve(&mut self, fact: &PlaceFact) {
        let PlaceFact::PlaceDefined(defined) = fact;
        self.defined = Some(defined.clone());
    }
}

/// What happens to a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum SiteFact {
    /// The site's rules from now on.
    PolicySet(Policy),
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

impl Policy {
    /// A policy that keeps to the defaults.
    pub fn new(name: String, time_zone: String, approvals: Vec<Role>) -> Self {
        Self { name, time_zone, approvals, rules: SiteRules::default() }
    }
}

impl SiteRules {
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
}

impl SiteState {
    /// Takes one more fact.
    pub fn evolve(&mut self, fact: &SiteFact) {
        let SiteFact::PolicySet(policy) = fact;
        self.policy = Some(policy.clone());
    }
}

/// Decides a definition of a place.
pub fn decide_place(
    id: &PlaceId,
    defined: PlaceDefined,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Administer, &mut reasons);
    Refusal::unless_empty(reasons)?;
    let fact = FactBody::Place(PlaceFact::PlaceDefined(defined));
    Ok(vec![(Subject::Place(id.clone()), fact)])
}

/// Decides a site's policy.
pub fn decide_site(
    id: &SiteId,
    policy: Policy,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::Administer, &mut reasons);
    if time_zone(&policy.time_zone).is_none() {
        reasons.push(Reason::TimeZoneUnknown { zone: policy.time_zone.clone() });
    }
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Site(id.clone()), FactBody::Site(SiteFact::PolicySet(policy)))])
}
