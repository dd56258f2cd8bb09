//! R12: what holds a lot of material, and what alone lets it go: a person what persons hold, an
//! inspection what it holds itself, and nobody what was not known.

use gemba::domain::decide::Command;
use gemba::domain::deviation_rules::{AcceptRule, DeviationRulesChange};
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::fact::LotEnd;
use gemba::domain::inspection::series::{LotStanding, SeriesId};
use gemba::domain::material::{ByInspection, MaterialCommand, MaterialId, Suppliers};
use gemba::domain::site_change::{SiteChange, SiteCommand};
use proptest::prelude::*;

use crate::support::inspections::{
    by_piece, decides, ends, finds, inspecting, lets_go, opens, receives,
};
use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{id, text};

/// Letter F, twenty pieces, none of them bad.
const STRICT: &str = "AQL 0.65, level II, ISO 2859-1:1999";

fn lot() -> MaterialId {
    MaterialId { part: id("cover"), lot: id("L-1") }
}

fn blocks() -> Command {
    Command::Material(lot(), MaterialCommand::Block { reason: "wet".to_owned() })
}

/// What goods-in notes of a lot, by whatever supplier, in whatever number.
fn noted(supplier: &str, quantity: u32, why: Option<&str>) -> Command {
    let mut command = receives("L-1", quantity);
    if let Command::Material(_, MaterialCommand::Receive(received)) = &mut command {
        received.supplier = supplier.to_owned();
        received.corrects = why.map(str::to_owned);
    }
    command
}

fn opens_from(supplier: &str) -> Command {
    let Command::Series(_, command) = opens("L-1", None) else { panic!("a series") };
    Command::Series(SeriesId::new(id("cover"), supplier).unwrap(), command)
}

/// Whether anything of the lot may be built in.
fn is_free(shop: &Shop) -> bool {
    shop.covers_in("L-1").blocked().is_none()
}

#[test]
fn r12_a_block_by_hand_and_its_release_let_no_rejected_lot_go() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1)).does("quell", blocks()).does("quell", lets_go("L-1"));
    assert!(!is_free(&shop), "its inspection holds it still");
    assert_eq!(shop.codes("quell", lets_go("L-1")), ["J32"]);
}

#[test]
fn r12_what_is_blocked_by_hand_is_held_by_its_inspection_besides() {
    let mut shop = inspecting(STRICT);
    shop.does("quell", receives("L-1", 150)).does("quell", blocks());
    shop.does("okafor", opens("L-1", None)).does("quell", lets_go("L-1"));
    assert!(!is_free(&shop), "it is being inspected");
    shop.looks_at_all("L-1", 1).does("quell", blocks()).does("okafor", decides("L-1", false));
    shop.does("quell", lets_go("L-1"));
    assert!(!is_free(&shop), "it was rejected");
}

#[test]
fn r12_a_rejection_holds_the_lot_that_another_station_accepted_unseen() {
    for (rejects, accepts) in [("ASM1", "ASM2"), ("ASM2", "ASM1")] {
        let mut shop = inspecting(STRICT);
        shop.comes_in("L-1", 150).looks_at_all("L-1", 0).share();
        let piece = *shop.lot("L-1").chosen().first().unwrap();
        shop.at(rejects).does("quell", finds("L-1", piece, "74.030", Some("burr on the back")));
        shop.does("quell", decides("L-1", false));
        shop.at(accepts).does("okafor", decides("L-1", true));
        shop.share();
        for station in ["ASM1", "ASM2"] {
            assert!(!is_free(shop.at(station)), "{station}, rejected at {rejects}");
            assert_eq!(shop.lot("L-1").standing(), LotStanding::Rejected);
        }
        shop.does("quell", ends("L-1", LotEnd::UseAsIs)).does("lind", ends("L-1", LotEnd::UseAsIs));
        shop.share();
        assert!(is_free(shop.at("ASM1")) && is_free(shop.at("ASM2")), "both were settled");
    }
}

