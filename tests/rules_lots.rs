//! R9: pieces of a lot are good, scrap or rework, and are split off to lots of their own.

use gemba::domain::decide::Command;
use gemba::domain::instruction::{Step, StepRules};
use gemba::domain::order::{OrderCommand, Units};
use gemba::domain::people::Role;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::lot::Pieces;

use crate::support::lots::{
    counted, deburring, lot_order, packing, pieces_add_up, recounted, splits, splits_into,
};
use crate::support::shop::Shop;
use crate::support::shop_plan::{
    answer, assembly, complete, disposes, id, raises, rework, signs, skip,
};

fn known(shop: &Shop) -> gemba::domain::traveler::standing::Instructions {
    shop.instructions.clone()
}

#[test]
fn r09_a_step_that_counts_is_closed_only_when_every_piece_is_reported() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60", ""));
    let missing = shop.refuses("novak", complete("count"));
    assert_eq!(missing[0].code(), "Q01");
    assert_eq!(missing[0].what(), "40 pieces are not reported.");
    shop.does("novak", counted("count", "37/2", "burr not removable"));
    let missing = shop.refuses("novak", complete("count"));
    assert_eq!(missing[0].what(), "1 piece is not reported.");
    shop.does("novak", counted("count", "1", "")).does("novak", complete("count"));
    assert_eq!(shop.state().reported(20), Pieces { good: 98, scrap: 2, rework: 0 });
    assert_eq!(shop.state().pieces_into(30, &known(&shop)), 98, "only good goes on");
    pieces_add_up(&shop);
}

#[test]
fn r09_scrap_and_rework_need_a_reason() {
    let mut shop = Shop::counting_lot();
    assert_eq!(shop.codes("novak", counted("count", "60/2", "")), ["R08"]);
    assert_eq!(shop.codes("novak", counted("count", "60/0/1", " ")), ["R08"]);
    shop.does("novak", counted("count", "60/2", "dent")).does("novak", counted("count", "1", ""));
}

#[test]
fn r09_pieces_that_are_reworked_are_counted_again_before_the_step_is_closed() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "95/0/5", "burr left"));
    assert_eq!(shop.codes("novak", complete("count")), ["Q01"]);
    shop.does("novak", counted("count", "4/1", "burr left")).does("novak", complete("count"));
    assert_eq!(shop.state().reported(20), Pieces { good: 99, scrap: 1, rework: 5 });
}

#[test]
fn r09_a_report_names_pieces_that_are_there_at_the_step_that_counts() {
    let mut shop = Shop::counting_lot();
    assert_eq!(shop.codes("novak", counted("count", "0", "")), ["Q03"]);
    assert_eq!(shop.codes("novak", counted("count", "99/2", "dent")), ["Q04"]);
    assert_eq!(shop.codes("novak", counted("count", "4294967295/4294967295", "x")), ["Q04"]);
    shop.does("novak", counted("count", "100", ""));
    assert_eq!(shop.codes("novak", counted("count", "1", "")), ["Q04"]);
    let mut shop = Shop::with_lot();
    let codes = shop.codes("novak", counted("deburr", "1", ""));
    assert_eq!(codes, ["Q02"]);
    assert_eq!(shop.codes("plan", counted("count", "1", "")), ["P04", "T10"]);
}

#[test]
fn r09_a_lot_of_which_every_piece_is_scrap_has_ended() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "0/40", "wrong alloy"));
    assert_eq!(shop.state().ended, None);
    shop.does("novak", counted("count", "0/60", "wrong alloy"));
    assert_eq!(shop.state().ended.as_deref(), Some("scrap, every piece"));
    assert_eq!(shop.codes("novak", complete("count")), ["T03"]);
}

