//! The judge: looks at every fact after it is stored, in the order of the site's feed.
//! Works on a ledger of its own, which the same two machines feed as they feed a station's.
//! Invariant: it never takes a fact back; what it does not accept it holds, with facts of its own.
//!
//! A rule about a fact by itself, who may and by what, is a method of `rules::Case`; one about a unit,
//! as its writer knew it or beside what others did unseen, is a function over `told::Work`. Each subject
//! has a file of its own.

mod about;
mod anew;
mod carry;
mod definitions;
mod deviations;
mod fitness;
mod floor;
mod history;
mod inspection;
mod known;
mod lots;
mod material;
mod orders;
mod origins;
mod page;
mod pasts;
mod permits;
mod pieces;
mod rules;
mod shipped;
mod tickets;
mod told;
mod travelers;
mod work;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::domain::decide::Command;
use crate::domain::deviation_state::DeviationState;
use crate::domain::fact::{Acting, Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::TerminalId;
use crate::domain::inspection::series::SeriesState;
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::order::OrderFact;
use crate::domain::station::{JudgeVerdict, Judgement, StationCommand};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::fact::TravelerFact;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::{ApplyError, LedgerError, TransactError};
use crate::ledger::store::Ledger;
use crate::server::store::Store;
use crate::server::store::error::StoreError;
use crate::server::store::judged::Unjudged;
use crate::server::store::stations::Station;
use crate::server::way::Way;
use crate::sync::retry::Stop;

use about::{ledger_of, traveler_of};
use inspection::Around;
use known::Known;
use page::{Page, cut, lets_through, runs};
use pasts::Streams;
use rules::About;
use told::{Told, Work};
use work::{Texts, Unit};

/// The most facts that one judgement covers.
const RUN_FACTS_MAX: usize = 100;
/// How long the judge waits for those who store before it judges the next facts: it falls behind them
/// where there are too many, and never stands still.
const WAY_GIVEN_MAX: Duration = Duration::from_millis(200);
/// What the judge's facts name as their terminal.
const TERMINAL: &str = "judge";
/// Where the judge remembers how far it looked.
const LOOKED: &str = "judge.looked";

/// Judging stopped; it goes on from the same place when it is asked again.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The server's store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The judge's ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The judge's ledger and the store do not fit.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A judgement could not be written.
    #[error(transparent)]
    Transact(#[from] TransactError),
    /// The judge's ledger is not the one that the store knows.
    #[error("the judge's ledger and the server's store disagree: {0}")]
    Stopped(Stop),
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Facts judged.
    pub facts: usize,
    /// Those not simply accepted.
    pub exceptions: usize,
}

/// The one judge of a plant.
#[derive(Debug)]
pub struct Judge {
    store: Store,
    ledger: Ledger,
    known: Known,
    texts: Texts,
    streams: Streams,
    told: Told,
    looked: u64,
    acting: Acting,
    /// Whether it has begun in an epoch of its own.
    begun: bool,
    way: Way,
}

impl Judge {
    /// Opens the judge's ledger beside a connection of its own to the store.
    ///
    /// Where this server has judged since it has the lease, it goes on in its epoch.
    pub fn open(dir: &Path, store: Store) -> Result<Self, JudgeError> {
        let ledger = Ledger::open(dir)?;
        // What is stored comes back from the store, and what is not is judged again.
        ledger.let_the_last_go()?;
        let looked = ledger.setting(LOOKED)?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let told = Told::read(&ledger)?;
        let terminal = TerminalId::parse(TERMINAL)
            .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
        // The judge acts for the server, as nobody in person.
        let acting = Acting { place: None, terminal, session: None, actor: None };
        let mut judge = Self {
            store,
            ledger,
            known: Known::default(),
            texts: Texts::default(),
            streams: Streams::default(),
            told,
            looked,
            acting,
            begun: false,
            way: Way::default(),
        };
        judge.known.read(&judge.store)?;
        Ok(judge)
    }

    /// The same, which goes on in the epoch that it has begun.
    #[must_use]
    pub fn going_on(self, begun: bool) -> Self {
        Self { begun, ..self }
    }

    /// The same, which gives way to who stores.
    pub(super) fn giving(self, way: &Way) -> Self {
        Self { way: way.clone(), ..self }
    }

    /// Whether it has an epoch of its own.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The secret of the key that every judge of this plant signs with.
    pub fn secret(&self) -> Option<[u8; 32]> {
        self.ledger.secret()
    }

    /// Judges everything that is stored and was not judged, and tells what waits for revoked stations
    /// in vain; where that fails, it is tried again with the next run, and everything else is judged.
    pub fn run(&mut self, now: &Moment) -> Result<Judged, JudgeError> {
        self.renew(now)?;
        self.announce(now)?;
        let left_behind = self.tell_left_behind(now);
        let done = self.judge_stored(now)?;
        left_behind.map(|()| done)
    }

    fn judge_stored(&mut self, now: &Moment) -> Result<Judged, JudgeError> {
        let mut done = Judged::default();
        loop {
            self.way.give(WAY_GIVEN_MAX);
            // First what was written last goes up, and what is to be judged comes to the ledger.
            carry::exchange_or_renew(&self.store, &mut self.ledger, now)?;
            self.known.read(&self.store)?;
            self.known.date_stops(&self.store)?;
            let (facts, looked) = self.store.to_judge(self.looked, RUN_FACTS_MAX)?;
            if looked == self.looked {
                break;
            }
            // Something may have come in between; and before it is noted as judged, so that nothing is
            // left out where the power goes.
            carry::exchange_or_renew(&self.store, &mut self.ledger, now)?;
            self.follow(&facts, now)?;
            let told = self.told.clone();
            let stations = self.store.stations_of(facts.iter().map(ledger_of))?;
            for run in runs(&facts) {
                done.facts += run.len();
                let Some(station) = run.first().and_then(|first| stations.get(ledger_of(first)))
                else {
                    continue;
                };
                // What was told in vain is told again with the same facts.
                let judged =
                    self.judge((run, station), now).inspect_err(|_| self.told.clone_from(&told));
                done.exceptions += judged?;
                // What a person let through is known before what follows it is judged.
                if run.last().is_some_and(|last| lets_through(&last.fact)) {
                    carry::exchange(&self.store, &mut self.ledger, now)?;
                    let let_through = self.known.read(&self.store)?;
                    done.exceptions += self.follow_let_through(let_through, now)?;
                }
            }
            if self.told != told {
                self.told.keep(&mut self.ledger)?;
                // It is nowhere else; lost behind its judgements it would be told once more.
                self.ledger.flush()?;
            }
            self.looked = looked;
            self.ledger.put_setting(LOOKED, &looked.to_string())?;
        }
        Ok(done)
    }

    /// Holds what a failed check makes suspect of what other stations made at the same place (R16), and
    /// operations at places where units in a row failed.
    fn follow(&mut self, facts: &[Unjudged], now: &Moment) -> Result<(), JudgeError> {
        let bodies = facts.iter().map(|unjudged| (&unjudged.fact.subject, &unjudged.fact.body));
        self.ledger.follow_facts(&self.acting, now, bodies)?;
        Ok(())
    }

    /// Writes as facts which stations were enrolled, and which were revoked.
    fn announce(&mut self, now: &Moment) -> Result<(), JudgeError> {
        let stations = self.store.unannounced()?;
        for station in &stations {
            let (code, told) = station.told();
            self.ledger.transact(&self.acting, now, Command::Station(code, told))?;
        }
        if !stations.is_empty() {
            carry::exchange_or_renew(&self.store, &mut self.ledger, now)?;
        }
        stations.iter().try_for_each(|station| Ok(self.store.note_announced(station)?))
    }

    /// Judges a run of facts of one ledger; tells how many are exceptions.
    fn judge(
        &mut self,
        (run, station): (&[Unjudged], &Station),
        now: &Moment,
    ) -> Result<usize, JudgeError> {
        let mut count = 0;
        let mut page = Page::default();
        let mut units = BTreeMap::new();
        for unjudged in run {
            let Unjudged { fact, id, received } = unjudged;
            let deviation = self.deviation(fact)?;
            let traveler = traveler_of(fact, deviation.as_ref());
            let unit = traveler.map(|of| self.unit(of, &mut units)).transpose()?.flatten();
            let judged = fact.as_received(Some(*received));
            if let FactBody::Order(OrderFact::OrderOpened(opened)) = &fact.body {
                page.unread.extend(self.texts_of(opened)?);
            }
            let found =
                self.reasons((unjudged, &judged), station, (unit, deviation.as_ref()), &mut page)?;
            let (reasons, others): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(about, _)| *about == fact.head.position);
            let reasons: Vec<String> = reasons.into_iter().map(|(_, reason)| reason).collect();
            if let Some(traveler) = traveler {
                let told: Vec<String> = others.iter().map(|(_, reason)| reason.clone()).collect();
                count += self.judge_again(traveler, others, now)?;
                if !told.is_empty() || !reasons.is_empty() {
                    let all = [told, reasons.clone()].concat();
                    count += self.tell_carriers(traveler, (&all, now))?;
                }
            }
            let mut exception = None;
            if reasons.is_empty() {
                self.known.take(&judged, *id);
            }
            count += self.follow_lot((&judged, *id), &reasons, now)?;
            if reasons.is_empty() {
                let mut since = permits::used_since(&judged, &self.known);
                let Self { store, ledger, known, streams, told, .. } = self;
                since.extend(told::closed_since(&judged, (store, ledger, streams), (known, told))?);
                for (traveler, at, words) in since {
                    count += self.judge_again(&traveler, vec![(at, words)], now)?;
                }
            } else {
                let about = (traveler, deviation.as_ref());
                exception = Some(self.hold((fact, about), cut(reasons), now)?);
                count += 1;
            }
            if let Some(judged) = page.add(&fact.head.position, exception) {
                self.write(station, judged, now)?;
            }
        }
        if let Some(judged) = page.end() {
            self.write(station, judged, now)?;
        }
        Ok(count)
    }

    /// Every reason against one fact, which is judged by when it can have happened, and by how its
    /// writer knew the stream; that goes on by the fact as it was written.
    fn reasons(
        &mut self,
        (unjudged, fact): (&Unjudged, &Fact),
        station: &Station,
        (now, deviation): (Option<&TravelerState>, Option<&DeviationState>),
        page: &mut Page,
    ) -> Result<Vec<(Position, String)>, JudgeError> {
        let Unjudged { fact: written, id, received } = unjudged;
        let component = self.component(fact)?;
        let Self { store, ledger, known, texts, streams, told, .. } = self;
        let at = || written.head.position.clone();
        let (FactBody::Traveler(body), Subject::Traveler(name)) = (&fact.body, &fact.subject)
        else {
            page.unread.extend(texts.fetch(inspection::named(fact, known), store)?);
            let specification = inspection::specified(fact, known);
            page.unread.extend(texts.fetch_specification(specification, store)?);
            let (specified, unread) = permits::specified(fact, known, store)?;
            page.unread.extend(unread);
            let unit = now.map(|now| Unit { then: None, now, texts: &texts.read });
            let (component, read) = (component.as_ref(), &*texts);
            let (texts, specifications) = (&read.read, &read.specifications);
            let (gates, permit_then) = (&BTreeMap::new(), None);
            let about =
                About { unit, deviation, component, permit_then, gates, texts, specifications };
            let mut reasons = rules::reasons(fact, station, known, about);
            reasons.extend(specified);
            if let FactBody::Inspection(_) = &fact.body {
                reasons.extend(self.of_series((written, fact, *id))?);
            }
            return Ok(reasons.into_iter().map(|reason| (at(), reason)).collect());
        };
        let order = streams.load(ledger, &Subject::Order(name.order.clone()))?;
        let closings: Vec<Fact> = told::closings(order, known).into_iter().cloned().collect();
        let permit_then = permits::then(fact, Some(*received), (ledger, streams))?;
        let pasts = streams.load(ledger, &fact.subject)?;
        pasts.arrive(written.clone(), *id);
        let (then, unseen, missing) = match pasts.as_of(written) {
            Ok(as_of) => (as_of.unit(), as_of.unseen, None),
            Err(missing) => (None, Vec::new(), Some(missing.to_string())),
        };
        if let Some(then) = then {
            page.unread.extend(texts.fetch(work::wanted(body, then), store)?);
        }
        let texts = &texts.read;
        let unit = now.map(|now| Unit { then, now, texts });
        let (component, permit_then) = (component.as_ref(), permit_then.as_ref());
        let begins = matches!(body, TravelerFact::StepStarted(_));
        let gates = if begins { ledger.gates(name)? } else { BTreeMap::new() };
        let gates = &gates;
        let specifications = &BTreeMap::new();
        let about = About { unit, deviation, component, permit_then, gates, texts, specifications };
        let mut reasons = rules::reasons(fact, station, known, about);
        reasons.extend(missing);
        let mut others = Vec::new();
        if let Some((then, now)) = then.zip(now) {
            let unseen = &unseen[..];
            let work = Work { fact, body, unit: name, then, now, unseen, texts, known };
            reasons.extend(told::sequence(&work));
            reasons.extend(shipped::against(&work, ledger)?);
            reasons.extend(tickets::against(&work, (&*ledger, &*store))?);
            others = told::of_others(&work, (&*store, &mut *told))?;
            reasons.extend(told::closed((fact, name), &closings, (known, told)));
        }
        pasts.go_on(written, *id);
        others.extend(reasons.into_iter().map(|reason| (at(), reason)));
        Ok(others)
    }

    /// Every reason why a fact does not follow from its series as the writer knew that.
    fn of_series(
        &mut self,
        (written, fact, id): (&Fact, &Fact, Hash),
    ) -> Result<Vec<String>, JudgeError> {
        let Self { ledger, known, texts, streams, .. } = self;
        let pasts = streams.load(ledger, &fact.subject)?;
        pasts.arrive(written.clone(), id);
        let mut reasons = match pasts.as_of(written) {
            Ok(as_of) => {
                let then = if let StreamState::Series(then) = &as_of.past.state {
                    then
                } else {
                    &SeriesState::default()
                };
                let deviations = inspection::deviations(fact, then, ledger)?;
                inspection::sequence(fact, then, &Around { known, texts, deviations })
            }
            Err(missing) => vec![missing.to_string()],
        };
        pasts.go_on(written, id);
        reasons.extend(self.accepts_ended(fact)?);
        Ok(reasons)
    }

    /// Judges records of other stations again, which came before what they do not go together with;
    /// tells how many.
    fn judge_again(
        &mut self,
        traveler: &TravelerId,
        records: Vec<(Position, String)>,
        now: &Moment,
    ) -> Result<usize, JudgeError> {
        let mut count = 0;
        for record in records {
            let units = self.with_what_goes_on(traveler, &record.0)?;
            count += self.judge_units(&units, vec![record], now)?;
        }
        Ok(count)
    }

    /// As before, of records that concern several units; the first is the one that they are about.
    fn judge_units(
        &mut self,
        units: &[TravelerId],
        records: Vec<(Position, String)>,
        now: &Moment,
    ) -> Result<usize, JudgeError> {
        let count = records.len();
        for (fact, reason) in records {
            let Some(station) = self.store.station_of(&fact.ledger)? else { continue };
            let (from, to_seq, reasons) = (fact.clone(), fact.seq, vec![reason]);
            let mut held = Vec::new();
            for unit in units {
                if self.hold_unit((fact.clone(), unit), &reasons, now)? {
                    held.push(unit.clone());
                }
            }
            let first = units.first().is_some_and(|first| held.contains(first));
            let verdict = if first { JudgeVerdict::Rejected } else { JudgeVerdict::Held };
            let exceptions = vec![Judgement { fact, verdict, reasons, units: held }];
            let judged = StationCommand::Judge { from, to_seq, exceptions, unread: Vec::new() };
            self.write(&station, judged, now)?;
        }
        Ok(count)
    }

    fn write(
        &mut self,
        station: &Station,
        judged: StationCommand,
        now: &Moment,
    ) -> Result<(), JudgeError> {
        let command = Command::Station(station.code.clone(), judged);
        self.ledger.transact(&self.acting, now, command)?;
        Ok(())
    }

    /// Holds the unit that a fact is about, and the other units of a deviation. Where a hold is refused
    /// the exception stands without one: no single fact stops the judge.
    fn hold(
        &mut self,
        (fact, (first, deviation)): (&Fact, (Option<&TravelerId>, Option<&DeviationState>)),
        reasons: Vec<String>,
        now: &Moment,
    ) -> Result<Judgement, JudgeError> {
        let own = self.own_pieces(fact)?;
        let first = first.or(own.first());
        let of_deviation = matches!(fact.subject, Subject::Deviation(_));
        let others = deviation.filter(|_| of_deviation).map(DeviationState::held);
        let others = others.into_iter().flatten().chain(&own).filter(|unit| Some(*unit) != first);
        let at = fact.head.position.clone();
        let mut units = Vec::new();
        for unit in first.into_iter().chain(others) {
            if self.hold_unit((at.clone(), unit), &reasons, now)? {
                units.push(unit.clone());
            }
        }
        // Where no unit is known of a deviation, whom it concerns is not known.
        let nobody = first.is_none() && !of_deviation && !matches!(fact.subject, Subject::Newer(_));
        let rejected = nobody || first.is_some_and(|first| units.contains(first));
        let verdict = if rejected { JudgeVerdict::Rejected } else { JudgeVerdict::Held };
        Ok(Judgement { fact: at, verdict, reasons, units })
    }

    /// Holds a unit; tells whether it is held.
    fn hold_unit(
        &mut self,
        (fact, traveler): (Position, &TravelerId),
        reasons: &[String],
        now: &Moment,
    ) -> Result<bool, JudgeError> {
        let hold = TravelerCommand::HoldForJudge { fact, reasons: reasons.to_vec() };
        match self.ledger.transact(&self.acting, now, Command::Traveler(traveler.clone(), hold)) {
            Ok(_) => Ok(true),
            Err(TransactError::Refused(_)) => Ok(false),
            Err(error @ TransactError::Ledger(_)) => Err(error.into()),
        }
    }
}
