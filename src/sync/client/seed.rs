//! How a new station begins: by a snapshot, over the line or from a file; and how what it left out comes
//! after all.

use std::fs::{self, File};
use std::path::Path;

use tokio::runtime::Handle;

use crate::domain::hash::Hash;
use crate::domain::ids::OrderId;
use crate::domain::snapshot::{Snapshot, SnapshotChunk};
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;
use crate::sync::packed::unpack;
use crate::sync::parcel::{Parcel, ParcelError, Record, Secret, Way, write_whole};
use crate::sync::protocol::CHUNK_BYTES_MAX;
use crate::sync::retry::{Failure, Stop};

use super::by_file::opened;
use super::error::SyncError;
use super::http::Http;

/// The folder beside the store in which chunks wait until all are here.
const FOLDER: &str = "snapshot";
/// How often a snapshot may be replaced while it is fetched.
const TRIES_MAX: u32 = 3;

/// Begins by a snapshot where nothing is here yet and the server has one; tells how many facts came.
/// Chunks that are here already are not fetched again.
pub(super) fn by_line(
    dir: &Path,
    ledger: &mut Ledger,
    (http, runtime): (&Http, &Handle),
) -> Result<u64, SyncError> {
    if !ledger.is_untouched()? {
        return Ok(0);
    }
    let folder = dir.join(FOLDER);
    for _ in 0..TRIES_MAX {
        let Some(snapshot) = runtime.block_on(http.snapshot())? else { return Ok(0) };
        if fetched(&folder, &snapshot, (http, runtime))? {
            return load(&folder, ledger, &snapshot);
        }
    }
    Err(Failure::Busy { retry_after: None }.into())
}

/// Fetches what is not here; false where the server has replaced it meanwhile.
fn fetched(
    folder: &Path,
    snapshot: &Snapshot,
    (http, runtime): (&Http, &Handle),
) -> Result<bool, SyncError> {
    for hash in &snapshot.chunks {
        let file = folder.join(hash.to_string());
        if chunk_bytes(&file, hash).is_ok() {
            continue;
        }
        let Some(bytes) = runtime.block_on(http.blob(hash, folder))? else { return Ok(false) };
        keep(folder, hash, &bytes)?;
    }
    Ok(true)
}

fn keep(folder: &Path, hash: &Hash, bytes: &[u8]) -> Result<(), SyncError> {
    fs::create_dir_all(folder).map_err(|error| ParcelError::file(folder, &error))?;
    let file = folder.join(hash.to_string());
    write_whole(&file, |to| {
        std::io::Write::write_all(to, bytes).map_err(|error| ParcelError::file(&file, &error))
    })?;
    Ok(())
}

fn chunk_bytes(file: &Path, hash: &Hash) -> Result<Vec<u8>, ParcelError> {
    let bytes = fs::read(file).map_err(|error| ParcelError::file(file, &error))?;
    if Hash::of(&[&bytes]) == *hash { Ok(bytes) } else { Err(ParcelError::Broken) }
}

/// Loads the chunks that are here, in one transaction, and takes them away.
fn load(folder: &Path, ledger: &mut Ledger, snapshot: &Snapshot) -> Result<u64, SyncError> {
    let chunk = |hash: &Hash| -> Result<SnapshotChunk, SyncError> {
        let bytes = chunk_bytes(&folder.join(hash.to_string()), hash)?;
        let nonsense = |why: String| SyncError::from(Stop::Nonsense(why));
        let text = unpack(&bytes, CHUNK_BYTES_MAX).map_err(|error| nonsense(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| nonsense(error.to_string()))
    };
    let new = ledger.load_snapshot(&snapshot.cursors, snapshot.chunks.iter().map(chunk))?;
    fs::remove_dir_all(folder).map_err(|error| ParcelError::file(folder, &error))?;
    Ok(new)
}

/// Fetches the whole of orders that were left out and of which something came since.
pub(super) fn complete(
    ledger: &mut Ledger,
    (http, runtime): (&Http, &Handle),
) -> Result<u64, SyncError> {
    let mut new = 0;
    for order in ledger.left_out_and_touched()? {
        match fetch_order(ledger, &order, (http, runtime))? {
            Some(came) => new += came,
            // A server that does not hand it out now may do so later.
            None => ledger.give_up_order(&order)?,
        }
    }
    Ok(new)
}

/// Fetches the whole of an order; none where the server does not have it for this station.
pub(super) fn fetch_order(
    ledger: &mut Ledger,
    order: &OrderId,
    (http, runtime): (&Http, &Handle),
) -> Result<Option<u64>, SyncError> {
    let (mut rows, mut seals, mut after) = (Vec::new(), Vec::new(), Some(0));
    while let Some(from) = after {
        let Some(part) = runtime.block_on(http.whole_order(order, from))? else {
            return Ok(None);
        };
        rows.extend(part.rows);
        seals.extend(part.seals);
        after = part.next.filter(|next| *next > from);
    }
    Ok(Some(ledger.take_order(order, (&rows, &seals))?))
}

/// Begins by a snapshot that somebody brings in a file.
pub fn by_file(dir: &Path, file: &Path) -> Result<u64, SyncError> {
    let (access, _lock, mut ledger) = opened(dir)?;
    let source = File::open(file).map_err(|error| ParcelError::file(file, &error))?;
    let mut parcel = Parcel::open(source)?;
    match parcel.head.way {
        Way::Seed => {}
        Way::ToServer | Way::ToStation => {
            return Err(ParcelError::OtherWay("it is no snapshot → gemba serve seed").into());
        }
    }
    if parcel.head.ledger != ledger.identity().ledger {
        return Err(ParcelError::Another.into());
    }
    if !parcel.is_proven(&Secret::of_token(&access.token)) {
        return Err(ParcelError::Unproven.into());
    }
    if !ledger.is_untouched()? {
        let dir = dir.display().to_string();
        return Err(LedgerError::Present { dir }.into());
    }
    let folder = dir.join(FOLDER);
    let mut snapshot = None::<Snapshot>;
    parcel.each(|record| {
        match record {
            Record::Snapshot(told) => snapshot = Some(told),
            Record::Blob(bytes) => {
                let hash = Hash::of(&[&bytes]);
                if snapshot.as_ref().is_some_and(|told| told.chunks.contains(&hash)) {
                    keep(&folder, &hash, &bytes)?;
                } else {
                    ledger.put_blob(&bytes)?;
                }
            }
            Record::Cursor(_)
            | Record::Wanted(_)
            | Record::Up(_)
            | Record::Told(_)
            | Record::Feed(_)
            | Record::Rows(_) => {}
        }
        Ok::<_, SyncError>(())
    })?;
    let snapshot = snapshot.ok_or(ParcelError::Broken)?;
    let new = load(&folder, &mut ledger, &snapshot)?;
    ledger.note_answered(&parcel.head.asked)?;
    Ok(new)
}
