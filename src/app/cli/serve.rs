//! `gemba serve`: found a plant, run its server, make enrollment codes, give cards.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::signer::SignerArgs;
use super::{Console, by_file, serve_backup, serve_erase, serve_station};
use crate::app::clock::Clock;
use crate::app::credentials;
use crate::app::fault::{Exit, Fault};
use crate::domain::context::time_zone;
use crate::domain::ids::{AreaId, PersonId, PlaceId, SiteId, StationId, WorkCenterId};
use crate::domain::people::Role;
use crate::domain::place::{PlaceDefined, Policy};
use crate::server::error::ServerError;
use crate::server::home::Home;
use crate::server::office::{PlantFounding, found_plant};
use crate::server::run::{Listening, Running, Server};
use crate::server::store::copy::{Copied, copy};
use crate::server::store::database::Database;
use crate::sync::protocol::CardRow;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: gemba serve --listen 192.0.2.7:7420 --database /srv/gemba\n         gemba serve --database postgres://gemba@db.plant/gemba --folder /srv/gemba\n\nOn \
                        a loopback address it speaks plain HTTP, everywhere else TLS with an \
                        authority of its own, whose certificate stations pin. It runs until \
                        SIGTERM or Ctrl-C."
)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ServeArgs {
    #[command(subcommand)]
    command: Option<ServeCommand>,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:7420")]
    listen: SocketAddr,
    /// Another name by which stations reach the server; again for more
    #[arg(long = "name")]
    names: Vec<String>,
    /// How events are written to the standard error
    #[arg(long, value_enum, default_value = "text")]
    log: LogForm,
    /// Which events are written
    #[arg(long, value_enum, default_value = "info")]
    log_level: LogLevel,
    #[command(flatten)]
    store: StoreArgs,
}

/// Where the store of the plant stands.
#[derive(Debug, Args)]
struct StoreArgs {
    /// The server's folder with the store in it, or the address of a PostgreSQL database
    #[arg(long, value_name = "DIR|URL")]
    database: Option<String>,
    /// With a database: the folder of what is this server's own, its certificate authority and,
    /// at one server of the plant, the judge's ledger
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum ServeCommand {
    /// Found a plant: its site, its places, its first administrator
    #[command(after_help = "Example: gemba serve init --database /srv/gemba --admin p-moreau \
                            --name 'C. Moreau' --card-badge B-6001 --site harbor --site-name \
                            'Harbor plant' --time-zone Europe/Berlin --place ASM-1:ASM:'Torque \
                            bench'")]
    Init(Box<InitArgs>),
    /// Bring a whole store into another database, compared row by row
    #[command(after_help = "Example: gemba serve copy --from /srv/gemba --to \
                            postgres://gemba@db.plant/gemba\n\nEnd the servers first. The judge's \
                            ledger stays where it is.")]
    Copy {
        /// The server's folder, or the address of its database
        #[arg(long, value_name = "DIR|URL")]
        from: String,
        /// A folder or a database without a plant
        #[arg(long, value_name = "DIR|URL")]
        to: String,
    },
    /// Set the whole server aside in an empty folder, while it goes on
    #[command(after_help = "Example: gemba serve backup /mnt/backup/monday --database /srv/gemba")]
    Backup {
        /// An empty folder, or one that is not there
        to: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Take what a station without a line wrote with `gemba sync --to`, and write the answer for it
    #[command(after_help = "Example: gemba serve take /media/stick/hp1.parcel --answer \
                            /media/stick/hp1.answer --database /srv/gemba\n\nThe server may run meanwhile. \
                            What is taken twice is stored once. Exit code 1: something of it was not \
                            stored; the answer says so to the station.\nJSON: station, new, rows, blobs, \
                            judged, stored, outcome")]
    Take {
        /// What the station wrote
        file: PathBuf,
        /// Where the answer is written
        #[arg(long, value_name = "FILE")]
        answer: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Write what a new station begins with into a file, for `gemba station seed`
    #[command(after_help = "Example: gemba serve seed HP3 --to /media/stick/hp3.seed --database \
                            /srv/gemba\n\nOver the line a new station fetches the same by itself.\nJSON: \
                            station, facts")]
    Seed {
        /// The station, as it was enrolled
        station: StationId,
        /// Where to
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Bring a server back from a folder that a backup made
    #[command(
        after_help = "Example: gemba serve restore /mnt/backup/monday --database /srv/gemba\n\nWhat came \
                            after the backup was made, stations give back when they exchange next. A \
                            station that was revoked after that is not revoked any more: revoke it \
                            again.\nJSON: facts, rows, made (null where the backup does not say), \
                            stations (enrolled and not revoked)"
    )]
    Restore {
        /// The folder of the backup
        from: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Let a station neither write nor read any more: it was stolen, or is used no longer
    #[command(
        after_help = "Example: gemba serve revoke HP1 --database /srv/gemba\n\nWhat it sent stays. \
                            A new code takes it in again.\nJSON: station"
    )]
    Revoke {
        /// The station
        station: StationId,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Erase a person's name, badge and PIN for good; the opaque id stays in what is recorded
    #[command(
        after_help = "Example: gemba serve erase p-mayer --apply --database /srv/gemba\n\nIt shows the \
                            card that goes, and erases with --apply alone. Stations forget it with \
                            their next exchange; signatures keep the name as printed. That the \
                            person may do nothing any more says gemba person revoke.\nJSON: person, erased, name, badge (both null \
                            once erased)"
    )]
    Erase {
        /// The person's opaque id
        person: PersonId,
        /// Erase; without it the card is only shown
        #[arg(long)]
        apply: bool,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Have a station serve further work centers
    #[command(
        after_help = "Example: gemba serve assign HP1 --work-center PAINT --database /srv/gemba\n\nWith \
                            its next exchange it fetches what it did not follow before. To take one \
                            away: gemba serve revoke, and enroll it anew as another station.\nJSON: station, work_centers"
    )]
    Assign(StationArgs),
    /// Make a code that enrolls one station
    #[command(after_help = "Example: gemba serve code HP1 --work-center ASM --work-center INC \
                            --database /srv/gemba")]
    Code(StationArgs),
}

