//! R12: lots that come in are inspected by a plan that anybody can compute again, and go on only then.

use gemba::domain::decide::Command;
use gemba::domain::hash::Hash;
use gemba::domain::inspection::choice::pieces;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::fact::{Choice, LotEnd};
use gemba::domain::inspection::rule::InspectRule;
use gemba::domain::inspection::scheme::Severity;
use gemba::domain::inspection::series::{LotStanding, SeriesId};
use gemba::domain::inspection::switching::Why;
use gemba::domain::material::{MaterialCommand, MaterialId};
use gemba::domain::signature::{Meaning, Signer};
use gemba::domain::stream::Subject;
use proptest::prelude::*;

use crate::support::inspections::{
    about, by_piece, chooses, covers, decides, ends, finds, inspecting, opens, receives,
};
use crate::support::shop::Shop;
use crate::support::shop_plan::{id, reading};

const PLAN: &str = "AQL 1.0, level II, ISO 2859-1:1999";
/// Letter F, twenty pieces, none of them bad.
const STRICT: &str = "AQL 0.65, level II, ISO 2859-1:1999";

fn severity(shop: &Shop, lot: &str) -> (Severity, Why) {
    let opened = shop.lot(lot).opened;
    (opened.severity, opened.why)
}

#[test]
fn r12_a_lot_keeps_how_it_is_inspected_and_is_blocked_until_then() {
    let mut shop = inspecting(PLAN);
    shop.comes_in("L-1", 500);
    let opened = shop.lot("L-1").opened;
    assert_eq!(opened.plan.letter.map(|letter| letter.to_string()), Some("H".to_owned()));
    let plan = opened.plan.single;
    assert_eq!((plan.size, plan.accept, plan.reject), (50, 1, 2));
    assert_eq!((opened.severity, opened.why), (Severity::Normal, Why::Begins));
    assert_eq!(opened.by.rule, InspectRule::parse(PLAN).unwrap());
    let block = shop.covers_in("L-1").blocked().unwrap().clone();
    assert_eq!(block.inspection.map(|by| by.opened), Some(shop.lot("L-1").at));
    // Nobody goes around the inspection.
    let material = MaterialId { part: id("cover"), lot: id("L-1") };
    let release = MaterialCommand::Release { reason: "in a hurry".to_owned() };
    assert_eq!(shop.codes("quell", Command::Material(material, release)), ["J32"]);
}

#[test]
fn r12_the_pieces_are_chosen_by_chance_and_are_the_same_for_whoever_asks() {
    let mut shop = inspecting(PLAN);
    shop.comes_in("L-1", 500).share();
    let chosen = shop.lot("L-1").chosen();
    assert_eq!(chosen.len(), 50);
    assert!(chosen.iter().all(|piece| (1..=500).contains(piece)));
    shop.at("ASM2");
    assert_eq!(shop.lot("L-1").chosen(), chosen);
    let other = (1..=500).find(|piece| !chosen.contains(piece)).unwrap();
    assert_eq!(shop.codes("okafor", finds("L-1", other, "74.000", None)), ["J12"]);
}

#[test]
fn r12_an_accepted_lot_is_let_go_over_a_signature_on_what_was_found() {
    let mut shop = inspecting(PLAN);
    shop.comes_in("L-1", 500);
    assert_eq!(shop.codes("okafor", decides("L-1", true)), ["J20"]);
    shop.looks_at_all("L-1", 1);
    assert_eq!(shop.codes("novak", decides("L-1", true)), ["P04"]);
    assert_eq!(shop.codes("okafor", decides("L-1", false)), ["J22"]);
    shop.does("okafor", decides("L-1", true));
    let lot = shop.lot("L-1");
    assert_eq!(lot.standing(), LotStanding::Accepted);
    let (.., decided) = &lot.decided[0];
    assert_eq!((decided.inspected, decided.nonconforming.len()), (50, 1));
    assert_eq!(decided.signature.meaning, Meaning::Accepted);
    assert_eq!(decided.signature.covers.facts.len(), 51);
    assert_eq!(shop.covers_in("L-1").blocked(), None);
    assert_eq!(shop.codes("okafor", decides("L-1", true)), ["J11"]);
}

