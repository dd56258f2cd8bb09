//! Switching between severities: what the lots of one series so far say about the next one.
//!
//! A pure fold over lots in their order. The rules are those of ISO 2859-1:1999, clause 9.3; how
//! many lots may fail on tightened inspection before all stops is the site's choice.

use serde::{Deserialize, Serialize};

use super::plan::{Outcome, SinglePlan, accepted_one_stricter};
use super::scheme::Severity;

/// Lots not accepted, cumulative on tightened inspection, after which inspection is discontinued.
pub const DISCONTINUE_AFTER: u32 = 5;
/// Accepted lots in a row that lead from tightened back to normal.
const ACCEPTED_TO_NORMAL: u32 = 5;
/// Of so many lots in a row, two that are not accepted lead to tightened.
const WINDOW: u32 = 5;
/// The score from which reduced inspection may be approved.
pub const SCORE_FOR_REDUCED: u32 = 30;

/// One lot of a series as far as switching goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// The plan by which it was inspected.
    pub plan: SinglePlan,
    /// How strictly it was inspected.
    pub severity: Severity,
    /// Nonconforming pieces in its sample.
    pub nonconforming: u32,
    /// It had been rejected before and came again; it does not count.
    pub resubmitted: bool,
}

/// Why the lots of a series are inspected as they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The series begins.
    Begins,
    /// Two of five or fewer lots in a row were not accepted.
    TwoOfFive,
    /// Five lots in a row were accepted on tightened inspection.
    FiveAccepted,
    /// Reduced inspection was approved, and the score still allows it.
    Approved,
    /// A lot was not accepted on reduced inspection.
    NotAcceptedOnReduced,
    /// A lot lay between Ac and Re on reduced inspection.
    Gap,
    /// The approval of reduced inspection was taken back, or production is not steady any more.
    ApprovalEnded,
    /// Inspection had been discontinued and was taken up again.
    TakenUpAgain,
    /// The plan has one severity, for it accepts with no nonconforming piece only.
    OneSeverity,
    /// A lot that comes again is inspected no less than tightened.
    Resubmitted,
}

impl Why {
    /// In words, behind the severity.
    pub fn word(self) -> &'static str {
        match self {
            Self::Begins => "the series begins",
            Self::TwoOfFive => "two of five lots or fewer were not accepted",
            Self::FiveAccepted => "five lots in a row were accepted",
            Self::Approved => "reduced inspection is approved and earned",
            Self::NotAcceptedOnReduced => "a lot was not accepted on reduced inspection",
            Self::Gap => "a lot lay between Ac and Re on reduced inspection",
            Self::ApprovalEnded => "reduced inspection is not approved any more",
            Self::TakenUpAgain => "inspection was taken up again",
            Self::OneSeverity => "a plan with Ac 0 has one severity",
            Self::Resubmitted => "the lot comes again",
        }
    }
}

/// What the next lot of a series is inspected like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    /// How strictly, as long as it is not discontinued.
    pub severity: Severity,
    /// Why.
    pub why: Why,
    /// No lot is accepted until the supplier has mended what is wrong.
    pub discontinued: bool,
    /// Towards reduced inspection; only normal inspection counts up.
    pub score: u32,
    /// How many lots were inspected so since the last switch, up to five, and whether each passed;
    /// the newest is the lowest bit.
    recent: u32,
    counted: u32,
    rejected_on_tightened: u32,
    discontinue_after: u32,
}

impl Series {
    /// A series without a lot yet.
    pub fn new(discontinue_after: u32) -> Self {
        Self {
            severity: Severity::Normal,
            why: Why::Begins,
            discontinued: false,
            score: 0,
            recent: 0,
            counted: 0,
            rejected_on_tightened: 0,
            discontinue_after: discontinue_after.max(1),
        }
    }

    /// Whether reduced inspection may be approved.
    pub fn may_be_reduced(&self) -> bool {
        self.severity == Severity::Normal && !self.discontinued && self.score >= SCORE_FOR_REDUCED
    }

    /// Reduced inspection is approved by the authority, production being steady.
    pub fn approve_reduced(&mut self) {
        if self.may_be_reduced() {
            self.switch(Severity::Reduced, Why::Approved);
        }
    }

    /// The approval is taken back, or production is not steady any more.
    pub fn end_reduced(&mut self) {
        if self.severity == Severity::Reduced {
            self.switch(Severity::Normal, Why::ApprovalEnded);
        }
    }

    /// The supplier has acted: inspection begins again, tightened.
    pub fn take_up_again(&mut self) {
        if self.discontinued {
            self.discontinued = false;
            self.rejected_on_tightened = 0;
            self.switch(Severity::Tightened, Why::TakenUpAgain);
        }
    }

    /// Adds the next lot. What was inspected more strictly than the series asks for counts for the
    /// severity that it asks for; nothing else can be made of it. What was accepted by a laxer plan,
    /// for it was opened before the switch, counts for nothing; what even that rejected counts.
    pub fn add(&mut self, lot: &Inspected) {
        if lot.resubmitted {
            return;
        }
        let outcome = lot.plan.outcome(lot.nonconforming);
        let accepted = outcome != Outcome::NotAccepted;
        if accepted && lot.severity > self.severity {
            return;
        }
        self.recent = self.recent << 1 | u32::from(!accepted);
        self.counted += 1;
        match self.severity {
            Severity::Normal => self.add_normal(lot, accepted),
            Severity::Tightened => self.add_tightened(accepted),
            Severity::Reduced if !accepted => {
                self.switch(Severity::Normal, Why::NotAcceptedOnReduced);
            }
            Severity::Reduced if outcome == Outcome::AcceptedInGap => {
                self.switch(Severity::Normal, Why::Gap);
            }
            Severity::Reduced => {}
        }
    }

    fn add_normal(&mut self, lot: &Inspected, accepted: bool) {
        let earned = match (accepted, lot.plan.accept) {
            (false, _) => 0,
            (true, 0 | 1) => 2,
            (true, _) => 3 * u32::from(accepted_one_stricter(lot.plan, lot.nonconforming)),
        };
        self.score = if earned == 0 { 0 } else { self.score.saturating_add(earned) };
        let window = self.recent & ((1 << WINDOW) - 1);
        if window.count_ones() >= 2 {
            self.switch(Severity::Tightened, Why::TwoOfFive);
        }
    }

    fn add_tightened(&mut self, accepted: bool) {
        if !accepted {
            self.rejected_on_tightened += 1;
            self.discontinued = self.rejected_on_tightened >= self.discontinue_after;
        }
        let five = self.recent & ((1 << ACCEPTED_TO_NORMAL) - 1) == 0;
        if self.counted >= ACCEPTED_TO_NORMAL && five && !self.discontinued {
            self.rejected_on_tightened = 0;
            self.switch(Severity::Normal, Why::FiveAccepted);
        }
    }

    fn switch(&mut self, severity: Severity, why: Why) {
        self.severity = severity;
        self.why = why;
        self.recent = 0;
        self.counted = 0;
        self.score = 0;
    }
}
