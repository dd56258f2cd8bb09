//! R9: pieces of a lot are good, scrap or rework, and are split off to lots of their own.

use gemba::domain::decide::Command;
use gemba::domain::instruction::StepRules;
use gemba::domain::order::{OrderCommand, Units};
use gemba::domain::people::Role;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::lot::Pieces;

use crate::support::lots::{
    counted, deburring, lot_order, packing, pieces_add_up, splits, splits_into,
};
use crate::support::shop::Shop;
use crate::support::shop_plan::{answer, assembly, complete, id, raises, signs, skip};

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
fn r09_the_next_operation_works_on_what_is_good_and_is_closed_after_the_one_before() {
    let mut shop = Shop::counting_lot();
    shop.place("INC-1");
    assert_eq!(shop.codes("novak", answer("box", 1, true)), ["T09"], "nothing is good yet");
    shop.place("ASM-1").does("novak", counted("count", "60", "")).place("INC-1");
    shop.does("novak", answer("box", 1, true)).does("novak", complete("box"));
    assert_eq!(shop.codes("novak", counted("tally", "61", "")), ["Q04"]);
    shop.does("novak", counted("tally", "60", ""));
    assert_eq!(shop.codes("novak", complete("tally")), ["T09"], "forty may still come");
    shop.place("ASM-1").does("novak", counted("count", "40", ""));
    shop.does("novak", complete("count")).place("INC-1");
    assert_eq!(shop.codes("novak", complete("tally")), ["Q01"]);
    shop.does("novak", counted("tally", "39/1", "crushed")).does("novak", complete("tally"));
    assert!(shop.state().finished(&known(&shop)));
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
    assert_eq!((state.pieces(), state.lot.origins[0].1.from.unit.as_str()), (38, "L-22"));
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

#[test]
fn r06_who_performed_on_the_lot_does_not_verify_what_was_split_off_it() {
    let mut shop = Shop::open();
    let mut verified = deburring();
    let mut release = assembly().steps[6].clone();
    if let gemba::domain::instruction::Ask::Sign(sign) = &mut release.asks[0] {
        sign.not_same_person_as.clear();
        assert_eq!(sign.role, Role::Inspector);
    }
    verified.steps.insert(1, release);
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
    let back = crate::support::shop_plan::rework("deburr");
    shop.does("brandt", crate::support::shop_plan::disposes("NCR-ASM1-0001", back));
    shop.does("novak", answer("deburr", 1, true));
    let state = shop.state();
    let attempt = state.standing_attempt(20, &id("deburr")).unwrap();
    assert_eq!(attempt.rank, 2);
    assert!(!state.first_pass());
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