/// A station and what it serves.
#[derive(Debug, Args)]
struct StationArgs {
    /// The station's short code; it stands in the numbers of its deviations
    station: StationId,
    /// A work center that it serves; again for more
    #[arg(long = "work-center", required = true)]
    work_centers: Vec<WorkCenterId>,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Args)]
struct InitArgs {
    /// The first administrator's opaque id
    #[arg(long)]
    admin: PersonId,
    /// The administrator's name as printed
    #[arg(long)]
    name: String,
    /// What the administrator's badge says
    #[arg(long)]
    card_badge: String,
    /// Why work is paused most often, to choose by a digit; again for more
    #[arg(long = "pause-reason")]
    pause_reasons: Vec<String>,
    /// Another role of the administrator; again for more
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// How identity was verified
    #[arg(long, default_value = "by whoever founded the plant")]
    verified_by: String,
    /// The site's id
    #[arg(long)]
    site: SiteId,
    /// What people call the site
    #[arg(long)]
    site_name: String,
    /// The site's time zone, such as Europe/Berlin
    #[arg(long)]
    time_zone: String,
    /// A place, such as ASM-1:ASM:'Torque bench'; again for more
    #[arg(long = "place", value_name = "PLACE:WORK-CENTER:NAME", required = true, value_parser = place)]
    places: Vec<(PlaceId, WorkCenterId, String)>,
    /// Who approves a definition; again for more
    #[arg(long = "approval", value_parser = role, default_values = ["engineer", "quality"])]
    approvals: Vec<Role>,
    #[command(flatten)]
    store: StoreArgs,
    /// Read the administrator's first PIN from this file descriptor instead of the terminal
    #[arg(long, value_name = "N")]
    pin_fd: Option<u32>,
}

fn role(text: &str) -> Result<Role, String> {
    let words = || Role::WORDS.map(|(word, _)| word).join(", ");
    Role::parse(text).ok_or_else(|| format!("one of {}", words()))
}

fn place(text: &str) -> Result<(PlaceId, WorkCenterId, String), String> {
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next().ok_or("write it as ASM-1:ASM:'Torque bench'".to_owned());
    let id = PlaceId::parse(part()?).map_err(|error| error.to_string())?;
    let center = WorkCenterId::parse(part()?).map_err(|error| error.to_string())?;
    Ok((id, center, part()?.trim().to_owned()))
}

