//! One act: load, decide, append, update the read models, commit.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::{Command, decide};
use crate::domain::fact::{Acting, Fact, FactError, Head, Position, Written};
use crate::domain::fold::Folded;
use crate::domain::hash::Hash;
use crate::domain::ids::PersonId;
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::station::StationCommand;
use crate::domain::stream::{Subject, TravelerId};

use super::append::{head_of, insert};
use super::cards::Wanted;
use super::error::{LedgerError, TransactError};
use super::failures::failed;
use super::models::Touched;
use super::models::noted::Noted;
use super::models::tables::Models;
use super::store::{Ledger, identity, version};
use super::streams::Stored;
use super::suspects::changed;
use super::{cards, clock_step, contact, schema, snapshot, states};

/// What an act wrote; durable when it is returned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Each fact: where it stands, its id, its stream, its kind.
    pub facts: Vec<(Position, Hash, Subject, String)>,
}

/// Several commands that are one act, with what is kept beside their facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Several {
    /// The commands, in their order.
    pub commands: Vec<Command>,
    /// Names and badges of people who have no PIN yet.
    pub cards: Vec<(PersonId, Wanted)>,
}

/// What holds for every command of an act.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// Whether no role is asked for as long as no person is known.
    pub(super) founding: bool,
    /// Every unit of the set; empty outside one.
    pub(super) set: Vec<TravelerId>,
}

impl Ledger {
    /// Decides a command and saves what follows, all or nothing.
    pub fn transact(
        &mut self,
        acting: &Acting,
        now: &Moment,
        command: Command,
    ) -> Result<Saved, TransactError> {
        self.perform(acting, now, vec![command], false)
    }

    /// Decides several commands one after the other as one act: all are saved, or nothing is.
    pub fn transact_all(
        &mut self,
        acting: &Acting,
        now: &Moment,
        commands: Vec<Command>,
    ) -> Result<Saved, TransactError> {
        self.perform(acting, now, commands, false)
    }

    /// As [`Ledger::transact_all`], telling how many commands were decided.
    pub fn transact_several(
        &mut self,
        acting: &Acting,
        now: &Moment,
        (several, told): (Several, &mut dyn FnMut(usize)),
    ) -> Result<Saved, TransactError> {
        self.as_one_act(|ledger, transaction| {
            let mut saved = Saved::default();
            for (n, command) in several.commands.into_iter().enumerate() {
                told(n);
                let more = ledger.act(transaction, (acting, now), command, &Around::default())?;
                saved.facts.extend(more.facts);
            }
            for (person, wanted) in &several.cards {
                cards::put_wanted(transaction, person, wanted)?;
            }
            Ok(saved)
        })
    }

    /// As [`Ledger::transact`], without asking for a role as long as no person is known at all.
    pub fn found(
        &mut self,
        acting: &Acting,
        now: &Moment,
        command: Command,
    ) -> Result<Saved, TransactError> {
        self.perform(acting, now, vec![command], true)
    }

    /// A stream as folded from the facts that are here.
    pub fn stream(&self, subject: &Subject) -> Result<Folded, LedgerError> {
        let folded = self.streams.borrow_mut().load(&self.connection, subject)?;
        Ok(Folded::clone(&folded))
    }

    fn perform(
        &mut self,
        acting: &Acting,
        now: &Moment,
        commands: Vec<Command>,
        founding: bool,
    ) -> Result<Saved, TransactError> {
        let around = Around { founding, set: Vec::new() };
        self.as_one_act(|ledger, transaction| {
            let mut saved = Saved::default();
            for command in commands {
                let more = ledger.act(transaction, (acting, now), command, &around)?;
                saved.facts.extend(more.facts);
            }
            Ok(saved)
        })
    }

    /// Does something in one transaction: all of it is saved, or nothing is.
    pub(super) fn as_one_act(
        &mut self,
        work: impl FnOnce(&Self, &Connection) -> Result<Saved, TransactError>,
    ) -> Result<Saved, TransactError> {
        let transaction = schema::begin(&self.connection)?;
        // What another process enrolled is seen; what this one did, it has read already.
        let version = Some(version(&transaction)?);
        if self.identity_version != version {
            self.identity = identity(&transaction)?;
            self.identity_version = version;
        }
        let done = work(self, &transaction);
        let done = done.and_then(|saved| transaction.commit().map(|()| saved).map_err(Into::into));
        if done.is_err() {
            // What was folded on the way was rolled back.
            self.streams.borrow_mut().forget();
        }
        match done {
            Err(TransactError::Refused(refusal)) => {
                Err(TransactError::Refused(self.with_names(refusal)?))
            }
            Ok(_) | Err(TransactError::Ledger(_)) => done,
        }
    }

