//! R8: a deviation of several units, its kind and code, two signatures, a disposition that changes.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, DeviationKind, Disposition, Raise};
use gemba::domain::deviation_rules::{AcceptRule, DeviationCode, DeviationRulesChange, Severity};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Signer;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::standing::StepStanding;
use gemba::domain::traveler::state::TravelerState;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop::{SITE, Shop};
use crate::support::shop_deviations::{FIRST, on, raises_here, raises_with, shares_out, unit_of};
use crate::support::shop_plan::{at, disposes, id, raises, rework, torque};

/// Units 0001 and 0002 stand at the torque step, 0003 is begun, 0004 is not.
fn three_units() -> Shop {
    let mut shop = Shop::open();
    for unit in ["0001", "0002"] {
        shop.unit(unit).does("novak", TravelerCommand::Start).reaches("torque");
    }
    shop.unit("0003").does("novak", TravelerCommand::Start).unit("0001");
    shop
}

fn of(shop: &Shop, unit: &str) -> TravelerState {
    let StreamState::Traveler(state) = shop.stream(&Subject::Traveler(unit_of(unit))).state else {
        panic!("a traveler's stream holds a traveler");
    };
    state
}

fn held(shop: &Shop, unit: &str) -> bool {
    of(shop, unit).open_holds().next().is_some()
}

fn with_units(units: &[&str]) -> Raise {
    let units = units.iter().map(|unit| unit_of(unit)).collect();
    Raise { units, ..Raise::noted("wrong grease") }
}

fn adds(units: &[&str]) -> Command {
    let units = units.iter().map(|unit| unit_of(unit)).collect();
    on(FIRST, DeviationCommand::AddUnits { units })
}

fn reviews(code: Option<&str>) -> Command {
    let (code, note) = (code.map(str::to_owned), "looked at".to_owned());
    on(FIRST, DeviationCommand::Review { kind: None, code, close_by: None, note })
}

fn closes() -> Command {
    on(FIRST, DeviationCommand::Close { note: "seen".to_owned() })
}

fn changes_rules(shop: &mut Shop, deviations: DeviationRulesChange) {
    let change = SiteChange { deviations, ..SiteChange::default() };
    shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))));
}

fn with_codes(shop: &mut Shop) {
    let code = |code: &str, severity| DeviationCode {
        code: code.to_owned(),
        text: "out of size".to_owned(),
        severity,
    };
    let codes = vec![code("DIM", Severity::Major), code("MARK", Severity::Minor)];
    changes_rules(shop, DeviationRulesChange { codes: Some(codes), ..Default::default() });
}

