//! With what a column is measured: the gauge that was chosen for it, else the one of its class.

use crate::domain::ids::{GaugeClassId, GaugeId};
use crate::domain::inspection::asks::PieceAsk;
use crate::domain::unit::Unit;
use crate::ui::layer::Turn;
use crate::ui::screens::gauge::GaugeScreen;
use crate::ui::speech::say;
use crate::ui::world::World;
use crate::views::register::GaugeRow;

use super::GridScreen;

impl GridScreen {
    /// The gauge of a column.
    pub(super) fn gauge_row<'a>(
        &'a self,
        (number, ask): (u16, &PieceAsk),
        world: &'a World,
    ) -> Option<&'a GaugeRow> {
        let class = ask.gauge.as_ref()?;
        self.gauges.get(&number).or_else(|| world.gauges.get(class))
    }

    /// The unit in which a number is typed: what the gauge shows, else that of the limits.
    pub(super) fn unit(&self, column: (u16, &PieceAsk), world: &World) -> Option<Unit> {
        let limits = column.1.kind.limits()?;
        let row = self.gauge_row(column, world);
        let shows = row.and_then(|row| row.unit.as_deref()).and_then(Unit::parse);
        Some(limits.unit.usual(shows))
    }

    /// The gauge of the focused column; where none is chosen, the list of its class opens.
    pub(super) fn gauge(&mut self, world: &mut World) -> Result<Option<GaugeId>, Turn> {
        let Some(ask) = self.ask().cloned() else { return Ok(None) };
        let (Some(class), Some((_, number))) = (&ask.gauge, self.here()) else { return Ok(None) };
        if let Some(row) = self.gauge_row((number, &ask), world) {
            return Ok(Some(row.gauge.clone()));
        }
        world.warn(say!("not saved yet: choose a {class} first", class));
        Err(self.choose_gauge(world))
    }

    /// Opens the list of the gauges of the focused column.
    pub(super) fn choose_gauge(&mut self, world: &mut World) -> Turn {
        let class = self.ask().and_then(|ask| ask.gauge.clone());
        let (Some(class), Some((_, number))) = (class, self.here()) else { return Turn::Stay };
        self.recording.keep_draft(world);
        self.chooses_for(number, &class, world);
        Turn::Open(Box::new(GaugeScreen::new(class)))
    }

    /// Notes that a gauge is about to be chosen for the focused column.
    pub(super) fn chooses(&mut self, world: &mut World) {
        let class = self.ask().and_then(|ask| ask.gauge.clone());
        if let Some(((_, number), class)) = self.here().zip(class) {
            self.chooses_for(number, &class, world);
        }
    }

    /// The choice begins with the gauge of the column, so that none changes nothing.
    fn chooses_for(&mut self, number: u16, class: &GaugeClassId, world: &mut World) {
        let of_class = world.gauges.get(class).cloned();
        let of_column = self.gauges.get(&number).cloned().or_else(|| of_class.clone());
        if let Some(row) = &of_column {
            world.gauges.insert(class.clone(), row.clone());
        }
        self.choosing = Some(Choosing { number, of_class, of_column });
    }

    /// Takes the gauge that was chosen for its column alone: the others of its class keep theirs.
    pub(super) fn chosen(&mut self, world: &mut World) {
        let Some(Choosing { number, of_class, of_column }) = self.choosing.take() else { return };
        let rank = usize::from(number).saturating_sub(1);
        let class = self.asks().get(rank).and_then(|ask| ask.gauge.clone());
        let Some(class) = class else { return };
        let Some(row) = world.gauges.get(&class).cloned() else { return };
        if let Some(before) = of_class {
            world.gauges.insert(class, before);
        }
        if of_column.is_none_or(|before| before.gauge != row.gauge) {
            self.gauges.insert(number, row);
        }
    }
}

/// A gauge that is about to be chosen.
#[derive(Debug)]
pub(super) struct Choosing {
    /// The column, from 1.
    number: u16,
    /// The gauge of its class before, and its own.
    of_class: Option<GaugeRow>,
    of_column: Option<GaugeRow>,
}
