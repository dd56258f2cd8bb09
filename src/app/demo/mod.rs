//! The demo: a server, a station and a sample plant in one process, for people and for scripts.
//! Imports what the program is wired from; made by the same commands that a user would give.
//! Invariant: its store is marked as a demo, can never enroll elsewhere, and alone may turn the clock.

mod cable;
pub mod found;
pub mod headless;
mod history;
pub mod plant;
pub mod play;
pub mod script;
