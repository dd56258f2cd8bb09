//! Switching between severities, against cases worked by hand and published rules.

use gemba::domain::inspection::plan::SinglePlan;
use gemba::domain::inspection::scheme::Severity;
use gemba::domain::inspection::switching::{DISCONTINUE_AFTER, Inspected, Series, Why};
use proptest::prelude::*;

use crate::inspection_plans::golden;

/// Letter J at AQL 1.0, normal.
const J: SinglePlan = SinglePlan { size: 80, accept: 2, reject: 3 };
/// Letter F at AQL 0.65, normal.
const F: SinglePlan = SinglePlan { size: 20, accept: 0, reject: 1 };

/// Inspected as strictly as the series asks for.
fn lot(series: &Series, plan: SinglePlan, nonconforming: u32) -> Inspected {
    Inspected { plan, severity: series.severity, nonconforming, resubmitted: false }
}

fn series(plan: SinglePlan, found: &[u32]) -> Series {
    let mut series = Series::new(DISCONTINUE_AFTER);
    for nonconforming in found {
        series.add(&lot(&series, plan, *nonconforming));
    }
    series
}

#[test]
fn r12_the_published_cases_of_switching_come_out() {
    let Some(set) = golden("G22_switching") else { return };
    for case in set["cases"].as_array().unwrap() {
        let mut series = Series::new(DISCONTINUE_AFTER);
        let used = case["inspection_used"].as_array().unwrap();
        for (verdict, expected) in case["lots"].as_str().unwrap().chars().zip(used) {
            assert_eq!(said(&series), expected.as_str().unwrap(), "{case}");
            series.add(&lot(&series, F, u32::from(verdict == 'R')));
        }
        assert_eq!(said(&series), case["next"].as_str().unwrap(), "{case}");
    }
}

fn said(series: &Series) -> &'static str {
    match series.severity {
        _ if series.discontinued => "disc",
        Severity::Normal => "normal",
        Severity::Tightened => "tight",
        Severity::Reduced => "reduced",
    }
}

#[test]
fn r12_two_lots_of_five_not_accepted_tighten_and_five_accepted_loosen() {
    assert_eq!(series(F, &[1, 0, 0, 0, 0, 1]).severity, Severity::Normal);
    let tightened = series(F, &[1, 0, 0, 0, 1]);
    assert_eq!((tightened.severity, tightened.why), (Severity::Tightened, Why::TwoOfFive));
    let back = series(F, &[1, 1, 0, 0, 0, 0, 0]);
    assert_eq!((back.severity, back.why), (Severity::Normal, Why::FiveAccepted));
    assert_eq!(series(F, &[1, 1, 0, 0, 0, 0, 1]).severity, Severity::Tightened);
}

#[test]
fn r12_five_not_accepted_on_tightened_discontinue_until_somebody_takes_it_up_again() {
    let mut stopped = series(F, &[1, 1, 1, 0, 1, 0, 1, 1, 0, 1]);
    assert!(stopped.discontinued);
    stopped.take_up_again();
    assert_eq!((stopped.severity, stopped.why), (Severity::Tightened, Why::TakenUpAgain));
    assert!(!stopped.discontinued);
    // Lots not accepted are counted for one stay on tightened inspection only.
    assert!(!series(F, &[1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1]).discontinued);
}

#[test]
fn r12_the_switching_score_counts_two_or_three_and_falls_to_nothing() {
    assert_eq!(series(F, &[0; 14]).score, 28);
    assert!(!series(F, &[0; 14]).may_be_reduced());
    assert!(series(F, &[0; 15]).may_be_reduced());
    assert_eq!(series(F, &[0, 0, 1, 0]).score, 2);
    // Ac 2: three where Ac 1 of the next stricter AQL would have done, else nothing.
    assert_eq!(series(J, &[0, 1, 1]).score, 9);
    assert_eq!(series(J, &[0, 1, 2]).score, 0);
    assert_eq!(series(J, &[0, 2, 1]).score, 3);
}

