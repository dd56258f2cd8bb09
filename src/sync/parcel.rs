//! A parcel: what an exchange carries, as one file that somebody brings where no line goes.
//!
//! A packed run of records, each with its length before it. The first says what the parcel is, the one
//! before the last proves who made it, the last is the SHA-256 of everything before. A parcel is read
//! through once before anything of it is used: what was cut off or changed is refused whole.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::feeds::{Cursor, FeedPage};
use crate::domain::hash::Hash;
use crate::domain::ids::LedgerId;
use crate::domain::moment::Moment;
use crate::domain::snapshot::Snapshot;

use super::packed::{Packer, Unpacker};
use super::protocol::{BLOB_BYTES_MAX, PageAnswer, PageUp};

/// The version of what parcels look like.
pub const PARCEL_VERSION: u16 = 1;
/// The most bytes of a record: a blob, or a page with all its quotes escaped.
const RECORD_BYTES_MAX: usize = 1 + BLOB_BYTES_MAX;
/// The most bytes that a parcel unpacks to; only ever a record of them is held.
const PARCEL_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// What is hashed before everything else in a proof.
const PROOF: &[u8] = b"gemba-parcel-v1\n";

const IS_HEAD: u8 = b'H';
const IS_TEXT: u8 = b'T';
const IS_BLOB: u8 = b'B';
const IS_PROOF: u8 = b'P';
const IS_END: u8 = b'E';

/// Which way a parcel goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// From a station, with what is not at the server.
    ToServer,
    /// From the server, in answer to one.
    ToStation,
    /// From the server, for a station that begins.
    Seed,
}

/// What a parcel says of itself first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelHead {
    /// [`PARCEL_VERSION`] of whoever made it.
    pub version: u16,
    /// Which way it goes.
    pub way: Way,
    /// The ledger of the station that it comes from or goes to.
    pub ledger: LedgerId,
    /// When the station wrote what the server takes, by the station's clock; an answer says the same.
    /// Of a snapshot, when it was made.
    pub asked: Moment,
    /// When it was made.
    pub utc: Timestamp,
}

/// What became of a page that a parcel carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The number of the page's first fact; none where the parcel had no page.
    pub from: Option<u64>,
    /// The server's answer.
    pub answer: PageAnswer,
}

/// What a parcel carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// How far the station has applied a feed.
    Cursor(Cursor),
    /// A blob that the station wants.
    Wanted(Hash),
    /// Own facts of the station.
    Up(Box<PageUp>),
    /// What became of them.
    Told(Told),
    /// From where on rows of a feed follow.
    Feed(Cursor),
    /// Rows of a feed.
    Rows(Box<FeedPage>),
    /// What a new station begins with; its chunks follow as blobs.
    Snapshot(Snapshot),
    /// A blob; it goes as it is.
    #[serde(skip)]
    Blob(Vec<u8>),
}

/// Why a parcel is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    /// The file cannot be read or written.
    #[error("{file} cannot be used: {why} → check the medium and its rights")]
    File {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// It is not whole.
    #[error(
        "the file is no parcel of gemba, or it was cut off or changed on its way; nothing of it was \
         taken → copy it again, or write it again where it was made"
    )]
    Broken,
    /// It holds more than a parcel may.
    #[error("the file holds more than a parcel may; nothing of it was taken")]
    TooLarge,
    /// A newer version wrote it.
    #[error(
        "the file was written by a newer gemba; nothing of it was taken → update gemba here first"
    )]
    Newer,
    /// It goes the other way.
    #[error("the file goes the other way: {0}")]
    OtherWay(&'static str),
    /// It is another station's.
    #[error(
        "the file belongs to another station; nothing of it was taken → take it to that station"
    )]
    Another,
    /// It does not prove who made it.
    #[error(
        "the file does not prove that it was made by this station or its server; nothing of it was \
         taken → write it again: after an enrollment older files count no more"
    )]
    Unproven,
}

