//! Speed, as ratios of runs taken in turns on one disk: what gemba does against the least that
//! could be done. `cargo bench`; `-- --help` lists the options.
// Says to the lints that nothing here is the program itself.
#![cfg(test)]

mod bare_exchange;
#[path = "../tests/support/counts.rs"]
#[expect(dead_code, reason = "tests count more")]
mod counts;
mod floor;
mod generator;
mod measure;
#[path = "../tests/support/patience.rs"]
mod patience;
mod plant;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests do more to a database")]
mod postgres;
mod report;
mod server;
#[path = "../tests/support/stored.rs"]
mod stored;
mod writer;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use gemba::server::home::Home;
use measure::{begin, exchange, grid, pages, rebuild, saved, sign_in, stations, terminals, thread};
use plant::Plant;
use postgres::Cluster;
use report::Line;

/// Measures how long saving takes, and opening.
#[derive(Debug, Parser)]
struct Options {
    /// The directory, on the disk to be measured.
    #[arg(long, default_value = env!("CARGO_TARGET_TMPDIR"))]
    dir: PathBuf,
    /// Facts of the big store.
    #[arg(long, default_value_t = 100_000)]
    facts: usize,
    /// Pairs of a saved reading and a bare insert.
    #[arg(long, default_value_t = 300)]
    pairs: usize,
    /// Terminals that work at once.
    #[arg(long, default_value_t = 40)]
    terminals: usize,
    /// People who sign in at a shift change.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Seconds that they work.
    #[arg(long, default_value_t = 5)]
    seconds: usize,
    /// End with 1 where a target is not met.
    #[arg(long)]
    enforce: bool,
    /// Stations that send a fact a second.
    #[arg(long, default_value_t = 1_000)]
    stations: usize,
    /// Sessions of one host, a quarter of which type.
    #[arg(long, default_value_t = 200)]
    sessions: usize,
    /// Only a part of it.
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// Of the exchange, only that with one of the databases.
    #[arg(long, value_enum)]
    on: Option<On>,
    /// Only make the read models of a store of so many facts anew.
    #[arg(long)]
    rebuild: Option<usize>,
    /// Only write the big store into `--dir`, for other measurements.
    #[arg(long)]
    generate: bool,
    /// Only let a new station begin in a plant of so many facts.
    #[arg(long)]
    begin: Option<usize>,
    /// Work as one of the terminals.
    #[arg(long, hide = true)]
    as_terminal: Option<usize>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What may be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// The exchange with the server, on both of its databases.
    Exchange,
    /// Many sessions in one host.
    #[cfg(feature = "ssh")]
    Host,
}

/// What the server may keep its store in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    Sqlite,
    Postgresql,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(rank) = options.as_terminal {
        terminals::work(&options.dir, rank, options.seconds);
        return ExitCode::SUCCESS;
    }
    if options.generate {
        generator::fill(&mut Plant::found(&options.dir), options.facts);
        return ExitCode::SUCCESS;
    }
    let scratch = tempfile::tempdir_in(&options.dir).unwrap();
    let lines = match (options.begin, options.rebuild) {
        (Some(facts), _) => begin::stations(scratch.path(), facts),
        (None, Some(facts)) => vec![rebuild::models(scratch.path(), facts)],
        (None, None) if options.only == Some(Only::Exchange) => exchanged(&options, scratch.path()),
        #[cfg(feature = "ssh")]
        (None, None) if options.only == Some(Only::Host) => vec![hosted(&options, scratch.path())],
        (None, None) => measure(&options, scratch.path()),
    };
    let met = report::print(&lines, &measure::fsync(scratch.path(), options.pairs));
    if met || !options.enforce { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measure(options: &Options, dir: &Path) -> Vec<Line> {
    let (small, big, pairs) = (dir.join("small"), dir.join("big"), options.pairs);
    let mut plant = Plant::found(&small);
    let mut lines = vec![
        saved::units(&mut plant, dir, "a reading saved: 30 facts of the unit", pairs),
        saved::lot(&mut plant, dir, "a reading saved: 400 facts of the lot", pairs),
    ];
    plant = Plant::found(&big);
    generator::fill(&mut plant, options.facts);
    lines.push(saved::units(&mut plant, dir, "a reading saved: the big store", pairs));
    drop(plant);
    lines.push(measure::first_screen(&dir.join("empty"), &big));
    lines.push(measure::queue(&small, &big));
    lines.extend(thread::traces(&big));
    lines.push(grid::values(&dir.join("grid")));
    lines.extend(begin::stations(&dir.join("begin"), options.facts));
    lines.push(sign_in::shift_change(&dir.join("shift"), options.people));
    lines.push(terminals::together(&small, options.terminals, options.seconds));
    lines.extend(exchanged(options, &dir.join("exchange")));
    #[cfg(feature = "ssh")]
    lines.push(hosted(options, dir));
    lines
}

/// What many sessions of one process cost.
#[cfg(feature = "ssh")]
fn hosted(options: &Options, dir: &Path) -> Line {
    let many = (options.sessions, options.sessions / 4);
    measure::host::sessions(&dir.join("host"), many, options.seconds)
}

/// What the server does, on SQLite and on a PostgreSQL that runs for this.
fn exchanged(options: &Options, dir: &Path) -> Vec<Line> {
    let cluster = Cluster::start();
    let place = dir.join("plant");
    let pattern = generator::pattern(&mut Plant::found(&place));
    let mut lines = Vec::new();
    for (on, name) in [(On::Sqlite, "SQLite"), (On::Postgresql, "PostgreSQL")] {
        if options.on.is_some_and(|only| only != on) {
            continue;
        }
        println!("\n{name}");
        let home = |what: &str| {
            let dir = dir.join(format!("{what}-{name}"));
            if on == On::Sqlite {
                Home::from(dir.as_path())
            } else {
                Home::new(&dir, cluster.database())
            }
        };
        pages::table(&home("pages"), &pattern);
        let plant = (place.as_path(), &pattern);
        let seats = dir.join(format!("seats-{name}"));
        std::fs::create_dir_all(&seats).unwrap();
        lines.extend(exchange::up_and_down(&seats, &home("exchange"), (plant, options.facts)));
        let many = (options.stations, options.seconds);
        lines.push(stations::many(&home("stations"), &pattern, many));
    }
    lines
}
