//! R4: a value outside its limits goes on by a permit that was granted before the fact, and says so.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::ids::RevisionId;
use gemba::domain::permit::PermitWanted;
use gemba::domain::quantity::Verdict;
use gemba::domain::refusal::permit::PermitReason;
use gemba::domain::signature::Meaning;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::fact::HoldOutcome;

use crate::support::judged::nothing_is_objected_to;
use crate::support::shop::Shop;
use crate::support::shop_permits::{
    PERMIT, failing, grants, permitted_shop, proposes_permit, wanted, withdraws,
};
use crate::support::shop_plan::{complete, disposes, id, number, raises, rework, torque, unit};

fn of_unit(unit: &str) -> TravelerId {
    TravelerId { order: id("WO-1"), unit: id(unit) }
}

/// Another unit at the torque step with a failing value.
fn next_fails(shop: &mut Shop, unit: &str, text: &str) {
    shop.unit(unit);
    if shop.state().started.is_none() {
        shop.does("novak", gemba::domain::traveler::command::TravelerCommand::Start);
        shop.reaches("torque");
    }
    shop.does("novak", torque(1, text));
}

#[test]
fn r04_engineering_and_quality_permit_before_the_fact_as_two_people() {
    let mut shop = Shop::reaching("torque");
    assert_eq!(shop.codes("novak", proposes_permit(wanted())), ["P04"]);
    shop.does("lind", proposes_permit(wanted()));
    let state = shop.permit(PERMIT);
    let proposed = state.proposed.as_ref().unwrap();
    assert_eq!((proposed.signature.meaning, state.granted.is_none()), (Meaning::Approved, true));
    let permit = &proposed.permit;
    assert_eq!(permit.widened.lower, Some(number("23")), "a side that is not named stays");
    assert_eq!(shop.codes("lind", grants(PERMIT)), ["V27", "V28"]);
    assert_eq!(shop.codes("brandt", grants(PERMIT)), ["P04", "V28"]);
    shop.does("quell", grants(PERMIT));
    let state = shop.permit(PERMIT);
    let signature = &state.granted.as_ref().unwrap().signature;
    let covered: Vec<_> = signature.covers.facts.iter().collect();
    assert_eq!(covered, [state.proposed.unwrap().at]);
    assert_eq!(shop.codes("quell", grants(PERMIT)), ["V26"]);
    assert_eq!(shop.codes("quell", grants("DP-ASM1-0009")), ["V01"]);
}

#[test]
fn r04_quality_proposes_and_engineering_grants_as_well() {
    let mut shop = Shop::reaching("torque");
    shop.does("quell", proposes_permit(wanted()));
    assert_eq!(shop.codes("quell", grants(PERMIT)), ["V27", "V28"]);
    shop.does("lind", grants(PERMIT));
    assert!(shop.permit(PERMIT).granted.is_some());
}

#[test]
fn r04_a_permit_widens_what_is_measured_for_units_or_so_many_until_a_day_to_come() {
    let mut shop = Shop::reaching("torque");
    let mut tries = |change: &dyn Fn(&mut PermitWanted)| {
        let mut asked = wanted();
        change(&mut asked);
        shop.codes("lind", proposes_permit(asked))
    };
    assert_eq!(tries(&|asked| asked.upper = Some(number("26.9"))), ["V20"]);
    assert_eq!(tries(&|asked| asked.upper = Some(number("27"))), ["V20"], "the same is not wider");
    assert_eq!(tries(&|asked| asked.lower = Some(number("24"))), ["V20"], "narrower below");
    assert_eq!(tries(&|asked| asked.unit = Some(unit("mm"))), ["R06"]);
    assert_eq!(tries(&|asked| asked.unit = Some(unit("kN·m"))), ["V30"], "both sides or none");
    assert_eq!(tries(&|asked| asked.characteristic = id("c-gap")), ["V23"]);
    assert_eq!(tries(&|asked| asked.quantity = None), ["V25"]);
    assert_eq!(tries(&|asked| asked.quantity = Some(0)), ["V25"]);
    assert_eq!(tries(&|asked| asked.through = "2026-11-02".parse().unwrap()), ["V24"]);
    assert_eq!(tries(&|asked| asked.from = Some("2027-01-01".parse().unwrap())), ["V24"]);
    assert_eq!(tries(&|asked| asked.only = Some(id("X"))), ["D01"]);
    assert_eq!(tries(&|asked| asked.reason = " ".to_owned()), ["R08"]);
    shop.enrolled = false;
    assert_eq!(shop.codes("lind", proposes_permit(wanted())), ["F10"]);
}

