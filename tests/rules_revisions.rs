//! R1: from when a revision is run, what is withdrawn, what is newer, what was read.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::effectivity::{Effectivity, Use};
use gemba::domain::hash::Hash;
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::kinds::FactBody;
use gemba::domain::people::{PersonCommand, RevisionRead, Role};
use gemba::domain::place::{NewsRule, Policy};
use gemba::domain::refusal::Reason;
use gemba::domain::revision::{InstructionFact, RevisionCommand, RevisionWithdrawn};
use gemba::domain::signature::Signer;
use gemba::domain::stream::{Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::standing::StepStanding;

use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{
    answer, approval, assembly, complete, id, inspection, limits, signs, submission, text, torque,
};

/// The assembly with a tighter torque, as revision D.
fn tighter() -> Instruction {
    let mut newer = assembly();
    newer.revision = id("D");
    let Ask::Measure(measure) = &mut newer.steps[2].asks[0] else { panic!("{newer:?}") };
    measure.kind =
        gemba::domain::specification::CharacteristicKind::Measured(limits("24", "26", "N·m"));
    newer
}

fn policy(news: NewsRule) -> Command {
    let approvals = vec![Role::Engineer, Role::Quality];
    let mut policy = Policy::new("Harbor".to_owned(), "Europe/Berlin".to_owned(), approvals);
    policy.rules.news = news;
    Command::Site(id(SITE), policy.into())
}

fn wi(instruction: &str, command: RevisionCommand) -> Command {
    Command::Instruction(id(instruction), command)
}

fn withdraws(revision: &str, stop_work: bool) -> RevisionCommand {
    let reason = "wrong torque".to_owned();
    RevisionCommand::Withdraw(RevisionWithdrawn { revision: id(revision), reason, stop_work })
}

/// Releases a revision of the assembly with an effectivity.
fn releases(shop: &mut Shop, newer: &Instruction, effectivity: Effectivity) {
    let hash = Hash::of(&[&serde_json::to_vec(newer).unwrap()]);
    shop.instructions.insert(hash, newer.clone().into());
    let revision = newer.revision.clone();
    let submit = RevisionCommand::Submit {
        revision: revision.clone(),
        hash,
        blobs: Vec::new(),
        title: "tighter".to_owned(),
        effectivity,
    };
    let of = newer.id.as_str();
    shop.does("lind", wi(of, submit));
    for who in ["lind", "quell"] {
        shop.does(who, wi(of, approval(revision.as_str(), who)));
    }
}

fn pinned(shop: &Shop) -> String {
    shop.state().operation(20).unwrap().revision.to_string()
}

fn keeps(shop: &Shop) -> TravelerCommand {
    TravelerCommand::KeepRevision { shown: shop.newer(), reason: "nearly done".to_owned() }
}

fn moves(shop: &Shop) -> TravelerCommand {
    TravelerCommand::MoveToRevision { shown: shop.newer(), reason: "safer".to_owned() }
}

fn reads(shop: &Shop, who: &str) -> Command {
    let pinned = shop.state().operation(20).unwrap().clone();
    let (instruction, revision, hash) = (pinned.instruction, pinned.revision, pinned.hash);
    let read = RevisionRead { instruction, revision, hash };
    Command::Person(id(who), PersonCommand::ReadRevision(read))
}

#[test]
fn r01_a_revision_takes_effect_from_a_date_an_order_or_a_serial() {
    let from = |date: &str, order: &str, serial: &str| Effectivity {
        from_date: date.parse().ok(),
        from_order: order.parse().ok(),
        from_serial: serial.parse().ok(),
    };
    for (effectivity, run) in [
        (from("2026-11-23", "", ""), "D"),
        (from("2026-11-24", "", ""), "C"),
        (from("", "WO-1", ""), "D"),
        (from("", "WO-2", ""), "C"),
        (from("", "", "0001"), "D"),
        (from("", "", "0002"), "C"),
        (from("2026-11-23", "WO-1", "0002"), "C"),
    ] {
        let mut shop = Shop::open();
        releases(&mut shop, &tighter(), effectivity.clone());
        shop.does("novak", TravelerCommand::Start);
        assert_eq!(pinned(&shop), run, "{effectivity:?}");
    }
}

#[test]
fn r01_ids_are_compared_by_their_number_where_they_have_the_same_shape() {
    let from = |order: &str| Effectivity { from_order: Some(id(order)), ..Effectivity::default() };
    let reaches = |first: &str, order: &str| {
        let traveler = Some(TravelerId { order: id(order), unit: id("1") });
        let today = "2026-11-23".parse().unwrap();
        from(first).holds(&Use { today, traveler })
    };
    assert!(reaches("WO-1881", "WO-1881") && reaches("WO-1881", "WO-10000"));
    assert!(reaches("WO-99", "WO-0100") && reaches("WO-0", "WO-0"));
    assert!(!reaches("WO-1881", "WO-1880") && !reaches("WO-1881", "WO-0099"));
    assert!(!reaches("WO-1881", "WX-2000") && !reaches("WO-1881", "2000"));
    assert!(reaches("PILOT", "PILOT") && !reaches("PILOT", "PILOT2"));
    let general = Use { today: "2026-11-23".parse().unwrap(), traveler: None };
    assert!(!from("WO-1").holds(&general) && Effectivity::default().holds(&general));
    assert_eq!(from("WO-1").words(), "from order WO-1");
}

#[test]
fn r01_a_refusal_says_from_when_a_revision_takes_effect() {
    let mut shop = Shop::open();
    shop.does("lind", wi("WI-1", withdraws("C", false)));
    let from_date = "2026-12-01".parse().ok();
    releases(&mut shop, &tighter(), Effectivity { from_date, ..Effectivity::default() });
    let reasons = shop.refuses("novak", TravelerCommand::Start);
    assert_eq!(reasons.iter().map(Reason::code).collect::<Vec<_>>(), ["D10"]);
    assert_eq!(reasons[0].what(), "WI-1 rev D takes effect from 2026-12-01.");
    shop.later(9 * 86_400).does("novak", TravelerCommand::Start);
}

#[test]
fn r01_a_withdrawn_revision_is_not_started_and_what_runs_by_it_goes_on() {
    let mut shop = Shop::reaching("clean");
    assert_eq!(shop.codes("novak", wi("WI-1", withdraws("C", false))), ["P04"]);
    assert_eq!(shop.codes("lind", wi("WI-1", withdraws("E", false))), ["D01"]);
    shop.does("lind", wi("WI-1", submission("E", Hash::ZERO)));
    assert_eq!(shop.codes("lind", wi("WI-1", withdraws("E", false))), ["D13"]);
    shop.does("quell", wi("WI-1", withdraws("C", false)));
    assert_eq!(shop.codes("quell", wi("WI-1", withdraws("C", false))), ["D14"]);
    shop.does("novak", answer("clean", 1, true));
    shop.unit("0002");
    let reasons = shop.refuses("novak", TravelerCommand::Start);
    assert_eq!(reasons[0].what(), "WI-1 rev C was withdrawn: wrong torque.");
    assert_eq!(reasons.iter().map(Reason::code).collect::<Vec<_>>(), ["D11"]);
    // The one before is in effect again where there is one.
    releases(&mut shop, &tighter(), Effectivity::default());
    shop.does("novak", TravelerCommand::Start);
    shop.does("lind", Command::Specification(id("CP-40"), withdraws("F", false))).unit("0003");
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["D11", "D11"]);
}

