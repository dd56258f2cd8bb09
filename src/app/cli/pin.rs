//! `gemba person pin`: a card with a PIN, at the server.

use serde_json::json;

use super::Console;
use super::person::PinArgs;
use super::serve::refused_pin;
use super::signer::SignerArgs;
use crate::app::credentials;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::people::{Action, PersonCommand};
use crate::domain::refusal::{Reason, Refusal};
use crate::server::error::ServerError;
use crate::server::office::Office;
use crate::sync::protocol::{CardChange, CardRow};

/// Gives a person a card with a PIN.
pub fn run(console: &Console, args: PinArgs) -> Result<Exit, Fault> {
    match &args.server {
        Some(dir) => Office::open(dir)?.set_card(&card(&args)?)?,
        None => at_station(console, &args)?,
    }
    let person = &args.person;
    console.printer.line(format!("{person} has a card; stations get it when they sync"));
    console.printer.value(&json!({ "person": person, "badge": args.card_badge }));
    Ok(Exit::Done)
}

/// Asks for the new PIN and makes its verifier; the PIN itself goes nowhere.
fn card(args: &PinArgs) -> Result<CardRow, Fault> {
    let asked = SignerArgs { badge: None, pin_fd: args.new_pin_fd, place: None };
    let pin = asked.read_pin(&format!("new PIN of {}: ", args.person))?;
    Ok(CardRow {
        person: args.person.clone(),
        name: args.name.clone(),
        badge: args.card_badge.clone(),
        language: args.language.clone(),
        pin_verifier: credentials::hash(&pin.0).map_err(refused_pin)?,
    })
}

/// By an administrator, over the network; a PIN is changed online only.
fn at_station(console: &Console, args: &PinArgs) -> Result<(), Fault> {
    let mut station = console.station()?;
    let signer = args.signer.prove(console, &mut station)?;
    let action = Action::Administer;
    let roles = station.roles(&signer.card.person);
    if !action.roles().iter().any(|role| roles.contains(role)) {
        let person = signer.card.person;
        return Err(Refusal::one(Reason::RoleMissing { person, action }).into());
    }
    let card = card(args)?;
    let (home, clock) = (&console.config.home, &console.clock);
    // What can be refused is refused before a fact says that the PIN was changed.
    exchange::once(home, clock)?;
    let holder = station.ledger.card_by_badge(&card.badge)?;
    if holder.is_some_and(|holder| holder.person != card.person) {
        return Err(ServerError::BadgeTaken.into());
    }
    let command = Command::Person(args.person.clone(), PersonCommand::NotePinChanged);
    let saved = station.transact(&signer.acting, command)?;
    drop(station);
    let [fact] = saved.as_slice() else {
        return Err(Fault::cannot("the PIN was not changed", "more or less than one fact"));
    };
    let change = CardChange { card, fact: fact.clone() };
    exchange::set_card(home, clock, &change)
        .map_err(|fault| fault.next("the old PIN holds; give the new one again"))?;
    // The card is at the server; that this station does not have it yet is no failure.
    exchange::once(&console.config.home, &console.clock).ok();
    Ok(())
}
