//! What people and scanners send, in whatever pieces the line delivers it.

use gemba::app::config::Config;
use gemba::app::terminal::input::{InputParser, InputRules};
use gemba::app::terminal::scan::ScanRules;
use gemba::ui::input::{Focus, Input, Key, ScanEnd};
use gemba::ui::terminal_kind::{TerminalKind, TerminalVariables};
use proptest::prelude::*;

/// A terminal at which nothing happens but what the test says; calls time-outs as the pump does.
pub(crate) struct Keyboard {
    parser: InputParser,
    pub(crate) seen: Vec<Input>,
    now_ms: u64,
}

pub(crate) fn keyboard() -> Keyboard {
    with(InputRules::default())
}

pub(crate) fn with(rules: InputRules) -> Keyboard {
    Keyboard { parser: InputParser::new(rules), seen: Vec::new(), now_ms: 1_000 }
}

impl Keyboard {
    pub(crate) fn on_a_menu(mut self) -> Self {
        self.parser.attend(Focus::Choice);
        self
    }

    pub(crate) fn wait(mut self, ms: u64) -> Self {
        let end = self.now_ms + ms;
        while let Some(deadline) = self.parser.deadline().filter(|&deadline| deadline <= end) {
            let settled = self.parser.expire(deadline);
            self.seen.extend(settled);
        }
        self.now_ms = end;
        self
    }

    pub(crate) fn read(mut self, bytes: &[u8]) -> Self {
        let seen = self.parser.feed(bytes, self.now_ms);
        self.seen.extend(seen);
        self
    }

    /// One read a byte, so many milliseconds apart.
    pub(crate) fn bytes(self, bytes: &[u8], apart_ms: u64) -> Self {
        bytes.iter().fold(self, |keyboard, byte| keyboard.wait(apart_ms).read(&[*byte]))
    }

    pub(crate) fn gives(self, expected: &[Input]) {
        let mut done = self.wait(60_000);
        // What a scan ended with is told before it, and has a test of its own.
        done.seen.retain(|input| !matches!(input, Input::ScanEnd(_)));
        assert_eq!(done.seen, expected);
        assert_eq!(done.parser.deadline(), None, "wakes up for nothing");
    }
}

pub(crate) fn key(key: Key) -> Input {
    Input::Key(key)
}

pub(crate) fn scan(code: &str) -> Input {
    Input::Scan(code.to_owned())
}

pub(crate) fn typed(text: &str) -> Vec<Input> {
    text.chars().map(|c| key(if c == '\r' { Key::Enter } else { Key::Char(c) })).collect()
}

#[test]
fn a_typed_digit_shows_at_once() {
    assert_eq!(keyboard().read(b"7").seen, typed("7"));
    assert_eq!(keyboard().bytes(b"24.8", 90).seen, typed("24.8"));
}

#[test]
fn an_arrow_in_pieces_is_one_key() {
    for apart_ms in [0, 10, 60, 99] {
        keyboard().bytes(b"\x1b[B", apart_ms).gives(&[key(Key::Down)]);
    }
    // Once it has shown itself, a sequence may stall for longer than ESC does.
    keyboard().read(b"\x1b[").wait(400).read(b"B").gives(&[key(Key::Down)]);
    keyboard().read(b"\x1b[2").wait(300).read(b"0~").gives(&[key(Key::Menu)]);
}

#[test]
fn a_sequence_that_never_ends_leaves_no_junk() {
    keyboard().read(b"\x1b[1;").wait(600).read(b"5").gives(&typed("5"));
    keyboard().read(b"\x1b[1;\r").gives(&[key(Key::Enter)]);
    keyboard().read(b"\x1b[M").read(b"\x1b[?62c").read(b"\x1b[24;80R").gives(&[]);
    keyboard().read(b"\x1b]11;rgb:0/0/0\x1b\\").read(b"\x1bP1$r0m\x1b\\").gives(&[]);
}

