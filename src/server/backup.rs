//! A whole plant server set aside in a folder, and brought back from one: its store, whichever database
//! that is in, the judge's ledger, and the certificate authority.
//!
//! A server that was brought back opens a new epoch of its feeds: what came after the backup was made is
//! given back by the stations, by their own ledgers and by what they have of others.
//!
//! What a completed backup holds is noted in it and at the server, which tells stations: they may let go
//! of that, and of nothing else (R14).

use std::fs;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use crate::domain::ids::StationId;
use crate::ledger::lasting::{flush_folder, make_folder};
use crate::ledger::store::Ledger;

use super::authority::{CA_FILE, CA_KEY_FILE};
use super::error::ServerError;
use super::home::Home;
use super::store::Store;
use super::store::copy::{Copied, copy};

fn failed(file: &Path) -> impl FnOnce(std::io::Error) -> ServerError + '_ {
    move |error| ServerError::File { file: file.to_owned(), why: error.to_string() }
}

/// A server that was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup had.
    pub copied: Copied,
    /// When the backup was made; older ones do not say.
    pub made: Option<Timestamp>,
    /// The stations that were enrolled then and not revoked: they may write and read again, whatever
    /// was revoked since.
    pub stations: Vec<StationId>,
}

/// Sets a server aside in a folder that is empty or not there; the server may go on meanwhile.
pub fn backup(home: &Home, to: &Path, now: Timestamp) -> Result<Copied, ServerError> {
    // Nothing is made where there is no plant, and not the store that was named by mistake either.
    home.open()?;
    let has_any = fs::read_dir(to).is_ok_and(|mut files| files.next().is_some());
    if has_any {
        return Err(ServerError::File { file: to.to_owned(), why: "is not empty".to_owned() });
    }
    if in_place(to).starts_with(in_place(&home.dir)) {
        let why = "lies in the server's own folder, and would be lost with it; name a folder on \
                   another disk";
        return Err(ServerError::File { file: to.to_owned(), why: why.to_owned() });
    }
    make_folder(to).map_err(failed(to))?;
    let kept = Home::from(to);
    let copied = copy(&home.database, &kept.database)?;
    files(&home.dir, to)?;
    if home.judge_dir().exists() {
        Ledger::open_reader(&home.judge_dir())?.copy_to(&home.judge_dir(), &kept.judge_dir())?;
    }
    // In the backup first: a server that is brought back from it may tell no less than this one.
    let store = kept.open()?;
    let holds = store.holds()?;
    store.note_backed_up(&holds)?;
    store.note_backup_made(now)?;
    drop(store);
    // A power cut after stations were told that they may let go of it leaves it whole.
    flush_folder(to).map_err(failed(to))?;
    home.open()?.note_backed_up(&holds)?;
    Ok(copied)
}

/// Brings a server back from a folder into a home without a plant; it opens a new epoch of its feeds.
/// What was revoked after the backup was made is not revoked in it, and nobody gives that back.
pub fn restore(from: &Path, home: &Home) -> Result<Restored, ServerError> {
    let kept = Home::from(from);
    kept.open()?;
    make_folder(&home.dir).map_err(failed(&home.dir))?;
    let copied = copy(&kept.database, &home.database)?;
    files(from, &home.dir)?;
    if kept.judge_dir().exists() && !home.judge_dir().exists() {
        Ledger::open_reader(&kept.judge_dir())?.copy_to(&kept.judge_dir(), &home.judge_dir())?;
    }
    let store: Store = home.open()?;
    store.open_feeds_anew(store.feed_epoch()?)?;
    let made = store.backup_made()?;
    let own = store.plant().judge.clone();
    let enrolled = store.stations()?.into_iter().filter(|of| !of.revoked && of.ledger != own);
    let stations = enrolled.map(|station| station.code).collect();
    drop(store);
    flush_folder(&home.dir).map_err(failed(&home.dir))?;
    Ok(Restored { copied, made, stations })
}

/// A path as the disk knows it, of what is not there yet by the folder that is.
fn in_place(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let found = path.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)));
    let Some((there, mut real)) = found else { return path };
    let missing: Vec<_> =
        path.strip_prefix(there).map_or_else(|_| Vec::new(), |p| p.components().collect());
    // The way back out of what is not there may lead to what is.
    if let Some(back) = missing.iter().position(|part| *part == Component::ParentDir) {
        real.extend(&missing[..back.saturating_sub(1)]);
        real.extend(&missing[back + 1..]);
        return in_place(&real);
    }
    real.extend(&missing);
    real
}

/// The authority's certificate and key, where there are any.
fn files(from: &Path, to: &Path) -> Result<(), ServerError> {
    for name in [CA_FILE, CA_KEY_FILE] {
        let (from, to): (PathBuf, PathBuf) = (from.join(name), to.join(name));
        if from.exists() && !to.exists() {
            fs::copy(&from, &to).map_err(failed(&to))?;
        }
    }
    Ok(())
}
