//! Tells when any process wrote to the store of a station, so that nobody has to look again and again.
//!
//! The kernel tells of the write-ahead log (inotify). Where it cannot, it is as if somebody wrote each
//! second. Whoever is told looks for themselves: it may be too early, or for nothing.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

use crate::app::fault::Fault;

/// What SQLite writes to until it tidies up.
const LOG: &str = "station.db-wal";
/// How long a commit takes, mostly: its pages are in the log before it counts.
const COMMIT: Duration = Duration::from_millis(50);
/// Told at most so often; and so long after the last write once more, for a commit that took longer.
const REST: Duration = Duration::from_secs(1);
/// How many times more.
const AFTERWARDS: u32 = 3;
/// So often it is told without any reason: for what changes by time alone.
const AT_LEAST: Duration = Duration::from_secs(10);
/// Room for what the kernel tells at once.
const EVENTS_BYTES: usize = 4096;

/// Ends the telling when it is dropped.
#[derive(Debug)]
pub struct Watching {
    _ends: UnixStream,
}

/// What came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Write,
    Nothing,
    /// The log is another file now.
    Gone,
    End,
}

/// Tells of each write from now on.
pub fn in_background(home: &Path, told: impl Fn() + Send + 'static) -> Result<Watching, Fault> {
    let cannot = |error| Fault::cannot("nobody can be told what is written", error);
    let (ends, ended) = UnixStream::pair().map_err(cannot)?;
    let kernel = of_kernel(home).ok();
    thread::Builder::new()
        .name("store news".to_owned())
        .spawn(move || tell(kernel, &ended, told))
        .map_err(cannot)?;
    Ok(Watching { _ends: ends })
}

fn of_kernel(home: &Path) -> Result<OwnedFd, Errno> {
    let kernel = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    inotify::add_watch(&kernel, home.join(LOG), WatchFlags::MODIFY)?;
    Ok(kernel)
}

fn tell(mut kernel: Option<OwnedFd>, ended: &UnixStream, told: impl Fn()) {
    let mut afterwards = 0;
    loop {
        let is_quiet = kernel.is_some() && afterwards == 0;
        let came = comes(kernel.as_ref(), ended, if is_quiet { AT_LEAST } else { REST });
        let is_over = |most| !matches!(comes(None, ended, most), Ok(Came::Nothing));
        afterwards = match came {
            Ok(Came::Write) if is_over(COMMIT) => return,
            Ok(Came::Write) => AFTERWARDS,
            Ok(Came::Nothing) => afterwards.saturating_sub(1),
            Ok(Came::End) | Err(_) => return,
            Ok(Came::Gone) => {
                kernel = None;
                0
            }
        };
        told();
        if came == Ok(Came::Write) && is_over(REST) {
            return;
        }
    }
}

/// Waits for a write, and for the end.
fn comes(kernel: Option<&OwnedFd>, ended: &UnixStream, most: Duration) -> Result<Came, Errno> {
    let most = Timespec::try_from(most).map_err(|_| Errno::INVAL)?;
    let mut waits = vec![PollFd::new(ended, PollFlags::IN)];
    waits.extend(kernel.map(|kernel| PollFd::new(kernel, PollFlags::IN)));
    match poll(&mut waits, Some(&most)) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error),
    }
    if !waits[0].revents().is_empty() {
        return Ok(Came::End);
    }
    Ok(kernel.map_or(Came::Nothing, came))
}

/// All that the kernel told until now, as one.
fn came(kernel: &OwnedFd) -> Came {
    let mut room = [MaybeUninit::uninit(); EVENTS_BYTES];
    let mut events = inotify::Reader::new(kernel, &mut room);
    let mut came = Came::Nothing;
    while let Ok(event) = events.next() {
        if event.events().contains(ReadFlags::IGNORED) {
            return Came::Gone;
        }
        came = Came::Write;
    }
    came
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn what_is_written_to_the_log_is_told_and_nothing_after_the_end() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(LOG), "a page").unwrap();
        let (tells, told) = mpsc::channel();
        let watching =
            in_background(home.path(), move || tells.send(()).unwrap_or_default()).unwrap();
        fs::write(home.path().join(LOG), "a page, and another").unwrap();
        told.recv().unwrap();
        drop(watching);
        // Ends when nobody can be told any more.
        while told.recv().is_ok() {}
    }

    #[test]
    fn all_that_was_written_at_once_is_told_once_and_another_file_is_none_of_it() {
        let home = tempfile::tempdir().unwrap();
        let log = home.path().join(LOG);
        fs::write(&log, "").unwrap();
        let kernel = of_kernel(home.path()).unwrap();
        let (_ends, ended) = UnixStream::pair().unwrap();
        let comes = || comes(Some(&kernel), &ended, Duration::ZERO).unwrap();
        fs::write(home.path().join("find.db-wal"), "a page").unwrap();
        assert_eq!(comes(), Came::Nothing);
        for page in ["a page", "another"] {
            fs::write(&log, page).unwrap();
        }
        assert_eq!(comes(), Came::Write);
        assert_eq!(comes(), Came::Nothing);
        fs::remove_file(&log).unwrap();
        assert_eq!(comes(), Came::Gone);
    }

    #[test]
    fn where_the_kernel_tells_nothing_it_is_as_if_somebody_wrote_each_second() {
        let home = tempfile::tempdir().unwrap();
        assert!(of_kernel(&home.path().join("absent")).is_err());
        let (tells, told) = mpsc::channel();
        let absent = home.path().join("absent");
        let watching = in_background(&absent, move || tells.send(()).unwrap_or_default()).unwrap();
        told.recv().unwrap();
        drop(watching);
    }
}