#[test]
fn r09_the_next_operation_waits_for_every_piece_and_those_that_are_ready_go_ahead_by_a_split() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60", "")).place("INC-1");
    let waits = shop.refuses("novak", answer("box", 1, true));
    assert_eq!(waits[0].code(), "T09", "forty may still come, and would be boxed unseen");
    assert!(waits[0].next().to_string().contains("split off"));
    shop.place("ASM-1").does("novak", splits(40)).does("novak", complete("count"));
    shop.place("INC-1").does("novak", answer("box", 1, true)).does("novak", complete("box"));
    assert_eq!(shop.codes("novak", counted("tally", "61", "")), ["Q04"]);
    shop.does("novak", counted("tally", "59/1", "crushed")).does("novak", complete("tally"));
    assert!(shop.state().finished(&known(&shop)));
    pieces_add_up(&shop);
}

#[test]
fn r09_pieces_that_were_counted_before_they_were_split_off_are_not_counted_twice() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "98/2", "dent")).does("novak", splits(40));
    shop.unit("L-22-ASM1-1");
    assert_eq!(shop.state().pieces_missing(20, &known(&shop)), 0);
    assert_eq!(shop.codes("novak", counted("count", "40", "")), ["Q04"]);
    shop.does("novak", complete("count"));
    assert_eq!(shop.state().pieces_into(30, &known(&shop)), 40);
    shop.does("novak", raises("count"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("deburr")));
    assert_eq!(
        shop.state().pieces_missing(20, &known(&shop)),
        40,
        "what is done again is counted again"
    );
    pieces_add_up(&shop);
}

#[test]
fn r09_what_is_split_off_goes_on_where_the_lot_stands() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60/2", "dent")).does("novak", splits(38));
    shop.does("novak", complete("count"));
    assert_eq!((shop.state().pieces(), shop.state().pieces_into(30, &known(&shop))), (62, 60));
    shop.unit("L-22-ASM1-1");
    let state = shop.state();
    assert_eq!((state.pieces(), state.lot.origins[0].what.from.unit.as_str()), (38, "L-22"));
    assert!(state.step_closed(20, &id("deburr")), "what was done is done");
    assert!(state.first_pass());
    assert_eq!(shop.codes("novak", answer("deburr", 1, true)), ["T11"]);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["T01", "O04"]);
    shop.does("novak", counted("count", "38", "")).does("novak", complete("count"));
    assert_eq!(shop.state().pieces_into(30, &known(&shop)), 38);
    pieces_add_up(&shop);
}

#[test]
fn r09_pieces_that_were_counted_good_are_split_off_where_they_stand_now() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "95/5", "dent"));
    assert_eq!(shop.codes("novak", splits(96)), ["Q05"]);
    shop.does("novak", complete("count")).does("novak", splits(30));
    assert_eq!(shop.state().pieces_missing(30, &known(&shop)), 65);
    shop.unit("L-22-ASM1-1");
    assert_eq!(shop.state().pieces_missing(30, &known(&shop)), 30);
    shop.place("INC-1").does("novak", answer("box", 1, true)).does("novak", complete("box"));
    shop.does("novak", splits(10)).unit("L-22-ASM1-1-1");
    assert_eq!(shop.state().pieces_missing(30, &known(&shop)), 10);
    assert!(
        shop.state().operation_closed(&shop.state().started.unwrap().operations[0], &known(&shop))
    );
    pieces_add_up(&shop);
}

#[test]
fn r09_a_split_leaves_something_takes_what_is_there_and_says_why() {
    let mut shop = Shop::counting_lot();
    assert_eq!(shop.codes("novak", splits(0)), ["Q05"]);
    assert_eq!(shop.codes("novak", splits(101)), ["Q05"]);
    assert_eq!(shop.codes("novak", splits(100)), ["Q06"]);
    assert_eq!(shop.codes("novak", splits_into(Some("L-22"), 5)), ["Q08"]);
    assert_eq!(shop.codes("plan", splits(5)), ["P04"]);
    let mut silent = splits(5);
    if let TravelerCommand::SplitLot(split) = &mut silent {
        split.reason.clear();
    }
    assert_eq!(shop.codes("novak", silent), ["R08"]);
    shop.does("brandt", splits_into(Some("L-23"), 5));
    assert_eq!(shop.codes("brandt", splits_into(Some("L-23"), 5)), ["Q08"]);
    shop.enrolled = false;
    assert_eq!(shop.codes("brandt", splits(5)), ["Q07"]);
    let mut shop = Shop::open();
    assert_eq!(shop.codes("novak", splits(1)), ["T02"]);
    let mut shop = Shop::reaching("clean");
    assert_eq!(shop.codes("novak", splits(1)), ["Q06"], "a single unit is one piece");
}

