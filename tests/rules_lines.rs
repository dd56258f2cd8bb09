//! R5: wrong tries at a terminal on a line over SSH lock that terminal and keep nobody from work at another;
//! wrong PINs count for their badge everywhere, except those typed where no key is shown.

use gemba::domain::decide::Command;
use gemba::domain::fact::Fact;
use gemba::domain::ids::TerminalId;
use gemba::domain::kinds::FactBody;
use gemba::domain::line::{of_address, of_key};
use gemba::domain::people::{PersonCommand, Purpose};
use gemba::domain::refusal::Reason;
use gemba::domain::refusal::signing::SigningReason;
use gemba::domain::station::{StationCommand, StationFact, StationState};
use gemba::domain::stream::{StreamState, Subject};

use crate::support::shop::Shop;
use crate::support::shop_plan::id;

fn sign_in(who: &str, pin_right: bool) -> Command {
    let purpose = Purpose::Session;
    Command::Person(id(who), PersonCommand::SignIn { pin_right, purpose })
}

fn unknown_badge() -> Command {
    Command::Station(id("ASM1"), StationCommand::NoteWrongTry)
}

fn bench() -> TerminalId {
    of_key(&[7; 32])
}

fn other() -> TerminalId {
    of_key(&[8; 32])
}

fn bench_locked(seconds: i64) -> Vec<Reason> {
    vec![SigningReason::TerminalLocked { seconds }.into()]
}

/// Somebody tries badges that nobody has at one line until it is locked.
fn locked() -> Shop {
    let mut shop = Shop::open();
    shop.terminal(&bench());
    for _ in 0..20 {
        shop.does("", unknown_badge());
    }
    shop
}

/// One that a supervisor unlocked.
pub(crate) fn locked_and_unlocked() -> Shop {
    let mut shop = locked();
    shop.does("brandt", sign_in("brandt", true));
    shop
}

fn state(shop: &Shop) -> StationState {
    let StreamState::Station(state) = shop.stream(&Subject::Station(id("ASM1"))).state else {
        panic!("a station's stream holds a station");
    };
    state
}

#[test]
fn r05_wrong_tries_at_a_terminal_on_a_line_lock_it_and_no_other() {
    let mut shop = locked();
    assert_eq!(shop.refuses("plan", sign_in("plan", true)), bench_locked(600));
    assert_eq!(shop.codes("plan", sign_in("plan", true)), ["P26"]);
    // The same words for a badge that nobody has.
    assert_eq!(shop.refuses("", unknown_badge()), bench_locked(600));
    shop.terminal(&other()).does("plan", sign_in("plan", true)).does("", unknown_badge());
    shop.terminal(&id("pts-3")).does("plan", sign_in("plan", true));
}

#[test]
fn r05_who_comes_again_on_a_new_line_or_after_a_restart_finds_the_terminal_locked() {
    let mut shop = locked();
    // Another session of the same key is the same terminal, as is one of a host that started again.
    shop.session("s2").later(60).reboot();
    shop.terminal(&bench());
    assert_eq!(shop.refuses("plan", sign_in("plan", true)), bench_locked(600));
    shop.later(600).does("plan", sign_in("plan", true));
}

#[test]
#[cfg(feature = "ssh")]
fn r05_a_line_without_a_key_is_named_by_its_address_and_ipv6_by_its_network() {
    let of = |text: &str| gemba::host::line::at_address(text.parse().unwrap());
    assert_eq!(of("192.0.2.7").as_str(), "ssh-from-192.0.2.7");
    assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    assert_eq!(of("2001:db8:0:101::7").as_str(), "ssh-from-2001-db8-0-100");
    assert_eq!(of("2001:db8:0:1ff:ffff::9"), of("2001:db8:0:101::7"));
    assert_ne!(of("2001:db8:0:201::7"), of("2001:db8:0:101::7"));
    assert_eq!(bench().as_str(), "ssh-key-0707070707070707");
}

#[test]
fn r05_a_supervisor_unlocks_the_terminal_where_the_badge_is_shown_and_no_other() {
    let mut shop = locked();
    shop.terminal(&other());
    for _ in 0..20 {
        shop.does("", unknown_badge());
    }
    shop.terminal(&bench());
    assert_eq!(shop.codes("brandt", sign_in("brandt", false)), ["P26"]);
    shop.does("brandt", sign_in("brandt", true)).does("plan", sign_in("plan", true));
    assert_eq!(shop.terminal(&other()).codes("plan", sign_in("plan", true)), ["P26"]);
    let now = shop.moment();
    assert_eq!(state(&shop).locks(&now), [(Some(other()), 600)]);
}

#[test]
fn r05_a_wrong_pin_counts_for_its_person_also_while_the_terminal_is_locked() {
    let wrong = || Command::Person(id("brandt"), PersonCommand::NoteWrongPin);
    let mut shop = locked();
    for _ in 0..5 {
        shop.does("brandt", wrong());
    }
    assert_eq!(shop.codes("brandt", sign_in("brandt", true)), ["P06"]);
    assert_eq!(shop.codes("brandt", wrong()), ["P06"]);
    assert_eq!(shop.terminal(&other()).codes("brandt", sign_in("brandt", true)), ["P06"]);
}

#[test]
fn r05_a_person_is_locked_at_every_terminal_whichever_the_wrong_pins_were_typed_at() {
    let mut shop = Shop::open();
    for n in 0..5_u8 {
        shop.terminal(&of_key(&[n; 8])).does("novak", sign_in("novak", false));
    }
    for terminal in [other(), id("t1")] {
        assert_eq!(shop.terminal(&terminal).codes("novak", sign_in("novak", true)), ["P06"]);
    }
}

