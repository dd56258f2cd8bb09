//! What the server's store keeps beside pages, on every database alike: stations, cards, blobs,
//! judgements, who judges.

use std::collections::BTreeSet;
use std::fs;

use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::people::{PersonFact, Role};
use gemba::domain::station::{JudgeVerdict, Judgement, StationFact};
use gemba::domain::stream::Subject;
use gemba::server::store::database::Database;
use gemba::server::store::error::StoreError;
use gemba::server::store::keep::CardSet;
use gemba::server::store::lease::{Holder, Lease};
use gemba::server::store::received::Reached;
use gemba::server::store::stations::{Candidate, Enrollment, EnrollmentCode, Station};
use gemba::sync::protocol::CardChange;
use tempfile::TempDir;

use crate::support::plant::{card, centers, moment};
use crate::support::stores::{StoreBench, on_both};
use crate::support::writer::Writer;

fn digest(text: &str) -> Hash {
    Hash::of(&[text.as_bytes()])
}

fn candidate(writer: &Writer, code: &str, token: &str) -> Candidate {
    Candidate {
        code_sha256: digest(code),
        ledger: writer.ledger().clone(),
        public_key: writer.station.public_key.clone(),
        token_sha256: digest(token),
    }
}

#[test]
fn a_code_enrolls_one_station_until_it_expires() {
    on_both(|bench| {
        let code = EnrollmentCode {
            code_sha256: digest("code"),
            station: "ST1".parse().unwrap(),
            work_centers: centers(&["W1", "W2"]),
            expires: moment(1_000).utc,
        };
        bench.store.add_code(&code).unwrap();
        let (first, second) = (Writer::new(1), Writer::new(2));
        let enroll = |who: &Candidate, ms| bench.another().enroll(who, moment(ms).utc).unwrap();
        assert_eq!(enroll(&candidate(&first, "other", "t"), 0), Enrollment::CodeUnknown);
        assert_eq!(enroll(&candidate(&first, "code", "t"), 2_000), Enrollment::CodeExpired);
        let done = Enrollment::Done(first.station.clone());
        assert_eq!(enroll(&candidate(&first, "code", "t-1"), 0), done);
        assert_eq!(enroll(&candidate(&first, "code", "t-2"), 0), done);
        assert_eq!(enroll(&candidate(&second, "code", "t"), 0), Enrollment::CodeUsed);
        let by_token = |token| bench.store.station_by_token(&digest(token)).unwrap();
        assert_eq!((by_token("t-1"), by_token("t-2")), (None, Some(first.station.clone())));
        bench.store.add_code(&EnrollmentCode { code_sha256: digest("again"), ..code }).unwrap();
        assert_eq!(enroll(&candidate(&second, "again", "t"), 0), Enrollment::Taken);
    });
}

/// The station that judges, as the store knows it.
fn judge_of(bench: &StoreBench) -> Station {
    bench.store.station_of(bench.judge.ledger()).unwrap().unwrap()
}

#[test]
fn stations_are_told_announced_and_revoked() {
    on_both(|bench| {
        let writer = bench.station(1);
        let codes = |stations: Vec<Station>| -> Vec<String> {
            stations.into_iter().map(|station| station.code.to_string()).collect()
        };
        assert_eq!(codes(bench.store.stations().unwrap()), ["SRV", "ST1"]);
        bench.store.note_announced(&judge_of(bench)).unwrap();
        assert_eq!(codes(bench.store.unannounced().unwrap()), ["ST1"]);
        assert!(bench.store.revoke(&writer.station.code).unwrap());
        assert!(bench.store.station_of(writer.ledger()).unwrap().unwrap().revoked);
        assert!(!bench.store.revoke(&"ST9".parse().unwrap()).unwrap());
    });
}

