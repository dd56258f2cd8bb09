//! Reasons about equipment: people's training, gauges, places and setups (R5, R10).

use jiff::civil::Date;

use crate::domain::card::{NAME_CHARS_MAX, NameFault};
use crate::domain::ids::{
    GaugeClassId, GaugeId, InstructionId, OrderId, PartId, PersonId, PlaceId, QualificationId,
    WorkCenterId,
};
use crate::domain::order::Unfinished;
use crate::domain::unit::Unit;

/// A reason about what work is done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EquipmentReason {
    /// The reading needs a gauge (R5).
    GaugeMissing {
        /// The class asked for.
        class: GaugeClassId,
    },
    /// The gauge is not known here.
    GaugeUnknown {
        /// The gauge.
        gauge: GaugeId,
    },
    /// The gauge is of another class (R5).
    GaugeWrongClass {
        /// The gauge.
        gauge: GaugeId,
        /// The class asked for.
        class: GaugeClassId,
    },
    /// The gauge's calibration has ended (R5).
    GaugeOverdue {
        /// The gauge.
        gauge: GaugeId,
        /// The last good day.
        due: Date,
    },
    /// The gauge has no calibration (R5).
    GaugeNeverCalibrated {
        /// The gauge.
        gauge: GaugeId,
    },
    /// The calibration is dated after today.
    CalibratedAhead {
        /// The gauge.
        gauge: GaugeId,
        /// The day of calibration.
        on: Date,
    },
    /// A reading is not one that the gauge can show.
    OutOfRange {
        /// The gauge.
        gauge: GaugeId,
        /// The reading.
        value: String,
        /// What it can show.
        range: String,
    },
    /// The gauge shows another kind of quantity than what is measured (R5).
    WrongDimension {
        /// The gauge.
        gauge: GaugeId,
        /// What it shows.
        shows: Unit,
        /// What is measured.
        wanted: Unit,
    },
    /// The gauge was found out of tolerance (R10).
    GaugeFailed {
        /// The gauge.
        gauge: GaugeId,
        /// When it was found.
        on: Date,
        /// What was found.
        found: String,
    },
    /// Neither the calibration nor the gauge says how long it is good.
    DueUnknown {
        /// The gauge.
        gauge: GaugeId,
    },
    /// A name or a badge that is none.
    NotAName {
        /// Which one.
        what: &'static str,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A resolution or an uncertainty that no gauge has.
    NotPositive {
        /// The gauge.
        gauge: GaugeId,
        /// Which figure.
        figure: &'static str,
    },
    /// The range's ends are the wrong way round, or in another unit than the gauge's.
    RangeUpsideDown {
        /// The gauge.
        gauge: GaugeId,
    },
    /// No such failure of the gauge is known here.
    FailureUnknown {
        /// The gauge.
        gauge: GaugeId,
    },
    /// No reading of the unit is in doubt, or each is held or was released.
    NothingToHold {
        /// The gauge.
        gauge: GaugeId,
        /// Whether there are such readings, each held before.
        held: bool,
    },
    /// The person does not hold the qualification.
    QualificationNotHeld {
        /// The person.
        person: PersonId,
        /// The qualification.
        qualification: QualificationId,
    },
    /// The place is not set up for the instruction (R5).
    SetupMissing {
        /// The place.
        place: PlaceId,
        /// The instruction.
        instruction: InstructionId,
    },
    /// Nothing is known here of the part that an order makes.
    PartUnknown {
        /// The part.
        part: PartId,
        /// Seconds since the server was reached; none where it never was.
        heard_s: Option<i64>,
    },
    /// Nothing is known here of an instruction that an order names.
    InstructionUnknown {
        /// The instruction.
        instruction: InstructionId,
        /// Seconds since the server was reached; none where it never was.
        heard_s: Option<i64>,
    },
    /// Nothing is known here of the specification that the instructions measure against.
    SpecificationUnknown {
        /// The part.
        part: PartId,
        /// Seconds since the server was reached; none where it never was.
        heard_s: Option<i64>,
    },
    /// No place of a work center that an order names is known here.
    WorkCenterUnknown {
        /// The work center.
        work_center: WorkCenterId,
        /// Seconds since the server was reached; none where it never was.
        heard_s: Option<i64>,
    },
    /// Units in a row failed there: the operation is not begun (R4).
    OperationHeld {
        /// The place.
        place: PlaceId,
        /// The instruction.
        instruction: InstructionId,
        /// Why.
        why: String,
    },
    /// The operation is not held there.
    OperationNotHeld {
        /// The place.
        place: PlaceId,
        /// The instruction.
        instruction: InstructionId,
    },
    /// The order has units that are begun or on hold.
    UnitsOpen {
        /// The order.
        order: OrderId,
        /// Which units are not finished.
        left: Unfinished,
    },
    /// The order is not closed.
    OrderOpen {
        /// The order.
        order: OrderId,
    },
    /// The due date is not after the calibration.
    DueBeforeCalibration {
        /// The gauge.
        gauge: GaugeId,
        /// The day of calibration.
        on: Date,
        /// The last good day.
        due: Date,
    },
}

