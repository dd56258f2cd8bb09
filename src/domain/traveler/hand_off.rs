//! A unit goes on where its facts cannot come yet: one station draws a signed ticket, another takes it.
//!
//! What a ticket says is provisional. It lets later work go on and nothing else: the operations stay
//! open here until their facts come, so that nothing ships by it (R17).

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{LedgerId, SiteId};
use crate::domain::moment::Moment;
use crate::domain::order::OrderOpened;
use crate::domain::people::Action;
use crate::domain::refusal::route::RouteReason;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::refusal::ticket::TicketReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::revision::{RevisionState, Revisions};
use crate::domain::stream::TravelerId;
use crate::domain::ticket::{
    DrawnBy, SIGNATURE_BYTES, Tag, Ticket, TicketOperation, fact_tag, plant_tag, station_tag,
};

use super::collision::at_place;
use super::eligibility::Draft;
use super::fact::{PinnedOperation, PinnedSpecification, TravelerFact, TravelerStarted};
use super::route::Accepted;
use super::standing::Instructions;
use super::start;
use super::state::TravelerState;
use super::upstream::require_acceptable;

/// The station that draws a ticket.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// Its plant, once it has one.
    pub site: Option<&'a SiteId>,
    /// Its ledger.
    pub ledger: &'a LedgerId,
    /// When the server told it that it was revoked; none where it is one of its plant.
    pub revoked: Option<&'a Moment>,
    /// How many facts of the unit are here and wait for one that is not.
    pub waiting: u64,
}

/// How what a ticket says stands beside the facts that are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backed {
    /// Its facts have not come.
    NotYet,
    /// The fact that it names is here.
    Here,
    /// Another fact stands at the number that it names.
    OtherFact,
    /// Later facts of its station are here, and the one that it names is not among them.
    LeftOut,
}

