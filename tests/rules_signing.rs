//! R5, R6: what a signature takes, what a PIN must be like, when a station locks, and how long work
//! goes on without the server.

use std::collections::BTreeSet;

use gemba::domain::decide::Command;
use gemba::domain::ids::SessionId;
use gemba::domain::people::{PersonCommand, Purpose};
use gemba::domain::pin::PinRules;
use gemba::domain::place::{CredentialRules, Policy, SiteRules};
use gemba::domain::refusal::Reason;
use gemba::domain::refusal::signing::SigningReason;
use gemba::domain::signature::Components;
use gemba::domain::station::StationCommand;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::state::RecordedWhat;

use crate::support::shop::{SITE, Shop};
use crate::support::shop_plan::{
    answer, assembly, calibrated, complete, disposes, id, signs, signs_by_pin, torque,
};

const DAY_S: i64 = 86_400;

fn sign_in(who: &str, pin_right: bool, purpose: Purpose) -> Command {
    Command::Person(id(who), PersonCommand::SignIn { pin_right, purpose })
}

fn sign_out(who: &str) -> Command {
    Command::Person(id(who), PersonCommand::SignOut { how: "by hand".to_owned() })
}

fn set_rules(shop: &mut Shop, rules: SiteRules) {
    let mut policy = Policy::new("Harbor".to_owned(), "Europe/Berlin".to_owned(), Vec::new());
    policy.rules = rules;
    shop.does("admin", Command::Site(id(SITE), policy.into()));
}

fn last_components(shop: &Shop) -> Components {
    let state = shop.state();
    let mut entries = state.attempts.iter().flat_map(|attempt| &attempt.entries).rev();
    let signed = entries.find_map(|entry| {
        let RecordedWhat::Signature(signature) = &entry.what else { return None };
        Some(signature.components)
    });
    signed.unwrap()
}

/// Okafor, an inspector, works in a session of her own.
fn in_session() -> Shop {
    let mut shop = Shop::reaching("release");
    shop.session("s1").does("okafor", sign_in("okafor", true, Purpose::Session));
    shop
}

#[test]
fn r06_the_first_signature_of_a_session_takes_badge_and_pin_and_later_ones_the_pin() {
    let mut shop = in_session();
    let refused = shop.refuses("okafor", signs_by_pin("release", 1));
    assert_eq!(refused, [SigningReason::BadgeNeeded { person: id("okafor") }.into()]);
    assert_eq!(refused[0].next(), "scan your badge, then type your PIN");
    shop.does("okafor", signs("release", 1));
    assert_eq!(last_components(&shop), Components::BadgeAndPin);
    shop.does("novak", complete("release"));
    shop.session("").unit("0002").does("novak", TravelerCommand::Start).reaches("release");
    shop.session("s1").does("okafor", signs_by_pin("release", 1));
    assert_eq!(last_components(&shop), Components::Pin, "the same continuous session");
}

#[test]
fn r06_a_new_session_asks_for_badge_and_pin_again() {
    let mut shop = in_session();
    shop.does("okafor", signs("release", 1)).does("okafor", sign_out("okafor"));
    shop.session("").does("novak", complete("release"));
    shop.unit("0002").does("novak", TravelerCommand::Start).reaches("release");
    // The old session has ended: it is nobody's.
    shop.session("s1");
    assert_eq!(shop.codes("okafor", signs_by_pin("release", 1)), ["P21"]);
    shop.session("s2").does("okafor", sign_in("okafor", true, Purpose::Session));
    assert_eq!(shop.codes("okafor", signs_by_pin("release", 1)), ["P20"]);
    shop.does("okafor", signs("release", 1));
}

#[test]
fn r06_a_disposition_counts_as_a_signature_of_the_session() {
    let mut shop = Shop::reaching("torque");
    shop.does("novak", torque(1, "27.3"));
    let again = shop.retype(1, "27.3");
    shop.does("novak", again);
    shop.session("s4").does("brandt", sign_in("brandt", true, Purpose::Session));
    shop.does("brandt", disposes("NCR-ASM1-0001", crate::support::shop_plan::rework("torque")));
    let asked = Command::Traveler(shop.traveler.clone(), signs_by_pin("release", 1));
    assert!(shop.context("brandt", &asked).signed_before);
    shop.session("s5");
    assert!(!shop.context("brandt", &asked).signed_before, "in this session only");
}

