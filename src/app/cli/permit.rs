//! `gemba permit`: deviation permits: propose, grant, withdraw, use, list, show.

use clap::{ArgGroup, Args, Subcommand};
use jiff::civil::Date;

use super::record::{say, value_again};
use super::signer::SignerArgs;
use super::traveler::view;
use super::unit::traveler_id;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::identity;
use crate::domain::decide::Command;
use crate::domain::ids::{CharacteristicId, OrderId, PartId, PermitId, RevisionId};
use crate::domain::permit::{PermitCommand as Asked, PermitWanted};
use crate::domain::quantity::{Number, number_and_unit};
use crate::domain::stream::{Subject, TravelerId};
use crate::domain::traveler::hold::shown;
use crate::domain::unit::Unit;
use crate::ui::effect::Signing;
use crate::views::permit::{PermitRow, UseView};
use crate::views::query::{Answer, Query};
use crate::views::signature::minute;

#[derive(Debug, Subcommand)]
pub enum PermitCommand {
    /// Propose that a limit be widened, before the fact; engineering or quality signs it
    #[command(
        after_help = "Example: gemba permit propose CP-40 c-torque --upper 27.5 --units-max \
                            10 --through 2026-12-11 --reason 'bolts of lot 88' --badge B-5003\n\n\
                            A limit that is not named stays as specified. Name units or orders, \
                            how many, or both; a lot counts its pieces.\nJSON: saved, facts, \
                            waiting"
    )]
    Propose(ProposeArgs),
    /// Grant a permit, as the other of engineering and quality
    #[command(after_help = "Example: gemba permit grant DP-ASM1-0007 --badge B-5020\n\nJSON: \
                            saved, facts, waiting")]
    Grant {
        /// The permit
        permit: PermitId,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Withdraw a permit; what went on by it stays
    #[command(after_help = "Example: gemba permit withdraw DP-ASM1-0007 --reason 'bolts are \
                            sorted' --badge B-5020\n\nJSON: saved, facts, waiting")]
    Withdraw {
        /// The permit
        permit: PermitId,
        /// Why
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Let a failing reading go on by a permit, by typing its value again
    #[command(after_help = "Example: gemba permit use DP-ASM1-0007 WO-1881/0007 27.3 --place \
                            ASM-1 --badge B-2107\n\nThe reading stays failing and says by which \
                            permit it goes on.\nJSON: as `gemba record`")]
    Use(UseArgs),
    /// List permits that may be used or granted
    #[command(after_help = "Example: gemba permit list --all\n\nJSON, one permit a line: as \
                            `gemba permit show`")]
    List {
        /// Those that are over or withdrawn as well
        #[arg(long)]
        all: bool,
    },
    /// Show a permit with every use
    #[command(after_help = "Example: gemba permit show DP-ASM1-0007\n\nJSON: permit, part, only, \
                            revision, characteristic, name, specified, limits, orders, units, \
                            quantity, used, left, from, through, reason, reference, standing, \
                            ends_in_days, for_whom, proposed, granted, withdrawn (reason, by, at), \
                            uses (traveler, reading, value, pieces, place, signature)")]
    Show {
        /// The permit
        permit: PermitId,
    },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("limit").required(true).multiple(true).args(["lower", "upper"])))]
