//! Whether a permit lets a failing reading go on: asked at the bench, and once more by the judge with
//! what the bench knew (R4).

use jiff::civil::Date;

use super::{Granted, Permit, PermitState};
use crate::domain::fact::Position;
use crate::domain::ids::{PartId, PermitId, RevisionId};
use crate::domain::judgement::Judged;
use crate::domain::moment::Moment;
use crate::domain::quantity::{Limits, Number, Quantity, Verdict};
use crate::domain::refusal::permit::PermitReason;
use crate::domain::specification::{CharacteristicKind, Class};
use crate::domain::stream::TravelerId;
use crate::domain::traveler::fact::{ReadingTaken, ReadingValue};
use crate::domain::traveler::hold::shown;

/// A failing reading for which a permit is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Failing<'a> {
    /// The unit.
    pub unit: &'a TravelerId,
    /// Its part.
    pub part: &'a PartId,
    /// The revision of the specification that it is made by.
    pub specification: Option<&'a RevisionId>,
    /// The fact of the reading.
    pub at: &'a Position,
    /// When.
    pub moment: &'a Moment,
    /// The reading, with its limits and gauge as used.
    pub taken: &'a ReadingTaken,
    /// How much it matters by the text that asked for it; none where that is not at hand.
    pub class: Option<Class>,
    /// The value that counts.
    pub value: &'a ReadingValue,
    /// How many pieces the unit stands for.
    pub pieces: u32,
}

impl PermitState {
    /// Every reason why it does not let a reading go on (R7); none where it does.
    pub fn unfit(&self, id: &PermitId, failing: Failing<'_>, today: Date) -> Vec<PermitReason> {
        let permit = || id.clone();
        let Some(allowed) = self.permit() else {
            return vec![PermitReason::Unknown { permit: permit() }];
        };
        let mut reasons = Vec::new();
        match &self.granted {
            None => reasons.push(PermitReason::NotGranted { permit: permit() }),
            Some(granted) if !granted.is_before(failing) => {
                reasons.push(PermitReason::AfterTheFact { permit: permit() });
            }
            Some(_) => {}
        }
        if let Some(withdrawn) = &self.withdrawn {
            let reason = withdrawn.reason.clone();
            reasons.push(PermitReason::Withdrawn { permit: permit(), reason });
        }
        if today < allowed.from {
            reasons.push(PermitReason::NotYet { permit: permit(), from: allowed.from });
        }
        if today > allowed.through {
            reasons.push(PermitReason::Expired { permit: permit(), through: allowed.through });
        }
        reasons.extend(allowed.not_for(id, failing));
        reasons.extend(allowed.not_any_more(id, failing));
        reasons.extend(allowed.beyond(id, failing));
        if let Some(quantity) = allowed.quantity {
            let (used, after) = (self.used(), self.used_after(failing.unit, failing.pieces));
            if after > quantity {
                let wanted = after.saturating_sub(used);
                reasons.push(PermitReason::UsedUp { permit: permit(), used, quantity, wanted });
            }
        }
        reasons
    }
}

impl Permit {
    /// What it is not for.
    fn not_for(&self, id: &PermitId, failing: Failing<'_>) -> Vec<PermitReason> {
        let (permit, mut reasons) = (|| id.clone(), Vec::new());
        if self.part != *failing.part {
            reasons.push(PermitReason::OtherPart { permit: permit(), part: self.part.clone() });
        }
        if failing.taken.characteristic.as_ref() != Some(&self.characteristic) {
            let name = self.name.clone();
            reasons.push(PermitReason::OtherCharacteristic { permit: permit(), name });
        }
        if let Some(only) = &self.only
            && failing.specification != Some(only)
        {
            let revision = only.clone();
            reasons.push(PermitReason::OtherRevision { permit: permit(), revision });
        }
        if !self.is_for(failing.unit) {
            let unit = failing.unit.clone();
            reasons.push(PermitReason::OtherUnit { permit: permit(), unit });
        }
        reasons
    }

