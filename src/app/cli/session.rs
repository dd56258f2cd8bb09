//! `gemba session`: 15 minutes in which one person of this machine need not type a PIN to record.
//!
//! A file of mode 0600 holds a random token; the store holds its hash, whose it is and its end.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Console;
use super::signer::SignerArgs;
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::hash::Hash;
use crate::domain::ids::{BootId, PersonId, PlaceId, SessionId};
use crate::domain::people::{PersonCommand, Purpose};
use crate::domain::refusal::Refusal;
use crate::domain::refusal::signing::SigningReason;

/// How long a session holds.
const SESSION_MS: i64 = 15 * 60 * 1000;

#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Open a session of 15 minutes for this user of this machine
    #[command(
        after_help = "Example: gemba session open --badge B-2107 --place ASM-1\n\nIt spares \
                            `record` and `traveler` the asking; signatures always ask."
    )]
    Open {
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Close it
    #[command(after_help = "Example: gemba session close")]
    Close,
}

/// What the store knows of an open session.
#[derive(Debug, Serialize, Deserialize)]
struct Opened {
    token_hash: Hash,
    person: PersonId,
    /// Of the badge with which it was opened: it ends when that is replaced.
    badge_hash: Hash,
    place: Option<PlaceId>,
    session: SessionId,
    boot: BootId,
    /// By the machine's own clock, which nobody sets back.
    ends_mono_ms: i64,
}

/// Who performs work at the command line: by an open session, or by badge and PIN.
#[derive(Debug)]
pub struct Performer {
    /// Who acts, where.
    pub acting: Acting,
}

impl Performer {
    /// Takes the open session, unless a badge is given.
    pub fn of(
        console: &Console,
        station: &mut Station,
        signer: &SignerArgs,
    ) -> Result<Self, Fault> {
        if signer.badge.is_some() {
            return Ok(Self { acting: signer.prove(console, station)?.acting });
        }
        let Some(opened) = opened(console, station)? else {
            return Err(Fault::usage("nobody acts", "no badge is given and no session is open")
                .next("add --badge BADGE, or first: gemba session open --badge BADGE"));
        };
        opened.require_badge(station)?;
        let acting = signer.acting(console, station)?;
        let place = acting.place.or(opened.place);
        let (session, actor) = (Some(opened.session), Some(opened.person));
        Ok(Self { acting: Acting { place, session, actor, ..acting } })
    }
}

impl Opened {
    /// Refuses where the badge that opened the session counts no more.
    fn require_badge(&self, station: &Station) -> Result<(), Fault> {
        let card = station.ledger.card_of(&self.person)?;
        if card.is_some_and(|card| hash_of(&card.badge) == self.badge_hash) {
            return Ok(());
        }
        let person = self.person.clone();
        Err(Refusal::one(SigningReason::BadgeReplaced { person }.into()).into())
    }
}

fn hash_of(badge: &str) -> Hash {
    Hash::of(&[badge.as_bytes()])
}

/// The place at which a command is done: that of the command, else of the open session.
pub fn place_of(
    console: &Console,
    station: &Station,
    signer: &SignerArgs,
) -> Result<Option<PlaceId>, Fault> {
    match signer.acting(console, station)?.place {
        Some(place) => Ok(Some(place)),
        None => Ok(opened(console, station)?.and_then(|opened| opened.place)),
    }
}

/// Whose session is open; none where nobody's is.
pub fn person(console: &Console, station: &Station) -> Result<Option<PersonId>, Fault> {
    Ok(opened(console, station)?.map(|opened| opened.person))
}

/// Runs a command about sessions.
pub fn run(console: &Console, command: SessionCommand) -> Result<Exit, Fault> {
    match command {
        SessionCommand::Open { signer } => open(console, &signer),
        SessionCommand::Close => close(console),
    }
}

fn open(console: &Console, signer: &SignerArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let (card, acting) = signer.sign_in(console, &mut station, Purpose::Session)?;
    let mut token = [0; 32];
    getrandom::fill(&mut token).map_err(|error| Fault::cannot("no random number", error))?;
    let token_hash = Hash::of(&[&token]);
    let session = SessionId::parse(&format!("cli-{}", token_hash.short()))
        .map_err(|error| Fault::cannot("no session", error))?;
    let now = station.moment();
    let opened = Opened {
        token_hash,
        badge_hash: hash_of(&card.badge),
        person: card.person,
        place: acting.place,
        session,
        boot: now.boot,
        ends_mono_ms: now.mono_ms + SESSION_MS,
    };
    let text = serde_json::to_string(&opened).map_err(|e| Fault::cannot("no session", e))?;
    write_token(console, &Hash(token).to_string())?;
    station.ledger.put_setting(&key(), &text)?;
    console.printer.line(format!("{} may record for 15 minutes", card.name));
    console.printer.value(&json!({ "session": opened.session, "seconds": SESSION_MS / 1000 }));
    Ok(Exit::Done)
}

fn close(console: &Console) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    if let Some(opened) = opened(console, &station)? {
        let acting = Acting {
            place: opened.place,
            terminal: super::signer::terminal()?,
            session: Some(opened.session),
            actor: Some(opened.person.clone()),
        };
        let command = PersonCommand::SignOut { how: "by hand".to_owned() };
        station.transact(&acting, Command::Person(opened.person, command))?;
    }
    station.ledger.put_setting(&key(), "")?;
    fs::remove_file(token_file(console)).ok();
    console.printer.line("no session is open");
    console.printer.value(&json!({ "session": null }));
    Ok(Exit::Done)
}

/// The session that this user opened and that still holds.
fn opened(console: &Console, station: &Station) -> Result<Option<Opened>, Fault> {
    let Some(text) = station.ledger.setting(&key())?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let file = token_file(console);
    let Ok(token) = fs::read_to_string(&file) else { return Ok(None) };
    let readable_by_others =
        fs::metadata(&file).is_ok_and(|data| data.mode() & 0o077 != 0 || data.uid() != user());
    let Ok(opened) = serde_json::from_str::<Opened>(&text) else { return Ok(None) };
    let token = Hash::parse(token.trim()).map(|token| Hash::of(&[&token.0]));
    let now = station.moment();
    let holds = opened.boot == now.boot && now.mono_ms < opened.ends_mono_ms;
    let own = token == Some(opened.token_hash) && !readable_by_others;
    Ok(Some(opened).filter(|_| holds && own))
}

fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

fn key() -> String {
    format!("session of user {}", user())
}

fn token_file(console: &Console) -> PathBuf {
    console.config.home.join(format!("session-{}", user()))
}

fn write_token(console: &Console, token: &str) -> Result<(), Fault> {
    let path = token_file(console);
    fs::remove_file(&path).ok();
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{token}"))
        .map_err(|error| Fault::cannot(format!("{} cannot be written", path.display()), error))
}