    pub(super) fn act(
        &self,
        transaction: &Connection,
        (acting, now): (&Acting, &Moment),
        command: Command,
        around: &Around,
    ) -> Result<Saved, TransactError> {
        self.note_clock((transaction, around), acting, now)?;
        let subject = command.subject();
        snapshot::require_here(transaction, &subject)?;
        let stream = self.streams.borrow_mut().load(transaction, &subject)?;
        let head = head_of(transaction, &self.identity.ledger, self.identity.epoch)?;
        let ledger = self.identity.ledger.clone();
        let next = Position { ledger, epoch: head.epoch, seq: head.last_seq + 1 };
        let mut context = Context::new(now.clone(), acting.clone(), next);
        context.set.clone_from(&around.set);
        context.founding = around.founding && !states::any_person(transaction)?;
        self.note_contact(transaction, &mut context)?;
        self.surround(transaction, &command, &stream, &mut context)?;
        let facts = decide(&stream.stream, command, &context)?;
        drop(stream);
        let changed = changed(&facts);
        let failing = failed(facts.iter().map(|(subject, body)| (subject, body)));
        let mut saved = self.append(transaction, &context, head.last_id, facts)?;
        let more = self.follow(transaction, (acting, now), &changed)?;
        saved.facts.extend(more.facts);
        let more = self.follow_failures(transaction, (acting, now), &failing)?;
        saved.facts.extend(more.facts);
        Ok(saved)
    }

    /// Notes before anything else that somebody set the clock: what follows is dated by it.
    fn note_clock(
        &self,
        (transaction, around): (&Connection, &Around),
        acting: &Acting,
        now: &Moment,
    ) -> Result<(), TransactError> {
        let Some(by_ms) = clock_step::stepped(transaction, now)? else { return Ok(()) };
        let nobody =
            Acting { place: None, terminal: acting.terminal.clone(), session: None, actor: None };
        let here = self.identity.station.clone();
        let command = Command::Station(here, StationCommand::NoteClockStep { by_ms });
        self.act(transaction, (&nobody, now), command, around).map(drop)
    }

    /// How long ago the server was reached, and which moments the own facts prove.
    pub(super) fn note_contact(
        &self,
        connection: &Connection,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        context.proven = contact::proven(connection, &self.identity.ledger)?;
        let last = contact::last(connection)?;
        context.contact_age_s = last.map(|last| context.now.age_s(&last, context.proven));
        Ok(())
    }

    pub(super) fn append(
        &self,
        transaction: &Connection,
        context: &Context,
        last_id: Hash,
        facts: Vec<(Subject, FactBody)>,
    ) -> Result<Saved, TransactError> {
        let mut saved = Saved::default();
        let mut prev = last_id;
        let mut changed: BTreeMap<Subject, Touched> = BTreeMap::new();
        let mut noted = Noted::default();
        for ((subject, body), n) in facts.into_iter().zip(0..) {
            let stream = self.streams.borrow_mut().load(transaction, &subject)?;
            if let Some(kind) = &stream.stream.newer_kind
                && !body.may_follow_newer()
            {
                return Err(Refusal::one(Reason::NewerKind { kind: kind.clone() }).into());
            }
            // Stations that never get what the judge did not accept must be able to fold it.
            let alone = context.acting.actor.is_none() && body.stands_alone();
            let after = if alone { Vec::new() } else { stream.stream.heads.clone() };
            drop(stream);
            let head = Head {
                position: context.next.plus(n),
                after,
                moment: context.now.clone(),
                catalog_age_s: context.contact_age_s,
                acting: context.acting.clone(),
            };
            let fact = Fact { head, subject, body };
            let written = Written { prev, bytes: fact.write().map_err(too_large)? };
            let id = written.id();
            let arrival = insert(transaction, &written, &fact, &id)?;
            Models::LIVE.put_judged(transaction, &fact)?;
            noted.add(&fact);
            changed.entry(fact.subject.clone()).or_insert_with(Touched::nothing).add(&fact);
            let named =
                (fact.head.position.clone(), id, fact.subject.clone(), fact.body.kind().to_owned());
            saved.facts.push(named);
            self.streams.borrow_mut().append(Stored { arrival, fact, id });
            prev = id;
        }
        noted.put(transaction, Models::LIVE)?;
        for (subject, touched) in &changed {
            self.project(transaction, Models::LIVE, subject, touched)?;
        }
        Ok(saved)
    }
}

pub(super) fn too_large(error: FactError) -> TransactError {
    let reason = match error {
        FactError::TooLarge(bytes) => Reason::FactTooLarge { bytes },
        FactError::NullCharacter => {
            Reason::NotBuilt { what: "text with the null character".to_owned() }
        }
        FactError::Malformed(what) => return LedgerError::Fault { what }.into(),
    };
    Refusal::one(reason).into()
}
