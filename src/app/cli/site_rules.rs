//! `gemba site set`: PINs, lock-outs, credentials, and the lists of reasons.

use clap::Args;
use serde_json::{Value, json};

use super::site_deviations::{self, DeviationArgs};
use super::site_terms::{self, TermArgs};
use super::{Console, rows};
use crate::app::station::Station;
use crate::domain::help::{self, Escalation};
use crate::domain::place::{Policy, PolicyVersion, SiteRules};
use crate::domain::site_change::{ListChange, SiteChange};
use crate::domain::site_rules::{HELP_KINDS, PAUSE_REASONS, SCRAP_REASONS};
use crate::views::signature::minute;

/// What may be said of them; what is not named stays.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// The fewest digits of a PIN, 6 to 12
    #[arg(long, value_name = "N")]
    pin_digits: Option<u8>,
    /// Days after which a PIN is changed before anything else; 0 for never
    #[arg(long, value_name = "DAYS")]
    pin_age: Option<u32>,
    /// Digits that no PIN may hold; again for more
    #[arg(long, value_name = "DIGITS")]
    pin_deny: Vec<String>,
    /// Digits that a PIN may hold again
    #[arg(long, value_name = "DIGITS")]
    pin_allow: Vec<String>,
    /// Wrong PINs in a row that lock a badge, 3 to 10
    #[arg(long, value_name = "N")]
    pin_tries: Option<u8>,
    /// Wrong tries within ten minutes that lock the station, 5 to 250
    #[arg(long, value_name = "N")]
    station_tries: Option<u8>,
    /// Minutes for which a station locks
    #[arg(long, value_name = "MINUTES")]
    station_lock: Option<u16>,
    /// Days that badges and PINs count without contact to the server, 1 to 90
    #[arg(long, value_name = "DAYS")]
    credentials: Option<u32>,
    /// Days of warning before that
    #[arg(long, value_name = "DAYS")]
    credentials_warn: Option<u32>,
    /// Sets the reasons offered for scrap and rework; again for more
    #[arg(long, value_name = "TEXT")]
    scrap_reason: Vec<String>,
    /// Adds a reason for scrap
    #[arg(long, value_name = "TEXT")]
    add_scrap_reason: Vec<String>,
    /// Takes a reason for scrap off the list
    #[arg(long, value_name = "TEXT")]
    remove_scrap_reason: Vec<String>,
    /// Sets the reasons offered for a pause; again for more
    #[arg(long, value_name = "TEXT")]
    pause_reason: Vec<String>,
    /// Adds a reason for a pause
    #[arg(long, value_name = "TEXT")]
    add_pause_reason: Vec<String>,
    /// Takes a reason for a pause off the list
    #[arg(long, value_name = "TEXT")]
    remove_pause_reason: Vec<String>,
    /// Sets what may be called for, in the order of their digits; again for more, nine at most
    #[arg(long, value_name = "KIND")]
    help_kind: Vec<String>,
    /// Sets who is told of a call that nobody answers: kind (or any), minutes, whom; again for more
    #[arg(long, value_name = "KIND,MINUTES,WHOM", value_parser = escalation)]
    escalation: Vec<Escalation>,
    /// Nobody is told of calls any more
    #[arg(long, conflicts_with = "escalation")]
    no_escalation: bool,
    /// Units in a row that hold an operation at a place by failing one characteristic; 0 for never
    #[arg(long, value_name = "N")]
    failures_in_a_row: Option<u8>,
    /// Days that an order that is over stays whole at stations, before it may be pruned
    #[arg(long, value_name = "DAYS")]
    keep_days: Option<u32>,
    #[command(flatten)]
    deviations: DeviationArgs,
    #[command(flatten)]
    terms: TermArgs,
}

impl RuleArgs {
    /// The change of these rules; the rest of it as given.
    pub fn change(self, rest: SiteChange) -> SiteChange {
        SiteChange {
            pin_digits: self.pin_digits,
            pin_age_days: self.pin_age,
            pin_tries: self.pin_tries,
            station_tries: self.station_tries,
            station_locked_minutes: self.station_lock,
            credentials_days: self.credentials,
            credentials_warn_days: self.credentials_warn,
            pin_deny: ListChange { set: Vec::new(), add: self.pin_deny, remove: self.pin_allow },
            scrap_reasons: ListChange {
                set: self.scrap_reason,
                add: self.add_scrap_reason,
                remove: self.remove_scrap_reason,
            },
            pause_reasons: ListChange {
                set: self.pause_reason,
                add: self.add_pause_reason,
                remove: self.remove_pause_reason,
            },
            help_kinds: ListChange { set: self.help_kind, ..ListChange::default() },
            escalations: (self.no_escalation || !self.escalation.is_empty())
                .then_some(self.escalation),
            failures_in_a_row: self.failures_in_a_row,
            keep_days: self.keep_days,
            deviations: self.deviations.change(),
            terms: self.terms.change(),
            ..rest
        }
    }
}

