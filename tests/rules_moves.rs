//! R1, R9: what a move to another revision takes along, and what nobody leaves out.

use gemba::domain::condition::Test;
use gemba::domain::decide::Command;
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::stream::StreamState;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::standing::StepStanding;

use crate::support::lots::splits;
use crate::support::shop::Shop;
use crate::support::shop_plan::{
    accept_wait, answer, approval, assembly, begin_wait, complete, disposes, id, inspection,
    limits, rework, signs, skip, submission, torque,
};
use crate::support::shop_route::coating;

fn narrowed(revision: &str, specification: &str) -> Instruction {
    let mut newer = Instruction {
        revision: id(revision),
        specification: Some(id(specification)),
        ..assembly()
    };
    let Ask::Measure(measure) = &mut newer.steps[2].asks[0] else { panic!("{newer:?}") };
    let kind = gemba::domain::specification::CharacteristicKind::Measured;
    measure.kind = kind(limits("24", "26", "N·m"));
    newer
}

fn moves(shop: &Shop) -> TravelerCommand {
    TravelerCommand::MoveToRevision { shown: shop.newer(), reason: "safer".to_owned() }
}

fn standing(shop: &Shop, step: &str) -> StepStanding {
    shop.state().step_standing(20, &id(step))
}

/// Revision G of the specification is in effect.
fn new_specification(shop: &mut Shop) {
    let of = |command| Command::Specification(id("CP-40"), command);
    shop.does("lind", of(submission("G", gemba::domain::hash::Hash([7; 32]))));
    for who in ["lind", "quell"] {
        shop.does(who, of(approval("G", who)));
    }
}

#[test]
fn r01_a_new_specification_takes_closed_operations_along_or_nothing_moves() {
    let mut shop = Shop::reaching("pack");
    shop.does("novak", complete("pack"));
    new_specification(&mut shop);
    let newer = Instruction { revision: id("D"), specification: Some(id("G")), ..inspection() };
    shop.release(&newer);
    let alone = moves(&shop);
    assert_eq!(shop.codes("brandt", alone), ["D40"], "operation 20 would be left behind");
    shop.release(&narrowed("D", "G"));
    let together = moves(&shop);
    shop.does("brandt", together);
    assert_eq!(standing(&shop, "torque"), StepStanding::Open, "what was closed is measured anew");
    assert_eq!(standing(&shop, "clean"), StepStanding::Done);
    let started = shop.state().started.unwrap();
    assert_eq!(started.specification.unwrap().revision, id("G"));
    assert!(started.operations.iter().all(|operation| operation.revision == id("D")));
}

#[test]
fn r01_work_by_the_old_text_that_was_done_unseen_does_not_count_after_a_move() {
    for moves_first in [true, false] {
        let mut shop = Shop::reaching("torque");
        shop.release(&narrowed("D", "F"));
        shop.share();
        let measure = |shop: &mut Shop| {
            shop.at("ASM1");
            for sample in 1..=4 {
                shop.does("novak", torque(sample, "26.8"));
            }
            shop.does("novak", complete("torque"));
        };
        let go = |shop: &mut Shop| {
            let go = moves(shop.at("ASM2"));
            shop.does("brandt", go);
        };
        if moves_first {
            go(&mut shop);
            measure(shop.later(60));
        } else {
            measure(&mut shop);
            go(shop.later(60));
        }
        shop.share();
        for station in ["ASM1", "ASM2"] {
            shop.at(station);
            assert_eq!(standing(&shop, "torque"), StepStanding::Open, "{station} {moves_first}");
            let step = id("torque");
            let state = shop.state();
            let made: Vec<_> = state.attempts_at(20, &step).collect();
            assert_eq!(made.len(), 1);
            assert_eq!(made[0].pinned.as_ref().unwrap().0, id("C"), "as it was made");
            assert!(made[0].reopened && made[0].moved);
        }
    }
}

#[test]
fn r01_a_lot_that_was_split_off_does_changed_steps_again_like_the_lot_itself() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", splits(40));
    let mut newer = crate::support::lots::deburring();
    newer.revision = id("D");
    let Ask::Check { question, .. } = &mut newer.steps[0].asks[0] else { panic!("{newer:?}") };
    "Deburred on both faces?".clone_into(question);
    shop.release(&newer);
    for lot in ["L-22", "L-22-ASM1-1"] {
        let go = moves(shop.unit(lot));
        shop.does("brandt", go);
        assert_eq!(standing(&shop, "deburr"), StepStanding::Open, "{lot}");
    }
}

#[test]
fn r01_a_move_decides_conditions_anew_by_the_new_text() {
    let mut shop = Shop::coating();
    shop.viewed(false, "0.03");
    assert_eq!(shop.coat_standing("polish"), StepStanding::NotNeeded);
    let mut always = Instruction { revision: id("B"), ..coating() };
    let polish = always.steps.iter_mut().find(|step| step.id == id("polish")).unwrap();
    polish.rules.when = None;
    shop.release(&always);
    let go = moves(&shop);
    shop.does("brandt", go);
    assert_eq!(shop.coat_standing("polish"), StepStanding::Open, "it has no condition any more");
    assert_eq!(shop.coat_standing("thin"), StepStanding::NotNeeded, "0.03 mm is not more");
    let mut thinner = Instruction { revision: id("C"), ..always.clone() };
    let when = |step: &gemba::domain::instruction::Step| step.id == id("thin");
    let thin = thinner.steps.iter_mut().find(|step| when(step)).unwrap();
    let condition = thin.rules.when.as_mut().unwrap();
    let twenty = gemba::domain::quantity::Quantity {
        number: crate::support::shop_plan::number("20"),
        unit: crate::support::shop_plan::unit("µm"),
    };
    let Test::Compares(_, limit) = &mut condition.test else { panic!("{condition:?}") };
    *limit = twenty;
    shop.release(&thinner);
    let go = moves(&shop);
    shop.does("brandt", go);
    assert_eq!(shop.coat_standing("thin"), StepStanding::Open, "0.03 mm is more than 20 µm");
}