#[test]
fn r12_a_rejected_lot_is_held_until_somebody_says_what_becomes_of_it() {
    let mut shop = inspecting(PLAN);
    shop.comes_in("L-1", 500);
    let two: Vec<u32> = shop.lot("L-1").chosen().into_iter().take(2).collect();
    for piece in two {
        shop.does("okafor", finds("L-1", piece, "74.030", None));
    }
    // Re is reached: the rest need not be looked at.
    assert_eq!(shop.codes("okafor", decides("L-1", true)), ["J21"]);
    shop.does("okafor", decides("L-1", false));
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Rejected);
    let block = shop.covers_in("L-1").blocked().unwrap().clone();
    assert_eq!(block.reason, "rejected: 2 nonconforming, Re 2; NCR-ASM1-0001");
    assert_eq!(shop.codes("brandt", ends("L-1", LotEnd::UseAsIs)), ["P04", "P12"]);
    shop.does("quell", ends("L-1", LotEnd::UseAsIs));
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Rejected, "engineering signs, too");
    shop.does("lind", ends("L-1", LotEnd::UseAsIs));
    assert_eq!(shop.covers_in("L-1").blocked(), None);
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Disposed(LotEnd::UseAsIs));
}

#[test]
fn r12_what_is_sorted_comes_again_tightened_and_does_not_count() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1));
    assert_eq!(shop.codes("okafor", opens("L-1", Some(149))), ["J05"]);
    shop.does("quell", ends("L-1", LotEnd::Sort));
    assert!(shop.covers_in("L-1").blocked().unwrap().clone().reason.starts_with("sort"));
    assert_eq!(shop.codes("okafor", opens("L-1", Some(151))), ["J04"]);
    shop.does("okafor", opens("L-1", Some(149)));
    assert_eq!(severity(&shop, "L-1"), (Severity::Tightened, Why::Resubmitted));
    assert_eq!(shop.lot("L-1").opened.resubmits, Some(shop.series().lots[0].at.clone()));
    shop.looks_at_all("L-1", 1).does("okafor", decides("L-1", false));
    // Of two lots that count, one was not accepted.
    shop.whole_lot("L-2", (150, 0)).comes_in("L-3", 150);
    assert_eq!(severity(&shop, "L-3"), (Severity::Normal, Why::Begins));
}

#[test]
fn r12_severity_follows_the_series_own_lots() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1)).whole_lot("L-2", (150, 0)).whole_lot("L-3", (150, 1));
    shop.whole_lot("L-4", (150, 0));
    assert_eq!(severity(&shop, "L-4"), (Severity::Tightened, Why::TwoOfFive));
    assert_eq!(shop.lot("L-4").opened.plan.single.size, 32);
    for lot in ["L-5", "L-6", "L-7", "L-8"] {
        shop.whole_lot(lot, (150, 0));
    }
    shop.comes_in("L-9", 150);
    assert_eq!(severity(&shop, "L-9"), (Severity::Normal, Why::FiveAccepted));
    // Another revision of the instruction, or another supplier, begins anew.
    shop.release(&by_piece(STRICT, "B"));
    shop.comes_in("L-10", 150);
    assert_eq!(severity(&shop, "L-10"), (Severity::Normal, Why::Begins));
}

#[test]
fn r12_discontinued_inspection_is_taken_up_again_by_quality() {
    let mut shop = inspecting(STRICT);
    for n in 1..=7 {
        shop.whole_lot(&format!("L-{n}"), (150, 1));
    }
    shop.does("quell", receives("L-8", 150));
    assert_eq!(shop.codes("okafor", opens("L-8", None)), ["J06"]);
    assert_eq!(shop.codes("okafor", chooses(Choice::TakeUp)), ["P04"]);
    assert_eq!(shop.codes("quell", chooses(Choice::Normal)), ["J31"]);
    shop.does("quell", chooses(Choice::TakeUp)).does("okafor", opens("L-8", None));
    assert_eq!(severity(&shop, "L-8"), (Severity::Tightened, Why::TakenUpAgain));
}

#[test]
fn r12_reduced_inspection_is_earned_approved_and_lost() {
    let mut shop = inspecting("AQL 0.65, level S-1, ISO 2859-1:1999");
    for n in 1..=14 {
        shop.whole_lot(&format!("L-{n}"), (100, 0));
    }
    assert_eq!(shop.codes("quell", chooses(Choice::Reduce)), ["J31"]);
    shop.whole_lot("L-15", (100, 0)).does("quell", chooses(Choice::Reduce));
    shop.comes_in("L-16", 100);
    assert_eq!(severity(&shop, "L-16"), (Severity::Reduced, Why::Approved));
    assert_eq!(shop.lot("L-16").opened.plan.single.size, 8);
    shop.looks_at_all("L-16", 1).does("okafor", decides("L-16", false)).comes_in("L-17", 100);
    assert_eq!(severity(&shop, "L-17"), (Severity::Normal, Why::NotAcceptedOnReduced));
}

