//! Where keys, scans and acts go: to the screen on top, or to what every screen can do.

use std::collections::VecDeque;

use crate::domain::refusal::scan::ScanReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::scan::names::Names;
use crate::domain::scan::{self, Content, pick};
use crate::domain::stream::TravelerId;
use crate::domain::text::{is_deceptive, sanitize_line};
use crate::domain::ticket::{Ticket, TicketError, is_ticket};
use crate::views::query::{Answer, Query};
use crate::views::scan::{Card, ScanMeaning};

use super::effect::{Effect, Leaving};
use super::input::{Focus, Key, ScanEnd};
use super::keys::{Act, act_of};
use super::layer::{Layer, Turn};
use super::may;
use super::screens::badge::BadgeScreen;
use super::screens::board::BoardScreen;
use super::screens::call::CallScreen;
use super::screens::calls::CallsScreen;
use super::screens::change_pin::ChangePinScreen;
use super::screens::definitions::DefinitionsScreen;
use super::screens::deviation::DeviationScreen;
use super::screens::deviations::DeviationsScreen;
use super::screens::gauges::GaugesScreen;
use super::screens::handover::HandoversScreen;
use super::screens::help::HelpScreen;
use super::screens::inspection::lots::LotsScreen;
use super::screens::menu::MenuScreen;
use super::screens::permits::{PermitScreen, PermitsScreen};
use super::screens::places::PlacesScreen;
use super::screens::queue::QueueScreen;
use super::screens::redlines::RedlinesScreen;
use super::screens::scanner::ScannerScreen;
use super::screens::ship::list::ShipsScreen;
use super::screens::sign_in::SignInScreen;
use super::screens::suspect::SuspectsScreen;
use super::screens::sync::SyncScreen;
use super::screens::thread;
use super::screens::ticket::take::TakeTicketScreen;
use super::screens::traveler::TravelerScreen;
use super::screens::waits::WaitsScreen;
use super::shell::Shell;
use super::theme::Role;

/// What every screen of a person who is signed in can do, as the menu numbers it after its own.
const EVERYWHERE: [Act; 22] = [
    Act::ChangePerson,
    Act::CallHelp,
    Act::Help,
    Act::Board,
    Act::Deviations,
    Act::Instructions,
    Act::Places,
    Act::Sync,
    Act::SignOut,
    Act::Quit,
    Act::Waits,
    Act::Gauges,
    Act::Calls,
    Act::Handovers,
    Act::Redlines,
    Act::ChangePin,
    Act::Suspects,
    Act::Permits,
    Act::Inspections,
    Act::Ships,
    Act::Trace,
    Act::Scanner,
];
/// The longest code that a scan may hold; a field takes as many.
const SCAN_CHARS_MAX: usize = 200;
/// How much of a code that cannot be read is shown.
const SCAN_SHOWN_MAX: usize = 24;
const BEFORE_SIGN_IN: [Act; 6] =
    [Act::Help, Act::Places, Act::Sync, Act::Quit, Act::ChangePin, Act::Scanner];

/// Whether a code is formed like a badge: digits where that has digits, else the same characters.
fn alike(code: &str, badge: &str) -> bool {
    let same = |(c, b): (char, char)| c == b || c.is_ascii_digit() && b.is_ascii_digit();
    let marked = badge.chars().any(|b| !b.is_ascii_digit());
    marked && code.len() == badge.len() && code.chars().zip(badge.chars()).all(same)
}

impl Shell {
    pub(super) fn key(&mut self, key: Key) {
        if matches!(key, Key::Redraw) {
            self.world.ask(Effect::Redraw);
            return;
        }
        let Some(top) = self.layers.last() else { return };
        // The keypad's star in numeric mode, where nobody types text.
        let star = key == Key::Char('*') && top.focus(&self.world) == Focus::Choice;
        let key = if star { Key::Menu } else { key };
        let mut offered = top.acts(&self.world);
        offered.extend([Act::Help, Act::Menu, Act::Back]);
        if self.world.person.is_some() {
            offered.push(Act::CallHelp);
        }
        match act_of(key, &offered) {
            Some(act) => self.act(act),
            None if key == Key::Interrupt => {
                self.world.say("Ctrl-C ends nothing here; F9 opens the menu", Role::Muted);
            }
            None => {
                if let Some(turn) = self.on_top(|top, world| top.key(key, world)) {
                    self.turn(turn);
                }
            }
        }
    }

