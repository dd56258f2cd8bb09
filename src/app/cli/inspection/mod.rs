//! `gemba inspection`: plans of inspection of lots, and the lots that are inspected by them.
//! Imports what the other commands import.
//! Invariant: what is printed was computed by the rules that the lots are decided by.

use clap::Subcommand;

use super::Console;
use crate::app::fault::{Exit, Fault};

pub mod plan;

#[derive(Debug, Subcommand)]
pub enum InspectionCommand {
    /// Compute a plan, and what it can tell apart
    #[command(after_help = "Example: gemba inspection plan --lot 1200 --level II --aql 1.0\n\
                            Example: gemba inspection plan --lot 500 --zero 90/1\n\n\
                            JSON: scheme, level, aql, severity, lot, letter, zero, sample, accept, \
                            reject, whole, basis, producer, consumer, at_aql, curve, note")]
    Plan(plan::PlanArgs),
}

/// Runs a command about inspection of lots.
pub fn run(console: &Console, command: InspectionCommand) -> Result<Exit, Fault> {
    match command {
        InspectionCommand::Plan(args) => plan::run(console, &args),
    }
}
