//! Whole lines from a terminal that has no keys, and pages that are written on.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use gemba::app::display::{Display, Line, Screens, Turned};
use gemba::app::terminal::input::InputRules;
use gemba::app::terminal::lines::{Echo, Hide, Lines, LinesKind};
use gemba::app::terminal::typed::{LineParser, Typist};
use gemba::ui::effect::Effect;
use gemba::ui::input::Input;
use gemba::ui::message::Message;
use gemba::ui::page::Page;
use gemba::views::dots::Whole;
use proptest::prelude::*;

fn line(text: &str) -> Input {
    Input::Line(text.to_owned())
}

/// What comes of bytes that nothing follows for a while.
fn alone(parser: &mut LineParser, bytes: &[u8], at_ms: u64) -> Vec<Input> {
    let mut inputs = parser.feed(bytes, at_ms);
    inputs.extend(parser.deadline().map_or_else(Vec::new, |deadline| parser.expire(deadline)));
    inputs
}

fn parser(typist: Typist) -> LineParser {
    let mut rules = InputRules::default();
    rules.scan.prefixes = vec!["~s".to_owned()];
    LineParser::new(&rules, typist)
}

#[test]
fn lines_end_with_any_line_end_and_each_ends_once() {
    let mut parser = parser(Typist::Pipe);
    assert_eq!(
        parser.feed(b"24.8\r\n25\n\n26\r", 0),
        [line("24.8"), line("25"), line(""), line("26")]
    );
    assert_eq!(parser.feed(b"\n27\n", 1), [line("27")], "the LF belonged to the CR");
}

#[test]
fn a_line_may_come_in_pieces_and_is_mended_as_on_a_terminal() {
    let mut parser = parser(Typist::Pipe);
    assert!(parser.feed(b"2", 0).is_empty());
    assert_eq!(parser.feed("4.ü\x7f8\n".as_bytes(), 900), [line("24.8")]);
    assert_eq!(parser.feed(b"wrong\x15right\n", 901), [line("right")]);
    assert_eq!(parser.feed(b"a\x1b[Ab\x00\n", 902), [line("a[Ab")], "no control comes in");
}

#[test]
fn what_nobody_ended_is_text_that_confirms_nothing() {
    let mut parser = parser(Typist::Pipe);
    parser.feed(b"B-2107\n24", 0);
    assert_eq!(parser.rest(), [Input::Paste("24".to_owned())]);
    assert_eq!(parser.rest(), []);
}

#[test]
fn a_line_is_not_lost_where_the_input_ends_right_behind_it() {
    let mut parser = parser(Typist::Terminal);
    assert_eq!(parser.feed(b"24.8\n25", 0), []);
    assert_eq!(parser.rest(), [line("24.8"), Input::Paste("25".to_owned())]);
}

#[test]
fn lines_that_are_put_in_at_once_are_one_input_with_their_tabs_and_gaps() {
    for typist in [Typist::Terminal, Typist::Bare] {
        let mut person = parser(typist);
        // In one read, in a read each, or somewhere in between.
        assert_eq!(person.feed(b"0.11\t5\n0.12\t6\n", 0), []);
        assert_eq!(person.feed(b"\n0.1", 9), []);
        assert_eq!(alone(&mut person, b"4\t7\n", 20), [line("0.11\t5\n0.12\t6\n\n0.14\t7")]);
        assert_eq!(person.deadline(), None);
        // A line that ends later is one of its own, whoever asks first.
        assert_eq!(person.feed(b"a\n", 1_000), []);
        assert_eq!(person.expire(1_030), []);
        assert_eq!(person.feed(b"b\n", 1_031), [line("a")]);
        assert_eq!(person.expire(1_062), [line("b")]);
    }
    let mut pipe = parser(Typist::Pipe);
    assert_eq!(pipe.feed(b"0.11\n0.12\n", 0), [line("0.11"), line("0.12")], "each is meant");
}

#[test]
fn what_is_put_in_at_once_without_end_neither_fills_memory_nor_loses_anything() {
    let mut person = parser(Typist::Terminal);
    let mut taken = Vec::new();
    for _ in 0..10_000 {
        taken.extend(person.feed(b"12345678901234\n", 0));
    }
    taken.extend(person.rest());
    let text = |input: &Input| {
        let Input::Line(text) = input else { panic!("{input:?} is no line") };
        text.clone()
    };
    let texts: Vec<String> = taken.iter().map(text).collect();
    assert!(texts.iter().all(|text| text.len() <= 64 * 1024), "{}", texts.len());
    assert_eq!(texts.iter().map(|text| text.lines().count()).sum::<usize>(), 10_000);
}

