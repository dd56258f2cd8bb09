//! Pictures in their own dots: who gets them, what is sent, and that nothing of it stays.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Write};
use std::num::NonZeroU16;
use std::rc::Rc;

use gemba::app::config::Config;
use gemba::app::display::{Display as _, FullScreen, Line, Turned};
use gemba::app::dots::drawn;
use gemba::app::terminal::input::InputRules;
use gemba::app::terminal::output::Output;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::ui::parts::canvas::Canvas;
use gemba::ui::parts::placeholder;
use gemba::ui::terminal_kind::{Pictures, TerminalKind, TerminalVariables};
use gemba::ui::theme::Role;
use gemba::views::dots::{Cell, Room, Shown, Wanted, Whole};
use gemba::views::query::Answer;
use image::{ImageFormat, Rgb, RgbImage};
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr as _;

use crate::screens_picture::bench;
use crate::support::hosting::Hosting;
use crate::support::screen::{Looks, Screen, USUAL};
use crate::support::screen_answers::themes;
use crate::terminal_input::with;

const BOLTS: &[u8] = include_bytes!("../fixtures/plant/img/bolts.png");
const CELL: Cell = Cell { across: 10, down: 20 };
const QUESTION: &str = "\x1b[16t\x1b[>q";
const ANSWER: &[u8] = b"\x1b[6;20;10t\x1bP>|kitty(0.40.1)\x1b\\";
/// Where the picture begins on its screen.
const AT: (u16, u16) = (2, 5);

fn of(term: &'static str) -> TerminalVariables<'static> {
    TerminalVariables {
        term: Some(term),
        lang: Some("en_US.UTF-8"),
        ..TerminalVariables::default()
    }
}

fn kitty() -> TerminalKind {
    let kind = TerminalKind::detect(&of("xterm-kitty"), 80, 24);
    TerminalKind { pictures: Pictures::Auto, ..kind }
}

/// A line to a terminal; each write is kept apart.
#[derive(Debug, Clone, Default)]
struct Wire(Rc<RefCell<Vec<Vec<u8>>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Line for Wire {
    fn has_room(&mut self) -> bool {
        true
    }
}

/// One graphics command: its keys, and what it carries.
#[derive(Debug)]
struct Graphics {
    keys: BTreeMap<String, String>,
    carries: String,
}

impl Graphics {
    fn is(&self, key: &str, value: &str) -> bool {
        self.keys.get(key).is_some_and(|is| is == value)
    }

    fn number(&self, key: &str) -> u16 {
        self.keys[key].parse().unwrap()
    }
}

/// The graphics commands of one write, each of which begins and ends in it.
fn graphics(bytes: &[u8]) -> Vec<Graphics> {
    let text = std::str::from_utf8(bytes).unwrap();
    let parts: Vec<&str> = text.split("\x1b_").skip(1).collect();
    let command = |part: &&str| {
        let (whole, _) = part.split_once("\x1b\\").expect("it ends in the write it begins in");
        let (keys, carries) = whole.split_once(';').unwrap_or((whole, ""));
        assert!(carries.len() <= 4096 && carries.len() % 4 == 0, "{}", carries.len());
        let keys = keys.strip_prefix('G').unwrap().split(',');
        let keys = keys.map(|key| key.split_once('=').unwrap());
        let keys = keys.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Graphics { keys, carries: carries.to_owned() }
    };
    parts.iter().map(command).collect()
}

/// A bench at a terminal that shows pictures.
struct Seen {
    screen: Screen,
    display: FullScreen<Wire>,
    wire: Wire,
    terminal: vt100::Parser,
}

impl Seen {
    /// Somebody at a step whose picture is this.
    fn of(picture: &[u8]) -> Self {
        Self::at(kitty(), USUAL, picture)
    }

    fn at(kind: TerminalKind, looks: Looks, picture: &[u8]) -> Self {
        let mut screen = bench(looks);
        screen.answers.picture = Some(picture.to_vec());
        screen.message(Message::Input(Input::Pictures(CELL)));
        let wire = Wire::default();
        let size = |count| NonZeroU16::new(count).unwrap();
        let terminal = vt100::Parser::new(size(kind.rows), size(kind.columns), 0);
        let display = FullScreen::new(wire.clone(), kind).unwrap();
        Self { screen, display, wire, terminal }
    }

    /// One turn of the session; at most one write.
    fn turn(&mut self, ended: bool) -> Vec<Graphics> {
        let turned = Turned { settled: true, inputs: 0, ended };
        self.display.show(&mut self.screen.shell, turned).unwrap();
        let writes = self.wire.0.take();
        assert!(writes.len() <= 1, "{} writes in a turn", writes.len());
        let bytes = writes.concat();
        self.terminal.process(&bytes);
        graphics(&bytes)
    }

    /// Turns until everything is sent.
    fn turns(&mut self) -> Vec<Graphics> {
        let mut sent = self.turn(false);
        while self.display.has_more() {
            sent.extend(self.turn(false));
        }
        sent
    }

    /// What stands in a cell of the picture, and its color.
    fn cell(&self, row: u16, column: u16) -> (String, vt100::Color) {
        let cell = self.terminal.screen().cell(AT.1 + row, AT.0 + column).unwrap();
        (cell.contents().to_owned(), cell.fgcolor())
    }

    fn has_placeholders(&self) -> bool {
        self.terminal.screen().contents().contains('\u{10eeee}')
    }
}

/// What base64 stands for.
fn plain(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other} is no base64"),
    };
    let bits = |four: &[u8]| {
        let letters = four.iter().filter(|&&byte| byte != b'=');
        let (bits, count) =
            letters.fold((0u32, 0usize), |(bits, n), &c| (bits << 6 | u32::from(value(c)), n + 1));
        let bytes = (bits << (6 * (4 - count))).to_be_bytes();
        bytes[1..count].to_vec()
    };
    text.as_bytes().chunks(4).flat_map(bits).collect()
}

