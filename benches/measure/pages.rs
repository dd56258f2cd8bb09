//! What a page's size costs: facts into the server's store and out of it, without a line between.

use std::time::Duration;

use gemba::domain::feeds::Feed;
use gemba::domain::hash::Hash;
use gemba::domain::traveler::state::TravelerState;
use gemba::server::home::Home;
use gemba::server::office::Office;
use gemba::sync::protocol::{PAGE_BYTES_MAX, PageOutcome, PullAnswer, PullRequest};

use crate::generator::Maker;
use crate::plant::{id, moment};
use crate::report::timed;
use crate::server::found;
use crate::writer::Writer;

const FACTS: usize = 12_000;
const SIZES: [usize; 4] = [1, 20, 100, 300];

/// Prints microseconds a fact, by the facts of a page.
pub(crate) fn table(home: &Home, pattern: &TravelerState) {
    let office = found(home);
    println!("{:<28} {:>12} {:>12}", "microseconds a fact", "stored", "read");
    for (n, size) in SIZES.into_iter().enumerate() {
        // Alone, each fact is its own commit.
        let facts = if size == 1 { FACTS / 20 } else { FACTS };
        let stored = stored(&office, pattern, (n, size, facts));
        let read = read(&office, (size, facts));
        let count = u32::try_from(facts).unwrap();
        let each = |time: Duration| (time / count).as_secs_f64() * 1e6;
        println!("pages of {size:>4} facts {:>21.1} {:>12.1}", each(stored), each(read));
    }
}

fn stored(
    office: &Office,
    pattern: &TravelerState,
    (n, size, facts): (usize, usize, usize),
) -> Duration {
    let mut writer = Writer::new(&format!("PG{n}"), 10_000 + n);
    office.store().admit(&writer.station, None).unwrap();
    let mut maker = Maker::after(pattern, &writer.station.ledger, &writer.head, 10_000 * (n + 1));
    let pages: Vec<_> = (0..facts / size).map(|_| writer.page(maker.next(size))).collect();
    let (took, ()) = timed(|| {
        for page in &pages {
            let answer = office.store().ingest(page, moment(2_000_000).utc).unwrap();
            assert_eq!(answer.outcome, PageOutcome::Stored);
        }
    });
    took
}

fn read(office: &Office, (size, facts): (usize, usize)) -> Duration {
    let feed = Feed::WorkCenter(id("ASM"));
    let head = office.store().feed_heads(std::slice::from_ref(&feed)).unwrap().remove(0);
    let (mut after, mut rolling, mut taken) = (0, Hash::ZERO, 0);
    let bytes_max = size * PAGE_BYTES_MAX / 350;
    let (took, ()) = timed(|| {
        while taken < facts {
            let request = PullRequest {
                feed: feed.to_string(),
                epoch: head.epoch,
                after,
                rolling,
                bytes_max,
                has: None,
                up_to: None,
            };
            let answer = office.store().pull(std::slice::from_ref(&feed), &request).unwrap();
            let PullAnswer::Page { page, .. } = answer else { panic!("{answer:?}") };
            assert!(!page.rows.is_empty());
            (after, rolling) = (after + page.rows.len() as u64, page.rolling);
            taken += page.rows.len();
        }
    });
    took
}