#[test]
fn r06_nobody_signs_in_the_session_of_another_and_the_second_person_gives_badge_and_pin() {
    let mut shop = Shop::reaching("release");
    shop.session("s1").does("novak", sign_in("novak", true, Purpose::Session));
    // With novak's session, neither by PIN nor by badge and PIN.
    let refused = shop.refuses("okafor", signs("release", 1));
    assert_eq!(refused, [SigningReason::SessionOfAnother { person: id("okafor") }.into()]);
    assert_eq!(refused[0].next(), "scan your own badge, then type your PIN");
    assert_eq!(shop.codes("okafor", signs_by_pin("release", 1)), ["P21"]);
    // Apart from any session the PIN alone is never enough; badge and PIN are.
    shop.session("");
    assert_eq!(shop.codes("okafor", signs_by_pin("release", 1)), ["P20"]);
    shop.does("okafor", signs("release", 1));
    let novak = shop.stream(&Subject::Person(id("novak"))).state;
    let StreamState::Person(novak) = novak else { panic!("{novak:?}") };
    let open: BTreeSet<SessionId> = BTreeSet::from([id("s1")]);
    assert_eq!(novak.sessions, open, "the operator's session goes on");
    shop.session("s1").does("novak", complete("release"));
}

#[test]
fn r06_the_verifier_signs_at_another_terminal_of_the_station_without_a_network() {
    let mut shop = Shop::reaching("release");
    shop.session("s1").does("novak", sign_in("novak", true, Purpose::Session));
    shop.session("s2").does("okafor", sign_in("okafor", true, Purpose::Session));
    shop.does("okafor", signs("release", 1));
    shop.session("s1").does("novak", complete("release"));
}

#[test]
fn an_easy_pin_is_refused_with_why() {
    let rules = PinRules::default();
    let code_of = |pin: &str, badge: &str| {
        let found = rules.weaknesses(pin, badge);
        found.first().map(|reason| (reason.code(), reason.what().to_string()))
    };
    for pin in ["482913", "730628", "915274", "351790", "60471392"] {
        assert_eq!(code_of(pin, "B-2107"), None, "{pin}");
    }
    for pin in ["48291", "4829137405162", "48291x", "", "４８２９１３"] {
        assert_eq!(code_of(pin, "B-2107").unwrap().0, "P22", "{pin}");
    }
    let easy = [
        ("777777", "one or two digits"),
        ("345678", "in a row"),
        ("987654", "in a row"),
        ("890123", "in a row"),
        ("123123", "again and again"),
        ("474747", "one or two digits"),
        ("448866", "pairs"),
        ("583385", "both ends"),
        ("147258", "keypad"),
        ("198764", "year"),
        ("572004", "year"),
        ("821073", "badge"),
    ];
    for (pin, why) in easy {
        let (code, what) = code_of(pin, "B-2107").unwrap_or_else(|| panic!("{pin} passes"));
        assert_eq!(code, "P23", "{pin}");
        assert!(what.contains(why), "{pin}: {what}");
        assert!(!what.contains(pin), "the PIN itself is never said");
    }
    let longer = PinRules { digits_min: 8, ..PinRules::default() };
    let what = longer.weaknesses("482913", "")[0].what();
    assert_eq!(what, "A PIN has 8 to 12 digits and nothing else.");
    let shorter = PinRules { digits_min: 4, ..PinRules::default() };
    assert_eq!(shorter.weaknesses("4829", "").len(), 1, "no site goes below six");
}

