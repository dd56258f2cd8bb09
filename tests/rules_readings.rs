//! Readings: corrected after the step ended (R3), measured again (R4), checks with a gauge (R5).

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::instruction::{Ask, SignAsk};
use gemba::domain::kinds::FactBody;
use gemba::domain::people::Role;
use gemba::domain::quantity::{Quantity, Verdict};
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Meaning;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::correction::consequences;
use gemba::domain::traveler::fact::{HoldOutcome, ReadingValue, TravelerFact};
use gemba::domain::traveler::standing::StepStanding;

use crate::support::shop::Shop;
use crate::support::shop_plan::{assembly, complete, id, number, reading, signs, torque, unit};

/// Four readings, verified by a signature in the same step, which is completed.
fn signed() -> Shop {
    let mut shop = Shop::open();
    let mut signed = assembly();
    signed.revision = id("D");
    let verified = SignAsk {
        role: Role::Inspector,
        meaning: Meaning::Verified,
        not_same_person_as: Vec::new(),
    };
    signed.steps[2].asks.push(Ask::Sign(verified));
    shop.release_read(&signed);
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    for sample in 1..=4 {
        shop.does("novak", torque(sample, "25"));
    }
    shop.does("okafor", signs("torque", 2)).does("novak", complete("torque"));
    shop
}

fn standing(shop: &Shop) -> StepStanding {
    shop.state().step_standing(20, &id("torque"))
}

fn signatures(shop: &Shop) -> Vec<(Position, bool)> {
    let state = shop.state();
    let found = state.attempts.iter().flat_map(gemba::domain::traveler::state::Attempt::signatures);
    found.map(|(entry, _)| (entry.at.clone(), state.covering(&entry.at))).collect()
}

#[test]
fn r03_after_the_step_ended_the_author_a_supervisor_or_quality_corrects() {
    for who in ["novak", "brandt", "quell"] {
        let mut shop = signed();
        let late = shop.correct(1, "26");
        shop.does(who, late);
        let state = shop.state();
        let (_, found) = state.reading(&shop.torque_at(1)).unwrap();
        assert_eq!(found.taken.value, reading("25", "N·m"), "the first value stays");
        assert_eq!(*found.value(), reading("26", "N·m"));
        assert_eq!(found.corrections[0].by, Some(id(who)));
    }
    let mut shop = signed();
    let late = shop.correct(1, "26");
    let reasons = shop.refuses("ito", late);
    assert_eq!(reasons[0].code(), "R21");
    assert_eq!(reasons[0].next(), "its author, a supervisor or quality corrects it");
    let no_reason = TravelerCommand::Correct {
        reading: shop.torque_at(1),
        value: reading("26", "N·m"),
        reason: " ".to_owned(),
    };
    assert_eq!(shop.codes("brandt", no_reason), ["R08"]);
}

#[test]
fn r03_before_the_step_ends_only_the_author_corrects() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let other = shop.correct(1, "26");
    assert_eq!(shop.codes("brandt", other), ["R02", "P04", "P07"]);
}

#[test]
fn r03_a_correction_uncovers_the_signature_which_is_given_again() {
    let mut shop = signed();
    assert_eq!(standing(&shop), StepStanding::Done);
    let late = shop.correct(1, "26");
    shop.does("brandt", late);
    assert_eq!(standing(&shop), StepStanding::Begun, "signed and completed again");
    assert_eq!(signatures(&shop).iter().map(|(_, covers)| *covers).collect::<Vec<_>>(), [false]);
    assert_eq!(shop.codes("novak", complete("torque")), ["T12"]);
    shop.does("okafor", signs("torque", 2));
    let given: Vec<_> = signatures(&shop).iter().map(|(_, covers)| *covers).collect();
    assert_eq!(given, [false, true], "the old one stays shown");
    assert_eq!(standing(&shop), StepStanding::Begun);
    shop.does("novak", complete("torque"));
    assert_eq!(standing(&shop), StepStanding::Done);
}

#[test]
fn r03_a_correction_unseen_by_the_signer_uncovers_alike_at_every_station() {
    let mut shop = signed();
    let late = shop.correct(1, "26");
    shop.does("brandt", late);
    shop.share();
    // Both stations have the correction and the open signature; one signs, the other corrects again.
    shop.at("ASM1").does("okafor", signs("torque", 2)).does("novak", complete("torque"));
    shop.at("ASM2").place("ASM-1");
    let again = shop.correct(2, "24");
    shop.does("novak", again);
    shop.share();
    let here = shop.at("ASM1").state();
    assert_eq!(here, shop.at("ASM2").state());
    assert_eq!(signatures(&shop).iter().filter(|(_, covers)| *covers).count(), 0);
    assert_eq!(standing(&shop), StepStanding::Begun);
}

