//! How long a test waits for what must come: until it comes. Only what nobody would wait for any more fails,
//! also on a slow machine that does much else.

use std::thread;
use std::time::Duration;

use gemba::app::clock::Monotonic;

/// What has not come by then does not come.
pub(crate) const HANGS: Duration = Duration::from_mins(10);

/// For how long somebody waits, and since when.
#[derive(Debug)]
pub(crate) struct Patience {
    since: Monotonic,
    most: Duration,
}

impl Patience {
    /// From now on, for as long as anything may take.
    pub(crate) fn begins() -> Self {
        Self::of(HANGS)
    }

    /// From now on, for so long.
    pub(crate) fn of(most: Duration) -> Self {
        Self { since: Monotonic::start(), most }
    }

    /// How much of it is left; none once it is over.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.most.checked_sub(Duration::from_millis(self.since.ms())).filter(|left| !left.is_zero())
    }
}

/// Whether it comes to be so: looks again and again, and lets others go on in between.
pub(crate) fn comes(mut is_so: impl FnMut() -> bool) -> bool {
    let patience = Patience::begins();
    while !is_so() {
        if patience.left().is_none() {
            return false;
        }
        thread::yield_now();
    }
    true
}
