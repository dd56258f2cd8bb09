//! Answers to the questions of `views`, from read models and folded streams, one snapshot each.
//! A file a subject; none of them writes.
//! Invariant: an answer says only what the facts of the moment say, and names what is not known.

mod board;
mod board_contact;
mod board_hours;
mod board_place;
mod characteristic;
mod definition;
mod deviation;
mod difference;
mod find;
mod for_me;
mod gauge;
mod gauge_lots;
mod handover;
mod help;
mod inspection;
mod lately;
mod material;
mod packet;
mod permit;
mod queue;
mod redline;
mod register;
mod review;
mod scan;
mod ship;
mod spots;
mod station;
mod suspect;
mod thread;
mod ticket;
mod trace;
mod traveler;
mod users;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Row};

use crate::domain::context::{Context, site_zone};
use crate::domain::effectivity::Use;
use crate::domain::fact::{Acting, Position};
use crate::domain::handover::HandoverContent;
use crate::domain::ids::{Id, IdError, IdKind, PersonId, TerminalId, WorkCenterId};
use crate::domain::moment::Moment;
use crate::domain::revision::{RevisionState, Revisions};
use crate::domain::stream::Subject;
use crate::views::query::{Answer, Query};

use super::contact;
use super::effective::note_effective;
use super::error::LedgerError;
use super::seals::at_server;
use super::snapshot::require_here;
use super::store::Ledger;

/// One question being answered: the ledger, a snapshot of its store, and now.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    ledger: &'a Ledger,
    connection: &'a Connection,
    now: &'a Moment,
}