impl ParcelError {
    /// A failure with a file.
    pub fn file(file: &Path, error: &impl fmt::Display) -> Self {
        Self::File { file: file.display().to_string(), why: error.to_string() }
    }
}

/// The secret that station and server share, of which neither file says anything: the SHA-256 of the
/// station's token, which is all that the server keeps of it.
#[derive(Clone)]
pub struct Secret(pub Hash);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

impl Secret {
    /// Of a token.
    pub fn of_token(token: &str) -> Self {
        Self(Hash::of(&[token.as_bytes()]))
    }

    /// Proves what was hashed so far. All parts have a fixed length, so that nothing can be appended.
    fn proof(&self, so_far: &Hash) -> Hash {
        Hash::of(&[PROOF, &self.0.0, &so_far.0])
    }
}

/// Writes a parcel, record by record.
pub struct Writer<W: Write> {
    to: Packer<W>,
    digest: Sha256,
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl<W: Write> Writer<W> {
    /// Begins a parcel.
    pub fn begin(to: W, head: &ParcelHead) -> io::Result<Self> {
        let mut writer = Self { to: Packer::new(to)?, digest: Sha256::new() };
        writer.put(IS_HEAD, &serde_json::to_vec(head)?)?;
        Ok(writer)
    }

    /// Adds a record.
    pub fn add(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Blob(bytes) => self.put(IS_BLOB, bytes),
            Record::Cursor(_)
            | Record::Wanted(_)
            | Record::Up(_)
            | Record::Told(_)
            | Record::Feed(_)
            | Record::Rows(_)
            | Record::Snapshot(_) => self.put(IS_TEXT, &serde_json::to_vec(record)?),
        }
    }

    /// Proves it, and ends it.
    pub fn end(mut self, secret: &Secret) -> io::Result<W> {
        let proof = secret.proof(&so_far(&self.digest));
        self.put(IS_PROOF, &proof.0)?;
        let digest = so_far(&self.digest);
        self.put(IS_END, &digest.0)?;
        self.to.finish()
    }

    fn put(&mut self, kind: u8, payload: &[u8]) -> io::Result<()> {
        let too_large = || io::Error::other("a record is too large for a parcel");
        if payload.len() >= RECORD_BYTES_MAX {
            return Err(too_large());
        }
        let length = u32::try_from(payload.len() + 1).map_err(|_| too_large())?;
        for part in [&length.to_be_bytes()[..], &[kind], payload] {
            self.digest.update(part);
            self.to.write_all(part)?;
        }
        Ok(())
    }
}

fn so_far(digest: &Sha256) -> Hash {
    Hash(digest.clone().finalize().into())
}

/// A parcel that was read through and found whole.
#[derive(Debug)]
pub struct Parcel<R> {
    source: R,
    /// What it says of itself.
    pub head: ParcelHead,
    before_proof: Hash,
    proof: Hash,
}

impl<R: Read + Seek> Parcel<R> {
    /// Reads it through; nothing of one that is not whole is handed out.
    pub fn open(mut source: R) -> Result<Self, ParcelError> {
        let (mut head, mut proven) = (None, None);
        let mut reading = Reading::begin(&mut source)?;
        loop {
            let before = so_far(&reading.digest);
            let (kind, payload) = reading.next()?;
            match kind {
                IS_HEAD if head.is_none() => head = Some(payload),
                IS_TEXT | IS_BLOB if head.is_some() && proven.is_none() => {}
                IS_PROOF if head.is_some() && proven.is_none() => {
                    proven = Some((before, hash(&payload)?));
                }
                IS_END if proven.is_some() && hash(&payload)? == before => break,
                _ => return Err(ParcelError::Broken),
            }
        }
        reading.nothing_more()?;
        let (Some(head), Some((before_proof, proof))) = (head, proven) else {
            return Err(ParcelError::Broken);
        };
        let head: ParcelHead = parsed(&head)?;
        if head.version > PARCEL_VERSION {
            return Err(ParcelError::Newer);
        }
        Ok(Self { source, head, before_proof, proof })
    }

