//! The table that a run prints, and what its figures are made from.

use std::time::{Duration, Instant};

/// How long something took, with what it gave.
#[expect(clippy::disallowed_methods, reason = "measures what a machine takes, decides nothing")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = work();
    (begun.elapsed(), done)
}

/// Times of one thing done many times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn extend(&mut self, times: impl IntoIterator<Item = Duration>) {
        self.0.extend(times);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that so many percent do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }
}

/// What is asked of a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// At most so many times the floor's median.
    Ratio(f64),
    /// 99 of 100 within so many milliseconds.
    P99Ms(f64),
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) what: &'static str,
    pub(crate) ours: Times,
    /// The floor, or the other side of the comparison.
    pub(crate) floor: Option<Times>,
    pub(crate) target: Target,
    /// What went wrong beside the times, such as values refused.
    pub(crate) failures: usize,
}

impl Line {
    fn figure(&self) -> f64 {
        match (self.target, &self.floor) {
            (Target::Ratio(_), Some(floor)) => self.ratio(floor, 50),
            (Target::Ratio(_), None) => f64::INFINITY,
            (Target::P99Ms(_), _) => ms(self.ours.percentile(99)),
        }
    }

    fn ratio(&self, floor: &Times, percent: usize) -> f64 {
        self.ours.percentile(percent).as_secs_f64() / floor.percentile(percent).as_secs_f64()
    }

    pub(crate) fn met(&self) -> bool {
        let (Target::Ratio(most) | Target::P99Ms(most)) = self.target;
        self.failures == 0 && self.figure() <= most
    }

    fn print(&self) {
        let pair = |times: &Times| {
            format!("{:>8.3} {:>8.3}", ms(times.median()), ms(times.percentile(99)))
        };
        let floor = self.floor.as_ref().map_or_else(|| " ".repeat(17), pair);
        let figure = match self.target {
            Target::Ratio(most) => format!("{:>6.2}x  <= {most}x", self.figure()),
            Target::P99Ms(most) => format!("{:>6.1}ms <= {most} ms", self.figure()),
        };
        // Where others use the machine, its quiet moments say more than the median.
        let tenth = self.floor.as_ref().map(|floor| format!("{:.2}x", self.ratio(floor, 10)));
        let tenth = tenth.unwrap_or_default();
        let verdict = if self.met() { "met" } else { "OVER" };
        let n = self.ours.len();
        print!(
            "{:<45} {n:>5} {}   {floor}   {tenth:>7} {figure:<20} {verdict}",
            self.what,
            pair(&self.ours)
        );
        match self.failures {
            0 => println!(),
            failures => println!(" ({failures} failed)"),
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Prints the table; tells whether every target is met.
pub(crate) fn print(lines: &[Line], fsync: &Times) -> bool {
    let fsync_ms = (ms(fsync.median()), ms(fsync.percentile(99)));
    println!(
        "one page appended and flushed: {:.3} ms median, {:.3} ms p99",
        fsync_ms.0, fsync_ms.1
    );
    println!(
        "{:<45} {:>5} {:>8} {:>8}   {:>8} {:>8}   {:>7} {:<20}",
        "milliseconds", "n", "median", "p99", "floor", "p99", "tenth", "median and target"
    );
    for line in lines {
        line.print();
    }
    lines.iter().all(Line::met)
}
