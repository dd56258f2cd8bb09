//! How long a new station of a big plant takes to begin: the server makes what it needs, the station
//! loads it.

use std::path::Path;
use std::sync::Arc;

use gemba::domain::fact::Written;
use gemba::domain::hash::Hash;
use gemba::domain::moment::Moment;
use gemba::ledger::store::{Founding, Ledger};
use gemba::server::by_file::seed;
use gemba::server::home::Home;
use gemba::server::office::Office;
use gemba::server::store::stations::Station;
use gemba::sync::client::access::Access;
use gemba::sync::client::seed::by_file;
use gemba::sync::protocol::Offered;

use crate::generator;
use crate::plant::{Plant, id, moment};
use crate::report::{Line, Target, Times, timed};
use crate::server::found;

/// What the new station and the server both know.
const TOKEN: &str = "a token of nobody else";
/// Within what a new station is to work.
const MOST_MS: f64 = 10_000.0;

/// Makes a plant of so many facts and lets a station begin in it.
pub(crate) fn station(dir: &Path, facts: usize) -> Line {
    let server = dir.join("server");
    let office = found(&Home::from(server.as_path()));
    let mut plant = Plant::found(&dir.join("maker"));
    let received = moment(2_000_000).utc;
    generator::closed_orders(&mut plant, facts, &mut |rows: Vec<Written>| {
        let offers: Vec<Offered> =
            rows.into_iter().map(|written| Offered { written, seal: None }).collect();
        assert_eq!(office.store().take_offers(&offers, (received, true)).unwrap(), offers.len());
    });
    let mut ours = Times::default();
    let (took, began) = timed(|| begin(&server, &office, &dir.join("new")));
    ours.add(took);
    assert!(began > 0, "nothing came");
    Line {
        what: "a new station begins",
        ours,
        floor: None,
        target: Target::P99Ms(MOST_MS),
        failures: 0,
    }
}

fn begin(server: &Path, office: &Office, dir: &Path) -> u64 {
    let founding = Founding { station: id("ASM9"), demo: false, key: [9; 32] };
    let identity = Ledger::create(dir, founding).unwrap().identity().clone();
    let station = Station {
        ledger: identity.ledger,
        public_key: Hash(identity.public_key).to_string(),
        code: id("ASM9"),
        work_centers: vec![id("ASM")],
        revoked: false,
    };
    office.store().admit(&station, Some(&Hash::of(&[TOKEN.as_bytes()]))).unwrap();
    let access =
        Access { url: "http://127.0.0.1:1".to_owned(), token: TOKEN.to_owned(), ca_pem: None };
    access.write(dir).unwrap();
    let file = dir.join("seed.parcel");
    let clock: Arc<dyn Fn() -> Moment + Send + Sync> = Arc::new(|| moment(2_000_000));
    seed(server, (&station.code, &file), &clock).unwrap();
    by_file(dir, &file).unwrap()
}
