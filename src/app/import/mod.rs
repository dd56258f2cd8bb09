//! Registers from files: people, gauges and orders out of a CSV, as a plan first.
//! Imports authoring (for the nearest word), domain and ledger; the command line asks for it.
//! Invariant: a row that cannot be taken keeps every row out, and each is named with what to do.

pub mod cells;
pub mod gauge;
pub mod order;
pub mod person;
pub mod plan;
pub mod problem;
pub mod shift;
pub mod table;
