//! R8: containment that is confirmed at the bench, cause, actions verified by another person, whether
//! they helped, and steps that no unit passes while its deviation is open.

use gemba::domain::decide::Command;
use gemba::domain::deviation::{DeviationCommand, DeviationKind, Disposition, Raise};
use gemba::domain::deviation_actions::{ActionAsked, ToDo};
use gemba::domain::deviation_rules::{
    CauseCode, CauseRule, CheckAfter, DeviationCode, DeviationRulesChange, Severity,
};
use gemba::domain::fact::Position;
use gemba::domain::people::Role;
use gemba::domain::refusal::Reason;
use gemba::domain::signature::Signer;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::traveler::command::{StepAt, TravelerCommand};

use crate::support::judged::nothing_is_objected_to;
use crate::support::lots::{counted, splits};
use crate::support::shop::{SITE, Shop};
use crate::support::shop_deviations::{FIRST, on, raises_here, raises_with, unit_of};
use crate::support::shop_plan::{at, complete, disposes, id, raises, rework, torque};

/// A unit whose deviation is disposed.
fn disposed() -> Shop {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", raises("torque")).does("brandt", disposes(FIRST, rework("clean")));
    shop
}

fn rules(shop: &mut Shop, deviations: DeviationRulesChange) {
    let change = SiteChange { deviations, ..SiteChange::default() };
    shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))));
}

/// The site has codes, and looks after thirty days whether what was done about major ones helped.
fn strict(shop: &mut Shop) {
    let code = |code: &str, severity| DeviationCode {
        code: code.to_owned(),
        text: "out of size".to_owned(),
        severity,
    };
    let codes = vec![code("DIM", Severity::Major), code("MARK", Severity::Minor)];
    let check_after = Some(vec![CheckAfter { severity: Severity::Major, days: 30 }]);
    rules(shop, DeviationRulesChange { codes: Some(codes), check_after, ..Default::default() });
}

fn reviewed(code: &str, close_by: Option<StepAt>) -> Command {
    let (code, note) = (Some(code.to_owned()), "looked at".to_owned());
    on(FIRST, DeviationCommand::Review { kind: None, code, close_by, note })
}

fn closes() -> Command {
    on(FIRST, DeviationCommand::Close { note: "seen".to_owned() })
}

fn contains(by: Option<&str>, place: Option<&str>) -> Command {
    let to_do = Some(ToDo { by: by.map(id), place: place.map(id) });
    on(FIRST, DeviationCommand::Contain { action: "sort bin 4".to_owned(), to_do })
}

fn confirms(shop: &Shop, note: &str) -> Command {
    let containment = shop.deviation(FIRST).containments.last().unwrap().at.clone();
    on(FIRST, DeviationCommand::Confirm { containment, note: note.to_owned() })
}

fn cause(code: Option<&str>) -> Command {
    let (code, text) = (code.map(str::to_owned), "pawl worn".to_owned());
    on(FIRST, DeviationCommand::FindCause { code, text })
}

fn asks(owner: &str, due: &str) -> Command {
    let (action, owner, due) = ("check pawls".to_owned(), id(owner), due.parse().unwrap());
    on(FIRST, DeviationCommand::AskAction(ActionAsked { action, owner, due }))
}

fn last_action(shop: &Shop) -> Position {
    shop.deviation(FIRST).actions.last().unwrap().at.clone()
}

fn done(shop: &Shop) -> Command {
    let (action, note) = (last_action(shop), "on the card".to_owned());
    on(FIRST, DeviationCommand::NoteDone { action, note })
}

fn verifies(shop: &Shop) -> Command {
    let (action, note) = (last_action(shop), "card seen".to_owned());
    on(FIRST, DeviationCommand::Verify { action, note })
}

fn checks(effective: bool) -> Command {
    on(FIRST, DeviationCommand::Check { effective, note: "none since".to_owned() })
}

#[test]
fn r08_a_deviation_is_not_closed_while_what_was_asked_for_at_once_is_not_confirmed() {
    let mut shop = disposed();
    shop.does("novak", contains(None, None));
    let refused = shop.refuses("quell", closes());
    assert_eq!(refused[0].code(), "N25");
    assert_eq!(refused[0].what(), "NCR-ASM1-0001 is not contained yet: sort bin 4.");
    let confirm = confirms(&shop, "");
    shop.does("ito", confirm.clone());
    assert_eq!(shop.codes("ito", confirm), ["N22"], "once");
    let known = shop.deviation(FIRST);
    let confirmed = known.containments[0].confirmed.as_ref().unwrap();
    assert_eq!(confirmed.by, Some(id("ito")));
    shop.does("quell", closes());
    // What was done at once, and noted so, waits for nobody.
    let mut plain = disposed();
    let taken = DeviationCommand::Contain { action: "set aside".to_owned(), to_do: None };
    plain.does("novak", on(FIRST, taken)).does("quell", closes());
}

