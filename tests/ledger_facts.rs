//! A station's facts: saved whole or not at all, chained, folded, fed.

use gemba::domain::deviation::Disposition;
use gemba::domain::fact::{FACT_BYTES_MAX, Fact, FactError};
use gemba::domain::feeds::{Feed, FeedPage, NamedRows};
use gemba::domain::hash::Hash;
use gemba::domain::stream::Subject;
use gemba::ledger::error::{ApplyError, TransactError};

use crate::fact_shapes::heartbeat;
use crate::support::bench::{Bench, UNIT, id, page_after, traveler};

#[test]
fn a_unit_is_built_from_its_start_to_its_last_signature() {
    let mut bench = Bench::started();
    for bolt in 1..=4 {
        bench.record(bolt, "25.1").unwrap();
    }
    bench.complete("torque");
    bench.sign("ilves", "release");
    bench.complete("release");
    let state = bench.unit(UNIT);
    let started = state.started.as_ref().unwrap();
    assert_eq!(started.operations.len(), 1);
    assert!(state.first_pass());
    assert_eq!(state.attempts.len(), 3);
}

#[test]
fn every_fact_follows_from_the_bytes_of_the_one_before() {
    let bench = Bench::started();
    let facts = bench.own_facts();
    let mut prev = Hash::ZERO;
    for (seq, written) in (1..).zip(&facts) {
        assert_eq!(written.prev, prev);
        assert_eq!(Fact::read(&written.bytes).unwrap().head.position, bench.own(seq));
        prev = written.id();
    }
    let head = bench.ledger.head().unwrap();
    assert_eq!((head.last_seq, head.last_id), (facts.len() as u64, prev));
}

#[test]
fn r04_a_failing_reading_typed_twice_raises_a_numbered_deviation() {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    assert_eq!(deviation.as_str(), "NCR-ASM1-0001");
    assert!(matches!(bench.record(2, "25"), Err(TransactError::Refused(_))));
    bench.sign_in("sato");
    bench.dispose(&deviation, Disposition::Rework { step: id("torque") });
    bench.sign_in("novak");
    assert_eq!(bench.fail(1, "28").as_str(), "NCR-ASM1-0002");
    assert!(!bench.unit(UNIT).first_pass());
}

#[test]
fn a_refused_act_writes_nothing() {
    let mut bench = Bench::started();
    let before = bench.head_seq();
    bench.at("INC-1");
    assert!(matches!(bench.record(1, "25"), Err(TransactError::Refused(_))));
    assert_eq!(bench.head_seq(), before);
    bench.at("ASM-1").record(1, "25").unwrap();
    assert_eq!(bench.head_seq(), before + 2);
}

#[test]
fn what_another_process_wrote_is_seen() {
    let mut bench = Bench::started();
    let mut other = gemba::ledger::store::Ledger::open(bench.path()).unwrap();
    let subject = Subject::Traveler(traveler(UNIT));
    let before = other.stream(&subject).unwrap();
    bench.record(1, "25").unwrap();
    let after = other.stream(&subject).unwrap();
    assert_eq!(after.count, before.count + 2);
    assert_eq!(after, bench.ledger.stream(&subject).unwrap());
    assert!(matches!(
        other.transact(
            &bench.acting(),
            &bench.now(),
            gemba::domain::decide::Command::Traveler(
                traveler(UNIT),
                crate::support::bench::torque(1, "25")
            )
        ),
        Err(TransactError::Refused(_))
    ));
}

#[test]
fn a_founder_needs_a_role_once_anybody_is_known() {
    let mut bench = Bench::founded();
    let acting = gemba::domain::fact::Acting { actor: None, ..bench.acting() };
    let command = gemba::domain::decide::Command::Person(
        id("intruder"),
        gemba::domain::people::PersonCommand::Revoke { reason: "because".to_owned() },
    );
    let now = bench.now();
    let refused = bench.ledger.found(&acting, &now, command);
    assert!(matches!(refused, Err(TransactError::Refused(_))));
}

#[test]
fn a_page_is_applied_once_and_only_in_its_place() {
    let mut bench = Bench::started();
    bench.record(1, "25").unwrap();
    let site = Feed::Site(id("PLANT"));
    let mut other = Bench::blank("INC1", 9);
    other.ledger.set_feeds(&[site.clone(), Feed::Catalog]).unwrap();
    let facts = bench.own_facts();
    let page = page_after(&other.ledger, &site, facts.clone());
    let applied = other.ledger.apply(&page).unwrap();
    assert_eq!((applied.new, applied.known), (facts.len(), 0));
    assert_eq!(bench.unit(UNIT), other.unit(UNIT));
    let again = other.ledger.apply(&page);
    assert!(matches!(again, Err(ApplyError::Gap { found: 1, .. })), "{again:?}");
    let catalog = page_after(&other.ledger, &Feed::Catalog, facts[..4].to_vec());
    let applied = other.ledger.apply(&catalog).unwrap();
    assert_eq!((applied.new, applied.known), (0, 4));
}

