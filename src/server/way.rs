//! Who stores goes first: a page that waits is acknowledged before more is judged.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many go first now.
#[derive(Debug, Clone, Default)]
pub(super) struct Way(Arc<(Mutex<usize>, Condvar)>);

/// Goes first until it is dropped.
#[derive(Debug)]
pub(super) struct First(Way);

impl Way {
    pub(super) fn take(&self) -> First {
        *self.first() += 1;
        First(self.clone())
    }

    /// How many go first now.
    pub(super) fn taken(&self) -> usize {
        *self.first()
    }

    /// Waits until nobody goes first any more, but no longer than this.
    pub(super) fn give(&self, most: Duration) {
        let free = &self.0.1;
        // Whether it is free then or not, the work goes on.
        drop(free.wait_timeout_while(self.first(), most, |first| *first > 0));
    }

    fn first(&self) -> MutexGuard<'_, usize> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for First {
    fn drop(&mut self) {
        let mut first = self.0.first();
        *first = first.saturating_sub(1);
        if *first == 0 {
            self.0.0.1.notify_all();
        }
    }
}
