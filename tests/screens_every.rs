//! What every screen shows: a wait that runs, with its ring, wherever somebody looks; and how every
//! screen looks in colors, without them, in the smallest window, and in lines.

use std::cell::{self, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use gemba::domain::language::Language;
use gemba::domain::place::NewsRule;
use gemba::domain::terms::Terms;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::ui::effect::Effect;
use gemba::ui::input::{Input, Key};
use gemba::ui::message::Message;
use gemba::ui::speech::sentence;
use gemba::views::link::Link;
use insta::assert_snapshot;

use crate::rules_first_article::half;
use crate::screens_deviations::accepting;
use crate::screens_floor::floor;
use crate::screens_gauges::trace;
use crate::screens_inspection::{came_in, rejected};
use crate::screens_others::supervisor;
use crate::screens_permits::permitted;
use crate::screens_picture::BOLTS;
use crate::screens_review::judged;
use crate::screens_revisions::surprised;
use crate::screens_set::{curing, waiting};
use crate::screens_suspect::failed;
use crate::screens_thread::building;
use crate::screens_tickets::downstream;
use crate::screens_traveler::reaching;
use crate::support::drawn::{LAYERS, Seen, begun_with, is_at_item, seen, stack};
use crate::support::listener::{heard, hears_every_key};
use crate::support::screen::{PIN, Screen, USUAL};
use crate::support::screen_answers::themes;
use crate::support::screen_link::offline;
use crate::support::screen_plant::plant;
use crate::support::shipping::{finished, ships};
use crate::support::shop::Shop;
use crate::support::shop_sampling::gap;

/// How the wait is told: its first unit, and how many more wait with it.
const WAIT: &str = "WO-1881/0007 +2";

/// The smallest window.
const SMALL: (u16, u16) = (40, 12);
/// Windows between that and the usual one: half of a large one, and one that lacks a column or two lines.
const BETWEEN: [(u16, u16); 3] = [(60, 20), (79, 24), (80, 22)];

thread_local! {
    /// Of each screen: as usual, without colors in ASCII, in the smallest window, and in lines.
    static PICTURES: RefCell<BTreeMap<String, [String; 4]>> = const { RefCell::new(BTreeMap::new()) };
    /// The language that those chose who walk.
    static READS: cell::Cell<Language> = const { cell::Cell::new(Language::English) };
    /// What their site calls things.
    static CALLED: RefCell<Terms> = RefCell::default();
    /// Whether they try the way back from each screen, and from which they did.
    static GOES_BACK: cell::Cell<bool> = const { cell::Cell::new(false) };
    static TRIED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// What stands in a window.
fn drawn(screen: &mut Screen, (columns, rows): (u16, u16), (theme, ascii): (&str, bool)) -> String {
    screen.shell.dress(themes(theme), ascii);
    screen.message(Message::Input(Input::Resize { columns, rows }));
    // A site may call things by words that are longer than any of ours.
    let ours = CALLED.with_borrow(Terms::is_empty).then(|| READS.get());
    let Seen { text, buffer, cursor } = seen(&screen.shell, (columns, rows), ascii, ours);
    let (x, y) = cursor.unwrap_or_else(|| panic!("no cursor:\n{text}"));
    assert!(x < columns && y < rows, "the cursor is outside, at {x}, {y}:\n{text}");
    if (columns, rows) == USUAL.size {
        let named = format!("{:?}", screen.shell);
        // There the cursor stands in the menu over the page, or in the field above the list.
        let elsewhere = ["MenuScreen {", "PaletteScreen {"].iter().any(|name| named.contains(name));
        let stands = elsewhere || is_at_item(&buffer, (x, y), (screen.focus, ascii));
        assert!(stands, "the cursor is at {x}, {y}, and not at what Enter takes:\n{text}");
    }
    let keys = text.lines().last().unwrap_or_default();
    assert!(keys.contains("F9") || keys.contains("Esc"), "no keys:\n{text}");
    text
}

/// All pictures of one look, one below the other.
fn album(which: usize) -> String {
    PICTURES.with_borrow(|pictures| {
        let page = |(name, looks): (&String, &[String; 4])| {
            format!("== {name}\n{}\n", looks[which].trim_end())
        };
        pictures.iter().map(page).collect()
    })
}

/// One walk through screens: the wait is told on each of them.
struct Walk {
    begins: Box<dyn Fn() -> Screen>,
    screen: Screen,
    /// What was pressed and scanned since.
    did: Vec<Input>,
    seen: BTreeSet<String>,
}

impl Walk {
    fn new(begins: impl Fn() -> Screen + 'static) -> Self {
        let screen = begun(&begins);
        let (did, seen) = (Vec::new(), BTreeSet::new());
        let mut walk = Self { begins: Box::new(begins), screen, did, seen };
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
        let here = LAYERS.iter().filter(|name| shell.contains(&format!("{name} {{")));
        let here: Vec<String> = here.cloned().collect();
        if here.iter().any(|name| !self.seen.contains(name)) {
            if GOES_BACK.get() {
                self.goes_back(&here);
            } else {
                self.picture(&here);
            }
        }
        self.seen.extend(here);
        self
    }

    /// Keeps how a screen looks that was not looked at before.
    fn picture(&mut self, here: &[String]) {
        let screen = &mut self.screen;
        let mono = drawn(screen, USUAL.size, ("mono", true));
        let small = drawn(screen, SMALL, ("dark", false));
        for between in BETWEEN {
            drawn(screen, between, ("dark", false));
        }
        let heard = heard(screen);
        assert!(heard.contains(WAIT), "the wait is not told in lines:\n{heard}");
        let usual = drawn(screen, USUAL.size, ("dark", false));
        hears_every_key(&heard, &usual);
        let new = here.iter().filter(|name| !self.seen.contains(*name));
        PICTURES.with_borrow_mut(|pictures| {
            for name in new {
                let looks = [&usual, &mono, &small, &heard].map(Clone::clone);
                pictures.entry(name.clone()).or_insert(looks);
            }
        });
    }

    /// Somebody who comes the same way has the menu by the keypad's star. Who presses Esc leaves each page,
    /// or a part of it, with each Esc, and records nothing.
    fn goes_back(&self, here: &[String]) {
        let new = |name: &&String| TRIED.with_borrow_mut(|tried| tried.insert((*name).clone()));
        if here.iter().filter(new).count() == 0 {
            return;
        }
        let mut again = begun(self.begins.as_ref());
        for input in &self.did {
            again.message(Message::Input(input.clone()));
        }
        assert_eq!(stack(&again.shell), stack(&self.screen.shell));
        again.asked.clear();
        let mut left = stack(&again.shell);
        again.key(Key::Char('*')).shows("What now?");
        assert_eq!(stack(&again.key(Key::Esc).shell), left, "Esc leaves the menu alone");
        for _ in 0..12 {
            if left.len() < 2 {
                break;
            }
            let before = again.text();
            let below = stack(&again.key(Key::Esc).shell);
            assert!(below.len() <= left.len(), "Esc opens {below:?} on:\n{before}");
            assert!(again.text() != before, "Esc does nothing here:\n{before}");
            left = below;
        }
        assert!(left.len() < 2, "Esc does not lead back from {left:?}");
        let acts = |effect: &Effect| {
            matches!(
                effect,
                Effect::Record(..)
                    | Effect::RecordAll(..)
                    | Effect::RecordSet(..)
                    | Effect::OpenLot(..)
                    | Effect::ChangePin(..)
                    | Effect::Sign(..)
                    | Effect::SignSet(..)
                    | Effect::SignOut(_)
                    | Effect::Quit
            )
        };
        assert!(!again.asked.iter().any(acts), "Esc did something: {:?}", again.asked);
    }

    fn does(&mut self, input: Input) {
        self.did.push(input.clone());
        self.screen.message(Message::Input(input));
    }

    fn key(&mut self, key: Key) -> &mut Self {
        self.does(Input::Key(key));
        self.look()
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        for c in keys.chars() {
            self.does(Input::Key(if c == '\n' { Key::Enter } else { Key::Char(c) }));
        }
        self.look()
    }

    fn scan(&mut self, code: &str) -> &mut Self {
        self.does(Input::Scan(code.to_owned()));
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
                .find_map(|line| line.split_once(words).filter(|(_, after)| whole(after)))
                .or_else(|| text.lines().find_map(|line| begun_with(words, line)));
            if let Some(digit) = found.and_then(|(before, _)| before.trim_end().chars().last()) {
                return self.keys(&digit.to_string());
            }
            self.keys("9");
        }
        panic!("the menu has no {words}: {}", self.screen.text());
    }
}

/// How a walk begins.
fn begun(begins: &dyn Fn() -> Screen) -> Screen {
    let mut screen = begins();
    if READS.get() == Language::German {
        screen.choose("Language / Sprache").type_keys("2").shows("Deutsch");
    }
    let terms = CALLED.with_borrow(Clone::clone);
    if !terms.is_empty() {
        screen.message(Message::Link(Link { connected: true, terms, ..Link::default() }));
    }
    let shop = std::mem::replace(&mut screen.shop, curing());
    waiting(&mut screen);
    screen.shop = shop;
    screen
}

/// The screens of releases, traces and components.
fn on_the_way_out() -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut walk = Walk::new(|| Screen::signed_in(finished(), "B-5020"));
    walk.menu("Release to ship").keys("1").key(Key::Enter);
    seen.append(&mut walk.seen);

    let mut shop = finished();
    let release = ships(&shop);
    shop.does("quell", release);
    let mut walk = Walk::new(move || Screen::signed_in(shop.clone(), "B-5020"));
    walk.menu("Release to ship").keys("1").key(Key::F(5));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(finished(), "B-5020"));
    walk.menu("Trace").scan("TW-07");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(building(), "B-4011"));
    walk.scan("WO-1/0001").menu("What it is made of").key(Key::Down).key(Key::Up).key(Key::Enter);
    seen.append(&mut walk.seen);
    seen
}

