//! What was measured lately, as a small chart below a value: it helps to see a drift, and says nothing
//! where there is too little of it, or before everything was measured.

use gemba::domain::quantity::Verdict;
use gemba::ui::parts::spark::bar;
use gemba::views::traveler::Lately;
use insta::assert_snapshot;
use rust_decimal::Decimal;

use crate::screens_traveler::{at, reaching};
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::shop_plan::{number, unit};

const SYMBOLS: &str = "▁▂▃▄▅▆▇█";
const PLAIN: &str = "_-~=+*%#";

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn bars(values: &[&str], (low, high): (&str, &str), ascii: bool) -> String {
    let ends = (decimal(low), decimal(high));
    values.iter().map(|value| bar(decimal(value), ends, ascii)).collect()
}

#[test]
fn a_bar_stands_for_where_a_value_is_between_two_ends() {
    let values = ["0", "0.99", "1", "2", "3.5", "4", "5", "6", "7", "7.99", "8"];
    assert_eq!(bars(&values, ("0", "8"), false), "▁▁▂▃▄▅▆▇███");
    assert_eq!(bars(&values, ("0", "8"), true), "__-~=+*%###");
    let each: Vec<String> = (0..8).map(|n| n.to_string()).collect();
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    assert_eq!(
        (bars(&each, ("0", "8"), false), bars(&each, ("0", "8"), true)),
        (SYMBOLS.into(), PLAIN.into())
    );
}

#[test]
fn a_value_beyond_the_ends_and_ends_that_are_one_draw_a_bar_all_the_same() {
    assert_eq!(bars(&["-1000", "22.99", "27.01", "1000"], ("23", "27"), false), "▁▁██");
    assert_eq!(bars(&["25", "26"], ("25", "25"), false), "▁▁");
    // So far apart that the share of it cannot be calculated.
    let most = Decimal::MAX.to_string();
    assert_eq!(bars(&[&most], ("-1", &most), false).chars().count(), 1);
}

fn lately(values: &[(&str, &str, Option<Verdict>)]) -> Vec<Lately> {
    let of = |(value, symbol, verdict): &(&str, &str, Option<Verdict>)| Lately {
        number: number(value),
        unit: unit(symbol),
        verdict: *verdict,
    };
    values.iter().map(of).collect()
}

fn passing<'a>(values: &[&'a str], symbol: &'a str) -> Vec<Lately> {
    let values: Vec<_> = values.iter().map(|value| (*value, symbol, Some(Verdict::Pass))).collect();
    lately(&values)
}

/// Values of 23 to 27 N·m from the lowest to the highest, two that fail, one that is close to a limit, and
/// two of which nothing was judged, beyond the limits.
fn of_torque() -> Vec<Lately> {
    let newton = "N·m";
    let mut all = passing(&["23", "23.5", "24", "24.5", "25", "25.5", "26", "26.5", "27"], newton);
    all.insert(0, lately(&[("22.5", newton, Some(Verdict::Fail))]).remove(0));
    all.extend(lately(&[
        ("27.4", newton, Some(Verdict::Fail)),
        ("26.8", newton, Some(Verdict::Marginal)),
        ("30", newton, None),
        ("20", newton, None),
    ]));
    all
}

/// At the torque step, of which so many values are recorded.
fn torqued(values: Vec<Lately>, recorded: usize, looks: Looks) -> Screen {
    let mut screen = Screen::new(reaching("torque"), looks);
    screen.answers.lately.insert(1, values);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007").scan("TW-07");
    for value in ["24.8\n", "25.1\n", "25.0\n", "24.9\n"].iter().take(recorded) {
        screen.type_keys(value);
    }
    screen
}

#[test]
fn what_was_measured_lately_stands_between_the_limits_once_all_is_recorded() {
    let mut screen = torqued(of_torque(), 4, USUAL);
    screen.shows("lately  ✗▁▂▃▄▅▆▇██✗!█▁");
    assert_snapshot!("lately_between_limits", screen.golden());
    // It is for the eye: who listens is not read a row of bars.
    assert!(!screen.shell.page().body.join("\n").contains("lately"));
    let plain = Looks { theme: "mono", ascii: true, ..USUAL };
    let mut screen = torqued(of_torque(), 4, plain);
    screen.shows("lately  X_-~=+*%##X!#_");
}

#[test]
fn before_all_values_are_recorded_nobody_is_shown_what_others_measured() {
    for recorded in 0..4 {
        torqued(of_torque(), recorded, USUAL).hides("lately");
    }
}

#[test]
fn fewer_than_three_values_of_the_same_kind_make_no_chart() {
    let newton = "N·m";
    torqued(passing(&["24", "25"], newton), 4, USUAL).shows("24.9 Pass").hides("lately");
    let mut other = passing(&["24", "25"], newton);
    other.extend(passing(&["0.1", "0.2", "0.3"], "mm"));
    torqued(other, 4, USUAL).shows("24.9 Pass").hides("lately");
    torqued(passing(&["24", "25", "26"], newton), 4, USUAL).shows("lately  ▃▅▇");
}

#[test]
fn with_one_limit_the_chart_goes_from_the_least_to_the_most() {
    let mut screen = at("gap");
    screen.answers.lately.insert(1, passing(&["0.01", "0.03", "0.02", "0.05", "0.01"], "mm"));
    screen.scan("FG-02").type_keys("0.03\n").shows("lately  ▁▅▃█▁");
    assert_snapshot!("lately_with_one_limit", screen.golden());
}
