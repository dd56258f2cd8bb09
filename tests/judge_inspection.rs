//! What the server says of lots that a station inspected otherwise than by the plan.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::hash::Hash;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::fact::{
    InspectionFact, LotDecided, LotEnd, LotOpened, PieceInspected,
};
use gemba::domain::inspection::scheme::Severity;
use gemba::domain::inspection::series::{LotStanding, SeriesId, SeriesState};
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::material::{
    ByInspection, MaterialCommand, MaterialFact, MaterialId, MaterialReceived,
};
use gemba::domain::people::Role;
use gemba::domain::quantity::Number;
use gemba::domain::signature::{Components, Covers, Meaning, Signature, Signer};
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::fact::{GaugeUsed, ReadingValue};
use gemba::domain::unit::Unit;

use crate::judge_work::{at_bench, objected, plant, releases_text, said, text};
use crate::support::plant::{PlantBench, StationBench, moment};
use crate::sync_judge::{judged, reviews};

const RULE: &str = "AQL 1.0, level II, ISO 2859-1:1999";

fn nordic() -> SeriesId {
    SeriesId::new("CP-40".parse().unwrap(), "Nordic").unwrap()
}

/// WI-1 as a text by which lots are inspected.
fn by_piece() -> Vec<u8> {
    let mut read: Instruction = serde_json::from_slice(&text("I", "27")).unwrap();
    read.steps.truncate(2);
    read.rules.inspect = Some(RULE.to_owned().try_into().unwrap());
    serde_json::to_vec(&read).unwrap()
}

fn opens(station: &StationBench, lot: &str) -> LotOpened {
    comes_in(station, lot, 500);
    opens_now(station, lot)
}

fn comes_in(station: &StationBench, lot: &str, pieces: u32) {
    let lot: gemba::domain::ids::LotId = lot.parse().unwrap();
    let received = MaterialReceived {
        supplier: "Nordic".to_owned(),
        certificate: String::new(),
        quantity: Some(pieces),
        expires: None,
        corrects: None,
    };
    let material = MaterialId { part: "CP-40".parse().unwrap(), lot: lot.clone() };
    let receive = Command::Material(material, MaterialCommand::Receive(received));
    station.ledger().transact(&at_bench("P-4"), &moment(100), receive).unwrap();
}

fn opens_now(station: &StationBench, lot: &str) -> LotOpened {
    let lot: gemba::domain::ids::LotId = lot.parse().unwrap();
    let open = InspectionCommand::Open {
        lot: lot.clone(),
        instruction: "WI-1".parse().unwrap(),
        size: None,
        seed: Hash::of(&[b"chance"]),
    };
    let open = Command::Series(nordic(), open);
    station.ledger().transact(&at_bench("P-4"), &moment(100), open).unwrap();
    series(station).lot(&lot).unwrap().opened.clone()
}

fn series(station: &StationBench) -> SeriesState {
    let state = station.ledger().stream(&Subject::Series(nordic())).unwrap().stream.state;
    let StreamState::Series(state) = state else { panic!("{state:?}") };
    state
}

/// Somebody writes what nothing decided.
fn forges(station: &StationBench, who: &str, fact: InspectionFact) -> Position {
    station.writes_as(who, Subject::Series(nordic()), FactBody::Inspection(fact), 200)
}

