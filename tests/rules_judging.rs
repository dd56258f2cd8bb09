//! R2 beyond plain limits: marginal, rounded first (ASTM E29), guarded (ISO 14253-1), too fine.

use gemba::domain::instruction::Ask;
use gemba::domain::judgement::{JudgeFault, finer_than};
use gemba::domain::quantity::{DecisionRule, Limits, Quantity, Rounding, Verdict};
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::traveler::command::TravelerCommand;

use crate::support::shop::Shop;
use crate::support::shop_plan::{assembly, id, limits, number, torque, unit};

fn quantity(text: &str, symbol: &str) -> Quantity {
    Quantity { number: number(text), unit: unit(symbol) }
}

fn marginal(by: &str) -> DecisionRule {
    DecisionRule { marginal: Some(number(by)), ..DecisionRule::default() }
}

fn guarded(factor: &str) -> DecisionRule {
    DecisionRule { guard: Some(number(factor)), ..DecisionRule::default() }
}

fn verdict(limits: &Limits, text: &str, uncertainty: Option<&Quantity>) -> Verdict {
    limits.judge(&quantity(text, limits.unit.symbol()), uncertainty).unwrap().verdict
}

#[test]
fn r02_a_value_closer_to_a_limit_than_the_marginal_band_is_marginal() {
    let limits = Limits { rule: marginal("0.5"), ..limits("23", "27", "N·m") };
    let cases = [
        ("22.99", Verdict::Fail),
        ("23", Verdict::Marginal),
        ("23.49", Verdict::Marginal),
        ("23.5", Verdict::Pass),
        ("25", Verdict::Pass),
        ("26.5", Verdict::Pass),
        ("26.51", Verdict::Marginal),
        ("27", Verdict::Marginal),
        ("27.01", Verdict::Fail),
    ];
    for (text, expected) in cases {
        assert_eq!(verdict(&limits, text, None), expected, "{text}");
    }
}

/// The same values under the absolute and the rounding method of ASTM E29, worked out by hand; a
/// final 5 goes to the even digit.
#[test]
fn r02_the_absolute_method_compares_as_recorded_the_rounding_method_rounds_half_to_even_first() {
    let absolute = limits("", "2.5", "in");
    let rounds = DecisionRule { rounding: Rounding::E29, ..DecisionRule::default() };
    let rounding = Limits { rule: rounds.clone(), ..absolute.clone() };
    for (text, exact, rounded, compared) in [
        ("2.50", Verdict::Pass, Verdict::Pass, "2.5"),
        ("2.501", Verdict::Fail, Verdict::Pass, "2.5"),
        ("2.549", Verdict::Fail, Verdict::Pass, "2.5"),
        ("2.55", Verdict::Fail, Verdict::Fail, "2.6"),
        ("2.45", Verdict::Pass, Verdict::Pass, "2.4"),
        ("2.551", Verdict::Fail, Verdict::Fail, "2.6"),
    ] {
        assert_eq!(verdict(&absolute, text, None), exact, "{text}, absolute");
        let judged = rounding.judge(&quantity(text, "in"), None).unwrap();
        assert_eq!(judged.verdict, rounded, "{text}, rounded");
        assert_eq!(judged.basis.compared.unwrap().text(), compared, "{text}");
    }
    // The last place is that of the limits as written: 10.0 asks for tenths, 10 for whole ones.
    let whole = Limits { rule: rounds.clone(), ..limits("", "10", "mm") };
    assert_eq!(verdict(&whole, "10.5", None), Verdict::Pass, "half goes to the even 10");
    let tenths = Limits { rule: rounds, ..limits("", "10.0", "mm") };
    assert_eq!(verdict(&tenths, "10.05", None), Verdict::Pass);
    assert_eq!(verdict(&tenths, "10.051", None), Verdict::Fail);
    // Converted first, rounded once: 64.7 mm is 2.5472… in.
    let judged = rounding.judge(&quantity("64.7", "mm"), None).unwrap();
    assert_eq!(judged.basis.compared.unwrap().text(), "2.5");
}