/// Runs the server, or does what stands beside it.
pub fn run(console: &Console, args: ServeArgs) -> Result<Exit, Fault> {
    match args.command {
        Some(ServeCommand::Init(args)) => init(console, *args),
        Some(ServeCommand::Code(StationArgs { station, work_centers, store })) => {
            serve_station::code(console, home(console, store)?, (&station, &work_centers))
        }
        Some(ServeCommand::Assign(StationArgs { station, work_centers, store })) => {
            serve_station::assign(console, home(console, store)?, (&station, &work_centers))
        }
        Some(ServeCommand::Revoke { station, store }) => {
            serve_station::revoke(console, home(console, store)?, &station)
        }
        Some(ServeCommand::Erase { person, apply, store }) => {
            serve_erase::run(console, home(console, store)?, (&person, apply))
        }
        Some(ServeCommand::Copy { from, to }) => copy_store(console, from, to),
        Some(ServeCommand::Backup { to, store }) => {
            serve_backup::set_aside(console, &home(console, store)?, &to)
        }
        Some(ServeCommand::Restore { from, store }) => {
            serve_backup::bring_back(console, &home(console, store)?, &from)
        }
        Some(ServeCommand::Seed { station, to, store }) => {
            by_file::seed(console, home(console, store)?, (&station, &to))
        }
        Some(ServeCommand::Take { file, answer, store }) => {
            by_file::take(console, home(console, store)?, (&file, &answer))
        }
        None => serve(console, args),
    }
}

/// Where the server is at home; stores that it does not know are refused by name.
fn home(console: &Console, args: StoreArgs) -> Result<Home, Fault> {
    let folder = args.folder.unwrap_or_else(|| console.config.server_folder());
    let Some(text) = args.database else { return Ok(Home::from(&folder)) };
    if let Some(database) = Database::postgres(&text) {
        return Ok(Home::new(&folder, database));
    }
    if text.contains("://") {
        return Err(super::board::not_built(&format!("the store {}", scheme(&text))));
    }
    Ok(Home::from(&text))
}

fn scheme(url: &str) -> &str {
    url.split("://").next().unwrap_or(url)
}

fn init(console: &Console, args: InitArgs) -> Result<Exit, Fault> {
    if time_zone(&args.time_zone).is_none() {
        return Err(Fault::usage(format!("{} is no time zone", args.time_zone), "")
            .next("name it as in Europe/Berlin"));
    }
    let home = home(console, args.store)?;
    let area = AreaId::parse(args.site.as_str())
        .map_err(|error| Fault::usage("the site's id cannot name an area", error))?;
    let site = args.site.clone();
    let define = |(id, work_center, name): (PlaceId, WorkCenterId, String)| {
        let (site, area) = (site.clone(), area.clone());
        (id, PlaceDefined { name, site, area, work_center })
    };
    let mut policy = Policy::new(args.site_name, args.time_zone, args.approvals);
    policy.rules.pause_reasons = args.pause_reasons;
    let asked = SignerArgs { badge: None, pin_fd: args.pin_fd, place: None };
    let pin = asked.read_pin("first PIN of the administrator: ")?;
    let verifier =
        credentials::hash(&pin.0, &args.card_badge, &policy.rules.pin).map_err(refused_pin)?;
    let founding = PlantFounding {
        site: args.site,
        policy,
        places: args.places.into_iter().map(define).collect(),
        admin: CardRow {
            person: args.admin,
            name: args.name,
            badge: args.card_badge,
            language: console.config.settings.language.unwrap_or_default().code().to_owned(),
            pin_verifier: verifier,
        },
        admin_roles: args.roles.into_iter().collect::<BTreeSet<Role>>(),
        identity_verified_by: args.verified_by,
        demo: false,
    };
    found_plant(home.clone(), &founding, &console.clock.moment())?;
    console.printer.line(format!("founded {} in {}", founding.site, place_of(&home)));
    console.printer.line("→ gemba serve code STATION --work-center W, then gemba serve");
    console.printer.value(&json!({ "site": founding.site, "folder": home.dir }));
    Ok(Exit::Done)
}

/// A PIN that the policy refuses.
pub fn refused_pin(error: credentials::PinError) -> Fault {
    match error {
        credentials::PinError::Weak(refusal) => refusal.into(),
        credentials::PinError::Hash => Fault::cannot("the PIN was not taken", error),
    }
}

fn serve(console: &Console, args: ServeArgs) -> Result<Exit, Fault> {
    let home = home(console, args.store)?;
    log(args.log, args.log_level);
    let runtime = runtime()?;
    runtime.block_on(async {
        let listening = listening(args.listen, args.names, &console.clock);
        let ends = told_to_end()?;
        let running = Server::start(home, listening).await?;
        announce(console, &running);
        ends.await;
        running.finish().await;
        Ok(Exit::Done)
    })
}

