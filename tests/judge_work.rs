//! What the server's judge looks at once more in work on units: what was withdrawn meanwhile, who
//! chose about a newer revision, and whether a record fits the text by which it was made.

use gemba::domain::decide::Command;
use gemba::domain::effectivity::Effectivity;
use gemba::domain::fact::{Acting, Fact, Written};
use gemba::domain::hash::Hash;
use gemba::domain::ids::SiteId;
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::order::{OrderCommand, OrderOpened};
use gemba::domain::people::{PersonCommand, RevisionRead, Role};
use gemba::domain::place::{NewsRule, Policy};
use gemba::domain::revision::{RevisionCommand, RevisionWithdrawn};
use gemba::domain::signature::Signer;
use gemba::domain::station::StationFact;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use gemba::views::query::{Answer, Query};
use serde_json::json;

use crate::support::plant::{PlantBench, StationBench, acting, moment};
use crate::sync_judge::{judged, reviews};

/// Looks, torques two bolts, is signed by an inspector.
pub(crate) fn text(revision: &str, upper: &str) -> Vec<u8> {
    let value = json!({
        "id": "WI-1", "title": "Fit the cover", "part": "CP-40", "revision": revision,
        "operation": 20, "operation_name": "Assembly", "work_center": "ASM",
        "specification": null, "qualification": null,
        "steps": [
            {"id": "look", "title": "Look", "text": [],
             "asks": [{"check": {"question": "Clean?"}}]},
            {"id": "press", "title": "Press", "text": [],
             "asks": [{"measure": {
                "characteristic": null, "name": "Force", "requirement": "25 ±2 N",
                "kind": {"measured": {"nominal": "25", "lower": "23", "upper": upper, "unit": "N"}},
                "class": null, "balloon": null, "count": 1, "gauge": null, "on_fail": null}}]},
            {"id": "sign", "title": "Sign", "text": [],
             "asks": [{"sign": {"role": "inspector", "meaning": "verified",
                "not_same_person_as": ["look"]}}]},
        ],
    });
    let read: Instruction = serde_json::from_value(value).unwrap();
    serde_json::to_vec(&read).unwrap()
}

pub(crate) fn at_bench(person: &str) -> Acting {
    Acting { place: Some("ASM-1".parse().unwrap()), ..acting(person) }
}

pub(crate) fn wi(command: RevisionCommand) -> Command {
    Command::Instruction("WI-1".parse().unwrap(), command)
}

pub(crate) fn unit(name: &str) -> TravelerId {
    TravelerId::parse(&format!("WO-1/{name}")).unwrap()
}

pub(crate) fn step(step: &str) -> StepAt {
    StepAt { operation: 20, step: step.parse().unwrap() }
}

/// Does something on a unit, so many milliseconds into the shift.
pub(crate) fn does(station: &StationBench, who: &str, of: (&str, i64), command: TravelerCommand) {
    let (name, ms) = of;
    let command = Command::Traveler(unit(name), command);
    station.ledger().transact(&at_bench(who), &moment(ms), command).unwrap();
}

pub(crate) fn looks() -> TravelerCommand {
    TravelerCommand::Record { at: step("look"), ask: 1, sample: 1, entry: Entry::Answer(true) }
}

pub(crate) fn releases(station: &StationBench, revision: &str, upper: &str) -> Hash {
    releases_text(station, revision, &text(revision, upper))
}

pub(crate) fn releases_text(station: &StationBench, revision: &str, text: &[u8]) -> Hash {
    let mut ledger = station.ledger();
    let hash = ledger.put_blob(text).unwrap();
    let named = || revision.parse().unwrap();
    let submit = RevisionCommand::Submit {
        revision: named(),
        hash,
        blobs: Vec::new(),
        title: "Fit the cover".to_owned(),
        effectivity: Effectivity::default(),
    };
    ledger.transact(&acting("P-1"), &moment(3), wi(submit)).unwrap();
    for person in ["P-1", "P-2"] {
        let by = Signer::by_badge(person);
        let approve = RevisionCommand::Approve { revision: named(), shown: hash, by };
        ledger.transact(&acting(person), &moment(4), wi(approve)).unwrap();
    }
    hash
}

