//! Pieces of a lot recorded value by value: what is saved, what is asked again, what may not be closed.

use gemba::domain::decide::Command;
use gemba::domain::inspection::asks::asks_of;
use gemba::domain::inspection::block::{Into, is_block, split, values};
use gemba::domain::inspection::by_cell::Taken;
use gemba::domain::inspection::decide::{Anew, InspectionCommand};
use gemba::domain::inspection::series::LotStanding;
use gemba::domain::people::PersonCommand;
use gemba::domain::quantity::Verdict;
use gemba::domain::refusal::Reason;
use gemba::domain::stream::{StreamState, Subject};

use crate::support::grids::{
    cell, cells, corrects, corrects_seen, good, remarks, retypes, shaft, shafts, types, values_of,
};
use crate::support::inspections::{decides, finds, opens, receives};
use crate::support::shop::{Sent, Shop};
use crate::support::shop_plan::{calibrated, gauge_registered, id};

/// Every piece of three is looked at, and one bad one is enough.
const PLAN: &str = "AQL 0.65, level II, ISO 2859-1:1999";

/// A value fails and is typed again, and somebody says something about it.
pub(crate) fn by_value() -> Vec<Sent> {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", types((1, 2), "142.30")).does("okafor", retypes((1, 2), "142.30"));
    shop.does("okafor", remarks((1, 2), "a burr at the edge"));
    shop.station().written.clone()
}

/// What a deviation says was found.
fn found(shop: &Shop, deviation: &str) -> String {
    let stream = shop.stream(&Subject::Deviation(id(deviation)));
    let StreamState::Deviation(state) = stream.state else { panic!("{deviation}") };
    state.raised.unwrap().body.found
}

#[test]
fn r02_each_value_is_a_reading_with_its_limits_unit_and_gauge_as_used() {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", types((2, 1), "19.995"));
    let lot = shop.lot("L-22");
    let found = lot.standing_at((2, 1)).pop().unwrap().reading.clone();
    assert_eq!(found.verdict, Some(Verdict::Pass));
    assert_eq!(found.kind.limits().unwrap().upper.as_ref().unwrap().text(), "20.000");
    assert_eq!(found.gauge.unwrap().gauge.as_str(), "MIC-4");
    let (begun, inspected) = (lot.begun(), lot.inspected());
    assert_eq!((begun.into_iter().collect::<Vec<_>>(), inspected.len()), (vec![2], 0));
    // The other values finish the piece, in any order.
    for (ask, text) in [(6, "yes"), (5, "yes"), (3, "0.008"), (4, "0.62"), (2, "142.02")] {
        assert_eq!(shop.lot("L-22").inspected().len(), 0);
        shop.does("okafor", types((2, ask), text));
    }
    assert_eq!(shop.lot("L-22").inspected().into_iter().collect::<Vec<_>>(), [2]);
    assert_eq!(values_of(&shaft(PLAN)), 6);
}

#[test]
fn a_block_whose_cells_could_be_of_another_piece_or_column_is_refused() {
    let asks = asks_of(&shaft(PLAN));
    let read = |text: &str| {
        let into = Into { asks: &asks, pieces: &[1, 2, 3], column: 0 };
        let found = values(&split(text), into, |_, _| (None, None))?;
        Ok::<_, String>(found.iter().map(|cell| (cell.piece, cell.ask)).collect::<Vec<_>>())
    };
    assert_eq!(read("19.99\r\n19.98\r\n\r\n").unwrap(), [(1, 1), (2, 1)]);
    assert_eq!(read("piece;bore\n3;19.99\n\n1;19.98\n").unwrap(), [(3, 1), (1, 1)]);
    for (wrong, why) in [
        ("19.99\n\n19.98", "line 2: nothing stands there"),
        ("19.99\t142\n\t\n19.98\t142", "line 2: nothing stands there"),
        ("bore;piece\n19.99", "line 2: it does not say which piece"),
        ("1;2;3", "line 1: balloons or values?"),
        ("bore;width\n19.99;3", "nothing is called \"width\""),
    ] {
        let refused = read(wrong).unwrap_err();
        assert!(refused.contains(why), "{wrong:?}: {refused}");
    }
    let twice: Vec<_> = asks.iter().chain(&asks).cloned().collect();
    let into = Into { asks: &twice, pieces: &[1], column: 0 };
    let refused = values(&split("bore;piece\n19.99;1"), into, |_, _| (None, None)).unwrap_err();
    assert!(refused.contains("is several columns"), "{refused}");
    assert!(is_block("\t142.02"), "its first cell is empty");
}