#[test]
fn an_aged_pin_is_changed_before_anything_else() {
    let mut shop = Shop::open();
    let pin = PinRules { age_days_max: Some(90), ..PinRules::default() };
    set_rules(&mut shop, SiteRules { pin, ..SiteRules::default() });
    shop.later(90 * DAY_S).does("novak", sign_in("novak", true, Purpose::Session));
    shop.later(DAY_S);
    for purpose in [Purpose::Session, Purpose::Act] {
        let refused = shop.refuses("novak", sign_in("novak", true, purpose));
        let aged = SigningReason::PinAged { person: id("novak"), days: 91, most: 90 };
        assert_eq!(refused, [aged.into()]);
        assert_eq!(refused[0].code(), "P24");
        assert!(refused[0].next().to_string().contains("gemba person pin novak"));
    }
    // Who does not know the PIN learns nothing of its age.
    shop.does("novak", sign_in("novak", false, Purpose::Session));
    shop.does("novak", sign_in("novak", true, Purpose::ChangePin));
    assert_eq!(shop.codes("brandt", note("novak")), ["P04"], "nobody changes another's PIN");
    shop.does("novak", note("novak")).does("novak", sign_in("novak", true, Purpose::Session));
}

fn note(who: &str) -> Command {
    Command::Person(id(who), PersonCommand::NotePinChanged)
}

fn unknown_badge() -> Command {
    Command::Station(id("ASM1"), StationCommand::NoteWrongTry)
}

fn locked() -> Shop {
    let mut shop = Shop::open();
    let people = ["novak", "okafor", "ito", "lind", "quell"];
    for n in 0..20 {
        if n % 4 == 0 {
            shop.does("", unknown_badge());
        } else {
            let who = people[n % people.len()];
            shop.does(who, sign_in(who, false, Purpose::Session));
        }
    }
    shop
}

#[test]
fn many_wrong_tries_lock_the_station_for_everybody_also_after_a_restart() {
    let mut shop = locked();
    let refused = shop.refuses("plan", sign_in("plan", true, Purpose::Session));
    assert_eq!(refused, [SigningReason::StationLocked { seconds: 600 }.into()]);
    assert!(refused[0].next().to_string().contains("supervisor"));
    // The same words for a badge that nobody has.
    assert_eq!(shop.refuses("", unknown_badge()), refused);
    shop.later(60).reboot().set_clock(365 * DAY_S);
    assert_eq!(shop.codes("plan", sign_in("plan", true, Purpose::Act)), ["P25"]);
    assert_eq!(shop.later(599).codes("plan", sign_in("plan", true, Purpose::Act)), ["P25"]);
    shop.later(1).does("plan", sign_in("plan", true, Purpose::Session));
    // The people whose badges were not tried sign in elsewhere.
    locked().share().at("ASM2").does("plan", sign_in("plan", true, Purpose::Session));
}

#[test]
fn a_supervisor_unlocks_the_station_by_signing_in_and_a_wrong_pin_does_not() {
    let mut shop = locked();
    assert_eq!(shop.codes("brandt", sign_in("brandt", false, Purpose::Session)), ["P25"]);
    shop.does("brandt", sign_in("brandt", true, Purpose::Session));
    shop.does("plan", sign_in("plan", true, Purpose::Session));
}

#[test]
fn slips_of_a_whole_shift_lock_nothing() {
    let mut shop = Shop::open();
    for _ in 0..40 {
        shop.does("", unknown_badge()).later(40);
    }
    shop.does("plan", sign_in("plan", true, Purpose::Session));
}

#[test]
fn r05_badges_and_pins_count_two_weeks_without_the_server() {
    let mut shop = Shop::open();
    shop.contact().later(14 * DAY_S).does("novak", sign_in("novak", true, Purpose::Session));
    shop.later(1);
    let refused = shop.refuses("novak", sign_in("novak", true, Purpose::Session));
    let expired = SigningReason::CredentialsExpired { age_s: 14 * DAY_S + 1, most_days: 14 };
    assert_eq!(refused, [expired.into()]);
    assert!(refused[0].next().to_string().contains("gemba sync"));
    shop.set_clock(-30 * DAY_S);
    assert_eq!(shop.refuses("novak", sign_in("novak", true, Purpose::Session)), refused);
    shop.contact().does("novak", sign_in("novak", true, Purpose::Session));
    let credentials = CredentialRules { days_max: 2, warn_days: 1 };
    set_rules(&mut shop, SiteRules { credentials, ..SiteRules::default() });
    shop.later(2 * DAY_S + 1);
    assert_eq!(shop.codes("novak", sign_in("novak", true, Purpose::Session)), ["K02"]);
}

