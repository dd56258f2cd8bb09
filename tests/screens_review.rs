//! Answering what the server did not accept, from the shift board.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::station::{JudgeVerdict, Judgement, StationCommand};
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::words::Words;
use gemba::ui::input::Key;
use gemba::views::board::{Board, ReviewRow};
use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::screens_others::supervisor;
use crate::screens_traveler::{reaching, torque};
use crate::support::screen::Screen;
use crate::support::shop_plan::id;

#[test]
fn what_the_server_did_not_accept_is_answered_from_the_board() {
    let mut screen = supervisor();
    screen.menu("4").type_keys("2");
    assert_snapshot!("review", screen.golden());
    screen.type_keys("1\n").shows("type a reason first").type_keys("she was at the bench");
    assert_snapshot!("review_why", screen.golden());
}

/// A record of the unit that the judge did not accept, and who looks at the board.
pub(crate) fn judged(badge: &str) -> (Screen, Position) {
    let mut shop = reaching("torque");
    shop.does("novak", torque(1, "24.8"));
    let fact = shop.torque_at(1);
    let (from, to_seq, reasons) = (fact.clone(), fact.seq, vec!["novak was revoked".to_owned()]);
    shop.does("", TravelerCommand::HoldForJudge { fact: fact.clone(), reasons: reasons.clone() });
    let verdict = JudgeVerdict::Rejected;
    let units = vec![shop.traveler.clone()];
    let judged = Judgement { fact: fact.clone(), verdict, reasons: reasons.clone(), units };
    let judge =
        StationCommand::Judge { from, to_seq, exceptions: vec![judged], unread: Vec::new() };
    shop.does("", Command::Station(id("ASM1"), judge));
    let mut screen = Screen::signed_in(shop, badge);
    let review = ReviewRow {
        station: id("ASM1"),
        fact: fact.clone(),
        subject: "traveler/WO-1881/0007".to_owned(),
        what: Words::given("Bolt torque 1: 24.8 N·m (25 ±2 N·m)"),
        who: "A. Novak".to_owned(),
        place: Some(id("ASM-1")),
        at: Some(screen.shop.moment().utc - SignedDuration::from_mins(12)),
        verdict,
        reasons,
        units: Vec::new(),
        decisions: Vec::new(),
        not_to_follow: Vec::new(),
        with_it: 0,
    };
    screen.answers.board = Some(Board { reviews: vec![review], ..Board::default() });
    (screen, fact)
}

#[test]
fn of_two_decisions_only_those_are_offered_that_the_unit_can_follow() {
    let (mut screen, _) = judged("B-4011");
    let mut board = screen.answers.board.clone().unwrap();
    board.reviews[0].decisions = vec!["scrap".to_owned()];
    board.reviews[0].not_to_follow = vec!["rework from step torque".to_owned()];
    screen.answers.board = Some(board);
    screen.choose("Shift board").type_keys("1");
    assert_snapshot!("review_decisions", screen.golden());
}

#[test]
fn a_record_of_which_no_time_is_known_says_by_whom_and_where_it_was_made() {
    let (mut screen, _) = judged("B-4011");
    let mut board = screen.answers.board.clone().unwrap();
    board.reviews[0].at = None;
    screen.answers.board = Some(board);
    screen.choose("Shift board").type_keys("1");
    screen.shows("A. Novak at ASM-1, station ASM1").hides(" ago").hides("ASM1,");
}

#[test]
fn a_unit_that_is_held_for_the_server_says_why_and_who_answers() {
    let (mut screen, _) = judged("B-2107");
    screen.scan("0007").shows("On hold: the server did not accept a record");
    assert_snapshot!("held_for_the_server", screen.golden());
}

fn reviews_open(screen: &Screen) -> usize {
    let state = screen.shop.stream(&Subject::Station(id("ASM1"))).state;
    let StreamState::Station(state) = state else { panic!("{state:?}") };
    state.open_reviews.len()
}

#[test]
fn a_supervisor_lets_work_go_on_and_the_unit_is_free() {
    let (mut screen, fact) = judged("B-4011");
    assert_eq!(screen.shop.state().open_holds().count(), 1);
    screen.menu("4").type_keys("12never mind").key(Key::Esc).shows("Does work go on?");
    screen.recorded();
    let reason = "she was there".to_owned();
    screen.type_keys("1").key(Key::Home);
    for _ in 0.."never mind".len() {
        screen.key(Key::Delete);
    }
    screen.type_keys(&reason).type_keys("\n").shows("saved: work goes on");
    let answer = StationCommand::AnswerReview {
        fact,
        accepted: true,
        counts: None,
        units: Vec::new(),
        reason,
    };
    assert_eq!(screen.recorded(), [Command::Station(id("ASM1"), answer)]);
    assert_eq!((screen.shop.state().open_holds().count(), reviews_open(&screen)), (0, 0));
}

#[test]
fn a_supervisor_who_says_no_leaves_the_unit_held() {
    let (mut screen, _) = judged("B-4011");
    screen.menu("4").type_keys("12ask her first\n").shows("saved: still held");
    assert_eq!((screen.shop.state().open_holds().count(), reviews_open(&screen)), (1, 1));
}