#[test]
fn a_page_that_lies_is_refused_whole() {
    let bench = Bench::founded();
    let site = Feed::Site(id("PLANT"));
    let facts = bench.own_facts();
    let mut other = Bench::blank("INC1", 9);
    other.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let cursor = other.ledger.cursors().unwrap();

    let mut wrong = page_after(&other.ledger, &site, facts[..3].to_vec());
    wrong.rolling = Hash::ZERO;
    assert!(matches!(other.ledger.apply(&wrong), Err(ApplyError::Rolling)));

    let mut changed = facts[..3].to_vec();
    changed[1].bytes = changed[1].bytes.replace("Line 1", "Line 2");
    let wrong = page_after(&other.ledger, &site, changed);
    assert!(matches!(other.ledger.apply(&wrong), Err(ApplyError::Chain { .. })));

    let mut unknown = page_after(&other.ledger, &site, facts[..3].to_vec());
    unknown.feed = "area/HALL-1".to_owned();
    assert!(matches!(other.ledger.apply(&unknown), Err(ApplyError::UnknownFeed { .. })));

    assert_eq!(other.ledger.cursors().unwrap(), cursor);
    let right = page_after(&other.ledger, &site, facts[..3].to_vec());
    other.ledger.apply(&right).unwrap();

    // A feed begins in whatever epoch the server has, and goes on in that one alone.
    let mut another = page_after(&other.ledger, &site, facts[3..4].to_vec());
    another.epoch = 2;
    assert!(matches!(other.ledger.apply(&another), Err(ApplyError::FeedEpoch { .. })));

    let mut fork = facts[2].clone();
    fork.bytes = fork.bytes.replace("Incoming", "Outgoing");
    let fork = page_after(&other.ledger, &site, vec![fork]);
    assert!(matches!(other.ledger.apply(&fork), Err(ApplyError::Fork { .. })));
}

#[test]
fn own_facts_coming_back_are_known_and_unknown_ones_stop_the_feed() {
    let mut bench = Bench::founded();
    let twin = Bench::founded();
    let site = Feed::Site(id("PLANT"));
    bench.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let back = page_after(&bench.ledger, &site, bench.own_facts());
    assert_eq!(bench.ledger.apply(&back).unwrap().new, 0);
    let mut longer = twin;
    longer.start(UNIT);
    let more = longer.own_facts().split_off(bench.own_facts().len());
    let more = page_after(&bench.ledger, &site, more);
    assert!(matches!(bench.ledger.apply(&more), Err(ApplyError::OwnUnknown { .. })));
}

#[test]
fn own_facts_that_are_named_move_the_cursor_where_they_are_here() {
    let mut bench = Bench::founded();
    let site = Feed::Site(id("PLANT"));
    bench.ledger.set_feeds(&[site.clone(), Feed::Catalog]).unwrap();
    let facts = bench.own_facts();
    let whole = page_after(&bench.ledger, &site, facts.clone());
    let named = |rows: u64| {
        let run = NamedRows { position: 2, epoch: 1, seq: 2, rows };
        FeedPage { rows: facts[..1].to_vec(), named: vec![run], ..whole.clone() }
    };
    let count = facts.len() as u64;
    for wrong in [count - 2, count, u64::MAX] {
        let applied = bench.ledger.apply(&named(wrong));
        assert!(matches!(applied, Err(ApplyError::Rolling)), "{wrong}: {applied:?}");
    }
    let catalog = page_after(&bench.ledger, &Feed::Catalog, Vec::new());
    let run = NamedRows { position: catalog.from, epoch: 1, seq: 1, rows: 1 };
    let of_catalog = bench.ledger.apply(&FeedPage { named: vec![run], ..catalog });
    assert!(matches!(of_catalog, Err(ApplyError::Rolling)), "what takes effect: {of_catalog:?}");
    let applied = bench.ledger.apply(&named(count - 1)).unwrap();
    assert_eq!((applied.new, applied.known), (0, facts.len()));
    let cursors = bench.ledger.cursors().unwrap();
    let cursor = cursors.iter().find(|cursor| cursor.feed == site.to_string()).unwrap();
    assert_eq!((cursor.position, cursor.rolling), (count, whole.rolling));
}

#[test]
fn a_fact_that_came_before_its_parent_waits_and_then_counts() {
    let mut bench = Bench::started();
    bench.record(1, "25").unwrap();
    let site = Feed::Site(id("PLANT"));
    let facts = bench.own_facts();
    let (early, late) = facts.split_at(facts.len() - 2);
    let mut other = Bench::blank("INC1", 9);
    other.ledger.set_feeds(std::slice::from_ref(&site)).unwrap();
    let page = page_after(&other.ledger, &site, late.to_vec());
    other.ledger.apply(&page).unwrap();
    let subject = Subject::Traveler(traveler(UNIT));
    let folded = other.ledger.stream(&subject).unwrap();
    assert_eq!((folded.count, folded.waiting.len()), (0, 2));
    let page = page_after(&other.ledger, &site, early.to_vec());
    other.ledger.apply(&page).unwrap();
    assert_eq!(other.ledger.stream(&subject).unwrap(), bench.ledger.stream(&subject).unwrap());
}

