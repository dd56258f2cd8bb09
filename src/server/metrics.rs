//! What the server does, in figures: the text that Prometheus reads.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::judge::Judged;
use super::store::operations::Operations;

/// The ends of the buckets of latencies, in seconds.
const BUCKETS_S: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct At {
    station: String,
}

/// What the judge of this process came to, counted as it happens.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdicts {
    facts: Counter,
    exceptions: Counter,
}

impl Verdicts {
    /// Notes facts that were judged, and those of them that were not accepted.
    pub(super) fn note(&self, judged: &Judged) {
        self.facts.inc_by(judged.facts as u64);
        self.exceptions.inc_by(judged.exceptions as u64);
    }
}

/// Counted as it happens.
pub(super) struct Metrics {
    requests: Family<Asked, Counter>,
    seconds: Family<Of, Histogram, fn() -> Histogram>,
    facts: Counter,
    verdicts: Verdicts,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    pub(super) fn new(verdicts: Verdicts) -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS_S);
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            facts: Counter::default(),
            verdicts,
        }
    }
}

/// What is read off the moment somebody asks.
#[derive(Debug)]
pub(super) struct Now {
    pub(super) operations: Operations,
    /// Requests that wait for the store.
    pub(super) waiting: usize,
    /// Pages that wait to be stored, and about how many bytes they take of what may wait.
    pub(super) pages_waiting: (usize, usize),
    pub(super) judge_trouble: bool,
    pub(super) utc: jiff::Timestamp,
}

impl Metrics {
    /// Notes an answer: of which address, with which status, after how long.
    pub(super) fn answered(&self, route: &str, status: u16, took: Duration) {
        let asked = Asked { route: route.to_owned(), status: status.into() };
        self.requests.get_or_create(&asked).inc();
        let of = Of { route: route.to_owned() };
        self.seconds.get_or_create(&of).observe(took.as_secs_f64());
    }

    /// Notes facts that came.
    pub(super) fn took(&self, facts: usize) {
        self.facts.inc_by(facts as u64);
    }

    /// All figures as text.
    pub(super) fn text(&self, now: &Now) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("gemba");
        registry.register("requests", "Answers by address and status", self.requests.clone());
        let help = "How long answers took";
        registry.register("request_seconds", help, self.seconds.clone());
        registry.register("facts_in_pages", "Facts in pages that came", self.facts.clone());
        let Verdicts { facts, exceptions } = self.verdicts.clone();
        registry.register("facts_judged", "Facts that the judge here judged", facts);
        let help = "Facts that the judge here did not accept";
        registry.register("facts_not_accepted", help, exceptions);
        let mut gauge = |name: &str, help: &str, value: u64| {
            let gauge: Gauge<u64, AtomicU64> = Gauge::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        };
        let Operations { site_head, not_judged, frozen, stations } = &now.operations;
        gauge("site_facts", "Facts in the site's feed", *site_head);
        gauge("facts_not_judged", "Facts that the judge has not come to", *not_judged);
        gauge("ledgers_frozen", "Ledgers in which two histories met", *frozen);
        gauge("requests_waiting", "Requests that wait for the store", now.waiting as u64);
        let (pages, bytes) = now.pages_waiting;
        gauge("pages_waiting", "Pages that wait to be stored", pages as u64);
        gauge("pages_waiting_bytes", "Bytes of pages that wait to be stored", bytes as u64);
        gauge("judge_in_trouble", "1 where the judge cannot go on", now.judge_trouble.into());
        let contact: Family<At, Gauge<i64, std::sync::atomic::AtomicI64>> = Family::default();
        let behind: Family<At, Gauge<u64, AtomicU64>> = Family::default();
        for station in stations {
            let at = At { station: station.code.to_string() };
            behind.get_or_create(&at).set(station.catalog_behind);
            if let Some(last) = station.last_contact {
                let silent = now.utc.duration_since(last).as_secs();
                contact.get_or_create(&at).set(silent);
            }
        }
        let help = "Seconds since a station last asked for the catalog";
        registry.register("station_silent_seconds", help, contact);
        let help = "Facts of the catalog that a station has not asked past";
        registry.register("station_catalog_behind", help, behind);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}
