//! Where things came from and went: what is traced, its thread, and what a unit is made of.
//! Imports what the other screens import.
//! Invariant: each row leads on, and Esc leads back the way that was come.

use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::ui::layer::Layer;

use super::characteristic::CharacteristicScreen;

pub mod ask;
pub mod built;
pub mod take_out;
pub mod trace;

/// The page of a thing: of a characteristic what was measured, of anything else its thread.
pub fn page(of: Traced) -> Box<dyn Layer> {
    if let Traced::Characteristic(part, id) = of {
        return Box::new(CharacteristicScreen::new(part, id));
    }
    Box::new(trace::TraceScreen::new(of))
}

/// A trace of the unit that somebody has before them, else the question what to trace.
pub fn begin(unit: Option<TravelerId>) -> Box<dyn Layer> {
    match unit {
        Some(unit) => Box::new(trace::TraceScreen::new(Traced::Unit(unit))),
        None => Box::new(ask::AskScreen::new(String::new())),
    }
}
