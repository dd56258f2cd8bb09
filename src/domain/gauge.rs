//! Gauges: measuring equipment with class, resolution, range and calibration due date.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::card;
use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{GaugeClassId, GaugeId};
use super::interval::Interval;
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::quantity::{Number, Quantity};
use super::refusal::equipment::EquipmentReason;
use super::refusal::{Reason, Refusal};
use super::stream::Subject;
use super::unit::Unit;

/// What happens to a gauge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum GaugeFact {
    /// Known from now on; again to correct the description.
    GaugeRegistered(GaugeDescription),
    /// Calibrated, and good from then on.
    GaugeCalibrated {
        /// The day of calibration.
        on: Date,
        /// Good through the end of this day, site time.
        due: Date,
        /// The certificate's number.
        certificate: String,
        /// How it was found before anything was set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_found: Option<AsFound>,
        /// The failures that are over with it: those known when it was noted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<Position>,
    },
    /// Found out of tolerance: every reading since its last good calibration is in doubt (R10).
    GaugeFailed {
        /// The day on which it was found, site time.
        on: Date,
        /// What was found, such as the error.
        found: String,
        /// How it came out.
        reason: String,
        /// The last day on which it was known to be good; absent where there is none.
        since: Option<Date>,
    },
}

/// What a gauge is, as its register says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaugeDescription {
    /// Name plate.
    pub name: String,
    /// What characteristics ask for.
    pub class: GaugeClassId,
    /// The unit it shows; none for attribute gauges.
    pub unit: Option<Unit>,
    /// The smallest step it shows, in that unit.
    pub resolution: Option<Number>,
    /// Expanded uncertainty of one reading at k = 2, in that unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Number>,
    /// What it can show, in that unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<GaugeRange>,
    /// How long a calibration is good, where its certificate does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

impl GaugeDescription {
    /// A gauge of which nothing but its name plate and class is known.
    pub fn new(name: String, class: GaugeClassId) -> Self {
        let (unit, resolution, uncertainty) = (None, None, None);
        Self { name, class, unit, resolution, uncertainty, range: None, interval: None }
    }
}

/// What a gauge can show, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaugeRange {
    /// The least.
    pub lower: Number,
    /// The greatest.
    pub upper: Number,
    /// The unit of both.
    pub unit: Unit,
}

impl GaugeRange {
    /// Whether a value is one that the gauge can show.
    pub fn holds(&self, value: &Quantity) -> bool {
        let base = |number: &Number| self.unit.to_base(number.value());
        let ends = base(&self.lower).zip(base(&self.upper));
        let of_it = value.unit.dimension() == self.unit.dimension();
        let value = value.unit.to_base(value.number.value()).filter(|_| of_it);
        value.zip(ends).is_none_or(|(value, (lower, upper))| value >= lower && value <= upper)
    }
}

impl fmt::Display for GaugeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} {}", self.lower, self.upper, self.unit)
    }
}

/// How a gauge was found at its calibration, before anything was set (ISO 9001 7.1.5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsFound {
    /// Whether it was within its tolerance.
    pub in_tolerance: bool,
    /// The error found, as the certificate says it.
    pub error: Option<String>,
}

/// What is asked for about a gauge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GaugeCommand {
    /// Register, or correct the description.
    Register(GaugeDescription),
    /// Note a calibration after which it is good.
    Calibrate {
        /// The day.
        on: Date,
        /// Good through this day; by the gauge's interval where absent.
        due: Option<Date>,
        /// The certificate's number.
        certificate: String,
        /// How it was found; out of tolerance is a failure as well.
        as_found: Option<AsFound>,
    },
    /// Say that it was found out of tolerance.
    Fail {
        /// What was found.
        found: String,
        /// How it came out.
        reason: String,
    },
}

/// A gauge as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GaugeState {
    /// What it is; absent before registration.
    pub described: Option<GaugeDescription>,
    /// The day of the last calibration.
    pub calibrated: Option<Date>,
    /// Good through the end of this day; absent when never calibrated.
    pub due: Option<Date>,
    /// The certificate of the last calibration.
    pub certificate: Option<String>,
    /// How it was found at the last calibration.
    pub as_found: Option<AsFound>,
    /// Every time it was found out of tolerance, in fold order.
    pub failures: Vec<GaugeFailure>,
}

/// A gauge found out of tolerance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GaugeFailure {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// The day on which it was found.
    pub on: Date,
    /// What was found.
    pub found: String,
    /// How it came out.
    pub reason: String,
    /// The last day on which it was known to be good.
    pub since: Option<Date>,
    /// When a calibration made it good again.
    pub answered: Option<Moment>,
}

impl GaugeFailure {
    /// Whether a reading of that time is in doubt: from the day of the last good calibration, site
    /// time, until the gauge was good again (R10).
    pub fn doubts(&self, taken: Timestamp, zone: &TimeZone) -> bool {
        let from = self.since.and_then(|day| day.to_zoned(zone.clone()).ok());
        let after_good = from.is_none_or(|from| taken >= from.timestamp());
        let over = self.answered.as_ref().is_some_and(|answered| taken > answered.effective());
        after_good && !over
    }

    /// Whether it had been found, and was not yet good again, at that time.
    pub fn stood_at(&self, time: Timestamp) -> bool {
        self.moment.effective() <= time
            && self.answered.as_ref().is_none_or(|answered| answered.effective() > time)
    }
}

