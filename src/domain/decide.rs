//! One `decide` a stream kind, and what each needs to know besides its own stream.

use std::collections::BTreeSet;

use super::context::Context;
use super::deviation::DeviationCommand;
use super::floor::{FloorCommand, FloorNeeds};
use super::gauge::GaugeCommand;
use super::handover::HandoverCommand;
use super::hash::Hash;
use super::help::HelpCommand;
use super::ids::{
    DeviationId, GaugeId, HandoverId, HelpId, InstructionId, OrderId, PartId, PermitId, PersonId,
    PlaceId, RedlineId, SiteId, StationId,
};
use super::inspection::decide::InspectionCommand;
use super::inspection::needs::InspectionNeeds;
use super::inspection::series::SeriesId;
use super::kinds::FactBody;
use super::material::{MaterialCommand, MaterialId};
use super::order::{OrderCommand, OrderOpened};
use super::people::{PersonCommand, RevisionRead};
use super::permit::decide as permit;
use super::permit::{PermitCommand, PermitWanted, PermitsWanted};
use super::place::PlaceCommand;
use super::redline::RedlineCommand;
use super::refusal::{Reason, Refusal};
use super::revision::RevisionCommand;
use super::signature::{Components, Signer};
use super::site_change::SiteCommand;
use super::station::StationCommand;
use super::stream::{Stream, StreamState, Subject, TravelerId};
use super::ticket::Ticket;
use super::traveler::command::{StepAt, TravelerCommand};
use super::traveler::kin::KinWanted;
use super::traveler::needs::{gauge_typed_by, on_traveler, pinned};
use super::{
    deviation_decide, deviation_follow, floor, gauge, handover, help, include, inspection,
    material, order, people, place_decide, redline, release, station, traveler,
};

/// Something asked for, addressed to one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// On a traveler.
    Traveler(TravelerId, TravelerCommand),
    /// About an order.
    Order(OrderId, OrderCommand),
    /// About an instruction.
    Instruction(InstructionId, RevisionCommand),
    /// About a specification.
    Specification(PartId, RevisionCommand),
    /// About a gauge.
    Gauge(GaugeId, GaugeCommand),
    /// About a lot of bought-in material.
    Material(MaterialId, MaterialCommand),
    /// On behalf of a person.
    Person(PersonId, PersonCommand),
    /// About a deviation.
    Deviation(DeviationId, DeviationCommand),
    /// About a place.
    Place(PlaceId, PlaceCommand),
    /// About a station.
    Station(StationId, StationCommand),
    /// About what a site decides for itself.
    Site(SiteId, SiteCommand),
    /// What is begun at a place and goes its own way.
    Floor(PlaceId, FloorCommand),
    /// About a call for help.
    Help(HelpId, HelpCommand),
    /// About a hand-over.
    Handover(HandoverId, HandoverCommand),
    /// About a redline.
    Redline(RedlineId, RedlineCommand),
    /// About the lots of a series.
    Series(SeriesId, InspectionCommand),
    /// Propose a deviation permit for a part.
    ProposePermit(PartId, Box<PermitWanted>, Signer),
    /// About a deviation permit.
    Permit(PermitId, PermitCommand),
}

