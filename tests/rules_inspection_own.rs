//! R12: lots of own production are inspected like those that come in, and held with what is found.

use gemba::domain::decide::Command;
use gemba::domain::deviation::Disposition;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LotId;
use gemba::domain::inspection::by_cell::{CellValue, Taken};
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::fact::{Choice, LotEnd};
use gemba::domain::inspection::scheme::Severity;
use gemba::domain::inspection::series::{Lot, LotStanding, SeriesId, SeriesState, own_lot};
use gemba::domain::instruction::Ask;
use gemba::domain::material::{MaterialCommand, MaterialId, MaterialReceived};
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::{HoldReason, ReadingValue};
use gemba::views::inspection::NextView;

use crate::support::inspections::{
    about, by_piece, chooses, decides, decision, ends, finds, inspecting, opens, receives,
};
use crate::support::judged::nothing_is_objected_to;
use crate::support::lots::{counted, splits};
use crate::support::shop::{Sent, Shop};
use crate::support::shop_plan::{
    answer, calibrated, disposes, gauge_registered, id, reading, rework,
};

/// Letter F, twenty pieces, none of them bad.
const STRICT: &str = "AQL 0.65, level II, ISO 2859-1:1999";

fn own() -> SeriesId {
    SeriesId::own(id("CP-40"))
}

fn of_own(command: InspectionCommand) -> Command {
    Command::Series(own(), command)
}

/// A lot of a hundred pumps is begun, and pumps are inspected by a plan.
fn making() -> Shop {
    let mut shop = Shop::with_lot();
    let mut text = by_piece(STRICT, "A");
    (text.id, text.part) = (id("WI-61"), id("CP-40"));
    shop.release(&text);
    shop
}

/// A lot that was made here, looked at and not accepted.
pub(crate) fn rejected() -> Shop {
    let mut shop = making();
    let unit = shop.traveler.clone();
    shop.does("okafor", opens_own(&unit, None));
    looks_at_all(&mut shop, 1);
    let reject = decides_own(&shop, false);
    shop.does("okafor", reject);
    shop
}

fn lot_of(unit: &TravelerId) -> LotId {
    own_lot(unit).unwrap()
}

fn opens_own(unit: &TravelerId, size: Option<u32>) -> Command {
    let seed = Hash::of(&[b"chance"]);
    let (lot, instruction) = (lot_of(unit), id("WI-61"));
    let (unit, first_article) = (Some(unit.clone()), false);
    of_own(InspectionCommand::Open { lot, unit, instruction, size, first_article, seed })
}

fn series(shop: &Shop) -> SeriesState {
    let state = shop.stream(&Subject::Series(own())).state;
    let StreamState::Series(state) = state else { panic!("{state:?}") };
    state
}

fn lot(shop: &Shop) -> Lot {
    series(shop).lot(&lot_of(&shop.traveler)).unwrap().clone()
}

/// Every piece that is left of the sample is looked at; the first so many are too thick.
fn looks_at_all(shop: &mut Shop, bad: usize) {
    for (rank, piece) in lot(shop).remaining().into_iter().enumerate() {
        let diameter = if rank < bad { "74.030" } else { "74.000" };
        let values = vec![(reading(diameter, "mm"), None), (ReadingValue::Conforms(true), None)];
        let (lot, corrects) = (lot_of(&shop.traveler), None);
        shop.does("okafor", of_own(InspectionCommand::Record { lot, piece, values, corrects }));
    }
}

fn decides_own(shop: &Shop, accept: bool) -> Command {
    let (by, note) = (Signer::by_badge("M. Okafor"), String::new());
    let (lot, deviation) = (lot_of(&shop.traveler), None);
    of_own(InspectionCommand::Decide { lot, accept, note, deviation, seen: None, by })
}

