//! What reaches a terminal: few bytes, one write a frame, and the same picture as was drawn.

use std::cell::RefCell;
use std::io;
use std::num::NonZeroU16;
use std::rc::Rc;

use gemba::app::config::Config;
use gemba::app::terminal::output::Output;
use gemba::ui::terminal_kind::{ColorLevel, TerminalKind, TerminalVariables};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::Backend as _;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier, Style};

/// A line to a terminal; each write is kept apart.
#[derive(Debug, Clone, Default)]
struct Line(Rc<RefCell<Vec<Vec<u8>>>>);

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A program's end of the line and the screen at the other end.
struct Bench {
    terminal: Terminal<Output<Line>>,
    line: Line,
    screen: vt100::Parser,
}

const XTERM: TerminalVariables<'static> = TerminalVariables {
    term: Some("xterm-256color"),
    no_color: None,
    colorterm: None,
    lc_all: None,
    lc_ctype: None,
    lang: Some("en_US.UTF-8"),
};

fn xterm() -> TerminalKind {
    TerminalKind::detect(&XTERM, 80, 24)
}

fn on(term: &'static str) -> TerminalKind {
    TerminalKind::detect(&TerminalVariables { term: Some(term), ..XTERM }, 80, 24)
}

fn bench(kind: TerminalKind) -> Bench {
    let line = Line::default();
    let size = |count| NonZeroU16::new(count).unwrap();
    Bench {
        terminal: Terminal::new(Output::new(line.clone(), kind)).unwrap(),
        line,
        screen: vt100::Parser::new(size(kind.rows), size(kind.columns), 0),
    }
}

impl Bench {
    /// Draws a frame and gives the bytes that it sent.
    fn draw(&mut self, cursor: Option<(u16, u16)>, paint: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        let frame = |frame: &mut ratatui::Frame<'_>| {
            paint(frame.buffer_mut());
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        };
        self.terminal.draw(frame).unwrap();
        let writes = self.line.0.take();
        assert!(writes.len() <= 1, "{} writes for one frame", writes.len());
        let bytes = writes.concat();
        self.screen.process(&bytes);
        bytes
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }
}

fn write(buffer: &mut Buffer, x: u16, y: u16, text: &str, style: Style) {
    buffer.set_string(x, y, text, style);
}

/// The queue: a heading, a rule, twelve rows with a marker on one of them.
fn queue(buffer: &mut Buffer, selected: u16, focus: Style) {
    write(buffer, 1, 0, "ASM-2  Line 1         A. Novak  assembler", Style::new().bold());
    write(buffer, 0, 2, &"─".repeat(80), Style::new().dark_gray());
    for row in 0..12u16 {
        let y = row + 4;
        let text = format!("WO-{}  0007  CP-40 pump             20 assembly", 1881 + row);
        if row == selected {
            write(buffer, 1, y, "▶", focus);
            write(buffer, 3, y, &text[..7], focus);
            write(buffer, 10, y, &text[7..], Style::new());
        } else {
            write(buffer, 3, y, &text, Style::new());
        }
    }
    write(buffer, 1, 23, "Enter open   F9 menu   F1 help   Esc sign out", Style::new().dim());
}

/// Every parameter list of every `ESC [ … m`.
fn renditions(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    text.split("\x1b[")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            rest[end..].starts_with('m').then(|| rest[..end].to_owned())
        })
        .collect()
}

#[test]
fn a_frame_is_one_write_and_is_shown_at_once() {
    let bytes = bench(xterm()).draw(None, |buffer| queue(buffer, 0, Style::new().cyan()));
    assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"));
    let off = TerminalKind { synchronized: false, ..xterm() };
    let bytes = bench(off).draw(None, |buffer| queue(buffer, 0, Style::new().cyan()));
    assert!(!String::from_utf8(bytes).unwrap().contains("2026"));
}

#[test]
fn the_settings_say_whether_a_frame_is_announced() {
    let home = tempfile::tempdir().unwrap();
    let announces = |settings: &str, kind: TerminalKind| {
        std::fs::write(home.path().join("gemba.toml"), settings).unwrap();
        let config = Config::default().moved_to(home.path()).unwrap();
        let bytes = bench(config.shown(kind)).draw(None, |buffer| queue(buffer, 0, Style::new()));
        String::from_utf8(bytes).unwrap().contains("2026")
    };
    for screens in ["", "screens = \"ascii\"\n"] {
        assert!(announces(screens, xterm()));
        assert!(!announces(&format!("{screens}synchronized = false"), xterm()));
    }
    assert!(!announces("", on("vt220")));
    assert!(announces("synchronized = true", on("vt220")));
}

