//! What the server says of lots that a station inspected otherwise than by the plan.

use gemba::domain::decide::Command;
use gemba::domain::fact::Position;
use gemba::domain::gauge::{GaugeCommand, GaugeDescription};
use gemba::domain::hash::Hash;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::inspection::fact::{
    FirstArticle, InspectionFact, LotDecided, LotOpened, PieceCells, PieceConfirmed,
    PieceCorrected, PieceInspected, PieceNoted,
};
use gemba::domain::inspection::scheme::Severity;
use gemba::domain::inspection::series::{SeriesId, SeriesState};
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::material::{
    ByInspection, MaterialCommand, MaterialFact, MaterialId, MaterialReceived,
};
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::quantity::Number;
use gemba::domain::signature::{Components, Covers, Meaning, Signature, Signer};
use gemba::domain::specification::CharacteristicKind;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::fact::{GaugeUsed, ReadingValue};
use gemba::domain::unit::Unit;

use crate::judge_work::{at_bench, objected, plant, releases_text, said, text};
use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

const RULE: &str = "AQL 1.0, level II, ISO 2859-1:1999";

pub(crate) fn nordic() -> SeriesId {
    SeriesId::new("CP-40".parse().unwrap(), "Nordic").unwrap()
}

/// WI-1 as a text by which lots are inspected.
pub(crate) fn by_piece() -> Vec<u8> {
    let mut read: Instruction = serde_json::from_slice(&text("I", "27")).unwrap();
    read.steps.truncate(2);
    read.rules.inspect = Some(RULE.to_owned().try_into().unwrap());
    serde_json::to_vec(&read).unwrap()
}

fn opens(station: &StationBench, lot: &str) -> LotOpened {
    comes_in(station, lot, 500);
    opens_now(station, lot)
}

