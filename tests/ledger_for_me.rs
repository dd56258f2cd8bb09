//! What waits for the signature of a person: everybody is listed what the act itself would take from them,
//! and nobody anything else.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, Disposition};
use gemba::domain::hash::Hash;
use gemba::domain::people::{PersonCommand, Role};
use gemba::domain::permit::{PermitCommand, PermitWanted};
use gemba::domain::quantity::Number;
use gemba::domain::revision::RevisionCommand;
use gemba::domain::signature::{Meaning, Signer};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::views::for_me::{ForMe, ToSign};
use gemba::views::query::{Answer, Query};

use crate::support::bench::{Bench, UNIT, id, instruction};

/// Everybody but who founded the plant.
const PEOPLE: [&str; 7] = ["novak", "okafor", "ilves", "sato", "engel", "quade", "plank"];

fn for_me(bench: &mut Bench, person: &str) -> ForMe {
    for_me_at(bench, person, None)
}

fn for_me_at(bench: &mut Bench, person: &str, place: Option<&str>) -> ForMe {
    let (query, now) = (Query::ForMe { person: id(person), place: place.map(id) }, bench.now());
    let Answer::ForMe(found) = bench.ledger.answer(&query, &now).unwrap() else {
        panic!("another answer")
    };
    assert!(!found.more);
    found
}

/// Kind and number of what waits for somebody.
fn waits_for(bench: &mut Bench, person: &str) -> Vec<(&'static str, String)> {
    let rows = for_me(bench, person).rows;
    rows.iter().map(|row| (row.what.kind(), row.what.which())).collect()
}

