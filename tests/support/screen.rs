//! A terminal to press keys on: real screens, a real shop behind them, goldens before them.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use gemba::app::dots::drawn;
use gemba::domain::decide::Command;
use gemba::domain::deviation::DeviationCommand;
use gemba::domain::handover::HandoverCommand;
use gemba::domain::hash::Hash;
use gemba::domain::inspection::decide::InspectionCommand;
use gemba::domain::language::Language;
use gemba::domain::permit::PermitCommand;
use gemba::domain::scan::Separators;
use gemba::domain::signature::Signer;
use gemba::domain::stream::TravelerId;
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::permitted::Use;
use gemba::ui::effect::{Effect, Opening, Pin, Signing};
use gemba::ui::input::{Focus, Input, Key};
use gemba::ui::message::{Message, Outcome, Person, SignInTrouble, Ticket, Time};
use gemba::ui::shell::{IDLE_LOCK_MIN, Shell};
use gemba::ui::world::Start;
use gemba::views::link::Link;
use gemba::views::query::Answer;
use gemba::views::ticket::TicketView;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::screen_answers::{Answers, BADGES, Badge, outcome, themes};
use super::screen_permits::soon;
use super::shop::Shop;
use super::shop_plan::id;

/// The PIN of everybody in the tests.
pub(crate) const PIN: &str = "482913";

pub(crate) struct Screen {
    pub(crate) shell: Shell,
    /// What the shell began with, and what it was told since: a message, or none to show the wall.
    pub(super) start: Start,
    told: Vec<Option<Message>>,
    pub(super) terminal: Terminal<TestBackend>,
    pub(crate) shop: Shop,
    pub(crate) answers: Answers,
    who: String,
    /// Everything the screens asked for since it was last looked at.
    pub(crate) asked: Vec<Effect>,
    /// Answers that the store does not give yet.
    pub(crate) store_hangs: bool,
    /// Whether whoever signs in was shown around before.
    pub(crate) toured: bool,
    /// The theme that whoever signs in chose before.
    pub(crate) look: Option<String>,
    /// The language that they chose before.
    pub(crate) language: Option<Language>,
    held_back: VecDeque<Effect>,
    pub(crate) focus: Focus,
    pub(crate) seconds: bool,
    session_ms: u64,
}

/// How a terminal looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Looks {
    pub(crate) theme: &'static str,
    pub(crate) language: Language,
    pub(crate) ascii: bool,
    pub(crate) size: (u16, u16),
    pub(crate) idle_lock_min: NonZeroU32,
}

pub(crate) const USUAL: Looks = Looks {
    theme: "dark",
    language: Language::English,
    ascii: false,
    size: (80, 24),
    idle_lock_min: IDLE_LOCK_MIN,
};

impl Screen {
    pub(crate) fn new(shop: Shop, looks: Looks) -> Self {
        let session_ms = 0;
        let start = Start {
            station: "HP1".to_owned(),
            place: shop.stations[0].place.clone(),
            place_by: None,
            site: "Harbor plant".to_owned(),
            language: looks.language,
            themes: themes(looks.theme),
            ascii: looks.ascii,
            size: looks.size,
            time: time(&shop, session_ms),
            idle_lock_min: looks.idle_lock_min,
            rings: true,
            tours: true,
            separators: Separators::Doubted,
        };
        let (shell, effects) = Shell::new(start.clone());
        let terminal = Terminal::new(TestBackend::new(looks.size.0, looks.size.1)).unwrap();
        let mut screen = Self {
            shell,
            start,
            told: Vec::new(),
            terminal,
            shop,
            answers: Answers::default(),
            who: String::new(),
            asked: Vec::new(),
            store_hangs: false,
            toured: true,
            look: None,
            language: None,
            held_back: VecDeque::new(),
            focus: Focus::Choice,
            seconds: false,
            session_ms,
        };
        let link = Link { connected: true, ..Link::default() };
        screen.perform(effects);
        screen.message(Message::Link(link));
        screen
    }

