//! Samples: which units are measured, what begins the count anew, and who counts (R16).

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Elapsed;
use gemba::domain::order::{OrderCommand, OrderOpened, Units};
use gemba::domain::place::{PlaceCommand, SiteRules};
use gemba::domain::quantity::Verdict;
use gemba::domain::sampling::{Anew, EVERY_MAX, Per, SampleDecided, Sampling, SamplingError, Why};
use gemba::domain::stream::StreamState;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::TravelerFact;
use gemba::domain::traveler::standing::StepStanding;

use crate::support::shop::Shop;
use crate::support::shop_plan::{check, disposes, id, reading, rework};
use crate::support::shop_sampling::{gap, gap_at, gap_done, sampled, sampling_order, set_up};

const TENTH: &str = "first, then 1 in 10 per place";

#[test]
fn r16_a_sampling_reads_as_it_is_written() {
    let plan = |first, every, per| Sampling { first, every, per };
    let good = [
        ("first", plan(true, None, Per::Setup)),
        ("first per order", plan(true, None, Per::Order)),
        ("1 in 10 per shift", plan(false, Some(10), Per::Shift)),
        ("first, then 1 in 10 per setup", plan(true, Some(10), Per::Setup)),
        ("first, then 1 in 2 per place", plan(true, Some(2), Per::Place)),
    ];
    for (text, expected) in good {
        assert_eq!(Sampling::parse(text), Ok(expected), "{text}");
        assert_eq!(expected.to_string(), text);
        let json = serde_json::to_string(&expected).unwrap();
        assert_eq!(serde_json::from_str::<Sampling>(&json).unwrap(), expected);
    }
    let spaced = Sampling::parse("  first,  then 1 in 10   per setup ");
    assert_eq!(spaced, Sampling::parse("first, then 1 in 10 per setup"));
    let over = format!("1 in {} per order", EVERY_MAX + 1);
    let bad = [
        ("", SamplingError::Form),
        ("last", SamplingError::Form),
        ("first then 1 in 10 per setup", SamplingError::Form),
        ("1 in ten per setup", SamplingError::Form),
        ("1 in +5 per setup", SamplingError::Form),
        ("2 in 10 per setup", SamplingError::Form),
        ("1 in 10", SamplingError::PerMissing),
        ("first, then 1 in 10", SamplingError::PerMissing),
        ("1 in 10 per week", SamplingError::PerUnknown),
        ("1 in 10 per", SamplingError::PerUnknown),
        ("1 in 1 per order", SamplingError::Every),
        ("1 in 0 per order", SamplingError::Every),
        (&over, SamplingError::Every),
    ];
    for (text, error) in bad {
        assert_eq!(Sampling::parse(text), Err(error), "{text}");
    }
}

#[test]
fn r16_the_first_unit_and_then_every_tenth_is_measured() {
    let mut shop = Shop::sampling(TENTH);
    assert_eq!(shop.measured(1..=22), [1, 11, 21]);
}

#[test]
fn r16_without_first_a_count_that_merely_begins_measures_the_tenth() {
    let mut shop = Shop::sampling("1 in 10 per place");
    assert_eq!(shop.measured(1..=21), [10, 20]);
}

#[test]
fn r16_first_alone_measures_one_unit_of_each_count() {
    let mut shop = Shop::sampling("first");
    shop.notes(set_up());
    assert_eq!(shop.measured(1..=5), [1]);
    shop.notes(set_up());
    let decided = shop.passes("WO-S", 6);
    assert_eq!((decided.why, decided.left), (Why::First(Anew::Setup), None));
    assert_eq!(shop.passes("WO-S", 7).words(), "not sampled, next after a setup");
}

#[test]
fn r16_the_decision_is_in_the_fact_with_the_count_and_why() {
    let mut shop = Shop::sampling("first, then 1 in 10 per setup");
    shop.notes(set_up());
    let first = shop.passes("WO-S", 1);
    assert_eq!(first.words(), "sampled: first after setup");
    assert_eq!((first.rank, first.left, first.counter.as_str()), (1, Some(10), "CP-40/c-gap"));
    for unit in 2..=6 {
        shop.passes("WO-S", unit);
    }
    let seventh = shop.passes("WO-S", 7);
    assert_eq!(seventh.words(), "not sampled, next in 4");
    assert_eq!((seventh.rank, seventh.sampled, seventh.why), (7, false, Why::Between));
    for unit in 8..=10 {
        shop.passes("WO-S", unit);
    }
    assert_eq!(shop.passes("WO-S", 11).words(), "sampled: 1 in 10 per setup");
    let facts = shop.here().all_facts();
    let begun = facts.filter(|(fact, _)| {
        matches!(&fact.body, FactBody::Traveler(TravelerFact::StepStarted(started))
            if started.samples.len() == 1)
    });
    assert_eq!(begun.count(), 11);
}