#[test]
fn r05_a_gauge_that_is_due_and_a_value_of_another_kind_are_refused_at_the_value() {
    let mut shop = shafts(PLAN, 3);
    let overdue = |ask| {
        let mut value = cell((1, ask), "19.995");
        value.gauge = Some(id("MIC-9"));
        cells(vec![value], Taken::Typed)
    };
    assert_eq!(shop.codes("okafor", overdue(1)), ["G04"]);
    assert_eq!(shop.codes("okafor", types((1, 5), "19.995")), ["T08"]);
    assert_eq!(shop.codes("okafor", types((1, 7), "19.995")), ["J17"]);
    assert_eq!(shop.codes("okafor", types((9, 1), "19.995")), ["J12"]);
    assert_eq!(shop.codes("novak", types((1, 1), "19.995")), ["P04"]);
    assert_eq!(shop.codes("okafor", cells(Vec::new(), Taken::Typed)), ["R08"]);
    assert!(shop.lot("L-22").records.is_empty());
}

#[test]
fn r04_a_failing_value_is_typed_again_before_the_lot_is_decided() {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", types((1, 2), "142.30"));
    assert_eq!(shop.lot("L-22").unconfirmed().len(), 1);
    assert_eq!(shop.codes("okafor", decides("L-22", false)), ["J25"]);
    // The same value stands, and a deviation names it.
    shop.does("okafor", retypes((1, 2), "142.300"));
    let lot = shop.lot("L-22");
    assert!(lot.unconfirmed().is_empty());
    let named = lot.deviation_of_pieces().unwrap().clone();
    assert_eq!(named.as_str(), "NCR-ASM1-0001");
    assert_eq!(shop.codes("okafor", retypes((1, 2), "142.30")), ["J24"]);
    // Another one joins it, and so does the decision.
    shop.does("okafor", types((2, 2), "142.40")).does("okafor", retypes((2, 2), "142.40"));
    shop.does("okafor", decides("L-22", false));
    assert_eq!(shop.lot("L-22").deviation(), Some(&named));
}

#[test]
fn r03_another_value_typed_again_corrects_a_slip_of_its_author() {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", types((1, 2), "1420.2"));
    assert_eq!(shop.codes("ito", retypes((1, 2), "142.02")), ["P04"]);
    shop.does("okafor", retypes((1, 2), "142.02"));
    let lot = shop.lot("L-22");
    assert_eq!((lot.records.len(), lot.nonconforming().len()), (2, 0));
    assert!(lot.unconfirmed().is_empty() && lot.deviation_of_pieces().is_none());
    // What fails in its place is asked for once more.
    shop.does("okafor", types((2, 2), "1420.2")).does("okafor", retypes((2, 2), "142.20"));
    assert_eq!(shop.lot("L-22").unconfirmed().len(), 1);
}

#[test]
fn r03_a_value_is_recorded_once_and_put_right_with_a_reason_beside_the_others() {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", cells(good(1), Taken::Typed));
    assert_eq!(shop.codes("okafor", types((1, 2), "142.00")), ["J18"]);
    let unsaid = corrects(&shop, (1, 2), "142.05", " ");
    assert_eq!(shop.codes("okafor", unsaid), ["R08"]);
    let nothing = corrects(&shop, (2, 2), "142.05", "read again");
    assert_eq!(shop.codes("okafor", nothing), ["J14"]);
    let again = corrects(&shop, (1, 2), "142.05", "read again");
    shop.does("okafor", again);
    let lot = shop.lot("L-22");
    let stands = |ask| {
        let found = lot.standing_at((1, ask));
        assert_eq!(found.len(), 1, "value {ask}");
        gemba::domain::traveler::hold::shown(&found[0].reading.value)
    };
    assert_eq!((stands(2).as_str(), stands(1).as_str()), ("142.05 mm", "19.995 mm"));
    assert_eq!(lot.inspected().len(), 1, "the piece is still whole");
    assert_eq!(shop.codes("okafor", finds("L-22", 1, "74.0", None)), ["J19"]);
}