pub(crate) fn comes_in(station: &StationBench, lot: &str, pieces: u32) {
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

pub(crate) fn opens_now(station: &StationBench, lot: &str) -> LotOpened {
    let lot: gemba::domain::ids::LotId = lot.parse().unwrap();
    let open = InspectionCommand::Open {
        lot: lot.clone(),
        unit: None,
        instruction: "WI-1".parse().unwrap(),
        size: None,
        first_article: false,
        seed: Hash::of(&[b"chance"]),
    };
    let open = Command::Series(nordic(), open);
    station.ledger().transact(&at_bench("P-4"), &moment(100), open).unwrap();
    series(station).lot(&lot).unwrap().opened.clone()
}

pub(crate) fn series(station: &StationBench) -> SeriesState {
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
        deviation: None,
        open: None,
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

/// WI-1 as a text whose pieces are measured with a force gauge by somebody trained.
fn demanding() -> Vec<u8> {
    let mut read: Instruction = serde_json::from_slice(&by_piece()).unwrap();
    read.qualification = "press-1".parse().ok();
    let gemba::domain::instruction::Ask::Measure(force) = &mut read.steps[1].asks[0] else {
        panic!("{read:?}");
    };
    force.gauge = "force-gauge".parse().ok();
    serde_json::to_vec(&read).unwrap()
}

/// A gauge of a class, good until a day.
fn registers(station: &StationBench, gauge: &str, class: &str, due: &str) {
    let about = |command| Command::Gauge(gauge.parse().unwrap(), command);
    let mut described = GaugeDescription::new("Force".to_owned(), class.parse().unwrap());
    described.unit = Unit::parse("N");
    let calibrate = GaugeCommand::Calibrate {
        on: "2026-11-01".parse().unwrap(),
        due: due.parse().ok(),
        certificate: "K-1".to_owned(),
        as_found: None,
    };
    for command in [about(GaugeCommand::Register(described)), about(calibrate)] {
        station.ledger().transact(&acting("P-1"), &moment(10), command).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_a_piece_read_without_training_or_on_a_wrong_or_overdue_gauge_is_found() {
    let (bench, one, _two) = plant().await;
    registers(&one, "FG-1", "force-gauge", "2026-12-31");
    registers(&one, "FG-2", "force-gauge", "2026-11-10");
    registers(&one, "SC-1", "scale", "2026-12-31");
    let until = "2026-11-30".parse().ok();
    let qualify = PersonCommand::Qualify { qualification: "press-1".parse().unwrap(), until };
    let qualify = Command::Person("P-4".parse().unwrap(), qualify);
    one.ledger().transact(&acting("P-1"), &moment(11), qualify).unwrap();
    one.admit("P-5", Role::Inspector);
    releases_text(&one, "I", &demanding());
    judged(&bench, &one).await;
    opens(&one, "L-1");
    let first = *series(&one).lots[0].remaining().first().unwrap();
    let force = ReadingValue::Number {
        number: Number::parse("25").unwrap(),
        unit: Unit::parse("N").unwrap(),
    };
    let values = vec![(ReadingValue::Conforms(true), None), (force, "FG-1".parse().ok())];
    let lot = "L-1".parse().unwrap();
    let record = InspectionCommand::Record { lot, piece: first, values, corrects: None };
    let record = Command::Series(nordic(), record);
    one.ledger().transact(&at_bench("P-4"), &moment(110), record).unwrap();
    judged(&bench, &one).await;
    assert_eq!(reviews(&one), [], "an honest piece is accepted");

    let honest = series(&one).lots[0].records[0].what.clone();
    let mut pieces = series(&one).lots[0].remaining().into_iter();
    let mut other = || PieceInspected { piece: pieces.next().unwrap(), ..honest.clone() };
    let used = |mut piece: PieceInspected, gauge: &str, class: &str, due: &str| {
        let used = piece.readings[1].gauge.as_mut().unwrap();
        (used.gauge, used.class, used.due) =
            (gauge.parse().unwrap(), class.parse().unwrap(), due.parse().unwrap());
        piece
    };
    forges(&one, "P-5", InspectionFact::PieceInspected(other()));
    let overdue = used(other(), "FG-2", "force-gauge", "2026-11-10");
    forges(&one, "P-4", InspectionFact::PieceInspected(overdue));
    let wrong = used(other(), "SC-1", "scale", "2026-12-31");
    forges(&one, "P-4", InspectionFact::PieceInspected(wrong));
    let told: Vec<String> = objected(&bench, &one).await.into_iter().map(|told| told.1).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("press-1"), "{told:?}");
    assert_eq!(told[1], "the calibration of FG-2 had ended on 2026-11-10");
    assert!(told[2].ends_with("was not read on a force-gauge"), "{told:?}");
    bench.running.shutdown().await;
}

/// Somebody writes what nothing decided, knowing what is known here of the lots.
fn forges_knowing(station: &StationBench, who: &str, facts: Vec<InspectionFact>) -> Vec<Position> {
    let heads = station.ledger().stream(&Subject::Series(nordic())).unwrap().stream.heads;
    let write = |fact| {
        let of = (Subject::Series(nordic()), heads.clone());
        station.writes_after(who, of, FactBody::Inspection(fact), 200)
    };
    facts.into_iter().map(write).collect()
}

/// Every reason of every review.
async fn every_reason(bench: &PlantBench, station: &StationBench) -> Vec<String> {
    judged(bench, station).await;
    reviews(station).into_iter().flat_map(|review| review.reasons).collect()
}

fn force(text: &str) -> ReadingValue {
    let (number, unit) = (Number::parse(text).unwrap(), Unit::parse("N").unwrap());
    ReadingValue::Number { number, unit }
}

fn records(station: &StationBench, who: &str, piece: u32, gauge: Option<&str>) {
    let gauge = gauge.map(|gauge| gauge.parse().unwrap());
    let values = vec![(ReadingValue::Conforms(true), None), (force("25"), gauge)];
    let lot = "L-1".parse().unwrap();
    let record = InspectionCommand::Record { lot, piece, values, corrects: None };
    let record = Command::Series(nordic(), record);
    station.ledger().transact(&at_bench(who), &moment(110), record).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r03_a_correction_by_who_may_not_and_a_deviation_that_nobody_raised_are_found() {
    let (bench, one, _two) = plant().await;
    one.admit("P-5", Role::Inspector);
    releases_text(&one, "I", &by_piece());
    judged(&bench, &one).await;
    opens(&one, "L-1");
    let mut pieces = series(&one).lots[0].remaining().into_iter();
    let (first, second) = (pieces.next().unwrap(), pieces.next().unwrap());
    records(&one, "P-4", first, None);
    judged(&bench, &one).await;
    assert_eq!(reviews(&one), [], "an honest piece is accepted");

    let known = series(&one).lots[0].records[0].clone();
    let (record, also, reason) = (known.at.clone(), Vec::new(), "read again".to_owned());
    let corrects = Some(PieceCorrected { record, also, reason });
    let corrected = PieceInspected { corrects, ..known.what.clone() };
    let deviation = Some("NCR-ASM1-0099".parse().unwrap());
    let cells = Some(PieceCells { asks: vec![1, 2], of: 2, deviation });
    let named = PieceInspected { piece: second, cells, ..known.what.clone() };
    let both = [corrected, named].map(InspectionFact::PieceInspected);
    forges_knowing(&one, "P-5", both.into());
    let told = every_reason(&bench, &one).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("P-5 may not"), "{told:?}");
    assert_eq!(told[1], "nobody raised the deviation NCR-ASM1-0099 that it names");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_whoever_confirms_or_comments_without_the_training_of_a_step_is_found() {
    let (bench, one, _two) = plant().await;
    let mut text: Instruction = serde_json::from_slice(&by_piece()).unwrap();
    text.steps[1].rules.qualification = "press-1".parse().ok();
    releases_text(&one, "I", &serde_json::to_vec(&text).unwrap());
    let until = "2026-11-30".parse().ok();
    let qualify = PersonCommand::Qualify { qualification: "press-1".parse().unwrap(), until };
    let qualify = Command::Person("P-4".parse().unwrap(), qualify);
    one.ledger().transact(&acting("P-1"), &moment(11), qualify).unwrap();
    one.admit("P-5", Role::Inspector);
    judged(&bench, &one).await;
    opens(&one, "L-1");
    let opened = series(&one).lots[0].at.clone();
    let piece = *series(&one).lots[0].remaining().first().unwrap();
    judged(&bench, &one).await;
    let noted = |ask| {
        let (opened, text) = (opened.clone(), "a burr".to_owned());
        InspectionFact::PieceNoted(PieceNoted { opened, piece, ask, text })
    };
    let (record, deviation) = (opened.clone(), "NCR-ASM1-0099".parse().unwrap());
    let opened = opened.clone();
    let confirmed = PieceConfirmed { opened, piece, ask: 2, record, deviation };
    let confirmed = InspectionFact::PieceConfirmed(confirmed);
    forges_knowing(&one, "P-5", vec![noted(1), noted(2), confirmed]);
    let expected = [
        "P-5 was not trained for press-1",
        "P-5 was not trained for press-1",
        "no failing value was asked for again there",
        "nobody raised the deviation NCR-ASM1-0099 that it names",
    ];
    assert_eq!(every_reason(&bench, &one).await, expected, "value 1 asks for no training");
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_an_acceptance_that_rests_on_a_record_which_was_not_accepted_holds_the_lot() {
    let (bench, one, two) = plant().await;
    one.admit("P-5", Role::Inspector);
    releases_text(&one, "I", &demanding());
    registers(&one, "FG-1", "force-gauge", "2026-12-31");
    for who in ["P-4", "P-5"] {
        let until = "2026-11-30".parse().ok();
        let qualify = PersonCommand::Qualify { qualification: "press-1".parse().unwrap(), until };
        let qualify = Command::Person(who.parse().unwrap(), qualify);
        one.ledger().transact(&acting("P-1"), &moment(11), qualify).unwrap();
    }
    judged(&bench, &one).await;
    comes_in(&one, "L-1", 2);
    opens_now(&one, "L-1");
    records(&one, "P-4", 1, Some("FG-1"));
    judged(&bench, &one).await;
    assert_eq!(reviews(&one), []);
    // A record of the second piece that the server does not accept.
    let mut wrong = PieceInspected { piece: 2, ..series(&one).lots[0].records[0].what.clone() };
    wrong.readings[1].gauge.as_mut().unwrap().due = "2027-06-30".parse().unwrap();
    let wrong = InspectionFact::PieceInspected(wrong);
    let at = forges_knowing(&one, "P-4", vec![wrong]).remove(0);
    let (lot, note, by) = ("L-1".parse().unwrap(), String::new(), Signer::by_badge("P. Four"));
    let (deviation, seen) = (None, None);
    let accept = InspectionCommand::Decide { lot, accept: true, note, deviation, seen, by };
    let accept = Command::Series(nordic(), accept);
    one.ledger().transact(&at_bench("P-4"), &moment(300), accept).unwrap();
    let told = every_reason(&bench, &one).await;
    assert!(told.contains(&format!("it rests on {at}, which was not accepted")), "{told:?}");
    let material = MaterialId { part: "CP-40".parse().unwrap(), lot: "L-1".parse().unwrap() };
    two.client().sync_once().await.unwrap();
    for station in [&one, &two] {
        let state = station.ledger().stream(&Subject::Material(material.clone())).unwrap();
        let StreamState::Material(held) = state.stream.state else { panic!("material") };
        assert!(held.blocked().is_some(), "the lot is held everywhere");
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_article_by_no_released_specification_or_without_its_plan_is_found() {
    let (bench, one, _two) = plant().await;
    releases_text(&one, "I", &by_piece());
    judged(&bench, &one).await;
    let opened = opens(&one, "L-1");
    judged(&bench, &one).await;
    let first = FirstArticle { revision: "Z".parse().unwrap(), hash: Hash::of(&[b"none"]) };
    let lot = "L-2".parse().unwrap();
    let forged = LotOpened { lot, first_article: Some(first), ..opened };
    forges_knowing(&one, "P-4", vec![InspectionFact::LotOpened(Box::new(forged))]);
    let expected = [
        "specification CP-40 rev Z is not released",
        "the plan is not that of the lot's size, level and AQL",
    ];
    assert_eq!(every_reason(&bench, &one).await, expected);
    bench.running.shutdown().await;
}