#[test]
fn r12_a_lot_that_is_made_here_is_held_while_it_is_inspected_and_goes_on_once_it_is_accepted() {
    let mut shop = making();
    let unit = shop.traveler.clone();
    shop.does("okafor", opens_own(&unit, None));
    let opened = lot(&shop).opened;
    assert_eq!((opened.size, opened.plan.single.size), (100, 20));
    assert_eq!(opened.unit.as_ref(), Some(&unit));
    let holds: Vec<_> = shop.state().open_holds().map(|(_, h)| h.placed.reason.clone()).collect();
    assert_eq!(holds, [HoldReason::Inspection { opened: lot(&shop).at }]);
    assert_eq!(shop.codes("novak", answer("deburr", 1, true)), ["H01"]);
    assert_eq!(shop.codes("okafor", opens_own(&unit, None)), ["J05", "H01"]);
    looks_at_all(&mut shop, 0);
    let accept = decides_own(&shop, true);
    assert_eq!(shop.codes("novak", accept.clone()), ["P04"]);
    shop.does("okafor", accept);
    assert_eq!(lot(&shop).standing(), LotStanding::Accepted);
    shop.does("novak", answer("deburr", 1, true));
    assert_eq!(shop.codes("okafor", opens_own(&unit, None)), ["J05"], "it was looked at");
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r12_a_lot_that_is_made_here_is_opened_by_its_order_and_number_with_the_pieces_that_it_has() {
    let mut shop = making();
    let unit = shop.traveler.clone();
    let Command::Series(_, InspectionCommand::Open { lot, instruction, seed, .. }) =
        opens_own(&unit, None)
    else {
        panic!("an opening opens");
    };
    let unnamed = InspectionCommand::Open {
        lot,
        unit: None,
        instruction,
        size: None,
        first_article: false,
        seed,
    };
    assert_eq!(shop.codes("okafor", of_own(unnamed)), ["J09"]);
    assert_eq!(shop.codes("okafor", opens_own(&unit, Some(99))), ["J04"]);
    let other = TravelerId { unit: id("L-23"), ..unit.clone() };
    assert_eq!(shop.codes("okafor", opens_own(&other, None)), ["T02"]);
    shop.later(60).does("brandt", splits(40));
    shop.does("okafor", opens_own(&unit, None));
    assert_eq!(self::lot(&shop).opened.size, 60, "forty have left");
    // Another series of the same part is not counted with it.
    let covers = SeriesId::own(id("cover"));
    let Command::Series(_, open) = opens_own(&unit, None) else { panic!("an opening opens") };
    let codes = shop.codes("okafor", Command::Series(covers, open));
    assert!(codes.contains(&"J16"), "{codes:?}");
}

#[test]
fn r12_a_lot_that_is_made_here_and_not_accepted_is_held_for_a_deviation_that_says_why() {
    let mut shop = rejected();
    let unit = shop.traveler.clone();
    let (piece, lot) = (*lot(&shop).nonconforming().first().unwrap(), lot(&shop));
    assert_eq!((lot.standing(), lot.waits()), (LotStanding::Rejected, false));
    assert_eq!(lot.deviation(), Some(&id("NCR-ASM1-0001")));
    let state = shop.stream(&Subject::Deviation(id("NCR-ASM1-0001"))).state;
    let StreamState::Deviation(deviation) = state else { panic!("{state:?}") };
    let raised = &deviation.raised.as_ref().unwrap().body;
    let (found, required) = (&raised.found, &raised.required);
    assert_eq!(*found, format!("1 of 20 nonconforming: piece {piece}: diameter 74.030 mm"));
    assert!(required.ends_with("of 20 pieces at most 0 nonconforming"), "{required}");
    assert_eq!(raised.note, "lot WO-2.L-22 of CP-40 from own production");
    let holds: Vec<_> = shop.state().open_holds().map(|(_, h)| h.placed.clone()).collect();
    assert_eq!(holds.len(), 1, "one hold, for the deviation");
    assert_eq!(holds[0].deviation, Some(id("NCR-ASM1-0001")));
    // What becomes of it is what the deviation says, not the inspection.
    let (by, reason) = (Signer::by_badge("R. Tanaka"), "burrs".to_owned());
    let number = lot_of(&unit);
    let dispose = InspectionCommand::Dispose { lot: number, end: LotEnd::Sort, reason, by };
    assert_eq!(shop.codes("quell", of_own(dispose)), ["J34"]);
    assert_eq!(shop.codes("okafor", opens_own(&unit, None)), ["H01"]);
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("deburr")));
    assert_eq!(shop.state().open_holds().count(), 0);
    // Done again, it comes again, tightened.
    shop.does("novak", answer("deburr", 1, true));
    shop.does("okafor", opens_own(&unit, None));
    let again = self::lot(&shop).opened;
    assert_eq!((again.severity, again.resubmits.is_some()), (Severity::Tightened, true));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r12_what_is_scrap_is_no_piece_of_the_lot() {
    let mut shop = Shop::counting_lot();
    let mut text = by_piece(STRICT, "A");
    (text.id, text.part) = (id("WI-61"), id("CP-40"));
    shop.release(&text);
    shop.does("novak", counted("count", "60/10", "dent"));
    let unit = shop.traveler.clone();
    shop.does("okafor", opens_own(&unit, None));
    assert_eq!(lot(&shop).opened.size, 90);
}

#[test]
fn r12_goods_in_does_not_name_the_plant_itself_as_a_supplier() {
    let mut shop = inspecting(STRICT);
    for supplier in ["own production", "own", "Own  Production", " OWN "] {
        let received = MaterialReceived {
            supplier: supplier.to_owned(),
            certificate: String::new(),
            quantity: Some(2),
            expires: None,
            corrects: None,
        };
        let material = MaterialId { part: id("cover"), lot: id("L-1") };
        let receive = Command::Material(material, MaterialCommand::Receive(received));
        assert_eq!(shop.codes("quell", receive), ["J35"], "{supplier:?}");
    }
}

