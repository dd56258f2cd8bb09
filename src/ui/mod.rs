//! What people see and press.
//! Imports domain, spc, views and reports, never app, ledger or sync.
//! Invariant: nothing here touches disk, clock, network or terminal.

pub mod effect;
pub mod input;
pub mod message;
pub mod terminal_kind;
