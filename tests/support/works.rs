//! A plant from an empty folder, by commands alone: nothing of it is a demo.

use super::loopback;
use super::program::{ENGINEER, INSPECTOR, PLANNER, Post, QUALITY, Ran, Service, gemba};

/// The first administrator, who is the planner too.
pub(crate) const ADMINISTRATOR: (&str, &str) = PLANNER;

/// Who is admitted: id, name, role, badge with PIN.
const PEOPLE: [(&str, &str, &str, (&str, &str)); 3] = [
    ("p-okafor", "M. Okafor", "inspector", INSPECTOR),
    ("p-lindqvist", "J. Lindqvist", "engineer", ENGINEER),
    ("p-tanaka", "R. Tanaka", "quality", QUALITY),
];

/// A founded plant whose server runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Works {
    pub(crate) url: String,
    /// Where its store stands, as every command at the server is told it.
    store: Vec<String>,
    server: Service,
    dir: tempfile::TempDir,
}

impl Works {
    /// Founds a plant with two places and its administrator, and starts its server.
    pub(crate) fn founded() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = ["--database", &in_folder(&dir, "server")].map(str::to_owned).to_vec();
        Self::founded_in(dir, store)
    }

    /// The same with its store in a database, by its address.
    pub(crate) fn founded_on(database: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = in_folder(&dir, "server");
        let store = ["--database", database, "--folder", &folder].map(str::to_owned).to_vec();
        Self::founded_in(dir, store)
    }

    fn founded_in(dir: tempfile::TempDir, store: Vec<String>) -> Self {
        let post = Post::new(dir.path(), "nobody");
        let pin = format!("{}\n", ADMINISTRATOR.1);
        let who = ["--admin", "p-moreau", "--name", "C. Moreau", "--role", "planner"];
        let site = ["--site", "harbor", "--site-name", "Harbor", "--time-zone", "Europe/Berlin"];
        let places = ["--place", "ASM-1:ASM:Torque bench", "--place", "INC-1:INC:Table"];
        let init = ["serve", "init", "--card-badge", ADMINISTRATOR.0];
        let init = [&init[..], &who, &site, &places, &["--pin-fd", "0"], &words(&store)].concat();
        post.gemba_told(&init, &pin).exits(0).says("founded harbor");
        post.gemba_told(&init, &pin).exits(1).says("use it, or name another folder");
        let (server, url) = serving(&dir, &loopback::any_port(), &store);
        Self { url, store, server, dir }
    }

    /// Runs what stands beside the server, such as `serve code`, on its store.
    pub(crate) fn at_server(&self, arguments: &[&str]) -> Ran {
        gemba(&[&["serve"][..], arguments, &words(&self.store)].concat())
    }

    /// A file or folder of the plant's, as commands are told it.
    pub(crate) fn path(&self, name: &str) -> String {
        in_folder(&self.dir, name)
    }

    /// Ends the server as a power cut does.
    pub(crate) fn kill_server(&mut self) {
        self.server.kill();
    }

    /// Serves again, at the address that stations know.
    pub(crate) fn serves_again(&mut self) {
        let listen = self.url.strip_prefix("http://").unwrap();
        let (server, url) = serving(&self.dir, listen, &self.store);
        assert_eq!(url, self.url);
        self.server = server;
    }

    /// From now on its store is another one.
    pub(crate) fn moves_to(&mut self, store: &[&str]) {
        self.store = store.iter().map(|word| (*word).to_owned()).collect();
    }

    /// Another server of the plant on the same database, with a folder of its own; tells its address.
    pub(crate) fn another_server(&self, database: &str) -> (Service, String) {
        let folder = in_folder(&self.dir, "another");
        let store = ["--database", database, "--folder", &folder].map(str::to_owned);
        serving(&self.dir, &loopback::any_port(), &store)
    }

    /// A code that enrolls a station at both work centers.
    pub(crate) fn code(&self, station: &str) -> String {
        self.code_for(station, &["ASM", "INC"])
    }

    /// A code that enrolls a station at work centers.
    pub(crate) fn code_for(&self, station: &str, work_centers: &[&str]) -> String {
        let centers = work_centers.iter().flat_map(|center| ["--work-center", center]);
        let code: Vec<&str> = ["code", station, "--json"].into_iter().chain(centers).collect();
        let made = self.at_server(&code).exits(0).values();
        made[0]["code"].as_str().unwrap().to_owned()
    }

    /// A station of this name, not enrolled yet.
    pub(crate) fn post(&self, station: &str) -> Post {
        Post::new(self.dir.path(), station)
    }

    /// A station, enrolled and with what the plant's catalog holds.
    pub(crate) fn enrolled(&self, station: &str) -> Post {
        let post = self.post(station);
        let enroll = ["station", "enroll", &self.url, "--code", &self.code(station)];
        post.gemba(&enroll).exits(0).says(&format!("enrolled as {station}"));
        post.gemba(&["sync"]).exits(0).says("0 waiting");
        post
    }

    /// Admits everybody at a station and gives each a card with a PIN, over the network.
    pub(crate) fn admit_everybody(post: &Post) {
        for (person, name, role, card) in PEOPLE {
            let add = ["person", "add", person, "--role", role, "--verified-by", "passport"];
            post.by(ADMINISTRATOR, &add).exits(0);
            post.give_pin(ADMINISTRATOR, (person, name), card).exits(0);
        }
    }

    /// Ends the server as the machine does.
    pub(crate) fn closes(self) -> tempfile::TempDir {
        assert_eq!(self.server.told_to_end(), 0);
        self.dir
    }
}

fn in_folder(dir: &tempfile::TempDir, name: &str) -> String {
    dir.path().join(name).to_str().unwrap().to_owned()
}

fn words(store: &[String]) -> Vec<&str> {
    store.iter().map(String::as_str).collect()
}

/// Starts a server on a store; tells its address.
fn serving(dir: &tempfile::TempDir, listen: &str, store: &[String]) -> (Service, String) {
    let post = Post::new(dir.path(), "nobody");
    let serve = [&["serve", "--listen", listen][..], &words(store)].concat();
    let mut server = post.start_service(&serve);
    let line = server.first_line();
    let url = line.trim().strip_prefix("serving on ").unwrap_or_else(|| panic!("{line}"));
    (server, url.to_owned())
}