    /// A person is signed in at the bench and sees the queue.
    pub(crate) fn signed_in(shop: Shop, badge: &str) -> Self {
        let mut screen = Self::new(shop, USUAL);
        screen.scan(badge).type_keys(PIN).type_keys("\n");
        screen
    }

    pub(crate) fn message(&mut self, message: Message) -> &mut Self {
        self.told.push(Some(message.clone()));
        let effects = self.shell.update(message);
        self.perform(effects);
        self
    }

    /// Shows the board for a wall.
    pub(crate) fn show_wall(&mut self) -> &mut Self {
        self.told.push(None);
        let effects = self.shell.show_wall();
        self.perform(effects);
        self
    }

    /// The shell of a session that began otherwise and was told the same.
    pub(crate) fn again(&self, begun: impl FnOnce(Start) -> Start) -> Shell {
        let (mut shell, _) = Shell::new(begun(self.start.clone()));
        for told in &self.told {
            drop(match told {
                Some(message) => shell.update(message.clone()),
                None => shell.show_wall(),
            });
        }
        shell
    }

    pub(crate) fn key(&mut self, key: Key) -> &mut Self {
        self.message(Message::Input(Input::Key(key)))
    }

    /// Presses keys; a newline is Enter.
    pub(crate) fn type_keys(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.key(if c == '\n' { Key::Enter } else { Key::Char(c) });
        }
        self
    }

    pub(crate) fn scan(&mut self, code: &str) -> &mut Self {
        self.message(Message::Input(Input::Scan(code.to_owned())))
    }

    /// Chooses from the numbered menu.
    pub(crate) fn menu(&mut self, digits: &str) -> &mut Self {
        self.key(Key::Menu).type_keys(digits)
    }

    /// Chooses from the numbered menu by words, wherever they stand in it.
    #[track_caller]
    pub(crate) fn choose(&mut self, words: &str) -> &mut Self {
        self.key(Key::Menu);
        for _ in 0..9 {
            let text = self.text();
            let before = text.lines().find_map(|line| line.split_once(&format!("  {words}")));
            if let Some((before, _)) = before {
                let digit = before.chars().next_back().unwrap();
                return self.key(Key::Char(digit));
            }
            self.type_keys("9");
        }
        panic!("{words:?} is not in the menu:\n{}", self.text())
    }

    /// The clock of the session goes on, with a tick at the end.
    pub(crate) fn seconds_pass(&mut self, seconds: u32) -> &mut Self {
        self.session_ms += u64::from(seconds) * 1000;
        self.shop.later(seconds.into());
        let time = time(&self.shop, self.session_ms);
        self.message(Message::Clock(time))
    }

    /// The store answers everything it kept back.
    pub(crate) fn store_answers(&mut self) -> &mut Self {
        self.store_hangs = false;
        while let Some(effect) = self.held_back.pop_front() {
            self.perform(vec![effect]);
        }
        self
    }

    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        let mut answers = Vec::new();
        for effect in effects {
            self.asked.push(effect.clone());
            let waits = matches!(
                effect,
                Effect::Record(..)
                    | Effect::RecordAll(..)
                    | Effect::RecordSet(..)
                    | Effect::OpenLot(..)
                    | Effect::Load(..)
                    | Effect::AskReceived(..)
                    | Effect::SignIn(..)
                    | Effect::ChangePin(..)
                    | Effect::Sign(..)
                    | Effect::SignSet(..)
            );
            if self.store_hangs && waits {
                self.held_back.push_back(effect);
                continue;
            }
            answers.extend(self.answer(effect));
        }
        // As in a session, answers come once everything was asked.
        for message in answers {
            self.message(message);
        }
    }

    fn answer(&mut self, effect: Effect) -> Option<Message> {
        match effect {
            Effect::Record(ticket, command) => {
                let who = self.who.clone();
                Some(Message::Recorded(ticket, outcome(self.shop.tries(&who, command))))
            }
            Effect::OpenLot(ticket, opening) => Some(self.opens_lot(ticket, *opening)),
            Effect::RecordAll(ticket, commands) => {
                Some(Message::Recorded(ticket, self.record_all(commands)))
            }
            Effect::RecordSet(ticket, act) => {
                let who = self.who.clone();
                Some(Message::Recorded(ticket, outcome(self.shop.tries_set(&who, &act))))
            }
            Effect::SignSet(ticket, badge, pin, act) => {
                let known = self.signer(badge.as_deref());
                let outcome = match known.filter(|_| pin.0 == PIN) {
                    None => Outcome::NotSigned(SignInTrouble::Wrong),
                    Some((_, who, name, _)) => {
                        outcome(self.shop.tries_set(who, &act.signed_by(&Signer::by_badge(*name))))
                    }
                };
                Some(Message::Recorded(ticket, outcome))
            }
            Effect::Load(ticket, query) => {
                Some(Message::Loaded(ticket, self.answers.answer(&query, &self.shop)))
            }
            Effect::DrawPicture(ticket, _, dots) => {
                let drawn = drawn(&Answer::Blob(self.answers.picture.clone()), dots);
                Some(Message::Loaded(ticket, Ok(drawn)))
            }
            Effect::DrawTicket(ticket, unit) => Some(self.draws(ticket, &unit)),
            Effect::AskReceived(ticket, ..) => {
                let silent = || "the server does not answer".to_owned();
                let rows = self.answers.received.clone().ok_or_else(silent);
                Some(Message::Loaded(ticket, rows.map(|rows| Answer::Received(Some(rows)))))
            }
            Effect::SignIn(ticket, badge, pin) => Some(self.sign_in(ticket, &badge, &pin)),
            Effect::ChangePin(ticket, badge, pin) => {
                self.answers.sign_in_refused = self.answers.new_pin_refused.take();
                Some(self.sign_in(ticket, &badge, &pin.before))
            }
            Effect::Sign(ticket, badge, pin, signing) => {
                Some(Message::Recorded(ticket, self.sign(badge.as_deref(), &pin, signing)))
            }
            Effect::SignOut(_) => {
                self.who.clear();
                None
            }
            Effect::BindPlace(place) => {
                self.shop.place(place.as_str());
                None
            }
            Effect::Focus(focus) => {
                self.focus = focus;
                None
            }
            Effect::Seconds(seconds) => {
                self.seconds = seconds;
                None
            }
            Effect::Enter(..)
            | Effect::KeepDraft(..)
            | Effect::DropDraft(_)
            | Effect::SyncNow
            | Effect::FetchOrder(_)
            | Effect::Beep
            | Effect::Redraw
            | Effect::Quit => None,
        }
    }

    fn draws(&self, ticket: Ticket, unit: &TravelerId) -> Message {
        let drawn = self.shop.draws_of(unit);
        let drawn = drawn.map(|drawn| self.shop.ticket_view(&drawn));
        let drawn = drawn.map(|view| Box::new(TicketView { against: None, ..view }));
        Message::Loaded(ticket, Ok(Answer::Drawn(drawn)))
    }

    fn opens_lot(&mut self, ticket: Ticket, opening: Opening) -> Message {
        let Opening { series, lot, unit, instruction, size, first_article } = opening;
        let seed = Hash::of(&[b"chance", lot.as_str().as_bytes()]);
        let open = InspectionCommand::Open { lot, unit, instruction, size, first_article, seed };
        let who = self.who.clone();
        let tried = self.shop.tries(&who, Command::Series(series, open));
        Message::Recorded(ticket, outcome(tried))
    }

    /// All of several commands, or none.
    fn record_all(&mut self, commands: Vec<Command>) -> Outcome {
        let (who, before) = (self.who.clone(), self.shop.clone());
        let mut facts = Vec::new();
        for command in commands {
            match self.shop.tries(&who, command) {
                Ok(more) => facts.extend(more),
                Err(refusal) => {
                    self.shop = before;
                    return Outcome::Refused(refusal);
                }
            }
        }
        Outcome::Saved(facts)
    }

    fn sign_in(&mut self, ticket: Ticket, badge: &str, pin: &Pin) -> Message {
        if let Some(refusal) = self.answers.sign_in_refused.clone() {
            return Message::SignedIn(ticket, Err(SignInTrouble::Refused(refusal)));
        }
        let known = BADGES.iter().find(|(known, ..)| *known == badge);
        let Some((_, person, name, role)) = known.filter(|_| pin.0 == PIN) else {
            return Message::SignedIn(ticket, Err(SignInTrouble::Wrong));
        };
        (*person).clone_into(&mut self.who);
        let place = self.shop.station().place.clone();
        let (name, roles) = ((*name).to_owned(), vec![*role]);
        let (person, ending) = (id(person), self.answers.ending.clone());
        let permits = soon(&roles, &self.shop);
        let (toured, look) = (self.toured, self.look.clone());
        let language = self.language;
        let person = Person { person, name, roles, place, ending, permits, toured, look, language };
        Message::SignedIn(ticket, Ok(person))
    }

    /// Who signs: by a badge, or without one whoever is signed in.
    fn signer(&self, badge: Option<&str>) -> Option<&'static Badge> {
        BADGES.iter().find(|(known, who, ..)| match badge {
            Some(badge) => *known == badge,
            None => *who == self.who,
        })
    }

    fn sign(&mut self, badge: Option<&str>, pin: &Pin, signing: Signing) -> Outcome {
        let known = self.signer(badge);
        let Some((_, who, name, _)) = known.filter(|_| pin.0 == PIN) else {
            return Outcome::NotSigned(SignInTrouble::Wrong);
        };
        let by = Signer::by_badge(*name);
        let command = match signing {
            Signing::Step { traveler, at, ask, seen } => {
                let by = by.having_seen([(traveler.clone(), seen)]);
                Command::Traveler(traveler, TravelerCommand::Sign { at, ask, by })
            }
            Signing::Ship { traveler, shown, seen } => {
                let by = by.having_seen([(traveler.clone(), seen)]);
                Command::Traveler(traveler, TravelerCommand::Ship { shown, set: Vec::new(), by })
            }
            Signing::Dispose { deviation, shares, reason } => {
                Command::Deviation(deviation, DeviationCommand::Dispose { shares, reason, by })
            }
            Signing::Approve { deviation, disposition } => {
                Command::Deviation(deviation, DeviationCommand::Approve { disposition, by })
            }
            Signing::ProposePermit(part, wanted) => Command::ProposePermit(part, wanted, by),
            Signing::GrantPermit(permit) => Command::Permit(permit, PermitCommand::Grant { by }),
            Signing::UsePermit { traveler, reading, value, permit } => {
                let wanted = Use { reading, value, permit, by };
                Command::Traveler(traveler, TravelerCommand::UsePermit(Box::new(wanted)))
            }
            Signing::Handover(handover) => {
                let accept = HandoverCommand::Accept { note: String::new(), by };
                Command::Handover(handover, accept)
            }
            Signing::Lot { series, lot, accept, seen } => {
                let (note, seen) = (String::new(), Some(seen));
                let deviation = None;
                let decide = InspectionCommand::Decide { lot, accept, note, deviation, seen, by };
                Command::Series(series, decide)
            }
            Signing::DisposeLot { series, lot, end, reason } => {
                Command::Series(series, InspectionCommand::Dispose { lot, end, reason, by })
            }
            Signing::Instruction(..) | Signing::Specification(..) => {
                panic!("no screen signs a revision")
            }
        };
        outcome(self.shop.tries(who, command))
    }

    /// Commands asked for since last looked at.
    pub(crate) fn recorded(&mut self) -> Vec<Command> {
        let taken = std::mem::take(&mut self.asked);
        let command = |effect| {
            let Effect::Record(_, command) = effect else { return None };
            Some(command)
        };
        taken.into_iter().filter_map(command).collect()
    }
}

fn time(shop: &Shop, session_ms: u64) -> Time {
    let moment = shop.moment();
    let zone = gemba::domain::context::time_zone("Europe/Berlin").unwrap();
    let hhmm = moment.utc.to_zoned(zone).strftime("%H:%M").to_string();
    Time { moment, hhmm, session_ms }
}
