//! Reasons about equipment: people's training, gauges, places and setups (R5, R10).

use jiff::civil::Date;

use crate::domain::card::{NAME_CHARS_MAX, NameFault};
use crate::domain::ids::{
    GaugeClassId, GaugeId, InstructionId, OrderId, PartId, PersonId, PlaceId, QualificationId,
    WorkCenterId,
};
use crate::domain::order::Unfinished;
use crate::domain::understood::{HELD, understood};
use crate::domain::unit::Unit;
use crate::domain::words::words;
use crate::domain::words::{Value, Words};

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
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn what(&self) -> Words {
        match self {
            Self::GaugeMissing { class } => {
                words!("This reading needs a gauge of class {class}.", class)
            }
            Self::GaugeUnknown { gauge } => {
                words!("The gauge {gauge} is not known at this station.", gauge)
            }
            Self::GaugeWrongClass { gauge, class } => {
                words!("The gauge {gauge} is not of class {class}.", gauge, class)
            }
            Self::GaugeOverdue { gauge, due } => {
                words!("The gauge {gauge} was due for calibration on {due}.", gauge, due)
            }
            Self::GaugeNeverCalibrated { gauge } => {
                words!("The gauge {gauge} has no calibration on record.", gauge)
            }
            Self::CalibratedAhead { gauge, on } => {
                words!(
                    "{gauge} cannot have been calibrated on {on}, which is still to come.",
                    gauge,
                    on
                )
            }
            Self::DueBeforeCalibration { gauge, on, due } => {
                words!("{gauge} calibrated on {on} cannot be due on {due}.", gauge, on, due)
            }
            Self::NotAName { what, fault } => not_a_name(what, *fault),
            Self::NotPositive { gauge, figure } => {
                words!("The {figure} of {gauge} is not above zero.", figure => *figure, gauge)
            }
            Self::WrongDimension { gauge, shows, wanted } => {
                words!(
                    "{gauge} shows {shows}, and this is measured in {wanted}.",
                    gauge,
                    shows,
                    wanted
                )
            }
            Self::OutOfRange { gauge, value, range } => {
                words!(
                    "{gauge} shows {range}, so it cannot have shown {value}.",
                    gauge,
                    range,
                    value
                )
            }
            Self::GaugeFailed { gauge, on, found } => {
                words!(
                    "The gauge {gauge} was found out of tolerance on {on}: {found}.",
                    gauge,
                    on,
                    found
                )
            }
            Self::DueUnknown { gauge } => {
                words!("{gauge} has no calibration interval, and no due date was given.", gauge)
            }
            Self::RangeUpsideDown { gauge } => {
                words!(
                    "The range of {gauge} needs its least value first, in the gauge's unit.",
                    gauge
                )
            }
            Self::FailureUnknown { gauge } => {
                words!("No such failure of {gauge} is known at this station.", gauge)
            }
            Self::NothingToHold { gauge, held } => nothing_to_hold(gauge, *held),
            Self::QualificationNotHeld { person, qualification } => {
                words!(
                    "{person} does not hold the qualification {qualification}.",
                    person,
                    qualification
                )
            }
            Self::SetupMissing { place, instruction } => {
                words!("{place} is not set up for {instruction}.", place, instruction)
            }
            Self::OperationHeld { place, instruction, why } => held(instruction, place, why),
            Self::OperationNotHeld { place, instruction } => not_held(instruction, place),
            Self::UnitsOpen { order, left } => {
                words!("The order {order} is not finished: {left}.", order, left => left.words())
            }
            Self::OrderOpen { order } => words!("The order {order} is not closed.", order),
            Self::PartUnknown { part, .. } => {
                words!("Nothing is known at this station of the part {part}.", part)
            }
            Self::InstructionUnknown { instruction, .. } => {
                words!(
                    "Nothing is known at this station of the instruction {instruction}.",
                    instruction
                )
            }
            Self::SpecificationUnknown { part, .. } => {
                words!("No specification of {part} is known at this station.", part)
            }
            Self::WorkCenterUnknown { work_center, .. } => {
                words!(
                    "No place of the work center {work_center} is known at this station.",
                    work_center
                )
            }
        }
    }

    /// What to do next.
    #[expect(clippy::too_many_lines, reason = "one table, a line a reason")]
    pub fn next(&self) -> Words {
        match self {
            Self::GaugeMissing { .. } => words!("scan one"),
            Self::GaugeUnknown { .. } => words!("scan another one"),
            Self::GaugeWrongClass { class, .. } => words!("scan one of class {class}", class),
            Self::GaugeOverdue { .. } | Self::GaugeNeverCalibrated { .. } => {
                words!("scan another one that is in date")
            }
            Self::CalibratedAhead { .. } => words!("check the date"),
            Self::DueBeforeCalibration { .. } => words!("check the dates"),
            Self::NotAName { what, fault: NameFault::Blank } => {
                words!("write {what}", what => *what)
            }
            Self::NotAName { fault: NameFault::TooLong, .. } => {
                words!("shorten it; what is more to say belongs somewhere else")
            }
            Self::NotAName { what, fault: NameFault::Hides(_) } => {
                words!(
                    "type {what} anew by hand; pasted text often brings such characters",
                    what => *what
                )
            }
            Self::NotPositive { figure, .. } => {
                words!(
                    "give the {figure} as its certificate states it, or leave it out",
                    figure => *figure
                )
            }
            Self::OutOfRange { .. } => {
                words!("type what it shows, or scan the gauge that was used")
            }
            Self::WrongDimension { gauge, wanted, .. } => words!(
                "scan the gauge that was used, one that shows {wanted}; where {gauge} is registered \
                 wrong, quality puts it right (gemba gauge add {gauge})",
                wanted,
                gauge
            ),
            Self::GaugeFailed { .. } => {
                words!("scan another one; this one is refused until it is calibrated again")
            }
            Self::DueUnknown { .. } => {
                words!("say until when it is good, or register its interval")
            }
            Self::RangeUpsideDown { .. } => words!("write it such as 5..50"),
            Self::FailureUnknown { .. } => words!("look at its list again: gemba gauge trace"),
            Self::NothingToHold { .. } => words!("nothing needs to be done for this unit"),
            Self::QualificationNotHeld { .. } => words!("check the name: gemba person list"),
            Self::SetupMissing { .. } => {
                words!("set it up, then say so: F11, setup done (gemba place setup)")
            }
            Self::OperationHeld { place, instruction, .. } => words!(
                "finish what is begun there; a supervisor or quality finds out why, and lets it go on: \
                 gemba place release {place} {instruction}",
                place,
                instruction
            ),
            Self::OperationNotHeld { .. } => words!("see what is: gemba place list"),
            Self::UnitsOpen { .. } => {
                words!(
                    "finish them and dispose what is held, or close it all the same: \
                 --with-open-units"
                )
            }
            Self::OrderOpen { .. } => words!("nothing to do"),
            Self::PartUnknown { part, heard_s } => fetch(
                *heard_s,
                words!("engineering releases the specification of {part}; check the name", part),
            ),
            Self::InstructionUnknown { instruction, heard_s } => fetch(
                *heard_s,
                words!("engineering releases {instruction}; check the name", instruction),
            ),
            Self::SpecificationUnknown { part, heard_s } => {
                fetch(*heard_s, words!("engineering releases the specification of {part}", part))
            }
            Self::WorkCenterUnknown { work_center, heard_s } => fetch(
                *heard_s,
                words!(
                    "an administrator defines a place of {work_center}; check the name",
                    work_center
                ),
            ),
        }
    }
}

