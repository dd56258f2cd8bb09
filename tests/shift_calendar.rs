//! The shift calendar: which shift a moment belongs to, over nights, clock changes and holidays.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use gemba::domain::context::time_zone;
use gemba::domain::decide::Command;
use gemba::domain::shift::{Days, Rotation, ShiftCalendar, ShiftException, ShiftPattern};
use gemba::domain::shift_time::Shift;
use gemba::domain::site_change::{SiteChange, SiteCommand};

use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::id;

fn pattern(name: &str, times: (&str, &str), days: &str) -> ShiftPattern {
    let days = Days::parse(days).unwrap();
    let (starts, ends) = (times.0.parse().unwrap(), Some(times.1.parse().unwrap()));
    ShiftPattern { name: name.to_owned(), starts, ends, days, weeks: None }
}

fn three() -> ShiftCalendar {
    let patterns = vec![
        pattern("early", ("06:00", "14:00"), "mon-fri"),
        pattern("late", ("14:00", "22:00"), "mon-fri"),
        pattern("night", ("22:00", "06:00"), "sun-thu"),
    ];
    ShiftCalendar { patterns, exceptions: Vec::new() }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn berlin() -> TimeZone {
    time_zone("Europe/Berlin").unwrap()
}

fn hours(shift: &Shift) -> i64 {
    shift.to.duration_since(shift.from).as_hours()
}

fn named(calendar: &ShiftCalendar, moment: &str, zone: &TimeZone) -> Option<String> {
    calendar.at(at(moment), zone).map(|shift| shift.words().to_string())
}

fn except(date: &str, shift: Option<&str>, times: Option<(&str, &str)>) -> ShiftException {
    let times = times.map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()));
    let shift = shift.map(str::to_owned);
    ShiftException { date: day(date), shift, times, note: String::new() }
}

#[test]
fn a_shift_belongs_to_the_day_on_which_it_began() {
    let (calendar, zone) = (three(), berlin());
    let words = |moment| named(&calendar, moment, &zone);
    // Winter: Berlin is an hour ahead.
    assert_eq!(words("2026-11-26T04:59:59Z").unwrap(), "night of 2026-11-25");
    assert_eq!(words("2026-11-26T05:00:00Z").unwrap(), "early of 2026-11-26");
    assert_eq!(words("2026-11-26T20:59:59Z").unwrap(), "late of 2026-11-26");
    assert_eq!(words("2026-11-26T23:30:00Z").unwrap(), "night of 2026-11-26");
    assert_eq!(words("2026-11-27T21:30:00Z"), None, "nobody works on Friday night");
    let night = calendar.named(day("2026-11-26"), "night", &zone).unwrap();
    assert_eq!((night.number, night.began.to_string().as_str()), (3, "2026-11-26T22:00:00"));
    assert_eq!(calendar.named(day("2026-11-26"), "3", &zone), Some(night), "by number as well");
    assert_eq!(calendar.named(day("2026-11-28"), "early", &zone), None, "not on Saturday");
    let last = calendar.before(at("2026-11-30T02:00:00Z"), &zone).unwrap();
    assert_eq!(last.words(), "late of 2026-11-27", "Sunday's night goes on still");
}

#[test]
fn the_night_in_which_clocks_change_is_an_hour_shorter_or_longer() {
    let calendar = ShiftCalendar {
        patterns: vec![
            pattern("day", ("06:00", "22:00"), "daily"),
            pattern("night", ("22:00", "06:00"), "daily"),
        ],
        exceptions: Vec::new(),
    };
    // In the north clocks go forward in March and back in October, in the south the other way.
    for (zone, spring, autumn) in [
        ("Europe/Berlin", "2026-03-28", "2026-10-24"),
        ("Australia/Sydney", "2026-10-03", "2026-04-04"),
        ("America/Santiago", "2026-09-05", "2026-04-04"),
    ] {
        let zone = time_zone(zone).unwrap();
        let night = |date| calendar.named(day(date), "night", &zone).unwrap();
        assert_eq!(hours(&night(spring)), 7, "{zone:?}");
        assert_eq!(hours(&night(autumn)), 9, "{zone:?}");
        assert_eq!(hours(&night("2026-06-15")), 8);
        for date in [spring, autumn] {
            let night = night(date);
            // Each second of the night is of that night, those that the clock shows twice as well.
            for second in (0..hours(&night) * 3600).step_by(599) {
                let moment = night.from + jiff::SignedDuration::from_secs(second);
                assert_eq!(calendar.at(moment, &zone).as_ref(), Some(&night));
            }
            let next = calendar.at(night.to, &zone).unwrap();
            assert_eq!((next.name.as_str(), next.from), ("day", night.to), "no gap, no overlap");
        }
    }
}

