//! What every screen shows: a wait that runs, with its ring, wherever somebody looks; and how every
//! screen looks in colors, without them, and in the smallest window.

use std::cell::{self, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gemba::domain::language::Language;
use gemba::domain::place::NewsRule;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::ui::speech::sentence;
use insta::assert_snapshot;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::rules_first_article::half;
use crate::screens_deviations::accepting;
use crate::screens_floor::floor;
use crate::screens_gauges::trace;
use crate::screens_inspection::{came_in, rejected};
use crate::screens_others::supervisor;
use crate::screens_permits::permitted;
use crate::screens_review::judged;
use crate::screens_revisions::surprised;
use crate::screens_set::{curing, waiting};
use crate::screens_suspect::failed;
use crate::screens_thread::building;
use crate::screens_tickets::downstream;
use crate::screens_traveler::reaching;
use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::screen_answers::themes;
use crate::support::screen_plant::plant;
use crate::support::shipping::{finished, ships};
use crate::support::shop::Shop;
use crate::support::shop_sampling::gap;

/// How the wait is told: its first unit, and how many more wait with it.
const WAIT: &str = "WO-1881/0007 +2";

/// The smallest window.
const SMALL: (u16, u16) = (40, 12);

thread_local! {
    /// Of each screen: as usual, without colors in ASCII, and in the smallest window.
    static PICTURES: RefCell<BTreeMap<String, [String; 3]>> = const { RefCell::new(BTreeMap::new()) };
    /// The language that those chose who walk.
    static READS: cell::Cell<Language> = const { cell::Cell::new(Language::English) };
}

/// What stands in a window; nothing that was to be drawn there is missing without a mark.
fn drawn(screen: &mut Screen, (columns, rows): (u16, u16), (theme, ascii): (&str, bool)) -> String {
    screen.shell.dress(themes(theme), ascii);
    screen.message(Message::Input(Input::Resize { columns, rows }));
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    let drawn = screen.shell.draw(&mut buffer);
    let lines = buffer.content.chunks(columns.into());
    let lines = lines.map(|row| row.iter().map(Cell::symbol).collect::<String>());
    let text = lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n");
    assert_eq!(drawn.lost, Vec::<String>::new(), "there was no room at all for these:\n{text}");
    if ascii {
        let colored = buffer.content.iter().any(|cell| cell.fg != Color::Reset);
        // But for a code to scan, which is light on dark whatever the theme.
        assert!(!colored || text.contains("Hand-off"), "a color:\n{text}");
        assert!(text.is_ascii(), "not ASCII:\n{text}");
    }
    let (x, y) = drawn.cursor.unwrap_or_else(|| panic!("no cursor:\n{text}"));
    assert!(x < columns && y < rows, "the cursor is outside, at {x}, {y}:\n{text}");
    let keys = text.lines().last().unwrap_or_default();
    assert!(keys.contains("F9") || keys.contains("Esc"), "no keys:\n{text}");
    text
}

/// All pictures of one look, one below the other.
fn album(which: usize) -> String {
    PICTURES.with_borrow(|pictures| {
        let page = |(name, looks): (&String, &[String; 3])| {
            format!("== {name}\n{}\n", looks[which].trim_end())
        };
        pictures.iter().map(page).collect()
    })
}

/// Every type of the source that is a screen.
fn screens() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            let of = |line: &str| line.strip_prefix("impl Layer for ").map(str::to_owned);
            let names = text.lines().filter_map(of);
            found.extend(names.map(|name| name.trim_end_matches(" {").to_owned()));
        }
    }
    found
}