#[test]
fn r12_a_lot_of_a_supplier_that_is_not_accepted_gets_a_deviation_or_goes_to_the_one_that_is_given()
{
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1));
    assert_eq!(shop.lot("L-1").deviation(), Some(&id("NCR-ASM1-0001")));
    let block = shop.covers_in("L-1").blocked().unwrap().clone();
    assert_eq!(block.reason, "rejected: 1 nonconforming, Re 1; NCR-ASM1-0001");
    shop.comes_in("L-2", 150).looks_at_all("L-2", 1);
    let given = |number: &str| about(decision("L-2", false, Some(number)));
    assert_eq!(shop.codes("okafor", given("NCR-ASM1-0099")), ["N01"]);
    shop.does("okafor", given("NCR-ASM1-0001"));
    assert_eq!(shop.lot("L-2").deviation(), Some(&id("NCR-ASM1-0001")));
    let none = shop.stream(&Subject::Deviation(id("NCR-ASM1-0002")));
    assert!(none.heads.is_empty(), "no other one is raised");
    shop.does("quell", ends("L-2", LotEnd::Return));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r12_a_lot_that_two_stations_opened_unseen_stops_the_series_until_quality_answers() {
    let mut shop = inspecting(STRICT);
    shop.does("quell", receives("L-1", 150)).does("quell", receives("L-2", 150)).share();
    for station in ["ASM1", "ASM2"] {
        shop.at(station).place("ASM-1").does("okafor", opens("L-1", None));
    }
    shop.share();
    for station in ["ASM1", "ASM2"] {
        assert_eq!(shop.at(station).codes("okafor", opens("L-2", None)), ["J33"], "{station}");
    }
    let next = NextView::all_of(&shop.series());
    assert_eq!(next[0].opened_twice.as_deref(), Some("L-1"), "whoever looks is told");
    // What is open is inspected; only nothing new is begun.
    let piece = *shop.lot("L-1").remaining().first().unwrap();
    shop.does("okafor", finds("L-1", piece, "74.000", None));
    assert_eq!(shop.codes("okafor", chooses(Choice::TakeUp)), ["P04"]);
    shop.does("quell", chooses(Choice::TakeUp)).does("okafor", opens("L-2", None)).share();
    assert_eq!(shop.at("ASM1").codes("quell", chooses(Choice::TakeUp)), ["J31"]);
}

#[test]
fn r12_a_lot_that_was_sorted_comes_again_without_stopping_the_series() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1)).does("quell", ends("L-1", LotEnd::Sort));
    shop.does("okafor", opens("L-1", Some(149))).whole_lot("L-2", (150, 0));
    assert_eq!(shop.series().opened_twice(), Vec::<&Lot>::new());
}

/// Somebody at a station that has not heard of a record accepts the lot.
#[test]
fn r12_an_acceptance_that_a_record_unseen_contradicts_is_known_as_such() {
    let mut shop = inspecting(STRICT);
    shop.comes_in("L-1", 150).share();
    let piece = *shop.lot("L-1").remaining().first().unwrap();
    shop.at("ASM2").place("ASM-1").does("okafor", finds("L-1", piece, "74.030", None));
    shop.at("ASM1").looks_at_all("L-1", 0).does("okafor", decides("L-1", true));
    assert!(!shop.lot("L-1").is_contradicted());
    shop.share();
    assert!(shop.lot("L-1").is_contradicted());
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Contradicted);
}

#[test]
fn r12_a_lot_that_is_made_here_is_not_disposed_of_before_it_is_decided_about() {
    let mut shop = making();
    let unit = shop.traveler.clone();
    shop.does("okafor", opens_own(&unit, None));
    for end in [LotEnd::UseAsIs, LotEnd::Sort, LotEnd::Scrap] {
        let (lot, reason) = (lot_of(&unit), "early".to_owned());
        let by = Signer::by_badge("Q. Quell");
        let dispose = of_own(InspectionCommand::Dispose { lot, end, reason, by });
        assert_eq!(shop.codes("quell", dispose), ["J11"]);
    }
}

#[test]
fn r12_no_two_lots_that_are_made_here_have_one_name() {
    let name = |unit: &str| own_lot(&TravelerId::parse(unit).unwrap()).unwrap();
    for (one, other) in [("WO.X/L-1", "WO/X.L-1"), ("A./L", "A/L."), ("A.B/C", "A/B.C")] {
        assert_ne!(name(one), name(other), "{one} and {other}");
    }
    assert_eq!(name("WO-2/L-22").as_str(), "WO-2.L-22");
}

