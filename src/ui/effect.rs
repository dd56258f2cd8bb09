//! What screens ask the program to do; a screen never does it itself.

use std::fmt;

use crate::domain::decide::Command;
use crate::domain::deviation::Share;
use crate::domain::fact::Position;
use crate::domain::hash::Hash;
use crate::domain::ids::{
    DeviationId, HandoverId, InstructionId, LotId, OrderId, PartId, PermitId, PersonId, PlaceId,
    RevisionId,
};
use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::series::SeriesId;
use crate::domain::permit::PermitWanted;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::fact::ReadingValue;
use crate::domain::traveler::set::SetAct;
use crate::views::dots::Room;
use crate::views::query::Query;

use super::input::Focus;
use super::message::Ticket;

/// A PIN on its way to be checked; it is never shown, logged or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(pub String);

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(hidden)")
    }
}

/// A PIN that takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPin {
    /// The PIN until now.
    pub before: Pin,
    /// The PIN from now on.
    pub new: Pin,
}

/// What a screen asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Save, as the person signed in; answered by `Recorded`.
    Record(Ticket, Command),
    /// Save several commands as one act, as the person signed in; answered by `Recorded`.
    RecordAll(Ticket, Vec<Command>),
    /// Save an act on a set, on every unit of it or on none; answered by `Recorded`.
    RecordSet(Ticket, SetAct),
    /// Open a lot for inspection, as the person signed in; the program adds chance. Answered by
    /// `Recorded`.
    OpenLot(Ticket, Box<Opening>),
    /// Look up; answered by `Loaded`.
    Load(Ticket, Query),
    /// Ask the server which stations have what was last said of a revision; answered by `Loaded`
    /// with [`crate::views::query::Answer::Received`], or with why it is not known.
    AskReceived(Ticket, Subject, RevisionId),
    /// Make a picture fit; answered by `Loaded` with [`crate::views::query::Answer::Picture`].
    DrawPicture(Ticket, Hash, Room),
    /// Draw a hand-off ticket of a unit; answered by `Loaded` with
    /// [`crate::views::query::Answer::Drawn`].
    DrawTicket(Ticket, TravelerId),
    /// Open a session; answered by `SignedIn`.
    SignIn(Ticket, String, Pin),
    /// Open the session of somebody who proved who they are before the terminal began; answered by
    /// `SignedIn`.
    Enter(Ticket, PersonId),
    /// Change the PIN of a badge, by the one before, and open a session; answered by `SignedIn`.
    ChangePin(Ticket, String, NewPin),
    /// Sign, by the badge and PIN given, without ending the session; without a badge it is the
    /// person of the session, by PIN. Answered by `Recorded`.
    Sign(Ticket, Option<String>, Pin, Signing),
    /// As `Sign`, once for every unit of a set; the program fills in the signer's name.
    SignSet(Ticket, Option<String>, Pin, SetAct),
    /// End the session of the person; the terminal goes back to sign-in.
    SignOut(Leaving),
    /// Bind the session to a place.
    BindPlace(PlaceId),
    /// Keep what was typed and not recorded, for this person (R13).
    KeepDraft(String, String),
    /// Forget a draft.
    DropDraft(String),
    /// Try to sync now.
    SyncNow,
    /// Fetch an order that is over and not at this station.
    FetchOrder(OrderId),
    /// Tell the input parser what characters do now.
    Focus(Focus),
    /// Tick once a second (true) or once a minute.
    Seconds(bool),
    /// Sound the terminal's bell.
    Beep,
    /// Draw everything anew.
    Redraw,
    /// End the program.
    Quit,
}

/// A lot that is to be opened for inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The series that it is of.
    pub series: SeriesId,
    /// The lot.
    pub lot: LotId,
    /// The lot of own production that it is.
    pub unit: Option<TravelerId>,
    /// By which instruction it is inspected.
    pub instruction: InstructionId,
    /// How many pieces it has now.
    pub size: Option<u32>,
    /// Whether it is opened as a first article.
    pub first_article: bool,
}

/// How a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The person signed out.
    ByHand,
    /// No key came for long.
    Idle,
}

impl Leaving {
    /// The word as recorded.
    pub fn word(self) -> &'static str {
        match self {
            Self::ByHand => "by hand",
            Self::Idle => "idle",
        }
    }
}

/// What is signed; the program fills in the signer's name from the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// What a step asks.
    Step {
        /// The unit.
        traveler: TravelerId,
        /// The step.
        at: StepAt,
        /// The ask.
        ask: u16,
        /// How many facts of the unit the signer was shown.
        seen: usize,
    },
    /// That a unit goes out, upon everything recorded of it and every exception.
    Ship {
        /// The unit.
        traveler: TravelerId,
        /// The digest of the list that the signer was shown.
        shown: Hash,
        /// How many facts of the unit there were then.
        seen: usize,
    },
    /// A disposition.
    Dispose {
        /// The deviation.
        deviation: DeviationId,
        /// What becomes of the units.
        shares: Vec<Share>,
        /// Why.
        reason: String,
    },
    /// That a lot is accepted or not.
    Lot {
        /// The series.
        series: SeriesId,
        /// The lot.
        lot: LotId,
        /// Which it is.
        accept: bool,
        /// How many records of pieces the signer was shown.
        seen: usize,
    },
    /// What becomes of a lot that was not accepted.
    DisposeLot {
        /// The series.
        series: SeriesId,
        /// The lot.
        lot: LotId,
        /// What.
        end: LotEnd,
        /// Why.
        reason: String,
    },
    /// Agreement with a disposition, as it was shown.
    Approve {
        /// The deviation.
        deviation: DeviationId,
        /// The disposition.
        disposition: Position,
    },
    /// A revision of an instruction, with its compiled blob as it was shown.
    Instruction(InstructionId, RevisionId, Hash),
    /// That a limit of a part is to be widened, as one of engineering and quality.
    ProposePermit(PartId, Box<PermitWanted>),
    /// A permit, as the other of engineering and quality.
    GrantPermit(PermitId),
    /// That a failing reading goes on by a permit, its value typed again.
    UsePermit {
        /// The unit.
        traveler: TravelerId,
        /// The reading.
        reading: Position,
        /// The value.
        value: ReadingValue,
        /// The permit.
        permit: PermitId,
    },
    /// That a shift was taken over.
    Handover(HandoverId),
    /// A revision of a specification, with its compiled blob as it was shown.
    Specification(PartId, RevisionId, Hash),
}