#[test]
fn r08_what_was_asked_of_somebody_at_a_place_is_confirmed_by_them_there() {
    let mut shop = disposed();
    assert_eq!(shop.codes("novak", contains(Some("nobody"), None)), ["P02"]);
    assert_eq!(shop.codes("plan", contains(None, None)), ["P04"]);
    shop.does("brandt", contains(Some("ito"), Some("ASM-2")));
    let confirm = confirms(&shop, "2 found");
    assert_eq!(shop.codes("novak", confirm.clone()), ["N23", "N24"]);
    assert_eq!(shop.codes("ito", confirm.clone()), ["N24"]);
    shop.place("ASM-2");
    assert_eq!(shop.codes("novak", confirm.clone()), ["N23"]);
    // Whoever answers for it does it where the one who was asked has left.
    shop.does("brandt", confirm);
}

#[test]
fn r08_of_a_major_deviation_of_a_product_a_cause_is_found_before_it_is_closed() {
    let mut shop = disposed();
    strict(&mut shop);
    shop.does("brandt", reviewed("DIM", None));
    assert_eq!(shop.codes("quell", closes()), ["N26"]);
    assert_eq!(shop.codes("novak", cause(None)), ["P04"]);
    shop.does("lind", cause(None)).does("quell", closes());
    // Of a minor one, of a process, and of what was none nobody asks.
    let mut minor = disposed();
    strict(&mut minor);
    minor.does("brandt", reviewed("MARK", None)).does("quell", closes());
    let mut process = disposed();
    strict(&mut process);
    let kind = Some(DeviationKind::Process);
    let (code, note) = (Some("DIM".to_owned()), "the way".to_owned());
    let review = DeviationCommand::Review { kind, code, close_by: None, note };
    process.does("brandt", on(FIRST, review)).does("quell", closes());
    let mut void = Shop::reaching("torque");
    strict(&mut void);
    void.does("novak", raises("torque")).does("brandt", reviewed("DIM", None));
    void.does("brandt", disposes(FIRST, Disposition::Void)).does("quell", closes());
}

#[test]
fn r08_a_site_says_from_which_severity_on_and_lists_its_causes() {
    for (rule, code, asked) in [
        (CauseRule::Never, "DIM", false),
        (CauseRule::Critical, "DIM", false),
        (CauseRule::Minor, "MARK", true),
    ] {
        let mut shop = disposed();
        strict(&mut shop);
        rules(&mut shop, DeviationRulesChange { cause_from: Some(rule), ..Default::default() });
        shop.does("brandt", reviewed(code, None));
        assert_eq!(shop.tries("quell", closes()).is_err(), asked, "{rule:?}");
    }
    let mut shop = disposed();
    assert_eq!(shop.codes("lind", cause(Some("TOOL"))), ["N27"]);
    let (code, text) = ("TOOL".to_owned(), "tool worn".to_owned());
    let cause_codes = Some(vec![CauseCode { code, text }]);
    rules(&mut shop, DeviationRulesChange { cause_codes, ..Default::default() });
    assert_eq!(shop.codes("lind", cause(None)), ["N28"]);
    shop.does("lind", cause(Some("tool")));
    let known = shop.deviation(FIRST);
    assert_eq!(known.cause().unwrap().code.as_ref().unwrap().text, "tool worn");
}

#[test]
fn r06_an_action_is_done_by_its_owner_and_verified_by_another_person() {
    let mut shop = disposed();
    assert_eq!(shop.codes("quell", asks("nobody", "2026-12-14")), ["P02"]);
    assert_eq!(shop.codes("quell", asks("brandt", "2026-11-22")), ["N31"]);
    assert_eq!(shop.codes("novak", asks("brandt", "2026-12-14")), ["P04"]);
    shop.does("quell", asks("lind", "2026-11-23"));
    assert_eq!(shop.codes("quell", closes()), ["N29"]);
    let (verify, note_done) = (verifies(&shop), done(&shop));
    assert_eq!(shop.codes("quell", verify.clone()), ["N30"], "nobody did it yet");
    assert_eq!(shop.codes("novak", note_done.clone()), ["N23"]);
    shop.does("lind", note_done.clone());
    assert_eq!(shop.codes("lind", note_done), ["N30"], "once");
    assert_eq!(shop.codes("quell", closes()), ["N29"], "done and not verified");
    assert_eq!(shop.codes("lind", verify.clone()), ["N32"]);
    assert_eq!(shop.codes("novak", verify.clone()), ["P04"]);
    shop.does("quell", verify.clone());
    assert_eq!(shop.codes("quell", verify), ["N30"]);
    shop.does("quell", closes());
    // Who says for the owner that it is done does not verify it, and neither does the owner.
    let mut other = disposed();
    other.does("quell", asks("lind", "2026-12-14"));
    let (note_done, verify) = (done(&other), verifies(&other));
    other.does("brandt", note_done);
    assert_eq!(other.codes("brandt", verify.clone()), ["N32"]);
    assert_eq!(other.codes("lind", verify.clone()), ["N32"]);
    other.does("quell", verify);
}