#[test]
fn r03_a_value_corrected_to_a_failing_one_holds_and_asks_for_the_deviation() {
    let mut shop = signed();
    let late = shop.correct(1, "29");
    shop.does("brandt", late);
    let again = shop.retype(1, "25");
    assert_eq!(shop.codes("novak", again), ["R02"], "who corrected stands for the value now");
    let again = shop.retype(1, "29");
    shop.does("brandt", again);
    assert_eq!(shop.state().open_holds().count(), 1);
    assert_eq!(shop.state().deviations().len(), 1);
}

#[test]
fn r03_the_consequences_are_told_before_the_correction() {
    let shop = signed();
    let told = consequences(
        &shop.state(),
        &shop.torque_at(1),
        (&reading("29", "N·m"), &shop.instructions),
    )
    .unwrap();
    assert_eq!((told.from, told.to), (Some(Verdict::Pass), Some(Verdict::Fail)));
    assert!(told.holds());
    assert_eq!(told.uncovered.len(), 1);
    let uncovered = &told.uncovered[0];
    assert_eq!((uncovered.operation, uncovered.step.as_str()), (20, "torque"));
    assert_eq!(uncovered.meaning, Meaning::Verified);
    assert!(!uncovered.printed_name.is_empty());
    assert!(told.downstream.is_empty());
    let told = consequences(
        &shop.state(),
        &shop.torque_at(1),
        (&reading("26", "N·m"), &shop.instructions),
    )
    .unwrap();
    assert_eq!((told.to, told.holds()), (Some(Verdict::Pass), false));
    let odd = consequences(
        &shop.state(),
        &shop.torque_at(1),
        (&ReadingValue::Conforms(true), &shop.instructions),
    );
    assert_eq!(odd.unwrap_err().code(), "T08");
}

#[test]
fn r03_an_operation_that_rested_on_the_reading_is_among_the_consequences() {
    let mut shop = Shop::reaching("diameter");
    let told = consequences(
        &shop.state(),
        &shop.torque_at(1),
        (&reading("26", "N·m"), &shop.instructions),
    )
    .unwrap();
    assert!(told.downstream.is_empty(), "not begun");
    shop.place("INC-1")
        .does("okafor", crate::support::shop_plan::value("diameter", 1, reading("74", "mm")));
    let told = consequences(
        &shop.state(),
        &shop.torque_at(1),
        (&reading("26", "N·m"), &shop.instructions),
    )
    .unwrap();
    let named: Vec<_> = told.downstream.iter().map(|d| (d.operation, d.name.as_str())).collect();
    assert_eq!(named, [(30, "Inspection")]);
    let late = shop.correct(1, "26");
    shop.place("ASM-1").does("brandt", late);
    let more = TravelerCommand::Record {
        at: crate::support::shop_plan::at("diameter"),
        ask: 1,
        sample: 2,
        entry: Entry::Reading { value: reading("74", "mm"), gauge: None },
    };
    let next = shop.place("INC-1").codes("okafor", more);
    assert_eq!(next, ["T09"], "the operation before is signed again first");
}

#[test]
fn r03_a_reading_of_a_step_that_was_opened_again_is_not_corrected() {
    let mut shop = crate::rules_holds::failing();
    let same = shop.retype(1, "27.3");
    shop.does("novak", same);
    let rework = gemba::domain::deviation::Disposition::Rework { step: id("torque") };
    shop.does("brandt", crate::support::shop_plan::disposes("NCR-ASM1-0001", rework));
    let late = shop.correct(1, "26");
    let reasons = shop.refuses("brandt", late);
    let codes: Vec<_> = reasons.iter().map(Reason::code).collect();
    assert!(codes.contains(&"R20"), "{codes:?}");
}

fn again(shop: &Shop, sample: u16, text: &str, reason: &str) -> TravelerCommand {
    TravelerCommand::Remeasure {
        reading: shop.torque_at(sample),
        value: reading(text, "N·m"),
        gauge: Some(id("TW-07")),
        reason: reason.to_owned(),
    }
}

