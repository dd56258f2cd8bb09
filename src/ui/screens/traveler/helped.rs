//! What help says is next on a unit, to somebody who never did it before, and the keys that matter.

use crate::domain::instruction::Ask;
use crate::ui::keys::Act;
use crate::ui::world::World;

use super::TravelerScreen;
use super::next::{self, Now};

const SCAN: &str = "scan what the marker asks for, or type it";
const GAUGE: &str = "scan the gauge, or choose it with F4";
const VALUE: &str = "type what the marker asks for";
const LOOK: &str = "look, then answer what the marker asks";
const AGAIN: &str = "look again, then enter what you see";
const WAITS: &str = "the clock runs: work on another unit; Esc leads to the others";

impl TravelerScreen {
    /// The keys that matter now.
    pub(super) fn keys(&self, world: &World) -> Vec<Act> {
        let mut acts = self.now().footer();
        if self.waits(world) {
            acts.retain(|act| *act != Act::Complete);
        }
        if self.has_choice() {
            acts.retain(|act| !matches!(act, Act::Steps | Act::Picture));
            acts.push(Act::OtherStep);
        }
        self.offer_sorting(&mut acts, world);
        self.show_changes(&mut acts);
        acts.extend([Act::Menu, Act::Back]);
        acts
    }

    /// Whether a wait runs that is known to be too short yet.
    pub(super) fn waits(&self, world: &World) -> bool {
        let (Some(view), Now::Complete { current, .. }) = (&self.view, self.now()) else {
            return false;
        };
        next::too_short(view, current, &world.time.moment)
    }

    /// What is done before the key that is next.
    pub(super) fn before(&self, world: &World) -> Option<&'static str> {
        let now = self.now();
        let ask = match now {
            Now::Ask { ask, .. } => ask,
            Now::Retype { .. } => return Some(AGAIN),
            Now::Complete { .. } => return self.waits(world).then_some(WAITS),
            Now::Count { .. } => return Some(VALUE),
            Now::Loading
            | Now::Unknown
            | Now::NotStarted
            | Now::Missing
            | Now::Ended(_)
            | Now::Shipped(_)
            | Now::Finished
            | Now::Elsewhere(_)
            | Now::Held(_)
            | Now::Paused(_) => return None,
        };
        if now.gauge_class().is_some_and(|class| !world.gauges.contains_key(class)) {
            return Some(GAUGE);
        }
        match ask {
            Ask::Measure(_) if !now.takes_text() => Some(LOOK),
            Ask::Check { .. } => Some(LOOK),
            Ask::Measure(_) => Some(VALUE),
            Ask::Enter { .. } if now.scan_ask().is_none() => Some(VALUE),
            Ask::Scan { .. } | Ask::Install { .. } | Ask::Enter { .. } => Some(SCAN),
            Ask::Wait(_) | Ask::Sign(_) => None,
        }
    }
}