/// One row of the table of who is told: `quality,10,quality-lead`.
fn escalation(text: &str) -> Result<Escalation, String> {
    let wrong = || "a kind (or any), minutes and whom, such as quality,10,quality-lead".to_owned();
    let parts: Vec<&str> = text.splitn(3, ',').map(str::trim).collect();
    let [kind, minutes, to] = parts.as_slice() else { return Err(wrong()) };
    let kind = (*kind != "any").then(|| (*kind).to_owned());
    let minutes = minutes.parse().map_err(|_| wrong())?;
    Ok(Escalation { kind, minutes, to: (*to).to_owned() })
}

/// Prints these rules with what holds where the site says nothing.
pub fn show(console: &Console, rules: &SiteRules) {
    let (pin, credentials) = (&rules.pin, &rules.credentials);
    let age = pin.age_days_max.map_or_else(|| "never".to_owned(), |days| format!("{days} days"));
    let line = |name: &str, value: String| console.printer.line(format!("{name:<27}{value}"));
    line("PIN, fewest digits", pin.digits_min.to_string());
    line("PIN is changed after", age);
    line("PIN may not hold", or_none(&pin.deny));
    line("wrong PINs lock a badge", pin.person_tries_max.to_string());
    let (tries, minutes) = (pin.station_tries_max, pin.station_locked_minutes);
    line("wrong tries lock a station", format!("{tries}, for {minutes} minutes"));
    let (most, warn) = (credentials.days_max, credentials.warn_days);
    line("badges count offline", format!("{most} days, warned {warn} days before"));
    line(SCRAP_REASONS, or_none(&rules.scrap_reasons));
    line(PAUSE_REASONS, or_none(&rules.pause_reasons));
    line(HELP_KINDS, or_none(&help::kinds(&rules.help_kinds)));
    let in_a_row = match rules.failures_in_a_row() {
        0 => "never".to_owned(),
        units => format!("after {units} units in a row"),
    };
    line("an operation is held", in_a_row);
    line("orders stay at stations", format!("{} days after they are over", rules.keep_days()));
    site_deviations::show(console, &rules.deviations);
    site_terms::show(console, &rules.terms);
    for row in &rules.escalations {
        let kind = row.kind.as_deref().unwrap_or("any");
        line("calls are told", format!("{kind}, after {} min, to {}", row.minutes, row.to));
    }
}

fn or_none(list: &[String]) -> String {
    if list.is_empty() { "-".to_owned() } else { list.join(", ") }
}

/// These rules as JSON, the defaults included.
pub fn value(rules: &SiteRules) -> Value {
    let (pin, credentials) = (&rules.pin, &rules.credentials);
    json!({
        "pin_digits": pin.digits_min, "pin_age": pin.age_days_max, "pin_deny": pin.deny,
        "pin_tries": pin.person_tries_max, "station_tries": pin.station_tries_max,
        "station_lock": pin.station_locked_minutes, "credentials": credentials.days_max,
        "credentials_warn": credentials.warn_days, "scrap_reasons": rules.scrap_reasons,
        "pause_reasons": rules.pause_reasons, "help_kinds": help::kinds(&rules.help_kinds),
        "escalations": rules.escalations, "failures_in_a_row": rules.failures_in_a_row(),
        "keep_days": rules.keep_days(), "deviations": site_deviations::value(&rules.deviations),
        "terms": rules.terms,
    })
}

/// Prints every version of the policy, the first one first.
pub fn history(console: &Console, station: &Station, versions: &[PolicyVersion]) {
    let mut table = Vec::new();
    for (version, set) in (1_u32..).zip(versions) {
        let by = set.by.as_ref().map(|by| {
            let card = station.ledger.card_of(by).ok().flatten();
            card.map_or_else(|| by.to_string(), |card| card.name)
        });
        let before = version.checked_sub(2).and_then(|at| versions.get(at as usize));
        let changed = changed(before.map(|before| &before.policy), &set.policy);
        let (fact, at) = (set.at.to_string(), set.moment.effective());
        console.printer.value(&json!({
            "version": version, "fact": fact, "at": at, "by": by, "changed": changed,
        }));
        let changed = changed.join("; ");
        table.push(vec![version.to_string(), minute(at), rows::or_dash(by), changed]);
    }
    console.printer.table(&["version", "at", "by", "changed"], &table);
}

/// What a version says differently from the one before, each as `rule: before → after`.
fn changed(before: Option<&Policy>, after: &Policy) -> Vec<String> {
    let Some(before) = before else { return vec!["founded".to_owned()] };
    let rules = |policy: &Policy| {
        let mut rules = value(&policy.rules);
        rules["approvals"] = json!(policy.approvals);
        rules["specification_approvals"] = json!(policy.specification_approvals());
        rules["submitter_approves"] = json!(!policy.rules.separate_submitter);
        rules["news"] = json!(policy.rules.news);
        rules["components"] = json!(policy.rules.components);
        rules["shift_starts"] = json!(policy.rules.shift_starts);
        rules["long_stop_minutes"] = json!(policy.rules.long_stop_minutes());
        rules["warn_days"] = json!(policy.rules.warn_days());
        rules["name"] = json!(policy.name);
        rules["time_zone"] = json!(policy.time_zone);
        rules
    };
    let (before, after) = (rules(before), rules(after));
    let after = after.as_object().into_iter().flatten();
    let other = after.filter(|(rule, value)| before[rule.as_str()] != **value);
    other.map(|(rule, value)| format!("{rule}: {} → {value}", before[rule.as_str()])).collect()
}
