//! What is said to be done lasts: files, and the folders that name them, are flushed to the disk.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Makes a folder with those that lead to it, and flushes what names them.
pub fn make_folder(dir: &Path) -> io::Result<()> {
    let is_new = |dir: &&Path| !dir.as_os_str().is_empty() && !dir.exists();
    let made: Vec<&Path> = dir.ancestors().take_while(is_new).collect();
    fs::create_dir_all(dir)?;
    made.into_iter().try_for_each(flush_entry)
}

/// Flushes the folder that names a file or a folder.
pub fn flush_entry(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    flush(parent.unwrap_or(Path::new(".")))
}

/// Flushes a folder with everything in it.
pub fn flush_folder(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            flush_folder(&entry.path())?;
        } else if kind.is_file() {
            flush(&entry.path())?;
        }
    }
    flush(dir)
}

/// Flushes a file, or the names in a folder.
pub fn flush(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
