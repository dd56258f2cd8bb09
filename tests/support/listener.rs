//! Somebody who hears the screens in lines and types whole lines.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use gemba::app::display::{Display, Line, Turned};
use gemba::app::terminal::lines::{Echo, Hide, Lines, LinesKind};
use gemba::ui::effect::Effect;
use gemba::ui::input::Input;
use gemba::ui::keys::KEYS;
use gemba::ui::message::Message;
use gemba::ui::page::PAGE;

use super::screen::{Looks, Screen, USUAL};
use super::shop::Shop;

/// How the terminal is.
const KIND: LinesKind = LinesKind { columns: Some(80), utf8: true, echo: Echo::Told };

#[derive(Debug, Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

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

const fn turned(inputs: u64) -> Turned {
    Turned { settled: true, inputs, ended: false }
}

/// Who listens and types.
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
        let lines = Lines::new(paper.clone(), KIND, hidden.clone());
        let screen = Screen::new(shop, looks);
        let mut listener = Self { screen, lines, paper, hidden, inputs: 0 };
        listener.listens();
        listener
    }

    pub(crate) fn listens(&mut self) {
        self.lines.show(&mut self.screen.shell, turned(self.inputs)).unwrap();
    }

    /// Types a line, as the terminal shows it, or puts in several at once; tells what is heard then.
    pub(crate) fn types(&mut self, line: &str) -> &mut Self {
        if !*self.hidden.0.borrow() {
            writeln!(self.paper, "{line}").unwrap();
        }
        self.screen.message(Message::Input(Input::Line(line.to_owned())));
        for effect in std::mem::take(&mut self.screen.asked) {
            if effect == Effect::Redraw {
                self.lines.redraw().unwrap();
            }
        }
        self.inputs += 1;
        self.listens();
        self
    }

    /// Types lines one after another.
    pub(crate) fn types_all(&mut self, lines: &[&str]) -> &mut Self {
        for line in lines {
            self.types(line);
        }
        self
    }

    /// Everything that was heard and typed so far.
    pub(crate) fn heard(&self) -> String {
        let heard = self.paper.text();
        heard.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").replace('\x07', "")
    }

    /// What is heard of the page that is there now.
    #[track_caller]
    pub(crate) fn hears(&mut self, text: &str) -> &mut Self {
        let page = self.screen.shell.page();
        let said = page.said.as_ref().map(|(_, said)| said);
        let all = [&page.title, &page.prompt].into_iter().chain(&page.body).chain(&page.marked);
        let all: Vec<&String> = all.chain(&page.notices).chain(said).collect();
        assert!(all.iter().any(|line| line.contains(text)), "{text:?} is not heard: {all:#?}");
        self
    }
}

/// All of a screen as whoever comes to it hears it: something is asked for or said last, and nothing is
/// left of what is drawn for the eye.
#[track_caller]
pub(crate) fn heard(screen: &mut Screen) -> String {
    let (columns, rows) = PAGE;
    screen.message(Message::Input(Input::Resize { columns, rows }));
    let page = screen.shell.page();
    assert!(!page.prompt.is_empty(), "nothing says what is typed here: {page:#?}");
    let paper = Paper::default();
    let mut lines =
        Lines::new(paper.clone(), LinesKind { columns: None, ..KIND }, Hidden::default());
    // What is said once, at the beginning, is no matter of a page.
    lines.show(&mut screen.shell, turned(0)).unwrap();
    paper.0.borrow_mut().clear();
    lines.redraw().unwrap();
    lines.show(&mut screen.shell, turned(1)).unwrap();
    let heard = paper.text().trim().to_owned();
    let drawn = |c: char| matches!(c, '\u{2500}'..='\u{259f}' | '\u{e000}'..='\u{f8ff}');
    assert_eq!(heard.chars().find(|c| drawn(*c)), None, "{heard}");
    heard
}

/// Every key that stands on the last line of a screen is among those that are heard, by the word that
/// presses it. A page in lines has all of a text, and none that turns.
#[track_caller]
pub(crate) fn hears_every_key(heard: &str, seen: &str) {
    let told = heard.lines().find_map(|line| line.strip_prefix("Keys: ")).unwrap_or_default();
    let told: Vec<&str> = told.split(", ").collect();
    for key in seen.lines().last().unwrap_or_default().split("   ").map(str::trim) {
        let Some((printed, word)) = key.split_once(' ') else { continue };
        if printed == "PgDn" || !KEYS.iter().any(|row| row.printed == printed) {
            continue;
        }
        let itself = printed == "Enter" || printed.chars().count() == 1;
        let named =
            if itself { printed.to_owned() } else { format!("/{}", printed.to_lowercase()) };
        let wanted = format!("{named} {word}");
        assert!(told.contains(&wanted.as_str()), "{wanted:?} is not in:\n{heard}\nof:\n{seen}");
    }
}
