//! Two decisions about one hold, unseen by each other: the unit follows one of them, and whoever answers
//! for it says which one counts (R8).
//!
//! The one in effect may be confirmed. In its place only an end is put, scrap or return: whatever else
//! was decided is decided anew, by who sees both.

use std::collections::BTreeSet;

use crate::domain::fact::Position;

use super::fact::{HoldOutcome, HoldReason};
use super::state::{Hold, TravelerState};

/// One of several decisions about a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// In words.
    pub words: String,
    /// The disposition that says so, where one does.
    pub decision: Option<Position>,
    /// Whether the unit may follow it from now on, or does.
    pub may_count: bool,
}

impl TravelerState {
    /// What was decided about the hold that a record is about, where that is not one thing: what the
    /// unit follows first. A record is a release, or the disposition behind it.
    pub fn ways(&self, record: &Position) -> Vec<Way> {
        let is_about = |hold: &&Hold| {
            let ended = hold.released_at.iter().chain(&hold.decision);
            let unheeded = hold.unheeded.iter();
            let unheeded =
                unheeded.flat_map(|other| std::iter::once(&other.at).chain(&other.decision));
            ended.chain(unheeded).any(|at| at == record)
        };
        let Some(hold) = self.holds.values().find(is_about) else { return Vec::new() };
        let Some((outcome, _)) = &hold.released else { return Vec::new() };
        let mut ways = vec![Way {
            words: outcome.decided(),
            decision: hold.decision.clone(),
            may_count: true,
        }];
        for other in &hold.unheeded {
            let words = other.outcome.decided();
            if ways.iter().all(|way| way.words != words) {
                let decision = other.decision.clone();
                let ends = matches!(other.outcome, HoldOutcome::Ended { .. });
                let may_count = ends && decision.is_some() && self.ended.is_none();
                ways.push(Way { words, decision, may_count });
            }
        }
        if ways.len() > 1 { ways } else { Vec::new() }
    }

    /// The decisions that somebody said count, of two about one hold.
    pub fn chosen_decisions(&self) -> BTreeSet<&Position> {
        let judged = |hold: &&Hold| matches!(hold.placed.reason, HoldReason::Judged { .. });
        self.holds.values().filter(judged).filter_map(|hold| hold.decision.as_ref()).collect()
    }

    /// The unit follows the decision that somebody chose, where it did not before.
    pub(super) fn follow_chosen(&mut self, decision: Option<&Position>) {
        let Some(decision) = decision else { return };
        let mut unheeded = self.holds.values().flat_map(|hold| &hold.unheeded);
        let chosen = unheeded.find(|other| other.decision.as_ref() == Some(decision));
        let in_effect = |hold: &Hold| {
            let by_judge = matches!(hold.placed.reason, HoldReason::Judged { .. });
            !by_judge && hold.decision.as_ref() == Some(decision)
        };
        if self.holds.values().any(in_effect) {
            return;
        }
        if let Some(HoldOutcome::Ended { how }) = chosen.map(|other| &other.outcome) {
            self.ended = Some(how.clone());
        }
    }
}