fn accepted(opened: Position, lot: &str) -> LotDecided {
    let signature = Signature {
        signer: "P-4".parse().unwrap(),
        printed_name: "P. Four".to_owned(),
        role: Role::Inspector,
        meaning: Meaning::Accepted,
        components: Components::BadgeAndPin,
        covers: Covers::over([]),
    };
    LotDecided {
        opened,
        lot: lot.parse().unwrap(),
        accepted: true,
        inspected: 50,
        nonconforming: Vec::new(),
        note: String::new(),
        signature,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_an_opening_by_another_plan_or_laxer_than_known_is_rejected() {
    let (bench, one, _two) = plant().await;
    releases_text(&one, "I", &by_piece());
    judged(&bench, &one).await;
    let opened = opens(&one, "L-1");
    judged(&bench, &one).await;
    assert_eq!(reviews(&one), []);

    let named = |lot: &str| LotOpened { lot: lot.parse().unwrap(), ..opened.clone() };
    let mut laxer = named("L-2");
    laxer.severity = Severity::Reduced;
    laxer.plan = laxer.by.rule.for_lot(500, Severity::Reduced);
    let mut more = named("L-3");
    more.plan.single.accept += 1;
    let mut other = named("L-4");
    other.by.rule = "zero 95/5".to_owned().try_into().unwrap();
    other.plan = other.by.rule.for_lot(500, Severity::Normal);
    for forged in [laxer, more, other] {
        forges(&one, "P-4", InspectionFact::LotOpened(Box::new(forged)));
    }
    forges(&one, "P-3", InspectionFact::LotOpened(Box::new(named("L-5"))));
    let expected = [
        said("LotOpened", "inspection was reduced by what was known, not normal"),
        said("LotOpened", "the plan is not that of the lot's size, level and AQL"),
        said("LotOpened", "the instruction states another plan"),
        said("LotOpened", "P-3 may not inspect lots"),
    ];
    assert_eq!(objected(&bench, &one).await, expected);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_an_acceptance_without_its_pieces_lets_nothing_go() {
    let (bench, one, two) = plant().await;
    releases_text(&one, "I", &by_piece());
    judged(&bench, &one).await;
    opens(&one, "L-1");
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    assert_eq!(series(&two).lots.len(), 1, "the other station knows the lot");
    let opened = series(&one).lots[0].at.clone();
    let decided = InspectionFact::LotDecided(Box::new(accepted(opened, "L-1")));
    let at = forges(&one, "P-4", decided);
    let material = MaterialId { part: "CP-40".parse().unwrap(), lot: "L-1".parse().unwrap() };
    let opened = series(&one).lots[0].at.clone();
    let inspection = Some(ByInspection { opened: opened.clone(), at: at.clone(), as_is: false });
    let held = |station: &StationBench| {
        let subject = Subject::Material(material.clone());
        let held = station.ledger().stream(&subject).unwrap().stream.state;
        let StreamState::Material(held) = held else { panic!("{held:?}") };
        held
    };
    let (reason, ends) = ("accepted".to_owned(), held(&one).ends_of(&opened));
    let released = MaterialFact::MaterialReleased { reason, inspection, ends };
    let released = FactBody::Material(released);
    one.writes_as("P-4", Subject::Material(material.clone()), released, 201);
    let expected = [
        said("LotDecided", "its lot was not opened"),
        said("MaterialReleased", &format!("no inspection lets it go at {at}")),
    ];
    assert_eq!(objected(&bench, &one).await, expected);
    two.client().sync_once().await.unwrap();
    assert!(held(&two).blocked().is_some(), "it stays held at the other station");
    let block = held(&one).blocked().unwrap().reason.clone();
    assert!(block.starts_with("the server did not accept"), "and at its own: {block}");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_piece_is_judged_by_the_text_of_its_lot_with_gauges_that_were_good() {
    let (bench, one, _two) = plant().await;
    releases_text(&one, "I", &by_piece());
    judged(&bench, &one).await;
    opens(&one, "L-1");
    let first = *series(&one).lots[0].remaining().first().unwrap();
    let force = ReadingValue::Number {
        number: Number::parse("25").unwrap(),
        unit: Unit::parse("N").unwrap(),
    };
    let values = vec![(ReadingValue::Conforms(true), None), (force, None)];
    let lot = "L-1".parse().unwrap();
    let record = InspectionCommand::Record { lot, piece: first, values, corrects: None };
    let record = Command::Series(nordic(), record);
    one.ledger().transact(&at_bench("P-4"), &moment(110), record).unwrap();
    judged(&bench, &one).await;
    assert_eq!(reviews(&one), [], "an honest piece is accepted");

    let honest = series(&one).lots[0].records[0].what.clone();
    let mut pieces = series(&one).lots[0].remaining().into_iter();
    let mut other = || PieceInspected { piece: pieces.next().unwrap(), ..honest.clone() };
    let mut wider = other();
    if let CharacteristicKind::Measured(limits) = &mut wider.readings[1].kind {
        limits.upper = Some(Number::parse("40").unwrap());
    }
    let mut fewer = other();
    fewer.readings.truncate(1);
    let mut unknown = other();
    unknown.readings[1].gauge = Some(GaugeUsed {
        gauge: "FG-99".parse().unwrap(),
        class: "force".parse().unwrap(),
        due: "2030-01-01".parse().unwrap(),
        range: None,
        resolution: None,
        uncertainty: None,
    });
    for forged in [wider, fewer, unknown] {
        forges(&one, "P-4", InspectionFact::PieceInspected(forged));
    }
    let expected = [
        said("PieceInspected", "the text asks Force of a piece, by its limits"),
        said("PieceInspected", "a piece has 2 values, and 1 were recorded"),
        said("PieceInspected", "the server does not know the gauge FG-99"),
    ];
    assert_eq!(objected(&bench, &one).await, expected);
    bench.running.shutdown().await;
}

/// Somebody looks at a piece of lot L-1, once more where a reason is given.
fn finds(station: &StationBench, (who, piece, force): (&str, u32, &str), why: Option<&str>) {
    let force = ReadingValue::Number {
        number: Number::parse(force).unwrap(),
        unit: Unit::parse("N").unwrap(),
    };
    let values = vec![(ReadingValue::Conforms(true), None), (force, None)];
    let (lot, corrects) = ("L-1".parse().unwrap(), why.map(str::to_owned));
    does_about(station, who, InspectionCommand::Record { lot, piece, values, corrects });
}

fn does_about(station: &StationBench, who: &str, command: InspectionCommand) {
    let command = Command::Series(nordic(), command);
    station.ledger().transact(&at_bench(who), &moment(1_000), command).unwrap();
}

fn decides(station: &StationBench, who: &str, accept: bool) {
    let (lot, note, by) = ("L-1".parse().unwrap(), String::new(), Signer::by_badge(who));
    does_about(station, who, InspectionCommand::Decide { lot, accept, note, seen: None, by });
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
