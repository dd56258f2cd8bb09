//! The command line: one file a group of commands, each a few lines around what screens also do.
//! Imports whatever the program is wired from; nobody but `main` imports it.
//! Invariant: every command knows `--json`; errors say what, why and what to do; exit codes are
//! 0 done, 1 refused or found something, 2 wrong usage, 3 no answer, 4 damaged store, 5 cannot go on.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use self::terminal::For;
use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::fault::{Exit, Fault};
use crate::app::printer::{Printer, was_cut};
use crate::app::station::Station;
use crate::domain::ids::PlaceId;
use crate::domain::language::Language;
use crate::views::query::{Answer, Query};

pub mod acts;
pub mod audit;
pub mod board;
mod by_file;
pub mod call;
pub mod characteristic;
pub mod check;
pub mod component;
pub mod correct;
pub mod definition;
pub mod demo;
pub mod deviation;
pub mod deviation_follow;
pub mod deviation_show;
pub mod doctor;
pub mod find;
pub mod gauge;
pub mod gauge_trace;
pub mod handover;
pub mod hold;
#[cfg(feature = "ssh")]
pub mod host;
pub mod import;
pub mod inspection;
pub mod instruction;
pub mod lot;
pub mod material;
pub mod news;
pub mod order;
pub mod permit;
pub mod person;
pub mod pin;
pub mod place;
pub mod plan;
pub mod read;
pub mod reading;
pub mod recall;
pub mod record;
pub mod recover;
pub mod redline;
pub mod release;
pub mod review;
pub mod route;
pub mod rows;
mod rows_told;
pub mod scan;
pub mod serve;
mod serve_backup;
mod serve_erase;
mod serve_station;
pub mod session;
pub mod set;
pub mod shift;
pub mod ship;
pub mod show;
pub mod sign;
pub mod signer;
pub mod site_deviations;
pub mod site_rules;
pub mod site_terms;
pub mod station;
pub mod step;
pub mod store;
pub mod suspect;
pub mod sync;
pub mod terminal;
pub mod thread;
pub mod ticket;
pub mod traveler;
pub mod unit;

