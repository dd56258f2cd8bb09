//! Reasons about equipment: people's training, gauges, places and setups (R5, R10).

use jiff::civil::Date;

use crate::domain::ids::{GaugeClassId, GaugeId};

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
        }
    }
}

impl From<EquipmentReason> for super::Reason {
    fn from(reason: EquipmentReason) -> Self {
        Self::Equipment(reason)
    }
}
