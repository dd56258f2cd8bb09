//! R11, R15 and the limits of working alone: clocks that are set, and two weeks without a network.

use gemba::domain::decide::Command;
use gemba::domain::moment::Moment;
use gemba::domain::offset::Offset;
use gemba::domain::people::{PersonCommand, Purpose};
use gemba::domain::refusal::Reason;
use gemba::domain::traveler::command::TravelerCommand;
use jiff::SignedDuration;

use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, assembly, begin_wait, calibrated, complete, id, torque};

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

fn moment(boot: &str, mono_s: i64, wall_s: i64) -> Moment {
    Moment {
        utc: jiff::Timestamp::from_second(1_795_593_600 + wall_s).unwrap(),
        mono_ms: mono_s * 1000,
        boot: id(boot),
        offset_ms: None,
        offset_age_s: None,
    }
}

/// Measured at one moment, with the server three seconds ahead.
fn measured(at: &Moment) -> Offset {
    Offset::measure(at, at.utc + SignedDuration::from_secs(3), at).unwrap()
}

#[test]
fn r15_the_servers_time_goes_on_whatever_the_wall_clock_is_set_to() {
    let offset = measured(&moment("a", 100, 0));
    let server = |now: &Moment| now.effective().as_second() - 1_795_593_600;
    for set_by in [0, -HOUR_S, HOUR_S, -400 * DAY_S, 400 * DAY_S] {
        let now = offset.at(moment("a", 160, 60 + set_by));
        assert_eq!(server(&now), 63, "set by {set_by} s");
        assert_eq!(now.offset_ms, Some(3_000 - set_by * 1000));
        assert_eq!(now.offset_age_s, Some(60));
        // What passed is told by the same clock.
        let later = offset.at(moment("a", 190, 90));
        assert_eq!(server(&later), 93);
    }
}

#[test]
fn r15_across_a_start_of_the_machine_an_offset_has_no_age_and_proves_nothing() {
    let offset = measured(&moment("a", 100, 0));
    let now = offset.at(moment("b", 5, 60));
    assert_eq!((now.offset_ms, now.offset_age_s), (Some(3_000), None));
}

#[test]
fn r15_an_offset_of_an_older_version_is_read_and_follows_the_wall_clock() {
    let text = r#"{"offset_ms":3000,"boot":"a","mono_ms":100000}"#;
    let offset: Offset = serde_json::from_str(text).unwrap();
    let now = offset.at(moment("a", 160, 60 - HOUR_S));
    assert_eq!((now.offset_ms, now.offset_age_s), (Some(3_000), Some(60)));
}

#[test]
fn r15_clocks_more_than_two_minutes_apart_are_told_either_way_and_not_before() {
    let at = moment("a", 100, 0);
    for ahead_s in [121, -121, 3 * DAY_S] {
        let server = at.utc + SignedDuration::from_secs(ahead_s);
        let offset = Offset::measure(&at, server, &at).unwrap();
        assert_eq!(offset.apart_s(&moment("a", 160, 60)), Some(ahead_s));
    }
    for ahead_s in [120, 0, -120] {
        let server = at.utc + SignedDuration::from_secs(ahead_s);
        let offset = Offset::measure(&at, server, &at).unwrap();
        assert_eq!(offset.apart_s(&moment("a", 160, 60)), None, "{ahead_s}");
    }
    // Whoever sets the wall clock away from the server's is told at once.
    assert_eq!(measured(&at).apart_s(&moment("a", 160, 60 + HOUR_S)), Some(3 - HOUR_S));
}

#[test]
fn r15_an_answer_that_took_long_measures_nothing() {
    let (before, slow) = (moment("a", 100, 0), moment("a", 105, 5));
    assert_eq!(Offset::measure(&before, before.utc, &slow), None);
    let other = moment("b", 100, 0);
    assert_eq!(Offset::measure(&before, before.utc, &other), None);
    // The wall clock is set while the answer is on its way: the time of asking counts.
    let set = Moment { utc: before.utc + SignedDuration::from_hours(5), ..moment("a", 101, 0) };
    let offset = Offset::measure(&before, before.utc, &set).unwrap();
    let now = offset.at(moment("a", 102, 2 + 5 * HOUR_S));
    assert!((1..=2).contains(&(now.effective().as_second() - before.utc.as_second())));
}

