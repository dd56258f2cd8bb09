//! Who acts at the command line: a badge, and a PIN from the terminal or a file descriptor.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read, Write as _};

use clap::Args;
use rustix::termios::{self, LocalModes, OptionalActions};

use super::Console;
use crate::app::fault::Fault;
use crate::app::identity;
use crate::app::station::Station;
use crate::domain::fact::Acting;
use crate::domain::ids::{PlaceId, TerminalId};
use crate::domain::people::Purpose;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::signing::SigningReason;
use crate::domain::signature;
use crate::ledger::cards::Card;
use crate::ui::effect::Pin;
use crate::ui::message::SignInTrouble;
use crate::views::query::{Answer, Query};

/// A line that is longer is no PIN.
const PIN_BYTES_MAX: u64 = 64;

/// Who acts, and where.
#[derive(Debug, Clone, Args)]
pub struct SignerArgs {
    /// The badge of the person who acts
    #[arg(long, value_name = "BADGE")]
    pub badge: Option<String>,
    /// Read the PIN as one line from this file descriptor instead of the terminal
    #[arg(long, value_name = "N")]
    pub pin_fd: Option<u32>,
    /// The place where it happens, if the station serves several
    #[arg(long, value_name = "PLACE")]
    pub place: Option<PlaceId>,
}

/// A person who proved who they are.
#[derive(Debug)]
pub struct Signer {
    /// The card.
    pub card: Card,
    /// Who acts, where.
    pub acting: Acting,
}

impl Signer {
    /// As a signature names them.
    pub fn by(&self) -> signature::Signer {
        signature::Signer::by_badge(&self.card.name)
    }
}

impl SignerArgs {
    /// Asks for the PIN and notes the proof as a fact.
    pub fn prove(&self, console: &Console, station: &mut Station) -> Result<Signer, Fault> {
        let (card, acting) = self.sign_in(console, station, Purpose::Act)?;
        Ok(Signer { card, acting })
    }

    /// As [`SignerArgs::prove`]; a session is opened if that is the purpose.
    pub fn sign_in(
        &self,
        console: &Console,
        station: &mut Station,
        purpose: Purpose,
    ) -> Result<(Card, Acting), Fault> {
        let badge = self.badge.as_deref().ok_or_else(|| {
            Fault::usage("nobody acts", "a command that writes needs a person")
                .next("add --badge BADGE")
        })?;
        let acting = self.acting(console, station)?;
        let card = identity::card(station, Some(badge), None).map_err(fault)?;
        let pin = self.read_pin(&format!("PIN of {badge}: "))?;
        let proof = Ok(identity::check(card, &pin));
        identity::prove(station, proof, acting, purpose).map_err(fault)
    }

    /// Where the command acts, without a person.
    pub fn acting(&self, console: &Console, station: &Station) -> Result<Acting, Fault> {
        let place = place_of(console, station, self.place.clone())?;
        Ok(Acting { place, terminal: terminal()?, session: None, actor: None })
    }

    /// Reads a PIN, hidden when it is typed.
    pub fn read_pin(&self, prompt: &str) -> Result<Pin, Fault> {
        let line = match self.pin_fd {
            Some(fd) => {
                let path = format!("/dev/fd/{fd}");
                let file = File::open(&path).map_err(|error| {
                    Fault::usage(format!("no PIN can be read from {path}"), error)
                        .next("give the number of an open file descriptor")
                })?;
                first_line(file)?
            }
            None => typed(prompt)?,
        };
        Ok(Pin(line.trim().to_owned()))
    }
}

/// What facts call the command line.
pub fn terminal() -> Result<TerminalId, Fault> {
    TerminalId::parse("command-line").map_err(|error| Fault::cannot("no terminal", error))
}

/// The place that is named, else that of the terminal, else the only one.
pub fn place_of(
    console: &Console,
    station: &Station,
    named: Option<PlaceId>,
) -> Result<Option<PlaceId>, Fault> {
    let Some(told) = console.config.place_told(named.as_ref())? else {
        return only_place(station);
    };
    station.require_place(&told)?;
    Ok(Some(told.place))
}

/// The place of a station that serves one.
fn only_place(station: &Station) -> Result<Option<PlaceId>, Fault> {
    let Answer::Places(rows) = station.answer(&Query::Places)? else { return Ok(None) };
    match rows.as_slice() {
        [only] => Ok(Some(only.place.clone())),
        _ => Ok(None),
    }
}

fn fault(trouble: SignInTrouble) -> Fault {
    match trouble {
        SignInTrouble::Wrong => Refusal::one(SigningReason::NotProven.into()).into(),
        SignInTrouble::Refused(refusal) => refusal.into(),
        SignInTrouble::Fault(what) => Fault::cannot("the badge could not be checked", what),
        SignInTrouble::Pin(stands) => Fault::cannot(stands.words(), ""),
    }
}

fn first_line(source: impl Read) -> Result<String, Fault> {
    let mut line = String::new();
    let read = BufReader::new(source.take(PIN_BYTES_MAX)).read_line(&mut line);
    read.map(|_| line).map_err(|error| Fault::usage("the PIN cannot be read", error))
}

/// Asks on the terminal itself, whatever standard input is.
fn typed(prompt: &str) -> Result<String, Fault> {
    let no_terminal = |error: std::io::Error| {
        Fault::usage("there is no terminal to ask for the PIN", error)
            .next("give it by --pin-fd N, such as --pin-fd 3 3<FILE")
    };
    let mut tty =
        OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(no_terminal)?;
    let before = termios::tcgetattr(&tty).map_err(|error| no_terminal(error.into()))?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    termios::tcsetattr(&tty, OptionalActions::Flush, &hidden)
        .map_err(|error| no_terminal(error.into()))?;
    write!(tty, "{prompt}").ok();
    let line = first_line(&tty);
    termios::tcsetattr(&tty, OptionalActions::Flush, &before).ok();
    writeln!(tty).ok();
    line
}
