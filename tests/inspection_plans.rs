//! Plans of inspection against published ones, and what holds for all of them.

use std::collections::BTreeMap;

use gemba::domain::inspection::aql::Aql;
use gemba::domain::inspection::chance::{binomial, hypergeometric, poisson};
use gemba::domain::inspection::curve::{Basis, accepted, consumer_point, quality_at};
use gemba::domain::inspection::letter::{Letter, Level};
use gemba::domain::inspection::plan::{Asked, Outcome, SinglePlan, single};
use gemba::domain::inspection::scheme::{Scheme, Severity};
use gemba::domain::inspection::zero::ZeroPlan;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::counts;
use crate::support::program::gemba;

/// Sample size, Ac and Re by AQL.
type Column = BTreeMap<String, (u32, u32, u32)>;

/// The sets of published and cross-checked results, where this machine has them.
pub(crate) fn golden(name: &str) -> Option<Value> {
    let path = counts::sample("datasets/golden.json")?;
    let text = std::fs::read_to_string(path).unwrap();
    let sets: Value = serde_json::from_str(&text).unwrap();
    Some(sets[name].clone())
}

fn plan(size: u32, accept: u32, reject: u32) -> SinglePlan {
    SinglePlan { size, accept, reject }
}

fn at(letter: &str, aql: &str, severity: Severity) -> SinglePlan {
    let (letter, aql) = (Letter::parse(letter).unwrap(), Aql::parse(aql).unwrap());
    single(letter, aql, severity, Scheme::MilStd105E)
}

#[test]
fn r12_plans_that_every_inspector_knows_come_out() {
    use Severity::{Normal, Reduced, Tightened};
    let known = [
        ("J", "1.0", Normal, plan(80, 2, 3)),
        ("K", "0.65", Normal, plan(125, 2, 3)),
        ("L", "1.5", Normal, plan(200, 7, 8)),
        ("J", "1.0", Tightened, plan(80, 1, 2)),
        ("J", "1.0", Reduced, plan(32, 1, 3)),
        ("F", "0.65", Normal, plan(20, 0, 1)),
        // Arrows: up to the letter before, down to the next one.
        ("G", "0.65", Normal, plan(20, 0, 1)),
        ("H", "0.65", Normal, plan(80, 1, 2)),
        ("A", "10", Normal, plan(5, 1, 2)),
        ("R", "10", Normal, plan(125, 21, 22)),
    ];
    for (letter, aql, severity, expected) in known {
        assert_eq!(at(letter, aql, severity), expected, "{letter} {aql} {severity}");
    }
}

