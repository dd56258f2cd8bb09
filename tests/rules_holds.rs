//! R3, R4, R8, R9: what fails holds the unit, what was typed stays, what was decided goes on.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition, Share};
use gemba::domain::deviation_state::DeviationState;
use gemba::domain::fact::Position;
use gemba::domain::quantity::Verdict;
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::traveler::standing::StepStanding;
use gemba::domain::traveler::state::TravelerState;

use crate::support::shop::Shop;
use crate::support::shop_plan::{
    answer, at, complete, disposes, id, measured, raises, reading, rework, skip, torque,
};

pub(crate) fn failing() -> Shop {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "27.3"));
    shop
}

/// A failing torque, typed again: NCR-ASM1-0001 stands.
fn confirmed() -> Shop {
    let mut shop = failing();
    let again = shop.retype(1, "27.3");
    shop.does("novak", again);
    shop
}

fn deviation(shop: &Shop, number: &str) -> DeviationState {
    let state = shop.stream(&Subject::Deviation(id(number))).state;
    let StreamState::Deviation(state) = state else { panic!("{state:?}") };
    state
}

fn standing(shop: &Shop, step: &str) -> StepStanding {
    shop.state().step_standing(20, &id(step))
}

#[test]
fn r04_a_failing_reading_holds_and_asks_to_be_typed_again() {
    let mut shop = failing();
    let state = shop.state();
    let (_, reading_at, reading) = state.to_retype().unwrap();
    assert_eq!(*reading_at, shop.torque_at(1));
    assert_eq!((reading.verdict(), reading.confirmed), (Some(Verdict::Fail), false));
    for what in [torque(2, "24.8"), complete("torque"), raises("torque")] {
        assert_eq!(shop.codes("novak", what)[0], "H03");
    }
    assert_eq!(shop.codes("brandt", skip("torque")), ["H03", "T46"]);
    assert!(state.deviations().is_empty());
}

#[test]
fn r04_the_same_value_typed_again_opens_the_deviation_with_what_is_known() {
    let mut shop = failing();
    let again = shop.retype(1, "27.30");
    shop.does("novak", again);
    let raised = deviation(&shop, "NCR-ASM1-0001").raised.unwrap();
    let unit = raised.body.unit.unwrap();
    assert_eq!(unit.traveler, shop.traveler);
    assert_eq!(unit.at, Some(at("torque")));
    assert!(unit.readings.iter().eq([shop.torque_at(1)]));
    assert_eq!(raised.body.required, "torque: as drawn");
    assert_eq!(raised.body.found, "27.30 N·m");
    assert_eq!(unit.suggested, Some(rework("torque")));
    assert_eq!(raised.by, Some(id("novak")));
    let refused = shop.refuses("novak", torque(2, "24.8"));
    let [Reason::OnHold { deviation, .. }] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!(*deviation, Some(id("NCR-ASM1-0001")));
    assert_eq!(
        refused[0].next(),
        "a supervisor disposes NCR-ASM1-0001 (use as is: quality and engineer)"
    );
    let again = shop.retype(1, "27.3");
    assert_eq!(shop.codes("novak", again), ["H04"]);
}

#[test]
fn r03_another_value_typed_again_corrects_is_counted_and_lifts_the_hold() {
    let mut shop = failing();
    let typo = shop.retype(1, "25.3");
    shop.does("novak", typo);
    let state = shop.state();
    let (_, found) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!(found.taken.value, reading("27.3", "N·m"), "the first value stays");
    assert_eq!(*found.value(), reading("25.3", "N·m"));
    assert_eq!((found.corrections.len(), found.verdict()), (1, Some(Verdict::Pass)));
    assert_eq!(state.open_holds().count(), 0);
    assert!(state.first_pass());
    shop.does("novak", torque(2, "24.8"));
}

#[test]
fn r04_a_value_that_fails_again_opens_the_deviation_with_the_corrected_value() {
    let mut shop = failing();
    let still = shop.retype(1, "28.0");
    shop.does("novak", still);
    let raised = deviation(&shop, "NCR-ASM1-0001").raised.unwrap();
    assert_eq!(raised.body.found, "28.0 N·m");
    let state = shop.state();
    let (_, found) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!((found.corrections.len(), found.confirmed), (1, true));
    assert!(!state.first_pass());
}

