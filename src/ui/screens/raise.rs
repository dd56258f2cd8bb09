//! The form by which a deviation is raised at a step of a unit, with everything known filled in: the
//! same wherever somebody raises one.

use crate::domain::ids::CharacteristicId;
use crate::domain::instruction::{Ask, Step};
use crate::domain::people::Action;
use crate::domain::traveler::command::StepAt;
use crate::ui::layer::Turn;
use crate::ui::may;
use crate::ui::speech::say;
use crate::ui::world::World;
use crate::views::traveler::TravelerView;

use super::form::FormScreen;
use super::form_of::Form;

/// The form, for who may raise; whoever may not is told at once. `about` is the characteristic that
/// is measured now.
pub fn raise(
    view: &TravelerView,
    (at, step): (StepAt, Option<&Step>),
    about: Option<&CharacteristicId>,
    world: &mut World,
) -> Turn {
    if let Some(refusal) = may::refused(&[Action::RaiseDeviation], world) {
        return world.not_for_role(&refusal, None);
    }
    let mut known = vec![("Unit", format!("{}  {}", view.id, view.order.part))];
    let title = step.map_or(String::new(), |step| format!("  {}", step.title));
    known.push((
        "Step",
        say!("op {operation}  {step}{title}", operation = at.operation, step = at.step, title),
    ));
    if let Some(place) = &world.place {
        known.push(("Place", place.to_string()));
    }
    let measured = measured(step);
    let none_is_measured = measured.is_empty();
    let form = Form::Raise(view.id.clone(), at, measured);
    let mut form = FormScreen::new(form, &view.offers).knowing(known);
    if none_is_measured {
        form = form.without("About");
    }
    // Of a single unit nobody counts pieces.
    if view.pieces().is_none() {
        form = form.without("Pieces");
    }
    if let Some(characteristic) = about {
        form = form.filled("About", characteristic.as_str());
    }
    Turn::Open(Box::new(form))
}

/// The characteristics that a step measures, by id, with what each is called.
fn measured(step: Option<&Step>) -> Vec<(String, String)> {
    let asks = step.map_or(&[][..], |step| &step.asks[..]);
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
