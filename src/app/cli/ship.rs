//! `gemba ship`, `gemba certificate`: a unit is reviewed, released to ship, or taken back (R17).

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::json;

use super::signer::SignerArgs;
use super::unit::traveler_id;
use super::{Console, acts, rows};
use crate::app::fault::{Exit, Fault};
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::hash::Hash;
use crate::domain::ids::OrderId;
use crate::domain::natural::natural;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::ship::ShipReason;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::views::query::{Answer, Query};
use crate::views::ship::{Certificate, ResultRow, ShipReview};
use crate::views::signature::minute;

#[derive(Debug, Subcommand)]
pub enum ShipCommand {
    /// List units that are finished, and those that went out last; what is in doubt comes first
    #[command(after_help = "Example: gemba ship list\n\nJSON, one unit a line: traveler, part, \
                            stands (shipped-in-doubt, to-ship, on-hold, shipped), finished, \
                            shipped, why")]
    List,
    /// Show what stands in the way of a release, and the list of exceptions that is signed
    #[command(after_help = "Example: gemba ship review WO-1881/0007\n\nJSON, one unit a line: \
                            traveler, part, ready, reasons (code, what, next), exceptions (kind, \
                            what, fact), digest, facts, released (fact, signer, \
                            printed_name, role, meaning, at, components, covers, covering, \
                            uncovered_by; null where it is here), not_valid")]
    Review(UnitsArgs),
    /// Release units to ship by one signature, all or none
    #[command(after_help = "Example: gemba ship release WO-1881/0007 WO-1881/0008 --badge \
                            B-5020\n\nThe exceptions are shown before the PIN is asked for. With \
                            --digest, one for each unit in their order, what was reviewed before \
                            is signed, and refused where the list has changed.\n\nJSON: each unit \
                            as `ship review` prints it, then saved, facts, waiting, certificates")]
    Release(ReleaseArgs),
    /// Say that a shipped unit is here again: its certificate ends
    #[command(after_help = "Example: gemba ship back WO-1881/0007 --reason 'returned by the \
                            customer' --badge B-5020\n\nJSON: saved, facts, waiting")]
    Back(BackArgs),
}

#[derive(Debug, Args)]
pub struct UnitsArgs {
    /// ORDER/UNIT, one or more
    #[arg(value_parser = traveler_id, value_name = "UNIT")]
    units: Vec<TravelerId>,
    /// Every unit of this order that is begun and not shipped
    #[arg(long)]
    order: Option<OrderId>,
}

#[derive(Debug, Args)]
pub struct ReleaseArgs {
    #[command(flatten)]
    units: UnitsArgs,
    /// The list of exceptions that was reviewed, as `ship review` says
    #[arg(long, value_parser = hash, value_name = "DIGEST")]
    digest: Vec<Hash>,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct BackArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    unit: TravelerId,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba certificate WO-1881/0007\n\nExit code 1 where it is not valid.\n\nJSON, one value: number, \
                        traveler, part, pieces, not_valid, definitions, results (operation, \
                        characteristic, name, sample, requirement, value, verdict, gauge, at, \
                        fact), deviations, exceptions, signatures, released"
)]
pub struct CertificateArgs {
    /// ORDER/UNIT
    #[arg(value_parser = traveler_id)]
    unit: TravelerId,
}

fn hash(text: &str) -> Result<Hash, String> {
    Hash::parse(text).ok_or_else(|| "64 hexadecimal digits".to_owned())
}

/// Runs a command about releases to ship.
pub fn run(console: &Console, command: ShipCommand) -> Result<Exit, Fault> {
    match command {
        ShipCommand::List => list(console),
        ShipCommand::Review(args) => {
            let station = console.reader()?;
            let reviews = reviews(&station, &args)?;
            for review in &reviews {
                print(console, review);
            }
            let ready = reviews.iter().all(|review| review.ready);
            Ok(if ready { Exit::Done } else { Exit::Refused })
        }
        ShipCommand::Release(args) => release(console, args),
        ShipCommand::Back(BackArgs { unit, reason, signer }) => {
            let what = format!("{unit} is here again");
            acts::act(console, &signer, &what, |_| {
                Command::Traveler(unit, TravelerCommand::TakeBack { reason })
            })
        }
    }
}

fn list(console: &Console) -> Result<Exit, Fault> {
    let Answer::Ships(found) = rows::ask(console, &Query::Ships)? else {
        return Err(rows::mixed_up());
    };
    let head = ["unit", "part", "stands", "finished (UTC)", "shipped (UTC)", "why"];
    rows::print(console, &head, &found, |row| {
        vec![
            row.traveler.to_string(),
            row.part.to_string(),
            row.stands.words().to_owned(),
            rows::or_dash(row.finished.map(minute)),
            rows::or_dash(row.shipped.map(minute)),
            rows::or_dash(row.why.as_ref()),
        ]
    });
    rows::say_what_is_not_here(console)?;
    Ok(Exit::Done)
}