#[test]
fn r04_a_reading_corrected_to_a_failing_value_is_confirmed_with_that_value() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let wrong = shop.correct(1, "27.3");
    shop.does("novak", wrong);
    let again = shop.retype(1, "27.3");
    shop.does("novak", again);
    let raised = deviation(&shop, "NCR-ASM1-0001").raised.unwrap();
    assert_eq!(raised.body.found, "27.3 N·m");
}

#[test]
fn r03_only_the_author_corrects_but_others_may_confirm() {
    let mut shop = failing();
    let other = shop.retype(1, "25.3");
    assert_eq!(shop.codes("okafor", other), ["R02"]);
    let other = shop.retype(1, "27.3");
    assert_eq!(shop.codes("plan", other), ["P04"]);
    let other = shop.retype(1, "27.3");
    shop.does("brandt", other);
    assert!(deviation(&shop, "NCR-ASM1-0001").raised.is_some());
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let other = shop.correct(1, "26");
    assert_eq!(shop.codes("okafor", other), ["R02"]);
    assert!(
        shop.refuses("okafor", shop.correct(1, "26"))[0]
            .next()
            .to_string()
            .starts_with("its author")
    );
}

#[test]
fn r03_a_correction_has_a_reason_another_value_and_an_open_step() {
    let mut shop = Shop::reaching("torque");
    for sample in 1..=4 {
        shop.does("novak", torque(sample, "25"));
    }
    let same = shop.correct(1, "25.00");
    assert_eq!(shop.codes("novak", same), ["R04"]);
    let no_reason = TravelerCommand::Correct {
        reading: shop.torque_at(1),
        value: ReadingValue::Conforms(true),
        reason: " ".to_owned(),
    };
    assert_eq!(shop.codes("novak", no_reason), ["R08", "T08"]);
    let in_inches = TravelerCommand::Correct {
        reading: shop.torque_at(1),
        value: reading("1", "in"),
        reason: "x".repeat(2_001),
    };
    assert_eq!(shop.codes("novak", in_inches), ["R09", "R06"]);
    shop.does("novak", complete("torque"));
    let late = shop.correct(1, "26");
    assert_eq!(shop.codes("ito", late), ["R21"]);
    let nothing = TravelerCommand::Correct {
        reading: Position::parse("ledger-ASM1.1.999").unwrap(),
        value: reading("1", "N·m"),
        reason: "why".to_owned(),
    };
    assert_eq!(shop.codes("novak", nothing), ["R01"]);
}

#[test]
fn r04_readings_from_a_file_are_one_hold_and_one_deviation_naming_every_failing_one() {
    let mut shop = Shop::reaching("diameter");
    let value = |n: u16| match n {
        7 | 90 | 200 => reading("74.0201", "mm"),
        1 => reading("74.020", "mm"),
        2 => reading("73.980", "mm"),
        _ => reading("74", "mm"),
    };
    let rows = |samples: &[u16]| TravelerCommand::RecordRows {
        at: at("diameter"),
        ask: 1,
        gauge: None,
        rows: samples.iter().map(|n| (*n, value(*n))).collect(),
    };
    assert_eq!(shop.codes("okafor", rows(&[])), ["R08"]);
    assert_eq!(shop.codes("okafor", rows(&[1, 2, 1])), ["T14"]);
    assert_eq!(shop.codes("okafor", rows(&[1, 201])), ["T07"]);
    let all: Vec<u16> = (1..=200).collect();
    shop.does("okafor", rows(&all));
    let state = shop.state();
    assert_eq!(state.open_holds().count(), 1);
    assert!(state.to_retype().is_none());
    let (_, hold) = state.open_holds().next().unwrap();
    assert_eq!(hold.placed.readings.len(), 3);
    let raised = deviation(&shop, "NCR-ASM1-0001").raised.unwrap();
    assert_eq!(raised.body.unit.unwrap().readings, hold.placed.readings);
    assert_eq!(raised.body.found, "74.0201 mm, 74.0201 mm, 74.0201 mm");
    let attempt = state.attempts.last().unwrap();
    let passing = attempt.readings().filter(|(_, r)| r.verdict() == Some(Verdict::Pass));
    assert_eq!((attempt.readings().count(), passing.count()), (200, 197));
    assert_eq!(shop.codes("okafor", rows(&[1])), ["H01", "T14"]);
}