/// A unit of a revision that may be begun up to two days without the server.
fn limited() -> Shop {
    let mut shop = Shop::open();
    let mut limited = assembly();
    (limited.revision, limited.rules.offline_seconds_max) = (id("D"), Some(2 * 86_400));
    shop.release_read(&limited);
    shop.contact();
    shop
}

fn too_old(age_s: Option<i64>) -> Vec<Reason> {
    let (instruction, most_s) = (id("WI-1"), 2 * 86_400);
    vec![SigningReason::KnownTooLongAgo { instruction, age_s, most_s }.into()]
}

#[test]
fn r05_beyond_its_offline_limit_nothing_new_is_begun_and_what_is_begun_is_finished() {
    let mut shop = limited();
    shop.does("novak", TravelerCommand::Start).reaches("torque");
    shop.does("novak", torque(1, "25")).later(2 * DAY_S);
    let age_s = shop.context("novak", &sign_out("novak")).contact_age_s;
    shop.later(2 * DAY_S - age_s.unwrap() + 1);
    shop.does("novak", torque(2, "25")).does("novak", torque(3, "25"));
    shop.does("novak", torque(4, "25")).does("novak", complete("torque"));
    assert_eq!(shop.codes("novak", answer("look", 1, true))[0], "K01", "a new attempt");
    let refused = shop.unit("0002").refuses("novak", TravelerCommand::Start);
    assert_eq!(refused, too_old(Some(2 * DAY_S + 1)), "a new unit");
    assert!(refused[0].next().to_string().contains("gemba sync"));
    shop.contact().does("novak", TravelerCommand::Start);
}

#[test]
fn r05_what_limits_itself_is_not_begun_where_the_server_was_never_reached() {
    let mut shop = limited();
    shop.station().contact = None;
    assert_eq!(shop.refuses("novak", TravelerCommand::Start), too_old(None));
    let mut shop = Shop::open();
    shop.does("novak", TravelerCommand::Start);
}

#[test]
fn r05_a_clock_set_back_makes_nothing_younger_within_a_boot_or_across() {
    let mut shop = limited();
    shop.later(3 * DAY_S).set_clock(-3 * DAY_S);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["K01"]);
    // The station's own facts prove that three days have passed, whatever the clock says later.
    shop.set_clock(0).does("", Command::Station(id("ASM1"), StationCommand::Beat));
    shop.reboot().set_clock(-3 * DAY_S);
    assert_eq!(shop.codes("novak", TravelerCommand::Start), ["K01"]);
    shop.measure_offset().contact();
    shop.does("novak", TravelerCommand::Start);
}

#[test]
fn r05_a_clock_set_back_brings_no_overdue_gauge_in_date() {
    let mut shop = Shop::reaching("torque");
    shop.does("quell", calibrated("TW-07", "2026-11-20", "2026-11-24")).later(2 * DAY_S);
    assert_eq!(shop.codes("novak", torque(1, "25")), ["G04"]);
    shop.does("", Command::Station(id("ASM1"), StationCommand::Beat));
    shop.reboot().set_clock(-2 * DAY_S);
    assert_eq!(shop.codes("novak", torque(1, "25")), ["G04"]);
    // A clock that had run ahead is mended by the server's time.
    let mut shop = Shop::reaching("torque");
    shop.does("quell", calibrated("TW-07", "2026-11-20", "2026-11-24"));
    shop.set_clock(30 * DAY_S).does("", Command::Station(id("ASM1"), StationCommand::Beat));
    shop.set_clock(0);
    assert_eq!(shop.codes("novak", torque(1, "25")), ["G04"]);
    shop.measure_offset().does("novak", torque(1, "25"));
}