impl Ledger {
    /// Answers a question.
    #[expect(clippy::too_many_lines, reason = "one table, a line a question")]
    pub fn answer(&self, query: &Query, now: &Moment) -> Result<Answer, LedgerError> {
        let snapshot = self.connection.unchecked_transaction()?;
        let asked = Asked { ledger: self, connection: &snapshot, now };
        if let Some(subject) = named(query) {
            require_here(&snapshot, &subject)?;
        }
        Ok(match query {
            Query::Queue { place, person } => Answer::Queue(asked.queue(place, person.as_ref())?),
            Query::Traveler { id, place } => {
                Answer::Traveler(asked.traveler(id, place.as_ref())?.map(Box::new))
            }
            Query::Travelers { ids, place } => {
                Answer::Travelers(asked.travelers(ids, place.as_ref())?)
            }
            Query::Waits => Answer::Waits(asked.waits()?),
            Query::Differences { id, person } => {
                let found = asked.differences(id, person.as_ref())?;
                Answer::Differences(found.map(Box::new))
            }
            Query::SpecificationUsers { part } => {
                Answer::SpecificationUsers(asked.specification_users(part)?)
            }
            Query::Board => Answer::Board(Box::new(asked.board(None)?)),
            Query::BoardOf { shift } => Answer::Board(Box::new(asked.board(Some(shift))?)),
            Query::ForMe { person, place } => Answer::ForMe(asked.for_me(person, place.as_ref())?),
            Query::PlaceBoard { place, shift } => {
                Answer::PlaceBoard(asked.place_board(place, shift.as_deref())?.map(Box::new))
            }
            Query::Characteristic { part, id } => {
                Answer::Characteristic(asked.characteristic(part, id)?.map(Box::new))
            }
            Query::Deviations { closed } => Answer::Deviations(asked.deviations(*closed)?),
            Query::Deviation { id } => Answer::Deviation(asked.deviation(id)?.map(Box::new)),
            Query::Instruction { hash } => Answer::Instruction(self.instruction(&snapshot, hash)?),
            Query::StandardStep { hash } => {
                Answer::StandardStep(asked.standard_step(hash)?.map(Box::new))
            }
            Query::Definition { subject } => {
                Answer::Definition(asked.definition(subject)?.map(Box::new))
            }
            Query::Compared { old, new } => Answer::Compared(asked.compared(old, new)?),
            Query::Definitions => Answer::Definitions(asked.definitions()?),
            Query::Blob { hash } => Answer::Blob(super::blobs::read(&snapshot, hash)?),
            Query::Gauges { class } => Answer::Gauges(asked.gauges(class.as_ref())?),
            Query::GaugeTrace { gauge, since } => {
                Answer::GaugeTrace(asked.gauge_trace(gauge, *since)?.map(Box::new))
            }
            Query::Materials { part } => Answer::Materials(asked.materials(part.as_ref())?),
            Query::Endings => Answer::Endings(asked.gauges_ending()?),
            Query::People => Answer::People(asked.people()?),
            Query::Users { standard } => Answer::Users(asked.users(standard)?),
            Query::Places => Answer::Places(asked.places()?),
            Query::Orders { closed } => Answer::Orders(asked.orders(*closed)?),
            Query::Ships => Answer::Ships(asked.ships()?),
            Query::ShipReview { id } => Answer::ShipReview(asked.ship_review(id)?.map(Box::new)),
            Query::ToShip { order } => Answer::ToShip(asked.to_ship(order)?),
            Query::Certificate { id } => Answer::Certificate(asked.certificate(id)?.map(Box::new)),
            Query::Named { text } => Answer::Named(asked.meant_by(text)?),
            Query::Find { words, limit } => Answer::Found(asked.find(words, *limit)?),
            Query::Spots { here } => Answer::Spots(asked.spots(here.as_ref())?),
            Query::Thread { of, skip, limit } => {
                Answer::Thread(asked.thread(of, (*skip, *limit))?.map(Box::new))
            }
            Query::Recall { of, span } => Answer::Recall(asked.recall(of, span)?.map(Box::new)),
            Query::Trace { id } => Answer::Trace(asked.trace(id)?.map(Box::new)),
            Query::Sync => Answer::Sync(Box::new(asked.sync()?)),
            Query::Link => Answer::Link(asked.link()?),
            Query::SignInNews { place } => Answer::SignInNews(asked.news(place.as_ref())?),
            Query::Ticket { ticket } => Answer::Ticket(Box::new(asked.ticket(ticket)?)),
            Query::Scan { code } => Answer::Scan(asked.scan(code)?),
            Query::Help { cleared } => Answer::Help(asked.help(*cleared)?),
            Query::HelpDue => Answer::HelpDue(asked.help_due()?),
            Query::Handovers { open } => Answer::Handovers(asked.handovers(*open)?),
            Query::HandoverContent => Answer::HandoverContent(Box::new(asked.handover_content()?)),
            Query::Suspects { all } => Answer::Suspects(asked.suspects(*all)?),
            Query::SuspectRange { failed } => Answer::Suspects(asked.suspect_range(failed)?),
            Query::Series { id } => Answer::Series(asked.series(id)?.map(Box::new)),
            Query::Lot { series, opened } => Answer::Lot(asked.lot_opened(series, opened)?),
            Query::FirstArticle { series, opened } => {
                Answer::FirstArticle(asked.first_article(series, opened)?)
            }
            Query::Grid { series, opened } => Answer::Grid(asked.grid(series, opened)?),
            Query::LotsToOpen => Answer::LotsToOpen(asked.lots_to_open()?),
            Query::Inspections { decided } => Answer::Inspections(asked.inspections(*decided)?),
            Query::Permits { all } => Answer::Permits(asked.permits(*all)?),
            Query::Permit { id } => Answer::Permit(asked.permit(id)?.map(Box::new)),
            Query::Redline { id } => Answer::Redline(asked.redline(id)?.map(Box::new)),
            Query::Redlines { instruction, answered } => {
                Answer::Redlines(asked.redlines(instruction.as_ref(), *answered)?)
            }
        })
    }
}

/// The unit, the order or the deviation whose records are asked for: of one that was left out or pruned
/// nothing is said rather than something false.
fn named(query: &Query) -> Option<Subject> {
    if let Query::Traveler { id, .. }
    | Query::Differences { id, .. }
    | Query::Trace { id }
    | Query::ShipReview { id }
    | Query::Certificate { id } = query
    {
        return Some(Subject::Traveler(id.clone()));
    }
    if let Query::Deviation { id } = query {
        return Some(Subject::Deviation(id.clone()));
    }
    let Query::ToShip { order } = query else { return None };
    Some(Subject::Order(order.clone()))
}

impl Ledger {
    /// What stands at this station, as one who hands it over says.
    pub(super) fn handover_content(
        &self,
        connection: &Connection,
        now: &Moment,
    ) -> Result<HandoverContent, LedgerError> {
        Asked { ledger: self, connection, now }.handover_content()
    }

