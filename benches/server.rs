//! A plant's server: founded here, run as the program that plants run.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use gemba::domain::fact::Position;
use gemba::domain::hash::Hash;
use gemba::domain::people::Role;
use gemba::domain::place::{PlaceDefined, Policy};
use gemba::server::home::Home;
use gemba::server::office::{Office, PlantFounding, found_plant};
use gemba::server::store::database::Database;
use gemba::server::store::stations::Station;
use gemba::sync::client::access::Access;
use gemba::sync::protocol::CardRow;

use crate::plant::{id, moment};

/// A server that runs, and its store.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) office: Office,
    pub(crate) url: String,
    running: Child,
}

impl Server {
    /// Founds a plant and serves it.
    pub(crate) fn start(home: &Home) -> Self {
        fs::create_dir_all(&home.dir).unwrap();
        Self::over(home, found(home))
    }

    /// Serves a plant that was founded.
    pub(crate) fn over(home: &Home, office: Office) -> Self {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_gemba"));
        serve.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn", "--database"]);
        match &home.database {
            Database::File(_) => serve.arg(&home.dir),
            Database::Postgres(url) => serve.arg(url).arg("--folder").arg(&home.dir),
        };
        let mut running = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(running.stdout.take().unwrap()).lines();
        let first = said.next().unwrap().unwrap();
        let url = first.strip_prefix("serving on ").unwrap().to_owned();
        Self { office, url, running }
    }

    /// Takes a station in, by a token that its code makes.
    pub(crate) fn admit(&self, station: &Station) -> Access {
        let token = format!("a token of {} and nobody else", station.code);
        self.office.store().admit(station, Some(&Hash::of(&[token.as_bytes()]))).unwrap();
        Access { url: self.url.clone(), token, ca_pem: None }
    }

    /// Waits until the judge has come to a fact.
    pub(crate) fn judged(&self, at: &Position) {
        while !self.office.store().is_judged(at).unwrap() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// The most memory that the server had, in MiB.
    pub(crate) fn memory_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.running.id())).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        most.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.kill().unwrap_or_default();
        self.running.wait().map(drop).unwrap_or_default();
    }
}

/// Founds a plant; its administrator is the one of [`crate::plant::Plant`].
pub(crate) fn found(home: &Home) -> Office {
    let place = PlaceDefined {
        name: "Torque bench".to_owned(),
        site: id("PLANT"),
        area: id("HALL"),
        work_center: id("ASM"),
    };
    let approvals = vec![Role::Engineer, Role::Quality];
    let founding = PlantFounding {
        site: id("PLANT"),
        policy: Policy::new("Plant".to_owned(), "Europe/Berlin".to_owned(), approvals),
        places: vec![(id("ASM-1"), place)],
        admin: CardRow {
            person: id("admin"),
            name: "Admin".to_owned(),
            badge: "B-1".to_owned(),
            language: "en".to_owned(),
            pin_verifier: "$argon2id$not-looked-at-here".to_owned(),
        },
        admin_roles: BTreeSet::new(),
        identity_verified_by: "passport".to_owned(),
        demo: false,
    };
    found_plant(home.clone(), &founding, &moment(0)).unwrap()
}
