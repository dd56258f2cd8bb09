//! R11: a wait keeps a lower and an upper bound, whatever happens to clocks, machines and pauses.

use gemba::domain::fold::fold;
use gemba::domain::ids::BootId;
use gemba::domain::moment::{Elapsed, Moment, Span};
use gemba::domain::refusal::Reason;
use gemba::domain::stream::{StreamState, Subject};

use crate::support::shop::{MORNING, Shop};
use crate::support::shop_plan::{
    accept_wait, assembly, begin_wait, complete, disposes, id, pause, raises, torque,
};
use gemba::domain::deviation::Disposition;
use gemba::domain::traveler::command::TravelerCommand;

const YEAR_S: i64 = 365 * 24 * 3600;

fn curing() -> Shop {
    let mut shop = Shop::reaching("cure");
    shop.does("novak", begin_wait("cure"));
    shop
}

#[test]
fn r11_a_wait_within_one_boot_is_exact() {
    let mut shop = curing();
    let one = [Reason::WaitTooShort { seconds: 1 }];
    assert_eq!(shop.later(1_199).refuses("novak", complete("cure")), one);
    shop.later(1).does("novak", complete("cure"));

    let mut shop = curing();
    shop.later(7_200).does("novak", complete("cure"));

    let mut shop = curing();
    let too_long = [Reason::WaitTooLong { seconds: 1 }];
    assert_eq!(shop.later(7_201).refuses("novak", complete("cure")), too_long);
    assert_eq!(shop.codes("brandt", accept_wait("cure")), ["W02"]);
    shop.does("brandt", raises("cure"));
    shop.used_as_is("NCR-ASM1-0001");
    shop.does("novak", complete("cure"));
}

#[test]
fn r13_what_was_saved_stands_after_a_restart_and_the_step_goes_on_where_it_was() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).does("novak", torque(2, "25"));
    let before = shop.state();
    shop.reboot();
    let subject = Subject::Traveler(shop.traveler.clone());
    let folded = fold(&subject, shop.station().facts_of(&subject));
    assert_eq!(folded.stream.state, StreamState::Traveler(before));
    let state = shop.state();
    let steps = assembly().steps;
    let attempt = state.standing_attempt(20, &steps[2].id).unwrap();
    assert_eq!(attempt.open_ask(&steps[2]).map(|(ask, sample, _)| (ask, sample)), Some((1, 3)));
    shop.does("novak", torque(3, "25"));
}

#[test]
fn r11_a_wait_begins_once_and_must_have_begun() {
    let mut shop = Shop::reaching("cure");
    assert_eq!(shop.codes("novak", complete("cure")), ["T12"]);
    assert_eq!(shop.codes("brandt", accept_wait("cure")), ["T08"]);
    shop.does("novak", begin_wait("cure"));
    assert_eq!(shop.codes("novak", begin_wait("cure")), ["W04"]);
}

#[test]
fn r11_a_clock_set_by_a_year_changes_nothing() {
    for error in [-YEAR_S, YEAR_S] {
        let mut shop = curing();
        shop.set_clock(error).later(1_100);
        let left = [Reason::WaitTooShort { seconds: 100 }];
        assert_eq!(shop.refuses("ito", complete("cure")), left);
        shop.later(100).does("ito", complete("cure"));
    }
}

#[test]
fn r11_across_a_restart_without_an_offset_nothing_is_proven_and_a_supervisor_is_asked() {
    for error in [-YEAR_S, 0, YEAR_S] {
        let mut shop = curing();
        shop.later(1_300).reboot().set_clock(error).later(60);
        assert_eq!(shop.codes("ito", complete("cure")), ["W03"]);
        assert_eq!(shop.codes("ito", accept_wait("cure")), ["P04"]);
        shop.does("brandt", accept_wait("cure")).does("ito", complete("cure"));
    }
}

#[test]
fn r11_across_a_restart_measured_offsets_bound_it() {
    let mut shop = Shop::reaching("cure");
    shop.set_clock(-YEAR_S).measure_offset().does("novak", begin_wait("cure"));
    shop.later(600).reboot().set_clock(YEAR_S).later(60).measure_offset();
    // 660 s have passed, give or take what the offsets leave open; that is short by any of them.
    let refused = shop.refuses("novak", complete("cure"));
    assert_eq!(refused, [Reason::WaitTooShort { seconds: 1_200 - 660 + 10 }]);
    assert_eq!(shop.codes("brandt", accept_wait("cure")), ["W01"]);
    shop.later(540);
    assert_eq!(shop.codes("novak", complete("cure")), ["W03"], "exactly then is not proven");
    shop.later(11).does("novak", complete("cure"));
}

#[test]
fn r11_an_offset_from_before_the_restart_proves_nothing() {
    let mut shop = Shop::reaching("cure");
    shop.measure_offset().does("novak", begin_wait("cure"));
    let measured = shop.station().clock.offset.clone();
    shop.later(60).reboot().set_clock(3_600).later(5);
    shop.station().clock.offset = measured;
    assert_eq!(shop.codes("novak", complete("cure")), ["W03"]);
}

