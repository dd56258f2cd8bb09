//! The screens, one file each; `traveler` has a folder.
//! Imports `domain`, `views` and the parts of `ui`.
//! Invariant: a screen changes in `act`, `key`, `scanned` and `reply` only; `view` just reads.

pub mod approve;
pub mod badge;
pub mod board;
pub mod board_figures;
pub mod call;
pub mod calls;
pub mod change_pin;
pub mod compared;
pub mod correct;
pub mod definition;
pub mod definitions;
pub mod deviation;
pub mod deviation_note;
pub mod deviations;
pub mod difference;
pub mod dispose;
pub mod gauge;
pub mod gauge_doubt;
pub mod gauge_words;
pub mod gauges;
pub mod handover;
pub mod help;
pub mod inspection;
pub mod menu;
pub mod new_pin;
pub mod note;
pub mod permit_choice;
pub mod permits;
pub mod places;
pub mod proof;
pub mod queue;
pub mod reader;
mod recording;
pub mod redlines;
pub mod refusal;
pub mod review;
pub mod set;
pub mod sign;
pub mod sign_in;
mod since;
pub mod suspect;
pub mod sync;
mod to_sign;
pub mod traveler;
pub mod waits;
