//! What waits for the signature of one person, each row leading to where it is signed.

use jiff::Timestamp;

use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, OrderId, PartId, PermitId, RevisionId};
use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::series::SeriesId;
use crate::domain::signature::Meaning;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::to_sign::StepToSign;
use crate::domain::words::Words;
use crate::domain::words::words;

use super::inspection::LotView;
use super::permit::PermitRow;

/// What a person could sign now: what the act itself would take from them, asked of the act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForMe {
    /// Each with where it is signed; of a kind the oldest first.
    pub rows: Vec<ForMeRow>,
    /// Whether more of a kind waits than was looked at.
    pub more: bool,
}

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForMeRow {
    /// What.
    pub what: ToSign,
    /// What it says, to know whether it is urgent.
    pub details: Words,
    /// Since when it can be signed, as far as that is known.
    pub since: Option<Timestamp>,
    /// Whether it is signed at another place than where they stand.
    pub elsewhere: bool,
}

/// What a signature is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToSign {
    /// What somebody else decided about a deviation.
    Disposition {
        /// The deviation.
        deviation: DeviationId,
        /// The units that it concerns, in words.
        units: String,
    },
    /// A step of a unit.
    Step {
        /// The unit.
        traveler: TravelerId,
        /// What is made.
        part: PartId,
        /// The step.
        step: StepToSign,
    },
    /// An inspected lot, of which it is to be said whether it is accepted.
    Lot {
        /// The series.
        series: SeriesId,
        /// Which opening of the lot.
        lot: Box<LotView>,
        /// What its plan says.
        accept: bool,
    },
    /// A lot that was not accepted and that somebody else wants to use as it is.
    LotAsIs {
        /// The series.
        series: SeriesId,
        /// Which opening of the lot.
        lot: Box<LotView>,
    },
    /// A deviation permit.
    Permit {
        /// Its number.
        permit: PermitId,
        /// The part.
        part: PartId,
    },
    /// A revision of an instruction or of a specification.
    Revision {
        /// The instruction or the specification.
        definition: Subject,
        /// Its number, or the part.
        id: String,
        /// The revision.
        revision: RevisionId,
    },
    /// Units of an order that are finished and may go out.
    Ship {
        /// The order.
        order: OrderId,
        /// What they are.
        part: PartId,
        /// The units.
        units: Vec<TravelerId>,
    },
}

impl ForMeRow {
    /// A step of a unit.
    pub fn step(
        (traveler, part): (TravelerId, PartId),
        step: StepToSign,
        since: Option<Timestamp>,
    ) -> Self {
        let details = words!(
            "op {operation} {title}, at {work_center}",
            operation = step.operation,
            title = step.title,
            work_center = step.work_center
        );
        Self { what: ToSign::Step { traveler, part, step }, details, since, elsewhere: false }
    }

    /// A permit that is proposed.
    pub fn permit(row: PermitRow) -> Self {
        let details = words!(
            "{name} {limits} instead of {specified}",
            name = row.name,
            limits = row.limits,
            specified = row.specified
        );
        let since = Some(row.proposed.at);
        let PermitRow { permit, part, .. } = row;
        Self { what: ToSign::Permit { permit, part }, details, since, elsewhere: false }
    }

    /// Units of an order that may go out, with how many exceptions they have.
    pub fn ship(
        (order, part): (OrderId, PartId),
        (units, exceptions): (Vec<TravelerId>, usize),
        since: Option<Timestamp>,
    ) -> Self {
        let named: Vec<&str> = units.iter().map(|unit| unit.unit.as_str()).collect();
        let units_named = named.join(", ");
        let details = words!("{units}; exceptions: {exceptions}", units = units_named, exceptions);
        Self { what: ToSign::Ship { order, part, units }, details, since, elsewhere: false }
    }
}

