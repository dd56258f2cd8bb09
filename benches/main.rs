//! Speed, as ratios of runs taken in turns on one disk: what gemba does against the least that
//! could be done. `cargo bench`; `-- --help` lists the options.
// Says to the lints that nothing here is the program itself.
#![cfg(test)]

mod floor;
mod generator;
mod measure;
mod plant;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use measure::{begin, saved, sign_in, terminals, thread};
use plant::Plant;
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
    if let Some(facts) = options.begin {
        let lines = [begin::station(scratch.path(), facts)];
        report::print(&lines, &measure::fsync(scratch.path(), 10));
        return ExitCode::SUCCESS;
    }
    let lines = measure(&options, scratch.path());
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
    lines.push(begin::station(&dir.join("begin"), options.facts));
    lines.push(sign_in::shift_change(&dir.join("shift"), options.people));
    lines.push(terminals::together(&small, options.terminals, options.seconds));
    lines
}
