//! One stay at one terminal: the loop that takes messages, draws once, and performs effects.
//!
//! The loop has one owner and blocks on nothing but its inbox. Disk and PINs are elsewhere.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::app::chance;
use crate::app::clock::Monotonic;
use crate::app::display::{Display, Screens, Turned};
use crate::app::drafts::Stay;
use crate::app::leaving::Changing;
use crate::app::store_handle::StoreHandle;
use crate::app::terminal::intake::Taken;
use crate::app::terminal::pump::SharedFocus;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::hash::Hash;
use crate::domain::ids::{PersonId, PlaceId, SessionId, TerminalId};
use crate::domain::inspection::decide::InspectionCommand;
use crate::domain::offset::Offset;
use crate::ui::effect::{Effect, NewPin, Opening};
use crate::ui::input::Input;
use crate::ui::message::{Message, Outcome, PinStands, Ticket, Time};

/// More messages than this are not taken before the next frame.
const MESSAGES_A_FRAME_MAX: usize = 256;
/// How soon a line that had no room for a frame is asked again.
const ROOM_AGAIN_MS: u64 = 20;
/// How soon it is tried again to write what was typed.
const AGAIN_MS: u64 = 1_000;
/// For how long a session at the terminal of its process waits for a PIN that is being changed.
pub const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// What ended a session, or what it ended with.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The terminal cannot be used any more.
    #[error(transparent)]
    Line(#[from] io::Error),
    /// What was typed and not recorded could not be written.
    #[error("what was typed last is not kept: {0}")]
    Unkept(String),
}

/// How a session ended.
#[derive(Debug)]
pub struct Ended {
    /// What became of a PIN that was being changed then.
    pub pin: Option<PinStands>,
    /// Why, or what was amiss.
    pub how: Result<(), Trouble>,
}

/// What a session is made of.
#[derive(Debug)]
pub struct Session<S> {
    /// What is shown.
    pub screens: S,
    /// What the first screen asks for.
    pub begin: Vec<Effect>,
    /// The way to the store.
    pub store: StoreHandle,
    /// The terminal's name in facts.
    pub terminal: TerminalId,
    /// The place that the terminal stands at, where one is known.
    pub place: Option<PlaceId>,
    /// Heard by whoever parses this terminal's bytes.
    pub focus: SharedFocus,
    /// Makes room for more input; none where whoever sends waits for each.
    pub taken: Option<Taken>,
    /// Told after each turn how many messages of the terminal were done with, once nothing is
    /// under way any more; for scripts that press keys.
    pub settled: Option<Sender<u64>>,
    /// For how long it waits, when it ends, for a PIN that is being changed.
    pub ends_within: Duration,
}

/// The state of the loop.
pub(super) struct Turn {
    pub(super) stay: Stay,
    pub(super) acting: Acting,
    /// The session that is being opened.
    opening: Option<SessionId>,
    answers: Sender<Message>,
    pub(super) monotonic: Monotonic,
    /// What is known of the server's clock, as facts are written by.
    offset: Option<Offset>,
    seconds: bool,
    next_tick_ms: u64,
    /// Effects that were not answered yet.
    open: usize,
    /// Those of them for which a PIN is checked first.
    pub(super) proving: Vec<Ticket>,
    /// The one of them that changes a PIN.
    pub(super) changing: Option<Changing>,
    /// Messages from outside that were done with: of the terminal, and that time moved on.
    inputs: u64,
    /// Whether something that was typed could not be written yet.
    unkept: bool,
    ended: bool,
}

impl Turn {
    /// A session that may be opened: named by chance, so that nobody guesses it and no later start
    /// of the program gives the name again.
    fn opens(&mut self) -> Option<SessionId> {
        let session = SessionId::parse(&format!("s{:016x}", rand::random::<u64>())).ok();
        self.opening.clone_from(&session);
        session
    }

    /// One of the effects that were not answered yet is.
    fn answered(&mut self, ticket: Ticket) {
        self.open = self.open.saturating_sub(1);
        self.proving.retain(|proving| *proving != ticket);
        self.changing.take_if(|changing| changing.ticket == ticket);
    }
}