#[test]
fn r04_a_file_in_the_wrong_unit_is_wrong_once() {
    let mut shop = Shop::reaching("diameter");
    let rows = (1..=200).map(|n| (n, reading("74", "N"))).collect();
    let file = TravelerCommand::RecordRows { at: at("diameter"), ask: 1, gauge: None, rows };
    assert_eq!(shop.codes("okafor", file), ["R06"]);
    let rows = vec![(1, ReadingValue::Conforms(true))];
    let check = TravelerCommand::RecordRows { at: at("final"), ask: 1, gauge: None, rows };
    assert_eq!(shop.codes("okafor", check), ["T08"]);
}

#[test]
fn r08_use_as_is_is_for_quality_and_engineering_alone() {
    let mut shop = confirmed();
    let accept = || disposes("NCR-ASM1-0001", Disposition::UseAsIs);
    for who in ["novak", "okafor", "brandt", "plan", "admin"] {
        assert_eq!(shop.codes(who, accept()), ["P04"], "{who}");
    }
    shop.does("quell", accept());
    assert_eq!(shop.state().open_holds().count(), 1, "engineering has not signed");
    let agrees = shop.approval_of("NCR-ASM1-0001");
    shop.does("lind", agrees);
    let disposed = deviation(&shop, "NCR-ASM1-0001").dispositions.remove(0);
    let signers: Vec<_> = disposed.signatures().map(|s| s.signer.clone()).collect();
    assert_eq!(signers, [id("quell"), id("lind")]);
    assert_eq!(shop.state().open_holds().count(), 0);
    for sample in 2..=4 {
        shop.does("novak", torque(sample, "25"));
    }
    shop.does("novak", complete("torque"));
    assert!(!shop.state().first_pass());
    assert_eq!(shop.codes("quell", accept()), ["N02"]);
}

#[test]
fn r08_void_does_not_smuggle_a_failing_value_through() {
    let mut shop = confirmed();
    let void = || disposes("NCR-ASM1-0001", Disposition::Void);
    assert_eq!(shop.codes("brandt", void()), ["P04"]);
    shop.accepted("NCR-ASM1-0001", Disposition::Void);
    assert_eq!(shop.state().open_holds().count(), 0);
    let mut shop = Shop::reaching("clean");
    shop.does("novak", raises("clean")).does("brandt", void());
    shop.does("novak", answer("clean", 1, true));
    assert!(shop.state().first_pass(), "what was no deviation counts as none");
}

#[test]
fn r09_rework_reopens_from_the_step_on_and_first_pass_counts_the_first_attempt_only() {
    let mut shop = confirmed();
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("clean")));
    assert_eq!(standing(&shop, "scan"), StepStanding::Done);
    assert_eq!(standing(&shop, "clean"), StepStanding::Open);
    assert_eq!(standing(&shop, "torque"), StepStanding::Open);
    assert_eq!(shop.codes("novak", torque(1, "25")), ["T10"]);
    shop.step_done("clean").step_done("torque");
    let state = shop.state();
    let ranks: Vec<_> =
        state.attempts_at(20, &id("torque")).map(|a| (a.rank, a.reopened)).collect();
    assert_eq!(ranks, [(1, true), (2, false)]);
    let ranks: Vec<_> = state.attempts_at(20, &id("clean")).map(|a| a.rank).collect();
    assert_eq!(ranks, [1, 2]);
    assert!(!state.first_pass());
    let late = TravelerCommand::Correct {
        reading: state.attempts_at(20, &id("torque")).next().unwrap().entries[0].at.clone(),
        value: reading("25", "N·m"),
        reason: "to look better".to_owned(),
    };
    assert_eq!(shop.codes("novak", late), ["R20"]);
}

#[test]
fn r09_rework_goes_back_to_a_step_that_is_there() {
    let mut shop = confirmed();
    for step in ["look", "polish"] {
        assert_eq!(shop.codes("brandt", disposes("NCR-ASM1-0001", rework(step))), ["N05"]);
    }
    let blank = DeviationCommand::Dispose {
        shares: Share::all(rework("polish")),
        reason: String::new(),
        by: Signer::by_badge("\u{1b}"),
    };
    let blank = Command::Deviation(id("NCR-ASM1-0001"), blank);
    assert_eq!(shop.codes("novak", blank), ["R08", "R11", "P04", "N05"]);
    assert_eq!(shop.codes("brandt", disposes("NCR-9", Disposition::Scrap)), ["N01"]);
    shop.does("brandt", disposes("NCR-ASM1-0001", Disposition::Repair { step: id("torque") }));
}

