//! What goods-in noted of a lot and others did not know: noted otherwise elsewhere, or corrected when
//! it was built in already.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::context::site_zone;
use crate::domain::effectivity::Use as UsedFor;
use crate::domain::fact::{Fact, Position};
use crate::domain::hash::Hash;
use crate::domain::ids::{InstructionId, LedgerId};
use crate::domain::kinds::FactBody;
use crate::domain::material::{MaterialFact, MaterialId, MaterialReceived};
use crate::domain::moment::Moment;
use crate::domain::revision::{Approval, RevisionStanding, RevisionState};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::collision::where_when;
use crate::domain::traveler::component::ComponentKnown;
use crate::domain::traveler::fact::TravelerFact;

use super::known::Known;
use super::lots::Held;
use super::{Judge, JudgeError};

/// How many units are named; the others are counted.
const UNITS_NAMED_MAX: usize = 3;

/// What a lot is built in by: the unit, the record, and when.
type Use = (TravelerId, Position, Timestamp);

impl Judge {
    /// What is known of a component, where a fact builds one in.
    pub(super) fn component(&mut self, fact: &Fact) -> Result<Option<ComponentKnown>, JudgeError> {
        let FactBody::Traveler(TravelerFact::ComponentInstalled { part, identity, .. }) =
            &fact.body
        else {
            return Ok(None);
        };
        let mut component = self.ledger.component(identity, part)?;
        if component.materials.iter().any(|(_, state)| state.let_go.is_none()) {
            let Self { known, texts, store, .. } = self;
            let named = known.inspecting(fact.head.moment.effective());
            texts.fetch(named.clone(), store)?;
            let read = named.keys().filter_map(|hash| texts.read.get(hash));
            let inspecting = read.filter(|text| text.rules.inspect.is_some());
            component.inspected = inspecting.map(|text| text.part.clone()).collect();
        }
        Ok(Some(component))
    }

    /// Looks at what goods-in noted of a lot: whether others noted it otherwise, unseen, for which the
    /// lot is to be held; and at what it is built in already, of which it tells how often.
    pub(super) fn noted(
        &mut self,
        (fact, id): (&Fact, Hash),
        now: &Moment,
    ) -> Result<(Option<Held>, usize), JudgeError> {
        let (Subject::Material(material), Some(here)) = (&fact.subject, received(fact)) else {
            return Ok((None, 0));
        };
        let pasts = self.streams.load(&self.ledger, &fact.subject)?;
        pasts.arrive(fact.clone(), id);
        let Ok(as_of) = pasts.as_of(fact) else { return Ok((None, 0)) };
        let mut elsewhere: BTreeMap<&LedgerId, &Fact> = BTreeMap::new();
        for other in as_of.unseen.iter().filter(|other| received(other).is_some()) {
            elsewhere.insert(&other.head.position.ledger, *other);
        }
        let zone = site_zone(self.known.policy());
        let elsewhere = apart((material, fact, here), elsewhere.into_values(), &zone);
        let before = if let StreamState::Material(state) = &as_of.past.state {
            state.received.clone()
        } else {
            None
        };
        pasts.go_on(fact, id);
        let held = match (elsewhere, &before) {
            (None, None) => self.alike((material, fact), &zone)?,
            (elsewhere, _) => elsewhere,
        };
        let told = match before {
            Some(before) => self.corrected((material, fact), (&before, here), now)?,
            None => 0,
        };
        Ok((held, told))
    }

    /// A lot that others noted, unseen, under a number that differs by capitals alone: it may well be one
    /// lot, of which what is held under one number would be free under the other.
    fn alike(
        &self,
        (material, fact): (&MaterialId, &Fact),
        zone: &TimeZone,
    ) -> Result<Option<Held>, JudgeError> {
        let others = self.ledger.lots_alike(material)?;
        let Some(other) = others.first() else { return Ok(None) };
        let when = where_when(&fact.head, zone);
        let reason =
            format!("noted {when}, unseen beside {other}, from which only capitals tell it apart");
        let (material, told) = (material.clone(), vec![fact.head.position.clone()]);
        Ok(Some(Held { material, inspection: None, reason, told }))
    }