/// The screens of hand-off tickets.
fn of_tickets() -> BTreeSet<String> {
    let mut walk = Walk::new(|| Screen::signed_in(Shop::coated_apart(), "B-2107"));
    walk.scan("WO-R/0001").menu("Hand-off ticket").key(Key::Esc);
    let mut seen = walk.seen;
    let ticket = downstream("B-2107").1;
    seen.append(&mut Walk::new(|| downstream("B-2107").0).scan(&ticket.text()).seen);
    seen
}

/// The screens below the board, and of what was measured.
fn of_figures() -> BTreeSet<String> {
    let mut walk = Walk::new(supervisor);
    walk.menu("Shift board").key(Key::Tab).key(Key::Enter).keys("1").keys("2").key(Key::Esc);
    walk.key(Key::Esc).key(Key::Esc).menu("Board for a wall").key(Key::Esc);
    let mut seen = walk.seen;
    let mut walk = Walk::new(supervisor);
    walk.menu("Trace").keys("c-gap\n").key(Key::Enter);
    seen.append(&mut walk.seen);
    let mut walk = Walk::new(supervisor);
    walk.menu("Instructions");
    for _ in 0..9 {
        walk.key(Key::Down);
    }
    walk.key(Key::Enter).key(Key::F(8));
    seen.append(&mut walk.seen);
    seen
}