/// How a station gets to know what it does not: from its server, else from whom it comes.
fn fetch(heard_s: Option<i64>, from_whom: Words) -> Words {
    match heard_s {
        None => {
            words!(
                "this station never reached its server: fetch what is there (gemba station enroll, \
                 then gemba sync), and do it again"
            )
        }
        Some(age_s) => {
            let age = match age_s {
                ..3_600 => words!("{n} min", n = age_s / 60),
                3_600..172_800 => words!("{n} h", n = age_s / 3_600),
                172_800.. => words!("{n} days", n = age_s / 86_400),
            };
            words!(
                "fetch what is new (gemba sync; the last time was {age} ago); else {from_whom}",
                age => age,
                from_whom => from_whom
            )
        }
    }
}

fn not_a_name(what: &'static str, fault: NameFault) -> Words {
    let begun = |sentence: &'static str| Words {
        sentence,
        values: vec![("what", Value::Begin(what.into()))],
    };
    match fault {
        NameFault::Blank => begun("{what} is missing."),
        NameFault::TooLong => {
            begun("{what} has more than {most} characters.").and("most", NAME_CHARS_MAX)
        }
        NameFault::Hides(c) => begun("{what} has a character that hides or steers ({character}).")
            .and("character", format!("U+{:04X}", u32::from(c))),
    }
}

impl From<EquipmentReason> for super::Reason {
    fn from(reason: EquipmentReason) -> Self {
        Self::Equipment(reason)
    }
}

fn held(instruction: &InstructionId, place: &PlaceId, why: &str) -> Words {
    words!(
        "{instruction} is held at {place}: {why}.",
        instruction,
        place,
        why => understood(why, HELD)
    )
}

fn not_held(instruction: &InstructionId, place: &PlaceId) -> Words {
    words!("{instruction} is not held at {place}.", instruction, place)
}

fn nothing_to_hold(gauge: &GaugeId, held: bool) -> Words {
    if held {
        return words!(
            "Each reading of this unit made with {gauge} is held or was released.",
            gauge
        );
    }
    words!("No reading of this unit was made with {gauge} since it was last good.", gauge)
}
