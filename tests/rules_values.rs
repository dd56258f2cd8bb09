//! R2: a value is exact, is judged against inclusive limits, and bad input has a decided answer.

use gemba::domain::quantity::{Number, NumberError, Quantity, Side, Verdict};
use gemba::domain::refusal::Reason;
use gemba::domain::traveler::fact::{ReadingValue, TravelerFact};
use gemba::domain::traveler::state::Attempt;
use gemba::domain::unit::Unit;

use crate::support::shop::Shop;
use crate::support::shop_plan::{at, limits, measured, number, reading, text, torque, unit, value};

fn quantity(text: &str, symbol: &str) -> Quantity {
    Quantity { number: number(text), unit: unit(symbol) }
}

fn judged(text: &str, symbol: &str, lower: &str, upper: &str, of: &str) -> Verdict {
    limits(lower, upper, of).judge(&quantity(text, symbol), None).unwrap().verdict
}

#[test]
fn r02_a_value_exactly_on_a_limit_passes() {
    for value in ["23", "23.000", "27", "27.0", "25"] {
        assert_eq!(judged(value, "N·m", "23", "27", "N·m"), Verdict::Pass, "{value}");
    }
    for value in ["22.999999999999", "27.000000000001", "-25", "0"] {
        assert_eq!(judged(value, "N·m", "23", "27", "N·m"), Verdict::Fail, "{value}");
    }
    assert_eq!(judged("-5", "mm", "", "0.05", "mm"), Verdict::Pass);
    assert_eq!(judged("1000000", "mm", "0.05", "", "mm"), Verdict::Pass);
}

#[test]
fn r02_inches_and_millimeters_compare_exactly() {
    assert_eq!(judged("1", "in", "25.4", "25.4", "mm"), Verdict::Pass);
    assert_eq!(judged("25.4", "mm", "1", "1", "in"), Verdict::Pass);
    assert_eq!(judged("0.00001", "in", "", "0.000254", "mm"), Verdict::Pass);
    assert_eq!(judged("0.00001", "in", "", "0.000253999999", "mm"), Verdict::Fail);
    assert_eq!(judged("19.05", "mm", "0.75", "0.75", "in"), Verdict::Pass);
    assert_eq!(judged("50", "µm", "", "0.05", "mm"), Verdict::Pass);
    // A third of an inch has no end; the digits that an entry may have stay exact.
    assert_eq!(judged("0.33333333333333", "in", "8.466666666666", "", "mm"), Verdict::Pass);
}

#[test]
fn r02_a_value_in_another_kind_of_unit_is_not_judged() {
    let refused = limits("23", "27", "N·m").judge(&quantity("25", "mm"), None).unwrap_err();
    assert_eq!(refused.to_string(), "mm is not a unit of N·m");
    let mut shop = Shop::reaching("torque");
    let inches = gemba::domain::traveler::command::TravelerCommand::Record {
        at: at("torque"),
        ask: 1,
        sample: 1,
        entry: gemba::domain::traveler::command::Entry::Reading {
            value: reading("25", "in"),
            gauge: Some(crate::support::shop_plan::id("TW-07")),
        },
    };
    assert_eq!(shop.codes("novak", inches), ["R06"]);
    assert_eq!(shop.state().attempts_at(20, &crate::support::shop_plan::id("torque")).count(), 0);
}