#[test]
fn the_server_is_believed_only_where_its_last_id_is_ours() {
    let mut bench = Bench::founded();
    let head = bench.ledger.head().unwrap();
    assert_eq!(bench.ledger.waiting().unwrap(), head.last_seq);
    let mut lie = head.clone();
    lie.last_id = Hash::ZERO;
    assert!(!bench.ledger.note_at_server(&lie).unwrap());
    assert_eq!(bench.ledger.at_server().unwrap(), 0);
    assert!(bench.ledger.note_at_server(&head).unwrap());
    assert_eq!(bench.ledger.waiting().unwrap(), 0);
    bench.start(UNIT);
    assert_eq!(bench.ledger.waiting().unwrap(), 1);
}

#[test]
fn pages_going_out_are_bounded_by_bytes_first_and_never_empty() {
    let bench = Bench::founded();
    let facts = bench.own_facts();
    let one = bench.ledger.outgoing((1, 0), (1, 500)).unwrap();
    assert_eq!(one, facts[..1]);
    let two = bench.ledger.outgoing((1, 1), (usize::MAX, 2)).unwrap();
    assert_eq!(two, facts[1..3]);
    let fit = facts[0].bytes.len() + facts[1].bytes.len();
    assert_eq!(bench.ledger.outgoing((1, 0), (fit, 500)).unwrap(), facts[..2]);
}

#[test]
fn a_revision_whose_picture_is_missing_cannot_be_started() {
    let bench = Bench::founded();
    let site = Feed::Site(id("PLANT"));
    let mut other = Bench::blank("ASM2", 9);
    other.ledger.set_feeds(&[site.clone(), Feed::Catalog]).unwrap();
    for feed in [&Feed::Catalog, &site] {
        let page = page_after(&other.ledger, feed, bench.own_facts());
        other.ledger.apply(&page).unwrap();
    }
    let missing = other.ledger.missing_blobs().unwrap();
    assert_eq!(missing.len(), 3);
    other.sign_in("novak").at("ASM-1");
    for hash in &missing {
        let start = other.on(gemba::domain::traveler::command::TravelerCommand::Start);
        let Err(TransactError::Refused(refusal)) = start else { panic!("{start:?}") };
        assert!(refusal.to_string().contains("not at this station"), "{refusal}");
        other.ledger.put_blob(&bench.ledger.blob(hash).unwrap().unwrap()).unwrap();
    }
    other.start(UNIT);
    assert_eq!(other.fail_number(), "NCR-ASM2-0001");
}

impl Bench {
    fn fail_number(&mut self) -> String {
        self.check("clean");
        self.fail(1, "30").to_string()
    }
}

#[test]
fn a_shape_of_a_newer_version_is_kept_as_it_came_and_stops_nothing() {
    use gemba::domain::kinds::FactBody;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/facts/ReadingTaken.json");
    let known = std::fs::read_to_string(path).unwrap();
    let known = known.trim();
    let shaped = |v: &str, value: &str| {
        let of = known.replacen("\"v\":1", v, 1).replacen("\"value\":", value, 1);
        Fact::read(&of).map(|fact| fact.body)
    };
    let newer = shaped("\"v\":2", "\"values\":").unwrap();
    let FactBody::Newer { kind, body } = newer else { panic!("{newer:?}") };
    assert_eq!((kind.as_str(), body["sample"].as_u64()), ("ReadingTaken", Some(1)));
    assert!(body["values"].is_object(), "{body}");
    assert!(shaped("\"v\":1", "\"values\":").is_err(), "of this version it is malformed");
    assert!(matches!(shaped("\"v\":2", "\"value\":").unwrap(), FactBody::Traveler(_)));
}

#[test]
fn a_fact_is_at_most_64_kib_and_has_no_null_character() {
    let text = heartbeat();
    let long = text.replace("Heartbeat", &"x".repeat(FACT_BYTES_MAX));
    assert!(matches!(Fact::read(&long), Err(FactError::TooLarge(_))));
    for (body, refused) in [
        (r#"{"a":"\u0000"}"#, true),
        (r#"{"a":"\\\u0000"}"#, true),
        (r#"{"a":"\\u0000"}"#, false),
        (r#"{"\u0000":1}"#, true),
    ] {
        let text =
            text.replace("Heartbeat", "Newest").replace("\"body\":{}", &format!("\"body\":{body}"));
        let null = Fact::read(&text) == Err(FactError::NullCharacter);
        assert_eq!(null, refused, "{body}");
    }
}
