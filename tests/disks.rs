//! Disks that lie: each write, flush and truncation of a recording fails, once and from then on. People
//! are told, nothing saved is lost, and the work goes on when the disk is mended.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::counts;
use crate::support::program::{INSPECTOR, SamplePlant};
use crate::support::rings::{each_is_there_once, plant_for, record};

/// What fails, how, and in which call at most: later ones do not happen in one recording.
const CALLS: [(&str, &str, u32); 5] = [
    ("pwrite64", "ENOSPC", 40),
    ("pwrite64", "EIO", 40),
    ("fsync", "EIO", 9),
    ("fdatasync", "EIO", 2),
    ("ftruncate", "EIO", 4),
];

/// Every how manyth call fails in the run; each of them with `GEMBA_DISKS=1`.
const STEP: u64 = 3;

#[test]
fn a_disk_that_fails_at_any_call_is_told_and_loses_nothing() {
    if !has_strace() {
        return counts::skip("disks that fail at any call: strace cannot trace here");
    }
    let plant = plant_for(1);
    let step = usize::try_from(counts::asked("GEMBA_DISKS").unwrap_or(STEP)).unwrap();
    let (mut ring, mut saved, mut refused) = (0, Vec::new(), 0);
    for (call, error, most) in CALLS {
        for when in (1..=most).step_by(if most > 10 { step } else { 1 }) {
            for ever in ["", "+"] {
                let inject = format!("inject={call}:error={error}:when={when}{ever}");
                let done = record_on(&plant, ring % 200, &inject);
                let told = String::from_utf8_lossy(&done.stderr).into_owned();
                match done.status.code() {
                    Some(0) => saved.push(ring % 200),
                    Some(5) => {
                        assert!(told.contains("what was saved before is safe"), "{inject}: {told}");
                        assert!(told.contains('→'), "{inject}: {told}");
                        refused += 1;
                    }
                    other => panic!("{inject}: {other:?} {told}"),
                }
                // The same again on a disk that is mended: it is saved now, or was and says so.
                if done.status.code() == Some(5) {
                    let again = record(ring % 200);
                    let again: Vec<&str> = again.iter().map(String::as_str).collect();
                    let ran = plant.by(INSPECTOR, &again);
                    assert!(ran.code == 0 || ran.code == 1, "{inject}: {ran:?}");
                    saved.push(ring % 200);
                }
                ring += 1;
                assert!(ring <= 200, "more calls than rings");
            }
        }
    }
    assert!(refused > 20, "nothing failed: {refused}");
    let found = each_is_there_once(&plant, 1, &saved);
    plant.gemba(&["audit", "verify"]).exits(0);
    plant.gemba(&["store", "check"]).exits(0);
    counts::add("disk_failures", refused);
    counts::add("values_saved", saved.len() as u64);
    counts::add("values_found", found);
}

#[test]
fn a_backup_that_is_said_to_be_made_is_on_the_disk_with_the_folders_that_name_it() {
    if !has_strace() {
        return counts::skip("what a backup flushes: strace cannot trace here");
    }
    let plant = SamplePlant::new();
    let (trace, folder) = (plant.path("trace"), plant.path("server"));
    let to = plant.path("mnt/monday");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-e", "trace=fsync", "-o"]).arg(&trace);
    strace.arg(env!("CARGO_BIN_EXE_gemba")).args(["serve", "backup"]).arg(&to);
    strace.arg("--database").arg(&folder).env("GEMBA_HOME", plant.home());
    let done = strace.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let flushed = std::fs::read_to_string(trace).unwrap();
    let dir = to.parent().unwrap().parent().unwrap().canonicalize().unwrap();
    for name in ["", "mnt", "mnt/monday", "mnt/monday/server.db", "mnt/monday/judge/station.key"] {
        let path = dir.join(name);
        let path = path.to_str().unwrap().trim_end_matches('/');
        assert!(flushed.contains(&format!("<{path}>")), "{path} in {flushed}");
    }
}

/// Records a ring while calls of the store fail as told.
fn record_on(plant: &SamplePlant, ring: u32, inject: &str) -> Output {
    let call = inject.split(['=', ':']).nth(1).unwrap();
    let pin = plant.file("inspector.pin", format!("{}\n", INSPECTOR.1));
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", inject]);
    strace.arg(env!("CARGO_BIN_EXE_gemba")).args(record(ring));
    strace.args(["--badge", INSPECTOR.0, "--pin-fd", "0"]);
    let pin = std::fs::File::open(PathBuf::from(pin)).unwrap();
    strace.env("GEMBA_HOME", plant.home()).stdin(pin).output().unwrap()
}

/// Whether there is a tracer that may trace.
pub(crate) fn has_strace() -> bool {
    let tried =
        Command::new("strace").args(["-o", "/dev/null", "-e", "trace=fsync", "true"]).output();
    tried.is_ok_and(|done| done.status.success())
}
