//! R3 after the step ended: a correction is judged anew, uncovers signatures, and says so before.

use gemba::domain::fact::Position;
use gemba::domain::instruction::{Ask, SignAsk};
use gemba::domain::people::Role;
use gemba::domain::quantity::Verdict;
use gemba::domain::signature::Meaning;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::correction::consequences;
use gemba::domain::traveler::fact::ReadingValue;
use gemba::domain::traveler::standing::StepStanding;

use crate::support::shop::Shop;
use crate::support::shop_plan::{assembly, complete, id, reading, signs, torque};

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
    shop.release(&signed);
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
    assert_eq!(shop.codes("brandt", other), ["R02", "P04"]);
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
    let told = consequences(&shop.state(), &shop.torque_at(1), &reading("29", "N·m")).unwrap();
    assert_eq!((told.from, told.to), (Some(Verdict::Pass), Some(Verdict::Fail)));
    assert!(told.holds());
    assert_eq!(told.uncovered.len(), 1);
    let uncovered = &told.uncovered[0];
    assert_eq!((uncovered.operation, uncovered.step.as_str()), (20, "torque"));
    assert_eq!(uncovered.meaning, Meaning::Verified);
    assert!(!uncovered.printed_name.is_empty());
    assert!(told.downstream.is_empty());
    let told = consequences(&shop.state(), &shop.torque_at(1), &reading("26", "N·m")).unwrap();
    assert_eq!((told.to, told.holds()), (Some(Verdict::Pass), false));
    let odd = consequences(&shop.state(), &shop.torque_at(1), &ReadingValue::Conforms(true));
    assert_eq!(odd.unwrap_err().code(), "T08");
}

#[test]
fn r03_an_operation_that_rested_on_the_reading_is_among_the_consequences() {
    let mut shop = Shop::reaching("diameter");
    let told = consequences(&shop.state(), &shop.torque_at(1), &reading("26", "N·m")).unwrap();
    assert!(told.downstream.is_empty(), "not begun");
    shop.place("INC-1")
        .does("okafor", crate::support::shop_plan::value("diameter", 1, reading("74", "mm")));
    let told = consequences(&shop.state(), &shop.torque_at(1), &reading("26", "N·m")).unwrap();
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
    let codes: Vec<_> = reasons.iter().map(gemba::domain::refusal::Reason::code).collect();
    assert!(codes.contains(&"R20"), "{codes:?}");
}