    /// Every act of the screen on top, then those of every screen.
    fn menu_acts(&self) -> Vec<Act> {
        let Some(top) = self.layers.last() else { return Vec::new() };
        let own = top.acts(&self.world);
        let everywhere: &[Act] =
            if self.world.person.is_some() { &EVERYWHERE } else { &BEFORE_SIGN_IN };
        let mut acts: Vec<Act> = own.into_iter().filter(|act| act.in_menu()).collect();
        let more: Vec<Act> = everywhere.iter().copied().filter(|act| !acts.contains(act)).collect();
        acts.extend(more);
        // To mark has a key of its own, and not every unit has components; neither moves a number.
        for moves_none in [Act::Mark, Act::Components] {
            if let Some(at) = acts.iter().position(|act| *act == moves_none) {
                let act = acts.remove(at);
                acts.push(act);
            }
        }
        acts
    }

    /// The unit that somebody has before them.
    fn traveler(&self) -> Option<TravelerId> {
        self.layers.iter().rev().find_map(|layer| layer.traveler().cloned())
    }

    /// What is said of a shift, from every screen.
    fn floor(&self, act: Act) -> Option<Box<dyn Layer>> {
        let open: Box<dyn Layer> = if act == Act::CallHelp {
            Box::new(CallScreen::new(self.traveler()))
        } else if act == Act::Calls {
            Box::new(CallsScreen::default())
        } else if act == Act::Handovers {
            Box::new(HandoversScreen::default())
        } else if act == Act::Redlines {
            Box::new(RedlinesScreen::default())
        } else if act == Act::Permits {
            Box::new(PermitsScreen::default())
        } else {
            return None;
        };
        Some(open)
    }

    pub(super) fn act(&mut self, act: Act) {
        if let Some(refusal) = may::refused(may::takes(act), &self.world) {
            let turn = self.world.not_for_role(&refusal, None);
            return self.turn(turn);
        }
        self.perform(act);
    }

    #[expect(clippy::too_many_lines, reason = "one table, a line an act")]
    fn perform(&mut self, act: Act) {
        if let Some(open) = self.floor(act) {
            return self.turn(Turn::Open(open));
        }
        let open: Box<dyn Layer> = match act {
            Act::Menu => Box::new(MenuScreen::new(self.menu_acts())),
            Act::Help => Box::new(self.help()),
            Act::ChangePerson => Box::new(SignInScreen::change(None)),
            Act::ChangePin => Box::new(ChangePinScreen::new(&self.world)),
            Act::Board => Box::new(BoardScreen::default()),
            Act::Waits => Box::new(WaitsScreen::default()),
            Act::Deviations => Box::new(DeviationsScreen::default()),
            Act::Suspects => Box::new(SuspectsScreen::default()),
            Act::Inspections => Box::new(LotsScreen::default()),
            Act::Ships => Box::new(ShipsScreen::default()),
            Act::Trace => thread::begin(self.traveler()),
            Act::Instructions => Box::new(DefinitionsScreen::default()),
            Act::Gauges => Box::new(GaugesScreen::default()),
            Act::Places => Box::new(PlacesScreen::default()),
            Act::Sync => Box::new(SyncScreen::default()),
            Act::Scanner => Box::new(ScannerScreen::default()),
            Act::Picture => return self.not_built(),
            Act::SignOut | Act::Leave => return self.sign_out(Leaving::ByHand),
            Act::Quit => return self.quit(),
            Act::SignIn
            | Act::Open
            | Act::Begin
            | Act::BeginWait
            | Act::Record
            | Act::Complete
            | Act::Report
            | Act::Split
            | Act::Compare
            | Act::Difference
            | Act::Read
            | Act::Keep
            | Act::Move
            | Act::HoldUnit
            | Act::ReleaseHold
            | Act::Sign
            | Act::NextUnit
            | Act::Choose
            | Act::Save
            | Act::Next
            | Act::Yes
            | Act::No
            | Act::Good
            | Act::Bad
            | Act::Deviation
            | Act::Gauge
            | Act::Correct
            | Act::Remeasure
            | Act::MeasureAnyway
            | Act::Sort
            | Act::SortNow
            | Act::Steps
            | Act::Pause
            | Act::Resume
            | Act::Dispose
            | Act::DisposeAnew
            | Act::Approve
            | Act::Contain
            | Act::Follow
            | Act::Contained
            | Act::CloseDeviation
            | Act::SetupDone
            | Act::ToolChanged
            | Act::MaterialChanged
            | Act::GaugeFailed
            | Act::HoldAll
            | Act::ReleaseAll
            | Act::SyncNow
            | Act::OpenLot
            | Act::ShipUnit
            | Act::TakeBack
            | Act::HandOff
            | Act::TakeTicket
            | Act::Components
            | Act::TakeOut
            | Act::DecideLot
            | Act::Series
            | Act::Grid
            | Act::EnterGoes
            | Act::AskWhen
            | Act::NextFailing
            | Act::Comment
            | Act::Turn
            | Act::SkipStep
            | Act::AcceptWait
            | Act::AcceptUpstream
            | Act::OtherStep
            | Act::Mark
            | Act::Together
            | Act::OpenUnit
            | Act::CallHelp
            | Act::Calls
            | Act::Handovers
            | Act::HandOver
            | Act::Redline
            | Act::Redlines
            | Act::Permits
            | Act::ProposePermit
            | Act::Withdraw
            | Act::Back => return self.act_on_top(act),
        };
        self.turn(Turn::Open(open));
    }

