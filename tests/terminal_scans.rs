//! What becomes of a code that a slow line parts, or in which keys come for separators.

use gemba::app::terminal::input::InputRules;
use gemba::app::terminal::scan::ScanRules;
use gemba::ui::input::{Input, Key, ScanEnd};

use crate::terminal_input::{Keyboard, key, keyboard, scan, typed, with};

fn without_end() -> Keyboard {
    let scan = ScanRules { silence_ends: true, ..ScanRules::default() };
    with(InputRules { scan, ..InputRules::default() })
}

fn ended(end: ScanEnd, code: &str) -> [Input; 2] {
    [Input::ScanEnd(end), scan(code)]
}

#[test]
fn what_ends_by_silence_may_stall_on_the_line() {
    for code in ["]d221SERIAL12345", "WO-1881/0007"] {
        for (at, ms) in [(5, 100), (7, 350), (9, 390)] {
            let (front, rest) = code.as_bytes().split_at(at);
            let seen = without_end().read(front).wait(ms).read(rest).wait(5_000).seen;
            assert_eq!(seen, ended(ScanEnd::Nothing, code), "{code} after {ms} ms");
        }
    }
    // Where characters act, a code ends by silence whatever is set.
    let seen = keyboard().on_a_menu().read(b"WO-1881").wait(300).read(b"/0007").wait(5_000).seen;
    assert_eq!(seen, ended(ScanEnd::Nothing, "WO-1881/0007"));
}

/// A scanner that sends a mark sends it with every code.
#[test]
fn what_comes_late_of_a_marked_code_that_silence_ended_is_told_as_a_part() {
    for rest in [&b"2345"[..], b"45", b"2345\r", b"45\r"] {
        let seen = without_end().read(b"]d221SERIAL1").wait(600).read(rest).wait(5_000).seen;
        assert_eq!(seen[..2], ended(ScanEnd::Nothing, "]d221SERIAL1"));
        let rest = String::from_utf8(rest.to_vec()).unwrap();
        assert_eq!(seen[2..], ended(ScanEnd::Cut, rest.trim()), "{rest:?}");
    }
    let next = without_end().read(b"]d2217").wait(600).read(b"]d2218").wait(5_000).seen;
    assert_eq!(next[2..], ended(ScanEnd::Nothing, "]d2218"));
    // A hand types after it as ever.
    let hand = without_end().read(b"]d2217").wait(600).bytes(b"24\r", 90).wait(5_000).seen;
    assert_eq!(hand[2..], typed("24\r"));
}

/// Whoever sends an end sends it with every code, so that what came without one was a part.
#[test]
fn what_ends_with_enter_behind_what_silence_ended_is_a_part_of_it() {
    let seen = keyboard().on_a_menu().read(b"WO-1881").wait(600).read(b"/0007\r").wait(5_000).seen;
    assert_eq!(seen[..2], ended(ScanEnd::Nothing, "WO-1881"));
    assert_eq!(seen[2..], ended(ScanEnd::Cut, "/0007"));
    let two = without_end().read(b"WO-1881").wait(600).read(b"WO-1884").wait(5_000).seen;
    assert_eq!(two[2..], ended(ScanEnd::Nothing, "WO-1884"));
}

#[test]
fn a_function_key_within_a_code_is_told_with_it_and_acts_nowhere() {
    for (sent, told) in [
        (&b"\x1b[19~"[..], "F8"),
        (b"\x1b[20~", "F9"),
        (b"\x1bOQ", "F2"),
        (b"\x1b[27;5;93~", "Ctrl-] (ESC[27;5;93~)"),
        (b"\x1b[93;5u", "Ctrl-] (ESC[93;5u)"),
    ] {
        for code in [b"]C110LOT-7".as_slice(), b"0109520123456788"] {
            let bytes = [code, sent, b"21S-0001", sent, b"17271231\r"].concat();
            let expected = ended(ScanEnd::Key(told.to_owned()), str::from_utf8(code).unwrap());
            assert_eq!(keyboard().read(&bytes).wait(5_000).seen, expected, "{told}");
            let seen = keyboard().bytes(&bytes, 2).wait(5_000).seen;
            let told_of: Vec<&Input> =
                seen.iter().filter(|i| matches!(i, Input::ScanEnd(_))).collect();
            assert_eq!(told_of, [&expected[0]]);
            let acts = |i: &&Input| matches!(i, Input::Key(Key::F(_) | Key::Menu));
            assert_eq!(seen.iter().find(acts), None, "{told}");
        }
    }
}

#[test]
fn a_key_that_a_hand_presses_is_that_key() {
    // Behind what was typed, however late a line delivers it, and behind a code that was cut.
    let seen = keyboard().read(b"12\x1b[19~").wait(1_000).seen;
    assert_eq!(seen, [typed("12"), vec![key(Key::F(8))]].concat());
    let seen = keyboard().read(b"torque\x1b[D").wait(1_000).seen;
    assert_eq!(seen, [typed("torque"), vec![key(Key::Left)]].concat());
    let seen = keyboard().read(b"]C110LOT").wait(700).read(b"\x1b[12~").wait(1_000).seen;
    assert_eq!(seen[2..], [key(Key::F(2))]);
    let seen = keyboard().read(b"]C110LOT").wait(700).read(b"\x1b").wait(1_000).seen;
    assert_eq!(seen[2..], [key(Key::Esc)]);
}