fn of_lots() -> BTreeSet<String> {
    let mut walk = Walk::new(|| Screen::signed_in(came_in(), "B-3052"));
    walk.menu("Lots to inspect").key(Key::F(7)).key(Key::Esc).key(Key::F(2)).key(Key::Esc);
    walk.keys("1").keys("75.0\n").keys("2").key(Key::F(5)).key(Key::Esc).key(Key::F(3));
    walk.key(Key::Esc).key(Key::F(8));
    let mut seen = walk.seen;

    let mut walk = Walk::new(|| Screen::signed_in(half(), "B-3052"));
    walk.menu("Lots to inspect").key(Key::Down).key(Key::Enter).key(Key::F(6));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(rejected(), "B-5020"));
    walk.menu("Lots to inspect").keys("1").key(Key::Enter);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(came_in(), "B-3052"));
    walk.menu("Lots to inspect").key(Key::F(2)).keys("\n");
    seen.append(&mut walk.seen);
    seen
}

/// The screens that every station has.
fn of_the_station() -> BTreeSet<String> {
    let mut walk = Walk::new(|| {
        let mut screen = Screen::new(curing(), USUAL);
        screen.answers.sync = Some(offline(&screen.shop));
        screen
    });
    walk.scan("B-2107").keys(PIN).keys("\n");
    for words in ["Help", "Change person", "Call for help", "Choose a place"] {
        walk.menu(words).key(Key::Esc);
    }
    walk.menu("Shift board").menu("Stations").key(Key::Esc).key(Key::Esc);
    walk.menu("Sync state").key(Key::Esc);
    walk.menu("Running waits").keys("\n").key(Key::Esc);
    walk.scan("B-2107").key(Key::Esc);
    walk.menu("Change my PIN").key(Key::Esc);
    walk.menu("Try a scanner").key(Key::Esc);
    walk.menu("Show me around").key(Key::Esc).key(Key::Char(':')).key(Key::Esc);
    walk.menu("Look of the screen").key(Key::Esc);
    walk.menu("Language / Sprache").key(Key::Esc);
    walk.seen
}

fn of_permits() -> BTreeSet<String> {
    let mut walk = Walk::new(|| Screen::signed_in(permitted(), "B-5003"));
    walk.menu("Permits").menu("Propose a permit");
    let mut seen = walk.seen;
    let mut walk = Walk::new(|| Screen::signed_in(permitted(), "B-2107"));
    walk.menu("Permits").menu("Propose a permit").key(Key::Esc);
    walk.keys("1").key(Key::Esc).key(Key::Esc);
    walk.scan("0007").scan("TW-07").keys("27.3\n").keys("27.3\n");
    seen.append(&mut walk.seen);
    seen
}