#[test]
fn r04_values_that_come_together_are_one_act_and_one_deviation_names_every_failing_one() {
    let mut shop = shafts(PLAN, 3);
    let mut block = [good(1), good(2), good(3)].concat();
    block[1] = cell((1, 2), "142.30");
    block[14] = cell((3, 3), "0.09");
    let mut wrong = block.clone();
    wrong.push(cell((3, 3), "0.01"));
    assert_eq!(shop.codes("okafor", cells(wrong, Taken::Together)), ["J18"]);
    assert!(shop.lot("L-22").records.is_empty(), "all of them or none");
    shop.does("okafor", cells(block, Taken::Together));
    let lot = shop.lot("L-22");
    assert_eq!((lot.records.len(), lot.nonconforming().len()), (3, 2));
    assert!(lot.unconfirmed().is_empty(), "nothing of a block is asked for twice");
    let words = "piece 1: length 142.30 mm; piece 3: runout 0.09 mm";
    assert_eq!(found(&shop, "NCR-ASM1-0001"), words);
    shop.does("okafor", decides("L-22", false));
    assert_eq!(shop.lot("L-22").deviation().unwrap().as_str(), "NCR-ASM1-0001");
}

#[test]
fn r03_a_comment_stands_at_its_value_with_who_made_it() {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", remarks((1, 1), "a burr at the edge"));
    shop.does("ito", remarks((1, 1), "seen"));
    assert_eq!(shop.codes("okafor", remarks((1, 1), " ")), ["R08"]);
    assert_eq!(shop.codes("okafor", remarks((1, 9), "what?")), ["J17"]);
    let notes = shop.lot("L-22").notes;
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[1].0.as_ref().unwrap().as_str(), "ito");
}

#[test]
fn r12_what_two_stations_recorded_of_a_value_unseen_counts_by_the_worse_one() {
    let mut shop = shafts(PLAN, 3);
    shop.share();
    shop.does("okafor", cells(good(1), Taken::Typed));
    shop.at("ASM2").does("quell", types((1, 2), "142.30"));
    shop.at("ASM1").share();
    let lot = shop.lot("L-22");
    assert_eq!(lot.standing_at((1, 2)).len(), 2);
    assert_eq!((lot.nonconforming().len(), lot.unconfirmed().len()), (1, 1));
}

/// A value that two stations recorded.
fn recorded_twice() -> Shop {
    let mut shop = shafts(PLAN, 3);
    shop.share();
    shop.does("okafor", types((1, 2), "142.02"));
    shop.at("ASM2").does("quell", types((1, 2), "142.05"));
    shop.at("ASM1").share();
    shop
}

/// Both values of a place are corrected.
pub(crate) fn corrected() -> Vec<Sent> {
    let mut shop = recorded_twice();
    let both = corrects_seen(&shop, ((1, 2), 2), ("142.04", "read again"));
    shop.does("quell", both);
    shop.station().written.clone()
}

