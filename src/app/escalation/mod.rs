//! Telling somebody of a call for help that nobody answers, by the table that the site releases.
//!
//! One process of the station that called does it, by an OS lock that dies with its process. It tells
//! first and then notes it as a fact: after a power cut in between somebody is told twice, never not
//! at all. A person who could not be told is tried again, three times in all, and the board says so.

mod mail;
mod ring;
pub mod target;

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::app::clock::Clock;
use crate::app::config::Config;
use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::help::HelpCommand;
use crate::domain::ids::{HelpId, TerminalId};
use crate::ledger::file_lock::FileLock;
use crate::views::help::DueRow;
use crate::views::query::{Answer, Query};

/// How often it is looked whether somebody is to be told.
const LOOK: Duration = Duration::from_secs(5);
const LOCK: &str = "escalation.lock";

/// Somebody who was told, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldOf {
    /// The call.
    pub call: HelpId,
    /// Whom.
    pub to: String,
    /// Why they could not be told.
    pub failed: Option<String>,
}

/// Tells whoever is to be told by now; none where another process of the station is at it.
pub fn round(config: &Config, clock: &Clock) -> Result<Option<Vec<ToldOf>>, Fault> {
    let Some(_held) = take(&config.home)? else { return Ok(None) };
    let mut station = Station::open(config, clock)?;
    tell(&mut station, config).map(Some)
}

/// Tells beside the sessions of this process; ends when dropped.
#[derive(Debug)]
pub struct Background {
    _ends: Sender<()>,
}

/// Starts to look. Where another process of the station does, this one takes over when that ends.
pub fn in_background(config: &Config, clock: &Clock) -> Result<Background, Fault> {
    let (ends, ended) = mpsc::channel::<()>();
    let (config, clock) = (config.clone(), clock.clone());
    thread::Builder::new()
        .name("escalation".to_owned())
        .spawn(move || {
            let (mut held, mut reader) = (None, None);
            loop {
                // What is wrong with the store, whoever works on it is told.
                if look((&config, &clock), &mut held, &mut reader).is_err() {
                    reader = None;
                }
                match ended.recv_timeout(LOOK) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })
        .map_err(|error| Fault::cannot("no thread could be started", error))?;
    Ok(Background { _ends: ends })
}

fn look(
    (config, clock): (&Config, &Clock),
    held: &mut Option<FileLock>,
    reader: &mut Option<Station>,
) -> Result<(), Fault> {
    if held.is_none() {
        *held = take(&config.home)?;
    }
    if held.is_none() {
        return Ok(());
    }
    // A reader first: a store is opened to write only where there is something to write.
    let reads = match reader.take() {
        Some(station) => station,
        None => Station::reader(config, clock)?,
    };
    let is_quiet = due(reader.insert(reads))?.is_empty();
    if is_quiet {
        return Ok(());
    }
    tell(&mut Station::open(config, clock)?, config).map(drop)
}

fn due(station: &Station) -> Result<Vec<DueRow>, Fault> {
    let Answer::HelpDue(due) = station.answer(&Query::HelpDue)? else { return Ok(Vec::new()) };
    Ok(due)
}

fn tell(station: &mut Station, config: &Config) -> Result<Vec<ToldOf>, Fault> {
    let terminal = TerminalId::parse("escalation")
        .map_err(|error| Fault::cannot("nobody can be told", error))?;
    let acting = Acting { place: None, terminal, session: None, actor: None };
    let mut told = Vec::new();
    for row in due(station)? {
        let failed = ring::ring(&config.settings, &row).err();
        let note = HelpCommand::NoteEscalation { row: row.row, failed: failed.clone() };
        // It may have been answered meanwhile: then there is nothing to note.
        let noted = station.transact(&acting, Command::Help(row.call.call.clone(), note));
        if let Err(crate::ledger::error::TransactError::Ledger(error)) = noted {
            return Err(error.into());
        }
        told.push(ToldOf { call: row.call.call, to: row.to, failed });
    }
    Ok(told)
}

/// Takes the lock of a station's directory; none where another process has it.
fn take(dir: &Path) -> Result<Option<FileLock>, Fault> {
    let path = dir.join(LOCK);
    FileLock::take(&path)
        .map_err(|error| Fault::cannot(format!("{} cannot be locked", path.display()), error))
}