#[test]
fn a_blob_comes_back_as_it_was() {
    on_both(|bench| {
        let bytes: Vec<u8> = (0..=255).collect();
        let hash = bench.store.put_blob(&bytes).unwrap();
        assert_eq!(bench.store.put_blob(&bytes).unwrap(), hash);
        assert_eq!(bench.store.blob(&hash).unwrap(), Some(bytes));
        assert_eq!(bench.store.blob_size(&hash).unwrap(), Some(256));
        assert_eq!(bench.store.blob(&digest("none")).unwrap(), None);
    });
}

#[test]
fn a_card_is_given_changed_and_erased_and_a_badge_is_one_persons() {
    on_both(|bench| {
        let store = &bench.store;
        assert!(store.set_card(&card("P-2", "B-2")).unwrap());
        assert!(store.set_card(&card("P-1", "B-1")).unwrap());
        assert!(!store.set_card(&card("P-3", "B-1")).unwrap());
        assert!(store.set_card(&card("P-1", "B-9")).unwrap());
        assert_eq!(store.cards().unwrap(), [card("P-1", "B-9"), card("P-2", "B-2")]);
        let person = "P-2".parse().unwrap();
        assert!(store.erase_card(&person).unwrap());
        assert_eq!(
            (store.card(&person).unwrap(), store.erase_card(&person).unwrap()),
            (None, false)
        );
    });
}

#[test]
fn of_an_erased_card_nothing_lies_in_the_file_of_the_store_or_its_log() {
    let dir = TempDir::new().unwrap();
    let bench = StoreBench::found(Database::File(dir.path().join("server.db")));
    // A server runs meanwhile.
    let _running = bench.another();
    assert!(bench.store.set_card(&card("P-2", "B-2")).unwrap());
    let lies = || {
        ["server.db", "server.db-wal"].iter().any(|file| {
            let bytes = fs::read(dir.path().join(file)).unwrap();
            bytes.windows(11).any(|part| part == b"Name of P-2")
        })
    };
    assert!(lies());
    assert!(bench.store.erase_card(&"P-2".parse().unwrap()).unwrap());
    assert!(!lies());
}

/// The judge says of a station's facts up to a number that they are accepted, but for some.
fn judges(bench: &StoreBench, judge: &mut Writer, of: &Writer, (to_seq, rejected): (u64, &[u64])) {
    let exception = |seq: &u64| Judgement {
        fact: of.at(*seq),
        verdict: JudgeVerdict::Rejected,
        reasons: vec!["not so".to_owned()],
        units: Vec::new(),
    };
    let exceptions = rejected.iter().map(exception).collect();
    let from = of.at(1);
    let judged = StationFact::PageJudged { from, to_seq, exceptions, unread: Vec::new() };
    judge.writes(Subject::Station(of.station.code.clone()), FactBody::Station(judged));
    bench.stores(judge);
}

fn admitted(person: &str) -> (Subject, FactBody) {
    let fact = PersonFact::PersonAdmitted {
        roles: BTreeSet::from([Role::Operator]),
        identity_verified_by: "passport".to_owned(),
    };
    (Subject::Person(person.parse().unwrap()), FactBody::Person(fact))
}

#[test]
fn what_is_judged_goes_to_the_catalog_and_is_not_judged_again() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        for person in ["P-1", "P-2", "P-3"] {
            let (subject, body) = admitted(person);
            writer.writes(subject, body);
        }
        bench.stores(&writer);
        let (waiting, looked) = bench.store.to_judge(0, 500).unwrap();
        assert_eq!((waiting.len(), looked), (3, 3));
        judges(bench, &mut judge, &writer, (2, &[2]));
        let catalog: Vec<Hash> = bench.rows("catalog").into_iter().map(|(id, _)| id).collect();
        assert_eq!(catalog, [writer.facts[0].id()]);
        assert_eq!(bench.store.accepted(0, 500).unwrap().len(), 1);
        let (waiting, _) = bench.store.to_judge(0, 500).unwrap();
        assert_eq!(waiting.len(), 1);
        let judged = [1, 2, 3].map(|seq| bench.store.is_judged(&writer.at(seq)).unwrap());
        assert_eq!(judged, [true, true, false]);
        let received = Some(moment(0).utc);
        let accepted = [1, 2, 3].map(|seq| bench.store.accepted_at(&writer.at(seq)).unwrap());
        assert_eq!(accepted, [received, None, None]);
        assert_eq!(bench.store.came_at(&writer.at(3)).unwrap(), received);
        assert_eq!(bench.store.came_at(&writer.at(4)).unwrap(), None);
    });
}

