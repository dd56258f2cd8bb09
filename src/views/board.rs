//! The shift board: what was made, what stands still, what waits for a decision.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::fact::Position;
use crate::domain::ids::{PlaceId, StationId, WorkCenterId};
use crate::domain::shift_time::Shift;
use crate::domain::station::JudgeVerdict;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::words::Words;
use crate::domain::words::words;

use super::board_place::Cause;
use super::deviation::DeviationView;
use super::deviation_counts::DeviationCounts;
use super::handover::HandoverView;
use super::help::HelpRow;
use super::redline::RedlineRow;
use super::register::HeldOperation;
use super::suspect::SuspectRange;

/// The board of the station's work centers, over a shift, else since the start of the site's day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Board {
    /// The time of its figures.
    #[serde(flatten)]
    pub time: BoardTime,
    /// A row a place.
    pub places: Vec<BoardRow>,
    /// Deviations without a disposition, the worst first, of those the oldest.
    pub deviations: Vec<DeviationView>,
    /// How many deviations are open.
    pub deviation_counts: DeviationCounts,
    /// Records that the server held or rejected and nobody let go on.
    pub reviews: Vec<ReviewRow>,
    /// Units that go on though an operation before is not done: unit, and what was accepted.
    pub accepted: Vec<(String, String)>,
    /// The whole.
    pub total: Figures,
    /// Pieces of lots that were reported since, by place and operation.
    pub pieces: Vec<PiecesRow>,
    /// What is finished, may go out, went out, and is held since.
    pub ships: ShipCounts,
    /// Calls for help that are not cleared.
    pub help: Vec<HelpRow>,
    /// Hand-overs that nobody accepted, newest first.
    pub handovers: Vec<HandoverView>,
    /// Failed checks for which other units are held.
    pub suspects: Vec<SuspectRange>,
    /// Redlines that nobody answered.
    pub redlines: Vec<RedlineRow>,
    /// What failed most, at these places.
    pub causes: Vec<Cause>,
    /// Units on hold by a hold that no place placed; they are in no figure of a place.
    pub held_nowhere: u32,
    /// The stations of these work centers, by their codes.
    pub stations: Vec<StationRow>,
}

/// A station, and when something was heard of it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StationRow {
    /// Its code.
    pub station: StationId,
    /// The work centers that it serves.
    pub work_centers: Vec<WorkCenterId>,
    /// The places where it was heard to work.
    pub places: Vec<PlaceId>,
    /// Its last fact that is known here; none where none is.
    pub last_contact: Option<Timestamp>,
    /// Whether it has been out of contact for long.
    pub silent: bool,
    /// How many of its facts wait for the server; known of the station alone that shows it.
    pub waiting: Option<u64>,
}

/// Up to when what is told of several places is complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Complete {
    /// The least last contact of the places that are not silent; none where nothing is known of any.
    pub complete_to: Option<Timestamp>,
    /// The places whose station has been out of contact for long.
    pub silent: Vec<SilentPlace>,
    /// Whether what is not at the server or not fetched yet may lack.
    pub link_down: bool,
}

/// A place whose station has been out of contact for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilentPlace {
    /// The place.
    pub place: PlaceId,
    /// The last fact from there; none where none is known.
    pub last_contact: Option<Timestamp>,
}

/// Of which time figures are, and how complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BoardTime {
    /// Since when the figures count.
    pub since: Option<Timestamp>,
    /// Until when they count, where that is over.
    pub until: Option<Timestamp>,
    /// The shift; absent where none is on.
    pub shift: Option<Shift>,
    /// The figures are complete up to here: the least last contact of every place.
    pub complete_to: Option<Timestamp>,
    /// Whether the figures lack what is not at the server or not fetched yet.
    pub link_down: bool,
}

/// What was made at a place in one hour of a shift, counted from its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HourRow {
    /// When it began.
    pub from: Option<Timestamp>,
    /// Good.
    pub good: u32,
    /// Thrown away.
    pub scrap: u32,
}

/// Pieces that were reported at an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PiecesRow {
    /// The place; none for all of an order.
    pub place: Option<PlaceId>,
    /// The operation.
    pub operation: u32,
    /// Good.
    pub good: u32,
    /// Thrown away.
    pub scrap: u32,
    /// Sent to rework and counted again.
    pub rework: u32,
}

/// How units stand that go out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ShipCounts {
    /// Finished and not shipped.
    pub finished: u32,
    /// Of these, on no hold.
    pub to_ship: u32,
    /// Shipped in the time of the board.
    pub shipped: u32,
    /// Shipped at any time, and on hold now.
    pub held_after: u32,
}

impl ShipCounts {
    /// In words, what is held since apart; none where nothing is finished or went out.
    pub fn words(&self) -> Option<(Words, Option<Words>)> {
        if *self == Self::default() {
            return None;
        }
        let Self { finished, to_ship, shipped, held_after } = self;
        let words = words!(
            "to ship  {finished} finished, {ready} on no hold; {shipped} shipped",
            finished,
            ready = to_ship,
            shipped
        );
        let held =
            (*held_after > 0).then(|| words!("{held} SHIPPED AND ON HOLD", held = held_after));
        Some((words, held))
    }
}