/// A picture in which no dot tells of another, so that it packs badly.
fn noise(across: u32, down: u32) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let picture = RgbImage::from_fn(across, down, |_, _| Rgb([next(), next(), next()]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn a_terminal_that_shows_pictures_is_sent_one_once_and_shows_it_in_its_cells() {
    let mut seen = Seen::of(BOLTS);
    assert_eq!(seen.turns().len(), 0);
    seen.screen.key(Key::F(6));
    let sent = seen.turns();
    let (place, pieces) = sent.split_last().unwrap();
    let name = &pieces[0].keys["i"];
    assert!(pieces[0].is("a", "t") && pieces[0].is("f", "100"), "{pieces:?}");
    assert!(place.is("a", "p") && place.is("U", "1") && place.is("i", name), "{place:?}");
    assert!(sent.iter().all(|one| one.is("q", "2")), "the terminal answers to none: {sent:?}");
    let last = pieces.len() - 1;
    for (n, piece) in pieces.iter().enumerate() {
        assert!(piece.is("m", if n == last { "0" } else { "1" }), "{n}: {piece:?}");
    }
    let png: Vec<u8> = pieces.iter().flat_map(|piece| plain(&piece.carries)).collect();
    let (got, source) = (image::load_from_memory(&png), image::load_from_memory(BOLTS));
    assert_eq!(got.unwrap().to_rgb8(), source.unwrap().to_rgb8());

    // 240 by 200 dots grow into 14 rows of 20 dots, so into 34 columns of 10.
    let (columns, rows) = (place.number("c"), place.number("r"));
    assert_eq!((columns, rows), (34, 14));
    assert_eq!(seen.cell(0, 0).0, "\u{10eeee}\u{305}\u{305}");
    assert_eq!(seen.cell(0, 1).0, "\u{10eeee}\u{305}\u{30d}");
    assert_eq!(seen.cell(1, 0).0, "\u{10eeee}\u{30d}\u{305}");
    let color = vt100::Color::Idx(name.parse().unwrap());
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let expected = (placeholder::of(row, column).unwrap(), color);
        assert_eq!(seen.cell(row, column), expected, "{row} {column}");
    }
    assert_eq!(seen.cell(0, columns).0.trim(), "");
    assert_eq!(seen.cell(rows, 0).0.trim(), "");
    assert!(seen.terminal.screen().contents().contains("Cross pattern, bolts 1 to 4"));

    // It is there: whatever else is drawn, it is not sent again.
    seen.screen.key(Key::Menu);
    assert_eq!(seen.turns().len(), 0);
    seen.screen.key(Key::Esc);
    assert_eq!(seen.turns().len(), 0);
    assert_eq!(seen.cell(7, 20).0, placeholder::of(7, 20).unwrap());
}

#[test]
fn a_picture_is_taken_away_with_its_page_and_is_another_the_next_time() {
    let mut seen = Seen::of(BOLTS);
    seen.screen.key(Key::F(6));
    let name = seen.turns()[0].keys["i"].clone();
    seen.screen.key(Key::Esc);
    let sent = seen.turns();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].is("a", "d") && sent[0].is("d", "I") && sent[0].is("i", &name), "{sent:?}");
    assert!(!seen.has_placeholders());
    seen.screen.key(Key::F(6));
    assert_ne!(seen.turns()[0].keys["i"], name);
}

