//! Release to ship: what is finished or went out, the review of one unit, its signature, and the word
//! that it is here again. Imports what the other screens import.
//! Invariant: whoever signs had every line of the list on the screen.

pub mod list;
pub mod review;
pub mod sign;
mod told;
