//! The sample plant as written in `fixtures/plant/`, carried in the program.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;

use crate::app::fault::Fault;
use crate::authoring::check::is_translation;
use crate::authoring::finding::Source;
use crate::domain::context::site_zone;
use crate::domain::ids::{
    AreaId, GaugeClassId, GaugeId, InstructionId, OrderId, PartId, PersonId, PlaceId,
    QualificationId, SiteId, StationId, UnitId, WorkCenterId,
};
use crate::domain::order::{OrderOpened, RouteOperation, Units};
use crate::domain::people::Role;
use crate::domain::place::{PlaceDefined, Policy};
use crate::domain::quantity::Number;
use crate::domain::unit::Unit;

const PLANT: &str = include_str!("../../../fixtures/plant/plant.toml");

/// Every source and picture of the sample plant, by its name in the sources.
const FILES: [(&str, &[u8]); 12] = [
    ("CP-40.csv", include_bytes!("../../../fixtures/plant/CP-40.csv")),
    ("CP-41.csv", include_bytes!("../../../fixtures/plant/CP-41.csv")),
    ("WI-1040.md", include_bytes!("../../../fixtures/plant/WI-1040.md")),
    ("WI-1040.de.md", include_bytes!("../../../fixtures/plant/WI-1040.de.md")),
    ("WI-2001.md", include_bytes!("../../../fixtures/plant/WI-2001.md")),
    ("img/bolts.png", include_bytes!("../../../fixtures/plant/img/bolts.png")),
    ("img/cover.png", include_bytes!("../../../fixtures/plant/img/cover.png")),
    ("img/faces.png", include_bytes!("../../../fixtures/plant/img/faces.png")),
    ("img/gap.png", include_bytes!("../../../fixtures/plant/img/gap.png")),
    ("img/runout.png", include_bytes!("../../../fixtures/plant/img/runout.png")),
    ("img/shaft.png", include_bytes!("../../../fixtures/plant/img/shaft.png")),
    ("img/thread.png", include_bytes!("../../../fixtures/plant/img/thread.png")),
];

/// The bytes of a file of the sample plant.
pub fn file(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

/// The translations of the sample plant, which stand beside its instructions.
pub fn translations() -> impl Iterator<Item = Source<'static>> {
    let of_others = FILES.iter().filter(|(file, _)| is_translation(file));
    of_others.map(|(file, bytes)| Source { file, bytes })
}

/// The sample plant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plant {
    /// The site.
    pub site: Site,
    /// The station.
    pub station: StationRow,
    /// Work centers with their places.
    pub work_center: Vec<WorkCenter>,
    /// People.
    pub person: Vec<PersonRow>,
    /// Gauges.
    pub gauge: Vec<GaugeRow>,
    /// Definitions that are released.
    pub release: Vec<Release>,
    /// Orders.
    pub order: Vec<OrderRow>,
}

/// A site.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    time_zone: String,
    area: String,
}

/// The station.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationRow {
    /// What people call it.
    pub name: String,
    /// Its short code.
    pub code: StationId,
}

/// A work center.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkCenter {
    /// Its id.
    pub id: WorkCenterId,
    /// What people call it.
    pub name: String,
    place: Vec<PlaceRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRow {
    id: PlaceId,
    name: String,
}

/// A person with a card and a PIN.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRow {
    /// The opaque id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// What the badge says.
    pub badge: String,
    /// The PIN, which only a demo may know.
    pub pin: String,
    /// The language of screens.
    pub language: String,
    /// Roles.
    pub roles: BTreeSet<Role>,
    qualifications: Vec<QualificationRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QualificationRow {
    id: QualificationId,
    ends_days: i64,
}

/// A gauge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaugeRow {
    /// Its id.
    pub id: GaugeId,
    /// Name plate.
    pub name: String,
    /// Class.
    pub class: GaugeClassId,
    /// The smallest step it shows.
    pub resolution: Option<Number>,
    /// Expanded uncertainty of one reading at k = 2.
    pub uncertainty: Option<Number>,
    /// The unit it shows.
    pub unit: Option<Unit>,
    due_days: i64,
}

/// A specification and the instruction that measures against it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The file of the specification.
    pub specification: String,
    /// The file of the instruction.
    pub instruction: String,
}