#[test]
fn r11_a_pause_stops_working_time_but_not_the_cure() {
    let mut shop = curing();
    shop.later(100).does("novak", pause()).later(1_100);
    assert_eq!(shop.codes("novak", complete("cure")), ["T15"]);
    shop.does("novak", TravelerCommand::Resume { note: None }).does("novak", complete("cure"));

    shop.does("novak", begin_wait("press")).later(200).does("novak", pause()).later(9_999);
    shop.does("novak", TravelerCommand::Resume { note: None });
    let left = [Reason::WaitTooShort { seconds: 100 }];
    assert_eq!(shop.refuses("novak", complete("press")), left);
    shop.later(100).does("novak", complete("press"));
}

#[test]
fn r11_a_hold_stops_working_time_and_counts_once_beside_a_pause() {
    let mut shop = Shop::reaching("press");
    shop.does("novak", begin_wait("press")).later(100).does("novak", pause());
    shop.later(50).does("brandt", raises("press"));
    // The pause goes on for 100 s into the hold of 200 s: 250 s stand still, not 350.
    shop.later(100).does("novak", TravelerCommand::Resume { note: None }).later(100);
    shop.does("quell", disposes("NCR-ASM1-0001", Disposition::Void)).later(199);
    let left = [Reason::WaitTooShort { seconds: 1 }];
    assert_eq!(shop.refuses("novak", complete("press")), left);
    shop.later(1).does("novak", complete("press"));
}

#[test]
fn r11_a_pause_from_before_the_wait_takes_nothing_from_it() {
    let mut shop = Shop::reaching("press");
    shop.does("novak", pause()).later(5_000).does("novak", TravelerCommand::Resume { note: None });
    shop.does("novak", begin_wait("press")).later(300).does("novak", complete("press"));
}

#[test]
fn r11_a_wait_goes_on_at_another_station_by_its_measured_offset() {
    let mut shop = Shop::reaching("cure");
    shop.at("ASM2").set_clock(500).measure_offset();
    shop.at("ASM1").measure_offset().does("novak", begin_wait("cure")).share();
    shop.at("ASM2").later(1_300).does("novak", complete("cure"));
}

#[test]
fn r11_steps_are_done_in_order() {
    let mut shop = Shop::reaching("clean");
    let refused = shop.refuses("novak", torque(1, "24.8"));
    let [Reason::StepOutOfOrder { step, current }] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!((step.as_str(), current.as_str()), ("torque", "clean"));
    assert_eq!(refused[0].next(), "do clean first");
    shop.place("INC-1");
    let early = crate::support::shop_plan::measured("diameter", 1, "74", "");
    assert_eq!(shop.codes("okafor", early), ["T09"]);
    let twice = crate::support::shop_plan::text("scan", 3, "LOT-8");
    assert_eq!(shop.place("ASM-1").codes("novak", twice), ["T11", "T14"]);
}

fn moment(boot: &str, mono_ms: i64, utc_s: i64, offset: Option<(i64, i64)>) -> Moment {
    let morning: jiff::Timestamp = MORNING.parse().unwrap();
    Moment {
        utc: morning + jiff::SignedDuration::from_secs(utc_s),
        mono_ms,
        boot: id::<BootId>(boot),
        offset_ms: offset.map(|(ms, _)| ms),
        offset_age_s: offset.map(|(_, age_s)| age_s),
    }
}

#[test]
fn r15_bounds_widen_with_the_age_of_the_offset() {
    let fresh = moment("a", 100_000, 0, Some((0, 0)));
    let day = 24 * 3600;
    let old = moment("b", day * 1000, day, Some((0, day)));
    let elapsed = Elapsed::between(&fresh, &old);
    let error = 5_000 + 5_000 + day / 10;
    assert_eq!(elapsed.at_least_ms, day * 1000 - error);
    assert_eq!(elapsed.at_most_ms, Some(day * 1000 + error));
}

#[test]
fn r15_clocks_at_their_ends_do_not_overflow() {
    let ends = [i64::MIN, -1, 0, i64::MAX];
    for (from, to) in ends.iter().flat_map(|a| ends.iter().map(move |b| (*a, *b))) {
        let one = moment("a", from, 0, Some((from, to)));
        let same_boot = moment("a", to, 0, None);
        let other = moment("b", to, 0, Some((to, from)));
        for (a, b) in [(&one, &same_boot), (&one, &other), (&other, &one)] {
            let elapsed = Elapsed::between(a, b);
            assert!(elapsed.at_least_ms >= 0);
            assert!(elapsed.at_most_ms.is_none_or(|most| most >= elapsed.at_least_ms));
            let span = Span { from: a, to: b };
            let left = elapsed.minus(span.covered_by(&[span, Span { from: b, to: a }]));
            assert!(left.at_least_ms >= 0);
        }
    }
}

#[test]
fn r11_spans_that_overlap_are_counted_once() {
    let at = |s: i64| moment("a", s * 1000, 0, None);
    let (w0, w1) = (at(100), at(200));
    let ends =
        [(50, 120), (110, 130), (150, 160), (155, 500), (300, 400)].map(|(a, b)| (at(a), at(b)));
    let spans: Vec<_> = ends.iter().map(|(from, to)| Span { from, to }).collect();
    let still = Span { from: &w0, to: &w1 }.covered_by(&spans);
    assert_eq!(still, Elapsed { at_least_ms: 80_000, at_most_ms: Some(80_000) });
}
