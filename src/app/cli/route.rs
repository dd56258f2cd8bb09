//! Acts on the way of a unit: leave a step out, pause, go on, accept earlier work on evidence.

use clap::Args;

use super::session::Performer;
use super::signer::SignerArgs;
use super::step::{OperationArg, step_at};
use super::traveler::view_at;
use super::unit::traveler_id;
use super::{Console, acts};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::StepId;
use crate::domain::stream::TravelerId;
use crate::domain::ticket::Ticket;
use crate::domain::traveler::command::TravelerCommand as Asked;

#[derive(Debug, Args)]
pub struct SkipArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// The step; without it, the one that is next
    step: Option<StepId>,
    #[command(flatten)]
    operation: OperationArg,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct PauseArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// What is noted with it
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct AcceptUpstreamArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// The operation that is not known to be done here; a ticket says it itself
    #[arg(required_unless_present = "ticket", conflicts_with = "ticket")]
    operation: Option<u32>,
    /// By what it is known to be done
    #[arg(long, required_unless_present = "ticket", conflicts_with = "ticket")]
    evidence: Option<String>,
    /// The text of the hand-off ticket that came with the unit; an operator takes it
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Leaves a step out.
pub fn skip(console: &Console, args: SkipArgs) -> Result<Exit, Fault> {
    let station = console.reader()?;
    let view = view_at(console, (&station, &args.signer), &args.traveler)?;
    let (at, _) = step_at(&view, args.operation.of(args.step.as_ref()))?;
    let what = format!("{} step {} skipped", args.traveler, at.step);
    let command = Asked::SkipStep { at, reason: args.reason };
    acts::act(console, &args.signer, &what, |_| Command::Traveler(args.traveler, command))
}

/// Stops the working clock.
pub fn pause(console: &Console, args: PauseArgs) -> Result<Exit, Fault> {
    let what = format!("{} paused", args.traveler);
    perform(console, &args.signer, &what, (args.traveler, Asked::Pause { reason: args.reason }))
}

/// Goes on.
pub fn resume(console: &Console, args: ResumeArgs) -> Result<Exit, Fault> {
    let what = format!("{} goes on", args.traveler);
    perform(console, &args.signer, &what, (args.traveler, Asked::Resume { note: args.note }))
}

/// Lets later work go on: by a ticket, or by a supervisor, who proves who they are each time.
pub fn accept_upstream(console: &Console, args: AcceptUpstreamArgs) -> Result<Exit, Fault> {
    if let Some(text) = &args.ticket {
        let ticket = Ticket::parse(text).map_err(|why| {
            Fault::refused("the ticket was not taken", why).next("scan it again, or draw it anew")
        })?;
        let done: Vec<String> = ticket.closed().map(|operation| operation.to_string()).collect();
        let what =
            format!("{} operation {} by ticket, provisional", args.traveler, done.join(", "));
        let command = Asked::AcceptTicket(Box::new(ticket));
        return perform(console, &args.signer, &what, (args.traveler, command));
    }
    let (operation, evidence) = (args.operation.unwrap_or_default(), args.evidence);
    let what = format!("{} operation {operation} accepted, not done", args.traveler);
    let command = Asked::AcceptUpstream { operation, evidence: evidence.unwrap_or_default() };
    acts::act(console, &args.signer, &what, |_| Command::Traveler(args.traveler, command))
}

fn perform(
    console: &Console,
    signer: &SignerArgs,
    what: &str,
    (traveler, command): (TravelerId, Asked),
) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let Performer { acting } = Performer::of(console, &mut station, signer)?;
    let saved = station.transact(&acting, Command::Traveler(traveler, command))?;
    acts::say_saved(console, &station, what, &saved);
    Ok(Exit::Done)
}