#[test]
fn r04_what_failed_is_measured_again_with_a_reason_and_the_failing_value_stays() {
    let mut shop = crate::rules_holds::failing();
    let first = shop.torque_at(1);
    let measured = again(&shop, 1, "25.1", "the socket slipped");
    shop.does("novak", measured);
    let state = shop.state();
    assert_eq!(state.open_holds().count(), 0);
    let (_, failed) = state.reading(&first).unwrap();
    assert_eq!((failed.verdict(), failed.corrections.len()), (Some(Verdict::Fail), 0));
    let counts = shop.torque_at(1);
    let (_, taken) = state.reading(&counts).unwrap();
    let retry = taken.taken.retry.clone().unwrap();
    assert_eq!((retry.of, retry.reason.as_str()), (first.clone(), "the socket slipped"));
    assert_eq!(taken.verdict(), Some(Verdict::Pass));
    assert_eq!(state.attempt_of(&counts).unwrap().entry(1, 1).unwrap().at, counts);
    assert!(!state.first_pass(), "the failing one still fails first pass");
    let outcomes: Vec<_> = state.holds.values().map(|h| h.released.clone().unwrap().0).collect();
    assert_eq!(outcomes, [HoldOutcome::Remeasured { reading: counts }]);
    let corrected = TravelerCommand::Correct {
        reading: first,
        value: reading("25", "N·m"),
        reason: "no".to_owned(),
    };
    assert_eq!(shop.codes("novak", corrected), ["R20"]);
}

#[test]
fn r04_measured_again_and_failing_again_asks_to_be_typed_again_and_not_without_end() {
    let mut shop = crate::rules_holds::failing();
    let measured = again(&shop, 1, "28", "slipped");
    shop.does("novak", measured);
    assert!(shop.state().to_retype().is_some(), "the new value is held in its turn");
    let third = again(&shop, 1, "25", "slipped");
    let reasons = shop.refuses("novak", third);
    assert_eq!(reasons[0].code(), "R25");
    assert!(reasons[0].next().to_string().contains("the deviation opens"));
    let same = shop.retype(1, "28");
    shop.does("novak", same);
    let raised = again(&shop, 1, "25", "slipped");
    assert_eq!(shop.codes("novak", raised), ["R26"]);
}

#[test]
fn r04_measuring_again_has_a_rule_a_reason_a_gauge_and_a_performer() {
    let mut shop = crate::rules_holds::failing();
    let measured = again(&shop, 1, "25", " ");
    assert_eq!(shop.codes("novak", measured), ["R08"]);
    let measured = again(&shop, 1, "25", "slipped");
    assert_eq!(shop.codes("brandt", measured), ["P04", "P07"]);
    let TravelerCommand::Remeasure { reading, value, reason, .. } =
        again(&shop, 1, "25", "slipped")
    else {
        panic!()
    };
    let bare = TravelerCommand::Remeasure { reading, value, gauge: None, reason };
    assert_eq!(shop.codes("novak", bare), ["G01"]);
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let good = again(&shop, 1, "25", "slipped");
    assert_eq!(shop.codes("novak", good), [Reason::NothingToRetype.code()]);
    let mut shop = Shop::reaching("look");
    shop.does("novak", crate::support::shop_plan::value("look", 1, ReadingValue::Conforms(false)));
    let (_, at, _) =
        shop.state().to_retype().map(|(h, at, r)| (h.clone(), at.clone(), r.clone())).unwrap();
    let looked = TravelerCommand::Remeasure {
        reading: at,
        value: ReadingValue::Conforms(true),
        gauge: None,
        reason: "dirt".to_owned(),
    };
    let reasons = shop.refuses("novak", looked);
    assert_eq!(reasons[0].code(), "R24");
    assert_eq!(reasons[0].next(), "type the same value again: the deviation opens");
}

/// A shop whose `clean` step asks for a check with a wrench set to 25 N·m.
fn clicking() -> Shop {
    let mut shop = Shop::open();
    let mut clicked = assembly();
    clicked.revision = id("D");
    clicked.steps[1].asks = vec![Ask::Check {
        question: "Did it click?".to_owned(),
        gauge: Some(id("torque-wrench")),
        setting: Some(Quantity { number: number("25"), unit: unit("N·m") }),
    }];
    shop.release_read(&clicked);
    shop.does("novak", TravelerCommand::Start).reaches("clean");
    shop
}

fn clicks(gauge: &str) -> TravelerCommand {
    TravelerCommand::Record {
        at: crate::support::shop_plan::at("clean"),
        ask: 1,
        sample: 1,
        entry: Entry::AnswerWith { yes: true, gauge: id(gauge) },
    }
}

#[test]
fn r05_a_check_with_a_gauge_records_the_gauge_as_used_and_its_setting() {
    let mut shop = clicking();
    let bare = crate::support::shop_plan::answer("clean", 1, true);
    assert_eq!(shop.codes("novak", bare), ["G01"]);
    assert_eq!(shop.codes("novak", clicks("CAL-1")), ["G03"]);
    assert_eq!(shop.codes("novak", clicks("X")), ["G02"]);
    shop.does("novak", clicks("TW-07"));
    let written = shop.station().written.last().unwrap().written.clone();
    let fact = gemba::domain::fact::Fact::read(&written.bytes).unwrap();
    let FactBody::Traveler(TravelerFact::Checked { yes: true, with: Some(with), .. }) = fact.body
    else {
        panic!("{}", written.bytes)
    };
    assert_eq!(with.gauge.gauge, id("TW-07"));
    assert_eq!(with.setting.unwrap().to_string(), "25 N·m");
    let state = shop.state();
    let entry = state.attempts.last().unwrap().entry(1, 1).unwrap();
    assert_eq!(entry.with.as_ref().unwrap().words(), "with TW-07 set to 25 N·m");
}