#[test]
fn esc_alone_is_esc_after_the_time_out() {
    assert_eq!(keyboard().read(b"\x1b").wait(99).seen, []);
    assert_eq!(keyboard().read(b"\x1b").wait(100).seen, [key(Key::Esc)]);
    let patient = InputRules { escape_ms: 400, ..InputRules::default() };
    assert_eq!(with(patient).read(b"\x1b").wait(399).seen, []);
}

#[test]
fn esc_and_the_next_key_in_one_packet_are_two_keys() {
    keyboard().read(b"\x1b2").gives(&[key(Key::Esc), key(Key::Char('2'))]);
    keyboard().read(b"\x1b\x1b").gives(&[key(Key::Esc), key(Key::Esc)]);
    keyboard().read(b"\x1b\r").gives(&[key(Key::Esc), key(Key::Enter)]);
    keyboard().read(b"\x1bP").gives(&[key(Key::Esc), key(Key::Char('P'))]);
}

#[test]
fn a_numeric_keypad_types_in_either_mode() {
    let application = b"\x1bOq\x1bOr\x1bOn\x1bOx\x1bOM";
    keyboard().bytes(application, 60).gives(&typed("12.8\r"));
    keyboard().read(b"\x1bOk\x1bOm\x1bOl").gives(&typed("+-,"));
    keyboard().read(b"\x1bOj").gives(&[key(Key::Menu)]);
}

#[test]
fn every_way_to_send_a_function_key_is_that_key() {
    for (bytes, expected) in [
        (&b"\x1bOP"[..], Key::F(1)),
        (b"\x1b[11~", Key::F(1)),
        (b"\x1b[[A", Key::F(1)),
        (b"\x1b[28~", Key::F(1)),
        (b"\x1b[12~", Key::F(2)),
        (b"\x1b[15~", Key::F(5)),
        (b"\x1b[20~", Key::Menu),
        (b"\x1b[29~", Key::Menu),
        (b"\x1b[24~", Key::F(12)),
        (b"\x1b[Z", Key::BackTab),
        (b"\x1b[3~", Key::Delete),
        (b"\x1b[1~", Key::Home),
        (b"\x1b[F", Key::End),
        (b"\x1bOA", Key::Up),
        (b"\x1b[5~", Key::PageUp),
        (b"\x1b[1;5C", Key::Right),
    ] {
        keyboard().read(bytes).gives(&[key(expected)]);
    }
}

#[test]
fn every_way_to_end_a_line_is_one_enter() {
    keyboard().read(b"\r").gives(&[key(Key::Enter)]);
    keyboard().read(b"\n").gives(&[key(Key::Enter)]);
    keyboard().read(b"\r\n").gives(&[key(Key::Enter)]);
    keyboard().bytes(b"\r\n", 20).gives(&[key(Key::Enter)]);
    for end in [&b"\r"[..], b"\n", b"\r\n"] {
        let twice = keyboard().read(end).wait(400).read(end);
        twice.gives(&[key(Key::Enter), key(Key::Enter)]);
    }
}

#[test]
fn control_letters_do_nothing_but_redraw_interrupt_and_call_for_help() {
    let letters: Vec<u8> = (1..=26).filter(|byte| !matches!(byte, 2 | 8..=10 | 13)).collect();
    keyboard().bytes(&letters, 300).gives(&[key(Key::Interrupt), key(Key::Ring), key(Key::Redraw)]);
    keyboard().read(b"\x08").gives(&[key(Key::Backspace)]);
    keyboard().read(b"\x7f").gives(&[key(Key::Backspace)]);
}

#[test]
fn a_byte_that_is_no_text_does_not_swallow_the_next() {
    for stray in
        [&b"\xff"[..], b"\xc3", b"\xe2\x9c", b"\x80", b"\x9b", b"\xf0\x9f\x98", b"\xed\xa0"]
    {
        let bytes = [stray, b"8"].concat();
        keyboard().bytes(&bytes, 100).gives(&typed("8"));
        keyboard().read(&bytes).gives(&typed("8"));
    }
    keyboard().bytes("ü✓".as_bytes(), 100).gives(&typed("ü✓"));
}