#[test]
fn r08_a_deviation_concerns_several_units_each_of_them_held_and_each_disposed() {
    let mut shop = three_units();
    shop.does("novak", raises_with("torque", with_units(&["0002", "0003"])));
    shop.does("brandt", adds(&["0004"]));
    for unit in ["0001", "0002", "0003", "0004"] {
        assert!(held(&shop, unit), "{unit}");
    }
    let known = shop.deviation(FIRST);
    let stands: Vec<_> = known.units.iter().map(|named| named.unit.at.clone()).collect();
    // The third has not been at the torque step, the fourth is not begun.
    assert_eq!(stands, [Some(at("torque")), Some(at("torque")), Some(at("scan")), None]);
    assert_eq!(shop.unit("0004").codes("novak", TravelerCommand::Start), ["H01"]);
    shop.does(
        "brandt",
        shares_out(FIRST, &[("0001", None, rework("clean")), ("0003", None, Disposition::Scrap)]),
    );
    assert!(!held(&shop, "0001") && held(&shop, "0002") && !held(&shop, "0003"));
    assert_eq!(of(&shop, "0003").ended.as_deref(), Some("scrap"));
    assert_eq!(of(&shop, "0001").step_standing(20, &id("clean")), StepStanding::Open);
    assert_eq!(shop.codes("quell", closes()), ["N03"]);
    // What is not named is for the rest of them.
    shop.does("brandt", disposes(FIRST, Disposition::Return));
    assert!(!held(&shop, "0002") && !held(&shop, "0004"));
    shop.does("quell", closes());
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_unit_that_is_not_known_named_twice_or_ended_joins_no_deviation() {
    let mut shop = three_units();
    let codes = shop.codes("novak", raises_with("torque", with_units(&["0001", "0099"])));
    assert_eq!(codes, ["N09", "N08"]);
    shop.does("novak", raises("torque"));
    assert_eq!(shop.codes("novak", adds(&["0001"])), ["N09"]);
    assert_eq!(shop.codes("novak", adds(&["0002", "0002"])), ["N09"]);
    assert_eq!(shop.codes("plan", adds(&[])), ["P04", "N07"]);
    shop.does("brandt", disposes(FIRST, Disposition::Scrap));
    shop.unit("0002").does("novak", raises("torque"));
    let joins = DeviationCommand::AddUnits { units: vec![unit_of("0001")] };
    assert_eq!(shop.codes("novak", on("NCR-ASM1-0002", joins)), ["N10"]);
}

#[test]
fn r08_rework_of_a_unit_that_was_not_there_yet_goes_back_to_a_step_that_it_has_done() {
    let mut shop = three_units();
    shop.does("novak", raises_with("torque", with_units(&["0003"])));
    let codes = shop.codes("brandt", shares_out(FIRST, &[("0003", None, rework("torque"))]));
    assert_eq!(codes, ["N05"]);
    let codes = shop.codes("brandt", shares_out(FIRST, &[("0004", None, rework("torque"))]));
    assert_eq!(codes, ["N14", "N08"]);
}

#[test]
fn r08_of_a_unit_that_is_not_begun_no_step_is_done_again() {
    let mut shop = three_units();
    shop.does("novak", raises_with("torque", with_units(&["0004"])));
    let codes = shop.codes("brandt", shares_out(FIRST, &[("0004", None, rework("torque"))]));
    assert_eq!(codes, ["N38"]);
    shop.does("brandt", shares_out(FIRST, &[("0004", None, Disposition::Void)]));
    shop.unit("0004").does("novak", TravelerCommand::Start);
}

#[test]
fn r08_use_as_is_takes_engineering_and_quality_and_they_are_two_people() {
    let mut shop = three_units();
    shop.does("novak", raises("torque"));
    let roles = [Role::Engineer, Role::Quality].into_iter().collect();
    let identity_verified_by = "passport".to_owned();
    let both = PersonCommand::Admit { roles, identity_verified_by };
    shop.does("admin", Command::Person(id("lind"), both));
    shop.does("lind", disposes(FIRST, Disposition::UseAsIs));
    let waits = shop.deviation(FIRST).dispositions[0].clone();
    assert_eq!(waits.open(), [Role::Quality]);
    assert!(held(&shop, "0001"));
    assert_eq!(shop.codes("quell", closes()), ["N21"]);
    let agrees = shop.approval_of(FIRST);
    assert_eq!(shop.codes("lind", agrees.clone()), ["P11"], "nobody signs for two");
    assert_eq!(shop.codes("brandt", agrees.clone()), ["P04", "P12"]);
    shop.does("quell", agrees.clone());
    assert!(!held(&shop, "0001"));
    assert_eq!(shop.codes("quell", agrees), ["N20"]);
    shop.does("quell", closes());
}

#[test]
fn r08_a_site_may_take_one_signature_for_use_as_is() {
    let mut shop = three_units();
    let use_as_is = Some(AcceptRule::One);
    changes_rules(&mut shop, DeviationRulesChange { use_as_is, ..Default::default() });
    shop.does("novak", raises("torque")).does("quell", disposes(FIRST, Disposition::UseAsIs));
    assert!(!held(&shop, "0001"));
}

#[test]
fn r08_a_changed_disposition_asks_for_every_signature_again() {
    let mut shop = three_units();
    shop.does("novak", raises("torque")).does("quell", disposes(FIRST, Disposition::UseAsIs));
    let shown = shop.approval_of(FIRST);
    let reason = "wrong unit was measured".to_owned();
    let again = DeviationCommand::Dispose {
        shares: gemba::domain::deviation::Share::all(Disposition::UseAsIs),
        reason,
        by: Signer::by_badge("R. Quell"),
    };
    shop.does("quell", on(FIRST, again));
    // Whoever saw the first one does not sign the second.
    assert_eq!(shop.codes("lind", shown), ["N20"]);
    let known = shop.deviation(FIRST);
    assert_eq!(known.dispositions.iter().map(|d| d.replaced).collect::<Vec<_>>(), [true, false]);
    assert!(held(&shop, "0001"));
    let agrees = shop.approval_of(FIRST);
    shop.does("lind", agrees);
    assert!(!held(&shop, "0001"));
    // Once the unit has gone on, another deviation says what is wrong now.
    let late = shop.refuses("brandt", disposes(FIRST, Disposition::Scrap));
    assert_eq!(late[0].code(), "N02");
    assert_eq!(late[0].next(), "raise another deviation on the unit");
}

#[test]
fn r08_a_disposition_in_place_of_one_that_waits_takes_effect_and_the_first_never_does() {
    let mut shop = three_units();
    shop.does("novak", raises_with("torque", with_units(&["0002"])));
    shop.does("quell", disposes(FIRST, Disposition::UseAsIs));
    let shown = shop.approval_of(FIRST);
    shop.does("brandt", shares_out(FIRST, &[("0001", None, Disposition::Scrap)]));
    assert!(!held(&shop, "0001") && held(&shop, "0002"));
    assert_eq!(shop.codes("lind", shown), ["N20"]);
    // What was decided of the second stood in the same decision: it is decided anew.
    shop.used_as_is(FIRST);
    assert!(!held(&shop, "0002"));
    assert_eq!(of(&shop, "0001").ended.as_deref(), Some("scrap"));
}

#[test]
fn r08_of_a_decision_that_waits_and_one_in_effect_unseen_the_unit_follows_the_one_in_effect() {
    let mut shop = three_units();
    shop.does("novak", raises("torque")).share();
    shop.at("ASM1").does("quell", disposes(FIRST, Disposition::UseAsIs));
    shop.at("ASM2").does("brandt", disposes(FIRST, Disposition::Scrap)).share();
    for station in ["ASM1", "ASM2"] {
        shop.at(station);
        assert_eq!(of(&shop, "0001").ended.as_deref(), Some("scrap"));
        let known = shop.deviation(FIRST);
        let waits = known.dispositions.iter().find(|d| !d.is_complete()).unwrap();
        assert!(known.decided_unseen(&waits.at).is_some());
        assert!(known.all_waiting().next().is_none());
        let agrees = DeviationCommand::Approve {
            disposition: waits.at.clone(),
            by: Signer::by_badge("J. Lind"),
        };
        assert_eq!(shop.codes("lind", on(FIRST, agrees)), ["N20"]);
    }
}

#[test]
fn r08_where_the_site_has_codes_one_is_chosen_before_anything_is_decided() {
    let mut shop = three_units();
    with_codes(&mut shop);
    let odd = Raise { code: Some("XX".to_owned()), ..Raise::noted("odd") };
    assert_eq!(shop.codes("novak", raises_with("torque", odd)), ["N12"]);
    shop.does("novak", raises("torque"));
    assert_eq!(shop.codes("brandt", disposes(FIRST, rework("clean"))), ["N13"]);
    assert_eq!(shop.codes("novak", reviews(Some("DIM"))), ["P04"]);
    assert_eq!(shop.codes("brandt", reviews(Some("FUNNY"))), ["N12"]);
    shop.does("brandt", reviews(Some("dim")));
    let code = shop.deviation(FIRST).code.unwrap();
    assert_eq!((code.code.as_str(), code.severity), ("DIM", Severity::Major));
    shop.does("brandt", reviews(None));
    assert!(shop.deviation(FIRST).code.is_some(), "what is not said stays");
    shop.does("brandt", disposes(FIRST, rework("clean")));
    let chosen = Raise { code: Some("MARK".to_owned()), ..Raise::noted("smeared") };
    shop.unit("0002").does("novak", raises_with("torque", chosen));
    let second = "NCR-ASM1-0002";
    assert_eq!(shop.deviation(second).code.unwrap().severity, Severity::Minor);
    // That there was no deviation is said without a code, and closing it takes one.
    shop.unit("0003").does("novak", raises("scan"));
    shop.does("brandt", disposes("NCR-ASM1-0003", Disposition::Void));
    let close = DeviationCommand::Close { note: "nothing".to_owned() };
    assert_eq!(shop.codes("quell", on("NCR-ASM1-0003", close)), ["N13"]);
}

#[test]
fn r08_a_deviation_of_a_process_may_concern_no_unit_and_holds_those_that_it_names_only_if_told_to()
{
    let mut shop = three_units();
    let process = |raise: Raise| Raise { kind: DeviationKind::Process, ..raise };
    let product = shop.codes("novak", raises_here(Raise::noted("dirty")));
    assert_eq!(product, ["N07"]);
    shop.does("novak", raises_here(process(Raise::noted("oven chart out"))));
    let known = shop.deviation(FIRST);
    assert_eq!((known.kind, known.units.len()), (DeviationKind::Process, 0));
    assert_eq!(shop.codes("brandt", disposes(FIRST, Disposition::Scrap)), ["N15"]);
    shop.does("quell", closes());
    shop.does("novak", raises_here(process(with_units(&["0001", "0004"]))));
    assert!(!held(&shop, "0001") && !held(&shop, "0004"));
    shop.does("novak", torque(1, "25"));
    shop.does("novak", raises_here(process(Raise { hold: true, ..with_units(&["0002"]) })));
    assert!(held(&shop, "0002"));
    let at_step = process(Raise::noted("wrong order of bolts"));
    shop.does("novak", raises_with("torque", at_step));
    assert!(!held(&shop, "0001"));
    let concerned = shop.deviation("NCR-ASM1-0004").units.remove(0).unit;
    assert_eq!((concerned.at, concerned.hold), (Some(at("torque")), None));
}

#[test]
fn r08_a_unit_added_twice_unseen_goes_on_once_it_is_decided() {
    for (decision, ended) in [(rework("clean"), None), (Disposition::Scrap, Some("scrap"))] {
        let mut shop = three_units();
        shop.does("novak", raises("torque")).share();
        shop.at("ASM1").does("novak", adds(&["0002"]));
        shop.at("ASM2").does("okafor", adds(&["0002"])).share();
        assert_eq!(of(&shop, "0002").open_holds().count(), 2);
        shop.does("brandt", disposes(FIRST, decision));
        assert_eq!(of(&shop, "0002").open_holds().count(), 0);
        assert_eq!(of(&shop, "0002").ended.as_deref(), ended);
        shop.share();
        nothing_is_objected_to(&mut shop);
    }
}

#[test]
fn r08_what_a_person_says_who_raises_is_kept_and_what_is_known_is_filled_in() {
    let mut shop = three_units();
    let said = Raise {
        required: "no scratch".to_owned(),
        found: "3 mm long".to_owned(),
        ..Raise::noted("at the flange")
    };
    shop.does("novak", raises_with("torque", said));
    let raised = shop.deviation(FIRST).raised.unwrap();
    assert_eq!(
        (raised.body.required.as_str(), raised.body.found.as_str()),
        ("no scratch", "3 mm long")
    );
    assert_eq!((raised.by, raised.place), (Some(id("novak")), Some(id("ASM-1"))));
    let about = |what: &str| Raise { characteristic: Some(id(what)), ..Raise::noted("torn") };
    assert_eq!(shop.codes("novak", raises_with("torque", about("c-gap"))), ["N37"]);
    shop.unit("0002").does("novak", raises_with("torque", about("c-torque")));
    let second = shop.deviation("NCR-ASM1-0002");
    assert_eq!(second.units[0].unit.characteristic, Some(id("c-torque")));
    assert_eq!(second.raised.unwrap().body.required, "torque: as drawn");
    let refused = shop.refuses("plan", raises_with("torque", Raise::noted("")));
    assert!(matches!(refused[0], Reason::RoleMissing { .. }));
    assert_eq!(refused[1].code(), "R08");
}

#[test]
fn r08_no_more_than_so_many_units_are_named_at_once() {
    let mut shop = three_units();
    shop.does("novak", raises("torque"));
    let many: Vec<&str> = std::iter::repeat_n("0002", 201).collect();
    assert_eq!(shop.codes("novak", adds(&many))[0], "N11");
}

#[test]
fn r08_pieces_are_shared_out_of_one_lot_at_a_time() {
    let mut shop = three_units();
    shop.does("novak", raises_with("torque", with_units(&["0002"])));
    let one_each = shares_out(FIRST, &[("", Some(1), Disposition::Scrap)]);
    assert_eq!(shop.codes("brandt", one_each), ["N16"]);
}