#[test]
fn r08_scrap_ends_the_unit() {
    let mut shop = confirmed();
    shop.does("brandt", disposes("NCR-ASM1-0001", Disposition::Scrap));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap"));
    for what in [torque(2, "25"), complete("torque"), raises("torque")] {
        assert_eq!(shop.codes("novak", what)[0], "T03");
    }
}

#[test]
fn r08_a_deviation_is_contained_disposed_and_closed_in_this_order() {
    let mut shop = confirmed();
    let on = |command| Command::Deviation(id("NCR-ASM1-0001"), command);
    let contain =
        |text: &str| on(DeviationCommand::Contain { action: text.to_owned(), to_do: None });
    let close = |text: &str| on(DeviationCommand::Close { note: text.to_owned() });
    assert_eq!(shop.codes("plan", contain("")), ["P04", "R08"]);
    shop.does("novak", contain("bolts set aside"));
    assert_eq!(shop.codes("novak", close(" ")), ["P04", "R08", "N03"]);
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("torque")));
    shop.does("quell", close("seen")).step_done("torque");
    let codes = shop.codes("brandt", disposes("NCR-ASM1-0001", Disposition::Scrap));
    assert_eq!(codes, ["N04", "N02"]);
    assert_eq!(shop.codes("quell", close("again")), ["N04"]);
    assert!(deviation(&shop, "NCR-ASM1-0001").is_closed());
}

#[test]
fn a_check_answered_no_is_put_right_or_decided_by_others() {
    let mut shop = Shop::reaching("clean");
    shop.does("novak", answer("clean", 1, false));
    assert_eq!(shop.codes("novak", complete("clean")), ["T13"]);
    shop.does("novak", answer("clean", 1, true));
    assert_eq!(shop.codes("novak", answer("clean", 1, false)), ["T14"]);
    shop.does("novak", complete("clean"));

    let mut shop = Shop::reaching("clean");
    shop.does("novak", answer("clean", 1, false)).does("novak", raises("clean"));
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["H01"]);
    shop.used_as_is("NCR-ASM1-0001");
    shop.does("novak", complete("clean"));
}

#[test]
fn r09_concurrent_first_attempts_are_both_first_and_one_failure_fails_first_pass() {
    let mut shop = Shop::reaching("torque");
    shop.at("ASM1").does("novak", torque(1, "25"));
    shop.at("ASM2").does("okafor", torque(1, "27.3"));
    assert!(shop.at("ASM1").state().first_pass());
    shop.share();
    let one = shop.at("ASM1").state();
    let ranks: Vec<_> = one.attempts_at(20, &id("torque")).map(|a| a.rank).collect();
    assert_eq!(ranks, [1, 1]);
    assert!(!one.first_pass());
    assert_eq!(shop.at("ASM2").state(), one);
    assert_eq!(shop.codes("novak", torque(2, "25")), ["H03"]);
}

#[test]
fn r04_a_value_confirmed_at_one_station_and_corrected_at_another_stays_held() {
    for (confirms, corrects) in [("ASM1", "ASM2"), ("ASM2", "ASM1")] {
        let mut shop = failing();
        shop.share();
        let (same, other) = (shop.retype(1, "27.3"), shop.retype(1, "25.3"));
        shop.at(confirms).does("okafor", same);
        shop.at(corrects).does("novak", other);
        assert_eq!(shop.at(corrects).state().open_holds().count(), 0);
        shop.share();
        let state = shop.at(corrects).state();
        assert_eq!(state.open_holds().count(), 1, "{confirms} confirms");
        let number = format!("NCR-{confirms}-0001");
        shop.used_as_is(&number);
        assert_eq!(shop.state().open_holds().count(), 0);
    }
}