/// What must be loaded besides the command's own stream, the actor, the place and the policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The traveler, with its order, pinned instructions and deviations.
    pub traveler: Option<TravelerId>,
    /// People whom the command names besides the actor.
    pub people: BTreeSet<PersonId>,
    /// A place that the command names besides the actor's.
    pub place: Option<PlaceId>,
    /// Units that a deviation concerns, or is to concern, or that are held for a review.
    pub units: BTreeSet<TravelerId>,
    /// The operation by which a deviation of them is to be closed: how those that are not begun would
    /// pass it.
    pub passes: Option<u32>,
    /// Lots that its pieces were of, or became.
    pub kin: KinWanted,
    /// The definitions in effect for the traveler's order.
    pub definitions: bool,
    /// How the pinned definitions stand, and what came after them.
    pub pinned: Pinned,
    /// The sample counters of this step, where it is begun by the command.
    pub samples: Option<StepAt>,
    /// What is known of this serial or lot, where it may be built in.
    pub component: Option<String>,
    /// Gauges.
    pub gauges: BTreeSet<GaugeId>,
    /// The number of the next deviation.
    pub deviation_number: bool,
    /// What is known around the traveler.
    pub around: Around,
    /// What this text is the label of.
    pub label: Option<String>,
    /// Whether anything is known of this lot already.
    pub lot: Option<TravelerId>,
    /// Which of these instructions are standard steps.
    pub route: BTreeSet<InstructionId>,
    /// What an order to be opened names.
    pub opens: Option<OrderOpened>,
    /// The order of which the unfinished units are counted.
    pub closes: Option<OrderId>,
    /// What somebody reads before working by it, with its revisions.
    pub reads: Option<RevisionRead>,
    /// This compiled instruction, with the revisions of what it includes.
    pub compiled: Option<Hash>,
    /// What something that is begun at a place rests on.
    pub floor: Option<FloorNeeds>,
    /// What the inspection of a lot rests on.
    pub inspection: Option<InspectionNeeds>,
    /// Openings for inspection, for what was read on pieces.
    pub openings: OpeningsOf,
    /// The lot that comes in: the suppliers of everything that did, and the lots of like number.
    pub received: Option<MaterialId>,
    /// Permits.
    pub permits: PermitsWanted,
    /// Whose ticket this is, and the texts that it names.
    pub ticket: Option<Box<Ticket>>,
}

impl Needs {
    /// To know whether somebody may work at an operation of a unit; none begins it.
    pub fn to_work(id: &TravelerId, operation: Option<u32>) -> Self {
        Self {
            traveler: Some(id.clone()),
            definitions: operation.is_none(),
            pinned: operation.map_or(Pinned::None, Pinned::Operation),
            ..Self::default()
        }
    }
}

/// What must be known around a traveler, beyond its own stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Around {
    /// Nothing.
    #[default]
    Nothing,
    /// Whether it may be shipped: what is at the server, judged, and known of its components.
    Shipping,
}

/// Which openings for inspection a decision looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OpeningsOf {
    /// None.
    #[default]
    Nothing,
    /// Those of a lot of material.
    Material(MaterialId),
    /// Those of the traveler's lot, and of the lots that its pieces were of.
    Traveler,
}

/// Of which pinned definitions of the traveler the standing must be known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pinned {
    /// Of none.
    #[default]
    None,
    /// Of one operation's instruction, and of the specification.
    Operation(u32),
    /// Of all, with what came after them.
    All,
}

