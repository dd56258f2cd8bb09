//! The judge: looks at every fact after it is stored, in the order of the site's feed.
//! Works on a ledger of its own, which the same two machines feed as they feed a station's.
//! Invariant: it never takes a fact back; what it does not accept it holds, with facts of its own.

mod carry;
mod definitions;
mod known;
mod rules;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::domain::decide::Command;
use crate::domain::fact::{Acting, Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, TerminalId};
use crate::domain::moment::Moment;
use crate::domain::station::{JudgeVerdict, Judgement, StationCommand};
use crate::domain::stream::{StreamState, Subject};
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::state::TravelerState;
use crate::ledger::error::{ApplyError, LedgerError, TransactError};
use crate::ledger::store::Ledger;
use crate::server::store::Store;
use crate::server::store::error::StoreError;
use crate::server::store::stations::Station;
use crate::sync::retry::Stop;

use known::Known;
use work::{Texts, Unit};

/// The most facts that one judgement covers.
const RUN_FACTS_MAX: usize = 100;
/// The most texts that one judgement names as not at hand.
const UNREAD_MAX: usize = 20;
/// The most bytes of reasons in one judgement.
const REASON_BYTES_MAX: usize = 300;
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
    looked: u64,
    acting: Acting,
}

impl Judge {
    /// Opens the judge's ledger beside a connection of its own to the store.
    pub fn open(dir: &Path, store: Store) -> Result<Self, JudgeError> {
        let ledger = Ledger::open(dir)?;
        let looked = ledger.setting(LOOKED)?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let terminal = TerminalId::parse(TERMINAL)
            .map_err(|error| LedgerError::Fault { what: error.to_string() })?;
        // The judge acts for the server, as nobody in person.
        let acting = Acting { place: None, terminal, session: None, actor: None };
        let mut judge = Self {
            store,
            ledger,
            known: Known::default(),
            texts: Texts::default(),
            looked,
            acting,
        };
        judge.known.read(&judge.store)?;
        Ok(judge)
    }

    /// Judges everything that is stored and was not judged.
    pub fn run(&mut self, now: &Moment) -> Result<Judged, JudgeError> {
        self.announce(now)?;
        let mut done = Judged::default();
        loop {
            // First what was written last goes up, and what is to be judged comes to the ledger.
            carry::exchange(&self.store, &mut self.ledger, now)?;
            self.known.read(&self.store)?;
            self.known.date_stops(&self.store)?;
            let (facts, looked) = self.store.to_judge(self.looked, RUN_FACTS_MAX)?;
            if looked == self.looked {
                break;
            }
            for run in runs(&facts) {
                done.facts += run.len();
                done.exceptions += self.judge(run, now)?;
            }
            self.looked = looked;
            self.ledger.put_setting(LOOKED, &looked.to_string())?;
        }
        Ok(done)
    }

    /// Writes the enrollment of new stations as facts.
    fn announce(&mut self, now: &Moment) -> Result<(), JudgeError> {
        for station in self.store.unannounced()? {
            let Station { ledger, public_key, code, work_centers, .. } = station;
            let key = public_key;
            let enroll = StationCommand::Enroll { ledger: ledger.clone(), key, work_centers };
            self.ledger.transact(&self.acting, now, Command::Station(code, enroll))?;
            self.store.note_announced(&ledger)?;
        }
        Ok(())
    }

    /// Judges a run of facts of one ledger; tells how many are exceptions.
    fn judge(&mut self, run: &[(Fact, Hash)], now: &Moment) -> Result<usize, JudgeError> {
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { return Ok(0) };
        let Some(station) = self.station_of(&first.head.position.ledger)? else { return Ok(0) };
        let (mut exceptions, mut unread) = (Vec::new(), BTreeSet::new());
        let mut units = BTreeMap::new();
        for (fact, id) in run {
            let unit = self.unit(fact, &mut units)?;
            if let Some(spot) = unit.and_then(|state| work::spot_of(fact, state)) {
                unread.extend(self.texts.fetch(&spot, &self.store)?);
            }
            let unit = unit.map(|state| Unit { state, texts: &self.texts.read });
            let reasons = rules::reasons(fact, &station, (&self.known, unit));
            if reasons.is_empty() {
                self.known.take(fact, *id);
                continue;
            }
            let at = fact.head.position.clone();
            let reasons = shorten(reasons);
            if let Subject::Traveler(traveler) = &fact.subject {
                let hold =
                    TravelerCommand::HoldForJudge { fact: at.clone(), reasons: reasons.clone() };
                self.ledger.transact(
                    &self.acting,
                    now,
                    Command::Traveler(traveler.clone(), hold),
                )?;
            }
            exceptions.push(Judgement { fact: at, verdict: JudgeVerdict::Rejected, reasons });
        }
        let count = exceptions.len();
        let from = first.head.position.clone();
        let to_seq = last.head.position.seq;
        let unread = unread.into_iter().take(UNREAD_MAX).collect();
        let judged = StationCommand::Judge { from, to_seq, exceptions, unread };
        self.ledger.transact(&self.acting, now, Command::Station(station.code, judged))?;
        Ok(count)
    }

    /// The unit of a fact as folded here, with whatever came after the fact.
    fn unit<'u>(
        &self,
        fact: &Fact,
        units: &'u mut BTreeMap<Subject, TravelerState>,
    ) -> Result<Option<&'u TravelerState>, JudgeError> {
        if !matches!(fact.subject, Subject::Traveler(_)) {
            return Ok(None);
        }
        if !units.contains_key(&fact.subject)
            && let StreamState::Traveler(state) = self.ledger.stream(&fact.subject)?.stream.state
        {
            units.insert(fact.subject.clone(), state);
        }
        Ok(units.get(&fact.subject))
    }

    fn station_of(&self, ledger: &LedgerId) -> Result<Option<Station>, JudgeError> {
        Ok(self.store.stations()?.into_iter().find(|station| station.ledger == *ledger))
    }
}

/// Splits facts, which come in the order of a feed, into runs of one ledger without a gap.
fn runs(facts: &[(Fact, Hash)]) -> impl Iterator<Item = &[(Fact, Hash)]> {
    let follows = |before: &Position, after: &Position| before.plus(1) == *after;
    facts.chunk_by(move |(before, _), (after, _)| {
        follows(&before.head.position, &after.head.position)
    })
}

fn shorten(reasons: Vec<String>) -> Vec<String> {
    let cut = |reason: String| match reason.char_indices().nth(REASON_BYTES_MAX / 4) {
        Some((at, _)) if reason.len() > REASON_BYTES_MAX => format!("{}…", &reason[..at]),
        Some(_) | None => reason,
    };
    reasons.into_iter().take(3).map(cut).collect()
}
