//! First articles: every characteristic has a result on every piece, whatever the plan says (AS9102).

use std::sync::Arc;

use gemba::domain::decide::Command;
use gemba::domain::gauge::GaugeCommand;
use gemba::domain::hash::Hash;
use gemba::domain::inspection::by_cell::Taken;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::fact::LotEnd;
use gemba::domain::inspection::first_article::account;
use gemba::domain::inspection::series::{Lot, LotStanding};
use gemba::domain::material::{MaterialCommand, MaterialId};
use gemba::domain::quantity::Verdict;
use gemba::domain::refusal::Reason;
use gemba::domain::specification::{Characteristic, CharacteristicKind, Class, Specification};
use gemba::domain::stream::{StreamState, Subject};
use gemba::views::inspection::LotView;

use crate::support::grids::{cell, cells, good, shaft, shafts, types};
use crate::support::inspections::{about, covers, decides, ends, finds, opens, receives};
use crate::support::screen_inspection::names;
use crate::support::shop::{Sent, Shop};
use crate::support::shop_plan::{approval, calibrated, id, limits, submission};

/// One bad piece is enough.
const PLAN: &str = "AQL 0.65, level II, ISO 2859-1:1999";

fn characteristic(balloon: &str, name: &str, kind: CharacteristicKind) -> Characteristic {
    Characteristic {
        id: id(name),
        balloon: balloon.to_owned(),
        location: "1/B2".to_owned(),
        requirement: "as drawn".to_owned(),
        name: name.to_owned(),
        kind,
        class: Class::Major,
        gauge: None,
        sampling: None,
    }
}

/// The shaft's specification: what is asked of a piece, the chamfer besides, and a value for information.
fn drawn(revision: &str) -> Specification {
    let asked = gemba::domain::inspection::asks::asks_of(&shaft(PLAN));
    let asked = asked.iter().filter_map(|ask| {
        let (id, balloon) = (ask.characteristic.clone()?, ask.balloon.clone()?);
        Some(Characteristic { id, ..characteristic(&balloon, &ask.name, ask.kind.clone()) })
    });
    let chamfer = CharacteristicKind::Measured(limits("0.80", "1.20", "mm"));
    let weight = CharacteristicKind::Reference(limits("", "", "mm"));
    let more = [characteristic("10", "chamfer", chamfer), characteristic("11", "overall", weight)];
    Specification {
        part: id("cover"),
        revision: id(revision),
        drawing: "D-60 rev C".to_owned(),
        characteristics: asked.chain(more).collect(),
    }
}

fn releases_specification(shop: &mut Shop, revision: &str) {
    releases_drawn(shop, drawn(revision));
}

fn releases_drawn(shop: &mut Shop, specification: Specification) {
    let revision = &specification.revision.to_string();
    let hash = Hash::of(&[&serde_json::to_vec(&specification).unwrap()]);
    let about = |command| Command::Specification(id("cover"), command);
    shop.does("lind", about(submission(revision, hash)));
    for who in ["lind", "quell"] {
        shop.does(who, about(approval(revision, who)));
    }
    shop.specifications.insert(hash, Arc::new(specification));
}

fn opens_first(lot: &str) -> Command {
    let seed = Hash::of(&[b"chance", lot.as_bytes()]);
    let (lot, instruction, unit, size) = (id(lot), id("WI-60"), None, None);
    about(InspectionCommand::Open { lot, unit, instruction, size, first_article: true, seed })
}

/// Two shafts of a first article.
fn first_article() -> Shop {
    let mut shop = shafts(PLAN, 3);
    releases_specification(&mut shop, "A");
    shop.does("quell", receives("L-23", 2));
    shop.does("okafor", opens_first("L-23"));
    shop
}

fn of(lot: &str, (at, text): ((u32, u16), &str)) -> Command {
    let (lot, values) = (id(lot), vec![cell(at, text)]);
    about(InspectionCommand::Cells { lot, values, taken: Taken::Typed })
}

/// Everything that the text asks of a piece of it.
fn asked_of(shop: &mut Shop, piece: u32) {
    let (lot, values, taken) = (id("L-23"), good(piece), Taken::Typed);
    shop.does("okafor", about(InspectionCommand::Cells { lot, values, taken }));
}

/// One of its pieces is looked at.
pub(crate) fn half() -> Shop {
    let mut shop = first_article();
    asked_of(&mut shop, 1);
    shop.does("okafor", of("L-23", ((1, 7), "1.21")));
    shop
}

/// One of its pieces is looked at, and good so far.
pub(crate) fn begun() -> Shop {
    let mut shop = first_article();
    asked_of(&mut shop, 1);
    shop
}

/// A first article is opened.
pub(crate) fn opened() -> Vec<Sent> {
    first_article().station().written.clone()
}