#[test]
fn a_paste_of_several_lines_is_one_input() {
    let paste = Input::Paste("one\ntwo\nthree".to_owned());
    keyboard().read(b"\x1b[200~one\rtwo\r\nthree\x1b[201~").gives(std::slice::from_ref(&paste));
    keyboard().bytes(b"\x1b[200~one\rtwo\r\nthree\x1b[201~", 80).gives(&[paste]);
    keyboard()
        .read(b"\x1b[200~a\x1b[Bb\x1b[201~c")
        .gives(&[Input::Paste("a\x1b[Bb".to_owned()), key(Key::Char('c'))]);
}

#[test]
fn a_paste_that_is_too_long_or_never_ends_neither_fills_memory_nor_blocks() {
    let long = [b"\x1b[200~".to_vec(), vec![b'x'; 200_000], b"\x1b[201~7".to_vec()].concat();
    let seen = keyboard().read(&long).wait(60).seen;
    let [Input::Paste(text), after] = seen.as_slice() else { panic!("{} inputs", seen.len()) };
    assert_eq!((text.len(), text.ends_with('\u{fffd}')), (64 * 1024 + 3, true));
    assert_eq!(*after, key(Key::Char('7')));
    keyboard()
        .read(b"\x1b[200~abc")
        .wait(6_000)
        .read(b"\x1b[B")
        .gives(&[Input::Paste("abc".to_owned()), key(Key::Down)]);
}

#[test]
fn a_scan_is_taken_whole_at_any_scanner_speed() {
    keyboard().read(b"WO-1881\r").gives(&[scan("WO-1881")]);
    keyboard().read(b"WO-1881\r\n").gives(&[scan("WO-1881")]);
    keyboard().read(b"WO-1881\t").gives(&[scan("WO-1881")]);
    // The first character was shown, for nobody could know what would follow.
    for apart_ms in [2, 8, 14] {
        let first = [key(Key::Char('W')), Input::TakeBack(1), scan("WO-1881")];
        keyboard().bytes(b"WO-1881\r", apart_ms).gives(&first);
    }
    // In clumps, as a network delivers it.
    keyboard()
        .read(b"WO")
        .wait(30)
        .read(b"-18")
        .wait(45)
        .read(b"81")
        .wait(20)
        .read(b"\r")
        .gives(&[scan("WO-1881")]);
}

#[test]
fn a_slow_scanner_is_recognized_by_length() {
    let seen = keyboard().bytes(b"CP-40-HSG-0117\r", 38).wait(1_000).seen;
    let code = [Input::TakeBack(14), scan("CP-40-HSG-0117")];
    assert_eq!(seen.strip_prefix(typed("CP-40-HSG-0117").as_slice()), Some(&code[..]));
}

#[test]
fn a_star_waits_in_a_field_too_since_it_opens_a_menu_or_is_within_a_code() {
    assert_eq!(keyboard().read(b"*").wait(50).seen, []);
    keyboard().read(b"*").gives(&typed("*"));
    keyboard().bytes(b"24*", 90).gives(&typed("24*"));
    // A scanner that sends the start and stop of Code 39 shows nothing of them.
    keyboard().bytes(b"*WO-1881*\r", 20).gives(&[scan("*WO-1881*")]);
    let first = [key(Key::Char('W')), Input::TakeBack(1), scan("W*-1881")];
    keyboard().bytes(b"W*-1881\r", 20).gives(&first);
}

#[test]
fn a_scan_may_follow_typed_text_and_another_scan() {
    let keys_then_scan = [typed("24"), vec![scan("WO-1881")]].concat();
    keyboard().bytes(b"24", 120).wait(60).read(b"WO-1881\r").gives(&keys_then_scan);
    keyboard().read(b"WO-1881\rWO-1884\r").gives(&[scan("WO-1881"), scan("WO-1884")]);
}