/// The published examples of a state's materials manual for the rounding clauses of ASTM E29
/// (rounding to the nearest tenth: less than 5, more than 5, exactly 5, and 5 with digits after it).
#[test]
fn r02_the_rounding_method_gives_the_published_examples_of_astm_e29() {
    let rule = DecisionRule { rounding: Rounding::E29, ..DecisionRule::default() };
    let tenths = Limits { rule, ..limits("0.0", "99.9", "mm") };
    for (text, rounded) in [
        ("45.71", "45.7"),
        ("45.74", "45.7"),
        ("45.76", "45.8"),
        ("45.79", "45.8"),
        ("45.7500", "45.8"),
        ("45.4500", "45.4"),
        ("45.45001", "45.5"),
        ("45.45105", "45.5"),
        ("45.45099", "45.5"),
    ] {
        let judged = tenths.judge(&quantity(text, "mm"), None).unwrap();
        assert_eq!(judged.basis.compared.unwrap().text(), rounded, "{text}");
    }
}

/// ISO 14253-1: proven within L+w … U−w only; ILAC G8 4.2.2 names w = U (r = 1), and r = 1.645/2
/// is the 95 % of the 2017 edition.
#[test]
fn r02_a_guarded_limit_accepts_only_what_the_uncertainty_leaves() {
    let u = quantity("0.6", "N·m");
    let full = Limits { rule: guarded("1"), ..limits("23", "27", "N·m") };
    for (text, expected) in [
        ("23.5", Verdict::Fail),
        ("23.599", Verdict::Fail),
        ("23.6", Verdict::Pass),
        ("26.4", Verdict::Pass),
        ("26.401", Verdict::Fail),
        ("28", Verdict::Fail),
    ] {
        assert_eq!(verdict(&full, text, Some(&u)), expected, "{text}");
    }
    let judged = full.judge(&quantity("25", "N·m"), Some(&u)).unwrap();
    assert_eq!(judged.basis.band.unwrap().to_string(), "0.6 N·m");
    let default = Limits { rule: guarded("0.8225"), ..limits("23", "27", "N·m") };
    assert_eq!(verdict(&default, "23.4935", Some(&u)), Verdict::Pass, "w = 0.4935");
    assert_eq!(verdict(&default, "23.4934", Some(&u)), Verdict::Fail);
    // The certificate may be in another unit of the kind.
    let other = quantity("60", "N·cm");
    assert_eq!(verdict(&full, "23.599", Some(&other)), Verdict::Fail);
    assert_eq!(verdict(&full, "23.6", Some(&other)), Verdict::Pass);
    let one_sided = Limits { rule: guarded("1"), ..limits("", "27", "N·m") };
    assert_eq!(verdict(&one_sided, "26.4", Some(&u)), Verdict::Pass);
    assert_eq!(verdict(&one_sided, "26.41", Some(&u)), Verdict::Fail);
}

#[test]
fn r02_without_uncertainty_or_acceptance_zone_nothing_is_judged() {
    let full = Limits { rule: guarded("1"), ..limits("23", "27", "N·m") };
    let value = quantity("25", "N·m");
    assert_eq!(full.judge(&value, None), Err(JudgeFault::UncertaintyUnknown));
    let length = quantity("0.1", "mm");
    assert_eq!(full.judge(&value, Some(&length)), Err(JudgeFault::UncertaintyUnknown));
    let wide = quantity("2", "N·m");
    let fault = full.judge(&value, Some(&wide)).unwrap_err();
    assert_eq!(fault, JudgeFault::NoAcceptanceZone(wide));
    let barely = quantity("1.999", "N·m");
    assert_eq!(full.judge(&value, Some(&barely)).unwrap().verdict, Verdict::Pass);
}

#[test]
fn r02_an_entry_between_the_steps_of_its_gauge_is_finer_than_it_shows() {
    let tenth = quantity("0.1", "N·m");
    for (text, finer) in [("24.8", false), ("25", false), ("24.85", true), ("24.80", true)] {
        assert_eq!(finer_than(&quantity(text, "N·m"), &tenth), finer, "{text}");
    }
    let half = quantity("0.5", "mm");
    assert!(finer_than(&quantity("1.2", "mm"), &half));
    assert!(!finer_than(&quantity("1.5", "mm"), &half));
    assert!(!finer_than(&quantity("500", "µm"), &half));
    assert!(finer_than(&quantity("510", "µm"), &half));
    assert!(!finer_than(&quantity("1.55", "N·m"), &half), "another kind says nothing");
}

