//! `gemba person pin` and `gemba person badge`: cards, at the server.

use serde_json::json;

use super::Console;
use super::person::{BadgeArgs, PinArgs};
use super::serve::refused_pin;
use super::signer::SignerArgs;
use crate::app::card::{Claim, hand_in};
use crate::app::credentials;
use crate::app::exchange;
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::card::require;
use crate::domain::fact::Acting;
use crate::domain::ids::PersonId;
use crate::domain::people::{Action, PersonCommand, Purpose};
use crate::domain::pin::PinRules;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::ledger::cards::Wanted;
use crate::server::error::ServerError;
use crate::server::office::Office;
use crate::sync::protocol::CardRow;

/// Gives a person a card with a PIN.
pub fn run(console: &Console, args: PinArgs) -> Result<Exit, Fault> {
    let badge = match &args.server {
        Some(dir) => {
            let (name, badge) = (args.name.as_ref(), args.card_badge.as_ref());
            let (Some(name), Some(badge)) = (name, badge) else { return Err(no_card(&args)) };
            let office = Office::open(dir)?;
            let known = office.store().card(&args.person).map_err(ServerError::from)?;
            let known = known.map(|card| card.language);
            let language = language(console, &args, known);
            let card = card(&args, (name, badge, language), &PinRules::default(), None)?;
            office.set_card(&card)?;
            card.badge
        }
        None => at_station(console, &args)?,
    };
    let person = &args.person;
    console.printer.line(format!("{person} has a card; stations get it when they sync"));
    console.printer.value(&json!({ "person": person, "badge": badge }));
    Ok(Exit::Done)
}

fn no_card(args: &PinArgs) -> Fault {
    Fault::usage(format!("{} has no card yet", args.person), "a first card needs name and badge")
        .next("add --name NAME --card-badge BADGE")
}

/// The language of a card: as told, else as it was, else that of this station's settings.
fn language(console: &Console, args: &PinArgs, known: Option<String>) -> String {
    let settings = || console.config.settings.language.unwrap_or_default();
    let told = args.language.map(|language| language.code().to_owned());
    told.or(known).unwrap_or_else(|| settings().code().to_owned())
}

/// Asks for the new PIN and makes its verifier; the PIN itself goes nowhere. Whoever changes their
/// own takes another one than the one before.
fn card(
    args: &PinArgs,
    (name, badge, language): (&str, &str, String),
    rules: &PinRules,
    before: Option<&str>,
) -> Result<CardRow, Fault> {
    let (name, badge) = (name.trim(), badge.trim());
    require(name, badge)?;
    let asked = SignerArgs { badge: None, pin_fd: args.new_pin_fd, place: None };
    let pin = asked.read_pin(&format!("new PIN of {}: ", args.person))?;
    if before.is_some_and(|before| credentials::verify(&pin.0, Some(before))) {
        return Err(Refusal::one(SigningReason::PinSame.into()).into());
    }
    Ok(CardRow {
        person: args.person.clone(),
        name: name.to_owned(),
        // As a scan of it is read.
        badge: badge.to_owned(),
        language,
        pin_verifier: credentials::hash(&pin.0, badge, rules).map_err(refused_pin)?,
    })
}

/// By the person, or by an administrator, over the network; a PIN is changed online only.
fn at_station(console: &Console, args: &PinArgs) -> Result<String, Fault> {
    let mut station = console.station()?;
    let (holder, acting) = args.signer.sign_in(console, &mut station, Purpose::ChangePin)?;
    if holder.person != args.person {
        require_administrator(&station, &holder.person)?;
    }
    let known = station.ledger.card_of(&args.person)?;
    let wanted = station.ledger.wanted_card(&args.person)?;
    let spoken = known.as_ref().map(|card| card.language.clone());
    let language = language(console, args, spoken);
    let known = known.map(|card| Wanted { name: card.name, badge: card.badge }).or(wanted);
    let name = args.name.clone().or_else(|| known.as_ref().map(|card| card.name.clone()));
    let badge = args.card_badge.clone().or_else(|| known.map(|card| card.badge));
    let (Some(name), Some(badge)) = (name, badge) else { return Err(no_card(args)) };
    let own = (holder.person == args.person).then_some(holder.pin_verifier.as_str());
    let card = card(args, (&name, &badge, language), &station.rules().pin, own)?;
    let changed = PersonCommand::NotePinChanged;
    changes(console, &mut station, (card, &acting), changed)?;
    station.ledger.drop_wanted_card(&args.person)?;
    Ok(badge)
}

/// Changes a card at the server, and tells it what that came to.
fn changes(
    console: &Console,
    station: &mut Station,
    card: (CardRow, &Acting),
    command: PersonCommand,
) -> Result<(), Fault> {
    let (config, clock) = (&console.config, &console.clock);
    hand_in((config, clock), station, card, command, &Claim::default())?;
    exchange::once(&config.home, clock).ok();
    Ok(())
}

/// Why there is no card: nobody admitted the person, or the server has not sent it yet.
fn no_card_here(station: &Station, person: &PersonId) -> Reason {
    let person = person.clone();
    if station.roles(&person).is_empty() {
        return Reason::PersonUnknown { person };
    }
    SigningReason::CardMissing { person }.into()
}

fn require_administrator(station: &Station, person: &PersonId) -> Result<(), Fault> {
    let action = Action::Administer;
    let roles = station.roles(person);
    if action.roles().iter().any(|role| roles.contains(role)) {
        return Ok(());
    }
    let person = person.clone();
    Err(Refusal::one(Reason::RoleMissing { person, action }).into())
}

/// Gives a person another badge with the PIN as it is; the one before counts no more, at the server
/// at once and at each station after its next exchange.
pub fn replace_badge(console: &Console, args: &BadgeArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let signer = args.signer.prove(console, &mut station)?;
    require_administrator(&station, &signer.card.person)?;
    exchange::once(&console.config.home, &console.clock)?;
    let Some(known) = station.ledger.card_of(&args.person)? else {
        return Err(Refusal::one(no_card_here(&station, &args.person)).into());
    };
    let badge = args.new.trim().to_owned();
    require(&known.name, &badge)?;
    let card = CardRow {
        person: known.person,
        name: known.name,
        badge: badge.clone(),
        language: known.language,
        pin_verifier: known.pin_verifier,
    };
    let replaced = PersonCommand::ReplaceBadge { reason: args.reason.clone() };
    changes(console, &mut station, (card, &signer.acting), replaced)?;
    let person = &args.person;
    console.printer.line(format!("{person} has another badge; the one before counts no more"));
    console.printer.value(&json!({ "person": person, "badge": badge }));
    Ok(Exit::Done)
}
