//! `gemba person`: add, list, pin, qualify, revoke.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::signer::SignerArgs;
use super::{Console, acts, import, rows};
use crate::app::fault::{Exit, Fault};
use crate::domain::decide::Command;
use crate::domain::expiry;
use crate::domain::ids::{PersonId, QualificationId};
use crate::domain::language::Language;
use crate::domain::people::{PersonCommand as Asked, Role};
use crate::domain::refusal::{Reason, Refusal};
use crate::views::query::{Answer, Query};
use crate::views::register::PersonRow;

#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Admit a person, or change roles; name, badge and PIN are given by `person pin`
    #[command(after_help = "Example: gemba person add p-mayer --role operator --verified-by \
                            'passport, seen by C. Moreau' --badge B-6001")]
    Add(AddArgs),
    /// Take people with roles and qualifications from a file; shows a plan first
    #[command(after_help = import::PERSON_HELP)]
    Import(import::PersonImportArgs),
    /// List people
    #[command(after_help = "Example: gemba person list\n\nJSON, one person a line: person, name, \
                            badge, roles, qualifications, ending (what, until, days), revoked")]
    List,
    /// Show one person, with what ends soon
    #[command(after_help = "Example: gemba person show p-novak\n\nJSON: as gemba person list")]
    Show {
        /// The person's opaque id
        person: PersonId,
    },
    /// Give a person a card with a first PIN, or a new PIN; the server must answer
    #[command(after_help = "Example: gemba person pin p-mayer --name 'K. Mayer' --card-badge \
                            B-2120 --badge B-6001\n\nA PIN has 6 to 12 digits and no pattern. \
                            It is never a fact; that it was changed is one.")]
    Pin(PinArgs),
    /// Replace a lost badge; the PIN stays, the server must answer
    #[command(after_help = "Example: gemba person badge p-mayer --new B-2121 --reason lost \
                            --badge B-6001\n\nThe badge before is refused at once where the \
                            server is reached, and after the next sync elsewhere.\nJSON: \
                            person, badge")]
    Badge(BadgeArgs),
    /// Grant a qualification
    #[command(after_help = "Example: gemba person qualify p-mayer torque-1 --until 2027-06-30 \
                            --badge B-6001")]
    Qualify {
        /// The person's opaque id
        person: PersonId,
        /// For what
        qualification: QualificationId,
        /// Through the end of this date
        #[arg(long)]
        until: Option<Date>,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Take a qualification back
    #[command(after_help = "Example: gemba person unqualify p-mayer torque-1 --reason 'to be \
                            trained again' --badge B-6001")]
    Unqualify {
        /// The person's opaque id
        person: PersonId,
        /// For what
        qualification: QualificationId,
        /// Why
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Revoke a person: nothing may be done any more
    #[command(after_help = "Example: gemba person revoke p-mayer --reason left --badge B-6001")]
    Revoke {
        /// The person's opaque id
        person: PersonId,
        /// Why
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArgs,
    },
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// An opaque id, never used before
    person: PersonId,
    /// operator, inspector, supervisor, engineer, quality, planner, administrator; again for more
    #[arg(long = "role", required = true, value_parser = role)]
    roles: Vec<Role>,
    /// How identity was verified
    #[arg(long)]
    verified_by: String,
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct PinArgs {
    /// The person's opaque id
    pub person: PersonId,
    /// The name as printed; without it the name stays
    #[arg(long)]
    pub name: Option<String>,
    /// What the badge says when scanned; without it the badge stays
    #[arg(long)]
    pub card_badge: Option<String>,
    /// The language of screens: en or de; without it the card's stays, and a first card has that of
    /// this station's settings
    #[arg(long, value_parser = language)]
    pub language: Option<Language>,
    /// The plant server's folder, on the server's machine; without it, an administrator acts here
    #[arg(long, value_name = "DIR", conflicts_with = "badge")]
    pub server: Option<PathBuf>,
    /// Read the new PIN as one line from this file descriptor instead of the terminal
    #[arg(long, value_name = "N")]
    pub new_pin_fd: Option<u32>,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct BadgeArgs {
    /// The person's opaque id
    pub person: PersonId,
    /// What the new badge says when scanned
    #[arg(long)]
    pub new: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub signer: SignerArgs,
}

fn role(text: &str) -> Result<Role, String> {
    let words = || Role::WORDS.map(|(word, _)| word).join(", ");
    Role::parse(text).ok_or_else(|| format!("one of {}", words()))
}

fn language(text: &str) -> Result<Language, String> {
    let codes = || Language::ALL.map(Language::code).join(", ");
    Language::of_code(text).ok_or_else(|| format!("one of {}", codes()))
}

/// Runs a command about people.
pub fn run(console: &Console, command: PersonCommand) -> Result<Exit, Fault> {
    match command {
        PersonCommand::Add(AddArgs { person, roles, verified_by, signer }) => {
            let what = format!("{person} admitted");
            let roles = roles.into_iter().collect();
            let asked = Asked::Admit { roles, identity_verified_by: verified_by };
            acts::act(console, &signer, &what, |_| Command::Person(person, asked))
        }
        PersonCommand::Import(args) => import::people(console, &args),
        PersonCommand::List => list(console),
        PersonCommand::Show { person } => show(console, &person),
        PersonCommand::Pin(args) => super::pin::run(console, args),
        PersonCommand::Badge(args) => super::pin::replace_badge(console, &args),
        PersonCommand::Qualify { person, qualification, until, signer } => {
            let what = format!("{person} qualified: {qualification}");
            let asked = Asked::Qualify { qualification, until };
            acts::act(console, &signer, &what, |_| Command::Person(person, asked))
        }
        PersonCommand::Unqualify { person, qualification, reason, signer } => {
            let what = format!("{person} is not qualified any more: {qualification}");
            let asked = Asked::Unqualify { qualification, reason };
            acts::act(console, &signer, &what, |_| Command::Person(person, asked))
        }
        PersonCommand::Revoke { person, reason, signer } => {
            let what = format!("{person} revoked");
            acts::act(console, &signer, &what, |_| {
                Command::Person(person, Asked::Revoke { reason })
            })
        }
    }
}

fn list(console: &Console) -> Result<Exit, Fault> {
    let Answer::People(found) = rows::ask(console, &Query::People)? else {
        return Err(rows::mixed_up());
    };
    let head = ["person", "name", "badge", "roles", "qualifications", ""];
    rows::print(console, &head, &found, |row| {
        let qualifications: Vec<String> = row.qualifications.iter().map(|q| held(row, q)).collect();
        vec![
            row.person.to_string(),
            rows::or_dash(row.name.as_ref()),
            rows::or_dash(row.badge.as_ref()),
            row.roles.join(", "),
            qualifications.join(", "),
            if row.revoked { "revoked".to_owned() } else { String::new() },
        ]
    });
    Ok(Exit::Done)
}

/// A qualification with its last day, and a sign where that is near or over.
fn held(row: &PersonRow, (name, until): &(String, Option<Date>)) -> String {
    let ending = row.ending.iter().find(|ending| ending.what == *name);
    let warning = ending.map_or_else(String::new, |e| format!(" ! {}", expiry::words(e.days)));
    format!("{name} until {}{warning}", rows::or_dash(*until))
}

fn show(console: &Console, person: &PersonId) -> Result<Exit, Fault> {
    let Answer::People(found) = rows::ask(console, &Query::People)? else {
        return Err(rows::mixed_up());
    };
    let Some(row) = found.iter().find(|row| row.person == *person) else {
        return Err(Refusal::one(Reason::PersonUnknown { person: person.clone() }).into());
    };
    let printer = &console.printer;
    printer.value(row);
    let (name, badge) = (rows::or_dash(row.name.as_ref()), rows::or_dash(row.badge.as_ref()));
    let revoked = if row.revoked { "   revoked" } else { "" };
    printer.line(format!("{person}   {name}   badge {badge}{revoked}"));
    printer.line(format!("roles: {}", row.roles.join(", ")));
    for qualification in &row.qualifications {
        printer.line(held(row, qualification));
    }
    Ok(Exit::Done)
}
