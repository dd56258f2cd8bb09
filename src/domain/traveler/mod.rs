//! The traveler: the record that goes with one unit or lot through the operations of its order.
//! `fact` says what can happen, `state` remembers it, `standing` reads it, the rest decides.
//! Invariant: a step is complete only when every ask is recorded and no hold is open.

mod again;
pub mod built;
mod closed;
pub mod collision;
pub mod command;
pub mod component;
pub mod correction;
pub mod decide;
pub mod definitions;
pub mod disposed;
pub mod eligibility;
pub mod entry;
pub(in crate::domain) mod equipment;
pub mod exceptions;
pub mod fact;
pub mod hold;
pub mod kin;
pub mod lot;
pub(super) mod needs;
pub mod performed;
pub mod permitted;
pub mod reading;
pub mod recall;
pub mod record;
mod recorded;
pub mod remeasure;
pub mod route;
pub mod sample;
pub mod sequence;
pub mod set;
pub mod shipped;
mod sign;
mod sorting;
pub mod split;
pub mod standing;
mod start;
pub mod state;
pub mod step;
pub mod suspect;
mod upstream;
pub mod wait;
pub mod which_counts;