#[test]
fn typing_never_becomes_a_scan() {
    for apart_ms in [30, 51, 60, 80, 120] {
        let told = format!("at {apart_ms} ms");
        let seen = keyboard().bytes(b"torque\r", apart_ms).wait(1_000).seen;
        assert_eq!(seen, typed("torque\r"), "{told}");
    }
    // Four keys in one roll of the hand, faster than any pace, and then Enter as a hand does it.
    keyboard().bytes(b"asdf", 12).wait(70).read(b"\r").gives(&typed("asdf\r"));
    // A key held down.
    keyboard().bytes(b"000000\r", 33).gives(&typed("000000\r"));
    keyboard().read(b"00000000\r").gives(&typed("00000000\r"));
    // A line that stalls, then delivers what was typed meanwhile.
    keyboard().read(b"12.503").wait(60).read(b"\r").gives(&typed("12.503\r"));
    keyboard().read(b"PIN4711").wait(60).read(b"\r").gives(&typed("PIN4711\r"));
}

#[test]
fn a_number_with_decimals_is_typed_even_by_a_machine() {
    for number in ["24.81\r", "-0.013\r", "+0,02\r", "1,250\r"] {
        keyboard().read(number.as_bytes()).gives(&typed(number));
    }
    keyboard().read(b"1250\r").gives(&[scan("1250")]);
    keyboard().read(b"24.81.2\r").gives(&[scan("24.81.2")]);
}

#[test]
fn a_scan_where_characters_act_answers_nothing() {
    let question = || keyboard().on_a_menu();
    question().bytes(b"1881-0007\r", 8).gives(&[scan("1881-0007")]);
    question().read(b"1881-0007").gives(&[scan("1881-0007")]);
    question().bytes(b"1881-0007\r", 45).gives(&[scan("1881-0007")]);
    // An answer comes a moment later than it would into a field.
    assert_eq!(question().read(b"1").wait(50).seen, []);
    assert_eq!(question().read(b"1").wait(51).seen, typed("1"));
    question().read(b"1\r").gives(&typed("1\r"));
}

#[test]
fn a_scanner_without_end_mark_works_by_setting() {
    let scanner = ScanRules { silence_ends: true, ..ScanRules::default() };
    let rules = InputRules { scan: scanner, ..InputRules::default() };
    with(rules.clone()).read(b"WO-1881").gives(&[scan("WO-1881")]);
    let marked = with(rules.clone()).read(b"]C1WO-1881").wait(1_000).seen;
    assert_eq!(marked, [Input::ScanEnd(ScanEnd::Nothing), scan("]C1WO-1881")]);
    with(rules).bytes(b"asdf", 30).gives(&typed("asdf"));
}

#[test]
fn what_a_scan_ended_with_is_told_where_it_was_not_enter() {
    let ends = |bytes: &[u8]| keyboard().bytes(bytes, 1).wait(1_000).seen;
    assert_eq!(ends(b"]C1WO-1881\r"), [scan("]C1WO-1881")]);
    for (bytes, end) in [
        (b"]C1WO-1881\t".as_slice(), ScanEnd::Tab),
        (b"\x02]C1WO-1881\x03", ScanEnd::Etx),
        (b"]C1WO-1881", ScanEnd::Cut),
    ] {
        assert_eq!(ends(bytes), [Input::ScanEnd(end), scan("]C1WO-1881")]);
    }
}