#[test]
fn r09_a_lot_on_hold_is_not_split_and_scrap_alone_is_no_lot() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "0/60", "wrong alloy"));
    assert_eq!(shop.codes("novak", splits(40)), ["Q06"]);
    shop.does("novak", raises("count"));
    for who in ["novak", "brandt"] {
        assert_eq!(shop.codes(who, splits(5)), ["H01"], "{who}");
    }
}

#[test]
fn r09_two_stations_that_split_at_once_give_two_names() {
    let mut shop = Shop::counting_lot();
    shop.at("ASM1").does("novak", splits(10)).does("novak", splits(10));
    shop.at("ASM2").does("novak", splits(20)).share();
    let names: Vec<_> = shop.lots().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["L-22", "L-22-ASM1-1", "L-22-ASM1-2", "L-22-ASM2-1"]);
    pieces_add_up(&shop);
}

#[test]
fn r09_one_name_given_at_two_stations_unseen_has_the_pieces_of_both() {
    let mut shop = Shop::counting_lot();
    shop.at("ASM1").does("novak", splits_into(Some("L-23"), 10));
    shop.at("ASM2").does("novak", splits_into(Some("L-23"), 20)).share();
    shop.unit("L-23");
    assert_eq!(shop.state().pieces(), 30);
    pieces_add_up(&shop);
}

/// A lot at the step that counts; an inspector verifies it after that, at either operation.
pub(crate) fn counting_before_a_release() -> Shop {
    let mut shop = Shop::open();
    let (mut verified, mut sealed) = (deburring(), packing());
    verified.steps.push(release_by_an_inspector("release"));
    sealed.steps.push(release_by_an_inspector("seal"));
    shop.release_read(&verified);
    shop.release_read(&sealed);
    shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(lot_order())));
    shop.traveler.order = id("WO-2");
    shop.unit("L-22").does("novak", TravelerCommand::Start);
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop
}

/// As [`counting_before_a_release`], counted and verified.
fn signed_count() -> Shop {
    let mut shop = counting_before_a_release();
    shop.does("novak", counted("count", "98/2", "dent")).does("novak", complete("count"));
    shop.does("okafor", signs("release", 1));
    shop
}

fn release_by_an_inspector(name: &str) -> Step {
    let mut release = Step { id: id(name), ..assembly().steps[6].clone() };
    if let gemba::domain::instruction::Ask::Sign(sign) = &mut release.asks[0] {
        sign.not_same_person_as.clear();
        assert_eq!(sign.role, Role::Inspector);
    }
    release
}

#[test]
fn r06_who_performed_on_the_lot_does_not_verify_what_was_split_off_it() {
    let mut shop = Shop::open();
    let mut verified = deburring();
    verified.steps.insert(1, release_by_an_inspector("release"));
    shop.release_read(&verified);
    shop.release_read(&packing());
    shop.does("plan", Command::Order(id("WO-2"), OrderCommand::Open(lot_order())));
    shop.traveler.order = id("WO-2");
    shop.unit("L-22").does("novak", TravelerCommand::Start);
    shop.does("ito", answer("deburr", 1, true)).does("ito", complete("deburr"));
    shop.does("novak", splits(38)).unit("L-22-ASM1-1");
    assert_eq!(shop.codes("ito", signs("release", 1)), ["P09"]);
    shop.does("okafor", signs("release", 1));
}