#[test]
fn a_picture_is_taken_away_when_the_session_ends() {
    let mut seen = Seen::of(BOLTS);
    seen.screen.key(Key::F(6));
    let name = seen.turns()[0].keys["i"].clone();
    let sent = seen.turn(true);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].is("a", "d") && sent[0].is("i", &name), "{sent:?}");
}

#[test]
fn a_picture_goes_piece_by_piece_and_leaving_its_page_ends_the_sending() {
    let picture = noise(120, 100);
    let mut seen = Seen::of(&picture);
    seen.screen.key(Key::F(6));
    let whole = seen.turns().len();
    assert!(whole > 20, "{whole}");

    let mut seen = Seen::of(&picture);
    seen.screen.key(Key::F(6));
    assert_eq!(seen.turn(false).len(), 0, "words and cells come first");
    for _ in 0..3 {
        let sent = seen.turn(false);
        assert!(sent.len() == 1 && sent[0].is("m", "1"), "{sent:?}");
    }
    seen.screen.key(Key::Esc);
    let sent = seen.turns();
    assert!(sent.len() <= 2, "{sent:?}");
    // What was sent in part is given up.
    assert!(sent.last().unwrap().is("a", "d"), "{sent:?}");
    assert!(!seen.has_placeholders());
}

#[test]
fn a_screen_that_is_drawn_anew_has_its_picture_sent_anew() {
    let mut seen = Seen::of(BOLTS);
    seen.screen.key(Key::F(6));
    let first = seen.turns();
    seen.display.redraw().unwrap();
    let again = seen.turns();
    assert!(again[0].is("a", "d"), "{again:?}");
    let carried =
        |sent: &[Graphics]| -> String { sent.iter().map(|one| one.carries.as_str()).collect() };
    assert_eq!(carried(&again), carried(&first));
}

#[test]
fn a_small_window_and_one_in_ascii_get_no_picture() {
    let small = TerminalKind { columns: 40, rows: 12, ..kitty() };
    let mut seen = Seen::at(small, Looks { size: (40, 12), ..USUAL }, BOLTS);
    seen.screen.key(Key::F(6));
    assert_eq!(seen.turns().len(), 0);
    assert!(!seen.has_placeholders());
    for looks in [Looks { ascii: true, ..USUAL }, Looks { theme: "mono", ..USUAL }] {
        let mut seen = Seen::at(kitty(), looks, BOLTS);
        seen.screen.key(Key::F(6));
        assert_eq!(seen.turns().len(), 0, "{looks:?}");
        assert!(!seen.has_placeholders());
    }
}

#[test]
fn who_did_not_say_that_it_shows_pictures_gets_half_blocks() {
    let mut screen = bench(USUAL);
    screen.key(Key::F(6));
    let drawn = screen.cell((4, 7));
    assert_eq!(drawn.symbol(), "▀");
    assert!(matches!(drawn.fg, Color::Rgb(..)), "{drawn:?}");
}