#[test]
fn a_scanner_is_known_by_what_it_sends_first() {
    let mut parser = parser(Typist::Terminal);
    let scan = |code: &str| Input::Scan(code.to_owned());
    assert_eq!(parser.feed(b"~sTW-07\n", 0), [scan("TW-07")]);
    assert_eq!(parser.feed(b"\x02TW-07\n", 1), [scan("TW-07")]);
}

#[test]
fn an_enter_before_anybody_could_hear_the_answer_confirms_nothing() {
    let mut person = parser(Typist::Terminal);
    assert_eq!(alone(&mut person, b"24.8\n\n", 0), [line("24.8")]);
    assert_eq!(alone(&mut person, b"\n", 299), []);
    assert_eq!(alone(&mut person, b"\n", 700), [line("")]);
    assert_eq!(
        parser(Typist::Pipe).feed(b"24.8\n\n", 0),
        [line("24.8"), line("")],
        "a pipe means it"
    );
}

#[test]
fn a_line_without_a_terminal_of_its_own_is_echoed() {
    let mut parser = parser(Typist::Bare);
    parser.feed(b"2x\x7f5\r", 0);
    assert_eq!(parser.take_echo(), b"2x\x08 \x085\r\n");
    assert!(parser.take_echo().is_empty());
}

/// What is written, kept.
#[derive(Debug, Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Line for Paper {
    fn has_room(&mut self) -> bool {
        true
    }
}

#[derive(Debug, Clone, Default)]
struct Hidden(Rc<RefCell<bool>>);

impl Hide for Hidden {
    fn hide(&mut self, secret: bool) {
        *self.0.borrow_mut() = secret;
    }
}

/// Screens that show one page.
struct Shown(Page);

impl Screens for Shown {
    fn update(&mut self, _message: Message) -> Vec<Effect> {
        Vec::new()
    }

    fn view(&mut self, _frame: &mut ratatui::Frame<'_>) -> Option<Arc<Whole>> {
        None
    }

    fn page(&mut self) -> Page {
        self.0.clone()
    }
}

struct Listener {
    lines: Lines<Paper, Hidden>,
    paper: Paper,
    hidden: Hidden,
    inputs: u64,
}

impl Listener {
    fn of(kind: LinesKind) -> Self {
        let (paper, hidden) = (Paper::default(), Hidden::default());
        let lines = Lines::new(paper.clone(), kind, hidden.clone());
        Self { lines, paper, hidden, inputs: 0 }
    }

    /// What is written once a page is there, after so many more inputs.
    fn hears(&mut self, page: &Page, more: u64) -> String {
        self.paper.0.borrow_mut().clear();
        self.inputs += more;
        let turned = Turned { settled: true, inputs: self.inputs, ended: false };
        self.lines.show(&mut Shown(page.clone()), turned).unwrap();
        String::from_utf8(self.paper.0.borrow().clone()).unwrap()
    }
}

const TERMINAL: LinesKind = LinesKind { columns: None, utf8: true, echo: Echo::Told };

fn page(body: &[&str], prompt: &str) -> Page {
    let body = body.iter().map(|line| (*line).to_owned()).collect();
    Page { body, prompt: prompt.to_owned(), ..Page::default() }
}

#[test]
fn only_what_is_new_is_said_and_the_focus_last() {
    let mut listener = Listener::of(TERMINAL);
    let first = listener.hears(&page(&["Torque the bolts", "1: not yet"], "1 of 2"), 0);
    assert!(
        first.starts_with("gemba in lines.")
            && first.ends_with("Torque the bolts\n1: not yet\n1 of 2 > "),
        "{first}"
    );
    let second = listener.hears(&page(&["Torque the bolts", "1: 24.8 pass"], "2 of 2"), 1);
    assert_eq!(second, "1: 24.8 pass\n2 of 2 > ");
    assert_eq!(
        listener.hears(&page(&["Torque the bolts", "1: 24.8 pass"], "2 of 2"), 1),
        "Keys: \n2 of 2 > "
    );
}

