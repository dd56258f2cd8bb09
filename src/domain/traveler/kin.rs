//! Lots of one another: what was found on pieces before they were split off goes with them
//! (R3, R9, R10).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::context::Context;
use crate::domain::fact::Position;
use crate::domain::ids::GaugeId;
use crate::domain::kinds::FactBody;
use crate::domain::moment::Moment;
use crate::domain::positions::Positions;
use crate::domain::stream::{Subject, TravelerId};

use super::eligibility::Draft;
use super::fact::{HoldPlaced, HoldReason, TravelerFact};
use super::lot::SplitOff;
use super::state::{Recorded, TravelerState};

/// Lots whose pieces were, or became, those of another one; by name.
pub type Kin = BTreeMap<TravelerId, TravelerState>;

/// Which of its kin a decision about a lot looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KinWanted {
    /// None.
    #[default]
    None,
    /// The lots that its pieces were of.
    Origins,
    /// The lots that were split off it.
    SplitOff,
}

/// Where a lot comes from, as it stands in its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The fact.
    pub at: Position,
    /// When.
    pub moment: Moment,
    /// What.
    pub what: SplitOff,
}

impl Recorded {
    /// The gauge that it was measured or checked with.
    pub fn gauge(&self) -> Option<&GaugeId> {
        let measured = self.reading().and_then(|reading| reading.taken.gauge.as_ref());
        let checked = self.with.as_ref().map(|with| &with.gauge);
        measured.or(checked).map(|used| &used.gauge)
    }
}

/// Gathers the kin of a lot that a decision looks at, each once, however far away.
///
/// # Errors
/// Whatever loading a lot says.
pub fn gather<E>(
    (id, state): (&TravelerId, &TravelerState),
    wanted: KinWanted,
    mut load: impl FnMut(&TravelerId) -> Result<Option<TravelerState>, E>,
) -> Result<Kin, E> {
    let mut kin = Kin::new();
    let mut open: Vec<TravelerId> = state.next_kin(id, wanted).into_iter().collect();
    while let Some(lot) = open.pop() {
        if lot == *id || kin.contains_key(&lot) {
            continue;
        }
        if let Some(state) = load(&lot)? {
            open.extend(state.next_kin(&lot, wanted));
            kin.insert(lot, state);
        }
    }
    Ok(kin)
}

impl TravelerState {
    /// The lots next to this one that a decision looks at.
    fn next_kin(&self, id: &TravelerId, wanted: KinWanted) -> BTreeSet<TravelerId> {
        let split = |unit| TravelerId { order: id.order.clone(), unit };
        match wanted {
            KinWanted::None => BTreeSet::new(),
            KinWanted::Origins => {
                self.lot.origins.iter().map(|origin| origin.what.from.clone()).collect()
            }
            KinWanted::SplitOff => {
                self.lot.splits.iter().map(|(_, left)| split(left.into.clone())).collect()
            }
        }
    }

    /// Everything measured or checked with a gauge on these pieces, with when: here, and before
    /// they were split off, or not provably after.
    pub fn used_on<'a>(&'a self, gauge: &GaugeId, kin: &'a Kin) -> Vec<(&'a Position, Timestamp)> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        let mut open: Vec<(&TravelerState, Option<&Position>)> = vec![(self, None)];
        while let Some((state, left)) = open.pop() {
            let entries = state.attempts.iter().flat_map(|attempt| &attempt.entries);
            let used = entries.filter(|entry| entry.gauge() == Some(gauge));
            let used = used.filter(|entry| left.is_none_or(|left| !state.left_by(left, &entry.at)));
            found.extend(used.map(|entry| (&entry.at, entry.moment.effective())));
            for origin in &state.lot.origins {
                let lot = kin.get(&origin.what.from).filter(|_| seen.insert(&origin.what.from));
                open.extend(lot.map(|lot| (lot, Some(&origin.what.split))));
            }
        }
        found
    }

    /// Whether the pieces of a split had provably left this lot when something was recorded on it.
    pub fn left_by(&self, split: &Position, recorded: &Position) -> bool {
        self.lot.splits_known.knows(recorded, split)
    }
}

/// Holds the lots that were split off after a reading was taken, once it was corrected and fails or
/// was signed for: somebody decides for each of them.
pub(super) fn hold_split_off(
    (id, state): (&TravelerId, &TravelerState),
    reading: &Position,
    context: &Context,
    draft: &mut Draft,
) {
    for lot in had((id, state), reading, &context.kin) {
        let reason = HoldReason::Origin { lot: id.clone(), reading: reading.clone() };
        let readings = Positions::one(reading);
        let placed = HoldPlaced { reason, attempt: None, readings, deviation: None };
        let fact = FactBody::Traveler(TravelerFact::HoldPlaced(placed));
        draft.push(Subject::Traveler(lot.clone()), fact);
    }
}

/// The lots, not ended, whose pieces were of this one when something was recorded on it, or may have
/// been.
fn had<'a>(
    (id, state): (&'a TravelerId, &TravelerState),
    recorded: &Position,
    kin: &'a Kin,
) -> BTreeSet<&'a TravelerId> {
    let (mut found, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(from) = open.pop() {
        for (lot, left) in kin {
            let had = |origin: &Origin| {
                origin.what.from == *from
                    && (from != id || !state.left_by(&origin.what.split, recorded))
            };
            if left.lot.origins.iter().any(had) && found.insert(lot) {
                open.push(lot);
            }
        }
    }
    found.retain(|lot| kin.get(*lot).is_some_and(|state| state.ended.is_none()));
    found
}