#[test]
fn r04_a_value_within_a_permit_goes_on_by_it_stays_failing_and_is_no_first_pass() {
    let mut shop = failing(permitted_shop(wanted()));
    let used = shop.uses(PERMIT, 1, "27.30");
    shop.does("novak", used);
    let state = shop.state();
    let (_, reading) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!(reading.verdict(), Some(Verdict::Fail));
    let by = reading.permit().unwrap();
    assert_eq!(by.what.words(), format!("permit {PERMIT}, 23 .. 27.5 N·m"));
    assert_eq!(state.open_holds().count(), 0);
    assert!(state.deviations().is_empty(), "no deviation is raised");
    assert!(!state.first_pass());
    assert_eq!(state.tally().permits, 1);
    let permit = shop.permit(PERMIT);
    assert_eq!((permit.used(), permit.left()), (1, Some(2)));
    let signature = &permit.uses[0].used.signature;
    assert_eq!((&signature.signer, signature.meaning), (&id("novak"), Meaning::Performed));
    assert_eq!(signature.covers.facts.iter().collect::<Vec<_>>(), [shop.torque_at(1)]);
    for sample in 2..=4 {
        shop.does("novak", torque(sample, "25"));
    }
    shop.does("novak", complete("torque"));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r04_a_permit_is_never_used_by_itself_and_not_before_the_value_is_typed_again() {
    let mut shop = permitted_shop(wanted());
    shop.does("novak", torque(1, "25"));
    let early = shop.uses(PERMIT, 1, "25");
    assert_eq!(shop.codes("novak", early), ["H04"], "what passes needs none");
    shop.does("novak", torque(2, "27.3"));
    assert_eq!(shop.state().open_holds().count(), 1, "held though a permit would fit");
    let other = shop.uses(PERMIT, 2, "27.4");
    assert_eq!(shop.codes("novak", other), ["V12"]);
    let again = shop.retype(2, "27.3");
    shop.does("novak", again);
    let late = shop.uses(PERMIT, 2, "27.3");
    assert_eq!(shop.codes("novak", late), ["H04"], "a deviation was raised for it");
}

#[test]
fn r04_what_a_permit_does_not_allow_is_refused_with_every_reason() {
    let mut asked = wanted();
    asked.orders = [id("WO-9")].into();
    asked.only = Some(id("F"));
    let mut shop = Shop::reaching("torque");
    shop.does("lind", proposes_permit(asked));
    shop.does("novak", torque(1, "28"));
    let used = shop.uses(PERMIT, 1, "28");
    assert_eq!(shop.codes("novak", used.clone()), ["V02", "V10", "V11"]);
    shop.does("quell", grants(PERMIT)).does("quell", withdraws(PERMIT));
    assert_eq!(shop.codes("quell", withdraws(PERMIT)), ["V03"]);
    shop.later(60 * 86_400);
    let all = ["R02", "G04", "V13", "V03", "V05", "V10", "V11"];
    assert_eq!(shop.codes("ito", used), all);
    let unknown = shop.uses("DP-ASM9-0001", 1, "28");
    assert!(shop.codes("novak", unknown).contains(&"V01"));
}

#[test]
fn r04_a_permit_holds_for_the_units_and_the_revision_that_it_names() {
    for (named, code) in [("0001", None), ("0002", Some("V10"))] {
        let mut asked = wanted();
        (asked.units, asked.quantity) = ([of_unit(named)].into(), None);
        let mut shop = failing(permitted_shop(asked));
        let used = shop.uses(PERMIT, 1, "27.3");
        match code {
            None => drop(shop.does("novak", used)),
            Some(code) => assert_eq!(shop.codes("novak", used), [code]),
        }
    }
    let shop = failing(permitted_shop(wanted()));
    let mut state = shop.permit(PERMIT);
    state.proposed.as_mut().unwrap().permit.only = Some(id::<RevisionId>("G"));
    let unit = shop.state();
    let failing = unit.failing(&shop.traveler, &shop.torque_at(1), &shop.instructions).unwrap();
    let today = "2026-11-29".parse().unwrap();
    let codes: Vec<_> =
        state.unfit(&id(PERMIT), failing, today).iter().map(PermitReason::code).collect();
    assert_eq!(codes, ["V09"], "a unit moved to another revision no longer fits");
    let other = PartOf { part: "CP-41", characteristic: "c-gap" };
    assert_eq!(other.codes(&mut state, failing, today), ["V07", "V08", "V09"]);
}

fn beat() -> Command {
    Command::Station(id("ASM1"), gemba::domain::station::StationCommand::Beat)
}

struct PartOf {
    part: &'static str,
    characteristic: &'static str,
}

impl PartOf {
    fn codes(
        &self,
        state: &mut gemba::domain::permit::PermitState,
        failing: gemba::domain::permit::fit::Failing<'_>,
        today: jiff::civil::Date,
    ) -> Vec<&'static str> {
        let permit = &mut state.proposed.as_mut().unwrap().permit;
        (permit.part, permit.characteristic) = (id(self.part), id(self.characteristic));
        state.unfit(&id(PERMIT), failing, today).iter().map(PermitReason::code).collect()
    }
}

