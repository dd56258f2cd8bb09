//! Changing a card: a new PIN or another badge, at the server, with the fact that stands behind it.

use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::exchange;
use crate::app::fault::Fault;
use crate::app::identity::{self, Proof};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::people::{PersonCommand, Purpose};
use crate::domain::refusal::Refusal;
use crate::ledger::cards::Card;
use crate::server::error::ServerError;
use crate::sync::protocol::{CardChange, CardRow};
use crate::ui::message::{Person, SignInTrouble};

/// Writes the fact that stands behind a card, and sets the card at the server; what can be refused
/// is refused before a fact says that anything was changed.
pub fn hand_in(
    (config, clock): (&Config, &Clock),
    station: &mut Station,
    (card, acting): (CardRow, &Acting),
    command: PersonCommand,
) -> Result<(), Fault> {
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
    let saved = station.transact(acting, Command::Person(card.person.clone(), command))?;
    let [fact] = saved.as_slice() else {
        return Err(Fault::cannot("the card was not changed", "more or less than one fact"));
    };
    let change = CardChange { card, fact: fact.clone() };
    exchange::set_card(home, clock, &change)
        .map_err(|fault| fault.next("the card before holds; do it again"))?;
    // The server has it, so it holds here as well, whether or not the next exchange goes through.
    let CardRow { person, badge, pin_verifier, .. } = &change.card;
    station.ledger.change_card(person, badge, pin_verifier)?;
    exchange::once(home, clock).ok();
    Ok(())
}

/// Changes a person's own PIN, who typed the one before, and opens their session (21 CFR 11.300(b)).
///
/// Takes as long as the server does: never on a thread that others wait for.
pub fn change_pin(
    (config, clock): (&Config, &Clock),
    proof: Result<Proof, SignInTrouble>,
    verifier: Result<String, Refusal>,
    acting: Acting,
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
    let world = (config, clock);
    hand_in(world, &mut station, (row, &acting), PersonCommand::NotePinChanged).map_err(fault)?;
    let proof = Proof::proven(Card { pin_verifier, ..card });
    identity::open_session(&mut station, Ok(proof), opening)
}
