//! `gemba inspection`: plans of inspection of lots, and the lots that are inspected by them.
//! Imports what the other commands import.
//! Invariant: what is printed was computed by the rules that the lots are decided by.

use clap::Subcommand;

use super::Console;
use crate::app::fault::{Exit, Fault};

pub mod fill;
pub mod first_article;
pub mod lots;
pub mod plan;
pub mod shown;

#[derive(Debug, Subcommand)]
pub enum InspectionCommand {
    /// Compute a plan, and what it can tell apart
    #[command(after_help = "Example: gemba inspection plan --lot 1200 --level II --aql 1.0\n\
                            Example: gemba inspection plan --lot 500 --zero 90/1\n\n\
                            JSON: scheme, level, aql, severity, lot, letter, zero, sample, accept, \
                            reject, whole, basis, producer, consumer, at_aql, curve, note")]
    Plan(plan::PlanArgs),
    /// Open a lot that came in: how strictly, how many pieces and which
    #[command(after_help = "Example: gemba inspection open SEAL-1 Nordic L-4711 --by WI-2100 \
                            --badge B-3052\nExample: gemba inspection open SEAL-1 Nordic L-4712 --by \
                            WI-2100 --first-article --badge B-3052\n\nJSON: saved, facts, \
                            waiting, lot (as of show)")]
    Open(lots::OpenArgs),
    /// Record what was found on a piece
    #[command(after_help = "Example: gemba inspection record SEAL-1 Nordic L-4711 --piece 17 \
                            24.8 yes --gauge CAL-1 --badge B-3052\n\nJSON: saved, facts, \
                            waiting, lot (as of show)")]
    Record(lots::RecordArgs),
    /// Record the values of many pieces from a file, as one act: all of them or none
    #[command(
        after_help = "Example: gemba inspection fill SEAL-1 Nordic L-4711 cords.csv --gauge CAL-1 \
                            --badge B-3052\n\nOne deviation names every failing value.\nJSON: \
                            saved, facts, waiting, lot (as of show); with --plan planned, fails, \
                            cells (piece, ask, name, value, gauge, verdict)"
    )]
    Fill(fill::FillArgs),
    /// Accept a lot: signed over what was found
    #[command(after_help = "Example: gemba inspection accept SEAL-1 Nordic L-4711 --badge \
                            B-3052\n\nJSON: saved, facts, waiting")]
    Accept(lots::DecideArgs),
    /// Reject a lot: signed over what was found; a deviation is raised for it
    #[command(after_help = "Example: gemba inspection reject SEAL-1 Nordic L-4711 --badge \
                            B-3052\n\nJSON: saved, facts, waiting")]
    Reject(lots::DecideArgs),
    /// Say what becomes of a rejected lot: sort, return, scrap, use-as-is
    #[command(after_help = "Example: gemba inspection dispose SEAL-1 Nordic L-4711 sort --reason \
                            'burrs can be seen' --badge B-5020\n\nTo use it as it is, quality and \
                            engineering each sign.\nJSON: saved, facts, waiting, lot")]
    Dispose(lots::DisposeArgs),
    /// Say how strictly a series is inspected: reduce, normal, take-up
    #[command(after_help = "Example: gemba inspection choose SEAL-1 Nordic reduce --by WI-2100 \
                            --reason 'steady since May' --badge B-5020\n\nJSON: saved, facts, \
                            waiting")]
    Choose(lots::ChooseArgs),
    /// Show a lot: its plan, why so strictly, which pieces, what was found
    #[command(
        after_help = "Example: gemba inspection show SEAL-1 Nordic L-4711\n\nJSON: opened, part, \
            supplier, lot, unit, deviation, standing, waits, instruction, revision, hash, rule, severity, why, size, letter, \
            sample, accept, reject, remaining, begun, inspected, nonconforming, accepts, first_article \
            (revision, of, done, missing), again, contradicted, unseen, deviations, recorded_twice, records (piece, values (name, value, verdict, gauge), nonconforming, \
            by_value, corrected, reason, by, at), \
            decided, disposed, by, at"
    )]
    Show(lots::LotArgs),
    /// List every characteristic of a first article with its result, by balloon (AS9102 form 3)
    #[command(
        after_help = "Example: gemba inspection first-article SEAL-1 Nordic L-4712 --csv\n\n\
                            JSON: lot (as of show), part, revision, drawing, pieces, lines (number, \
                            location, designator, name, requirement, lower, upper, unit, demanded, \
                            results (piece, value, verdict, gauge), missing, verdict, gauges, \
                            nonconformances)\nCSV: the columns of the form\n\nExit code 1 where a \
                            characteristic lacks a result."
    )]
    FirstArticle(first_article::FirstArticleArgs),
    /// List lots that wait for somebody
    #[command(
        after_help = "Example: gemba inspection list --all\n\nJSON, one lot a line, as of show"
    )]
    List {
        /// Decided ones as well
        #[arg(long)]
        all: bool,
    },
    /// List lots that came in and can be opened, with the instructions for them
    #[command(after_help = "Example: gemba inspection to-open --json\n\nJSON, one lot a line: \
                            part, lot, unit, supplier, size, again, by (instruction, title, rule)")]
    ToOpen,
    /// Show a series: its lots, how strictly each was inspected and why, and what comes next
    #[command(
        after_help = "Example: gemba inspection series SEAL-1 Nordic\n\nJSON: part, supplier, next \
            (instruction, revision, rule, severity, why, score, may_be_reduced, discontinued, opened_twice), lots \
            (as of show)"
    )]
    Series(lots::SeriesArgs),
}

/// Runs a command about inspection of lots.
pub fn run(console: &Console, command: InspectionCommand) -> Result<Exit, Fault> {
    match command {
        InspectionCommand::Plan(args) => plan::run(console, &args),
        InspectionCommand::Open(args) => lots::open(console, args),
        InspectionCommand::Record(args) => lots::record(console, args),
        InspectionCommand::Fill(args) => fill::run(console, args),
        InspectionCommand::Accept(args) => lots::decide(console, args, true),
        InspectionCommand::Reject(args) => lots::decide(console, args, false),
        InspectionCommand::Dispose(args) => lots::dispose(console, args),
        InspectionCommand::Choose(args) => lots::choose(console, args),
        InspectionCommand::Show(args) => shown::show(console, &args),
        InspectionCommand::FirstArticle(args) => first_article::run(console, &args),
        InspectionCommand::List { all } => shown::list(console, all),
        InspectionCommand::ToOpen => shown::to_open(console),
        InspectionCommand::Series(args) => shown::series(console, &args),
    }
}