/// Closed with an action of engineering, and looked at in thirty days.
fn closed() -> Shop {
    let mut shop = disposed();
    strict(&mut shop);
    shop.does("brandt", reviewed("DIM", None)).does("lind", cause(None));
    shop.does("quell", asks("brandt", "2026-12-14"));
    let (note_done, verify) = (done(&shop), verifies(&shop));
    shop.does("brandt", note_done).does("quell", verify);
    assert_eq!(shop.codes("quell", checks(true)), ["N33"], "it is not closed");
    shop.does("quell", closes());
    shop
}

#[test]
fn r08_whether_what_was_done_helped_is_said_later_and_not_by_who_owns_it() {
    let mut shop = closed();
    let (_, due) = shop.deviation(FIRST).to_check().map(|(at, due)| (at.clone(), due)).unwrap();
    assert_eq!(due, "2026-12-23".parse().unwrap());
    assert_eq!(shop.codes("novak", checks(true)), ["P04"]);
    assert_eq!(shop.codes("brandt", checks(true)), ["N34"]);
    shop.does("quell", checks(true));
    let known = shop.deviation(FIRST);
    assert!(known.is_closed() && known.to_check().is_none());
    assert_eq!(shop.codes("quell", checks(true)), ["N33"]);
    // Where there is no action, it is not said by who closed it.
    let mut bare = disposed();
    strict(&mut bare);
    bare.does("brandt", reviewed("DIM", None)).does("lind", cause(None)).does("quell", closes());
    assert_eq!(bare.codes("quell", checks(true)), ["N34"]);
    bare.does("brandt", checks(true));
    // Where the site does not want it, nobody is to.
    let mut none = disposed();
    none.does("quell", closes());
    assert_eq!(none.codes("brandt", checks(true)), ["N33"]);
}

#[test]
fn r08_what_did_not_help_opens_the_deviation_again_until_something_else_is_done() {
    let mut shop = closed();
    shop.does("quell", checks(false));
    let known = shop.deviation(FIRST);
    assert!(!known.is_closed() && known.to_check().is_none());
    assert_eq!(shop.codes("quell", closes()), ["N35"]);
    shop.does("quell", asks("lind", "2026-12-20"));
    let (note_done, verify) = (done(&shop), verifies(&shop));
    shop.does("lind", note_done).does("quell", verify).does("quell", closes());
    assert!(shop.deviation(FIRST).to_check().is_some(), "it is looked at again");
}

#[test]
fn r08_of_two_who_look_unseen_by_each_other_the_one_whom_it_did_not_help_counts() {
    for (one, other) in [(true, false), (false, true)] {
        let mut shop = closed();
        // Both stations have it; an action of nobody else, so that two may look.
        shop.share();
        shop.at("ASM1").does("quell", checks(one));
        let both = gemba::domain::people::PersonCommand::Admit {
            roles: [Role::Quality].into(),
            identity_verified_by: "passport".to_owned(),
        };
        shop.at("ASM2").does("admin", Command::Person(id("green"), both));
        shop.does("green", checks(other)).share();
        for station in ["ASM1", "ASM2"] {
            assert!(!shop.at(station).deviation(FIRST).is_closed(), "{one} {other} {station}");
        }
    }
}

