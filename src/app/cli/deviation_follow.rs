//! `gemba deviation`: containment, cause, corrective actions, whether they helped.

use clap::{ArgGroup, Args};
use jiff::civil::Date;

use super::signer::SignerArgs;
use super::{Console, deviation, deviation_show, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::deviation::DeviationCommand as Asks;
use crate::domain::deviation_actions::{ActionAsked, ToDo};
use crate::domain::fact::Position;
use crate::domain::ids::{DeviationId, PersonId, PlaceId};
use crate::domain::traveler::command::StepAt;
use crate::views::query::{Answer, Query};

#[derive(Debug, Args)]
pub struct ContainArgs {
    /// The deviation
    deviation: DeviationId,
    /// What was done, or is to be
    action: String,
    /// It is to be done yet, and confirmed at the bench
    #[arg(long)]
    to_do: bool,
    /// By whom: the person's opaque id; anybody where nobody is named
    #[arg(long, value_name = "PERSON", requires = "to_do")]
    by: Option<PersonId>,
    /// At which place; anywhere where none is named
    #[arg(long, value_name = "PLACE", requires = "to_do")]
    at: Option<PlaceId>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ConfirmArgs {
    /// The deviation
    deviation: DeviationId,
    /// The number of what was asked for
    number: usize,
    /// What is said about it
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct CauseArgs {
    /// The deviation
    deviation: DeviationId,
    /// Why it happened
    text: String,
    /// The code of the site's list
    #[arg(long)]
    code: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ActionArgs {
    /// The deviation
    deviation: DeviationId,
    /// What is to be done
    action: String,
    /// Who sees to it: the person's opaque id
    #[arg(long, value_name = "PERSON")]
    owner: PersonId,
    /// Through the end of this day
    #[arg(long, value_name = "DATE")]
    due: Date,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct NumberedArgs {
    /// The deviation
    deviation: DeviationId,
    /// The number of the action
    number: usize,
    /// What was done, or seen
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("asked").required(true).args(["containment", "action"])))]
pub struct WithdrawArgs {
    /// The deviation
    deviation: DeviationId,
    /// The number of what was asked for at once
    #[arg(long, value_name = "N")]
    containment: Option<usize>,
    /// The number of the action
    #[arg(long, value_name = "N")]
    action: Option<usize>,
    /// Why
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The deviation
    deviation: DeviationId,
    /// What was done helped
    #[arg(long, conflicts_with = "not_effective", required_unless_present = "not_effective")]
    effective: bool,
    /// It did not
    #[arg(long)]
    not_effective: bool,
    /// What was found
    note: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// A step by which a deviation is to be closed: `20#torque`.
pub fn gate(text: &str) -> Result<StepAt, String> {
    StepAt::parse(text).ok_or_else(|| "an operation and a step, such as 20#torque".to_owned())
}

pub fn contain(console: &Console, args: ContainArgs) -> Result<Exit, Fault> {
    let how = if args.to_do { "to be contained" } else { "contained" };
    let what = format!("{} {how}", args.deviation);
    let to_do = args.to_do.then_some(ToDo { by: args.by, place: args.at });
    let command = Asks::Contain { action: args.action, to_do };
    deviation::on(console, (&args.signer, args.deviation), &what, command)
}

pub fn confirm(console: &Console, args: ConfirmArgs) -> Result<Exit, Fault> {
    let (containment, action) = contained(console, (&args.deviation, args.number))?;
    let what = format!("{} contained: {action}", args.deviation);
    let command = Asks::Confirm { containment, note: args.note };
    deviation::on(console, (&args.signer, args.deviation), &what, command)
}

pub fn cause(console: &Console, args: CauseArgs) -> Result<Exit, Fault> {
    let view = deviation_show::find(console, &args.deviation)?;
    let before = view.and_then(|view| view.cause).map(|cause| cause.words());
    let replaces = before.map_or_else(String::new, |before| format!(", in place of {before}"));
    let what = format!("cause of {}{replaces}", args.deviation);
    let command = Asks::FindCause { code: args.code, text: args.text };
    deviation::on(console, (&args.signer, args.deviation), &what, command)
}

pub fn action(console: &Console, args: ActionArgs) -> Result<Exit, Fault> {
    let ActionArgs { deviation: id, action, owner, due, signer } = args;
    let Answer::People(people) = rows::ask(console, &Query::People)? else {
        return Err(rows::mixed_up());
    };
    let known = people.into_iter().find(|row| row.person == owner);
    let name = known.and_then(|row| row.name).unwrap_or_else(|| owner.to_string());
    let what = format!("action for {id}, {name}, due {due}");
    let command = Asks::AskAction(ActionAsked { action, owner, due });
    deviation::on(console, (&signer, id), &what, command)
}

pub fn done(console: &Console, args: NumberedArgs) -> Result<Exit, Fault> {
    let (action, words) = numbered(console, (&args.deviation, args.number))?;
    let what = format!("{}: done: {words}", args.deviation);
    let command = Asks::NoteDone { action, note: args.note };
    deviation::on(console, (&args.signer, args.deviation), &what, command)
}

pub fn verify(console: &Console, args: NumberedArgs) -> Result<Exit, Fault> {
    let (action, words) = numbered(console, (&args.deviation, args.number))?;
    let what = format!("{}: verified: {words}", args.deviation);
    let command = Asks::Verify { action, note: args.note };
    deviation::on(console, (&args.signer, args.deviation), &what, command)
}

pub fn check(console: &Console, args: CheckArgs) -> Result<Exit, Fault> {
    let how = if args.effective { "effective" } else { "not effective, open again" };
    let what = format!("{}: {how}", args.deviation);
    let command = Asks::Check { effective: args.effective, note: args.note };
    deviation::on(console, (&args.signer, args.deviation), &what, command)
}

/// Takes back what was asked for in error.
pub fn withdraw(console: &Console, args: WithdrawArgs) -> Result<Exit, Fault> {
    let WithdrawArgs { deviation, containment, action, reason, signer } = args;
    let (asked, words) = match (containment, action) {
        (Some(number), _) => contained(console, (&deviation, number))?,
        (None, number) => numbered(console, (&deviation, number.unwrap_or(0)))?,
    };
    let what = format!("{deviation}: withdrawn: {words}");
    deviation::on(console, (&signer, deviation), &what, Asks::Withdraw { asked, reason })
}

/// What was asked for at once, by its number.
fn contained(console: &Console, of: (&DeviationId, usize)) -> Result<(Position, String), Fault> {
    let view = deviation_show::known(console, of.0)?;
    let found = view.containments.iter().find(|known| known.number == of.1);
    let found = found.map(|known| (known.fact.clone(), known.action.clone()));
    found.ok_or_else(|| none(of))
}

/// An action by its number.
fn numbered(console: &Console, of: (&DeviationId, usize)) -> Result<(Position, String), Fault> {
    let view = deviation_show::known(console, of.0)?;
    let found = view.actions.iter().find(|known| known.number == of.1);
    let found = found.map(|known| (known.fact.clone(), known.action.clone()));
    found.ok_or_else(|| none(of))
}

fn none((deviation, number): (&DeviationId, usize)) -> Fault {
    let what = format!("{deviation} has no number {number} of these");
    Fault::refused(what, "nothing was asked for under it")
        .next(format!("see the numbers: gemba deviation show {deviation}"))
}