#[test]
fn r12_reduced_inspection_needs_approval_and_ends_with_the_first_lot_not_accepted() {
    let mut earned = series(F, &[0; 15]);
    assert_eq!(earned.severity, Severity::Normal, "nobody approved it");
    earned.approve_reduced();
    assert_eq!((earned.severity, earned.why), (Severity::Reduced, Why::Approved));
    earned.add(&lot(&earned, F, 0));
    assert_eq!(earned.severity, Severity::Reduced);
    let mut ended = earned;
    ended.end_reduced();
    assert_eq!((ended.severity, ended.why), (Severity::Normal, Why::ApprovalEnded));
    let mut failed = earned;
    failed.add(&lot(&failed, F, 1));
    assert_eq!((failed.severity, failed.why), (Severity::Normal, Why::NotAcceptedOnReduced));
    let mut between = earned;
    between.add(&lot(&between, SinglePlan { size: 8, accept: 0, reject: 2 }, 1));
    assert_eq!((between.severity, between.why), (Severity::Normal, Why::Gap));
    let mut early = series(F, &[0; 3]);
    early.approve_reduced();
    assert_eq!(early.severity, Severity::Normal, "an approval does not make up for lots");
}

#[test]
fn r12_lots_that_come_again_do_not_count() {
    let mut series = series(F, &[1]);
    for _ in 0..9 {
        series.add(&Inspected { resubmitted: true, ..lot(&series, F, 1) });
    }
    assert_eq!(series.severity, Severity::Normal);
}

#[test]
fn r12_lots_opened_before_a_switch_do_not_loosen_what_they_were_not_inspected_by() {
    let laxer = |nonconforming| Inspected {
        plan: F,
        severity: Severity::Normal,
        nonconforming,
        resubmitted: false,
    };
    let mut tightened = series(F, &[1, 1]);
    for _ in 0..5 {
        tightened.add(&laxer(0));
    }
    assert_eq!(tightened.severity, Severity::Tightened, "no lot was inspected tightened");
    for _ in 0..4 {
        tightened.add(&lot(&tightened, F, 0));
    }
    tightened.add(&laxer(1));
    tightened.add(&lot(&tightened, F, 0));
    assert_eq!(tightened.severity, Severity::Tightened, "what even that rejected counts");
    let mut normal = series(F, &[0, 0]);
    normal.add(&Inspected { severity: Severity::Reduced, ..laxer(0) });
    assert_eq!(normal.score, 4, "a reduced plan earns nothing");
    normal.add(&Inspected { severity: Severity::Reduced, ..laxer(1) });
    assert_eq!(normal.score, 0);
}

proptest! {
    #[test]
    fn r12_what_was_accepted_by_a_laxer_plan_changes_nothing(
        found in proptest::collection::vec(0_u32..2, 0..40),
    ) {
        let mut series = series(F, &found);
        let (before, strict) = (series, series.severity);
        let laxer = Severity::WORDS.into_iter().map(|(_, severity)| severity);
        for severity in laxer.filter(|severity| *severity > strict) {
            series.add(&Inspected { severity, ..lot(&before, F, 0) });
            prop_assert_eq!(series, before);
        }
    }

    #[test]
    fn r12_a_lot_not_accepted_never_loosens_the_next_one(
        found in proptest::collection::vec(0_u32..3, 0..60), approve in any::<bool>(),
    ) {
        let mut series = Series::new(DISCONTINUE_AFTER);
        for nonconforming in found {
            let before = series;
            series.add(&lot(&series, F, nonconforming));
            if nonconforming >= F.reject {
                prop_assert!(series.severity <= before.severity);
                prop_assert!(series.discontinued || !before.discontinued);
                prop_assert_eq!(series.score, 0);
            }
            if approve {
                series.approve_reduced();
            }
            prop_assert!(approve || series.severity != Severity::Reduced);
        }
    }
}
