//! Sources and pictures from disk, for those who check, compare and release them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::app::fault::Fault;
use crate::authoring::check::{self, Definition, Neighbors, SourceKind};
use crate::authoring::finding::{Checked, SOURCE_BYTES_MAX, Source};
use crate::authoring::pictures::{PICTURE_BYTES_MAX, PictureFault};
use crate::domain::instruction::StandardStep;

/// The most sources beside those named that are looked at.
const NEIGHBORS_MAX: usize = 200;

/// Files as read: the name as given, and the bytes.
#[derive(Debug, Default)]
pub struct Sources {
    /// Those that were named.
    pub named: Vec<(String, Vec<u8>)>,
    neighbors: Vec<(String, Vec<u8>)>,
}

impl Sources {
    /// Reads the files named, and the specifications and standard steps beside them.
    pub fn read(files: &[PathBuf]) -> Result<Self, Fault> {
        let mut sources = Self::default();
        let (mut folders, mut respelled) = (Folders::default(), Vec::new());
        for file in files {
            let bytes = read_bounded(file, SOURCE_BYTES_MAX).map_err(|error| {
                Fault::usage(format!("{} cannot be read", file.display()), error)
                    .next("name an instruction .md or a specification .csv")
            })?;
            let file = folders.respelled(file);
            sources.named.push((file.display().to_string(), bytes));
            respelled.push(file);
        }
        sources.neighbors = neighbors(&respelled, &folders)?;
        Ok(sources)
    }

    /// Checks every file named, beside the standard steps of this station.
    pub fn check(&self, standards: &[StandardStep]) -> Vec<Checked<Definition>> {
        let named = as_sources(&self.named);
        let neighbors = as_sources(&self.neighbors);
        let neighbors = Neighbors { sources: &neighbors, standards };
        check::check_all(&named, neighbors, &|source, picture| read_picture(source, picture))
    }

    /// Whether one of the files may include a standard step.
    pub fn include(&self) -> bool {
        let word = b"include";
        self.named.iter().any(|(_, bytes)| bytes.windows(word.len()).any(|at| at == word))
    }
}

/// The bytes of a picture by the name of its source and its name in the source.
pub fn read_picture(source: &str, picture: &str) -> Result<Vec<u8>, PictureFault> {
    let file = Path::new(source).parent().unwrap_or(Path::new("")).join(picture);
    match read_bounded(&file, PICTURE_BYTES_MAX) {
        Ok(bytes) if bytes.len() > PICTURE_BYTES_MAX => Err(PictureFault::TooLarge),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(PictureFault::Unreadable(error.to_string())),
    }
}

/// Reads a file up to a limit and one byte more, which tells that it is over.
fn read_bounded(file: &Path, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn as_sources(files: &[(String, Vec<u8>)]) -> Vec<Source<'_>> {
    files.iter().map(|(file, bytes)| Source { file, bytes }).collect()
}

/// The folders of the files named, each in one spelling: what stands in one of them belongs together
/// by its name, however the folder was spelled.
#[derive(Debug, Default)]
struct Folders {
    /// As it was spelled first, by where it is.
    spellings: BTreeMap<PathBuf, PathBuf>,
}

impl Folders {
    /// The file in its folder as that was spelled first.
    fn respelled(&mut self, file: &Path) -> PathBuf {
        let spelled = file.parent().unwrap_or(Path::new(""));
        let (Ok(place), Some(name)) = (fs::canonicalize(listed(spelled)), file.file_name()) else {
            return file.to_owned();
        };
        self.spellings.entry(place).or_insert_with(|| spelled.to_owned()).join(name)
    }
}

/// A folder as the system lists it: without a name it is the one in which the program runs.
fn listed(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The other sources in the folders of the files, without the files themselves.
fn neighbors(files: &[PathBuf], folders: &Folders) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let beside = folders.spellings.values().filter_map(|folder| {
        let entries = fs::read_dir(listed(folder)).ok()?;
        Some(entries.filter_map(move |entry| Some(folder.join(entry.ok()?.file_name()))))
    });
    let mut found: Vec<(bool, PathBuf)> = beside
        .flatten()
        .filter(|path| path.to_str().and_then(SourceKind::of).is_some())
        .filter(|path| !files.iter().any(|file| same(file, path)))
        .map(|path| (files.iter().any(|file| belong(file, &path)), path))
        .collect();
    // What belongs to the files themselves comes first: a translation is never left out in silence.
    found.sort_by_cached_key(|(belongs, path)| (!belongs, path.clone()));
    found.truncate(NEIGHBORS_MAX);
    let mut read = Vec::new();
    for (belongs, path) in found {
        match read_bounded(&path, SOURCE_BYTES_MAX) {
            Ok(bytes) => read.push((path.display().to_string(), bytes)),
            Err(error) if belongs => {
                let what = format!("{} cannot be read", path.display());
                return Err(Fault::usage(what, error)
                    .next("it belongs to what is named: make it readable, or take it away"));
            }
            Err(_) => {}
        }
    }
    Ok(read)
}

/// Whether one of two files is a translation of the other.
fn belong(one: &Path, other: &Path) -> bool {
    let (Some(one), Some(other)) = (one.to_str(), other.to_str()) else { return false };
    check::translates(one, other) || check::translates(other, one)
}

fn same(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