#[test]
fn r01_withdrawn_with_stop_work_nothing_is_recorded_completed_or_signed() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8"));
    shop.does("quell", wi("WI-1", withdraws("C", false))).does("novak", torque(2, "24.8"));
    shop.does("quell", wi("WI-1", withdraws("C", true)));
    assert_eq!(shop.codes("quell", wi("WI-1", withdraws("C", true))), ["D14"]);
    assert_eq!(shop.codes("novak", torque(3, "24.8")), ["D12"]);
    let mut codes = shop.codes("novak", complete("torque"));
    codes.retain(|code| *code == "D12");
    assert_eq!(codes, ["D12"]);
    let mut shop = Shop::reaching("release");
    shop.does("quell", Command::Specification(id("CP-40"), withdraws("F", true)));
    assert_eq!(shop.codes("okafor", signs("release", 1)), ["D12"]);
    // What was typed wrong may still be put right.
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "24.8")).does("quell", wi("WI-1", withdraws("C", true)));
    let correct = shop.correct(1, "24.9");
    shop.does("novak", correct);
}

#[test]
fn r01_stop_work_holds_where_it_has_been_received_and_not_before() {
    let mut shop = Shop::reaching("torque");
    shop.share().at("ASM2").place("ASM-1");
    shop.does("quell", wi("WI-1", withdraws("C", true))).at("ASM1");
    shop.does("novak", torque(1, "24.8")).share();
    assert_eq!(shop.codes("novak", torque(2, "24.8")), ["D12"]);
}