/// A slow line parts a code, or a separator comes as a key: what there is of it is told as cut, and the
/// rest is no code of its own.
#[test]
fn a_part_of_a_code_is_told_as_cut_and_the_rest_of_it_to_nobody() {
    let cut = |code: &str| [Input::ScanEnd(ScanEnd::Cut), scan(code)];
    let parted = |head: &[u8], ms, tail: &[u8]| {
        keyboard().bytes(head, 1).wait(ms).bytes(tail, 1).wait(60_000).seen
    };
    assert_eq!(parted(b"]d221SERIAL1", 450, b"2345\r"), cut("]d221SERIAL1"));
    assert_eq!(parted(b"\x02]d210LOT", 400, b"9876\x03"), cut("]d210LOT"));
    for gs in [&b"\x1b[27;5;93~"[..], b"\x1b[19~"] {
        let seen = parted(b"]C121A", 0, &[gs, b"10LOT7\r"].concat());
        let scans: Vec<_> = seen.iter().filter(|i| matches!(i, Input::Scan(_))).collect();
        assert_eq!(scans, [&scan("]C121A")], "{seen:?}");
        assert!(!seen.contains(&key(Key::Char('L'))), "{seen:?}");
    }
    // A plain code in two: its head stood in the field, and is taken back.
    let seen = parted(b"SN-1234", 120, b"56789\r");
    let head = typed("SN-1234");
    assert_eq!(seen[..7], head[..]);
    assert!(seen.contains(&Input::TakeBack(7)) || seen.contains(&Input::TakeBack(8)), "{seen:?}");
    assert!(seen.contains(&Input::ScanEnd(ScanEnd::Cut)), "{seen:?}");
    // What is scanned or typed after that is itself.
    let again = |ms| keyboard().bytes(b"]C1WO-18", 1).wait(ms).bytes(b"81\r", 1).wait(3_000);
    let seen = again(300).bytes(b"]C1WO-1881\r", 1).wait(1_000).seen;
    assert_eq!(seen[seen.len() - 1..], [scan("]C1WO-1881")]);
    let seen = keyboard().bytes(b"]C1WO-18", 1).wait(3_000).bytes(b"ab\r", 80).wait(1_000).seen;
    assert_eq!(seen[2..], typed("ab\r")[..]);
}

#[test]
fn an_aim_identifier_makes_a_scan_and_stays_in_front() {
    keyboard().read(b"]d2010950600013").gives(&[scan("]d2010950600013")]);
    keyboard().bytes(b"]C101\r", 45).gives(&[scan("]C101")]);
    keyboard().bytes(b"]", 100).gives(&typed("]"));
}

#[test]
fn separators_inside_a_scan_are_data() {
    keyboard().read(b"]d201095\x1d17261\r").gives(&[scan("]d201095\u{1d}17261")]);
    let envelope = "[)>\u{1e}06\u{1d}PCP-40\u{1d}S0007\u{1e}\u{4}";
    keyboard().read(format!("{envelope}\r").as_bytes()).gives(&[scan(envelope)]);
    // Nobody types them.
    keyboard().read(b"\x1d").gives(&[]);
    keyboard().read(b"a\x1db").gives(&typed("ab"));
}

#[test]
fn a_framed_scan_ends_at_etx_or_at_its_line_end_whatever_its_speed() {
    keyboard().read(b"\x02A1\x03").gives(&[scan("A1")]);
    keyboard().read(b"\x02A1\r").gives(&[scan("A1")]);
    keyboard().bytes(b"\x02A\x1b[B1\x03", 45).gives(&[scan("A\u{1b}[B1")]);
    keyboard().read(b"\x02A").wait(190).read(b"1\r").gives(&[scan("A1")]);
    keyboard().read(b"\x02").wait(60).read(b"7").gives(&typed("7"));
    keyboard().read(b"\x02\r").gives(&[]);
}

#[test]
fn a_prefix_from_the_settings_is_taken_off() {
    let scanner =
        ScanRules { prefixes: vec!["~".to_owned(), "%%".to_owned()], ..ScanRules::default() };
    let rules = InputRules { scan: scanner, ..InputRules::default() };
    with(rules.clone()).bytes(b"~A1\r", 40).gives(&[scan("A1")]);
    with(rules.clone()).bytes(b"%%A1\r", 40).gives(&[scan("A1")]);
    with(rules.clone()).read(b"%").gives(&typed("%"));
    with(rules).read(b"A~1").gives(&typed("A~1"));
}

#[test]
fn a_scan_with_a_byte_that_is_no_text_does_not_pass_for_another() {
    keyboard().read(b"WO-18\xff81\r").gives(&[scan("WO-18\u{fffd}81")]);
    let long = [b"]C1".to_vec(), vec![b'7'; 20_000], b"\r".to_vec()].concat();
    let seen = keyboard().read(&long).seen;
    let [Input::Scan(code)] = seen.as_slice() else { panic!("{} inputs", seen.len()) };
    assert!(code.ends_with('\u{fffd}') && code.chars().count() == 8192);
}