#[test]
fn a_first_article_asks_for_every_characteristic_and_its_refusal_names_the_balloons() {
    let mut shop = first_article();
    let opened = shop.lot("L-23").opened;
    assert_eq!((opened.plan.single.accept, opened.plan.single.reject), (0, 1));
    // Piece by piece it cannot be recorded: the chamfer is asked for besides.
    assert!(shop.codes("okafor", finds("L-23", 1, "74.000", None)).contains(&"J19"));
    asked_of(&mut shop, 1);
    asked_of(&mut shop, 2);
    let accept = decides("L-23", true);
    let reasons = shop.refuses("okafor", accept.clone());
    let codes: Vec<&str> = reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["J20", "J28"]);
    assert_eq!(reasons[1].what(), "The first article lacks 1 of 6 characteristics: balloon 10.");
    shop.does("okafor", of("L-23", ((1, 7), "1.00")));
    assert_eq!(shop.codes("okafor", accept.clone()), ["J20", "J28"], "on every piece");
    shop.does("okafor", of("L-23", ((2, 7), "1.10")));
    shop.does("okafor", accept);
}

#[test]
fn nothing_of_a_first_article_passes_before_each_piece_has_its_result() {
    let mut shop = first_article();
    shop.does("okafor", of("L-23", ((1, 7), "1.00")));
    let verdict = |shop: &Shop| {
        let (lot, drawn) = (shop.lot("L-23"), drawn("A"));
        let lines = account(&lot, &drawn);
        let balloons: Vec<_> =
            lines.iter().map(|line| line.characteristic.balloon.clone()).collect();
        assert_eq!(balloons, ["1", "2", "3", "4", "5", "10", "11"], "in their order");
        lines.iter().find(|line| line.characteristic.balloon == "10").unwrap().verdict()
    };
    assert_eq!(verdict(&shop), None);
    shop.does("okafor", of("L-23", ((2, 7), "1.21")));
    assert_eq!(verdict(&shop), Some(Verdict::Fail));
    // For information only, nothing is asked for.
    let lot = shop.lot("L-23");
    let drawn = drawn("A");
    let last = account(&lot, &drawn).pop().unwrap();
    assert_eq!((last.is_demanded(), last.missing().count(), last.verdict()), (false, 0, None));
}

#[test]
fn a_first_article_needs_a_specification_in_effect_by_which_the_text_measures() {
    let mut shop = shafts(PLAN, 3);
    shop.does("quell", receives("L-23", 2));
    assert_eq!(shop.codes("okafor", opens_first("L-23")), ["J40"]);
    releases_specification(&mut shop, "A");
    let mut text = shaft(PLAN);
    (text.revision, text.specification) = (id("B"), Some(id("A")));
    shop.release(&text);
    releases_specification(&mut shop, "B");
    assert_eq!(shop.codes("okafor", opens_first("L-23")), ["J41"]);
    (text.revision, text.specification) = (id("C"), Some(id("B")));
    shop.release(&text);
    shop.does("okafor", opens_first("L-23"));
    assert_eq!(shop.lot("L-23").opened.first_article.unwrap().revision, id("B"));
}

#[test]
fn a_first_article_is_not_opened_where_the_text_asks_by_other_limits_than_the_specification() {
    let mut shop = shafts(PLAN, 3);
    let mut other = drawn("A");
    other.characteristics[0].kind = CharacteristicKind::Measured(limits("0.80", "1.20", "mm"));
    releases_drawn(&mut shop, other);
    shop.does("quell", receives("L-23", 2));
    assert_eq!(shop.codes("okafor", opens_first("L-23")), ["J42"]);
}

#[test]
fn a_first_article_is_rejected_at_any_point_and_accepted_at_none_before_the_last() {
    for pieces in 0..=2 {
        let mut shop = first_article();
        for piece in 1..=pieces {
            asked_of(&mut shop, piece);
        }
        assert!(shop.codes("okafor", decides("L-23", true)).contains(&"J28"), "{pieces}");
        shop.does("okafor", decides("L-23", false));
        assert_eq!(shop.lot("L-23").standing(), LotStanding::Rejected, "{pieces}");
    }
}

#[test]
fn a_first_article_that_nobody_can_finish_is_rejected_for_what_it_lacks_and_comes_again_as_one() {
    let mut shop = first_article();
    asked_of(&mut shop, 1);
    asked_of(&mut shop, 2);
    shop.does("okafor", decides("L-23", false));
    let stream = shop.stream(&Subject::Deviation(id("NCR-ASM1-0001")));
    let StreamState::Deviation(raised) = stream.state else { panic!("a deviation") };
    let found = raised.raised.unwrap().body.found;
    assert!(
        found.ends_with("the first article lacks 1 of 6 characteristics: balloon 10"),
        "{found}"
    );
    // Nobody asks for a first article when it comes again, and it is one.
    shop.does("quell", ends("L-23", LotEnd::Sort));
    shop.does("okafor", opens("L-23", Some(2)));
    let again = shop.lot("L-23").opened;
    assert!(again.resubmits.is_some() && again.first_article.is_some(), "{again:?}");
}

