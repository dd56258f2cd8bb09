//! What a decision may look at: loaded inside the write transaction, by what the command needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::deviation_gate::Planned;
use super::deviation_state::DeviationState;
use super::effectivity::Use;
use super::fact::{Acting, Position};
use super::floor::Numbers;
use super::gauge::GaugeState;
use super::handover::HandoverContent;
use super::hash::Hash;
use super::ids::{
    DeviationId, GaugeId, InstructionId, LotId, PersonId, PlaceId, StationId, WorkCenterId,
};
use super::inspection::series::Lot;
use super::instruction::Instruction;
use super::label::Label;
use super::material::{MaterialState, Suppliers};
use super::moment::Moment;
use super::order::{OrderState, Unfinished};
use super::people::{Action, PersonState, Role};
use super::permit::PermitsKnown;
use super::place::{PlaceDefined, PlaceState, Policy};
use super::refusal::{Reason, Refusal};
use super::revision::{InstructionState, SpecificationState};
use super::sampling::Counter;
use super::shift::ShiftCalendar;
use super::specification::Specification;
use super::station::StationState;
use super::stream::TravelerId;
use super::text::is_deceptive;
use super::ticket::DrawnBy;
use super::traveler::component::ComponentKnown;
use super::traveler::kin::Kin;
use super::traveler::shipped::Shipping;
use super::traveler::state::TravelerState;

/// Everything around a decision.
#[derive(Debug, Clone)]
pub struct Context {
    /// When.
    pub now: Moment,
    /// Who, where.
    pub acting: Acting,
    /// The position that the first fact will get.
    pub next: Position,
    /// Whether the plant is being founded and has no people yet.
    pub founding: bool,
    /// The site's policy; absent before it is known here.
    pub site_policy: Option<Policy>,
    /// The site's shift calendar; absent where it says nothing of shifts.
    pub shifts: Option<ShiftCalendar>,
    /// The numbers that calls, hand-overs and redlines get next.
    pub numbers: Numbers,
    /// What stands at the station, where it is handed over.
    pub handover: Option<HandoverContent>,
    /// People that the command concerns, the actor among them.
    pub people: BTreeMap<PersonId, PersonState>,
    /// Gauges that the command names.
    pub gauges: BTreeMap<GaugeId, GaugeState>,
    /// Places that the command concerns, the actor's among them.
    pub places: BTreeMap<PlaceId, PlaceDefined>,
    /// Work centers of places that are known here, of those that the command names.
    pub work_centers: BTreeSet<WorkCenterId>,
    /// What the actor's place is set up for, with its last changes.
    pub here: Option<PlaceState>,
    /// The order of the traveler.
    pub order: Option<OrderState>,
    /// The units that an order to be closed leaves unfinished.
    pub unfinished: Unfinished,
    /// Compiled instructions by hash: those pinned, or those in effect for the order's route.
    pub instructions: BTreeMap<Hash, Arc<Instruction>>,
    /// The revisions of the route's instructions.
    pub instruction_states: BTreeMap<InstructionId, InstructionState>,
    /// Instructions of the route that are standard steps, which nothing is worked by.
    pub standard_steps: BTreeSet<InstructionId>,
    /// The revisions of the part's specification.
    pub specification: Option<SpecificationState>,
    /// Compiled specifications by hash, of which every characteristic is asked for.
    pub specifications: BTreeMap<Hash, Arc<Specification>>,
    /// Releases that are in effect here: judged accepted.
    pub effective: BTreeSet<Position>,
    /// Blobs that a definition needs and that are not here.
    pub blobs_missing: BTreeSet<Hash>,
    /// The units that a deviation concerns, or is to concern, or that are held for a review, as far as
    /// they are known here.
    pub units: BTreeMap<TravelerId, TravelerState>,
    /// Of those that are not begun: how they would pass the operation by which a deviation is to be
    /// closed, where their order is known.
    pub planned: BTreeMap<TravelerId, Planned>,
    /// Lots that the traveler's pieces were of, or became, where the decision looks at them.
    pub kin: Kin,
    /// What is known of the serial or lot that is to be built in.
    pub component: Option<ComponentKnown>,
    /// The lot of material that is inspected.
    pub material: Option<MaterialState>,
    /// Every opening for inspection of the lot, or of the lots that its pieces were of, where the
    /// decision looks at what was read on their pieces.
    pub inspected: Vec<Lot>,
    /// The suppliers of everything that came in.
    pub suppliers: Suppliers,
    /// A lot that is noted of the same part, and whose number differs by capitals alone.
    pub lot_alike: Option<LotId>,
    /// Deviations of the traveler.
    pub deviations: BTreeMap<DeviationId, DeviationState>,
    /// Deviations of the traveler, or of lots that its pieces were of, that are to be closed by a step.
    pub gates: BTreeMap<DeviationId, DeviationState>,
    /// What is known around a unit that is to be shipped.
    pub shipping: Option<Shipping>,
    /// Every unit of the set that the command is done on; empty outside one.
    pub set: Vec<TravelerId>,
    /// The sample counters of this station at the actor's place, by what they count for.
    pub counters: BTreeMap<String, Counter>,
    /// Permits that the decision looks at, and the number of the next one.
    pub permits: PermitsKnown,
    /// The number that the next deviation gets.
    pub next_deviation: Option<DeviationId>,
    /// The code of this station, to name lots with.
    pub station: Option<StationId>,
    /// Whether the name of a new lot is taken.
    pub lot_taken: bool,
    /// The station at which a badge is shown.
    pub shown_at: Option<(StationId, StationState)>,
    /// What the text that is entered is the label of.
    pub label: Option<Label>,
    /// Whose the ticket is that is to be taken.
    pub drawn_by: Option<DrawnBy>,
    /// Whether the actor signed before in this session.
    pub signed_before: bool,
    /// How long ago the server was last reached, as far as can be proven; none where it never was.
    pub contact_age_s: Option<i64>,
    /// The newest moment that the station's own facts prove.
    pub proven: Option<Timestamp>,
}