    /// The work centers that this station serves.
    pub(super) fn served_centers(
        &self,
        connection: &Connection,
        now: &Moment,
    ) -> Result<BTreeSet<WorkCenterId>, LedgerError> {
        Ok(Asked { ledger: self, connection, now }.served()?.into_iter().collect())
    }
}

impl Asked<'_> {
    /// Today at the site.
    fn today(self) -> Result<Date, LedgerError> {
        let proven = contact::proven(self.connection, &self.ledger.identity.ledger)?;
        Ok(self.now.day(proven, self.zone()?))
    }

    /// When the site's day began.
    fn day_began(self) -> Result<Timestamp, LedgerError> {
        let day = self.today()?.to_zoned(self.zone()?);
        Ok(day.map_or(self.now.effective(), |day| day.timestamp()))
    }

    fn zone(self) -> Result<TimeZone, LedgerError> {
        let policy = self.ledger.site_policy(self.connection, None)?;
        Ok(site_zone(policy.as_ref()))
    }

    /// A person's name where the card is here, else the id.
    fn name(self, person: Option<&PersonId>) -> Result<String, LedgerError> {
        let Some(person) = person else { return Ok("station".to_owned()) };
        let card = self.ledger.card_of(person)?;
        Ok(card.map_or_else(|| person.to_string(), |card| card.name))
    }

    /// Whether a fact is at the server. Facts of others came from there.
    fn is_at_server(self, position: &Position) -> Result<bool, LedgerError> {
        if position.ledger != self.ledger.identity.ledger {
            return Ok(true);
        }
        Ok(position.seq <= at_server(self.connection, position.epoch)?)
    }

    /// A context of nobody, for reading only, as old as what is known here.
    fn nobody(self) -> Result<Context, LedgerError> {
        let fault = |error: IdError| LedgerError::Fault { what: error.to_string() };
        let terminal = TerminalId::parse("reader").map_err(fault)?;
        let acting = Acting { place: None, terminal, session: None, actor: None };
        let (ledger, epoch) = (self.ledger.identity.ledger.clone(), self.ledger.identity.epoch);
        let next = Position { ledger, epoch, seq: 0 };
        let mut context = Context::new(self.now.clone(), acting, next);
        self.ledger.note_contact(self.connection, &mut context)?;
        Ok(context)
    }

    /// The revision that is in effect here.
    fn in_effect(
        self,
        revisions: &Revisions,
        wanted: &Use,
    ) -> Result<Option<RevisionState>, LedgerError> {
        let mut judged = BTreeSet::new();
        note_effective(self.connection, revisions, &mut judged)?;
        Ok(revisions.in_effect(wanted, &judged).cloned())
    }

    /// Every row of a statement, read.
    fn rows<T>(
        self,
        sql: &str,
        params: impl rusqlite::Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(read(row)?);
        }
        Ok(list)
    }

    fn count(self, sql: &str, params: impl rusqlite::Params) -> Result<u64, LedgerError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        super::append::from_sql(statement.query_row(params, |row| row.get(0))?)
    }
}

/// An id from a column; what is not one was not written by us.
fn id_in<K: IdKind>(row: &Row<'_>, column: &str) -> Result<Id<K>, LedgerError> {
    let text: String = row.get(column)?;
    Id::parse(&text).map_err(|error| LedgerError::damaged(format!("{column}: {error}")))
}

/// An id from a column, where there is one.
fn some_id<K: IdKind>(row: &Row<'_>, column: &str) -> Result<Option<Id<K>>, LedgerError> {
    let text: Option<String> = row.get(column)?;
    let wrong = |error| LedgerError::damaged(format!("{column}: {error}"));
    text.map(|text| Id::parse(&text).map_err(wrong)).transpose()
}

/// A value that is kept as text, such as a date.
fn parsed<T: std::str::FromStr>(row: &Row<'_>, column: &str) -> Result<Option<T>, LedgerError> {
    let text: Option<String> = row.get(column)?;
    let wrong = |_| LedgerError::damaged(format!("{column} is not readable"));
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

fn get<T: FromSql>(row: &Row<'_>, column: &str) -> Result<T, LedgerError> {
    Ok(row.get(column)?)
}

/// A moment kept in milliseconds.
fn moment_in(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>, LedgerError> {
    let ms: Option<i64> = row.get(column)?;
    let wrong = |_| LedgerError::damaged(format!("{column} is out of range"));
    ms.map(|ms| Timestamp::from_millisecond(ms).map_err(wrong)).transpose()
}