#[test]
fn r01_a_newer_revision_is_shown_and_work_goes_on_unless_the_site_wants_a_choice() {
    let mut shop = Shop::reaching("torque");
    assert_eq!(shop.codes("novak", keeps(&shop.clone())), ["D18"]);
    shop.release(&tighter());
    assert_eq!(shop.newer().len(), 1);
    shop.does("novak", torque(1, "24.8"));
    assert_eq!(pinned(&shop), "C");
    shop.does("admin", policy(NewsRule::Hold));
    assert_eq!(shop.codes("novak", torque(2, "24.8")), ["D16"]);
    let blind = TravelerCommand::KeepRevision {
        shown: BTreeSet::from([Hash::ZERO]),
        reason: "nearly done".to_owned(),
    };
    assert_eq!(shop.codes("novak", blind), ["D19"]);
    let keep = keeps(&shop);
    shop.does("novak", keep).does("novak", torque(2, "24.8"));
    // Another one asks again.
    let mut newest = tighter();
    newest.revision = id("E");
    newest.title = "Fit the lid".to_owned();
    shop.release(&newest);
    assert_eq!(shop.codes("novak", torque(3, "24.8")), ["D16"]);
}

#[test]
fn r01_where_the_site_stops_for_news_a_supervisor_chooses() {
    let mut shop = Shop::reaching("torque");
    shop.release(&tighter());
    shop.does("admin", policy(NewsRule::Stop));
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["D17"]);
    let keep = keeps(&shop);
    assert_eq!(shop.codes("novak", keep.clone()), ["P04"]);
    shop.does("brandt", keep).does("novak", torque(1, "24.8"));
}

#[test]
fn r01_a_supervisor_moves_a_unit_and_only_changed_steps_are_done_again() {
    let mut shop = Shop::reaching("look");
    let before = shop.state();
    shop.release(&tighter());
    let moved = moves(&shop);
    assert_eq!(shop.codes("novak", moved.clone()), ["P04"]);
    shop.does("brandt", moved);
    assert_eq!(pinned(&shop), "D");
    let after = shop.state();
    let standing = |step: &str| after.step_standing(20, &id(step));
    assert_eq!((standing("clean"), standing("torque")), (StepStanding::Done, StepStanding::Open));
    for (old, new) in before.attempts.iter().zip(&after.attempts) {
        assert_eq!((&old.entries, &old.pinned), (&new.entries, &new.pinned));
    }
    shop.does("novak", reads(&shop, "novak")).does("novak", torque(1, "26.5"));
    let again = shop.retype(1, "25.5");
    shop.does("novak", again);
    let state = shop.state();
    let step = id("torque");
    let revisions: Vec<_> =
        state.attempts_at(20, &step).map(|a| a.pinned.clone().unwrap().0).collect();
    assert_eq!(revisions, [id("C"), id("D")]);
}

#[test]
fn r01_a_signature_over_what_is_done_again_is_given_again() {
    let mut shop = Shop::reaching("pack");
    shop.release(&tighter());
    let moved = moves(&shop);
    shop.does("brandt", moved);
    let state = shop.state();
    assert_eq!(state.step_standing(20, &id("look")), StepStanding::Done);
    assert_eq!(state.step_standing(20, &id("release")), StepStanding::Open);
}

#[test]
fn r01_a_specification_alone_moves_no_unit_and_may_be_kept_or_held() {
    let mut shop = Shop::reaching("torque");
    let of = |command| Command::Specification(id("CP-40"), command);
    shop.does("lind", of(submission("G", Hash([7; 32]))));
    for who in ["lind", "quell"] {
        shop.does(who, of(approval("G", who)));
    }
    shop.does("admin", policy(NewsRule::Hold));
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["D16"]);
    let moved = moves(&shop);
    assert_eq!(shop.codes("brandt", moved), ["D22"]);
    let hold = TravelerCommand::HoldForDefinition { reason: "ask engineering".to_owned() };
    shop.does("novak", hold);
    assert_eq!(shop.codes("novak", torque(1, "24.8")), ["H01", "D16"]);
    let keep = keeps(&shop);
    assert_eq!(shop.codes("novak", keep.clone()), ["P04"]);
    shop.does("brandt", keep).does("novak", torque(1, "24.8"));
}

