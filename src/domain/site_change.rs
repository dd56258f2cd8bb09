//! A change of what a site decides for itself: only what it names is changed, so that two people who
//! change different things at once, at one station or at two without a network, both have their way.

use std::collections::BTreeSet;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::deviation_rules::DeviationRulesChange;
use super::help::Escalation;
use super::people::Role;
use super::place::{ComponentRule, NewsRule, Policy};
use super::refusal::Reason;
use super::refusal::signing::SigningReason;
use super::shift::ShiftCalendar;
use super::site_rules::{HELP_KINDS, PAUSE_REASONS, PIN_DENY, SCRAP_REASONS};
use super::terms::TermChange;

/// What is asked for about a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteCommand {
    /// Set everything: the plant is founded so.
    Set(Box<Policy>),
    /// Change what is named.
    Change(Box<SiteChange>),
    /// Release a shift calendar.
    SetShifts(Box<ShiftCalendar>),
}

impl From<Policy> for SiteCommand {
    fn from(policy: Policy) -> Self {
        Self::Set(Box::new(policy))
    }
}

/// What is changed; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct SiteChange {
    /// Who approves a definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Vec<Role>>,
    /// Who approves a specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specification_approvals: Option<Vec<Role>>,
    /// Whether whoever hands a definition in may not approve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separate_submitter: Option<bool>,
    /// What happens to units on their way when a newer definition is in effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub news: Option<NewsRule>,
    /// Whether a serial or lot of which nothing is known may be built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<ComponentRule>,
    /// When shifts begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift_starts: Option<Vec<Time>>,
    /// After how many minutes of a stop samples are counted anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_stop_minutes: Option<u32>,
    /// The fewest digits of a PIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin_digits: Option<u8>,
    /// After how many days a PIN is changed; 0 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin_age_days: Option<u32>,
    /// How many wrong PINs lock a badge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin_tries: Option<u8>,
    /// How many wrong tries lock a station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station_tries: Option<u8>,
    /// For how many minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station_locked_minutes: Option<u16>,
    /// For how many days badges count without the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_days: Option<u32>,
    /// How many days before that it is warned of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_warn_days: Option<u32>,
    /// Digits that no PIN may hold.
    #[serde(skip_serializing_if = "ListChange::is_none")]
    pub pin_deny: ListChange,
    /// The reasons offered for scrap and rework.
    #[serde(skip_serializing_if = "ListChange::is_none")]
    pub scrap_reasons: ListChange,
    /// The reasons offered for a pause.
    #[serde(skip_serializing_if = "ListChange::is_none")]
    pub pause_reasons: ListChange,
    /// What may be called for.
    #[serde(skip_serializing_if = "ListChange::is_none")]
    pub help_kinds: ListChange,
    /// Who is told of a call that nobody answered: the table as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalations: Option<Vec<Escalation>>,
    /// For how many days an order that is over stays whole at stations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// How many units in a row hold an operation at a place; 0 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_in_a_row: Option<u8>,
    /// What deviations are called, their codes, whose word they take.
    #[serde(skip_serializing_if = "DeviationRulesChange::is_none")]
    pub deviations: DeviationRulesChange,
    /// What things are called otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermChange>,
}

/// What becomes of a list: set anew, then added to, then taken from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListChange {
    /// The list from now on, where it is set as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// What is added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// What is taken off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

impl ListChange {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The list with the change. Somebody else may have added or taken off the same unseen.
    fn on(&self, list: &mut Vec<String>) {
        if !self.set.is_empty() {
            list.clone_from(&self.set);
        }
        for text in &self.add {
            if !list.contains(text) {
                list.push(text.clone());
            }
        }
        list.retain(|text| !self.remove.contains(text));
    }

    /// Adds a reason for what would be on a list twice, or is not on it.
    fn objections(&self, (name, list): (&'static str, &[String]), reasons: &mut Vec<Reason>) {
        let list = if self.set.is_empty() { list } else { &self.set };
        let mut there: BTreeSet<&String> = list.iter().collect();
        for text in &self.add {
            if !there.insert(text) {
                let (list, text) = (name, text.clone());
                reasons.push(SigningReason::ListedTwice { list, text }.into());
            }
        }
        for text in &self.remove {
            if !there.remove(text) {
                let (list, text) = (name, text.clone());
                reasons.push(SigningReason::NotOnList { list, text }.into());
            }
        }
    }
}

impl SiteChange {
    /// Changes what is named and nothing else.
    pub fn apply(&self, policy: &mut Policy) {
        fn set<T: Clone>(to: &mut T, change: Option<&T>) {
            if let Some(change) = change {
                to.clone_from(change);
            }
        }
        set(&mut policy.approvals, self.approvals.as_ref());
        let rules = &mut policy.rules;
        if self.specification_approvals.is_some() {
            rules.specification_approvals.clone_from(&self.specification_approvals);
        }
        set(&mut rules.separate_submitter, self.separate_submitter.as_ref());
        set(&mut rules.news, self.news.as_ref());
        set(&mut rules.components, self.components.as_ref());
        set(&mut rules.shift_starts, self.shift_starts.as_ref());
        rules.long_stop_minutes = self.long_stop_minutes.or(rules.long_stop_minutes);
        rules.keep_days = self.keep_days.or(rules.keep_days);
        rules.failures_in_a_row = self.failures_in_a_row.or(rules.failures_in_a_row);
        set(&mut rules.pin.digits_min, self.pin_digits.as_ref());
        if let Some(days) = self.pin_age_days {
            rules.pin.age_days_max = (days > 0).then_some(days);
        }
        set(&mut rules.pin.person_tries_max, self.pin_tries.as_ref());
        set(&mut rules.pin.station_tries_max, self.station_tries.as_ref());
        set(&mut rules.pin.station_locked_minutes, self.station_locked_minutes.as_ref());
        set(&mut rules.credentials.days_max, self.credentials_days.as_ref());
        set(&mut rules.credentials.warn_days, self.credentials_warn_days.as_ref());
        set(&mut rules.escalations, self.escalations.as_ref());
        self.deviations.apply(&mut rules.deviations);
        self.terms.iter().for_each(|term| rules.terms.change(term));
        self.help_kinds.on(&mut rules.help_kinds);
        self.pin_deny.on(&mut rules.pin.deny);
        self.scrap_reasons.on(&mut rules.scrap_reasons);
        self.pause_reasons.on(&mut rules.pause_reasons);
    }

    /// Adds a reason for what the lists do not allow.
    pub(super) fn objections(&self, policy: &Policy, reasons: &mut Vec<Reason>) {
        let rules = &policy.rules;
        for (change, list) in [
            (&self.pin_deny, (PIN_DENY, rules.pin.deny.as_slice())),
            (&self.scrap_reasons, (SCRAP_REASONS, &rules.scrap_reasons)),
            (&self.pause_reasons, (PAUSE_REASONS, &rules.pause_reasons)),
            (&self.help_kinds, (HELP_KINDS, &rules.help_kinds)),
        ] {
            change.objections(list, reasons);
        }
    }
}
