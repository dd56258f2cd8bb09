//! What follows from the checks of one count at one place: the holds to place and to lift (R16).
//!
//! One rule over what stands: whatever is in the range of a failed check and went by without one is
//! held, and nothing else. Of a lot these are its pieces, under whatever name they are by now.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fact::Position;
use crate::domain::ids::PlaceId;
use crate::domain::kinds::FactBody;
use crate::domain::positions::Positions;
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::suspect::{Cause, Made, Own, suspects};

use super::departed::Departed;
use super::fact::{HoldOutcome, HoldPlaced, HoldReason, TravelerFact};
use super::suspect::{Decision, Held, HeldStanding, RangeBegan, Suspected};

/// All that is known of one count at one place.
#[derive(Debug, Clone, Default)]
pub struct Counting {
    /// Every unit that was counted, by whichever station.
    pub made: Vec<Made>,
    /// Every hold that was ever placed for it.
    pub held: Vec<Held>,
    /// Lots that were split off, by the lot that the pieces were of.
    pub splits: BTreeMap<TravelerId, Vec<Departed>>,
    /// Units that have ended.
    pub ended: BTreeSet<TravelerId>,
}

impl Counting {
    /// The holds to place and to lift, so that what is in the range of a failed check is held and
    /// nothing else; none where that is so already.
    pub fn follow(&self, (place, counter): (&PlaceId, &str)) -> Vec<(Subject, FactBody)> {
        let suspects = suspects(&self.made);
        let mut facts = Vec::new();
        let suspect: BTreeSet<&Position> = suspects.iter().map(|(made, _)| &made.at).collect();
        for held in self.held.iter().filter(|held| held.standing.is_open()) {
            facts.extend(self.lifted(held, suspect.contains(&held.suspected.attempt)));
        }
        for (made, causes) in &suspects {
            // A unit whose own check failed is held for that; its pieces elsewhere are not.
            let own = made.check.is_none() && made.own != Own::Measured;
            let own = own.then(|| (&made.unit, causes.iter().collect()));
            for (unit, causes) in own.into_iter().chain(self.split_off(made, causes)) {
                if self.ended.contains(unit) {
                    continue;
                }
                let Some(cause) = self.undecided(unit, made, causes) else { continue };
                let suspected = suspected((place, counter), made, cause);
                let attempt = (*unit == made.unit).then(|| made.at.clone());
                let placed = HoldPlaced {
                    reason: HoldReason::Suspect(Box::new(suspected)),
                    attempt,
                    readings: Positions::default(),
                    deviation: None,
                };
                facts.push(of(unit, TravelerFact::HoldPlaced(placed)));
            }
        }
        facts
    }

    /// The fact that lifts a hold: the unit was measured itself, or no check fails any more.
    fn lifted(&self, held: &Held, suspect: bool) -> Option<(Subject, FactBody)> {
        let Held { unit, hold, suspected, standing, measured, ended_at: _ } = held;
        let known = self.made.iter().any(|made| made.at == suspected.attempt);
        let outcome = if *measured && known {
            HoldOutcome::Sorted
        } else if !suspect && known && *standing == HeldStanding::Untouched {
            HoldOutcome::Cleared { reading: suspected.failed.clone() }
        } else {
            return None;
        };
        Some(of(unit, TravelerFact::HoldReleased { hold: hold.clone(), outcome, decision: None }))
    }

    /// The last of these checks about which nobody decided; none where the unit is held already, or
    /// was measured since.
    fn undecided<'a>(
        &self,
        unit: &TravelerId,
        made: &Made,
        causes: Vec<&'a Cause<'a>>,
    ) -> Option<&'a Cause<'a>> {
        let of_unit = |held: &&Held| held.unit == *unit && held.suspected.attempt == made.at;
        let of_unit = || self.held.iter().filter(of_unit);
        if of_unit().any(|held| held.standing.is_open() || held.measured) {
            return None;
        }
        let over: Vec<Decision<'_>> = of_unit().filter_map(Held::decision).collect();
        let open = |cause: &&Cause<'_>| !over.iter().any(|over| over.covers(cause.failed));
        causes.into_iter().rfind(open)
    }

    /// The lots whose pieces were of a lot when it was made here, each with the checks about which
    /// nothing was settled before they left.
    fn split_off<'a>(
        &self,
        made: &Made,
        causes: &'a [Cause<'a>],
    ) -> BTreeMap<&TravelerId, Vec<&'a Cause<'a>>> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![&made.unit]);
        let mut found: BTreeMap<&TravelerId, Vec<&Cause<'_>>> = BTreeMap::new();
        while let Some(lot) = open.pop() {
            let departed = self.splits.get(lot).into_iter().flatten();
            for departed in departed.filter(|departed| departed.was_there(made)) {
                if seen.insert(&departed.lot) {
                    open.push(&departed.lot);
                }
                for cause in departed.unsettled(made, causes) {
                    let known = found.entry(&departed.lot).or_default();
                    known.push(cause);
                    known.sort_by_key(|cause| &cause.failed.reading);
                }
            }
        }
        found.remove(&made.unit);
        found
    }
}

fn of(unit: &TravelerId, fact: TravelerFact) -> (Subject, FactBody) {
    (Subject::Traveler(unit.clone()), FactBody::Traveler(fact))
}

fn suspected((place, counter): (&PlaceId, &str), made: &Made, cause: &Cause<'_>) -> Suspected {
    let Cause { failing, failed, from } = *cause;
    let good = from.and_then(|from| Some((from, from.good()?)));
    let since = good.map_or(RangeBegan::Never, |(from, good)| RangeBegan::Good {
        unit: from.unit.clone(),
        reading: good.reading.clone(),
        value: good.value.clone(),
        by: good.by.clone(),
        when: good.moment.effective(),
    });
    Suspected {
        place: place.clone(),
        counter: counter.to_owned(),
        made: made.unit.clone(),
        attempt: made.at.clone(),
        operation: made.operation,
        step: made.step.clone(),
        ask: made.ask,
        failed: failed.reading.clone(),
        unit: failing.unit.clone(),
        characteristic: failed.characteristic.clone(),
        name: failed.name.clone(),
        value: failed.value.clone(),
        since,
    }
}
