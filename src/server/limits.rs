//! How much of everything the server takes on at once; the README has them in a table, with those that
//! station and server agree on.

use std::time::Duration;

/// How many requests may wait for the store at once; more are asked to come again.
pub const REQUESTS_WAITING_MAX: usize = 1_024;
/// How many bytes of pages may wait to be stored at once; more are asked to come again.
pub const PAGES_WAITING_BYTES: usize = 32 * 1_024 * 1_024;
/// By how many facts the feeds of a snapshot may be behind before it is made anew.
pub const STALE_FACTS: u64 = 5_000;
/// How long answers under way may take once the server is told to end.
pub const FINISH_MAX: Duration = Duration::from_secs(10);
