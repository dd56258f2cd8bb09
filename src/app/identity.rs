//! Who is at the terminal: a badge names a card, a PIN proves it, and a fact says so.

use crate::app::credentials::{self, PinError};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::deviation::DeviationCommand;
use crate::domain::fact::Acting;
use crate::domain::handover::HandoverCommand;
use crate::domain::ids::PersonId;
use crate::domain::inspection::decide::InspectionCommand;
use crate::domain::language::Language;
use crate::domain::people::{PersonCommand, Purpose};
use crate::domain::permit::PermitCommand;
use crate::domain::pin::PinRules;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::revision::RevisionCommand;
use crate::domain::signature::Signer;
use crate::domain::station::StationCommand;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::permitted::Use;
use crate::ledger::cards::Card;
use crate::ledger::error::{LedgerError, TransactError};
use crate::ui::effect::{Pin, Signing};
use crate::ui::message::{Person, SignInTrouble};
use crate::ui::screens::language::LANGUAGE;
use crate::ui::screens::look::LOOK;
use crate::ui::screens::tour::TOURED;

/// A card, and whether the PIN fits it; no card where the badge is unknown.
#[derive(Debug)]
pub struct Proof {
    card: Option<Card>,
    pin_right: bool,
}

impl Proof {
    /// Who has proved it just now, on the way here.
    pub fn proven(card: Card) -> Self {
        Self { card: Some(card), pin_right: true }
    }
}

/// Looks a badge up; without one it is the card of the person of the session.
pub fn card(
    station: &Station,
    badge: Option<&str>,
    actor: Option<&PersonId>,
) -> Result<Option<Card>, SignInTrouble> {
    let fault = |error: LedgerError| SignInTrouble::Fault(error.to_string());
    match (badge, actor) {
        (Some(badge), _) => station.ledger.card_by_badge(badge.trim()).map_err(fault),
        (None, Some(actor)) => station.ledger.card_of(actor).map_err(fault),
        (None, None) => Ok(None),
    }
}

/// Checks the PIN; takes the same time for a badge that nobody has.
pub fn check(card: Option<Card>, pin: &Pin) -> Proof {
    let verifier = card.as_ref().map(|card| card.pin_verifier.as_str());
    let pin_right = credentials::verify(&pin.0, verifier);
    Proof { card, pin_right }
}

/// The verifier of a new PIN; it is another one than before and not easy to guess.
pub fn new_verifier(
    (before, new): (&Pin, &Pin),
    badge: &str,
    rules: &PinRules,
) -> Result<String, Refusal> {
    if before == new {
        return Err(Refusal::one(SigningReason::PinSame.into()));
    }
    credentials::hash(&new.0, badge, rules).map_err(|error| match error {
        PinError::Weak(refusal) => refusal,
        PinError::Hash => Refusal::one(Reason::NotBuilt { what: error.to_string() }),
    })
}

/// Notes the attempt as a fact; the person acts from now on, if the PIN was right.
pub fn prove(
    station: &mut Station,
    proof: Result<Proof, SignInTrouble>,
    acting: Acting,
    purpose: Purpose,
) -> Result<(Card, Acting), SignInTrouble> {
    let Proof { card, pin_right } = proof?;
    let Some(card) = card else { return Err(nobodys_badge(station, &acting)) };
    // Whoever acts once acts in the session at hand only where it is their own.
    let own = purpose == Purpose::Session || acting.actor.as_ref() == Some(&card.person);
    let session = acting.session.filter(|_| own);
    let acting = Acting { actor: Some(card.person.clone()), session, ..acting };
    let command = PersonCommand::SignIn { pin_right, purpose };
    match station.transact(&acting, Command::Person(card.person.clone(), command)) {
        Ok(_) if pin_right => Ok((card, acting)),
        Ok(_) => Err(SignInTrouble::Wrong),
        // What is known of a badge is told to who knows its PIN; and that it is locked to nobody:
        // who tries PINs would learn which badges exist, and when a PIN was right.
        Err(TransactError::Refused(refusal)) if !pin_right || refusal.is_lock_out() => {
            if !pin_right {
                let noted = Command::Person(card.person, PersonCommand::NoteWrongPin);
                // Refused where the person is locked already; either way the answer is the same.
                station.transact(&acting, noted).map(drop).unwrap_or_default();
            }
            Err(nobodys_badge(station, &acting))
        }
        Err(TransactError::Refused(refusal)) => {
            note_how_late(station, &acting, &refusal);
            Err(SignInTrouble::Refused(refusal))
        }
        Err(TransactError::Ledger(error)) => Err(SignInTrouble::Fault(error.to_string())),
    }
}