#[test]
fn r02_bad_numbers_have_a_decided_answer() {
    let long = "9".repeat(5_000);
    let cases = [
        ("1e400", Err(NumberError::NotANumber)),
        ("NaN", Err(NumberError::NotANumber)),
        ("inf", Err(NumberError::NotANumber)),
        ("-", Err(NumberError::NotANumber)),
        ("", Err(NumberError::Empty)),
        ("   ", Err(NumberError::Empty)),
        (".5", Err(NumberError::NotANumber)),
        ("5.", Err(NumberError::NotANumber)),
        ("1.2.3", Err(NumberError::NotANumber)),
        ("1,2,3", Err(NumberError::NotANumber)),
        ("1.250,5", Err(NumberError::NotANumber)),
        ("--5", Err(NumberError::NotANumber)),
        ("5-", Err(NumberError::NotANumber)),
        ("1 000", Err(NumberError::NotANumber)),
        ("\u{2212}5", Err(NumberError::NotANumber)),
        ("\u{ff11}\u{ff12}", Err(NumberError::NotANumber)),
        ("12\u{1b}[31m", Err(NumberError::NotANumber)),
        ("0x10", Err(NumberError::NotANumber)),
        (long.as_str(), Err(NumberError::TooLong)),
        ("1234567890123456", Err(NumberError::TooLong)),
        ("1,250", Err(NumberError::AmbiguousComma)),
        ("-999,999", Err(NumberError::AmbiguousComma)),
        ("0,125", Ok("0.125")),
        ("1250,125", Ok("1250.125")),
        ("12,5", Ok("12.5")),
        ("12,50", Ok("12.50")),
        (" 12.5 ", Ok("12.5")),
        ("+12.5", Ok("12.5")),
        ("-0.000", Ok("0.000")),
        ("007", Ok("7")),
        ("123456789012345", Ok("123456789012345")),
    ];
    for (text, expected) in cases {
        let found = Number::parse(text).map(|n| n.value().normalize());
        let expected = expected.map(|text| number(text).value().normalize());
        assert_eq!(found, expected, "{text:?}");
    }
    assert_eq!(number(" 12,50 ").text(), "12,50", "the text stays as typed");
}

#[test]
fn r02_a_typed_number_that_is_none_is_refused_with_what_to_type() {
    let mut shop = Shop::reaching("look");
    shop.does("novak", value("look", 1, ReadingValue::Conforms(true)));
    for bad in ["1e400", "NaN", "1,250", "-", &"1".repeat(1_999)] {
        assert_eq!(shop.codes("novak", text("look", 4, bad)), ["R05"], "{bad}");
    }
    assert_eq!(shop.codes("novak", text("look", 4, &"1".repeat(5_000))), ["R09", "R05"]);
    assert_eq!(shop.codes("novak", text("look", 4, "  ")), ["R08", "R05"]);
    assert_eq!(shop.codes("novak", text("look", 3, "a\u{1b}[2J")), ["R11"]);
    assert_eq!(shop.codes("novak", text("look", 3, "a\0b")), ["R11"]);
    shop.does("novak", text("look", 4, " 12,5 "));
}

#[test]
fn r02_a_slip_of_the_finger_looks_implausible() {
    let limits = limits("23", "27", "N·m");
    for slip in ["248", "2.48", "2480", "0.0248", "60", "-25.0"] {
        let odd = limits.implausible(&quantity(slip, "N·m"));
        assert!(odd, "{slip}");
    }
    for plain in ["27.3", "22", "25", "36.9"] {
        assert!(!limits.implausible(&quantity(plain, "N·m")), "{plain}");
    }
    // By what it is in the limits' unit: 248 N·cm are 2.48 N·m.
    assert!(limits.implausible(&quantity("248", "N·cm")));
    assert!(!limits.implausible(&quantity("2480", "N·cm")));
    assert!(!limits.implausible(&quantity("2.5", "mm")), "of another kind it tells nothing");
    // Where the limits reach down to zero, a moved decimal point tells nothing.
    let flat = crate::support::shop_plan::limits("0", "0.05", "mm");
    assert!(!flat.implausible(&quantity("0.06", "mm")) && flat.implausible(&quantity("6", "mm")));
    let wide = crate::support::shop_plan::limits("-999999999999999", "999999999999999", "mm");
    assert!(!wide.implausible(&quantity("0.00000000000001", "mm")));
}

