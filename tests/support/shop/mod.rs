//! A shop to try rules in: stations with ledgers of their own, people, and what they do, in words.
//!
//! What happens is written by `Fact::write` and read back by `Fact::read` before it is folded, and a
//! decision sees what `Command::needs` asks for and nothing else, as the ledger does it.

mod context;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gemba::domain::as_of::Pasts;
use gemba::domain::context::Context;
use gemba::domain::decide::{Command, decide};
use gemba::domain::fact::{Acting, Fact, Head, Position, Written};
use gemba::domain::fold::fold;
use gemba::domain::hash::Hash;
use gemba::domain::ids::{LedgerId, PlaceId, SessionId, TerminalId};
use gemba::domain::instruction::Instruction;
use gemba::domain::kinds::FactBody;
use gemba::domain::moment::Moment;
use gemba::domain::offset::Offset;
use gemba::domain::refusal::{Reason, Refusal};
use gemba::domain::revision::RevisionCommand;
use gemba::domain::specification::Specification;
use gemba::domain::stream::{Stream, StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::state::TravelerState;
use jiff::{SignedDuration, Timestamp};

/// Seven in the morning in Berlin, on the day on which every shop begins.
pub(crate) const MORNING: &str = "2026-11-23T06:00:00Z";
pub(crate) const SITE: &str = "harbor";

/// One station: its ledger, what it knows, and its clock.
#[derive(Debug, Clone)]
pub(crate) struct Station {
    pub(crate) name: &'static str,
    pub(crate) place: Option<PlaceId>,
    /// Facts as they go to other stations, in order of arrival.
    pub(crate) written: Vec<Sent>,
    facts: BTreeMap<Subject, Vec<(Fact, Hash)>>,
    streams: BTreeMap<Subject, Stream>,
    here: BTreeSet<Position>,
    seq: u64,
    prev: Hash,
    deviations: u32,
    pub(crate) clock: Clock,
    /// The last exchange with the server.
    pub(crate) contact: Option<Moment>,
    /// The newest moment of its own facts.
    pub(crate) newest: Option<Timestamp>,
}

/// A fact as it goes from station to station.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) position: Position,
    pub(crate) subject: Subject,
    pub(crate) written: Written,
}

/// What a station's clocks show, against the true time of the shop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    pub(crate) boot: u32,
    pub(crate) booted_at_s: i64,
    pub(crate) wall_error_s: i64,
    /// The server's clock as last measured.
    pub(crate) offset: Option<Offset>,
}

#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) stations: Vec<Station>,
    here: usize,
    /// True seconds since the shop began.
    pub(crate) now_s: i64,
    pub(crate) traveler: TravelerId,
    pub(crate) instructions: BTreeMap<Hash, Arc<Instruction>>,
    /// Compiled specifications of first articles.
    pub(crate) specifications: BTreeMap<Hash, Arc<Specification>>,
    pub(crate) blobs_missing: BTreeSet<Hash>,
    /// Whether the judge has accepted the releases.
    pub(crate) judged: bool,
    pub(crate) founding: bool,
    /// Whether the stations have codes to number deviations with.
    pub(crate) enrolled: bool,
    /// Every unit of the set that is acted on.
    pub(crate) set: Vec<TravelerId>,
    /// The session at the terminal; signatures that give badge and PIN need none.
    pub(crate) session: Option<SessionId>,
    /// The terminal at which it is.
    pub(crate) terminal: TerminalId,
}

/// Something asked for; on a traveler it is aimed at the unit at hand.
pub(crate) trait Aimed {
    fn command(self, shop: &Shop) -> Command;
}

impl Aimed for TravelerCommand {
    fn command(self, shop: &Shop) -> Command {
        Command::Traveler(shop.traveler.clone(), self)
    }
}

impl Aimed for Command {
    fn command(self, _: &Shop) -> Command {
        self
    }
}

impl Station {
    fn new(name: &'static str, place: &str) -> Self {
        Self {
            name,
            place: PlaceId::parse(place).ok(),
            written: Vec::new(),
            facts: BTreeMap::new(),
            streams: BTreeMap::new(),
            here: BTreeSet::new(),
            seq: 0,
            prev: Hash::ZERO,
            deviations: 0,
            clock: Clock::default(),
            contact: None,
            newest: None,
        }
    }

    pub(crate) fn stream(&self, subject: &Subject) -> Stream {
        self.streams.get(subject).cloned().unwrap_or_else(|| Stream::empty(subject))
    }

    fn next(&self) -> Position {
        let ledger = LedgerId::parse(&format!("ledger-{}", self.name)).unwrap();
        Position { ledger, epoch: 1, seq: self.seq + 1 }
    }

