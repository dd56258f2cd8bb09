//! What a run did, beside how many tests passed: `tests/run.sh` sums these lines and prints them.
//!
//! A run that killed no process or read back no value has shown nothing, however green it is.
//! Without `GEMBA_COUNTS` (a plain `cargo test`) nothing is written.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

/// Adds `count` to what the run reports under `name` (lower case, words joined by underscores).
pub(crate) fn add(name: &str, count: u64) {
    line(&format!("{name} {count}\n"));
}

/// Reports by name that a test could not do its work here, for example because a tool is missing.
pub(crate) fn skip(test: &str) {
    line(&format!("skipped:{test} 1\n"));
}

/// The path of a real file that is not in this repository, if it is on this machine; counts both.
///
/// `name` is relative to the folder that the variable `GEMBA_SAMPLES` names.
pub(crate) fn sample(name: &str) -> Option<PathBuf> {
    let path = variable("GEMBA_SAMPLES").map(|folder| folder.join(name));
    let found = path.filter(|path| path.exists());
    add(if found.is_some() { "samples_run" } else { "samples_absent" }, 1);
    found
}

/// How many somebody asks for by a variable, where the run is to do more than usual.
pub(crate) fn asked(name: &str) -> Option<u64> {
    variable(name).map(|text| text.to_str().unwrap().parse().unwrap())
}

/// One write call a line, so that tests which run at the same time do not mix their lines.
fn line(text: &str) {
    let Some(path) = variable("GEMBA_COUNTS") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "tests are told by run.sh where things stand")]
pub(crate) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