#[test]
fn a_shift_that_begins_in_the_hour_that_is_left_out_begins_after_it() {
    let calendar = ShiftCalendar {
        patterns: vec![
            pattern("one", ("02:30", "10:30"), "daily"),
            pattern("two", ("10:30", "02:30"), "daily"),
        ],
        exceptions: Vec::new(),
    };
    let zone = berlin();
    let left_out = calendar.named(day("2026-03-29"), "one", &zone).unwrap();
    assert_eq!(left_out.from, at("2026-03-29T01:30:00Z"), "at half past three by the clock");
    let twice = calendar.named(day("2026-10-25"), "one", &zone).unwrap();
    assert_eq!(twice.from, at("2026-10-25T00:30:00Z"), "the first time that it is half past two");
    assert_eq!(hours(&twice), 9);
    let before = calendar.at(at("2026-03-29T01:29:59Z"), &zone).unwrap();
    assert_eq!(before.words(), "two of 2026-03-28");
}

#[test]
fn holidays_extra_shifts_and_other_times_are_exceptions() {
    let mut calendar = three();
    calendar.exceptions = vec![
        except("2026-12-25", None, None),
        except("2026-12-24", Some("early"), Some(("08:00", "12:00"))),
        except("2026-12-24", Some("late"), None),
        except("2026-11-28", Some("extra"), Some(("07:00", "11:00"))),
    ];
    let zone = berlin();
    assert_eq!(calendar.of_date(day("2026-12-25"), &zone), []);
    let eve = calendar.of_date(day("2026-12-24"), &zone);
    let names: Vec<&str> = eve.iter().map(|shift| shift.name.as_str()).collect();
    assert_eq!(names, ["early", "night"]);
    assert_eq!(hours(&eve[0]), 4);
    assert_eq!(named(&calendar, "2026-11-28T08:00:00Z", &zone).unwrap(), "extra of 2026-11-28");
    assert_eq!(calendar.names(), ["early", "late", "night", "extra"]);
}

#[test]
fn where_shifts_overlap_to_hand_over_the_one_that_began_last_counts() {
    let patterns = vec![
        pattern("early", ("06:00", "14:15"), "daily"),
        pattern("late", ("14:00", "22:15"), "daily"),
    ];
    let (calendar, zone) = (ShiftCalendar { patterns, exceptions: Vec::new() }, berlin());
    assert_eq!(named(&calendar, "2026-11-26T13:05:00Z", &zone).unwrap(), "late of 2026-11-26");
    assert_eq!(named(&calendar, "2026-11-26T12:59:59Z", &zone).unwrap(), "early of 2026-11-26");
    // A short one amid a long one, which goes on after it.
    let patterns = vec![
        pattern("long", ("06:00", "18:00"), "daily"),
        pattern("short", ("08:00", "10:00"), "daily"),
    ];
    let calendar = ShiftCalendar { patterns, exceptions: Vec::new() };
    assert_eq!(named(&calendar, "2026-11-26T08:00:00Z", &zone).unwrap(), "short of 2026-11-26");
    assert_eq!(named(&calendar, "2026-11-26T11:00:00Z", &zone).unwrap(), "long of 2026-11-26");
}

#[test]
fn a_shift_of_every_second_week_comes_in_those_weeks() {
    let mut saturday = pattern("saturday", ("06:00", "12:00"), "sat");
    saturday.weeks = Some(Rotation { from: day("2026-11-25"), every: 2 });
    let calendar = ShiftCalendar { patterns: vec![saturday], exceptions: Vec::new() };
    let worked = |date| !calendar.of_date(day(date), &berlin()).is_empty();
    assert!(worked("2026-11-28") && worked("2026-12-12") && worked("2026-11-14"));
    assert!(!worked("2026-12-05") && !worked("2026-11-21"));
    // Over the end of a year with 53 weeks.
    assert!(worked("2026-12-26") && !worked("2027-01-02") && worked("2027-01-09"));
}

