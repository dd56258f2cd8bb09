//! What the judge checks of who works and with what: training and gauges on the day (R5, R10).

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::condition::SkipRule;
use crate::domain::context::time_zone;
use crate::domain::ids::{GaugeId, OrderId, PersonId, PlaceId, QualificationId};
use crate::domain::label::Label;
use crate::domain::people::Action;
use crate::domain::second_look::{misjudged, spot};
use crate::domain::signature::Meaning;
use crate::domain::stream::Subject;
use crate::domain::traveler::component::Wanted;
use crate::domain::traveler::fact::{GaugeUsed, TravelerFact};
use crate::domain::unit::Unit;

use super::history::Training;
use super::rules::Case;

/// For what somebody must be trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trained {
    /// For the instruction and the step.
    Performer,
    /// For the step: the instruction's own is that of the performer.
    Signer,
}

impl Case<'_> {
    /// Values by themselves, the gauges they were taken with, and who took them.
    pub(super) fn fit(&mut self, body: &TravelerFact) {
        if let Some(then) = self.then() {
            for objection in misjudged(body, then) {
                self.reject(objection.to_string());
            }
        }
        if let TravelerFact::ReadingTaken(taken) = body
            && let Some(used) = &taken.gauge
        {
            self.gauge_was_good(used, taken.kind.limits().map(|limits| limits.unit));
        }
        if let TravelerFact::Checked { with: Some(with), .. } = body {
            self.gauge_was_good(&with.gauge, with.setting.as_ref().map(|set| set.unit));
        }
        if let TravelerFact::ComponentInstalled { identity, .. } = body
            && let Some(label) = self.label(identity)
        {
            self.reject(format!("what was built in is {label}, and no component"));
        }
        self.trained(body);
    }

    /// What a text is the label of, whether or not its station knew that.
    fn label(&self, text: &str) -> Option<Label> {
        let gauge = GaugeId::parse(text).ok().filter(|id| self.known.gauge(id).is_some());
        let place = PlaceId::parse(text).ok().filter(|id| self.known.place(id).is_some());
        let Subject::Traveler(unit) = &self.fact.subject else { return None };
        let order = OrderId::parse(text).ok().filter(|order| *order == unit.order);
        let other = gauge.map(Label::Gauge).or(place.map(Label::Place));
        other.or(order.map(Label::Order)).or_else(|| Label::of_unit(unit, text))
    }

    /// When it was done, and on which day at the site.
    fn day(&self) -> (Timestamp, Date) {
        let then = self.fact.head.moment.effective();
        let zone = self.known.policy().and_then(|policy| time_zone(&policy.time_zone));
        (then, then.to_zoned(zone.unwrap_or(TimeZone::UTC)).date())
    }

    /// The gauge was what it is said to have been, in calibration, and had not failed (R5, R10).
    pub(super) fn gauge_was_good(&mut self, used: &GaugeUsed, measured: Option<Unit>) {
        let (then, day) = self.day();
        let (gauge, due) = (&used.gauge, used.due);
        let Some(register) = self.known.history.gauge(gauge) else {
            return self.reject(format!("the server does not know the gauge {gauge}"));
        };
        if !register.was_like(used) {
            self.reject(format!("{gauge} was never registered as it is said to have been used"));
        }
        if let Some((shows, wanted)) =
            measured.and_then(|unit| register.shows_other(unit).zip(Some(unit)))
        {
            self.reject(format!("{gauge} shows {shows}, and {wanted} were wanted"));
        }
        if !register.was_good_until(due) {
            self.reject(format!("no calibration made {gauge} good until {due}"));
        }
        if due < day {
            self.reject(format!("the calibration of {gauge} had ended on {due}"));
        }
        let failures = self.known.gauge(gauge).map_or(&[][..], |gauge| &gauge.failures);
        if let Some(failure) = failures.iter().find(|failure| failure.stood_at(then)) {
            let (on, found) = (failure.on, &failure.found);
            self.reject(format!("{gauge} had been found out of tolerance on {on} ({found})"));
        }
    }

    /// What was built in was fit for it, is in no other unit, and no lot has more uses than pieces
    /// (R5).
    pub(super) fn built_in_once(&mut self, body: &TravelerFact) {
        let (Some(known), Subject::Traveler(id)) = (self.component, &self.fact.subject) else {
            return;
        };
        let TravelerFact::ComponentInstalled { part, by, identity, .. } = body else { return };
        let at = &self.fact.head.position;
        let components = self.unit.map(|unit| unit.now.components()).unwrap_or_default();
        // Taken out again or put right since, it stands in nobody's way.
        if !components.iter().any(|built| built.entry.at == *at && built.stands()) {
            return;
        }
        let wanted = Wanted { part, by: *by, identity };
        for objection in known.objections((id, wanted), self.day()) {
            self.reject(objection.what().to_string());
        }
    }

    /// Whoever works was trained for it that day (R5), as far as the texts are at hand.
    fn trained(&mut self, body: &TravelerFact) {
        let (Some(who), Some(actor)) = (self.asked(body), self.fact.head.acting.actor.clone())
        else {
            return;
        };
        for wanted in self.wanted(who, body) {
            if let Some(reason) = self.untrained(&actor, &wanted) {
                self.reject(reason);
            }
        }
    }

    /// What somebody must be trained for, by the text by which it was done.
    fn wanted(&self, who: Trained, body: &TravelerFact) -> BTreeSet<QualificationId> {
        let spot = self.then().and_then(|then| spot(body, then));
        let text = spot.as_ref().zip(self.unit).and_then(|(spot, u)| u.texts.get(&spot.text));
        let Some((spot, text)) = spot.as_ref().zip(text) else { return BTreeSet::new() };
        let own = text.qualification.iter().filter(|_| who == Trained::Performer);
        let step = text.step(spot.step).and_then(|step| step.rules.qualification.as_ref());
        own.chain(step).cloned().collect()
    }

    pub(super) fn untrained(&self, actor: &PersonId, wanted: &QualificationId) -> Option<String> {
        match self.known.history.trained(actor, wanted, self.day()) {
            Training::Held => None,
            Training::Missing => Some(format!("{actor} was not trained for {wanted}")),
            Training::Ended(until) => {
                Some(format!("the training of {actor} for {wanted} had ended on {until}"))
            }
        }
    }

    /// Whether whoever does this must be trained for it.
    fn asked(&self, body: &TravelerFact) -> Option<Trained> {
        match body {
            TravelerFact::StepStarted(_) if self.begun_by_signing() => None,
            // Whoever answers for a record of another puts it right without having the training.
            TravelerFact::Checked { corrects: Some(_), .. }
            | TravelerFact::EntryMade { corrects: Some(_), .. }
            | TravelerFact::ComponentInstalled { corrects: Some(_), .. }
            | TravelerFact::ReadingCorrected { .. } => {
                (!self.has_role(Action::CorrectRecord)).then_some(Trained::Performer)
            }
            TravelerFact::StepStarted(_)
            | TravelerFact::Checked { .. }
            | TravelerFact::ReadingTaken(_)
            | TravelerFact::EntryMade { .. }
            | TravelerFact::ComponentInstalled { .. }
            | TravelerFact::WaitStarted { .. }
            | TravelerFact::StepCompleted { .. }
            | TravelerFact::QuantityReported(_) => Some(Trained::Performer),
            TravelerFact::Signed { signature, .. } => {
                let performed = signature.meaning == Meaning::Performed;
                Some(if performed { Trained::Performer } else { Trained::Signer })
            }
            TravelerFact::StepSkipped { rule: SkipRule::Operator, .. } => {
                (!self.has_role(Action::Overrule)).then_some(Trained::Performer)
            }
            TravelerFact::StepSkipped { .. }
            | TravelerFact::TravelerStarted(_)
            | TravelerFact::ReadingConfirmed { .. }
            | TravelerFact::ComponentRemoved(_)
            | TravelerFact::WaitAccepted { .. }
            | TravelerFact::ConditionDecided(_)
            | TravelerFact::UpstreamAccepted { .. }
            | TravelerFact::Paused { .. }
            | TravelerFact::Resumed { .. }
            | TravelerFact::QuantityCorrected(_)
            | TravelerFact::LotSplit(_)
            | TravelerFact::SplitOff(_)
            | TravelerFact::RevisionKept(_)
            | TravelerFact::MovedToRevision(_)
            | TravelerFact::HoldPlaced(_)
            | TravelerFact::HoldReleased { .. }
            | TravelerFact::ProductReleased(_)
            | TravelerFact::ProductTakenBack(_) => None,
        }
    }

    fn has_role(&self, action: Action) -> bool {
        let actor = self.fact.head.acting.actor.as_ref();
        actor.is_some_and(|actor| self.known.may(actor, action))
    }
}