/// One walk through screens: the wait is told on each of them.
struct Walk {
    screen: Screen,
    known: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl Walk {
    fn new(mut screen: Screen) -> Self {
        if READS.get() == Language::German {
            screen.choose("Language / Sprache").type_keys("2").shows("Deutsch");
        }
        let mut walk = Self { screen, known: screens(), seen: BTreeSet::new() };
        let waits = curing();
        let shop = std::mem::replace(&mut walk.screen.shop, waits);
        waiting(&mut walk.screen);
        walk.screen.shop = shop;
        walk.look();
        walk
    }

    /// What is on the screen tells the wait; notes which screens it is.
    fn look(&mut self) -> &mut Self {
        let text = self.screen.text();
        // Where a page has the whole screen, beside the keys.
        let esc = format!("Esc {}", sentence("back"));
        let below = text.lines().last().filter(|line| line.contains(&esc));
        let rows = text.lines().nth(2).into_iter().chain(below);
        let told = rows.into_iter().any(|line| line.contains(WAIT));
        assert!(told, "the wait is not told:\n{text}");
        let shell = format!("{:?}", self.screen.shell);
        let here = self.known.iter().filter(|name| shell.contains(&format!("{name} {{")));
        let here: Vec<String> = here.cloned().collect();
        if here.iter().any(|name| !self.seen.contains(name)) {
            self.picture(&here);
        }
        self.seen.extend(here);
        self
    }

    /// Keeps how a screen looks that was not looked at before.
    fn picture(&mut self, here: &[String]) {
        let screen = &mut self.screen;
        let mono = drawn(screen, USUAL.size, ("mono", true));
        let small = drawn(screen, SMALL, ("dark", false));
        let usual = drawn(screen, USUAL.size, ("dark", false));
        let new = here.iter().filter(|name| !self.seen.contains(*name));
        PICTURES.with_borrow_mut(|pictures| {
            for name in new {
                let looks = [&usual, &mono, &small].map(Clone::clone);
                pictures.entry(name.clone()).or_insert(looks);
            }
        });
    }

    fn key(&mut self, key: Key) -> &mut Self {
        self.screen.key(key);
        self.look()
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        self.screen.type_keys(keys);
        self.look()
    }

    fn scan(&mut self, code: &str) -> &mut Self {
        self.screen.scan(code);
        self.look()
    }

    /// Chooses from the numbered menu by its words.
    fn menu(&mut self, words: &'static str) -> &mut Self {
        let words = sentence(words);
        self.key(Key::Menu);
        for _ in 0..5 {
            let text = self.screen.text();
            // Not where a longer word begins with it.
            let whole = |after: &str| !after.starts_with(char::is_alphabetic);
            let found = text
                .lines()
                .find_map(|line| line.split_once(words).filter(|(_, after)| whole(after)));
            if let Some(digit) = found.and_then(|(before, _)| before.trim_end().chars().last()) {
                return self.keys(&digit.to_string());
            }
            self.keys("9");
        }
        panic!("the menu has no {words}: {}", self.screen.text());
    }
}

/// The screens of releases, traces and components.
fn on_the_way_out() -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut walk = Walk::new(Screen::signed_in(finished(), "B-5020"));
    walk.menu("Release to ship").keys("1").key(Key::Enter);
    seen.append(&mut walk.seen);

    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release);
    let mut walk = Walk::new(Screen::signed_in(shop, "B-5020"));
    walk.menu("Release to ship").keys("1").key(Key::F(5));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(finished(), "B-5020"));
    walk.menu("Trace").scan("TW-07");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(building(), "B-4011"));
    walk.scan("WO-1/0001").menu("What it is made of").key(Key::Down).key(Key::Up).key(Key::Enter);
    seen.append(&mut walk.seen);
    seen
}

/// The screens of hand-off tickets.
fn of_tickets() -> BTreeSet<String> {
    let mut walk = Walk::new(Screen::signed_in(Shop::coated_apart(), "B-2107"));
    walk.scan("WO-R/0001").menu("Hand-off ticket").key(Key::Esc);
    let mut seen = walk.seen;
    let (screen, ticket) = downstream("B-2107");
    seen.append(&mut Walk::new(screen).scan(&ticket.text()).seen);
    seen
}

/// The screens below the board, and of what was measured.
fn of_figures() -> BTreeSet<String> {
    let mut walk = Walk::new(supervisor());
    walk.menu("Shift board").key(Key::Tab).key(Key::Enter).keys("1").keys("2").key(Key::Esc);
    walk.key(Key::Esc).key(Key::Esc).menu("Board for a wall").key(Key::Esc);
    let mut seen = walk.seen;
    let mut walk = Walk::new(supervisor());
    walk.menu("Trace").keys("c-gap\n").key(Key::Enter);
    seen.append(&mut walk.seen);
    let mut walk = Walk::new(supervisor());
    walk.menu("Instructions");
    for _ in 0..9 {
        walk.key(Key::Down);
    }
    walk.key(Key::Enter).key(Key::F(8));
    seen.append(&mut walk.seen);
    seen
}

fn of_lots() -> BTreeSet<String> {
    let mut walk = Walk::new(Screen::signed_in(came_in(), "B-3052"));
    walk.menu("Lots to inspect").key(Key::F(7)).key(Key::Esc).key(Key::F(2)).key(Key::Esc);
    walk.keys("1").keys("75.0\n").keys("2").key(Key::F(5)).key(Key::Esc).key(Key::F(3));
    walk.key(Key::Esc).key(Key::F(8));
    let mut seen = walk.seen;

    let mut walk = Walk::new(Screen::signed_in(half(), "B-3052"));
    walk.menu("Lots to inspect").key(Key::Down).key(Key::Enter).key(Key::F(6));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(rejected(), "B-5020"));
    walk.menu("Lots to inspect").keys("1").key(Key::Enter);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(came_in(), "B-3052"));
    walk.menu("Lots to inspect").key(Key::F(2)).keys("\n");
    seen.append(&mut walk.seen);
    seen
}