#[test]
fn r16_a_unit_that_is_not_sampled_completes_without_the_reading() {
    let mut shop = Shop::sampling(TENTH);
    shop.passes("WO-S", 1);
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", gap_done());
    assert_eq!(shop.state().step_standing(10, &id("gap")), StepStanding::Done);
    assert!(shop.state().attempts[0].entries.is_empty());
}

#[test]
fn r16_a_sampled_unit_does_not_complete_without_the_reading() {
    let mut shop = Shop::sampling(TENTH);
    shop.unit("0001").does("novak", TravelerCommand::Start);
    let reasons = shop.refuses("novak", gap_done());
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].code(), "T12");
    assert!(reasons[0].what().to_string().contains("Joint gap"));
    assert!(shop.state().attempts.is_empty(), "nothing is counted by a refusal");
    shop.does("novak", gap("0.02")).does("novak", gap_done());
}

#[test]
fn r16_a_reading_that_is_not_asked_for_may_be_taken_anyway() {
    let mut shop = Shop::sampling(TENTH);
    shop.passes("WO-S", 1);
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", gap("0.03"));
    let state = shop.state();
    assert!(!state.attempts[0].samples[0].sampled, "it does not move the count");
    let (_, reading) = state.attempts[0].readings().next().unwrap();
    assert_eq!(reading.verdict(), Some(Verdict::Pass));
    shop.does("novak", gap_done());
    assert_eq!(shop.measured(3..=11), [11]);
}

#[test]
fn r16_a_reading_taken_anyway_that_fails_holds_the_unit_like_any_other() {
    let mut shop = Shop::sampling(TENTH);
    shop.passes("WO-S", 1);
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    assert_eq!(shop.state().open_holds().count(), 1);
    assert_eq!(shop.codes("novak", gap_done()), ["H03"]);
}

#[test]
fn r16_a_setup_a_tool_and_material_begin_the_count_anew() {
    let causes = [
        (set_up(), Anew::Setup, "sampled: first after setup"),
        (
            PlaceCommand::ChangeTool { tool: "T-9".to_owned() },
            Anew::Tool,
            "sampled: first after tool change",
        ),
        (
            PlaceCommand::ChangeMaterial { lot: "L-9".to_owned() },
            Anew::Material,
            "sampled: first after other material",
        ),
    ];
    for plan in [TENTH, "1 in 10 per place", "1 in 10 per order"] {
        for (cause, anew, words) in causes.clone() {
            let mut shop = Shop::sampling(plan);
            shop.measured(1..=3);
            shop.notes(cause);
            let decided = shop.passes("WO-S", 4);
            assert_eq!((decided.sampled, decided.why), (true, Why::First(anew)), "{plan}");
            assert_eq!((decided.rank, &*decided.words().to_string()), (1, words));
            assert_eq!(shop.measured(5..=14), [14], "and every tenth from there: {plan}");
        }
    }
}

#[test]
fn r16_other_work_at_the_place_ends_the_setup_and_the_count() {
    let mut shop = Shop::sampling("first, then 1 in 10 per setup");
    shop.notes(set_up());
    shop.measured(1..=2);
    shop.traveler.order = id("WO-1");
    shop.unit("0001").does("novak", TravelerCommand::Start).step_done("scan");
    let decided = shop.passes("WO-S", 3);
    assert_eq!(decided.words(), "sampled: first after other work");
    assert!(!shop.passes("WO-S", 4).sampled);
}

#[test]
fn r16_a_stop_longer_than_the_site_allows_begins_the_count_anew() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=2);
    shop.later(240 * 60);
    assert!(!shop.passes("WO-S", 3).sampled, "four hours where the site says nothing");
    shop.later(240 * 60 + 1);
    assert_eq!(shop.passes("WO-S", 4).words(), "sampled: first after a stop");
    shop.site(|policy| policy.rules.long_stop_minutes = Some(30));
    shop.later(30 * 60);
    assert!(!shop.passes("WO-S", 5).sampled);
    shop.later(30 * 60 + 1);
    assert_eq!(shop.passes("WO-S", 6).why, Why::First(Anew::Stop));
}

