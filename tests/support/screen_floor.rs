//! Calls for help, hand-overs and redlines, as a store would tell them.

use gemba::domain::handover::{HandoverContent, Listed};
use gemba::domain::ids::{HandoverId, HelpId, RedlineId};
use gemba::domain::shift_time::Shift;
use gemba::domain::stream::{StreamState, Subject};
use gemba::views::board::HourRow;
use gemba::views::handover::HandoverView;
use gemba::views::help::{HelpRow, HelpView, ToldRow};
use gemba::views::query::{Answer, Query};
use gemba::views::redline::{AnswerView, RedlineRow};
use gemba::views::signature::SignatureView;
use jiff::{SignedDuration, Timestamp};

use super::screen_answers::BADGES;
use super::shop::Shop;
use super::shop_plan::id;

/// The answer to a question about the floor.
pub(crate) fn floor(query: &Query, shop: &Shop) -> Option<Answer> {
    if matches!(query, Query::Help { .. }) {
        Some(Answer::Help(help(shop)))
    } else if matches!(query, Query::Handovers { .. }) {
        Some(Answer::Handovers(handovers(shop)))
    } else if matches!(query, Query::HandoverContent) {
        Some(Answer::HandoverContent(Box::new(content())))
    } else if matches!(query, Query::Redlines { .. }) {
        Some(Answer::Redlines(redlines(shop)))
    } else if let Query::Redline { id } = query {
        let found = redlines(shop).into_iter().find(|row| row.redline == *id);
        Some(Answer::Redline(found.map(Box::new)))
    } else {
        None
    }
}

/// The shift that is on: it began four hours and twenty minutes ago.
pub(crate) fn early(now: Timestamp) -> Shift {
    let from = now - SignedDuration::from_mins(260);
    Shift {
        date: "2026-11-23".parse().unwrap(),
        name: "early".to_owned(),
        number: 1,
        began: "2026-11-23T06:00:00".parse().unwrap(),
        from,
        to: from + SignedDuration::from_hours(8),
    }
}

/// So many good ones, spread over the hours of the shift.
pub(crate) fn hours(now: Timestamp, good: u32) -> Vec<HourRow> {
    let parts = [good / 6, good / 4, good / 4, good / 4];
    let last = good - parts.iter().sum::<u32>();
    let began = early(now).from;
    let hours = parts.into_iter().chain([last]).zip(0..);
    let row = |(good, hour): (u32, i64)| {
        let from = Some(began + SignedDuration::from_hours(hour));
        HourRow { from, good, scrap: u32::from(hour == 3) }
    };
    hours.map(row).collect()
}

fn name(person: Option<&gemba::domain::ids::PersonId>) -> String {
    let known = BADGES.iter().find(|(_, who, ..)| person.is_some_and(|p| p.as_str() == *who));
    known.map_or_else(String::new, |(_, _, name, _)| (*name).to_owned())
}

/// What may be called for, and what was called.
pub(crate) fn help(shop: &Shop) -> HelpView {
    let kinds = gemba::domain::help::kinds(&[]);
    let mut calls = Vec::new();
    for number in 1..=9 {
        let call: HelpId = id(&format!("HC-ASM1-{number:04}"));
        let StreamState::Help(state) = shop.stream(&Subject::Help(call.clone())).state else {
            continue;
        };
        let Some(called) = state.called.as_ref().filter(|_| state.cleared.is_none()) else {
            continue;
        };
        let done =
            |done: &gemba::domain::help::Done| (name(done.by.as_ref()), done.moment.effective());
        let told = state.told.iter().map(|told| ToldRow {
            to: told.to.clone(),
            at: told.moment.effective(),
            failed: told.failed.clone(),
        });
        calls.push(HelpRow {
            call,
            kind: called.body.kind.clone(),
            place: called.body.place.clone(),
            unit: called.body.traveler.as_ref().map(ToString::to_string),
            step: called.body.step.as_ref().map(|at| format!("{} {}", at.operation, at.step)),
            note: called.body.note.clone(),
            by: name(called.by.as_ref()),
            at: called.moment.effective(),
            answered: state.answered.as_ref().map(done),
            cleared: None,
            told: told.collect(),
            own: true,
        });
    }
    HelpView { kinds, calls }
}

/// What a hand-over says.
pub(crate) fn content() -> HandoverContent {
    let list = |rows: &[&str]| Listed::of(rows.iter().map(|row| (*row).to_owned()).collect());
    HandoverContent {
        open: list(&["WO-1881/0007 20 Assembly, at ASM-2", "WO-1881/0008 20 Assembly, at ASM-1"]),
        holds: list(&["WO-1879/0003 NCR-ASM2-0042"]),
        waits: list(&["WO-1881/0009: Let the sealant cure"]),
        deviations: list(&["NCR-ASM2-0042 on WO-1879/0003"]),
        gauges: list(&["TW-03 due today"]),
        waiting: 12,
        ..HandoverContent::default()
    }
}

/// The hand-overs that were given.
pub(crate) fn handovers(shop: &Shop) -> Vec<HandoverView> {
    let mut found = Vec::new();
    for number in 1..=9 {
        let handover: HandoverId = id(&format!("HO-ASM1-{number:04}"));
        let StreamState::Handover(state) = shop.stream(&Subject::Handover(handover.clone())).state
        else {
            continue;
        };
        let Some(given) = state.given else { continue };
        let accepted = state.accepted.as_ref();
        found.push(HandoverView {
            handover,
            place: given.body.place.clone(),
            shift: Some("early of 2026-11-23".to_owned()),
            by: name(given.by.as_ref()),
            giver: given.by.clone(),
            at: given.moment.effective(),
            content: content(),
            notes: given.body.notes.clone(),
            accepted: accepted
                .map(|(signature, moment, _)| SignatureView::new(&given.at, moment, signature)),
            note: String::new(),
        });
    }
    found.reverse();
    found
}

/// The redlines that were proposed.
pub(crate) fn redlines(shop: &Shop) -> Vec<RedlineRow> {
    let mut found = Vec::new();
    for number in 1..=9 {
        let redline: RedlineId = id(&format!("RL-ASM1-{number:04}"));
        let StreamState::Redline(state) = shop.stream(&Subject::Redline(redline.clone())).state
        else {
            continue;
        };
        let Some(proposed) = state.proposed else { continue };
        let answer = state.answered.as_ref().map(|(answer, by, moment)| AnswerView {
            accepted: answer.accepted,
            revision: answer.revision.clone(),
            reason: answer.reason.clone(),
            by: name(by.as_ref()),
            at: moment.effective(),
        });
        found.push(RedlineRow {
            redline,
            instruction: proposed.body.instruction.clone(),
            revision: proposed.body.revision.clone(),
            step: proposed.body.step.clone(),
            text: proposed.body.text.clone(),
            characteristic: None,
            reading: None,
            unit: proposed.body.traveler.as_ref().map(ToString::to_string),
            by: name(proposed.by.as_ref()),
            place: proposed.place.clone(),
            at: proposed.moment.effective(),
            answer,
            done_in: None,
        });
    }
    found
}