fn release(console: &Console, args: ReleaseArgs) -> Result<Exit, Fault> {
    let mut station = console.station()?;
    let reviews = reviews(&station, &args.units)?;
    if !args.digest.is_empty() && args.digest.len() != reviews.len() {
        return Err(Fault::usage("the digests do not fit the units", "there is one for each unit")
            .next("gemba ship review UNIT… says them"));
    }
    for review in &reviews {
        print(console, review);
    }
    let signer = args.signer.prove(console, &mut station)?;
    let units: Vec<TravelerId> = reviews.iter().map(|review| review.traveler.clone()).collect();
    let set = if units.len() > 1 { units.clone() } else { Vec::new() };
    let seen: Vec<_> = reviews.iter().map(|r| (r.traveler.clone(), r.facts)).collect();
    let by = signer.by().having_seen(seen);
    let commands = reviews.iter().enumerate().map(|(n, review)| {
        let shown = args.digest.get(n).copied().unwrap_or(review.digest);
        let (set, by) = (set.clone(), by.clone());
        Command::Traveler(review.traveler.clone(), TravelerCommand::Ship { shown, set, by })
    });
    let saved = station.transact_all(&signer.acting, commands.collect())?;
    let names: Vec<String> = units.iter().map(ToString::to_string).collect();
    let certificates: Vec<_> = names.iter().zip(&saved).collect();
    let what = format!("released to ship: {}", names.join(", "));
    let more = json!({ "certificates": certificates });
    for (unit, number) in &certificates {
        console.printer.line(format!("{unit}: certificate {number}"));
    }
    acts::say_saved_with(console, &station, (&what, &saved), more);
    Ok(Exit::Done)
}

fn reviews(station: &Station, args: &UnitsArgs) -> Result<Vec<ShipReview>, Fault> {
    let mut units = args.units.clone();
    if let Some(order) = &args.order {
        units.extend(units_of(station, order)?);
    }
    if units.is_empty() {
        return Err(Fault::usage("no unit is named", "a release is of units")
            .next("gemba ship review ORDER/UNIT, or --order ORDER"));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = units.iter().find(|unit| !seen.insert(*unit)) {
        return Err(Fault::usage(format!("{twice} is named twice"), "a unit is released once")
            .next("name it once"));
    }
    let mut found = Vec::new();
    for unit in units {
        let query = Query::ShipReview { id: unit.clone() };
        let Answer::ShipReview(review) = station.answer(&query)? else {
            return Err(rows::mixed_up());
        };
        let review = review.ok_or_else(|| {
            Fault::refused(format!("{unit} is not known here"), "nothing was recorded about it")
                .next("check the number, or sync this station")
        })?;
        found.push(*review);
    }
    Ok(found)
}

/// The units of an order that are begun and not shipped.
fn units_of(station: &Station, order: &OrderId) -> Result<Vec<TravelerId>, Fault> {
    let Answer::ToShip(mut units) = station.answer(&Query::ToShip { order: order.clone() })? else {
        return Err(rows::mixed_up());
    };
    units.sort_by(|one, other| natural(one.unit.as_str(), other.unit.as_str()));
    Ok(units)
}

fn print(console: &Console, review: &ShipReview) {
    console.printer.value(review);
    let ShipReview { traveler, part, ready, reasons, exceptions, digest, facts, .. } = review;
    let stands = if *ready { "ready" } else { "not ready" };
    console.printer.line(format!("{traveler}  {part}  {stands}  {facts} facts"));
    if let Some(released) = &review.released {
        let not_valid = review.not_valid.as_ref().map(|why| format!("; NOT VALID: {why}"));
        let not_valid = not_valid.unwrap_or_default();
        console.printer.line(format!("  {}{not_valid}", released.words_in_full()));
    }
    for reason in reasons {
        console.printer.line(format!("  {} {} → {}", reason.code, reason.what, reason.next));
    }
    console.printer.line(format!("  exceptions: {}  {digest}", exceptions.len()));
    for one in exceptions {
        let fact = rows::or_dash(one.fact.as_ref());
        console.printer.line(format!("  {:<13} {}  {fact}", one.kind, one.what));
    }
}

/// Prints the certificate of a unit.
pub fn certificate(console: &Console, args: &CertificateArgs) -> Result<Exit, Fault> {
    let query = Query::Certificate { id: args.unit.clone() };
    let Answer::Certificate(found) = rows::ask(console, &query)? else {
        return Err(rows::mixed_up());
    };
    let not_shipped = || Fault::from(Refusal::one(ShipReason::NotShipped.into()));
    let certificate = found.ok_or_else(not_shipped)?;
    console.printer.value(&certificate);
    if !console.printer.is_json() {
        print_certificate(console, &certificate);
    }
    Ok(if certificate.not_valid.is_none() { Exit::Done } else { Exit::Refused })
}

fn print_certificate(console: &Console, of: &Certificate) {
    let line = |text: String| console.printer.line(text);
    line(format!("Certificate {}", of.number));
    line(match &of.not_valid {
        Some(why) => format!("NOT VALID: {why}"),
        None => "valid, as known here".to_owned(),
    });
    let pieces = of.pieces.map(|pieces| format!(", {pieces} pieces")).unwrap_or_default();
    line(format!("{}  {}{pieces}  order {}", of.traveler, of.part, of.traveler.order));
    for (what, id, revision, hash) in &of.definitions {
        line(format!("{what} {id} rev {revision}  {hash}"));
    }
    let head = ["op", "characteristic", "what", "required", "measured", "verdict", "gauge", "fact"];
    let table: Vec<Vec<String>> = of.results.iter().map(cells).collect();
    console.printer.table(&head, &table);
    for deviation in &of.deviations {
        line(format!("deviation {deviation}"));
    }
    for signed in &of.signatures {
        line(format!("{} {}: {}", signed.operation, signed.step, signed.signature.words_in_full()));
    }
    line(format!("{} exceptions were shown to who released it", of.exceptions));
    line(of.released.words_in_full());
    line(
        "It says what this plant's record holds, and helps show that the unit meets its \
         requirements; it claims compliance with no standard."
            .to_owned(),
    );
}

fn cells(row: &ResultRow) -> Vec<String> {
    vec![
        row.operation.to_string(),
        rows::or_dash(row.characteristic.as_ref()),
        format!("{} {}", row.name, row.sample),
        row.requirement.clone(),
        row.value.clone(),
        rows::or_dash(row.verdict.as_ref()),
        rows::or_dash(row.gauge.as_ref()),
        row.fact.to_string(),
    ]
}