#[test]
fn r08_a_deviation_raised_twice_unseen_can_still_be_closed_out() {
    let mut shop = failing();
    shop.share();
    let same = shop.retype(1, "27.3");
    shop.at("ASM1").does("novak", same.clone());
    shop.at("ASM2").does("okafor", same);
    shop.share();
    shop.at("ASM2").does("brandt", disposes("NCR-ASM1-0001", rework("torque")));
    let second = || disposes("NCR-ASM2-0001", rework("torque"));
    assert_eq!(shop.codes("brandt", second()), ["H02"]);
    shop.accepted("NCR-ASM2-0001", Disposition::Void);
    assert_eq!(standing(&shop, "torque"), StepStanding::Open, "void opens and closes nothing");
}

#[test]
fn r09_an_attempt_made_unseen_by_rework_does_not_count_as_the_rework() {
    for (fails, works) in [("ASM1", "ASM2"), ("ASM2", "ASM1")] {
        let mut shop = Shop::reaching("torque");
        shop.at(fails).does("okafor", torque(1, "27.3"));
        let again = shop.retype(1, "27.3");
        shop.does("okafor", again);
        shop.does("brandt", disposes(&format!("NCR-{fails}-0001"), rework("torque")));
        for sample in 1..=4 {
            shop.at(works).does("novak", torque(sample, "25"));
        }
        shop.does("novak", complete("torque")).share();
        assert_eq!(standing(&shop, "torque"), StepStanding::Open, "{fails} fails");
        shop.does("novak", torque(1, "25"));
        let rank = shop.state().standing_attempt(20, &id("torque")).unwrap().rank;
        assert_eq!(rank, 2);
    }
}

#[test]
fn a_step_skipped_at_one_station_and_begun_at_another_is_skipped_in_either_order() {
    for (skips, works) in [("ASM1", "ASM2"), ("ASM2", "ASM1")] {
        let mut shop = Shop::reaching("torque");
        shop.at(skips).does("brandt", skip("torque"));
        shop.at(works).does("novak", torque(1, "25"));
        shop.share();
        assert_eq!(standing(&shop, "torque"), StepStanding::Skipped, "{skips} skips");
    }
}

#[test]
fn r08_of_two_decisions_made_unseen_the_one_that_the_unit_follows_counts() {
    let mut shop = confirmed();
    shop.share();
    shop.at("ASM1").does("quell", disposes("NCR-ASM1-0001", rework("torque")));
    shop.at("ASM2").does("brandt", disposes("NCR-ASM1-0001", Disposition::Scrap));
    shop.share();
    let decided = deviation(&shop, "NCR-ASM1-0001");
    let (unit, traveler) = (shop.state(), shop.traveler.clone());
    let hold = unit.holds.values().find(|hold| hold.placed.deviation.is_some()).unwrap();
    let follows = |unit: &TravelerState| {
        let of_unit = decided.dispositions_of(&traveler, unit).into_iter();
        of_unit.map(|disposed| disposed.words_for(&traveler)).collect::<Vec<_>>()
    };
    let expected = if unit.ended.is_some() {
        ["scrap", "rework from step torque"]
    } else {
        ["rework from step torque", "scrap"]
    };
    assert_eq!(follows(&unit), expected, "{:?}", hold.released);
    // The two streams may be folded in different orders; then the unit decides.
    let mut other = unit.clone();
    let all: Vec<Position> = decided.dispositions.iter().map(|d| d.at.clone()).collect();
    let turned = all.iter().find(|at| Some(*at) != hold.decision.as_ref()).unwrap();
    for hold in other.holds.values_mut() {
        hold.decision = Some(turned.clone());
    }
    assert_eq!(follows(&other), [expected[1], expected[0]]);
}

#[test]
fn a_use_as_is_of_a_reading_does_not_excuse_a_check_beside_it() {
    let mut shop = Shop::open();
    let mut both = crate::support::shop_plan::assembly();
    both.revision = id("D");
    both.steps[2].asks.push(crate::support::shop_plan::check("Marked?"));
    shop.release_read(&both);
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    shop.does("novak", torque(1, "27.3"));
    let again = shop.retype(1, "27.3");
    shop.does("novak", again).used_as_is("NCR-ASM1-0001");
    for sample in 2..=4 {
        shop.does("novak", measured("torque", sample, "25", "TW-07"));
    }
    shop.does("novak", answer("torque", 2, false));
    assert_eq!(shop.codes("novak", complete("torque")), ["T13"]);
}
