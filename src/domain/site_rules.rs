//! What a site may decide about PINs, lock-outs, credentials and its lists of reasons, and what not.

use std::collections::BTreeSet;

use super::context::Context;
use super::deviation_rules;
use super::failures::FAILURES_MAX;
use super::help::{ESCALATIONS_MAX, Escalation, KINDS_MAX, MINUTES_MAX, kinds as kinds_of};
use super::pin::{PIN_DIGITS_LEAST, PIN_DIGITS_MAX};
use super::place::SiteRules;
use super::prune::KEEP_DAYS_BOUNDS;
use super::refusal::Reason;
use super::refusal::shift::ShiftReason;
use super::refusal::signing::SigningReason;
use super::sign_in::PERSON_TRIES;
use super::terms;

/// The list of reasons for scrap and rework, as people call it.
pub const SCRAP_REASONS: &str = "reasons for scrap";
/// The list of reasons for a pause, as people call it.
pub const PAUSE_REASONS: &str = "reasons for a pause";
/// The list of what may be called for, as people call it.
pub const HELP_KINDS: &str = "kinds of help";
/// The list of digits that no PIN may hold, as people call it.
pub const PIN_DENY: &str = "digits not allowed in a PIN";
/// Fewer digits would forbid nearly every PIN.
const DENIED_DIGITS: (u8, u8) = (3, PIN_DIGITS_MAX);

/// Adds a reason for each rule of a site that no site may have.
pub(super) fn require(rules: &SiteRules, context: &Context, reasons: &mut Vec<Reason>) {
    let (pin, credentials) = (&rules.pin, &rules.credentials);
    let least_of_pin = (PIN_DIGITS_LEAST.into(), PIN_DIGITS_MAX.into());
    let tries = (PERSON_TRIES.0.into(), PERSON_TRIES.1.into());
    let failures = u32::from(rules.failures_in_a_row());
    let warn_most = credentials.days_max.saturating_sub(1);
    for (rule, number, (least, most)) in [
        ("fewest digits of a PIN", u32::from(pin.digits_min), least_of_pin),
        ("days after which a PIN is changed", pin.age_days_max.unwrap_or(1), (1, 3_650)),
        ("wrong PINs that lock a badge", pin.person_tries_max.into(), tries),
        ("wrong tries that lock a station", pin.station_tries_max.into(), (5, 250)),
        ("minutes for which a station locks", pin.station_locked_minutes.into(), (1, 1_440)),
        ("days that badges count without the server", credentials.days_max, (1, 90)),
        ("days of warning before that", credentials.warn_days, (0, warn_most)),
        ("days that orders that are over stay at stations", rules.keep_days(), KEEP_DAYS_BOUNDS),
        ("units in a row that hold an operation", failures, (0, FAILURES_MAX.into())),
    ] {
        if !(least..=most).contains(&number) {
            reasons.push(SigningReason::RuleOutOfRange { rule, least, most }.into());
        }
    }
    deviation_rules::require(&rules.deviations, context, reasons);
    terms::require(&rules.terms, context, reasons);
    help_fits(rules, context, reasons);
    let (least, most) = DENIED_DIGITS;
    let lengths = usize::from(least)..=usize::from(most);
    let is_group = |group: &String| {
        lengths.contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !pin.deny.iter().all(is_group) {
        let rule = "length of digits not allowed in a PIN";
        let (least, most) = (least.into(), most.into());
        reasons.push(SigningReason::RuleOutOfRange { rule, least, most }.into());
    }
    for (list, entries) in [
        (SCRAP_REASONS, &rules.scrap_reasons),
        (PAUSE_REASONS, &rules.pause_reasons),
        (HELP_KINDS, &rules.help_kinds),
        (PIN_DENY, &pin.deny),
    ] {
        let mut seen = BTreeSet::new();
        for text in entries {
            context.require_line(list, text, reasons);
            if !seen.insert(text) {
                let text = text.clone();
                reasons.push(SigningReason::ListedTwice { list, text }.into());
            }
        }
    }
}

/// Adds a reason for each kind of help that has no digit, and for each row of the table of who is told
/// that means nothing.
fn help_fits(rules: &SiteRules, context: &Context, reasons: &mut Vec<Reason>) {
    let kinds = u32::try_from(rules.help_kinds.len()).unwrap_or(u32::MAX);
    let most = u32::try_from(KINDS_MAX).unwrap_or(9);
    if kinds > most {
        let rule = HELP_KINDS;
        reasons.push(SigningReason::RuleOutOfRange { rule, least: 0, most }.into());
    }
    let rows = u32::try_from(rules.escalations.len()).unwrap_or(u32::MAX);
    let most = u32::try_from(ESCALATIONS_MAX).unwrap_or(50);
    if rows > most {
        let rule = "rows of who is told of a call";
        reasons.push(SigningReason::RuleOutOfRange { rule, least: 0, most }.into());
    }
    let known = kinds_of(&rules.help_kinds);
    for Escalation { kind, minutes, to } in &rules.escalations {
        context.require_line("whom to tell", to, reasons);
        if *minutes > MINUTES_MAX {
            let (rule, least, most) = ("minutes before somebody is told", 0, MINUTES_MAX);
            reasons.push(SigningReason::RuleOutOfRange { rule, least, most }.into());
        }
        if let Some(kind) = kind.as_ref().filter(|kind| !known.contains(kind)) {
            let (kind, known) = (kind.clone(), known.clone());
            reasons.push(ShiftReason::HelpKindUnknown { kind, known }.into());
        }
    }
}