impl<S: Screens> Session<S> {
    /// Runs until the terminal is lost or the person quits; drafts are written when it returns.
    pub fn run(
        mut self,
        inbox: (Sender<Message>, Receiver<Message>),
        mut display: impl Display,
    ) -> Ended {
        let (answers, inbox) = inbox;
        let acting = Acting {
            place: self.place.clone(),
            terminal: self.terminal.clone(),
            session: None,
            actor: None,
        };
        let mut turn = Turn {
            stay: self.store.begins(),
            acting,
            opening: None,
            answers: answers.clone(),
            monotonic: Monotonic::start(),
            offset: None,
            seconds: false,
            next_tick_ms: 0,
            open: 0,
            proving: Vec::new(),
            changing: None,
            inputs: 0,
            unkept: false,
            ended: false,
        };
        self.store.subscribe(answers);
        let drawn = self.turns(&mut turn, &inbox, &mut display);
        if drawn.is_err() {
            // The line took no frame before it was told that it is lost: what is half typed is kept.
            for effect in self.screens.update(Message::Input(Input::Lost)) {
                self.perform(&mut turn, effect, &mut display).unwrap_or_default();
            }
        }
        let pin = if turn.open > 0 { self.finish(&mut turn, &inbox, &mut display) } else { None };
        let kept = self.leave(&mut turn, &inbox).map_err(Trouble::Unkept);
        Ended { pin, how: kept.and_then(|()| drawn.map_err(Trouble::Line)) }
    }

