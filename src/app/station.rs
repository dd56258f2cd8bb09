//! This machine's station: its ledger, with the clock that its facts are written by.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::app::clock::Clock;
use crate::app::config::{Config, PlaceTold};
use crate::app::demo::plant::Plant;
use crate::app::fault::{Exit, Fault};
use crate::domain::context::site_zone;
use crate::domain::decide::Command;
use crate::domain::expiry;
use crate::domain::fact::{Acting, Position};
use crate::domain::ids::{PersonId, QualificationId};
use crate::domain::moment::Moment;
use crate::domain::people::{Action, Role};
use crate::domain::place::{Policy, SiteRules};
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::set::SetAct;
use crate::domain::traveler::wait::RunningWait;
use crate::domain::words::Words;
use crate::ledger::error::{LedgerError, TransactError};
use crate::ledger::store::Ledger;
use crate::ledger::transact::Several;
use crate::views::link::Link;
use crate::views::permit::PermitRow;
use crate::views::query::{Answer, Query};
use crate::views::register::EndingRow;
use crate::views::ticket::TicketView;

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
        match self.ledger.server_offset() {
            Ok(Some(offset)) => offset.at(moment),
            // What is wrong with the store is told by what needs it.
            Ok(None) | Err(_) => moment,
        }
    }

    /// The hour that this machine's clock is in, counted from 1970.
    pub fn hour(&self) -> i64 {
        self.clock.now().as_second().div_euclid(3_600)
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

    /// Decides several commands as one act: all are saved, or nothing is.
    pub fn transact_all(
        &mut self,
        acting: &Acting,
        commands: Vec<Command>,
    ) -> Result<Vec<Position>, TransactError> {
        let now = self.moment();
        let saved = self.ledger.transact_all(acting, &now, commands)?;
        Ok(saved.facts.into_iter().map(|(position, ..)| position).collect())
    }

    /// As [`Station::transact_all`], telling how many commands were decided.
    pub fn transact_several(
        &mut self,
        acting: &Acting,
        several: (Several, &mut dyn FnMut(usize)),
    ) -> Result<Vec<Position>, TransactError> {
        let now = self.moment();
        let saved = self.ledger.transact_several(acting, &now, several)?;
        Ok(saved.facts.into_iter().map(|(position, ..)| position).collect())
    }

    /// Decides an act on a set and saves what follows: on every unit of it, or on none.
    pub fn transact_set(
        &mut self,
        acting: &Acting,
        act: &SetAct,
    ) -> Result<Vec<Position>, TransactError> {
        let now = self.moment();
        let saved = self.ledger.transact_set(acting, &now, act)?;
        Ok(saved.facts.into_iter().map(|(position, ..)| position).collect())
    }

    /// Draws a hand-off ticket of a unit.
    pub fn draw_ticket(&self, unit: &TravelerId) -> Result<TicketView, TransactError> {
        let ticket = Box::new(self.ledger.draw_ticket(unit, &self.moment())?);
        let Answer::Ticket(view) = self.answer(&Query::Ticket { ticket })? else {
            let what = "a question got another one's answer".to_owned();
            return Err(LedgerError::Fault { what }.into());
        };
        Ok(TicketView { against: None, ..*view })
    }

    /// The waits that were begun here and run.
    pub fn waits(&self) -> Vec<RunningWait> {
        match self.answer(&Query::Waits) {
            Ok(Answer::Waits(waits)) => waits,
            // What is wrong with the store, the act or question that needs it says.
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// Answers a question.
    pub fn answer(&self, query: &Query) -> Result<Answer, LedgerError> {
        let answer = self.ledger.answer(query, &self.moment())?;
        Ok(self.with_demo_people(answer))
    }

    /// A demo says on its first screen which badges and PINs to try.
    fn with_demo_people(&self, answer: Answer) -> Answer {
        let Answer::SignInNews(mut news) = answer else { return answer };
        if self.ledger.identity().demo {
            news.demo_people = Plant::read().map_or_else(|_| Vec::new(), |plant| plant.to_try());
        }
        Answer::SignInNews(news)
    }

    /// The roles of a person, most usual first.
    pub fn roles(&self, person: &PersonId) -> Vec<Role> {
        match self.ledger.stream(&Subject::Person(person.clone())).map(|f| f.stream.state) {
            Ok(StreamState::Person(state)) => state.roles.into_iter().collect(),
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// Refuses a place that this station does not know: the wrong one would be recorded.
    pub fn require_place(&self, told: &PlaceTold) -> Result<(), Fault> {
        let folded = self.ledger.stream(&Subject::Place(told.place.clone()))?;
        if matches!(&folded.stream.state, StreamState::Place(state) if state.defined.is_some()) {
            return Ok(());
        }
        let Answer::Places(rows) = self.answer(&Query::Places)? else { return Ok(()) };
        let known: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
        let place = told.place.clone();
        let mut fault = Fault::from(Refusal::one(Reason::PlaceUnknown { place }));
        fault.what = format!("refused: {} says {}", told.by, told.place);
        let next = if known.is_empty() {
            "no place is known here yet: fetch them (gemba sync)".to_owned()
        } else {
            let known = known.join(", ");
            format!("mend it, or fetch what is new (gemba sync); known here: {known}")
        };
        Err(fault.next(next))
    }

    /// The qualifications of a person that end soon or have ended.
    pub fn ending(&self, person: &PersonId) -> Vec<EndingRow> {
        let known = self.ledger.stream(&Subject::Person(person.clone()));
        let Ok(StreamState::Person(known)) = known.map(|folded| folded.stream.state) else {
            // What is wrong with the store, the act that needs it says.
            return Vec::new();
        };
        let today = self.today();
        let warn_days = self.rules().warn_days();
        let ending = |(what, until): (QualificationId, Option<Date>)| {
            let days = expiry::near_or_over(until, today, warn_days)?;
            Some(EndingRow { what: what.to_string(), until: until?, days })
        };
        known.qualifications.into_iter().filter_map(ending).collect()
    }

    /// Permits that end soon or are almost used, for those who work by them.
    pub fn permits_ending(&self, person: &PersonId) -> Vec<Words> {
        let performs = self.roles(person).iter().any(|role| Action::Perform.roles().contains(role));
        if !performs {
            return Vec::new();
        }
        // What is wrong with the store, the act that needs it says.
        let Ok(Answer::Permits(rows)) = self.answer(&Query::Permits { all: false }) else {
            return Vec::new();
        };
        rows.iter().filter_map(PermitRow::soon_words).collect()
    }

    /// Today at the site.
    pub fn today(&self) -> Date {
        // What is wrong with the store is told by what needs it.
        self.moment().day(self.ledger.proven().unwrap_or_default(), self.zone())
    }

    /// The site's time zone; UTC before it is known.
    pub fn zone(&self) -> TimeZone {
        site_zone(self.policy().as_ref())
    }

    /// What people call the site.
    pub fn site_name(&self) -> String {
        let site = self.ledger.identity().site.as_ref().map(ToString::to_string);
        self.policy().map(|policy| policy.name).or(site).unwrap_or_default()
    }

    /// What the site decided for itself.
    pub fn rules(&self) -> SiteRules {
        self.policy().map(|policy| policy.rules).unwrap_or_default()
    }

    fn policy(&self) -> Option<Policy> {
        let site = self.ledger.identity().site.clone()?;
        let folded = self.ledger.stream(&Subject::Site(site)).ok()?;
        let StreamState::Site(state) = folded.stream.state else { return None };
        state.policy
    }

    /// How the station stands with its server.
    pub fn link(&self) -> Link {
        match self.answer(&Query::Link) {
            Ok(Answer::Link(link)) => link,
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
        Self { exit, what, why, next, refusal: None }
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