#[test]
fn r05_wrong_pins_where_no_key_is_shown_lock_the_badge_on_such_lines_and_nowhere_else() {
    let mut shop = Shop::open();
    let door = of_address("192.0.2.1");
    for _ in 0..5 {
        shop.terminal(&door).does("novak", sign_in("novak", false));
    }
    for terminal in [bench(), id("pts-3")] {
        shop.terminal(&terminal).does("novak", sign_in("novak", true));
    }
    // A right PIN elsewhere gives whoever tries here no new tries, and another address is none.
    for terminal in [&door, &of_address("192.0.2.2")] {
        assert_eq!(shop.terminal(terminal).codes("novak", sign_in("novak", true)), ["P06"]);
    }
    shop.later(60).does("novak", sign_in("novak", true));
    // What locks the badge elsewhere holds here as well.
    for _ in 0..5 {
        shop.terminal(&bench()).does("novak", sign_in("novak", false));
    }
    assert_eq!(shop.terminal(&door).codes("novak", sign_in("novak", true)), ["P06"]);
}

#[test]
fn r05_a_day_of_guessing_where_no_key_is_shown_is_fifteen_pins_of_a_badge() {
    let mut shop = Shop::open();
    let (mut tries, mut left_s) = (0_u8, 24 * 3600);
    while left_s > 0 {
        // Each try comes from another address.
        let door = of_address(&format!("192.0.2.{tries}"));
        match shop.terminal(&door).tries("novak", sign_in("novak", false)) {
            Ok(_) => tries += 1,
            Err(refusal) => {
                let [Reason::LockedOut { seconds, .. }] = refusal.reasons[..] else {
                    panic!("{refusal:?}");
                };
                shop.later(seconds);
                left_s -= seconds;
            }
        }
    }
    assert_eq!(tries, 15);
}

#[test]
fn r05_tries_at_a_terminal_of_the_station_itself_count_for_the_station_as_ever() {
    let mut shop = Shop::open();
    for n in 0..20_u8 {
        let terminal = if n % 2 == 0 { "pts-3" } else { "command-line" };
        shop.terminal(&id(terminal)).does("", unknown_badge());
    }
    assert_eq!(shop.terminal(&bench()).codes("plan", sign_in("plan", true)), ["P25"]);
    assert_eq!(shop.codes("", unknown_badge()), ["P25"]);
    shop.does("brandt", sign_in("brandt", true)).does("plan", sign_in("plan", true));
}

#[test]
fn r05_both_locks_are_told_and_a_supervisor_ends_both() {
    let mut shop = locked();
    shop.terminal(&id("pts-3"));
    for _ in 0..20 {
        shop.does("", unknown_badge());
    }
    shop.terminal(&bench());
    assert_eq!(shop.codes("plan", sign_in("plan", true)), ["P25", "P26"]);
    shop.does("brandt", sign_in("brandt", true)).does("plan", sign_in("plan", true));
    shop.terminal(&id("pts-3")).does("plan", sign_in("plan", true));
}

#[test]
fn r05_facts_of_the_time_before_count_for_the_station_as_a_whole() {
    let kept = |name: &str| {
        let file = format!("{}/fixtures/facts/{name}.json", env!("CARGO_MANIFEST_DIR"));
        Fact::read(std::fs::read_to_string(file).unwrap().trim()).unwrap()
    };
    let mut state = StationState::default();
    let takes = |state: &mut StationState, fact: &Fact| {
        let FactBody::Station(body) = &fact.body else { panic!("of another stream") };
        state.evolve(&fact.head, body);
    };
    takes(&mut state, &kept("SignInRefused"));
    assert_eq!((state.tries.wrong.len(), state.lines.len()), (1, 0));
    let locked = kept("StationLocked");
    takes(&mut state, &locked);
    assert_eq!(state.locks(&locked.head.moment), [(None, 600)]);
    takes(&mut state, &kept("StationUnlocked"));
    assert_eq!(state, StationState::default());
}

#[test]
fn r05_very_many_addresses_with_wrong_tries_share_one_lock_and_no_other_terminal_is_concerned() {
    let mut shop = locked();
    let address = |n: u8| of_address(&format!("192.0.2.{n}"));
    for n in 0..148 {
        shop.terminal(&address(n)).does("", unknown_badge());
    }
    // The bench, each of the first 128 addresses, and one for all that came later.
    assert_eq!(state(&shop).lines.len(), 130);
    let now = shop.moment();
    let locks = [(Some(bench()), 600), (Some(of_address("others")), 600)];
    assert!(locks.iter().all(|lock| state(&shop).locks(&now).contains(lock)), "{locks:?}");
    for n in [147, 148] {
        assert_eq!(shop.terminal(&address(n)).codes("plan", sign_in("plan", true)), ["P26"]);
    }
    // Neither the station, nor an address told apart, nor a key that nobody tried at is locked.
    for terminal in [id("pts-3"), address(5), other()] {
        shop.terminal(&terminal).does("plan", sign_in("plan", true));
    }
    // A key has room of its own, however many addresses there are, and no lock is forgotten.
    shop.terminal(&other()).does("", unknown_badge());
    assert_eq!(state(&shop).lines[&other()].wrong.len(), 1);
    assert_eq!(shop.terminal(&bench()).codes("", unknown_badge()), ["P26"]);
    shop.terminal(&address(148)).does("brandt", sign_in("brandt", true));
    shop.does("plan", sign_in("plan", true));
    // Later, what matters no more is forgotten.
    shop.later(601).terminal(&address(200)).does("", unknown_badge());
    assert_eq!(state(&shop).lines.len(), 1);
    let refused = StationFact::SignInRefused { terminal: Some(address(200)) };
    let last = shop.station().written.last().unwrap().written.bytes.clone();
    assert_eq!(Fact::read(&last).unwrap().body, FactBody::Station(refused));
}
