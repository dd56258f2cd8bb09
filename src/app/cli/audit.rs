//! `gemba audit`: proves that nothing recorded was changed.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::Console;
use crate::app::fault::{Exit, Fault};
use crate::ledger::verify::{self, Chain, Finding, VerifyReport};

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Recompute the id of every fact, the chain and the seals, and say what was covered
    #[command(after_help = "Example: gemba audit verify\n\nExit code 1 names the first fact that \
                            was changed; 5 means that it could not be judged.\nJSON: facts, newer \
                            (of those, what a newer version wrote), seals, signatures, set_aside, \
                            blobs, chains, findings")]
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
            let path = path.unwrap_or_else(|| console.config.home.clone());
            say(console, &verify::verify(&path)?)
        }
        AuditCommand::Bundle => Err(super::board::not_built("an audit bundle")),
    }
}

fn say(console: &Console, report: &VerifyReport) -> Result<Exit, Fault> {
    let printer = &console.printer;
    printer.line(format!("{} facts: every id recomputed from the bytes", report.facts));
    if report.newer > 0 {
        printer.line(format!(
            "{} of them were written by a newer version: what they say and sign was not checked",
            report.newer
        ));
    }
    for chain in &report.chains {
        let Chain { ledger, epoch, own, facts, last_seq, sealed_to, .. } = chain;
        let whose = if *own { "this station's" } else { "another's" };
        let sealed = match sealed_to {
            Some(to) => format!("sealed to {to}"),
            None => "not sealed".to_owned(),
        };
        printer.line(format!(
            "ledger {ledger} epoch {epoch}, {whose}: {facts} facts to {last_seq}, {sealed}"
        ));
    }
    printer.line(format!(
        "{} seals checked, {} of ledgers whose key is not here",
        report.seals, report.seals_without_key
    ));
    printer.line(format!(
        "{} signatures checked, {} cover facts that are not here",
        report.signatures, report.signatures_partly_here
    ));
    if report.pruned > 0 {
        printer.line(format!(
            "{} facts pruned: their ids stand in the chain, their bytes lie at the server",
            report.pruned
        ));
    }
    if report.set_aside > 0 {
        printer.line(format!("{} facts set aside, each said again elsewhere", report.set_aside));
    }
    printer.line(format!("{} blobs: every hash recomputed", report.blobs));
    printer.value(&json(report));
    if report.findings.is_empty() {
        printer.line("nothing that is here was changed");
        return Ok(Exit::Done);
    }
    let listed: Vec<String> =
        report.findings.iter().map(|finding| format!("{}: {}", finding.at, finding.what)).collect();
    Err(Fault::refused(format!("{} things do not hold", listed.len()), listed.join("\n"))
        .next("keep a copy of the store as it is, and tell quality"))
}

fn json(report: &VerifyReport) -> Value {
    let chain = |chain: &Chain| {
        json!({
            "ledger": chain.ledger, "epoch": chain.epoch, "own": chain.own, "facts": chain.facts,
            "last_seq": chain.last_seq, "sealed_to": chain.sealed_to,
        })
    };
    let finding = |finding: &Finding| json!({ "at": finding.at, "what": finding.what });
    json!({
        "facts": report.facts, "newer": report.newer, "seals": report.seals, "signatures": report.signatures,
        "pruned": report.pruned, "set_aside": report.set_aside, "blobs": report.blobs,
        "chains": report.chains.iter().map(chain).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}