impl EquipmentReason {
    /// The code, stable for scripts and documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::GaugeMissing { .. } => "G01",
            Self::GaugeUnknown { .. } => "G02",
            Self::GaugeWrongClass { .. } => "G03",
            Self::GaugeOverdue { .. } => "G04",
            Self::GaugeNeverCalibrated { .. } => "G05",
            Self::CalibratedAhead { .. } => "G07",
            Self::DueBeforeCalibration { .. } => "G06",
            Self::OutOfRange { .. } => "G08",
            Self::NotPositive { .. } => "G14",
            Self::NotAName { fault: NameFault::Blank, .. } => "C10",
            Self::NotAName { fault: NameFault::TooLong, .. } => "C11",
            Self::NotAName { fault: NameFault::Hides(_), .. } => "C12",
            Self::WrongDimension { .. } => "G15",
            Self::GaugeFailed { .. } => "G09",
            Self::DueUnknown { .. } => "G10",
            Self::RangeUpsideDown { .. } => "G11",
            Self::FailureUnknown { .. } => "G12",
            Self::NothingToHold { .. } => "G13",
            Self::QualificationNotHeld { .. } => "P30",
            Self::SetupMissing { .. } => "L05",
            Self::OperationHeld { .. } => "L06",
            Self::OperationNotHeld { .. } => "L07",
            Self::UnitsOpen { .. } => "O09",
            Self::OrderOpen { .. } => "O14",
            Self::PartUnknown { .. } => "O10",
            Self::InstructionUnknown { .. } => "O11",
            Self::SpecificationUnknown { .. } => "O12",
            Self::WorkCenterUnknown { .. } => "O13",
        }
    }

    /// What stands in the way.
    pub fn what(&self) -> String {
        match self {
            Self::GaugeMissing { class } => format!("This reading needs a gauge of class {class}."),
            Self::GaugeUnknown { gauge } => {
                format!("The gauge {gauge} is not known at this station.")
            }
            Self::GaugeWrongClass { gauge, class } => {
                format!("The gauge {gauge} is not of class {class}.")
            }
            Self::GaugeOverdue { gauge, due } => {
                format!("The gauge {gauge} was due for calibration on {due}.")
            }
            Self::GaugeNeverCalibrated { gauge } => {
                format!("The gauge {gauge} has no calibration on record.")
            }
            Self::CalibratedAhead { gauge, on } => {
                format!("{gauge} cannot have been calibrated on {on}, which is still to come.")
            }
            Self::DueBeforeCalibration { gauge, on, due } => {
                format!("{gauge} calibrated on {on} cannot be due on {due}.")
            }
            Self::NotAName { what, fault } => not_a_name(what, *fault),
            Self::NotPositive { gauge, figure } => {
                format!("The {figure} of {gauge} is not above zero.")
            }
            Self::WrongDimension { gauge, shows, wanted } => {
                format!("{gauge} shows {shows}, and this is measured in {wanted}.")
            }
            Self::OutOfRange { gauge, value, range } => {
                format!("{gauge} shows {range}, so it cannot have shown {value}.")
            }
            Self::GaugeFailed { gauge, on, found } => {
                format!("The gauge {gauge} was found out of tolerance on {on}: {found}.")
            }
            Self::DueUnknown { gauge } => {
                format!("{gauge} has no calibration interval, and no due date was given.")
            }
            Self::RangeUpsideDown { gauge } => {
                format!("The range of {gauge} needs its least value first, in the gauge's unit.")
            }
            Self::FailureUnknown { gauge } => {
                format!("No such failure of {gauge} is known at this station.")
            }
            Self::NothingToHold { gauge, held } => nothing_to_hold(gauge, *held),
            Self::QualificationNotHeld { person, qualification } => {
                format!("{person} does not hold the qualification {qualification}.")
            }
            Self::SetupMissing { place, instruction } => {
                format!("{place} is not set up for {instruction}.")
            }
            Self::OperationHeld { place, instruction, why } => held(instruction, place, why),
            Self::OperationNotHeld { place, instruction } => not_held(instruction, place),
            Self::UnitsOpen { order, left } => {
                format!("The order {order} is not finished: {}.", left.words())
            }
            Self::OrderOpen { order } => format!("The order {order} is not closed."),
            Self::PartUnknown { part, .. } => {
                format!("Nothing is known at this station of the part {part}.")
            }
            Self::InstructionUnknown { instruction, .. } => {
                format!("Nothing is known at this station of the instruction {instruction}.")
            }
            Self::SpecificationUnknown { part, .. } => {
                format!("No specification of {part} is known at this station.")
            }
            Self::WorkCenterUnknown { work_center, .. } => {
                format!("No place of the work center {work_center} is known at this station.")
            }
        }
    }

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::GaugeMissing { .. } => "scan one".to_owned(),
            Self::GaugeUnknown { .. } => "scan another one".to_owned(),
            Self::GaugeWrongClass { class, .. } => format!("scan one of class {class}"),
            Self::GaugeOverdue { .. } | Self::GaugeNeverCalibrated { .. } => {
                "scan another one that is in date".to_owned()
            }
            Self::CalibratedAhead { .. } => "check the date".to_owned(),
            Self::DueBeforeCalibration { .. } => "check the dates".to_owned(),
            Self::NotAName { what, fault: NameFault::Blank } => format!("write {what}"),
            Self::NotAName { fault: NameFault::TooLong, .. } => {
                "shorten it; what is more to say belongs somewhere else".to_owned()
            }
            Self::NotAName { what, fault: NameFault::Hides(_) } => {
                format!("type {what} anew by hand; pasted text often brings such characters")
            }
            Self::NotPositive { figure, .. } => {
                format!("give the {figure} as its certificate states it, or leave it out")
            }
            Self::OutOfRange { .. } => {
                "type what it shows, or scan the gauge that was used".to_owned()
            }
            Self::WrongDimension { gauge, wanted, .. } => format!(
                "scan the gauge that was used, one that shows {wanted}; where {gauge} is registered \
                 wrong, quality puts it right (gemba gauge add {gauge})"
            ),
            Self::GaugeFailed { .. } => {
                "scan another one; this one is refused until it is calibrated again".to_owned()
            }
            Self::DueUnknown { .. } => {
                "say until when it is good, or register its interval".to_owned()
            }
            Self::RangeUpsideDown { .. } => "write it such as 5..50".to_owned(),
            Self::FailureUnknown { .. } => "look at its list again: gemba gauge trace".to_owned(),
            Self::NothingToHold { .. } => "nothing needs to be done for this unit".to_owned(),
            Self::QualificationNotHeld { .. } => "check the name: gemba person list".to_owned(),
            Self::SetupMissing { .. } => {
                "set it up, then say so: F11, setup done (gemba place setup)".to_owned()
            }
            Self::OperationHeld { place, instruction, .. } => format!(
                "finish what is begun there; a supervisor or quality finds out why, and lets it go on: \
                 gemba place release {place} {instruction}"
            ),
            Self::OperationNotHeld { .. } => "see what is: gemba place list".to_owned(),
            Self::UnitsOpen { .. } => {
                "finish them and dispose what is held, or close it all the same: \
                 --with-open-units"
                    .to_owned()
            }
            Self::OrderOpen { .. } => "nothing to do".to_owned(),
            Self::PartUnknown { part, heard_s } => fetch(
                *heard_s,
                &format!("engineering releases the specification of {part}; check the name"),
            ),
            Self::InstructionUnknown { instruction, heard_s } => {
                fetch(*heard_s, &format!("engineering releases {instruction}; check the name"))
            }
            Self::SpecificationUnknown { part, heard_s } => {
                fetch(*heard_s, &format!("engineering releases the specification of {part}"))
            }
            Self::WorkCenterUnknown { work_center, heard_s } => fetch(
                *heard_s,
                &format!("an administrator defines a place of {work_center}; check the name"),
            ),
        }
    }
}

