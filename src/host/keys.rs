//! The host's own key, and the keys that are let in: a file as OpenSSH has it, with a place to each.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use russh::keys::ssh_key::authorized_keys::ConfigOpts;
use russh::keys::ssh_key::{Error, LineEnding};
use russh::keys::{Algorithm, HashAlg, PrivateKey, PublicKey};

use crate::domain::ids::PlaceId;
use crate::host::error::HostError;

/// What OpenSSH's file says of a key to keep it from what no line of ours leads to anyhow.
const NOTHING_NEW: [&str; 8] = [
    "restrict",
    "pty",
    "no-agent-forwarding",
    "no-port-forwarding",
    "no-x11-forwarding",
    "no-user-rc",
    "agent-forwarding",
    "user-rc",
];

/// A key that is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Its public half.
    pub key: PublicKey,
    /// What the file calls it, else its fingerprint.
    pub name: String,
    /// Where terminals with this key stand.
    pub place: Option<PlaceId>,
}

/// The keys that were let in no longer when they were last looked at.
#[derive(Debug, Default)]
pub struct Missed(BTreeSet<String>);

impl Missed {
    /// Those that are missing now and were at the look before: a file that is read in the middle of being
    /// saved lacks keys that it has.
    pub fn again(&mut self, missing: BTreeSet<String>) -> BTreeSet<String> {
        let before = std::mem::replace(&mut self.0, missing);
        self.0.intersection(&before).cloned().collect()
    }
}

/// Nothing of a mode but who may do what.
const MODE: u32 = 0o777;
const WRITE_BY_OTHERS: u32 = 0o022;
const ANYTHING_BY_OTHERS: u32 = 0o077;
const ROOT: u32 = 0;

/// Refuses what another user could have written, as OpenSSH does.
fn guarded(
    file: &Path,
    data: &Metadata,
    (runs_as, others, wanted): (u32, u32, u32),
) -> Result<(), HostError> {
    let (owner, mode) = (data.uid(), data.mode() & MODE);
    if owner != runs_as && owner != ROOT {
        return Err(HostError::Owned { file: file.to_owned(), owner });
    }
    if mode & others != 0 {
        return Err(HostError::Open { file: file.to_owned(), mode, wanted });
    }
    Ok(())
}