/// Work instructions and quality records for the shop floor, in a terminal.
#[derive(Debug, Parser)]
#[command(
    name = "gemba",
    version,
    after_help = "Without a command, the terminal opens on this station.\n\n\
                  Example: gemba demo\n\n\
                  Exit codes: 0 done (offline too, when it is saved), 1 refused or something was \
                  found, 2 wrong usage, 3 no answer from the server where one was needed, 4 the \
                  store is damaged, 5 cannot go on or cannot judge.\n\
                  GEMBA_HOME names the folder of this station's store; gemba.toml in it holds its \
                  settings. The place of a terminal is that of --place, else of GEMBA_PLACE, else \
                  of its SSH line's address by [places] in gemba.toml, else of place there."
)]
pub struct Arguments {
    /// Print JSON, one value a line, for programs
    #[arg(long, global = true)]
    json: bool,
    /// The place where this terminal stands, where no command is given
    #[arg(long, value_name = "PLACE")]
    place: Option<PlaceId>,
    #[command(flatten)]
    shown: terminal::ShownArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Whatever is said to a command that is not built.
#[derive(Debug, clap::Args)]
struct LaterArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _rest: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A server, a station and a sample plant in one; nothing to set up
    Demo(demo::DemoArgs),
    /// The plant server
    Serve(serve::ServeArgs),
    /// This station's terminals for many at once, over SSH
    #[cfg(feature = "ssh")]
    Host(host::HostArgs),
    /// This station's terminals over SSH: not built in this version
    #[cfg(not(feature = "ssh"))]
    #[command(hide = true)]
    Host(LaterArgs),
    /// Enroll this station, or show what it is
    #[command(subcommand)]
    Station(station::StationCommand),
    /// Exchange facts with the server
    Sync(sync::SyncArgs),
    /// Check sources of instructions and specifications
    Check(check::CheckArgs),
    /// Bring sources into their one form
    Fmt(check::FmtArgs),
    /// Say what changed between two sources
    Diff(check::DiffArgs),
    /// Hand in instructions and specifications for approval
    Release(release::ReleaseArgs),
    /// Sign a revision, or what a step asks
    Sign(sign::SignArgs),
    /// Spare `record` the asking for 15 minutes
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Orders
    #[command(subcommand)]
    Order(order::OrderCommand),
    /// People
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Instructions and who uses what
    #[command(subcommand)]
    Instruction(instruction::InstructionCommand),
    /// Specifications: withdraw, received, and who uses one
    #[command(subcommand)]
    Specification(definition::SpecificationCommand),
    /// What the site decides for itself
    #[command(subcommand)]
    Site(definition::SiteCommand),
    /// What is noted about places: setup, tool, material
    #[command(subcommand)]
    Place(place::PlaceCommand),
    /// Gauges
    #[command(subcommand)]
    Gauge(gauge::GaugeCommand),
    /// Bought-in material: receive, block, release, list
    #[command(subcommand)]
    Material(material::MaterialCommand),
    /// What a unit is made of, and what is taken out
    #[command(subcommand)]
    Component(component::ComponentCommand),
    /// Units and lots on their way
    #[command(subcommand)]
    Traveler(traveler::TravelerCommand),
    /// A signed code that says what is done of a unit, for a station where its records cannot come yet
    Ticket(ticket::TicketArgs),
    /// Read a code as the screens would, or make the test code for a scanner
    Scan(scan::ScanArgs),
    /// Several units through one step together
    #[command(subcommand)]
    Set(set::SetSubcommand),
    /// Record what a step asks: one value, or readings from a file
    Record(record::RecordArgs),
    /// Readings that were recorded: list, measure again
    #[command(subcommand)]
    Reading(reading::ReadingCommand),
    /// Deviations
    #[command(subcommand)]
    Deviation(deviation::DeviationCommand),
    /// What failed checks make suspect: list, show, sort, release
    #[command(subcommand)]
    Suspect(suspect::SuspectCommand),
    /// Deviation permits: limits widened before the fact
    #[command(subcommand)]
    Permit(permit::PermitCommand),
    /// What the server did not accept
    #[command(subcommand)]
    Review(review::ReviewCommand),
    /// The shift calendar of the site
    #[command(subcommand)]
    Shift(shift::ShiftCommand),
    /// Calls for help: raise, answer, clear
    #[command(subcommand)]
    Call(call::CallCommand),
    /// A shift handed over, and accepted
    #[command(subcommand)]
    Handover(handover::HandoverCommand),
    /// Changes that the floor proposes, and what engineering answers
    #[command(subcommand)]
    Redline(redline::RedlineCommand),
    /// Inspection of lots: plans and what they can tell apart
    #[command(subcommand)]
    Inspection(inspection::InspectionCommand),
    /// How many good ones are planned of a place
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// The shift board
    Board(board::BoardArgs),
    /// Find anything by words of it: instructions, units, lots, orders, people, deviations, gauges
    Find(find::FindArgs),
    /// Where whatever a record names came from and went; of a unit everything recorded
    Trace(thread::TraceArgs),
    /// Review units, release them to ship, and take them back
    #[command(subcommand)]
    Ship(ship::ShipCommand),
    /// The certificate of a unit that was released to ship
    Certificate(ship::CertificateArgs),
    /// Every unit that something reached, at any depth, and where it is now
    Recall(recall::RecallArgs),
    /// Prove that nothing recorded was changed
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Look after this station's store
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// What this installation is and how it stands, for a report
    Doctor(doctor::DoctorArgs),
    /// Field formats into the store: not built in this version
    #[command(hide = true)]
    Import(LaterArgs),
    /// Field formats out of the store: not built in this version
    #[command(hide = true)]
    Export(LaterArgs),
    /// One field format into another: not built in this version
    #[command(hide = true)]
    Convert(LaterArgs),
    /// Reports: not built in this version
    #[command(hide = true)]
    Report(LaterArgs),
}

/// What every command is given.
#[derive(Debug)]
pub struct Console {
    /// What the program was told from outside.
    pub config: Config,
    /// The clocks of this machine.
    pub clock: Clock,
    /// Where it says what it did.
    pub printer: Printer,
}

impl Console {
    /// Opens the station's store to write.
    pub fn station(&self) -> Result<Station, Fault> {
        Station::open(&self.config, &self.clock)
    }

    /// Opens the station's store to read.
    pub fn reader(&self) -> Result<Station, Fault> {
        Station::reader(&self.config, &self.clock)
    }

    /// A sentence of ours as the site says it, as on screens in English, with its places.
    pub fn called(&self, sentence: &str) -> String {
        let link = self.reader().and_then(|station| Ok(station.answer(&Query::Link)?));
        match link {
            Ok(Answer::Link(link)) => link.terms.said(Language::English, sentence),
            Ok(_) | Err(_) => sentence.to_owned(),
        }
    }
}

