//! What becomes of a code that is scanned: it is read, looked up once, and goes to the screen on top or
//! opens what it names.

use std::collections::VecDeque;

use crate::domain::refusal::Refusal;
use crate::domain::refusal::scan::ScanReason;
use crate::domain::scan::{self, Content, pick};
use crate::domain::text::{is_deceptive, sanitize_line};
use crate::domain::ticket::{Ticket, TicketError, is_ticket};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::views::query::{Answer, Query};
use crate::views::scan::{Card, ScanMeaning};

use super::effect::Effect;
use super::input::{Focus, ScanEnd};
use super::keys::Act;
use super::layer::Turn;
use super::parts::heard;
use super::screens::badge::BadgeScreen;
use super::screens::deviation::DeviationScreen;
use super::screens::permits::PermitScreen;
use super::screens::queue::QueueScreen;
use super::screens::sign_in::SignInScreen;
use super::screens::ticket::take::TakeTicketScreen;
use super::screens::traveler::TravelerScreen;
use super::shell::Shell;
use super::theme::Role;

/// The longest code that a scan may hold; a field takes as many.
const SCAN_CHARS_MAX: usize = 200;
/// How much of a code is shown in a message.
const SCAN_SHOWN_MAX: usize = 24;

/// Whether a code is formed like a badge: digits where that has digits, else the same characters.
fn alike(code: &str, badge: &str) -> bool {
    let same = |(c, b): (char, char)| c == b || c.is_ascii_digit() && b.is_ascii_digit();
    let marked = badge.chars().any(|b| !b.is_ascii_digit());
    marked && code.len() == badge.len() && code.chars().zip(badge.chars()).all(same)
}

impl Shell {
    /// A scan is looked up once, whatever has focus.
    pub(super) fn scan(&mut self, code: String, end: ScanEnd) {
        if self.on_top(|top, world| top.tries_scanner(&code, &end, world)) == Some(true) {
            return;
        }
        if let ScanEnd::Cut | ScanEnd::Key(_) = &end {
            let by = if let ScanEnd::Key(key) = end { Some(key) } else { None };
            return self.misread(&Refusal::one(ScanReason::Cut { by }.into()));
        }
        if is_ticket(&code) {
            return self.ticket(&code);
        }
        let content = match scan::read(&code, self.world.separators) {
            Ok(Content::Plain(text)) => return self.plain_scan(text),
            Ok(content) => content,
            Err(reason) => return self.misread(&Refusal::one(reason.into())),
        };
        let today = self.world.today().unwrap_or_default();
        let asked = self.layers.last().and_then(|top| top.asks_for_scan());
        match asked.map(|asked| pick::text(asked, &content, today)) {
            Some(Ok(text)) => self.look_up([text].into()),
            Some(Err(refusal)) => self.misread(&refusal),
            None => match content.known_by() {
                Ok(texts) => self.look_up(texts.into()),
                Err(reason) => self.misread(&Refusal::one(reason.into())),
            },
        }
    }

    /// A code that is refused names nothing, whoever wants to have scanned what.
    fn misread(&mut self, refusal: &Refusal) {
        if self.world.person.is_none() {
            if let Some(first) = refusal.told().first() {
                self.world.warn(format!("{} {}", first.code, tell(&first.what)));
            }
            return;
        }
        let turn = self.world.refuse_scan(refusal);
        self.turn(turn);
    }

    fn plain_scan(&mut self, code: String) {
        // A code is taken as it came or not at all: cut or mended, it would name something else.
        if code.chars().count() > SCAN_CHARS_MAX || code.chars().any(is_deceptive) {
            let shown: String = sanitize_line(&code).chars().take(SCAN_SHOWN_MAX).collect();
            self.world.warn(say!("scan not taken: it cannot be read here: {shown}", shown));
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
            Ok(_) => self.world.warn(say!("a hand-off ticket: scan your badge first")),
            Err(why) => {
                let next = match why {
                    TicketError::Newer => say!("update this station"),
                    TicketError::Misread | TicketError::TooLong => say!("scan it again"),
                };
                let why = tell(&why.words());
                self.world.warn(say!("hand-off ticket not taken: {why} → {next}", why, next));
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
            Err(why) => self.world.warn(heard::fault(&why)),
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning) {
        let meaning = &self.as_shown(code, meaning);
        let sayings = self.world.sayings;
        if let Some(Some(turn)) = self.on_top(|top, world| top.scanned(code, meaning, world)) {
            let opens = matches!(turn, Turn::Open(_) | Turn::Replace(_));
            if opens && self.world.sayings == sayings {
                self.opens(code);
            }
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
                self.home(code);
                self.turn(Turn::Open(Box::new(TravelerScreen::new(id.clone()))));
            }
            ScanMeaning::Travelers(_) | ScanMeaning::Order(_) | ScanMeaning::Part(_) => {
                self.home(code);
                self.turn(Turn::Replace(Box::new(QueueScreen::filtered(code))));
            }
            // Where words are typed it is one of them; anywhere else its page opens.
            ScanMeaning::Deviation(_) | ScanMeaning::Permit(_) | ScanMeaning::LeftOut(_)
                if self.types_words() =>
            {
                self.on_top(|top, _| top.insert(code));
            }
            ScanMeaning::Deviation(id) => {
                self.home(code);
                self.turn(Turn::Open(Box::new(DeviationScreen::raised(id.clone()))));
            }
            ScanMeaning::Permit(id) => {
                self.home(code);
                self.turn(Turn::Open(Box::new(PermitScreen::new(id.clone()))));
            }
            ScanMeaning::Card(Card::Help) => self.act(Act::CallHelp),
            ScanMeaning::Card(card) => self.card(*card),
            ScanMeaning::Gauge(gauge) => {
                self.refuses(say!("gauge {gauge}: no reading is asked for here", gauge));
            }
            ScanMeaning::LeftOut(order) => {
                self.world.ask(Effect::FetchOrder(order.clone()));
                let words =
                    say!("order {order} is over and is fetched; scan again in a moment", order);
                self.world.say(words, Role::Muted);
            }
            ScanMeaning::Unknown => self.not_understood(code),
        }
    }

    /// The code by which a page comes up is told on it, unless the page has more to say.
    fn opens(&mut self, code: &str) {
        let code: String = sanitize_line(code).chars().take(SCAN_SHOWN_MAX).collect();
        self.world.say(say!("scanned {code}", code), Role::Muted);
    }

    /// Nothing comes of a code that is understood.
    fn refuses(&mut self, words: String) {
        self.world.say(words, Role::Warn);
        self.world.ask(Effect::Beep);
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
            None => self.refuses(say!("this card does nothing here").to_owned()),
        }
    }

    /// Text that means nothing as a code belongs into the focused field, unconfirmed.
    fn not_understood(&mut self, code: &str) {
        let shown = sanitize_line(code).into_owned();
        let in_field = self.layers.last().is_some_and(|top| top.focus(&self.world) == Focus::Text);
        if in_field {
            self.on_top(|top, _| top.insert(code));
        }
        self.world.warn(say!("scan not understood: {shown}", shown));
    }

    /// Back to the queue, with what was typed kept, for the page that this code opens.
    fn home(&mut self, code: &str) {
        self.opens(code);
        self.keep_draft();
        self.layers.truncate(1);
    }
}