    pub(crate) fn moment(&self, now_s: i64) -> Moment {
        let utc: Timestamp = MORNING.parse().unwrap();
        let moment = Moment {
            utc: utc + SignedDuration::from_secs(now_s + self.clock.wall_error_s),
            mono_ms: (now_s - self.clock.booted_at_s) * 1000,
            boot: gemba::domain::ids::BootId::parse(&format!("{}-{}", self.name, self.clock.boot))
                .unwrap(),
            offset_ms: None,
            offset_age_s: None,
        };
        match &self.clock.offset {
            Some(offset) => offset.at(moment),
            None => moment,
        }
    }

    /// Writes, reads back, chains and folds one fact.
    fn append(&mut self, subject: Subject, body: FactBody, moment: &Moment, acting: &Acting) {
        let head = Head {
            position: self.next(),
            after: self.stream(&subject).heads,
            moment: moment.clone(),
            catalog_age_s: Some(0),
            acting: acting.clone(),
        };
        let fact = Fact { head, subject, body };
        let bytes = fact.write().unwrap();
        let read = Fact::read(&bytes).unwrap();
        assert_eq!(read, fact, "a fact reads as it was written");
        assert_eq!(read.write().unwrap(), bytes, "and is written as it was read");
        let written = Written { prev: self.prev, bytes };
        self.seq += 1;
        self.prev = written.id();
        self.newest = self.newest.max(Some(moment.effective()));
        self.fold_in(read, &written);
    }

    /// Takes a fact from anywhere; known ones are nothing new.
    pub(crate) fn take(&mut self, written: &Written) {
        self.fold_in(Fact::read(&written.bytes).unwrap(), written);
    }

    fn fold_in(&mut self, fact: Fact, written: &Written) {
        if !self.here.insert(fact.head.position.clone()) {
            return;
        }
        let (subject, id) = (fact.subject.clone(), written.id());
        let (position, sent_to) = (fact.head.position.clone(), subject.clone());
        self.written.push(Sent { position, subject: sent_to, written: written.clone() });
        let empty = || Stream::empty(&subject);
        let stream = self.streams.entry(subject.clone()).or_insert_with(empty);
        let next = stream.heads == fact.head.after;
        if next {
            stream.evolve(&fact, id);
        }
        let facts = self.facts.entry(subject.clone()).or_default();
        facts.push((fact, id));
        if !next {
            *stream = fold(&subject, facts).stream;
        }
    }

    pub(crate) fn streams(&self) -> impl Iterator<Item = (&Subject, &Stream)> {
        self.streams.iter()
    }

    pub(crate) fn all_facts(&self) -> impl Iterator<Item = &(Fact, Hash)> {
        self.facts.values().flatten()
    }

    pub(crate) fn facts_of(&self, subject: &Subject) -> &[(Fact, Hash)] {
        self.facts.get(subject).map_or(&[], Vec::as_slice)
    }
}

impl Shop {
    /// Stations without a fact.
    pub(crate) fn bare(traveler: TravelerId) -> Self {
        Self {
            stations: vec![Station::new("ASM1", "ASM-1"), Station::new("ASM2", "ASM-2")],
            here: 0,
            now_s: 3_600,
            traveler,
            instructions: BTreeMap::new(),
            specifications: BTreeMap::new(),
            blobs_missing: BTreeSet::new(),
            judged: true,
            founding: false,
            set: Vec::new(),
            enrolled: true,
            session: None,
            terminal: super::shop_plan::id("t1"),
        }
    }

    /// Goes to a station.
    pub(crate) fn at(&mut self, station: &str) -> &mut Self {
        self.here = self.stations.iter().position(|s| s.name == station).unwrap();
        self
    }

    /// The station at hand.
    pub(crate) fn here(&self) -> &Station {
        &self.stations[self.here]
    }

    pub(crate) fn station(&mut self) -> &mut Station {
        &mut self.stations[self.here]
    }

    /// Binds the session to a place; an empty name unbinds it.
    pub(crate) fn place(&mut self, place: &str) -> &mut Self {
        self.station().place = PlaceId::parse(place).ok();
        self
    }

    /// Takes another unit of the order.
    pub(crate) fn unit(&mut self, unit: &str) -> &mut Self {
        self.traveler.unit = super::shop_plan::id(unit);
        self
    }

    pub(crate) fn later(&mut self, seconds: i64) -> &mut Self {
        self.now_s += seconds;
        self
    }

    /// Every station gets what the others have.
    pub(crate) fn share(&mut self) -> &mut Self {
        for from in 0..self.stations.len() {
            for to in 0..self.stations.len() {
                if from != to {
                    let known = self.stations[to].here.clone();
                    for sent in self.stations[from].written.clone() {
                        if !known.contains(&sent.position) {
                            self.stations[to].take(&sent.written);
                        }
                    }
                }
            }
        }
        self
    }

    /// Somebody does something; a refusal fails the test.
    #[track_caller]
    pub(crate) fn does(&mut self, who: &str, what: impl Aimed) -> &mut Self {
        let command = what.command(self);
        if let Err(refusal) = self.tries(who, command.clone()) {
            panic!("{who} may not {command:?}:\n{refusal}");
        }
        self
    }