impl Command {
    /// The stream it is addressed to.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Traveler(id, _) => Subject::Traveler(id.clone()),
            Self::Order(id, _) => Subject::Order(id.clone()),
            Self::Instruction(id, _) => Subject::Instruction(id.clone()),
            Self::Specification(id, _) => Subject::Specification(id.clone()),
            Self::Gauge(id, _) => Subject::Gauge(id.clone()),
            Self::Material(id, _) => Subject::Material(id.clone()),
            Self::Person(id, _) => Subject::Person(id.clone()),
            Self::Deviation(id, _) => Subject::Deviation(id.clone()),
            Self::Place(id, _) | Self::Floor(id, _) => Subject::Place(id.clone()),
            Self::Station(id, _) => Subject::Station(id.clone()),
            Self::Site(id, _) => Subject::Site(id.clone()),
            Self::Help(id, _) => Subject::Help(id.clone()),
            Self::Handover(id, _) => Subject::Handover(id.clone()),
            Self::Redline(id, _) => Subject::Redline(id.clone()),
            Self::Series(id, _) => Subject::Series(id.clone()),
            Self::ProposePermit(part, ..) => Subject::Specification(part.clone()),
            Self::Permit(id, _) => Subject::Permit(id.clone()),
        }
    }

    /// What must be known to decide it; `stream` is the command's own.
    pub fn needs(&self, stream: &Stream) -> Needs {
        let mut needs = Needs { samples: self.begins(), ..Needs::default() };
        match self {
            Self::Traveler(id, command) => {
                needs.traveler = Some(id.clone());
                needs.pinned = pinned(command);
                on_traveler(id, command, &mut needs);
                needs.gauges.extend(gauge_typed_by(command, stream));
            }
            Self::Deviation(_, command) => on_deviation(stream, command, &mut needs),
            Self::Station(_, StationCommand::AnswerReview { fact, units, .. }) => {
                needs.units.extend(units.iter().cloned());
                if let StreamState::Station(state) = &stream.state {
                    let review = state.open_reviews.iter().find(|review| review.fact == *fact);
                    needs.units.extend(review.into_iter().flat_map(|review| review.units.clone()));
                }
            }
            Self::Instruction(_, command) => {
                if let StreamState::Instruction(state) = &stream.state {
                    needs.compiled = include::compiled(state, command);
                }
            }
            Self::Order(id, command) => {
                needs.route = order::instructions(command);
                match command {
                    OrderCommand::Open(opened) => needs.opens = Some(opened.clone()),
                    OrderCommand::Close { .. } => needs.closes = Some(id.clone()),
                    OrderCommand::Reopen { .. } => {}
                }
            }
            Self::Person(_, PersonCommand::ReadRevision(read)) => needs.reads = Some(read.clone()),
            Self::Floor(_, FloorCommand::RaiseDeviation(raise)) => {
                needs.units.extend(raise.units.iter().cloned());
                needs.passes = raise.close_by.as_ref().map(|by| by.operation);
                needs.deviation_number = true;
            }
            Self::Floor(_, command) => needs.floor = command.needs(),
            Self::Series(id, command) => {
                needs.gauges.extend(command.gauges());
                if let StreamState::Series(state) = &stream.state {
                    let inspection = command.needs(id, state);
                    needs.units.extend(inspection.unit.clone());
                    needs.deviation_number = inspection.raises;
                    needs.inspection = Some(inspection);
                }
            }
            Self::ProposePermit(_, wanted, _) => {
                needs.permits = PermitsWanted::Proposal(wanted.only.clone());
            }
            Self::Material(id, command) => {
                let receives = matches!(command, MaterialCommand::Receive(_));
                needs.received = receives.then(|| id.clone());
                if let MaterialCommand::HoldForGauge { gauge, .. } = command {
                    needs.gauges.insert(gauge.clone());
                    needs.openings = OpeningsOf::Material(id.clone());
                }
            }
            Self::Specification(..)
            | Self::Gauge(..)
            | Self::Person(..)
            | Self::Place(..)
            | Self::Station(..)
            | Self::Help(..)
            | Self::Handover(..)
            | Self::Permit(..)
            | Self::Redline(..)
            | Self::Site(..) => {}
        }
        needs
    }

    /// The step that is begun by it, where it was not.
    fn begins(&self) -> Option<StepAt> {
        let Self::Traveler(_, command) = self else { return None };
        command.begins().cloned()
    }

    /// Whether somebody shows a badge: then it must be known whether the station is locked.
    pub fn shows_badge(&self) -> bool {
        matches!(self, Self::Person(_, PersonCommand::SignIn { .. } | PersonCommand::NoteWrongPin))
    }

    /// Whether it is a signature for which the PIN alone was given: then it must be known whether
    /// the actor signed before in this session.
    pub fn by_pin_alone(&self) -> bool {
        let signer = match self {
            Self::Traveler(
                _,
                TravelerCommand::Sign { by, .. } | TravelerCommand::Ship { by, .. },
            )
            | Self::ProposePermit(_, _, by)
            | Self::Permit(_, PermitCommand::Grant { by })
            | Self::Deviation(
                _,
                DeviationCommand::Dispose { by, .. } | DeviationCommand::Approve { by, .. },
            )
            | Self::Series(
                _,
                InspectionCommand::Decide { by, .. } | InspectionCommand::Dispose { by, .. },
            )
            | Self::Handover(_, HandoverCommand::Accept { by, .. })
            | Self::Instruction(_, RevisionCommand::Approve { by, .. })
            | Self::Specification(_, RevisionCommand::Approve { by, .. }) => Some(by),
            Self::Traveler(_, TravelerCommand::UsePermit(wanted)) => Some(&wanted.by),
            Self::Traveler(..)
            | Self::Deviation(..)
            | Self::Instruction(..)
            | Self::Specification(..)
            | Self::Order(..)
            | Self::Gauge(..)
            | Self::Material(..)
            | Self::Person(..)
            | Self::Place(..)
            | Self::Station(..)
            | Self::Floor(..)
            | Self::Help(..)
            | Self::Permit(..)
            | Self::Redline(..)
            | Self::Series(..)
            | Self::Site(..) => None,
        };
        signer.is_some_and(|signer| signer.components == Components::Pin)
    }
}

