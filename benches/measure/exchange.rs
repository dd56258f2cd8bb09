//! Facts of one station up to the server, and down to another: the real program over HTTP on
//! loopback, against the same bytes sent and stored with nothing else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gemba::domain::fact::{Fact, LedgerHead, Position, Written};
use gemba::domain::hash::Hash;
use gemba::domain::traveler::state::TravelerState;
use gemba::ledger::store::{Founding, Identity, Ledger};
use gemba::server::home::Home;
use gemba::server::store::stations::Station;
use gemba::sync::client::{Client, Clock};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::bare_exchange::BareExchange;
use crate::generator::Maker;
use crate::plant::{id, moment};
use crate::report::{Line, Target, Times, timed};
use crate::server::Server;
use crate::stored;

const ROUNDS: usize = 5;

/// Rounds of facts up and down; the plant's own definitions were sent before.
pub(crate) fn up_and_down(
    dir: &Path,
    home: &Home,
    ((plant, pattern), facts): ((&Path, &TravelerState), usize),
) -> Vec<Line> {
    let runtime = Runtime::new().unwrap();
    let server = Server::start(home);
    let identity = Ledger::open(plant).unwrap().identity().clone();
    let definitions = enrolled(&server, "ASM1", plant, &identity);
    runtime.block_on(definitions.sync_once()).unwrap();
    let from = station(&server, dir, "ASM2");
    let to = station(&server, dir, "ASM8");
    runtime.block_on(to.client.sync_once()).unwrap();
    let bare = runtime.block_on(BareExchange::start(dir));

    let first = LedgerHead { epoch: 1, last_seq: 0, last_id: Hash::ZERO };
    let mut maker = Maker::after(pattern, &from.identity.ledger, &first, 20_000);
    let each = facts / ROUNDS;
    let mut times: [Times; 5] = Default::default();
    for round in 0..ROUNDS {
        let written = maker.next(each);
        let texts: Vec<String> = written.iter().map(|written| written.bytes.clone()).collect();
        from.keep(&written);
        times[0].add(timed(|| runtime.block_on(bare.up(&texts))).0);
        let (took, sent) = timed(|| runtime.block_on(from.client.sync_once()).unwrap());
        assert_eq!(sent.waiting, 0);
        times[1].add(took);
        let last = ((round + 1) * each) as u64;
        let last = Position { ledger: from.identity.ledger.clone(), epoch: 1, seq: last };
        times[2].add(timed(|| server.judged(&last)).0);
        times[3].add(timed(|| runtime.block_on(bare.down(u32::try_from(round * each).unwrap()))).0);
        let (took, came) = timed(|| runtime.block_on(to.client.sync_once()).unwrap());
        assert!(came.received >= each as u64, "{came:?}");
        times[4].add(took);
    }
    println!("the server had at most {:.0} MiB", server.memory_mib());
    let [bare_up, up, judged, bare_down, down] = times;
    let line = |what, ours, floor, most| Line {
        what,
        ours,
        floor: Some(floor),
        target: Target::Ratio(most),
        failures: 0,
    };
    vec![
        line("a fifth of the facts up", up, bare_up.clone(), 3.0),
        line("a fifth of the facts down", down, bare_down, 3.0),
        line("judged after that, against the same floor", judged, bare_up, f64::INFINITY),
    ]
}

/// A station with a store.
struct Seat {
    dir: PathBuf,
    identity: Identity,
    client: Client,
}

fn station(server: &Server, dir: &Path, code: &str) -> Seat {
    let dir = dir.join(code);
    let key = Hash::of(&[code.as_bytes()]).0;
    let founding = Founding { station: id(code), demo: false, key };
    let identity = Ledger::create(&dir, founding).unwrap().identity().clone();
    let client = enrolled(server, code, &dir, &identity);
    Seat { dir, identity, client }
}

fn enrolled(server: &Server, code: &str, dir: &Path, identity: &Identity) -> Client {
    let access = server.admit(&Station {
        ledger: identity.ledger.clone(),
        public_key: Hash(identity.public_key).to_string(),
        code: id(code),
        work_centers: vec![id("ASM")],
        revoked: false,
    });
    access.write(dir).unwrap();
    let clock: Clock = Arc::new(|| moment(2_000_000));
    Client::open(dir, clock).unwrap()
}

impl Seat {
    /// Puts facts into the station's ledger as if it had written them.
    fn keep(&self, facts: &[Written]) {
        let mut store = Connection::open(self.dir.join("station.db")).unwrap();
        let transaction = store.transaction().unwrap();
        for written in facts {
            let fact = Fact::read(&written.bytes).unwrap();
            stored::put(&transaction, &fact, written);
        }
        transaction.commit().unwrap();
    }
}