    /// What can be done on the screen on top.
    fn help(&self) -> HelpScreen {
        let top = self.layers.last();
        let mut acts = top.map_or_else(Vec::new, |top| top.acts(&self.world));
        acts.extend([Act::Back, Act::Menu]);
        HelpScreen::new(top.map_or("", |top| top.purpose()), acts)
    }

    fn act_on_top(&mut self, act: Act) {
        if let Some(turn) = self.on_top(|top, world| top.act(act, world)) {
            self.turn(turn);
        }
    }

    fn not_built(&mut self) {
        let what = "showing pictures in the terminal";
        let refusal = Refusal::one(Reason::NotBuilt { what: what.to_owned() });
        let turn = self.world.refuse(&refusal);
        self.turn(turn);
    }

    pub(super) fn quit(&mut self) {
        self.keep_draft();
        self.world.ask(Effect::Quit);
    }

    /// A scan is looked up once, whatever has focus.
    pub(super) fn scan(&mut self, code: String, end: ScanEnd) {
        if self.on_top(|top, world| top.tries_scanner(&code, end, world)) == Some(true) {
            return;
        }
        if end == ScanEnd::Cut {
            return self.misread(ScanReason::Cut.into());
        }
        if is_ticket(&code) {
            return self.ticket(&code);
        }
        let content = match scan::read(&code, self.world.separators) {
            Ok(Content::Plain(text)) => return self.plain_scan(text),
            Ok(content) => content,
            Err(reason) => return self.misread(reason.into()),
        };
        let today = self.world.today().unwrap_or_default();
        let ask = self.layers.last().and_then(|top| top.asks_for_scan());
        match ask.map(|ask| pick::text(ask, &content, today)) {
            Some(Ok(text)) => self.look_up([text].into()),
            Some(Err(reason)) => self.misread(reason),
            None => {
                let mut known_by = Names::of(&content).known_by();
                if known_by.is_empty() {
                    known_by.push(content.line());
                }
                self.look_up(known_by.into());
            }
        }
    }

    /// A code that is refused names nothing, whoever wants to have scanned what.
    fn misread(&mut self, reason: Reason) {
        if self.world.person.is_none() {
            self.world.warn(format!("{} {}", reason.code(), reason.what()));
            return;
        }
        let turn = self.world.refuse(&Refusal::one(reason));
        self.turn(turn);
    }

    fn plain_scan(&mut self, code: String) {
        // A code is taken as it came or not at all: cut or mended, it would name something else.
        if code.chars().count() > SCAN_CHARS_MAX || code.chars().any(is_deceptive) {
            let shown: String = sanitize_line(&code).chars().take(SCAN_SHOWN_MAX).collect();
            self.world.warn(format!("not saved: this scan cannot be read here: {shown}"));
            self.world.ask(Effect::Beep);
            return;
        }
        if let Some(card) = Card::parse(&code) {
            self.scanned(&code, &ScanMeaning::Card(card));
            return;
        }
        self.look_up([code].into());
    }

    /// Asks what the first of these texts names.
    fn look_up(&mut self, texts: VecDeque<String>) {
        let Some(code) = texts.front().cloned() else { return };
        let ticket = self.world.load(Query::Scan { code });
        self.scan = Some((ticket, texts));
    }

    /// A hand-off ticket is shown wherever it is scanned; it is no value of any field.
    fn ticket(&mut self, code: &str) {
        match Ticket::parse(code) {
            Ok(ticket) if self.world.person.is_some() => {
                self.turn(Turn::Open(Box::new(TakeTicketScreen::new(ticket))));
            }
            Ok(_) => self.world.warn("a hand-off ticket: scan your badge first"),
            Err(why) => {
                let next = match why {
                    TicketError::Newer => "update this station",
                    TicketError::Misread | TicketError::TooLong => "scan it again",
                };
                self.world.warn(format!("hand-off ticket not taken: {why} → {next}"));
            }
        }
    }