fn folder_of(file: &Path) -> &Path {
    let named = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// The host's own key, for the eyes alone of the user that it runs as; made where there is none yet.
pub fn own(file: &Path, runs_as: u32) -> Result<PrivateKey, HostError> {
    let failed = |why: &dyn ToString| HostError::file(file, why.to_string());
    match File::open(file) {
        Ok(mut opened) => {
            let data = opened.metadata().map_err(|error| failed(&error))?;
            guarded(file, &data, (runs_as, ANYTHING_BY_OTHERS, 0o600))?;
            let mut text = String::new();
            opened.read_to_string(&mut text).map_err(|error| failed(&error))?;
            PrivateKey::from_openssh(text).map_err(|error| failed(&error))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519);
            let made = made.map_err(|error| failed(&error))?;
            let text = made.to_openssh(LineEnding::LF).map_err(|error| failed(&error))?;
            // Such a file is its user's alone from the first moment.
            let new = tempfile::NamedTempFile::new_in(folder_of(file));
            let mut new = new.map_err(|error| failed(&error))?;
            new.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
            new.as_file().sync_all().map_err(|error| failed(&error))?;
            new.persist_noclobber(file).map_err(|error| failed(&error.error))?;
            // Else a power cut takes the key back that people have compared meanwhile.
            let folder = File::open(folder_of(file)).map_err(|error| failed(&error))?;
            folder.sync_all().map_err(|error| failed(&error))?;
            Ok(made)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// What people compare when they reach the host for the first time.
pub fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// The keys that are let in, read again when their file was changed.
#[derive(Debug)]
pub struct KnownKeys {
    file: PathBuf,
    runs_as: u32,
    read: Mutex<Read>,
}

#[derive(Debug, Default)]
struct Read {
    /// What the file had; none where it could not be read, or not be trusted.
    of: Option<Vec<u8>>,
    keys: Vec<KnownKey>,
    /// What was wrong with it.
    told: Vec<String>,
}

impl KnownKeys {
    /// Reads them, as the user that the host runs as; what is wrong with any of them is told.
    pub fn open(file: &Path, runs_as: u32) -> Result<Self, HostError> {
        let known = Self { file: file.to_owned(), runs_as, read: Mutex::default() };
        match known.renew().into_iter().next() {
            Some(trouble) => Err(trouble),
            None => Ok(known),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).keys.len()
    }

    /// Reads them again if the file was changed; what is wrong with it is told once. A line with which
    /// something is wrong lets nobody in.
    pub fn renew(&self) -> Vec<HostError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, (keys, mut troubles)) = match self.bytes() {
            Ok(bytes) if read.of.as_ref() == Some(&bytes) => return Vec::new(),
            Ok(bytes) => {
                let lines = self.known_keys(&bytes);
                (Some(bytes), lines)
            }
            // What cannot be trusted now is read again when the next one comes.
            Err(trouble) => (None, (Vec::new(), vec![trouble])),
        };
        let told = troubles.iter().map(ToString::to_string).collect();
        let before = std::mem::replace(&mut *read, Read { of, keys, told });
        troubles.retain(|trouble| !before.told.contains(&trouble.to_string()));
        troubles
    }

    /// What the file has; nothing where there is none.
    fn bytes(&self) -> Result<Vec<u8>, HostError> {
        let failed = |error| HostError::file(&self.file, error);
        let mut file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        self.is_ours(&file.metadata().map_err(failed)?)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// The keys that are let in, and what is wrong with lines.
    fn known_keys(&self, bytes: &[u8]) -> (Vec<KnownKey>, Vec<HostError>) {
        let (mut keys, mut troubles) = (Vec::new(), Vec::new());
        // A byte that is no UTF-8 harms the line in which it stands, and no other.
        for (n, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match known_key(line) {
                Ok(key) => keys.push(key),
                Err(why) => {
                    troubles.push(HostError::Line { file: self.file.clone(), line: n + 1, why });
                }
            }
        }
        (keys, troubles)
    }

    /// Refuses a file, or a folder, that another user can write.
    fn is_ours(&self, data: &Metadata) -> Result<(), HostError> {
        guarded(&self.file, data, (self.runs_as, WRITE_BY_OTHERS, 0o600))?;
        let folder = folder_of(&self.file);
        let data = fs::metadata(folder).map_err(|error| HostError::file(folder, error))?;
        guarded(folder, &data, (self.runs_as, WRITE_BY_OTHERS, 0o755))
    }

    /// Those among some keys, by their fingerprints, that are let in no longer. Where the file cannot be read,
    /// or not be trusted, nothing is known of any.
    pub fn gone(&self, keys: BTreeSet<String>) -> BTreeSet<String> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.of.is_none() || keys.is_empty() {
            return BTreeSet::new();
        }
        let known: BTreeSet<String> =
            read.keys.iter().map(|known| fingerprint(&known.key)).collect();
        keys.difference(&known).cloned().collect()
    }

    /// The key, if it is let in.
    pub fn find(&self, key: &PublicKey) -> Option<KnownKey> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.keys.iter().find(|known| known.key.key_data() == key.key_data()).cloned()
    }
}

/// One line: options, the key, and what it is called.
fn known_key(line: &str) -> Result<KnownKey, String> {
    let (options, key) = match PublicKey::from_openssh(line) {
        Ok(key) => (ConfigOpts::default(), key),
        Err(_) => with_options(line).map_err(|error| format!("no key can be read: {error}"))?,
    };
    if matches!(key.algorithm(), Algorithm::Rsa { .. } | Algorithm::Dsa) {
        return Err("RSA and DSA keys are not taken, make one by ssh-keygen -t ed25519".to_owned());
    }
    let name = key.comment().to_string();
    let name = if name.trim().is_empty() { fingerprint(&key) } else { name };
    Ok(KnownKey { place: place_of(&options)?, name, key })
}

/// Options end with the first blank that is not quoted.
fn with_options(line: &str) -> Result<(ConfigOpts, PublicKey), Error> {
    let mut quoted = false;
    let end = line.find(|c| {
        quoted ^= c == '"';
        c == ' ' && !quoted
    });
    let (options, key) = line.split_at(end.unwrap_or(line.len()));
    Ok((ConfigOpts::new(options)?, PublicKey::from_openssh(key.trim_start())?))
}

/// What is not known of a key would be meant to keep somebody out.
fn place_of(options: &ConfigOpts) -> Result<Option<PlaceId>, String> {
    let mut place = None;
    for option in options.iter() {
        if let Some(text) = option.strip_prefix("place=") {
            let text = text.trim_matches('"');
            let named = PlaceId::parse(text).map_err(|error| format!("{option}: {error}"))?;
            if place.replace(named).is_some() {
                return Err("it names two places".to_owned());
            }
        } else if !NOTHING_NEW.contains(&option.to_ascii_lowercase().as_str()) {
            return Err(format!(
                "the option {option} is not known here, only place=\"ASM-1\", restrict and pty"
            ));
        }
    }
    Ok(place)
}
