//! Raising a deviation at the step that is shown, with everything known filled in, and what was asked
//! for at once on this unit.

use crate::domain::instruction::Ask;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::hold::shown;
use crate::ui::layer::Turn;
use crate::ui::parts::canvas::Canvas;
use crate::ui::screens::propose::{Known, propose};
use crate::ui::screens::raise::raise;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::DeviationView;
use crate::views::traveler::TravelerView;

use super::TravelerScreen;
use super::next::Now;

/// As many are shown beside the work.
const SHOWN_MAX: usize = 2;

impl TravelerScreen {
    /// The form, about what is measured now.
    pub(super) fn raise(&self, at: StepAt, world: &mut World) -> Turn {
        let Some(view) = &self.view else { return Turn::Stay };
        let current = self.current();
        let step = current.as_ref().map(|now| now.step);
        let about = if let Now::Ask { ask: Ask::Measure(measure), .. } = self.now() {
            measure.characteristic.as_ref()
        } else {
            None
        };
        raise(view, (at, step), about, world)
    }

    /// The form of a permit, about the value that waits to be typed again.
    pub(super) fn propose_permit(&self, world: &mut World) -> Turn {
        let (Some(view), Now::Retype { reading, .. }) = (&self.view, self.now()) else {
            return Turn::Stay;
        };
        let known = Known {
            part: Some(view.order.part.clone()),
            characteristic: reading.taken.characteristic.clone(),
            required: format!("{} {}", reading.taken.name, reading.taken.requirement),
            found: shown(reading.value()),
            unit: Some(view.id.clone()),
            reference: String::new(),
        };
        propose(known, world)
    }

    /// The first deviation of the unit of which something is to be done at once yet.
    pub(super) fn to_do(&self) -> Option<&DeviationView> {
        let view = self.view.as_ref()?;
        view.deviations.iter().find(|deviation| deviation.to_do().next().is_some())
    }
}

/// Draws what is to be done at once yet, at the foot of the page; tells the line above it.
pub(super) fn view_to_do(
    view: &TravelerView,
    (x, bottom, cells): (u16, u16, u16),
    canvas: &mut Canvas<'_>,
) -> u16 {
    let to_do = view.deviations.iter().flat_map(|deviation| {
        deviation.to_do().map(|open| format!("{} {}", deviation.id, tell(&open.words())))
    });
    let mut bottom = bottom;
    for text in to_do.take(SHOWN_MAX) {
        bottom = bottom.saturating_sub(1);
        let text = format!("{} {text}", Mark::Warn.glyph(canvas.ascii));
        canvas.put_in((x, bottom), cells, &text, Role::Warn);
    }
    bottom
}
