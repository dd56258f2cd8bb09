//! What is told of those who come and are turned away: enough to see who it was, and no more than somebody reads.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::host::doors::house;

const MINUTE_MS: u64 = 60_000;
/// So many lines a minute of one address, and of all.
const OF_ADDRESS_MAX: u32 = 5;
const OF_ALL_MAX: u32 = 60;

/// What was told in the last minute.
#[derive(Debug, Default)]
pub(super) struct Turnings(Mutex<Lately>);

#[derive(Debug, Default)]
struct Lately {
    since_ms: u64,
    of: HashMap<IpAddr, u32>,
    told: u32,
    untold: u64,
}

impl Turnings {
    /// The lines to tell, where this one is about somebody who comes.
    pub(super) fn lines(&self, from: IpAddr, line: String, now_ms: u64) -> Vec<String> {
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        if now_ms.saturating_sub(lately.since_ms) >= MINUTE_MS {
            let before = std::mem::take(&mut *lately);
            lately.since_ms = now_ms;
            if before.untold > 0 {
                lines
                    .push(format!("of those who came, {} more lines were left out", before.untold));
            }
        }
        let of = lately.of.get(&house(from)).copied().unwrap_or_default();
        if of >= OF_ADDRESS_MAX || lately.told >= OF_ALL_MAX {
            lately.untold += 1;
        } else {
            lately.of.insert(house(from), of + 1);
            lately.told += 1;
            lines.push(line);
        }
        lines
    }
}
