//! The judge and lots: what is contradicted, or decided twice unseen, is held everywhere (R12).

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationFact, DeviationKind, DeviationRaised};
use gemba::domain::hash::Hash;
use gemba::domain::inspection::decide::{Anew, InspectionCommand};
use gemba::domain::inspection::fact::{InspectionFact, LotDecided, LotEnd};
use gemba::domain::inspection::series::{LotStanding, SeriesId, SeriesState, own_lot};
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::material::MaterialId;
use gemba::domain::people::Role;
use gemba::domain::quantity::Number;
use gemba::domain::signature::{Components, Covers, Meaning, Signature, Signer};
use gemba::domain::station::StationCommand;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::{HoldReason, ReadingValue};
use gemba::domain::unit::Unit;

use crate::judge_inspection::{by_piece, comes_in, nordic, opens_now, series};
use crate::judge_pieces;
use crate::judge_work::{at_bench, forges, plant, releases_text};
use crate::support::lots::splits;
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

/// Somebody looks at a piece of lot L-1, once more where a reason is given.
fn finds(station: &StationBench, (who, piece, force): (&str, u32, &str), why: Option<&str>) {
    let force = ReadingValue::Number {
        number: Number::parse(force).unwrap(),
        unit: Unit::parse("N").unwrap(),
    };
    let values = vec![(ReadingValue::Conforms(true), None), (force, None)];
    let (lot, corrects) = ("L-1".parse().unwrap(), why.map(|why| Anew::because(why.to_owned())));
    does_about(station, who, InspectionCommand::Record { lot, piece, values, corrects });
}

fn does_about(station: &StationBench, who: &str, command: InspectionCommand) {
    let command = Command::Series(nordic(), command);
    station.ledger().transact(&at_bench(who), &moment(1_000), command).unwrap();
}

fn decides(station: &StationBench, who: &str, accept: bool) {
    let (lot, note, by) = ("L-1".parse().unwrap(), String::new(), Signer::by_badge(who));
    let (deviation, seen) = (None, None);
    does_about(station, who, InspectionCommand::Decide { lot, accept, note, deviation, seen, by });
}

fn ends(station: &StationBench, who: &str, end: LotEnd) {
    let (lot, reason, by) = ("L-1".parse().unwrap(), "burrs".to_owned(), Signer::by_badge(who));
    does_about(station, who, InspectionCommand::Dispose { lot, end, reason, by });
}

fn why_held(station: &StationBench) -> Option<String> {
    let material = MaterialId { part: "CP-40".parse().unwrap(), lot: "L-1".parse().unwrap() };
    let state = station.ledger().stream(&Subject::Material(material)).unwrap().stream.state;
    let StreamState::Material(state) = state else { panic!("{state:?}") };
    state.blocked().map(|block| block.reason.clone())
}

fn standing(station: &StationBench) -> LotStanding {
    series(station).lot(&"L-1".parse().unwrap()).unwrap().standing()
}

/// Two pieces came in, and both stations know the lot.
async fn two_pieces() -> (PlantBench, StationBench, StationBench) {
    let (bench, one, two) = plant().await;
    releases_text(&one, "I", &by_piece());
    comes_in(&one, "L-1", 2);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    (bench, one, two)
}