    /// Somebody tries something and is refused: every reason.
    #[track_caller]
    pub(crate) fn refuses(&mut self, who: &str, what: impl Aimed) -> Vec<Reason> {
        let command = what.command(self);
        match self.tries(who, command.clone()) {
            Err(refusal) => refusal.reasons,
            Ok(facts) => panic!("{who} may {command:?}: {facts:?}"),
        }
    }

    /// The codes of the reasons of a refusal, each of which says what to do next.
    #[track_caller]
    pub(crate) fn codes(&mut self, who: &str, what: impl Aimed) -> Vec<&'static str> {
        let reasons = self.refuses(who, what);
        for reason in &reasons {
            assert!(reason.what().to_string().ends_with('.'), "{}", reason.what());
            assert!(!reason.next().to_string().is_empty(), "{reason:?} says what to do next");
        }
        reasons.iter().map(Reason::code).collect()
    }

    /// Decides and appends as one transaction: all facts or none.
    pub(crate) fn tries(&mut self, who: &str, what: impl Aimed) -> Result<Vec<Position>, Refusal> {
        let mut command = what.command(self);
        let stream = self.stations[self.here].stream(&command.subject());
        show_what_waits(&mut command, &stream.state);
        let context = self.context(who, &command);
        let facts = decide(&stream, command, &context)?;
        let deviations =
            facts.iter().filter(|(subject, _)| Some(subject) == next_deviation(&context).as_ref());
        let raised = deviations.count() > 0;
        let station = &mut self.stations[self.here];
        station.deviations += u32::from(raised);
        let mut positions = Vec::new();
        for (subject, body) in facts.clone() {
            positions.push(station.next());
            station.append(subject, body, &context.now, &context.acting);
        }
        // What another unit's check says of the others is of the same transaction.
        for (subject, body) in self.follows(&facts) {
            let station = &mut self.stations[self.here];
            positions.push(station.next());
            station.append(subject, body, &context.now, &context.acting);
        }
        for (subject, body) in self.failures_of(&facts) {
            let station = &mut self.stations[self.here];
            positions.push(station.next());
            station.append(subject, body, &context.now, &context.acting);
        }
        Ok(positions)
    }

    /// The station at hand writes facts of its own, as nobody in person; tells how many.
    pub(crate) fn writes(&mut self, facts: &[(Subject, FactBody)]) -> usize {
        let terminal = super::shop_plan::id("judge");
        let acting = Acting { place: None, terminal, session: None, actor: None };
        let now = self.moment();
        for (subject, body) in facts {
            self.stations[self.here].append(subject.clone(), body.clone(), &now, &acting);
        }
        facts.len()
    }

    /// Now, as the station at hand knows it.
    pub(crate) fn moment(&self) -> Moment {
        self.stations[self.here].moment(self.now_s)
    }

    pub(crate) fn stream(&self, subject: &Subject) -> Stream {
        self.stations[self.here].stream(subject)
    }

    /// The unit at hand as the writer of a fact knew it.
    pub(crate) fn as_of(&self, at: &Position) -> TravelerState {
        let subject = Subject::Traveler(self.traveler.clone());
        let mut pasts = Pasts::new(subject.clone());
        let facts = self.here().facts_of(&subject);
        for (fact, id) in facts {
            pasts.arrive(fact.clone(), *id);
        }
        let (fact, _) = facts.iter().find(|(fact, _)| fact.head.position == *at).unwrap();
        pasts.as_of(fact).unwrap().unit().unwrap().clone()
    }

    /// The unit at hand, as known at the station at hand.
    pub(crate) fn state(&self) -> TravelerState {
        let state = self.stream(&Subject::Traveler(self.traveler.clone())).state;
        let StreamState::Traveler(state) = state else { panic!("{state:?}") };
        state
    }
}

/// An approval that names nothing is of what waits.
fn show_what_waits(command: &mut Command, state: &StreamState) {
    let known = match state {
        StreamState::Instruction(state) => &state.revisions,
        StreamState::Specification(state) => &state.revisions,
        StreamState::Traveler(_)
        | StreamState::Order(_)
        | StreamState::Gauge(_)
        | StreamState::Material(_)
        | StreamState::Person(_)
        | StreamState::Deviation(_)
        | StreamState::Place(_)
        | StreamState::Station(_)
        | StreamState::Site(_)
        | StreamState::Help(_)
        | StreamState::Handover(_)
        | StreamState::Series(_)
        | StreamState::Permit(_)
        | StreamState::Redline(_)
        | StreamState::Newer => return,
    };
    if let Command::Instruction(_, RevisionCommand::Approve { revision, shown, .. })
    | Command::Specification(_, RevisionCommand::Approve { revision, shown, .. }) = command
        && *shown == Hash::ZERO
        && let Some(waits) = known.find(revision)
    {
        *shown = waits.submitted.hash;
    }
}

fn next_deviation(context: &Context) -> Option<Subject> {
    context.next_deviation.clone().map(Subject::Deviation)
}
