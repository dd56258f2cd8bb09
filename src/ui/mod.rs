//! What people see and press.
//! Imports domain, spc, views and reports, never app, ledger or sync.
//! Invariant: nothing here touches disk, clock, network or terminal.

pub mod dispatch;
pub mod effect;
pub mod everywhere;
pub mod input;
pub mod keys;
pub mod layer;
pub mod may;
pub mod message;
pub mod parts;
pub mod said;
pub mod scans;
pub mod screens;
pub mod shell;
pub mod symbols;
pub mod terminal_kind;
pub mod theme;
pub mod waits;
pub mod world;
