//! What the judge says of what was built in, with everything that is known by then.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::instruction::InstallBy;
use crate::domain::refusal::component::ComponentReason;
use crate::domain::stream::TravelerId;

use super::component::{Becomes, ComponentKnown, Made, Wanted};

impl ComponentKnown {
    /// What is wrong with what was built in unseen by who knew better: by the judge, with everything
    /// known, this fact included.
    pub fn objections(
        &self,
        (id, wanted): (&TravelerId, Wanted<'_>),
        (then, day): (Timestamp, Date),
    ) -> Vec<ComponentReason> {
        let mut found = Vec::new();
        let identity = || wanted.identity.to_owned();
        let material = self.material(wanted.part);
        if let Some((material, state)) = material {
            let before = |at: &Timestamp| *at <= then;
            let blocked = state.blocks.iter().find(|block| before(&block.moment.effective()));
            if let Some(block) = blocked {
                let (material, reason) = (material.clone(), block.reason.clone());
                found.push(ComponentReason::Blocked { material, reason });
            } else if self.inspected.contains(wanted.part) && state.let_go.is_none() {
                found.push(ComponentReason::NotInspected { identity: identity() });
            }
            let expires = state.received.as_ref().and_then(|received| received.expires);
            if let Some(expires) = expires.filter(|last| *last < day) {
                found.push(ComponentReason::Expired { identity: identity(), expires });
            }
        }
        let serials = self.serials.iter().filter(|_| wanted.by == InstallBy::Serial);
        for there in serials.filter(|there| there.part == *wanted.part && there.unit != *id) {
            let unit = there.unit.clone();
            match &there.removed {
                None => {
                    found.push(ComponentReason::BuiltInElsewhere { identity: identity(), unit });
                }
                Some((Becomes::Scrap, when)) if *when < then => {
                    found.push(ComponentReason::Scrapped { identity: identity(), unit });
                }
                Some(_) => {}
            }
        }
        let basis = self.basis(wanted, 0);
        let before = |made: &&Made| made.shipped.as_ref().is_some_and(|(_, when)| *when <= then);
        let made = self.made.iter().filter(|made| basis.made.as_ref() == Some(&made.unit));
        let made = made.filter(before);
        found.extend(made.filter_map(Made::is_shipped));
        if let Some(quantity) = basis.quantity.filter(|quantity| basis.used > *quantity) {
            let (used, needed) = (basis.used, 0);
            found.push(ComponentReason::LotUsedUp { identity: identity(), quantity, used, needed });
        }
        found
    }
}