#[test]
fn r12_another_supplier_or_number_is_not_noted_while_an_inspection_holds_the_lot() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1));
    assert_eq!(shop.codes("quell", noted("Other", 150, Some("wrong label"))), ["J38"]);
    assert_eq!(shop.codes("quell", noted("Nordic", 3, Some("counted again"))), ["J38"]);
    assert_eq!(shop.codes("quell", noted("Nordic", 3, None)), ["R08", "J38"]);
    shop.does("quell", noted("Nordic", 150, None));
}

#[test]
fn r12_no_lot_is_opened_that_another_inspection_holds() {
    let mut shop = inspecting(STRICT);
    shop.does("quell", receives("L-1", 150)).share();
    shop.at("ASM2").does("quell", noted("Other", 150, Some("wrong label")));
    shop.at("ASM1").does("okafor", opens("L-1", None)).looks_at_all("L-1", 1);
    shop.does("okafor", decides("L-1", false)).share();
    assert_eq!(shop.at("ASM2").codes("okafor", opens_from("Other")), ["J37"]);
    // Opened unseen, that inspection lets go what it holds itself, and no more.
    let mut shop = inspecting(STRICT);
    shop.does("quell", receives("L-1", 2)).share();
    shop.at("ASM2").does("quell", noted("Other", 2, Some("wrong label")));
    shop.does("okafor", opens_from("Other"));
    shop.at("ASM1").does("okafor", opens("L-1", None)).looks_at_all("L-1", 1);
    shop.does("okafor", decides("L-1", false)).share();
    let other = |command| {
        let Command::Series(_, command) = command else { panic!("a series") };
        Command::Series(SeriesId::new(id("cover"), "Other").unwrap(), command)
    };
    for piece in [1, 2] {
        shop.at("ASM2").does("okafor", other(finds("L-1", piece, "74.000", None)));
    }
    shop.does("okafor", other(decides("L-1", true)));
    assert!(!is_free(&shop), "the other inspection rejected it");
}

#[test]
fn r12_what_contradicts_an_acceptance_waits_for_what_becomes_of_the_lot() {
    let mut shop = inspecting(STRICT);
    shop.comes_in("L-1", 150).looks_at_all("L-1", 0).share();
    let piece = *shop.lot("L-1").chosen().first().unwrap();
    shop.at("ASM2").does("quell", finds("L-1", piece, "74.030", Some("burr on the back")));
    shop.at("ASM1").does("okafor", decides("L-1", true)).share();
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Contradicted);
    shop.does("quell", ends("L-1", LotEnd::Return));
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Disposed(LotEnd::Return));
    assert!(!is_free(&shop));
}

#[test]
fn r12_what_the_server_holds_of_an_accepted_lot_is_settled_by_who_says_what_becomes_of_it() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 0));
    assert!(is_free(&shop));
    assert_eq!(shop.codes("quell", ends("L-1", LotEnd::Sort)), ["J11"]);
    let opened = shop.lot("L-1").at;
    let inspection = Some(ByInspection { at: opened.clone(), opened, as_is: false });
    let reason = "it was rejected unseen".to_owned();
    let hold =
        || MaterialCommand::HoldForJudge { reason: reason.clone(), inspection: inspection.clone() };
    shop.does("", Command::Material(lot(), hold()));
    assert_eq!(shop.tries("", Command::Material(lot(), hold())).unwrap(), [], "held once");
    assert!(!is_free(&shop));
    assert_eq!(shop.codes("quell", lets_go("L-1")), ["J32"]);
    shop.does("quell", ends("L-1", LotEnd::Sort)).does("okafor", opens("L-1", Some(150)));
    shop.looks_at_all("L-1", 0).does("okafor", decides("L-1", true));
    assert!(is_free(&shop));
}

#[test]
fn r12_use_as_is_of_a_rejected_lot_is_signed_by_quality_and_engineering_as_two_people() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1)).does("quell", ends("L-1", LotEnd::UseAsIs));
    assert!(!is_free(&shop));
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Rejected);
    assert_eq!(shop.codes("quell", ends("L-1", LotEnd::UseAsIs)), ["P11"]);
    shop.does("lind", ends("L-1", LotEnd::UseAsIs));
    assert!(is_free(&shop));
    let by = shop.covers_in("L-1").let_go.unwrap();
    assert!(by.as_is, "whoever ships what it went into is told");
    let ended = shop.lot("L-1").ended().unwrap().what.clone();
    assert_eq!(ended.signature.covers.facts.len(), 2, "the decision, and the other signature");
}