#[test]
fn r12_a_plan_with_ac_0_has_one_severity() {
    let mut shop = inspecting("zero 95/5");
    shop.whole_lot("L-1", (100, 1)).whole_lot("L-2", (100, 1)).comes_in("L-3", 100);
    assert_eq!(severity(&shop, "L-3"), (Severity::Normal, Why::OneSeverity));
    assert_eq!(shop.lot("L-3").opened.plan.single.size, 45);
}

#[test]
fn r12_a_record_of_a_piece_is_corrected_with_a_reason_and_both_stay() {
    let mut shop = inspecting(STRICT);
    shop.comes_in("L-1", 150);
    let piece = *shop.lot("L-1").chosen().first().unwrap();
    assert_eq!(shop.codes("okafor", finds("L-1", piece, "74.000", Some("slip"))), ["J14"]);
    shop.does("okafor", finds("L-1", piece, "74.030", None));
    assert_eq!(shop.codes("okafor", finds("L-1", piece, "74.000", None)), ["J13"]);
    assert_eq!(shop.codes("okafor", finds("L-1", piece, "74.000", Some(" "))), ["R08"]);
    // What somebody else recorded is put right by whoever answers for records.
    shop.does("quell", finds("L-1", piece, "74.003", Some("read it wrong")));
    let lot = shop.lot("L-1");
    assert_eq!((lot.records.len(), lot.nonconforming().len()), (2, 0));
}

#[test]
fn r12_a_lot_is_opened_as_goods_in_noted_it_and_by_an_instruction_that_fits() {
    let mut shop = inspecting(PLAN);
    assert_eq!(shop.codes("okafor", opens("L-1", Some(500))), ["J01"]);
    shop.does("quell", receives("L-1", 500));
    assert_eq!(shop.codes("novak", opens("L-1", None)), ["P04"]);
    assert_eq!(shop.codes("okafor", opens("L-1", Some(400))), ["J04"]);
    let seed = Hash::of(&[b"chance"]);
    let open = |instruction: &str| InspectionCommand::Open {
        lot: id("L-1"),
        unit: None,
        instruction: id(instruction),
        size: None,
        first_article: false,
        seed,
    };
    assert_eq!(shop.codes("okafor", about(open("WI-2"))), ["D09", "J08", "J07"]);
    let other = SeriesId::new(id("cover"), "Southern").unwrap();
    assert_eq!(shop.codes("okafor", Command::Series(other, open("WI-60"))), ["J02"]);
    let known = InspectionCommand::Decide {
        seen: None,
        lot: id("L-1"),
        accept: true,
        note: String::new(),
        deviation: None,
        by: Signer::by_badge("M. Okafor"),
    };
    assert_eq!(shop.codes("okafor", about(known)), ["J10"]);
    assert_eq!(shop.codes("quell", chooses(Choice::Reduce)), ["J30"]);
    let mut uncounted = receives("L-2", 1);
    if let Command::Material(_, MaterialCommand::Receive(received)) = &mut uncounted {
        received.quantity = None;
    }
    shop.does("quell", uncounted);
    assert_eq!(shop.codes("okafor", opens("L-2", None)), ["J03"]);
    shop.does("okafor", opens("L-2", Some(40)));
    let piece = *shop.lot("L-2").chosen().first().unwrap();
    let values = vec![(reading("74.0", "mm"), None)];
    let record = InspectionCommand::Record { lot: id("L-2"), piece, values, corrects: None };
    assert_eq!(shop.codes("okafor", about(record)), ["J15"]);
}