#[test]
fn only_a_terminal_that_may_show_pictures_is_asked_and_that_once() {
    let asked = |variables: &TerminalVariables<'_>| {
        let wire = Wire::default();
        let kind = TerminalKind::detect(variables, 80, 24);
        let mut terminal = Terminal::new(Output::new(wire.clone(), kind)).unwrap();
        for text in ["one", "two"] {
            terminal.draw(|frame| frame.render_widget(text, frame.area())).unwrap();
        }
        String::from_utf8(wire.0.take().concat()).unwrap().matches(QUESTION).count()
    };
    let expected = usize::from(cfg!(feature = "pictures"));
    assert_eq!(asked(&of("xterm-kitty")), expected);
    assert_eq!(asked(&of("xterm-ghostty")), expected);
    for term in ["xterm-256color", "tmux-256color", "screen", "foot", "linux", "vt220", ""] {
        assert_eq!(asked(&of(term)), 0, "{term}");
    }
    assert_eq!(asked(&TerminalVariables { no_color: Some("1"), ..of("xterm-kitty") }), 0);
    assert_eq!(asked(&TerminalVariables { lang: Some("C"), ..of("xterm-kitty") }), 0);
}

#[test]
fn what_a_terminal_answers_decides_and_types_nothing() {
    let asked = || with(InputRules { asked: true, ..InputRules::default() });
    let shows = [Input::Pictures(CELL)];
    asked().read(ANSWER).gives(&shows);
    asked().bytes(ANSWER, 90).gives(&shows);
    asked().read(b"\x1bP>|kit").wait(300).read(b"ty(0.28.0)\x1b\\").gives(&shows);
    asked().read(b"\x1bP>|ghostty 1.2.0\x1b\\").gives(&shows);
    let large = Cell { across: 24, down: 48 };
    asked().read(b"\x1b[6;48;24t\x1bP>|kitty(1.0.0)\x07").gives(&[Input::Pictures(large)]);
    // A size that no letter has.
    asked().read(b"\x1b[6;60000;0t\x1bP>|kitty(0.40.1)\x1b\\").gives(&shows);
    for none in [
        &b"\x1bP>|kitty(0.27.1)\x1b\\"[..],
        b"\x1bP>|kitty\x1b\\",
        b"\x1bP>|tmux 3.4\x1b\\",
        b"\x1bP>|WezTerm 20240203\x1b\\",
        b"\x1bP>|kitty(0.40",
        b"\x1b[6;20;10t",
    ] {
        asked().read(none).gives(&[]);
    }
    // Nobody asked, so nobody is told.
    with(InputRules::default()).read(ANSWER).gives(&[]);
}

#[test]
fn the_settings_keep_pictures_in_half_blocks() {
    let home = tempfile::tempdir().unwrap();
    let told = |settings: &str| {
        std::fs::write(home.path().join("gemba.toml"), settings).unwrap();
        let config = Config::default().moved_to(home.path())?;
        let kind = config.shown(kitty());
        Ok::<_, gemba::app::fault::Fault>((kind.pictures, config.input_rules(kind).asked))
    };
    assert_eq!(told("").unwrap(), (Pictures::Auto, true));
    assert_eq!(told("pictures = \"auto\"").unwrap(), (Pictures::Auto, true));
    assert_eq!(told("pictures = \"blocks\"").unwrap(), (Pictures::Blocks, false));
    assert_eq!(told("screens = \"ascii\"").unwrap(), (Pictures::Blocks, false));
    told("pictures = \"sixel\"").unwrap_err();
}

/// Draws one frame on a terminal of this kind and gives its bytes.
fn bytes_of(kind: TerminalKind, paint: impl FnOnce(&mut Buffer)) -> String {
    let wire = Wire::default();
    let mut terminal = Terminal::new(Output::new(wire.clone(), kind)).unwrap();
    terminal.draw(|frame| paint(frame.buffer_mut())).unwrap();
    String::from_utf8(wire.0.take().concat()).unwrap()
}

#[test]
fn a_note_that_carries_codes_for_pictures_is_read_and_not_obeyed() {
    let note = "see \x1b_Ga=T,U=1,i=20;AAAA\x1b\\ \u{9f}Ga=d\u{9c} \u{10eeee}\u{305}\u{305}.";
    let themes = themes("dark");
    let sent = bytes_of(kitty(), |buffer| {
        Canvas::new(buffer, themes.usual(), false).put((0, 0), note, Role::Plain);
    });
    assert!(sent.contains("\\u{1b}_Ga=T") && sent.contains("\\u{10eeee}"), "{sent:?}");
    // Nor does a screen that would put it into a cell as it is.
    for (kind, symbol) in [
        (kitty(), "\u{10eeee}"),
        (kitty(), "\u{10eeee}\u{305}x"),
        (kitty(), "\x1b_Ga=d\x1b\\"),
        (TerminalKind { pictures: Pictures::Blocks, ..kitty() }, "\u{10eeee}\u{305}\u{305}"),
    ] {
        let put = |buffer: &mut Buffer| {
            buffer[(0, 0)].set_symbol(symbol);
        };
        let sent = sent.clone() + &bytes_of(kind, put);
        assert!(!sent.contains("\x1b_") && !sent.contains('\u{9f}'), "{sent:?}");
        assert!(!sent.contains('\u{10eeee}'), "{sent:?}");
    }
}

