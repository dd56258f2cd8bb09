//! The wiring of a session: what it is made of, run by threads, on a terminal.
//! Imports every layer; nobody but `main` imports it.
//! Invariant: time and environment enter the program here, in `clock` and `config`, and nowhere else.

pub mod card;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod demo;
pub mod desk;
pub mod display;
pub mod dots;
pub mod drafts;
pub mod escalation;
pub mod exchange;
pub mod fault;
#[cfg(feature = "ssh")]
pub mod gauge_bench;
pub mod gauge_line;
#[cfg(feature = "ssh")]
pub mod hosted;
pub mod identity;
pub mod import;
mod leaving;
pub mod picture;
pub mod printer;
pub mod readings;
pub mod release;
pub mod screens;
pub mod session;
pub mod sources;
pub mod standards;
pub mod station;
pub mod store_handle;
pub mod terminal;
pub mod themes;
#[cfg(feature = "ssh")]
pub mod watched;
pub mod written;
