//! Inspection of lots by attributes: which plan, how strictly, and what it can tell apart (R12).
//! Imports nothing beside the rest of `domain`. Plans are computed from the rules that the public
//! standard's tables follow; no table is kept.
//! Invariant: no plan that comes out of here is laxer than the scheme that it is named after.

pub mod aql;
pub mod asks;
pub mod block;
pub mod by_cell;
pub mod cells;
pub mod chance;
pub mod choice;
pub mod curve;
pub mod decide;
pub mod dispose;
pub mod doubt;
pub mod fact;
pub mod first_article;
pub mod follows;
pub mod held;
pub mod letter;
pub mod needs;
mod opening;
pub mod plan;
pub mod rests;
pub mod rule;
pub mod scheme;
pub mod series;
pub mod switching;
pub mod zero;