#[test]
fn r12_two_stations_that_decide_unseen_end_with_a_rejection() {
    let mut shop = inspecting(STRICT);
    shop.comes_in("L-1", 150).looks_at_all("L-1", 0).share();
    let piece = *shop.lot("L-1").chosen().first().unwrap();
    shop.at("ASM2").does("quell", finds("L-1", piece, "74.030", Some("burr on the back")));
    shop.does("quell", decides("L-1", false));
    shop.at("ASM1").does("okafor", decides("L-1", true));
    shop.share();
    for station in ["ASM1", "ASM2"] {
        let lot = shop.at(station).lot("L-1");
        assert_eq!((lot.standing(), lot.found()), (LotStanding::Rejected, 1));
    }
    let by = shop.lot("L-1").opened.by;
    assert_eq!(shop.series().next(&by).score, 0, "it counts as not accepted");
}

#[test]
fn r12_a_bad_piece_that_an_acceptance_had_not_seen_is_told() {
    let mut shop = inspecting(STRICT);
    shop.comes_in("L-1", 150).looks_at_all("L-1", 0).share();
    let piece = *shop.lot("L-1").chosen().first().unwrap();
    shop.at("ASM2").does("quell", finds("L-1", piece, "74.030", Some("burr on the back")));
    shop.at("ASM1").does("okafor", decides("L-1", true));
    shop.share();
    assert!(shop.lot("L-1").is_contradicted());
    // The next lot is not inspected as if nothing had been found.
    let by = shop.lot("L-1").opened.by;
    assert_eq!(shop.series().next(&by).score, 0);
}

#[test]
fn r12_a_station_that_is_offline_inspects_by_what_it_knows() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1)).share();
    shop.whole_lot("L-2", (150, 1)).comes_in("L-3", 150);
    shop.at("ASM2").comes_in("L-4", 150);
    shop.share();
    assert_eq!(severity(&shop, "L-3"), (Severity::Tightened, Why::TwoOfFive));
    assert_eq!(severity(&shop, "L-4").0, Severity::Normal);
    shop.comes_in("L-5", 150);
    assert_eq!(severity(&shop, "L-5").0, Severity::Tightened, "once both are known");
}

#[test]
fn r12_a_series_is_named_by_one_line_and_reads_back() {
    for supplier in ["Nordic", "Nordic Seals GmbH & Co. KG", "a/b", "Ü"] {
        let series = Subject::Series(SeriesId::new(id("cover"), supplier).unwrap());
        assert_eq!(Subject::parse(&series.to_string()), Some(series));
    }
    let long = "x".repeat(121);
    for supplier in ["", " ", " Nordic", "Nor\ndic", &long] {
        assert_eq!(SeriesId::new(id("cover"), supplier), None, "{supplier:?}");
    }
    assert_eq!(covers().to_string(), "cover/Nordic");
}

proptest! {
    #[test]
    fn r12_chance_chooses_so_many_different_pieces_of_the_lot(
        seed: u64, lot in 1_u32..5_000, size in 1_u32..400,
    ) {
        let seed = Hash::of(&[&seed.to_be_bytes()]);
        let chosen = pieces(&seed, lot, size);
        prop_assert_eq!(chosen.len(), usize::try_from(size.min(lot)).unwrap());
        prop_assert!(chosen.iter().all(|piece| (1..=lot).contains(piece)));
        prop_assert_eq!(pieces(&seed, lot, size), chosen);
    }
}

#[test]
fn r12_each_piece_is_chosen_about_as_often_as_another() {
    let mut counts = [0_u32; 10];
    for n in 0..4_000_u32 {
        for piece in pieces(&Hash::of(&[&n.to_be_bytes()]), 10, 3) {
            counts[usize::try_from(piece - 1).unwrap()] += 1;
        }
    }
    // 1,200 are expected of each, with a deviation of 29; five of those are never reached.
    assert!(counts.iter().all(|count| (1_055..=1_345).contains(count)), "{counts:?}");
}

#[test]
fn r12_a_lot_is_signed_as_it_was_shown_to_the_signer() {
    let mut shop = inspecting("AQL 0.65, level II, ISO 2859-1:1999");
    shop.comes_in("L-1", 2).looks_at_all("L-1", 0);
    let decide = |seen| {
        let (lot, note, by) = (id("L-1"), String::new(), Signer::by_badge("M. Okafor"));
        let (accept, deviation) = (true, None);
        about(InspectionCommand::Decide { lot, accept, note, deviation, seen, by })
    };
    assert_eq!(shop.codes("okafor", decide(Some(1))), ["J23"]);
    assert_eq!(shop.codes("okafor", decide(Some(0))), ["J23"]);
    shop.does("okafor", decide(Some(2)));
}