impl Context {
    /// A context that knows nothing but when, who and where.
    pub fn new(now: Moment, acting: Acting, next: Position) -> Self {
        Self {
            now,
            acting,
            next,
            founding: false,
            site_policy: None,
            shifts: None,
            numbers: Numbers::default(),
            handover: None,
            people: BTreeMap::new(),
            gauges: BTreeMap::new(),
            places: BTreeMap::new(),
            work_centers: BTreeSet::new(),
            here: None,
            order: None,
            unfinished: Unfinished::default(),
            instructions: BTreeMap::new(),
            instruction_states: BTreeMap::new(),
            standard_steps: BTreeSet::new(),
            specification: None,
            specifications: BTreeMap::new(),
            effective: BTreeSet::new(),
            blobs_missing: BTreeSet::new(),
            units: BTreeMap::new(),
            planned: BTreeMap::new(),
            kin: Kin::new(),
            component: None,
            material: None,
            inspected: Vec::new(),
            suppliers: Suppliers::default(),
            lot_alike: None,
            deviations: BTreeMap::new(),
            gates: BTreeMap::new(),
            shipping: None,
            set: Vec::new(),
            counters: BTreeMap::new(),
            permits: PermitsKnown::default(),
            next_deviation: None,
            station: None,
            lot_taken: false,
            shown_at: None,
            label: None,
            drawn_by: None,
            signed_before: false,
            contact_age_s: None,
            proven: None,
        }
    }

    /// The site's policy.
    pub fn policy(&self) -> Option<&Policy> {
        self.site_policy.as_ref()
    }

    /// Today at the site; due dates hold through the end of their day there.
    pub fn today(&self) -> Date {
        self.now.day(self.proven, self.zone())
    }

    /// The site's time zone; that of the Earth where it is not known.
    pub fn zone(&self) -> TimeZone {
        site_zone(self.policy())
    }

    /// What a definition is wanted for, to begin or go on with a unit today.
    pub fn wanted_for(&self, traveler: &TravelerId) -> Use {
        Use { today: self.today(), traveler: Some(traveler.clone()) }
    }

    /// The person acting.
    pub fn actor(&self) -> Result<PersonId, Refusal> {
        self.acting.actor.clone().ok_or_else(|| Refusal::one(Reason::NobodySignedIn))
    }

    /// The roles of a person, with a reason for each thing that makes them void.
    pub fn active_roles(&self, person: &PersonId, reasons: &mut Vec<Reason>) -> BTreeSet<Role> {
        match self.people.get(person) {
            None => reasons.push(Reason::PersonUnknown { person: person.clone() }),
            Some(state) if state.roles.is_empty() => {
                reasons.push(Reason::PersonUnknown { person: person.clone() });
            }
            Some(state) if state.revoked.is_some() => {
                reasons.push(Reason::PersonRevoked { person: person.clone() });
            }
            Some(state) => return state.roles.clone(),
        }
        BTreeSet::new()
    }

    /// Adds a reason unless the actor's role allows the action (R5).
    pub fn require_role(&self, action: Action, reasons: &mut Vec<Reason>) {
        if self.founding {
            return;
        }
        let Some(actor) = &self.acting.actor else {
            reasons.push(Reason::NobodySignedIn);
            return;
        };
        let before = reasons.len();
        let roles = self.active_roles(actor, reasons);
        if reasons.len() == before && !action.roles().iter().any(|role| roles.contains(role)) {
            reasons.push(Reason::RoleMissing { person: actor.clone(), action });
        }
    }

    /// Whether the person acting has a role for an action, where nothing is refused if not.
    pub fn may(&self, action: Action) -> bool {
        let actor = self.acting.actor.as_ref().and_then(|actor| self.people.get(actor));
        actor
            .filter(|person| person.revoked.is_none())
            .is_some_and(|person| action.roles().iter().any(|role| person.roles.contains(role)))
    }

    /// Adds a reason when a text is blank or cannot be kept in a fact.
    pub fn require_text(&self, what: &'static str, text: &str, reasons: &mut Vec<Reason>) {
        if text.trim().is_empty() {
            reasons.push(Reason::TextMissing { what });
        }
        if text.len() > TEXT_BYTES_MAX {
            reasons.push(Reason::TextTooLong { what, most: TEXT_BYTES_MAX });
        }
        // What is recorded is kept as it came, so what would deceive a reader is not recorded.
        if text.chars().any(|c| is_deceptive(c) && !matches!(c, '\n' | '\t')) {
            reasons.push(Reason::TextUnreadable { what });
        }
    }

    /// Adds a reason when a text of one line is blank, too long, or has control characters in it:
    /// what a scanner or a paste garbled names nothing.
    pub fn require_line(&self, what: &'static str, text: &str, reasons: &mut Vec<Reason>) {
        self.require_text(what, text, reasons);
        let unreadable = Reason::TextUnreadable { what };
        if text.chars().any(char::is_control) && !reasons.contains(&unreadable) {
            reasons.push(unreadable);
        }
    }
}

/// A site's time zone; that of the Earth where it is not known.
pub fn site_zone(policy: Option<&Policy>) -> TimeZone {
    policy.and_then(|policy| time_zone(&policy.time_zone)).unwrap_or(TimeZone::UTC)
}

/// A time zone by its IANA name, of the database inside the program, so that every machine agrees.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// The longest note, reason or entry in bytes.
pub const TEXT_BYTES_MAX: usize = 2_000;