/// How a station gets to know what it does not: from its server, else from whom it comes.
fn fetch(heard_s: Option<i64>, from_whom: &str) -> String {
    match heard_s {
        None => {
            "this station never reached its server: fetch what is there (gemba station enroll, \
                 then gemba sync), and do it again"
                .to_owned()
        }
        Some(age_s) => {
            let age = match age_s {
                ..3_600 => format!("{} min", age_s / 60),
                3_600..172_800 => format!("{} h", age_s / 3_600),
                172_800.. => format!("{} days", age_s / 86_400),
            };
            format!("fetch what is new (gemba sync; the last time was {age} ago); else {from_whom}")
        }
    }
}

fn not_a_name(what: &str, fault: NameFault) -> String {
    let mut what = what.to_owned();
    if let Some(first) = what.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match fault {
        NameFault::Blank => format!("{what} is missing."),
        NameFault::TooLong => format!("{what} has more than {NAME_CHARS_MAX} characters."),
        NameFault::Hides(c) => {
            format!("{what} has a character that hides or steers (U+{:04X}).", u32::from(c))
        }
    }
}

impl From<EquipmentReason> for super::Reason {
    fn from(reason: EquipmentReason) -> Self {
        Self::Equipment(reason)
    }
}

fn held(instruction: &InstructionId, place: &PlaceId, why: &str) -> String {
    format!("{instruction} is held at {place}: {why}.")
}

fn not_held(instruction: &InstructionId, place: &PlaceId) -> String {
    format!("{instruction} is not held at {place}.")
}

fn nothing_to_hold(gauge: &GaugeId, held: bool) -> String {
    if held {
        return format!("Each reading of this unit made with {gauge} is held or was released.");
    }
    format!("No reading of this unit was made with {gauge} since it was last good.")
}