#[test]
fn r09_an_attempt_that_a_move_opened_again_is_none_of_those_that_are_allowed() {
    let mut shop = Shop::open();
    let once = |revision: &str| {
        let mut plan = narrowed(revision, "F");
        plan.steps[2].rules.attempts_max = Some(1);
        plan
    };
    let mut first = once("D");
    first.steps[2].asks = assembly().steps[2].asks.clone();
    shop.release_read(&first);
    shop.does("novak", TravelerCommand::Start).reaches("look");
    shop.release_read(&once("E"));
    let go = moves(&shop);
    shop.does("brandt", go).does("novak", torque(1, "24.8"));
    assert_eq!(shop.state().standing_attempt(20, &id("torque")).unwrap().rank, 1);
}

#[test]
fn r01_stop_work_of_a_standard_step_stops_the_step_that_includes_it() {
    let mut shop = Shop::open();
    let mut plan = Instruction { revision: id("D"), ..assembly() };
    let hash = gemba::domain::hash::Hash([9; 32]);
    let standard = |command| Command::Instruction(id("STD-1"), command);
    shop.does("lind", standard(submission("A", hash)));
    for who in ["lind", "quell"] {
        shop.does(who, standard(approval("A", who)));
    }
    plan.steps[1].rules.included =
        Some(gemba::domain::instruction::Included { id: id("STD-1"), revision: id("A"), hash });
    shop.release_read(&plan);
    shop.does("novak", TravelerCommand::Start).reaches("clean");
    let reason = "wrong solvent".to_owned();
    let withdrawn = RevisionWithdrawn { revision: id("A"), reason, stop_work: true };
    shop.does("lind", standard(RevisionCommand::Withdraw(withdrawn)));
    assert_eq!(shop.codes("novak", answer("clean", 1, true)), ["D12"]);
}

#[test]
fn r04_what_failed_is_not_left_out_after_rework() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "28"));
    let again = shop.retype(1, "28");
    shop.does("novak", again).does("brandt", disposes("NCR-ASM1-0001", rework("torque")));
    assert_eq!(shop.codes("brandt", skip("torque")), ["T46"]);
    shop.does("novak", torque(1, "25"));
}

#[test]
fn r11_a_wait_that_was_begun_is_not_left_out() {
    let mut shop = Shop::reaching("cure");
    shop.does("novak", begin_wait("cure"));
    assert_eq!(shop.codes("brandt", skip("cure")), ["T46"]);
    shop.later(8_000);
    assert_eq!(shop.codes("brandt", skip("cure")), ["T46"], "too long is no reason either");
}

#[test]
fn r11_a_wait_is_accepted_only_where_something_is_in_doubt_and_only_that() {
    let mut shop = Shop::reaching("cure");
    shop.does("novak", begin_wait("cure")).later(1_300);
    assert_eq!(shop.codes("brandt", accept_wait("cure")), ["W05"], "it is long enough");
    shop.reboot();
    shop.does("brandt", accept_wait("cure"));
    assert_eq!(shop.codes("brandt", accept_wait("cure")), ["W05"], "it is accepted already");
    let state = shop.state();
    let accepted = state.standing_attempt(20, &id("cure")).unwrap();
    assert!(!accepted.wait_doubts.is_empty());
    shop.does("novak", complete("cure"));
}

#[test]
fn r06_a_signature_waits_for_the_steps_that_it_names() {
    let mut shop = Shop::open();
    let mut plan = Instruction { revision: id("D"), ..assembly() };
    plan.steps[1].rules.free = true;
    let mut release = plan.steps.remove(6);
    let Ask::Sign(sign) = &mut release.asks[0] else { panic!("{release:?}") };
    sign.not_same_person_as = vec![id("clean")];
    release.rules.free = true;
    plan.steps.insert(1, release);
    shop.release_read(&plan);
    shop.does("novak", TravelerCommand::Start).reaches("clean");
    assert_eq!(shop.codes("okafor", signs("release", 1)), ["T47"]);
    shop.does("novak", answer("clean", 1, true)).does("novak", complete("clean"));
    shop.does("okafor", signs("release", 1));
}

#[test]
fn r09_a_lot_with_scrap_is_no_first_pass() {
    let mut shop = Shop::counting_lot();
    assert!(shop.state().first_pass());
    shop.does("novak", crate::support::lots::counted("count", "98/2", "dent"));
    assert!(!shop.state().first_pass());
}

#[test]
fn the_move_is_remembered_with_every_step_that_asks_for_something_else() {
    let mut shop = Shop::reaching("clean");
    shop.release(&narrowed("D", "F"));
    let go = moves(&shop);
    shop.does("brandt", go);
    let subject = gemba::domain::stream::Subject::Traveler(shop.traveler.clone());
    let StreamState::Traveler(state) = shop.stream(&subject).state else { panic!() };
    assert_eq!(state.moves[0].changed, [id("torque"), id("release")]);
    assert!(state.moves[0].reopened.is_empty(), "nothing of it was begun");
}
