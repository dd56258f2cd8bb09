//! Sources that engineers write, to and from definitions: read, check, format, compile, compare.
//! Imports the domain alone; pictures and neighboring files come in as arguments, never by path.
//! Invariant: a source either gives a definition or findings with line, column and code; never both.

mod asks;
mod cells;
pub mod check;
pub mod code;
pub mod codes;
pub mod compile;
mod entries;
mod fence;
pub mod finding;
pub mod format;
mod front;
mod instruction;
pub mod keys;
mod page;
pub mod pictures;
mod prose;
mod requirement;
mod rule;
mod specification;
mod standard;
mod step_rules;
mod steps;
mod translation;