#[test]
fn r02_the_excess_is_told_against_the_nearest_limit() {
    let limits = limits("23", "27", "N·m");
    let told = |value: &str, unit: &str| {
        let (far, side) = limits.excess(&quantity(value, unit))?;
        Some((format!("{} {}", far.number, far.unit), side))
    };
    let of = |far: &str, side| Some((far.to_owned(), side));
    assert_eq!(told("27.3", "N·m"), of("0.3 N·m", Side::Over));
    assert_eq!(told("22", "N·m"), of("1 N·m", Side::Under));
    assert_eq!(told("2205", "N·cm"), of("0.95 N·m", Side::Under));
    assert_eq!((told("27", "N·m"), told("27", "mm")), (None, None));
}

#[test]
fn r10_the_margin_to_a_limit_is_exact_also_where_the_reading_is_in_another_unit() {
    let margin = |value: &str, unit: &str, (lower, upper, of): (&str, &str, &str)| {
        let limits = limits(lower, upper, of);
        let far = limits.margin(&quantity(value, unit));
        far.map(|far| format!("{} {}", far.number, far.unit))
    };
    let metric = ("25.35", "25.45", "mm");
    assert_eq!(margin("1.0001", "in", metric), Some("0.04746 mm".to_owned()));
    assert_eq!(margin("1.002", "in", metric), Some("-0.0008 mm".to_owned()));
    assert_eq!(margin("25400", "µm", metric), Some("0.05 mm".to_owned()));
    let inches = ("0.999", "1.001", "in");
    assert_eq!(margin("25.4", "mm", inches), Some("0.001 in".to_owned()));
    // In inches it has no end, so it is told in the unit in which it has one.
    assert_eq!(margin("25.41", "mm", inches), Some("0.0154 mm".to_owned()));
    assert_eq!(margin("25.4", "N", inches), None);
}

#[test]
fn r02_a_reading_keeps_limits_unit_and_gauge_as_used() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.80"));
    let state = shop.state();
    let (_, taken) = state.reading(&shop.torque_at(1)).unwrap();
    let gauge = taken.taken.gauge.clone().unwrap();
    assert_eq!((gauge.gauge.as_str(), gauge.class.as_str()), ("TW-07", "torque-wrench"));
    assert_eq!(gauge.due.to_string(), "2026-11-30");
    assert_eq!(*taken.value(), reading("24.80", "N·m"));
    let limits = limits("23", "27", "N·m");
    let kind = gemba::domain::specification::CharacteristicKind::Measured(limits);
    assert_eq!(taken.taken.kind, kind);
    // A later calibration says nothing about a reading taken before it.
    shop.does("quell", crate::support::shop_plan::calibrated("TW-07", "2026-11-23", "2027-11-30"));
    assert_eq!(shop.state(), state);
}

#[test]
fn r02_what_is_not_recorded_is_no_pass_and_stops_the_step() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8"));
    let reasons = shop.refuses("novak", crate::support::shop_plan::complete("torque"));
    assert_eq!(reasons.iter().map(Reason::code).collect::<Vec<_>>(), ["T12"]);
    assert!(
        reasons[0].next().to_string().contains("skipped with a reason"),
        "{}",
        reasons[0].next()
    );
}

#[test]
fn r02_a_step_is_left_out_on_purpose_with_a_reason_by_a_supervisor() {
    use gemba::domain::traveler::standing::StepStanding;
    let mut shop = Shop::reaching("torque");
    let no_reason = gemba::domain::traveler::command::TravelerCommand::SkipStep {
        at: at("torque"),
        reason: " ".to_owned(),
    };
    assert_eq!(shop.codes("novak", no_reason), ["P04", "R08"]);
    shop.does("brandt", crate::support::shop_plan::skip("torque"));
    let standing = shop.state().step_standing(20, &crate::support::shop_plan::id("torque"));
    assert_eq!(standing, StepStanding::Skipped);
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["T11"]);
    shop.does("novak", value("look", 1, ReadingValue::Conforms(true)));
}

#[test]
fn r02_a_signature_is_not_left_out() {
    let mut shop = Shop::reaching("release");
    assert_eq!(shop.codes("brandt", crate::support::shop_plan::skip("release")), ["T19"]);
}