/// Leaves a sign of how late it was when badges counted no more: else a clock that is set back after
/// a restart would make them count again.
fn note_how_late(station: &mut Station, acting: &Acting, refusal: &Refusal) {
    let late = |reason: &Reason| {
        matches!(reason, Reason::Signing(SigningReason::CredentialsExpired { .. }))
    };
    if refusal.reasons.iter().any(late) {
        let here = station.ledger.identity().station.clone();
        let acting = Acting { actor: None, session: None, ..acting.clone() };
        let beat = Command::Station(here, StationCommand::Beat);
        // Where even that cannot be saved, the refusal stands all the same.
        station.transact(&acting, beat).map(drop).unwrap_or_default();
    }
}

/// A badge that nobody has counts toward the lock-out of the station, in the same words as a wrong
/// PIN.
fn nobodys_badge(station: &mut Station, acting: &Acting) -> SignInTrouble {
    let here = station.ledger.identity().station.clone();
    let acting = Acting { actor: None, session: None, ..acting.clone() };
    match station.transact(&acting, Command::Station(here, StationCommand::NoteWrongTry)) {
        Ok(_) => SignInTrouble::Wrong,
        Err(TransactError::Refused(refusal)) => SignInTrouble::Refused(refusal),
        Err(TransactError::Ledger(error)) => SignInTrouble::Fault(error.to_string()),
    }
}

/// Opens a person's session.
pub fn open_session(
    station: &mut Station,
    proof: Result<Proof, SignInTrouble>,
    acting: Acting,
) -> Result<Person, SignInTrouble> {
    let (card, acting) = prove(station, proof, acting, Purpose::Session)?;
    let (roles, ending) = (station.roles(&card.person), station.ending(&card.person));
    let (place, permits) = (acting.place, station.permits_ending(&card.person));
    let toured = station.ledger.draft(&card.person, TOURED);
    let toured = toured.map_or(true, |kept| kept.is_some());
    // What cannot be read keeps nobody from work: the screen looks as is usual.
    let look = station.ledger.draft(&card.person, LOOK).unwrap_or_default();
    let chosen = station.ledger.draft(&card.person, LANGUAGE).unwrap_or_default();
    let language = Language::of_code(&chosen.unwrap_or(card.language));
    let (person, name) = (card.person, card.name);
    Ok(Person { person, name, roles, place, ending, permits, toured, look, language })
}

/// The command of a signature; the printed name is the card's (21 CFR 11.50).
pub fn command(signing: Signing, by: Signer) -> Command {
    match signing {
        Signing::Step { traveler, at, ask, seen } => {
            let by = by.having_seen([(traveler.clone(), seen)]);
            Command::Traveler(traveler, TravelerCommand::Sign { at, ask, by })
        }
        Signing::Ship { traveler, shown, seen } => {
            let by = by.having_seen([(traveler.clone(), seen)]);
            Command::Traveler(traveler, TravelerCommand::Ship { shown, set: Vec::new(), by })
        }
        Signing::Dispose { deviation, shares, reason } => {
            Command::Deviation(deviation, DeviationCommand::Dispose { shares, reason, by })
        }
        Signing::Approve { deviation, disposition } => {
            Command::Deviation(deviation, DeviationCommand::Approve { disposition, by })
        }
        Signing::Lot { series, lot, accept, seen } => {
            let (note, deviation, seen) = (String::new(), None, Some(seen));
            let decide = InspectionCommand::Decide { lot, accept, note, deviation, seen, by };
            Command::Series(series, decide)
        }
        Signing::DisposeLot { series, lot, end, reason } => {
            Command::Series(series, InspectionCommand::Dispose { lot, end, reason, by })
        }
        Signing::Instruction(id, revision, shown) => {
            Command::Instruction(id, RevisionCommand::Approve { revision, shown, by })
        }
        Signing::ProposePermit(part, wanted) => Command::ProposePermit(part, wanted, by),
        Signing::GrantPermit(id) => Command::Permit(id, PermitCommand::Grant { by }),
        Signing::UsePermit { traveler, reading, value, permit } => {
            let wanted = Use { reading, value, permit, by };
            Command::Traveler(traveler, TravelerCommand::UsePermit(Box::new(wanted)))
        }
        Signing::Handover(id) => {
            Command::Handover(id, HandoverCommand::Accept { note: String::new(), by })
        }
        Signing::Specification(part, revision, shown) => {
            Command::Specification(part, RevisionCommand::Approve { revision, shown, by })
        }
    }
}