#[test]
fn r05_a_check_is_not_done_with_a_gauge_that_cannot_be_set_to_it() {
    let mut shop = clicking();
    let described = GaugeDescription {
        unit: Some(unit("mm")),
        ..GaugeDescription::new("wrench".to_owned(), id("torque-wrench"))
    };
    shop.does("quell", Command::Gauge(id("TW-07"), GaugeCommand::Register(described)));
    assert_eq!(shop.codes("novak", clicks("TW-07")), ["G15"]);
}

#[test]
fn r03_while_a_unit_is_held_only_what_the_hold_is_about_is_not_corrected() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).does("novak", torque(2, "27.3"));
    let (other, held) = (shop.correct(1, "24.9"), shop.correct(2, "26.3"));
    assert_eq!(shop.codes("novak", other.clone()), ["H03"], "first the value is typed again");
    let same = shop.retype(2, "27.3");
    shop.does("novak", same);
    assert_eq!(shop.codes("novak", held), ["H01"], "its deviation decides about it");
    shop.does("novak", other);
    let state = shop.state();
    let (_, corrected) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!(*corrected.value(), reading("24.9", "N·m"));
    assert_eq!(state.open_holds().count(), 1, "the hold stays");
}

#[test]
fn r03_the_steps_that_a_correction_opens_and_closes_are_among_the_consequences() {
    use crate::support::shop_route::coat;
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    let at = shop.state().attempts[0].entries[2].at.clone();
    let told = |shop: &Shop, value: &str| {
        let value = reading(value, "mm");
        let told = consequences(&shop.state(), &at, (&value, &shop.instructions)).unwrap();
        told.turned
    };
    assert!(told(&shop, "0.04").is_empty(), "40 µm is not more than 40 µm");
    let opens = told(&shop, "0.045");
    assert_eq!(opens.len(), 1);
    assert_eq!((opens[0].step.clone(), opens[0].needed, opens[0].done), (id("thin"), true, false));
    assert_eq!(opens[0].words(), "10 thin opens: it is needed now");
    let correct = |value: &str| TravelerCommand::Correct {
        reading: at.clone(),
        value: reading(value, "mm"),
        reason: "misread".to_owned(),
    };
    shop.does("novak", correct("0.045"));
    assert_eq!(shop.coat_standing("thin"), StepStanding::Open, "and so it came");
    let closes = told(&shop, "0.03");
    assert_eq!(closes[0].words(), "10 thin closes: it is not needed any more");
    shop.masked().does("novak", TravelerCommand::CompleteStep { at: coat("thin"), read_in: None });
    let done = told(&shop, "0.03");
    assert_eq!(done[0].words(), "10 thin was done and was not needed");
    shop.does("novak", correct("0.03"));
    assert!(shop.state().not_needed(10, &id("thin")).is_some());
}

#[test]
fn r04_slips_marginals_corrections_and_measurements_again_are_counted() {
    let mut shop = Shop::open();
    let mut ruled = assembly();
    ruled.revision = id("D");
    let Ask::Measure(measure) = &mut ruled.steps[2].asks[0] else { panic!() };
    measure.rules.retry_max = Some(1);
    let gemba::domain::specification::CharacteristicKind::Measured(limits) = &mut measure.kind
    else {
        panic!()
    };
    limits.rule.marginal = Some(number("0.5"));
    shop.release_read(&ruled);
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    assert_eq!(shop.state().tally().words(), None);
    shop.does("novak", torque(1, "26.8")).does("novak", torque(2, "248"));
    assert!(shop.state().to_retype().unwrap().2.implausible());
    let typed = shop.retype(2, "24.8");
    shop.does("novak", typed).does("novak", torque(3, "22.1"));
    let more = again(&shop, 3, "25.1", "it slipped");
    shop.does("novak", more);
    let late = shop.correct(2, "24.9");
    shop.does("novak", late);
    let told = shop.state().tally().words().unwrap();
    assert_eq!(told, "readings: 1 typed wrong, 1 marginal, 1 corrected, 1 measured again");
    // What counts no more is not marginal any more.
    let late = shop.correct(1, "25.0");
    shop.does("novak", late);
    assert_eq!((shop.state().tally().marginals, shop.state().tally().corrections), (0, 2));
}