#[test]
fn r16_a_stop_counts_from_the_last_that_was_done_and_not_from_the_beginning() {
    let mut shop = Shop::sampling(TENTH);
    shop.passes("WO-S", 1);
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", gap("0.02"));
    shop.later(200 * 60).does("novak", gap_done()).later(200 * 60);
    assert!(!shop.passes("WO-S", 3).sampled);
}

#[test]
fn r16_a_restart_of_the_machine_that_cannot_be_timed_counts_as_a_stop() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=2);
    let before = shop.here().moment(shop.now_s);
    shop.later(60);
    let now_s = shop.now_s;
    let clock = &mut shop.station().clock;
    (clock.boot, clock.booted_at_s) = (1, now_s);
    let elapsed = Elapsed::between(&before, &shop.here().moment(shop.now_s));
    assert_eq!(elapsed.at_most_ms, None);
    assert_eq!(shop.passes("WO-S", 3).why, Why::First(Anew::Stop));
}

#[test]
fn r16_per_order_each_order_is_counted_from_its_first() {
    let mut shop = Shop::sampling("first, then 1 in 10 per order");
    assert_eq!(shop.measured(1..=3), [1]);
    let other = shop.passes("WO-T", 1);
    assert_eq!(other.words(), "sampled: first of the order");
    assert!(!shop.passes("WO-T", 2).sampled);
    // Back at the first order its count goes on, and orders that alternate hide nothing.
    assert!(!shop.passes("WO-S", 4).sampled);
    let mut shop = Shop::sampling("1 in 2 per order");
    let alternating = (1..=4).flat_map(|unit| [("WO-S", unit), ("WO-T", unit)]);
    let sampled: Vec<_> =
        alternating.filter(|(order, unit)| shop.passes(order, *unit).sampled).collect();
    assert_eq!(sampled, [("WO-S", 2), ("WO-T", 2), ("WO-S", 4), ("WO-T", 4)]);
    let mut shop = Shop::sampling("first per order");
    shop.passes("WO-S", 1);
    assert_eq!(shop.passes("WO-S", 2).words(), "not sampled, next in another order");
}

#[test]
fn r16_per_place_another_order_changes_nothing() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=9);
    assert!(!shop.passes("WO-T", 1).sampled);
    assert!(shop.passes("WO-T", 2).sampled, "the tenth after the first, whatever the order");
}

fn in_shifts(plan: &str) -> Shop {
    let mut shop = Shop::sampling(plan);
    let starts = ["06:00", "14:00", "22:00"].map(|start| start.parse().unwrap());
    shop.site(|policy| {
        policy.rules.shift_starts = starts.to_vec();
        policy.rules.long_stop_minutes = Some(10_000);
    });
    shop
}

#[test]
fn r16_per_shift_each_shift_of_the_site_is_counted_from_its_first() {
    // It is eight in the morning in Berlin.
    let mut shop = in_shifts("first, then 1 in 10 per shift");
    let first = shop.passes("WO-S", 1);
    assert_eq!(first.words(), "sampled: first of the shift");
    assert_eq!(first.since.scope.as_deref(), Some("2026-11-23T06:00:00"));
    assert!(!shop.passes("WO-S", 2).sampled);
    shop.later(6 * 3600 - 1);
    assert!(!shop.passes("WO-S", 3).sampled, "a second before two in the afternoon");
    shop.later(1);
    assert_eq!(shop.passes("WO-S", 4).since.scope.as_deref(), Some("2026-11-23T14:00:00"));
    shop.later(8 * 3600);
    assert!(shop.passes("WO-S", 5).sampled, "the night shift");
    shop.later(4 * 3600);
    let night = shop.passes("WO-S", 6);
    assert!(!night.sampled, "after midnight it is still the night shift");
    assert_eq!(night.since.scope.as_deref(), Some("2026-11-23T22:00:00"));
}