pub(crate) fn withdraws(station: &StationBench, revision: &str, stop_work: bool) {
    let (revision, reason) = (revision.parse().unwrap(), "bolts sheared".to_owned());
    let withdrawn = RevisionWithdrawn { revision, reason, stop_work };
    let command = wi(RevisionCommand::Withdraw(withdrawn));
    station.ledger().transact(&acting("P-1"), &moment(5_000), command).unwrap();
}

/// Two stations at which WI-1 rev A is in effect, and an order of four units.
pub(crate) async fn plant() -> (PlantBench, StationBench, StationBench) {
    let bench = PlantBench::start().await;
    let (one, two) = (bench.enroll("ASM1", &["ASM"]).await, bench.enroll("ASM2", &["ASM"]).await);
    one.client().sync_once().await.unwrap();
    one.admit("P-2", Role::Quality);
    one.admit("P-3", Role::Operator);
    one.admit("P-4", Role::Inspector);
    releases(&one, "A", "27");
    judged(&bench, &one).await;
    let opened: OrderOpened = serde_json::from_value(json!({
        "part": "CP-40", "units": {"serials": ["0001", "0002", "0003", "0004"]},
        "route": [{"operation": 20, "instruction": "WI-1", "work_center": "ASM"}],
        "due": null, "priority": 3,
    }))
    .unwrap();
    let open = Command::Order("WO-1".parse().unwrap(), OrderCommand::Open(opened));
    one.ledger().transact(&acting("P-1"), &moment(5), open).unwrap();
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    assert!(reviews(&one).is_empty(), "{:?}", reviews(&one));
    (bench, one, two)
}

/// What the judge says against facts of a station: kind and first reason.
pub(crate) async fn objected(bench: &PlantBench, station: &StationBench) -> Vec<(String, String)> {
    judged(bench, station).await;
    let ledger = station.ledger();
    let facts = ledger.outgoing((1, 0), (usize::MAX, usize::MAX)).unwrap();
    let kind = |seq: u64| {
        let written = &facts[usize::try_from(seq).unwrap() - 1];
        Fact::read(&written.bytes).unwrap().body.kind().to_owned()
    };
    let reviews = reviews(station).into_iter();
    reviews.map(|judgement| (kind(judgement.fact.seq), judgement.reasons[0].clone())).collect()
}

pub(crate) fn said(kind: &str, reason: &str) -> (String, String) {
    (kind.to_owned(), reason.to_owned())
}