impl GaugeState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &GaugeFact) {
        match fact {
            GaugeFact::GaugeRegistered(described) => self.described = Some(described.clone()),
            GaugeFact::GaugeCalibrated { on, due, certificate, as_found, answers } => {
                // An older certificate may be entered late; the last calibration counts.
                if self.calibrated.is_none_or(|last| last <= *on) {
                    self.calibrated = Some(*on);
                    self.due = Some(*due);
                    self.certificate = Some(certificate.clone());
                    self.as_found.clone_from(as_found);
                }
                for failure in self.failures.iter_mut().filter(|f| answers.contains(&f.at)) {
                    failure.answered.get_or_insert_with(|| head.moment.clone());
                }
            }
            GaugeFact::GaugeFailed { on, found, reason, since } => {
                self.failures.push(GaugeFailure {
                    at: head.position.clone(),
                    moment: head.moment.clone(),
                    on: *on,
                    found: found.clone(),
                    reason: reason.clone(),
                    since: *since,
                    answered: None,
                });
            }
        }
    }

    /// The failure that stands: it is refused until it was calibrated again.
    pub fn failed(&self) -> Option<&GaugeFailure> {
        self.failures.iter().find(|failure| failure.answered.is_none())
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
    let facts = match command {
        GaugeCommand::Register(described) => {
            context.require_role(Action::KeepGauges, &mut reasons);
            reasons.append(&mut card::faults("the gauge's description", &described.name));
            let figures =
                [("resolution", &described.resolution), ("uncertainty", &described.uncertainty)];
            for (figure, number) in figures {
                // A guard band below zero would widen the limits (ISO 14253-1).
                if number.as_ref().is_some_and(|number| number.value() <= Decimal::ZERO) {
                    reasons.push(EquipmentReason::NotPositive { gauge: id.clone(), figure }.into());
                }
            }
            if let Some(range) = &described.range
                && (described.unit != Some(range.unit)
                    || range.lower.value() >= range.upper.value())
            {
                reasons.push(EquipmentReason::RangeUpsideDown { gauge: id.clone() }.into());
            }
            vec![GaugeFact::GaugeRegistered(described)]
        }
        GaugeCommand::Calibrate { on, due, certificate, as_found } => {
            calibrate(id, state, (on, due), (certificate, as_found), (context, &mut reasons))
        }
        GaugeCommand::Fail { found, reason } => {
            context.require_role(Action::FailGauge, &mut reasons);
            require_known(id, state, &mut reasons);
            context.require_line("what was found", &found, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            if let Some(failure) = state.failed() {
                reasons.push(failed(id, failure));
            }
            let (on, since) = (context.today(), state.calibrated);
            vec![GaugeFact::GaugeFailed { on, found, reason, since }]
        }
    };
    Refusal::unless_empty(reasons)?;
    let subject = Subject::Gauge(id.clone());
    Ok(facts.into_iter().map(|fact| (subject.clone(), FactBody::Gauge(fact))).collect())
}

/// The reason why a failed gauge may not be used.
pub fn failed(id: &GaugeId, failure: &GaugeFailure) -> Reason {
    let (gauge, on, found) = (id.clone(), failure.on, failure.found.clone());
    EquipmentReason::GaugeFailed { gauge, on, found }.into()
}

fn require_known(id: &GaugeId, state: &GaugeState, reasons: &mut Vec<Reason>) {
    if state.described.is_none() {
        reasons.push(EquipmentReason::GaugeUnknown { gauge: id.clone() }.into());
    }
}

/// A calibration; where the gauge was found out of tolerance, its failure comes first (R10).
fn calibrate(
    id: &GaugeId,
    state: &GaugeState,
    (on, due): (Date, Option<Date>),
    (certificate, as_found): (String, Option<AsFound>),
    (context, reasons): (&Context, &mut Vec<Reason>),
) -> Vec<GaugeFact> {
    context.require_role(Action::KeepGauges, reasons);
    require_known(id, state, reasons);
    context.require_text("the certificate's number", &certificate, reasons);
    if let Some(error) = as_found.as_ref().and_then(|found| found.error.as_ref()) {
        context.require_line("the error found", error, reasons);
    }
    if on > context.today() {
        reasons.push(EquipmentReason::CalibratedAhead { gauge: id.clone(), on }.into());
    }
    let interval = state.described.as_ref().and_then(|described| described.interval);
    let due = due.or_else(|| interval?.after(on));
    let Some(due) = due else {
        reasons.push(EquipmentReason::DueUnknown { gauge: id.clone() }.into());
        return Vec::new();
    };
    if due <= on {
        reasons.push(EquipmentReason::DueBeforeCalibration { gauge: id.clone(), on, due }.into());
    }
    // What was found later than this calibration is not over with it.
    let known = state.failures.iter().filter(|f| f.answered.is_none() && f.on <= on);
    let mut answers: Vec<Position> = known.map(|failure| failure.at.clone()).collect();
    let mut facts = Vec::new();
    if let Some(found) = as_found.as_ref().filter(|found| !found.in_tolerance)
        && answers.is_empty()
    {
        answers.push(context.next.clone());
        facts.push(GaugeFact::GaugeFailed {
            on: context.today(),
            found: found.error.clone().unwrap_or_else(|| "out of tolerance".to_owned()),
            reason: format!("as found at calibration {certificate}"),
            since: state.calibrated.filter(|last| *last <= on),
        });
    }
    facts.push(GaugeFact::GaugeCalibrated { on, due, certificate, as_found, answers });
    facts
}