#[test]
fn r09_another_attempt_at_a_step_done_before_the_split_is_no_first_one() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", splits(38)).unit("L-22-ASM1-1").does("novak", raises("count"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("deburr")));
    shop.does("novak", answer("deburr", 1, true));
    let state = shop.state();
    let attempt = state.standing_attempt(20, &id("deburr")).unwrap();
    assert_eq!(attempt.rank, 2);
    assert!(!state.first_pass());
}

/// A lot that was counted at 20, of which 43 pieces were counted at 30.
fn counted_on() -> Shop {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "98/2", "dent")).does("novak", complete("count"));
    shop.place("INC-1").does("novak", answer("box", 1, true)).does("novak", complete("box"));
    shop.does("novak", counted("tally", "40/3", "crushed")).place("ASM-1");
    shop
}

#[test]
fn r09_rework_at_an_earlier_operation_counts_again_what_went_on_from_it() {
    let mut shop = counted_on();
    let known = known(&shop);
    assert_eq!(shop.state().reported(30), Pieces { good: 40, scrap: 3, rework: 0 });
    shop.does("novak", raises("count"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("deburr")));
    let state = shop.state();
    assert_eq!(state.reported(30), Pieces::default(), "boxed pieces are back at the bench");
    assert_eq!(state.reported(20), Pieces { good: 0, scrap: 5, rework: 0 }, "scrap stays scrap");
    assert_eq!(state.pieces_missing(20, &known), 95);
    assert_eq!(state.scrapped(), 5);
    pieces_add_up(&shop);
    shop.does("novak", answer("deburr", 1, true)).does("novak", complete("deburr"));
    shop.does("novak", counted("count", "95", "")).does("novak", complete("count"));
    assert_eq!(shop.state().pieces_into(30, &known), 95);
    assert!(shop.state().standing_attempt(30, &id("box")).is_none(), "and are boxed again");
    pieces_add_up(&shop);
}

#[test]
fn r03_a_wrong_count_is_corrected_with_a_reason_and_the_first_one_stays_shown() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "60/2", "dent"));
    assert_eq!(shop.codes("novak", recounted(&shop, "58/4", "")), ["R08"]);
    assert_eq!(shop.codes("novak", recounted(&shop, "60/2", "same")), ["R04"]);
    assert_eq!(shop.codes("novak", recounted(&shop, "99/2", "too many")), ["Q04"]);
    assert_eq!(shop.codes("ito", recounted(&shop, "58/4", "not mine")), ["R21"]);
    shop.does("novak", recounted(&shop, "58/4", "two more are bent"));
    let state = shop.state();
    assert_eq!(state.reported(20), Pieces { good: 58, scrap: 4, rework: 0 });
    assert_eq!(state.lot.reports[0].what.pieces, Pieces { good: 60, scrap: 2, rework: 0 });
    assert_eq!(state.lot.reports[0].corrections[0].what.reason, "two more are bent");
    shop.does("brandt", recounted(&shop, "57/5", "seen by the supervisor"));
    pieces_add_up(&shop);
}

#[test]
fn r03_a_count_is_corrected_after_its_step_only_so_that_nothing_is_missing() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "98/2", "dent")).does("novak", complete("count"));
    assert_eq!(shop.codes("novak", recounted(&shop, "97/2", "one less")), ["Q01"]);
    shop.does("novak", recounted(&shop, "97/3", "one more is bent"));
    assert_eq!(shop.state().pieces_into(30, &known(&shop)), 97);
}

#[test]
fn r03_a_count_keeps_what_later_operations_have_counted() {
    let mut shop = counted_on();
    let of_deburring = shop.state().lot.reports[0].at.clone();
    let corrected = |pieces: &str| TravelerCommand::CorrectCount {
        report: of_deburring.clone(),
        pieces: Pieces::parse(pieces).unwrap(),
        reason: "counted wrong".to_owned(),
    };
    assert_eq!(shop.codes("novak", corrected("42/58")), ["Q10"]);
    shop.does("novak", corrected("43/57"));
    pieces_add_up(&shop);
    let unknown = shop.state().attempts[0].at.clone();
    let pieces = Pieces { good: 1, scrap: 0, rework: 0 };
    let command = TravelerCommand::CorrectCount { report: unknown, pieces, reason: "x".to_owned() };
    assert_eq!(shop.codes("novak", command), ["Q09"]);
}

