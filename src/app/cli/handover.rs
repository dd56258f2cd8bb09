//! `gemba handover`: a shift is handed over by one person and accepted by another.

use clap::{Args, Subcommand};

use super::signer::SignerArgs;
use super::{Console, acts, rows, signer};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::floor::FloorCommand;
use crate::domain::handover::{HandoverCommand as Asked, HandoverContent};
use crate::domain::ids::{HandoverId, PlaceId};
use crate::views::handover::{HandoverView, lines, summary};
use crate::views::query::{Answer, Query};
use crate::views::signature::{SignatureView, minute};

#[derive(Debug, Subcommand)]
pub enum HandoverCommand {
    /// Hand over what stands at this station
    #[command(
        after_help = "Example: gemba handover give --notes 'fixture 3 sticks' --place ASM-1 \
                            --badge B-2107\n\nJSON: saved, facts, waiting"
    )]
    Give(GiveArgs),
    /// Show what a hand-over says; without a number, what one would say now
    #[command(
        after_help = "Example: gemba handover show HO-ASM1-0003\n\nJSON: handover, place, shift, \
            by, giver, at, content (complete_to, silent, open, holds, waits, help, deviations, \
            gauges: each count and first; waiting), notes, accepted (as a signature; null), note; \
            without a number the content alone"
    )]
    Show {
        /// The hand-over
        handover: Option<HandoverId>,
    },
    /// Accept a hand-over as another person, with badge and PIN
    #[command(after_help = "Example: gemba handover accept HO-ASM1-0003 --badge B-2110\n\nJSON: \
                            saved, facts, waiting")]
    Accept(AcceptArgs),
    /// List the last hand-overs, newest first
    #[command(
        after_help = "Example: gemba handover list --open\n\nJSON, one hand-over a line, as \
                            of: gemba handover show"
    )]
    List {
        /// Only those that nobody accepted
        #[arg(long)]
        open: bool,
    },
}

#[derive(Debug, Args)]
pub struct GiveArgs {
    /// What the next shift should know besides
    #[arg(long, default_value = "")]
    notes: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The hand-over
    handover: HandoverId,
    /// A word
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about hand-overs.
pub fn run(console: &Console, command: HandoverCommand) -> Result<Exit, Fault> {
    match command {
        HandoverCommand::Give(args) => give(console, args),
        HandoverCommand::Show { handover } => show(console, handover),
        HandoverCommand::Accept(args) => {
            let AcceptArgs { handover, note, signer } = args;
            let what = format!("{handover} accepted");
            let found = handovers(console, false)?.into_iter().find(|row| row.handover == handover);
            if let Some(view) = found {
                print_view(&view, |line| console.printer.to_signer(line));
                acts::show_signed(console, &[("meaning", "accepted".to_owned())]);
            }
            acts::act(console, &signer, &what, |who| {
                Command::Handover(handover, Asked::Accept { note, by: who.by() })
            })
        }
        HandoverCommand::List { open } => list(console, open),
    }
}

fn give(console: &Console, args: GiveArgs) -> Result<Exit, Fault> {
    let GiveArgs { notes, signer } = args;
    let place = signer::place_of(console, &console.reader()?, signer.place.clone())?;
    let place = place.ok_or_else(|| {
        Fault::usage("no place is named", "a shift is handed over at a place")
            .next("add --place PLACE")
    })?;
    let signer = SignerArgs { place: Some(place.clone()), ..signer };
    let asked = FloorCommand::GiveHandover { notes };
    let what = format!("handed over at {place}; another person accepts it");
    acts::act(console, &signer, &what, |_| Command::Floor(place, asked))
}

fn handovers(console: &Console, open: bool) -> Result<Vec<HandoverView>, Fault> {
    let Answer::Handovers(found) = rows::ask(console, &Query::Handovers { open })? else {
        return Err(rows::mixed_up());
    };
    Ok(found)
}

fn show(console: &Console, handover: Option<HandoverId>) -> Result<Exit, Fault> {
    let Some(id) = handover else {
        let Answer::HandoverContent(content) = rows::ask(console, &Query::HandoverContent)? else {
            return Err(rows::mixed_up());
        };
        print(&content, |line| console.printer.line(line));
        console.printer.value(&content);
        return Ok(Exit::Done);
    };
    let found = handovers(console, false)?.into_iter().find(|view| view.handover == id);
    let view = found.ok_or_else(|| {
        Fault::refused(format!("{id} is not known here"), "or it is long past")
            .next("gemba handover list says which are known")
    })?;
    print_view(&view, |line| console.printer.line(line));
    match &view.accepted {
        Some(signature) => console.printer.line(signature.words_in_full()),
        None => console.printer.line("nobody has accepted it"),
    }
    console.printer.value(&view);
    Ok(Exit::Done)
}

/// What was handed over, line by line.
fn print_view(view: &HandoverView, say: impl Fn(String)) {
    let HandoverView { handover, place, by, at, notes, .. } = view;
    let shift = view.shift.as_ref().map_or_else(String::new, |shift| format!(", {shift}"));
    say(format!("{handover}  at {place}{shift}, by {by}, {}", minute(*at)));
    print(&view.content, &say);
    for (n, line) in notes.lines().enumerate() {
        say(format!("{}{line}", if n == 0 { "notes: " } else { "       " }));
    }
}

fn print(content: &HandoverContent, say: impl Fn(String)) {
    let complete = rows::or_dash(content.complete_to.map(minute));
    let silent: Vec<&str> = content.silent.iter().map(PlaceId::as_str).collect();
    let silent =
        if silent.is_empty() { String::new() } else { format!(", silent: {}", silent.join(", ")) };
    say(format!("complete to {complete}{silent}"));
    for (name, listed) in lines(content) {
        say(format!("{name}: {}", listed.count));
        for row in &listed.first {
            say(format!("  {row}"));
        }
        let more = listed.count.saturating_sub(u32::try_from(listed.first.len()).unwrap_or(0));
        if more > 0 {
            say(format!("  and {more} more"));
        }
    }
    say(format!("waits to go to the server: {}", content.waiting));
}

fn list(console: &Console, open: bool) -> Result<Exit, Fault> {
    let head = ["hand-over", "at", "shift", "given", "by", "accepted by", ""];
    rows::print(console, &head, &handovers(console, open)?, |row| {
        vec![
            row.handover.to_string(),
            row.place.to_string(),
            rows::or_dash(row.shift.as_ref()),
            minute(row.at),
            row.by.clone(),
            rows::or_dash(row.accepted.as_ref().map(SignatureView::who)),
            summary(&row.content).to_string(),
        ]
    });
    Ok(Exit::Done)
}
