//! The characteristics of a specification; Enter opens what was measured of one.

use crate::domain::specification::{Characteristic, Specification};
use crate::domain::traced::Traced;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;

use super::CharacteristicScreen;

const PURPOSE: &str = "The characteristics of this revision. Enter shows what was measured of the \
    marked one, with a chart.";
const NONE: &str = "This revision has no characteristic.";

/// The characteristics of one revision.
#[derive(Debug)]
pub struct CharacteristicsScreen {
    specification: Specification,
    rows: List<Characteristic>,
}

impl CharacteristicsScreen {
    /// Of a revision.
    pub fn new(specification: Specification) -> Self {
        let mut rows = List::new(Shape::numbered(one_line, NONE));
        rows.fill(specification.characteristics.clone(), |one, other| one.id == other.id);
        Self { specification, rows }
    }

    fn open(&self) -> Turn {
        let Some(row) = self.rows.marked() else { return Turn::Stay };
        let part = self.specification.part.clone();
        Turn::Open(Box::new(CharacteristicScreen::new(part, row.id.clone())))
    }
}

impl Layer for CharacteristicsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn about(&self) -> Option<Traced> {
        let Specification { part, revision, .. } = &self.specification;
        Some(Traced::Specification(part.clone(), Some(revision.clone())))
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.rows.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let Specification { part, revision, .. } = &self.specification;
        let title = say!("Characteristics of {part} rev {revision}", part, revision);
        canvas.put((1, 1), &title, Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            canvas.put_in((6, y), 5, &row.balloon, Role::Title);
            canvas.put_in((12, y), 30, &row.name, Role::Plain);
            canvas.put_in((43, y), 22, &row.requirement, Role::Plain);
            canvas.put((66, y), say!(row.class.word()), Role::Muted);
        });
    }
}
