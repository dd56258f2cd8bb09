//! No single fact stops the judge: what it does not know, what it cannot hold, and what gives it more
//! reasons than fit one fact.

use gemba::domain::deviation::DeviationFact;
use gemba::domain::fact::{Fact, Position};
use gemba::domain::kinds::FactBody;
use gemba::domain::station::{JudgeVerdict, Judgement, StationFact};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::fact::TravelerFact;
use serde_json::json;

use crate::support::plant::{PlantBench, StationBench};
use crate::sync_judge::{judged, reviews};

fn newer() -> FactBody {
    FactBody::Newer { kind: "CupFoundEmpty".to_owned(), body: json!({"cups": 1}) }
}

fn unit() -> TravelerId {
    TravelerId::parse("WO-1/0001").unwrap()
}

fn of_file(kind: &str) -> FactBody {
    let path = format!("{}/fixtures/facts/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    Fact::read(std::fs::read_to_string(path).unwrap().trim()).unwrap().body
}

fn review_of(station: &StationBench, fact: &Position) -> Judgement {
    let found = reviews(station).into_iter().find(|review| review.fact == *fact);
    found.unwrap_or_else(|| panic!("{fact} is not among {:?}", reviews(station)))
}

fn open_holds(station: &StationBench) -> usize {
    let state = station.ledger().stream(&Subject::Traveler(unit())).unwrap().stream.state;
    let StreamState::Traveler(state) = state else { panic!("{state:?}") };
    state.open_holds().count()
}

async fn plant() -> (PlantBench, StationBench) {
    let bench = PlantBench::start().await;
    let asm = bench.enroll("ASM1", &["ASM"]).await;
    asm.client().sync_once().await.unwrap();
    asm.open_order("WO-1");
    (bench, asm)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_the_server_does_not_know_holds_its_unit_and_the_judge_goes_on() {
    let (bench, asm) = plant().await;
    let on_unit = asm.writes(Subject::Traveler(unit()), newer(), 2);
    let on_station = asm.writes(Subject::Station(asm.station.clone()), newer(), 3);
    let on_deviation = asm.writes(Subject::Deviation("NCR-X-0001".parse().unwrap()), newer(), 4);
    let on_order = asm.writes(Subject::Order("WO-1".parse().unwrap()), newer(), 5);
    judged(&bench, &asm).await;
    let why = "the server does not know CupFoundEmpty yet; update the server";
    let expected = [
        (&on_unit, JudgeVerdict::Rejected),
        (&on_station, JudgeVerdict::Rejected),
        // Nobody knows which unit it is about.
        (&on_deviation, JudgeVerdict::Held),
        (&on_order, JudgeVerdict::Rejected),
    ];
    for (fact, verdict) in expected {
        let review = review_of(&asm, fact);
        assert_eq!((review.verdict, review.reasons), (verdict, vec![why.to_owned()]), "{fact}");
    }
    assert_eq!(open_holds(&asm), 1);
    asm.writes(Subject::Order("WO-1".parse().unwrap()), newer(), 6);
    judged(&bench, &asm).await;
    // The order that names nothing known, and five facts of a newer version.
    assert_eq!((reviews(&asm).len(), bench.running.judge_trouble()), (6, None));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_nobody_knows_yet_stops_no_feed_and_is_kept_as_it_came() {
    let (bench, asm) = plant().await;
    let cup = || Subject::parse("cup/C-7").unwrap();
    // Named like something known, it still is not known: nothing is read into it.
    let closed = FactBody::Newer { kind: "OrderClosed".to_owned(), body: json!({"left": [null]}) };
    let first = asm.writes(cup(), newer(), 2);
    let second = asm.writes(cup(), closed, 3);
    judged(&bench, &asm).await;
    let why =
        |kind| vec![format!("the server does not know {kind} of cup/C-7 yet; update the server")];
    for (fact, kind) in [(&first, "CupFoundEmpty"), (&second, "OrderClosed")] {
        let review = review_of(&asm, fact);
        assert_eq!((review.verdict, review.reasons), (JudgeVerdict::Held, why(kind)), "{fact}");
    }
    // Others get on, and get this once a person lets it through.
    let inc = bench.enroll("INC1", &["INC"]).await;
    inc.client().sync_once().await.unwrap();
    assert!(inc.ledger().stream(&cup()).unwrap().count == 0);
    let answer = StationFact::ReviewAnswered {
        fact: second.clone(),
        accepted: true,
        reason: "their station is newer".to_owned(),
        reasons: review_of(&asm, &second).reasons,
    };
    asm.writes(Subject::Station(asm.station.clone()), FactBody::Station(answer), 4);
    judged(&bench, &asm).await;
    inc.client().sync_once().await.unwrap();
    let there = inc.ledger().stream(&cup()).unwrap();
    assert_eq!(
        (there.stream.heads, there.stream.newer_kind.as_deref()),
        (vec![second], Some("OrderClosed"))
    );
    assert_eq!(bench.running.judge_trouble(), None);
    let report = gemba::ledger::verify::verify(&inc.dir).unwrap();
    assert_eq!((report.newer, report.findings), (1, Vec::new()));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_with_a_newer_kind_in_its_stream_is_enrolled_anew() {
    let (bench, asm) = plant().await;
    asm.writes(Subject::Station(asm.station.clone()), newer(), 2);
    judged(&bench, &asm).await;
    let again = bench.enroll("ASM1", &["ASM", "INC"]).await;
    again.writes(Subject::Order("WO-1".parse().unwrap()), newer(), 3);
    judged(&bench, &again).await;
    let subject = Subject::Station(asm.station.clone());
    let state = again.ledger().stream(&subject).unwrap().stream.state;
    let StreamState::Station(state) = state else { panic!("{state:?}") };
    assert_eq!(state.work_centers.len(), 2);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deviation_that_is_not_accepted_holds_the_unit_that_it_is_about() {
    let (bench, asm) = plant().await;
    let FactBody::Deviation(DeviationFact::DeviationRaised(mut raised)) =
        of_file("DeviationRaised")
    else {
        panic!("another kind");
    };
    raised.unit.as_mut().unwrap().traveler = unit();
    let raised = FactBody::Deviation(DeviationFact::DeviationRaised(raised));
    let deviation = || Subject::Deviation("NCR-X-0001".parse().unwrap());
    let raised = asm.writes_as("P-77", deviation(), raised, 2);
    judged(&bench, &asm).await;
    assert_eq!(review_of(&asm, &raised).verdict, JudgeVerdict::Rejected);
    assert_eq!(open_holds(&asm), 1);
    let contained = DeviationFact::ContainmentTaken { action: "set aside".to_owned() };
    let contained = asm.writes_as("P-77", deviation(), FactBody::Deviation(contained), 3);
    judged(&bench, &asm).await;
    assert_eq!(review_of(&asm, &contained).verdict, JudgeVerdict::Rejected);
    assert_eq!(open_holds(&asm), 2);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_is_told_and_of_far_too_many_the_rest_is_counted() {
    let (bench, asm) = plant().await;
    let FactBody::Traveler(TravelerFact::TravelerStarted(started)) = of_file("TravelerStarted")
    else {
        panic!("another kind");
    };
    let pinned = |operations: u32| {
        let one = |operation| gemba::domain::traveler::fact::PinnedOperation {
            operation,
            instruction: format!("WI-{operation}-{}", "9".repeat(20)).parse().unwrap(),
            ..started.operations[0].clone()
        };
        let mut started = started.clone();
        started.operations = (1..=operations).map(one).collect();
        FactBody::Traveler(TravelerFact::TravelerStarted(started))
    };
    let few = asm.writes(Subject::Traveler(unit()), pinned(9), 2);
    let many: Vec<Position> =
        (0..30).map(|n| asm.writes(Subject::Traveler(unit()), pinned(200), 3 + n)).collect();
    judged(&bench, &asm).await;
    let told = review_of(&asm, &few).reasons;
    assert!(told.len() >= 9 && told.iter().all(|why| !why.starts_with("and ")), "{told:?}");
    for fact in &many {
        let told = review_of(&asm, fact).reasons;
        let (rest, told) = told.split_last().unwrap();
        let rest: usize = rest.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(told.len() > 20 && rest + told.len() >= 200, "{rest} {}", told.len());
    }
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_server_judges_is_handed_on_to_nobody_when_a_station_writes_it() {
    let (bench, asm) = plant().await;
    let inc = bench.enroll("INC1", &["INC"]).await;
    inc.client().sync_once().await.unwrap();
    let at = asm.ledger().head().unwrap();
    let own = asm.ledger().identity().ledger.clone();
    let fact = Position { ledger: own, epoch: at.epoch, seq: at.last_seq };
    let exceptions = vec![Judgement {
        fact: fact.clone(),
        verdict: JudgeVerdict::Rejected,
        reasons: vec!["made up".to_owned()],
        units: Vec::new(),
    }];
    let (to_seq, unread) = (fact.seq, Vec::new());
    let made_up = StationFact::PageJudged { to_seq, from: fact, exceptions, unread };
    let subject = Subject::Station(inc.station.clone());
    let forged = asm.writes(subject, FactBody::Station(made_up), 2);
    judged(&bench, &asm).await;
    inc.client().sync_once().await.unwrap();
    assert_eq!(reviews(&inc), Vec::new(), "the station that it is about never hears of it");
    assert_eq!(review_of(&asm, &forged).reasons, ["only the server writes this"]);
}