    fn turns(
        &mut self,
        turn: &mut Turn,
        inbox: &Receiver<Message>,
        display: &mut impl Display,
    ) -> io::Result<()> {
        for effect in std::mem::take(&mut self.begin) {
            self.perform(turn, effect, display)?;
        }
        self.tick(turn, display)?;
        loop {
            let has_room = display.has_room();
            if has_room {
                let turned =
                    Turned { settled: turn.open == 0, inputs: turn.inputs, ended: turn.ended };
                display.show(&mut self.screens, turned)?;
            }
            if turn.ended {
                return Ok(());
            }
            if turn.open == 0
                && let Some(settled) = &self.settled
            {
                settled.send(turn.inputs).ok();
            }
            let now_ms = turn.monotonic.ms();
            let until_ms = turn.next_tick_ms.saturating_sub(now_ms);
            let until_ms = if has_room && display.has_more() {
                0
            } else if has_room {
                until_ms
            } else {
                until_ms.min(ROOM_AGAIN_MS)
            };
            match inbox.recv_timeout(Duration::from_millis(until_ms)) {
                Ok(first) => {
                    let more = inbox.try_iter().take(MESSAGES_A_FRAME_MAX);
                    for message in std::iter::once(first).chain(more) {
                        let outside = matches!(message, Message::Input(_) | Message::Clock(_));
                        turn.inputs += u64::from(outside);
                        if let (Message::Input(_), Some(taken)) = (&message, &mut self.taken) {
                            taken.one();
                        }
                        self.take(turn, message, display)?;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => turn.ended = true,
            }
            if turn.monotonic.ms() >= turn.next_tick_ms {
                self.tick(turn, display)?;
            }
        }
    }

    /// Says what time it is, and when to say so again.
    fn tick(&mut self, turn: &mut Turn, display: &mut impl Display) -> io::Result<()> {
        let time = self.time(turn);
        let into_minute_ms = time.moment.utc.as_millisecond().rem_euclid(60_000);
        let rest_ms = u64::try_from(60_000 - into_minute_ms).unwrap_or(60_000);
        if turn.unkept {
            self.store.keep_drafts_again((turn.stay, turn.answers.clone()));
        }
        let until_ms = if turn.seconds || turn.unkept { rest_ms % 1_000 } else { rest_ms };
        let until_ms = if until_ms == 0 { 1_000 } else { until_ms };
        turn.next_tick_ms = turn.monotonic.ms() + until_ms;
        self.take(turn, Message::Clock(time), display)
    }

    fn time(&self, turn: &Turn) -> Time {
        let moment = self.store.clock().moment();
        let moment = match &turn.offset {
            Some(offset) => offset.at(moment),
            None => moment,
        };
        let local = moment.utc.to_zoned(self.store.zone().clone());
        let hhmm = local.strftime("%H:%M").to_string();
        Time { moment, hhmm, session_ms: turn.monotonic.ms() }
    }

    /// Folds one message into the screens and performs what they ask for.
    fn take(
        &mut self,
        turn: &mut Turn,
        message: Message,
        display: &mut impl Display,
    ) -> io::Result<()> {
        // Whoever says that time moved on: this session's clock says how far.
        let message = match message {
            Message::Clock(_) => Message::Clock(self.time(turn)),
            other @ (Message::Input(_)
            | Message::Loaded(..)
            | Message::Recorded(..)
            | Message::SignedIn(..)
            | Message::Draft(..)
            | Message::DraftsKept(_)
            | Message::Link(_)
            | Message::Waits(_)
            | Message::News) => other,
        };
        match &message {
            // What follows is read by the clock that facts are written by.
            Message::Link(link) if link.offset != turn.offset => {
                turn.offset.clone_from(&link.offset);
                self.tick(turn, display)?;
            }
            Message::Input(Input::Resize { columns, rows }) => {
                display.resize(*columns, *rows)?;
            }
            Message::Input(Input::Lost) => turn.ended = true,
            Message::DraftsKept(kept) => {
                turn.unkept = kept.is_err();
                if turn.unkept {
                    turn.next_tick_ms = turn.next_tick_ms.min(turn.monotonic.ms() + AGAIN_MS);
                }
            }
            Message::Loaded(ticket, _) | Message::Recorded(ticket, _) => turn.answered(*ticket),
            Message::SignedIn(ticket, outcome) => {
                turn.answered(*ticket);
                if let Ok(person) = outcome {
                    self.comes(turn, person.person.clone());
                    let stay = (turn.stay, turn.answers.clone());
                    self.store.drafts(person.person.clone(), stay);
                }
            }
            Message::Input(
                Input::Key(_)
                | Input::Line(_)
                | Input::Scan(_)
                | Input::ScanEnd(_)
                | Input::TakeBack(_)
                | Input::Paste(_)
                | Input::Gauge(_)
                | Input::Pictures(_),
            )
            | Message::Draft(..)
            | Message::Clock(_)
            | Message::Link(_)
            | Message::Waits(_)
            | Message::News => {}
        }
        for effect in self.screens.update(message) {
            self.perform(turn, effect, display)?;
        }
        Ok(())
    }

    /// Somebody acts here from now on; whoever did before is signed out.
    pub(super) fn comes(&self, turn: &mut Turn, person: PersonId) {
        let before = turn.acting.actor.take();
        if before.as_ref().is_some_and(|before| *before != person) {
            let acting = Acting { actor: before, ..turn.acting.clone() };
            self.store.sign_out(acting, "change of person");
        }
        turn.acting.actor = Some(person);
        turn.acting.session = turn.opening.take();
    }

    pub(super) fn perform(
        &mut self,
        turn: &mut Turn,
        effect: Effect,
        display: &mut impl Display,
    ) -> io::Result<()> {
        match effect {
            Effect::Record(..)
            | Effect::RecordAll(..)
            | Effect::RecordSet(..)
            | Effect::OpenLot(..)
            | Effect::Load(..)
            | Effect::AskReceived(..)
            | Effect::DrawPicture(..)
            | Effect::DrawTicket(..)
            | Effect::SignIn(..)
            | Effect::Enter(..)
            | Effect::ChangePin(..)
            | Effect::Sign(..)
            | Effect::SignSet(..) => {
                turn.open += 1;
                self.ask_store(turn, effect);
            }
            Effect::SignOut(how) => {
                self.store.sign_out(turn.acting.clone(), how.word());
                turn.acting.actor = None;
                turn.acting.session = None;
            }
            Effect::BindPlace(place) => turn.acting.place = Some(place),
            Effect::KeepDraft(key, text) => {
                if let Some(person) = &turn.acting.actor {
                    let stay = (turn.stay, turn.answers.clone());
                    self.store.keep_draft((person.clone(), key), Some(text), stay);
                }
            }
            Effect::DropDraft(key) => {
                if let Some(person) = &turn.acting.actor {
                    let stay = (turn.stay, turn.answers.clone());
                    self.store.keep_draft((person.clone(), key), None, stay);
                }
            }
            Effect::SyncNow => self.store.sync_now(),
            Effect::FetchOrder(order) => self.store.fetch_order(order),
            Effect::Focus(focus) => self.focus.say(focus),
            Effect::Seconds(wanted) => {
                if wanted != turn.seconds {
                    turn.seconds = wanted;
                    turn.next_tick_ms = 0;
                }
            }
            Effect::Beep => display.beep(),
            Effect::Redraw => display.redraw()?,
            Effect::Quit => turn.ended = true,
        }
        Ok(())
    }

    /// Passes on what the store answers with a message.
    fn ask_store(&self, turn: &mut Turn, effect: Effect) {
        let (acting, answers) = (turn.acting.clone(), turn.answers.clone());
        match effect {
            Effect::Load(ticket, query) => self.store.load(ticket, query, answers),
            Effect::AskReceived(ticket, subject, revision) => {
                self.store.received(ticket, (subject, revision), answers);
            }
            Effect::DrawPicture(ticket, hash, room) => {
                self.store.draw_picture(ticket, hash, room, answers);
            }
            Effect::DrawTicket(ticket, unit) => self.store.draw_ticket(ticket, unit, answers),
            Effect::Record(ticket, command) if acting.actor.is_some() => {
                self.store.record(ticket, acting, command, answers);
            }
            Effect::RecordAll(ticket, commands) if acting.actor.is_some() => {
                self.store.record_all(ticket, acting, commands, answers);
            }
            Effect::RecordSet(ticket, act) if acting.actor.is_some() => {
                self.store.record_set(ticket, acting, act, answers);
            }
            Effect::OpenLot(ticket, opening) if acting.actor.is_some() => match chance::seed() {
                Ok(seed) => {
                    self.store.record(ticket, acting, opening_of(*opening, seed), answers);
                }
                Err(error) => {
                    let why = format!("no random number: {error}");
                    answers.send(Message::Recorded(ticket, Outcome::NotSaved(why))).ok();
                }
            },
            Effect::Record(ticket, _)
            | Effect::OpenLot(ticket, _)
            | Effect::RecordAll(ticket, _)
            | Effect::RecordSet(ticket, _) => {
                let why = "nobody is signed in → scan your badge".to_owned();
                answers.send(Message::Recorded(ticket, Outcome::NotSaved(why))).ok();
            }
            Effect::SignIn(ticket, badge, pin) => {
                turn.proving.push(ticket);
                let session = turn.opens();
                self.store.sign_in(ticket, badge, pin, (Acting { session, ..acting }, answers));
            }
            Effect::Enter(ticket, person) => {
                let session = turn.opens();
                self.store.enter(ticket, person, (Acting { session, ..acting }, answers));
            }
            Effect::ChangePin(ticket, badge, NewPin { before, new }) => {
                turn.proving.push(ticket);
                let stay = (Acting { session: turn.opens(), ..acting }, answers);
                let claim = self.store.change_pin(ticket, badge, (before, new), stay);
                turn.changing = Some(Changing { ticket, claim });
            }
            Effect::Sign(ticket, badge, pin, signing) => {
                turn.proving.push(ticket);
                self.store.sign(ticket, (badge, pin), signing, (acting, answers));
            }
            Effect::SignSet(ticket, badge, pin, act) => {
                turn.proving.push(ticket);
                self.store.sign_set(ticket, (badge, pin), act, (acting, answers));
            }
            Effect::SignOut(_)
            | Effect::BindPlace(_)
            | Effect::KeepDraft(..)
            | Effect::DropDraft(_)
            | Effect::SyncNow
            | Effect::FetchOrder(_)
            | Effect::Focus(_)
            | Effect::Seconds(_)
            | Effect::Beep
            | Effect::Redraw
            | Effect::Quit => {}
        }
    }
}

/// The command that opens a lot, with the chance by which its pieces are chosen.
fn opening_of(opening: Opening, seed: Hash) -> Command {
    let Opening { series, lot, unit, instruction, size, first_article } = opening;
    let open = InspectionCommand::Open { lot, unit, instruction, size, first_article, seed };
    Command::Series(series, open)
}