#[test]
fn r08_no_unit_begins_the_step_by_which_its_deviation_is_to_be_closed_or_one_after_it() {
    let mut shop = Shop::reaching("clean");
    let process = Raise {
        kind: DeviationKind::Process,
        close_by: Some(at("torque")),
        units: vec![unit_of("0002")],
        ..Raise::noted("wrong grease")
    };
    shop.does("novak", raises_with("clean", process));
    shop.step_done("clean");
    let refused = shop.refuses("novak", torque(1, "25"));
    assert_eq!(refused.iter().map(Reason::code).collect::<Vec<_>>(), ["N36"]);
    let what = "NCR-ASM1-0001 is to be closed before operation 20, step torque.";
    assert_eq!(refused[0].what(), what);
    // The other unit that it concerns does not pass it either, and one that it does not concern does.
    for (unit, codes) in [("0002", &["N36"][..]), ("0003", &[])] {
        shop.unit(unit).does("novak", TravelerCommand::Start).step_done("scan").step_done("clean");
        let tried = shop.tries("novak", torque(1, "25"));
        let found = tried.err().into_iter().flat_map(|no| no.reasons);
        assert_eq!(found.map(|r| r.code()).collect::<Vec<_>>(), codes);
    }
    shop.does("quell", closes()).unit("0001").does("novak", torque(1, "25"));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_a_step_that_was_begun_is_finished_and_the_review_moves_the_step() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "25"));
    let process = Raise { kind: DeviationKind::Process, ..Raise::noted("wrong grease") };
    shop.does("novak", raises_with("torque", process));
    let review = |by: StepAt| {
        let (kind, code, note) = (None, None, "looked at".to_owned());
        on(FIRST, DeviationCommand::Review { kind, code, close_by: Some(by), note })
    };
    let unknown = |operation, step: &str| StepAt { operation, step: id(step) };
    assert_eq!(shop.codes("brandt", review(unknown(20, "polish"))), ["T06"]);
    assert_eq!(shop.codes("brandt", review(unknown(99, "torque"))), ["T05"]);
    shop.does("brandt", review(at("torque")));
    for sample in 2..=4 {
        shop.does("novak", torque(sample, "25"));
    }
    shop.does("novak", complete("torque"));
    let look = gemba::domain::traveler::fact::ReadingValue::Conforms(true);
    let look = crate::support::shop_plan::value("look", 1, look);
    assert_eq!(shop.codes("novak", look.clone()), ["N36"]);
    shop.does("brandt", review(at("diameter"))).does("novak", look);
}

#[test]
fn r08_the_step_by_which_it_is_closed_is_one_that_units_not_begun_would_pass() {
    let by = |operation, step: &str| StepAt { operation, step: id(step) };
    let raise = |close_by: StepAt| {
        raises_here(Raise {
            close_by: Some(close_by),
            units: vec![unit_of("0002")],
            ..Raise::noted("wrong grease")
        })
    };
    let mut shop = Shop::open();
    assert_eq!(shop.codes("novak", raise(by(99, "torque"))), ["T05"]);
    assert_eq!(shop.codes("novak", raise(by(20, "polish"))), ["T06"]);
    shop.does("novak", raise(by(20, "torque")));
    let review = |by: StepAt| {
        let (kind, code, note) = (None, None, "looked at".to_owned());
        on(FIRST, DeviationCommand::Review { kind, code, close_by: Some(by), note })
    };
    assert_eq!(shop.codes("brandt", review(by(99, "torque"))), ["T05"]);
    assert_eq!(shop.codes("brandt", review(by(20, "polish"))), ["T06"]);
    // Before a revision is in effect here, the route alone tells.
    shop.judged = false;
    assert_eq!(shop.codes("brandt", review(by(99, "torque"))), ["T05"]);
    shop.does("brandt", review(by(20, "polish")));
}

#[test]
fn r08_a_lot_that_was_split_off_waits_for_the_deviation_of_the_lot_that_it_came_from() {
    let mut shop = Shop::counting_lot();
    let process = Raise { kind: DeviationKind::Process, ..Raise::noted("wrong grease") };
    let here = shop.state().at_hand(&shop.instructions)[0].step.id.to_string();
    shop.does("novak", raises_with(&here, process));
    shop.does("novak", counted("count", "60/2", "dent")).does("novak", splits(38));
    let (by, note) = (at("box"), "looked at".to_owned());
    let (kind, code) = (None, None);
    let review = DeviationCommand::Review { kind, code, close_by: Some(by.clone()), note };
    shop.does("brandt", on(FIRST, review));
    let child = shop.units().into_iter().find(|(_, state)| !state.lot.origins.is_empty());
    let (child, _) = child.unwrap();
    let gates = shop.gates_of(&child);
    let stopped = gates.values().filter_map(|state| state.stops(&by, None));
    assert_eq!(stopped.collect::<Vec<_>>(), [&by]);
    shop.does("quell", closes());
    assert!(shop.gates_of(&child).values().all(|state| state.stops(&by, None).is_none()));
}