    /// Whether whoever made it had the secret.
    pub fn is_proven(&self, secret: &Secret) -> bool {
        secret.proof(&self.before_proof) == self.proof
    }

    /// Hands out every record, in order.
    pub fn each<E: From<ParcelError>>(
        &mut self,
        mut take: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reading = Reading::begin(&mut self.source)?;
        loop {
            let (kind, payload) = reading.next()?;
            match kind {
                IS_HEAD => {}
                IS_TEXT => take(parsed(&payload)?)?,
                IS_BLOB => take(Record::Blob(payload))?,
                _ => return Ok(()),
            }
        }
    }
}

fn parsed<T: serde::de::DeserializeOwned>(payload: &[u8]) -> Result<T, ParcelError> {
    // Whole, but not understood: only a newer version writes that.
    serde_json::from_slice(payload).map_err(|_| ParcelError::Newer)
}

fn hash(payload: &[u8]) -> Result<Hash, ParcelError> {
    payload.try_into().map(Hash).map_err(|_| ParcelError::Broken)
}

/// One way through a parcel.
struct Reading<R: Read> {
    from: Unpacker<R>,
    digest: Sha256,
    bytes: u64,
}

impl<R: Read + Seek> Reading<R> {
    fn begin(mut source: R) -> Result<Self, ParcelError> {
        source.seek(SeekFrom::Start(0)).map_err(|_| ParcelError::Broken)?;
        let from = Unpacker::new(source).map_err(|_| ParcelError::Broken)?;
        Ok(Self { from, digest: Sha256::new(), bytes: 0 })
    }
}

impl<R: Read> Reading<R> {
    fn next(&mut self) -> Result<(u8, Vec<u8>), ParcelError> {
        let mut length = [0; 4];
        self.from.read_exact(&mut length).map_err(|_| ParcelError::Broken)?;
        self.digest.update(length);
        let length = u32::from_be_bytes(length);
        self.bytes += u64::from(length);
        if length == 0 || u64::from(length) > RECORD_BYTES_MAX as u64 {
            return Err(ParcelError::Broken);
        }
        if self.bytes > PARCEL_BYTES_MAX {
            return Err(ParcelError::TooLarge);
        }
        // What is not there is not held, whatever length is claimed.
        let mut record = Vec::new();
        let read = (&mut self.from).take(u64::from(length)).read_to_end(&mut record);
        if read.map_err(|_| ParcelError::Broken)? as u64 != u64::from(length) {
            return Err(ParcelError::Broken);
        }
        self.digest.update(&record);
        let payload = record.split_off(1);
        Ok((record[0], payload))
    }

    fn nothing_more(&mut self) -> Result<(), ParcelError> {
        match self.from.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) | Err(_) => Err(ParcelError::Broken),
        }
    }
}

/// Writes a file whole or not at all: beside its place first, and durable before it gets its name.
pub fn write_whole<T, E: From<ParcelError>>(
    file: &Path,
    work: impl FnOnce(&mut io::BufWriter<&std::fs::File>) -> Result<T, E>,
) -> Result<T, E> {
    let failed = |error: &dyn fmt::Display| ParcelError::file(file, &error.to_string());
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let dir = parent.unwrap_or_else(|| Path::new("."));
    let temporary = tempfile::NamedTempFile::new_in(dir).map_err(|error| failed(&error))?;
    let mut to = io::BufWriter::new(temporary.as_file());
    let done = work(&mut to)?;
    to.flush().map_err(|error| failed(&error))?;
    drop(to);
    temporary.as_file().sync_all().map_err(|error| failed(&error))?;
    temporary.persist(file).map_err(|error| failed(&error))?;
    Ok(done)
}
