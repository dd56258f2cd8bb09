//! Raising a deviation at the step that is shown, with everything known filled in, and what was asked
//! for at once on this unit.

use crate::domain::instruction::Ask;
use crate::domain::people::Action;
use crate::domain::traveler::command::StepAt;
use crate::ui::layer::Turn;
use crate::ui::may;
use crate::ui::parts::canvas::Canvas;
use crate::ui::screens::form::FormScreen;
use crate::ui::screens::form_of::Form;
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
    /// The form, for who may raise; whoever may not is told at once.
    pub(super) fn raise(&self, at: StepAt, world: &mut World) -> Turn {
        if let Some(refusal) = may::refused(&[Action::RaiseDeviation], world) {
            return world.not_for_role(&refusal, None);
        }
        let Some(view) = &self.view else { return Turn::Stay };
        let mut known = vec![("Unit", format!("{}  {}", self.id, view.order.part))];
        let title = self.current().map_or(String::new(), |now| format!("  {}", now.step.title));
        known.push(("Step", format!("op {}  {}{title}", at.operation, at.step)));
        if let Some(place) = &world.place {
            known.push(("Place", place.to_string()));
        }
        let form = Form::Raise(self.id.clone(), at, self.measured());
        let mut form = FormScreen::new(form, &view.offers).knowing(known);
        // Of a single unit nobody counts pieces.
        if view.pieces().is_none() {
            form = form.without("Pieces");
        }
        if let Now::Ask { ask: Ask::Measure(measure), .. } = self.now()
            && let Some(characteristic) = &measure.characteristic
        {
            form = form.filled("About", characteristic.as_str());
        }
        Turn::Open(Box::new(form))
    }

    /// The characteristics that the step measures, by id, with what each is called.
    fn measured(&self) -> Vec<(String, String)> {
        let asks = self.current().map_or(&[][..], |now| &now.step.asks[..]);
        let measured = asks.iter().filter_map(|ask| match ask {
            Ask::Measure(measure) => {
                let id = measure.characteristic.as_ref()?.to_string();
                Some((id, format!("{}  {}", measure.name, measure.requirement)))
            }
            Ask::Scan { .. }
            | Ask::Install { .. }
            | Ask::Check { .. }
            | Ask::Enter { .. }
            | Ask::Wait(_)
            | Ask::Sign(_) => None,
        });
        measured.collect()
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
        deviation.to_do().map(|open| format!("{} {}", deviation.id, open.words()))
    });
    let mut bottom = bottom;
    for text in to_do.take(SHOWN_MAX) {
        bottom = bottom.saturating_sub(1);
        let text = format!("{} {text}", Mark::Warn.glyph(canvas.ascii));
        canvas.put_in((x, bottom), cells, &text, Role::Warn);
    }
    bottom
}