    pub(super) fn scan_answered(&mut self, answer: Result<Answer, String>) {
        let Some((_, mut texts)) = self.scan.take() else { return };
        let Some(code) = texts.pop_front() else { return };
        match answer {
            // What names nothing alone may still be known by its lot or its part.
            Ok(Answer::Scan(meaning)) if meaning == ScanMeaning::Unknown && !texts.is_empty() => {
                self.look_up(texts);
            }
            Ok(Answer::Scan(meaning)) => self.scanned(&code, &meaning),
            Ok(_) => {}
            Err(why) => self.world.warn(why),
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning) {
        let meaning = &self.as_shown(code, meaning);
        if let Some(Some(turn)) = self.on_top(|top, world| top.scanned(code, meaning, world)) {
            self.turn(turn);
            return;
        }
        if self.world.person.is_none() && !matches!(meaning, ScanMeaning::Place(_)) {
            self.not_understood(code);
            return;
        }
        match meaning {
            ScanMeaning::Badge => match &self.world.person {
                Some(who) if code.trim() == self.world.badge.trim() => {
                    // The PIN that often follows must not be taken for a value.
                    let page = BadgeScreen::new(who.name.clone());
                    self.turn(Turn::Open(Box::new(page)));
                }
                Some(_) | None => {
                    self.turn(Turn::Open(Box::new(SignInScreen::change(Some(code)))));
                }
            },
            ScanMeaning::Place(place) => {
                self.world.bind_place(place, "scanned");
                self.on_top(|top, world| top.shown(world));
            }
            ScanMeaning::Traveler(id) => {
                self.home();
                self.turn(Turn::Open(Box::new(TravelerScreen::new(id.clone()))));
            }
            ScanMeaning::Travelers(_) | ScanMeaning::Order(_) | ScanMeaning::Part(_) => {
                self.home();
                self.turn(Turn::Replace(Box::new(QueueScreen::filtered(code))));
            }
            // Where words are typed it is one of them; anywhere else its page opens.
            ScanMeaning::Deviation(_) | ScanMeaning::Permit(_) | ScanMeaning::LeftOut(_)
                if self.types_words() =>
            {
                self.on_top(|top, _| top.insert(code));
            }
            ScanMeaning::Deviation(id) => {
                self.home();
                self.turn(Turn::Open(Box::new(DeviationScreen::raised(id.clone()))));
            }
            ScanMeaning::Permit(id) => {
                self.home();
                self.turn(Turn::Open(Box::new(PermitScreen::new(id.clone()))));
            }
            ScanMeaning::Card(Card::Help) => self.act(Act::CallHelp),
            ScanMeaning::Card(card) => self.card(*card),
            ScanMeaning::Gauge(gauge) => {
                self.world.say(format!("gauge {gauge}: no reading is asked for here"), Role::Warn);
            }
            ScanMeaning::LeftOut(order) => {
                self.world.ask(Effect::FetchOrder(order.clone()));
                let words = format!("order {order} is over and is fetched; scan again in a moment");
                self.world.say(words, Role::Muted);
            }
            ScanMeaning::Unknown => self.not_understood(code),
        }
    }

    /// Whether what is on top of the queue has a field for words.
    fn types_words(&self) -> bool {
        let on_top = self.layers.last().filter(|_| self.layers.len() > 1);
        on_top.is_some_and(|top| top.focus(&self.world) == Focus::Text)
    }

    /// What a code is taken for: one that looks like a badge is asked for its PIN, whether or not
    /// anybody has it, so that a scan tells nobody which badges exist.
    fn as_shown(&self, code: &str, meaning: &ScanMeaning) -> ScanMeaning {
        let unknown = *meaning == ScanMeaning::Unknown && self.world.person.is_some();
        if unknown && alike(code.trim(), self.world.badge.trim()) {
            return ScanMeaning::Badge;
        }
        meaning.clone()
    }

    /// A card does what its key would do, where that is offered; never a signature or a skip.
    fn card(&mut self, card: Card) {
        let wanted: &[Act] = match card {
            Card::Next => &[Act::Complete, Act::Begin, Act::BeginWait, Act::NextUnit],
            Card::Yes => &[Act::Yes, Act::Good],
            Card::No => &[Act::No, Act::Bad],
            Card::Pause => &[Act::Pause, Act::Resume],
            Card::Help => &[Act::CallHelp],
        };
        let offered = self.layers.last().map(|top| top.acts(&self.world)).unwrap_or_default();
        match wanted.iter().find(|act| offered.contains(act)) {
            Some(act) => self.act(*act),
            None => self.world.say("this card does nothing here", Role::Warn),
        }
    }

    /// Text that means nothing as a code belongs into the focused field, unconfirmed.
    fn not_understood(&mut self, code: &str) {
        let shown = sanitize_line(code).into_owned();
        let in_field = self.layers.last().is_some_and(|top| top.focus(&self.world) == Focus::Text);
        if in_field {
            self.on_top(|top, _| top.insert(code));
        }
        self.world.warn(format!("scan not understood: {shown}"));
    }

    /// Back to the queue, with what was typed kept.
    fn home(&mut self) {
        self.keep_draft();
        self.layers.truncate(1);
    }
}
