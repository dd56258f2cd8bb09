//! A plant from an empty folder, by commands alone: nothing of it is a demo.

use super::program::{ENGINEER, INSPECTOR, PLANNER, Post, QUALITY, Service, gemba};

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
    server: Service,
    dir: tempfile::TempDir,
}

impl Works {
    /// Founds a plant with two places and its administrator, and starts its server.
    pub(crate) fn founded() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let post = Post::new(dir.path(), "nobody");
        let folder = dir.path().join("server").to_str().unwrap().to_owned();
        let pin = format!("{}\n", ADMINISTRATOR.1);
        let who = ["--admin", "p-moreau", "--name", "C. Moreau", "--role", "planner"];
        let site = ["--site", "harbor", "--site-name", "Harbor", "--time-zone", "Europe/Berlin"];
        let places = ["--place", "ASM-1:ASM:Torque bench", "--place", "INC-1:INC:Table"];
        let init = ["serve", "init", "--database", &folder, "--card-badge", ADMINISTRATOR.0];
        let init = [&init[..], &who, &site, &places, &["--pin-fd", "0"]].concat();
        post.gemba_told(&init, &pin).exits(0).says("founded harbor");
        post.gemba_told(&init, &pin).exits(1).says("use it, or name another folder");
        let listen = ["serve", "--listen", "127.0.0.1:0", "--database", &folder];
        let mut server = post.start_service(&listen);
        let line = server.first_line();
        let url = line.trim().strip_prefix("serving on ").unwrap().to_owned();
        Self { url, server, dir }
    }

    /// A code that enrolls a station at both work centers.
    pub(crate) fn code(&self, station: &str) -> String {
        let folder = self.dir.path().join("server");
        let folder = folder.to_str().unwrap();
        let centers = ["--work-center", "ASM", "--work-center", "INC"];
        let code = ["serve", "code", station, "--database", folder, "--json"];
        let made = gemba(&[&code[..], &centers].concat()).exits(0).values();
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
