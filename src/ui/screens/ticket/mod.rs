//! A hand-off ticket: drawn as a code where the work was done, and taken where the unit goes on.
//! Imports `domain`, `views` and the parts of `ui`.
//! Invariant: what is taken is shown first; a scan alone records nothing.

pub mod draw;
pub mod take;
