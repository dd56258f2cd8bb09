//! `gemba material`: what goods-in notes of bought-in lots and serials.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::signer::SignerArgs;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::ids::{LotId, PartId};
use crate::domain::material::{MaterialCommand as Asked, MaterialId, MaterialReceived};
use crate::domain::stream::{StreamState, Subject};
use crate::views::material::{corrected_words, received_words};
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum MaterialCommand {
    /// Note a lot or serial that came in, or correct what was noted
    #[command(after_help = "Example: gemba material receive SEAL-1 L-4711 --supplier Nordic \
                            --quantity 200 --expires 2027-03-31 --badge B-5020\n\nJSON: saved, \
                            facts, waiting")]
    Receive(ReceiveArgs),
    /// Block a lot: nothing of it is built in until quality releases it
    #[command(after_help = "Example: gemba material block SEAL-1 L-4711 --reason 'wrong \
                            hardness' --badge B-5020\n\nJSON: saved, facts, waiting")]
    Block(ChangeArgs),
    /// Let a blocked lot be built in again
    #[command(after_help = "Example: gemba material release SEAL-1 L-4711 --reason 'tested \
                            again' --badge B-5020\n\nJSON: saved, facts, waiting")]
    Release(ChangeArgs),
    /// List what came in, with what is left
    #[command(after_help = "Example: gemba material list SEAL-1\n\nJSON, one lot a line: part, \
                            lot, supplier, quantity, used, expires, expired, certificate, \
                            blocked, came")]
    List {
        /// Of this part only
        part: Option<PartId>,
    },
}

#[derive(Debug, Args)]
pub struct ReceiveArgs {
    /// What it is
    part: PartId,
    /// The number on its label
    lot: LotId,
    /// Who delivered it
    #[arg(long)]
    supplier: String,
    /// How many pieces
    #[arg(long, value_name = "N")]
    quantity: Option<u32>,
    /// Good through the end of this day
    #[arg(long, value_name = "DAY")]
    expires: Option<Date>,
    /// The certificate that came with it
    #[arg(long, default_value = "")]
    certificate: String,
    /// Why what was noted before is corrected
    #[arg(long, value_name = "REASON")]
    correct: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// What it is
    part: PartId,
    /// The number on its label
    lot: LotId,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about material.
pub fn run(console: &Console, command: MaterialCommand) -> Result<Exit, Fault> {
    match command {
        MaterialCommand::Receive(args) => {
            let ReceiveArgs {
                part, lot, supplier, quantity, expires, certificate, correct, ..
            } = args;
            let (corrects, signer) = (correct, args.signer);
            let id = MaterialId { part, lot };
            let received = MaterialReceived { supplier, certificate, quantity, expires, corrects };
            let what = match noted(console, &id)?.filter(|_| received.corrects.is_some()) {
                Some(before) => {
                    format!("{id} corrected: {}", corrected_words(&before, &received))
                }
                None => format!("{id} received {}", received_words(&received)),
            };
            say_past(console, &id, received.expires)?;
            let command = Command::Material(id, Asked::Receive(received));
            acts::act(console, &signer, &what, |_| command)
        }
        MaterialCommand::Block(ChangeArgs { part, lot, reason, signer }) => {
            let id = MaterialId { part, lot };
            let what = format!("{id} blocked");
            acts::act(console, &signer, &what, |_| Command::Material(id, Asked::Block { reason }))
        }
        MaterialCommand::Release(ChangeArgs { part, lot, reason, signer }) => {
            let id = MaterialId { part, lot };
            let what = format!("{id} released");
            let command = Command::Material(id, Asked::Release { reason });
            acts::act(console, &signer, &what, |_| command)
        }
        MaterialCommand::List { part } => list(console, part),
    }
}

/// Says that a date is over already: nothing of it is built in, and a year is mistyped soon.
fn say_past(console: &Console, id: &MaterialId, expires: Option<Date>) -> Result<(), Fault> {
    let Some(day) = expires else { return Ok(()) };
    if day < console.reader()?.today() {
        console.printer.remark(format!("! {id} was good until {day}: look twice at the date"));
    }
    Ok(())
}

/// What goods-in noted of a lot last.
fn noted(console: &Console, id: &MaterialId) -> Result<Option<MaterialReceived>, Fault> {
    let station = console.reader()?;
    let folded = station.ledger.stream(&Subject::Material(id.clone()))?;
    let StreamState::Material(state) = folded.stream.state else { return Ok(None) };
    Ok(state.received)
}

fn list(console: &Console, part: Option<PartId>) -> Result<Exit, Fault> {
    let Answer::Materials(found) = rows::ask(console, &Query::Materials { part })? else {
        return Err(rows::mixed_up());
    };
    let head = ["part", "lot", "supplier", "pieces", "used", "good until", ""];
    rows::print(console, &head, &found, |row| {
        let note = match (&row.blocked, row.expired) {
            (Some(why), _) => format!("blocked: {why}"),
            (None, true) => "past its date".to_owned(),
            (None, false) => String::new(),
        };
        vec![
            row.part.to_string(),
            row.lot.to_string(),
            row.supplier.clone(),
            rows::or_dash(row.quantity),
            row.used.to_string(),
            rows::or_dash(row.expires),
            note,
        ]
    });
    rows::say_what_is_not_here(console)?;
    Ok(Exit::Done)
}