#[test]
fn r04_a_permit_is_used_up_by_units_and_one_unit_uses_it_once() {
    let mut asked = wanted();
    asked.quantity = Some(2);
    let mut shop = permitted_shop(asked);
    for (sample, text) in [(1, "27.3"), (2, "27.5")] {
        shop.does("novak", torque(sample, text));
        let used = shop.uses(PERMIT, sample, text);
        shop.does("novak", used);
    }
    assert_eq!(shop.permit(PERMIT).used(), 1, "several readings of one unit");
    next_fails(&mut shop, "0002", "27.1");
    let used = shop.uses(PERMIT, 1, "27.1");
    shop.does("novak", used);
    next_fails(&mut shop, "0003", "27.1");
    let third = shop.uses(PERMIT, 1, "27.1");
    assert_eq!(shop.codes("novak", third), ["V06"]);
    shop.unit("0002").does("novak", torque(2, "27.2"));
    let same_unit = shop.uses(PERMIT, 2, "27.2");
    shop.does("novak", same_unit);
    assert_eq!(shop.permit(PERMIT).left(), Some(0));
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r04_two_terminals_cannot_both_take_the_last_one() {
    let mut asked = wanted();
    asked.quantity = Some(1);
    let mut shop = failing(permitted_shop(asked));
    next_fails(&mut shop, "0002", "27.4");
    let second = shop.uses(PERMIT, 1, "27.4");
    let first = shop.unit("0001").uses(PERMIT, 1, "27.3");
    // Both were on the screens; whichever is decided first takes it.
    shop.unit("0002").does("novak", second);
    assert_eq!(shop.unit("0001").codes("novak", first), ["V06"]);
    assert_eq!(shop.state().open_holds().count(), 1);
}

#[test]
fn r04_expired_means_expired_also_where_the_clock_is_set_back() {
    let mut shop = failing(permitted_shop(wanted()));
    shop.later(40 * 86_400);
    let used = shop.uses(PERMIT, 1, "27.3");
    assert!(shop.codes("ito", used.clone()).contains(&"V05"));
    shop.does("", beat());
    shop.set_clock(-40 * 86_400);
    assert!(shop.codes("ito", used).contains(&"V05"), "what the own facts prove has passed");
}

#[test]
fn r04_a_correction_asks_anew_and_what_was_used_stays_used() {
    let mut shop = failing(permitted_shop(wanted()));
    let used = shop.uses(PERMIT, 1, "27.3");
    shop.does("novak", used);
    let worse = shop.correct(1, "27.4");
    shop.does("novak", worse);
    let state = shop.state();
    let (_, reading) = state.reading(&shop.torque_at(1)).unwrap();
    assert!(reading.permit().is_none(), "it was for the other value");
    assert_eq!(state.open_holds().count(), 1);
    let again = shop.uses(PERMIT, 1, "27.4");
    shop.does("novak", again);
    let permit = shop.permit(PERMIT);
    assert_eq!((permit.used(), permit.uses.len()), (1, 2), "the same unit counts once");
    let good = shop.correct(1, "25.0");
    shop.does("novak", good);
    let state = shop.state();
    let (_, reading) = state.reading(&shop.torque_at(1)).unwrap();
    assert_eq!((reading.permit(), reading.permits.len()), (None, 2), "shown, and without effect");
    assert_eq!(shop.permit(PERMIT).used(), 1, "a use is never taken back");
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r04_another_failing_value_within_a_permit_is_typed_again_in_its_turn() {
    let mut shop = failing(permitted_shop(wanted()));
    let slip = shop.retype(1, "27.4");
    shop.does("novak", slip);
    assert!(shop.state().deviations().is_empty(), "the choice is offered first");
    let used = shop.uses(PERMIT, 1, "27.4");
    shop.does("novak", used);
    let beyond = failing(permitted_shop(wanted()));
    let mut shop = beyond;
    let slip = shop.retype(1, "28");
    shop.does("novak", slip);
    assert_eq!(shop.state().deviations().len(), 1, "no permit fits, so a deviation is raised");
}

#[test]
fn r04_rework_measures_anew_and_asks_anew() {
    let mut shop = failing(permitted_shop(wanted()));
    let used = shop.uses(PERMIT, 1, "27.3");
    shop.does("novak", used).does("novak", raises("torque"));
    shop.does("brandt", disposes("NCR-ASM1-0001", rework("torque")));
    shop.does("novak", torque(1, "27.3"));
    assert_eq!(shop.state().open_holds().count(), 1, "the permit was for the other reading");
    let again = shop.uses(PERMIT, 1, "27.3");
    shop.does("novak", again);
    assert_eq!(shop.permit(PERMIT).used(), 1);
}

#[test]
fn r04_a_deviation_raised_unseen_at_another_station_wins_over_the_permit() {
    let mut shop = failing(permitted_shop(wanted()));
    shop.share();
    let used = shop.uses(PERMIT, 1, "27.3");
    shop.does("novak", used);
    let again = shop.at("ASM2").retype(1, "27.3");
    shop.does("novak", again).share();
    for station in ["ASM1", "ASM2"] {
        let state = shop.at(station).state();
        let open: Vec<_> = state.open_holds().collect();
        assert_eq!(open.len(), 1, "{station}");
        assert!(open[0].1.placed.deviation.is_some());
    }
}

#[test]
fn r04_only_who_may_perform_the_step_uses_a_permit_and_signs_it() {
    let mut shop = failing(permitted_shop(wanted()));
    let used = shop.uses(PERMIT, 1, "27.3");
    assert!(shop.codes("brandt", used.clone()).contains(&"P04"));
    assert!(shop.codes("green", used.clone()).contains(&"P07"), "not trained for the step");
    shop.does("novak", used);
    let state = shop.state();
    let released = state.holds.values().next().unwrap().released.as_ref().unwrap();
    assert!(matches!(released.0, HoldOutcome::Permitted(_)));
    assert!(released.0.is_authors(), "nobody else decided it");
    assert_eq!(BTreeSet::from_iter(state.deviations()), BTreeSet::new());
}

#[test]
fn r04_no_permit_is_given_for_what_is_critical() {
    use gemba::domain::permit::decide::propose;
    use gemba::domain::specification::{CharacteristicKind, Class};
    let shop = Shop::reaching("torque");
    let command = proposes_permit(wanted());
    let mut context = shop.context("lind", &command);
    let Command::ProposePermit(part, wanted, by) = command else { panic!("{command:?}") };
    let specification = context.permits.specification.as_mut().unwrap();
    specification.characteristics[0].class = Class::Critical;
    let codes = |context: &_| {
        let refused = propose(&part, (*wanted).clone(), by.clone(), context).unwrap_err();
        refused.reasons.iter().map(gemba::domain::refusal::Reason::code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&context), ["V21"]);
    let specification = context.permits.specification.as_mut().unwrap();
    specification.characteristics[0].class = Class::Minor;
    specification.characteristics[0].kind = CharacteristicKind::Attribute;
    assert_eq!(codes(&context), ["V22"]);
    context.permits.specification = None;
    assert_eq!(codes(&context), ["D03"]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 200, ..Default::default() })]

    #[test]
    fn r04_more_than_a_permit_allows_is_never_used_without_a_use_that_says_so(
        quantity in 1_u32..12,
        uses in proptest::collection::vec((0_u8..8, 1_u32..4), 0..14),
    ) {
        let mut asked = wanted();
        asked.quantity = Some(quantity);
        let mut shop = failing(permitted_shop(asked));
        let first = shop.uses(PERMIT, 1, "27.3");
        shop.does("novak", first);
        let mut state = shop.permit(PERMIT);
        let pattern = state.uses.remove(0);
        // As the server gets them, from whatever stations, each unseen by the others.
        for ((name, pieces), seq) in uses.into_iter().zip(1_000..) {
            let mut found = pattern.clone();
            found.at.seq = seq;
            found.used.traveler = of_unit(&format!("000{name}"));
            found.used.pieces = pieces;
            state.uses.push(found);
        }
        let told = state.uses.iter().filter(|found| state.over(&found.at).is_some()).count();
        proptest::prop_assert_eq!(told > 0, state.used() > quantity);
    }
}