/// Every screen once, in the language of this thread.
fn walk_through() {
    PICTURES.take();
    let mut seen = BTreeSet::new();
    let mut walk = Walk::new(Screen::new(curing(), USUAL));
    walk.scan("B-2107").keys(PIN).keys("\n");
    for words in ["Help", "Change person", "Call for help", "Deviations", "Choose a place"] {
        walk.menu(words).key(Key::Esc);
    }
    walk.menu("Shift board").key(Key::Esc).menu("Sync state").key(Key::Esc);
    walk.menu("Running waits").keys("\n").key(Key::Esc);
    walk.scan("B-2107").key(Key::Esc);
    walk.menu("Change my PIN").key(Key::Esc);
    walk.menu("Try a scanner").key(Key::Esc);
    walk.menu("Show me around").key(Key::Esc).key(Key::Char(':')).key(Key::Esc);
    walk.menu("Look of the screen").key(Key::Esc);
    walk.menu("Language / Sprache").key(Key::Esc);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(plant(), "B-5020"));
    walk.screen.answers.trace = Some(Box::new(trace(Some("held"))));
    walk.menu("Gauges").keys("\n").key(Key::F(3));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(reaching("torque"), "B-2107"));
    walk.scan("0007").key(Key::F(2)).key(Key::Esc).key(Key::F(4)).key(Key::Esc);
    walk.key(Key::F(5)).key(Key::Esc).key(Key::F(7)).key(Key::Esc);
    walk.key(Key::F(6)).key(Key::Esc).key(Key::F(8)).key(Key::Esc);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(reaching("signoff"), "B-2107"));
    walk.scan("0007").keys("\n");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(supervisor());
    walk.menu("Deviations").keys("\n").key(Key::Enter).key(Key::Esc).key(Key::F(5));
    walk.key(Key::Esc).key(Key::F(3));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(accepting());
    walk.menu("Deviations").keys("\n").key(Key::Enter);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(judged("B-4011").0);
    walk.menu("Shift board").keys("\n");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(surprised(NewsRule::Warn), "B-5020"));
    walk.scan("0007").key(Key::F(10)).key(Key::Esc).key(Key::Esc).menu("Instructions");
    walk.key(Key::Down).keys("\n").key(Key::Down).key(Key::Up).keys("\n");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(floor(), "B-2107"));
    walk.menu("Hand-overs").key(Key::F(5));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(floor(), "B-5003"));
    walk.menu("Calls for help").keys("1").key(Key::Esc).key(Key::Esc);
    walk.menu("Hand-overs").keys("1").key(Key::Esc).key(Key::Esc);
    walk.menu("Redlines").keys("1");
    seen.append(&mut walk.seen);

    let mut shop = failed();
    shop.unit("0004").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let mut walk = Walk::new(Screen::signed_in(shop, "B-5020"));
    walk.menu("Suspect units").keys("1").key(Key::F(3));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(Screen::signed_in(permitted(), "B-2107"));
    walk.menu("Permits").keys("1").key(Key::Esc).key(Key::Esc);
    walk.menu("Permits").menu("Propose a permit").key(Key::Enter).key(Key::Esc).key(Key::Esc);
    walk.scan("0007").scan("TW-07").keys("27.3\n").keys("27.3\n");
    seen.append(&mut walk.seen);

    seen.append(&mut of_figures());
    seen.append(&mut of_lots());
    seen.append(&mut on_the_way_out());
    seen.append(&mut of_tickets());
    let missed: Vec<String> = screens().difference(&seen).cloned().collect();
    assert_eq!(missed, Vec::<String>::new(), "screens that nobody looked at");
}

#[test]
fn r11_a_running_wait_is_told_on_every_screen_of_the_program() {
    walk_through();
    assert_snapshot!("every_screen", album(0));
    assert_snapshot!("every_screen_without_colors", album(1));
    assert_snapshot!("every_screen_in_the_smallest_window", album(2));
}

#[test]
fn every_screen_speaks_german_to_who_chose_it() {
    READS.set(Language::German);
    walk_through();
    assert_snapshot!("every_screen_in_german", album(0));
    assert_snapshot!("every_screen_in_german_in_the_smallest_window", album(2));
}