#[test]
fn r16_where_the_site_says_no_shifts_every_unit_is_measured() {
    let mut shop = Shop::sampling("first, then 1 in 10 per shift");
    assert_eq!(shop.measured(1..=4), [1, 2, 3, 4]);
    let decided = shop.passes("WO-S", 5);
    assert_eq!(decided.words(), "sampled: the shifts of the site are not known");
}

#[test]
fn r16_two_places_count_for_themselves() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=3);
    shop.place("ASM-2");
    assert_eq!(shop.passes("WO-S", 4).words(), "sampled: first counted here");
    shop.place("ASM-1");
    assert!(!shop.passes("WO-S", 5).sampled);
    // A setup at one place is none at the other.
    shop.place("ASM-2").notes(set_up()).place("ASM-1");
    assert!(!shop.passes("WO-S", 6).sampled);
    shop.place("ASM-2");
    assert!(shop.passes("WO-S", 7).sampled);
}

#[test]
fn r16_stations_out_of_contact_count_separately_and_rather_too_often() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=3);
    shop.at("ASM2").place("ASM-1");
    assert!(shop.passes("WO-S", 4).sampled, "the other station knows nothing of three units");
    assert!(!shop.passes("WO-S", 5).sampled);
    shop.share();
    // With all facts here, each still goes on with its own count.
    let counted = |shop: &Shop| shop.counters()["CP-40/c-gap"].last.decided.rank;
    assert_eq!(counted(&shop), 2);
    assert_eq!(counted(shop.at("ASM1")), 3);
    assert_eq!(shop.measured(6..=13), [13], "ten after its own first");
}

#[test]
fn r16_a_step_that_is_done_again_is_measured_and_not_counted() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=2);
    shop.unit("0003").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let first = shop.state().attempts[0].entries[0].at.clone();
    let again = TravelerCommand::Retype { reading: first, value: reading("0.07", "mm") };
    shop.does("novak", again).does("brandt", disposes("NCR-ASM1-0001", rework("gap")));
    assert_eq!(shop.codes("novak", gap_done()), ["T12"], "though it was not sampled at first");
    shop.does("novak", gap("0.02")).does("novak", gap_done());
    let state = shop.state();
    let decided = &state.attempts[1].samples[0];
    assert_eq!(decided.words(), "sampled: the step is done again");
    assert!(!decided.is_counted());
    // The last check of the count is the one that failed: the next unit is measured.
    assert_eq!(shop.measured(4..=14), [4, 14]);
}

#[test]
fn r16_another_plan_begins_the_count_anew() {
    let mut shop = Shop::sampling(TENTH);
    shop.measured(1..=2);
    shop.release_read(&sampled("first, then 1 in 5 per place", "B"));
    let decided = shop.passes("WO-S", 3);
    assert_eq!(decided.words(), "sampled: first by another plan");
    assert_eq!(shop.measured(4..=8), [8]);
}

#[test]
fn r16_the_next_unit_is_measured_when_the_one_that_was_to_be_left_without_it() {
    let mut shop = Shop::sampling("first");
    let mut two = sampled(TENTH, "B");
    two.steps[0].asks.insert(0, check("Clean?"));
    shop.release_read(&two);
    let clean = || {
        let entry = Entry::Answer(true);
        TravelerCommand::Record { at: gap_at(), ask: 1, sample: 1, entry }
    };
    shop.unit("0001").does("novak", TravelerCommand::Start).does("novak", clean());
    assert!(shop.state().attempts[0].samples[0].sampled);
    let skip = TravelerCommand::SkipStep { at: gap_at(), reason: "dropped".to_owned() };
    shop.unit("0001").does("brandt", skip);
    shop.unit("0002").does("novak", TravelerCommand::Start).does("novak", clean());
    let decided = shop.state().attempts[0].samples[0].clone();
    assert_eq!(decided.words(), "sampled: the unit before it was not measured");
    assert_eq!((decided.rank, decided.left), (2, Some(10)));
}