#[test]
fn an_unchanged_frame_sends_nothing() {
    let mut bench = bench(xterm());
    for cursor in [Some((2, 4)), None] {
        bench.draw(cursor, |buffer| queue(buffer, 0, Style::new().cyan()));
        assert_eq!(bench.draw(cursor, |buffer| queue(buffer, 0, Style::new().cyan())), b"");
    }
}

#[test]
fn a_full_first_frame_is_small() {
    let mut bench = bench(xterm());
    let bytes = bench.draw(Some((1, 4)), |buffer| {
        for y in 0..24 {
            write(
                buffer,
                0,
                y,
                &"A line of text as wide as a page is. ".repeat(3)[..80],
                Style::new(),
            );
        }
    });
    assert!(bytes.len() < 24 * 82 + 60, "{} bytes", bytes.len());
}

#[test]
fn a_cursor_key_in_a_list_with_a_marker_costs_few_bytes() {
    for kind in
        [xterm(), on("vt220"), on("linux"), TerminalKind { colors: ColorLevel::Mono, ..xterm() }]
    {
        let mut bench = bench(kind);
        let focus = Style::new().cyan().bold().reversed();
        bench.draw(Some((1, 4)), |buffer| queue(buffer, 0, focus));
        for row in [1, 2, 3, 2, 1] {
            let bytes = bench.draw(Some((1, 4 + row)), |buffer| queue(buffer, row, focus));
            assert!(bytes.len() <= 120, "{} bytes: {}", bytes.len(), bytes.escape_ascii());
        }
    }
}

#[test]
fn a_typed_digit_costs_few_bytes() {
    let mut bench = bench(xterm());
    let mut paint = |typed: &str| {
        let end = 40 + u16::try_from(typed.len()).unwrap();
        bench.draw(Some((end, 10)), |buffer| {
            queue(buffer, 0, Style::new());
            write(buffer, 40, 10, typed, Style::new().cyan());
        })
    };
    paint("2");
    let bytes = paint("24");
    // The cursor stands where the digit goes: color, digit, plain again at the next frame.
    assert!(bytes.len() <= 30, "{} bytes: {}", bytes.len(), bytes.escape_ascii());
}

#[test]
fn sixteen_colors_use_their_own_codes() {
    let kind = TerminalKind { colors: ColorLevel::Sixteen, ..xterm() };
    let colors = [
        Color::Red,
        Color::LightRed,
        Color::Indexed(12),
        Color::Indexed(208),
        Color::Rgb(0, 190, 0),
    ];
    let bytes = bench(kind).draw(None, |buffer| {
        for (y, color) in (0..).zip(colors) {
            write(buffer, 0, y, "fore", Style::new().fg(color));
            write(buffer, 9, y, "back", Style::new().bg(color));
        }
    });
    let codes: Vec<u8> = renditions(&bytes)
        .iter()
        .flat_map(|list| list.split(';'))
        .filter(|code| !code.is_empty())
        .map(|code| code.parse().unwrap())
        .collect();
    assert!(
        codes.contains(&31) && codes.contains(&91) && codes.contains(&94) && codes.contains(&104)
    );
    let own = |code: &u8| matches!(code, 0 | 30..=37 | 39..=47 | 49 | 90..=97 | 100..=107);
    assert!(codes.iter().all(own), "{codes:?}");
}

#[test]
fn without_colors_the_selected_row_still_shows() {
    let kind = TerminalKind::detect(&TerminalVariables { no_color: Some("1"), ..XTERM }, 80, 24);
    let mut bench = bench(kind);
    let bytes =
        bench.draw(None, |buffer| queue(buffer, 2, Style::new().cyan().on_blue().reversed()));
    let row = |x| bench.screen.screen().cell(6, x).unwrap();
    assert!(row(3).inverse() && !row(20).inverse());
    assert!(
        renditions(&bytes).iter().all(|list| matches!(
            list.as_str(),
            "" | "0" | "0;1" | "1" | "2" | "0;2" | "7" | "0;7" | "22" | "27" | "22;7"
        )),
        "{:?}",
        renditions(&bytes)
    );
}

#[test]
fn a_vt220_gets_ascii_and_no_modes_that_it_does_not_have() {
    let mut bench = bench(on("vt220"));
    let bytes = bench.draw(Some((1, 4)), |buffer| queue(buffer, 0, Style::new().cyan().bold()));
    assert!(bytes.is_ascii() && !bytes.windows(5).any(|five| five == b"?2026"));
    assert!(bench.text().contains("> WO-1881") && bench.text().contains("--------"));
    let latin = TerminalKind { utf8: false, ..on("vt220") };
    let bytes = super::terminal_output::bench(latin).draw(None, |buffer| {
        write(buffer, 0, 0, "25 ±2 N·m prüfen ✓ 締付", Style::new());
    });
    assert!(
        bytes.is_ascii() && String::from_utf8_lossy(&bytes).contains("25 ?2 N.m prufen + ????")
    );
}

