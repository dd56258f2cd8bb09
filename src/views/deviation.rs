//! Deviations as reviewed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::deviation::{CodeChosen, Decision, DeviationKind, Disposition};
use crate::domain::deviation_rules::{CauseCode, DeviationCode, DeviationRules};
use crate::domain::fact::Position;
use crate::domain::ids::{CharacteristicId, DeviationId, PartId, PlaceId, StepId};
use crate::domain::people::Role;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::words::Words;
use crate::domain::words::words;

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
    /// What was done at once, or is to be.
    pub containments: Vec<ContainmentView>,
    /// Why it happened, as found last.
    pub cause: Option<CauseView>,
    /// What was said before of why it happened, in whose place that stands; the last one first.
    pub causes_before: Vec<CauseView>,
    /// What is done so that it does not happen again.
    pub actions: Vec<ActionView>,
    /// Every time that it was closed, and whether what was done helped.
    pub closings: Vec<ClosingView>,
    /// Everything that was decided, in the order in which it was.
    pub dispositions: Vec<DisposedView>,
    /// How it stands.
    pub standing: DeviationStanding,
    /// Whether its facts are at the server.
    pub at_server: bool,
    /// What the site offers to choose from.
    #[serde(skip)]
    pub offers: Offers,
}

/// What a site offers to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Codes of deviations.
    pub codes: Vec<DeviationCode>,
    /// Causes.
    pub causes: Vec<CauseCode>,
}

impl Offers {
    /// What rules offer.
    pub fn of(rules: &DeviationRules) -> Self {
        Self { codes: rules.codes.clone(), causes: rules.cause_codes.clone() }
    }
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
    /// It is closed, and somebody looks later whether what was done helped.
    ToCheck,
    /// Nothing more is to be done.
    Closed,
}

/// That somebody did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoneView {
    /// Who: a name where the card is here, else the id.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What is said about it; may be blank.
    pub note: String,
}

/// What was done at once, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContainmentView {
    /// Its number in this deviation, from 1.
    pub number: usize,
    /// The fact.
    pub fact: Position,
    /// What.
    pub action: String,
    /// Who noted or asked for it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// By whom and where, where it was asked for.
    pub to_do: Option<ToDoView>,
    /// That it was done.
    pub confirmed: Option<DoneView>,
    /// That it was asked for in error.
    pub withdrawn: Option<DoneView>,
}

/// By whom and where something is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToDoView {
    /// By whom; anybody where nobody is named.
    pub by: Option<String>,
    /// Where; anywhere where no place is named.
    pub place: Option<PlaceId>,
}

/// Why it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseView {
    /// The code of the site's list.
    pub code: Option<CauseCode>,
    /// Who found it, when, and in which words.
    #[serde(flatten)]
    pub found: DoneView,
}

/// A corrective action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionView {
    /// Its number in this deviation, from 1.
    pub number: usize,
    /// The fact.
    pub fact: Position,
    /// What.
    pub action: String,
    /// Who sees to it.
    pub owner: String,
    /// Through the end of this day.
    pub due: Date,
    /// Whether that day is over and nobody has verified it.
    pub overdue: bool,
    /// That it was done.
    pub done: Option<DoneView>,
    /// That another person saw that it was.
    pub verified: Option<DoneView>,
    /// That it was asked for in error.
    pub withdrawn: Option<DoneView>,
}

/// That it was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosingView {
    /// Who, when, and the closing word.
    #[serde(flatten)]
    pub closed: DoneView,
    /// Until when somebody looks whether what was done helped.
    pub check_due: Option<Date>,
    /// Whether that day is over and nobody looked.
    pub overdue: bool,
    /// What they found.
    pub checks: Vec<CheckView>,
}

/// Whether what was done helped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckView {
    /// Whether it did.
    pub effective: bool,
    /// Who looked, when, and what they say.
    #[serde(flatten)]
    pub found: DoneView,
}

impl DoneView {
    /// That something was asked for in error, by whose word and why.
    fn as_withdrawn(&self) -> Words {
        words!("withdrawn by {by}, {note}", by = self.by, note = self.note)
    }
}

/// That it was done before that.
fn done_before(done: Option<&DoneView>) -> Words {
    done.map_or(Words::plain(""), |done| words!("; done by {by}", by = done.by))
}

impl ContainmentView {
    /// Whether it is to be done yet.
    pub fn is_open(&self) -> bool {
        self.to_do.is_some() && self.confirmed.is_none() && self.withdrawn.is_none()
    }

    /// What, by whom and where, and whether it is confirmed.
    pub fn words(&self) -> Words {
        let Self { action, by, .. } = self;
        let asked = self.asked();
        if let Some(withdrawn) = &self.withdrawn {
            return words!(
                "{action}{asked}: {withdrawn}{done}",
                action,
                asked => asked,
                withdrawn => withdrawn.as_withdrawn(),
                done => done_before(self.confirmed.as_ref())
            );
        }
        match &self.confirmed {
            _ if self.to_do.is_none() => words!("{action} ({by})", action, by),
            None => words!("{action}{asked}: to do", action, asked => asked),
            Some(DoneView { by, note, .. }) if note.is_empty() => {
                words!("{action}: done by {by}", action, by)
            }
            Some(DoneView { by, note, .. }) => {
                words!("{action}: done by {by}, {note}", action, by, note)
            }
        }
    }

