//! `gemba order`: open, list, close, reopen.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, acts, import, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::import::plan::Register;
use crate::domain::decide::Command;
use crate::domain::ids::{InstructionId, OrderId, PartId, UnitId, WorkCenterId};
use crate::domain::order::{
    OrderCommand as Asked, OrderOpened, RouteOperation, Unfinished, Units, serials,
};
use crate::domain::stream::{StreamState, Subject};
use crate::views::query::{Answer, Query};

#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Open an order
    #[command(after_help = "Example: gemba order open WO-1900 --part CP-40 --serials 0001..0020 \
                            --operation 20:WI-1040:ASM --due 2026-12-01 --badge B-6001")]
    Open(OpenArgs),
    /// Take orders from a file; shows a plan first
    #[command(after_help = import::ORDER_HELP)]
    Import(import::ImportArgs),
    /// List orders
    #[command(after_help = "Example: gemba order list --json\n\nJSON, one order a line: order, \
                            part, units, begun, finished, on_hold, to_ship, shipped, due, \
                            priority, closed, pieces (operation, good, scrap, rework)")]
    List {
        /// Closed ones too
        #[arg(long)]
        closed: bool,
    },
    /// Close an order: nothing more of it is begun or performed
    #[command(
        after_help = "Example: gemba order close WO-1900 --reason delivered --badge B-6001\n\n\
                            What was recorded can still be put right, and deviations be disposed. \
                            An order with units that are begun or on hold is refused without \
                            --with-open-units.\n\nJSON: saved, facts, waiting, left (begun, held: \
                            units; not_begun: how many)"
    )]
    Close {
        #[command(flatten)]
        act: ReasonArgs,
        /// Leave units that are begun or on hold as they are
        #[arg(long)]
        with_open_units: bool,
    },
    /// Open a closed order again: its units go on where they stood
    #[command(after_help = "Example: gemba order reopen WO-1900 --reason 'two more were found' \
                            --badge B-6001")]
    Reopen {
        #[command(flatten)]
        act: ReasonArgs,
    },
}

#[derive(Debug, Args)]
pub struct ReasonArgs {
    /// The order
    order: OrderId,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    /// The order's number
    order: OrderId,
    /// What is made
    #[arg(long)]
    part: PartId,
    /// Single units, by serial number: each, or a row such as 0001..0020
    #[arg(long, value_delimiter = ',', required_unless_present = "lot", conflicts_with = "lot")]
    serials: Vec<String>,
    /// One lot
    #[arg(long, requires = "quantity")]
    lot: Option<UnitId>,
    /// How many pieces the lot has
    #[arg(long)]
    quantity: Option<u32>,
    /// An operation of the route, such as 20:WI-1040:ASM; again for each
    #[arg(long, value_name = "NUMBER:INSTRUCTION:WORK-CENTER", required = true, value_parser = operation)]
    operation: Vec<RouteOperation>,
    /// When it is due, such as 2026-12-01
    #[arg(long)]
    due: Option<Date>,
    /// 1 is most urgent
    #[arg(long, default_value_t = 5)]
    priority: u8,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Reads one operation of a route.
pub fn operation(text: &str) -> Result<RouteOperation, String> {
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next().ok_or("write it as 20:WI-1040:ASM".to_owned());
    let number = part()?.trim().parse().map_err(|_| "the operation has a number".to_owned())?;
    Ok(RouteOperation {
        operation: number,
        instruction: InstructionId::parse(part()?).map_err(|error| error.to_string())?,
        work_center: WorkCenterId::parse(part()?).map_err(|error| error.to_string())?,
    })
}

/// Runs a command about orders.
pub fn run(console: &Console, command: OrderCommand) -> Result<Exit, Fault> {
    match command {
        OrderCommand::Open(args) => open(console, args),
        OrderCommand::Import(args) => import::run(console, Register::Orders, (&args, None)),
        OrderCommand::List { closed } => list(console, closed),
        OrderCommand::Close { act, with_open_units } => close(console, act, with_open_units),
        OrderCommand::Reopen { act: ReasonArgs { order, reason, signer } } => {
            let what = format!("order {order} open again");
            acts::act(console, &signer, &what, |_| Command::Order(order, Asked::Reopen { reason }))
        }
    }
}

/// Closes an order and says which units it leaves, as the fact itself does.
fn close(console: &Console, act: ReasonArgs, with_open_units: bool) -> Result<Exit, Fault> {
    let ReasonArgs { order, reason, signer } = act;
    let mut station = console.station()?;
    let signer = signer.prove(console, &mut station)?;
    let command = Command::Order(order.clone(), Asked::Close { reason, with_open_units });
    let saved = station.transact(&signer.acting, command)?;
    let folded = station.ledger.stream(&Subject::Order(order.clone()))?;
    let mut left = Unfinished::default();
    if let StreamState::Order(state) = &folded.stream.state {
        left = saved.iter().find_map(|at| state.closings.get(at)).cloned().unwrap_or_default();
    }
    let mut what = format!("order {order} closed");
    if !left.is_none() {
        what = format!("{what}; not finished: {}", left.words());
    }
    acts::say_saved_with(console, &station, (&what, &saved), json!({ "left": left }));
    Ok(Exit::Done)
}

fn open(console: &Console, args: OpenArgs) -> Result<Exit, Fault> {
    let wrong = |why: String| {
        Fault::usage("these are no serial numbers", why)
            .next("write them such as 0001..0020, or each one")
    };
    let units = match (args.lot, args.quantity) {
        (Some(lot), Some(quantity)) => Units::Lot { lot, quantity },
        (_, _) => Units::Serials(serials(&args.serials.join(",")).map_err(wrong)?),
    };
    let what = format!("order {} opened", args.order);
    let opened = OrderOpened {
        part: args.part,
        units,
        route: args.operation,
        due: args.due,
        priority: args.priority,
    };
    let command = Command::Order(args.order, Asked::Open(opened));
    acts::act(console, &args.signer, &what, |_| command)
}

fn list(console: &Console, closed: bool) -> Result<Exit, Fault> {
    let Answer::Orders(found) = rows::ask(console, &Query::Orders { closed })? else {
        return Err(rows::mixed_up());
    };
    let head = [
        "order", "part", "units", "begun", "finished", "on hold", "to ship", "shipped", "due",
        "priority",
    ];
    rows::print(console, &head, &found, |row| {
        vec![
            row.order.to_string(),
            row.part.to_string(),
            row.units.to_string(),
            row.begun.to_string(),
            row.finished.to_string(),
            row.on_hold.to_string(),
            row.to_ship.to_string(),
            row.shipped.to_string(),
            rows::or_dash(row.due),
            row.priority.to_string(),
        ]
    });
    if closed {
        rows::say_what_is_not_here(console)?;
    }
    Ok(Exit::Done)
}
