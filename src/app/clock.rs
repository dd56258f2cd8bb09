//! Reads the clocks of this machine, for those who take time as an argument.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::ids::BootId;
use crate::domain::moment::Moment;

/// Counts milliseconds since it was started; never goes back.
#[derive(Debug, Clone, Copy)]
pub struct Monotonic(Instant);

impl Monotonic {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start.
    pub fn ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The clocks of this machine; clones share the shift of a demo.
#[derive(Debug, Clone)]
pub struct Clock {
    boot: BootId,
    /// How far a demo's script has moved time on; zero in every other store.
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Reads which start of the machine this is, once.
    pub fn of_machine() -> Self {
        let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        // Where a system does not number its starts, waits across a restart cannot be proven, and
        // within one process they can.
        let boot = BootId::parse(&text).or_else(|_| {
            let process = std::process::id();
            BootId::parse(&format!("unnumbered-{process}-{}", wall_clock().as_millisecond()))
        });
        let boot = boot.or_else(|_| BootId::parse("unnumbered"));
        let Ok(boot) = boot else { unreachable!("a constant id parses") };
        Self { boot, shift_ms: Arc::default() }
    }

    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        let shift = jiff::SignedDuration::from_millis(self.shift_ms.load(Ordering::Relaxed));
        let now = wall_clock();
        now.checked_add(shift).unwrap_or(now)
    }

    /// This moment; what the store knows of the server's clock is filled in by the store's owner.
    pub fn moment(&self) -> Moment {
        Moment {
            utc: self.now(),
            mono_ms: boot_time_ms() + self.shift_ms.load(Ordering::Relaxed),
            boot: self.boot.clone(),
            offset_ms: None,
            offset_age_s: None,
        }
    }

    /// Sets a demo's time so far apart from the machine's.
    pub fn shift_to(&self, shift_ms: i64) {
        self.shift_ms.store(shift_ms, Ordering::Relaxed);
    }

    /// How far a demo's time is apart from the machine's.
    pub fn shift_ms(&self) -> i64 {
        self.shift_ms.load(Ordering::Relaxed)
    }

    /// Moves time on, in a demo.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn wall_clock() -> Timestamp {
    // Facts keep milliseconds: more would be noise in every one of them.
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Milliseconds since the machine started, suspended time included.
fn boot_time_ms() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.tv_sec.saturating_mul(1000).saturating_add(time.tv_nsec / 1_000_000)
}