#[test]
fn beginnings_alone_make_shifts_that_go_on_until_the_next_one() {
    let starts = ["22:00", "06:00", "14:00"].map(|start| start.parse().unwrap());
    let calendar = ShiftCalendar::of_starts(&starts).unwrap();
    let zone = berlin();
    assert_eq!(named(&calendar, "2026-11-26T01:00:00Z", &zone).unwrap(), "22:00 of 2026-11-25");
    let night = calendar.named(day("2026-10-24"), "22:00", &zone).unwrap();
    assert_eq!(hours(&night), 9, "clocks went back");
    assert_eq!(ShiftCalendar::of_starts(&[]), None);
}

#[test]
fn days_are_read_as_people_write_them() {
    for (text, days) in [
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("Sun-Thu", "mon,tue,wed,thu,sun"),
        ("sat, sun", "sat,sun"),
        ("monday", "mon"),
        ("daily", "daily"),
        ("mon-sun", "daily"),
    ] {
        assert_eq!(Days::parse(text).unwrap().to_string(), days, "{text}");
    }
    for text in ["", "m", "mon-", "funday", "8", "mon--fri"] {
        assert_eq!(Days::parse(text), None, "{text}");
    }
}

fn sets(calendar: ShiftCalendar) -> Command {
    Command::Site(id(SITE), SiteCommand::SetShifts(Box::new(calendar)))
}

#[test]
fn what_a_calendar_cannot_say_is_refused_with_every_reason() {
    let mut shop = Shop::reaching("scan");
    let mut odd = three();
    odd.patterns[1].ends = Some(odd.patterns[1].starts);
    odd.patterns[2].weeks = Some(Rotation { from: day("2026-01-01"), every: 1 });
    odd.patterns.push(pattern("early", ("10:00", "12:00"), "fri,sat"));
    odd.exceptions = vec![
        except("2026-12-25", None, None),
        except("2026-12-25", None, Some(("06:00", "08:00"))),
        except("2026-12-24", Some("evening"), None),
    ];
    let found = shop.codes("admin", sets(odd));
    assert_eq!(found, ["F03", "F04", "F05", "F06", "F07", "F08"]);
    assert_eq!(shop.codes("admin", sets(ShiftCalendar::default())), ["F01"]);
    let mut long = three();
    long.patterns = vec![long.patterns[0].clone(); 401];
    assert_eq!(shop.codes("admin", sets(long)), ["F02", "F05"]);
    let mut nameless = three();
    nameless.patterns[0].name = String::new();
    assert_eq!(shop.codes("admin", sets(nameless)), ["R08"]);
    assert_eq!(shop.codes("novak", sets(three())), ["P04"]);
    shop.does("plan", sets(three()));
}

#[test]
fn beside_a_released_calendar_beginnings_alone_are_refused() {
    let mut shop = Shop::reaching("scan");
    let starts = |starts: &str| {
        let shift_starts = Some(vec![starts.parse().unwrap()]);
        let change = SiteChange { shift_starts, ..SiteChange::default() };
        Command::Site(id(SITE), SiteCommand::Change(Box::new(change)))
    };
    shop.does("admin", starts("06:00")).does("admin", sets(three()));
    assert_eq!(shop.codes("admin", starts("07:00")), ["F09"]);
}

#[test]
fn r16_per_shift_samples_are_counted_by_the_calendar() {
    let mut shop = Shop::sampling("first, then 1 in 10 per shift");
    shop.site(|policy| policy.rules.long_stop_minutes = Some(100_000));
    // It is eight in the morning of a Monday in Berlin.
    shop.does("admin", sets(three()));
    let first = shop.passes("WO-S", 1);
    assert_eq!(first.words(), "sampled: first of the shift");
    assert_eq!(first.since.scope.as_deref(), Some("2026-11-23T06:00:00"));
    assert!(!shop.passes("WO-S", 2).sampled);
    shop.later(14 * 3600);
    let night = shop.passes("WO-S", 3);
    assert_eq!(night.since.scope.as_deref(), Some("2026-11-23T22:00:00"));
    shop.later(4 * 3600);
    assert!(!shop.passes("WO-S", 4).sampled, "after midnight it is still the night shift");
    // Saturday at ten: work outside of every shift is measured each time.
    shop.later((24 * 4 + 8) * 3600);
    for unit in 5..=6 {
        assert_eq!(shop.passes("WO-S", unit).words(), "sampled: no shift is on now");
    }
}