#[test]
fn r12_where_one_signature_is_enough_it_is_not_of_who_inspected_the_lot() {
    let mut shop = inspecting(STRICT);
    let use_as_is = Some(AcceptRule::One);
    let deviations = DeviationRulesChange { use_as_is, ..DeviationRulesChange::default() };
    let change = SiteCommand::Change(Box::new(SiteChange { deviations, ..SiteChange::default() }));
    shop.does("admin", Command::Site(id(SITE), change));
    shop.comes_in("L-1", 150);
    let piece = *shop.lot("L-1").chosen().first().unwrap();
    shop.does("quell", finds("L-1", piece, "74.030", None)).does("okafor", decides("L-1", false));
    assert_eq!(shop.codes("quell", ends("L-1", LotEnd::UseAsIs)), ["J39"]);
    shop.does("lind", ends("L-1", LotEnd::UseAsIs));
    assert!(is_free(&shop));
}

#[test]
fn r12_a_lot_is_not_built_in_before_its_inspection() {
    let shop = inspecting(STRICT);
    let known = shop.component("L-1");
    assert!(known.inspected.contains(&id("cover")));
    let mut shop = Shop::reaching("scan");
    shop.does("quell", receives("L-1", 150));
    shop.release(&by_piece(STRICT, "A"));
    shop.does("novak", text("scan", 1, "0001")).does("novak", text("scan", 2, "H-1"));
    assert_eq!(shop.codes("novak", text("scan", 3, "L-1")), ["B19"]);
    shop.does("okafor", opens("L-1", None));
    assert_eq!(shop.codes("novak", text("scan", 3, "L-1")), ["B09"]);
    shop.looks_at_all("L-1", 1).does("okafor", decides("L-1", false));
    shop.does("quell", ends("L-1", LotEnd::UseAsIs)).does("lind", ends("L-1", LotEnd::UseAsIs));
    shop.does("novak", text("scan", 3, "L-1"));
    let list = shop.state().exceptions(&shop.instructions, &[]);
    let told = list.iter().find(|exception| exception.kind == "as-is").unwrap();
    assert_eq!(told.what, "cover L-1: its lot was rejected, used as is");
}

#[test]
fn r12_what_is_decided_otherwise_meanwhile_takes_a_waiting_signature_away() {
    let mut shop = inspecting(STRICT);
    shop.whole_lot("L-1", (150, 1)).does("quell", ends("L-1", LotEnd::UseAsIs));
    shop.does("quell", ends("L-1", LotEnd::Scrap));
    assert_eq!(shop.lot("L-1").standing(), LotStanding::Disposed(LotEnd::Scrap));
    assert_eq!(shop.codes("lind", ends("L-1", LotEnd::UseAsIs)), ["J11"]);
    assert!(!is_free(&shop));
}

#[test]
fn r12_goods_in_corrects_with_a_reason_and_what_was_inspected_is_looked_at_again() {
    let mut shop = inspecting(STRICT);
    shop.does("quell", receives("L-1", 3));
    assert_eq!(shop.codes("quell", noted("Nordic", 5, None)), ["R08"]);
    let mut never = receives("L-7", 5);
    if let Command::Material(_, MaterialCommand::Receive(received)) = &mut never {
        received.corrects = Some("counted again".to_owned());
    }
    assert_eq!(shop.codes("quell", never), ["B20"], "what never came in is not corrected");
    shop.does("quell", noted("Nordic", 3, None)).does("okafor", opens("L-1", None));
    shop.looks_at_all("L-1", 0).does("okafor", decides("L-1", true));
    assert!(is_free(&shop));
    shop.does("quell", noted("Nordic", 5_000, Some("counted again")));
    let block = shop.covers_in("L-1").blocked().unwrap().clone();
    assert_eq!(block.reason, "quantity corrected from 3 to 5000 after it was inspected");
    shop.does("quell", lets_go("L-1"));
    assert!(is_free(&shop));
}

