//! Everything that wakes a session's screens: one closed enum.

use crate::domain::fact::Position;
use crate::domain::ids::{PersonId, PlaceId};
use crate::domain::language::Language;
use crate::domain::people::Role;
use crate::domain::refusal::Refusal;
use crate::domain::traveler::wait::RunningWait;
use crate::domain::words::{Words, words};
use crate::views::link::Link;
use crate::views::query::Answer;
use crate::views::register::EndingRow;

use super::input::Input;

/// Names one effect, so that its answer finds the screen that asked; a screen that is gone drops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What reaches the screens.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// From the terminal.
    Input(Input),
    /// The answer to [`super::effect::Effect::Load`]; an error is said in words.
    Loaded(Ticket, Result<Answer, String>),
    /// The outcome of [`super::effect::Effect::Record`] or [`super::effect::Effect::Sign`].
    Recorded(Ticket, Outcome),
    /// The outcome of [`super::effect::Effect::SignIn`].
    SignedIn(Ticket, Result<Person, SignInTrouble>),
    /// A draft that was kept for this person, from an earlier session or a lost line: key and text.
    Draft(String, String),
    /// Whether everything that was typed and not recorded is kept, where it was not; or why it is not.
    DraftsKept(Result<(), String>),
    /// The time; comes once a minute, and once a second while a wait runs on the screen.
    Clock(Time),
    /// How the station stands with its server.
    Link(Link),
    /// The waits that run at this station, whenever they change.
    Waits(Vec<RunningWait>),
    /// The store changed: facts were saved here or came from elsewhere.
    News,
}

/// The time as screens need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// The moment, for clocks that decide nothing here.
    pub moment: crate::domain::moment::Moment,
    /// Site time, `HH:MM`.
    pub hhmm: String,
    /// Milliseconds since the session began, for drafts and idle locks.
    pub session_ms: u64,
}

/// What became of something that was to be saved.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Durable in this station's store.
    Saved(Vec<Position>),
    /// Refused, with every reason.
    Refused(Refusal),
    /// Saved nothing: what happened and what to do. Shown with the words "not saved".
    NotSaved(String),
    /// The badge or PIN of a signature was not accepted.
    NotSigned(SignInTrouble),
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The opaque id.
    pub person: PersonId,
    /// The name on the card.
    pub name: String,
    /// Roles, most usual first.
    pub roles: Vec<Role>,
    /// The place of the session, where one is bound.
    pub place: Option<PlaceId>,
    /// Their qualifications that end soon or have ended.
    pub ending: Vec<EndingRow>,
    /// Permits that they work by and that end soon or are almost used, in words.
    pub permits: Vec<Words>,
    /// Whether the tour came up for them at this station before.
    pub toured: bool,
    /// The theme that they chose at this station.
    pub look: Option<String>,
    /// The language that they chose at this station, else the one of their card.
    pub language: Option<Language>,
}

/// Why a sign-in or a signature's proof of identity failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInTrouble {
    /// Unknown badge or wrong PIN: the same words for both.
    Wrong,
    /// Locked, revoked, unknown here: with every reason.
    Refused(Refusal),
    /// Nothing could be checked: what happened and what to do.
    Fault(String),
    /// Nobody is let in by the new PIN, though it may hold.
    Pin(PinStands),
}

/// What became of a PIN that was to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinStands {
    /// The server has the new one.
    Changed,
    /// The one before holds.
    AsItWas,
    /// The server was asked, and its answer is not here.
    Unknown,
}

impl PinStands {
    /// Where nobody is let in by it, by why not.
    pub fn after(trouble: &SignInTrouble) -> Self {
        match trouble {
            SignInTrouble::Pin(stands) => *stands,
            SignInTrouble::Wrong | SignInTrouble::Refused(_) | SignInTrouble::Fault(_) => {
                Self::AsItWas
            }
        }
    }

    /// In words, for whoever wanted it changed.
    pub fn words(self) -> Words {
        match self {
            Self::Changed => words!("saved: your PIN is changed; sign in with it"),
            Self::AsItWas => words!("not saved: your PIN is as it was"),
            Self::Unknown => {
                words!("your PIN may be changed: try the new one, then the one before")
            }
        }
    }
}