#[test]
fn nothing_is_said_while_nobody_asks_but_what_was_said() {
    let mut listener = Listener::of(TERMINAL);
    let before = page(&["12:05 left"], "wait");
    listener.hears(&before, 0);
    let later = page(&["12:04 left"], "wait");
    assert_eq!(listener.hears(&later, 0), "");
    let rings = Page { said: Some((1, "the wait is over".to_owned())), ..later.clone() };
    assert_eq!(listener.hears(&rings, 0), "\nthe wait is over\nwait > ");
    assert_eq!(
        listener.hears(&rings, 1),
        "12:04 left\nwait > ",
        "what went on comes with the next answer"
    );
}

#[test]
fn what_waits_is_said_with_another_page_and_where_nothing_waited() {
    let mut listener = Listener::of(TERMINAL);
    let waits = |title: &str, left: &str| Page {
        title: title.to_owned(),
        waits: Some(format!("waiting: {left}")),
        ..page(&["Work here"], "filter")
    };
    listener.hears(&Page { waits: None, ..waits("a", "") }, 0);
    assert_eq!(listener.hears(&waits("a", "20 min"), 1), "waiting: 20 min\nfilter > ");
    assert_eq!(listener.hears(&waits("a", "19 min"), 0), "", "nobody asked");
    assert_eq!(listener.hears(&waits("a", "19 min"), 1), "Keys: \nfilter > ");
    assert_eq!(listener.hears(&waits("b", "18 min"), 1), "Work here\nwaiting: 18 min\nfilter > ");
}

#[test]
fn the_same_outcome_twice_is_said_twice() {
    let mut listener = Listener::of(TERMINAL);
    let saved = |times| Page {
        keys: "Enter record".to_owned(),
        said: Some((times, "saved 25".to_owned())),
        ..page(&[], "3 of 4")
    };
    listener.hears(&saved(1), 0);
    assert_eq!(listener.hears(&saved(2), 1), "saved 25\n3 of 4 > ");
    let nothing = listener.hears(&saved(2), 1);
    assert_eq!(
        nothing, "Keys: Enter record\n3 of 4 > ",
        "and where nothing came of it, what would"
    );
}

#[test]
fn a_secret_is_hidden_while_it_is_typed_or_it_is_said_that_it_is_not() {
    let secret = Page { secret: true, ..page(&[], "PIN") };
    let mut listener = Listener::of(TERMINAL);
    listener.hears(&page(&[], "Badge"), 0);
    assert_eq!(listener.hears(&secret, 1), "PIN > ");
    assert!(*listener.hidden.0.borrow());
    assert_eq!(
        listener.hears(&page(&[], "filter"), 1),
        "\nfilter > ",
        "its line end was not shown"
    );
    assert!(!*listener.hidden.0.borrow());
    let mut pipe = Listener::of(LinesKind { echo: Echo::Unknown, ..TERMINAL });
    pipe.hears(&page(&[], "Badge"), 0);
    assert_eq!(pipe.hears(&secret, 1), "\nWhat you type here is not hidden.\nPIN > ");
}

#[test]
fn a_line_breaks_between_words_where_the_terminal_ends() {
    let mut listener = Listener::of(LinesKind { columns: Some(20), ..TERMINAL });
    listener.hears(&page(&[], "x"), 0);
    let heard = listener.hears(&page(&["Go around in the cross pattern twice"], "x"), 1);
    assert_eq!(heard, "Go around in the\ncross pattern twice\nx > ");
}

#[test]
fn a_terminal_of_ascii_hears_signs_spelled_out() {
    let mut listener = Listener::of(LinesKind { utf8: false, ..TERMINAL });
    listener.hears(&page(&[], "x"), 0);
    assert_eq!(listener.hears(&page(&["25 ±2 N·m, Łódź"], "x"), 1), "25 +/-2 N.m, ??d?\nx > ");
}

proptest! {
    #[test]
    fn no_page_brings_a_control_to_the_terminal(body in proptest::collection::vec(any::<String>(), 0..6), prompt in any::<String>()) {
        let mut listener = Listener::of(LinesKind { columns: Some(30), ..TERMINAL });
        let lines: Vec<&str> = body.iter().map(String::as_str).collect();
        let heard = listener.hears(&page(&lines, &prompt), 0);
        prop_assert!(heard.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", heard);
    }

    #[test]
    fn no_bytes_are_too_strange_to_be_a_line(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut parser = parser(Typist::Terminal);
        for input in alone(&mut parser, &bytes, 0) {
            let (Input::Line(text) | Input::Scan(text)) = input else { panic!("neither") };
            prop_assert!(!text.contains(['\r', '\u{1b}']), "{:?}", text);
        }
    }
}