/// Decides a command on its stream: the facts that follow, or every reason why not (R7).
pub fn decide(
    stream: &Stream,
    command: Command,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let decided = decide_known(stream, command, context);
    let may_follow =
        |facts: &Vec<(Subject, FactBody)>| facts.iter().all(|(_, body)| body.may_follow_newer());
    match &stream.newer_kind {
        Some(kind) if !decided.as_ref().is_ok_and(may_follow) => {
            Err(Refusal::one(Reason::NewerKind { kind: kind.clone() }))
        }
        Some(_) | None => decided,
    }
}

fn decide_known(
    stream: &Stream,
    command: Command,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    match (&stream.state, command) {
        (StreamState::Traveler(state), Command::Traveler(id, command)) => {
            traveler::decide::decide(&id, state, command, context)
        }
        (StreamState::Order(state), Command::Order(id, command)) => {
            order::decide(&id, state, command, context)
        }
        (StreamState::Instruction(state), Command::Instruction(id, command)) => {
            let mut more = include::not_released(include::compiled(state, &command), context);
            match release::decide_instruction(&id, state, command, context) {
                Ok(facts) => Refusal::unless_empty(more).map(|()| facts),
                Err(mut refusal) => {
                    refusal.reasons.append(&mut more);
                    Err(refusal)
                }
            }
        }
        (StreamState::Specification(state), Command::Specification(part, command)) => {
            release::decide_specification(&part, state, command, context)
        }
        (StreamState::Gauge(state), Command::Gauge(id, command)) => {
            gauge::decide(&id, state, command, context)
        }
        (StreamState::Material(state), Command::Material(id, command)) => {
            material::decide(&id, state, command, context)
        }
        (StreamState::Person(state), Command::Person(id, command)) => {
            people::decide(&id, state, command, context)
        }
        (StreamState::Deviation(state), Command::Deviation(id, command)) => {
            deviation_decide::decide(&id, state, command, context)
        }
        (StreamState::Place(state), Command::Place(id, command)) => {
            place_decide::decide_place(&id, state, command, context)
        }
        (StreamState::Station(state), Command::Station(id, command)) => {
            station::decide(&id, state, command, context)
        }
        (StreamState::Site(state), Command::Site(id, command)) => {
            place_decide::decide_site(&id, state, command, context)
        }
        (StreamState::Place(_), Command::Floor(place, command)) => {
            floor::decide(&place, command, context)
        }
        (StreamState::Help(state), Command::Help(id, command)) => {
            help::decide(&id, state, command, context)
        }
        (StreamState::Handover(state), Command::Handover(id, command)) => {
            handover::decide(&id, state, command, context)
        }
        (StreamState::Redline(state), Command::Redline(id, command)) => {
            redline::decide(&id, state, command, context)
        }
        (StreamState::Series(state), Command::Series(id, command)) => {
            inspection::decide::decide(&id, state, command, context)
        }
        (StreamState::Specification(_), Command::ProposePermit(part, wanted, by)) => {
            permit::propose(&part, *wanted, by, context)
        }
        (StreamState::Permit(state), Command::Permit(id, command)) => {
            permit::decide(&id, state, command, context)
        }
        (_, _) => Err(Refusal::one(Reason::StreamMismatch)),
    }
}

fn on_deviation(stream: &Stream, command: &DeviationCommand, needs: &mut Needs) {
    if let StreamState::Deviation(state) = &stream.state {
        needs.units = state.travelers().into_iter().cloned().collect();
    }
    if let DeviationCommand::AddUnits { units } = command {
        needs.units.extend(units.iter().cloned());
    }
    if let DeviationCommand::Review { close_by: Some(by), .. } = command {
        needs.passes = Some(by.operation);
    }
    if let DeviationCommand::Contain { to_do: Some(to_do), .. } = command {
        needs.place.clone_from(&to_do.place);
    }
    needs.people.extend(deviation_follow::names(command).cloned());
}