/// Figures of a place, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Good: single units that were finished, and pieces of lots that were reported so.
    pub good: u32,
    /// Thrown away: single units, and pieces of lots.
    pub scrap: u32,
    /// Units or lots whose route was finished.
    pub finished: u32,
    /// Of these, how many without a failure in a first attempt.
    pub first_pass: u32,
    /// Units begun and not finished.
    pub begun: u32,
    /// Units on hold now.
    pub on_hold: u32,
    /// Units scrapped or returned.
    pub scrapped: u32,
    /// Readings recorded.
    pub readings: u32,
    /// Of these, failing.
    pub failing: u32,
    /// Of these, close to a limit.
    pub marginal: u32,
    /// Of these, corrected since, slips of the finger among them.
    pub corrected: u32,
}

/// One place on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardRow {
    /// The place.
    pub place: PlaceId,
    /// Its work center.
    pub work_center: WorkCenterId,
    /// The operations that are held there.
    pub held: Vec<HeldOperation>,
    /// How many good ones are planned an hour.
    pub per_hour: Option<u32>,
    /// How many good ones are planned up to now, or to the end of the shift where that is over.
    pub plan: Option<u32>,
    /// What was made by the hour, the first one first.
    pub hours: Vec<HourRow>,
    /// Its figures: a unit counts where its last step was completed, a hold where it was placed.
    pub figures: Figures,
    /// The last fact from there.
    pub last_contact: Option<Timestamp>,
    /// Whether its station has been out of contact for long.
    pub silent: bool,
}

/// A record that the server did not simply accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewRow {
    /// The station whose record it is.
    pub station: StationId,
    /// The fact's position.
    pub fact: Position,
    /// What it is about; empty where the fact is not here.
    pub subject: String,
    /// What it says; empty where the fact is not here.
    pub what: Words,
    /// Who recorded it.
    pub who: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// When.
    pub at: Option<Timestamp>,
    /// Held for a person, or rejected.
    pub verdict: JudgeVerdict,
    /// Why.
    pub reasons: Vec<String>,
    /// The units that are held for it here, where it is another station's record.
    pub units: Vec<TravelerId>,
    /// The decisions of which one may count, where two are about one hold: what the unit follows first.
    pub decisions: Vec<String>,
    /// Those that the unit cannot follow from where it stands: one is decided anew.
    pub not_to_follow: Vec<String>,
    /// How many records, against which nothing stands but that they follow it, go on with it.
    pub with_it: usize,
}

impl Complete {
    /// Of these places of the board.
    pub fn of(rows: &[BoardRow], link_down: bool) -> Self {
        let mut complete = Self { link_down, ..Self::default() };
        for row in rows {
            let (place, last_contact) = (row.place.clone(), row.last_contact);
            if row.silent {
                complete.silent.push(SilentPlace { place, last_contact });
            } else {
                complete.heard(last_contact);
            }
        }
        complete
    }

    /// A place that is not silent was heard last at this time; where it is none, nobody is waited for.
    pub fn heard(&mut self, last: Option<Timestamp>) {
        self.complete_to = match (self.complete_to, last) {
            (Some(to), Some(last)) => Some(to.min(last)),
            (to, last) => to.or(last),
        };
    }

    /// Whether nothing can lack.
    pub fn is_whole(&self) -> bool {
        self.silent.is_empty() && !self.link_down
    }
}

impl Board {
    /// How many things wait for somebody, as far as they are listed.
    pub fn waits(&self) -> usize {
        let operations: usize = self.places.iter().map(|row| row.held.len()).sum();
        self.help.len()
            + operations
            + self.deviations.len()
            + self.suspects.len()
            + self.reviews.len()
            + self.handovers.len()
            + self.redlines.len()
    }

    /// Whether nothing of the figures can lack.
    pub fn is_whole(&self) -> bool {
        !self.time.link_down && self.places.iter().all(|row| !row.silent)
    }

    /// How many good ones are planned at all places; none where any has no plan.
    pub fn plan(&self) -> Option<u32> {
        let plan: Option<u32> = self.places.iter().map(|row| row.plan).sum();
        plan.filter(|_| !self.places.is_empty())
    }

    /// How many units are held because they are suspect.
    pub fn suspect(&self) -> usize {
        let units = self.suspects.iter().flat_map(|range| &range.units);
        let held = units.filter(|unit| unit.standing.is_open() && unit.ended.is_none());
        held.map(|unit| &unit.traveler).collect::<BTreeSet<_>>().len()
    }
}

/// How many records go on with one that they only follow, in words; none where there are none.
pub fn with_words(with_it: usize) -> Option<String> {
    match with_it {
        0 => None,
        1 => Some("with it 1 record that only follows it".to_owned()),
        more => Some(format!("with it {more} records that only follow it")),
    }
}

impl ReviewRow {
    /// The unit that it is about.
    pub fn unit(&self) -> Option<TravelerId> {
        let Subject::Traveler(unit) = Subject::parse(&self.subject)? else { return None };
        Some(unit)
    }

    /// What became of it, in words.
    pub fn standing(&self) -> &'static str {
        match (self.verdict, self.unit()) {
            (JudgeVerdict::Rejected, Some(_)) => {
                "not accepted by the server; the unit is held for it"
            }
            (JudgeVerdict::Rejected, None) => {
                "rejected by the server: it takes no effect elsewhere"
            }
            (JudgeVerdict::Held, _) => "not accepted by the server; no unit is held for it",
        }
    }
}