#[test]
fn r02_a_reference_value_is_kept_without_a_verdict() {
    let mut shop = Shop::reaching("look");
    shop.does("novak", value("look", 2, reading("300", "°C")));
    let state = shop.state();
    let verdicts: Vec<_> =
        state.attempts.iter().flat_map(Attempt::readings).map(|(_, r)| r.verdict()).collect();
    assert_eq!(verdicts.last(), Some(&None));
    assert_eq!(state.open_holds().count(), 0);
}

#[test]
fn r02_an_attribute_and_a_number_do_not_stand_in_for_each_other() {
    let mut shop = Shop::reaching("look");
    assert_eq!(shop.codes("novak", value("look", 1, reading("1", "mm"))), ["T08"]);
    assert_eq!(shop.codes("novak", value("look", 2, ReadingValue::Conforms(true))), ["T08"]);
    assert_eq!(shop.codes("novak", text("look", 1, "good")), ["T08"]);
    assert_eq!(shop.codes("novak", measured("look", 2, "1", "")), ["T07"]);
}

#[test]
fn a_failing_attribute_holds_as_a_number_does() {
    let mut shop = Shop::reaching("look");
    shop.does("novak", value("look", 1, ReadingValue::Conforms(false)));
    assert!(shop.state().to_retype().is_some());
}

#[test]
fn every_unit_reads_back_and_is_exact_on_the_longest_number() {
    for symbol in Unit::symbols() {
        let found = unit(symbol);
        assert_eq!(found.symbol(), symbol);
        for text in ["999999999999999", "0.99999999999999", "-1"] {
            let base = found.to_base(number(text).value()).unwrap();
            let one = found.to_base(number("1").value()).unwrap();
            assert_eq!(
                base.checked_div(one).unwrap().normalize(),
                number(text).value(),
                "{symbol}"
            );
        }
    }
    assert!(Unit::parse("furlong").is_none());
}

#[test]
fn a_fact_of_a_reading_carries_no_float() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.80"));
    let written = shop.station().written.last().unwrap().written.clone();
    assert!(written.bytes.contains(r#""number":"24.80""#), "{}", written.bytes);
    let fact = gemba::domain::fact::Fact::read(&written.bytes).unwrap();
    assert!(matches!(
        fact.body,
        gemba::domain::kinds::FactBody::Traveler(TravelerFact::ReadingTaken(_))
    ));
}

#[test]
fn r02_what_is_written_as_a_number_in_another_way_is_no_number_and_not_an_unknown_unit() {
    use gemba::domain::quantity::number_and_unit;
    for text in ["0x5", "1 000", "1'000", "1’000", "1_000", "1e3", "1 e3", "1 000 mm"] {
        let error = number_and_unit(text).unwrap_err().to_string();
        assert!(error.starts_with("not a number"), "{text}: {error}");
    }
    for text in ["5 furlong", "5 xmm"] {
        let error = number_and_unit(text).unwrap_err().to_string();
        assert!(error.starts_with("unknown unit"), "{text}: {error}");
    }
    assert!(number_and_unit("5 mm").is_ok() && number_and_unit("5\"").is_ok());
}

#[test]
fn an_id_that_is_none_is_told_in_good_grammar() {
    use gemba::domain::ids::{OrderId, UnitId};
    let said = |error: gemba::domain::ids::IdError| error.to_string();
    assert_eq!(said(OrderId::parse("").unwrap_err()), "an order id is missing");
    assert!(said(OrderId::parse("a b").unwrap_err()).starts_with("an order id has only"));
    assert_eq!(said(UnitId::parse("").unwrap_err()), "a unit id is missing");
}

#[test]
fn numbers_stand_in_the_order_of_their_values() {
    use gemba::domain::natural::natural;
    let sorted = ["", "1", "2", "0010", "10", "11", "L-2", "L-2-HP1-1", "L-10", "L-10a", "WO"];
    let mut found = sorted;
    found.reverse();
    found.sort_by(|one, other| natural(one, other));
    assert_eq!(found, sorted);
    let long = "9".repeat(40);
    assert!(natural(&format!("{long}8"), &format!("{long}9")).is_lt(), "of any length");
}