/// Every screen once, in the language of this thread.
fn walk_through() {
    PICTURES.take();
    let mut seen = of_the_station();
    let mut walk = Walk::new(|| {
        let mut screen = Screen::signed_in(plant(), "B-5020");
        screen.answers.trace = Some(Box::new(trace(Some("held"))));
        screen
    });
    walk.menu("Gauges").keys("\n").key(Key::F(3));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| {
        let mut screen = Screen::signed_in(reaching("torque"), "B-2107");
        screen.answers.picture = Some(BOLTS.to_vec());
        screen
    });
    walk.scan("0007").key(Key::F(2)).key(Key::Esc).key(Key::F(4)).key(Key::Esc);
    walk.key(Key::F(5)).key(Key::Esc).key(Key::F(7)).key(Key::Esc);
    walk.key(Key::F(6)).key(Key::Esc).key(Key::F(8)).key(Key::Esc);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(reaching("signoff"), "B-2107"));
    walk.scan("0007").keys("\n");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(supervisor);
    walk.menu("Deviations").keys("\n").key(Key::Enter).key(Key::Esc).key(Key::F(5));
    walk.key(Key::Esc).key(Key::F(3));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(accepting);
    walk.menu("Deviations").keys("\n").key(Key::Enter);
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| judged("B-4011").0);
    walk.menu("Shift board").keys("\n");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(surprised(NewsRule::Warn), "B-5020"));
    walk.scan("0007").key(Key::F(10)).key(Key::Esc).key(Key::Esc).menu("Instructions");
    walk.key(Key::Down).keys("\n").key(Key::Down).key(Key::Up).keys("\n");
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(floor(), "B-2107"));
    walk.menu("Hand-overs").key(Key::F(5));
    seen.append(&mut walk.seen);

    let mut walk = Walk::new(|| Screen::signed_in(floor(), "B-5003"));
    walk.menu("Calls for help").keys("1").key(Key::Esc).key(Key::Esc);
    walk.menu("Hand-overs").keys("1").key(Key::Esc).key(Key::Esc);
    walk.menu("Redlines").keys("1");
    seen.append(&mut walk.seen);

    let mut shop = failed();
    shop.unit("0004").does("novak", TravelerCommand::Start).does("novak", gap("0.07"));
    let mut walk = Walk::new(move || Screen::signed_in(shop.clone(), "B-5020"));
    walk.menu("Suspect units").keys("1").key(Key::F(3));
    seen.append(&mut walk.seen);

    seen.append(&mut of_permits());
    seen.append(&mut of_figures());
    seen.append(&mut of_lots());
    seen.append(&mut on_the_way_out());
    seen.append(&mut of_tickets());
    let missed: Vec<String> = LAYERS.difference(&seen).cloned().collect();
    assert_eq!(missed, Vec::<String>::new(), "screens that nobody looked at");
}

#[test]
fn r11_a_running_wait_is_told_on_every_screen_of_the_program() {
    walk_through();
    assert_snapshot!("every_screen", album(0));
    assert_snapshot!("every_screen_without_colors", album(1));
    assert_snapshot!("every_screen_in_the_smallest_window", album(2));
    assert_snapshot!("every_screen_in_lines", album(3));
}

#[test]
fn every_screen_has_its_menu_by_a_star_and_esc_leads_back_step_by_step_and_does_nothing_else() {
    GOES_BACK.set(true);
    walk_through();
    GOES_BACK.set(false);
}

#[test]
fn every_screen_speaks_german_to_who_chose_it() {
    READS.set(Language::German);
    walk_through();
    assert_snapshot!("every_screen_in_german", album(0));
    assert_snapshot!("every_screen_in_german_in_the_smallest_window", album(2));
}

#[test]
fn every_screen_has_room_for_long_words_of_the_site_and_says_none_of_ours_beside_them() {
    CALLED.set(crate::site_terms::terms(
        r#"{"en": {
            "deviation": ["nonconformance report", "nonconformance reports"],
            "hold": ["quarantine", "quarantines"],
            "instruction": ["work instruction", "work instructions"],
            "lot": ["production batch", "production batches"],
            "operation": ["process operation", "process operations"],
            "order": ["manufacturing order", "manufacturing orders"],
            "permit": ["customer concession", "customer concessions"],
            "place": ["assembly bench", "assembly benches"],
            "station": ["shop terminal", "shop terminals"],
            "unit": ["serial assembly", "serial assemblies"]
        }}"#,
    ));
    walk_through();
    CALLED.take();
    let album = album(0);
    assert!(album.contains("Nonconformance reports") && album.contains("on quarantine"));
    let said = album.lines().filter(|line| !line.starts_with("== "));
    let ours = said.filter(|line| line.contains("eviation") && !line.contains("gemba"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<&str>::new());
}