#[test]
fn r04_a_permit_granted_after_the_reading_does_not_let_it_go_on() {
    let mut shop = failing(Shop::reaching("torque"));
    shop.does("lind", proposes_permit(wanted())).does("quell", grants(PERMIT));
    let used = shop.uses(PERMIT, 1, "27.3");
    assert_eq!(shop.codes("novak", used), ["V13"]);
    // At another station nothing proves that the grant came first.
    let mut shop = Shop::reaching("torque");
    shop.share();
    shop.at("ASM2").does("lind", proposes_permit(wanted()));
    let permit = "DP-ASM2-0001";
    shop.does("quell", grants(permit)).share();
    shop.at("ASM1").does("novak", torque(1, "27.3"));
    let used = shop.uses(permit, 1, "27.3");
    assert_eq!(shop.codes("novak", used), ["V13"]);
}

#[test]
fn r04_a_grant_of_another_station_is_proven_by_the_offsets_that_both_measured() {
    let mut shop = Shop::reaching("torque");
    shop.measure_offset().share();
    shop.at("ASM2").measure_offset().does("lind", proposes_permit(wanted()));
    let permit = "DP-ASM2-0001";
    shop.does("quell", grants(permit)).share().later(600);
    shop.at("ASM1").does("novak", torque(1, "27.3"));
    let used = shop.uses(permit, 1, "27.3");
    shop.does("novak", used);
    nothing_is_objected_to(&mut shop);
}