/// Asserts for whom something waits: for these, and for nobody else of the plant.
#[track_caller]
fn waits_only_for(bench: &mut Bench, people: &[&str], (kind, which): (&'static str, &str)) {
    for person in PEOPLE {
        let wanted = people.contains(&person).then(|| (kind, which.to_owned()));
        let wanted: Vec<_> = wanted.into_iter().collect();
        assert_eq!(waits_for(bench, person), wanted, "{person}");
    }
}

fn quantity(text: &str) -> Option<Number> {
    Number::parse(text).ok()
}

#[test]
fn r04_what_one_decided_waits_for_the_other_of_engineering_and_quality() {
    let mut bench = Bench::started();
    let deviation = bench.fail(1, "27.3");
    // To decide it is nobody's signature yet: it stands among the deviations.
    waits_only_for(&mut bench, &[], ("disposition", ""));
    bench.sign_in("engel");
    bench.dispose(&deviation, Disposition::UseAsIs);
    waits_only_for(&mut bench, &["quade"], ("disposition", deviation.as_str()));
    let row = for_me(&mut bench, "quade").rows.remove(0);
    assert_eq!(row.what.of(), UNIT);
    assert!(row.details.to_string().contains("as is") || row.details.to_string().contains("as-is"));
    assert!(row.what.command().starts_with("gemba deviation approve NCR-"), "{row:?}");
    let state = bench.ledger.stream(&gemba::domain::stream::Subject::Deviation(deviation.clone()));
    let state = state.unwrap().stream.state;
    let gemba::domain::stream::StreamState::Deviation(state) = state else { panic!() };
    let disposition = state.all_waiting().next().unwrap().at.clone();
    bench.sign_in("quade");
    let by = Signer::by_badge("Q. Quade");
    let approve = DeviationCommand::Approve { disposition, by };
    bench.tell(Command::Deviation(deviation, approve));
    waits_only_for(&mut bench, &[], ("disposition", ""));
}

/// The unit with its bolts torqued: the inspector is to verify it.
fn torqued() -> Bench {
    let mut bench = Bench::started();
    for bolt in 1..=4 {
        bench.record(bolt, "25").unwrap();
    }
    waits_only_for(&mut bench, &[], ("step", ""));
    bench.complete("torque");
    bench
}

#[test]
fn r06_a_step_to_be_signed_waits_for_its_role_and_not_for_who_performed_before_it() {
    let mut bench = torqued();
    waits_only_for(&mut bench, &["ilves"], ("step", UNIT));
    let row = for_me(&mut bench, "ilves").rows.remove(0);
    let ToSign::Step { step, .. } = &row.what else { panic!("{row:?}") };
    assert_eq!((step.meaning, step.operation, step.ask), (Meaning::Verified, 20, 1));
    let command = row.what.command();
    assert_eq!(command, format!("gemba sign --meaning verified {UNIT} release --operation 20"));
    // The performer is an inspector as well now: another one has to sign all the same.
    bench.sign_in("admin");
    for person in ["novak", "okafor"] {
        let roles = [Role::Operator, Role::Inspector].into();
        let admit = PersonCommand::Admit { roles, identity_verified_by: "passport".to_owned() };
        bench.tell(Command::Person(id(person), admit));
    }
    bench.sign_in("novak");
    waits_only_for(&mut bench, &["ilves", "okafor"], ("step", UNIT));
    bench.sign("ilves", "release");
    waits_only_for(&mut bench, &[], ("step", UNIT));
}

#[test]
fn r06_a_step_that_is_signed_at_another_place_says_so_to_who_stands_here() {
    let mut bench = torqued();
    let elsewhere = |bench: &mut Bench, place: Option<&str>| {
        let rows = for_me_at(bench, "ilves", place).rows;
        rows.iter().map(|row| row.elsewhere).collect::<Vec<_>>()
    };
    assert_eq!(elsewhere(&mut bench, Some("ASM-1")), [false]);
    assert_eq!(elsewhere(&mut bench, Some("INC-1")), [true]);
    assert_eq!(elsewhere(&mut bench, None), [false]);
}

#[test]
fn what_is_stopped_waits_for_no_signature_until_it_goes_on() {
    let mut bench = torqued();
    bench.on(TravelerCommand::Pause { reason: "lunch".to_owned() }).unwrap();
    waits_only_for(&mut bench, &[], ("step", UNIT));
    bench.on(TravelerCommand::Resume { note: None }).unwrap();
    waits_only_for(&mut bench, &["ilves"], ("step", UNIT));
    bench.sign_in("admin");
    let revoke = PersonCommand::Revoke { reason: "left".to_owned() };
    bench.tell(Command::Person(id("ilves"), revoke));
    waits_only_for(&mut bench, &[], ("step", UNIT));
}

#[test]
fn r01_a_revision_waits_for_each_role_that_has_not_approved_it() {
    let mut bench = Bench::founded();
    let text = instruction().replace("\"revision\":\"F\"", "\"revision\":\"G\"");
    let hash: Hash = bench.ledger.put_blob(text.as_bytes()).unwrap();
    let of_work = |command| Command::Instruction(id("WI-1040"), command);
    bench.sign_in("engel");
    bench.tell(of_work(RevisionCommand::Submit {
        revision: id("G"),
        hash,
        blobs: Vec::new(),
        title: "Fit and torque the pump cover".to_owned(),
        effectivity: gemba::domain::effectivity::Effectivity::default(),
    }));
    waits_only_for(&mut bench, &["engel", "quade"], ("revision", "WI-1040 G"));
    for (person, then) in [("engel", &["quade"][..]), ("quade", &[])] {
        bench.sign_in(person);
        let by = Signer::by_badge(person.to_uppercase());
        bench.tell(of_work(RevisionCommand::Approve { revision: id("G"), shown: hash, by }));
        waits_only_for(&mut bench, then, ("revision", "WI-1040 G"));
    }
}

#[test]
fn r04_a_permit_that_is_proposed_waits_for_the_other_role_until_it_is_granted_or_over() {
    let mut bench = Bench::founded();
    let wanted = PermitWanted {
        only: None,
        characteristic: id("c-torque"),
        lower: None,
        upper: quantity("27.5"),
        unit: None,
        orders: [].into(),
        units: [].into(),
        quantity: Some(3),
        from: None,
        through: "2026-12-31".parse().unwrap(),
        reason: "new bolts are late".to_owned(),
        reference: None,
    };
    bench.sign_in("engel");
    let by = Signer::by_badge("E. Engel");
    bench.tell(Command::ProposePermit(id("CP-40"), Box::new(wanted), by));
    let row = for_me(&mut bench, "quade").rows.remove(0);
    let ToSign::Permit { permit, .. } = row.what.clone() else { panic!("{row:?}") };
    assert_eq!(row.details, "Bolt torque 23 .. 27.5 N·m instead of 23 .. 27 N·m");
    waits_only_for(&mut bench, &["quade"], ("permit", permit.as_str()));
    let later = crate::support::bench::moment(60 * 86_400);
    let query = Query::ForMe { person: id("quade"), place: None };
    let Answer::ForMe(over) = bench.ledger.answer(&query, &later).unwrap() else { panic!() };
    assert_eq!(over, ForMe::default(), "nobody grants what is over");
    bench.sign_in("quade");
    let by = Signer::by_badge("Q. Quade");
    bench.tell(Command::Permit(permit.clone(), PermitCommand::Grant { by }));
    waits_only_for(&mut bench, &[], ("permit", ""));
}

/// What was asked is asked of a store that is made anew as well.
#[test]
fn what_waits_is_the_same_after_a_rebuild() {
    let mut bench = torqued();
    let before = for_me(&mut bench, "ilves");
    assert_eq!(before.rows.len(), 1);
    bench.ledger.rebuild(&mut |_| {}).unwrap();
    assert_eq!(for_me(&mut bench, "ilves"), before);
}
