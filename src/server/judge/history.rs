//! What people were trained for and what gauges were said to be, as it was accepted over time: a
//! record is judged by the day on which it was made (R5).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::domain::fact::Fact;
use crate::domain::gauge::{GaugeDescription, GaugeFact};
use crate::domain::ids::{GaugeId, PersonId, QualificationId, WorkCenterId};
use crate::domain::kinds::FactBody;
use crate::domain::people::PersonFact;
use crate::domain::place::PlaceFact;
use crate::domain::stream::Subject;
use crate::domain::traveler::fact::GaugeUsed;
use crate::domain::unit::Unit;

/// By how much the clocks of two stations may differ before somebody is told: what one station
/// granted may be used at another so much earlier.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(2);

/// Whether somebody was trained for something on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Training {
    Held,
    Missing,
    Ended(Date),
}

/// What was granted and taken back, registered and calibrated.
#[derive(Debug, Default)]
pub(super) struct History {
    trained: BTreeMap<(PersonId, QualificationId), Vec<Said>>,
    gauges: BTreeMap<GaugeId, Register>,
    work_centers: BTreeSet<WorkCenterId>,
}

/// What was said of a training, and since when it holds.
#[derive(Debug)]
struct Said {
    since: Timestamp,
    good: Good,
}

/// How long a training is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Good {
    Always,
    Through(Date),
    TakenBack,
}

/// What was ever said of a gauge.
#[derive(Debug, Default)]
pub(super) struct Register {
    described: Vec<GaugeDescription>,
    due: BTreeSet<Date>,
}

impl History {
    /// Takes one more accepted fact.
    pub(super) fn note(&mut self, fact: &Fact) {
        let since = fact.head.moment.effective();
        if let (Subject::Person(person), FactBody::Person(body)) = (&fact.subject, &fact.body) {
            let said = match body {
                PersonFact::QualificationGranted { qualification, until } => {
                    Some((qualification, until.map_or(Good::Always, Good::Through)))
                }
                PersonFact::QualificationRevoked { qualification, .. } => {
                    Some((qualification, Good::TakenBack))
                }
                PersonFact::PersonAdmitted { .. }
                | PersonFact::PersonRevoked { .. }
                | PersonFact::RevisionRead(_)
                | PersonFact::PinChanged {}
                | PersonFact::BadgeReplaced { .. }
                | PersonFact::SessionOpened {}
                | PersonFact::SessionClosed { .. }
                | PersonFact::SignInFailed {}
                | PersonFact::LockedOut { .. } => None,
            };
            if let Some((qualification, good)) = said {
                let key = (person.clone(), qualification.clone());
                self.trained.entry(key).or_default().push(Said { since, good });
            }
        }
        if let FactBody::Place(PlaceFact::PlaceDefined(place)) = &fact.body {
            self.work_centers.insert(place.work_center.clone());
        }
        if let (Subject::Gauge(gauge), FactBody::Gauge(body)) = (&fact.subject, &fact.body) {
            let register = self.gauges.entry(gauge.clone()).or_default();
            match body {
                GaugeFact::GaugeRegistered(described) => register.described.push(described.clone()),
                GaugeFact::GaugeCalibrated { due, .. } => drop(register.due.insert(*due)),
                GaugeFact::GaugeFailed { .. } => {}
            }
        }
    }

    /// Whether a place of a work center was ever defined.
    pub(super) fn has_place(&self, center: &WorkCenterId) -> bool {
        self.work_centers.contains(center)
    }

    /// Whether a person was trained for something at a moment, which was on a day at the site.
    pub(super) fn trained(
        &self,
        person: &PersonId,
        qualification: &QualificationId,
        (then, day): (Timestamp, Date),
    ) -> Training {
        let said = self.trained.get(&(person.clone(), qualification.clone()));
        let mut now = Good::TakenBack;
        for Said { since, good } in said.into_iter().flatten() {
            let taken_back = *good == Good::TakenBack;
            let early = if taken_back { SignedDuration::ZERO } else { CLOCKS_APART };
            if *since <= then + early {
                now = *good;
            }
        }
        match now {
            Good::TakenBack => Training::Missing,
            Good::Through(until) if until < day => Training::Ended(until),
            Good::Through(_) | Good::Always => Training::Held,
        }
    }

    /// What was said of a gauge.
    pub(super) fn gauge(&self, gauge: &GaugeId) -> Option<&Register> {
        self.gauges.get(gauge).filter(|register| !register.described.is_empty())
    }
}

impl Register {
    /// Whether the gauge was ever registered as it is said to have been used.
    pub(super) fn was_like(&self, used: &GaugeUsed) -> bool {
        let like = |described| GaugeUsed::of(&used.gauge, described, used.due) == *used;
        self.described.iter().any(like)
    }

    /// What it shows, where it is of another kind of quantity in every way in which it was ever
    /// registered; what it shows may be unknown.
    pub(super) fn shows_other(&self, wanted: Unit) -> Option<Unit> {
        let of_it = |shows: Unit| shows.dimension() == wanted.dimension();
        let other = self.described.iter().all(|d| d.unit.is_some_and(|shows| !of_it(shows)));
        self.described.last().and_then(|described| described.unit).filter(|_| other)
    }

    /// Whether a calibration made it good until that day.
    pub(super) fn was_good_until(&self, due: Date) -> bool {
        self.due.contains(&due)
    }
}
