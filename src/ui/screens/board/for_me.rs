//! What waits for the signature of whoever is signed in: a row each, which leads to where it is signed.

use crate::ui::layer::Layer;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::words::span;
use crate::ui::screens::definition::DefinitionScreen;
use crate::ui::screens::deviation::DeviationScreen;
use crate::ui::screens::inspection::lot::LotScreen;
use crate::ui::screens::permits::PermitScreen;
use crate::ui::screens::ship::list::ShipsScreen;
use crate::ui::screens::ship::review::ShipScreen;
use crate::ui::screens::traveler::TravelerScreen;
use crate::ui::speech::{say, tell};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::for_me::{ForMeRow, ToSign};

/// The screen on which it is signed; of a revision the one that says what is approved.
pub(super) fn open(what: &ToSign) -> Box<dyn Layer> {
    match what {
        ToSign::Disposition { deviation, .. } => {
            Box::new(DeviationScreen::raised(deviation.clone()))
        }
        ToSign::Step { traveler, .. } => Box::new(TravelerScreen::new(traveler.clone())),
        ToSign::Lot { series, lot, .. } | ToSign::LotAsIs { series, lot } => {
            Box::new(LotScreen::new(series.clone(), lot.opened.clone()))
        }
        ToSign::Permit { permit, .. } => Box::new(PermitScreen::new(permit.clone())),
        ToSign::Revision { definition, revision, .. } => {
            Box::new(DefinitionScreen::new(definition.clone(), revision.clone()))
        }
        ToSign::Ship { units, .. } => {
            if let [unit] = units.as_slice() {
                return Box::new(ShipScreen::new(unit.clone()));
            }
            Box::new(ShipsScreen::default())
        }
    }
}

/// Draws one in two lines.
pub(super) fn view_row(row: &ForMeRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let x = canvas.mark((6, y), Mark::Sign, Role::Accent);
    canvas.put_name((x + 1, y), 14, &row.what.which(), Role::Title);
    canvas.put_name((23, y), 16, &row.what.of(), Role::Plain);
    if let Some(since) = row.since {
        let age = world.time.moment.utc.duration_since(since).as_secs();
        canvas.put_in((40, y), 11, &span(age), Role::Plain);
    }
    if let (ToSign::Step { step, .. }, true) = (&row.what, row.elsewhere) {
        let there = say!("sign it at {work_center}", work_center = step.work_center);
        canvas.put((52, y), &there, Role::Muted);
    } else {
        canvas.put((52, y), &tell(&row.what.act()), Role::Accent);
    }
    let mut details = tell(&row.details);
    if let ToSign::Revision { .. } = &row.what {
        // No screen signs what a plant is to work by.
        details = format!("{details}: {}", row.what.command());
    }
    canvas.put((8, y + 1), &details, Role::Plain);
}