#[test]
fn r03_a_value_that_stations_recorded_unseen_is_corrected_by_who_saw_all_of_them_and_names_each() {
    let mut shop = recorded_twice();
    // Whoever saw one of them only is told both.
    let one = corrects(&shop, (1, 2), "142.04", "read again");
    let refused = shop.refuses("quell", one);
    assert_eq!(refused.iter().map(Reason::code).collect::<Vec<_>>(), ["J26"]);
    let said = refused[0].what().to_string();
    assert!(said.contains("142.02 mm by okafor") && said.contains("142.05 mm by quell"), "{said}");
    let both = corrects_seen(&shop, ((1, 2), 2), ("142.04", "read again"));
    // One of them is another's: that takes a reviewer.
    assert_eq!(shop.codes("okafor", both.clone()), ["P04"]);
    shop.does("quell", both);
    let lot = shop.lot("L-22");
    let stands: Vec<String> = lot
        .standing_at((1, 2))
        .iter()
        .map(|value| gemba::domain::traveler::hold::shown(&value.reading.value))
        .collect();
    assert_eq!(stands, ["142.04 mm"]);
    let named = lot.records.last().unwrap().what.corrects.clone().unwrap();
    assert_eq!(named.records().count(), 2, "the correction names both");
    assert!(lot.recorded_twice().is_empty());
}

#[test]
fn r03_nobody_corrects_a_value_or_a_piece_other_than_the_one_that_was_shown() {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", types((1, 2), "142.02"));
    let seen = corrects(&shop, (1, 2), "142.04", "read again");
    let sooner = corrects(&shop, (1, 2), "142.03", "slipped");
    shop.does("okafor", sooner);
    // One value stands, as many as were shown, and it is another one.
    assert_eq!(shop.codes("okafor", seen), ["J26"]);

    let mut shop = crate::support::inspections::inspecting(PLAN);
    shop.does("quell", receives("L-1", 3)).does("okafor", opens("L-1", None));
    let first = *shop.lot("L-1").chosen().first().unwrap();
    shop.does("okafor", finds("L-1", first, "74.000", None));
    let shown = Some([shop.lot("L-1").records[0].at.clone()].into());
    let mut seen = finds("L-1", first, "74.010", Some("read again"));
    if let Command::Series(_, InspectionCommand::Record { corrects, .. }) = &mut seen {
        *corrects = Some(Anew { reason: "read again".to_owned(), shown });
    }
    shop.does("okafor", finds("L-1", first, "74.005", Some("slipped")));
    assert_eq!(shop.codes("okafor", seen), ["J23"]);
}

#[test]
fn r05_a_value_of_a_step_with_a_training_of_its_own_is_recorded_by_who_has_it() {
    let mut shop = Shop::open();
    shop.does("quell", gauge_registered("MIC-4", "micrometer"));
    shop.does("quell", calibrated("MIC-4", "2025-11-01", "2027-03-01"));
    let mut text = shaft(PLAN);
    text.steps[0].rules.qualification = Some(id("metrology-1"));
    shop.release(&text);
    shop.comes_in("L-22", 3);
    assert_eq!(shop.codes("okafor", types((1, 1), "19.995")), ["P07"]);
    assert_eq!(shop.codes("okafor", remarks((1, 1), "a burr")), ["P07"]);
    // A step beside it asks for none.
    shop.does("okafor", types((1, 4), "0.62"));
    let until = Some("2027-06-30".parse().unwrap());
    let qualify = PersonCommand::Qualify { qualification: id("metrology-1"), until };
    shop.does("admin", Command::Person(id("okafor"), qualify));
    shop.does("okafor", types((1, 1), "19.995"));
}

#[test]
fn r12_a_failing_value_that_comes_after_the_acceptance_is_told_although_the_plan_accepts_it() {
    // Of 20 pieces one may be bad.
    let mut shop = shafts("AQL 2.5, level II, ISO 2859-1:1999", 100);
    let pieces: Vec<u32> = shop.lot("L-22").chosen().into_iter().collect();
    assert_eq!((pieces.len(), shop.lot("L-22").opened.plan.single.accept), (20, 1));
    shop.share();
    shop.at("ASM2").does("quell", types((pieces[0], 2), "142.30"));
    shop.at("ASM1");
    for piece in pieces {
        shop.does("okafor", cells(good(piece), Taken::Typed));
    }
    shop.does("okafor", decides("L-22", true));
    assert!(shop.lot("L-22").unseen_by_acceptance().is_empty(), "nobody knows better here");
    shop.share();
    let lot = shop.lot("L-22");
    assert_eq!(lot.standing(), LotStanding::Accepted);
    assert_eq!(lot.unseen_by_acceptance().len(), 1);
}