#[test]
fn a_long_frame_that_is_not_shown_at_once_hides_the_cursor() {
    let mut bench = bench(on("vt220"));
    bench.draw(Some((1, 4)), |_| {});
    let bytes = bench.draw(Some((1, 4)), |buffer| queue(buffer, 0, Style::new()));
    assert!(bytes.starts_with(b"\x1b[?25l") && bytes.ends_with(b"\x1b[?25h"));
    let bytes = bench.draw(None, |buffer| queue(buffer, 9, Style::new().bold()));
    assert!(bench.screen.screen().hide_cursor(), "{}", bytes.escape_ascii());
}

#[test]
fn what_is_in_a_cell_never_acts_on_the_terminal() {
    for symbol in ["\x1b[2J", "\x07", "\u{9b}31m", "\u{202e}", "\u{200b}", "a\u{200d}b", "\r\n", ""]
    {
        let line = Line::default();
        let mut output = Output::new(line.clone(), xterm());
        let mut cell = Cell::default();
        cell.set_symbol(symbol);
        output.draw([(3, 3, &cell)].into_iter()).unwrap();
        output.flush().unwrap();
        let text = String::from_utf8(line.0.take().concat()).unwrap();
        assert!(symbol.is_empty() || !text.contains(symbol), "{}", text.escape_debug());
        assert!(
            text.contains(if symbol.is_empty() { "m " } else { "m?" }),
            "{}",
            text.escape_debug()
        );
    }
}

#[test]
fn a_redraw_repairs_what_others_wrote() {
    let mut bench = bench(xterm());
    bench.draw(Some((1, 4)), |buffer| queue(buffer, 0, Style::new().cyan()));
    let before = bench.text();
    bench.screen.process(b"\x1b[7;35m\x1b[5;5HBroadcast message\x1b[?25l");
    bench.terminal.clear().unwrap();
    bench.draw(Some((1, 4)), |buffer| queue(buffer, 0, Style::new().cyan()));
    assert_eq!(bench.text(), before);
    assert!(!bench.screen.screen().cell(4, 20).unwrap().inverse());
    assert!(!bench.screen.screen().hide_cursor());
}

#[test]
fn a_new_size_is_drawn_anew() {
    let mut bench = bench(xterm());
    bench.draw(None, |buffer| queue(buffer, 0, Style::new()));
    bench.terminal.backend_mut().resize(40, 12);
    bench.screen.set_size(NonZeroU16::new(12).unwrap(), NonZeroU16::new(40).unwrap());
    let bytes = bench.draw(None, |buffer| write(buffer, 0, 11, "narrow", Style::new()));
    assert!(bytes.len() < 60 && bench.text().trim() == "narrow");
}

#[test]
fn the_bell_sounds_once() {
    let mut bench = bench(xterm());
    bench.draw(None, |_| {});
    bench.terminal.backend_mut().beep();
    assert!(bench.draw(None, |_| {}).contains(&7));
    assert_eq!(bench.draw(None, |_| {}), b"");
}

#[test]
fn a_terminal_is_told_by_its_variables() {
    use ColorLevel::{Mono, Palette256, Sixteen};
    for (term, colors, unicode, synchronized) in [
        ("xterm-256color", Palette256, true, true),
        ("xterm", Sixteen, true, true),
        ("screen", Sixteen, true, true),
        ("tmux-256color", Palette256, true, true),
        ("xterm-kitty", Palette256, true, true),
        ("linux", Sixteen, false, false),
        ("vt220", Mono, false, false),
        ("vt100", Mono, false, false),
        ("vte-256color", Palette256, true, true),
        ("dumb", Mono, false, false),
        ("", Mono, false, false),
    ] {
        let kind = on(term);
        assert_eq!(
            (kind.colors, kind.unicode, kind.synchronized),
            (colors, unicode, synchronized),
            "{term}"
        );
    }
    let detect = |variables| TerminalKind::detect(&variables, 80, 24);
    let true_color =
        TerminalVariables { term: Some("xterm"), colorterm: Some("truecolor"), ..XTERM };
    assert_eq!(detect(true_color).colors, Palette256);
    assert_eq!(detect(TerminalVariables { no_color: Some(""), ..XTERM }).colors, Palette256);
    for (lc_all, lang, utf8) in [
        (None, Some("de_DE.utf8"), true),
        (Some("C"), Some("de_DE.UTF-8"), false),
        (Some(""), Some("C.UTF-8"), true),
        (None, None, false),
        (None, Some("de_DE.ISO-8859-1"), false),
    ] {
        let kind = detect(TerminalVariables { lc_all, lang, ..XTERM });
        assert_eq!((kind.utf8, kind.unicode), (utf8, utf8), "{lc_all:?} {lang:?}");
    }
}

