//! Parts that screens are put together from: canvas, choices, frame, field, list, prose, limit bar.
//! Imports `domain` and the rest of `ui`.
//! Invariant: every text from outside passes `Canvas`, which makes it safe to show.

pub mod big;
pub mod canvas;
pub mod choices;
pub mod code;
pub mod field;
pub mod frame;
pub mod heard;
pub mod kept;
pub mod limit_bar;
pub mod list;
pub mod paged;
pub mod placeholder;
pub mod prose;
pub mod reflow;
pub mod spark;
pub mod words;
