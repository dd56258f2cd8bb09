//! `gemba review`: what the server did not accept, and a supervisor's answer to it.

use clap::{Args, Subcommand};

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::station::StationCommand;
use crate::views::board::{ReviewRow, with_words};
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// List what the server held or rejected and nobody let go on
    #[command(after_help = "Example: gemba review list --json\n\nJSON, one record a line: \
                            station, fact, subject, what, who, place, at, verdict, reasons, units, \
                            decisions (which may count), not_to_follow, with_it (records that \
                            only follow it); oldest first")]
    List,
    /// Say whether work goes on
    #[command(after_help = "Example: gemba review answer 0f3a9c.1.204 --accept \
                            --reason 'she was there' --badge B-4011")]
    Answer(AnswerArgs),
}

#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The record in question, as `gemba review list` names it
    #[arg(value_parser = position)]
    fact: Position,
    /// Work goes on: the record stands, and its hold is released
    #[arg(long, conflicts_with = "refuse")]
    accept: bool,
    /// It does not: what is held stays held
    #[arg(long)]
    refuse: bool,
    /// Which decision counts, in its words, where two were made about one hold
    #[arg(long, value_name = "DECISION", conflicts_with = "refuse")]
    counts: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

fn position(text: &str) -> Result<Position, String> {
    Position::parse(text).ok_or_else(|| "a record is named LEDGER.EPOCH.NUMBER".to_owned())
}

/// Runs a command about reviews.
pub fn run(console: &Console, command: ReviewCommand) -> Result<Exit, Fault> {
    match command {
        ReviewCommand::List => list(console),
        ReviewCommand::Answer(args) => answer(console, args),
    }
}

fn open(console: &Console) -> Result<Vec<ReviewRow>, Fault> {
    let Answer::Board(board) = rows::ask(console, &Query::Board)? else {
        return Err(rows::mixed_up());
    };
    Ok(board.reviews)
}

fn list(console: &Console) -> Result<Exit, Fault> {
    let head = ["fact", "about", "record", "by", "where", "since", "why"];
    rows::print(console, &head, &open(console)?, |row| {
        vec![
            row.fact.to_string(),
            row.subject.clone(),
            row.what.to_string(),
            row.who.clone(),
            row.place.as_ref().map_or_else(|| row.station.to_string(), ToString::to_string),
            row.at.map_or_else(String::new, |at| at.to_string()),
            row.reasons.join("; "),
        ]
    });
    Ok(Exit::Done)
}

fn answer(console: &Console, args: AnswerArgs) -> Result<Exit, Fault> {
    let AnswerArgs { fact, accept, refuse, counts, reason, signer } = args;
    if !accept && !refuse {
        let (what, next) = match &counts {
            Some(words) => (
                format!("--counts '{words}' was given without --accept"),
                "a decision counts for work that goes on: add --accept",
            ),
            None => ("no answer was given".to_owned(), "add --accept or --refuse"),
        };
        return Err(Fault::usage(what, "whether work goes on is said with it").next(next));
    }
    let row = open(console)?.into_iter().find(|row| row.fact == fact);
    let with_it = row.as_ref().map_or(0, |row| if accept { row.with_it } else { 0 });
    // What is not listed is refused by the rule itself, at this station.
    let (station, units) = match row {
        Some(row) => (row.station, row.units),
        None => (console.reader()?.ledger.identity().station.clone(), Vec::new()),
    };
    let goes_on = if accept { "goes on" } else { "does not go on" };
    let with_it = with_words(with_it).map(|words| format!("; {words}")).unwrap_or_default();
    let what = format!("review of {fact} answered: work {goes_on}{with_it}");
    let answer = StationCommand::AnswerReview { fact, accepted: accept, counts, units, reason };
    acts::act(console, &signer, &what, |_| Command::Station(station, answer))
}