/// How events are written to the standard error.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogForm {
    /// A line of text each
    Text,
    /// A JSON object each
    Json,
}

/// Which events are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogLevel {
    /// What people have to look at
    Warn,
    /// Also what was stored and refused
    Info,
    /// Also every answer
    Debug,
}

/// Begins to write events; a second server of one process writes to the same.
fn log(form: LogForm, level: LogLevel) {
    let most = match level {
        LogLevel::Warn => tracing_subscriber::filter::LevelFilter::WARN,
        LogLevel::Info => tracing_subscriber::filter::LevelFilter::INFO,
        LogLevel::Debug => tracing_subscriber::filter::LevelFilter::DEBUG,
    };
    let events = tracing_subscriber::fmt().with_max_level(most).with_writer(std::io::stderr);
    match form {
        LogForm::Text => events.with_ansi(false).try_init().unwrap_or_default(),
        LogForm::Json => events.json().try_init().unwrap_or_default(),
    }
}

fn copy_store(console: &Console, from: String, to: String) -> Result<Exit, Fault> {
    let place = |text| home(console, StoreArgs { database: Some(text), folder: None });
    let (from, to) = (place(from)?, place(to)?);
    if let Database::File(file) = &from.database
        && !file.exists()
    {
        let place = file.display().to_string();
        return Err(ServerError::NotFounded { place }.into());
    }
    if let Database::File(_) = to.database {
        let failed = |error| Fault::cannot("the folder cannot be made", error);
        std::fs::create_dir_all(&to.dir).map_err(failed)?;
    }
    let copied = copy(&from.database, &to.database).map_err(ServerError::from)?;
    let Copied { facts, rows } = copied;
    console
        .printer
        .line(format!("{facts} facts, {rows} rows copied to {}, the same", place_of(&to)));
    console.printer.value(&json!({ "facts": facts, "rows": rows }));
    Ok(Exit::Done)
}

/// What people know the store by.
pub(super) fn place_of(home: &Home) -> String {
    match &home.database {
        Database::File(_) => home.dir.display().to_string(),
        Database::Postgres(_) => home.database.to_string(),
    }
}

fn announce(console: &Console, running: &Running) {
    console.printer.line(format!("serving on {}", running.url()));
    if let Some(file) = running.ca_file() {
        console.printer.line(format!("stations pin {}", file.display()));
    }
    if !running.may_judge() {
        let why = running.judge_trouble().unwrap_or_default();
        console.printer.line(format!("serving without judging: {why}"));
    }
    let authority: Option<&Path> = running.ca_file();
    console.printer.value(&json!({ "url": running.url(), "authority": authority }));
}

/// How to listen, by a clock.
pub fn listening(addr: SocketAddr, names: Vec<String>, clock: &Clock) -> Listening {
    let clock = clock.clone();
    Listening { addr, names, clock: Arc::new(move || clock.moment()) }
}

/// The runtime of whoever speaks HTTP.
pub fn runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Fault::cannot("no runtime could be started", error))
}

/// What waits for SIGTERM, Ctrl-C, or the end of the terminal that it was started from. They are heard from
/// now on: whoever says that it serves may be told to end at once.
pub fn told_to_end() -> Result<impl Future<Output = ()>, Fault> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| Fault::cannot("signals cannot be heard", error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = hang_up.recv() => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

impl From<ServerError> for Fault {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::Ledger(error) => error.into(),
            ServerError::Transact(error) => error.into(),
            ServerError::NotFounded { .. } => {
                Self::cannot("there is no plant", error).next("gemba serve init")
            }
            ServerError::FoundedBefore { .. } => {
                Self::refused("nothing was founded", error).next("use it, or name another folder")
            }
            ServerError::BadgeTaken => {
                Self::refused("no card was given", error).next("give another badge")
            }
            ServerError::File { .. } => Self::cannot("the folder cannot be used", error),
            ServerError::Parcel(error) => error.into(),
            ServerError::Revoked(_) | ServerError::NotEnrolled(_) => {
                Self::refused(error, "").next("gemba serve code, then enroll it anew")
            }
            ServerError::Listen { .. } => Self::cannot("the server does not run", error)
                .next("name another address with --listen, or end who listens there"),
            ServerError::Authority { .. }
            | ServerError::Random(_)
            | ServerError::Thread(_)
            | ServerError::Store(_)
            | ServerError::Judge(_) => Self::cannot("the server failed", error),
        }
    }
}