pub struct ProposeArgs {
    /// The part
    part: PartId,
    /// The characteristic
    characteristic: CharacteristicId,
    /// The least value that is to pass
    #[arg(long, allow_hyphen_values = true)]
    lower: Option<String>,
    /// The greatest value that is to pass
    #[arg(long, allow_hyphen_values = true)]
    upper: Option<String>,
    /// For how many units, or pieces of lots
    #[arg(long, value_name = "N")]
    units_max: Option<u32>,
    /// For this unit or lot, as ORDER/UNIT; again for more
    #[arg(long = "unit", value_name = "ORDER/UNIT", value_parser = traveler_id)]
    units: Vec<TravelerId>,
    /// For the units of this order; again for more
    #[arg(long = "order", value_name = "ORDER")]
    orders: Vec<OrderId>,
    /// For this revision of the specification only
    #[arg(long)]
    only: Option<RevisionId>,
    /// From this day on; from today where it is left out
    #[arg(long)]
    from: Option<Date>,
    /// Through the end of this day
    #[arg(long)]
    through: Date,
    /// Why
    #[arg(long)]
    reason: String,
    /// The deviation or the customer's concession that it rests on
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct UseArgs {
    /// The permit
    permit: PermitId,
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    traveler: TravelerId,
    /// What the gauge shows, typed again
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs a command about permits.
pub fn run(console: &Console, command: PermitCommand) -> Result<Exit, Fault> {
    match command {
        PermitCommand::Propose(args) => propose(console, args),
        PermitCommand::Grant { permit, signer } => {
            let what = format!("{permit} granted");
            if let Some(row) = row(console, &permit)? {
                acts::show_signed(console, &row_lines(&row));
                acts::show_signed(console, &[("meaning", "approved".to_owned())]);
            }
            acts::act(console, &signer, &what, |signer| {
                identity::command(Signing::GrantPermit(permit), signer.by())
            })
        }
        PermitCommand::Withdraw { permit, reason, signer } => {
            let what = format!("{permit} withdrawn");
            acts::act(console, &signer, &what, |_| {
                Command::Permit(permit, Asked::Withdraw { reason })
            })
        }
        PermitCommand::Use(args) => use_it(console, &args),
        PermitCommand::List { all } => list(console, all),
        PermitCommand::Show { permit } => show(console, permit),
    }
}

fn propose(console: &Console, args: ProposeArgs) -> Result<Exit, Fault> {
    let (lower, of_lower) = limit(args.lower.as_deref())?;
    let (upper, of_upper) = limit(args.upper.as_deref())?;
    if of_lower.zip(of_upper).is_some_and(|(one, other)| one != other) {
        return Err(Fault::usage("the limits are in two units", "").next("write both in one"));
    }
    let ProposeArgs { part, characteristic, reason, reference, .. } = args;
    let station = console.reader()?;
    for order in args.orders.iter().chain(args.units.iter().map(|unit| &unit.order)) {
        // An office does not have every order of the plant: it may well be one.
        if station.ledger.stream(&Subject::Order(order.clone()))?.is_empty() {
            console
                .printer
                .remark(format!("! order {order} is not known at this station: look twice"));
        }
    }
    drop(station);
    let what = format!("permit for {part} {characteristic} proposed");
    acts::act(console, &args.signer, &what, |signer| {
        let wanted = PermitWanted {
            only: args.only,
            characteristic,
            lower,
            upper,
            unit: of_lower.or(of_upper),
            orders: args.orders.into_iter().collect(),
            units: args.units.into_iter().collect(),
            quantity: args.units_max,
            from: args.from,
            through: args.through,
            reason,
            reference,
        };
        Command::ProposePermit(part, Box::new(wanted), signer.by())
    })
}

/// A limit as typed, with its unit where one stands behind it.
fn limit(text: Option<&str>) -> Result<(Option<Number>, Option<Unit>), Fault> {
    let Some(text) = text else { return Ok((None, None)) };
    let read = number_and_unit(text);
    let (number, unit) =
        read.map_err(|error| Fault::usage(format!("{text:?} is no limit"), error))?;
    Ok((Some(number), unit))
}

fn use_it(console: &Console, args: &UseArgs) -> Result<Exit, Fault> {
    let id = &args.traveler;
    let mut station = console.station()?;
    let before = view(&station, id)?;
    let nothing = || {
        Fault::refused("no failing value waits to be typed again", "a permit is used for that only")
            .next(format!("gemba traveler show {id}"))
    };
    let (_, reading_at, reading) = before.state.to_retype().ok_or_else(nothing)?;
    let value = value_again(&args.value, reading)?;
    let what = format!("{id} goes on with {} by permit {}", shown(&value), args.permit);
    let found = format!("{}, typed again", shown(&value));
    let rows = [
        ("unit", id.to_string()),
        ("required", format!("{} {}", reading.taken.name, reading.taken.requirement)),
        ("found", found),
        ("permit", args.permit.to_string()),
        ("meaning", "performed; the value stays failing".to_owned()),
    ];
    acts::show_signed(console, &rows);
    let (reading, permit) = (reading_at.clone(), args.permit.clone());
    let signing = Signing::UsePermit { traveler: id.clone(), reading, value, permit };
    let signer = args.signer.prove(console, &mut station)?;
    let saved = station.transact(&signer.acting, identity::command(signing, signer.by()))?;
    say(console, &station, id, (&what, &saved))
}

fn list(console: &Console, all: bool) -> Result<Exit, Fault> {
    let Answer::Permits(found) = rows::ask(console, &Query::Permits { all })? else {
        return Err(rows::mixed_up());
    };
    let head = ["permit", "part", "what", "limits", "for", "used", "through", "how it stands"];
    rows::print(console, &head, &found, |row: &PermitRow| {
        vec![
            row.permit.to_string(),
            row.part.to_string(),
            row.name.clone(),
            row.limits.clone(),
            row.for_whom.to_string(),
            row.used_words().to_string(),
            row.through.to_string(),
            row.standing_words().to_string(),
        ]
    });
    Ok(Exit::Done)
}

fn row(console: &Console, id: &PermitId) -> Result<Option<Box<PermitRow>>, Fault> {
    let Answer::Permit(found) = rows::ask(console, &Query::Permit { id: id.clone() })? else {
        return Err(rows::mixed_up());
    };
    Ok(found)
}

/// What is permitted, for whom and until when, and who signed.
fn row_lines(row: &PermitRow) -> Vec<(&'static str, String)> {
    let reference = row.reference.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let limits = format!("{} instead of {} ({})", row.limits, row.specified, row.revision_words());
    let mut lines = vec![
        ("permit", format!("{} {} {} {}", row.permit, row.part, row.name, row.standing_words())),
        ("limits", limits),
        ("for", format!("{}, {} used", row.for_whom, row.used_words())),
        ("good", format!("{} through {}", row.from, row.through)),
        ("why", format!("{}{reference}", row.reason)),
        ("proposed", row.proposed.words_in_full()),
    ];
    lines.extend(row.granted.as_ref().map(|granted| ("granted", granted.words_in_full())));
    lines.extend(row.withdrawn.as_ref().map(|withdrawn| {
        let (reason, by) = (&withdrawn.reason, &withdrawn.by);
        ("withdrawn", format!("by {by}, {}: {reason}", minute(withdrawn.at)))
    }));
    lines
}

fn show(console: &Console, id: PermitId) -> Result<Exit, Fault> {
    let unknown =
        || Fault::refused(format!("{id} is not known here"), "").next("sync this station");
    let row = row(console, &id)?.ok_or_else(unknown)?;
    for (name, value) in row_lines(&row) {
        console.printer.line(format!("{name:<8} {value}"));
    }
    let uses: Vec<Vec<String>> = row.uses.iter().map(use_cells).collect();
    if !uses.is_empty() {
        console.printer.table(&["unit", "value", "pieces", "place", "used"], &uses);
    }
    console.printer.value(&*row);
    Ok(Exit::Done)
}

fn use_cells(used: &UseView) -> Vec<String> {
    vec![
        used.traveler.to_string(),
        used.value.clone(),
        used.pieces.to_string(),
        rows::or_dash(used.place.as_ref()),
        used.signature.words(),
    ]
}