#[test]
fn r12_every_cell_of_the_published_tables_is_computed() {
    let Some(set) = golden("G16_Z1.4_single") else { return };
    let severities = [
        ("Normal", Severity::Normal),
        ("Tightened", Severity::Tightened),
        ("Reduced", Severity::Reduced),
    ];
    let mut cells = 0;
    for (name, severity) in severities {
        let table: BTreeMap<String, Column> =
            serde_json::from_value(set["plans"][name].clone()).unwrap();
        for (letter, column) in table {
            for (aql, (size, accept, reject)) in column {
                let expected = plan(size, accept, reject);
                assert_eq!(at(&letter, &aql, severity), expected, "{name} {letter} {aql}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 3 * 16 * 26);
}

#[test]
fn r12_every_code_letter_is_computed() {
    let Some(set) = golden("G16_Z1.4_single") else { return };
    let ends: Vec<Option<u32>> = serde_json::from_value(set["lot_upper"].clone()).unwrap();
    let letters: BTreeMap<String, Vec<String>> =
        serde_json::from_value(set["letters"].clone()).unwrap();
    assert_eq!(letters.len(), 7);
    for (level, letters) in letters {
        let level = Level::parse(&level).unwrap();
        let mut first = 2;
        for (end, letter) in ends.iter().zip(letters) {
            let last = end.unwrap_or(u32::MAX);
            for lot in [first, last] {
                assert_eq!(Letter::of_lot(lot, level).to_string(), letter, "{level} {lot}");
            }
            first = last.wrapping_add(1);
        }
    }
}

#[test]
fn r12_iso_reduced_plans_have_no_gap_and_are_never_laxer() {
    for letter in Letter::all() {
        for aql in Aql::all() {
            let iso = single(letter, aql, Severity::Reduced, Scheme::Iso2859);
            let mil = single(letter, aql, Severity::Reduced, Scheme::MilStd105E);
            assert_eq!(iso.reject, iso.accept + 1);
            assert!(iso.size == mil.size && iso.most() <= mil.most());
            for severity in [Severity::Normal, Severity::Tightened] {
                let plans = [Scheme::Iso2859, Scheme::MilStd105E];
                let [iso, mil] = plans.map(|scheme| single(letter, aql, severity, scheme));
                assert_eq!(iso, mil);
            }
        }
    }
}

#[test]
fn r12_a_lot_no_larger_than_its_sample_is_inspected_whole() {
    let asked =
        Asked { scheme: Scheme::Iso2859, level: Level::Two, aql: Aql::parse("0.10").unwrap() };
    let found = asked.for_lot(100, Severity::Normal);
    assert_eq!((found.plan, found.whole), (plan(100, 0, 1), true));
    let found = asked.for_lot(126, Severity::Normal);
    assert_eq!((found.plan, found.whole), (plan(125, 0, 1), false));
    let found = asked.for_lot(1, Severity::Normal);
    assert_eq!((found.plan.size, found.whole), (1, true));
}

#[test]
fn r12_between_ac_and_re_a_reduced_lot_is_accepted_and_says_so() {
    let reduced = at("J", "1.0", Severity::Reduced);
    let outcomes: Vec<Outcome> = (0..4).map(|found| reduced.outcome(found)).collect();
    let expected =
        [Outcome::Accepted, Outcome::Accepted, Outcome::AcceptedInGap, Outcome::NotAccepted];
    assert_eq!(outcomes, expected);
}

#[test]
fn r12_zero_plans_of_finite_lots_and_of_streams() {
    let known =
        [("95/5", 59), ("90/1", 230), ("95/1", 299), ("90/10", 22), ("95/2", 149), ("50/50", 1)];
    for (text, size) in known {
        assert_eq!(ZeroPlan::parse(text).unwrap().for_stream(), plan(size, 0, 1), "{text}");
    }
    assert_eq!(ZeroPlan::parse("95/5").unwrap().for_lot(100), plan(45, 0, 1));
    for text in ["", "95", "100/1", "95/0", "95/51", "20/5", "-95/5", "95/1e3", "95/5/1"] {
        assert!(ZeroPlan::parse(text).is_err(), "{text}");
    }
    let Some(set) = golden("G17_c0") else { return };
    for case in set["cases"].as_array().unwrap() {
        let percent = |name: &str| (case[name].as_f64().unwrap() * 100.0).round();
        let text = format!("{}/{}", percent("confidence"), percent("defective_fraction"));
        let zero = ZeroPlan::parse(&text).unwrap();
        let number = |name: &str| u32::try_from(case[name].as_u64().unwrap()).unwrap();
        let (lot, bad) = (number("N"), number("D"));
        assert_eq!(zero.nonconforming_in(lot), bad);
        assert_eq!(zero.for_lot(lot).size, number("n"), "{case}");
        assert_eq!(zero.for_stream().size, number("n_binomial"), "{case}");
        near(hypergeometric(lot, bad, number("n"), 0), case["pa"].as_f64().unwrap());
    }
}

fn near(computed: f64, expected: f64) {
    assert!((computed - expected).abs() <= 1e-9 * expected.abs(), "{computed} {expected}");
}

#[test]
fn r12_operating_characteristics_agree_with_published_ones() {
    // Montgomery, Introduction to Statistical Quality Control: n = 89, c = 2 at 1 % nonconforming.
    assert!((binomial(89, 2, 0.01) - 0.9397).abs() < 5e-5);
    // Poisson with mean 1: the first terms are 1/e each.
    near(poisson(1.0, 1), 2.0 / std::f64::consts::E);
    near(hypergeometric(10, 3, 4, 1), 140.0 / 210.0);
    let Some(set) = golden("G16_Z1.4_single") else { return };
    for (name, size, most) in [("oc_n52_c3", 52, 3), ("oc_n50_c1", 50, 1)] {
        for (share, expected) in set[name].as_object().unwrap() {
            near(binomial(size, most, share.parse().unwrap()), expected.as_f64().unwrap());
        }
    }
}

#[test]
fn r12_the_two_points_of_a_plan_are_where_they_say() {
    let j = plan(80, 2, 3);
    for basis in [Basis::Stream, Basis::Count] {
        let producer = quality_at(j, basis, 0.95);
        near(accepted(j, basis, producer.percent), 0.95);
        near(quality_at(j, basis, 0.10).accepted, 0.10);
    }
    // Published for the letter J at AQL 1.0: 95 % of lots with 1.03 %, 10 % of lots with 6.52 %.
    assert!((quality_at(j, Basis::Stream, 0.95).percent - 1.03).abs() < 0.01);
    assert!((quality_at(j, Basis::Stream, 0.10).percent - 6.52).abs() < 0.01);
    let alone = consumer_point(j, Basis::Lot(500), 0.10);
    assert!(alone.accepted <= 0.10);
    let fewer = (alone.percent * 5.0).round() - 1.0;
    assert!(accepted(j, Basis::Lot(500), fewer / 5.0) > 0.10);
}

#[test]
fn r12_the_command_prints_a_plan_for_people_and_for_programs() {
    let ask = ["inspection", "plan", "--lot", "1200", "--level", "II", "--aql", "1.0"];
    let ran = gemba(&ask).exits(0);
    ran.says("letter J, inspect 80, Ac 2, Re 3").says("consumer's point: 6.5");
    let told = &gemba(&[&ask[..], &["--json"]].concat()).exits(0).values()[0];
    assert_eq!((&told["letter"], &told["sample"]), (&"J".into(), &80.into()));
    let reduced = [&ask[..], &["--severity", "reduced"]].concat();
    gemba(&reduced).exits(0).says("Ac 1, Re 2").says("without its gap");
    let mil = [&reduced[..], &["--scheme", "MIL-STD-105E"]].concat();
    gemba(&mil).exits(0).says("Ac 1, Re 3").says("inspected normally");
    gemba(&["inspection", "plan", "--lot", "100", "--zero", "95/5"])
        .exits(0)
        .says("inspect 45, Ac 0");
    gemba(&["inspection", "plan", "--zero", "95/5"]).exits(0).says("inspect 59, Ac 0");
    gemba(&["inspection", "plan", "--lot", "9", "--aql", "1.1"]).exits(2).says("0.010");
    gemba(&["inspection", "plan", "--lot", "9", "--aql", "15"]).exits(2).says("--count");
    gemba(&["inspection", "plan", "--lot", "9", "--scheme", "ISO 2859-1", "--aql", "1"])
        .exits(2)
        .says("edition");
}

/// Whether a sample misses all bad pieces no more often than the confidence leaves room for, in whole
/// numbers; none where they grow too large.
fn keeps(lot: u32, bad: u32, size: u32, confidence: u32) -> Option<bool> {
    let (mut missed, mut all) = (1_u128, 1_u128);
    // Which pieces are bad is as much chance as which are looked at; the fewer of both are counted.
    let (few, many) = (bad.min(size), bad.max(size));
    for n in 0..few {
        missed = missed.checked_mul(u128::from((lot - n).saturating_sub(many)))?;
        all = all.checked_mul(u128::from(lot - n))?;
    }
    Some(missed.checked_mul(100)? <= all.checked_mul(u128::from(100 - confidence))?)
}

#[test]
fn r12_no_piece_more_is_looked_at_where_the_risk_is_met_exactly() {
    for (plan, lot, size) in [("90/1", 30, 27), ("95/0.5", 120, 114), ("80/10", 15, 8)] {
        assert_eq!(ZeroPlan::parse(plan).unwrap().for_lot(lot).size, size, "{plan} of {lot}");
    }
}

proptest! {
    #[test]
    fn r12_stricter_severities_never_accept_what_laxer_ones_would_not(
        letter in 0_usize..16, aql in 0_usize..26, percent in 0.0_f64..60.0,
    ) {
        let letter = Letter::all().nth(letter).unwrap();
        let aql = Aql::all().nth(aql).unwrap();
        let curve = |severity| {
            let plan = single(letter, aql, severity, Scheme::MilStd105E);
            accepted(plan, Basis::Stream, percent)
        };
        // Arrows end at different letters, so a curve may cross another in its tail by a little.
        let size = |severity| single(letter, aql, severity, Scheme::MilStd105E).size;
        let same = size(Severity::Tightened) == size(Severity::Normal);
        let slack = if same { 1e-12 } else { 0.06 };
        prop_assert!(curve(Severity::Tightened) <= curve(Severity::Normal) + slack);
    }

    #[test]
    fn r12_the_probabilities_of_all_counts_are_one(
        lot in 1_u32..400, bad in 0_u32..400, size in 1_u32..400,
    ) {
        let (bad, size) = (bad.min(lot), size.min(lot));
        let mut before = 0.0;
        for most in 0..=size {
            let now = hypergeometric(lot, bad, size, most);
            prop_assert!(now + 1e-12 >= before && now <= 1.0);
            before = now;
        }
        prop_assert!((before - 1.0).abs() < 1e-9);
    }

    #[test]
    fn r12_a_zero_plan_is_the_smallest_that_keeps_its_promise(
        lot in 1_u32..3000, confidence in 50_u32..99, quality in 1_u32..50,
    ) {
        let zero = ZeroPlan::parse(&format!("{confidence}/{quality}")).unwrap();
        let plan = zero.for_lot(lot);
        let bad = zero.nonconforming_in(lot);
        let risk = 1.0 - f64::from(confidence) / 100.0;
        prop_assert!(plan.size <= lot);
        prop_assert!(hypergeometric(lot, bad, plan.size, 0) <= risk + 1e-9);
        prop_assert!(hypergeometric(lot, bad, plan.size - 1, 0) > risk - 1e-9);
        // In whole numbers, where they are small enough.
        prop_assert_ne!(keeps(lot, bad, plan.size, confidence), Some(false));
        prop_assert_ne!(keeps(lot, bad, plan.size - 1, confidence), Some(true));
        prop_assert!(plan.size <= zero.for_stream().size);
    }
}