#[test]
fn r12_two_ways_to_write_a_supplier_are_one_series() {
    let mut shop = inspecting(STRICT);
    shop.does("quell", receives("L-2", 150));
    for name in ["nordic", "NORDIC", "  Nordic ", "Nordic"] {
        shop.does("quell", noted(name, 150, None));
        assert_eq!(shop.covers_in("L-1").received.unwrap().supplier, "Nordic", "{name:?}");
    }
    let known = Suppliers(vec!["Nordic Seals".to_owned()]);
    assert_eq!(known.as_known("nordic  seals"), "Nordic Seals");
    assert_eq!(known.as_known(" Southern   Seals "), "Southern Seals");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn r12_whatever_two_stations_do_unseen_no_rejected_lot_is_free(
        acts in proptest::collection::vec((0_u8..12, any::<bool>()), 1..24),
    ) {
        let mut shop = inspecting(STRICT);
        shop.does("quell", receives("L-1", 2)).share();
        for (act, first) in acts {
            shop.at(if first { "ASM1" } else { "ASM2" });
            let bad = |bad| if bad { "74.030" } else { "74.000" };
            let done = match act {
                0 | 1 => shop.tries("okafor", opens("L-1", Some(2))),
                2 | 3 => shop.tries("okafor", finds("L-1", u32::from(act) - 1, bad(false), None)),
                4 => shop.tries("okafor", finds("L-1", 1, bad(true), None)),
                5 => shop.tries("okafor", decides("L-1", true)),
                6 => shop.tries("okafor", decides("L-1", false)),
                7 => shop.tries("quell", blocks()),
                8 => shop.tries("quell", lets_go("L-1")),
                9 => shop.tries("quell", ends("L-1", LotEnd::Sort)),
                10 => {
                    let first = shop.tries("quell", ends("L-1", LotEnd::UseAsIs));
                    first.and_then(|_| shop.tries("lind", ends("L-1", LotEnd::UseAsIs)))
                }
                _ => {
                    shop.share();
                    continue;
                }
            };
            drop(done);
        }
        shop.share();
        let held = shop.at("ASM1").covers_in("L-1");
        prop_assert_eq!(&held, &shop.at("ASM2").covers_in("L-1"), "both say the same");
        for lot in shop.series().lots {
            let goes_on = matches!(
                lot.standing(),
                LotStanding::Accepted
                    | LotStanding::Contradicted
                    | LotStanding::Disposed(LotEnd::UseAsIs)
            );
            let came_again = |next: &gemba::domain::inspection::series::Lot| {
                next.opened.resubmits.as_ref() == Some(&lot.at)
            };
            let replaced = shop.series().lots.iter().any(came_again);
            // Opened twice unseen, it is one lot: who signs for it settles what both held it for.
            let signed_for = shop.series().lots.iter().any(|other| {
                other.opened.lot == lot.opened.lot
                    && other.standing() == LotStanding::Disposed(LotEnd::UseAsIs)
            });
            let may_go = goes_on || replaced || signed_for;
            prop_assert!(may_go || held.blocked().is_some(), "{lot:?} {held:?}");
        }
    }
}

/// What is asked for about a lot is about it alone.
#[test]
fn r12_a_lot_of_which_nothing_is_known_has_no_end() {
    let mut shop = inspecting(STRICT);
    let by = gemba::domain::signature::Signer::by_badge("R. Tanaka");
    let (lot, reason) = (id("L-9"), "burrs".to_owned());
    let dispose = InspectionCommand::Dispose { lot, end: LotEnd::Scrap, reason, by };
    let series = SeriesId::new(id("cover"), "Nordic").unwrap();
    assert_eq!(shop.codes("quell", Command::Series(series, dispose)), ["J10"]);
}

#[test]
fn r17_a_component_of_which_nothing_was_known_stands_among_the_exceptions() {
    let mut shop = Shop::reaching("scan");
    shop.does("novak", text("scan", 1, "0001")).does("novak", text("scan", 2, "H-1"));
    let list = shop.state().exceptions(&shop.instructions, &[]);
    let told: Vec<&str> = list.iter().filter(|e| e.kind == "unknown").map(|e| &*e.what).collect();
    assert!(told.iter().any(|what| what.ends_with("H-1: nothing was known of it")), "{told:?}");
}
