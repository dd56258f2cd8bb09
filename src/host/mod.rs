//! The line over SSH to the terminals of one process: keys, who may come in, bytes in and bytes out.
//! Imports the names of `domain`; owns russh. What stands behind a line is the caller's.
//! Invariant: a line leads to a terminal and to nothing else, and whatever comes on it has a limit.

pub mod doors;
pub mod error;
pub mod keys;
pub mod line;
pub mod run;
mod shown;
mod told;
mod visitor;