/// Some text in some style somewhere.
#[derive(Debug, Clone)]
struct Dab {
    x: u16,
    y: u16,
    text: String,
    style: Style,
}

fn color() -> impl Strategy<Value = Color> {
    prop_oneof![
        4 => Just(Color::Reset),
        1 => (0u8..16).prop_map(Color::Indexed),
        1 => Just(Color::Cyan),
        1 => (16u8..=255).prop_map(Color::Indexed),
    ]
}

fn dab() -> impl Strategy<Value = Dab> {
    let text = prop_oneof![
        "[ -~]{1,30}",
        " {1,40}",
        "[äµ±─│✓▶ ]{1,20}",
        "(x\u{304} ?){1,6}",
        "[締付け力 ]{1,8}",
    ];
    let modifiers = prop::sample::subsequence(
        vec![Modifier::BOLD, Modifier::ITALIC, Modifier::UNDERLINED, Modifier::REVERSED],
        0..=4,
    );
    (0u16..40, 0u16..10, text, color(), color(), modifiers).prop_map(
        |(x, y, text, fg, bg, modifiers)| {
            let modifier = modifiers.into_iter().fold(Modifier::empty(), |all, one| all | one);
            let style = Style::new().fg(fg).bg(bg).add_modifier(modifier);
            Dab { x, y, text, style }
        },
    )
}

fn index_of(color: Color) -> vt100::Color {
    if let Color::Indexed(n) = color {
        return vt100::Color::Idx(n);
    }
    if color == Color::Cyan { vt100::Color::Idx(6) } else { vt100::Color::Default }
}

fn same(drawn: &Cell, seen: &vt100::Cell, colors: ColorLevel) -> bool {
    let text = if seen.has_contents() { seen.contents() } else { " " };
    let painted = match colors {
        ColorLevel::Palette256 => {
            (seen.fgcolor(), seen.bgcolor()) == (index_of(drawn.fg), index_of(drawn.bg))
        }
        ColorLevel::Sixteen => true,
        ColorLevel::Mono => {
            (seen.fgcolor(), seen.bgcolor()) == (vt100::Color::Default, vt100::Color::Default)
        }
    };
    let has = |modifier| drawn.modifier.contains(modifier);
    text == drawn.symbol()
        && painted
        && seen.bold() == has(Modifier::BOLD)
        && seen.italic() == has(Modifier::ITALIC)
        && seen.underline() == has(Modifier::UNDERLINED)
        && seen.inverse() == has(Modifier::REVERSED)
}

proptest! {
    #[test]
    fn the_screen_shows_what_was_drawn(
        frames in proptest::collection::vec(
            (proptest::collection::vec(dab(), 0..12), proptest::option::of((0u16..40, 0u16..10))),
            1..5,
        ),
        colors in prop::sample::select(vec![ColorLevel::Mono, ColorLevel::Sixteen, ColorLevel::Palette256]),
        synchronized in any::<bool>(),
    ) {
        let kind = TerminalKind { columns: 40, rows: 10, colors, synchronized, ..xterm() };
        let mut bench = bench(kind);
        for (dabs, cursor) in frames {
            let mut drawn = Buffer::default();
            let bytes = bench.draw(cursor, |buffer| {
                for dab in &dabs {
                    buffer.set_string(dab.x, dab.y, &dab.text, dab.style);
                }
                drawn = buffer.clone();
            });
            let screen = bench.screen.screen();
            for y in 0..10 {
                for x in 0..40 {
                    let seen = screen.cell(y, x).unwrap();
                    if seen.is_wide_continuation() {
                        continue;
                    }
                    let cell = &drawn[(x, y)];
                    prop_assert!(
                        same(cell, seen, colors),
                        "at {x},{y}: drew {cell:?}, seen {:?}; sent {}", seen.contents(), bytes.escape_ascii(),
                    );
                }
            }
            prop_assert_eq!(screen.hide_cursor(), cursor.is_none());
            if let Some((x, y)) = cursor {
                prop_assert_eq!(screen.cursor_position(), (y, x));
                prop_assert_eq!(Position { x, y }, bench.terminal.get_cursor_position().unwrap());
            }
        }
    }
}