/// Rewrites the last fact of a station as a station that lies would have written it.
pub(crate) fn forges(station: &StationBench, from: &str, to: &str) {
    let ledger = station.ledger();
    let head = ledger.head().unwrap();
    let mut written: Written =
        ledger.outgoing((1, head.last_seq - 1), (usize::MAX, 1)).unwrap().remove(0);
    drop(ledger);
    assert!(written.bytes.contains(from), "{from} is not in {}", written.bytes);
    written.bytes = written.bytes.replacen(from, to, 1);
    let store = rusqlite::Connection::open(station.dir.join("station.db")).unwrap();
    store.execute_batch("DROP TRIGGER IF EXISTS fact_never_changes;").unwrap();
    let row = (&written.bytes, written.id().0, head.last_seq.cast_signed());
    let sql = "UPDATE fact SET bytes = ?1, id = ?2 WHERE seq = ?3 AND id = ?4";
    let changed = store.execute(sql, (row.0, row.1, row.2, head.last_id.0)).unwrap();
    assert_eq!(changed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_a_start_and_a_move_by_what_was_withdrawn_meanwhile_are_held() {
    let (bench, one, two) = plant().await;
    does(&two, "P-3", ("0002", 4_000), TravelerCommand::Start);
    let newer = releases(&one, "B", "26");
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    withdraws(&one, "B", false);
    judged(&bench, &one).await;
    // The second station does not know it yet.
    does(&two, "P-3", ("0001", 6_000), TravelerCommand::Start);
    does(&two, "P-3", ("0003", 4_500), TravelerCommand::Start);
    let moves = TravelerCommand::MoveToRevision { shown: [newer].into(), reason: "new".to_owned() };
    does(&two, "P-1", ("0002", 6_500), moves);
    let late = "WI-1 rev B was withdrawn by then";
    let expected = [said("TravelerStarted", late), said("MovedToRevision", late)];
    assert_eq!(objected(&bench, &two).await, expected);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_a_choice_that_the_site_leaves_to_a_supervisor_is_held() {
    let (bench, one, two) = plant().await;
    for name in ["0001", "0002"] {
        does(&two, "P-3", (name, 1_000), TravelerCommand::Start);
    }
    let newer = releases(&one, "B", "26");
    judged(&bench, &one).await;
    two.client().sync_once().await.unwrap();
    let mut policy = Policy::new(
        "Test works".to_owned(),
        "Europe/Berlin".to_owned(),
        vec![Role::Engineer, Role::Quality],
    );
    policy.rules.news = NewsRule::Stop;
    let command = Command::Site(SiteId::parse("S1").unwrap(), policy.into());
    one.ledger().transact(&acting("P-1"), &moment(2_000), command).unwrap();
    judged(&bench, &one).await;
    let keeps = || TravelerCommand::KeepRevision {
        shown: [newer].into(),
        reason: "nearly done".to_owned(),
    };
    does(&two, "P-3", ("0001", 3_000), keeps());
    does(&two, "P-1", ("0002", 3_000), keeps());
    let expected = [said("RevisionKept", "P-3 may not move a unit to another revision")];
    assert_eq!(objected(&bench, &two).await, expected);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_who_reads_is_known_and_reads_in_person() {
    let (bench, one, two) = plant().await;
    let hash = Hash::of(&[&text("A", "27")]);
    let reads = |at: i64, revision: &str| {
        let (instruction, revision) = ("WI-1".parse().unwrap(), revision.parse().unwrap());
        let read = PersonCommand::ReadRevision(RevisionRead { instruction, revision, hash });
        let command = Command::Person("P-3".parse().unwrap(), read);
        two.ledger().transact(&acting("P-3"), &moment(at), command).unwrap();
    };
    reads(1_000, "A");
    forges(&two, "\"actor\":\"P-3\"", "\"actor\":\"P-4\"");
    let expected = [said("RevisionRead", "nobody reads for another")];
    assert_eq!(objected(&bench, &two).await, expected);
    let revoke = PersonCommand::Revoke { reason: "left".to_owned() };
    let revoke = Command::Person("P-3".parse().unwrap(), revoke);
    one.ledger().transact(&acting("P-1"), &moment(5_000), revoke).unwrap();
    judged(&bench, &one).await;
    drop((one, two));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r02_a_step_is_left_out_by_the_rule_of_its_text() {
    let (bench, _one, two) = plant().await;
    let skips = || TravelerCommand::SkipStep { at: step("look"), reason: "no need".to_owned() };
    for name in ["0001", "0002"] {
        does(&two, "P-3", (name, 1_000), TravelerCommand::Start);
    }
    does(&two, "P-1", ("0001", 2_000), skips());
    assert_eq!(objected(&bench, &two).await, []);
    // An operator who says that operators may.
    does(&two, "P-1", ("0002", 2_000), skips());
    forges(&two, "\"actor\":\"P-1\"", "\"actor\":\"P-3\"");
    forges(&two, "\"reason\":\"no need\"", "\"reason\":\"no need\",\"rule\":\"operator\"");
    let expected =
        [said("StepSkipped", "the instruction says of leaving out step look: supervisor")];
    assert_eq!(objected(&bench, &two).await, expected);
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r06_a_reading_has_the_limits_and_a_signature_the_role_of_its_text() {
    let (bench, _one, two) = plant().await;
    let press = |value: &str| TravelerCommand::Record {
        at: step("press"),
        ask: 1,
        sample: 1,
        entry: Entry::Reading {
            value: gemba::domain::traveler::fact::ReadingValue::Number {
                number: gemba::domain::quantity::Number::parse(value).unwrap(),
                unit: gemba::domain::unit::Unit::parse("N").unwrap(),
            },
            gauge: None,
        },
    };
    let signs = || TravelerCommand::Sign { at: step("sign"), ask: 1, by: Signer::by_badge("P-4") };
    let complete = |name: &str| TravelerCommand::CompleteStep { at: step(name), read_in: None };
    for name in ["0001", "0002"] {
        does(&two, "P-3", (name, 1_000), TravelerCommand::Start);
        does(&two, "P-3", (name, 1_100), looks());
        does(&two, "P-3", (name, 1_200), complete("look"));
        does(&two, "P-3", (name, 1_300), press("25"));
        does(&two, "P-3", (name, 1_400), complete("press"));
    }
    does(&two, "P-4", ("0001", 2_000), signs());
    does(&two, "P-4", ("0001", 2_100), complete("sign"));
    assert_eq!(objected(&bench, &two).await, [], "an honest unit is accepted whole");
    does(&two, "P-4", ("0002", 2_000), signs());
    forges(&two, "\"role\":\"inspector\"", "\"role\":\"operator\"");
    forges(&two, "\"actor\":\"P-4\"", "\"actor\":\"P-3\"");
    forges(&two, "\"signer\":\"P-4\"", "\"signer\":\"P-3\"");
    judged(&bench, &two).await;
    let reasons = reviews(&two)[0].reasons.clone();
    let expected = [
        "the signature is asked of inspector",
        "P-3 performed step look and cannot verify or witness it",
        "P-3 performed step press and cannot verify or witness it",
    ];
    assert_eq!(reasons, expected);
    does(&two, "P-3", ("0003", 3_000), TravelerCommand::Start);
    does(&two, "P-3", ("0003", 3_100), looks());
    does(&two, "P-3", ("0003", 3_200), complete("look"));
    does(&two, "P-3", ("0003", 3_300), press("26.5"));
    forges(&two, "\"upper\":\"27\"", "\"upper\":\"29\"");
    let found = objected(&bench, &two).await.pop().unwrap();
    let limits = "Force in step press was judged by other limits than are asked for";
    assert_eq!(found, said("ReadingTaken", limits));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r01_work_after_stop_work_was_received_is_held_and_before_it_is_not() {
    let (bench, one, two) = plant().await;
    for name in ["0001", "0002"] {
        does(&two, "P-3", (name, 1_000), TravelerCommand::Start);
    }
    judged(&bench, &two).await;
    withdraws(&one, "A", true);
    judged(&bench, &one).await;
    // Long after the withdrawal, by a station that was not told.
    does(&two, "P-3", ("0001", 200_000), looks());
    assert_eq!(objected(&bench, &two).await, []);
    let subject = Subject::Instruction("WI-1".parse().unwrap());
    let StreamState::Instruction(known) = two.ledger().stream(&subject).unwrap().stream.state
    else {
        panic!("another stream");
    };
    assert!(known.revisions.list[0].stop_work().is_some(), "now it was");
    let refused = two.ledger().transact(
        &at_bench("P-3"),
        &moment(200_500),
        Command::Traveler(unit("0002"), looks()),
    );
    assert!(refused.unwrap_err().to_string().contains("work stops"));
    bench.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_text_is_not_at_the_server_the_judge_says_so_and_does_not_judge_by_it() {
    let (bench, _one, two) = plant().await;
    let server = bench.dir_of("server").join("server.db");
    rusqlite::Connection::open(server).unwrap().execute("DELETE FROM blob", ()).unwrap();
    // A judge that begins anew has read nothing yet.
    let bench = bench.restart().await;
    does(&two, "P-3", ("0001", 1_000), TravelerCommand::Start);
    does(
        &two,
        "P-1",
        ("0001", 2_000),
        TravelerCommand::SkipStep { at: step("look"), reason: "no need".to_owned() },
    );
    forges(&two, "\"reason\":\"no need\"", "\"reason\":\"no need\",\"rule\":\"operator\"");
    assert_eq!(objected(&bench, &two).await, []);
    let store = rusqlite::Connection::open(bench.dir_of("server").join("server.db")).unwrap();
    let mut facts = store.prepare("SELECT bytes FROM fact WHERE kind = 'PageJudged'").unwrap();
    let facts = facts.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let unread = facts.map(|bytes| Fact::read(&bytes.unwrap()).unwrap()).find_map(|fact| {
        let FactBody::Station(StationFact::PageJudged { unread, .. }) = fact.body else {
            return None;
        };
        (!unread.is_empty()).then_some(unread)
    });
    let named = format!("WI-1 {}", Hash::of(&[&text("A", "27")]).short());
    assert_eq!(unread.as_ref(), Some(&vec![named.clone()]));
    // Whoever looks at the station's sync page sees it.
    let shown = two.ledger().answer(&Query::Sync, &moment(3_000)).unwrap();
    let Answer::Sync(shown) = shown else { panic!("{shown:?}") };
    assert_eq!(shown.packet.unread.iter().map(|unread| &unread.text).collect::<Vec<_>>(), [&named]);
    bench.running.shutdown().await;
}