#[test]
fn what_is_to_be_signed_of_a_first_article_that_lacks_results_is_never_its_acceptance() {
    let mut shop = first_article();
    asked_of(&mut shop, 1);
    asked_of(&mut shop, 2);
    let specification = drawn("A");
    let view = |shop: &Shop, lot: &Lot| {
        LotView::of((&covers(), &shop.series()), lot, (None, None), &names())
            .accounted(lot, Some(&specification))
    };
    let mut lot = shop.lot("L-23");
    let open = view(&shop, &lot);
    assert_eq!((open.accepts, open.by_plan()), (None, None), "its plan has no answer");
    // Recorded by who knew nothing of the chamfer, both pieces count as inspected.
    for record in &mut lot.records {
        record.what.cells.as_mut().unwrap().of = 6;
    }
    let lacking = view(&shop, &lot);
    assert_eq!((lacking.accepts, lacking.by_plan()), (Some(true), Some(false)));
    for piece in [1, 2] {
        shop.does("okafor", of("L-23", ((piece, 7), "1.00")));
    }
    let whole = view(&shop, &shop.lot("L-23"));
    assert_eq!((whole.accepts, whole.by_plan()), (Some(true), Some(true)));
}

/// A lot is held for a gauge that failed.
fn doubted() -> Shop {
    let mut shop = shafts(PLAN, 3);
    shop.does("okafor", types((1, 1), "19.995"));
    let (found, reason) = ("+0.01 mm".to_owned(), "dropped".to_owned());
    shop.does("quell", Command::Gauge(id("MIC-4"), GaugeCommand::Fail { found, reason }));
    let hold = holds(&shop);
    shop.does("quell", hold);
    shop
}

fn material(command: MaterialCommand) -> Command {
    Command::Material(MaterialId { part: id("cover"), lot: id("L-22") }, command)
}

fn failed(shop: &Shop) -> gemba::domain::fact::Position {
    let StreamState::Gauge(state) = shop.stream(&Subject::Gauge(id("MIC-4"))).state else {
        panic!("a gauge's stream holds a gauge");
    };
    state.failures[0].at.clone()
}

fn holds(shop: &Shop) -> Command {
    material(MaterialCommand::HoldForGauge { gauge: id("MIC-4"), failed: failed(shop) })
}

/// A lot is held for a gauge, as facts.
pub(crate) fn doubted_lot() -> Vec<Sent> {
    doubted().station().written.clone()
}

#[test]
fn r10_a_lot_is_held_for_what_was_read_on_its_pieces_and_let_go_for_that_alone() {
    let mut shop = doubted();
    let held = |shop: &Shop| {
        let blocks = shop.covers_in("L-22").blocks;
        blocks.iter().filter(|block| block.doubted.is_some()).count()
    };
    assert_eq!(held(&shop), 1);
    let again = holds(&shop);
    assert_eq!(shop.codes("quell", again.clone()), ["G13"], "it names every record");
    assert_eq!(shop.codes("novak", again), ["P04", "G13"]);
    // What is read on another gauge is in no doubt.
    shop.does("okafor", cells(vec![cell((1, 4), "0.62")], Taken::Typed));
    let again = holds(&shop);
    assert_eq!(shop.codes("quell", again), ["G13"]);
    // A person's block is ended first, and that for the gauge by a word of its own.
    shop.does("quell", material(MaterialCommand::Block { reason: "wet".to_owned() }));
    shop.does("quell", material(MaterialCommand::Release { reason: "dry".to_owned() }));
    assert_eq!(held(&shop), 1, "nobody let it go by the other reason");
    let (failed, reason) = (failed(&shop), "measured again".to_owned());
    let release = material(MaterialCommand::ReleaseForGauge { failed, reason });
    assert_eq!(shop.codes("okafor", release.clone()), ["P04"]);
    shop.does("quell", release.clone());
    assert_eq!(held(&shop), 0);
    assert_eq!(shop.codes("quell", release), ["H02"]);
}

#[test]
fn r10_a_lot_that_is_held_for_two_failures_of_gauges_is_let_go_for_each_by_itself() {
    let mut shop = doubted();
    let first = failed(&shop);
    shop.does("quell", calibrated("MIC-4", "2026-11-23", "2027-03-01"));
    shop.does("okafor", types((1, 2), "142.02"));
    let (found, reason) = ("-0.02 mm".to_owned(), "worn".to_owned());
    shop.does("quell", Command::Gauge(id("MIC-4"), GaugeCommand::Fail { found, reason }));
    let StreamState::Gauge(state) = shop.stream(&Subject::Gauge(id("MIC-4"))).state else {
        panic!("a gauge's stream holds a gauge");
    };
    let second = state.failures.last().unwrap().at.clone();
    assert_ne!(first, second);
    let gauge = id("MIC-4");
    shop.does("quell", material(MaterialCommand::HoldForGauge { gauge, failed: second.clone() }));
    let release = || material(MaterialCommand::Release { reason: "all good".to_owned() });
    assert_eq!(shop.codes("quell", release()), ["B09", "B09"], "each is named");
    let (failed, reason) = (first, "measured again".to_owned());
    shop.does("quell", material(MaterialCommand::ReleaseForGauge { failed, reason }));
    shop.does("quell", release());
    assert!(shop.covers_in("L-22").blocks.iter().all(|block| block.doubted.is_none()));
}
