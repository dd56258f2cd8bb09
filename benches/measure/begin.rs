//! How long a new station of a big plant takes to begin: the server makes what it needs, the station
//! loads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gemba::domain::fact::Written;
use gemba::domain::hash::Hash;
use gemba::domain::moment::Moment;
use gemba::ledger::store::{Founding, Ledger};
use gemba::server::by_file::seed;
use gemba::server::home::Home;
use gemba::server::store::stations::Station;
use gemba::sync::client::Client;
use gemba::sync::client::access::Access;
use gemba::sync::client::seed::by_file;
use gemba::sync::protocol::Offered;

use crate::generator;
use crate::plant::{Plant, id, moment};
use crate::report::{Line, Target, Times, timed};
use crate::server::{Server, found};

/// What the new station and the server both know.
const TOKEN: &str = "a token of nobody else";
/// Within what a new station is to work.
const MOST_MS: f64 = 10_000.0;

/// Makes a plant of so many facts and lets two stations begin in it: one by a file, and one over the line
/// while the server's judge comes to all these facts.
pub(crate) fn stations(dir: &Path, facts: usize) -> Vec<Line> {
    let home = Home::from(dir.join("server").as_path());
    let office = found(&home);
    let mut plant = Plant::found(&dir.join("maker"));
    let received = moment(2_000_000).utc;
    generator::closed_orders(&mut plant, facts, &mut |rows: Vec<Written>| {
        let offers: Vec<Offered> =
            rows.into_iter().map(|written| Offered { written, seal: None }).collect();
        assert_eq!(office.store().take_offers(&offers, (received, true)).unwrap(), offers.len());
    });
    let new = founded(&dir.join("by-file"), "ASM9", |station| {
        office.store().admit(station, Some(&Hash::of(&[TOKEN.as_bytes()]))).unwrap();
        Access { url: "http://127.0.0.1:1".to_owned(), token: TOKEN.to_owned(), ca_pem: None }
    });
    let (by_file, began) = timed(|| by_a_file(&home.dir, &new));
    assert!(began > 0, "nothing came");
    let server = Server::over(&home, office);
    let new = founded(&dir.join("by-line"), "ASM8", |station| server.admit(station));
    let client = Client::open(&new, Arc::new(|| moment(2_000_000))).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (over_the_line, came) = timed(|| runtime.block_on(client.sync_once()).unwrap());
    assert!(came.received > 0, "nothing came");
    let line = |what, took| {
        let mut ours = Times::default();
        ours.add(took);
        Line { what, ours, floor: None, target: Target::P99Ms(MOST_MS), failures: 0 }
    };
    vec![
        line("a new station begins by a file", by_file),
        line("a new station begins over the line", over_the_line),
    ]
}

/// A new station's folder, once the server let it in.
fn founded(dir: &Path, code: &str, admit: impl FnOnce(&Station) -> Access) -> PathBuf {
    let founding = Founding { station: id(code), demo: false, key: Hash::of(&[code.as_bytes()]).0 };
    let identity = Ledger::create(dir, founding).unwrap().identity().clone();
    let station = Station {
        ledger: identity.ledger,
        public_key: Hash(identity.public_key).to_string(),
        code: id(code),
        work_centers: vec![id("ASM")],
        revoked: false,
    };
    admit(&station).write(dir).unwrap();
    dir.to_owned()
}

fn by_a_file(server: &Path, dir: &Path) -> u64 {
    let file = dir.join("seed.parcel");
    let clock: Arc<dyn Fn() -> Moment + Send + Sync> = Arc::new(|| moment(2_000_000));
    seed(server, (&id("ASM9"), &file), &clock).unwrap();
    by_file(dir, &file).unwrap()
}
