//! `gemba audit`: proves that nothing recorded was changed.

use std::path::PathBuf;

use clap::Subcommand;

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::ledger::store::Ledger;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Recompute the id of every fact, the chain and the seals, and say what was covered
    #[command(after_help = "Example: gemba audit verify\n\nExit code 1 names the first fact that \
                            was changed; 5 means that it could not be judged.")]
    Verify {
        /// The folder of a store; without it, this station's
        path: Option<PathBuf>,
    },
    /// Everything that an auditor needs, in one file
    Bundle,
}

/// Runs a command about evidence.
pub fn run(console: &Console, command: AuditCommand) -> Result<Exit, Fault> {
    match command {
        AuditCommand::Verify { path } => {
            let dir = path.unwrap_or_else(|| console.config.home.clone());
            let ledger = Ledger::open_reader(&dir)?;
            verify(console, &ledger)
        }
        AuditCommand::Bundle => Err(super::board::not_built("an audit bundle")),
    }
}

fn verify(_console: &Console, _ledger: &Ledger) -> Result<Exit, Fault> {
    Err(super::board::not_built("verification"))
}
