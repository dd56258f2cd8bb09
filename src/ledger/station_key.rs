//! The station's Ed25519 key: a file beside the store that only its owner reads.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use crate::domain::ids::LedgerId;

use super::error::LedgerError;
use super::lasting::{flush, flush_entry};

/// Where the key of a store lies.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join("station.key")
}

/// Writes the key as hexadecimal text; the file appears whole or not at all, with mode 0600.
pub(super) fn write(dir: &Path, key: &SigningKey) -> Result<(), LedgerError> {
    let path = path(dir);
    let failed = |error: &std::io::Error| LedgerError::file(&path, error);
    // A named temporary file is created for its owner alone.
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|e| failed(&e))?;
    let text = hex(key.as_bytes());
    file.write_all(format!("{text}\n").as_bytes()).map_err(|e| failed(&e))?;
    file.as_file().sync_all().map_err(|e| failed(&e))?;
    file.persist_noclobber(&path).map_err(|e| failed(&e.error))?;
    flush_entry(&path).map_err(|e| failed(&e))
}

/// Where the key of the station lies that a store becomes; it is the key once the store says so.
fn next_path(dir: &Path) -> PathBuf {
    dir.join("station.key.next")
}

/// The key of the station that a store becomes: one that lies there already is taken again.
pub(super) fn prepare(dir: &Path, secret: &[u8; 32]) -> Result<SigningKey, LedgerError> {
    let path = next_path(dir);
    let failed = |error: &std::io::Error| LedgerError::file(&path, error);
    if let Ok(text) = fs::read_to_string(&path)
        && let Some(bytes) = unhex(text.trim())
    {
        return Ok(SigningKey::from_bytes(&bytes));
    }
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|e| failed(&e))?;
    file.write_all(format!("{}\n", hex(secret)).as_bytes()).map_err(|e| failed(&e))?;
    file.as_file().sync_all().map_err(|e| failed(&e))?;
    file.persist(&path).map_err(|e| failed(&e.error))?;
    flush_entry(&path).map_err(|e| failed(&e))?;
    Ok(SigningKey::from_bytes(secret))
}

/// Puts the next key in the place of the one before, which is kept under its ledger's name.
pub(super) fn replace(dir: &Path) -> Result<(), LedgerError> {
    let (now, next) = (path(dir), next_path(dir));
    let failed = |error: &std::io::Error| LedgerError::file(&next, error);
    if let Some(before) = fs::read_to_string(&now).ok().and_then(|text| unhex(text.trim())) {
        let public_key = SigningKey::from_bytes(&before).verifying_key().to_bytes();
        let name = ledger_of(&public_key).map_or_else(String::new, |ledger| ledger.to_string());
        let kept = dir.join(format!("station.key.{name}"));
        fs::copy(&now, &kept).and_then(|_| flush(&kept)).map_err(|e| failed(&e))?;
    }
    fs::rename(&next, &now).map_err(|e| failed(&e))?;
    flush_entry(&now).map_err(|e| failed(&e))
}

/// Whether the next key is that of the store: it was stopped before the key was put in its place.
fn is_next(dir: &Path, public_key: &[u8; 32]) -> bool {
    let next = fs::read_to_string(next_path(dir)).ok();
    let next = next.and_then(|text| unhex(text.trim()));
    next.is_some_and(|next| SigningKey::from_bytes(&next).verifying_key().as_bytes() == public_key)
}

/// Reads the key back and checks that it is the store's.
pub(super) fn read(dir: &Path, public_key: &[u8; 32]) -> Result<SigningKey, LedgerError> {
    let path = path(dir);
    if is_next(dir, public_key) {
        replace(dir)?;
    }
    let wrong = |why: String| LedgerError::Key { path: path.display().to_string(), why };
    let text = fs::read_to_string(&path).map_err(|e| wrong(format!("cannot be read ({e})")))?;
    let bytes = unhex(text.trim()).ok_or_else(|| wrong("is not a key".to_owned()))?;
    let key = SigningKey::from_bytes(&bytes);
    if key.verifying_key().as_bytes() != public_key {
        return Err(wrong("belongs to another store".to_owned()));
    }
    Ok(key)
}

/// The ledger of a key: the first 32 hexadecimal digits of SHA-256 over the public key.
pub(super) fn ledger_of(public_key: &[u8; 32]) -> Option<LedgerId> {
    let digest = crate::domain::hash::Hash::of(&[public_key]).to_string();
    LedgerId::parse(&digest[..32]).ok()
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hexadecimal digits as so many bytes.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? * 16 + digit(pair[1])?;
    }
    Some(bytes)
}