#[test]
fn r05_a_clock_set_back_in_one_boot_brings_no_overdue_gauge_in_date_where_the_server_was_asked() {
    let mut shop = Shop::reaching("torque");
    shop.does("quell", calibrated("TW-07", "2026-11-20", "2026-11-24")).measure_offset();
    shop.later(2 * DAY_S);
    assert_eq!(shop.codes("novak", torque(1, "25")), ["G04"]);
    shop.set_clock(-2 * DAY_S);
    assert_eq!(shop.codes("novak", torque(1, "25")), ["G04"], "set back");
    // And one set forward brings none out of date.
    let mut shop = Shop::reaching("torque");
    shop.does("quell", calibrated("TW-07", "2026-11-20", "2026-11-24")).measure_offset();
    shop.set_clock(30 * DAY_S).does("novak", torque(1, "25"));
}

#[test]
fn r11_a_wait_is_as_long_as_it_is_though_the_clock_is_set_while_it_runs() {
    for set_by in [-2 * HOUR_S, 2 * HOUR_S] {
        let mut shop = Shop::reaching("cure");
        shop.measure_offset().does("novak", begin_wait("cure")).later(600);
        shop.set_clock(set_by).later(599);
        assert_eq!(shop.codes("novak", complete("cure")), ["W01"], "set by {set_by} s");
        shop.later(1).does("novak", complete("cure"));
    }
}

fn signs_in(who: &str) -> Command {
    let purpose = Purpose::Session;
    Command::Person(id(who), PersonCommand::SignIn { pin_right: true, purpose })
}

/// A plant whose instruction may be begun ten days without the server, which was just reached.
fn alone() -> Shop {
    let mut shop = Shop::open();
    let mut limited = assembly();
    (limited.revision, limited.rules.offline_seconds_max) = (id("D"), Some(10 * 86_400));
    shop.release_read(&limited);
    shop.contact();
    shop
}

#[track_caller]
fn is_told_what_to_do(reasons: &[Reason]) {
    assert!(
        reasons.iter().all(|reason| reason.next().to_string().contains("gemba sync")),
        "{reasons:?}"
    );
}

#[test]
fn r05_two_weeks_without_a_network() {
    let mut shop = alone();
    shop.does("quell", calibrated("TW-07", "2026-11-20", "2027-11-20"));
    // Day 0 to 10: everything goes on; units are begun and finished.
    shop.does("novak", signs_in("novak")).does("novak", TravelerCommand::Start).reaches("torque");
    shop.later(9 * DAY_S).does("novak", torque(1, "25")).does("novak", torque(2, "25"));
    shop.unit("0002").does("novak", TravelerCommand::Start).reaches("torque");
    shop.does("novak", torque(1, "25"));
    // After ten days the instruction says: begin nothing more. What is begun is finished.
    shop.later(2 * DAY_S);
    let refused = shop.unit("0003").refuses("novak", TravelerCommand::Start);
    assert_eq!(refused.iter().map(Reason::code).collect::<Vec<_>>(), ["K01"]);
    is_told_what_to_do(&refused);
    shop.unit("0001").does("novak", torque(3, "25")).does("novak", torque(4, "25"));
    shop.does("novak", complete("torque"));
    // A new attempt, of the next step, begins nothing new either.
    assert_eq!(shop.codes("novak", answer("look", 1, true))[0], "K01");
    // Day 14: people still sign in, to the second.
    let age_s = shop.context("novak", &signs_in("novak")).contact_age_s.unwrap();
    shop.later(14 * DAY_S - age_s).does("okafor", signs_in("okafor"));
    shop.later(1);
    let refused = shop.refuses("okafor", signs_in("okafor"));
    assert_eq!(refused.iter().map(Reason::code).collect::<Vec<_>>(), ["K02"]);
    is_told_what_to_do(&refused);
    // Whoever is signed in goes on with what was begun.
    for sample in 2..=4 {
        shop.unit("0002").does("novak", torque(sample, "25"));
    }
    shop.does("novak", complete("torque"));
    // Nobody makes it younger by setting the clock back or by starting the machine again.
    shop.set_clock(-13 * DAY_S);
    assert_eq!(shop.codes("okafor", signs_in("okafor")), ["K02"]);
    shop.reboot();
    assert_eq!(shop.codes("okafor", signs_in("okafor")), ["K02"]);
    shop.set_clock(0);
    // The network is back: everything goes on.
    shop.contact().does("okafor", signs_in("okafor"));
    assert_eq!(shop.context("novak", &signs_in("novak")).contact_age_s, Some(0));
    shop.unit("0003").does("novak", TravelerCommand::Start);
}