    /// What changed since it was given: it was for what is not critical, and for other limits.
    fn not_any_more(&self, id: &PermitId, failing: Failing<'_>) -> Option<PermitReason> {
        let (permit, name) = (id.clone(), self.name.clone());
        if failing.class == Some(Class::Critical) {
            return Some(PermitReason::Critical { name });
        }
        let CharacteristicKind::Measured(as_used) = &failing.taken.kind else { return None };
        let same = sides(&self.specified, as_used)
            .is_some_and(|sides| sides.iter().all(|side| *side == std::cmp::Ordering::Equal));
        let of_it = failing.taken.characteristic.as_ref() == Some(&self.characteristic);
        (of_it && !same).then(|| PermitReason::OtherLimits {
            permit,
            given: limits_words(&self.specified),
            now: limits_words(as_used),
        })
    }

    /// Whether the value is outside what it allows, or cannot be judged by that.
    fn beyond(&self, id: &PermitId, failing: Failing<'_>) -> Option<PermitReason> {
        let permit = id.clone();
        let (ReadingValue::Number { number, unit }, CharacteristicKind::Measured(as_used)) =
            (failing.value, &failing.taken.kind)
        else {
            return Some(PermitReason::NotMeasured { name: failing.taken.name.clone() });
        };
        if !widens(as_used, &self.widened) {
            return Some(PermitReason::NotWider { name: self.name.clone() });
        }
        // The rule by which it was judged goes with it: a guard band guards the wider limit too.
        let limits = Limits { rule: as_used.rule.clone(), ..self.widened.clone() };
        let value = Quantity { number: number.clone(), unit: *unit };
        let gauge = failing.taken.gauge.as_ref();
        let uncertainty = gauge.and_then(|gauge| gauge.uncertainty.as_ref());
        match limits.judge(&value, uncertainty) {
            Ok(Judged { verdict: Verdict::Pass | Verdict::Marginal, .. }) => None,
            Ok(Judged { verdict: Verdict::Fail, .. }) | Err(_) => {
                let (value, limits) = (shown(failing.value), limits_words(&self.widened));
                Some(PermitReason::Beyond { permit, value, limits })
            }
        }
    }
}

impl Granted {
    /// Whether it was granted before a reading was taken, as far as that can be proven: by the order of
    /// one ledger, else by time that no wall clock decides.
    fn is_before(&self, failing: Failing<'_>) -> bool {
        let (granted, taken) = (&self.at, failing.at);
        if (&granted.ledger, granted.epoch) == (&taken.ledger, taken.epoch) {
            return granted.seq < taken.seq;
        }
        failing.moment.is_surely_after(&self.moment)
    }
}

/// Whether limits allow all that others do, and more.
pub fn widens(before: &Limits, after: &Limits) -> bool {
    sides(before, after).is_some_and(|[lower, upper]| {
        use std::cmp::Ordering::{Greater, Less};
        lower != Less && upper != Less && (lower == Greater || upper == Greater)
    })
}

/// How each side of limits compares with the same side of others: greater where it allows more, less
/// where it allows less; none where they are of different dimensions.
fn sides(before: &Limits, after: &Limits) -> Option<[std::cmp::Ordering; 2]> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    if before.unit.dimension() != after.unit.dimension() {
        return None;
    }
    let base = |limits: &Limits, side: &Option<Number>| match side {
        Some(number) => limits.unit.to_base(number.value()).map(Some),
        None => Some(None),
    };
    let one = |before, after, more| match (before, after) {
        (None, None) => Equal,
        (None, Some(_)) => Less,
        (Some(_), None) => Greater,
        (Some(before), Some(after)) if before == after => Equal,
        (Some(before), Some(after)) => {
            if (after > before) == more {
                Greater
            } else {
                Less
            }
        }
    };
    let lower = one(base(before, &before.lower)?, base(after, &after.lower)?, false);
    let upper = one(base(before, &before.upper)?, base(after, &after.upper)?, true);
    Some([lower, upper])
}

/// Limits as people read them.
pub fn limits_words(limits: &Limits) -> String {
    let unit = limits.unit;
    match (&limits.lower, &limits.upper) {
        (Some(lower), Some(upper)) => format!("{lower} .. {upper} {unit}"),
        (Some(lower), None) => format!("min {lower} {unit}"),
        (None, Some(upper)) => format!("max {upper} {unit}"),
        (None, None) => String::new(),
    }
}