proptest! {
    #[test]
    fn keys_do_not_depend_on_where_the_line_cuts(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                &b"\x1b[B"[..], b"\x1bOq", b"\x1b[20~", b"\r\n", b"\x7f", b"\x1b[200~a\rb\x1b[201~", b"\x1b[1;2A",
            ]),
            0..12,
        ),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let bytes: Vec<u8> = pieces.concat();
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        ends.dedup();
        let whole = keyboard().read(&bytes).wait(60_000).seen;
        let mut cut = keyboard();
        let mut from = 0;
        for to in ends {
            cut = cut.wait(60).read(&bytes[from..to]);
            from = to;
        }
        prop_assert_eq!(cut.wait(60_000).seen, whole);
    }

    #[test]
    fn any_bytes_at_any_pace_are_settled_in_the_end(
        reads in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..24), 0u64..400), 0..24),
    ) {
        let mut keyboard = keyboard();
        for (bytes, ms) in reads {
            keyboard = keyboard.wait(ms).read(&bytes);
        }
        prop_assert_eq!(keyboard.wait(60_000).parser.deadline(), None);
    }

    #[test]
    fn what_a_hand_types_comes_out_as_typed(text in "[ -~]{0,20}", apart_ms in 51u64..300) {
        let seen = keyboard().bytes(text.as_bytes(), apart_ms).wait(1_000).seen;
        prop_assert_eq!(seen, typed(&text));
    }
}

#[test]
fn an_enter_on_the_heels_of_another_confirms_nothing() {
    let enter = || key(Key::Enter);
    for apart_ms in [0, 30, 150, 299] {
        keyboard().bytes(b"\r\r\r", apart_ms).gives(&[enter()]);
    }
    keyboard().bytes(b"\r\r\r", 300).gives(&[enter(), enter(), enter()]);
    // Held down it repeats for long, and still is one.
    keyboard().bytes(&[b'\r'; 200], 33).gives(&[enter()]);
    // What is typed between is confirmed, however quickly.
    let typed: Vec<Input> = "25\r24\r"
        .chars()
        .map(|c| match c {
            '\r' => enter(),
            c => key(Key::Char(c)),
        })
        .collect();
    keyboard().bytes(b"25\r24\r", 120).gives(&typed);
    keyboard().on_a_menu().bytes(b"25\r24\r", 70).gives(&typed);
    // The keypad's own Enter is one as well, whichever of the two comes first.
    for bounces in [&b"\x1bOM\x1bOM"[..], b"\r\x1bOM", b"\x1bOM\r"] {
        keyboard().bytes(bounces, 30).gives(&[enter()]);
    }
    keyboard().read(b"\x1bOM").wait(300).read(b"\x1bOM").gives(&[enter(), enter()]);
    for (between, key_between) in [(&b"\t"[..], Key::Tab), (&b"\x1b[B"[..], Key::Down)] {
        let bytes = [&b"\r"[..], between, b"\r"].concat();
        keyboard().bytes(&bytes, 30).gives(&[enter(), key(key_between), enter()]);
    }
}

#[test]
fn the_settings_say_after_how_long_esc_alone_is_esc() {
    let home = tempfile::tempdir().unwrap();
    let escape_ms = |settings: &str| {
        std::fs::write(home.path().join("gemba.toml"), settings).unwrap();
        let config = Config::default().moved_to(home.path()).unwrap();
        let kind = TerminalKind::detect(&TerminalVariables::default(), 80, 24);
        let rules = config.input_rules(kind);
        let comes = |ms| with(rules.clone()).read(b"\x1b").wait(ms).seen == [key(Key::Esc)];
        (1..1_000).find(|ms| comes(*ms))
    };
    assert_eq!(escape_ms(""), Some(100));
    assert_eq!(escape_ms("escape-ms = 350"), Some(350));
}
