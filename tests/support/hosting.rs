//! `gemba host` on loopback with keys of its own, and the ways to it.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

use super::open_ssh::{KeyRing, Reached};
use super::patience::{HANGS, comes};
use super::program::{SamplePlant, Service};

/// What a host waits for. On a slow machine nobody is cut off for it, unless a test says otherwise.
const WAITS: [&str; 3] = ["arriving-s-max", "stopping-s-max", "unread-s-max"];

/// A sample plant whose terminals one process serves over SSH.
#[derive(Debug)]
pub(crate) struct Hosting {
    pub(crate) service: Service,
    pub(crate) plant: SamplePlant,
    pub(crate) keys: KeyRing,
    pub(crate) address: SocketAddr,
}

impl Deref for Hosting {
    type Target = SamplePlant;

    fn deref(&self) -> &SamplePlant {
        &self.plant
    }
}

/// Settings, with an hour for whatever they say nothing of that a host waits for.
fn unhurried(settings: &str) -> String {
    let (before, of_host) = settings.split_once("[host]\n").unwrap_or((settings, ""));
    let unsaid = WAITS.iter().filter(|wait| !of_host.contains(**wait));
    let waits: Vec<String> = unsaid.map(|wait| format!("{wait} = 3600\n")).collect();
    format!("tour = false\n{before}[host]\n{}{of_host}", waits.concat())
}

/// A plant whose station lets in each of these keys, at its place, and has these settings.
pub(crate) fn prepared(places: &[(&str, &str)], settings: &str) -> (SamplePlant, KeyRing) {
    let (plant, keys) = (SamplePlant::new(), KeyRing::new());
    let line = |(key, place): &(&str, &str)| format!("place=\"{place}\" {}\n", keys.key(key));
    let lines: String = places.iter().map(line).collect();
    write_keys(&plant, &lines);
    fs::write(plant.home().join("gemba.toml"), unhurried(settings)).unwrap();
    (plant, keys)
}

/// Writes which keys are let in; whoever reads the file meanwhile reads all of it, as before or as now.
pub(crate) fn write_keys(plant: &SamplePlant, lines: &str) {
    let [file, written] =
        ["authorized_keys", "authorized_keys.new"].map(|name| plant.home().join(name));
    fs::write(&written, lines).unwrap();
    fs::set_permissions(&written, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(written, file).unwrap();
}

impl Hosting {
    pub(crate) fn start(places: &[(&str, &str)], settings: &str) -> Self {
        Self::of(prepared(places, settings))
    }

    /// The terminals of a plant that is prepared.
    pub(crate) fn of((plant, keys): (SamplePlant, KeyRing)) -> Self {
        let told = plant.path("told");
        let arguments = ["host", "--listen", "127.0.0.1:0", "--json"];
        let mut service = plant.start_service_telling(&arguments, &told);
        let told: Value = serde_json::from_str(&service.first_line()).unwrap();
        let address: SocketAddr = told["address"].as_str().unwrap().parse().unwrap();
        let hosting = Self { service, plant, keys, address };
        let shown = Command::new("ssh-keygen").arg("-lf").arg(hosting.own_key_file()).output();
        let shown = String::from_utf8(shown.unwrap().stdout).unwrap();
        assert!(shown.contains(told["fingerprint"].as_str().unwrap()), "{shown}");
        hosting
    }

    fn own_key_file(&self) -> std::path::PathBuf {
        self.plant.home().join("host-key")
    }

    /// The way there for OpenSSH's client.
    pub(crate) fn reached(&self) -> Reached<'_> {
        let public = Command::new("ssh-keygen").arg("-yf").arg(self.own_key_file()).output();
        let public = String::from_utf8(public.unwrap().stdout).unwrap();
        Reached::new(&self.keys, ("anybody", self.address), public.trim())
    }

    /// Waits until the host has told this to whoever runs it; all that it told.
    #[track_caller]
    pub(crate) fn tells(&self, what: &str) -> String {
        self.tells_times(what, 1)
    }

    /// The same, as often as this.
    #[track_caller]
    pub(crate) fn tells_times(&self, what: &str, times: usize) -> String {
        let told = || fs::read_to_string(self.plant.path("told")).unwrap();
        let waited = comes(|| told().matches(what).count() >= times);
        assert!(waited, "{what:?} was not told:\n{}", told());
        told()
    }

    /// The station's store, beside the host.
    pub(crate) fn store(&self) -> Connection {
        let store = Connection::open(self.plant.home().join("station.db")).unwrap();
        store.busy_timeout(HANGS).unwrap();
        store
    }

    /// A connection on which nobody says anything.
    pub(crate) fn knocks(&self) -> TcpStream {
        TcpStream::connect(self.address).unwrap()
    }
}
