//! The store as the sessions of one process see it: questions and acts go in, messages come back.
//!
//! One thread writes, one reads and watches for news, one checks PINs, each in the order asked. PINs that
//! are shown at the door of a host have a thread of their own: however many come, nobody at a terminal waits.
//! A session thread touches neither SQLite nor Argon2, so neither can hold up a key press.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SendError, Sender, SyncSender};
use std::thread;

use jiff::tz::TimeZone;
use tokio::sync::Notify;

use crate::app::card::{self, Claim};
use crate::app::clock::Clock;
use crate::app::config::{Config, PlaceTold};
use crate::app::desk::Desk;
use crate::app::dots;
use crate::app::drafts::{Stay, Unkept};
use crate::app::exchange;
use crate::app::fault::Fault;
use crate::app::identity::{self, Proof};
use crate::app::station::Station;
use crate::app::written::{self, Watching};
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::hash::Hash;
use crate::domain::ids::{OrderId, PersonId, RevisionId};
use crate::domain::people::{PersonCommand, Purpose};
use crate::domain::signature::Signer;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::set::SetAct;
use crate::ledger::error::TransactError;
use crate::ui::effect::{Pin, Signing};
use crate::ui::message::{Message, Outcome, SignInTrouble, Ticket};
use crate::views::dots::Room;
use crate::views::query::{Answer, Query};

/// So many wait at the door to be looked at; whoever comes then is told to come again.
const AT_DOOR_MAX: usize = 16;

/// How a session ends whose terminal is gone.
pub const CLOSED: &str = "terminal closed";

/// What one of the threads does with what it owns.
pub type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// Where those who exchange hear why they should.
#[derive(Debug)]
pub struct Wanted {
    /// Somebody wants it now.
    pub now: tokio::sync::mpsc::Receiver<()>,
    /// Somebody wrote to the store.
    pub written: Arc<Notify>,
}

/// Where the answers of one session go.
pub type Answers = Sender<Message>;

/// A way to the store; clones lead to the same threads.
#[derive(Debug, Clone)]
pub struct StoreHandle {
    writer: Sender<Job<Writing>>,
    reader: Sender<Job<Desk>>,
    vault: Sender<Job<()>>,
    door: SyncSender<Job<()>>,
    sync: tokio::sync::mpsc::Sender<()>,
    about: Arc<About>,
    clock: Clock,
    _watching: Arc<Watching>,
}

/// What a station says of itself and does not change while it runs.
#[derive(Debug)]
struct About {
    station: String,
    site: String,
    zone: TimeZone,
    config: Config,
    stays: AtomicU64,
}

/// What the writing thread owns.
pub(super) struct Writing {
    pub(super) station: Station,
    pub(super) unkept: Unkept,
}

impl StoreHandle {
    /// Opens the store twice, to write and to read, and starts the threads. They end when the last
    /// handle is gone. Whoever syncs takes what comes out of the second part as "now, please".
    pub fn open(config: &Config, clock: &Clock) -> Result<(Self, Wanted), Fault> {
        let writing = Station::open(config, clock)?;
        let reading = Station::reader(config, clock)?;
        let about = Arc::new(About {
            station: reading.ledger.identity().station.to_string(),
            site: reading.site_name(),
            zone: reading.zone(),
            config: config.clone(),
            stays: AtomicU64::new(0),
        });
        let (writer, acts) = mpsc::channel();
        let (reader, questions) = mpsc::channel();
        let (vault, proofs) = mpsc::channel();
        let (door, shown) = mpsc::sync_channel(AT_DOOR_MAX);
        let (sync, now) = tokio::sync::mpsc::channel(1);
        let written = Arc::new(Notify::new());
        let writing = Writing { station: writing, unkept: Unkept::default() };
        spawn("store writer", move || work(writing, &acts))?;
        let desk = Desk::new(reading);
        spawn("store reader", move || desk.work(&questions))?;
        let (news, wrote) = (reader.clone(), written.clone());
        let watching = written::in_background(&config.home, move || {
            wrote.notify_one();
            // The desk tells what is new before it waits again.
            news.send(Box::new(|_| {})).unwrap_or_default();
        })?;
        spawn("credentials", move || work((), &proofs))?;
        spawn("credentials at the door", move || work((), &shown))?;
        let (clock, watching) = (clock.clone(), Arc::new(watching));
        let handle = Self { writer, reader, vault, door, sync, about, clock, _watching: watching };
        Ok((handle, Wanted { now, written }))
    }