#[test]
fn r08_a_deviation_that_is_closed_is_not_contained_followed_or_closed_again() {
    let mut shop = disposed();
    shop.does("quell", closes());
    for command in [contains(None, None), cause(None), asks("lind", "2026-12-14")] {
        assert_eq!(shop.codes("quell", command), ["N04"]);
    }
    let by = Signer::by_badge("S. Brandt");
    let shares = gemba::domain::deviation::Share::all(Disposition::Scrap);
    let dispose = DeviationCommand::Dispose { shares, reason: "late".to_owned(), by };
    assert!(shop.codes("brandt", on(FIRST, dispose)).contains(&"N04"));
}

#[test]
fn r08_a_site_may_not_look_twice_after_the_same_severity_or_never() {
    let mut shop = disposed();
    let twice = CheckAfter { severity: Severity::Major, days: 30 };
    let set = |check_after| {
        let deviations = DeviationRulesChange { check_after, ..Default::default() };
        let change = SiteChange { deviations, ..SiteChange::default() };
        Command::Site(id(SITE), SiteCommand::Change(Box::new(change)))
    };
    assert_eq!(shop.codes("admin", set(Some(vec![twice, twice]))), ["P34"]);
    assert_eq!(shop.codes("admin", set(Some(vec![CheckAfter { days: 0, ..twice }]))), ["P32"]);
    shop.does("admin", set(Some(vec![twice])));
}

fn withdraws(asked: &Position) -> Command {
    let (asked, reason) = (asked.clone(), "asked for twice".to_owned());
    on(FIRST, DeviationCommand::Withdraw { asked, reason })
}

#[test]
fn r08_what_was_asked_for_in_error_is_taken_back_by_who_asked_or_quality_and_stays_in_the_record() {
    let mut shop = disposed();
    shop.does("brandt", contains(None, None)).does("brandt", asks("lind", "2026-12-14"));
    let known = shop.deviation(FIRST);
    let (contained, action) = (known.containments[0].at.clone(), known.actions[0].at.clone());
    assert_eq!(shop.codes("lind", withdraws(&contained)), ["N39"]);
    assert_eq!(shop.codes("quell", closes()), ["N25", "N29"]);
    shop.does("brandt", withdraws(&contained)).does("quell", withdraws(&action));
    for what in [&contained, &action] {
        assert_eq!(shop.codes("quell", withdraws(what)), ["N30"], "once");
    }
    let known = shop.deviation(FIRST);
    assert_eq!(known.containments[0].withdrawn.as_ref().unwrap().note, "asked for twice");
    assert_eq!(known.actions[0].withdrawn.as_ref().unwrap().by, Some(id("quell")));
    assert_eq!((known.open_containments().count(), known.next_due()), (0, None));
    let (confirm, note_done) = (confirms(&shop, ""), done(&shop));
    assert_eq!(shop.codes("ito", confirm), ["N22"]);
    assert_eq!(shop.codes("lind", note_done), ["N30"]);
    shop.does("quell", closes());
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r08_what_was_withdrawn_is_nothing_new_that_was_done() {
    let mut shop = closed();
    shop.does("quell", checks(false)).does("quell", asks("lind", "2026-12-20"));
    let asked = last_action(&shop);
    shop.does("quell", withdraws(&asked));
    assert_eq!(shop.codes("quell", closes()), ["N35"]);
}

#[test]
fn who_is_meant_by_a_refusal_goes_by_what_people_call_them() {
    let mut shop = disposed();
    shop.does("brandt", asks("lind", "2026-12-14"));
    let note_done = done(&shop);
    shop.does("lind", note_done);
    let verify = verifies(&shop);
    let asked = last_action(&shop);
    for (command, who, told) in [
        (verify, "lind", "J. Lindqvist (B-5003) did it or owns it."),
        (withdraws(&asked), "ito", "S. Brandt (B-4011) asked for it."),
    ] {
        let mut refusal = shop.tries(who, command).unwrap_err();
        refusal.names.insert(id("lind"), "J. Lindqvist (B-5003)".to_owned());
        refusal.names.insert(id("brandt"), "S. Brandt (B-4011)".to_owned());
        let found: Vec<String> =
            refusal.told().into_iter().map(|told| told.what.to_string()).collect();
        assert!(found.contains(&told.to_owned()), "{found:?}");
    }
}

#[test]
fn r08_containment_is_asked_for_at_a_place_that_is_known() {
    let mut shop = disposed();
    assert_eq!(shop.codes("brandt", contains(None, Some("NOWHERE"))), ["L02"]);
    shop.does("brandt", contains(None, Some("ASM-1")));
}