#[test]
fn r04_a_permit_holds_from_now_on() {
    let mut shop = Shop::reaching("torque");
    let mut asked = wanted();
    asked.from = Some("2026-11-01".parse().unwrap());
    assert_eq!(shop.codes("lind", proposes_permit(asked)), ["V29"]);
}

#[test]
fn r04_what_became_critical_or_got_other_limits_since_goes_on_by_no_permit() {
    use gemba::domain::specification::{CharacteristicKind, Class};
    let shop = failing(permitted_shop(wanted()));
    let (unit, today) = (shop.state(), "2026-11-24".parse().unwrap());
    let failing = unit.failing(&shop.traveler, &shop.torque_at(1), &shop.instructions).unwrap();
    let state = shop.permit(PERMIT);
    let codes = |state: &gemba::domain::permit::PermitState, failing| -> Vec<_> {
        state.unfit(&id(PERMIT), failing, today).iter().map(PermitReason::code).collect()
    };
    assert_eq!(codes(&state, failing), Vec::<&str>::new());
    let critical = gemba::domain::permit::fit::Failing { class: Some(Class::Critical), ..failing };
    assert_eq!(codes(&state, critical), ["V21"]);
    let mut taken = failing.taken.clone();
    let CharacteristicKind::Measured(limits) = &mut taken.kind else { panic!("{taken:?}") };
    limits.upper = Some(number("26.9"));
    let tighter = gemba::domain::permit::fit::Failing { taken: &taken, ..failing };
    assert_eq!(codes(&state, tighter), ["V14"]);
}

#[test]
fn r06_only_who_took_the_reading_uses_a_permit_for_it_and_then_performed() {
    let mut shop = failing(permitted_shop(wanted()));
    let used = shop.uses(PERMIT, 1, "27.3");
    assert!(shop.codes("ito", used.clone()).contains(&"R02"), "somebody else's reading");
    shop.does("novak", used);
    let state = shop.state();
    let (entry, reading) = state.reading(&shop.torque_at(1)).unwrap();
    let by = reading.permit().unwrap().by.clone();
    assert_eq!(by, entry.by);
    let mut other = state.clone();
    let somebody: gemba::domain::ids::PersonId = id("okafor");
    for attempt in &mut other.attempts {
        for entry in &mut attempt.entries {
            if let gemba::domain::traveler::state::RecordedWhat::Reading(reading) = &mut entry.what
            {
                for permit in &mut reading.permits {
                    permit.by = Some(somebody.clone());
                }
            }
        }
    }
    assert!(other.performers((20, &id("torque"))).contains(&somebody));
}
