//! The screens in lines, as somebody hears them who types whole lines: the unit of the demo from the
//! badge to the signature, and every page of the menu.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use gemba::app::display::{Display, Line, Turned};
use gemba::app::terminal::lines::{Echo, Hide, Lines, LinesKind};
use gemba::ui::input::Input;
use gemba::ui::message::Message;
use gemba::ui::page::PAGE;
use insta::assert_snapshot;

use crate::screens_others::supervisor;
use crate::support::screen::{Looks, PIN, Screen, USUAL};
use crate::support::screen_plant::plant;
use crate::support::shop::Shop;

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

/// Whether what is typed is hidden now.
#[derive(Debug, Clone, Default)]
struct Hidden(Rc<RefCell<bool>>);

impl Hide for Hidden {
    fn hide(&mut self, secret: bool) {
        *self.0.borrow_mut() = secret;
    }
}

/// Somebody who listens and types lines.
pub(crate) struct Listener {
    pub(crate) screen: Screen,
    lines: Lines<Paper, Hidden>,
    paper: Paper,
    hidden: Hidden,
    inputs: u64,
}

impl Listener {
    pub(crate) fn new(shop: Shop) -> Self {
        let looks = Looks { theme: "mono", size: PAGE, ..USUAL };
        let (paper, hidden) = (Paper::default(), Hidden::default());
        let kind = LinesKind { columns: Some(80), utf8: true, echo: Echo::Told };
        let lines = Lines::new(paper.clone(), kind, hidden.clone());
        let screen = Screen::new(shop, looks);
        let mut listener = Self { screen, lines, paper, hidden, inputs: 0 };
        listener.listens();
        listener
    }

    pub(crate) fn listens(&mut self) {
        let turned = Turned { settled: true, inputs: self.inputs, ended: false };
        self.lines.show(&mut self.screen.shell, turned).unwrap();
    }

    /// Types a line, as the terminal shows it; tells what is heard then.
    pub(crate) fn types(&mut self, line: &str) -> &mut Self {
        if !*self.hidden.0.borrow() {
            writeln!(self.paper, "{line}").unwrap();
        }
        self.screen.message(Message::Input(Input::Line(line.to_owned())));
        for effect in std::mem::take(&mut self.screen.asked) {
            if effect == gemba::ui::effect::Effect::Redraw {
                self.lines.redraw().unwrap();
            }
        }
        self.inputs += 1;
        self.listens();
        self
    }

    /// Everything that was heard and typed so far.
    pub(crate) fn heard(&self) -> String {
        let heard = String::from_utf8(self.paper.0.borrow().clone()).unwrap();
        heard.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").replace('\x07', "")
    }

    fn signs_in(&mut self) -> &mut Self {
        self.types("B-2107").types(PIN)
    }
}

#[test]
fn a_unit_is_built_in_lines_from_the_badge_to_the_last_signature() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("0007").types("");
    for step in [&["0007"][..], &["H-2209", "LOT-7"], &["1"], &["1"]] {
        for line in step {
            listener.types(line);
        }
        listener.types("");
    }
    // The bolts: the second one fails, and was a slip.
    for line in ["/scan TW-07", "24.8", "27.3", "25.1", "25.0", "24.9", "", ""] {
        listener.types(line);
    }
    listener.screen.seconds_pass(1300);
    listener.listens();
    listener.types("").types("/scan FG-02").types("0.03").types("");
    // The inspector signs.
    listener.types("").types("B-3052").types(PIN).types("").types("").types("/esc");
    let heard = listener.heard();
    assert!(!heard.contains('\u{1b}') && !heard.contains(PIN), "{heard}");
    assert_snapshot!(heard);
}

#[test]
fn a_value_that_fails_twice_opens_its_deviation_in_lines() {
    let mut listener = Listener::new(crate::screens_traveler::reaching("torque"));
    listener
        .signs_in()
        .types("0007")
        .types("/scan TW-07")
        .types("24.8")
        .types("27.3")
        .types("27.3");
    listener.types("/esc").types("/again");
    assert_snapshot!(listener.heard());
}

#[test]
fn every_page_of_the_menu_is_reached_by_numbers() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("/menu").types("9").types("9").types("9").types("0");
    listener.types("/menu").types("4").types("/esc").types(":pin").types("/esc");
    assert_snapshot!(listener.heard());
}

#[test]
fn a_deviation_is_disposed_of_in_lines() {
    let shop = supervisor().shop;
    let mut listener = Listener::new(shop);
    listener.types("B-4011").types(PIN).types(":deviations").types("").types("1").types("");
    listener.types("4").types("scratched").types("B-4011").types(PIN);
    assert_snapshot!(listener.heard());
}

#[test]
fn a_line_takes_the_place_of_what_stood_in_the_field() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("nothing is called so").types("0008");
    listener.screen.shows("WO-1881/0008");
}

#[test]
fn a_word_that_presses_nothing_says_which_there_are() {
    let mut listener = Listener::new(plant());
    listener.signs_in().types("/jump");
    let heard = listener.heard();
    assert!(heard.contains("/jump is no word here: /f1 to /f12, /esc"), "{heard}");
    // A count of pieces begins with a slash, too.
    listener.types("/2");
    listener.screen.shows("Nothing fits the filter");
}