#[test]
fn a_card_is_set_once_by_an_accepted_fact() {
    on_both(|bench| {
        let (mut writer, mut judge) = (bench.station(1), bench.judge.clone());
        let person = Subject::Person("P-1".parse().unwrap());
        let at = writer.writes(person, FactBody::Person(PersonFact::PinChanged {}));
        bench.stores(&writer);
        let change = |badge| CardChange { card: card("P-1", badge), fact: at.clone() };
        let set = |badge| bench.store.set_card_by_fact(&change(badge), writer.ledger()).unwrap();
        assert_eq!(set("B-1"), CardSet::NotJudged);
        judges(bench, &mut judge, &writer, (1, &[]));
        assert_eq!(
            [set("B-1"), set("B-1"), set("B-2")].map(|set| set == CardSet::Done),
            [true, true, false]
        );
        let other = bench.store.set_card_by_fact(&change("B-1"), judge.ledger()).unwrap();
        assert_eq!(other, CardSet::NotAllowed);
    });
}

#[test]
fn how_far_a_station_has_the_catalog_is_noted() {
    on_both(|bench| {
        let writer = bench.station(1);
        let reached = |feed: &str, after| Reached {
            ledger: writer.ledger().clone(),
            feed: feed.to_owned(),
            after,
        };
        let tells =
            |reached: &Reached, ms| bench.store.tells_more(reached, moment(ms).utc).unwrap();
        assert!(!tells(&reached("station/ST1", 4), 0));
        assert!(tells(&reached("catalog", 4), 0));
        bench.store.note_reached(&reached("catalog", 4), moment(0).utc).unwrap();
        assert!(!tells(&reached("catalog", 4), 1_000));
        assert!(tells(&reached("catalog", 5), 1_000));
        assert!(tells(&reached("catalog", 4), 61_000));
        let subject = Subject::parse("instruction/WI-1").unwrap();
        assert_eq!(bench.store.received(&subject, &"A".parse().unwrap()).unwrap(), None);
    });
}

#[test]
fn one_judges_at_a_time_and_whoever_lost_it_writes_no_more() {
    on_both(|bench| {
        let (first, second) = (Holder::new([1; 32]), Holder::new([2; 32]));
        let lease = |holder| bench.store.judge_lease(holder, false).unwrap();
        assert_eq!([lease(&first), lease(&first)], [Lease::Taken, Lease::Kept]);
        assert_eq!(bench.another().judge_lease(&second, false).unwrap(), Lease::Elsewhere);
        let judging = bench.another().fenced(&first);
        judging.note_announced(&judge_of(bench)).unwrap();
        bench.store.end_judge_lease(&first).unwrap();
        assert_eq!([lease(&second), lease(&first)], [Lease::Taken, Lease::Elsewhere]);
        let mut judge = bench.judge.clone();
        judge.beats(1);
        let lost = judging.ingest(&judge.page_from(1), moment(0).utc);
        assert!(matches!(lost, Err(StoreError::LeaseLost)));
        assert_eq!(bench.store.facts().unwrap(), 0);
        // One that knows itself alone need not wait for one that is gone.
        assert_eq!(bench.store.judge_lease(&first, true).unwrap(), Lease::Taken);
        // What others of that server write is not the judge's.
        bench.stores(&judge);
    });
}