/// Runs the program with its arguments; the result is the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let json = given.iter().any(|argument| argument == "--json");
    let parsed = match parsed(given, json) {
        Ok(parsed) => parsed,
        Err(fault) => {
            Printer::new(json).fault(&fault);
            return fault.exit.code();
        }
    };
    let arguments = match parsed {
        Ok(arguments) => arguments,
        // Help and version are asked for; everything else is wrong usage.
        Err(said) if json && said.use_stderr() => {
            let fault = Fault::usage("wrong usage", said.to_string().trim());
            Printer::new(json).fault(&fault.next("gemba --help says what there is"));
            return Exit::Usage.code();
        }
        Err(said) => {
            said.print().ok();
            return if said.use_stderr() { Exit::Usage } else { Exit::Done }.code();
        }
    };
    let printer = Printer::new(arguments.json);
    // One provider for the whole process; a second installation would change nothing.
    rustls::crypto::ring::default_provider().install_default().unwrap_or_default();
    let done = Config::read().and_then(|config| {
        let console = Console { config, clock: Clock::of_machine(), printer };
        match arguments.command {
            None => {
                let (place, shown) = (arguments.place.as_ref(), arguments.shown);
                terminal::run(&console, place, shown, For::People)
            }
            Some(_) if arguments.place.is_some() => Err(Fault::usage(
                "--place stands before the command",
                "it says where a terminal stands",
            )
            .next("write it behind the command: gemba COMMAND --place PLACE")),
            Some(_) if arguments.shown.screens().is_some() => Err(Fault::usage(
                "--ascii and --plain are for the terminal",
                "a command has lines of its own",
            )
            .next("leave it out; gemba demo takes them behind the command")),
            Some(command) => dispatch(&console, command),
        }
    });
    match done {
        Ok(_) if was_cut() => {
            let why = "the output could not be written";
            let fault = Fault::cannot("not everything was told", why);
            printer.fault(&fault.next("write it to where there is room"));
            Exit::Cannot.code()
        }
        Ok(exit) => exit.code(),
        Err(fault) => {
            printer.fault(&fault);
            fault.exit.code()
        }
    }
}

/// The arguments as they are meant: a scanned code stands for the unit that it names.
fn parsed(mut given: Vec<OsString>, json: bool) -> Result<clap::error::Result<Arguments>, Fault> {
    loop {
        let said = match Arguments::try_parse_from(&given) {
            Ok(arguments) => return Ok(Ok(arguments)),
            Err(said) => said,
        };
        // Without a store here nothing is known that a code could name.
        let Ok(config) = Config::read() else { return Ok(Err(said)) };
        let console = Console { config, clock: Clock::of_machine(), printer: Printer::new(json) };
        match unit::with_unit(&console, &said, &given)? {
            Some(meant) => given = meant,
            None => return Ok(Err(said)),
        }
    }
}

fn dispatch(console: &Console, command: Command) -> Result<Exit, Fault> {
    match command {
        Command::Demo(args) => demo::run(console, args),
        Command::Serve(args) => serve::run(console, args),
        #[cfg(feature = "ssh")]
        Command::Host(args) => host::run(console, &args),
        #[cfg(not(feature = "ssh"))]
        Command::Host(_) => Err(board::not_built("host")),
        Command::Station(command) => station::run(console, command),
        Command::Sync(args) => sync::run(console, args),
        Command::Check(args) => check::check(console, args),
        Command::Fmt(args) => check::fmt(console, args),
        Command::Diff(args) => check::diff(console, args),
        Command::Release(args) => release::run(console, args),
        Command::Sign(args) => sign::run(console, args),
        Command::Session(command) => session::run(console, command),
        Command::Order(command) => order::run(console, command),
        Command::Person(command) => person::run(console, command),
        Command::Instruction(command) => instruction::run(console, command),
        Command::Specification(command) => definition::specification(console, command),
        Command::Call(command) => call::run(console, command),
        Command::Handover(command) => handover::run(console, command),
        Command::Redline(command) => redline::run(console, command),
        Command::Inspection(command) => inspection::run(console, command),
        Command::Plan(command) => plan::run(console, command),
        Command::Shift(command) => shift::run(console, command),
        Command::Site(command) => definition::site(console, command),
        Command::Place(command) => place::run(console, command),
        Command::Gauge(command) => gauge::run(console, command),
        Command::Material(command) => material::run(console, command),
        Command::Component(command) => component::run(console, command),
        Command::Traveler(command) => traveler::run(console, command),
        Command::Ticket(args) => ticket::run(console, &args),
        Command::Scan(args) => scan::run(console, &args),
        Command::Set(command) => set::run(console, command),
        Command::Record(args) => record::run(console, args),
        Command::Reading(command) => reading::run(console, command),
        Command::Deviation(command) => deviation::run(console, command),
        Command::Suspect(command) => suspect::run(console, command),
        Command::Permit(command) => permit::run(console, command),
        Command::Review(command) => review::run(console, command),
        Command::Board(args) => board::board(console, args),
        Command::Find(args) => find::run(console, &args),
        Command::Trace(args) => thread::trace(console, &args),
        Command::Ship(command) => ship::run(console, command),
        Command::Certificate(args) => ship::certificate(console, &args),
        Command::Recall(args) => recall::run(console, args),
        Command::Audit(command) => audit::run(console, command),
        Command::Store(command) => store::run(console, command),
        Command::Doctor(args) => doctor::run(console, args),
        Command::Import(_) => Err(board::not_built("import")),
        Command::Export(_) => Err(board::not_built("export")),
        Command::Convert(_) => Err(board::not_built("convert")),
        Command::Report(_) => Err(board::not_built("report")),
    }
}
