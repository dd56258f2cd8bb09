//! Gauges: measuring equipment with class, resolution and calibration due date.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::Head;
use super::ids::{GaugeClassId, GaugeId};
use super::kinds::FactBody;
use super::people::Action;
use super::quantity::Number;
use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};
use super::stream::Subject;
use super::unit::Unit;

/// What happens to a gauge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum GaugeFact {
    /// Known from now on; again to correct the description.
    GaugeRegistered {
        /// Name plate.
        name: String,
        /// What characteristics ask for.
        class: GaugeClassId,
        /// The unit it shows; none for attribute gauges.
        unit: Option<Unit>,
        /// The smallest step it shows, in that unit.
        resolution: Option<Number>,
        /// Expanded uncertainty of one reading at k = 2, in that unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uncertainty: Option<Number>,
    },
    /// Calibrated and found good.
    GaugeCalibrated {
        /// The day of calibration.
        on: Date,
        /// Good through the end of this day, site time.
        due: Date,
        /// The certificate's number.
        certificate: String,
    },
}

/// What is asked for about a gauge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GaugeCommand {
    /// Register.
    Register {
        /// Name plate.
        name: String,
        /// Class.
        class: GaugeClassId,
        /// The unit it shows.
        unit: Option<Unit>,
        /// The smallest step it shows, in that unit.
        resolution: Option<Number>,
        /// Expanded uncertainty of one reading at k = 2, in that unit.
        uncertainty: Option<Number>,
    },
    /// Note a calibration with a good result.
    Calibrate {
        /// The day.
        on: Date,
        /// Good through this day.
        due: Date,
        /// The certificate's number.
        certificate: String,
    },
}

/// A gauge as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GaugeState {
    /// Name plate.
    pub name: String,
    /// Class; absent before registration.
    pub class: Option<GaugeClassId>,
    /// The unit it shows.
    pub unit: Option<Unit>,
    /// The smallest step it shows.
    pub resolution: Option<Number>,
    /// Expanded uncertainty of one reading at k = 2, in that unit.
    pub uncertainty: Option<Number>,
    /// The day of the last calibration.
    pub calibrated: Option<Date>,
    /// Good through the end of this day; absent when never calibrated.
    pub due: Option<Date>,
}

impl GaugeState {
    /// Takes one more fact.
    pub fn evolve(&mut self, _head: &Head, fact: &GaugeFact) {
        match fact {
            GaugeFact::GaugeRegistered { name, class, unit, resolution, uncertainty } => {
                self.name.clone_from(name);
                self.class = Some(class.clone());
                self.unit = *unit;
                self.resolution.clone_from(resolution);
                self.uncertainty.clone_from(uncertainty);
            }
            // An older certificate may be entered late; the last calibration counts.
            GaugeFact::GaugeCalibrated { on, due, .. } => {
                if self.calibrated.is_none_or(|last| last <= *on) {
                    self.calibrated = Some(*on);
                    self.due = Some(*due);
                }
            }
        }
    }
}

/// Decides what is asked for about a gauge.
pub fn decide(
    id: &GaugeId,
    state: &GaugeState,
    command: GaugeCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    context.require_role(Action::KeepGauges, &mut reasons);
    let fact = match command {
        GaugeCommand::Register { name, class, unit, resolution, uncertainty } => {
            GaugeFact::GaugeRegistered { name, class, unit, resolution, uncertainty }
        }
        GaugeCommand::Calibrate { on, due, certificate } => {
            if state.class.is_none() {
                reasons
                    .push(Reason::Equipment(EquipmentReason::GaugeUnknown { gauge: id.clone() }));
            }
            context.require_text("the certificate's number", &certificate, &mut reasons);
            if on > context.today() {
                reasons.push(Reason::Equipment(EquipmentReason::CalibratedAhead {
                    gauge: id.clone(),
                    on,
                }));
            }
            if due <= on {
                reasons.push(Reason::Equipment(EquipmentReason::DueBeforeCalibration {
                    gauge: id.clone(),
                    on,
                    due,
                }));
            }
            GaugeFact::GaugeCalibrated { on, due, certificate }
        }
    };
    Refusal::unless_empty(reasons)?;
    Ok(vec![(Subject::Gauge(id.clone()), FactBody::Gauge(fact))])
}
