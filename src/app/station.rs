//! This machine's station: its ledger, with the clock that its facts are written by.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::fact::{Acting, Position};
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;
use crate::domain::people::Role;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::error::{LedgerError, TransactError};
use crate::ledger::store::Ledger;
use crate::views::link::Link;
use crate::views::query::{Answer, Query};

/// An open store.
#[derive(Debug)]
pub struct Station {
    /// The ledger.
    pub ledger: Ledger,
    clock: Clock,
}

impl Station {
    /// Opens the store to write.
    pub fn open(config: &Config, clock: &Clock) -> Result<Self, Fault> {
        Ok(Self { ledger: Ledger::open(&config.home)?, clock: clock.clone() })
    }

    /// Opens the store to answer questions.
    pub fn reader(config: &Config, clock: &Clock) -> Result<Self, Fault> {
        Ok(Self { ledger: Ledger::open_reader(&config.home)?, clock: clock.clone() })
    }

    /// A store with its clock.
    pub fn new(ledger: Ledger, clock: Clock) -> Self {
        Self { ledger, clock }
    }

    /// This moment, with what is known of the server's clock.
    pub fn moment(&self) -> Moment {
        let moment = self.clock.moment();
        let Some((offset_ms, at)) = self.server_offset() else { return moment };
        let age_s = moment.utc.as_second().saturating_sub(at.as_second()).max(0);
        Moment { offset_ms: Some(offset_ms), offset_age_s: Some(age_s), ..moment }
    }

    /// Decides a command and saves what follows.
    pub fn transact(
        &mut self,
        acting: &Acting,
        command: Command,
    ) -> Result<Vec<Position>, TransactError> {
        let now = self.moment();
        let saved = self.ledger.transact(acting, &now, command)?;
        Ok(saved.facts.into_iter().map(|(position, ..)| position).collect())
    }

    /// Answers a question.
    pub fn answer(&self, query: &Query) -> Result<Answer, LedgerError> {
        self.ledger.answer(query, &self.moment())
    }

    /// Server time minus station time, with the moment at which it was measured.
    fn server_offset(&self) -> Option<(i64, Timestamp)> {
        let text = self.ledger.setting("server_offset").ok()??;
        let (ms, at) = text.split_once(' ')?;
        Some((ms.parse().ok()?, at.parse().ok()?))
    }

    /// The roles of a person, most usual first.
    pub fn roles(&self, person: &PersonId) -> Vec<Role> {
        match self.ledger.stream(&Subject::Person(person.clone())).map(|f| f.stream.state) {
            Ok(StreamState::Person(state)) => state.roles.into_iter().collect(),
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// The site's time zone; UTC before it is known.
    pub fn zone(&self) -> TimeZone {
        let site = self.ledger.identity().site.clone();
        let state = site.and_then(|site| self.ledger.stream(&Subject::Site(site)).ok());
        match state.map(|folded| folded.stream.state) {
            Some(StreamState::Site(state)) => state
                .policy
                .and_then(|policy| TimeZone::get(&policy.time_zone).ok())
                .unwrap_or(TimeZone::UTC),
            Some(_) | None => TimeZone::UTC,
        }
    }

    /// How the station stands with its server.
    pub fn link(&self) -> Link {
        match self.answer(&Query::Sync) {
            Ok(Answer::Sync(view)) => view.link,
            Ok(_) => Link::default(),
            Err(error) => Link { trouble: Some(error.to_string()), ..Link::default() },
        }
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        // The store's words say what and why before the arrow, and what to do after it.
        let text = error.to_string();
        let (what, next) = text.split_once(" → ").unwrap_or((&text, ""));
        let (what, why) = what.split_once(": ").unwrap_or((what, ""));
        let exit = match error.exit_code() {
            4 => Exit::Damaged,
            1 => Exit::Refused,
            _ => Exit::Cannot,
        };
        let (what, why, next) = (what.to_owned(), why.to_owned(), next.to_owned());
        Self { exit, what, why, next }
    }
}

impl From<TransactError> for Fault {
    fn from(error: TransactError) -> Self {
        match error {
            TransactError::Refused(refusal) => refusal.into(),
            TransactError::Ledger(error) => error.into(),
        }
    }
}