#[test]
fn r16_the_same_facts_give_the_same_counters() {
    let mut shop = Shop::sampling("first, then 1 in 3 per order");
    shop.measured(1..=7);
    shop.at("ASM2").place("ASM-2");
    shop.measured(8..=12);
    shop.share();
    let at = |shop: &mut Shop, station: &'static str| {
        let mut units: Vec<(Position, String, &str)> = Vec::new();
        shop.at(station);
        for unit in 1..=12 {
            shop.unit(&format!("{unit:04}"));
            let subject = gemba::domain::stream::Subject::Traveler(shop.traveler.clone());
            let StreamState::Traveler(state) = shop.stream(&subject).state else { panic!() };
            units.extend(state.counted_units().into_iter().map(|unit| {
                let body = serde_json::to_string(&unit.counted).unwrap();
                (unit.at.clone(), body, unit.check.word())
            }));
        }
        units
    };
    assert_eq!(at(&mut shop, "ASM1"), at(&mut shop, "ASM2"));
    assert_eq!(at(&mut shop, "ASM1").len(), 12);
}

#[test]
fn r16_the_rules_of_a_site_read_as_they_were_before_it_had_shifts() {
    let old: SiteRules = serde_json::from_str("{}").unwrap();
    assert!(old.is_default());
    assert_eq!((old.long_stop_minutes(), old.shift_starts.len()), (240, 0));
    let set = SiteRules {
        shift_starts: vec!["06:00".parse().unwrap()],
        long_stop_minutes: Some(60),
        ..SiteRules::default()
    };
    let text = serde_json::to_string(&set).unwrap();
    assert_eq!(text, r#"{"shift-starts":["06:00:00"],"long-stop-minutes":60}"#);
    assert_eq!(serde_json::from_str::<SiteRules>(&text).unwrap(), set);
}

/// A lot of so many pieces passes the step; tells what was decided.
fn lot_passes(shop: &mut Shop, order: &str, quantity: u32) -> SampleDecided {
    let units = Units::Lot { lot: id("L-1"), quantity };
    let opened = OrderOpened { units, ..sampling_order() };
    shop.does("plan", Command::Order(id(order), OrderCommand::Open(opened)));
    shop.traveler.order = id(order);
    shop.unit("L-1").does("novak", TravelerCommand::Start);
    let shown = shop.samples(&shop.traveler.clone()).values().next().unwrap()[0].clone();
    if shown.sampled {
        shop.does("novak", gap("0.02"));
    }
    shop.does("novak", gap_done());
    let decided = shop.state().attempts[0].samples[0].clone();
    assert_eq!(decided, shown, "what is shown before is what is decided");
    decided
}

#[test]
fn r16_a_lot_takes_as_many_places_in_a_count_as_it_has_pieces() {
    let mut shop = Shop::sampling("1 in 10 per place");
    let (mut pieces, mut unchecked) = (0, 0);
    for (n, (quantity, sampled, left)) in [
        (4, false, 6),
        (4, false, 2),
        (4, true, 8),
        (30, true, 8),
        (6, false, 2),
        (1, false, 1),
        (1, true, 10),
        (10, true, 10),
        (9, false, 1),
    ]
    .into_iter()
    .enumerate()
    {
        let decided = lot_passes(&mut shop, &format!("WO-L{n}"), quantity);
        pieces += quantity;
        assert_eq!((decided.rank, decided.pieces), (pieces, quantity), "lot {n}");
        assert_eq!((decided.sampled, decided.left), (sampled, Some(left)), "lot {n}");
        unchecked = if sampled { 0 } else { unchecked + quantity };
        assert!(unchecked < 10, "no ten pieces go by without a check");
    }
    let single = shop.passes("WO-S", 1);
    assert_eq!((single.sampled, single.rank, single.pieces), (true, pieces + 1, 1));
}

#[test]
fn r16_the_first_lot_is_measured_and_counts_its_pieces_from_the_first_one() {
    let mut shop = Shop::sampling(TENTH);
    let first = lot_passes(&mut shop, "WO-L1", 8);
    assert_eq!((first.sampled, first.left), (true, Some(3)), "the eleventh piece is next");
    let second = lot_passes(&mut shop, "WO-L2", 2);
    assert_eq!(second.words(), "not sampled, the next unit is");
    assert_eq!(lot_passes(&mut shop, "WO-L3", 5).words(), "sampled: 1 in 10 per place");
}

#[test]
fn r16_a_decision_that_was_written_before_lots_were_counted_by_pieces_still_reads() {
    let mut shop = Shop::sampling(TENTH);
    let decided = shop.passes("WO-S", 1);
    let text = serde_json::to_string(&decided).unwrap();
    assert!(!text.contains("pieces"), "{text}");
    assert_eq!(serde_json::from_str::<SampleDecided>(&text).unwrap(), decided);
}