    /// Of whom it is asked, and where.
    fn asked(&self) -> Words {
        let by = self.to_do.as_ref().and_then(|to_do| to_do.by.as_ref());
        let place = self.to_do.as_ref().and_then(|to_do| to_do.place.as_ref());
        match (place, by) {
            (Some(place), Some(by)) => words!(" at {place}, {by}", place, by),
            (Some(place), None) => words!(" at {place}", place),
            (None, Some(by)) => words!(", {by}", by),
            (None, None) => Words::plain(""),
        }
    }
}

impl ActionView {
    /// Whether it is not done, or nobody else has verified it yet.
    pub fn is_open(&self) -> bool {
        self.verified.is_none() && self.withdrawn.is_none()
    }

    /// What, by whom and until when, and how it stands.
    pub fn words(&self) -> Words {
        let Self { action, owner, due, .. } = self;
        let overdue = overdue(self.overdue);
        if let Some(withdrawn) = &self.withdrawn {
            return words!(
                "{action}: {owner}, due {due}; {withdrawn}{done}",
                action,
                owner,
                due,
                withdrawn => withdrawn.as_withdrawn(),
                done => done_before(self.done.as_ref())
            );
        }
        match (&self.done, &self.verified) {
            (Some(done), Some(seen)) => words!(
                "{action}: done by {by}, {note}; verified by {other}, {seen}",
                action,
                by = done.by,
                note = done.note,
                other = seen.by,
                seen = seen.note
            ),
            (None, Some(DoneView { by, note, .. })) => {
                words!("{action}: verified by {by}, {note}", action, by, note)
            }
            (Some(DoneView { by, note, .. }), None) => words!(
                "{action}: done by {by}, {note}; not verified{overdue}",
                action,
                by,
                note,
                overdue => overdue
            ),
            (None, None) => {
                words!("{action}: {owner}, due {due}{overdue}", action, owner, due, overdue => overdue)
            }
        }
    }
}

impl CauseView {
    /// The code and the words.
    pub fn words(&self) -> String {
        let code = self.code.as_ref().map(|code| format!("{}, {}: ", code.code, code.text));
        format!("{}{} ({})", code.unwrap_or_default(), self.found.note, self.found.by)
    }
}

impl ClosingView {
    /// Who closed it, and whether what was done helped.
    pub fn words(&self) -> Words {
        let due = match (self.check_due, self.checks.is_empty()) {
            (Some(day), true) => words!(
                "; whether it helped is looked at by {day}{overdue}",
                day,
                overdue => overdue(self.overdue)
            ),
            (_, _) => Words::plain(""),
        };
        let checks = self.checks.iter().map(|check| {
            let DoneView { by, note, .. } = &check.found;
            if check.effective {
                words!("; effective: {by}, {note}", by, note)
            } else {
                words!("; not effective: {by}, {note}", by, note)
            }
        });
        words!(
            "by {by}, {note}{due}{checks}",
            by = self.closed.by,
            note = self.closed.note,
            due => due,
            checks => Words::listed(checks, "{these}{one}")
        )
    }
}

fn overdue(overdue: bool) -> Words {
    Words::plain(if overdue { ", overdue" } else { "" })
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

    /// The units that it holds and of which nothing is decided, not even what waits for a signature.
    pub fn open(&self) -> impl Iterator<Item = &ConcernedView> {
        let waits = |unit: &ConcernedView| {
            let mut waits =
                self.dispositions.iter().filter(|d| d.standing == DisposedStanding::Waits);
            waits.any(|d| d.decisions.iter().any(|decision| decision.unit == unit.traveler))
        };
        self.undecided().filter(move |unit| !waits(unit))
    }

    /// Whether nothing that it holds waits for a decision.
    pub fn is_decided(&self) -> bool {
        match self.standing {
            DeviationStanding::Disposed
            | DeviationStanding::ToCheck
            | DeviationStanding::Closed => true,
            DeviationStanding::Open | DeviationStanding::Approval => false,
        }
    }

    /// The decision that waits for a signature.
    pub fn waits(&self) -> Option<&DisposedView> {
        self.dispositions.iter().find(|d| d.standing == DisposedStanding::Waits)
    }

    /// What is to be done at once yet.
    pub fn to_do(&self) -> impl Iterator<Item = &ContainmentView> {
        self.containments.iter().filter(|containment| containment.is_open())
    }

    /// How many actions and checks are overdue.
    pub fn overdue(&self) -> usize {
        let actions = self.actions.iter().filter(|action| action.overdue).count();
        actions + self.closings.iter().filter(|closing| closing.overdue).count()
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
    pub fn words(&self) -> Words {
        let units: std::collections::BTreeSet<_> = self.decisions.iter().map(|d| &d.unit).collect();
        let several = units.len() > 1;
        let words = self.decisions.iter().map(|decision| {
            let unit = &decision.unit;
            let words = decision.words();
            if several { words!("{unit} {decided}", unit, decided => words) } else { words }
        });
        Words::listed(words, "{these}, {one}")
    }
}
