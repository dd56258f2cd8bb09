//! Deviations as reviewed.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::deviation::{CodeChosen, Decision, DeviationKind, Disposition};
use crate::domain::fact::Position;
use crate::domain::ids::{CharacteristicId, DeviationId, PartId, PlaceId, StepId};
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;

use super::signature::SignatureView;

/// One deviation with everything known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviationView {
    /// Its speakable number.
    pub id: DeviationId,
    /// What departed.
    pub kind: DeviationKind,
    /// The code of the site's list, where one was chosen.
    pub code: Option<CodeChosen>,
    /// The step by which it is to be closed.
    pub close_by: Option<StepAt>,
    /// Every unit that it concerns, that on which it was found first.
    pub units: Vec<ConcernedView>,
    /// What was required.
    pub required: String,
    /// What was found.
    pub found: String,
    /// What the person added.
    pub note: String,
    /// Who raised it: a name where the card is here, else the id.
    pub raised_by: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// When, by the server's clock where its offset is known.
    pub raised: Timestamp,
    /// What was said at reviews, each with who said it.
    pub reviews: Vec<String>,
    /// What was done at once.
    pub containments: Vec<String>,
    /// Everything that was decided, in the order in which it was.
    pub dispositions: Vec<DisposedView>,
    /// How it stands.
    pub standing: DeviationStanding,
    /// Whether its facts are at the server.
    pub at_server: bool,
}

/// How a deviation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviationStanding {
    /// Something that it holds waits for a disposition.
    Open,
    /// A disposition waits for a signature.
    Approval,
    /// Nothing that it holds waits for a decision.
    Disposed,
    /// Nothing more is to be done.
    Closed,
}

/// A unit that a deviation concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConcernedView {
    /// The unit.
    pub traveler: TravelerId,
    /// What is made.
    pub part: Option<PartId>,
    /// How many pieces it has that are not scrap; 1 for a single unit.
    pub pieces: u32,
    /// The operation; absent before it is begun.
    pub operation: Option<u32>,
    /// The step.
    pub step: Option<StepId>,
    /// The steps of the operation up to there, to which rework may go back: id and title.
    pub steps_before: Vec<(StepId, String)>,
    /// The characteristic, where there is one.
    pub characteristic: Option<CharacteristicId>,
    /// How many failing readings it has.
    pub readings: u64,
    /// What the instruction suggests.
    pub suggested: Option<Disposition>,
    /// Whether the deviation holds it, now or until it was disposed.
    pub held: bool,
    /// What becomes of it, once that has every signature.
    pub disposed: Option<String>,
}

/// What was decided of a deviation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposedView {
    /// The fact.
    pub fact: Position,
    /// What becomes of each unit, or of each part of a lot.
    pub decisions: Vec<Decision>,
    /// Why.
    pub reason: String,
    /// Everyone who signed, the one who decided first. Those under a decision in whose place another
    /// stands do not cover any more.
    pub signatures: Vec<SignatureView>,
    /// The roles of which nobody has signed yet.
    pub open: Vec<Role>,
    /// How it stands.
    pub standing: DisposedStanding,
}

/// How a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisposedStanding {
    /// The units follow it.
    InEffect,
    /// It waits for a signature.
    Waits,
    /// Another one stands in its place.
    Replaced,
    /// The units follow another one, which was decided unseen.
    WithoutEffect,
}

impl DisposedStanding {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InEffect => "in effect",
            Self::Waits => "waits for a signature",
            Self::Replaced => "replaced",
            Self::WithoutEffect => "without effect",
        }
    }
}

impl DeviationView {
    /// The unit on which it was found.
    pub fn unit(&self) -> Option<&ConcernedView> {
        self.units.first()
    }

    /// The units that it holds and that are not decided yet.
    pub fn undecided(&self) -> impl Iterator<Item = &ConcernedView> {
        self.units.iter().filter(|unit| unit.held && unit.disposed.is_none())
    }

    /// Whether nothing that it holds waits for a decision.
    pub fn is_decided(&self) -> bool {
        matches!(self.standing, DeviationStanding::Disposed | DeviationStanding::Closed)
    }

    /// The decision that waits for a signature.
    pub fn waits(&self) -> Option<&DisposedView> {
        self.dispositions.iter().find(|d| d.standing == DisposedStanding::Waits)
    }

    /// The units in words: the first, and how many more.
    pub fn units_words(&self) -> String {
        match self.units.as_slice() {
            [] => "-".to_owned(),
            [one] => one.traveler.to_string(),
            [one, more @ ..] => format!("{} +{}", one.traveler, more.len()),
        }
    }
}

impl DisposedView {
    /// What was decided, in words; units are named where there are several.
    pub fn words(&self) -> String {
        let units: std::collections::BTreeSet<_> = self.decisions.iter().map(|d| &d.unit).collect();
        let several = units.len() > 1;
        let words = self.decisions.iter().map(|decision| {
            let unit = &decision.unit;
            if several { format!("{unit} {}", decision.words()) } else { decision.words() }
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