#[test]
fn r03_a_lot_counted_as_all_scrap_by_mistake_lives_again_when_the_count_is_corrected() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "0/100", "wrong key"));
    assert!(shop.state().ended.is_some());
    shop.does("novak", recounted(&shop, "100", "typed in the wrong place"));
    assert!(shop.state().ended.is_none());
    shop.does("novak", complete("count"));
    shop.does("novak", recounted(&shop, "0/100", "they are all cracked"));
    assert!(shop.state().ended.is_some());
}

#[test]
fn r06_a_signature_over_a_count_is_asked_for_again_when_the_count_is_corrected() {
    let mut shop = signed_count();
    let signature = shop.state().attempts.last().unwrap().entries.last().unwrap().at.clone();
    assert!(shop.state().covering(&signature));
    shop.does("novak", recounted(&shop, "97/3", "one more is bent"));
    assert!(!shop.state().covering(&signature));
    assert_eq!(shop.codes("novak", complete("release")), ["T12"]);
}

#[test]
fn r09_a_count_that_is_left_out_lets_everything_but_scrap_go_on() {
    let mut shop = Shop::counting_lot();
    shop.does("novak", counted("count", "10/4", "dent")).does("brandt", skip("count"));
    assert_eq!(shop.state().pieces_into(30, &known(&shop)), 96);
}

#[test]
fn r09_a_single_unit_is_one_piece_where_pieces_are_counted() {
    let mut shop = Shop::open();
    shop.release_lots();
    let mut opened = lot_order();
    opened.units = Units::Serials(vec![id("0001")]);
    shop.does("plan", Command::Order(id("WO-3"), OrderCommand::Open(opened)));
    shop.traveler.order = id("WO-3");
    shop.does("novak", TravelerCommand::Start).does("novak", answer("deburr", 1, true));
    shop.does("novak", complete("deburr"));
    assert_eq!(shop.codes("novak", complete("count")), ["Q01"]);
    shop.does("novak", counted("count", "1", "")).does("novak", complete("count"));
}

#[test]
fn r09_pieces_are_typed_with_digits_and_slashes() {
    let pieces = |good, scrap, rework| Some(Pieces { good, scrap, rework });
    assert_eq!(Pieces::parse("12"), pieces(12, 0, 0));
    assert_eq!(Pieces::parse(" 10/2 "), pieces(10, 2, 0));
    assert_eq!(Pieces::parse("7/2/3"), pieces(7, 2, 3));
    for text in ["", "-1", "1/", "/1", "1/2/3/4", "1.5", "4294967296", "+1"] {
        assert_eq!(Pieces::parse(text), None, "{text}");
    }
}

#[test]
fn an_instruction_without_a_count_is_compiled_as_before() {
    let rules = serde_json::to_string(&StepRules::default()).unwrap();
    assert_eq!(rules, "{}");
}

#[test]
fn r09_pieces_that_two_stations_took_unseen_are_found_out() {
    let mut shop = Shop::counting_lot();
    shop.at("ASM1").does("novak", counted("count", "60", ""));
    shop.at("ASM2").does("novak", counted("count", "60", ""));
    assert_eq!(shop.state().counted_twice(&known(&shop)), None);
    shop.share();
    assert_eq!(shop.state().counted_twice(&known(&shop)), Some((20, 20)));
    let mut shop = Shop::counting_lot();
    shop.at("ASM1").does("novak", counted("count", "100", ""));
    shop.at("ASM2").does("novak", splits(40)).share();
    assert_eq!(shop.state().counted_twice(&known(&shop)), Some((20, 40)));
}
