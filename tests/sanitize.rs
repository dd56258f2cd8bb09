//! Untrusted text never reaches a screen as something that a terminal obeys or an eye cannot see.

use gemba::domain::text::{is_deceptive, sanitize, sanitize_line};
use proptest::prelude::*;

#[test]
fn an_escape_sequence_in_a_note_is_shown_as_text() {
    assert_eq!(sanitize_line("a\x1b[2Jb"), "a\\u{1b}[2Jb");
    assert_eq!(sanitize_line("\u{9b}31m"), "\\u{9b}31m");
    assert_eq!(sanitize_line("\x07\x7f"), "\\u{7}\\u{7f}");
}

#[test]
fn a_direction_override_is_shown_and_not_obeyed() {
    assert_eq!(sanitize("WO\u{202e}1881"), "WO\\u{202e}1881");
    assert_eq!(sanitize("a\u{2066}b\u{2069}"), "a\\u{2066}b\\u{2069}");
}

#[test]
fn a_zero_width_or_tag_character_cannot_hide_in_a_serial_number() {
    assert_eq!(sanitize_line("00\u{200b}07"), "00\\u{200b}07");
    assert_eq!(sanitize_line("0007\u{e0041}"), "0007\\u{e0041}");
    assert_eq!(sanitize_line("\u{feff}0007"), "\\u{feff}0007");
}

#[test]
fn newline_and_tab_become_a_space_where_a_line_is_meant() {
    assert_eq!(sanitize_line("one\ntwo\tthree\r\nfour\rfive"), "one two three four five");
    assert_eq!(sanitize("one\ntwo\tthree"), "one\ntwo three");
}

#[test]
fn ordinary_text_of_any_language_is_left_alone_and_not_copied() {
    for text in ["25 ±2 N·m", "Drehmoment prüfen", "x̄ 19.993", "締付け", "✓ ▶ ✗"] {
        assert!(matches!(sanitize_line(text), std::borrow::Cow::Borrowed(same) if same == text));
    }
}

proptest! {
    #[test]
    fn no_line_holds_anything_deceptive(text in any::<String>()) {
        prop_assert!(!sanitize_line(&text).chars().any(is_deceptive));
        prop_assert!(!sanitize(&text).chars().any(|c| c != '\n' && is_deceptive(c)));
    }

    #[test]
    fn sanitizing_twice_changes_nothing(text in any::<String>()) {
        let once = sanitize_line(&text).into_owned();
        prop_assert_eq!(sanitize_line(&once), once.as_str());
    }

    #[test]
    fn every_byte_a_terminal_could_obey_is_gone(bytes in proptest::collection::vec(0u8..=0x9f, 0..64)) {
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        prop_assert!(sanitize_line(&text).bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }
}