impl ToSign {
    /// Which kind it is, as programs read it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Disposition { .. } => "disposition",
            Self::Step { .. } => "step",
            Self::Lot { .. } => "lot",
            Self::LotAsIs { .. } => "lot-as-is",
            Self::Permit { .. } => "permit",
            Self::Revision { .. } => "revision",
            Self::Ship { .. } => "ship",
        }
    }

    /// What it is about: a number that is gone by.
    pub fn which(&self) -> String {
        match self {
            Self::Disposition { deviation, .. } => deviation.to_string(),
            Self::Step { traveler, .. } => traveler.to_string(),
            Self::Lot { lot, .. } | Self::LotAsIs { lot, .. } => {
                lot.unit.as_ref().map_or_else(|| lot.lot.to_string(), ToString::to_string)
            }
            Self::Permit { permit, .. } => permit.to_string(),
            Self::Revision { id, revision, .. } => format!("{id} {revision}"),
            Self::Ship { order, .. } => order.to_string(),
        }
    }

    /// Of what it is: a part or units; empty where that is said already.
    pub fn of(&self) -> String {
        match self {
            Self::Disposition { units, .. } => units.clone(),
            Self::Step { part, .. } | Self::Permit { part, .. } | Self::Ship { part, .. } => {
                part.to_string()
            }
            Self::Lot { series, .. } | Self::LotAsIs { series, .. } => series.part.to_string(),
            Self::Revision { .. } => String::new(),
        }
    }

    /// What the signature would say.
    pub fn act(&self) -> Words {
        match self {
            Self::Disposition { .. } => words!("approve what was decided"),
            Self::Step { step, .. } => match step.meaning {
                Meaning::Performed => words!("sign: performed"),
                Meaning::Verified => words!("sign: verified"),
                Meaning::Witnessed => words!("sign: witnessed"),
                Meaning::Approved => words!("sign: approved"),
                Meaning::Dispositioned
                | Meaning::Released
                | Meaning::Accepted
                | Meaning::Rejected => words!("sign: released"),
            },
            Self::Lot { accept: true, .. } => words!("accept the lot"),
            Self::Lot { accept: false, .. } => words!("do not accept the lot"),
            Self::LotAsIs { .. } => words!("use the lot as it is"),
            Self::Permit { .. } => words!("grant the permit"),
            Self::Revision { .. } => words!("approve the revision"),
            Self::Ship { .. } => words!("release to ship"),
        }
    }

    /// The command by which it is signed.
    pub fn command(&self) -> String {
        let of_lot = |series: &SeriesId, lot: &LotView, verb: &str, rest: &str| {
            let (part, supplier, lot) = (&series.part, &series.supplier, &lot.lot);
            let supplier = supplier.replace('\'', "'\\''");
            format!("gemba inspection {verb} {part} '{supplier}' {lot}{rest}")
        };
        match self {
            Self::Disposition { deviation, .. } => format!("gemba deviation approve {deviation}"),
            Self::Step { traveler, step, .. } => {
                let StepToSign { operation, step, meaning, .. } = step;
                let meaning = meaning.word();
                format!("gemba sign --meaning {meaning} {traveler} {step} --operation {operation}")
            }
            Self::Lot { series, lot, accept: true } => of_lot(series, lot, "accept", ""),
            Self::Lot { series, lot, accept: false } => of_lot(series, lot, "reject", ""),
            Self::LotAsIs { series, lot } => {
                let end = LotEnd::UseAsIs.word();
                of_lot(series, lot, "dispose", &format!(" {end} --reason REASON"))
            }
            Self::Permit { permit, .. } => format!("gemba permit grant {permit}"),
            Self::Revision { id, revision, .. } => {
                format!("gemba sign --meaning approved {id} {revision}")
            }
            Self::Ship { units, .. } => {
                let units: Vec<String> = units.iter().map(ToString::to_string).collect();
                format!("gemba ship release {}", units.join(" "))
            }
        }
    }

    /// Whether it is the same as another, however that stood then.
    pub fn same(&self, other: &Self) -> bool {
        let key = |what: &Self| (what.kind(), what.which());
        key(self) == key(other) && self.opened() == other.opened() && self.at() == other.at()
    }

    fn opened(&self) -> Option<&Position> {
        match self {
            Self::Lot { lot, .. } | Self::LotAsIs { lot, .. } => Some(&lot.opened),
            Self::Disposition { .. }
            | Self::Step { .. }
            | Self::Permit { .. }
            | Self::Revision { .. }
            | Self::Ship { .. } => None,
        }
    }

    /// The step and the ask of it.
    fn at(&self) -> Option<(StepAt, u16)> {
        if let Self::Step { step, .. } = self { Some((step.at(), step.ask)) } else { None }
    }
}