    /// Refuses a place that this station does not know; waits for the answer.
    pub fn require_place(&self, told: PlaceTold) -> Result<(), Fault> {
        let (answers, answer) = mpsc::channel();
        self.reads(move |desk| {
            answers.send(desk.station.require_place(&told)).ok();
        });
        let gone = |error| Fault::cannot("the store was not asked", error);
        answer.recv().map_err(gone)?
    }

    /// The site's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.about.zone
    }

    /// The station's code.
    pub fn station(&self) -> &str {
        &self.about.station
    }

    /// The site's name.
    pub fn site(&self) -> &str {
        &self.about.site
    }

    /// The clock that facts are written by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A stay that begins at a terminal.
    pub fn begins(&self) -> Stay {
        Stay(self.about.stays.fetch_add(1, Ordering::Relaxed))
    }

    /// Tells a session of news and of the link from now on.
    pub fn subscribe(&self, answers: Answers) {
        self.reads(move |desk| {
            answers.send(Message::Link(desk.station.link())).ok();
            answers.send(Message::Waits(desk.station.waits())).ok();
            desk.listens(answers);
        });
    }

    /// Answers a question with [`Message::Loaded`].
    pub fn load(&self, ticket: Ticket, query: Query, answers: Answers) {
        self.reads(move |desk| {
            let answer = desk.station.answer(&query).map_err(|error| error.to_string());
            answers.send(Message::Loaded(ticket, answer)).ok();
        });
    }

    /// Makes a picture small, and answers with [`Message::Loaded`]. A large one takes a while, so that has
    /// a thread of its own.
    pub fn draw_picture(&self, ticket: Ticket, hash: Hash, room: Room, answers: Answers) {
        self.reads(move |desk| {
            let found = desk.station.answer(&Query::Blob { hash });
            let late = answers.clone();
            let draws = spawn("draws a picture", move || {
                let drawn = found.map(|found| dots::drawn(&found, room));
                let drawn = drawn.map_err(|error| error.to_string());
                answers.send(Message::Loaded(ticket, drawn)).ok();
            });
            if let Err(fault) = draws {
                late.send(Message::Loaded(ticket, Err(fault.what))).ok();
            }
        });
    }

    /// Asks the server which stations have a revision, and answers with [`Message::Loaded`]. Whoever
    /// asks waits for nobody else and nobody waits for it, so it has a thread of its own.
    pub fn received(
        &self,
        ticket: Ticket,
        (subject, revision): (Subject, RevisionId),
        answers: Answers,
    ) {
        let (about, clock) = (self.about.clone(), self.clock.clone());
        let late = answers.clone();
        let asks = spawn("asks the server", move || {
            let found = exchange::received(&about.config.home, &clock, (&subject, &revision));
            let answer = found.map(|rows| Answer::Received(rows.map(exchange::rows)));
            answers.send(Message::Loaded(ticket, answer.map_err(|fault| fault.what))).ok();
        });
        if let Err(fault) = asks {
            late.send(Message::Loaded(ticket, Err(fault.what))).ok();
        }
    }

    /// Saves, and answers with [`Message::Recorded`].
    pub fn record(&self, ticket: Ticket, acting: Acting, command: Command, answers: Answers) {
        self.writes(move |station| {
            let outcome = outcome(station.transact(&acting, command));
            answers.send(Message::Recorded(ticket, outcome)).ok();
        });
    }

    /// Saves several commands as one act, and answers with [`Message::Recorded`].
    pub fn record_all(
        &self,
        ticket: Ticket,
        acting: Acting,
        commands: Vec<Command>,
        answers: Answers,
    ) {
        self.writes(move |station| {
            let outcome = outcome(station.transact_all(&acting, commands));
            answers.send(Message::Recorded(ticket, outcome)).ok();
        });
    }

    /// Saves an act on a set, and answers with [`Message::Recorded`].
    pub fn record_set(&self, ticket: Ticket, acting: Acting, act: SetAct, answers: Answers) {
        self.writes(move |station| {
            let outcome = outcome(station.transact_set(&acting, &act));
            answers.send(Message::Recorded(ticket, outcome)).ok();
        });
    }

    /// Draws a hand-off ticket, and answers with [`Message::Loaded`]: who writes has the key.
    pub fn draw_ticket(&self, ticket: Ticket, unit: TravelerId, answers: Answers) {
        self.writes(move |station| {
            let drawn = match station.draw_ticket(&unit) {
                Ok(view) => Ok(Answer::Drawn(Ok(Box::new(view)))),
                Err(TransactError::Refused(refusal)) => Ok(Answer::Drawn(Err(refusal))),
                Err(TransactError::Ledger(error)) => Err(error.to_string()),
            };
            answers.send(Message::Loaded(ticket, drawn)).ok();
        });
    }

    /// Opens a session, and answers with [`Message::SignedIn`]; the actor of `acting` is set here.
    pub fn sign_in(&self, ticket: Ticket, badge: String, pin: Pin, stay: (Acting, Answers)) {
        let (acting, answers) = stay;
        self.prove((Some(badge), None), pin, move |station, proof| {
            let proven = identity::open_session(station, proof, acting);
            answers.send(Message::SignedIn(ticket, proven)).ok();
        });
    }

    /// Tells whose badge it is that somebody shows at the door, if the PIN proves it. One is looked at
    /// after the other; where too many wait, `told` is dropped.
    pub fn proves(
        &self,
        (badge, pin): (String, Pin),
        acting: Acting,
        told: impl FnOnce(Result<PersonId, SignInTrouble>) + Send + 'static,
    ) {
        let store = self.clone();
        let looks = move |(): &mut ()| {
            let (answers, answer) = mpsc::channel();
            store.reads(move |desk| {
                answers.send(identity::card(&desk.station, Some(&badge), None)).ok();
            });
            let Ok(card) = answer.recv() else { return };
            let proof = card.map(|card| identity::check(card, &pin));
            let (done, waits) = mpsc::channel::<()>();
            store.writes(move |station| {
                // An aged PIN is changed on the screen, where its person comes to.
                let proven = identity::prove(station, proof, acting, Purpose::ChangePin);
                told(proven.map(|(card, _)| card.person));
                drop(done);
            });
            // Of the door, the writer never has more than one to do.
            waits.recv().unwrap_or_default();
        };
        self.door.try_send(Box::new(looks)).ok();
    }

    /// Opens the session of somebody who has just proved who they are, and answers with
    /// [`Message::SignedIn`].
    pub fn enter(&self, ticket: Ticket, person: PersonId, (acting, answers): (Acting, Answers)) {
        self.writes(move |station| {
            let card = identity::card(station, None, Some(&person));
            let proof = card.and_then(|card| card.map(Proof::proven).ok_or(SignInTrouble::Wrong));
            let opened = identity::open_session(station, proof, acting);
            answers.send(Message::SignedIn(ticket, opened)).ok();
        });
    }

    /// Changes a PIN by badge and the PIN before, opens the session, and answers with
    /// [`Message::SignedIn`]; on a thread of its own, because it takes as long as the server does.
    /// Who claims it before it has begun calls it off.
    pub fn change_pin(
        &self,
        ticket: Ticket,
        badge: String,
        (before, new): (Pin, Pin),
        (acting, answers): (Acting, Answers),
    ) -> Claim {
        let (claim, vault, store) = (Claim::default(), self.vault.clone(), self.clone());
        let begun = claim.clone();
        self.reads(move |desk| {
            let card = identity::card(&desk.station, Some(&badge), None);
            let rules = desk.station.rules().pin;
            let check = move |(): &mut ()| {
                let proof = card.map(|card| identity::check(card, &before));
                let verifier = identity::new_verifier((&before, &new), &badge, &rules);
                let told = answers.clone();
                let change = move || {
                    let world = (&store.about.config, &store.clock);
                    let changed = card::change_pin(world, proof, verifier, acting.clone(), &begun);
                    // What was written for it goes up, and the card comes, without waiting for either.
                    store.sync_now();
                    let told = answers.send(Message::SignedIn(ticket, changed));
                    // Nobody is there any more who would sign out whoever was let in.
                    if let Err(SendError(Message::SignedIn(_, Ok(person)))) = told {
                        let acting = Acting { actor: Some(person.person), ..acting };
                        store.sign_out(acting, CLOSED);
                    }
                };
                if let Err(fault) = spawn("new PIN", change) {
                    let trouble = SignInTrouble::Fault(fault.to_string());
                    told.send(Message::SignedIn(ticket, Err(trouble))).ok();
                }
            };
            vault.send(Box::new(check)).ok();
        });
        claim
    }

    /// Signs by the badge and PIN given, and answers with [`Message::Recorded`].
    pub fn sign(
        &self,
        ticket: Ticket,
        (badge, pin): (Option<String>, Pin),
        signing: Signing,
        (acting, answers): (Acting, Answers),
    ) {
        let by = if badge.is_some() { Signer::by_badge } else { Signer::by_pin };
        self.prove((badge, acting.actor.clone()), pin, move |station, proof| {
            let outcome = match identity::prove(station, proof, acting, Purpose::Act) {
                Err(trouble) => Outcome::NotSigned(trouble),
                Ok((card, acting)) => {
                    outcome(station.transact(&acting, identity::command(signing, by(card.name))))
                }
            };
            answers.send(Message::Recorded(ticket, outcome)).ok();
        });
    }

    /// Signs once for every unit of a set, and answers with [`Message::Recorded`].
    pub fn sign_set(
        &self,
        ticket: Ticket,
        (badge, pin): (Option<String>, Pin),
        act: SetAct,
        (acting, answers): (Acting, Answers),
    ) {
        let by = if badge.is_some() { Signer::by_badge } else { Signer::by_pin };
        self.prove((badge, acting.actor.clone()), pin, move |station, proof| {
            let outcome = match identity::prove(station, proof, acting, Purpose::Act) {
                Err(trouble) => Outcome::NotSigned(trouble),
                Ok((card, acting)) => {
                    outcome(station.transact_set(&acting, &act.signed_by(&by(card.name))))
                }
            };
            answers.send(Message::Recorded(ticket, outcome)).ok();
        });
    }

    /// Ends a person's session; nobody waits for it.
    pub fn sign_out(&self, acting: Acting, how: &str) {
        let how = how.to_owned();
        self.writes(move |station| {
            if let Some(person) = acting.actor.clone() {
                let command = Command::Person(person, PersonCommand::SignOut { how });
                // A session that was not closed by a fact ends all the same.
                station.transact(&acting, command).ok();
            }
        });
    }

    /// Asks for an order that is over and not at this station; whoever syncs fetches it.
    pub fn fetch_order(&self, order: OrderId) {
        let sync = self.sync.clone();
        self.writes(move |station| {
            if station.ledger.want_order(&order).is_ok() {
                sync.try_send(()).ok();
            }
        });
    }

    /// Asks whoever syncs to try now.
    pub fn sync_now(&self) {
        // One that waits already says the same.
        self.sync.try_send(()).ok();
    }

    /// Waits until everything asked before is done, also what a PIN is checked for first.
    ///
    /// # Errors
    /// Why something that was typed in this stay is not kept.
    pub fn settle(&self, stay: Stay) -> Result<(), String> {
        let (done, waits) = mpsc::channel::<()>();
        let vault = self.vault.clone();
        // The way of every act by a PIN, behind all of them.
        self.reads(move |_| {
            vault.send(Box::new(move |(): &mut ()| drop(done))).ok();
        });
        // That it is dropped is what is waited for.
        waits.recv().unwrap_or_default();
        self.kept(stay)
    }

    pub(super) fn on_writer(&self, job: impl FnOnce(&mut Writing) + Send + 'static) {
        // The threads end only with the process or with the last handle.
        self.writer.send(Box::new(job)).ok();
    }

    fn writes(&self, job: impl FnOnce(&mut Station) + Send + 'static) {
        self.on_writer(move |writing| job(&mut writing.station));
    }

    fn reads(&self, job: impl FnOnce(&mut Desk) + Send + 'static) {
        self.reader.send(Box::new(job)).ok();
    }

    /// Looks the card up, checks the PIN, and goes on in the writing thread.
    fn prove(
        &self,
        (badge, actor): (Option<String>, Option<PersonId>),
        pin: Pin,
        next: impl FnOnce(&mut Station, Result<Proof, SignInTrouble>) + Send + 'static,
    ) {
        let (vault, writer) = (self.vault.clone(), self.writer.clone());
        self.reads(move |desk| {
            let card = identity::card(&desk.station, badge.as_deref(), actor.as_ref());
            let check = move |(): &mut ()| {
                let proof = card.map(|card| identity::check(card, &pin));
                let job = move |writing: &mut Writing| next(&mut writing.station, proof);
                writer.send(Box::new(job)).ok();
            };
            vault.send(Box::new(check)).ok();
        });
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), Fault> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map(drop)
        .map_err(|error| Fault::cannot("no thread could be started", error))
}

fn work<S>(mut state: S, jobs: &Receiver<Job<S>>) {
    for job in jobs {
        job(&mut state);
    }
}

/// What a session is told of an act.
fn outcome(done: Result<Vec<crate::domain::fact::Position>, TransactError>) -> Outcome {
    match done {
        Ok(positions) => Outcome::Saved(positions),
        Err(TransactError::Refused(refusal)) => Outcome::Refused(refusal),
        Err(TransactError::Ledger(error)) => Outcome::NotSaved(error.to_string()),
    }
}
