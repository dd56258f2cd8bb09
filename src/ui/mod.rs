//! What people see and press.
//! Imports domain, spc, views and reports, never app, ledger or sync.
//! Invariant: nothing here touches disk, clock, network or terminal.

pub mod dispatch;
pub mod effect;
pub mod everywhere;
pub mod input;
pub mod keys;
pub mod layer;
mod line;
mod locales;
pub mod may;
pub mod message;
pub mod page;
pub mod palette;
pub mod parts;
pub mod said;
pub mod scans;
pub mod screens;
pub mod shell;
pub mod speech;
mod spoken;
mod stay;
pub mod symbols;
pub mod terminal_kind;
pub mod theme;
pub mod themes;
pub mod waits;
mod window;
pub mod world;
