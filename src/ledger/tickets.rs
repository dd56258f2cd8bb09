//! Hand-off tickets: drawn and signed with this station's key, and whose a ticket is that came.

use ed25519_dalek::{Signature, Signer, VerifyingKey};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::domain::context::Context;
use crate::domain::decide::Needs;
use crate::domain::fact::{Acting, Position};
use crate::domain::ids::{Id, IdError, IdKind, LedgerId, SiteId, TerminalId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::ticket::TicketReason;
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::ticket::{DrawnBy, Ticket, plant_tag, station_tag};
use crate::domain::traveler::hand_off::{Speaker, draw, tagged};

use super::effective::note_missing;
use super::error::{LedgerError, TransactError};
use super::snapshot::require_here;
use super::station_key::unhex;
use super::store::Ledger;

/// What asks, where nobody does.
const TERMINAL: &str = "ticket";

impl Ledger {
    /// Draws a ticket of a unit, signed with this station's key; nothing is saved by it.
    pub fn draw_ticket(&self, unit: &TravelerId, now: &Moment) -> Result<Ticket, TransactError> {
        let snapshot = self.connection.unchecked_transaction().map_err(LedgerError::from)?;
        let own = &self.identity;
        let terminal = named(TerminalId::parse(TERMINAL))?;
        let acting = Acting { place: None, terminal, session: None, actor: None };
        let next = Position { ledger: own.ledger.clone(), epoch: own.epoch, seq: 1 };
        let mut context = Context::new(now.clone(), acting, next);
        let subject = Subject::Traveler(unit.clone());
        require_here(&snapshot, &subject)?;
        let folded = self.load(&snapshot, &subject)?;
        let needs = Needs { traveler: Some(unit.clone()), ..Needs::default() };
        self.surround_by(&snapshot, (&folded, &needs), &mut context)?;
        context.deviations.extend(self.deviations_of(&snapshot, unit)?);
        let StreamState::Traveler(state) = &folded.stream.state else {
            return Err(LedgerError::damaged(format!("{unit} is no unit")).into());
        };
        let waiting = folded.waiting.len() as u64;
        let (site, told) = (own.site.as_ref(), self.revoked()?);
        let by = Speaker { site, ledger: &own.ledger, revoked: told.as_ref(), waiting };
        let mut ticket = draw(unit, state, (&context, by))?;
        let enrolled = own.site.as_ref();
        let site = enrolled.ok_or_else(|| Refusal::one(TicketReason::NotEnrolled.into()))?;
        let missing = || LedgerError::Key {
            path: "station.key".to_owned(),
            why: "is not open for writing".to_owned(),
        };
        let key = self.key.as_ref().ok_or_else(missing)?;
        ticket.signature = key.sign(&ticket.message(&own.ledger, site)).to_bytes();
        Ok(ticket)
    }

    /// Whose a ticket is, as far as stations are known here.
    pub fn drawn_by(&self, ticket: &Ticket) -> Result<DrawnBy, LedgerError> {
        whose(&self.connection, self, (ticket, self.identity.site.as_ref()))
    }

    /// As [`Ledger::drawn_by`], where the ledger is the judge's of a site.
    pub fn drawn_by_in(&self, ticket: &Ticket, site: &SiteId) -> Result<DrawnBy, LedgerError> {
        whose(&self.connection, self, (ticket, Some(site)))
    }

    /// The units and lots that went on upon evidence, and of which an operation is open by what is here.
    pub fn gone_on(&self) -> Result<Vec<TravelerId>, LedgerError> {
        let sql = "SELECT order_id || '/' || unit FROM traveler_row WHERE accepted NOT NULL
                   ORDER BY subject";
        let mut statement = self.connection.prepare_cached(sql)?;
        let units = statement.query_map((), |row| row.get::<_, String>(0))?;
        let mut found = Vec::new();
        for unit in units {
            found.extend(TravelerId::parse(&unit?));
        }
        Ok(found)
    }

    /// Whose a ticket is, and the texts that it names.
    pub(super) fn surround_ticket(
        &self,
        transaction: &Connection,
        ticket: &Ticket,
        context: &mut Context,
    ) -> Result<(), LedgerError> {
        let site = self.identity.site.as_ref();
        context.drawn_by = Some(whose(transaction, self, (ticket, site))?);
        let Some(opened) = context.order.as_ref().and_then(|order| order.opened.clone()) else {
            return Ok(());
        };
        let specified = context.specification.as_ref().zip(ticket.specification);
        let specified = specified.and_then(|(known, tag)| tagged(&known.revisions, tag));
        if let Some(hash) = specified.map(|revision| revision.submitted.hash) {
            note_missing(transaction, [&hash], &mut context.blobs_missing)?;
        }
        for (route, named) in opened.route.iter().zip(&ticket.operations) {
            let known = context.instruction_states.get(&route.instruction);
            let found = known.and_then(|known| tagged(&known.revisions, named.text));
            let Some(submitted) = found.map(|revision| revision.submitted.clone()) else {
                continue;
            };
            if let Some(compiled) = self.instruction(transaction, &submitted.hash)? {
                context.instructions.insert(submitted.hash, compiled);
            }
            note_missing(transaction, &submitted.blobs, &mut context.blobs_missing)?;
        }
        Ok(())
    }
}

fn named<K: IdKind>(id: Result<Id<K>, IdError>) -> Result<Id<K>, LedgerError> {
    id.map_err(|error| LedgerError::Fault { what: error.to_string() })
}

fn whose(
    connection: &Connection,
    ledger: &Ledger,
    (ticket, site): (&Ticket, Option<&SiteId>),
) -> Result<DrawnBy, LedgerError> {
    let Some(site) = site else { return Ok(DrawnBy::Unknown) };
    if ticket.plant != plant_tag(site) {
        return Ok(DrawnBy::OtherPlant);
    }
    let own = ledger.identity();
    if is_signed(ticket, (&own.public_key, &own.ledger), site) {
        return Ok(DrawnBy::Itself);
    }
    let sql = "SELECT ledger, station, key,
               CASE WHEN revoked_at > coalesce(enrolled_at, '') THEN revoked_ms END FROM enrolled_row";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut by = DrawnBy::Unknown;
    while let Some(row) = rows.next()? {
        let (of, code, key): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let unreadable = |_| LedgerError::damaged("a station's enrollment is not readable");
        let of = LedgerId::parse(&of).map_err(unreadable)?;
        if station_tag(&of) != ticket.station {
            continue;
        }
        let station = Id::parse(&code).map_err(unreadable)?;
        if unhex(&key).is_some_and(|key| is_signed(ticket, (&key, &of), site)) {
            let revoked: Option<i64> = row.get(3)?;
            let since = revoked.map(Timestamp::from_millisecond).transpose();
            let since = since.map_err(|error| LedgerError::damaged(error.to_string()))?;
            return Ok(since.map_or(DrawnBy::Station(station.clone(), of), |since| {
                DrawnBy::Revoked { station, since }
            }));
        }
        by = DrawnBy::Forged(station);
    }
    Ok(by)
}

/// Whether a ticket was signed with a station's key; strictly, so that it has one signature.
fn is_signed(ticket: &Ticket, (key, ledger): (&[u8; 32], &LedgerId), site: &SiteId) -> bool {
    let key = VerifyingKey::from_bytes(key).ok().filter(|key| !key.is_weak());
    let signature = Signature::from_bytes(&ticket.signature);
    let signed = |key: VerifyingKey| key.verify_strict(&ticket.message(ledger, site), &signature);
    key.is_some_and(|key| signed(key).is_ok())
}