/// A shop whose torque is judged by a rule, with a wrench of a tenth and 0.6 N·m uncertainty.
fn ruled(rule: DecisionRule, uncertainty: Option<&str>) -> Shop {
    let mut shop = Shop::open();
    let register =
        gemba::domain::gauge::GaugeCommand::Register(gemba::domain::gauge::GaugeDescription {
            name: "Wrench 7".to_owned(),
            class: id("torque-wrench"),
            unit: Some(unit("N·m")),
            resolution: Some(number("0.1")),
            uncertainty: uncertainty.map(number),
            interval: None,
            range: None,
        });
    let command = gemba::domain::decide::Command::Gauge(id("TW-07"), register);
    shop.does("quell", command);
    let mut ruled = assembly();
    ruled.revision = id("D");
    let Ask::Measure(measure) = &mut ruled.steps[2].asks[0] else { panic!() };
    measure.kind = CharacteristicKind::Measured(Limits { rule, ..limits("23", "27", "N·m") });
    shop.release_read(&ruled);
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    shop
}

#[test]
fn r02_a_marginal_value_never_holds_and_counts_as_a_pass() {
    let mut shop = ruled(marginal("0.5"), None);
    shop.does("novak", torque(1, "26.8"));
    let state = shop.state();
    let (_, found) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!(found.verdict(), Some(Verdict::Marginal));
    assert_eq!(state.open_holds().count(), 0);
    assert!(state.first_pass());
}

#[test]
fn r02_a_guarded_reading_keeps_what_an_auditor_needs_to_judge_it_again() {
    let mut shop = ruled(guarded("1"), Some("0.6"));
    shop.does("novak", torque(1, "26.5"));
    let state = shop.state();
    let (_, found) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!(found.verdict(), Some(Verdict::Fail), "within 27, outside 26.4");
    let gauge = found.taken.gauge.clone().unwrap();
    assert_eq!(gauge.uncertainty.unwrap().to_string(), "0.6 N·m");
    assert_eq!(gauge.resolution.unwrap().to_string(), "0.1 N·m");
    assert_eq!(found.taken.basis.clone().unwrap().band.unwrap().to_string(), "0.6 N·m");
    let CharacteristicKind::Measured(limits) = &found.taken.kind else { panic!() };
    assert_eq!(limits.rule, guarded("1"));
    let again = limits.judge(&quantity("26.5", "N·m"), Some(&quantity("0.6", "N·m"))).unwrap();
    assert_eq!(again.verdict, Verdict::Fail);
    // A correction is judged by the same rule and the same gauge.
    let right = shop.retype(1, "26.4");
    shop.does("novak", right);
    assert_eq!(shop.state().open_holds().count(), 0);
}

#[test]
fn r02_a_guarded_reading_is_refused_without_the_uncertainty_or_a_zone() {
    let mut shop = ruled(guarded("1"), None);
    let reasons = shop.refuses("novak", torque(1, "25"));
    assert_eq!(reasons[0].code(), "R22");
    assert_eq!(reasons[0].next(), "use a gauge whose uncertainty is registered");
    let mut shop = ruled(guarded("1"), Some("2"));
    let reasons = shop.refuses("novak", torque(1, "25"));
    assert_eq!(reasons[0].code(), "R23");
    assert_eq!(reasons[0].next(), "use a gauge with less uncertainty");
}

#[test]
fn r02_an_entry_finer_than_the_gauge_is_saved_and_says_so() {
    let mut shop = ruled(DecisionRule::default(), None);
    shop.does("novak", torque(1, "24.85")).does("novak", torque(2, "24.8"));
    let state = shop.state();
    let finer = |sample| {
        let at = shop.torque_at(sample);
        state.reading(&at).unwrap().1.taken.finer_than_gauge().map(ToString::to_string)
    };
    assert_eq!(finer(1).as_deref(), Some("0.1 N·m"));
    assert_eq!(finer(2), None);
    // A value that is corrected to a finer one says so as well.
    let (before, correct) = (shop.state(), shop.correct(2, "24.79"));
    assert_eq!(before.finer_since(&before), None);
    shop.does("novak", correct);
    let words = shop.state().finer_since(&before);
    assert_eq!(words.as_deref(), Some("24.79 N·m is finer than TW-07 shows (0.1 N·m)"));
}