/// A picture as a terminal gets it in so many columns and rows.
fn made(picture: &[u8], (columns, rows): (u16, u16), cell: Cell) -> Option<Whole> {
    let room = Room { columns, rows, whole: Some(Wanted { name: 16, cell }) };
    let Answer::Picture(shown) = drawn(&Answer::Blob(Some(picture.to_vec())), room) else {
        panic!("no picture")
    };
    match *shown.unwrap() {
        Shown::Whole(whole) => Some(Whole::clone(&whole)),
        Shown::Dots(dots) => {
            assert!(dots.across <= columns && dots.down <= 2 * rows);
            None
        }
    }
}

#[test]
fn a_picture_is_sent_in_no_more_dots_than_its_cells_have_and_in_no_more_bytes_than_a_line_takes() {
    let size = |whole: &Whole| {
        let sent = image::load_from_memory(&whole.png).unwrap();
        (sent.width(), sent.height())
    };
    let flat = RgbImage::from_pixel(2100, 700, Rgb([200, 30, 30]));
    let mut bytes = Cursor::new(Vec::new());
    flat.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let whole = made(bytes.get_ref(), (76, 14), CELL).unwrap();
    assert_eq!((whole.columns, whole.rows, size(&whole)), (76, 13, (760, 253)));
    let huge = made(bytes.get_ref(), (396, 140), Cell { across: 64, down: 128 }).unwrap();
    assert_eq!(size(&huge), (1920, 640));

    // What packs badly goes in fewer dots, in the same cells; beyond that in half blocks.
    let whole = made(&noise(760, 280), (76, 14), CELL).unwrap();
    assert_eq!((whole.columns, whole.rows, size(&whole)), (76, 14, (190, 70)));
    assert!(whole.png.len() <= 96 * 1024, "{}", whole.png.len());
    assert_eq!(made(&noise(1000, 800), (100, 40), CELL), None);
}

#[test]
fn every_cell_of_a_picture_is_one_cell_and_no_other() {
    let all: Vec<String> = (0..297).filter_map(|n| placeholder::of(n, 296 - n)).collect();
    assert_eq!(all.len(), 297);
    assert!(all.iter().all(|cell| cell.width() == 1 && placeholder::is_one(cell)));
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 297);
    assert_eq!(placeholder::of(297, 0), None);
    assert_eq!(placeholder::of(0, 297), None);
}

#[test]
fn a_picture_comes_over_ssh_to_a_terminal_that_says_that_it_shows_them() {
    let hosting = Hosting::start(&[("bench", "ASM-1")], "");
    let mut seat = hosting.reached().seat_at("xterm-kitty", "bench");
    seat.is_sent(QUESTION);
    seat.press(std::str::from_utf8(ANSWER).unwrap());
    seat.comes_to_the_first_step();
    seat.types("0010");
    seat.shows("saved 0010");
    seat.types("");
    assert!(seat.comes_to("housing"), "{}", seat.screen());
    seat.scans("H-0010");
    assert!(seat.comes_to("cover"), "{}", seat.screen());
    seat.scans("L-0815");
    seat.types("");
    assert!(seat.comes_to("Are both faces clean"), "{}", seat.screen());
    assert!(!seat.sent().contains("\x1b_"));
    seat.press("\x1b[17~");
    seat.is_sent(",U=1,");
    seat.is_sent("\u{10eeee}\u{305}\u{305}");
    seat.press("\x1b");
    seat.is_sent("\x1b_Ga=d,d=I,");
    assert!(seat.comes_to("Are both faces clean"), "{}", seat.screen());
}