/// What a station may say of a unit on a ticket, before it signs: the unit is on no hold, none of its
/// deviations is open, and an operation is closed.
pub fn draw(
    id: &TravelerId,
    state: &TravelerState,
    (context, by): (&Context, Speaker<'_>),
) -> Result<Ticket, Refusal> {
    let mut reasons = Vec::new();
    let Some(started) = &state.started else {
        return Err(Refusal::one(Reason::TravelerNotStarted));
    };
    if by.site.is_none() {
        reasons.push(TicketReason::NotEnrolled.into());
    }
    if let Some(told) = by.revoked {
        let when = at_place((None, told), &context.zone());
        reasons.push(TicketReason::Revoked { when }.into());
    }
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    if let Some(release) = state.shipped() {
        reasons.push(ShipReason::Shipped { release: release.at.clone() }.into());
    }
    state.require_no_hold(&mut reasons);
    let named = state.deviations().into_iter();
    let unknown = named.filter(|deviation| !context.deviations.contains_key(*deviation));
    let open = context.deviations.iter().filter(|(_, known)| !known.is_closed());
    for deviation in unknown.chain(open.map(|(deviation, _)| deviation)) {
        reasons.push(ShipReason::DeviationOpen { deviation: deviation.clone() }.into());
    }
    if by.waiting > 0 {
        reasons.push(ShipReason::FactsMissing { count: by.waiting }.into());
    }
    let closed = |op: &PinnedOperation| state.operation_closed(op, &context.instructions);
    if !started.operations.iter().any(closed) {
        reasons.push(TicketReason::NothingClosed.into());
    }
    let last = state.facts.iter().rfind(|(at, _)| at.ledger == *by.ledger);
    if last.is_none() {
        reasons.push(TicketReason::NothingRecorded.into());
    }
    let (Some((at, fact)), Some(site)) = (last, by.site.filter(|_| reasons.is_empty())) else {
        return Err(Refusal::of(reasons));
    };
    let operations = started.operations.iter().map(|op| TicketOperation {
        operation: op.operation,
        closed: closed(op),
        text: Tag::of(&op.hash),
    });
    Ok(Ticket {
        plant: plant_tag(site),
        unit: id.clone(),
        pieces: started.pieces.map(|_| state.pieces_gone_on(&context.instructions)),
        specification: started.specification.as_ref().map(|pinned| Tag::of(&pinned.hash)),
        operations: operations.collect(),
        station: station_tag(by.ledger),
        epoch: at.epoch,
        seq: at.seq,
        fact: fact_tag(fact),
        drawn_s: u32::try_from(context.now.effective().as_second()).unwrap_or(u32::MAX),
        signature: [0; SIGNATURE_BYTES],
    })
}

/// Lets later work go on by a ticket. Where nothing of the unit is known here, its definitions are
/// pinned in the same act: those that the ticket names, so that the unit is made by one text (R1).
pub(super) fn take(
    id: &TravelerId,
    state: &TravelerState,
    ticket: &Ticket,
    context: &Context,
) -> Result<Draft, Refusal> {
    let mut reasons = Vec::new();
    if !context.may(Action::Overrule) {
        context.require_role(Action::Perform, &mut reasons);
    }
    let by = context.drawn_by.clone().unwrap_or(DrawnBy::Unknown);
    reasons.extend(not_taken_from(&by).map(Reason::from));
    if ticket.unit != *id {
        reasons.push(TicketReason::OtherUnit { unit: ticket.unit.clone() }.into());
    }
    // Whatever an unknown hand wrote is looked at no further.
    Refusal::unless_empty(std::mem::take(&mut reasons))?;
    let begun = state.started.is_some();
    let opened = start::require_order((id, begun), context, &mut reasons)?;
    if let Some(how) = &state.ended {
        reasons.push(Reason::TravelerEnded { how: how.clone() });
    }
    state.require_no_hold(&mut reasons);
    let pinned = match &state.started {
        Some(started) => {
            reasons.extend(differences(started, ticket).into_iter().map(Reason::from));
            None
        }
        None => Some(pin(opened, ticket, context, &mut reasons)),
    };
    if pinned.is_some() && context.acting.place.is_none() {
        reasons.push(Reason::PlaceUnbound);
    }
    let fits = reasons.is_empty();
    let route = pinned.iter().chain(&state.started).flat_map(|started| &started.operations);
    let route: Vec<&PinnedOperation> = route.collect();
    let open =
        if fits { to_accept(state, (ticket, &route), context, &mut reasons) } else { vec![] };
    Refusal::unless_empty(reasons)?;
    let evidence = words(&by, ticket, context);
    let mut draft = Draft::new(context);
    if let Some(pinned) = pinned {
        draft.note(id, TravelerFact::TravelerStarted(pinned));
    }
    for operation in open {
        let (evidence, ticket, closed) = (evidence.clone(), Some(ticket.text()), Vec::new());
        draft.note(id, TravelerFact::UpstreamAccepted { operation, evidence, ticket, closed });
    }
    Ok(draft)
}

/// Why a ticket is not taken from whoever drew it.
pub fn not_taken_from(by: &DrawnBy) -> Option<TicketReason> {
    match by {
        DrawnBy::OtherPlant => Some(TicketReason::OtherPlant),
        DrawnBy::Unknown => Some(TicketReason::StationUnknown),
        DrawnBy::Forged(station) => Some(TicketReason::Forged { station: station.clone() }),
        DrawnBy::Itself => Some(TicketReason::OwnTicket),
        DrawnBy::Revoked { station, .. } => {
            Some(TicketReason::StationRevoked { station: station.clone() })
        }
        DrawnBy::Station(..) => None,
    }
}

/// Who drew it and when, as it is recorded.
fn words(by: &DrawnBy, ticket: &Ticket, context: &Context) -> String {
    let station = match by {
        DrawnBy::Station(station, _)
        | DrawnBy::Forged(station)
        | DrawnBy::Revoked { station, .. } => station.as_str(),
        DrawnBy::OtherPlant | DrawnBy::Unknown | DrawnBy::Itself => "",
    };
    let when = ticket.drawn().to_zoned(context.zone()).strftime("%Y-%m-%d %H:%M").to_string();
    match ticket.pieces {
        Some(1) => format!("ticket of {station}, {when}, 1 piece"),
        Some(pieces) => format!("ticket of {station}, {when}, {pieces} pieces"),
        None => format!("ticket of {station}, {when}"),
    }
}

/// The operations that the ticket opens the way after, or every reason why there is none.
fn to_accept(
    state: &TravelerState,
    (ticket, route): (&Ticket, &[&PinnedOperation]),
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> Vec<u32> {
    match state.backs(ticket) {
        Backed::NotYet => {}
        Backed::Here => reasons.push(TicketReason::Overtaken.into()),
        Backed::OtherFact | Backed::LeftOut => reasons.push(TicketReason::Contradicted.into()),
    }
    let (mut open, mut none) = (Vec::new(), Vec::new());
    for operation in ticket.closed() {
        let mut against = Vec::new();
        require_acceptable(state, (operation, route), (context, &mut against));
        if let Some(taken) = state.accepted.get(&operation) {
            let before = Reason::from(RouteReason::UpstreamAcceptedBefore { operation });
            for reason in against.iter_mut().filter(|reason| **reason == before) {
                *reason = taken.before((operation, ticket), context).unwrap_or(before.clone());
            }
        }
        if against.is_empty() {
            open.push(operation);
        }
        none.extend(
            against.into_iter().filter(|reason| !none.contains(reason)).collect::<Vec<_>>(),
        );
    }
    let done = |reason: &Reason| matches!(reason, Reason::Route(RouteReason::UpstreamDone { .. }));
    if open.is_empty() && none.iter().all(done) {
        // All of it is known here: that is said, and not that more is known.
        reasons.retain(|reason| *reason != Reason::from(TicketReason::Overtaken));
    }
    if open.is_empty() {
        reasons.extend(none);
    }
    open
}

/// Where a unit is made by something else, as known here, than a ticket says.
pub fn differences(started: &TravelerStarted, ticket: &Ticket) -> Vec<TicketReason> {
    let other = |what: String| TicketReason::OtherRevision { what };
    let here = started.operations.iter().map(|op| op.operation);
    if !here.eq(ticket.operations.iter().map(|op| op.operation)) {
        return vec![other("the route".to_owned())];
    }
    let operations = started.operations.iter().zip(&ticket.operations);
    let texts = operations.filter(|(here, there)| Tag::of(&here.hash) != there.text);
    let mut found: Vec<TicketReason> = texts
        .map(|(here, _)| other(format!("{} of operation {}", here.instruction, here.operation)))
        .collect();
    let specification = started.specification.as_ref().map(|pinned| Tag::of(&pinned.hash));
    if specification != ticket.specification {
        found.push(other(format!("the specification of {}", started.part)));
    }
    found
}

/// The revision that a tag names among those that are known.
pub fn tagged(revisions: &Revisions, tag: Tag) -> Option<&RevisionState> {
    revisions.list.iter().find(|revision| Tag::of(&revision.submitted.hash) == tag)
}

/// The definitions that the ticket names, or every reason why they cannot be pinned.
fn pin(
    opened: &OrderOpened,
    ticket: &Ticket,
    context: &Context,
    reasons: &mut Vec<Reason>,
) -> TravelerStarted {
    let unknown = |what: String| TicketReason::RevisionUnknown { what }.into();
    let missing = |blob: &Hash| context.blobs_missing.contains(blob);
    let named = ticket.specification.and_then(|tag| {
        let known = context.specification.as_ref();
        let found = known.and_then(|known| tagged(&known.revisions, tag));
        if found.is_none() {
            reasons.push(unknown(format!("the specification of {}", opened.part)));
        }
        found
    });
    let specification = named.map(|found| PinnedSpecification {
        revision: found.submitted.revision.clone(),
        hash: found.submitted.hash,
    });
    if specification.as_ref().is_some_and(|pinned| missing(&pinned.hash)) {
        reasons.push(Reason::BlobMissing { what: format!("specification {}", opened.part) });
    }
    let here = opened.route.iter().map(|op| op.operation);
    if !here.eq(ticket.operations.iter().map(|op| op.operation)) {
        reasons.push(TicketReason::OtherRevision { what: "the route".to_owned() }.into());
    }
    let mut operations = Vec::new();
    for (route, named) in opened.route.iter().zip(&ticket.operations) {
        let id = &route.instruction;
        let known = context.instruction_states.get(id);
        let Some(revision) = known.and_then(|known| tagged(&known.revisions, named.text)) else {
            reasons.push(unknown(format!("{id} for operation {}", route.operation)));
            continue;
        };
        let submitted = &revision.submitted;
        let compiled = context.instructions.get(&submitted.hash);
        let Some(compiled) = compiled.filter(|_| !submitted.blobs.iter().any(missing)) else {
            reasons.push(Reason::BlobMissing { what: id.to_string() });
            continue;
        };
        operations.push(PinnedOperation {
            operation: route.operation,
            name: compiled.operation_name.clone(),
            instruction: id.clone(),
            revision: submitted.revision.clone(),
            hash: submitted.hash,
            work_center: route.work_center.clone(),
        });
    }
    let pieces = opened.units.pieces();
    TravelerStarted { part: opened.part.clone(), specification, operations, pieces }
}

impl Accepted {
    /// That an operation is not known to be done, and why work goes on all the same.
    pub fn words(&self, operation: &PinnedOperation) -> String {
        let PinnedOperation { operation, name, .. } = operation;
        let stands = if self.ticket.is_some() { "provisional" } else { "accepted, not done" };
        format!("{operation} {name} {stands}: {}", self.evidence)
    }

    /// That a ticket was taken before, this one or another; none where a supervisor answered for it.
    fn before(&self, (operation, ticket): (u32, &Ticket), context: &Context) -> Option<Reason> {
        let taken = self.ticket.as_deref()?;
        let when = at_place((None, &self.moment), &context.zone());
        let reason = if taken == ticket {
            TicketReason::TakenBefore { when }
        } else {
            TicketReason::AnotherTaken { operation, when }
        };
        Some(reason.into())
    }
}

impl TravelerState {
    /// How what a ticket says stands beside the facts that are here.
    pub fn backs(&self, ticket: &Ticket) -> Backed {
        let of_station = |at: &Position| station_tag(&at.ledger) == ticket.station;
        let named = (ticket.epoch, ticket.seq);
        let mut backed = Backed::NotYet;
        for (at, id) in self.facts.iter().filter(|(at, _)| of_station(at)) {
            if (at.epoch, at.seq) == named {
                let same = fact_tag(id) == ticket.fact;
                return if same { Backed::Here } else { Backed::OtherFact };
            }
            if (at.epoch, at.seq) > named {
                backed = Backed::LeftOut;
            }
        }
        backed
    }

    /// What of the tickets by which work went on does not fit the facts that came since, each with the
    /// fact that took the ticket; as far as the texts are at hand.
    pub fn tickets_against(&self, known: &Instructions) -> Vec<(Position, String)> {
        let mut found = Vec::new();
        for (operation, accepted) in &self.accepted {
            let Some(ticket) = &accepted.ticket else { continue };
            let pinned = self.operation(*operation);
            let open = pinned.is_some_and(|op| {
                known.contains_key(&op.hash) && !self.operation_closed(op, known)
            });
            let by = &accepted.evidence;
            let words = match self.backs(ticket) {
                Backed::Here if open => {
                    format!("work went on by the {by}: operation {operation} is open by its facts")
                }
                Backed::NotYet | Backed::Here => continue,
                Backed::OtherFact => {
                    format!("work went on by the {by}: its station recorded something else")
                }
                Backed::LeftOut => format!(
                    "work went on by the {by}: what it names is not in its station's record"
                ),
            };
            found.push((accepted.at.clone(), words));
        }
        found
    }

    /// The ticket by which something was accepted of this unit, while its facts have not come.
    pub fn awaits<'a>(&self, accepted: &'a Accepted) -> Option<&'a Ticket> {
        accepted.ticket.as_deref().filter(|ticket| self.backs(ticket) == Backed::NotYet)
    }

    /// The pieces of a lot that an operation which is not closed gets.
    fn pieces_gone_on(&self, known: &Instructions) -> u32 {
        let next = self.next_operation(known).map(|op| op.operation);
        let all = || self.pieces().saturating_sub(self.scrapped());
        next.map_or_else(all, |operation| self.pieces_into(operation, known))
    }

    /// The most pieces that came from an operation, where a ticket lets work go on after it: a ticket
    /// counts what goes on from the last operation that it says is closed.
    pub(super) fn pieces_by_ticket(&self, operation: u32) -> Option<u32> {
        let ticket = self.accepted.get(&operation)?.ticket.as_ref()?;
        ticket.pieces.filter(|_| ticket.closed().last() == Some(operation))
    }
}