/// An order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRow {
    /// Its id.
    pub id: OrderId,
    part: PartId,
    /// What people call what is made; screens take the instruction's title.
    #[serde(rename = "name")]
    _name: String,
    #[serde(default)]
    serials: Vec<UnitId>,
    lot: Option<UnitId>,
    quantity: Option<u32>,
    due_days: i64,
    priority: u8,
    route: Vec<RouteRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteRow {
    operation: String,
    work_center: WorkCenterId,
    instruction: InstructionId,
}

/// Why work is paused most often at the sample plant.
const PAUSE_REASONS: [&str; 4] =
    ["break", "waiting for parts", "waiting for help", "other work first"];

/// The hours at which the demo is set up where the plant is: the clock of a script goes on by an hour or more.
const DAY_HOURS: Range<i8> = 1..20;
/// The time zone of a plant where it is day then.
const ELSEWHERE: &str = "America/New_York";

impl Plant {
    /// Reads the sample plant.
    pub fn read() -> Result<Self, Fault> {
        toml::from_str(PLANT)
            .map_err(|error| Fault::cannot("the sample plant cannot be read", error))
    }

    /// The person of a role; the first who has it.
    pub fn holder(&self, role: Role) -> Option<&PersonRow> {
        self.person.iter().find(|person| person.roles.contains(&role))
    }

    /// Badges and PINs to try: name, role, badge, PIN.
    pub fn to_try(&self) -> Vec<(String, String, String, String)> {
        let roles = |person: &PersonRow| {
            person.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ")
        };
        self.person
            .iter()
            .map(|p| (p.name.clone(), roles(p), p.badge.clone(), p.pin.clone()))
            .collect()
    }

    /// The site's policy: an engineer and quality approve what is released. Where it is about midnight
    /// the plant is elsewhere, so that its day does not end meanwhile: figures on the board count from
    /// midnight.
    pub fn policy(&self, now: Timestamp) -> Policy {
        let (name, zone) = (self.site.name.clone(), self.site.time_zone.clone());
        let mut policy = Policy::new(name, zone, vec![Role::Engineer, Role::Quality]);
        if !DAY_HOURS.contains(&now.to_zoned(site_zone(Some(&policy))).hour()) {
            ELSEWHERE.clone_into(&mut policy.time_zone);
        }
        policy.rules.pause_reasons = PAUSE_REASONS.map(str::to_owned).to_vec();
        policy
    }

    /// Every place with its definition.
    pub fn places(&self) -> Result<Vec<(PlaceId, PlaceDefined)>, Fault> {
        let area: String = self.site.area.chars().map(|c| if c == ' ' { '-' } else { c }).collect();
        let area = AreaId::parse(&area).map_err(|error| Fault::cannot("no area", error))?;
        let mut places = Vec::new();
        for center in &self.work_center {
            for place in &center.place {
                let defined = PlaceDefined {
                    name: place.name.clone(),
                    site: self.site.id.clone(),
                    area: area.clone(),
                    work_center: center.id.clone(),
                };
                places.push((place.id.clone(), defined));
            }
        }
        Ok(places)
    }
}

impl PersonRow {
    /// Qualifications with their last day.
    pub fn qualifications(&self, today: Date) -> Vec<(QualificationId, Date)> {
        self.qualifications
            .iter()
            .map(|row| (row.id.clone(), after(today, row.ends_days)))
            .collect()
    }
}

impl GaugeRow {
    /// Good through this day.
    pub fn due(&self, today: Date) -> Date {
        after(today, self.due_days)
    }
}

impl OrderRow {
    /// What is asked for.
    pub fn opened(&self, today: Date) -> Result<OrderOpened, Fault> {
        let units = match (&self.lot, self.quantity) {
            (Some(lot), Some(quantity)) => Units::Lot { lot: lot.clone(), quantity },
            (_, _) => Units::Serials(self.serials.clone()),
        };
        let mut route = Vec::new();
        for row in &self.route {
            let number = row.operation.split(' ').next().unwrap_or_default();
            let operation = number.parse().map_err(|error| {
                Fault::cannot(format!("operation {:?} has no number", row.operation), error)
            })?;
            route.push(RouteOperation {
                operation,
                instruction: row.instruction.clone(),
                work_center: row.work_center.clone(),
            });
        }
        let due = Some(after(today, self.due_days));
        Ok(OrderOpened { part: self.part.clone(), units, route, due, priority: self.priority })
    }
}

fn after(today: Date, days: i64) -> Date {
    today.checked_add(days.days()).unwrap_or(today)
}