/// A lot is accepted although a deviation of its pieces is open, as facts.
pub(crate) fn named() -> Vec<Sent> {
    accepted_with_a_deviation().station().written.clone()
}

#[test]
fn r08_a_lot_is_not_accepted_before_something_is_decided_of_what_holds_it() {
    let (mut shop, accept) = with_a_deviation();
    assert_eq!(shop.codes("okafor", accept), ["J27"]);
    let lot = lot(&accepted_with_a_deviation());
    assert_eq!(lot.standing(), LotStanding::Accepted);
    // It is decided and not closed: whoever signed saw that.
    assert_eq!(lot.decided[0].3.open, Some(vec![id("NCR-ASM1-0001")]));
}

#[test]
fn r12_a_lot_that_is_scrapped_or_returned_is_not_accepted_any_more() {
    let (mut shop, accept) = with_a_deviation();
    shop.does("quell", disposes("NCR-ASM1-0001", Disposition::Scrap));
    let refused = shop.refuses("okafor", accept);
    assert!(refused.iter().any(|why| matches!(why, Reason::TravelerEnded { .. })), "{refused:?}");
}

fn accepted_with_a_deviation() -> Shop {
    let (mut shop, accept) = with_a_deviation();
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("deburr")));
    shop.does("okafor", accept);
    shop
}

/// A lot that its plan accepts, held for a deviation, with the command that accepts it.
fn with_a_deviation() -> (Shop, Command) {
    let mut shop = making();
    let mut text = by_piece("AQL 2.5, level II, ISO 2859-1:1999", "B");
    (text.id, text.part) = (id("WI-61"), id("CP-40"));
    shop.release(&text);
    let unit = shop.traveler.clone();
    shop.does("okafor", opens_own(&unit, None));
    assert_eq!(lot(&shop).opened.plan.single.accept, 1, "one bad piece is accepted");
    let about_cells = |(piece, diameter): (u32, &str)| {
        let cell = |ask, value| CellValue { piece, ask, value, gauge: None };
        vec![cell(1, reading(diameter, "mm")), cell(2, ReadingValue::Conforms(true))]
    };
    for (rank, piece) in lot(&shop).remaining().into_iter().enumerate() {
        let values = about_cells((piece, if rank == 0 { "74.030" } else { "74.000" }));
        let (lot, taken) = (lot_of(&unit), Taken::Together);
        shop.does("okafor", of_own(InspectionCommand::Cells { lot, values, taken }));
    }
    let accept = decides_own(&shop, true);
    (shop, accept)
}

#[test]
fn r10_a_lot_that_was_made_here_is_held_for_what_was_read_on_its_pieces_with_a_gauge_that_failed() {
    let mut shop = Shop::with_lot();
    shop.does("quell", gauge_registered("MIC-4", "micrometer"));
    shop.does("quell", calibrated("MIC-4", "2025-11-01", "2027-03-01"));
    let mut text = by_piece(STRICT, "A");
    (text.id, text.part) = (id("WI-61"), id("CP-40"));
    let Ask::Measure(diameter) = &mut text.steps[0].asks[0] else { panic!("{text:?}") };
    diameter.gauge = Some(id("micrometer"));
    shop.release(&text);
    let unit = shop.traveler.clone();
    shop.does("okafor", opens_own(&unit, None));
    for piece in lot(&shop).remaining() {
        let cell = |ask, value, gauge| CellValue { piece, ask, value, gauge };
        let diameter = cell(1, reading("74.000", "mm"), Some(id("MIC-4")));
        let values = vec![diameter, cell(2, ReadingValue::Conforms(true), None)];
        let (lot, taken) = (lot_of(&unit), Taken::Typed);
        shop.does("okafor", of_own(InspectionCommand::Cells { lot, values, taken }));
    }
    let accept = decides_own(&shop, true);
    shop.does("okafor", accept);
    assert_eq!(shop.state().open_holds().count(), 0);
    let (found, reason) = ("+0.01 mm".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("MIC-4"), GaugeCommand::Fail { found, reason }));
    let state = shop.stream(&Subject::Gauge(id("MIC-4"))).state;
    let StreamState::Gauge(gauge) = state else { panic!("{state:?}") };
    let (gauge, failed) = (id("MIC-4"), gauge.failures[0].at.clone());
    let hold = TravelerCommand::HoldForGauge { gauge, failed };
    shop.does("quell", hold.clone());
    let named: Vec<u64> =
        shop.state().open_holds().map(|(_, hold)| hold.placed.readings.len()).collect();
    assert_eq!(named, [20], "every record is named");
    assert_eq!(shop.codes("quell", hold), ["G13"]);
}