    /// Tells of what a lot is built in that would not have been with what is noted of it now.
    fn corrected(
        &mut self,
        (material, fact): (&MaterialId, &Fact),
        (before, after): (&MaterialReceived, &MaterialReceived),
        now: &Moment,
    ) -> Result<usize, JudgeError> {
        if before == after {
            return Ok(0);
        }
        let mut built = Vec::new();
        for found in self.ledger.lot_built_in(material)? {
            // What comes later is judged with what is known by then.
            if self.store.is_judged(&found.1)? {
                built.push(found);
            }
        }
        let zone = site_zone(self.known.policy());
        let when = where_when(&fact.head, &zone);
        let mut count = 0;
        let past = |last: Option<Date>, used: &Use| last.is_some_and(|l| l < day(used.2, &zone));
        for used in built.iter().filter(|used| past(after.expires, used)) {
            if let Some(last) = after.expires.filter(|_| !past(before.expires, used)) {
                let words = format!("{material} was good until {last}, as corrected {when}");
                count += self.judge_again(&used.0, vec![(used.1.clone(), words)], now)?;
            }
        }
        let known = self.ledger.component(material.lot.as_str(), &material.part)?;
        let taken = known.lots.get(&material.part).copied().unwrap_or(0);
        let mut told = Vec::new();
        if before.supplier != after.supplier && !built.is_empty() {
            let (from, to) = (&before.supplier, &after.supplier);
            let units = named(&built);
            told.push(format!("{material} is of {to}, not of {from}, and built into {units}"));
        }
        if after.quantity.is_some_and(|q| q < taken) && before.quantity.is_none_or(|q| q >= taken) {
            let came = after.quantity.unwrap_or_default();
            told.push(format!("{taken} pieces of {material} are built in, and {came} came"));
        }
        for words in &told {
            self.tell(&fact.head.position, words, now)?;
        }
        Ok(count + told.len())
    }
}

impl Known {
    /// The text of each instruction by which work was done at a moment.
    fn inspecting(&self, then: Timestamp) -> BTreeMap<Hash, InstructionId> {
        let wanted = UsedFor { today: day(then, &site_zone(self.policy())), traveler: None };
        let by_then = |approval: &Approval| approval.moment.effective() <= then;
        let in_effect = |revision: &&RevisionState| {
            matches!(revision.standing, RevisionStanding::Released(_))
                && revision.withdrawn.is_none()
                && revision.approvals.iter().all(by_then)
                && revision.submitted.effectivity.holds(&wanted)
        };
        let newest = self.instructions().filter_map(|(id, revisions)| {
            let newest = revisions.list.iter().rev().find(in_effect)?;
            Some((newest.submitted.hash, id.clone()))
        });
        newest.collect()
    }
}

fn received(fact: &Fact) -> Option<&MaterialReceived> {
    let FactBody::Material(MaterialFact::MaterialReceived(received)) = &fact.body else {
        return None;
    };
    Some(received)
}

/// A lot that others noted otherwise, unseen: both are told, and it is held until somebody knows.
fn apart<'a>(
    (material, fact, here): (&MaterialId, &Fact, &MaterialReceived),
    elsewhere: impl Iterator<Item = &'a Fact>,
    zone: &TimeZone,
) -> Option<Held> {
    let (mut told, mut said) = (vec![fact.head.position.clone()], Vec::new());
    for other in elsewhere {
        let found = received(other).map(|there| there.differences(here)).unwrap_or_default();
        let (there, now) = (where_when(&other.head, zone), where_when(&fact.head, zone));
        said.extend(
            found
                .iter()
                .map(|(what, before, after)| format!("{what} {before} {there} and {after} {now}")),
        );
        if !found.is_empty() {
            told.push(other.head.position.clone());
        }
    }
    let reason = format!("noted twice, unseen by each other: {}", said.join("; "));
    let material = material.clone();
    (!said.is_empty()).then_some(Held { material, inspection: None, reason, told })
}

fn named(uses: &[Use]) -> String {
    let names: Vec<String> =
        uses.iter().take(UNITS_NAMED_MAX).map(|(unit, ..)| unit.to_string()).collect();
    match uses.len().saturating_sub(UNITS_NAMED_MAX) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn day(when: Timestamp, zone: &TimeZone) -> Date {
    when.to_zoned(zone.clone()).date()
}