/// Both stations get what the other did, and what the server says of it.
async fn meet(bench: &PlantBench, one: &StationBench, two: &StationBench) {
    judged(bench, one).await;
    judged(bench, two).await;
    one.client().sync_once().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_an_acceptance_that_is_contradicted_since_holds_the_lot_everywhere_and_is_told() {
    let (bench, one, two) = two_pieces().await;
    opens_now(&one, "L-1");
    for piece in [1, 2] {
        finds(&one, ("P-4", piece, "25"), None);
    }
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    finds(&two, ("P-2", 1, "30"), Some("burr on the back"));
    decides(&one, "P-4", true);
    assert_eq!(why_held(&one), None, "nobody knows better there");
    meet(&bench, &one, &two).await;
    let why = "lot L-1 was accepted, and 1 pieces are nonconforming by what was not seen then; \
               from 1 on it is not accepted";
    for station in [&one, &two] {
        assert_eq!(why_held(station).as_deref(), Some(why));
        assert_eq!(standing(station), LotStanding::Contradicted);
    }
    let told: Vec<_> = reviews(&one).into_iter().flat_map(|review| review.reasons).collect();
    assert_eq!(told, [why]);
    ends(&two, "P-2", LotEnd::UseAsIs);
    assert!(why_held(&two).is_some(), "engineering signs, too");
    ends(&two, "P-1", LotEnd::UseAsIs);
    meet(&bench, &one, &two).await;
    assert_eq!((why_held(&one), why_held(&two)), (None, None));
    assert_eq!(reviews(&two), []);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_of_two_decisions_unseen_by_each_other_the_rejection_holds_and_both_are_told() {
    for accepts_first in [true, false] {
        let (bench, one, two) = two_pieces().await;
        opens_now(&one, "L-1");
        finds(&one, ("P-4", 1, "25"), None);
        meet(&bench, &one, &two).await;
        two.client().sync_once().await.unwrap();
        finds(&one, ("P-4", 2, "25"), None);
        decides(&one, "P-4", true);
        finds(&two, ("P-4", 2, "30"), None);
        decides(&two, "P-4", false);
        let (first, second) = if accepts_first { (&one, &two) } else { (&two, &one) };
        meet(&bench, first, second).await;
        second.client().sync_once().await.unwrap();
        for station in [&one, &two] {
            assert!(why_held(station).is_some(), "{accepts_first}");
            assert_eq!(standing(station), LotStanding::Rejected);
        }
        let told: Vec<_> = reviews(&one).into_iter().flat_map(|review| review.reasons).collect();
        assert!(told.iter().any(|why| why.ends_with(", unseen")), "{told:?}");
        ends(&one, "P-2", LotEnd::Return);
        meet(&bench, &one, &two).await;
        assert_eq!(why_held(&two).as_deref(), Some("return: burrs"));
        bench.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_lot_that_two_stations_opened_unseen_is_not_free_where_one_of_them_accepted_it() {
    for accepts_first in [true, false] {
        let (bench, one, two) = two_pieces().await;
        for (station, force) in [(&one, "25"), (&two, "30")] {
            opens_now(station, "L-1");
            for piece in [1, 2] {
                finds(station, ("P-4", piece, force), None);
            }
            decides(station, "P-4", force == "25");
        }
        let (first, second) = if accepts_first { (&one, &two) } else { (&two, &one) };
        meet(&bench, first, second).await;
        second.client().sync_once().await.unwrap();
        for station in [&one, &two] {
            assert!(why_held(station).is_some(), "{accepts_first}");
        }
        // Wherever the first inspection is known, quality says what becomes of the lot.
        ends(first, "P-2", LotEnd::Return);
        meet(&bench, first, second).await;
        assert_eq!(why_held(second).as_deref(), Some("return: burrs"), "{accepts_first}");
        bench.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_one_answer_lets_a_record_go_on_with_what_only_follows_it_and_what_comes_next() {
    let (bench, one, two) = two_pieces().await;
    for station in [&one, &two] {
        opens_now(station, "L-1");
        finds(station, ("P-4", 1, "25"), None);
    }
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    let open = reviews(&two);
    assert_eq!(open.len(), 2, "the opening, and the piece that follows it: {open:?}");
    let fact = open[0].fact.clone();
    let (reason, counts, units) = ("both looked".to_owned(), None, Vec::new());
    let answer = StationCommand::AnswerReview { fact, accepted: true, counts, units, reason };
    let answer = Command::Station(two.station.clone(), answer);
    two.ledger().transact(&acting("P-1"), &moment(1_100), answer).unwrap();
    // Somebody goes on before the server has heard of the answer.
    finds(&two, ("P-4", 2, "25"), None);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    assert_eq!(reviews(&two), [], "nothing is left to be answered");
    meet(&bench, &one, &two).await;
    assert_eq!(series(&one).lots.len(), 2, "both stand, everywhere");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_failing_value_within_the_plan_that_comes_late_is_told_and_the_lot_goes_on() {
    let (bench, one, two) = plant().await;
    let mut text: Instruction = serde_json::from_slice(&by_piece()).unwrap();
    text.rules.inspect = Some("AQL 10, level II, ISO 2859-1:1999".to_owned().try_into().unwrap());
    releases_text(&one, "I", &serde_json::to_vec(&text).unwrap());
    comes_in(&one, "L-1", 20);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let opened = opens_now(&one, "L-1");
    assert!(opened.plan.single.accept >= 1, "one bad piece is accepted: {opened:?}");
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    let pieces: Vec<u32> = series(&one).lots[0].remaining().into_iter().collect();
    finds(&two, ("P-4", pieces[0], "30"), None);
    for piece in &pieces {
        finds(&one, ("P-4", *piece, "25"), None);
    }
    decides(&one, "P-4", true);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    let why = format!(
        "lot L-1 was accepted without what was not seen then, and the plan accepts it all the same: \
         piece {}: Force 30 N",
        pieces[0]
    );
    let told: Vec<_> = reviews(&one).into_iter().flat_map(|review| review.reasons).collect();
    assert_eq!(told, [why], "once");
    for station in [&one, &two] {
        assert_eq!(why_held(station), None);
        let lot = series(station).lot(&"L-1".parse().unwrap()).unwrap().clone();
        assert_eq!(lot.unseen_by_acceptance().len(), 1, "whoever looks at the lot is told");
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_record_of_an_accepted_lot_that_the_server_does_not_accept_holds_the_lot() {
    let (bench, one, two) = two_pieces().await;
    opens_now(&one, "L-1");
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    // The other station reads a piece, unseen, and its record says what its limits do not.
    finds(&two, ("P-4", 1, "25"), None);
    forges(&two, "\"verdict\":\"Pass\"}]", "\"verdict\":\"Fail\"}]");
    for piece in [1, 2] {
        finds(&one, ("P-4", piece, "25"), None);
    }
    decides(&one, "P-4", true);
    judged(&bench, &one).await;
    assert_eq!(why_held(&one), None);
    judged(&bench, &two).await;
    one.client().sync_once().await.unwrap();
    let why = why_held(&one).expect("somebody looks at it");
    assert!(why.starts_with("the server did not accept what was said of it"), "{why}");
    bench.running.shutdown().await;
}

/// Somebody of quality lets through what the server did not accept of a station.
async fn let_through(bench: &PlantBench, station: &StationBench) {
    let fact = reviews(station)[0].fact.clone();
    let (reason, counts, units) = ("it is so".to_owned(), None, Vec::new());
    let answer = StationCommand::AnswerReview { fact, accepted: true, counts, units, reason };
    let answer = Command::Station(station.station.clone(), answer);
    station.ledger().transact(&acting("P-1"), &moment(1_100), answer).unwrap();
    judged(bench, station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_record_that_is_not_accepted_holds_the_lot_in_either_order_and_let_through_counts() {
    for recorded_first in [true, false] {
        let (bench, one, two) = two_pieces().await;
        opens_now(&one, "L-1");
        meet(&bench, &one, &two).await;
        two.client().sync_once().await.unwrap();
        finds(&two, ("P-4", 1, "25"), None);
        forges(&two, "\"verdict\":\"Pass\"}]", "\"verdict\":\"Fail\"}]");
        for piece in [1, 2] {
            finds(&one, ("P-4", piece, "25"), None);
        }
        decides(&one, "P-4", true);
        let (first, second) = if recorded_first { (&two, &one) } else { (&one, &two) };
        meet(&bench, first, second).await;
        second.client().sync_once().await.unwrap();
        for station in [&one, &two] {
            let why = why_held(station).expect("somebody looks at it");
            assert!(why.contains("not accept"), "{recorded_first}: {why}");
        }
        let told = reviews(&two).remove(0).reasons;
        assert!(told[0].contains("judged otherwise"), "{told:?}");
        let_through(&bench, &two).await;
        meet(&bench, &one, &two).await;
        let why = why_held(&one).expect("it is contradicted now");
        assert!(why.starts_with("lot L-1 was accepted, and 1 pieces"), "{recorded_first}: {why}");
        bench.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_late_failing_values_are_each_told_once() {
    let (bench, one, two) = plant().await;
    let mut text: Instruction = serde_json::from_slice(&by_piece()).unwrap();
    text.rules.inspect = Some("AQL 10, level II, ISO 2859-1:1999".to_owned().try_into().unwrap());
    releases_text(&one, "I", &serde_json::to_vec(&text).unwrap());
    comes_in(&one, "L-1", 90);
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let opened = opens_now(&one, "L-1");
    assert!(opened.plan.single.accept >= 2, "two bad pieces are accepted: {opened:?}");
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    let pieces: Vec<u32> = series(&one).lots[0].remaining().into_iter().collect();
    for piece in &pieces[..2] {
        finds(&two, ("P-4", *piece, "30"), None);
    }
    for piece in &pieces {
        finds(&one, ("P-4", *piece, "25"), None);
    }
    decides(&one, "P-4", true);
    meet(&bench, &one, &two).await;
    two.client().sync_once().await.unwrap();
    let told: Vec<_> = reviews(&one).into_iter().flat_map(|review| review.reasons).collect();
    for piece in &pieces[..2] {
        let named = told.iter().filter(|why| why.contains(&format!("piece {piece}: Force 30 N")));
        assert_eq!(named.count(), 1, "{told:?}");
    }
    bench.running.shutdown().await;
}

/// A rejection as earlier versions wrote it: before the deviation that it names was raised.
fn rejects_as_before(station: &StationBench) {
    let lot = series(station).lots[0].clone();
    let signature = Signature {
        signer: "P-4".parse().unwrap(),
        printed_name: "P. Four".to_owned(),
        role: Role::Inspector,
        meaning: Meaning::Rejected,
        components: Components::BadgeAndPin,
        covers: Covers::over(lot.found_to_cover()),
    };
    let decided = LotDecided {
        opened: lot.at.clone(),
        lot: lot.opened.lot.clone(),
        accepted: false,
        inspected: 2,
        nonconforming: vec![1],
        note: String::new(),
        deviation: "NCR-ASM1-0001".parse().ok(),
        open: None,
        signature,
    };
    let subject = Subject::Series(nordic());
    let heads = station.ledger().stream(&subject).unwrap().stream.heads;
    let decided = FactBody::Inspection(InspectionFact::LotDecided(Box::new(decided)));
    station.writes_after("P-4", (subject, heads), decided, 1_001);
}

fn raises_then(station: &StationBench) {
    let raised = DeviationRaised {
        kind: DeviationKind::Product,
        unit: None,
        code: None,
        close_by: None,
        required: "of 2 pieces at most 0 nonconforming".to_owned(),
        found: "piece 1: Force 30 N".to_owned(),
        note: "lot L-1 of CP-40 from Nordic".to_owned(),
    };
    let raised = FactBody::Deviation(DeviationFact::DeviationRaised(Box::new(raised)));
    let subject = Subject::Deviation("NCR-ASM1-0001".parse().unwrap());
    station.writes_as("P-4", subject, raised, 1_001);
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_rejection_that_came_before_its_deviation_is_accepted_where_both_are_here() {
    for apart in [false, true] {
        let (bench, one, _two) = two_pieces().await;
        opens_now(&one, "L-1");
        finds(&one, ("P-4", 1, "30"), None);
        finds(&one, ("P-4", 2, "25"), None);
        rejects_as_before(&one);
        if apart {
            judged(&bench, &one).await;
        }
        raises_then(&one);
        judged(&bench, &one).await;
        let told: Vec<_> = reviews(&one).into_iter().flat_map(|review| review.reasons).collect();
        // A line that was cut between the two leaves it to a person; nothing is let go by that.
        let unknown = "nobody raised the deviation NCR-ASM1-0001 that it names";
        let expected: &[&str] = if apart { &[unknown] } else { &[] };
        assert_eq!(told, expected);
        assert_eq!(standing(&one), LotStanding::Rejected);
        assert!(why_held(&one).is_some());
        bench.running.shutdown().await;
    }
}

fn own() -> SeriesId {
    SeriesId::own("CP-40".parse().unwrap())
}

fn own_series(station: &StationBench) -> SeriesState {
    let state = station.ledger().stream(&Subject::Series(own())).unwrap().stream.state;
    let StreamState::Series(state) = state else { panic!("{state:?}") };
    state
}

/// An inspector does something about the lot that is made here.
fn inspects(station: &StationBench, command: InspectionCommand) {
    let command = Command::Series(own(), command);
    station.ledger().transact(&at_bench("P-4"), &moment(2_000), command).unwrap();
}

/// An inspector looks at pieces of the lot that is made here.
fn looks(station: &StationBench, pieces: impl IntoIterator<Item = u32>, force: &str) {
    for piece in pieces {
        let (number, unit) = (Number::parse(force).unwrap(), Unit::parse("N").unwrap());
        let force = ReadingValue::Number { number, unit };
        let values = vec![(ReadingValue::Conforms(true), None), (force, None)];
        let (lot, corrects) = (own_lot(&judge_pieces::lot()).unwrap(), None);
        inspects(station, InspectionCommand::Record { lot, piece, values, corrects });
    }
}

/// Whether the server holds a lot at a station.
fn is_held_by_judge(station: &StationBench, unit: &str) -> bool {
    let unit = TravelerId { unit: unit.parse().unwrap(), ..judge_pieces::lot() };
    let state = station.ledger().stream(&Subject::Traveler(unit)).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    let judged = |reason: &HoldReason| matches!(reason, HoldReason::Judged { .. });
    state.open_holds().any(|(_, hold)| judged(&hold.placed.reason))
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_lot_that_is_contradicted_is_held_with_what_was_split_off_since_it_was_opened() {
    let (bench, one, two) = judge_pieces::plant().await;
    one.admit("P-4", Role::Inspector);
    releases_text(&one, "I", &by_piece());
    judged(&bench, &one).await;
    judge_pieces::does(&one, ("ASM-1", 1_000), TravelerCommand::Start);
    judge_pieces::does(&one, ("ASM-1", 1_100), splits(10));
    let (unit, seed) = (judge_pieces::lot(), Hash::of(&[b"chance"]));
    let (lot, instruction) = (own_lot(&unit).unwrap(), "WI-1".parse().unwrap());
    let (unit, size, first_article) = (Some(unit), None, false);
    inspects(&one, InspectionCommand::Open { lot, unit, instruction, size, first_article, seed });
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let pieces = own_series(&one).lots[0].remaining();
    // The other station finds a bad one, unseen.
    looks(&two, pieces.iter().copied().take(1), "30");
    looks(&one, pieces, "25");
    let (lot, note) = (own_lot(&judge_pieces::lot()).unwrap(), String::new());
    let (deviation, shown, by) = (None, None, Signer::by_badge("P. Four"));
    inspects(
        &one,
        InspectionCommand::Decide { lot, accept: true, note, deviation, seen: shown, by },
    );
    judge_pieces::does(&one, ("ASM-1", 2_100), splits(20));
    judged(&bench, &one).await;
    assert!(!is_held_by_judge(&one, "L-22"), "nobody knows better");
    judged(&bench, &two).await;
    one.client().sync_once().await.unwrap();
    let held = ["L-22", "L-22-ASM1-1", "L-22-ASM1-2"].map(|unit| is_held_by_judge(&one, unit));
    assert_eq!(held, [true, false, true], "what had left was not looked at");
    let review = reviews(&one).remove(0);
    assert!(review.reasons[0].contains("1 pieces are nonconforming"), "{review:?}");
    assert_eq!(review.units.len(), 2, "whoever answers lets both go: {review:?}");
    bench.running.shutdown().await;
}
