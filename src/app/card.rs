//! Changing a card: a new PIN or another badge, at the server, with the fact that stands behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::exchange::{self, NotSet};
use crate::app::fault::Fault;
use crate::app::identity::{self, Proof};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::{Acting, Position};
use crate::domain::people::{PersonCommand, Purpose};
use crate::domain::refusal::Refusal;
use crate::ledger::cards::Card;
use crate::server::error::ServerError;
use crate::sync::protocol::{CardChange, CardRow};
use crate::ui::message::{Person, PinStands, SignInTrouble};

/// What comes of a change that is on its way. Whoever claims it first says so: who is about to write that
/// the card is changed, or who waits for it no longer.
#[derive(Debug, Clone, Default)]
pub struct Claim(Arc<AtomicBool>);

impl Claim {
    /// Whether it was nobody's yet; from now on it is taken.
    pub fn take(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }
}

/// Writes the fact that stands behind a card, and sets the card at the server; what can be refused
/// is refused before a fact says that anything was changed.
pub fn hand_in(
    world: (&Config, &Clock),
    station: &mut Station,
    (card, acting): (CardRow, &Acting),
    command: PersonCommand,
    claim: &Claim,
) -> Result<(), NotSet> {
    let fact = note(world, station, (&card, acting), command, claim)?;
    let change = CardChange { card, fact };
    let (config, clock) = world;
    exchange::set_card(&config.home, clock, &change)?;
    // The server has it, so it holds here as well, whether or not the next exchange goes through; what this
    // disk does not take comes with that.
    let CardRow { person, badge, pin_verifier, .. } = &change.card;
    station.ledger.change_card(person, badge, pin_verifier).ok();
    Ok(())
}

/// Writes the fact, where the change was not called off.
fn note(
    (config, clock): (&Config, &Clock),
    station: &mut Station,
    (card, acting): (&CardRow, &Acting),
    command: PersonCommand,
    claim: &Claim,
) -> Result<Position, Fault> {
    crate::domain::card::require(&card.name, &card.badge)?;
    let home = &config.home;
    if exchange::once(home, clock)?.is_none() {
        // Another process exchanges; whether the server answers now, it does not say.
        exchange::reach(home, clock)?;
    }
    let holder = station.ledger.card_by_badge(&card.badge)?;
    if holder.is_some_and(|holder| holder.person != card.person) {
        return Err(ServerError::BadgeTaken.into());
    }
    if !claim.take() {
        return Err(Fault::cannot("the card was not changed", "nobody waits for it any more"));
    }
    let saved = station.transact(acting, Command::Person(card.person.clone(), command))?;
    let [fact] = saved.as_slice() else {
        return Err(Fault::cannot("the card was not changed", "more or less than one fact"));
    };
    Ok(fact.clone())
}

/// Changes a person's own PIN, who typed the one before, and opens their session (21 CFR 11.300(b)).
///
/// Takes as long as the server does: never on a thread that others wait for.
pub fn change_pin(
    (config, clock): (&Config, &Clock),
    proof: Result<Proof, SignInTrouble>,
    verifier: Result<String, Refusal>,
    acting: Acting,
    claim: &Claim,
) -> Result<Person, SignInTrouble> {
    let fault = |fault: Fault| match fault.refusal {
        Some(refusal) => SignInTrouble::Refused(*refusal),
        None => SignInTrouble::Fault(fault.to_string().replace('\n', " ")),
    };
    let mut station = Station::open(config, clock).map_err(fault)?;
    let opening = acting.clone();
    let (card, acting) = identity::prove(&mut station, proof, acting, Purpose::ChangePin)?;
    let pin_verifier = verifier.map_err(SignInTrouble::Refused)?;
    let row = CardRow {
        person: card.person.clone(),
        name: card.name.clone(),
        badge: card.badge.clone(),
        language: card.language.clone(),
        pin_verifier: pin_verifier.clone(),
    };
    let (world, changed) = ((config, clock), PersonCommand::NotePinChanged);
    let handed_in = hand_in(world, &mut station, (row, &acting), changed, claim);
    handed_in.map_err(|not_set| match not_set {
        NotSet::AsItWas(why) => fault(why),
        NotSet::Unknown(_) => SignInTrouble::Pin(PinStands::Unknown),
    })?;
    let proof = Proof::proven(Card { pin_verifier, ..card });
    let opened = identity::open_session(&mut station, Ok(proof), opening);
    // It is changed, whatever keeps its person out.
    opened.map_err(|_| SignInTrouble::Pin(PinStands::Changed))
}