#[test]
fn r01_nobody_works_by_a_revision_before_reading_what_it_changed() {
    let mut shop = Shop::open();
    shop.release(&tighter());
    shop.does("novak", TravelerCommand::Start);
    let scan = text("scan", 1, "0001");
    let reasons = shop.refuses("novak", scan.clone());
    assert_eq!(reasons.iter().map(Reason::code).collect::<Vec<_>>(), ["D20"]);
    assert_eq!(reasons[0].what(), "You have not read what changed in WI-1 from C to D.");
    let read = reads(&shop, "novak");
    assert_eq!(shop.codes("ito", read.clone()), ["D21"]);
    shop.does("novak", read.clone());
    assert_eq!(shop.tries("novak", read).unwrap(), [], "read twice is no news");
    shop.does("novak", scan);
    assert_eq!(shop.codes("ito", text("scan", 2, "H-9")), ["D20"]);
    // The first revision of all changed nothing.
    shop.place("INC-1");
    assert!(inspection().revision.as_str() == "C");
}

#[test]
fn r01_a_site_may_want_others_to_approve_than_who_hands_in() {
    let mut shop = Shop::open();
    let approvals = vec![Role::Quality];
    let mut strict = Policy::new("Harbor".to_owned(), "UTC".to_owned(), approvals);
    strict.rules.separate_submitter = true;
    strict.rules.specification_approvals = Some(vec![Role::Engineer]);
    shop.does("admin", Command::Site(id(SITE), strict.into()));
    let of = |command| Command::Specification(id("CP-50"), command);
    shop.does("lind", of(submission("A", Hash::ZERO)));
    assert_eq!(shop.codes("lind", of(approval("A", "lind"))), ["D15"]);
    assert_eq!(shop.codes("quell", of(approval("A", "quell"))), ["P12"]);
    shop.does("lind", wi("WI-50", submission("A", Hash::ZERO)));
    shop.does("quell", wi("WI-50", approval("A", "quell")));
}

#[test]
fn r01_an_approval_is_of_what_was_shown_and_says_so() {
    let mut shop = Shop::open();
    shop.does("lind", wi("WI-50", submission("A", Hash([1; 32]))));
    let shown = |hash| RevisionCommand::Approve {
        revision: id("A"),
        shown: hash,
        by: Signer::by_badge("quell"),
    };
    // It is handed in once more while somebody looks at the first.
    shop.does("lind", wi("WI-50", submission("A", Hash([2; 32]))));
    let reasons = shop.refuses("quell", wi("WI-50", shown(Hash([1; 32]))));
    assert_eq!(reasons.iter().map(Reason::code).collect::<Vec<_>>(), ["D32"]);
    assert_eq!(reasons[0].what(), "What waits as WI-50 rev A is not what was shown.");
    shop.does("quell", wi("WI-50", shown(Hash([2; 32]))));
    let facts = shop.here().facts_of(&Subject::Instruction(id("WI-50")));
    let FactBody::Instruction(InstructionFact::Signed(signed)) = &facts[2].0.body else {
        panic!("{facts:?}");
    };
    assert_eq!(signed.hash, Some(Hash([2; 32])));
}

#[test]
fn r01_only_what_is_in_effect_is_read_first() {
    let mut shop = Shop::open();
    let hash = Hash::of(&[&serde_json::to_vec(&tighter()).unwrap()]);
    let reading = |who: &str, hash: Hash| {
        let (instruction, revision) = (id("WI-1"), id("D"));
        let read = RevisionRead { instruction, revision, hash };
        Command::Person(id(who), PersonCommand::ReadRevision(read))
    };
    let refused = |shop: &mut Shop| {
        let refused = shop.tries("novak", reading("novak", hash)).unwrap_err();
        let [reason] = refused.reasons.as_slice() else { panic!("{refused}") };
        assert!(
            reason.next().to_string().contains("gemba instruction read WI-1"),
            "{}",
            reason.next()
        );
        (reason.code(), reason.what().to_string())
    };
    // Nobody knows it here.
    assert_eq!(shop.codes("novak", reading("novak", hash)), ["D01"]);
    shop.does("lind", wi("WI-1", submission("D", hash)));
    let waits = "WI-1 rev D waits for approval: it is not read now.".to_owned();
    assert_eq!(refused(&mut shop), ("D33", waits));
    let from_date = "2026-11-24".parse().ok();
    releases(&mut shop, &tighter(), Effectivity { from_date, ..Effectivity::default() });
    let early = "WI-1 rev D takes effect from 2026-11-24: it is not read now.".to_owned();
    assert_eq!(refused(&mut shop), ("D33", early));
    // Under that revision stands another text.
    assert_eq!(shop.codes("novak", reading("novak", Hash::ZERO)), ["D01"]);
    shop.now_s += 86_400;
    shop.does("novak", reading("novak", hash));
    // What is withdrawn is not read any more where work by it stops.
    shop.does("lind", wi("WI-1", withdraws("D", true)));
    assert_eq!(shop.codes("ito", reading("ito", hash)), ["D33"]);
}
